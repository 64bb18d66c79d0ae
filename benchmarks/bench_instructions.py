"""What a request costs in instructions, which no other work on the machine changes: as valgrind counts them.

Run: python benchmarks/bench_instructions.py; one round is as good as many. Each candidate is asked few times in one
process and more often in another: what that one has more, by what it was asked more, is what one request takes. It is
the program's own work, without the kernel's. The pages are those of bench_servers.py, with their log, and so are the
servers. Needs valgrind and, for servers, ab; what is missing is passed over.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import wsgiref.util
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import bench_dispatch

from benchmarks.end_to_end import load, servers
from benchmarks.end_to_end.pages import PAGES, build
from benchmarks.figures import table
from modpy_wsgi import from_httpd_conf

FEW, MORE = 200, 1200  # requests of the two processes
BEHIND = (servers.ORIGINAL, "uWSGI", "uWSGI, raw WSGI", "gunicorn sync", "gunicorn sync, raw WSGI")
VALGRIND = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")
Requests = dict[str, Callable[[], None]]


def asked_as_by_uwsgi(app: bench_dispatch.App, target: str, body: bytes) -> Callable[[], None]:
    """One request to `app`, closed as a server closes it."""
    path, _, query = target.partition("?")
    environ = bench_dispatch.environ(path, "127.0.0.1:8000")
    del environ["RAW_URI"]
    environ |= {"REQUEST_URI": target, "QUERY_STRING": query, "CONTENT_TYPE": "", "CONTENT_LENGTH": ""}
    environ["wsgi.file_wrapper"] = wsgiref.util.FileWrapper
    sent: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        return sent.append

    def request() -> None:
        answer = app(dict(environ), start_response)
        sent.extend(answer)
        close = getattr(answer, "close", None)
        if close is not None:
            close()
        assert b"".join(sent) == body, sent
        sent.clear()

    return request


def hellos(root: Path) -> Requests:
    """A page without a file and a log, and the same by others."""
    (root / "hello.py").write_text(bench_dispatch.HELLO)
    calls = bench_dispatch.hello_calls(str(root))
    return {name: calls[name] for name in ("raw WSGI", "handler in a <Location>", "falcon") if name in calls}


def pages(root: Path) -> Requests:
    """The pages, with their log."""
    (root / "ours.conf").write_text(servers.OURS.format(root=root))
    app = from_httpd_conf(str(root / "ours.conf"))
    return {page.name: asked_as_by_uwsgi(app, page.path, page.body) for page in PAGES if page.weight == 1}


# Each group has a process of its own, as several applications in one know less of whom a call is for.
GROUPS = {"hellos": hellos, "pages": pages}


def answer(group: str, root: Path) -> None:
    """What is counted: the requests of a group, each in children, and a line of which child was asked what."""
    for name, request in GROUPS[group](root).items():
        for count in (FEW, MORE):
            child = os.fork()
            if not child:
                for _ in range(count):
                    request()
                os._exit(0)
            if os.waitpid(child, 0)[1]:
                sys.exit(f"{name} failed")
            print(child, count, name, flush=True)


def in_process(group: str, root: Path) -> dict[str, float]:
    """Instructions of each request of a group."""
    words = [*VALGRIND, sys.executable, __file__, group, str(root)]
    done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, "PYTHONHASHSEED": "0"}, check=True)
    of_child = {child: int(count) for child, count in re.findall(r"==(\d+)== Collected : (\d+)", done.stderr)}
    found: dict[str, float] = defaultdict(float)
    for line in done.stdout.splitlines():
        child, count, name = line.split(" ", 2)
        found[name] += of_child[child] / (MORE - FEW) * (1 if int(count) == MORE else -1)
    return found


def behind(server: servers.Server, root: Path) -> float:
    """Instructions of a request for the handler's page in the process of a server that takes most."""
    seen = []
    for count in (FEW, MORE):
        for old in (root / "logs").glob("valgrind.*"):
            old.unlink()
        words = [*VALGRIND, "--trace-children=yes", f"--log-file={root}/logs/valgrind.%p"]
        with servers.running(servers.under(server, words), root) as run:
            load.ab(run.port, PAGES[0], root, count, 4, keep_alive=False)
        told = "".join(each.read_text() for each in (root / "logs").glob("valgrind.*"))
        seen.append(max(int(count) for count in re.findall(r"Collected : (\d+)", told)))
    return (seen[1] - seen[0]) / (MORE - FEW)


def main() -> None:
    if sys.argv[1:] and sys.argv[1] in GROUPS:
        answer(sys.argv[1], Path(sys.argv[2]))
        return
    if shutil.which("valgrind") is None:
        print("valgrind is not installed: nothing is counted")
        return
    with tempfile.TemporaryDirectory(prefix="modpy-bench-") as folder:
        root = Path(folder)
        root.chmod(0o755)
        build(root)
        for group in GROUPS:
            found = in_process(group, root)
            table([{"in process": name, "instructions": count} for name, count in found.items()])
        rows = []
        for server in servers.SERVERS:
            if server.name in BEHIND and server.available() and shutil.which("ab"):
                rows.append({"the handler's page on": server.name, "instructions": behind(server, root)})
        table(rows)


if __name__ == "__main__":
    main()
