"""Signatures of cookies: the original's, which users' browsers still have, and the one that is written here.

Law: a signature is compared in constant time, and nothing behind one is used before it held. The original's is HMAC-MD5
over name and value run together, so that it holds for `ab=cd` when it was made for `a=bcd`; ours says where they end.

`PythonOption modpy_wsgi.cookie.signature` chooses: nothing (sha256 is written, both are read), `sha256` (it alone is
read, too), `md5` (the original's is written, both are read).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, NamedTuple

from . import current
from .cookie_text import CookieError

__all__ = ["OPTION", "Signing", "encode_text", "following", "rule", "signature", "signed_by"]

OPTION = "modpy_wsgi.cookie.signature"
_MD5_LENGTH, _SHA256_LENGTH = 32, 64


class Signing(NamedTuple):
    """Which signature is written, and whether the original's is read."""

    writes: str
    reads_md5: bool


_RULES = {"": Signing("sha256", True), "sha256": Signing("sha256", False), "md5": Signing("md5", True)}
_followed: ContextVar[Signing | None] = ContextVar("modpy_wsgi.cookie_signing", default=None)


def _rule_of(text: str | None) -> Signing:
    found = _RULES.get((text or "").lower())
    if found is None:
        raise CookieError(f"PythonOption {OPTION}: {text!r} is neither sha256 nor md5")
    return found


@contextlib.contextmanager
def following(req: Any) -> Iterator[None]:
    """While cookies of a request are read or written: by the option that holds for it."""
    token = _followed.set(_rule_of(req.get_options().get(OPTION)))
    try:
        yield
    finally:
        _followed.reset(token)


def rule() -> Signing:
    """What holds here: for the request, or where a cookie is made without one, for the main server."""
    found = _followed.get()
    if found is None:
        app = current.application()
        found = _rule_of(None if app is None else app.main_server.get_options().get(OPTION))
    return found


def signature(kind: str, secret: str | bytes | None, name: str, value: str) -> str:
    """The signature of a cookie in hex digits; `kind` is "md5" or "sha256". Raises CookieError without a secret."""
    if not secret:
        raise CookieError("Cannot sign without a secret")
    import hmac  # and with it OpenSSL, for who signs cookies

    key = encode_text(secret)
    first, second = encode_text(name), encode_text(value)
    if kind == "md5":
        return hmac.new(key, first + second, "md5").hexdigest()
    head = b"modpy_wsgi cookie 1\n%d %d\n" % (len(first), len(second))
    return hmac.new(key, head + first + second, "sha256").hexdigest()


def signed_by(secret: str | bytes | None, name: str, signed: str) -> tuple[str, str]:
    """The value behind the signature that a cookie from a client begins with, and the kind of it. Raises CookieError.

    A signature is as long as its kind says, so a text is tried as each: it can hold as one of them only.
    """
    import hmac

    kinds = [("sha256", _SHA256_LENGTH)] + [("md5", _MD5_LENGTH)] * rule().reads_md5
    for kind, length in kinds:
        sent, value = signed[:length], signed[length:]
        if hmac.compare_digest(encode_text(sent), signature(kind, secret, name, value).encode("ascii")):
            return value, kind
    raise CookieError(f"Incorrectly Signed Cookie: {name}")


def encode_text(text: str | bytes) -> bytes:
    """Text as it goes over the wire; bytes as they are."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
