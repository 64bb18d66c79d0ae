"""The text after a directive's name into the arguments that its row asks for.

Law: the counting rules are httpd's cmd_how: an empty word ("") counts as no word.
"""

from __future__ import annotations

from modpy_wsgi.config.lexer import words
from modpy_wsgi.config.model import Args

__all__ = ["arguments"]

Call = tuple[str, ...]

# kind -> (the numbers of words allowed, how to say it)
_COUNTED: dict[Args, tuple[frozenset[int], str]] = {
    Args.NONE: (frozenset({0}), "takes no arguments"),
    Args.TAKE1: (frozenset({1}), "takes one argument"),
    Args.TAKE2: (frozenset({2}), "takes two arguments"),
    Args.TAKE3: (frozenset({3}), "takes three arguments"),
    Args.TAKE12: (frozenset({1, 2}), "takes 1-2 arguments"),
    Args.TAKE13: (frozenset({1, 3}), "takes one or three arguments"),
    Args.TAKE23: (frozenset({2, 3}), "takes two or three arguments"),
    Args.TAKE123: (frozenset({1, 2, 3}), "takes one, two or three arguments"),
}


def arguments(args: Args, text: str) -> list[Call]:
    """The argument tuples to call the row's value with, one after the other. ValueError: too few, too many, no flag."""
    if args is Args.RAW:
        return [(text,)]
    found = words(text)
    if args is Args.FLAG:
        if not found or found[0].lower() not in ("on", "off"):  # what follows is not looked at
            raise ValueError("must be On or Off")
        return [("1" if found[0].lower() == "on" else "0",)]
    counted = _COUNTED.get(args)
    if counted is not None:
        numbers, wanted = counted
        while found and not found[-1] and len(found) - 1 in numbers and len(found) > 1:
            found.pop()
        if len(found) not in numbers or "" in found[: min(numbers)]:
            raise ValueError(wanted)
        return [tuple(found)]
    if args is Args.ARGV:
        return [tuple(found)]
    if "" in found:
        found = found[: found.index("")]
    if args is Args.ITERATE:
        if not found:
            raise ValueError("requires at least one argument")
        return [(word,) for word in found]
    if len(found) < 2:
        raise ValueError("requires at least two arguments")
    return [(found[0], word) for word in found[1:]]
