"""Conditions of #if and #elif, in the language that holds for the page.

Law: a condition is read once; what it asks depends on its text, on where it stands, and on the language only.
"""

from __future__ import annotations

from functools import lru_cache

from . import expression, legacy
from .page import Page, Test

__all__ = ["holds"]

MAX_KEPT = 1000  # characters of a condition that is kept as it was read; few are longer


def holds(text: str, page: Page) -> bool:
    """Whether a condition is true for a page. Raises ValueError for a text that is none."""
    reading = _kept if len(text) <= MAX_KEPT else _read
    return reading(text, page.place, page.legacy)(page)


def _read(text: str, place: str, in_legacy: bool) -> Test:
    return legacy.read(text, place) if in_legacy else expression.read(text, place)


_kept = lru_cache(maxsize=256)(_read)
