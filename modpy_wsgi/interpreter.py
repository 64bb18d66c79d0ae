"""Named interpreters: what a sub-interpreter was to a site under mod_python, within one Python process (manual 4.1).

Law: with one interpreter everything is plain Python; with several, each has its own modules and its own sys.path, and
they share the standard library and what is installed.
"""

from __future__ import annotations

import builtins
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Token
from types import ModuleType
from typing import Any

from . import importer
from .errors import ConfigError
from .interpreter_ground import Ground
from .module_space import CURRENT, FIRST, SPACES, ModuleSpace, marked_slug
from .reload import GATHERING, LoadedModule
from .stamps import FileStatus

__all__ = ["Interpreter"]

Activation = Token[ModuleSpace | None] | None
"""What `Interpreter.activate` returns and `deactivate` takes."""


class Interpreter:
    """One named interpreter: a module namespace with its path. Made by `Interpreters.get`.

    Hot calls (`activate`, `load`, `prepend`, `set_python_path` with what they have seen before) take no lock.
    """

    def __init__(self, name: str, ground: Ground) -> None:
        self.name = name
        self._ground = ground
        self._space = ground.space
        self._active = ground.active
        self.replaced: dict[str, Any] = {}  # what its site has put in place of mod_python's functions
        self.known = ground.known
        """What `load` would return of a name, if it is there and up to date; asked with each request."""
        self.file_names = ground.file_names
        """The names by which it knows what `load_file` has made of files."""

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
        found: FileStatus | None = None,
    ) -> ModuleType:
        """Import a module as apache.import_module does; a dotted name gives the leaf (manual 4.5.1).

        A name with a slash is the path of its file, with or without the suffix, as in mod_python 3.3.
        With `autoreload`, a module of the site is loaded again if its file, or the file of a module of the site that it
        imported, has changed; what is installed never is. `log` is told of each load. `found` is what the caller has
        just seen of the module's own file, which is not looked at once more then.
        Raises what the import raises; then nothing of the module is left behind, an older one goes on being used by
        those that have it, and the next call tries again.
        """
        if "/" in module_name:
            return self._load_path(module_name, autoreload, log)
        module = self.known(module_name, autoreload, found)
        return self._ground.load(module_name, autoreload, log) if module is None else module

    def load_file(
        self,
        file: str,
        *,
        autoreload: bool = True,
        log: Callable[[str], None] | None = None,
        found: FileStatus | None = None,
    ) -> ModuleType:
        """Load a module from a file that need not be on the path, as publisher does with its pages; else like `load`.

        Files of one name in different directories are different modules.
        """
        name = self.file_names.get(file)
        if name is not None:
            module = self.known(name, autoreload, found)
            return self._ground.load(name, autoreload, log) if module is None else module
        name = marked_slug(file)
        self._space.files[name] = file
        try:
            module = self.load(name, autoreload=autoreload, log=log)
        except FileNotFoundError:
            if not os.path.exists(file):  # a name that a request made up is not kept
                self._space.files.pop(name, None)
            raise
        self.file_names[file] = name
        return module

    def _load_path(self, path: str, autoreload: bool, log: Callable[[str], None] | None) -> ModuleType:
        if not os.path.isabs(path):
            raise ModuleNotFoundError(f"{path}: no directory is known from which to look for this file", name=path)
        file = os.path.normpath(path if path.endswith(".py") else f"{path}.py")
        try:
            return self.load_file(file, autoreload=autoreload, log=log)
        except FileNotFoundError:
            if os.path.exists(file):
                raise
            raise ModuleNotFoundError(f"there is no module {file}", name=path) from None

    # Scripts, which are no modules

    def finds(self, top: str, directory: str) -> bool:
        """Tell whether a name without dots means a module of the site to a script in `directory`."""
        token = FIRST.set(directory)
        try:
            return top in self._ground.modules or self._space.find(top) is not None
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
                self._ground.modules.forget(loaded)
                for each in loaded:
                    self._ground.loaded.pop(each.name, None)
            if self.path != before:
                with self._ground.path_lock:  # what other threads have put there meanwhile stays
                    kept = {*before, *self._ground.prepended}
                    self.path[:] = [entry for entry in self.path if entry in kept]


class _Builtins(dict[str, Any]):
    """The builtins with another `__import__`; what is added to them later (`gettext.install`) is found as well."""

    def __missing__(self, name: str) -> Any:
        return vars(builtins)[name]
