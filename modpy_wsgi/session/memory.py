"""MemorySession: sessions in the memory of one process, gone with it.

Law: they are shared by the threads of one interpreter of one application, and by nobody else; other processes have
their own. What is kept is the very objects, as in the original: who changes a list in a session changes the kept one.
"""

from __future__ import annotations

import time
import weakref
from typing import Any, Final

from ..constants import APLOG_NOTICE
from ..interpreters import interpreter_of_caller
from ..locks import lock
from . import names
from .base import BaseSession, Locks
from .locks import SessionLocks
from .record import Stamps

__all__ = ["CLEANUP_RECORDS", "MemorySession", "mem_cleanup"]

CLEANUP_RECORDS: Final = 2 * names.CLEANUP_CHANCE  # looked at by one request; twice what can come between two

_guard = lock()


class _Store:
    """The sessions of one interpreter, and their locks."""

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Any]] = {}
        self.locks = SessionLocks()
        self.to_look_at: list[str] = []


_stores: weakref.WeakKeyDictionary[Any, _Store] = weakref.WeakKeyDictionary()
_without_interpreter = _Store()


def _store_of(interpreter: Any) -> _Store:
    if interpreter is None:
        return _without_interpreter
    found = _stores.get(interpreter)
    if found is None:
        with _guard:
            found = _stores.setdefault(interpreter, _Store())
    return found


class _Records:
    """MemorySession.sdict: the records of who asks, by session."""

    def __get__(self, session: MemorySession | None, kind: Any = None) -> dict[str, dict[str, Any]]:
        return (_store_of(interpreter_of_caller()) if session is None else session._store).records


class MemorySession(BaseSession):
    """A session in memory. See BaseSession."""

    sdict = _Records()

    def __init__(
        self, req: Any, sid: Any = 0, secret: str | bytes | None = None, timeout: float = 0, lock: Any = 1
    ) -> None:
        self._store = _store_of(getattr(req, "_interpreter", None))
        BaseSession.__init__(self, req, sid=sid, secret=secret, timeout=timeout, lock=lock)

    def _locks(self) -> Locks:
        return self._store.locks

    def do_load(self) -> dict[str, Any] | None:
        """The record, or None."""
        return self._store.records.get(self._sid)

    def do_save(self, dict: dict[str, Any]) -> None:  # noqa: A002
        """Keep the record."""
        with _guard:
            self._store.records[self._sid] = dict

    def do_delete(self) -> None:
        """Forget the record."""
        self._store.records.pop(self._sid, None)

    def do_cleanup(self) -> None:
        """Have some of the sessions looked at, at the end of this request."""
        self._req.register_cleanup(mem_cleanup, self._store)
        self._req.log_error("MemorySession: registered session cleanup.", APLOG_NOTICE)


def mem_cleanup(store: _Store) -> None:
    """Remove those of the next CLEANUP_RECORDS sessions that are over; after the last one it begins anew."""
    now = time.time()
    with _guard:
        if not store.to_look_at:
            store.to_look_at = list(store.records)
        names_of_them = store.to_look_at[-CLEANUP_RECORDS:]
        del store.to_look_at[-CLEANUP_RECORDS:]
    for sid in names_of_them:
        with _guard:  # for each of them, so that nobody waits for all
            record = store.records.get(sid)
            if record is None:
                continue
            record["_accessed"] = min(record["_accessed"], now)  # where the clock was wrong it is to count from now on
            if Stamps(0, record["_accessed"], record["_timeout"]).over(now):
                del store.records[sid]
