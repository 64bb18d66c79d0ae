"""The source of a page beside the Python code that it is, as HTML.

Law: everything is escaped; the table stands alone, so that it can be put into any page.
"""

from __future__ import annotations

import html

from .program import LINE_END, Program

__all__ = ["document", "table"]

_STYLE = """
:root { color-scheme: light dark; }
body { margin: 1rem; font: 100%/1.4 system-ui, sans-serif; background: Canvas; color: CanvasText; }
.psp { overflow-x: auto; }
table { border-collapse: collapse; font: 0.875rem/1.4 ui-monospace, monospace; }
caption, th { text-align: left; padding: 0.25rem 0.75rem; font-family: system-ui, sans-serif; }
td { padding: 0 0.75rem; vertical-align: top; white-space: pre; border-left: 1px solid GrayText; }
th[scope="row"] { text-align: right; font-weight: normal; color: GrayText; }
tr:hover td { background: light-dark(#eef, #224); }
"""


def table(filename: str, program: Program) -> str:
    """The table: a row for each line, the program's on the left, the page's own on the right."""
    source = program.sources[0]
    page = [source.line(number) for number in range(1, len(source.line_starts) + 1)]
    code = LINE_END.split(program.text)
    if not page[-1]:
        page.pop()
    if not code[-1]:
        code.pop()
    rows = []
    for number in range(1, max(len(page), len(code)) + 1):
        left, right = (html.escape(each[number - 1]) if number <= len(each) else "" for each in (code, page))
        rows.append(f'<tr><th scope="row">{number}</th><td>{left}</td><td>{right}</td></tr>\n')
    return (
        f'<div class="psp"><table>\n<caption>{html.escape(filename)}</caption>\n'
        '<thead><tr><th scope="col">Line</th><th scope="col">Python code</th><th scope="col">Page</th></tr></thead>\n'
        f"<tbody>\n{''.join(rows)}</tbody>\n</table></div>\n"
    )


def document(title: str) -> tuple[str, str]:
    """The begin and the end of a document to put a table into."""
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{html.escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n",
        "</main>\n</body>\n</html>\n",
    )
