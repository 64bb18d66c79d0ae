"""Connection handlers under real servers: many at once, beside HTTP, over TLS; what ends them, and what does not."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modpy_wsgi import Application
from modpy_wsgi.config.load import load_text
from modpy_wsgi.serving.connections import CONNECTIONS_MOST, Accepted, Connections, limit_of
from tests.live_server import START_SECONDS, LiveServer, free_port, read_to_end, running, tool, wait_until
from tests.wsgi_site import Server

pytest.importorskip("gunicorn")

SECONDS = 60.0
MANY = 200
MOST_MEMORY = 100 * 1024  # KB, of one process with so many connections

HANDLER = """
import os, sys, time
from mod_python import apache
import _apache

def connectionhandler(conn):
    ended = "without an error"
    try:
        while 1:
            line = conn.readline()
            word, _, rest = line.decode().strip().partition(" ")
            if word == "pid":
                line = b"%d\\n" % os.getpid()
            elif word == "version":
                line = b"1\\n"
            elif word == "decline":
                return apache.DECLINED
            elif word == "lock":
                _apache._global_lock(conn.base_server, "held")
            elif word == "trylock":
                line = b"%r\\n" % _apache._global_trylock(conn.base_server, "held")
            elif word == "flood":
                while 1:
                    conn.write(b"x" * 100000)
            elif word == "ends":
                conn.write(repr((conn.local_addr[1], conn.client_ip, conn.base_server.server_hostname)))
                return apache.OK
            conn.write(line)
    except OSError as error:
        ended = "OSError"
        raise
    finally:
        with open(os.path.join(os.path.dirname(__file__), "ended"), "a") as file:
            file.write(ended + "\\n")

def handler(req):
    req.write("page of %d" % os.getpid())
    return apache.OK
"""

SCHEME = """
def scheme(req):
    req.add_common_vars()
    env = req.subprocess_env
    scheme = "https" if req.is_https() else "http"
    req.write("%s %s %s %s" % (scheme, env.get("HTTPS"), env.get("SSL_PROTOCOL"), env.get("SSL_TLS_SNI")))
    return apache.OK
"""

CONF = """
ServerRoot "{folder}"
ServerName main.test
Listen 127.0.0.1:{web}
Listen 127.0.0.1:{talk}
DocumentRoot "{folder}/htdocs"
ErrorLog "{folder}/error.log"
StartServers 1
ServerLimit 1
PythonPath "['{folder}'] + sys.path"
PythonOption mod_python.mutex_directory "{folder}"
<Location />
    SetHandler mod_python
    PythonHandler talk
</Location>
<VirtualHost *:{talk}>
    ServerName talk.test
    PythonConnectionHandler talk
    {host}
</VirtualHost>
{more}
"""


class Site:
    """A folder with the handler, and its configuration for two free ports."""

    def __init__(self, folder: Path, *, host: str = "", more: str = "") -> None:
        self.folder, self.web, self.talk = folder, free_port(), free_port()
        self.conf = folder / "httpd.conf"
        (folder / "htdocs").mkdir(exist_ok=True)
        (folder / "talk.py").write_text(HANDLER)
        self.conf.write_text(CONF.format(folder=folder, web=self.web, talk=self.talk, host=host, more=more))

    @contextlib.contextmanager
    def serving(self, *command: str | Path, **environ: str) -> Iterator[LiveServer]:
        """`modpy-wsgi serve`, or another server."""
        command = command or (sys.executable, "-m", "modpy_wsgi", "serve", "-f", self.conf)
        environ.setdefault("MODPY_WSGI_CONF", str(self.conf))
        with running([str(word) for word in command], self.web, self.folder, environ) as server:
            yield server

    def listens(self) -> bool:
        """Whether somebody listens at the port; the system is asked, so that the handler sees nothing of it."""
        return re.search(rf":{self.talk:04X} \S+ 0A ", Path("/proc/net/tcp").read_text()) is not None

    def connect(self) -> socket.socket:
        wait_until(self.listens, "the port of the connection handler", START_SECONDS)
        return socket.create_connection(("127.0.0.1", self.talk), SECONDS)

    def ended(self) -> list[str]:
        """What the handlers said at their ends."""
        file = self.folder / "ended"
        return file.read_text().splitlines() if file.exists() else []

    def log(self) -> str:
        return (self.folder / "error.log").read_text()


def answer(client: socket.socket, line: str) -> str:
    """The line that comes back for a line."""
    client.sendall(line.encode() + b"\n")
    got = b""
    while not got.endswith(b"\n"):
        piece = client.recv(100)
        if not piece:
            break
        got += piece
    return got.decode().strip()


def status(pid: int, name: str) -> int:
    """A number of /proc/PID/status."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise AssertionError(name)


