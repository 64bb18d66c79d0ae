"""The table object, from its public edge: manual 4.5.2 and what mod_python 3.5 was seen to do."""

import collections
import copy
import gc
import operator
import pickle
import subprocess
import sys
import textwrap
import threading
import types
from collections.abc import Callable, Hashable
from typing import Any

import pytest

from modpy_wsgi._fast import table as module
from modpy_wsgi._fast.table import mp_table, table
from tests.isolated_interpreters import needs_isolated_interpreters, run_isolated

Pairs = list[tuple[str, str]]

COOKIES: Pairs = [("Set-Cookie", "a=1"), ("Host", "h"), ("set-cookie", "b=2"), ("SET-COOKIE", "c=3")]


class Noted(mp_table):
    """A subclass with attributes."""


class Slotted(mp_table):
    __slots__ = ("mark",)


class Named(mp_table):
    def __init__(self, name: str, items: Any = ()) -> None:
        super().__init__(items)
        self.name = name


class Text(str):
    """A str that could refer back to the table."""


def long_table() -> mp_table:
    """Enough pairs for the table to need its index; all keys end alike and have the same length."""
    return mp_table.from_pairs([(f"X-{number:04}-Same-End", str(number)) for number in range(200)])


# Reading


def test_names() -> None:
    assert table is mp_table
    assert str(mp_table) == str(type(mp_table())) == "<class 'mp_table'>"
    assert mp_table.__name__ == mp_table.__qualname__ == "mp_table"
    with pytest.raises(TypeError, match="unhashable type: 'mp_table'"):
        hash(mp_table())
    assert not isinstance(mp_table(), Hashable)


READS: dict[str, tuple[Callable[[mp_table], Any], Any]] = {
    "several": (lambda t: t["Set-Cookie"], ["a=1", "b=2", "c=3"]),
    "several, other case": (lambda t: t["sEt-cOOkie"], ["a=1", "b=2", "c=3"]),
    "one": (lambda t: t["Host"], "h"),
    "one, other case": (lambda t: t["HOST"], "h"),
    "bytes": (lambda t: t[b"host"], "h"),
    "get the first": (lambda t: t.get("set-cookie"), "a=1"),
    "get none": (lambda t: t.get("Cookie"), None),
    "get default": (lambda t: t.get("Cookie", 5), 5),
    "len": (len, 4),
    "bool": (bool, True),
    "keys": (lambda t: t.keys(), ["Set-Cookie", "Host", "set-cookie", "SET-COOKIE"]),
    "values": (lambda t: t.values(), ["a=1", "h", "b=2", "c=3"]),
    "items": (lambda t: t.items(), COOKIES),
    "iter": (list, ["Set-Cookie", "Host", "set-cookie", "SET-COOKIE"]),
    "iterkeys": (lambda t: list(t.iterkeys()), ["Set-Cookie", "Host", "set-cookie", "SET-COOKIE"]),
    "itervalues": (lambda t: list(t.itervalues()), ["a=1", "h", "b=2", "c=3"]),
    "iteritems": (lambda t: list(t.iteritems()), COOKIES),
    "in": (lambda t: "HOST" in t, True),
    "not in": (lambda t: "Hos" in t, False),
    "has_key": (lambda t: (t.has_key("HOST"), type(t.has_key("HOST"))), (1, int)),
    "has_key, none": (lambda t: (t.has_key("Hos"), type(t.has_key("Hos"))), (0, int)),
    "repr": (repr, "{'Set-Cookie': 'a=1', 'Host': 'h', 'set-cookie': 'b=2', 'SET-COOKIE': 'c=3'}"),
    "dict": (
        lambda t: dict(t),
        {k: ["a=1", "b=2", "c=3"] for k in ("Set-Cookie", "set-cookie", "SET-COOKIE")} | {"Host": "h"},
    ),
    "**": (lambda t: dict(**mp_table({"a": "1"})), {"a": "1"}),
    "no pop": (lambda t: hasattr(t, "pop"), False),
}


