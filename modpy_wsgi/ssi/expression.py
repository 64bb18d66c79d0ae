"""Conditions of #if in the language of httpd 2.4 (ap_expr), as far as it is allowed in a page.

Law: what cannot be read or is not known is an error, and no branch is taken for it; nothing reads files. The grammar:

    or:     and ("||" and)*                 and:   not ("&&" not)*            not: "!" not | "(" or ")" | test
    test:   "true" | "false" | word comparison word | word "in" {words} | word "=~" /re/ | -x word
    word:   part ("." part)*                part:  digits | "text" | 'text' | %{NAME} | function(word) | $1

"or", "and" and "not" mean the same as the signs, "-in" as "in". Words are as written here, in lower case. Variables of
the page are v('NAME'), reqenv('NAME') and env('NAME'). Source: the documentation of ap_expr; answers of
httpd 2.4 (tests/golden/ssi.json).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from operator import eq, ge, gt, le, lt, ne
from typing import Any, NamedTuple

from ..config.patterns import compile_regex
from ..environ import decode, encode
from . import expression_values as values
from .page import Page, Test

__all__ = ["read"]

MAX_DEPTH = 50  # brackets within one another

Word = Callable[[Page], str]


class _Token(NamedTuple):
    kind: str  # "op", "name", "digits", "string", "regex", "variable", "match", "end"
    text: str
    more: str = ""  # flags of a regular expression, arguments of a variable


_OPERATORS = re.compile(
    r"\s*(?:m(?P<mark>[/#$%^|?!'\",;:._-])|(?P<op>&&|\|\||=~|!~|==|!=|<=|>=|[!<>=(){},.])|(?P<digits>-?[0-9]+)"
    r"|(?P<dash>-[A-Za-z_][A-Za-z0-9_]*)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|\$(?P<match>[0-9])"
    r"|%\{(?P<variable>[A-Za-z_][A-Za-z0-9_]*)(?::(?P<more>[^}]*))?\}|(?P<quote>[\"'])|(?P<slash>/))",
    re.DOTALL,
)
_STRING = {quote: re.compile(rf"((?:\\.|[^\\{quote}])*){quote}", re.DOTALL) for quote in "\"'"}
_PLACES = re.compile(
    r"\\(?P<escaped>.)|%\{(?P<variable>[A-Za-z_][A-Za-z0-9_]*)(?::(?P<more>[^}]*))?\}|\$(?P<match>[0-9])", re.DOTALL
)
_MORE = re.compile(r"\s*\S")
_SIGNS = {"or": "||", "and": "&&", "not": "!"}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def read(text: str, place: str) -> Test:
    """What an expression asks of a page. `place`: where it stands, for the log. Raises ValueError for what is none."""
    return _Parser(text, place).parsed()


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while _MORE.match(text, at):
        found = _OPERATORS.match(text, at)
        if found is None:
            raise ValueError(f"syntax error near '{text[at : at + 20].strip()}'")
        at = found.end()
        kind = found.lastgroup or ""
        if kind == "quote":
            string = _STRING[found["quote"]].match(text, at)
            if string is None:
                raise ValueError("a string without its end")
            at = string.end()
            yield _Token("string", string[1])
        elif kind in ("slash", "mark"):
            mark = found["mark"] or "/"
            end = re.escape(mark)  # nothing takes its meaning from it
            pattern = re.compile(rf"((?:(?!{end}).)*){end}([a-zA-Z]*)", re.DOTALL).match(text, at)
            if pattern is None:
                raise ValueError("a regular expression without its end")
            at = pattern.end()
            yield _Token("regex", pattern[1], pattern[2])
        elif kind in ("variable", "more"):
            yield _Token("variable", found["variable"], found["more"] or "")
        elif kind == "dash":
            yield _Token("op", found["dash"])
        elif kind == "name" and found["name"] in _SIGNS:
            yield _Token("op", _SIGNS[found["name"]])
        else:
            yield _Token(kind, found[kind])
    yield _Token("end", "")


class _Parser:
    """Recursive descent; each method leaves the tokens behind what it has read."""

    def __init__(self, text: str, place: str) -> None:
        self._place = place
        self._tokens = list(_tokens(text))
        self._at = 0
        self._depth = 0

    def parsed(self) -> Test:
        test = self._or()
        if self._next.kind != "end":
            raise ValueError(f"syntax error near '{self._next.text}'")
        return test

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._tokens[self._at]
        self._at += token.kind != "end"
        return token

    def _takes(self, *texts: str) -> bool:
        """Pass by an operator, if it is one of these."""
        if self._next.kind == "op" and self._next.text in texts:
            self._at += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._takes(text):
            raise ValueError(f"syntax error: '{text}' is missing before '{self._next.text}'")

    def _or(self) -> Test:
        tests = [self._and()]
        while self._takes("||"):
            tests.append(self._and())
        return tests[0] if len(tests) == 1 else lambda page: any(test(page) for test in tests)

    def _and(self) -> Test:
        tests = [self._not()]
        while self._takes("&&"):
            tests.append(self._not())
        return tests[0] if len(tests) == 1 else lambda page: all(test(page) for test in tests)

    def _not(self) -> Test:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ValueError("too many brackets within one another")
        try:
            if self._takes("!"):
                test = self._not()
                return lambda page: not test(page)
            return self._test()
        finally:
            self._depth -= 1

    def _test(self) -> Test:
        if self._takes("("):
            test = self._or()
            self._expect(")")
            return test
        token = self._next
        if token.kind == "name" and token.text in ("true", "false") and not self._is_called():
            self._at += 1
            value = token.text == "true"
            return lambda page: value
        if token.kind == "op" and token.text[0] == "-" and len(token.text) == 2:
            self._at += 1
            if token.text == "-R":
                return self._from(lambda page: page.req.useragent_ip or "")
            unary = values.unary(token.text[1])
            word = self._word()
            return lambda page: unary(page, word(page))
        return self._comparison(self._word())

    def _is_called(self) -> bool:
        following = self._tokens[self._at + 1]
        return following.kind == "op" and following.text == "("

    def _comparison(self, left: Word) -> Test:
        token = self._take()
        operator = token.text if token.kind in ("op", "name") else ""
        if operator in ("in", "-in"):
            return self._among(left)
        if token.kind == "op" and operator in ("=~", "!~"):
            return self._matching(left, operator == "=~")
        plain = operator.removeprefix("-")
        if token.kind == "op" and operator in _TEXTS:
            of_text, right = _TEXTS[operator], self._word()
            return lambda page: of_text(encode(left(page)), encode(right(page)))
        if plain in _NUMBERS and (token.kind == "name" or operator[0] == "-"):
            of_number, other = _NUMBERS[plain], self._word()
            return lambda page: of_number(values.number(left(page)), values.number(other(page)))
        if operator == "-ipmatch":
            return self._from(left)
        if operator in ("-strmatch", "-strcmatch", "-fnmatch"):
            binary, other = values.binary(operator[1:]), self._word()
            return lambda page: binary(left(page), other(page))
        raise ValueError(f"syntax error near '{token.text}'")

    def _from(self, address: Word) -> Test:
        """Whether an address is one of a network, which is written there: no word is computed for it."""
        token = self._take()
        if token.kind != "string":
            raise ValueError(f"a network is missing before '{token.text}'")
        network = values.network(token.text)
        return lambda page: values.is_within(address(page), network)

    def _among(self, left: Word) -> Test:
        self._expect("{")
        words = [self._word()]
        while self._takes(","):
            words.append(self._word())
        self._expect("}")
        return lambda page: left(page) in [word(page) for word in words]

    def _matching(self, left: Word, wanted: bool) -> Test:
        token = self._take()
        if token.kind != "regex":
            raise ValueError(f"a regular expression is missing before '{token.text}'")
        if token.more not in ("", "i"):
            raise ValueError(f"unknown flags of a regular expression: '{token.more}'")
        regex = compile_regex(token.text, ignore_case=token.more == "i", place=self._place)

        def test(page: Page) -> bool:
            found = regex.search(encode(left(page)))
            if found is not None and wanted:
                page.match = found
            return (found is not None) is wanted

        return test

    # -- words

    def _word(self) -> Word:
        parts = [self._part()]
        while self._takes("."):
            parts.append(self._part())
        return parts[0] if len(parts) == 1 else lambda page: "".join([part(page) for part in parts])

    def _part(self) -> Word:
        called = self._is_called() if self._next.kind == "name" else False
        token = self._take()
        if token.kind == "digits":
            return lambda page: token.text
        if token.kind == "string":
            return _filled(token.text)
        if token.kind == "match":
            return lambda page: _matched(page, token.text)
        if token.kind == "variable":
            return values.variable(token.text, token.more)
        if token.kind == "name" and called:
            self._at += 1
            function = values.function(token.text)
            word = self._word()
            self._expect(")")
            return lambda page: function(page, word(page))
        raise ValueError(f"syntax error near '{token.text}'")


def _filled(text: str) -> Word:
    """A string with its variables."""
    if "%{" not in text and "\\" not in text and "$" not in text:
        return lambda page: text
    pieces: list[str | Word] = []
    at = 0
    for found in _PLACES.finditer(text):
        pieces.append(text[at : found.start()])
        at = found.end()
        if found["escaped"] is not None:
            pieces.append(_ESCAPES.get(found["escaped"], found["escaped"]))
        elif found["match"] is not None:
            digit = found["match"]
            pieces.append(lambda page, digit=digit: _matched(page, digit))  # type: ignore[misc]
        else:
            pieces.append(values.variable(found["variable"], found["more"] or ""))
    pieces.append(text[at:])
    return lambda page: "".join([piece if isinstance(piece, str) else piece(page) for piece in pieces])


def _matched(page: Page, digit: str) -> str:
    match: Any = page.match
    if match is None or int(digit) > (match.re.groups or 0):
        return ""
    return decode(match.group(int(digit)) or "")


_TEXTS: dict[str, Callable[[str, str], bool]]
_TEXTS = {"==": eq, "=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
_NUMBERS: dict[str, Callable[[int, int], bool]]
_NUMBERS = {"eq": eq, "ne": ne, "lt": lt, "le": le, "gt": gt, "ge": ge}
