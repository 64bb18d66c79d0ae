"""HTTP and HTTPS from one server: certificates by name, what sites are told of TLS, and what stops the start."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from modpy_wsgi.app import Application
from modpy_wsgi.config.load import load_text
from modpy_wsgi.errors import ConfigError
from modpy_wsgi.serving.certificates import Certificates
from tests.live_server import REPLY_SECONDS, LiveServer, free_port, read_to_end, running, wait_until

pytest.importorskip("gunicorn")

BIG = bytes(range(256)) * 4000  # sent by other means than a page: in the clear by the kernel itself
HANDLER = """
from mod_python import apache

def handler(req):
    env = req.subprocess_env
    req.content_type = "text/plain"
    req.write(" ".join((
        req.server.server_hostname, str(req.is_https()), env.get("HTTPS") or "-", env.get("SSL_PROTOCOL") or "-",
        req.ssl_var_lookup("SSL_TLS_SNI") or "-",
    )))
    return apache.OK
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site, and certificates for two names, signed by themselves."""
    folder = tmp_path_factory.mktemp("tls")
    (folder / "page.py").write_text(HANDLER)
    for name in ("a", "b"):
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        command += ["-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "2", "-subj", f"/CN={name}.example"]
        subprocess.run(
            [*command, "-addext", f"subjectAltName=DNS:{name}.example"], cwd=folder, check=True, capture_output=True
        )
    command = ["openssl", "ec", "-in", "a.key", "-aes128", "-passout", "pass:secret", "-out", "encrypted.key"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (folder / "empty.pem").touch()
    (folder / "big.bin").write_bytes(BIG)
    return folder


def host(port: int, name: str, *lines: str) -> str:
    return "\n".join((f"<VirtualHost *:{port}>", f"ServerName {name}.example", *lines, "</VirtualHost>\n"))


def secure(port: int, name: str, *lines: str) -> str:
    files = (f"SSLCertificateFile {name}.pem", f"SSLCertificateKeyFile {name}.key")
    return host(port, name, "SSLEngine on", *files, *lines)


@contextlib.contextmanager
def serving(
    folder: Path, *lines: str, workers: str = "StartServers 1\nMaxRequestWorkers 4\nThreadsPerChild 4"
) -> Iterator[tuple[LiveServer, int]]:
    """A server with one address for HTTP and one for HTTPS; the port of the latter."""
    plain, secured = free_port(), free_port()
    conf = folder / f"site-{plain}.conf"
    conf.write_text(
        f"ServerRoot {folder}\nListen 127.0.0.1:{plain}\nListen 127.0.0.1:{secured}\n{workers}\nTimeout 3\n"
        f"ServerName main.example\nDocumentRoot {folder}\n"
        f"<Location />\nSetHandler mod_python\nPythonHandler page\nPythonPath \"['{folder}']\"\n"
        "SSLOptions +StdEnvVars\n</Location>\n<Location /big.bin>\nSetHandler None\n</Location>\n"
        + secure(secured, "a", *lines)
        + secure(secured, "b")
    )
    command = [sys.executable, "-m", "modpy_wsgi", "serve", "--tls", "-f", str(conf)]
    with running(command, plain, folder) as server:
        yield server, secured


def connected(port: int, name: str | None, folder: Path, **options: ssl.TLSVersion) -> ssl.SSLSocket:
    """A connection to the server, whose certificate must be that of the name."""
    context = ssl.create_default_context(cafile=str(folder / f"{name or 'a'}.pem"))
    context.check_hostname = name is not None
    for option, value in options.items():
        setattr(context, option, value)
    raw = socket.create_connection(("127.0.0.1", port), REPLY_SECONDS)
    return context.wrap_socket(raw, server_hostname=f"{name}.example" if name else None)


def asked(client: ssl.SSLSocket, name: str, times: int = 1, path: str = "/page") -> bytes:
    """The answers to as many requests in one piece; the server must end the connection as TLS wants it ended."""
    request = f"GET {path} HTTP/1.1\r\nHost: {name}.example\r\n"
    client.sendall(f"{request}\r\n".encode() * (times - 1) + f"{request}Connection: close\r\n\r\n".encode())
    with client:
        return read_to_end(client)


def test_both_from_one_server(folder: Path) -> None:
    with serving(folder) as (server, port):
        assert f"https://127.0.0.1:{port}" in wait_until(
            lambda: server.output() if "https" in server.output() else "", "the banner"
        )
        assert server.get("/page") == b"main.example 0 - - -"
        for name in ("a", "b"):
            answer = asked(connected(port, name, folder), name)
            assert answer.endswith(f"{name}.example 1 on TLSv1.3 {name}.example\r\n0\r\n\r\n".encode())
        assert b"a.example 1 on TLSv1.3 -\r\n" in asked(connected(port, None, folder), "c"), "no name: the first host"
        assert asked(connected(port, "b", folder), "b", 200).count(b"200 OK") == 200, "requests in one piece"
        assert asked(connected(port, "b", folder), "b", path="/big.bin").endswith(b"\r\n\r\n" + BIG)
        with socket.create_connection(("127.0.0.1", port), REPLY_SECONDS) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")
            assert b"You're speaking plain HTTP" in read_to_end(client)
        forged = {"SSL_PROTOCOL": "forged", "SSL-PROTOCOL": "forged", "HTTPS": "on", "X-Forwarded-Proto": "https"}
        assert server.request("GET", "/page", headers=forged)[2] == b"main.example 0 - - -"


def test_silent_clients_are_left(folder: Path) -> None:
    """Before the handshake, and with half a head behind it; as many as there are threads, and another is answered."""
    with serving(folder) as (_, port), contextlib.ExitStack() as stack:
        silent = [stack.enter_context(socket.create_connection(("127.0.0.1", port), 60)) for _ in range(2)]
        for client in silent:
            client.sendall(b"\x16\x03\x01\x02\x00")  # the beginning of a ClientHello
        halves = [stack.enter_context(connected(port, "a", folder)) for _ in range(2)]
        for half in halves:
            half.settimeout(60)
            half.sendall(b"GET /page HTTP/1.1\r\nHost: a.exam")
        assert b"a.example 1" in asked(connected(port, "a", folder), "a")
        for client in (*silent, *halves):
            with contextlib.suppress(ConnectionResetError):
                assert client.recv(1000) == b""


def test_one_process(folder: Path) -> None:
    with serving(folder, workers="Define ONE_PROCESS") as (server, port):
        assert server.get("/page") == b"main.example 0 - - -"
        assert b"b.example 1 on TLSv1.3 b.example" in asked(connected(port, "b", folder), "b")
        with socket.create_connection(("127.0.0.1", port), REPLY_SECONDS) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")
            assert b"You're speaking plain HTTP" in read_to_end(client)


def test_what_is_agreed(folder: Path) -> None:
    lines = ("SSLProtocol all -TLSv1.3", "SSLCipherSuite ECDHE-ECDSA-AES128-GCM-SHA256", "SSLStrictSNIVHostCheck on")
    with serving(folder, *lines) as (_, port):
        with connected(port, "a", folder) as client:
            assert (client.version(), (client.cipher() or "")[0]) == ("TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256")
        with pytest.raises(ssl.SSLError):
            connected(port, "a", folder, minimum_version=ssl.TLSVersion.TLSv1_3)
        with pytest.raises(ssl.SSLError):
            connected(port, None, folder)


# directives of a host: what stops the start
WRONG = {
    "none": ("", "3: SSLEngine on: no SSLCertificateFile"),
    "not there": ("SSLCertificateFile none.pem", "4: SSLCertificateFile @/none.pem: No such file or directory"),
    "empty": ("SSLCertificateFile empty.pem", "4: SSLCertificateFile @/empty.pem: is empty"),
    "no key": ("SSLCertificateFile a.pem", "4: SSLCertificateFile @/a.pem cannot be used: "),
    "no certificate in it": ("SSLCertificateFile a.key", "4: SSLCertificateFile @/a.key cannot be used: "),
    "another's key": (
        "SSLCertificateFile a.pem\nSSLCertificateKeyFile b.key",
        "4: SSLCertificateFile @/a.pem with the key @/b.key cannot be used: KEY_VALUES_MISMATCH",
    ),
    "key not there": (
        "SSLCertificateFile a.pem\nSSLCertificateKeyFile none.key",
        "5: SSLCertificateKeyFile @/none.key: No such file or directory",
    ),
    "chain not there": (
        "SSLCertificateFile a.pem\nSSLCertificateKeyFile a.key\nSSLCertificateChainFile none.pem",
        "6: SSLCertificateChainFile @/none.pem: No such file or directory",
    ),
    "encrypted": (
        "SSLCertificateFile a.pem\nSSLCertificateKeyFile encrypted.key",
        "5: @/encrypted.key: the key is encrypted, and nobody is there to type the pass phrase",
    ),
    "ciphers": (
        "SSLCertificateFile a.pem\nSSLCertificateKeyFile a.key\nSSLCipherSuite nonsense",
        "6: SSLCipherSuite nonsense: names no cipher that is there",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_certificates_that_cannot_be_used(name: str, folder: Path) -> None:
    lines, wanted = (part.replace("@", str(folder)) for part in WRONG[name])
    text = f"Listen 443\n<VirtualHost *:443>\nSSLEngine on\n{lines}\n</VirtualHost>"
    site = load_text(text, file="/httpd.conf", server_root=str(folder))
    application = Application(site)
    try:
        with pytest.raises(ConfigError) as caught:
            Certificates(site, application.hosts).check("0.0.0.0", 443)
    finally:
        application.close()
    assert str(caught.value).startswith(f"/httpd.conf:{wanted}")
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_key_that_may_not_be_read(folder: Path, tmp_path: Path) -> None:
    key = tmp_path / "site.key"
    key.write_bytes((folder / "a.key").read_bytes())
    key.chmod(0)
    lines = f"SSLCertificateFile {folder}/a.pem\nSSLCertificateKeyFile {key}"
    site = load_text(f"SSLEngine on\n{lines}", server_root=str(folder))
    application = Application(site)
    try:
        with pytest.raises(ConfigError, match="Permission denied"):
            Certificates(site, application.hosts).check("0.0.0.0", 443)
    finally:
        application.close()


def test_no_word_in_the_clear_where_tls_is_expected(folder: Path) -> None:
    """Of two addresses of a Listen one has a host without a certificate: nothing can be agreed there."""
    text = "Listen 443\n" + host(443, "x").replace("*:443", "192.0.2.1:443") + secure(443, "a")
    site = load_text(text, server_root=str(folder))
    application = Application(site)
    try:
        certificates = Certificates(site, application.hosts)
        certificates.check("0.0.0.0", 443)
        bare = certificates.context("192.0.2.1", 443)
        assert bare is not None and bare is not certificates.context("192.0.2.2", 443)
        bare.sni_callback = None  # which asks a socket for its address
        inward, outward = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = ssl.create_default_context().wrap_bio(outward, inward, server_hostname="x")
        with pytest.raises(ssl.SSLWantReadError):
            client.do_handshake()
        with pytest.raises(ssl.SSLError, match=r"(?i)no.shared.cipher|no.suitable"):
            bare.wrap_bio(inward, outward, server_side=True).do_handshake()
    finally:
        application.close()


def test_a_chain_is_sent(folder: Path) -> None:
    text = "SSLEngine on\nSSLCertificateFile a.pem\nSSLCertificateKeyFile a.key\nSSLCertificateChainFile b.pem"
    site = load_text(text, server_root=str(folder))
    application = Application(site)
    try:
        certificates = Certificates(site, application.hosts)
        certificates.check("127.0.0.1", 443)
        assert certificates.used and certificates.leads_to_tls("127.0.0.1", 443)
        assert certificates.context("127.0.0.1", 443) is certificates.context("127.0.0.1", 444)
    finally:
        application.close()


def test_https_beside_a_connection_handler_on_one_listen(folder: Path) -> None:
    """A Listen for all addresses leads to both: that one of them is a handler's puts the others not in the clear."""
    (folder / "talk.py").write_text("def connectionhandler(conn):\n    conn.write('talk')\n    return 0\n")
    talk = (
        f"<VirtualHost 127.0.0.2:{{port}}>\nPythonPath \"['{folder}']\"\nPythonConnectionHandler talk\n</VirtualHost>\n"
    )
    plain, port = free_port(), free_port()
    conf = folder / f"both-{plain}.conf"
    conf.write_text(
        f"ServerRoot {folder}\nListen 127.0.0.1:{plain}\nListen {port}\nStartServers 1\nTimeout 3\n"
        f"ServerName main.example\nDocumentRoot {folder}\n" + talk.format(port=port) + secure(port, "a")
    )
    command = [sys.executable, "-m", "modpy_wsgi", "serve", "--tls", "-f", str(conf)]
    with running(command, plain, folder):
        assert asked(connected(port, "a", folder), "a", path="/big.bin").endswith(b"\r\n\r\n" + BIG)
        with socket.create_connection(("127.0.0.2", port), REPLY_SECONDS) as client:
            assert read_to_end(client) == b"talk"
