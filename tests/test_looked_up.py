"""Requests that are only looked up: they end, once, and what their handlers have asked for the end comes.

The events of `WAYS` are those that Apache with mod_python was seen to have, but for the moment at which an #include and
a variant of a type map end: there at the end of the page, here at once.
"""

from __future__ import annotations

import pytest

from modpy_wsgi import Application
from tests.wsgi_site import Folder, Server, module

PARTS = """
from mod_python import apache, Session

events = []

def note(what):
    events.append(what)

def name(req):
    return (req.uri if req.main is None else "/".join((req.main.uri, req.uri))).replace("/", "")

def cleanuphandler(req):
    note("handler " + req.uri)

def fixuphandler(req):
    note("fixup " + req.uri)
    req.register_cleanup(note, "end of " + req.uri)
    if req.main is not None:
        if req.args == "refused" or (req.args == "second" and req.uri.endswith("/a.html")):
            return apache.HTTP_FORBIDDEN
        if req.args == "elsewhere":
            req.headers_out["Location"] = "http://other.test/"
            return apache.HTTP_MOVED_TEMPORARILY
        if req.args == "redirected" and req.prev is None:
            req.internal_redirect("/in/y.html")
        if req.args == "raises":
            raise ValueError("on purpose")
    return apache.OK

def writes(req):
    if req.main is None:
        return apache.OK
    if req.args == "elsewhere":
        req.internal_redirect("/content")
        return apache.DONE
    req.content_type = "text/x"
    req.headers_out["X-Part"] = "1"
    req.status = 403 if req.args == "403" else 200
    req.write("[%s" % req.args)
    req.write("]")
    req.write("lost", 0)
    return int(req.args or 0)

def content(req):
    req.content_type = "text/y"
    req.write("first ", 0)
    req.write("[moved]")
    req.write("lost", 0)
    return apache.OK

def shouts(filter):
    data = filter.read()
    while data:
        filter.write(data.upper())
        data = filter.read()
    if data is None:
        filter.close()

def sessionhandler(req):
    session = Session.MemorySession(req)
    session["seen"] = True
    session.save()
    return fixuphandler(req)
"""

ROWS = """
Options Includes Indexes MultiViews ExecCGI
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
AddHandler type-map .var
AddHandler cgi-script .cgi
PythonOption modpy_wsgi.session.wait 0
IndexIgnore HEADER.html README.html
"""
PATH = "PythonPath \"['{root}'] + sys.path\""
AROUND = """
<DirectoryMatch "/(in|index)/">
PythonFixupHandler parts{kind}
PythonCleanupHandler parts
DirectoryIndex a.html b.html
</DirectoryMatch>
<DirectoryMatch "/(list|frame)/">
DirectoryIndex disabled
HeaderName HEADER.html
ReadmeName README.html
<Files "*.html">
PythonFixupHandler parts{kind}
PythonCleanupHandler parts
</Files>
</DirectoryMatch>
"""
SESSION = "::sessionhandler"


def over(uri: str, asked: str | None = None) -> list[str]:
    """The events of a request that is looked up, and over before anything else is. `asked`: as which it began."""
    return [f"fixup {asked or uri}", f"end of {asked or uri}", f"handler {uri}"]


