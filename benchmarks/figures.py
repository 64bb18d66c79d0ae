"""Figures of a run: printed as a table, and kept for RESULTS.md and the charts if a run of all benchmarks asks for it.

Law: a figure comes from a measurement of the same run; none is typed by hand.
"""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["FILE", "goal", "keep", "shown", "spread", "table"]

FILE = "BENCH_FIGURES"  # environment variable: a file of JSON lines


def keep(kind: str, **figure: Any) -> None:
    """Keep one figure for whoever runs all benchmarks."""
    path = os.environ.get(FILE)
    if path:
        with open(path, "a") as file:
            file.write(json.dumps({"kind": kind, **figure}) + "\n")


def goal(what: str, value: float, bound: float, *, at_least: bool = False) -> None:
    """Say and keep how a figure stands to its goal: at most `bound`, or at least."""
    met = value >= bound if at_least else value <= bound
    sign = ">=" if at_least else "<="
    print(f"{'met   ' if met else 'MISSED'}  {what}: {value:.3g} (goal {sign} {bound:g})")
    keep("goal", what=what, value=value, bound=bound, at_least=at_least, met=met)


def spread(values: Sequence[float]) -> float:
    """Half the distance between the quartiles, as a share of the median."""
    if len(values) < 3:
        return (max(values) - min(values)) / 2 / statistics.median(values)
    quartiles = statistics.quantiles(values, n=4)
    return (quartiles[2] - quartiles[0]) / 2 / quartiles[1]


def shown(value: Any) -> str:
    """A cell of a table: three figures that count."""
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows under the names of their columns, the first to the left and the others to the right."""
    if not rows:
        return
    names = list(rows[0])
    cells = [names, *[[shown(row.get(name, "")) for name in names] for row in rows]]
    widths = [max(len(line[place]) for line in cells) for place in range(len(names))]
    for line in cells:
        first, *others = [
            cell.ljust(width) if not place else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  ".join([first, *others]).rstrip())
    print()
