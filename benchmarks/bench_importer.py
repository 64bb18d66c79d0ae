"""What it costs a request to find its modules: `load` of unchanged ones beside the same os.stat calls, and `activate`.

Run: python benchmarks/bench_importer.py [rounds]. Every round times each row once, ours and what stands beside it in
turn; a row shows the medians in microseconds and their difference.

Goals: `load` at most 1 us more than a loop that makes the same os.stat calls; with autoreload off a dictionary lookup;
`activate` with `deactivate` 0.3 us, and less where everything is plain Python. Import statements in an isolated site
stand beside the same ones in plain Python, because the resolver is in the way of every import of the process then.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import timeit
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from modpy_wsgi.interpreter import Interpreter
from modpy_wsgi.interpreters import Interpreters

CALLS = 20_000
FILES = ("main", "one", "two", "three")
MAIN = """
import json, one, two, three
def standard():
    import json
def dotted():
    import os.path
def sibling():
    import one
def name():
    from one import V
"""


class Row(NamedTuple):
    title: str
    ours: Callable[[], Any]
    beside: Callable[[], Any]


def make_site(root: Path, interpreter: Interpreter) -> Interpreter:
    root.mkdir()
    for name in (*FILES, "alone"):
        (root / f"{name}.py").write_text(MAIN if name == "main" else "V = 1\n")
    interpreter.prepend(str(root))
    interpreter.load("main")
    return interpreter


def stat_files(files: list[str]) -> None:
    for file in files:
        os.stat(file)


def switch(interpreter: Interpreter) -> None:
    interpreter.deactivate(interpreter.activate())


def load_rows(place: str, interpreter: Interpreter, root: Path) -> list[Row]:
    paths = {name: str(root / f"{name}.py") for name in (*FILES, "alone")}
    files = [paths[name] for name in FILES]
    load = interpreter.load
    return [
        Row(f"load, 1 file, {place}", partial(load, "alone"), partial(stat_files, [paths["alone"]])),
        Row(f"load, 4 files, {place}", partial(load, "main"), partial(stat_files, files)),
        Row(f"load, installed, {place}", partial(load, "wsgiref.handlers"), partial(stat_files, [])),
        Row(f"load, autoreload off, {place}", partial(load, "main", autoreload=False), partial(paths.get, "main")),
    ]


def measure(call: Callable[[], Any]) -> float:
    return timeit.timeit(call, number=CALLS) / CALLS * 1e6


def report(rows: list[Row], rounds: int) -> None:
    times: dict[str, list[tuple[float, float]]] = {row.title: [] for row in rows}
    for _ in range(rounds):
        for row in rows:
            times[row.title].append((measure(row.ours), measure(row.beside)))
    for title, pairs in times.items():
        ours, beside = (statistics.median(column) for column in zip(*pairs, strict=True))
        print(f"{title:<40} {ours:8.3f} {beside:8.3f} {ours - beside:+8.3f}")


def main(rounds: int) -> None:
    print(f"{'us per call, medians':<40} {'ours':>8} {'beside':>8} {'more':>8}")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        alone = Interpreters(["localhost"])
        plain = make_site(root / "plain", alone.get("localhost"))
        report(
            [*load_rows("plain", plain, root / "plain"), Row("activate, plain", partial(switch, plain), int)], rounds
        )
        statements = ("standard", "dotted", "sibling", "name")
        in_plain = {
            each: statistics.median(measure(getattr(plain.load("main"), each)) for _ in range(rounds))
            for each in statements
        }
        alone.close()

        several = Interpreters(["a.example", "b.example"])
        isolated = make_site(root / "isolated", several.get("a.example"))
        report(
            [
                *load_rows("isolated", isolated, root / "isolated"),
                Row("activate, isolated", partial(switch, isolated), int),
            ],
            rounds,
        )
        for each in statements:
            ours = statistics.median(measure(getattr(isolated.load("main"), each)) for _ in range(rounds))
            print(f"{f'import, {each}, isolated':<40} {ours:8.3f} {in_plain[each]:8.3f} {ours - in_plain[each]:+8.3f}")
        several.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
