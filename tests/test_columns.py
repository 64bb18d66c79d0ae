"""The compiled columns of a listing: links, sizes, times, rows; each against what Python and apr make of the same."""

from __future__ import annotations

import ctypes
import ctypes.util
import html
import re
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modpy_wsgi._fast.columns import links, minutes, rows, sizes
from tests.allocations import keeps_nothing
from tests.isolated_interpreters import needs_isolated_interpreters, run_isolated

NAMES = st.text(
    st.one_of(
        st.characters(exclude_categories=("Cs",)),
        st.sampled_from("/:&<>\"'%?#;=+ ~\0"),
        st.integers(0xDC80, 0xDCFF).map(chr),
    ),
    max_size=8,
)

# -- links ------------------------------------------------------------------------------------------------------------

LINKS = {
    "file.txt": "file.txt",
    "folder/": "folder/",
    "/up/": "/up/",
    "": "",
    "a b": "a%20b",
    "a&b": "a&amp;b",
    "a:b": "./a:b",
    "a:b/": "./a:b/",
    "é:b": "./%c3%a9:b",
    "/a:b/": "/a:b/",
    "a/b:c": "a/b:c",
    '"<>': "%22%3c%3e",
    "it's": "it's",
    "50%": "50%25",
    "?#\\": "%3f%23%5c",
    "日本": "%e6%97%a5%e6%9c%ac",
    "caf\udce9": "caf%e9",
    "\n\x00\x7f": "%0a%00%7f",
}


@pytest.mark.parametrize(("name", "link"), LINKS.items())
def test_links(name: str, link: str) -> None:
    assert links([name]) == [link]


def escaped(name: str) -> str:
    """A link by other means."""
    found = quote(name, safe="/;:@&=+$,!~*'()", errors="surrogateescape")
    found = re.sub("%..", lambda match: match.group().lower(), found)
    return html.escape("./" + found if ":" in name.partition("/")[0] else found, quote=False)


@given(st.lists(NAMES))
def test_links_are_those_of_urllib_and_html(names: list[str]) -> None:
    assert links(names) == [escaped(name) for name in names]


def test_every_byte_in_a_link() -> None:
    names = [bytes([byte]).decode("utf-8", "surrogateescape") for byte in range(256)]
    assert links(names) == [escaped(name) for name in names]


def test_what_needs_no_escape_is_the_same_object() -> None:
    """By which the listing tells that it needs none as markup either."""
    every = [chr(letter) for letter in range(0x2100)] + ["plain.tar.gz", "folder/", "a b", "&", "a:b"]
    for name, link in zip(every, links(every), strict=True):
        assert (link is name) == (link == name)
        assert link is not name or html.escape(name, quote=False) == name.replace('"', "&quot;")


# -- sizes ------------------------------------------------------------------------------------------------------------

SIZES = {
    -1: "  - ",
    -(2**63): "  - ",
    0: "  0 ",
    972: "972 ",
    973: "1.0K",
    1024: "1.0K",
    9 * 1024 + 972: "9.9K",
    9 * 1024 + 973: " 10K",
    10188: "9.9K",
    10**6: "1.0M",
    10**12: "931G",
    2**63 - 1: "8.0E",
}


def test_sizes() -> None:
    assert sizes(SIZES) == list(SIZES.values())


APR = ctypes.util.find_library("apr-1")


@pytest.mark.skipif(APR is None, reason="no libapr here (Debian: libapr1)")
@given(st.lists(st.one_of(st.integers(-1, 2**62), st.integers(0, 2**21))))
def test_sizes_are_those_of_apr(numbers: list[int]) -> None:
    assert APR is not None
    function = ctypes.CDLL(APR).apr_strfsize
    function.argtypes, function.restype = [ctypes.c_int64, ctypes.c_char_p], ctypes.c_char_p
    assert sizes(numbers) == [function(size, ctypes.create_string_buffer(5)).decode() for size in numbers]


# -- times ------------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("zone")
def test_minutes() -> None:
    moments = [0, 59, 60, -1, -61, 951782400, 1709251199, 1711846799, 1711846800, 2**31, -(10**10), -(10**11), 10**13]
    moments += range(1_700_000_000, 1_740_000_000, 86_411)
    times = [time.localtime(moment - moment % 60) for moment in moments]
    assert minutes(moments) == [f"{at[0]:04d}-{at[1]:02d}-{at[2]:02d} {at[3]:02d}:{at[4]:02d}" for at in times]
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    assert minutes(moments, named=True) == [
        f"{at[2]:02d}-{months[at[1] - 1]}-{at[0]:04d} {at[3]:02d}:{at[4]:02d}" for at in times
    ]


