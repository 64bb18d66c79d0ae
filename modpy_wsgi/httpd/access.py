"""Access by address, name and environment: Order, Allow, Deny and Satisfy (mod_access_compat).

Law: what no rule opens stays closed under "Order allow,deny"; a rule that cannot be judged does not open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..config.directives.access_compat import ACCESS, Access, AccessRule, MethodRule
from ..config.request_config import RequestConfig
from ..constants import HTTP_FORBIDDEN, OK
from . import clients

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["check", "has_work", "one_is_enough"]

_Applies = Callable[["mp_request"], bool]


def has_work(config: RequestConfig) -> bool:
    """Whether any of these directives holds."""
    return config.settings[ACCESS] is not None


def check(req: mp_request, config: RequestConfig) -> int:
    """OK, or HTTP_FORBIDDEN."""
    if (config.access or _compiled(config))(req):
        return OK
    req._application.log_request(req, f"client denied by server configuration: {req.filename or 'uri ' + req.uri}")
    return HTTP_FORBIDDEN


def one_is_enough(req: mp_request, config: RequestConfig) -> bool:
    """Whether Satisfy Any holds for the request: who passes by address need not be a user, and the other way round."""
    access = config.settings[ACCESS]
    return access is not None and _last(access.satisfy, req.method, "all") == "any"


def _last(rules: tuple[MethodRule, ...], method: str, otherwise: str) -> str:
    """The word of the last rule that is about a method."""
    for word, methods in reversed(rules):
        if methods is None or methods.covers(method):
            return word
    return otherwise


def _compiled(config: RequestConfig) -> _Applies:
    """Whether a request may pass, as a function; made at first use."""
    access = config.settings[ACCESS]
    config.access = check = _passes if access is None else _of(access)
    return check


def _passes(req: mp_request) -> bool:
    return True


def _of(access: Access) -> _Applies:
    allowed = _any([_rule(rule, unknown=False) for rule in access.allow])
    denied = _any([_rule(rule, unknown=True) for rule in access.deny])

    def deny_allow(req: mp_request) -> bool:
        return allowed(req) or not denied(req)

    def allow_deny(req: mp_request) -> bool:  # and "mutual-failure", which is the same
        return allowed(req) and not denied(req)

    if not access.orders:
        return deny_allow
    word, methods = access.orders[-1]
    if methods is None:
        return deny_allow if word == "deny,allow" else allow_deny

    def by_method(req: mp_request) -> bool:
        word = _last(access.orders, req.method, "deny,allow")
        return deny_allow(req) if word == "deny,allow" else allow_deny(req)

    return by_method


def _any(rules: list[_Applies]) -> _Applies:
    if len(rules) == 1:
        return rules[0]

    def applies(req: mp_request) -> bool:
        return any(rule(req) for rule in rules)

    return applies


def _rule(rule: AccessRule, *, unknown: bool) -> _Applies:
    """Whether a rule is about a request; `unknown` is the answer where it asks for an address that is not known."""
    applies = _KINDS[rule.kind](rule, unknown)
    methods = rule.methods
    if methods is None:
        return applies
    return lambda req: methods.covers(req.method) and applies(req)


def _all(rule: AccessRule, unknown: bool) -> _Applies:
    return _passes


def _env(rule: AccessRule, unknown: bool) -> _Applies:
    name, negated = str(rule.value), rule.negated
    return lambda req: (name in req.subprocess_env) is not negated


def _ip(rule: AccessRule, unknown: bool) -> _Applies:
    assert not isinstance(rule.value, str)
    found = clients.among([rule.value])

    def ip(req: mp_request) -> bool:
        known = found(req.useragent_ip)
        return unknown if known is None else known

    return ip


def _host(rule: AccessRule, unknown: bool) -> _Applies:
    domain = str(rule.value)

    def host(req: mp_request) -> bool:
        name = clients.name_of(req)
        if name is None:
            return unknown and not req.useragent_ip  # httpd denies nobody who has no name
        return clients.in_domain(name, domain)

    return host


_KINDS: dict[str, Callable[[AccessRule, bool], _Applies]] = {"all": _all, "env": _env, "host": _host, "ip": _ip}
