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


# Pages of the publisher that hand on to another, which is made or rewritten just before.
HANDING = """
from mod_python import cgihandler, psp, publisher

def write(req):
    with open(req.filename + ".text") as text, open(req.filename, "w") as page:
        page.write(text.read().replace("%" + "s", int(req.args) * "x"))

def other(req):
    return "of " + int(req.args) * "x"

def by_path_info(req):
    req.path_info = "/other"
    publisher.handler(req)

def publish(req):
    req.filename, req.path_info = req.filename.replace("hand.py", "page.py"), "/index"
    write(req)
    publisher.handler(req)

def show(req):
    req.filename = req.filename.replace("hand.py", "page.psp")
    write(req)
    psp.handler(req)

def run(req):
    req.filename = req.filename.replace("hand.py", "script.py")
    write(req)
    cgihandler.handler(req)

def own(req):
    write(req)
    req.path_info = "/index"
    publisher.handler(req)

def index():
    return "of %s"

def missing(req):
    req.filename = req.filename.replace("hand.py", "missing.py")
    cgihandler.handler(req)
"""


@pytest.mark.parametrize("name", ["by_path_info", "publish", "show", "run", "own"])
def test_a_published_function_hands_on(tmp_path: Path, name: str) -> None:
    for file, text in (("hand.py", HANDING), PUBLISHED, SHOWN, ("script.py", SCRIPT[1])):
        (tmp_path / file).write_text(text)
        (tmp_path / f"{file}.text").write_text(text)
    app = site("SetHandler mod_python\nPythonHandler mod_python.publisher", root=tmp_path)
    numbers = [1, 2, 3, 5, 5, 7]
    assert [app.get(f"/hand.py/{name}?{number}").text for number in numbers] == [
        "of " + number * "x" for number in numbers
    ]


def test_a_published_function_hands_on_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "hand.py").write_text(HANDING)
    app = site("SetHandler mod_python\nPythonHandler mod_python.publisher", root=tmp_path)
    assert [app.get("/hand.py/missing", status="*").status_int for _ in range(3)] == [404, 404, 404]


FILTER = """
import os

def write(filter):
    data = filter.read()
    while data:
        if b"write" in data:
            page = os.path.join(os.path.dirname(__file__), "NAME")
            with open(page + ".text") as text, open(page, "w") as made:
                made.write(text.read() % (int(filter.req.args) * "x"))
        filter.write(data)
        data = filter.read()
    if data is None:
        filter.close()
"""


@pytest.mark.parametrize(
    ("page", "handler"), [(SHOWN, "mod_python.psp"), (PUBLISHED, "mod_python.publisher"), (HANDLER, "page")]
)
def test_what_a_filter_has_just_written_is_included(tmp_path: Path, page: tuple[str, str], handler: str) -> None:
    file, text = page
    (tmp_path / file).write_text(text % "")
    (tmp_path / f"{file}.text").write_text(text)
    (tmp_path / "filtering.py").write_text(FILTER.replace("NAME", file))
    # So much that it is handed on before the include.
    (tmp_path / "page.shtml").write_text("write " * 2000 + f'<!--#include virtual="/{file}" -->')
    extension = file.partition(".")[2]
    app = site(
        "PythonOutputFilter filtering::write WRITE\nOptions +Includes\nAddOutputFilter INCLUDES;WRITE .shtml\n"
        f"AddHandler mod_python .{extension}\nPythonHandler {handler}",
        root=tmp_path,
    )
    numbers = [1, 2, 3, 5, 5, 7]
    assert [app.get(f"/page.shtml?{number}").text.removeprefix("write " * 2000) for number in numbers] == [
        "of " + number * "x" for number in numbers
    ]
