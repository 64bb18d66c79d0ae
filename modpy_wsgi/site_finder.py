"""Finds the modules of sites for Python's import machinery.

Law: what is no site's is left to the finders behind this one.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .module_space import PACKAGE_PREFIX, SPACES, ModuleSpace, space_of_code
from .stand_in import StandIn

__all__ = ["FINDER", "SiteFinder"]


class SiteFinder:
    """Stands first in sys.meta_path while there are sites. `plain` is the space of the process's own module names."""

    finds_for_sites = True

    def __init__(self) -> None:
        self.plain: ModuleSpace | None = None

    def find_spec(self, fullname: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        top, _, rest = fullname.partition(".")
        if top.startswith(PACKAGE_PREFIX):
            space = SPACES.get(top)
            if space is None:
                return _find_elsewhere(fullname, rest)
            if not rest or "." in rest:
                return space.find_below(fullname, path) if rest else None
            return space.find(rest)
        if self.plain is not None:
            spec = _find_plain(self.plain, fullname, path)
            if spec is not None:
                return spec
        if SPACES and (path is None or type(sys.modules.get(fullname.rpartition(".")[0])) is StandIn):
            # Code that imports without asking builtins.__import__: compiled code, and who bound import_module before.
            space = space_of_code(sys._getframe(1))
            if space is not None and space.lends(top):
                return _find_stand_in(space, fullname)
        return None

    def invalidate_caches(self) -> None:
        """Nothing is cached here."""


FINDER = SiteFinder()


def _find_plain(space: ModuleSpace, fullname: str, path: Any) -> ModuleSpec | None:
    if path is None:
        return space.find(fullname)
    package = fullname.rpartition(".")[0]
    if package in space.modules:
        return space.find_below(fullname, path)
    if getattr(sys.modules.get(package), "__file__", None) is None:  # a namespace package: a part may be the site's
        spec = space.find_below(fullname, path)
        if spec is not None and spec.origin is not None and space.path.owns_file(spec.origin):
            return spec
    return None


def _find_elsewhere(fullname: str, plain_name: str) -> ModuleSpec | None:
    """Find what a pickle calls `_site_x.config` when there is no such package any more: the `config` of who asks."""
    if not plain_name:
        return ModuleSpec(fullname, None, is_package=True)
    return ModuleSpec(fullname, _ElsewhereLoader(plain_name), is_package=True)


def _find_stand_in(space: ModuleSpace, fullname: str) -> ModuleSpec | None:
    meant = importlib.util.find_spec(space.prefix + fullname)
    if meant is None:
        return None
    spec = ModuleSpec(fullname, _StandInLoader(meant.loader, fullname, meant.name), origin=meant.origin)
    spec.submodule_search_locations = meant.submodule_search_locations
    return spec


if TYPE_CHECKING:
    from importlib.abc import Loader as _Loader
else:

    class _Loader:
        """What importlib wants beside exec_module. The class that it offers for that brings tempfile along."""

        def create_module(self, spec: ModuleSpec) -> None:
            """A module as usual."""


# What a loader is asked about a module by its name, and refuses for any other.
_ASKED_BY_NAME = {"get_code", "get_filename", "get_resource_reader", "get_source", "is_package"}


class _StandInLoader(_Loader):
    """Loads a stand-in under a plain name; gives away the rest as the loader of the module that is meant does."""

    def __init__(self, loader: Any, plain_name: str, fullname: str) -> None:
        self._loader = loader
        self._plain_name = plain_name
        self._fullname = fullname

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._loader, name)
        if name not in _ASKED_BY_NAME:
            return found
        return lambda asked=self._plain_name: found(self._fullname if asked == self._plain_name else asked)

    def exec_module(self, module: ModuleType) -> None:
        name = module.__name__
        space = space_of_code(sys._getframe(1))
        if space is None:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        importlib.import_module(space.prefix + name)
        sys.modules[name] = StandIn(name)


class _ElsewhereLoader(_Loader):
    """Loads, under the name in a package that is gone, what the plain name means now."""

    def __init__(self, plain_name: str) -> None:
        self._plain_name = plain_name

    def exec_module(self, module: ModuleType) -> None:
        fullname, plain_name = module.__name__, self._plain_name
        space = space_of_code(sys._getframe(1))
        importlib.import_module(space.prefix + plain_name if space is not None else plain_name)
        sys.modules[fullname] = StandIn(plain_name)
