"""The head of a response: a request's status and tables in, a WSGI status and header list out.

Law: nothing leaves unchecked. A CR, LF or NUL in a name, a value or the status line is the handler's error, names the
header, and nothing is sent. What the server alone may say (hop-by-hop headers, Date, Server) is left to it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .constants import STATUS_LINES
from .environ import encode
from .errors import HandlerError
from .validators import date_text

if TYPE_CHECKING:
    from .request_members import RequestMembers

__all__ = ["BODILESS", "NAMELESS", "OK_LINE", "checked", "content_length", "response_head"]

MAX_CONTENT_TYPES = 256  # remembered as safe to send
NAMELESS = frozenset({418})  # known by number, but httpd has no line for it and sends 500
BODILESS = frozenset({204, 304})
_UNSENT = frozenset(
    {
        "connection",
        "date",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "server",
        "te",
        "trailer",
        "trailers",
        "transfer-encoding",
        "upgrade",
    }
)
OK_LINE = STATUS_LINES[200]
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_UNSAFE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_CUSTOM_STATUS = re.compile(r"[2-5][0-9][0-9] ")


def checked(name: str, value: Any) -> tuple[str, str]:
    """A header as WSGI wants it. Raises HandlerError, naming the header, for one that must not be sent."""
    if value.__class__ is not str:
        if isinstance(value, bytes):
            value = value.decode("utf-8", "surrogateescape")
        elif not isinstance(value, str):
            raise HandlerError(f"header {name!r}: the value is {type(value).__name__}, not str")
    if not (value.isascii() and value.isprintable()):
        if _UNSAFE.search(value):
            raise HandlerError(f"header {name!r}: the value has a CR, LF, NUL or another control character: {value!r}")
        value = _encoded(name, value)
    if not _TOKEN.fullmatch(name):
        raise HandlerError(f"header {name!r}: no header name")
    return name, value


def _encoded(name: str, value: str) -> str:
    try:
        return encode(value)
    except UnicodeEncodeError as error:
        raise HandlerError(f"header {name!r}: the value cannot be sent: {error}") from None


def status_line(req: RequestMembers) -> str:
    """The status line: req.status_line where it fits req.status, else httpd's for req.status.

    A status that httpd has no line for is sent as 500 (observed on the original), and so is an interim one: after 100
    a client waits for another answer, and takes the next one of the connection for it.
    """
    custom = req._status_line
    if custom and _CUSTOM_STATUS.match(custom) and int(custom[:3]) == req.status:
        if _UNSAFE.search(custom):
            raise HandlerError(f"status line: it has a CR, LF or NUL: {custom!r}")
        return _encoded("status line", custom)
    status = req.status
    if status < 200 or status in NAMELESS or status not in STATUS_LINES:
        return STATUS_LINES[500]
    return STATUS_LINES[status]


def content_length(req: RequestMembers) -> int | None:
    """What the response promises as its Content-Length, if it does; HandlerError if that is no number."""
    for table in (req.err_headers_out, req.headers_out):  # in the order in which _add_tables takes the first
        value = table.get("Content-Length")
        if value is not None:
            if not (value.isascii() and value.isdigit() and len(value) < 19):
                raise HandlerError(f"header 'Content-Length': no length: {value!r}")
            return int(value)
    return None


def response_head(req: RequestMembers) -> tuple[str, list[tuple[str, str]]]:
    """Status line and headers of `req` in the order in which httpd sends them. Raises HandlerError."""
    content_type = req._content_type
    if not content_type or req._status in BODILESS:
        headers = []
    else:
        charset = req._config.default_charset
        if charset is not None:
            content_type = with_charset(content_type, charset)
        headers = [_content_types.get(content_type) or _keep(content_type)]
    if req._more_to_say:
        _add_tables(req, headers)
    elif req._prepared:
        headers.extend(req._prepared)
    if req._status == 200 and req._status_line is None:
        return OK_LINE, headers
    return status_line(req), headers


_content_types: dict[str, tuple[str, str]] = {}  # headers that were checked


def _keep(content_type: str) -> tuple[str, str]:
    header = checked("Content-Type", content_type)
    if len(_content_types) < MAX_CONTENT_TYPES:
        _content_types[content_type] = header
    return header


def with_charset(content_type: str, charset: str) -> str:
    """The content type under AddDefaultCharset."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in ("text/html", "text/plain") and "charset=" not in content_type.lower():
        return f"{content_type}; charset={charset}"
    return content_type


def _add_tables(req: RequestMembers, headers: list[tuple[str, str]]) -> None:
    typed = bool(headers)
    names: set[str] = set()
    for table in (req.err_headers_out, req.headers_out):
        before = frozenset(names)
        for name, value in table.items():
            lower = name.lower()
            if lower in _UNSENT or (typed and lower == "content-type"):
                continue
            if lower in _SINGLE and lower in before:
                continue
            if lower == "content-length" and lower in names:
                continue  # httpd sends one only, and a client could believe either
            names.add(lower)
            headers.append(checked(name, value))
    if req._status in BODILESS:
        headers[:] = [h for h in headers if h[0].lower() != "content-length"]
    if "vary" in names:
        if "force-no-vary" in (req._known_variables or ()):
            headers[:] = [header for header in headers if header[0].lower() != "vary"]
        else:
            _join_vary(headers)
    if req._no_cache and "expires" not in names:
        headers.append(("Expires", date_text(req.request_time)))
    if req._status == 304:
        return
    if req._content_encoding:
        headers.append(checked("Content-Encoding", req._content_encoding))
    if req._content_languages:
        headers.append(checked("Content-Language", ",".join(req._content_languages)))


def _join_vary(headers: list[tuple[str, str]]) -> None:
    """One Vary with each name once, as httpd sends it."""
    found: dict[str, str] = {}
    for name, value in headers:
        if name.lower() == "vary":
            for word in _VARY.findall(value):
                found.setdefault(word.lower(), word)
    place = next(index for index, header in enumerate(headers) if header[0].lower() == "vary")
    name = headers[place][0]
    headers[:] = [header for header in headers if header[0].lower() != "vary"]
    if found:
        headers.insert(place, (name, ",".join(found.values())))


_VARY = re.compile(r"[^,\s]+")
_SINGLE = frozenset({"content-length", "content-type", "location", "etag", "last-modified"})
