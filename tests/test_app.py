"""The Application towards servers of every kind: what comes out, what is raised, and what runs once and only once."""

from __future__ import annotations

import io
import os
import sys
from typing import Any
from wsgiref.validate import validator

import pytest

from modpy_wsgi import Application
from modpy_wsgi.errors import ShortBody
from modpy_wsgi.module_space import CURRENT
from tests.oracle.inprocess import FileWrapper
from tests.wsgi_site import Folder, Server, environ, module

# What the requests of the site below leave behind, in order; each request is to end with all of ENDS, once.
PAGES = """
from mod_python import apache

events = []
ENDS = ["registered", "log", "cleanup"]


def handler(req):
    req.register_cleanup(events.append, "registered")
    req.content_type = "text/plain"
    result = globals()["do_" + req.uri.strip("/")](req)
    return apache.OK if result is None else result


def loghandler(req):
    events.append("log")
    return apache.OK


def cleanuphandler(req):
    events.append("cleanup")
    return apache.OK


def do_hello(req):
    req.write("hello")


def do_held(req):
    req.write("held ", 0)
    req.write("back", 0)


def do_nothing(req):
    pass


def do_stream(req):
    for number in range(5):
        req.write("%d\\n" % number)


def do_echo(req):
    req.write(req.read())


def do_mixed(req):
    req.write("a", 0)
    req.write("b")
    req.write("c", 0)


def do_big(req):
    req.write(b"x" * 70000, 0)
    req.write(b"y" * 10, 0)


def do_redirect(req):
    req.internal_redirect("/held")


def do_missing(req):
    return apache.HTTP_NOT_FOUND


def do_fail(req):
    req.write("before", 0)
    raise ValueError("on purpose")


def do_fail_late(req):
    req.write("before")
    raise ValueError("on purpose")


def do_interrupt(req):
    raise KeyboardInterrupt


def do_no_body(req):
    req.status = apache.HTTP_NO_CONTENT
    req.write("not to be sent", 0)


def do_short(req):
    req.set_content_length(10)
    req.write("12345")


def do_short_held(req):
    req.set_content_length(10)
    req.write("12345", 0)


def do_none_of_ten(req):
    req.set_content_length(10)


def do_long(req):
    req.set_content_length(5)
    req.write("1234567")
    req.write("89")


def do_long_held(req):
    req.set_content_length(5)
    req.write("1234567", 0)
    req.write("89", 0)


def do_gone(req):
    try:
        for number in range(100):
            req.write(b"x" * 10)
    except OSError as error:
        events.append((str(error), req.connection.aborted))
        raise


def do_stubborn(req):
    for number in range(4):
        try:
            req.write(b"x" * 10)
        except OSError:
            events.append("OSError")


def do_gone_held(req):
    req.write(b"x", 0)
    try:
        req.flush()
    except OSError:
        events.append(req.connection.aborted)
    return apache.HTTP_NOT_FOUND
"""

ROWS = """
SetHandler mod_python
PythonHandler pages
PythonLogHandler pages
PythonCleanupHandler pages
"""
ENDS = ["log", "registered", "cleanup"]


@pytest.fixture
def app(folder: Folder) -> Application:
    folder.write(pages=PAGES)
    return folder.serve(ROWS)


def events(app: Application) -> list[Any]:
    """What happened since the last call."""
    noted = module(app, "pages").events
    found = list(noted)
    noted.clear()
    return found


# ---- what goes out ------------------------------------------------------------------------------------------------

# name -> (status, Content-Length, what write() got, what the iterable gave)
ANSWERS = {
    "hello": ("200 OK", None, [b"hello"], []),
    "held": ("200 OK", "9", [], [b"held back"]),
    "nothing": ("200 OK", "0", [], []),
    "stream": ("200 OK", None, [b"0\n", b"1\n", b"2\n", b"3\n", b"4\n"], []),
    "mixed": ("200 OK", None, [b"ab", b"c"], []),
    "big": ("200 OK", None, [b"x" * 70000, b"y" * 10], []),
    "redirect": ("200 OK", "9", [], [b"held back"]),
    "no_body": ("204 No Content", None, [], []),
    "long": ("200 OK", "5", [b"12345"], []),
    "long_held": ("200 OK", "9", [], [b"123456789"]),
    "short_held": ("200 OK", "5", [], [b"12345"]),  # of what nothing was sent yet the length is known better
    "none_of_ten": ("200 OK", "0", [], []),
}


