"""examples/psp: the pages of the kitchen. In a browser: test_browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import webtest

from tests import example_sites


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webtest.TestApp]:
    application = example_sites.application(example_sites.copy(tmp_path_factory.mktemp("kitchen")))
    yield webtest.TestApp(application, lint=False)
    application.close()


def test_the_pages_and_their_links(app: webtest.TestApp) -> None:
    page = app.get("/kitchen/")
    assert page.headers["Content-Type"] == "text/html; charset=UTF-8"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    links = {link["href"] for link in page.html.find_all("a")}
    assert len(links) == 7
    for link in links:
        answer = app.get(link if link.startswith("/") else f"/kitchen/{link}")
        assert answer.html.find("h1").text
        assert "<%" not in answer.text


def amounts(page: webtest.TestResponse) -> list[str]:
    return [row.td.text.strip() for row in page.html.find("tbody").find_all("tr")]


def test_a_recipe_for_more_people(app: webtest.TestApp) -> None:
    page = app.get("/kitchen/recipe.psp?name=lentil-soup")
    assert amounts(page) == ["250 g", "1", "2", "1.2 l", "1 tsp"]
    page.form["people"] = "10"
    assert amounts(page.form.submit()) == ["625 g", "2.5", "5", "3 l", "2.5 tsp"]
    assert "cumin &amp; coriander" in page.text
    assert "Crème brûlée" in app.get("/kitchen/recipe.psp?name=creme-brulee").html.find("h1").text


@pytest.mark.parametrize("people", ["0", "51", "-1", "x", "1e1", "<b>", "9" * 30, "%00", "%C2%B2"])
def test_numbers_that_are_none(app: webtest.TestApp, people: str) -> None:
    page = app.get(f"/kitchen/recipe.psp?name=pancakes&people={people}", status=400)
    assert "from 1 to 50" in page.html.find(role="alert").text
    assert page.form["people"].value == people.replace("%00", "\0").replace("%C2%B2", "²")
    assert "<b>" not in page.text


@pytest.mark.parametrize("query", ["", "?name=", "?name=nothing", "?name=../menu", "?name=pancakes%00"])
def test_recipes_that_are_not_there(app: webtest.TestApp, query: str) -> None:
    app.get(f"/kitchen/recipe.psp{query}", status=404)


CONVERTED = {
    ("100", "g to oz"): "100 g are 3.5 oz.",
    ("2,5", "cups to ml"): "2.5 cups are 591.5 ml.",
    ("180", "°C to °F"): "180 °C are 356 °F.",
    ("-40", "°F to °C"): "-40 °F are -40 °C.",
}


@pytest.mark.parametrize(("amount", "units"), CONVERTED)
def test_units(app: webtest.TestApp, amount: str, units: str) -> None:
    page = app.get("/kitchen/convert.psp")
    assert page.html.find(role="status") is None
    page.form["amount"], page.form["units"] = amount, units
    answer = page.form.submit()
    assert answer.html.find(role="status").text == CONVERTED[amount, units]
    assert answer.form["amount"].value == amount and answer.form["units"].value == units


WRONG = [
    ("", "g to oz"),
    ("much", "g to oz"),
    ("nan", "g to oz"),
    ("1e99", "g to oz"),
    ("<i>", "g to oz"),
    ("1", "x to y"),
]


@pytest.mark.parametrize(("amount", "units"), WRONG)
def test_what_cannot_be_converted(app: webtest.TestApp, amount: str, units: str) -> None:
    page = app.post("/kitchen/convert.psp", {"amount": amount, "units": units}, status=400)
    assert page.html.find(role="alert").text.startswith("Please ")
    assert page.form["amount"].value == amount and "<i>" not in page.text


def test_redirect_and_error_page(app: webtest.TestApp, capsys: pytest.CaptureFixture[str]) -> None:
    page = app.get("/kitchen/convert.psp")
    assert page.form.submit("clear", status=302).headers["Location"].endswith("convert.psp")
    broken = app.post("/kitchen/convert.psp", b"x", headers={"Content-Type": "text/plain"}, status="*")
    assert broken.status_int in (500, 501)


CLOSED = {
    "head.inc": 403,
    "templates/week.psp": 403,
    "lib/kitchen.py": 404,
    "menu.py/RECIPES/append": 403,
    "menu.py/psp": 403,
}


@pytest.mark.parametrize("path", CLOSED)
def test_closed(app: webtest.TestApp, path: str) -> None:
    app.get(f"/kitchen/{path}", status=CLOSED[path])


def test_the_source_is_not_shown(app: webtest.TestApp) -> None:
    app.get("/kitchen/index.psp_", status=404)
    assert "def week" not in app.get("/kitchen/menu.py/week").text


def test_the_template_by_the_publisher(app: webtest.TestApp) -> None:
    page = app.get("/kitchen/menu.py/week")
    assert page.html.find("tbody").tr.th.text == "Monday"
    assert page.html.find("a", attrs={"aria-current": True}).text == "This week"


def test_pages_of_the_checkout_are_what_is_copied() -> None:
    assert (Path(example_sites.EXAMPLES) / "psp" / "site.conf").exists()


@pytest.fixture
def visitor(app: webtest.TestApp) -> webtest.TestApp:
    """A browser of its own."""
    return webtest.TestApp(app.app, lint=False)


def log_in(visitor: webtest.TestApp, name: str = "anna", password: str = "nutmeg", status: int = 302) -> Any:
    form = visitor.get("/kitchen/book.psp").form
    form["name"] = name
    form["password"] = password
    return form.submit(status=status)


def test_a_cook_has_a_book(visitor: webtest.TestApp) -> None:
    page = log_in(visitor, " Anna").follow()
    assert "the book of anna" in page.text
    page.forms[0]["note"] = "<b>less salt</b>"
    page = page.forms[0].submit().follow()
    page.forms[0]["note"] = "more pepper"
    page = page.forms[0].submit().follow()
    assert [note.text for note in page.html.find(class_="cards").find_all("li")] == ["more pepper", "<b>less salt</b>"]
    page = page.forms[1].submit().follow()
    assert "Open the book" in page.text
    assert "less salt" not in visitor.get("/kitchen/book.psp").text


@pytest.mark.parametrize(("name", "password"), [("anna", "mace"), ("berta", "nutmeg"), ("", ""), ("anna", "")])
def test_others_have_none(visitor: webtest.TestApp, name: str, password: str) -> None:
    page = log_in(visitor, name, password, status=403)
    assert "no cook" in page.html.find(role="alert").text
    assert "the book of" not in visitor.get("/kitchen/book.psp").text


def test_a_login_gets_a_new_session(visitor: webtest.TestApp) -> None:
    visitor.get("/kitchen/book.psp")
    planted = visitor.cookies["kitchen"]
    answer = log_in(visitor)
    assert visitor.cookies["kitchen"] != planted
    last = answer.headers.getall("Set-Cookie")[-1]
    assert last.startswith("kitchen=")
    assert last.endswith("; path=/kitchen/; samesite=Lax; httponly")
    other = webtest.TestApp(visitor.app, lint=False)
    other.set_cookie("kitchen", planted)
    assert "the book of" not in other.get("/kitchen/book.psp").text


@pytest.mark.parametrize("token", ["", "0" * 32, "\u00e9"])
def test_forms_of_other_sites_are_refused(visitor: webtest.TestApp, token: str) -> None:
    log_in(visitor)
    visitor.post("/kitchen/book.psp", {"todo": "note", "note": "x", "token": token}, status=403)
    webtest.TestApp(visitor.app, lint=False).post("/kitchen/book.psp", {"todo": "in", "token": token}, status=403)
    assert visitor.get("/kitchen/book.psp").html.find(class_="cards").find("li") is None


def test_sessions_of_the_kitchen_are_no_files_of_the_site(visitor: webtest.TestApp) -> None:
    log_in(visitor)
    for path in ("data", "data/modpy_sess/key", "../data/modpy_sess/key", "%2e%2e/data/modpy_sess/key"):
        visitor.get(f"/kitchen/{path}", status=[400, 403, 404])
