"""What was answered, and how much of it, as access logs show it: %s, %b, %{Content-Type}o, %I, %O and so on.

Law: what left, as far as it was made here. Source: mod_log_config and mod_logio, observed on the original.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .._fast.line import size_of_fields
from ..errors import HandlerError
from ..response import BODILESS, response_head
from .log_text import Value, text

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["body_bytes", "bytes_or_none", "header_out", "in_bytes", "out_bytes", "status"]

_EMPTY_HEAD: Final = len("HTTP/1.1 \r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n")


def body_bytes(req: mp_request) -> int:
    file = req._file_body
    if file is not None:
        return file.sent
    if req._method == "HEAD" or (req._bodiless and not req._gone):
        return 0
    sent, promised = req._body_sent, req._promised
    return sent if promised is None or sent <= promised else promised


def bytes_or_none(req: mp_request) -> int | None:
    return body_bytes(req) or None


def status(req: mp_request) -> int | None:
    status = req._status
    return status if status > 0 else None


def header_out(name: str) -> Value:
    lower = name.lower()

    def value(req: mp_request) -> str | None:
        found = None
        if lower == "content-type" and req._content_type is not None and req._status not in BODILESS:
            return text(req._content_type.partition(";")[0].rstrip(" \t"))
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
            return _sent(req, lower)
        return text(found)

    return value


def _sent(req: mp_request, lower: str) -> str | None:
    """A header of the head as it was sent, which the server's own share adds."""
    _, headers = req._head or _head_to_be(req)
    return next((value for name, value in headers if name.lower() == lower), None)


def _head_to_be(req: mp_request) -> tuple[str, list[tuple[str, str]]]:
    """Status line and headers that there would be, of a request that has sent none."""
    try:
        return response_head(req)
    except HandlerError:  # which is why nothing was sent
        return "", []


def in_bytes(req: mp_request) -> int:
    """The request as far as the environ shows it; the length of its body as the client said, or as far as read."""
    head = len(req._method) + len(req._environ.get("RAW_URI") or req.unparsed_uri) + len(req.protocol) + 6
    for key, sent in req._environ.items():
        if key.startswith("HTTP_"):
            head += len(key) - 5 + len(sent) + 4
        elif key in ("CONTENT_TYPE", "CONTENT_LENGTH") and sent:
            head += len(key) + len(sent) + 4
    length = req._environ.get("CONTENT_LENGTH") or ""
    return head + (int(length) if length.isascii() and length.isdigit() else req._read_length)


def out_bytes(req: mp_request) -> int:
    """The answer as far as it was made here: what the server adds is not known, but for the Date."""
    status, headers = req._head or _head_to_be(req)
    if not status:
        return body_bytes(req)
    return _EMPTY_HEAD + len(status) + size_of_fields(headers) + body_bytes(req)
