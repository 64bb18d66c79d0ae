"""Another application behind the site: what it is asked, what it is told, and what it never sees."""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.validate import validator

import pytest

from modpy_wsgi import Application, make_app
from tests.oracle.inprocess import undisturbed
from tests.wsgi_site import Folder, Server, module


@pytest.fixture
def clean_process(tmp_path: Path) -> Iterator[None]:
    with undisturbed(tmp_path):
        yield


class Other:
    """A WSGI application that tells what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.closed = 0

    def __call__(self, made: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        self.asked.append(made)
        self.body = made["wsgi.input"].read(int(made.get("CONTENT_LENGTH") or 0))
        start_response("200 OK", [("Content-Type", "text/plain"), ("X-Other", "yes")])
        return self

    def __iter__(self) -> Iterator[bytes]:
        yield b"other "
        yield self.body

    def close(self) -> None:
        self.closed += 1


GUARD = """
import os
from mod_python import apache

events = []


def handler(req):
    what = req.args or ""
    if what.startswith("result="):
        return int(what[7:])
    if what == "flushed":
        req.write("flushed ")
    elif what == "held":
        req.write("held", 0)
    return apache.DECLINED


def answering(req):
    req.write("python", 0)
    return apache.OK


def accesshandler(req):
    return apache.HTTP_FORBIDDEN if "forbidden" in req.uri else apache.OK


def authenhandler(req):
    if req.get_basic_auth_pw() != "eggs":
        return apache.HTTP_UNAUTHORIZED
    return apache.OK


def fixuphandler(req):
    events.append("fixup " + req.uri)
    req.err_headers_out.add("Set-Cookie", "a=1")
    req.err_headers_out.add("Set-Cookie", "b=\\u00e9")
    req.subprocess_env["SITE_NOTE"] = "noted"
    if req.args == "bad":
        req.err_headers_out["X-Bad"] = "a\\r\\nX-Forged: 1"
    return apache.OK


def loghandler(req):
    events.append("log %d" % req.status)
    return apache.OK


def cleanuphandler(req):
    events.append("cleanup")
    return apache.OK
