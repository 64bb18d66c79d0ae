"""Listings of directories: their markup, their order, what is hidden; beside what tests/golden has of Apache's."""

from __future__ import annotations

import fnmatch
import html.parser
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modpy_wsgi.config.directives.autoindex import LISTING
from modpy_wsgi.config.globs import Glob
from modpy_wsgi.config.load import load_text
from modpy_wsgi.httpd import listing
from modpy_wsgi.httpd.listing_folder import Folder
from modpy_wsgi.httpd.listing_order import Entry, in_order
from modpy_wsgi.testing import site

ICONS = "AddIcon (TXT,/icons/text.gif) .txt\nAddIcon /icons/folder.gif ^^DIRECTORY^^\nDefaultIcon /icons/unknown.gif\n"
NAMES = (
    "plain.txt",
    "a name that is a good deal longer than its column.txt",
    "line\nbreak",
    "tab\tand\x01",
    'quote"quote',
    "it's",
    "<script>alert(1)<",
    "&amp;",
    "a:b",
    "50%25?#;",
    "été.txt",
    "日本語",
    "caf\udce9",
    "\udcff" * 40,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in NAMES:
        (tmp_path / name).write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "inner.txt").write_text("inner")
    return tmp_path


# -- the markup -------------------------------------------------------------------------------------------------------

VOID = frozenset({"img", "hr", "meta", "link", "br"})
PHRASING = frozenset({"a", "img", "b", "i", "em"})


