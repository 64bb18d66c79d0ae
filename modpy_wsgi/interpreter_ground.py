"""What interpreters stand on: a set of module names with the modules that were loaded into it.

Law: what changed is loaded again as a whole or not at all, one thread at a time. What has not changed is given out
without a lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

from . import importer
from ._fast.look import as_they_were
from .import_traceback import without_import_frames
from .known_files import KnownFiles, StampedFiles
from .locks import lock, reentrant_lock
from .module_space import CURRENT, ModuleSpace
from .reload import is_loading
from .stamps import FileStatus

__all__ = ["Ground"]

Log = Callable[[str], None]


class _Loaded(KnownFiles):
    """A module that `load` has returned, and what makes it up to date: all files that it is made of, each as it was."""

    __slots__ = ("module", "version")

    def __init__(self, module: ModuleType, version: int, files: StampedFiles) -> None:
        super().__init__(files)
        self.module = module
        self.version = version


class Ground:
    """What one isolated interpreter stands on, or all plain ones of the process, as sys.modules is one."""

    def __init__(self, package: str = "") -> None:
        self.space = ModuleSpace(package)
        self.modules = self.space.modules
        self.active = self.space if package else None  # what CURRENT is while its modules are loaded
        self.loaded: dict[str, _Loaded] = {}
        self.file_names: dict[str, str] = {}  # file -> name of the module that `load_file` made of it
        self.evaluated: set[str] = set()  # PythonPath expressions
        self.prepended: dict[str, bool] = {}  # directory -> whether it had to be added to the path
        self.path_lock = lock()
        self.reloading = reentrant_lock()  # held while changed modules are loaded again
        self.users = 0
        self.builtins: dict[str, Any] | None = None  # of scripts

    def known(
        self, name: str | None, autoreload: bool, found: FileStatus | None = None, file: str | None = None
    ) -> ModuleType | None:
        """The module that `load` would return, if it is there and up to date. Asked with each request.

        `found` is what the caller has just seen of `file`; without a name it is the module's own. No name, no module.
        """
        loaded = None if name is None else self.loaded.get(name)
        if loaded is None:
            return None
        if autoreload:
            if loaded.version != self.modules.version:
                return None
            if found is None or found is not loaded.seen:
                if loaded.files:
                    own = file is None or file == loaded.files[0][0]
                    if not loaded.is_current(found if own else None):
                        return None
            elif loaded.others and not as_they_were(loaded.others):
                return None
        return loaded.module

    def load(self, name: str, autoreload: bool, log: Log | None) -> ModuleType:
        """Import a module of this name, and again what has changed of it. Raises what the import raises."""
        if is_loading():  # from a module's top level: an import like any other, as part of the load that goes on
            return importer.import_for(self.space, name)
        activation = CURRENT.set(self.active)
        try:
            if name not in self.loaded:
                self._load_first(name, autoreload, log)
            if autoreload and self.modules.is_out_of_date(name):
                self._load_changed(name, log)
            version = self.modules.version
            module = importer.import_for(self.space, name)
            files = {each.file: each.stamp for each in self.modules.needs(name)}
            self.loaded[name] = _Loaded(module, version, tuple(files.items()))
            return module
        except BaseException as error:
            raise error.with_traceback(without_import_frames(error.__traceback__))  # noqa: B904 - it is the same error
        finally:
            CURRENT.reset(activation)

    def _load_first(self, name: str, autoreload: bool, log: Log | None) -> None:
        _tell(log, name)
        self.space.path.forget_listings()
        try:
            module = importer.import_for(self.space, name)
        except Exception:
            # It may have failed on an old version of something that has changed along with it.
            changed = self.modules.changed() if autoreload else []
            if not changed:
                raise
            with self.reloading:
                self._replace(name, changed)
            return
        if self.active is None and name not in self.modules:  # the process had imported it before
            file = getattr(module, "__file__", None) or ""
            if file.endswith(".py") and self.space.path.owns_file(file):
                self.modules.adopt(module, name)

    def _load_changed(self, name: str, log: Log | None) -> None:
        with self.reloading:
            changed = self.modules.changed(name)  # asked again: another thread may have loaded them meanwhile
            if changed:
                _tell(log, name)
                self.space.path.forget_listings()
                self._replace(name, changed)

    def _replace(self, name: str, changed: Iterable[object]) -> None:
        replaced = self.modules.replace(changed, name, lambda each: importer.import_for(self.space, each))  # type: ignore[arg-type]
        for each in replaced:
            self.loaded.pop(each, None)


def _tell(log: Log | None, name: str) -> None:
    if log is not None:
        log(f"mod_python: (Re)importing module {name!r}")
