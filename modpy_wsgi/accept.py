"""The Accept headers of a request: what a client would like, with a quality between 0 and 1 each.

Law: read as leniently as httpd reads them; what is malformed counts for nothing, and how many there are is bounded.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

__all__ = ["Wish", "read_wishes"]

MAX_WISHES = 256  # of one header: more than a browser has, and each is compared with every variant
_TEXT_HTML_LEVEL = 2.0  # of text/html without a level

_ITEM = re.compile(r'(?:"[^"]*"?|[^",])+')
_PARAMETER = re.compile(r';\s*([^=\s;]+)\s*=\s*("[^"]*"?|[^;\s]*)')
_NUMBER = re.compile(r"[0-9]*(?:\.[0-9]*)?")


class Wish(NamedTuple):
    """One member of an Accept header, or the type of a variant, in lower case."""

    name: str
    quality: float = 1.0
    level: float = 0.0
    charset: str = ""


@lru_cache(maxsize=128)
def read_wishes(header: str) -> tuple[Wish, ...]:
    """The members of a header, in order."""
    items = (item.strip() for item in _ITEM.findall(header)[:MAX_WISHES])
    return tuple([_read(item.lower()) for item in items if item])


def _read(item: str) -> Wish:
    name = item.partition(";")[0].strip()
    quality, level, charset = 1.0, _TEXT_HTML_LEVEL if name == "text/html" else 0.0, ""
    for parameter, value in _PARAMETER.findall(item, len(name)):
        value = value.strip('"')
        if parameter in ("q", "qs"):
            quality = _quality(value)
        elif parameter == "level":
            level = float(value[:9]) if value.isascii() and value.isdigit() else 0.0
        elif parameter == "charset":
            charset = value
    return Wish(name, quality, level, charset)


def _quality(text: str) -> float:
    """A quality of at most three digits; 1 for what is none."""
    if not text or not (text[0].isdigit() or text[0] == "."):
        return 1.0
    found = _NUMBER.match(text)
    digits = found[0][:5] if found else ""
    try:
        return min(float(digits), 1.0)
    except ValueError:
        return 0.0
