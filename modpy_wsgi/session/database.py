"""Sessions in a database: SQLite, which is whole again after whatever stopped the process or the machine.

Law: the file belongs to this user alone. A database that is broken is moved aside, whole, with a line in the log, and a
new one begun; a record that was not written here is moved to a table of its own. Whoever waits for the database waits
in this process first, so that the threads of a process do not keep asking for it all at once.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from ..locks import lock
from ..own_files import check_own_file, make_own_file
from . import names
from .base import locks_in
from .folders import FOLDER_MODE, opened, own_folder
from .record import Corrupt, Unreadable, pack, unpack

if TYPE_CHECKING:
    import sqlite3

__all__ = ["MOST_RECORDS", "Database", "Log"]

MOST_RECORDS: Final = 2 * names.CLEANUP_CHANCE  # that one cleanup removes; twice as many as can begin between two
BUSY: Final = 30.0  # seconds to wait for another process that writes
KEPT_ASIDE: Final = 30 * 86400.0  # seconds that records are kept which were set aside
_BESIDE: Final = ("-wal", "-shm")  # SQLite's other files, with records in them

_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS session "
    "(sid TEXT PRIMARY KEY, accessed REAL NOT NULL, ends REAL NOT NULL, record BLOB NOT NULL)",
    "CREATE INDEX IF NOT EXISTS session_ends ON session (ends)",
    "CREATE INDEX IF NOT EXISTS session_accessed ON session (accessed)",
    "CREATE TABLE IF NOT EXISTS set_aside (name TEXT PRIMARY KEY, at REAL NOT NULL, record BLOB NOT NULL)",
)
_SAVE: Final = "INSERT OR REPLACE INTO session (sid, accessed, ends, record) VALUES (?, ?, ?, ?)"
_REMOVE: Final = "DELETE FROM session WHERE sid IN (SELECT sid FROM session WHERE ends < ? LIMIT ?)"
# Those used in the future, by a clock that was wrong: they are to count from now on.
_PUT_RIGHT: Final = (
    "UPDATE session SET ends = ends - accessed + ?, accessed = ? "
    "WHERE sid IN (SELECT sid FROM session WHERE accessed > ? LIMIT ?)"
)

T = TypeVar("T")
Log = Callable[[str], None]


class Database:
    """The sessions in one file.

    folder: where their locks are, and the key unless one is given. Methods raise OSError, also for what SQLite refuses.
    """

    def __init__(self, path: str, folder: str, key: Callable[[], bytes], log: Log) -> None:
        self.path = path
        self.folder = folder
        self._key = key
        self._log = log

    def load(self, sid: str) -> dict[str, Any] | None:
        """The record of a session, or None."""

        def read(connection: sqlite3.Connection) -> Any:
            return connection.execute("SELECT record FROM session WHERE sid = ?", (sid,)).fetchone()

        row = self._with(read)
        if row is None:
            return None
        data = row[0] if isinstance(row[0], bytes) else str(row[0]).encode("utf-8", "surrogatepass")
        try:
            return unpack(sid, data, self._key())
        except Corrupt as error:
            self._set_record_aside(sid, data, str(error))
        except Unreadable as error:
            self._log(f"DbmSession: {error}")
        return None

    def save(self, sid: str, record: dict[str, Any]) -> None:
        """Keep a record. Raises also what cannot be pickled."""
        data = pack(sid, record, self._key())
        accessed = float(record["_accessed"])
        row = (sid, accessed, accessed + float(record["_timeout"]), data)
        self._write(lambda connection: connection.execute(_SAVE, row))

    def delete(self, sid: str) -> None:
        """Forget a record; nothing if there is none."""
        self._write(lambda connection: connection.execute("DELETE FROM session WHERE sid = ?", (sid,)))

    def clean(self) -> int:
        """Remove sessions that are over, MOST_RECORDS at most; returns how many. Indexes find them."""
        now = time.time()

        def clean(connection: sqlite3.Connection) -> int:
            with _transaction(connection):
                connection.execute(_PUT_RIGHT, (now, now, now + 1, MOST_RECORDS))
                connection.execute("DELETE FROM set_aside WHERE at < ?", (now - KEPT_ASIDE,))
                return connection.execute(_REMOVE, (now, MOST_RECORDS)).rowcount

        removed: int = self._write(clean)
        return removed

    def _set_record_aside(self, sid: str, data: bytes, reason: str) -> None:
        name = secrets.token_hex(8)  # not the session's own, which is a secret and would stand in the log

        def move(connection: sqlite3.Connection) -> None:
            with _transaction(connection):
                connection.execute("INSERT INTO set_aside VALUES (?, ?, ?)", (name, time.time(), data))
                connection.execute("DELETE FROM session WHERE sid = ?", (sid,))

        self._write(move)
        self._log(
            f"DbmSession: a record of {len(data)} bytes cannot be used, {reason}: "
            f"it is set aside in the table set_aside of {self.path} as {name}"
        )

    # The connection

    def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """The same for what changes something. SQLite has one writer at a time, and lets others ask again and again."""

        def alone(connection: sqlite3.Connection) -> T:
            with locks_in(self.folder).alone("writer"):
                return work(connection)

        return self._with(alone)

    def _with(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do something with the connection of this process; once more with a new database if the old one is broken."""
        import sqlite3

        with _guard_of(self.path):
            try:
                try:
                    return work(self._connection())
                except sqlite3.OperationalError:
                    raise
                except sqlite3.DatabaseError as error:
                    self._set_aside(error)
                    return work(self._connection())
            except sqlite3.Error as error:  # busy, full, not to be written, broken again
                raise OSError(errno.EIO, f"the database of sessions: {error}", self.path) from error

    def _connection(self) -> sqlite3.Connection:
        known = _connections.get(self.path)
        if known is not None:
            if known.process == os.getpid() and known.file == _identity(self.path):
                return known.connection
            _forget(self.path)
        connection = self._open()
        _connections[self.path] = _Known(connection, os.getpid(), _identity(self.path))
        return connection

    def _open(self) -> sqlite3.Connection:
        import sqlite3

        with opened(own_folder(self.folder)):
            pass
        os.makedirs(os.path.dirname(self.path), FOLDER_MODE, exist_ok=True)
        make_own_file(self.path)  # SQLite gives its other files the same rights
        connection = sqlite3.connect(self.path, timeout=BUSY, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            for statement in _SCHEMA:
                connection.execute(statement)
            for suffix in _BESIDE:  # SQLite takes what is there; who may write into /tmp may have put it there
                with contextlib.suppress(FileNotFoundError):
                    check_own_file(self.path + suffix)
        except BaseException:
            connection.close()
            raise
        return connection

    def _set_aside(self, error: Exception) -> None:
        """Move a broken database aside, unless another process has done so meanwhile."""
        import sqlite3

        _forget(self.path)
        locks = locks_in(self.folder)
        if not locks.acquire("database", BUSY):
            return
        try:
            with contextlib.suppress(sqlite3.OperationalError):
                try:
                    connection = self._open()
                    whole = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
                    connection.close()
                    if whole:
                        return
                except sqlite3.OperationalError:
                    raise
                except sqlite3.DatabaseError:
                    pass
                name = f"{self.path}.set-aside-{secrets.token_hex(4)}"
                for suffix in ("", *_BESIDE):
                    with contextlib.suppress(FileNotFoundError):
                        os.rename(self.path + suffix, name + suffix)
                self._log(f"DbmSession: the database {self.path} is broken, {error}: it is set aside as {name}")
        finally:
            locks.release("database")


class _Known(NamedTuple):
    connection: sqlite3.Connection
    process: int
    file: tuple[int, int] | None


_connections: dict[str, _Known] = {}
_inherited: list[Any] = []  # connections of the parent of a fork: to close them here would change the parent's file
_guards: dict[str, Any] = {}
_making = lock()


def _guard_of(path: str) -> Any:
    found = _guards.get(path)
    if found is None:
        with _making:
            found = _guards.setdefault(path, lock())
    return found


def _forget(path: str) -> None:
    known = _connections.pop(path, None)
    if known is None:
        return
    if known.process == os.getpid():
        known.connection.close()
    else:
        _inherited.append(known.connection)


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
