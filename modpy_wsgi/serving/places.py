"""Where a configuration says what: file and line of directives whose values have lost them, for messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import NamedTuple

from ..config.model import Host, Origin, Site
from ..config.parser import Node

__all__ = ["Place", "directives", "last_of", "own_directives", "short"]


class Place(NamedTuple):
    """File and line of a directive, in the order that ConfigError takes them."""

    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        return "" if self.file is None else f"{self.file}:{self.line}: "


def directives(nodes: Iterable[Node]) -> Iterator[Node]:
    """All of them in order, those in containers too."""
    for node in nodes:
        yield node
        yield from directives(node.children or ())


def own_directives(site: Site, host: Host) -> tuple[Node, ...]:
    """What stands in the main server or a virtual host itself, with its containers as they are."""
    if host is site.main:
        return site.tree
    place = (host.origin.file, host.origin.line)
    node: Node
    for node in site.tree:
        if (node.file, node.line) == place and node.children is not None:
            return node.children
    return ()


def last_of(nodes: Iterable[Node], *names: str) -> Place:
    """The place of the last of these directives, the one that counts; an empty one if there is none."""
    place = Place()
    for node in nodes:
        if node.name in names:
            place = Place(node.file, node.line)
    return place


def short(place: Place | Origin | None) -> str:
    """For people who know the folder: `  (httpd.conf:7)`, or nothing."""
    if place is None or not place.file:
        return ""
    return f"  ({PurePath(place.file).name}:{place.line})"
