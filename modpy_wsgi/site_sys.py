"""The `sys` that the modules of an isolated site see: the real one, but `sys.path` is their interpreter's own list.

Law: everything but `path` is the process's own `sys`, for reading and for setting. Sites extend sys.path at run time,
and two sites that did it to one list would load each other's modules.
"""

from __future__ import annotations

import sys
from types import ModuleType

from .site_path import SitePath

__all__ = ["SiteSys"]


class SiteSys(ModuleType):
    """Stands for `sys` in the modules of one isolated interpreter."""

    def __init__(self, path: SitePath) -> None:
        super().__init__("sys", sys.__doc__)
        vars(self).update(__spec__=sys.__spec__, __loader__=sys.__loader__, _site_path=path)

    @property
    def path(self) -> list[str]:
        path: SitePath = vars(self)["_site_path"]
        return path.entries

    @path.setter
    def path(self, value: list[str]) -> None:
        vars(self)["_site_path"].entries = value

    def __getattr__(self, name: str) -> object:
        return getattr(sys, name)

    def __setattr__(self, name: str, value: object) -> None:
        if name == "path":
            super().__setattr__(name, value)
        else:
            setattr(sys, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(sys, name)

    def __dir__(self) -> list[str]:
        return dir(sys)
