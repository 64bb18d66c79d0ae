"""Caches of the configuration: dictionaries with a limit.

Law: every cache is bounded; reading needs no lock, writing takes the one of all caches.
"""

from __future__ import annotations

from typing import TypeVar

from ..locks import reentrant_lock

__all__ = ["MAX_CACHED", "MIN_CACHED", "Bounded"]

K = TypeVar("K")
V = TypeVar("V")

MAX_CACHED = 4096  # entries of each cache, for all virtual hosts together; an entry is some hundred bytes
MIN_CACHED = 64  # entries of each cache of a virtual host, however many hosts there are
MAX_KEY = 512  # characters of a path or host name that is kept; made-up ones may be as long as a request line
_writing = reentrant_lock()  # of all caches: it is quick, and rare once a server is warm


class Bounded(dict[K, V]):
    """A dict for caching, which drops its oldest entries at the limit. Reading needs no lock, writing takes its own."""

    __slots__ = ("_limit",)

    def __init__(self, limit: int = MAX_CACHED) -> None:
        super().__init__()
        self._limit = limit

    def keep(self, key: K, value: V) -> V:
        """Store and return `value`; if another thread was first, return what it stored."""
        with _writing:
            self._make_room()
            return self.setdefault(key, value)

    def keep_named(self, key: K, value: V, name: str) -> V:
        """The same, unless `name`, which the key and value are made of, is too long to be asked for again."""
        return self.keep(key, value) if len(name) <= MAX_KEY else value

    def replace(self, key: K, value: V) -> V:
        """Store and return `value` in the place of one that is out of date."""
        with _writing:
            self.pop(key, None)  # so that it counts as young
            self._make_room()
            self[key] = value
            return value

    def replace_named(self, key: K, value: V, name: str) -> V:
        """The same as replace(), unless `name` is too long to be asked for again."""
        return self.replace(key, value) if len(name) <= MAX_KEY else value

    def _make_room(self) -> None:
        if len(self) >= self._limit:
            for old in list(self)[: self._limit // 4 or 1]:
                del self[old]
