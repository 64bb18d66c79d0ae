"""Stand-ins for sites' modules under their plain names in sys.modules.

Law: a stand-in holds nothing; whatever is asked of it is asked of the module of that name in the site that asks.
Code that looks into sys.modules after an import needs them: pickle's C code does, and the old idiom
`__import__(name); sys.modules[name]`.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from types import FrameType, ModuleType

from .module_space import space_of_code

__all__ = ["StandIn", "remove_stand_ins", "stand_in"]


class StandIn(ModuleType):
    """Stands in sys.modules for all sites' modules of one name."""

    def __getattribute__(self, name: str) -> object:
        if name.startswith("__"):  # asked by whoever walks through sys.modules: nothing is imported for that
            fullname = _full_name(self, sys._getframe(1))
            module = sys.modules.get(fullname)
            if module is not None and type(module) is not StandIn:
                return getattr(module, name)
            if name == "__spec__" and fullname != _plain_name(self):
                return importlib.util.find_spec(fullname)
            return super().__getattribute__(name)
        return getattr(_meant(self), name)

    def __setattr__(self, name: str, value: object) -> None:
        if type(value) is not StandIn:  # importlib hangs a module into its package; the real one has the real one
            setattr(_meant(self), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(_meant(self), name)

    def __dir__(self) -> list[str]:
        return dir(_meant(self))

    def __repr__(self) -> str:
        return f"<stand-in for the sites' modules {_plain_name(self)!r}>"


def _plain_name(standing: StandIn) -> str:
    name: str = object.__getattribute__(standing, "__dict__")["__name__"]
    return name


def _full_name(standing: StandIn, asking: FrameType) -> str:
    space = space_of_code(asking)
    return (space.prefix if space is not None else "") + _plain_name(standing)


def _meant(standing: StandIn) -> ModuleType:
    name = _plain_name(standing)
    fullname = _full_name(standing, sys._getframe(2))
    module = sys.modules.get(fullname)
    if module is None and fullname != name:
        try:
            return importlib.import_module(fullname)
        except ModuleNotFoundError as error:
            raise AttributeError(f"this site has no module {name!r}") from error
    if module is None or type(module) is StandIn:
        raise AttributeError(f"{name!r} is a module of sites: only their code has it, and what serves their requests")
    return module


def stand_in(name: str) -> None:
    """Put stand-ins for a module and its packages into sys.modules, but not in the place of real modules."""
    while name:
        sys.modules.setdefault(name, StandIn(name))
        name = name.rpartition(".")[0]


def remove_stand_ins(top: str | None = None) -> None:
    """Take stand-ins out of sys.modules: those for a module without dots and all below it, or all."""
    for name, module in list(sys.modules.items()):
        if type(module) is StandIn and (top is None or name.partition(".")[0] == top):
            sys.modules.pop(name, None)