@pytest.mark.parametrize(("name", "wanted"), ANSWERS.items(), ids=ANSWERS)
def test_answer(app: Application, name: str, wanted: tuple[str, str | None, list[bytes], list[bytes]]) -> None:
    reply = Server().ask(app, f"/{name}")
    assert (reply.status, reply.header("Content-Length")) == wanted[:2]
    assert (reply.body, reply.error) == (b"".join(wanted[2] + wanted[3]), None)
    assert reply.written == wanted[2] or name == "mixed"  # whatever the pieces, flushed bytes are out before the end
    assert b"".join(reply.written) == b"".join(wanted[2])
    assert [event for event in events(app) if event in ENDS].count("log") == 1


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_of_a_server_without_write(app: Application, name: str) -> None:
    status, length, written, pieces = ANSWERS[name]
    reply = Server(offers_write=False).ask(app, f"/{name}")
    assert (reply.status, reply.header("Content-Length"), reply.error) == (status, length, None)
    assert (reply.written, reply.body) == ([], b"".join(written + pieces))


@pytest.mark.parametrize("server", [Server(), Server(offers_write=False)], ids=["write", "no write"])
@pytest.mark.parametrize("name", [*ANSWERS, "missing", "fail"])
def test_head_has_no_body(app: Application, name: str, server: Server) -> None:
    reply = server.ask(app, f"/{name}", "HEAD")
    got = Server().ask(app, f"/{name}")
    assert (reply.status, reply.body, reply.error) == (got.status, b"", None)
    assert reply.header("Content-Type") == got.header("Content-Type")
    if name not in ("short_held", "none_of_ten"):  # where GET corrects the handler, and HEAD cannot
        assert reply.header("Content-Length") in (None, got.header("Content-Length"))


@pytest.mark.parametrize("server", [Server(), Server(offers_write=False)], ids=["write", "no write"])
def test_short_body_is_raised_to_the_server(app: Application, server: Server) -> None:
    reply = server.ask(app, "/short")
    assert isinstance(reply.error, ShortBody)
    assert (reply.status, reply.header("Content-Length")) == ("200 OK", "10")
    assert reply.body == (b"12345" if server.offers_write else b"")
    assert sorted(events(app)) == sorted(ENDS)


def test_short_body_of_head_is_none(app: Application) -> None:
    assert Server().ask(app, "/short", "HEAD").error is None


# ---- PEP 3333 -----------------------------------------------------------------------------------------------------

VALIDATED = {
    "flushed": ("GET", "/hello", b"hello"),
    "streamed": ("GET", "/stream", b"0\n1\n2\n3\n4\n"),
    "held back": ("GET", "/held", b"held back"),
    "nothing": ("GET", "/nothing", b""),
    "internal redirect": ("GET", "/redirect", b"held back"),
    "posted": ("POST", "/echo", b"posted"),
    "error page": ("GET", "/missing", None),
    "handler fails": ("GET", "/fail", None),
    "head": ("HEAD", "/held", b""),
    "head, streamed": ("HEAD", "/stream", b""),
    "no content": ("GET", "/no_body", b""),
    "file": ("GET", "/files/page.txt", b"page\n"),
    "large file": ("GET", "/files/large.txt", b"large\n" * 20000),
    "head of a file": ("HEAD", "/files/page.txt", b""),
    "head of a large file": ("HEAD", "/files/large.txt", b""),
    "folder": ("GET", "/files", None),
    "closed": ("GET", "/.htaccess", None),
    "bad path": ("GET", "/..", None),
}


