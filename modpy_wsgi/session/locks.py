"""One lock for each session, among threads and processes.

Law: a lock has one holder, and is free as soon as the holder's process is gone, however it ended. Sessions do not wait
for one another: each has its own lock, where the original has 8 slots for all.

Among threads a lock is a lock. Among processes it is one byte of a file, far from all others, locked as POSIX has it:
the kernel keeps a lock for each byte that is held and nothing for the others, so there may be any number of sessions.
Such a lock belongs to the process, and all of them are lost when it closes the file: so it is opened once, and kept.
If it is swept away, as folders for temporary files are, it is closed with the last lock that is held in it, by whatever
name it was opened: a folder may be moved, or mounted twice. Who locks by two names of one file is not kept apart from
other threads, though.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import threading
import time
from collections.abc import Iterator
from typing import Final

from ..locks import lock, reentrant_lock
from ..own_files import open_own_file
from .folders import opened, own_folder

__all__ = ["SessionLocks", "locks_at"]

FIRST_PAUSE: Final = 0.0005  # seconds between two looks at what another process holds
LONGEST_PAUSE: Final = 0.02
_BITS: Final = 62  # of a place in a file


class _File:
    """An open file of locks; -1 is none.

    `turns`: how many hold a lock in it or wait for one, and of how many SessionLocks it is the one at their place.
    """

    __slots__ = ("again", "key", "number", "turns")

    def __init__(self, number: int, key: tuple[int, int]) -> None:
        self.number = number
        self.key = key  # device and inode
        self.again: list[int] = []  # the same file that was moved away, came back and was opened once more
        self.turns = 0


class _Turn:
    """The lock of one session in this process, for as long as somebody holds it or waits for it.

    `file` is changed by who has `lock` only.
    """

    __slots__ = ("file", "lock", "place", "users")

    def __init__(self, place: int, file: _File) -> None:
        self.lock = threading.Lock()
        self.users = 0
        self.place = place
        self.file = file
        file.turns += 1


_guard = reentrant_lock()  # a session that is collected as garbage meanwhile is unlocked right here
_files: dict[tuple[int, int], _File] = {}  # of this process, with those that were swept away, and have locks in them


class SessionLocks:
    """Locks by name. `path`: the file for those of other processes; None: there are none that share the sessions."""

    def __init__(self, path: str | None = None) -> None:
        self.path = path
        self._turns: dict[str, _Turn] = {}
        self._file = _File(-1, (-1, -1))  # the one at its place
        self._file.turns = 1
        self._process = os.getpid()

    def acquire(self, name: str, seconds: float) -> bool:
        """Take a lock; wait up to so many seconds. Returns whether it was taken. Raises OSError for the file."""
        with _guard:
            if self._process != os.getpid():  # what the parent's threads held here, they hold there
                self._turns = {}
                self._process = os.getpid()
            turn = self._turns.get(name)
            if turn is None:
                place = 0 if self.path is None else _place(name)
                turn = self._turns[name] = _Turn(place, self._file)
            turn.users += 1
        deadline = time.monotonic() + seconds
        taken = False
        try:
            taken = turn.lock.acquire(blocking=False) or (seconds > 0 and turn.lock.acquire(timeout=seconds))
            if taken and self.path is not None and not self._take(turn, deadline):
                taken = False
                turn.lock.release()
        except BaseException:
            if taken:
                turn.lock.release()
            taken = False
            raise
        finally:
            if not taken:
                self._leave(name, turn)
        return taken

    @contextlib.contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Keep other processes out for a moment, in which nothing may be waited for. Raises OSError.

        Among themselves they come in turn, as the kernel wakes them; the threads of this one have to see to that
        themselves.
        """
        with _guard:
            turn = _Turn(_place(name), self._file)
        try:
            self._wait(turn)
            try:
                yield
            finally:
                fcntl.lockf(turn.file.number, fcntl.LOCK_UN, 1, turn.place)
        finally:
            with _guard:
                _let_go(turn.file)

    def release(self, name: str) -> None:
        """Let a lock go that this process holds; nothing if it does not."""
        turn = self._turns.get(name)
        if turn is None or self._process != os.getpid():
            return
        try:
            file = turn.file
            if file.number >= 0:
                fcntl.lockf(file.number, fcntl.LOCK_UN, 1, turn.place)
        finally:
            turn.lock.release()
            self._leave(name, turn)

    def _leave(self, name: str, turn: _Turn) -> None:
        with _guard:
            turn.users -= 1
            if not turn.users:
                self._turns.pop(name, None)
                _let_go(turn.file)

    def _take(self, turn: _Turn, deadline: float) -> bool:
        """Take the byte in the file."""
        pause = FIRST_PAUSE
        while True:
            file = turn.file
            if file.number < 0:
                file = self._open(turn)
            try:
                fcntl.lockf(file.number, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, turn.place)
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.EACCES):
                    raise
                taken = False
            else:
                taken = True
            if not (self._counts(file, turn.place) if taken else self._is_at_its_place(file)):
                self._open(turn)
                continue
            if taken:
                return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(pause, left))
            pause = min(2 * pause, LONGEST_PAUSE)

    def _wait(self, turn: _Turn) -> None:
        """Take the byte in the file as soon as the kernel lets us."""
        while True:
            file = turn.file if turn.file.number >= 0 else self._open(turn)
            try:
                fcntl.lockf(file.number, fcntl.LOCK_EX, 1, turn.place)
            except OSError as error:
                if error.errno != errno.EDEADLK:
                    raise
                # The kernel takes a process for one: two whose threads wait for each other's seem a circle to it.
                time.sleep(FIRST_PAUSE)
                continue
            if self._counts(file, turn.place):
                return
            self._open(turn)

    def _open(self, turn: _Turn) -> _File:
        """The file at its place, opened unless somebody else has done so: for a turn, instead of the one it had."""
        with _guard:
            stale = turn.file
            if self._file is stale:
                self._open_another()
            turn.file = self._file
            turn.file.turns += 1
            _let_go(stale)
            return turn.file

    def _open_another(self) -> None:
        assert self.path is not None
        with opened(own_folder(os.path.dirname(self.path))):
            pass
        number = open_own_file(self.path, os.O_RDWR | os.O_CREAT)
        found = os.fstat(number)
        key = found.st_dev, found.st_ino
        file = _kept(number, key)
        if file.number != number:
            file.again.append(number)  # to close it would free the locks in the file
        before, self._file = self._file, file
        _let_go(before)

    def _counts(self, file: _File, place: int) -> bool:
        """Whether a byte that was locked is one that the others know of. If not, or if that cannot be told (OSError),
        it is let go."""
        counts = False
        try:
            counts = self._is_at_its_place(file)
        finally:
            if not counts:
                fcntl.lockf(file.number, fcntl.LOCK_UN, 1, place)
        return counts

    def _is_at_its_place(self, file: _File) -> bool:
        assert self.path is not None
        try:
            found = os.lstat(self.path)
        except FileNotFoundError:
            return False
        return (found.st_dev, found.st_ino) == file.key


