"""Text as HTML shows it, judged by the standard library's html.escape()."""

from __future__ import annotations

import html

from hypothesis import example, given
from hypothesis import strategies as st

from modpy_wsgi.markup import escape


@given(st.text(alphabet=st.characters() | st.sampled_from("&<>\"';")), st.booleans())
@example("<a href=\"x?y&z='1'\">&amp;</a>", True)
def test_as_the_standard_library(text: str, quote: bool) -> None:
    assert escape(text, quote) == html.escape(text, quote)
