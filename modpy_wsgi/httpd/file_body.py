"""A file on its way out, whole or in pieces.

Law: exactly the promised bytes leave. A file that has become shorter ends the answer with an error, so that the server
closes the connection, and no client takes a part for the whole.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from ..errors import ShortBody

if TYPE_CHECKING:
    from .ranges import Pieces

__all__ = ["FileBody"]

BLOCK = 65536  # bytes read at once where the server has no file wrapper


class FileBody:
    """A file, or pieces of it, as the body of an answer; handed to the server's file wrapper where it can be."""

    def __init__(self, descriptor: int, size: int, pieces: Pieces | None = None) -> None:
        self._file = open(descriptor, "rb", buffering=0)  # noqa: SIM115 - closed by close()
        self._pieces = pieces
        self._whole = size
        self.size = size if pieces is None else pieces.length
        self._left = size
        self._sent: int | None = None  # of what was read here; a server may send the file itself
        self.when_closed: Callable[[], None] | None = None

    def wrapped(self, environ: dict[str, Any]) -> Iterable[bytes]:
        """The iterable to return to the server."""
        wrapper: Callable[..., Iterable[bytes]] | None = environ.get("wsgi.file_wrapper")
        if wrapper is not None and self._pieces is None and os.fstat(self.fileno()).st_size == self._whole:
            return wrapper(self, BLOCK)
        return self

    @property
    def sent(self) -> int:
        """The bytes that were sent; all of them where the server sends the file itself."""
        return self.size if self._sent is None else self._sent

    def __iter__(self) -> Iterator[bytes]:
        self._sent = 0
        for data in self._all():
            self._sent += len(data)
            yield data

    def _all(self) -> Iterator[bytes]:
        if self._pieces is None:
            yield from self._between(0, self._whole)
            return
        for head, start, end in self._pieces.pieces:
            if head:
                yield head
            yield from self._between(start, end + 1)
        if self._pieces.tail:
            yield self._pieces.tail

    def _between(self, start: int, end: int) -> Iterator[bytes]:
        descriptor = self.fileno()
        while start < end:
            data = os.pread(descriptor, min(BLOCK, end - start), start)
            if not data:
                raise ShortBody(f"the file became {end - start} bytes shorter while it was sent")
            yield data
            start += len(data)

    def read(self, size: int = -1) -> bytes:
        """Read from the file, as file wrappers do; never beyond the size it had."""
        data: bytes = self._file.read(self._left if size < 0 else min(size, self._left)) or b""
        self._left -= len(data)
        self._sent = (self._sent or 0) + len(data)
        return data

    def fileno(self) -> int:
        """The file's descriptor, for servers that send it themselves."""
        return self._file.fileno()

    def close(self) -> None:
        """Close the file, then do what is due when the body is through."""
        self._file.close()
        after, self.when_closed = self.when_closed, None
        if after is not None:
            after()
