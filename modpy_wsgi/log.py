r"""The error log: messages become lines of httpd's form, and each is passed on whole.

    [Fri Nov 20 18:00:00.123456 2026] [python:error] [pid 1:tid 2] [client 192.0.2.1:5678] message

Law: logging never breaks a request. What the log cannot take goes to the standard error, which is told why once. What
comes from outside cannot forge a line: control characters, backslashes and bytes beyond ASCII are escaped as httpd 2.4
does it (a line break is `\n`, an e-acute `\xc3\xa9`; seen on the original).
"""

from __future__ import annotations

import base64
import contextlib
import operator
import os
import threading
import time
from collections.abc import Mapping
from typing import Any, Final, Protocol, TextIO

from .constants import APLOG_ERR, APLOG_NOTICE, APLOG_WARNING, LOG_LEVEL_NAMES
from .log_targets import DescriptorTarget, FileTarget, PipeTarget, StreamTarget, Target, make_target

__all__ = ["ErrorLog", "Form", "escape", "log_exception", "log_message", "new_log_id", "timestamp"]

MAX_LINE: Final = 8190  # bytes without the line end; httpd cuts there (seen on the original)
RETRY_AFTER: Final = 10.0  # seconds until a target that failed is tried again
LOOK_AGAIN = 1.0  # seconds between two looks at whether a file was rotated
LEVEL_MASK: Final = 15  # above it are flags of httpd's C code, which old applications or in (APLOG_NOERRNO was one)

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")  # strftime's would follow the process's locale
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NO_LEVELS: Final[Mapping[str, int]] = {}
_SHORT: Final = {8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 13: "\\r", 92: "\\\\"}
_ESCAPES: Final = {code: _SHORT.get(code, f"\\x{code:02x}") for code in (*range(32), 92, *range(127, 256))}


def escape(text: str) -> str:
    """The text in printable ASCII, as httpd's error log shows its UTF-8 bytes (surrogateescape undone)."""
    if text.isascii() and text.isprintable() and "\\" not in text:
        return text
    try:
        raw = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a surrogate that stands for no byte
        raw = text.encode("utf-8", "surrogatepass")
    return raw.decode("latin-1").translate(_ESCAPES)


def timestamp(*, microseconds: bool = True, compact: bool = False) -> str:
    """The time now: `Fri Nov 20 18:00:00.123456 2026`, or compact `2026-11-20 18:00:00.123456`."""
    now = time.time()
    local = time.localtime(now)
    clock = f"{local.tm_hour:02d}:{local.tm_min:02d}:{local.tm_sec:02d}"
    if microseconds:
        clock += f".{int(now * 1_000_000) % 1_000_000:06d}"
    if compact:
        return f"{local.tm_year}-{local.tm_mon:02d}-{local.tm_mday:02d} {clock}"
    return f"{_DAYS[local.tm_wday]} {_MONTHS[local.tm_mon - 1]} {local.tm_mday:02d} {clock} {local.tm_year}"


def new_log_id() -> str:
    """What the lines about one request have in common: %L of the formats of logs."""
    return base64.urlsafe_b64encode(os.urandom(8)).decode("ascii").rstrip("=")


class Form(Protocol):
    """What ErrorLogFormat says."""

    def before(self, about: Any, first: bool) -> list[str]:
        """The lines before a message; `first`: it is the first one about this request or connection."""

    def line(self, message: str, level: int, module: str, about: Any) -> str | None:
        """The line of a message; None: in the usual form."""


class _Outlet:
    """A target with its state of health, shared by the logs that write to it."""

    def __init__(self, name: str | None, target: Target) -> None:
        self.name = name
        self.target = target
        self.stderr = StreamTarget()
        self.looked_at = time.monotonic()
        self.failed_at: float | None = None
        self.told = False

    def write(self, line: str, level: int) -> None:
        if self.failed_at is None or time.monotonic() - self.failed_at >= RETRY_AFTER:
            try:
                if isinstance(self.target, FileTarget) and time.monotonic() - self.looked_at >= LOOK_AGAIN:
                    self.follow(self.target)
                if line.isascii() or not isinstance(self.target, (DescriptorTarget, FileTarget, PipeTarget)):
                    self.target.write(line, level)
                else:  # a text of ErrorLogFormat
                    self.target.pass_on((line + "\n").encode("utf-8", "surrogateescape"))
                self.failed_at = None
                return
            except OSError as error:
                self.failed(error)
        with contextlib.suppress(OSError):  # the last resort: there is nobody left to tell
            self.stderr.write(line, level)

    def follow(self, target: FileTarget) -> None:
        """Open the log again if it was rotated, and nobody has said so."""
        self.looked_at = time.monotonic()
        if target.moved():
            with contextlib.suppress(OSError):  # where that is not allowed, what is open goes on
                target.reopen()

    def failed(self, error: OSError) -> None:
        self.failed_at = time.monotonic()
        if not self.told:
            self.told = True
            with contextlib.suppress(OSError):
                text = f"modpy_wsgi: the error log {self.name or '(standard error)'} takes no lines: {error}"
                self.stderr.write(escape(text), APLOG_ERR)


