"""One request, top to bottom: a WSGI application made from a configuration.

Law: this module only names the steps. Whatever happens, the answer is complete, and the log and cleanup phases run
exactly once: when the server closes what was returned, or at once where nothing can be returned.
"""

from __future__ import annotations

import os
import posixpath
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from . import completion, constants, current, delivery, dispatch, past_http
from .config.directives import core, python
from .config.hosts import Hosts
from .config.model import Site
from .config.request_config import RequestConfig
from .constants import OK
from .environ import check_head, decode
from .errors import BadRequest, HandlerError
from .httpd import access_log, content, errors, filtering, translate
from .httpd.forwarded import scheme_check
from .interpreter import Interpreter
from .interpreter_names import interpreter_name, names_in_use
from .interpreters import Interpreters
from .locate import locate, walk_now
from .locks import reentrant_lock
from .log import ErrorLog, log_exception
from .plan import run_steps
from .redirects import look_up, look_up_entry, redirect
from .request import make_request, mp_request
from .request_output import ClientGone
from .server import make_servers, mp_server
from .subrequests import include, run

if TYPE_CHECKING:
    from .raw_connection import RawConnection

__all__ = ["WSGI", "Application"]

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


_REFUSED = frozenset({"CONNECT", "TRACE"})
_ANSWERED = (OK, constants.DONE)
_forks = 0  # how many forks lie between the first process and this one


def _count_fork() -> None:
    global _forks
    _forks += 1


os.register_at_fork(after_in_child=_count_fork)


