"""LogLevel by module, what a site prints, and the server's own messages, in each kind of error log."""

from __future__ import annotations

import io
import logging
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from modpy_wsgi.app import Application
from modpy_wsgi.config.load import load_text
from modpy_wsgi.constants import APLOG_ERR, APLOG_NOTICE, APLOG_WARNING, LOG_LEVEL_NAMES
from modpy_wsgi.log import ErrorLog
from modpy_wsgi.serving.log_stream import LogStream
from tests.live_server import free_port, running, wait_until
from tests.wsgi_site import Server

HANDLER = """
from mod_python import apache

def handler(req):
    for level in range(3, 16):
        req.log_error("level %d" % level, level)
    return 0
"""

# LogLevel of the server, of a virtual host, of a directory: the highest level that a handler's message has there
CASES = {
    ("warn", "", ""): 4,
    ("warn python:debug", "", ""): 7,
    ("warn python_module:trace8", "", ""): 15,
    ("warn mod_python.c:trace2", "", ""): 9,
    ("warn core:trace8", "", ""): 4,
    ("debug python:error", "", ""): 3,
    ("python:info warn", "", ""): 4,
    ("warn python:debug", "info", ""): 6,
    ("warn python:debug", "python:trace1", ""): 8,
    ("warn", "python:info", "python:debug"): 7,
    ("warn python:debug", "", "notice"): 5,
    ("trace3", "", ""): 10,
    ("trace8", "trace1", "trace7"): 14,
}


@pytest.mark.parametrize(("server", "host", "directory"), CASES)
def test_levels(server: str, host: str, directory: str, tmp_path: Path) -> None:
    (tmp_path / "page.py").write_text(HANDLER)
    lines = [
        f"LogLevel {server}",
        f"ErrorLog {tmp_path}/log",
        f"DocumentRoot {tmp_path}",
        "<VirtualHost *:80>",
        f"LogLevel {host}" if host else "",
        f"<Directory {tmp_path}>\nSetHandler mod_python\nPythonHandler page",
        f"LogLevel {directory}" if directory else "",
        "</Directory>\n</VirtualHost>",
    ]
    application = Application(load_text("\n".join(lines)), private=True)
    try:
        assert Server().ask(application, "/x").status.startswith("200")
    finally:
        application.close()
    found = [int(line.rpartition(" ")[2]) for line in (tmp_path / "log").read_text().splitlines()]
    highest = CASES[server, host, directory]
    assert found == [level for level in range(3, 16) if level <= highest or level == APLOG_NOTICE]


def test_every_level_has_a_name() -> None:
    for number, name in enumerate(LOG_LEVEL_NAMES):
        main = load_text(f"LogLevel {name.upper()} python:{name}").main.settings
        assert [value for setting, value in main.items() if "LogLevel" in setting.name] in (
            [number, {"python": number}],
            [{"python": number}, number],
        )


# what is written to the stream, piece by piece: the messages
PRINTED = {
    ("a line\n",): ["a line"],
    ("one\ntwo\n",): ["one", "two"],
    ("in ", "pieces", "\n"): ["in pieces"],
    ("\n", " \n", "x\r\n"): ["x"],
    ("no end",): ["no end"],
    ("\u00e9\x1b[0m\n",): [r"\xc3\xa9\x1b[0m"],
    ("x" * 20000 + "\n",): ["x" * 8000],
}


@pytest.mark.parametrize("pieces", PRINTED)
def test_what_is_printed(pieces: tuple[str, ...]) -> None:
    said = io.StringIO()
    stream = LogStream(ErrorLog(None, APLOG_WARNING, stream=said), 2)
    for piece in pieces:
        assert stream.write(piece) == len(piece)
    stream.flush()
    messages = [re.sub(r"^\[.*?\] \[python:error\] \[pid .*?\] ", "", line) for line in said.getvalue().splitlines()]
    assert [message[:8000] for message in messages] == PRINTED[pieces]


