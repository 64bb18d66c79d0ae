"""Named interpreters: what a sub-interpreter was to a site under mod_python, within one Python process (manual 4.1).

Law: with one interpreter everything is plain Python; with several, each has its own modules and its own sys.path, and
they share the standard library and what is installed.
"""

from __future__ import annotations

import builtins
import hashlib
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import Token
from types import ModuleType
from typing import Any

from . import importer
from .errors import ConfigError
from .import_traceback import without_import_frames
from .locks import lock, reentrant_lock
from .module_space import CURRENT, FIRST, PACKAGE_PREFIX, SPACES, ModuleSpace, space_of_code
from .reload import GATHERING, LoadedModule, is_loading

__all__ = ["MAX_DYNAMIC_INTERPRETERS", "Interpreter", "Interpreters", "interpreter_of_caller"]

MAX_DYNAMIC_INTERPRETERS = 1000
"""How many interpreters may come into being beyond those that the configuration names: each holds a site's modules
for as long as the process lives, and with PythonInterpPerDirectory it is requests that make them."""

Activation = Token["ModuleSpace | None"] | None
"""What `Interpreter.activate` returns and `deactivate` takes."""


class _Loaded:
    """A module that `load` has returned, and what makes it up to date: all files that it is made of, each as it was."""

    __slots__ = ("files", "module", "version")

    def __init__(self, module: ModuleType, version: int, files: tuple[tuple[str, int, int, int], ...]) -> None:
        self.module = module
        self.version = version
        self.files = files  # (file, mtime in ns, size, inode), the module's own first


class _Ground:
    """What an interpreter stands on. All plain interpreters of the process stand on one, as sys.modules is one."""

    def __init__(self, package: str = "") -> None:
        self.space = ModuleSpace(package)
        self.loaded: dict[str, _Loaded] = {}
        self.file_names: dict[str, str] = {}  # file -> name of the module that `load_file` made of it
        self.evaluated: set[str] = set()  # PythonPath expressions
        self.prepended: dict[str, bool] = {}  # directory -> whether it had to be added to the path
        self.path_lock = lock()
        self.reloading = reentrant_lock()  # held while changed modules are loaded again
        self.users = 0
        self.builtins: dict[str, Any] | None = None  # of scripts


