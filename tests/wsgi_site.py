"""Sites in a temporary folder, and a WSGI server's part towards them: strict by default, odd on request."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from modpy_wsgi.app import Application
from modpy_wsgi.config.load import load_text

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
CLIENT = ("192.0.2.7", 51234)
BASIC = {"AuthType": "Basic", "AuthName": "site"}


def environ(
    target: str = "/",
    method: str = "GET",
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    raw: bool = True,
    **more: Any,
) -> dict[str, Any]:
    """A WSGI environ. `raw`: whether the server keeps the target as sent. `more` are entries with "." written "__"."""
    path, _, query = target.partition("?")
    made: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path.encode("utf-8", "surrogateescape")).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "site.test",
        "REMOTE_ADDR": CLIENT[0],
        "REMOTE_PORT": str(CLIENT[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body or b""),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if raw:
        made["RAW_URI"] = target
    if body is not None:
        made["CONTENT_LENGTH"] = str(len(body))
    for name, value in (headers or {}).items():
        key = name.upper().replace("-", "_")
        made[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    for name, value in more.items():
        made[name.replace("__", ".")] = value
    return {key: value for key, value in made.items() if value is not None}


@dataclass
class Reply:
    """What a client and a server saw of an answer."""

    status: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    written: list[bytes] = field(default_factory=list)  # by write()
    pieces: list[bytes] = field(default_factory=list)  # of the iterable
    starts: int = 0
    error: BaseException | None = None  # what the application raised to the server

    @property
    def code(self) -> int:
        """The status as a number."""
        return int(self.status[:3])

    @property
    def body(self) -> bytes:
        """All that was sent."""
        return b"".join(self.written + self.pieces)

    def all(self, name: str) -> list[str]:
        """Every header of a name."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def header(self, name: str) -> str | None:
        """The header of a name, which must be there at most once."""
        found = self.all(name)
        assert len(found) < 2, found
        return found[0] if found else None


@dataclass
class Server:
    """A WSGI server's behaviour. The default is what PEP 3333 asks; the rest is what servers were seen to do."""

    offers_write: bool = True  # False: start_response returns None
    write_error: BaseException | None = None  # raised by write() ...
    writes_before_error: int = 0  # ... after so many that worked
    start_error: BaseException | None = None  # raised by start_response
    iterates: bool = True  # False: the iterable is closed without having been asked
    closes: int = 1  # how often close() is called

    def ask(self, app: WSGI, target: str = "/", method: str = "GET", **more: Any) -> Reply:
        """One request, as environ() makes it. What the application raises is in `error`."""
        return self.call(app, environ(target, method, **more))

    def call(self, app: WSGI, made: dict[str, Any]) -> Reply:
        """One request with an environ."""
        reply = Reply()

        def write(data: bytes) -> None:
            assert type(data) is bytes
            if self.write_error is not None and len(reply.written) >= self.writes_before_error:
                raise self.write_error
            reply.written.append(data)

        def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            if self.start_error is not None:
                raise self.start_error
            assert not reply.starts or exc_info, "start_response was called twice"
            assert all(type(part) is str for header in headers for part in header)
            reply.starts += 1
            reply.status, reply.headers = status, list(headers)
            return write if self.offers_write else None

        chunks: Iterable[bytes] = ()
        try:
            chunks = app(made, start_response)
            if self.iterates:
                for chunk in chunks:
                    assert type(chunk) is bytes
                    reply.pieces.append(chunk)
        except Exception as error:
            reply.error = error
        finally:
            for _ in range(self.closes):
                close = getattr(chunks, "close", None)
                if close is not None:
                    close()
        if reply.error is None and self.start_error is None:
            assert reply.starts, "start_response was not called"
        return reply


class Folder:
    """A site's folder with its error log. `serve` makes an Application of it; leaving it closes what was made."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.root = path / "htdocs"
        self.root.mkdir(exist_ok=True)
        self.log_file = path / "error.log"
        self.made: list[Application] = []

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *exc_info: object) -> None:
        for app in self.made:
            app.stop_worker()
            app.interpreters.close()

    def write(self, **sources: str) -> None:
        """Python modules in the DocumentRoot, by name."""
        for name, source in sources.items():
            (self.root / f"{name}.py").write_text(source)

    def file(self, name: str, data: bytes | str = b"") -> Path:
        """A file below the DocumentRoot, with its folders."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def text(self, inside: str = "", around: str = "") -> str:
        """A configuration: `inside` stands in the <Directory> of the DocumentRoot, `around` outside of it."""
        return (
            f'ServerName site.test\nServerAdmin admin@site.test\nDocumentRoot "{self.root}"\n'
            f'ErrorLog "{self.log_file}"\nLogLevel info\n'
            f'<FilesMatch "^\\.ht">\nRequire all denied\n</FilesMatch>\n'
            f'{around}\n<Directory "{self.root}">\n{inside}\n</Directory>\n'
        )

    def serve(self, inside: str = "", around: str = "", **options: Any) -> Application:
        """An Application with modules of its own."""
        site = load_text(self.text(inside, around), server_root=str(self.path), defines=options.pop("defines", ()))
        app = Application(site, private=True, **options)
        self.made.append(app)
        return app

    def conf(self, inside: str = "", around: str = "") -> str:
        """The same configuration as a file; returns its path."""
        path = self.path / "httpd.conf"
        path.write_text(self.text(inside, around))
        return os.fspath(path)

    def log(self) -> list[str]:
        """The lines of the error log so far, without time, level and process."""
        if not self.log_file.exists():
            return []
        lines = self.log_file.read_text().splitlines()
        return [line.split("] ", 3)[-1] for line in lines]

    def log_text(self) -> str:
        """The same as one text."""
        return "\n".join(self.log())


def module(app: Application, name: str) -> Any:
    """A module of the site as the handlers of the main server see it."""
    return app.interpreters.get(app.main_server.server_hostname).load(name)