@pytest.mark.parametrize(("read", "wanted"), READS.values(), ids=READS)
def test_read(read: Callable[[mp_table], Any], wanted: Any) -> None:
    assert read(mp_table.from_pairs(COOKIES)) == wanted


def test_empty() -> None:
    empty = mp_table()
    assert (len(empty), bool(empty), empty.items(), repr(empty), list(empty)) == (0, False, [], "{}", [])


@pytest.mark.parametrize("key", ["X", b"x", "", "Hos", "Hostt"])
def test_missing_key(key: str | bytes) -> None:
    with pytest.raises(KeyError) as caught:
        mp_table({"Host": "h"})[key]
    assert caught.value.args == (key,)


DIFFERENT_KEYS = {
    "a blank counts": ("Foo Bar", "foobar"),
    "@ is no letter": ("x@", "x`"),
    "brackets": ("x[]", "x{}"),
    "backslash": ("x\\^", "x|~"),
    "hyphen and CR": ("x-", "x\r"),
    "digit and control": ("x0", "x\x10"),
    "underscore and DEL": ("x_", "x\x7f"),
    "NUL and blank": ("x\0", "x "),
    "NUL at the end": ("x", "x\0"),
    "non-ASCII letters have no case": ("É", "é"),
    "Latin-1 beside ASCII": ("\xe9", "i"),
    "Kelvin sign": ("\u212a", "k"),
    "dotless": ("\u0130", "i"),
    "two bytes alike": ("\u4161", "\u6141"),
    "two bytes, low byte": ("\u0141", "\u0161"),
    "astral": ("\U00010441", "\U00010461"),
    "last but eight": ("Xa12345678", "Xb12345678"),
    "first of many": ("aX-Forwarded-Host-And-More", "bX-Forwarded-Host-And-More"),
    "middle": ("X-Forwarded-@-And-More-Of-It", "X-Forwarded-`-And-More-Of-It"),
    "length": ("Accept", "Accept-Language"),
    "length of 256 more": ("a" * 10, "a" * 266),
}


@pytest.mark.parametrize(("one", "other"), DIFFERENT_KEYS.values(), ids=DIFFERENT_KEYS)
@pytest.mark.parametrize("many", [False, True], ids=["short", "long"])
def test_different_keys(one: str, other: str, many: bool) -> None:
    for first, second in ((one, other), (other, one)):
        t = long_table() if many else mp_table()
        t[first] = "1"
        assert t.get(second) is None and second not in t
        t[second] = "2"
        assert (t[first], t[second]) == ("1", "2")


SAME_KEYS = {
    "short": ("te", "TE"),
    "eight": ("Location", "lOCATION"),
    "nine": ("Expect-CT", "expect-ct"),
    "long": ("X-Forwarded-Host-And-More", "x-fORWARDED-HOST-AND-mORE"),
    "with signs": ("A@[`{-_0z", "a@[`{-_0Z"),
    "Latin-1": ("Clé-X", "CLé-x"),
    "wider": ("Ключ-X", "Ключ-x"),
    "astral": ("X-\U0001f600", "x-\U0001f600"),
    "surrogate": ("X-\udce9", "x-\udce9"),
    "empty": ("", b""),
    "bytes": ("clé", "clé".encode()),
    "bytes, no UTF-8": ("cl\udce9", b"CL\xe9"),
}


@pytest.mark.parametrize(("one", "other"), SAME_KEYS.values(), ids=SAME_KEYS)
@pytest.mark.parametrize("many", [False, True], ids=["short", "long"])
def test_same_keys(one: str, other: str | bytes, many: bool) -> None:
    t = long_table() if many else mp_table()
    t[one] = "1"
    assert other in t and t[other] == t.get(other) == "1"
    t[other] = "2"
    assert t.items()[-1] == (one, "2")  # the first spelling stays
    t.add(other, "3")
    assert t[one] == ["2", "3"]
    t[one] = "4"
    t.add(other, "5")
    assert t[one] == ["4", "5"]
    del t[other]
    assert one not in t


