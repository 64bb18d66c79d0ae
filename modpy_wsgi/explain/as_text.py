"""An explanation for a terminal, and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from ..check.findings import printable
from .model import Choice, Place, Way

__all__ = ["as_json", "as_text"]


def as_json(way: Way) -> str:
    """One object, with the fields of Way."""
    return json.dumps(asdict(way), indent=2) + "\n"


def as_text(way: Way) -> str:
    """Several lines, each ended."""
    return "".join(f"{line}\n" for line in _lines(way))


def _lines(way: Way) -> Iterator[str]:
    yield printable(f"{way.method} {way.url}")
    if way.host.what:
        yield from _choice("host", way.host)
    if way.target.what:
        yield from _choice("leads to", way.target)
    if way.file.what and way.file.what != way.target.what:
        yield from _choice("file", way.file)
    elif way.file.why:
        yield f"  {'':10}{printable(way.file.why)}"
    if way.index is not None:
        yield from _choice("index", way.index)
    if way.sections:
        yield "  what holds, in the order of merging"
        for section in way.sections:
            yield f"    {printable(section.name)}{_at(section.place)}"
    if way.phases:
        yield "  phases"
    for phase in way.phases:
        words = " - ".join(word for word in (phase.name or "server", phase.server) if word)
        yield f"    {words}"
        for handler in phase.handlers:
            limit = f" | {handler.limit}" if handler.limit else ""
            mark = "" if phase.runs else "(not run) "
            yield printable(
                f"      {mark}{handler.name}{limit} in interpreter {handler.interpreter}{_at(handler.place)}"
            )
    for choice in way.filters:
        yield from _choice("filter", choice)
    yield from _choice("answer", way.answer)
    for note in way.notes:
        yield f"  note: {printable(note)}"
    if way.settings:
        yield "  settings, and who decided"
    for setting in way.settings:
        yield printable(f"    {setting.name}: {setting.value}")
        for number, (written, place) in enumerate(setting.by):
            yield printable(f"      {setting.word(number):5} {written}{_at(place)}")


def _choice(title: str, choice: Choice) -> Iterator[str]:
    why = f" - {choice.why}" if choice.why else ""
    yield printable(f"  {title:10}{choice.what}{why}{_at(choice.place)}")


def _at(place: Place) -> str:
    return printable(f"  ({place})") if place.file is not None else ""
