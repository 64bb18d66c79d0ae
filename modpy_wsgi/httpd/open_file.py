"""The file of a request, opened to be sent, and the beginning of any other.

Law: only what the walk has looked at is opened for good, or what a handler has named in its place. A pipe in the file's
place is not waited for.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..request import mp_request
    from ..stamps import FileStatus

__all__ = ["FLAGS", "beginning_of", "open_file"]

FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK  # a pipe put in the file's place must not hold up a thread


def open_file(req: mp_request, filename: str, found: FileStatus) -> tuple[int, os.stat_result] | None:
    """A descriptor of the file, and what it is now; `found` is what the walk has seen of it.

    None, and a line in the error log, if it cannot be opened, is no file, or another one than was checked: that is 403.
    """
    try:
        descriptor = os.open(filename, FLAGS)
    except (OSError, ValueError) as error:
        req._application.log_request(req, f"file permissions deny server access: {filename}: {error}")
        return None
    now = os.fstat(descriptor)
    replaced = (now.st_ino != found.st_ino or now.st_dev != found.st_dev) and not req._renamed
    if replaced or not stat.S_ISREG(now.st_mode):
        os.close(descriptor)
        req._application.log_request(req, f"no file, or not the one that was found before: {filename}")
        return None
    return descriptor, now


def beginning_of(path: str, most: int) -> bytes | None:
    """What a file begins with; None if it cannot be read, or something else has taken its place."""
    try:
        descriptor = os.open(path, FLAGS)
    except (OSError, ValueError):
        return None
    try:
        return os.read(descriptor, most) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
    except OSError:
        return None
    finally:
        os.close(descriptor)
