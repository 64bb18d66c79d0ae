"""Access by address, name and environment: Order, Allow, Deny and Satisfy (mod_access_compat).

Law: what no rule opens stays closed under "Order allow,deny"; a rule that cannot be judged does not open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ..config.directives.access_compat import ACCESS, Access, AccessRule, MethodRule
from ..config.request_config import RequestConfig
from ..constants import HTTP_FORBIDDEN, OK
from . import clients

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["check", "has_satisfy", "has_work", "one_is_enough"]

Applies = Callable[["mp_request"], bool]


class Compiled(NamedTuple):
    """The rules of a configuration, made ready."""

    passes: Applies  # whether they let a request in
    enough: Applies | None  # whether Satisfy Any holds for a request; None: for none


def _compiled(config: RequestConfig) -> Compiled:
    """Made at first use."""
    access = config.settings[ACCESS]
    made = Compiled(_always, None) if access is None else Compiled(_passes(access), _enough(access))
    config.access = made
    return made


def has_work(config: RequestConfig) -> bool:
    """Whether these directives say more than that everybody may come."""
    return _compiled(config) != (_always, None)


def has_satisfy(config: RequestConfig) -> bool:
    """Whether Satisfy Any may hold."""
    return _compiled(config).enough is not None


def check(req: mp_request, config: RequestConfig) -> int:
    """OK, or HTTP_FORBIDDEN."""
    if (config.access or _compiled(config)).passes(req):
        return OK
    req._application.log_request(req, f"client denied by server configuration: {req.filename or 'uri ' + req.uri}")
    return HTTP_FORBIDDEN


def one_is_enough(req: mp_request, config: RequestConfig) -> bool:
    """Whether Satisfy Any holds for the request: who passes by address need not be a user, and the other way round."""
    enough = (config.access or _compiled(config)).enough
    return enough is not None and enough(req)


def _always(req: mp_request) -> bool:
    return True


def _never(req: mp_request) -> bool:
    return False


def _enough(access: Access) -> Applies | None:
    if not any(word == "any" for word, _ in access.satisfy):
        return None
    return lambda req: _last(access.satisfy, req._method, "all") == "any"


def _last(rules: tuple[MethodRule, ...], method: str, otherwise: str) -> str:
    """The word of the last rule that is about a method."""
    for word, methods in reversed(rules):
        if methods is None or methods.covers(method):
            return word
    return otherwise


def _passes(access: Access) -> Applies:
    allowed = _any(access.allow, unknown=False)
    denied = _any(access.deny, unknown=True)
    deny_allow = _either(allowed, _opposite(denied))
    allow_deny = _opposite(_either(_opposite(allowed), denied))  # and "mutual-failure", which is the same
    if not access.orders:
        return deny_allow
    word, methods = access.orders[-1]
    if methods is None:
        return deny_allow if word == "deny,allow" else allow_deny

    def by_method(req: mp_request) -> bool:
        word = _last(access.orders, req._method, "deny,allow")
        return deny_allow(req) if word == "deny,allow" else allow_deny(req)

    return by_method


def _opposite(applies: Applies) -> Applies:
    if applies is _always:
        return _never
    return _always if applies is _never else lambda req: not applies(req)


def _either(one: Applies, other: Applies) -> Applies:
    if _always in (one, other):
        return _always
    if _never in (one, other):
        return other if one is _never else one
    return lambda req: one(req) or other(req)


def _any(rules: tuple[AccessRule, ...], *, unknown: bool) -> Applies:
    """Whether a rule is about a request; `unknown` is the answer where one asks for an address that is not known."""
    networks = [rule.value for rule in rules if rule.kind == "ip" and rule.methods is None]
    checks = [_ip(networks, unknown)] if networks else []
    checks += [_rule(rule, unknown) for rule in rules if rule.kind != "ip" or rule.methods is not None]
    if _always in checks:
        return _always
    if len(checks) < 2:
        return checks[0] if checks else _never

    def any_of_them(req: mp_request) -> bool:
        return any(applies(req) for applies in checks)

    return any_of_them


def _rule(rule: AccessRule, unknown: bool) -> Applies:
    applies = _KINDS[rule.kind](rule, unknown)
    methods = rule.methods
    if methods is None:
        return applies
    return lambda req: methods.covers(req._method) and applies(req)


def _all(rule: AccessRule, unknown: bool) -> Applies:
    return _always


def _env(rule: AccessRule, unknown: bool) -> Applies:
    name, negated = str(rule.value), rule.negated
    return lambda req: (name in req.subprocess_env) is not negated


def _ip(networks: list[Any], unknown: bool) -> Applies:
    found = clients.among(networks)

    def ip(req: mp_request) -> bool:
        known = found(req.useragent_ip)
        return unknown if known is None else known

    return ip


def _one_network(rule: AccessRule, unknown: bool) -> Applies:
    return _ip([rule.value], unknown)


def _host(rule: AccessRule, unknown: bool) -> Applies:
    domain = str(rule.value)

    def host(req: mp_request) -> bool:
        name = clients.name_of(req)
        if name is None:
            return unknown and not clients.is_known(req)  # httpd denies nobody for having no name
        return clients.in_domain(name, domain)

    return host


_KINDS: dict[str, Callable[[AccessRule, bool], Applies]] = {"all": _all, "env": _env, "host": _host, "ip": _one_network}
