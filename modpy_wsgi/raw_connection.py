"""The connection object of a connection handler: that of a request, with the bytes of the socket (manual 4.5.4).

Law: a read returns what the original's does, without its losses: there the end of a line that came in two pieces is
dropped. What a handler need not look at is an exception: an OSError ends a loop that nobody else would end.
"""

from __future__ import annotations

from typing import Any, Final

from .connection import mp_conn
from .hlist import mp_hlist
from .server import mp_server
from .stream import READ_ERROR, Stream

__all__ = ["RawConnection"]

ALL: Final = -1
GONE: Final = "Write failed, client closed connection."  # in the words of req.write()


class RawConnection(mp_conn):
    """What a connection handler gets. `calls` is the list that its hlist shows, the handler alone."""

    __slots__ = ("_call_index", "_calls", "_hlist", "_stream", "_told_end")

    def __init__(self, environ: dict[str, Any], server: mp_server, stream: Stream, calls: tuple[Any, ...]) -> None:
        """environ: what is known of the two ends, in a request's words."""
        super().__init__(environ, server)
        self._stream = stream
        self._calls = calls
        self._call_index = 0
        self._told_end = False
        self._hlist = mp_hlist(self)

    @property
    def hlist(self) -> Any:
        """The handler that runs: its name, and the directory None."""
        return self._hlist

    def read(self, length: int = 0, /) -> bytes | None:
        """Up to `length` bytes as they come, a piece if 0; everything up to the end if -1.

        At the end None, once; then it raises OSError, as it does if the client is gone or silent for longer than
        Timeout. Raises ValueError for any other negative length.
        """
        if length == ALL:
            if self._told_end:
                raise OSError(READ_ERROR)
            self._told_end = True
            return self._stream.read_all()
        if length < 0:
            raise ValueError("the length must be -1, 0 or more")
        data = self._stream.read(length)
        if data:
            return data
        if self._told_end:
            raise OSError(READ_ERROR)
        self._told_end = True
        return None

    def readline(self, length: int = 0, /) -> bytes:
        """A line with its end, or up to `length` bytes of it; 8192 at most, the rest comes with the next call.

        The last line may have no end; behind it OSError is raised, as it is if the client is gone or silent for longer
        than Timeout.
        """
        line = self._stream.read_line(max(length, 0))
        if not line:
            self._told_end = True
            raise OSError(READ_ERROR)
        return line

    def write(self, data: str | bytes | bytearray | memoryview, /) -> None:
        """Send text (as UTF-8) or bytes, now.

        When the client is found to be gone, `aborted` is 1, and nothing is said, as in the original; a further call
        raises OSError. Raises TypeError for what is neither text nor bytes.
        """
        if isinstance(data, str):
            data = data.encode("utf-8", "surrogateescape")
        elif not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"a bytes-like object is required, not {type(data).__name__!r}")
        if not data:
            return
        if self.aborted:
            raise OSError(GONE)
        try:
            self._stream.write(data)
        except OSError:
            self.abort()


RawConnection.__name__ = RawConnection.__qualname__ = "mp_conn"  # str(type) is "<class 'mp_conn'>", as in the original
RawConnection.__module__ = "builtins"
