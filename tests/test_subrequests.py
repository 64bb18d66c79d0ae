"""Parts of an answer that subrequests make: one head, one body, whatever the client asked of the whole."""

from __future__ import annotations

from email.utils import formatdate
from typing import Any

import pytest

from tests.wsgi_site import Folder, Server

PAGES = """
from mod_python import apache


def handler(req):
    req.content_type = "text/html"
    req.write("written ")
    req.write('<!--#include virtual="%s" -->|' % req.args)
    return apache.OK


def early(req):
    if req.main is not None:
        req.write("early ")
    return apache.OK


def refuses(req):
    if req.main is None:
        return apache.DECLINED
    req.write("early ")
    req.filename = "no\\0name"
    return apache.OK


def guards(req):
    if not req.uri.endswith("guarded.txt"):
        return apache.DECLINED
    req.internal_redirect(apache.main_server.get_options()["guard"])
    return apache.DONE


def application(environ, start_response):
    try:
        raise ValueError
    except ValueError:
        import sys
        start_response("200 OK", [("Content-Type", "text/plain")], sys.exc_info())
    return [b"application"]
"""

ROWS = """
AllowOverride All
Options Includes Indexes
DirectoryIndex sub.txt
HeaderName HEADER.html
ReadmeName README.html
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
<Files page>
SetHandler mod_python
PythonHandler pages
SetOutputFilter INCLUDES
</Files>
<Files application>
SetHandler mod_python
PythonHandler mod_python.wsgi
PythonOption mod_python.wsgi.application pages
</Files>
<Files sub.txt>
PythonAccessHandler pages::early
</Files>
"""

NOW = formatdate(usegmt=True)
CONDITIONS = {
    "any tag": {"If-None-Match": "*"},
    "no tag": {"If-Match": '"q"'},
    "since now": {"If-Modified-Since": NOW},
    "not since then": {"If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"},
    "a range": {"Range": "bytes=0-3"},
    "a range of any tag": {"Range": "bytes=0-3", "If-None-Match": "*"},
    "a range of another": {"Range": "bytes=0-3", "If-Range": '"q"'},
}


@pytest.fixture
def site(folder: Folder) -> Folder:
    folder.write(pages=PAGES)
    for name in ("page", "application"):
        folder.file(name)
    folder.file("x.txt", "fragment")
    folder.file("sub.txt", "index")
    folder.file("page.shtml", '<!--#include virtual="/x.txt" -->|')
    folder.file("listed/.htaccess", "DirectoryIndex disabled\n")
    folder.file("listed/README.html", "<p>read me")
    folder.file("listed/HEADER.html", "<p>head of it")
    return folder


def ask(folder: Folder, target: str, method: str = "GET", server: Server | None = None, **more: Any) -> bytes:
    """The body of an answer, which must be 200 and begin once."""
    reply = (server or Server()).ask(folder.serve(ROWS, fallback=more.pop("fallback", None)), target, method, **more)
    assert (reply.code, reply.starts, reply.error) == (200, 1, None)
    return reply.body


@pytest.mark.parametrize("headers", CONDITIONS.values(), ids=CONDITIONS)
def test_what_the_client_asks_of_the_whole_is_not_asked_of_a_part(site: Folder, headers: dict[str, str]) -> None:
    if "Range" not in headers:
        assert ask(site, "/page.shtml", headers=headers) == b"fragment|"
        listing = ask(site, "/listed/", headers=headers)
        assert b"read me" in listing
        assert b"head of it" in listing
    assert ask(site, "/page?/x.txt", headers=headers) == b"written fragment|"


@pytest.mark.parametrize("server", [Server(), Server(offers_write=False)], ids=["write", "no write"])
def test_head_has_no_body_whoever_writes(site: Folder, server: Server) -> None:
    assert ask(site, "/", server=server) == b"early index"
    assert ask(site, "/", "HEAD", server) == b""
    assert ask(site, "/page?/sub.txt", "HEAD", server) == b""


def other(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Another WSGI application."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"fallback"]


@pytest.mark.parametrize("server", [Server(), Server(offers_write=False)], ids=["write", "no write"])
@pytest.mark.parametrize(
    ("part", "wanted"),
    [
        ("/x.txt", b"fragment"),
        ("/sub.txt", b"early index"),
        ("/absent", b"fallback"),
        ("/application", b"application"),
    ],
)
def test_a_part_behind_what_was_sent_is_answered_as_any(site: Folder, part: str, wanted: bytes, server: Server) -> None:
    body = ask(site, f"/page?{part}", server=server, fallback=other)
    assert body == b"written " + wanted + b"|"


def test_what_is_written_before_a_uri_without_a_file_is_a_part_of_the_answer(site: Folder) -> None:
    app = site.serve(ROWS, f"PythonTransHandler {site.root}/pages.py::refuses")
    reply = Server().ask(app, "/page.shtml")
    assert (reply.code, reply.starts, reply.error) == (200, 1, None)
    assert reply.body.startswith(b"early [an error occurred")


FAILED = b"[an error occurred while processing this directive]|"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("server", [Server(), Server(offers_write=False)], ids=["write", "no write"])
@pytest.mark.parametrize(
    ("guard", "target", "wanted"),
    [
        ("/x.txt", "/", b""),
        ("/x.txt", "/page.shtml", FAILED),
        ("/x.txt", "/page?/guarded.txt", b"written " + FAILED),
        ("/page?/x.txt", "/", b"written fragment|"),
        ("/page?/x.txt", "/page.shtml", b"written fragment|" + FAILED),
        ("/page?/x.txt", "/page?/guarded.txt", b"written written fragment|" + FAILED),
        ("/absent", "/page?/guarded.txt", b"written " + FAILED),
    ],
)
def test_a_part_that_a_handler_redirects(
    site: Folder, guard: str, target: str, wanted: bytes, server: Server, method: str
) -> None:
    """What the other URI writes at once is in the answer, what it would only have sent is not; and the rest is."""
    site.file("guarded.txt", "guarded")
    site.file("page.shtml", '<!--#include virtual="/guarded.txt" -->|')
    rows = ROWS.replace("DirectoryIndex sub.txt", "DirectoryIndex guarded.txt") + "PythonFixupHandler pages::guards\n"
    reply = server.ask(site.serve(rows, f"PythonOption guard {guard}"), target, method)
    assert (reply.code, reply.starts, reply.error) == (200, 1, None)
    assert reply.body == (wanted if method == "GET" else b"")
