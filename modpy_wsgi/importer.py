"""The one resolver over `__import__` and `importlib.import_module`: which module does a bare name mean?

Law: the importer's own `__name__` decides; else the request that is served; else who called. Nothing is installed
before the first site needs it, and all of it goes with the last one.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

from .locks import reentrant_lock
from .module_space import PACKAGE_PREFIX, SPACES, ModuleSpace, space_of_code, space_of_name
from .site_finder import FINDER
from .stand_in import StandIn, remove_stand_ins, stand_in

__all__ = ["enter", "import_for", "importing_for", "leave"]

_LEAF = ("__name__",)  # a fromlist: makes __import__ return the module itself and not its outermost package

_lock = reentrant_lock()
_installed = False
_python_import = builtins.__import__
_python_import_module = importlib.import_module


def enter(space: ModuleSpace) -> None:
    """Make a space's modules importable. The plain space needs a finder only, an isolated one the resolver too."""
    global _installed, _python_import, _python_import_module
    with _lock:
        if FINDER not in sys.meta_path:
            sys.meta_path.insert(0, FINDER)
        if not space.package:
            FINDER.plain = space
            return
        if not _installed:
            _python_import, _python_import_module = builtins.__import__, importlib.import_module
            builtins.__import__, importlib.import_module = _import, _import_module
            _installed = True
        _remove_packages(space.package)  # what pickles of an earlier process may have left there
        sys.modules[space.package] = space.make_package()
        SPACES[space.package] = space


def leave(space: ModuleSpace) -> None:
    """Take a space and its modules out of the process, and with the last one all that `enter` installed."""
    global _installed
    with _lock:
        space.modules.clear()
        if space is FINDER.plain:
            FINDER.plain = None
        elif SPACES.pop(space.package, None) is not None:
            _remove_packages(space.package)
        # Who has wrapped ours meanwhile keeps it: without spaces it only passes on.
        if not SPACES and builtins.__import__ is _import and importlib.import_module is _import_module:
            builtins.__import__, importlib.import_module = _python_import, _python_import_module
            _installed = False
        if not SPACES:
            remove_stand_ins()
            _remove_packages(PACKAGE_PREFIX)  # those that only pickles knew
        if not SPACES and FINDER.plain is None and FINDER in sys.meta_path:
            sys.meta_path.remove(FINDER)


def _remove_packages(package: str) -> None:
    """Take a synthetic package with all that is in it out of sys.modules; all of them if only the prefix is given."""
    for name in list(sys.modules):
        top = name.partition(".")[0]
        if top == package or (package == PACKAGE_PREFIX and top.startswith(package)):
            del sys.modules[name]


def import_for(space: ModuleSpace, name: str) -> ModuleType:
    """Import a module by the name that a site's configuration or code gives it; the leaf of a dotted name.

    Raises what the import raises.
    """
    top = name.partition(".")[0]
    if not space.package:
        if top not in sys.modules:
            space.find(top, adopt=True)
        return _python_import_module(name)
    # What the process has loaded already from its own path is meant, as Python would have it.
    if space.owns(top, adopt=not _is_loaded(top)):
        return _own(space, name)
    return _shared(space, top, name)


