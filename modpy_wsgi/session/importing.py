"""Reads the sessions that the original left behind, for `modpy-wsgi session import`.

Law: they are pickles, and whoever could write them can run code by having them read: only an administrator who says so
has this done, and it is done in no request. Of the sessions that are here already none is changed.
"""

from __future__ import annotations

import dbm
import os
import pickle
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from .names import is_sid
from .record import Stamps

__all__ = ["NotSessions", "Outcome", "import_sessions", "old_records"]

_TIMES = ("_created", "_accessed", "_timeout")
# Text of Python 2 is bytes: UTF-8 most often. Dates pickled by it can be read by the other alone.
_CHARSETS = (("utf-8", "surrogateescape"), ("latin-1", "strict"))


class NotSessions(Exception):  # noqa: N818 - what it is
    """What is to be imported is none of the original's."""


class Store(Protocol):
    """Where they go."""

    def load(self, sid: str) -> dict[str, Any] | None:
        """The record of a session, or None."""

    def save(self, sid: str, record: dict[str, Any]) -> Any:
        """Keep a record."""


class Outcome(NamedTuple):
    """How many there were of each, and what was wrong with those that could not be read."""

    imported: int
    over: int
    known: int  # here already
    wrong: list[str]


def import_sessions(source: Path, store: Store | None) -> Outcome:
    """Read the sessions in a folder or a database of the original into a store; None to read them only.

    Raises NotSessions, OSError.
    """
    imported = over = known = 0
    wrong: list[str] = []
    now = time.time()
    for where, sid, data in old_records(source):
        try:
            record = _read(data)
            if not is_sid(sid):
                raise ValueError("its name is none of a session")
        except Exception as error:  # unpickling raises anything
            wrong.append(f"{where}: {type(error).__name__}: {error}")
            continue
        if Stamps(*[record[name] for name in _TIMES]).over(now):
            over += 1
        elif store is not None and store.load(sid) is not None:
            known += 1
        else:
            imported += 1
            if store is not None:
                store.save(sid, record)
    return Outcome(imported, over, known, wrong)


def old_records(source: Path) -> Iterator[tuple[str, str, bytes]]:
    """(where it is, without the name of the session; its name; its pickle) of each session. Raises NotSessions."""
    if source.is_dir():
        folder = source / "mp_sess" if (source / "mp_sess").is_dir() else source
        yield from _in_folder(folder)
    else:
        yield from _in_database(source)


def _in_folder(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    shards = sorted(path for path in folder.iterdir() if len(path.name) == 2 and path.is_dir())
    if not shards:
        raise NotSessions(f"{folder}: there are no sessions of FileSession")
    for shard in shards:
        for number, path in enumerate(sorted(shard.iterdir()), 1):
            if path.is_symlink() or not path.is_file():
                continue
            yield f"{shard}, file {number}", path.name, path.read_bytes()


def _in_database(path: Path) -> Iterator[tuple[str, str, bytes]]:
    kind = dbm.whichdb(os.fspath(path))
    if not kind:
        raise NotSessions(
            f"{path}: no database that this Python knows ({'missing' if kind is None else 'of any kind'})"
        )
    try:
        database: Any = dbm.open(os.fspath(path), "r")  # noqa: SIM115
    except (*dbm.error, ImportError) as error:
        raise NotSessions(f"{path}: {error}") from None
    with database:
        for number, key in enumerate(list(database.keys()), 1):
            yield f"{path}, entry {number}", bytes(key).decode("latin-1"), bytes(database[key])


def _read(data: bytes) -> dict[str, Any]:
    for charset, errors in _CHARSETS:
        try:
            record = pickle.loads(data, encoding=charset, errors=errors)  # noqa: S301 - the administrator said yes
            break
        except Exception:
            if charset == _CHARSETS[-1][0]:
                raise
    if type(record) is not dict or not isinstance(record.get("_data"), dict):
        raise ValueError("it is no session")
    if not all(isinstance(record.get(name), (int, float)) for name in _TIMES):
        raise ValueError("its times are no numbers")
    return {**record, "_data": dict(record["_data"])}
