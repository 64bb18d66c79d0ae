"""The handler mod_python.testhandler: what it shows, and what it keeps back."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from modpy_wsgi.handlers.masking import masked_directive, masked_url, masked_value
from modpy_wsgi.testing import site

CONFIG = """
SetHandler mod_python
PythonHandler mod_python.testhandler
PythonOption plain shown<b>
PythonOption secret_key hunter2
PythonOption database "postgres://me:hunter2@db/site"
SetEnv DB_PASSWORD hunter2
SetEnv SITE here
"""


def rows(page: str, title: str) -> dict[str, str]:
    """The table below a heading."""
    from bs4 import BeautifulSoup

    document = BeautifulSoup(page, "html.parser")
    section = next(each for each in document.find_all("section") if each.find("h2").text == title)
    return {row.find("th").text: row.find("td").text for row in section.find_all("tr")}


def test_what_it_shows(tmp_path: Path) -> None:
    app = site(CONFIG, root=tmp_path)
    answer = app.get("/any/path?a=1", headers={"X-Odd": "<script>Ã©</script>"})
    page = answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<script>" not in page
    assert rows(page, "Request")["the_request"] == "GET /any/path?a=1 HTTP/1.0"
    assert rows(page, "Request")["phase"] == "PythonHandler"
    assert rows(page, "Request headers")["X-Odd"] == "<script>é</script>"
    assert rows(page, "Environment of the request")["SITE"] == "here"
    assert rows(page, "Options")["plain"] == "shown<b>"
    assert rows(page, "General")["Document root"] == str(tmp_path)
    assert rows(page, "General")["mod_python.psp"] == "there"
    assert rows(page, "Server")["server_hostname"]
    assert "PythonHandler mod_python.testhandler" in answer.html.find("pre").text
    links = [link["href"] for link in answer.html.find("nav").find_all("a")]
    assert all(answer.html.find(id=link[1:]) is not None for link in links)
    assert "view_log" not in page


def test_what_it_keeps_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANY_NAME", "hunter2")
    headers = {
        "Authorization": "Basic aHVudGVyMjpodW50ZXIy",
        "Cookie": "pysid=hunter2",
        "X-Api-Key": "hunter2",
        "Referer": "http://x.test/?password=hunter2&b=2",
    }
    page = site(CONFIG, root=tmp_path).get("/?token=hunter2&b=2", headers=headers).text
    assert "hunter2" not in page and "aHVud" not in page
    assert page.count("[hidden, 7 characters]") > 5
    assert rows(page, "Request")["args"] == "token=[hidden, 7 characters]&b=2"
    assert rows(page, "Options")["database"] == "postgres://[hidden]@db/site"


def test_lines_of_the_log_only_under_debug(tmp_path: Path) -> None:
    log = tmp_path / "error.log"
    log.write_bytes(b"".join(b"line %d \xe9<\n" % number for number in range(300)))
    for debug in (False, True):
        conf = f"ErrorLog {log}\n{CONFIG}" + ("PythonDebug On" if debug else "")
        app = site(conf, root=tmp_path)
        assert ("?view_log=1" in app.get("/").text) is debug
        answer = app.get("/?view_log=1")
        if debug:
            assert answer.headers["Content-Type"] == "text/plain; charset=UTF-8"
            lines = answer.body.splitlines()
            assert len(lines) == 100 and lines[-1] == b"line 299 \xe9<"
        else:
            assert b"line 299" not in answer.body
        app.app.close()


@pytest.mark.skipif(shutil.which("tidy") is None, reason="no tidy here")
def test_it_is_valid_html(tmp_path: Path) -> None:
    page = site(CONFIG, root=tmp_path).get("/x?<&>", headers={"X-Odd": "'\"<&\x01"}).body
    done = subprocess.run(["tidy", "-q", "-e"], input=page, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


MASKED = {
    "Authorization": ("Basic abc", "[hidden, 9 characters]"),
    "Cookie": ("", ""),
    "Host": ("x.test", "x.test"),
    "AUTH_TYPE": ("Basic", "Basic"),
    "Referer": ("http://u:p@x.test/?sid=1&next=/a", "http://[hidden]@x.test/?sid=[hidden, 1 characters]&next=/a"),
}


@pytest.mark.parametrize("name", MASKED)
def test_values(name: str) -> None:
    value, wanted = MASKED[name]
    assert masked_value(name, value) == wanted


def test_urls() -> None:
    assert masked_url("GET /a?b=1;passwd=x HTTP/1.1") == "GET /a?b=1;passwd=[hidden, 1 characters] HTTP/1.1"
    assert masked_url("no url = at all") == "no url = at all"


CONNECTIONS = (
    "host=db password=hunter2 dbname=site",
    "host=db password='hunter2 and more'",
    "host = db password = hunter2",
    "host=db,password=hunter2",
    "Driver=x;PWD=hunter2",
    "redis://user:some@hunter2@db/0",
)


@pytest.mark.parametrize("text", CONNECTIONS)
def test_what_databases_are_opened_with(text: str) -> None:
    for quoted in (text, f'"{text}"'):
        assert "hunter2" not in masked_value("database", quoted)
        assert "hunter2" not in masked_directive("PythonOption", f"database {quoted}")


DIRECTIVES = {
    "PythonOption secret x y": "secret [hidden, 3 characters]",
    "PythonOption plain x": "plain x",
    "SetEnv DB_PASSWORD x": "DB_PASSWORD [hidden, 1 characters]",
    'RequestHeader set Authorization "Basic x"': "set Authorization [hidden, 9 characters]",
    'CustomLog "|/bin/log --token=x"': '"|/bin/log --token=[hidden, 1 characters]"',
    "RewriteRule ^/a /b [E=SECRET:x]": "^/a /b [E=[hidden, 9 characters]",
    "SetEnvIf Host a TOKEN=x": "Host a TOKEN=[hidden, 1 characters]",
    "AuthBasicFake user secret": "[hidden, 11 characters]",
    "AuthName Members": "Members",
    "PythonHandler secretary::handler": "secretary::handler",
    "DocumentRoot /srv/site": "/srv/site",
    "ProxyPass /a http://u:p@b/": "/a http://[hidden]@b/",
}


@pytest.mark.parametrize("line", DIRECTIVES)
def test_directives(line: str) -> None:
    name, _, arguments = line.partition(" ")
    assert masked_directive(name, arguments) == DIRECTIVES[line]


PROCESSING = {
    "one thread": ((False, False, None), "alone", "one"),
    "threads": ((True, False, None), "alone", "several"),
    "of numbers that nobody tells": ((True, True, None), "one of several", "several"),
    "our own server": ((True, True, (3, 5)), "one of 3", "5 in each process"),
}


@pytest.mark.parametrize("name", PROCESSING)
def test_processes_and_threads(tmp_path: Path, name: str) -> None:
    (multithread, multiprocess, sizes), processes, threads = PROCESSING[name]
    app = site(
        CONFIG, root=tmp_path, extra_environ={"wsgi.multithread": multithread, "wsgi.multiprocess": multiprocess}
    )
    app.app.sizes = sizes
    shown = rows(app.get("/").text, "General")
    assert shown["Process"] == f"{os.getpid()}, {processes}"
    assert shown["Threads"] == threads
