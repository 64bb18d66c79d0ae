"""Files that are this user's own, closed to all others, and reached by no symbolic link.

Law: what is there already is looked at before it is used, by the open file and not by its name.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import Final

__all__ = ["FILE_MODE", "check_own_file", "make_own_file", "open_own_file", "replace_file"]

FILE_MODE: Final = 0o600
_OTHERS: Final = 0o077
_FILE: Final = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # the last: a pipe in its place keeps nobody waiting


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
