"""A static file of 10 KB beside a raw WSGI application that opens and reads the same file.

Run: python benchmarks/bench_static.py [rounds]. First in process (CPU time), then behind gunicorn and uWSGI, where the
two take turns in every round, each kept busy over loopback by ab (Debian: apache2-utils; without it by one request
after another): requests a second, and CPU time of the server for each. Shown are medians and ratios of the same run.
Goal: at least 0.9 times the raw application's rate; on a machine with other work the processor time is what to trust.
"""

from __future__ import annotations

import contextlib
import os
import re
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

from bench_dispatch import App, environ

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.figures import goal

CALLS = 10_000  # in process, each round
REQUESTS = 1_000  # of a server, each round
TURNS = 3  # rounds of servers for each in process
SIZE = 10_240
START_SECONDS = 30.0

CONF = """
TypesConfig "{root}/mime.types"
DocumentRoot "{root}/htdocs"
<Directory "{root}/htdocs">
    Require all granted
</Directory>
"""


def raw(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """What one writes without thinking of anything else."""
    with open(os.environ["BENCH_ROOT"] + "/htdocs" + environ["PATH_INFO"], "rb") as file:
        data = file.read()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(data)))])
    return [data]


def silent(app: App) -> Callable[[], None]:
    """One request in process."""
    env = environ("/page.txt")

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        assert status == "200 OK"

    def request() -> None:
        assert sum([len(piece) for piece in app(env, start_response)]) == SIZE

    return request


def in_process(root: Path, rounds: int) -> None:
    from modpy_wsgi import from_httpd_conf

    calls = {"raw WSGI": silent(raw), "modpy_wsgi": silent(from_httpd_conf(str(root / "httpd.conf")))}
    seen: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            start = time.process_time()
            for _ in range(CALLS):
                call()
            seen[name].append((time.process_time() - start) / CALLS * 1e6)
    for name, times in seen.items():
        print(f"in process  {name:12}{statistics.median(times):8.2f} us")
    print(f"in process  rate    {statistics.median(seen['raw WSGI']) / statistics.median(seen['modpy_wsgi']):8.2f}\n")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def command(server: str, application: str, port: int) -> list[str]:
    """One process, no log of requests."""
    module = {"raw": "bench_static:raw", "modpy_wsgi": "modpy_wsgi.wsgi:application"}[application]
    if server == "gunicorn":
        return ["gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--log-level", "error", module]
    return ["uwsgi", "--http-socket", f"127.0.0.1:{port}", "--need-app", "--disable-logging", "--module", module]


def cpu_seconds(group: int) -> float:
    """CPU time so far of the threads of a process group."""
    nanoseconds = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[2]) == group:
                for thread in stat.parent.glob("task/*/schedstat"):
                    nanoseconds += int(thread.read_text().split()[0])
    return nanoseconds / 1e9


@contextlib.contextmanager
def running(words: list[str], port: int, root: Path) -> Iterator[int]:
    """A server in a process group of its own, whose number is given."""
    program = Path(sys.executable).with_name(words[0])
    env = {**os.environ, "MODPY_WSGI_CONF": str(root / "httpd.conf"), "BENCH_ROOT": str(root)}
    env["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).parent), env.get("PYTHONPATH", "")])
    with open(os.devnull, "wb") as null:
        process = subprocess.Popen(
            [str(program), *words[1:]], stdout=null, stderr=null, env=env, start_new_session=True
        )
    try:
        limit = time.monotonic() + START_SECONDS
        while time.monotonic() < limit:
            with contextlib.suppress(OSError):
                ask(port)
                break
            time.sleep(0.05)
        yield process.pid
    finally:
        process.terminate() if words[0] == "gunicorn" else process.kill()
        process.wait(START_SECONDS)


def ask(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /page.txt HTTP/1.1\r\nHost: bench.test\r\nConnection: close\r\n\r\n")
        got = 0
        while data := connection.recv(65536):
            got += len(data)
        assert got > SIZE, got


def keep_busy(port: int) -> None:
    """REQUESTS requests, some of them always waiting, so that the server's caches are its own."""
    ab = shutil.which("ab")
    if ab is None:
        for _ in range(REQUESTS):
            ask(port)
        return
    url = f"http://127.0.0.1:{port}/page.txt"
    done = subprocess.run([ab, "-q", "-n", str(REQUESTS), "-c", "4", url], capture_output=True, text=True, check=True)
    assert re.search(rf"Complete requests: +{REQUESTS}\nFailed requests: +0\n", done.stdout), done.stdout
    assert "Non-2xx" not in done.stdout, done.stdout


def behind(server: str, root: Path, rounds: int) -> None:
    with contextlib.ExitStack() as stack:
        groups: dict[str, tuple[int, int]] = {}
        for name in ("raw", "modpy_wsgi"):
            port = free_port()
            groups[name] = (port, stack.enter_context(running(command(server, name, port), port, root)))
        rate: dict[str, list[float]] = {name: [] for name in groups}
        cost: dict[str, list[float]] = {name: [] for name in groups}
        for _ in range(rounds * TURNS):
            for name, (port, group) in groups.items():
                before, start = cpu_seconds(group), time.perf_counter()
                keep_busy(port)
                rate[name].append(REQUESTS / (time.perf_counter() - start))
                cost[name].append((cpu_seconds(group) - before) / REQUESTS * 1e6)
    for name in rate:
        print(f"{server:12}{name:12}{statistics.median(rate[name]):8.0f} /s {statistics.median(cost[name]):8.0f} us")
    ratio = statistics.median([ours / theirs for ours, theirs in zip(rate["modpy_wsgi"], rate["raw"], strict=True)])
    saved = statistics.median(cost["raw"]) / statistics.median(cost["modpy_wsgi"])
    print(f"{server:12}to raw      {ratio:8.2f} rate {saved:8.2f} processor time of the server, raw to ours")
    goal(f"static 10 KB on {server}: requests a second, to raw", ratio, 0.9, at_least=True)
    goal(f"static 10 KB on {server}: processor time, raw to ours", saved, 0.9, at_least=True)
    print()


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    root = Path(tempfile.mkdtemp())
    try:
        os.environ["BENCH_ROOT"] = str(root)
        (root / "htdocs").mkdir()
        (root / "htdocs/page.txt").write_bytes(b"0123456789abcde\n" * (SIZE // 16))
        os.utime(root / "htdocs/page.txt", (1_700_000_000, 1_700_000_000))
        (root / "mime.types").write_text("text/plain txt\n")
        (root / "httpd.conf").write_text(CONF.format(root=root))
        in_process(root, rounds)
        for server in ("gunicorn", "uwsgi"):
            if Path(sys.executable).with_name(server).exists():
                behind(server, root, rounds)
    finally:
        shutil.rmtree(root)


if __name__ == "__main__":
    main()
