"""Files that hold the whole answer, head and body (mod_asis)."""

from typing import Any

from ..request import ANY, Request, get, head, post, request
from ..site import Entry, File, Site
from . import Case

TEXTS = {
    "plain": "Content-Type: text/html\n\n<p>x</p>\n",
    "status": "Status: 404 None such\nContent-Type: text/plain\nX-One: 1\nX-One: 2\n"
    "Set-Cookie: a=1\nSet-Cookie: b=2\n\ngone\n",
    "bare": "Status: 410\n\nx",
    "moved": "Status: 301 Moved\nLocation: http://other.test/y\nContent-Type: text/html\n\n<a>moved</a>\n",
    "no body": "Status: 302 There\nLocation: http://other.test/y\n",
    "local": "Location: /page.txt?q\n\n",
    "local 302": "Status: 302\nLocation: /page.txt\nX-One: 1\n\nz",
    "local 404": "Status: 404\nLocation: /page.txt\n\nz",
    "elsewhere": "Location: http://other.test/\n\nbody",
    "crlf": "Status: 403 No\r\nContent-Type: text/plain\r\n\r\nno\r\n",
    "no head": "\nbody only\n",
    "nothing": "",
    "no colon": "X: 1\nno colon here\n\nbody\n",
    "modified": 'Content-Type: text/plain\nLast-Modified: Sat, 03 Feb 2024 04:05:06 GMT\nETag: "e"\n\nlm\n',
    "short": "Content-Type: text/plain\nContent-Length: 3\n\nabcdef\n",
    "long": "Content-Type: text/plain\nContent-Length: 30\n\nabcdef\n",
    "204": "Status: 204 None\n\nbody",
    "304": "Status: 304\n\nbody",
    "500": "Status: 500 Own\nContent-Type: text/plain\n\nown error\n",
    "no status": "Status: abc\nContent-Type: text/plain\n\nx",
    "large": "Content-Type: text/plain\n\n" + "0123456789" * 20000,
    "more": "Content-Type: text/plain\nContent-Language: de\nVary: X\nCache-Control: no-cache\n\nx",
}
FILES: dict[str, Entry] = {
    **{f"htdocs/{name}.asis": File(text) for name, text in TEXTS.items()},
    "htdocs/page.txt": "a page\n",
    "htdocs/typed.typ": "Content-Type: text/plain\n\ntyped\n",
    "htdocs/folder.asis/index.html": "an index\n",
}
CONF = "AddHandler send-as-is .asis\nAddType httpd/send-as-is .typ\nErrorDocument 404 /page.txt\n"
HEAD = "as-is-head: a head that cannot be read is an error here"
LENGTH = "write-buffer: where there is no body, or a wrong length, httpd says what the file does"
ODD: dict[str, dict[str, Any]] = {
    "no colon": {"status": ("500 Internal Server Error", HEAD)},
}


def asked(name: str, method: str = "GET") -> Request:
    """A request for one of the files."""
    loose = {"header:Content-Length": (ANY, LENGTH)} if method == "HEAD" or name == "no body" else {}
    return request(method, f"/{name.replace(' ', '%20')}.asis", differs=ODD.get(name, loose))


CASES = (
    Case("send-as-is", Site(CONF, FILES, modules=("asis",)), [asked(name) for name in TEXTS]),
    Case("send-as-is and HEAD", Site(CONF, FILES, modules=("asis",)), [asked(name, "HEAD") for name in TEXTS]),
    Case(
        "send-as-is and other requests",
        Site(CONF, FILES, modules=("asis",)),
        [
            *(asked("plain", method) for method in ("PUT", "OPTIONS", "BREW")),
            post("/plain.asis", b"x"),
            get("/plain.asis/more"),
            get("/absent.asis"),
            get("/folder.asis"),
            get("/folder.asis/"),
            get("/typed.typ"),
            head("/typed.typ", differs={"header:Content-Length": (ANY, LENGTH)}),
            get("/modified.asis", {"If-None-Match": '"e"'}, name="which the client has"),
            get("/modified.asis", {"If-Modified-Since": "Sat, 03 Feb 2024 04:05:06 GMT"}, name="not modified"),
            get("/modified.asis", {"If-Match": '"x"'}, name="another one"),
            get("/plain.asis", {"Range": "bytes=0-1"}, name="a range"),
        ],
    ),
)
