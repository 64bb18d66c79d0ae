"""mod_expires: ExpiresActive, ExpiresByType, ExpiresDefault."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from modpy_wsgi.config.lexer import words
from modpy_wsgi.config.model import Args, Origin, Override, Row, Setting, Where

MODULES = ("expires_module", "mod_expires.c")

_UNITS = (  # how much of the word httpd looks at, and the seconds
    ("y", 60 * 60 * 24 * 365),
    ("mo", 60 * 60 * 24 * 30),
    ("w", 60 * 60 * 24 * 7),
    ("d", 60 * 60 * 24),
    ("h", 60 * 60),
    ("mi", 60),
    ("s", 1),
)
_NUMBER = re.compile(r"[ \t\n\v\f\r]*([+-]?[0-9]+)")


class Expiry(NamedTuple):
    """When an answer expires: `seconds` after the file was modified, or after the request."""

    of_file: bool
    seconds: int


class Expires(NamedTuple):
    """What the directives of one section say."""

    active: bool | None = None  # None: not said
    by_type: Mapping[str, Expiry] = MappingProxyType({})  # media types in lower case, type/* too
    wildcards: bool = False  # whether this very section has a type/*
    default: Expiry | None = None

    @property
    def has_work(self) -> bool:
        """Whether an answer may expire by them."""
        return bool(self.active) and (bool(self.by_type) or self.default is not None)


def _merge(outer: Expires, inner: Expires) -> Expires:
    """As httpd merges: the types with a star of an outer section count only where the inner has one itself."""
    return Expires(
        outer.active if inner.active is None else inner.active,
        {**outer.by_type, **inner.by_type},
        inner.wildcards,
        inner.default or outer.default,
    )


EXPIRES: Setting[Expires] = Setting("Expires", Expires(), _merge)


def _active(so_far: Expires | None, args: tuple[str, ...], origin: Origin) -> Expires:
    return (so_far or Expires())._replace(active=args[0] == "1")


def _by_type(so_far: Expires | None, args: tuple[str, ...], origin: Origin) -> Expires:
    media_type, code = args
    before = so_far or Expires()
    if "/" not in media_type:
        raise ValueError(f"'{media_type}' is no media type: it has no slash")
    return before._replace(
        by_type={**before.by_type, media_type.lower(): _expiry(code)},
        wildcards=before.wildcards or media_type.endswith("/*"),
    )


def _default(so_far: Expires | None, args: tuple[str, ...], origin: Origin) -> Expires:
    return (so_far or Expires())._replace(default=_expiry(args[0]))


def _expiry(code: str) -> Expiry:
    """`A3600`, `M3600`, or `access plus 1 hour 30 minutes`; the words by their first letters, as httpd reads them."""
    if code[:1] in ("A", "M"):
        found = _NUMBER.match(code, 1)
        return Expiry(code[0] == "M", _int(int(found[1]) if found else 0))
    base, *rest = words(code) or [""]
    if base[:1].lower() not in ("n", "a", "m"):
        raise ValueError(f"bad expires code, unrecognised <base> '{base}'")
    if rest and rest[0][:1].lower() == "p":
        rest = rest[1:]
    seconds = 0
    for at in range(0, len(rest), 2):
        number, unit = rest[at], rest[at + 1] if at + 1 < len(rest) else ""
        digits = re.match(r"[0-9]+", number, re.ASCII)
        if digits is None:
            raise ValueError(f"bad expires code, numeric value expected <num> '{number}'")
        if not unit:
            raise ValueError(f"bad expires code, missing <type> after '{number}'")
        factor = next((factor for start, factor in _UNITS if unit.lower().startswith(start)), None)
        if factor is None:
            raise ValueError(f"bad expires code, unrecognised <type> '{unit}'")
        seconds = _int(seconds + factor * int(digits[0]))
    return Expiry(base[:1].lower() == "m", seconds)


def _int(number: int) -> int:
    """As a C int holds it: a hundred years wrap around, and what lies in the past has expired."""
    return (number + 2**31) % 2**32 - 2**31


ROWS = (
    Row("ExpiresActive", Args.FLAG, Where.ANY, Override.INDEXES, setting=EXPIRES, value=_active),
    Row(
        "ExpiresByType",
        Args.TAKE2,
        Where.ANY,
        Override.INDEXES,
        setting=EXPIRES,
        value=_by_type,
        usage='ExpiresByType media/type "access|modification [plus] number unit ..."',
    ),
    Row(
        "ExpiresDefault",
        Args.TAKE1,
        Where.ANY,
        Override.INDEXES,
        setting=EXPIRES,
        value=_default,
        usage='ExpiresDefault "access|modification [plus] number unit ..."',
    ),
)
