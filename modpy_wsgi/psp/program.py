"""The Python program that a page is, and where each piece of it stands in the page.

Law: `text` is, to the byte, what the original's parser makes of the page. What is known beside it (which pieces are
whose, which parts are the page's text) never changes a character of it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

__all__ = ["Place", "Program", "Source"]

LINE_END = re.compile("\r\n|\r|\n")  # as Python counts lines


@dataclass(frozen=True)
class Source:
    """A page, or a file that it includes. What is not UTF-8 in it stands there as surrogateescape has it."""

    name: str
    text: str

    @cached_property
    def line_starts(self) -> list[int]:
        """Where the lines begin."""
        return [0, *(found.end() for found in LINE_END.finditer(self.text))]

    def line(self, number: int) -> str:
        """A line by its number, the first being 1; without its end."""
        starts = self.line_starts
        if not 0 < number <= len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")


@dataclass(frozen=True)
class Place:
    """A place in a page: the index of the source, the line from 1, the column from 0 in characters."""

    source: int
    line: int
    column: int


class Program:
    """What a page is turned into; it is put together piece by piece."""

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self.literals: list[tuple[int, int]] = []  # where the page's own text stands, as the content of """literals"""
        self._parts: list[str] = []
        self._length = 0
        self._starts: list[int] = []  # in the program, of the pieces that are the page's own
        self._pieces: list[tuple[int, int, int, int]] = []  # of each: source, offset there, length here and there
        self._literal = 0

    @cached_property
    def text(self) -> str:
        """The program."""
        return "".join(self._parts)

    def add(self, text: str) -> None:
        """Add what no page has written."""
        self._parts.append(text)
        self._length += len(text)

    def take(self, text: str, source: int, offset: int, length: int | None = None) -> None:
        """Add what stands in a source at `offset`; if it is written otherwise there, `length` characters of it."""
        if text:
            self._starts.append(self._length)
            self._pieces.append((source, offset, len(text), len(text) if length is None else length))
            self.add(text)

    def open_literal(self) -> None:
        """The page's text begins."""
        self._literal = self._length

    def close_literal(self) -> None:
        """The page's text ends."""
        if self._length > self._literal:
            self.literals.append((self._literal, self._length))

    def is_own(self, offset: int) -> bool:
        """Whether a character of the program is one of the page's."""
        index = bisect_right(self._starts, offset) - 1
        return index >= 0 and offset < self._starts[index] + self._pieces[index][2]

    def place(self, offset: int, *, end: bool = False) -> Place | None:
        """What of the page stands at an offset of the program: there or right behind it, as an `end` right before it.

        None for a program that has nothing of a page.
        """
        if not self._pieces:
            return None
        index = bisect_right(self._starts, offset - end) - 1
        if index < 0:
            index, within = 0, 0
        else:
            within = offset - self._starts[index]
            length = self._pieces[index][2]
            if within >= length:
                if end or index + 1 == len(self._pieces):
                    within = length
                else:
                    index, within = index + 1, 0
        source, start, _, there = self._pieces[index]
        starts = self.sources[source].line_starts
        position = start + min(within, there)
        line = bisect_right(starts, position)
        return Place(source, line, position - starts[line - 1])
