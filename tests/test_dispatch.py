"""Handlers that break the rules, in every phase: 500, a log line that names them, log and cleanup exactly once."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from modpy_wsgi import Application, interpreters
from modpy_wsgi.module_space import CURRENT
from tests.wsgi_site import Folder, Server, environ, module

EARLY = ("PythonPostReadRequestHandler", "PythonInitHandler", "PythonTransHandler")
LATE = ("PythonLogHandler", "PythonCleanupHandler")
INNER = (
    "PythonHeaderParserHandler",
    "PythonAccessHandler",
    "PythonAuthenHandler",
    "PythonAuthzHandler",
    "PythonTypeHandler",
    "PythonFixupHandler",
    "PythonHandler",
)
PHASES = (*EARLY, *INNER, *LATE)

GOOD = """
from mod_python import apache

events = []

def handler(req):
    events.append(req.phase)
    if req.phase == "PythonAuthenHandler":
        req.user = "spam"
    return apache.DECLINED if req.phase in ("PythonTransHandler", "PythonTypeHandler") else apache.OK
"""
BAD = """
import asyncio, sys
from mod_python import apache

class Own(BaseException):
    pass

class PoolFull(Exception):
    __module__ = "gevent.pool"

def raises(req):
    raise ValueError("on purpose: <script>alert('&')</script>")

def nothing(req):
    pass

def true(req):
    return True

def text(req):
    return "200"

def real(req):
    return 0.0

def leaves(req):
    sys.exit(0)

def leaves_with_text(req):
    sys.exit("goodbye")

def interrupts(req):
    raise KeyboardInterrupt

def cancelled(req):
    raise asyncio.CancelledError

def of_its_own(req):
    raise Own("way")

def of_greenlets(req):
    raise PoolFull("on purpose")

def recursion(req):
    return recursion(req)

def stops(req):
    raise apache.SERVER_RETURN

def stops_with_text(req):
    raise apache.SERVER_RETURN("404")

def stops_with_a_status_that_is_none(req):
    raise apache.SERVER_RETURN(apache.OK, "404")

def unprintable(req):
    class Bad(Exception):
        def __str__(self):
            raise RuntimeError
        __repr__ = __str__
    raise Bad

def surrogate(req):
    raise ValueError("\\ud800 \\udcff \\x00 \\x1b[1m\\r\\nforged")

def chained(req):
    try:
        {}["first"]
    except KeyError as error:
        raise ValueError("second") from error

def raise_group(req):
    class Group(Exception):
        pass
    raise Group("group")

class NeedsTwo:
    def __init__(self, req, more):
        pass

    def method(self, req):
        return 0

