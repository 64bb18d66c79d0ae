"""What a module name means to one interpreter, and whose code it is that asks.

Law: each isolated interpreter has a synthetic package that really stands in sys.modules, and the site's module `config`
is the module `_site_x.config`. importlib itself then does locks, relative and circular imports, reload, pickling, and
what else goes by a module's `__name__`.
"""

from __future__ import annotations

import re
import sys
from contextvars import ContextVar
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from types import FrameType, ModuleType

from .reload import SiteModules
from .site_loaders import watched
from .site_path import PackagePath, SitePath, is_shared
from .site_sys import SiteSys

__all__ = [
    "CURRENT",
    "FIRST",
    "PACKAGE_PREFIX",
    "SPACES",
    "ModuleSpace",
    "marked_slug",
    "slug",
    "space_of_code",
    "space_of_name",
]

PACKAGE_PREFIX = "_site_"

# Imported before a site's first line ran, in the original as well: a site's own file of such a name was never seen.
_START_UP = frozenset(
    """
    __main__ abc ast bdb builtins cmd code codecs codeop collections contextlib copy copyreg dataclasses dis encodings
    enum errno fnmatch functools genericpath glob html importlib inspect io itertools keyword linecache marshal ntpath
    opcode operator os pdb posix posixpath pprint re reprlib signal site stat string sys threading time token tokenize
    traceback types typing warnings weakref zipimport
    """.split()  # noqa: SIM905 - a list of 60 strings would take 60 lines
)


class ModuleSpace:
    """One set of module names with the path they are found on: the process's own (plain), or one isolated site's.

    `package` is the name of its synthetic package, or '' for the process's own. `prefix` + a name that the site writes
    is the name in sys.modules. `sys` is what the site's modules get for `import sys`.
    """

    def __init__(self, package: str = "") -> None:
        self.package = package
        self.prefix = f"{package}." if package else ""
        self.path = SitePath(list(sys.path) if package else None)
        self.modules = SiteModules(self.prefix)
        self.sys: ModuleType = SiteSys(self.path) if package else sys
        self.files: dict[str, str] = {}  # modules that are loaded by their file, wherever it stands: publisher's pages
        self._shared: set[str] = set()  # names that once were imported as shared stay so, as they do in sys.modules
        self._lent: set[str] = set()  # names of the site that shared code may use: nothing shared is called so

    def make_package(self) -> ModuleType:
        """Return the synthetic package, to be put into sys.modules."""
        module = ModuleType(self.package, "The modules of one site.")
        module.__path__ = PackagePath(self.path)  # type: ignore[assignment]  # importlib only iterates
        module.__package__ = self.package
        module.__spec__ = ModuleSpec(self.package, None, is_package=True)
        return module

    def find(self, top: str, *, adopt: bool = False) -> ModuleSpec | None:
        """Find the file of one of the site's own modules, by a name without dots."""
        fullname = self.prefix + top
        file = self.files.get(top)
        if file is not None:
            spec = spec_from_file_location(fullname, file, loader=SourceFileLoader(fullname, file))
            return watched(spec, self.modules)
        first = FIRST.get()
        if first is not None and not is_shared(top):
            spec = PathFinder.find_spec(fullname, [first])
            if spec is not None and spec.loader is not None:
                return watched(spec, self.modules)
        # The first one of a name wins for good, though other handlers' directories come before it on the path by now:
        # to load it again is not to load another one.
        home = self.modules.homes.get(top)
        if home is not None:
            spec = PathFinder.find_spec(fullname, [home])
            if spec is not None and spec.loader is not None:
                return watched(spec, self.modules)
        return watched(self.path.find(top, fullname, adopt=adopt), self.modules)

    def find_below(self, fullname: str, path: object) -> ModuleSpec | None:
        """Find a module inside one of the site's own packages, on the package's `__path__`."""
        return watched(PathFinder.find_spec(fullname, path), self.modules)  # type: ignore[arg-type]  # only iterates

    def owns(self, top: str, *, adopt: bool = False) -> bool:
        """Tell whether a name without dots means a module of this site to the site's own code."""
        if self.prefix + top in sys.modules:
            return True
        if top in self._shared or top in _START_UP:
            return False
        return self.find(top, adopt=adopt) is not None

    def remember_shared(self, top: str) -> None:
        self._shared.add(top)

    def lends(self, top: str) -> bool:
        """Tell whether a name without dots means a module of this site to shared code that serves it.

        Only if it means nothing else: what is installed is what an installed package wants, and a site with a file of
        the same name must not get into code that other sites use as well.
        """
        if top in self._lent:
            return True
        if top in sys.stdlib_module_names or not self.owns(top) or _is_installed(top):
            return False
        self._lent.add(top)
        return True


def _is_installed(top: str) -> bool:
    finders = [finder for finder in sys.meta_path if not hasattr(finder, "finds_for_sites")]
    return any(finder.find_spec(top, None) is not None for finder in finders if hasattr(finder, "find_spec"))


SPACES: dict[str, ModuleSpace] = {}
"""All isolated spaces of the process, by the name of their synthetic package."""

CURRENT: ContextVar[ModuleSpace | None] = ContextVar("modpy_wsgi.module_space", default=None)
"""The space of the site whose request is served in this context."""

FIRST: ContextVar[str | None] = ContextVar("modpy_wsgi.first_directory", default=None)
"""The directory of the script that runs in this context: it comes before the path, as for a program."""


def space_of_name(module_name: object) -> ModuleSpace | None:
    """Return the isolated space that a module with this `__name__` belongs to."""
    if isinstance(module_name, str) and module_name.startswith(PACKAGE_PREFIX):
        return SPACES.get(module_name.partition(".")[0])
    return None


def space_of_code(frame: FrameType | None) -> ModuleSpace | None:
    """Return the isolated space that running code works for.

    The code itself may be a site's; else it serves the request of this context; else, as in a thread that a handler
    started, it was called by a site's code.
    """
    if frame is not None:
        space = space_of_name(frame.f_globals.get("__name__")) or CURRENT.get()
        if space is not None:
            return space
    while frame is not None:
        space = space_of_name(frame.f_globals.get("__name__"))
        if space is not None:
            return space
        frame = frame.f_back
    return None


def slug(name: str) -> str:
    """A name as it may be part of a module's."""
    return re.sub("[^A-Za-z0-9]", "_", name)


def marked_slug(name: str) -> str:
    """The same, with a mark of its own for each name."""
    import hashlib  # and with it OpenSSL, which a process with one interpreter does without

    mark = hashlib.blake2s(name.encode("utf-8", "surrogateescape"), digest_size=8)
    return f"{slug(name)}_{mark.hexdigest()}"
