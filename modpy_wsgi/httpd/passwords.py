"""Files of passwords as htpasswd and htdigest write them, and the hashes in them.

Law: what cannot be read or judged is closed. A password is kept nowhere: who was found right a moment ago is known by a
keyed hash. Sources: httpd's mod_authn_file, apr_password_validate, crypt(3).
"""

from __future__ import annotations

import contextlib
import enum
import os
import re
import stat
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from ..config.cache import Bounded
from ..stamps import Stamp, is_settled, stamp_of

__all__ = ["HashError", "Verdict", "check", "equal", "matches", "md5", "preload", "realm_hash", "spend"]

MAX_FILES = 64  # password files kept parsed
MAX_FILE = 16 * 1024 * 1024  # bytes of one; some 200,000 users
MAX_LINE = 8191  # bytes of a line, as in httpd, which reads no further at a longer one
MAX_GRANTED = 4096  # successes remembered; some hundred bytes each
GRANTED_FOR = 60.0  # seconds; a hash is made to be slow, and a page has dozens of parts
MAX_PASSWORD = 4096  # bytes; more are a way to keep the server busy
BCRYPT_BYTES = 72  # what bcrypt looks at of a password

Log = Callable[[str], None]


class Verdict(enum.Enum):
    """What a provider says of a name and a password."""

    GRANTED = "granted"
    DENIED = "denied"
    NOT_FOUND = "not found"
    ERROR = "error"


class HashError(ValueError):
    """A stored password in no form that is known here."""


class _File(NamedTuple):
    stamp: Stamp | None  # None: to be read again
    passwords: dict[bytes, bytes]  # name -> hash; of lines with the same name the first counts
    realms: dict[tuple[bytes, bytes], bytes]  # the same of htdigest: (name, realm) -> MD5 of "name:realm:password"
    sample: bytes | None  # a hash of the kind that the file has


_NOBODY = _File(None, {}, {}, None)
_files: Bounded[str, _File] = Bounded(MAX_FILES)
_granted: Bounded[bytes, float] = Bounded(MAX_GRANTED)  # keyed hash -> until when
_key = os.urandom(32)

# How a stored password begins -> the scheme in passlib.hash. What begins otherwise is one of crypt's old forms.
_SCHEMES = (
    (b"$2y$", "bcrypt"),
    (b"$2a$", "bcrypt"),
    (b"$2b$", "bcrypt"),
    (b"$apr1$", "apr_md5_crypt"),
    (b"{SHA}", "ldap_sha1"),
    (b"$1$", "md5_crypt"),
    (b"$5$", "sha256_crypt"),
    (b"$6$", "sha512_crypt"),
    (b"_", "bsdi_crypt"),
)
_MD5 = re.compile(rb"[0-9a-f]{32}")
_DES = re.compile(rb"[./0-9A-Za-z]{13}")


def check(path: str | None, user: str, password: str, log: Log) -> Verdict:
    """Ask a password file (AuthUserFile) about a name and a password. `log` gets lines for the administrator."""
    file = _open(path, log)
    if file is None:
        return Verdict.ERROR
    stored = file.passwords.get(_bytes(user))
    if stored is None:
        return Verdict.NOT_FOUND
    try:
        return Verdict.GRANTED if _remembered(_bytes(password), stored) else Verdict.DENIED
    except HashError as error:
        log(f"{path}: the password of user {user} cannot be judged: {error}")
        return Verdict.DENIED


def realm_hash(path: str | None, user: str, realm: str, log: Log) -> bytes | Verdict:
    """What a file of htdigest has for a user: the MD5 of "user:realm:password" in hex; or another verdict."""
    file = _open(path, log)
    if file is None:
        return Verdict.ERROR
    stored = file.realms.get((_bytes(user), _bytes(realm)))
    if stored is None:
        return Verdict.NOT_FOUND
    if not _MD5.fullmatch(stored):  # which whoever has seen it could prove to know
        log(f"{path}: the hash of user {user} in realm {realm} is no MD5")
        return Verdict.DENIED
    return stored


