"""The names and numbers of sessions, as applications may import them, and what is read of PythonOptions.

Law: an option has its name of mod_python 3.3 and the one from before; the newer counts. An option that cannot be
understood is the administrator's fault and stops the request: no session begins under rules that nobody wrote.
"""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from typing import Any, Final

from ..errors import ConfigError

__all__ = [
    "CLEANUP_CHANCE",
    "COOKIE_NAME",
    "DFT_CLEANUP_TIME_LIMIT",
    "DFT_FAST_CLEANUP",
    "DFT_GRACE_PERIOD",
    "DFT_LOCK",
    "DFT_TIMEOUT",
    "DFT_VERIFY_CLEANUP",
    "FOLDER",
    "TMP_DIR",
    "directory_in",
    "flag",
    "folder_in",
    "is_sid",
    "new_sid",
    "number",
    "option",
    "seconds",
    "true_or_false",
]

COOKIE_NAME: Final = "pysid"
DFT_TIMEOUT: Final = 30 * 60  # seconds
DFT_LOCK: Final = True
CLEANUP_CHANCE: Final = 1000  # one session in so many looks for those that are over

DFT_FAST_CLEANUP: Final = True
DFT_VERIFY_CLEANUP: Final = True
DFT_GRACE_PERIOD: Final = 240  # seconds
DFT_CLEANUP_TIME_LIMIT: Final = 2  # seconds

TMP_DIR: Final = tempfile.gettempdir()
FOLDER: Final = "modpy_sess"  # below the configured directory; not the original's mp_sess, whose files are pickles

# The options of mod_python 3.3 that had another name before.
_OLD: Final = {
    "mod_python.session.session_type": "session",
    "mod_python.session.cookie_name": "session_cookie_name",
    "mod_python.session.application_path": "ApplicationPath",
    "mod_python.session.database_directory": "session_directory",
    "mod_python.dbm_session.database_filename": "session_dbm",
    "mod_python.file_session.enable_fast_cleanup": "session_fast_cleanup",
    "mod_python.file_session.verify_session_timeout": "session_verify_cleanup",
    "mod_python.file_session.cleanup_grace_period": "session_grace_period",
    "mod_python.file_session.cleanup_time_limit": "session_cleanup_time_limit",
}

_SID = re.compile("[0-9a-f]{32}")


def new_sid() -> str:
    """A session's name: 128 random bits as 32 hex digits."""
    return secrets.token_hex(16)


def is_sid(text: Any) -> bool:
    """Whether a text can be a session's name; a line end behind it does not pass."""
    return isinstance(text, str) and _SID.fullmatch(text) is not None


def option(options: Any, name: str) -> str | None:
    """The value of an option by its newer or older name, None if neither is set."""
    value: str | None = options.get(name)
    if value is None and name in _OLD:
        value = options.get(_OLD[name])
    return value


def true_or_false(item: Any) -> bool:
    """What yes, no, true, false, on, off, 1 and 0 mean. Raises ConfigError for other words."""
    word = item.lower() if isinstance(item, str) else item
    if word in ("yes", "true", "on", "1", 1):
        return True
    if word in ("no", "false", "off", "0", 0, None):
        return False
    raise ConfigError(f"{item!r} is neither yes nor no")


def flag(options: Any, name: str, default: bool) -> bool:
    """An option that is yes or no. Raises ConfigError."""
    value = option(options, name)
    if value is None:
        return default
    try:
        return true_or_false(value)
    except ConfigError as error:
        raise ConfigError(f"PythonOption {name}: {error}") from None


def number(options: Any, name: str, default: int) -> int:
    """An option that is a whole number. Raises ConfigError."""
    value = option(options, name)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit()):
        raise ConfigError(f"PythonOption {name} {value!r}: not a number")
    return int(value)


def seconds(options: Any, name: str, default: float) -> float:
    """An option that is a time in seconds. Raises ConfigError."""
    value = option(options, name)
    if value is None:
        return default
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value) is None:
        raise ConfigError(f"PythonOption {name} {value!r}: not a number of seconds")
    return float(value)


def directory_in(options: Any, kind: str) -> str | None:
    """The directory that options name for sessions of a kind ("file_session", "dbm_session"); None without one."""
    own = option(options, f"mod_python.{kind}.database_directory") if kind else None
    return own or option(options, "mod_python.session.database_directory") or None


def folder_in(directory: str | None) -> str:
    """The folder that sessions have to themselves: below the directory, or with the user's number in the system's
    one for temporary files, where others may have theirs."""
    if directory is None:
        return os.path.join(TMP_DIR, f"{FOLDER}-{os.geteuid()}")
    return os.path.join(directory, FOLDER)
