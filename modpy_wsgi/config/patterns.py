"""Regular expressions and shell patterns of a configuration, ready to be searched.

Law: a pattern either means what it means to httpd (see `pcre`) or is refused with a ValueError; and nothing that a
client sends makes a search go on for ever. Where the time grows no faster than the text (see `pattern_cost`), Python's
`re` searches; else `regex`, which stops after a while. A search that was stopped has no answer, so the request gets
none. As to httpd everything is bytes, a pattern is to be searched in what `environ.encode` makes of a text: a character
for each byte. To "." an e-acute is two.
"""

from __future__ import annotations

import contextlib
import re
from typing import Any, Protocol

from modpy_wsgi.config.pattern_cost import keeps_behind, spanning, steady
from modpy_wsgi.config.pattern_text import written
from modpy_wsgi.config.pcre import parse
from modpy_wsgi.config.pcre_nodes import EVERYTHING, Atomic, Chars, Node, Place, Repeat, Sequence, mask, span
from modpy_wsgi.environ import decode, encode
from modpy_wsgi.errors import BadRequest

__all__ = ["MAX_SECONDS", "Regex", "RunawayPattern", "compile_regex", "compile_wildcard", "has_wildcard", "substitute"]

# For one search. PCRE gives up after ten million steps, which take it about a quarter of a second, and httpd takes that
# for "does not match"; what PCRE can answer is to be answered here as well, by a matcher that is some times slower.
MAX_SECONDS = 1.0
MAX_SHOWN = 60  # characters of the text in the log
_REFERENCE = re.compile(r"\\(.)|\$([0-9])", re.DOTALL)


class RunawayPattern(BadRequest):
    """A regular expression was stopped: whether it matches is not known, and so is what holds for the request."""


class Regex(Protocol):
    """A compiled pattern."""

    @property
    def pattern(self) -> str:
        """As Python writes it."""

    def search(self, text: str, /) -> re.Match[str] | None:
        """The first match anywhere in the text, or None. Raises RunawayPattern."""


class _Guarded:
    """A pattern whose searches are stopped when they take too long."""

    __slots__ = ("_pattern", "_place", "_text")

    def __init__(self, python: str, text: str, place: str) -> None:
        import regex  # here, because few sites need it, and it does not load in an isolated sub-interpreter

        try:
            self._pattern: Any = regex.compile(python, regex.DOTALL | regex.ASCII | regex.VERSION0)
        except regex.error as error:
            raise ValueError(str(error)) from None
        self._text = text
        self._place = place

    def __repr__(self) -> str:
        return f"<regular expression {self._text!r}>"

    @property
    def pattern(self) -> str:
        return str(self._pattern.pattern)

    def search(self, text: str, /) -> re.Match[str] | None:
        try:
            found: re.Match[str] | None = self._pattern.search(text, timeout=MAX_SECONDS)  # or a look-alike of it
            return found
        except TimeoutError:
            shown = text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."
            where = f"{self._place}: " if self._place else ""
            raise RunawayPattern(
                500,
                f"{where}the regular expression '{self._text}' was stopped after {MAX_SECONDS:g} s "
                f"on {len(text)} bytes: {shown!r}",
            ) from None


def compile_regex(text: str, *, ignore_case: bool = False, place: str = "") -> Regex:
    """The pattern for a regular expression written for httpd; use `search`, as httpd does not anchor.

    `place` is the directive's "file:line", for the log. Raises ValueError for one that is broken or uses what only PCRE
    has.
    """
    try:
        return _compiled(parse(encode(text), ignore_case=ignore_case), text, place)
    except (ValueError, re.error, OverflowError, RecursionError, MemoryError) as error:
        raise ValueError(f"regular expression '{text}': {error}") from None


def _compiled(node: Node, text: str, place: str) -> Regex:
    if spanning(node):
        node = Sequence((Place.START, node))  # or a search would begin at each place of the text in vain
    python = written(node)
    if steady(node):
        # `re` has no atomic groups before Python 3.11, and what it looks for behind has one width.
        with contextlib.suppress(re.error):
            return re.compile(python, re.DOTALL | re.ASCII)
    if keeps_behind(node):  # `regex` goes through them from right to left
        raise ValueError("a group that keeps its match, in what is looked for behind, is not supported here")
    return _Guarded(python, text, place)


def substitute(target: str, match: re.Match[str]) -> str:
    """`target` with $0 to $9 replaced by what matched (httpd's ap_pregsub).

    What matched are bytes, which may be parts of characters that become whole again only in the result.
    """

    def replacement(found: re.Match[str]) -> str:
        if found.group(1) is not None:
            return found.group(1)
        number = int(found.group(2))
        return (match.group(number) or "") if number <= (match.re.groups or 0) else ""

    return decode(_REFERENCE.sub(replacement, encode(target)))


def has_wildcard(text: str) -> bool:
    """Whether httpd takes the text for a shell pattern (apr_fnmatch_test)."""
    nesting = False
    at = 0
    while at < len(text):
        char = text[at]
        if char in "?*":
            return True
        if char == "\\":
            at += 1
        elif char == "[":
            nesting = True
        elif char == "]" and nesting:
            return True
        at += 1
    return False


def compile_wildcard(text: str) -> Regex:
    """The pattern for a shell pattern, anchored at both ends: * ? and [...] never match a slash, \\ escapes."""
    return _compiled(_wildcard(encode(text)), text, "")


def _wildcard(text: str) -> Node:
    parts: list[list[Node]] = [[]]  # what stands between the stars
    at = 0
    while at < len(text):
        char = text[at]
        at += 1
        if char == "*":
            while text[at : at + 1] == "*":
                at += 1
            parts.append([])
        elif char == "?":
            parts[-1].append(_NO_SLASH)
        elif char == "\\" and at < len(text):
            parts[-1].append(Chars(mask(text[at])))
            at += 1
        elif char == "[":
            node, at = _wildcard_class(text, at)
            parts[-1].append(node)
        else:
            parts[-1].append(Chars(mask(char)))
    first, *others = parts
    nodes: list[Node] = [Place.START, *first]
    for part in others[:-1]:
        # The first place where it fits is as good as any later one, since the next star takes what is left.
        nodes.append(Atomic(Sequence((Repeat(_NO_SLASH, 0, None, False), *part))))
    if others:
        nodes += [Repeat(_NO_SLASH, 0, None, True), *others[-1]]
    return Sequence((*nodes, Place.END))


def _wildcard_class(text: str, at: int) -> tuple[Node, int]:
    """The class whose bracket stands before `at`, and its end; a bracket that nothing closes stands for itself."""
    start = at
    negated = text[at : at + 1] in ("!", "^")
    at += negated
    bits = 0
    empty = True
    while True:
        char = text[at : at + 1]
        if not char:
            return Chars(mask("[")), start
        if char == "]" and not empty:
            break
        empty = False
        at += 1
        if char == "\\" and at < len(text):
            char = text[at]
            at += 1
        high = char
        if text[at : at + 1] == "-" and text[at + 1 : at + 2] not in ("", "]"):
            high = text[at + 1]
            at += 2
            if high == "\\" and at < len(text):
                high = text[at]
                at += 1
        bits |= span(char, high)
    return Chars((EVERYTHING & ~bits if negated else bits) & _NO_SLASH.bits), at + 1


_NO_SLASH = Chars(EVERYTHING & ~mask("/"))
