"""Sessions: Session(req), and the kinds of them (reference section 10).

Law: what an application imports from mod_python.Session is here; how a kind keeps its sessions, in a module of its own.
"""

from __future__ import annotations

from typing import Any

from ..current import application
from ..errors import ConfigError
from . import names
from .base import BaseSession
from .dbm import DbmSession
from .files import FileSession
from .memory import MemorySession
from .redis_session import RedisSession

__all__ = ["BaseSession", "DbmSession", "FileSession", "MemorySession", "RedisSession", "Session"]


KINDS: dict[str, Any] = {
    "MemorySession": MemorySession,
    "DbmSession": DbmSession,
    "FileSession": FileSession,
    "RedisSession": RedisSession,
}


def Session(  # noqa: N802 - the original's name
    req: Any, sid: Any = 0, secret: str | bytes | None = None, timeout: float = 0, lock: Any = 1
) -> BaseSession:
    """The session of a request, of the kind that PythonOption mod_python.session.session_type names.

    Without one it is a MemorySession where one process serves all, and a DbmSession elsewhere. Raises ConfigError for
    another name, ValueError for a `sid` that can be none.
    """
    kind = names.option(req.get_options(), "mod_python.session.session_type")
    if kind is None:
        app = application()
        alone = app is not None and app.multithread and not app.multiprocess
        kind = "MemorySession" if alone else "DbmSession"
    if kind not in KINDS:
        raise ConfigError(f"Unknown session type {kind}")
    session: BaseSession = KINDS[kind](req, sid=sid, secret=secret, timeout=timeout, lock=lock)
    return session
