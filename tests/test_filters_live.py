"""Filters on real servers, and what they cost: pieces that arrive at once, clients that go away, memory."""

from __future__ import annotations

import gzip
import json
import os
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live_server import LiveServer, free_port, read_to_end, running, tool, wait_until

ROOT = Path(__file__).resolve().parents[1]
MB = 1 << 20
SECONDS = 30.0
CONF = """
ServerName filters.test
Listen 127.0.0.1:@PORT@
DocumentRoot "@ROOT@/htdocs"
ErrorLog "@ROOT@/error.log"
Timeout 30
PythonPath "['@ROOT@/lib'] + sys.path"
PythonOption folder "@ROOT@"
PythonOutputFilter filtering UPPER
PythonOutputFilter filtering::raises_late RAISES
PythonInputFilter filtering UPPER
<Directory "@ROOT@/htdocs">
Require all granted
SetOutputFilter UPPER
</Directory>
<Location /steps>
SetHandler mod_python
PythonHandler handling
SetOutputFilter UPPER
</Location>
<Location /zipped>
SetHandler mod_python
PythonHandler handling
SetOutputFilter UPPER;DEFLATE
</Location>
<Location /fails>
SetHandler mod_python
PythonHandler handling
SetOutputFilter RAISES
</Location>
<Location /echo>
SetHandler mod_python
PythonHandler handling::echo
SetOutputFilter NONE
SetInputFilter UPPER
</Location>
"""
FILTERS = """
def outputfilter(filter):
    s = filter.read()
    while s:
        filter.write(s.upper())
        s = filter.read()
    if s is None:
        filter.close()

inputfilter = outputfilter

def raises_late(filter):
    if hasattr(filter, "called"):
        raise ValueError("in the midst")
    filter.called = True
    filter.write(filter.read())
"""
HANDLERS = """
import os
import time
from mod_python import apache

def note(req, word):
    with open(os.path.join(req.get_options()["folder"], "record"), "a") as file:
        file.write(word + "\\n")

def handler(req):
    req.content_type = "text/plain"
    req.register_cleanup(lambda word: note(req, word), "cleaned")
    folder = req.get_options()["folder"]
    try:
        req.write("first ")
        if req.args == "wait":
            limit = time.time() + 30
            while not os.path.exists(os.path.join(folder, "go")) and time.time() < limit:
                time.sleep(0.01)
            req.write("second")
        elif req.args == "on":
            piece = "x" * 65536
            for number in range(4000):  # 256 MB, of which nobody takes much
                req.write(piece)
        else:
            req.write("second")
    except OSError as error:
        note(req, "OSError")
        raise
    return apache.OK

def echo(req):
    req.content_type = "text/plain"
    data = req.read(10000)
    while data:
        req.write(data)
        data = req.read(10000)
    return apache.OK
"""
APPLICATION = "modpy_wsgi.wsgi:application"
COMMANDS = {
    "serve": lambda conf, port: [sys.executable, "-m", "modpy_wsgi", "serve", "-f", str(conf)],
    "waitress": lambda conf, port: [tool("waitress-serve"), f"--listen=127.0.0.1:{port}", APPLICATION],
}


