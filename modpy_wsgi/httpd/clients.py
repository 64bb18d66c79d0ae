"""Who the client is, for rules: its address among networks, its name in domains.

Law: an address that is not known, or a name that does not lead back to it, is no match. Each network rule remembers
what it said of an address, so that most requests cost one look-up. Asking for a name blocks as long as the system's
resolver does; it is asked once for a request, and only by rules that name hosts.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from ..config.addresses import Network
from ..constants import REMOTE_DOUBLE_REV
from ..environ import socket_address

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["among", "forward_addresses", "in_domain", "is_known", "is_local", "is_one_of", "name_of"]

MAX_ADDRESSES = 1024  # clients that each rule remembers; an entry is some hundred bytes
MAX_RULES = 1024  # lists of networks, each once: a rule holds in every folder below, or is written in many

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@lru_cache(MAX_ADDRESSES)
def _address(text: str) -> Address | None:
    """The address, of IPv4 where it can be; None if it is none."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return address if address.version == 4 else address.ipv4_mapped or address


def among(networks: Iterable[Network]) -> Callable[[str], bool | None]:
    """Whether an address is in one of the networks; None for what is no address, as over a Unix socket."""
    return _among(tuple(networks))


@lru_cache(MAX_RULES)
def _among(known: tuple[Network, ...]) -> Callable[[str], bool | None]:
    @lru_cache(MAX_ADDRESSES)
    def found(text: str) -> bool | None:
        client = _address(text)
        return None if client is None else any(client in network for network in known)

    return found


_loopback = among([ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1")])


def is_known(req: mp_request) -> bool:
    """Whether the server tells the client's address; over a Unix socket it does not."""
    return _address(req.useragent_ip) is not None


def is_local(req: mp_request) -> bool:
    """Whether the client's address is a loopback one, or the one of the server's end of the connection."""
    text = req.useragent_ip
    if _loopback(text):
        return True
    client, here = _address(text), socket_address(req._environ)
    return client is not None and here is not None and str(client) == here[0]


def name_of(req: mp_request) -> str | None:
    """The client's name, if DNS has one and leads from it back to the address; else None."""
    name: str | None = req._useragent_host(REMOTE_DOUBLE_REV)
    return name.lower() if name else None


def in_domain(name: str, domain: str) -> bool:
    """Whether a host's name is the domain's or below it. Both lower case; ".example" means what is below only."""
    if not name.endswith(domain):
        return False
    return len(name) == len(domain) or domain[:1] == "." or name[-len(domain) - 1] == "."


def forward_addresses(name: str) -> frozenset[Address]:
    """The addresses that DNS has for a name; none if it does not know it."""
    import socket  # large, and few rules name hosts

    try:
        found = socket.getaddrinfo(name, None)
    except (OSError, UnicodeError):
        return frozenset()
    return frozenset(address for entry in found if (address := _address(str(entry[4][0]))) is not None)


def is_one_of(req: mp_request, addresses: frozenset[Address]) -> bool:
    """Whether the client's address is one of these."""
    return _address(req.useragent_ip) in addresses
