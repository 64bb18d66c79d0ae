"""Programs that misbehave, and clients that do: what comes of it, and that nothing is left running (cgi/)."""

from __future__ import annotations

import io
import os
import resource
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from live_server import wait_until

from modpy_wsgi.cgi import exchange, head, nph
from modpy_wsgi.cgi.arguments import arguments
from modpy_wsgi.cgi.body import BLOCK
from modpy_wsgi.cgi.complaints import MAX_KEPT, MAX_LINE, MAX_LINES, Complaints
from modpy_wsgi.errors import ShortBody
from modpy_wsgi.testing import site

CONF = "SetHandler cgi-script\nOptions ExecCGI\n"
QUICK = "CGIDScriptTimeout 2s\n"  # enough for a shell to start on a busy machine
TEXT = "printf 'Content-Type: text/plain\\n\\n'\n"


def program(folder: Path, name: str, lines: str, first: str = "#!/bin/sh") -> Path:
    """A program for the shell."""
    path = folder / name
    path.write_text(f"{first}\n{dedent(lines).strip()}\n")
    path.chmod(0o755)
    return path


def is_alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def gone(pids: Iterable[int]) -> None:
    """Waits until none of the processes is there any more."""
    for pid in pids:
        wait_until(lambda pid=pid: not is_alive(pid), f"process {pid} gone", 30)


def pids_in(path: Path) -> list[int]:
    """The numbers of processes that programs have written down; none if it was stopped before, on a busy machine."""
    return [int(word) for word in path.read_text().split()] if path.exists() else []


class Client:
    """Asks an application as a server would; `breaks` are the bytes after which it has gone."""

    def __init__(self, app: Any, breaks: int | None = None) -> None:
        self.app = app
        self.breaks = breaks
        self.status = ""
        self.headers: dict[str, str] = {}
        self.pieces: list[bytes] = []
        self.times: list[float] = []
        self.errors = io.StringIO()

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)

    def write(self, data: bytes) -> None:
        if self.breaks is not None and len(self.body) + len(data) > self.breaks:
            raise BrokenPipeError(32, "Broken pipe")
        self.pieces.append(data)
        self.times.append(time.monotonic())

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        self.status, self.headers = status, dict(headers)
        return self.write

    def ask(self, path: str, body: Any = b"", method: str = "GET", **environ: Any) -> Client:
        target, _, query = path.partition("?")
        stream = io.BytesIO(body) if isinstance(body, bytes) else body
        values = {
            "REQUEST_METHOD": "POST" if body else method,
            "SCRIPT_NAME": "",
            "PATH_INFO": target,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": stream,
            "wsgi.errors": self.errors,
            **environ,
        }
        if isinstance(body, bytes) and body and "HTTP_TRANSFER_ENCODING" not in environ:
            values["CONTENT_LENGTH"] = str(len(body))
        result = self.app(values, self.start)
        try:
            for piece in result:
                self.write(piece)
        finally:
            if hasattr(result, "close"):
                result.close()
        return self


@pytest.fixture
def ask(tmp_path: Path, capfd: Any) -> Callable[..., Client]:
    """Asks the programs of a folder under these directives."""

    def asking(path: str, body: Any = b"", conf: str = "", breaks: int | None = None, **environ: Any) -> Client:
        return Client(site(CONF + conf, root=tmp_path).app, breaks).ask(path, body, **environ)

    return asking


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


# Bodies


@pytest.mark.parametrize("size", [1, 65536, 65537, 1 << 20, 5 << 20])
def test_echo(tmp_path: Path, ask: Any, size: int) -> None:
    program(tmp_path, "echo", TEXT + "exec cat")
    body = os.urandom(size)
    before = descriptors()
    assert ask("/echo", body).body == body
    assert descriptors() <= before + 1  # the error log


