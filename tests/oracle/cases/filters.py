"""Filters: Python functions and built-in ones over files, handlers and error pages, and over bodies.

The original's filter.write() keeps a pointer into an object that may be gone when it is sent (a bug of its own on
Python 3): the filters here keep everything that they write.
"""

import gzip
from dataclasses import replace
from typing import Any

from ..answer import own_frames, titles, unpacked
from ..request import ANY, Request, get, head, post, request
from ..site import Entry, File, Site
from . import Case

FILTERS = """
    from mod_python import apache

    KEPT = []

    def put(filter, data):
        if isinstance(data, str):
            data = data.encode()
        KEPT.append(data)
        filter.write(data)

    def outputfilter(filter):
        s = filter.read()
        while s:
            put(filter, s.upper())
            s = filter.read()
        if s is None:
            filter.close()

    inputfilter = outputfilter

    def once(filter):
        put(filter, filter.read().upper())
        filter.close()

    def calls(filter):
        put(filter, "(")
        s = filter.read()
        while s:
            put(filter, "%d " % len(s))
            s = filter.read()
        put(filter, "%r)" % (s,))
        if s is None:
            filter.close()

    def brackets(filter):
        s = filter.read()
        while s:
            put(filter, b"[" + s + b"]")
            s = filter.read()
        if s is None:
            put(filter, "!")
            filter.close()

    def never_closes(filter):
        s = filter.read()
        while s:
            put(filter, s.upper())
            s = filter.read()

    def closes_twice(filter):
        s = filter.read()
        while s:
            put(filter, s.upper())
            s = filter.read()
        if s is None:
            filter.close()
            filter.close()
            filter.flush()

    def closes_early(filter):
        s = filter.read()
        if s:
            put(filter, s.upper())
        filter.close()

    def writes_after(filter):
        s = filter.read()
        while s:
            put(filter, s.upper())
            s = filter.read()
        if s is None:
            filter.close()
            put(filter, "late")

    def reads_after(filter):
        s = filter.read()
        while s:
            put(filter, s.upper())
            s = filter.read()
        if s is None:
            filter.close()
            filter.read()

    def reads_nothing(filter):
        pass

    def writes_only(filter):
        put(filter, "*")
        s = filter.read()
        while s:
            s = filter.read()
        if s is None:
            filter.close()

    def passes(filter):
        filter.pass_on()

    def disables(filter):
        filter.disable()
        filter.pass_on()

    def disables_later(filter):
        filter.disable()
        s = filter.read()
        while s:
            put(filter, s.upper())
            s = filter.read()
        if s is None:
            filter.close()

    def raises(filter):
        raise ValueError("a filter's own")

    def raises_late(filter):
        s = filter.read()
        while s:
            put(filter, s.upper())
            s = filter.read()
        if s is None:
            raise ValueError("a filter's own")

    def returns(filter):
        raise apache.SERVER_RETURN(apache.HTTP_FORBIDDEN)

    def returns_status(filter):
        s = filter.read()
        while s:
            put(filter, s.upper())
            s = filter.read()
        if s is None:
            filter.close()
        raise apache.SERVER_RETURN(apache.DONE, 404)

    def members(filter):
        s = filter.read()
        while s:
            s = filter.read()
        if s is None:
            put(filter, "%r %r %r %r %r %r %r %r\\n" % (filter.name, filter.handler, filter.dir, filter.is_input,
                filter.closed, filter.softspace, filter.req.uri, str(type(filter))))
            for name in "name handler is_input closed dir softspace".split():
                try:
                    setattr(filter, name, 1)
                    put(filter, "%s is set\\n" % name)
                except Exception as error:
                    put(filter, "%s: %s\\n" % (name, type(error).__name__))
            for args in (1,), (None,), ([],), ():
                try:
                    filter.write(*args)
                    put(filter, "written: %r\\n" % (args,))
                except Exception as error:
                    put(filter, "write%r: %s\\n" % (args, type(error).__name__))
            for args in ("1",),:
                try:
                    put(filter, "read%r: %r\\n" % (args, filter.read(*args)))
                except Exception as error:
                    put(filter, "read%r: %s\\n" % (args, type(error).__name__))
            filter.close()

    def threes(filter):
        s = filter.read(3)
        while s:
            put(filter, s + b"|")
            s = filter.read(3)
        if s is None:
            filter.close()

    def lines(filter):
        s = filter.readline()
        while s:
            put(filter, b"<" + s + b">")
            s = filter.readline()
        if s is None:
            filter.close()

    def short_lines(filter):
        s = filter.readline(4)
        while s:
            put(filter, b"<" + s + b">")
            s = filter.readline(4)
        if s is None:
            filter.close()

    def heads(filter):
        filter.req.headers_out["X-Filter"] = "was here"
        filter.req.content_type = "text/x-filtered"
        outputfilter(filter)

    def flushes(filter):
        s = filter.read()
        while s:
            for byte in s:
                put(filter, bytes([byte]))
                filter.flush()
            s = filter.read()
        if s is None:
            filter.close()

    def main(filter):
        s = filter.read()
        while s:
            put(filter, (filter.req.main and b"sub " or b"main ") + s)
            s = filter.read()
        if s is None:
            filter.close()

    class Kind:
        def __init__(self, filter):
            self.filter = filter

        def method(self, filter):
            outputfilter(filter)
"""
HANDLERS = """
    from mod_python import apache

    def handler(req):
        req.content_type = "text/plain"
        what = req.args or "flush"
        if what == "flush":
            req.write("hello ")
            req.write("world\\n")
        elif what == "buffer":
            req.write("hello ", 0)
            req.write("world\\n", 0)
        elif what == "mixed":
            req.write("hello ")
            req.write("world\\n", 0)
        elif what == "flushed":
            req.flush()
            req.write("hello\\n", 0)
        elif what == "big":
            for _ in range(30):
                req.write(b"0123456789" * 1000, 0)
        elif what == "length":
            req.set_content_length(12)
            req.write("hello ")
            req.write("world\\n")
        elif what == "buffered-length":
            req.set_content_length(12)
            req.write("hello world\\n", 0)
        elif what == "etag":
            req.headers_out["ETag"] = '"abc"'
            req.write("hello world\\n" * 10, 0)
        elif what == "status":
            req.status = 404
            req.write("hello world\\n", 0)
        elif what == "404":
            req.write("dropped\\n", 0)
            return apache.HTTP_NOT_FOUND
        elif what == "404-after":
            req.write("kept\\n")
            return apache.HTTP_NOT_FOUND
        elif what == "204":
            return 204
        elif what == "304":
            return 304
        elif what == "raise":
            raise ValueError("a handler's own")
        elif what == "raise-after":
            req.write("kept\\n")
            raise ValueError("a handler's own")
        elif what == "redirect":
            req.internal_redirect("/page.txt")
        elif what == "write-redirect":
            req.write("before\\n", 0)
            req.internal_redirect("/page.txt")
        elif what == "moved":
            req.headers_out["Location"] = "http://elsewhere.test/"
            return apache.HTTP_MOVED_TEMPORARILY
        elif what == "sendfile":
            req.sendfile("@ROOT@/htdocs/page.txt")
        elif what == "html":
            req.content_type = "text/html; charset=utf-8"
            req.write("<p>hello</p>\\n" * 20, 0)
        elif what == "long":
            req.write("hello world\\n" * 20, 0)
        elif what == "long-status":
            req.status = 404
            req.write("hello world\\n" * 20, 0)
        elif what == "encoded":
            req.headers_out["Content-Encoding"] = "gzip"
            req.write("said to be encoded\\n", 0)
        elif what == "vary":
            req.headers_out["Vary"] = "Cookie"
            req.write("hello world\\n" * 20, 0)
        elif what == "declined":
            return apache.DECLINED
        elif what == "read":
            req.write(b"<" + req.read() + b">", 0)
        elif what == "read3":
            data = req.read(3)
            while data:
                req.write(data + b"|", 0)
                data = req.read(3)
        elif what == "readline":
            data = req.readline()
            while data:
                req.write(b"<" + data + b">", 0)
                data = req.readline()
        elif what == "readlines":
            req.write(repr(req.readlines()), 0)
        elif what == "attempt":
            try:
                req.write(b"<" + req.read() + b">", 0)
            except Exception as error:
                req.write("%s" % type(error).__name__, 0)
        elif what == "form":
            from mod_python import util
            form = util.FieldStorage(req)
            req.write("%s" % sorted(form.keys()), 0)
        elif what.startswith("add="):
            req.add_output_filter(what[4:])
            req.write("hello world\\n", 0)
        elif what.startswith("late="):
            req.write("early ")
            req.add_output_filter(what[5:])
            req.write("late\\n", 0)
        elif what.startswith("register="):
            req.register_output_filter("OWN", "filtering::" + what[9:])
            req.add_output_filter("OWN")
            req.write("hello world\\n", 0)
        elif what.startswith("input="):
            req.register_input_filter("OWN", "filtering::" + what[6:])
            req.add_input_filter("OWN")
            req.write(b"<" + req.read() + b">", 0)
        return apache.OK

    def fixuphandler(req):
        if req.args == "403":
            return 403
        if req.args == "early":
            req.register_output_filter("EARLY", "filtering::brackets")
            req.add_output_filter("EARLY")
        return apache.OK

    def typehandler(req):
        req.content_type = "text/x-own"
        return apache.OK
"""
NAMES = [
    "once",
    "calls",
    "brackets",
    "never_closes",
    "closes_twice",
    "closes_early",
    "writes_after",
    "reads_after",
    "reads_nothing",
    "writes_only",
    "passes",
    "disables",
    "disables_later",
    "raises",
    "raises_late",
    "returns",
    "returns_status",
    "members",
    "threes",
    "lines",
    "short_lines",
    "heads",
    "flushes",
    "main",
]
PAGE = "First line\nsecond line\nthird\n"
LONG = "A line of a long page.\n" * 50
ZIPPED = gzip.compress(PAGE.encode(), mtime=0)
BOMB = gzip.compress(b"0" * 3_000_000, mtime=0)
FILES: dict[str, Entry] = {
    "lib/filtering.py": FILTERS,
    "lib/filtered.py": HANDLERS,
    "htdocs/page.txt": File(PAGE),
    "htdocs/page.html": File("<p>Page</p>\n"),
    "htdocs/long.txt": File(LONG),
    "htdocs/long.html": File("<p>A long page</p>\n" * 20),
    "htdocs/long.txt.gz": File(gzip.compress(LONG.encode(), mtime=0)),
    "htdocs/68.txt": File("x" * 68),
    "htdocs/69.txt": File("x" * 69),
    "htdocs/page.txt.gz": File(ZIPPED),
    "htdocs/empty.txt": File(""),
    "htdocs/big.txt": File(b"0123456789abcde\n" * 6250),
    "htdocs/closed/page.txt": File(PAGE),
    "htdocs/sub/index.txt": File("index\n"),
    "htdocs/error.txt": File("an error\n"),
    "htdocs/negotiated.txt": File("negotiated\n"),
}
BASE = """
    PythonPath "['@ROOT@/lib'] + sys.path"
    PythonOutputFilter filtering CAPITALIZE
    PythonInputFilter filtering CAPITALIZE
    DirectoryIndex index.txt
    <Location /h>
        SetHandler mod_python
        PythonHandler filtered
    </Location>
    <Directory @ROOT@/htdocs/closed>
        Require all denied
    </Directory>
""" + "".join(
    f"PythonOutputFilter filtering::{name} {name.upper()}\nPythonInputFilter filtering::{name} {name.upper()}\n"
    for name in NAMES
)


