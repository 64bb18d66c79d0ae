"""`modpy-wsgi explain`: what it tells is what the server does, and who decided is who did."""

from __future__ import annotations

import html.parser
import io
import itertools
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import webtest

from modpy_wsgi import plan
from modpy_wsgi.app import Application
from modpy_wsgi.cli import main
from modpy_wsgi.config.decisions import DECISIONS
from modpy_wsgi.config.load import load_site
from modpy_wsgi.config.model import Settings
from modpy_wsgi.explain.as_html import as_html
from modpy_wsgi.explain.as_text import as_text
from modpy_wsgi.explain.asked import MAX_URL, Asked, asked
from modpy_wsgi.explain.model import Place, Way
from modpy_wsgi.explain.plan_shown import STEPS, name_of
from modpy_wsgi.explain.way import explain
from tests.oracle import golden, inprocess
from tests.oracle.answer import titles
from tests.oracle.cases import load
from tests.oracle.request import Request

Captured = pytest.CaptureFixture[str]

CONF = """\
ServerName main.example.com
Listen 127.0.0.1:80
DocumentRoot {root}/htdocs
AddHandler php-script .php
AddOutputFilter INCLUDES .shtml
<Directory />
    AllowOverride None
    Require all denied
</Directory>
<Directory {root}/htdocs>
    AllowOverride All
    Options FollowSymLinks
    DirectoryIndex index.py
    AddHandler mod_python .py
    PythonHandler outer
    PythonOption a 1
    PythonOption b 1
    Require all granted
</Directory>
<DirectoryMatch "/deep/">
    PythonOption match yes
</DirectoryMatch>
<Files special.py>
    PythonHandler special
</Files>
Alias /other {root}/other
<Directory {root}/other>
    Require all granted
</Directory>
<Location /located>
    SetHandler mod_python
    PythonHandler located
</Location>
<Location /htmlonly>
    PythonFixupHandler fixed | .html
</Location>
Redirect permanent /moved http://elsewhere.example.com/
<VirtualHost *:80>
    ServerName main.example.com
    PythonAuthenHandler nobody
</VirtualHost>
<VirtualHost *:80>
    ServerName two.example.com
    ServerAlias *.two.example.com
    DocumentRoot {root}/other
    PythonTransHandler sends
    PythonInterpreter second
</VirtualHost>
"""
MODULE = "def handler(req):\n    req.write('%s')\n    return 0\n"
FILES = {
    "htdocs/index.py": MODULE % "outer",
    "htdocs/outer.py": MODULE % "outer",
    "htdocs/special.py": MODULE % "special",
    "htdocs/located.py": MODULE % "located",
    "htdocs/plain.html": "plain",
    "htdocs/page.php": "<?php",
    "htdocs/page.shtml": "<!--",
    "htdocs/deep/.htaccess": "PythonOption b 2\nPythonHandler inner\nErrorDocument 404 none\n",
    "htdocs/deep/er/x.py": "",
    "htdocs/deep/inner.py": MODULE % "inner",
    "htdocs/empty/x.txt": "",
    "htdocs/broken/.htaccess": "Nonsense\n",
    "htdocs/broken/x.html": "",
    "htdocs/htmlonly/a.html": "",
    "htdocs/ran.py": "raise AssertionError('the site was run')\n",
    "other/o.html": "other",
}


PROGRAMS = {
    "/cgi-bin/run": ("200", "the program {root}/programs/run"),
    "/cgi-bin/run/more": ("200", "the program {root}/programs/run"),
    "/cgi-bin/data": ("500", "may not be executed"),
    "/cgi-bin/absent": ("404", "no such program"),
    "/cgi-bin/": ("403", "a folder is no program"),
    "/p/run.cgi": ("200", "the program {root}/p/run.cgi"),
    "/p/closed/run.cgi": ("403", "ExecCGI"),
    "/p/info/run.cgi/more": ("404", "AcceptPathInfo"),
    "/p/a.acted": ("200", "the page /cgi-bin/run"),
    "/p/a.typed": ("200", "the page /cgi-bin/typed"),
    "/p/a.var": ("200", "a variant that the type map names"),
    "/p/absent.var": ("404", "no such file"),
}


