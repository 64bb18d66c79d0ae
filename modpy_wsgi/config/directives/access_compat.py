"""mod_access_compat (and mod_authz_host of httpd 2.2): Order, Allow, Deny."""

from __future__ import annotations

from typing import NamedTuple

from modpy_wsgi.config.addresses import Network, network
from modpy_wsgi.config.model import Args, Limit, Origin, Override, Row, Setting, Value, Where
from modpy_wsgi.config.values import only

MODULES = ("access_compat_module", "mod_access_compat.c", "access_module", "mod_access.c")


class AccessRule(NamedTuple):
    """One word of an Allow or a Deny."""

    kind: str  # "all", "ip" or "env"
    value: Network | str  # of "ip" the network, of "env" the variable's name, else ""
    negated: bool  # env=!name
    methods: Limit | None  # the requests that it is about; None: all


class OrderRule(NamedTuple):
    """An Order, for some methods or all."""

    order: str  # "deny,allow", "allow,deny" or "mutual-failure"
    methods: Limit | None


class Access(NamedTuple):
    """All that one section says with these directives. An inner section's replaces it whole, as in httpd."""

    orders: tuple[OrderRule, ...] = ()  # the last that covers the method holds; without one "deny,allow"
    allow: tuple[AccessRule, ...] = ()
    deny: tuple[AccessRule, ...] = ()


# None: no directive of this module anywhere, nothing to check.
ACCESS: Setting[Access | None] = Setting("Order, Allow, Deny", None)

_ORDERS = ("deny,allow", "allow,deny", "mutual-failure")


def _order(so_far: Access | None, args: tuple[str, ...], origin: Origin) -> Access:
    order = args[0].lower()
    if order not in _ORDERS:
        raise ValueError(f"'{args[0]}' is no order")
    access = so_far or Access()
    return access._replace(orders=(*access.orders, OrderRule(order, origin.methods)))


def _allow(so_far: Access | None, args: tuple[str, ...], origin: Origin) -> Access:
    access = so_far or Access()
    return access._replace(allow=(*access.allow, _access_rule(args, origin)))


def _deny(so_far: Access | None, args: tuple[str, ...], origin: Origin) -> Access:
    access = so_far or Access()
    return access._replace(deny=(*access.deny, _access_rule(args, origin)))


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
    try:
        return AccessRule("ip", network(spec), False, origin.methods)
    except ValueError:
        if any(char in spec for char in "/#:"):
            raise
    raise ValueError(f"'{spec}': names of hosts are not looked up; use addresses")


def _row(name: str, args: Args, value: Value, usage: str) -> Row:
    return Row(name, args, Where.ACCESS, Override.LIMIT, setting=ACCESS, value=value, usage=f"{name} {usage}")


ROWS = (
    _row("Order", Args.TAKE1, _order, "deny,allow | allow,deny"),
    _row("Allow", Args.ITERATE2, _allow, "from all|address|env=[!]name ..."),
    _row("Deny", Args.ITERATE2, _deny, "from all|address|env=[!]name ..."),
    Row(
        "Satisfy",
        Args.TAKE1,
        Where.ACCESS,
        Override.AUTHCONFIG,
        value=only(["all"], "only 'All' is implemented"),
        usage="Satisfy All",
    ),
)