X, Y = over("/in/x.html"), over("/in/y.html")
PAGES = {
    "if": "<!--#if expr='-A \"/in/x.html\"' -->yes<!--#endif -->|",
    "if refused": "<!--#if expr='-U \"/in/x.html?refused\"' --><!--#else -->no<!--#endif -->|",
    "if raises": "<!--#if expr='-A \"/in/x.html?raises\"' --><!--#else -->no<!--#endif -->|",
    "if redirected": "<!--#if expr='-A \"/in/x.html?redirected\"' --><!--#endif -->|",
    "if nested": "<!--#if expr='-A \"/index/?second\"' -->yes<!--#endif -->|",
    "size": '<!--#fsize virtual="/in/x.html" --><!--#flastmod virtual="/in/y.html" -->|',
    "include refused": '<!--#include virtual="/in/x.html?refused" -->|',
    "include": '<!--#include virtual="/in/x.html" --><!--#include virtual="/in/y.html" -->|',
    "exec": '<!--#exec cgi="/in/x.html?refused" -->|',
    "twice": '<!--#if expr=\'-A "/in/x.html"\' --><!--#include virtual="/in/x.html" --><!--#endif -->|',
}
# The target -> the events, in their order.
WAYS: dict[str, tuple[str, list[str]]] = {
    "if": ("/if.shtml", X),
    "if refused": ("/if refused.shtml", X),
    "if raises": ("/if raises.shtml", X),
    "if redirected": ("/if redirected.shtml", [X[0], *Y, *X[1:]]),
    "if nested": (
        "/if nested.shtml",
        [
            "fixup /index/",
            *over("/index/a.html"),
            "fixup /index/b.html",
            "end of /index/b.html",
            "handler /index/b.html",
            "end of /index/",
            "handler /index/b.html",
        ],
    ),
    "size": ("/size.shtml", X + Y),
    "include refused": ("/include refused.shtml", X),
    "include": ("/include.shtml", X + Y),
    "exec": ("/exec.shtml", X),
    "twice": ("/twice.shtml", X + X),
    "listing": ("/list/", over("/list/x.html") + over("/list/HEADER.html") + over("/list/README.html")),
    "frame": ("/frame/", over("/frame/HEADER.html") + over("/frame/README.html")),
    "index": ("/index/", ["fixup /index/", "fixup /index/a.html", *over("/index/a.html")[1:]]),
    "index second": ("/index/?second", ["fixup /index/", *over("/index/a.html"), *over("/index/b.html")]),
    "index refused": ("/index/?refused", ["fixup /index/", *over("/index/a.html"), *over("/index/b.html")]),
    "index elsewhere": ("/index/?elsewhere", ["fixup /index/", *over("/index/a.html")]),
    "variants": (
        "/in/v",
        ["fixup /in/v", "fixup /in/v.html", "fixup /in/v.txt", *over("/in/v.html")[1:], *over("/in/v.txt")[1:]],
    ),
    "variants refused": ("/in/v?refused", ["fixup /in/v", *over("/in/v.html"), *over("/in/v.txt")]),
    "type map": ("/in/m.var", ["fixup /in/m.var", *X, "fixup /in/x.html"]),
    "path": ("/in/c.cgi/in/x.html", ["fixup /in/c.cgi/in/x.html", *X]),
}
# What the main request's own end adds.
OWN = {
    "index": ["end of /index/", "handler /index/a.html"],
    "index second": ["end of /index/", "handler /index/b.html"],
    "index refused": ["end of /index/", "handler /index/"],
    "index elsewhere": ["end of /index/", "handler /index/"],
    "variants": ["end of /in/v", "handler /in/v.txt"],
    "variants refused": ["end of /in/v", "handler /in/v"],
    "type map": ["end of /in/m.var", "handler /in/m.var", *X[1:]],
    "path": ["end of /in/c.cgi/in/x.html", "handler /in/c.cgi/in/x.html"],
}


@pytest.fixture
def site(folder: Folder) -> Folder:
    folder.write(parts=PARTS)
    for name, page in PAGES.items():
        folder.file(f"{name}.shtml", page)
    for name in ("in/x.html", "in/y.html", "in/v.html", "in/v.txt", "index/a.html", "index/b.html"):
        folder.file(name, name)
    for name in ("list/x.html", "list/z.txt", "frame/HEADER.html", "frame/README.html"):
        folder.file(name, name)
    folder.file("in/m.var", "URI: x.html\nContent-Type: text/html\n\nURI: y.html\nContent-Type: text/plain\n\n")
    folder.file("in/c.cgi", "#!/bin/sh\necho Content-Type: text/plain\necho\necho $PATH_TRANSLATED\n").chmod(0o755)
    return folder


def serve(site: Folder, kind: str = "", rows: str = "") -> Application:
    """The site, whose fixup handlers are of a kind."""
    return site.serve(ROWS + rows, PATH.format(root=site.root) + AROUND.format(kind=kind))


