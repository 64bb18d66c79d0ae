"""`modpy-wsgi session import`, with what the original has left: files, and a database, of Python 2 and 3."""

from __future__ import annotations

import datetime
import dbm.dumb
import os
import pickle
import time
from pathlib import Path
from typing import Any

import pytest

from mod_python import Session
from modpy_wsgi.cli import main
from tests.redis_server import needs_redis, redis_running
from tests.session_request import SessionRequest, options_of

SIDS = [f"{number:x}" * 32 for number in range(16)]
USER = ["--user", "root"] if os.geteuid() == 0 else []

# Pickled by Python 2.7: a dict with text in UTF-8, a long and unicode; the same with a date.
PYTHON2 = {
    "text": (
        "80027d71012855085f74696d656f757471024742a05ef39b20000055085f6372656174656471034b0155055f6461746171047d71052855"
        "047365656e71065d7107284b018a01026555047573657271085505636166c3a971095803000000756e69710a5802000000c3a97555095f"
        "6163636573736564710b474004000000000000752e",
        {"user": "caf\u00e9", "seen": [1, 2], "uni": "\u00e9"},
    ),
    "dates": (
        "80027d71012855085f74696d656f757471024742a05ef39b20000055085f6372656174656471034b0155055f6461746171047d71052855"
        "047365656e71065d7107284b018a01026555047768656e7108636461746574696d650a6461746574696d650a7109550a07e80203040506"
        "0000fa8552710a550475736572710b5505636166c3a9710c5803000000756e69710d5802000000c3a97555095f6163636573736564710e"
        "474004000000000000752e",
        {
            "user": "caf\u00c3\u00a9",  # which is the price of a date
            "seen": [1, 2],
            "uni": "\u00e9",
            "when": datetime.datetime(2024, 2, 3, 4, 5, 6, 250),
        },
    ),
}


@pytest.mark.parametrize(("data", "wanted"), PYTHON2.values(), ids=PYTHON2)
def test_sessions_of_python2(tmp_path: Path, data: str, wanted: dict[str, Any]) -> None:
    path = tmp_path / "old" / SIDS[1][:2] / SIDS[1]
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes.fromhex(data))
    assert run(tmp_path / "old", "--trust-pickles", *to("FileSession", tmp_path)) == 0
    assert dict(found("FileSession", tmp_path, SIDS[1])) == wanted


