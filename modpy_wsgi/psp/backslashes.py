r"""Backslashes in the text of a page, as Python is given them.

The original hands the text on as the content of a literal, and Python makes of its backslashes what it makes of any:
`\x41` is an A. That is kept. A backslash that begins no escape sequence stands for itself, today; later releases of
Python warn of it, and are to refuse it: it is doubled, which changes nothing. And what Python 3 refuses but was plain
text for Python 2 (`C:\users`) is plain text.

Law: for a page that the original can compile, the value of each literal stays what it was.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right

from .program import Program

__all__ = ["Mended", "broken_literal", "mended"]

_SEQUENCE = re.compile(
    r"""\\(?:
        (?P<fine>[\\'"abfnrtvx\n\r]|[0-3][0-7]{0,2}|[4-7][0-7]?(?![0-7]))
      | (?P<octal>[4-7][0-7]{2})
      | u[0-9A-Fa-f]{4}
      | U(?:000[0-9A-Fa-f]|0010)[0-9A-Fa-f]{4}
      | N\{(?P<name>[^}\\"\n]*)\}
      | (?P<plain>(?=[\s\S]))
    )""",
    re.VERBOSE,
)

_HEX = re.compile("[0-9A-Fa-f]{2}")
_ESCAPED = re.compile(r"\\[\s\S]")


class Mended:
    """The program as Python is to compile it, and where each place of it is in the program as it was."""

    def __init__(self, text: str, changes: list[tuple[int, int]]) -> None:
        self.text = text
        self._starts = [start for start, _ in changes]  # in the new text: where what was inserted ends
        self._shifts = [shift for _, shift in changes]  # how much longer the new text is from there on

    def origin(self, offset: int) -> int:
        """The offset in the program as it was."""
        index = bisect_right(self._starts, offset) - 1
        return offset - self._shifts[index] if index >= 0 else offset


def mended(program: Program, length: int) -> Mended:
    """The first `length` characters of the program, its backslashes made fit for Python."""
    text = program.text[:length]
    if "\\" not in text:
        return Mended(text, [])
    if not all(_is_closed(text[start : min(end, length)]) for start, end in program.literals):
        return Mended(text, [])  # what looks like text may be none
    parts: list[str] = []
    changes: list[tuple[int, int]] = []
    position = shift = 0
    for start, end in program.literals:
        for found in _SEQUENCE.finditer(text, start, min(end, length)):
            new = _written(found)
            if new is None:
                continue
            parts += (text[position : found.start()], new)
            position = found.end()
            shift += len(new) - len(found.group())
            changes.append((found.end() + shift, shift))
    parts.append(text[position:])
    return Mended("".join(parts), changes)


def _is_closed(literal: str) -> bool:
    """Whether three quotes end the literal, and no backslash or quote before them is in their way."""
    return "\\" not in literal or not _ESCAPED.sub("x", literal).endswith(("\\", '"'))


def broken_literal(program: Program) -> int | None:
    """Where the first backslash in the page's text stands that Python cannot read; None if there is none."""
    for start, end in program.literals:
        for found in _ESCAPED.finditer(program.text, start, end):
            if found.group() == "\\x" and not _HEX.match(program.text, found.end(), end):
                return found.start()
        if not _is_closed(program.text[start:end]):
            return end - 1
    return None


def _written(found: re.Match[str]) -> str | None:
    """How a sequence is to be written instead, if it is."""
    if found["octal"] is not None:  # a character beyond \377, of which Python warns
        return f"\\u{int(found['octal'], 8):04x}"
    if found["plain"] is not None:
        return "\\\\"
    if found["name"] is not None:
        try:
            unicodedata.lookup(found["name"])
        except KeyError:
            return "\\" + found.group()
    return None
