"""How the time that a regular expression takes can grow with the text it is searched in.

Law: the judgement errs on the side of danger. `steady` says that the time grows no faster than the text; what cannot be
shown to be so is not steady. A matcher that goes back tries every way in which a text can be divided among the parts of
a pattern, so ways are what is counted: one where the next character decides between going on and leaving a repetition,
or between alternatives; as many as the text is long where it does not; without bound where that happens inside of a
repetition.
"""

from __future__ import annotations

from typing import NamedTuple

from modpy_wsgi.config.pcre_nodes import (
    EVERYTHING,
    Atomic,
    Back,
    Chars,
    Choice,
    Condition,
    Group,
    Look,
    Node,
    Place,
    Repeat,
    Sequence,
    all_of,
)

__all__ = ["keeps_behind", "spanning", "steady"]

MAX_WAYS = 64  # that do not depend on the text: optional parts and alternatives that the next character does not decide
SHORT = 32  # repetitions up to this many count as that many ways; longer ones like those without an end
UNROLLED = 4  # repetitions of a group up to this many are judged one after the other


class _Cost(NamedTuple):
    """`time` and `exits` are exponents of the length of the text; `ways` a factor."""

    time: int  # of all that may be tried inside
    exits: int  # of how often what follows is tried
    ways: int = 1  # the same, as far as it is constant


class _Endless(Exception):  # noqa: N818 - what it is
    """The number of ways has no bound that this module knows."""


_NOTHING = _Cost(0, 0)


def steady(node: Node) -> bool:
    """Whether a search for the pattern takes a time that grows no faster than the text."""
    try:
        cost = _cost(node, 0)
    except _Endless:
        return False
    return cost.time + (0 if anchored(node) else 1) <= 1 and cost.ways <= MAX_WAYS


def anchored(node: Node) -> bool:
    """Whether a match can begin at the start of the text only."""
    if isinstance(node, (Group, Atomic)):
        return anchored(node.node)
    if isinstance(node, Choice):
        return all(map(anchored, node.nodes))
    if isinstance(node, Sequence):
        return bool(node.nodes) and anchored(node.nodes[0])
    return node is Place.START


def spanning(node: Node) -> bool:
    """Whether a match that begins later means that there is one from the start of the text: `.*` comes first."""
    return _takes_all(node) and not _refers(node)


def _takes_all(node: Node) -> bool:
    if isinstance(node, Group):
        return _takes_all(node.node)
    if isinstance(node, Choice):
        return all(_takes_all(each) or anchored(each) for each in node.nodes)
    if isinstance(node, Sequence):
        return bool(node.nodes) and _takes_all(node.nodes[0])
    return isinstance(node, Repeat) and node.node == Chars(EVERYTHING) and (node.low, node.high) == (0, None)


def _refers(node: Node) -> bool:
    """Whether what a group has matched decides anything."""
    return any(isinstance(each, (Back, Condition)) for each in all_of(node))


def keeps_behind(node: Node) -> bool:
    """Whether a group keeps its match in what is looked for behind."""
    return any(
        isinstance(look, Look) and look.behind and any(isinstance(each, Group) for each in all_of(look.node))
        for look in all_of(node)
    )


def _first(node: Node) -> int:
    """The characters that what the node matches may begin with. Everything, where looking is not worth it."""
    if isinstance(node, Chars):
        return node.bits
    if isinstance(node, Place):
        return 0
    if isinstance(node, (Group, Atomic)):
        return _first(node.node)
    if isinstance(node, Choice):
        return _union(node.nodes)
    if isinstance(node, Sequence):
        bits = 0
        for each in node.nodes:
            bits |= _first(each)
            if not _may_be_empty(each):
                break
        return bits
    if isinstance(node, Repeat):
        return _first(node.node)
    if isinstance(node, Look):
        return 0 if node.behind else EVERYTHING
    return EVERYTHING


def _union(nodes: tuple[Node, ...]) -> int:
    bits = 0
    for each in nodes:
        bits |= _first(each)
    return bits


