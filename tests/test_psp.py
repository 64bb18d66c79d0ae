"""mod_python.psp: pages by the handler and the class PSP, sessions, caches, errors; beside what test_golden asks."""

from __future__ import annotations

import contextlib
import os
import stat
import subprocess
import sys
import threading
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
import webtest

import mod_python
from mod_python import psp
from modpy_wsgi import known_files
from modpy_wsgi._fast.look import Look
from modpy_wsgi.psp import cache, compiling, disk_cache
from modpy_wsgi.testing import Request, request, site

HANDLER = "AddHandler mod_python .psp .psp_\nPythonHandler mod_python.psp\n"


@pytest.fixture(autouse=True)
def nothing_cached() -> Iterator[None]:
    for kept in (cache._files, cache._literal_files, cache._strings, cache._refused):
        kept.clear()  # type: ignore[attr-defined]
    yield


def pages(folder: Path, more: str = "", **texts: str) -> webtest.TestApp:
    """A site of pages: a name and its text each."""
    for name, text in texts.items():
        (folder / f"{name}.psp").write_text(text, newline="")
    return site(HANDLER + more, root=folder)


class FakeSession(dict[str, Any]):
    """What mod_python.Session makes, as far as a page has to do with it."""

    made: ClassVar[list[FakeSession]] = []

    def __init__(self, req: Any) -> None:
        super().__init__()
        self.log: list[str] = []
        FakeSession.made.append(self)

    def save(self) -> None:
        self.log.append("save")

    def unlock(self) -> None:
        self.log.append("unlock")


@pytest.fixture
def sessions(monkeypatch: pytest.MonkeyPatch) -> list[FakeSession]:
    module = types.ModuleType("mod_python.Session")
    module.Session = FakeSession  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "mod_python.Session", module)
    monkeypatch.setattr(mod_python, "Session", module, raising=False)  # where `from mod_python import` looks first
    monkeypatch.setattr(FakeSession, "made", [])
    return FakeSession.made


SESSIONS: dict[str, tuple[str, str, list[list[str]]]] = {
    "used": ("<% session['a'] = 1 %><%= req.session is session %>", "True", [["save", "unlock"]]),
    "not used": ("<%= hasattr(req, 'sess' + 'ion') %>", "False", []),
    "an error": ("<% session['a'] = 1 / 0 %>", "", [["unlock"]]),
    "of the error page": (
        "<%\npsp.set_error_page('own.psp')\nsession['a'] = 1\nx = 1 / 0\n%>",
        "own 1",
        [["save", "unlock"]],
    ),
    "a redirect": ("<%\nsession['a'] = 1\npsp.redirect('/')\n%>", "", [["unlock"]]),
    "the module": ("<%\ns = Session.Session(req)\n%><%= len(s) %>", "0", [[]]),
    "a new one": (
        "<%\nsession = req.session = Session.Session(req)\n%><%= req.session is session %>",
        "True",
        [["unlock"], ["save", "unlock"]],
    ),
    "the module in a function": (
        "<%\ndef f():\n    return [Session.Session(req) for n in '1']\n# end\n%><%= len(f()) %>",
        "1",
        [[]],
    ),
    "only in a function": ("<%\ndef f(): return session\n# end\n%><%= f() %>", "None", []),
}


@pytest.mark.parametrize("name", SESSIONS)
def test_sessions(tmp_path: Path, sessions: list[FakeSession], name: str) -> None:
    text, body, logs = SESSIONS[name]
    (tmp_path / "own.psp").write_text("own <%= session['a'] %>")
    answer = pages(tmp_path, page=text).get("/page.psp", expect_errors=True)
    assert body in answer.text
    assert [each.log for each in sessions] == logs


def test_a_session_of_the_caller_stays_open(tmp_path: Path, sessions: list[FakeSession]) -> None:
    (tmp_path / "page.psp").write_text("<%= session['a'] %>")
    (tmp_path / "use.py").write_text(
        "from mod_python import psp, Session\n"
        "def handler(req):\n"
        "    req.session = Session.Session(req)\n"
        "    req.session['a'] = 'kept'\n"
        "    psp.PSP(req, 'page.psp').run()\n"
        "    req.write(' %s' % req.session.log)\n"
        "    return 0\n"
    )
    app = site("SetHandler mod_python\nPythonHandler use", root=tmp_path)
    assert app.get("/x").text == "kept ['save']"
    assert len(sessions) == 1


