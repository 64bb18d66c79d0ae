"""The nodes of a regular expression as a pattern that `re` and `regex` read alike.

Law: only what both of them understand in the same way is written: no inline options but for a reference back, every
character outside of the plainest as its code, and no negated set (`regex` merges `[^a]|[^b]` into one, and wrongly).
The flags to compile it with are DOTALL and ASCII.
"""

from __future__ import annotations

from collections.abc import Iterator

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
)

__all__ = ["written"]

_LOOKS = {(False, False): "(?=", (False, True): "(?!", (True, False): "(?<=", (True, True): "(?<!"}
_COUNTS = {(0, None): "*", (1, None): "+", (0, 1): "?"}


def written(node: Node) -> str:
    """The pattern; an alternative stands in it without parentheses."""
    if isinstance(node, Chars):
        return _characters(node.bits)
    if isinstance(node, Place):
        return node.value
    if isinstance(node, Sequence):
        return "".join([_part(each) for each in node.nodes])
    if isinstance(node, Choice):
        return "|".join([_part(each) for each in node.nodes])
    if isinstance(node, Repeat):
        inner = written(node.node)
        if not isinstance(node.node, (Chars, Group)):
            inner = f"(?:{inner})"
        high = "" if node.high is None else node.high
        count = _COUNTS.get((node.low, node.high)) or f"{{{node.low},{high}}}"
        return inner + count + ("" if node.greedy else "?")
    if isinstance(node, Group):
        return f"({f'?P<{node.name}>' if node.name else ''}{written(node.node)})"
    if isinstance(node, Atomic):
        return f"(?>{written(node.node)})"
    if isinstance(node, Look):
        return f"{_LOOKS[node.behind, node.negated]}{written(node.node)})"
    if isinstance(node, Back):
        return f"(?{'i' if node.ignore_case else ''}:\\{node.number})"
    assert isinstance(node, Condition)
    return f"(?({node.number}){_part(node.yes)}|{_part(node.no)})"


def _part(node: Node) -> str:
    return f"(?:{written(node)})" if isinstance(node, Choice) else written(node)


def _characters(bits: int) -> str:
    if bits == EVERYTHING:
        return "."
    if bits == 0:
        return r"[^\x00-\xff]"
    runs = list(_runs(bits))
    if len(runs) == 1 and runs[0][0] == runs[0][1]:
        return _character(runs[0][0])
    return f"[{''.join(map(_range, runs))}]"


def _runs(bits: int) -> Iterator[tuple[int, int]]:
    """The members of a set as (first, last) of those in a row."""
    at = 0
    while bits:
        skipped = (bits & -bits).bit_length() - 1
        bits >>= skipped
        length = (~bits & (bits + 1)).bit_length() - 1
        yield at + skipped, at + skipped + length - 1
        at += skipped + length
        bits >>= length


def _range(run: tuple[int, int]) -> str:
    first, last = run
    return _character(first) if first == last else f"{_character(first)}-{_character(last)}"


def _character(code: int) -> str:
    char = chr(code)
    return char if char.isascii() and (char.isalnum() or char in "/_") else f"\\x{code:02x}"