@pytest.mark.parametrize("form", ["{}", "-{}", "{}12345678", "12345678{}", "12345678{}12345678", "123456789{}-"])
def test_every_pair_of_ascii_letters(form: str) -> None:
    ascii_letters = [chr(number) for number in range(128)]
    for one in ascii_letters:
        t = mp_table.from_pairs([(form.format(one), "1")])
        found = [other for other in ascii_letters if form.format(other) in t]
        assert found == sorted({one.lower(), one.upper()})


# Changing

CHANGES: dict[str, tuple[Callable[[mp_table], Any], Pairs]] = {
    "set replaces all, in place": (lambda t: t.__setitem__("SET-cookie", "z"), [("Set-Cookie", "z"), ("Host", "h")]),
    "set appends": (lambda t: t.__setitem__("New", "z"), [*COOKIES, ("New", "z")]),
    "set with bytes": (lambda t: t.__setitem__(b"New", b"\xc3\xa9\xff"), [*COOKIES, ("New", "é\udcff")]),
    "add": (lambda t: t.add("host", "i"), [*COOKIES, ("host", "i")]),
    "del": (lambda t: t.__delitem__("set-COOKIE"), [("Host", "h")]),
    "del the missing": (lambda t: t.__delitem__("Cookie"), COOKIES),
    "setdefault, there": (lambda t: t.setdefault("HOST", "z"), COOKIES),
    "setdefault, not there": (lambda t: t.setdefault("New", "z"), [*COOKIES, ("New", "z")]),
    "setdefault, no value": (lambda t: t.setdefault("New"), [*COOKIES, ("New", "")]),
    "popitem": (lambda t: t.popitem(), COOKIES[1:]),
    "clear": (lambda t: t.clear(), []),
    "update by dict": (
        lambda t: t.update({"HOST": None, "set-cookie": 5}),
        [("Set-Cookie", "5"), ("Host", "None")],
    ),
    "update by pairs": (
        lambda t: t.update([["New", 1], ("new", "2")]),
        [*COOKIES, ("New", "2")],
    ),
    "update by table": (
        lambda t: t.update(mp_table.from_pairs([("HOST", "1"), ("Set-cookie", "2"), ("host", "3")])),
        [("Set-Cookie", "2"), ("Host", "1"), ("host", "3")],
    ),
    "update by itself": (lambda t: t.update(t), [("Set-Cookie", "a=1"), ("Host", "h"), *COOKIES[2:]]),
    "update by mapping": (
        lambda t: t.update(types.MappingProxyType({"Host": b"\xe9", "New": "1"})),
        [("Set-Cookie", "a=1"), ("Host", "\udce9"), *COOKIES[2:], ("New", "1")],
    ),
}


@pytest.mark.parametrize(("change", "wanted"), CHANGES.values(), ids=CHANGES)
def test_change(change: Callable[[mp_table], Any], wanted: Pairs) -> None:
    t = mp_table.from_pairs(COOKIES)
    change(t)
    assert t.items() == wanted
    assert len(t) == len(wanted)


ANSWERS: dict[str, tuple[Callable[[mp_table], Any], Any]] = {
    "setdefault, there": (lambda t: t.setdefault("SET-COOKIE", "z"), "a=1"),
    "setdefault, not there": (lambda t: t.setdefault("New", b"z"), "z"),
    "setdefault, no value": (lambda t: t.setdefault("New"), ""),
    "setdefault, twice": (lambda t: (t.setdefault("New", "y"), t.setdefault("new", "z")), ("y", "y")),
    "popitem takes the first": (lambda t: (t.popitem(), t.popitem()), (COOKIES[0], COOKIES[1])),
    "add": (lambda t: t.add("a", "b"), None),
    "update": (lambda t: t.update({}), None),
    "clear": (lambda t: t.clear(), None),
}