def test_many_at_once_beside_http_and_a_kill(tmp_path: Path) -> None:
    site = Site(tmp_path)
    with site.serving() as server, contextlib.ExitStack() as open_ones:
        clients = [open_ones.enter_context(site.connect()) for _ in range(MANY)]
        for turn in range(3):
            for number, client in enumerate(clients):
                client.sendall(f"{turn} of {number}\n".encode())
            for number, client in enumerate(clients):
                assert client.recv(100) == f"{turn} of {number}\n".encode()
        pids = {answer(client, "pid") for client in clients}
        assert len(pids) == 1
        pid = int(pids.pop())
        assert status(pid, "Threads") >= MANY
        if Path("/proc/self/status").exists():
            assert status(pid, "VmRSS") <= MOST_MEMORY
        page = server.get("/")
        assert page != f"page of {pid}".encode(), "requests have processes of their own"

        # A kill of the process under load, which holds a lock: what it had is closed, the rest goes on.
        assert answer(clients[0], "lock") == "lock"
        for client in clients[1:]:
            client.sendall(b"more\n")
        os.kill(pid, signal.SIGKILL)
        assert server.get("/") == page
        for client in clients[:20]:
            client.settimeout(SECONDS)
            with contextlib.suppress(ConnectionResetError):
                read_to_end(client)
        with site.connect() as after:
            other = answer(after, "pid")
            assert other not in ("", str(pid))
            assert answer(after, "trylock") == "True"
        wait_until(lambda: not Path(f"/proc/{pid}").exists(), "the killed process gone, and no zombie")


def test_declined_goes_on_as_http(tmp_path: Path) -> None:
    site = Site(tmp_path)
    with site.serving(), site.connect() as client, site.connect() as pausing:
        get = b"GET / HTTP/1.1\r\nHost: talk.test\r\n"
        client.sendall(b"echoed\ndecline\n" + get + b"\r\n" + get + b"Connection: close\r\n\r\n")
        got = read_to_end(client)
        assert got.startswith(b"echoed\nHTTP/1.1 200 OK\r\n")
        assert got.count(b"page of") == 2
        pausing.sendall(b"decline\n")
        time.sleep(0.2)
        pausing.sendall(get + b"Connection: close\r\n\r\n")
        assert b"page of" in read_to_end(pausing)


def test_one_listener_for_both(tmp_path: Path) -> None:
    """The address that a connection came in through decides, where the listener is for all."""
    site = Site(tmp_path)
    conf = site.conf.read_text().replace(f"*:{site.talk}", f"127.0.0.1:{site.talk}")
    site.conf.write_text(conf.replace(f"Listen 127.0.0.1:{site.talk}", f"Listen {site.talk}"))
    with site.serving():
        with site.connect() as client:
            pid = answer(client, "pid")
        try:
            other = socket.create_connection(("127.0.0.2", site.talk), SECONDS)
        except OSError:
            pytest.skip("this machine has one address for itself")
        with other:
            other.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert read_to_end(other).endswith(f"page of {pid}".encode())


def test_reload(tmp_path: Path) -> None:
    """What was open goes on for as long as it lasts, and keeps nobody waiting; what comes meets the new handler."""
    site = Site(tmp_path, more="GracefulShutdownTimeout 3")
    with site.serving() as server, site.connect() as old, site.connect() as oldest:
        before = answer(old, "pid")
        for name in ("again.test", "once-more.test"):
            conf = site.conf.read_text()
            site.conf.write_text(re.sub(r"\S+\.test\n    Python", f"{name}\n    Python", conf))
            server.signal(signal.SIGHUP)

            def renewed(name: str = name) -> bool:
                with site.connect() as client:
                    return name in answer(client, "ends")

            wait_until(renewed, "a process with the new configuration", SECONDS)
        time.sleep(3.5)  # longer than a request would have
        assert answer(old, "pid") == before
        assert server.get("/").startswith(b"page of")
        old.close()
        assert answer(oldest, "pid") == before
        oldest.close()
        wait_until(
            lambda: not Path(f"/proc/{before}").exists(), "the old process gone with its last connection", SECONDS
        )


