"""Filters of the kind that sites had, in front of all that makes an answer: pages, programs, listings, parts of pages.

The original's filter.write() keeps a pointer into an object that may be gone when it is sent (a bug of its own on
Python 3): `put` keeps everything that is written.
"""

from dataclasses import replace
from typing import Any

from ..answer import own_frames, titles, unpacked
from ..request import ANY, Request, get, head, post, request
from ..site import Entry, File, Site
from . import Case

FILTERS = """
    import base64, gzip, io, re
    from mod_python import apache, util

    KEPT = []

    def put(filter, data):
        if isinstance(data, str):
            data = data.encode()
        KEPT.append(data)
        filter.write(data)

    def capitalize(filter):
        s = filter.read()
        while s:
            put(filter, s.upper())
            s = filter.read()
        if s is None:
            filter.close()

    def footer(filter):
        if filter.req.main:
            filter.pass_on()
            return
        s = filter.read()
        while s:
            put(filter, s)
            s = filter.read()
        if s is None:
            put(filter, "<hr>the footer\\n")
            filter.close()

    def banners(filter):
        req = filter.req
        if not hasattr(req, "page"):
            req.page = []
        s = filter.read()
        while s:
            req.page.append(s)
            s = filter.read()
        if s is None:
            page = re.sub(b'(?s)<div class="ad">.*?</div>', b"", b"".join(req.page))
            put(filter, page)
            filter.close()

    def packs(filter):
        req = filter.req
        if "gzip" not in req.headers_in.get("Accept-Encoding", ""):
            filter.disable()
            filter.pass_on()
            return
        if not hasattr(req, "packed"):
            req.headers_out["Content-Encoding"] = "gzip"
            req.headers_out.add("Vary", "Accept-Encoding")
            req.packed = io.BytesIO()
            req.packer = gzip.GzipFile(mode="wb", fileobj=req.packed)
        s = filter.read()
        while s:
            req.packer.write(s)
            s = filter.read()
        if s is None:
            req.packer.close()
            data = req.packed.getvalue()
            req.set_content_length(len(data))
            put(filter, data)
            filter.close()

    def only_html(filter):
        if not (filter.req.content_type or "").startswith("text/html"):
            filter.pass_on()
            return
        capitalize(filter)

    def numbers(filter):
        if not hasattr(filter.req, "number"):
            filter.req.number = 0
        line = filter.readline()
        while line:
            filter.req.number += 1
            put(filter, b"%d: %s" % (filter.req.number, line))
            line = filter.readline()
        if line is None:
            filter.close()

    def cookies(filter):
        for table in (filter.req.headers_out, filter.req.err_headers_out):
            if "Set-Cookie" in table:
                del table["Set-Cookie"]
        filter.pass_on()

    def status(filter):
        req = filter.req
        s = filter.read()
        while s:
            put(filter, "%d %s: " % (req.status, req.content_type))
            put(filter, s)
            s = filter.read()
        if s is None:
            filter.close()

    def in_parts(filter):
        s = filter.read(5)
        while s:
            put(filter, s)
            put(filter, "|")
            filter.flush()
            s = filter.read(5)
        if s is None:
            filter.close()

    def twice(filter):
        data = filter.read()
        if data is None:
            filter.close()
        elif data:
            put(filter, data + data)

    def pass_then_more(filter):
        filter.pass_on()
        if not filter.closed:
            put(filter, "+")

    def empty_write(filter):
        filter.write(b"")
        filter.flush()
        capitalize(filter)

    def adds(filter):
        if not hasattr(filter.req, "added"):
            filter.req.added = 1
            filter.req.add_output_filter("FOOTER")
        capitalize(filter)

    def odd_reads(filter):
        put(filter, repr([filter.read(0), filter.readline(0), filter.read(2), filter.readline(3), filter.readline()]))
        s = filter.read()
        while s:
            s = filter.read()
        put(filter, repr([s, filter.closed]))
        if s is None:
            filter.close()
            put_closed(filter)

    def put_closed(filter):
        said = []
        for call in (filter.read, filter.readline, filter.flush, filter.close):
            try:
                said.append(repr(call()))
            except Exception as error:
                said.append(type(error).__name__)
        try:
            said.append(repr(filter.write(b"x")))
        except Exception as error:
            said.append(type(error).__name__)
        filter.req.log_error("closed: %s." % " ".join(said))

    def deletes_length(filter):
        filter.req.headers_out["Content-Length"] = "3"
        if "Last-Modified" in filter.req.headers_out:
            del filter.req.headers_out["Last-Modified"]
        filter.req.no_cache = 1
        footer(filter)

    def half(filter):
        s = filter.read(10)
        if s is None:
            filter.close()
        elif s:
            put(filter, s)
            filter.disable()

    def changes_status(filter):
        filter.req.status = 404
        filter.req.content_type = "text/x-changed"
        footer(filter)

    class Filter:
        def __call__(self, filter):
            capitalize(filter)

    instance = Filter()

    class Kind:
        def __init__(self, filter):
            capitalize(filter)

    # Of bodies

    def renames(filter):
        s = filter.read()
        while s:
            put(filter, s.replace(b"old=", b"a_new_name="))
            s = filter.read()
        if s is None:
            filter.close()

    def shortens(filter):
        s = filter.read()
        while s:
            put(filter, s.replace(b"spam&", b""))
            s = filter.read()
        if s is None:
            filter.close()

    def decodes(filter):
        req = filter.req
        if not hasattr(req, "sent"):
            req.sent = b""
        s = filter.read()
        while s:
            req.sent += s
            s = filter.read()
        if s is None:
            put(filter, base64.b64decode(req.sent))
            filter.close()

    def by_lines(filter):
        line = filter.readline()
        while line:
            put(filter, line.upper())
            line = filter.readline()
        if line is None:
            filter.close()

    def passes(filter):
        filter.pass_on()
"""
PAGES = """
    from mod_python import apache, util, Cookie

    def handler(req):
        req.content_type = "text/html"
        req.write("<h1>page</h1>")
        req.write('<div class="ad">buy', 0)
        req.write(" this</div>\\n")
        req.write("<p>end</p>\\n", 0)
        return apache.OK

    def cookie(req):
        req.content_type = "text/plain"
        Cookie.add_cookie(req, "id", "1")
        req.headers_out.add("Set-Cookie", "other=2")
        req.write("a cookie\\n")
        return apache.OK

    def form(req):
        req.content_type = "text/plain"
        fields = util.FieldStorage(req, keep_blank_values=1)
        for field in sorted(fields.list, key=lambda field: field.name):
            value = field.value
            req.write("%s=%r\\n" % (field.name, value.decode() if isinstance(value, bytes) else value), 0)
        return apache.OK

    def lines(req):
        req.content_type = "text/plain"
        for line in req.readlines():
            req.write("<%s>" % line.decode(), 0)
        return apache.OK

    def counts(req):
        req.content_type = "text/plain"
        data = req.read(4)
        while data:
            req.write("%s %d %d\\n" % (data.decode(), req.remaining, req.read_length), 0)
            data = req.read(4)
        return apache.OK

    def error(req):
        raise apache.SERVER_RETURN(apache.HTTP_SERVICE_UNAVAILABLE)

    def moved(req):
        util.redirect(req, "/elsewhere.html")

    def not_modified(req):
        req.content_type = "text/plain"
        req.update_mtime(1000000000)
        req.set_last_modified()
        status = req.meets_conditions()
        if status != apache.OK:
            return status
        req.write("content\\n")
        return apache.OK

    def adds(req):
        req.add_output_filter("CAPITALIZE")
        req.register_output_filter("OWN", "site_filters::footer")
        req.add_output_filter("OWN")
        req.register_input_filter("OWN", "site_filters::by_lines")
        req.add_input_filter("OWN")
        return apache.OK

    fixuphandler = headerparserhandler = accesshandler = adds

    def postreadrequesthandler(req):
        adds(req)
        return apache.DECLINED

    def transhandler(req):
        adds(req)
        return apache.DECLINED

    def typehandler(req):
        adds(req)
        return apache.DECLINED

    def reads(req):
        req.content_type = "text/plain"
        req.write(b"<" + req.read() + b">", 0)
        return apache.OK

    def redirects(req):
        req.internal_redirect("/page.txt")
        return apache.OK

    def writes_and_redirects(req):
        req.write("before ")
        req.internal_redirect("/page.txt")
        return apache.OK

    def promises(req):
        req.content_type = "text/plain"
        req.set_content_length(6)
        if req.method != "HEAD":
            req.write("prom", 0)
            req.write("is", 0)
        return apache.OK

    def sends(req):
        req.content_type = "text/html"
        req.sendfile("@ROOT@/htdocs/page.html")
        return apache.OK
"""
PUBLISHED = """
    def index(req):
        return "<html><body>published</body></html>"

    def form(req, old="", a_new_name="", x=""):
        req.content_type = "text/plain"
        return "old %s new %s x %s" % (old, a_new_name, x)
"""
PSP = """\
<html>
<% for number in range(3): %>
<p><%= number %></p>
<% req.headers_out["X-Psp"] = "was here" %>
</html>
"""
SCRIPT = """\
#!/bin/sh
echo "Content-Type: text/html"
echo "X-Script: was here"
echo
echo "<p>script</p>"
if [ "$REQUEST_METHOD" = POST ]; then cat; fi
sleep 0.1
"""
PAGE = '<h1>Static</h1>\n<div class="ad">\nbuy\n</div>\n<p>end</p>\n'
WHOLE = """\
<p>before</p>
<!--#include virtual="/part.html" -->
<!--#include virtual="/handler" --><p>after</p>
"""
FILES: dict[str, Entry] = {
    "lib/site_filters.py": FILTERS,
    "lib/site_pages.py": PAGES,
    "htdocs/page.html": File(PAGE),
    "htdocs/page.txt": File("one\ntwo\nthree"),
    "htdocs/psp/page.psp": PSP,
    "htdocs/psp/raises.psp": "<% raise ValueError(1) %>",
    "htdocs/psp/raises_late.psp": "<p>a part</p>\n<% req.flush() %><% raise ValueError(1) %>",
    "htdocs/psp/broken.psp": "<% if %>",
    "htdocs/published/pub.py": PUBLISHED,
    "htdocs/cgi/script.cgi": File(SCRIPT, mode=0o755),
    "htdocs/index/index.html": File("<p>index</p>\n"),
    "htdocs/views/one.txt": File("one of them\n"),
    "htdocs/views/two.html.txt": File("<p>two</p>\n"),
    "htdocs/pspindex/index.psp": "<p><%= req.main is None %> <%= req.prev is None %></p>\n<%= req.read().decode() %>\n",
    "htdocs/error.html": File("<p>An error</p>\n"),
    "htdocs/part.html": File("<b>part</b>\n"),
    "htdocs/whole.shtml": WHOLE,
}
NAMES = [
    *("capitalize", "footer", "banners", "packs", "only_html", "numbers", "cookies", "status", "in_parts", "twice"),
    *("pass_then_more", "empty_write", "adds", "odd_reads", "deletes_length", "half", "changes_status", "instance"),
    "Kind",
]
INPUT = ["renames", "shortens", "decodes", "by_lines", "passes"]
HANDLERS = [
    *("handler", "cookie", "form", "lines", "counts", "error", "moved", "not_modified", "sends"),
    *("reads", "redirects", "writes_and_redirects", "promises"),
]
BASE = (
    """
    PythonPath "['@ROOT@/lib'] + sys.path"
    ErrorDocument 503 /error.html
    FileETag None
    <Directory @ROOT@/htdocs/psp>
        AddHandler mod_python .psp
        PythonHandler mod_python.psp
    </Directory>
    <Directory @ROOT@/htdocs/published>
        SetHandler mod_python
        PythonHandler mod_python.publisher
    </Directory>
    <Directory @ROOT@/htdocs/cgi>
        Options ExecCGI
        AddHandler cgi-script .cgi
    </Directory>
    <Directory @ROOT@/htdocs/pspindex>
        DirectoryIndex index.psp
        AddHandler mod_python .psp
        PythonHandler mod_python.psp
    </Directory>
    <Directory @ROOT@/htdocs/views>
        Options MultiViews
    </Directory>
    <Directory @ROOT@/htdocs>
        Options +Includes
        AddType text/html .shtml
    </Directory>
    <LocationMatch "^/("""
    + "|".join(HANDLERS)
    + """)$">
        SetHandler mod_python
    </LocationMatch>
"""
    + "".join(
        [f"PythonOutputFilter site_filters::{name} {name.upper()}\n" for name in NAMES]
        + [f"PythonInputFilter site_filters::{name} {name.upper()}\n" for name in INPUT]
        + [f"<Location /{name}>\nPythonHandler site_pages::{name}\n</Location>\n" for name in HANDLERS]
    )
)
FRAMED = "cgi-framing: what a program says flows to the filters as it comes"
GZIP = {"Accept-Encoding": "gzip"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ANSWERS = [
    get("/page.html"),
    get("/page.txt"),
    head("/page.html"),
    get("/page.html", {"Range": "bytes=3-8"}, name="range"),
    get("/page.html", {"If-Modified-Since": "Sun, 04 Feb 2024 04:05:06 GMT"}, name="304"),
    get("/handler"),
    head("/handler"),
    get("/psp/page.psp"),
    get("/published/pub"),
    get("/published/pub/form"),
    get("/cgi/script.cgi", differs={"framing": ("chunked", FRAMED), "header:Content-Length": (None, FRAMED)}),
    get("/whole.shtml"),
    get("/absent"),
    get("/error"),
    get("/moved"),
    get("/not_modified"),
    get("/not_modified", {"If-Modified-Since": "Sun, 04 Feb 2024 04:05:06 GMT"}, name="304 of a handler"),
    get("/sends"),
    get("/cookie"),
    get("/writes_and_redirects"),
    request("OPTIONS", "/page.html"),
]
MODULES = ("cgi", "include", "negotiation")


def case(name: str, conf: str, requests: Any, **options: Any) -> Case:
    return Case(name, Site(BASE + conf, FILES, modules=(*MODULES, "deflate")), requests, **options)


def zipped(target: str) -> Request:
    return get(target, GZIP, name=f"packed {target}", tidy=unpacked)


def multipart(**fields: str) -> bytes:
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    ]
    return ("".join(parts) + "--x--\r\n").encode()


