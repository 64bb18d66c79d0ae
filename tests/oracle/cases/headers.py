"""mod_headers: Header and RequestHeader, on every kind of answer."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..request import ANY, Request, get, head, post, request
from ..site import Entry, File, Site
from . import Case

MODULES = ("headers",)
SHOW = """
    from mod_python import apache

    def handler(req):
        for name, value in sorted(req.headers_in.items()):
            if name.lower().startswith("x-") or name.lower() in ("content-type", "range"):
                req.write("%s: %s\\n" % (name, value), 0)
        return 0

    def fixuphandler(req):
        req.write("fixup: %s\\n" % req.headers_in.get("X-Req"), 0)
        return 0
"""
MAKE = """
    from mod_python import apache

    def handler(req):
        req.content_type = "text/plain; charset=utf-8"
        req.headers_out["X-Out"] = "out"
        req.headers_out.add("X-Twice", "one, two")
        req.headers_out.add("x-twice", "two")
        req.headers_out["Cache-Control"] = 'private, "no, store", max-age=5'
        req.err_headers_out["X-Err"] = "err"
        req.err_headers_out.add("Set-Cookie", "a=1; path=/")
        req.err_headers_out.add("Set-Cookie", "b=2; path=/")
        req.subprocess_env["VALUE"] = "from the handler"
        req.subprocess_env["TWO_LINES"] = "one\\r\\ntwo"
        req.notes["note"] = "noted"
        what = req.args
        if what == "status":
            req.status = 404
        elif what == "redirect":
            req.headers_out["Location"] = "http://elsewhere.test/"
            return apache.HTTP_MOVED_TEMPORARILY
        elif what == "local":
            req.internal_redirect("/page.html")
            return 0
        elif what == "raise":
            raise ValueError("wrong")
        elif what == "bad":
            req.headers_out["X-Bad"] = "a\\r\\nb"
        elif what == "later":
            req.write("first\\n")
            req.headers_out["X-Late"] = "late"
        elif what and what.isdigit():
            return int(what)
        req.write("made\\n")
        return 0
"""
BEFORE = """
    from mod_python import apache

    def PHASEhandler(req):
        req.content_type = "text/plain"
        req.headers_out["X-Phase"] = "phase"
        what = req.args
        if what == "DONE":
            req.write("done", 0)
            return apache.DONE
        if what == "OK":
            req.write("ok\\n")
        elif what == "status":
            req.status = 404
            req.write("status", 0)
            return apache.DONE
        elif what == "404":
            return 404
        elif what == "write404":
            req.write("written", 0)
            req.flush()
            return 404
        elif what == "write200":
            req.write("held\\n", 0)
        return apache.OK

    def handler(req):
        req.headers_out["X-Handler"] = "handler"
        req.write("handler\\n")
        return apache.OK
"""
FILES: dict[str, Entry] = {
    "lib/show_headers.py": SHOW,
    "lib/make_headers.py": MAKE,
    "htdocs/page.html": "<p>page</p>\n",
    "htdocs/index.html": "<p>index</p>\n",
    "htdocs/error.html": "<p>error</p>\n",
    "htdocs/big.txt": File(b"0123456789" * 10000),
    "htdocs/sub/page.html": "<p>page</p>\n",
    "htdocs/sub/deep/page.html": "<p>page</p>\n",
    "htdocs/index.show": "",
}
BASE = """
    PythonPath "['@ROOT@/lib'] + sys.path"
    <Location /show>
        SetHandler mod_python
        PythonHandler show_headers
    </Location>
    <Location /make>
        SetHandler mod_python
        PythonHandler make_headers
    </Location>
    <Location /closed>
        Require all denied
    </Location>
    Redirect /gone-elsewhere http://elsewhere.test/
    Redirect gone /gone
