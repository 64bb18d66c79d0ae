"""What a rule of access may say of a request, and how what several say is one.

Law: the algebra is mod_authz_core's. A rule that is negated refuses or says nothing. One that is limited to other
methods says nothing, or is met where all around it must be. What is the same for every request is worked out once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from ..config.model import Limit

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = [
    "DENIED",
    "GRANTED",
    "NEUTRAL",
    "NO_USER",
    "Check",
    "any_of",
    "denied",
    "every_of",
    "granted",
    "limited",
    "negated",
    "neutral",
]

GRANTED = 1
DENIED = 0
NO_USER = 2  # refused, but a user might change that
NEUTRAL = 3

Check = Callable[["mp_request"], int]


def granted(req: mp_request) -> int:
    """Lets everybody in."""
    return GRANTED


def denied(req: mp_request) -> int:
    """Lets nobody in."""
    return DENIED


def neutral(req: mp_request) -> int:
    """Says nothing."""
    return NEUTRAL


def any_of(checks: Iterable[Check]) -> Check:
    """Granted if one of them is; else the best of what they say: a user is missing, denied, nothing."""
    return _together(checks, GRANTED, granted, denied)


def every_of(checks: Iterable[Check]) -> Check:
    """Denied if one of them is; else the worst of what they say: a user is missing, granted, nothing."""
    return _together(checks, DENIED, denied, granted)


def _together(checks: Iterable[Check], last_word: int, always: Check, never: Check) -> Check:
    """The check that ends at the first that has the last word; `always` has it for every request, `never` for none."""
    members = tuple(check for check in checks if check is not neutral)
    if always in members:
        return always
    if never in members:
        members = (*(check for check in members if check is not never), never)
    if len(members) < 2:
        return members[0] if members else neutral

    def check(req: mp_request) -> int:
        result = NEUTRAL
        for member in members:
            verdict = member(req)
            if verdict == last_word:
                return last_word
            if verdict != NEUTRAL and result != NO_USER:
                result = verdict
        return result

    return check


def negated(check: Check) -> Check:
    """Denied where the check grants; a refusal says nothing, since nobody is let in for not being refused."""
    if check is granted:
        return denied
    if check in (denied, neutral):
        return neutral

    def opposite(req: mp_request) -> int:
        return DENIED if check(req) == GRANTED else NEUTRAL

    return opposite


def limited(check: Check, methods: Limit, otherwise: Check) -> Check:
    """The check for requests of these methods, for others `otherwise`."""
    if check is otherwise:
        return check
    verdict = GRANTED if otherwise is granted else NEUTRAL
    names = frozenset(("HEAD",) if "GET" in methods.methods else ()) | methods.methods
    exclude = methods.exclude

    def chosen(req: mp_request) -> int:
        return check(req) if (req._method in names) is not exclude else verdict

    return chosen
