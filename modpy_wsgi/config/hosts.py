"""Which virtual host a request is for: by the address it came in through, then by its Host.

Law: httpd's rules. The hosts of the most exact address are asked in order of appearance for the name; if none bears it,
the first of them answers; if no address fits, the main server does. Look-ups are kept, bounded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import translate
from typing import Any

from ..environ import local_address, local_port, port_number, request_host
from ..errors import BadRequest
from .addresses import lookup_order
from .cache import Bounded
from .directives import core
from .host_config import HostConfig
from .model import ANY_ADDRESS, Host, Site

__all__ = ["Hosts"]


class _Group:
    """The virtual hosts of one address, in order of appearance."""

    def __init__(self) -> None:
        self.first: HostConfig | None = None
        self._names: dict[str, tuple[int, HostConfig]] = {}
        self._wild: list[tuple[int, re.Pattern[str], HostConfig]] = []

    def add(self, position: int, host: Host, config: HostConfig) -> None:
        if self.first is None:
            self.first = config
        own = config.base[core.SERVER_NAME]
        if own is not None and any(address.host in ANY_ADDRESS for address in host.addresses):
            # The main server's name, if the host has none (httpd looks up the name of any other address).
            self._names.setdefault(own.host.lower(), (position, config))
        for name in host.names:
            self._names.setdefault(name, (position, config))
        for wild in host.wild_names:
            self._wild.append((position, re.compile(translate(wild)), config))

    def find(self, name: str) -> HostConfig | None:
        """The host of this name; the first, if none bears it or the request names none."""
        if not name:
            return self.first
        exact = self._names.get(name)
        for position, pattern, config in self._wild:
            if exact is not None and exact[0] <= position:
                break
            if pattern.match(name):
                return config
        return exact[1] if exact else self.first


def _is_loopback(host: str | None) -> bool:
    return host is not None and (host == "localhost" or host == "::1" or host.startswith("127."))


class Hosts:
    """The main server and the virtual hosts of a site."""

    def __init__(self, site: Site) -> None:
        self.main, self.virtual = HostConfig.all_of(site)
        self._groups: dict[tuple[str, int | None], _Group] = {}
        listens = site.main.settings[core.LISTEN]
        ports: list[int] = [listen.port for listen in sorted(listens, key=lambda each: _is_loopback(each.host))]
        for position, (host, config) in enumerate(zip(site.hosts, self.virtual, strict=True)):
            for address in host.addresses:
                name = "*" if address.host in ANY_ADDRESS else address.host
                self._groups.setdefault((name, address.port), _Group()).add(position, host, config)
                if address.port is not None:
                    ports.append(address.port)
        # A request behind a proxy has not come in where a handler takes the connections.
        ports.sort(key=lambda port: self._first("", port).connection_handler is not None)
        self._ports = dict.fromkeys(ports)
        self._by_address = any(name != "*" for name, _ in self._groups)
        self._found: Bounded[Any, HostConfig] = Bounded()

    def reachable(self, config: HostConfig) -> bool:
        """Whether requests can be for this host: for the main server only where no virtual host stands for a port."""
        if config is not self.main or not self._groups:
            return True
        if ("*", None) in self._groups:
            return False
        return not self._ports or any(("*", port) not in self._groups for port in self._ports)

    def find(self, environ: Mapping[str, Any], raw: str) -> HostConfig:
        """The configuration of the host that a request is for; `raw` is the request target, "" if it is not known.

        Raises BadRequest(400) for a Host that is none.
        """
        name = environ.get("HTTP_HOST") if not raw or raw[0] == "/" else request_host(environ)
        if name is not None and not self._groups:
            known = self._found.get(name)
            if known is not None:
                return known
        if name is None and environ.get("SERVER_PROTOCOL") == "HTTP/1.1":
            raise BadRequest(400, "HTTP/1.1 request without Host")
        if self._groups:
            address = local_address(environ)[0] if self._by_address else ""
            key: Any = (name, local_port(environ), environ.get("wsgi.url_scheme"), address)
        else:
            key, address = name, ""
        found = self._found.get(key)
        if found is None:
            asked = (request_host(environ) or "").strip("[]")  # of an IPv6 address httpd compares what is in them
            selected = self.select(address, self._port(environ), asked)
            found = self._found.keep_named(key, selected, name or "")
        return found

    def first(self, environ: Mapping[str, Any]) -> HostConfig:
        """The first host of the address that a request came in through, whatever its name."""
        return self._first(local_address(environ)[0] if self._by_address else "", self._port(environ))

    def _first(self, address: str, port: int) -> HostConfig:
        group = self._group(address, port)
        return self.main if group is None else group.first or self.main

    def _port(self, environ: Mapping[str, Any]) -> int:
        """The port that the configuration knows the request by.

        Behind a proxy, or under a server bound elsewhere than Listen says, the real port is in no directive. It then
        counts as 443 for https, if that is in one, else as 80 or the first that Listen names: one that is not for this
        machine alone, as what stands behind such a port may be open because of that.
        """
        port = port_number(local_port(environ))
        if port in self._ports or not self._ports:
            return port
        if environ.get("wsgi.url_scheme") == "https" and 443 in self._ports:
            return 443
        return 80 if 80 in self._ports else next(iter(self._ports))

    def select(self, address: str, port: int, name: str) -> HostConfig:
        """The host of this name (lower case) among those that a connection to an address may be for."""
        group = self._group(address, port)
        return self.main if group is None else group.find(name) or self.main

    def _group(self, address: str, port: int) -> _Group | None:
        for key in lookup_order(address, port):
            group = self._groups.get(key)
            if group is not None:
                return group
        return None
