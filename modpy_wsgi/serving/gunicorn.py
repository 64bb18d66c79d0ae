"""gunicorn, embedded: a Source in, a running server out.

Law: the master process reads the configuration (as httpd's parent does, before it gives up root) and runs none of the
site's code; a worker runs nothing else. A configuration that cannot be read leaves a running server as it was.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import socket
import ssl
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from gunicorn import __version__ as gunicorn_version
from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.http import wsgi

from .. import current
from ..app import Application
from ..config.directives import core
from ..constants import APLOG_NOTICE
from ..errors import ConfigError
from ..httpd_names import server_banner
from . import connection_workers
from .account import Account
from .awaited_body import AwaitedBody
from .banner import banner
from .binding import check_bind
from .certificates import SPOKEN, Certificates, SecuredSocket, Spoken, tls_variables
from .checks import checked, workers_account
from .daemon import Detached, lead_stderr_to
from .listeners import carries_handlers
from .log_stream import LogStream
from .logger import Logger
from .master import Master, check_new
from .pid_file import PidFile
from .places import last_of, own_directives
from .settings import Overrides, ServingPlan, plan
from .source import Source
from .workers import OneByOneWorker, ThreadWorker

__all__ = ["SERVER", "Server"]

SERVER = f"gunicorn {gunicorn_version}"

WSGIApplication = Callable[[dict[str, Any], Any], Any]


class Server(BaseApplication):  # type: ignore[misc]
    """What gunicorn asks for settings and for the application.

    `Server(source).run()` serves until a signal ends it: TERM lets running requests end, INT and QUIT do not. HUP and
    USR1 read the configuration again and replace the workers as they become idle.
    """

    plan: ServingPlan
    application: Application
    certificates: Certificates | None  # None: nothing is listened on for TLS
    pid_file: PidFile | None
    cfg: Any
    certificates_of_handlers: Certificates | None  # the same for the listeners of connection handlers
    announced: ServingPlan | None = None  # the plan that the last banner told of
    _loaded = False  # whether the configuration was just read, for a restart
    _generation = -1  # how often it was read before

    def __init__(
        self,
        source: Source,
        overrides: Overrides | None = None,
        *,
        say: Callable[[str], None] | None = None,
    ) -> None:
        """say: takes the start-up message (default: the standard error). Raises ConfigError."""
        self.source = source
        self.overrides = overrides or Overrides()
        self.say = say or _to_stderr
        self.detached: Detached | None = None  # the process goes on by itself: nobody reads its standard error
        super().__init__(prog="modpy-wsgi")

    # gunicorn's own do_load_config prints and exits; a ConfigError is for the command line to print, or for the log.
    def do_load_config(self) -> None:
        """Reads the configuration; all or nothing. Raises ConfigError."""
        application = self.source.load()
        new = plan(application.site, self.overrides, cpus=os.cpu_count() or 1, root=os.geteuid() == 0)
        new = checked(application.site, new, starting=True)
        settings = _gunicorn_settings(new, workers_account(application.site, new))
        cfg = self._config(settings)
        cfg.site_log = application.main_server._log
        certificates = self._read_certificates(application, cfg) if self.overrides.tls else None
        of_handlers = self._read_certificates(application, cfg, for_handlers=True)
        pid_file = PidFile(new.pid_file, last_of(application.site.tree, "PidFile")) if new.pid_file else None
        if self.cfg is not None:
            check_new(self.cfg.address, cfg.address)
            if pid_file is not None and self.pid_file is not None and self.pid_file.is_same(pid_file.path):
                pid_file = self.pid_file  # which holds the lock
            elif pid_file is not None:
                pid_file.check()
        _open_logs(application)
        self.application, self.plan, self.cfg, self.certificates = application, new, cfg, certificates
        self.pid_file, self.certificates_of_handlers = pid_file, of_handlers
        self._generation += 1
        for server in application.servers:
            server._my_generation = self._generation
        self._secure: dict[int, Config] = {}
        self._settings = settings
        self.callable = None

    def _config(self, settings: dict[str, Any]) -> Config:
        """gunicorn's object of settings. Raises ConfigError."""
        cfg = Config(prog=self.prog)
        for name, value in settings.items():
            if name not in cfg.settings:
                continue  # an older gunicorn, which does not have what this one would turn off
            try:
                cfg.set(name, value)
            except Exception as error:  # gunicorn raises what it likes, ConfigError of its own and ValueError mostly
                raise ConfigError(f"{name}: {error}") from error
        return cfg

    def only(self, addresses: Iterable[Any]) -> Config:
        """gunicorn's settings with some of the addresses, to open these."""
        return self._config(self._settings | {"bind": [_written(address) for address in addresses]})

    def _read_certificates(
        self, application: Application, cfg: Config, *, for_handlers: bool = False
    ) -> Certificates | None:
        """The certificates of the listeners, now, while they may be read. Raises ConfigError.

        For requests those of all: a listener whose connections can be a handler's may lead to HTTPS as well.
        """
        found = Certificates(application.site, application.hosts)
        for address in cfg.address:
            if isinstance(address, tuple) and (not for_handlers or carries_handlers(application.site, *address[:2])):
                found.check(*address[:2])
        return found if found.used else None

    def settings_of(self, client: socket.socket) -> Config:
        """gunicorn's settings for a connection: those of TLS where it begins with a handshake, or has done so."""
        context: ssl.SSLContext | Spoken | None = None
        if isinstance(client, ssl.SSLSocket):
            context = SPOKEN
        elif self.certificates is not None:
            name = client.getsockname()
            context = self.certificates.context(*name[:2]) if isinstance(name, tuple) else None
        if context is None:
            return self.cfg
        found = self._secure.get(id(context))
        if found is None:
            secure = {"certfile": "the context's", "ssl_context": lambda config, default: context}
            found = self._secure[id(context)] = self._config(self._settings | secure)
        return found

    def load(self) -> WSGIApplication:
        """gunicorn's hook, in a worker: the WSGI application."""
        application = self.application
        application.sizes = self.plan.workers, self.plan.threads
        application.multithread, application.multiprocess = self.plan.threads > 1, self.plan.workers > 1
        single = self.plan.threads == 1

        def prepared(environ: dict[str, Any], start_response: Any) -> Any:
            if single:
                environ["wsgi.multithread"] = False  # gunicorn's threaded worker always says True
            body = environ["wsgi.input"]
            if body.__class__ is AwaitedBody:
                body.response = start_response.__self__
            secured = environ["gunicorn.socket"]
            if isinstance(secured, connection_workers.Resumed):
                secured = secured.socket
            if isinstance(secured, SecuredSocket):
                environ.update(tls_variables(secured))
            return application(environ, start_response)

        return prepared

    def shown(self, listener: Any) -> str:
        """A listener's URL."""
        url, name = str(listener), listener.getsockname()
        if isinstance(name, tuple) and carries_handlers(self.application.site, *name[:2]):
            return f"{url.partition('://')[2]} for PythonConnectionHandler"
        if self.certificates is not None and isinstance(name, tuple) and self.certificates.leads_to_tls(*name[:2]):
            url = url.replace("http:", "https:", 1)
        return url

    def reload(self) -> None:
        """gunicorn's hook for HUP, in the master."""
        if self._loaded:
            return
        try:
            self.do_load_config()
        except (ConfigError, OSError) as error:
            current.set_application(self.application)  # one that was made and then given up had taken its place
            for server in self.application.servers:
                server._log.reopen()  # a rotation of logs must not wait for somebody to mend the configuration
            self.log.error("modpy-wsgi: %s", error)
            self.log.error("modpy-wsgi: not reloaded, the configuration read before stays in force")

    @contextlib.contextmanager
    def reloaded(self) -> Iterator[None]:
        """While gunicorn does its part of a restart: the configuration was read already."""
        self._loaded = True
        try:
            yield
        finally:
            self._loaded = False

    def check_binds(self) -> None:
        """Raises ConfigError where an address cannot be listened on."""
        if "GUNICORN_FD" not in os.environ and "LISTEN_FDS" not in os.environ:
            for address in self.cfg.address:
                check_bind(address)

    def run(self) -> None:
        """Serves until a signal ends it. Raises ConfigError where it cannot begin; leaves by SystemExit otherwise."""
        self.check_binds()
        arbiter: Master | None = None
        try:
            arbiter = Master(self)
            self.log = arbiter.log
            arbiter.run()
        except RuntimeError as error:
            raise ConfigError(str(error).removeprefix("Error: ")) from error
        finally:
            if arbiter is not None:
                arbiter.release_pid_file()


