"""Digest authentication: its nonces, the reading of its header, and the clients of others against real servers."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modpy_wsgi.app import Application
from modpy_wsgi.config.load import load_text
from modpy_wsgi.httpd.digest import parse
from modpy_wsgi.httpd.nonces import make_nonce, read_nonce
from tests.live_server import free_port, running, tool
from tests.oracle.request import Digest
from tests.wsgi_site import Server

DIGESTS = "spam:Restricted Area:2bbd9e026cbc013408f21fd14a489df8\n"  # the password is "eggs"
CONF = """
ServerRoot "@ROOT@"
ServerName localhost
DocumentRoot "@ROOT@/htdocs"
ErrorLog "@ROOT@/error.log"
Listen 127.0.0.1:@PORT@
<Directory "@ROOT@/htdocs">
    AuthType Digest
    AuthName "Restricted Area"
    AuthUserFile "@ROOT@/digests"
    Require valid-user
</Directory>
"""


# Nonces


@given(st.floats(0, 4e9), st.text(max_size=20))
def test_a_nonce_is_known_again(now: float, realm: str) -> None:
    nonce = read_nonce(make_nonce(now, realm), realm)
    assert nonce is not None
    assert nonce.genuine
    assert abs(nonce.made - now) < 1e-5


@given(st.data())
def test_a_changed_nonce_is_not(data: st.DataObject) -> None:
    nonce = make_nonce(time.time(), "realm")
    position = data.draw(st.integers(0, len(nonce) - 1))
    letter = data.draw(st.characters(codec="ascii").filter(lambda letter: letter != nonce[position]))
    found = read_nonce(nonce[:position] + letter + nonce[position + 1 :], "realm")
    assert found is None or not found.genuine


def test_a_nonce_belongs_to_its_realm() -> None:
    found = read_nonce(make_nonce(time.time(), "one"), "two")
    assert found is not None
    assert not found.genuine


@given(st.text())
def test_any_text_as_a_nonce(text: str) -> None:
    found = read_nonce(text, "realm")
    assert found is None or not found.genuine


FORK = """
import os, sys
def key():
    from modpy_wsgi.httpd import nonces
    return nonces._key.hex()
for _ in range(2):
    read, write = os.pipe()
    if os.fork() == 0:
        os.write(write, key().encode())
        os._exit(0)
    os.wait()
    print(os.read(read, 1000).decode())
"""


@pytest.mark.parametrize(
    ("seed", "same"), [(None, True), ("random", True), ("0", False), ("42", False)], ids=["none", "random", "0", "42"]
)
def test_forked_processes_have_one_key(seed: str | None, same: bool) -> None:
    """Of a parent that has not imported anything; where its secret is known to others, they have keys of their own."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONHASHSEED"}
    if seed is not None:
        environ["PYTHONHASHSEED"] = seed
    keys = []
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", FORK], env=environ, capture_output=True, text=True, check=True)
        keys.append(done.stdout.split())
    assert [len(set(pair)) == 1 for pair in keys] == [same, same]
    assert not set(keys[0]) & set(keys[1])  # never those of another start


# The header

FIELDS = {
    "all": ('a=1, b="2"', {"a": "1", "b": "2"}),
    "blanks": ('  a = 1 ,b\t=  "2"  ', {"a": "1", "b": "2"}),
    "case of a name": ("NC=1", {"nc": "1"}),
    "comma in quotes": ('a="1, b=2", c=3', {"a": "1, b=2", "c": "3"}),
    "escapes": (r'a="\"\\\x"', {"a": '"\\x'}),
    "no end of the quotes": ('a="1, b=2', {"a": "1, b=2"}),
    "backslash at the end": ('a="1\\', {"a": "1"}),
    "twice": ("a=1, a=2", {"a": "2"}),
    "no value": ("a, b=1", {"b": "1"}),
    "empty": ('a=, b=""', {"a": "", "b": ""}),
    "junk behind a value": ('a="1"x y, b=2 z', {"a": "1", "b": "2"}),
    "commas": (",,a=1,,", {"a": "1"}),
    "equals in a value": ("a=1=2", {"a": "1=2"}),
    "no name": ("=1", {"": "1"}),
    "nothing": ("", {}),
    "more than ASCII": ('a="ü\udcff"', {"a": "ü\udcff"}),
}


@pytest.mark.parametrize(("text", "wanted"), FIELDS.values(), ids=FIELDS)
def test_parse(text: str, wanted: dict[str, str]) -> None:
    assert parse(text) == wanted


WORDS = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=20)


@given(st.dictionaries(WORDS, VALUES, max_size=6), st.sampled_from([",", ", ", " , "]))
def test_what_is_quoted_comes_back(fields: dict[str, str], comma: str) -> None:
    parts = [
        f'{name}="{re.sub(chr(92) * 2 + "|" + chr(34), lambda m: chr(92) + m[0], value)}"'
        for name, value in fields.items()
    ]
    assert parse(comma.join(parts)) == fields


@given(st.text(st.sampled_from('a=",\\ \t\udcff'), max_size=60))
def test_any_text_as_a_header(text: str) -> None:
    parse(text)


