"""What a regular expression is made of, once read: the nodes that parser, judge and writer pass on.

Law: no node depends on options: case, line mode and the like are worked in by the parser. Subjects are bytes, so a
set of characters is an integer with a bit for each of the 256.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import NamedTuple

__all__ = [
    "EVERYTHING",
    "Atomic",
    "Back",
    "Chars",
    "Choice",
    "Condition",
    "Group",
    "Look",
    "Node",
    "Place",
    "Repeat",
    "Sequence",
    "all_of",
    "mask",
    "size",
    "span",
    "width",
]

EVERYTHING = (1 << 256) - 1


def mask(characters: str) -> int:
    """The set of these characters."""
    bits = 0
    for character in characters:
        bits |= 1 << ord(character)
    return bits


def span(first: str, last: str) -> int:
    """The set of the characters from the first to the last; empty if they are the other way round."""
    return max(0, (2 << ord(last)) - (1 << ord(first)))


class Place(enum.Enum):
    """What must hold at a position, without taking a character. The value is how Python writes it."""

    START = r"\A"
    END = r"\Z"
    END_OR_LAST_BREAK = r"(?=\n?\Z)"
    # After a break at the very end no line begins, as PCRE has it.
    LINE_START = r"(?:\A|(?<=\n)(?!\Z))"
    LINE_END = r"(?=\n|\Z)"
    WORD = r"\b"
    # Not \B, which Python before 3.14 does not find in an empty text.
    NO_WORD = r"(?!\b)"


class Chars(NamedTuple):
    """One character of a set."""

    bits: int


class Sequence(NamedTuple):
    """One after the other; () is the empty one."""

    nodes: tuple[Node, ...]


class Choice(NamedTuple):
    """The first alternative with which the rest matches, too."""

    nodes: tuple[Node, ...]


class Repeat(NamedTuple):
    """The node several times; greedy takes as many as it can first."""

    node: Node
    low: int
    high: int | None
    greedy: bool


class Group(NamedTuple):
    """What the node matches is kept under a number, and perhaps a name."""

    node: Node
    number: int
    name: str | None


class Atomic(NamedTuple):
    """Once it has matched, no other way to do so is tried."""

    node: Node


class Look(NamedTuple):
    """The node matches here, ahead or behind; negated: it does not."""

    node: Node
    behind: bool
    negated: bool


class Back(NamedTuple):
    """The text that a group has matched."""

    number: int
    ignore_case: bool


class Condition(NamedTuple):
    """One node if a group has matched, the other if it has not."""

    number: int
    yes: Node
    no: Node


Node = Place | Chars | Sequence | Choice | Repeat | Group | Atomic | Look | Back | Condition


def size(node: Node) -> int:
    """How much a matcher has to hold that copies what is repeated."""
    if isinstance(node, (Sequence, Choice)):
        return sum(map(size, node.nodes))
    if isinstance(node, Condition):
        return size(node.yes) + size(node.no)
    if isinstance(node, Repeat):
        if isinstance(node.node, Chars):
            return max(node.low, 1)
        return (size(node.node) + 1) * max(node.low, node.high or 0, 1)
    if isinstance(node, (Group, Atomic, Look)):
        return size(node.node)
    return 1


def width(node: Node) -> int | None:
    """How many characters the node takes; None if that is not fixed."""
    if isinstance(node, Chars):
        return 1
    if isinstance(node, (Place, Look)):
        return 0
    if isinstance(node, (Group, Atomic)):
        return width(node.node)
    if isinstance(node, Sequence):
        widths = [width(each) for each in node.nodes]
        return None if None in widths else sum(each for each in widths if each)
    if isinstance(node, Choice):
        different = {width(each) for each in node.nodes}
        return different.pop() if len(different) == 1 else None
    if isinstance(node, Repeat) and node.low == node.high:
        once = width(node.node)
        return None if once is None else once * node.low
    return None


def all_of(node: Node) -> Iterator[Node]:
    """The node and all inside of it."""
    yield node
    if isinstance(node, (Sequence, Choice)):
        inner = node.nodes
    elif isinstance(node, Condition):
        inner = (node.yes, node.no)
    elif isinstance(node, (Group, Atomic, Repeat, Look)):
        inner = (node.node,)
    else:
        return
    for each in inner:
        yield from all_of(each)
