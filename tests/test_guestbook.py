"""examples/guestbook: what it takes, what it refuses, and what it shows of it. In a browser: test_browser."""

from __future__ import annotations

import contextlib
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import webtest

from tests import example_sites
from tests.example_sites import CHECKOUT

GIF = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
MOST = 2 * 1024 * 1024  # bytes of a picture


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return example_sites.copy(tmp_path)


@pytest.fixture
def app(place: Path) -> Iterator[webtest.TestApp]:
    application = example_sites.application(place)
    yield webtest.TestApp(application, lint=False)
    application.close()


def token(app: webtest.TestApp) -> str:
    """What the form brings along, of this visitor."""
    value: str = app.get("/").form["token"].value
    return value


def sign(app: webtest.TestApp, fields: Any = (), files: Any = (), status: int = 302) -> Any:
    """Send the form with these fields, and what is needed where they say nothing of it."""
    given = list(fields.items() if isinstance(fields, dict) else fields)
    names = {name for name, _ in given} | {file[0] for file in files}
    for name, value in (("token", token(app)), ("name", "Anna"), ("message", "Hello")):
        if name not in names:
            given.append((name, value))
    return app.post("/index.py/sign", given, upload_files=list(files), status=status)


def entries(page: Any) -> list[tuple[str, str]]:
    """(name, message) of the entries of a page."""
    return [(each.h3.text, each.find(class_="message").text) for each in page.html.find_all("article")]


def rows(place: Path, question: str) -> list[Any]:
    with contextlib.closing(sqlite3.connect(place / "examples" / "guestbook" / "data" / "guestbook.db")) as db:
        return db.execute(question).fetchall()


def test_signing(app: webtest.TestApp) -> None:
    page = app.get("/")
    assert page.content_type == "text/html" and page.charset == "UTF-8"
    assert page.html.find(id="entries-title").text == "No entries yet"
    page.form["name"] = "Anna"
    page.form["message"] = "Hello"
    answer = page.form.submit()
    assert (answer.status_int, answer.headers["Location"]) == (302, "/?signed=1#entries")
    page = answer.follow()
    assert page.html.find(role="status").text == "Thank you! Here is your entry."
    assert page.html.find(id="entries-title").text == "One entry"
    assert entries(page) == [("Anna", "Hello")]


KEPT: dict[str, tuple[str, str, tuple[str, str]]] = {
    # what is sent as name and as message, and what is shown
    "letters of all kinds": (
        "Зоя 山田 🎈",
        "Grüße\u00a0\u05e9\u05dc\u05d5\u05dd 👩\u200d👧",
        ("Зоя 山田 🎈", "Grüße\u00a0\u05e9\u05dc\u05d5\u05dd 👩\u200d👧"),
    ),
    "markup": ("<script>", "</p>&amp;\"'<img src=x>", ("<script>", "</p>&amp;\"'<img src=x>")),
    "percents": ("100%s %(name)s", "%d %", ("100%s %(name)s", "%d %")),
    "SQL": ("'; DROP TABLE entries; --", "')", ("'; DROP TABLE entries; --", "')")),
    "lines": (" A\r\n B\t", "\r\n one\r\ntwo\rthree \n", ("A B", "one\ntwo\nthree")),
    "control characters": ("A\0\x1bB\x7f", "a\x08b\x9bc", ("AB", "abc")),
    "turned letters": ("\u202eanna", "\u2066x\u2069", ("anna", "x")),
    "as long as may be": ("n" * 60, "m" * 2000, ("n" * 60, "m" * 2000)),
}


@pytest.mark.parametrize("case", KEPT)
def test_what_is_kept(app: webtest.TestApp, case: str) -> None:
    name, message, shown = KEPT[case]
    sign(app, {"name": name, "message": message})
    page = app.get("/")
    assert entries(page) == [shown]
    assert len(page.html.find_all("script")) == 0