def case(
    name: str,
    conf: str,
    requests: Any = (),
    modules: tuple[str, ...] = (),
    files: Any = (),
    conf_before: str = "",
    **options: Any,
) -> Case:
    site = Site(BASE + conf_before + conf, {**FILES, **dict(files)}, modules=modules)
    return Case(name, site, requests, **options)


MADE = [
    "flush",
    "buffer",
    "mixed",
    "flushed",
    "big",
    "length",
    "buffered-length",
    "etag",
    "status",
    "404",
    "404-after",
    "204",
    "304",
    "raise",
    "raise-after",
    "redirect",
    "write-redirect",
    "moved",
    "sendfile",
    "declined",
]
STATIC = [
    get("/page.txt"),
    head("/page.txt"),
    get("/empty.txt"),
    get("/big.txt"),
    head("/big.txt"),
    get("/page.txt", {"Range": "bytes=2-6"}, name="range"),
    get("/page.txt", {"Range": "bytes=0-1,6-8"}, name="two ranges"),
    get("/page.txt", {"Range": "bytes=900-"}, name="no such range"),
    get("/page.txt", {"If-Modified-Since": "Sun, 04 Feb 2024 04:05:06 GMT"}, name="304"),
    get("/page.txt", {"If-Match": '"x"'}, name="412"),
    get("/absent.txt"),
    head("/absent.txt"),
    get("/closed/page.txt"),
    get("/sub/"),
    get("/sub"),
    request("OPTIONS", "/page.txt"),
    request("PUT", "/page.txt"),
    get("/negotiated"),
]
TAG = "6107255704080"
WEAK = "filter-etag: the tag of a file is weak where a Python filter has a say"
END = "filter-end: an answer ends where its filter forgot to, and nothing follows its end"
FAILS = "filter-fails: what a filter that failed was to filter does not pass it by"
BODY = "filter-body: all that the filters make of a body is read"
LENGTH = "filter-length: no Content-Length but the true one"
UNKNOWN = "filter-unknown: nothing is served without a filter that is meant to be there"
RETURN = "filter-return: a status that a filter raises is the answer"
TYPES = "filter-types: Python filters may be added by type"
PAGES = "filter-pages: an error page behind a packed part is packed, too"
BOMB_WHY = "filter-bomb: a body that grows too much is refused"
HELD = "write-buffer: up to 64 KB are held back"
QUOTE = "vlist-tag: an entity tag stands in quotes, and clients compare it with others"
STR = "form-text: the original has bytes where there was text with Python 2, or text of another charset"
RANGE = "range-length: an error page has a length"
PAGE_500 = {"status": "500 Internal Server Error", "body": ANY}
# By case and request: what is otherwise with us, and why. (The tags of files are seen to by `_weak`.)
DIFFERS: dict[tuple[str, str], tuple[dict[str, Any], str]] = {
    ("capitalize files", "no such range"): ({"framing": "length", "header:Content-Length": "354"}, RANGE),
    ("capitalize by extension", "no such range"): ({"framing": "length", "header:Content-Length": "354"}, RANGE),
    ("capitalize a handler", "GET /h?big"): ({"framing": "length", "header:Content-Length": "300000"}, HELD),
    ("capitalize a handler", "GET /h?length"): ({"framing": "chunked", "header:Content-Length": None}, LENGTH),
    ("calls over a handler", "GET /h?big"): ({"body": "(70000 b'')" * 4 + "(20000 None)"}, HELD),
    ("calls over a handler", "GET /h?length"): ({"framing": "chunked", "header:Content-Length": None}, LENGTH),
    ("filter once", "GET /h?flush"): ({"body": "HELLO "}, END),
    ("filter never_closes", "GET /h?flush"): ({"body": "HELLO WORLD\n"}, END),
    ("filter never_closes", "GET /h?buffer"): (
        {"body": "HELLO WORLD\n", "framing": "length", "header:Content-Length": "12"},
        END,
    ),
    ("filter closes_early", "GET /h?flush"): ({"body": "HELLO "}, END),
    ("filter reads_nothing", "GET /page.txt"): ({"header:Content-Length": "0"}, LENGTH),
    ("filter reads_nothing", "GET /h?flush"): ({"body": ""}, END),
    ("filter reads_nothing", "GET /h?buffer"): ({"body": "", "framing": "length", "header:Content-Length": "0"}, END),
    ("filter raises_late", "GET /h?flush"): ({"body": "HELLO WORLD\n"}, FAILS),
    **{
        (f"filter {name}", request_): (PAGE_500, FAILS)
        for name, request_ in (
            ("raises", "GET /page.txt"),
            ("raises", "GET /h?flush"),
            ("raises", "GET /h?buffer"),
            ("raises_late", "GET /page.txt"),
            ("raises_late", "GET /h?buffer"),
        )
    },
    **{
        ("filter returns", request_): ({"status": "403 Forbidden", "body": ANY}, RETURN)
        for request_ in ("GET /page.txt", "GET /h?flush", "GET /h?buffer")
    },
    ("filter returns_status", "GET /page.txt"): ({"status": "404 Not Found", "body": ANY}, RETURN),
    ("filter returns_status", "GET /h?flush"): (
        {"body": "HELLO WORLD\n", "framing": "chunked", "header:Content-Length": None},
        RETURN,
    ),
    ("filter returns_status", "GET /h?buffer"): ({"status": "404 Not Found", "body": ANY}, RETURN),
    ("filter flushes", "GET /page.txt"): (
        {"framing": "chunked", "header:Accept-Ranges": None, "header:Content-Length": None},
        LENGTH,
    ),
    **{
        (name, request_): ({"body": body, "header:Content-Length": str(len(body))}, BODY)
        for name, request_, body in (
            ("input brackets", "POST /h?attempt", f"<[{PAGE}]!>"),
            ("input threes", "POST /h?attempt", "<Fir|st |lin|e\ns|eco|nd |lin|e\nt|hir|d\n|>"),
            ("input lines", "POST /h?attempt", "<<First line\n><second line\n><third\n>>"),
            ("input short_lines", "POST /h?attempt", "<<Firs><t li><ne\n><seco><nd l><ine\n><thir><d\n>>"),
            ("input main", "POST /h?attempt", f"<main {PAGE}>"),
            ("input chain", "POST /h?read", "<<ABCD><EFGH><IJ>>"),
            ("at run time", "POST /h?input=brackets", "<[abc]!>"),
        )
    },
    ("input members", "POST /h?attempt"): ({"body": ANY, "header:Content-Length": ANY}, BODY),
    ("input members", "POST /h?readline"): ({"body": ANY, "header:Content-Length": ANY}, BODY),
    **{
        (f"input {name}", request_): (fields, FAILS)
        for name in ("raises", "raises_late")
        for request_, fields in (
            ("POST /h?attempt", {"body": "OSError", "header:Content-Length": "7"}),
            ("POST /h?readline", PAGE_500),
        )
    },
    ("input", "POST /h?form"): ({"body": "['A', 'B']", "header:Content-Length": "10"}, STR),
    ("unknown in htaccess", "GET /sub/index.txt"): (PAGE_500, UNKNOWN),
    ("debug", "GET /page.txt"): ({"header:Content-Length": ANY}, LENGTH),
    ("debug", "GET /page.html"): ({"header:Content-Length": ANY}, LENGTH),
    ("debug", "GET /h?flush"): ({"body": ANY}, END),
    ("debug", "GET /h?buffer"): ({"body": ANY, "framing": "length", "header:Content-Length": ANY}, END),
    ("missing function", "GET /page.txt"): (PAGE_500, FAILS),
    ("missing module", "GET /page.txt"): (PAGE_500, FAILS),
    ("by type, python", "GET /long.txt"): ({"status": "200 OK", "body": f"[{LONG}]!"}, TYPES),
    ("by type, python", "GET /h"): ({"status": "200 OK", "body": "[hello ][world\n]!"}, TYPES),
    ("deflate", "GET /h?404-after"): ({"body": ANY}, PAGES),
    ("deflate", "GET /h?raise-after"): ({"body": ANY}, PAGES),
    ("deflate, subtler", "GET /big.txt"): ({"framing": "length", "header:Content-Length": ANY}, HELD),
    ("deflated input", "bomb"): ({"body": "OSError", "header:Content-Length": "7"}, BOMB_WHY),
}
VIEWS = "<Directory @ROOT@/htdocs>\nOptions +MultiViews\n</Directory>\n"
GZIP = {"Accept-Encoding": "gzip"}
OF_INPUT = [name for name in NAMES if name not in ("never_closes", "reads_nothing", "returns", "passes", "disables")]


