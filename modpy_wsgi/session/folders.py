"""Folders and files that belong to sessions: this user's own, closed to all others, reached by no symbolic link.

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
    "FILE_MODE",
    "FOLDER_MODE",
    "Folder",
    "check_own_file",
    "check_sub_folder",
    "kept_folder",
    "make_own_file",
    "open_own_file",
    "opened",
    "own_folder",
    "replace_file",
    "sub_folder",
]

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600
_OTHERS: Final = 0o077
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE: Final = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # the last: a pipe in its place keeps nobody waiting


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


def open_own_file(name: str, flags: int, *, folder: int | None = None) -> int:
    """An open plain file of this user that nobody else may open. Raises OSError."""
    file = os.open(name, flags | _FILE, FILE_MODE, dir_fd=folder)
    try:
        _check(os.fstat(file), name)
    except BaseException:
        os.close(file)
        raise
    return file


def make_own_file(path: str) -> None:
    """Make an empty file of this user that nobody else may open. Raises OSError, also for one there that is no such.

    One that is there is not opened: to close it would free the locks of all who have it open in this process (POSIX).
    """
    try:
        os.close(open_own_file(path, os.O_RDWR | os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        check_own_file(path)


def check_own_file(path: str) -> None:
    """Raise OSError for a file that is not this user's alone, or a link; FileNotFoundError if it is missing."""
    found = os.lstat(path)
    if stat.S_ISLNK(found.st_mode):
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
    _check(found, path)


def _check(found: os.stat_result, name: str) -> None:
    wrong = None
    if not stat.S_ISREG(found.st_mode):
        wrong = "no plain file"
    elif found.st_uid != os.geteuid():
        wrong = f"belongs to user {found.st_uid}"
    elif found.st_mode & _OTHERS:
        wrong = "others may open it"
    if wrong is not None:
        raise PermissionError(errno.EPERM, wrong, name)


def replace_file(folder: int, name: str, temporary: str, data: bytes, *, sync: bool) -> None:
    """Give a file in a folder new content, all of it or none: a new file is written, synced, and renamed.

    temporary: a name that nobody else uses at the time. Raises OSError; the old content is there as it was, then.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FILE
    try:
        file = os.open(temporary, flags, FILE_MODE, dir_fd=folder)
    except FileExistsError:  # left by a process of the same number that was killed
        os.unlink(temporary, dir_fd=folder)
        file = os.open(temporary, flags, FILE_MODE, dir_fd=folder)
    try:
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(file, left) :]
            if sync:
                os.fsync(file)
        finally:
            os.close(file)
        os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with contextlib.suppress(OSError):  # what went wrong first is what counts
            os.unlink(temporary, dir_fd=folder)
        raise
