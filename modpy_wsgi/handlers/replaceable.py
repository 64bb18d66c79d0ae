"""Functions of a module of mod_python's that a site may put its own in place of: `publisher.publish_object = mine`.

Law: what one site replaces, no other site in the process sees, as each had mod_python's modules for itself.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any, Final

from ..interpreters import interpreter_of_caller

__all__ = ["GONE", "Replaceable"]

GONE: Final = object()  # in the place of a name that was deleted


class Replaceable(ModuleType):
    """A module of mod_python's names; those in `REPLACEABLE` may be set, and are read back by the same interpreter."""

    REPLACEABLE: dict[str, Any]  # the names, and what they are unless replaced; the module sets it

    def __getattr__(self, name: str) -> Any:
        """A replaceable name, as the caller's interpreter has it. Raises AttributeError for any other."""
        names = self.__dict__.get("REPLACEABLE", {})
        if name not in names:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        interpreter = interpreter_of_caller()
        found = names[name] if interpreter is None else interpreter.replaced.get(name, names[name])
        if found is GONE:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return found

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
        return sorted({*super().__dir__(), *self.__dict__.get("REPLACEABLE", {})})
