"""mod_authz_core, mod_authz_host, mod_authz_user: who may."""

from __future__ import annotations

from typing import Any, NamedTuple

from modpy_wsgi.config.addresses import network
from modpy_wsgi.config.directives.table import accepted, known
from modpy_wsgi.config.lexer import words
from modpy_wsgi.config.model import Args, Kind, Limit, Origin, Override, Row, Setting, Where
from modpy_wsgi.config.values import only

MODULES = (
    "authz_core_module",
    "mod_authz_core.c",
    "authz_host_module",
    "mod_authz_host.c",
    "authz_user_module",
    "mod_authz_user.c",
)


class Requirement(NamedTuple):
    """One Require; one that is met is enough."""

    kind: str  # "all", "ip", "local", "method", "user" or "valid-user"
    args: tuple[Any, ...]  # of "ip" Network objects, of "all" ("granted",) or ("denied",), else the words
    negated: bool
    methods: Limit | None  # the enclosing <Limit>: other methods are not asked
    origin: Origin


# Replaced whole by an inner section that has a Require of its own (AuthMerging Off).
REQUIRE: Setting[tuple[Requirement, ...]] = Setting("Require", ())


def _all(args: list[str]) -> tuple[str, ...]:
    if len(args) != 1 or args[0].lower() not in ("granted", "denied"):
        raise ValueError("Require all must be followed by 'granted' or 'denied'")
    return (args[0].lower(),)


def _networks(args: list[str]) -> tuple[Any, ...]:
    if not args:
        raise ValueError("Require ip must be followed by addresses")
    return tuple(network(word) for word in args)


def _names(args: list[str]) -> tuple[str, ...]:
    return tuple(args)  # without a name nobody is meant, as in httpd


def _methods(args: list[str]) -> tuple[str, ...]:
    for word in args:
        if word != word.upper():
            raise ValueError(f"invalid method '{word}' (methods are written in capitals)")
    return tuple(args)


def _nothing(args: list[str]) -> tuple[str, ...]:
    return ()


_PROVIDERS = {
    "all": _all,
    "ip": _networks,
    "local": _nothing,
    "method": _methods,
    "user": _names,
    "valid-user": _nothing,
}
# Those of the modules that come with httpd, by name; any other is a mistake or a module of its own.
_MISSING = frozenset(
    (
        *("dbd-group", "dbd-login", "dbd-logout", "dbm-file-group", "dbm-group", "env", "expr", "file-group"),
        *("file-owner", "forward-dns", "group", "host", "ldap-attribute", "ldap-dn", "ldap-filter", "ldap-group"),
        *("ldap-search", "ldap-user", "not", "ssl", "ssl-verify-client", "unix-file-group"),
    )
)


def _require(so_far: Any, args: tuple[str, ...], origin: Origin) -> tuple[Requirement, ...]:
    kind, *rest = words(args[0]) or [""]
    read = _PROVIDERS.get(kind)  # in this case only, as in httpd
    if read is None:
        if kind in _MISSING or kind.lower() == "not":
            raise ValueError(f"'{kind}' is not implemented")
        raise ValueError(f"unknown kind of requirement '{kind}'")
    requirement = Requirement(kind, read(rest), False, origin.methods, origin)
    return (*(so_far or ()), requirement)


ROWS = (
    Row(
        "Require",
        Args.RAW,
        Where.ACCESS,
        Override.AUTHCONFIG,
        setting=REQUIRE,
        value=_require,
        usage="Require all granted|all denied|valid-user|user name ...|ip address ...|method name ...|local",
    ),
    Row(
        "AuthMerging",
        Args.TAKE1,
        Where.ACCESS,
        Override.AUTHCONFIG,
        value=only(["off"], "only 'Off' is implemented"),
        usage="AuthMerging Off",
    ),
    *known(
        Kind.UNSUPPORTED,
        "of access control, only single Require lines are judged",
        """
        <AuthzProviderAlias raw server
        <RequireAll         raw access AuthConfig
        <RequireAny         raw access AuthConfig
        <RequireNone        raw access AuthConfig
        <RequireNotAll      raw access AuthConfig
        """,
    ),
    *accepted("0", "a refusal asks for a password", "AuthzSendForbiddenOnFailure flag access AuthConfig"),
)