PARTS = {"Content-Type": "multipart/form-data; boundary=x"}
RAW = (
    *(case(name, f"SetOutputFilter {name.upper()}", ANSWERS) for name in NAMES if name != "packs"),
    *(
        case(f"{name} of pages with includes", f"SetOutputFilter INCLUDES;{name.upper()}", [get("/whole.shtml")])
        for name in ("capitalize", "footer", "numbers", "status")
    ),
    *(
        case(f"{name} before includes", f"SetOutputFilter {name.upper()};INCLUDES", [get("/whole.shtml")])
        for name in ("capitalize", "footer")
    ),
    case(
        "errors behind a filter",
        "PythonDebug On\nSetOutputFilter FOOTER",
        [
            get("/psp/raises.psp", tidy=own_frames),
            get("/psp/raises_late.psp", tidy=own_frames),
            get("/psp/broken.psp", tidy=own_frames),
            get("/published/pub/absent"),
            get("/absent.psp"),
        ],
    ),
    case(
        "names and numbers",
        "AddOutputFilter capitalize;Footer .html\nSetOutputFilter FOOTER;FOOTER;CAPITALIZE;FOOTER\n"
        "SetInputFilter by_lines;BY_LINES",
        [get("/page.html"), get("/page.txt"), get("/handler"), post("/lines", b"a\nb")],
    ),
    case(
        "packs", "SetOutputFilter PACKS", [zipped("/page.html"), zipped("/handler"), get("/page.html"), get("/handler")]
    ),
    case("packs what another made", "SetOutputFilter BANNERS;PACKS", [zipped("/page.html"), zipped("/handler")]),
    case("chain with deflate", "SetOutputFilter BANNERS;FOOTER;DEFLATE", [zipped("/page.html"), zipped("/handler")]),
    case(
        "the manual's: by extension over published pages",
        "AddOutputFilter CAPITALIZE .py .html",
        [get("/published/pub.py"), get("/published/pub.py/form"), get("/page.html"), get("/published/pub")],
    ),
    *(
        case(
            f"added in the phase {phase}",
            f"{directive} site_pages",
            [
                get("/page.html"),
                get("/handler"),
                post("/reads", b"one\ntwo"),
                get("/absent"),
                get("/index/"),
                post("/pspindex/", b"sent"),
                get("/views/one"),
                get("/moved"),
            ],
        )
        for phase, directive in (
            ("post read request", "PythonPostReadRequestHandler"),
            ("trans", "PythonTransHandler"),
            ("header parser", "PythonHeaderParserHandler"),
            ("access", "PythonAccessHandler"),
            ("type", "PythonTypeHandler"),
            ("fixup", "PythonFixupHandler"),
        )
    ),
    *(
        case(
            f"{name}, other ways",
            f'SetOutputFilter {name}\nCustomLog @ROOT@/logs/access.log "%>s %b %m"',
            [
                asked(target, logs=("access.log",))
                for target in (
                    *("/page.html", "/handler", "/index/", "/index", "/pspindex/", "/views/one", "/redirects"),
                    *("/promises", "/absent"),
                )
                for asked in (get, head)
            ],
        )
        for name in ("CAPITALIZE", "FOOTER", "STATUS", "NONE")
    ),
    case(
        "by extension, of an index and of variants",
        "AddOutputFilter FOOTER .html\nAddOutputFilter NUMBERS .txt\nAddOutputFilter CAPITALIZE .psp\n"
        "AddInputFilter BY_LINES .psp\nSetInputFilter RENAMES",
        [get("/index/"), get("/views/one"), get("/views/two.html"), post("/pspindex/", b"sent old=")],
    ),
    case(
        "beside other filters",
        "AddOutputFilter CAPITALIZE .html\nSetOutputFilter FOOTER\n<Location /page.txt>\n"
        "SetOutputFilter FOOTER;NUMBERS\n</Location>\n<Files page.html>\nRemoveOutputFilter .html\n</Files>\n"
        "<Location /handler>\nPythonDebug On\nPythonInterpreter other\n</Location>",
        [get("/page.html"), get("/part.html"), get("/page.txt"), get("/handler"), get("/whole.shtml")],
    ),
    case(
        "renames in a form",
        "SetInputFilter RENAMES",
        [
            post("/form", b"old=1&x=2", FORM),
            post("/form", multipart(old="1", x="2"), PARTS, name="parts"),
            post("/published/pub/form", b"old=1&x=2", FORM),
            post("/counts", b"old=1&x=2", FORM),
            post("/lines", b"old=1\nx=2\n", FORM),
            post("/cgi/script.cgi", b"old=1&x=2", FORM),
        ],
    ),
    case(
        "shortens a form",
        "SetInputFilter SHORTENS",
        [
            post("/form", b"spam&x=2", FORM),
            post("/published/pub/form", b"spam&x=2", FORM),
            post("/counts", b"spam&x=2", FORM),
            post("/lines", b"spam&x=2\nspam&y", FORM),
        ],
    ),
    case(
        "decodes a form",
        "SetInputFilter DECODES",
        [post("/form", b"b2xkPTEmeD0y", FORM), post("/counts", b"b2xkPTEmeD0y"), post("/lines", b"YQpiCmM=")],
    ),
    case(
        "by lines",
        "SetInputFilter BY_LINES",
        [
            post("/form", b"a=b&c=d", FORM),
            post("/lines", b"one\ntwo\nthree"),
            post("/counts", b"one\ntwo\nthree"),
        ],
    ),
    case(
        "passes a body",
        "SetInputFilter PASSES",
        [
            post("/form", b"a=b&c=d", FORM),
            post("/form", multipart(a="x" * 20000, b="2"), PARTS, name="parts"),
            post("/counts", b"0123456789"),
            post("/cgi/script.cgi", b"0123456789"),
        ],
    ),
)

