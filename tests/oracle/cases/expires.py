"""mod_expires: ExpiresActive, ExpiresByType, ExpiresDefault."""

from collections.abc import Sequence

from ..request import Request, get, head, request
from ..site import Entry, Site
from . import Case

FILES: dict[str, Entry] = {
    "lib/making.py": """
        from mod_python import apache

        def handler(req):
            req.content_type = "text/html; charset=utf-8"
            if req.args == "out":
                req.headers_out["Expires"] = "Thu, 01 Jan 1970 00:00:00 GMT"
            elif req.args == "err":
                req.err_headers_out["Expires"] = "Thu, 01 Jan 1970 00:00:00 GMT"
            elif req.args == "cache":
                req.headers_out["Cache-Control"] = "private"
            elif req.args == "no_cache":
                req.no_cache = 1
            elif req.args == "none":
                req.content_type = None
            elif req.args == "status":
                req.status = 404
            elif req.args:
                return int(req.args)
            req.write("made")
            return 0
    """,
    "htdocs/page.html": "<p>page</p>\n",
    "htdocs/index.html": "<p>page</p>\n",
    "htdocs/note.txt": "text\n",
    "htdocs/image.png": "image\n",
    "htdocs/noext": "no type\n",
    "htdocs/sub/page.html": "<p>page</p>\n",
    "htdocs/sub/image.png": "image\n",
}
BASE = """
    PythonPath "['@ROOT@/lib'] + sys.path"
    <Location /make>
        SetHandler mod_python
        PythonHandler making
    </Location>
    Redirect /elsewhere http://elsewhere.test/
    ExpiresActive On
"""
TAG = '"c-6107255704080"'
PATHS = ("/page.html", "/note.txt", "/image.png", "/noext", "/make", "/absent", "/sub/page.html")
SOME = [get(path) for path in PATHS]
KINDS = [
    *SOME,
    *(
        get(f"/make?{what}")
        for what in ("out", "err", "cache", "no_cache", "none", "status", "204", "304", "404", "302")
    ),
    get("/"),
    get("/sub"),
    head("/page.html"),
    get("/page.html", {"If-None-Match": TAG}, name="304"),
    get("/page.html", {"If-Match": '"other"'}, name="412"),
    get("/elsewhere"),
    request("OPTIONS", "/page.html"),
]
CODES = (
    "A3600",
    "A0",
    "A-1",
    "A",
    "A60x",
    "M60",
    "M9999999",
    "A3153600000",
    "access plus 1 hour",
    "now plus 1 hour",
    "access 1 hour",
    "access plus 1 month 2 weeks 3 days 4 hours 5 minutes 6 seconds",
    "access plus 2 years",
    "access plus 100 years",
    "access",
    "access plus",
    "access plus 0 seconds",
    "access plus 1 mi 1 mo",
    "n p 1 h",
    "Access plus 1 hour",
    "ACCESS plus 1 hour",
    "aCCESS PLUS 1 HOUR",
    "Modification plus 1 hour",
    "modification plus 1 hour",
    "access plus 1x hour",
)
BROKEN = (
    "ExpiresDefault",
    "ExpiresDefault 3600",
    "ExpiresDefault X60",
    'ExpiresDefault ""',
    'ExpiresDefault "access plus hour"',
    'ExpiresDefault "access plus 1"',
    'ExpiresDefault "access plus 1 eon"',
    'ExpiresDefault "access plus 1 m"',
    'ExpiresDefault "access plus -1 hour"',
    'ExpiresDefault "1 hour"',
    "ExpiresDefault access plus 1 hour",
    "ExpiresByType text A60",
    "ExpiresByType text/html",
    'ExpiresByType text/html "access plus 1"',
    "ExpiresActive maybe",
)


def case(name: str, rules: str, requests: Sequence[Request] = SOME, files: dict[str, Entry] | None = None) -> Case:
    """A case with these rules behind the usual sections."""
    return Case(name, Site(BASE + rules, {**FILES, **(files or {})}, ("expires", "headers")), requests)


CASES = (
    case("default", "ExpiresDefault A3600", KINDS),
    case("default of the file", 'ExpiresDefault "modification plus 100 days"', KINDS),
    case("by type", "ExpiresByType text/html A60\nExpiresByType TEXT/Plain M60\nExpiresByType image/* A5", KINDS),
    case("by type and default", "ExpiresByType text/html A60\nExpiresDefault A7", KINDS),
    case("wildcard and type", "ExpiresByType text/html A60\nExpiresByType text/* A61\nExpiresByType */* A62"),
    case("any type", "ExpiresByType */* A62"),
    case("not active", "ExpiresActive Off\nExpiresDefault A60"),
    case("nothing said", ""),
    case("charset", "AddDefaultCharset utf-8\nExpiresByType text/html A60"),
    case("parameters", 'ExpiresByType "text/html; charset=utf-8" A60', [get("/make"), get("/page.html")]),
    case(
        "sections",
        "ExpiresByType text/* A1\nExpiresByType image/png A2\nExpiresDefault A3\n"
        "<Directory @ROOT@/htdocs/sub>\nExpiresByType text/html A4\n</Directory>\n"
        "<Location /sub/image.png>\nExpiresDefault A5\n</Location>",
        [*SOME, get("/sub/image.png")],
    ),
    case(
        "wildcards of an outer section",
        "ExpiresByType text/* A1\n<Directory @ROOT@/htdocs/sub>\nExpiresByType image/png A4\n</Directory>",
        [*SOME, get("/sub/image.png")],
    ),
    case(
        "off in a section",
        "ExpiresDefault A3\n<Directory @ROOT@/htdocs/sub>\nExpiresActive Off\n</Directory>",
        [*SOME, get("/sub/image.png")],
    ),
    case(
        "htaccess",
        "<Directory @ROOT@/htdocs>\nAllowOverride Indexes\n</Directory>",
        SOME,
        {"htdocs/sub/.htaccess": "ExpiresDefault A60\n"},
    ),
    case(
        "htaccess without Indexes",
        "<Directory @ROOT@/htdocs>\nAllowOverride FileInfo\n</Directory>",
        SOME,
        {"htdocs/sub/.htaccess": "ExpiresDefault A60\n"},
    ),
    case(
        "with Header",
        "ExpiresDefault A60\nHeader append Cache-Control private\nHeader set Expires 0\n"
        "Header always set Cache-Control x",
        KINDS,
    ),
    case("with Header set before", "ExpiresDefault A60\nHeader unset Expires\nHeader edit Cache-Control max max-is"),
    case(
        "error document",
        "ExpiresDefault A60\nErrorDocument 404 /page.html\nErrorDocument 410 text\nRedirect gone /gone",
        [get("/absent"), get("/gone"), get("/make?404")],
    ),
    *(case(f"code: {code}", f'ExpiresDefault "{code}"', [get("/page.html")]) for code in CODES),
    *(case(f"refused: {rule}", rule, [get("/page.html")]) for rule in BROKEN),
)