class Checker(html.parser.HTMLParser):
    """Complains about what HTML does not allow, as far as these pages could get it wrong."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.links: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"{tag} has an attribute twice: {names}"
        assert not {"align", "valign", "width="} & set(names), f"{tag}: {names}"
        assert all(value is not None for _, value in attrs), f"{tag}: {attrs}"
        if "pre" in self.open:
            assert tag in PHRASING, f"{tag} within pre"
        if tag == "img":
            assert {"src", "alt"} <= set(names)
        if tag == "a":
            assert "a" not in self.open
            self.links += [value for name, value in attrs if name == "href" and value]
        if tag in ("tr", "td", "th", "table"):
            allowed = {"tr": ("table",), "td": ("tr",), "th": ("tr",), "table": ("body",)}[tag]
            assert self.open[-1] in allowed, f"{tag} in {self.open}"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag not in VOID
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        if data.strip():
            assert self.open[-1] not in ("table", "tr", "ul", "html", "head"), data


def checked(page: bytes, charset: str = "utf-8") -> Checker:
    text = page.decode(charset)
    assert text.startswith("<!DOCTYPE html>")
    assert not re.search("&(?![A-Za-z]+;)", text)
    checker = Checker()
    checker.feed(text)
    checker.close()
    assert checker.open == []
    return checker


def tidied(page: bytes, charset: str = "utf8") -> list[str]:
    """What tidy has to say about a page."""
    program = shutil.which("tidy")
    if program is None:
        return []
    done = subprocess.run([program, "-errors", "-quiet", f"-{charset}"], input=page, capture_output=True, check=False)
    return done.stderr.decode(errors="replace").splitlines()


LOOKS = {
    "a list": "",
    "columns": "IndexOptions FancyIndexing",
    "whole columns": "IndexOptions FancyIndexing NameWidth=* DescriptionWidth=*",
    "a table": "IndexOptions FancyIndexing HTMLTable",
    "a whole table": "IndexOptions FancyIndexing HTMLTable NameWidth=* DescriptionWidth=*",
    "links": "IndexOptions FancyIndexing HTMLTable IconsAreLinks IconWidth IconHeight AddAltClass",
    "columns of links": "IndexOptions FancyIndexing IconsAreLinks IconWidth IconHeight",
    "bare columns": "IndexOptions FancyIndexing SuppressIcon SuppressSize SuppressLastModified SuppressRules",
    "a bare table": "IndexOptions HTMLTable SuppressIcon SuppressSize SuppressDescription SuppressRules",
}


@pytest.mark.parametrize("charset", ["UTF-8", "ISO-8859-1"])
@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_page_is_valid(root: Path, look: str, charset: str) -> None:
    conf = f"""Options Indexes\n{look}\nIndexOptions {"+" if look else ""}Charset={charset}\n{ICONS}
        AddDescription "<b>bold &amp; <i>long</i> text that does not fit into the column</b>" *.txt
        AddDescription "{"&Auml;" * 30}" *quote*
        ServerSignature On\nReadmeName plain.txt\nHeaderName plain.txt
    """
    app = site(conf, root=root)
    for query in ("", "?C=M;O=D", "?P=*%26*", "?F=2;V=1;P=%3cb%3e%22'"):
        answer = app.get(f"/{query}")
        assert answer.content_type == "text/html"
        encoding = "utf-8" if charset == "UTF-8" else "cp1252"
        if charset == "UTF-8":
            checked(answer.body, encoding)
        assert b"<script" not in answer.body
        if charset == "UTF-8":
            assert tidied(answer.body) == []


def test_links_lead_to_the_files(root: Path) -> None:
    app = site(f"Options Indexes\nIndexOptions FancyIndexing Charset=UTF-8\n{ICONS}", root=root)
    links = [link for link in checked(app.get("/").body).links if not link.startswith("?")]
    assert len(links) == len(NAMES) + 1
    for link in links:
        assert app.get("/" + link.removeprefix("./")).status_int == 200, link


def test_sorting_links(root: Path) -> None:
    app = site("Options Indexes\nIndexOptions FancyIndexing HTMLTable\n", root=root)
    first = checked(app.get("/").body, "latin-1").links[:4]
    assert first == ["?C=N;O=D", "?C=M;O=A", "?C=S;O=A", "?C=D;O=A"]
    again = checked(app.get("/?C=S;O=A").body, "latin-1").links[:4]
    assert again == ["?C=N;O=A", "?C=M;O=A", "?C=S;O=D", "?C=D;O=A"]


def test_own_style_is_httpds_page_with_another_sheet(root: Path) -> None:
    """Where the site gives none, ours is what httpd writes with IndexStyleSheet, which is recorded."""
    conf = f"Options Indexes\nIndexOptions FancyIndexing HTMLTable\n{ICONS}"
    ours = site(conf, root=root).get("/").text
    theirs = site(conf + 'IndexStyleSheet "/s.css"\n', root=root).get("/").text
    assert ours.partition("<body>")[2] == theirs.partition("<body>")[2]
    assert "color-scheme" in ours
    assert "color-scheme" not in theirs


@pytest.mark.parametrize(
    "designed",
    [
        'IndexStyleSheet "/s.css"',
        'IndexHeadInsert "<meta>"',
        "IndexOptions XHTML",
        "HeaderName h.html",
        "ReadmeName h.html",
    ],
)
def test_a_site_with_a_look_of_its_own_keeps_it(tmp_path: Path, designed: str) -> None:
    (tmp_path / "h.html").write_text("<p>Ours")
    assert "color-scheme" not in site(f"Options Indexes\n{designed}\n", root=tmp_path).get("/").text


# -- what is in it ----------------------------------------------------------------------------------------------------


def listed(app: Any, path: str = "/") -> set[str]:
    """The names that a listing shows."""
    return {link for link in checked(app.get(path).body).links if link[:1] not in ("?", "/")}


UTF = "Options Indexes FollowSymLinks\nIndexOptions FancyIndexing Charset=UTF-8\n"


def test_what_is_no_file_is_not_listed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "nowhere").symlink_to("absent")
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "to-pipe").symlink_to("pipe")
    (tmp_path / "linked").symlink_to("file")
    listener = socket.socket(socket.AF_UNIX)
    with listener:
        listener.bind(str(tmp_path / "socket"))
        assert listed(site(UTF, root=tmp_path)) == {"file", "linked"}


HIDDEN: dict[str, tuple[str, set[str]]] = {
    "Files": ('<Files "b.txt">\nRequire all denied\n</Files>', {"b.txt"}),
    "FilesMatch": ('<FilesMatch "[ab]">\nOrder deny,allow\nDeny from all\n</FilesMatch>', {"a.txt", "b.txt"}),
    "a user": ('<Files "c*">\nAuthType Basic\nAuthName x\nRequire valid-user\n</Files>', {"c.txt"}),
    "Redirect": ("RedirectMatch 410 b.txt$", {"b.txt"}),
    "a fixup handler": ("PythonFixupHandler guard", {"b.txt"}),
    "nothing": ("", set()),
}


@pytest.mark.parametrize(("conf", "hidden"), HIDDEN.values(), ids=HIDDEN)
def test_what_is_closed_is_not_listed(tmp_path: Path, conf: str, hidden: set[str]) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text(name)
    (tmp_path / "sub").mkdir()
    (tmp_path / "guard.py").write_text(
        "def accesshandler(req):\n    return 403 if 'b.txt' in req.uri else 0\nfixuphandler = accesshandler\n"
    )
    app = site(f"{UTF}{conf}\nIndexIgnore *.py __pycache__\n", root=tmp_path)
    assert listed(app) == {"a.txt", "b.txt", "c.txt", "sub/"} - hidden
    for name in hidden:
        assert app.get(f"/{name}", status="*").status_int in (401, 403, 404, 410)


def test_an_access_handler_has_its_say_where_httpd_asks_it(tmp_path: Path) -> None:
    """It was asked for the folder, and nothing else holds for its files; of those in another section it is."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
    (tmp_path / "guard.py").write_text("def accesshandler(req):\n    return 403 if 'b.txt' in req.uri else 0\n")
    conf = f"{UTF}PythonAccessHandler guard\nIndexIgnore *.py __pycache__\n"
    assert listed(site(conf, root=tmp_path)) == {"a.txt", "b.txt"}
    conf += '<Files "*.txt">\nSetEnv x y\n</Files>\n'
    assert listed(site(conf, root=tmp_path)) == {"a.txt"}


