"""CGI: a Python hello in the server's process, the same as a program beside Apache's mod_cgid, and 100 MB through one.

Run: python benchmarks/bench_cgi.py [rounds]. The two servers take turns in every round, each kept busy over loopback by
ab (Debian: apache2, apache2-utils; without them this part is left out). Shown are medians, and the ratio of the same
run.
Goals: 150 us of CPU time in process; 0.9 times mod_cgid's rate; 300 MB/s, in flat memory.
"""

from __future__ import annotations

import contextlib
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench_dispatch import environ
from bench_static import cpu_seconds, free_port

CALLS = 2_000  # in process, each round
REQUESTS = 60  # of a server, each round
MEGABYTES = 100
SIZE = ("--workers", "2", "--threads", "4")
START_SECONDS = 30.0
APACHE = "/usr/sbin/apache2"
MODULES = "/usr/lib/apache2/modules"

HELLO = '#!{python}\nprint("Content-Type: text/plain")\nprint()\nprint("hello")\n'
LARGE = "#!/bin/sh\nprintf 'Content-Type: application/octet-stream\\n\\n'\nexec head -c {size} /dev/zero\n"

OURS = """
DocumentRoot "{root}"
ScriptAlias /cgi-bin/ "{root}/cgi-bin/"
<Directory "{root}">
    Require all granted
</Directory>
<Location "/fast/">
    SetHandler mod_python
    PythonHandler mod_python.cgihandler
</Location>
Alias /fast/ "{root}/cgi-bin/"
"""
THEIRS = """
ServerRoot "{root}"
ServerName bench.test
Listen 127.0.0.1:{port}
PidFile "{root}/logs/pid"
ErrorLog "{root}/logs/error"
DefaultRuntimeDir "{root}/logs"
ScriptSock "{root}/logs/sock"
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule alias_module {modules}/mod_alias.so
LoadModule cgid_module {modules}/mod_cgid.so
ScriptAlias /cgi-bin/ "{root}/cgi-bin/"
<Directory "{root}">
    Require all granted
</Directory>
"""


def build(root: Path) -> None:
    """The programs and the configuration of both servers."""
    for name in ("cgi-bin", "logs"):
        (root / name).mkdir()
    python = shutil.which("python3", path="/usr/bin:/bin") or sys.executable
    for name, text in {
        "hello.py": HELLO.format(python=python),
        "large": LARGE.format(size=MEGABYTES * 1_000_000),
    }.items():
        (root / "cgi-bin" / name).write_text(text)
        (root / "cgi-bin" / name).chmod(0o755)
    root.chmod(0o755)
    (root / "httpd.conf").write_text(OURS.format(root=root))


def asker(app: Any, path: str, write: Callable[[bytes], None]) -> Callable[[], None]:
    """One request in process."""
    env = environ(path)

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        assert status == "200 OK", status
        return write

    def request() -> None:
        body = app(dict(env), start_response)
        for piece in body:
            write(piece)
        if hasattr(body, "close"):
            body.close()

    return request


def in_process(root: Path, rounds: int) -> None:
    from modpy_wsgi import from_httpd_conf

    app = from_httpd_conf(str(root / "httpd.conf"))
    got: list[bytes] = []
    hello = asker(app, "/fast/hello.py", got.append)
    hello()
    assert got == [b"hello\n"], got
    times = []
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(CALLS):
            hello()
        times.append((time.process_time() - start) / CALLS * 1e6)
        got.clear()
    print(f"in process    hello         {statistics.median(times):8.1f} us")
    sizes: list[int] = []
    large = asker(app, "/cgi-bin/large", lambda data: sizes.append(len(data)))
    large()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rates = []
    for _ in range(rounds):
        sizes.clear()
        start = time.perf_counter()
        large()
        rates.append(MEGABYTES / (time.perf_counter() - start))
        assert sum(sizes) == MEGABYTES * 1_000_000
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"a program     {MEGABYTES} MB        {statistics.median(rates):8.0f} MB/s, {grown} KB more memory\n")


@contextlib.contextmanager
def running(words: list[str], port: int, root: Path) -> Iterator[int]:
    """A server in a process group of its own, whose number is given."""
    with (root / "logs" / f"out-{port}").open("wb") as out:
        process = subprocess.Popen(words, stdout=out, stderr=out, start_new_session=True, cwd=root)
    try:
        limit = time.monotonic() + START_SECONDS
        while True:
            try:
                keep_busy(port, 1)
                break
            except subprocess.CalledProcessError:
                assert time.monotonic() < limit, (root / "logs" / f"out-{port}").read_text()
                time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def keep_busy(port: int, requests: int = REQUESTS) -> None:
    """So many requests, two at a time."""
    url = f"http://127.0.0.1:{port}/cgi-bin/hello.py"
    words = ["ab", "-q", "-n", str(requests), "-c", str(min(2, requests)), url]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert re.search(rf"Complete requests: +{requests}\n", done.stdout), done.stdout
    assert "Non-2xx" not in done.stdout, done.stdout


def beside_apache(root: Path, rounds: int) -> None:
    ours, theirs = free_port(), free_port()
    conf = root / "apache.conf"
    conf.write_text(THEIRS.format(root=root, port=theirs, modules=MODULES))
    if os.geteuid() == 0:
        conf.write_text(conf.read_text() + "User www-data\nGroup www-data\n")
        shutil.chown(root / "logs", "www-data")
    program = str(Path(sys.executable).with_name("modpy-wsgi"))
    servers = {
        "mod_cgid": ([APACHE, "-f", str(conf), "-DFOREGROUND"], theirs),
        "modpy_wsgi": (
            [program, "serve", "-f", str(root / "httpd.conf"), "--bind", f"127.0.0.1:{ours}", *SIZE],
            ours,
        ),
    }
    rates: dict[str, list[float]] = {name: [] for name in servers}
    costs: dict[str, list[float]] = {name: [] for name in servers}
    with contextlib.ExitStack() as stack:
        groups = {name: stack.enter_context(running(words, port, root)) for name, (words, port) in servers.items()}
        for _ in range(rounds):
            for name, (_, port) in servers.items():
                before, start = cpu_seconds(groups[name]), time.perf_counter()
                keep_busy(port)
                rates[name].append(REQUESTS / (time.perf_counter() - start))
                costs[name].append((cpu_seconds(groups[name]) - before) / REQUESTS * 1e3)
    for name, seen in rates.items():
        own = statistics.median(costs[name])
        print(f"{name:14}hello         {statistics.median(seen):8.1f} /s, {own:.2f} ms of its own")
    ratio = statistics.median([a / b for a, b in zip(rates["modpy_wsgi"], rates["mod_cgid"], strict=True)])
    print(f"{'rate':28}{ratio:8.2f}")
    print()


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    root = Path(tempfile.mkdtemp())
    try:
        build(root)
        in_process(root, rounds)
        if Path(APACHE).exists() and shutil.which("ab"):
            beside_apache(root, rounds)
        else:
            print("apache2 or ab is not here: no comparison\n")
    finally:
        shutil.rmtree(root)


if __name__ == "__main__":
    main()