@pytest.mark.parametrize("wrapper", [None, FileWrapper], ids=["plain", "file wrapper"])
@pytest.mark.parametrize(("method", "target", "wanted"), VALIDATED.values(), ids=VALIDATED)
def test_validator(folder: Folder, method: str, target: str, wanted: bytes | None, wrapper: Any) -> None:
    folder.write(pages=PAGES)
    folder.file("files/page.txt", "page\n")
    folder.file("files/large.txt", "large\n" * 20000)
    files = f'<Directory "{folder.root}/files">\nSetHandler none\n</Directory>'
    app = validator(folder.serve(ROWS, f"AddType text/plain .txt\n{files}"))
    reply = Server().ask(app, target, method, body=b"posted" if method == "POST" else None, wsgi__file_wrapper=wrapper)
    assert reply.error is None
    if wanted is not None:
        assert reply.body == wanted


def test_environ_is_left_as_it_was(app: Application) -> None:
    made = environ("/redirect?x=1")
    before = dict(made)
    Server().call(app, made)
    assert made == before


# ---- a client that goes away --------------------------------------------------------------------------------------


class ClientDisconnected(Exception):
    """What waitress raises: no OSError."""


GONE = [BrokenPipeError("gone"), ConnectionResetError("gone"), ClientDisconnected(), ValueError("write to closed file")]


