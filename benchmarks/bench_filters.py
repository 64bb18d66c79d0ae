"""Filters: what they cost a small page, how fast they let a large answer through, and whether memory stays flat.

Run: python benchmarks/bench_filters.py [rounds]. Candidates take turns in every round; shown are medians in
microseconds of CPU time, and ratios within the run. The large answers are made in processes of their own, whose size
is looked at before and after.

Goals: a filter that passes on everything at least 1 GB/s in pieces of 64 KB, and no more memory for 1 GB than for 1 MB;
a filter on a hello page at most 5 us more, and at most about twice the page's own time; 100,000 req.write() with flush
leave the process at the size it had.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.figures import goal
from modpy_wsgi import Application
from modpy_wsgi.config.load import load_text

CALLS = 5000
MB = 1 << 20
SITE = """
def handler(req):
    req.content_type = "text/plain"
    req.write("Hello World!")
    return 0

def many(req):
    for number in range(int(req.args)):
        req.write("0123456789abcdef")
    return 0

def pieces(req):
    piece = bytes(65536)
    for number in range(int(req.args) // 65536):
        req.write(piece)
    return 0

def through(filter):
    data = filter.read(65536)
    while data:
        filter.write(data)
        data = filter.read(65536)
    if data is None:
        filter.close()

def upper(filter):
    data = filter.read()
    while data:
        filter.write(data.upper())
        data = filter.read()
    if data is None:
        filter.close()
"""
CONF = """
DocumentRoot "{root}"
PythonPath "['{root}'] + sys.path"
PythonAutoReload {reload}
PythonOutputFilter bench_site::through THROUGH
PythonOutputFilter bench_site::upper UPPER
<Directory "{root}">
Require all granted
</Directory>
<Location /plain>
SetHandler mod_python
PythonHandler bench_site
</Location>
<Location /upper>
SetHandler mod_python
PythonHandler bench_site
SetOutputFilter UPPER
</Location>
<Location /both>
SetHandler mod_python
PythonHandler bench_site
SetOutputFilter THROUGH;UPPER
</Location>
<Location /deflate>
SetHandler mod_python
PythonHandler bench_site
SetOutputFilter DEFLATE
</Location>
<Location /many>
SetHandler mod_python
PythonHandler bench_site::many
SetOutputFilter THROUGH
</Location>
<Location /many-plain>
SetHandler mod_python
PythonHandler bench_site::many
</Location>
<Location /pieces>
SetHandler mod_python
PythonHandler bench_site::pieces
SetOutputFilter THROUGH
</Location>
<Location /pieces-plain>
SetHandler mod_python
PythonHandler bench_site::pieces
</Location>
<Location /large.bin>
SetOutputFilter THROUGH
</Location>
"""
App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def application(root: Path, reload: str = "Off") -> Application:
    """The site, in a folder that is there."""
    (root / "bench_site.py").write_text(SITE)
    text = CONF.format(root=root, reload=reload)
    return Application(load_text(text, server_root=str(root)))


def environ(target: str) -> dict[str, Any]:
    """What a server hands over."""
    path, _, query = target.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "RAW_URI": target,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": "49152",
        "HTTP_HOST": "localhost:8000",
        "HTTP_ACCEPT_ENCODING": "gzip",
        "wsgi.url_scheme": "http",
        "wsgi.input": None,
        "wsgi.errors": sys.stderr,
    }


def ask(app: App, target: str) -> int:
    """One request; the bytes of its body, which is thrown away."""
    sent = 0

    def write(data: bytes) -> None:
        nonlocal sent
        sent += len(data)

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        assert status == "200 OK", status
        return write

    body = app(environ(target), start_response)
    for piece in body:
        write(piece)
    close = getattr(body, "close", None)
    if close is not None:
        close()
    return sent


def size() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def probe(root: Path, target: str, wanted: int) -> dict[str, float]:
    """In a process of its own: seconds of CPU and growth in bytes of one large answer, after a small one."""
    app = application(root)
    path = target.partition("?")[0]
    small = target if target == path else f"{path}?{MB if 'pieces' in path else 1000}"
    if target != path:
        ask(app, small)
    else:
        ask(app, "/pieces?65536")
    before = size()
    start = time.process_time()
    sent = ask(app, target)
    seconds = time.process_time() - start
    assert sent == wanted, (sent, wanted)
    return {"seconds": seconds, "growth": size() - before}


def measure(root: Path, target: str, wanted: int) -> dict[str, float]:
    """The same, from outside."""
    command = [sys.executable, __file__, "--probe", str(root), target, str(wanted)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main(rounds: int = 7) -> None:
    """Prints the figures."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        app = application(root)
        names = ("/plain", "/upper", "/both", "/deflate")
        times: dict[str, list[float]] = {name: [] for name in names}
        for name in names:
            ask(app, name)
        for _ in range(rounds):
            for name in names:
                start = time.process_time()
                for _ in range(CALLS):
                    ask(app, name)
                times[name].append((time.process_time() - start) / CALLS * 1e6)
        plain = statistics.median(times["/plain"])
        print("a hello page, us of CPU")
        for name in names:
            median = statistics.median(times[name])
            print(f"  {name:10} {median:8.2f}  +{median - plain:6.2f}  x{median / plain:5.2f}")
        total = 1024 * MB
        with (root / "large.bin").open("wb") as file:
            file.truncate(total)
        more, ratio = statistics.median(times["/upper"]) - plain, statistics.median(times["/upper"]) / plain
        goal("a filter on a hello page, us more", more, 5)
        goal("a filter on a hello page, times the page", ratio, 2.5)
        print("1 GB")
        for target in (f"/pieces-plain?{total}", f"/pieces?{total}", "/large.bin"):
            found = measure(root, target, total)
            rate = total / found["seconds"] / 1e9
            print(f"  {target.partition('?')[0]:14} {rate:6.2f} GB/s of CPU  grown by {found['growth'] / MB:6.2f} MB")
            if target.startswith("/pieces?"):
                goal("passing on, GB/s", rate, 1, at_least=True)
                goal("memory for 1 GB, MB more", found["growth"] / MB, 4)
        print("100,000 writes with flush")
        for target in ("/many-plain?100000", "/many?100000"):
            found = measure(root, target, 1_600_000)
            print(
                f"  {target.partition('?')[0]:14} {found['seconds'] / 0.1:6.2f} us each  "
                f"grown by {found['growth'] / MB:6.2f} MB"
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--probe"]:
        print(json.dumps(probe(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))))
    else:
        main(*map(int, sys.argv[1:2]))
