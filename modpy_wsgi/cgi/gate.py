"""Which scripts may run at the same time in this process.

Law: the current directory is the process's, so scripts of one directory run together, and those of another wait. A
script that imports modules of the site runs alone: what one request put into a module is not to be seen by another.
First come, first served. The directory is given back when the last one leaves.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque
from typing import NamedTuple

from ..locks import lock

__all__ = ["GATE", "Gate"]


class _Waiting(NamedTuple):
    """One who waits, until `ticket` is released."""

    ticket: threading.Lock
    directory: str
    alone: bool


class Gate:
    """Lets scripts in."""

    def __init__(self) -> None:
        self._lock = lock()
        self._inside = 0
        self._directory = ""
        self._alone = False
        self._outer = "/"  # the current directory of everybody else
        self._queue: deque[_Waiting] = deque()

    def enter(self, directory: str, alone: bool, seconds: float) -> bool:
        """Wait for up to so many seconds. True once the current directory is `directory`: then `leave` is due.

        Raises OSError if that cannot be.
        """
        if not self._admitted(directory, alone, seconds):
            return False
        try:
            os.chdir(directory)  # where another script of the directory may have left it
        except OSError:
            self.leave()
            raise
        return True

    def leave(self) -> None:
        """One goes. Those who fit in now come."""
        with self._lock:
            self._inside -= 1
            if not self._inside:
                with contextlib.suppress(OSError):  # it is gone: there is nowhere to return to
                    os.chdir(self._outer)
            while self._queue and self._fits(self._queue[0].directory, self._queue[0].alone):
                waiting = self._queue.popleft()
                self._admit(waiting.directory, waiting.alone)
                waiting.ticket.release()

    def _admitted(self, directory: str, alone: bool, seconds: float) -> bool:
        with self._lock:
            if not self._queue and self._fits(directory, alone):
                self._admit(directory, alone)
                return True
            ticket = threading.Lock()
            ticket.acquire()
            waiting = _Waiting(ticket, directory, alone)
            self._queue.append(waiting)
        if ticket.acquire(timeout=seconds):
            return True
        with self._lock:
            if waiting not in self._queue:  # let in at the last moment
                return True
            self._queue.remove(waiting)
            return False

    def _fits(self, directory: str, alone: bool) -> bool:
        return not self._inside or not (alone or self._alone or directory != self._directory)

    def _admit(self, directory: str, alone: bool) -> None:
        if not self._inside:
            try:
                self._outer = os.getcwd()
            except OSError:
                self._outer = "/"
            self._directory, self._alone = directory, alone
        self._inside += 1


GATE = Gate()
