"""Access logs beyond Apache's recorded answers (tests/oracle): what is counted, where lines go, what fails."""

from __future__ import annotations

import io
import os
import re
import stat
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from modpy_wsgi import Application
from modpy_wsgi.config.load import load_text
from modpy_wsgi.config.log_formats import parse_access, parse_error
from modpy_wsgi.errors import ConfigError
from modpy_wsgi.httpd import access_log, log_times
from modpy_wsgi.httpd.access_log import Outlet
from tests.oracle.inprocess import FileWrapper

HANDLER = """
def handler(req):
    what = req.path_info
    if what == "/held":
        req.write("held", 0)
    elif what == "/empty":
        pass
    elif what == "/logged":
        req.log_error("of the site")
    elif what == "/gone":
        req.write("before")
        req.write("after")
    elif what == "/short":
        req.set_content_length(10)
        req.write("12345")
    elif what == "/long":
        req.set_content_length(3)
        req.write("12345")
    elif what == "/named":
        req.get_remote_host(0)
        req.write(req.user or "nobody")
    else:
        req.write("written")
    return 0

def loghandler(req):
    with open(req.get_options()["seen"], "a") as file, open(req.get_options()["log"]) as log:
        file.write(log.read())
    return 0
"""


def make(folder: Path, *lines: str, fallback: Any = None) -> Application:
    """An application with a handler, a large file and these lines."""
    (folder / "htdocs").mkdir(exist_ok=True)
    (folder / "htdocs" / "do.py").write_text(HANDLER)
    (folder / "htdocs" / "large.txt").write_bytes(b"x" * 3_000_000)
    text = (
        f'ServerRoot "{folder}"\nServerName logs.test\nDocumentRoot "{folder}/htdocs"\nErrorLog error.log\n'
        f'<Directory "{folder}/htdocs">\nAddHandler mod_python .py\nPythonHandler do\n</Directory>\n'
    )
    return Application(load_text(text + "\n".join(lines)), fallback=fallback, private=True)


def environ(path: str, **more: Any) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "RAW_URI": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": "49152",
        "HTTP_HOST": "logs.test",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        **more,
    }


def ask(app: Application, path: str, write: Any = None, **more: Any) -> bytes:
    """One request as a server would answer it; `write` is what the server does with what is written."""
    sent: list[bytes] = []
    body: Iterable[bytes] = app(environ(path, **more), lambda status, headers, exc_info=None: write or sent.append)
    try:
        sent += body
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()
    return b"".join(sent)


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


# ---- what is counted ------------------------------------------------------------------------------------------------

BYTES = {
    "written": ("/do.py/written", {}, "200 7"),
    "held back": ("/do.py/held", {}, "200 4"),
    "nothing": ("/do.py/empty", {}, "200 -"),
    "more than promised": ("/do.py/long", {}, "200 3"),
    "a file": ("/large.txt", {}, "200 3000000"),
    "a file by a wrapper": ("/large.txt", {"wsgi.file_wrapper": FileWrapper}, "200 3000000"),
    "HEAD of a file": ("/large.txt", {"REQUEST_METHOD": "HEAD"}, "200 -"),
    "HEAD of a handler": ("/do.py/written", {"REQUEST_METHOD": "HEAD"}, "200 -"),
}


@pytest.mark.parametrize(("path", "more", "wanted"), BYTES.values(), ids=BYTES)
def test_bytes(tmp_path: Path, path: str, more: dict[str, Any], wanted: str) -> None:
    ask(make(tmp_path, 'CustomLog access.log "%s %b"'), path, **more)
    assert lines(tmp_path / "access.log") == [wanted]


def test_a_file_that_the_client_did_not_take_whole(tmp_path: Path) -> None:
    app = make(tmp_path, 'CustomLog access.log "%s %b"')
    body = app(environ("/large.txt"), lambda *args: lambda data: None)
    first = next(iter(body))
    assert not lines(tmp_path / "access.log")  # it is not over
    body.close()  # type: ignore[attr-defined]
    assert lines(tmp_path / "access.log") == [f"200 {len(first)}"]


def test_a_client_that_went_away(tmp_path: Path) -> None:
    sent: list[bytes] = []

    def write(data: bytes) -> None:
        if sent:
            raise BrokenPipeError
        sent.append(data)

    ask(make(tmp_path, 'CustomLog access.log "%s %b %X"'), "/do.py/gone", write)
    assert lines(tmp_path / "access.log") == ["500 6 X"]


def test_an_answer_that_is_too_short_is_logged_once(tmp_path: Path) -> None:
    from modpy_wsgi.errors import ShortBody

    with pytest.raises(ShortBody):
        ask(make(tmp_path, 'CustomLog access.log "%s %b"'), "/do.py/short")
    assert lines(tmp_path / "access.log") == ["200 5"]


