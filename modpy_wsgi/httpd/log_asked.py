"""What was asked, as access logs show it: %r, %U, %q, %{Referer}i, %{name}C and so on.

Law: as it came, not decoded first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .log_text import Value, escaped, joined, raw

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["cookie", "header_in", "path", "query", "request_line", "trailers"]


def request_line(req: mp_request) -> str:
    if req._prev is None:
        environ = req._environ
        target = environ.get("RAW_URI") or environ.get("REQUEST_URI")
        if target:  # as it came, not decoded first
            return raw(f"{req._method} {target} {environ.get('SERVER_PROTOCOL', 'HTTP/0.9')}")
    return escaped(req.the_request)


def path(req: mp_request) -> str:
    return escaped(req._uri)


def query(req: mp_request) -> str:
    args = req.args
    return "" if args is None else f"?{escaped(args)}"


def trailers(req: mp_request) -> str:
    return "-"  # no WSGI server hands them on


def header_in(name: str) -> Value:
    key = name.upper().replace("-", "_")
    if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        key = f"HTTP_{key}"
    whole = "_" in name or key == "HTTP_HOST"  # which the environ has for another, or the request line is before

    def value(req: mp_request) -> str:
        if whole or getattr(req, "_headers_in", None) is not None:
            return escaped(joined(req.headers_in, name))
        return raw(req._environ.get(key))

    return value


def cookie(name: str) -> Value:
    wanted = name.lower()

    def value(req: mp_request) -> str:
        for cookie in (joined(req.headers_in, "Cookie") or "").split(";"):
            key, mark, text = cookie.lstrip("=").partition("=")
            if mark and text and key.strip(" \t\n\v\f\r").lower() == wanted:
                return escaped(text.strip(" \t\n\v\f\r"))
        return "-"

    return value
