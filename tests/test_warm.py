"""What is remembered of a path is never seen: an Application that has served much answers as one that has just begun.

Every request of a random order, between random changes of the files, is asked of both.
"""

from __future__ import annotations

import io
import os
import random
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from modpy_wsgi import Application
from modpy_wsgi.config.load import load_text
from modpy_wsgi.config.model import Site

STEPS = 100  # changes and requests of one order
NOW = 1_700_000_000.0

PAGES = """
from mod_python import apache

def handler(req):
    if "decline" in (req.args or ""):
        if "other" in req.args:
            req.filename = req.filename.rpartition("/")[0] + "/b.html"
        return apache.DECLINED
    if "early" in (req.args or ""):
        return apache.HTTP_FORBIDDEN
    req.content_type = "text/plain"
    req.write("page of %s %s" % (req.uri, req.path_info), 0)
    return apache.OK

def early(req):
    args = req.args or ""
    if "add" in args:
        req.add_handler("PythonFixupHandler", refuse)
    if "cache" in args:
        req.no_cache = 1
    if "status" in args:
        req.status = 404
    if "type" in args:
        req.content_type = "text/css"
    if "header" in args:
        req.headers_out["X-Early"] = "1"
    if "swap" in args:
        req.filename = req.document_root() + "/open/c.txt"
    if "write" in args:
        req.write("before ", 0)
    return apache.OK

def refuse(req):
    return apache.HTTP_FORBIDDEN

def filter(filter):
    text = filter.read()
    while text:
        filter.write(text.upper())
        text = filter.read()
    if text is None:
        filter.close()
"""

# Each is a directory of the site, with what is said of it.
PLACES = {
    "open": "",
    "head": "Header set X-Place head\nExpiresActive On\nExpiresDefault A60",
    "filtered": "PythonOutputFilter pages::filter UP\nAddOutputFilter UP .html",
    "set": "PythonOutputFilter pages::filter UP\nSetOutputFilter UP",
    "typed": "AddOutputFilterByType DEFLATE text/html",
    "parsed": "Options +Includes\nAddOutputFilter INCLUDES .html",
    "bits": "Options +Includes\nXBitHack full",
    "allowed": "Order Allow,Deny\nAllow from 127.0.0.1\nAllow from env=friend",
    "closed": "Require ip 10.0.0.0/8\nErrorDocument 403 /open/a.html",
    "files": '<Files "b.html">\nRequire all denied\n</Files>\nErrorDocument 403 "no"',
    "limited": "<Limit POST>\nRequire all denied\n</Limit>",
    "python": "AddHandler mod_python .py .html\nPythonHandler pages",
    "every": "SetHandler mod_python\nPythonHandler pages",
    "named": "PythonHandler pages",
    "fixup": "PythonFixupHandler pages::early",
    "access": "PythonAccessHandler pages::early",
    "action": "Action text/html /every/act",
    "script": "Script GET /every/act",
    "listed": "Options +Indexes\nIndexOptions FancyIndexing\nIndexIgnore nothing",
    "views": "Options +MultiViews\nAddLanguage de .de",
    "encoded": "AddEncoding x-gzip .html\nAddLanguage de .txt",
    "forced": "ForceType text/css",
    "lacking": "AddHandler nobody .html",
    "tagged": "FileETag Digest",
    "untagged": "FileETag None",
    "charset": "AddDefaultCharset utf-8",
    "ours": "AllowOverride All",
    "links": "Options -FollowSymLinks",
    "owned": "Options -FollowSymLinks +SymLinksIfOwnerMatch",
    "back": "FallbackResource /open/a.html",
    "rests": "AcceptPathInfo On",
    "refused": "AcceptPathInfo Off",
    "envs": "SetEnvIf Request_URI b\\.html friend\nOrder Deny,Allow\nDeny from env=friend",
    "redirected": "Redirect 302 /redirected/b.html http://other.example/",
    "mapped": "AddHandler type-map .html",
    "sized": "LimitRequestBody 2",
}
STRAIGHT = ("open", "limited", "named", "listed", "rests", "charset", "links", "ours")  # where the way is short
NAMES = ("a.html", "b.html", "c.txt", "d.py", "e.bin", "empty.css", "sub/a.html", "sub/index.html")

