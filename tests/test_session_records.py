"""Records of sessions as bytes: the same types come back, and nothing is read that was not written here."""

from __future__ import annotations

import datetime
import decimal
import math
import os
import pickle
import stat
import subprocess
import sys
from collections import Counter, OrderedDict, defaultdict, namedtuple
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modpy_wsgi.errors import ConfigError
from modpy_wsgi.session import keys, record
from modpy_wsgi.session.names import is_sid, new_sid
from modpy_wsgi.session.record import Corrupt, Stamps, Unreadable, pack, stamps_of, unpack

KEY = b"k" * 32
SID = "0123456789abcdef" * 2
Point = namedtuple("Point", "x y")


def of(data: Any) -> dict[str, Any]:
    return {"_data": data, "_created": 1.5, "_accessed": 2, "_timeout": 1800}


def kind(packed: bytes) -> bytes:
    return packed[4:5]


shared = [1]
VALUES: dict[str, tuple[Any, bytes]] = {
    "nothing": ({}, b"J"),
    "text": ({"a": "caf\u00e9 \U0001f40d \x00\n"}, b"J"),
    "numbers": ({"a": 1, "b": -1.5, "c": True, "d": None, "e": 10**300, "f": 1e300}, b"J"),
    "nested": ({"a": [1, [2, {"b": []}]]}, b"J"),
    "infinity": ({"a": math.inf}, b"J"),
    "very large numbers": ({"a": 1 << 5000}, b"P"),
    "tuple": ({"a": (1, 2)}, b"P"),
    "bytes": ({"a": b"\xff"}, b"P"),
    "set": ({"a": {1}}, b"P"),
    "key that is a number": ({1: 2}, b"P"),
    "key that is true": ({True: 2}, b"P"),
    "key that is a tuple": ({(1, 2): 3}, b"P"),
    "key that is nothing": ({None: 3}, b"P"),
    "subclass of dict": ({"a": OrderedDict(b=1)}, b"P"),
    "counter": ({"a": Counter("aab")}, b"P"),
    "default": ({"a": defaultdict(list, b=[1])}, b"P"),
    "tuple with names": ({"a": Point(1, 2)}, b"P"),
    "date": ({"a": datetime.datetime(2024, 2, 3)}, b"P"),
    "decimal": ({"a": decimal.Decimal("1.10")}, b"P"),
    "lone surrogate": ({"a": "\udce9"}, b"P"),
    "surrogates that make a pair": ({"a": "\ud83d\udc0d"}, b"P"),
    "the same list twice": ({"a": shared, "b": shared}, b"P"),
    "deep": ({"a": [[[[[[[[[[[[1]]]]]]]]]]]]}, b"J"),
}


@pytest.mark.parametrize(("data", "wanted"), VALUES.values(), ids=VALUES)
def test_same_comes_back(data: Any, wanted: bytes) -> None:
    packed = pack(SID, of(data), KEY)
    found = unpack(SID, packed, KEY)
    assert found == of(data)
    assert repr(found["_data"]) == repr(data)
    assert kind(packed) == wanted


def test_what_is_one_object_stays_one() -> None:
    again: list[Any] = []
    again.append(again)
    found = unpack(SID, pack(SID, of({"a": shared, "b": shared, "c": again}), KEY), KEY)["_data"]
    assert found["a"] is found["b"]
    assert found["c"][0] is found["c"]


def test_very_deep() -> None:
    deep: Any = []
    for _ in range(200):
        deep = [deep]
    assert unpack(SID, pack(SID, of({"a": deep}), KEY), KEY)["_data"] == {"a": deep}


ATOMS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.binary(max_size=9))
DATA = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(st.one_of(st.text(), st.integers(), st.booleans()), inner, max_size=4),
    ),
    max_leaves=12,
)


@given(DATA)
def test_anything_comes_back(value: Any) -> None:
    data = {"a": value}
    assert repr(unpack(SID, pack(SID, of(data), KEY), KEY)["_data"]) == repr(data)


def test_times_are_read_alone() -> None:
    assert stamps_of(SID, pack(SID, of({"a": {1}}), KEY), KEY) == Stamps(1.5, 2, 1800)


def test_types_of_times_come_back() -> None:
    found = unpack(SID, pack(SID, of({}), KEY), KEY)
    assert [type(found[name]) for name in ("_created", "_accessed", "_timeout")] == [float, int, int]


def test_times_must_be_numbers() -> None:
    with pytest.raises(TypeError):
        pack(SID, {**of({}), "_timeout": "60"}, KEY)


