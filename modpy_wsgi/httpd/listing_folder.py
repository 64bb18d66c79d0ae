"""A directory that is being listed.

Law: it is opened once, and all that is looked at in it is looked up from there, whatever becomes of its path. Of its
entries as many are held at a time as make looking at them cheap.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from types import TracebackType

from .._fast.folder import regular_files

__all__ = ["Folder"]

BATCH = 1024  # entries held at a time
_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class Folder:
    """An open directory, for a `with` statement.

    Raises OSError if it cannot be opened, ValueError for a path with NUL.
    """

    def __init__(self, path: str) -> None:
        self._descriptor = os.open(path, _FLAGS)
        try:
            self._entries = os.scandir(self._descriptor)
        except BaseException:
            os.close(self._descriptor)
            raise

    def __enter__(self) -> Folder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._entries.close()
        os.close(self._descriptor)

    def batches(self) -> Iterator[list[os.DirEntry[str]]]:
        """Its entries, as the file system has them. They can be looked at while the directory is open."""
        while batch := list(islice(self._entries, BATCH)):
            yield batch

    def files(self, names: list[str]) -> list[tuple[int, int] | None]:
        """Size and time, in seconds, of the files of these names; None for what is no regular file by now."""
        return regular_files(self._descriptor, names)
