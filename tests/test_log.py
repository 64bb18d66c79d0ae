"""The error log: the form of its lines, the levels, the four kinds of target, and what happens when one fails."""

from __future__ import annotations

import io
import logging.handlers
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from modpy_wsgi import log_pipe, log_syslog, log_targets
from modpy_wsgi.constants import APLOG_CRIT, APLOG_DEBUG, APLOG_ERR, APLOG_INFO, APLOG_NOTICE, APLOG_WARNING
from modpy_wsgi.log import ErrorLog, escape, log_exception

# What httpd 2.4.71 wrote for these messages.
ESCAPED = {
    "plain": ("plain", "plain"),
    "line breaks": ("a\nb\r\nc", r"a\nb\r\nc"),
    "tab": ("b\tc", r"b\tc"),
    "backslash": ("c\\d", r"c\\d"),
    "quote": ('"e"', '"e"'),
    "controls": ("\x01\x7f\x1b\x08\x0b\x0c", r"\x01\x7f\x1b\b\v\x0c"),
    "not ASCII": ("\u00e9 \u20ac", r"\xc3\xa9 \xe2\x82\xac"),
    "a byte that is no UTF-8": ("\udce9", r"\xe9"),
    "half a pair": ("\ud800", r"\xed\xa0\x80"),
    "NUL": ("\0", r"\x00"),
}

LINE = re.compile(
    r"\[(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d\d "
    r"\d\d:\d\d:\d\d\.\d{6} \d{4}\] \[(?P<module>\w*):(?P<level>\w+)\] \[pid (?P<pid>\d+):tid \d+\] (?P<rest>.*)"
)


@pytest.mark.parametrize(("text", "wanted"), ESCAPED.values(), ids=ESCAPED.keys())
def test_escaping(text: str, wanted: str) -> None:
    assert escape(text) == wanted


def test_the_form_of_a_line(tmp_path: Path) -> None:
    path = tmp_path / "error_log"
    log = ErrorLog(str(path), APLOG_WARNING)
    log.write("one\ntwo", client="192.0.2.1:5678", referer="http://r/\n")
    log.close()
    (line,) = path.read_text().splitlines()
    match = LINE.fullmatch(line)
    assert match
    assert match["module"] == "python"
    assert match["level"] == "error"
    assert int(match["pid"]) == os.getpid()
    assert match["rest"] == r"[client 192.0.2.1:5678] one\ntwo, referer: http://r/\n"
    assert time.strftime("%d ") in line[:30]


LEVELS = [
    # level of the log, level of the message, whether it is written; a notice always is
    (APLOG_WARNING, APLOG_ERR, True),
    (APLOG_WARNING, APLOG_WARNING, True),
    (APLOG_WARNING, APLOG_INFO, False),
    (APLOG_CRIT, APLOG_ERR, False),
    (APLOG_CRIT, APLOG_NOTICE, True),
    (APLOG_DEBUG, APLOG_DEBUG, True),
    (15, 15, True),
    (APLOG_WARNING, 16 | APLOG_ERR, True),  # flags above the level are masked off
    (APLOG_WARNING, -1, False),
]


@pytest.mark.parametrize(("limit", "level", "written"), LEVELS)
def test_levels(limit: int, level: int, written: bool) -> None:
    stream = io.StringIO()
    log = ErrorLog(None, limit, stream=stream)
    assert log.enabled(level) is written
    log.write("x", level)
    assert bool(stream.getvalue()) is written


def test_shared_target_with_another_level(tmp_path: Path) -> None:
    log = ErrorLog(str(tmp_path / "log"), APLOG_WARNING)
    other = log.sharing(APLOG_DEBUG)
    log.write("no", APLOG_DEBUG)
    other.write("yes", APLOG_DEBUG)
    assert (tmp_path / "log").read_text().splitlines()[0].endswith(" yes")
    log.close()


def test_nothing_is_opened_before_the_first_line(tmp_path: Path) -> None:
    log = ErrorLog(str(tmp_path / "log"))
    assert not (tmp_path / "log").exists()
    log.open()
    assert (tmp_path / "log").exists()
    log.close()


def test_a_long_line_is_cut_where_httpd_cuts_it(tmp_path: Path) -> None:
    log = ErrorLog(str(tmp_path / "log"))
    log.write("x" * 20_000)
    assert len((tmp_path / "log").read_text()) == 8191
    log.close()


def test_a_rotated_file_is_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modpy_wsgi.log.LOOK_AGAIN", 0.0)
    path = tmp_path / "log"
    log = ErrorLog(str(path))
    log.write("first")
    path.rename(tmp_path / "log.1")
    log.write("second")
    log.close()
    assert [file.read_text().split()[-1] for file in (tmp_path / "log.1", path)] == ["first", "second"]


