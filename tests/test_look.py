"""What looks at files and reads them against os.stat, os.lstat, os.open and os.read, which are the oracle."""

from __future__ import annotations

import copy
import errno
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modpy_wsgi import _fast
from modpy_wsgi._fast.look import Look, as_they_were, is_missing, look, look_for, read_file
from tests.isolated_interpreters import needs_isolated_interpreters, run_isolated

MEMBERS = ("mode", "ino", "dev", "nlink", "uid", "gid", "size", "atime", "mtime", "ctime")
MEMBERS += ("atime_ns", "mtime_ns", "ctime_ns")
FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as each:
        each.bind(str(path))


KINDS: dict[str, Callable[[Path], object]] = {
    "file": lambda path: path.write_text("some text"),
    "empty file": Path.touch,
    "folder": Path.mkdir,
    "link to a file": lambda path: path.symlink_to("/etc/passwd"),
    "pipe": os.mkfifo,
    "socket": _socket,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["plain", "grün", "caf\udce9", "line\nfeed"])
@pytest.mark.parametrize("ask", [look, look_for])
def test_it_sees_what_stat_sees(tmp_path: Path, kind: str, name: str, ask: Callable[[str], Any]) -> None:
    path = tmp_path / name
    KINDS[kind](path)
    seen, wanted = ask(str(path)), os.stat(path)
    assert not is_missing(str(path))
    assert {member: getattr(seen, f"st_{member}") for member in MEMBERS} == {
        member: getattr(wanted, f"st_{member}") for member in MEMBERS
    }


@pytest.mark.parametrize("path", ["/dev/null", "/", "/proc/self/stat", "."])
def test_it_sees_what_stat_sees_elsewhere(path: str) -> None:
    assert (look(path).st_mode, look(path).st_ino) == (os.stat(path).st_mode, os.stat(path).st_ino)


@pytest.mark.parametrize("at", [0, 1, 999_999_999, 1_700_000_000_123_456_789, -1, -1_500_000_000, 2**33 * 10**9 + 7])
def test_times_are_those_of_stat(tmp_path: Path, at: int) -> None:
    path = tmp_path / "file"
    path.touch()
    os.utime(path, ns=(at, at))
    seen, wanted = look(str(path)), os.stat(path)
    assert (seen.st_mtime_ns, seen.st_mtime) == (wanted.st_mtime_ns, wanted.st_mtime)
    assert (seen.st_atime_ns, seen.st_atime) == (wanted.st_atime_ns, wanted.st_atime)


@pytest.mark.parametrize("name", ["absent", "file/below", "loop", "nowhere", "x" * 300, "nul\0", "\ud800", ""])
def test_it_fails_as_stat_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    Path("loop").symlink_to("loop")
    Path("nowhere").symlink_to("absent")
    expected = _told(os.stat, name)
    assert _told(look, name) == expected
    if expected[:2] == (FileNotFoundError, errno.ENOENT):
        assert look_for(name) is None
    else:
        assert _told(look_for, name) == expected
    try:
        os.lstat(name)
    except OSError as error:
        assert is_missing(name) == (error.errno == errno.ENOENT)
    except ValueError as error:
        assert _told(is_missing, name)[0] is type(error)
    else:
        assert not is_missing(name)


def _told(ask: Callable[[str], object], name: str) -> tuple[object, ...]:
    """The kind of the error that is raised, and what it says."""
    with pytest.raises((OSError, ValueError)) as raised:
        ask(name)
    found = raised.value
    return type(found), getattr(found, "errno", None), getattr(found, "filename", None)


