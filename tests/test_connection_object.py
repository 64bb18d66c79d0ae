"""The connection object: what it makes of an environ and a socket, what can be set, and what is refused."""

from __future__ import annotations

import gc
import socket
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modpy_wsgi import connection
from modpy_wsgi.config.directives import core
from modpy_wsgi.config.model import Host, Settings, Site
from modpy_wsgi.connection import mp_conn
from modpy_wsgi.errors import HandlerError
from modpy_wsgi.server import make_servers, mp_server

ENVIRON = {
    "REMOTE_ADDR": "192.0.2.1",
    "REMOTE_PORT": "5678",
    "SERVER_NAME": "127.0.0.1",
    "SERVER_PORT": "8000",
}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def server(log: Path) -> Iterator[mp_server]:
    site = Site(Host(Settings({core.ERROR_LOG: str(log)})), (), (), frozenset(), (), ())
    (server,) = make_servers(site)
    yield server
    server._log.close()


class Request:
    user: str | None = None


MEMBERS = {
    "client_addr": ("192.0.2.1", 5678),
    "client_ip": "192.0.2.1",
    "remote_addr": ("192.0.2.1", 5678),
    "remote_ip": "192.0.2.1",
    "remote_host": None,
    "remote_logname": None,
    "aborted": 0,
    "double_reverse": 0,
    "keepalives": 0,
    "local_addr": ("127.0.0.1", 8000),
    "local_ip": "127.0.0.1",
    "local_host": None,
    "hlist": None,
    "_conn_rec": None,
}


@pytest.mark.parametrize("name", MEMBERS)
def test_members_are_read_only(name: str, server: mp_server) -> None:
    conn = mp_conn(ENVIRON, server)
    assert getattr(conn, name) == MEMBERS[name]
    with pytest.raises(AttributeError):
        setattr(conn, name, 1)
    with pytest.raises(AttributeError):
        delattr(conn, name)


def test_base_server_notes_and_id(server: mp_server) -> None:
    conn, other = mp_conn(ENVIRON, server), mp_conn(ENVIRON, server)
    assert conn.base_server is server
    assert str(type(conn.notes)) == "<class 'mp_table'>"
    conn.notes["a"] = "b"
    assert conn.notes["A"] == "b"
    assert "a" not in other.notes
    assert isinstance(conn.id, int)
    assert conn.id == conn.id != other.id
    assert isinstance(conn.child_num, int)
    for name in ("base_server", "notes", "id", "child_num"):
        with pytest.raises(AttributeError):
            setattr(conn, name, 1)


def test_the_type_has_the_original_name(server: mp_server) -> None:
    conn = mp_conn(ENVIRON, server)
    assert str(type(conn)) == "<class 'mp_conn'>"
    assert repr(conn).startswith("<mp_conn object at 0x")


def test_no_attribute_can_be_added(server: mp_server) -> None:
    with pytest.raises(AttributeError):
        mp_conn(ENVIRON, server).foo = 1  # type: ignore[attr-defined]


def test_keepalive_takes_integers_only(server: mp_server) -> None:
    conn = mp_conn(ENVIRON, server)
    assert conn.keepalive == 0
    conn.keepalive = 7
    assert conn.keepalive == 7
    conn.keepalive = True
    assert repr(conn.keepalive) == "1"
    for wrong in ("a", None, 1.0):
        with pytest.raises(TypeError, match="keepalive must be a integer"):
            conn.keepalive = wrong  # type: ignore[assignment]
    with pytest.raises(AttributeError):
        del conn.keepalive


def test_user_is_the_requests(server: mp_server) -> None:
    req = Request()
    conn = mp_conn(ENVIRON, server, req)
    req.user = "ann"
    assert conn.user == "ann"
    conn.user = "bob"
    assert req.user == "bob"
    ended = weakref.ref(req)
    del req
    gc.collect()
    assert ended() is None  # the connection does not keep its request
    assert conn.user is None
    conn.user = "eve"
    assert conn.user == "eve"


