"""The order of a listing: by name, time, size or description, with numbers taken as numbers where VersionSort is on.

Law: two entries never count as equal, so that the order is the same each time; the parent directory is first, whatever
the order. Source: mod_autoindex, and apr_strnatcmp as observed.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

__all__ = ["Entry", "in_order", "naturals"]


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
    others = [entry for entry in entries if entry.name[:1] != "/"]
    parents = [entry for entry in entries if entry.is_parent] if len(others) < len(entries) else []
    # Step by step: each list of keys decides among those that are the same to the next.
    steps: list[list[Any]] = _by_name([entry.name for entry in others], versions, any_case)
    if key == "M":
        steps.append([entry.modified or 0 for entry in others])
    elif key == "S":
        steps.append([entry.size for entry in others])
    elif key == "D":
        described = _all_bytes([entry.description or "" for entry in others])
        steps.append(naturals(described) if versions else described)
    places = list(range(len(others)))
    for keys in steps:
        places.sort(key=keys.__getitem__)
    if order == "D":
        places.reverse()
    if folders_first:
        places.sort(key=lambda place: not others[place].is_folder)
    return parents + [others[place] for place in places]


def _all_bytes(texts: list[str]) -> list[bytes]:
    """Texts without NUL as bytes: the name of no file has one, and no directive."""
    return "\0".join(texts).encode("utf-8", "surrogateescape").split(b"\0")


def _by_name(texts: list[str], versions: bool, any_case: bool) -> list[list[Any]]:
    """The keys of names, those that decide last first."""
    names = _all_bytes(texts)
    if versions and not any_case:  # one key that says both
        return [[key + name for key, name in zip(naturals(names), names, strict=True)]]
    steps: list[list[Any]] = [names]
    if any_case:
        steps.append([name.lower() for name in names])
    if versions:
        steps.append(naturals(names))
        steps.append(naturals([name.upper() for name in names]))
    return steps


_SPACE = b" \t\n\v\f\r"
# As C compares them: characters beyond ASCII come first, then the end of the text, then the others.
_PLACES = bytes([(byte + 128) % 256 for byte in range(256)])
_END = b"\x80"
_ZERO, _ONE = (digit.translate(_PLACES) for digit in (b"0", b"1"))
_NAUGHT = _ZERO[0]
_RUN = re.compile(b"([\xb0-\xb9]+)")  # of digits, in their places
_SPACE_PLACES = _SPACE.translate(_PLACES)


class _Lengths(dict[int, bytes]):
    """How long a number is, so that longer ones come later: seven bits in a byte, as _END must stand nowhere else."""

    def __missing__(self, length: int) -> bytes:
        found = self[length] = _ONE + bytes([length >> bits & 127 for bits in (21, 14, 7, 0)])
        return found


def naturals(texts: list[bytes]) -> list[bytes]:
    """Keys by which texts are in the order of apr_strnatcmp: runs of digits are numbers, spaces count for nothing.

    A run that begins with 0 is a fraction, compared from the left; it comes before all others. No text holds a NUL.
    """
    every = b"\0".join(texts).translate(_PLACES)  # all at once, which NUL, now _END, parts
    pieces = _RUN.split(every)
    lengths = _Lengths()
    pieces[1::2] = [
        lengths[len(digits)] + digits if digits[0] != _NAUGHT else _ZERO + digits + b"\0" for digits in pieces[1::2]
    ]
    if len(every.translate(None, _SPACE_PLACES)) < len(every):
        pieces[::2] = [piece.translate(None, _SPACE_PLACES) for piece in pieces[::2]]
    return [key + _END for key in b"".join(pieces).split(_END)]
