"""The stock page of every status a handler can return, and which headers survive."""

from typing import Any

from ..request import ANY, get, head, post
from ..site import Site
from . import Case, words

HANDLER = """
    def handler(req):
        code = int(req.args)
        req.headers_out["X-Out"] = "out"
        req.err_headers_out["X-Err"] = "err"
        if code in (301, 302, 303, 305, 307, 308):
            req.headers_out["Location"] = "http://elsewhere.test/?a=<b>&c='d'"
        return code
"""

SITE = Site(
    """
    <Directory "@ROOT@/htdocs">
        SetHandler mod_python
        PythonHandler fail
    </Directory>
    """,
    {"htdocs/fail.py": HANDLER},
)

BARE = "odd-results: the original sends a body without a status line"
ERROR = {"status": ("500 Internal Server Error", BARE), "framing": ("length", BARE)}
HANGS = {"status": ("500 Internal Server Error", "odd-results: the original hangs up without an answer")}
NAMED = words(
    """
    200 201 202 203 204 205 206 207
    300 301 302 303 304 305 307 308
    400 401 402 403 404 405 406 407 408 409 410 411 412 413 414 415 416 417 418 421 422 423 424 426 428 429 431 451
    500 501 502 503 504 505 506 507 508 510 511
    """
)
WORDS = """
    from mod_python import apache

    LINES = {
        "own": "404 Gone fishing", "of another": "403 Not there", "markup": "404 <b>Not</b> & there",
        "inside": "404 Gone <b>fishing</b>", "letters": "not a line", "long": "404 Not Found",
        "moved": "302 Over there", "broken": "500 Out of order", "latin": "404 Caf\\u00e9", "nameless": "418 A teapot",
        "lines": "404 a\\r\\nb: c", "none": "204 Nothing to say", "page": "410 Left",
        "text": "409 At odds", "raised": "403 Keep out",
    }

    def handler(req):
        name, _, code = req.args.partition("&")
        if req.prev:
            req.write("page for %s %s" % (req.prev.status, req.prev.status_line), 0)
            return apache.OK
        req.status_line = LINES[name.replace("+", " ")]
        if code == "302":
            req.headers_out["Location"] = "http://elsewhere.test/"
        if name == "broken":
            raise ValueError(name)
        if name == "raised":
            raise apache.SERVER_RETURN(403)
        return int(code)
"""
TEXT = "header-text: text is UTF-8 everywhere"
BAD = "bad-header: half an answer helps nobody"
SHOWN = "status-words: what a handler says is escaped"
OWN: dict[str, Any] = {
    "latin&404": {"status": ("404 Caf\u00c3\u00a9", TEXT)},
    "lines&404": {"body": (ANY, BAD), "header:Content-Length": (ANY, BAD)},
    "inside&404": {"body": (ANY, SHOWN), "header:Content-Length": (ANY, SHOWN)},
}
NAMELESS = words("299 399 499 599 600 1000 99 1 400000")

VERSION = "signature: names the server and its version"
SIGNED = {"body": (ANY, VERSION), "header:Content-Length": (ANY, VERSION)}

CASES = (
    Case(
        "every status",
        SITE,
        [
            *(get(f"/fail.py/a<b>&c?{code}", name=code) for code in NAMED),
            *(get(f"/fail.py?{code}", name=code, log=("invalid result code",)) for code in NAMELESS),
            *(get(f"/fail.py?{code}", name=code, differs=ERROR) for code in words("100 101 102")),
            get("/fail.py?-3", name="-3", differs=HANGS),
            head("/fail.py?404"),
            head("/fail.py?302"),
            get("/fail.py?404", protocol="HTTP/1.0", name="404 for HTTP/1.0"),
            *(post(f"/fail.py?{code}", b"abc", name=f"POST {code}") for code in ("404", "405", "411", "413", "501")),
        ],
    ),
    Case(
        "in the handler's own words",
        Site(
            """
            ErrorDocument 410 /said.py?page&0
            ErrorDocument 409 "text of the site"
            <Directory "@ROOT@/htdocs">
                SetHandler mod_python
                PythonHandler said
            </Directory>
            """,
            {"htdocs/said.py": WORDS},
        ),
        [
            get(f"/said.py?{asked}", differs=OWN.get(asked, {}))
            for asked in words(
                """
                own&404 own&403 of+another&404 markup&404 inside&404 letters&404 long&404 moved&302 moved&404
                broken&500 latin&404 nameless&418 lines&404 none&204 page&410 text&409 raised&403
                """
            )
        ]
        + [head("/said.py?own&404")],
    ),
    Case(
        "without ServerAdmin",
        Site("ServerAdmin you@example.com\n" + SITE.conf, SITE.files),
        [get("/fail.py?500")],
    ),
    Case(
        "with a signature",
        Site("ServerSignature On\n" + SITE.conf, SITE.files),
        [get("/fail.py?404", differs=SIGNED)],
    ),
)
