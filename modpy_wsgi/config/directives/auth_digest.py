"""mod_auth_digest: a password that is proved and not sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from modpy_wsgi.config.directives.auth_basic import provider
from modpy_wsgi.config.directives.table import known
from modpy_wsgi.config.model import Args, Kind, Origin, Override, Row, Setting, Where
from modpy_wsgi.config.values import Several, fixed_number

MODULES = ("auth_digest_module", "mod_auth_digest.c")


class Digest(NamedTuple):
    """What the directives of one section say; those of an inner one replace all of an outer one's, as in httpd."""

    providers: tuple[str, ...] = ()  # without any, "file" is asked
    lifetime: int = 300  # seconds; below 0: for ever
    domain: tuple[str, ...] = ()


DIGEST: Setting[Digest] = Setting("AuthDigest", Digest())

_UNITS = {"": 1, "b": 1, "k": 1024, "m": 1024 * 1024}
_SMALLEST = 88  # bytes, as in httpd
_NO_MEMORY = "needs memory that processes share, and is not implemented"


def _provider(so_far: Digest, args: tuple[str, ...]) -> Digest:
    providers = provider(so_far.providers, args)
    if "anon" in args:
        raise ValueError("the provider 'anon' has no hashes for Digest")
    return so_far._replace(providers=providers)


def _qop(so_far: Digest, args: tuple[str, ...]) -> Digest:
    if args[0].lower() != "auth":
        raise ValueError(f"'{args[0]}': only 'auth' is supported")
    return so_far


def _algorithm(so_far: Digest, args: tuple[str, ...]) -> Digest:
    if args[0].lower() != "md5":
        raise ValueError(f"unsupported algorithm '{args[0]}'")
    return so_far


def _lifetime(so_far: Digest, args: tuple[str, ...]) -> Digest:
    seconds = fixed_number(args[0], -(10**9), 10**9, "a number of seconds")
    if seconds == 0:
        raise ValueError(f"a nonce for one request {_NO_MEMORY}")
    return so_far._replace(lifetime=seconds)


def _nc_check(so_far: Digest, args: tuple[str, ...]) -> Digest:
    if args[0] == "1":
        raise ValueError(f"counting the uses of a nonce {_NO_MEMORY}")
    return so_far


def _domain(so_far: Digest, args: tuple[str, ...]) -> Digest:
    if '"' in args[0]:
        raise ValueError(f"a quotation mark in '{args[0]}'")
    return so_far._replace(domain=(*so_far.domain, args[0]))


def _shmem_size(so_far: object, args: tuple[str, ...], origin: Origin) -> Several:
    """Nothing is set: no memory is shared."""
    found = re.fullmatch(r"([+-]?\d{1,12})([bBkKmM]?)", args[0], re.ASCII)
    if found is None:
        raise ValueError(f"invalid size '{args[0]}'")
    if int(found[1]) * _UNITS[found[2].lower()] < _SMALLEST:
        raise ValueError(f"too small: {args[0]} < {_SMALLEST}")
    return Several()


def _row(name: str, args: Args, make: Callable[[Digest, tuple[str, ...]], Digest], usage: str) -> Row:
    def value(so_far: Digest | None, args: tuple[str, ...], origin: Origin) -> Digest:
        return make(so_far or Digest(), args)

    return Row(name, args, Where.ACCESS, Override.AUTHCONFIG, setting=DIGEST, value=value, usage=f"{name} {usage}")


ROWS = (
    _row("AuthDigestProvider", Args.ITERATE, _provider, "file ..."),
    _row("AuthDigestQop", Args.ITERATE, _qop, "auth"),
    _row("AuthDigestAlgorithm", Args.TAKE1, _algorithm, "MD5"),
    _row("AuthDigestNonceLifetime", Args.TAKE1, _lifetime, "seconds"),
    _row("AuthDigestNcCheck", Args.FLAG, _nc_check, "Off"),
    _row("AuthDigestDomain", Args.ITERATE, _domain, "URI ..."),
    Row(
        "AuthDigestShmemSize",
        Args.TAKE1,
        Where.RSRC,
        value=_shmem_size,
        usage="AuthDigestShmemSize bytes[K|M]",
    ),
    *known(
        Kind.UNSUPPORTED,
        "httpd never implemented it, and knows it no more",
        "AuthDigestNonceFormat 1 access AuthConfig",
    ),
)