END = "filter-end: an answer ends where its filter forgot to, and nothing follows its end"
LENGTH = "filter-length: no Content-Length but the true one"
BODY = "filter-body: all that the filters make of a body is read"
VARIANTS = "filter-variants: a filter that was added stays for the file that MultiViews finds"
STR = "form-text: the original has bytes where there was text with Python 2"
HELD = "write-buffer: up to 64 KB are held back"
DISABLE = "filter-disable: what a filter has not read is handed on"
FRAMES = "debug-frames: the original shows chained errors of its own code"
LONE: dict[str, Any] = {"framing": "chunked", "header:Content-Length": None, "header:Accept-Ranges": None}
BARE: dict[str, Any] = {"header:Accept-Ranges": None}
FOOTED = "ONE OF THEM\n<hr>the footer\n"
TWICE_FOOTED = "ONE OF THEM\n<HR>THE FOOTER\n<hr>the footer\n"
PUBLISHED_PAGE = "<html><body>published</body></html>"
MADE = "<h1>page</h1><h1>page</h1>" + '<div class="ad">buy this</div>\n' * 2 + "<p>end</p>\n" * 2


MADE_ONCE = '<h1>page</h1><div class="ad">buy this</div>\n<p>end</p>\n'


def whole(body: str) -> dict[str, Any]:
    return {"body": body, "framing": "length", "header:Content-Length": str(len(body))}


