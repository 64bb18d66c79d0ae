"""What holds for the head of an answer: the rules of Header and Expires, sorted by when they have their say."""

from __future__ import annotations

from typing import NamedTuple

from .directives.expires import EXPIRES, Expires
from .directives.headers import EARLY, HEADERS, REQUEST_HEADERS, HeaderRule
from .model import Settings

__all__ = ["HeadRules", "has_early", "has_request_rules", "head_rules"]


class HeadRules(NamedTuple):
    """The rules of one RequestConfig."""

    always: tuple[HeaderRule, ...]  # for errors, too
    onsuccess: tuple[HeaderRule, ...]
    expires: Expires | None


def head_rules(settings: Settings) -> HeadRules | None:
    """The rules that the settings hold; None if there are none."""
    if HEADERS not in settings and EXPIRES not in settings:
        return None
    rules = [rule for rule in settings[HEADERS] if rule.condition != EARLY and _has_effect(rule)]
    expires = settings[EXPIRES]
    if not rules and not expires.has_work:
        return None
    return HeadRules(
        tuple([rule for rule in rules if rule.always]),
        tuple([rule for rule in rules if not rule.always]),
        expires if expires.has_work else None,
    )


def _has_effect(rule: HeaderRule) -> bool:
    """How long an answer is, it says itself, as httpd counts it behind mod_headers."""
    return rule.name.lower() != "content-length" or rule.action == "note"


def has_early(settings: Settings) -> bool:
    """Whether a rule is marked `early`."""
    return any(rule.condition == EARLY for setting in (HEADERS, REQUEST_HEADERS) for rule in settings[setting])


def has_request_rules(settings: Settings) -> bool:
    """Whether RequestHeader has a rule that is not."""
    return any(rule.condition != EARLY for rule in settings[REQUEST_HEADERS])
