"""A real Redis (or Valkey) on loopback: started for a test, stopped for certain."""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live_server import free_port, wait_until

PROGRAM = shutil.which("redis-server") or shutil.which("valkey-server")
needs_redis = pytest.mark.skipif(
    PROGRAM is None or importlib.util.find_spec("redis") is None,
    reason="needs redis-server (Debian, Ubuntu: apt-get install redis-server) and the package redis",
)


class RedisServer:
    """One server, with nothing on disk. `more` are settings, as on its command line."""

    def __init__(self, folder: Path, *more: str, port: int | None = None) -> None:
        self.folder = folder
        self.more = more
        self.port = port or free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        assert PROGRAM is not None
        settings = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder))
        return [PROGRAM, *settings, *self.more]

    def start(self) -> None:
        self.process = subprocess.Popen(self.command(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(self._answers, f"Redis on port {self.port}", 30)

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, "Redis has ended"
        try:
            with socket.create_connection(("127.0.0.1", self.port), 5) as client:
                client.sendall(b"PING\r\n")
                return client.recv(100).startswith((b"+PONG", b"-NOAUTH"))
        except OSError:
            return False

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def client(self) -> Any:
        import redis

        return redis.Redis(port=self.port)


class Sentinel(RedisServer):
    """One that watches a master, and puts a replica in its place when it is gone."""

    def __init__(self, folder: Path, name: str, master: RedisServer) -> None:
        self.conf = folder / "sentinel.conf"
        self.conf.write_text(
            f"sentinel monitor {name} 127.0.0.1 {master.port} 1\n"
            f"sentinel down-after-milliseconds {name} 300\n"
            f"sentinel failover-timeout {name} 2000\n"
        )
        super().__init__(folder)

    def command(self) -> list[str]:
        assert PROGRAM is not None
        with self.conf.open("a") as file:
            file.write(f"port {self.port}\nbind 127.0.0.1\ndir {self.folder}\n")
        return [PROGRAM, str(self.conf), "--sentinel"]


@contextlib.contextmanager
def redis_running(folder: Path, *more: str) -> Iterator[RedisServer]:
    server = RedisServer(folder, *more)
    try:
        yield server
    finally:
        server.stop()
