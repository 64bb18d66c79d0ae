"""What tells two states of a file apart without reading it.

Law: a stamp is taken before the file is read, so that a change while it is read shows as a change. A file that has
changed a moment ago has none that could be relied on: within one tick of the file system's clock it may change again.
"""

from __future__ import annotations

import os
import time

from ._fast.look import Look

__all__ = [
    *("GONE", "SETTLED_AFTER", "FileStatus", "RightsStamp", "Stamp"),
    *("are_rights_settled", "is_settled", "rights_stamp", "stamp_of"),
]

SETTLED_AFTER = 2.0  # seconds; the coarsest file systems in use keep times of two

FileStatus = os.stat_result | Look
"""What stat(2) has told of a file."""

Stamp = tuple[int, int, int]
"""(mtime in ns, size in bytes, inode)."""

RightsStamp = tuple[int, int, int, int]
"""(mtime and ctime in ns, size in bytes, inode): a change of rights counts, too."""

GONE: Stamp = (-1, -1, -1)
"""That of a file which cannot be looked at."""


def stamp_of(found: FileStatus) -> Stamp:
    """The stamp of a file that was looked at."""
    return found.st_mtime_ns, found.st_size, found.st_ino


def rights_stamp(found: FileStatus) -> RightsStamp:
    """The same with its rights."""
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def is_settled(found: FileStatus) -> bool:
    """Whether its last change lies back far enough that a further one will show in its stamp."""
    return abs(time.time() - found.st_mtime) > SETTLED_AFTER


def are_rights_settled(found: FileStatus) -> bool:
    """The same of a change of any kind, whatever time somebody has given the file since."""
    return abs(time.time() - found.st_ctime) > SETTLED_AFTER
