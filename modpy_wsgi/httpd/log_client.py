"""Who asks, and over which connection, as access logs show it: %h, %a, %u, %p, %X and so on.

Law: as mod_log_config does it; what no WSGI server tells is said as httpd would decide it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..environ import plain_address
from ..response import BODILESS
from .log_text import text

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = [
    "PORTS",
    "address",
    "connection_address",
    "connection_host",
    "host",
    "keeps_alive",
    "local_address",
    "logname",
    "user",
]


def host(req: mp_request) -> str | None:
    if req._useragent is None and not req._config.names_clients:
        return plain_address(req._environ.get("REMOTE_ADDR") or "-")
    return text(req._useragent_host() or None)


def connection_host(req: mp_request) -> str | None:
    return text(req.get_remote_host() or None)


def address(req: mp_request) -> str | None:
    return req.useragent_ip or None


def connection_address(req: mp_request) -> str | None:
    return req.connection.client_ip or None


def local_address(req: mp_request) -> str | None:
    return text(req.connection.local_ip or None)


def user(req: mp_request) -> str | bytes | None:
    user = req._user
    if user is None:
        return None
    return text(user) or b'""'


def logname(req: mp_request) -> str | None:
    return req._environ.get("REMOTE_IDENT")


def _canonical_port(req: mp_request) -> int:
    return req._host.server.port or (443 if req._scheme() == "https" else 80)


def _local_port(req: mp_request) -> int:
    return req.connection.local_addr[1]


def _remote_port(req: mp_request) -> int:
    return req.useragent_addr[1]


PORTS = {"": _canonical_port, "canonical": _canonical_port, "local": _local_port, "remote": _remote_port}


def keeps_alive(req: mp_request) -> str:
    """Whether the connection may carry another request, as httpd would decide: a WSGI server tells nobody."""
    if req._gone or req.connection.aborted:
        return "X"
    wish = req._environ.get("HTTP_CONNECTION", "").lower()
    if not req.server.keep_alive or "close" in wish:
        return "-"
    if req.proto_num >= 1001:
        return "+"
    delimited = req._promised is not None or req._bodiless or req._status in BODILESS
    return "+" if "keep-alive" in wish and delimited else "-"
