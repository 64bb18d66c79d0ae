"""mod_authz_core: Require and its containers, AuthMerging; Require all, env and method."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from modpy_wsgi.config.directives import authz_groupfile, authz_host, authz_owner, authz_user, tls
from modpy_wsgi.config.directives.table import known
from modpy_wsgi.config.lexer import name_and_rest, words
from modpy_wsgi.config.model import Args, Kind, Origin, Override, Row, Setting, Where
from modpy_wsgi.config.requirements import Authorization, Requirement, added, merged
from modpy_wsgi.config.sections import METHODS
from modpy_wsgi.config.values import names

MODULES = ("authz_core_module", "mod_authz_core.c")

AUTHORIZATION: Setting[Authorization] = Setting("Require", Authorization(), merged)

_MERGING = ("off", "and", "or")


def _all(text: str) -> tuple[str, ...]:
    word = text.lower()
    if word not in ("granted", "denied"):
        raise ValueError("Require all must be followed by 'granted' or 'denied'")
    return (word,)


def _methods(text: str) -> tuple[str, ...]:
    found = names(text)
    for word in found:
        if word not in METHODS:
            raise ValueError(f"invalid method '{word}' (methods are written in capitals)")
    return tuple("GET" if word == "HEAD" else word for word in found)


_PROVIDERS: dict[str, Callable[[str], tuple[Any, ...]]] = {
    "all": _all,
    "env": names,
    "method": _methods,
    **authz_groupfile.PROVIDERS,
    **authz_host.PROVIDERS,
    **authz_owner.PROVIDERS,
    **authz_user.PROVIDERS,
    **tls.PROVIDERS,
}
# Those of the modules that come with httpd, by name; any other is a mistake or a module of its own.
_MISSING = {
    "expr": "expressions that are judged per request are not evaluated",
    **dict.fromkeys(
        (
            *("dbd-group", "dbd-login", "dbd-logout", "dbm-file-group", "dbm-group", "ldap-attribute", "ldap-dn"),
            *("ldap-filter", "ldap-group", "ldap-search", "ldap-user"),
        ),
        "users and groups of databases and directories are not looked up",
    ),
    "ssl-verify-client": "certificates of clients are not asked for",
    "unix-file-group": "use file-group",
}


def _require(so_far: Authorization | None, args: tuple[str, ...], origin: Origin) -> Authorization:
    kind, rest = name_and_rest(args[0])
    negated = kind.lower() == "not"
    if negated:
        kind, rest = name_and_rest(rest.strip())
    rest = rest.strip()
    read = _PROVIDERS.get(kind)  # in this case only, as in httpd
    if read is None:
        if kind in _MISSING:
            raise ValueError(f"'{kind}' is not implemented: {_MISSING[kind]}")
        raise ValueError(f"unknown kind of requirement '{kind}'")
    written = (*(["not"] if negated else []), kind, *words(rest))
    requirement = Requirement(kind, read(rest), negated, origin.methods, written, origin)
    authorization = so_far or Authorization()
    return authorization._replace(rules=added(authorization.rules, requirement))


def _merging(so_far: Authorization | None, args: tuple[str, ...], origin: Origin) -> Authorization:
    word = args[0].lower()
    if word not in _MERGING:
        raise ValueError(f"'{args[0]}' is none of Off, And, Or")
    return (so_far or Authorization())._replace(merging=word)


def _forbidden(so_far: Authorization | None, args: tuple[str, ...], origin: Origin) -> Authorization:
    return (so_far or Authorization())._replace(forbidden=args[0] == "1")


ROWS = (
    Row(
        "Require",
        Args.RAW,
        Where.ACCESS,
        Override.AUTHCONFIG,
        setting=AUTHORIZATION,
        value=_require,
        usage="Require [not] all granted|all denied|valid-user|user name ...|group name ...|file-owner|file-group"
        "|ip address ...|host name ...|forward-dns name ...|local|ssl|env variable ...|method name ...",
    ),
    Row(
        "AuthMerging",
        Args.TAKE1,
        Where.ACCESS,
        Override.AUTHCONFIG,
        setting=AUTHORIZATION,
        value=_merging,
        usage="AuthMerging Off|And|Or",
    ),
    Row(
        "AuthzSendForbiddenOnFailure",
        Args.FLAG,
        Where.ACCESS,
        Override.AUTHCONFIG,
        setting=AUTHORIZATION,
        value=_forbidden,
        usage="AuthzSendForbiddenOnFailure On|Off",
    ),
    *known(
        Kind.IMPLEMENTED,
        "",
        """
        <RequireAll  raw access AuthConfig
        <RequireAny  raw access AuthConfig
        <RequireNone raw access AuthConfig
        """,
    ),
    *known(
        Kind.UNSUPPORTED,
        "a provider of Require has its own name only",
        """
        <AuthzProviderAlias raw server
        <RequireNotAll      raw access AuthConfig
        """,
    ),
)
