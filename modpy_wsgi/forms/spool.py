"""Files that a client sends: in memory while they are small, then in an unnamed temporary file.

Law: what is written is not copied but referred to, until there is enough for one large write, which starts and ends at
a multiple of its size. A write that ends within a page makes the next one pay for it: on ext4, half as much again.
"""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Buffer

MAX_MEMORY = 512 * 1024  # bytes of a file that is kept in memory
MAX_FORM_MEMORY = 16 * 1024 * 1024  # bytes that all files of a form may keep in memory together
WRITE = 256 * 1024  # bytes of a write, or a multiple
SMALL = 8192  # bytes; what is smaller is copied together: a reference has its price too
MAX_PIECES = 512  # of one write; Linux takes 1,024, POSIX promises 16

__all__ = ["MAX_FORM_MEMORY", "MAX_MEMORY", "Allowance", "SpooledFile"]


class Allowance:
    """What the files of one form may still keep in memory, in bytes."""

    __slots__ = ("left",)

    def __init__(self, size: int = MAX_FORM_MEMORY) -> None:
        self.left = size


class SpooledFile(io.BufferedIOBase):
    """A file for reading and writing, made to be written from start to end and read afterwards.

    `allowance` is shared by the files of a form: once it is used up, files go to disk from their first byte. `fileno()`
    moves the file to disk. Errors of the disk are raised as OSError by the call that wrote to it; `close()` leaves
    nothing behind.
    """

    def __init__(self, allowance: Allowance | None = None, *, max_memory: int = MAX_MEMORY) -> None:
        super().__init__()
        self._allowance = Allowance() if allowance is None else allowance
        self._kept = 0  # bytes taken from the allowance
        self._pieces: list[bytes | bytearray | memoryview] | None = []  # not yet on disk; None: see _whole()
        self._waiting = 0  # bytes in them
        self._size = 0  # bytes written from the start; of no meaning once _pieces is None
        self._limit = max_memory  # bytes that may wait
        self._disk: io.FileIO | None = None
        self._file: io.BytesIO | io.BufferedRandom | None = None

    # Written from start to end

    def write(self, data: Buffer, /) -> int:
        """Write bytes; gives their number. Raises OSError if the disk does."""
        pieces = self._pieces
        if pieces is None:
            return self._whole().write(data)
        piece = data if type(data) is bytes else bytes(data)
        size = len(piece)
        if size >= SMALL:
            pieces.append(piece)
        elif pieces and type(pieces[-1]) is bytearray:
            pieces[-1] += piece
        else:
            pieces.append(bytearray(piece))
        self._waiting += size
        self._size += size
        if self._disk is None:
            self._kept += size
            self._allowance.left -= size
        if self._waiting > self._limit or (self._disk is None and self._allowance.left < 0):
            self._spill(self._waiting % WRITE)
        return size

    def flush(self) -> None:
        """Write what waits to the disk, if the file is there already. Raises OSError if the disk does."""
        if self._pieces is not None:
            if self._disk is not None and self._waiting:
                self._spill(0)
        elif self._file is not None:
            self._file.flush()

    def _spill(self, rest: int) -> None:
        """Write to disk what waits but for the last *rest* bytes."""
        assert self._pieces is not None
        if self._disk is None:
            import tempfile  # which brings random and shutil, for large uploads

            self._disk = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - close() closes it
            self._limit = WRITE
            self._give_back()
        pieces, last, missing = self._pieces, [], rest
        while missing:
            piece = memoryview(pieces.pop())
            cut = max(len(piece) - missing, 0)
            last.append(piece[cut:])
            missing -= len(piece) - cut
            if cut:
                pieces.append(piece[:cut])
        self._pieces = [*reversed(last)]
        self._waiting = rest
        write_all(self._disk.fileno(), pieces)

    def _give_back(self) -> None:
        self._allowance.left += self._kept
        self._kept = 0

    # Read, and written anywhere

    def _whole(self) -> io.BytesIO | io.BufferedRandom:
        """The file as it is for anything else than being written from start to end."""
        if self._file is None:
            if self._pieces is None:
                raise ValueError("I/O operation on closed file.")
            if self._disk is None:
                self._file = io.BytesIO(b"".join(self._pieces))
                self._file.seek(0, os.SEEK_END)
            else:
                self.flush()
                self._file = io.BufferedRandom(self._disk)
            self._pieces = None
        return self._file

    def fileno(self) -> int:
        """Give the descriptor of the file on disk, and move it there if it is in memory."""
        file = self._whole()
        if isinstance(file, io.BytesIO):
            import tempfile

            disk = tempfile.TemporaryFile()  # noqa: SIM115 - close() closes it
            try:
                disk.write(file.getbuffer())
                disk.seek(file.tell())
                disk.flush()
            except BaseException:
                disk.close()
                raise
            self._file = file = disk
            self._give_back()
        return file.fileno()

    def close(self) -> None:
        """Close the file; what was in it is gone."""
        if not self.closed:
            file, self._file = self._file or self._disk, None
            self._pieces = None
            self._give_back()
            super().close()
            if file is not None:
                file.close()

    def read(self, size: int | None = -1, /) -> bytes:
        """Read so many bytes, or all."""
        return self._whole().read(size)

    def read1(self, size: int = -1, /) -> bytes:
        """Read at most so many bytes, as many as there are at hand."""
        return self._whole().read1(size)

    def readinto(self, buffer: Buffer, /) -> int:
        """Read into a buffer; gives the number of bytes."""
        return self._whole().readinto(buffer)

    def readinto1(self, buffer: Buffer, /) -> int:
        """Read into a buffer what there is at hand; gives the number of bytes."""
        return self._whole().readinto1(buffer)

    def readline(self, size: int | None = -1, /) -> bytes:
        """Read a line, or so many bytes of it."""
        return self._whole().readline(size)

    def readlines(self, hint: int = -1, /) -> list[bytes]:
        """Read the lines to the end."""
        return self._whole().readlines(hint)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._whole())

    def __next__(self) -> bytes:
        return next(self._whole())

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a place; gives it, from the start."""
        return self._whole().seek(offset, whence)

    def tell(self) -> int:
        """Give the place from the start."""
        return self._whole().tell() if self._pieces is None else self._size

    def truncate(self, size: int | None = None, /) -> int:
        """Cut or extend the file to so many bytes, or to where it stands; gives the size."""
        return self._whole().truncate(size)

    def readable(self) -> bool:
        """Give True."""
        self._check()
        return True

    def writable(self) -> bool:
        """Give True."""
        self._check()
        return True

    def seekable(self) -> bool:
        """Give True."""
        self._check()
        return True

    def _check(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on closed file.")


def write_all(descriptor: int, pieces: list[bytes | bytearray | memoryview]) -> None:
    """Write the pieces one after the other, in as few calls as may be. Raises OSError if the disk does."""
    at = 0
    while at < len(pieces):
        written = os.writev(descriptor, pieces[at : at + MAX_PIECES])
        while at < len(pieces) and written >= len(pieces[at]):
            written -= len(pieces[at])
            at += 1
        if written:
            pieces[at] = memoryview(pieces[at])[written:]
