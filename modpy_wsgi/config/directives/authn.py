"""mod_authn_core and mod_auth_basic: how a user is asked who they are."""

from __future__ import annotations

from modpy_wsgi.config.directives.table import known
from modpy_wsgi.config.model import Args, Kind, Origin, Override, Row, Setting, Where
from modpy_wsgi.config.values import text

MODULES = ("authn_core_module", "mod_authn_core.c", "auth_basic_module", "mod_auth_basic.c")

AUTH_TYPE: Setting[str | None] = Setting("AuthType", None)
AUTH_NAME: Setting[str | None] = Setting("AuthName", None)


def _auth_type(so_far: object, args: tuple[str, ...], origin: Origin) -> str | None:
    return None if args[0].lower() == "none" else args[0]


ROWS = (
    Row(
        "AuthType",
        Args.TAKE1,
        Where.ACCESS,
        Override.AUTHCONFIG,
        setting=AUTH_TYPE,
        value=_auth_type,
        usage="AuthType Basic|None",
    ),
    Row(
        "AuthName",
        Args.TAKE1,
        Where.ACCESS,
        Override.AUTHCONFIG,
        setting=AUTH_NAME,
        value=text,
        usage="AuthName realm",
    ),
    *known(
        Kind.UNSUPPORTED,
        "passwords are checked by a PythonAuthenHandler only",
        """
        <AuthnProviderAlias   raw  server
        AuthBasicFake         1,2  access AuthConfig
        AuthBasicProvider     1+   access AuthConfig
        AuthBasicUseDigestAlgorithm 1 access AuthConfig
        """,
    ),
    *known(
        Kind.SERVER,
        "without meaning: no other module is asked after a PythonAuthenHandler",
        "AuthBasicAuthoritative flag access AuthConfig",
    ),
)