def test_what_a_subclass_adds_comes_back() -> None:
    assert unpack(SID, pack(SID, {**of({}), "_more": (1,)}, KEY), KEY)["_more"] == (1,)


GOOD = pack(SID, of({"a": {1}}), KEY)
FOREIGN = {
    "nothing": b"",
    "a pickle": pickle.dumps(of({})),
    "the magic alone": b"MPS1",
    "no signature": b"MPS1P" + b"\0" * 32 + pickle.dumps({}),
    "cut off": GOOD[:-1],
    "longer": GOOD + b"x",
    "the next version": b"MPS2" + GOOD[4:],
    "another kind": GOOD[:4] + b"J" + GOOD[5:],
    "signed with another key": pack(SID, of({}), b"x" * 32),
    "another session's": pack("f" * 32, of({}), KEY),
    **{f"bit {n} turned": GOOD[:n] + bytes([GOOD[n] ^ 1]) + GOOD[n + 1 :] for n in range(0, len(GOOD), 7)},
}


@pytest.mark.parametrize("data", FOREIGN.values(), ids=FOREIGN)
def test_foreign_is_corrupt(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(data: bytes) -> Any:
        raise AssertionError("unpickled")

    monkeypatch.setattr(record.pickle, "loads", never)
    for read in (unpack, stamps_of):
        with pytest.raises(Corrupt):
            read(SID, data, KEY)  # type: ignore[operator]


class Gone:
    """A class of the site that is gone when the record is read."""


def test_class_that_is_gone_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = pack(SID, of({"a": Gone()}), KEY)
    monkeypatch.delitem(globals(), "Gone")
    with pytest.raises(Unreadable, match="AttributeError"):
        unpack(SID, packed, KEY)


SIDS = {
    SID: True,
    SID + "\n": False,
    SID[:-1]: False,
    SID + "0": False,
    SID.upper(): False,
    "../../../../../../../etc/passwd\0": False,
    "0" * 31 + "\0": False,
    "\u0660" * 32: False,
    "": False,
}


@pytest.mark.parametrize(("text", "wanted"), SIDS.items(), ids=repr)
def test_names_of_sessions(text: str, wanted: bool) -> None:
    assert is_sid(text) is wanted


def test_names_differ() -> None:
    assert len({new_sid() for _ in range(1000)}) == 1000


# Keys


def test_key_is_made_once(tmp_path: Path) -> None:
    path = str(tmp_path / "key")
    key = keys.key_in_file(path)
    assert key == keys.key_in_file(path)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert os.listdir(tmp_path) == ["key"]
    assert key not in (tmp_path / "key").read_bytes()


MAKE = """
import sys, time
from modpy_wsgi.session.keys import key_in_file
while time.time() < float(sys.argv[2]): pass
print(key_in_file(sys.argv[1]).hex())
"""


def test_processes_that_make_it_at_once_agree(tmp_path: Path) -> None:
    import time

    command = [sys.executable, "-c", MAKE, str(tmp_path / "key"), str(time.time() + 1.5)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert len({process.communicate(timeout=60)[0] for process in running}) == 1
    assert os.listdir(tmp_path) == ["key"]


def test_replaced_key_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "key"
    first = keys.key_in_file(str(path))
    path.unlink()
    assert keys.key_in_file(str(path)) != first


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o604, 0o622])
def test_key_that_others_may_read_or_change(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "key"
    path.write_text("k" * 64)
    path.chmod(mode)
    with pytest.raises(PermissionError, match="others may"):
        keys.key_in_file(str(path))


def test_key_of_the_administrator(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("k" * 64)
    path.chmod(0o640)
    assert len(keys.key_in_file(str(path))) == 32


def test_key_behind_a_link(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("k" * 64)
    (tmp_path / "key").symlink_to(tmp_path / "other")
    with pytest.raises(OSError, match=r"symbolic links"):
        keys.key_in_file(str(tmp_path / "key"))


def test_key_that_is_empty(tmp_path: Path) -> None:
    (tmp_path / "key").touch(0o600)
    with pytest.raises(OSError, match="shorter"):
        keys.key_in_file(str(tmp_path / "key"))


def test_given_key(tmp_path: Path) -> None:
    assert keys.given_key({}) is None
    assert keys.given_key({keys.KEY_OPTION: "x" * 32}) == keys.given_key({keys.KEY_OPTION: "x" * 32})
    assert keys.given_key({keys.KEY_FILE_OPTION: str(tmp_path / "key")}) == keys.key_in_file(str(tmp_path / "key"))
    with pytest.raises(ConfigError, match="shorter"):
        keys.given_key({keys.KEY_OPTION: "short"})
