"""Fuzzes the query parser: whatever the text, it says what urllib.parse says.

Run all targets with `python -m fuzz`. This one alone: python -m fuzz.engine query fuzz/corpus/query
"""

from __future__ import annotations

from typing import Any

from modpy_wsgi._fast.query import by_name, parse_qs, parse_qsl, unquote, unquote_plus
from tests.query_oracle import decoded, oracle

SEPARATORS = ("&;", "&", ";", "ab")


def outcome(parse: Any, *arguments: Any, **named: Any) -> Any:
    """What a parser gives, or how it fails."""
    try:
        return parse(*arguments, **named)
    except ValueError as error:
        return type(error), str(error)


def check(data: bytes) -> None:
    """Take the options out of the first byte, parse the rest. Raises AssertionError for a difference."""
    if not data:
        return
    options, raw = data[0], data[1:]
    blanks, strict = bool(options & 1), bool(options & 2)
    separators = SEPARATORS[options >> 2 & 3]
    limit = options >> 5 if options & 16 else None
    text = raw.decode("utf-8", "surrogateescape")
    wanted = outcome(oracle, text, blanks, strict, separators, limit)
    found = outcome(parse_qsl, text, blanks, strict, max_num_fields=limit, separators=separators)
    assert found == wanted, (found, wanted)
    lists = outcome(parse_qs, text, blanks, strict, max_num_fields=limit, separators=separators)
    if isinstance(wanted, list):
        for name, values in lists.items():
            assert values == [value for other, value in wanted if other == name]
        assert sum(map(len, lists.values())) == len(wanted)
        assert by_name(found) == {name: values if len(values) > 1 else values[0] for name, values in lists.items()}
        pairs = parse_qsl(raw, blanks, strict, separators=separators)
        assert [tuple(part.decode("utf-8", "surrogateescape") for part in pair) for pair in pairs] == wanted
    else:
        assert lists == wanted
    assert unquote(text) == (decoded(text) if "%" in text else text)
    assert unquote_plus(raw).decode("utf-8", "surrogateescape") == decoded(text.replace("+", " "))