five = 5
"""
# handler -> what the line of the log says
WRONG = {
    "bad::raises": "ValueError: on purpose: <script>",
    "bad::nothing": "non integer type",
    "bad::true": "non integer type",
    "bad::text": "non integer type",
    "bad::real": "non integer type",
    "bad::leaves": "SystemExit: 0",
    "bad::leaves_with_text": "SystemExit: goodbye",
    "bad::interrupts": "KeyboardInterrupt",
    "bad::cancelled": "asyncio.exceptions.CancelledError",
    "bad::of_its_own": "bad.Own: way",
    "bad::of_greenlets": "gevent.pool.PoolFull: on purpose",
    "bad::recursion": "RecursionError",
    "bad::stops": "SERVER_RETURN without a result",
    "bad::stops_with_text": "non integer type",
    "bad::stops_with_a_status_that_is_none": "TypeError",
    "bad::unprintable": "Bad: <exception str() failed>",
    "bad::surrogate": r"\x1b[1m\r\nforged",
    "bad::chained": "ValueError: second",
    "bad::raise_group": "Group: group",
    "bad::absent": "contains no 'absent'",
    "bad::five": "not callable",
    "bad::five.real": "not callable",
    "bad::raises.absent": "has no attribute 'absent'",
    "bad::NeedsTwo.method": "TypeError",
    "bad::": "contains no ''",
    "no_such_module": "ModuleNotFoundError: No module named 'no_such_module'",
    "no_such_module::function": "ModuleNotFoundError",
    "misspelt": "SyntaxError",
    "dividing": "ZeroDivisionError",
    "leaving": "SystemExit: 3",
    "needing": "No module named 'absent_module'",
}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with Folder(tmp_path) as made:
        made.write(
            good=GOOD,
            bad=BAD,
            misspelt="def handler(req)\n    return 0\n",
            dividing="1 / 0\n",
            leaving="import sys\nsys.exit(3)\n",
            needing="import absent_module\n",
        )
        yield made


def serve(folder: Folder, directive: str, handler: str, more: str = "") -> Application:
    """A site with a good handler in each phase, but for one."""
    handlers = dict.fromkeys(PHASES, "good::handler") | {directive: handler}
    around = [f"PythonPath \"['{folder.root}'] + sys.path\"", more]
    around += [f"{name} {handlers[name]}" for name in (*EARLY, *LATE)]
    inside = [f"{name} {handlers[name]}" for name in INNER]
    app = folder.serve(
        "SetHandler mod_python\nAuthType Mine\nAuthName x\nRequire valid-user\n" + "\n".join(inside), "\n".join(around)
    )
    app.interpreters.get("site.test").set_python_path(f"['{folder.root}'] + sys.path")
    return app


@pytest.mark.parametrize("directive", PHASES)
def test_wrong_handlers(folder: Folder, directive: str) -> None:
    for handler, line in WRONG.items():
        app = serve(folder, directive, handler)
        good = module(app, "good")
        good.events.clear()
        folder.log_file.write_text("")
        reply = Server().ask(app, "/x")
        assert reply.error is None, handler
        assert reply.code == (200 if directive in LATE else 500), handler
        assert b"Traceback" not in reply.body and b"on purpose" not in reply.body
        text = folder.log_text()
        assert re.search(f"(?m)^(.*] )?{directive} {re.escape(handler)}: .*{re.escape(line)}", text), (handler, text)
        assert len(set(re.findall(r"(\w+Handler) \S+: Traceback", text)) - {directive}) == 0
        counts = [good.events.count(name) for name in LATE]
        assert counts == [int(name != directive) for name in LATE], handler
        assert not [name for name in good.events if name == directive]
        assert CURRENT.get() is None


@pytest.mark.parametrize("directive", PHASES)
def test_wrong_handlers_under_python_debug(folder: Folder, directive: str) -> None:
    for handler, line in WRONG.items():
        app = serve(folder, directive, handler, "PythonDebug On")
        good = module(app, "good")
        good.events.clear()
        reply = Server().ask(app, "/x")
        text = reply.body.decode("utf-8", "surrogateescape")
        assert reply.error is None, handler
        if directive in LATE:
            assert (reply.code, text) == (200, "")  # the answer is over
        else:
            assert (reply.code, reply.header("Content-Type")) == (500, "text/html"), handler
            assert f'Mod_python error: "{directive} {handler}"' in text
            if handler != "bad::surrogate":
                assert html.escape(line) in text, handler
            assert "<script>" not in text
            assert not re.search(r"<(?!/?pre>)", text)
        assert [good.events.count(name) for name in LATE] == [int(name != directive) for name in LATE]


@pytest.mark.parametrize("debug", ["On", "Off"])
def test_log_has_no_forged_lines(folder: Folder, debug: str) -> None:
    app = serve(folder, "PythonHandler", "bad::surrogate", f"PythonDebug {debug}")
    Server().ask(app, "/x")
    lines = folder.log_file.read_text().splitlines()
    assert lines and all(re.match(r"\[\w{3} \w{3} \d\d ", line) for line in lines)
    assert "\x1b" not in "".join(lines)


def test_debug_page_names_no_frame_of_the_server(folder: Folder) -> None:
    app = serve(folder, "PythonHandler", "misspelt", "PythonDebug On")
    text = Server().ask(app, "/x").body.decode()
    assert "misspelt.py" in text and "importlib" not in text


# ---- what is over is over -----------------------------------------------------------------------------------------

AFTER = """
from mod_python import apache

events = []

def handler(req):
    req.write("streamed")
    return apache.OK

def held(req):
    req.write("held", 0)
    return apache.OK

def empty(req):
    return apache.OK

def loghandler(req):
    for flush in (0, 1):
        req.write("too late", flush)
    req.flush()
    req.headers_out["X-Late"] = "1"
    req.status = 500
    req.register_cleanup(events.append, "registered in the log phase")
    events.append(("log", req.bytes_sent))
    return apache.OK