def _may_be_empty(node: Node) -> bool:
    if isinstance(node, Chars):
        return False
    if isinstance(node, (Group, Atomic)):
        return _may_be_empty(node.node)
    if isinstance(node, Choice):
        return any(map(_may_be_empty, node.nodes))
    if isinstance(node, Sequence):
        return all(map(_may_be_empty, node.nodes))
    if isinstance(node, Repeat):
        return node.low == 0 or _may_be_empty(node.node)
    return True


def _cost(node: Node, following: int) -> _Cost:
    """`following`: what may come behind the node; nothing where the search ends there, as nothing is tried again then.

    Raises _Endless.
    """
    if isinstance(node, (Chars, Place)):
        return _NOTHING
    if isinstance(node, Group):
        return _cost(node.node, following)
    if isinstance(node, (Atomic, Look)):  # once inside is done, it is done
        inner = _cost(node.node, 0)
        if inner.ways > MAX_WAYS:
            raise _Endless
        return _Cost(inner.time, 0)
    if isinstance(node, Back):
        return _Cost(1, 0)  # as long as what it repeats
    if isinstance(node, Sequence):
        return _of_sequence(node.nodes, following)
    if isinstance(node, Choice):
        return _of_choice(node.nodes, following)
    if isinstance(node, Condition):
        yes, no = _cost(node.yes, following), _cost(node.no, following)
        return _Cost(max(yes.time, no.time), max(yes.exits, no.exits), max(yes.ways, no.ways))
    return _of_repeat(node, following)


def _of_sequence(nodes: tuple[Node, ...], following: int) -> _Cost:
    costs = []
    for each in reversed(nodes):
        costs.append(_cost(each, following))
        following = _first(each) | (following if _may_be_empty(each) else 0)
    time, exits, ways = _NOTHING
    for cost in reversed(costs):
        time = max(time, exits + cost.time)
        exits += cost.exits
        ways *= cost.ways
    return _Cost(time, exits, ways)


def _of_choice(nodes: tuple[Node, ...], following: int) -> _Cost:
    costs = [_cost(each, following) for each in nodes]
    beginnings = [_first(each) | (following if _may_be_empty(each) else 0) for each in nodes]
    ways = max(cost.ways for cost in costs)
    seen = 0
    for bits in beginnings:
        if bits & seen:
            ways = _most_together(beginnings, costs)
            break
        seen |= bits
    return _Cost(max(cost.time for cost in costs), max(cost.exits for cost in costs), ways)


def _most_together(beginnings: list[int], costs: list[_Cost]) -> int:
    """The ways through those alternatives that one and the same character can begin, at most."""
    found = 1
    for code in range(256):
        ways = sum(cost.ways for bits, cost in zip(beginnings, costs, strict=True) if bits >> code & 1)
        found = max(found, ways)
    return found


def _of_repeat(node: Repeat, following: int) -> _Cost:
    inner, low, high = node.node, node.low, node.high
    if (low, high) == (0, 1):
        return _of_choice((inner, Sequence(())), following)
    begins = _first(inner)
    decided = not begins & following
    long = high is None or high > SHORT
    if isinstance(inner, Chars):
        span = 1 if decided or high is None else high - low + 1
        if decided or not long:
            return _Cost(int(long), 0, span)
        return _Cost(1, 1)
    once = _cost(inner, begins | following)
    if once.exits == 0 and once.ways == 1 and not _may_be_empty(inner):
        # Each turn can be taken in one way only. Together they read the text once, but for what each looks at ahead.
        return _Cost(1 + _looking(inner), 0 if decided else 1)
    if high is None or high > UNROLLED:
        raise _Endless
    return _Cost((high - 1) * once.exits + once.time, high * once.exits, (high - low + 1) * once.ways**high)


def _looking(node: Node) -> int:
    """The exponent of what is looked at and not taken inside of the node."""
    if isinstance(node, Look):
        return 0 if node.behind else _cost(node.node, 0).time
    if isinstance(node, Back):
        return 1
    if isinstance(node, (Group, Atomic, Repeat)):
        return _looking(node.node)
    if isinstance(node, (Sequence, Choice)):
        return max(map(_looking, node.nodes), default=0)
    if isinstance(node, Condition):
        return max(_looking(node.yes), _looking(node.no))
    return 0
