"""Sessions and locks in Redis: a real redis-server, started here; two gunicorn masters that share it."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import _apache
from modpy_wsgi import redis_locks
from modpy_wsgi.config.load import load_text
from modpy_wsgi.errors import SERVER_RETURN, ConfigError
from modpy_wsgi.server import make_servers
from modpy_wsgi.session import RedisSession
from tests import session_load
from tests.live_server import free_port, running, tool, wait_until
from tests.redis_server import RedisServer, Sentinel, needs_redis, redis_running
from tests.session_request import SessionRequest

pytestmark = needs_redis

KEY = "a key that is long enough for sessions"
PAGE = """
from mod_python import Session, apache

def handler(req):
    session = Session.Session(req)
    session["n"] = session.get("n", 0) + 1
    session["tuple"] = (1, 2)
    session.save()
    req.content_type = "text/plain"
    req.write("%s %s" % (session["n"], session["tuple"]))
    return apache.OK
"""


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with redis_running(tmp_path_factory.mktemp("redis")) as server:
        yield server


def asked(server: RedisServer, sid: str | None = None, **more: str) -> SessionRequest:
    options = {"modpy_wsgi__redis__url": server.url, "modpy_wsgi__session__key": KEY, **more}
    return SessionRequest(sid, **options)


def begun(server: RedisServer, **data: Any) -> str:
    """The name of a new session that has been saved."""
    session = RedisSession(asked(server))
    session.update(data)
    session.save()
    session.unlock()
    return session.id()


def test_session_lasts(redis: RedisServer) -> None:
    sid = begun(redis, a=1, b=(2, {3}))
    session = RedisSession(asked(redis, sid))
    assert (session.is_new(), dict(session)) == (False, {"a": 1, "b": (2, {3})})
    session.delete()
    session.unlock()
    assert RedisSession(asked(redis, sid)).is_new()


def test_redis_forgets_sessions_that_are_over(redis: RedisServer) -> None:
    session = RedisSession(asked(redis), timeout=100)
    session.save()
    session.unlock()
    client = redis.client()
    left = client.pttl(f"modpy:{{{session.id()}}}:record")
    client.close()
    assert 40_000 < left <= 105_000
    session.set_timeout(-1)
    session.save()
    assert RedisSession(asked(redis, session.id())).is_new()


def test_round_trips(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from redis.connection import AbstractConnection

    sid = begun(redis, a=1)
    sent: list[Any] = []
    send = AbstractConnection.send_packed_command
    monkeypatch.setattr(
        AbstractConnection,
        "send_packed_command",
        lambda self, *args, **kw: (sent.append(args), send(self, *args, **kw))[1],
    )
    session = RedisSession(asked(redis, sid))
    assert (len(sent), session["a"]) == (1, 1)
    session.save()
    assert len(sent) == 2
    session.unlock()
    assert len(sent) == 3


def test_one_request_at_a_time(redis: RedisServer) -> None:
    sid = begun(redis, n=0)
    first = RedisSession(asked(redis, sid))
    with pytest.raises(SERVER_RETURN) as raised:
        RedisSession(asked(redis, sid, modpy_wsgi__session__wait="0.05"))
    assert raised.value.args == (503,)
    had: list[Any] = []
    second = threading.Thread(target=lambda: had.append(dict(RedisSession(asked(redis, sid)))))
    second.start()
    first["n"] = 1
    first.save()
    first.unlock()
    second.join(30)
    assert had == [{"n": 1}]


def test_late_holder_cannot_save(redis: RedisServer) -> None:
    """Its lock has ended, another request has read and saved: what the first one read is old."""
    sid = begun(redis, n=0)
    late_req = asked(redis, sid, modpy_wsgi__redis__lock_seconds="0.2")
    late = RedisSession(late_req)
    late["n"] += 1
    second = RedisSession(asked(redis, sid))  # waits until the lock has ended
    with pytest.raises(SERVER_RETURN):  # while the other has it
        late.save()
    second["n"] += 10
    second.save()
    second.unlock()
    with pytest.raises(SERVER_RETURN) as raised:  # and after that
        late.save()
    assert raised.value.args == (503,)
    assert "another request has the session" in late_req.lines[0]
    late.unlock()
    third = RedisSession(asked(redis, sid))
    assert third["n"] == 10


def test_late_holder_can_save_if_nobody_else_has(redis: RedisServer) -> None:
    sid = begun(redis, n=0)
    late = RedisSession(asked(redis, sid, modpy_wsgi__redis__lock_seconds="0.1"))
    time.sleep(0.3)
    late["n"] = 5
    late.save()
    late.unlock()
    assert RedisSession(asked(redis, sid))["n"] == 5


def test_unlocking_late_does_not_free_the_next_holder(redis: RedisServer) -> None:
    sid = begun(redis)
    late = RedisSession(asked(redis, sid, modpy_wsgi__redis__lock_seconds="0.1"))
    second = RedisSession(asked(redis, sid))
    late.unlock()
    with pytest.raises(SERVER_RETURN):
        RedisSession(asked(redis, sid, modpy_wsgi__session__wait="0"))
    second.unlock()


def test_second_object_of_a_request_does_not_wait(redis: RedisServer) -> None:
    req = asked(redis, begun(redis, n=1), modpy_wsgi__session__wait="0")
    first, second = RedisSession(req), RedisSession(req)
    second["n"] = 2
    second.save()
    second.unlock()
    first.save()
    first.unlock()


def test_foreign_record_is_set_aside(redis: RedisServer) -> None:
    sid = begun(redis, a=1)
    client = redis.client()
    client.hset(f"modpy:{{{sid}}}:record", "data", b"\x80\x04cos\nsystem\n(S'touch /tmp/x'\ntR.")
    req = asked(redis, sid)
    assert RedisSession(req).is_new()
    [line] = req.lines
    name = line.rpartition(" ")[2]
    assert client.get(name).startswith(b"\x80\x04")
    assert sid not in line
    client.close()


def test_other_key_opens_nothing(redis: RedisServer) -> None:
    sid = begun(redis, a=1)
    assert RedisSession(asked(redis, sid, modpy_wsgi__session__key="x" * 40)).is_new()


def test_key_has_to_be_given(redis: RedisServer) -> None:
    with pytest.raises(ConfigError, match="needs PythonOption"):
        RedisSession(SessionRequest(modpy_wsgi__redis__url=redis.url))


OPTIONS = {
    "no URL": ({}, "modpy_wsgi.redis.url is missing"),
    "another scheme": ({"modpy_wsgi__redis__url": "http://:secret@x"}, "modpy_wsgi.redis.url"),
    "seconds": (
        {"modpy_wsgi__redis__url": "redis://x", "modpy_wsgi__redis__lock_seconds": "long"},
        "not a number of seconds",
    ),
}


@pytest.mark.parametrize(("options", "wanted"), OPTIONS.values(), ids=OPTIONS)
def test_wrong_options(options: dict[str, str], wanted: str) -> None:
    with pytest.raises(ConfigError, match=wanted) as raised:
        RedisSession(SessionRequest(modpy_wsgi__session__key=KEY, **options))
    assert "secret" not in str(raised.value)


def test_redis_goes_and_comes_back(tmp_path: Path) -> None:
    with redis_running(tmp_path) as server:
        sid = begun(server, n=1)
        held = RedisSession(asked(server, sid))
        server.stop()
        with pytest.raises(SERVER_RETURN) as raised:
            held.save()
        assert raised.value.args == (503,)
        held.unlock()  # cannot be done, and ends by itself
        req = asked(server, sid)
        with pytest.raises(SERVER_RETURN):
            RedisSession(req)
        assert "ConnectionError" in req.lines[0]
        # On without:
        req = asked(server, sid, modpy_wsgi__redis__required="off")
        session = RedisSession(req)
        session["n"] = 5
        session.save()
        session.unlock()
        assert (session.is_new(), session.id()) == (True, sid)
        assert "Set-Cookie" not in req.headers_out  # the client keeps its own, for later
        assert "ConnectionError" in req.lines[0]
        server.start()  # another one, with nothing in it, and none of the scripts
        assert RedisSession(asked(server, sid)).is_new()
        sid = begun(server, n=2)
        assert RedisSession(asked(server, sid))["n"] == 2


def test_another_master_after_a_failover(tmp_path: Path) -> None:
    """The master dies: its replica takes over, with the sessions, and who knew the old one goes on with it."""
    folders = [tmp_path / name for name in ("master", "replica", "sentinel")]
    for folder in folders:
        folder.mkdir()
    with contextlib.ExitStack() as stack:
        master = stack.enter_context(redis_running(folders[0], "--repl-diskless-sync-delay", "0"))
        replica = stack.enter_context(redis_running(folders[1], "--replicaof", "127.0.0.1", str(master.port)))
        wait_until(lambda: info(replica).get("master_link_status") == "up", "the replica in step", 30)
        sentinel = Sentinel(folders[2], "kitchen", master)  # which asks what there is when it starts
        stack.callback(sentinel.stop)
        where = {
            "modpy_wsgi__redis__url": "redis://kitchen/0",
            "modpy_wsgi__redis__sentinels": f"127.0.0.1:{sentinel.port}",
        }
        session = RedisSession(asked(master, **where))
        session["n"] = 1
        session.save()
        session.unlock()
        wait_until(lambda: info(sentinel)["master0"].get("slaves") == 1, "the sentinel knows the replica", 30)
        wait_until(lambda: copied(replica, session.id()), "the replica knows the session", 30)
        master.stop()

        def goes_on() -> Any:
            try:
                return RedisSession(asked(master, session.id(), **where))
            except SERVER_RETURN:
                return None

        again = wait_until(goes_on, "another master", 60)
        assert again["n"] == 1
        again.unlock()


def info(server: RedisServer) -> Any:
    client = server.client()
    try:
        return client.info()
    finally:
        client.close()


def copied(server: RedisServer, sid: str) -> bool:
    client = server.client()
    try:
        return bool(client.exists(f"modpy:{{{sid}}}:record"))
    finally:
        client.close()


def test_no_update_is_lost(redis: RedisServer) -> None:
    made, found, _ = session_load.run(
        *("RedisSession", Path("/"), 30, 2, 4, 20, 3),
        modpy_wsgi__redis__url=redis.url,
        modpy_wsgi__session__key=KEY,
        modpy_wsgi__redis__prefix="load:",
    )
    assert made == found


CONF = """
DocumentRoot "{root}"
<Directory "{root}">
    Require all granted
    SetHandler mod_python
    PythonHandler page
    PythonOption mod_python.session.session_type RedisSession
    PythonOption modpy_wsgi.redis.url {url}
    PythonOption modpy_wsgi.session.key_file {key}