def test_htaccess_of_a_folder_decides_whether_it_is_listed(tmp_path: Path) -> None:
    for name in ("open", "shut", "broken"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").write_text("x")
    (tmp_path / "shut" / ".htaccess").write_text("Require all denied\n")
    (tmp_path / "broken" / ".htaccess").write_text("Nonsense\n")
    app = site(f"{UTF}AllowOverride All\n", root=tmp_path)
    assert listed(app) == {"open/"}


def test_many_files_are_looked_up_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(50):
        (tmp_path / f"{number}.txt").write_text("x")
    app = site(f'{UTF}<Files "7*">\nRequire all denied\n</Files>\n', root=tmp_path)
    looked: list[str] = []
    application = app.app
    plain = application.look_up_entry
    monkeypatch.setattr(
        application, "look_up_entry", lambda req, name, **kept: (looked.append(name), plain(req, name, **kept))[1]
    )
    assert len(listed(app)) == 49
    assert len(looked) == 2  # for those under Files, and the others


def test_entries_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        (tmp_path / f"{number}.txt").write_text("x")
    app = site(UTF, root=tmp_path)
    monkeypatch.setattr(listing, "MAX_ENTRIES", 5)
    assert len(listed(app)) == 5
    (tmp_path / "more").write_text("x")
    assert app.get("/", status=500).status_int == 500


def test_a_folder_without_permission_is_403(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = site(UTF, root=tmp_path)

    def refused(path: Any) -> Any:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "scandir", refused)
    assert app.get("/", status=403).status_int == 403


def test_without_options_indexes_it_is_403(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for options in ("", "Options None", "Options All -Indexes"):
        answer = site(options, root=tmp_path).get("/", status=403)
        assert "file" not in answer.text


def test_head_and_post(root: Path) -> None:
    app = site(UTF, root=root)
    head = app.head("/")
    assert (head.status_int, head.body, head.content_type) == (200, b"", "text/html")
    assert app.post("/", "a=1", status="*").status_int == 404


GONE: dict[str, Callable[[Path], Any]] = {
    "gone": lambda path: None,
    "a link": lambda path: path.symlink_to("a.txt"),
    "a link to what is closed": lambda path: path.symlink_to(".htaccess"),
    "a FIFO": os.mkfifo,
    "a folder": lambda path: path.mkdir(),
}


@pytest.mark.parametrize("make", GONE.values(), ids=GONE)
def test_a_file_that_something_takes_the_place_of(
    tmp_path: Path, make: Callable[[Path], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the moment when its name is read and the moment when it is looked at."""
    for name in ("a.txt", "b.txt", "c.txt", ".htaccess"):
        (tmp_path / name).write_text("")
    app = site(f"{UTF}AllowOverride None\nIndexIgnore .??*\n", root=tmp_path)
    looks: list[list[str]] = []

    def files(folder: Folder, names: list[str]) -> list[tuple[int, int] | None]:
        looks.append(names)
        if (tmp_path / "b.txt").is_file() and len(looks) == 1:
            (tmp_path / "b.txt").unlink()
            make(tmp_path / "b.txt")
        return plain(folder, names)

    plain = Folder.files
    monkeypatch.setattr(Folder, "files", files)
    assert listed(app) == {"a.txt", "c.txt"}
    assert "b.txt" in looks[0]


REPLACED = {
    "a FIFO": "os.mkfifo(req.filename)",
    "a FIFO that somebody writes to": "os.mkfifo(req.filename); OPEN.append(os.open(req.filename, os.O_RDWR))",
    "a directory": "os.mkdir(req.filename)",
    "a link to nothing": "os.symlink('nowhere', req.filename)",
}


@pytest.mark.parametrize("how", REPLACED.values(), ids=REPLACED)
def test_a_readme_that_something_takes_the_place_of(tmp_path: Path, how: str) -> None:
    """Between the moment when it is looked for and the moment when it is read."""
    (tmp_path / "NOTES.txt").write_text("read me")
    (tmp_path / "guard.py").write_text(
        "import os\nOPEN = []\ndef fixuphandler(req):\n    if req.filename.endswith('NOTES.txt'):\n"
        f"        os.unlink(req.filename); {how}\n    return 0\n"
    )
    conf = f"{UTF}\nReadmeName NOTES.txt\nIndexIgnore NOTES.txt\nServerSignature On\nPythonFixupHandler guard"
    body = site(conf, root=tmp_path).get("/").text
    assert "<address>" in body  # as if there were no readme
    assert "read me" not in body


# -- order, patterns --------------------------------------------------------------------------------------------------


def test_the_parent_is_first_and_folders_may_follow() -> None:
    entries = [Entry("b"), Entry("a/", is_folder=True), Entry("c", size=5), Entry("/"), Entry("A")]

    def order(key: str, direction: str, **kept: bool) -> list[str]:
        flags = {"versions": False, "any_case": False, "folders_first": False, **kept}
        return [entry.name for entry in in_order(entries, key, direction, **flags)]

    assert order("N", "A") == ["/", "A", "a/", "b", "c"]
    assert order("N", "D") == ["/", "c", "b", "a/", "A"]
    assert order("S", "D") == ["/", "c", "b", "a/", "A"]
    assert order("N", "D", folders_first=True) == ["/", "a/", "c", "b", "A"]
    assert order("N", "A", any_case=True) == ["/", "A", "a/", "b", "c"]


@given(st.text("ab*?.", max_size=8), st.text("ab.", max_size=8))
def test_patterns_mean_what_shells_mean(pattern: str, name: str) -> None:
    assert Glob(pattern).matches(name) == fnmatch.fnmatchcase(name, pattern)


@given(st.text("ab*?[]!-", max_size=8), st.text("ab-[]!", max_size=6))
def test_patterns_with_brackets(pattern: str, name: str) -> None:
    if "[!]" in pattern or "[]" in pattern:  # where fnmatch and apr_fnmatch differ about what is empty
        return
    assert Glob(pattern, brackets=True).matches(name) == fnmatch.fnmatchcase(name, pattern)


def test_a_pattern_of_a_client_takes_no_time() -> None:
    assert not Glob("*a" * 300 + "b", brackets=True).matches("a" * 255)


# -- the configuration ------------------------------------------------------------------------------------------------


def test_directives_of_a_section_are_one_record() -> None:
    site = load_text("IndexOptions FancyIndexing\nAddIcon /a.gif .a .b\nIndexIgnore x y\nHeaderName H\n")
    record = site.main.settings[LISTING]
    assert [item.pattern for item in record.icons] == ["*.a", "*.b"]
    assert [item.pattern for item in record.ignored] == ["x", "y"]
    assert record.header == "H"
