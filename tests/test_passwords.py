"""Password files: read again when they change, closed when they cannot be read, hashes remembered for a while only."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modpy_wsgi.httpd import passwords
from modpy_wsgi.httpd.passwords import HashError, Verdict, check, matches, realm_hash
from modpy_wsgi.testing import site

SHA_OF_EGGS = "{SHA}vREdy0s0PeTsCnnS1exVo5GcecQ="
SHA_OF_NOTHING = "{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk="
BCRYPT_OF_EGGS = "$2y$05$l6DlYE6KFGqcb2Nmj57Zsupj0Kk3Eeh2/upBZ3hCxfdkhP.dkXJCO"
MD5_OF_EGGS = "2bbd9e026cbc013408f21fd14a489df8"  # spam:Restricted Area:eggs


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_files", type(passwords._files)(passwords.MAX_FILES))
    monkeypatch.setattr(passwords, "_granted", type(passwords._granted)(passwords.MAX_GRANTED))


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The passwords of which a hash was really computed."""
    computed: list[bytes] = []

    def watched(password: bytes, stored: bytes) -> bool:
        computed.append(password)
        return matches(password, stored)

    monkeypatch.setattr(passwords, "matches", watched)
    return computed


def written(path: Path, text: str) -> str:
    """A password file, in the place of the one before."""
    new = path.with_name("new")
    new.write_text(text)
    new.replace(path)
    return str(path)


def asked(path: str | None, user: str, password: str) -> tuple[Verdict, list[str]]:
    lines: list[str] = []
    return check(path, user, password, lines.append), lines


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = written(tmp_path / "passwords", f"spam:{SHA_OF_EGGS}\n")
    assert asked(path, "spam", "eggs") == (Verdict.GRANTED, [])
    written(tmp_path / "passwords", f"spam:{SHA_OF_NOTHING}\n")
    assert asked(path, "spam", "eggs") == (Verdict.DENIED, [])  # though it was remembered
    assert asked(path, "spam", "") == (Verdict.GRANTED, [])
    written(tmp_path / "passwords", f"other:{SHA_OF_EGGS}\n")
    assert asked(path, "spam", "") == (Verdict.NOT_FOUND, [])
    os.unlink(path)
    assert asked(path, "other", "eggs") == (
        Verdict.ERROR,
        [f"Could not open password file: {path}: No such file or directory"],
    )
    written(tmp_path / "passwords", f"other:{SHA_OF_EGGS}\n")
    assert asked(path, "other", "eggs") == (Verdict.GRANTED, [])


def test_an_unchanged_file_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "passwords", f"spam:{SHA_OF_EGGS}\n")
    os.utime(path, (1, 1))
    asked(path, "spam", "eggs")
    monkeypatch.setattr(passwords, "_read", lambda path, log: pytest.fail("read again"))
    assert asked(path, "spam", "eggs")[0] is Verdict.GRANTED


def test_a_change_within_the_same_moment_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "passwords"
    path.write_text(f"spam:{SHA_OF_EGGS}\n")
    stamp = os.stat(path).st_mtime_ns
    assert asked(str(path), "spam", "eggs")[0] is Verdict.GRANTED
    path.write_text(f"spam:{SHA_OF_NOTHING}\n")  # as long as the one before, in the same file
    os.utime(path, ns=(stamp, stamp))
    assert asked(str(path), "spam", "eggs")[0] is Verdict.DENIED


def test_a_success_is_remembered_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hashed: list[bytes]
) -> None:
    now = 1000.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    path = written(tmp_path / "passwords", f"spam:{BCRYPT_OF_EGGS}\n")
    for _ in range(3):
        assert asked(path, "spam", "eggs")[0] is Verdict.GRANTED
    assert hashed == [b"eggs"]
    for _ in range(2):
        assert asked(path, "spam", "bacon")[0] is Verdict.DENIED
    assert hashed == [b"eggs", b"bacon", b"bacon"]  # a failure is not remembered
    now += passwords.GRANTED_FOR
    assert asked(path, "spam", "eggs")[0] is Verdict.GRANTED
    assert hashed[3:] == [b"eggs"]


def test_the_password_of_one_user_is_not_that_of_another(tmp_path: Path, hashed: list[bytes]) -> None:
    path = written(tmp_path / "passwords", f"spam:{BCRYPT_OF_EGGS}\nother:{SHA_OF_NOTHING}\n")
    assert asked(path, "spam", "eggs")[0] is Verdict.GRANTED
    assert asked(path, "other", "eggs")[0] is Verdict.DENIED


