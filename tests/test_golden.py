"""Our answers against those of Apache with mod_python, recorded in tests/golden (`make oracle` records them anew)."""

import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # `tests.oracle`, as on the command line

from tests.oracle import golden, inprocess
from tests.oracle.answer import Blur, differences, read_response, record, titles
from tests.oracle.cases import load, subjects
from tests.oracle.request import ANY, Request, get, head, post, request

CASES = {f"{subject}/{case.name}": (subject, case) for subject in subjects() for case in load(subject)}


@cache
def recorded(subject: str) -> dict[str, Any]:
    """The golden file of a subject, read once."""
    return golden.read(subject)


def refused(name: str) -> bool:
    """Whether Apache does not start with the configuration of a case."""
    subject, case = CASES[name]
    return "refused" in recorded(subject).get(case.name, ())


ASKED = [
    pytest.param(name, index, id=f"{name}: {title}")
    for name, (_, case) in CASES.items()
    if (case.starts is None or case.starts[0]) and not refused(name)
    for index, title in enumerate(titles(case.requests))
]


@cache
def answered(name: str) -> tuple[Exception | None, list[dict[str, Any] | Exception]]:
    """All of our answers of one case, in the order asked, or the error that kept it from starting."""
    case = CASES[name][1]
    root = Path(tempfile.mkdtemp(prefix="oracle-", dir="/tmp" if Path("/tmp").is_dir() else None))
    answers: list[dict[str, Any] | Exception] = []
    try:
        with inprocess.serve(case.site, root, as_nobody=case.as_nobody) as served:
            blur = Blur(root, served.port)
            for asked in case.requests:
                try:
                    answers.append(record(served.ask(asked), asked, blur))
                except Exception as error:  # shown by the one test that it belongs to
                    answers.append(error)
    except Exception as error:
        return error, answers
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return None, answers


def entry(name: str) -> dict[str, Any]:
    """The golden entry of a case, which must have been recorded with the case as it now stands."""
    subject, case = CASES[name]
    found: dict[str, Any] | None = recorded(subject).get(case.name)
    assert found is not None, "not recorded yet: run `make oracle`"
    assert found["site"] == golden.digest(case), "the case has changed since it was recorded: run `make oracle`"
    return found


@pytest.mark.parametrize("name", CASES)
def test_configuration_is_accepted_or_refused_as_apache_does(name: str) -> None:
    case = CASES[name][1]
    accepted = case.starts[0] if case.starts else "refused" not in entry(name)
    error, _ = answered(name)
    if accepted:
        assert error is None, f"{type(error).__name__}: {error}"
    else:
        from modpy_wsgi.errors import ConfigError

        assert isinstance(error, ConfigError), f"should be refused: {entry(name).get('refused')}, got {error!r}"


@pytest.mark.parametrize(("name", "index"), ASKED)
def test_answer_is_apaches(name: str, index: int) -> None:
    case = CASES[name][1]
    title, asked = titles(case.requests)[index], case.requests[index]
    error, answers = answered(name)
    if error is not None:
        pytest.fail(f"the site does not start: {error}")
    ours = answers[index]
    if isinstance(ours, Exception):
        raise ours
    lines = differences(entry(name)["answers"].get(title), ours, asked)
    if lines:
        pytest.fail("\n".join(lines), pytrace=False)


# The judge is judged: its caller by gunicorn's own parser, its comparison by answers made up for it.


def gunicorns_environ(raw: bytes) -> dict[str, Any]:
    """What gunicorn makes of the same bytes."""
    from gunicorn.config import Config
    from gunicorn.http.parser import RequestParser
    from gunicorn.http.wsgi import create

    config = Config()
    parsed = next(RequestParser(config, iter([raw]), inprocess.CLIENT))
    _, environ = create(parsed, None, inprocess.CLIENT, ("127.0.0.1", inprocess.PORT), config)
    return dict(environ)


@pytest.mark.parametrize(
    "asked",
    [
        get("/a%20b/c?x=1&y=%41"),
        get("//double//slash"),
        get("/%2e%2e/%00/%ff"),
        get("http://other.test:81/path?q"),
        get("/", {"X-One": "1", "x-two": "2"}),
        get("/", (("X-Same", "1"), ("X-Same", "2"))),
        head("/"),
        post("/", b"abc", {"Content-Type": "text/plain"}),
        get("/", protocol="HTTP/1.0", host=None),
        request("OPTIONS", "/"),
    ],
    ids=lambda asked: asked.label,
)
def test_caller_builds_gunicorns_environ(asked: Request) -> None:
    import io

    ours = inprocess.environ(asked, io.StringIO())
    theirs = gunicorns_environ(asked.wire(inprocess.PORT))
    keys = {key for key in theirs if key.isupper()} - {"SERVER_SOFTWARE"}
    assert {key: ours.get(key) for key in keys} == {key: theirs[key] for key in keys}
    assert ours.keys() - {key for key in ours if "." in key} == keys | {"SERVER_SOFTWARE"}
    assert "REQUEST_URI" not in ours


