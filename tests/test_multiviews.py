"""Options MultiViews and type maps: what is closed stays closed, names are escaped, every request has its limits."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from modpy_wsgi.accept import MAX_WISHES, read_wishes
from modpy_wsgi.httpd import multiviews, type_maps
from modpy_wsgi.testing import site

CONF = """
AddType text/html .html
AddType text/plain .txt
AddLanguage en .en
AddLanguage fr .fr
Options +MultiViews
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("page.html.en", "page.html.fr", "doc.html", "doc.txt"):
        (tmp_path / name).write_text(name)
    return tmp_path


def test_best_language(folder: Path) -> None:
    app = site(CONF, root=folder)
    answer = app.get("/page", headers={"Accept-Language": "fr, en;q=0.5"})
    assert (answer.text, answer.headers["Content-Location"]) == ("page.html.fr", "page.html.fr")
    assert answer.headers["ETag"].count('"') == 2
    assert ";" in answer.headers["ETag"]
    app.get("/page", headers={"If-None-Match": answer.headers["ETag"], "Accept-Language": "fr"}, status=304)


def test_without_the_option_nothing_is_looked_for(folder: Path) -> None:
    site(CONF.replace("Options +MultiViews", ""), root=folder).get("/page", status=404)


# Where a file is closed, no other name opens it.
CLOSED = {
    "by name": ('<Files "*.html.en">\nRequire all denied\n</Files>', {}),
    "by extension": ('<FilesMatch "\\.en$">\nRequire all denied\n</FilesMatch>', {}),
    "by URL": ('<Location "/page.html.en">\nRequire all denied\n</Location>', {}),
    "by .htaccess": ("AllowOverride All", {".htaccess": '<Files "page.html.en">\nRequire all denied\n</Files>\n'}),
    "by a handler of its own": (
        'PythonPath "[\'@@\'] + sys.path"\n<Files "*.en">\nPythonAccessHandler guard\n</Files>',
        {},
    ),
    "by its user": ('<Files "*.en">\nAuthType Basic\nAuthName x\nRequire valid-user\n</Files>', {}),
}
GUARD = """
from mod_python import apache

def accesshandler(req):
    return apache.HTTP_FORBIDDEN if req.filename.endswith(".en") else apache.OK
"""


@pytest.mark.parametrize("closed", CLOSED)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_closed_variant_is_none(folder: Path, closed: str, method: str) -> None:
    conf, files = CLOSED[closed]
    (folder / "guard.py").write_text(GUARD)
    for name, text in files.items():
        (folder / name).write_text(text)
    app = site(CONF + conf.replace("@@", str(folder)), root=folder)
    answer = app.request("/page", method=method, headers={"Accept-Language": "en"}, expect_errors=True)
    assert "page.html.en" not in answer.text + str(answer.headers)
    assert answer.status_int in (200, 406)


def test_variant_closed_to_get_is_closed_to_post(folder: Path) -> None:
    """httpd asks for the variants as for GET, whatever the request's method; both must be allowed."""
    for method in ("GET", "POST"):
        conf = f'<Files "doc.*">\n<Limit {method}>\nRequire all denied\n</Limit>\n</Files>'
        site(CONF + conf, root=folder).post("/doc", "x", status=404)


def test_closed_files_alone_are_not_found(folder: Path) -> None:
    app = site(CONF + '<Files "doc.*">\nRequire all denied\n</Files>', root=folder)
    assert "doc." not in app.get("/doc", status=404).text


@pytest.mark.parametrize("name", ['<script>alert("1")</script>'.replace("/", ""), "a'b\n\"c", "\udcff\udcfe", "%41 x"])
def test_names_are_escaped_where_they_are_listed(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.html").write_text("x")
    (tmp_path / f"{name}.txt").write_text("x")
    path = "/" + quote(name, errors="surrogateescape")
    app = site(CONF, root=tmp_path)
    answer = app.get(path, headers={"Accept": "image/png"}, status=406)
    listed = answer.text.partition("<ul>")[2]
    assert listed.count("<") == listed.count("<li>") * 2 + listed.count("</")
    assert "<script" not in answer.text
    assert "\n" not in answer.headers["Alternates"]
    location = app.get(path, headers={"Accept": "text/plain"}).headers["Content-Location"]
    assert unquote(location, errors="surrogateescape") == f"{name}.txt"


def test_special_files_are_no_variants(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "page.html")
    (tmp_path / "page.txt").mkdir()
    (tmp_path / "page.html.en").symlink_to("/etc/hostname")
    app = site(CONF.replace("+MultiViews", "MultiViews"), root=tmp_path)  # no FollowSymLinks
    app.get("/page", status=404)


def test_number_of_variants_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiviews, "MAX_VARIANTS", 3)
    for number in range(4):
        (tmp_path / f"page.html.{number}").write_text("x")
    site(CONF, root=tmp_path).get("/page", status=404)


