"""How cookies are to be read: rules written down one by one, and slow."""

from __future__ import annotations

import time


def oracle(header: str) -> list[tuple[str, str]]:
    """The pairs of a Cookie header: from each place on, the first at which a cookie begins; then from its end on."""
    found = []
    place = 0
    while place < len(header):
        cookie = _cookie_at(header, place)
        if cookie is None:
            place += 1
            continue
        name, value, place = cookie
        found.append((name, value))
    return found


def _cookie_at(header: str, place: int) -> tuple[str, str, int] | None:
    """Name, value and end of a cookie that begins at `place`, which may be before blanks and commas."""
    start = place
    while start < len(header) and header[start] in ", ":
        start += 1
    while start >= place:  # as many blanks and commas as leave something for a name
        end = start
        while end < len(header) and header[end] not in "; =":
            end += 1
        if end > start:
            value, after = _value_at(header, end)
            return header[start:end], value, after
        start -= 1
    return None


def _value_at(header: str, place: int) -> tuple[str, int]:
    def blanks(place: int, which: str) -> int:
        while place < len(header) and (header[place] in which if which else header[place].isspace()):
            place += 1
        return place

    place = blanks(place, " ")
    if header[place : place + 1] == "=":
        place = blanks(place + 1, " ")
    end = _end_of_quoted(header, place) if header[place : place + 1] == '"' else None
    if end is None:
        end = header.find(";", place)
        end = len(header) if end < 0 else end
        return header[place:end], end + (end < len(header))
    value = header[place:end]
    end = blanks(end, "")
    return value, end + (header[end : end + 1] == ";")


def _end_of_quoted(header: str, place: int) -> int | None:
    place += 1
    while place < len(header):
        if header[place] == '"':
            return place + 1
        if header[place] == "\\":
            if header[place + 1 : place + 2] in ("", "\n"):
                return None
            place += 1
        place += 1
    return None


def read_by_strptime(text: str) -> bool:
    """Whether the standard library reads a time as cookies have it. (The tests' locale is English.)"""
    try:
        time.strptime(text, "%a, %d-%b-%Y %H:%M:%S GMT")
    except (ValueError, IndexError):
        return False
    return True
