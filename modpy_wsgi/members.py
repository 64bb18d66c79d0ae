"""Descriptors for the members of mod_python's objects: lazy, read-only, and checked like the original's.

Law: reading costs no Python call where it can: `lazy` computes once and then stands in the instance, read-only members
are C-level getters.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

__all__ = ["fixed", "free", "integer", "lazy", "readonly", "text"]

T = TypeVar("T")


class lazy(Generic[T]):  # noqa: N801 - reads as a decorator
    """A writable member that is computed when first read."""

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self.compute = compute
        self.__doc__ = compute.__doc__
        self.name = compute.__name__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> lazy[T]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> lazy[T] | T:
        if instance is None:
            return self
        value = self.compute(instance)
        setattr(instance, self.name, value)  # to ask for __dict__ would make Python keep one, and slow all members down
        return value


class fixed(lazy[T]):  # noqa: N801 - reads as a decorator
    """A member that is computed when first read and cannot be assigned; kept under its name with an underscore."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = f"_{name}"

    def __get__(self, instance: object | None, owner: type) -> Any:
        if instance is None:
            return self
        value = getattr(instance, self.name, None)
        return super().__get__(instance, owner) if value is None else value

    def __set__(self, instance: object, value: Any) -> None:
        raise AttributeError(f"attribute {self.name[1:]!r} of {type(instance).__name__!r} objects is not writable")


def readonly(attribute: str, doc: str) -> Any:
    """A member that only the server sets, as `attribute`. Assigning raises AttributeError, as in the original."""
    return property(operator.attrgetter(attribute), doc=doc)


def free(attribute: str, doc: str) -> Any:
    """A writable member that takes anything."""

    def assign(instance: Any, value: Any) -> None:
        setattr(instance, attribute, value)

    return property(operator.attrgetter(attribute), assign, doc=doc)


def integer(attribute: str, doc: str) -> Any:
    """A writable member that takes integers (True counts as 1). Raises TypeError for others."""

    def assign(instance: Any, value: Any) -> None:
        setattr(instance, attribute, operator.index(value))

    return property(operator.attrgetter(attribute), assign, doc=doc)


def text(attribute: str, doc: str, *, none: bool = False) -> Any:
    """A writable member that takes str, bytes (UTF-8) and, with `none`, None. Raises TypeError for others."""

    def assign(instance: Any, value: Any) -> None:
        if isinstance(value, bytes):
            value = value.decode("utf-8", "surrogateescape")
        elif not isinstance(value, str) and not (none and value is None):
            raise TypeError(f"{attribute.lstrip('_')} must be str, not {type(value).__name__}")
        setattr(instance, attribute, value)

    return property(operator.attrgetter(attribute), assign, doc=doc)
