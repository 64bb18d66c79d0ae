"""The site that every candidate serves: one folder, one configuration, one page for each kind of work.

Law: nothing here names a candidate. What a server needs beside the site's own lines stands in servers.py.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PAGES", "Page", "build"]

STATIC = 10_240  # bytes of the static file
UPLOAD = 10 * 1024 * 1024  # bytes of the file that is sent
BOUNDARY = "----------benchboundary7MA4YWxkTrZu0gW"
PROGRAM = shutil.which("python3", path="/usr/bin") or sys.executable  # one that everybody may read
LONG_AGO = 1_700_000_000  # when all files were changed last: long ago, as on a site that nobody touches


@dataclass(frozen=True)
class Page:
    """One kind of work: where it is asked for, and the whole body of the answer."""

    name: str
    path: str
    body: bytes
    weight: float = 1.0  # requests in a round, as a share of those to the handler
    upload: bool = False


PAGES = (
    Page("handler", "/handler/hello.py", b"Hello World!"),
    Page("publisher", "/publisher/page.py/hello?who=World", b"Hello World!"),
    Page("PSP", "/psp/hello.psp", b"<html><body>\n\n<p>Hello World!</p>\n</body></html>\n"),
    Page("cgihandler", "/cgihandler/hello.py", b"Hello World!\n"),
    Page("static 10 KB", "/static/page.txt", b"0123456789abcde\n" * (STATIC // 16)),
    Page("real CGI", "/cgi-bin/hello.py", b"Hello World!\n", weight=0.01),
    Page("10 MB upload", "/upload/upload.py", str(UPLOAD).encode(), weight=0.01, upload=True),
)

CONF = """
ServerName bench.test
LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\"" combined
DocumentRoot "{root}/htdocs"
<Directory "/">
    Require all denied
</Directory>
<Directory "{root}/htdocs">
    Require all granted
</Directory>
<Directory "{root}/htdocs/handler">
    SetHandler mod_python
    PythonHandler hello
</Directory>
<Directory "{root}/htdocs/upload">
    SetHandler mod_python
    PythonHandler upload
</Directory>
<Directory "{root}/htdocs/publisher">
    SetHandler mod_python
    PythonHandler mod_python.publisher
</Directory>
<Directory "{root}/htdocs/psp">
    AddHandler mod_python .psp
    PythonHandler mod_python.psp
</Directory>
<Directory "{root}/htdocs/cgihandler">
    SetHandler mod_python
    PythonHandler mod_python.cgihandler
</Directory>
ScriptAlias /cgi-bin/ "{root}/cgi-bin/"
<Directory "{root}/cgi-bin">
    Require all granted
</Directory>
"""

FILES = {
    "htdocs/handler/hello.py": """\
from mod_python import apache


def handler(req):
    req.content_type = "text/plain"
    req.write("Hello World!")
    return apache.OK
""",
    "htdocs/upload/upload.py": """\
from mod_python import apache, util


def handler(req):
    form = util.FieldStorage(req)
    size = 0
    while True:
        data = form["file"].file.read(65536)
        if not data:
            break
        size += len(data)
    req.content_type = "text/plain"
    req.write(str(size))
    return apache.OK
""",
    "htdocs/publisher/page.py": """\
def hello(req, who="nobody"):
    req.content_type = "text/plain"
    return "Hello %s!" % who
""",
    "htdocs/psp/hello.psp": """\
<html><body>
<%
greeting = "Hello"
%>
<p><%= greeting %> World!</p>
</body></html>
""",
    "htdocs/cgihandler/hello.py": """\
print("Content-Type: text/plain")
print()
print("Hello World!")
""",
    "htdocs/static/page.txt": "0123456789abcde\n" * (STATIC // 16),
    "cgi-bin/hello.py": f"""\
#!{PROGRAM}
print("Content-Type: text/plain")
print()
print("Hello World!")
""",
}


def build(root: Path) -> Path:
    """Write the site below `root`. Returns the part of the configuration that is the same for all."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (LONG_AGO, LONG_AGO))
    script = root / "cgi-bin/hello.py"
    script.chmod(script.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    (root / "logs").mkdir()
    (root / "upload.body").write_bytes(_form())
    conf = root / "site.conf"
    conf.write_text(CONF.format(root=root))
    for folder in (root, *[path for path in root.rglob("*") if path.is_dir()]):
        folder.chmod(0o755)  # Apache's children are somebody else
    return conf


def _form() -> bytes:
    """A form with one file, as a browser sends it."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    return head.encode() + bytes(range(256)) * (UPLOAD // 256) + f"\r\n--{BOUNDARY}--\r\n".encode()
