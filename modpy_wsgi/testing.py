"""For tests of legacy applications: a site as a webtest.TestApp, a Request and a Connection to call one handler with.

Law: what is tested is the real thing: the same Application, phases and request as in production, in process.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from . import completion, delivery
from .app import Application
from .config.directives import ALL
from .config.directives.alias import ALIASES
from .config.lexer import quote
from .config.load import site_of
from .config.model import Site, Where
from .config.parser import Node, Reader, tree_of
from .config.sections import literal
from .httpd.translate import read_target
from .locate import locate
from .log import ErrorLog
from .raw_connection import RawConnection
from .request import maker_of, mp_request
from .stream import Stream

if TYPE_CHECKING:
    from webtest import TestApp

__all__ = ["Answer", "Connection", "connection", "request", "site"]


def site(
    config: str,
    *,
    root: str | os.PathLike[str],
    defines: Iterable[str] = (),
    fallback: Callable[..., Iterable[bytes]] | None = None,
    extra_environ: Mapping[str, Any] | None = None,
) -> TestApp:
    """A webtest.TestApp for a configuration that stands in `<Directory root>`, `root` being the DocumentRoot.

    Server-level lines (VirtualHost, Location, Alias, ...) may be among them: what does not go into a directory is put
    outside. The application is `.app`, its error log goes to stderr. Each site has modules of its own, so tests may
    reuse file names. Raises ConfigError, with the line in `config`.
    """
    from webtest import TestApp

    directory = os.path.abspath(os.fspath(root))
    application = Application(_site(config, directory, tuple(defines)), fallback=fallback, private=True)
    # Not WebTest's lint: it wants a Content-Type of every answer, and httpd gives a file of no known type none.
    environ = {"REMOTE_ADDR": "127.0.0.1", "REMOTE_PORT": "49152", **(extra_environ or {})}
    return TestApp(application, extra_environ=environ, lint=False)


def _site(config: str, directory: str, defines: tuple[str, ...]) -> Site:
    """The configuration with what may stand in a directory put into <Directory>, the rest around it."""
    reader = Reader(server_root=directory, defines=set(defines), variables=dict(os.environ))
    around = reader.text('<FilesMatch "^\\.ht">\nRequire all denied\n</FilesMatch>', "<testing>")
    around.append(Node("DocumentRoot", quote(directory), "<testing>", 1, None))
    inside: list[Node] = []
    for node in reader.text(config, "<site>"):
        row = ALL.get(node.name.lower())
        fits = row is not None and Where.DIRECTORY in row.where and row.setting is not ALIASES
        (inside if fits else around).append(node)
    around.append(Node("<Directory", f"{quote(literal(directory))}>", "<testing>", 1, tuple(inside)))
    return site_of(tree_of(reader, around))


class Answer:
    """What a handler called with `request()` has answered so far, and what it has logged (without an ErrorLog)."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: list[tuple[str, str]] = []
        self.body = b""
        self.error_log = io.StringIO()

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        """The start_response that the request is given."""
        self.status, self.headers = status, list(headers)
        return self._write

    def _write(self, data: bytes) -> None:
        self.body += data


class Request(mp_request):
    """A request outside any server, with what it answered in `answer`. A context manager: leaving it runs cleanups."""

    answer: Answer

    def __enter__(self) -> Request:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        completion.finish(self)

    def finish(self) -> Answer:
        """Send what is held back and run the log and cleanup phases, as at the end of a request. Returns the answer."""
        body = delivery.deliver(self)
        try:
            for piece in body:
                self.answer.body += piece
        finally:
            close = getattr(body, "close", None)
            if close is not None:
                close()
            completion.finish(self)
        return self.answer


_make_request = maker_of(Request)


def request(
    url: str = "/",
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    config: str = "",
    root: str | os.PathLike[str] = "/",
    environ: Mapping[str, Any] | None = None,
) -> Request:
    """A Request to call a handler with: `handler(request("/page?x=1"))`.

    `config` and `root` are those of `site()`: they decide req.filename, options and so on. `environ` is put over the
    WSGI environ that is made from the rest. What the handler wrote is in `req.answer` after `req.finish()`.
    """
    directory = os.path.abspath(os.fspath(root))
    application = Application(_site(config, directory, ()), private=True)
    answer = Answer()
    server = application.main_server
    if server.error_fname is None:
        server._log = ErrorLog(None, server.loglevel, levels=server._log.levels, stream=answer.error_log)
    path, _, query = url.partition("?")
    made: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "RAW_URI": url,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": "49152",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": answer.error_log,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if body:
        made["CONTENT_LENGTH"] = str(len(body))
    for name, value in (headers or {}).items():
        key = name.upper().replace("-", "_")
        made[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    made.update(environ or {})
    host = application.hosts.main
    req = _make_request(application, host, made, answer.start_response, read_target(host, made, made["RAW_URI"]))
    req.answer = answer
    locate(req)
    return req


class _Memory(Stream):
    """A client that sends some bytes and then no more, and what it was sent."""

    def __init__(self, data: bytes, *, gone: bool) -> None:
        self._buffer = bytearray(data)
        self._ended = True
        self._all_most = len(data)
        self.broken = gone
        self.sent = bytearray()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self.broken:
            raise BrokenPipeError
        self.sent += data


class Connection(RawConnection):
    """A connection outside any server."""

    __slots__ = ("error_log",)

    error_log: io.StringIO
    """What was logged, without an ErrorLog."""

    @property
    def sent(self) -> bytes:
        """What the handler has written so far."""
        assert isinstance(self._stream, _Memory)
        return bytes(self._stream.sent)


def connection(
    data: bytes = b"",
    *,
    gone: bool = False,
    config: str = "",
    root: str | os.PathLike[str] = "/",
    environ: Mapping[str, Any] | None = None,
) -> Connection:
    """A Connection to call a connection handler with: `connectionhandler(connection(b"a line\\n"))`.

    The client sends `data` and closes its side; with `gone` it takes nothing any more. `config` and `root` are those of
    `site()`, of which only what holds for the server counts. `environ`: REMOTE_ADDR, REMOTE_PORT, SERVER_ADDR and
    SERVER_PORT, where they matter. What the handler wrote is in `sent`, what it logged in `error_log`.
    """
    directory = os.path.abspath(os.fspath(root))
    server = Application(_site(config, directory, ()), private=True).main_server
    ends = {"REMOTE_ADDR": "127.0.0.1", "REMOTE_PORT": "49152", "SERVER_ADDR": "127.0.0.1", "SERVER_PORT": "8007"}
    made = Connection({**ends, **(environ or {})}, server, _Memory(data, gone=gone), ())
    made.error_log = io.StringIO()
    if server.error_fname is None:
        server._log = ErrorLog(None, server.loglevel, levels=server._log.levels, stream=made.error_log)
    return made


Connection.__name__ = Connection.__qualname__ = "mp_conn"
Connection.__module__ = "builtins"

Request.__module__ = "builtins"
Request.__name__ = Request.__qualname__ = "mp_request"