def test_stop_behind_a_reload(tmp_path: Path) -> None:
    """What a reload has left behind ends with the server, its handlers told."""
    site = Site(tmp_path, more="GracefulShutdownTimeout 4")
    with site.serving() as server, site.connect() as old:
        before = answer(old, "pid")
        server.signal(signal.SIGHUP)

        def renewed() -> bool:
            with site.connect() as client:
                return answer(client, "pid") not in ("", before)

        wait_until(renewed, "another process", SECONDS)
        count = len(site.ended())
        server.signal(signal.SIGTERM)
        assert read_to_end(old) == b""
        assert server.process.wait(SECONDS) == 0
        assert site.ended()[count:].count("OSError") >= 1
        assert not Path(f"/proc/{before}").exists()


def test_stop(tmp_path: Path) -> None:
    """Connections go on for the time that they are given; then their handlers hear that nobody is there."""
    site = Site(tmp_path, more="GracefulShutdownTimeout 4")
    with site.serving() as server, site.connect() as client, site.connect() as idle:
        assert answer(idle, "one") == "one"
        assert answer(client, "one") == "one"
        server.signal(signal.SIGTERM)
        time.sleep(0.3)
        assert answer(client, "another") == "another"
        assert read_to_end(client) == read_to_end(idle) == b""
        assert server.process.wait(SECONDS) == 0
        assert site.ended() == ["OSError", "OSError"]


def test_unix_socket(tmp_path: Path) -> None:
    """It is for what is for all addresses: a handler of the main server has its connections, and there is no HTTP."""
    site = Site(tmp_path)
    site.conf.write_text(site.conf.read_text().replace("<Location />", "PythonConnectionHandler talk\n<Location />"))
    path = tmp_path / "socket"
    command = (sys.executable, "-m", "modpy_wsgi", "serve", "-f", site.conf)
    command = (*command, "--bind", f"127.0.0.1:{site.web}", "--bind", f"unix:{path}")
    with site.serving(*command), socket.socket(socket.AF_UNIX) as client:
        client.settimeout(SECONDS)
        client.connect(str(path))
        assert answer(client, "ends") == repr((0, "", "main.test"))


def test_clients_that_are_silent_or_gone(tmp_path: Path) -> None:
    site = Site(tmp_path, host="Timeout 1", more="MaxRequestWorkers 2")
    with site.serving():
        with site.connect() as silent:
            began = time.monotonic()
            assert read_to_end(silent) == b""
            assert time.monotonic() - began > 0.9
        with site.connect() as reader:
            reader.sendall(b"flood\n")
            reader.recv(1000)
        wait_until(lambda: site.ended() == ["OSError", "OSError"], "both handlers ended")
        wait_until(lambda: "ConnectionHandler talk: OSError: Connection read error" in site.log(), "the silent one")
        wait_until(lambda: "Write failed, client closed connection." in site.log(), "the one that has gone")


def test_no_more_than_the_limit(tmp_path: Path) -> None:
    site = Site(tmp_path, more="MaxRequestWorkers 2")
    with site.serving(), site.connect() as one, site.connect() as two, site.connect() as three:
        assert answer(one, "one") == "one"
        assert answer(two, "two") == "two"
        three.sendall(b"three\n")
        three.settimeout(0.5)
        with pytest.raises(TimeoutError):
            three.recv(100)
        one.close()
        three.settimeout(SECONDS)
        assert three.recv(100) == b"three\n"


def test_one_process(tmp_path: Path) -> None:
    site = Site(tmp_path)
    command = (sys.executable, "-m", "modpy_wsgi", "serve", "-f", site.conf, "-D", "ONE_PROCESS")
    with site.serving(*command) as server:
        with site.connect() as client:
            pid = answer(client, "pid")
            client.sendall(b"decline\nGET / HTTP/1.0\r\n\r\n")
            assert read_to_end(client).endswith(f"page of {pid}".encode())
        assert server.get("/") == f"page of {pid}".encode()


SECURED = "SSLEngine on\nSSLCertificateFile talk.pem\nSSLCertificateKeyFile talk.key\n"