def cleanuphandler(req):
    req.write("too late")
    req.register_cleanup(again, req)
    events.append("cleanup")
    return apache.OK

def again(req):
    req.write("too late")
    events.append("registered in the cleanup phase")
    req.register_cleanup(events.append, "registered by a cleanup")
"""


@pytest.mark.parametrize("offers_write", [True, False])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("handler", ["handler", "held", "empty", "absent"])
def test_nothing_is_sent_after_the_end(folder: Folder, handler: str, method: str, offers_write: bool) -> None:
    folder.write(after=AFTER)
    app = folder.serve(
        f"SetHandler mod_python\nPythonHandler after::{handler}\nPythonLogHandler after\nPythonCleanupHandler after"
    )
    reply = Server(offers_write=offers_write).ask(app, "/x", method)
    assert (reply.starts, reply.error, b"too late" in reply.body) == (1, None, False)
    assert reply.code == (500 if handler == "absent" else 200)
    events = module(app, "after").events
    assert [event for event in events if isinstance(event, str)] == [
        "registered in the log phase",
        "cleanup",
        "registered in the cleanup phase",
        "registered by a cleanup",
    ]


@pytest.mark.parametrize("error", [RuntimeError("bad head")])
def test_nothing_is_begun_after_a_failed_start(folder: Folder, error: Exception) -> None:
    folder.write(after=AFTER)
    app = folder.serve("SetHandler mod_python\nPythonHandler after::held\nPythonLogHandler after")
    starts = []

    def start_response(*args: Any) -> Any:
        starts.append(args)
        raise error

    with pytest.raises(RuntimeError):
        app(environ("/x"), start_response)
    assert len(starts) == 1


CLEANUPS = """
import sys

events = []

def handler(req):
    for number in range(3):
        req.register_cleanup(events.append, number)
    req.register_cleanup(fail, "a <b>")
    req.register_cleanup(leave)
    return 0

def fail(data):
    events.append("failing")
    raise ValueError(data)

def leave(data):
    events.append(data)
    sys.exit(1)
"""


def test_cleanups_run_last_first_and_each_for_itself(folder: Folder) -> None:
    folder.write(cleanups=CLEANUPS)
    app = folder.serve("SetHandler mod_python\nPythonHandler cleanups")
    assert Server().ask(app, "/x").code == 200
    assert module(app, "cleanups").events == [None, "failing", 2, 1, 0]
    assert "ValueError: a <b>" in folder.log_text() and "SystemExit: 1" in folder.log_text()


@pytest.mark.parametrize("kind", ["greenlet", "gevent.timeout", "eventlet.timeout"])
def test_what_ends_a_greenlet_is_the_servers(kind: str, folder: Folder) -> None:
    folder.write(
        ended=f"End = type('End', (BaseException,), {{'__module__': {kind!r}}})\ndef handler(req):\n    raise End"
    )
    app = folder.serve("SetHandler mod_python\nPythonHandler ended")
    with pytest.raises(BaseException) as caught:
        Server().ask(app, "/x")
    assert type(caught.value).__name__ == "End"
    assert folder.log_text() == ""


# ---- add_handler --------------------------------------------------------------------------------------------------

ADDING = """
from urllib.parse import unquote
from mod_python import apache

events = []

def handler(req):
    exec(unquote(req.args or ""), {"req": req, "apache": apache, "events": events, "note": note, "Noting": Noting})
    events.append("handler")
    return apache.OK

def note(req):
    events.append("note in " + req.phase)
    return apache.OK

def other(req):
    events.append("other")
    return apache.OK

def declined(req):
    events.append("declined")
    return apache.DECLINED

def fails(req):
    raise ValueError("added")

class Noting:
    def __init__(self, req=None):
        pass

    def method(self, req):
        events.append("method")
        return apache.OK

    def __call__(self, req):
        events.append("called")
        return apache.OK

    def __repr__(self):
        raise RuntimeError("not to be shown")
