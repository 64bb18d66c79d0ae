"""Shell patterns that are compared with whole names: those of mod_autoindex, which clients may send as well.

Law: the time grows with the name times the pattern, whatever stands in either: between two stars stands a piece of
fixed width, and the first place where it fits is as good as any later one. As to httpd everything is bytes: patterns
and names are what `environ.encode` makes of a text, a character for each byte.
"""

from __future__ import annotations

import re

__all__ = ["Glob"]


class Glob:
    """A pattern with * (anything, slashes too) and ? (one character).

    `brackets`: [a-z], [!a] and [^a] as well. `escapes`: a backslash takes the meaning of what follows. `fold`: upper
    and lower case of ASCII are the same.
    """

    __slots__ = ("_first", "_last", "_middle", "_single", "_width", "text")

    def __init__(self, text: str, *, brackets: bool = False, escapes: bool = False, fold: bool = False) -> None:
        self.text = text
        flags = re.DOTALL | re.ASCII | (re.IGNORECASE if fold else 0)
        pieces = _pieces(text, brackets, escapes)
        compiled = [re.compile("".join(piece), flags) for piece in pieces]
        self._single = len(compiled) == 1
        self._first, self._last = compiled[0], compiled[-1]
        self._middle = [piece for piece, source in zip(compiled[1:-1], pieces[1:-1], strict=True) if source]
        self._width = len(pieces[-1])  # each part of a piece is one character

    def matches(self, name: str) -> bool:
        """Whether the whole name is one that the pattern means."""
        if self._single:
            return self._first.fullmatch(name) is not None
        found = self._first.match(name)
        if found is None:
            return False
        at, end = found.end(), len(name) - self._width
        for piece in self._middle:
            found = piece.search(name, at)
            if found is None:
                return False
            at = found.end()
        return at <= end and self._last.match(name, end) is not None


def _pieces(text: str, brackets: bool, escapes: bool) -> list[list[str]]:
    """What stands between the stars: each a list of expressions for one character."""
    pieces: list[list[str]] = [[]]
    at = 0
    while at < len(text):
        char = text[at]
        at += 1
        if char == "*":
            pieces.append([])
        elif char == "?":
            pieces[-1].append(".")
        elif char == "\\" and escapes and at < len(text):
            pieces[-1].append(re.escape(text[at]))
            at += 1
        elif char == "[" and brackets:
            expression, at = _bracket(text, at, escapes)
            pieces[-1].append(expression)
        else:
            pieces[-1].append(re.escape(char))
    return pieces


def _bracket(text: str, at: int, escapes: bool) -> tuple[str, int]:
    """The class whose bracket stands before `at`, and its end; a bracket that nothing closes stands for itself."""
    start = at
    negated = text[at : at + 1] in ("!", "^")
    at += negated
    ranges: list[str] = []
    first = True
    while first or text[at : at + 1] != "]":
        first = False
        low, at = _member(text, at, escapes)
        high = low
        if low and text[at : at + 1] == "-" and text[at + 1 : at + 2] not in ("", "]"):
            high, at = _member(text, at + 1, escapes)
        if not high:  # the end of the text
            return re.escape("["), start
        if low <= high:
            ranges.append(f"{re.escape(low)}-{re.escape(high)}")
    if not ranges:
        return ("." if negated else "(?!)."), at + 1
    return f"[{'^' if negated else ''}{''.join(ranges)}]", at + 1


def _member(text: str, at: int, escapes: bool) -> tuple[str, int]:
    if escapes and text[at : at + 1] == "\\" and at + 1 < len(text):
        at += 1
    return text[at : at + 1], at + 1