ADDRESSES = {
    "nothing known": ({}, ("", 0), ("", 0)),
    "no port": ({"REMOTE_ADDR": "192.0.2.1"}, ("192.0.2.1", 0), ("", 0)),
    "ports as numbers": ({"REMOTE_PORT": 5, "SERVER_PORT": 6}, ("", 5), ("", 6)),
    "empty ports": ({"REMOTE_PORT": "", "SERVER_PORT": ""}, ("", 0), ("", 0)),
    "a port that is none": ({"REMOTE_PORT": "x"}, ("", 0), ("", 0)),
    "Unix socket": ({"REMOTE_ADDR": "", "SERVER_NAME": "unix"}, ("", 0), ("unix", 0)),
    "SERVER_ADDR": ({"SERVER_ADDR": "192.0.2.9", "SERVER_NAME": "x", "SERVER_PORT": "80"}, ("", 0), ("192.0.2.9", 80)),
    "name": ({"SERVER_NAME": "host.example", "SERVER_PORT": "80"}, ("", 0), ("host.example", 80)),
    "IPv6": ({"REMOTE_ADDR": "::1", "SERVER_NAME": "0:0::1", "SERVER_PORT": "80"}, ("::1", 0), ("::1", 80)),
}


@pytest.mark.parametrize(("environ", "client", "local"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_addresses(environ: dict[str, Any], client: tuple[str, int], local: tuple[str, int], server: mp_server) -> None:
    conn = mp_conn(environ, server)
    assert conn.client_addr == client
    assert conn.local_addr == local
    assert conn.local_ip == local[0]


def test_the_servers_socket_tells_the_local_address(server: mp_server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        environ = {"gunicorn.socket": listener, "SERVER_NAME": "other", "SERVER_PORT": "1", "SERVER_ADDR": "192.0.2.9"}
        conn = mp_conn(environ, server)
        assert conn.local_addr == address
    assert conn.local_addr == address  # remembered
    assert mp_conn(environ, server).local_addr == ("192.0.2.9", 1)  # a closed socket tells nothing


def test_a_unix_socket_tells_nothing(server: mp_server, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        conn = mp_conn({"gunicorn.socket": listener, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80"}, server)
        assert conn.local_addr == ("", 0)  # the name and port are then what the client wrote into Host


def test_log_error_names_the_client(server: mp_server, log: Path) -> None:
    conn = mp_conn(ENVIRON, server)
    conn.log_error("hello")
    conn.log_error(None)
    (line,) = log.read_text().splitlines()
    assert "[python:error]" in line
    assert line.endswith("] [client 192.0.2.1:5678] hello")
    with pytest.raises(TypeError):
        conn.log_error(5)  # type: ignore[arg-type]


def test_old_names_are_logged_once(server: mp_server, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_warned", set())
    for _ in range(3):
        conn = mp_conn(ENVIRON, server)
        assert (conn.remote_ip, conn.remote_addr) == (conn.client_ip, conn.client_addr)
    ip, addr = log.read_text().splitlines()
    assert "[python:warn]" in ip
    assert ip.endswith("mod_python: conn.remote_ip deprecated in 2.4, use req.useragent_ip or conn.client_ip")
    assert addr.endswith("mod_python: conn.remote_addr deprecated in 2.4, use req.useragent_addr or conn.client_addr")


READS_AND_WRITES = [("read", ()), ("read", (5,)), ("readline", ()), ("readline", (5,)), ("write", ("x",))]


@pytest.mark.parametrize(("name", "args"), READS_AND_WRITES)
def test_reading_and_writing_past_http_is_refused_without_a_request(
    name: str, args: tuple[Any, ...], server: mp_server
) -> None:
    with pytest.raises(HandlerError, match="for as long as the request lasts"):
        getattr(mp_conn(ENVIRON, server), name)(*args)