"""
# statements in a fixup handler -> the events of the request
ADDED = {
    "a name": ('req.add_handler("PythonHandler", "adding::note")', ["handler", "content", "note in PythonHandler"]),
    "two": (
        'req.add_handler("PythonHandler", "adding::note")\nreq.add_handler("PythonHandler", "adding::other")',
        ["handler", "content", "note in PythonHandler", "other"],
    ),
    "one twice": (
        'for _ in "ab": req.add_handler("PythonHandler", "adding::other")',
        ["handler", "content", "other", "other"],
    ),
    "a method": ('req.add_handler("PythonHandler", "adding::Noting.method")', ["handler", "content", "method"]),
    "a callable": ('req.add_handler("PythonHandler", note)', ["handler", "content", "note in PythonHandler"]),
    "an instance": ('req.add_handler("PythonHandler", Noting())', ["handler", "content", "called"]),
    "a bound method": ('req.add_handler("PythonHandler", Noting().method)', ["handler", "content", "method"]),
    "to the phase that runs": (
        'req.add_handler("PythonFixupHandler", "adding::note")',
        ["handler", "note in PythonFixupHandler", "content"],
    ),
    "to a phase that is over": ('req.add_handler("PythonAccessHandler", "adding::note")', ["handler", "content"]),
    "to the log": (
        'req.add_handler("PythonLogHandler", "adding::note")',
        ["handler", "content", "note in PythonLogHandler"],
    ),
    "no such module": ('req.add_handler("PythonHandler", "no_such_module")', ["handler", "content"]),
    "after one that fails": (
        'req.add_handler("PythonHandler", "adding::fails")\nreq.add_handler("PythonHandler", "adding::other")',
        ["handler", "content"],
    ),
    "after one that declines": (
        'req.add_handler("PythonHandler", "adding::declined")\nreq.add_handler("PythonHandler", "adding::other")',
        ["handler", "content", "declined"],
    ),
}
FAILING = {"no such module": "ModuleNotFoundError", "after one that fails": "ValueError: added"}


@pytest.mark.parametrize("name", ADDED)
def test_add_handler(folder: Folder, name: str) -> None:
    statements, wanted = ADDED[name]
    folder.write(
        adding=ADDING,
        content="def handler(req):\n    import adding\n    adding.events.append('content')\n    return 0\n",
    )
    folder.file("x", "")
    app = folder.serve("SetHandler mod_python\nPythonFixupHandler adding::handler\nPythonHandler content")
    reply = Server().ask(app, f"/x?{quote(statements)}")
    assert module(app, "adding").events == wanted
    assert reply.code == (500 if name in FAILING else 200)
    assert FAILING.get(name, "") in folder.log_text()
    module(app, "adding").events.clear()
    assert Server().ask(app, "/x").code == 200
    assert module(app, "adding").events == ["handler", "content"]  # nothing of it is left for the next request


# statements in a content handler -> the exception that add_handler raises
REFUSED = {
    "no phase": ('req.add_handler("PythonNoHandler", "adding::note")', "ValueError"),
    "cleanup": ('req.add_handler("PythonCleanupHandler", "adding::note")', "ValueError"),
    "a directive that is none of a phase": ('req.add_handler("PythonDebug", "adding::note")', "ValueError"),
    "no handler": ('req.add_handler("PythonHandler")', "TypeError"),
    "no str": ('req.add_handler(5, "adding::note")', "ValueError"),
    "neither a name nor callable": ('req.add_handler("PythonHandler", 5)', "TypeError: the handler must be"),
}


@pytest.mark.parametrize(("statements", "error"), REFUSED.values(), ids=REFUSED)
def test_add_handler_refuses(folder: Folder, statements: str, error: str) -> None:
    folder.write(adding=ADDING)
    app = folder.serve("SetHandler mod_python\nPythonHandler adding")
    assert Server().ask(app, f"/x?{quote(statements)}").code == 500
    assert error in folder.log_text()


def test_add_handler_that_fails_is_named(folder: Folder) -> None:
    folder.write(
        adding=ADDING + "\ndef broken(req):\n    raise ValueError('broken')\n\nNoting.broken = Noting.__call__\n"
    )
    app = folder.serve("SetHandler mod_python\nPythonHandler adding\nPythonDebug On")
    for statements in (
        'import adding; req.add_handler("PythonHandler", adding.broken)',
        'class Bad(Noting):\n  def __call__(self, req): raise ValueError("broken")\n'
        'req.add_handler("PythonHandler", Bad())',
    ):
        reply = Server().ask(app, f"/x?{quote(statements)}")
        assert (reply.code, reply.error) == (500, None)
        assert b"ValueError: broken" in reply.body


def test_add_handler_with_a_directory(folder: Folder) -> None:
    folder.write(adding=ADDING)
    (folder.path / "elsewhere").mkdir()
    (folder.path / "elsewhere/far.py").write_text(
        "def handler(req):\n    req.write(req.hlist.directory, 0)\n    return 0\n"
    )
    app = folder.serve("SetHandler mod_python\nPythonHandler adding")
    directory = f"{folder.path}/elsewhere"
    for given in (directory, f"{directory}/"):
        reply = Server().ask(app, "/x?" + quote(f'req.add_handler("PythonHandler", "far", {given!r})'))
        assert reply.body.decode() == f"{directory}/"


# ---- lists --------------------------------------------------------------------------------------------------------

# result of the first handler -> whether the second one runs, by phase (manual 4.2.2 and observed)
RUNS_ON = {
    "PythonHeaderParserHandler": {0, -1},
    "PythonAccessHandler": {0, -1},
    "PythonAuthenHandler": {-1},
    "PythonAuthzHandler": {-1},
    "PythonTypeHandler": {-1},
    "PythonFixupHandler": {0, -1},
    "PythonHandler": {0},
    "PythonLogHandler": {0, -1},
    "PythonCleanupHandler": {0},
}
LISTED = """
events = []