def spend(path: str | None, password: str) -> None:
    """Take as long as a check of a user who is in the file, so that the time does not tell who is not."""
    file = _files.get(path) if path else None
    if file is not None and file.sample is not None:
        try:
            matches(_bytes(password), file.sample)
        except HashError:
            return


def preload() -> None:
    """Import what `matches` imports for hashes of every kind. Raises ImportError.

    A kind for which this machine has nothing is left out: its hashes cannot be judged later, either.
    """
    import passlib.exc
    import passlib.hash

    for name in {*(name for _, name in _SCHEMES), "des_crypt"}:
        choose: Any = getattr(getattr(passlib.hash, name), "set_backend", None)
        if choose is not None:
            with contextlib.suppress(passlib.exc.MissingBackendError):
                choose("any")


def matches(password: bytes, stored: bytes) -> bool:
    """Whether a password is the one of which `stored` is the hash. Raises HashError.

    One with a NUL or of more than MAX_PASSWORD bytes matches nothing.
    """
    name = next((name for start, name in _SCHEMES if stored.startswith(start)), None)
    if name is None:
        if not _DES.fullmatch(stored):
            raise HashError("it is in none of the forms bcrypt, apr1, SHA, crypt (DES, $1$, $5$, $6$)")
        name = "des_crypt"
    import passlib.hash  # here, because it takes as long to load as all the rest

    scheme: Any = getattr(passlib.hash, name)
    if name == "bcrypt":
        password = password[:BCRYPT_BYTES]
    if b"\0" in password or len(password) > MAX_PASSWORD:
        return False
    try:
        return bool(scheme.verify(password, stored))
    except ValueError as error:
        raise HashError(f"malformed {name}: {error}") from None


def _remembered(password: bytes, stored: bytes) -> bool:
    """`matches`, unless it was asked the same a moment ago and said yes."""
    import hashlib  # and with it OpenSSL, which a site without passwords does not need

    # A password has no NUL, so that the two cannot run into one another. A changed file is another hash.
    key = hashlib.blake2b(stored + b"\0" + password, key=_key, digest_size=32).digest()
    now = time.monotonic()
    if _granted.get(key, 0.0) > now:
        return True
    if not matches(password, stored):
        return False
    _granted.replace(key, now + GRANTED_FOR)
    return True


def _open(path: str | None, log: Log) -> _File | None:
    """The file as it now is; None, and a line in the log, if it cannot be read."""
    if path == os.devnull:
        return _NOBODY
    if path is None:
        log("AuthUserFile not specified in the configuration")
        return None
    try:
        found = os.stat(path)
        kept = _files.get(path)
        if kept is not None and kept.stamp == stamp_of(found):
            return kept
        return _files.replace(path, _read(path, log))
    except (OSError, ValueError) as error:
        log(f"Could not open password file: {path}: {getattr(error, 'strerror', None) or error}")
        return None


def _read(path: str, log: Log) -> _File:
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe must not make anybody wait
    with open(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise ValueError("not a regular file")
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise ValueError(f"more than {MAX_FILE} bytes")
    passwords: dict[bytes, bytes] = {}
    realms: dict[tuple[bytes, bytes], bytes] = {}
    for line in data.replace(b"\\\r\n", b"").replace(b"\\\n", b"").split(b"\n"):
        line = line.strip(b" \t\v\f\r")
        if len(line) > MAX_LINE:
            log(f"{path}: a line of more than {MAX_LINE} bytes; it and what follows is not read")
            break
        if not line or line.startswith(b"#"):
            continue
        user, _, rest = line.partition(b":")
        first, _, rest = rest.lstrip(b":").partition(b":")
        passwords.setdefault(user, first)
        realms.setdefault((user, first), rest.lstrip(b":").partition(b":")[0])
    stamp = stamp_of(found) if is_settled(found) else None
    return _File(stamp, passwords, realms, next(iter(passwords.values()), None))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def equal(one: bytes, other: bytes) -> bool:
    """Whether two hashes are the same, in a time that does not tell where they differ."""
    import hmac

    return hmac.compare_digest(one, other)


def md5(data: bytes) -> bytes:
    """The hash that Digest is made of, in hex."""
    import hashlib

    return hashlib.md5(data, usedforsecurity=False).hexdigest().encode("ascii")
