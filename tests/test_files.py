"""Files that change, are none, or have odd names; ranges of them; files that the front server sends."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modpy_wsgi import Application
from modpy_wsgi.config.load import load_text
from modpy_wsgi.errors import ShortBody
from modpy_wsgi.testing import site

BIG = 200_000  # bytes, more than is read at once
DATA = bytes(range(250)) * (BIG // 250)

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "big.bin").write_bytes(DATA)
    (tmp_path / "small.txt").write_text("0123456789")
    for path in tmp_path.iterdir():
        os.utime(path, (1_000_000_000, 1_000_000_000))
    return tmp_path


def environ(path: str, **more: Any) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "wsgi.url_scheme": "http",
        **more,
    }


RANGES = ["bytes=0-", "bytes=100000-", "bytes=0-9", "bytes=-5", "bytes=70000-170000", "bytes=0-0,199999-"]


@pytest.mark.parametrize("wanted", RANGES)
def test_range_of_a_large_file(folder: Path, wanted: str) -> None:
    answer = site("", root=folder).get("/big.bin", headers={"Range": wanted}, status=206)
    pieces = answer.body
    assert answer.headers["Content-Length"] == str(len(pieces))
    if "," in wanted:
        boundary = answer.headers["Content-Type"].partition("boundary=")[2]
        parts = [part.partition(b"\r\n\r\n")[2] for part in pieces.split(f"\r\n--{boundary}".encode())]
        assert parts[1:3] == [DATA[:1], DATA[-1:]]
    else:
        shown = answer.headers["Content-Range"]
        start, end = (int(number) for number in shown.removeprefix("bytes ").partition("/")[0].split("-"))
        assert pieces == DATA[start : end + 1]
        assert shown == f"bytes {start}-{end}/{BIG}"


def test_a_range_is_not_the_file_wrappers_business(folder: Path) -> None:
    """Servers send the whole file behind a descriptor."""
    app: App = site("", root=folder).app
    asked: list[Any] = []
    body = app(
        environ("/big.bin", HTTP_RANGE="bytes=1-", **{"wsgi.file_wrapper": lambda *given: asked.append(given)}),
        lambda *head: None,
    )
    assert b"".join(body) == DATA[1:]
    assert not asked
    body.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("wanted", ["", "bytes=100-", "bytes=0-99,100000-"])
def test_file_that_shrinks_while_it_is_sent(folder: Path, wanted: str) -> None:
    """What was promised cannot be sent; the server closes the connection, and nobody takes the part for the whole."""
    app: App = site("", root=folder).app
    heads: list[Any] = []
    body = app(environ("/big.bin", **({"HTTP_RANGE": wanted} if wanted else {})), lambda *head: heads.append(head))
    chunks = iter(body)
    sent = next(chunks)
    os.truncate(folder / "big.bin", 100_500)
    with pytest.raises(ShortBody, match="shorter while it was sent"):
        for chunk in chunks:
            sent += chunk
    body.close()  # type: ignore[attr-defined]
    assert len(sent) < int(dict(heads[0][1])["Content-Length"])


def test_file_that_shrinks_before_it_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = site("", root=folder)
    real = os.fstat

    def longer(descriptor: int) -> os.stat_result:
        found = real(descriptor)
        times = {"st_mtime": found.st_mtime, "st_mtime_ns": found.st_mtime_ns}
        return os.stat_result([*found[:6], found.st_size + 10, *found[7:10]], times)

    monkeypatch.setattr(os, "fstat", longer)
    answer = app.get("/small.txt")
    assert (answer.body, answer.headers["Content-Length"]) == (b"0123456789", "10")


def test_descriptors_are_closed(folder: Path) -> None:
    app: App = site("", root=folder).app
    requests: list[dict[str, Any]] = [
        environ("/small.txt"),
        environ("/big.bin"),
        environ("/big.bin", REQUEST_METHOD="HEAD"),
        environ("/big.bin", HTTP_RANGE="bytes=500000-"),
        environ("/big.bin", HTTP_RANGE="bytes=5-6,8-9"),
        environ("/big.bin", HTTP_IF_NONE_MATCH="*"),
        environ("/big.bin", HTTP_IF_MATCH='"other"'),
    ]
    for request in requests:  # whatever is opened once and for all
        close(app(request, lambda *head: None))
    before = os.listdir("/proc/self/fd")
    for request in requests:
        close(app(request, lambda *head: None))
    assert os.listdir("/proc/self/fd") == before


def close(body: Iterable[bytes]) -> None:
    """As a server does whose client has gone."""
    if hasattr(body, "close"):
        body.close()


def test_what_is_no_file_is_forbidden(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as bound:
        here = os.getcwd()
        os.chdir(folder)  # the name of a socket may not be long
        try:
            bound.bind("socket")
        finally:
            os.chdir(here)
        app = site("Options FollowSymLinks", root=folder)
        (folder / "link").symlink_to("pipe")
        for name in ("pipe", "socket", "link", "pipe/more"):
            app.get(f"/{name}", status=403)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_without_permission(folder: Path) -> None:
    (folder / "closed").mkdir()
    (folder / "closed/page.txt").write_text("x")
    (folder / "closed").chmod(0)
    (folder / "small.txt").chmod(0)
    app = site("", root=folder)
    for name in ("small.txt", "closed/page.txt", "closed/", "closed"):
        app.get(f"/{name}", status=403)
    (folder / "closed").chmod(0o700)


def test_file_that_cannot_be_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = site("", root=folder)
    real = os.open

    def closed(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if str(path).endswith("small.txt"):
            raise PermissionError(13, "Permission denied")
        return real(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", closed)
    answer = app.get("/small.txt", status=403)
    assert "ETag" not in answer.headers
    assert "Content-Length" in answer.headers


def test_tag_of_a_file_that_has_just_changed_is_weak(folder: Path) -> None:
    """It may change again within the same second, and look the same (httpd does so)."""
    app = site("", root=folder)
    os.utime(folder / "small.txt", (time.time() + 1, time.time() + 1))
    tag = app.get("/small.txt").headers["ETag"]
    assert tag.startswith('W/"a-')
    app.get("/small.txt", headers={"If-None-Match": tag}, status=304)
    app.get("/small.txt", headers={"If-None-Match": tag, "Range": "bytes=0-1"}, status=206)
    app.get("/small.txt", headers={"If-Match": tag}, status=412)
    app.get("/small.txt", headers={"If-Range": tag, "Range": "bytes=0-1"}, status=200)


def test_date_is_no_strong_validator_within_a_minute(folder: Path) -> None:
    app = site("", root=folder)
    os.utime(folder / "small.txt", (time.time() - 30, time.time() - 30))
    date = app.get("/small.txt").headers["Last-Modified"]
    app.get("/small.txt", headers={"If-Modified-Since": date}, status=304)
    app.get("/small.txt", headers={"If-Modified-Since": date, "Range": "bytes=0-1"}, status=206)
    app.get("/small.txt", headers={"If-Range": date, "Range": "bytes=0-1"}, status=200)
    os.utime(folder / "small.txt", (time.time() - 90, time.time() - 90))
    date = app.get("/small.txt").headers["Last-Modified"]
    app.get("/small.txt", headers={"If-Range": date, "Range": "bytes=0-1"}, status=206)


HANDOVERS = {
    "X-Sendfile": ("X-Sendfile", "{root}/big.bin"),
    "'X-Accel-Redirect /internal/={root}/'": ("X-Accel-Redirect", "/internal/big.bin"),
    "'x-accel-redirect /else/=/else/ /in/={root}/'": ("X-Accel-Redirect", "/in/big.bin"),
}


@pytest.mark.parametrize("option", HANDOVERS)
def test_large_file_is_left_to_the_front_server(folder: Path, option: str) -> None:
    header, value = HANDOVERS[option]
    app = site(f"PythonOption modpy_wsgi.sendfile {option.format(root=folder)}", root=folder)
    for headers in ({}, {"Range": "bytes=0-1"}, {"If-None-Match": "*"}):
        answer = app.get("/big.bin", headers=headers, status=200)
        assert (answer.headers[header], answer.body) == (value.format(root=folder), b"")
        assert not {"ETag", "Last-Modified", "Accept-Ranges", "Content-Range"} & set(answer.headers)
    assert app.get("/small.txt").body == b"0123456789"


def test_handed_over_name_is_escaped(folder: Path) -> None:
    name = 'a b%\n"<é>.bin'
    (folder / name).write_bytes(DATA)
    app = site("PythonOption modpy_wsgi.sendfile X-Sendfile", root=folder)
    answer = app.get("/a%20b%25%0A%22%3C%C3%A9%3E.bin")
    assert answer.headers["X-Sendfile"] == f"{folder}/a%20b%25%0A%22%3C%C3%A9%3E.bin"


def test_file_that_the_front_server_does_not_know_is_sent(folder: Path) -> None:
    app = site("PythonOption modpy_wsgi.sendfile 'X-Accel-Redirect /x/=/elsewhere/'", root=folder)
    assert app.get("/big.bin").body == DATA


def test_closed_file_is_not_handed_over(folder: Path) -> None:
    app = site("PythonOption modpy_wsgi.sendfile X-Sendfile\nRequire all denied", root=folder)
    assert "X-Sendfile" not in app.get("/big.bin", status=403).headers


@pytest.mark.parametrize(
    "option",
    ["Sendfile", "'X-Sendfile /x/=/y/'", "X-Accel-Redirect", "'X-Accel-Redirect /x=/y/'", "'X-Accel-Redirect /x/=y/'"],
)
def test_wrong_option_is_an_error(folder: Path, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    site(f"PythonOption modpy_wsgi.sendfile {option}", root=folder).get("/big.bin", status=500)
    assert "PythonOption modpy_wsgi.sendfile" in capsys.readouterr().err


# The same file asked for time and again is sent with fewer steps; nothing that is asked may change by that.

OPEN = """DocumentRoot "{root}"
<Directory "{root}">
    Require all granted
