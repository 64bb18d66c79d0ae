"""How far it is, on a terminal: one line, written over again and again, and taken away at the end."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from .findings import printable

__all__ = ["Progress"]

INTERVAL = 0.1  # seconds between two lines; more would be flicker
WIDTH = 78  # of a terminal that does not say how wide it is, but for two


class Progress:
    """Tells what is being done, if `stream` is a terminal. Else nothing is written at all."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._shown = self._stream.isatty()
        self._next = 0.0
        self._width = 0

    def tell(self, text: str) -> None:
        """Say it, if there was nothing said a moment ago."""
        if not self._shown:
            return
        now = time.monotonic()
        if now >= self._next:
            self._next = now + INTERVAL
            self._write(printable(text)[:WIDTH])

    def end(self) -> None:
        """Take the line away."""
        if self._width:
            self._write("")

    def _write(self, text: str) -> None:
        blanks = " " * (self._width - len(text))
        self._stream.write(f"\r{text}{blanks}" + ("" if text else "\r"))
        self._stream.flush()
        self._width = len(text)
