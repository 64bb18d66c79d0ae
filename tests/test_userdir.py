"""UserDir with the homes of users, who are not the machine's; what patterns do is recorded (oracle, userdir)."""

from __future__ import annotations

import pwd
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from modpy_wsgi.httpd import userdir
from tests.wsgi_site import Folder, Server

HOMES = {"anna": "home/anna", "bert": "home/bert", "root": "home/root"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Folder]:
    """A site's folder, and users whose homes are beside it."""

    def look_up(name: str) -> SimpleNamespace:
        if name not in HOMES:
            raise KeyError(name)
        return SimpleNamespace(pw_dir=str(tmp_path / HOMES[name]))

    monkeypatch.setattr(pwd, "getpwnam", look_up)
    with Folder(tmp_path) as made:
        made.file("page.txt", "main")
        made.file("~file/page.txt", "a folder of that name")
        for name in ("anna", "root"):
            made.file(f"../home/{name}/public_html/page.txt", name)
            made.file(f"../home/{name}/secret.txt", "SECRET")
        made.file("../web/bert/page.txt", "bert in web")
        yield made


def opened(folder: Folder, *lines: str) -> str:
    inside = "\n".join(lines).replace("@PATH@", str(folder.path))
    return (
        f"{inside}\n<Directory />\nRequire all denied\n</Directory>\n"
        f'<Directory "{folder.path}/home/*/public_html">\nRequire all granted\n</Directory>\n'
        f'<Directory "{folder.path}/web">\nRequire all granted\n</Directory>\n'
        f'<Directory "{folder.root}">\nRequire all granted\n</Directory>\n'
    )


# directives -> target -> (status, text)
SITES: dict[str, dict[str, tuple[int, bytes]]] = {
    "UserDir public_html": {
        "/~anna/page.txt": (200, b"anna"),
        "/~root/page.txt": (200, b"root"),
        "/~anna/absent": (404, b""),
        "/~anna/../page.txt": (200, b"main"),
        "/~bert/page.txt": (403, b""),  # the home is there, and nothing is open in it
        "/~cora/page.txt": (404, b""),  # no such user: a file of the site, which is not there
        "/~file/page.txt": (200, b"a folder of that name"),
        "/~anna%2fpage.txt": (404, b""),
        "/~./page.txt": (404, b""),
        "/~../page.txt": (404, b""),
        "/~%00/page.txt": (404, b""),
        "/~" + "x" * 400 + "/page.txt": (403, b""),  # longer than the name of a file may be
    },
    "UserDir public_html\nUserDir disabled root": {
        "/~anna/page.txt": (200, b"anna"),
        "/~root/page.txt": (404, b""),
        "/~ROOT/page.txt": (404, b""),
    },
    "UserDir public_html\nUserDir disabled\nUserDir enabled anna": {
        "/~anna/page.txt": (200, b"anna"),
        "/~root/page.txt": (404, b""),
    },
    'UserDir public_html "@PATH@/web"': {
        "/~anna/page.txt": (200, b"anna"),
        "/~bert/page.txt": (200, b"bert in web"),
    },
    "UserDir public_html http://elsewhere.test/*": {"/~anna/page.txt": (200, b"anna"), "/~cora/x": (302, b"")},
    "UserDir .": {"/~anna/secret.txt": (403, b""), "/~anna/public_html/page.txt": (200, b"anna")},
}


@pytest.mark.parametrize(("lines", "target"), [(lines, target) for lines, asked in SITES.items() for target in asked])
def test_homes(folder: Folder, lines: str, target: str) -> None:
    code, text = SITES[lines][target]
    reply = Server().ask(folder.serve("", opened(folder, lines)), target)
    assert (reply.code, reply.error) == (code, None)
    assert b"SECRET" not in reply.body
    if code == 200:
        assert reply.body == text


def test_url_for_a_user_who_is_not_there(folder: Folder) -> None:
    app = folder.serve("", opened(folder, "UserDir public_html http://elsewhere.test/*"))
    assert Server().ask(app, "/~cora/a%20b").header("Location") == "http://elsewhere.test/cora/a b"


def test_home_that_comes_later_is_found(folder: Folder) -> None:
    """What a path of a user leads to is not kept: users and folders come and go."""
    app = folder.serve("", opened(folder, 'UserDir public_html "@PATH@/web"'))
    assert Server().ask(app, "/~bert/page.txt").body == b"bert in web"
    folder.file("../home/bert/public_html/page.txt", "bert at home")
    assert Server().ask(app, "/~bert/page.txt").body == b"bert at home"


def test_without_users(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows."""
    app = folder.serve("", opened(folder, 'UserDir public_html "@PATH@/web"'))
    monkeypatch.setitem(sys.modules, "pwd", None)
    assert userdir.find(app.hosts.main, "/~anna/page.txt") == (f"{folder.path}/web/anna/page.txt", None)
