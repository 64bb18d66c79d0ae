"""examples/ as a test needs it: a copy with data of its own, in process or on a real server, and a mail server."""

from __future__ import annotations

import contextlib
import email.message
import email.parser
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from modpy_wsgi import Application, from_httpd_conf
from tests.live_server import LiveServer, free_port, running, tool

CHECKOUT = Path(__file__).resolve().parents[1]
EXAMPLES = CHECKOUT / "examples"

SMTP_SERVER = 'SMTP_SERVER = "localhost" # your SMTP server'


def copy(folder: Path, smtp_server: str = "") -> Path:
    """A copy of examples/ in a new folder of `folder`, which is to be the PWD of whoever serves it.

    `smtp_server` is what a reader of the tutorial would write into form.py, as its comment asks: HOST or HOST:PORT.
    """
    place = folder / "checkout"
    shutil.copytree(EXAMPLES, place / "examples", ignore=shutil.ignore_patterns("data", "__pycache__"))
    if smtp_server:
        form = place / "examples" / "feedback" / "htdocs" / "form.py"
        text = form.read_text()
        assert SMTP_SERVER in text
        form.write_text(text.replace(SMTP_SERVER, f"SMTP_SERVER = {smtp_server!r}"))
    return place


def application(place: Path) -> Application:
    """The Application that `make serve` would serve there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PWD", str(place))
        return from_httpd_conf(place / "examples" / "httpd.conf")


@contextlib.contextmanager
def serving(place: Path, *options: str) -> Iterator[LiveServer]:
    """What `make serve` starts, there and on a free port."""
    port = free_port()
    conf = str(place / "examples" / "httpd.conf")
    command = [tool("modpy-wsgi"), "serve", "-f", conf, "--bind", f"127.0.0.1:{port}", *options]
    with running(command, port, place, {"PWD": str(place)}) as server:
        yield server


@dataclass
class Mail:
    """One mail as the mail server was given it."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> email.message.Message:
        return email.parser.BytesParser().parsebytes(self.content)


class MailServer:
    """An SMTP server on loopback, which keeps what it is given."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.port = free_port()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # the name aiosmtpd calls
        self.mails.append(Mail(envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 OK"


@contextlib.contextmanager
def mail_server() -> Iterator[MailServer]:
    """A MailServer that listens. Skips the test where aiosmtpd is not installed."""
    controller = pytest.importorskip("aiosmtpd.controller")
    server = MailServer()
    running_one = controller.Controller(server, hostname="127.0.0.1", port=server.port)
    running_one.start()
    try:
        yield server
    finally:
        running_one.stop()
