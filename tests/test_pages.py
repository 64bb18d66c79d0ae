"""Every example of README.md, CONTRIBUTING.md and docs/ is run here, taken from the page as it stands."""

from __future__ import annotations

import base64
import configparser
import html
import os
import pickle
import pwd
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import webtest

import _apache
from modpy_wsgi import Application, from_httpd_conf
from modpy_wsgi.cli import httpd
from modpy_wsgi.config.directives import core
from modpy_wsgi.config.load import load_text
from modpy_wsgi.errors import ConfigError
from modpy_wsgi.serving.certificates import Certificates
from modpy_wsgi.serving.pid_file import State, found
from modpy_wsgi.serving.settings import Overrides, plan
from modpy_wsgi.serving.uwsgi import raw_application
from modpy_wsgi.testing import site
from tests import example_sites, redis_server
from tests.live_server import LiveServer, free_port, read_to_end, running, tool, wait_until
from tests.pages import CHECKOUT, Section, carry_out, placed, section, sections

Run = Callable[[Section, Path], None]

EXAMPLES: dict[str, Run] = {}
"""By "page: heading": what runs the examples of that section. It takes each block from the section."""


def example(name: str) -> Callable[[Run], Run]:
    """Enter a function into EXAMPLES."""

    def enter(run: Run) -> Run:
        EXAMPLES[name] = run
        return run

    return enter


@pytest.fixture
def srv(tmp_path: Path) -> Path:
    """/srv with the sites that the pages name: hello of README.md, and site, which is the same."""
    quick = section("README.md: Quick start")
    conf, module = quick.take("apache"), quick.take("python")
    for name in ("hello", "site"):
        write(tmp_path / name / "httpd.conf", placed(conf, tmp_path).replace("/hello/", f"/{name}/"))
        write(tmp_path / name / "htdocs" / "hello.py", module)
    return tmp_path


@pytest.fixture(autouse=True)
def process_as_before() -> Iterator[None]:
    """Each example is written for a process of its own."""
    modules, path = set(sys.modules), list(sys.path)
    yield
    sys.path[:] = path
    for name in {"hello", "legacy", "members", "page"} - modules:
        sys.modules.pop(name, None)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def application(text: str, srv: Path) -> webtest.TestApp:
    """What a module of an example calls `application`."""
    names: dict[str, Any] = {}
    exec(compile(placed(text, srv), "example", "exec"), names)
    return webtest.TestApp(names["application"], extra_environ={"REMOTE_ADDR": "127.0.0.1"})


