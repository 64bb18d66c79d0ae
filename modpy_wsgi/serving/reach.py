"""Virtual hosts that no request can reach, because they are found by an address that nobody listens at.

Law: only what is certain is told. An address is another machine's if no socket can be bound to it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator

from ..config.model import ANY_ADDRESS, Host, Site
from .listeners import EVERY_IPV4

__all__ = ["by_address_only", "is_local", "shown_addresses", "unreachable", "unreachable_under"]

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

EVERY_IPV6 = "::"  # and IPv4 as well
_LOCALHOST = ("127.0.0.1", "::1")


def by_address_only(site: Site) -> Iterator[Host]:
    """The virtual hosts that answer only requests to certain addresses."""
    for host in site.hosts:
        if host.addresses and not any(address.host in ANY_ADDRESS for address in host.addresses):
            yield host


def unreachable(site: Site, binds: Iterable[str], local: Callable[[IPAddress], bool]) -> Iterator[str]:
    """A line for each virtual host that cannot be reached at `binds`, addresses in the form of a plan.

    `local` tells whether an address is this machine's.
    """
    binds = tuple(binds)
    hosts = [bind.rpartition(":")[0].strip("[]") for bind in binds if not bind.startswith("unix:")]
    bound = {_ip(name) for name in hosts}
    if "localhost" in hosts:
        bound |= {_ip(text) for text in _LOCALHOST}
    if any(name != "localhost" and _ip(name) is None for name in hosts):
        return  # a name, whose addresses only the server will know

    def reached(text: str) -> bool:
        address = _ip(text)
        if address is None:
            return False
        every = EVERY_IPV6 in hosts or (address.version == 4 and EVERY_IPV4 in hosts)
        return address in bound or (every and local(address))

    for host in by_address_only(site):
        if any(reached(address.host) for address in host.addresses):
            continue
        why = f"nothing listens there (but on {', '.join(binds)})"
        if all(_ip(address.host) is None for address in host.addresses):
            why = "names are not looked up, an IP address or * is wanted"
        yield f"{_what(host)}: {why}"


def unreachable_under(server: str, site: Site) -> Iterator[str]:
    """A line for each virtual host that cannot be reached under a server that tells no addresses."""
    for host in by_address_only(site):
        yield f"{_what(host)}: {server} does not tell the address that a request came in through"


def _what(host: Host) -> str:
    return f"{host.origin.file}:{host.origin.line}: no request can reach <VirtualHost {shown_addresses(host)}>"


def shown_addresses(host: Host) -> str:
    """The addresses of a virtual host as a configuration writes them."""
    shown: list[str] = []
    for address in host.addresses:
        name = f"[{address.host}]" if ":" in address.host else address.host
        shown.append(f"{name}:{'*' if address.port is None else address.port}")
    return " ".join(shown)


def is_local(address: IPAddress) -> bool:
    """Whether this machine has the address."""
    import socket  # large, and only our own server asks this

    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(address), 0))
    except OSError:
        return False
    return True


def _ip(text: str) -> IPAddress | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
