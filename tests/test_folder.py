"""The files of a folder, looked at together; against os.lstat."""

from __future__ import annotations

import errno
import os
import socket
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modpy_wsgi._fast.folder import regular_files
from tests.allocations import keeps_nothing

NAMES = ("plain", "été", "日本", "caf\udce9", "with space", "line\nbreak", "-", "~", "x" * 255)


def asked(root: Path, names: list[str]) -> list[tuple[int, int] | None]:
    """What is found of files in a folder."""
    descriptor = os.open(root, os.O_RDONLY)
    try:
        return regular_files(descriptor, names)
    finally:
        os.close(descriptor)


def by_lstat(path: Path) -> tuple[int, int] | None:
    """The same by other means."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns // 10**9) if stat.S_ISREG(found.st_mode) else None


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for number, name in enumerate(NAMES):
        (tmp_path / name).write_bytes(b"x" * number * 1000)
    os.truncate(tmp_path / "plain", 5 * 2**32)
    for number, name in enumerate(NAMES):
        os.utime(tmp_path / name, ns=(0, (number - 2) * 10**18 + 999_999_999))
    return tmp_path


def test_files(root: Path) -> None:
    assert asked(root, list(NAMES)) == [by_lstat(root / name) for name in NAMES]
    assert asked(root, ["plain", "plain"]) == [(5 * 2**32, -2 * 10**9)] * 2
    assert asked(root, []) == []


OTHERS: dict[str, Callable[[Path], Any]] = {
    "a folder": lambda path: path.mkdir(),
    "a link to a file": lambda path: path.symlink_to("plain"),
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "a FIFO": os.mkfifo,
    "a socket": lambda path: socket.socket(socket.AF_UNIX).bind(str(path)),
    "nothing": lambda path: None,
}


@pytest.mark.parametrize("make", OTHERS.values(), ids=OTHERS)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_what_is_no_file_counts_as_not_there(root: Path, make: Callable[[Path], Any]) -> None:
    make(root / "it")
    assert asked(root, ["plain", "it", "-"]) == [by_lstat(root / "plain"), None, by_lstat(root / "-")]


def test_the_folder_is_the_one_that_was_opened(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    before = by_lstat(root / "plain")
    descriptor = os.open(root, os.O_RDONLY)
    try:
        moved = root.rename(root.with_name("moved"))
        root.mkdir()
        (root / "plain").write_text("another")
        assert regular_files(descriptor, ["plain"]) == [before]
    finally:
        os.close(descriptor)
    assert moved.exists()


def test_a_name_that_is_too_long(root: Path) -> None:
    assert asked(root, ["x" * 256, "x" * 100_000]) == [None, None]


@pytest.mark.parametrize(
    ("names", "error"),
    [
        (["a\0b"], ValueError),
        (["é\0"], ValueError),
        ([b"a"], TypeError),
        (["plain", None], TypeError),
        (None, TypeError),
        (["\ud800"], UnicodeEncodeError),
    ],
)
def test_what_is_refused(root: Path, names: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        asked(root, names)


def test_a_descriptor_that_is_none(root: Path) -> None:
    descriptor = os.open(root, os.O_RDONLY)
    os.close(descriptor)
    with pytest.raises(OSError) as caught:
        regular_files(descriptor, ["plain"])
    assert caught.value.errno == errno.EBADF


def test_the_list_of_names_may_change_meanwhile(root: Path) -> None:
    names = [f"{name}{number}" for number in range(2000) for name in NAMES[:3]]
    over = threading.Event()

    def spoil() -> None:
        while not over.is_set():
            names[:] = [f"{time.monotonic_ns()}é"] * 6000

    other = threading.Thread(target=spoil)
    other.start()
    try:
        for _ in range(20):
            assert asked(root, names) == [None] * 6000
    finally:
        over.set()
        other.join()


def test_nothing_is_lost_or_kept(root: Path) -> None:
    def once() -> None:
        asked(root, [*NAMES, "nothing"])
        with pytest.raises(ValueError, match="NUL"):
            asked(root, [*NAMES, "\0"])

    assert keeps_nothing(once, before=20, times=100)