@pytest.mark.parametrize("path", PROGRAMS)
def test_programs(tmp_path: Path, path: str) -> None:
    for name in ("programs/run", "programs/data", "p/run.cgi", "p/closed/run.cgi", "p/info/run.cgi", "p/a.acted"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch(0o644 if name == "programs/data" else 0o755)
    (tmp_path / "p" / "a.typed").touch()
    (tmp_path / "p" / "a.var").touch()
    conf = tmp_path / "httpd.conf"
    conf.write_text(
        f"""
        DocumentRoot {tmp_path}
        ScriptAlias /cgi-bin/ {tmp_path}/programs/
        AddHandler cgi-script .cgi
        AddHandler own .acted
        AddHandler type-map var
        AddType text/x-typed .typed
        Action own /cgi-bin/run
        Action text/x-typed /cgi-bin/typed
        <Directory {tmp_path}>
        Options +ExecCGI
        </Directory>
        <Directory {tmp_path}/p/closed>
        Options -ExecCGI
        </Directory>
        <Directory {tmp_path}/p/info>
        AcceptPathInfo Off
        </Directory>
        """
    )
    site = load_site(conf, traced=True)
    told = explain(site, asked("GET", f"http://localhost{path}", site))
    status, what = PROGRAMS[path]
    assert str(told.status or 200) == status
    assert what.format(root=tmp_path) in f"{told.answer.what} {told.answer.why}"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("explained")
    for name, content in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (root / "httpd.conf").write_text(CONF.replace("{root}", str(root)))
    return root


def way(root: Path, url: str, method: str = "GET") -> Way:
    site = load_site(root / "httpd.conf", traced=True)
    return explain(site, asked(method, url, site))


def line(text: str) -> int:
    """The number of the line of CONF that begins with this."""
    return next(n for n, each in enumerate(CONF.splitlines(), 1) if each.strip().startswith(text))


def short(place: Place, root: Path) -> str:
    return str(place).removeprefix(f"{root}/")


# url -> (status or None, the answer, the file)
ANSWERS = {
    "/": (None, "PythonHandler outer", "htdocs/index.py"),
    "/outer.py": (None, "PythonHandler outer", "htdocs/outer.py"),
    "/outer.py/info": (None, "PythonHandler outer", "htdocs/outer.py"),
    "/special.py": (None, "PythonHandler special", "htdocs/special.py"),
    "/plain.html": (None, "the file {root}/htdocs/plain.html", "htdocs/plain.html"),
    "/plain.html/more": (404, "404 Not Found", "htdocs/plain.html"),
    "/page.php": (500, "500 Internal Server Error", "htdocs/page.php"),
    "/page.shtml": (None, "the file {root}/htdocs/page.shtml", "htdocs/page.shtml"),
    "/missing.html": (404, "404 Not Found", "htdocs/missing.html"),
    "/deep/er/x.py": (None, "PythonHandler inner", "htdocs/deep/er/x.py"),
    "/deep": (301, "301 Moved Permanently", "htdocs/deep/"),
    "/broken/x.html": (500, "500 Internal Server Error", ""),
    "/located/anything": (None, "PythonHandler located", "htdocs/located/anything"),
    "/moved/there": (301, "301 Moved Permanently", ""),
    "/other/o.html": (None, "the file {root}/other/o.html", "other/o.html"),
    "/a%00b": (404, "404 Not Found", ""),
    "/..": (400, "400 Bad Request", ""),
    "/a%2fb": (404, "404 Not Found", ""),
}


@pytest.mark.parametrize("url", ANSWERS)
def test_answers(url: str, root: Path) -> None:
    status, answer, file = ANSWERS[url]
    told = way(root, f"http://main.example.com{url}")
    assert told.status == status
    assert told.answer.what == answer.replace("{root}", str(root))
    assert told.file.what.removeprefix(f"{root}/") == file


def test_filters(root: Path) -> None:
    (told,) = way(root, "http://main.example.com/page.shtml").filters
    assert told.what == "INCLUDES of the answer: built in"
    assert told.why == "AddOutputFilter .shtml"
    assert short(told.place, root) == f"httpd.conf:{line('AddOutputFilter')}"


def test_filters_in_the_order_in_which_data_flows(tmp_path: Path) -> None:
    (tmp_path / "htdocs").mkdir()
    (tmp_path / "htdocs" / "page.txt").write_text("text")
    conf = tmp_path / "httpd.conf"
    conf.write_text(
        f"DocumentRoot {tmp_path}/htdocs\nPythonOutputFilter capital UPPER\nPythonInputFilter capital::into UPPER\n"
        "SetOutputFilter DEFLATE;UPPER\nSetInputFilter UPPER;DEFLATE\nAddOutputFilter INFLATE .txt\n"
        "AddOutputFilterByType UPPER text/plain text/html\n"
    )
    site = load_site(conf, traced=True)
    told = explain(site, asked("GET", "/page.txt", site)).filters
    assert [(each.what, each.why) for each in told] == [
        ("DEFLATE of the body: built in", "SetInputFilter"),
        ("UPPER of the body: capital::into", "SetInputFilter"),
        ("INFLATE of the answer: built in", "AddOutputFilter .txt"),
        ("UPPER of the answer: capital::outputfilter", "SetOutputFilter"),
        (
            "UPPER of the answer: capital::outputfilter",
            "AddOutputFilterByType, if the answer is text/html or text/plain",
        ),
        ("DEFLATE of the answer: built in", "SetOutputFilter"),
    ]


@pytest.fixture(scope="module")
def served(root: Path) -> Iterator[webtest.TestApp]:
    path = f"PythonPath \"sys.path + ['{root}/htdocs']\""  # which has nothing of itself: these are no directories, and
    # what a handler of the folder has put there is there only behind it.
    sections = [("<Location /located>", path, "</Location>"), ("<Files special.py>", path, "</Files>")]
    after = ("ErrorLog /dev/null", *itertools.chain(*sections))
    application = Application(load_site(root / "httpd.conf", after=after), private=True)
    extra = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "main.example.com", "SERVER_PORT": "80"}
    yield webtest.TestApp(application, extra_environ=extra, lint=False)
    application.close()


