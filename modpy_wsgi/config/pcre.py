"""A regular expression written for httpd into nodes: the dialect of PCRE, with the options that httpd sets.

Law: the tree means what PCRE means, or there is none: what is broken, what is not read here, and what releases of PCRE
understand differently is refused with a ValueError. httpd's options are DOTALL and DOLLAR_ENDONLY, without UTF: a
character is a byte, and classes are those of the C locale. Judged against PCRE2 10.42; a letter without a meaning is
an error to PCRE2, and itself to PCRE 8, for which sites of httpd 2.2 were written: so it is here.
"""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from modpy_wsgi.config.pcre_characters import CLASSES, VERTICAL, both_cases, bracket, character
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
    mask,
    size,
    width,
)

__all__ = ["parse"]

MAX_COUNT = 65535  # of a repetition, PCRE's own
MAX_DEPTH = 100  # of groups in one another; PCRE's own is 250, and reading takes stack
MAX_SIZE = 65536  # characters and classes, a repeated group counted as often as it is repeated; PCRE takes some 30,000


_NO_BREAK = EVERYTHING & ~mask("\n")
_PLACES = {
    "A": Place.START,
    "G": Place.START,  # where the search began; httpd begins at the start
    "z": Place.END,
    "Z": Place.END_OR_LAST_BREAK,
    "b": Place.WORD,
    "B": Place.NO_WORD,
}
_ANY_BREAK = Atomic(
    Choice((Sequence((Chars(mask("\r")), Chars(mask("\n")))), Chars(VERTICAL))),
)
_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}", re.ASCII)
_OPTIONS = re.compile(r"\(\?([imsxU]*)(?:-([imsxU]*))?([:)])")
_NAME = re.compile(r"\(\?(?:P?<([A-Za-z_]\w{0,31})>|'([A-Za-z_]\w{0,31})')", re.ASCII)
_BACK_NAME = re.compile(r"k(?:\{(\w+)\}|<(\w+)>|'(\w+)')|\(\?P=(\w+)\)", re.ASCII)
_BACK_NUMBER = re.compile(r"g(?:(-?\d+)|\{(-?\d+)\})", re.ASCII)
_CONDITION = re.compile(r"\(\?\((?:(\d+)|<(\w+)>|'(\w+)')\)", re.ASCII)
_DECIMAL = re.compile(r"[0-9]+")
_LOOKS = {"(?=": (False, False), "(?!": (False, True), "(?<=": (True, False), "(?<!": (True, True)}


class _Flags(NamedTuple):
    """The options that hold at a place, by PCRE's letters."""

    i: bool = False
    m: bool = False
    s: bool = True
    x: bool = False
    U: bool = False


def parse(text: str, *, ignore_case: bool = False) -> Node:
    """The tree of a regular expression, given as one character for each byte. Raises ValueError."""
    node = _Parser(text, _Flags(i=ignore_case)).whole()
    if size(node) > MAX_SIZE:
        raise ValueError("it is too large")
    return node


