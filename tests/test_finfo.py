"""The file information object: a tuple by number, attributes by name, and the file that is not there."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from modpy_wsgi import constants
from modpy_wsgi._fast.look import look
from modpy_wsgi.finfo import mp_finfo, stat_file
from modpy_wsgi.stamps import FileStatus


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_text("12345")
    path.chmod(0o4640)
    os.utime(path, (1_000_000_000.75, 1_100_000_000.75))
    return path


def test_members_and_indexes(file: Path) -> None:
    info, real = stat_file(str(file), constants.APR_FINFO_NORM), file.stat()
    wanted = {
        "FINFO_MODE": ("protection", 0x8640),
        "FINFO_INO": ("inode", real.st_ino),
        "FINFO_DEV": ("device", real.st_dev),
        "FINFO_NLINK": ("nlink", 1),
        "FINFO_UID": ("user", real.st_uid),
        "FINFO_GID": ("group", real.st_gid),
        "FINFO_SIZE": ("size", 5),
        "FINFO_ATIME": ("atime", 1_000_000_000),
        "FINFO_MTIME": ("mtime", 1_100_000_000),
        "FINFO_CTIME": ("ctime", int(real.st_ctime)),
        "FINFO_FNAME": ("fname", str(file)),
        "FINFO_NAME": ("name", None),
        "FINFO_FILETYPE": ("filetype", constants.APR_REG),
    }
    for index, (name, value) in wanted.items():
        assert getattr(info, name) == value
        assert info[getattr(constants, index)] == value
        with pytest.raises(AttributeError):
            setattr(info, name, 1)
    assert list(info) == [value for _, value in wanted.values()]
    assert len(info) == 13
    with pytest.raises(IndexError):
        info[-1]  # as in the original, which counts from the front only
    assert info[6:8] == (5, 1_000_000_000)
    assert info.valid == 7598960


# mode, and the number that the original showed for it
PROTECTIONS = [(0o644, 0x644), (0o755, 1877), (0o777, 1911), (0o1777, 10103), (0o4755, 34645), (0o2000, 0x4000)]


@pytest.mark.parametrize(("mode", "wanted"), PROTECTIONS)
def test_protection_is_written_as_apr_does(mode: int, wanted: int) -> None:
    assert mp_finfo("x", os.stat_result((0o100000 | mode, *(0,) * 9))).protection == wanted


def test_kinds_of_files(tmp_path: Path, file: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(file)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    kinds = {
        tmp_path: constants.APR_DIR,
        file: constants.APR_REG,
        link: constants.APR_REG,
        pipe: constants.APR_PIPE,
        Path("/dev/null"): constants.APR_CHR,
    }
    for path, kind in kinds.items():
        assert stat_file(str(path), 0).filetype == kind
    assert stat_file(str(link), constants.APR_FINFO_LINK).filetype == constants.APR_LNK


def test_a_missing_file_is_no_error(tmp_path: Path) -> None:
    for name in (str(tmp_path / "missing"), ""):
        info = stat_file(name, constants.APR_FINFO_MIN)
        assert info.filetype == info[constants.FINFO_FILETYPE] == constants.APR_NOFILE
        assert list(info)[:-1] == [None] * 12
        assert info.valid is None
    assert mp_finfo("/named", None).fname == "/named"


ERRORS = [
    ((5, 0), TypeError),
    ((None, 0), TypeError),
    (("/", "a"), TypeError),
    (("x\0y", 0), ValueError),
    (("/dev/null/x", 0), NotADirectoryError),
]


@pytest.mark.parametrize(("args", "error"), ERRORS)
def test_errors(args: tuple[object, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        stat_file(*args)  # type: ignore[arg-type]


def test_indexes_that_are_none(file: Path) -> None:
    info = stat_file(str(file), 0)
    for index in (13, -14):
        with pytest.raises(IndexError):
            info[index]
    with pytest.raises(TypeError):
        info["mtime"]  # type: ignore[call-overload]
    with pytest.raises(AttributeError):
        info.foo = 1  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        info[0] = 1  # type: ignore[index]


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
@pytest.mark.parametrize("seen", [os.stat, look, lambda path: None], ids=["by stat", "by a look", "missing"])
def test_a_copy_says_the_same(
    file: Path, copied: Callable[[mp_finfo], mp_finfo], seen: Callable[[str], FileStatus | None]
) -> None:
    """A request has a look, apache.stat() the result of os.stat."""
    info = mp_finfo(str(file), seen(str(file)))
    assert list(copied(info)) == list(info)


def test_it_prints_like_the_original() -> None:
    assert str(type(mp_finfo(None, None))) == "<class 'mp_finfo'>"
    assert repr(mp_finfo("/x", None)) == (
        "{'fname': '/x', 'filetype': 0, 'valid': None, 'protection': None, 'user': None, 'group': None, 'size': None, "
        "'inode': None, 'device': None, 'nlink': None, 'atime': None, 'mtime': None, 'ctime': None, 'name': None}"
    )
