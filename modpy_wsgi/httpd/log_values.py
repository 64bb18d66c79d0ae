"""What the directives of an access log's format show of a request: %h, %>s, %{Referer}i and so on, one function each.

Law: a value is text without anything that could end a field or a line. What is not known is "-"; what is known and
empty is empty. Source: mod_log_config and mod_logio, observed on the original.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..environ import plain_address
from ..response import BODILESS
from .log_answer import body_text, body_text_or_hyphen, header_out, in_bytes, out_bytes, status_text
from .log_text import Value, escaped, raw
from .log_times import duration, scaled, time_of

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["Value", "value_of"]


def value_of(name: str, argument: str) -> Value:
    """The function for a directive of a format; `argument` is what stands in its braces."""
    return _MAKERS[name](argument) if name in _MAKERS else _PLAIN[name]


# -- who asks, and whom ----------------------------------------------------------------------------------------------


def _host(req: mp_request) -> str:
    if req._useragent is None and not req._config.names_clients:
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
    return "-" if name is None else raw(name)


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
            return raw(f"{req._method} {target} {environ.get('SERVER_PROTOCOL', 'HTTP/0.9')}")
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
        return raw(req._environ.get(key))

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
        return variable(req) if found is None else raw(found)

    return value


_PLAIN: dict[str, Value] = {
    "A": _local_address,
    "B": body_text,
    "b": body_text_or_hyphen,
    "D": lambda req: str(duration(req)),
    "f": lambda req: escaped(req.filename),
    "H": lambda req: escaped(req.protocol),
    "I": lambda req: str(in_bytes(req)),
    "k": lambda req: "0",  # which request of its connection it is, no WSGI server tells
    "l": _logname,
    "m": lambda req: raw(req._method),
    "O": lambda req: str(out_bytes(req)),
    "q": _query,
    "r": _request_line,
    "R": lambda req: escaped(req._handler),
    "s": status_text,
    "S": lambda req: str(in_bytes(req) + out_bytes(req)),
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
    "o": header_out,
    "p": lambda argument: _PORTS.get(argument.lower()) or (lambda req: argument),
    "P": _process,
    "t": time_of,
    "T": scaled,
    "x": _tls,
}
