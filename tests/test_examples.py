"""The manual's first sites: as examples/ holds them, and from the manual's own lines of configuration.

The guestbook and the manual's feedback form have tests of their own: test_guestbook, test_feedback, test_browser.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import webtest

from modpy_wsgi.testing import site
from tests import example_sites
from tests.example_sites import CHECKOUT, EXAMPLES

HTDOCS = EXAMPLES / "quickstart" / "htdocs"


def login(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.fixture(scope="module")
def quickstart() -> Iterator[webtest.TestApp]:
    application = example_sites.application(CHECKOUT)
    yield webtest.TestApp(application)
    application.close()


def test_index_page_and_its_links(quickstart: webtest.TestApp) -> None:
    page = quickstart.get("/quickstart/")
    assert page.content_type == "text/html"
    links = [link["href"] for link in page.html.find_all("a")]
    assert len(links) == 4
    for link in links:
        quickstart.get(f"/quickstart/{link}", headers=login("spam", "eggs")).mustcontain("Hello World!")


def test_the_first_page_leads_to_all_examples(tmp_path: Path) -> None:
    application = example_sites.application(example_sites.copy(tmp_path))
    app = webtest.TestApp(application)
    links = {link["href"] for link in app.get("/").html.footer.find_all("a")}
    told = re.findall(r"^\| <http://127\.0\.0\.1:8000(/[^>]+)>", (CHECKOUT / "docs" / "examples.md").read_text(), re.M)
    assert links == set(told) - {"/"}
    for link in links:
        assert app.get(link).content_type == "text/html"
    application.close()


ANSWERS: dict[str, tuple[str, dict[str, str], int, str]] = {
    # the manual's section: (path, request headers, status, Content-Type)
    "2.4": ("/test/mptest.py", {}, 200, "text/plain"),
    "3.3": ("/mywebdir/myscript.py", {}, 200, "text/plain"),
    "3.3, another name": ("/mywebdir/montypython.py", {}, 200, "text/plain"),
    "3.4 without a login": ("/restricted/myscript.py", {}, 401, "text/html"),
    "3.4 with the login": ("/restricted/myscript.py", login("spam", "eggs"), 200, "text/plain"),
    "3.4 with a wrong password": ("/restricted/myscript.py", login("spam", "ham"), 401, "text/html"),
    "3.4 with a wrong login": ("/restricted/myscript.py", login("ham", "eggs"), 401, "text/html"),
    "3.4 for what is no .py": ("/restricted/other.txt", {}, 401, "text/html"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_quickstart(quickstart: webtest.TestApp, name: str) -> None:
    path, headers, status, content_type = ANSWERS[name]
    answer = quickstart.get(f"/quickstart{path}", headers=headers, status=status)
    assert answer.content_type == content_type
    if status == 200:
        assert answer.text == "Hello World!"
    else:
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="Restricted Area"'


# The configurations of manual 2.4, 3.3 and 3.4; `site` puts them into the <Directory> that the manual shows.
MANUAL = {
    "test": """AddHandler python-program .py
PythonHandler mptest
PythonDebug On
""",
    "mywebdir": """   AddHandler python-program .py
   PythonHandler myscript
   PythonDebug On
""",
    "restricted": """   AddHandler python-program .py
   PythonHandler myscript
   PythonAuthenHandler myscript
   PythonDebug On
   AuthType Basic
   AuthName "Restricted Area"
   require valid-user
""",
}


@pytest.mark.parametrize("folder", MANUAL)
def test_manuals_own_lines(folder: str) -> None:
    app = site(MANUAL[folder], root=HTDOCS / folder)
    app.get("/anything.py", headers=login("spam", "eggs")).mustcontain("Hello World!")
    if folder == "restricted":
        app.get("/anything.py", status=401)


@pytest.mark.parametrize("folder", MANUAL)
def test_examples_hold_the_manuals_lines(folder: str) -> None:
    conf = (CHECKOUT / "examples" / "quickstart" / "site.conf").read_text()
    assert f"htdocs/{folder}>\n{MANUAL[folder]}</Directory>" in conf


@pytest.mark.parametrize("folder", MANUAL)
def test_in_htaccess(folder: str, tmp_path: Path) -> None:
    """Manual 2.4: the directives can appear in .htaccess as well."""
    for path in (HTDOCS / folder).glob("*.py"):
        (tmp_path / path.name).write_text(path.read_text())
    (tmp_path / ".htaccess").write_text(MANUAL[folder])
    app = site("AllowOverride All", root=tmp_path)
    app.get("/anything.py", headers=login("spam", "eggs")).mustcontain("Hello World!")
