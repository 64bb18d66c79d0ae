"""What `modpy-wsgi serve` makes of requests that are none, and of bodies that the client holds back."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live_server import LiveServer, free_port, read_to_end, running, tool

CONF = """\
ServerRoot "{folder}"
Listen 127.0.0.1:{port}
ServerName site.test
ErrorLog "{folder}/error.log"
DocumentRoot "{folder}/htdocs"
KeepAlive On
Timeout 5
{threads}
LimitRequestLine 200
LimitRequestFields 10
LimitRequestFieldSize 100
<Directory "{folder}">
    Require all granted
</Directory>
<Location /closed>
    Require all denied
</Location>
<Location /small>
    LimitRequestBody 10
</Location>
<Location /own>
    SetHandler mod_python
    PythonPath "['{folder}/lib'] + sys.path"
    PythonHandler own
</Location>
"""
OWN = """
def handler(req):
    if req.args == "head":
        req.flush()
    if req.args == "late":
        req.write("first,")
    req.write("[%s]" % (req.read().decode() if req.args else req.method), 0)
    return 0
"""


@pytest.fixture(scope="module", params=["threads", "one by one"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    folder, port = tmp_path_factory.mktemp("site"), free_port()
    (folder / "lib").mkdir()
    (folder / "lib" / "own.py").write_text(OWN)
    (folder / "htdocs").mkdir()
    (folder / "htdocs" / "page.txt").write_text("page\n")
    threads = "ThreadsPerChild 3\nStartServers 1\nServerLimit 1" if request.param == "threads" else ""
    (folder / "httpd.conf").write_text(CONF.format(folder=folder, port=port, threads=threads))
    defines = [] if threads else ["-D", "ONE_PROCESS"]
    with running([tool("modpy-wsgi"), "serve", "-f", "httpd.conf", *defines], port, Path(folder)) as server:
        yield server


def asked(line: str, *fields: str, body: str = "") -> bytes:
    """A request that ends its connection."""
    return "\r\n".join([line, "Host: site.test", "Connection: close", *fields, "", body]).encode("latin-1")


def head_and_title(answer: bytes) -> tuple[str, str]:
    """The status line, and the title of the page."""
    title = re.search("<title>(.*)</title>", answer.decode())
    return answer.partition(b"\r\n")[0].decode().partition(" ")[2], title[1] if title else ""


BAD, TOO_LONG = "400 Bad Request", "414 Request-URI Too Long"
REFUSED = {
    "no request": (b"hello\r\n\r\n", BAD, "could not understand.<br />\n</p>"),
    "line": (asked(f"GET /{'x' * 300} HTTP/1.1"), TOO_LONG, "exceeds the capacity"),
    "field": (asked("GET / HTTP/1.1", f"X: {'y' * 99}"), BAD, "Size of a request header field exceeds server limit."),
    "fields": (asked("GET / HTTP/1.1", *[f"X{n}: y" for n in range(9)]), BAD, "The number of request header fields"),
    "a blank before the colon": (asked("GET / HTTP/1.1", "X : <y>"), BAD, "could not understand"),
    "length": (asked("GET / HTTP/1.1", "Content-Length: x"), BAD, "could not understand"),
    "coding": (asked("POST / HTTP/1.1", "Transfer-Encoding: odd"), BAD, "could not understand"),
    "expectation": (asked("GET / HTTP/1.1", "Expect: much"), "417 Expectation Failed", "Only the 100-continue"),
}


@pytest.mark.parametrize(("sent", "status", "words"), REFUSED.values(), ids=REFUSED)
def test_refused_in_httpds_words(server: LiveServer, sent: bytes, status: str, words: str) -> None:
    answer = server.raw(sent)
    assert head_and_title(answer) == (status, status)
    assert words in answer.decode() and b"gunicorn" not in answer.lower() and b"&lt;y" not in answer
    assert b"\r\nConnection: close\r\n" in answer


TAKEN = {
    "a field as long as may be": (asked("GET /page.txt HTTP/1.1", f"X: {'y' * 98}"), b"page\n"),
    "as many fields as may be": (asked("GET /page.txt HTTP/1.1", *[f"X{n}: y" for n in range(8)]), b"page\n"),
    "a folded field": (asked("GET /page.txt HTTP/1.1", "X: y", " z"), b"page\n"),
    "a method in small letters": (asked("brew /own HTTP/1.1"), b"[brew]"),
    "a short method": (asked("F /own HTTP/1.1"), b"[F]"),
}


@pytest.mark.parametrize(("sent", "wanted"), TAKEN.values(), ids=TAKEN)
def test_taken_as_by_httpd(server: LiveServer, sent: bytes, wanted: bytes) -> None:
    answer = server.raw(sent)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n") and answer.endswith(wanted)


def test_close_among_other_words(server: LiveServer) -> None:
    answer = server.raw(b"GET /page.txt HTTP/1.1\r\nHost: site.test\r\nTE: trailers\r\nConnection: TE, Close\r\n\r\n")
    assert b"\r\nConnection: close\r\n" in answer


GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
EXPECTING = "POST {} HTTP/1.1\r\nHost: site.test\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n"


@pytest.mark.parametrize(("target", "length"), [("/closed", 3), ("/small", 11), ("/own", 3)], ids=str)
def test_no_body_is_asked_for_that_nobody_reads(server: LiveServer, target: str, length: int) -> None:
    answer = server.raw(EXPECTING.format(target, length).encode())
    assert answer.startswith((b"HTTP/1.1 403", b"HTTP/1.1 413", b"HTTP/1.1 200"))
    assert GO_ON not in answer and b"\r\nConnection: close\r\n" in answer


@pytest.mark.parametrize(("target", "wanted"), [("/own?read", b"[abc]"), ("/page.txt", b"page\n")], ids=str)
def test_body_is_asked_for_when_it_is_read(server: LiveServer, target: str, wanted: bytes) -> None:
    with server.open() as client:
        client.sendall(EXPECTING.format(target, 3).encode())
        assert read_exactly(client, len(GO_ON)) == GO_ON
        client.sendall(b"abc" + asked("GET /page.txt HTTP/1.1"))
        answers = read_to_end(client)
    assert wanted in answers and GO_ON not in answers


def test_no_body_is_asked_for_within_the_answer(server: LiveServer) -> None:
    with server.open() as client:
        client.sendall(EXPECTING.format("/own?late", 3).encode())
        first = client.recv(65536)
        while b"first," not in first:
            first += client.recv(65536)
        client.sendall(b"abc" + asked("GET /page.txt HTTP/1.1"))
        answer = first + read_to_end(client)
    assert b"[abc]" in answer and GO_ON not in answer and b"page" not in answer


@pytest.mark.parametrize("fields", ["Connection: close, TE\r\n", "Connection: TE\r\nConnection: close\r\n"])
def test_close_of_who_holds_the_body_back(server: LiveServer, fields: str) -> None:
    with server.open() as client:
        client.sendall(EXPECTING.format("/own?read", 3).replace("\r\n\r\n", f"\r\n{fields}\r\n").encode())
        assert read_exactly(client, len(GO_ON)) == GO_ON
        client.sendall(b"abc")
        assert b"[abc]" in read_to_end(client)


def read_exactly(client: socket.socket, length: int) -> bytes:
    """So many bytes."""
    data = b""
    while len(data) < length:
        piece = client.recv(length - len(data))
        assert piece, data
        data += piece
    return data


def test_flush_sends_the_head(server: LiveServer) -> None:
    with server.open() as client:
        client.sendall(b"POST /own?head HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\nContent-Length: 2\r\n\r\n")
        status = b"HTTP/1.1 200 OK"
        assert read_exactly(client, len(status)) == status, "before the handler has a body to read"
        client.sendall(b"ab")
        assert b"[ab]" in read_to_end(client)
