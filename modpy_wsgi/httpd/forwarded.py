"""Who is believed about https, in a server that believes everybody: uWSGI, which takes any client's X-Forwarded-Proto.

Law: as under `modpy-wsgi serve`, the word of a front server counts if FORWARDED_ALLOW_IPS names its address, or if it
came over a Unix socket; of others only what uWSGI itself knows of the connection does.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from ..config.addresses import Network
from ..environ import plain_address

__all__ = ["scheme_check"]


def scheme_check(trusted: str) -> Callable[[dict[str, Any]], None] | None:
    """What takes back the scheme of an environ that a client made up. None if everybody is trusted ("*").

    trusted: FORWARDED_ALLOW_IPS, addresses and networks separated by commas. ValueError for what is neither.
    """
    words = [word.strip() for word in trusted.split(",") if word.strip()]
    if "*" in words:
        return None
    networks = [ipaddress.ip_network(word, strict=False) for word in words]

    def check(environ: dict[str, Any]) -> None:
        claims = "HTTP_X_FORWARDED_PROTO" in environ or "HTTP_X_FORWARDED_SSL" in environ
        if claims and not _is_trusted(environ.get("REMOTE_ADDR") or "", networks):
            known = environ.get("UWSGI_SCHEME") or ("https" if environ.get("HTTPS") in ("on", "1") else "http")
            environ["wsgi.url_scheme"] = known

    return check


def _is_trusted(address: str, networks: list[Network]) -> bool:
    if not address:
        return True
    try:
        client = ipaddress.ip_address(plain_address(address))
    except ValueError:
        return False
    return any(client in network for network in networks)