def test_nothing_that_is_kept_holds_a_password(tmp_path: Path) -> None:
    path = written(tmp_path / "passwords", f"spam:{SHA_OF_EGGS}\n")
    assert asked(path, "spam", "eggs")[0] is Verdict.GRANTED
    assert [len(key) for key in passwords._granted] == [32]
    assert b"eggs" not in b"".join(passwords._granted)


def test_what_is_remembered_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_granted", type(passwords._granted)(10))
    monkeypatch.setattr(passwords, "matches", lambda password, stored: True)
    for number in range(50):
        passwords._remembered(b"%d" % number, b"x")
    assert len(passwords._granted) <= 10


def test_a_name_that_nobody_has_costs_a_hash(tmp_path: Path, hashed: list[bytes]) -> None:
    (tmp_path / "page.txt").write_text("page\n")
    written(tmp_path / "passwords", f"spam:{SHA_OF_EGGS}\n")
    app = site(f'Require valid-user\nAuthType Basic\nAuthName x\nAuthUserFile "{tmp_path}/passwords"', root=tmp_path)
    app.authorization = ("Basic", ("stranger", "eggs"))
    app.get("/page.txt", status=401)
    assert hashed == [b"eggs"]


@pytest.mark.parametrize("user", ["spam", "stranger", "locked"])
def test_the_log_has_no_password(tmp_path: Path, user: str) -> None:
    (tmp_path / "page.txt").write_text("page\n")
    written(tmp_path / "passwords", f"spam:{SHA_OF_EGGS}\nlocked:!{SHA_OF_EGGS}\n")
    log = tmp_path / "log"
    app = site(
        f'Require valid-user\nAuthType Basic\nAuthName x\nAuthUserFile "{tmp_path}/passwords"\nErrorLog "{log}"\n'
        "LogLevel debug",
        root=tmp_path,
    )
    app.authorization = ("Basic", (user, "bacon"))
    app.get("/page.txt", status=401)
    assert user in log.read_text()
    assert "bacon" not in log.read_text()
    assert SHA_OF_EGGS not in log.read_text()


def test_a_pipe_makes_nobody_wait(tmp_path: Path) -> None:
    path = str(tmp_path / "pipe")
    os.mkfifo(path)
    assert asked(path, "spam", "eggs") == (
        Verdict.ERROR,
        [f"Could not open password file: {path}: not a regular file"],
    )


