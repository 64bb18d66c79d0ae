"""One site under real servers: what a client sees on the wire must be the same everywhere."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.live_server import LiveServer, free_port, read_to_end, running, tool, wait_until

TIMEOUT = 2  # seconds; the Timeout of the configuration
BIG = 20_000_000  # bytes of the large file: more than any socket buffer holds

HANDLER = """
import os
import time

from mod_python import apache


def record(req, line):
    with open(req.get_options()["record"], "a") as file:
        file.write(line + "\\n")


def handler(req):
    req.content_type = "text/plain"
    return globals()["do_" + req.path_info.strip("/")](req) or apache.OK


def do_hello(req):
    req.write("hello")


def do_held(req):
    req.write("held", 0)


def do_greeting(req):
    req.write(req.get_options()["greeting"])


def do_scheme(req):
    req.write("https" if req.is_https() else "http")


def do_pid(req):
    req.write(str(os.getpid()))


def do_where(req):
    import sys
    req.write(repr((os.getcwd(), sys.argv)))


def do_echo(req):
    req.write(req.read())


def do_stream(req):
    req.write("first\\n")
    for _ in range(1000):  # the second line only after the client has seen the first
        if os.path.exists(req.get_options()["go"]):
            break
        time.sleep(0.01)
    req.write("second\\n")


def do_short(req):
    req.set_content_length(10)
    req.write("12345")


def do_long(req):
    req.set_content_length(5)
    req.write("1234567890")


def do_gone(req):
    req.register_cleanup(record, (req, "cleanup"))
    record(req, "begin")
    try:
        for _ in range(2000):
            req.write(b"x" * 65536)
            time.sleep(0.002)
    except OSError as error:
        record(req, "OSError")
        raise
    record(req, "all written")


def do_slow(req):
    record(req, "slow begins")
    time.sleep(1.5)
    req.write("done")


def do_upload(req):
    try:
        req.write(str(len(req.read())))
    except OSError:
        record(req, "upload broke off")
        raise


def do_fail(req):
    raise ValueError("on purpose")


def do_cleanups(req):
    ended = req.get_options()["record"] + "-ended"
    req.server.register_cleanup(req, note_end, (ended, "of the server"))
    apache.register_cleanup(note_end, (ended, "of apache"))
    req.write("registered")


def note_end(args):
    with open(args[0], "a") as file:
        file.write(args[1] + "\\n")


def log_record(args):
    record(*args)
""".replace('req.register_cleanup(record, (req, "cleanup"))', 'req.register_cleanup(log_record, (req, "cleanup"))')

BOOT = """
import os
with open(os.environ["BOOT_RECORD"], "a") as file:
    file.write(str(os.getpid()) + "\\n")
"""

CONF = """
ServerRoot "@ROOT@"
ServerName site.test
Listen 127.0.0.1:@PORT@
PidFile httpd.pid
Timeout @TIMEOUT@
KeepAlive On
KeepAliveTimeout 5
StartServers 1
MaxRequestWorkers 2
DocumentRoot htdocs
AddType application/octet-stream .bin
PythonImport boot site.test

<Directory />
    AllowOverride None
    Require all denied
</Directory>
<Directory "@ROOT@/htdocs">
    Require all granted
    AddHandler mod_python .py
    PythonHandler live
    PythonOption greeting hello
    PythonOption record "@ROOT@/record"
    PythonOption go "@ROOT@/go"
