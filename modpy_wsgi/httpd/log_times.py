"""When, and how long, as access logs show it: %t, %{...}t, %D, %T.

Law: a request has one end, whichever directive asks for it first.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from .log_text import Value, constant, encoded

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["clf_time", "duration", "scaled", "time_of"]

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def clf_time(at: float) -> bytes:
    """The time of the common log format, which is kept until the next second."""
    begin, end, text = second
    return text if begin <= at < end else _of_new_second(at)


def _of_new_second(at: float) -> bytes:
    global second
    local = time.localtime(at)
    minutes = abs(local.tm_gmtoff) // 60
    sign = "-" if local.tm_gmtoff < 0 else "+"
    text = (
        f"[{local.tm_mday:02d}/{_MONTHS[local.tm_mon - 1]}/{local.tm_year}:{local.tm_hour:02d}:{local.tm_min:02d}:"
        f"{local.tm_sec:02d} {sign}{minutes // 60:02d}{minutes % 60:02d}]"
    ).encode("ascii")
    begin = float(int(at))
    second = (begin, begin + 1.0, text)
    return text


second = (0.0, 0.0, b"")  # from when to when the text is true: floats, which Python compares fastest with one another


def _begin(req: mp_request) -> float:
    return req._request_time


def _end(req: mp_request) -> float:
    if req._ended is None:
        req._ended = time.time()
    return req._ended


_NUMBERS: dict[str, Callable[[float], str | int]] = {
    "sec": lambda at: int(at),
    "msec": lambda at: int(at * 1000),
    "usec": lambda at: int(at * 1_000_000),
    "msec_frac": lambda at: f"{int(at * 1000) % 1000:03d}",
    "usec_frac": lambda at: f"{int(at * 1_000_000) % 1_000_000:06d}",
}


def time_of(argument: str) -> Value:
    """%t and %{...}t: a time of the common log format, a number, or what strftime() makes of the text."""
    moment = _begin
    form = argument
    kind, mark, rest = argument.partition(":")
    if kind in ("begin", "end"):
        moment = _end if kind == "end" else _begin
        form = rest if mark else ""
    if not form:
        return lambda req: clf_time(moment(req))
    number = _NUMBERS.get(form)
    if number is not None:
        return lambda req: number(moment(req))
    # A text that strftime() cannot take back out is put together around what it can.
    pieces = re.split(r"([^\x00-\x7f]+)", form)

    def custom(req: mp_request) -> bytes:
        at = time.localtime(moment(req))
        shown = [piece if index % 2 else time.strftime(piece, at) for index, piece in enumerate(pieces)]
        return encoded("".join(shown))  # which is the administrator's text: it stays as it is

    return custom


def duration(req: mp_request) -> int:
    return max(0, int((_end(req) - req._request_time) * 1_000_000))


_SCALES = {"": 1_000_000, "s": 1_000_000, "ms": 1000, "us": 1}


def scaled(argument: str) -> Value:
    scale = _SCALES.get(argument.lower())
    if scale is None:
        return constant(argument)
    return lambda req: duration(req) // scale
