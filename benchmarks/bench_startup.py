"""What it costs to be there: imports, a configuration of 500 lines, and the memory of a worker.

Run: python benchmarks/bench_startup.py [rounds]. Each round of the first part is a process of its own with the bytecode
at hand, as after the first start. Of the second part each server runs with one worker: its USS (the memory that is its
alone) after 1,000 requests, beside the same server with a raw WSGI function. Medians; processor time where it says so.

Goals: import and configuration 150 ms; a worker 12 MB larger than with a raw application; what a site does not use is
not imported.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bench_dispatch import HELLO
from bench_static import free_port, keep_busy, running

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.figures import goal
from benchmarks.processes import uss

LINES = 500
# What only some sites need, with what they would need it for.
UNUSED = (
    "bcrypt",  # passwords
    "brotli",  # filters
    "cgi",
    "dataclasses",
    "datetime",
    "email",
    "hashlib",  # passwords, digests
    "html.entities",
    "http.client",
    "http.server",
    "inspect",
    "libpass",
    "logging.handlers",  # a log to syslog
    "modpy_wsgi.cgi.answer",  # programs
    "modpy_wsgi.httpd.listing",
    "modpy_wsgi.httpd.multiviews",
    "modpy_wsgi.httpd.type_maps",
    "passlib",
    "redis",  # sessions
    "regex",  # expressions that could run away
    "secrets",
    "socket",  # names of clients
    "sqlite3",
    "ssl",  # handlers that leave HTTP
    "subprocess",  # a log to a program
    "sysconfig",
    "tempfile",  # a large upload
    "traceback",  # errors
)
START = f"""
import sys, time
clock, cpu = time.perf_counter(), time.process_time()
from modpy_wsgi import from_httpd_conf
imported, imported_cpu = time.perf_counter(), time.process_time()
application = from_httpd_conf(sys.argv[1])
ready, ready_cpu = time.perf_counter(), time.process_time()
print((imported - clock) * 1e3, (ready - imported) * 1e3, (imported_cpu - cpu) * 1e3, (ready_cpu - imported_cpu) * 1e3)
print(*[name for name in {UNUSED!r} if name in sys.modules])
"""
HOST = """
<VirtualHost *:8000>
    ServerName host{number}.example.com
    ServerAlias www{number}.example.com old{number}.example.com
    DocumentRoot {root}/htdocs
    Alias /static{number} {root}/htdocs
    AddType text/x-kind{number} .k{number}
    ErrorDocument 404 "nothing there"
    <Directory {root}/htdocs/site{number}>
        Options -Indexes +FollowSymLinks
        AllowOverride None
        Require all granted
        AddHandler mod_python .py
        PythonHandler mod_python.publisher
        PythonOption site host{number}
    </Directory>
    <Location /app{number}>
        SetHandler mod_python
        PythonHandler hello
    </Location>
</VirtualHost>
"""
PLAIN = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "12000")])
    return [b"Hello World!" * 1000]
"""
SITE = """
ServerName bench.example.com
TypesConfig {root}/mime.types
DocumentRoot {root}/htdocs
<Directory {root}/htdocs>
    Require all granted
</Directory>
<Location /page.txt>
    SetHandler mod_python
    PythonHandler hello
    PythonPath "sys.path + ['{root}/htdocs']"
</Location>
"""


def make_site(root: Path) -> None:
    """Its handler, a configuration of LINES lines, and one for it alone."""
    (root / "htdocs").mkdir()
    (root / "htdocs/hello.py").write_text(HELLO.replace('"Hello World!"', '"Hello World!" * 1000'))
    (root / "htdocs/page.txt").write_text("Hello World!" * 1000)
    (root / "mime.types").write_text("text/plain txt\n")
    (root / "plain.py").write_text(PLAIN)
    (root / "httpd.conf").write_text(SITE.format(root=root))
    text, number = SITE.format(root=root), 0
    while text.count("\n") + HOST.count("\n") <= LINES:
        text, number = text + HOST.format(root=root, number=number), number + 1
    text += "# the end\n" * (LINES - text.count("\n"))
    (root / "large.conf").write_text(text)


def starting(root: Path, rounds: int) -> None:
    env = {**os.environ, "PYTHONPYCACHEPREFIX": str(root / "pyc"), "PYTHONDONTWRITEBYTECODE": ""}
    seen: list[list[float]] = []
    needless = ""
    for _ in range(rounds + 1):
        command = [sys.executable, "-c", START, str(root / "large.conf")]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
        times, needless, *_ = [*done.stdout.splitlines(), ""]
        seen.append([float(word) for word in times.split()])
    seen = seen[1:]  # the first has compiled everything
    imports, config, imports_cpu, config_cpu = (statistics.median(column) for column in zip(*seen, strict=True))
    print(f"import              {imports:8.0f} ms {imports_cpu:8.0f} ms of processor time")
    print(f"{LINES} lines           {config:8.0f} ms {config_cpu:8.0f} ms")
    print(f"together            {imports + config:8.0f} ms {imports_cpu + config_cpu:8.0f} ms")
    print(f"imported needlessly  {needless or 'nothing'}")
    goal("import and configuration of 500 lines, ms of processor time", imports_cpu + config_cpu, 150)
    print()


def command(server: str, application: str, port: int) -> list[str]:
    """One process, and that of gunicorn which watches over it."""
    module = {"raw": "plain:application", "modpy_wsgi": "modpy_wsgi.wsgi:application"}[application]
    if server == "gunicorn":
        return ["gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--log-level", "error", module]
    return ["uwsgi", "--http-socket", f"127.0.0.1:{port}", "--need-app", "--disable-logging", "--module", module]


def worker(group: int) -> int:
    """The youngest process of a group."""
    found = [group]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[2]) == group:
                found.append(int(stat.parent.name))
    return max(found)


def memory(server: str, root: Path, rounds: int) -> None:
    seen: dict[str, list[float]] = {"raw": [], "modpy_wsgi": []}
    for _ in range(rounds):
        for name, sizes in seen.items():
            port = free_port()
            with running(command(server, name, port), port, root) as group:
                keep_busy(port)
                sizes.append(uss(worker(group)) / 1e6)
    raw, ours = (statistics.median(sizes) for sizes in seen.values())
    print(f"{server:12}raw {raw:6.1f} MB  modpy_wsgi {ours:6.1f} MB")
    goal(f"memory of a worker above the raw application's on {server}, MB", ours - raw, 12)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make_site(root)
        starting(root, rounds)
        os.environ["PYTHONPATH"] = os.pathsep.join([folder, os.environ.get("PYTHONPATH", "")])
        for server in ("gunicorn", "uwsgi"):
            if Path(sys.executable).with_name(server).exists():
                memory(server, root, min(rounds, 3))


if __name__ == "__main__":
    main()