PAGE = {"status": ("500 x", "why"), "body": ("yes", "why")}
ANSWER = {"status": "200 OK", "headers": ["Content-Length: 2", "X-A: 1", "X-A: 2"], "framing": "length", "body": "ab"}
DIFFERENCES = {
    "equal": ({}, {}, []),
    "another status": ({"status": "404 Not Found"}, {}, ["status"]),
    "another body": ({"body": ["a\n", "b"]}, {}, ["body"]),
    "a header is missing": ({"headers": ["Content-Length: 2"]}, {}, ["header:x-a"]),
    "one of two is missing": ({"headers": ["Content-Length: 2", "X-A: 1"]}, {}, ["header:x-a"]),
    "their order": ({"headers": ["Content-Length: 2", "X-A: 2", "X-A: 1"]}, {}, ["header:x-a"]),
    "case of a name": ({"headers": ["content-length: 2", "x-a: 1", "x-a: 2"]}, {}, []),
    "one too many": ({"headers": [*ANSWER["headers"], "X-B: 1"]}, {}, ["header:x-b"]),
    "framing": ({"framing": "chunked"}, {}, ["framing"]),
    "meant": ({"body": "xy"}, {"body": ("xy", "why")}, []),
    "meant, but not done": ({}, {"body": ("xy", "why")}, ["body"]),
    "meant to be anything": ({"body": "z"}, {"body": (ANY, "why")}, []),
    "meant to be absent": ({"headers": ["Content-Length: 2"]}, {"header:X-A": (None, "why")}, []),
    "meant to be absent, but there": ({}, {"header:X-A": (None, "why")}, ["header:x-a"]),
    "another page": ({"status": "500 x", "headers": [], "body": "no"}, {"status": ("500 x", "why")}, []),
    "another page with a body": ({"status": "500 x", "body": "no"}, PAGE, ["body"]),
    "log": ({"log": {"PythonHandler": False}}, {"log:PythonHandler": (True, "why")}, ["log:PythonHandler"]),
}


@pytest.mark.parametrize(("change", "differs", "wanted"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_comparison_finds(change: dict[str, Any], differs: Any, wanted: list[str]) -> None:
    found = differences(ANSWER, {**ANSWER, **change}, get("/", differs=differs))
    assert [line.split(": wanted")[0] for line in found] == wanted


INTERIM = b"HTTP/1.1 100 Continue\r\n\r\n"
CHUNKS = b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n"
RESPONSES = {
    "length": (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", ("200 OK", "length", b"ab")),
    "chunked": (b"HTTP/1.1 200 OK\r\n" + CHUNKS, ("200 OK", "chunked", b"ab")),
    "until the end": (b"HTTP/1.0 200 OK\r\n\r\nab", ("200 OK", "close", b"ab")),
    "after an interim one": (INTERIM + b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ("200 OK", "length", b"")),
    "nothing": (b"", ("no answer", "none", b"")),
    "no body": (b"HTTP/1.1 304 Not Modified\r\n\r\n", ("304 Not Modified", "none", b"")),
}


@pytest.mark.parametrize(("raw", "wanted"), RESPONSES.values(), ids=RESPONSES)
def test_response_is_read(raw: bytes, wanted: tuple[str, str, bytes]) -> None:
    answer = read_response(raw, "GET")
    assert (answer.status, answer.framing, answer.body) == wanted


def hello(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """A small application that uses write() and the iterable."""
    write = start_response("200 OK", [("X-Path", environ["PATH_INFO"])])
    write(b"1" + environ["wsgi.input"].read())
    return [b"2"]


def test_caller_collects_write_and_iterable() -> None:
    answer, errors = inprocess.call(hello, post("/p%C3%A9", b"abc"))
    assert (answer.status, answer.headers, answer.framing) == ("200 OK", [("X-Path", "/pÃ©")], "chunked")
    assert (answer.body, errors) == (b"1abc2", "")


def test_every_case_is_recorded() -> None:
    for subject in subjects():
        names = {case.name for case in load(subject)}
        assert names == set(recorded(subject)), subject