"""
AFTER = "Sun, 04 Feb 2024 04:05:06 GMT"
TAG = '"c-6107255704080"'
KINDS = [
    get("/page.html"),
    head("/page.html"),
    get("/page.html", {"If-None-Match": TAG}, name="304"),
    get("/page.html", {"If-Match": '"other"'}, name="412"),
    get("/absent"),
    head("/absent"),
    get("/closed"),
    get("/gone-elsewhere"),
    get("/gone"),
    get("/sub"),
    get("/"),
    get("/make"),
    head("/make"),
    *(get(f"/make?{what}") for what in ("status", "redirect", "local", "raise", "later")),
    *(get(f"/make?{code}") for code in (204, 304, 401, 404, 405, 500)),
    request("OPTIONS", "/page.html"),
    request("PUT", "/page.html"),
    get("/%2e%2e/%2e%2e", name="400"),
]


def case(
    name: str,
    rules: str,
    requests: Any = KINDS,
    files: Mapping[str, Entry] = FILES,
    modules: tuple[str, ...] = MODULES,
    **options: Any,
) -> Case:
    """A case with these rules behind the usual sections."""
    return Case(name, Site(BASE + rules, {**FILES, **files}, modules), requests, **options)


def show(headers: Mapping[str, str] | tuple[tuple[str, str], ...] = (), **options: Any) -> Request:
    """A request whose headers the handler shows."""
    return get("/show", headers, **options)


SOME = [get("/page.html"), get("/make"), get("/make?404"), get("/absent"), get("/make?304")]
LOAD = "server-load: the workers are the WSGI server's"

LINES = "header-lines: httpd answers 500 to every request"
EXPRESSION = "expressions: they stop the start"
ONE = "one-location: the original sends both"
TRUE = "content-length: what an answer is long, it says itself"
LENGTH = {"header:Content-Length": (None, TRUE), "framing": ("chunked", TRUE)}
LOCATION = {"header:Location": ("http://other.test/", ONE)}

VALUES = {
    "plain": "text",
    "quoted": '"two words"',
    "percent": "100%%",
    "percent at the end": "100%",
    "escapes": r'"a\\b\tc\xd"',
    "variable": "%{VALUE}e",
    "variable not there": "%{ABSENT}e",
    "variables": '"%{VALUE}e and %{VALUE}e."',
    "braces": "%{VALUE}}e",
    "no argument": "%e",
    "empty": '""',
    "two lines": "%{TWO_LINES}e",
    "ssl": "%{HTTPS}s",
    "ssl not there": "%{SSL_PROTOCOL}s",
    "utf-8": "caf\u00e9",
    "colon": "a:b",
    "unknown tag": "%x",
    "unknown tag of a letter": "%{VALUE}x",
    "open brace": "%{VALUE",
}

CASES = (
    case("set", "Header set X-Out new\nHeader set X-New new\nHeader set Set-Cookie c=3"),
    case("always set", "Header always set X-Err new\nHeader always set X-New new\nHeader always set X-Out both"),
    case("onsuccess", "Header onsuccess set X-New new\nHeader ONSUCCESS Set x-other: new"),
    case("add", "Header add X-Out more\nHeader add X-Out more\nHeader always add Set-Cookie c=3"),
    case("append", "Header append X-Twice new\nHeader append X-New new\nHeader always append X-Err new"),
    case(
        "merge",
        "Header merge Cache-Control private\nHeader merge Cache-Control no\nHeader merge X-Twice two\n"
        "Header merge X-New new\nHeader merge X-Out OUT\nHeader always merge X-Err err\n"
        'Header merge Cache-Control "\\"no, store\\""\nHeader merge Vary Cookie',
    ),
    case("setifempty", "Header setifempty X-Out new\nHeader setifempty X-New new\nHeader always setifempty X-Err new"),
    case("unset", "Header unset X-Out\nHeader unset Last-Modified\nHeader unset ETag\nHeader unset X-Err"),
    case("always unset", "Header always unset X-Err\nHeader always unset Set-Cookie\nHeader always unset ETag"),
    case("always unset content type", "Header always unset Content-Type\nHeader always edit Content-Type html xhtml"),
    case("unset what the server adds", "Header unset Content-Length\nHeader unset Content-Type\nHeader unset Location"),
    case(
        "edit",
        "Header edit X-Out ^o(.) $1$0\nHeader edit X-Twice o x\nHeader edit Set-Cookie ^(.*)$ $1;Secure\n"
        "Header edit ETag ^W/ other\nHeader always edit Set-Cookie ^(.*)$ $1;HttpOnly\nHeader edit X-New a b",
    ),
    case(
        "edit*",
        "Header edit* X-Twice o 0\nHeader always edit* Set-Cookie = :\nHeader edit* X-Out ^. x\n"
        "Header edit* Cache-Control ([a-z])- $1_",
    ),
    case("edit with a variable", 'Header edit X-Out out "%{VALUE}e \\$0 $0"\nHeader edit* X-Twice "t(w)o" "%%$1"'),
    case("edit ignores case", "Header edit X-Out (?i)OUT new\nHeader edit X-Twice (?i)TWO 2"),
    case(
        "echo",
        'Header echo ^X-Re\nHeader echo "^x-lower$"',
        [show({"X-Req": "1", "X-Rex": "2", "X-Lower": "3"}), *SOME],
    ),
    case(
        "index of a section", '<Files "index.html">\nHeader set X-Index yes\nHeader always set X-Always yes\n</Files>'
    ),
    case(
        "request, index of a section",
        "AddHandler mod_python .show\nPythonHandler show_headers\nDirectoryIndex index.show\n"
        '<Files "index.show">\nRequestHeader append X-Req more\n</Files>\n'
        "<Location /other/>\nRequestHeader append X-Req more\n</Location>",
        [get("/"), get("/index.show"), get("/", {"X-Req": "1"}, name="with one"), get("/other/")],
        {"htdocs/other/index.show": ""},
    ),
    case("note", "Header note X-Out out-note\nHeader note X-Absent absent-note", SOME),
    case("content type", "Header set Content-Type text/x-new"),
    case("content type always", "Header always set Content-Type text/x-new"),
    case(
        "content type edited", "Header edit Content-Type html xhtml\nHeader edit Content-Type ^text/plain text/x-plain"
    ),
    case("content type setifempty", "Header setifempty Content-Type text/x-new\nHeader append Content-Type x", SOME),
    case("content type and charset", "AddDefaultCharset utf-8\nHeader set Content-Type text/html", SOME),
    case(
        "content length",
        "Header set Content-Length 3",
        [get("/page.html"), get("/make", differs=LENGTH), get("/make?404")],
    ),
    case("location", "Header set Location http://other.test/\nHeader edit Location test$ example"),
    case(
        "status of a redirection",
        "Header always set Location http://other.test/",
        [
            replace(each, differs=LOCATION) if each.target in ("/gone-elsewhere", "/sub", "/make?redirect") else each
            for each in KINDS
        ],
    ),
    case("no Vary", "Header append Vary Cookie\nHeader append Vary Host\nHeader always append Vary Always"),
    case(
        "environment",
        "SetEnvIf X-Flag . FLAG\nSetEnv FIXED 1\nHeader set X-Flag yes env=FLAG\nHeader set X-None yes env=!FLAG\n"
        "Header always set X-Fixed yes env=FIXED\nHeader set X-Value yes env=VALUE\nHeader unset X-Out ENV=FLAG\n"
        "Header edit X-Twice two 2 env=!ABSENT\nHeader always set X-Redirect yes env=REDIRECT_FLAG",
        [*KINDS, get("/page.html", {"X-Flag": "1"}, name="flag"), get("/absent", {"X-Flag": "1"}, name="flag, absent")],
    ),
    case(
        "early",
        "Header set X-Early yes early\nHeader always set X-Err early EARLY\nHeader append X-Out early early\n"
        "RequestHeader set X-Req early early\nSetEnvIf X-Req early SEEN\nHeader set X-Seen yes env=SEEN",
        [*KINDS, show(), show({"X-Req": "client"})],
    ),
    case(
        "early in a section",
        "<Directory @ROOT@/htdocs>\nHeader set X-Early yes early\nRequestHeader set X-Req early early\n</Directory>",
        [get("/page.html"), show(), get("/absent")],
    ),
    case(
        "sections",
        "Header add X-Order server\nHeader always add X-Order always-server\n"
        "<Directory @ROOT@/htdocs>\nHeader add X-Order htdocs\n</Directory>\n"
        "<Directory @ROOT@/htdocs/sub>\nHeader add X-Order sub\nHeader always add X-Order always-sub\n"
        "Header setifempty X-Order never\n</Directory>\n"
        '<Files "page.html">\nHeader add X-Order files\n</Files>\n'
        "<Location /sub/deep>\nHeader add X-Order location\nHeader unset X-Other\n</Location>\n"
        "<Location />\nHeader set X-Other other\n</Location>",
        [
            get("/page.html"),
            get("/sub/page.html"),
            get("/sub/deep/page.html"),
            get("/sub/absent"),
            get("/absent"),
            get("/make"),
            get("/"),
            get("/sub"),
        ],
    ),
    case(
        "virtual host",
        "Header add X-Order server\n<VirtualHost *:@PORT@>\nServerName other.test\nDocumentRoot @ROOT@/htdocs\n"
        "Header add X-Order host\n</VirtualHost>\n",
        [get("/page.html", host="other.test", name="other"), get("/page.html")],
    ),
    case(
        "htaccess",
        "<Directory @ROOT@/htdocs>\nAllowOverride FileInfo\nHeader add X-Order directory\n</Directory>\n"
        '<Files "page.html">\nHeader add X-Order files\n</Files>',
        [get("/page.html"), get("/sub/page.html"), get("/sub/deep/page.html"), get("/sub/absent"), get("/sub/deep/")],
        {
            "htdocs/.htaccess": "Header add X-Order htaccess\nHeader always set X-Always %{VALUE}e\n",
            "htdocs/sub/.htaccess": "Header add X-Order sub\n<Files absent>\nHeader always add X-Order 1\n</Files>\n",
            "htdocs/sub/deep/.htaccess": "Header unset X-Order\nRequestHeader set X-Req 1\n",
        },
    ),
    case(
        "htaccess without FileInfo",
        "<Directory @ROOT@/htdocs>\nAllowOverride AuthConfig Indexes Limit\n</Directory>",
        [get("/page.html"), get("/sub/page.html")],
        {"htdocs/sub/.htaccess": "Header set X-Out 1\n"},
    ),
    case(
        "broken htaccess",
        "<Directory @ROOT@/htdocs>\nAllowOverride All\n</Directory>",
        [get("/page.html"), get("/sub/page.html")],
        {"htdocs/sub/.htaccess": "Header frob X-Out 1\n"},
    ),
    case(
        "error document",
        "ErrorDocument 404 /error.html\nErrorDocument 403 /make\nErrorDocument 410 text\nErrorDocument 500 /absent\n"
        "ErrorDocument 405 http://elsewhere.test/\n"
        "Header set X-Success yes\nHeader always set X-Always yes\nHeader always append X-Err more\n"
        "<Location /error.html>\nHeader set X-Error-Page yes\n</Location>\n"
        "<Location /absent>\nHeader set X-Absent yes\nHeader always set X-Absent-Always yes\n</Location>",
    ),
    case(
        "request",
        "RequestHeader set X-Req new\nRequestHeader add X-Add more\nRequestHeader append X-Append more\n"
        "RequestHeader merge X-Merge two\nRequestHeader setifempty X-Empty new\nRequestHeader unset X-Gone\n"
        "RequestHeader edit X-Edit a b\nRequestHeader edit* X-Every a b",
        [
            show(),
            show({"X-Req": "old", "X-Append": "old", "X-Merge": "one, two", "X-Empty": "old"}),
            show({"X-Gone": "old", "X-Edit": "aaa", "X-Every": "aaa"}),
            show({"X-Add": "old"}, name="added", differs={"body": (ANY, "header-names: order and joining")}),
        ],
    ),
    case(
        "request, environment",
        "SetEnvIf X-Flag . FLAG\nSetEnv FIXED fixed\nRequestHeader set X-Req %{FIXED}e env=FLAG\n"
        "RequestHeader set X-Other %{FLAG}e env=!FLAG\nRequestHeader set X-Fixed yes env=FIXED",
        [show(), show({"X-Flag": "1"})],
    ),
    case(
        "request, fixup handler",
        "RequestHeader set X-Req set\n<Location /show>\nPythonFixupHandler show_headers\n</Location>",
        [show()],
    ),
    case(
        "request, index",
        "RequestHeader append X-Req more\nAddHandler mod_python .show\nPythonHandler show_headers\n"
        "DirectoryIndex index.show",
        [get("/"), get("/index.show"), get("/", {"X-Req": "1"}, name="with one")],
    ),
    case(
        "request, internal redirect",
        "RequestHeader append X-Req more\nErrorDocument 404 /show",
        [get("/absent"), get("/absent", {"X-Req": "1"}, name="with one")],
    ),
    case(
        "request, what the server reads",
        "RequestHeader unset If-None-Match\nRequestHeader unset If-Modified-Since\n"
        "RequestHeader set Content-Type text/x",
        [
            get("/page.html", {"If-None-Match": TAG}),
            get("/page.html", {"If-Modified-Since": AFTER}),
            get("/page.html"),
            show(),
            show({"Content-Type": "text/plain"}),
        ],
    ),
    case(
        "request, sections",
        "RequestHeader append X-Req server\n<Location />\nRequestHeader append X-Req location\n</Location>\n"
        "<Directory @ROOT@/htdocs>\nRequestHeader append X-Req directory\n</Directory>",
        [show()],
    ),
    *(
        case(f"value: {name}", f"Header always set X-Value {value}", SOME, starts=(False, why))
        for name, value, why in (
            ("newline", r'"a\nb"', LINES),
            ("return", r'"a\rb"', LINES),
            ("expression", "expr=%{REQUEST_URI}", EXPRESSION),
            ("condition", 'b "expr=true"', EXPRESSION),
        )
    ),
    *(
        case(
            f"answered in {phase}",
            "Header set X-Success yes\nHeader always set X-Always yes\nExpiresActive On\nExpiresDefault A60\n"
            f"<Location /before>\nSetHandler mod_python\nPython{phase}Handler before\n"
            "PythonHandler before\n</Location>",
            [get(f"/before?{what}") for what in ("", "DONE", "OK", "status", "404", "write404", "write200")],
            {"lib/before.py": BEFORE.replace("PHASE", phase.lower())},
            modules=(*MODULES, "expires"),
        )
        for phase in ("Fixup", "Access", "HeaderParser")
    ),
    case(
        "odd requests",
        "Header set X-Success yes\nHeader always set X-Always yes",
        [
            request("OPTIONS", "*"),
            request("TRACE", "/page.html", differs={"status": ("405 Method Not Allowed", "trace: no TRACE here")}),
            get("/page.html", protocol="HTTP/1.0", name="HTTP/1.0"),
            post("/make", b"a=1"),
            post("/page.html", b"a=1"),
            request("FROB", "/page.html"),
            get("/page.html", host="<b>", name="bad host"),
        ],
    ),
    case("load", "Header set X-Value %l\nHeader edit* X-Value [0-9]+ 0", [get("/page.html")]),
    case("time", "Header set X-Value %t\nHeader edit* X-Value [0-9]+ 0", [get("/page.html")]),
    case("duration", "Header set X-Value %D\nHeader edit* X-Value [0-9]+ 0", [get("/page.html")]),
    case(
        "idle and busy",
        'Header set X-Value "%i %b"',
        [get("/page.html", differs={"header:X-Value": ("i=-1 b=-1", LOAD)})],
    ),
    *(case(f"value: {name}", f"Header always set X-Value {value}", SOME) for name, value in VALUES.items()),
    *(
        case(f"refused: {rule}", rule, [get("/page.html")])
        for rule in (
            "Header",
            "Header set",
            "Header set X-Out",
            "Header frob X-Out a",
            "Header set X-Out a b",
            "Header set X-Out a early b",
            "Header set X-Out a env=",
            "Header set X-Out a env=!",
            "Header unset X-Out a",
            "Header unset X-Out early more",
            "Header echo X-Out a",
            "Header edit X-Out a",
            "Header edit X-Out ( b",
            "Header edit X-Out a b c",
            "Header edit X-Out a b early c",
            "Header echo (",
            "RequestHeader echo X-Out",
            "RequestHeader always set X-Out a",
            "RequestHeader set X-Out",
            "Header always",
            "Header note X-Out",
            "Header always always set X-Out a",
        )
    ),
    Case(
        "force-no-vary",
        Site(
            """
            BrowserMatch MSIE force-no-vary
            <Location />
                Header append Vary User-Agent
                Header always append Vary Cookie
            </Location>
            <Files index.html>
                SetEnv force-no-vary
            </Files>
            """,
            FILES,
            modules=MODULES,
        ),
        [
            request(method, path, {"User-Agent": agent, **more}, name=f"{method} {path} {agent} {' '.join(more)}")
            for agent in ("Mozilla/4.0 (compatible; MSIE 6.0)", "another")
            for method, path, more in (
                ("GET", "/page.html", {}),
                ("HEAD", "/page.html", {}),
                ("GET", "/page.html", {"If-None-Match": TAG}),
                ("GET", "/", {}),
                ("GET", "/absent", {}),
                ("GET", "/sub", {}),
            )
        ],
    ),
)
