"""Lines and columns of the program become those of the page: in the code, and so in tracebacks, and in syntax errors.

Law: a line number in code, in a traceback or an error is one of the page's own; the lines of a file that it includes
are numbered on behind its last, and `Lines` tells which is which. A position that is in no piece of the page goes to
the nearest that is.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from functools import lru_cache
from typing import Any

from .backslashes import Mended, broken_literal
from .program import LINE_END, Place, Program, Source

__all__ = ["Lines", "error_in_page", "relocate"]

_LINE_NAMED = re.compile(r"\b(on|at) line (\d+)\b")
_HINT = (
    "; a backslash in the text of a page means what it means in Python, unless it says"
    " `PythonOption modpy_wsgi.psp.literal_text On`"
)


class Lines:
    """How the lines of several sources are numbered as one."""

    def __init__(self, sources: list[Source]) -> None:
        self.names = tuple(source.name for source in sources)
        self.before = [0]  # of each source: how many lines those before it have
        for source in sources[:-1]:
            self.before.append(self.before[-1] + len(source.line_starts) + 1)

    def number(self, place: Place) -> int:
        """The number of a place's line."""
        return self.before[place.source] + place.line

    def find(self, number: int) -> tuple[str, int]:
        """The name of the source and the line in it."""
        index = bisect_right(self.before, number - 1) - 1
        return self.names[index], number - self.before[index]


class _Map:
    """From the text that was compiled to the page."""

    def __init__(self, text: str, program: Program, mended: Mended) -> None:
        self.text = text
        self.program = program
        self.mended = mended
        self.starts = [0, *(found.end() for found in LINE_END.finditer(text))]
        self.ascii = text.isascii()
        self.place = lru_cache(maxsize=4096)(self._place)

    def offset(self, line: int, column: int) -> int:
        """Where a line (from 1) and a column (from 0, in bytes of UTF-8) are."""
        start = self.starts[min(line, len(self.starts)) - 1]
        if self.ascii:
            return start + column
        end = self.starts[line] if line < len(self.starts) else len(self.text)
        return start + len(self.text[start:end].encode()[:column].decode(errors="ignore"))

    def _place(self, line: int, column: int, end: bool) -> tuple[Place, int] | None:
        """A place in the page, and its column in bytes."""
        place = self.program.place(self.mended.origin(self.offset(line, column)), end=end)
        if place is None:
            return None
        before = self.program.sources[place.source].line(place.line)[: place.column]
        return place, len(before.encode("utf-8", "surrogateescape"))


def relocate(tree: ast.AST, text: str, program: Program, mended: Mended, lines: Lines) -> None:
    """Give each node of the syntax tree of `text` the lines and columns of the page."""
    places = _Map(text, program, mended)
    node: Any
    for node in ast.walk(tree):
        if not hasattr(node, "lineno"):
            continue
        start = places.place(node.lineno, node.col_offset, False)
        end_line = getattr(node, "end_lineno", None) or node.lineno
        end = places.place(end_line, getattr(node, "end_col_offset", None) or 0, True)
        if start is None or end is None:
            continue
        first = lines.number(start[0]), start[1]
        node.lineno, node.col_offset = first
        last = max(first, (lines.number(end[0]), end[1]))
        node.end_lineno, node.end_col_offset = last


def error_in_page(error: SyntaxError, text: str, program: Program, mended: Mended, lines: Lines) -> SyntaxError:
    """The error of reading `text` as one of the page, with its file, line, column and text."""
    places = _Map(text, program, mended)

    def line_named(found: re.Match[str]) -> str:
        place = places.place(int(found[2]), 0, False)
        return found.group() if place is None else f"{found[1]} line {place[0].line}"

    message = _LINE_NAMED.sub(line_named, error.msg)
    if "unicodeescape" in message or ("triple-quoted" in message and "\\" in text):
        message += _HINT
    position = broken_literal(program) if message.endswith(_HINT) else None
    if position is None:
        position = mended.origin(_position(places, error.lineno, error.offset))
    start = program.place(position, end=not program.is_own(position))
    if start is None:
        return type(error)(message, (program.sources[0].name, 1, 1, ""))
    source = program.sources[start.source]
    stop = _end(places, error, start)
    return type(error)(
        message,
        (source.name, start.line, start.column + 1, source.line(start.line) + "\n", start.line, stop + 1),
    )


def _position(places: _Map, line: int | None, offset: int | None) -> int:
    """Where an error is; its column counts characters, from 1."""
    starts = places.starts
    if not line:
        return 0
    return min(starts[min(line, len(starts)) - 1] + max((offset or 1) - 1, 0), len(places.text))


def _end(places: _Map, error: SyntaxError, start: Place) -> int:
    """The column where an error ends, in its first line."""
    if error.end_lineno is not None and error.end_offset:
        position = _position(places, error.end_lineno, error.end_offset)
        stop = places.program.place(places.mended.origin(position), end=True)
        if stop is not None and (stop.source, stop.line) == (start.source, start.line):
            return max(stop.column, start.column + 1)
    return start.column + 1
