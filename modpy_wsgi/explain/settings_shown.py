"""The settings of a request as people read them, and the directives that decided each.

Law: what the directives said is told in their own words; a value is shortened, never left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields as fields_of
from dataclasses import is_dataclass
from enum import Enum
from typing import Any

from ..config.decisions import DECISIONS, Decision
from ..config.directives import ALL
from ..config.lexer import quote
from ..config.model import Args, Origin, Section, Setting, Settings, replace
from ..config.request_config import RequestConfig
from .model import Decided, Place

__all__ = ["last_place", "place_of", "settings_shown"]

MAX_VALUE = 200  # characters of a value that is shown

_FLAGS = {"0": "Off", "1": "On"}
_UNSAID: tuple[object, ...] = (None, (), frozenset(), "", False)


def settings_shown(settings: Settings) -> Iterator[Decided]:
    """Each setting that was made, by name."""
    decisions = settings[DECISIONS]
    for setting, value in sorted(settings.items(), key=lambda pair: pair[0].name.lower()):
        if setting is DECISIONS:
            continue
        by = tuple((_written(each), place_of(each.origin)) for each in decisions.get(setting, ()))
        yield Decided(setting.name, _value(value), by[::-1], setting.merge is replace)


def _written(decision: Decision) -> str:
    """The directive as it may have been written."""
    if decision.name.startswith("<"):
        return f"{decision.name} {' '.join(decision.args)}>"[:MAX_VALUE]
    row = ALL.get(decision.name.lower())
    kind = None if row is None else row.args
    args = [_FLAGS.get(each, each) for each in decision.args] if kind is Args.FLAG else list(decision.args)
    shown = args if kind is Args.RAW else map(quote, args)
    return " ".join((decision.name, *shown))[:MAX_VALUE]


def _value(value: object) -> str:
    """A value for people: short, and the same each time."""
    if isinstance(value, frozenset):
        text = " ".join(sorted(map(str, value))) or "none"
    elif isinstance(value, dict):
        text = ", ".join(f"{key}={_value(each)}" for key, each in value.items())
    elif isinstance(value, tuple):
        fields = getattr(value, "_fields", None)
        if fields is None:
            text = ", ".join(map(_value, value)) or "none"
        else:  # where it stands is told beside it
            said = [(name, each) for name, each in zip(fields, value, strict=True) if not isinstance(each, Origin)]
            text = " ".join(f"{name}={_value(each)}" for name, each in said if each not in _UNSAID)
    elif isinstance(value, Section):
        text = f"<{value.kind.value} {value.pattern}>"
    elif is_dataclass(value):
        said = [(each.name, getattr(value, each.name)) for each in fields_of(value)]
        text = " ".join(f"{name}={_value(each)}" for name, each in said if each not in _UNSAID)
    elif isinstance(value, bool):
        text = "On" if value else "Off"
    elif isinstance(value, Enum):
        text = (value.name or str(value)).capitalize()
    else:
        text = str(value)
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 3] + "..."


def last_place(config: RequestConfig, setting: Setting[Any]) -> Place:
    """Where the last directive stands that had a say in a setting."""
    decisions = config.settings[DECISIONS].get(setting, ())
    return place_of(decisions[-1].origin) if decisions else Place()


def place_of(origin: Origin) -> Place:
    """Where a directive stands."""
    return Place(origin.file or None, origin.line or None)