@pytest.mark.parametrize("url", [url for url in ANSWERS if "%00" not in url])
def test_the_server_does_what_is_told(url: str, root: Path, served: webtest.TestApp) -> None:
    status, answer, _ = ANSWERS[url]
    environ = {"RAW_URI": url}
    got = served.get(url, status="*", extra_environ=environ)
    assert got.status_int == (status or 200)
    if answer.startswith("PythonHandler"):
        assert got.text == answer.split()[1]


METHODS = [
    ("PUT", "/plain.html", 405),
    ("BREW", "/plain.html", 501),
    ("POST", "/plain.html", None),
    ("OPTIONS", "/plain.html", None),
    ("PUT", "/missing.html", 405),
    ("TRACE", "/plain.html", 405),
    ("CONNECT", "/plain.html", 400),
    ("OPTIONS", "*", None),
    ("GET", "*", 400),
]


@pytest.mark.parametrize(("method", "url", "status"), METHODS)
def test_methods(method: str, url: str, status: int | None, root: Path, served: webtest.TestApp) -> None:
    told = way(root, url, method)
    assert told.status == status
    environ = {"RAW_URI": url, "PATH_INFO": url}
    got = served.request("/", environ=environ, status="*", method=method, expect_errors=True)
    assert got.status_int == (status or 200)


def test_the_way_of_the_deepest(root: Path) -> None:
    told = way(root, "http://main.example.com/deep/er/x.py")
    conf = "httpd.conf"
    assert [(each.name.replace(str(root), ""), short(each.place, root)) for each in told.sections] == [
        ("main server", conf),
        ("<VirtualHost *:80>", f"{conf}:{line('<VirtualHost')}"),
        ("<Directory />", f"{conf}:{line('<Directory />')}"),
        ("<Directory /htdocs/>", f"{conf}:{line('<Directory {root}/htdocs>')}"),
        (".htaccess", "htdocs/deep/.htaccess"),
        ("<DirectoryMatch /deep/>", f"{conf}:{line('<DirectoryMatch')}"),
    ]
    settings = {each.name: each for each in told.settings}
    assert [(written, short(place, root)) for written, place in settings["Require"].by] == [
        ("Require all granted", f"{conf}:{line('Require all granted')}"),
        ("Require all denied", f"{conf}:{line('Require all denied')}"),
    ]
    assert [each.word(1) for each in (settings["DirectoryIndex"], settings["Require"])] == ["over", "after"]
    options = settings["PythonOption"]
    assert options.word(1) == "after"
    assert options.value == "a 1; b 2; match yes"
    assert [written for written, _ in options.by] == [
        "PythonOption match yes",
        "PythonOption b 2",
        "PythonOption b 1",
        "PythonOption a 1",
    ]
    assert short(options.by[1][1], root) == "htdocs/deep/.htaccess:1"
    (handler,) = [each for phase in told.phases for each in phase.handlers if each.directive == "PythonHandler"]
    assert (handler.name, short(handler.place, root)) == ("inner", "htdocs/deep/.htaccess:2")
    assert handler.interpreter == "main.example.com"


