"""What a site prints: sys.stdout and sys.stderr of a worker, whose lines go to the error log.

Law: a line is passed on whole, in the form of the log, whoever else prints meanwhile; nothing that is printed breaks a
request.
"""

from __future__ import annotations

import io
import threading
from typing import Any

from ..constants import APLOG_ERR
from ..log import ErrorLog

__all__ = ["LogStream"]

MOST_KEPT = 8192  # characters without a line end; what is longer is cut into lines, as the log would cut it


class LogStream(io.TextIOBase):
    """A text stream that is never closed. Lines become messages; what has no end yet waits for it, or for flush()."""

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, log: ErrorLog, number: int, level: int = APLOG_ERR) -> None:
        """number: of the descriptor that it stands for, for those who hand it on to programs."""
        self._log = log
        self._number = number
        self._level = level
        self._kept = threading.local()

    @property
    def buffer(self) -> io.RawIOBase:
        """The same stream for bytes, taken as UTF-8."""
        return _Bytes(self)

    def writable(self) -> bool:
        """True."""
        return True

    def fileno(self) -> int:
        """The number of the process's own descriptor."""
        return self._number

    def write(self, text: str) -> int:
        """Take a text. Raises TypeError if it is none."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        kept = getattr(self._kept, "text", "") + text
        *lines, rest = kept.split("\n")
        while len(rest) > MOST_KEPT:
            lines.append(rest[:MOST_KEPT])
            rest = rest[MOST_KEPT:]
        self._kept.text = rest
        for line in lines:
            self._pass_on(line)
        return len(text)

    def flush(self) -> None:
        """Pass on what has no line end yet."""
        rest = getattr(self._kept, "text", "")
        self._kept.text = ""
        if rest:
            self._pass_on(rest)

    def _pass_on(self, line: str) -> None:
        if line.strip():
            self._log.write(line.rstrip("\r"), self._level)

    def close(self) -> None:
        """Nothing: there is only one in a process."""
        self.flush()


class _Bytes(io.RawIOBase):
    """What is written to it goes to a text stream."""

    def __init__(self, stream: LogStream) -> None:
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        raw = bytes(data)
        self._stream.write(raw.decode("utf-8", "surrogateescape"))
        return len(raw)

    def flush(self) -> None:
        self._stream.flush()
