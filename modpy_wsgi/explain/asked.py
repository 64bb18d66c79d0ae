"""A method and a URL as the environ that a server would make of such a request."""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import quote, unquote_to_bytes

from ..config.directives import core
from ..config.model import Site

__all__ = ["Asked", "asked"]

MAX_URL = 65_536  # characters; servers take less

_URL = re.compile(
    r"(?:(https?)://(\[[^\]/]*\]|[^/:?#\[]*)(?::(\d{1,5}))?)?(/[^?#]*|\*|)(?:\?([^#]*))?(?:#.*)?", re.I | re.S
)
_METHOD = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")


class Asked(NamedTuple):
    """What is asked for."""

    method: str
    scheme: str
    host: str
    port: int
    path: str  # as a client sends it, with escapes
    query: str | None

    @property
    def url(self) -> str:
        """As a browser shows it."""
        port = "" if self.port == {"http": 80, "https": 443}[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}{self.path}" + ("" if self.query is None else f"?{self.query}")

    def environ(self) -> dict[str, Any]:
        """The environ of the request."""
        plain = self.port == {"http": 80, "https": 443}[self.scheme]
        raw = self.path if self.query is None else f"{self.path}?{self.query}"
        return {
            "REQUEST_METHOD": self.method,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": self.host if plain else f"{self.host}:{self.port}",
            "SERVER_NAME": self.host.strip("[]"),
            "SERVER_PORT": str(self.port),
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(self.path).decode("latin-1"),
            "QUERY_STRING": self.query or "",
            "RAW_URI": raw,
            "wsgi.url_scheme": self.scheme,
        }


def asked(method: str, url: str, site: Site) -> Asked:
    """What is asked for. A URL may be a path alone: then it is asked of the ServerName, at the first Listen.

    Raises ValueError for what no client could ask.
    """
    if not _METHOD.fullmatch(method):
        raise ValueError(f"{method!r} is no method")
    found = _URL.fullmatch(url) if len(url) <= MAX_URL else None
    if found is None or not (found[1] or found[4]):
        raise ValueError(f"{url[:100]!r} is no URL: want http://HOST/PATH or /PATH")
    scheme = (found[1] or "http").lower()
    settings = site.main.settings
    listens = settings[core.LISTEN]
    name = settings[core.SERVER_NAME]
    host = found[2] if found[1] else (name.host if name is not None else _first_name(site) or "localhost")
    if not host:
        raise ValueError(f"{url[:100]!r} names no host")
    standard = 443 if scheme == "https" else 80
    port = int(found[3]) if found[3] else standard
    if not found[1] and listens:
        port = listens[0].port
    if not 0 < port < 65536:
        raise ValueError(f"{port} is no port")
    path = quote(found[4] or "/", safe="%/;:@&=+$,!~*'()", errors="surrogateescape")
    query = None if found[5] is None else quote(found[5], safe="%/;:@&=+$,!~*'()?", errors="surrogateescape")
    return Asked(method, scheme, host, port, path, query)


def _first_name(site: Site) -> str | None:
    return next((host.names[0] for host in site.hosts if host.names), None)
