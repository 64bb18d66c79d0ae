"""The settings of a request as people read them, and the directives that decided each.

Law: what the directives said is told in their own words, as they are written; what is long is shortened, never left
out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..config.decisions import DECISIONS, Decision
from ..config.directives import ALL, mime
from ..config.lexer import quote
from ..config.model import Args, Origin, Setting, Settings, replace
from ..config.request_config import RequestConfig
from .model import Decided, Place
from .values_shown import is_record, value_shown

__all__ = ["last_place", "place_of", "settings_shown"]

MAX_VALUE = 200  # characters of a value or a directive that are shown

_FLAGS = {"0": "Off", "1": "On"}


def settings_shown(settings: Settings) -> Iterator[Decided]:
    """Each setting that was made, by name."""
    decisions = settings[DECISIONS]
    for setting, value in sorted(settings.items(), key=lambda pair: pair[0].name.lower()):
        if setting is DECISIONS or (not value and setting in mime.TABLES and setting not in decisions):
            continue  # no directive's, or a table that is there because another of its module is
        directives = [_as_written(each) for each in _directives(decisions.get(setting, ()))][::-1]
        by = tuple((_shortened(_written(each)), place_of(each.origin)) for each in directives)
        said = value_shown(setting, value, [(each.args, _arguments(each)) for each in directives])
        yield Decided(setting.name, _shortened(said), by, _holding(setting, value, directives))


def _directives(decisions: Sequence[Decision]) -> Iterator[Decision]:
    """The directives as they stand: of one whose words count each alone, each is a decision."""
    last: Decision | None = None
    for decision in decisions:
        row = ALL.get(decision.name.lower())
        same = {Args.ITERATE: 0, Args.ITERATE2: 1}.get(row.args) if row is not None else None
        if last is not None and same is not None and _is_one(last, decision, same):
            last = last._replace(args=last.args + decision.args[same:])
            continue
        if last is not None:
            yield last
        last = decision
    if last is not None:
        yield last


def _is_one(one: Decision, other: Decision, same: int) -> bool:
    """Whether two decisions are of one directive, whose first words are the same in both."""
    return one.name == other.name and one.origin == other.origin and one.args[:same] == other.args[:same]


def _holding(setting: Setting[Any], value: object, directives: Sequence[Decision]) -> int:
    """How many of the directives, the last one first, make up the value: those behind them were replaced."""
    if setting.merge is not replace:
        return len(directives)
    if not is_record(value):
        return 1
    places = [_section(each.origin) for each in directives]
    return next((number for number, place in enumerate(places) if place != places[0]), len(places))


def _section(origin: Origin) -> tuple[object, ...]:
    """What tells the section of a directive, as far as it can be told."""
    return origin.where, origin.htaccess, origin.directory, origin.location


def _as_written(decision: Decision) -> Decision:
    """With On and Off where a row takes them."""
    row = ALL.get(decision.name.lower())
    if row is None or row.args is not Args.FLAG:
        return decision
    return decision._replace(args=tuple(_FLAGS.get(each, each) for each in decision.args))


def _written(decision: Decision) -> str:
    """The directive as it may have been written."""
    if decision.name.startswith("<"):
        return f"{decision.name} {' '.join(decision.args)}>"
    return f"{decision.name} {_arguments(decision)}".rstrip()


def _arguments(decision: Decision) -> str:
    row = ALL.get(decision.name.lower())
    return " ".join(decision.args if row is not None and row.args is Args.RAW else map(quote, decision.args))


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 3] + "..."


def last_place(config: RequestConfig, setting: Setting[Any]) -> Place:
    """Where the last directive stands that had a say in a setting."""
    decisions = config.settings[DECISIONS].get(setting, ())
    return place_of(decisions[-1].origin) if decisions else Place()


def place_of(origin: Origin) -> Place:
    """Where a directive stands."""
    return Place(origin.file or None, origin.line or None)