@pytest.mark.parametrize("way", WAYS)
def test_what_was_looked_up_ends_once(site: Folder, way: str) -> None:
    target, wanted = WAYS[way]
    app = serve(site)
    reply = Server().ask(app, target)
    assert (reply.starts, reply.error) == (1, None)
    assert module(app, "parts").events == wanted + OWN.get(way, [])


@pytest.mark.parametrize("way", WAYS)
def test_what_was_looked_up_holds_no_session(site: Folder, way: str) -> None:
    """The next request of the session would have to wait for it, and is told that there is no time to."""
    app = serve(site, SESSION)
    first = Server().ask(app, "/in/y.html")
    cookies = {"Cookie": str(first.header("Set-Cookie")).partition(";")[0]}
    target, wanted = WAYS[way]
    for _ in range(2):
        module(app, "parts").events.clear()
        Server().ask(app, target, headers=cookies)
        assert module(app, "parts").events == wanted + OWN.get(way, [])
    assert Server().ask(app, "/in/y.html", headers=cookies).code == 200
    assert not [line for line in site.log() if "holds the session" in line]


def test_who_has_run_no_handler_has_no_cleanup_handler(site: Folder) -> None:
    app = serve(site, rows="PythonCleanupHandler parts\n")
    site.file("plain.shtml", '<!--#fsize virtual="/list/z.txt" -->')
    assert b"10" in Server().ask(app, "/plain.shtml").body
    assert module(app, "parts").events == ["handler /plain.shtml"]


def test_the_end_comes_although_the_client_is_gone(site: Folder) -> None:
    app = serve(site)
    Server(write_error=OSError("gone")).ask(app, "/index/?second")
    Server(iterates=False).ask(app, "/in/v")
    ends = [event for event in module(app, "parts").events if event.startswith("end")]
    assert sorted(ends[:3]) == ["end of /index/", "end of /index/a.html", "end of /index/b.html"]
    assert sorted(ends[3:]) == ["end of /in/v", "end of /in/v.html", "end of /in/v.txt"]


WRITING = """
PythonOutputFilter parts::shouts shouts
<Files *.loud.shtml>
SetOutputFilter shouts
</Files>
<Directory {root}/part>
PythonFixupHandler parts::writes
</Directory>
<Directory {root}/listed>
DirectoryIndex disabled
<Files x.html>
PythonFixupHandler parts::writes
</Files>
</Directory>
<Location /content>
SetHandler mod_python
PythonHandler parts::content
</Location>
"""
IF = "a <!--#if expr='-A \"/part/x.html?%s\"' -->yes<!--#else -->no<!--#endif --> b"
WRITERS = {
    "if.shtml": IF % 0,
    "refused.shtml": IF % 403,
    "moved.shtml": IF % "elsewhere",
    "folder.shtml": IF.replace("x.html", "") % 403,
    "if.loud.shtml": IF % 0,
    "size.shtml": 'a <!--#fsize virtual="/part/x.html?0" --> b',
    "include.shtml": 'a <!--#include virtual="/part/x.html?0" --> b',
    "not.shtml": 'a <!--#include virtual="/part/x.html?403" --> b',
    "within.shtml": '1 <!--#include virtual="/if.shtml" --> <!--#include virtual="/refused.shtml" --> 2',
    "long.shtml": "." * 70000 + IF % 403,
}
WRITTEN = {
    "/if.shtml": "a [0]yes b",
    "/refused.shtml": "a [403]no b",
    "/moved.shtml": "a first [moved]yes b",
    "/folder.shtml": "a [403]no b",
    "/if.loud.shtml": "A [0]YES B",
    "/size.shtml": "a [0]  4  b",
    "/include.shtml": "a [0]lostpart b",
    "/not.shtml": "a [403][an error occurred while processing this directive] b",
    "/within.shtml": "1 a [0]yes b a [403]no b 2",
    "/long.shtml": "." * 70000 + "a [403]no b",
}


