"""ErrorLogFormat: a message and what it is about in, a line out; and the lines before the first message of a request.

Law: a field is left out where a directive of it has nothing to show. Values are escaped as the message is. What has no
counterpart here shows nothing: %E (errors of httpd's runtime) and %F (a line of its C source).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ..config.directives.core import ErrorFormats
from ..config.log_formats import Field
from ..connection import mp_conn
from ..constants import LOG_LEVEL_NAMES
from ..log import escape, new_log_id, timestamp

if TYPE_CHECKING:
    from ..server import mp_server

__all__ = ["ErrorForm"]


class _Event(NamedTuple):
    """What a line is made of."""

    server: mp_server
    request: Any = None
    connection: mp_conn | None = None
    message: str = ""
    level: int = -1  # of a line before the first message
    module: str = ""


def _address(pair: tuple[str, int]) -> str:
    return f"{pair[0]}:{pair[1]}"


def _client(event: _Event, argument: str) -> str:
    if event.request is not None and argument != "c":
        return _address(event.request.useragent_addr)
    return "" if event.connection is None else _address(event.connection.client_addr)


def _server_end(event: _Event, argument: str) -> str:
    return "" if event.connection is None else _address(event.connection.local_addr)


def _of_table(attribute: str) -> Callable[[_Event, str], str]:
    def value(event: _Event, name: str) -> str:
        table = getattr(event.request, attribute, None)
        found = None if table is None else table.get(name)
        return escape(found if isinstance(found, str) else found[0]) if found else ""

    return value


def _id(event: _Event, argument: str) -> str:
    if argument == "c" or (argument == "C" and event.request is None):
        return getattr(event.connection, "_log_id", None) or ""
    return "" if argument else getattr(event.request, "_log_id", None) or ""


def _time(event: _Event, argument: str) -> str:
    return timestamp(microseconds="u" in argument, compact="c" in argument)


def _name(event: _Event, argument: str) -> str:
    return escape(event.server.server_hostname)


def _name_asked(event: _Event, argument: str) -> str:
    return "" if event.request is None else escape(event.request._server_name())


def _nothing(event: _Event, argument: str) -> str:
    return ""


_VALUES: dict[str, Callable[[_Event, str], str]] = {
    "a": _client,
    "A": _server_end,
    "e": _of_table("_known_variables"),
    "E": _nothing,
    "F": _nothing,
    "i": _of_table("headers_in"),
    "k": lambda event, argument: "" if event.connection is None else "0",
    "l": lambda event, argument: "" if event.level < 0 else LOG_LEVEL_NAMES[event.level],
    "L": _id,
    "m": lambda event, argument: "" if event.module == "python" else event.module,  # which is no module to httpd
    "n": _of_table("_notes"),
    "P": lambda event, argument: str(os.getpid()),
    "t": _time,
    "T": lambda event, argument: str(threading.get_native_id()),
    "v": _name,
    "V": _name_asked,
}


def _line(fields: tuple[Field, ...], event: _Event) -> str:
    """The line; "" if a directive that it must not be without shows nothing."""
    line = ""
    start = 0  # of the field
    skipping = False
    for field in fields:
        if field.separates:
            if not skipping:
                start = len(line)
            skipping = False
        if field.name == "M":
            line += escape(event.message)
        elif skipping:
            continue
        elif 0 <= event.level < field.level:
            line, skipping = line[:start], True
        elif not field.name:
            line += field.argument
        else:
            value = _VALUES[field.name](event, field.argument)
            if value:
                line += value
            elif field.required:
                return ""
            elif field.hyphen:
                line += "-"
            else:
                line, skipping = line[:start], True
    return line


class ErrorForm:
    """What ErrorLogFormat says for one server."""

    def __init__(self, formats: ErrorFormats, server: mp_server) -> None:
        self._formats = formats
        self._server = server

    def before(self, about: Any, first: bool) -> list[str]:
        """The lines before a message about a request or a connection; `first`: it is the first one."""
        request, connection = _parts(about)
        lines: list[str] = []
        if connection is not None and (connection._log_id is None or (first and request is None)):
            if connection._log_id is None:
                connection._log_id = new_log_id()
            event = _Event(self._server, None, connection)
            lines += [_line(form, event) for form in self._formats.connection]
        if first and request is not None:
            event = _Event(self._server, request, connection)
            lines += [_line(form, event) for form in self._formats.request]
        return [line for line in lines if line]

    def line(self, message: str, level: int, module: str, about: Any) -> str | None:
        """The line of a message; None if it is to have the usual form."""
        if self._formats.message is None:
            return None
        return _line(self._formats.message, _Event(self._server, *_parts(about), message, level, module))


def _parts(about: Any) -> tuple[Any, mp_conn | None]:
    """The request and the connection that a message is about."""
    if about is None or isinstance(about, mp_conn):
        return None, about
    return about, about.connection
