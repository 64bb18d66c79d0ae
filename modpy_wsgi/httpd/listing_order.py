"""The order of a listing: by name, time, size or description, with numbers taken as numbers where VersionSort is on.

Law: two entries never count as equal, so that the order is the same each time; the parent directory is first, whatever
the order. Source: mod_autoindex, and apr_strnatcmp as observed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
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
        first = lambda entry: natural(_bytes(entry.description or ""))  # noqa: E731
    elif key == "D":
        first = lambda entry: _bytes(entry.description or "")  # noqa: E731
    parents = [entry for entry in entries if entry.is_parent]
    others = [entry for entry in entries if not entry.is_parent]
    for by in (*by_name, first):  # step by step: each decides among those that are the same to the next
        if by is not None:
            others.sort(key=by)
    if order == "D":
        others.reverse()
    if folders_first:
        others.sort(key=lambda entry: not entry.is_folder)
    return parents + others


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _by_name(versions: bool, any_case: bool) -> tuple[Callable[[Entry], Any] | None, ...]:
    """The keys of names, the one that decides last first."""
    return (
        lambda entry: _bytes(entry.name),
        (lambda entry: _bytes(entry.name).lower()) if any_case else None,
        (lambda entry: natural(_bytes(entry.name))) if versions else None,
        (lambda entry: natural(_bytes(entry.name).upper())) if versions and any_case else None,
    )


_RUN = re.compile(rb"([0-9]+)")
_SPACE = b" \t\n\v\f\r"
# As C compares them: characters beyond ASCII come first, then the end of the text, then the others.
_PLACES = bytes([(byte + 128) % 256 for byte in range(256)])
_END = b"\x80"
_FRACTION, _NUMBER = _PLACES[ord("0") : ord("1")], _PLACES[ord("1") : ord("2")]


def natural(text: bytes) -> bytes:
    """A key by which names are in the order of apr_strnatcmp: runs of digits are numbers, spaces count for nothing.

    A run that begins with 0 is a fraction, compared from the left; it comes before all others.
    """
    first, *others = _RUN.split(text)
    key = [first.translate(_PLACES, _SPACE)]
    for digits, rest in zip(others[::2], others[1::2], strict=True):
        if digits[:1] == b"0":
            key += (_FRACTION, digits, b"\0")
        else:
            key += (_NUMBER, len(digits).to_bytes(4, "big"), digits)
        key.append(rest.translate(_PLACES, _SPACE))
    key.append(_END)
    return b"".join(key)
