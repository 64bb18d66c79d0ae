"""Access by address and environment: Order, Allow and Deny (mod_access_compat).

Law: what no rule opens stays closed under "Order allow,deny"; a rule that cannot be judged does not open.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import TYPE_CHECKING

from ..config.directives.access_compat import ACCESS, AccessRule
from ..config.request_config import RequestConfig
from ..constants import HTTP_FORBIDDEN, OK

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["check", "client_address", "has_work"]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


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
    allowed = any(_applies(req, rule, unknown=False) for rule in rules.allow)
    denied = any(_applies(req, rule, unknown=True) for rule in rules.deny)
    # "allow,deny" and "mutual-failure" are the same.
    if (allowed or not denied) if order == "deny,allow" else (allowed and not denied):
        return OK
    req._application.log_request(req, f"client denied by server configuration: {req.filename or req.uri}")
    return HTTP_FORBIDDEN


def _applies(req: mp_request, rule: AccessRule, *, unknown: bool) -> bool:
    """Whether a rule is about a request; `unknown` is the answer where it asks for an address that is not known."""
    if rule.methods is not None and not rule.methods.covers(req.method):
        return False
    if rule.kind == "all":
        return True
    if rule.kind == "env":
        return (str(rule.value) in req.subprocess_env) is not rule.negated
    assert not isinstance(rule.value, str)
    client = client_address(req)
    return unknown if client is None else client in rule.value


def client_address(req: mp_request) -> Address | None:
    """The client's address, of IPv4 where it can be; None if the server does not tell it, as over a Unix socket."""
    return _address(req.useragent_ip)


@lru_cache(maxsize=1024)
def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return address if address.version == 4 else address.ipv4_mapped or address