def made(body: str) -> dict[str, Any]:
    return {"body": body, "header:Content-Length": str(len(body))}


# By case and request: what is otherwise with us, and why.
DIFFERS: dict[tuple[str, str], tuple[dict[str, Any], str]] = {
    **{
        (name, asked): (BARE if asked in ("HEAD /page.html", "304") else LONE, LENGTH)
        for name in ("in_parts", "empty_write")
        for asked in ("GET /page.html", "GET /page.txt", "HEAD /page.html", "range", "GET /whole.shtml", "GET /error")
    },
    ("empty_write", "304"): (BARE, LENGTH),
    **{
        ("twice", asked): ({"header:Content-Length": length}, LENGTH)
        for asked, length in (
            ("GET /page.html", "110"),
            ("GET /page.txt", "26"),
            ("HEAD /page.html", "110"),
            ("GET /whole.shtml", "200"),
            ("GET /error", "32"),
        )
    },
    ("twice", "range"): (
        {"status": "206 Partial Content", "body": ">Stati", "header:Content-Range": "bytes 3-8/110"},
        LENGTH,
    ),
    ("twice", "GET /handler"): ({"body": MADE}, END),
    ("twice", "GET /writes_and_redirects"): ({"body": "before " * 2 + "one\ntwo\nthree" * 2}, END),
    ("twice", "GET /published/pub"): (whole(PUBLISHED_PAGE * 2), END),
    ("twice", "GET /published/pub/form"): (whole("old  new  x " * 2), END),
    ("numbers", "GET /cgi/script.cgi"): ({"body": "1: <p>script</p>\n"}, END),
    ("twice", "GET /cgi/script.cgi"): ({"body": "<p>script</p>\n" * 2}, END),
    ("pass_then_more", "GET /cgi/script.cgi"): ({"body": "<p>script</p>\n+"}, FRAMED),
    ("half", "GET /cgi/script.cgi"): ({"body": "<p>script</p>\n"}, DISABLE),
    **{
        ("odd_reads", asked): ({"body": f"[b'', b'', {pieces}][b'', 0][None, None, None, None, None][None, 0]"}, END)
        for asked, pieces in (
            ("GET /moved", "b'<p', b'>Th', b'e document has moved <a href=\"/elsewhere.html\">here</a></p>\\n'"),
            ("GET /not_modified", "b'co', b'nte', b'nt\\n'"),
            ("GET /sends", "b'<h', b'1>S', b'tatic</h1>\\n'"),
            ("GET /cookie", "b'a ', b'coo', b'kie\\n'"),
            ("GET /cgi/script.cgi", "b'<p', b'>sc', b'ript</p>\\n'"),
        )
    },
    ("odd_reads", "OPTIONS /page.html"): (whole("[None, None, None, None, None][None, 0]"), END),
    **{
        ("deletes_length", f"GET /{name}"): ({"framing": "chunked", "header:Content-Length": None}, LENGTH)
        for name in ("handler", "moved", "not_modified", "sends", "cookie", "writes_and_redirects")
    },
    **{
        ("half", asked): ({"body": body}, DISABLE)
        for asked, body in (
            ("GET /page.html", PAGE),
            ("GET /page.txt", "one\ntwo\nthree"),
            ("GET /handler", MADE_ONCE),
            ("GET /whole.shtml", WHOLE),
            ("GET /error", "<p>An error</p>\n"),
            ("GET /moved", '<p>The document has moved <a href="/elsewhere.html">here</a></p>\n'),
            ("GET /sends", PAGE),
            ("GET /writes_and_redirects", "before one\ntwo\nthree"),
        )
    },
    ("half", "range"): ({"status": "206 Partial Content", "body": ">Stati"}, DISABLE),
    ("half", "GET /published/pub"): (whole(PUBLISHED_PAGE), DISABLE),
    ("half", "GET /published/pub/form"): (whole("old  new  x "), DISABLE),
    **{
        ("errors behind a filter", f"GET /psp/{name}.psp"): ({"body": ANY, "header:Content-Length": ANY}, FRAMES)
        for name in ("raises", "raises_late")
    },
    **{
        ("pass_then_more", asked): ({"body": body}, END)
        for asked, body in (
            ("GET /page.html", PAGE),
            ("GET /page.txt", "one\ntwo\nthree"),
            ("HEAD /page.html", ""),
            ("range", ">Stati"),
            ("304", ""),
            ("HEAD /handler", ""),
            ("GET /published/pub", PUBLISHED_PAGE),
            ("GET /published/pub/form", "old  new  x "),
            ("GET /whole.shtml", WHOLE),
            ("GET /error", "<p>An error</p>\n"),
            ("OPTIONS /page.html", ""),
        )
    },
    **{
        (f"{name} {where}", "GET /whole.shtml"): (BARE, LENGTH)
        for name, where in (
            ("capitalize", "of pages with includes"),
            ("footer", "of pages with includes"),
            ("numbers", "of pages with includes"),
            ("status", "of pages with includes"),
            ("footer", "before includes"),
        )
    },
    ("capitalize before includes", "GET /whole.shtml"): ({"framing": "length", "header:Content-Length": "130"}, HELD),
    **{
        (f"added in the phase {phase}", "GET /views/one"): (made(body), VARIANTS)
        for phase, body in (
            ("post read request", FOOTED),
            ("trans", TWICE_FOOTED),
            ("header parser", FOOTED),
            ("access", FOOTED),
        )
    },
    ("added in the phase type", "GET /views/one"): ({"status": "200 OK", "body": TWICE_FOOTED}, VARIANTS),
    ("by extension, of an index and of variants", "POST /pspindex/"): (
        made("<P>TRUE TRUE</P>\nSENT A_NEW_NAME=\n"),
        BODY,
    ),
    ("renames in a form", "POST /form"): (made("a_new_name='1'\nx='2'\n"), BODY),
    ("renames in a form", "POST /published/pub/form"): (made("old  new 1 x 2"), BODY),
    ("renames in a form", "POST /counts"): (made("a_ne 0 4\nw_na 0 8\nme=1 0 12\n&x=2 0 16\n"), BODY),
    ("renames in a form", "POST /lines"): (made("<a_new_name=1\n><x=2\n>"), BODY),
    ("shortens a form", "POST /form"): (made("x='2'\n"), STR),
    ("shortens a form", "POST /published/pub/form"): (made("old  new  x 2"), STR),
    ("shortens a form", "POST /counts"): (made("x=2 0 3\n"), BODY),
    ("decodes a form", "POST /form"): (made("old='1'\nx='2'\n"), STR),
    ("decodes a form", "POST /counts"): (made("old= 0 4\n1&x= 0 8\n2 0 9\n"), BODY),
    ("by lines", "POST /form"): (made("A='B'\nC='D'\n"), STR),
    ("by lines", "POST /counts"): (made("ONE\n 0 4\nTWO\n 0 8\nTHRE 0 12\nE 0 13\n"), BODY),
    ("passes a body", "POST /form"): (made("a='b'\nc='d'\n"), STR),
    ("passes a body", "parts"): ({"framing": "length", "header:Content-Length": "20011"}, HELD),
    ("passes a body", "POST /counts"): (made("0123 0 4\n4567 0 8\n89 0 10\n"), BODY),
}


def _told(case_: Case) -> Case:
    """The case with what is otherwise with us."""
    requests = []
    for title, asked in zip(titles(case_.requests), case_.requests, strict=True):
        fields, why = DIFFERS.get((case_.name, title), ({}, ""))
        differs = {name: (value, why) for name, value in fields.items()}
        requests.append(replace(asked, differs={**asked.differs, **differs}))
    return replace(case_, requests=requests)


CASES = tuple(map(_told, RAW))
