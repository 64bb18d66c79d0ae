"""Functions of a module of mod_python's that a site may put its own in place of: `publisher.publish_object = mine`.

Law: what one site replaces, no other site in the process sees, as each had mod_python's modules for itself.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, Final

from ..interpreters import interpreter_of_caller

__all__ = ["GONE", "Replaceable", "reading"]

GONE: Final = object()  # in the place of a name that was deleted


class Replaceable(ModuleType):
    """A module of mod_python's names; those in `REPLACEABLE` may be set, and are read back by the same interpreter.

    The module sets `REPLACEABLE`, the names and what they are unless replaced, and its `__getattr__`, which `reading`
    makes. It would do as well here; but then Python would read each name of the module, those that are there as well,
    at a fourth of the speed, and one is the handler of every page.
    """

    REPLACEABLE: dict[str, Any]

    def __setattr__(self, name: str, value: Any) -> None:
        interpreter = interpreter_of_caller() if name in self.__dict__.get("REPLACEABLE", {}) else None
        if interpreter is None:
            super().__setattr__(name, value)
        else:
            interpreter.replaced[name] = value

    def __delattr__(self, name: str) -> None:
        interpreter = interpreter_of_caller() if name in self.__dict__.get("REPLACEABLE", {}) else None
        if interpreter is None:
            super().__delattr__(name)
        elif interpreter.replaced.get(name) is GONE:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        else:
            interpreter.replaced[name] = GONE

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.__dict__.get("REPLACEABLE", {})} - {"__getattr__"})


def reading(module: str, names: dict[str, Any]) -> Callable[[str], Any]:
    """The `__getattr__` of a Replaceable: gives a name as the caller's interpreter has it.

    What it gives raises AttributeError for any other.
    """

    def find(name: str) -> Any:
        if name in names:
            interpreter = interpreter_of_caller()
            found = names[name] if interpreter is None else interpreter.replaced.get(name, names[name])
            if found is not GONE:
                return found
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return find