def certified(folder: Path) -> ssl.SSLContext:
    """A certificate for talk.test in the folder; what a client needs to believe it."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", "talk.key", "-out", "talk.pem", "-days", "2", "-subj", "/CN=talk.test"]
    subprocess.run([*command, "-addext", "subjectAltName=DNS:talk.test"], cwd=folder, check=True, capture_output=True)
    return ssl.create_default_context(cafile=str(folder / "talk.pem"))


def test_over_tls(tmp_path: Path) -> None:
    context = certified(tmp_path)
    site = Site(tmp_path, host=f"{SECURED}Timeout 2", more="LogLevel info")
    with site.serving() as server:
        with context.wrap_socket(site.connect(), server_hostname="talk.test") as client:
            assert answer(client, "hello") == "hello"
            long = "x" * 7000
            assert [answer(client, long) for _ in range(20)] == [long] * 20
            client.sendall(b"ends\n")
            assert client.recv(100) == repr((site.talk, "127.0.0.1", "talk.test")).encode()
            assert client.recv(100) == b"", "TLS says that it is the end"
        with site.connect() as plain:
            plain.sendall(b"no TLS at all\n")
            with contextlib.suppress(ConnectionResetError):
                read_to_end(plain)
        with site.connect() as silent:
            assert read_to_end(silent) == b""
        assert server.get("/").startswith(b"page of")
        log = site.log()
        assert "PythonConnectionHandler talk: no TLS handshake: " in log
        assert "PythonConnectionHandler talk: no TLS handshake within Timeout" in log
    (tmp_path / "talk.key").write_text("no key")
    command = [sys.executable, "-m", "modpy_wsgi", "serve", "-f", str(site.conf)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "httpd.conf:" in ended.stderr
    assert "talk.key" in ended.stderr


@pytest.mark.parametrize("arguments", [(), ("-D", "ONE_PROCESS")], ids=["threads", "one by one"])
def test_declined_goes_on_as_https(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    context = certified(tmp_path)
    place = "<Location /scheme>\nPythonHandler talk::scheme\nSSLOptions +StdEnvVars\n</Location>"
    site = Site(tmp_path, host=SECURED + place)
    with (tmp_path / "talk.py").open("a") as file:
        file.write(SCHEME)
    command = (sys.executable, "-m", "modpy_wsgi", "serve", "-f", site.conf, *arguments)
    get = b"GET /scheme HTTP/1.1\r\nHost: talk.test\r\n"
    seen = b"https on TLSv1.3 talk.test"
    with site.serving(*command):
        with context.wrap_socket(site.connect(), server_hostname="talk.test") as client:
            client.sendall(b"echoed\ndecline\n" + get + b"Connection: close\r\n\r\n")
            got = read_to_end(client)
            assert got.startswith(b"echoed\nHTTP/1.1 200 OK\r\n")
            assert seen in got
        with context.wrap_socket(site.connect(), server_hostname="talk.test") as pausing:
            pausing.sendall(b"decline\n")
            time.sleep(0.2)
            pausing.sendall(get + b"Connection: close\r\n\r\n")
            assert seen in read_to_end(pausing)
        if arguments:
            return  # one request for each connection
        with context.wrap_socket(site.connect(), server_hostname="talk.test") as long:
            # One record of TLS holds more than the handler reads at once: the rest of it is in no buffer of the kernel.
            long.sendall(b"decline\n" + get + b"X-Long: " + b"x" * 7000 + b"\r\n\r\n" + get + b"X: " + b"y" * 6000)
            time.sleep(0.2)
            long.sendall(b"\r\nConnection: close\r\n\r\n")
            assert read_to_end(long).count(seen) == 2


def test_gunicorn_alone(tmp_path: Path) -> None:
    site = Site(tmp_path)
    worker = "modpy_wsgi.serving.connection_workers.ConnectionWorker"
    binds = ("--bind", f"127.0.0.1:{site.web}", "--bind", f"127.0.0.1:{site.talk}")
    command = (tool("gunicorn"), *binds, "--worker-class", worker, "--no-control-socket", "modpy_wsgi.wsgi")
    with site.serving(*command) as server, site.connect() as client, site.connect() as other:
        assert answer(client, "hello") == "hello"
        pid = answer(other, "pid")
        assert server.get("/") == f"page of {pid}".encode()
        other.sendall(b"decline\nGET / HTTP/1.0\r\n\r\n")
        assert read_to_end(other).endswith(f"page of {pid}".encode())
        assert answer(client, "still there") == "still there"


def test_uwsgi(tmp_path: Path) -> None:
    if not Path(tool("uwsgi")).exists():
        pytest.skip("uWSGI is not here")
    site = Site(tmp_path)
    (tmp_path / "raw.py").write_text(
        "from modpy_wsgi.serving.uwsgi import raw_application\nfrom modpy_wsgi.wsgi import application as site\n"
        "application = raw_application(site)\n"
    )
    sockets = ("--http-socket", f"127.0.0.1:{site.web}", "--raw-socket", f"127.0.0.1:{site.talk}")
    command = (
        tool("uwsgi"),
        *sockets,
        "--python-raw",
        tmp_path / "raw.py",
        "--master",
        "--die-on-term",
        "--threads",
        "4",
    )
    with site.serving(*command, "--need-app", "--module", "modpy_wsgi.wsgi") as server:
        with site.connect() as client, site.connect() as other, site.connect() as third:
            assert answer(client, "hello") == "hello"
            assert answer(other, "ends") == repr((site.talk, "127.0.0.1", "talk.test"))
            assert server.get("/").startswith(b"page of")
            assert answer(third, "decline") == ""
        wait_until(lambda: "uWSGI speaks no HTTP on a raw socket" in site.log(), "a line in the log")


# What needs no server


UNASKED = """
Listen 80
Listen 81
DocumentRoot {folder}
<VirtualHost *:81>
    PythonConnectionHandler talk
