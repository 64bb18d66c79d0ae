"""Roundup, an application that nobody here wrote, from the configuration its own documentation gives for mod_python."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import itertools
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from tests.live_server import LiveServer, free_port, running, tool, wait_until

pytestmark = pytest.mark.skipif(importlib.util.find_spec("roundup") is None, reason="roundup is not installed")

PASSWORD = "correct horse"
# every byte, line ends of all kinds, something like a boundary, and more than one buffer of any layer
ATTACHMENT = bytes(range(256)) * 600 + b"\r\n--boundary--\r\n\n\r\0" + os.urandom(100_000)


def documented() -> str:
    """The example of the installation guide, section "Apache HTTP Server with mod_python", from the guide itself."""
    guide = next(path for path in importlib.metadata.files("roundup") or () if path.name == "installation.txt")
    text = Path(str(guide.locate())).read_text(encoding="utf-8")
    example = text.split("Example mod_python configuration::", 1)[1]
    lines = itertools.takewhile(lambda line: not line.strip() or line.startswith(" "), example.splitlines())
    return "\n".join(lines)


@dataclass
class Browser:
    """As much of a browser as it takes: cookies, Referer, redirects, forms."""

    server: LiveServer
    cookies: dict[str, str] = field(default_factory=dict)
    url: str = ""
    page: str = ""

    def fetch(self, url: str, body: bytes | None = None, content_type: str = "") -> tuple[int, bytes]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if self.url:
            headers["Referer"] = self.url
        if body is not None:
            headers["Content-Type"] = content_type
        url = urljoin(self.url or f"http://127.0.0.1:{self.server.port}/", url)
        parts = urlsplit(url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        status, answer, content = self.server.request("GET" if body is None else "POST", path, body, headers)
        for cookie in answer.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(cookie).items():
                self.cookies[name] = morsel.value
        if status in (301, 302, 303):
            return self.fetch(answer["Location"])
        self.url = url
        self.page = content.decode("utf-8", "replace")
        return status, content

    def hidden(self, name: str) -> str:
        """The value of a hidden field of the page."""
        found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', self.page)
        assert found, f"no field {name} in {self.url}:\n{self.page}"
        return found.group(1)

    def submit(self, action: str, **fields: str | tuple[str, bytes]) -> int:
        """Sends a form as multipart/form-data; a tuple is (file name, content). AT_x stands for the field @x."""
        boundary = "----the-boundary-of-the-form"
        lines: list[bytes] = []
        for name, value in fields.items():
            disposition = f'Content-Disposition: form-data; name="{name.replace("AT_", "@")}"'
            content = value.encode() if isinstance(value, str) else value[1]
            if not isinstance(value, str):
                disposition += f'; filename="{value[0]}"\r\nContent-Type: application/octet-stream'
            lines += [f"--{boundary}\r\n{disposition}\r\n".encode(), b"\r\n", content, b"\r\n"]
        lines.append(f"--{boundary}--\r\n".encode())
        return self.fetch(action, b"".join(lines), f"multipart/form-data; boundary={boundary}")[0]


@pytest.fixture(scope="module")
def roundup(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    root = tmp_path_factory.mktemp("roundup")
    (root / "htdocs").mkdir()
    port = free_port()
    for name in ("support", "devel"):
        settings = (
            f"tracker_web=http://127.0.0.1:{port}/roundup/{name}/,admin_email=admin@localhost,"
            f"mail_domain=localhost,mail_host=localhost,mail_debug={root}/mail.txt,tracker_name=The{name}Tracker"
        )
        for words in (["install", "classic", "sqlite", settings], ["initialise", PASSWORD]):
            command = [tool("roundup-admin"), "-i", root / name, *words]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
    conf = root / "httpd.conf"
    conf.write_text(
        f'ServerRoot "{root}"\nServerName localhost\nListen 127.0.0.1:{port}\nDocumentRoot htdocs\n'
        "AddType text/css .css\nMaxRequestWorkers 2\n" + documented().replace("/var/db/roundup", str(root))
    )
    command = [sys.executable, "-m", "modpy_wsgi", "serve", "-f", str(conf)]
    with running(command, port, root) as server:
        yield Browser(server)


def test_optimisation_is_noted_at_the_start(roundup: Browser) -> None:
    wait_until(lambda: "PythonOptimize" in roundup.server.output(), "the note")


def test_slash_is_added(roundup: Browser) -> None:
    status, headers, _ = roundup.server.request("GET", "/roundup/devel")
    assert (status, urlsplit(headers["Location"]).path) == (301, "/roundup/devel/")


def test_file_of_the_tracker_is_served_by_the_server(roundup: Browser) -> None:
    status, headers, body = roundup.server.request("GET", "/roundup/devel/@@file/style.css")
    assert (status, headers["Content-Type"].partition(";")[0]) == (200, "text/css")
    root = Path(roundup.server.log).parent
    assert body == (root / "devel" / "html" / "style.css").read_bytes()


@pytest.mark.parametrize("name", ["support", "devel"])
def test_each_directory_has_its_own_tracker(roundup: Browser, name: str) -> None:
    assert f"The{name}Tracker" in roundup.server.get(f"/roundup/{name}/").decode()


def test_issue_with_an_attachment(roundup: Browser) -> None:
    base = f"http://127.0.0.1:{roundup.server.port}/roundup/devel/"
    browser = Browser(roundup.server)

    browser.fetch(base)
    status = browser.submit(
        base,
        __login_name="admin",
        __login_password=PASSWORD,
        AT_action="login",
        AT_csrf=browser.hidden("@csrf"),
        __came_from=base,
    )
    assert status == 200
    assert "Logout" in browser.page, browser.page

    browser.fetch("issue?@template=item")
    status = browser.submit(
        "issue",
        title="Käse fehlt",
        AT_note="It is gone.",
        AT_file=("bytes.bin", ATTACHMENT),
        AT_action="new",
        AT_template="item",
        AT_csrf=browser.hidden("@csrf"),
    )
    assert status == 200, browser.page
    assert browser.url.split("?")[0].endswith("/issue1"), browser.page
    assert "Käse fehlt" in browser.page

    link = re.search(r'href="(file\d+/bytes\.bin)"', browser.page)
    assert link, browser.page
    status, content = browser.fetch(link.group(1))
    assert status == 200
    assert content == ATTACHMENT
    assert "Traceback" not in roundup.server.output()
