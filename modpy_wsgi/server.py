"""The server object: the main server or one virtual host (manual 4.5.6, reference section 6).

Law: it shows what the configuration says of a server, in the original's words and types; it decides nothing.
"""

from __future__ import annotations

import atexit
import contextvars
import os
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from ._fast.table import table
from .config.directives import core
from .config.directives.python import PYTHON_CONFIG, PYTHON_OPTIONS
from .config.model import Host, Settings, Site
from .log import ErrorLog, log_exception, log_message
from .members import readonly

__all__ = ["make_servers", "mp_server"]


@cache
def _own_name() -> str:
    """The name of a main server without ServerName: the machine's full name, or as in httpd, 127.0.0.1."""
    import socket  # large, and most main servers have a name

    name = socket.getfqdn()
    return name if "." in name else "127.0.0.1"


class mp_server:  # noqa: N801 - the original's type name
    """One server. Further attributes may be set; they last as long as the process."""

    def __init__(
        self,
        host: Host,
        settings: Settings,
        log: ErrorLog,
        *,
        main: mp_server | None = None,
        restart_time: float | None = None,
        generation: int = 0,
    ) -> None:
        """host: as configured. settings: what holds for it, the main server's under its own. main: None for the main.

        restart_time: when this configuration was taken up, seconds since the epoch.
        """
        own = host.settings
        name = own[core.SERVER_NAME]
        aliases = own[core.SERVER_ALIASES]
        path = own[core.SERVER_PATH] or None
        self._settings = settings
        self._main = main
        self._log = log
        self._next: mp_server | None = None
        self._cleanups: list[tuple[contextvars.Context, Callable[[Any], Any], Any]] = []
        self._defn_name = None if main is None else host.origin.file
        self._defn_line_number = 0 if main is None else host.origin.line
        self._server_admin = settings[core.SERVER_ADMIN]
        self._name = name[1] if name else None
        self._port = _port(name, host)
        self._error_fname = own[core.ERROR_LOG] if main is not None else settings[core.ERROR_LOG]
        self._is_virtual = int(main is not None)
        self._timeout = float(settings[core.TIMEOUT])
        self._keep_alive = int(settings[core.KEEP_ALIVE])
        self._keep_alive_timeout = float(settings[core.KEEP_ALIVE_TIMEOUT])
        self._keep_alive_max = settings[core.MAX_KEEP_ALIVE_REQUESTS]
        self._path = path
        self._pathlen = len((path or "").encode("utf-8", "surrogateescape"))
        self._names = tuple(alias for alias in aliases if not _is_wild(alias))
        self._wild_names = tuple(alias for alias in aliases if _is_wild(alias))
        self._restart_time = time.time() if restart_time is None else restart_time
        self._my_generation = generation

    defn_name = readonly("_defn_name", "The file in which the server is defined; None for the main server.")
    defn_line_number = readonly("_defn_line_number", "The line of the definition; 0 for the main server.")
    server_admin = readonly("_server_admin", "ServerAdmin.")
    port = readonly("_port", "The port of ServerName, or else of the <VirtualHost>; 0 if they have none.")
    error_fname = readonly("_error_fname", "ErrorLog, as an absolute path; None for a virtual host without its own.")
    is_virtual = readonly("_is_virtual", "1 for a virtual host.")
    timeout = readonly("_timeout", "Timeout: seconds, a float.")
    keep_alive = readonly("_keep_alive", "KeepAlive: 1 or 0.")
    keep_alive_timeout = readonly("_keep_alive_timeout", "KeepAliveTimeout: seconds, a float.")
    keep_alive_max = readonly("_keep_alive_max", "MaxKeepAliveRequests.")
    path = readonly("_path", "ServerPath, or None.")
    pathlen = readonly("_pathlen", "The length of ServerPath in bytes.")
    names = readonly("_names", "The names of ServerAlias without wildcards, a tuple.")
    wild_names = readonly("_wild_names", "The names of ServerAlias with wildcards, a tuple.")
    next = readonly(
        "_next", "The next server of the process, or None: the main server, then the last virtual host, ..."
    )
    restart_time = readonly("_restart_time", "When the server was started: seconds since the epoch, a float.")
    my_generation = readonly("_my_generation", "How often the server was restarted gracefully before this process.")
    limit_req_line = property(lambda self: self._settings[core.LIMIT_REQUEST_LINE], doc="LimitRequestLine.")
    limit_req_fieldsize = property(
        lambda self: self._settings[core.LIMIT_REQUEST_FIELD_SIZE], doc="LimitRequestFieldSize."
    )
    limit_req_fields = property(lambda self: self._settings[core.LIMIT_REQUEST_FIELDS], doc="LimitRequestFields.")
    loglevel = property(lambda self: self._settings[core.LOG_LEVEL], doc="LogLevel: one of apache.APLOG_*.")

    # Members that the manual has and later releases dropped, and what is left of them.
    srm_confname = property(lambda self: None, doc="The file srm.conf, which httpd 2 does not have: None.")
    send_buffer_size = property(lambda self: 0, doc="The size of the send buffer: 0, the system's own.")
    server_uid = property(lambda self: os.getuid(), doc="The number of the user under whom the process runs.")
    server_gid = property(lambda self: os.getgid(), doc="The number of the group under which the process runs.")
    _server_rec = property(lambda self: None, doc="httpd's own structure, for C code: there is none here, so None.")

    @property
    def server_hostname(self) -> str:
        """ServerName without scheme and port; without one the main server's, or the machine's name."""
        if self._name is not None:
            return self._name
        return _own_name() if self._main is None else self._main.server_hostname

    def get_config(self) -> table:
        """The Python* directives of this server (not those of directories) as a table; flags are "1" and "0"."""
        return table(self._settings[PYTHON_CONFIG])

    def get_options(self) -> table:
        """The PythonOptions of this server as a table."""
        return table(self._settings[PYTHON_OPTIONS])

    def log_error(self, message: str | None, level: int = 0, /) -> None:
        """Write a line to this server's error log; `level` is one of apache.APLOG_*, APLOG_ERR if 0.

        Raises TypeError if the message is no text.
        """
        log_message(self._log, message, level)

    def register_cleanup(self, req: Any, callback: Callable[[Any], Any], data: Any = None, /) -> None:
        """Call `callback(data)` when the process ends. Exceptions are only logged.

        Raises ValueError if `req` is no request or the callback not callable (manual 4.5.6).
        """
        if not any(base.__name__ == "mp_request" for base in type(req).__mro__):
            raise ValueError("first argument must be a request object")
        if not callable(callback):
            raise ValueError("second argument must be a callable object")
        self._register(callback, data)

    def _register(self, callback: Callable[[Any], Any], data: Any) -> None:
        """Keep a cleanup; it will run in the context of its registration, where its interpreter is known."""
        if not self._cleanups:
            atexit.register(self.run_cleanups)
        self._cleanups.append((contextvars.copy_context(), callback, data))

    def run_cleanups(self) -> None:
        """Run what register_cleanup registered, last first, each once. For the end of a worker; raises nothing."""
        while self._cleanups:
            context, callback, data = self._cleanups.pop()
            try:
                context.run(callback, data)
            except (Exception, SystemExit) as error:
                log_exception(self._log, f"cleanup {getattr(callback, '__name__', callback)!s}", error)
        atexit.unregister(self.run_cleanups)

    def __repr__(self) -> str:
        return f"<mp_server object at {id(self):#x}>"


