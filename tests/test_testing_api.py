"""modpy_wsgi.testing as its users meet it: a site to ask, a request to call a handler with."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mod_python import apache
from modpy_wsgi import Application
from modpy_wsgi.errors import ConfigError
from modpy_wsgi.testing import Request, connection, request, site

HELLO = """
import names

def handler(req):
    req.content_type = "text/plain"
    req.write("%s %s" % (names.NAME, req.get_options().get("greeting", "-")), 0)
    return 0
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "hello.py").write_text(HELLO)
    (tmp_path / "names.py").write_text("NAME = 'first'\n")
    (tmp_path / "page.txt").write_text("page\n")
    (tmp_path / ".htpasswd").write_text("secret")
    return tmp_path


# ---- a site -------------------------------------------------------------------------------------------------------

ANY_URL = "SetHandler mod_python\nPythonHandler hello\nPythonOption greeting hi"


def test_site(root: Path) -> None:
    app = site("AddHandler mod_python .py\nPythonHandler hello\nPythonOption greeting hi", root=root)
    reply = app.get("/hello.py")
    assert (reply.status, reply.content_type, reply.text) == ("200 OK", "text/plain", "first hi")
    assert app.get("/page.txt").body == b"page\n"
    app.get("/absent", status=404)
    app.get("/.htpasswd", status=403)
    assert isinstance(app.app, Application)


def test_sites_have_modules_of_their_own(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "hello.py").write_text(HELLO)
    (other / "names.py").write_text("NAME = 'second'\n")
    sites = [site(ANY_URL, root=where) for where in (root, other, root)]
    assert [app.get("/").text for app in sites] == ["first hi", "second hi", "first hi"]


def test_lines_of_the_server_go_around(root: Path) -> None:
    app = site(
        f"""
        {ANY_URL}
        ServerName testing.test
        <Location "/located">
            PythonOption greeting located
        </Location>
        <Files "filed">
            PythonOption greeting filed
        </Files>
        Alias /alias "{root}"
        <Directory "{root}/deep">
            PythonOption greeting deep
        </Directory>
        <IfModule mod_python.c>
            PythonOption unused x
        </IfModule>
        <VirtualHost *>
            ServerName virtual.test
            <Directory "{root}">
                PythonOption greeting virtual
            </Directory>
        </VirtualHost>
        <VirtualHost *>
            ServerName other.test
        </VirtualHost>
        """,
        root=root,
    )
    other = {"HTTP_HOST": "other.test"}
    (root / "deep").mkdir()
    assert app.get("/", extra_environ={"HTTP_HOST": "virtual.test"}).text == "first virtual"
    for path, greeting in {"/x": "hi", "/located/x": "located", "/filed": "filed", "/alias/filed": "filed"}.items():
        assert app.get(path, extra_environ=other).text == f"first {greeting}", path
    assert app.get("/deep/x", extra_environ=other).text == "first deep"


def test_htaccess_counts_where_it_may(root: Path) -> None:
    (root / "sub").mkdir()
    (root / "sub/.htaccess").write_text("PythonOption greeting local")
    assert site(ANY_URL, root=root).get("/sub/x").text == "first hi"
    assert site(f"AllowOverride All\n{ANY_URL}", root=root).get("/sub/x").text == "first local"


MISTAKES = {
    "unknown": ("PythonDebug On\nPythonNonsense x", "<site>:2: "),
    "wrong": ("\n\nPythonDebug maybe", "<site>:3: "),
    "unclosed": ("PythonDebug On\n<Files x>", "<site>:2: "),
    "not implemented": ("PythonDebug On\nRewriteEngine On", "<site>:2: "),
    "in a section": ("<Files x>\nNonsense\n</Files>", "<site>:2: "),
    "two lines": ("PythonOption \\\na b c", "<site>:1: "),
}