def old(now: float, timeout: float = 10_000, **data: Any) -> bytes:
    """What the original saves."""
    return pickle.dumps({"_data": data, "_created": now - 100, "_accessed": now - 50, "_timeout": timeout}, 2)


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A folder as FileSession leaves it."""
    now = time.time()
    records = {
        SIDS[1]: old(now, n=1, more=(1, {2})),
        SIDS[2]: old(now, timeout=10, n=2),
        SIDS[3]: b"rubbish",
        SIDS[4]: pickle.dumps(["no session"]),
        SIDS[5]: old(now, n=5),
    }
    for number in range(256):
        (tmp_path / "old" / "mp_sess" / f"{number:02x}").mkdir(parents=True)
    for sid, data in records.items():
        (tmp_path / "old" / "mp_sess" / sid[:2] / sid).write_bytes(data)
    (tmp_path / "old" / "mp_sess" / "fs_status.txt").write_text("MPFS_3.2 0 0 0 0\n")
    (tmp_path / "old" / "mp_sess" / "aa" / "odd name").write_bytes(old(now))
    (tmp_path / "old" / "mp_sess" / "bb" / "link").symlink_to("/etc/passwd")
    return tmp_path / "old"


def run(*words: Any) -> int:
    return main(["session", "import", *[str(word) for word in words]])


def to(kind: str, folder: Path) -> list[str]:
    options = (f"mod_python.session.session_type={kind}", f"mod_python.session.database_directory={folder}")
    return [*USER, "-o", options[0], "-o", options[1]]


def found(kind: str, folder: Path, sid: str, **more: str) -> Any:
    return Session.Session(SessionRequest(sid, **options_of(kind, folder, **more)), lock=0)


@pytest.mark.parametrize("kind", ["FileSession", "DbmSession"])
def test_files_are_imported(theirs: Path, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in theirs.rglob("*") if path.is_file()}
    new = tmp_path / "new"
    assert run(theirs, "--trust-pickles", *to(kind, new)) == 1  # because of those that are none
    output = capsys.readouterr()
    assert output.out == "2 sessions imported; 1 were over, 0 known already, 3 not readable\n"
    assert len(output.err.splitlines()) == 3
    assert not [sid for sid in SIDS if sid in output.err]
    session = found(kind, new, SIDS[1])
    assert (session.is_new(), dict(session)) == (False, {"n": 1, "more": (1, {2})})
    assert session.created() < time.time() - 90
    assert [found(kind, new, sid).is_new() for sid in SIDS[2:6]] == [True, True, True, False]
    assert {path: path.read_bytes() for path in theirs.rglob("*") if path.is_file()} == before


def test_what_is_here_is_not_changed(theirs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(theirs, "--trust-pickles", *to("FileSession", tmp_path))
    session = found("FileSession", tmp_path, SIDS[1])
    session["n"] = "changed"
    session.save()
    capsys.readouterr()
    run(theirs / "mp_sess", "--trust-pickles", *to("FileSession", tmp_path))
    assert capsys.readouterr().out.startswith("0 sessions imported; 1 were over, 2 known already")
    assert found("FileSession", tmp_path, SIDS[1])["n"] == "changed"


def test_database_is_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with dbm.dumb.open(str(tmp_path / "mp_sess.dbm"), "c") as database:
        database[SIDS[1].encode()] = old(time.time(), n=1)
        database[b"x"] = old(time.time())
    assert run(tmp_path / "mp_sess.dbm", "--trust-pickles", *to("DbmSession", tmp_path)) == 1
    assert capsys.readouterr().out.startswith("1 sessions imported")
    assert found("DbmSession", tmp_path, SIDS[1])["n"] == 1


class Evil:
    """Runs code when it is unpickled."""

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.place),)

    place = Path("/nowhere")


def test_nothing_is_read_without_a_yes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Evil.place = tmp_path / "made"
    (tmp_path / "mp_sess" / SIDS[1][:2]).mkdir(parents=True)
    (tmp_path / "mp_sess" / SIDS[1][:2] / SIDS[1]).write_bytes(pickle.dumps(Evil()))
    assert run(tmp_path, *to("FileSession", tmp_path)) == 1
    assert "--trust-pickles" in capsys.readouterr().err
    assert not Evil.place.exists()


def test_dry_run(theirs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(theirs, "--trust-pickles", "--dry-run")
    assert capsys.readouterr().out == "2 sessions could be imported; 1 were over, 0 known already, 3 not readable\n"
    assert os.listdir(tmp_path) == ["old"]


def test_configuration_says_where(theirs: Path, tmp_path: Path) -> None:
    conf = tmp_path / "httpd.conf"
    conf.write_text(
        f"PythonOption mod_python.session.session_type FileSession\n"
        f'PythonOption mod_python.file_session.database_directory "{tmp_path}/new"\n'
    )
    run(theirs, "--trust-pickles", "-f", conf, *USER)
    assert found("FileSession", tmp_path / "new", SIDS[1])["n"] == 1


WRONG = {
    "no place": ([], "session_type is not said"),
    "memory": (["-o", "mod_python.session.session_type=MemorySession"], "is MemorySession"),
    "redis without key": (["-o", "mod_python.session.session_type=RedisSession"], "needs PythonOption"),
}


@pytest.mark.parametrize(("words", "wanted"), WRONG.values(), ids=WRONG)
def test_wrong_place(theirs: Path, words: list[str], wanted: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(theirs, "--trust-pickles", *USER, *words) == 1
    assert wanted in capsys.readouterr().err


@pytest.mark.parametrize("source", ["missing", "file", "folder"])
def test_wrong_source(tmp_path: Path, source: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("no database")
    (tmp_path / "folder").mkdir()
    assert run(tmp_path / source, "--trust-pickles", *to("FileSession", tmp_path)) == 1
    assert str(tmp_path / source) in capsys.readouterr().err


def test_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(tmp_path, "--trust-pickles", "-o", "nothing")
    assert "has no '='" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() != 0, reason="about root")
def test_root_has_to_name_a_user(theirs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [word for word in to("FileSession", tmp_path) if word not in USER]
    assert run(theirs, "--trust-pickles", *words) == 1
    assert "--user NAME" in capsys.readouterr().err
    assert run(theirs, "--trust-pickles", *words, "--user", "nobody-of-this-name") == 1
    assert not (tmp_path / "modpy_sess").exists()


@needs_redis
def test_into_redis(theirs: Path, tmp_path: Path) -> None:
    with redis_running(tmp_path) as server:
        key = "k" * 40
        kind, url = "mod_python.session.session_type=RedisSession", f"modpy_wsgi.redis.url={server.url}"
        run(theirs, "--trust-pickles", *USER, "-o", kind, "-o", url, "-o", f"modpy_wsgi.session.key={key}")
        more = {"modpy_wsgi__redis__url": server.url, "modpy_wsgi__session__key": key}
        assert found("RedisSession", tmp_path, SIDS[1], **more)["n"] == 1
