"""What the configuration asks of the server: (directives, what stands in the plan)."""

from typing import Any

import pytest

from modpy_wsgi.config.load import load_text
from modpy_wsgi.errors import ConfigError
from modpy_wsgi.serving.settings import NO_LIMIT, Overrides, ServingPlan, bind_address, plan

NO_OVERRIDES = Overrides()


def planned(
    text: str, *, overrides: Overrides = NO_OVERRIDES, cpus: int = 2, root: bool = False, **load: Any
) -> ServingPlan:
    return plan(load_text(text, server_root="/srv", **load), overrides, cpus=cpus, root=root)


CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "nothing said": (
        "",
        {
            "binds": ("127.0.0.1:8000",),
            "workers": 5,
            "threads": 1,
            "single": False,
            "timeout": 60,
            "keepalive": 5,
            "graceful_timeout": 30,
            "max_requests": 0,
            "limit_request_line": 8190,
            "limit_request_fields": 100,
            "limit_request_field_size": 8190,
            "pid_file": None,
            "user": None,
            "group": None,
            "log_level": "warning",
        },
    ),
    "port alone": ("Listen 8080", {"binds": ("0.0.0.0:8080",)}),
    "address and port": ("Listen 192.0.2.1:80", {"binds": ("192.0.2.1:80",)}),
    "several, one twice": ("Listen 80\nListen 127.0.0.1:8080\nListen 80", {"binds": ("0.0.0.0:80", "127.0.0.1:8080")}),
    "IPv6": ("Listen [::1]:8080", {"binds": ("[::1]:8080",)}),
    "IPv6 wildcard takes IPv4 along": ("Listen 80\nListen [::]:80\nListen 81", {"binds": ("[::]:80", "0.0.0.0:81")}),
    "https by number": ("Listen 80\nListen 443", {"binds": ("0.0.0.0:80",)}),
    "https by name": ("Listen 80\nListen 8443 https", {"binds": ("0.0.0.0:80",)}),
    "https at one address of a Listen for all": (
        "Listen 80\nListen 8443\n<VirtualHost 192.0.2.1:8443>\nSSLEngine on\nSSLCertificateFile a.pem\n</VirtualHost>",
        {"binds": ("0.0.0.0:80",)},
    ),
    "443 that is said to be http": ("Listen 443 http", {"binds": ("0.0.0.0:443",)}),
    "prefork, as Debian ships it": (
        "StartServers 5\nMaxRequestWorkers 150\nMaxConnectionsPerChild 0",
        {"workers": 5, "threads": 1, "max_requests": 0},
    ),
    "event, as Debian ships it": (
        "StartServers 2\nThreadsPerChild 25\nMaxRequestWorkers 150",
        {"workers": 5, "threads": 25},
    ),
    "more processes than the machine would get": ("StartServers 40", {"workers": 40}),
    "fewer requests at once than that": ("MaxRequestWorkers 2", {"workers": 2, "threads": 1}),
    "fewer requests at once than threads": ("ThreadsPerChild 25\nMaxRequestWorkers 25", {"workers": 1, "threads": 25}),
    "ServerLimit": ("ServerLimit 3\nThreadsPerChild 10", {"workers": 3, "threads": 10}),
    "more threads than httpd allows": ("ThreadsPerChild 1000", {"threads": 64}),
    "old names": ("MaxClients 1\nMaxRequestsPerChild 500", {"workers": 1, "max_requests": 500}),
    "timeouts": (
        "Timeout 300\nKeepAliveTimeout 15\nGracefulShutdownTimeout 120",
        {"timeout": 300, "keepalive": 15, "graceful_timeout": 120},
    ),
    "milliseconds": ("KeepAliveTimeout 300ms", {"keepalive": 1}),
    "no keep-alive": ("KeepAlive Off", {"keepalive": 0}),
    "graceful without end": ("GracefulShutdownTimeout 0", {"graceful_timeout": NO_LIMIT}),
    "limits": (
        "LimitRequestLine 1000\nLimitRequestFields 20\nLimitRequestFieldSize 2000",
        {"limit_request_line": 1000, "limit_request_fields": 20, "limit_request_field_size": 2000},
    ),
    "a line longer than gunicorn takes": ("LimitRequestLine 20000", {"limit_request_line": 8190}),
    "connection handlers have a process": (
        "Listen 80\nListen 81\n<VirtualHost *:81>\nPythonConnectionHandler a\n</VirtualHost>\nStartServers 7",
        {"binds": ("0.0.0.0:80", "0.0.0.0:81"), "workers": 7, "for_handlers": 1},
    ),
    "nothing but connection handlers": (
        "Listen 81\nPythonConnectionHandler a b",
        {
            "workers": 0,
            "for_handlers": 1,
            "notes": ("PythonConnectionHandler a b: the first alone is asked, as in mod_python",),
        },
    ),
    "one of a single address": (
        "Listen 81\nListen 82\n<VirtualHost 192.0.2.1:81>\nPythonConnectionHandler a\n</VirtualHost>\nStartServers 7",
        {"workers": 7, "for_handlers": 1},
    ),
    "none in one process": (
        "Listen 81\nDefine ONE_PROCESS\nPythonConnectionHandler a",
        {"workers": 1, "for_handlers": 0, "single": True},
    ),
    "TLS of a connection handler": (
        "Listen 81\nListen 80\n<VirtualHost *:81>\nPythonConnectionHandler a\nSSLEngine on\nSSLCertificateFile a.pem\n"
        "</VirtualHost>",
        {"binds": ("0.0.0.0:81", "0.0.0.0:80"), "for_handlers": 1},
    ),
    "no limit of fields": ("LimitRequestFields 0", {"limit_request_fields": 0}),
    "files": (
        "PidFile run/httpd.pid\nErrorLog logs/error_log",
        {"pid_file": "/srv/run/httpd.pid"},
    ),
    "of the server itself": ("LogLevel warn mpm_gunicorn:trace1", {"log_level": "debug"}),
    "less of the server itself": ("LogLevel debug mpm_gunicorn_module:crit", {"log_level": "critical"}),
    "of another module": ("LogLevel warn python:debug", {"log_level": "warning"}),
    "debug": ("LogLevel debug", {"log_level": "debug"}),
    "trace": ("LogLevel trace4", {"log_level": "debug"}),
    "emerg": ("LogLevel emerg", {"log_level": "critical"}),
    "not root": ("User www-data\nGroup www-data", {"user": None, "group": None}),
}


