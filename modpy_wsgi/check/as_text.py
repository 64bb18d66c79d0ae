"""The report for people."""

from __future__ import annotations

from collections.abc import Iterator

from ..config.model import Kind
from .findings import Finding, Report, Severity, printable

__all__ = ["text"]

WIDTH = 100  # characters of a line of names


def text(report: Report) -> str:
    """The report, several lines, each ended."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    for finding in report.sorted():
        yield from _finding(finding)
    if report.left_out:
        yield f"and {report.left_out} more"
    yield from _directives(report)
    yield (
        f"{_many(report.files, 'file')} seen, {_many(report.modules, 'module')} compiled, "
        f"{report.imported} imported: {_many(report.counts[Severity.ERROR], 'error')}, "
        f"{_many(report.counts[Severity.WARNING], 'warning')}, {_many(report.counts[Severity.NOTE], 'note')}"
    )


def _finding(finding: Finding) -> Iterator[str]:
    place = f"{printable(finding.place)}: " if finding.file is not None else ""
    yield f"{place}{finding.severity.value}: {printable(finding.message)} [{finding.rule.name}]"
    if finding.suggestion:
        yield f"    {printable(finding.suggestion)}"


def _directives(report: Report) -> Iterator[str]:
    for kind in Kind:
        names = sorted(
            (f"{use.name}>" if use.name.startswith("<") else use.name)
            for use in report.directives.values()
            if use.kind == kind.name.lower()
        )
        if names:
            yield from _wrapped(f"{_many(len(names), 'directive')} {kind.value}:", names)


def _wrapped(title: str, names: list[str]) -> Iterator[str]:
    line = title
    for name in names:
        if len(line) + 1 + len(name) > WIDTH:
            yield line
            line = "   "
        line += f" {name}"
    yield line


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