class ErrorLog:
    """One ErrorLog directive with the LogLevel that holds beside it. Safe in threads and across forks.

    target: a file name, "syslog[:facility[:tag]]", "|program", or None for `stream` (default: the standard error).
    level: an APLOG_ number, 0..15; messages above it are dropped, but notices are not, as in httpd (save with syslog).
    levels: those of modules that LogLevel names, by the names that lines begin with ("python").
    Nothing is opened before the first line or `open()`. Raises ValueError for a target that can never work.
    """

    def __init__(
        self,
        target: str | None,
        level: int = APLOG_WARNING,
        *,
        levels: Mapping[str, int] = _NO_LEVELS,
        stream: TextIO | None = None,
    ) -> None:
        self.target = target
        self.level = level
        self.levels = levels
        self.form: Form | None = None
        self._outlet = _Outlet(target, make_target(target, stream))

    def sharing(self, level: int, levels: Mapping[str, int] = _NO_LEVELS) -> ErrorLog:
        """The same target with other levels: for virtual hosts and directories that differ in LogLevel only."""
        log = object.__new__(ErrorLog)
        log.target, log.level, log.form, log._outlet = self.target, level, self.form, self._outlet
        log.levels = levels
        return log

    def enabled(self, level: int, module: str = "python") -> bool:
        """Whether a message of this level is written."""
        level &= LEVEL_MASK
        most = self.levels.get(module, self.level) if self.levels else self.level
        return level <= most or (level == APLOG_NOTICE and self._outlet.target.always_notice)

    def write(
        self,
        message: str,
        level: int = APLOG_ERR,
        *,
        client: str | None = None,
        module: str = "python",
        referer: str | None = None,
        about: Any = None,
    ) -> None:
        """Writes one line, and where ErrorLogFormat says so those before it; raises nothing.

        client: "address:port" of the client it is about. referer: the request's Referer, added as httpd does.
        about: the request or the connection itself.
        """
        level &= LEVEL_MASK
        outlet = self._outlet
        if not self.enabled(level, module):
            return
        if about is not None:
            while getattr(about, "_main", None) is not None:  # a subrequest has no lines of its own
                about = about._main
            first = about._log_id is None
            if first:
                about._log_id = new_log_id()
            if self.form is not None:
                for line in self.form.before(about, first):
                    outlet.write(line[:MAX_LINE], level)
        formed = None if self.form is None else self.form.line(message, level, module, about)
        if formed is not None:
            outlet.write(formed[:MAX_LINE], level)
            return
        line = (
            f"{f'[{timestamp()}] ' if outlet.target.timestamp else ''}[{module}:{LOG_LEVEL_NAMES[level]}] "
            f"[pid {os.getpid()}:tid {threading.get_native_id()}] "
            f"{f'[client {escape(client)}] ' if client else ''}{escape(message)}"
            f"{f', referer: {escape(referer)}' if referer else ''}"
        )
        outlet.write(line[:MAX_LINE], level)

    @property
    def opened(self) -> Target:
        """The target, opened. Raises OSError."""
        self._outlet.target.open()
        return self._outlet.target

    def open(self) -> None:
        """Opens the target now: before a fork, or to see at start-up that it can be. Raises OSError."""
        self._outlet.target.open()

    def reopen(self) -> None:
        """Opens the target again, after a log rotation; if that fails, goes on with what was open. Raises nothing."""
        outlet = self._outlet
        outlet.told = False
        outlet.failed_at = None
        try:
            outlet.target.reopen()
        except OSError as error:
            outlet.failed(error)
            outlet.failed_at = None  # the old file still takes lines

    def close(self) -> None:
        """Lets the target go, for all that share it. A later line opens it again."""
        self._outlet.target.close()


def log_message(log: ErrorLog, message: Any, level: Any = 0, client: str | None = None, about: Any = None) -> None:
    """What log_error(message[, level]) of mod_python's objects does: level 0 is APLOG_ERR, the message None is nothing.

    message: str, or bytes (taken as UTF-8). Raises TypeError for anything else, and for a level that is no integer.
    """
    number = operator.index(level)
    if isinstance(message, bytes):
        message = message.decode("utf-8", "surrogateescape")
    if message is None:
        return
    if not isinstance(message, str):
        raise TypeError(f"the message must be str or None, not {type(message).__name__}")
    log.write(message, number & LEVEL_MASK or APLOG_ERR, client=client, about=about)


def _traceback(exc: BaseException) -> list[str]:
    """The elements of a traceback; the last alone where the modules that make it cannot be read any more."""
    try:
        from traceback import format_exception  # which brings tokenize and textwrap, for who has errors
    except (ImportError, OSError):  # there is no descriptor left, which may be the error itself
        return [f"{type(exc).__name__}: {exc}\n"]
    return format_exception(type(exc), exc, exc.__traceback__)


def log_exception(log: ErrorLog, prefix: str, exc: BaseException, client: str | None = None, about: Any = None) -> None:
    """Writes a traceback as the original does: one line per element, each after `prefix` and ": ".

    prefix: "<Phase> <handler>", as in "PythonHandler mptest".
    """
    for element in _traceback(exc):
        log.write(f"{prefix}: {element.removesuffix(chr(10))}", APLOG_ERR, client=client, about=about)