def _kept(number: int, key: tuple[int, int]) -> _File:
    """A turn in the file of this key: one that is open already, else with this number. Under the guard."""
    made = _File(number, key)
    while True:
        file = _files.setdefault(key, made)
        file.turns += 1
        if _files.get(key) is file:
            return file
        file.turns -= 1  # a session that was collected just now had the last turn in it, and has closed it


def _let_go(file: _File) -> None:
    """End a turn in a file, and with the last one close it. Under the guard."""
    file.turns -= 1
    if not file.turns and _files.pop(file.key, None) is not None:
        for number in (file.number, *file.again):
            with contextlib.suppress(OSError):  # it is closed all the same, and nothing was written into it
                os.close(number)


def _place(name: str) -> int:
    digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> (64 - _BITS)


_at: dict[str, SessionLocks] = {}
_at_guard = lock()


def locks_at(path: str) -> SessionLocks:
    """The locks of a file: the same object whenever this process asks, however the path is spelled.

    Two open files would not keep its threads apart, and to close one would free the locks of both.
    """
    found = _at.get(path)
    if found is None:
        with _at_guard:
            folder, name = os.path.split(os.path.normpath(path))
            above, own = os.path.split(folder)  # the folder itself must be no symbolic link: who opens it finds out
            real = os.path.join(os.path.realpath(above), own, name)
            found = _at[path] = _at.setdefault(real, SessionLocks(real))
    return found
