"""The nonces of Digest authentication: made here, good for a while, and known again by whichever process is asked.

Law: a nonce is the time and a keyed hash of it, so nothing is kept; who does not know the key can make none.
"""

from __future__ import annotations

import base64
import os
import struct
import sys
from binascii import Error
from typing import NamedTuple

from .passwords import equal

__all__ = ["SOON", "Nonce", "make_nonce", "read_nonce"]

SOON = 30.0  # seconds before the end of a nonce's life in which the next one is offered, as in httpd
_TIME_LENGTH = 12  # letters of the time: eight bytes in base64
_LENGTH = _TIME_LENGTH + 64


def _made_key() -> bytes:
    """The key of this server, the same in all of its processes.

    httpd makes one when it starts, before it forks. A WSGI server may import the application in each process by itself
    (gunicorn without preload, uWSGI with lazy-apps), but they all were forked from one that had already started Python,
    and so have its secret for the hashing of strings in common: 128 random bits, which are never shown. Where that
    secret is not random (PYTHONHASHSEED), each process that imports this has a key of its own.
    """
    chosen = os.environ.get("PYTHONHASHSEED", "random") not in ("", "random") or not sys.flags.hash_randomization
    if chosen or not sys.hash_info.algorithm.startswith("siphash"):
        return os.urandom(32)
    hashes = [hash(f"modpy_wsgi.httpd.nonces {number}") for number in range(8)]
    return struct.pack("=8q", *hashes)


_key = _made_key()


class Nonce(NamedTuple):
    """What is found in a nonce that a client sends."""

    made: float  # when, in seconds
    genuine: bool  # whether it was made here for this realm


def make_nonce(now: float, realm: str) -> str:
    """A nonce for a realm."""
    when = base64.b64encode(struct.pack(">q", int(now * 1_000_000))).decode("ascii")
    return when + _hash(when, realm)


def read_nonce(nonce: str, realm: str) -> Nonce | None:
    """What a nonce says; None if it does not look like one."""
    if len(nonce) != _LENGTH or not nonce.isascii():
        return None
    when, hashed = nonce[:_TIME_LENGTH], nonce[_TIME_LENGTH:]
    genuine = equal(hashed.encode(), _hash(when, realm).encode())
    try:
        (microseconds,) = struct.unpack(">q", base64.b64decode(when, validate=True))
    except (Error, struct.error):
        return None
    return Nonce(microseconds / 1_000_000, genuine)


def _hash(when: str, realm: str) -> str:
    import hashlib  # and with it OpenSSL, which a site without Digest does not need
    import hmac

    text = f"{when}:{realm}".encode("utf-8", "surrogateescape")
    return hmac.new(_key, text, hashlib.sha256).hexdigest()