@pytest.mark.parametrize("piece", ['"', "\\", "=", " ", ",", 'a="', "a=", "a ", '\\"'])
def test_a_long_header_takes_no_longer(piece: str) -> None:
    started = time.perf_counter()
    parse("a=" + piece * 20_000)
    assert time.perf_counter() - started < 2  # quadratic would be minutes


# What is answered


def application(root: Path) -> Application:
    (root / "htdocs").mkdir()
    (root / "htdocs" / "page.txt").write_text("page\n")
    (root / "digests").write_text(DIGESTS)
    return Application(load_text(CONF.replace("@ROOT@", str(root)).replace("@PORT@", "8000")))


def test_the_server_proves_to_know_the_password_too(tmp_path: Path) -> None:
    app = application(tmp_path)
    server = Server()
    challenge = server.ask(app, "/page.txt").header("WWW-Authenticate")
    assert challenge is not None
    client = Digest("spam", "eggs")
    header = client.header("GET", "/page.txt", challenge)
    told = server.ask(app, "/page.txt", headers={"Authorization": header}).header("Authentication-Info")
    proof = re.search(r'response="(\w+)"', client.header("", "/page.txt", challenge))
    assert told is not None
    assert proof is not None
    assert f'rspauth="{proof[1]}"' in told


@pytest.mark.parametrize("target", ["/page.txt", "/page.txt?a=%20b", "/p%61ge.txt"])
def test_a_server_that_does_not_keep_the_target(tmp_path: Path, target: str) -> None:
    app = application(tmp_path)
    server = Server()
    challenge = server.ask(app, target, raw=False).header("WWW-Authenticate")
    assert challenge is not None
    header = Digest("spam", "eggs").header("GET", target, challenge)
    assert server.ask(app, target, raw=False, headers={"Authorization": header}).code == 200


# Real servers, whose processes each import the application; the client is Python's own.


def gunicorn(port: int) -> list[str]:
    return [sys.executable, "-m", "gunicorn", "--workers", "3", "--bind", f"127.0.0.1:{port}", "modpy_wsgi.wsgi"]


def uwsgi(port: int) -> list[str]:
    options = ["--master", "--die-on-term", "--need-app", "--virtualenv", sys.prefix, "--lazy-apps", "--processes", "3"]
    return [tool("uwsgi"), *options, "--module", "modpy_wsgi.wsgi", "--http-socket", f"127.0.0.1:{port}"]


SERVERS = {"gunicorn": (gunicorn, "gunicorn"), "uWSGI lazy": (uwsgi, "uwsgidecorators")}


@pytest.mark.parametrize("name", SERVERS)
def test_a_nonce_is_good_in_all_processes(tmp_path: Path, name: str) -> None:
    command, needed = SERVERS[name]
    if importlib.util.find_spec(needed) is None:
        pytest.skip(f"{needed} is not installed")
    port = free_port()
    (tmp_path / "htdocs").mkdir()
    (tmp_path / "htdocs" / "page.txt").write_text("page\n")
    (tmp_path / "digests").write_text(DIGESTS)
    conf = tmp_path / "httpd.conf"
    conf.write_text(CONF.replace("@ROOT@", str(tmp_path)).replace("@PORT@", str(port)))
    environ = {"MODPY_WSGI_CONF": str(conf), "PYTHONHASHSEED": "random"}
    with running(command(port), port, tmp_path, environ) as server:
        url = f"http://127.0.0.1:{port}/page.txt"
        passwords = urllib.request.HTTPPasswordMgr()
        passwords.add_password("Restricted Area", url, "spam", "eggs")
        direct = urllib.request.ProxyHandler({})
        opener = urllib.request.build_opener(direct, urllib.request.HTTPDigestAuthHandler(passwords))
        for _ in range(5):
            with contextlib.closing(opener.open(url, timeout=10)) as answer:
                assert answer.read() == b"page\n"
        # One challenge, asked with until two have answered: the log has the number of the process.
        status, headers, _ = server.request("GET", "/page.txt")
        assert status == 401
        client = Digest("spam", "eggs"), Digest("spam", "bacon")
        sent = [who.header("GET", "/page.txt", headers["WWW-Authenticate"]) for who in client] * 60

        def status_for(header: str) -> int:
            return server.request("GET", "/page.txt", headers={"Authorization": header})[0]

        deadline = time.monotonic() + 60  # the first that is ready takes all there is, while the others still start
        processes: set[str] = set()
        while len(processes) < 2:
            assert time.monotonic() < deadline, f"answered by {processes} alone"
            with ThreadPoolExecutor(6) as pool:
                assert list(pool.map(status_for, sent)) == [200, 401] * 60
            log = (tmp_path / "error.log").read_text()
            processes.update(re.findall(r"\[pid (\d+).*password mismatch", log))
        wrong = urllib.request.HTTPPasswordMgr()
        wrong.add_password("Restricted Area", url, "spam", "bacon")
        opener = urllib.request.build_opener(direct, urllib.request.HTTPDigestAuthHandler(wrong))
        with pytest.raises((urllib.error.HTTPError, ValueError)):
            opener.open(url, timeout=10)
