"""Directives taking effect: a tree of them and a place in, the place with their values out.

Law: this knows no directive by name; each row of the tables says where it may stand, how it counts its arguments, and
what it makes of them. Containers are a table, too (section_containers.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from modpy_wsgi.config.arguments import arguments
from modpy_wsgi.config.decisions import DECISIONS, Decision, with_decision
from modpy_wsgi.config.directives import ALL, nearest
from modpy_wsgi.config.model import Kind, Row, Setting, Where
from modpy_wsgi.config.parser import Node
from modpy_wsgi.config.place import Place
from modpy_wsgi.config.values import Several
from modpy_wsgi.errors import ConfigError

__all__ = ["WITHOUT_ARGUMENTS", "walk"]

MAX_SHOWN_NAME = 60  # a line without a space may be megabytes long

WITHOUT_ARGUMENTS = frozenset({"<requireall", "<requireany", "<requirenone"})


def walk(nodes: Iterable[Node], place: Place) -> None:
    """Have directives take effect at a place, one after another; what is wrong goes to `place.wrong`."""
    for node in nodes:
        try:
            _act(node, place)
        except ConfigError as error:
            place.wrong(error)
            if node.children:  # what stands in a container that means nothing is judged all the same, for nothing
                where = Where.VHOST if node.name.lower() == "<virtualhost" else place.inner(node).where
                walk(node.children, place._replace(where=where, section=f"{node.name}>", values={}, sections=[]))


def _act(node: Node, place: Place) -> None:
    lower = node.name.lower()
    row = ALL.get(lower)
    if row is None:
        if place.rules.skips_unknown:
            place.warn(f"{node.file}:{node.line}: unknown directive '{node.name}' skipped")
            return
        raise _unknown(node)
    if not place.permits(row):
        if place.rules.skips_forbidden:
            place.warn(f"{node.file}:{node.line}: {_shown(row)} forbidden by AllowOverride")
            return
        raise ConfigError(f"{_shown(row)} not allowed {_in(place)}", node.file, node.line)
    if row.kind is Kind.SERVER:
        if node.children is None:
            _calls(row, node)  # well formed it has to be
    elif row.kind is Kind.UNSUPPORTED:
        raise ConfigError(f"{_shown(row)} is {row.kind.value}: {row.note}", node.file, node.line)
    elif node.children is not None:
        _container(lower, row, node, place)
    else:
        _directive(row, node, place)


def _calls(row: Row, node: Node) -> list[tuple[str, ...]]:
    try:
        return arguments(row.args, node.args)
    except ValueError as error:
        raise ConfigError(f"{row.name} {error} (usage: {row.form})", node.file, node.line) from None


def _directive(row: Row, node: Node, place: Place) -> None:
    calls = _calls(row, node)
    setting, value, values = row.setting, row.value, place.values
    if value is None:
        return
    origin = place.origin(node)
    for args in calls:
        try:
            result = value(values.get(setting) if setting is not None else None, args, origin)
        except ValueError as error:
            # What is right but not implemented is no question of form.
            lacking = not row.usage and str(error).startswith(Kind.UNSUPPORTED.value)
            usage = "" if lacking else f" (usage: {row.form})"
            raise ConfigError(f"{row.name}: {error}{usage}", node.file, node.line) from None
        changed: Iterable[Setting[Any]] = ()
        if type(result) is Several:
            values.update(result)
            changed = result
        elif setting is not None:
            values[setting] = result
            changed = (setting,)
        if place.traced and changed:
            values[DECISIONS] = with_decision(values.get(DECISIONS), changed, Decision(row.name, args, origin))
    if row.note and calls != [("0",)]:  # what is switched off need not be told
        place.warn(f"{node.file}:{node.line}: {row.name} {row.note}")


def _container(lower: str, row: Row, node: Node, place: Place) -> None:
    end = node.args.rfind(">")
    if end < 0:
        raise ConfigError(f"{row.name}> directive missing closing '>' (usage: {row.form})", node.file, node.line)
    text = node.args[:end]
    if (lower in WITHOUT_ARGUMENTS) is bool(text.strip()):
        wrong = "doesn't take additional" if text.strip() else "requires additional"
        raise ConfigError(f"{row.name}> directive {wrong} arguments (usage: {row.form})", node.file, node.line)
    try:
        place.containers[lower](text, node, place)
    except ValueError as error:
        raise ConfigError(f"{row.name}> {error} (usage: {row.form})", node.file, node.line) from None


def _unknown(node: Node) -> ConfigError:
    shown = node.name if len(node.name) <= MAX_SHOWN_NAME else node.name[:MAX_SHOWN_NAME] + "..."
    name = nearest(shown)
    hint = name or ""
    if shown.startswith("<"):
        shown = shown + ">"
    if hint.startswith("<"):
        hint += ">"
    return ConfigError(
        f"unknown directive '{shown}'" + (f" (did you mean {hint}?)" if name else ""), node.file, node.line
    )


def _shown(row: Row) -> str:
    return f"{row.name}>" if row.name.startswith("<") else row.name


def _in(place: Place) -> str:
    if place.section:
        return f"in {place.section} context"
    return "here"
