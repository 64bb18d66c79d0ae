"""A page in pieces, taken apart into its text and its elements: `<!--#name attribute="value" -->`.

Law: what comes out does not depend on how the page was cut into pieces, and the time grows with its length. Text goes
out as soon as it cannot be the beginning of an element. An element has a limit. Grammar: that of httpd's mod_include.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from functools import lru_cache
from typing import NamedTuple

__all__ = ["MAX_ELEMENT", "Element", "Scanner"]

MAX_ELEMENT = 1 << 20  # bytes of one element, which wait until it is whole; a page may hold one without an end

_QUOTES = b"\"'`"
_SPACE = b" \t\n\v\f\r"
_NOT_SPACE = re.compile(rb"[^ \t\n\v\f\r]")
_SPACES = re.compile(rb"[ \t\n\v\f\r]")
_NAME_END = re.compile(rb"[ \t\n\v\f\r=]")


class Element(NamedTuple):
    """An element as it stands in the page. `wrong` says what keeps it from meaning anything."""

    name: str  # in lower case
    arguments: tuple[tuple[str, str | None], ...]  # names in lower case; values None where there is none
    wrong: str | None = None


class Scanner:
    """Takes pieces, gives text (bytes) and elements in the order of the page."""

    def __init__(self, start: bytes, end: bytes) -> None:
        self._start = start
        self._end = end
        self._plain = _plain_element(end)
        self._buffer = b""
        self._at = 0  # what is before it is done with
        self._reading: Generator[None, None, Element] | None = None  # of an element that is not whole yet
        self._over = False

    def feed(self, data: bytes) -> Iterator[bytes | Element]:
        """What a piece of the page makes certain."""
        self._buffer = self._buffer[self._at :] + data if self._at < len(self._buffer) else data
        self._at = 0
        while True:
            if self._reading is not None:
                element = self._read_on()
                if element is None:
                    return
                yield element
            found = self._buffer.find(self._start, self._at)
            if found < 0:
                kept = 0 if self._over else _overlap(self._buffer, self._at, self._start)
                until = len(self._buffer) - kept
                text, self._at = self._buffer[self._at : until], until
                if text:
                    yield text
                return
            if found > self._at:
                text, self._at = self._buffer[self._at : found], found
                yield text
            self._at = found + len(self._start)
            plain = self._plain.match(self._buffer, self._at)
            if plain is None:
                self._reading = self._element()
            else:
                self._at = plain.end()
                yield _as_element(plain)

    def finish(self) -> Iterator[bytes | Element]:
        """What is certain now that the page is at its end."""
        self._over = True
        yield from self.feed(b"")

    def _read_on(self) -> Element | None:
        """The element that is being read, if it is whole by now."""
        assert self._reading is not None
        try:
            next(self._reading)
        except StopIteration as stop:
            self._reading = None
            element: Element = stop.value
            return element
        if self._over:
            return self._broken("SSI directive was not properly finished at the end")
        if len(self._buffer) - self._at > MAX_ELEMENT:
            return self._broken(f"SSI directive of more than {MAX_ELEMENT} bytes")
        return None

    def _broken(self, why: str) -> Element:
        self._reading, self._at = None, len(self._buffer)
        return Element("", (), why)

    # -- of an element that is not plain, or not whole: generators that stop where more is needed. `at` counts from
    # where the element begins, because the buffer moves on with what is done.

    def _element(self) -> Generator[None, None, Element]:
        name, at, closed = yield from self._directive()
        wrong = None if name else "missing directive name"
        arguments: list[tuple[str, str | None]] = []
        while not closed:
            at = yield from self._past(_NOT_SPACE, at)
            if self._byte(at) == self._end[0]:
                matched = yield from self._ends(at)
                if matched:
                    at += len(self._end)
                    break
            argument, at, lacks = yield from self._argument(at)
            if lacks and wrong is None:
                wrong = f"missing argument name for value to tag {name}"
            arguments.append(argument)
        self._at += at
        return Element(name, tuple(arguments), wrong)

    def _byte(self, at: int) -> int:
        return self._buffer[self._at + at]

    def _past(self, pattern: re.Pattern[bytes], at: int) -> Generator[None, None, int]:
        """Where the pattern first matches, from `at` on."""
        while True:
            found = pattern.search(self._buffer, self._at + at)
            if found is not None:
                return found.start() - self._at
            at = max(at, len(self._buffer) - self._at)
            yield

    def _needs(self, at: int) -> Generator[None, None, None]:
        while self._at + at >= len(self._buffer):
            yield

    def _ends(self, at: int) -> Generator[None, None, bool]:
        """Whether the end of the element stands at `at`."""
        for offset, byte in enumerate(self._end):
            yield from self._needs(at + offset)
            if self._byte(at + offset) != byte:
                return False
        return True

    def _directive(self) -> Generator[None, None, tuple[str, int, bool]]:
        """The name, where it ends, and whether the element ends with it."""
        stop = re.compile(b"[ \t\n\v\f\r" + re.escape(self._end[:1]) + b"]")
        at = 0
        while True:
            at = yield from self._past(stop, at)
            if self._byte(at) in _SPACE:
                return self._text(0, at).lower(), at, False
            if (yield from self._ends(at)):
                return self._text(0, at).lower(), at + len(self._end), True
            at += 1

    def _argument(self, at: int) -> Generator[None, None, tuple[tuple[str, str | None], int, bool]]:
        """A name with its value, where it ends, and whether the name is missing."""
        name = ""
        if self._byte(at) not in _QUOTES:
            end = yield from self._past(_NAME_END, at)
            name = self._text(at, end).lower()
            at = yield from self._past(_NOT_SPACE, end)
            if self._byte(at) != ord("="):
                return (name, None), at, not name
            at = yield from self._past(_NOT_SPACE, at + 1)
        quote = self._byte(at)
        if quote in _QUOTES:
            value, at = yield from self._quoted(at + 1, bytes((quote,)))
        else:
            end = yield from self._past(_SPACES, at)
            value, at = self._text(at, end), end + 1
        return (name, value), at, not name

    def _quoted(self, at: int, quote: bytes) -> Generator[None, None, tuple[str, int]]:
        """A value up to its quote, before which a backslash takes its meaning from it."""
        special = re.compile(b"[\\\\" + quote + b"]")
        parts: list[bytes] = []
        start = at
        while True:
            at = yield from self._past(special, at)
            if self._byte(at) == quote[0]:
                parts.append(self._raw(start, at))
                return _decoded(b"".join(parts)), at + 1
            yield from self._needs(at + 1)
            if self._byte(at + 1) == quote[0]:
                parts.append(self._raw(start, at))
                start = at + 1
                at += 2
            else:
                at += 1

    def _raw(self, start: int, end: int) -> bytes:
        return self._buffer[self._at + start : self._at + end]

    def _text(self, start: int, end: int) -> str:
        return _decoded(self._raw(start, end))


def _decoded(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


@lru_cache(maxsize=16)
def _plain_element(end: bytes) -> re.Pattern[bytes]:
    """What nearly all elements look like behind their start: a name, and arguments in quotes without a backslash.

    Such a one means the same to the generators of the Scanner, which read what this does not match: anything else, and
    all where `end` begins with a sign that could as well be one of the element.
    """
    if not _END_OF_PLAIN.match(end):
        return _NOTHING
    argument = rb"[A-Za-z0-9_]+[ \t\n\v\f\r]*=[ \t\n\v\f\r]*(?:\"[^\"\\]*\"|'[^'\\]*'|`[^`\\]*`)"
    arguments = rb"[ \t\n\v\f\r]+" + argument + rb"(?:[ \t\n\v\f\r]*" + argument + rb")*"
    return re.compile(rb"([A-Za-z]+)(" + arguments + rb")?[ \t\n\v\f\r]*" + re.escape(end))


_END_OF_PLAIN = re.compile(rb"[^A-Za-z0-9_=\"'` \t\n\v\f\r]")
_NOTHING = re.compile(rb"(?!)")
_PLAIN_ARGUMENT = re.compile(rb"([A-Za-z0-9_]+)[ \t\n\v\f\r]*=[ \t\n\v\f\r]*(?:\"([^\"]*)\"|'([^']*)'|`([^`]*)`)")


def _as_element(plain: re.Match[bytes]) -> Element:
    name, arguments = plain.groups()
    found = [] if arguments is None else _PLAIN_ARGUMENT.findall(arguments)
    pairs = [(_decoded(each[0]).lower(), _decoded(each[1] or each[2] or each[3])) for each in found]
    return Element(_decoded(name).lower(), tuple(pairs))


def _overlap(data: bytes, start: int, tag: bytes) -> int:
    """How many bytes at the end of the data may be the beginning of the tag."""
    for length in range(min(len(tag) - 1, len(data) - start), 0, -1):
        if data.endswith(tag[:length]):
            return length
    return 0
