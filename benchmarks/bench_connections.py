"""Connection handlers: the echo of the manual (4.4) with many clients at once, on one process.

Run: python benchmarks/bench_connections.py [rounds]. The clients stand in this process, the handlers in another; beside
them stands the same echo written with Python's socketserver, and both take turns.

Goal: 200 connections open and talking at once, none refused, at most 100 MB.
"""

from __future__ import annotations

import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from modpy_wsgi import from_httpd_conf
from modpy_wsgi.serving.connections import Accepted, Connections, Threads

CLIENTS = 200
LINES = 25
ECHO = """
def connectionhandler(conn):
    try:
        while 1:
            conn.write(conn.readline())
    except OSError:
        return 0
"""


def serve_handlers(listener: socket.socket, folder: str) -> None:
    """Accept for ever: the driver, with a thread for each connection."""
    conf = Path(folder, "httpd.conf")
    Path(folder, "echo.py").write_text(ECHO)
    conf.write_text(f"ServerName x\nPythonPath \"['{folder}'] + sys.path\"\nPythonConnectionHandler echo\n")
    connections = Connections(from_httpd_conf(str(conf)))
    threads = Threads(connections, limit=CLIENTS, done=lambda accepted, goes_on: None)
    while True:
        sock, client = listener.accept()
        host = connections.host(sock.getsockname())
        assert host is not None
        threads.start(Accepted(sock, client, host))


def serve_plain(listener: socket.socket, folder: str) -> None:
    """The same with nothing between."""

    def echo(sock: socket.socket) -> None:
        with sock, sock.makefile("rb") as lines:
            for line in lines:
                sock.sendall(line)

    while True:
        threading.Thread(target=echo, args=(listener.accept()[0],), daemon=True).start()


def started(serve: Callable[[socket.socket, str], None], folder: str) -> tuple[int, tuple[str, int]]:
    """A process that serves; its number, and where."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=CLIENTS)
    child = os.fork()
    if not child:
        try:
            serve(listener, folder)
        finally:
            os._exit(1)
    address: tuple[str, int] = listener.getsockname()
    listener.close()
    return child, address


def measured(address: tuple[str, int]) -> tuple[float, list[socket.socket]]:
    """Seconds for all clients to be answered LINES times each; the clients."""
    clients = [socket.create_connection(address, 60) for _ in range(CLIENTS)]
    for client in clients:
        client.sendall(b"begin\n")
        assert client.recv(100) == b"begin\n"
    began = time.perf_counter()
    for _ in range(LINES):
        for client in clients:
            client.sendall(b"hello world\n")
        for client in clients:
            assert client.recv(100) == b"hello world\n"
    return time.perf_counter() - began, clients


def main() -> None:
    """Print the medians."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    times: dict[str, list[float]] = {"connection handler": [], "socketserver's way": []}
    memory = 0
    with tempfile.TemporaryDirectory() as folder:
        servers = {
            name: started(serve, folder) for name, serve in zip(times, (serve_handlers, serve_plain), strict=True)
        }
        try:
            for _ in range(rounds):
                for name, (child, address) in servers.items():
                    seconds, clients = measured(address)
                    times[name].append(seconds)
                    if name == "connection handler":
                        memory = max(memory, resident(child))
                    for client in clients:
                        client.close()
        finally:
            for child, _ in servers.values():
                os.kill(child, 9)
                os.waitpid(child, 0)
    medians = {name: statistics.median(each) for name, each in times.items()}
    for name, seconds in medians.items():
        print(f"{name:24} {CLIENTS * LINES / seconds:10,.0f} lines/s with {CLIENTS} clients")
    ratio = medians["connection handler"] / medians["socketserver's way"]
    print(f"connection handler / socketserver's way: {ratio:.2f}")
    print(f"memory of the process with {CLIENTS} connections: {memory / 1024:.0f} MB")


def resident(child: int) -> int:
    """Kilobytes of a process."""
    for line in Path(f"/proc/{child}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


if __name__ == "__main__":
    main()