MAPPED = CONF + "AddHandler type-map .var\n"


@pytest.mark.parametrize("closed", [name for name in CLOSED if name != "by its user"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_type_map_opens_nothing(folder: Path, closed: str, method: str) -> None:
    conf, files = CLOSED[closed]
    (folder / "guard.py").write_text(GUARD)
    (folder / "doc.var").write_text("URI: page.html.en\nContent-Type: text/html\n")
    for name, text in files.items():
        (folder / name).write_text(text)
    app = site(MAPPED + conf.replace("@@", str(folder)), root=folder)
    assert app.request("/doc.var", method=method, expect_errors=True).status_int == 403


@pytest.mark.parametrize(
    "uri", ["../secret.txt", "/../secret.txt", "%2e%2e/secret.txt", "//secret.txt", "http://x/secret"]
)
def test_type_map_stays_in_the_site(folder: Path, uri: str) -> None:
    root = folder / "root"
    root.mkdir()
    (folder / "secret.txt").write_text("secret")
    (root / "doc.var").write_text(f"URI: {uri}\nContent-Type: text/html\n")
    answer = site(MAPPED, root=root).get("/doc.var", expect_errors=True)
    assert answer.status_int in (400, 403, 404)
    assert answer.text != "secret"


def test_type_map_that_names_itself_ends(folder: Path) -> None:
    (folder / "loop.var").write_text("URI: loop.var\nContent-Type: text/html\n")
    (folder / "other.var").write_text("URI: ./other.var\nContent-Type: text/html\n")
    app = site(MAPPED, root=folder)
    app.get("/loop.var", status=506)
    app.get("/other.var", status=500)


@pytest.mark.parametrize("text", ["nonsense", "URI: a\n: b\n", "Content-Type: a/b\nBody:end\nx", "two words: x"])
def test_malformed_map_is_an_error(folder: Path, text: str) -> None:
    (folder / "bad.var").write_text(text)
    site(MAPPED, root=folder).get("/bad.var", status=500)


def test_map_is_bounded(folder: Path) -> None:
    (folder / "long.var").write_text("# x\n" * (type_maps.MAX_MAP // 4 + 1))
    (folder / "many.var").write_text("URI: a\nContent-Type: a/b\n\n" * (type_maps.MAX_ENTRIES + 2))
    app = site(MAPPED, root=folder)
    app.get("/long.var", status=500)
    app.get("/many.var", status=500)


def test_descriptions_are_escaped(folder: Path) -> None:
    (folder / "doc.var").write_text('URI: a\nContent-Type: x/y<z>\nDescription: <script>"&\nContent-Language: <b>\n')
    answer = site(MAPPED, root=folder).get("/doc.var", headers={"Accept": "image/png"}, status=406)
    assert answer.text.partition("<ul>")[2].count("<") == 7  # the tags of the page itself
    assert "&lt;script&gt;" in answer.text


WISHES = {
    "": [],
    " , ,": [],
    "text/html": [("text/html", 1.0)],
    "Text/HTML;Q=0.5 , */*": [("text/html", 0.5), ("*/*", 1.0)],
    "a/b;q=0.1239": [("a/b", 0.123)],
    "a/b;q=7": [("a/b", 1.0)],
    "a/b;q=x": [("a/b", 1.0)],
    "a/b;q=.5": [("a/b", 0.5)],
    'a/b;x="1,2;q=0.1";q=0.2': [("a/b", 0.2)],
    "a/b;q=-1": [("a/b", 1.0)],
}


@pytest.mark.parametrize("header", WISHES)
def test_wishes(header: str) -> None:
    assert [(wish.name, wish.quality) for wish in read_wishes(header)] == WISHES[header]


def test_number_of_wishes_is_bounded() -> None:
    assert len(read_wishes(",".join(["a/b"] * 5000))) == MAX_WISHES
