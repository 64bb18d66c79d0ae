"""Natural order, compiled: a table, and apr's own comparison as the oracle."""

from __future__ import annotations

import ctypes
import ctypes.util
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modpy_wsgi._fast.natural import naturals

HUNDREDS = ["9" * 127, "1" * 128, "2" * 128 + "a", "1" * 129]  # digits: a length that does not fit seven bits
NATURAL = ["0a", "01", "012", "1", "1a", "2", "10", *HUNDREDS, "a", "a1", "a 2", "a10", "b"]


@pytest.mark.parametrize(("one", "other"), list(itertools.pairwise(NATURAL)))
def test_natural_order(one: str, other: str) -> None:
    left, right = naturals(f"{one}\0{other}".encode())
    assert left < right


APR = ctypes.util.find_library("apr-1")


@pytest.mark.skipif(APR is None, reason="no libapr here (Debian: libapr1)")
@given(*[st.text("0012 a.Bé-\t", max_size=8).map(str.encode)] * 2)
def test_natural_order_is_that_of_apr(one: bytes, other: bytes) -> None:
    assert APR is not None
    library = ctypes.CDLL(APR)
    for function, fold in ((library.apr_strnatcmp, bytes), (library.apr_strnatcasecmp, bytes.upper)):
        left, right = naturals(fold(one) + b"\0" + fold(other))
        assert (left > right) - (left < right) == function(one, other)


@given(st.lists(st.text("0012 a.Bé-\t", max_size=8), min_size=1))
def test_natural_keys_are_many_at_once(texts: list[str]) -> None:
    each = [naturals(text.encode())[0] for text in texts]
    assert naturals("\0".join(texts).encode()) == each
    assert not [1 for one in each for other in each if one != other and one.startswith(other)]


@pytest.mark.parametrize("wrong", ["a", None, 1])
def test_natural_keys_are_of_bytes(wrong: Any) -> None:
    with pytest.raises(TypeError):
        naturals(wrong)
