"""The handler mod_python.testhandler: a page that shows how a request, its server and their configuration look.

    <Location /test>
        SetHandler mod_python
        PythonHandler mod_python.testhandler
        Require local
    </Location>

Law: it shows what there is, and changes nothing; what may open something is kept back (masking). Lines of the error log
are shown under PythonDebug only, and the environment of the process not at all: there is no telling what is in them.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from .._version import __version__
from ..config.directives import core
from ..constants import MOD_PYTHON_VERSION, OK
from ..httpd_names import server_banner
from .masking import masked_directive, masked_url, masked_value
from .testhandler_page import POLICY, Section, page

if TYPE_CHECKING:
    from ..config.parser import Node
    from ..request import mp_request

__all__ = ["handler"]

LOG_LINES = 100  # as many as the original shows
LOG_BYTES = 65536  # of the end of the log that are looked at

REQUEST = """
    the_request method uri unparsed_uri args protocol hostname filename path_info user ap_auth_type content_type handler
    extension phase interpreter status document_root mtime remaining read_chunked is_https
"""
CONNECTION = """
    client_addr remote_host remote_logname local_addr local_host keepalive keepalives aborted double_reverse
"""
SERVER = """
    server_hostname port is_virtual names wild_names path server_admin defn_name defn_line_number error_fname loglevel
    timeout keep_alive keep_alive_max keep_alive_timeout limit_req_line limit_req_fieldsize limit_req_fields
"""
HANDLERS = ("publisher", "psp", "cgihandler", "wsgi", "Session", "Cookie")


def handler(req: mp_request) -> int:
    """The PythonHandler mod_python.testhandler. Returns apache.OK."""
    req.headers_out["Cache-Control"] = "no-store"
    log = _log_file(req)
    if log is not None and "view_log=1" in (req.args or "").split("&"):
        req.content_type = "text/plain; charset=UTF-8"
        req.write(_last_lines(log), 0)
        return OK
    req.content_type = "text/html; charset=UTF-8"
    req.headers_out["Content-Security-Policy"] = POLICY
    req.write(page(list(_sections(req)), _tree(req._application.site.tree, 0), log_link=log is not None), 0)
    return OK


def _sections(req: mp_request) -> Iterator[Section]:
    yield Section("General", "The program that answers", list(_general(req)))
    yield Section("Request", "Members of the request object", _members(req, REQUEST))
    yield Section("Request headers", "req.headers_in", _table(req.headers_in))
    req.add_cgi_vars()
    yield Section("Environment of the request", "req.subprocess_env", sorted(_table(req.subprocess_env)))
    yield Section("Notes", "req.notes", _table(req.notes))
    yield Section("Configuration", "req.get_config()", _table(req.get_config()))
    yield Section("Options", "req.get_options()", _table(req.get_options()))
    yield Section("Connection", "Members of req.connection", _members(req.connection, CONNECTION))
    yield Section("Server", "Members of req.server", _members(req.server, SERVER))
    yield Section("Configuration of the server", "req.server.get_config()", _table(req.server.get_config()))
    yield Section("Options of the server", "req.server.get_options()", _table(req.server.get_options()))


def _general(req: mp_request) -> Iterator[tuple[str, str]]:
    application: Any = req._application
    yield "modpy_wsgi", __version__
    yield "mod_python whose interface this is", MOD_PYTHON_VERSION
    yield "Server software", server_banner(req._host.base[core.SERVER_TOKENS])
    yield "WSGI server", str(req._environ.get("SERVER_SOFTWARE", "not known"))
    yield "Python", sys.version
    yield "Platform", platform.platform()
    yield from _processing(application.multithread, application.multiprocess, application.sizes)
    yield "User", f"{os.geteuid()}, group {os.getegid()}" if hasattr(os, "geteuid") else "not known"
    yield "Working directory", os.getcwd()
    yield "Server root", application.site.main.settings[core.SERVER_ROOT]
    yield "Document root", req.document_root()
    yield "Error log", req.server.error_fname or "the standard error, or none"
    yield "Interpreter", f"{req.interpreter}" + (", isolated" if req._interpreter.isolated else "")
    yield "Module path", "\n".join(req._interpreter.path)
    for name in HANDLERS:
        found = importlib.util.find_spec(f"mod_python.{name}") is not None
        yield f"mod_python.{name}", "there" if found else "not there"


def _processing(multithread: bool, multiprocess: bool, sizes: tuple[int, int] | None) -> Iterator[tuple[str, str]]:
    """What the WSGI server says of processes and threads; their numbers only where it tells them."""
    processes, threads = sizes or (0, 0)
    others = f"one of {processes}" if processes else "one of several"
    yield "Process", f"{os.getpid()}, {others if multiprocess else 'alone'}"
    yield "Threads", (f"{threads} in each process" if threads else "several") if multithread else "one"


def _members(owner: Any, names: str) -> list[tuple[str, str]]:
    """Members by name; methods are called."""
    found = []
    for name in names.split():
        value = getattr(owner, name, None)
        if callable(value):
            value = value()
        shown = value if isinstance(value, str) else "" if value is None else repr(value)
        found.append((name, masked_url(shown) if name in ("the_request", "unparsed_uri", "args") else shown))
    return found


def _table(table: Any) -> list[tuple[str, str]]:
    pairs: Iterable[tuple[str, Any]] = table.items()
    return [(name, masked_value(name, str(value))) for name, value in pairs]


def _tree(nodes: Iterable[Node], depth: int) -> str:
    """The configuration as it was read, a line for each directive."""
    lines = []
    for node in nodes:
        arguments = node.args[:-1] if node.name.startswith("<") and node.args.endswith(">") else node.args
        close = ">" if arguments != node.args else ""
        shown = masked_directive(node.name, arguments)
        lines.append(f"{'    ' * depth}{node.name}{' ' if shown else ''}{shown}{close}\n")
        if node.children is not None and node.name.startswith("<"):
            lines.append(_tree(node.children, depth + 1))
            lines.append(f"{'    ' * depth}</{node.name[1:]}>\n")
    return "".join(lines)


def _log_file(req: mp_request) -> str | None:
    """The error log, if it may be shown: under PythonDebug, and if it is a file."""
    name = req.server.error_fname
    if not req._config.debug or not name or name.startswith(("|", "syslog")):
        return None
    path = os.path.join(req._application.site.main.settings[core.SERVER_ROOT], name)
    return path if os.path.isfile(path) else None


def _last_lines(path: str) -> bytes:
    """The end of a file."""
    try:
        with open(path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - LOG_BYTES))
            content = file.read(LOG_BYTES)
    except OSError as error:
        return f"{error}\n".encode("utf-8", "backslashreplace")
    return b"".join(content.splitlines(keepends=True)[-LOG_LINES:])
