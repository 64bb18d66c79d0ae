"""The PidFile: who serves, for those who are to stop it.

Law: a number in a file is believed only if its process holds the lock on the file. A signal never goes to a process
that merely has the number: a file outlives its server, and numbers are used again.
"""

from __future__ import annotations

import contextlib
import enum
import errno
import fcntl
import os
from pathlib import Path
from typing import NamedTuple

from ..errors import ConfigError
from .places import Place

__all__ = ["Found", "PidFile", "State", "found"]

MOST_DIGITS = 10  # no system has longer numbers of processes
MODE = 0o644


class State(enum.Enum):
    """What a pid file tells."""

    NONE = "no pid file"
    RUNNING = "its server runs"
    STALE = "nobody has its number"
    FOREIGN = "a process that is no server of ours has its number"
    BAD = "it holds no number"


class Found(NamedTuple):
    """A pid file that was read."""

    state: State
    pid: int = 0


def found(path: str) -> Found:
    """What the file says. Raises OSError if it cannot be read.

    Not for the process that has taken the file: reading it would let go of its lock.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(MOST_DIGITS + 2)
            try:
                fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                locked = False
            except OSError as error:  # another process that reads does not count
                if error.errno not in (errno.EACCES, errno.EAGAIN):  # no lock can be had here at all
                    raise
                locked = True
    except FileNotFoundError:
        return Found(State.NONE)
    digits = data.strip()
    if not digits.isdigit() or len(digits) > MOST_DIGITS or int(digits) < 1:
        return Found(State.BAD)
    pid = int(digits)
    if locked:
        return Found(State.RUNNING, pid)
    return Found(State.FOREIGN if _is_there(pid) else State.STALE, pid)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


class PidFile:
    """The pid file of the process that serves; the lock lasts as long as the process does."""

    def __init__(self, path: str, place: Place | None = None) -> None:
        """place: of the directive, for errors."""
        self.path = path
        self._place = place or Place()
        self._file: int | None = None
        self._owner = 0

    def check(self) -> State:
        """Whether it can be taken. Raises ConfigError with one line if it cannot; NONE or STALE otherwise."""
        try:
            state, pid = found(self.path)
        except OSError as error:
            raise self._error(error.strerror or str(error)) from error
        if state is State.RUNNING:
            raise self._error(f"the server runs already, as process {pid}")
        if state is State.FOREIGN:
            raise self._error(f"names process {pid}, which is no server of this kind: stop it, or remove the file")
        if state is State.BAD:
            raise self._error("holds no process number: remove it, if it is of no use")
        return state

    def _error(self, reason: str) -> ConfigError:
        return ConfigError(f"PidFile {self.path}: {reason}", *self._place)

    def take(self) -> State:
        """Write the number of this process; what `check` found. Raises ConfigError."""
        state = self.check()
        try:
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, MODE)
        except OSError as error:
            raise self._error(error.strerror or str(error)) from error
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:  # another one was faster
            os.close(file)
            raise self._error("another server has just begun") from error
        os.ftruncate(file, 0)
        os.write(file, b"%d\n" % os.getpid())
        self._file, self._owner = file, os.getpid()
        return state

    def release(self) -> None:
        """Remove the file and let go of it, in the process that took it."""
        if self._file is None or self._owner != os.getpid():
            return
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(self._file), Path(self.path).stat()):
                os.unlink(self.path)
        os.close(self._file)
        self._file = None
