"""The environment of a program: what RFC 3875 and httpd put there, and nothing else.

Law: never the environment of the server itself. The client's Proxy header is not handed on, nor are credentials, unless
CGIPassAuth says so. Names become names that a shell knows; a value with NUL is cut there, as C does it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..config.directives import cgi
from ..environ import escape

if TYPE_CHECKING:
    from .._fast.table import table
    from ..request import mp_request

__all__ = ["as_bytes", "encoded", "environment", "first", "put_translated", "put_variables"]

MAX_NAMES = 1000  # names of variables that are remembered
MAX_NAME = 64  # letters of such a name; hardly any is longer

_ODD = re.compile(r"[^A-Za-z0-9_]")


def environment(
    req: mp_request, length: int | None = None, others: Mapping[str, str] | None = None
) -> dict[bytes, bytes]:
    """The environment of a program for a request, whose variables are put_variables()'s."""
    put_variables(req, length, others)
    return encoded(req)


def put_variables(req: mp_request, length: int | None = None, others: Mapping[str, str] | None = None) -> None:
    """Put the variables of a request for a program into req.subprocess_env, where httpd has them.

    `length` is that of a body whose length the client did not say; `others` take the place of what httpd would say.
    """
    req.add_cgi_vars()
    env = req.subprocess_env
    settings = req._config.settings
    current = settings[cgi.CGI_REQUEST_URI] == "current-uri"
    env["REQUEST_URI"] = req.uri if current else first(req).unparsed_uri
    put_translated(req)
    if settings[cgi.CGI_PASS_AUTH]:
        for name in ("Authorization", "Proxy-Authorization"):
            value = req.headers_in.get(name)
            if value is not None:
                env["HTTP_" + name.upper().replace("-", "_")] = value
    if length is not None:
        env["CONTENT_LENGTH"] = str(length)
    for name, value in (others or {}).items():
        env[name] = value


def put_translated(req: mp_request) -> None:
    """Put PATH_TRANSLATED there: where the path info would lead, were it a path of its own (RFC 3875, 4.1.6)."""
    path_info = req.path_info
    if path_info:
        found, _ = req._application.look_up(req, escape(path_info))
        req._application.let_go(found)
        if found._filename is not None:
            req.subprocess_env["PATH_TRANSLATED"] = found._filename + (found._path_info or "")


def encoded(req: mp_request) -> dict[bytes, bytes]:
    """req.subprocess_env as a process has it, each byte as it came from the client; and the server's time zone."""
    zone = os.environ.get("TZ")
    made = as_bytes(req.subprocess_env)
    if zone is not None:
        made.setdefault(b"TZ", _bytes(zone))
    return made


def as_bytes(variables: table) -> dict[bytes, bytes]:
    """Variables as a process has them; of a name that comes twice the last one counts."""
    return {
        _names.get(name) or _name(name): (
            value.encode("utf-8", "surrogateescape") if "\0" not in value else _bytes(value)
        )
        for name, value in variables.items()
    }


_names: dict[str, bytes] = {}  # of variables, as they are handed on; a request may make up some


def _name(name: str) -> bytes:
    """The name of a variable as httpd hands it on: letters, digits and underscores, no digit first."""
    made = _ODD.sub("_", name) or "_"
    result = (f"_{made[1:]}" if made[0].isdigit() else made).encode()
    if len(_names) < MAX_NAMES and len(name) <= MAX_NAME:
        _names[name] = result
    return result


def _bytes(value: str) -> bytes:
    """A value as C would read it: up to a NUL."""
    return value.partition("\0")[0].encode("utf-8", "surrogateescape")


def first(req: mp_request) -> mp_request:
    """The request that the client sent."""
    while (origin := req._prev or req._main) is not None:
        req = origin
    return req