@pytest.fixture(scope="module", params=COMMANDS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    root = tmp_path_factory.mktemp("filters")
    for name, text in (("filtering", FILTERS), ("handling", HANDLERS)):
        path = root / "lib" / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    (root / "htdocs").mkdir()
    (root / "htdocs" / "large.txt").write_bytes(b"some text of a large file\n" * (5 * MB // 26))
    port = free_port()
    conf = root / "httpd.conf"
    conf.write_text(CONF.replace("@ROOT@", str(root)).replace("@PORT@", str(port)))
    environ = {"MODPY_WSGI_CONF": str(conf), "PYTHONUNBUFFERED": "1"}
    with running(COMMANDS[request.param](conf, port), port, root, environ) as made:
        made.root = root  # type: ignore[attr-defined]
        made.streams = request.param != "waitress"  # type: ignore[attr-defined]  # which sends when a request is over
        yield made


def root_of(server: Any) -> Path:
    root: Path = server.root
    for name in ("record", "go"):
        (root / name).unlink(missing_ok=True)
    return root


def log_of(server: Any) -> str:
    path: Path = server.root / "error.log"
    return path.read_text() if path.exists() else server.output()


def receive(client: socket.socket, until: bytes) -> bytes:
    """What arrives, up to and with some bytes."""
    client.settimeout(SECONDS)
    data = b""
    while until not in data and len(data) < MB:
        piece = client.recv(65536)
        assert piece, data
        data += piece
    return data


def ask(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: filters.test\r\nConnection: close\r\nAccept-Encoding: gzip\r\n\r\n".encode()


def test_a_piece_arrives_before_the_next_is_made(server: LiveServer) -> None:
    root = root_of(server)
    if not server.streams:  # type: ignore[attr-defined]
        pytest.skip("this server sends nothing before a request is over")
    with server.open() as client:
        client.sendall(ask("/steps?wait"))
        receive(client, b"FIRST ")
        (root / "go").touch()
        receive(client, b"SECOND")


def test_a_packed_piece_can_be_read_before_the_next_is_made(server: LiveServer) -> None:
    root = root_of(server)
    if not server.streams:  # type: ignore[attr-defined]
        pytest.skip("this server sends nothing before a request is over")
    with server.open() as client:
        client.sendall(ask("/zipped?wait"))
        data = receive(client, b"\r\n\r\n").partition(b"\r\n\r\n")[2]
        reader = zlib.decompressobj(31)
        found = b""
        limit = time.monotonic() + SECONDS
        while found != b"FIRST " and time.monotonic() < limit:
            while b"\r\n" in data:
                size, _, rest = data.partition(b"\r\n")
                if len(rest) < int(size, 16) + 2:
                    break
                found += reader.decompress(rest[: int(size, 16)])
                data = rest[int(size, 16) + 2 :]
            if found != b"FIRST ":
                data += client.recv(65536)
        assert found == b"FIRST "
        (root / "go").touch()
        read_to_end(client)


def test_answers(server: LiveServer) -> None:
    root_of(server)
    assert server.get("/steps?now") == b"FIRST SECOND"
    assert server.get("/large.txt") == (b"some text of a large file\n" * (5 * MB // 26)).upper()
    status, headers, body = server.request("GET", "/zipped?now", headers={"Accept-Encoding": "gzip"})
    assert (status, headers["Content-Encoding"], gzip.decompress(body)) == (200, "gzip", b"FIRST SECOND")
    body = b"abcdefgh" * 50000
    assert server.request("POST", "/echo", body)[2] == body.upper()


def test_chunked_bodies(server: LiveServer) -> None:
    root_of(server)
    pieces = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in (b"abc", b"d" * 70000, b"ef")) + b"0\r\n\r\n"
    head = b"POST /echo HTTP/1.1\r\nHost: filters.test\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    found = server.raw(head + pieces)
    assert b"ABC" in found
    assert found.count(b"D") >= 70000


def test_a_client_that_goes_away(server: LiveServer) -> None:
    root = root_of(server)
    before = log_of(server).count("OSError")
    client = server.open()
    client.sendall(ask("/steps?on"))
    receive(client, b"FIRST ")
    client.close()
    record = root / "record"
    wait_until(lambda: record.exists() and "cleaned" in record.read_text(), "the cleanup", SECONDS)
    assert record.read_text().split() == ["OSError", "cleaned"]
    assert log_of(server).count("OSError") - before < 3


def test_a_filter_that_fails_in_the_midst(server: LiveServer) -> None:
    root_of(server)
    found = server.raw(ask("/fails?now"))
    assert not found.endswith(b"0\r\n\r\n"), found  # so that nobody takes it for the whole
    assert b"second" not in found
    wait_until(lambda: "ValueError: in the midst" in log_of(server), "the line in the log", SECONDS)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize(
    ("target", "size", "growth"),
    [("/many?100000", 1_600_000, 1), (f"/pieces?{256 * MB}", 256 * MB, 2), ("/large.bin", 256 * MB, 6)],
)
def test_memory_is_flat(tmp_path: Path, target: str, size: int, growth: int) -> None:
    """100,000 writes with flush, pieces of 64 KB, and a file: the process is as large as before."""
    with (tmp_path / "large.bin").open("wb") as file:
        file.truncate(256 * MB)
    command = [sys.executable, "benchmarks/bench_filters.py", "--probe", str(tmp_path), target, str(size)]
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environ, check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["growth"] < growth * MB
