"""The handler mod_python.wsgi: PEP 3333 held by wsgiref's validator; beside what test_golden asks."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import webtest

from modpy_wsgi.testing import request, site

APP = """
from wsgiref.validate import validator

log = []

def checks(environ, start_response):
    stream = environ["wsgi.input"]
    size = int(environ.get("CONTENT_LENGTH") or 0)
    body = stream.read(size) if size else b""
    write = start_response("200 OK", [("Content-Type", "text/plain")])
    write(environ["SCRIPT_NAME"].encode("latin-1") + b"|" + environ["PATH_INFO"].encode("latin-1") + b"|")
    return [body, b"|", environ["QUERY_STRING"].encode("latin-1")]

validated = validator(checks)

def lines(environ, start_response):
    stream = environ["wsgi.input"]
    found = [stream.readline(), stream.readline(2), *stream.readlines(1), *stream]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"|".join(found)]

validated_lines = validator(lines)

def application(environ, start_response):
    return globals()[environ["PATH_INFO"].rpartition("/")[2]](environ, start_response)

def files(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return environ["wsgi.file_wrapper"](open(__file__, "rb"), 100)

def both(environ, start_response):
    start_response("200 OK", [("X-Own", "app"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    try:
        raise ValueError
    except ValueError:
        import sys
        start_response("201 Made", [("X-Other", "app")], sys.exc_info())
    return [b"x"]

def errors(environ, start_response):
    stream = environ["wsgi.errors"]
    stream.write("a begun ")
    stream.write("line\\nand ")
    stream.writelines(["another\\n", "not ended"])
    start_response("200 OK", [])
    return [b"x"]

def environment(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    shown = {key: value for key, value in environ.items() if isinstance(value, (str, bool, tuple))}
    return [repr(shown).encode()]

class Body:
    def __init__(self, pieces):
        self.pieces = pieces
    def __iter__(self):
        return iter(self.pieces)
    def close(self):
        log.append("closed")

def closed(environ, start_response):
    del log[:]
    start_response("200 OK", [])
    return Body([b"a", b"b"])

class List(list):
    def close(self):
        log.append("closed")

def closed_list(environ, start_response):
    del log[:]
    start_response("200 OK", [])
    return List([b"a"])

def closed_anyway(environ, start_response):
    del log[:]
    start_response("200 OK", [])
    return Body([b"a", None])

def closed_unstarted(environ, start_response):
    del log[:]
    return Body([b"a"])

def was_closed(environ, start_response):
    start_response("200 OK", [])
    return [repr(log).encode()]

def reads_too_much(environ, start_response):
    environ["wsgi.input"].read()
    start_response("200 OK", [])
    return [b"read"]

def latin(environ, start_response):
    start_response("200 OK", [("X-Own", "caf\\u00c3\\u00a9")])
    return []
"""
HANDLER = """
SetHandler mod_python
PythonHandler mod_python.wsgi
PythonOption mod_python.wsgi.application app
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    return tmp_path


def served(folder: Path, more: str = "") -> webtest.TestApp:
    return site(f"{HANDLER}{more}", root=folder)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
@pytest.mark.parametrize("path", ["/validated", "/more/validated?x=%20&y", "/caf%C3%A9/validated"])
def test_wsgirefs_validator_is_content(folder: Path, method: str, path: str) -> None:
    body = b"some text" if method == "POST" else b""
    headers = {"Content-Type": "text/plain"} if body else {}
    answer = served(folder).request(path, method=method, body=body, headers=headers)
    assert answer.status == "200 OK"
    if method != "HEAD":
        script, info, sent, query = answer.body.split(b"|")
        assert (script, sent, query.decode()) == (b"", body, path.partition("?")[2])
        assert info == path.partition("?")[0].replace("%C3%A9", "é").encode()


def test_lines_of_the_body(folder: Path) -> None:
    app = served(folder)
    for path in ("/lines", "/validated_lines"):
        assert app.post(path, b"one\ntwo\nthree\nfour").body == b"one\n|tw|o\n|three\n|four"


def test_file_wrapper(folder: Path) -> None:
    assert served(folder).get("/files").text == APP


def test_headers_before_and_after(folder: Path) -> None:
    (folder / "before.py").write_text(
        "def fixuphandler(req):\n    req.headers_out['X-Before'] = 'kept'\n    return 0\n"
    )
    answer = served(folder, "PythonFixupHandler before\n").get("/both")
    names = [name for name, _ in answer.headers.items() if name.startswith(("X-", "Set-"))]
    assert answer.status == "201 Made"
    assert sorted(names) == ["X-Before", "X-Other"]


def test_errors_are_lines_of_the_log(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    served(folder).get("/errors")
    lines = [line.rpartition("] ")[2] for line in capsys.readouterr().err.splitlines()]
    assert lines == ["a begun line", "and another", "not ended"]


@pytest.mark.parametrize("name", ["closed", "closed_list", "closed_anyway", "closed_unstarted"])
def test_what_is_returned_is_closed(folder: Path, name: str) -> None:
    app = served(folder)
    app.get(f"/{name}", expect_errors=True)
    assert app.get("/was_closed").text == "['closed']"


def test_the_environ_is_true(folder: Path) -> None:
    app = served(folder, "SetEnv SITE é\nSetEnvIf X-Forwarded-Proto https HTTPS=on\n")
    for threads, processes in ((True, False), (False, True)):
        extra = {"wsgi.multithread": threads, "wsgi.multiprocess": processes, "HTTP_PROXY": "evil", "own.key": "kept"}
        text = app.get("/environment", extra_environ=extra, headers={"X-Forwarded-Proto": "https"}).text
        found: dict[str, Any] = eval(text)
        assert (found["wsgi.multithread"], found["wsgi.multiprocess"]) == (threads, processes)
        assert found["wsgi.run_once"] is False and found["wsgi.version"] == (1, 0)
        assert (found["SITE"], found["HTTPS"], found["wsgi.url_scheme"]) == ("Ã©", "on", "https")
        assert "HTTP_PROXY" not in found and found["own.key"] == "kept"
        assert found["DOCUMENT_ROOT"] == str(folder)
    assert "'wsgi.url_scheme': 'http'" in app.get("/environment").text


def test_the_user_is_the_one_that_the_phases_found(folder: Path) -> None:
    (folder / "who.py").write_text("def fixuphandler(req):\n    req.user = 'found'\n    return 0\n")
    text = served(folder, "PythonFixupHandler who\n").get("/environment", extra_environ={"REMOTE_USER": "front"}).text
    assert "'REMOTE_USER': 'found'" in text
    assert "REMOTE_USER" not in served(folder).get("/environment", extra_environ={"REMOTE_USER": "front"}).text


def test_the_limit_of_bodies_holds(folder: Path) -> None:
    app = served(folder, "LimitRequestBody 10\n")
    assert app.post("/reads_too_much", b"x" * 10).text == "read"
    app.post("/reads_too_much", b"x" * 11, status=413)


def test_text_of_headers_is_bytes(folder: Path) -> None:
    assert served(folder).get("/latin").headers["X-Own"] == "cafÃ©"


def test_below_a_mount(folder: Path) -> None:
    """The Application itself may be mounted: its own part of the path comes first."""
    app = served(folder)
    answer = app.get("/checks", extra_environ={"SCRIPT_NAME": "/mount"})
    assert answer.body == b"/mount|/checks||"


def test_an_application_in_a_location_looks_for_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = site(
        f"<Location /app>{HANDLER}PythonPath \"['{folder}'] + sys.path\"\n</Location>",
        root=folder,
    )
    app.get("/app/environment")
    monkeypatch.setattr("modpy_wsgi.app.walk_now", lambda req: pytest.fail("looked for a file"))
    assert "SCRIPT_FILENAME" not in app.get("/app/environment").text


def test_pieces_reach_the_client_as_they_come(folder: Path) -> None:
    req = request("/x", root=folder)
    seen: list[bytes] = []
    write = req.wsgi_start_response("200 OK", [("Content-Type", "text/plain")])
    write(b"first")
    seen.append(req.answer.body)
    req.write(b" second")
    seen.append(req.answer.body)
    assert seen == [b"first", b"first second"]
    with pytest.raises(ZeroDivisionError):  # too late for another head
        try:
            1 / 0  # noqa: B018
        except ZeroDivisionError as error:
            req.wsgi_start_response("500 No", [], (type(error), error, error.__traceback__))


REFUSED: dict[str, tuple[tuple[Any, ...], type[Exception]]] = {
    "status that is no text": ((b"200 OK", []), TypeError),
    "status without a number": (("OK", []), ValueError),
    "interim status": (("100 Continue", []), ValueError),
    "status of four digits": (("2000 OK", []), ValueError),
    "headers that are no list": (("200 OK", (("A", "b"),)), TypeError),
    "header that is no tuple": (("200 OK", [["A", "b"]]), TypeError),
    "header of three": (("200 OK", [("A", "b", "c")]), TypeError),
    "value that is no text": (("200 OK", [("A", 1)]), TypeError),
    "value beyond latin-1": (("200 OK", [("A", "€")]), ValueError),
    "line end": (("200 OK", [("A", "b\nC: d")]), Exception),
    "name with a line end": (("200 OK", [("A\n", "b")]), Exception),
    "length that is none": (("200 OK", [("Content-Length", "x")]), ValueError),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_sent_is_the_applications_error(name: str) -> None:
    arguments, kind = REFUSED[name]
    req = request("/x")
    req.headers_out["X-Before"] = "kept"
    with pytest.raises(kind):
        req.wsgi_start_response(*arguments)
    assert list(req.headers_out) == ["X-Before"]


def test_build_wsgi_env_for_a_handler_of_the_sites_own(folder: Path) -> None:
    (folder / "own.py").write_text(
        "from app import checks\n"
        "def handler(req):\n"
        "    for piece in checks(req.build_wsgi_env(), req.wsgi_start_response):\n"
        "        req.write(piece)\n"
        "    return 0\n"
    )
    app = site("SetHandler mod_python\nPythonHandler own\nPythonOption mod_python.wsgi.base_uri /base\n", root=folder)
    assert app.post("/base/x?q", b"sent").body == b"/base|/x|sent|q"
    app.get("/other", status=500)  # None is no environ


def test_the_application_is_loaded_again_when_it_changes(folder: Path) -> None:
    app = served(folder)
    text = "def application(environ, start_response):\n    start_response('200 OK', [])\n    return [b'{}']\n"
    for word in ("first", "second, longer"):
        (folder / "app.py").write_text(text.format(word))
        assert app.get("/x").text == word


def test_a_body_that_ends_early_is_an_error_of_reading(folder: Path) -> None:
    req = request("/x", method="POST", body=b"12345", environ={"CONTENT_LENGTH": "10"}, root=folder)
    environ = req.build_wsgi_env()
    assert environ is not None and not isinstance(environ["wsgi.input"], io.BytesIO)
    with pytest.raises(OSError, match="ended 5 bytes before"):
        environ["wsgi.input"].read()


def test_headers_that_a_phase_before_has_changed(folder: Path) -> None:
    (folder / "before.py").write_text(
        "def fixuphandler(req):\n"
        "    req.headers_in['X-Changed'] = 'now'\n"
        "    req.headers_in.add('Cookie', 'b=2')\n"
        "    del req.headers_in['X-Gone']\n"
        "    return 0\n"
    )
    sent = {"X-Changed": "before", "X-Gone": "x", "Cookie": "a=1", "Content-Type": "text/plain", "Proxy": "evil"}
    text = served(folder, "PythonFixupHandler before\n").get("/environment", headers=sent).text
    found: dict[str, Any] = eval(text)
    assert found["HTTP_X_CHANGED"] == "now" and found["HTTP_COOKIE"] == "a=1; b=2"
    assert found["CONTENT_TYPE"] == "text/plain" and found["HTTP_HOST"].startswith("localhost")
    assert "HTTP_X_GONE" not in found and "HTTP_PROXY" not in found
