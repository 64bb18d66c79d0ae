"""Folders that belong to sessions: this user's own, closed to all others, reached by no symbolic link.

Law: what is there already is looked at before it is used, by the open file and not by its name. The directory above is
the administrator's choice; a folder in it that is not ours is not used, and the error says so.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from typing import Final

__all__ = [
    "FOLDER_MODE",
    "Folder",
    "check_sub_folder",
    "kept_folder",
    "opened",
    "own_folder",
    "sub_folder",
]

FOLDER_MODE: Final = 0o700
_OTHERS: Final = 0o077
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Folder:
    """An open folder. It is closed when nobody has it any more, so no thread closes what another one still uses."""

    __slots__ = ("device", "inode", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        found = os.fstat(number)
        self.device, self.inode = found.st_dev, found.st_ino

    def is_at(self, path: str) -> bool:
        """Whether this is what has the name, and still ours alone."""
        try:
            found = os.lstat(path)
        except FileNotFoundError:
            return False
        return found.st_ino == self.inode and found.st_dev == self.device and _is_ours(found)

    def __del__(self) -> None:
        os.close(self.number)


_kept: dict[str, Folder] = {}


def kept_folder(path: str) -> Folder:
    """As own_folder(), but kept open for whoever asks next: one look at the name tells whether it is still the same.

    To open and close it each time would be a third of the system calls that a session makes.
    """
    folder = _kept.get(path)
    if folder is None or not folder.is_at(path):
        folder = _kept[path] = Folder(own_folder(path))
    return folder


def own_folder(path: str) -> int:
    """An open folder, made if it is missing. Raises OSError, also where it is somebody else's or a symbolic link."""
    try:
        folder = os.open(path, _FOLDER)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), FOLDER_MODE, exist_ok=True)
        _make(path, None)
        folder = os.open(path, _FOLDER)
    return _own(folder, path)


def sub_folder(parent: int, name: str, *, make: bool) -> int:
    """An open folder in an open one. Raises FileNotFoundError if it is missing and not to be made; else OSError."""
    try:
        folder = os.open(name, _FOLDER, dir_fd=parent)
    except FileNotFoundError:
        if not make:
            raise
        _make(name, parent)
        folder = os.open(name, _FOLDER, dir_fd=parent)
    return _own(folder, name)


def check_sub_folder(parent: int, name: str, *, make: bool) -> None:
    """See to it that a folder in one that is ours alone is a folder of ours. Raises as sub_folder()."""
    try:
        if _is_ours(os.stat(name, dir_fd=parent, follow_symlinks=False)):
            return
    except FileNotFoundError:
        if not make:
            raise
    os.close(sub_folder(parent, name, make=make))  # makes it, closes it to others, or says what is wrong with it


def _is_ours(found: os.stat_result) -> bool:
    return stat.S_ISDIR(found.st_mode) and not found.st_mode & _OTHERS and found.st_uid == os.geteuid()


def _make(path: str, parent: int | None) -> None:
    with contextlib.suppress(FileExistsError):  # another thread or process was faster
        os.mkdir(path, FOLDER_MODE, dir_fd=parent)


def _own(folder: int, path: str) -> int:
    try:
        found = os.fstat(folder)
        if found.st_uid != os.geteuid():
            raise PermissionError(errno.EPERM, f"belongs to user {found.st_uid}: no place for sessions", path)
        if found.st_mode & _OTHERS:
            os.fchmod(folder, FOLDER_MODE)
    except BaseException:
        os.close(folder)
        raise
    return folder


@contextlib.contextmanager
def opened(descriptor: int) -> Iterator[int]:
    """Close it at the end."""
    try:
        yield descriptor
    finally:
        os.close(descriptor)