# url -> (host, why, interpreter of its handlers or None)
HOSTS = {
    "http://main.example.com/": ("<VirtualHost *:80> main.example.com", "it is called main.example.com"),
    "http://two.example.com/": ("<VirtualHost *:80> two.example.com", "it is called two.example.com"),
    "http://a.two.example.com/": ("<VirtualHost *:80> two.example.com", "*.two.example.com fits the name"),
    "http://else.example.com/": (
        "<VirtualHost *:80> main.example.com",
        "the first for this address: none bears the name",
    ),
    "/": ("<VirtualHost *:80> main.example.com", "it is called main.example.com"),
}


@pytest.mark.parametrize("url", HOSTS)
def test_hosts(url: str, root: Path) -> None:
    told = way(root, url)
    assert (told.host.what, told.host.why) == HOSTS[url]


def test_what_a_handler_could_change(root: Path) -> None:
    told = way(root, "http://two.example.com/o.html")
    assert any(note.startswith("sends may send the request elsewhere") for note in told.notes)
    (phase,) = [each for each in told.phases if each.name == "PythonTransHandler"]
    assert [(each.name, each.interpreter) for each in phase.handlers] == [("sends", "second")]


def test_handlers_that_nothing_asks_for(root: Path) -> None:
    told = way(root, "http://main.example.com/located")
    (phase,) = [each for each in told.phases if each.name == "PythonAuthenHandler"]
    assert (phase.runs, [each.name for each in phase.handlers]) == (False, ["nobody"])


def test_a_file_without_a_handler(root: Path) -> None:
    """A PythonHandler that holds for it is shown as one that does not run; for its neighbour it does."""
    (root / "htdocs" / "plain.txt").write_text("text\n")
    for name, runs in (("plain.txt", False), ("index.py", True)):
        (phase,) = [each for each in way(root, f"/{name}").phases if each.name == "PythonHandler"]
        assert (phase.runs, [each.name for each in phase.handlers]) == (runs, ["outer"])
    assert "(not run) outer in interpreter" in as_text(way(root, "/plain.txt"))


def test_handlers_by_extension(root: Path) -> None:
    told = way(root, "/htmlonly/a.html")
    assert [(each.name, each.limit) for phase in told.phases for each in phase.handlers] == [
        ("fixed", ".html"),
        ("nobody", ""),
        ("outer", ""),
    ]


def test_alias_and_document_root(root: Path) -> None:
    alias, plain = way(root, "/other/o.html").target, way(root, "/plain.html").target
    assert (alias.why, alias.place.line) == ("Alias /other", line("Alias"))
    assert (plain.why, plain.place.line) == ("DocumentRoot", line("DocumentRoot"))


@pytest.mark.parametrize("slashes", [("", ""), ("/", "/"), ("/", ""), ("", "/")])
def test_aliases_with_and_without_slashes(tmp_path: Path, slashes: tuple[str, str]) -> None:
    (tmp_path / "scripts").mkdir()
    conf = tmp_path / "httpd.conf"
    conf.write_text(f"DocumentRoot {tmp_path}\nAlias /s{slashes[0]} {tmp_path}/scripts{slashes[1]}\n")
    site = load_site(conf, traced=True)
    told = explain(site, asked("GET", "http://localhost/s/old", site))
    assert (told.target.why, told.target.place.line) == (f"Alias /s{slashes[0]}", 2)


def test_a_folder_without_an_index(root: Path) -> None:
    assert way(root, "/empty/").answer.what == "the folder"
    index = way(root, "/").index
    assert index is not None
    assert (index.why, index.place.line) == ("DirectoryIndex index.py", line("DirectoryIndex"))


def test_every_step_of_a_plan_has_words() -> None:
    assert {name_of(step) for step, _ in plan._STEPS} == set(STEPS)


def settings_of(site_settings: Settings) -> bool:
    return DECISIONS in site_settings


def test_a_site_that_is_served_keeps_no_decisions(root: Path) -> None:
    for traced in (False, True):
        site = load_site(root / "httpd.conf", traced=traced)
        kept = {settings_of(each.settings) for each in (site.main, *site.hosts, *site.main.sections)}
        assert kept == {traced}
        assert site.names.traced is traced


def test_nothing_is_run_or_written(root: Path) -> None:
    before = sorted(root.rglob("*"))
    told = way(root, "/ran.py")
    assert told.answer.what == "PythonHandler outer"
    assert sorted(root.rglob("*")) == before


