"""The source of a page beside the Python code that it is, as HTML.

Law: everything is escaped; the table stands alone, so that it can be put into any page.
"""

from __future__ import annotations

import html
from collections.abc import Iterator

from .program import Program, Source

__all__ = ["document", "table"]

_STYLE = """
:root { color-scheme: light dark; --ground: #fbfaf7; --ink: #1d2430; --soft: #566072; --line: #d7dbe2; --row: #eef1ee; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181c; --ink: #e8ecef; --soft: #a9b4be; --line: #38424c;
  --row: #232a31; } }
body { margin: 1rem; font: 1rem/1.4 system-ui, sans-serif; background: var(--ground); color: var(--ink); }
.psp { overflow-x: auto; }
table { border-collapse: collapse; table-layout: fixed; width: 100%; min-width: 40rem; }
caption, th { text-align: left; padding: 0.25rem 0.75rem; overflow-wrap: anywhere; }
th:first-child { width: 9rem; }
thead th:first-child { text-align: right; }
th, td { vertical-align: top; font-size: 0.875rem; line-height: 1.4; }
td { padding: 0 0.75rem; white-space: pre-wrap; overflow-wrap: anywhere; border-left: 1px solid var(--line);
  font-family: ui-monospace, monospace; }
th[scope="row"] { text-align: right; font-weight: normal; color: var(--soft); padding-block: 0; }
tr:hover td { background: var(--row); }
"""


def table(filename: str, program: Program) -> str:
    """The table: a row for each line of code, with the line of the page that it comes from; and those of no code."""
    rows = "".join(
        f'<tr><th scope="row">{html.escape(place)}</th><td>{html.escape(code)}</td><td>{html.escape(line)}</td></tr>\n'
        for place, code, line in _rows(program)
    )
    return (
        f'<div class="psp"><table>\n<caption>{html.escape(filename)}</caption>\n'
        '<thead><tr><th scope="col">Line</th><th scope="col">Python code</th><th scope="col">Page</th></tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table></div>\n"
    )


def _rows(program: Program) -> Iterator[tuple[str, str, str]]:
    """(place, code, line of the page). A line that several lines of code come from is shown with the first."""
    page = program.sources[0]
    last = len(page.line_starts) - (not page.line(len(page.line_starts)))
    shown: tuple[int, int] | None = None
    above = 0  # lines of the page that have been shown
    text = Source("", program.text)
    for number_of_code, start in enumerate(text.line_starts, 1):
        code = text.line(number_of_code)
        place = program.place(start)
        if place is None or start == len(program.text):
            continue
        where = (place.source, place.line)
        if place.source == 0:
            for number in range(above + 1, place.line):
                yield str(number), "", page.line(number)
            above = max(above, place.line)
        if where == shown:
            yield "", code, ""
            continue
        shown = where
        source = program.sources[place.source]
        name = "" if place.source == 0 else f"{source.name.rpartition('/')[2]}:"
        yield f"{name}{place.line}", code, source.line(place.line)
    for number in range(above + 1, last + 1):
        yield str(number), "", page.line(number)


def document(title: str) -> tuple[str, str]:
    """The begin and the end of a document to put a table into."""
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{html.escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n",
        "</main>\n</body>\n</html>\n",
    )
