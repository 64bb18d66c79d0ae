"""What is left in the master process of a configuration that was read again (HUP): nothing of the one before."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from modpy_wsgi import current
from modpy_wsgi.serving.gunicorn import Server
from modpy_wsgi.serving.source import Source

HOSTS = "".join(f"<VirtualHost *:8099>\nServerName h{n}\nErrorLog h{n}.log\n</VirtualHost>\n" for n in range(3))
BAD_LOG = "<VirtualHost *:8099>\nErrorLog no/such/folder.log\n</VirtualHost>\n"

# In a process of its own, where nothing but the server keeps what it made: `folder` and `more` are its arguments.
RELOADS = """
import gc, os, pathlib, sys, types
from modpy_wsgi.serving.gunicorn import Server
from modpy_wsgi.serving.source import Source
conf = pathlib.Path(sys.argv[1], "httpd.conf")
server = Server(Source(conf=conf))
server.log = types.SimpleNamespace(error=lambda text, *args: print("log", text % args))
conf.write_text(conf.read_text() + sys.argv[2])
before = len(os.listdir("/proc/self/fd"))
for _ in range(3):
    server.reload()
    gc.collect()
print("left", len(os.listdir("/proc/self/fd")) - before)
"""


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    path = tmp_path / "httpd.conf"
    path.write_text(
        f"ServerRoot {tmp_path}\nDocumentRoot {tmp_path}\nListen 127.0.0.1:8099\nErrorLog error.log\n{HOSTS}"
    )
    return path


@pytest.fixture
def same_application_afterwards() -> Iterator[None]:
    before = current.application()
    yield
    current.set_application(before)


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="no /proc")
@pytest.mark.parametrize(
    "more", ["", "Nonsense On\n", BAD_LOG], ids=["good", "unknown directive", "log that cannot be"]
)
def test_descriptors(conf: Path, more: str) -> None:
    command = [sys.executable, "-c", RELOADS, str(conf.parent), more]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    assert lines[-1] == "left 0"
    assert len(lines) == (7 if more else 1), "two lines of the log for each that failed"


@pytest.mark.usefixtures("same_application_afterwards")
def test_the_current_application_after_a_reload_that_failed(conf: Path) -> None:
    server = Server(Source(conf=conf))
    logged: list[str] = []
    server.log = SimpleNamespace(error=lambda text, *args: logged.append(text % args))
    served = server.application
    conf.write_text(conf.read_text() + BAD_LOG)
    server.reload()
    assert "folder.log" in logged[0]
    assert current.application() is served is server.application
