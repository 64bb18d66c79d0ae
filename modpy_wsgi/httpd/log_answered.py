"""What was answered, and how much of it, as access logs show it: %s, %b, %{Content-Type}o, %I, %O and so on.

Law: what left, as far as it was made here. Source: mod_log_config and mod_logio, observed on the original.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..constants import STATUS_LINES
from ..errors import HandlerError
from ..response import BODILESS, response_head
from .log_text import Value, escaped, raw

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["body_bytes_text", "bytes_or_hyphen", "header_out", "in_bytes", "out_bytes", "status"]

_EMPTY_HEAD: Final = len("HTTP/1.1 \r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n")


def _body_bytes(req: mp_request) -> int:
    if req._method != "HEAD" and req._promised is None and not req._bodiless and req._file_body is None:
        return req._body_sent
    if req._file_body is not None:
        return req._file_body.sent
    if (req._bodiless and not req._gone) or req._method == "HEAD":
        return 0
    promised = req._promised
    return req._body_sent if promised is None else min(req._body_sent, promised)


def body_bytes_text(req: mp_request) -> str:
    return str(_body_bytes(req))


def bytes_or_hyphen(req: mp_request) -> str:
    return str(_body_bytes(req) or "-")


_STATUSES = {status: str(status) for status in STATUS_LINES}


def status(req: mp_request) -> str:
    status = req._status
    return _STATUSES.get(status) or (str(status) if status > 0 else "-")


def header_out(name: str) -> Value:
    lower = name.lower()

    def value(req: mp_request) -> str:
        found = None
        if lower == "content-type" and req._content_type is not None and req._status not in BODILESS:
            return escaped(req._content_type.partition(";")[0].rstrip(" \t"))
        for table in (getattr(req, "_err_headers_out", None), getattr(req, "_headers_out", None)):
            if table is not None and name in table:
                values = table[name]
                values = [values] if isinstance(values, str) else values
                if lower == "set-cookie":
                    found = ", ".join([*([found] if found else []), *values])
                elif found is None:
                    found = values[0]
        if lower == "content-length":
            found = None if req._promised is None else str(req._promised)
        elif found is None:
            return raw(_sent(req, lower))
        return escaped(found)

    return value


def _sent(req: mp_request, lower: str) -> str | None:
    """A header of the head as it was sent, which the server's own share adds."""
    return next((value for name, value in _head(req)[1] if name.lower() == lower), None)


def _head(req: mp_request) -> tuple[str, list[tuple[str, str]]]:
    """Status line and headers: those that were sent, else those that there would be."""
    if req._head is not None:
        return req._head
    try:
        return response_head(req)
    except HandlerError:  # which is why nothing was sent
        return "", []


def in_bytes(req: mp_request) -> int:
    """The request as far as the environ shows it; the length of its body as the client said, or as far as read."""
    head = len(req._method) + len(req._environ.get("RAW_URI") or req.unparsed_uri) + len(req.protocol) + 6
    for key, text in req._environ.items():
        if key.startswith("HTTP_"):
            head += len(key) - 5 + len(text) + 4
        elif key in ("CONTENT_TYPE", "CONTENT_LENGTH") and text:
            head += len(key) + len(text) + 4
    length = req._environ.get("CONTENT_LENGTH") or ""
    return head + (int(length) if length.isascii() and length.isdigit() else req._read_length)


def out_bytes(req: mp_request) -> int:
    """The answer as far as it was made here: what the server adds is not known, but for the Date."""
    status, headers = _head(req)
    if not status:
        return _body_bytes(req)
    size = _EMPTY_HEAD + len(status) + _body_bytes(req)
    for name, text in headers:
        size += len(name) + len(text) + 4
    return size
