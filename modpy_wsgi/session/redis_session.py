"""RedisSession: sessions that many machines share, in Redis or Valkey.

Law: Redis forgets a session when it is over. The lock of a session ends by itself if its holder is gone; a holder whose
lock has ended meanwhile, and whose place another one has taken, can no longer save: what it read is old. So every lock
has a number, greater than all before it, and with each save Redis itself checks who may.

A session begins with one round trip, which takes the lock and brings the record; while another request has it, there
are more. Saving is one, unlocking another.

    modpy_wsgi.redis.lock_seconds  how long a lock lasts without unlock() (30)
    modpy_wsgi.redis.required      off: without Redis, go on with a session that is not kept, in the place of 503

The records are signed, as those in files: a key has to be given (keys.py), the same on all machines.
"""

from __future__ import annotations

import secrets
import time
from typing import Any, Final

from ..constants import APLOG_ERR, HTTP_SERVICE_UNAVAILABLE
from ..errors import SERVER_RETURN, ConfigError
from ..redis_client import Gone, Redis, redis_of
from . import names
from .base import BaseSession, Locks, held_by, log_of
from .keys import KEY_FILE_OPTION, KEY_OPTION, given_key
from .record import Corrupt, Unreadable, pack, unpack

__all__ = ["RedisSession", "RedisStore"]

LOCK_SECONDS: Final = 30.0
FIRST_PAUSE: Final = 0.005  # seconds between two looks at a lock that is held
LONGEST_PAUSE: Final = 0.1
KEPT_ASIDE: Final = 30 * 86400  # seconds that a record is kept which was set aside
GRACE: Final = 5.0  # seconds that Redis keeps a record longer than the session lives

# Keys: lock, record. Arguments: who asks, how long the lock lasts in ms. Whoever asks again after an answer that was
# lost on its way has the lock. The number is the time, or one more than that of the last save if the clock went back.
_LOCK: Final = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return {0} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
local now = redis.call('TIME')
local number = now[1] * 1000000 + now[2]
local saved = tonumber(redis.call('HGET', KEYS[2], 'saved') or '0')
if number <= saved then number = saved + 1 end
return {1, string.format('%.0f', number), redis.call('HGET', KEYS[2], 'data')}
"""
# Keys: lock, record. Arguments: who asks, the number of the lock ('' for neither), the record, how long to keep it.
_SAVE: Final = """
if ARGV[2] ~= '' then
    local holder = redis.call('GET', KEYS[1])
    if holder and holder ~= ARGV[1] then return 0 end
    if tonumber(redis.call('HGET', KEYS[2], 'saved') or '0') > tonumber(ARGV[2]) then return 0 end
    redis.call('HSET', KEYS[2], 'saved', ARGV[2])