@pytest.mark.parametrize("size", [100, 5 << 20])
def test_a_program_that_does_not_read(tmp_path: Path, ask: Any, size: int) -> None:
    program(tmp_path, "deaf", TEXT + "echo deaf")
    assert ask("/deaf", b"x" * size).body == b"deaf\n"
    program(tmp_path, "chatty", TEXT + "exec head -c 3000000 /dev/zero")  # nor ever
    assert len(ask("/chatty", b"x" * size).body) == 3000000


def test_the_body_is_read_before_the_answer_is_sent(tmp_path: Path, ask: Any) -> None:
    """A client that listens only when it has sent all is not waited for."""
    program(tmp_path, "echo", TEXT + "exec cat")

    class Body(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            assert not client.pieces or not data
            return data

    client = Client(site(CONF, root=tmp_path).app)
    client.ask("/echo", Body(b"x" * (4 << 20)), CONTENT_LENGTH=str(4 << 20))
    assert len(client.body) == 4 << 20


def test_a_slow_upload_arrives_as_it_comes(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    program(tmp_path, "slow", f"head -c 4 > {seen}; cat >/dev/null\n{TEXT}echo done")

    class Body(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                wait_until(lambda: seen.exists() and seen.read_bytes() == b"abcd", "the first piece", 30)
            return super().read(size)

    client = Client(site(CONF, root=tmp_path).app)
    body = Body(b"abcd" + b"x" * BLOCK)
    assert client.ask("/slow", body, CONTENT_LENGTH=str(BLOCK + 4)).body == b"done\n"


def test_chunks_have_a_length(tmp_path: Path, ask: Any) -> None:
    program(tmp_path, "length", TEXT + 'echo $CONTENT_LENGTH; head -c "$CONTENT_LENGTH"')
    chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    assert ask("/length", b"a" * 100000, **chunked).body == b"100000\n" + b"a" * 100000
    assert ask("/length", b"a" * 11, conf="LimitRequestBody 10\n", **chunked).status.startswith("413")
    assert ask("/length", b"a", HTTP_TRANSFER_ENCODING="chunked").status.startswith("411")


def test_a_client_that_leaves_while_it_sends(tmp_path: Path, ask: Any) -> None:
    pids = tmp_path / "pids"
    program(tmp_path, "pid", f"echo $$ > {pids}; cat")

    class Body(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            wait_until(lambda: pids_in(pids), "the program runs", 60)
            return super().read(size)

    assert ask("/pid", Body(b"abc"), CONTENT_LENGTH="100").status.startswith("400")
    gone(pids_in(pids))


# Output


def test_a_large_answer_in_flat_memory(tmp_path: Path) -> None:
    program(tmp_path, "large", TEXT + "exec head -c 100000000 /dev/zero")
    client = Client(site(CONF, root=tmp_path).app)
    sizes: list[int] = []
    client.write = lambda data: sizes.append(len(data))  # type: ignore[method-assign]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    client.ask("/large")
    assert sum(sizes) == 100000000
    assert max(sizes) <= 1 << 18
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20000


def test_drops_arrive_as_they_fall(tmp_path: Path) -> None:
    """What a program has written is sent before it goes on."""
    mark = tmp_path / "mark"
    program(tmp_path, "drip", f"{TEXT}echo one; while [ ! -e {mark} ]; do sleep 0.02; done; echo two")
    client = Client(site(CONF, root=tmp_path).app)
    usual = client.write

    def write(data: bytes) -> None:
        usual(data)
        if b"one" in data:
            mark.touch()

    client.write = write  # type: ignore[method-assign]
    assert client.ask("/drip").pieces == [b"one\n", b"two\n"]


def test_a_short_answer_has_its_true_length(tmp_path: Path, ask: Any) -> None:
    program(tmp_path, "short", "printf 'Content-Type: text/plain\\nContent-Length: 3\\n\\nhello'")
    answer = ask("/short")
    assert (answer.body, answer.headers["Content-Length"]) == (b"hello", "5")
    program(tmp_path, "slow", "printf 'Content-Type: text/plain\\nContent-Length: 3\\n\\nhello'; sleep 0.3")
    answer = ask("/slow")
    assert (answer.body, answer.headers.get("Content-Length")) == (b"hello", None)
    program(tmp_path, "wrong", "printf 'Content-Length: 20\\n\\n'; exec head -c 200000 /dev/zero")
    answer = ask("/wrong")
    assert (len(answer.body), answer.headers.get("Content-Length")) == (200000, None)
    program(tmp_path, "long", "printf 'Content-Length: 200000\\n\\n'; exec head -c 200000 /dev/zero")
    answer = ask("/long")
    assert (len(answer.body), answer.headers["Content-Length"]) == (200000, "200000")
    program(tmp_path, "less", "printf 'Content-Length: 300000\\n\\n'; exec head -c 200000 /dev/zero")
    with pytest.raises(ShortBody):
        ask("/less")


HEADS = {
    "nothing": ":",
    "no blank line": "printf 'Content-Type: text/plain\\n'",
    "no colon": "printf 'hello\\n\\nbody'",
    "a line without an end": "exec head -c 3000000 /dev/zero",
    "lines without an end": "yes 'X-A: 1'",
    "a long line": "printf 'X-A: '; head -c 9000 /dev/zero | tr '\\0' x; printf '\\n\\nbody'",
    "killed": "kill -9 $$",
}


@pytest.mark.parametrize("name", HEADS)
def test_heads_that_are_none(tmp_path: Path, ask: Any, name: str) -> None:
    program(tmp_path, "p", f"echo $$ > {tmp_path}/pids\n{HEADS[name]}")
    answer = ask("/p")
    assert answer.status.startswith("500")
    assert b"Internal Server Error" in answer.body
    gone(pids_in(tmp_path / "pids"))


@pytest.mark.parametrize(("status", "told"), [("exit 3", "status 3"), ("kill -9 $$", "signal 9")])
def test_the_exit_status_is_told(tmp_path: Path, ask: Any, capfd: Any, status: str, told: str) -> None:
    program(tmp_path, "p", f"{TEXT}echo all\n{status}")
    assert ask("/p").body == b"all\n"
    assert told in capfd.readouterr().err


def test_standard_error_is_bounded(tmp_path: Path, ask: Any, capfd: Any) -> None:
    program(tmp_path, "p", f"yes {'x' * 999} | head -c 30000000 >&2\n{TEXT}echo fine\nyes later | head -c 4000000 >&2")
    assert ask("/p").body == b"fine\n"
    assert f"{34000000 - MAX_KEPT} more bytes" in capfd.readouterr().err
    program(tmp_path, "lines", f"yes x | head -c 30000000 >&2\n{TEXT}echo fine")
    assert ask("/lines").body == b"fine\n"
    assert f"{30000000 - 2 * MAX_LINES} more bytes" in capfd.readouterr().err
    program(tmp_path, "q", f"head -c 300000 /dev/zero | tr '\\0' x >&2; echo last >&2\n{TEXT}echo fine")
    assert ask("/q").body == b"fine\n"
    assert "xlast" in capfd.readouterr().err


@pytest.mark.parametrize("lines", ["printf 'Location: /other\\n\\n'; exec yes", f"{TEXT}exec yes"])
def test_an_endless_output_that_nobody_wants(tmp_path: Path, ask: Any, lines: str) -> None:
    program(tmp_path, "p", f"echo $$ > {tmp_path}/pids\n{lines}")
    program(tmp_path, "other", TEXT + "echo other")
    answer = ask("/p", method="HEAD")
    assert (answer.status, answer.body) == ("200 OK", b"")
    gone(pids_in(tmp_path / "pids"))


# What is left running


def test_a_program_that_hangs(tmp_path: Path, ask: Any, capfd: Any) -> None:
    program(tmp_path, "p", f"echo $$ > {tmp_path}/pids; sleep 1000 & echo $! >> {tmp_path}/pids; wait")
    assert ask("/p", conf=QUICK).status.startswith("504")
    assert "Timeout waiting for output from CGI script" in capfd.readouterr().err
    gone(pids_in(tmp_path / "pids"))


def test_a_program_that_hangs_in_the_middle(tmp_path: Path, ask: Any) -> None:
    program(tmp_path, "p", f"echo $$ > {tmp_path}/pids; {TEXT}echo half; exec sleep 1000")
    with pytest.raises(ShortBody):  # which has the server close the connection
        ask("/p", conf=QUICK)
    gone(pids_in(tmp_path / "pids"))


def test_a_program_that_takes_nothing(tmp_path: Path, ask: Any) -> None:
    program(tmp_path, "p", f"echo $$ > {tmp_path}/pids; exec sleep 1000")
    assert ask("/p", b"x" * 200000, conf=QUICK).status.startswith("504")
    gone(pids_in(tmp_path / "pids"))


def test_a_client_that_goes(tmp_path: Path, ask: Any) -> None:
    """The program, what it has started, and one that ignores SIGTERM."""
    stubborn = "sh -c 'trap \"\" TERM; while :; do sleep 1; done' &"
    program(tmp_path, "p", f"{stubborn}\necho $$ $! > {tmp_path}/pids\n{TEXT}exec yes")
    ask("/p", breaks=100000)
    gone(pids_in(tmp_path / "pids"))


def test_a_program_that_forks(tmp_path: Path, ask: Any) -> None:
    """The child holds the output open: it belongs to the answer, until it is too late."""
    program(tmp_path, "p", f"{TEXT}echo parent; (sleep 0.3; echo child) & exit 0")
    assert ask("/p").body == b"parent\nchild\n"
    program(tmp_path, "q", f"{TEXT}sleep 1000 & echo $! > {tmp_path}/pids; exit 0")
    with pytest.raises(ShortBody):
        ask("/q", conf=QUICK)
    gone(pids_in(tmp_path / "pids"))


def test_what_a_program_leaves_behind_may_stay(tmp_path: Path, ask: Any) -> None:
    program(tmp_path, "p", f"sleep 1000 >/dev/null 2>&1 </dev/null & echo $! > {tmp_path}/pids\n{TEXT}echo done")
    assert ask("/p").body == b"done\n"
    (pid,) = pids_in(tmp_path / "pids")
    assert is_alive(pid)
    os.kill(pid, signal.SIGKILL)


def test_a_program_that_goes_on_without_output(tmp_path: Path, ask: Any) -> None:
    """The answer is complete when the output is, and the program is made an end of."""
    program(tmp_path, "p", f"echo $$ > {tmp_path}/pids; {TEXT}echo done; exec >/dev/null 2>&1; exec sleep 1000")
    answer = ask("/p")
    assert answer.body == b"done\n"
    gone(pids_in(tmp_path / "pids"))


# What runs, and with what


def test_the_environment_of_the_server_is_its_own(tmp_path: Path, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "of the server")
    program(tmp_path, "env", TEXT + "env")
    answer = ask("/env", HTTP_PROXY="http://evil/", HTTP_AUTHORIZATION="Basic eDp5", HTTP_X_A="1\0002")
    names = {line.partition(b"=")[0].decode() for line in answer.body.splitlines()}
    assert not names & {"SECRET", "HTTP_PROXY", "HTTP_AUTHORIZATION", "HOME"}
    assert b"\nHTTP_X_A=1\n" in answer.body


def test_again_and_again(tmp_path: Path) -> None:
    """What a request leaves behind for the next one of its path changes nothing."""
    program(tmp_path, "p", TEXT + "echo done")
    for conf, path in ((CONF, "/p"), (f"ScriptAlias /cgi-bin/ {tmp_path}/\n", "/cgi-bin/p")):
        app = site(conf, root=tmp_path).app
        assert [Client(app).ask(each).body for each in (path, path, f"{path}/x", path, f"{path}/x")] == [b"done\n"] * 5


def test_descriptors_of_the_server_are_its_own(tmp_path: Path, ask: Any) -> None:
    program(tmp_path, "fds", TEXT + "ls /proc/self/fd")
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    try:
        assert ask("/fds").body.split() == [b"0", b"1", b"2", b"3"]
    finally:
        os.close(reader)
        os.close(writer)


ARGUMENTS = {
    None: [],
    "": [],
    "a": ["a"],
    "foo+bar": ["foo", "bar"],
    "a=b+c": [],
    "%61+%2d": ["a", "-"],
    "a;b+$HOME": ["a\\;b", "\\$HOME"],
    "%00": [],
}


@pytest.mark.parametrize("query", ARGUMENTS)
def test_arguments(query: str | None) -> None:
    assert arguments(query) == ARGUMENTS[query]


def test_arguments_only_if_wanted(tmp_path: Path, ask: Any) -> None:
    program(tmp_path, "p", TEXT + 'echo "$*"')
    assert ask("/p?foo+bar").body == b"\n"
    assert ask("/p?foo+bar", conf="PythonOption modpy_wsgi.cgi.arguments On\n").body == b"foo bar\n"


@pytest.mark.parametrize(
    ("path", "status"), [("/p/../q", "404"), ("/p/%", "200"), ("/p/a\0b", "404"), ("/p/../../x", "400"), ("/", "403")]
)
def test_odd_paths(tmp_path: Path, ask: Any, path: str, status: str) -> None:
    program(tmp_path, "p", TEXT + 'echo "$PATH_INFO"')
    assert ask(path).status.startswith(status)


def test_never_the_source(tmp_path: Path, ask: Any) -> None:
    path = program(tmp_path, "p", "echo hidden-word", "#!/no/such/program")
    for mode, conf, status in ((0o755, "", "500"), (0o644, "", "500"), (0o755, "Options None\n", "403")):
        path.chmod(mode)
        answer = ask("/p", conf=conf)
        assert answer.status.startswith(status)
        assert b"hidden-word" not in answer.body


# ScriptLog


def test_script_log(tmp_path: Path, ask: Any, capfd: Any) -> None:
    log = tmp_path / "script.log"
    conf = f"ScriptLog {log}\nScriptLogLength 3000\n"
    program(tmp_path, "p", "echo 'a complaint' >&2; echo 'no head'")
    program(tmp_path, "fine", f"{TEXT}echo fine")
    assert ask("/fine", conf=conf).status.startswith("200")
    assert not log.exists()
    assert ask("/p?x=1", conf=conf, HTTP_X_A="1", HTTP_COOKIE="secret").status.startswith("500")
    lines = log.read_text().splitlines()
    assert lines[0].startswith("%% [")
    assert lines[0].endswith("] GET /p?x=1 HTTP/1.1")
    assert lines[1] == f"%% 500 {tmp_path}/p"
    assert lines[2:] == [*lines[2:]]
    for line in ("%request", "X-A: 1", "%response", "%stdout", "no head", "%stderr", "a complaint"):
        assert line in lines
    assert "secret" not in log.read_text()
    date = "Sun, 06 Nov 1994 08:49:37 GMT"
    program(tmp_path, "cookie", f"printf 'X-B: 2\\nSet-Cookie: a=secret\\r\\nLast-Modified: {date}\\n\\nx'")
    earlier = date.replace("1994", "1993")
    assert ask("/cookie", conf=conf, HTTP_IF_UNMODIFIED_SINCE=earlier).status.startswith("412")
    assert "X-B: 2\n" in log.read_text() and "Set-Cookie: (not shown)" in log.read_text()
    assert "secret" not in log.read_text()
    assert ask("/absent", conf=conf).status.startswith("404")
    assert "\n%error\nscript not found or unable to stat\n" in log.read_text()
    for _ in range(20):
        ask("/p", conf=conf)
    assert log.stat().st_size < 4000
    program(tmp_path, "fine", f"echo 'a trifle' >&2; {TEXT}echo fine")
    assert ask("/fine", conf=conf).body == b"fine\n"
    assert "fine: a trifle" in capfd.readouterr().err


def test_complaints_alone_do_not_keep_a_program_alive(tmp_path: Path, ask: Any, capfd: Any) -> None:
    program(tmp_path, "p", f"echo $$ >{tmp_path}/pid; while :; do echo x >&2; sleep 0.2; done")
    assert ask("/p", conf=QUICK).status.startswith("504")
    program(tmp_path, "q", f"echo $$ >{tmp_path}/pid; while :; do echo x >&2; sleep 0.2; done")
    assert ask("/q", b"x" * 200000, conf=QUICK).status.startswith("504")  # which it does not read
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
    assert "stderr from" in capfd.readouterr().err


# The parts


def test_complaints_are_whole_lines() -> None:
    told: list[str] = []
    complaints = Complaints(told.append)
    for piece in (b"on", b"e\ntwo\r\n", b"", b"x" * (MAX_LINE + 5), b"\nlast"):
        complaints.feed(piece)
    complaints.end()
    complaints.end()
    assert told == ["one", "two", "x" * MAX_LINE, "xxxxx", "last"]


SPLIT = {
    b"": None,
    b"A: 1": None,
    b"A: 1\n": None,
    b"A: 1\n\n": ((b"A: 1",), b""),
    b"A: 1\r\n\r\nbody": ((b"A: 1",), b"body"),
    b"A: 1\r\nB: 2\n\r\nbody\n\nmore": ((b"A: 1", b"B: 2"), b"body\n\nmore"),
    b"\nbody": ((), b"body"),
    b"\r\nbody": ((), b"body"),
    b"\r": None,
    b"A: 1\r\r\n\n": ((b"A: 1",), b""),
    b"A: 1\r\r\n\r\r\nbody\r\r\n": ((b"A: 1",), b"body\r\r\n"),
    b"A: 1\rB: 2\n\nbody": ((b"A: 1B: 2",), b"body"),
}


@pytest.mark.parametrize("data", SPLIT)
def test_split(data: bytes) -> None:
    assert head.Reader().feed(data) == SPLIT[data]


@pytest.mark.parametrize("data", [data for data, wanted in SPLIT.items() if wanted])
def test_split_comes_to_the_same_byte_by_byte(data: bytes) -> None:
    reader = head.Reader()
    for end in range(1, len(data) + 1):
        found = reader.feed(data[end - 1 : end])
        if found is not None:
            break
    assert found is not None
    assert (found.lines, found.rest + data[end:]) == SPLIT[data]


@pytest.mark.parametrize("kind", [head.Reader, nph.Reader])
def test_a_head_in_small_pieces_takes_no_longer(kind: Any) -> None:
    """Some 900 KB byte by byte: with each looked at anew every time it would take hours."""
    reader = kind()
    data = b"HTTP/1.1 200 OK\r\nA: 1\r\n" if kind is nph.Reader else b"A: 1\r\n"
    data += b"".join([b"X-%d: %s\n" % (number, b"v" * 90) for number in range(9000)])
    assert all(reader.feed(data[start : start + 1]) is None for start in range(len(data)))
    found = reader.feed(b"\r\nbody")
    assert (len(found.lines), found.rest) == (9001 + (kind is nph.Reader), b"body")


def test_nph_byte_by_byte() -> None:
    reader = nph.Reader()
    data = b"HTTP/1.1 103 Early Hints\r\nA: 1\r\n\r\nHTTP/1.0 404\r\nB: 2\r\n\r\n"
    found = [reader.feed(data[start : start + 1]) for start in range(len(data))]
    assert found[-1] == head.Head((b"404 ", b"B: 2"), b"")
    assert not any(found[:-1])


def test_interim_answers_are_bounded() -> None:
    interim, last = b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"
    assert nph.Reader().feed(interim * nph.MAX_INTERIM) is None
    assert nph.Reader().feed(interim * nph.MAX_INTERIM + last) == head.Head((b"200 OK",), b"")
    with pytest.raises(head.BadHead, match="interim"):
        nph.Reader().feed(interim * (nph.MAX_INTERIM + 1) + last)


@pytest.mark.parametrize("limit", ["9999999", "99999999h", "0"])
def test_odd_time_limits(tmp_path: Path, ask: Any, limit: str) -> None:
    """More than poll() can wait for; and 0, which under httpd stands for Timeout."""
    program(tmp_path, "p", f"sleep 0.1; {TEXT}echo fine")
    assert ask("/p", conf=f"CGIDScriptTimeout {limit}\n").body == b"fine\n"


PIECES = [b"A", b":", b" ", b"\n", b"\r", b"\r\n", b"\n\n", b"b: c", b"\0", b"\xff"]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(PIECES)).map(b"".join))
def test_split_does_not_depend_on_the_pieces(data: bytes) -> None:
    """Whole and byte by byte: the same head, or none, or the same complaint; and lines as they are read elsewhere."""

    def read(*ends: int) -> tuple[str, Any, bytes]:
        before, reader = 0, head.Reader()
        for end in ends:
            try:
                found = reader.feed(data[before:end])
            except head.BadHead:
                return "bad", None, b""
            if found is not None:
                return "head", found.lines, found.rest + data[end:]
            before = end
        return "none", None, b""

    whole = read(len(data))
    assert read(*range(1, len(data) + 1)) == (whole if data else ("none", None, b""))
    lines = data.split(b"\n")
    bare = [bytes(byte for byte in line if byte != 13) for line in lines[:-1]]  # the last has not ended
    if b"" not in bare:
        assert whole[0] == ("bad" if any(b":" not in line for line in bare) else "none")
    else:
        above = bare[: bare.index(b"")]
        assert whole[0] == ("bad" if any(b":" not in line for line in above) else "head")
        assert whole[0] == "bad" or (list(whole[1]), whole[2]) == (above, b"\n".join(lines[len(above) + 1 :]))


class Endless:
    """A program that is always quicker than its reader, and writes without end: to its output, or to its log."""

    watch = None

    def __init__(self, output: str, complaints: str) -> None:
        self.stdin: int | None = os.open(os.devnull, os.O_WRONLY)
        self.stdout = os.open(output, os.O_RDONLY)
        self.stderr = os.open(complaints, os.O_RDONLY)

    def close(self, descriptor: int) -> None:
        os.close(descriptor)
        self.stdin = None


class TwoPieces:
    """A body of two pieces."""

    left = 2

    def read(self) -> bytes:
        self.left -= 1
        return b"x"

    def into_file(self) -> io.BytesIO:
        return io.BytesIO(self.read())


@pytest.fixture
def quiet() -> Iterable[str]:
    """A file in which nothing ever comes to be read, and which does not end."""
    reader, writer = os.pipe()
    yield f"/dev/fd/{reader}"
    os.close(reader)
    os.close(writer)


def closed(program: Endless) -> None:
    for descriptor in (program.stdin, program.stdout, program.stderr):
        if descriptor is not None:
            os.close(descriptor)


def test_what_is_held_is_bounded(quiet: str) -> None:
    endless = Endless("/dev/zero", quiet)
    talk = exchange.Exchange(endless, TwoPieces(), Complaints(lambda line: None), 1)  # type: ignore[arg-type]
    assert talk.read()
    assert talk._kept_bytes <= exchange.HELD + exchange.SHORT <= 2 << 20
    talk.close()
    closed(endless)


def test_complaints_without_end_are_not_waited_for(quiet: str) -> None:
    told: list[str] = []
    endless = Endless(quiet, "/dev/zero")
    talk = exchange.Exchange(endless, None, Complaints(told.append), 1)  # type: ignore[arg-type]
    begun = time.monotonic()
    assert not talk.finish(0.1)
    assert time.monotonic() - begun < 5
    assert told[-1].endswith("more bytes of the program's standard error are left out")
    closed(endless)
