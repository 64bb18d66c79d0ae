"""Who decided: the directives that each setting comes from, kept where somebody asked for it (`explain`, `check`).

Law: they are a setting like any other, and so are merged along with all others by the same code, in the same order;
a site that is served has none of them, and pays nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from modpy_wsgi.config.model import Origin, Setting

__all__ = ["DECISIONS", "Decision", "with_decision"]


class Decision(NamedTuple):
    """A directive that had a say."""

    name: str  # of the directive
    args: tuple[str, ...]  # as its row takes them: of a directive that means each word alone, one word
    origin: Origin


Decisions = Mapping[Setting[Any], tuple[Decision, ...]]


def _merged(outer: Decisions, inner: Decisions) -> Decisions:
    return {**outer, **{setting: outer.get(setting, ()) + found for setting, found in inner.items()}}


# By setting, in the order in which they were merged: of a setting that one directive replaces, the last decided.
DECISIONS: Setting[Decisions] = Setting("decisions", {}, _merged)


def with_decision(so_far: Decisions | None, changed: Iterable[Setting[Any]], decision: Decision) -> Decisions:
    """The decisions of one section, and this one on the settings that it changed."""
    result = dict(so_far or {})
    for setting in changed:
        result[setting] = (*result.get(setting, ()), decision)
    return result
