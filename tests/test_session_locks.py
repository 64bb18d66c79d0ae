"""Locks of sessions, among threads and processes: whoever ends in whatever way, and whatever becomes of their file."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modpy_wsgi.session import locks

HOLD = """
import sys, time
from modpy_wsgi.session.locks import SessionLocks
locks = SessionLocks(sys.argv[1])
assert locks.acquire("name", 0)
print("held", flush=True)
sys.stdin.read()
"""


def holding(path: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", HOLD, str(path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    return process


@pytest.mark.parametrize("end", ["kill", "terminate"])
def test_lock_of_another_process(tmp_path: Path, end: str) -> None:
    path = tmp_path / "locks"
    mine = locks.SessionLocks(str(path))
    with holding(path) as process:
        assert not mine.acquire("name", 0.05)
        assert mine.acquire("another", 0)
        getattr(process, end)()
        process.wait()
        assert mine.acquire("name", 0)
    mine.release("name")
    mine.release("another")


def test_a_session_that_is_collected_while_another_is_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Garbage is collected anywhere, and with it a session whose request was never ended: it is unlocked there."""
    mine = locks.SessionLocks(str(tmp_path / "locks"))
    assert mine.acquire("lost", 0)
    place = locks._place

    def collected(name: str) -> int:
        mine.release("lost")
        return place(name)

    monkeypatch.setattr(locks, "_place", collected)
    done: list[bool] = []
    thread = threading.Thread(target=lambda: done.append(mine.acquire("name", 0)), daemon=True)
    thread.start()
    thread.join(10)
    assert done == [True]
    assert list(mine._turns) == ["name"]


def test_lock_file_that_was_swept_away(tmp_path: Path) -> None:
    """The locks in it are still held by who holds them; new ones are in the new file, for all."""
    path = tmp_path / "locks"
    mine = locks.SessionLocks(str(path))
    assert mine.acquire("old", 0)
    path.unlink()
    assert mine.acquire("name", 0)
    mine.release("name")
    with holding(path):
        assert not mine.acquire("name", 0)
    mine.release("old")


FORK = """
import os, sys
from modpy_wsgi.session.locks import SessionLocks
mine = SessionLocks(sys.argv[1])
assert mine.acquire("name", 0)
child = os.fork()
if child == 0:
    os._exit(0 if not mine.acquire("name", 0) and mine.acquire("another", 0) else 1)
assert os.waitpid(child, 0)[1] == 0
assert not mine.acquire("name", 0)
mine.release("name")
assert not mine._turns
assert mine.acquire("another", 0)  # the child is gone
"""


