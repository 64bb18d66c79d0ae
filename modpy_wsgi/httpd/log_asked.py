"""What was asked, as access logs show it: %r, %U, %q, %{Referer}i, %{name}C and so on.

Law: as it came, not decoded first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .log_text import Value, joined, text

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["cookie", "header_in", "path", "query", "request_line", "trailers"]


def request_line(req: mp_request) -> str | tuple[str, ...] | None:
    if req._prev is None:
        environ = req._environ
        target = environ.get("RAW_URI") or environ.get("REQUEST_URI")
        if target:  # as it came, not decoded first
            return req._method, target, environ.get("SERVER_PROTOCOL", "HTTP/0.9")
    return text(req.the_request)


def path(req: mp_request) -> str | None:
    return text(req._uri)


def query(req: mp_request) -> str | None:
    args = req.args
    return "" if args is None else text(f"?{args}")


def trailers(req: mp_request) -> None:
    return None  # no WSGI server hands them on


def header_in(name: str) -> Value:
    key = name.upper().replace("-", "_")
    if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        key = f"HTTP_{key}"

    def of_table(req: mp_request) -> str | None:
        return text(joined(req.headers_in, name))

    def value(req: mp_request) -> str | None:
        if req._headers_in is None:
            return req._environ.get(key)
        return of_table(req)

    # The environ has a name with "_" for another, and the request line comes before Host.
    return of_table if "_" in name or key == "HTTP_HOST" else value


def cookie(name: str) -> Value:
    wanted = name.lower()

    def value(req: mp_request) -> str | None:
        for cookie in (joined(req.headers_in, "Cookie") or "").split(";"):
            key, mark, content = cookie.lstrip("=").partition("=")
            if mark and content and key.strip(" \t\n\v\f\r").lower() == wanted:
                return text(content.strip(" \t\n\v\f\r"))
        return None

    return value
