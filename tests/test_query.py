"""Query strings and urlencoded forms, from the public edge (manual 4.6.3)."""

import contextlib
import inspect
import pickle
import time
import tracemalloc
from typing import Any

import pytest

from modpy_wsgi._fast.query import TooManyFields, by_name, parse_qs, parse_qsl, unquote, unquote_plus
from modpy_wsgi.errors import BadRequest
from tests.allocations import keeps_nothing
from tests.isolated_interpreters import needs_isolated_interpreters, run_isolated

Pairs = list[tuple[str, str]]

FIELDS: dict[str, tuple[str, Pairs]] = {
    "nothing": ("", []),
    "one": ("a=1", [("a", "1")]),
    "three": ("a=1&b=2&c=3", [("a", "1"), ("b", "2"), ("c", "3")]),
    "both separators": ("a=1;b=2&c=3", [("a", "1"), ("b", "2"), ("c", "3")]),
    "twice": ("a=1&a=2", [("a", "1"), ("a", "2")]),
    "separator alone": ("&", []),
    "semicolon alone": (";", []),
    "separators at the ends": ("&a=1;", [("a", "1")]),
    "separators in a row": ("a=1&&;;b=2", [("a", "1"), ("b", "2")]),
    "equals sign alone": ("=", [("", "")]),
    "no name": ("=1", [("", "1")]),
    "no value": ("a=", [("a", "")]),
    "no equals sign": ("a", [("a", "")]),
    "no equals sign, then one": ("a&b=1", [("a", ""), ("b", "1")]),
    "equals signs in the value": ("a=b=c==", [("a", "b=c==")]),
    "two equals signs": ("==", [("", "=")]),
    "plus": ("a+b=c+d+", [("a b", "c d ")]),
    "plus alone": ("+", [(" ", "")]),
    "escaped plus": ("a%2Bb=%2b", [("a+b", "+")]),
    "escaped signs": ("%26%3D%3B=%3d%26%3b%25", [("&=;", "=&;%")]),
    "escape made by an escape": ("a=%2541", [("a", "%41")]),
    "small and capital digits": ("a=%c3%A9%C3%a9", [("a", "éé")]),
    "NUL": ("a%00b=c%00d", [("a\0b", "c\0d")]),
    "NUL as it is": ("a\0=\0b", [("a\0", "\0b")]),
    "line break": ("a=%0D%0A", [("a", "\r\n")]),
    "percent at the end": ("a%=b%", [("a%", "b%")]),
    "one digit at the end": ("a%4=b%4", [("a%4", "b%4")]),
    "no digits": ("a%zz=%%%g1%1g%-1", [("a%zz", "%%%g1%1g%-1")]),
    "escape cut by a sign": ("a=%4&1=2", [("a", "%4"), ("1", "2")]),
    "escape cut by an equals sign": ("%4=1", [("%4", "1")]),
    "percent, then an escape": ("a=%%41", [("a", "%A")]),
    "digits of other scripts": ("a=%\uff11\uff11", [("a", "%\uff11\uff11")]),
    "UTF-8, two to four bytes": ("a=%C3%A9%E2%82%AC%F0%9F%98%80", [("a", "é€😀")]),
    "not UTF-8": ("%E9=%E9%80", [("\udce9", "\udce9\udc80")]),
    "overlong and surrogates": ("a=%C0%80%ED%A0%80", [("a", "\udcc0\udc80\udced\udca0\udc80")]),
    "beyond Unicode": ("a=%F4%90%80%80", [("a", "\udcf4\udc90\udc80\udc80")]),
    "letters as they are": ("é=€", [("é", "€")]),
    "letters beside escapes": ("a=é%C3%A9", [("a", "éé")]),
    "a byte as it is and an escaped one": ("a=%C3\udca9", [("a", "é")]),
    "bytes that are no UTF-8": ("a=\udce9&b=1", [("a", "\udce9"), ("b", "1")]),
    "a letter's bytes in two fields": ("a=%C3&b=%A9", [("a", "\udcc3"), ("b", "\udca9")]),
    "a surrogate that is no byte": ("a=\ud800%41", [("a", "\udced\udca0\udc80A")]),
    "emoji name": ("😀=1", [("😀", "1")]),
}


