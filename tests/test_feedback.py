"""examples/feedback: the manual's tutorial, which sends mail, and the upload that tells how far it is."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import webtest

from tests import example_sites
from tests.example_sites import EXAMPLES, MailServer
from tests.live_server import LiveServer, free_port, wait_until

# ---- manual 3.1


@pytest.fixture(scope="module")
def mail() -> Iterator[MailServer]:
    with example_sites.mail_server() as server:
        yield server


@pytest.fixture
def app(tmp_path: Path, mail: MailServer) -> Iterator[webtest.TestApp]:
    mail.mails.clear()
    application = example_sites.application(example_sites.copy(tmp_path, mail.address))
    yield webtest.TestApp(application, lint=False)
    application.close()


MANUAL = """
AddHandler python-program .py
PythonHandler mod_python.publisher
PythonDebug On
"""


def test_the_manuals_own_lines() -> None:
    assert f"{MANUAL}</Directory>" in (EXAMPLES / "feedback" / "site.conf").read_text()


CONTENT = """\
From: {email}
Subject: feedback
To: webmaster

I have the following comment:

{comment}

Thank You,

{name}
"""
SENT: dict[str, tuple[str, str, str]] = {
    # name, e-mail, comment
    "plain": ("Anna", "anna@example.com", "It works."),
    "letters": ("Anna Müller", "anna@example.com", "Grüße — 山田 🎈"),
    "lines": ("Anna", "anna@example.com", "one\r\ntwo\r\n.\r\nthree\r\n\r\n..four"),
    "percents": ("100%", "a%b@example.com", "%s %(x)s"),
}


@pytest.mark.parametrize("case", SENT)
@pytest.mark.parametrize("folder", ["/feedback/", "/feedback/form.html"])
def test_mail(app: webtest.TestApp, mail: MailServer, folder: str, case: str) -> None:
    name, sender, comment = SENT[case]
    form = app.get(folder).form
    form["name"], form["email"], form["comment"] = name, sender, comment
    answer = form.submit()
    assert answer.request.path == "/feedback/form.py/email"
    assert answer.content_type == "text/html"
    assert f"Dear {name}, <br>\nThank You for your kind comments, we\nwill get back to you shortly." in answer.text
    (sent,) = mail.mails
    assert (sent.sender, sent.recipients) == (sender, ["webmaster"])
    wanted = CONTENT.format(name=name, email=sender, comment=comment).replace("\r\n", "\n")
    assert sent.content.decode() == wanted.replace("\n", "\r\n")
    assert (sent.message["From"], sent.message["Subject"], sent.message["To"]) == (sender, "feedback", "webmaster")


def test_mail_of_bytes_that_are_no_utf8(app: webtest.TestApp, mail: MailServer) -> None:
    app.request("/feedback/form.py/email?name=A%ff&email=a@example.com&comment=%fe")
    (sent,) = mail.mails
    assert b"\r\n\xfe\r\n" in sent.content and b"\r\nA\xff\r\n" in sent.content


@pytest.mark.parametrize("missing", ["name", "email", "comment"])
def test_missing(app: webtest.TestApp, mail: MailServer, missing: str) -> None:
    fields = {"name": "Anna", "email": "anna@example.com", "comment": "x", missing: ""}
    answer = app.post("/feedback/form.py/email", fields)
    assert answer.text == "A required parameter is missing, please go back and correct the error"
    assert answer.content_type == "text/plain"
    assert mail.mails == []


MORE = "MAIL FROM:<m@example.com>{0}RCPT TO:<everybody@example.com>{0}DATA{0}more{0}.{0}"
FORGED = {
    "a header": "m@example.com{0}Bcc: everybody@example.com",
    "a recipient": "m@example.com>{0}RCPT TO:<everybody@example.com",
    "the end of the mail": "m@example.com{0}.{0}" + MORE,
}


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # the manual's code closes nothing when smtplib raises
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"], ids=["CRLF", "LF", "CR"])
@pytest.mark.parametrize("case", FORGED)
@pytest.mark.parametrize("field", ["name", "email", "comment"])
def test_mail_goes_to_the_webmaster_alone(
    app: webtest.TestApp, mail: MailServer, field: str, case: str, end: str
) -> None:
    """Whatever is typed. It may make a header of the mail, as the manual's code allows; nobody goes by that."""
    fields = {"name": "M", "email": "m@example.com", "comment": "x", field: FORGED[case].format(end)}
    status = app.post("/feedback/form.py/email", fields, status="*").status_int
    gc.collect()
    assert status in (200, 500)
    assert [sent.recipients for sent in mail.mails] == [["webmaster"]] * (status == 200)


def test_without_a_mail_server(tmp_path: Path) -> None:
    """PythonDebug shows the traceback, escaped."""
    application = example_sites.application(example_sites.copy(tmp_path, f"127.0.0.1:{free_port()}"))
    app = webtest.TestApp(application, lint=False)
    answer = app.post("/feedback/form.py/email", {"name": "A", "email": "a", "comment": "<script>"}, status=500)
    assert "ConnectionRefusedError" in answer.text
    assert "form.py" in answer.text
    assert "<script>" not in answer.text


POLICY = "default-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
GUARDED = (
    "form.html",
    "form.py/email?name=%3Cscript%3E&email=a@example.com&comment=x",
    "upload/",
    "upload/receive.py?id=",
)