@pytest.mark.usefixtures("zone")
def test_minutes_are_those_of_strftime() -> None:
    moments = range(0, 2**31, 7_654_321)
    assert minutes(moments) == [time.strftime("%Y-%m-%d %H:%M", time.localtime(moment)) for moment in moments]


@pytest.mark.parametrize("moment", [2**62, -(2**62), 2**63 - 1, -(2**63)])
def test_a_year_beyond_counting(moment: int) -> None:
    with pytest.raises(OSError):
        minutes([moment])


# -- rows -------------------------------------------------------------------------------------------------------------


@given(st.data())
def test_rows_are_the_columns_side_by_side(data: st.DataObject) -> None:
    count = data.draw(st.integers(0, 5))
    column = st.one_of(NAMES, st.lists(NAMES, min_size=count, max_size=count))
    columns = data.draw(st.lists(column, max_size=5))
    lists = [[each] * count if isinstance(each, str) else each for each in columns]
    text = "".join("".join(row) for row in zip(*lists, strict=True))
    assert rows(columns, count) == text.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize("size", [0, 1, 7, 8, 15, 16, 31, 32, 33, 63, 511, 512, 513, 5000])
def test_texts_of_any_length(size: int) -> None:
    text = "".join(chr(97 + place % 26) for place in range(size))
    assert rows(["<", [text, text + "é"], ">"], 2).decode() == f"<{text}><{text}é>"


class Text(str):
    """A str that is not just one."""


def test_a_subclass_of_str() -> None:
    assert rows([Text("a"), [Text("b"), Text("é")]], 2) == "abaé".encode()


WRONG: dict[str, tuple[Callable[..., Any], tuple[Any, ...], type[Exception]]] = {
    "a short column": (rows, ([["a"]], 2), ValueError),
    "a long column": (rows, ([["a"]], 0), ValueError),
    "no column": (rows, ([None], 1), TypeError),
    "a tuple": (rows, ([("a",)], 1), TypeError),
    "bytes in a column": (rows, ([[b"a"]], 1), TypeError),
    "None in a column": (rows, ([["a", None]], 2), TypeError),
    "a lone surrogate": (rows, ([["\ud800"]], 1), UnicodeEncodeError),
    "a lone surrogate in all rows": (rows, (["\ud800"], 1), UnicodeEncodeError),
    "a name of bytes": (links, ([b"a"],), TypeError),
    "no name": (links, ([None],), TypeError),
    "a name with a lone surrogate": (links, (["\ud800"],), UnicodeEncodeError),
    "a size that is none": (sizes, (["1"],), TypeError),
    "a size beyond 64 bits": (sizes, ([2**63],), OverflowError),
    "a time that is none": (minutes, ([None],), TypeError),
    "a time beyond 64 bits": (minutes, ([-(2**63) - 1],), OverflowError),
}


@pytest.mark.parametrize(("function", "given", "error"), WRONG.values(), ids=WRONG)
def test_what_is_refused(function: Callable[..., Any], given: tuple[Any, ...], error: type[Exception]) -> None:
    with pytest.raises(error):
        function(*given)


def test_nothing_is_lost_or_kept() -> None:
    def once() -> None:
        names = [f"é {number}" for number in range(20)]
        rows([links(names), names, sizes(range(20)), minutes(range(0, 2000, 100))], 20)
        for function, wrong, _ in WRONG.values():
            with pytest.raises(Exception):  # noqa: B017 - which, the test above says
                function(*wrong)

    assert keeps_nothing(once, before=20, times=100)


@needs_isolated_interpreters
def test_isolated_interpreters() -> None:
    program = r"""
        import os
        from modpy_wsgi._fast.columns import links, minutes, rows, sizes
        from modpy_wsgi._fast.folder import regular_files
        from modpy_wsgi._fast.natural import naturals
        folder = os.open("/", os.O_RDONLY)
        assert regular_files(folder, ["."]) == [None]
        os.close(folder)
        one, other = naturals(b"a2\0a10")
        assert one < other
        assert rows([links(["a b"]), sizes([973])], 1) == b"a%20b1.0K" and len(minutes([0])[0]) == 16
    """
    run_isolated(program)
