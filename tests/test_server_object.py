"""The server object: its members, what they show of a configuration, its log and its cleanups."""

from __future__ import annotations

import contextvars
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from modpy_wsgi.config.directives import core
from modpy_wsgi.config.directives.python import PYTHON_CONFIG, PYTHON_OPTIONS
from modpy_wsgi.config.model import Address, Host, Origin, Settings, Site
from modpy_wsgi.constants import APLOG_DEBUG, APLOG_INFO, APLOG_WARNING
from modpy_wsgi.log import ErrorLog
from modpy_wsgi.server import make_servers, mp_server


def make_site(main: Settings | None = None, *hosts: Host) -> Site:
    return Site(Host(main or Settings()), hosts, (), frozenset(), (), ())


class mp_request:
    """Stands for a request: register_cleanup wants one."""


# What the original showed for the main server of a configuration with `Timeout 61` and little else.
MAIN_DEFAULTS = {
    "defn_name": None,
    "defn_line_number": 0,
    "server_admin": "[no address given]",
    "port": 0,
    "error_fname": None,
    "loglevel": 4,
    "is_virtual": 0,
    "timeout": 61.0,
    "keep_alive_timeout": 5.0,
    "keep_alive_max": 100,
    "keep_alive": 1,
    "path": None,
    "pathlen": 0,
    "names": (),
    "wild_names": (),
    "limit_req_line": 8190,
    "limit_req_fieldsize": 8190,
    "limit_req_fields": 100,
    "next": None,
    "my_generation": 0,
    "srm_confname": None,
    "send_buffer_size": 0,
    "server_uid": os.getuid(),
    "server_gid": os.getgid(),
}


@pytest.mark.parametrize("name", MAIN_DEFAULTS)
def test_defaults_of_the_main_server(name: str) -> None:
    (server,) = make_servers(make_site(Settings({core.TIMEOUT: 61})))
    value = getattr(server, name)
    assert value == MAIN_DEFAULTS[name]
    assert type(value) is type(MAIN_DEFAULTS[name])
    with pytest.raises(AttributeError):
        setattr(server, name, 1)
    with pytest.raises(AttributeError):
        delattr(server, name)


def test_the_type_has_the_original_name() -> None:
    (server,) = make_servers(make_site())
    assert str(type(server)) == "<class 'mp_server'>"
    assert repr(server).startswith("<mp_server object at 0x")


def test_attributes_can_be_added() -> None:
    (server,) = make_servers(make_site())
    server.foo = 1  # type: ignore[attr-defined]
    assert server.foo == 1  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        server.bar  # type: ignore[attr-defined]  # noqa: B018


def test_restart_time_is_now() -> None:
    (server,) = make_servers(make_site(), generation=3)
    assert abs(server.restart_time - time.time()) < 60
    assert server.my_generation == 3


VHOST = Host(
    Settings(
        {
            core.SERVER_NAME: core.ServerName(None, "a.example", None),
            core.SERVER_ALIASES: ("b.example", "*.c.example", "d?.example"),
            core.SERVER_PATH: "/sp",
            core.LOG_LEVEL: APLOG_INFO,
            core.KEEP_ALIVE: False,
            core.LIMIT_REQUEST_LINE: 1000,
            PYTHON_OPTIONS: {"vopt": "two", "gone": ""},
            PYTHON_CONFIG: {"PythonInterpreter": "foo"},
        }
    ),
    addresses=(Address("127.0.0.1", 8431),),
    origin=Origin("/etc/httpd.conf", 25),
)
VHOST_MEMBERS = {
    "defn_name": "/etc/httpd.conf",
    "defn_line_number": 25,
    "server_admin": "me@example.org",
    "server_hostname": "a.example",
    "port": 0,  # a ServerName without a port, although the VirtualHost has one
    "loglevel": APLOG_INFO,
    "is_virtual": 1,
    "keep_alive": 0,
    "path": "/sp",
    "pathlen": 3,
    "names": ("b.example",),
    "wild_names": ("*.c.example", "d?.example"),
    "limit_req_line": 1000,
    "error_fname": None,
}


@pytest.mark.parametrize("name", VHOST_MEMBERS)
def test_members_of_a_virtual_host(name: str) -> None:
    main = Settings({core.SERVER_ADMIN: "me@example.org", core.ERROR_LOG: "/var/log/main"})
    _, server = make_servers(make_site(main, VHOST))
    assert getattr(server, name) == VHOST_MEMBERS[name]


PORTS = [
    (core.ServerName(None, "x", None), (), 0),
    (core.ServerName(None, "x", 8080), (Address("*", 80),), 8080),
    (core.ServerName("https", "x", 8443), (), 8443),
    (None, (Address("*", 8081),), 8081),
    (None, (Address("*", None),), 0),
]


@pytest.mark.parametrize(("name", "addresses", "port"), PORTS)
def test_port(name: core.ServerName | None, addresses: tuple[Address, ...], port: int) -> None:
    host = Host(Settings({core.SERVER_NAME: name} if name else {}), addresses=addresses)
    assert make_servers(make_site(None, host))[1].port == port


def test_a_nameless_virtual_host_has_the_name_of_the_main_server() -> None:
    main, nameless = make_servers(
        make_site(Settings({core.SERVER_NAME: core.ServerName(None, "m.x", None)}), Host(Settings()))
    )
    assert main.server_hostname == nameless.server_hostname == "m.x"
    (main,) = make_servers(make_site())
    assert "." in main.server_hostname