def test_another_application_is_counted_and_closed(tmp_path: Path) -> None:
    closed = []

    class Body:
        def __iter__(self) -> Any:
            yield b"one"
            yield b"three"

        def close(self) -> None:
            closed.append(True)

    def other(environ: Any, start_response: Any) -> Any:
        start_response("202 Accepted", [])
        return Body()

    app = make(tmp_path, 'CustomLog access.log "%s %b"', fallback=other)
    assert ask(app, "/elsewhere") == b"onethree"
    assert lines(tmp_path / "access.log") == ["202 8"]
    assert closed == [True]


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, "+"),
        ({"HTTP_CONNECTION": "close"}, "-"),
        ({"SERVER_PROTOCOL": "HTTP/1.0"}, "-"),
        ({"SERVER_PROTOCOL": "HTTP/1.0", "HTTP_CONNECTION": "Keep-Alive"}, "+"),
    ],
)
def test_whether_the_connection_is_kept(tmp_path: Path, more: dict[str, str], wanted: str) -> None:
    ask(make(tmp_path, "CustomLog access.log %X"), "/large.txt", **more)
    ask(make(tmp_path, "CustomLog off.log %X", "KeepAlive Off"), "/large.txt", **more)
    assert (lines(tmp_path / "access.log"), lines(tmp_path / "off.log")) == ([wanted], ["-"])


def test_bytes_with_heads(tmp_path: Path) -> None:
    ask(make(tmp_path, 'CustomLog access.log "%I %O %S %b"'), "/do.py/held", CONTENT_LENGTH="0")
    head = (
        "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/x-python\r\n"
        "Content-Length: 4\r\n\r\n"
    )
    request = "GET /do.py/held HTTP/1.1\r\nHost: logs.test\r\nContent-Length: 0\r\n\r\n"
    sizes = (len(request), len(head) + 4, len(request) + len(head) + 4, 4)
    assert lines(tmp_path / "access.log") == [" ".join(map(str, sizes))]