</Directory>
"""


def test_two_masters_share_it(redis: RedisServer, tmp_path: Path) -> None:
    """As on two machines: a session of one is known to the other, and requests to both at once lose no update."""
    root = tmp_path / "htdocs"
    root.mkdir()
    (root / "page.py").write_text(PAGE)
    conf = tmp_path / "httpd.conf"
    conf.write_text(CONF.format(root=root, url=redis.url, key=tmp_path / "key"))
    ports = [free_port(), free_port()]
    commands = [
        [tool("gunicorn"), "-b", f"127.0.0.1:{port}", "-w", "2", "--threads", "2", "-k", "gthread", "modpy_wsgi.wsgi"]
        for port in ports
    ]
    environ = {"MODPY_WSGI_CONF": str(conf)}
    with (
        running(commands[0], ports[0], tmp_path, environ) as first,
        running(commands[1], ports[1], tmp_path, environ) as second,
    ):
        status, headers, body = first.request("GET", "/")
        assert (status, body) == (200, b"1 (1, 2)"), first.output()
        cookie = {"Cookie": headers["Set-Cookie"].partition(";")[0]}
        assert second.request("GET", "/", headers=cookie)[2] == b"2 (1, 2)"
        answers: list[bytes] = []

        def ask(server: Any) -> None:
            for _ in range(5):
                answers.append(server.request("GET", "/", headers=cookie)[2])

        threads = [threading.Thread(target=ask, args=(server,)) for server in (first, second, first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(int(answer.split()[0]) for answer in answers) == list(range(3, 23))


# The slots of _apache._global_lock


def slots_of(server: RedisServer, more: str = "") -> Any:
    text = f"PythonOption modpy_wsgi.mutex_backend redis\nPythonOption modpy_wsgi.redis.url {server.url}\n{more}\n"
    return make_servers(load_text(f"ServerName machine\n{text}"))[0]


def test_slots_are_locked_across_machines(redis: RedisServer) -> None:
    here, there = slots_of(redis), slots_of(redis)  # with locks of their own
    _apache._global_lock(here, None, 3)
    assert not _apache._global_trylock(there, None, 3)
    assert _apache._global_trylock(there, None, 4)
    with pytest.raises(ValueError, match="release"):
        _apache._global_unlock(there, None, 3)
    taken: list[bool] = []

    def wait() -> None:
        _apache._global_lock(there, None, 3)
        taken.append(True)
        _apache._global_unlock(there, None, 3)

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.1)
    assert not taken
    _apache._global_unlock(here, None, 3)
    waiting.join(30)
    assert taken
    _apache._global_unlock(there, None, 4)


def test_slot_is_held_for_as_long_as_it_takes(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_locks, "LEASE", 3.0)
    monkeypatch.setattr(redis_locks, "RENEWED", 0.1)
    here, there = slots_of(redis), slots_of(redis)
    _apache._global_lock(here, None, 5)
    time.sleep(3.5)
    assert not _apache._global_trylock(there, None, 5)
    _apache._global_unlock(here, None, 5)


def test_slot_that_no_thread_can_keep(redis: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Any) -> None:
        raise RuntimeError("can't start new thread")

    here, there = slots_of(redis), slots_of(redis)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        with pytest.raises(ValueError, match="Failed to acquire"):
            _apache._global_lock(here, None, 3)
    assert _apache._global_trylock(there, None, 3)
    _apache._global_unlock(there, None, 3)
    monkeypatch.setattr(redis_locks, "LEASE", 1.0)
    monkeypatch.setattr(redis_locks, "RENEWED", 0.1)
    _apache._global_lock(here, None, 3)
    time.sleep(1.5)
    assert not _apache._global_trylock(there, None, 3)
    _apache._global_unlock(here, None, 3)


KILLED = """
import os, signal
import _apache
from tests.redis_server import RedisServer
from tests.test_redis import slots_of
from modpy_wsgi import redis_locks
redis_locks.LEASE = 1.0
class Server:
    url = {url!r}
_apache._global_lock(slots_of(Server), None, 6)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_slot_of_a_dead_process_is_free_soon(redis: RedisServer) -> None:
    subprocess.run([sys.executable, "-c", KILLED.format(url=redis.url)])
    here = slots_of(redis)
    wait_until(lambda: _apache._global_trylock(here, None, 6), "the slot free", 30)
    _apache._global_unlock(here, None, 6)


def test_slots_without_redis(tmp_path: Path) -> None:
    with redis_running(tmp_path) as server:
        slots = slots_of(server)
        server.stop()
        with pytest.raises(ValueError, match="Failed to acquire"):
            _apache._global_lock(slots, None, 1)
    with pytest.raises(ValueError, match="is missing"):
        _apache._global_lock(make_servers(load_text("PythonOption modpy_wsgi.mutex_backend redis"))[0], None, 1)