def test_child_of_a_fork_does_not_hold_what_its_parent_does(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", FORK, str(tmp_path / "locks")], check=True, timeout=60)


TAKE = """
import sys
from modpy_wsgi.session.locks import SessionLocks
locks = SessionLocks(sys.argv[1])
assert locks.acquire("name", 5)
with locks.alone("writer"):
    pass
"""


def test_lock_whose_file_cannot_be_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever fails to take a lock does not keep it from other processes."""

    def refuse(path: Any) -> Any:
        raise PermissionError(errno.EACCES, "not to be looked at", path)

    mine = locks.SessionLocks(str(tmp_path / "own" / "locks"))
    assert mine.acquire("name", 0)
    mine.release("name")
    with monkeypatch.context() as patched:
        patched.setattr(os, "lstat", refuse)
        with pytest.raises(PermissionError):
            mine.acquire("name", 0)
        with pytest.raises(PermissionError), mine.alone("writer"):
            pass
    subprocess.run([sys.executable, "-c", TAKE, mine.path], check=True, timeout=30)


ALONE = """
import sys
from modpy_wsgi.session.locks import SessionLocks
with SessionLocks(sys.argv[1]).alone("writer"):
    print("held", flush=True)
    sys.stdin.readline()
    print("waits", flush=True)
    with SessionLocks(sys.argv[2]).alone("writer"):
        print("both", flush=True)
"""


def test_two_files_are_no_deadlock(tmp_path: Path) -> None:
    """A thread here waits for another process, which waits for another thread here: the kernel knows no threads."""
    mine, theirs = [str(tmp_path / name / "locks") for name in ("mine", "theirs")]
    command = [sys.executable, "-c", ALONE, theirs, mine]
    waited: list[bool] = []

    def wait() -> None:
        with locks.SessionLocks(theirs).alone("writer"):
            waited.append(True)

    thread = threading.Thread(target=wait)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with locks.SessionLocks(mine).alone("writer"):
            thread.start()
            time.sleep(0.2)
            process.stdin.write(b"\n")
            process.stdin.flush()
            assert process.stdout.readline() == b"waits\n"
            time.sleep(0.2)
        assert process.stdout.read() == b"both\n"
    thread.join(30)
    assert waited and process.returncode == 0


def test_locks_of_a_file_by_any_path(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "link").symlink_to("a")
    paths = ("a/b/locks", "a//b/locks", "a/../a/b/locks", "link/b/locks")
    assert len({id(locks.locks_at(f"{tmp_path}/{path}")) for path in paths}) == 1


@pytest.mark.parametrize("what", ["folder", "file"])
def test_locks_behind_a_link(tmp_path: Path, what: str) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "locks").touch(0o600)
    if what == "folder":
        (tmp_path / "linked").symlink_to("other")
    else:
        (tmp_path / "linked").mkdir(0o700)
        (tmp_path / "linked" / "locks").symlink_to("../other/locks")
    with pytest.raises(OSError, match=r"symbolic links|Not a directory"):
        locks.locks_at(str(tmp_path / "linked" / "locks")).acquire("name", 0)


def test_locks_leave_nothing_in_memory() -> None:
    mine = locks.SessionLocks()
    for number in range(100):
        assert mine.acquire(str(number), 0)
        assert not mine.acquire(str(number), 0)
        mine.release(str(number))
        mine.release(str(number))
    assert not mine._turns


# -- what is left of files that were swept away ------------------------------------------------------------------------

ASK = """
import sys
from modpy_wsgi.session.locks import SessionLocks
print(*[SessionLocks(sys.argv[1]).acquire(name, 0) for name in sys.argv[2:]])
"""


def free_elsewhere(path: Path, *names: str) -> list[str]:
    """Which locks another process could have."""
    command = [sys.executable, "-c", ASK, str(path), *names]
    told = subprocess.run(command, check=True, timeout=30, capture_output=True, text=True).stdout.split()
    return [name for name, taken in zip(names, told, strict=True) if taken == "True"]


def descriptors() -> int:
    return len(os.listdir("/dev/fd"))


def _use(mine: locks.SessionLocks) -> None:
    assert mine.acquire("name", 0)
    mine.release("name")


def _wait_in_vain(mine: locks.SessionLocks) -> None:
    assert mine.acquire("name", 0)
    assert not mine.acquire("name", 0)
    mine.release("name")


def _be_alone(mine: locks.SessionLocks) -> None:
    with mine.alone("writer"):
        pass


def _sweep_within(mine: locks.SessionLocks) -> None:
    with mine.alone("writer"):
        assert mine.path is not None
        os.unlink(mine.path)
        _use(mine)


def _sweep_held(mine: locks.SessionLocks) -> None:
    assert mine.path is not None
    assert mine.acquire("old", 0)
    os.unlink(mine.path)
    _use(mine)
    mine.release("old")


def _fail(mine: locks.SessionLocks) -> None:
    """The file cannot be opened, as another one is in its place."""
    assert mine.path is not None
    Path(mine.path).touch(0o666)
    os.chmod(mine.path, 0o666)
    with pytest.raises(PermissionError):
        mine.acquire("name", 0)
    with pytest.raises(PermissionError), mine.alone("writer"):
        pass


@pytest.mark.parametrize("use", [_use, _wait_in_vain, _be_alone, _sweep_within, _sweep_held, _fail])
def test_files_that_were_swept_away_are_closed(tmp_path: Path, use: Callable[[locks.SessionLocks], None]) -> None:
    """Or a process has one open for each time that somebody has cleaned up, until it may open no more."""
    mine = locks.SessionLocks(str(tmp_path / "locks"))
    _use(mine)
    before = descriptors()
    for _ in range(20):
        (tmp_path / "locks").unlink(missing_ok=True)
        use(mine)
    (tmp_path / "locks").unlink(missing_ok=True)
    _use(mine)
    assert descriptors() == before


def test_file_is_kept_for_the_locks_in_it(tmp_path: Path) -> None:
    path = tmp_path / "locks"
    mine = locks.SessionLocks(str(path))
    assert mine.acquire("first", 0)
    before = descriptors()
    path.rename(tmp_path / "away")
    assert mine.acquire("second", 0)
    assert free_elsewhere(tmp_path / "away", "first", "second") == ["second"]
    assert free_elsewhere(path, "first", "second") == ["first"]
    mine.release("first")
    assert descriptors() == before
    assert free_elsewhere(path, "second") == []
    mine.release("second")


def test_file_that_comes_back(tmp_path: Path) -> None:
    """To close it would free all that is locked in it, whichever descriptor is closed."""
    path = tmp_path / "locks"
    mine = locks.SessionLocks(str(path))
    before = descriptors()
    assert mine.acquire("first", 0)
    path.rename(tmp_path / "away")
    assert mine.acquire("second", 0)
    (tmp_path / "away").replace(path)
    assert mine.acquire("third", 0)
    mine.release("second")
    assert free_elsewhere(path, "first", "third") == []
    mine.release("first")
    assert free_elsewhere(path, "first", "third") == ["first"]
    mine.release("third")
    path.unlink()
    _use(mine)
    assert descriptors() == before + 1


def test_file_that_comes_back_as_its_last_session_is_collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "locks"
    mine = locks.SessionLocks(str(path))
    assert mine.acquire("lost", 0)
    path.rename(tmp_path / "away")
    _use(mine)  # in a new file
    (tmp_path / "away").replace(path)

    class Files(dict[Any, Any]):
        def setdefault(self, key: Any, default: Any = None) -> Any:
            found = super().setdefault(key, default)
            mine.release("lost")
            return found

    monkeypatch.setattr(locks, "_files", Files(locks._files))
    assert mine.acquire("name", 0)
    assert free_elsewhere(path, "lost", "name") == ["lost"]
    mine.release("name")


def test_two_names_of_one_file(tmp_path: Path) -> None:
    """Who sees that it has gone from one of them closes nothing that has a lock by the other."""
    before = tmp_path / "before" / "locks"
    after = tmp_path / "after" / "locks"
    one = locks.SessionLocks(str(before))
    assert one.acquire("first", 0)
    before.parent.rename(after.parent)
    two = locks.SessionLocks(str(after))
    assert two.acquire("second", 0)
    opened = descriptors()
    assert one.acquire("third", 0)  # in a new file
    one.release("first")
    assert free_elsewhere(after, "first", "second") == ["first"]
    after.unlink()
    assert two.acquire("fourth", 0)
    assert two.acquire("second", 0) is False
    two.release("second")  # with which the first file is closed, by both its numbers
    assert descriptors() == opened
    one.release("third")
    two.release("fourth")


def test_threads_while_the_file_is_swept_away(tmp_path: Path) -> None:
    """They keep one another out, and close no file that another one has a lock in."""
    mine = locks.SessionLocks(str(tmp_path / "locks"))
    _use(mine)
    before = descriptors()
    inside = {str(name): 0 for name in range(3)}
    done: list[int] = []

    def work() -> None:
        for number in range(200):
            name = str(number % 3)
            assert mine.acquire(name, 30)
            inside[name] += 1
            with mine.alone(f"writer {name}"):
                done.append(inside[name])
            inside[name] -= 1
            mine.release(name)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        (tmp_path / "locks").unlink(missing_ok=True)
        time.sleep(0.002)
    assert done == [1] * 800
    _use(mine)
    assert descriptors() == before and not mine._turns
