"""Bodies that nobody has a use for: of requests for files, for folders, for what is not there; LimitRequestBody."""

from ..request import ANY, Request, get, post, request
from ..site import Entry, Site
from . import Case, words

FILES: dict[str, Entry] = {
    "htdocs/page.txt": "a page\n",
    "htdocs/large.bin": "0123456789" * 10000,
    "htdocs/sub/index.html": "an index\n",
    "htdocs/open/x.txt": "x\n",
    "htdocs/gone.html": "not here\n",
    "htdocs/big.html": "too much\n",
    "users": "",
    "lib/own.py": "def handler(req):\n    return int(req.args)\n",
}
REFUSING = """
LimitRequestBody 10
Redirect /old /new
Redirect gone /gone
<Location /closed>
    Require all denied
</Location>
<Location /secret>
    AuthType Basic
    AuthName secret
    AuthUserFile "@ROOT@/users"
    Require valid-user
</Location>
<Location /own>
    SetHandler mod_python
    PythonPath "['@ROOT@/lib'] + sys.path"
    PythonHandler own
</Location>
"""
CHUNKED = {"Transfer-Encoding": "chunked"}
LONGER = b"8\r\n12345678\r\n8\r\n12345678\r\n0\r\n\r\n"
# What a request that is refused for its body is answered with; Apache closes the connection behind it without a length.
CLOSED = "range-length: the connection can stay open"
PAGE = "too-long-page: it speaks of an ErrorDocument that nobody looked for"
REFUSED = {"framing": (ANY, CLOSED), "header:Content-Length": (ANY, CLOSED)}


def long(target: str, length: int = 11, method: str = "POST") -> Request:
    """A request for a file, with a body of so many bytes."""
    name = f"{method} {target}, {length} bytes"
    return request(method, target, body=b"x" * length, name=name, differs=REFUSED if length > 10 else {})


def refused(target: str, body: bytes = b"x" * 11) -> Request:
    """A request that is answered with an error, or a redirection, before its body is of interest."""
    differs = {**REFUSED, "body": (ANY, PAGE)}
    if body == LONGER:
        differs = {"status": (ANY, PAGE)}
    headers = CHUNKED if body == LONGER else {}
    return request("POST", target, headers, body=body, name=f"{target}, {len(body)} bytes", differs=differs)


def broken(name: str, target: str, body: bytes) -> Request:
    """A request whose body is not what it says."""
    headers = CHUNKED if b"\r\n" in body else {"Content-Length": "10"}
    return request("POST", target, headers, body=body, name=f"{name}, {target}", hang_up=True, differs=REFUSED)


CASES = (
    Case(
        "LimitRequestBody and files",
        Site("LimitRequestBody 10\nOptions Indexes\n", FILES),
        [
            *(
                long(target, length)
                for target in words("/page.txt /absent.txt /sub/ /large.bin")
                for length in (10, 11)
            ),
            *(long("/page.txt", method=method) for method in words("GET HEAD PUT DELETE OPTIONS PATCH BREW")),
            long("/open/"),
            long("/page.txt/more"),
            post("/page.txt", LONGER, CHUNKED, name="in chunks, too long", differs=REFUSED),
            post("/page.txt", b"3\r\nabc\r\n0\r\n\r\n", CHUNKED, name="in chunks"),
            post("/absent.txt", LONGER, CHUNKED, name="in chunks, too long, for nothing", differs=REFUSED),
            get("/page.txt", {"Content-Length": "0"}, name="of no bytes"),
        ],
    ),
    Case(
        "LimitRequestBody and error documents",
        Site("LimitRequestBody 10\nErrorDocument 404 /gone.html\nErrorDocument 413 /big.html\n", FILES),
        [
            *(long(target, length) for target in words("/page.txt /absent.txt") for length in (10, 11)),
            post("/page.txt", LONGER, CHUNKED, name="in chunks, too long", differs=REFUSED),
        ],
    ),
    Case(
        "LimitRequestBody and refusals",
        Site(REFUSING, FILES),
        [
            *(
                refused(path)
                for path in words("/sub /closed /secret /old /gone /%2f /own?404 /own?401 /own?304 /own?302")
            ),
            *(long(f"/own?{status}", 10) for status in (404, 401, 304)),
            *(
                post(path, b"x" * 11, name=f"{path}, too long", differs=REFUSED)
                for path in ("/%zz", "/own?500", "/own?503")
            ),
            refused("/closed", LONGER),
        ],
    ),
    Case(
        "broken bodies for files",
        Site("", FILES),
        [broken("short", target, b"abc") for target in words("/page.txt /absent.txt /sub/")],
    ),
)
