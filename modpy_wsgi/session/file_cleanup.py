"""Removes the files of sessions that are over, some at a time, at the end of a request.

Law: a cleanup looks at whole folders, the next ones each time, until it has looked at MOST_FILES or its time is over:
more files than there can come between two cleanups, never all of very many. It removes no session that a request holds.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from ..own_files import open_own_file, replace_file
from . import names
from .base import locks_in
from .file_store import SET_ASIDE, TEMPORARY, FileStore, read_all, shards
from .folders import opened, own_folder, sub_folder
from .record import Corrupt, Stamps, stamps_of

__all__ = ["MOST_FILES", "Rules", "clean"]

MOST_FILES: Final = 2 * names.CLEANUP_CHANCE  # twice as many as sessions can begin between two cleanups
POSITION: Final = "cleanup"  # the file that says where the next one begins
ABANDONED: Final = 3600.0  # seconds after which nobody goes on writing a file
KEPT_ASIDE: Final = 30 * 86400.0  # seconds that what was set aside is kept

Tell = Callable[[str], None]


class Rules(NamedTuple):
    """What PythonOptions say of cleanups (manual: mod_python.file_session.*)."""

    fast: bool = names.DFT_FAST_CLEANUP  # look into a file only if it has not been touched for `timeout`
    verify: bool = names.DFT_VERIFY_CLEANUP  # and only then; else remove it for that
    timeout: float = names.DFT_TIMEOUT
    grace: float = names.DFT_GRACE_PERIOD
    time_limit: float = names.DFT_CLEANUP_TIME_LIMIT  # 0: none


def clean(store: FileStore, rules: Rules, tell: Tell) -> None:
    """One cleanup, unless another thread or process is at it. `tell` gets a line about it. Raises OSError."""
    if not os.path.isdir(store.folder):
        return
    locks = locks_in(store.folder)
    if not locks.acquire("cleanup", 0):
        return
    try:
        with opened(own_folder(store.folder)) as folder:
            _Cleanup(store, folder, rules).run(tell)
    finally:
        locks.release("cleanup")


class _Cleanup:
    def __init__(self, store: FileStore, folder: int, rules: Rules) -> None:
        self.store = store
        self.folder = folder
        self.rules = rules
        self.looked = self.removed = 0

    def run(self, tell: Tell) -> None:
        limit = time.monotonic() + (self.rules.time_limit or float("inf"))
        begin = self._position()
        count = 0
        for name in (*shards()[begin:], *shards()[:begin]):
            if count and (self.looked >= MOST_FILES or time.monotonic() > limit):
                break
            self._clean_folder(name)
            count += 1
        self._remove_old(SET_ASIDE, KEPT_ASIDE)
        position = b"%d\n" % ((begin + count) % 256)
        replace_file(self.folder, POSITION, f"{TEMPORARY}{POSITION}", position, sync=False)
        tell(f"FileSession cleanup: removed {self.removed} of {self.looked} sessions, in {count} of 256 folders")

    def _position(self) -> int:
        try:
            with opened(open_own_file(POSITION, os.O_RDONLY, folder=self.folder)) as file:
                text = os.read(file, 16).strip()
        except FileNotFoundError:
            return 0
        return int(text) % 256 if text.isdigit() else 0

    def _clean_folder(self, name: str) -> None:
        try:
            shard = sub_folder(self.folder, name, make=False)
        except FileNotFoundError:
            return
        with opened(shard):
            for entry in os.listdir(shard):
                if names.is_sid(entry):
                    self.looked += 1
                    self.removed += self._is_over(shard, entry) and self._remove(shard, entry)
                elif entry.startswith(TEMPORARY):
                    self._remove_abandoned(shard, entry, ABANDONED)

    def _is_over(self, shard: int, sid: str) -> bool:
        rules = self.rules
        now = time.time()
        try:
            touched = os.stat(sid, dir_fd=shard, follow_symlinks=False).st_mtime
            if touched > now + 1:  # the clock was wrong: it is to count from now on
                os.utime(sid, (now, now), dir_fd=shard, follow_symlinks=False)
            if rules.fast and not Stamps(0, touched, rules.timeout).over(now, rules.grace):
                return False
            if rules.fast and not rules.verify:
                return True
            with opened(open_own_file(sid, os.O_RDONLY, folder=shard)) as file:
                stamps = stamps_of(sid, read_all(file), self.store.key())
        except FileNotFoundError:
            return False
        except Corrupt:  # which its next user sets aside; if there is none, it goes like any other
            stamps = Stamps(0, touched, rules.timeout)
        # A time in the future does not count; that of the file, which was put right above, does then.
        accessed = min(touched, now) if stamps.accessed > now else stamps.accessed
        return Stamps(0, accessed, stamps.timeout).over(now, rules.grace)

    def _remove(self, shard: int, sid: str) -> bool:
        """Remove a session, if no request has it or has just saved it."""
        locks = locks_in(self.store.folder)
        if not locks.acquire(sid, 0):
            return False
        try:
            if not self._is_over(shard, sid):
                return False
            os.unlink(sid, dir_fd=shard)
        except FileNotFoundError:
            return False
        finally:
            locks.release(sid)
        return True

    def _remove_old(self, name: str, age: float) -> None:
        try:
            folder = sub_folder(self.folder, name, make=False)
        except FileNotFoundError:
            return
        with opened(folder):
            for entry in os.listdir(folder)[:MOST_FILES]:
                self._remove_abandoned(folder, entry, age)

    @staticmethod
    def _remove_abandoned(folder: int, name: str, age: float) -> None:
        try:
            if time.time() - os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime > age:
                os.unlink(name, dir_fd=folder)
        except FileNotFoundError:
            pass
