"""gunicorn's own messages, in the error log of the site and in its form.

Law: they go where ErrorLog says, be it a file, a program or syslog, by the level of LogLevel for `mpm_gunicorn`.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

from gunicorn import glogging

from ..constants import APLOG_CRIT, APLOG_DEBUG, APLOG_ERR, APLOG_INFO, APLOG_WARNING
from ..log import ErrorLog
from .settings import MODULE

__all__ = ["Logger"]

_LEVELS = {
    logging.CRITICAL: APLOG_CRIT,
    logging.ERROR: APLOG_ERR,
    logging.WARNING: APLOG_WARNING,
    logging.INFO: APLOG_INFO,
}


class Logger(glogging.Logger):  # type: ignore[misc]
    """gunicorn's log, without a traceback for each client that fell silent."""

    def _set_handler(self, log: logging.Logger, output: str | None, fmt: logging.Formatter, stream: Any = None) -> None:
        site_log: ErrorLog | None = getattr(self.cfg, "site_log", None)
        if site_log is None:
            super()._set_handler(log, output, fmt, stream)
        else:
            log.addHandler(_LogHandler(site_log))

    def reopen_files(self) -> None:
        """gunicorn's hook for a log rotation: the first process has opened the logs anew with the configuration."""

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """gunicorn's hook for an exception that ended a connection."""
        if isinstance(sys.exc_info()[1], (TimeoutError, BlockingIOError)):
            self.info("A client was silent for longer than Timeout; its connection is closed")
        else:
            super().exception(msg, *args, **kwargs)


class _LogHandler(logging.Handler):
    """Messages of gunicorn to the log of the main server, a line for each of theirs."""

    _gunicorn = True  # by which gunicorn finds what it is to remove when the log is set up anew

    def __init__(self, log: ErrorLog) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """logging's hook for a message."""
        level = _LEVELS.get(record.levelno, APLOG_DEBUG)
        for line in self.format(record).splitlines():
            self._log.write(line, level, module=MODULE)