class Interpreter:
    """One named interpreter: a module namespace with its path. Made by `Interpreters.get`.

    Hot calls (`activate`, `load`, `prepend`, `set_python_path` with what they have seen before) take no lock.
    """

    def __init__(self, name: str, ground: _Ground) -> None:
        self.name = name
        self._ground = ground
        self._space = ground.space
        self._modules = ground.space.modules
        self._loaded = ground.loaded
        self._active = ground.space if ground.space.package else None
        self.replaced: dict[str, Any] = {}  # what its site has put in place of mod_python's functions

    def __repr__(self) -> str:
        return f"Interpreter({self.name!r})"

    @property
    def isolated(self) -> bool:
        """Whether the site's modules live in a package of their own; False where everything is plain Python."""
        return self._active is not None

    @property
    def path(self) -> list[str]:
        """What sys.path is for this interpreter: the list itself. A plain interpreter's is the process's own."""
        return self._space.path.entries

    @property
    def sys(self) -> ModuleType:
        """The `sys` that the modules of this interpreter see: its `path` is the interpreter's own."""
        return self._space.sys

    def qualify(self, name: str) -> str:
        """Return the `__name__` for code that is executed without an import: what it imports then comes from here."""
        return self._space.prefix + name

    def activate(self) -> Activation:
        """Make this the interpreter of the current context (thread, greenlet or task). Hand the result to `deactivate`.

        Only code that is not the site's own needs it: a framework that imports the site by name.
        """
        if self._active is not None or SPACES:
            return CURRENT.set(self._active)
        return None

    def deactivate(self, activation: Activation) -> None:
        """Undo an `activate`, in the same context."""
        if activation is not None:
            CURRENT.reset(activation)

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Be the interpreter of the current context within a `with` block: `activate` where no microsecond counts."""
        activation = self.activate()
        try:
            yield
        finally:
            self.deactivate(activation)

    def prepend(self, directory: str) -> None:
        """Put a handler's directory in front of the path, once; what it holds is the site's (manual 3.2)."""
        ground = self._ground
        if directory in ground.prepended:
            return
        with ground.path_lock:
            if directory in ground.prepended:
                return
            missing = directory not in self.path
            if missing:
                self.path.insert(0, directory)
            self._space.path.own(directory)
            ground.prepended[directory] = missing

    def set_python_path(self, expression: str) -> None:
        """Replace the path by the value of a PythonPath directive, evaluated once per text (manual 5.4.11).

        In: a Python expression for a list of directories, which may use `sys.path` (this interpreter's) and `os`. It
        comes from the configuration and is trusted like all other Python that the configuration names.
        Raises ConfigError with the expression if it cannot be evaluated or is no list of str.
        """
        ground = self._ground
        if expression in ground.evaluated:
            return
        with ground.path_lock:
            if expression in ground.evaluated:
                return
            self.path[:] = self._evaluate("PythonPath", expression)
            ground.evaluated.add(expression)

    def add_importer_path(self, expression: str, directory: str | None) -> None:
        """Put the directories of `PythonOption mod_python.importer.path` in front, once for each (mod_python 3.3).

        "~" stands for `directory`, where the directive stands. Raises ConfigError as set_python_path.
        """
        entries = self._evaluate("PythonOption mod_python.importer.path", expression)
        for entry in reversed(entries):
            home, _, below = entry.partition("/")
            if home != "~":
                self.prepend(entry)
            elif directory is not None:
                self.prepend(os.path.join(directory, below))

    def _evaluate(self, directive: str, expression: str) -> list[str]:
        try:
            value = eval(expression, {"sys": self._space.sys, "os": os})  # noqa: S307 - that is what the directive is
            entries = None if isinstance(value, str) else list(value)
        except Exception as error:
            raise ConfigError(f"{directive} {expression}: {type(error).__name__}: {error}") from error
        if entries is None or not all(isinstance(entry, str) for entry in entries):
            raise ConfigError(f"{directive} {expression}: a list of directories is needed, not {value!r}")
        return entries

    def load(
        self,
        module_name: str,
        *,
        autoreload: bool = True,
        log: Callable[[str], None] | None = None,
        found: os.stat_result | None = None,
    ) -> ModuleType:
        """Import a module as apache.import_module does; a dotted name gives the leaf (manual 4.5.1).

        With `autoreload`, a module of the site is loaded again if its file, or the file of a module of the site that it
        imported, has changed; what is installed never is. `log` is told of each load. `found` is what the caller has
        just seen of the module's own file, which is not looked at once more then.
        Raises what the import raises; then nothing of the module is left behind, an older one goes on being used by
        those that have it, and the next call tries again.
        """
        module = self.known(module_name, autoreload, found)
        return self._load(module_name, autoreload, log) if module is None else module

    def known(self, name: str, autoreload: bool, found: os.stat_result | None = None) -> ModuleType | None:
        """The module that `load` would return, if it is there and up to date. Asked with each request."""
        loaded = self._loaded.get(name)
        if loaded is None:
            return None
        if autoreload:
            if loaded.version != self._modules.version:
                return None
            files = loaded.files
            if files and not _as_they_were(files, found):
                return None
        return loaded.module

    def load_file(
        self,
        file: str,
        *,
        autoreload: bool = True,
        log: Callable[[str], None] | None = None,
        found: os.stat_result | None = None,
    ) -> ModuleType:
        """Load a module from a file that need not be on the path, as publisher does with its pages; else like `load`.

        Files of one name in different directories are different modules.
        """
        name = self._ground.file_names.get(file)
        if name is not None:
            module = self.known(name, autoreload, found)
            return self._load(name, autoreload, log) if module is None else module
        name = _marked_slug(file)
        self._space.files[name] = file
        try:
            module = self.load(name, autoreload=autoreload, log=log)
        except FileNotFoundError:
            if not os.path.exists(file):  # a name that a request made up is not kept
                self._space.files.pop(name, None)
            raise
        self._ground.file_names[file] = name
        return module

    # Scripts, which are no modules

    def finds(self, top: str, directory: str) -> bool:
        """Tell whether a name without dots means a module of the site to a script in `directory`."""
        token = FIRST.set(directory)
        try:
            return top in self._modules or self._space.find(top) is not None
        finally:
            FIRST.reset(token)

    @property
    def builtins(self) -> dict[str, Any]:
        """The `__builtins__` of a script, by which it imports what a module of the site would get."""
        if not self.isolated:
            return vars(builtins)
        made = self._ground.builtins
        if made is None:
            made = self._ground.builtins = _Builtins(vars(builtins), __import__=importer.importing_for(self._space))
        return made

    @contextmanager
    def for_script(self, directory: str) -> Iterator[list[LoadedModule]]:
        """Within a `with` block a script of `directory` runs in this context.

        Its directory comes first on the path. What it has loaded of the site's modules (the block is given them), and
        what it has put on the path, is gone afterwards.
        """
        loaded: list[LoadedModule] = []
        before = self.path.copy()
        first, gathering = FIRST.set(directory), GATHERING.set(loaded)
        try:
            yield loaded
        finally:
            GATHERING.reset(gathering)
            FIRST.reset(first)
            if loaded:
                self._modules.forget(loaded)
                for each in loaded:
                    self._loaded.pop(each.name, None)
            if self.path != before:
                with self._ground.path_lock:  # what other threads have put there meanwhile stays
                    kept = {*before, *self._ground.prepended}
                    self.path[:] = [entry for entry in self.path if entry in kept]

    def _load(self, name: str, autoreload: bool, log: Callable[[str], None] | None) -> ModuleType:
        if is_loading():  # from a module's top level: an import like any other, as part of the load that goes on
            return importer.import_for(self._space, name)
        activation = CURRENT.set(self._active)
        try:
            if name not in self._loaded:
                self._load_first(name, autoreload, log)
            if autoreload and self._modules.is_out_of_date(name):
                self._load_changed(name, log)
            version = self._modules.version
            module = importer.import_for(self._space, name)
            files = {each.file: (each.file, *each.stamp) for each in self._modules.needs(name)}
            self._loaded[name] = _Loaded(module, version, tuple(files.values()))
            return module
        except BaseException as error:
            raise error.with_traceback(without_import_frames(error.__traceback__))  # noqa: B904 - it is the same error
        finally:
            CURRENT.reset(activation)

    def _load_first(self, name: str, autoreload: bool, log: Callable[[str], None] | None) -> None:
        _tell(log, name)
        self._space.path.forget_listings()
        try:
            module = importer.import_for(self._space, name)
        except Exception:
            # It may have failed on an old version of something that has changed along with it.
            changed = self._modules.changed() if autoreload else []
            if not changed:
                raise
            with self._ground.reloading:
                self._replace(name, changed)
            return
        if not self.isolated and name not in self._modules:  # the process had imported it before
            file = getattr(module, "__file__", None) or ""
            if file.endswith(".py") and self._space.path.owns_file(file):
                self._modules.adopt(module, name)

    def _load_changed(self, name: str, log: Callable[[str], None] | None) -> None:
        with self._ground.reloading:
            changed = self._modules.changed(name)  # asked again: another thread may have loaded them meanwhile
            if changed:
                _tell(log, name)
                self._space.path.forget_listings()
                self._replace(name, changed)

    def _replace(self, name: str, changed: Iterable[object]) -> None:
        replaced = self._modules.replace(changed, name, lambda each: importer.import_for(self._space, each))  # type: ignore[arg-type]
        for each in replaced:
            self._loaded.pop(each, None)


class _Builtins(dict[str, Any]):
    """The builtins with another `__import__`; what is added to them later (`gettext.install`) is found as well."""

    def __missing__(self, name: str) -> Any:
        return vars(builtins)[name]


class Interpreters:
    """All named interpreters of one Application.

    In: the names that the configuration gives; `dynamic` if requests can make more (PythonInterpPerDirectory,
    PythonInterpPerDirective, PythonInterpreter in a .htaccess); `private` if the modules must not become the process's
    own even with a single name, as for tests that run many sites in one process.
    With exactly one name, neither dynamic nor private, everything is plain Python. A name that nobody announced gets an
    isolated interpreter even then.
    Nothing is installed into the process before `get` makes the first interpreter; `close` removes it.
    """

    def __init__(self, names: Iterable[str] = (), *, dynamic: bool = False, private: bool = False) -> None:
        self._names = frozenset(names)
        self._plain_name = next(iter(self._names)) if len(self._names) == 1 and not dynamic and not private else None
        self._slugs = Counter(_slug(name) for name in self._names)
        self._made: dict[str, Interpreter] = {}
        self._closed = False

    @property
    def plain(self) -> bool:
        """Whether everything is plain Python: one name, and no other can come."""
        return self._plain_name is not None

    def get(self, name: str) -> Interpreter:
        """Return the interpreter of this name, the same one each time; it is made when first asked for.

        Raises ConfigError if requests have made more than MAX_DYNAMIC_INTERPRETERS.
        """
        found = self._made.get(name)
        return found if found is not None else self._make(name)

    def _make(self, name: str) -> Interpreter:
        with _lock:
            if name in self._made:
                return self._made[name]
            if self._closed:
                raise RuntimeError("these interpreters are closed")
            if name not in self._names and len(self._made.keys() - self._names) >= MAX_DYNAMIC_INTERPRETERS:
                raise ConfigError(
                    f"no interpreter for {name!r}: there are {MAX_DYNAMIC_INTERPRETERS} already beyond those "
                    "configured (PythonInterpPerDirectory makes one for each directory)"
                )
            package = "" if name == self._plain_name else self._package(name)
            ground = _grounds.get(package)
            if ground is None:
                ground = _grounds[package] = _Ground(package)
                importer.enter(ground.space)
            ground.users += 1
            interpreter = _owners[package] = self._made[name] = Interpreter(name, ground)
            return interpreter

    def _package(self, name: str) -> str:
        """Return the name of the package for an interpreter: the same in all processes, as pickles hold it."""
        slug = _slug(name)
        if self._slugs[slug] + (name not in self._names) > 1 or not re.fullmatch(r"[A-Za-z0-9._]+", name):
            slug = _marked_slug(name)
        package = f"{PACKAGE_PREFIX}{slug}"
        count = 1
        while package in _grounds:  # another Application in this process has a site of this name
            count += 1
            package = f"{PACKAGE_PREFIX}{slug}_{count}"
        return package

    def close(self) -> None:
        """Remove these interpreters from the process: their modules, what they added to sys.path, and unused hooks."""
        with _lock:
            self._closed = True
            for interpreter in self._made.values():
                ground = interpreter._ground
                ground.users -= 1
                package = ground.space.package
                if _owners.get(package) is interpreter:
                    del _owners[package]
                if ground.users:
                    continue
                del _grounds[package]
                importer.leave(ground.space)
                for directory, added in ground.prepended.items():
                    if not package and added and directory in sys.path:
                        sys.path.remove(directory)
            self._made.clear()


_lock = reentrant_lock()
_grounds: dict[str, _Ground] = {}  # by package; '' is the one of all plain interpreters
_owners: dict[str, Interpreter] = {}  # by package; for '' the latest plain interpreter


def interpreter_of_caller(depth: int = 1) -> Interpreter | None:
    """Return the interpreter that running code belongs to or works for: that of the caller `depth` frames up.

    Out: an isolated interpreter, or the plain one if there is no isolated one to be found; None before any was made.
    """
    space = space_of_code(sys._getframe(depth + 1))
    return _owners.get(space.package if space is not None else "")


def _slug(name: str) -> str:
    return re.sub("[^A-Za-z0-9]", "_", name)


def _marked_slug(name: str) -> str:
    mark = hashlib.blake2s(name.encode("utf-8", "surrogateescape"), digest_size=8)
    return f"{_slug(name)}_{mark.hexdigest()}"


def _as_they_were(files: tuple[tuple[str, int, int, int], ...], found: os.stat_result | None) -> bool:
    """Tell whether no file has changed; `found` is what is known of the first one, if somebody has just looked."""
    for file, mtime, size, inode in files:
        if found is None:
            try:
                found = os.stat(file)
            except OSError:
                return False
        if found.st_mtime_ns != mtime or found.st_size != size or found.st_ino != inode:
            return False
        found = None
    return True


def _tell(log: Callable[[str], None] | None, name: str) -> None:
    if log is not None:
        log(f"mod_python: (Re)importing module {name!r}")
