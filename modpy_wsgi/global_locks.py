"""Locks across the worker processes of a server: _apache._global_lock and its relatives (reference section 3).

Law: a slot has one holder among all threads, greenlets and processes of a server, and is free as soon as the holder's
process is gone, however it ended. Slots are few: slot 0 is for those who name it, keys are spread over the others.

The original's are mutexes in shared memory; here a backend holds them, by default files that are locked with flock().
"""

from __future__ import annotations

import errno
import os
import sys
import threading
import weakref
import zlib
from collections.abc import Callable
from typing import Any, Final, NamedTuple, Protocol

from .config.directives import core
from .config.directives.python import PYTHON_OPTIONS
from .constants import APLOG_WARNING
from .lock_files import LockFiles
from .locks import lock
from .log import log_message
from .redis_locks import redis_locks
from .server import mp_server

__all__ = ["BACKENDS", "DEFAULT_SLOTS", "MOST_SLOTS", "Backend", "global_lock", "global_trylock", "global_unlock"]

DEFAULT_SLOTS: Final = 8  # the original's
FEWEST_SLOTS: Final = 2  # slot 0, and one for keys: with none the original divides by zero
MOST_SLOTS: Final = 1024  # each is a file that each process holds open

SLOTS_OPTION: Final = "mod_python.mutex_locks"
DIRECTORY_OPTION: Final = "mod_python.mutex_directory"
BACKEND_OPTION: Final = "modpy_wsgi.mutex_backend"
DEFAULT_BACKEND: Final = "files"


class Backend(Protocol):
    """What holds the slots of one server. Methods are called from any thread, in any process of the server."""

    def acquire(self, slot: int, key: object, *, wait: bool) -> bool:
        """Take a slot, for as long as it takes if `wait`. Returns whether it was taken.

        key: what was asked for. Never called for a slot that the running thread holds. Raises OSError if it cannot be
        taken.
        """

    def release(self, slot: int, key: object) -> None:
        """Let a slot go. Raises OSError if this process does not hold it."""


# By the value of PythonOption modpy_wsgi.mutex_backend. (main server, number of slots) -> backend; raises OSError and
# ValueError, whose text says what is wrong with the options.
BACKENDS: dict[str, Callable[[mp_server, int], Backend]] = {
    DEFAULT_BACKEND: lambda main, slots: _files(main, slots),
    "redis": lambda main, slots: redis_locks(main, slots),
}


class _Holder(NamedTuple):
    """Who has a slot in this process, and what for."""

    who: object
    process: int
    keys: list[object]  # _SLOT where the slot itself was named

    def takes_in(self, key: object) -> bool:
        """Whether the holder may have this key as well: two that merely fall on one slot are no lock taken twice."""
        return _SLOT not in self.keys and key not in self.keys


class _Locks(NamedTuple):
    """The locks of a main server, as this process knows them."""

    slots: int
    backend: Backend
    holders: dict[int, _Holder]


_SLOT: Final = object()
_made: weakref.WeakKeyDictionary[mp_server, _Locks] = weakref.WeakKeyDictionary()
_making: Final = lock()
_releasing: Final = lock()


def global_lock(server: mp_server, key: object, index: int = -1, /) -> None:
    """Take the slot of a key, or slot `index` if that is not -1; wait for it as long as it takes.

    A thread may have several keys that fall on one slot. Raises TypeError for what is no server object, and for a key
    without a hash; ValueError for an index beyond the slots, and if the slot cannot be taken: because this thread has
    that very key or index, say, for which the original waits for ever.
    """
    _acquire(server, key, index, True)


def global_trylock(server: mp_server, key: object, index: int = -1, /) -> bool:
    """Take a slot if it is free; returns whether it was. Arguments and errors as for `global_lock`."""
    return _acquire(server, key, index, False)


def global_unlock(server: mp_server, key: object, index: int = -1, /) -> None:
    """Let a slot go. Any thread of the process that holds it may.

    Raises ValueError if this process does not hold it; else as for `global_lock`.
    """
    locks = _locks_of(server)
    slot = _slot(server, locks.slots, key, index)
    with _releasing:
        holder = locks.holders.get(slot)
        if holder is not None and holder.process == os.getpid():
            wanted = key if index == -1 else _SLOT
            holder.keys.remove(wanted if wanted in holder.keys else holder.keys[-1])
            if holder.keys:
                return
        locks.holders.pop(slot, None)
    try:
        locks.backend.release(slot, key)
    except OSError as error:
        _warn(server, f"Failed to release global mutex lock at index {slot}: {error}")
        raise ValueError("Failed to release global mutex lock") from error


