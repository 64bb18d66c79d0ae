"""What a path leads to: os.stat without the twenty numbers that it makes at once, of which few are asked for; and a
small file read in one step.

Law: a look never changes. Who hands in the last one of a path is given that back if the file is as it was in all that
a look has, so that `is` says that nothing has changed.
"""

from typing import final

@final
class Look:
    """What a look has found; the members are those of os.stat_result, and cannot be set."""

    def __copy__(self) -> Look: ...
    def __deepcopy__(self, memo: object) -> Look: ...
    @property
    def st_mode(self) -> int: ...
    @property
    def st_ino(self) -> int: ...
    @property
    def st_dev(self) -> int: ...
    @property
    def st_nlink(self) -> int: ...
    @property
    def st_uid(self) -> int: ...
    @property
    def st_gid(self) -> int: ...
    @property
    def st_size(self) -> int: ...
    @property
    def st_atime(self) -> float: ...
    @property
    def st_mtime(self) -> float: ...
    @property
    def st_ctime(self) -> float: ...
    @property
    def st_atime_ns(self) -> int: ...
    @property
    def st_mtime_ns(self) -> int: ...
    @property
    def st_ctime_ns(self) -> int: ...

def look(path: str, before: Look | None = None, /) -> Look:
    """Look where *path* leads, through links. *before* is the last look at it, if that was kept.

    Gives a Look: *before* itself, if nothing has changed. Raises OSError as os.stat does, ValueError for a NUL,
    TypeError for a path that is no str.
    """

def look_for(path: str, /) -> Look | None:
    """Look where *path* leads, as look() does. Gives a Look; None if the system knows no file of that name (ENOENT)."""

def is_missing(path: str, /) -> bool:
    """Tell whether the system knows no file of that name, nor a link (ENOENT). What cannot be looked at is not missing.

    Raises ValueError for a NUL, TypeError for a path that is no str.
    """

def as_they_were(looks: tuple[tuple[str, Look | None], ...], /) -> bool:
    """Tell whether all files of *looks*, pairs of a path and a Look or None, are as they were: None is for one that is
    not there. That one was read is no change, but one that cannot be looked at is.

    Raises TypeError for what are no such pairs, ValueError for tuples of another length and for a NUL.
    """

def read_file(path: str, flags: int, size: int, /) -> bytes | None:
    """Read a file of *size* bytes, opened with *flags* as for os.open.

    Gives its first *size* bytes; None if it cannot be opened or read, or has become shorter. Raises ValueError for a
    NUL or a negative size. It is audited as os.open is.
    """
