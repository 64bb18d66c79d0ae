"""Conditions of #if in the language of httpd 2.2 and before (SSILegacyExprParser On).

Law: what cannot be read is an error, and no branch is taken for it. A text is true unless it is empty; texts beside one
another are one, with a blank between; && and || bind alike, from the right; ! is before a text, another !, -A or a
bracket; -A is before a text, a URI.
Source: mod_include of httpd 2.4, as observed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from operator import eq, ge, gt, le, lt, ne
from typing import NamedTuple

from ..config.patterns import compile_regex
from ..environ import encode
from .page import Page, Test
from .words import substituted

__all__ = ["read"]

MAX_DEPTH = 50  # brackets and negations within one another


class _Token(NamedTuple):
    kind: str  # "text", "regex", or the operator
    text: str = ""


_TOKEN = re.compile(
    r"\s*(?:(?P<op>-A|&&|\|\||==|!=|<=|>=|[()=!<>])|'(?P<quoted>(?:\\.|[^\\'])*)(?:'|\Z)"
    r"|(?P<plain>(?:\\.|&(?!&)|\|(?!\|)|[^\s&|=()!<>\\])+|\\\Z))",
    re.DOTALL,
)
_MORE = re.compile(r"\s*\S")
_REGEX = re.compile(r"\s*/((?:\\.|[^\\/])*)(?:/|\Z)", re.DOTALL)


def read(text: str, place: str) -> Test:
    """What an expression asks of a page. `place`: where it stands, for the log. Raises ValueError for what is none."""
    tokens = list(_tokens(text))
    return _Parser(tokens, place).parsed() if tokens else lambda page: False


def _tokens(text: str) -> Iterator[_Token]:
    at, before = 0, ""
    while _MORE.match(text, at):
        regex = _REGEX.match(text, at)
        if regex is not None and before != "-A":  # wherever a slash begins a word
            if before not in ("=", "==", "!="):
                raise ValueError("a regular expression stands behind = or != only")
            at, before = regex.end(), "regex"
            yield _Token("regex", regex[1].replace("\\/", "/"))
            continue
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError("syntax error")
        at = found.end()
        if found["op"]:
            before = found["op"]
            yield _Token("=" if before == "==" else before)
        else:
            before = "text"
            quoted = found["quoted"]
            yield _Token("text", found["plain"] if quoted is None else quoted.replace("\\'", "'"))


class _Parser:
    def __init__(self, tokens: list[_Token], place: str) -> None:
        self._place = place
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def parsed(self) -> Test:
        test = self._either()
        if self._at < len(self._tokens):
            raise ValueError("syntax error")
        return test

    @property
    def _kind(self) -> str:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else ""

    def _either(self) -> Test:
        left = self._one()
        kind = self._kind
        if kind not in ("&&", "||"):
            return left
        self._at += 1
        right = self._either()
        if kind == "&&":
            return lambda page: left(page) and right(page)
        return lambda page: left(page) or right(page)

    def _one(self) -> Test:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ValueError("too many brackets within one another")
        try:
            way = {"!": self._negated, "-A": self._accessible, "(": self._bracket}.get(self._kind, self._compared)
            return way()
        finally:
            self._depth -= 1

    def _negated(self) -> Test:
        self._at += 1
        if self._kind in ("", ")"):  # there is nothing that it denies
            return lambda page: False
        if self._kind in ("!", "-A", "("):
            test = self._one()
        else:
            text = self._text()
            if self._kind in _COMPARISONS:
                raise ValueError("syntax error")  # as httpd has it
            test = lambda page: bool(text(page))  # noqa: E731
        return lambda page: not test(page)

    def _accessible(self) -> Test:
        self._at += 1
        uri = self._text()
        if self._kind in _COMPARISONS:
            raise ValueError("syntax error")
        return lambda page: page.may_see(uri(page))

    def _bracket(self) -> Test:
        self._at += 1
        test = self._either()
        if self._kind != ")":
            raise ValueError("a bracket without its end")
        self._at += 1
        return test

    def _compared(self) -> Test:
        left = self._text()
        kind = self._kind
        if kind not in _COMPARISONS:
            return lambda page: bool(left(page))
        self._at += 1
        if self._kind == "regex" and kind in ("=", "!="):
            return self._matching(left, kind == "=")
        compare, right = _COMPARISONS[kind], self._text()
        return lambda page: compare(encode(left(page)), encode(right(page)))

    def _matching(self, left: Callable[[Page], str], wanted: bool) -> Test:
        pattern, place = self._tokens[self._at].text, self._place
        self._at += 1

        def test(page: Page) -> bool:
            found = compile_regex(substituted(pattern, page.variable), place=place).search(encode(left(page)))
            page.match = found
            return (found is not None) is wanted

        return test

    def _text(self) -> Callable[[Page], str]:
        words: list[str] = []
        while self._kind == "text":
            words.append(self._tokens[self._at].text)
            self._at += 1
        if not words:
            raise ValueError("a text is missing")
        joined = " ".join(words)
        return lambda page: substituted(joined, page.variable)


_COMPARISONS: dict[str, Callable[[str, str], bool]]
_COMPARISONS = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
