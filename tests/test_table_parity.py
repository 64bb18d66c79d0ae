"""The table against the plainest thing that does the same: a list of pairs."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modpy_wsgi._fast.table import mp_table

SMALL = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


class Oracle:
    """The table's law, said slowly."""

    def __init__(self) -> None:
        self.pairs: list[tuple[str, str]] = []

    def places(self, key: str) -> list[int]:
        return [at for at, pair in enumerate(self.pairs) if pair[0].translate(SMALL) == key.translate(SMALL)]

    def find(self, key: str) -> list[str]:
        return [self.pairs[at][1] for at in self.places(key)]

    def add(self, key: str, value: str) -> None:
        self.pairs.append((key, value))

    def remove(self, key: str, kept: int = 0) -> None:
        gone = self.places(key)[kept:]
        self.pairs = [pair for at, pair in enumerate(self.pairs) if at not in gone]

    def set(self, key: str, value: str) -> None:
        self.remove(key, 1)
        for at in self.places(key):
            self.pairs[at] = (self.pairs[at][0], value)
            return
        self.add(key, value)


def popitem(table: mp_table, oracle: Oracle) -> None:
    if oracle.pairs:
        assert table.popitem() == oracle.pairs.pop(0)
    else:
        with pytest.raises(KeyError):
            table.popitem()


def setdefault(table: mp_table, oracle: Oracle, key: str, value: str) -> None:
    found = oracle.find(key)
    assert table.setdefault(key, value) == (found[0] if found else value)
    if not found:
        oracle.add(key, value)


def look(table: mp_table, oracle: Oracle, key: str) -> None:
    found = oracle.find(key)
    assert table.get(key, 7) == (found[0] if found else 7)
    assert (key in table) == bool(found) == table.has_key(key)
    if found:
        assert table[key] == (found[0] if len(found) == 1 else found)
    else:
        with pytest.raises(KeyError):
            table[key]


def both(method: str, oracles: str) -> Callable[..., None]:
    def run(table: mp_table, oracle: Oracle, *arguments: Any) -> None:
        getattr(table, method)(*arguments)
        getattr(oracle, oracles)(*arguments)

    return run


def clear(table: mp_table, oracle: Oracle) -> None:
    table.clear()
    oracle.pairs.clear()


def update(table: mp_table, oracle: Oracle, pairs: list[tuple[str, str]]) -> None:
    table.update(pairs)
    for key, value in pairs:
        oracle.set(key, value)


# Few keys, so that they meet; their case and the signs beside the letters in ASCII vary, and so do length and width.
LETTERS = st.sampled_from("aAbBzZ@`[{-_kK\u212aéÉжЖ\udce9\0")
ENDS = st.sampled_from(["", "-Of-A-Long-Name", "-oF-a-LONG-nAME", "x" * 300])
NUMBERED = st.integers(0, 8).map(lambda number: f"Key-{number:04}")
MIXED = st.builds(str.__add__, st.text(LETTERS, max_size=3), ENDS)
KEYS = MIXED | NUMBERED | NUMBERED.map(str.upper) | st.text(max_size=12)
VALUES = st.text(max_size=3)
PAIRS = st.tuples(KEYS, VALUES)
STEP = (
    st.tuples(st.just(both("add", "add")), KEYS, VALUES)
    | st.tuples(st.just(both("__setitem__", "set")), KEYS, VALUES)
    | st.tuples(st.just(both("__delitem__", "remove")), KEYS)
    | st.tuples(st.just(setdefault), KEYS, VALUES)
    | st.tuples(st.just(look), KEYS)
    | st.tuples(st.just(popitem))
    | st.tuples(st.just(update), st.lists(PAIRS, max_size=5))
)


def check(table: mp_table, oracle: Oracle) -> None:
    assert table.items() == oracle.pairs
    assert table.keys() == [key for key, _ in oracle.pairs]
    assert table.values() == [value for _, value in oracle.pairs]
    assert len(table) == len(oracle.pairs)


@settings(max_examples=300, deadline=None)
@given(size=st.sampled_from([0, 5, 30, 33, 90]), steps=st.lists(STEP | st.tuples(st.just(clear)), max_size=30))
def test_any_steps(size: int, steps: list[tuple[Any, ...]]) -> None:
    table, oracle = mp_table(), Oracle()
    for number in range(size):
        both("add", "add")(table, oracle, f"key-{number // 2:04}", str(number))
    for step, *arguments in steps:
        step(table, oracle, *arguments)
        check(table, oracle)
    for key, _ in list(oracle.pairs):
        look(table, oracle, key.swapcase() if key.isascii() else key)
    while oracle.pairs:
        popitem(table, oracle)


@settings(max_examples=200, deadline=None)
@given(pairs=st.lists(PAIRS, max_size=60), keys=st.lists(KEYS, max_size=10))
def test_making_and_comparing(pairs: list[tuple[str, str]], keys: list[str]) -> None:
    oracle, unique = Oracle(), Oracle()
    oracle.pairs = list(pairs)
    for key, value in pairs:
        unique.set(key, value)
    kept = mp_table.from_pairs(pairs)
    for table in (kept, kept.copy(), mp_table(kept)):
        check(table, oracle)
        for key in keys:
            look(table, oracle, key)
    check(mp_table(pairs), unique)
    plain = {key: found[0] if len(found := oracle.find(key)) == 1 else found for key, _ in pairs}
    assert kept == plain and dict(kept) == plain and plain == kept
    assert (kept == mp_table(pairs)) == (plain == dict(unique.pairs))


NAMES = st.text(st.characters(min_codepoint=1, max_codepoint=255), min_size=1, max_size=12)
HEADERS = st.dictionaries(NAMES, st.text(st.characters(max_codepoint=255), max_size=12), max_size=50)


@settings(max_examples=200, deadline=None)
@given(headers=HEADERS)
def test_from_environ(headers: dict[str, str]) -> None:
    def text(wsgi: str) -> str:
        return wsgi.encode("latin-1").decode("utf-8", "surrogateescape")

    def name(variable: str) -> str:
        parts = text(variable).translate(SMALL).split("_")
        return "-".join(part[:1].upper() + part[1:] if part[:1].isascii() else part for part in parts)

    environ = {"SERVER_NAME": "x"} | {"HTTP_" + key: value for key, value in headers.items()} | {"HTTP": "x"}
    # Some servers say these under both names: only those without HTTP_ count. (Hypothesis reads them in our sources.)
    kept = [(key, value) for key, value in headers.items() if key not in ("CONTENT_TYPE", "CONTENT_LENGTH")]
    assert mp_table.from_environ(environ).items() == [(name(key), text(value)) for key, value in kept]
