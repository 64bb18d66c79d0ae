"""The text of cookies: a header taken apart, and what may go into one.

Law: a header of any length and content is read in one pass, and what the original reads in it is read here. What would
end a cookie early, or the header, does not get out.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

__all__ = ["CookieError", "checked", "cookie_date", "date_in", "pairs", "wrong_prefix"]


class CookieError(Exception):
    """A cookie that cannot be sent, or one from a client whose signature does not hold (manual: Cookie.CookieError)."""


# Reading. Each pattern is tried at one place only, and cannot match the same text in two ways.
_BLANKS_AND_COMMAS = re.compile("[, ]*")
_NAME = re.compile("[^; =]+")
_EQUALS = re.compile(" *(?:= *)?")
_VALUE = re.compile(r'("(?:[^\\"]|\\.)*")\s*;?|([^;]*);?')


def pairs(header: str) -> Iterator[tuple[str, str]]:
    """The names and values of a Cookie header, as the original's pattern finds them.

    A value keeps its quotes and the blanks behind it. A name without `=` has the word behind it as its value, or "".
    """
    place, end = 0, len(header)
    while place < end:
        start = place
        place = _BLANKS_AND_COMMAS.match(header, place).end()  # type: ignore[union-attr]  # it always matches
        found = _NAME.match(header, place)
        if found is not None:
            name, place = found[0], found.end()
        else:
            comma = header.rfind(",", start, place)
            if comma < 0:
                place += 1  # a `;` or `=` with no name before it
                continue
            name, place = ",", comma + 1  # which passes for a name where no other follows
        found = _EQUALS.match(header, place)
        assert found is not None
        found = _VALUE.match(header, found.end())
        assert found is not None
        yield name, found[2] if found[1] is None else found[1]
        place = found.end()


# Writing

_FORBIDDEN = re.compile("[\x00-\x08\x0a-\x1f\x7f;]")


def checked(text: str, what: str) -> str:
    """`text`, if it can stand in a cookie. Raises CookieError; the text is not in the message, it may be a secret."""
    found = _FORBIDDEN.search(text)
    if found is not None:
        raise CookieError(f"{what} may not contain {found[0]!r}")
    return text


def wrong_prefix(name: str, *, secure: bool, path: object, domain: object) -> str | None:
    """What a cookie lacks of what its name promises (RFC 6265bis, 4.1.3), for browsers drop such a one; else None."""
    start = name[:9].lower()
    if start.startswith("__host-"):
        if secure and path == "/" and not domain:
            return None
        return "a cookie named __Host- must be secure, with the path / and no domain"
    if start == "__secure-" and not secure:
        return "a cookie named __Secure- must be secure"
    return None


# Dates. time.strftime and strptime would follow the process's locale.

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(
    rf"(?:{'|'.join(_DAYS)}),\s+(\d{{1,2}})-({'|'.join(_MONTHS)})-(\d{{4}})\s+(\d{{1,2}}):(\d{{1,2}}):(\d{{1,2}})\s+GMT",
    re.IGNORECASE | re.ASCII,
)
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def cookie_date(seconds: float | None) -> str:
    """A time as cookies have it: "Wed, 09-Nov-1999 23:12:40 GMT". Raises OverflowError, ValueError, TypeError."""
    at = time.gmtime(seconds)
    return (
        f"{_DAYS[at.tm_wday]}, {at.tm_mday:02}-{_MONTHS[at.tm_mon - 1]}-{at.tm_year:04} "
        f"{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02} GMT"
    )


def date_in(text: str) -> str:
    """`text`, if it is a time as cookies have it. Raises ValueError."""
    found = _DATE.fullmatch(text)
    if found is not None:
        day, year, hour, minute, second = [int(found[number]) for number in (1, 3, 4, 5, 6)]
        month = _MONTHS.index(found[2].capitalize())
        leap = month != 1 or day < 29 or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
        if 1 <= day <= _LENGTHS[month] and leap and hour < 24 and minute < 60 and second < 62 and year:
            return text
    raise ValueError(f"Invalid expires time: {text}")