def kept(pairs: Pairs) -> Pairs:
    return [pair for pair in pairs if pair[1]]


def lists(pairs: list[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    found: dict[Any, list[Any]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize(("text", "wanted"), FIELDS.values(), ids=FIELDS)
def test_text(text: str, wanted: Pairs) -> None:
    assert parse_qsl(text, 1) == parse_qsl(text, keep_blank_values=True) == wanted
    assert parse_qsl(text) == parse_qsl(text, 0) == kept(wanted)
    assert parse_qs(text, 1) == lists(wanted)
    assert parse_qs(text) == parse_qs(text, keep_blank_values=0) == lists(kept(wanted))
    assert list(parse_qs(text, 1)) == list(lists(wanted))


@pytest.mark.parametrize(("text", "wanted"), FIELDS.values(), ids=FIELDS)
def test_every_place_in_a_block(text: str, wanted: Pairs) -> None:
    for size in (*range(70), 127, 128, 1000):
        name = "n" * size
        assert parse_qsl(f"{name}=1&{text}", 1) == [(name, "1"), *wanted]
        assert parse_qsl(f"{text}&{name}=1", 1) == [*wanted, (name, "1")]
        assert parse_qsl(f"x={name}&{text}", 1) == [("x", name), *wanted]


@pytest.mark.parametrize(("text", "wanted"), FIELDS.values(), ids=FIELDS)
def test_bytes(text: str, wanted: Pairs) -> None:
    source = text.encode("utf-8", "surrogateescape" if "\ud800" not in text else "surrogatepass")
    pairs = [
        (name.encode("utf-8", "surrogateescape"), value.encode("utf-8", "surrogateescape")) for name, value in wanted
    ]
    for given in (source, bytearray(source), memoryview(source)):
        assert parse_qsl(given, 1) == pairs
        assert parse_qs(given, 1) == lists(pairs)
    assert all(type(part) is bytes for pair in parse_qsl(bytearray(source), 1) for part in pair)


SEPARATORS: dict[str, tuple[str | bytes, Pairs]] = {
    "&": ("&", [("a", "1;b=2"), ("c", "3,d=4")]),
    "&, bytes": (b"&", [("a", "1;b=2"), ("c", "3,d=4")]),
    ";": (";", [("a", "1"), ("b", "2&c=3,d=4")]),
    "comma": (",", [("a", "1;b=2&c=3"), ("d", "4")]),
    "two others": (",;", [("a", "1"), ("b", "2&c=3"), ("d", "4")]),
    "the usual": ("&;", [("a", "1"), ("b", "2"), ("c", "3,d=4")]),
    "the usual, bytes": (b"&;", [("a", "1"), ("b", "2"), ("c", "3,d=4")]),
    "turned": (";&", [("a", "1"), ("b", "2"), ("c", "3,d=4")]),
    "NUL, which is not there": ("\0", [("a", "1;b=2&c=3,d=4")]),
}


@pytest.mark.parametrize(("separators", "wanted"), SEPARATORS.values(), ids=SEPARATORS)
def test_separators(separators: str | bytes, wanted: Pairs) -> None:
    text = "a=1;b=2&c=3,d=4"
    assert parse_qsl(text, separators=separators) == wanted
    assert parse_qs(text, separators=separators) == lists(wanted)


@pytest.mark.parametrize(
    ("separators", "error"),
    [("", ValueError), ("&;,", ValueError), ("é", ValueError), (b"", ValueError), (5, TypeError)],
)
def test_wrong_separators(separators: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="separators"):
        parse_qsl("a=1", separators=separators)


STRICT = {
    "no equals sign": ("a=1&b&c=2", "bad query field: 'b'"),
    "at the start": ("b;a=1", "bad query field: 'b'"),
    "at the end": ("a=1&b%20", "bad query field: 'b%20'"),
    "alone": ("b", "bad query field: 'b'"),
    "empty": ("a=1&&b=2", "bad query field: ''"),
    "empty at the end": ("a=1&", "bad query field: ''"),
    "letters": ("é", "bad query field: 'é'"),
}


@pytest.mark.parametrize(("text", "message"), STRICT.values(), ids=STRICT)
@pytest.mark.parametrize("blanks", [0, 1])
def test_strict(text: str, message: str, blanks: int) -> None:
    for parse in (parse_qsl, parse_qs):
        with pytest.raises(ValueError) as caught:
            parse(text, blanks, 1)
        assert str(caught.value) == message
        with pytest.raises(ValueError) as caught:
            parse(text, keep_blank_values=blanks, strict_parsing=True)
        assert str(caught.value) == message
        parse(text, blanks, 0)


def test_strict_bytes() -> None:
    with pytest.raises(ValueError, match=r"bad query field: b'\\xe9'"):
        parse_qsl(b"\xe9", strict_parsing=1)


@pytest.mark.parametrize("text", ["", "a=1", "a=", "=", "a=%zz", "a=1;b=2"])
def test_strict_has_nothing_to_say(text: str) -> None:
    assert parse_qsl(text, 1, 1) == parse_qsl(text, 1)
    assert parse_qs(text, 0, True) == parse_qs(text)


LIMITS = {
    "under": ("a=1&b=2", 3, True),
    "at": ("a=1&b=2", 2, True),
    "over": ("a=1&b=2", 1, False),
    "blank ones count": ("a&b=", 1, False),
    "empty ones do not": ("&&&a=1;;;", 1, True),
    "none": ("", 0, True),
    "none wanted": ("a=1", 0, False),
    "the same name": ("a=1&a=1", 1, False),
}


@pytest.mark.parametrize(("text", "limit", "fits"), LIMITS.values(), ids=LIMITS)
def test_limit(text: str, limit: int, fits: bool) -> None:
    for parse in (parse_qsl, parse_qs):
        if fits:
            assert parse(text, max_num_fields=limit) == parse(text)
        else:
            with pytest.raises(ValueError, match=f"more than {limit} fields") as caught:
                parse(text, max_num_fields=limit)
            assert isinstance(caught.value, TooManyFields) and isinstance(caught.value, BadRequest)
            assert caught.value.status == 413


def test_limit_comes_early() -> None:
    tracemalloc.start()
    with pytest.raises(TooManyFields):
        parse_qsl("a=1&" * 1_000_000, max_num_fields=1000)
    assert tracemalloc.get_traced_memory()[1] < 6_000_000  # the text, and a thousand pairs
    tracemalloc.stop()


def test_error_is_plain() -> None:
    error = pickle.loads(pickle.dumps(TooManyFields("too many")))
    assert (type(error), str(error), error.status) == (TooManyFields, "too many", 413)


WRONG_CALLS: dict[str, tuple[tuple[Any, ...], dict[str, Any], type[Exception]]] = {
    "no text": ((), {}, TypeError),
    "None": ((None,), {}, TypeError),
    "a number": ((5,), {}, TypeError),
    "a list of bytes": (([1, 2],), {}, TypeError),
    "too many": (("a=1", 0, 0, 10), {}, TypeError),
    "unknown": (("a=1",), {"sep": "&"}, TypeError),
    "twice": (("a=1",), {"qs": "a=1"}, TypeError),
    "negative limit": (("a=1",), {"max_num_fields": -1}, ValueError),
    "limit is no number": (("a=1",), {"max_num_fields": "1"}, TypeError),
}


@pytest.mark.parametrize(("arguments", "named", "error"), WRONG_CALLS.values(), ids=WRONG_CALLS)
def test_wrong_calls(arguments: tuple[Any, ...], named: dict[str, Any], error: type[Exception]) -> None:
    for parse in (parse_qsl, parse_qs):
        with pytest.raises(error):
            parse(*arguments, **named)


def test_all_by_name() -> None:
    assert parse_qsl(qs="a=1&b", keep_blank_values=1, strict_parsing=0, max_num_fields=2, separators="&") == [
        ("a", "1"),
        ("b", ""),
    ]
    assert parse_qs(qs="a=1&b", keep_blank_values=1) == {"a": ["1"], "b": [""]}


@pytest.mark.parametrize("parse", [parse_qsl, parse_qs])
def test_what_it_tells_of_itself(parse: Any) -> None:
    assert str(inspect.signature(parse)) == (
        "(qs, keep_blank_values=0, strict_parsing=0, *, max_num_fields=None, separators='&;')"
    )
    assert parse.__doc__ and parse.__name__ in ("parse_qsl", "parse_qs")


class Text(str):
    """A str of an application."""


def test_subclass() -> None:
    assert parse_qsl(Text("a=1&é=2")) == [("a", "1"), ("é", "2")]
    assert type(unquote(Text("%41"))) is str


def test_truth_that_raises() -> None:
    class Undecided:
        def __bool__(self) -> bool:
            raise RuntimeError("who knows")

    for arguments in ((Undecided(),), (0, Undecided())):
        with pytest.raises(RuntimeError, match="who knows"):
            parse_qsl("a=1", *arguments)


# Names are remembered: the same ones, and ones that share a place


def test_names_that_meet() -> None:
    for _ in range(3):
        for size in range(1, 20):
            names = [f"{number:0{size}}"[-size:] for number in range(300)]
            for name in names:
                assert parse_qsl(f"{name}=1") == [(name, "1")]
            assert parse_qsl("&".join(f"{name}=1" for name in names)) == [(name, "1") for name in names]


@pytest.mark.parametrize("one", ["ab", "abc", "abcd", "abcdefg", "abcdefgh", "abcdefghijklmnop"])
def test_names_that_differ_little(one: str) -> None:
    others = {one[:at] + "x" + one[at + 1 :] for at in range(len(one))} | {one + "x", one[:-1], one + "\0", one * 2}
    for other in others:
        for _ in range(2):
            assert parse_qsl(f"{one}=1&{other}=2&{one}=3") == [(one, "1"), (other, "2"), (one, "3")]


# Unquoting

UNQUOTE: dict[str, tuple[str, str]] = {
    "nothing": ("", ""),
    "no escape": ("abc", "abc"),
    "plus": ("a+b", "a+b"),
    "escape": ("%41", "A"),
    "escape and plus": ("%41+%2B", "A++"),
    "one letter": ("a", "a"),
    "letters": ("é", "é"),
    "letters and escapes": ("é%C3%A9+", "éé+"),
    "bad": ("%", "%"),
    "NUL": ("%00", "\0"),
    "not UTF-8": ("%FF", "\udcff"),
    "long": ("x" * 100 + "%20" * 100 + "+" * 100, "x" * 100 + " " * 100 + "+" * 100),
    "escapes at any distance": (
        "".join("y" * number + "%41" for number in range(40)),
        "".join("y" * number + "A" for number in range(40)),
    ),
}


@pytest.mark.parametrize(("text", "wanted"), UNQUOTE.values(), ids=UNQUOTE)
def test_unquote(text: str, wanted: str) -> None:
    assert unquote(text) == wanted
    assert unquote(text.encode()) == wanted.encode("utf-8", "surrogateescape")
    assert unquote_plus(text.encode()) == unquote_plus(text).encode("utf-8", "surrogateescape")


def test_unquote_plus() -> None:
    assert unquote_plus("a+b%2Bc%20d") == "a b+c d"
    assert unquote_plus("+") == " " and unquote_plus("é+") == "é "


@pytest.mark.parametrize("function", [unquote, unquote_plus])
def test_unquote_refuses(function: Any) -> None:
    for wrong in (None, 5, ["a"]):
        with pytest.raises(TypeError, match="must be str or bytes"):
            function(wrong)


# Time, memory, interpreters

SLOW = {
    "escapes": "a=" + "%41" * 300_000,
    "bad escapes": "a=" + "%" * 1_000_000,
    "half escapes": "a=" + "%4" * 500_000,
    "pluses": "+" * 1_000_000,
    "separators": "&" * 1_000_000,
    "equals signs": "=" * 1_000_000,
    "blank fields": "a&" * 500_000,
    "one long": "a" * 1_000_000,
    "invalid UTF-8": "a=" + "%FF" * 300_000,
}


@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW)
def test_no_text_is_slow(text: str) -> None:
    start = time.process_time()
    parse_qsl(text)
    parse_qs(text, 1)
    assert time.process_time() - start < 1


@pytest.mark.parametrize("text", ["a=1&b=2;c", "é=%FF&a=1", "a=+%41&a=" + "x" * 3000, "&".join("abcdef")])
def test_no_reference_is_lost(text: str) -> None:
    def once() -> None:
        for given in (text, text.encode()):
            parse_qsl(given, 1)
            parse_qs(given, 1)
            unquote(given)
            by_name(parse_qsl(given, 1))
            for wrong in ({"strict_parsing": 1}, {"max_num_fields": 1}):
                with contextlib.suppress(ValueError):
                    parse_qs(given, 1, **wrong)  # type: ignore[call-overload]

    assert keeps_nothing(once, before=50, times=200)


BY_NAME: dict[str, tuple[list[tuple[Any, Any]], dict[Any, Any]]] = {
    "none": ([], {}),
    "one": ([("a", "1")], {"a": "1"}),
    "in order of their first": ([("b", "1"), ("a", "2"), ("b", "3")], {"b": ["1", "3"], "a": "2"}),
    "the same value twice": ([("a", "1"), ("a", "1")], {"a": ["1", "1"]}),
    "three times": ([("a", "1"), ("a", "2"), ("a", "3")], {"a": ["1", "2", "3"]}),
    "lists as values": ([("a", [1]), ("b", [2]), ("a", [3]), ("a", 4)], {"a": [[1], [3], 4], "b": [2]}),
    "bytes": ([(b"a", b"1")], {b"a": b"1"}),
}


@pytest.mark.parametrize(("pairs", "wanted"), BY_NAME.values(), ids=BY_NAME)
def test_by_name(pairs: list[tuple[Any, Any]], wanted: dict[Any, Any]) -> None:
    before = repr(pairs)
    found = by_name(pairs)
    assert found == wanted and list(found) == list(wanted)
    assert repr(pairs) == before


@pytest.mark.parametrize(
    "wrong", [None, "a", ("a", "1"), [("a", "1", "2")], [("a",)], ["ab"], [["a", "b"]], [([], "")]]
)
def test_by_name_refuses(wrong: Any) -> None:
    with pytest.raises(TypeError):
        by_name(wrong)


def test_names_that_change_the_pairs_while_they_are_read() -> None:
    class Name(str):
        def __eq__(self, other: object) -> bool:
            pairs.clear()
            return super().__eq__(other)

        __hash__ = str.__hash__

    pairs: list[tuple[Any, Any]] = [(Name("a"), "1"), (Name("a"), "2"), (Name("a"), "3")]
    assert by_name(pairs) == {"a": ["1", "2"]}


@needs_isolated_interpreters
def test_isolated_interpreters() -> None:
    program = """
        from modpy_wsgi._fast.query import parse_qs, parse_qsl
        assert parse_qsl("name=1&b", 1) == [("name", "1"), ("b", "")] and parse_qs("name=%C3%A9") == {"name": ["é"]}
    """
    run_isolated(program)
