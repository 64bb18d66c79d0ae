"""Query strings by urllib.parse, which takes a field apart in another way than the compiled parser.

What urllib does otherwise is on purpose: `;` separates too; a str stands for its bytes, so that a byte written as it is
and an escaped one make one letter; what is no UTF-8 is kept, not replaced; empty fields do not count.
"""

import re
import urllib.parse

from modpy_wsgi._fast.query import TooManyFields


def decoded(text: str) -> str:
    raw = urllib.parse.unquote_to_bytes(text.encode("utf-8", "surrogateescape"))
    return raw.decode("utf-8", "surrogateescape")


def oracle(text: str, blanks: bool, strict: bool, separators: str, limit: int | None) -> list[tuple[str, str]]:
    found = []
    count = 0
    for field in re.split("[" + re.escape(separators) + "]", text) if text else []:
        name, equals, value = field.partition("=")
        if strict and not equals:
            raise ValueError(f"bad query field: {decoded_not(field)!r}")
        if not field:
            continue
        count += 1
        if limit is not None and count > limit:
            raise TooManyFields(f"more than {limit} fields in a query string or form")
        if value or blanks:
            found.append((decoded(name.replace("+", " ")), decoded(value.replace("+", " "))))
    return found


def decoded_not(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
