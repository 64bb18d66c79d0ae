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
    if versions and not any_case:  # one key that says both
        return (lambda entry: natural(name := _bytes(entry.name)) + name,)
    return (
        lambda entry: _bytes(entry.name),
        (lambda entry: _bytes(entry.name).lower()) if any_case else None,
        (lambda entry: natural(_bytes(entry.name))) if versions else None,
        (lambda entry: natural(_bytes(entry.name).upper())) if versions and any_case else None,
    )


_SPACE = b" \t\n\v\f\r"
# As C compares them: characters beyond ASCII come first, then the end of the text, then the others.
_PLACES = bytes([(byte + 128) % 256 for byte in range(256)])
_END = b"\x80"
_ZERO, _ONE = (digit.translate(_PLACES) for digit in (b"0", b"1"))
_RUN = re.compile(b"[\xb0-\xb9]+")  # of digits, in their places


def _number(found: re.Match[bytes]) -> bytes:
    digits = found[0]
    if digits[:1] == _ZERO:
        return _ZERO + digits + b"\0"
    return _ONE + len(digits).to_bytes(4, "big") + digits


def natural(text: bytes) -> bytes:
    """A key by which names are in the order of apr_strnatcmp: runs of digits are numbers, spaces count for nothing.

    A run that begins with 0 is a fraction, compared from the left; it comes before all others.
    """
    if text.isspace() or len(text.split(None, 1)) > 1:  # spaces part runs of digits
        return b"".join([_RUN.sub(_number, part.translate(_PLACES)) for part in text.split()]) + _END
    return _RUN.sub(_number, text.translate(_PLACES, _SPACE)) + _END
