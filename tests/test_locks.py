"""A fork while another thread is busy: the child finds no lock shut for ever."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from modpy_wsgi.config import cache
from modpy_wsgi.locks import lock, reentrant_lock
from tests.wsgi_site import Folder, Server

HANGS = "hangs"
SECONDS = 5.0  # until a child counts as hanging; it has nothing to do


def in_child(work: Callable[[], Any]) -> str:
    """What `work` answers in a child of this process; the child never comes back to the test."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(int(SECONDS))  # ends a child that hangs
        try:
            os.write(writing, str(work()).encode())
        except BaseException as error:
            os.write(writing, repr(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(child, 0)
    return said or HANGS


class Holder:
    """Another thread that holds something."""

    def __init__(self, held: AbstractContextManager[Any]) -> None:
        self.held, self.taken, self.done = held, threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._hold)

    def _hold(self) -> None:
        with self.held:
            self.taken.set()
            self.done.wait()

    def __enter__(self) -> None:
        self.thread.start()
        self.taken.wait()

    def __exit__(self, *exc_info: object) -> None:
        self.done.set()
        self.thread.join()


def taken_and_released(made: Any) -> str:
    with made:
        return "open"


# Python 3.12 warns of forks among threads: that is what is tested here.
pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@pytest.mark.parametrize("make", [lock, reentrant_lock])
def test_lock_of_another_thread(make: Callable[[], Any]) -> None:
    made = make()
    with Holder(made):
        assert in_child(lambda: taken_and_released(made)) == "open"
        assert not made.acquire(blocking=False), "the parent's is as it was"


def test_lock_of_the_forking_thread() -> None:
    made = reentrant_lock()

    def released() -> str:
        made.release()
        return "released"

    with made:
        assert in_child(released) == "released"


def test_a_standard_lock_would_hang() -> None:
    made = threading.Lock()
    with Holder(made):
        assert in_child(lambda: made.acquire(timeout=0.2)) == "False"


@pytest.mark.parametrize("name", ["modules", "reloading", "path", "starting", "caches", "log"])
def test_request_in_a_child(tmp_path: Path, name: str) -> None:
    with Folder(tmp_path) as folder:
        folder.write(forking="def handler(req):\n    import beside\n    req.write(beside.V, 0)\n    return 0\n")
        folder.write(beside="V = 'beside'\n")
        app = folder.serve("SetHandler mod_python\nPythonHandler forking")
        ground = app.interpreters.get(app.main_server.server_hostname)._ground
        locks: dict[str, Any] = {
            "modules": ground.space.modules._lock,
            "reloading": ground.reloading,
            "path": ground.path_lock,
            "starting": app._starting,
            "caches": cache._writing,
            "log": app.main_server._log._outlet.target._lock,  # type: ignore[attr-defined]
        }
        with Holder(locks[name]):
            assert in_child(lambda: Server().ask(app, f"/absent/{time.time()}").body) == "b'beside'"
            assert in_child(lambda: app.main_server.log_error("from the child")) == "None"
