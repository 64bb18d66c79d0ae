"""mod_access_compat (and mod_authz_host of httpd 2.2): Order, Allow, Deny, Satisfy."""

from __future__ import annotations

from typing import NamedTuple

from modpy_wsgi.config.addresses import Network, network
from modpy_wsgi.config.model import Args, Limit, Origin, Override, Row, Setting, Value, Where

MODULES = ("access_compat_module", "mod_access_compat.c", "access_module", "mod_access.c")


class AccessRule(NamedTuple):
    """One word of an Allow or a Deny."""

    kind: str  # "all", "ip", "env" or "host"
    value: Network | str  # of "ip" the network, of "env" the variable's name, of "host" the domain, else ""
    negated: bool  # env=!name
    methods: Limit | None  # the requests that it is about; None: all


class MethodRule(NamedTuple):
    """The word of an Order or a Satisfy, for some methods or all."""

    word: str
    methods: Limit | None


class Access(NamedTuple):
    """All that one section says with these directives. An inner section's replaces it whole, as in httpd."""

    orders: tuple[MethodRule, ...] = ()  # the last that covers the method holds; without one "deny,allow"
    allow: tuple[AccessRule, ...] = ()
    deny: tuple[AccessRule, ...] = ()
    satisfy: tuple[MethodRule, ...] = ()  # the last that covers the method holds; without one "all"


# None: no directive of this module anywhere, nothing to check.
ACCESS: Setting[Access | None] = Setting("Order, Allow, Deny, Satisfy", None)

_ORDERS = ("deny,allow", "allow,deny", "mutual-failure")
_IP_CHARACTERS = frozenset("0123456789.")


def _order(so_far: Access | None, args: tuple[str, ...], origin: Origin) -> Access:
    order = args[0].lower()
    if order not in _ORDERS:
        raise ValueError(f"'{args[0]}' is no order")
    access = so_far or Access()
    return access._replace(orders=(*access.orders, MethodRule(order, origin.methods)))


def _allow(so_far: Access | None, args: tuple[str, ...], origin: Origin) -> Access:
    access = so_far or Access()
    return access._replace(allow=(*access.allow, _access_rule(args, origin)))


def _deny(so_far: Access | None, args: tuple[str, ...], origin: Origin) -> Access:
    access = so_far or Access()
    return access._replace(deny=(*access.deny, _access_rule(args, origin)))


def _satisfy(so_far: Access | None, args: tuple[str, ...], origin: Origin) -> Access:
    word = args[0].lower()
    if word not in ("all", "any"):
        raise ValueError(f"'{args[0]}' is neither All nor Any")
    access = so_far or Access()
    return access._replace(satisfy=(*access.satisfy, MethodRule(word, origin.methods)))


def _access_rule(args: tuple[str, ...], origin: Origin) -> AccessRule:
    word, spec = args
    lower = spec.lower()
    if word.lower() != "from":
        raise ValueError("must be followed by 'from'")
    if lower == "all":
        return AccessRule("all", "", False, origin.methods)
    if lower.startswith("env=!"):
        return AccessRule("env", spec[5:], True, origin.methods)
    if lower.startswith("env="):
        return AccessRule("env", spec[4:], False, origin.methods)
    if "/" in spec or ":" in spec or _IP_CHARACTERS.issuperset(spec):
        return AccessRule("ip", network(spec), False, origin.methods)
    if "#" in spec:
        raise ValueError("no comment is possible here")
    return AccessRule("host", lower, False, origin.methods)


def _row(name: str, args: Args, value: Value, usage: str, override: Override = Override.LIMIT) -> Row:
    return Row(name, args, Where.ACCESS, override, setting=ACCESS, value=value, usage=f"{name} {usage}")


ROWS = (
    _row("Order", Args.TAKE1, _order, "deny,allow | allow,deny"),
    _row("Allow", Args.ITERATE2, _allow, "from all|address|host|env=[!]name ..."),
    _row("Deny", Args.ITERATE2, _deny, "from all|address|host|env=[!]name ..."),
    _row("Satisfy", Args.TAKE1, _satisfy, "All | Any", Override.AUTHCONFIG),
)