def zipped(target: str, headers: dict[str, str] = GZIP, **options: Any) -> Request:
    """A GET whose answer may be packed."""
    return get(target, headers, tidy=unpacked, **options)


RAW = (
    case("capitalize files", f"SetOutputFilter CAPITALIZE\n{VIEWS}", STATIC, ("negotiation",)),
    case("capitalize by extension", f"AddOutputFilter CAPITALIZE .txt\n{VIEWS}", STATIC, ("negotiation",)),
    case(
        "capitalize a handler",
        "SetOutputFilter CAPITALIZE",
        [
            *(get(f"/h?{what}") for what in MADE),
            *(head(f"/h?{what}") for what in ("flush", "buffer", "buffered-length")),
        ],
    ),
    case(
        "calls over a handler",
        "<Location /h>\nSetOutputFilter CALLS\n</Location>",
        [get(f"/h?{what}") for what in MADE],
    ),
    *(
        case(f"filter {name}", f"SetOutputFilter {name.upper()}", [get("/page.txt"), get("/h?flush"), get("/h?buffer")])
        for name in NAMES
    ),
    *(
        case(
            f"input {name}",
            f"SetInputFilter {name.upper()}",
            [post("/h?attempt", PAGE.encode()), post("/h?readline", b"one\ntwo\nthree")],
        )
        for name in OF_INPUT
    ),
    case(
        "input",
        "SetInputFilter CAPITALIZE",
        [
            post("/h?read", b"abc"),
            post("/h?readlines", b"a\nb"),
            post("/h?form", b"a=1&b=2", {"Content-Type": "application/x-www-form-urlencoded"}),
            post("/h?read", b""),
            get("/h?read"),
            post("/page.txt", b"abc"),
        ],
    ),
    case(
        "input by extension",
        "AddInputFilter CAPITALIZE .h\nAddHandler mod_python .h\nPythonHandler filtered",
        [post("/x.h?read", b"abc"), post("/x.g?read", b"abc")],
        files={"htdocs/x.h": "", "htdocs/x.g": ""},
    ),
    case(
        "chain",
        "SetOutputFilter CAPITALIZE;BRACKETS;CALLS",
        [get("/page.txt"), get("/h?flush"), get("/h?buffer"), get("/h?empty"), get("/absent")],
    ),
    case(
        "input chain",
        "SetInputFilter CAPITALIZE;SHORT_LINES",
        [post("/h?read", b"abcdefghij"), post("/h?readline", b"ab\ncd")],
    ),
    case(
        "both ways of naming",
        "AddOutputFilter BRACKETS .txt\nSetOutputFilter CALLS",
        [get("/page.txt"), get("/page.html")],
    ),
    case(
        "last wins",
        "SetOutputFilter BRACKETS\n<Directory @ROOT@/htdocs>\nSetOutputFilter CALLS\n</Directory>\n"
        "<Location /page.html>\nSetOutputFilter CAPITALIZE\n</Location>",
        [get("/page.txt"), get("/page.html"), get("/h")],
    ),
    case(
        "extensions",
        "AddOutputFilter BRACKETS .txt\nAddOutputFilter CALLS .html .gz\n"
        "AddOutputFilter CAPITALIZE html\n<Directory @ROOT@/htdocs/sub>\nRemoveOutputFilter .txt\n"
        "</Directory>",
        [get("/page.txt"), get("/page.html"), get("/page.txt.gz"), get("/sub/index.txt")],
    ),
    case(
        "type handler",
        "AddOutputFilter BRACKETS .txt\nSetOutputFilter CALLS\n<Files page.txt>\nPythonTypeHandler filtered\n</Files>",
        [get("/page.txt")],
    ),
    case(
        "htaccess",
        "<Directory @ROOT@/htdocs>\nAllowOverride FileInfo\n</Directory>",
        [get("/sub/index.txt"), get("/page.txt"), get("/two/a.txt")],
        files={
            "htdocs/sub/.htaccess": "SetOutputFilter CAPITALIZE\n",
            "htdocs/two/.htaccess": "AddOutputFilter BRACKETS .txt\n",
            "htdocs/two/a.txt": "a\n",
        },
    ),
    case(
        "htaccess registers",
        "<Directory @ROOT@/htdocs>\nAllowOverride All\n</Directory>",
        [get("/sub/index.txt")],
        files={"htdocs/sub/.htaccess": "PythonOutputFilter filtering X\nSetOutputFilter X\n"},
    ),
    case(
        "htaccess may not",
        "<Directory @ROOT@/htdocs>\nAllowOverride AuthConfig\n</Directory>",
        [get("/sub/index.txt")],
        files={"htdocs/sub/.htaccess": "SetOutputFilter CAPITALIZE\n"},
    ),
    case("unknown", "SetOutputFilter NOBODY", [get("/page.txt", log=("unknown filter was not added",))]),
    case(
        "unknown in htaccess",
        "<Directory @ROOT@/htdocs>\nAllowOverride All\n</Directory>",
        [get("/sub/index.txt")],
        files={"htdocs/sub/.htaccess": "SetOutputFilter NOBODY\n"},
    ),
    case(
        "at run time",
        "PythonFixupHandler filtered",
        [
            get("/h?add=CAPITALIZE"),
            get("/h?add=capitalize"),
            get("/h?add=NOBODY", log=("unknown filter was not added",)),
            get("/h?late=CAPITALIZE"),
            get("/h?register=outputfilter"),
            get("/h?register=brackets"),
            get("/page.txt?early"),
            get("/h?early"),
            post("/h?input=outputfilter", b"abc"),
            post("/h?input=brackets", b"abc"),
            get("/page.txt?403"),
        ],
    ),
    case(
        "error documents",
        'ErrorDocument 404 /error.txt\nErrorDocument 403 "closed here"\n'
        "ErrorDocument 500 /error.html\nSetOutputFilter CAPITALIZE\nPythonFixupHandler filtered",
        [
            get("/absent.txt"),
            get("/closed/page.txt"),
            get("/page.txt?403"),
            get("/h?404"),
            get("/h?raise"),
            get("/h?404-after"),
        ],
    ),
    case(
        "debug",
        "PythonDebug On\nSetOutputFilter RAISES\n<Location /h>\nSetOutputFilter RAISES_LATE\n"
        "</Location>\n<Location /page.html>\nSetOutputFilter CAPITALIZE;RAISES\n</Location>",
        [
            get("/page.txt", tidy=own_frames),
            get("/h?flush", tidy=own_frames),
            get("/h?buffer", tidy=own_frames),
            get("/page.html", tidy=own_frames),
        ],
    ),
    case(
        "named by the handler",
        "PythonOutputFilter filtering\nPythonOutputFilter filtering::brackets\n"
        "SetOutputFilter filtering;filtering::brackets",
        [get("/page.txt")],
    ),
    case("class", "PythonOutputFilter filtering::Kind.method KIND\nSetOutputFilter KIND", [get("/page.txt")]),
    case(
        "missing function",
        "PythonOutputFilter filtering::nothing NONE1\nSetOutputFilter NONE1",
        [get("/page.txt", log=("nothing",))],
    ),
    case(
        "missing module",
        "PythonOutputFilter nosuchmodule NONE1\nSetOutputFilter NONE1",
        [get("/page.txt", log=("nosuchmodule",))],
    ),
    case(
        "registered in a section",
        "<Directory @ROOT@/htdocs>\nPythonOutputFilter filtering::brackets HERE\n</Directory>\nSetOutputFilter HERE",
        [get("/page.txt")],
    ),
    case(
        "registered twice",
        "PythonOutputFilter filtering TWICE\nPythonOutputFilter filtering::brackets TWICE\nSetOutputFilter TWICE",
        [get("/page.txt")],
    ),
    case(
        "registered in location",
        "<Location /page.txt>\nPythonOutputFilter filtering::members HERE\nSetOutputFilter HERE\n</Location>",
        [get("/page.txt")],
    ),
    case("refused: no handler", "PythonOutputFilter"),
    case("refused: three words", "PythonOutputFilter a b c"),
    case(
        "none",
        "SetOutputFilter CAPITALIZE\n<Location /page.txt>\nSetOutputFilter NONE\n</Location>",
        [get("/page.txt"), get("/page.html")],
    ),
    # mod_filter
    case(
        "by type",
        "AddOutputFilterByType DEFLATE text/plain text/html",
        [
            zipped("/long.txt"),
            zipped("/long.html"),
            zipped("/long.txt.gz"),
            zipped("/h?buffer"),
            zipped("/h?html"),
            zipped("/absent"),
            zipped("/h?status"),
            zipped("/h?long-status"),
            zipped("/h?404"),
        ],
        ("filter", "deflate"),
    ),
    *(
        case(
            f"by type: {types}",
            f"AddOutputFilterByType DEFLATE {types}",
            [zipped("/long.txt"), zipped("/long.html"), zipped("/h?html")],
            ("filter", "deflate"),
        )
        for types in ("text/*", "*", "*/*", "TEXT/PLAIN", "text/html;charset=utf-8", "text")
    ),
    case(
        "by type, sections",
        "AddOutputFilterByType DEFLATE text/plain\n<Location /long.html>\n"
        "AddOutputFilterByType DEFLATE text/html\n</Location>\n<Location /long.txt>\n"
        "AddOutputFilterByType DEFLATE text/css\n</Location>",
        [zipped("/long.txt"), zipped("/long.html"), zipped("/big.txt")],
        ("filter", "deflate"),
    ),
    case(
        "by type, python",
        "AddOutputFilterByType BRACKETS text/plain",
        [get("/long.txt"), get("/long.html"), get("/h")],
        ("filter",),
    ),
    case("by type, unknown", "AddOutputFilterByType NOBODY text/plain", [get("/long.txt")], ("filter",)),
    case("by type, no type", "AddOutputFilterByType DEFLATE", [], ("filter", "deflate")),
    # mod_deflate
    case(
        "deflate",
        f"SetOutputFilter DEFLATE\n{VIEWS}",
        [
            *(
                zipped("/long.txt", {"Accept-Encoding": value}, name=value)
                for value in (
                    "gzip",
                    "x-gzip",
                    "GZIP",
                    "deflate",
                    "gzip, deflate, br",
                    "br;q=1.0, gzip;q=0.8",
                    "*",
                    "identity",
                    "gzip;q=0",
                    "gzip;q=0.0, *",
                    "gzip ; q=1",
                    "gzipped",
                    "",
                    "identity;q=1, *;q=0",
                )
            ),
            get("/long.txt"),
            zipped("/empty.txt"),
            zipped("/68.txt"),
            zipped("/69.txt"),
            zipped("/h?long"),
            zipped("/h?long-status"),
            zipped("/big.txt"),
            zipped("/long.txt.gz"),
            head("/long.txt", GZIP),
            head("/big.txt", GZIP),
            zipped("/long.txt", {**GZIP, "Range": "bytes=2-6"}, name="range"),
            zipped("/long.txt", {**GZIP, "If-None-Match": '"47e-6107255704080"'}, name="304 by the file's tag"),
            zipped("/long.txt", {**GZIP, "If-None-Match": '"47e-6107255704080-gzip"'}, name="304 by the tag sent"),
            zipped("/long.txt", {**GZIP, "If-Modified-Since": "Sun, 04 Feb 2024 04:05:06 GMT"}, name="304 by date"),
            get("/long.txt", {"If-None-Match": '"47e-6107255704080"'}, name="304 without gzip"),
            zipped("/absent.txt"),
            zipped("/closed/long.txt"),
            get("/sub", GZIP),
            zipped("/sub/"),
            zipped("/negotiated", differs={"header:ETag": (ANY, QUOTE)}),
            *(zipped(f"/h?{what}") for what in MADE if what not in ("sendfile", "declined")),
            zipped("/h?encoded"),
            zipped("/h?vary"),
            zipped("/h?nothing"),
        ],
        ("negotiation", "deflate"),
    ),
    *(
        case(
            f"deflate, {name}",
            f"SetOutputFilter DEFLATE\nSetEnvIf Request_URI . {name}",
            [zipped("/long.txt"), zipped("/long.html"), get("/long.txt")],
            ("deflate",),
        )
        for name in (
            *("no-gzip", "gzip-only-text/html", "force-gzip", "no-gzip=0", "no-gzip=", "gzip-only-text/html=0"),
            *("gzip-only-text/html=yes", "force-gzip=0", "force-gzip="),
        )
    ),
    *(
        case(
            f"deflate, DeflateAlterETag {value}",
            f"SetOutputFilter DEFLATE\nDeflateAlterETag {value}",
            [
                zipped("/long.txt"),
                get("/long.txt"),
                zipped("/long.txt", {**GZIP, "If-None-Match": '"47e-6107255704080"'}, name="304"),
                zipped("/h?etag"),
            ],
            ("deflate",),
        )
        for value in ("AddSuffix", "NoChange", "Remove", "nonsense")
    ),
    case(
        "deflate, notes",
        "SetOutputFilter DEFLATE\nDeflateFilterNote Input in\nDeflateFilterNote Output out\n"
        'DeflateFilterNote ratio\nCustomLog @ROOT@/logs/access.log "%{in}n %{ratio}n"',
        [
            zipped("/big.txt", logs=("access.log",)),
            zipped("/empty.txt", logs=("access.log",)),
            get("/big.txt", logs=("access.log",)),
        ],
        ("deflate",),
    ),
    case(
        "deflate, subtler",
        "SetOutputFilter DEFLATE\nDeflateCompressionLevel 1\nDeflateMemLevel 1\n"
        "DeflateWindowSize 9\nDeflateBufferSize 512",
        [zipped("/big.txt")],
        ("deflate",),
    ),
    *(
        case(f"refused: {rule}", rule, [], ("deflate",))
        for rule in (
            "DeflateCompressionLevel 0",
            "DeflateCompressionLevel 10",
            "DeflateMemLevel 0",
            "DeflateWindowSize 16",
            "DeflateBufferSize 0",
            "DeflateFilterNote Frob x",
            "DeflateInflateRatioLimit x",
            "DeflateInflateLimitRequestBody x",
            "DeflateInflateRatioBurst -1",
            "DeflateInflateRatioLimit 0",
        )
    ),
    case(
        "python behind deflate",
        "SetOutputFilter DEFLATE;CAPITALIZE",
        [zipped("/long.txt"), get("/long.txt")],
        ("deflate",),
    ),
    *(
        case(
            f"deflate behind others, {name}",
            f"{conf}\nAddOutputFilter INCLUDES .shtml\n<Directory @ROOT@/htdocs>\nOptions +Includes\n</Directory>",
            [
                asked(target, headers, tidy=unpacked, differs={"header:ETag": (ANY, WEAK), **more})
                for target, more in (
                    ("/68.txt", {}),
                    ("/page.txt", {}),
                    ("/long.txt", {}),
                    (
                        "/short.shtml",
                        {
                            "framing": (ANY, HELD),
                            "header:Content-Length": (ANY, HELD),
                            "header:Accept-Ranges": (ANY, LENGTH),
                        },
                    ),
                )
                for headers in (GZIP, {})
                for asked in (get, head)
            ],
            ("deflate", "filter", "include"),
            {"htdocs/short.shtml": File('<!--#include virtual="/long.html" -->')},
        )
        for name, conf in (
            ("all", "SetOutputFilter BRACKETS;DEFLATE"),
            ("by type", "SetOutputFilter HEADS\nAddOutputFilterByType DEFLATE text/x-filtered"),
            ("by type, of the file", "SetOutputFilter HEADS\nAddOutputFilterByType DEFLATE text/plain"),
            ("parsed", "AddOutputFilter BRACKETS .txt\nSetOutputFilter DEFLATE"),
        )
    ),
    case(
        "inflate",
        "SetOutputFilter INFLATE",
        [
            get("/page.txt.gz"),
            zipped("/page.txt.gz"),
            get("/page.txt"),
            get("/h?encoded"),
            head("/page.txt.gz"),
            get("/page.txt.gz", {"Range": "bytes=2-6"}, name="range"),
        ],
        ("deflate",),
        conf_before="AddEncoding gzip .gz\n",
    ),
    case(
        "inflate and capitalize",
        "AddEncoding gzip .gz\nSetOutputFilter CAPITALIZE;INFLATE",
        [get("/page.txt.gz")],
        ("deflate",),
    ),
    case(
        "deflated input",
        "SetInputFilter DEFLATE",
        [
            post("/h?attempt", ZIPPED, {"Content-Encoding": "gzip"}),
            post("/h?attempt", ZIPPED, {"Content-Encoding": "x-gzip"}, name="x-gzip"),
            post("/h?attempt", PAGE.encode(), name="plain"),
            post("/h?attempt", PAGE.encode(), {"Content-Encoding": "gzip"}, name="said to be gzip"),
            post("/h?attempt", ZIPPED[:-6], {"Content-Encoding": "gzip"}, name="cut"),
            post("/h?attempt", ZIPPED[:-8] + b"12345678", {"Content-Encoding": "gzip"}, name="wrong sum"),
            post("/h?attempt", ZIPPED + b"more", {"Content-Encoding": "gzip"}, name="more behind it"),
            post("/h?attempt", b"", {"Content-Encoding": "gzip"}, name="nothing"),
            post("/h?attempt", BOMB, {"Content-Encoding": "gzip"}, name="bomb"),
            post("/h?readline", ZIPPED, {"Content-Encoding": "gzip"}),
        ],
        ("deflate",),
    ),
    case(
        "deflated input, limit",
        "SetInputFilter DEFLATE\nDeflateInflateLimitRequestBody 10",
        [post("/h?attempt", ZIPPED, {"Content-Encoding": "gzip"})],
        ("deflate",),
    ),
)

