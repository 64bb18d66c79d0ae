"""DbmSession: sessions in a database that the machine's processes share (reference section 10).

Law: without a `dbmtype` of the site's choice it is SQLite (database.py), in a file beside the one that is named: that
may still be the original's, full of pickles, and is left alone. What goes wrong with the database is an error of the
request.
"""

from __future__ import annotations

import os
from typing import Any, Final, Protocol

from ..constants import APLOG_NOTICE
from . import names, stored
from .base import BaseSession, locks_in, log_of
from .database import Database
from .keys import given_key, key_of_folder
from .record import Corrupt, Unreadable, pack, unpack

__all__ = ["DbmSession", "dbm_cleanup", "store_for"]

SUFFIX: Final = ".sqlite3"


class Store(stored.Store, Protocol):
    """What keeps the records."""

    def clean(self) -> int:
        """Remove some of those that are over; returns how many."""


class _OtherDbm:
    """A database of the module that the site has chosen: one of Python's `dbm`, or anything with its open()."""

    def __init__(self, module: Any, path: str, folder: str, key: Any, log: Any) -> None:
        self.folder = folder
        self._module = module
        self._path = path
        self._key = key
        self._log = log

    def _do(self, work: Any) -> Any:
        locks = locks_in(self.folder)
        if not locks.acquire("dbm", names.DFT_TIMEOUT):
            raise TimeoutError(f"the database of sessions is in use: {self._path}")
        try:
            database = self._module.open(self._path, "c", 0o600)
            try:
                return work(database)
            finally:
                database.close()
        finally:
            locks.release("dbm")

    def load(self, sid: str) -> dict[str, Any] | None:
        """The record of a session, or None."""
        name = sid.encode("ascii")
        data = self._do(lambda database: database.get(name))
        try:
            return None if data is None else unpack(sid, bytes(data), self._key())
        except (Corrupt, Unreadable) as error:
            self._log(f"DbmSession: a record of {len(data)} bytes cannot be used, {error}")
        return None

    def save(self, sid: str, record: dict[str, Any]) -> None:
        """Keep a record."""
        name, data = sid.encode("ascii"), pack(sid, record, self._key())
        self._do(lambda database: database.__setitem__(name, data))

    def delete(self, sid: str) -> None:
        """Forget a record."""
        name = sid.encode("ascii")
        self._do(lambda database: database.__delitem__(name) if name in database else None)

    def clean(self) -> int:
        """Nothing: such a database can only be gone through as a whole. Whoever chose it cleans it."""
        return 0


def store_for(options: Any, log: Any, path: str | None = None, module: Any = None) -> Store:
    """The store that options name. Raises ConfigError, and OSError for a key file."""
    path = path or names.option(options, "mod_python.dbm_session.database_filename")
    if path is None:
        folder = names.folder_in(names.directory_in(options, "dbm_session"))
        path = os.path.join(folder, "mp_sess.dbm")
    else:
        folder = os.path.join(os.path.dirname(os.path.abspath(path)), names.FOLDER)
    given = given_key(options)

    def key() -> bytes:
        return given or key_of_folder(folder)

    if module is None:
        return Database(path + SUFFIX, folder, key, log)
    return _OtherDbm(module, path, folder, key, log)


class DbmSession(stored.StoredSession):
    """A session in a database. See BaseSession.

    dbm: the file, in the place of the PythonOptions. dbmtype: a module with dbm's open(), in the place of SQLite.
    """

    def __init__(
        self,
        req: Any,
        dbm: str | None = None,
        sid: Any = 0,
        secret: str | bytes | None = None,
        dbmtype: Any = None,
        timeout: float = 0,
        lock: Any = 1,
    ) -> None:
        self._store = store_for(req.get_options(), log_of(req), dbm, dbmtype)
        self._dbmtype = dbmtype
        BaseSession.__init__(self, req, sid=sid, secret=secret, timeout=timeout, lock=lock)

    def do_cleanup(self) -> None:
        """Have some sessions removed that are over, at the end of this request."""
        self._req.register_cleanup(dbm_cleanup, (self._req, self._store))
        self._req.log_error("DbmSession: registered database cleanup.", APLOG_NOTICE)


def dbm_cleanup(data: tuple[Any, Store]) -> None:
    """At the end of a request, unless another thread or process is at it: (request, store)."""
    req, store = data
    locks = locks_in(store.folder)
    if locks.acquire("cleanup", 0):
        try:
            removed = store.clean()
        finally:
            locks.release("cleanup")
        req.log_error(f"DbmSession cleanup: removed {removed} sessions", APLOG_NOTICE)
