"""Locks across processes: _apache._global_lock, _global_trylock, _global_unlock, and the files behind them.

What the original answers was asked of it under prefork with 8 locks.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

import _apache
from modpy_wsgi import global_locks
from modpy_wsgi.config.load import load_text
from modpy_wsgi.server import make_servers, mp_server
from tests.live_server import wait_until

RANGE = "ValueError('Lock index is out of range for number of global mutex locks')"
RELEASE = "ValueError('Failed to release global mutex lock')"
TAKE = "ValueError('Failed to acquire global mutex lock')"
SECONDS = 60.0


def conf(folder: Path, more: str = "") -> str:
    return f'ServerRoot "{folder}"\nPythonOption mod_python.mutex_directory "{folder}"\n{more}\n'


def server(folder: Path, more: str = "") -> mp_server:
    """The main server of a configuration whose locks are in `folder`."""
    return make_servers(load_text(conf(folder, more)))[0]


def said(function: Callable[..., Any], *args: Any) -> str:
    try:
        return repr(function(*args))
    except Exception as error:
        return repr(error)


L, T, U = _apache._global_lock, _apache._global_trylock, _apache._global_unlock

# (function, arguments behind the server, the original's answer), asked one after the other
ASKED = {
    "not held": [(U, (None, 0), RELEASE)],
    "taken and released": [(T, (None, 0), "True"), (U, (None, 0), "None"), (U, (None, 0), RELEASE)],
    "lock": [(L, ("key",), "None"), (U, ("key",), "None")],
    "held by this thread": [(T, (None, 0), "True"), (T, (None, 0), "False")],
    "None is a key like others": [(T, (None,), "True"), (T, (None, 0), "True"), (U, (None,), "None")],
    "keys never take slot 0": [
        (T, (None, 0), "True"),
        *[(T, (n, n), "True") for n in range(1, 8)],
        (T, ("x",), "False"),
    ],
    "last index": [(T, (None, 7), "True")],
    "too large": [(T, (None, 8), RANGE), (L, (None, 99), RANGE), (U, (None, 8), RANGE)],
    "too small": [(T, (None, -2), RANGE)],
    "index before key": [(T, ("a", 3), "True"), (T, ("b", 3), "False"), (U, ("c", 3), "None")],
    "unhashable": [(T, ([],), """TypeError("unhashable type: 'list'")"""), (T, ([], 1), "True")],
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_answers_are_the_originals(tmp_path: Path, asked: list[tuple[Any, tuple[Any, ...], str]]) -> None:
    main = server(tmp_path)
    assert [said(function, main, *args) for function, args, _ in asked] == [wanted for _, _, wanted in asked]


@pytest.mark.parametrize("function", [L, T, U])
@pytest.mark.parametrize("args", [(None, "key"), ("server", "key", 0)])
def test_first_argument_is_a_server(function: Callable[..., Any], args: tuple[Any, ...]) -> None:
    assert said(function, *args) == "TypeError('First argument must be a server object')"


@pytest.mark.parametrize("args", [(), ("s",), ("s", "k", 1, 2)])
def test_number_of_arguments(args: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        L(*args)


def test_waiting_for_oneself_is_an_error(tmp_path: Path) -> None:
    """The original waits for ever."""
    main = server(tmp_path, f'ErrorLog "{tmp_path}/error.log"')
    L(main, "key")
    assert said(L, main, "key") == TAKE
    log = (tmp_path / "error.log").read_text()
    assert "[python:warn]" in log
    assert "Failed to acquire global mutex lock at index" in log
    assert "this thread holds it already" in log
    U(main, "key")
    assert T(main, "key")


def on_one_slot(main: mp_server) -> tuple[str, str, str]:
    """Three keys that fall on the same slot."""
    slots: dict[int, list[str]] = {}
    for number in range(1000):
        found = slots.setdefault(global_locks._slot(main, global_locks.DEFAULT_SLOTS, str(number), -1), [])
        found.append(str(number))
        if len(found) == 3:
            return found[0], found[1], found[2]
    raise AssertionError


def test_keys_that_fall_on_one_slot(tmp_path: Path) -> None:
    """A thread may have several of them: the original waits for ever then, by chance of the keys."""
    main, other = server(tmp_path), server(tmp_path)
    a, b, c = on_one_slot(main)
    L(main, a)
    L(main, b)
    assert T(main, c)
    assert said(L, main, b) == TAKE
    assert not T(main, b)
    U(main, a)
    U(main, c)
    assert not T(other, a), "b is held still"
    U(main, b)
    assert said(U, main, b) == RELEASE
    assert T(other, a)


def test_keys_that_fall_on_one_slot_are_one_lock_to_others(tmp_path: Path) -> None:
    main = server(tmp_path)
    a, b, _ = on_one_slot(main)
    L(main, a)
    taken: list[bool] = []
    thread = threading.Thread(target=lambda: taken.append(T(main, b)))
    thread.start()
    thread.join()
    assert taken == [False]


def test_a_slot_and_a_key_on_it(tmp_path: Path) -> None:
    main = server(tmp_path)
    slot = global_locks._slot(main, global_locks.DEFAULT_SLOTS, "key", -1)
    L(main, "key")
    assert not T(main, None, slot)
    U(main, None, slot)
    L(main, None, slot)
    assert not T(main, "key")
    assert said(L, main, "key") == TAKE


def test_any_thread_may_release(tmp_path: Path) -> None:
    """A WSGI server may end a request in another thread than it began in. The original refuses."""
    main = server(tmp_path)
    L(main, "key")
    thread = threading.Thread(target=U, args=(main, "key"))
    thread.start()
    thread.join()
    assert T(main, "key")


def test_virtual_hosts_share_the_main_servers(tmp_path: Path) -> None:
    hosts = make_servers(load_text(conf(tmp_path, "<VirtualHost *>\nServerName a\n</VirtualHost>")))
    assert T(hosts[0], "key")
    assert not T(hosts[1], "key")


SLOTS = {
    "default": ("", 8),
    "set": ("PythonOption mod_python.mutex_locks 3", 3),
    "one would leave none for keys": ("PythonOption mod_python.mutex_locks 1", 2),
    "no number": ("PythonOption mod_python.mutex_locks many", 8),
    "far too many": ("PythonOption mod_python.mutex_locks 9999999999", global_locks.MOST_SLOTS),
    "of a virtual host": ("<VirtualHost *>\nPythonOption mod_python.mutex_locks 3\n</VirtualHost>", 8),
}


@pytest.mark.parametrize(("more", "wanted"), SLOTS.values(), ids=SLOTS)
def test_number_of_slots(tmp_path: Path, more: str, wanted: int) -> None:
    last = make_servers(load_text(conf(tmp_path, more)))[-1]
    assert T(last, None, wanted - 1)
    assert said(T, last, None, wanted) == RANGE


def test_files_are_the_users_own(tmp_path: Path) -> None:
    main = server(tmp_path)
    T(main, None, 0)
    T(main, None, 1)
    files = sorted(tmp_path.glob("mpmtx*"))
    assert [file.stat().st_mode & 0o7777 for file in files] == [0o600, 0o600]
    assert len(files) == 2


def test_temporary_folder_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert T(make_servers(load_text("ServerRoot /somewhere"))[0], "key")
    assert len(list(tmp_path.glob("mpmtx*"))) == 1


def foreign(file: Path) -> None:
    os.chown(file, 12345, -1)


# What stands where a lock file should: (made with the path, what the log says)
IN_THE_WAY: dict[str, tuple[Callable[[Path], object], str]] = {
    "a link": (lambda path: path.symlink_to("/etc/hostname"), "Too many levels of symbolic links"),
    "a link to nothing": (lambda path: path.symlink_to(path.with_name("absent")), "Too many levels of symbolic links"),
    "a folder": (lambda path: path.mkdir(), "Is a directory"),
    "a pipe": (lambda path: os.mkfifo(path, 0o600), "no plain file"),
    "open to others": (lambda path: path.touch(0o666), "others may open it"),
    "another user's": (lambda path: (path.touch(0o600), foreign(path)), "belongs to user 12345"),
}


@pytest.mark.parametrize(("make", "why"), IN_THE_WAY.values(), ids=IN_THE_WAY)
def test_what_is_in_the_way_is_not_used(tmp_path: Path, make: Callable[[Path], object], why: str) -> None:
    if why.startswith("belongs") and os.geteuid() != 0:
        pytest.skip("needs root")
    T(server(tmp_path), None, 1)
    path = next(tmp_path.glob("mpmtx*"))
    path.unlink()
    make(path)
    main = server(tmp_path, f'ErrorLog "{tmp_path}/error.log"')
    assert said(T, main, None, 1) == TAKE
    assert why in (tmp_path / "error.log").read_text()
    assert not path.with_name("absent").exists()


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    main = server(tmp_path, f'PythonOption mod_python.mutex_directory absent\nErrorLog "{tmp_path}/error.log"')
    assert said(T, main, "key").startswith('ValueError("Failed to create global mutex locks: ')
    assert f"no directory for lock files: '{tmp_path}/absent'" in (tmp_path / "error.log").read_text()


def test_a_lock_file_that_was_swept_away(tmp_path: Path) -> None:
    """Programs that tidy /tmp remove it: whoever comes next makes it anew, and all meet there again."""
    first, second = server(tmp_path), server(tmp_path)
    for each in (first, second):
        L(each, "key")
        U(each, "key")
    next(tmp_path.glob("mpmtx*")).unlink()
    L(first, "key")
    assert not T(second, "key")


def test_a_lock_file_that_cannot_be_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever fails to take a slot does not hold it."""

    def refuse(path: Any, **how: Any) -> Any:
        raise PermissionError(errno.EACCES, "not to be looked at", path)

    first, second = server(tmp_path), server(tmp_path)
    T(first, None, 1)
    U(first, None, 1)
    with monkeypatch.context() as patched:
        patched.setattr(os, "stat", refuse)
        assert said(T, first, None, 1) == TAKE
    assert T(second, None, 1)
    U(second, None, 1)
    assert T(first, None, 1)