class _Parser:
    def __init__(self, text: str, flags: _Flags) -> None:
        self.text = text
        self.at = 0
        self.flags = flags
        self.depth = 0
        self.groups = 0
        self.closed: set[int] = set()  # groups that a reference may name
        self.names: dict[str, int] = {}

    def refuse(self, what: str) -> NoReturn:
        raise ValueError(f"{what} at position {self.at}")

    def whole(self) -> Node:
        node = _chosen(self.alternatives())
        if self.at < len(self.text):
            self.refuse("unbalanced parenthesis")
        return node

    def alternatives(self) -> tuple[Node, ...]:
        """Those up to the end of the group. Options that they set hold until then."""
        before = self.flags
        nodes = [self.sequence()]
        while self.text[self.at : self.at + 1] == "|":
            self.at += 1
            nodes.append(self.sequence())
        self.flags = before
        return tuple(nodes)

    def sequence(self) -> Node:
        nodes: list[Node] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            node = self.piece()
            if node is not None:
                nodes.append(node)
        return nodes[0] if len(nodes) == 1 else Sequence(tuple(nodes))

    def piece(self) -> Node | None:
        """One item with its repetition; None for what is no item."""
        if self.skipped():
            return None
        char = self.text[self.at]
        if char in "*+?" or (char == "{" and _COUNT.match(self.text, self.at)):
            self.refuse("nothing to repeat")
        node = self.item(char)
        if node is None:
            return None
        while self.skipped():
            pass
        return self.repeated(node)

    def skipped(self) -> bool:
        """Whether there was something without a meaning here: a comment, space under x, an empty quotation."""
        text, at = self.text, self.at
        if text.startswith("(?#", at):
            end = text.find(")", at)
            if end < 0:
                self.refuse("missing ), unterminated comment")
            self.at = end + 1
        elif text.startswith(r"\E", at):
            self.at += 2
        elif text.startswith(r"\Q\E", at):
            self.at += 4
        elif self.flags.x and text[at : at + 1] in (" ", *"\t\n\v\f\r"):
            self.at += 1
        elif self.flags.x and text.startswith("#", at):
            end = text.find("\n", at)
            self.at = len(text) if end < 0 else end + 1
        return self.at > at

    def repeated(self, node: Node) -> Node:
        char = self.text[self.at : self.at + 1]
        count = _COUNT.match(self.text, self.at) if char == "{" else None
        high: int | None
        if count:
            low = int(count[1])
            high = (int(count[3]) if count[3] else None) if count[2] else low
            self.at = count.end()
        elif char in ("*", "+", "?"):
            low, high = {"*": (0, None), "+": (1, None), "?": (0, 1)}[char]
            self.at += 1
        else:
            return node
        if max(low, high or 0) > MAX_COUNT or (high is not None and high < low):
            self.refuse("the numbers of a repetition are out of order or too big")
        if isinstance(node, (Place, Look)):
            self.refuse("a repeated place")
        mark = self.text[self.at : self.at + 1]
        if mark not in ("?", "+"):
            mark = ""
        self.at += len(mark)
        while self.skipped():
            pass
        following = self.text[self.at : self.at + 1]
        if following in ("*", "+", "?") or (following == "{" and _COUNT.match(self.text, self.at)):
            self.refuse("multiple repeat")
        made = Repeat(node, low, high, (mark == "?") is self.flags.U)
        return Atomic(Repeat(node, low, high, True)) if mark == "+" else made

    def item(self, char: str) -> Node | None:
        flags = self.flags
        if char == "\\":
            return self.escape()
        if char == "[":
            bits, self.at = bracket(self.text, self.at, ignore_case=flags.i)
            return Chars(bits)
        if char == "(":
            return self.parenthesis()
        self.at += 1
        if char == ".":
            return Chars(EVERYTHING if flags.s else _NO_BREAK)
        if char == "$":
            return Place.LINE_END if flags.m else Place.END
        if char == "^":
            return Place.LINE_START if flags.m else Place.START
        return self.character(char)

    def character(self, char: str) -> Chars:
        bits = mask(char)
        return Chars(both_cases(bits) if self.flags.i else bits)

    # -- after a backslash --------------------------------------------------------------------------------------------

    def escape(self) -> Node | None:
        text = self.text
        char = text[self.at + 1 : self.at + 2]
        self.at += 1
        if char in _PLACES:
            self.at += 1
            return _PLACES[char]
        if char in CLASSES:
            self.at += 1
            return Chars(CLASSES[char])
        if char == "N" and not text.startswith("{", self.at + 1):
            self.at += 1
            return Chars(_NO_BREAK)
        if char == "R":
            self.at += 1
            return _ANY_BREAK
        if char == "Q":
            end = text.find(r"\E", self.at)
            stop = len(text) if end < 0 else end
            quoted = [self.character(each) for each in text[self.at + 1 : stop]]
            self.at = stop
            if len(quoted) == 1:
                return quoted[0]
            # A repetition behind it means the last character.
            while self.skipped():
                pass
            return Sequence((*quoted[:-1], self.repeated(quoted[-1]))) if quoted else None
        if char and char in "123456789":
            found = _DECIMAL.match(text, self.at)
            assert found is not None
            number = int(found[0])
            if number < 10 or char in "89" or number <= self.groups:
                self.at = found.end()
                return self.back(number)
        if char == "g" and (named := _BACK_NUMBER.match(text, self.at)):
            number = int(named[1] or named[2])
            self.at = named.end()
            return self.back(number if number > 0 else self.groups + 1 + number if number else 0)
        if char == "k" and (named := _BACK_NAME.match(text, self.at)):
            self.at = named.end()
            return self.back(self.number(named[1] or named[2] or named[3]))
        char, self.at = character(text, self.at)
        return self.character(char)

    def back(self, number: int) -> Back:
        if number not in self.closed:
            self.refuse(f"a reference to the group {number}, which does not end before it,")
        return Back(number, self.flags.i)

    def number(self, name: str) -> int:
        if name not in self.names:
            self.refuse(f"a reference to the group '{name}', which does not begin before it,")
        return self.names[name]

    # -- in parentheses -----------------------------------------------------------------------------------------------

    def parenthesis(self) -> Node | None:
        text, at = self.text, self.at
        options = _OPTIONS.match(text, at)
        if options:
            return self.options(options)
        named = _NAME.match(text, at)
        if named:
            name = named[1] or named[2]
            if name in self.names:
                self.refuse(f"a second group '{name}'")
            self.at = named.end()
            self.names[name] = self.groups + 1
            return self.group(name)
        reference = _BACK_NAME.match(text, at)
        if reference:
            self.at = reference.end()
            return self.back(self.number(reference[4]))
        condition = _CONDITION.match(text, at)
        if condition:
            self.at = condition.end()
            return self.condition(condition)
        for mark, (behind, negated) in _LOOKS.items():
            if text.startswith(mark, at):
                self.at += len(mark)
                nodes = self.inside()
                if behind and None in map(width, nodes):
                    self.refuse("what is looked for behind has no fixed width")
                return Look(_chosen(nodes), behind, negated)
        if text.startswith("(?>", at):
            self.at += 3
            return Atomic(_chosen(self.inside()))
        if text.startswith(("(?", "(*"), at):
            self.refuse(f"'{text[at : at + 4]}' is not supported")
        self.at += 1
        return self.group(None)

    def group(self, name: str | None) -> Node:
        self.groups += 1
        number = self.groups
        node = _chosen(self.inside())
        self.closed.add(number)
        return Group(node, number, name)

    def inside(self) -> tuple[Node, ...]:
        """The alternatives up to the closing parenthesis, which is read, too."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse(f"groups nested more than {MAX_DEPTH} deep")
        nodes = self.alternatives()
        self.depth -= 1
        if not self.text.startswith(")", self.at):
            self.refuse("missing ), unterminated subpattern")
        self.at += 1
        return nodes

    def options(self, found: re.Match[str]) -> Node | None:
        before = self.flags
        on, off, end = found.groups()
        changes = dict.fromkeys(on, True) | dict.fromkeys(off or "", False)
        if "xx" in on:
            self.refuse("'(?xx' is not supported")
        self.flags = before._replace(**changes)
        self.at = found.end()
        if end == ")":
            return None  # they hold up to the end of the group
        node = _chosen(self.inside())
        self.flags = before
        return node

    def condition(self, found: re.Match[str]) -> Node:
        number = int(found[1]) if found[1] else self.number(found[2] or found[3])
        if number not in self.closed:
            self.refuse(f"a condition on the group {number}, which does not end before it,")
        nodes = self.inside()
        if len(nodes) > 2:
            self.refuse("a condition with more than two alternatives")
        return Condition(number, nodes[0], nodes[1] if len(nodes) == 2 else Sequence(()))


def _chosen(nodes: tuple[Node, ...]) -> Node:
    return nodes[0] if len(nodes) == 1 else Choice(nodes)
