"""Loaders for the files of a site.

Law: what a file holds and how it is executed is the business of Python's own loaders; here is only added that the
module is remembered with what it imported, and that a stale .pyc is not believed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.machinery import ModuleSpec, SourceFileLoader, SourcelessFileLoader
from importlib.util import cache_from_source
from types import ModuleType
from typing import Any
from zipimport import zipimporter

from .reload import SiteModules

__all__ = ["watched"]

# A .pyc holds its source's mtime in whole seconds. One that was written this long after the source's mtime cannot have
# been made from an earlier text of the same second; an earlier one might.
PYC_SETTLED_NS = 2_000_000_000


class SiteSourceLoader(SourceFileLoader):
    """Loads a .py file of a site."""

    def __init__(self, modules: SiteModules, fullname: str, found: SourceFileLoader) -> None:
        super().__init__(fullname, found.path)
        self._modules = modules

    def get_data(self, path: str) -> bytes:
        if path == cache_from_source(self.path) and not self._believes(path):
            # To SourceLoader this means that there is no .pyc: it compiles the source.
            raise OSError(f"{path} may be older than {self.path}")
        return super().get_data(path)

    def _believes(self, bytecode: str) -> bool:
        if self._modules.was_edited(self.path):
            return False
        return os.stat(bytecode).st_mtime_ns - os.stat(self.path).st_mtime_ns >= PYC_SETTLED_NS

    def exec_module(self, module: ModuleType) -> None:
        self._modules.execute(module, self, self.path, super().exec_module)


class SiteBytecodeLoader(SourcelessFileLoader):
    """Loads a .pyc file of a site that stands there without its source."""

    def __init__(self, modules: SiteModules, fullname: str, found: SourcelessFileLoader) -> None:
        super().__init__(fullname, found.path)
        self._modules = modules

    def exec_module(self, module: ModuleType) -> None:
        self._modules.execute(module, self, self.path, super().exec_module)


class SiteZipLoader(zipimporter):
    """Loads a module of a site from a zip archive, which changes as a whole."""

    def __init__(self, modules: SiteModules, fullname: str, found: zipimporter) -> None:
        super().__init__(os.path.join(found.archive, found.prefix))
        self._modules = modules

    def exec_module(self, module: ModuleType) -> None:
        self._modules.execute(module, self, self.archive, super().exec_module)


# Compiled modules are left out: no process can load one of them a second time.
_WATCHING: dict[type, Callable[[SiteModules, str, Any], Any]] = {
    SourceFileLoader: SiteSourceLoader,
    SourcelessFileLoader: SiteBytecodeLoader,
    zipimporter: SiteZipLoader,
}


def watched(spec: ModuleSpec | None, modules: SiteModules) -> ModuleSpec | None:
    """Give a spec that Python's own PathFinder found a loader that remembers the module in `modules`."""
    if spec is not None:
        watching = _WATCHING.get(type(spec.loader))
        if watching is not None:
            spec.loader = watching(modules, spec.name, spec.loader)
    return spec