# The answers with the tag of a file that no Python filter has a say in.
UNTOUCHED = {
    ("calls over a handler", "GET /h?redirect"),
    ("calls over a handler", "GET /h?write-redirect"),
    ("htaccess registers", "GET /sub/index.txt"),
    ("htaccess may not", "GET /sub/index.txt"),
    ("none", "GET /page.txt"),
    ("extensions", "GET /sub/index.txt"),
    ("htaccess", "GET /page.txt"),
    ("filter disables", "GET /page.txt"),
    ("filter disables_later", "GET /page.txt"),
    ("by extension, input", "POST /x.g?read"),
}
OF_OTHERS = {"/sub/": "/sub/index.txt", "/negotiated": "/negotiated.txt"}
OF_QUERIES = {"redirect": "/page.txt", "write-redirect": "/page.txt", "404": "/error.txt"}
SUFFIXES = {
    ("python behind deflate", "GET /long.txt"): "-gzip",
    ("inflate and capitalize", "GET /page.txt.gz"): "-gunzip",
}


def _tag(case_: Case, asked: Request, title: str) -> str | None:
    """The weak tag that an answer has with us; None if it is as the original's."""
    if case_.name.startswith(("deflate", "by type", "input", "inflate", "at run")) and "capital" not in case_.name:
        return {"GET /page.txt?early": f'W/"1d-{TAG}"'}.get(title)
    if (case_.name, title) in UNTOUCHED or asked.method not in ("GET", "HEAD"):
        return None
    path, _, query = asked.target.partition("?")
    if query == "etag":
        return 'W/"abc"'
    if query == "404" and case_.name != "error documents":
        return None
    path = "/error.txt" if title == "GET /absent.txt" and case_.name == "error documents" else path
    path = OF_QUERIES.get(query) or OF_OTHERS.get(path) or path
    entry = {**FILES, **case_.site.files}.get(f"htdocs{path}")
    if entry is None or "closed" in path or title == "no such range" or query == "403":
        return None
    content = entry.content if isinstance(entry, File) else entry
    assert isinstance(content, (str, bytes))
    extra = f";{TAG}" if asked.target == "/negotiated" else ""
    suffix = SUFFIXES.get((case_.name, title), "")
    return f'W/"{len(content):x}-{TAG}{extra}{suffix}"'


def _told(case_: Case) -> Case:
    """The case with what is otherwise with us."""
    requests = []
    for title, asked in zip(titles(case_.requests), case_.requests, strict=True):
        fields, why = DIFFERS.get((case_.name, title), ({}, ""))
        differs = {name: (value, why) for name, value in fields.items()}
        tag = _tag(case_, asked, title)
        if tag is not None and "status" not in fields:
            differs["header:ETag"] = (tag, WEAK)
        requests.append(replace(asked, differs={**differs, **asked.differs}))
    starts = (False, UNKNOWN) if case_.name == "unknown" else None
    return replace(case_, requests=requests, starts=starts)


CASES = tuple(map(_told, RAW))
