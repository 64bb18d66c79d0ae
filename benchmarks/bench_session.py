"""Sessions: what a page pays to load and save one, and what a Cookie header costs.

Run: python benchmarks/bench_session.py [rounds]. Candidates take turns in every round; medians in microseconds, of CPU
where only this process works. Files are in /dev/shm if there is one, so that no disk is waited for. Redis is asked if
redis-server and redis-py are there: round trips are counted.

Goals: load and save of a MemorySession at most 15 us, of a FileSession at most 250 us without the wait for fsync, of a
RedisSession at most 2 round trips each; a Cookie header of 8 KB of blanks in less than 100 us.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.figures import goal
from modpy_wsgi.cookies import Cookie, SignedCookie
from modpy_wsgi.session import Session
from modpy_wsgi.testing import request

CALLS = 200
GOALS = {  # microseconds
    "MemorySession, load and save": 15.0,
    "FileSession, load and save, no fsync": 250.0,
    "Cookie header, 8 KB of blanks": 100.0,
}
DATA = {"user": "somebody", "basket": [{"article": number, "count": 1} for number in range(5)], "seen": 1751284800.5}


def a_request(folder: str, kind: str, *options: str) -> Any:
    """A request as a page gets it, whose cookie names a session that is there."""
    lines = [f"mod_python.session.session_type {kind}", f"mod_python.session.database_directory {folder}", *options]
    config = "".join(f"PythonOption {line}\n" for line in lines)
    req = request("/", config=config)
    session = Session(req)
    session.update(DATA)
    session.save()
    session.unlock()
    return request("/", config=config, headers={"Cookie": f"pysid={session.id()}"})


def load_and_save(req: Any) -> Callable[[], None]:
    def both() -> None:
        session = Session(req)
        session["n"] = 1
        session.save()
        session.unlock()
        req._cleanups = None

    return both


def cookie(header: str, kind: Any = Cookie, **kw: Any) -> Callable[[], None]:
    return lambda: kind.parse(header, **kw)


@contextlib.contextmanager
def redis_server() -> Iterator[str | None]:
    """The URL of one, or None."""
    program = shutil.which("redis-server")
    if program is None or importlib.util.find_spec("redis") is None:
        yield None
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", tempfile.gettempdir()]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        while True:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def round_trips(req: Any) -> str:
    """How often this process waits for Redis: for loading, for saving and for unlocking."""
    from redis.connection import AbstractConnection

    counts = [0, 0, 0]
    send = AbstractConnection.send_packed_command
    step = 0

    def counted(self: Any, *args: Any, **kw: Any) -> Any:
        counts[step] += 1
        return send(self, *args, **kw)

    AbstractConnection.send_packed_command = counted
    try:
        session = Session(req)
        step = 1
        session.save()
        step = 2
        session.unlock()
    finally:
        AbstractConnection.send_packed_command = send
    return "Redis, round trips: {} for load, {} for save, {} for unlock".format(*counts)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    shm = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=shm) as folder, redis_server() as url:
        signed = str(SignedCookie("a", "value", "secret"))
        candidates: dict[str, Callable[[], None]] = {
            "MemorySession, load and save": load_and_save(a_request(folder, "MemorySession")),
            "FileSession, load and save, no fsync": load_and_save(
                a_request(folder, "FileSession", "modpy_wsgi.file_session.sync off")
            ),
            "FileSession, load and save": load_and_save(a_request(folder, "FileSession")),
            "DbmSession, load and save": load_and_save(a_request(folder, "DbmSession")),
            "Cookie header, three cookies": cookie("a=1; theme=dark; pysid=0123456789abcdef0123456789abcdef"),
            "Cookie header, 8 KB of blanks": cookie(" " * 8192),
            "Cookie header, signed": cookie(signed, SignedCookie, secret="secret"),
        }
        if url is not None:
            options = (f"modpy_wsgi.redis.url {url}", f"modpy_wsgi.session.key {'k' * 32}")
            asked = a_request(folder, "RedisSession", *options)
            candidates["RedisSession, load and save (this process's share)"] = load_and_save(asked)
        times: dict[str, list[float]] = {name: [] for name in candidates}
        for _ in range(rounds):
            for name, run in candidates.items():
                start = time.process_time()
                for _ in range(CALLS):
                    run()
                times[name].append((time.process_time() - start) / CALLS * 1e6)
        medians = {name: statistics.median(spent) for name, spent in times.items()}
        for name, median in medians.items():
            print(f"{name:<52} {median:9.1f} us")
        if url is not None:
            print(round_trips(asked))
        print()
        for name, bound in GOALS.items():
            goal(name, medians[name], bound)


if __name__ == "__main__":
    main()
