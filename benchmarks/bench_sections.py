"""What a request costs in a configuration of 1 to 10,000 sections of each kind.

Run: python benchmarks/bench_sections.py [rounds]. All sizes take turns in every round, in one process; shown are
medians of CPU time. Goal: at 10,000 at most 1.1 times what it costs at one.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench_dispatch import HELLO, call, environ

from benchmarks.figures import goal, keep, table
from modpy_wsgi import Application
from modpy_wsgi.config.load import load_text

SIZES = (1, 10, 100, 1_000, 10_000)
CALLS = 5_000


def sections(root: str, count: int) -> str:
    """As many virtual hosts, Directory and Location sections; the request is for the last of them."""
    lines = [f'DocumentRoot "{root}"', "PythonInterpreter shared"]
    for number in range(count - 1):
        lines += [f'<Directory "{root}/d{number}">', f"PythonOption number {number}", "</Directory>"]
        lines += [f"<Location /d{number}>", f"PythonOption number {number}", "</Location>"]
    lines += [f'<Directory "{root}">', "SetHandler mod_python", "PythonHandler hello", "</Directory>"]
    lines += ["<Location /hello.py>", "PythonOption here yes", "</Location>"]
    for number in range(count):
        lines += ["<VirtualHost *:8000>", f"ServerName h{number}.test", "</VirtualHost>"]
    return "\n".join(lines)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    with tempfile.TemporaryDirectory() as root:
        Path(root, "hello.py").write_text(HELLO)
        calls: dict[int, Callable[[], None]] = {}
        load: dict[int, float] = {}
        for size in SIZES:
            start = time.perf_counter()
            application = Application(load_text(sections(root, size)))
            load[size] = time.perf_counter() - start
            calls[size] = call(application, environ("/hello.py", f"h{size - 1}.test:8000"))
        seen: dict[int, list[float]] = {size: [] for size in SIZES}
        for _ in range(rounds):
            for size, function in calls.items():
                begun = time.process_time()
                for _ in range(CALLS):
                    function()
                seen[size].append((time.process_time() - begun) / CALLS * 1e6)
    median = {size: statistics.median(times) for size, times in seen.items()}
    table([{"sections of each kind": str(size), "request, us": median[size], "start, s": load[size]} for size in SIZES])
    for size in SIZES:
        keep("curve", what="sections of each kind", size=size, times=median[size] / median[1])
    goal("request with 10,000 sections of each kind / with one", median[SIZES[-1]] / median[1], 1.1)


if __name__ == "__main__":
    main()
