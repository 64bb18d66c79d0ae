"""What the directives of an access log's format show of a request: %h, %>s, %{Referer}i and so on, one function each.

Law: each directive is a row of a table; what it shows stands in the module of its noun (log_client, log_asked,
log_answered, log_times), in which form it is given in log_text. Source: mod_log_config and mod_logio, observed on the
original.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from . import log_answered, log_asked, log_client, log_times
from .log_text import Shown, Value, constant, of_table, text

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["Value", "value_of"]


def value_of(name: str, argument: str) -> Value:
    """The function for a directive of a format; `argument` is what stands in its braces."""
    return _MAKERS[name](argument) if name in _MAKERS else _PLAIN[name]


def _process(argument: str) -> Value:
    kind = argument.lower()
    if kind in ("", "pid"):
        return lambda req: os.getpid()
    if kind == "tid":
        return lambda req: threading.get_ident()
    if kind == "hextid":
        return lambda req: f"{threading.get_ident():x}"
    return constant(argument)


def _first(req: mp_request) -> mp_request:
    while req._prev is not None:
        req = req._prev
    return req


def _tls(name: str) -> Value:
    variable = of_table("_known_variables")(name)

    def value(req: mp_request) -> Shown:
        found = req.ssl_var_lookup(name)
        return variable(req) if found is None else found

    return value


_PLAIN: dict[str, Value] = {
    "A": log_client.local_address,
    "B": log_answered.body_bytes,
    "b": log_answered.bytes_or_none,
    "D": log_times.duration,
    "f": lambda req: text(req.filename),
    "H": lambda req: text(req.protocol),
    "I": log_answered.in_bytes,
    "k": lambda req: 0,  # which request of its connection it is, no WSGI server tells
    "l": log_client.logname,
    "m": lambda req: req._method,
    "O": log_answered.out_bytes,
    "q": log_asked.query,
    "r": log_asked.request_line,
    "R": lambda req: text(req._handler),
    "s": log_answered.status,
    "S": lambda req: log_answered.in_bytes(req) + log_answered.out_bytes(req),
    "u": log_client.user,
    "U": log_asked.path,
    "v": lambda req: text(req._host.server.server_hostname),
    "V": lambda req: text(req._server_name()),
    "X": log_client.keeps_alive,
    "^ti": log_asked.trailers,
    "^to": log_asked.trailers,
    "^FB": log_asked.trailers,
}

# By the letters of those that look at what stands in their braces.
_MAKERS: dict[str, Callable[[str], Value]] = {
    "a": lambda argument: log_client.connection_address if argument == "c" else log_client.address,
    "c": _tls,
    "C": log_asked.cookie,
    "e": of_table("_known_variables"),
    "h": lambda argument: log_client.connection_host if argument == "c" else log_client.host,
    "i": log_asked.header_in,
    "L": lambda argument: lambda req: (_first(req) if argument == "c" else req)._log_id,
    "n": of_table("_notes"),
    "o": log_answered.header_out,
    "p": lambda argument: log_client.PORTS.get(argument.lower()) or constant(argument),
    "P": _process,
    "t": log_times.time_of,
    "T": log_times.scaled,
    "x": _tls,
}