# Several processes. Each runs this with some lines of its own, and says what it has to say as lines of JSON.

PRELUDE = """
import json, os, sys, threading, time
sys.path.insert(0, os.environ["TESTED"])
import _apache
from modpy_wsgi.config.load import load_text
from modpy_wsgi.server import make_servers
L, T, U = _apache._global_lock, _apache._global_trylock, _apache._global_unlock
S = make_servers(load_text(sys.argv[1]))[0]
def say(what):
    print(json.dumps(what), flush=True)
"""


@contextmanager
def process(folder: Path, lines: str, more: str = "", **variables: str) -> Iterator[subprocess.Popen[str]]:
    environ = {**os.environ, "TESTED": str(Path(__file__).resolve().parents[1]), **variables}
    command = [sys.executable, "-W", "ignore", "-c", PRELUDE + dedent(lines), conf(folder, more)]
    started = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ, start_new_session=True
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def heard(process: subprocess.Popen[str]) -> Any:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def test_keys_have_the_same_slot_in_every_process(tmp_path: Path) -> None:
    """Also where hash() differs, because workers are not forks of one process."""
    lines = """
    from modpy_wsgi.global_locks import _slot
    say([_slot(S, 1000, key, -1) for key in ("a", b"a", "\\xe9\\udc80", 17, None, ("a", 1), ("a", ("b", None)))])
    """
    slots = []
    for seed in ("1", "2"):
        with process(tmp_path, lines, PYTHONHASHSEED=seed) as asked:
            slots.append(heard(asked))
    assert slots[0] == slots[1]
    assert len(set(slots[0])) > 4


