"""What was asked, as access logs show it: %r, %U, %q, %{Referer}i, %{name}C and so on.

Law: as it came, not decoded first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .log_text import Value, joined, text

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["cookie", "environ_key", "header_in", "path", "query", "request_line", "trailers"]


def request_line(req: mp_request) -> str | None:
    return text(req.the_request)


def path(req: mp_request) -> str | None:
    return text(req._uri)


def query(req: mp_request) -> str | None:
    args = req.args
    return "" if args is None else text(f"?{args}")


def trailers(req: mp_request) -> None:
    return None  # no WSGI server hands them on


def header_in(name: str) -> Value:
    return lambda req: text(joined(req.headers_in, name))


def environ_key(name: str) -> str | None:
    """Where the environ has a header as the table would have it; None where the table may say something else.

    It has a name with "_" for another, and the host of the request line comes before Host.
    """
    if "_" in name or not name.isascii() or name.lower() == "host":
        return None
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


def cookie(name: str) -> Value:
    wanted = name.lower()

    def value(req: mp_request) -> str | None:
        for cookie in (joined(req.headers_in, "Cookie") or "").split(";"):
            key, mark, content = cookie.lstrip("=").partition("=")
            if mark and content and key.strip(" \t\n\v\f\r").lower() == wanted:
                return text(content.strip(" \t\n\v\f\r"))
        return None

    return value