def importing_for(space: ModuleSpace) -> Callable[..., ModuleType]:
    """The `__import__` for code of an isolated site that has another `__name__` than its modules: a script's."""

    def importing(
        name: str,
        globals: Mapping[str, Any] | None = None,  # noqa: A002
        locals: Mapping[str, Any] | None = None,  # noqa: A002
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        return _import_for_site(space, name, globals or {}, locals, fromlist, level)

    return importing


def _own(space: ModuleSpace, name: str) -> ModuleType:
    try:
        return _python_import_module(space.prefix + name)
    except ModuleNotFoundError as error:
        _name_as_written(error, space)
        raise


def _shared(space: ModuleSpace, top: str, name: str) -> ModuleType:
    _make_room(top)
    module = _python_import_module(name)
    space.remember_shared(top)
    return module


# The names of the parameters are those of builtins.__import__, which may be called with keywords.
def _import(
    name: str,
    globals: Mapping[str, Any] | None = None,  # noqa: A002
    locals: Mapping[str, Any] | None = None,  # noqa: A002
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> ModuleType:
    """Stand in the place of builtins.__import__."""
    if globals is None:  # called as a function
        globals = sys._getframe(1).f_globals  # noqa: A001
    importer = globals.get("__name__")
    if importer.__class__ is str and importer.startswith(PACKAGE_PREFIX):
        space = SPACES.get(importer.partition(".")[0])
        if space is not None:
            return _import_for_site(space, name, globals, locals, fromlist, level)
    elif not level:
        top = name.partition(".")[0]
        if not _is_loaded(top):
            space = space_of_code(sys._getframe(1))
            if space is not None and space.lends(top):
                return _import_own(space, name, fromlist)
            _make_room(top)
    return _python_import(name, globals, locals, fromlist, level)


def _import_for_site(
    space: ModuleSpace,
    name: str,
    names: Mapping[str, Any],
    locals: Mapping[str, Any] | None,  # noqa: A002
    fromlist: Sequence[str] | None,
    level: int,
) -> ModuleType:
    if level:
        _check_relative(names, level)
        try:
            return _python_import(name, names, locals, fromlist, level)
        except ModuleNotFoundError as error:
            _name_as_written(error, space)
            raise
    if name == "sys":
        return space.sys
    top = name.partition(".")[0]
    if space.owns(top):
        return _import_own(space, name, fromlist)
    if not top.startswith(PACKAGE_PREFIX):
        _make_room(top)
    module = _python_import(name, names, locals, fromlist, level)
    space.remember_shared(top)
    return module


def _import_own(space: ModuleSpace, name: str, fromlist: Sequence[str] | None) -> ModuleType:
    try:
        module = _python_import(space.prefix + name, None, None, fromlist or _LEAF, 0)
    except ModuleNotFoundError as error:
        _name_as_written(error, space)
        raise
    if fromlist:
        return module
    if fromlist is not None:  # no import statement: a function call, which may look into sys.modules afterwards
        stand_in(name)
    top, dotted, _ = name.partition(".")
    return _python_import(space.prefix + top, None, None, _LEAF, 0) if dotted else module


def _import_module(name: str, package: str | None = None) -> ModuleType:
    """Stand in the place of importlib.import_module."""
    if name.startswith("."):
        if package and package.startswith(PACKAGE_PREFIX):
            _check_relative({"__package__": package}, len(name) - len(name.lstrip(".")))
        elif package:
            name, package = importlib.util.resolve_name(name, package), None
    frame = sys._getframe(1)
    space = space_of_name(frame.f_globals.get("__name__"))
    top = name.partition(".")[0]
    if not top or top.startswith(PACKAGE_PREFIX):
        return _python_import_module(name, package)
    if space is not None:
        if name == "sys":
            return space.sys
        return _own(space, name) if space.owns(top) else _shared(space, top, name)
    if not _is_loaded(top):
        space = space_of_code(frame)
        if space is not None and space.lends(top):
            return _own(space, name)
        _make_room(top)
    return _python_import_module(name, package)


def _is_loaded(top: str) -> bool:
    """Tell whether the process itself has a module of this name."""
    module = sys.modules.get(top)
    return module is not None and type(module) is not StandIn


def _make_room(top: str) -> None:
    """Let a real module take the place of a stand-in of its name. Raises ModuleNotFoundError if there is none."""
    if type(sys.modules.get(top)) is not StandIn:
        return
    others = [finder for finder in sys.meta_path if finder is not FINDER and hasattr(finder, "find_spec")]
    if all(finder.find_spec(top, None) is None for finder in others):
        raise ModuleNotFoundError(f"No module named {top!r}", name=top)
    remove_stand_ins(top)


def _check_relative(names: Mapping[str, Any], level: int) -> None:
    """Refuse relative imports that plain Python refuses: to the site the synthetic package does not exist."""
    package = names.get("__package__")
    if isinstance(package, str):
        depth = package.count(".")
        if not depth:
            raise ImportError("attempted relative import with no known parent package")
        if level > depth:
            raise ImportError("attempted relative import beyond top-level package")


def _name_as_written(error: ModuleNotFoundError, space: ModuleSpace) -> None:
    if isinstance(error.name, str) and error.name.startswith(space.prefix):
        error.name = error.name[len(space.prefix) :]
        error.msg = str(error.msg).replace(space.prefix, "")
        error.args = (error.msg,)