HOLDS = "L(S, 'key'); say('held'); sys.stdin.read()"


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    main = server(tmp_path)
    with process(tmp_path, HOLDS) as holder:
        assert heard(holder) == "held"
        assert not T(main, "key")
        waiting = threading.Thread(target=L, args=(main, "key"), daemon=True)
        waiting.start()
        waiting.join(0.1)
        assert waiting.is_alive()
        holder.send_signal(signal.SIGKILL)
        waiting.join(SECONDS)
        assert not waiting.is_alive()


@pytest.mark.parametrize("start", ["os.fork()", "subprocess.Popen(['sleep', '60'])"])
def test_nor_do_the_children_that_it_leaves(tmp_path: Path, start: str) -> None:
    lines = f"""
    import subprocess
    L(S, "key")
    if not {start}:
        time.sleep(60)
        os._exit(0)
    say("held")
    sys.stdin.read()
    """
    main = server(tmp_path)
    with process(tmp_path, lines) as holder:
        assert heard(holder) == "held"
        assert not T(main, "key")
        holder.send_signal(signal.SIGKILL)
        try:
            wait_until(lambda: T(main, "key"), "the lock free")
        finally:
            os.killpg(holder.pid, signal.SIGKILL)


def test_the_child_of_a_holder_holds_nothing(tmp_path: Path) -> None:
    lines = """
    L(S, "key")
    reading, writing = os.pipe()
    if not os.fork():
        def said(function):
            try:
                return repr(function(S, "key"))
            except Exception as error:
                return repr(error)
        os.write(writing, json.dumps([said(T), said(U)]).encode())
        os._exit(0)
    os.wait()
    say(json.loads(os.read(reading, 1000)))
    U(S, "key")
    if not os.fork():
        os._exit(T(S, "key"))
    say(os.waitstatus_to_exitcode(os.wait()[1]))
    say(T(S, "key"))
    """
    with process(tmp_path, lines) as parent:
        assert heard(parent) == ["False", RELEASE]
        assert heard(parent) == 1
        assert heard(parent) is True


