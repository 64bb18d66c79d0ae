"""All named interpreters of an Application, and those of the process.

Law: nothing is installed into the process before the first interpreter is made, and nothing is left when the last one
is closed.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable

from . import importer
from .errors import ConfigError
from .interpreter import Interpreter
from .interpreter_ground import Ground
from .locks import reentrant_lock
from .module_space import PACKAGE_PREFIX, marked_slug, slug, space_of_code

__all__ = ["MAX_DYNAMIC_INTERPRETERS", "Interpreters", "interpreter_of_caller"]

MAX_DYNAMIC_INTERPRETERS = 1000
"""How many interpreters may come into being beyond those that the configuration names: each holds a site's modules
for as long as the process lives, and with PythonInterpPerDirectory it is requests that make them."""


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
        self._slugs = Counter(slug(name) for name in self._names)
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
                ground = _grounds[package] = Ground(package)
                importer.enter(ground.space)
            ground.users += 1
            interpreter = _owners[package] = self._made[name] = Interpreter(name, ground)
            return interpreter

    def _package(self, name: str) -> str:
        """Return the name of the package for an interpreter: the same in all processes, as pickles hold it."""
        short = slug(name)
        if self._slugs[short] + (name not in self._names) > 1 or not re.fullmatch(r"[A-Za-z0-9._]+", name):
            short = marked_slug(name)
        package = f"{PACKAGE_PREFIX}{short}"
        count = 1
        while package in _grounds:  # another Application in this process has a site of this name
            count += 1
            package = f"{PACKAGE_PREFIX}{short}_{count}"
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
_grounds: dict[str, Ground] = {}  # by package; '' is the one of all plain interpreters
_owners: dict[str, Interpreter] = {}  # by package; for '' the latest plain interpreter


def interpreter_of_caller(depth: int = 1) -> Interpreter | None:
    """Return the interpreter that running code belongs to or works for: that of the caller `depth` frames up.

    Out: an isolated interpreter, or the plain one if there is no isolated one to be found; None before any was made.
    """
    space = space_of_code(sys._getframe(depth + 1))
    return _owners.get(space.package if space is not None else "")