def test_reopen_after_rotation_while_threads_write(tmp_path: Path) -> None:
    path = tmp_path / "log"
    log = ErrorLog(str(path))

    def write() -> None:
        for n in range(200):
            log.write(f"{threading.get_ident()} {n}")

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for n in range(20):
        if path.exists():
            path.rename(tmp_path / f"log.{n}")
        log.reopen()
    for thread in threads:
        thread.join()
    log.close()
    lines = [line for file in tmp_path.iterdir() for line in file.read_text().splitlines()]
    assert len(lines) == len(set(lines)) == 800
    assert all(LINE.fullmatch(line) for line in lines)


def test_a_missing_folder_is_said_once_and_lines_go_to_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "missing" / "log"
    log = ErrorLog(str(path))
    log.write("first")
    log.write("second")
    told, first, second = capsys.readouterr().err.splitlines()
    assert told.startswith(f"modpy_wsgi: the error log {path} takes no lines: ")
    assert first.endswith(" first")
    assert second.endswith(" second")
    path.parent.mkdir()
    monkeypatch.setattr("modpy_wsgi.log.RETRY_AFTER", 0.0)
    log.write("third")
    assert path.read_text().splitlines()[0].endswith(" third")
    assert capsys.readouterr().err == ""
    log.close()


@pytest.mark.parametrize("name", ["/dev/stderr", "/dev/stdout", "/dev/fd/2", "/proc/self/fd/1"])
def test_an_open_descriptor_is_used_as_it_is(name: str) -> None:
    ours, theirs = socket.socketpair()  # which nothing can open by a name
    with ours, theirs:
        code = f"from modpy_wsgi.log import ErrorLog; log = ErrorLog({name!r}); log.open(); log.write('said')"
        stream = "stderr" if name.endswith(("err", "2")) else "stdout"
        subprocess.run([sys.executable, "-c", code], check=True, timeout=60, **{stream: theirs.fileno()})
        theirs.close()
        said = ours.recv(65536).decode()
    assert said.endswith(" said\n"), said
    assert LINE.fullmatch(said.rstrip("\n")), said


def test_a_full_disk_breaks_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    log = ErrorLog("/dev/full")
    log.write("lost?")
    assert capsys.readouterr().err.splitlines()[1].endswith(" lost?")
    log.close()


def test_a_closed_stream_breaks_nothing() -> None:
    stream = io.StringIO()
    log = ErrorLog(None, stream=stream)
    stream.close()
    log.write("x")


def test_a_reopen_that_fails_stays_with_the_open_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    log = ErrorLog(str(folder / "log"))
    log.write("first")
    folder.rename(tmp_path / "moved")
    log.reopen()
    log.write("second")
    assert len((tmp_path / "moved" / "log").read_text().splitlines()) == 2
    assert "takes no lines" in capsys.readouterr().err
    log.close()


def test_exception_lines_each_have_the_prefix() -> None:
    stream = io.StringIO()
    try:
        try:
            int("a")
        except ValueError as inner:
            raise KeyError("two\nlines") from inner
    except KeyError as error:
        log_exception(ErrorLog(None, stream=stream), "PythonHandler h", error, client="192.0.2.1:1")
    rests = [match["rest"] for match in map(LINE.fullmatch, stream.getvalue().splitlines()) if match]
    prefix = "[client 192.0.2.1:1] PythonHandler h: "
    assert all(rest.startswith(prefix) for rest in rests)
    rests = [rest.removeprefix(prefix) for rest in rests]
    assert rests[0] == "Traceback (most recent call last):"
    assert rests[1].startswith('  File "')
    assert rests[2] == "ValueError: invalid literal for int() with base 10: 'a'"
    assert rests[3] == r"\nThe above exception was the direct cause of the following exception:\n"
    assert rests[-1] == r"KeyError: 'two\\nlines'"


WITHOUT_DESCRIPTORS = """
import os, resource
from modpy_wsgi.log import ErrorLog, log_exception
log = ErrorLog(None)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
held = []
try:
    while True:
        held.append(os.open(os.devnull, os.O_RDONLY))
except OSError as error:
    log_exception(log, "PythonHandler h", error)
    held.clear()
"""


def test_an_exception_is_told_where_no_descriptor_is_left() -> None:
    """Nothing can be imported then, and a traceback is the first that this process makes."""
    done = subprocess.run([sys.executable, "-c", WITHOUT_DESCRIPTORS], capture_output=True, text=True, check=True)
    assert "PythonHandler h: OSError: [Errno 24] Too many open files" in done.stderr