HTACCESS = (
    "",
    "Require all denied\n",
    "Header set X-Own 1\n",
    "ForceType text/plain\n",
    "Options -FollowSymLinks\n",
    "SetOutputFilter DEFLATE\n",
    "Broken directive\n",
    '<Files "a.html">\nRequire all denied\n</Files>\n',
    "SetHandler mod_python\nPythonHandler pages\n",
    "RequestHeader unset Range\nErrorDocument 404 /open/a.html\n",
)


LOG = 'CustomLog "{root}/access.log" "%>s %B %U %q %m %{{Content-Type}}o %{{ETag}}o %{{friend}}e %{{X-Warm}}i"'
# What is said of the server as a whole.
SERVERS = (
    LOG,
    "",
    f"{LOG}\nPythonPostReadRequestHandler pages::early\nPythonTransHandler pages::early",
    f'{LOG}\nSetEnvIf Range "." friend\nDeflateCompressionLevel 9',
    "Header set X-Early 1 early\nRequestHeader unset Range early",
    f"{LOG}\nPythonInitHandler pages::early\nPythonLogHandler pages::early\nRemoteIPHeader X-Client",
    f"{LOG}\nAddOutputFilterByType DEFLATE text/html",
)


def configured(root: Path, server: str) -> Site:
    lines = [
        server.format(root=root),
        f'DocumentRoot "{root}/htdocs"',
        f"PythonPath \"['{root}/lib']\"",
        "ErrorLog /dev/null",
        "DirectoryIndex index.html c.txt",
        "ErrorDocument 404 /open/c.txt",
        f'Alias /else "{root}/htdocs/open"',
        "<Location /open/e.bin>\nHeader set X-Location 1\n</Location>",
        "<LocationMatch sub/a>\nRequire all denied\n</LocationMatch>",
        '<FilesMatch "^\\.ht">\nRequire all denied\n</FilesMatch>',
        f'<Directory "{root}/htdocs">\nRequire all granted\nOptions FollowSymLinks\n</Directory>',
    ]
    for name, said in PLACES.items():
        lines.append(f'<Directory "{root}/htdocs/{name}">\n{said}\n</Directory>')
    return load_text("\n".join(lines))


def environ(target: str, method: str, headers: dict[str, str]) -> dict[str, Any]:
    path, _, query = target.partition("?")
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        "REMOTE_PORT": "40000",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        **headers,
    }


Answer = tuple[str, list[tuple[str, str]], bytes]


def ask(app: Application, asked: tuple[str, str, dict[str, str]]) -> Answer:
    heads: list[Any] = []
    written: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        heads.append((status, sorted(headers)))
        return written.append

    body = app(environ(*asked), start_response)
    try:
        written.extend(body)
    finally:
        getattr(body, "close", lambda: None)()
    return (*heads[-1], b"".join(written))


HEADERS: tuple[dict[str, str], ...] = (
    {"HTTP_RANGE": "bytes=1-3"},
    {"HTTP_RANGE": "bytes=900-"},
    {"HTTP_IF_NONE_MATCH": "*"},
    {"HTTP_IF_MATCH": '"other"'},
    {"HTTP_IF_MODIFIED_SINCE": "Thu, 01 Jan 2015 00:00:00 GMT"},
    {"HTTP_ACCEPT_ENCODING": "gzip"},
    {"HTTP_ACCEPT_LANGUAGE": "de"},
)
QUERIES = (
    *("", "", ""),
    *("?decline", "?decline&other", "?early", "?write&status", "?type&cache", "?header", "?add", "?swap"),
)
TEXTS = (
    b"",
    b"<p>short</p>",
    b"<p>SHORT</p>",
    b'<!--#include virtual="/open/b.html" --><!--#include virtual="/closed/c.txt" -->!',
    b"<b>" * 30000,
    b"<i>" * 300,
)


