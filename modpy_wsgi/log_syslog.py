"""A log that is the system's (`ErrorLog syslog:facility:tag`).

Law: the priority of a line is its level; what syslog does not take is an OSError, as with any other log.
"""

from __future__ import annotations

import logging
import logging.handlers
import os
import sys

from .constants import APLOG_DEBUG, LOG_LEVEL_NAMES
from .locks import lock

__all__ = ["SyslogTarget"]


class _Syslog(logging.handlers.SysLogHandler):
    """The standard library's client, told the priority by name and not hiding its errors."""

    def mapPriority(self, levelName: str) -> str:  # noqa: N802, N803 - the base class's names
        return levelName

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        error = sys.exc_info()[1]
        raise error if isinstance(error, OSError) else OSError(str(error))


class SyslogTarget:
    """`syslog[:facility[:tag]]`; httpd's default facility is local7."""

    timestamp = False
    always_notice = False

    def __init__(self, target: str, address: str = "/dev/log") -> None:
        """Raises ValueError for a facility that syslog does not have."""
        _, facility, tag = [*target.split(":", 2), "", ""][:3]
        names = logging.handlers.SysLogHandler.facility_names
        if facility and facility.lower() not in names:
            raise ValueError(f"unknown syslog facility {facility!r}")
        self.facility = names[facility.lower() or "local7"]
        self.tag = tag or "httpd"
        self._address = address
        self._handler: _Syslog | None = None
        self._lock = lock()

    def open(self) -> None:
        with self._lock:
            if self._handler is None:
                self._handler = _Syslog(self._address, self.facility)

    def write(self, line: str, level: int) -> None:
        self.open()
        handler = self._handler
        if handler is None:  # closed by another thread just now
            raise OSError("syslog was closed")
        handler.emit(
            logging.makeLogRecord(
                {
                    "levelname": LOG_LEVEL_NAMES[min(level, APLOG_DEBUG)],
                    "msg": f"{self.tag}[{os.getpid()}]: {line}",
                }
            )
        )

    def reopen(self) -> None:
        self.close()
        self.open()

    def close(self) -> None:
        with self._lock:
            handler, self._handler = self._handler, None
            if handler is not None:
                handler.close()