@pytest.fixture
def syslog(tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    address = str(tmp_path / "devlog")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.settimeout(5)
        listener.bind(address)
        yield address, listener


def test_syslog(syslog: tuple[str, socket.socket], monkeypatch: pytest.MonkeyPatch) -> None:
    address, listener = syslog
    made = log_syslog.SyslogTarget
    monkeypatch.setattr(log_syslog, "SyslogTarget", lambda target: made(target, address))
    log = ErrorLog("syslog:user:site", APLOG_WARNING)
    log.write("no", APLOG_NOTICE)  # not even notices pass the level here
    log.write("100% yes", APLOG_ERR)
    log.close()
    priority = logging.handlers.SysLogHandler.LOG_USER << 3 | logging.handlers.SysLogHandler.LOG_ERR
    text = listener.recv(1000).rstrip(b"\0").decode()
    assert re.fullmatch(rf"<{priority}>site\[{os.getpid()}\]: \[python:error\] \[pid .*\] 100% yes", text)


def test_syslog_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    made = log_syslog.SyslogTarget
    monkeypatch.setattr(log_syslog, "SyslogTarget", lambda target: made(target, str(tmp_path / "none")))
    log = ErrorLog("syslog")
    log.write("kept")
    assert capsys.readouterr().err.splitlines()[1].endswith(" kept")


@pytest.mark.parametrize("target", ["syslog:nofacility", "|", "||  ", "|$", "|prog 'unclosed"])
def test_targets_that_can_never_work(target: str) -> None:
    with pytest.raises(ValueError):
        ErrorLog(target)


@pytest.mark.parametrize("form", ["|/bin/sh -c 'cat >> {}'", "||/bin/sh -c 'cat >> {}'", "|$cat >> {}"])
def test_piped_log(form: str, tmp_path: Path) -> None:
    log = ErrorLog(form.format(tmp_path / "out"))
    log.write("one")
    log.write("x" * 8000)
    log.close()
    lines = (tmp_path / "out").read_text().splitlines()
    assert lines[0].endswith(" one")
    assert len(lines[1]) > 8000


def test_piped_log_starts_a_dead_program_again(tmp_path: Path) -> None:
    log = ErrorLog(f"|$head -n 1 >> {tmp_path / 'out'}")
    target = log._outlet.target
    assert isinstance(target, log_targets.PipeTarget)
    log.write("one")
    assert target._process is not None
    target._process.wait(10)
    log.write("two")
    log.close()
    assert [line.rpartition("] ")[2] for line in (tmp_path / "out").read_text().splitlines()] == ["one", "two"]


def test_piped_log_that_dies_at_once_is_given_up(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modpy_wsgi.log.RETRY_AFTER", 0.0)
    log = ErrorLog("|/bin/false")
    target = log._outlet.target
    assert isinstance(target, log_targets.PipeTarget)
    for n in range(10):
        log.write(f"line {n}")
        if target._process is not None:
            target._process.wait(10)
    log.close()
    told = capsys.readouterr().err
    assert len(target._starts) == 6
    assert "takes no lines" in told
    assert "line 9" in told


def test_piped_log_whose_program_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = ErrorLog(f"|{tmp_path / 'no-such-program'}")
    log.write("kept")
    assert capsys.readouterr().err.splitlines()[1].endswith(" kept")


def test_piped_log_that_does_not_read_holds_nobody_up(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_pipe, "PIPE_PATIENCE", 0.1)
    monkeypatch.setattr(log_pipe, "CLOSE_PATIENCE", 0.0)
    monkeypatch.setattr("modpy_wsgi.log.RETRY_AFTER", 0.0)
    log = ErrorLog("|/bin/sleep 60")
    started = time.monotonic()
    for n in range(100):
        log.write(f"{n} " + "x" * 4000)
    assert time.monotonic() - started < 5
    assert "does not read" in capsys.readouterr().err
    log.close()


def test_lines_of_several_processes_stay_whole(tmp_path: Path) -> None:
    log = ErrorLog(str(tmp_path / "log"))
    children = []
    for child in range(3):
        pid = os.fork()
        if pid == 0:
            try:
                for n in range(200):
                    log.write(f"{child} {n} " + "y" * 500)
            finally:
                os._exit(0)
        children.append(pid)
    for pid in children:
        assert os.waitpid(pid, 0)[1] == 0
    lines = (tmp_path / "log").read_text().splitlines()
    assert len(lines) == 600
    assert all(LINE.fullmatch(line) for line in lines)
