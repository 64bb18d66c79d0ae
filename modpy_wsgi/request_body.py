"""Reading a request's body: read, readline, readlines (manual 4.5.3), bounded by what the client promised.

Law: never a short read taken for the whole. A body that ends before its Content-Length raises OSError; nothing is read
beyond it.
"""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING

from .errors import SERVER_RETURN
from .request_members import RequestMembers

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["RequestBody"]

BLOCK = 65536  # bytes asked of the server at once where the length is not known
_UNKNOWN = -1  # of a chunked body: ends where the server says so


class RequestBody(RequestMembers):
    """The part of a request that reads."""

    def _open_body(self) -> int:
        """Find out how long the body is. Raises SERVER_RETURN: 400 bad length, 411 length unknown, 413 too long."""
        environ = self._environ
        length = environ.get("CONTENT_LENGTH")
        if length:
            if not (length.isascii() and length.isdigit()):
                raise SERVER_RETURN(400)
            left = int(length)
        elif environ.get("HTTP_TRANSFER_ENCODING"):
            if not environ.get("wsgi.input_terminated"):
                raise SERVER_RETURN(411)  # the server cannot tell where a chunked body ends
            left = _UNKNOWN
        else:
            left = 0  # manual 4.5.3: no Content-Length counts as 0
        limit = self._body_limit()
        if limit and left > limit:
            raise SERVER_RETURN(413)
        self._left = left
        return left

    @property
    def remaining(self) -> int:
        """Bytes left to read; 0 before the first read, as in the original."""
        left = self._left
        return left if left is not None and left > 0 else 0

    @property
    def read_length(self) -> int:
        """Bytes read so far; where the body is filtered, of what the filters have made."""
        chain = self._input_filters
        return self._read_length if chain is None else int(chain.given)

    def read(self, len: int = -1) -> bytes:  # noqa: A002 - the manual's name
        """Read `len` bytes of the body, or all that is left; b"" at its end.

        Raises OSError if the client goes away, or the body ends, before its Content-Length is reached.
        """
        len = index(len)  # noqa: A001
        left = self._left if self._left is not None else self._open_body()
        if left == 0 or len == 0:
            return b""
        if left == _UNKNOWN:
            return self._read_chunked(len)
        wanted = left if len < 0 or len > left else len
        source = self._environ["wsgi.input"].read
        data: bytes = self._ask(source, wanted)
        if data.__len__() < wanted:
            pieces = [data]
            have = data.__len__()
            while have < wanted:
                data = self._ask(source, wanted - have)
                if not data:
                    raise self._cut_short(wanted - have)
                pieces.append(data)
                have += data.__len__()
            data = b"".join(pieces)
        self._left = left - wanted
        self._read_length += wanted
        return data

    def readline(self, len: int = -1) -> bytes:  # noqa: A002 - the manual's name
        """Read a line with its line end, or up to `len` bytes of it; b"" at the end of the body. Raises OSError."""
        len = index(len)  # noqa: A001
        left = self._left if self._left is not None else self._open_body()
        if left == 0 or len == 0:
            return b""
        source = self._environ["wsgi.input"].readline
        if left == _UNKNOWN:
            data: bytes = self._ask(source, len) if len > 0 else self._ask(source)
            self._count_chunked(data)
            return data
        wanted = left if len < 0 or len > left else len
        pieces: list[bytes] = []
        while wanted > 0:
            data = self._ask(source, wanted)
            if not data:
                raise self._cut_short(wanted)
            pieces.append(data)
            wanted -= data.__len__()
            if data.endswith(b"\n"):
                break
        data = b"".join(pieces)
        self._left = left - data.__len__()
        self._read_length += data.__len__()
        return data

    def readlines(self, sizehint: int = -1) -> list[bytes]:
        """Read lines until the end, or until at least `sizehint` bytes were read. Raises OSError."""
        sizehint = index(sizehint)
        lines: list[bytes] = []
        size = 0
        while line := self.readline():
            lines.append(line)
            size += len(line)
            if 0 <= sizehint <= size:
                break
        return lines

    def discard_request_body(self) -> int:
        """Read what is left of the body and drop it. Returns apache.OK."""
        while self.read(BLOCK):
            pass
        return 0

    def _read_chunked(self, length: int) -> bytes:
        source = self._environ["wsgi.input"].read
        pieces: list[bytes] = []
        have = 0
        while length < 0 or have < length:
            data = self._ask(source, BLOCK if length < 0 else min(BLOCK, length - have))
            if not data:
                break
            pieces.append(data)
            have += len(data)
            self._count_chunked(data)
        return b"".join(pieces)

    def _count_chunked(self, data: bytes) -> None:
        if not data:
            self._left = 0
        self._read_length += len(data)
        limit = self._body_limit()
        if limit and self._read_length > limit:
            raise SERVER_RETURN(413)

    def _ask(self, source: Callable[..., bytes], *size: int) -> bytes:
        try:
            return source(*size)
        except OSError:
            raise
        except Exception as error:  # servers have exceptions of their own for a client that went away
            raise OSError(f"Client read error: {error}") from error

    def _cut_short(self, missing: int) -> OSError:
        return OSError(f"Client read error: the body ended {missing} bytes before its Content-Length")