class Files:
    """The files of a site, and what may happen to them."""

    def __init__(self, root: Path, chance: random.Random) -> None:
        self.root = root
        self.chance = chance
        self.tick = 1_400_000_000
        for place in PLACES:
            (root / place / "sub").mkdir(parents=True)
            for name in NAMES:
                self.write(root / place / name, TEXTS[1] + name.encode())

    def write(self, file: Path, text: bytes) -> None:
        file.write_bytes(text)
        self.settle(file)

    def settle(self, file: Path) -> None:
        """Let the change lie long ago; mostly each at a time of its own."""
        self.tick += self.chance.randrange(3)
        os.utime(file, (self.tick, self.tick))

    def change(self, file: Path) -> None:
        other = file.parent / self.chance.choice(NAMES[:4])
        kind = self.chance.choice(
            ("write", "same", "rights", "link", "folder", "pipe", "gone", "above", "htaccess", "upper")
        )
        if kind in ("rights", "same") and file.is_file():
            if kind == "rights":
                file.chmod(self.chance.choice((0o644, 0o744, 0o754)))
            else:  # the same inode and length
                self.write(file, file.read_bytes().swapcase())
            return
        if kind in ("htaccess", "upper"):
            file = self.root / ("ours" if kind == "htaccess" else "ours/sub") / ".htaccess"
        if kind == "above":
            file = (file.parent if file.parent.name == "sub" else file.parent / "sub").absolute()
        if not file.parent.is_dir():
            file.parent.unlink(missing_ok=True)
            file.parent.mkdir()
        if file.is_dir() and not file.is_symlink():
            shutil.rmtree(file)
        else:
            file.unlink(missing_ok=True)
        if kind in ("htaccess", "upper"):
            if self.chance.random() < 0.8:
                self.write(file, self.chance.choice(HTACCESS).encode())
        elif kind == "above":
            file.symlink_to(self.root / self.chance.choice(("open", "closed", "files", "ours", "views")) / "sub")
        elif kind == "link":
            file.symlink_to(other if self.chance.random() < 0.7 else "../closed")
        elif kind == "folder":
            file.mkdir()
            self.write(file / "index.html", b"index")
        elif kind == "pipe":
            os.mkfifo(file)
        elif kind != "gone":
            self.write(file, self.chance.choice(TEXTS))


@pytest.mark.parametrize("server", SERVERS, ids=range(len(SERVERS)))
def test_what_is_remembered_is_never_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: str) -> None:
    monkeypatch.setattr(time, "time", lambda: NOW)
    compare(tmp_path, server, random.Random(SERVERS.index(server)))


def compare(folder: Path, server: str, chance: random.Random) -> None:
    (folder / "lib").mkdir()
    (folder / "lib" / "pages.py").write_text(PAGES)
    root = folder / "htdocs"
    files = Files(root, chance)
    site = configured(folder, server)
    warm = Application(site, private=True)
    for _ in range(STEPS):
        place = chance.choice(list(PLACES) if chance.random() < 0.6 else STRAIGHT)
        name = chance.choice(NAMES if chance.random() < 0.4 else NAMES[:3])
        target = f"/{place}/{name}" if chance.random() < 0.85 else f"/{place}/"
        if chance.random() < 0.1:
            target += chance.choice(("/rest", "/", "/b.html"))
        target = target.replace("/open/", "/else/") if chance.random() < 0.3 else target
        for _ in range(3):  # the first makes what is kept of the file, the second what is kept of its sending
            ask(warm, (target, "GET", {"HTTP_X_WARM": "warm"}))
        if chance.random() < 0.4:
            files.change(root / place / name)
        method = "GET" if chance.random() < 0.7 else chance.choice(("HEAD", "POST", "OPTIONS", "PUT"))
        headers = chance.choice(HEADERS) if chance.random() < 0.3 else {}
        asked = target + chance.choice(QUERIES), method, headers
        fresh = Application(site, private=True)
        answers = ask(warm, asked), ask(fresh, asked)
        fresh.close()
        assert answers[0] == answers[1], asked
    warm.close()
    if "CustomLog" in server:
        lines = [line for line in (folder / "access.log").read_text().splitlines() if not line.endswith("warm")]
        assert len(lines) == 2 * STEPS
        assert lines[::2] == lines[1::2]
