"""BaseSession: what all sessions do, and the hooks for where they are kept (reference section 10).

Law: names, order of events and text are the original's. Whoever shows a name that is no session's gets a new one, and
none is found again by a name that was not made here. A session is held by one request at a time, until unlock() or the
end of the request; a request that asks twice waits for nobody.

A site's own class derives from BaseSession and defines do_load() -> dict or None, do_save(dict), do_delete() and
do_cleanup(). The dict has "_data", "_created", "_accessed" and "_timeout".
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from typing import Any, Final, Protocol, cast

from .. import cookies
from ..constants import APLOG_ERR, HTTP_SERVICE_UNAVAILABLE
from ..cookie_text import pairs
from ..errors import SERVER_RETURN, ConfigError
from . import names
from .locks import SessionLocks, locks_at

__all__ = ["LOCK_WAIT", "BaseSession", "Locks", "held_by", "locks_in", "log_of", "unlock_session_cleanup"]

LOCK_WAIT: Final = (
    300.0  # seconds to wait for another request of the same session: PythonOption modpy_wsgi.session.wait
)
_LOCK_FILE: Final = "locks"

_COOKIE_FLAGS: Final = (
    ("modpy_wsgi.session.cookie_secure", "secure"),
    ("modpy_wsgi.session.cookie_httponly", "httponly"),
)
SAME_SITE: Final = "modpy_wsgi.session.cookie_samesite"
_SAME_SITES: Final = {"strict": "Strict", "lax": "Lax", "none": "None"}


class Locks(Protocol):
    """Locks by the names of sessions."""

    def acquire(self, name: str, seconds: float) -> bool:
        """Take a lock; wait up to so many seconds. Returns whether it was taken."""

    def release(self, name: str) -> None:
        """Let a lock go."""


class BaseSession(dict[Any, Any]):
    """A session: a dict that lasts from request to request of one client.

    sid: the session to use instead of the one that the client's cookie names; ValueError if it can be none. secret:
    sign the cookie with it. lock: 0 to let other requests use the session at the same time. timeout: seconds that a new
    session lives without being used. A session that is new sends its cookie.
    """

    def __init__(
        self, req: Any, sid: Any = None, secret: str | bytes | None = None, lock: Any = 1, timeout: float = 0
    ) -> None:
        self._req = req
        self._sid: Any = sid
        self._secret = secret
        self._lock = lock
        self._new = 1
        self._created: float = 0
        self._accessed: float = 0
        self._timeout: float = 0
        self._locked = 0
        self._locked_sid = ""  # whose lock that is; sites that give a session another name set _sid
        self._invalid = 0
        dict.__init__(self)

        if not self._sid:
            self._sid = self._sid_of_cookie()
        if self._sid and not names.is_sid(self._sid):
            if sid and not isinstance(sid, str):
                raise TypeError(f"a session's name is text, not {type(sid).__name__}")
            if sid:
                raise ValueError("Invalid Session ID")
            self._sid = None

        self.init_lock()
        if self._sid:
            self.lock()
            if self.load():
                self._new = 0
        if self._new:
            self._begin(timeout)
        self._accessed = time.time()
        if random.random() * names.CLEANUP_CHANCE < 1:  # noqa: S311 - nobody gains by foreseeing it
            self.cleanup()

    def _begin(self, timeout: float) -> None:
        """Become a new session."""
        if self._sid:
            self.unlock()
        self._sid = names.new_sid()
        self.lock()
        cookies.add_cookie(self._req, self.make_cookie())
        self._created = time.time()
        self._timeout = timeout or names.DFT_TIMEOUT

    # The cookie

    def _cookie_name(self) -> str:
        return names.option(self._req.get_options(), "mod_python.session.cookie_name") or names.COOKIE_NAME

    def _sid_of_cookie(self) -> str | None:
        name = self._cookie_name()
        if self._secret:
            signed = {"secret": self._secret, "mismatch": cookies.Cookie.IGNORE}
            cookie = cookies.get_cookie(self._req, name, cookies.SignedCookie, **signed)
            return None if cookie is None else cookie.value
        sid = None
        for each, value in pairs(cookies.cookie_header(self._req) or ""):
            if each == name:
                sid = value  # of several the last, as get_cookie()
        return sid

    def make_cookie(self) -> cookies.Cookie:
        """The cookie of this session, as PythonOptions say. Raises ConfigError."""
        options = self._req.get_options()
        name = self._cookie_name()
        cookie: Any
        if self._secret:
            cookie = cookies.SignedCookie(name, self._sid, secret=self._secret)
        else:
            cookie = cookies.Cookie(name, self._sid)
        domain = options.get("mod_python.session.application_domain")
        if domain is not None:
            cookie.domain = domain
        path = names.option(options, "mod_python.session.application_path")
        cookie.path = self._handler_path() if path is None else path
        for option, attribute in _COOKIE_FLAGS:
            if names.flag(options, option, False):
                setattr(cookie, attribute, 1)
        same_site = options.get(SAME_SITE)
        if same_site:
            if same_site.lower() not in _SAME_SITES:
                raise ConfigError(f"PythonOption {SAME_SITE} {same_site!r}: want Strict, Lax or None")
            cookie.samesite = _SAME_SITES[same_site.lower()]
        return cast(cookies.Cookie, cookie)

    def _handler_path(self) -> str:
        """The directory of the handler as a path of the site; / where it has none, or is not in the documents."""
        handlers = self._req.hlist
        directory = None if handlers is None else handlers.directory  # None where a test calls the handler
        path = directory[len(self._req.document_root()) :] if directory else "/"
        return path if path and self._req.uri.startswith(path) else "/"

    # What applications do with it

    def invalidate(self) -> None:
        """End the session: the client drops its cookie, the record is deleted, save() does nothing any more."""
        cookie: Any = self.make_cookie()
        cookie.expires = 0
        cookies.add_cookie(self._req, cookie)
        self.delete()
        self._invalid = 1

    def load(self) -> int:
        """Read what was saved: 1, or 0 if there is nothing, or it is over."""
        record = self.do_load()
        if record is None:
            return 0
        now = time.time()
        accessed = min(record["_accessed"], now)  # by a clock that was wrong it may be in the future
        if now - accessed > record["_timeout"]:
            return 0
        self._created = min(record["_created"], now)
        self._accessed = accessed
        self._timeout = record["_timeout"]
        self.update(record["_data"])
        return 1

    def save(self) -> None:
        """Keep the session as it is now. Raises what the store raises: OSError for a full disk, say."""
        if not self._invalid:
            self.do_save(
                {
                    "_data": self.copy(),
                    "_created": self._created,
                    "_accessed": self._accessed,
                    "_timeout": self._timeout,
                }
            )

    def delete(self) -> None:
        """Delete what was saved, and empty the dict."""
        self.do_delete()
        self.clear()

    def is_new(self) -> bool:
        """Whether this request began it."""
        return bool(self._new)

    def id(self) -> str:
        """Its name: 32 hex digits. Whoever knows it has the session."""
        return cast(str, self._sid)

    def created(self) -> float:
        """When it was made: seconds since the epoch."""
        return self._created

    def last_accessed(self) -> float:
        """When it was last used: seconds since the epoch; that is now, as in the original."""
        return self._accessed

    def timeout(self) -> float:
        """How many seconds it lives without being used."""
        return self._timeout

    def set_timeout(self, secs: float) -> None:
        """Say how many seconds it lives without being used."""
        self._timeout = secs

    def cleanup(self) -> None:
        """Have sessions that are over removed, some of them, at the end of this request."""
        self.do_cleanup()

    # The lock

    def init_lock(self) -> None:
        """For classes that have another lock: called before it is first taken."""

    def _locks(self) -> Locks:
        """The locks that all share who share these sessions. Raises OSError."""
        folder = names.folder_in(names.directory_in(self._req.get_options(), ""))
        return locks_in(folder)

    def lock(self) -> None:
        """Take the lock, and see to it that it is free at the end of the request.

        Ends the request with 503 if another one holds it for longer than LOCK_WAIT.
        """
        if not self._lock or self._locked:
            return
        held = held_by(self._req)
        if held.get(self._sid):  # by another object of this request, which would else wait for itself
            held[self._sid][1] += 1
        else:
            locks = self._locks()
            wait = names.seconds(self._req.get_options(), "modpy_wsgi.session.wait", LOCK_WAIT)
            if not locks.acquire(self._sid, wait):
                self._req.log_error(
                    f"{type(self).__name__}: another request holds the session for {wait:g} s", APLOG_ERR
                )
                raise SERVER_RETURN(HTTP_SERVICE_UNAVAILABLE)
            held[self._sid] = [locks, 1]
        self._locked = 1
        self._locked_sid = self._sid
        self._req.register_cleanup(unlock_session_cleanup, self)

    def unlock(self) -> None:
        """Let other requests have the session."""
        if not self._lock or not self._locked:
            return
        self._locked = 0
        held = held_by(self._req)
        entry = held.get(self._locked_sid)
        if entry is None:
            return
        entry[1] -= 1
        if not entry[1]:
            del held[self._locked_sid]
            entry[0].release(self._locked_sid)

    def __del__(self) -> None:
        if getattr(self, "_locked", 0):
            self.unlock()

    # The hooks

    def do_load(self) -> dict[str, Any] | None:
        """What do_save() was given for this session, or None."""
        raise NotImplementedError(f"{type(self).__name__} has no do_load()")

    def do_save(self, dict: dict[str, Any]) -> None:  # noqa: A002 - the original's name
        """Keep it."""
        raise NotImplementedError(f"{type(self).__name__} has no do_save()")

    def do_delete(self) -> None:
        """Forget it."""
        raise NotImplementedError(f"{type(self).__name__} has no do_delete()")

    def do_cleanup(self) -> None:
        """Remove what is over."""


def unlock_session_cleanup(sess: BaseSession) -> None:
    """At the end of a request."""
    sess.unlock()


def log_of(req: Any) -> Callable[[str], None]:
    """What writes a line about a request into the log. It knows nothing of the session, which would else live longer
    than the site's code has it, and with it the lock."""
    return lambda message: req.log_error(message, APLOG_ERR)


def held_by(req: Any) -> dict[str, list[Any]]:
    """The locks that a request and those that led to it hold: name -> [locks, how often]."""
    while True:
        origin = getattr(req, "_prev", None) or getattr(req, "_main", None)
        if origin is None:
            break
        req = origin
    held: dict[str, list[Any]] | None = getattr(req, "_session_locks", None)
    if held is None:
        held = req._session_locks = {}
    return held


def locks_in(folder: str) -> SessionLocks:
    """The locks of the sessions in a folder, which is made when the first one is taken."""
    return locks_at(os.path.join(folder, _LOCK_FILE))
