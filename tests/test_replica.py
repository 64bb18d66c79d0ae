"""Objects like one that stands ready, as a copy by hand makes them."""

from __future__ import annotations

import gc
import sys
import weakref
from typing import Any

import pytest

from modpy_wsgi._fast.replica import Maker
from tests.allocations import keeps_nothing
from tests.isolated_interpreters import needs_isolated_interpreters, run_isolated


class Base:
    __slots__ = ("__weakref__", "inherited", "never_set")
    inherited: Any
    never_set: Any


class Kind(Base):
    __slots__ = ("__dict__", "_of_its_own", "shared")
    in_the_class = "class"
    _of_its_own: Any
    shared: Any

    def __init__(self) -> None:
        self.inherited = "base"
        self.shared = [1]
        self._of_its_own = None


class Plain:
    def __init__(self) -> None:
        self.in_the_dictionary = 1


SLOTS = ("inherited", "shared", "_of_its_own")


def test_what_stands_in_slots_is_taken_over() -> None:
    model = Kind()
    model.on_this_alone = 1  # type: ignore[attr-defined]
    made = Maker(model)()
    assert type(made) is Kind
    assert all(getattr(made, name) is getattr(model, name) for name in SLOTS)
    assert made.in_the_class == "class"
    assert not hasattr(made, "never_set")
    assert made.__dict__ == {}


def test_what_is_made_is_an_object_of_its_own() -> None:
    model = Kind()
    make = Maker(model)
    one, other = make(), make()
    one.shared = one.never_set = one.mine = 2  # type: ignore[attr-defined]
    del one.inherited
    assert (other.shared, other.inherited) == ([1], "base")
    assert not hasattr(other, "never_set")
    assert not hasattr(other, "mine")
    model.shared = "changed later"
    assert make().shared == [1]


def test_a_slot_that_a_class_has_anew() -> None:
    class Again(Kind):
        __slots__ = ("shared",)

    model = Again()
    Kind.shared.__set__(model, "hidden")
    made = Maker(model)()
    assert (made.shared, Kind.shared.__get__(made)) == ([1], "hidden")


def test_nothing_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    make = Maker(Kind())
    monkeypatch.setattr(Kind, "__init__", None)
    assert make().inherited == "base"


def test_a_class_without_slots() -> None:
    made = Maker(Plain())()
    assert type(made) is Plain
    assert vars(made) == {}


class Counted(Base):
    """Whose slot has two names."""

    __slots__ = ("value",)
    value: Any
    alias: Any


Counted.alias = Counted.value


class Elsewhere:
    def __new__(cls) -> Any:
        return object.__new__(cls)


@pytest.mark.parametrize("model", [Elsewhere(), 1, "text", [], Kind])
def test_a_class_that_makes_its_objects_itself(model: Any) -> None:
    with pytest.raises(TypeError):
        Maker(model)


def test_a_slot_with_two_names() -> None:
    model = Counted()
    model.value = value = [1]
    make = Maker(model)
    before = sys.getrefcount(value)
    made = [make() for _ in range(10)]
    assert sys.getrefcount(value) == before + 10
    del made
    assert sys.getrefcount(value) == before


@pytest.mark.parametrize("arguments", [(), (Kind(), Kind())])
def test_one_model_is_wanted(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        Maker(*arguments)


def test_values_live_as_long_as_who_has_them() -> None:
    model = Kind()
    value = Base()
    model.shared = value
    make = Maker(model)
    seen = weakref.ref(value)
    before = sys.getrefcount(value)
    made = [make() for _ in range(10)]
    assert sys.getrefcount(value) == before + 10
    del made[5:]
    assert sys.getrefcount(value) == before + 5
    del value, model, made
    gc.collect()
    assert seen() is not None  # for the maker
    del make
    gc.collect()
    assert seen() is None


def test_cycles_are_collected() -> None:
    def once() -> None:
        made = make()
        made.shared = made

    make = Maker(Kind())
    assert keeps_nothing(once, before=1000, times=20_000)


@needs_isolated_interpreters
def test_isolated_interpreters() -> None:
    run_isolated("""
        from modpy_wsgi._fast.replica import Maker

        class Kind:
            __slots__ = ("value",)

        model = Kind()
        model.value = "value"
        assert Maker(model)().value == "value"
    """)