def test_pages_of_a_form_that_is_cached(tmp_path: Path) -> None:
    app = pages(tmp_path, page="<%= form.getfirst('a', 'none') %><%= ','.join(form.getlist('b')) %>")
    for _ in range(2):
        assert app.get("/page.psp?a=1&b=2&b=3").text == "12,3"
        assert app.post("/page.psp", {"a": "é<"}).text == "é<"
        assert app.get("/page.psp").text == "none"


# ---- caches


def change(path: Path, text: str) -> None:
    """Write a file as it is changed by an editor: with another size or time."""
    before = path.stat()
    path.write_text(text)
    if path.stat().st_mtime_ns == before.st_mtime_ns:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))


def test_pages_are_compiled_once_and_again_when_they_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    compile_file = compiling.compile_file

    def counted(path: str, *, literal_text: bool = False) -> compiling.Page:
        compiled.append(os.path.basename(path))
        return compile_file(path, literal_text=literal_text)

    monkeypatch.setattr(cache, "compile_file", counted)
    (tmp_path / "part.html").write_text("part")
    app = pages(tmp_path, page='<%@ include file="part.html" %> <%= 1 %>')
    assert [app.get("/page.psp").text for _ in range(3)] == ["part 1"] * 3
    (tmp_path / "part.html").chmod(0o600)  # which changes nothing that the page is made of
    assert [app.get("/page.psp").text for _ in range(3)] == ["part 1"] * 3
    assert compiled == ["page.psp"]
    change(tmp_path / "part.html", "more")
    assert [app.get("/page.psp").text for _ in range(2)] == ["more 1"] * 2
    change(tmp_path / "page.psp", "new")
    assert [app.get("/page.psp").text for _ in range(2)] == ["new"] * 2
    assert compiled == ["page.psp"] * 3
    (tmp_path / "page.psp").unlink()
    app.get("/page.psp", status=404)


PLACES = {
    "plain": "",
    "below a .htaccess": "AllowOverride All\n",
    "behind a handler that does nothing": "PythonFixupHandler before::quiet\n",
}