def _acquire(server: mp_server, key: object, index: int, wait: bool) -> bool:
    locks = _locks_of(server)
    slot = _slot(server, locks.slots, key, index)
    wanted = key if index == -1 else _SLOT
    me, process = _who(), os.getpid()
    try:
        holder = locks.holders.get(slot)
        if holder is not None and holder.who == me and holder.process == process:
            if wanted is not _SLOT and holder.takes_in(wanted):
                holder.keys.append(wanted)
                return True
            if wait:
                raise OSError(errno.EDEADLK, "this thread holds it already")
            return False
        taken = locks.backend.acquire(slot, key, wait=wait)
    except OSError as error:
        _warn(server, f"Failed to acquire global mutex lock at index {slot}: {error}")
        raise ValueError("Failed to acquire global mutex lock") from error
    if taken:
        locks.holders[slot] = _Holder(me, process, [wanted])
    return taken


def _who() -> object:
    """The running thread; where greenlets are threads, the running greenlet."""
    greenlet: Any = sys.modules.get("greenlet")
    return threading.get_ident() if greenlet is None else greenlet.getcurrent()


def _slot(server: mp_server, slots: int, key: object, index: int) -> int:
    if index == -1:
        return _hash(key) % (slots - 1) + 1
    if not 0 <= index < slots:
        _warn(server, f"Index {index} is out of range for number of global mutex locks")
        raise ValueError("Lock index is out of range for number of global mutex locks")
    return index


def _hash(key: object) -> int:
    """A number that is the same for equal keys in every process, also where each has its own seed for hash()."""
    if isinstance(key, str):
        return zlib.crc32(key.encode("utf-8", "surrogatepass"))
    if isinstance(key, bytes):
        return zlib.crc32(key)
    if key is None:  # hashed by its address before Python 3.12
        return 0
    if type(key) is tuple:
        return zlib.crc32(b" ".join(b"%d" % _hash(part) for part in key))
    return hash(key)


def _locks_of(server: mp_server) -> _Locks:
    """Those of the main server, for all virtual hosts."""
    if not isinstance(server, mp_server):
        raise TypeError("First argument must be a server object")
    main = server._main or server
    found = _made.get(main)
    if found is None:
        with _making:
            found = _made.get(main) or _make(main)
            _made[main] = found
    return found


def _make(main: mp_server) -> _Locks:
    options = main._settings[PYTHON_OPTIONS]
    slots = _number(main, options.get(SLOTS_OPTION) or "")
    name = options.get(BACKEND_OPTION) or DEFAULT_BACKEND
    try:
        if name not in BACKENDS:
            raise ValueError(f"PythonOption {BACKEND_OPTION} {name}: want one of {', '.join(sorted(BACKENDS))}")
        return _Locks(slots, BACKENDS[name](main, slots), {})
    except (OSError, ValueError) as error:
        _warn(main, f"Failed to create global mutex locks: {error}")
        raise ValueError(f"Failed to create global mutex locks: {error}") from error


def _number(main: mp_server, text: str) -> int:
    if not text:
        return DEFAULT_SLOTS
    if not (text.isascii() and text.isdigit()):
        _warn(main, f"PythonOption {SLOTS_OPTION} {text}: no number, {DEFAULT_SLOTS} is used")
        return DEFAULT_SLOTS
    return min(max(int(text), FEWEST_SLOTS), MOST_SLOTS)


def _files(main: mp_server, slots: int) -> Backend:
    """Lock files, with names that all processes of this server have in common and no other server has."""
    settings = main._settings
    root = settings[core.SERVER_ROOT]
    # Not the addresses: they may change with a reload, while workers with the old ones are still busy.
    names = (root, settings[core.DOCUMENT_ROOT], settings[core.SERVER_NAME], os.geteuid())
    return LockFiles(settings[PYTHON_OPTIONS].get(DIRECTORY_OPTION) or None, slots, root=root, server=repr(names))


def _warn(server: mp_server, message: str) -> None:
    log_message(server._log, message, APLOG_WARNING)