end
redis.call('HSET', KEYS[2], 'data', ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return 1
"""
_UNLOCK: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


class _Scripts:
    """The scripts of one client."""

    def __init__(self, redis: Redis) -> None:
        self.lock = redis.script(_LOCK)
        self.save = redis.script(_SAVE)
        self.unlock = redis.script(_UNLOCK)


_scripts: dict[int, tuple[Redis, _Scripts]] = {}


class RedisStore:
    """The sessions in Redis. Methods raise Gone."""

    def __init__(self, redis: Redis, key: bytes, log: Any, lock_seconds: float = LOCK_SECONDS) -> None:
        self.redis = redis
        self.lock_seconds = lock_seconds
        self._key = key
        self._log = log
        known = _scripts.get(id(redis))
        if known is None:
            known = _scripts[id(redis)] = (redis, _Scripts(redis))
        self.scripts = known[1]

    def keys(self, sid: str) -> list[str]:
        """The keys of the lock and of the record: in one place of a cluster."""
        return [f"{self.redis.prefix}{{{sid}}}:lock", f"{self.redis.prefix}{{{sid}}}:record"]

    def load(self, sid: str) -> dict[str, Any] | None:
        """The record of a session, or None."""
        return self.read(sid, self.redis.ask(lambda: self.redis.client.hget(self.keys(sid)[1], "data")))

    def read(self, sid: str, data: bytes | None) -> dict[str, Any] | None:
        """The record that Redis has sent, or None."""
        if data is None:
            return None
        try:
            return unpack(sid, data, self._key)
        except Corrupt as error:
            name = f"{self.redis.prefix}set-aside:{secrets.token_hex(8)}"
            self.redis.ask(lambda: self.redis.client.set(name, data, ex=KEPT_ASIDE))
            self.delete(sid)
            told = f"a record of {len(data)} bytes cannot be used, {error}"
            self._log(f"RedisSession: {told}: it is set aside as {name}")
        except Unreadable as error:
            self._log(f"RedisSession: {error}")
        return None

    def save(self, sid: str, record: dict[str, Any], held: RedisLock | None = None) -> bool:
        """Keep a record. False if its lock has ended and another request has taken it since."""
        left = record["_accessed"] + record["_timeout"] - time.time()
        if left <= 0:
            self.delete(sid)
            return True
        data = pack(sid, record, self._key)
        holder, number = ("", "") if held is None else (held.holder, held.number)
        milliseconds = int((left + GRACE) * 1000)
        return bool(self.scripts.save(self.keys(sid), [holder, number, data, milliseconds]))

    def delete(self, sid: str) -> None:
        """Forget a record."""
        self.redis.ask(lambda: self.redis.client.delete(self.keys(sid)[1]))


class RedisLock:
    """The lock of one session for one request; with it comes the record."""

    def __init__(self, store: RedisStore) -> None:
        self.store = store
        self.holder = secrets.token_hex(16)
        self.number = ""
        self.record: bytes | None = None
        self.fresh = False  # nobody has used the record yet

    def acquire(self, name: str, seconds: float) -> bool:
        """Take it; wait up to so many seconds. Returns whether it was taken. Raises Gone."""
        deadline = time.monotonic() + seconds
        pause = FIRST_PAUSE
        arguments = [self.holder, int(self.store.lock_seconds * 1000)]
        while True:
            answer = self.store.scripts.lock(self.store.keys(name), arguments)
            if answer[0]:
                self.number = answer[1].decode("ascii")
                self.record = answer[2] if len(answer) > 2 else None
                self.fresh = True
                return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(pause, left))
            pause = min(1.5 * pause, LONGEST_PAUSE)

    def release(self, name: str) -> None:
        """Let it go, if it is still ours. Raises Gone."""
        self.store.scripts.unlock(self.store.keys(name)[:1], [self.holder])


class RedisSession(BaseSession):
    """A session in Redis. See BaseSession."""

    def __init__(
        self, req: Any, sid: Any = 0, secret: str | bytes | None = None, timeout: float = 0, lock: Any = 1
    ) -> None:
        options = req.get_options()
        key = given_key(options)
        if key is None:
            raise ConfigError(f"RedisSession needs PythonOption {KEY_FILE_OPTION} or {KEY_OPTION}")
        wanted = names.seconds(options, "modpy_wsgi.redis.lock_seconds", LOCK_SECONDS)
        self._store = RedisStore(redis_of(options), key, log_of(req), wanted)
        self._required = names.flag(options, "modpy_wsgi.redis.required", True)
        self._gone = False
        BaseSession.__init__(self, req, sid=sid, secret=secret, timeout=timeout, lock=lock)

    def _tell(self, message: str) -> None:
        self._req.log_error(message, APLOG_ERR)

    def _without(self, error: Gone) -> None:
        """Redis is gone: end the request with 503, or go on without."""
        self._tell(f"RedisSession: {error}")
        self._gone = True
        if self._required:
            raise SERVER_RETURN(HTTP_SERVICE_UNAVAILABLE)

    def _begin(self, timeout: float) -> None:
        if not self._gone:
            BaseSession._begin(self, timeout)
        if self._gone:  # now, or before: the client keeps its cookie, for when Redis is back
            self._sid = self._sid or names.new_sid()
            self._created = time.time()
            self._timeout = timeout or names.DFT_TIMEOUT

    def _locks(self) -> Locks:
        return RedisLock(self._store)

    def lock(self) -> None:
        """Take the lock. Ends the request with 503 if Redis is gone or another request holds it for too long."""
        if not self._gone:
            try:
                BaseSession.lock(self)
            except Gone as error:
                self._without(error)

    def unlock(self) -> None:
        """Let other requests have the session. The lock ends by itself if Redis is gone."""
        if self._gone:  # which need not be found out once more
            self._locked = 0
            return
        try:
            BaseSession.unlock(self)
        except Gone as error:
            self._tell(f"RedisSession: {error}")

    def _held(self) -> RedisLock | None:
        entry = held_by(self._req).get(self._sid)
        return entry[0] if entry is not None and isinstance(entry[0], RedisLock) else None

    def do_load(self) -> dict[str, Any] | None:
        """The record, or None."""
        if self._gone:
            return None
        held = self._held()
        try:
            if held is not None and held.fresh:
                held.fresh = False
                return self._store.read(self._sid, held.record)
            return self._store.load(self._sid)
        except Gone as error:
            self._without(error)
        return None

    def do_save(self, dict: dict[str, Any]) -> None:  # noqa: A002
        """Keep the record. Ends the request with 503 if it is too late for that."""
        if self._gone:
            return
        try:
            saved = self._store.save(self._sid, dict, self._held())
        except Gone as error:
            self._without(error)
            return
        if not saved:
            self._tell(
                f"RedisSession: not saved: the lock has ended after {self._store.lock_seconds:g} s "
                "(PythonOption modpy_wsgi.redis.lock_seconds), and another request has the session"
            )
            raise SERVER_RETURN(HTTP_SERVICE_UNAVAILABLE)

    def do_delete(self) -> None:
        """Remove the record."""
        if self._gone:
            return
        try:
            self._store.delete(self._sid)
        except Gone as error:
            self._without(error)

    def do_cleanup(self) -> None:
        """Nothing: Redis forgets sessions by itself."""
