"""The sockets that a configuration wants, and what connections on each of them carry: HTTP, HTTPS, or a handler's own.

Law: pure, and httpd's rules. The address that a connection came in through finds the virtual hosts of it, and the first
of those (`base`) says what it carries, before a name is known; where none has the address it is the main server.
"""

from __future__ import annotations

import enum
from typing import NamedTuple

from ..config.addresses import lookup_order
from ..config.directives import core, tls
from ..config.directives import python as python_directives
from ..config.model import ANY_ADDRESS, Host, Settings, Site
from ..environ import plain_address

__all__ = ["EVERY_IPV4", "Bases", "Carries", "Listener", "carries_handlers", "leads_to_tls", "listeners"]

EVERY_IPV4 = "0.0.0.0"  # noqa: S104 - what Listen means by a port alone
EVERY = (EVERY_IPV4, "::")
HTTPS_PORT = 443  # whose protocol is https where Listen names none


class Carries(enum.Enum):
    """What goes over a connection."""

    HTTP = "http"
    HTTPS = "https"
    HANDLER = "PythonConnectionHandler"  # in the clear, or over TLS where Listener.tls says so


class Listener(NamedTuple):
    """One Listen directive."""

    host: str | None  # as written, without brackets; None: every IPv4 address
    port: int
    carries: Carries
    tls: bool  # whether a connection begins with a handshake
    base: Host  # whose settings hold before a name is known
    settings: Settings  # those, with the main server's below them

    @property
    def bind(self) -> str:
        """The address in the form of a plan: "host:port" or "[v6]:port"."""
        host = EVERY_IPV4 if self.host is None else self.host
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"

    @property
    def has_certificate(self) -> bool:
        """Whether the configuration names a certificate for it; without one it cannot be opened, if it is for TLS."""
        return bool(self.settings[tls.SSL_CERTIFICATES])


class Bases:
    """Which host has a connection, by the address that it came in through."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._hosts: dict[tuple[str, int | None], list[Host]] = {}
        for host in site.hosts:
            for address in host.addresses:
                name = "*" if address.host in ANY_ADDRESS else address.host
                self._hosts.setdefault((name, address.port), []).append(host)
        # What Listen says of a port, 443 being for https; a virtual host of the port takes it over (httpd, core.c).
        self._protocols: dict[int, str] = {}
        for listen in site.main.settings[core.LISTEN]:
            default = "https" if listen.port == HTTPS_PORT else "http"
            self._protocols.setdefault(listen.port, (listen.protocol or default).lower())

    def hosts(self, address: str, port: int) -> tuple[Host, ...]:
        """The virtual hosts of the most exact address, in order of appearance; the main server alone if none has it."""
        for key in lookup_order(plain_address(address), port):
            found = self._hosts.get(key)
            if found is not None:
                return tuple(found)
        return (self._site.main,)

    def settings(self, host: Host) -> Settings:
        """What holds for a host."""
        main = self._site.main
        return main.settings if host is main else main.settings.merged(host.settings)

    def tls(self, host: Host, port: int) -> bool:
        """Whether connections to a host begin with a handshake: SSLEngine says it, else whether a port is for https."""
        settings = self.settings(host)
        if tls.SSL_ENGINE in settings:
            return settings[tls.SSL_ENGINE]
        return self._protocols.get(port, "http") != "http"

    def carries(self, host: Host, port: int) -> Carries:
        """What a connection to a host carries."""
        if self.settings(host)[python_directives.HANDLERS].get("PythonConnectionHandler"):
            return Carries.HANDLER
        return Carries.HTTPS if self.tls(host, port) else Carries.HTTP


def listeners(site: Site) -> tuple[Listener, ...]:
    """The sockets of a site, in the order of their Listen directives, each once; none without any Listen."""
    bases = Bases(site)
    found: dict[tuple[str | None, int], Listener] = {}
    for host, port, _ in site.main.settings[core.LISTEN]:
        base = bases.hosts(host or "*", port)[0]
        made = Listener(host, port, bases.carries(base, port), bases.tls(base, port), base, bases.settings(base))
        found.setdefault((host, port), made)
    return tuple(found.values())


def leads_to_tls(site: Site, listener: Listener) -> bool:
    """Whether some connections to a listener begin with a handshake: one for all addresses leads to each of them."""
    if listener.tls or listener.host not in (None, *EVERY):
        return listener.tls
    bases, port = Bases(site), listener.port
    first = {bases.hosts(each.host, port)[0] for host in site.hosts for each in host.addresses if each.port == port}
    return any(bases.carries(host, port) is Carries.HTTPS for host in first)


def carries_handlers(site: Site, address: str, port: int) -> bool:
    """Whether connections to a listener's address can be a handler's; one for all addresses leads to each of them."""
    bases = Bases(site)
    hosts = [bases.hosts(address, port)[0]]
    if address in EVERY:
        hosts += [host for host in site.hosts if any(each.port in (None, port) for each in host.addresses)]
    return any(bases.carries(host, port) is Carries.HANDLER for host in hosts)
