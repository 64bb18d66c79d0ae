"""The modules of one site that are loaded: which imported which, which are out of date, how they are loaded again.

Law: a module is either loaded as a whole or not there; an older one is given up when the newer one is complete.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from types import ModuleType
from typing import Any

from .import_statements import imported_names
from .locks import reentrant_lock
from .stamps import GONE, Stamp, stamp_of

__all__ = ["GATHERING", "LoadedModule", "SiteModules", "is_loading", "stamp"]

# The module whose code runs in this context. Copied contexts outlive it, hence `running`.
_executing: ContextVar[LoadedModule | None] = ContextVar("modpy_wsgi.executing_module", default=None)

# What is loaded in this context is put there as well, for who wants to be rid of it again.
GATHERING: ContextVar[list[LoadedModule] | None] = ContextVar("modpy_wsgi.gathering", default=None)


def is_loading() -> bool:
    """Tell whether the code that asks runs while a site's module is being loaded, that is from a module's top level."""
    executing = _executing.get()
    return executing is not None and executing.running


def stamp(file: str) -> Stamp:
    """Return the state of a file; a file that cannot be read has one of its own."""
    try:
        found = os.stat(file)
    except OSError:
        return GONE
    return stamp_of(found)


class LoadedModule:
    """One module of a site: the file that it came from, in which state, and what it imported."""

    __slots__ = (
        "_mentioned",
        "began",
        "file",
        "imported",
        "key",
        "loader",
        "module",
        "name",
        "outdated",
        "running",
        "stamp",
    )

    def __init__(self, key: str, name: str, module: ModuleType, loader: Any, file: str) -> None:
        self.key = key  # in sys.modules
        self.name = name  # as the site writes it
        self.module = module
        self.loader = loader
        self.file = file
        self.stamp = stamp(file)  # taken before the file is read: a change while it is read shows as a change
        self.imported: set[str] = set()  # seen to be loaded while this one was executed
        self.began: list[LoadedModule] = []  # loads that began while this one was executed
        self.running = True
        self.outdated = False  # something that it imported has been replaced since
        self._mentioned: frozenset[str] | None = None

    def changed(self) -> bool:
        return self.outdated or stamp(self.file) != self.stamp

    def imports(self) -> frozenset[str]:
        """Names of what it imports, may import later, and cannot exist without (the packages it is in)."""
        if self._mentioned is None:
            # Not before somebody asks: with autoreload off nobody does, and to parse a large site takes a while.
            self._mentioned = self._read() | _parents(self.name)
        return self._mentioned | self.imported

    def current_imports(self) -> frozenset[str]:
        """imports(), and what the source names now, if it has changed."""
        return self.imports() | self._read()

    def inherit(self, older: LoadedModule) -> None:
        """Take over what only showed when it was loaded: what is loaded already is not seen to be imported again."""
        self.imported |= older.imported - (older._mentioned or frozenset())

    def _read(self) -> frozenset[str]:
        try:
            source = self.loader.get_source(self.key)
        except (ImportError, OSError):
            source = None
        is_package = hasattr(self.module, "__path__")
        return imported_names(source, self.name, is_package=is_package) if source else frozenset()


class SiteModules:
    """All loaded modules of one site, under the names that the site writes. `prefix` + name is the key in sys.modules.

    `version` changes whenever a module is loaded, replaced or removed.
    """

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.version = 0
        self._loaded: dict[str, LoadedModule] = {}
        self._lock = reentrant_lock()  # held for bookkeeping only, never while a site's code runs
        # Files seen to change while this process runs: their .pyc is believed no more, as it knows only whole seconds.
        self._edited: set[str] = set()
        self._executing: set[str] = set()
        self.homes: dict[str, str] = {}  # name without dots -> the entry of the path that it was first loaded from
        self._replacing: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self._loaded or name in self._executing

    def names(self) -> list[str]:
        return list(self._loaded)

    def was_edited(self, file: str) -> bool:
        return file in self._edited

    def execute(self, module: ModuleType, loader: Any, file: str, run: Callable[[ModuleType], None]) -> None:
        """Run the code of a module that is loaded, and remember what it is made of. Raises what the code raises."""
        spec = module.__spec__
        assert spec is not None  # importlib has just made the module from it
        loading = LoadedModule(spec.name, spec.name[len(self.prefix) :], module, loader, file)
        outer = _executing.get()
        if outer is not None and outer.running:
            outer.began.append(loading)
            outer.imported.add(loading.name)
        token = _executing.set(loading)
        self._executing.add(loading.name)
        try:
            run(module)
            self._remember(loading)
        except BaseException:
            self._forget_tainted(loading)
            raise
        finally:
            self._executing.discard(loading.name)
            loading.running = False
            _executing.reset(token)
        if outer is None or not outer.running:
            for each in [loading, *_all_begun(loading)]:  # all is well: nobody will ask any more who began what
                each.began = []

    def adopt(self, module: ModuleType, name: str) -> None:
        """Watch a module that was loaded by somebody else, from its file as it is now."""
        loader = getattr(module, "__loader__", None)
        file = getattr(module, "__file__", None)
        if file and module.__spec__ is not None and hasattr(loader, "get_source"):
            loaded = LoadedModule(self.prefix + name, name, module, loader, file)
            loaded.running = False
            self._remember(loaded)

    def _remember(self, loaded: LoadedModule) -> None:
        with self._lock:
            self._loaded[loaded.name] = loaded
            self.version += 1
            if "." not in loaded.name:
                self.homes.setdefault(loaded.name, _home(loaded.module))
        gathering = GATHERING.get()
        if gathering is not None:
            gathering.append(loaded)

    def forget(self, gathered: Iterable[LoadedModule]) -> None:
        """Take modules out, so that the next import loads them anew, from wherever it finds them."""
        with self._lock:
            for each in gathered:
                if self._loaded.get(each.name) is each:
                    self._take_out(each, detach=True)
                    self.homes.pop(each.name, None)
            self.version += 1

    def _forget_tainted(self, failed: LoadedModule) -> None:
        """Remove what was loaded along with a module that failed and has it half-loaded: submodules, importers."""
        with self._lock:
            along = [each for each in _all_begun(failed) if self._loaded.get(each.name) is each]
            for each in _dependants([failed], along):
                if each is not failed:
                    self._take_out(each, detach=True)
            self.version += 1

    def needs(self, name: str) -> list[LoadedModule]:
        """Return a loaded module and all modules of the site that it imported, directly or not; [] if it is shared."""
        with self._lock:
            found = {name: self._loaded[name]} if name in self._loaded else {}
            waiting = list(found.values())
            while waiting:
                for imported in waiting.pop().imports():
                    if imported in self._loaded and imported not in found:
                        found[imported] = self._loaded[imported]
                        waiting.append(found[imported])
            return list(found.values())

    def changed(self, name: str | None = None) -> list[LoadedModule]:
        """Return which modules need to be loaded again: of those that `name` needs, or of all."""
        with self._lock:
            candidates = list(self._loaded.values()) if name is None else self.needs(name)
            return [each for each in candidates if each.changed()]

    def is_out_of_date(self, name: str) -> bool:
        """Tell whether a module must be loaded again, or is being loaded again right now by another thread."""
        return name in self._replacing or bool(self.changed(name))

    def replace(self, changed: Iterable[LoadedModule], name: str, load: Callable[[str], object]) -> set[str]:
        """Load `name` again, with the changed modules and all that depend on them executed from their sources.

        In: what changed, the module that is wanted, and a function that imports a module by the site's name for it.
        Out: the names that had to go. If the load fails, all modules are again what they were, and the error is raised.
        What depends on a change but is not needed here stays as it is, marked as out of date.
        """
        with self._lock:
            changed = list(changed)
            self._edited.update(each.file for each in changed)
            old = _dependants(changed, self._loaded.values())
            needed = {each.name for each in self.needs(name)}
            for each in old:
                self._take_out(each, detach=False)
            names = {each.name for each in old}
            self._replacing |= names
            self.version += 1
        try:
            # `from package import x` finds x as the package's attribute and imports nothing: x must be new by then,
            # for those that are loaded again here as well. In a circle none can be: there x is taken away.
            ordered, circular = _imported_first(old)
            for each in circular:
                self._detach(each)
            for each in ordered:
                package = each.name.rpartition(".")[0]
                if each.name in needed and package and package not in names:
                    load(each.name)
            load(name)
        except BaseException:
            with self._lock:
                for each in old:
                    self._put_back(each)
                self._replacing -= names
                self.version += 1
            raise
        with self._lock:
            for each in old:
                newer = self._loaded.get(each.name)
                if newer is not None:
                    newer.inherit(each)
                elif each.name not in needed:  # and what is needed, but later, is imported anew then
                    each.outdated = True
                    self._put_back(each)
            self._replacing -= names
            self.version += 1
        return names

    def _take_out(self, loaded: LoadedModule, *, detach: bool) -> None:
        self._loaded.pop(loaded.name, None)
        if sys.modules.get(loaded.key) is loaded.module:
            del sys.modules[loaded.key]
        if detach:
            self._detach(loaded)

    def _detach(self, loaded: LoadedModule) -> None:
        """Take a module away from the package that it is in."""
        package, _, child = loaded.key.rpartition(".")
        if package in sys.modules and getattr(sys.modules[package], child, None) is loaded.module:
            delattr(sys.modules[package], child)

    def _put_back(self, loaded: LoadedModule) -> None:
        self._loaded[loaded.name] = loaded
        sys.modules[loaded.key] = loaded.module
        package, _, child = loaded.key.rpartition(".")
        if package in sys.modules:
            setattr(sys.modules[package], child, loaded.module)

    def clear(self) -> None:
        """Remove all modules of the site from the process."""
        with self._lock:
            for each in list(self._loaded.values()):
                self._take_out(each, detach=True)
            self.version += 1


def _dependants(changed: Iterable[LoadedModule], among: Iterable[LoadedModule]) -> list[LoadedModule]:
    """Return the changed modules and those of `among` that imported them, directly or not."""
    importers: dict[str, list[LoadedModule]] = {}
    for each in among:
        for imported in each.imports():
            importers.setdefault(imported, []).append(each)
    found = {each.name: each for each in changed}
    waiting = list(found)
    while waiting:
        for importer in importers.get(waiting.pop(), ()):
            if importer.name not in found:
                found[importer.name] = importer
                waiting.append(importer.name)
    return list(found.values())


def _imported_first(modules: list[LoadedModule]) -> tuple[list[LoadedModule], list[LoadedModule]]:
    """The same modules, each behind those that it imports by its source as it is now; and those for which there is no
    such order, because they import each other or what does.
    """
    waiting = {each.name: each for each in modules}
    imports = {name: each.current_imports() & waiting.keys() - {name} for name, each in waiting.items()}
    ordered: list[LoadedModule] = []
    while ready := [name for name in waiting if not waiting.keys() & imports[name]]:
        ordered += [waiting.pop(name) for name in ready]
    return [*ordered, *waiting.values()], list(waiting.values())


def _home(module: ModuleType) -> str:
    spec = module.__spec__
    assert spec is not None
    locations = spec.submodule_search_locations
    return os.path.dirname(locations[0] if locations else spec.origin or "")


def _all_begun(loading: LoadedModule) -> Iterable[LoadedModule]:
    for each in loading.began:
        yield each
        yield from _all_begun(each)


def _parents(name: str) -> frozenset[str]:
    parts = name.split(".")
    return frozenset(".".join(parts[:count]) for count in range(1, len(parts)))