@pytest.mark.parametrize("name", PLACES)
def test_a_page_is_looked_at_once_for_a_request(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the server, unless a handler had its turn since."""
    looked: list[str] = []
    look = cache._look

    def counted(path: str, *before: Look | None) -> Look:
        if path.endswith(".psp"):
            looked.append(os.path.basename(path))
        return look_again(path, *before)

    look_again = known_files.look
    monkeypatch.setattr(known_files, "look", counted)
    monkeypatch.setattr(cache, "_look", lambda path: looked.append(os.path.basename(path)) or look(path))
    (tmp_path / "before.py").write_text("def quiet(req):\n    return 0\n")
    app = pages(tmp_path, PLACES[name], page="<%= 1 %>")
    assert [app.get("/page.psp").text for _ in range(3)] == ["1"] * 3
    assert looked == ["page.psp"] * (3 if "handler" in name else 1)  # to compile it, what is there counts
    change(tmp_path / "page.psp", "two")
    assert app.get("/page.psp").text == "two"


BEFORE = """
import os
from mod_python import apache

def write(req):
    with open(req.filename, "w") as page:
        page.write("%s longer " % req.args * int(req.args))
    return apache.OK

def rename(req):
    req.filename = os.path.dirname(req.filename) + "/other.psp"
    return apache.OK

def folder(req):
    req.finfo = apache.stat(os.path.dirname(req.filename), apache.APR_FINFO_NORM)
    return apache.OK
"""

TURNS = {
    "a fixup handler writes the page": (
        "PythonFixupHandler before::write\nPythonHandler mod_python.psp\n",
        ["1 longer ", "2 longer 2 longer "],
    ),
    "a handler in front writes it": (
        "PythonHandler before::write mod_python.psp\n",
        ["1 longer ", "2 longer 2 longer "],
    ),
    "another page": ("PythonFixupHandler before::rename\nPythonHandler mod_python.psp\n", ["other", "other"]),
    "another file's finfo": ("PythonFixupHandler before::folder\nPythonHandler mod_python.psp\n", ["page", "page"]),
}


@pytest.mark.parametrize("name", TURNS)
def test_what_a_handler_before_the_page_has_made_counts(tmp_path: Path, name: str) -> None:
    handlers, wanted = TURNS[name]
    for file, text in (("before.py", BEFORE), ("page.psp", "page"), ("other.psp", "other")):
        (tmp_path / file).write_text(text)
    app = site(f"AddHandler mod_python .psp\n{handlers}", root=tmp_path)
    for _ in range(2):
        assert [app.get(f"/page.psp?{number}").text for number in (1, 2)] == wanted


def test_an_included_file_that_went_away(tmp_path: Path) -> None:
    (tmp_path / "part.html").write_text("part")
    app = pages(tmp_path, page='<%@ include file="part.html" %>')
    app.get("/page.psp")
    (tmp_path / "part.html").unlink()
    app.get("/page.psp", status=500)
    (tmp_path / "part.html").write_text("again")
    assert app.get("/page.psp").text == "again"


def test_a_page_that_was_mended(tmp_path: Path) -> None:
    app = pages(tmp_path, page="<%= 1 + %>")
    app.get("/page.psp", status=500)
    change(tmp_path / "page.psp", "<%= 1 + 1 %>")
    assert app.get("/page.psp").text == "2"


def test_strings(tmp_path: Path) -> None:
    (tmp_path / "part.html").write_text("[part]")
    req = request("/page", root=tmp_path)
    for text in ("é<%= x %>", "é<%= x %>".encode(), 'é<%@ include file="part.html" %><%= x %>'):
        for _ in range(2):
            page = psp.PSP(req, string=text, vars={"x": 1})  # type: ignore[arg-type]
            assert (page.filename, page.string) == (None, text)
            page.run()
    assert len(cache._strings) == 3
    change(tmp_path / "part.html", "[changed]")
    psp.PSP(req, string='é<%@ include file="part.html" %><%= x %>', vars={"x": 2}).run()
    psp.PSP(req, string="x" * (cache.MAX_STRING + 1)).run()
    assert len(cache._strings) == 3
    psp.PSP(req, string="").run()
    body = req.finish().body.decode().rstrip("x")
    assert body == "é1" * 4 + "é[part]1" * 2 + "é[changed]2"


def test_memory_is_bounded(tmp_path: Path) -> None:
    req = request("/page", root=tmp_path)
    for number in range(cache.MAX_PAGES + 100):
        psp.PSP(req, string=f"{number}")
    assert len(cache._strings) <= cache.MAX_PAGES


OPTION = "PythonOption mod_python.psp.cache_database_filename"


@pytest.fixture
def on_disk(tmp_path: Path) -> tuple[Path, Path]:
    """A folder for a site, and the one for the cache."""
    (tmp_path / "site").mkdir()
    return tmp_path / "site", tmp_path / "cache.dbm.pages"


@pytest.mark.parametrize("option", [OPTION, "PythonOption PSPDbmCache", "PythonOption PspDBMcache"])
def test_a_cache_on_disk(on_disk: tuple[Path, Path], option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, kept = on_disk
    (folder / "part.html").write_text("part")
    app = pages(folder, f"{option} {kept.with_suffix('')}", page='<%@ include file="part.html" %><%= 1 / 1 %>')
    assert app.get("/page.psp").text == "part1.0"
    (file,) = kept.iterdir()
    assert (kept.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)

    def never(*args: Any, **options: Any) -> Any:
        raise AssertionError("compiled again")

    cache._files.clear()
    with monkeypatch.context() as patch:
        patch.setattr(cache, "compile_file", never)
        assert app.get("/page.psp").text == "part1.0"
    cache._files.clear()
    change(folder / "part.html", "more")
    assert app.get("/page.psp").text == "more1.0"
    assert list(kept.iterdir()) == [file]


def test_lines_of_a_page_from_disk(on_disk: tuple[Path, Path]) -> None:
    folder, kept = on_disk
    (folder / "part.html").write_text("a\n<%= 1 / 0 %>")
    app = pages(folder, f"PythonDebug On\n{OPTION} {kept.with_suffix('')}", page='\n\n<%@ include file="part.html" %>')
    for _ in range(2):
        answer = app.get("/page.psp", status=500)
        assert f"{folder}/part.html&quot;, line 2" in answer.text
        cache._files.clear()


def not_of_ours(folder: Path) -> None:
    folder.chmod(0o755)


def a_file(folder: Path) -> None:
    folder.rmdir()
    folder.write_text("")


def a_link(folder: Path) -> None:
    folder.rename(folder.with_name("real"))
    folder.symlink_to("real")


def of_somebody_else(folder: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    os.chown(folder, 12345, -1)


@pytest.mark.parametrize("spoil", [not_of_ours, a_file, a_link, of_somebody_else])
def test_code_is_taken_from_no_place_that_others_may_write_into(
    on_disk: tuple[Path, Path], spoil: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, kept = on_disk
    kept.mkdir(0o700)
    spoil(kept)
    app = pages(folder, f"{OPTION} {kept.with_suffix('')}", page="<%= 1 %>")
    for _ in range(3):
        assert app.get("/page.psp").text == "1"
        cache._files.clear()
    assert capsys.readouterr().err.count("mod_python.psp: pages are not cached on disk") == 1
    assert not kept.is_dir() or list(kept.iterdir()) == []


def writable(file: Path) -> None:
    file.chmod(0o620)


def a_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


@pytest.mark.parametrize("spoil", [writable, a_link, a_pipe, of_somebody_else])
def test_code_of_others_is_not_taken(on_disk: tuple[Path, Path], spoil: Any) -> None:
    """Which they have left there while the folder was theirs to write into."""
    folder, kept = on_disk
    app = pages(folder, f"{OPTION} {kept.with_suffix('')}", page="<%= 1 %>")
    app.get("/page.psp")
    (file,) = kept.iterdir()
    spoil(file)
    cache._files.clear()
    assert app.get("/page.psp").text == "1"
    found = file.lstat()  # it was made anew
    assert stat.S_ISREG(found.st_mode)
    assert (found.st_mode & 0o077, found.st_uid) == (0, os.geteuid())


def test_the_folder_that_was_judged_is_used(on_disk: tuple[Path, Path]) -> None:
    folder, kept = on_disk
    app = pages(folder, f"{OPTION} {kept.with_suffix('')}", page="<%= 1 %>")
    app.get("/page.psp")
    opened = disk_cache.Folder(str(kept.with_suffix("")))
    with contextlib.closing(opened):
        kept.rename(kept.with_name("away"))
        kept.mkdir()
        key = (f"{folder}/page.psp", False)
        assert opened.fetch(key, os.stat(key[0])) is not None
        opened.keep((key[0], True), compiling.compile_file(key[0]))
    assert (len(list(kept.iterdir())), len(list(kept.with_name("away").iterdir()))) == (0, 2)


SPOILED = {
    "empty": lambda data: b"",
    "cut": lambda data: data[:-5],
    "no head": lambda data: b"x" + data,
    "another release": lambda data: data.replace(b"modpy_wsgi psp", b"modpy_wsgi psp 0.0.0"),
    "other code": lambda data: data[:-3] + b"abc",
    "no description": lambda data: data.partition(b"\n")[0] + b"\n[]\n" + data.rpartition(b"\n")[2],
}


@pytest.mark.parametrize("name", SPOILED)
def test_what_is_broken_on_disk_is_made_anew(on_disk: tuple[Path, Path], name: str) -> None:
    folder, kept = on_disk
    app = pages(folder, f"{OPTION} {kept.with_suffix('')}", page="<%= 40 + 2 %>")
    app.get("/page.psp")
    (file,) = kept.iterdir()
    good = file.read_bytes()
    file.write_bytes(SPOILED[name](good))
    cache._files.clear()
    assert app.get("/page.psp").text == "42"
    assert file.read_bytes() == good


def test_a_relative_place_is_none(on_disk: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    folder, _ = on_disk
    assert pages(folder, f"{OPTION} cache.dbm", page="x").get("/page.psp").text == "x"
    assert "not an absolute path" in capsys.readouterr().err


def test_the_folder_on_disk_is_bounded(on_disk: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, kept = on_disk
    monkeypatch.setattr(disk_cache, "MAX_FILES", 10)
    app = pages(folder, f"{OPTION} {kept.with_suffix('')}", **{f"page{n}": f"{n}" for n in range(25)})
    for number in range(25):
        assert app.get(f"/page{number}.psp").text == str(number)
    assert len(list(kept.iterdir())) <= 10


def test_precompiled_pages_are_not_looked_at(tmp_path: Path) -> None:
    app = pages(tmp_path, page="the page")
    (tmp_path / "page.psc").write_bytes(b"\xe3\x00\x00")
    os.utime(tmp_path / "page.psc", (2**31 - 1, 2**31 - 1))
    assert app.get("/page.psp").text == "the page"


# ---- errors


def test_an_error_without_debug_is_in_the_log_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = pages(tmp_path, page="one\n<%= 1 + %>")
    answer = app.get("/page.psp", status=500)
    assert "SyntaxError" not in answer.text and str(tmp_path) not in answer.text
    logged = capsys.readouterr().err
    assert f'File "{tmp_path}/page.psp", line 2' in logged and "SyntaxError: invalid syntax" in logged
    assert "compiling.py" not in logged


def test_an_error_under_debug_has_the_pages_line_with_a_caret(tmp_path: Path) -> None:
    app = pages(tmp_path, "PythonDebug On", page="one\n<%= 1 + %>")
    shown = app.get("/page.psp", status=500).text
    assert "line 2" in shown
    assert "    &lt;%= 1 + %&gt;" in shown
    assert "            ^\n" in shown


def test_the_original_exception_reaches_the_handler(tmp_path: Path) -> None:
    """The original raises another of the same class, which fails for those with more than one argument."""
    req = request("/page", root=tmp_path)
    page = "<%\nclass Own(Exception):\n    def __init__(self, a, b):\n        self.a = a\nraise Own(1, 2)\n%>"
    with pytest.raises(Exception) as caught:
        psp.PSP(req, string=page).run()
    assert type(caught.value).__name__ == "Own" and caught.value.a == 1  # type: ignore[attr-defined]


def test_an_error_page_sees_the_file_of_an_include(tmp_path: Path) -> None:
    (tmp_path / "part.html").write_text("a\n<%= 1 / 0 %>")
    app = pages(
        tmp_path,
        page="<%\npsp.set_error_page('own.psp')\n%><%@ include file=\"part.html\" %>",
        own="<%\nimport traceback\nlast = traceback.extract_tb(exception[2])[-1]\n%>"
        "<%= os.path.basename(last.filename) %>:<%= last.lineno %>",
    )
    assert app.get("/page.psp").text.endswith("part.html:2")


def test_the_error_page_is_no_page_for_a_client_that_went_away(tmp_path: Path) -> None:
    (tmp_path / "page.psp").write_text("<%\npsp.set_error_page('own.psp')\nreq.flush()\nreq.write('x', 1)\n%>")
    (tmp_path / "own.psp").write_text("<% ran.append(1) %>")

    def gone(data: bytes) -> None:
        raise BrokenPipeError

    req = request("/page.psp", root=tmp_path)
    req._start_response = lambda status, headers, exc_info=None: gone  # type: ignore[method-assign]
    ran: list[int] = []
    with pytest.raises(OSError, match="client closed"):
        psp.PSP(req, vars={"ran": ran}).run()
    assert ran == []


def test_source_of_a_page(tmp_path: Path) -> None:
    text = 'one <b>&amp;</b>\r\n<%= "<é>" %>\n<%-- three\nfour --%>'
    app = pages(tmp_path, "PythonDebug On", page=text)
    answer = app.get("/page.psp_")
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
    rows = [[cell.text for cell in row.find_all(["th", "td"])] for row in answer.html.find("tbody").find_all("tr")]
    assert [row[0] for row in rows] == ["1", "2", "3", "4"]
    assert [row[2] for row in rows] == ["one <b>&amp;</b>", '<%= "<é>" %>', "<%-- three", "four --%>"]
    assert rows[0][1] == 'req.write("""one <b>&amp;</b>'
    pages(tmp_path, page=text).get("/page.psp_", status=404)


CLOSED_PAGES = {
    "by its name": ("<Files page.psp>\nRequire all denied\n</Files>\n", 403),
    "by a location": ("<Location /page.psp>\nRequire all denied\n</Location>\n", 403),
    "with a password": ("<Files page.psp>\nAuthType Basic\nAuthName x\nRequire valid-user\n</Files>\n", 403),
    "by a handler": ("<Files page.psp>\nPythonAccessHandler closed\n</Files>\n", 403),
    "not at all": ("<Files other.psp>\nRequire all denied\n</Files>\n", 200),
}


@pytest.mark.parametrize("name", CLOSED_PAGES)
def test_source_is_closed_where_the_page_is(tmp_path: Path, name: str) -> None:
    more, status = CLOSED_PAGES[name]
    (tmp_path / "closed.py").write_text("def accesshandler(req):\n    return 403\n")
    app = pages(tmp_path, f"PythonDebug On\n{more}", page="<% secret = 1 %>")
    assert ("secret" in app.get("/page.psp_", status=status).text) is (status == 200)
    app.get("/page.psp_/more", status=404)
    (tmp_path / "page.psp").write_text("<% secret = 2) %>")
    assert ("secret" in app.get("/page.psp_", status=500 if status == 200 else status).text) is (status == 200)


# ---- many


def test_pages_of_two_sites_import_their_own_modules(tmp_path: Path) -> None:
    apps = []
    for name in ("a", "b"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "config.py").write_text(f"name = 'site {name}'\n")
        (folder / "lib").mkdir()
        (folder / "lib" / "more.py").write_text(f"name = 'more of {name}'\n")
        apps.append(
            pages(folder, page="<%\nimport config\n%><%= config.name %> <%= apache.import_module('config').name %>")
        )
    for _ in range(2):
        for name, app in zip("ab", apps, strict=True):
            assert app.get("/page.psp").text == f"site {name} site {name}"
            (tmp_path / name / "path.psp").write_text(
                f"<%\nsys.path.insert(0, '{tmp_path}/{name}/lib')\nimport more\n%><%= more.name %>"
            )
            assert app.get("/path.psp").text == f"more of {name}"
    assert f"{tmp_path}/a/lib" not in sys.path


UPPER = """
def outputfilter(filter):
    data = filter.read()
    while data:
        filter.write(data.upper())
        data = filter.read()
    if data is None:
        filter.close()
"""


def test_filters_see_what_a_page_writes(tmp_path: Path) -> None:
    (tmp_path / "up.py").write_text(UPPER)
    app = pages(tmp_path, "PythonOutputFilter up UPPER\nSetOutputFilter UPPER\n", page="hello <%= 'world' %>")
    assert app.get("/page.psp").text == "HELLO WORLD"


def test_threads(tmp_path: Path) -> None:
    app = pages(
        tmp_path, page="<%\nn = req.args\nimport time\ntime.sleep(0.001)\n%><%= n %> <%= req.args %>", other="x"
    )
    wrong: list[str] = []

    def ask(number: int) -> None:
        client = webtest.TestApp(app.app, lint=False)
        for turn in range(10):
            text = client.get(f"/page.psp?{number}-{turn}", extra_environ={"REMOTE_ADDR": "127.0.0.1"}).text
            if text != f"{number}-{turn} {number}-{turn}":
                wrong.append(text)
            cache._files.clear()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert wrong == []


def test_names_of_a_page_are_its_own(tmp_path: Path) -> None:
    app = pages(tmp_path, page="<%= 'kept' in globals() %><%\nkept = 1\nos = None\n%>", other="<%= os.sep %>")
    assert [app.get("/page.psp").text for _ in range(2)] == ["False", "False"]
    assert app.get("/other.psp").text == os.sep


def test_a_page_without_a_server(tmp_path: Path) -> None:
    """In a unit test of the site: a request, and the class."""
    (tmp_path / "page.psp").write_text("<h1><%= title %></h1>")
    req: Request = request("/page.psp", root=tmp_path)
    page = psp.PSP(req, "page.psp")
    page.run({"title": "tested"})
    assert req.finish().body == b"<h1>tested</h1>"
    assert isinstance(page.code, types.CodeType) and page.code.co_filename == str(tmp_path / "page.psp")


def test_a_class_of_the_sites_own(tmp_path: Path) -> None:
    class Upper(psp.PSP):
        def load_from_file(self) -> None:
            with open(self.filename or "") as file:
                self.code = compile(psp.parsestring(file.read().upper()).replace("REQ", "req"), "own", "exec")

    (tmp_path / "page.psp").write_text("text <%= 1 %>")
    req = request("/page.psp", root=tmp_path)
    Upper(req).run()
    assert req.finish().body == b"TEXT 1"


def test_importing_it_makes_nothing() -> None:
    """No session, no database, and nothing of the original's own machinery."""
    unwanted = {"sqlite3", "cgi", "gunicorn", "mod_python.Session"}
    code = f"import sys, mod_python.psp; print(sorted({unwanted} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
