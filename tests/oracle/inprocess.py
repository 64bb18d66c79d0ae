"""Our side: the same site as a WSGI application, called in this process the way gunicorn would call it.

Law: nothing here repairs an answer. What a server would have to frame is framed, what it would have to refuse is an
error.
"""

import fcntl
import importlib
import io
import os
import socket
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from .answer import Answer, Logs, read_response
from .apache import PASSED
from .jars import Jars
from .request import Request, Talk
from .site import Site

PORT = 48080  # five digits, as every port that Apache gets here
CLIENT = ("127.0.0.1", 51234)
NOBODY = 65534  # the user whom nothing belongs to

# What is loaded when first needed. It could not be by a nobody where Python is installed in root's own folder.
LOADED_LATE = ("encodings.idna", "grp", "passlib.handlers.des_crypt", "passlib.hash", "pwd", "regex", "socket")

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class FileWrapper:
    """wsgi.file_wrapper: blocks of a file; close() closes it."""

    def __init__(self, file: Any, block: int = 8192) -> None:
        self.file = file
        self.block = block

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(self.block), b"")

    def close(self) -> None:
        """Closes the file if it can be closed."""
        if hasattr(self.file, "close"):
            self.file.close()


def environ(request: Request, errors: io.StringIO, port: int = PORT) -> dict[str, Any]:
    """The environ that gunicorn makes of the request: PATH_INFO unquoted, RAW_URI as sent, no REQUEST_URI."""
    target = request.target.replace("@PORT@", str(port))
    slashes = target.startswith("//")  # no host follows: a request's target is a path, or has a scheme
    parts = urlsplit("." + target if slashes else target)
    path = parts.path[1:] if slashes else parts.path
    values: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": parts.query,
        "RAW_URI": target,
        "SERVER_PROTOCOL": request.protocol,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": str(port),
        "SERVER_SOFTWARE": "oracle",
        "REMOTE_ADDR": CLIENT[0],
        "REMOTE_PORT": str(CLIENT[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.content()),
        "wsgi.input_terminated": True,
        "wsgi.errors": errors,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": FileWrapper,
    }
    for name, value in request.fields(port):
        if "_" in name:
            continue  # gunicorn drops them, because they could pass for another header
        value = value.strip(" \t")
        key = name.upper().replace("-", "_")
        key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
        values[key] = f"{values[key]},{value}" if key in values else value
    return values


def call(app: App, request: Request, port: int = PORT) -> tuple[Answer, str]:
    """Ask the application; return the answer and what it wrote to wsgi.errors."""
    errors = io.StringIO()
    sent: list[bytes] = []
    heads: list[tuple[str, list[tuple[str, str]]]] = []

    def write(data: bytes) -> None:
        assert type(data) is bytes, f"write() was given {type(data)}"
        sent.append(data)

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        assert not heads or exc_info, "start_response was called twice"
        if exc_info and any(sent):
            raise exc_info[1].with_traceback(exc_info[2])
        for name, value in headers:
            assert type(name) is str and type(value) is str, f"header {name!r}: {value!r}"
        heads[:] = [(status, list(headers))]
        return write

    from modpy_wsgi.errors import ShortBody

    chunks: Iterable[bytes] = ()
    try:
        chunks = app(environ(request, errors, port), start_response)
        for chunk in chunks:
            write(chunk)
    except ShortBody:
        pass  # so that a server closes the connection after too short a body; what was sent is the answer
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    assert heads, "start_response was not called"
    status, headers = heads[0]
    return Answer(status, headers, framing(request, status, headers), b"".join(sent)), errors.getvalue()


def talk(app: App, asked: Talk, port: int = PORT) -> tuple[Answer, str]:
    """Connect the talk with the application's connection handler, over a socket on loopback."""
    from modpy_wsgi.serving.connections import Accepted, Connections

    connections = Connections(app)  # type: ignore[arg-type]
    app.asks_connection_handlers = True  # type: ignore[attr-defined]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname(), 15)
        accepted, address = listener.accept()
    shown = accepted.getsockname()[1]
    host = connections.host(("127.0.0.1", port))
    assert host is not None, "no connection handler is configured"
    goes_on: list[bool] = []
    served = Accepted(accepted, address, host)
    thread = threading.Thread(target=lambda: goes_on.append(connections.serve(served)))
    thread.start()
    raw = b""
    with client:
        try:
            asked.send(client, port, lambda: wait_until_read(accepted))
            if asked.then is None:
                while data := client.recv(65536):
                    raw += data
        except (ConnectionError, TimeoutError):
            pass  # what has arrived so far is the answer
        thread.join()
    if goes_on == [True]:
        served.socket.close()
        assert asked.then is not None, "declined, but no request follows"
        return call(app, asked.then, port)
    return read_response(raw.replace(str(shown).encode(), str(port).encode()), asked.method), ""


