"""The PidFile: who serves, for those who are to stop it.

Law: a number in a file is believed only if the process of that number holds the lock for writing on the file. A signal
never goes to a process that merely has the number: a file outlives its server, and numbers are used again. A lock for
reading, which anybody can hold who may read the file, means nothing.
"""

from __future__ import annotations

import contextlib
import enum
import fcntl
import os
import stat
import struct
import sys
from typing import NamedTuple

from ..errors import ConfigError
from .places import Place

__all__ = ["Found", "PidFile", "State", "found"]

MOST_DIGITS = 10  # no system has longer numbers of processes
MODE = 0o644  # less the umask: others may read it
TRIES = 10  # to lock a file that others put in its place, or lock, meanwhile


class State(enum.Enum):
    """What a pid file tells."""

    NONE = "no pid file"
    RUNNING = "its server runs"
    STALE = "nobody has its number"
    FOREIGN = "a process that is no server of ours has its number"
    HELD = "another process than the one it names has locked it"
    BAD = "it holds no number"


class Found(NamedTuple):
    """A pid file that was read."""

    state: State
    pid: int = 0  # the number in it
    holder: int = 0  # who has locked it for writing; 0 if nobody has, or a process that has no number here


def found(path: str) -> Found:
    """What the file says. Raises OSError if it cannot be read.

    Not for the process that has taken the file: reading it would let go of its lock.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a FIFO must make nobody wait
    except FileNotFoundError:
        return Found(State.NONE)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            return Found(State.BAD)
        holder = _writer(file)
        digits = os.read(file, MOST_DIGITS + 2).strip()
    finally:
        os.close(file)
    pid = int(digits) if digits.isdigit() and len(digits) <= MOST_DIGITS else 0
    if holder is not None:
        return Found(State.RUNNING if pid and pid == holder else State.HELD, pid, holder)
    if not pid:
        return Found(State.BAD)
    return Found(State.FOREIGN if _is_there(pid) else State.STALE, pid)


_LINUX = sys.platform.startswith("linux")
_FLOCK = struct.Struct("hhqqi0q" if _LINUX else "qqihhi0q")  # struct flock of Linux, and of the BSDs (fcntl.h)


def _writer(file: int) -> int | None:
    """The process that holds a lock for writing on a file; None if none does. It takes no lock to find out."""
    asked = (fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0) if _LINUX else (0, 0, 0, fcntl.F_RDLCK, os.SEEK_SET, 0)
    told = _FLOCK.unpack(fcntl.fcntl(file, fcntl.F_GETLK, _FLOCK.pack(*asked)))
    kind, pid = (told[0], told[4]) if _LINUX else (told[3], told[2])
    return None if kind == fcntl.F_UNLCK else max(pid, 0)


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
        if any(mine.is_same(self.path) for mine in _TAKEN):  # which must not be read here
            raise self._error("this process has taken it already")
        try:
            state, pid, holder = found(self.path)
        except OSError as error:
            raise self._error(error.strerror or str(error)) from error
        if state is State.RUNNING:
            raise self._error(f"the server runs already, as process {pid}")
        if state is State.FOREIGN:
            raise self._error(f"names process {pid}, which is no server of this kind: stop it, or remove the file")
        if state is State.HELD:
            raise self._error(
                f"process {holder or 'of another machine or container'} has locked it, which it does not name"
            )
        if state is State.BAD:
            raise self._error("holds no process number: remove it, if it is of no use")
        return state

    def _error(self, reason: str) -> ConfigError:
        return ConfigError(f"PidFile {self.path}: {reason}", *self._place)

    def take(self) -> State:
        """Write the number of this process; what `check` found. Raises ConfigError."""
        state = self.check()
        try:
            file = self._locked()
        except OSError as error:
            raise self._error(error.strerror or str(error)) from error
        os.ftruncate(file, 0)
        os.write(file, b"%d\n" % os.getpid())
        self._file, self._owner = file, os.getpid()
        _TAKEN.add(self)
        return state

    def is_same(self, path: str) -> bool:
        """Whether a path leads to the file that this process has taken, however it is spelt."""
        if self._file is None or self._owner != os.getpid():
            return False
        try:
            return os.path.samestat(os.fstat(self._file), os.stat(path))
        except OSError:
            return False

    def _locked(self) -> int:
        """The file, open and locked for writing. Raises ConfigError if another server holds it, OSError."""
        for _ in range(TRIES):
            file, is_new = self._opened()
            try:
                if self._lock(file):
                    if is_new:
                        os.fchmod(file, MODE & ~_umask())
                    return file
            except BaseException:
                os.close(file)
                raise
            os.close(file)
        raise self._error("others lock or replace it all the time")

    def _lock(self, file: int) -> bool:
        """Lock a file for writing; whether it is locked, and still the one at the path."""
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            if _writer(file) is not None:
                raise self._error("another server has just begun") from None
            self._set_aside(file)  # locked by those who read it: their lock stays with what nobody looks at
            return False
        return _is_at(file, self.path)

    def _opened(self) -> tuple[int, bool]:
        """The file, and whether it is new. Then only its owner may open it, so that nobody locks it before us."""
        flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            return os.open(self.path, flags), False
        except FileNotFoundError:
            return os.open(self.path, flags | os.O_CREAT | os.O_EXCL, 0o600), True

    def _set_aside(self, file: int) -> None:
        """Take the name away from an open file, unless it has become the name of another one."""
        aside = f"{self.path}.{os.getpid()}"
        try:
            os.rename(self.path, aside)
        except FileNotFoundError:
            return
        try:
            if not _is_at(file, aside):  # another server has put its own there
                os.link(aside, self.path, follow_symlinks=False)
        finally:
            os.unlink(aside)

    def release(self) -> None:
        """Remove the file and let go of it, in the process that took it."""
        if self._file is None or self._owner != os.getpid():
            return
        with contextlib.suppress(OSError):
            if _is_at(self._file, self.path):
                os.unlink(self.path)
        os.close(self._file)
        self._file = None
        _TAKEN.discard(self)


_TAKEN: set[PidFile] = set()  # by this process, or by the one that it comes from


def _is_at(file: int, path: str) -> bool:
    """Whether an open file is the one at a path."""
    try:
        return os.path.samestat(os.fstat(file), os.lstat(path))
    except FileNotFoundError:
        return False


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