@pytest.mark.parametrize("error", GONE, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("after", [0, 1, 3])
def test_failed_write_is_oserror_to_the_handler(app: Application, error: BaseException, after: int) -> None:
    reply = Server(write_error=error, writes_before_error=after).ask(app, "/gone")
    assert events(app) == [("Write failed, client closed connection.", 1), *ENDS]
    assert (len(reply.written), reply.pieces, reply.error) == (after, [], None)


def test_every_write_after_a_failed_one_fails(app: Application) -> None:
    reply = Server(write_error=BrokenPipeError(), writes_before_error=1).ask(app, "/stubborn")
    assert events(app) == ["OSError"] * 3 + ENDS
    assert (reply.written, reply.pieces) == ([b"x" * 10], [])


def test_nothing_follows_a_failed_flush(app: Application) -> None:
    reply = Server(write_error=BrokenPipeError()).ask(app, "/gone_held")
    assert events(app) == [1, *ENDS]
    assert (reply.body, reply.starts, reply.error) == (b"", 1, None)


def test_failed_write_behind_the_handler(app: Application) -> None:
    """What the end of the request sends fails like any other write; nobody is left to be told."""
    reply = Server(write_error=BrokenPipeError(), writes_before_error=1).ask(app, "/mixed")
    assert (reply.written, reply.pieces, reply.error) == ([b"ab"], [], None)
    assert sorted(events(app)) == sorted(ENDS)


def test_debug_page_is_not_tried_on_a_client_that_is_gone(folder: Folder) -> None:
    folder.write(pages=PAGES)
    app = folder.serve(ROWS + "PythonDebug On")
    reply = Server(write_error=BrokenPipeError()).ask(app, "/gone")
    assert (reply.body, reply.starts, reply.error) == (b"", 1, None)
    assert events(app)[1:] == ENDS


# ---- servers that fail, and that close as they like ---------------------------------------------------------------


@pytest.mark.parametrize("name", ["hello", "held", "nothing", "fail", "missing", "redirect", "files/large.txt"])
def test_start_response_that_raises(folder: Folder, name: str) -> None:
    folder.write(pages=PAGES)
    folder.file("files/large.txt", "large\n" * 20000)
    app = folder.serve(ROWS, f'<Directory "{folder.root}/files">\nSetHandler none\n</Directory>')
    Server().ask(app, "/fail")  # opens the error log
    events(app)
    open_before = len(os.listdir("/proc/self/fd"))
    reply = Server(start_error=RuntimeError("headers are bad")).ask(app, f"/{name}")
    assert isinstance(reply.error, RuntimeError)
    assert [event for event in events(app) if event == "log"] == ["log"]
    assert len(os.listdir("/proc/self/fd")) == open_before


CLOSING = {
    "never iterated": Server(iterates=False),
    "closed twice": Server(closes=2),
    "neither iterated nor closed once": Server(iterates=False, closes=3),
}


@pytest.mark.parametrize("server", CLOSING.values(), ids=CLOSING)
@pytest.mark.parametrize("name", ["hello", "held", "nothing", "stream", "missing", "fail", "redirect"])
def test_log_and_cleanup_run_once(app: Application, name: str, server: Server) -> None:
    reply = server.ask(app, f"/{name}")
    found = events(app)
    assert found.count("log") == 1
    assert found.count("registered") == (2 if name == "redirect" else 1)
    assert reply.starts == 1


@pytest.mark.parametrize("server", [Server(), *CLOSING.values()], ids=["usual", *CLOSING])
@pytest.mark.parametrize("wrapper", [None, FileWrapper], ids=["plain", "file wrapper"])
@pytest.mark.parametrize("size", [10, 200_000])
def test_file_is_closed_and_logged_once(folder: Folder, server: Server, wrapper: Any, size: int) -> None:
    folder.write(pages=PAGES)
    data = os.urandom(size)
    folder.file("data.bin", data)
    app = folder.serve("PythonLogHandler pages\nPythonCleanupHandler pages")
    Server().ask(app, "/absent")
    events(app)
    open_before = len(os.listdir("/proc/self/fd"))
    reply = server.ask(app, "/data.bin", wsgi__file_wrapper=wrapper)
    assert events(app) == ["log", "cleanup"]
    assert len(os.listdir("/proc/self/fd")) == open_before
    assert (reply.body, reply.error) == (data if server.iterates else b"", None)
    assert reply.header("Content-Length") == str(size)


def test_file_wrapper_gets_a_file_with_a_descriptor(folder: Folder) -> None:
    data = os.urandom(300_000)
    folder.file("data.bin", data)
    app = folder.serve()
    seen = []

    def wrapper(file: Any, block: int = 8192) -> Any:
        seen.append((os.fstat(file.fileno()).st_size, os.lseek(file.fileno(), 0, os.SEEK_CUR), block > 0))
        return FileWrapper(file, block)

    reply = Server().ask(app, "/data.bin", wsgi__file_wrapper=wrapper)
    assert (seen, reply.body) == ([(len(data), 0, True)], data)
    seen.clear()
    Server().ask(app, "/data.bin", "HEAD", wsgi__file_wrapper=wrapper)
    assert seen == []


@pytest.mark.parametrize("grows", [True, False])
@pytest.mark.parametrize("wrapper", [None, FileWrapper], ids=["plain", "file wrapper"])
def test_file_that_changes_while_it_is_sent(folder: Folder, grows: bool, wrapper: Any) -> None:
    """Never more than the Content-Length; less is the server's to know, by ShortBody or by its own counting."""
    path = folder.file("data.bin", b"a" * 200_000)
    app = folder.serve()
    heads: list[Any] = []
    chunks = app(environ("/data.bin", wsgi__file_wrapper=wrapper), lambda *head: heads.append(head))
    body = iter(chunks)
    first = next(body)
    if grows:
        with path.open("ab") as file:
            file.write(b"b" * 200_000)
    else:
        os.truncate(path, len(first))
    try:
        if grows:
            assert first + b"".join(body) == b"a" * 200_000
        elif wrapper is None:
            with pytest.raises(ShortBody):
                list(body)
    finally:
        chunks.close()  # type: ignore[attr-defined]


class GreenletExit(BaseException):
    """As a server with greenlets ends one."""

    __module__ = "greenlet"


def test_the_end_of_a_greenlet_is_the_servers(folder: Folder) -> None:
    """It is not swallowed, wherever it comes, and the request has its end."""
    folder.write(pages=PAGES)
    app = folder.serve(ROWS)
    made = environ("/echo", body=b"abc")

    class Exits(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise GreenletExit

    made["wsgi.input"] = Exits()
    with pytest.raises(GreenletExit):
        app(made, lambda *head: None)
    assert sorted(events(app)) == sorted(ENDS)
    assert CURRENT.get() is None


def test_failure_before_the_content_is_answered(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure that is nobody's handler's: a page, a line in the log of the host, and the phases at the end."""
    folder.write(pages=PAGES)
    app = folder.serve(ROWS)

    def broken(*args: Any) -> Any:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr("modpy_wsgi.app.locate", broken)
    reply = Server().ask(app, "/echo")
    assert (reply.code, reply.error) == (500, None)
    assert "RuntimeError: the disk is gone" in folder.log_text()
    assert b"disk" not in reply.body


# ---- what a failure leaves behind ---------------------------------------------------------------------------------

DIRECTIVES = (
    "PythonPostReadRequestHandler",
    "PythonInitHandler",
    "PythonTransHandler",
    "PythonHeaderParserHandler",
    "PythonAccessHandler",
    "PythonAuthenHandler",
    "PythonAuthzHandler",
    "PythonTypeHandler",
    "PythonFixupHandler",
    "PythonHandler",
    "PythonLogHandler",
    "PythonCleanupHandler",
)
STAGES = """
from mod_python import apache

events = []
failing = []


def handler(req):
    phase = req.phase
    events.append(phase)
    req.register_cleanup(events.append, "registered")
    if phase in failing:
        raise ValueError(phase)
    if phase == "PythonAuthenHandler":
        req.user = "spam"
    if phase == "PythonHandler":
        req.write("done")
    return apache.DECLINED if phase in ("PythonTransHandler", "PythonTypeHandler") else apache.OK
"""
FIRST = DIRECTIVES[:3]


@pytest.mark.parametrize("failing", DIRECTIVES)
def test_failure_of_each_phase_leaves_nothing_behind(folder: Folder, failing: str) -> None:
    folder.write(stages=STAGES)
    inside = "\n".join(f"{name} stages::handler" for name in DIRECTIVES if name not in FIRST)
    around = "\n".join(f"{name} stages::handler" for name in (*FIRST, "PythonLogHandler", "PythonCleanupHandler"))
    app = folder.serve(
        f"SetHandler mod_python\nAuthType Mine\nAuthName here\nRequire valid-user\n{inside}",
        f"PythonPath \"['{folder.root}'] + sys.path\"\n{around}",
    )
    reply = Server().ask(app, "/x")
    stages = module(app, "stages")
    good = list(stages.events)
    assert (reply.code, reply.body) == (200, b"done")
    assert [name for name in good if name != "registered"] == [
        "PythonInitHandler",
        "PythonPostReadRequestHandler",
        *DIRECTIVES[2:],
    ]
    stages.events.clear()
    stages.failing.append(failing)
    reply = Server().ask(app, "/x")
    bad = list(stages.events)
    late = failing in ("PythonLogHandler", "PythonCleanupHandler")
    assert reply.code == (200 if late else 500)
    assert (bad.count("PythonLogHandler"), bad.count("PythonCleanupHandler")) == (1, 1)
    assert bad.count("registered") == len(bad) / 2
    assert f"{failing} stages::handler: ValueError: {failing}" in folder.log_text()
    assert CURRENT.get() is None
    stages.events.clear()
    stages.failing.clear()
    assert Server().ask(app, "/x").body == b"done"
    assert stages.events == good


def test_module_that_fails_to_load_leaves_nothing_behind(folder: Folder) -> None:
    folder.write(broken="import helper\nraise ValueError('half loaded')\n", helper="value = 1\n")
    app = folder.serve("SetHandler mod_python\nPythonHandler broken")
    before = set(sys.modules)
    for _ in range(2):
        assert Server().ask(app, "/").code == 500
    left = {name.rpartition(".")[2] for name in set(sys.modules) - before}
    assert "broken" not in left
    folder.write(broken="import helper\ndef handler(req):\n    req.write(str(helper.value))\n    return 0\n")
    assert Server().ask(app, "/").body == b"1"
