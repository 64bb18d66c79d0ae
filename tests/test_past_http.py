"""conn.read(), readline() and write() in a request: under our server, which has the socket, and where there is none."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from modpy_wsgi.testing import site
from tests.live_server import LiveServer, free_port, read_to_end, running

HANDLER = """
    from mod_python import apache


    def headerparserhandler(req):
        if req.headers_in.get("Upgrade") != "talk":
            return apache.DECLINED
        if "Talk-Key" not in req.headers_in:
            req.err_headers_out["Talk-Version"] = "1"
            return apache.HTTP_BAD_REQUEST
        conn = req.connection
        conn.write("HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: talk\\r\\n\\r\\n")
        req.write("held back", 0)
        req.register_cleanup(apache.log_error, "cleaned up")
        kind = req.headers_in["Talk-Key"]
        if kind == "lines":
            line = conn.readline()
            while line.strip() != b"bye":
                conn.write(line.upper())
                line = conn.readline()
        elif kind == "pieces":
            data = conn.read(10)
            while data:
                conn.write(data)
                data = conn.read(10)
        elif kind == "all":
            conn.write(b"%d" % len(conn.read(-1)))
        elif kind == "fails":
            raise RuntimeError("in the midst of it")
        req.assbackwards = 1
        return apache.DONE


    def handler(req):
        req.content_type = "text/plain"
        if req.args == "late":
            req.connection.write("raw")
        req.write("an answer of HTTP")
        return apache.OK


    def loghandler(req):
        if req.args == "log":
            try:
                req.connection.write("raw")
            except Exception as error:
                apache.log_error("refused: %s" % error)
        return apache.OK


    def outputfilter(filter):
        if filter.req.args == "filter":
            filter.req.connection.write("raw")
        filter.pass_on()
"""
BIG = bytes(range(256)) * 1000


@pytest.fixture(scope="module", params=["serve", "gunicorn"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    root = tmp_path_factory.mktemp("talk")
    (root / "htdocs").mkdir()
    (root / "talk.py").write_text(dedent(HANDLER))
    port = free_port()
    (root / "httpd.conf").write_text(
        f'ServerRoot "{root}"\nServerName localhost\nListen 127.0.0.1:{port}\nDocumentRoot htdocs\n'
        f"MaxRequestWorkers 2\nTimeout 20\nPythonPath \"sys.path + ['{root}']\"\n"
        "PythonHeaderParserHandler talk\nSetHandler mod_python\nPythonHandler talk\nPythonLogHandler talk\n"
        "PythonOutputFilter talk RAW\n<Location /filtered>\nSetOutputFilter RAW\n</Location>\n"
    )
    if request.param == "serve":
        words = ["modpy_wsgi", "serve", "-f", str(root / "httpd.conf")]
    else:
        words = ["gunicorn", "-b", f"127.0.0.1:{port}", "modpy_wsgi.wsgi"]
    environ = {"MODPY_WSGI_CONF": str(root / "httpd.conf")}
    with running([sys.executable, "-m", *words], port, root, environ) as started:
        yield started


def upgrade(kind: str) -> bytes:
    key = f"Talk-Key: {kind}\r\n" if kind else ""
    return f"GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: talk\r\n{key}\r\n".encode()


def talk(server: LiveServer, first: bytes, *rest: bytes) -> tuple[bytes, bytes]:
    """Head and what follows, up to the end of the connection; each further part goes out after something came back."""
    with server.open() as client:
        client.sendall(first)
        got = b""
        for part in rest:
            got += client.recv(65536)
            client.sendall(part)
        client.shutdown(socket.SHUT_WR)
        head, _, body = (got + read_to_end(client)).partition(b"\r\n\r\n")
    return head, body


@pytest.mark.parametrize(
    ("kind", "first", "rest", "body"),
    [
        ("lines", b"", [b"one\ntw", b"o\nbye\n"], b"ONE\nTWO\n"),
        ("lines", b"with the head\nbye\nand more", [], b"WITH THE HEAD\n"),
        ("pieces", b"0123", [b"456789abcdef", b"ghi"], b"0123456789abcdefghi"),
        ("pieces", b"", [BIG], BIG),
        ("all", b"12345", [BIG], b"%d" % (5 + len(BIG))),
        ("", b"", [], None),
    ],
)
def test_talk_past_http(server: LiveServer, kind: str, first: bytes, rest: list[bytes], body: bytes | None) -> None:
    head, got = talk(server, upgrade(kind) + first, *rest)
    if body is None:
        assert head.startswith(b"HTTP/1.1 400 ")
        assert b"Talk-Version: 1" in head
    else:
        assert head == b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: talk"
        assert got == body


def test_nothing_is_sent_after_a_failure(server: LiveServer) -> None:
    assert talk(server, upgrade("fails")) == (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: talk", b"")


@pytest.mark.parametrize("path", ["/x?late", "/filtered?filter"])
def test_nothing_follows_what_went_past_http(server: LiveServer, path: str) -> None:
    with server.open() as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert read_to_end(client) == b"raw"


def test_after_the_answer_the_connection_is_the_servers(server: LiveServer) -> None:
    assert server.get("/x?log") == b"an answer of HTTP"
    assert "refused: conn.read(), readline() and write() are for as long as the request lasts" in server.output()


def test_other_requests_and_the_log(server: LiveServer) -> None:
    before = server.output().count("cleaned up")
    assert talk(server, upgrade("lines") + b"bye\n")[1] == b""
    assert server.get("/x") == b"an answer of HTTP"
    assert server.output().count("cleaned up") == before + 1
    assert "Socket error" not in server.output()
    assert "ConnectionTaken" not in server.output()


def test_without_a_socket_it_is_an_error_of_the_handler(tmp_path: Path) -> None:
    (tmp_path / "talk.py").write_text(dedent(HANDLER))
    app = site(
        "SetHandler mod_python\nPythonHandler talk\nPythonHeaderParserHandler talk\nPythonDebug On", root=tmp_path
    )
    answer = app.get("/x", headers={"Upgrade": "talk", "Talk-Key": "lines"}, status=500)
    answer.mustcontain("need the socket, which this server does not show", no="held back")
    assert app.get("/x").text == "an answer of HTTP"
