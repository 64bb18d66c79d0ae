"""mod_remoteip beyond what is recorded (oracle, remoteip): sockets without an address, the log, other applications."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modpy_wsgi.config.directives.remoteip import PROXIES
from modpy_wsgi.config.load import load_text
from tests.wsgi_site import Folder, Server

SHOW = """
def handler(req):
    conn = req.connection
    req.write("%s %s %s" % (req.useragent_ip, conn.client_ip, req.headers_in.get("X-Forwarded-For")), 0)
    req.log_error("seen")
    return 0
"""
HANDLER = "SetHandler mod_python\nPythonHandler show"
TRUSTED = "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1 ::1"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with Folder(tmp_path) as made:
        made.write(show=SHOW)
        made.file("page.txt", "page")
        yield made


# directives, the connection's address, the header -> address of the client, of the connection, what is left
ADDRESSES: dict[str, tuple[str, str | None, str, str]] = {
    "a proxy": (TRUSTED, "127.0.0.1", "192.0.2.9", "192.0.2.9 127.0.0.1 None"),
    "a proxy over IPv6": (TRUSTED, "::1", "2001:db8::9", "2001:db8::9 ::1 None"),
    "a proxy, IPv4 in IPv6": (TRUSTED, "::ffff:127.0.0.1", "192.0.2.9", "192.0.2.9 127.0.0.1 None"),
    "a client that claims to be another": (TRUSTED, "192.0.2.7", "127.0.0.1", "192.0.2.7 192.0.2.7 127.0.0.1"),
    "no address, as over a Unix socket": (TRUSTED, None, "192.0.2.9", "  192.0.2.9"),
    "no address, and everybody is trusted": (
        "RemoteIPHeader X-Forwarded-For",
        None,
        "198.51.100.9, 192.0.2.9",
        "198.51.100.9  None",
    ),
    "a name, which nobody asks DNS for": (TRUSTED, "127.0.0.1", "localhost", "127.0.0.1 127.0.0.1 localhost"),
    "a NUL": (TRUSTED, "127.0.0.1", "192.0.2.9\0", "127.0.0.1 127.0.0.1 192.0.2.9\0"),
    "bytes": (TRUSTED, "127.0.0.1", "\xff\xfe", "127.0.0.1 127.0.0.1 \udcff\udcfe"),
    "very many": (TRUSTED + " 192.0.2.0/24", "127.0.0.1", ",".join(["192.0.2.1"] * 50_000), "192.0.2.1 127.0.0.1 None"),
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_addresses(folder: Folder, name: str) -> None:
    directives, address, header, wanted = ADDRESSES[name]
    app = folder.serve(HANDLER, directives)
    reply = Server().ask(app, "/x", REMOTE_ADDR=address, HTTP_X_FORWARDED_FOR=header)
    assert reply.body == wanted.encode("utf-8", "surrogateescape")


LISTS = {
    "internal": ("RemoteIPInternalProxy 10.0.0.1 192.0.2.1", {"10.0.0.1", "192.0.2.1"}),
    "trusted": ("RemoteIPTrustedProxy 10.0.0.1 192.0.2.1", {"10.0.0.1", "192.0.2.1"}),
    "both": ("RemoteIPTrustedProxy 192.0.2.1\nRemoteIPInternalProxy 10.0.0.1", {"10.0.0.1", "192.0.2.1"}),
    "none of them": ("RemoteIPTrustedProxy 192.0.2.99", {"192.0.2.99"}),
}
PARTS = ("10.0.0.1", "192.0.2.1", "192.0.2.2", "127.0.0.1", "10.9.9.9", "2001:db8::1", "::1", "nonsense", "", " ")


@pytest.mark.parametrize("name", LISTS)
def test_only_proxies_are_believed(folder: Folder, name: str) -> None:
    """Whoever the client is: each address behind its own, up to the connection's, is a proxy that is named."""
    directives, proxies = LISTS[name]
    app = folder.serve(HANDLER, f"RemoteIPHeader X-Forwarded-For\n{directives}")

    @settings(max_examples=300, deadline=None)
    @given(st.sampled_from(PARTS[:4]), st.lists(st.sampled_from(PARTS), max_size=5), st.sampled_from([",", ", ", " ,"]))
    def check(peer: str, parts: list[str], comma: str) -> None:
        header = comma.join(parts)
        reply = Server().ask(app, "/x", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=header)
        client, connection, left = reply.body.decode().split(" ", 2)
        chain = [part.strip() for part in header.split(",")] + [peer]
        assert connection == peer
        believed = chain[len(left.split(",")) if left != "None" else 0 :]
        assert client == believed[0]
        assert set(believed[1:]) <= proxies
        if name == "trusted":  # nobody may say a private address of another
            assert len(believed) == 1 or not client.startswith(("10.", "127."))

    check()


