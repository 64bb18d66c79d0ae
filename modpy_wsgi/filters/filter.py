"""The filter object that a filter is given (manual 4.5.5), and how pieces go from one to the next.

Law: an output filter is pushed: each piece that arrives is one call, at once. An input filter, and the first one over a
file, pull: reading goes on to the end within one call, as in the original. What a filter has not closed at the end of
the stream is closed for it, and what comes behind its end is dropped. Sources: manual 4.3, 4.5.5; the original's
source and answers.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from operator import index
from typing import TYPE_CHECKING, Any, Protocol

from ..constants import HTTP_INTERNAL_SERVER_ERROR
from ..members import free, integer, readonly
from ..request_output import BUFFER, as_bytes

if TYPE_CHECKING:
    from ..request import mp_request
    from .registry import Spec

__all__ = [
    "BLOCK",
    "CONTENT_SET",
    "MAX_EMPTY_READS",
    "RESOURCE",
    "WHOLE",
    "Source",
    "Target",
    "input_filter",
    "mp_filter",
    "output_filter",
]

BLOCK = 65536  # bytes that are asked of a file or of a client at once
# Where in the chain a filter stands, as in httpd: lower numbers are nearer to who makes the content.
RESOURCE = 10  # what the content says
CONTENT_SET = 20  # how it is written down

WHOLE = 1 << 20  # bytes of a file that one read() gives: the original gives all of it, and pages are seldom larger
MAX_EMPTY_READS = 1000  # in a row, within one call: a loop that would never end


class Target(Protocol):
    """Where pieces of an answer go: the next filter, or what is behind the last."""

    room: int  # bytes that may wait to be handed on

    def accept(self, data: bytes, flush: bool, end: bool) -> None:
        """Take a piece; `flush`: send what there is now; `end`: it is the last."""

    def accept_all(self, pieces: Iterator[bytes]) -> None:
        """Take pieces as they are asked for; the last of all."""


class Source(Protocol):
    """Where pieces of a body come from: the next filter, or the server."""

    def pull(self, size: int) -> bytes | None:
        """Some bytes, about `size`; None at the end. Raises OSError, SERVER_RETURN."""


class mp_filter:  # noqa: N801 - the original's type name
    """A filter at work on one answer or one body. Further attributes may be set on it, and last as long."""

    is_input = readonly("_is_input", "1 if the filter is on the way of a body.")
    closed = readonly("_closed", "1 once the filter was closed.")
    name = readonly("_spec.name", "The name that the filter is registered under, in lower case.")
    handler = readonly("_spec.handler", "The filter's Python handler as configured: 'module' or 'module::object'.")
    dir = readonly("_spec.directory", "The directory of the section that registers the filter, or None.")
    req = readonly("_req", "The request object.")
    softspace = integer("_softspace", "For print >>filter of Python 2; without meaning.")

    _is_input = 0
    flushing = readonly("_flushing", "Whether who wrote wants it to be sent now.")
    state = free("_state", "For what a built-in filter has to remember; None at first.")
    _state: Any = None
    _flushing = False
    _softspace = 0
    _closed = 0
    _function: Any = None  # of a Python filter, once it was looked for
    _transparent = False  # everything is handed on as it is
    _running = False
    _piece = b""  # what has arrived and was not read
    _at = 0  # how far it was
    _pulls = False  # whether there may be more within this call
    _ending = False  # nothing comes behind the piece
    _most = sys.maxsize  # bytes that a read() of all gives at once, where it pulls
    _told = False  # the filter has been told of the end
    _empty = 0  # reads in a row that found nothing
    _has_read = False  # whether this call of the filter took anything
    _room = BUFFER

    def __init__(self, req: mp_request, spec: Spec) -> None:
        self._req = req
        self._spec = spec
        self._out: list[bytes] = []
        self._out_bytes = 0

    def __repr__(self) -> str:
        return f"<mp_filter {self._spec.name}>"

    # -- what filters call ---------------------------------------------------------------------------------------------

    def read(self, len: int = -1) -> bytes | None:  # noqa: A002 - the manual's name
        """Read up to `len` bytes of what has arrived, or all of it; b"" if that is used up, None at the end.

        Raises ValueError once the filter is closed, OSError if the body cannot be read.
        """
        if len.__class__ is not int:
            len = index(len)  # noqa: A001
        if self._closed:
            raise ValueError("I/O operation on closed filter")
        if not self._piece and not (self._pulls and self._more()):
            return self._nothing()
        self._has_read = True
        piece, at = self._piece, self._at
        if self._pulls and (len < 0 or piece.__len__() - at < len):
            return self._gathered(self._most if len < 0 else len)
        if len < 0 or at + len >= piece.__len__():
            self._piece, self._at = b"", 0
            return piece[at:] if at else piece
        self._at = at + len
        return piece[at : at + len]

    def readline(self, len: int = -1) -> bytes | None:  # noqa: A002
        """Read a line with its end, or up to `len` bytes of it, or what has arrived of it; else as read()."""
        len = index(len)  # noqa: A001
        if self._closed:
            raise ValueError("I/O operation on closed filter")
        room = sys.maxsize if len < 0 else len
        found: list[bytes] = []
        while self._piece or self._more():
            at = self._at
            end = stop = self._piece.find(b"\n", at) + 1
            end = min(stop or self._piece.__len__(), at + room)
            found.append(self._cut(end))
            room -= end - at
            if end == stop or not room:
                break
        else:
            if not found:
                return self._nothing()
        self._has_read = True
        return b"".join(found)

    def write(self, data: Any) -> None:
        """Hand `data` (bytes, or str as UTF-8) on to the next filter, with the next flush() or at the end of the call.

        Raises ValueError once the filter is closed, TypeError for other data, OSError if the client is gone.
        """
        if data.__class__ is not bytes:
            data = as_bytes(data)
        if self._closed:
            raise ValueError("I/O operation on closed filter")
        if data:
            self._out.append(data)
            self._out_bytes += data.__len__()
            if self._out_bytes >= self._room:
                self._hand_on(False)

    def flush(self) -> None:
        """Send what was written now, through what follows. Without effect once the filter is closed."""
        if not self._closed:
            self._hand_on(True)

    def close(self) -> None:
        """End the stream behind what was written; once. Reading and writing then raise ValueError."""
        if not self._closed:
            self._closed = 1
            self._hand_on(False, True)

    def pass_on(self) -> None:
        """Hand everything on that has arrived, as it is."""
        while not self._closed and (self._piece or self._more()):
            self._has_read = True
            self.write(self._cut(self._piece.__len__()))

    def disable(self) -> None:
        """Hand everything on from the next call on, without asking the filter."""
        self._transparent = True

    def remove(self) -> None:
        """Hand everything on as it is, now and from now on."""
        self.disable()
        self.pass_on()

    # -- what has arrived ----------------------------------------------------------------------------------------------

    def _pulled(self) -> bytes | None:
        """The next piece, where there may be more within this call."""
        raise NotImplementedError

    def _more(self) -> bool:
        """Make `_piece` hold something, if there is something."""
        if not self._pulls:
            return False
        piece = self._pulled()
        if not piece:
            self._pulls, self._ending = False, True
            return False
        self._piece, self._at = piece, 0
        return True

    def _cut(self, end: int) -> bytes:
        """What has arrived, up to `end`."""
        piece, at = self._piece, self._at
        if end >= piece.__len__():
            self._piece, self._at = b"", 0
            return piece[at:] if at else piece
        self._at = end
        return piece[at:end]

    def _gathered(self, size: int) -> bytes:
        found: list[bytes] = []
        while size > 0 and (self._piece or self._more()):
            found.append(self._cut(min(self._piece.__len__(), self._at + size)))
            size -= found[-1].__len__()
        return found[0] if found.__len__() == 1 else b"".join(found)

    def _nothing(self) -> bytes | None:
        """What a read gives that finds nothing."""
        if self._ending:
            self._has_read = self._told = True
            return None
        self._empty += 1
        if self._empty > MAX_EMPTY_READS:
            raise OSError("nothing more to read in this call: a filter has to return when read() gives b''")
        return b""

    # -- what was made of it -------------------------------------------------------------------------------------------

    def _taken(self) -> bytes:
        out = self._out
        if not out:
            return b""
        data = out[0] if len(out) == 1 else b"".join(out)
        self._out, self._out_bytes = [], 0
        return data

    def _hand_on(self, flush: bool, end: bool = False) -> None:
        raise NotImplementedError

    def _fail(self, page: bytes | None, status: int = HTTP_INTERNAL_SERVER_ERROR) -> None:
        """Be done for ever. `page`: a traceback that may take the place of the answer; else `status` may."""
        raise NotImplementedError


class output_filter(mp_filter):  # noqa: N801 - shown as mp_filter
    """A filter on the way of an answer."""

    room = WHOLE
    next: Target
    _most = WHOLE
    _source: Iterator[bytes] = iter(())

    def accept(self, data: bytes, flush: bool, end: bool) -> None:
        """Take a piece: call the filter with it, and hand on what it made."""
        if self._transparent:
            self.next.accept(data, flush, end)
            return
        if self._running:
            raise OSError("a filter cannot write to the request that it filters: use filter.write()")
        if self._closed:
            return
        self._piece, self._at, self._ending, self._flushing, self._empty = data, 0, end, flush, 0
        self._running = True
        try:
            self._spec.run(self)
        finally:
            self._running = False
        if self._transparent:
            self.pass_on()
        if self._closed:
            return
        out = self._out
        if end:
            self._closed = 1
        elif not (flush or out):
            return
        data = b"" if not out else out[0] if out.__len__() == 1 else b"".join(out)
        if out:
            self._out, self._out_bytes = [], 0
        self.next.accept(data, not end and (flush or self._spec.is_python), end)

    def accept_all(self, pieces: Iterator[bytes]) -> None:
        """Let the filter read from `pieces`: in one call, or in as many as it wants."""
        if self._transparent:
            self.next.accept_all(pieces)
            return
        self._source, self._pulls, self._flushing = pieces, True, False
        while not (self._closed or self._told):
            if not self._call():
                break
        if not self._closed:
            self._closed = 1
            self._hand_on(False, True)

    def include(self, uri: str) -> int:
        """Hand on what was written, then what another URI of this server answers. OK, or the status it ended with.

        For built-in filters; `uri` is a path with query, escaped. Raises OSError if the client is gone.
        """
        self._before_another()
        status: int = self._req._application.include(self._req, uri, self.next)
        return status

    def run(self, sub: mp_request) -> int:
        """The same for a subrequest that was looked up."""
        self._before_another()
        status: int = self._req._application.run_subrequest(sub, self.next)
        return status

    def _before_another(self) -> None:
        data = self._taken()
        if data:
            self.next.accept(data, False, False)

    def _call(self) -> bool:
        """Call the filter. Whether it may want to be called again for the same."""
        self._empty, self._has_read, self._running = 0, False, True
        try:
            self._spec.run(self)
            if self._transparent:
                self.pass_on()
            return self._has_read and not self._transparent
        finally:
            self._running = False

    def _pulled(self) -> bytes | None:
        return next(self._source, None)

    def _hand_on(self, flush: bool, end: bool = False) -> None:
        self.next.accept(self._taken() if self._out else b"", flush, end)

    def _fail(self, page: bytes | None, status: int = HTTP_INTERNAL_SERVER_ERROR) -> None:
        self._out, self._out_bytes, self._piece, self._at, self._pulls = [], 0, b"", 0, False
        closed, self._closed = self._closed, 1
        req = self._req
        if page is not None and not closed:
            if req._server_write is None:
                req._status = HTTP_INTERNAL_SERVER_ERROR
                req._content_type = "text/html"
            self.next.accept(page, True, True)
        elif not closed:
            req._filters.failed, req._filters.status = self._spec.name, status


class input_filter(mp_filter):  # noqa: N801
    """A filter on the way of a body."""

    _is_input = 1
    next: Source
    _room = sys.maxsize  # what was written waits for who pulls
    _pulls = True
    _failed = False

    def pull(self, size: int) -> bytes | None:
        """What the filter makes of what is behind it, `size` being a hint; None at the end."""
        if self._running:
            raise OSError("a filter cannot read from the request that it filters: use filter.read()")
        while True:
            if self._out:
                return self._taken()
            if self._failed:
                raise OSError(f"Input filter read error: the filter {self._spec.name!r} failed")
            if self._closed:
                return None
            if self._transparent:
                return self._cut(self._piece.__len__()) if self._piece else self.next.pull(size)
            self._call()

    def _call(self) -> None:
        self._has_read, self._running = False, True
        try:
            self._spec.run(self)
        finally:
            self._running = False
        if self._told and not self._transparent:
            self._closed = 1
        if not (self._has_read or self._closed or self._out or self._transparent or self._failed):
            self._failed = True
            raise OSError(
                f"Input filter read error: the filter {self._spec.name!r} neither reads nor writes nor closes"
            )

    def _pulled(self) -> bytes | None:
        return self.next.pull(BLOCK)

    def pass_on(self) -> None:
        """Hand on what the next filter has to give, as it is."""
        if not self._closed and (self._piece or self._more()):
            self._has_read = True
            self.write(self._cut(self._piece.__len__()))

    def _hand_on(self, flush: bool, end: bool = False) -> None:
        """What was written waits for who pulls."""

    def _fail(self, page: bytes | None, status: int = HTTP_INTERNAL_SERVER_ERROR) -> None:
        if not self._closed:
            self._out, self._out_bytes = [], 0
            self._failed = True


for _kind in (mp_filter, output_filter, input_filter):
    _kind.__module__ = "builtins"  # so that str(type(filter)) is the original's: "<class 'mp_filter'>"
    _kind.__name__ = _kind.__qualname__ = "mp_filter"