def wait_until_read(sock: socket.socket) -> None:
    """Until nothing waits to be read of a socket, and whoever has read it has had time to ask for more."""
    limit = time.monotonic() + 15
    while time.monotonic() < limit:
        try:
            waiting = fcntl.ioctl(sock, termios.FIONREAD, bytes(4))
        except (OSError, ValueError):  # closed
            return
        if not any(waiting):
            break
        time.sleep(0.001)
    time.sleep(0.01)


def framing(request: Request, status: str, headers: list[tuple[str, str]]) -> str:
    """How a server would have to delimit the body."""
    if request.method == "HEAD" or status[:3] in ("204", "304"):
        return "none"
    if any(name.lower() == "content-length" for name, _ in headers):
        return "length"
    return "chunked" if request.protocol == "HTTP/1.1" else "close"


class Served:
    """A site that is up: like apache.Apache, but in this process."""

    def __init__(self, app: App, root: Path, *, as_nobody: bool = False) -> None:
        self.app = app
        self.as_nobody = as_nobody
        self.root = root
        self.port = PORT
        self.logs = Logs(root)
        self.jars = Jars()

    def ask(self, request: Request) -> Answer:
        """Send one request; the log lines come from wsgi.errors and from the site's ErrorLog."""
        first = request.before()
        if first is not None:
            request = request.after(self.ask(first).headers)
        jar = self.jars.of(request)
        if jar is not None:
            request = jar.fill(request)
        with unprivileged() if self.as_nobody else nullcontext():
            if isinstance(request, Talk):
                answer, errors = talk(self.app, request, self.port)
            else:
                answer, errors = call(self.app, request, self.port)
        lines, answer.logs = self.logs.new(request.logs)
        answer.log = errors.splitlines() + lines
        return answer if jar is None else jar.keep(answer)


@contextmanager
def serve(site: Site, root: Path, *, as_nobody: bool = False) -> Iterator[Served]:
    """Build the site in `root` and load it. Raises ConfigError if the configuration is not accepted.

    `as_nobody`: requests are answered without root's rights, if there are any.
    """
    from modpy_wsgi import from_httpd_conf

    conf = site.build(root, PORT)
    with undisturbed(root):
        application = from_httpd_conf(str(conf), defines=set(site.defines))
        application.open_access_logs()
        if as_nobody and os.geteuid() == 0:
            for path in (root / "logs", *(root / "logs").iterdir()):
                os.chown(path, NOBODY, -1)
        try:
            yield Served(application, root, as_nobody=as_nobody)
        finally:
            application.close()


@contextmanager
def unprivileged() -> Iterator[None]:
    """Root may read everything, and so would not see what is closed to the server; Apache gives that up as well.

    Nor can nobody read everything: what Python imports now may not be found.
    """
    if os.geteuid() != 0:
        yield
        return
    for name in LOADED_LATE:
        importlib.import_module(name)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@contextmanager
def undisturbed(root: Path) -> Iterator[None]:
    """A site imports modules and changes sys.path, as the original lets it; the next site must not see that."""
    modules, path, argv, cwd = set(sys.modules), list(sys.path), list(sys.argv), Path.cwd()
    variables = dict(os.environ)
    os.environ.update(PASSED, TZ="UTC")  # as Apache's
    time.tzset()
    try:
        yield
    finally:
        sys.path[:], sys.argv[:] = path, argv
        os.chdir(cwd)
        os.environ.clear()
        os.environ.update(variables)
        time.tzset()
        for name in set(sys.modules) - modules:
            if str(getattr(sys.modules[name], "__file__", None) or "").startswith(str(root)):
                del sys.modules[name]
