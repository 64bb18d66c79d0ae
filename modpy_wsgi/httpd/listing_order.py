"""The order of a listing: by name, time, size or description, with numbers taken as numbers where VersionSort is on.

Law: two entries never count as equal, so that the order is the same each time; the parent directory is first, whatever
the order. Source: mod_autoindex, and apr_strnatcmp as observed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cmp_to_key
from typing import Any, NamedTuple

__all__ = ["Entry", "in_order", "natural"]


class Entry(NamedTuple):
    """One line of a listing."""

    name: str  # a folder's ends in "/"; the parent directory's is a path
    icon: str | None = None
    alt: str | None = None
    description: str | None = None  # markup
    size: int = -1
    modified: int | None = None  # seconds since the epoch
    is_folder: bool = False

    @property
    def is_parent(self) -> bool:
        """Whether it leads to the directory above."""
        return self.name[:1] == "/"


def in_order(
    entries: list[Entry], key: str, order: str, *, versions: bool, any_case: bool, folders_first: bool
) -> list[Entry]:
    """The entries sorted by `key` ("N", "M", "S", "D"), ascending ("A") or descending ("D")."""
    by_name = _by_name(versions, any_case)
    first: Callable[[Entry], Any] | None = None
    if key == "M":
        first = lambda entry: entry.modified or 0  # noqa: E731
    elif key == "S":
        first = lambda entry: entry.size  # noqa: E731
    elif key == "D" and versions:
        first = lambda entry: _NATURAL(_bytes(entry.description or ""))  # noqa: E731
    elif key == "D":
        first = lambda entry: _bytes(entry.description or "")  # noqa: E731
    parents = [entry for entry in entries if entry.is_parent]
    others = [entry for entry in entries if not entry.is_parent]
    others.sort(key=by_name)  # in two steps: the names decide among those that are the same otherwise
    if first is not None:
        others.sort(key=first)
    if order == "D":
        others.reverse()
    if folders_first:
        others.sort(key=lambda entry: not entry.is_folder)
    return parents + others


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _by_name(versions: bool, any_case: bool) -> Callable[[Entry], Any]:
    if not versions:
        if any_case:
            return lambda entry: ((name := _bytes(entry.name)).lower(), name)
        return lambda entry: _bytes(entry.name)
    natural_key = _natural_key(any_case)
    return lambda entry: natural_key(_bytes(entry.name))


def _natural_key(any_case: bool) -> Callable[[bytes], Any]:
    def compared(one: bytes, other: bytes) -> int:
        result = natural(one, other, fold=True) if any_case else 0
        result = result or natural(one, other)
        if not result and any_case:
            result = (one.lower() > other.lower()) - (one.lower() < other.lower())
        return result or (one > other) - (one < other)

    return cmp_to_key(compared)


_PIECE = re.compile(rb"[0-9]+")
_SPACE = b" \t\n\v\f\r"


def natural(one: bytes, other: bytes, *, fold: bool = False) -> int:
    """-1, 0 or 1: how two names compare where runs of digits are numbers, and spaces count for nothing.

    Digits behind a point, that is a run of which one begins with 0, are compared from the left.
    """
    i = j = 0
    while True:
        while one[i : i + 1] and one[i] in _SPACE:
            i += 1
        while other[j : j + 1] and other[j] in _SPACE:
            j += 1
        left, right = _PIECE.match(one, i), _PIECE.match(other, j)
        if left and right:
            result = _numbers(left[0], right[0])
            if result:
                return result
        a, b = one[i : i + 1], other[j : j + 1]
        if not a and not b:
            return 0
        if fold:
            a, b = a.upper(), b.upper()
        if a != b:
            return -1 if _signed(a) < _signed(b) else 1
        i += 1
        j += 1


def _numbers(left: bytes, right: bytes) -> int:
    if left[:1] != b"0" and right[:1] != b"0" and len(left) != len(right):
        return -1 if len(left) < len(right) else 1
    return (left > right) - (left < right)


def _signed(char: bytes) -> int:
    """A character as C has it, of which those beyond ASCII come first; the end of the text is 0."""
    value = char[0] if char else 0
    return value - 256 if value > 127 else value


_NATURAL: Callable[[bytes], Any] = cmp_to_key(natural)
