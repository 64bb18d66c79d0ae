"""ErrorDocument: a text, a path with its REDIRECT_* variables, a URL, the default; and ServerSignature."""

from dataclasses import replace
from typing import Any

from ..request import ANY, Request, get, head, post, request
from ..site import Entry, Site
from . import Case, words

SHOW = """
    from mod_python import apache

    SHOWN = ("REDIRECT_", "ERROR_NOTES", "REQUEST_METHOD", "QUERY_STRING", "CONTENT_", "SCRIPT_NAME", "PATH_INFO")

    def handler(req):
        req.content_type = "text/plain"
        req.add_common_vars()
        req.add_cgi_vars()
        req.write("%s %s, status %d, method %s, prev %s %s\\n" % (
            req.uri, req.args, req.status, req.method, req.prev and req.prev.uri, req.prev and req.prev.status), 0)
        for name, value in sorted(req.subprocess_env.items()):
            if name.startswith(SHOWN):
                req.write("%s=%s\\n" % (name, value), 0)
        req.write("body %r\\n" % req.read(), 0)
        return 0
"""
FAIL = """
    from mod_python import apache

    def handler(req):
        req.subprocess_env["OWN"] = "own"
        req.user = "ann"
        req.notes["error-notes"] = "what <went> wrong"
        req.notes["verbose-error-to"] = "*"
        req.headers_out["X-Out"] = "out"
        req.err_headers_out["X-Err"] = "err"
        req.write("dropped", 0)
        if req.args == "raise":
            raise ValueError("wrong")
        if req.args == "written":
            req.write("written")
            return 404
        code = int(req.args)
        if code in (301, 302, 303, 307):
            req.headers_out["Location"] = "http://elsewhere.test/"
        return code

    def fail_late(req):
        return 0
"""
SERVER = """
    def handler(req):
        req.add_common_vars()
        req.write("%s|%s" % (req.subprocess_env["SERVER_SOFTWARE"], req.subprocess_env["SERVER_SIGNATURE"]))
        return 0
"""
FILES: dict[str, Entry] = {
    "lib/show_error.py": SHOW,
    "lib/fail_error.py": FAIL,
    "htdocs/error.html": "<p>error</p>\n",
    "htdocs/closed/page.html": "closed\n",
    "htdocs/sub/page.html": "page\n",
    "htdocs/folder/index.html": "<p>index</p>\n",
}
BASE = """
    PythonPath "['@ROOT@/lib'] + sys.path"
    SetEnvIf Request_URI . SEEN=seen
    <Location /show>
        SetHandler mod_python
        PythonHandler show_error
    </Location>
    <Location /fail>
        SetHandler mod_python
        PythonHandler fail_error
    </Location>
    <Directory "@ROOT@/htdocs/closed">
        Require all denied
    </Directory>
    Redirect gone /gone
    Redirect /moved http://elsewhere.test/
"""
CODES = (301, 302, 304, 400, 401, 403, 404, 405, 410, 413, 418, 451, 500, 501, 503)
EXPRESSION = (False, "expressions: they stop the start")
HEAD, POST = head("/absent"), post("/fail?500", b"a=1")
METHOD = {"header:Content-Length": ("204", "error-page-method: a handler sees the method that the answer is for")}
NO_BODY = "error-page-body: the page is not there to read what was sent"
UNREAD = {"body": (ANY, NO_BODY), "header:Content-Length": ("322", NO_BODY)}
ASK: list[Request] = [
    get("/absent"),
    get("/absent?a=1&b=2"),
    HEAD,
    post("/absent", b"a=1", {"Content-Type": "application/x-www-form-urlencoded"}),
    get("/closed/page.html"),
    get("/gone"),
    get("/moved"),
    *(get(f"/fail?{code}") for code in CODES if code != 418),
    get("/fail?raise"),
    get("/fail?written"),
    POST,
    request("PUT", "/sub/page.html", body=b"x"),
    get("/%2e%2e/%2e%2e", name="400"),
    get("/sub/page.html/info"),
]


def every(target: str) -> str:
    """An ErrorDocument for each of the statuses."""
    return "".join(f"ErrorDocument {code} {target}\n" for code in CODES if code not in (304, 418))


def case(
    name: str, rules: str, requests: list[Request] = ASK, files: dict[str, Entry] | None = None, **options: Any
) -> Case:
    """A case with these rules behind the usual sections."""
    return Case(name, Site(BASE + rules, {**FILES, **(files or {})}), requests, **options)