CHANGES: dict[str, Callable[[Path], object]] = {
    "longer": lambda path: path.write_text("some more text"),
    "another time": lambda path: os.utime(path, ns=(1, 1)),
    "rights": lambda path: path.chmod(0o600),
    "another name": lambda path: os.link(path, path.with_name("other")),
    "another file": lambda path: (path.with_name("new").write_text("some text"), path.with_name("new").replace(path)),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_has_changed_is_another_look(tmp_path: Path, change: str) -> None:
    path = tmp_path / "file"
    path.write_text("some text")
    path.chmod(0o644)
    before = look(str(path))
    assert look(str(path), before) is before
    assert as_they_were(((str(path), before),))
    size = before.st_size
    CHANGES[change](path)
    after = look(str(path), before)
    assert after is not before
    assert (after.st_size, before.st_size) == (os.stat(path).st_size, size)
    assert not as_they_were(((str(path), before),))
    assert as_they_were(((str(path), after),))


def test_reading_is_no_change_but_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("some text")
    os.utime(path, (1, 1))  # so that file systems that count few readings count this one
    before = look(str(path))
    path.read_text()
    wanted = os.stat(path)
    if wanted.st_atime_ns == before.st_atime_ns:
        pytest.skip("this file system counts no readings")
    after = look(str(path), before)
    assert (after is before, after.st_atime_ns, after.st_ctime_ns) == (False, wanted.st_atime_ns, before.st_ctime_ns)
    assert as_they_were(((str(path), before),))


class Name(str):
    """A path of a library's own class."""

    __slots__ = ()


def test_a_path_may_be_of_a_class_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("some text")
    seen = look(Name(path))
    assert seen.st_size == 9
    assert as_they_were(((Name(path), seen),))
    assert read_file(Name(path), FLAGS, 9) == b"some text"
    for wrong in (None, 1, b"/", path):
        with pytest.raises(TypeError):
            look(wrong)  # type: ignore[arg-type]


def test_several_are_as_they_were_only_together(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_text(name)
    one, two, absent = (str(tmp_path / name) for name in ("one", "two", "absent"))
    below = f"{one}/below"
    looks = ((one, look(one)), (two, look(two)), (absent, None), (below, None))
    assert as_they_were(looks)
    assert as_they_were(())
    assert not as_they_were(((one, look(two)),))
    assert not as_they_were(((one, None),))
    assert not as_they_were(((absent, look(one)),))
    Path(absent).touch()
    assert not as_they_were(looks)
    os.unlink(absent)
    assert as_they_were(looks)
    os.unlink(two)
    assert not as_they_were(looks)


def test_what_cannot_be_looked_at_is_not_as_it_was(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to("loop")
    assert not as_they_were(((str(loop), None),))


@pytest.mark.parametrize("looks", [(("/",),), ("/",), (("/", 1),), ((1, None),), ((b"/", None),)])
def test_as_they_were_wants_pairs(looks: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        as_they_were(looks)  # type: ignore[arg-type]


def test_a_look_is_made_by_looking() -> None:
    with pytest.raises(TypeError):
        Look()
    with pytest.raises(AttributeError):
        look("/").st_size = 1  # type: ignore[misc]


def test_a_copy_of_what_never_changes_is_the_same_look() -> None:
    found = look("/")
    assert copy.copy(found) is copy.deepcopy([found])[0] is found


@pytest.mark.parametrize("size", [0, 1, 5, 10_240, 100_000])
def test_a_file_is_read(tmp_path: Path, size: int) -> None:
    path = tmp_path / "file"
    data = os.urandom(size)
    path.write_bytes(data)
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    assert read_file(str(path), FLAGS, size) == data
    assert read_file(str(path), FLAGS, max(0, size - 1)) == data[: max(0, size - 1)]
    assert read_file(str(path), FLAGS, size + 1) is None  # it has become shorter
    assert (len(os.listdir("/proc/self/fd")) if before else 0) == before


def test_what_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("absent", ".", "pipe"):
        assert read_file(str(tmp_path / name), FLAGS, 1) is None
    with pytest.raises(ValueError, match="null"):
        read_file("nul\0", FLAGS, 1)
    with pytest.raises(ValueError, match="negative"):
        read_file("/", FLAGS, -1)


def test_reading_is_audited_as_opening_is() -> None:
    """PEP 578: who watches what a process opens sees these files, too."""
    program = """
import os, sys
from modpy_wsgi._fast.look import read_file
seen = []
sys.addaudithook(lambda event, args: seen.append(args) if event == "open" else None)
os.close(os.open("/etc/passwd", os.O_RDONLY))
read_file("/etc/passwd", os.O_RDONLY, 1)
assert seen[0][0] == seen[1][0] == "/etc/passwd" and seen[0][1] is seen[1][1] is None, seen
"""
    subprocess.run([sys.executable, "-c", program], check=True)


@needs_isolated_interpreters
@pytest.mark.parametrize("name", sorted(path.stem for path in Path(_fast.__path__[0]).glob("*.pyx")))
def test_what_is_compiled_loads_in_isolated_interpreters(name: str) -> None:
    program = f"import modpy_wsgi._fast.{name}"
    run_isolated(program)
