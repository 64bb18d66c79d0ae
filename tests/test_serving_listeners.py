"""What connections on each address carry: (directives, the listeners)."""

from __future__ import annotations

import pytest

from modpy_wsgi.config.directives import core
from modpy_wsgi.config.load import load_text
from modpy_wsgi.errors import ConfigError
from modpy_wsgi.serving.listeners import Bases, listeners
from modpy_wsgi.serving.settings import Overrides, plan

CERTIFICATE = "SSLCertificateFile /etc/site.pem\n"


def host(addresses: str, *lines: str) -> str:
    return "\n".join((f"<VirtualHost {addresses}>", *lines, "</VirtualHost>\n"))


# directives: [(bind, what it carries, TLS, with a certificate)]
CASES: dict[str, tuple[str, list[tuple[str, str, bool, bool]]]] = {
    "nothing said": ("", []),
    "one": ("Listen 80", [("0.0.0.0:80", "HTTP", False, False)]),
    "one twice": ("Listen 80\nListen 80", [("0.0.0.0:80", "HTTP", False, False)]),
    "IPv6": ("Listen [::1]:80", [("[::1]:80", "HTTP", False, False)]),
    "by number": ("Listen 443", [("0.0.0.0:443", "HTTPS", True, False)]),
    "by name": ("Listen 8443 https", [("0.0.0.0:8443", "HTTPS", True, False)]),
    "443 that is said to be http": ("Listen 443 http", [("0.0.0.0:443", "HTTP", False, False)]),
    "side by side": (
        "Listen 80\nListen 8443\n" + host("*:8443", "SSLEngine on", CERTIFICATE),
        [("0.0.0.0:80", "HTTP", False, False), ("0.0.0.0:8443", "HTTPS", True, True)],
    ),
    "SSLEngine counts, not the number": (
        "Listen 443\n" + host("*:443", "SSLEngine off"),
        [("0.0.0.0:443", "HTTP", False, False)],
    ),
    "the number counts without it": (
        "Listen 443\n" + host("*:443", CERTIFICATE),
        [("0.0.0.0:443", "HTTPS", True, True)],
    ),
    "of the main server": (
        "Listen 80\nListen 81\nSSLEngine on\n" + CERTIFICATE + host("*:80", "SSLEngine off"),
        [("0.0.0.0:80", "HTTP", False, True), ("0.0.0.0:81", "HTTPS", True, True)],
    ),
    "the first host of an address decides": (
        "Listen 80\n" + host("*:80") + host("*:80", "SSLEngine on", CERTIFICATE),
        [("0.0.0.0:80", "HTTP", False, False)],
    ),
    "the exact address comes first": (
        "Listen 192.0.2.1:80\nListen 192.0.2.2:80\n" + host("*:80") + host("192.0.2.2:80", "SSLEngine on", CERTIFICATE),
        [("192.0.2.1:80", "HTTP", False, False), ("192.0.2.2:80", "HTTPS", True, True)],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_listeners(name: str) -> None:
    text, wanted = CASES[name]
    found = listeners(load_text(text))
    assert [(each.bind, each.carries.name, each.tls, each.has_certificate) for each in found] == wanted


def test_hosts_of_an_address() -> None:
    site = load_text(
        "ServerName main\n"
        + host("*:80", "ServerName a")
        + host("192.0.2.1:80", "ServerName b")
        + host("192.0.2.1:80 *:81", "ServerName c")
        + host("192.0.2.3", "ServerName d")
    )
    bases = Bases(site)

    def names(address: str, port: int) -> str:
        return "".join(each.settings[core.SERVER_NAME].host[:1] for each in bases.hosts(address, port))  # type: ignore[union-attr]

    assert names("192.0.2.1", 80) == "bc"
    assert names("::ffff:192.0.2.1", 80) == "bc"
    assert names("192.0.2.2", 80) == "a"
    assert names("192.0.2.2", 81) == "c"
    assert names("192.0.2.3", 9999) == "d"
    assert names("192.0.2.2", 9999) == "m"


TLS = Overrides(tls=True)


def test_https_is_opened_where_it_is_wanted() -> None:
    text = "Listen 80\nListen 443\n" + host("*:443", CERTIFICATE)
    assert plan(load_text(text), TLS, cpus=1, root=False).binds == ("0.0.0.0:80", "0.0.0.0:443")
    assert plan(load_text(text), cpus=1, root=False).binds == ("0.0.0.0:80",)


def test_https_without_a_certificate() -> None:
    made = plan(load_text("Listen 80\nListen 443"), TLS, cpus=1, root=False)
    assert made.binds == ("0.0.0.0:80",)
    assert any("443" in note and "SSLCertificateFile" in note for note in made.notes)
    text = "Listen 443\n" + host("*:443", "SSLEngine on")
    with pytest.raises(ConfigError, match=r"<text>:2: SSLEngine on 0\.0\.0\.0:443: no SSLCertificateFile"):
        plan(load_text(text), TLS, cpus=1, root=False)
