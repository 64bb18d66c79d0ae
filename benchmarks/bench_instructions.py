"""What a request costs in instructions, which no other work on the machine changes: as valgrind counts them.

Run: python benchmarks/bench_instructions.py [rounds [name...]]; one round is as good as many. Each candidate runs in a
process of its own, twice: what the longer run has more, by what it was asked more, is what one request takes. It is
the program's own work, without the kernel's. The pages are those of bench_servers.py, with their log, and so are the
servers. Needs valgrind and, for servers, ab; what is missing is passed over.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import bench_dispatch

from benchmarks.end_to_end import load, servers
from benchmarks.end_to_end.pages import PAGES, build
from benchmarks.figures import table
from modpy_wsgi import from_httpd_conf

FEW, MORE = 200, 1200  # requests of the two runs
IN_PROCESS = tuple(page for page in PAGES if page.weight == 1)
HELLO = ("raw WSGI", "handler in a <Location>", "falcon")
BEHIND = (servers.ORIGINAL, "uWSGI", "uWSGI, raw WSGI", "gunicorn sync", "gunicorn sync, raw WSGI")
VALGRIND = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")


def asked_as_by_uwsgi(app: bench_dispatch.App, target: str, body: bytes) -> Callable[[], None]:
    """One request to `app`, closed as a server closes it."""
    path, _, query = target.partition("?")
    environ = bench_dispatch.environ(path, "127.0.0.1:8000")
    del environ["RAW_URI"]
    environ |= {"REQUEST_URI": target, "QUERY_STRING": query, "CONTENT_TYPE": "", "CONTENT_LENGTH": ""}
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


def answer(name: str, count: int, root: Path) -> None:
    """Answer `count` requests: what the counted process does."""
    if name in HELLO:
        (root / "hello.py").write_text(bench_dispatch.HELLO)
        request = bench_dispatch.hello_calls(str(root))[name]
    else:
        page = next(page for page in PAGES if page.name == name)
        (root / "ours.conf").write_text(servers.OURS.format(root=root))
        request = asked_as_by_uwsgi(from_httpd_conf(str(root / "ours.conf")), page.path, page.body)
    for _ in range(count):
        request()


def counted(told: str) -> int:
    """The instructions of the process that took most, of what valgrind has told."""
    return max(int(found) for found in re.findall(r"Collected : (\d+)", told))


def in_process(name: str, root: Path) -> float:
    """Instructions of a request that is answered in the process that asks."""
    seen = []
    for count in (FEW, MORE):
        words = [*VALGRIND, sys.executable, __file__, "--answer", name, str(count), str(root)]
        seen.append(counted(subprocess.run(words, capture_output=True, text=True, check=True).stderr))
    return (seen[1] - seen[0]) / (MORE - FEW)


def behind(server: servers.Server, root: Path) -> float:
    """Instructions of a request for the handler's page in the process of a server that takes most."""
    seen = []
    for count in (FEW, MORE):
        for old in (root / "logs").glob("valgrind.*"):
            old.unlink()
        words = [*VALGRIND, "--trace-children=yes", f"--log-file={root}/logs/valgrind.%p"]
        with servers.running(servers.under(server, words), root) as run:
            load.ab(run.port, PAGES[0], root, count, 4, keep_alive=False)
        seen.append(counted("".join(each.read_text() for each in (root / "logs").glob("valgrind.*"))))
    return (seen[1] - seen[0]) / (MORE - FEW)


def main() -> None:
    if sys.argv[1:2] == ["--answer"]:
        answer(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
        return
    if shutil.which("valgrind") is None:
        print("valgrind is not installed: nothing is counted")
        return
    wanted = sys.argv[2:]
    with tempfile.TemporaryDirectory(prefix="modpy-bench-") as folder:
        root = Path(folder)
        root.chmod(0o755)
        build(root)
        rows = []
        for name in (*HELLO, *[page.name for page in IN_PROCESS]):
            if (not wanted or name in wanted) and (name != "falcon" or importlib.util.find_spec(name)):
                rows.append({"in process": name, "instructions": in_process(name, root)})
        table(rows)
        rows = []
        for server in servers.SERVERS:
            asked = server.name in (wanted or BEHIND) and shutil.which("ab") is not None
            if asked and server.available():
                rows.append({"the handler's page on": server.name, "instructions": behind(server, root)})
        table(rows)


if __name__ == "__main__":
    main()