@pytest.mark.parametrize("server", [Server(), Server(offers_write=False)], ids=["write", "no write"])
@pytest.mark.parametrize("target", WRITTEN)
def test_what_is_written_in_a_part_stands_there_under_the_head_of_the_whole(
    site: Folder, target: str, server: Server
) -> None:
    """All heads and most bodies as Apache's; it has not the end of a page whose part was redirected."""
    for name, page in WRITERS.items():
        site.file(name, page)
    site.file("part/x.html", "part")
    app = site.serve(ROWS, PATH.format(root=site.root) + WRITING.format(root=site.root))
    for method in ("GET", "HEAD"):
        reply = server.ask(app, target, method)
        assert (reply.code, reply.starts, reply.error) == (200, 1, None)
        assert reply.header("Content-Type") == "text/html"
        assert reply.header("X-Part") is None
        assert reply.body == (WRITTEN[target].encode() if method == "GET" else b"")


@pytest.mark.parametrize("server", [Server(), Server(offers_write=False)], ids=["write", "no write"])
@pytest.mark.parametrize(
    ("target", "kind", "begins"),
    [("/listed/", "text/html;charset=ISO-8859-1", b"[None]<!DOCTYPE"), ("/cgi/c.cgi/part/x.html", None, b"[None]/")],
)
def test_what_is_written_before_the_content_stands_before_it(
    site: Folder, target: str, kind: str | None, begins: bytes, server: Server
) -> None:
    site.file("part/x.html", "part")
    site.file("listed/x.html", "entry")
    site.file("cgi/c.cgi", (site.root / "in/c.cgi").read_bytes()).chmod(0o755)
    app = site.serve(ROWS, PATH.format(root=site.root) + WRITING.format(root=site.root))
    for method in ("GET", "HEAD"):
        reply = server.ask(app, target, method)
        assert (reply.code, reply.starts, reply.error, reply.header("X-Part")) == (200, 1, None, None)
        if method == "GET":
            assert reply.body.startswith(begins)
            assert reply.header("Content-Type") == kind
        else:
            assert reply.body == b""


@pytest.mark.parametrize("server", [Server(), Server(offers_write=False)], ids=["write", "no write"])
def test_an_index_within_a_part_has_no_head(site: Folder, server: Server) -> None:
    """What is included is redirected to a folder, and a handler writes while the folder's index is looked up."""
    site.write(
        within="""
from mod_python import apache

def redirects(req):
    req.internal_redirect("/folder/")
    return apache.OK

def fixuphandler(req):
    if req.uri.endswith("index.html"):
        req.headers_out["X-Part"] = "index"
        req.write("[index]")
    return apache.OK
"""
    )
    site.file("folder/index.html", "page")
    site.file("whole.shtml", '1 <!--#include virtual="/redirects" --> 2')
    rows = f"""<Directory {site.root}/folder>
    PythonFixupHandler within
</Directory>
<Location /redirects>
    SetHandler mod_python
    PythonHandler within::redirects
</Location>
"""
    reply = server.ask(site.serve(ROWS, PATH.format(root=site.root) + "\n" + rows), "/whole.shtml")
    assert (reply.code, reply.starts, reply.header("X-Part"), reply.error) == (200, 1, None, None)
    assert reply.body == b"1 [index]page 2"


def test_many_that_end_leave_nothing_behind(site: Folder) -> None:
    """Not even where their own cleanup leaves one with the main request."""
    site.write(
        many="""
import gc

left = []

def fixuphandler(req):
    if req.main:
        req.register_cleanup(lambda sub: sub.main.register_cleanup(lambda main: None), req)
    return 0

def loghandler(req):
    gc.collect()
    left.append(len([each for each in gc.get_objects() if type(each) is type(req) and each.main is not None]))
    return 0
"""
    )
    for number in range(50):
        site.file(f"many/{number}.txt", "entry")
    rows = f"""<Directory {site.root}/many>
    Options +Indexes
    DirectoryIndex disabled
    PythonFixupHandler many
    PythonLogHandler many::loghandler
</Directory>
"""
    app = site.serve(ROWS, PATH.format(root=site.root) + "\n" + rows)
    assert Server().ask(app, "/many/").code == 200
    assert module(app, "many").left == [0]