"""
GUARDED = """
DirectoryIndex index.html
PythonAccessHandler guard
PythonFixupHandler guard
PythonLogHandler guard
PythonCleanupHandler guard
<Files "*.py">
SetHandler mod_python
PythonHandler guard
</Files>
<Files "answer.py">
PythonHandler guard::answering
</Files>
"""


@pytest.fixture
def other() -> Other:
    return Other()


@pytest.fixture
def guarded(folder: Folder, other: Other) -> Application:
    folder.write(guard=GUARD)
    folder.file("page.txt", "page\n")
    folder.file("empty/readme", "")
    folder.file("closed/index.html", "closed")
    folder.file("broken/.htaccess", "Nonsense")
    os.mkfifo(folder.root / "pipe")
    os.symlink("page.txt", folder.root / "link.txt")
    os.symlink("nowhere", folder.root / "dangling")
    around = f"""
    <Directory "{folder.root}/closed">
    <Files "index.html">
    Require all denied
    </Files>
    </Directory>
    <Directory "{folder.root}/broken">
    AllowOverride All
    </Directory>
    <Directory "{folder.root}/members">
    AuthType Basic
    AuthName members
    Require valid-user
    PythonAuthenHandler guard
    </Directory>
    <Directory "{folder.root}">
    Options -FollowSymLinks
    </Directory>
    <Location "/gone">
    Require all denied
    </Location>
    """
    (folder.root / "members").mkdir()
    return folder.serve(GUARDED, around, fallback=other)


# (method, target, headers) -> None: the other application answers; a status: it is not asked
BEHIND: dict[str, tuple[tuple[Any, ...], int | None]] = {
    "nothing there": (("GET", "/absent"), None),
    "nothing there, deeper": (("GET", "/a/b/c?x=1"), None),
    "the root without an index": (("GET", "/"), None),
    "a folder without an index": (("GET", "/empty/"), None),
    "below a folder": (("GET", "/empty/absent"), None),
    "handler declines, no file": (("GET", "/absent.py"), None),
    "head": (("HEAD", "/absent"), None),
    "post": (("POST", "/absent"), None),
    "put": (("PUT", "/absent"), None),
    "delete": (("DELETE", "/absent"), None),
    "patch": (("PATCH", "/absent"), None),
    "options": (("OPTIONS", "/absent"), None),
    "a method that httpd does not know": (("BREW", "/absent"), None),
    "put to a folder": (("PUT", "/empty/"), None),
    "a user who is known": (("GET", "/members/x", "spam:eggs"), None),
    "a file": (("GET", "/page.txt"), 200),
    "put on a file": (("PUT", "/page.txt"), 405),
    "options of a file": (("OPTIONS", "/page.txt"), 200),
    "path info behind a file": (("GET", "/page.txt/more"), 404),
    "handler answers": (("GET", "/answer.py"), 200),
    "handler says not found": (("GET", "/absent.py?result=404"), 404),
    "handler says forbidden": (("GET", "/absent.py?result=403"), 403),
    "handler answered in part": (("GET", "/absent.py?flushed"), 200),
    "handler declines, its source is there": (("GET", "/guard.py"), 200),
    "folder without slash": (("GET", "/empty"), 301),
    "access handler forbids": (("GET", "/forbidden"), 403),
    "closed index": (("GET", "/closed/"), 403),
    "closed place": (("GET", "/gone"), 403),
    ".ht file that is there": (("GET", "/broken/.htaccess"), 500),
    ".ht file that is not": (("GET", "/.htx"), 403),
    "no user": (("GET", "/members/x"), 401),
    "wrong user": (("GET", "/members/x", "spam:spam"), 401),
    "a pipe": (("GET", "/pipe"), 403),
    "a link": (("GET", "/link.txt"), 403),
    "a link to nowhere": (("GET", "/dangling"), 403),
    "broken .htaccess": (("GET", "/broken/absent"), 500),
    "above the root": (("GET", "/../absent"), 400),
    "encoded slash": (("GET", "/a%2fb"), 404),
    "NUL": (("GET", "/a%00"), 404),
}


@pytest.mark.parametrize(("asked", "wanted"), BEHIND.values(), ids=BEHIND)
def test_fallback_answers_only_what_is_left(
    guarded: Application, other: Other, asked: tuple[Any, ...], wanted: int | None
) -> None:
    method, target, *user = asked
    headers = {"Authorization": f"Basic {base64.b64encode(user[0].encode()).decode()}"} if user else {}
    reply = Server().ask(guarded, target, method, headers=headers, body=b"body" if method in ("POST", "PUT") else None)
    assert reply.error is None
    if wanted is None:
        assert (reply.code, reply.header("X-Other"), len(other.asked), other.closed) == (200, "yes", 1, 1)
        assert reply.body == (b"other body" if method in ("POST", "PUT") else b"other ")
        assert other.asked[0]["PATH_INFO"] == target.partition("?")[0]
        assert other.asked[0].get("REMOTE_USER") == (user[0].partition(":")[0] if user else None)
        assert other.asked[0].get("AUTH_TYPE") == ("Basic" if user else None)
    else:
        assert (reply.code, other.asked) == (wanted, [])


def test_fallback_stands_behind_the_phases(guarded: Application, other: Other) -> None:
    reply = Server().ask(guarded, "/absent?x=1")
    assert reply.all("Set-Cookie") == ["a=1", "b=Ã©"]
    assert (other.asked[0]["SITE_NOTE"], other.asked[0]["QUERY_STRING"]) == ("noted", "x=1")
    assert module(guarded, "guard").events == ["fixup /absent", "log 200", "cleanup"]


@pytest.mark.parametrize("sent", ["", "spam:secret"])
def test_fallback_sees_the_faked_password_only(folder: Folder, other: Other, sent: str) -> None:
    app = folder.serve("AuthBasicFake guest open", fallback=other)
    headers = {"Authorization": f"Basic {base64.b64encode(sent.encode()).decode()}"} if sent else {}
    assert Server().ask(app, "/absent", headers=headers).code == 200
    assert other.asked[0]["HTTP_AUTHORIZATION"] == f"Basic {base64.b64encode(b'guest:open').decode()}"


def test_fallback_is_guarded_against_bad_headers(guarded: Application, other: Other, folder: Folder) -> None:
    reply = Server().ask(guarded, "/absent?bad")
    assert reply.code == 500
    assert not reply.all("X-Forged") and not any("\n" in value for _, value in reply.headers)
    assert "X-Bad" in folder.log_text()


def raising(made: dict[str, Any], start_response: Callable[..., Any]) -> Any:
    raise RuntimeError("other fails")


def writing(made: dict[str, Any], start_response: Callable[..., Any]) -> Any:
    write = start_response("201 Created", [("Content-Type", "text/plain")])
    write(b"written ")
    return [b"and returned"]


def generating(made: dict[str, Any], start_response: Callable[..., Any]) -> Any:
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"generated"


def failing_late(made: dict[str, Any], start_response: Callable[..., Any]) -> Any:
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield b"first"
    raise RuntimeError("other fails late")


def correcting(made: dict[str, Any], start_response: Callable[..., Any]) -> Any:
    start_response("200 OK", [("Content-Type", "text/plain")])
    try:
        raise ValueError
    except ValueError:
        start_response("500 Oops", [("Content-Type", "text/plain")], sys.exc_info())
    return [b"corrected"]


OTHERS = {
    "raises": (raising, None, b"", RuntimeError),
    "writes": (writing, "201 Created", b"written and returned", None),
    "generates": (generating, "200 OK", b"generated", None),
    "fails late": (failing_late, "200 OK", b"first", RuntimeError),
    "corrects itself": (correcting, "500 Oops", b"corrected", None),
}


@pytest.mark.parametrize(("other", "status", "body", "error"), OTHERS.values(), ids=OTHERS)
def test_fallback_of_every_kind(
    folder: Folder, other: Any, status: str | None, body: bytes, error: type[Exception] | None
) -> None:
    folder.write(guard=GUARD)
    app = folder.serve(GUARDED, fallback=validator(other) if error is None and other is not correcting else other)
    reply = Server().ask(app, "/absent")
    assert (reply.status or None, reply.body) == (status, body)
    assert isinstance(reply.error, error or type(None))
    assert [event.split()[0] for event in module(app, "guard").events] == ["fixup", "log", "cleanup"]


def test_fallback_of_a_site_is_another_site(folder: Folder, tmp_path: Path) -> None:
    folder.file("first.txt", "first")
    (tmp_path / "second").mkdir()
    with Folder(tmp_path / "second") as second:
        second.file("second.txt", "second")
        app = folder.serve(fallback=second.serve())
        assert Server().ask(app, "/first.txt").body == b"first"
        assert Server().ask(app, "/second.txt").body == b"second"
        assert Server().ask(app, "/third.txt").code == 404


@pytest.mark.usefixtures("clean_process")
def test_fallback_of_make_app(tmp_path: Path, other: Other) -> None:
    (tmp_path / "choosy.py").write_text(
        "def handler(req):\n    if 'mine' in req.uri:\n        req.write('mine', 0)\n        return 0\n    return -1\n"
    )
    app = make_app(tmp_path, handler="choosy", fallback=other)
    assert Server().ask(app, "/mine").body == b"mine"
    assert Server().ask(app, "/yours").body == b"other "
    assert Server().ask(app, "/.htpasswd").code == 403
