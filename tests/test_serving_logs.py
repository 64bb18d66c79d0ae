"""`modpy-wsgi serve` and its logs: whose they are, and where they go."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.live_server import LiveServer, free_port, running, wait_until

pytest.importorskip("gunicorn")

FORMS = {
    "a file": lambda folder: folder / "log",
    "a link to a file": lambda folder: folder / "link",
}


def serve(folder: Path, port: int, *lines: str) -> list[str]:
    conf = folder / "httpd.conf"
    conf.write_text("\n".join((f"Listen 127.0.0.1:{port}", "StartServers 1", "MaxRequestWorkers 1", *lines, "")))
    return [sys.executable, "-m", "modpy_wsgi", "serve", "-f", str(conf)]


def talks(server: LiveServer) -> bool:
    return server.request("GET", "/missing")[0] in (403, 404, 500)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
@pytest.mark.parametrize("form", FORMS)
def test_a_log_stays_whose_it_was(tmp_path: Path, form: str) -> None:
    """Of the workers' user it would be theirs to replace, and with it whatever root writes there."""
    log, path = tmp_path / "log", FORMS[form](tmp_path)
    log.touch(0o640)
    if path != log:
        path.symlink_to(log)
    before = log.stat()
    port = free_port()
    command = serve(tmp_path, port, "LogLevel debug", f"ErrorLog {path}", "User nobody", "Group nogroup")
    with running(command, port, tmp_path) as server:
        wait_until(lambda: "Booting worker" in log.read_text(), "gunicorn's own messages")
        assert talks(server)
        server.signal(signal.SIGHUP)
        wait_until(lambda: log.read_text().count("Booting worker") > 1, "the messages of a reload")
    after = log.stat()
    assert (after.st_uid, after.st_gid, after.st_mode) == (before.st_uid, before.st_gid, before.st_mode)


def test_a_file_of_the_servers_own_messages_is_opened_again(tmp_path: Path) -> None:
    log, port = tmp_path / "log", free_port()
    with running(serve(tmp_path, port, "LogLevel debug", f"ErrorLog {log}"), port, tmp_path) as server:
        wait_until(lambda: "Booting worker" in log.read_text(), "gunicorn's own messages")
        log.rename(tmp_path / "log.1")
        server.signal(signal.SIGUSR1)
        wait_until(lambda: log.exists() and "Booting worker" in log.read_text(), "messages in the new file")


def test_standard_error_that_cannot_be_opened_by_name(tmp_path: Path) -> None:
    """As under a service manager, whose journal is a socket."""
    ours, theirs = socket.socketpair()
    said: list[bytes] = []

    def listen() -> None:
        while part := ours.recv(65536):
            said.append(part)

    thread = threading.Thread(target=listen, daemon=True)
    port = free_port()
    command = serve(tmp_path, port, "LogLevel debug", "ErrorLog /dev/stderr")
    with ours:
        with theirs:
            process = subprocess.Popen(command, stderr=theirs, stdin=subprocess.DEVNULL)
        thread.start()
        try:
            wait_until(lambda: b"Booting worker" in b"".join(said), "gunicorn's own messages")
            assert b"modpy-wsgi" in b"".join(said), "the banner"
        finally:
            process.terminate()
            assert process.wait(15) == 0
            thread.join(15)
