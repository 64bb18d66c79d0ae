"""Who the client is, behind proxies: mod_remoteip, in the phase post read request.

Law: httpd's algorithm. The header is read from right to left, each address on the word of the one before it, which
begins with the connection's own: as soon as one is not trusted, or is no address, or claims a private one without being
internal, what is left of the header is left in it. The connection keeps its address, the request has the client's.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import TYPE_CHECKING

from ..config.directives.remoteip import HEADER, PROXIES, PROXIES_HEADER, Proxy

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["find_client"]

MAX_ADDRESS = 64  # characters; the longest address has 45, and a zone may follow

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# What no proxy but an internal one may say: of IPv4 these networks, of IPv6 whatever is not global unicast.
_PRIVATE = tuple(
    ipaddress.IPv4Network(text)
    for text in ("10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
)
_GLOBAL = ipaddress.IPv6Network("2000::/3")


def find_client(req: mp_request) -> None:
    """Work out the client's address; rewrite the header, note the proxies."""
    base = req._host.base
    name = base[HEADER]
    remote = _header(req, name) if name is not None else None
    if name is None or remote is None:
        return
    proxies = base[PROXIES]
    internal = proxies is not None
    shown: list[str] = []
    end: int | None = len(remote)  # of what is left; None: nothing
    current = req.useragent_ip
    while end is not None:
        if proxies is not None:
            proxy = _proxy_of(current, proxies)
            if proxy is None:
                break
            internal = internal and proxy.internal  # an external proxy cannot present an internal one
        comma = remote.rfind(",", 0, end)
        address = _address(remote[comma + 1 : end].strip(" "))
        if address is None or not (internal or _is_public(address)):
            break
        if not internal and current:
            shown.append(current)
        current, end = str(address), comma if comma >= 0 else None
    if end == len(remote):
        return
    headers = req.headers_in
    if end is None:
        del headers[name]
    else:
        headers[name] = remote[:end]
    if shown:
        req.notes["remoteip-proxy-ip-list"] = ", ".join(shown)
        other = base[PROXIES_HEADER]
        if other is not None:
            headers[other] = ", ".join(shown)
    req._useragent = current


def _header(req: mp_request, name: str) -> str | None:
    value = req.headers_in.get(name)
    return value if value is None or isinstance(value, str) else ", ".join(value)


def _proxy_of(text: str, proxies: tuple[Proxy, ...]) -> Proxy | None:
    """The first of the proxies that has the address; None for one that is not known, as over a Unix socket."""
    address = _address(text)
    if address is not None:
        for proxy in proxies:
            if address in proxy.network:
                return proxy
    return None


def _is_public(address: Address) -> bool:
    if address.version == 4:
        return not any(address in network for network in _PRIVATE)
    return address in _GLOBAL


def _address(text: str) -> Address | None:
    """An address in any of the forms that httpd reads, of IPv4 where it can be; None for a name, which nobody asks."""
    # Of other characters getaddrinfo would overlook some: what follows a NUL.
    return _read(text) if 0 < len(text) <= MAX_ADDRESS and text.isascii() and text.isprintable() else None


@lru_cache(maxsize=1024)
def _read(text: str) -> Address | None:
    import socket  # large, and few sites stand behind proxies

    try:
        found = socket.getaddrinfo(text, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        address = ipaddress.ip_address(found[0][4][0])
    except (OSError, ValueError):
        return None
    return address if address.version == 4 else address.ipv4_mapped or address
