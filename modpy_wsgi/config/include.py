"""The files that an Include names: one file, a folder with all below it, or a shell pattern in any part of the path.

Law: the order is httpd's: by the bytes of the name, folder by folder, whatever the file system or the locale says.
"""

from __future__ import annotations

import errno
import os
import posixpath
from collections.abc import Iterator

from modpy_wsgi.config.patterns import compile_wildcard, has_wildcard
from modpy_wsgi.environ import encode

__all__ = ["matches"]

MAX_FOLDER_DEPTH = 128  # httpd's own: a link that leads back up


def matches(path: str, *, optional: bool) -> list[str]:
    """The files, in order. ValueError if there is none and that is not `optional`, or a folder cannot be read."""
    path = posixpath.normpath(path)
    if not has_wildcard(path):
        if optional and not _is_there(path):
            return []
        return list(_below(path, 0))
    return list(_matching("/", path.lstrip("/").split("/"), optional))


def _is_there(path: str) -> bool:
    try:
        os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            return False
        # whether it is there is not known
        raise ValueError(f"{path}: {error.strerror}") from None
    return True


def _names(folder: str, optional: bool = False) -> list[str]:
    try:
        return sorted(os.listdir(folder), key=os.fsencode)
    except OSError as error:
        if optional and isinstance(error, FileNotFoundError):
            return []
        raise ValueError(f"could not open directory {folder}: {error.strerror}") from None


def _matching(folder: str, parts: list[str], optional: bool) -> Iterator[str]:
    part, rest = parts[0], parts[1:]
    if not has_wildcard(part):
        path = posixpath.join(folder, part)
        if rest:
            yield from _matching(path, rest, optional)
        elif not optional or _is_there(path):
            yield from _below(path, 0)
        return
    pattern = compile_wildcard(part)
    # A leading dot has to be written in the pattern, as in a shell.
    found = [
        posixpath.join(folder, name)
        for name in _names(folder, optional)
        if pattern.search(encode(name)) and (name[0] != "." or part.startswith((".", r"\.")))
    ]
    if rest:
        # httpd looks at the entry itself: a symbolic link is no folder to it.
        found = [path for path in found if os.path.isdir(path) and not os.path.islink(path)]
    if not found and not optional:
        raise ValueError(f"no matches for the wildcard '{part}' in '{folder}' (IncludeOptional would allow that)")
    for path in found:
        if rest:
            yield from _matching(path, rest, optional)
        else:
            yield from _below(path, 0)


def _below(path: str, depth: int) -> Iterator[str]:
    if not os.path.isdir(path):
        yield path
        return
    if depth >= MAX_FOLDER_DEPTH:
        raise ValueError(f"directory '{path}' is nested more than {MAX_FOLDER_DEPTH} deep: a recursion?")
    for name in _names(path):
        yield from _below(posixpath.join(path, name), depth + 1)
