"""From the words of a directive to the value of a setting: the small makers that the directive tables name.

Law: each is, or returns, a `Value` (model.py): a pure function that raises ValueError with a sentence for the
administrator.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from modpy_wsgi.config.lexer import words
from modpy_wsgi.config.model import Origin, Setting, Value
from modpy_wsgi.environ import decode, encode

__all__ = [
    "Several",
    "absolute",
    "appended",
    "choice",
    "extension",
    "fixed_expression",
    "fixed_number",
    "flag",
    "joined",
    "literal",
    "names",
    "nothing",
    "number",
    "only",
    "path",
    "text",
    "union",
    "updated",
]


class Several(dict[Setting[Any], Any]):
    """What a directive returns that writes more than one setting (or another one than its row names)."""


def text(so_far: Any, args: tuple[str, ...], origin: Origin) -> str:
    """The word itself."""
    return args[0]


def literal(word: str) -> str:
    """The word itself. ValueError for an expression, which httpd would judge anew for each request."""
    if "%{" in word:
        raise ValueError(f"'{word}': expressions that are judged per request are not evaluated")
    return word


_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def fixed_expression(word: str) -> str:
    """What a text comes to that httpd takes for an expression: its escapes, as httpd 2.4's own scanner reads them.

    ValueError for a variable or a reference to a match, which httpd would judge anew for each request.
    """
    if re.search(r"\$[0-9]", word):
        raise ValueError(f"'{word}': expressions that are judged per request are not evaluated")
    if "\\" not in literal(word):
        return word

    def character(found: re.Match[str]) -> str:
        digits, other = found.groups()
        if other:
            return _LETTERS.get(other, other)
        if re.fullmatch(r"[0-3]?[0-7]{1,2}", digits, re.ASCII) is None or not int(digits, 8):
            raise ValueError(f"'{word}': '{found[0]}' is no character")
        return chr(int(digits, 8))

    return decode(re.sub(r"\\(?:([0-9]+)|(.))", character, encode(word), flags=re.DOTALL))


def names(text: str) -> tuple[str, ...]:
    """The words of a list that httpd reads one by one: an empty one ("") ends it."""
    found = words(text)
    return tuple(found[: found.index("")] if "" in found else found)


def nothing(so_far: Any, args: tuple[str, ...], origin: Origin) -> Several:
    """For directives that have taken effect already, or never do: nothing is set."""
    return Several()


def flag(so_far: Any, args: tuple[str, ...], origin: Origin) -> bool:
    """For rows with Args.FLAG: True for On."""
    return args[0] == "1"


def absolute(name: str, origin: Origin) -> str:
    """The path made absolute by ServerRoot and canonical (no `.`, `..` or doubled slashes)."""
    return canonical(posixpath.join(origin.server_root, name))


def canonical(name: str) -> str:
    """An absolute path without `.`, `..` and doubled slashes; a slash at the end stays."""
    result = posixpath.normpath(name)
    if result.startswith("//"):
        result = result[1:]
    return result + "/" if name.endswith("/") and not result.endswith("/") else result


def path(so_far: Any, args: tuple[str, ...], origin: Origin) -> str:
    """A file name, made absolute."""
    return absolute(args[0], origin)


def number(low: int = 0, high: int | None = None, what: str = "a number") -> Value:
    """A decimal integer in the limits (both allowed)."""

    def value(so_far: Any, args: tuple[str, ...], origin: Origin) -> int:
        return fixed_number(args[0], low, high, what)

    return value


def fixed_number(word: str, low: int, high: int | None, what: str = "a number") -> int:
    """The integer that the word stands for; ValueError if it is none or out of the limits."""
    digits = word[1:] if word[:1] in ("-", "+") else word
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 18:
        raise ValueError(f"'{word}' is not {what}")
    result = int(word)
    if result < low or (high is not None and result > high):
        limits = f"{low} or more" if high is None else f"{low} to {high}"
        raise ValueError(f"'{word}' is out of range ({limits})")
    return result


def choice(**names: Any) -> Value:
    """One of the words (any case), and the value that it stands for."""

    def value(so_far: Any, args: tuple[str, ...], origin: Origin) -> Any:
        try:
            return names[args[0].lower()]
        except KeyError:
            raise ValueError(f"'{args[0]}' is none of {', '.join(names)}") from None

    return value


def only(allowed: Iterable[str], reason: str) -> Value:
    """Nothing is set; any first word but the allowed ones (any case) is refused with the reason."""
    words = frozenset(allowed)

    def value(so_far: Any, args: tuple[str, ...], origin: Origin) -> Several:
        # A raw text begins with the word; a list of filters may be joined by semicolons.
        first = args[0].lower().split()[:1] if args else []
        if not first or not words.issuperset(first[0].split(";")):
            raise ValueError(reason)
        return Several()

    return value


def appended(make: Callable[[tuple[str, ...], Origin], Any]) -> Value:
    """Each directive adds one member to a tuple."""

    def value(so_far: Any, args: tuple[str, ...], origin: Origin) -> tuple[Any, ...]:
        return (*(so_far or ()), make(args, origin))

    return value


def updated(make: Callable[[tuple[str, ...], Origin], Mapping[Any, Any]]) -> Value:
    """Each directive adds to a dictionary, later ones win."""

    def value(so_far: Any, args: tuple[str, ...], origin: Origin) -> dict[Any, Any]:
        return {**(so_far or {}), **make(args, origin)}

    return value


def union(outer: Mapping[Any, Any], inner: Mapping[Any, Any]) -> dict[Any, Any]:
    """A merge rule: the inner dictionary on top of the outer."""
    return {**outer, **inner}


def joined(outer: tuple[Any, ...], inner: tuple[Any, ...]) -> tuple[Any, ...]:
    """A merge rule: the inner tuple behind the outer."""
    return outer + inner


def extension(word: str) -> str:
    """A file extension as the tables of mod_mime hold it: lower case, without the dot."""
    return word.removeprefix(".").lower()
