"""Who is believed about https: nobody but the front servers that are named."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from modpy_wsgi.httpd.forwarded import scheme_check
from tests.wsgi_site import Folder, Server

# FORWARDED_ALLOW_IPS, the environ as uWSGI makes it -> the scheme that is left
CASES: dict[str, tuple[str, dict[str, Any], str]] = {
    "a client's claim": ("", {"HTTP_X_FORWARDED_PROTO": "https", "REMOTE_ADDR": "192.0.2.7"}, "http"),
    "another claim": ("", {"HTTP_X_FORWARDED_SSL": "on", "REMOTE_ADDR": "192.0.2.7"}, "http"),
    "from this machine": ("", {"HTTP_X_FORWARDED_PROTO": "https", "REMOTE_ADDR": "127.0.0.1"}, "http"),
    "a front server": ("127.0.0.1", {"HTTP_X_FORWARDED_PROTO": "https", "REMOTE_ADDR": "127.0.0.1"}, "https"),
    "IPv4 in IPv6": ("127.0.0.1", {"HTTP_X_FORWARDED_PROTO": "https", "REMOTE_ADDR": "::ffff:127.0.0.1"}, "https"),
    "one of several": (
        "10.0.0.1, 10.1.0.0/16",
        {"HTTP_X_FORWARDED_PROTO": "https", "REMOTE_ADDR": "10.1.2.3"},
        "https",
    ),
    "none of several": ("10.0.0.1,::1", {"HTTP_X_FORWARDED_PROTO": "https", "REMOTE_ADDR": "10.0.0.2"}, "http"),
    "over a Unix socket": ("", {"HTTP_X_FORWARDED_PROTO": "https", "REMOTE_ADDR": ""}, "https"),
    "no address": ("127.0.0.1", {"HTTP_X_FORWARDED_PROTO": "https", "REMOTE_ADDR": "nonsense"}, "http"),
    "a real https": ("", {"HTTP_X_FORWARDED_PROTO": "http", "HTTPS": "on", "REMOTE_ADDR": "192.0.2.7"}, "https"),
    "the front server's variable": (
        "",
        {"HTTP_X_FORWARDED_PROTO": "http", "UWSGI_SCHEME": "https", "REMOTE_ADDR": "192.0.2.7"},
        "https",
    ),
    "no claim": ("", {"REMOTE_ADDR": "192.0.2.7"}, "https"),
}


@pytest.mark.parametrize("name", CASES)
def test_scheme(name: str) -> None:
    trusted, environ, wanted = CASES[name]
    check = scheme_check(trusted)
    assert check is not None
    environ = {**environ, "wsgi.url_scheme": "https"}
    check(environ)
    assert environ["wsgi.url_scheme"] == wanted


def test_everybody_may_be_trusted() -> None:
    assert scheme_check("*") is None
    assert scheme_check("10.0.0.1, *") is None


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(ValueError, match=r"front\.example\.org"):
        scheme_check("front.example.org")


def test_application_asks_before_anything_else(tmp_path: Path) -> None:
    """The scheme decides about the virtual host."""
    with Folder(tmp_path) as folder:
        folder.file("page.txt", "plain")
        folder.file("tls/page.txt", "over TLS")
        hosts = (
            "Listen 80\nListen 443\n"
            f'<VirtualHost *:443>\nServerName site.test\nDocumentRoot "{folder.root}/tls"\n</VirtualHost>\n'
        )
        app = folder.serve("", hosts)
        claim = {"headers": {"X-Forwarded-Proto": "https"}, "wsgi__url_scheme": "https", "SERVER_PORT": "8000"}
        assert Server().ask(app, "/page.txt", **claim).body == b"over TLS"
        app.check_environ = scheme_check("")
        assert Server().ask(app, "/page.txt", **claim).body == b"plain"


def test_every_application_under_uwsgi_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that was made as a library, too."""
    monkeypatch.setitem(sys.modules, "uwsgi", ModuleType("uwsgi"))
    claim = {"headers": {"X-Forwarded-Proto": "https"}, "wsgi__url_scheme": "https", "REMOTE_ADDR": "192.0.2.7"}
    code = "def handler(req):\n    req.write(str(req.is_https()), 0)\n    return 0\n"
    for trusted, wanted in (("", b"0"), ("192.0.2.7", b"1")):
        monkeypatch.setenv("FORWARDED_ALLOW_IPS", trusted)
        with Folder(tmp_path) as folder:
            folder.write(tells=code)
            app = folder.serve("SetHandler mod_python\nPythonHandler tells")
            assert Server().ask(app, "/x", **claim).body == wanted
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "front.example.org")
    with Folder(tmp_path) as folder, pytest.raises(ValueError, match=r"front\.example\.org"):
        folder.serve("SetHandler mod_python\nPythonHandler tells")
