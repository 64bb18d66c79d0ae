"""The README's examples, taken from the README and run as they stand, with /srv replaced by a folder of the test."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import webtest

from tests.live_server import free_port, running

README = (Path(__file__).resolve().parents[1] / "README.md").read_text()
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(heading: str, language: str) -> list[str]:
    """The fenced blocks of a section."""
    section = re.split(rf"^## {re.escape(heading)}$", README, flags=re.MULTILINE)[1]
    section = re.split(r"^## ", section, flags=re.MULTILINE)[0]
    return [text for found, text in FENCED.findall(section) if found == language]


@pytest.fixture
def srv(tmp_path: Path) -> Path:
    """/srv with the files of the quick start and of the guarded application."""
    files = {
        "hello/httpd.conf": blocks("Quick start", "apache")[0],
        "hello/htdocs/hello.py": blocks("Quick start", "python")[0],
        "guarded/httpd.conf": blocks("In front of another application", "apache")[0],
        "guarded/lib/members.py": blocks("In front of another application", "python")[1],
    }
    (tmp_path / "guarded" / "htdocs").mkdir(parents=True)
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("/srv/", f"{tmp_path}/"))
    return tmp_path


@pytest.fixture(autouse=True)
def process_as_before() -> Iterator[None]:
    """Each example is written for a process of its own."""
    modules, path = set(sys.modules), list(sys.path)
    yield
    sys.path[:] = path
    for name in {"hello", "members"} - modules:
        sys.modules.pop(name, None)


def application(text: str, srv: Path) -> webtest.TestApp:
    names: dict[str, object] = {}
    exec(compile(text.replace("/srv/", f"{srv}/"), "README.md", "exec"), names)
    return webtest.TestApp(names["application"], extra_environ={"REMOTE_ADDR": "127.0.0.1"})


def test_it_opens_with_the_two_commands() -> None:
    first = FENCED.search(README)
    assert first is not None
    assert [line.split("#")[0].strip() for line in first[2].splitlines()] == ["make serve", "make test"]
    assert README.index("make serve") < 50


def test_quick_start(srv: Path) -> None:
    console = blocks("Quick start", "console")[0].splitlines()
    port = free_port()
    command = console[0].removeprefix("$ ").replace("/srv/", f"{srv}/").split()
    command[:1] = [sys.executable, "-m", "modpy_wsgi"]
    with running([*command, "--bind", f"127.0.0.1:{port}"], port, srv) as server:
        path = console[1].split("8000")[1]
        assert server.get(path).decode() == console[2] + "\n"


def test_library(srv: Path) -> None:
    directory, configuration = blocks("As a library", "python")
    assert application(directory, srv).get("/anything").text == "Hello, 127.0.0.1!\n"
    assert application(configuration, srv).get("/hello.py").text == "Good morning, 127.0.0.1!\n"


def test_in_front_of_another_application(srv: Path) -> None:
    app = application(blocks("In front of another application", "python")[0], srv)
    login = {"Authorization": "Basic " + base64.b64encode(b"spam:eggs").decode()}
    assert app.get("/some/page", headers=login).text == "for spam"
    app.get("/some/page", status=401)


def test_tests(srv: Path) -> None:
    (srv / "test_hello.py").write_text(
        blocks("Tests for a mod_python application", "python")[0].replace("/srv/", f"{srv}/")
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_hello.py"],
        cwd=srv,
        env={"PATH": "", "PYTHONPATH": f"{srv}/hello/htdocs:{Path(__file__).resolve().parents[1]}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