mp_server.__module__ = "builtins"  # str(type) is "<class 'mp_server'>", as in the original


def _is_wild(name: str) -> bool:
    return "*" in name or "?" in name


def _port(name: core.ServerName | None, host: Host) -> int:
    # A ServerName without a port means 0 even if the <VirtualHost> has one (seen on the original).
    if name is not None:
        return name[2] or 0
    return (host.addresses[0].port or 0) if host.addresses else 0


def make_servers(site: Site, *, main_log: ErrorLog | None = None, generation: int = 0) -> tuple[mp_server, ...]:
    """The server objects of a site: the main server's, then those of `site.hosts` in order, linked by `next`.

    main_log: where the main server logs; None makes its ErrorLog (the standard error if it has none). Virtual hosts
    that name the same target share it. Nothing is opened yet. Raises ValueError for a target that can never work.
    """
    now = time.time()
    settings = site.main.settings
    if main_log is None:
        levels = settings[core.LOG_LEVELS]
        main_log = ErrorLog(settings[core.ERROR_LOG], settings[core.LOG_LEVEL], levels=levels)
    main = mp_server(site.main, settings, main_log, restart_time=now, generation=generation)
    logs = {settings[core.ERROR_LOG]: main_log}
    servers = [main]
    for host in site.hosts:
        merged = settings.merged(host.settings)
        target, level, levels = merged[core.ERROR_LOG], merged[core.LOG_LEVEL], merged[core.LOG_LEVELS]
        log = logs.get(target)
        if log is None:
            log = logs[target] = ErrorLog(target, level, levels=levels)
        if log.level != level or log.levels != levels:
            log = log.sharing(level, levels)
        servers.append(mp_server(host, merged, log, main=main, restart_time=now, generation=generation))
    # httpd puts each new virtual host right behind the main server, so the last one comes first.
    previous = main
    for server in reversed(servers[1:]):
        previous._next = server
        previous = server
    return tuple(servers)
