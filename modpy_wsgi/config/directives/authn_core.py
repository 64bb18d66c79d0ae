"""mod_authn_core: how users are asked who they are."""

from __future__ import annotations

from modpy_wsgi.config.directives.table import known
from modpy_wsgi.config.model import Args, Kind, Origin, Override, Row, Setting, Where
from modpy_wsgi.config.values import literal

MODULES = ("authn_core_module", "mod_authn_core.c")

AUTH_TYPE: Setting[str | None] = Setting("AuthType", None)
AUTH_NAME: Setting[str | None] = Setting("AuthName", None)


def _auth_type(so_far: object, args: tuple[str, ...], origin: Origin) -> str | None:
    return None if args[0].lower() == "none" else literal(args[0])


def _auth_name(so_far: object, args: tuple[str, ...], origin: Origin) -> str:
    return literal(args[0])


ROWS = (
    Row(
        "AuthType",
        Args.TAKE1,
        Where.ACCESS,
        Override.AUTHCONFIG,
        setting=AUTH_TYPE,
        value=_auth_type,
        usage="AuthType Basic|Digest|None",
    ),
    Row(
        "AuthName",
        Args.TAKE1,
        Where.ACCESS,
        Override.AUTHCONFIG,
        setting=AUTH_NAME,
        value=_auth_name,
        usage="AuthName realm",
    ),
    *known(
        Kind.UNSUPPORTED,
        "providers of passwords have their own names only",
        "<AuthnProviderAlias raw server",
    ),
)
