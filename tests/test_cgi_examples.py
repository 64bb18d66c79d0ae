"""examples/cgi-bin: as programs, and the Python ones in this process."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from webtest import TestApp

from tests import example_sites

FOLDER = example_sites.EXAMPLES / "cgi-bin" / "programs"
WAYS = ["/cgi-bin", "/cgi-bin-fast"]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    application = example_sites.application(example_sites.copy(tmp_path_factory.mktemp("examples")))
    yield TestApp(application, extra_environ={"REMOTE_ADDR": "127.0.0.1"}, lint=False)
    application.close()


def test_hello(app: Any) -> None:
    answer = app.get("/cgi-bin/hello.sh")
    assert answer.content_type == "text/plain"
    assert answer.text.startswith("Hello from process ")


def test_environment(app: Any) -> None:
    answer = app.post("/cgi-bin/environment.sh/a/path?a=query", b"the body")
    lines = answer.text.splitlines()
    assert {"REQUEST_METHOD=POST", "PATH_INFO=/a/path", "QUERY_STRING=a=query", "CONTENT_LENGTH=8"} <= set(lines)
    assert lines[-1] == "the body"


@pytest.mark.parametrize("way", WAYS)
def test_form(app: Any, way: str) -> None:
    page = app.get(f"{way}/form.py")
    assert "Who are you?" in page.text
    form = page.form
    form["name"] = "<Ann>"
    form.set("likes", True, 0)
    answer = form.submit()
    assert "<h1>Hello, &lt;Ann&gt;</h1><p>You like tea.</p>" in answer.text
    again = page.form
    again["name"] = ""
    answer = again.submit()
    assert (answer.status_int, answer.headers["Location"]) == (303, f"{way}/form.py")


@pytest.mark.parametrize("way", WAYS)
def test_start(app: Any, way: str) -> None:
    assert "Who are you?" in app.get(f"{way}/start.py").text
    assert app.get(f"{way}/start.py?elsewhere").headers["Location"] == "https://www.python.org/"


def test_what_is_no_program(app: Any) -> None:
    """A module beside the programs is not run, and not sent."""
    for way in WAYS:
        answer = app.get(f"{way}/layout.py", status="*")
        assert answer.status_int == 500
        assert "def page" not in answer.text
    app.get("/cgi-bin/", status=403)


def test_programs_may_be_executed() -> None:
    for path in FOLDER.iterdir():
        if path.is_file():
            runs = path.read_text().startswith("#!")
            assert bool(stat.S_IMODE(path.stat().st_mode) & 0o111) == runs, path


def test_conf_is_apaches_too() -> None:
    """Nothing in it is of this project alone."""
    assert "modpy" not in Path(FOLDER.parent / "site.conf").read_text()
