"""A PythonTransHandler that returns OK and names no file: who may answer there, and who may not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.wsgi_site import Folder, Server

PAGES = """
from mod_python import apache


def trans(req):
    if "adds" in (req.args or ""):
        req.handler = "mod_python"
        req.add_handler("PythonHandler", "pages::added")
    return apache.OK


def added(req):
    req.write("added")
    return apache.OK


def shows(req):
    req.write("shown %r" % req.filename)
    return apache.OK


def declines(req):
    return apache.DECLINED


def names(req):
    req.filename = __file__.replace("pages.py", "page.txt")
    req.finfo = apache.stat(req.filename, apache.APR_FINFO_MIN)
    return apache.DECLINED


def changes(req):
    req.handler = req.args
    return apache.OK
"""

PYTHON = "SetHandler mod_python\nPythonHandler pages::{}\n"
ALL = "Options All MultiViews\nRequire all granted\n"

# What stands in the <Location>; the query; and what is answered.
SECTIONS: dict[str, tuple[str, str, str]] = {
    "its handler": (PYTHON.format("shows"), "", "shown None"),
    "its handler and a filter": (PYTHON.format("shows") + "SetOutputFilter INCLUDES\n", "", "shown None"),
    "an added handler": ("", "adds", "added"),
}
NOBODY: dict[str, tuple[str, str]] = {
    "nothing": ("", ""),
    "it declines": (PYTHON.format("declines"), ""),
    "it declines, and an action": (PYTHON.format("declines") + "Action mod_python /page.py virtual\n", ""),
    "it names the file, and declines": (PYTHON.format("names"), ""),
    "its handler is another then": (PYTHON.format("shows") + "PythonFixupHandler pages::changes\n", "send-as-is"),
    "a handler that is not set": ("PythonHandler pages::shows\n", ""),
    "the publisher": (PYTHON.format("shows").replace("pages::shows", "mod_python.publisher"), ""),
    **{
        name: (f"SetHandler {name}\n", "")
        for name in ("cgi-script", "type-map", "send-as-is", "server-parsed", "httpd/unix-directory", "mod_python")
    },
    "an action": ("SetHandler x-own\nAction x-own /page.py virtual\n", ""),
    "a resource": ("FallbackResource /page.txt\n", ""),
    "views": ("Options MultiViews Indexes\n", ""),
    "includes": ("SetOutputFilter INCLUDES\nOptions Includes\n", ""),
}


def other(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Another WSGI application."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"fallback"]


def ask(folder: Folder, section: str, query: str, fallback: Any) -> tuple[int, str]:
    """Status and body of a page whose folder is closed."""
    folder.write(pages=PAGES)
    folder.file("page.txt", "secret")
    around = (
        f"PythonPath \"['{folder.root}'] + sys.path\"\nPythonTransHandler pages::trans\n"
        f"<Location /page.txt>\n{ALL}{section}</Location>\n"
    )
    reply = Server().ask(folder.serve("Require all denied", around, fallback=fallback), f"/page.txt?{query}")
    assert reply.error is None
    return reply.code, reply.body.decode()


@pytest.mark.parametrize("fallback", [None, other], ids=["alone", "fallback"])
@pytest.mark.parametrize(("section", "query", "wanted"), SECTIONS.values(), ids=SECTIONS)
def test_python_handlers_answer(folder: Folder, section: str, query: str, wanted: str, fallback: Any) -> None:
    assert ask(folder, section, query, fallback) == (200, wanted)


@pytest.mark.parametrize("fallback", [None, other], ids=["alone", "fallback"])
@pytest.mark.parametrize(("section", "query"), NOBODY.values(), ids=NOBODY)
def test_nobody_else_does(folder: Folder, section: str, query: str, fallback: Any) -> None:
    assert ask(folder, section, query, fallback)[0] == 404
