"""What a program writes to its standard error: lines for the error log, or for the ScriptLog.

Law: bounded. A program may write without end; what is beyond is counted and dropped.
"""

from __future__ import annotations

from collections.abc import Callable

from ..environ import decode

__all__ = ["MAX_KEPT", "MAX_LINE", "MAX_LINES", "Complaints"]

MAX_LINE = 8190  # bytes, as httpd reads them and as the log takes them
MAX_KEPT = 1 << 20  # bytes of one request; httpd fills the disk
MAX_LINES = 10_000  # of one request: a line costs some 100 bytes of the log, however short it is


class Complaints:
    """Takes bytes as they come, and tells whole lines."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._begun = b""
        self._left = MAX_KEPT
        self._lines_left = MAX_LINES
        self.dropped = 0

    def feed(self, data: bytes) -> None:
        """The next bytes."""
        if self._left <= 0:
            self.dropped += len(data)
            return
        if len(data) > self._left:
            self.dropped += len(data) - self._left
            data = data[: self._left]
        self._left -= len(data)
        *lines, self._begun = (self._begun + data).split(b"\n")
        if len(lines) > self._lines_left:
            self.dropped += sum([len(line) + 1 for line in lines[self._lines_left :]]) + len(self._begun)
            del lines[self._lines_left :]
            self._left, self._begun = 0, b""
        self._lines_left -= len(lines)
        for line in lines:
            self._line(line)
        while len(self._begun) >= MAX_LINE:
            self._line(self._begun[:MAX_LINE])
            self._begun = self._begun[MAX_LINE:]

    def end(self) -> None:
        """No more comes."""
        if self._begun:
            self._line(self._begun)
            self._begun = b""
        if self.dropped:
            self._tell(f"{self.dropped} more bytes of the program's standard error are left out")
            self.dropped = 0

    def _line(self, line: bytes) -> None:
        for start in range(0, len(line) or 1, MAX_LINE):
            piece = line[start : start + MAX_LINE].rstrip(b"\r")
            self._tell(decode(piece.decode("latin-1")))
