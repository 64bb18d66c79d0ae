"""Sessions beyond what the original's answers show (those are in test_golden): stores, faults, clocks."""

from __future__ import annotations

import dbm.dumb
import os
import pickle
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from mod_python import Session
from modpy_wsgi import testing
from modpy_wsgi.config.load import load_text
from modpy_wsgi.errors import SERVER_RETURN, ConfigError
from modpy_wsgi.session import base, database, file_cleanup, file_store, locks, memory, names
from modpy_wsgi.session.dbm import store_for as dbm_store_for
from modpy_wsgi.session.files import store_for
from tests import session_kills, session_load
from tests.oracle import inprocess
from tests.oracle.request import get
from tests.session_request import SessionRequest, options_of

KINDS = ["MemorySession", "DbmSession", "FileSession"]
KEPT = ["DbmSession", "FileSession"]
SID = "0123456789abcdef" * 2
DAY = 86400.0


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(autouse=True)
def no_cleanup_by_chance(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(base.random, "random", lambda: 1.0)
    yield
    memory._without_interpreter.records.clear()
    for known in list(database._connections):
        database._forget(known)


def begun(folder: Path, kind: str, timeout: float = 0, **data: Any) -> str:
    """The name of a new session that has been saved."""
    session = Session.Session(SessionRequest(**options_of(kind, folder)), timeout=timeout)
    session.update(data)
    session.save()
    session.unlock()
    return session.id()


def found(folder: Path, kind: str, sid: str, **more: str) -> Any:
    """The session of a client that shows this name; its request is in `_req`."""
    session = Session.Session(SessionRequest(sid, **options_of(kind, folder, **more)))
    session.unlock()
    return session


def file_of(folder: Path, sid: str) -> Path:
    return folder / "modpy_sess" / sid[:2] / sid


# Life


def test_session_lasts(tmp_path: Path, kind: str) -> None:
    sid = begun(tmp_path, kind, n=1, more={"a": [1, 2.5, None]})
    session = found(tmp_path, kind, sid)
    assert (session.is_new(), dict(session), session.id()) == (False, {"n": 1, "more": {"a": [1, 2.5, None]}}, sid)
    session.delete()
    assert found(tmp_path, kind, sid).is_new()


def test_unknown_name_is_replaced(tmp_path: Path, kind: str) -> None:
    session = found(tmp_path, kind, SID)
    assert session.is_new()
    assert session.id() != SID


def test_session_of_nobody_is_not_kept(tmp_path: Path) -> None:
    """Whoever only shows names leaves nothing behind."""
    for number in range(20):
        found(tmp_path, "FileSession", f"{number:032x}")
    assert sorted(os.listdir(tmp_path / "modpy_sess")) == ["locks"]


ODD = [
    "../../../../../../../../etc/passwd",
    "..",
    "a/b",
    SID + "\n",
    SID + "\0",
    "\0",
    "",
    "~" * 32,
    SID.upper(),
    "%2e" * 10,
]


@pytest.mark.parametrize("sid", ODD, ids=repr)
def test_stolen_formats(tmp_path: Path, kind: str, sid: str) -> None:
    """A name that can be none is a new session, and nothing on the disk is touched."""
    (tmp_path / "other").write_text("as it was")
    begun(tmp_path, kind)
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    session = found(tmp_path, kind, sid)
    assert (session.is_new(), names.is_sid(session.id())) == (True, True)
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before
    req = SessionRequest(**options_of(kind, tmp_path))
    if sid:
        with pytest.raises(ValueError, match=r"^Invalid Session ID$"):
            Session.Session(req, sid)


def test_options_by_both_names() -> None:
    options = {"session_cookie_name": "old", "mod_python.session.session_type": "new", "session": "old"}
    assert names.option(options, "mod_python.session.cookie_name") == "old"
    assert names.option(options, "mod_python.session.session_type") == "new"
    assert names.option(options, "mod_python.session.application_path") is None


COOKIES = {
    "nothing more": ({}, "path=/"),
    "all": (
        {
            "modpy_wsgi__session__cookie_secure": "on",
            "modpy_wsgi__session__cookie_httponly": "yes",
            "modpy_wsgi__session__cookie_samesite": "lax",
            "mod_python__session__application_domain": ".x.test",
            "mod_python__session__application_path": "/app",
        },
        "path=/app; domain=.x.test; secure; samesite=Lax; httponly",
    ),
    "off": ({"modpy_wsgi__session__cookie_secure": "off"}, "path=/"),
}


@pytest.mark.parametrize(("options", "wanted"), COOKIES.values(), ids=COOKIES)
def test_cookie(options: dict[str, str], wanted: str) -> None:
    session = Session.MemorySession(SessionRequest(**options))
    assert str(session.make_cookie()) == f"pysid={session.id()}; {wanted}"


def test_cookie_with_a_promise_in_its_name() -> None:
    host = {"mod_python__session__cookie_name": "__Host-sid"}
    with pytest.raises(Session.BaseSession.make_cookie.__globals__["cookies"].CookieError):
        Session.MemorySession(SessionRequest(**host))
    session = Session.MemorySession(SessionRequest(modpy_wsgi__session__cookie_secure="1", **host))
    assert str(session.make_cookie()).startswith("__Host-sid=")


WRONG = {
    "type": ("Session", {"mod_python__session__session_type": "OtherSession"}),
    "flag": ("MemorySession", {"modpy_wsgi__session__cookie_secure": "perhaps"}),
    "same site": ("MemorySession", {"modpy_wsgi__session__cookie_samesite": "some"}),
    "wait": ("MemorySession", {"modpy_wsgi__session__wait": "-1"}),
    "sync": ("FileSession", {"modpy_wsgi__file_session__sync": "2"}),
    "key": ("FileSession", {"modpy_wsgi__session__key": "short"}),
}


@pytest.mark.parametrize(("name", "options"), WRONG.values(), ids=WRONG)
def test_wrong_options(name: str, options: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        getattr(Session, name)(SessionRequest(**options))


def test_signed_cookie(tmp_path: Path) -> None:
    req = SessionRequest(**options_of("MemorySession", tmp_path))
    session = Session.MemorySession(req, secret="secret")
    session.save()
    session.unlock()
    text = req.headers_out["Set-Cookie"].partition(";")[0]
    for header, is_new in ((text, False), (f"pysid={session.id()}", True), (text[:-1] + "0", True)):
        again = SessionRequest(**options_of("MemorySession", tmp_path))
        again.headers_in["Cookie"] = header
        assert Session.MemorySession(again, secret="secret").is_new() is is_new or header == text[:-1] + "0"


# Folders and files


def test_nobody_else_gets_at_files(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        for kind in KEPT:
            begun(tmp_path / kind, kind, n=1)
    finally:
        os.umask(old)
    for path in tmp_path.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        if path.parent != tmp_path:
            assert mode == (0o700 if path.is_dir() else 0o600), path


def test_folder_that_was_open_is_closed(tmp_path: Path) -> None:
    (tmp_path / "modpy_sess").mkdir(0o755)
    begun(tmp_path, "FileSession")
    assert stat.S_IMODE((tmp_path / "modpy_sess").stat().st_mode) == 0o700


def test_folder_that_is_opened_later_is_closed_again(tmp_path: Path) -> None:
    sid = begun(tmp_path, "FileSession", n=1)
    folders = (tmp_path / "modpy_sess", tmp_path / "modpy_sess" / sid[:2])
    for folder in folders:
        folder.chmod(0o777)
    assert found(tmp_path, "FileSession", sid)["n"] == 1
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in folders] == [0o700, 0o700]


def test_folder_that_is_swept_away_is_made_anew(tmp_path: Path) -> None:
    begun(tmp_path, "FileSession")
    before = len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0
    for number in range(3):
        (tmp_path / "modpy_sess").rename(tmp_path / f"swept{number}")
        sid = begun(tmp_path, "FileSession", n=number)
        assert found(tmp_path, "FileSession", sid)["n"] == number
    if sys.platform == "linux":  # one more for each are the locks, which somebody may hold
        assert len(os.listdir("/proc/self/fd")) <= before + 3


@pytest.mark.parametrize("kind", KEPT)
@pytest.mark.parametrize("what", ["modpy_sess", "modpy_sess/locks", "modpy_sess/key", "shard", "record", "database"])
def test_symbolic_links_lead_nowhere(tmp_path: Path, kind: str, what: str) -> None:
    sid = begun(tmp_path, kind, n=1)
    place = {
        "shard": f"modpy_sess/{sid[:2]}",
        "record": f"modpy_sess/{sid[:2]}/{sid}",
        "database": "modpy_sess/mp_sess.dbm.sqlite3",
    }
    path = tmp_path / place.get(what, what)
    if not path.exists():
        pytest.skip("has none")
    for known in list(database._connections):
        database._forget(known)
    other = tmp_path / "other"
    path.rename(other)
    path.symlink_to(other)
    before = (
        {each: each.read_bytes() for each in other.rglob("*") if each.is_file()}
        if other.is_dir()
        else other.read_bytes()
    )
    with pytest.raises(OSError, match=r"symbolic links|Not a directory"):
        found(tmp_path, kind, sid)
    after = (
        {each: each.read_bytes() for each in other.rglob("*") if each.is_file()}
        if other.is_dir()
        else other.read_bytes()
    )
    assert after == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("kind", KEPT)
def test_folder_of_another_user_is_not_used(tmp_path: Path, kind: str) -> None:
    (tmp_path / "modpy_sess").mkdir()
    os.chown(tmp_path / "modpy_sess", 65534, 65534)
    with pytest.raises(PermissionError, match="belongs to user 65534"):
        begun(tmp_path, kind)


def test_pipe_in_the_place_of_a_record(tmp_path: Path) -> None:
    sid = begun(tmp_path, "FileSession")
    file_of(tmp_path, sid).unlink()
    os.mkfifo(file_of(tmp_path, sid), 0o600)
    with pytest.raises(PermissionError, match="no plain file"):
        found(tmp_path, "FileSession", sid)


def test_originals_files_are_left_alone(tmp_path: Path) -> None:
    """What mod_python left behind is neither read nor changed."""
    theirs = tmp_path / "mp_sess" / SID[:2] / SID
    theirs.parent.mkdir(parents=True)
    theirs.write_bytes(pickle.dumps({"_data": {}, "_accessed": time.time(), "_created": 0, "_timeout": 9e9}))
    (tmp_path / "mp_sess.dbm").write_bytes(b"a gdbm file")
    before = theirs.read_bytes()
    for kind in KEPT:
        assert found(tmp_path, kind, SID).is_new()
        begun(tmp_path, kind)
    assert theirs.read_bytes() == before
    assert (tmp_path / "mp_sess.dbm").read_bytes() == b"a gdbm file"


def test_database_by_name(tmp_path: Path) -> None:
    req = SessionRequest(mod_python__dbm_session__database_filename=str(tmp_path / "mine"))
    session = Session.DbmSession(req)
    session.save()
    assert sorted(os.listdir(tmp_path)) == ["mine.sqlite3", "mine.sqlite3-shm", "mine.sqlite3-wal", "modpy_sess"]
    assert sorted(os.listdir(tmp_path / "modpy_sess")) == ["key", "locks"]


def test_database_of_another_kind(tmp_path: Path) -> None:
    """DbmSession(dbmtype=...), as some sites say."""

    def session(sid: str | None) -> Any:
        return Session.DbmSession(SessionRequest(sid), dbm=str(tmp_path / "own"), dbmtype=dbm.dumb)

    first = session(None)
    first["a"] = (1,)
    first.save()
    first.unlock()
    second = session(first.id())
    assert (second.is_new(), dict(second)) == (False, {"a": (1,)})
    second.delete()
    second.cleanup()
    second._req.end()
    assert session(first.id()).is_new()
    with dbm.dumb.open(str(tmp_path / "own"), "c") as file:
        file[SID.encode()] = pickle.dumps({})
    third = session(SID)
    assert third.is_new()
    assert "cannot be used" in third._req.lines[0]


# Faults


@pytest.mark.parametrize("foreign", [b"", b"rubbish", pickle.dumps({"_data": {}}), None], ids=repr)
def test_broken_record_is_set_aside(tmp_path: Path, foreign: bytes | None) -> None:
    sid, other = begun(tmp_path, "FileSession", n=1), begun(tmp_path, "FileSession", n=2)
    path = file_of(tmp_path, sid)
    data = path.read_bytes()[:-3] if foreign is None else foreign
    path.write_bytes(data)
    session = found(tmp_path, "FileSession", sid)
    assert session.is_new()
    [line] = session._req.lines
    aside = Path(line.rpartition(" ")[2])
    assert (aside.read_bytes(), path.exists()) == (data, False)
    assert sid not in line
    assert found(tmp_path, "FileSession", other)["n"] == 2


@pytest.mark.parametrize("saves", [True, False])
def test_what_took_the_place_of_a_broken_record_stays(
    tmp_path: Path, saves: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without locks another request may save the session, or delete it, between reading and setting aside."""
    sid = begun(tmp_path, "FileSession", n=1)
    path = file_of(tmp_path, sid)
    good = path.read_bytes()
    path.write_bytes(b"rubbish")
    read = file_store.read_all

    def outrun(file: int) -> bytes:
        data = read(file)
        path.unlink()
        if saves:
            path.touch(0o600)
            path.write_bytes(good)
        return data

    with monkeypatch.context() as patched:
        patched.setattr(file_store, "read_all", outrun)
        session = Session.Session(SessionRequest(sid, **options_of("FileSession", tmp_path)), lock=0)
    assert session.is_new()
    [line] = session._req.lines
    assert line.startswith("FileSession: a record of 7 bytes cannot be used") and line.endswith(": it is gone by now")
    assert "set-aside" not in os.listdir(tmp_path / "modpy_sess")
    assert path.exists() is saves
    assert not saves or found(tmp_path, "FileSession", sid)["n"] == 1


def test_broken_row_is_set_aside(tmp_path: Path) -> None:
    sid, other = begun(tmp_path, "DbmSession", n=1), begun(tmp_path, "DbmSession", n=2)
    path = tmp_path / "modpy_sess/mp_sess.dbm.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE session SET record = 'rubbish' WHERE sid = ?", (sid,))
        connection.commit()
    connection.close()
    session = found(tmp_path, "DbmSession", sid)
    assert session.is_new()
    assert "set aside" in session._req.lines[0]
    assert sid not in session._req.lines[0]
    assert found(tmp_path, "DbmSession", other)["n"] == 2


@pytest.mark.parametrize("rubbish", [b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 8000])
def test_broken_database_is_set_aside(tmp_path: Path, rubbish: bytes) -> None:
    sid = begun(tmp_path, "DbmSession", n=1)
    path = tmp_path / "modpy_sess/mp_sess.dbm.sqlite3"
    database._forget(str(path))
    path.write_bytes(rubbish)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    session = found(tmp_path, "DbmSession", sid)
    assert session.is_new()
    [line] = session._req.lines
    assert Path(line.rpartition(" ")[2]).read_bytes() == rubbish
    assert found(tmp_path, "DbmSession", begun(tmp_path, "DbmSession", n=2))["n"] == 2


def test_database_broken_while_it_is_open(tmp_path: Path) -> None:
    sid = begun(tmp_path, "DbmSession", n=1)
    path = tmp_path / "modpy_sess/mp_sess.dbm.sqlite3"
    path.unlink()
    assert found(tmp_path, "DbmSession", sid).is_new()
    assert found(tmp_path, "DbmSession", begun(tmp_path, "DbmSession", n=2))["n"] == 2


class Kept:
    """A class of the site."""


@pytest.mark.parametrize("kind", KEPT)
def test_class_that_is_gone(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sid = begun(tmp_path, kind, a=Kept())
    with monkeypatch.context() as patch:
        patch.delitem(globals(), "Kept")
        session = found(tmp_path, kind, sid)
        assert session.is_new()
        assert "Kept" in session._req.lines[0]
    assert type(found(tmp_path, kind, sid)["a"]) is Kept  # and is back


@pytest.mark.parametrize("kind", KEPT)
def test_what_cannot_be_pickled_is_an_error(tmp_path: Path, kind: str) -> None:
    sid = begun(tmp_path, kind, n=1)
    session = found(tmp_path, kind, sid)
    session["bad"] = lambda: None
    with pytest.raises((pickle.PicklingError, AttributeError)):
        session.save()
    assert dict(found(tmp_path, kind, sid)) == {"n": 1}


FULL = """
import os, resource, sys
from modpy_wsgi.testing import site
kind, folder = sys.argv[1:]
open(os.path.join(folder, "fullpage.py"), "w").write('''
from mod_python import Session, apache
def handler(req):
    session = Session.Session(req)
    session["n"] = session.get("n", 0) + 1
    session["text"] = "x" * int(req.args or 1)
    session.save()
    req.write("%s" % session["n"])
    return apache.OK
''')
app = site(f'''
    SetHandler mod_python
    PythonHandler fullpage
    PythonOption mod_python.session.session_type {kind}
    PythonOption mod_python.session.database_directory {folder}
''', root=folder)
def ask(path, wanted):
    answer = app.get(path, status="*")
    assert answer.status_int == wanted, answer
    return answer.text
assert ask("/x", 200) == "1"
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
ask("/x?500000", 500)
ask("/x?500000", 500)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
assert ask("/x", 200) == "2"
left = [name for _, _, names in os.walk(folder) for name in names if name.startswith("~")]
assert not left, left
"""


@pytest.mark.parametrize("kind", KEPT)
def test_full_disk_is_500_and_changes_nothing(tmp_path: Path, kind: str) -> None:
    done = subprocess.run([sys.executable, "-c", FULL, kind, str(tmp_path)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "OSError" in done.stderr or "File too large" in done.stderr  # in the log


@pytest.mark.parametrize("kind", KEPT)
def test_killed_while_saving(kind: str) -> None:
    """Thirty times; `make session-faults` does it a thousand times."""
    done = subprocess.run([sys.executable, "-m", "tests.session_kills", kind, "30"], capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    sid = begun(tmp_path, "FileSession")
    left = file_of(tmp_path, sid).with_name(f"~{sid}.1.1")
    fresh = left.with_name(f"~{sid}.2.2")
    left.touch(0o600)
    fresh.touch(0o600)
    os.utime(left, (0, time.time() - 2 * file_cleanup.ABANDONED))
    clean(tmp_path)
    assert (left.exists(), fresh.exists()) == (False, True)


# Locks


def test_one_request_at_a_time(tmp_path: Path, kind: str) -> None:
    sid = begun(tmp_path, kind, n=0)
    first = Session.Session(SessionRequest(sid, **options_of(kind, tmp_path)))
    req = SessionRequest(sid, **options_of(kind, tmp_path, modpy_wsgi__session__wait="0.05"))
    with pytest.raises(SERVER_RETURN) as raised:
        Session.Session(req)
    assert raised.value.args == (503,)
    assert "another request holds the session" in req.lines[0]
    assert sid not in req.lines[0]
    had: list[Any] = []
    second = threading.Thread(target=lambda: had.append(dict(found(tmp_path, kind, sid))))
    second.start()
    first["n"] = 1
    first.save()
    first._req.end()  # which lets it go
    second.join(30)
    assert had == [{"n": 1}]


def test_sessions_do_not_wait_for_one_another(tmp_path: Path, kind: str) -> None:
    more = {"modpy_wsgi__session__wait": "0"}
    held = [Session.Session(SessionRequest(**options_of(kind, tmp_path, **more))) for _ in range(200)]
    assert len({session.id() for session in held}) == 200


def test_lock_is_free_when_nobody_knows_the_session_any_more(tmp_path: Path, kind: str) -> None:
    sid = begun(tmp_path, kind)
    session = Session.Session(SessionRequest(sid, **options_of(kind, tmp_path)))
    session._req.cleanups.clear()
    del session
    found(tmp_path, kind, sid, modpy_wsgi__session__wait="0")


def test_second_object_of_a_request_does_not_wait(tmp_path: Path, kind: str) -> None:
    sid = begun(tmp_path, kind, n=0)
    req = SessionRequest(sid, **options_of(kind, tmp_path, modpy_wsgi__session__wait="0"))
    first, second = Session.Session(req), Session.Session(req)
    second["n"] = 1
    second.save()
    second.unlock()
    with pytest.raises(SERVER_RETURN):  # the first one has it still
        found(tmp_path, kind, sid, modpy_wsgi__session__wait="0")
    first.unlock()
    assert found(tmp_path, kind, sid, modpy_wsgi__session__wait="0")["n"] == 1


REDIRECT = """
from mod_python import Session, apache
def handler(req):
    session = Session.Session(req)
    session["n"] = session.get("n", 0) + 1
    session.save()
    if req.uri == "/from":
        req.internal_redirect("/to")
    else:
        req.write("%s" % session["n"])
    return apache.OK
"""


@pytest.mark.parametrize("kind", KINDS)
def test_session_that_the_site_gives_another_name(tmp_path: Path, kind: str) -> None:
    """As sites do with a login. The lock is the old one's, and is let go."""
    sid = begun(tmp_path, kind, n=1)
    req = SessionRequest(sid, **options_of(kind, tmp_path))
    session = Session.Session(req)
    session._sid = "ab" * 16
    session.save()
    req.end()
    for each in (sid, "ab" * 16):
        assert found(tmp_path, kind, each, modpy_wsgi__session__wait="0")["n"] == 1


def test_redirect_does_not_wait_for_itself(tmp_path: Path) -> None:
    (tmp_path / "redirecting.py").write_text(REDIRECT)
    config = f"""
        SetHandler mod_python
        PythonHandler redirecting
        PythonOption mod_python.session.session_type FileSession
        PythonOption mod_python.session.database_directory {tmp_path}
        PythonOption modpy_wsgi.session.wait 0
    """
    app = testing.site(config, root=tmp_path)
    app.get("/to").mustcontain("1")
    app.get("/from").mustcontain("3")
    app.get("/to").mustcontain("4")


FORKED_DATABASE = """
import os, sys
from tests.session_request import SessionRequest, options_of
from mod_python import Session
def count(sid=None):
    session = Session.Session(SessionRequest(sid, **options_of("DbmSession", sys.argv[1])))
    session["n"] = session.get("n", 0) + 1
    session.save()
    session.unlock()
    return session.id(), session["n"]
sid, _ = count()
for wanted in range(2, 8, 2):
    child = os.fork()
    if child == 0:
        os._exit(0 if count(sid)[1] == wanted else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert count(sid)[1] == wanted + 1
"""


ANOTHER_PROCESS = """
import sys
from modpy_wsgi.session.dbm import store_for
print(store_for({}, print, sys.argv[1]).load("a" * 32)["_data"]["n"])
"""


def test_one_database_by_two_paths(tmp_path: Path) -> None:
    """Whoever opens it by the second keeps its locks: another process that comes and goes must not take it for its
    own, and sweep away what this one goes on writing to."""
    (tmp_path / "sessions").mkdir()
    paths = [f"{tmp_path}/sessions/site.dbm", f"{tmp_path}/sessions//site.dbm"]
    for number in range(1, 5):
        now = time.time()
        record = {"_data": {"n": number}, "_created": now, "_accessed": now, "_timeout": 60}
        dbm_store_for({}, print, paths[number % 2]).save("a" * 32, record)
        command = [sys.executable, "-c", ANOTHER_PROCESS, paths[0]]
        found = subprocess.run(command, check=True, timeout=60, capture_output=True).stdout
        assert int(found) == number


@pytest.mark.parametrize("suffix", ["-wal", "-shm"])
def test_files_beside_a_database_that_others_may_read(tmp_path: Path, suffix: str) -> None:
    """Whoever may write into its folder may have put them there, for records to be written into."""
    now = time.time()
    record = {"_data": {}, "_created": now, "_accessed": now, "_timeout": 60}
    store = dbm_store_for({}, print, str(tmp_path / "site.dbm"))
    store.save("a" * 32, record)
    path = str(tmp_path / "site.dbm.sqlite3")
    database._forget(path)
    beside = Path(path + suffix)
    beside.write_bytes(b"x")  # SQLite takes the rights of an empty one away from others
    beside.chmod(0o666)
    with pytest.raises(PermissionError, match="others may open it"):
        store.save("b" * 32, record)
    assert not beside.exists() or b"b" * 32 not in beside.read_bytes()
    beside.unlink(missing_ok=True)  # SQLite may have done so
    store.save("b" * 32, record)


def test_connection_is_not_taken_through_a_fork(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", FORKED_DATABASE, str(tmp_path)], check=True, timeout=60)


@pytest.mark.parametrize("kind", KEPT)
def test_no_update_is_lost(tmp_path: Path, kind: str) -> None:
    """Two processes of four threads; `make session-faults` has four of sixteen and 10,000 sessions."""
    made, there, _ = session_load.run(kind, tmp_path, 50, 2, 4, 25, 3)
    assert made == there


def test_no_update_is_lost_in_memory() -> None:
    session_load.begin("MemorySession", "/", 5, {})
    session_load.work("MemorySession", "/", 5, 8, 200, 1, {})
    assert session_load.total("MemorySession", "/", 5, {}) == 8 * 200


# What is over


def clean(folder: Path, kind: str = "FileSession", **more: str) -> list[str]:
    """What a cleanup tells."""
    req = SessionRequest(**options_of(kind, folder, **more))
    session = Session.Session(req, lock=0)
    session.cleanup()
    req.end()
    return req.lines


def at(monkeypatch: pytest.MonkeyPatch, offset: float) -> None:
    """Set the clock forward, or back."""
    real = time.time_ns
    monkeypatch.setattr(time, "time", lambda: real() / 1e9 + offset)


def test_session_is_over(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sid = begun(tmp_path, kind, timeout=1000, n=1)
    at(monkeypatch, 900)
    assert not found(tmp_path, kind, sid).is_new()
    at(monkeypatch, 1001)
    assert found(tmp_path, kind, sid).is_new()


@pytest.mark.parametrize("back", [3600, DAY])
def test_clock_that_was_ahead(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch, back: float) -> None:
    """Sessions of the future go on, and count as used now."""
    at(monkeypatch, back)
    sid = begun(tmp_path, kind, timeout=100, n=1)
    at(monkeypatch, 0)
    session = found(tmp_path, kind, sid)
    assert not session.is_new()
    assert session.created() <= time.time()
    session.save()
    at(monkeypatch, 102)
    assert found(tmp_path, kind, sid).is_new()


def kept(folder: Path, kind: str) -> int:
    if kind == "MemorySession":
        return len(memory._without_interpreter.records)
    if kind == "FileSession":
        return len([path for path in (folder / "modpy_sess").glob("??/*") if names.is_sid(path.name)])
    connection = sqlite3.connect(folder / "modpy_sess/mp_sess.dbm.sqlite3")
    count: int = connection.execute("SELECT count(*) FROM session").fetchone()[0]
    connection.close()
    return count


def age(folder: Path, seconds: float) -> None:
    for path in (folder / "modpy_sess").glob("??/*"):
        os.utime(path, (time.time() - seconds, time.time() - seconds))


def test_no_session_lives_for_ever(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was used in the far future: a cleanup has it count from now on, a later one removes it."""
    at(monkeypatch, 3650 * DAY)
    begun(tmp_path, kind, timeout=100)
    age(tmp_path, 0)
    at(monkeypatch, 0)
    clean(tmp_path, kind)
    assert kept(tmp_path, kind) == 1
    at(monkeypatch, DAY)
    clean(tmp_path, kind)
    clean(tmp_path, kind)
    assert kept(tmp_path, kind) == 0


def test_cleanup(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    short = [begun(tmp_path, kind, timeout=10) for _ in range(5)]
    long = [begun(tmp_path, kind, timeout=10_000_000) for _ in range(5)]
    clean(tmp_path, kind)
    assert kept(tmp_path, kind) == 10
    at(monkeypatch, DAY)
    told = clean(tmp_path, kind)
    assert kept(tmp_path, kind) == 5
    assert all(found(tmp_path, kind, sid).is_new() for sid in short)
    assert not any(found(tmp_path, kind, sid).is_new() for sid in long)
    assert not [line for line in told for sid in [*short, *long] if sid in line]


CLEANUPS = {
    # fast, verify: (a session of ten days, one that is over), ages of the files
    "as usual": ("1", "1", (True, False)),
    "fast, without a look": ("1", "0", (False, False)),
    "thorough": ("0", "1", (True, False)),
    "thorough, without verifying": ("0", "0", (True, False)),
}


@pytest.mark.parametrize(("fast", "verify", "wanted"), CLEANUPS.values(), ids=CLEANUPS)
def test_ways_of_cleaning(
    tmp_path: Path, fast: str, verify: str, wanted: tuple[bool, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    long, short = begun(tmp_path, "FileSession", timeout=10 * DAY), begun(tmp_path, "FileSession", timeout=1)
    at(monkeypatch, DAY)
    options = {
        "mod_python__file_session__enable_fast_cleanup": fast,
        "mod_python__file_session__verify_session_timeout": verify,
    }
    clean(tmp_path, **options)
    assert (file_of(tmp_path, long).exists(), file_of(tmp_path, short).exists()) == wanted


def test_grace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sid = begun(tmp_path, "FileSession", timeout=1)
    at(monkeypatch, names.DFT_TIMEOUT + 100)
    clean(tmp_path)
    assert file_of(tmp_path, sid).exists()
    clean(tmp_path, mod_python__file_session__cleanup_grace_period="10")
    assert not file_of(tmp_path, sid).exists()


def test_cleanup_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes on where the last one has ended, and looks at no more than it may."""
    monkeypatch.setattr(file_cleanup, "MOST_FILES", 5)
    store = store_for(
        SessionRequest(**options_of("FileSession", tmp_path, modpy_wsgi__file_session__sync="off")).options, print
    )
    for number in range(0, 256, 8):
        store.save(f"{number:02x}" + "0" * 30, {"_data": {}, "_created": 0, "_accessed": 0, "_timeout": 0})
    age(tmp_path, DAY)
    left = []
    for _ in range(8):
        clean(tmp_path)
        left.append(kept(tmp_path, "FileSession"))
    assert left == [27, 22, 17, 12, 7, 2, 0, 0]


def test_time_of_a_cleanup_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(100_000))
    begun(tmp_path, "FileSession")
    monkeypatch.setattr(file_cleanup.time, "monotonic", lambda: next(ticks))
    [_, told] = clean(tmp_path, mod_python__file_session__cleanup_time_limit="9")
    assert "of 256 folders" in told
    assert int(told.split(" of 256")[0].rpartition(" ")[2]) < 15


def test_cleanup_leaves_what_a_request_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sid = begun(tmp_path, "FileSession", timeout=1)
    held = locks.locks_at(str(tmp_path / "modpy_sess" / "locks"))
    assert held.acquire(sid, 0)
    at(monkeypatch, DAY)
    clean(tmp_path)
    assert file_of(tmp_path, sid).exists()
    held.release(sid)
    clean(tmp_path)
    assert not file_of(tmp_path, sid).exists()


def test_one_cleanup_at_a_time(tmp_path: Path) -> None:
    begun(tmp_path, "FileSession")
    held = locks.locks_at(str(tmp_path / "modpy_sess" / "locks"))
    assert held.acquire("cleanup", 0)
    assert clean(tmp_path) == ["FileSession: registered filesession cleanup."]
    held.release("cleanup")


def test_one_in_a_thousand_cleans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base.random, "random", lambda: 0.0009)
    req = SessionRequest()
    Session.MemorySession(req)
    assert req.lines == ["MemorySession: registered session cleanup."]


# Whose they are

OWN_PAGE = """
from mod_python import Session, apache
def handler(req):
    session = Session.MemorySession(req)
    session["n"] = session.get("n", 0) + 1
    session.save()
    req.write("%s %s %s" % (req.interpreter, session["n"], len(Session.MemorySession.sdict)))
    return apache.OK
"""


def test_memory_of_an_interpreter_is_its_own(tmp_path: Path) -> None:
    """As in the original: another virtual host's session is no session."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page.py").write_text(OWN_PAGE)
    hosts = "".join(
        f"""
        <VirtualHost *:80>
            ServerName {name}.test
            DocumentRoot {tmp_path}/{name}
            <Directory {tmp_path}/{name}>
                Require all granted
                SetHandler mod_python
                PythonHandler page
            </Directory>
        </VirtualHost>
        """
        for name in ("a", "b")
    )
    from modpy_wsgi import Application

    app = Application(load_text(dedent(hosts)))

    def ask(host: str, cookie: str = "") -> tuple[str, str]:
        answer, _ = inprocess.call(app, get("/", {"Host": host, "Cookie": cookie}))
        headers = dict(answer.headers)
        return answer.body.decode(), headers.get("Set-Cookie", "").partition(";")[0]

    body, cookie = ask("a.test")
    assert body == "a.test 1 1"
    assert ask("a.test", cookie)[0] == "a.test 2 1"
    assert ask("b.test", cookie)[0] == "b.test 1 1"


DEFAULTS = {
    # (multithread, multiprocess) -> kind
    (True, False): "MemorySession",
    (False, True): "DbmSession",
    (True, True): "DbmSession",
    (False, False): "DbmSession",
}


@pytest.mark.parametrize(("server", "wanted"), DEFAULTS.items(), ids=str)
def test_kind_without_an_option(tmp_path: Path, server: tuple[bool, bool], wanted: str) -> None:
    req = testing.request("/", config=f"PythonOption mod_python.session.database_directory {tmp_path}")
    req._application.multithread, req._application.multiprocess = server
    assert type(Session.Session(req)).__name__ == wanted


def test_default_folder_has_the_users_number() -> None:
    assert names.folder_in(None) == os.path.join(names.TMP_DIR, f"modpy_sess-{os.geteuid()}")
    assert names.folder_in("/x") == "/x/modpy_sess"


def test_class_of_a_site_has_locks_across_processes(tmp_path: Path) -> None:
    class Own(Session.BaseSession):
        def do_load(self) -> None:
            return None

        def do_save(self, dict: Any) -> None:  # noqa: A002
            pass

    session = Own(SessionRequest(**options_of("none", tmp_path)))
    assert os.listdir(tmp_path / "modpy_sess") == ["locks"]
    session.save()
    with pytest.raises(NotImplementedError, match="Own has no do_delete"):
        session.delete()


def test_kills_are_told_apart() -> None:
    """The test is tested: a record that is half one, half another does not pass."""
    assert session_kills.contents(1)["text"] != session_kills.contents(2)["text"]
