"""Pages that are compiled already, on disk: `PythonOption mod_python.psp.cache_database_filename` (or PSPDbmCache).

The original keeps them in one DBM file, which anybody may have written who can write there, and runs what it finds.
Here they stand in a folder beside that name, `<name>.pages`, one file for each page.

Law: code is taken from a folder that belongs to this process's user, or to root, and that nobody else may write into or
even read; else from nowhere. What does not fit this Python or this release is not looked at. Nothing that goes wrong
here stops a page.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import marshal
import os
import stat
import tempfile
from types import CodeType

from .._version import __version__
from .compiling import Page

__all__ = ["MAX_FILES", "Refused", "fetch", "folder_of", "keep"]

MAX_FILES = 4096  # pages in one folder; when there are more, the oldest half goes
MAX_BYTES = 16 * 1024 * 1024  # of one page's code
_HEAD = b"modpy_wsgi psp " + __version__.encode() + b" " + importlib.util.MAGIC_NUMBER.hex().encode() + b"\n"


class Refused(OSError):  # noqa: N818 - what it is
    """A folder that code must not be taken from."""


def folder_of(name: str) -> str:
    """The folder for a cache of this name; it is made if it is not there. Raises Refused, OSError."""
    folder = f"{name}.pages"
    if not os.path.isabs(folder):
        raise Refused(f"{name}: not an absolute path")
    if not hasattr(os, "geteuid"):
        raise Refused(f"{folder}: who may write there is not known on this system")
    with contextlib.suppress(FileExistsError):
        os.mkdir(folder, 0o700)
    seen = os.lstat(folder)
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid not in (os.geteuid(), 0) or seen.st_mode & 0o077:
        raise Refused(f"{folder}: must be a folder of this process's user that nobody else has access to (mode 0700)")
    return folder


def fetch(folder: str, key: tuple[str, bool], seen: os.stat_result) -> Page | None:
    """The page, if it is there and up to date. Raises OSError."""
    try:
        with open(_file(folder, key), "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    if not content.startswith(_HEAD) or len(content) > MAX_BYTES:
        return None
    described, _, code = content[len(_HEAD) :].partition(b"\n")
    try:
        about = json.loads(described)
        if about["key"] != list(key) or about["code"] != hashlib.sha256(code).hexdigest():
            return None  # cut short, or another page whose name has the same digest
        stamps = tuple((str(name), *map(int, rest)) for name, *rest in about["stamps"])
        page = Page(_code(code), stamps, tuple(about["names"]), tuple(about["before"]))  # type: ignore[arg-type]
    except (ValueError, KeyError, TypeError, EOFError):
        return None
    return page if page.is_current(seen) else None


def _code(data: bytes) -> CodeType:
    code = marshal.loads(data)  # noqa: S302 - from a folder of our own, see above
    if not isinstance(code, CodeType):
        raise ValueError("no code")
    return code


def keep(folder: str, key: tuple[str, bool], page: Page) -> None:
    """Keep a page for other processes. Raises OSError."""
    code = marshal.dumps(page.code)
    about = {
        "key": list(key),
        "code": hashlib.sha256(code).hexdigest(),
        "stamps": page.stamps,
        "names": page.names,
        "before": page.before,
    }
    descriptor, temporary = tempfile.mkstemp(dir=folder, suffix=".new")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_HEAD + json.dumps(about).encode() + b"\n" + code)
        os.replace(temporary, _file(folder, key))
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    _make_room(folder)


def _file(folder: str, key: tuple[str, bool]) -> str:
    name = hashlib.sha256(json.dumps(key).encode()).hexdigest()
    return os.path.join(folder, name)


def _make_room(folder: str) -> None:
    with os.scandir(folder) as entries:
        found = list(entries)
    if len(found) <= MAX_FILES:
        return
    ages = []
    for entry in found:
        with contextlib.suppress(OSError):
            ages.append((entry.stat().st_mtime_ns, entry.path))
    for _, path in sorted(ages)[: len(found) - MAX_FILES // 2]:
        with contextlib.suppress(OSError):
            os.unlink(path)
