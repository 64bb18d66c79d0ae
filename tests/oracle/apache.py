"""The original: an Apache with mod_python of its own, on loopback, for as long as one site is asked.

Needs Debian's apache2 and libapache2-mod-python. Never the system's service: own configuration, own folder, own port.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .answer import Answer, Logs, log_lines, read_response
from .jars import Jars
from .request import Request
from .site import Site

TIMEOUT = 15.0  # seconds; longer than any Timeout of a case
START = 20.0
PASSED = {"ORACLE_PASSED": "handed on"}  # what PassEnv and ${...} find in the environment


class Refused(Exception):
    """Apache does not start with this configuration; the text is its own."""


def available() -> bool:
    """Whether this machine has the original."""
    return binary() is not None and Path("/usr/lib/apache2/modules/mod_python.so").exists()


def binary() -> str | None:
    """Path of the server's program."""
    return shutil.which("apache2", path=os.environ.get("PATH", "") + ":/usr/sbin")


def free_port() -> int:
    """A free port on loopback with five digits, so that its length never matters."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port >= 10000:
            return port


@dataclass
class Apache:
    """A running server."""

    root: Path
    port: int
    process: subprocess.Popen[bytes]
    logs: Logs
    jars: Jars = field(default_factory=Jars)

    def ask(self, request: Request) -> Answer:
        """Send one request on its own connection; the answer is whole when the server has closed it.

        Apache closes a connection after the log and cleanup phases, so the log lines are complete as well.
        """
        first = request.before()
        if first is not None:
            request = request.after(self.ask(first).headers)
        jar = self.jars.of(request)
        if jar is not None:
            request = jar.fill(request)
        raw = b""
        with socket.create_connection(("127.0.0.1", self.port), TIMEOUT) as connection:
            try:
                request.send(connection, self.port)
                while data := connection.recv(65536):
                    raw += data
            except (ConnectionError, TimeoutError):
                pass  # what has arrived so far is the answer
        if not raw and self.process.poll() is not None:
            raise Refused(_last_words(self.root))
        answer = read_response(raw, request.method)
        answer.log, answer.logs = self.logs.new(request.logs)
        return answer if jar is None else jar.keep(answer)


@contextmanager
def serve(site: Site, root: Path) -> Iterator[Apache]:
    """Start Apache for `site` in the empty folder `root`. Raises Refused if the configuration is not accepted."""
    port = free_port()
    conf = site.build(root, port)
    if os.geteuid() == 0:
        with conf.open("a") as file:
            file.write("User www-data\nGroup www-data\n")
    program = binary()
    assert program is not None, "apache2 is not installed"
    command = [program, "-f", str(conf), "-DFOREGROUND", *(f"-D{name}" for name in site.defines)]
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC", **PASSED}
    with (root / "logs" / "stderr.log").open("wb") as told:
        process = subprocess.Popen(command, stdout=told, stderr=told, env=environment, cwd=root, start_new_session=True)
    try:
        _wait_for_start(process, root, port)
        if "ErrorLogFormat" in site.conf:
            _wait_for_last_line(root)
        yield Apache(root, port, process, Logs(root))
    finally:
        _stop(process)


def _wait_for_start(process: subprocess.Popen[bytes], root: Path, port: int) -> None:
    limit = time.monotonic() + START
    while time.monotonic() < limit:
        if process.poll() is not None:
            raise Refused(_last_words(root))
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError(f"Apache did not answer within {START} s")


def _wait_for_last_line(root: Path) -> None:
    """What Apache says when it starts it may say after it has taken the first connection."""
    limit = time.monotonic() + 2
    while time.monotonic() < limit:
        if any("AH00094" in line for line in log_lines(root / "logs" / "error.log", 0)[0]):
            return
        time.sleep(0.02)


def _last_words(root: Path) -> str:
    text = (root / "logs" / "stderr.log").read_text(errors="replace").strip()
    return text or re.sub(
        r"(?m)^\[[^]]*\] |\[pid [^]]*\] ", "", "\n".join(log_lines(root / "logs" / "error.log", 0)[0])
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # its own session: exactly this server and its children
            process.wait()
    for leftover in Path("/tmp").glob(f"mpmtx{process.pid}*"):  # mod_python's lock files
        leftover.unlink()