def _to_stderr(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def _written(address: Any) -> str:
    """An address of gunicorn's as its settings take it."""
    if not isinstance(address, tuple):
        return f"unix:{address}"
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _gunicorn_settings(plan: ServingPlan, account: Account | None) -> dict[str, Any]:
    """The plan in gunicorn's words; hooks included."""
    return {
        "bind": list(plan.binds),
        "workers": plan.workers + plan.for_handlers,
        "threads": plan.threads,
        "worker_class": OneByOneWorker if plan.single else ThreadWorker,
        "worker_connections": max(1000, 2 * plan.threads),
        # httpd never kills a child for being slow; what may be slow is limited by Timeout (workers.py)
        "timeout": 0,
        "graceful_timeout": plan.graceful_timeout,
        "keepalive": plan.keepalive,
        "max_requests": plan.max_requests,
        "max_requests_jitter": plan.max_requests // 10,  # so that not all workers are replaced at once
        "limit_request_line": plan.limit_request_line,
        "limit_request_fields": plan.limit_request_fields,
        # httpd takes one byte more than it says, and does not count the end of the line
        "limit_request_field_size": plan.limit_request_field_size + 3,
        "permit_obsolete_folding": True,  # as httpd does
        "permit_unconventional_http_method": True,  # the application answers 501, or has a handler for it
        **({"user": account.uid, "group": account.gid, "initgroups": True} if account else {}),
        "errorlog": "-",  # the standard error of a worker leads to the error log of the site (log_stream.py)
        "loglevel": plan.log_level,
        "logger_class": Logger,
        "proc_name": "modpy-wsgi",
        # Nothing a client sends may change the scheme or the path, unless the administrator names the front server.
        "forwarded_allow_ips": os.environ.get("FORWARDED_ALLOW_IPS", ""),
        "forwarder_headers": "",
        "header_map": "drop",  # X_Forwarded_For and X-Forwarded-For would be one in a WSGI environ
        "control_socket_disable": True,
        "when_ready": _say_what_is_served,
        "on_reload": _reloaded,
        "pre_fork": connection_workers.share_out,
        "post_fork": _after_fork,
        "post_worker_init": _start_worker,
        "worker_exit": _stop_worker,
    }


def _say_what_is_served(arbiter: Any) -> None:
    server: Server = arbiter.app
    if server.announced is server.plan:  # after a reload that failed
        return
    server.announced = server.plan
    addresses = [server.shown(listener) for listener in arbiter.LISTENERS]
    server.say(banner(server.application.site, server.plan, server=SERVER, addresses=addresses))
    software = server_banner("full")
    arbiter.notice(f"{software} configured -- resuming normal operations")
    if server.detached is not None:
        lead_stderr_to(server.application.main_server._log)
        server.detached.ready()


def _after_fork(arbiter: Any, worker: Any) -> None:
    arbiter.close_gone()
    worker.signals_before = arbiter.SIG_QUEUE


def _heed_signals_before(worker: Any) -> None:
    """A worker that is told to end before it has handlers of its own has noted that as the first process would.

    Nobody reads it there, and nobody tells it again: it would be waited for until GracefulShutdownTimeout.
    """
    with contextlib.suppress(queue.Empty):
        while True:
            if worker.signals_before.get_nowait() in (signal.SIGTERM, signal.SIGQUIT, signal.SIGINT):
                worker.alive = False


def _reloaded(arbiter: Any) -> None:
    connection_workers.retire(arbiter)
    _say_what_is_served(arbiter)


def _start_worker(worker: Any) -> None:
    """In a worker, after it gave up root and before its first request."""
    # As the original has them: code that opens relative paths or reads sys.argv finds what it found there.
    server: Server = worker.app
    SecuredSocket.patience = server.plan.timeout or None
    # The name of the server in each answer, which no application can say: gunicorn takes it from here.
    wsgi.SERVER = server_banner(server.application.site.main.settings[core.SERVER_TOKENS])
    if not server.plan.single:  # a debugger speaks to the terminal
        log = server.application.main_server._log
        sys.stdout, sys.stderr = LogStream(log, 1, APLOG_NOTICE), LogStream(log, 2)
    os.chdir("/")
    sys.argv[:] = ["mod_python"]
    server.application.start_worker()
    _heed_signals_before(worker)


def _stop_worker(arbiter: Any, worker: Any) -> None:
    if worker.pid == os.getpid():  # gunicorn also calls this in the master, for a worker that is gone already
        worker.app.application.stop_worker()


def _open_logs(application: Application) -> None:
    """Now, while it may be allowed: workers write to what the master opened, as httpd's do."""
    site = application.site
    for host, server in zip((site.main, *site.hosts), application.servers, strict=True):
        try:
            server._log.open()
        except OSError as error:
            place = last_of(own_directives(site, host), "ErrorLog")
            raise ConfigError(f"ErrorLog {server._log.target}: {error.strerror or error}", *place) from error
    application.open_access_logs()