def test_bytes_that_are_no_utf8(app: webtest.TestApp) -> None:
    body = b"token=%s&name=A%%ff&message=%%c3%%28b" % token(app).encode()
    app.post("/index.py/sign", body, status=302)
    assert entries(app.get("/")) == [("A", "(b")]


REFUSED: dict[str, tuple[list[tuple[str, str]], dict[str, str]]] = {
    # fields, and what is said of which
    "no name": ([("name", "")], {"name": "Please tell your name."}),
    "blanks": ([("name", " \r\n\t")], {"name": "Please tell your name."}),
    "nothing that shows": ([("name", "\0\x1b"), ("message", "\u202e")], {"name": "Please", "message": "Please"}),
    "no message": ([("message", "")], {"message": "Please write a few words."}),
    "long name": ([("name", "n" * 61)], {"name": "A name may have 60 letters, this one has 61."}),
    "long message": ([("message", "m" * 2001)], {"message": "A message may have 2000 letters, this one has 2001."}),
    "the first counts": ([("name", ""), ("name", "Anna")], {"name": "Please tell your name."}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(app: webtest.TestApp, case: str) -> None:
    fields, said = REFUSED[case]
    page = sign(app, fields, status=400)
    alert = page.html.find(role="alert")
    assert [link["href"] for link in alert.find_all("a")] == [f"#{field}" for field in said]
    for field, text in said.items():
        point = alert.find(id=f"{field}-wrong")
        assert text in point.text
        assert page.html.find(id=field)["aria-invalid"] == "true"
        assert f"{field}-wrong" in page.html.find(id=field)["aria-describedby"].split()
    assert entries(page) == []


def test_what_was_typed_is_kept(app: webtest.TestApp) -> None:
    page = sign(app, {"name": '"><b>Anna', "message": "\n\n</textarea><b>" + "m" * 2001}, status=400)
    assert page.form["name"].value == '"><b>Anna'
    assert page.form["message"].value == "</textarea><b>" + "m" * 2001


def test_without_any_field(app: webtest.TestApp) -> None:
    page = app.post("/index.py/sign", "", status=403)
    assert len(page.html.find(role="alert").find_all("li")) == 3


def test_a_file_is_no_text_and_text_no_picture(app: webtest.TestApp) -> None:
    sign(app, files=[("name", "name.txt", b"Anna")], status=400)
    sign(app, {"picture": "GIF89a"})
    assert app.get("/").html.find("img") is None


# ---- pictures

PICTURES: dict[str, tuple[str, bytes, str | None]] = {
    # file name, content, the type that it is shown as (None: refused)
    "PNG": ("a.png", b"\x89PNG\r\n\x1a\n...", "image/png"),
    "JPEG": ("a.jpg", b"\xff\xd8\xff\xe0...", "image/jpeg"),
    "GIF": ("a.gif", GIF, "image/gif"),
    "WebP": ("a.webp", b"RIFF\n\n\n\nWEBPVP8 ", "image/webp"),
    "a name that lies": ("page.html", GIF, "image/gif"),
    "a picture that is a page as well": ("a.gif", b"GIF89a/*<html><script>alert(1)</script>*/", "image/gif"),
    "a path": ("../../htdocs/index.py", GIF, "image/gif"),
    "SVG": ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', None),
    "a page": ("a.png", b"<html><script>alert(1)</script></html>", None),
    "RIFF of another kind": ("a.webp", b"RIFF\0\0\0\0WAVEfmt ", None),
    "a picture further on": ("a.gif", b"\n" + GIF, None),
    "as large as may be": ("a.gif", GIF.ljust(MOST, b"\0"), "image/gif"),
    "one byte more": ("a.gif", GIF.ljust(MOST + 1, b"\0"), None),
}


@pytest.mark.parametrize("case", PICTURES)
def test_pictures(app: webtest.TestApp, place: Path, case: str) -> None:
    filename, content, kind = PICTURES[case]
    before = sorted(path for path in place.rglob("*") if "data" not in path.parts)
    answer = sign(app, files=[("picture", filename, content)], status=302 if kind else 400)
    assert sorted(path for path in place.rglob("*") if "data" not in path.parts) == before
    if kind is None:
        assert [each["id"] for each in answer.html.find(role="alert").find_all("li")] == ["picture-wrong"]
        assert rows(place, "SELECT count(*) FROM entries") == [(0,)]
        return
    image = app.get("/").html.find("img")
    shown = app.get(image["src"])
    assert shown.body == content
    assert shown.headers["Content-Type"] == kind
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert "sandbox" in shown.headers["Content-Security-Policy"].split("; ")
    assert shown.headers["Content-Disposition"].startswith('inline; filename="picture-1.')
    assert app.head(image["src"]).headers["Content-Length"] == str(len(content))


def test_no_picture_chosen(app: webtest.TestApp) -> None:
    """A browser sends a file without a name, and with nothing in it."""
    sign(app, files=[("picture", "", b"")])
    assert app.get("/").html.find("img") is None


NO_PICTURE = (
    "",
    "?id=",
    "?id=2",
    "?id=0",
    "?id=-1",
    "?id=1x",
    "?id=%00",
    "?id=1&id=2x&id=",
    "?id=99999999999",
    "?id=3",
)


@pytest.mark.parametrize("query", NO_PICTURE)
def test_pictures_that_are_not_there(app: webtest.TestApp, query: str) -> None:
    sign(app)
    sign(app)
    app.get(f"/index.py/picture{query}", status=404)


def test_two_pictures_and_too_much(app: webtest.TestApp) -> None:
    sign(app, files=[("picture", "a.gif", GIF), ("picture", "b.gif", GIF)], status=413)
    sign(app, files=[("picture", "a.gif", GIF.ljust(16 * 1024 * 1024, b"\0"))], status=413)
    sign(app, [(f"more{number}", "x") for number in range(20)], status=413)
    assert entries(app.get("/")) == []


# ---- who may


STRANGE = ("", "0" * 32, "x", "é", "\0")


@pytest.mark.parametrize("sent", STRANGE)
def test_a_form_that_is_not_from_here(app: webtest.TestApp, sent: str) -> None:
    page = sign(app, {"token": sent}, status=403)
    assert "This form is too old" in page.html.find(role="alert").text
    assert entries(page) == []
    page.form.submit(status=302)  # what was typed is still there, and the token is right now


def test_the_token_of_another_visitor(app: webtest.TestApp, place: Path) -> None:
    other = webtest.TestApp(app.app, lint=False)
    sign(app, {"token": token(other)}, status=403)


def test_without_cookies(app: webtest.TestApp) -> None:
    known = token(app)
    app.reset()
    page = app.post("/index.py/sign", {"token": known, "name": "A", "message": "B"}, status=403)
    assert page.form["token"].value != known


def test_the_cookie(app: webtest.TestApp) -> None:
    (cookie,) = app.get("/").headers.getall("Set-Cookie")
    assert re.fullmatch(r"guestbook=[0-9a-f]{32}; Path=/; HttpOnly; SameSite=Lax", cookie)
    assert app.get("/").headers.getall("Set-Cookie") == []
    app.reset()
    assert len(app.get("/", headers={"Cookie": "guestbook=guessed"}).headers.getall("Set-Cookie")) == 1


def test_only_post_signs(app: webtest.TestApp) -> None:
    known = token(app)
    answer = app.get(f"/index.py/sign?name=A&message=B&token={known}", status=405)
    assert "POST" in answer.headers["Allow"].split(",")
    assert "GET" not in answer.headers["Allow"].split(",")
    assert entries(app.get("/")) == []


HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


@pytest.mark.parametrize("path", ["/", "/index.py", "/index.py/index", "/?signed=1"])
def test_headers(app: webtest.TestApp, path: str) -> None:
    page = app.get(path)
    assert {name: page.headers[name] for name in HEADERS} == HEADERS
    assert page.html.find("form")["action"] == "/index.py/sign"
    assert page.html.find("link", rel="stylesheet")["href"] == "/style.css"


CLOSED = {
    "/index.py/_page": 403,
    "/index.py/_database": 403,
    "/index.py/_NAME_MOST": 403,
    "/index.py/os": 403,
    "/index.py/sqlite3/connect": 403,
    "/index.py/util/redirect": 403,
    "/index.py/apache/server": 403,
    "/index.py/sign/__globals__": 403,
    "/guestbook.db": 404,
    "/data/guestbook.db": 404,
    "/../data/guestbook.db": 400,
    "/site.conf": 404,
}


@pytest.mark.parametrize("path", CLOSED)
def test_closed(app: webtest.TestApp, path: str) -> None:
    app.get("/")
    app.get(path, status=CLOSED[path])


def test_the_source_is_not_shown(app: webtest.TestApp) -> None:
    assert "import" not in app.get("/index.py").text


# ---- what is kept


def test_the_database_is_made_at_the_first_visit(app: webtest.TestApp, place: Path) -> None:
    data = place / "examples" / "guestbook" / "data"
    assert not data.exists()
    app.get("/")
    assert data.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in data.iterdir()] == ["guestbook.db"]


def test_git_does_not_see_it() -> None:
    if not (CHECKOUT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("no checkout of git")
    for name in ("guestbook", "feedback"):
        done = subprocess.run(["git", "check-ignore", f"examples/{name}/data/x"], cwd=CHECKOUT, check=False)
        assert done.returncode == 0


def fill(place: Path, number: int) -> None:
    with contextlib.closing(sqlite3.connect(place / "examples" / "guestbook" / "data" / "guestbook.db")) as db, db:
        db.executemany(
            "INSERT INTO entries (written, name, message) VALUES (0, ?, 'x')",
            [(f"n{i}",) for i in range(1, number + 1)],
        )


def test_pages(app: webtest.TestApp, place: Path) -> None:
    app.get("/")
    fill(place, 45)
    names = []
    page = app.get("/")
    assert page.html.find("a", rel="prev") is None
    for number in (1, 2, 3):
        names += [name for name, _ in entries(page)]
        link = page.html.find("a", rel="next")
        assert (link is None) == (number == 3)
        if link is not None:
            page = app.get(link["href"])
            assert app.get(page.html.find("a", rel="prev")["href"]).status_int == 200
    assert names == [f"n{i}" for i in range(45, 0, -1)]
    assert page.html.find(id="entries-title").text == "45 entries"


@pytest.mark.parametrize("page", ["4", "0", "-1", "x", "", "1.0", "%FF", "1%0a", "9999999999"])
def test_pages_that_are_not_there(app: webtest.TestApp, place: Path, page: str) -> None:
    app.get("/")
    fill(place, 45)
    app.get(f"/?page={page}", status=404)


def test_the_oldest_make_room(app: webtest.TestApp, place: Path) -> None:
    app.get("/")
    fill(place, 501)
    sign(app)
    assert rows(place, "SELECT count(*), min(id), max(id) FROM entries") == [(500, 3, 502)]


def test_many_at_once(place: Path) -> None:
    """Two processes of eight threads, from the first request on, which makes the database."""
    known = "0123456789abcdef" * 2
    headers = {"Cookie": f"guestbook={known}", "Content-Type": "application/x-www-form-urlencoded"}

    with example_sites.serving(place, "--workers", "2", "--threads", "8") as server:

        def post(number: int) -> int:
            body = f"token={known}&name=n{number}&message=x".encode()
            return server.request("POST", "/index.py/sign", body, headers)[0]

        with ThreadPoolExecutor(16) as pool:
            assert set(pool.map(post, range(80))) == {302}
        assert b"80 entries" in server.get("/")
    assert sorted(rows(place, "SELECT name FROM entries")) == sorted((f"n{i}",) for i in range(80))
