"""examples/filters: the manual's filter, one against advertisements, one against cookies; whatever the pieces."""

from __future__ import annotations

import importlib.util
import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
import webtest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import example_sites
from tests.example_sites import CHECKOUT, EXAMPLES

FOLDER = EXAMPLES / "filters"
NEWS = (FOLDER / "htdocs" / "news" / "index.html").read_bytes()


@pytest.fixture(scope="module")
def filters() -> Iterator[webtest.TestApp]:
    application = example_sites.application(CHECKOUT)
    yield webtest.TestApp(application)
    application.close()


def test_links(filters: webtest.TestApp) -> None:
    page = filters.get("/filters/")
    for link in page.html.find_all("a"):
        filters.get(f"/filters/{link['href']}")


def test_capitals(filters: webtest.TestApp) -> None:
    assert filters.get("/filters/capitalize/hello.py").text == "HELLO WORLD!"
    filters.get("/filters/capitalize/readme.html").mustcontain("Every .py")


def test_manuals_own_filter() -> None:
    """Manual 4.3 (in the copy of it that the project has, the indentation is lost)."""
    source = (FOLDER / "lib" / "capitalize.py").read_text()
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    assert lines == [
        "from mod_python import apache",
        "def outputfilter(filter):",
        "s = filter.read()",
        "while s:",
        "filter.write(s.upper())",
        "s = filter.read()",
        "if s is None:",
        "filter.close()",
    ]


def test_news_without_advertisements(filters: webtest.TestApp) -> None:
    page = filters.get("/filters/news/", headers={"Accept-Encoding": "gzip"})
    assert page.headers["ETag"].endswith('-gzip"')  # and webtest has unpacked it
    text = page.text
    for word in ("ads.example", "doubleclick", "468", "Advertisement", "Buy!"):
        assert word not in text
    for word in ("A page of others", "a link</a>", 'width="100"', "3 < 4, and that is no tag."):
        assert word in text
    for name in re.findall(r'<img src="([^"]+)"', text):  # what is left can be seen
        assert filters.get(f"/filters/news/{name}").content_type == "image/svg+xml"


def test_a_shop_that_keeps_one_cookie(filters: webtest.TestApp) -> None:
    page = filters.get("/filters/shop/shop.py")
    assert page.headers.getall("Set-Cookie") == ["basket=3; Path=/filters/shop"]
    assert "again=4711" not in page.text
    assert "Three things" in page.text
    assert "visitor" not in filters.get("/filters/shop/readme.html").text


class Filter:
    """As much of a filter object as the examples use, over pieces."""

    def __init__(self, pieces: list[bytes], **options: str) -> None:
        self.pieces: list[bytes | None] = [*pieces, None]
        self.written: list[bytes] = []
        self.req = self
        self.content_type = "text/html"
        self.headers_out: dict[str, str] = {}
        self.err_headers_out: dict[str, str] = {}
        self.options = options
        self.closed = False

    def get_options(self) -> dict[str, str]:
        return {name.replace("_", "."): value for name, value in self.options.items()}

    def read(self) -> bytes | None:
        return self.pieces.pop(0)

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.closed = True


def module(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(f"example_{name}", FOLDER / "lib" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


BANNERS, COOKIES = module("banners"), module("cookies")
PAGE = NEWS + b'<meta http-equiv="Set-Cookie" content="a=1"><META content=b=2 http-equiv=set-cookie><p>end</p><a'


def run(function: Any, pieces: list[bytes], **options: str) -> bytes:
    filter_ = Filter([piece for piece in pieces if piece], **options)
    function(filter_)
    while not filter_.closed:
        function(filter_)
    return b"".join(filter_.written)


@settings(max_examples=80, deadline=None)
@given(cuts=st.lists(st.integers(0, len(PAGE)), max_size=12))
def test_pages_do_not_depend_on_the_pieces(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(PAGE)]
    pieces = [PAGE[start:end] for start, end in itertools.pairwise(places)]
    options = {"banners_hosts": "ads.example doubleclick.example", "banners_sizes": "468x60"}
    assert run(BANNERS.outputfilter, pieces, **options) == run(BANNERS.outputfilter, [PAGE], **options)
    for kept in ("", "a", "a b"):
        found = run(COOKIES.outputfilter, pieces, cookies_kept=kept)
        assert found == run(COOKIES.outputfilter, [PAGE], cookies_kept=kept)
        assert (b"a=1" in found, b"b=2" in found) == ("a" in kept, "b" in kept)


def test_what_never_ends_is_no_tag_and_waits_for_nothing() -> None:
    text = b"<a " + b"x" * 300_000
    assert run(BANNERS.outputfilter, [text[at : at + 1000] for at in range(0, len(text), 1000)]) == text
    assert run(COOKIES.outputfilter, [text[at : at + 1000] for at in range(0, len(text), 1000)]) == text