PROCESSES, THREADS, TIMES = 4, 16, 25


def test_no_update_is_lost(tmp_path: Path) -> None:
    """Threads of several processes count in one file, and take their turns at it."""
    counter = tmp_path / "counter"
    counter.write_text("0")
    lines = f"""
    def count():
        for turn in range({TIMES}):
            L(S, "counter")
            with open({str(counter)!r}, "r+") as file:
                number = int(file.read())
                file.seek(0)
                file.write(str(number + 1))
            U(S, "counter")
    threads = [threading.Thread(target=count) for _ in range({THREADS})]
    say("ready")
    sys.stdin.readline()
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    say("done")
    """
    with ExitStack() as stack:
        started = [stack.enter_context(process(tmp_path, lines)) for _ in range(PROCESSES)]
        for each in started:
            assert heard(each) == "ready"
        for each in started:
            assert each.stdin is not None
            each.stdin.write("\n")
            each.stdin.flush()
        for each in started:
            assert heard(each) == "done"
    assert counter.read_text() == str(PROCESSES * THREADS * TIMES)


def test_waiting_stops_one_greenlet_only(tmp_path: Path) -> None:
    pytest.importorskip("gevent")
    lines = """
    from gevent import monkey
    monkey.patch_all()
    import gevent
    def wait():
        L(S, "key")
        say("taken")
        try:
            L(S, "key")
        except ValueError:
            say("by this greenlet")
        gevent.sleep(0.05)
        U(S, "key")
    def tick():
        gevent.sleep(0.05)
        say("another runs")
    say("ready")
    gevent.joinall([gevent.spawn(wait), gevent.spawn(wait), gevent.spawn(tick)])
    """
    main = server(tmp_path)
    L(main, "key")
    with process(tmp_path, lines) as greenlets:
        assert heard(greenlets) == "ready"
        assert heard(greenlets) == "another runs"
        U(main, "key")
        assert [heard(greenlets) for _ in range(4)] == ["taken", "by this greenlet"] * 2


class Remembered:
    """A backend that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def acquire(self, slot: int, key: object, *, wait: bool) -> bool:
        self.asked.append((slot, key, wait))
        if key == "broken":
            raise ConnectionError("no backend")
        return True

    def release(self, slot: int, key: object) -> None:
        self.asked.append((slot, key))


def test_another_backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = Remembered()
    monkeypatch.setitem(global_locks.BACKENDS, "remembered", lambda main, slots: backend)
    main = server(tmp_path, "PythonOption modpy_wsgi.mutex_backend remembered")
    L(main, "key", 3)
    T(main, "key", 4)
    U(main, "key", 3)
    assert backend.asked == [(3, "key", True), (4, "key", False), (3, "key")]
    assert said(L, main, "broken") == TAKE
    assert not list(tmp_path.glob("mpmtx*"))


def test_a_backend_that_is_none(tmp_path: Path) -> None:
    main = server(tmp_path, "PythonOption modpy_wsgi.mutex_backend absent")
    assert "want one of" in said(T, main, "key")
