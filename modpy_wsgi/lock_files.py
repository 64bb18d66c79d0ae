"""Locks that are files: one for each slot, locked with flock().

Law: the kernel frees what a dead process held. So an open file belongs to one process only: what a fork inherits is
closed in the child, which else would hold the lock beyond the holder's death. A file that is not this user's own, that
others may open, or that a symbolic link leads to, is not used.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sys
import threading
import time
import weakref
from typing import Any, Final

from .own_files import open_own_file

__all__ = ["LockFiles"]

PREFIX: Final = "mpmtx"  # the original's

# Seconds between two tries where waiting in the kernel would stop all greenlets of the process.
FIRST_PAUSE: Final = 0.001
LONGEST_PAUSE: Final = 0.05


class LockFiles:
    """The slots of one server, as files in a folder.

    directory: where they are; None is the system's folder for temporary files, a relative one stands below `root`.
    server: what all processes of a server know of it, and no other server. Nothing is opened before a slot is taken.
    Raises OSError if there is no such directory.
    """

    def __init__(self, directory: str | None, slots: int, *, root: str, server: str) -> None:
        if directory is None:
            import tempfile  # which nobody pays for who needs no locks

            folder = tempfile.gettempdir()
        else:
            folder = os.path.join(root, directory)
        if not os.path.isdir(folder):
            raise NotADirectoryError(errno.ENOTDIR, "no directory for lock files", folder)
        import hashlib  # and with it OpenSSL, which nobody pays for who needs no locks

        mark = hashlib.sha256(server.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        self._slots = tuple(_Slot(os.path.join(folder, f"{PREFIX}-{mark}-{number}")) for number in range(slots))

    def acquire(self, slot: int, key: object, *, wait: bool) -> bool:
        """Take a slot. Returns whether it was taken. Raises OSError."""
        return self._slots[slot].acquire(wait)

    def release(self, slot: int, key: object) -> None:
        """Let a slot go. Raises OSError if this process does not hold it."""
        self._slots[slot].release()


class _Slot:
    """One file, and the lock that threads of one process have among themselves before they come to it."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._file: int | None = None
        self._fresh()
        _all_slots.add(self)

    def _fresh(self) -> None:
        self._threads = threading.Lock()
        self._held = False
        self._process = os.getpid()

    def forget(self) -> None:
        """In the child of a fork: let the parent's open file go, which leaves the parent's lock as it is."""
        inherited, self._file = self._file, None
        self._fresh()
        if inherited is not None:
            os.close(inherited)

    def acquire(self, wait: bool) -> bool:
        """Take it. Raises OSError."""
        if self._process != os.getpid():  # a fork by C code that told nobody
            self.forget()
        threads = self._threads
        if not threads.acquire(blocking=wait):
            return False
        taken = False
        try:
            taken = self._take(wait)
        finally:
            self._held = taken
            if not taken:
                threads.release()
        return taken

    def _take(self, wait: bool) -> bool:
        while True:
            if self._file is None:
                self._file = open_own_file(self.path, os.O_RDWR | os.O_CREAT)
            if not _flock(self._file, wait):
                return False
            there = False
            try:
                there = _is_at(self._file, self.path)
            finally:
                if not there:  # nor if that cannot be told: to close the file frees it for the others
                    stale, self._file = self._file, None
                    os.close(stale)
            if there:
                return True
            # Swept away by whoever tidies the folder: the others will make it anew, and so must we.

    def release(self) -> None:
        """Let it go. Raises OSError if this process does not hold it."""
        if not self._held or self._file is None or self._process != os.getpid():
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), self.path)
        self._held = False
        try:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        finally:
            self._threads.release()

    def __del__(self) -> None:
        if self._file is not None:
            os.close(self._file)


_all_slots: weakref.WeakSet[_Slot] = weakref.WeakSet()


def _forget_all() -> None:
    for slot in list(_all_slots):
        slot.forget()


os.register_at_fork(after_in_child=_forget_all)


def _is_at(file: int, path: str) -> bool:
    try:
        found = os.stat(path, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return os.path.samestat(found, os.fstat(file))


def _flock(file: int, wait: bool) -> bool:
    if wait and not _cooperative():
        fcntl.flock(file, fcntl.LOCK_EX)
        return True
    pause = FIRST_PAUSE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not wait:
                return False
        else:
            return True
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def _cooperative() -> bool:
    """Whether "threads" are greenlets, which a call that waits in the kernel stops all at once."""
    monkey: Any = sys.modules.get("gevent.monkey")
    if monkey is not None:
        return bool(monkey.is_module_patched("time"))
    patcher: Any = sys.modules.get("eventlet.patcher")
    return patcher is not None and bool(patcher.is_monkey_patched("time"))