def first(req):
    events.append(1)
    req.user = "spam"
    return int(req.args)

def second(req):
    events.append(2)
    return 0
"""


@pytest.mark.parametrize("directive", RUNS_ON)
@pytest.mark.parametrize("result", [0, -1, -2, 403, 500])
def test_lists(folder: Folder, directive: str, result: int) -> None:
    folder.write(listed=LISTED)
    folder.file("x", "")
    authen = "PythonAuthenHandler good::handler" if directive != "PythonAuthenHandler" else ""
    app = folder.serve(
        f"AuthType Mine\nAuthName x\nRequire valid-user\nSetHandler mod_python\n{authen}\n"
        f"{directive} listed::first\n{directive} listed::second"
    )
    Server().ask(app, f"/x?{result}")
    assert module(app, "listed").events == ([1, 2] if result in RUNS_ON[directive] else [1])


# ---- results ------------------------------------------------------------------------------------------------------

RESULTS = """
from urllib.parse import unquote
from mod_python import apache

def handler(req):
    return eval(unquote(req.args))

def stop(*args):
    raise apache.SERVER_RETURN(*args)
"""
ANSWERED = {
    "0": "200 OK",
    "apache.DONE": "200 OK",
    "apache.DECLINED": "404 Not Found",
    "apache.HTTP_FORBIDDEN": "403 Forbidden",
    "404": "404 Not Found",
    "100": "500 Internal Server Error",
    "101": "500 Internal Server Error",
    "-3": "500 Internal Server Error",
    "99": "500 Internal Server Error",
    "600": "500 Internal Server Error",
    "10 ** 30": "500 Internal Server Error",
    "418": "500 Internal Server Error",
    "stop(apache.HTTP_NOT_FOUND)": "404 Not Found",
    "stop(apache.OK)": "200 OK",
    "stop(apache.DONE, 404)": "404 Not Found",
    "stop(404, 403)": "404 Not Found",
    "stop(apache.DONE, 0)": "200 OK",
    "stop(apache.DONE, 10 ** 30)": "500 Internal Server Error",
    "stop(apache.DONE, -5)": "500 Internal Server Error",
    "stop(True)": "500 Internal Server Error",
    "type('I', (int,), {})(0)": "500 Internal Server Error",
}


@pytest.mark.parametrize(("expression", "status"), ANSWERED.items())
def test_results(folder: Folder, expression: str, status: str) -> None:
    folder.write(results=RESULTS)
    app = folder.serve("SetHandler mod_python\nPythonHandler results")
    reply = Server().ask(app, f"/x?{quote(expression)}")
    assert (reply.status, reply.error) == (status, None)


PAGE = "SetHandler mod_python\nPythonHandler page"
# what follows `raise apache.SERVER_RETURN` -> the status of the answer, and what the log says last if it says anything
STOPS = {
    "result": ("(apache.HTTP_GONE)", 410, None),
    "result and status": ("(apache.OK, 202)", 202, None),
    "no status": ("(apache.OK, None)", 200, None),
    "status that is a text": ("(apache.OK, 'Accepted')", 500, "TypeError: 'str' object cannot be interpreted"),
    "status that is a float": ("(apache.OK, 2.5)", 500, "TypeError: 'float' object cannot be interpreted"),
    "nothing": ("", 500, "HandlerError: SERVER_RETURN without a result"),
}


@pytest.mark.parametrize("name", STOPS)
def test_server_return(folder: Folder, name: str) -> None:
    raised, status, line = STOPS[name]
    folder.write(page=f"from mod_python import apache\ndef handler(req):\n    raise apache.SERVER_RETURN{raised}\n")
    reply = Server().ask(folder.serve(PAGE), "/")
    assert (reply.error, reply.code) == (None, status)
    last = (folder.log() or [""])[-1]
    assert last.startswith("[client ") is (line is not None)
    if line is not None:
        assert "PythonHandler page: " in last
        assert line in last


def test_no_interpreter_left(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpreters, "MAX_DYNAMIC_INTERPRETERS", 1)
    for name in ("a", "b"):
        folder.file(f"{name}/page.py", "def handler(req):\n    req.write(req.interpreter)\n    return 0\n")
    app = folder.serve(f"{PAGE}\nPythonInterpPerDirectory On\nPythonPath \"['{folder.root}/a']\"")
    assert Server().ask(app, "/a/page.py").body.decode() == f"{folder.root}/a/"
    reply = Server().ask(app, "/b/page.py")
    assert (reply.error, reply.code) == (None, 500)
    assert "PythonHandler page: modpy_wsgi.errors.ConfigError: no interpreter for" in folder.log()[-1]
    assert Server().ask(app, "/a/page.py").code == 200


# ---- the list of handlers, as a handler sees it -------------------------------------------------------------------

MOVING = """
from mod_python import apache