</Directory>
<Location /declined.txt>
    SetHandler mod_python
    PythonHandler declining
    PythonPath "sys.path + ['{root}']"
</Location>
"""
DECLINING = """
from mod_python import apache
seen = []

def handler(req):
    seen.append(req.uri)
    return apache.DECLINED
"""


@pytest.fixture
def opened(folder: Path) -> Iterator[Application]:
    """An application that sends small.txt, and has done so."""
    app = Application(load_text(OPEN.format(root=folder)), private=True)
    for _ in range(3):
        assert ask(app, "/small.txt")[::2] == ("200 OK", b"0123456789")
    assert app.hosts.main.targets["/small.txt"].place.sent is not None
    yield app
    app.close()


def ask(app: App, path: str, **more: Any) -> tuple[str, dict[str, str], bytes]:
    said: list[Any] = []
    body = app(environ(path, **more), lambda status, headers, exc_info=None: said.append((status, headers)))
    data = b"".join(body)
    close = getattr(body, "close", None)
    if close is not None:
        close()
    return said[0][0], dict(said[0][1]), data


AGAIN = {
    "as it was": ({}, "200 OK"),
    "HEAD": ({"REQUEST_METHOD": "HEAD"}, "200 OK"),
    "POST": ({"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "0"}, "200 OK"),
    "PUT": ({"REQUEST_METHOD": "PUT"}, "405 Method Not Allowed"),
    "not modified": ({"HTTP_IF_MODIFIED_SINCE": "Sun, 09 Sep 2001 01:46:40 GMT"}, "304 Not Modified"),
    "another tag": ({"HTTP_IF_MATCH": '"x"'}, "412 Precondition Failed"),
    "a range": ({"HTTP_RANGE": "bytes=2-3"}, "206 Partial Content"),
}


@pytest.mark.parametrize("more", AGAIN)
def test_a_file_that_was_sent_before(opened: Application, folder: Path, more: str) -> None:
    asked, wanted = AGAIN[more]
    answer = ask(opened, "/small.txt", **asked)
    assert answer[0] == wanted
    fresh = Application(load_text(OPEN.format(root=folder)), private=True)
    assert answer == ask(fresh, "/small.txt", **asked)
    fresh.close()


def test_a_file_that_has_changed_since(opened: Application, folder: Path) -> None:
    tag = ask(opened, "/small.txt")[1]["ETag"]
    (folder / "small.txt").write_text("new")
    status, headers, data = ask(opened, "/small.txt")
    assert (status, data, headers["Content-Length"]) == ("200 OK", b"new", "3")
    assert headers["ETag"] != tag
    (folder / "small.txt").write_bytes(DATA)  # more than is sent as one piece
    assert ask(opened, "/small.txt")[2] == DATA
    (folder / "small.txt").unlink()
    assert ask(opened, "/small.txt")[0] == "404 Not Found"
    os.mkfifo(folder / "small.txt")
    assert ask(opened, "/small.txt")[0] == "403 Forbidden"


def test_a_file_that_was_sent_before_stands_for_others(folder: Path) -> None:
    """As an index, a fallback and an ErrorDocument it is looked up by a request of its own."""
    text = OPEN.format(root=folder) + "DirectoryIndex small.txt\nErrorDocument 404 /small.txt\n"
    text += f'<Directory "{folder}/sub">\nFallbackResource /small.txt\n</Directory>\n'
    (folder / "sub").mkdir()
    app = Application(load_text(text), private=True)
    for _ in range(3):
        assert ask(app, "/small.txt")[::2] == ("200 OK", b"0123456789")
        assert ask(app, "/")[::2] == ("200 OK", b"0123456789")
        assert ask(app, "/absent")[::2] == ("404 Not Found", b"0123456789")
        assert ask(app, "/sub/absent")[::2] == ("200 OK", b"0123456789")
    app.close()


def test_a_file_of_another_size_than_was_seen(opened: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has become shorter between two system calls; it is looked at once more."""
    read = os.read
    sizes = iter([4, 10])
    monkeypatch.setattr(os, "read", lambda descriptor, size: read(descriptor, next(sizes)))
    assert ask(opened, "/small.txt")[::2] == ("200 OK", b"0123456789")


def test_a_handler_that_declines_is_asked_each_time(folder: Path) -> None:
    (folder / "declined.txt").write_text("declined")
    (folder / "declining.py").write_text(DECLINING)
    app = Application(load_text(OPEN.format(root=folder)), private=True)
    # A Location with a handler looks for no file; the same in a Directory does, and the file is sent where it declines.
    assert ask(app, "/declined.txt")[0] == "404 Not Found"
    app.close()
    text = OPEN.format(root=folder).replace("<Location /declined.txt>", f'<Directory "{folder}">')
    app = Application(load_text(text.replace("</Location>", "</Directory>")), private=True)
    for _ in range(4):
        assert ask(app, "/declined.txt")[::2] == ("200 OK", b"declined")
    module = app.interpreters.get(next(iter(app.interpreters._made))).load("declining")
    assert module.seen == ["/declined.txt"] * 4
    app.close()
