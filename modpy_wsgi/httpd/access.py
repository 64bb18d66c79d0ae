"""Access by address and environment: Order, Allow and Deny (mod_access_compat).

Law: what no rule opens stays closed under "Order allow,deny"; a rule that cannot be judged does not open.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from ..config.addresses import Network
from ..config.directives.access_compat import ACCESS, AccessRule
from ..config.resolve import RequestConfig
from ..constants import HTTP_FORBIDDEN, OK

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["check", "client_in", "has_work"]


def has_work(config: RequestConfig) -> bool:
    """Whether any of these directives holds."""
    return config.settings[ACCESS] is not None


def check(req: mp_request, config: RequestConfig) -> int:
    """OK, or HTTP_FORBIDDEN."""
    rules = config.settings[ACCESS]
    if rules is None:
        return OK
    method = req.method
    order = "deny,allow"
    for rule in rules.orders:
        if rule.methods is None or rule.methods.covers(method):
            order = rule.order
    allowed = any(_applies(req, rule) for rule in rules.allow)
    denied = any(_applies(req, rule) for rule in rules.deny)
    # "allow,deny" and "mutual-failure" are the same.
    if (allowed or not denied) if order == "deny,allow" else (allowed and not denied):
        return OK
    req._application.log_request(req, f"client denied by server configuration: {req.filename or req.uri}")
    return HTTP_FORBIDDEN


def _applies(req: mp_request, rule: AccessRule) -> bool:
    if rule.methods is not None and not rule.methods.covers(req.method):
        return False
    if rule.kind == "all":
        return True
    if rule.kind == "env":
        return (str(rule.value) in req.subprocess_env) is not rule.negated
    assert not isinstance(rule.value, str)
    return client_in(req, rule.value) is not rule.negated


def client_in(req: mp_request, network: Network) -> bool:
    """Whether the client's address lies in a network; an IPv4 address in IPv6 clothes counts as IPv4."""
    try:
        address = ipaddress.ip_address(req.useragent_ip)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address in network