def first(req):
    hlist = req.hlist
    assert req.hlist is hlist
    for _ in range(int(req.args)):
        hlist.next()
    show(req)
    return apache.OK

def other(req):
    show(req)
    return apache.OK

def show(req):
    hlist = req.hlist
    req.write("%s %s %s %s|" % (hlist.handler, hlist.directory, hlist.silent, hlist.is_location), 0)
"""
# how often the first of three handlers calls req.hlist.next() -> what each that runs then sees (seen on the original)
MOVES = {
    0: ["moving::first", "moving::other", "moving::other.__call__"],
    1: ["moving::other", "moving::other.__call__"],
    2: ["moving::other.__call__"],
    3: ["None"],  # where the original crashes
    9: ["None"],
}


@pytest.mark.parametrize("moves", MOVES)
def test_moving_on_in_the_list(folder: Folder, moves: int) -> None:
    folder.write(moving=MOVING)
    app = folder.serve("SetHandler mod_python\nPythonHandler moving::first moving::other moving::other.__call__")
    place = f"{folder.root}/ 0 0"
    wanted = [f"{name} {'None None None' if name == 'None' else place}|" for name in MOVES[moves]]
    assert Server().ask(app, f"/?{moves}").body.decode() == "".join(wanted)


def test_the_list_that_a_handler_has_kept(folder: Folder) -> None:
    folder.write(moving="kept = []\ndef handler(req):\n    kept.append(req.hlist)\n    return 0\n")
    app = folder.serve("SetHandler mod_python\nPythonHandler moving")
    assert Server().ask(app, "/").code == 200
    (kept,) = module(app, "moving").kept
    kept.next()
    assert (kept.handler, kept.directory, kept.silent, kept.is_location) == (None, None, None, None)
    with pytest.raises(AttributeError):
        kept.absent  # noqa: B018 - that is the test


@pytest.mark.parametrize("phase", ["Init", "HeaderParser", "Access", "Type", "Fixup", ""])
def test_one_that_refuses_files_of_an_extension(folder: Folder, phase: str) -> None:
    """No handler of that phase is there for all files, and still this one is called."""
    folder.write(refusing="def handler(req):\n    return 403\n")
    for name in ("page.txt", "page.dat"):
        folder.file(name, "text")
    app = folder.serve(f"SetHandler mod_python\nPython{phase}Handler refusing::handler | .txt")
    codes = {name: Server().ask(app, f"/{name}").code for name in ("page.txt", "page.dat")}
    assert (codes["page.txt"], codes["page.dat"] == 403) == (403, False)