def test_next_goes_from_the_last_virtual_host_to_the_first() -> None:
    main, first, second = make_servers(make_site(None, Host(Settings()), Host(Settings())))
    assert main.next is second
    assert second.next is first
    assert first.next is None


def test_config_and_options_are_the_main_servers_with_the_hosts_own() -> None:
    main = Settings({PYTHON_OPTIONS: {"sopt": "one", "vopt": "main"}, PYTHON_CONFIG: {"PythonDebug": "1"}})
    servers = make_servers(make_site(main, VHOST))
    assert str(type(servers[1].get_options())) == "<class 'mp_table'>"
    assert dict(servers[1].get_options().items()) == {"sopt": "one", "vopt": "two", "gone": ""}
    assert dict(servers[0].get_options().items()) == {"sopt": "one", "vopt": "main"}
    assert dict(servers[1].get_config().items()) == {"PythonDebug": "1", "PythonInterpreter": "foo"}
    servers[1].get_options()["sopt"] = "changed"  # a copy
    assert servers[1].get_options()["sopt"] == "one"


def test_logs_are_shared_by_target_and_differ_in_level(tmp_path: Path) -> None:
    shared, own = str(tmp_path / "shared"), str(tmp_path / "own")
    hosts = (
        Host(Settings({core.LOG_LEVEL: APLOG_DEBUG})),
        Host(Settings({core.ERROR_LOG: own})),
        Host(Settings({core.ERROR_LOG: own, core.LOG_LEVEL: APLOG_INFO})),
    )
    main, debug, other, other_info = make_servers(make_site(Settings({core.ERROR_LOG: shared}), *hosts))
    main.log_error("main info", APLOG_INFO)
    main.log_error("main error")
    debug.log_error("debug", APLOG_DEBUG)
    other.log_error("other info", APLOG_INFO)
    other.log_error("other", APLOG_WARNING)
    other_info.log_error("other info", APLOG_INFO)
    texts = [line.partition("] ")[2].rpartition("] ")[2] for line in Path(shared).read_text().splitlines()]
    assert texts == ["main error", "debug"]
    texts = [line.rpartition("] ")[2] for line in Path(own).read_text().splitlines()]
    assert texts == ["other", "other info"]
    assert main.error_fname == shared
    assert other.error_fname == own
    main._log.close()
    other._log.close()


LOG_ARGUMENTS = [
    (("text",), None, "text"),
    ((b"bytes",), None, "bytes"),
    ((None,), None, None),
    (("zero is error", 0), None, "zero is error"),
    ((5,), TypeError, None),
    (("x", "y"), TypeError, None),
    ((), TypeError, None),
]


@pytest.mark.parametrize(("args", "error", "logged"), LOG_ARGUMENTS)
def test_log_error(args: tuple[object, ...], error: type[Exception] | None, logged: str | None, tmp_path: Path) -> None:
    path = tmp_path / "log"
    (server,) = make_servers(make_site(Settings({core.ERROR_LOG: str(path)})))
    if error:
        with pytest.raises(error):
            server.log_error(*args)  # type: ignore[arg-type]
    else:
        server.log_error(*args)  # type: ignore[arg-type]
    text = path.read_text() if path.exists() else ""
    if logged:
        assert text.endswith(f" {logged}\n")
        assert "[python:error]" in text
    else:
        assert text == ""
    server._log.close()


@pytest.fixture
def server(tmp_path: Path) -> mp_server:
    log = ErrorLog(str(tmp_path / "log"))
    return mp_server(Host(Settings()), Settings(), log)


def test_cleanups_run_once_last_first_whatever_they_raise(server: mp_server, tmp_path: Path) -> None:
    seen: list[object] = []

    def broken(data: object) -> None:
        raise SystemExit(data)

    req = mp_request()
    server.register_cleanup(req, seen.append)
    server.register_cleanup(req, broken, "broken on purpose")
    server.register_cleanup(req, seen.append, "second")
    server.run_cleanups()
    server.run_cleanups()
    assert seen == ["second", None]
    log = (tmp_path / "log").read_text()
    assert "cleanup broken: SystemExit: broken on purpose" in log


def test_a_cleanup_runs_in_the_context_of_its_registration(server: mp_server) -> None:
    where = contextvars.ContextVar("where", default="nowhere")
    seen: list[str] = []
    token = where.set("site")
    server.register_cleanup(mp_request(), lambda data: seen.append(where.get()))
    where.reset(token)
    server.run_cleanups()
    assert seen == ["site"]


def test_a_cleanup_that_registers_another(server: mp_server) -> None:
    seen: list[object] = []
    req = mp_request()
    server.register_cleanup(req, lambda data: server.register_cleanup(req, seen.append, "late"))
    server.run_cleanups()
    assert seen == ["late"]


BAD_CLEANUPS = [((mp_request(),), TypeError), ((1, print), ValueError), ((mp_request(), 1), ValueError)]


@pytest.mark.parametrize(("args", "error"), BAD_CLEANUPS)
def test_bad_cleanups(args: tuple[object, ...], error: type[Exception], server: mp_server) -> None:
    with pytest.raises(error):
        server.register_cleanup(*args)  # type: ignore[arg-type]


def test_cleanups_run_when_the_process_ends(tmp_path: Path) -> None:
    program = """
from modpy_wsgi.config.model import Host, Settings, Site
from modpy_wsgi.server import make_servers

class mp_request: pass

(server,) = make_servers(Site(Host(Settings()), (), (), frozenset(), (), ()))
server.register_cleanup(mp_request(), print, "at exit")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "at exit\n"