@pytest.mark.parametrize("path", GUARDED)
def test_policy(app: webtest.TestApp, path: str) -> None:
    """The manual's page sends the name as it was sent; the fixup handler says what a browser may do with it."""
    answer = app.get(f"/feedback/{path}", status="*")
    if "%3Cscript" in path:
        assert "Dear <script>," in answer.text
    if answer.status_int == 200:
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    else:
        assert answer.status_int == 404


# ---- the upload

ID = "0123456789abcdef" * 2
URL = f"/feedback/upload/receive.py?id={ID}"


def data(place: Path) -> list[str]:
    folder = place / "examples" / "feedback" / "data"
    return [path.name for path in folder.iterdir()] if folder.exists() else []


@pytest.fixture
def place(app: webtest.TestApp, tmp_path: Path) -> Path:
    return tmp_path / "checkout"


FILES: dict[str, tuple[str, bytes]] = {
    "small": ("notes.txt", b"one\r\ntwo"),
    "nothing in it": ("empty", b""),
    "large": ("film.bin", bytes(range(256)) * 8000),
    "a name like a path": ("../../../etc/passwd", b"x"),
    "letters": ('Grüße "山田" 🎈.txt', b"x"),
}


@pytest.mark.parametrize("case", FILES)
@pytest.mark.parametrize("url", [URL, URL.partition("?")[0]], ids=["with an ID", "without the script"])
def test_upload(app: webtest.TestApp, place: Path, url: str, case: str) -> None:
    name, content = FILES[case]
    boundary = "----------------------------x"
    quoted = name.replace('"', "%22")
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\n\r\n'.encode()
    body = head + content + f"\r\n--{boundary}--\r\n".encode()
    kind = f"multipart/form-data; boundary={boundary}"
    answer = app.request(url, method="POST", body=body, content_type=kind)
    assert answer.json == {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    assert answer.headers["Cache-Control"] == "no-store"
    assert data(place) == []
    assert not (place / "examples" / "feedback" / "data").stat().st_mode & 0o077


def test_no_file(app: webtest.TestApp, place: Path) -> None:
    app.post(URL, {"file": "text"}, status=400)
    app.post(URL, status=400)
    assert data(place) == []


def test_two_files(app: webtest.TestApp, place: Path) -> None:
    app.post(URL, upload_files=[("file", "a", b"1"), ("file", "b", b"2")], status=413)
    assert data(place) == []


NOBODYS = (
    "",
    "?id=",
    f"?id={ID.upper()}",
    f"?id={ID}0",
    f"?id={ID}&x",
    f"?x&id={ID}",
    "?id=../../site.conf",
    f"?id={ID}%0a",
)


@pytest.mark.parametrize("query", NOBODYS)
def test_progress_of_what_is_no_id(app: webtest.TestApp, query: str) -> None:
    app.get(f"/feedback/upload/receive.py{query}", status=404)


def test_progress_of_nothing(app: webtest.TestApp) -> None:
    assert app.get(URL).json == {"written": 0}


def test_other_methods(app: webtest.TestApp) -> None:
    assert "POST" in app.delete(URL, status=405).headers["Allow"].split(",")
    app.put(URL, b"x", status=405)


class Upload:
    """An upload that is sent bit by bit."""

    def __init__(self, server: LiveServer, size: int) -> None:
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        self.end = b"\r\n--x--\r\n"
        length = len(head) + size + len(self.end)
        self.socket = server.open()
        self.socket.sendall(
            f"POST {URL} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\n\r\n".encode()
            + head
        )

    def send(self, size: int) -> None:
        self.socket.sendall(bytes(size))

    def finish(self) -> tuple[int, Any]:
        self.socket.sendall(self.end)
        with contextlib.closing(http.client.HTTPResponse(self.socket)) as answer:
            answer.begin()
            return answer.status, json.loads(answer.read())


@pytest.fixture
def server(place: Path) -> Iterator[LiveServer]:
    with example_sites.serving(place, "--workers", "2") as started:
        yield started


def written(server: LiveServer) -> int:
    number: int = json.loads(server.get(URL))["written"]
    return number


def test_progress(server: LiveServer, place: Path) -> None:
    upload = Upload(server, 3 * PIECE)
    with contextlib.closing(upload.socket):
        assert written(server) == 0
        for sent in (PIECE, 2 * PIECE, 3 * PIECE):
            upload.send(PIECE)
            wait_until(lambda sent=sent: sent - WAITING < written(server) <= sent, f"nearly {sent} bytes")
        assert data(place) == [ID]

        # The same ID again, while the first is at it.
        assert server.request("POST", URL, FORM, {"Content-Type": "multipart/form-data; boundary=x"})[0] == 409
        assert data(place) == [ID]

        digest = hashlib.sha256(bytes(3 * PIECE)).hexdigest()
        assert upload.finish() == (200, {"name": "a", "size": 3 * PIECE, "sha256": digest})
    assert data(place) == []
    assert written(server) == 0


PIECE = 1_000_000
WAITING = 300_000  # bytes that are with the server, but not written yet: one block and one buffer
FORM = b'--x\r\nContent-Disposition: form-data; name="file"; filename="b"\r\n\r\nother\r\n--x--\r\n'


def test_an_upload_that_breaks_off_leaves_nothing(server: LiveServer, place: Path) -> None:
    upload = Upload(server, 3_000_000)
    upload.send(1_000_000)
    wait_until(lambda: written(server) > 0, "some of it")
    upload.socket.close()
    wait_until(lambda: data(place) == [], "nothing left")