class Application:
    """A WSGI application that serves a site as httpd with mod_python does.

    `site` is the configuration, `fallback` a WSGI application that answers where neither a handler nor a file does,
    behind the same access and authentication phases. With `private` the site's modules are kept apart from all others
    of the process, whatever their names. Raises ConfigError, and under uWSGI ValueError if FORWARDED_ALLOW_IPS holds
    what is no address.
    """

    def __init__(self, site: Site, *, fallback: WSGI | None = None, private: bool = False) -> None:
        self.site = site
        self.fallback = fallback
        self.one_process = not site.defines.isdisjoint({"ONE_PROCESS", "DEBUG"})  # the latter is httpd's -X
        self.servers: tuple[mp_server, ...] = make_servers(site)
        self.hosts = Hosts(site)
        for host, server in zip((self.hosts.main, *self.hosts.virtual), self.servers, strict=True):
            host.server = server
            formats = host.base[core.ERROR_FORMATS]
            if any(formats):
                from .httpd.error_format import ErrorForm  # which few sites need

                server._log = server._log.sharing(server._log.level, server._log.levels)
                server._log.form = ErrorForm(formats, server)
        self._access_logs = access_log.attach((self.hosts.main, *self.hosts.virtual))
        names, dynamic = names_in_use(self.hosts)
        self.interpreters = Interpreters(names, dynamic=dynamic, private=private)
        # What the server says of itself with the first request; until then both are taken for possible.
        self.multithread = self.multiprocess = True
        self.sizes: tuple[int, int] | None = None  # processes, and threads of each; our own server tells them
        self.asks_connection_handlers = False  # a server that does so before it makes requests of a connection says it
        self._asked_after = self._started_after = self._starting_after = -1
        # For a server that believes too much: uWSGI, whose module is there in no other.
        believes = "uwsgi" in sys.modules
        self.check_environ = scheme_check(os.environ.get("FORWARDED_ALLOW_IPS", "")) if believes else None
        self._starting = reentrant_lock()  # which an imported module that asks its own site passes
        current.set_application(self)

    @property
    def main_server(self) -> mp_server:
        """The server object of the main server."""
        return self.servers[0]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        token = current.answering.set(self) if current.several else None
        try:
            if _forks != self._asked_after:
                self._first_request(environ)
            if self.check_environ is not None:
                self.check_environ(environ)
            req = self._receive(environ, start_response)
            try:
                self.serve(req)
                body: Iterable[bytes] = () if req._past_http else delivery.deliver(req)
                if req._past_http is not None:  # by a handler, or by a filter just now
                    raise past_http.ConnectionTaken
                if req._lent is not None:  # the server may end the request in another thread
                    req._lent()
                return body
            except BaseException:
                completion.finish(req)
                raise
        finally:
            if token is not None:
                current.answering.reset(token)

    def _receive(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> mp_request:
        """The request of an environ. What is wrong with its first line waits in `_bad` for the phases to answer."""
        host = None
        try:
            raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
            host = self.hosts.find(environ, raw)
            if environ.get("CONTENT_LENGTH") or "HTTP_EXPECT" in environ or environ["REQUEST_METHOD"] in _REFUSED:
                check_head(environ)
            return make_request(self, host, environ, start_response, translate.read_target(host, environ, raw))
        except BadRequest as error:
            if host is None:
                host = self.hosts.first(environ)
            req = make_request(self, host, environ, start_response, translate.bad_target(host))
            req._uri = posixpath.normpath(decode(environ.get("PATH_INFO") or "/"))  # for the logs
            req._bad = error
            return req

    def serve(self, req: mp_request) -> None:
        """Run every phase up to the content and see to it that an answer stands in `req`."""
        try:
            try:
                status = locate(req) or run_steps(req, req._config)
            except (BadRequest, HandlerError, ClientGone):
                raise
            except Exception as error:  # of the file system, say: handlers' own are answered where they run
                self.log_exception(req, "before the content", error)
                status = constants.HTTP_INTERNAL_SERVER_ERROR
            status = status or content.answer(req, req._config)
        except BadRequest as error:
            self.log_request(req, str(error))
            status = error.status
        except HandlerError as error:  # of a handler before, whose header cannot be sent
            self.log_exception(req, "response", error)
            req.err_headers_out.clear()
            status = constants.HTTP_INTERNAL_SERVER_ERROR
        except ClientGone:
            return
        if status not in _ANSWERED:
            errors.answer(req, status)

    # What requests ask of the application

    def walk_now(self, req: mp_request) -> None:
        """Look for the file of a request whose <Location> answers without one, because its handler wants to know."""
        walk_now(req)

    def redirect(
        self,
        req: mp_request,
        uri: str,
        environ: dict[str, Any] | None = None,
        location: str = "",
        content_type: str | None = None,
    ) -> None:
        """Answer with another URI of this server."""
        redirect(req, uri, environ, location, content_type)

    def look_up(
        self, req: mp_request, uri: str, environ: dict[str, Any] | None = None, *, instead: bool = False
    ) -> tuple[mp_request, int]:
        """A subrequest: every phase up to fixup for another URI. Returns it, and OK or the status that ended it."""
        return look_up(req, uri, environ, instead=instead)

    def look_up_entry(self, req: mp_request, name: str, *, folder: bool = False) -> tuple[mp_request, int]:
        """The same for a name in the request's own directory."""
        return look_up_entry(req, name, folder=folder)

    def let_go(self, sub: mp_request) -> None:
        """End a subrequest that was looked up and is not to answer. What is known of it stays."""
        completion.let_go(sub)

    def run_subrequest(self, sub: mp_request, target: Any) -> int:
        """Answer a subrequest that was looked up; its body flows to `target`. OK, or the status it ended with."""
        sub._fresh = False  # what was written before is handed on meanwhile, to the site's filters
        return run(sub, target)

    def include(self, req: mp_request, uri: str, target: Any) -> int:
        """A subrequest whose answer flows to a filter of `req`, or behind it. OK, or the status it ended with."""
        return include(req, uri, target)

    def past_http(self, req: mp_request) -> RawConnection:
        """conn.read(), readline() and write() of a request."""
        return past_http.take(req)

    def base_server(self, req: mp_request) -> mp_server:
        """conn.base_server."""
        server: mp_server = self.hosts.first(req._environ).server
        return server

    def unasked_handler(self, req: mp_request) -> str | None:
        """The connection handler that a request's connection is for, where the server does not ask it."""
        handler = None if self.asks_connection_handlers else self.hosts.first(req._environ).connection_handler
        return None if handler is None else handler.name

    def document_root(self, req: mp_request) -> str:
        """req.document_root."""
        return translate.document_root(req._host)

    def interpreter(self, req: mp_request, config: RequestConfig, call: dispatch.Call) -> Interpreter:
        """The interpreter under which a handler runs (manual 4.1)."""
        found = self.interpreters.get(interpreter_name(req, config, call.directory))
        if not (config.per_directory or config.per_directive):
            config.interpreter = found
        return found

    def add_filter(self, req: mp_request, name: str, is_input: bool) -> None:
        """req.add_input_filter and req.add_output_filter."""
        filtering.add_by_name(req, name, is_input)

    def register_filter(self, req: mp_request, name: str, ref: python.HandlerRef, is_input: bool) -> None:
        """req.register_input_filter and req.register_output_filter."""
        filtering.register(req, name, ref, is_input)

    def add_handler(self, req: mp_request, directive: str, handler: Any, directory: str | None) -> None:
        """req.add_handler."""
        dispatch.add_handler(req, directive, handler, directory)

    # The log

    def log_request(self, req: mp_request, message: str, level: int = constants.APLOG_ERR) -> None:
        """Write a line about a request to the error log of its virtual host."""
        self._log(req).write(message, level, client=self._client(req), about=req)

    def log_exception(self, req: mp_request, where: str, error: BaseException) -> None:
        """Write a traceback to the error log of the request's virtual host; `where` names phase and handler."""
        log_exception(self._log(req), where, error, client=self._client(req), about=req)

    def _log(self, req: mp_request) -> ErrorLog:
        """The log of a request's virtual host, at the LogLevel that holds for the request."""
        log = req.server._log
        settings = req._config.settings
        level, levels = settings[core.LOG_LEVEL], settings[core.LOG_LEVELS]
        return log if level == log.level and levels == log.levels else log.sharing(level, levels)

    def _client(self, req: mp_request) -> str | None:
        address, port = req.useragent_addr
        return f"{address}:{port}" if address else None

    def open_access_logs(self) -> None:
        """Open the logs of requests now, before a fork or while it is allowed. Raises ConfigError."""
        for outlet in self._access_logs:
            outlet.open()

    # The life of a worker

    def _first_request(self, environ: dict[str, Any]) -> None:
        """What is due with the first request of a process."""
        self.multithread = bool(environ.get("wsgi.multithread", True))
        self.multiprocess = bool(environ.get("wsgi.multiprocess", True))
        self.start_worker()
        self._asked_after = self._started_after  # which a request that comes from PythonImport finds as it was

    def start_worker(self) -> None:
        """What is due once in each process: PythonImport. Called by the serving layer, else by the first request."""
        with self._starting:
            if self._starting_after == _forks:
                return
            self._starting_after = _forks
            token = current.answering.set(self)
            try:
                imports = self.site.main.settings[python.PYTHON_IMPORTS]
                for entry in reversed(imports):
                    self._import(entry)
            finally:
                current.answering.reset(token)
            self._started_after = _forks

    def _import(self, entry: python.Import) -> None:
        name, _, function = entry.module.partition("::")
        interpreter = self.interpreters.get(entry.interpreter)
        try:
            with interpreter.serving():
                path = self.hosts.main.base[python.PYTHON_CONFIG].get("PythonPath")
                if path is not None:
                    interpreter.set_python_path(path)
                file = dispatch.file_named(name)
                if file is not None:
                    interpreter.prepend(os.path.dirname(file))
                module = interpreter.load(file or name)
                if function:
                    getattr(module, function)()
        except (Exception, SystemExit) as error:
            log_exception(self.main_server._log, f"PythonImport {entry.module}", error)

    def stop_worker(self) -> None:
        """What is due when a process ends: the cleanups registered with the servers. Once, where it was started."""
        if self._started_after != _forks:
            return
        self._asked_after = self._started_after = -1
        for server in self.servers:
            server.run_cleanups()

    def close(self) -> None:
        """Take the application out of the process: worker, interpreters with the site's modules, logs. For tests."""
        self.stop_worker()
        self.interpreters.close()
        for server in self.servers:
            server._log.close()
        for outlet in self._access_logs:
            outlet.target.close()
        if current.application() is self:
            current.set_application(None)
