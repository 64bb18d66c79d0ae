"""What is known of a file: req.finfo and the result of apache.stat() (manual 4.5.3, reference sections 3 and 5).

Law: it is the old tuple, to be indexed by apache.FINFO_*, and the later object with attributes, at once. A file that is
not there has the type APR_NOFILE, and None for all that is unknown.
"""

from __future__ import annotations

import operator
import os
import stat
from collections.abc import Iterator
from typing import Any, Final, SupportsIndex, overload

from .constants import (
    APR_BLK,
    APR_CHR,
    APR_DIR,
    APR_FINFO_LINK,
    APR_LNK,
    APR_NOFILE,
    APR_PIPE,
    APR_REG,
    APR_SOCK,
    APR_UNKFILE,
)
from .stamps import FileStatus

__all__ = ["mp_finfo", "stat_file"]

_FILE_TYPES: Final = {
    stat.S_IFREG: APR_REG,
    stat.S_IFDIR: APR_DIR,
    stat.S_IFCHR: APR_CHR,
    stat.S_IFBLK: APR_BLK,
    stat.S_IFIFO: APR_PIPE,
    stat.S_IFLNK: APR_LNK,
    stat.S_IFSOCK: APR_SOCK,
}

_VALID: Final = 0x73F370  # APR's flags of what a stat() on Unix fills in, all of it (seen on the original)

# The attributes in the order of FINFO_MODE ... FINFO_FILETYPE.
_BY_INDEX: Final = (
    "protection",
    "inode",
    "device",
    "nlink",
    "user",
    "group",
    "size",
    "atime",
    "mtime",
    "ctime",
    "fname",
    "name",
    "filetype",
)

# The attributes in the order in which the original prints them.
_SHOWN: Final = ("fname", "filetype", "valid", "protection", "user", "group", "size", "inode", "device", "nlink")
_SHOWN_LAST: Final = ("atime", "mtime", "ctime", "name")


def _protection(mode: int) -> int:
    """APR's way of writing permissions: a hexadecimal digit where Unix has an octal one, so 0o644 becomes 0x644."""
    special = (0x8000 if mode & stat.S_ISUID else 0) | (0x4000 if mode & stat.S_ISGID else 0)
    special |= 0x2000 if mode & stat.S_ISVTX else 0
    return special | (mode & 0o700) << 2 | (mode & 0o070) << 1 | mode & 0o007


def _field(name: str, doc: str, *, whole: bool = False) -> Any:
    get = operator.attrgetter(name)

    def value(self: mp_finfo) -> Any:
        if self._stat is None:
            return None
        found = get(self._stat)
        return int(found) if whole else found

    return property(value, doc=doc)


class mp_finfo:  # noqa: N801 - the original's type name
    """One file. All members are read-only."""

    __slots__ = ("_fname", "_stat")

    def __init__(self, fname: str | None, result: FileStatus | None) -> None:
        """fname: its path, or None. result: of os.stat or os.lstat, or None if there is no such file."""
        self._fname = fname
        self._stat = result

    fname = property(operator.attrgetter("_fname"), doc="The path, or None.")
    name = property(lambda self: None, doc="The name in proper case, which only file systems without case have: None.")
    user = _field("st_uid", "The number of the owning user.")
    group = _field("st_gid", "The number of the owning group.")
    size = _field("st_size", "Bytes.")
    inode = _field("st_ino", "The number of the inode.")
    device = _field("st_dev", "The number of the device.")
    nlink = _field("st_nlink", "How many names the file has.")
    atime = _field("st_atime", "Last read: whole seconds since the epoch.", whole=True)
    mtime = _field("st_mtime", "Last changed: whole seconds since the epoch.", whole=True)
    ctime = _field("st_ctime", "Inode last changed: whole seconds since the epoch.", whole=True)

    @property
    def filetype(self) -> int:
        """One of apache.APR_REG, APR_DIR, ...; APR_NOFILE if there is no such file."""
        return APR_NOFILE if self._stat is None else _FILE_TYPES.get(stat.S_IFMT(self._stat.st_mode), APR_UNKFILE)

    @property
    def protection(self) -> int | None:
        """The permissions as APR writes them: 0x644 (not 0o644) for rw-r--r--."""
        return None if self._stat is None else _protection(self._stat.st_mode)

    @property
    def valid(self) -> int | None:
        """Which members are known: apache.APR_FINFO_* or'ed."""
        return None if self._stat is None else _VALID

    def __len__(self) -> int:
        return len(_BY_INDEX)

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[Any]:
        return iter([getattr(self, name) for name in _BY_INDEX])

    @overload
    def __getitem__(self, index: SupportsIndex) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Any, ...]: ...
    def __getitem__(self, index: SupportsIndex | slice) -> Any:
        """By apache.FINFO_*. Raises IndexError, and TypeError for what is no index."""
        if isinstance(index, slice):
            return tuple(self)[index]
        if operator.index(index) < 0:
            raise IndexError("no such index")  # as in the original
        return getattr(self, _BY_INDEX[index])

    def __repr__(self) -> str:
        return repr({name: getattr(self, name) for name in _SHOWN + _SHOWN_LAST})


mp_finfo.__module__ = "builtins"  # str(type) is "<class 'mp_finfo'>", as in the original


def stat_file(fname: str, wanted: int) -> mp_finfo:
    """apache.stat(): looks at a file; `wanted` is APR_FINFO_* or'ed, of which only APR_FINFO_LINK makes a difference.

    A file that is not there is no error but of the type APR_NOFILE. Raises OSError for anything else that is wrong,
    TypeError and ValueError (a NUL) for a bad name.
    """
    if not isinstance(fname, (str, bytes)):
        raise TypeError(f"the name must be str, not {type(fname).__name__}")
    look = os.lstat if operator.index(wanted) & APR_FINFO_LINK else os.stat
    try:
        result = look(fname)
    except FileNotFoundError:
        return mp_finfo(None, None)
    return mp_finfo(os.fsdecode(fname), result)
