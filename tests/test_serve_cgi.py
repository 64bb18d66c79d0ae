"""`modpy-wsgi serve DIR --cgi cgi-bin`, as `python -m http.server --cgi` was: programs on a real server."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from modpy_wsgi.cli import main
from tests.live_server import LiveServer, free_port, running, tool, wait_until

TEXT = "printf 'Content-Type: text/plain\\n\\n'\n"


def program(path: Path, lines: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    (folder / "page.html").write_text("page\n")
    (folder / "sub").mkdir()
    (folder / "sub" / "index.htm").write_text("index\n")
    program(folder / "cgi-bin" / "hello", TEXT + 'echo "hello $QUERY_STRING $PATH_INFO"')
    program(folder / "cgi-bin" / "echo", TEXT + "exec cat")
    program(folder / "cgi-bin" / "drip", f"{TEXT}echo one; while [ ! -e {folder}/go ]; do sleep 0.05; done; echo two")
    program(folder / "cgi-bin" / "endless", f"echo $$ > {folder}/pid; {TEXT}exec yes")
    program(folder / "cgi-bin" / "hangs", f"{TEXT}echo half; exec sleep 1000")
    program(folder / "htbin" / "hello", TEXT + "echo other")
    program(folder / "elsewhere", TEXT + "echo run")
    (folder / "cgi-bin" / "data").write_text("data\n")
    return folder


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[LiveServer]:
    port = free_port()
    command = [tool("modpy-wsgi"), "serve", str(folder), "--cgi", "--bind", str(port), "-c", "CGIDScriptTimeout 3s"]
    with running(command, port, folder.parent) as server:
        yield server


ANSWERS = {
    "/cgi-bin/hello?x": (200, b"hello x \n"),
    "/cgi-bin/hello/more": (200, b"hello  /more\n"),
    "/htbin/hello": (200, b"other\n"),
    "/page.html": (200, b"page\n"),
    "/sub/": (200, b"index\n"),
    "/cgi-bin/absent": (404, None),
    "/cgi-bin/data": (500, None),
    "/cgi-bin/": (403, None),
    "/elsewhere": (200, f"#!/bin/sh\n{TEXT}echo run\n".encode()),  # a file like any other
    "/sub/../cgi-bin/hello": (200, b"hello  \n"),
    "/cgi-bin/hello/../../page.html": (200, b"page\n"),
}


@pytest.mark.parametrize("path", ANSWERS)
def test_answers(server: LiveServer, path: str) -> None:
    status, wanted = ANSWERS[path]
    found, _, body = server.request("GET", path)
    assert found == status
    assert wanted is None or body == wanted


def test_large_bodies_flow(server: LiveServer) -> None:
    body = os.urandom(5 << 20)
    status, _, answer = server.request("POST", "/cgi-bin/echo", body)
    assert (status, answer == body) == (200, True)


def test_chunks(server: LiveServer) -> None:
    head = b"POST /cgi-bin/echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert server.raw(head + b"5\r\nhello\r\n0\r\n\r\n").endswith(b"\r\n\r\nhello")


def test_what_is_written_arrives_at_once(server: LiveServer, folder: Path) -> None:
    with server.open() as client:
        client.sendall(b"GET /cgi-bin/drip HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        client.settimeout(30)
        data = b""
        while b"one\n" not in data:
            data += client.recv(65536)
        (folder / "go").touch()
        while b"two\n" not in data:
            data += client.recv(65536)


def test_a_client_that_goes(server: LiveServer, folder: Path) -> None:
    with server.open() as client:
        client.sendall(b"GET /cgi-bin/endless HTTP/1.1\r\nHost: x\r\n\r\n")
        client.recv(65536)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    pid = int((folder / "pid").read_text())
    wait_until(lambda: not Path(f"/proc/{pid}").exists(), "the program gone", 30)


def test_an_answer_that_breaks_off_is_seen_as_such(server: LiveServer) -> None:
    raw = server.raw(b"GET /cgi-bin/hangs HTTP/1.1\r\nHost: x\r\n\r\n")
    assert b"half\n" in raw
    assert not raw.endswith(b"0\r\n\r\n")  # the end of an answer in chunks


# The command line


def check(folder: Path, *words: str) -> int:
    return main(["serve", "--check-config", str(folder), *words])


def test_folders(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(folder, "--cgi", "cgi-bin", "--cgi", "htbin") == 0
    assert check(folder, "--cgi") == 0
    assert check(folder, "--cgi", "absent") == 1
    assert "--cgi absent: no folder in" in capsys.readouterr().err
    assert check(tmp_path, "--cgi") == 1
    assert "--cgi cgi-bin: no folder in" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["..", ".", "/", "../x", "sub/../..", "elsewhere"])
def test_no_folder_of_it(folder: Path, name: str) -> None:
    assert check(folder, "--cgi", name) == 1


def test_a_link_that_leads_out(tmp_path: Path) -> None:
    (tmp_path / "served").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "served" / "cgi-bin").symlink_to(tmp_path / "other")
    assert check(tmp_path / "served", "--cgi", "cgi-bin") == 1


def test_not_with_a_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["serve", "--check-config", "-f", str(tmp_path / "httpd.conf"), "--cgi", "cgi-bin"])
    assert stopped.value.code == 2
    assert "ScriptAlias" in capsys.readouterr().err
