"""gunicorn, embedded: a Source in, a running server out.

Law: the master process reads the configuration (as httpd's parent does, before it gives up root) and runs none of the
site's code; a worker runs nothing else. A configuration that cannot be read leaves a running server as it was.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gunicorn import __version__ as gunicorn_version
from gunicorn import util
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config

from .. import current
from ..app import Application
from ..errors import ConfigError
from . import connection_workers
from .account import Account
from .banner import banner
from .certificates import Certificates, SecuredSocket, tls_variables
from .checks import checked, workers_account
from .listeners import carries_handlers
from .places import last_of, own_directives
from .settings import Overrides, ServingPlan, plan
from .source import Source
from .workers import Logger, OneByOneWorker, ThreadWorker

__all__ = ["SERVER", "Server"]

SERVER = f"gunicorn {gunicorn_version}"

UNIX_PATH_MOST = 107  # bytes; Linux's sun_path less its NUL

WSGIApplication = Callable[[dict[str, Any], Any], Any]


class Server(BaseApplication):  # type: ignore[misc]
    """What gunicorn asks for settings and for the application.

    `Server(source).run()` serves until a signal ends it: TERM lets running requests end, INT and QUIT do not. HUP and
    USR1 read the configuration again and replace the workers as they become idle.
    """

    plan: ServingPlan
    application: Application
    certificates: Certificates | None  # None: nothing is listened on for TLS
    certificates_of_handlers: Certificates | None  # the same for the listeners of connection handlers
    announced: ServingPlan | None = None  # the plan that the last banner told of

    def __init__(self, source: Source, overrides: Overrides | None = None) -> None:
        self.source = source
        self.overrides = overrides or Overrides()
        super().__init__(prog="modpy-wsgi")

    # gunicorn's own do_load_config prints and exits; a ConfigError is for the command line to print, or for the log.
    def do_load_config(self) -> None:
        """Reads the configuration; all or nothing. Raises ConfigError."""
        application = self.source.load()
        new = plan(application.site, self.overrides, cpus=os.cpu_count() or 1, root=os.geteuid() == 0)
        new = checked(application.site, new, starting=True)
        settings = _gunicorn_settings(new, workers_account(application.site, new))
        cfg = self._config(settings)
        certificates = self._read_certificates(application, cfg) if self.overrides.tls else None
        self.certificates_of_handlers = self._read_certificates(application, cfg, for_handlers=True)
        _open_logs(application)
        self.application, self.plan, self.cfg, self.certificates = application, new, cfg, certificates
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

    def _read_certificates(
        self, application: Application, cfg: Config, *, for_handlers: bool = False
    ) -> Certificates | None:
        """The certificates of the listeners, now, while they may be read. Raises ConfigError."""
        found = Certificates(application.site, application.hosts)
        bound = [address[:2] for address in cfg.address if isinstance(address, tuple)]
        for host, port in bound:
            if carries_handlers(application.site, host, port) is for_handlers:
                found.check(host, port)
        return found if found.used else None

    def settings_of(self, client: socket.socket) -> Config:
        """gunicorn's settings for a connection just accepted: those of TLS where it begins with a handshake."""
        name = client.getsockname()
        context = self.certificates.context(*name[:2]) if self.certificates and isinstance(name, tuple) else None
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
        single = self.plan.threads == 1
        if not single and self.certificates is None:
            return application

        def prepared(environ: dict[str, Any], start_response: Any) -> Any:
            if single:
                environ["wsgi.multithread"] = False  # gunicorn's threaded worker always says True
            secured = environ["gunicorn.socket"]
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
        try:
            self.do_load_config()
        except (ConfigError, OSError) as error:
            current.set_application(self.application)  # one that was made and then given up had taken its place
            self.log.error("modpy-wsgi: %s", error)
            self.log.error("modpy-wsgi: not reloaded, the configuration read before stays in force")

    def run(self) -> None:
        """Serves until a signal ends it. Raises ConfigError where it cannot begin; leaves by SystemExit otherwise."""
        if "GUNICORN_FD" not in os.environ and "LISTEN_FDS" not in os.environ:
            for address in self.cfg.address:
                _check_bind(address)
        try:
            arbiter = _Master(self)
            self.log = arbiter.log
            arbiter.run()
        except RuntimeError as error:  # a pid file of a running server, a log file that cannot be written
            raise ConfigError(str(error).removeprefix("Error: ")) from error


class _Master(Arbiter):  # type: ignore[misc]
    """gunicorn's master process. USR1 is httpd's graceful restart (`apachectl graceful`, Debian's log rotation).

    gunicorn's own meaning, that each worker opens its logs again, fails where only root may write them.
    """

    def handle_usr1(self) -> None:
        self.handle_hup()


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
        "limit_request_field_size": plan.limit_request_field_size,
        "pidfile": plan.pid_file,
        **({"user": account.uid, "group": account.gid, "initgroups": True} if account else {}),
        "errorlog": plan.error_log,
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
        "post_worker_init": _start_worker,
        "worker_exit": _stop_worker,
    }


def _say_what_is_served(arbiter: Any) -> None:
    server: Server = arbiter.app
    if server.announced is server.plan:  # after a reload that failed
        return
    server.announced = server.plan
    addresses = [server.shown(listener) for listener in arbiter.LISTENERS]
    sys.stderr.write(banner(server.application.site, server.plan, server=SERVER, addresses=addresses))
    sys.stderr.flush()


def _reloaded(arbiter: Any) -> None:
    connection_workers.retire(arbiter)
    _say_what_is_served(arbiter)


def _start_worker(worker: Any) -> None:
    """In a worker, after it gave up root and before its first request."""
    # As the original has them: code that opens relative paths or reads sys.argv finds what it found there.
    SecuredSocket.patience = worker.app.plan.timeout or None
    os.chdir("/")
    sys.argv[:] = ["mod_python"]
    worker.app.application.start_worker()


def _stop_worker(arbiter: Any, worker: Any) -> None:
    if worker.pid == os.getpid():  # gunicorn also calls this in the master, for a worker that is gone already
        worker.app.application.stop_worker()


def _check_bind(address: Any) -> None:
    """Raises ConfigError if `address` cannot be listened on.

    gunicorn would find out as well, but it tries for five seconds and says so in the log only.
    """
    if not isinstance(address, tuple):
        reason = _unix_trouble(str(address))
        if reason:
            raise ConfigError(f"cannot listen on unix:{address}: {reason}")
        return
    family = socket.AF_INET6 if util.is_ipv6(address[0]) else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            if address[1]:
                probe.listen()
        except OSError as error:
            reason = "address in use" if error.errno == errno.EADDRINUSE else error.strerror or str(error)
            raise ConfigError(f"cannot listen on {address[0]}:{address[1]}: {reason}") from error


def _unix_trouble(path: str) -> str | None:
    if path.startswith("\0"):  # in no folder
        return None
    folder = Path(path).parent
    if not folder.is_dir():
        return f"no directory {folder}"
    if not Path(path).exists():
        if not os.access(folder, os.W_OK):
            return "permission denied"
        return "the path is too long" if len(os.fsencode(path)) > UNIX_PATH_MOST else None
    if not Path(path).is_socket():
        return "something else is there"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(path)
        except OSError:  # left over from a server that is gone: gunicorn makes it anew
            return None
    return "address in use"


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