def test_log_names_the_client(folder: Folder) -> None:
    app = folder.serve(HANDLER, TRUSTED)
    Server().ask(app, "/x", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.9")
    Server().ask(app, "/x", REMOTE_ADDR="192.0.2.7", HTTP_X_FORWARDED_FOR="192.0.2.9")
    assert "[client 192.0.2.9:0] seen" in folder.log_text()
    assert "[client 192.0.2.7:51234] seen" in folder.log_text()


@pytest.mark.parametrize(
    "rule",
    [
        "Require ip 192.0.2.9",
        "Order deny,allow\nDeny from all\nAllow from 192.0.2.9",
        "Order allow,deny\nAllow from all\nDeny from 127.0.0.1",
    ],
)
def test_access_asks_for_the_client(folder: Folder, rule: str) -> None:
    app = folder.serve(rule, TRUSTED)
    by_proxy = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.9"}
    assert Server().ask(app, "/page.txt", **by_proxy).code == 200
    assert Server().ask(app, "/page.txt", REMOTE_ADDR="127.0.0.1").code == 403
    claimed = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.9, 127.0.0.1"}
    assert Server().ask(app, "/page.txt", **claimed).code == 200  # through two proxies of ours
    claimed = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.9, 198.51.100.1"}
    assert Server().ask(app, "/page.txt", **claimed).code == (200 if "Deny from 127" in rule else 403)


def test_other_applications_see_the_client(folder: Folder) -> None:
    seen: list[Any] = []

    def other(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        seen.append([environ.get(key) for key in ("REMOTE_ADDR", "REMOTE_PORT", "HTTP_X_FORWARDED_FOR", "HTTP_X_BY")])
        start_response("200 OK", [])
        return [b""]

    rules = "RemoteIPHeader X-Forwarded-For\nRemoteIPTrustedProxy 127.0.0.1\nRemoteIPProxiesHeader X-By"
    app = folder.serve("", rules, fallback=other)
    Server().ask(app, "/x", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.1, 192.0.2.9")
    Server().ask(app, "/x", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.9")
    Server().ask(app, "/x", HTTP_X_FORWARDED_FOR="192.0.2.9", HTTP_X_BY="me")
    assert seen == [
        ["192.0.2.9", None, "198.51.100.1", "127.0.0.1"],
        ["192.0.2.9", None, None, "127.0.0.1"],
        ["192.0.2.7", "51234", "192.0.2.9", "me"],
    ]


def test_proxies_by_name() -> None:
    """The addresses of a host are looked up when the configuration is read, as in httpd."""
    proxies = load_text("RemoteIPTrustedProxy localhost").main.settings[PROXIES]
    assert proxies
    assert all(proxy.network.is_loopback and not proxy.internal for proxy in proxies)


def test_host_name_of_the_client(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """req.get_remote_host() is about the connection, as in the original; SetEnvIf Remote_Host is about the client."""
    folder.write(
        show="def handler(req):\n    req.add_common_vars()\n    env = req.subprocess_env\n"
        "    req.write('%s %s %s' % (req.get_remote_host(), env.get('FROM'), env.get('REMOTE_HOST')), 0)\n"
        "    return 0\n"
    )
    names = {"127.0.0.1": "front.test", "192.0.2.9": "client.test"}
    monkeypatch.setattr("socket.gethostbyaddr", lambda address: (names[address], [], []))
    app = folder.serve(HANDLER, f'{TRUSTED}\nHostnameLookups On\nSetEnvIf Remote_Host "(.+)" FROM=$1')
    reply = Server().ask(app, "/x", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="192.0.2.9")
    assert reply.body == b"front.test client.test client.test"


@pytest.mark.parametrize("rule", ["Require host {}", "Order deny,allow\nDeny from all\nAllow from {}"])
def test_rules_ask_for_the_name_of_the_client(folder: Folder, monkeypatch: pytest.MonkeyPatch, rule: str) -> None:
    names = {"127.0.0.1": "front.test", "192.0.2.9": "client.test"}
    addresses = {name: address for address, name in names.items()}
    ask = socket.getaddrinfo
    monkeypatch.setattr("socket.gethostbyaddr", lambda address: (names[address], [], []))
    monkeypatch.setattr("socket.getaddrinfo", lambda name, *rest, **more: ask(addresses.get(name, name), *rest, **more))
    by_proxy = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.9"}
    for name, wanted in (("client.test", 200), ("front.test", 403)):
        app = folder.serve(rule.format(name), TRUSTED)
        assert Server().ask(app, "/page.txt", **by_proxy).code == wanted
