"""Real servers on loopback: started for a test, spoken to over a socket, stopped for certain."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

START_SECONDS = 60.0  # all of them for a machine that has much else to do
STOP_SECONDS = 15.0
REPLY_SECONDS = 60.0


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until(condition: Callable[[], Any], what: str, seconds: float = REPLY_SECONDS) -> Any:
    """Waits for a true value of `condition()` and returns it; fails the test if none comes."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds} s")
        time.sleep(0.02)


class LiveServer:
    """One server process with its children, in a process group of its own. `log` holds what it wrote."""

    def __init__(
        self, command: Sequence[str], port: int, folder: Path, environ: Mapping[str, str], typed: str = ""
    ) -> None:
        self.port = port
        self.log = folder / f"server-{port}.log"
        terminal = folder / f"typed-{port}"
        terminal.write_text(typed)
        with self.log.open("wb") as log, terminal.open("rb") as stdin:
            self.process = subprocess.Popen(
                [str(word) for word in command],
                stdin=stdin,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env={**os.environ, **environ},
                start_new_session=True,
            )

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_for_start(self) -> None:
        def listening() -> bool:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}:\n{self.output()}")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                return False
            return True

        try:
            wait_until(listening, f"port {self.port} open", START_SECONDS)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.output()}") from None

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=REPLY_SECONDS)

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """(status, headers, body) of one request on a connection of its own."""
        with contextlib.closing(self.connect()) as connection:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return response.status, response.headers, response.read()

    def get(self, path: str) -> bytes:
        """The body of a page that must be there."""
        status, _, body = self.request("GET", path)
        assert status == 200, (status, body, self.output())
        return body

    def raw(self, data: bytes) -> bytes:
        """What comes back for these bytes until the server closes the connection."""
        with self.open() as client:
            client.sendall(data)
            return read_to_end(client)

    def open(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), REPLY_SECONDS)

    def signal(self, number: int) -> None:
        """To the first process only, as an administrator would."""
        os.kill(self.process.pid, number)

    def stop(self) -> None:
        """Ends the first process politely, as an administrator would, then whatever is left of the group."""
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def read_to_end(client: socket.socket) -> bytes:
    parts = []
    while part := client.recv(65536):
        parts.append(part)
    return b"".join(parts)


@contextlib.contextmanager
def running(
    command: Sequence[str], port: int, folder: Path, environ: Mapping[str, str] | None = None, typed: str = ""
) -> Iterator[LiveServer]:
    """A server that listens, with `typed` on its standard input; it and its children are gone afterwards."""
    server = LiveServer(command, port, folder, environ or {}, typed)
    try:
        server.wait_for_start()
        yield server
    finally:
        server.stop()


def tool(name: str) -> str:
    """A program installed beside the interpreter that runs the tests."""
    return str(Path(sys.executable).with_name(name))