def test_printing_from_threads() -> None:
    said = io.StringIO()
    stream = LogStream(ErrorLog(None, APLOG_WARNING, stream=said), 2)

    def talk(name: str) -> None:
        for _ in range(200):
            print(name, name, name, file=stream)

    threads = [threading.Thread(target=talk, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = said.getvalue().splitlines()
    assert len(lines) == 800
    assert all(re.search(r" (\w) \1 \1$", line) for line in lines)


def test_streams_are_what_programs_take_them_for() -> None:
    said = io.StringIO()
    stream = LogStream(ErrorLog(None, APLOG_WARNING, stream=said), 2, APLOG_ERR)
    assert (stream.fileno(), stream.isatty(), stream.writable(), stream.readable()) == (2, False, True, False)
    logging.StreamHandler(stream).emit(logging.makeLogRecord({"msg": "by logging"}))
    stream.buffer.write("caf\u00e9\n".encode())
    stream.close()
    print("later", file=stream)
    with pytest.raises(TypeError):
        stream.write(b"bytes")  # type: ignore[arg-type]
    assert [line.rpartition("] ")[2] for line in said.getvalue().splitlines()] == [
        "by logging",
        r"caf\xc3\xa9",
        "later",
    ]


SITE = """
import os, sys
from mod_python import apache

def handler(req):
    req.content_type = "text/plain"
    print("printed", req.uri)
    sys.stderr.write("complained\\n")
    if req.uri == "/body":
        try:
            req.read()
        except OSError as error:
            apache.log_error("OSError: %s" % error)
            raise
    return apache.OK
"""


def serve(folder: Path, port: int, *lines: str) -> list[str]:
    (folder / "page.py").write_text(SITE)
    conf = folder / "httpd.conf"
    handled = f"<Location />\nSetHandler mod_python\nPythonHandler page\nPythonPath \"['{folder}']\"\n</Location>"
    conf.write_text("\n".join((f"ServerRoot {folder}\nListen 127.0.0.1:{port}\nStartServers 1", *lines, handled, "")))
    return [sys.executable, "-m", "modpy_wsgi", "serve", "-f", str(conf)]


FORM = r"\[\w{3} \w{3} \d\d \d\d:\d\d:\d\d\.\d{6} \d{4}\] \[%s\] \[pid \d+:tid \d+\] %s\n"


def test_all_goes_to_a_program(tmp_path: Path) -> None:
    """What the site prints, what gunicorn says, in httpd's form; and each answer names the server as it may."""
    pytest.importorskip("gunicorn")
    port, log = free_port(), tmp_path / "log"
    lines = (
        f'ErrorLog "|$cat >> {log}"',
        "LogLevel warn mpm_gunicorn:debug",
        "MaxRequestWorkers 1",
        "ServerTokens Min",
    )
    with running(serve(tmp_path, port, *lines), port, tmp_path) as server:
        status, headers, _ = server.request("GET", "/some")
        assert (status, headers["Server"]) == (200, "Apache/2.4.71")
        server.signal(signal.SIGTERM)
        assert server.process.wait(60) == 0
        output = server.output()
    wait_until(lambda: "caught SIGTERM" in log.read_text(), "the last line", 60)
    text = log.read_text()
    for kind, message in (
        ("python:notice", "printed /some"),
        ("python:error", "complained"),
        ("mpm_gunicorn:info", r"Booting worker with pid: \d+"),
        ("mpm_gunicorn:notice", r".* configured -- resuming normal operations"),
        ("mpm_gunicorn:notice", "caught SIGTERM, shutting down"),
    ):
        assert re.search(FORM % (kind, message), text), message
    assert "complained" not in output


def test_half_a_body_in_one_process(tmp_path: Path) -> None:
    """Under the worker for a debugger, too, it ends after Timeout, with OSError."""
    pytest.importorskip("gunicorn")
    port = free_port()
    command = serve(tmp_path, port, f"ErrorLog {tmp_path}/log", "Timeout 1", "Define ONE_PROCESS")
    with running(command, port, tmp_path) as server, server.open() as client:
        client.settimeout(60)
        client.sendall(b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf")
        while client.recv(1000):
            pass
        wait_until(lambda: "OSError: " in (tmp_path / "log").read_text(), "the error", 60)
        assert "complained" in server.output(), "the terminal is the debugger's"


SYSLOG = """
import socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
from modpy_wsgi import log_syslog
made = log_syslog.SyslogTarget
log_syslog.SyslogTarget = lambda target: made(target, sys.argv[1])
from modpy_wsgi.app import Application
from modpy_wsgi.config.load import load_text
text = "ErrorLog Syslog:local1\\n<VirtualHost *:80>\\nErrorLog syslog:local2:b\\n</VirtualHost>"
application = Application(load_text(text))
for server in application.servers:
    server.log_error("said")
    print(listener.recv(1000).decode().partition("[pid")[0])
"""


def test_syslog_by_host(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SYSLOG, str(tmp_path / "s")]
    lines = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout.splitlines()
    assert [re.sub(r"\d+(?=\])", "N", line) for line in lines] == [
        "<139>httpd[N]: [python:error] ",
        "<147>b[N]: [python:error] ",
    ]
