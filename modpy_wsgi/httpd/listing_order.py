"""The order of a listing: by name, time, size or description, with numbers taken as numbers where VersionSort is on.

Law: two entries never count as equal, so that the order is the same each time; the parent directory is first, whatever
the order. Source: mod_autoindex, and apr_strnatcmp as observed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .._fast.natural import naturals

__all__ = ["Entry", "in_order"]


@dataclass(slots=True)
class Entry:
    """One line of a listing."""

    name: str  # a folder's ends in "/"; the parent directory's is a path
    look: tuple[str | None, str | None] = (None, None)  # icon and its text
    description: str | None = None  # markup
    size: int = -1
    modified: int | None = None  # seconds since the epoch
    is_folder: bool = False  # of which a plain list knows nothing


def in_order(
    entries: list[Entry], key: str, order: str, *, versions: bool, any_case: bool, folders_first: bool
) -> list[Entry]:
    """The entries sorted by `key` ("N", "M", "S", "D"), ascending ("A") or descending ("D")."""
    names = [entry.name for entry in entries]
    parents = [place for place, name in enumerate(names) if name[0] == "/"]
    places = [place for place, name in enumerate(names) if name[0] != "/"]
    # Step by step: each list of keys decides among those that are the same to the next.
    steps: list[list[Any]] = _by_name(names, versions, any_case)
    if key == "M":
        steps.append([entry.modified or 0 for entry in entries])
    elif key == "S":
        steps.append([entry.size for entry in entries])
    elif key == "D":
        described = _all_bytes([entry.description or "" for entry in entries])
        steps.append(naturals(described) if versions else _each(described))
    for keys in steps:
        places.sort(key=keys.__getitem__)
    if order == "D":
        places.reverse()
    if folders_first:
        places.sort(key=lambda place: not entries[place].is_folder)
    return [entries[place] for place in parents + places]


def _all_bytes(texts: list[str]) -> bytes:
    """Texts with NUL between them: the name of no file has one, and no directive."""
    return "\0".join(texts).encode("utf-8", "surrogateescape")


def _each(texts: bytes) -> list[str]:
    """Of such texts, each as `environ.encode` has it: Python compares str sooner than bytes, with the same result."""
    return texts.decode("latin-1").split("\0")


def _by_name(texts: list[str], versions: bool, any_case: bool) -> list[list[Any]]:
    """The keys of names, those that decide last first."""
    names = _all_bytes(texts)
    if versions and not any_case:  # one key that says both
        return [[f"{key}{name}" for key, name in zip(naturals(names), _each(names), strict=True)]]
    steps: list[list[Any]] = [_each(names)]
    if any_case:
        steps.append(_each(names.lower()))
    if versions:
        steps.append(naturals(names))
        steps.append(naturals(names.upper()))
    return steps
