"""The names that a page finds.

Law: everything that stands in mod_python.psp, and of the page's own req, form, session and psp. The names are made anew
for each run: what a page sets, no other page finds, nor the next request.
"""

from __future__ import annotations

import builtins
import importlib
import sys
from functools import cached_property
from typing import Any

from ..module_space import SPACES

__all__ = ["scope_of"]

NAMES = "mod_python.psp"  # the module whose names a page has


def scope_of(req: Any, psp: Any, form: Any, sessions: bool) -> dict[str, Any]:
    """The names for a page that is run for `req`; with `sessions` the module Session is one of them."""
    scope: dict[str, Any] = (sys.modules.get(NAMES) or importlib.import_module(NAMES)).__dict__.copy()
    scope["str"] = builtins.str  # which the program asks for with each expression: it need not look any further
    scope["req"] = req
    scope["form"] = form
    scope["psp"] = psp
    scope["session"] = getattr(req, "session", None)
    info = scope["__mp_info__"] = _InstanceInfo()
    scope["__file__"] = info.file = req._filename if req._translated is None else req.filename
    scope["__mp_path__"] = []
    if SPACES:  # else there is one interpreter, and its site's modules are plain ones
        interpreter = req._interpreter
        if interpreter is not None and interpreter.isolated:
            scope["__name__"] = interpreter.qualify(NAMES)  # so that what a page imports is its site's,
            scope["sys"] = interpreter.sys  # and its sys.path, too
    if sessions and "Session" not in scope:
        scope["Session"] = importlib.import_module("mod_python.Session")
    return scope


class _InstanceInfo:
    """What mod_python 3.3's importer knew of a module; some pages look whether it is there."""

    label: str | None = None
    file: str | None
    cache: Any = None

    @cached_property
    def children(self) -> dict[str, Any]:
        """The modules that it has imported."""
        return {}
