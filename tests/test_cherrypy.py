"""CherryPy, a framework that nobody here wrote, from the configuration its adapter for mod_python documents."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live_server import LiveServer, free_port, running

pytestmark = pytest.mark.skipif(importlib.util.find_spec("cherrypy") is None, reason="CherryPy is not installed")

APPLICATION = """
import cherrypy


class Root:
    @cherrypy.expose
    def index(self):
        count = cherrypy.session.get("count", 0) + 1
        cherrypy.session["count"] = count
        return "%d from %s" % (count, cherrypy.request.remote.ip)

    @cherrypy.expose
    def upload(self, name, file):
        return "%s %s %d" % (name, file.filename, len(file.file.read()))

    @cherrypy.expose
    def pieces(self):
        cherrypy.response.headers["Content-Type"] = "text/plain"
        yield "one, "
        yield "two"

    pieces._cp_config = {"response.stream": True}

    @cherrypy.expose
    def away(self):
        raise cherrypy.HTTPRedirect("/upload?name=a")


def setup_server():
    cherrypy.tree.mount(Root(), config={"/": {"tools.sessions.on": True}})
    cherrypy.config.update({"environment": "production", "log.screen": False, "show_tracebacks": False})
"""
FORM = (
    b'--limit\r\nContent-Disposition: form-data; name="name"\r\n\r\nK\xc3\xa4se\r\n'
    b'--limit\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n%b\r\n--limit--\r\n'
)


def documented() -> str:
    """The settings between "# Start" and "# End" in the adapter's own description."""
    spec = importlib.util.find_spec("cherrypy._cpmodpy")
    assert spec is not None
    assert spec.origin is not None
    text = Path(spec.origin).read_text(encoding="utf-8")
    return text.partition("# Start\n")[2].partition("# End\n")[0]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    root = tmp_path_factory.mktemp("cherrypy")
    (root / "myapp.py").write_text(APPLICATION)
    port = free_port()
    conf = documented().replace("/path/to/my/application", str(root)).replace("Listen 8080", f"Listen 127.0.0.1:{port}")
    assert str(port) in conf
    assert str(root) in conf
    # Sessions are in the memory of a process.
    (root / "httpd.conf").write_text(f'ServerRoot "{root}"\nServerName localhost\nMaxRequestWorkers 1\n{conf}')
    command = [sys.executable, "-m", "modpy_wsgi", "serve", "-f", str(root / "httpd.conf")]
    with running(command, port, root) as started:
        yield started


def test_session(server: LiveServer) -> None:
    status, headers, body = server.request("GET", "/")
    assert (status, body) == (200, b"1 from 127.0.0.1")
    cookie = headers["Set-Cookie"].partition(";")[0]
    assert server.request("GET", "/", None, {"Cookie": cookie})[2] == b"2 from 127.0.0.1"


def test_upload(server: LiveServer) -> None:
    content = bytes(range(256)) * 1000
    kind = {"Content-Type": "multipart/form-data; boundary=limit"}
    status, _, body = server.request("POST", "/upload", FORM % content, kind)
    assert (status, body.decode()) == (200, f"Käse a.bin {len(content)}")


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [("/pieces", 200, b"one, two"), ("/away", 303, None), ("/upload", 404, None), ("/absent", 404, None)],
)
def test_page(server: LiveServer, path: str, status: int, body: bytes | None) -> None:
    answer = server.request("GET", path)
    assert answer[0] == status
    assert body is None or answer[2] == body
