"""One request, top to bottom: a WSGI application made from a configuration.

Law: this module only names the steps. Whatever happens, the answer is complete, and the log and cleanup phases run
exactly once: when the server closes what was returned, or at once where nothing can be returned.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote

from . import constants, current, delivery, dispatch
from .config.directives import python
from .config.hosts import Hosts
from .config.load import load_site, site_of
from .config.model import Site
from .config.parser import Reader, tree_of
from .config.resolve import HostConfig, RequestConfig
from .config.sections import literal
from .constants import DECLINED, OK
from .environ import check_head, normalise
from .errors import BadRequest, ConfigError, HandlerError
from .httpd import content, errors, translate, variables
from .httpd.walk import walk
from .interpreter import Interpreter, Interpreters
from .interpreter_names import interpreter_name, names_in_use
from .log import log_exception
from .phases import INIT, POST_READ_REQUEST, TRANS
from .plan import run_phase, run_steps
from .request import mp_request
from .request_output import ClientGone
from .server import make_servers, mp_server

__all__ = ["Application", "from_httpd_conf", "make_app"]

MAX_REDIRECTS = 10  # internal redirects and subrequests of one request, as httpd's LimitInternalRecursion
WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


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
    of the process, whatever their names. Raises ConfigError.
    """

    def __init__(self, site: Site, *, fallback: WSGI | None = None, private: bool = False) -> None:
        self.site = site
        self.fallback = fallback
        self.one_process = "ONE_PROCESS" in site.defines
        self.servers: tuple[mp_server, ...] = make_servers(site)
        self.hosts = Hosts(site)
        for host, server in zip((self.hosts.main, *self.hosts.virtual), self.servers, strict=True):
            host.server = server
        names, dynamic = names_in_use(self.hosts)
        self.interpreters = Interpreters(names, dynamic=dynamic, private=private)
        self._started_after = self._starting_after = -1
        self._starting = threading.RLock()  # which an imported module that asks its own site passes
        current.set_application(self)

    @property
    def main_server(self) -> mp_server:
        """The server object of the main server."""
        return self.servers[0]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        if _forks != self._started_after:
            self.start_worker()
        req = self._receive(environ, start_response)
        try:
            self.serve(req)
            return delivery.deliver(req)
        except BaseException:
            delivery.finish(req)
            raise

    def _receive(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> mp_request:
        """The request of an environ. What is wrong with its first line waits in `_bad` for the phases to answer."""
        host = self.hosts.main
        try:
            raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
            host = self.hosts.find(environ, raw)
            if "CONTENT_LENGTH" in environ or "HTTP_EXPECT" in environ or environ["REQUEST_METHOD"] == "CONNECT":
                check_head(environ)
            return mp_request(self, host, environ, start_response, translate.read_target(host, environ, raw))
        except BadRequest as error:
            req = mp_request(self, host, environ, start_response, translate.target_of(host, "/"))
            req._bad = error
            return req

    def serve(self, req: mp_request) -> None:
        """Run every phase up to the content and see to it that an answer stands in `req`."""
        try:
            if req._bad is not None:
                raise req._bad
            status = self._locate(req) or run_steps(req, req._config) or content.answer(req, req._config)
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

    def _locate(self, req: mp_request) -> int:
        """The phases before a file is known: post read request, translate, and the walk to the file."""
        target = req._target
        if target.eventful:
            return self._locate_step_by_step(req, target)
        return self._find_file(req, target)

    def _locate_step_by_step(self, req: mp_request, target: translate.Target) -> int:
        host = req._host
        if target.uri == "*":  # OPTIONS * asks for the server as a whole
            return constants.DONE
        if host.has_early_work:
            variables.of_server(req)
        if host.has_early_handlers:
            status = self._run_early(req, host)
            if status:
                return status
            if req._uri != target.uri:
                target = translate.target_of(host, req._uri)
            if req._filename is not None:
                self._take_walk(req, req._filename, target)
                return OK
        if target.redirects:
            status = translate.redirection(req, target.redirects)
            if status:
                return status
        return self._find_file(req, target)

    def _find_file(self, req: mp_request, target: translate.Target) -> int:
        if target.config is not None:
            req._config = target.config
            req._translated = target.filename
            return OK
        if target.handler is not None:
            req._handler = target.handler
        self._take_walk(req, target.filename, target)
        return OK

    def _run_early(self, req: mp_request, host: HostConfig) -> int:
        """PostReadRequest (with Init of the server's level) and Trans. Returns OK, or what ends the request."""
        config = req._config
        for phase in (INIT, POST_READ_REQUEST):
            result = run_phase(req, phase, config)
            if result not in (OK, DECLINED):
                return result
        result = run_phase(req, TRANS, config)
        if result == DECLINED:
            req._filename = None
            return OK
        if result == OK and req._filename is None:
            self.log_request(req, f"PythonTransHandler returned OK without setting req.filename: {req.uri}")
            return constants.HTTP_NOT_FOUND
        return result

    def _take_walk(self, req: mp_request, filename: str, target: translate.Target) -> None:
        """Look for the file, and for what holds there."""
        req._filename, req._path_info, req._stat, directory = walk(req._host, filename)
        name = req._filename[len(directory.path) :]
        req._config = directory.config(name, target.location, req._stat is not None)

    # What requests ask of the application

    def walk_now(self, req: mp_request) -> None:
        """Look for the file of a request whose <Location> answers without one, because its handler wants to know."""
        filename, req._translated = req._translated, None
        assert filename is not None
        try:
            req._filename, req._path_info, req._stat, _ = walk(req._host, filename)
        except BadRequest as error:
            self.log_request(req, str(error))

    def redirect(self, req: mp_request, uri: str, environ: dict[str, Any] | None = None, location: str = "") -> None:
        """Answer with another URI of this server, starting from the status that `req` has.

        `environ` replaces the request's, `location` is a Location header to keep.
        """
        new = self._derive(req, uri, environ)
        new._prev = req
        new._status = req._status
        req._next = new
        req._hand_over(new)
        if location:
            new.headers_out["Location"] = location
        if "_err_headers_out" in req.__dict__:
            new.err_headers_out.update(req.err_headers_out)
        for name, value in req.__dict__.get("_subprocess_env", {}).items():
            new.subprocess_env[f"REDIRECT_{name}"] = value
        new.subprocess_env["REDIRECT_STATUS"] = str(req._status)
        if new._redirects > MAX_REDIRECTS:
            self.log_request(
                req,
                f"AH00124: Request exceeded the limit of {MAX_REDIRECTS} internal redirects due to probable "
                f"configuration error: {uri}",
            )
            errors.plain(new, 500)
        else:
            self.serve(new)

    def look_up(self, req: mp_request, uri: str) -> tuple[mp_request, int]:
        """A subrequest: every phase up to fixup for another URI. Returns it, and OK or the status that ended it."""
        new = self._derive(req, uri, None)
        new._main = req
        if new._redirects > MAX_REDIRECTS:
            self.log_request(req, f"more than {MAX_REDIRECTS} nested subrequests, probably a loop: {uri}")
            return new, 500
        try:
            if new._bad is not None:
                raise new._bad
            status = self._locate(new) or run_steps(new, new._config)
        except BadRequest as error:
            return new, error.status
        return new, status

    def _derive(self, req: mp_request, uri: str, environ: dict[str, Any] | None) -> mp_request:
        """A request for `uri` (a path with query, escaped) out of another. What is wrong with `uri` waits in `_bad`."""
        environ = dict(req._environ if environ is None else environ)
        rest = uri.partition("://")[2].partition("/") if "://" in uri and uri[0] != "/" else None
        escaped, question, query = (f"/{rest[2]}" if rest else uri).partition("?")
        environ["QUERY_STRING"] = query if question else ""
        bad = None
        try:
            path = normalise(unquote(escaped, errors="surrogateescape"))
        except BadRequest as error:
            path, bad = "/", error
        new = mp_request(self, req._host, environ, req._start_response, translate.target_of(req._host, path))
        new._bad = bad
        new._args = query if question else None
        new._request_time = req._request_time
        new._the_request = req.the_request
        new._unparsed_uri = uri
        new._redirects = req._redirects + 1
        new.__dict__["_headers_in"] = req.headers_in  # one table for all of them, as in the original
        new._left, new._read_length = req._left, req._read_length
        return new

    def base_server(self, req: mp_request) -> mp_server:
        """conn.base_server."""
        server: mp_server = self.hosts.first(req._environ).server
        return server

    def document_root(self, req: mp_request) -> str:
        """req.document_root."""
        return translate.document_root(req._host)

    def interpreter(self, req: mp_request, config: RequestConfig, call: dispatch.Call) -> Interpreter:
        """The interpreter under which a handler runs (manual 4.1)."""
        found = self.interpreters.get(interpreter_name(req, config, call.directory))
        if not (config.per_directory or config.per_directive):
            config.interpreter = found
        return found

    def add_handler(self, req: mp_request, directive: str, handler: Any, directory: str | None) -> None:
        """req.add_handler."""
        dispatch.add_handler(req, directive, handler, directory)

    # The log

    def log_request(self, req: mp_request, message: str, level: int = constants.APLOG_ERR) -> None:
        """Write a line about a request to the error log of its virtual host."""
        req.server._log.write(message, level, client=self._client(req))

    def log_exception(self, req: mp_request, where: str, error: BaseException) -> None:
        """Write a traceback to the error log of the request's virtual host; `where` names phase and handler."""
        log_exception(req.server._log, where, error, client=self._client(req))

    def _client(self, req: mp_request) -> str | None:
        address, port = req.connection.client_addr
        return f"{address}:{port}" if address else None

    # The life of a worker

    def start_worker(self) -> None:
        """What is due once in each process: PythonImport. Called by the serving layer, else by the first request."""
        with self._starting:
            if self._starting_after == _forks:
                return
            self._starting_after = _forks
            imports = self.site.main.settings[python.PYTHON_IMPORTS]
            for entry in reversed(imports):
                self._import(entry)
            self._started_after = _forks

    def _import(self, entry: python.Import) -> None:
        name, _, function = entry.module.partition("::")
        interpreter = self.interpreters.get(entry.interpreter)
        try:
            with interpreter.serving():
                path = self.hosts.main.base[python.PYTHON_CONFIG].get("PythonPath")
                if path is not None:
                    interpreter.set_python_path(path)
                module = interpreter.load(name)
                if function:
                    getattr(module, function)()
        except (Exception, SystemExit) as error:
            log_exception(self.main_server._log, f"PythonImport {entry.module}", error)

    def stop_worker(self) -> None:
        """What is due when a process ends: the cleanups registered with the servers. Once, where it was started."""
        if self._started_after != _forks:
            return
        self._started_after = -1
        for server in self.servers:
            server.run_cleanups()


    def close(self) -> None:
        """Take the application out of the process: worker, interpreters with the site's modules, logs. For tests."""
        self.stop_worker()
        self.interpreters.close()
        for server in self.servers:
            server._log.close()
        if current.application() is self:
            current.set_application(None)


def from_httpd_conf(
    path: str | os.PathLike[str],
    *,
    defines: Iterable[str] = (),
    fallback: WSGI | None = None,
    before: Iterable[str] = (),
    after: Iterable[str] = (),
) -> Application:
    """An Application from an Apache configuration.

    `path` is the httpd.conf, `defines` are the names of `-D`, `before` and `after` directives as httpd's `-C` and `-c`
    take them. Raises ConfigError (with file and line) and OSError.
    """
    site = load_site(os.fspath(path), defines=tuple(defines), before=tuple(before), after=tuple(after))
    return Application(site, fallback=fallback)


def make_app(
    root: str | os.PathLike[str],
    *,
    handler: str,
    options: dict[str, str] | None = None,
    debug: bool = False,
    auto_reload: bool = True,
    fallback: WSGI | None = None,
) -> Application:
    """An Application for one directory and one handler, without an Apache configuration.

    `handler` is what PythonHandler takes ("module", "module::object"), `options` are PythonOptions. Every URL is
    answered by the handler, as under SetHandler. Raises ConfigError.
    """
    directory = os.path.abspath(os.fspath(root))
    lines = [
        f"DocumentRoot {_quoted(directory)}",
        f"<Directory {_quoted(literal(directory))}>",
        "SetHandler mod_python",
        f"PythonHandler {handler}",
        f"PythonDebug {'On' if debug else 'Off'}",
        f"PythonAutoReload {'On' if auto_reload else 'Off'}",
        *[f"PythonOption {_quoted(key)} {_quoted(value)}" for key, value in (options or {}).items()],
        "</Directory>",
        '<FilesMatch "^\\.ht">',
        "Require all denied",
        "</FilesMatch>",
    ]
    if not handler.strip() or "\n" in handler or handler.endswith("\\"):
        raise ConfigError(f"no handler: {handler!r}")
    if not os.path.isdir(directory):
        raise ConfigError(f"no directory: {directory!r}")
    reader = Reader(server_root=directory)  # which knows no variables: what looks like one is meant as it stands
    site = site_of(tree_of(reader, reader.text("\n".join(lines), "<make_app>")))
    return Application(site, fallback=fallback)


def _quoted(text: str) -> str:
    if "\n" in text or "\r" in text or "\0" in text:
        raise ConfigError(f"a line break or NUL in {text!r}")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
