"""What the directives of an access log's format show of a request: %h, %>s, %{Referer}i and so on, one function each.

Law: a value is text without anything that could end a field or a line. What is not known is "-"; what is known and
empty is empty. Source: mod_log_config and mod_logio, observed on the original.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from ..config.directives import core
from ..constants import STATUS_LINES
from ..environ import plain_address
from ..errors import HandlerError
from ..response import BODILESS, response_head

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["Value", "value_of"]

Value = Callable[["mp_request"], str]

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SHORT: Final = {8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 13: "\\r", 34: '\\"', 92: "\\\\"}
_ESCAPES: Final = {code: _SHORT.get(code, f"\\x{code:02x}") for code in (*range(32), 34, 92, *range(127, 256))}
_EMPTY_HEAD: Final = len("HTTP/1.1 \r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n")


def escaped(text: str | None) -> str:
    """A value as it stands in a line; "-" for none."""
    if text is None:
        return "-"
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return text
    try:
        raw = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a surrogate that stands for no byte
        raw = text.encode("utf-8", "surrogatepass")
    return raw.decode("latin-1").translate(_ESCAPES)


def _raw(text: str | None) -> str:
    """The same for a value of a WSGI environ, where each character is a byte."""
    if text is None:
        return "-"
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return text
    return text.translate(_ESCAPES)


def value_of(name: str, argument: str) -> Value:
    """The function for a directive of a format; `argument` is what stands in its braces."""
    return _MAKERS[name](argument) if name in _MAKERS else _PLAIN[name]


# -- who asks, and whom ----------------------------------------------------------------------------------------------


def _host(req: mp_request) -> str:
    if req._useragent is None and core.HOSTNAME_LOOKUPS not in req._config.settings:
        address = req._environ.get("REMOTE_ADDR") or "-"
        return plain_address(address) if address[0] == ":" else address
    return escaped(req._useragent_host() or None)


def _connection_host(req: mp_request) -> str:
    return escaped(req.get_remote_host() or None)


def _address(req: mp_request) -> str:
    return req.useragent_ip or "-"


def _connection_address(req: mp_request) -> str:
    return req.connection.client_ip or "-"


def _local_address(req: mp_request) -> str:
    return escaped(req.connection.local_ip or None)


def _user(req: mp_request) -> str:
    user = req._user
    return "-" if user is None else escaped(user) or '""'


def _logname(req: mp_request) -> str:
    name = req._environ.get("REMOTE_IDENT")
    return "-" if name is None else _raw(name)


def _canonical_port(req: mp_request) -> str:
    return str(req.server.port or (443 if req._scheme() == "https" else 80))


def _local_port(req: mp_request) -> str:
    return str(req.connection.local_addr[1])


def _remote_port(req: mp_request) -> str:
    return str(req.useragent_addr[1])


_PORTS = {"": _canonical_port, "canonical": _canonical_port, "local": _local_port, "remote": _remote_port}


def _keeps_alive(req: mp_request) -> str:
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


# -- what was asked --------------------------------------------------------------------------------------------------


def _request_line(req: mp_request) -> str:
    if req._prev is None:
        environ = req._environ
        target = environ.get("RAW_URI") or environ.get("REQUEST_URI")
        if target:  # as it came, not decoded first
            return _raw(f"{req._method} {target} {environ.get('SERVER_PROTOCOL', 'HTTP/0.9')}")
    return escaped(req.the_request)


def _path(req: mp_request) -> str:
    return escaped(req._uri)


def _query(req: mp_request) -> str:
    args = req.args
    return "" if args is None else f"?{escaped(args)}"


def _trailers(req: mp_request) -> str:
    return "-"  # no WSGI server hands them on


def _header_in(name: str) -> Value:
    key = name.upper().replace("-", "_")
    if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        key = f"HTTP_{key}"
    whole = "_" in name or key == "HTTP_HOST"  # which the environ has for another, or the request line is before

    def value(req: mp_request) -> str:
        if whole or getattr(req, "_headers_in", None) is not None:
            return escaped(_joined(req.headers_in, name))
        return _raw(req._environ.get(key))

    return value


def _joined(table: Any, name: str) -> str | None:
    """The values of a name, as httpd merges headers that come twice."""
    if name not in table:
        return None
    found = table[name]
    return found if isinstance(found, str) else ", ".join(found)


def _cookie(name: str) -> Value:
    wanted = name.lower()

    def value(req: mp_request) -> str:
        for cookie in (_joined(req.headers_in, "Cookie") or "").split(";"):
            key, mark, text = cookie.lstrip("=").partition("=")
            if mark and text and key.strip(" \t\n\v\f\r").lower() == wanted:
                return escaped(text.strip(" \t\n\v\f\r"))
        return "-"

    return value


# -- what was answered -----------------------------------------------------------------------------------------------


def _body_bytes(req: mp_request) -> int:
    if req._method != "HEAD" and req._promised is None and not req._bodiless and req._file_body is None:
        return req._body_sent
    if req._file_body is not None:
        return req._file_body.sent
    if (req._bodiless and not req._gone) or req._method == "HEAD":
        return 0
    promised = req._promised
    return req._body_sent if promised is None else min(req._body_sent, promised)


def _bytes(req: mp_request) -> str:
    return str(_body_bytes(req))


def _bytes_or_hyphen(req: mp_request) -> str:
    return str(_body_bytes(req) or "-")


_STATUSES = {status: str(status) for status in STATUS_LINES}


def _status(req: mp_request) -> str:
    status = req._status
    return _STATUSES.get(status) or (str(status) if status > 0 else "-")


def _header_out(name: str) -> Value:
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
            return _raw(_sent(req, lower))
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


def _in_bytes(req: mp_request) -> int:
    """The request as far as the environ shows it; the length of its body as the client said, or as far as read."""
    head = len(req._method) + len(req._environ.get("RAW_URI") or req.unparsed_uri) + len(req.protocol) + 6
    for key, text in req._environ.items():
        if key.startswith("HTTP_"):
            head += len(key) - 5 + len(text) + 4
        elif key in ("CONTENT_TYPE", "CONTENT_LENGTH") and text:
            head += len(key) + len(text) + 4
    length = req._environ.get("CONTENT_LENGTH") or ""
    return head + (int(length) if length.isascii() and length.isdigit() else req._read_length)


def _out_bytes(req: mp_request) -> int:
    """The answer as far as it was made here: what the server adds is not known, but for the Date."""
    status, headers = _head(req)
    if not status:
        return _body_bytes(req)
    size = _EMPTY_HEAD + len(status) + _body_bytes(req)
    for name, text in headers:
        size += len(name) + len(text) + 4
    return size


# -- when ------------------------------------------------------------------------------------------------------------


def clf_time(seconds: int) -> str:
    """The time of the common log format, which is kept until the next second."""
    global _clf
    at, text = _clf
    if at != seconds:
        local = time.localtime(seconds)
        minutes = abs(local.tm_gmtoff) // 60
        sign = "-" if local.tm_gmtoff < 0 else "+"
        text = (
            f"[{local.tm_mday:02d}/{_MONTHS[local.tm_mon - 1]}/{local.tm_year}:{local.tm_hour:02d}:{local.tm_min:02d}:"
            f"{local.tm_sec:02d} {sign}{minutes // 60:02d}{minutes % 60:02d}]"
        )
        _clf = (seconds, text)
    return text


_clf = (-1, "")


def _begin(req: mp_request) -> float:
    return req._request_time


def _end(req: mp_request) -> float:
    if req._ended is None:
        req._ended = time.time()
    return req._ended


_NUMBERS: dict[str, Callable[[float], str]] = {
    "sec": lambda at: str(int(at)),
    "msec": lambda at: str(int(at * 1000)),
    "usec": lambda at: str(int(at * 1_000_000)),
    "msec_frac": lambda at: f"{int(at * 1000) % 1000:03d}",
    "usec_frac": lambda at: f"{int(at * 1_000_000) % 1_000_000:06d}",
}


def _begin_clf(req: mp_request) -> str:
    return clf_time(int(req._request_time))


def _time(argument: str) -> Value:
    """%t and %{...}t: a time of the common log format, a number, or what strftime() makes of the text."""
    moment = _begin
    form = argument
    kind, mark, rest = argument.partition(":")
    if kind in ("begin", "end"):
        moment = _end if kind == "end" else _begin
        form = rest if mark else ""
    if not form:
        return (lambda req: clf_time(int(_end(req)))) if moment is _end else _begin_clf
    number = _NUMBERS.get(form)
    if number is not None:
        return lambda req: number(moment(req))
    # A text that strftime() cannot take back out is put together around what it can.
    pieces = re.split(r"([^\x00-\x7f]+)", form)

    def custom(req: mp_request) -> str:
        at = time.localtime(moment(req))
        return "".join([piece if index % 2 else time.strftime(piece, at) for index, piece in enumerate(pieces)])

    return custom


def _duration(req: mp_request) -> int:
    return max(0, int((_end(req) - req._request_time) * 1_000_000))


_SCALES = {"": 1_000_000, "s": 1_000_000, "ms": 1000, "us": 1}


def _scaled(argument: str) -> Value:
    scale = _SCALES.get(argument.lower())
    if scale is None:
        return lambda req: argument
    return lambda req: str(_duration(req) // scale)


# -- the tables ------------------------------------------------------------------------------------------------------


def _process(argument: str) -> Value:
    kind = argument.lower()
    if kind in ("", "pid"):
        return lambda req: str(os.getpid())
    if kind == "tid":
        return lambda req: str(threading.get_ident())
    if kind == "hextid":
        return lambda req: f"{threading.get_ident():x}"
    return lambda req: argument


def _first(req: mp_request) -> mp_request:
    while req._prev is not None:
        req = req._prev
    return req


def _of_table(attribute: str) -> Callable[[str], Value]:
    def maker(name: str) -> Value:
        def value(req: mp_request) -> str:
            table = getattr(req, attribute, None)
            if table is None or name not in table:
                return "-"
            found = table[name]
            return escaped(found if isinstance(found, str) else found[0])

        return value

    return maker


def _tls(name: str) -> Value:
    variable = _of_table("_subprocess_env")(name)

    def value(req: mp_request) -> str:
        found = req.ssl_var_lookup(name)
        return variable(req) if found is None else _raw(found)

    return value


_PLAIN: dict[str, Value] = {
    "A": _local_address,
    "B": _bytes,
    "b": _bytes_or_hyphen,
    "D": lambda req: str(_duration(req)),
    "f": lambda req: escaped(req.filename),
    "H": lambda req: escaped(req.protocol),
    "I": lambda req: str(_in_bytes(req)),
    "k": lambda req: "0",  # which request of its connection it is, no WSGI server tells
    "l": _logname,
    "m": lambda req: _raw(req._method),
    "O": lambda req: str(_out_bytes(req)),
    "q": _query,
    "r": _request_line,
    "R": lambda req: escaped(req._handler),
    "s": _status,
    "S": lambda req: str(_in_bytes(req) + _out_bytes(req)),
    "u": _user,
    "U": _path,
    "v": lambda req: escaped(req.server.server_hostname),
    "V": lambda req: escaped(req._server_name()),
    "X": _keeps_alive,
    "^ti": _trailers,
    "^to": _trailers,
    "^FB": _trailers,
}

# By the letters of those that look at what stands in their braces.
_MAKERS: dict[str, Callable[[str], Value]] = {
    "a": lambda argument: _connection_address if argument == "c" else _address,
    "c": _tls,
    "C": _cookie,
    "e": _of_table("_subprocess_env"),
    "h": lambda argument: _connection_host if argument == "c" else _host,
    "i": _header_in,
    "L": lambda argument: lambda req: (_first(req) if argument == "c" else req)._log_id or "-",
    "n": _of_table("_notes"),
    "o": _header_out,
    "p": lambda argument: _PORTS.get(argument.lower()) or (lambda req: argument),
    "P": _process,
    "t": _time,
    "T": _scaled,
    "x": _tls,
}
