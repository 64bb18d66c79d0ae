"""Validators of an answer (RFC 9110, section 8.8): dates and entity tags, as httpd reads and writes them."""

from __future__ import annotations

import base64
import os
import re
import time
from functools import cache

from .stamps import FileStatus

__all__ = ["SETTLED", "date_text", "digest_of", "etag_in", "etag_of", "http_date"]

BLOCK = 262144  # bytes of a file read at once for its digest
SETTLED = 1.0  # seconds; what has changed later may change again and look the same: its tag is weak

_TIME = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = {name: number for number, name in enumerate(_NAMES, 1)}
_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)  # days of a year before each month, and in all


@cache
def _date() -> re.Pattern[str]:
    """The forms of a date. Only a client that has one waits for it to be compiled."""
    return re.compile(
        r"\s*[^ ]* (?:"
        rf"(?P<day>[0-9]{{1,2}}) (?P<month>[A-Z][a-z][a-z]) (?P<year>[0-9]{{4}}) {_TIME} .*"
        rf"|(?P<day2>[0-9]{{2}})-(?P<month2>[A-Z][a-z][a-z])-(?P<year2>[0-9]{{2}}) {_TIME.replace('>', '2>')} .*"
        rf"|(?P<month3>[A-Z][a-z][a-z]) (?P<day3>[ 0-9][0-9]) {_TIME.replace('>', '3>')} (?P<year3>[0-9]{{4}}).*"
        ")",
        re.DOTALL,
    )


def http_date(value: str | None) -> float | None:
    """An HTTP date as seconds since the epoch, or None if it is none.

    Read as httpd does: in one of three forms, whatever the day of the week; the zone is not looked at. The epoch
    itself is none.
    """
    found = _date().match(value) if value else None
    if found is None:
        return None
    form = "" if found["day"] else "2" if found["day2"] else "3"
    month = _MONTHS.get(found[f"month{form}"])
    year, day, hour, minute, second = (int(found[f"{name}{form}"]) for name in _FIELDS)
    if form == "2":
        year += 1900 if year >= 70 else 2000
    if month is None or year < 1970 or not 1 <= day <= 31 or hour > 23 or minute > 59 or second > 61:
        return None
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if day > _BEFORE[month] - _BEFORE[month - 1] + (leap and month == 2):
        return None
    days = 365 * (year - 1970) + _leap_days(year - 1) - _leap_days(1969) + _BEFORE[month - 1] + (leap and month > 2)
    return float(((days + day - 1) * 24 + hour) * 3600 + minute * 60 + second) or None


def _leap_days(year: int) -> int:
    """How many there were up to the end of a year."""
    return year // 4 - year // 100 + year // 400


def date_text(seconds: float) -> str:
    """Seconds since the epoch as HTTP writes a date (RFC 9110, section 5.6.7), whatever the locale."""
    year, month, day, hour, minute, second, weekday, _, _ = time.gmtime(seconds)
    return f"{_DAYS[weekday]}, {day:02} {_NAMES[month - 1]} {year:04} {hour:02}:{minute:02}:{second:02} GMT"


_FIELDS = ("year", "day", "hour", "minute", "second")


def etag_of(found: FileStatus, parts: frozenset[str], now: float) -> str | None:
    """The entity tag of a file, of what FileETag names (inode, size, mtime) as httpd writes it; None if of nothing.

    `now` is the time of the request: the tag of a file that has just changed is weak.
    """
    values = (("inode", found.st_ino), ("size", found.st_size), ("mtime", found.st_mtime_ns // 1000))
    shown = [f"{value & _UNSIGNED:x}" for name, value in values if name in parts]
    if not shown:
        return None
    return f'{"" if now - found.st_mtime > SETTLED else "W/"}"{"-".join(shown)}"'


_UNSIGNED = 2**64 - 1


def digest_of(descriptor: int) -> str:
    """The entity tag of an open file's content (FileETag Digest)."""
    import hashlib  # and with it OpenSSL: few sites have such tags

    digest = hashlib.sha1(usedforsecurity=False)
    position = 0
    while data := os.pread(descriptor, BLOCK, position):
        digest.update(data)
        position += len(data)
    return f'"{base64.b64encode(digest.digest()).decode("ascii")}"'


def etag_in(etag: str | None, listed: str, *, strong: bool) -> bool:
    """Whether an entity tag is in the list of an If-Match or If-None-Match header; "*" matches any answer.

    The list ends at what is no tag.
    """
    if listed.startswith("*"):
        return True
    if etag is None or (strong and etag.startswith("W/")):
        return False
    bare = etag.removeprefix("W/")
    for item in _ITEM.findall(listed):
        other = item.strip()
        if other and not other.startswith(('"', 'W/"')):
            return False
        if other == bare or (not strong and other.removeprefix("W/") == bare):
            return True
    return False


_ITEM = re.compile(r'(?:"[^"]*"?|[^",])+')  # a comma within quotes is part of a tag
