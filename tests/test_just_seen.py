"""A page that a handler of the same request has just written is the one that counts, whoever runs it."""

from __future__ import annotations

from pathlib import Path

import pytest
import webtest

from modpy_wsgi import from_httpd_conf
from modpy_wsgi.testing import site

WRITER = """
from mod_python import apache, cgihandler, psp, publisher

def write(req):
    with open(req.filename + ".text") as text, open(req.filename, "w") as page:
        page.write(text.read() % (int(req.args) * "x"))
    return apache.OK

def early(req):
    req.add_handler("PythonFixupHandler", "writer::write")
    return apache.OK

def publish(req):
    write(req)
    return publisher.handler(req)

def show(req):
    write(req)
    return psp.handler(req)

def run(req):
    write(req)
    return cgihandler.handler(req)
"""

PUBLISHED = ("page.py", "def index():\n    return 'of %s'\n")
SHOWN = ("page.psp", "of %s")
SCRIPT = ("page.py", "print('Content-Type: text/plain\\n\\nof %s', end='')\n")
HANDLER = ("page.py", "def handler(req):\n    req.write('of %s')\n    return 0\n")

WAYS = {
    "published by a handler": (PUBLISHED, "PythonHandler writer::publish"),
    "shown by a handler": (SHOWN, "PythonHandler writer::show"),
    "run by a handler": (SCRIPT, "PythonHandler writer::run"),
    "published behind a fixup handler": (
        PUBLISHED,
        "PythonFixupHandler writer::write\nPythonHandler mod_python.publisher",
    ),
    "shown behind a fixup handler": (SHOWN, "PythonFixupHandler writer::write\nPythonHandler mod_python.psp"),
    "run behind a fixup handler": (SCRIPT, "PythonFixupHandler writer::write\nPythonHandler mod_python.cgihandler"),
    "a handler behind a fixup handler": (HANDLER, "PythonFixupHandler writer::write\nPythonHandler page"),
    "published behind a handler": (PUBLISHED, "PythonHandler writer::write mod_python.publisher"),
    "shown behind a handler": (SHOWN, "PythonHandler writer::write mod_python.psp"),
    "run behind a handler": (SCRIPT, "PythonHandler writer::write mod_python.cgihandler"),
    "a handler behind a handler": (HANDLER, "PythonHandler writer::write page"),
    "published behind one for its extension": (PUBLISHED, "PythonHandler writer::publish | .py"),
}


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("more", ["", "AllowOverride All\n"])
def test_what_was_just_written_counts(tmp_path: Path, name: str, more: str) -> None:
    (file, text), handlers = WAYS[name]
    (tmp_path / "writer.py").write_text(WRITER)
    (tmp_path / f"{file}.text").write_text(text)
    (tmp_path / file).write_text(text % "")
    app = site(f"{more}SetHandler mod_python\n{handlers}", root=tmp_path)
    numbers = [1, 2, 3, 5, 5, 7]
    assert [app.get(f"/{file}?{number}").text for number in numbers] == ["of " + number * "x" for number in numbers]


def test_what_an_early_handler_has_added_counts(tmp_path: Path) -> None:
    for file, text in (PUBLISHED, SHOWN):
        (tmp_path / f"{file}.text").write_text(text)
        (tmp_path / file).write_text(text % "")
    (tmp_path / "writer.py").write_text(WRITER)
    conf = (
        f"ServerRoot {tmp_path}\nErrorLog {tmp_path}/log\nDocumentRoot {tmp_path}\n"
        f"PythonPath \"sys.path + ['{tmp_path}']\"\nPythonPostReadRequestHandler writer::early\n"
        f"<Directory {tmp_path}>\nAddHandler mod_python .py .psp\n"
        "PythonHandler mod_python.publisher | .py\nPythonHandler mod_python.psp | .psp\n</Directory>\n"
    )
    (tmp_path / "httpd.conf").write_text(conf)
    app = webtest.TestApp(from_httpd_conf(str(tmp_path / "httpd.conf")))
    for file in ("page.py", "page.psp"):
        assert [app.get(f"/{file}?{number}").text for number in (1, 2, 3)] == ["of x", "of xx", "of xxx"]
