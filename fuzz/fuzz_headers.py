"""Fuzzes what reads the headers of a request for a file, and type maps: ranges, dates, entity tags, wishes.

Ranges are compared with a reading of RFC 9110 that knows nothing of merging: the same bytes must come out. Dates that
the standard library reads as HTTP dates must be the same ones. The rest must be within its bounds.

Run all targets with `python -m fuzz`. This one alone: python -m fuzz.engine headers fuzz/corpus/headers
"""

from __future__ import annotations

import contextlib
import email.utils
import re
from collections.abc import Callable

from modpy_wsgi.accept import MAX_WISHES, read_wishes
from modpy_wsgi.httpd.ranges import MAX_NUMBER, _read
from modpy_wsgi.httpd.type_maps import MAX_ENTRIES, Malformed, read_map
from modpy_wsgi.validators import etag_in, http_date

RANGE = re.compile(r"([0-9]*)-([0-9]*)", re.ASCII)
DATE = re.compile(r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-5][0-9] GMT", re.ASCII)


def asked(text: str, length: int) -> set[int] | None:
    """The bytes that a Range header asks for; None if it is malformed."""
    wanted: set[int] = set()
    for word in text.split(","):
        if not word:
            continue
        found = RANGE.fullmatch(word)
        if found is None or found[0] == "-":
            return None
        first, last = found.groups()
        if any(digits and int(digits) > MAX_NUMBER for digits in (first, last)):
            return None
        if not first:
            if int(last) == 0:
                return None
            wanted |= set(range(max(length - int(last), 0), length))
        elif last and int(first) > int(last):
            return None
        else:
            wanted |= set(range(int(first), min(int(last) + 1 if last else length, length)))
            if not last and int(first) == 0:
                break  # all of it: what follows is not looked at
    return wanted


def check_ranges(text: str, size: int) -> None:
    """The same bytes as asked for."""
    length = size % 50 + 1
    read = _read(text, length)
    wanted = None if text.startswith(",") or len(text) > 2000 else asked(text, length)
    if len(text) > 2000:
        return
    if wanted is None or not text.strip(","):
        assert read is None, (text, read)
        return
    assert read is not None, text
    ranges, overlaps, reversals = read
    found = [byte for start, end in ranges for byte in range(start, end + 1)]
    assert set(found) == wanted, (text, length, ranges)
    assert all(0 <= start <= end < length for start, end in ranges)
    assert len(ranges) + overlaps <= len([word for word in text.split(",") if word])
    assert 0 <= reversals <= overlaps


def check_date(text: str, size: int) -> None:
    """The standard library's date, where the text is one beyond doubt."""
    found = http_date(text)
    assert found is None or 0 < found < 253402300802
    if DATE.fullmatch(text):
        with contextlib.suppress(ValueError):
            wanted = email.utils.parsedate_to_datetime(text).timestamp()
            assert found == (wanted if wanted > 0 else None), text


def check_tags(text: str, size: int) -> None:
    """A tag that is listed is found, weakly if strongly."""
    for tag in ('"a"', 'W/"a"', None):
        strongly, weakly = etag_in(tag, text, strong=True), etag_in(tag, text, strong=False)
        assert weakly or not strongly
        assert not weakly or text.startswith("*") or '"a"' in text
    assert etag_in('"a"', f'"a", {text}', strong=True)


def check_wishes(text: str, size: int) -> None:
    """Qualities between 0 and 1, and not too many."""
    wishes = read_wishes(text)
    assert len(wishes) <= MAX_WISHES
    assert all(0 <= wish.quality <= 1 and wish.level >= 0 for wish in wishes)
    assert all(wish.name == wish.name.strip().lower() for wish in wishes)


def check_map(text: str, size: int) -> None:
    """Entries with headers, or Malformed."""
    with contextlib.suppress(Malformed):
        entries = read_map(text)
        assert len(entries) <= MAX_ENTRIES + 1
        assert all(name and name == name.strip() for entry in entries for name in entry.headers)


CHECKS: tuple[Callable[[str, int], None], ...] = (check_ranges, check_date, check_tags, check_wishes, check_map)


def check(data: bytes) -> None:
    """Take what to read, and a number, out of the first two bytes. Raises AssertionError for what is wrong."""
    if len(data) >= 2:
        CHECKS[data[0] % len(CHECKS)](data[2:].decode("utf-8", "surrogateescape"), data[1])
