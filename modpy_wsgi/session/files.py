"""FileSession: sessions as files (reference section 10). How they are kept stands in file_store and file_cleanup.

Law: what goes wrong with the files is an error of the request, where the original writes a line into the log and goes
on as if it had saved.
"""

from __future__ import annotations

from typing import Any

from ..constants import APLOG_NOTICE
from . import file_cleanup, names
from .base import BaseSession, log_of
from .file_store import FileStore
from .keys import given_key
from .stored import StoredSession

__all__ = ["FileSession", "filesession_cleanup", "store_for"]

SYNC_OPTION = "modpy_wsgi.file_session.sync"


def store_for(options: Any, log: Any) -> FileStore:
    """The store that options name. Raises ConfigError, and OSError for a key file."""
    return FileStore(
        names.folder_in(names.directory_in(options, "file_session")),
        key=given_key(options),
        sync=names.flag(options, SYNC_OPTION, True),
        log=log,
    )


class FileSession(StoredSession):
    """A session as a file. See BaseSession.

    fast_cleanup, verify_cleanup: in the place of the PythonOptions enable_fast_cleanup and verify_session_timeout.
    """

    def __init__(
        self,
        req: Any,
        sid: Any = 0,
        secret: str | bytes | None = None,
        timeout: float = 0,
        lock: Any = 1,
        fast_cleanup: Any = -1,
        verify_cleanup: Any = -1,
    ) -> None:
        options = req.get_options()
        self._fast_cleanup = fast_cleanup
        self._verify_cleanup = verify_cleanup
        self._cleanup_timeout = timeout or names.DFT_TIMEOUT
        self._store = store_for(options, log_of(req))
        self._sessdir = self._store.folder
        BaseSession.__init__(self, req, sid=sid, secret=secret, timeout=timeout, lock=lock)

    def do_cleanup(self) -> None:
        """Have some of the files looked at, at the end of this request. Raises ConfigError."""
        options = self._req.get_options()
        kind = "mod_python.file_session"
        fast, verify = self._fast_cleanup, self._verify_cleanup
        rules = file_cleanup.Rules(
            names.flag(options, f"{kind}.enable_fast_cleanup", names.DFT_FAST_CLEANUP) if fast == -1 else bool(fast),
            names.flag(options, f"{kind}.verify_session_timeout", names.DFT_VERIFY_CLEANUP)
            if verify == -1
            else bool(verify),
            self._cleanup_timeout,
            names.number(options, f"{kind}.cleanup_grace_period", names.DFT_GRACE_PERIOD),
            names.number(options, f"{kind}.cleanup_time_limit", names.DFT_CLEANUP_TIME_LIMIT),
        )
        self._req.register_cleanup(filesession_cleanup, (self._req, self._store, rules))
        self._req.log_error("FileSession: registered filesession cleanup.", APLOG_NOTICE)


def filesession_cleanup(data: tuple[Any, FileStore, file_cleanup.Rules]) -> None:
    """At the end of a request: (request, store, rules)."""
    req, store, rules = data
    file_cleanup.clean(store, rules, lambda message: req.log_error(message, APLOG_NOTICE))