@pytest.mark.parametrize(("ask", "wanted"), ANSWERS.values(), ids=ANSWERS)
def test_answer(ask: Callable[[mp_table], Any], wanted: Any) -> None:
    assert ask(mp_table.from_pairs(COOKIES)) == wanted


def test_popitem_of_an_empty_table() -> None:
    with pytest.raises(KeyError, match="empty"):
        mp_table().popitem()


VALUES = ["", "é", "ж", "\U0001f600", "\udce9", "a\0b", "a\r\nb: c", "x" * 100_000]


@pytest.mark.parametrize("value", VALUES, ids=ascii)
def test_value_is_unchanged(value: str) -> None:
    t = mp_table()
    t["k"] = value
    t.add("k2", value)
    t.setdefault("k3", value)
    assert t["k"] == t["k2"] == t["k3"] == value
    assert t.items() == [("k", value), ("k2", value), ("k3", value)]
    assert mp_table({"k": value})["k"] == mp_table.from_pairs([("k", value)])["k"] == value


# Making

CONTENTS: dict[str, tuple[Any, Pairs]] = {
    "dict": ({"A": "1", "a": "2", "B": None}, [("A", "2"), ("B", "None")]),
    "dict of bytes": ({b"A": b"\xc3\xa9"}, [("A", "é")]),
    "dict of a list": ({"A": ["1", "2"]}, [("A", "['1', '2']")]),
    "no str keys": ({1: 2.5, None: True}, [("1", "2.5"), ("None", "True")]),
    "pairs": ([("A", "1"), ["a", 2], "B3"], [("A", "2"), ("B", "3")]),
    "generator": (((k, k) for k in "ab"), [("a", "a"), ("b", "b")]),
    "tuple": (("ab", "cd"), [("a", "b"), ("c", "d")]),
    "table with duplicates": (mp_table.from_pairs(COOKIES), [COOKIES[0], COOKIES[1], COOKIES[2], COOKIES[3]]),
    "mapping that is no dict": (collections.UserDict({"A": 1}), [("A", "1")]),
    "str subclass": ({Text("A"): Text("1")}, [("A", "1")]),
    "empty": ((), []),
}


@pytest.mark.parametrize(("items", "wanted"), CONTENTS.values(), ids=CONTENTS)
def test_constructor(items: Any, wanted: Pairs) -> None:
    assert mp_table(items).items() == wanted


def test_constructor_by_keyword() -> None:
    assert mp_table(items={"a": "1"}).items() == [("a", "1")]


def test_str_subclasses_are_not_kept() -> None:
    t = mp_table()
    t[Text("a")] = Text("1")
    t.add(Text("b"), Text("2"))
    assert {type(text) for pair in t.items() for text in pair} == {str}
    assert t[Text("A")] == "1"


def test_from_pairs_keeps_duplicates() -> None:
    assert mp_table.from_pairs(iter([["A", b"1"], ("a", "2")])).items() == [("A", "1"), ("a", "2")]


def refused(*calls: Callable[[mp_table], Any]) -> tuple[Callable[[mp_table], Any], ...]:
    return calls


WRONG_TYPES = refused(
    lambda t: t.__setitem__("a", 1),
    lambda t: t.__setitem__("a", None),
    lambda t: t.__setitem__("a", ["1"]),
    lambda t: t.__setitem__("a", bytearray(b"1")),
    lambda t: t.__setitem__(1, "1"),
    lambda t: t.__getitem__(1),
    lambda t: t.__delitem__(None),
    lambda t: t.__contains__(1),
    lambda t: t.get(1),
    lambda t: t.get(None, "x"),
    lambda t: t.has_key(1),
    lambda t: t.add("a", 1),
    lambda t: t.add(1, "a"),
    lambda t: t.setdefault("a", None),
    lambda t: t.setdefault(1),
    lambda t: t.update(5),
    lambda t: t.update([5]),
    lambda t: mp_table(None),
    lambda t: mp_table([1]),
    lambda t: mp_table.from_pairs([("a", 1)]),
    lambda t: mp_table.from_pairs([(None, "a")]),
    lambda t: mp_table.from_pairs([1]),
    lambda t: mp_table.from_environ({"HTTP_A": None}),
    lambda t: mp_table.from_environ({"CONTENT_LENGTH": 5}),
    lambda t: mp_table.from_environ(5),
    lambda t: module.restore([], int),
)


