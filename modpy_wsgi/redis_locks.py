"""The slots of _apache._global_lock in Redis, for applications on several machines: PythonOption
modpy_wsgi.mutex_backend redis.

Law: a slot has one holder among all machines. Redis lets a slot go LEASE seconds after its holder was last heard of. A
thread of the holder's process tells of it while it lives, so a slot is held for as long as it takes, and is free soon
after a machine is gone. Who has been cut off for longer than that may have lost it: what has to be certain even then
needs a check of its own, as sessions in Redis have.
"""

from __future__ import annotations

import errno
import os
import threading
import time
from typing import Final

from .config.directives import core
from .config.directives.python import PYTHON_OPTIONS
from .errors import ConfigError
from .locks import lock
from .redis_client import Redis, redis_of
from .server import mp_server

__all__ = ["LEASE", "RedisLocks", "redis_locks"]

LEASE: Final = 15.0  # seconds
RENEWED: Final = LEASE / 3
FIRST_PAUSE: Final = 0.005  # seconds between two looks at a slot that is held
LONGEST_PAUSE: Final = 0.1

_RENEW: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
"""
_RELEASE: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


class RedisLocks:
    """The slots of one server. `name`: what all its processes and machines know it by."""

    def __init__(self, redis: Redis, name: str) -> None:
        self._redis = redis
        self._name = name
        self._renew = redis.script(_RENEW)
        self._release = redis.script(_RELEASE)
        self._guard = lock()
        self._held: dict[int, str] = {}  # slot -> what we have put there
        self._process = os.getpid()
        self._renewing: threading.Thread | None = None

    def acquire(self, slot: int, key: object, *, wait: bool) -> bool:
        """Take a slot; returns whether it was taken. Raises OSError if Redis is gone, or no thread can be started."""
        mark = f"{os.getpid()}-{os.urandom(12).hex()}"
        pause = FIRST_PAUSE
        while (
            not self._redis.ask(lambda: self._redis.client.set(self._key(slot), mark, nx=True, px=int(LEASE * 1000)))
            and self._owner(slot) != mark
        ):  # an answer may have been lost on its way
            if not wait:
                return False
            time.sleep(pause)
            pause = min(1.5 * pause, LONGEST_PAUSE)
        try:
            self._keep(slot, mark)
        except RuntimeError as error:  # no thread can be started that keeps it
            self._release([self._key(slot)], [mark])
            raise OSError(errno.EAGAIN, str(error), self._key(slot)) from error
        return True

    def release(self, slot: int, key: object) -> None:
        """Let a slot go. Raises OSError if this process does not hold it, or no longer."""
        with self._guard:
            mark = None if self._process != os.getpid() else self._held.pop(slot, None)
        if mark is None or not self._release([self._key(slot)], [mark]):
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM), self._key(slot))

    def _key(self, slot: int) -> str:
        return f"{self._redis.prefix}mutex:{self._name}:{slot}"

    def _owner(self, slot: int) -> str | None:
        found = self._redis.ask(lambda: self._redis.client.get(self._key(slot)))
        return None if found is None else found.decode("ascii", "replace")

    def _keep(self, slot: int, mark: str) -> None:
        with self._guard:
            if self._process != os.getpid():  # a fork: the parent's slots are the parent's
                self._held, self._process, self._renewing = {}, os.getpid(), None
            if self._renewing is None:
                thread = threading.Thread(target=self._renew_all, name="modpy_wsgi redis locks", daemon=True)
                thread.start()
                self._renewing = thread
            self._held[slot] = mark

    def _renew_all(self) -> None:
        while True:
            time.sleep(RENEWED)
            with self._guard:
                held = list(self._held.items())
                if not held:
                    self._renewing = None
                    return
            for slot, mark in held:
                try:
                    self._renew([self._key(slot)], [mark, int(LEASE * 1000)])
                except OSError:  # tried again soon; who releases it is told
                    continue


def redis_locks(main: mp_server, slots: int) -> RedisLocks:
    """The slots of a server, in the Redis that its PythonOptions name. Raises ValueError for the options."""
    settings = main._settings
    try:
        redis = redis_of(settings[PYTHON_OPTIONS])
    except ConfigError as error:
        raise ValueError(str(error)) from None
    return RedisLocks(redis, settings[PYTHON_OPTIONS].get("modpy_wsgi.redis.mutex_name") or str(_name(main)))


def _name(main: mp_server) -> str:
    """The server's name: the same on all machines that run it, as their configurations are."""
    found = main._settings[core.SERVER_NAME]
    return found[1] if found else "main"