def test_durations_and_times(tmp_path: Path) -> None:
    before = time.time()
    ask(make(tmp_path, 'CustomLog access.log "%D %{us}T %{ms}T %T %{usec}t %{end:usec}t"'), "/do.py/written")
    micro, same, milli, seconds, begin, end = map(int, lines(tmp_path / "access.log")[0].split())
    assert 0 <= micro < 60_000_000
    assert (same, milli, seconds) == (micro, micro // 1000, micro // 1_000_000)
    assert before * 1e6 - 2 <= begin <= end <= time.time() * 1e6
    assert abs(end - begin - micro) <= 2


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kolkata"])
def test_the_time_of_the_common_format(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against strftime, which knows the same format."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        for at in (0, 1_700_000_000, 1_710_000_000, 1_720_000_000):
            wanted = time.strftime("[%d/%b/%Y:%H:%M:%S %z]", time.localtime(at))
            assert log_times.clf_time(at) == wanted.encode()
            assert log_times.clf_time(at + 0.999) == wanted.encode()
    finally:
        monkeypatch.undo()
        time.tzset()
        log_times.clf_time(-2)  # so that none of another zone is kept


def test_the_number_of_a_request_is_that_of_its_lines_in_the_error_log(tmp_path: Path) -> None:
    form = 'ErrorLogFormat "%L %{c}L %M"\nErrorLogFormat request "request %L"\nErrorLogFormat connection "conn %{C}L"'
    app = make(tmp_path, 'CustomLog access.log "%L"', *form.split("\n"))
    ask(app, "/do.py/logged")
    ask(app, "/do.py/logged")
    ask(app, "/do.py/written")
    first, second, none = lines(tmp_path / "access.log")
    assert none == "-"
    assert first != second
    conn, request, message, *_ = lines(tmp_path / "error.log")
    number = conn.removeprefix("conn ")
    assert (request, message) == (f"request {first}", f"{first} {number} of the site")
    assert re.fullmatch("[A-Za-z0-9_-]{11}", number)


def test_log_handlers_come_behind(tmp_path: Path) -> None:
    """As mod_log_config, which is built in, comes before mod_python (observed by what notes it shows)."""
    app = make(
        tmp_path,
        "CustomLog access.log %U",
        f'PythonPath "[{str(tmp_path / "htdocs")!r}] + sys.path"',
        "PythonLogHandler do",
        f"PythonOption seen {tmp_path}/seen",
        f"PythonOption log {tmp_path}/access.log",
    )
    ask(app, "/do.py/written")
    assert lines(tmp_path / "seen") == ["/do.py/written"]


def test_nothing_can_forge_a_line(tmp_path: Path) -> None:
    app = make(tmp_path, 'CustomLog access.log "%r|%{User-Agent}i|%U|%q|%m|%H|%{Cookie}i|%{a}C|%V"')
    bad = "".join(map(chr, range(1, 256)))
    ask(app, f"/{bad}", QUERY_STRING=bad, HTTP_USER_AGENT=bad, HTTP_COOKIE=f"a={bad}", RAW_URI=f"/{bad}")
    ask(app, "/x", REQUEST_METHOD=bad)
    raw = (tmp_path / "access.log").read_bytes()
    assert raw.count(b"\n") == 2
    assert all(32 <= byte < 127 for line in raw.split(b"\n") for byte in line)
    assert b'"' not in raw.replace(b'\\"', b"")


# ---- where they go --------------------------------------------------------------------------------------------------


def test_without_a_log_the_end_of_a_request_has_no_work(tmp_path: Path) -> None:
    """The server has nothing to close then."""
    plain, logged = make(tmp_path), make(tmp_path, "CustomLog access.log %U")
    bodies = [app(environ("/do.py/held"), lambda *args: lambda data: None) for app in (plain, logged)]
    assert plain.hosts.main.logs is None
    assert [hasattr(body, "close") for body in bodies] == [False, True]


def test_a_log_that_cannot_be_opened_stops_the_start(tmp_path: Path) -> None:
    app = make(tmp_path, "CustomLog ok.log %U", "TransferLog absent/access.log")
    with pytest.raises(ConfigError, match=r":10: TransferLog .*/absent/access.log: No such file or directory"):
        app.open_access_logs()


@pytest.mark.parametrize("target", ["|", "'|/bin/x \"open'"])
def test_a_program_that_is_none_stops_the_start(tmp_path: Path, target: str) -> None:
    with pytest.raises(ConfigError, match=r":9: CustomLog: "):
        make(tmp_path, f"CustomLog {target} %U")


def test_a_log_that_fails_later_is_told_of_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = make(tmp_path, "CustomLog /dev/full %U", "CustomLog access.log %U")
    for _ in range(3):
        assert ask(app, "/do.py/written") == b"written"
    assert lines(tmp_path / "access.log") == ["/do.py/written"] * 3
    assert capsys.readouterr().err == (
        "modpy_wsgi: the log /dev/full takes no lines: [Errno 28] No space left on device\n"
    )


def test_a_log_that_failed_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = make(tmp_path, "CustomLog later/access.log %U")
    ask(app, "/do.py/written")
    (tmp_path / "later").mkdir()
    ask(app, "/do.py/written")
    assert not lines(tmp_path / "later" / "access.log")  # not with each request
    monkeypatch.setattr(access_log, "RETRY_AFTER", 0.0)
    ask(app, "/do.py/written")
    assert lines(tmp_path / "later" / "access.log") == ["/do.py/written"]


@pytest.mark.parametrize("how", ["renamed", "removed", "replaced"])
def test_a_rotated_log_is_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    app, log = make(tmp_path, "CustomLog access.log %U"), tmp_path / "access.log"
    ask(app, "/do.py/one")
    if how == "removed":
        log.unlink()
    else:
        log.rename(tmp_path / "access.log.1")
    if how == "replaced":
        log.touch()
    ask(app, "/do.py/two")
    assert not lines(log)  # looked at once a second
    monkeypatch.setattr(access_log, "LOOK_AGAIN", 0.0)
    for outlet in app._access_logs:
        outlet._look_at = 0.0
    ask(app, "/do.py/three")
    assert lines(log) == ["/do.py/three"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_a_rotated_log_that_may_not_be_opened_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(access_log, "LOOK_AGAIN", 0.0)
    (tmp_path / "logs").mkdir()
    app, log = make(tmp_path, "CustomLog logs/access.log %U"), tmp_path / "logs" / "access.log"
    app.open_access_logs()
    log.rename(tmp_path / "logs" / "old")
    log.touch(0o600)
    outlet: Outlet = app._access_logs[0]
    os.seteuid(65534)
    try:
        outlet.write(b"line\n")
    finally:
        os.seteuid(0)
    assert (lines(log), lines(tmp_path / "logs" / "old")) == ([], ["line"])
    assert capsys.readouterr().err == ""


def test_a_program_gets_the_lines(tmp_path: Path) -> None:
    out = tmp_path / "out"
    app = make(tmp_path, f"CustomLog '|$cat >> {out}' \"%U caf\u00e9\"")
    ask(app, "/do.py/written")
    ask(app, "/do.py/held")
    app.close()
    assert lines(out) == ["/do.py/written caf\u00e9", "/do.py/held caf\u00e9"]


def test_a_file_is_made_as_httpd_makes_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make(tmp_path, "CustomLog access.log %U").open_access_logs()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "access.log").stat().st_mode) == 0o644


def test_lines_of_threads_stay_whole(tmp_path: Path) -> None:
    app = make(tmp_path, 'CustomLog access.log "%U %{User-Agent}i end"')
    agent = "x" * 3000

    def many(number: int) -> None:
        for count in range(50):
            ask(app, f"/do.py/{number}-{count}", HTTP_USER_AGENT=agent)

    threads = [threading.Thread(target=many, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wanted = {f"/do.py/{number}-{count} {agent} end" for number in range(8) for count in range(50)}
    assert sorted(lines(tmp_path / "access.log")) == sorted(wanted)


# ---- formats --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["%", "%{x", "%200", "%!", "%<", "%y", "%^t", "a%{b}"])
def test_formats_that_are_none(form: str) -> None:
    with pytest.raises(ValueError, match=r"LogFormat"):
        parse_access(form)


@pytest.mark.parametrize("form", ["%", "no message", "%+a %M", "%y %M", "%M %{x"])
def test_error_formats_that_are_none(form: str) -> None:
    with pytest.raises(ValueError, match=r"rror ?[lL]og|flag"):
        parse_error(form, main=True)