@pytest.mark.parametrize(("text", "place"), MISTAKES.values(), ids=MISTAKES)
@pytest.mark.parametrize("call", [lambda **given: site(**given), lambda **given: request(**given)])
def test_mistakes_are_told_with_their_line(root: Path, text: str, place: str, call: Callable[..., Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        call(config=text, root=root)
    assert str(caught.value).startswith(place)


def test_defines_fallback_and_environ(root: Path) -> None:
    def fallback(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"{environ['PATH_INFO']} {environ['REMOTE_ADDR']}".encode()]

    app = site(
        "<IfDefine CLOSED>\nRequire ip 192.0.2.0/24\n</IfDefine>",
        root=root,
        defines=["CLOSED"],
        fallback=fallback,
        extra_environ={"REMOTE_ADDR": "192.0.2.1"},
    )
    assert app.get("/nothing/here").text == "/nothing/here 192.0.2.1"
    assert app.get("/page.txt").text == "page\n"
    app.get("/nothing", extra_environ={"REMOTE_ADDR": "198.51.100.1"}, status=403)


def test_the_error_log_goes_to_stderr(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (root / "fails.py").write_text("def handler(req):\n    raise ValueError('on purpose')\n")
    site("SetHandler mod_python\nPythonHandler fails", root=root).get("/", status=500)
    assert "PythonHandler fails: ValueError: on purpose" in capfd.readouterr().err


FORM = """
def handler(req):
    req.content_type = "text/html"
    if req.method == "POST":
        req.headers_out["Set-Cookie"] = "seen=yes"
        req.write(req.read(), 0)
    else:
        req.write("<form method=post action=/x><input name=a value=b></form>%s" % req.headers_in.get("Cookie"), 0)
    return 0
"""


def test_webtest_works_as_always(root: Path) -> None:
    (root / "form.py").write_text(FORM)
    app = site("SetHandler mod_python\nPythonHandler form", root=root)
    assert app.get("/").form.submit().text == "a=b"
    assert app.get("/").text.endswith("seen=yes")  # the cookie came back


@pytest.mark.parametrize("name", ["a b", 'q"q', "b\\s", "br[1]", "st*r", "${HOME}", "é"])
def test_folders_of_any_name(root: Path, name: str) -> None:
    folder = root / name
    folder.mkdir()
    (folder / "hello.py").write_text(HELLO)
    (folder / "names.py").write_text("NAME = 'odd'\n")
    assert site(ANY_URL, root=folder).get("/").text == "odd hi"
    req = request("/page", config=ANY_URL, root=folder)
    assert (req.filename, req.get_options()["greeting"]) == (os.fspath(folder / "page"), "hi")


# ---- a handler alone ----------------------------------------------------------------------------------------------


def greet(req: Request) -> Any:
    req.content_type = "text/plain"
    req.headers_out["X-Args"] = req.args or ""
    req.write(f"{req.get_options()['greeting']} {req.uri} {req.path_info}", 0)
    return apache.OK


def test_request(root: Path) -> None:
    req = request("/page.txt/more?x=1", config="PythonOption greeting hi", root=root)
    assert greet(req) == 0
    assert (req.filename, req.path_info) == (os.fspath(root / "page.txt"), "/more")
    assert req.finfo.size == 5
    answer = req.finish()
    assert (answer.status, answer.body) == ("200 OK", b"hi /page.txt/more /more")
    assert sorted(answer.headers) == [("Content-Length", "23"), ("Content-Type", "text/plain"), ("X-Args", "x=1")]
    assert str(type(req)) == "<class 'mp_request'>"


def test_request_with_nothing_said() -> None:
    req = request()
    assert (req.uri, req.method, req.args, req.hostname) == ("/", "GET", None, "localhost")
    assert (req.useragent_ip, req.connection.client_addr) == ("127.0.0.1", ("127.0.0.1", 49152))
    assert req.finish().status == "200 OK"


def test_post() -> None:
    req = request(
        "/x",
        method="POST",
        headers={"Content-Type": "text/x", "X-A": "1"},
        body=b"one\ntwo\n",
        environ={"REMOTE_ADDR": "192.0.2.9", "wsgi.url_scheme": "https"},
    )
    assert (req.method, req.headers_in["content-type"], req.headers_in["x-a"]) == ("POST", "text/x", "1")
    assert (req.headers_in["Content-Length"], req.readline(), req.read()) == ("8", b"one\n", b"two\n")
    assert (req.useragent_ip, req.is_https()) == ("192.0.2.9", 1)


def test_what_was_flushed_is_there_at_once() -> None:
    req = request()
    req.content_type = "text/plain"
    req.write("one ")
    assert (req.answer.status, req.answer.body) == ("200 OK", b"one ")
    req.write("two", 0)
    assert req.answer.body == b"one "
    assert req.finish().body == b"one two"


def test_cleanups_run_at_the_end() -> None:
    done: list[str] = []
    req = request()
    req.register_cleanup(done.append, "finish")
    assert done == []
    req.finish()
    assert done == ["finish"]
    req.finish()
    with request() as other:
        other.register_cleanup(done.append, "with")
    assert done == ["finish", "with"]
    with pytest.raises(KeyError), request() as other:
        other.register_cleanup(done.append, "with an error")
        raise KeyError
    assert done == ["finish", "with", "with an error"]


def test_head_and_no_body() -> None:
    req = request(method="HEAD")
    req.write("body", 0)
    answer = req.finish()
    assert (answer.status, answer.body, answer.headers) == ("200 OK", b"", [("Content-Length", "4")])


def test_bad_headers_are_a_500_here_too() -> None:
    req = request()
    req.headers_out["X-Bad"] = "a\r\nb"
    req.write("body", 0)
    assert req.finish().status == "500 Internal Server Error"


def test_what_the_handler_logs_is_in_the_answer() -> None:
    req = request()
    req.log_error("a line")
    req.log_error("not a line", apache.APLOG_DEBUG)
    text = req.finish().error_log.getvalue()
    assert "a line" in text and "not a line" not in text and text.count("\n") == 1


def test_redirect_within_the_site(root: Path) -> None:
    req = request("/x", config=ANY_URL, root=root)
    req.write("lost", 0)
    req.internal_redirect("/y")
    assert req.next is not None
    answer = req.finish()
    assert (answer.status, answer.body) == ("200 OK", b"first hi")


def test_configuration_of_the_request(root: Path) -> None:
    config = 'AuthType Basic\nAuthName "x"\nRequire valid-user\n<Location "/in">\nPythonOption k located\n</Location>'
    req = request("/in/side", config=config, root=root, headers={"Authorization": "Basic c3BhbTplZ2dz"})
    assert (req.get_basic_auth_pw(), req.user, req.get_options()["k"]) == ("eggs", "spam", "located")
    assert req.document_root() == os.fspath(root)
    assert req.finish().status == "200 OK"  # no phase has asked for the password
    assert request("/side", config=config, root=root).get_options().get("k") is None


def test_requests_know_nothing_of_one_another() -> None:
    first, second = request("/one"), request("/two")
    first.write("first", 0)
    first.headers_out["X-A"] = "1"
    second.write("second", 0)
    assert first.finish().body == b"first"
    assert (second.finish().body, second.answer.headers) == (b"second", [("Content-Length", "6")])


def test_request_closes_the_file_that_it_was_redirected_to(root: Path) -> None:
    (root / "large.bin").write_bytes(b"large" * 50_000)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        req = request("/", root=root)
        req.internal_redirect("/large.bin")
        assert len(req.finish().body) == 250_000
    assert len(os.listdir("/proc/self/fd")) == before


# A connection handler alone


def test_connection_ends_behind_its_bytes() -> None:
    conn = connection(b"one\ntwo")
    assert [conn.readline(), conn.readline()] == [b"one\n", b"two"]
    with pytest.raises(OSError, match="Connection read error"):
        conn.readline()
    conn = connection(b"more")
    assert [conn.read(2), conn.read(), conn.read()] == [b"mo", b"re", None]
    assert connection(b"a\nb").read(-1) == b"a\nb"


def test_what_a_connection_is_sent() -> None:
    conn = connection()
    conn.write("caf\xe9 ")
    conn.write(b"bytes")
    assert conn.sent == b"caf\xc3\xa9 bytes"
    assert not conn.aborted


def test_a_client_that_is_gone() -> None:
    conn = connection(gone=True)
    conn.write("lost")
    assert (conn.aborted, conn.sent) == (1, b"")
    with pytest.raises(OSError, match="client closed connection"):
        conn.write("lost")


def test_members_of_a_connection() -> None:
    config = "ServerName a.test\nPythonOption greeting hello\n<VirtualHost *>\nServerName b.test\n</VirtualHost>"
    conn = connection(config=config, environ={"REMOTE_ADDR": "192.0.2.1"})
    assert conn.client_addr == ("192.0.2.1", 49152)
    assert conn.local_addr == ("127.0.0.1", 8007)
    assert conn.base_server.server_hostname == "a.test"
    assert str(type(conn)) == "<class 'mp_conn'>"
    conn.log_error("said")
    assert conn.error_log.getvalue().endswith("[client 192.0.2.1:49152] said\n")
