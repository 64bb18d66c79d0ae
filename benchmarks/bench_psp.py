"""A page of PSP, run from the cache, beside the Python function that it compiles to.

Run: python benchmarks/bench_psp.py [rounds]. Candidates take turns in every round; shown are medians of the rounds in
microseconds of CPU time, and ratios within the run.

Goal: PSP.run of a cached page of 10 KB with 50 expressions at most 1.3 times the function. Beside it the whole page,
found and looked at (its stamp), and what parsing and compiling cost once.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.figures import goal
from modpy_wsgi.psp.compiling import compile_file
from modpy_wsgi.psp.page import PSP
from modpy_wsgi.testing import site

CALLS = 300
LINE = '<p class="line">Some text of a page, as long as text of pages is wont to be between two expressions of it, {}'
KEPT: list[Any] = []
HANDLER = """
import bench_psp_kept
def handler(req):
    bench_psp_kept.measure(req)
    return 0
"""


def page() -> str:
    """10 KB with 50 expressions."""
    lines = ["<html>\n<% rows = list(range(50)) %>\n"]
    for number in range(50):
        lines.append(LINE.format(f"<%= rows[{number}] * 2 %></p>").ljust(200, ".") + "\n")
    return "".join(lines) + "</html>\n"


def function_of(code: str) -> Callable[[Any], None]:
    """The program of the page as a function."""
    scope: dict[str, Any] = {}
    exec("def run(req):\n" + textwrap.indent(code, " ", lambda line: line.startswith("req")), scope)
    return scope["run"]  # type: ignore[no-any-return]


class Timer:
    """Candidates by name, and what each round has cost them."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds
        self.taken: dict[str, list[float]] = {}

    def measure(self, req: Any) -> None:
        """Run all candidates for a request; what they write is thrown away."""
        req.flush()
        text = page()
        path = Path(req.filename)
        path.write_text(text)
        from mod_python import psp

        run = function_of(psp.parsestring(text))
        kept = PSP(req)
        candidates: dict[str, tuple[Callable[[], Any], int]] = {
            "the function": (lambda: run(req), CALLS),
            "PSP.run": (kept.run, CALLS),
            "PSP().run()": (lambda: PSP(req).run(), CALLS),
            "parse and compile": (lambda: compile_file(str(path)), 5),
        }
        for _ in range(self.rounds):
            for name, (candidate, calls) in candidates.items():
                begun = time.process_time()
                for _ in range(calls):
                    candidate()
                    if req._held is not None:
                        req._reset_output()
                self.taken.setdefault(name, []).append((time.process_time() - begun) / calls)

    def show(self) -> None:
        """Print the medians."""
        base = statistics.median(self.taken["the function"])
        for name, rounds in self.taken.items():
            median = statistics.median(rounds)
            print(f"{name:20} {median * 1e6:10.1f} us   {median / base:8.2f} x")
        goal(
            "PSP.run of 10 KB with 50 expressions / the function", statistics.median(self.taken["PSP.run"]) / base, 1.3
        )


def main(rounds: int = 15) -> None:
    """Measure within a request that a handler answers."""
    timer = Timer(rounds)
    sys.modules["bench_psp_kept"] = timer  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "page.psp").write_text("")
        (Path(folder) / "measured.py").write_text(HANDLER)
        app = site("SetHandler mod_python\nPythonHandler measured", root=folder)
        app.get("/page.psp")
    timer.show()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
