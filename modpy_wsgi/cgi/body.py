"""The body of a request for a program: read piece by piece, or laid into a file where its length is not known.

Law: a program is told how long the body is. One that comes in chunks is read whole first, bounded by LimitRequestBody.
"""

from __future__ import annotations

import tempfile
from typing import IO, TYPE_CHECKING

from ..constants import HTTP_BAD_REQUEST, HTTP_INTERNAL_SERVER_ERROR

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["BLOCK", "Body", "Lost", "spooled"]

BLOCK = 65536  # bytes read from the client at once; as much as a pipe takes


class Lost(Exception):  # noqa: N818 - what became of it
    """The body cannot be had: the client went away, or there is no room for it. `status` is for the log of requests."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Body:
    """What the client still owes of a body. Raises SERVER_RETURN as req.read() does."""

    def __init__(self, req: mp_request) -> None:
        self._req = req

    @property
    def left(self) -> int:
        """Bytes still to come."""
        return self._req.remaining

    def read(self) -> bytes:
        """The next piece, b"" at the end. Raises Lost."""
        try:
            return self._req.read(BLOCK)
        except OSError as error:
            raise Lost(HTTP_BAD_REQUEST, str(error)) from error

    def discard(self) -> None:
        """Read what is left, and drop it. Raises Lost."""
        while self.read():
            pass

    def into_file(self) -> IO[bytes]:
        """Lay what is left into a file, to be read from its beginning. Raises Lost."""
        file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - who asks for it closes it
        try:
            while data := self.read():
                view = memoryview(data)
                while view:
                    view = view[file.write(view) :]
            file.seek(0)
        except OSError as error:
            file.close()
            raise Lost(HTTP_INTERNAL_SERVER_ERROR, f"the body cannot be kept: {error}") from error
        except BaseException:
            file.close()
            raise
        return file


def spooled(req: mp_request) -> tuple[IO[bytes], int]:
    """A body in chunks as a file, and its length. Raises Lost, and SERVER_RETURN."""
    file = Body(req).into_file()
    return file, req.read_length