@pytest.mark.parametrize("call", WRONG_TYPES, ids=range(len(WRONG_TYPES)))
def test_wrong_type(call: Callable[[mp_table], Any]) -> None:
    t = mp_table({"A": "1"})
    with pytest.raises(TypeError):
        call(t)
    assert t.items() == [("A", "1")]


@pytest.mark.parametrize("pairs", [["a"], ["abc"], [("a", "b", "c")], [()]], ids=ascii)
def test_no_pair(pairs: Any) -> None:
    for make in (mp_table, mp_table.from_pairs, mp_table().update):
        with pytest.raises(ValueError, match="#0 has length"):
            make(pairs)


# Comparing

EQUAL: dict[str, tuple[Any, Any]] = {
    "tables": (mp_table({"a": "1", "b": "2"}), mp_table({"b": "2", "a": "1"})),
    "dict": (mp_table({"a": "1"}), {"a": "1"}),
    "dict of a list": (mp_table.from_pairs([("a", "1"), ("a", "2")]), {"a": ["1", "2"]}),
    "mapping": (mp_table({"a": "1"}), types.MappingProxyType({"a": "1"})),
    "subclass": (Noted({"a": "1"}), mp_table({"a": "1"})),
    "empty": (mp_table(), {}),
}
UNEQUAL: dict[str, tuple[Any, Any]] = {
    "value": (mp_table({"a": "1"}), mp_table({"a": "2"})),
    "spelling": (mp_table({"a": "1"}), mp_table({"A": "1"})),
    "order of duplicates": (
        mp_table.from_pairs([("a", "1"), ("a", "2")]),
        mp_table.from_pairs([("a", "2"), ("a", "1")]),
    ),
    "more": (mp_table({"a": "1"}), {"a": "1", "b": "2"}),
    "pairs": (mp_table({"a": "1"}), [("a", "1")]),
    "none": (mp_table(), None),
}


@pytest.mark.parametrize(("one", "other"), EQUAL.values(), ids=EQUAL)
def test_equal(one: Any, other: Any) -> None:
    assert (operator.eq(one, other), operator.eq(other, one)) == (True, True)
    assert (operator.ne(one, other), operator.ne(other, one)) == (False, False)


@pytest.mark.parametrize(("one", "other"), UNEQUAL.values(), ids=UNEQUAL)
def test_unequal(one: Any, other: Any) -> None:
    assert (operator.eq(one, other), operator.eq(other, one)) == (False, False)
    assert (operator.ne(one, other), operator.ne(other, one)) == (True, True)


def test_no_order() -> None:
    with pytest.raises(TypeError):
        operator.lt(mp_table(), mp_table())


# Copies, subclasses, pickles


def test_copy_is_independent() -> None:
    t = mp_table.from_pairs(COOKIES)
    twin = t.copy()
    assert type(twin) is mp_table and twin.items() == COOKIES and twin == t
    t["Host"] = "other"
    del twin["Set-Cookie"]
    assert twin.items() == [("Host", "h")] and len(t) == 4


def test_subclass() -> None:
    noted = Noted({"a": 1})
    noted.note = "n"
    assert repr(noted) == "{'a': '1'}" and noted["A"] == "1"
    assert type(noted.copy()) is mp_table
    assert type(Noted.from_pairs(COOKIES)) is Noted
    assert Noted.from_environ({"HTTP_HOST": "h"}).items() == [("Host", "h")]
    named = Named("n", {"b": "2"})
    assert (named.name, named.items()) == ("n", [("b", "2")])