</VirtualHost>
<VirtualHost *:81>
    ServerName second.test
</VirtualHost>
"""


@pytest.mark.parametrize(("port", "name", "code"), [("80", "x", 200), ("81", "x", 503), ("81", "second.test", 503)])
def test_no_http_where_a_handler_is_not_asked(tmp_path: Path, port: str, name: str, code: int) -> None:
    (tmp_path / "page.txt").write_text("a page")
    app = Application(load_text(UNASKED.format(folder=tmp_path) + f'ErrorLog "{tmp_path}/log"'))
    try:
        reply = Server().ask(app, "/page.txt", SERVER_PORT=port, HTTP_HOST=name)
        assert reply.code == code
        if code == 503:
            assert b"a page" not in reply.body
            assert "PythonConnectionHandler talk: this server does not ask it" in (tmp_path / "log").read_text()
        app.asks_connection_handlers = True
        assert Server().ask(app, "/page.txt", SERVER_PORT=port, HTTP_HOST=name).code == 200
    finally:
        app.close()


@pytest.mark.parametrize("port", ["80", "9999"])
def test_a_port_that_no_listen_names_is_no_handlers(tmp_path: Path, port: str) -> None:
    """As behind a front server."""
    (tmp_path / "page.txt").write_text("a page")
    text = UNASKED.format(folder=tmp_path).replace("Listen 80\n", "").replace("Listen 81", "Listen 81\nListen 82")
    app = Application(load_text(text))
    assert Server().ask(app, "/page.txt", SERVER_PORT=port).body == b"a page"
    app.close()


HOSTS = """
Listen 8000
Listen 8001
<VirtualHost 127.0.0.1:8001>
    ServerName exact.test
    PythonConnectionHandler exact
</VirtualHost>
<VirtualHost *:8001>
    ServerName any.test
</VirtualHost>
<VirtualHost *:8002>
    ServerName first.test
</VirtualHost>
<VirtualHost *:8002>
    ServerName second.test
    PythonConnectionHandler second
</VirtualHost>
"""
# (address, port) -> whose handler has the connections
ADDRESSES = {
    ("127.0.0.1", 8001): "exact.test",
    ("::ffff:127.0.0.1", 8001): "exact.test",
    ("192.0.2.1", 8001): None,
    ("127.0.0.1", 8000): None,
    ("127.0.0.1", 8002): None,  # the first of an address decides
    "/a/unix/socket": None,  # for what is for all addresses
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_whose_connection_it_is(name: Any) -> None:
    connections = Connections(Application(load_text(HOSTS)))
    try:
        found = connections.host(name)
        assert (found and found.server.server_hostname) == ADDRESSES[name]
    finally:
        connections.application.close()


def test_of_the_main_server_are_all() -> None:
    app = Application(load_text("ServerName main.test\nPythonConnectionHandler all\n" + HOSTS))
    try:
        connections = Connections(app)
        names = [connections.host(("127.0.0.1", port)) for port in (8000, 8001, 8002, 9)]
        assert [found and found.server.server_hostname for found in names] == [
            *("main.test", "exact.test", "first.test", "main.test")
        ]
        assert [found and found.connection_handler and found.connection_handler.name for found in names] == [
            *("all", "exact", "all", "all")
        ]
    finally:
        app.close()


@pytest.mark.parametrize(
    ("line", "wanted"), [("", 256), ("MaxClients 30", 30), ("MaxRequestWorkers 5000", CONNECTIONS_MOST)]
)
def test_limit(line: str, wanted: int) -> None:
    app = Application(load_text(line))
    assert limit_of(app) == wanted
    app.close()


def test_a_client_that_left_before_it_was_accepted(tmp_path: Path) -> None:
    app = Application(load_text(f'PythonConnectionHandler talk\nErrorLog "{tmp_path}/log"'))
    connections = Connections(app)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        sock, address = listener.accept()
        client.close()
        host = connections.host(sock.getsockname())
        assert host is not None
        sock.close()
        assert not connections.serve(Accepted(sock, address, host))
    app.close()
