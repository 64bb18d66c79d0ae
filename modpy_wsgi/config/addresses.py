"""Addresses as configurations write them: networks of access rules, and host:port of Listen and VirtualHost."""

from __future__ import annotations

import ipaddress
import re

__all__ = ["Network", "addresses_of", "host_and_port", "lookup_order", "network"]

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def network(text: str) -> Network:
    """The network that `address`, `address/bits`, `address/mask` or the first numbers of an address name.

    Host bits are dropped. ValueError if it is none of these.
    """
    given = text
    if re.match(r"\d{1,3}(?:\.\d{1,3}){0,2}\.?\Z", text, re.ASCII):
        numbers = text.rstrip(".").split(".")
        given = f"{'.'.join(numbers + ['0'] * (4 - len(numbers)))}/{8 * len(numbers)}"
    mask = given.partition("/")[2]
    try:
        found = ipaddress.ip_network(given, strict=False)
    except ValueError:
        raise ValueError(f"'{text}' is no address or network") from None
    if "." in mask and ipaddress.IPv4Address(mask) != found.netmask:
        raise ValueError(f"'{text}': the mask is no netmask")  # 0.0.0.255, which Python turns around and httpd does not
    if found.prefixlen == 0 and "." not in mask:
        raise ValueError(f"'{text}': for every address say 'all'")  # as httpd; ::/0 would leave out IPv4
    if isinstance(found, ipaddress.IPv6Network) and found.network_address.ipv4_mapped is not None:
        # A client of IPv4 is never seen in IPv6 clothes, so it would match nobody; httpd refuses it as well.
        raise ValueError(f"'{text}': an IPv4 address is written without ::ffff:")
    return found


def host_and_port(text: str) -> tuple[str | None, int | None]:
    """Splits `port`, `host`, `host:port`, `[v6]`, `[v6]:port`. ValueError for a port that is none."""
    if text.isascii() and text.isdigit():
        return None, _port(text)
    if text.startswith("["):
        host, mark, rest = text[1:].partition("]")
        if not mark or (rest and not rest.startswith(":")):
            raise ValueError(f"'{text}': the address or port is invalid")
        return host.lower(), _port(rest[1:]) if rest else None
    host, mark, port = text.rpartition(":")
    if not mark:
        return text.lower(), None
    if not host or ":" in host:
        raise ValueError(f"'{text}': the address or port is invalid (an IPv6 address stands in brackets)")
    return host.lower(), _port(port)


def addresses_of(name: str) -> tuple[str, ...]:
    """Of an address itself, as sockets write it; of a name those that the system's resolver knows, or none."""
    try:
        return (str(ipaddress.ip_address(name)),)
    except ValueError:
        pass
    import socket  # large, and most configurations name no host

    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found))


def lookup_order(address: str, port: int) -> tuple[tuple[str, int | None], ...]:
    """The (address, port) pairs of virtual hosts that a connection to an address may be for, the most exact first."""
    return (address, port), (address, None), ("*", port), ("*", None)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:6]) <= 65535:
        raise ValueError(f"'{text}' is no port (1 to 65535)")
    return int(text)