def test_subclass_with_other_methods_does_no_harm() -> None:
    class Odd(mp_table):
        def items(self) -> Any:
            return [None, 1]

        def keys(self) -> Any:
            return 5

    odd = Odd({"a": "1"})
    assert mp_table(odd).items() == [("a", "1")]
    assert (list(odd), repr(odd), odd == {"a": "1"}) == (["a"], "{'a': '1'}", True)
    assert copy.copy(odd).values() == ["1"]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("many", [False, True], ids=["short", "long"])
def test_pickle(protocol: int, many: bool) -> None:
    pairs = long_table().items() if many else COOKIES
    for kind in (mp_table, Noted, Slotted):
        t = kind.from_pairs([*pairs, ("é\udcff", "\0")])
        if kind is not mp_table:
            t.mark = "m"
        back = pickle.loads(pickle.dumps(t, protocol))
        assert type(back) is kind and back.items() == t.items()
        assert getattr(back, "mark", None) == getattr(t, "mark", None)


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_copy_module_keeps_the_subclass(copied: Callable[[Any], Any]) -> None:
    named = Named("n", {"b": "2"})
    twin = copied(named)
    assert (type(twin), twin.name, twin.items()) == (Named, "n", [("b", "2")])
    twin["b"] = "3"
    assert named["b"] == "2"


# From a WSGI environ

ENVIRONS: dict[str, tuple[dict[Any, Any], Pairs]] = {
    "names": (
        {"HTTP_HOST": "h", "HTTP_USER_AGENT": "u", "HTTP_X_A_BC": "x", "HTTP_X": "y", "HTTP_A2B": "z"},
        [("Host", "h"), ("User-Agent", "u"), ("X-A-Bc", "x"), ("X", "y"), ("A2b", "z")],
    ),
    "own spellings": (
        {"HTTP_TE": "1", "HTTP_DNT": "2", "HTTP_SOAPACTION": "3", "HTTP_CONTENT_MD5": "4", "HTTP_ETAG": "5"},
        [("TE", "1"), ("DNT", "2"), ("SOAPAction", "3"), ("Content-MD5", "4"), ("ETag", "5")],
    ),
    "content": ({"CONTENT_TYPE": "t", "CONTENT_LENGTH": "5"}, [("Content-Type", "t"), ("Content-Length", "5")]),
    "no content": ({"CONTENT_TYPE": "", "CONTENT_LENGTH": ""}, []),
    "content twice": (
        {"HTTP_CONTENT_TYPE": "t", "CONTENT_TYPE": "t", "HTTP_CONTENT_LENGTH": "5", "CONTENT_LENGTH": "5"},
        [("Content-Type", "t"), ("Content-Length", "5")],
    ),
    "an empty header is a header": ({"HTTP_X": ""}, [("X", "")]),
    "all that the client sent": ({"HTTP_PROXY": "p"}, [("Proxy", "p")]),
    "no headers": (
        {"PATH_INFO": "/", "HTTP": "a", "HTTP_": "b", "http_x": "c", "wsgi.version": (1, 0), "HTTPS": "on"}
        | {"CONTENT_FIELDS": "12", "CONTENT_LENGTHS": "x", "CONTENT-TYPE": "x", 1: "x", None: "x", b"HTTP_A": "x"},
        [],
    ),
    "UTF-8": ({"HTTP_X": "caf\xc3\xa9"}, [("X", "café")]),
    "no UTF-8": ({"HTTP_X": "caf\xe9"}, [("X", "caf\udce9")]),
    "no WSGI string": ({"HTTP_X": "ж"}, [("X", "ж")]),
    "C1 and NUL": ({"HTTP_X": "\0\x80"}, [("X", "\0\udc80")]),
    "small letters": ({"HTTP_x_yZ": "1"}, [("X-Yz", "1")]),
    "odd underscores": ({"HTTP___A__B_": "1"}, [("--A--B-", "1")]),
    "name in UTF-8": ({"HTTP_CAF\xc3\xa9": "1"}, [("Café", "1")]),
    "long name": ({"HTTP_" + "A" * 5000: "1"}, [("A" + "a" * 4999, "1")]),
    "str subclasses": ({Text("HTTP_X"): Text("1")}, [("X", "1")]),
}


