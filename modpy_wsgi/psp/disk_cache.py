"""Pages that are compiled already, on disk: `PythonOption mod_python.psp.cache_database_filename` (or PSPDbmCache).

The original keeps them in one DBM file, which anybody may have written who can write there, and runs what it finds.
Here they stand in a folder beside that name, `<name>.pages`, one file for each page.

Law: code is taken from a folder that belongs to this process's user, or to root, and that nobody else may write into or
even read, and there from files of the same two; else from nowhere. What does not fit this Python or this release is not
looked at. Nothing that goes wrong here stops a page.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import marshal
import os
import secrets
import stat
from types import CodeType

from .._version import __version__
from ..stamps import FileStatus
from .compiling import Page

__all__ = ["MAX_FILES", "Folder", "Refused"]

MAX_FILES = 4096  # pages in one folder; when there are more, the oldest half goes
MAX_BYTES = 16 * 1024 * 1024  # of one page's code
_HEAD = b"modpy_wsgi psp " + __version__.encode() + b" " + importlib.util.MAGIC_NUMBER.hex().encode() + b"\n"
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)


class Refused(OSError):  # noqa: N818 - what it is
    """A folder that code must not be taken from."""


class Folder:
    """An open folder: it is the one that was judged, whatever its name leads to meanwhile."""

    def __init__(self, name: str) -> None:
        """The folder for a cache of this name; it is made if it is not there. Raises Refused, OSError."""
        folder = f"{name}.pages"
        if not os.path.isabs(folder):
            raise Refused(f"{name}: not an absolute path")
        if not hasattr(os, "geteuid"):
            raise Refused(f"{folder}: who may write there is not known on this system")
        with contextlib.suppress(FileExistsError):
            os.mkdir(folder, 0o700)
        self._descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        if not _is_ours(os.fstat(self._descriptor), 0o077):
            self.close()
            raise Refused(
                f"{folder}: must be this process's user's, and nobody else must have access to it (mode 0700)"
            )

    def close(self) -> None:
        """Let go of it."""
        os.close(self._descriptor)

    def fetch(self, key: tuple[str, bool], seen: FileStatus) -> Page | None:
        """The page, if it is there and up to date. Raises OSError."""
        try:
            descriptor = os.open(_name(key), _READ, dir_fd=self._descriptor)
        except FileNotFoundError:
            return None
        with open(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode) or not _is_ours(found, 0o022):
                return None  # left there by somebody while the folder was open to others
            content = file.read(MAX_BYTES + 1)
        page = _page_of(content, key)
        return page if page is not None and page.is_current(seen) else None

    def keep(self, key: tuple[str, bool], page: Page) -> None:
        """Keep a page for other processes. Raises OSError."""
        temporary = f"{secrets.token_hex(16)}.new"
        descriptor = os.open(temporary, _WRITE, 0o600, dir_fd=self._descriptor)
        try:
            with open(descriptor, "wb") as file:
                file.write(_content_of(page, key))
            os.replace(temporary, _name(key), src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary, dir_fd=self._descriptor)
            raise
        self._make_room()

    def _make_room(self) -> None:
        with os.scandir(self._descriptor) as entries:
            found = list(entries)
        if len(found) <= MAX_FILES:
            return
        ages = []
        for entry in found:
            with contextlib.suppress(OSError):
                ages.append((entry.stat(follow_symlinks=False).st_mtime_ns, entry.name))
        for _, name in sorted(ages)[: len(found) - MAX_FILES // 2]:
            with contextlib.suppress(OSError):
                os.unlink(name, dir_fd=self._descriptor)


def _is_ours(seen: os.stat_result, others: int) -> bool:
    """Whether something belongs to this process's user or to root, and gives none of the rights `others`."""
    return seen.st_uid in (os.geteuid(), 0) and not seen.st_mode & others


def _name(key: tuple[str, bool]) -> str:
    return hashlib.sha256(json.dumps(key).encode()).hexdigest()


def _page_of(content: bytes, key: tuple[str, bool]) -> Page | None:
    """The page that a file holds; None if it is none, or another."""
    if not content.startswith(_HEAD) or len(content) > MAX_BYTES:
        return None
    described, _, code = content[len(_HEAD) :].partition(b"\n")
    try:
        about = json.loads(described)
        if about["key"] != list(key) or about["code"] != hashlib.sha256(code).hexdigest():
            return None  # cut short, or another page whose name has the same digest
        files = tuple((str(path), tuple(map(int, stamp))) for path, stamp in about["files"])
        return Page(_code(code), files, tuple(about["names"]), tuple(about["before"]))  # type: ignore[arg-type]
    except (ValueError, KeyError, TypeError, EOFError):
        return None


def _code(data: bytes) -> CodeType:
    code = marshal.loads(data)  # noqa: S302 - from a folder of our own, see above
    if not isinstance(code, CodeType):
        raise ValueError("no code")
    return code


def _content_of(page: Page, key: tuple[str, bool]) -> bytes:
    code = marshal.dumps(page.code)
    about = {
        "key": list(key),
        "code": hashlib.sha256(code).hexdigest(),
        "files": page.files,
        "names": page.names,
        "before": page.before,
    }
    return _HEAD + json.dumps(about).encode() + b"\n" + code
