"""What req.hlist shows: the handler that runs, of the list of its phase (reference section 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .dispatch import Call

__all__ = ["mp_hlist"]


class mp_hlist:  # noqa: N801 - the original's type name
    """What req.hlist shows of the running handler."""

    def __init__(self, calls: tuple[Call, ...], index: int) -> None:
        self._calls = calls
        self._index = index

    def __getattr__(self, name: str) -> Any:
        if name not in ("handler", "directory", "silent", "is_location"):
            raise AttributeError(name)
        value = getattr(self._calls[self._index], name)
        return int(value) if name in ("silent", "is_location") else value

    def next(self) -> None:
        """Move on to the next handler of the list."""
        if self._index + 1 < len(self._calls):
            self._index += 1


mp_hlist.__module__ = "builtins"  # so that str(type) is the original's
