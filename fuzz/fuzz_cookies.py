"""Fuzzes what reads cookies: the header as the original's own pattern reads it, signatures, what Python 2 marshalled.

The oracle is that pattern, which takes a time that grows with the square of the blanks: inputs are kept short for it.
What goes into a cookie must come out of it, or be refused.

Run all targets with `python -m fuzz`. This one alone: python -m fuzz.engine cookies fuzz/corpus/cookies
"""

from __future__ import annotations

import contextlib
import marshal
from collections.abc import Callable

from modpy_wsgi import python2_marshal
from modpy_wsgi.cookie_text import date_in, pairs
from modpy_wsgi.cookies import Cookie, CookieError, MarshalCookie, SignedCookie
from tests.cookie_oracle import oracle, read_by_strptime

SECRET = "a secret"  # noqa: S105 - of nobody
PLAIN = (int, float, complex, str, tuple, list, dict, set, frozenset, bool, type(None), type, type(...))


def check_header(raw: bytes) -> None:
    """The same pairs; a cookie that can be written is read as it was, whatever is around it."""
    text = raw[:600].decode("utf-8", "surrogateescape")
    assert list(pairs(text)) == oracle(text), text
    parsed = Cookie.parse(text)
    for name, value in oracle(text):
        assert name[0] == "$" or name in parsed, (name, value)
    with contextlib.suppress(CookieError):
        written = str(Cookie("before", text))
        assert not set(written) & set("\r\n\0;")


def check_signed(raw: bytes) -> None:
    """A value comes back from behind its signature; what was not signed does not."""
    text = raw.decode("utf-8", "surrogateescape")
    assert not SignedCookie.parse(text, SECRET, Cookie.IGNORE)
    assert not MarshalCookie.parse(text, SECRET, Cookie.IGNORE)
    if '"' not in text and text.strip() == text:
        with contextlib.suppress(CookieError):
            header = str(SignedCookie("a", text, SECRET))
            assert SignedCookie.parse(header, SECRET, Cookie.EXCEPTION)["a"].value == text
    header = str(MarshalCookie("a", [text, raw], SECRET))
    assert MarshalCookie.parse(header, SECRET, Cookie.EXCEPTION)["a"].value == [text, raw]


def check_marshal(raw: bytes) -> None:
    """Plain objects, or ValueError; and where Python 3 reads the same, the same."""
    try:
        found = python2_marshal.loads(raw)
    except ValueError:
        return
    assert type(found) in PLAIN
    if not set(raw) & set(b"stR"):  # text, which Python 3 takes for bytes
        with contextlib.suppress(ValueError, EOFError, TypeError):
            wanted = marshal.loads(raw)  # noqa: S302 - not that of clients
            assert repr(found) == repr(wanted), (found, wanted)


def check_date(raw: bytes) -> None:
    """What strptime reads, if it is ASCII without the separators that Unicode has among its blanks."""
    text = raw.decode("utf-8", "surrogateescape")
    try:
        assert date_in(text) == text
        found = True
    except ValueError:
        found = False
    plain = text.isascii() and not set(text) & set("\x1c\x1d\x1e\x1f")
    assert found == (plain and read_by_strptime(text)), text


CHECKS: tuple[Callable[[bytes], None], ...] = (check_header, check_signed, check_marshal, check_date)


def check(data: bytes) -> None:
    """The first byte says what to read. Raises AssertionError for what is wrong."""
    if data:
        CHECKS[data[0] % len(CHECKS)](data[1:])
