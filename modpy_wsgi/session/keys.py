"""The key that records of sessions are signed with: given by the administrator, or made here once and kept in a file.

Law: all processes that share sessions have the same key, also when they all ask for the first time at once; and nobody
else may read it. It is never shown.

`PythonOption modpy_wsgi.session.key_file` names the file (one that is missing is made); `modpy_wsgi.session.key` gives
the key itself, of at least 32 letters, and whoever reads the configuration knows it. Without them it is the file `key`
in the folder of the sessions.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import stat
from typing import Any, Final

from ..errors import ConfigError
from ..own_files import FILE_MODE
from .folders import opened, own_folder

__all__ = ["KEY_FILE_OPTION", "KEY_OPTION", "given_key", "key_in_file", "key_of_folder"]

KEY_OPTION: Final = "modpy_wsgi.session.key"
KEY_FILE_OPTION: Final = "modpy_wsgi.session.key_file"
KEY_FILE: Final = "key"
SHORTEST: Final = 32  # letters or bytes; what is made here are 64 hex digits

_FLAGS: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_known: dict[str, tuple[tuple[int, ...], bytes]] = {}  # path -> (which file it was, its key)


def given_key(options: Any) -> bytes | None:
    """The key that options give, or that is in the file they name; None if they do not. Raises ConfigError, OSError."""
    text = options.get(KEY_OPTION)
    if text:
        if len(text) < SHORTEST:
            raise ConfigError(f"PythonOption {KEY_OPTION}: the key is shorter than {SHORTEST} letters")
        return _derived(text.encode("utf-8", "surrogateescape"))
    path = options.get(KEY_FILE_OPTION)
    return key_in_file(path) if path else None


def key_of_folder(folder: str) -> bytes:
    """The key in a folder of sessions, which is made if it is missing. Raises OSError."""
    path = os.path.join(folder, KEY_FILE)
    try:
        return key_in_file(path)
    except FileNotFoundError:
        with opened(own_folder(folder)):
            return key_in_file(path)


def key_in_file(path: str) -> bytes:
    """The key in a file, which is made if it is missing. Raises OSError, also for a file that others may read."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        _make(path)
        found = os.lstat(path)
    which = (found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode, found.st_uid)
    known = _known.get(path)
    if known is not None and known[0] == which:
        return known[1]
    key = _read(path)
    _known[path] = (which, key)
    return key


def _read(path: str) -> bytes:
    file = os.open(path, _FLAGS)
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode):
            raise PermissionError(errno.EPERM, "the key of sessions must be a plain file", path)
        # One that the administrator wrote may belong to root, and a group may read it.
        if found.st_uid not in (os.geteuid(), 0) or found.st_mode & (stat.S_IWGRP | stat.S_IRWXO):
            raise PermissionError(errno.EPERM, "others may read or change the key of sessions", path)
        text = os.read(file, 65536).strip()
    finally:
        os.close(file)
    if len(text) < SHORTEST:
        raise OSError(errno.EINVAL, f"the key of sessions is shorter than {SHORTEST} bytes", path)
    return _derived(text)


def _make(path: str) -> None:
    """Make a file with a new key. It gets its name when it is whole, and only if nobody else was faster."""
    temporary = f"{path}.{secrets.token_hex(8)}"
    file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
    try:
        try:
            os.write(file, secrets.token_hex(32).encode("ascii") + b"\n")
            os.fsync(file)
        finally:
            os.close(file)
        with contextlib.suppress(FileExistsError):
            os.link(temporary, path)
    finally:
        os.unlink(temporary)


def _derived(text: bytes) -> bytes:
    return hashlib.sha256(b"modpy_wsgi sessions\n" + text).digest()
