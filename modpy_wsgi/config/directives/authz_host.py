"""mod_authz_host: Require ip, host, forward-dns and local."""

from __future__ import annotations

from typing import Any

from modpy_wsgi.config.addresses import network
from modpy_wsgi.config.model import Row
from modpy_wsgi.config.values import fixed_expression, names

MODULES = ("authz_host_module", "mod_authz_host.c")


def _networks(text: str) -> tuple[Any, ...]:
    found = names(text)
    if not found:
        raise ValueError("Require ip must be followed by addresses")
    return tuple(network(word) for word in found)


def _hosts(text: str) -> tuple[str, ...]:
    """What follows a # is left out, as in httpd: "a.example#b.example" must not let in b.example."""
    return tuple(word.lower() for word in names(fixed_expression(text).partition("#")[0]))


def _nothing(text: str) -> tuple[str, ...]:
    return ()


PROVIDERS = {"ip": _networks, "host": _hosts, "forward-dns": _hosts, "local": _nothing}

ROWS: tuple[Row, ...] = ()