@pytest.mark.parametrize(("environ", "wanted"), ENVIRONS.values(), ids=ENVIRONS)
def test_from_environ(environ: dict[Any, Any], wanted: Pairs) -> None:
    for _ in range(2):  # the second time the names are known
        t = mp_table.from_environ(environ)
        assert t.items() == wanted
        assert {type(text) for pair in t.items() for text in pair} <= {str}
    assert mp_table.from_environ(collections.OrderedDict(environ)).items() == wanted


def test_bytes_of_a_header_come_back() -> None:
    every_byte = bytes(range(1, 256))
    value = mp_table.from_environ({"HTTP_X": every_byte.decode("latin-1")})["X"]
    assert isinstance(value, str) and value.encode("utf-8", "surrogateescape") == every_byte


def test_remembered_names_are_bounded() -> None:
    for number in range(3000):
        mp_table.from_environ({f"HTTP_X_{number}": "1", "HTTP_DNT": "1"})
    assert len(module._names) <= 512
    mp_table.from_environ({"HTTP_" + "Y" * 1000: "1"})
    assert max(map(len, module._names)) <= 64
    assert mp_table.from_environ({"HTTP_DNT": "1", "HTTP_A_B": "2"}).keys() == ["DNT", "A-B"]


# Long tables


def test_long_table_grows_and_shrinks() -> None:
    t = mp_table()
    for number in range(1000):
        t[f"Key-{number}"] = str(number)
        t.add(f"KEY-{number}", "more")
    assert len(t) == 2000
    assert all(t[f"key-{number}"] == [str(number), "more"] for number in range(1000))
    for number in range(0, 1000, 2):
        del t[f"key-{number}"]
    assert t.keys()[:3] == ["Key-1", "KEY-1", "Key-3"]
    for number in range(1, 1000, 2):
        assert t.popitem() == (f"Key-{number}", str(number))
        assert t[f"key-{number}"] == "more"
        assert t.popitem() == (f"KEY-{number}", "more")
        assert f"key-{number}" not in t
    assert not t
    t["again"] = "1"
    assert t.items() == [("again", "1")]


def test_many_of_one_key() -> None:
    t = mp_table()
    for number in range(5000):
        t.add("Set-Cookie", str(number))
        assert "set-cookie" in t
    assert t["set-cookie"] == [str(number) for number in range(5000)]
    t["SET-COOKIE"] = "x"
    assert t.items() == [("Set-Cookie", "x")]


# Safety


def test_change_while_iterating() -> None:
    t = mp_table({f"k{number}": "v" for number in range(50)})
    for key in t:
        del t[key]
        t.add("new", key)
    for key, _ in t.iteritems():
        t.clear()
        t[key] = "1"
    assert t.items() == [("new", "1")]


def test_change_by_a_finalizer() -> None:
    """The garbage collector can run in the middle of a method; what it runs may change the table."""
    t = mp_table()

    class Meddler:
        def __init__(self) -> None:
            self.myself = self

        def __del__(self) -> None:
            t.clear()
            t.add("a", "1")
            t.add("A", "2")

    before = gc.get_threshold()
    gc.set_threshold(1, 1, 1)
    try:
        for number in range(300):
            t.update({f"k{n}": "v" for n in range(number % 80)})
            t.add("a", "3")
            Meddler()
            t.get("a"), t.setdefault("b", "c"), t.items(), t.keys(), t == t, t.copy(), repr(t)
            Meddler()
            assert t["a"]
            t["a"] = "4"
            Meddler()
            del t["a"]
            t.update(t)
    finally:
        gc.set_threshold(*before)
    assert t.copy().items() == t.items()