FEW = [get("/absent"), get("/closed/page.html"), get("/fail?404"), get("/fail?500"), get("/sub/absent")]
TEXTS = {
    "one word": "word",
    "quoted": '"two words"',
    "open quote": '"two words',
    "markup": '"<h1>no & \\"yes\\"</h1>"',
    "empty": '""',
    "slash and blank": '"/show me"',
    "url and blank": '"http://elsewhere.test/ is it"',
    "utf-8": '"caf\u00e9"',
    "dollar": '"$1 100%"',
    "escapes": r'"a\\nb"',
}

CASES = (
    case(
        "a path",
        every("/show"),
        [each for each in ASK if each not in (HEAD, POST)]
        + [replace(HEAD, differs=METHOD), replace(POST, differs=UNREAD)],
    ),
    case("pages with notes", "", [get(f"/fail?{code}") for code in (*CODES, *range(505, 509), *range(411, 418))]),
    case("a path with a query", every("/show?q=1"), [*FEW, get("/absent?a=1")]),
    case("a file", every("/error.html")),
    case("a folder", every("/folder/"), FEW),
    case("a folder without its slash", every("/folder"), FEW),
    case("a text", every('"It is <b>gone</b>."')),
    case("a URL", every("http://elsewhere.test/error?e=1")),
    case("a URL of another scheme", every("ftp://elsewhere.test/"), FEW),
    case("the default", every('"text"') + every("default"), FEW),
    case("DEFAULT", every('"text"') + every("DEFAULT"), FEW),
    case("absent", every("/not-there"), FEW),
    case("closed", every("/closed/page.html"), FEW),
    case("failing", every("/fail?503"), FEW),
    case("redirecting", every("/fail?302"), FEW),
    case("a path that is no path", every("error.html"), FEW),
    *(
        case(
            f"signature: {rules}",
            f"{rules}\n<Directory @ROOT@/htdocs/sub>\nServerSignature Off\n</Directory>\n"
            "<Location /fail>\nServerSignature EMail\n</Location>\nErrorDocument 403 text\n"
            "<Location /vars>\nServerSignature On\nSetHandler mod_python\nPythonHandler show_server\n</Location>\n",
            [*FEW, get("/absent", host="<b>.test:81", name="another host"), get("/vars"), head("/absent")],
            {"lib/show_server.py": SERVER},
        )
        for rules in (
            *(f"ServerTokens {tokens}\nServerSignature On" for tokens in words("Prod ProductOnly Major Minor Min")),
            "ServerTokens Minimal\nServerSignature email\nUseCanonicalName On",
            "ServerTokens Prod\nServerSignature Off",
            "ServerTokens Prod\nServerAdmin http://admin.test/",
            "ServerTokens Prod\nServerSignature email\nUseCanonicalName Off",
        )
    ),
    *(case(f"text: {name}", every(text), FEW) for name, text in TEXTS.items()),
    case(
        "sections",
        "ErrorDocument 404 server\nErrorDocument 403 server\nErrorDocument 500 server\n"
        "<Directory @ROOT@/htdocs>\nErrorDocument 404 htdocs\n</Directory>\n"
        "<Directory @ROOT@/htdocs/sub>\nErrorDocument 404 default\n</Directory>\n"
        "<Location /fail>\nErrorDocument 404 location\n</Location>\n",
        FEW,
    ),
    case(
        "htaccess",
        "<Directory @ROOT@/htdocs>\nAllowOverride FileInfo\n</Directory>",
        FEW,
        {"htdocs/.htaccess": "ErrorDocument 404 /show\n", "htdocs/sub/.htaccess": "ErrorDocument 404 sub\n"},
    ),
    case("charset", 'SetEnvIf Request_URI "." suppress-error-charset\n' + every("text"), FEW),
    case("charset of the default page", 'SetEnvIf Request_URI "." suppress-error-charset\n', FEW),
    case("added charset", "AddDefaultCharset utf-8\n" + every("text"), FEW),
    case("expression", "ErrorDocument 404 /a/%{REQUEST_URI}", FEW, starts=EXPRESSION),
    *(
        case(f"refused: {rule}", f"{rule}\n", [get("/absent")])
        for rule in (
            "ErrorDocument",
            "ErrorDocument 404",
            "ErrorDocument 404 a b",
            "ErrorDocument 99 a",
            "ErrorDocument 600 a",
            "ErrorDocument x a",
            "ErrorDocument 200 a",
            "ErrorDocument 499 a",
            "ErrorDocument 418 a",
            "ErrorDocument 100 a",
            "ErrorDocument 304 a",
            "ErrorDocument 0404 a",
            "ErrorDocument 404x a",
            "ErrorDocument 401 http://elsewhere.test/",
            "ErrorDocument 1404 a",
        )
    ),
)