def login(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def says_hello(server: LiveServer) -> None:
    assert server.get("/hello.py") == b"Good morning, 127.0.0.1!\n"


def run_pytest(folder: Path, *paths: Path) -> str:
    """Run the tests of a folder in a process of their own."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)],
        cwd=folder,
        env={"PATH": "", "PYTHONPATH": os.pathsep.join(map(str, (*paths, CHECKOUT)))},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def targets(text: str) -> list[str]:
    """The targets of the `make` commands of a block; other commands must be programs of the environment."""
    found = []
    for line in text.splitlines():
        for command in line.partition("  #")[0].split("&&"):
            words = shlex.split(command)
            if words[:1] == ["make"]:
                found += [word for word in words[1:] if "=" not in word and not word.startswith("-")]
            elif words:
                assert words[0].startswith(".venv/bin/") and Path(tool(words[0].rpartition("/")[2])).exists(), command
    return found


def is_target(name: str) -> bool:
    return re.search(rf"^{name}:", (CHECKOUT / "Makefile").read_text(), re.MULTILINE) is not None


# README.md and CONTRIBUTING.md


@example("README.md: modpy-wsgi")
def readme_opens_with_two_commands(page: Section, srv: Path) -> None:
    assert targets(page.take("sh")) == ["serve", "test"]
    assert (CHECKOUT / "README.md").read_text().index("make serve") < 50


@example("README.md: Quick start")
def readme_quick_start(page: Section, srv: Path) -> None:
    page.take("apache"), page.take("python")  # what `srv` is made of
    carry_out(page.take("console"), srv, check=says_hello)
    carry_out(page.take("console"), srv, check=says_hello)


@example("README.md: As a library")
def readme_library(page: Section, srv: Path) -> None:
    assert application(page.take("python"), srv).get("/anything").text == "Hello, 127.0.0.1!\n"
    assert application(page.take("python"), srv).get("/hello.py").text == "Good morning, 127.0.0.1!\n"


@example("README.md: In front of another application")
def readme_fallback(page: Section, srv: Path) -> None:
    module = page.take("python")
    write(srv / "guarded" / "httpd.conf", placed(page.take("apache"), srv))
    write(srv / "guarded" / "lib" / "members.py", page.take("python"))
    (srv / "guarded" / "htdocs").mkdir()
    app = application(module, srv)
    assert app.get("/some/page", headers=login("spam", "eggs")).text == "for spam"
    app.get("/some/page", status=401)


@example("README.md: Tests for a mod_python application")
def readme_tests(page: Section, srv: Path) -> None:
    write(srv / "tests" / "test_hello.py", placed(page.take("python"), srv))
    assert "2 passed" in run_pytest(srv / "tests")


@example("CONTRIBUTING.md: Contributing")
def contributing(page: Section, srv: Path) -> None:
    names = targets(page.take("sh"))
    assert names
    assert all(map(is_target, names)), names


# docs/


@example("docs/check.md: What stands in the way")
def what_stands_in_the_way(page: Section, srv: Path) -> None:
    write(srv / "old" / "httpd.conf", placed(page.take("apache"), srv))
    write(srv / "old" / "htdocs" / "report.py", page.take("python"))
    write(srv / "old" / "htdocs" / "visitors.py", '"""Counts."""\n\n\nprint "one more"\n')
    line, _, shown = placed(page.take("console"), srv).partition("\n")
    as_root = ["--import-as-root"] if os.geteuid() == 0 else []
    command = [*shlex.split(line.removeprefix("$ ")), *as_root]
    command[0] = tool(command[0])
    environ = {"PATH": "", "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1, done.stderr
    printed = iter(done.stdout.splitlines())
    assert [each for each in shown.splitlines() if each not in printed] == [], done.stdout  # all, in this order


@example("docs/check.md: The way of one request")
def the_way_of_one_request(page: Section, srv: Path) -> None:
    for _ in range(2):
        carry_out(page.take("console").replace("$ ", f"$ PYTHONPATH={CHECKOUT} ", 1), srv)


@example("docs/configuration.md: What becomes of a directive")
def a_slip(page: Section, srv: Path) -> None:
    console = page.take("console")
    write(srv / "slip" / "httpd.conf", placed(page.take("apache"), srv))
    carry_out(console, srv)


@example("docs/configuration.md: Server-side includes")
def server_side_includes(page: Section, srv: Path) -> None:
    conf = srv / "site" / "httpd.conf"
    write(conf, conf.read_text() + placed(page.take("apache"), srv))
    write(srv / "site" / "htdocs" / "page.shtml", page.take("html"))
    app = webtest.TestApp(from_httpd_conf(conf), extra_environ={"REMOTE_ADDR": "127.0.0.1"})
    assert app.get("/page.shtml?name=anna").text.split("\n") == [
        "Good morning, 127.0.0.1!",
        "",
        "Hello anna!",
        "In 2024: 366 days.",
        "",
    ]
    assert "Who are you?" in app.get("/page.shtml").text


@example("docs/configuration.md: Users and passwords")
def users_and_passwords(page: Section, srv: Path) -> None:
    conf = srv / "site" / "httpd.conf"
    write(conf, conf.read_text() + placed(page.take("apache"), srv))
    write(srv / "site" / "passwords", page.take("text"))
    app = webtest.TestApp(from_httpd_conf(conf), extra_environ={"REMOTE_ADDR": "127.0.0.1"})
    app.get("/hello.py", status=401)
    app.get("/hello.py", headers=login("anna", "bacon"), status=401)
    assert app.get("/hello.py", headers=login("anna", "eggs")).text == "Good morning, 127.0.0.1!\n"


@example("docs/deploy.md: Servers")
def every_server(page: Section, srv: Path) -> None:
    def check(server: LiveServer) -> None:
        says_hello(server)
        time.sleep(0.5)  # a worker of gunicorn that is told to stop while it still starts does not hear it

    for _ in range(4):
        carry_out(page.take("console"), srv, check=check)
    script = page.take("python")
    assert application(script, srv).get("/hello.py").text == "Good morning, 127.0.0.1!\n"
    assert re.search(r"^WSGIScriptAlias / /srv/site/site.wsgi$", page.take("apache"), re.MULTILINE)


@example("docs/deploy.md: Processes, signals, logs")
def systemd_unit(page: Section, srv: Path) -> None:
    unit = configparser.RawConfigParser()
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(page.take("ini"))
    command = unit["Service"]["ExecStart"].removeprefix("/srv/site/.venv/bin/")
    carry_out(f"$ {command}\n", srv, check=says_hello)


@example("docs/deploy.md: Locks across processes")
def locks_across_processes(page: Section, srv: Path) -> None:
    main = Application(load_text(placed(page.take("apache"), srv))).main_server
    (srv / "site" / "locks").mkdir()
    assert _apache._global_trylock(main, "key", 31)
    with pytest.raises(ValueError, match="out of range"):
        _apache._global_trylock(main, "key", 32)
    assert [path.name[:6] for path in (srv / "site" / "locks").iterdir()] == ["mpmtx-"]


COUNTING = """
Listen 8000
Listen 8007
PythonPath "['/srv/site/lib'] + sys.path"
<VirtualHost *:8007>
    PythonConnectionHandler counting
</VirtualHost>
<Location />
    SetHandler mod_python
    PythonHandler counting
</Location>
"""


def counts(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), 30) as client, client.makefile("rwb", buffering=0) as lines:
        assert lines.readline() == b"Hello, 127.0.0.1. Numbers, please.\n"
        lines.write(b"3\n")
        lines.write(b"4\n")
        assert [lines.readline(), lines.readline()] == [b"3\n", b"7\n"]
        lines.write(b"quit\n")
        assert lines.readline() == b""


@example("docs/connections.md: Connection handlers")
def echo_server(page: Section, srv: Path) -> None:
    port, place = free_port(), example_sites.copy(srv)
    conf = place / "examples" / "echo" / "httpd.conf"
    conf.write_text(conf.read_text().replace("127.0.0.1:8007", f"127.0.0.1:{port}"))
    command = shlex.split(page.take("console").removeprefix("$ "))
    with running([tool(command[0]), *command[1:]], port, place, {"PWD": str(place)}) as server:
        with socket.create_connection(("127.0.0.1", port), 30) as client:
            client.sendall(b"one\ntwo\n")
            client.shutdown(socket.SHUT_WR)
            assert read_to_end(client) == b"one\ntwo\n"
        assert f"listening on 127.0.0.1:{port} for PythonConnectionHandler" in server.output()


def counting_site(srv: Path, conf: str) -> tuple[int, int]:
    """The site of the page on two free ports."""
    ports = free_port(), free_port()
    conf = re.sub(r"\b80(00)?\b", str(ports[0]), conf).replace("8007", str(ports[1]))
    write(srv / "site" / "httpd.conf", placed(conf, srv))
    write(srv / "site" / "lib" / "counting.py", section("docs/connections.md: Beside pages").take("python"))
    return ports


@example("docs/connections.md: Beside pages")
def counting(page: Section, srv: Path) -> None:
    page.take("python")
    web, port = counting_site(srv, page.take("apache"))
    with running([tool("modpy-wsgi"), "serve", "-f", str(srv / "site" / "httpd.conf")], web, srv):
        counts(port)


@example("docs/connections.md: In a request")
def counting_in_a_request(page: Section, srv: Path) -> None:
    write(srv / "site" / "lib" / "counting.py", page.take("python"))
    port = free_port()
    conf = (
        f"Listen 127.0.0.1:{port}\nServerName localhost\nDocumentRoot {srv}/site/htdocs\n"
        f"PythonPath \"['{srv}/site/lib'] + sys.path\"\nPythonHeaderParserHandler counting\n"
    )
    write(srv / "site" / "httpd.conf", conf)
    with (
        running([tool("modpy-wsgi"), "serve", "-f", str(srv / "site" / "httpd.conf")], port, srv),
        socket.create_connection(("127.0.0.1", port), 30) as client,
    ):
        client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: counting\r\n\r\n3\n4\nquit\n")
        assert read_to_end(client).partition(b"\r\n\r\n")[2] == b"3\n7\n"


@example("docs/connections.md: TLS")
def connections_over_tls(page: Section, srv: Path) -> None:
    """tests/test_connections.py speaks TLS; here the configuration is read."""
    with pytest.raises(ConfigError, match=r"talk\.pem: No such file"):
        raw_application(Application(load_text(placed(page.take("apache"), srv))))


@example("docs/connections.md: Under other servers")
def connections_elsewhere(page: Section, srv: Path) -> None:
    write(srv / "site" / "raw.py", page.take("python"))
    own = page.take("python")
    for _ in range(2):
        web, port = counting_site(srv, COUNTING)
        environ, *command = shlex.split(placed(page.take("console").removeprefix("$ "), srv))
        command = [word.replace(":8000", f":{web}").replace(":8007", f":{port}") for word in command]
        with running([tool(command[0]), *command[1:]], web, srv, dict([environ.split("=")])):
            counts(port)
    _, port = counting_site(srv, COUNTING)
    program = placed(own, srv).replace("8007", str(port))
    with subprocess.Popen([sys.executable, "-c", program], cwd=srv) as process:
        wait_until(lambda: succeeds(lambda: counts(port)), "an answer")
        assert process.wait(60) == 0


def succeeds(function: Callable[[], None]) -> bool:
    try:
        function()
    except ConnectionRefusedError:
        return False
    return True


SHOW = """
def handler(req):
    req.content_type = "text/plain"
    req.write("%s %s %s" % (req.construct_url("/"), req.unparsed_uri, req.server.server_hostname))
    return 0
"""
HOSTS = """
<VirtualHost *:80>
    ServerName first.example.com
</VirtualHost>
<VirtualHost *:80>
    ServerName www.example.com
</VirtualHost>
<VirtualHost *:443>
    ServerName www.example.com
    ServerAlias secure.example.com
</VirtualHost>
<Location />
    SetHandler mod_python
    PythonHandler show
</Location>
"""


@example("docs/deploy.md: Behind nginx or Apache")
def front_servers(page: Section, srv: Path) -> None:
    nginx, apache, console = page.take("nginx"), page.take("apache"), page.take("console")
    write(srv / "site" / "lib" / "show.py", SHOW)
    write(srv / "site" / "httpd.conf", f"Listen 80\nListen 443 https\nPythonPath \"['{srv}/site/lib']\"\n{HOSTS}")
    (srv / "site" / "conf.d").mkdir()

    def fronts(inner: LiveServer) -> None:
        for start in (start_nginx, start_apache):
            front = start(nginx if start is start_nginx else apache, inner.port, srv)
            if front is not None:
                command, port = front
                with running(command, port, srv) as server:
                    scheme = "http" if start is start_nginx else "https"  # the nginx of the test has no certificate
                    headers = {"Host": "www.example.com"}
                    answer = server.request("GET", "/a%20b//c?d", headers=headers)[2].decode()
                    assert answer == f"{scheme}://www.example.com/ /a%20b//c?d www.example.com"

    carry_out(console, srv, check=fronts)


@example("docs/deploy.md: The address of the client")
def address_of_the_client(page: Section, srv: Path) -> None:
    rules = f'''
        DocumentRoot "{srv}/site/htdocs"
        <Location />
            Require ip 192.0.2.0/24
        </Location>
    '''
    app = webtest.TestApp(Application(load_text(page.take("apache") + rules)))
    write(srv / "site" / "htdocs" / "page.txt", "page")

    def status(address: str, forwarded: str) -> int:
        environ = {"REMOTE_ADDR": address, "HTTP_X_FORWARDED_FOR": forwarded}
        code: int = app.get("/page.txt", extra_environ=environ, expect_errors=True).status_int
        return code

    for proxy in ("127.0.0.1", "::1"):
        assert status(proxy, "192.0.2.7") == 200
        assert status(proxy, "192.0.2.7, 198.51.100.1") == 403  # the last is what the front server saw
    assert status("198.51.100.1", "192.0.2.7") == 403


@example("docs/deploy.md: Large files")
def front_server_sends(page: Section, srv: Path) -> None:
    option, location = page.take("apache"), page.take("nginx")
    prefix, folder = re.findall(r"(?:location|alias) ([^ ;]+)", location)
    root = srv / "site" / "htdocs"
    write(root / "films" / "a film.mp4", "x" * 70000)
    write(root / "page.html", "small")
    app = site(placed(option, srv), root=root)
    name = app.get("/films/a%20film.mp4").headers["X-Accel-Redirect"]
    assert name == f"{prefix}films/a%20film.mp4"
    assert placed(folder, srv) == f"{root}/"
    assert app.get("/page.html").text == "small"


def start_nginx(text: str, inner: int, srv: Path) -> tuple[list[str], int] | None:
    """The page's nginx without TLS; None where there is none."""
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if program is None:
        return None
    port = free_port()
    text = re.sub(r"listen 443 ssl;|ssl_certificate.*;", "", text).replace(
        "server {", f"server {{ listen 127.0.0.1:{port};"
    )
    temporary = "".join(
        f"{name}_temp_path {srv}/nginx-{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf = srv / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    conf.write_text(
        f"daemon off; {user} pid {srv}/nginx.pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; {temporary}\n{text.replace(':8000', f':{inner}')} }}"
    )
    return [program, "-p", str(srv), "-c", str(conf)], port


APACHE_MODULES = Path("/usr/lib/apache2/modules")


def start_apache(text: str, inner: int, srv: Path) -> tuple[list[str], int] | None:
    """The page's Apache without TLS; None where there is none with these modules."""
    program = shutil.which("apache2", path=os.environ.get("PATH", "") + ":/usr/sbin")
    names = ("mpm_event", "authz_core", "headers", "proxy", "proxy_http")
    if program is None or not all((APACHE_MODULES / f"mod_{name}.so").exists() for name in names):
        return None
    port = free_port()
    text = re.sub(r"^ *SSL.*\n", "", text, flags=re.MULTILINE).replace("*:443", f"*:{port}")
    load = "".join(f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so\n" for name in names)
    conf = srv / "apache.conf"
    conf.write_text(
        f"ServerRoot {srv}\nServerName front.test\nListen 127.0.0.1:{port}\nPidFile {srv}/apache.pid\n"
        f"ErrorLog {srv}/apache.log\n{load}{text.replace(':8000', f':{inner}')}"
    )
    return [program, "-f", str(conf), "-DFOREGROUND"], port


@example("docs/psp.md: A page")
def a_page_of_psp(page: Section, srv: Path) -> None:
    write(srv / "pages" / "hello.psp", "")
    conf = page.take("apache")
    write(srv / "pages" / "hello.psp", page.take("html"))
    write(srv / "pages" / "foot.html", "<p>Good bye.</p>")
    app = site(conf, root=srv / "pages")
    lines = [line for line in app.get("/hello.psp?name=Anna&name=<Bob>").text.splitlines() if line]
    assert lines == ["<p>Hello, Anna!</p>", "<p>Hello, &lt;Bob&gt;!</p>", "<p>Good bye.</p>"]
    app.get("/hello.psp").mustcontain("Hello, nobody!")


@example("docs/psp.md: A login")
def a_login_on_a_page(page: Section, srv: Path) -> None:
    write(srv / "members" / "login.psp", page.take("html"))
    app = site(
        "AddHandler mod_python .psp\nPythonHandler mod_python.psp\nPythonOption mod_python.session.session_type "
        "MemorySession",
        root=srv / "members",
    )
    app.get("/login.psp").mustcontain("Log in", no="Hello")
    before = app.cookies["pysid"]
    app.post("/login.psp", {"user": "<Anna>", "password": "ham"}).mustcontain("Log in", no="Hello")
    answer = app.post("/login.psp", {"user": "<Anna>", "password": "eggs"}, status=302)
    assert answer.headers["Location"].endswith("login.psp")
    assert app.cookies["pysid"] != before
    app.get("/login.psp").mustcontain("<p>Hello, &lt;Anna&gt;!</p>", no="Log in")


@example("docs/psp.md: Pages as templates")
def pages_as_templates(page: Section, srv: Path) -> None:
    write(srv / "templates" / "greet.py", page.take("python"))
    write(srv / "templates" / "greeting.html", page.take("html"))
    app = site("SetHandler mod_python\nPythonHandler greet", root=srv / "templates")
    assert app.get("/greet").text == "<h1>Hello, world!</h1>\n"


@example("docs/psp.md: Errors")
def errors_of_pages(page: Section, srv: Path) -> None:
    write(srv / "site" / "htdocs" / "order.psp", "\n" * 6 + "<%= total + %>\n")
    app = site("AddHandler mod_python .psp\nPythonHandler mod_python.psp\nPythonDebug On", root=srv / "site" / "htdocs")
    shown = html.unescape(app.get("/order.psp", status=500).text)
    lines = [line for line in shown[shown.index(f'  File "{srv}/site') :].split("\n") if line]
    assert placed(page.take("text"), srv).splitlines() == lines[:4]


@example("docs/psp.md: Backslashes")
def backslashes(page: Section, srv: Path) -> None:
    write(srv / "pages" / "a.psp", "\\x41\r\n")
    conf = "AddHandler mod_python .psp\nPythonHandler mod_python.psp\n"
    assert site(conf, root=srv / "pages").get("/a.psp").body == b"A\n"
    (srv / "pages" / "a.psp").write_bytes(b"\\x41\r\n")
    assert site(conf + page.take("apache"), root=srv / "pages").get("/a.psp").body == b"\\x41\r\n"


@example("docs/psp.md: A WSGI application")
def a_wsgi_application(page: Section, srv: Path) -> None:
    write(srv / "site" / "lib" / "shop.py", page.take("python"))
    (srv / "docs").mkdir()
    app = site(placed(page.take("apache"), srv), root=srv / "docs")
    assert app.get("/shop/tea/green").text == "/shop and /tea/green\n"


@example("docs/psp.md: The test page")
def the_test_page(page: Section, srv: Path) -> None:
    (srv / "docs").mkdir()
    app = site(page.take("apache"), root=srv / "docs")
    app.get("/test").mustcontain("mod_python test page", "Require local")
    app.get("/test", extra_environ={"REMOTE_ADDR": "192.0.2.1"}, status=403)


PROGRAMS = {"modpy-httpd": "modpy_wsgi.cli.httpd", "mod_python": "modpy_wsgi.cli.mod_python"}


def controlled(text: str, srv: Path, port: int) -> None:
    """A block of commands that start a server and stop it; nothing of it is left, whatever happens."""
    try:
        for command in re.split(r"^\$ ", text.replace(":8000", f":{port}"), flags=re.MULTILINE)[1:]:
            line, _, shown = command.partition("\n")
            line, _, into = line.partition(" > ")
            words = shlex.split(placed(line, srv))
            if words[0] == "curl":
                with urllib.request.urlopen(words[1], timeout=60) as answer:
                    printed = answer.read().decode()
            else:
                program = [sys.executable, "-m", PROGRAMS[words[0]], *words[1:]]
                done = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False, cwd=srv)
                assert done.returncode == 0, (line, done.stderr)
                printed = done.stdout or done.stderr.replace(ROOT_NOTE, "")
            if into:
                Path(placed(into, srv)).write_text(printed)
            if shown:
                assert printed.rstrip("\n") == shown.rstrip("\n"), line
    finally:
        for path in srv.rglob("httpd.pid"):
            if found(str(path)).state is State.RUNNING:
                os.kill(found(str(path)).pid, 9)


ROOT_NOTE = "workers run as root: the configuration has no User\n"


@example("docs/httpd.md: The command")
def the_command(page: Section, srv: Path) -> None:
    port = free_port()
    conf = srv / "site" / "httpd.conf"
    conf.write_text(conf.read_text().replace(":8000", f":{port}") + f"ServerRoot {srv}/site\nStartServers 1\n")
    controlled(page.take("console"), srv, port)


@example("docs/httpd.md: Several addresses, and TLS")
def several_addresses(page: Section, srv: Path) -> None:
    folder = srv / "site" / "tls"
    folder.mkdir()
    for name in ("www", "shop"):
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        command += ["-subj", f"/CN={name}.example.com", "-days", "2", "-keyout", f"{name}.key", "-out", f"{name}.pem"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    app = Application(load_text(placed(page.take("apache"), srv)))
    try:
        certificates = Certificates(app.site, app.hosts)
        certificates.check_all(plan(app.site, Overrides(tls=True), cpus=1, root=False).binds)
        assert certificates.leads_to_tls("0.0.0.0", 8443)
        assert certificates.context("127.0.0.1", 8080) is None
    finally:
        app.close()


@example("docs/httpd.md: Logs")
def levels_of_logs(page: Section, srv: Path) -> None:
    main = load_text(placed(page.take("apache"), srv)).main
    assert main.settings[core.LOG_LEVELS] == {"python": 6, "mpm_gunicorn": 7}
    assert main.sections[0].settings[core.LOG_LEVELS] == {"python": 7}


@example("docs/httpd.md: Init scripts and systemd")
def init_scripts(page: Section, srv: Path) -> None:
    program = f"{sys.executable} -m modpy_wsgi.cli.httpd"
    script = placed(page.take("sh").replace("/srv/site/.venv/bin/modpy-httpd", program), srv)
    done = subprocess.run(["sh", "-c", script, "sh", "configtest"], capture_output=True, text=True, check=True)
    assert done.stderr.endswith("Syntax OK\n")
    unit = configparser.RawConfigParser()
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(page.take("ini"))
    _, *words = unit["Service"]["ExecStart"].split()
    assert httpd.main([*placed(" ".join(words), srv).split(), "-t"]) == 0


@example("docs/httpd.md: The command mod_python")
def the_command_mod_python(page: Section, srv: Path) -> None:
    controlled(page.take("console"), srv, free_port())
    done = subprocess.run(
        [sys.executable, "-c", page.take("python")], capture_output=True, text=True, timeout=60, check=True
    )
    assert [host.names for host in load_text(done.stdout).hosts] == [("anna.example.com",), ("ben.example.com",)]


@example("docs/handlers.md: A handler")
def a_handler(page: Section, srv: Path) -> None:
    write(srv / "page" / "page.py", page.take("python"))
    app = site("SetHandler mod_python\nPythonHandler page", root=srv / "page")
    answer = app.get("/?there")
    assert (answer.text, answer.headers["Cache-Control"]) == ("Hello, there\n", "no-store")
    assert "GET" in app.post("/", status=405).headers["Allow"]


@example("docs/handlers.md: Applications with an entry point of their own")
def an_entry_point(page: Section, srv: Path) -> None:
    """tests/test_entry_points.py has the gateways themselves."""
    write(srv / "shop" / "lib" / "gateway.py", "def handler(req):\n    req.write(req.uri)\n    return 0\n")
    write(srv / "shop" / "htdocs" / "static" / "style.css", "body {}")
    conf = f"DocumentRoot {srv}/shop/htdocs\n" + placed(page.take("apache"), srv)
    app = webtest.TestApp(Application(load_text(conf), private=True), extra_environ={"REMOTE_ADDR": "127.0.0.1"})
    assert app.get("/anything").text == "/anything"
    assert app.get("/static/style.css").text == "body {}"


@example("docs/forms.md: A published page")
def a_published_page(page: Section, srv: Path) -> None:
    conf, module, test = page.take("apache"), page.take("python"), page.take("python")
    write(srv / "guests" / "guests.py", module)
    exec(compile(placed(test, srv), "example", "exec"), {"CONF": conf})


@example("docs/forms.md: Around the publisher")
def around_the_publisher(page: Section, srv: Path) -> None:
    folder = srv / "site" / "htdocs"
    write(folder / "around.py", page.take("python"))
    write(folder / "page.py", "def divide(a, b):\n    return str(int(a) / int(b))\n")
    app = site("AddHandler mod_python .py\nPythonHandler around", root=folder)
    assert app.get("/page.py/divide?a=6&b=3").text == "2.0"
    assert app.get("/page.py/divide?a=6&b=0").text == "Please give another number."


@example("docs/forms.md: Forms in a handler")
def forms_in_a_handler(page: Section, srv: Path) -> None:
    write(srv / "upload" / "upload.py", page.take("python"))
    app = site("AddHandler mod_python .py\nPythonHandler upload\n", root=str(srv / "upload"))
    answer = app.post("/upload.py", {"name": "Anna"}, upload_files=[("photo", "me.png", b"1234")])
    assert re.fullmatch(r"me\.png is in /\S*/upload-\S+\n", answer.text)


@example("docs/filters.md: A filter")
def a_filter(page: Section, srv: Path) -> None:
    write(srv / "capitals" / "capitalize.py", page.take("python"))
    write(srv / "capitals" / "page.txt", "Hello World!\n")
    exec(compile(placed(page.take("python"), srv), "example", "exec"), {"CONF": page.take("apache")})


@example("docs/filters.md: Compression")
def compression(page: Section, srv: Path) -> None:
    write(srv / "packed" / "page.txt", "Hello World!\n" * 10)
    app = site(page.take("apache"), root=str(srv / "packed"))
    assert "Content-Encoding" not in app.get("/page.txt").headers
    packed = app.get("/page.txt", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["ETag"].endswith('-gzip"')
    old = app.get("/page.txt", headers={"Accept-Encoding": "gzip", "User-Agent": "OldBrowser/1"})
    assert not old.headers["ETag"].endswith('-gzip"')


def with_sessions(folder: Path, module: str, more: str = "") -> webtest.TestApp:
    """The site whose handler is this module, its sessions in the memory."""
    write(folder / f"{folder.name}.py", module)
    option = "" if more else "PythonOption mod_python.session.session_type MemorySession\n"
    return site(f"SetHandler mod_python\nPythonHandler {folder.name}\n{option}{more}", root=str(folder))


@example("docs/sessions.md: A login")
def a_login(page: Section, srv: Path) -> None:
    app = with_sessions(srv / "login", page.take("python"))
    app.get("/", status=403)
    app.post("/", {"user": "Anna", "password": "spam"}, status=403)
    app.post("/", {"user": "Anna", "password": "eggs", "theme": "dark"}).mustcontain("unknown")
    app.get("/").mustcontain("Hello, Anna. Your theme is dark.")


@example("docs/sessions.md: Where sessions are kept")
def where_sessions_are_kept(page: Section, srv: Path) -> None:
    login_page = section("docs/sessions.md: A login").take("python")
    app = with_sessions(srv / "kept", login_page, placed(page.take("apache"), srv))
    app.post("/", {"user": "Anna", "password": "eggs"})
    app.get("/").mustcontain("Hello, Anna.")
    assert len(list((srv / "site" / "sessions" / "modpy_sess").glob("??/*"))) >= 1


@example("docs/sessions.md: Many machines")
def many_machines(page: Section, srv: Path) -> None:
    assert page.take("sh").startswith("pip install 'modpy-wsgi[redis]'")
    project = (CHECKOUT / "pyproject.toml").read_text()
    assert re.search(r"^redis = \[", project, re.MULTILINE)
    config = placed(page.take("apache"), srv)
    if redis_server.PROGRAM is None:
        return
    with redis_server.redis_running(srv) as server:
        config = config.replace("redis://redis.example:6379", server.url).replace("/etc/site", str(srv))
        app = with_sessions(srv / "many", section("docs/sessions.md: A login").take("python"), config)
        app.post("/", {"user": "Anna", "password": "eggs"})
        app.get("/").mustcontain("Hello, Anna.")


@example("docs/sessions.md: Classes of a site")
def classes_of_a_site(page: Section, srv: Path) -> None:
    counter = (
        "\nfrom mod_python import apache\ndef handler(req):\n    session = ShelfSession(req)\n"
        "    session['n'] = session.get('n', 0) + 1\n    session.save()\n    req.write('%s' % session['n'])\n"
        "    return apache.OK\n"
    )
    options = f"PythonOption mod_python.session.database_directory {srv}\n"
    app = with_sessions(srv / "shelf", page.take("python") + counter, options)
    assert [app.get("/").text for _ in range(3)] == ["1", "2", "3"]


@example("docs/sessions.md: Sessions that mod_python left behind")
def sessions_that_mod_python_left_behind(page: Section, srv: Path) -> None:
    now = time.time()
    for number, timeout in enumerate((1000, 1000, 1)):
        record = {"_data": {"n": 1}, "_created": now - 9, "_accessed": now - 9, "_timeout": timeout}
        path = srv / "old" / "mp_sess" / f"{number:02x}" / f"{number:02x}{'0' * 30}"
        path.parent.mkdir(parents=True)
        path.write_bytes(pickle.dumps(record, 2))
    conf = srv / "site" / "httpd.conf"
    options = section("docs/sessions.md: Where sessions are kept").take("apache")
    write(conf, placed(options, srv) + conf.read_text())
    user = pwd.getpwuid(os.geteuid()).pw_name
    console = page.take("console").replace("--user www-data", f"--user {user}")
    carry_out(console.replace("$ ", f"$ PYTHONPATH={CHECKOUT} ", 1), srv)


@example("docs/sessions.md: Cookies")
def cookies(page: Section, srv: Path) -> None:
    app = with_sessions(srv / "seen", page.take("python"))
    app.get("/a")
    app.get("/b")
    assert app.get("/c").text == "/a\n/b\n/c"


@example("docs/library.md: From a configuration")
def from_a_configuration(page: Section, srv: Path) -> None:
    app = application(page.take("python"), srv)
    assert app.app.site.defines >= {"TRIAL", "DATA"}
    assert app.get("/hello.py").text == "Good morning, 127.0.0.1!\n"


@example("docs/library.md: From a directory and a handler")
def from_a_directory(page: Section, srv: Path) -> None:
    assert application(page.take("python"), srv).get("/any/path").text == "Hello, 127.0.0.1!\n"


@example("docs/library.md: In front of another application")
def guarded(page: Section, srv: Path) -> None:
    folder = srv / "guarded"
    write(folder / "app.py", placed(page.take("python"), srv))
    write(folder / "httpd.conf", placed(page.take("apache"), srv))
    write(folder / "lib" / "members.py", page.take("python"))
    (folder / "htdocs").mkdir()
    carry_out(page.take("console"), srv, folder=folder)


@example("docs/testing.md: Testing")
def module_of_the_tests(page: Section, srv: Path) -> None:
    page.take("python")  # what the sections below test


@example("docs/testing.md: A site")
def a_site(page: Section, srv: Path) -> None:
    text = page.take("python") + page.take("python")
    assert "2 passed" in run_tests_of_page(srv, text)


@example("docs/testing.md: A whole configuration")
def a_whole_configuration(page: Section, srv: Path) -> None:
    assert "1 passed" in run_tests_of_page(srv, page.take("python"))


@example("docs/testing.md: A handler alone")
def a_handler_alone(page: Section, srv: Path) -> None:
    text = section("docs/testing.md: A site").take("python") + page.take("python")
    assert "2 passed" in run_tests_of_page(srv, text)


@example("docs/testing.md: A connection handler alone")
def a_connection_handler_alone(page: Section, srv: Path) -> None:
    counting = section("docs/connections.md: Beside pages").take("python")
    write(srv / "hello" / "htdocs" / "counting.py", counting)
    assert "1 passed" in run_tests_of_page(srv, page.take("python"))


def run_tests_of_page(srv: Path, text: str) -> str:
    module = section("docs/testing.md: Testing").take("python")
    write(srv / "hello" / "htdocs" / "hello.py", module)
    write(srv / "tests" / "test_page.py", placed(text, srv))
    return run_pytest(srv / "tests", srv / "hello" / "htdocs")


def programs(folder: Path, *names: str) -> None:
    """Programs for the shell that say hello."""
    for name in names:
        write(folder / name, "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nHello from a program\\n'\n")
        (folder / name).chmod(0o755)


@example("docs/cgi.md: A folder of programs, without a configuration")
def a_folder_of_programs(page: Section, srv: Path) -> None:
    programs(srv / "site" / "cgi-bin", "hello")
    carry_out(page.take("console"), srv)


@example("docs/cgi.md: Programs")
def cgi_programs(page: Section, srv: Path) -> None:
    programs(srv / "site" / "cgi-bin", "hello")
    programs(srv / "site" / "htdocs", "own.cgi", "other.txt")
    app = site(placed(page.take("apache"), srv), root=srv / "site" / "htdocs")
    for path in ("/cgi-bin/hello", "/own.cgi"):
        assert app.get(path).text == "Hello from a program\n"
    assert app.get("/other.txt").text.startswith("#!/bin/sh")


@example("docs/cgi.md: Python scripts in process")
def cgi_scripts(page: Section, srv: Path) -> None:
    write(srv / "site" / "scripts" / "hello.py", "print('Content-Type: text/plain\\n\\nhello')\n")
    conf = f"Alias /scripts/ {srv}/site/scripts/\n<Directory {srv}/site/scripts>\nRequire all granted\n</Directory>\n"
    app = site(conf + placed(page.take("apache"), srv), root=srv)
    for path in ("/scripts/hello.py", "/scripts/hello", "/scripts/hello.cgi"):
        assert app.get(path).text == "hello\n"


@example("docs/cgi.md: Code for CGI within a handler")
def cgi_within_a_handler(page: Section, srv: Path) -> None:
    write(srv / "lent" / "page.py", page.take("python"))
    code = "import os\n\ndef main():\n    print('Content-Type: text/x-own\\n\\n' + os.environ['QUERY_STRING'])\n"
    write(srv / "lent" / "legacy.py", code)
    answer = site("SetHandler mod_python\nPythonHandler page", root=srv / "lent").get("/?a=1")
    assert (answer.content_type, answer.text) == ("text/x-own", "a=1\n")


@example("docs/quickstart.md: From a checkout")
def quickstart_checkout(page: Section, srv: Path) -> None:
    assert targets(page.take("sh")) == ["serve"]


@example("docs/quickstart.md: A site you already have")
def quickstart_site(page: Section, srv: Path) -> None:
    for _ in range(3):
        text = page.take("console").replace("/etc/httpd/conf/", "/srv/site/").replace("/tmp/", "/srv/")
        carry_out(text, srv, check=says_hello)


@example("docs/quickstart.md: A directory with .htaccess files")
def quickstart_directory(page: Section, srv: Path) -> None:
    conf = "AddHandler mod_python .py\nPythonHandler hello\nPythonOption greeting 'Good morning'\n"
    write(srv / "site" / ".htaccess", conf)
    write(srv / "site" / "hello.py", section("README.md: Quick start").take("python"))
    carry_out(page.take("console"), srv, check=says_hello)


@example("docs/quickstart.md: Debugging")
def quickstart_debugging(page: Section, srv: Path) -> None:
    carry_out(page.take("console"), srv, folder=srv / "site", check=says_hello)


@example("docs/examples.md: Examples")
def examples_by_hand(page: Section, srv: Path) -> None:
    place = example_sites.copy(srv)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PWD", str(place))  # as a shell would have it there
        carry_out(page.take("console"), srv, folder=place)


@example("docs/performance.md: Performance")
def benchmarks_run(page: Section, srv: Path) -> None:
    for line in page.take("console").splitlines():
        program, script = line.removeprefix("$ ").split()
        assert program == "python"
        done = subprocess.run(
            [sys.executable, str(CHECKOUT / script), "1"],  # one round, or one virtual host
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr


NAMES = [each.name for each in sections()]


@pytest.mark.parametrize("name", NAMES)
def test_example(name: str, srv: Path) -> None:
    assert name in EXAMPLES, "nobody runs these examples"
    page = section(name)
    EXAMPLES[name](page, srv)
    assert not page.left, "nobody ran these"


def test_no_example_is_gone() -> None:
    assert set(EXAMPLES) == set(NAMES)


LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)]*))?\)")


@pytest.mark.parametrize("path", [*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/*.md")], ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target, anchor in LINK.findall(path.read_text()):
        if "://" in target:
            continue
        page = path.parent / target if target else path
        assert page.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}, anchor


def test_the_index_names_every_page() -> None:
    index = (CHECKOUT / "docs" / "index.md").read_text()
    assert {path.name for path in CHECKOUT.glob("docs/*.md")} - {"index.md"} == set(
        re.findall(r"\]\((\w+\.md)\)", index)
    )