def test_threads() -> None:
    t = mp_table()
    stop = threading.Event()
    failures: list[BaseException] = []

    def run(step: Callable[[int], object]) -> None:
        number = 0
        try:
            while not stop.is_set():
                step(number)
                number += 1
        except BaseException as error:
            failures.append(error)

    steps: list[Callable[[int], object]] = [
        lambda n: t.add(f"k{n % 100}", "v"),
        lambda n: t.__setitem__(f"K{n % 70}", "w"),
        lambda n: t.__delitem__(f"k{n % 50}"),
        lambda n: [key for key in t if t.get(key) and key in t],
        lambda n: t.clear() if n % 500 == 0 else t.items(),
    ]
    threads = [threading.Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    stop.wait(0.3)
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(t) == len(t.items())


def test_references_are_given_back() -> None:
    key, value = "".join(["some", "-key"]), "".join(["some", "-value"])
    before = sys.getrefcount(key), sys.getrefcount(value), sys.getrefcount(Noted)
    for number in range(100):
        t = Noted.from_pairs([(f"{n}", "v") for n in range(number)])
        t[key] = value
        t[key.upper()] = value
        t.add(key, value)
        assert t[key] == [value, value] and t.get(key) and t.setdefault(key, value)
        t.items(), t.keys(), t.values(), t.copy(), t == t.copy(), repr(t), list(t)
        t.update(t)
        t[key] = "x"
        del t[key]
        t.add(key, value)
        t.popitem()
        pickle.loads(pickle.dumps(t))
    del t
    gc.collect()
    assert (sys.getrefcount(key), sys.getrefcount(value), sys.getrefcount(Noted)) == before


def test_subclass_in_a_cycle_is_collected() -> None:
    gone = []

    class Loop(mp_table):
        def __del__(self) -> None:
            gone.append(len(self))

    loop = Loop(COOKIES)
    loop.myself = loop
    del loop
    gc.collect()
    assert gone == [2]


LEAK_PROBE = """
    import pickle, resource, sys
    from modpy_wsgi._fast.table import mp_table

    class Sub(mp_table):
        pass

    environ = {f"HTTP_X_{number}": "caf\\xe9" for number in range(40)}
    def work():
        for kind in (mp_table, Sub):
            t = kind.from_environ(environ)
            for number in range(60):
                t.add(f"X-{number}", str(number))
                t[f"x-{number}"]
                t[f"x-{number // 2}"] = "one"
            t.update({b"a": None}); t.copy(); t.items(); repr(t); t == dict(t); pickle.loads(pickle.dumps(t))
            for number in range(50):
                del t[f"X-{number}"]
            t.popitem()
            for bad in (None, 5):
                try: t.add("key", bad)
                except TypeError: pass
                try: kind.from_pairs([("a", "b"), (bad, bad)])
                except TypeError: pass
            try: t["missing"]
            except KeyError: pass
            t.clear(); t["again"] = "1"
    for _ in range(300): work()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(3000): work()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(grown // 1024 if sys.platform == "darwin" else grown)
"""


def run_python(source: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(source)], check=True, capture_output=True, text=True, timeout=120
    ).stdout


@pytest.mark.skipif(sys.platform == "win32", reason="no resource module")
def test_memory_is_given_back() -> None:
    assert int(run_python(LEAK_PROBE)) < 1000  # KB; one leaked name in each of the 6000 rounds would be seen


@needs_isolated_interpreters
def test_isolated_interpreters() -> None:
    program = """
        from modpy_wsgi._fast.table import mp_table
        t = mp_table.from_environ({"HTTP_X_Y": "1"})
        t.add("x-y", "2")
        assert t["X-Y"] == ["1", "2"] and str(mp_table) == "<class 'mp_table'>"
    """
    run_isolated(program)
