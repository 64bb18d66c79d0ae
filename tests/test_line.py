"""Lines of a log, against the rules of mod_log_config spelled out: what is escaped, and what stays."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modpy_wsgi._fast.line import Form, size_of_fields
from tests.allocations import keeps_nothing
from tests.isolated_interpreters import needs_isolated_interpreters, run_isolated

SHORT = {8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 13: "\\r", 34: '\\"', 92: "\\\\"}
ESCAPES = {code: SHORT.get(code, f"\\x{code:02x}") for code in (*range(32), 34, 92, *range(127, 256))}


def shown(value: str | tuple[str, ...] | bytes | int | None) -> str:
    """The oracle: a value by a table of characters, as text of which each character is a byte."""
    if value is None:
        return "-"
    if isinstance(value, tuple):
        return " ".join(map(shown, value))
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, int):
        return str(value)
    if not all(letter <= "\xff" for letter in value):
        escaping = all(not "\ud800" <= letter <= "\udfff" or "\udc80" <= letter <= "\udcff" for letter in value)
        value = value.encode("utf-8", "surrogateescape" if escaping else "surrogatepass").decode("latin-1")
    return value.translate(ESCAPES)


def line(texts: list[bytes], values: list[Any]) -> bytes:
    pieces = [texts[0].decode("latin-1")]
    for text, value in zip(texts[1:], values, strict=True):
        pieces += [shown(value), text.decode("latin-1")]
    return "".join(pieces).encode("latin-1")


EVERY_BYTE = "".join(map(chr, range(256)))
VALUES = {
    "plain": ("GET / HTTP/1.1", b"GET / HTTP/1.1"),
    "empty": ("", b""),
    "unknown": (None, b"-"),
    "short escapes": ('\b\t\n\v\r"\\', rb"\b\t\n\v\r\"" + rb"\\"),
    "hexadecimal escapes": ("\0\x07\f\x1f\x7f\x80\xe9\xff", rb"\x00\x07\x0c\x1f\x7f\x80\xe9\xff"),
    "the first and last that stay": (" !~", b" !~"),
    "beyond bytes": ("\u20ac\xe9\udcff", rb"\xe2\x82\xac\xc3\xa9\xff"),
    "a surrogate that stands for no byte": ("\ud800\udcff", rb"\xed\xa0\x80\xed\xb3\xbf"),
    "of another class": (type("Text", (str,), {})("\u20ac\n"), rb"\xe2\x82\xac\n"),
    "bytes": (b'"as it is"\n\xff', b'"as it is"\n\xff'),
    "words": (("GET", '/"', "\u20ac", "", "x"), rb"GET /\" \xe2\x82\xac  x"),
    "no words": ((), b""),
    "nothing": (0, b"0"),
    "a status": (200, b"200"),
    "a truth": (True, b"1"),
    "64 bits": (2**63 - 1, b"9223372036854775807"),
    "more than 64 bits": (2**64, b"18446744073709551616"),
    "a number below 0": (-(2**63), b"-9223372036854775808"),
}


@pytest.mark.parametrize(("value", "wanted"), VALUES.values(), ids=VALUES)
def test_values(value: Any, wanted: bytes) -> None:
    assert Form([b"<", b">\n"]).filled((value,)) == b"<" + wanted + b">\n"
    assert wanted == shown(value).encode("latin-1") or value is True


@pytest.mark.parametrize("size", [*range(34), 63, 64, 65, 2047, 2048, 2049, 100_000])
@pytest.mark.parametrize("letter", ["x", "\xe9", '"', "\u20ac"])
def test_each_length_and_place(size: int, letter: str) -> None:
    """A letter at each place of what is looked at together, and alone; lines beyond the room of the first kind."""
    for value in (letter * size, "x" * size + letter, letter + "x" * size, "x" * (size // 2) + letter + "x" * size):
        assert Form([b"", b"\n"]).filled((value,)) == line([b"", b"\n"], [value])


@pytest.mark.parametrize("size", [0, 1, 600, 1000, 2047, 2048, 2049, 5000])
def test_many_values(size: int) -> None:
    """Whatever meets the end of the room: a text, a value as it is, a number, a hyphen."""
    values = [
        EVERY_BYTE * (size // 256),
        None,
        b"b" * size,
        2**63 - 1,
        None,
        "x" * size,
        0,
        "",
        ("", "y" * size, ""),
    ] * 3
    texts = [b"t" * (size // 3), *[b"", b"y", b""] * 9]
    assert Form(texts).filled(tuple(values)) == line(texts, values)


SIGNS = st.sampled_from([*'ab"\\\0\n\x7f\x80\xff', "\u20ac", "\udc80", "\ud800", "x" * 17])
TEXT = st.lists(SIGNS, max_size=40).map("".join) | st.text(st.characters(max_codepoint=255), max_size=80)
VALUE = (
    TEXT
    | st.lists(TEXT, max_size=4).map(tuple)
    | st.binary(max_size=60)
    | st.none()
    | st.integers()
    | st.integers(0, 999)
)


@settings(max_examples=1500, deadline=None)
@given(pairs=st.lists(st.tuples(st.binary(max_size=40), VALUE), max_size=12), last=st.binary(max_size=40))
def test_any_values(pairs: list[tuple[bytes, Any]], last: bytes) -> None:
    texts = [*(text for text, _ in pairs), last]
    values = [value for _, value in pairs]
    assert Form(texts).filled(tuple(values)) == line(texts, values)


def test_no_byte_of_a_str_can_end_a_field_or_a_line() -> None:
    made = Form([b"", b""]).filled((EVERY_BYTE,))
    assert all(32 <= byte < 127 for byte in made)
    assert b'"' not in made.replace(b'\\"', b"")


@pytest.mark.parametrize("value", [1.5, bytearray(b"x"), ["x"], object(), ("x", 1.5)])
def test_values_that_are_none(value: Any) -> None:
    with pytest.raises(TypeError, match=f"not {'float' if isinstance(value, tuple) else type(value).__name__}"):
        Form([b"x" * 3000, b"", b""]).filled((None, value))


@pytest.mark.parametrize("values", [(), ("a", "b")])
def test_a_wrong_number_of_values(values: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=f"1 places was given {len(values)} values"):
        Form([b"", b""]).filled(values)


def test_what_is_no_form() -> None:
    with pytest.raises(ValueError, match="a text at least"):
        Form([])
    with pytest.raises(TypeError, match="not str"):
        Form([b"", ""])  # type: ignore[list-item]
    with pytest.raises(TypeError):
        Form([b"", b""]).filled(None)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Form([b"", b""]).filled(["a"])  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.text(), st.text())))
def test_the_size_of_fields(fields: list[tuple[str, str]]) -> None:
    assert size_of_fields(fields) == len("".join(f"{name}: {value}\r\n" for name, value in fields))
    assert size_of_fields(map(list, fields)) == size_of_fields(fields)  # type: ignore[arg-type]


def test_fields_that_are_none() -> None:
    with pytest.raises(TypeError):
        size_of_fields([("a", 1)])  # type: ignore[list-item]
    with pytest.raises(ValueError):
        size_of_fields([("a", "b", "c")])  # type: ignore[list-item]


def test_memory_is_given_back() -> None:
    form = Form([b"", b" ", b"\n"])

    def once() -> None:
        for value in ("x" * 3000, "\u20ac" * 9, 10**30, b"x"):
            form.filled((value, None))
            with pytest.raises(TypeError):
                form.filled((value, 1.5))
        Form([b"x" * 100])

    assert keeps_nothing(once, before=50, times=500)


@needs_isolated_interpreters
def test_isolated_interpreters() -> None:
    program = r"""
        from modpy_wsgi._fast.line import Form, size_of_fields
        assert Form([b"", b""]).filled(("\xe9",)) == rb"\xe9" and size_of_fields([("a", "b")]) == 6
    """
    run_isolated(program)
