"""A session that a store on this machine keeps: what FileSession and DbmSession have in common.

Law: a store keeps records and knows nothing of requests; the locks are beside the records, in the store's folder.
"""

from __future__ import annotations

from typing import Any, Protocol

from .base import BaseSession, Locks, locks_in

__all__ = ["Store", "StoredSession"]


class Store(Protocol):
    """What keeps the records. Methods raise OSError."""

    folder: str

    def load(self, sid: str) -> dict[str, Any] | None:
        """The record of a session, or None."""

    def save(self, sid: str, record: dict[str, Any]) -> None:
        """Keep a record. Raises also what pickle raises."""

    def delete(self, sid: str) -> None:
        """Forget a record; nothing if there is none."""


class StoredSession(BaseSession):
    """See BaseSession. `_store` is to be there before BaseSession is begun."""

    _store: Store

    def _locks(self) -> Locks:
        return locks_in(self._store.folder)

    def do_load(self) -> dict[str, Any] | None:
        """The record, or None. Raises OSError."""
        return self._store.load(self._sid)

    def do_save(self, dict: dict[str, Any]) -> None:  # noqa: A002
        """Keep the record. Raises OSError, and what pickle raises."""
        self._store.save(self._sid, dict)

    def do_delete(self) -> None:
        """Remove the record. Raises OSError."""
        self._store.delete(self._sid)