@pytest.mark.parametrize("name", CASES)
def test_plan(name: str) -> None:
    text, wanted = CASES[name]
    made = planned(text)
    assert {field: getattr(made, field) for field in wanted} == wanted


@pytest.mark.parametrize(
    ("text", "cpus", "workers"),
    [("", 1, 3), ("", 4, 9), ("", 64, 16), ("StartServers 20", 64, 20), ("MaxRequestWorkers 4", 64, 4)],
)
def test_workers_follow_the_processors(text: str, cpus: int, workers: int) -> None:
    assert planned(text, cpus=cpus).workers == workers


@pytest.mark.parametrize(
    ("text", "user", "group"),
    [
        ("User www-data\nGroup www-data", "www-data", "www-data"),
        ("User #33\nGroup #34", "33", "34"),
        ("", None, None),
    ],
)
def test_accounts_of_root(text: str, user: str | None, group: str | None) -> None:
    made = planned(text, root=True)
    assert (made.user, made.group) == (user, group)
    assert ("workers run as root: the configuration has no User" in made.notes) is (user is None)


def test_overrides_win() -> None:
    text = "Listen 80\nStartServers 3\nThreadsPerChild 25\nMaxRequestWorkers 25"
    made = planned(text, overrides=Overrides(("127.0.0.1:8001", "unix:/run/site.sock"), 7, 2))
    assert (made.binds, made.workers, made.threads) == (("127.0.0.1:8001", "unix:/run/site.sock"), 7, 2)


def test_one_process() -> None:
    made = planned("StartServers 9\nThreadsPerChild 25\nKeepAlive On", defines=["ONE_PROCESS"])
    assert (made.single, made.workers, made.threads, made.keepalive) == (True, 1, 1, 0)


def test_pdb_without_one_process_is_noted() -> None:
    text = "<Location /app>\nPythonEnablePdb On\n</Location>"
    assert any("ONE_PROCESS" in note for note in planned(text).notes)
    assert not any("ONE_PROCESS" in note for note in planned(text, defines=["ONE_PROCESS"]).notes)


def test_https_is_said_not_to_be_opened() -> None:
    assert any("443" in note for note in planned("Listen 80\nListen 443").notes)


def test_nothing_but_https() -> None:
    with pytest.raises(ConfigError, match="Listen"):
        planned("Listen 443")
    assert planned("Listen 443", overrides=Overrides(("127.0.0.1:1",))).binds == ("127.0.0.1:1",)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("8000", "0.0.0.0:8000"),
        (":8000", "0.0.0.0:8000"),
        ("*:8000", "0.0.0.0:8000"),
        ("localhost:80", "localhost:80"),
        ("[::1]:80", "[::1]:80"),
        ("unix:/run/x.sock", "unix:/run/x.sock"),
    ],
)
def test_bind_address(text: str, wanted: str) -> None:
    assert bind_address(text) == wanted


@pytest.mark.parametrize(
    "text", ["", "host", "host:", "host:http", "host:70000", "::1:80", "unix:", "host:-1", "host:\u0661"]
)
def test_bind_address_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"address|socket"):
        bind_address(text)


def test_a_connection_handler_that_bind_leaves_out() -> None:
    text = "Listen 80\nListen 81\n<VirtualHost *:81>\nPythonConnectionHandler a\n</VirtualHost>"
    made = planned(text, overrides=Overrides(("127.0.0.1:80",)))
    assert made.for_handlers == 0
    assert made.notes == ("Listen 81 for PythonConnectionHandler a: not opened, as --bind says where to listen",)
    made = planned(text, overrides=Overrides(("127.0.0.1:80", "127.0.0.1:81")))
    assert (made.for_handlers, made.notes) == (1, ())
