"""The query parser against urllib.parse, which takes a field apart in another way, and one separator at a time."""

import urllib.parse
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modpy_wsgi._fast.query import by_name, parse_qs, parse_qsl, unquote, unquote_plus
from tests.query_oracle import decoded, oracle

# Few letters, so that signs and digits meet; pieces that are longer than a block.
SIGNS = st.sampled_from([*"&;=%+ab09fFgG", "%41", "%C3", "%A9", "%e2%82%ac", "%ff", "%00", *"é€\0\udce9"])
LONG = st.integers(1, 80).map("x".__mul__) | st.integers(1, 40).map("+".__mul__) | st.integers(1, 20).map("%20".__mul__)
TEXT = st.lists(SIGNS | LONG, max_size=30).map("".join)
ASCII = TEXT.map(lambda text: text.encode("ascii", "ignore").decode())


def outcome(parse: Any, *arguments: Any, **named: Any) -> Any:
    try:
        return parse(*arguments, **named)
    except ValueError as error:
        return type(error), str(error)


@settings(max_examples=1500, deadline=None)
@given(
    text=TEXT,
    blanks=st.booleans(),
    strict=st.booleans(),
    separators=st.sampled_from(["&;", "&", ";", "ab", "="]),
    limit=st.none() | st.integers(0, 5),
)
def test_any_text(text: str, blanks: bool, strict: bool, separators: str, limit: int | None) -> None:
    wanted = outcome(oracle, text, blanks, strict, separators, limit)
    named: dict[str, Any] = {"max_num_fields": limit, "separators": separators}
    assert outcome(parse_qsl, text, blanks, strict, **named) == wanted
    lists = outcome(parse_qs, text, blanks, strict, **named)
    if isinstance(wanted, tuple):
        assert lists == wanted
        return
    assert [(name, value) for name, values in lists.items() for value in values] == sorted(
        wanted, key=lambda pair: [*lists].index(pair[0])
    )
    raw = parse_qsl(text.encode("utf-8", "surrogateescape"), blanks, strict, **named)
    assert [tuple(part.decode("utf-8", "surrogateescape") for part in pair) for pair in raw] == wanted


@settings(max_examples=1000, deadline=None)
@given(text=ASCII, blanks=st.booleans(), separator=st.sampled_from("&;"))
def test_as_urllib(text: str, blanks: bool, separator: str) -> None:
    wanted = urllib.parse.parse_qsl(text, blanks, errors="surrogateescape", separator=separator)
    assert parse_qsl(text, blanks, separators=separator) == wanted
    assert parse_qs(text, blanks, separators=separator) == urllib.parse.parse_qs(
        text, blanks, errors="surrogateescape", separator=separator
    )


@settings(max_examples=500, deadline=None)
@given(pairs=st.lists(st.tuples(st.text(), st.text()), max_size=10))
def test_there_and_back(pairs: list[tuple[str, str]]) -> None:
    assert parse_qsl(urllib.parse.urlencode(pairs), 1) == pairs


@settings(max_examples=500, deadline=None)
@given(pairs=st.lists(st.tuples(st.sampled_from(["a", "b", "name", ""]), st.sampled_from(["1", "2", ""])), max_size=12))
def test_by_name(pairs: list[tuple[str, str]]) -> None:
    lists = urllib.parse.parse_qs(urllib.parse.urlencode(pairs), keep_blank_values=True)
    found = by_name(pairs)
    assert found == {name: values if len(values) > 1 else values[0] for name, values in lists.items()}
    assert list(found) == list(lists)


@settings(max_examples=500, deadline=None)
@given(raw=st.binary(max_size=200))
def test_any_bytes(raw: bytes) -> None:
    assert parse_qsl(b"a=" + urllib.parse.quote_from_bytes(raw).encode(), 1) == [(b"a", raw)]
    assert parse_qsl("a=" + urllib.parse.quote_from_bytes(raw), 1) == [("a", raw.decode("utf-8", "surrogateescape"))]


@settings(max_examples=1000, deadline=None)
@given(text=TEXT)
def test_unquote(text: str) -> None:
    wanted = decoded(text) if "%" in text else text
    assert unquote(text) == wanted
    assert unquote(text.encode("utf-8", "surrogateescape")) == urllib.parse.unquote_to_bytes(
        text.encode("utf-8", "surrogateescape")
    )
    assert unquote_plus(text) == (decoded(text.replace("+", " ")) if {"%", "+"} & {*text} else text)


@settings(max_examples=300, deadline=None)
@given(text=st.text(st.characters(), max_size=20))
def test_any_letters(text: str) -> None:
    """Surrogates that stand for no byte included: nothing raises, and what can be written as bytes is kept."""
    found = parse_qsl("a=" + text.translate({ord(sign): None for sign in "&;%+"}), 1)
    assert len(found) == 1
    if not any("\ud800" <= letter <= "\udfff" for letter in text):
        assert found == [("a", text.translate({ord(sign): None for sign in "&;%+"}))]


@pytest.mark.parametrize("size", [15, 16, 17, 31, 32, 33, 63, 64, 65])
def test_signs_at_the_edge_of_a_block(size: int) -> None:
    for sign in ("&", ";", "=", "%41", "%", "+", "%C3%A9"):
        for at in range(size + 1):
            text = "x" * at + sign + "y" * (size - at)
            assert parse_qsl(text, 1) == oracle(text, True, False, "&;", None)