def test_a_file_without_end_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "MAX_FILE", 100)
    path = written(tmp_path / "passwords", f"spam:{SHA_OF_EGGS}\n" + "#" * 100)
    assert asked(path, "spam", "eggs") == (
        Verdict.ERROR,
        [f"Could not open password file: {path}: more than 100 bytes"],
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_closed(tmp_path: Path) -> None:
    path = written(tmp_path / "passwords", f"spam:{SHA_OF_EGGS}\n")
    os.chmod(path, 0)
    assert asked(path, "spam", "eggs") == (
        Verdict.ERROR,
        [f"Could not open password file: {path}: Permission denied"],
    )


UNKNOWN = {
    "plain text": "eggs",
    "nothing": "",
    "yescrypt": "$y$j9T$abcdefghijklmnop$rMwLvyAxp9d.UmwWd6HuYTq4Pa7E4VY9FYRfVpwniCD",
    "locked": f"!{SHA_OF_EGGS}",
    "cut bcrypt": BCRYPT_OF_EGGS[:40],
    "bcrypt that takes for ever": BCRYPT_OF_EGGS.replace("$05$", "$99$"),
    "cut apr1": "$apr1$x",
    "salted SHA": "{SSHA}vREdy0s0PeTsCnnS1exVo5GcecQ=",
    "rounds without number": "$5$rounds=x$abcdefgh$VSArfn1RrgTDvti0GsUsuulwMKoYkIaCmvqmX9z3T52",
    "no letters of base64": "$6$a$\xff",
}


@pytest.mark.parametrize("stored", UNKNOWN.values(), ids=UNKNOWN)
def test_a_hash_that_cannot_be_judged_closes(tmp_path: Path, stored: str) -> None:
    path = written(tmp_path / "passwords", f"spam:{stored}\n")
    verdict, lines = asked(path, "spam", "eggs")
    assert verdict is Verdict.DENIED
    assert [line.startswith(f"{path}: the password of user spam cannot be judged: ") for line in lines] == [True]
    assert "eggs" not in lines[0].rpartition(": ")[2]


@pytest.mark.parametrize("stored", [SHA_OF_EGGS[:-4], SHA_OF_EGGS + "x", SHA_OF_EGGS[:-1], "{SHA}"])
def test_a_hash_that_was_cut_or_has_grown(stored: str) -> None:
    with contextlib.suppress(HashError):
        assert matches(b"eggs", stored.encode()) is False


ODD = {"NUL": "eggs\0", "long": "x" * 5000, "lone surrogate": "\udcff", "beyond the plane": "\U0001f511"}


@pytest.mark.parametrize("password", ODD.values(), ids=ODD)
@pytest.mark.parametrize("stored", [SHA_OF_EGGS, BCRYPT_OF_EGGS])
def test_odd_passwords(password: str, stored: str) -> None:
    assert matches(password.encode("utf-8", "surrogateescape"), stored.encode()) is False


@given(st.binary(max_size=80), st.binary(max_size=40))
def test_any_bytes_as_a_hash(stored: bytes, password: bytes) -> None:
    with contextlib.suppress(HashError):
        assert matches(password, stored) is False


def httpd_finds(data: bytes, user: bytes) -> bytes | None:
    """The hash that httpd finds for a user, letter by letter as its reader and its ap_getword go."""
    position, line = 0, b""
    while position < len(data):
        end = data.find(b"\n", position)
        piece, position = (data[position:], len(data)) if end < 0 else (data[position:end], end + 1)
        if end >= 0 and piece.removesuffix(b"\r").endswith(b"\\"):
            line += piece.removesuffix(b"\r")[:-1]
            if position < len(data):
                continue
            piece = b""
        line = (line + piece).strip(b" \t\v\f\r")
        words, rest = [], line
        while len(words) < 2:
            cut = rest.find(b":")
            words.append(rest if cut < 0 else rest[:cut])
            rest = b"" if cut < 0 else rest[cut:].lstrip(b":")
        if line and not line.startswith(b"#") and words[0] == user:
            return words[1]
        line = b""
    return None


@given(st.text(st.sampled_from("ab:#\\ \t\r\n"), max_size=40), st.sampled_from(["", "a", "b", "ab", "a b"]))
def test_lines_are_read_as_httpd_reads_them(text: str, user: str) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(text.encode())
        file.flush()
        read = passwords._read(file.name, lambda line: None)
    assert read.passwords.get(user.encode()) == httpd_finds(text.encode(), user.encode())


REALMS = {
    "theirs": (f"spam:Restricted Area:{MD5_OF_EGGS}", MD5_OF_EGGS.encode()),
    "another realm": (f"spam:Elsewhere:{MD5_OF_EGGS}", Verdict.NOT_FOUND),
    "another user": (f"other:Restricted Area:{MD5_OF_EGGS}", Verdict.NOT_FOUND),
    "more fields": (f"spam:Restricted Area:{MD5_OF_EGGS}:x", MD5_OF_EGGS.encode()),
    "no hash": ("spam:Restricted Area", Verdict.DENIED),
    "an empty hash": ("spam:Restricted Area:", Verdict.DENIED),
    "the first counts": (f"spam:Restricted Area:*\nspam:Restricted Area:{MD5_OF_EGGS}", Verdict.DENIED),
    "an empty one, too": (f"spam:Restricted Area:\nspam:Restricted Area:{MD5_OF_EGGS}", Verdict.DENIED),
    "no MD5": ("spam:Restricted Area:*", Verdict.DENIED),
    "upper case": (f"spam:Restricted Area:{MD5_OF_EGGS.upper()}", Verdict.DENIED),
    "of htpasswd": (f"spam:{SHA_OF_EGGS}", Verdict.NOT_FOUND),
}


@pytest.mark.parametrize(("text", "wanted"), REALMS.values(), ids=REALMS)
def test_realm_hash(tmp_path: Path, text: str, wanted: Any) -> None:
    path = written(tmp_path / "digests", f"# a file of htdigest\n{text}\n")
    assert realm_hash(path, "spam", "Restricted Area", lambda line: None) == wanted
