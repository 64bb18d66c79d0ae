"""Fuzzes what reads pages with server-side includes, their expressions, and the patterns of listings.

A page in pieces must give what it gives whole; an expression is true, false or an error; a pattern means what the
standard library makes of it where the two agree about brackets.

Run all targets with `python -m fuzz`. This one alone: python -m fuzz.engine ssi fuzz/corpus/ssi
"""

from __future__ import annotations

import contextlib
import fnmatch
from collections.abc import Callable, Iterable, Iterator
from types import MappingProxyType

from modpy_wsgi.config.globs import Glob
from modpy_wsgi.ssi import expression, legacy, words
from modpy_wsgi.ssi.scanner import Element, Scanner

TAGS = ((b"<!--#", b"-->"), (b"{{", b"}}"), (b"-", b"-"))


class Request:
    """As much of a request as functions ask for."""

    headers_in = MappingProxyType[str, str]({})
    headers_out = err_headers_out = notes = headers_in
    useragent_ip = "127.0.0.1"


class Page:
    """As much of a page as an expression without variables of the server asks for."""

    match = None
    req = Request()

    def variable(self, name: str) -> str | None:
        """A value for every other name."""
        return name if len(name) % 2 else None


def scanned(pieces: Iterable[bytes], start: bytes, end: bytes) -> list[bytes | Element]:
    """What a scanner makes of pieces, text beside text joined."""
    reader = Scanner(start, end)
    found: list[bytes | Element] = []

    def events() -> Iterator[bytes | Element]:
        for piece in pieces:
            yield from reader.feed(piece)
        yield from reader.finish()

    for event in events():
        if isinstance(event, bytes) and found and isinstance(found[-1], bytes):
            found[-1] += event
        else:
            found.append(event)
    return found


def check_pieces(data: bytes, size: int) -> None:
    """The same whole and in pieces."""
    start, end = TAGS[size % len(TAGS)]
    step = size % 7 + 1
    pieces = [data[at : at + step] for at in range(0, len(data), step)]
    assert scanned(pieces, start, end) == scanned([data], start, end)


def check_expression(data: bytes, size: int) -> None:
    """True, false or ValueError, in both languages."""
    text = data.decode("utf-8", "surrogateescape").replace("%{", "{")
    for read in (expression.read, legacy.read):
        with contextlib.suppress(ValueError):
            assert read(text, "a page")(Page()) in (True, False)  # type: ignore[arg-type]


def check_words(data: bytes, size: int) -> None:
    """Codings, entities and variables take any text; what was encoded comes back."""
    text = data.replace(b"\0", b"").decode("utf-8", "surrogateescape")
    words.decode_entities(text)
    words.substituted(text, Page().variable)
    for coding in ("url", "urlencoded", "base64"):
        words.recoded(text, coding, "entity")
        assert words.recoded(words.recoded(text, "none", coding), coding, "none") == text


def check_pattern(data: bytes, size: int) -> None:
    """What shells mean."""
    pattern, _, name = data.decode("latin-1").partition("\n")
    plain = Glob(pattern).matches(name)
    if not any(char in pattern for char in "[]\\"):
        assert plain == fnmatch.fnmatchcase(name, pattern)
    Glob(pattern, brackets=True, escapes=True).matches(name)


CHECKS: tuple[Callable[[bytes, int], None], ...] = (check_pieces, check_expression, check_words, check_pattern)


def check(data: bytes) -> None:
    """Take what to read, and a number, out of the first two bytes. Raises AssertionError for what is wrong."""
    if len(data) >= 2:
        CHECKS[data[0] % len(CHECKS)](data[2:4096], data[1])
