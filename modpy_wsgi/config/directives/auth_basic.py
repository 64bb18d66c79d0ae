"""mod_auth_basic: a name and a password with every request."""

from __future__ import annotations

from typing import NamedTuple

from modpy_wsgi.config.model import Args, Origin, Override, Row, Setting, Where
from modpy_wsgi.config.values import choice, flag, literal

MODULES = ("auth_basic_module", "mod_auth_basic.c")


class Fake(NamedTuple):
    """The credentials that the content sees in place of the client's."""

    user: str
    password: str


PROVIDERS: Setting[tuple[str, ...]] = Setting("AuthBasicProvider", ())  # without any, "file" alone is asked
AUTHORITATIVE: Setting[bool] = Setting("AuthBasicAuthoritative", True)
FAKE: Setting[Fake | None] = Setting("AuthBasicFake", None)
USE_DIGEST: Setting[bool] = Setting("AuthBasicUseDigestAlgorithm", False)

IMPLEMENTED = frozenset(("anon", "file"))
# Those of the modules that come with httpd, by name; any other is a mistake or a module of its own.
_MISSING = frozenset(("dbd", "dbm", "fcgi", "ldap", "socache"))


def provider(so_far: tuple[str, ...] | None, args: tuple[str, ...]) -> tuple[str, ...]:
    """One more provider of passwords, by its name (in this case only, as in httpd)."""
    name = args[0]
    if name in _MISSING:
        raise ValueError(f"the provider '{name}' is not implemented")
    if name not in IMPLEMENTED:
        raise ValueError(f"unknown provider '{name}'")
    return (*(so_far or ()), name)


def _providers(so_far: tuple[str, ...] | None, args: tuple[str, ...], origin: Origin) -> tuple[str, ...]:
    return provider(so_far, args)


def _fake(so_far: object, args: tuple[str, ...], origin: Origin) -> Fake | None:
    if args[0].lower() == "off":
        return None
    return Fake(literal(args[0]), literal(args[1]) if len(args) > 1 else "password")


ROWS = (
    Row(
        "AuthBasicProvider",
        Args.ITERATE,
        Where.ACCESS,
        Override.AUTHCONFIG,
        setting=PROVIDERS,
        value=_providers,
        usage="AuthBasicProvider file|anon ...",
    ),
    Row(
        "AuthBasicAuthoritative",
        Args.FLAG,
        Where.ACCESS,
        Override.AUTHCONFIG,
        setting=AUTHORITATIVE,
        value=flag,
        usage="AuthBasicAuthoritative On|Off",
    ),
    Row(
        "AuthBasicFake",
        Args.TAKE12,
        Where.ACCESS,
        Override.AUTHCONFIG,
        setting=FAKE,
        value=_fake,
        usage="AuthBasicFake Off|user [password]",
    ),
    Row(
        "AuthBasicUseDigestAlgorithm",
        Args.TAKE1,
        Where.ACCESS,
        Override.AUTHCONFIG,
        setting=USE_DIGEST,
        value=choice(md5=True, off=False),
        usage="AuthBasicUseDigestAlgorithm MD5|Off",
    ),
)
