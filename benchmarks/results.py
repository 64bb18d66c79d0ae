"""RESULTS.md and the charts: what one run of all benchmarks has measured, and nothing else."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import charts, machine

__all__ = ["Part", "write"]

Figure = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """One benchmark that was run: what it printed, in so many seconds."""

    path: Path
    command: str
    printed: str
    seconds: float
    failed: bool


def write(folder: Path, parts: list[Part], figures: Path) -> None:
    """Write RESULTS.md, and charts/ as SVG, from what the parts printed and kept."""
    kept: list[Figure] = [json.loads(line) for line in figures.read_text().splitlines()]
    drawn = charts.draw(folder / "charts", kept)
    lines = ["# Results", "", "Written by `make bench`: measured in one run, not typed.", ""]
    lines += [f"* machine: {machine.described()}"]
    lines += [f"* {name} {version}" for name, version in machine.versions().items()]
    lines += ["", "## Goals", "", *_goals(kept)]
    if drawn:
        lines += ["", "## Charts", ""]
        lines += [f"![{title}](charts/{name})\n" for name, title in drawn.items()]
    for part in parts:
        title = (ast.get_docstring(ast.parse(part.path.read_text())) or part.path.stem).splitlines()[0].rstrip(".")
        lines += ["", f"## {title}", "", "```console", f"$ {part.command}", part.printed.strip(), "```"]
        lines += ["", f"In {part.seconds:.0f} s."]
    (folder / "RESULTS.md").write_text("\n".join(lines) + "\n")


def _goals(kept: list[Figure]) -> list[str]:
    rows = ["| figure | measured | goal | |", "|---|---|---|---|"]
    for figure in kept:
        if figure["kind"] == "goal":
            sign = "≥" if figure["at_least"] else "≤"
            met = "met" if figure["met"] else "**missed**"
            what = figure["what"].replace("<", "&lt;")
            rows.append(f"| {what} | {figure['value']:.3g} | {sign} {figure['bound']:g} | {met} |")
    return rows
