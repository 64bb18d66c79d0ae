"""What req.hlist shows: the handler that runs, of the list of its phase (reference section 5).

Law: it holds nothing but whose it is, and shows where the dispatcher stands.
"""

from __future__ import annotations

import weakref
from typing import Any

__all__ = ["mp_hlist"]

_FLAGS = ("silent", "is_location")
_MEMBERS = ("handler", "directory", *_FLAGS)


class mp_hlist:  # noqa: N801 - the original's type name
    """The handler that runs: its name, directory, silent (1 or 0) and is_location; None behind the last of the list."""

    def __init__(self, req: Any) -> None:
        self._request = weakref.ref(req)

    def __getattr__(self, name: str) -> Any:
        if name not in _MEMBERS:
            raise AttributeError(name)
        req = self._request()
        if req is None or req._call_index >= len(req._calls):
            return None
        value = getattr(req._calls[req._call_index], name)
        return int(value) if name in _FLAGS else value

    def next(self) -> None:
        """Move on to the next handler of the list: the one after it runs when the present one is through."""
        req = self._request()
        if req is not None and req._call_index < len(req._calls):
            req._call_index += 1

    def __repr__(self) -> str:
        shown = [f"{name!r}:{getattr(self, name)!r}" for name in ("handler", "directory") if getattr(self, name)]
        shown += [f"'is_location':{bool(self.is_location)}", f"'silent':{self.silent or 0}"]
        return "{" + ",".join(shown) + "}"


mp_hlist.__module__ = "builtins"  # so that str(type) is the original's
