"""Which directories of an interpreter's path are the site's own, and what a module name means on that path.

Law: the order of the path decides, as in Python itself; only what is found in the site's own directories belongs to the
site: it is isolated and loaded again when it changes. The standard library and installed packages never are.
"""

from __future__ import annotations

import os
import site
import sys
from collections.abc import Iterable, Iterator
from importlib.machinery import BuiltinImporter, FrozenImporter, ModuleSpec, PathFinder

__all__ = ["PackagePath", "SitePath", "is_builtin", "is_shared"]

_INSTALLED_NAMES = frozenset({"site-packages", "dist-packages"})
_INSTALLER_MARKS = (".dist-info", ".egg-info")

# This project's own names are never a site's, even where it is run from a directory that is also a site's.
_FRAMEWORK = frozenset({"modpy_wsgi", "mod_python", "_apache"})


class SitePath:
    """The path of one interpreter. `entries` is what its sys.path is; the process's own sys.path if none are given."""

    def __init__(self, entries: list[str] | None = None) -> None:
        self._entries = entries
        self._installed = _INSTALLED
        # What was on the process's path before any site came. It stays shared until a handler is found there.
        self._process = frozenset(_place(entry) for entry in sys.path)
        self._own: set[str] = set()
        self._decided: dict[str, bool] = {}

    @property
    def entries(self) -> list[str]:
        return sys.path if self._entries is None else self._entries

    @entries.setter
    def entries(self, value: list[str]) -> None:
        if self._entries is None:
            sys.path = value
        else:
            self._entries = value

    def own(self, directory: str) -> None:
        """Make a directory the site's own, wherever it stands on the path."""
        place = _place(directory)
        if place not in self._own:
            self._own.add(place)
            self._decided = {}  # a new one: what another thread is deciding by the old state goes into the old one

    def is_own(self, entry: str) -> bool:
        """Tell whether modules found in this entry of the path belong to the site."""
        known = self._decided
        decided = known.get(entry)
        if decided is None:
            place = _place(entry)
            decided = place in self._own or (place not in self._process and not self._is_installed(place))
            known[entry] = decided
        return decided

    def own_entries(self) -> list[str]:
        return [entry for entry in _strings(self.entries) if self.is_own(entry)]

    def owns_file(self, location: str) -> bool:
        """Tell whether a file (also one inside a zip archive) lies under one of the site's own entries.

        The nearest entry above the file decides, so a virtual environment inside a site stays a virtual environment.
        """
        own = {_place(entry): self.is_own(entry) for entry in _strings(self.entries)}
        place = _place(location)
        while True:
            if place in own:
                return own[place]
            above = os.path.dirname(place)
            if above == place or os.path.basename(place) in _INSTALLED_NAMES:
                return False
            place = above

    def find(self, top: str, fullname: str, *, adopt: bool = False) -> ModuleSpec | None:
        """Find the site's own module of this name: a spec named `fullname`, or None if the name means something shared.

        `top` is a name without dots. With `adopt`, a directory that the process had on its path becomes the site's own
        if the module is found there, unless an installer has filled it: that is where a handler comes from that an
        administrator put on PYTHONPATH.
        """
        if is_shared(top):
            return None
        entries = _strings(self.entries)
        last = max((index for index, entry in enumerate(entries) if self.is_own(entry)), default=-1)
        portions: list[str] = []
        own_portion = False
        for index, entry in enumerate(entries):
            if index > last and not own_portion and not adopt:
                break
            own = self.is_own(entry)
            spec = PathFinder.find_spec(fullname if own else top, [entry])
            if spec is None:
                continue
            if spec.loader is None:  # part of a namespace package: any real module later on the path comes before it
                portions.append(entry)
                own_portion = own_portion or own
            elif own:
                return spec
            elif adopt and not self._is_installed(_place(entry)) and not _filled_by_installer(entry):
                self.own(entry)
                return PathFinder.find_spec(fullname, [entry])
            else:
                return None
        return PathFinder.find_spec(fullname, portions) if own_portion else None

    def _is_installed(self, place: str) -> bool:
        """Tell whether it is where this Python's packages are: a site may have a virtual environment of its own."""
        if place in self._installed:
            return True
        return os.path.basename(place) in _INSTALLED_NAMES and place in map(_place, _strings(sys.path))

    def forget_listings(self) -> None:
        """Make Python list the site's directories anew: a file made just now may not show in a directory's mtime."""
        places = tuple(_place(entry) for entry in self.own_entries())
        for entry, finder in list(sys.path_importer_cache.items()):
            place = _place(entry)
            if place.startswith(places) and any(place == own or place.startswith(own + os.sep) for own in places):
                if finder is None:  # did not exist when it was looked at
                    sys.path_importer_cache.pop(entry, None)
                elif hasattr(finder, "invalidate_caches"):
                    finder.invalidate_caches()


class PackagePath:
    """The `__path__` of a synthetic package: always the site's own entries of the path, as it stands now."""

    def __init__(self, path: SitePath) -> None:
        self._path = path

    def __iter__(self) -> Iterator[str]:
        return iter(self._path.own_entries())

    def __len__(self) -> int:
        return len(self._path.own_entries())

    def __getitem__(self, index: int) -> str:
        return self._path.own_entries()[index]

    def __contains__(self, entry: object) -> bool:
        return entry in self._path.own_entries()

    def __repr__(self) -> str:
        return f"PackagePath({self._path.own_entries()!r})"


def is_shared(top: str) -> bool:
    """Tell whether a module is never a site's, whatever lies in its directories."""
    return top in _FRAMEWORK or is_builtin(top)


def is_builtin(top: str) -> bool:
    """Tell whether a module is part of the interpreter itself, and so found before any path is looked at."""
    return BuiltinImporter.find_spec(top) is not None or FrozenImporter.find_spec(top) is not None


def _strings(entries: Iterable[object]) -> list[str]:
    """Leave out what Python's PathFinder passes over: sites put Path objects and None into sys.path."""
    return [entry for entry in entries if isinstance(entry, str)]


def _place(entry: str) -> str:
    return os.path.abspath(entry)


def _installed_places() -> frozenset[str]:
    """What sysconfig.get_paths() knows of: asking that would read all that Python was built with."""
    library = os.path.dirname(os.__file__)
    name = os.path.basename(library)
    places = [
        library,
        *(os.path.join(prefix, sys.platlibdir, name) for prefix in (sys.exec_prefix, sys.base_exec_prefix)),
    ]
    places += [os.path.join(place, "lib-dynload") for place in places]
    places += [*site.getsitepackages(), site.getusersitepackages()]
    return frozenset(_place(place) for each in places for place in (each, os.path.realpath(each)))


_INSTALLED = _installed_places()


def _filled_by_installer(entry: str) -> bool:
    try:
        return any(name.endswith(_INSTALLER_MARKS) for name in os.listdir(entry or os.curdir))
    except OSError:
        return True
