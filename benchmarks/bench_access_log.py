"""What a line of the access log costs a request: the same page without a log and with several formats.

Run: python benchmarks/bench_access_log.py [rounds]. Candidates take turns in every round; shown are medians of the
rounds, in microseconds of the process's CPU time. A difference is taken within its round.

Goal: a line of the combined format at most 3 us, the write to a file included; without a log nothing.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench_access import timed
from bench_dispatch import HELLO, environ

from modpy_wsgi import Application
from modpy_wsgi.config.load import load_text

COMMON = '%h %l %u %t \\"%r\\" %>s %b'
COMBINED = f'{COMMON} \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\"'
LOGS = {
    "no log": "",
    "common": f'CustomLog @/access.log "{COMMON}"',
    "combined": f'CustomLog @/access.log "{COMBINED}"',
    "combined to /dev/null": f'CustomLog /dev/null "{COMBINED}"',
    "vhost_combined (%O)": f'CustomLog @/access.log "%v:%p {COMBINED.replace("%b", "%O")}"',
    "combined, condition not met": f'CustomLog @/access.log "{COMBINED}" env=absent',
    "two logs": f'CustomLog @/access.log "{COMMON}"\nCustomLog @/agent.log "%{{User-Agent}}i %D"',
}


def application(root: Path, lines: str) -> Application:
    """A handler under these logs."""
    (root / "bench_hello.py").write_text(HELLO)
    text = (
        f'LogLevel crit\nPythonPath "[{str(root)!r}] + sys.path"\n{lines.replace("@", str(root))}\n'
        "<Location />\nSetHandler mod_python\nPythonHandler bench_hello\n</Location>\n"
    )
    return Application(load_text(text))


def page(app: Application) -> Callable[[], None]:
    """One request, closed as servers do."""
    env = environ("/")
    env["HTTP_REFERER"] = "http://www.example.com/page?with=query"
    env["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        return lambda data: None

    def request() -> None:
        body = app(env, start_response)
        for _ in body:
            pass
        close = getattr(body, "close", None)
        if close is not None:
            close()

    return request


def main() -> None:
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 101
    with tempfile.TemporaryDirectory() as folder:
        pages = {name: page(application(Path(folder), lines)) for name, lines in LOGS.items()}
        times: dict[str, list[float]] = {name: [] for name in pages}
        for _ in range(rounds):
            for name, request in pages.items():
                times[name].append(timed(request))
    base = times["no log"]
    print(f"{'log':32} {'request':>9} {'more':>7}   us of CPU time, medians of {rounds} rounds")
    for name, values in times.items():
        more = statistics.median([value - plain for value, plain in zip(values, base, strict=True)])
        print(f"{name:32} {statistics.median(values):9.2f} {more:7.2f}")


if __name__ == "__main__":
    main()