</Directory>
"""


@dataclass
class Site:
    """The files of the site, the server that serves them, and what its handlers wrote down."""

    root: Path
    port: int
    server: LiveServer = field(init=False)
    registered: bool = False  # whether cleanups wait for the end of a process

    @property
    def conf(self) -> Path:
        return self.root / "httpd.conf"

    def lines(self, name: str = "record") -> list[str]:
        path = self.root / name
        return path.read_text().splitlines() if path.exists() else []

    def forget(self) -> None:
        for name in ("record", "go"):
            (self.root / name).unlink(missing_ok=True)

    def environ(self) -> dict[str, str]:
        path = [str(self.root / "lib"), *filter(None, [os.environ.get("PYTHONPATH")])]
        return {
            "MODPY_WSGI_CONF": str(self.conf),
            "PYTHONPATH": os.pathsep.join(path),
            "BOOT_RECORD": str(self.root / "boot"),
            "PYTHONUNBUFFERED": "1",
        }


def make_site(root: Path) -> Site:
    (root / "htdocs").mkdir()
    (root / "lib").mkdir()
    (root / "htdocs" / "live.py").write_text(HANDLER)
    (root / "htdocs" / "page.txt").write_text("a plain file\n")
    (root / "htdocs" / "big.bin").write_bytes(hashlib.shake_256(b"big").digest(BIG // 10) * 10)
    (root / "lib" / "boot.py").write_text(BOOT)
    port = free_port()
    text = CONF.replace("@ROOT@", str(root)).replace("@PORT@", str(port)).replace("@TIMEOUT@", str(TIMEOUT))
    (root / "httpd.conf").write_text(text)
    return Site(root, port)


def serve(site: Site, *more: str) -> list[str]:
    return [sys.executable, "-m", "modpy_wsgi", "serve", "-f", str(site.conf), *more]


def gunicorn(*options: str) -> Callable[[Site], list[str]]:
    start = [sys.executable, "-m", "gunicorn", *options]
    return lambda site: [*start, "--bind", f"127.0.0.1:{site.port}", "modpy_wsgi.wsgi"]


def uwsgi(*options: str) -> Callable[[Site], list[str]]:
    start = [tool("uwsgi"), "--master", "--die-on-term", "--need-app", "--enable-threads", "--virtualenv", sys.prefix]
    load = ["--module", "modpy_wsgi.wsgi", "--worker-reload-mercy", "5"]
    return lambda site: [*start, *load, *options, "--http-socket", f"127.0.0.1:{site.port}"]


def waitress(site: Site) -> list[str]:
    return [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{site.port}", "modpy_wsgi.wsgi:application"]


BELIEVES = "believes this machine"  # gunicorn's --forwarded-allow-ips, unless it is given

# name -> (the command, a module it needs, traits)
SERVERS: dict[str, tuple[Callable[[Site], list[str]], str, frozenset[str]]] = {
    "serve": (serve, "gunicorn", frozenset({"keep-alive", "imports at start"})),
    "gunicorn sync": (gunicorn(), "gunicorn", frozenset({BELIEVES})),
    "gunicorn gthread": (gunicorn("--threads", "4"), "gunicorn", frozenset({"keep-alive", BELIEVES})),
    "gunicorn gevent": (gunicorn("--worker-class", "gevent"), "gevent", frozenset({"keep-alive", BELIEVES})),
    "uWSGI processes": (uwsgi("--processes", "2"), "uwsgidecorators", frozenset({"imports at start"})),
    "uWSGI threads": (uwsgi("--threads", "4"), "uwsgidecorators", frozenset({"imports at start"})),
    "uWSGI lazy": (uwsgi("--lazy-apps"), "uwsgidecorators", frozenset({"imports at start"})),
    # It ends a response without Content-Length with the connection, and a HEAD response as if chunks had gone before.
    "waitress": (waitress, "waitress", frozenset({"keep-alive", "length needed"})),
}


@pytest.fixture(scope="module", params=SERVERS)
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    command, needed, _ = SERVERS[request.param]
    if importlib.util.find_spec(needed) is None:
        pytest.skip(f"{needed} is not installed")
    site = make_site(tmp_path_factory.mktemp("site"))
    with running(command(site), site.port, site.root, site.environ()) as site.server:
        yield site
    if site.registered:
        assert sorted(site.lines("record-ended")) == ["of apache", "of the server"], site.server.output()


@pytest.fixture
def site(served: Site) -> Site:
    served.forget()
    return served


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Site]:
    """A site under `modpy-wsgi serve` for one test alone, which may stop or change it."""
    site = make_site(tmp_path)
    with running(serve(site), site.port, site.root, site.environ()) as site.server:
        yield site


def traits(request: pytest.FixtureRequest) -> frozenset[str]:
    return SERVERS[request.node.callspec.params["served"]][2]


# ---- every server ---------------------------------------------------------------------------------------------------


def test_module_is_imported_when_the_worker_starts(site: Site, request: pytest.FixtureRequest) -> None:
    if "imports at start" in traits(request):
        wait_until(lambda: site.lines("boot"), "PythonImport before the first request")
    else:  # nothing tells the application that a worker begins
        site.server.get("/live.py/hello")
        assert site.lines("boot")
    site.server.get("/live.py/hello")
    pids = site.lines("boot")
    assert len(pids) == len(set(pids)), "once in each process"


def test_cleanups_at_the_end_of_a_process(site: Site) -> None:
    """The fixture looks for what they do, once the server has gone."""
    site.server.get("/live.py/cleanups")
    site.registered = True


def test_hello(site: Site) -> None:
    status, headers, body = site.server.request("GET", "/live.py/hello")
    assert (status, headers["Content-Type"], body) == (200, "text/plain", b"hello")


@pytest.mark.parametrize("name", ["X-Forwarded-Proto", "X-Forwarded-Ssl"])
def test_client_is_not_believed_about_https(site: Site, name: str, request: pytest.FixtureRequest) -> None:
    value = "https" if name == "X-Forwarded-Proto" else "on"
    scheme = site.server.request("GET", "/live.py/scheme", headers={name: value})[2]
    assert scheme == (b"https" if "believes this machine" in traits(request) else b"http")


def test_post(site: Site) -> None:
    body = os.urandom(300_000)
    assert site.server.request("POST", "/live.py/echo", body)[2] == body


def test_post_in_chunks(site: Site, request: pytest.FixtureRequest) -> None:
    if request.node.callspec.params["served"].startswith("uWSGI"):
        pytest.skip("uWSGI hands a chunked body over through its own API only")
    with contextlib.closing(site.server.connect()) as connection:
        chunks = iter([b"ab", b"cde"])
        connection.request("POST", "/live.py/echo", chunks, {"Transfer-Encoding": "chunked"}, encode_chunked=True)
        assert connection.getresponse().read() == b"abcde"


@pytest.mark.parametrize("path", ["/live.py/hello", "/page.txt", "/missing.txt"])
def test_head_has_no_body(site: Site, path: str, request: pytest.FixtureRequest) -> None:
    answer = site.server.raw(f"HEAD {path} HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n".encode())
    head, end, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 404" if "missing" in path else b"HTTP/1.1 200")
    if "length needed" in traits(request) and b"content-length" not in head.lower():
        body = body.removeprefix(b"0\r\n\r\n")
    assert (end, body) == (b"\r\n\r\n", b"")


def test_a_written_line_arrives_at_once(site: Site) -> None:
    with contextlib.closing(site.server.connect()) as connection:
        connection.request("GET", "/live.py/stream")
        response = connection.getresponse()
        assert response.read(6) == b"first\n"
        (site.root / "go").touch()
        assert response.read() == b"second\n"


def test_more_body_than_content_length(site: Site) -> None:
    answer = site.server.raw(b"GET /live.py/long HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-length: 5" in head.lower()
    assert body == b"12345"


def test_less_body_than_content_length_closes_the_connection(site: Site) -> None:
    with site.server.open() as client:
        client.sendall(b"GET /live.py/short HTTP/1.1\r\nHost: site.test\r\n\r\n")
        answer = read_to_end(client)  # ends only if the server closes
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-length: 10" in head.lower()
    assert body == b"12345"


def test_client_goes_away(site: Site) -> None:
    with site.server.open() as client:
        client.sendall(b"GET /live.py/gone HTTP/1.1\r\nHost: site.test\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 200")
        # what is unread now makes the close a reset, so that the server's next write fails
    wait_until(lambda: "cleanup" in site.lines(), "cleanup", 30)
    assert site.lines() == ["begin", "OSError", "cleanup"]
    assert site.server.get("/live.py/hello") == b"hello"
    time.sleep(0.2)
    assert site.lines().count("cleanup") == 1


def test_client_goes_away_in_the_middle_of_its_body(site: Site) -> None:
    with site.server.open() as client:
        client.sendall(b"POST /live.py/upload HTTP/1.1\r\nHost: site.test\r\nContent-Length: 100000\r\n\r\n")
        client.sendall(b"x" * 500)
        time.sleep(0.2)
    if any("waitress" in word for word in site.server.process.args):  # type: ignore[union-attr]
        assert site.server.get("/live.py/hello") == b"hello"  # it reads the whole body before it calls the application
        assert site.lines() == []
    else:
        wait_until(lambda: site.lines() == ["upload broke off"], "OSError from read()")


def test_large_file(site: Site) -> None:
    status, headers, body = site.server.request("GET", "/big.bin")
    assert (status, headers["Content-Length"], headers["Content-Type"]) == (200, str(BIG), "application/octet-stream")
    assert hashlib.sha256(body).digest() == hashlib.sha256((site.root / "htdocs" / "big.bin").read_bytes()).digest()


def test_connection_is_kept(site: Site, request: pytest.FixtureRequest) -> None:
    if "keep-alive" not in traits(request):
        pytest.skip("this server closes each connection")
    with contextlib.closing(site.server.connect()) as connection:
        kept = None
        pages = [("/live.py/held", b"held"), ("/page.txt", b"a plain file\n"), ("/live.py/long", b"12345")]
        if "length needed" not in traits(request):
            pages.append(("/live.py/hello", b"hello"))
        for path, wanted in pages * 2:
            connection.request("GET", path)
            assert connection.getresponse().read() == wanted
            assert connection.sock is not None
            kept = kept or connection.sock
            assert connection.sock is kept


def test_handler_that_fails(site: Site) -> None:
    status, _, body = site.server.request("GET", "/live.py/fail")
    assert status == 500
    assert b"on purpose" not in body
    wait_until(lambda: "ValueError: on purpose" in site.server.output(), "the traceback in the log")


# ---- modpy-wsgi serve -----------------------------------------------------------------------------------------------


def test_banner_says_what_is_served(own: Site) -> None:
    output = wait_until(lambda: "PythonHandler live" in own.server.output() and own.server.output(), "the banner")
    for wanted in (
        f"listening on http://127.0.0.1:{own.port}",
        "2 processes of 1 thread",
        f"DocumentRoot {own.root}/htdocs",
        f"<Directory {own.root}/htdocs",
        "PythonHandler live",
        "httpd.conf:",
    ):
        assert wanted in output


def test_worker_stands_where_the_original_did(own: Site) -> None:
    assert own.server.get("/live.py/where") == b"('/', ['mod_python'])"


def test_pid_file(own: Site) -> None:
    pid = own.root / "httpd.pid"
    assert pid.read_text() == f"{own.server.process.pid}\n"
    own.server.signal(signal.SIGTERM)
    assert own.server.process.wait(15) == 0
    assert not pid.exists()


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR1], ids=["HUP", "USR1"])
def test_configuration_is_read_again(own: Site, number: int) -> None:
    assert own.server.get("/live.py/greeting") == b"hello"
    own.conf.write_text(own.conf.read_text().replace("greeting hello", "greeting goodbye"))
    own.server.signal(number)
    wait_until(lambda: own.server.get("/live.py/greeting") == b"goodbye", "the new configuration")
    assert own.server.process.poll() is None


def test_log_rotation(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    site.conf.write_text(site.conf.read_text() + "ErrorLog logs/error_log\n")
    log = tmp_path / "logs" / "error_log"

    def logged() -> bool:
        server.request("GET", "/live.py/fail")  # perhaps answered by a worker of before, for a moment
        return "ValueError: on purpose" in log.read_text()

    with running(serve(site), site.port, site.root, site.environ()) as server:
        for _ in range(2):
            wait_until(logged, "the traceback in the file")
            log.rename(log.with_suffix(".old"))
            server.signal(signal.SIGUSR1)
            wait_until(log.exists, "a new file")
            wait_until((tmp_path / "httpd.pid").exists, "the pid file, written anew")


def test_hup_with_a_broken_configuration_changes_nothing(own: Site) -> None:
    line = len(own.conf.read_text().splitlines()) + 1
    own.conf.write_text(own.conf.read_text().replace("greeting hello", "greeting goodbye") + "Requre all granted\n")
    own.server.signal(signal.SIGHUP)
    wait_until(lambda: "not reloaded" in own.server.output(), "the refusal in the log")
    assert f"httpd.conf:{line}: " in own.server.output()
    assert own.server.get("/live.py/greeting") == b"hello"


def test_term_lets_a_request_end(own: Site) -> None:
    answers: list[bytes] = []
    slow = threading.Thread(target=lambda: answers.append(own.server.get("/live.py/slow")))
    slow.start()
    wait_until(lambda: own.lines(), "the slow request")
    own.server.signal(signal.SIGTERM)
    slow.join(15)
    assert answers == [b"done"]
    assert own.server.process.wait(15) == 0


def test_silent_client_with_half_a_body(own: Site) -> None:
    with own.server.open() as client:
        client.sendall(b"POST /live.py/upload HTTP/1.1\r\nHost: site.test\r\nContent-Length: 1000\r\n\r\nhalf")
        begin = time.monotonic()
        read_to_end(client)
        # gunicorn may give the rest of a body another 5 seconds, to be able to use the connection again
        assert TIMEOUT - 0.5 < time.monotonic() - begin < TIMEOUT + 8
    assert own.lines() == ["upload broke off"]


def test_silent_client_with_half_a_head(own: Site) -> None:
    with own.server.open() as client:
        client.sendall(b"GET /live.py/hello HTTP/1.1\r\nHost: si")
        begin = time.monotonic()
        read_to_end(client)
        assert TIMEOUT - 0.5 < time.monotonic() - begin < TIMEOUT + 5
    assert "Traceback" not in own.server.output()


def test_a_busy_process_leaves_connections_to_the_others(own: Site) -> None:
    slow = threading.Thread(target=own.server.get, args=("/live.py/slow",))
    slow.start()
    wait_until(lambda: own.lines(), "the slow request")
    begin = time.monotonic()
    for _ in range(20):
        assert own.server.get("/live.py/hello") == b"hello"
    assert time.monotonic() - begin < 1.2, "a request waited behind the slow one"
    slow.join(15)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_workers_give_up_root(tmp_path_factory: pytest.TempPathFactory) -> None:
    parents = [Path(os.__file__), *Path(os.__file__).parents, *Path(__file__).parents]
    if not all(path.stat().st_mode & 0o005 for path in parents):
        pytest.skip("nobody may not read this Python or this checkout")
    root = Path(tmp_path_factory.mktemp("open"))
    site = make_site(root)
    for path in (root, *root.parents[:-2]):
        path.chmod(path.stat().st_mode | 0o055)
    (root / "boot").touch()
    (root / "boot").chmod(0o666)
    (root / "htdocs" / "live.py").write_text(HANDLER + "\n\ndef do_uid(req):\n    req.write(str(os.getuid()))\n")
    site.conf.write_text(site.conf.read_text() + "User nobody\nGroup nogroup\n")
    import pwd

    with running(serve(site), site.port, site.root, site.environ()) as server:
        assert server.get("/live.py/uid") == str(pwd.getpwnam("nobody").pw_uid).encode()


def test_debugger_in_one_process(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    site.conf.write_text(site.conf.read_text() + "PythonEnablePdb On\n")
    debugged = "def handler(req):\n    x = 41\n    req.write('x is %d' % x)\n    return 0\n"
    (tmp_path / "htdocs" / "live.py").write_text(debugged)
    with running(serve(site), site.port, site.root, site.environ(), "c\n") as server:
        assert server.get("/x.py") == b"x is 41"
        assert "ONE_PROCESS" in server.output(), "a note says why nothing was debugged"
    typed = "next\n!x = 42\ncontinue\n"
    with running(serve(site, "-DONE_PROCESS"), site.port, site.root, site.environ(), typed) as server:
        assert server.get("/x.py") == b"x is 42"
        assert "(Pdb) " in server.output()


def test_unix_socket(tmp_path: Path) -> None:
    site = make_site(tmp_path)
    path = tmp_path / "s"
    command = serve(site, "--bind", f"unix:{path}", "--bind", f"127.0.0.1:{site.port}")
    with running(command, site.port, site.root, site.environ()), socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        client.sendall(b"GET /live.py/hello HTTP/1.0\r\nHost: site.test\r\n\r\n")
        assert read_to_end(client).endswith(b"hello")


def test_directory_with_htaccess(tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "mptest.py").write_text("def handler(req):\n    req.write('Hello World!')\n    return 0\n")
    (tmp_path / "www" / ".htaccess").write_text("AddHandler mod_python .py\nPythonHandler mptest\n")
    (tmp_path / "www" / "page.txt").write_text("plain\n")
    port = free_port()
    command = [sys.executable, "-m", "modpy_wsgi", "serve", str(tmp_path / "www"), "--bind", f"127.0.0.1:{port}"]
    with running(command, port, tmp_path) as server:
        assert server.get("/mptest.py") == b"Hello World!"
        assert server.get("/page.txt") == b"plain\n"
        assert server.request("GET", "/.htaccess")[0] == 403


STOCK = Path("/etc/apache2/apache2.conf")


@pytest.mark.skipif(not STOCK.exists(), reason="needs the files of Debian's package apache2")
def test_stock_configuration_of_debian(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "modpy_wsgi", "serve", "-f", str(STOCK)]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "2"]
    # What the machine's own Apache may be using, and an account that may not be allowed to read this Python.
    for directive in (f"PidFile {tmp_path}/pid", f"ErrorLog {tmp_path}/log", "User #0", "Group #0"):
        command += ["-c", directive]
    with running(command, port, tmp_path) as server:
        root = Path("/var/www/html")
        wait_until(lambda: f"DocumentRoot {root}" in server.output(), "the banner")
        index = root / "index.html"
        status, headers, body = server.request("GET", "/")
        if index.exists():
            assert (status, headers["Content-Type"].partition(";")[0], body) == (200, "text/html", index.read_bytes())
        else:
            assert status in (403, 404)
        assert server.request("GET", "/server-status")[0] in (403, 500)
