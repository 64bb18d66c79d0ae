"""A request to a file in the last of five folders that have a .htaccess each, beside the same in httpd.conf.

Run: python benchmarks/bench_htaccess.py [rounds]. The sites take turns in every round; shown are medians of the rounds
in microseconds of CPU time, what a site costs more than the one in httpd.conf, and for comparison the bare os.stat
calls on the .htaccess files, which nobody can do without. The first of the folders is the DocumentRoot.

Goal: .htaccess in five nested folders at most 15 us more per request than the same in httpd.conf.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from modpy_wsgi import Application
from modpy_wsgi.config.load import load_text
from modpy_wsgi.stamps import SETTLED_AFTER

CALLS = 2_000
FOLDERS = ("htdocs", "two", "three", "four", "five")
HELLO = """
def handler(req):
    req.content_type = "text/plain"
    req.write("Hello World!")
    return 0
"""
PATH = "/" + "/".join(FOLDERS[1:]) + "/page.txt"
GOAL = 15.0  # microseconds


def environ() -> dict[str, Any]:
    """What gunicorn hands over for a browser's request, cut down to what is read."""
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": PATH,
        "RAW_URI": PATH,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": "49152",
        "HTTP_HOST": "localhost:8000",
        "wsgi.url_scheme": "http",
        "wsgi.input": None,
        "wsgi.errors": sys.stderr,
    }


def directives(level: int) -> str:
    """What the folder of a level says."""
    return f"PythonOption level {level}\nPythonOption level{level} here\n"


def site(root: Path, *, htaccess: bool, follow: bool = True) -> Application:
    """The site in `root`: five folders with directives in their .htaccess files, or in <Directory> sections."""
    folder = root
    sections = ""
    for level, name in enumerate(FOLDERS, 1):
        folder = folder / name
        folder.mkdir(parents=True)
        if htaccess:
            (folder / ".htaccess").write_text(directives(level))
        else:
            sections += f'<Directory "{folder}">\n{directives(level)}</Directory>\n'
    (folder / "page.txt").touch()
    (root / "htdocs" / "hello.py").write_text(HELLO)
    override = "All" if htaccess else "None"
    options = "FollowSymLinks" if follow else "None"
    text = (
        f'DocumentRoot "{root}/htdocs"\n<Directory />\nAllowOverride None\n</Directory>\n'
        f'<Directory "{root}/htdocs">\nAllowOverride {override}\nOptions {options}\nSetHandler mod_python\n'
        f"PythonHandler hello\nPythonInterpreter main\n</Directory>\n{sections}"
    )
    return Application(load_text(text), private=True)


def request(app: Callable[..., Iterable[bytes]]) -> Callable[[], None]:
    """One request, its answer looked at once and thrown away from then on."""
    env = environ()
    sent: list[bytes] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        return sent.append

    sent.extend(app(env, start))
    assert b"".join(sent) == b"Hello World!", sent

    def nothing(data: bytes) -> None:
        pass

    def start_silent(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        return nothing

    def silent() -> None:
        for _ in app(env, start_silent):
            pass

    return silent


def stats(root: Path) -> Callable[[], None]:
    """The look-ups that nobody can do without: one at each .htaccess."""
    files = [str(root.joinpath(*FOLDERS[: level + 1], ".htaccess")) for level in range(len(FOLDERS))]

    def look() -> None:
        for file in files:
            os.stat(file)

    return look


def measure(candidates: dict[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    """Median microseconds of CPU time of each, taking turns."""
    times: dict[str, list[float]] = {name: [] for name in candidates}
    for _ in range(rounds):
        for name, call in candidates.items():
            start = time.process_time()
            for _ in range(CALLS):
                call()
            times[name].append((time.process_time() - start) / CALLS * 1e6)
    return {name: statistics.median(found) for name, found in times.items()}


def main() -> None:
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 31
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        candidates = {
            "in httpd.conf": request(site(root / "conf", htaccess=False)),
            ".htaccess": request(site(root / "htaccess", htaccess=True)),
            "in httpd.conf, no links": request(site(root / "conf-links", htaccess=False, follow=False)),
            ".htaccess, no links": request(site(root / "htaccess-links", htaccess=True, follow=False)),
        }
        candidates["os.stat of the .htaccess files"] = stats(root / "htaccess")
        time.sleep(SETTLED_AFTER + 0.5)  # until then a .htaccess is read each time
        found = measure(candidates, rounds)
    base = found["in httpd.conf"]
    print(f"{'':<34}{'us':>8}{'more':>8}")
    for name, value in found.items():
        print(f"{name:<34}{value:>8.2f}{value - base:>8.2f}")
    more = found[".htaccess"] - base
    print(f"\n.htaccess in five folders: {more:.2f} us more per request (goal: {GOAL:.0f})")


if __name__ == "__main__":
    main()
