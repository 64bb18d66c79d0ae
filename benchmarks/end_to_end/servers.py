"""The candidates: how each is started with one process for the site, and stopped.

Law: all are asked over loopback, read the same lines of configuration, and write the same log of requests: the site's
own, which servers that have one beside it leave out. The original has the modules that Debian turns on.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.processes import Account, account

__all__ = [
    "ORIGINAL",
    "SERVERS",
    "TIMES",
    "Running",
    "Server",
    "answering_again",
    "running",
    "threaded",
    "threaded_raw",
    "under",
]

START_SECONDS = 30.0
TIMES = "/times"  # where those that answer again tell, in JSON, what that took: microseconds of processor time
THREADS = 16  # of gunicorn's gthread
ORIGINAL = "Apache, mod_python"
_OURS, _RAW = "modpy_wsgi.wsgi:application", "benchmarks.end_to_end.raw:application"
_AGAIN = "benchmarks.end_to_end.again:application"
MODULES = Path("/usr/lib/apache2/modules")
STOCK = Path("/etc/apache2")  # what Debian's package turns on, but for the MPM
APACHE = """
ServerRoot "{root}"
Listen 127.0.0.1:{port}
PidFile "{root}/logs/apache.pid"
ErrorLog "{root}/logs/error.log"
ScriptSock "{root}/logs/cgisock"
LoadModule mpm_prefork_module {modules}/mod_mpm_prefork.so
{stock}
LoadModule cgid_module {modules}/mod_cgid.so
StartServers 1
MinSpareServers 1
MaxSpareServers 1
MaxRequestWorkers 1
MaxKeepAliveRequests 0
KeepAliveTimeout 1
Include "{root}/site.conf"
CustomLog "{root}/logs/access.log" combined
"""
OURS = """
ServerRoot "{root}"
LoadModule python_module modules/mod_python.so
LoadModule cgid_module modules/mod_cgid.so
ErrorLog "{root}/logs/error.log"
Include "{root}/site.conf"
CustomLog "{root}/logs/access.log" combined
"""


def _apache(root: Path, port: int) -> list[str]:
    stock = [f'Include "{path}"' for kind in ("load", "conf") for path in sorted(STOCK.glob(f"mods-enabled/*.{kind}"))]
    lines = "\n".join(line for line in stock if "/mpm_" not in line and "/cgi" not in line)
    text = APACHE.format(root=root, port=port, modules=MODULES, stock=lines)
    if os.geteuid() == 0:
        text += "User www-data\nGroup www-data\n"
    conf = root / "apache.conf"
    conf.write_text(text)
    return [_program("apache2"), "-f", str(conf), "-DFOREGROUND"]


def _gunicorn(worker: str, module: str, threads: int = THREADS) -> Callable[[Path, int], list[str]]:
    def command(root: Path, port: int) -> list[str]:
        words = [_program("gunicorn"), "--bind", f"127.0.0.1:{port}", "--workers", "1", "--log-level", "error"]
        words += ["--worker-class", worker, "--keep-alive", "15"]
        return [*words, *(["--threads", str(threads)] if worker == "gthread" else []), module]

    return command


def threaded(threads: int) -> Callable[[Path, int], list[str]]:
    """The command of gunicorn's threaded worker with so many threads."""
    return _gunicorn("gthread", _OURS, threads)


def threaded_raw(threads: int) -> Callable[[Path, int], list[str]]:
    """The same for the raw WSGI application."""
    return _gunicorn("gthread", _RAW, threads)


def _uwsgi(module: str) -> Callable[[Path, int], list[str]]:
    def command(root: Path, port: int) -> list[str]:
        words = [_program("uwsgi"), "--http-socket", f"127.0.0.1:{port}", "--need-app", "--disable-logging", "--master"]
        return [*words, "--die-on-term", "--processes", "1", "--virtualenv", sys.prefix, "--module", module]

    return command


def _program(name: str) -> str:
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") or name


@dataclass(frozen=True)
class Server:
    """One candidate. `raw` ones serve nothing but a raw WSGI application's hello, the limit of their server."""

    name: str
    command: Callable[[Path, int], list[str]]
    keep_alive: bool
    raw: bool = False

    def available(self) -> bool:
        """Whether it is installed."""
        if self.command is _apache:
            return (MODULES / "mod_python.so").exists() and Path(_program("apache2")).is_absolute()
        return Path(self.command(Path(), 0)[0]).exists()


SERVERS = (
    Server(ORIGINAL, _apache, keep_alive=True),
    Server("uWSGI", _uwsgi(_OURS), keep_alive=False),
    Server("uWSGI, raw WSGI", _uwsgi(_RAW), keep_alive=False, raw=True),
    Server("gunicorn sync", _gunicorn("sync", _OURS), keep_alive=False),
    Server("gunicorn sync, raw WSGI", _gunicorn("sync", _RAW), keep_alive=False, raw=True),
    Server("gunicorn gthread", _gunicorn("gthread", _OURS), keep_alive=True),
    Server("gunicorn gthread, raw WSGI", _gunicorn("gthread", _RAW), keep_alive=True, raw=True),
)


def answering_again() -> list[Server]:
    """Those of ours that answer each request several times over."""
    return [
        Server("uWSGI", _uwsgi(_AGAIN), keep_alive=False),
        Server("gunicorn sync", _gunicorn("sync", _AGAIN), keep_alive=False),
        Server("gunicorn gthread", _gunicorn("gthread", _AGAIN), keep_alive=True),
    ]


def under(server: Server, words: list[str]) -> Server:
    """A server that is started by another program: `words`, and then its own command.

    uWSGI has no master then, which would not wait for a worker that takes its time to end.
    """

    def command(root: Path, port: int) -> list[str]:
        return [*words, *[word for word in server.command(root, port) if word != "--master"]]

    return replace(server, command=command)


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    server: Server
    port: int
    account: Account


@contextlib.contextmanager
def running(server: Server, root: Path) -> Iterator[Running]:
    """Start a server in a session of its own; it and its children are gone afterwards. Raises TimeoutError."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    (root / "ours.conf").write_text(OURS.format(root=root))
    environ = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    if server.name != ORIGINAL:  # which has a package mod_python of its own
        environ |= {"MODPY_WSGI_CONF": str(root / "ours.conf"), "PYTHONPATH": str(Path(__file__).parents[2])}
    with account() as used, (root / "logs" / f"said-by-{port}").open("wb") as told:
        process = subprocess.Popen(
            server.command(root, port),
            stdout=told,
            stderr=told,
            env=environ,
            cwd=root,
            start_new_session=True,
            preexec_fn=used.enter,
        )
        used.pid = process.pid
        try:
            _wait(process, port, Path(told.name))
            yield Running(server, port, used)
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(START_SECONDS)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, told: Path) -> None:
    limit = time.monotonic() + START_SECONDS
    while time.monotonic() < limit:
        if process.poll() is not None:
            raise RuntimeError(f"a server did not start:\n{told.read_text(errors='replace')}")
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.05)
    raise TimeoutError(f"a server did not answer within {START_SECONDS} s:\n{told.read_text(errors='replace')}")