# -- the ways to show it ----------------------------------------------------------------------------------------------


def run(root: Path, *words: str) -> int:
    return main(["explain", *words, "-f", str(root / "httpd.conf")])


def test_text(root: Path, capsys: Captured) -> None:
    assert run(root, "GET", "/deep/er/x.py") == 0
    said = capsys.readouterr().out.replace(str(root), "")
    assert said.startswith("GET http://main.example.com/deep/er/x.py\n  host      <VirtualHost *:80> main.example.com")
    assert (
        "      by    Require all granted  (/httpd.conf:18)\n      after Require all denied  (/httpd.conf:8)\n" in said
    )
    assert "  answer    PythonHandler inner - the handler is mod_python  (/htdocs/deep/.htaccess:2)\n" in said


def test_json(root: Path, capsys: Captured) -> None:
    assert run(root, "GET", "/page.php", "--format", "json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["status"], told["answer"]["place"]["line"]) == (500, line("AddHandler php"))
    assert {"method", "url", "host", "target", "file", "sections", "phases", "settings", "notes"} <= set(told)


def test_a_terminal_that_knows_ascii_only(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii", write_through=True))
    assert run(root, "GET", "/caf%C3%A9") == 0
    assert b"/htdocs/caf\\xe9 - DocumentRoot" in written.getvalue()


class Page(html.parser.HTMLParser):
    """What a page consists of: its elements, balanced, and what they name."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.said = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "circle"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said += data


HOSTILE = "/<script>alert(1)</script>'\"&amp;%1b%ff"


def test_html(root: Path, capsys: Captured) -> None:
    assert run(root, "GET", HOSTILE, "--format", "html") == 0
    text = capsys.readouterr().out
    page = Page()
    page.feed(text)
    assert page.open == []
    tags = [tag for tag, _ in page.elements]
    assert "script" not in tags
    assert tags.count("h1") == tags.count("main") == tags.count("title") == 1
    named = [value for _, attrs in page.elements for name, value in attrs.items() if name in ("src", "href")]
    assert named == ["data:,"]
    assert not [attrs for _, attrs in page.elements if any(name.startswith("on") for name in attrs)]
    assert "<script>alert(1)</script>" in page.said
    assert "url(" not in text
    assert "@import" not in text


@pytest.mark.parametrize("url", ANSWERS)
def test_every_way_can_be_shown(url: str, root: Path) -> None:
    told = way(root, url)
    page = Page()
    page.feed(as_html(told))
    assert page.open == []
    lines = as_text(told).splitlines()
    assert any(each.startswith("  answer ") for each in lines)


WRONG = [
    (["GET", "no url"], 2, "is no URL"),
    (["GET", "ftp://a/"], 2, "is no URL"),
    (["GET", "http://a:99999/"], 2, "is no port"),
    (["GET", "http:///x"], 2, "names no host"),
    (["G T", "/"], 2, "'G T' is no method"),
    (["GET", "/" + "a" * MAX_URL], 2, "is no URL"),
    (["GET", "/", "-c", "Nonsense"], 1, "unknown directive 'Nonsense'"),
    (["GET", "/", "."], 2, "either -f CONF or DIR, not both"),
]


@pytest.mark.parametrize(("words", "status", "wanted"), WRONG, ids=range(len(WRONG)))
def test_wrong_usage(words: list[str], status: int, wanted: str, root: Path, capsys: Captured) -> None:
    try:
        assert run(root, *words) == status
    except SystemExit as left:
        assert left.code == status
    assert wanted in capsys.readouterr().err


def test_a_host_that_is_none(root: Path) -> None:
    told = way(root, "http://a b/")
    assert (told.status, told.host.what) == (400, "")


def test_a_directory(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / ".htaccess").write_text("SetHandler mod_python\nPythonHandler hello\n")
    assert main(["explain", "GET", "/x", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert f"answer    PythonHandler hello - the handler is mod_python  ({tmp_path}/.htaccess:2)" in said


def test_a_link_that_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "htdocs").mkdir()
    os.symlink("/etc", tmp_path / "htdocs" / "link")
    (tmp_path / "httpd.conf").write_text(
        f"DocumentRoot {tmp_path}/htdocs\n<Directory {tmp_path}/htdocs>\nOptions None\n</Directory>\n"
    )
    told = way(tmp_path, "/link/passwd")
    assert told.status == 403
    assert "symbolic link not allowed" in told.answer.why


def test_hosts_by_address(tmp_path: Path) -> None:
    (tmp_path / "httpd.conf").write_text(
        f"Listen 80\nDocumentRoot {tmp_path}\n<VirtualHost 192.0.2.1:80>\nServerName one\n</VirtualHost>\n"
    )
    told = way(tmp_path, "http://192.0.2.1/x")
    assert (told.host.what, told.host.place.line) == ("<VirtualHost 192.0.2.1:80> one", 3)
    assert any("by the address" in note for note in told.notes)
    assert way(tmp_path, "http://elsewhere/x").host.why == "no virtual host is for this address and port"


def test_an_index_that_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "first")
    conf = f"DocumentRoot {tmp_path}\nDirectoryIndex first second\n"
    (tmp_path / "httpd.conf").write_text(conf)
    assert way(tmp_path, "/").status == 403
    (tmp_path / "second").touch()
    told = way(tmp_path, "/")
    assert (told.status, told.index and told.index.what) == (None, f"{tmp_path}/second")


def test_directives_are_told_as_they_are_written(tmp_path: Path) -> None:
    written = [
        "DocumentRoot /srv",
        'PythonOption a "b c"',
        "PythonDebug On",
        "KeepAlive Off",
        "Options FollowSymLinks Indexes",
        "<Files a>",
    ]
    (tmp_path / "httpd.conf").write_text("\n".join(written) + "\n</Files>\n")
    told = [text for setting in way(tmp_path, "/x").settings for text, _ in setting.by]
    assert sorted(told) == sorted(written)


# lines of a configuration: the setting, what it is said to be, and how its directives are joined
VALUES: dict[str, tuple[str, str, str]] = {
    "AllowOverride AuthConfig FileInfo Options=Indexes": ("AllowOverride", "AuthConfig FileInfo Options", "by"),
    "AllowOverride Limit Nonfatal=All": ("AllowOverride Nonfatal=", "All", "by"),
    "AllowOverride All": ("AllowOverride", "All", "by"),
    "LogLevel info ssl:warn": ("LogLevel", "info", "by"),
    "LogLevel info ssl:warn rewrite:trace3": ("LogLevel module:level", "ssl:warn rewrite:trace3", "by"),
    "HostnameLookups Double": ("HostnameLookups", "Double", "by"),
    "ServerSignature EMail": ("ServerSignature", "EMail", "by"),
    "ServerName https://a.example:8443": ("ServerName", "https://a.example:8443", "by"),
    "KeepAliveTimeout 5": ("KeepAliveTimeout", "5", "by"),
    "KeepAlive Off": ("KeepAlive", "Off", "by"),
    "ForceType None": ("ForceType", "None", "by"),
    "SetHandler MyHandler": ("SetHandler", "MyHandler", "by"),
    "DirectoryIndex a.html 'b c.html'": ("DirectoryIndex", 'a.html "b c.html"', "by"),
    "AddType text/html .a .b\nAddType 'text/x; charset=b' .c": (
        "AddType",
        'text/html .a .b; "text/x; charset=b" .c',
        "by after",
    ),
    "AddHandler cgi-script .cgi .pl": ("AddHandler", "cgi-script .cgi .pl", "by"),
    "RemoveHandler .cgi": ("AddHandler", "(none)", "by"),
    "RemoveType .html": ("AddType", "(removed) .html", "by"),
    "AddOutputFilter INCLUDES;DEFLATE .shtml": ("AddOutputFilter", "INCLUDES;DEFLATE .shtml", "by"),
    "AddOutputFilterByType DEFLATE text/html text/css": ("AddOutputFilterByType", "DEFLATE text/css text/html", "by"),
    "SetOutputFilter DEFLATE": ("SetOutputFilter", "DEFLATE", "by"),
    "Action x-foo /cgi-bin/foo virtual": ("Action", "x-foo /cgi-bin/foo virtual", "by"),
    "Script PUT /cgi-bin/put": ("Script", "PUT /cgi-bin/put", "by"),
    'ErrorDocument 404 /no.html\nErrorDocument 500 "Oh & no"\nErrorDocument 401 default': (
        "ErrorDocument",
        '404 /no.html; 500 "Oh & no"; 401 default',
        "by after after",
    ),
    "ExpiresActive On\nExpiresByType text/html 'access plus 1 day'\nExpiresDefault M60": (
        "Expires",
        "ExpiresActive On; ExpiresByType text/html A86400; ExpiresDefault M60",
        "by after after",
    ),
    "FileETag Size MTime": ("FileETag", "MTime Size", "by"),
    "LanguagePriority en fr\nForceLanguagePriority Prefer": (
        "LanguagePriority",
        "en fr; ForceLanguagePriority Prefer",
        "by after",
    ),
    "MultiviewsMatch NegotiatedOnly": ("MultiviewsMatch", "NegotiatedOnly", "by"),
    "Options Includes Indexes": ("Options", "Includes Indexes", "by"),
    "Options None": ("Options", "None", "by"),
    "UserDir public_html\nUserDir disabled root": ("UserDir", "public_html; disabled root", "by after"),
    "SSLProtocol all": ("SSLProtocol", "TLSv1.2 TLSv1.3", "by"),
    "PythonDebug On\nPythonPath \"['/x']\"": (
        "Python configuration",
        "PythonDebug On; PythonPath ['/x']",
        "by after",
    ),
    "PythonHandler a b::c\nPythonHandler d | .py": (
        "Python*Handler",
        "PythonHandler a b::c; PythonHandler d | .py",
        "by after",
    ),
    "PythonOutputFilter a::b UP": ("PythonOutputFilter", "up a::b", "by"),
    "Redirect permanent /a http://b/": ("Redirect", "permanent /a http://b/", "by"),
    "Redirect /a http://b/\nRedirectMatch 410 ^/c": ("Redirect", "all of these", "by after"),
    "SetEnvIf Host ^a b !c": ("SetEnvIf", "Host ^a b !c", "by"),
    'Header always set A "b %D" env=c': ("Header", 'always set A "b %D" env=c', "by"),
    "CustomLog logs/a common env=!b": ("CustomLog", "logs/a common env=!b", "by"),
    'LogFormat "%h \\"%r\\"" x': ("LogFormat nickname", '"%h \\"%r\\"" x', "by"),
    "IndexOptions FancyIndexing NameWidth=* IconHeight=20\nIndexOrderDefault Descending Date\nAddIcon /a.gif .a .b": (
        "IndexOptions",
        "IndexOptions FancyIndexing IconHeight=20 NameWidth=*; IndexOrderDefault Descending Date; icons of 2 patterns",
        "by after after",
    ),
}
OF_DIRECTORIES: dict[str, tuple[str, str, str]] = {
    "Order deny,allow\nDeny from all\nAllow from 10.0.0.0/8 env=!x .b.example\nSatisfy any": (
        "Order, Allow, Deny, Satisfy",
        "Order deny,allow; Deny from all; Allow from 10.0.0.0/8; Allow from env=!x; Allow from .b.example; Satisfy Any",
        "by after after after over",
    ),
    "Require valid-user": ("Require", "Require valid-user", "by after"),
    'Require user a "b c" ""': ("Require", 'Require user a "b c" ""', "by after"),
    '<RequireAll>\nRequire user a\nRequire not group "b c"\n</RequireAll>': (
        "Require",
        '<RequireAll> Require user a; Require not group "b c" </RequireAll>',
        "by after after",
    ),
    "AllowOverrideList Redirect authname": ("AllowOverrideList", "authname Redirect", "by"),
    "<RequireAll>\nRequire ip 10.0\n<RequireNone>\nRequire user a\nRequire host b\n</RequireNone>\n</RequireAll>": (
        "Require",
        "<RequireAll> Require ip 10.0; Require not user a; Require not host b </RequireAll>",
        "by after after after",
    ),
    "AuthType Digest\nAuthDigestProvider file\nAuthDigestDomain /a /b": (
        "AuthDigest",
        "AuthDigestProvider file; AuthDigestNonceLifetime 300; AuthDigestDomain /a /b",
        "by after",
    ),
    "Anonymous guest '*'\nAnonymous_LogEmail Off": (
        "Anonymous",
        "Anonymous guest *; Anonymous_NoUserID Off; Anonymous_MustGiveEmail On; Anonymous_VerifyEmail Off; "
        "Anonymous_LogEmail Off",
        "by after",
    ),
    "AuthBasicProvider file anon": ("AuthBasicProvider", "file anon", "by"),
    "AuthName 'My realm'": ("AuthName", "My realm", "by over"),
}


@pytest.mark.parametrize("lines", [*VALUES, *OF_DIRECTORIES])
def test_values_are_told_as_they_are_written(lines: str, tmp_path: Path) -> None:
    if lines in VALUES and not lines.startswith("AllowOverride"):
        conf = lines
    else:
        conf = "<Directory />\nOrder allow,deny\nRequire all denied\nAuthName old\n</Directory>\n"
        conf += f"<Directory {tmp_path}>\n{lines}\n</Directory>"
    (tmp_path / "httpd.conf").write_text(f"DocumentRoot {tmp_path}\n{conf}\n")
    (tmp_path / "x").touch()
    name, value, words = {**VALUES, **OF_DIRECTORIES}[lines]
    setting = {each.name: each for each in way(tmp_path, "/x").settings}[name]
    assert setting.value == value
    assert " ".join(setting.word(number) for number in range(len(setting.by))) == words


def test_a_removal_that_is_forgotten_names_no_handler(tmp_path: Path) -> None:
    lines = [
        f"DocumentRoot {tmp_path}",
        "AddHandler php-script .py",
        *(f"<Directory {tmp_path}>", "RemoveType .x", "</Directory>"),
        *(f"<Directory {tmp_path}/a>", "RemoveHandler .py", "</Directory>"),
    ]
    (tmp_path / "httpd.conf").write_text("\n".join(lines))
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.py").touch()
    found = way(tmp_path, "/a/x.py")
    assert found.answer is not None
    assert (found.status, found.answer.place.line) == (500, 2)
    tables = {each.name: each.value for each in found.settings if each.name.startswith("Add")}
    assert tables == {"AddHandler": "php-script .py", "AddType": "(removed) .x"}


# -- against Apache's recorded answers --------------------------------------------------------------------------------

SUBJECTS = ("alias", "fallback", "htaccess", "index", "paths", "static", "userdir", "vhosts")
# What depends on who asks.
OF_CLIENT = ("redirect-carefully", "several that refuse")
# What a server refuses for its length, which explain does not ask about.
TOO_LONG = (400, 414)
# Who asks, and with which password, is not known to explain.
OF_ACCESS = frozenset({401, 403})


class Recorded(Asked):
    """A recorded request, with its own environ."""

    def environ(self) -> dict[str, Any]:
        return inprocess.environ(RECORDED[self.path], io.StringIO())


RECORDED: dict[str, Request] = {}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_what_is_certain_is_what_apache_answers(subject: str, tmp_path: Path) -> None:
    recorded = golden.read(subject)
    wrong: list[str] = []
    certain = 0
    for number, case in enumerate(load(subject)):
        entry = recorded[case.name]
        if "refused" in entry or (case.starts and not case.starts[0]):
            continue
        root = tmp_path / str(number)
        root.mkdir()
        site = load_site(case.site.build(root, inprocess.PORT), defines=case.site.defines, traced=True)
        for title, request in zip(titles(case.requests), case.requests, strict=True):
            RECORDED["/"] = request
            host = dict(request.fields(inprocess.PORT)).get("Host", "").partition(":")[0]
            told = explain(site, Recorded(request.method, "http", host, inprocess.PORT, "/", None))
            ours = request.differs.get("status", (entry["answers"][title].get("status", ""), ""))[0]
            answered = str(ours)[:3]
            python = any(each.handlers for each in told.phases) or any("may send" in note for note in told.notes)
            if not answered.isdigit() or int(answered) in OF_ACCESS or python or request.method == "OPTIONS":
                continue
            if case.name.startswith(OF_CLIENT):
                continue
            if int(answered) in TOO_LONG and len(request.wire(inprocess.PORT)) > 2000:
                continue
            if told.status is not None:
                certain += 1
                if told.status != int(answered):
                    wrong.append(f"{case.name}: {title}: {answered}, told {told.answer}")
            elif told.answer.what.startswith("the file ") and int(answered) not in (200, 206, 304, 412, 416):
                wrong.append(f"{case.name}: {title}: {answered}, told {told.answer}")
    assert wrong == [], "\n".join(wrong)
    assert certain, "nothing was compared"


def test_what_stands_before_http(tmp_path: Path) -> None:
    conf = tmp_path / "httpd.conf"
    conf.write_text(
        "ServerName a.example\nListen 80\nListen 81\n"
        "<VirtualHost *:81>\nPythonConnectionHandler talk::it\n</VirtualHost>\n"
        "<VirtualHost *:81>\nServerName second.example\n</VirtualHost>\n"
    )
    site = load_site(conf, traced=True)
    for url, takes in {"http://a.example/": False, "http://x:81/": True, "http://second.example:81/": True}.items():
        notes = explain(site, asked("GET", url, site)).notes
        told = f"PythonConnectionHandler talk::it ({conf}:5) takes the connection: HTTP follows only if it declines"
        assert (told in notes) is takes, url
