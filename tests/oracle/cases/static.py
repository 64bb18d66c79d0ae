"""Files without a handler: types, validators, HEAD, conditional requests, methods, path info."""

from urllib.parse import quote

from ..request import ANY, Request, get, head, post, request
from ..site import Entry, File, Link, Site
from . import Case, words

FILES: dict[str, Entry] = {
    "htdocs/page.html": "<p>page</p>\n",
    "htdocs/empty.txt": "",
    "htdocs/noext": "no extension\n",
    "htdocs/unknown.xyzzy": "unknown\n",
    "htdocs/UPPER.TXT": "upper\n",
    "htdocs/two.html.gz": b"\x1f\x8bgz",
    "htdocs/archive.tar.gz": b"\x1f\x8btar",
    "htdocs/page.html.txt": "two types\n",
    "htdocs/image.png": bytes(range(256)),
    "htdocs/big.bin": File(b"0123456789" * 10000),
    "htdocs/with blank.txt": "blank\n",
    "htdocs/caf\u00e9.txt": "utf-8 name\n",
    "htdocs/a+b&c;d=e.txt": "signs\n",
    "htdocs/per%cent.txt": "per cent\n",
    "htdocs/old.txt": File("old\n", mtime=0),
    "htdocs/odd.txt": File("odd\n", mtime=1),
    "htdocs/link.txt": Link("page.html"),
    "htdocs/.hidden": "hidden\n",
    "htdocs/page.py": "print('source')\n",
    "htdocs/folder/page.txt": "in a folder\n",
}
TAG = '"c-6107255704080"'
DATE = "Sat, 03 Feb 2024 04:05:06 GMT"
BEFORE = "Fri, 02 Feb 2024 04:05:06 GMT"
AFTER = "Sun, 04 Feb 2024 04:05:06 GMT"
CONDITIONS = {
    "none match": {"If-None-Match": TAG},
    "none match, another": {"If-None-Match": '"other"'},
    "none match, a list": {"If-None-Match": f'"other", {TAG}'},
    "none match, weak": {"If-None-Match": f"W/{TAG}"},
    "none match, star": {"If-None-Match": "*"},
    "none match, unquoted": {"If-None-Match": TAG.strip('"')},
    "none match, empty": {"If-None-Match": ""},
    "match": {"If-Match": TAG},
    "match, another": {"If-Match": '"other"'},
    "match, star": {"If-Match": "*"},
    "match, weak": {"If-Match": f"W/{TAG}"},
    "modified since": {"If-Modified-Since": DATE},
    "modified since before": {"If-Modified-Since": BEFORE},
    "modified since after": {"If-Modified-Since": AFTER},
    "modified since the future": {"If-Modified-Since": "Sun, 04 Feb 2124 04:05:06 GMT"},
    "modified since nonsense": {"If-Modified-Since": "yesterday"},
    "modified since with length": {"If-Modified-Since": f"{DATE}; length=12"},
    "modified since, RFC 850": {"If-Modified-Since": "Saturday, 03-Feb-24 04:05:06 GMT"},
    "modified since, asctime": {"If-Modified-Since": "Sat Feb  3 04:05:06 2024"},
    "unmodified since": {"If-Unmodified-Since": DATE},
    "unmodified since before": {"If-Unmodified-Since": BEFORE},
    "none match and modified since": {"If-None-Match": TAG, "If-Modified-Since": BEFORE},
    "other none match and modified since": {"If-None-Match": '"other"', "If-Modified-Since": DATE},
    "match and unmodified before": {"If-Match": TAG, "If-Unmodified-Since": BEFORE},
}
PATHS = words(
    """
    /page.html /empty.txt /noext /unknown.xyzzy /UPPER.TXT /two.html.gz /archive.tar.gz /page.html.txt /image.png
    /big.bin /with%20blank.txt /caf%C3%A9.txt /caf%E9.txt /a+b&c;d=e.txt /per%25cent.txt /per%cent.txt /old.txt
    /odd.txt /link.txt /.hidden /page.py /folder/page.txt /page.html?query /page.html? /absent /folder/absent/deep
    """
)
ODD = (
    'a"b.txt',
    "a'b.txt",
    "<script>.txt",
    "new\nline.txt",
    "tab\t.txt",
    "\udcff\udcfe.txt",
    "%41.txt",
    "a\\b.txt",
    "-",
)
NUMBERS = """
    1.2.3.4 1.2.3.4. 1.2.3.4:80 0.0.0.0 999.1.1.1 1.2.3 1 1.2.3.4.5 01.2.3.4 1.02.3.4 0x7f.1 .1.2.3 a.1 a.1b a.b1 1a.b
    a._b a.-b _ - 1a 1-2 a.1.b a.1.
    """
ECHO = {"status": (ANY, "trace: a WSGI application does not see the request as it was sent, so it cannot be echoed")}
METHODS = words("PUT DELETE OPTIONS TRACE CONNECT PATCH PROPFIND BREW")


def odd(method: str) -> Request:
    """A request with an unusual method."""
    return request(method, "/page.html", name=method, differs=ECHO if method == "TRACE" else {})


CASES = (
    Case("files", Site("", FILES), [*(get(path) for path in PATHS), *(head(path) for path in PATHS)]),
    Case(
        "conditions",
        Site("", FILES),
        [
            *(get("/page.html", headers, name=name) for name, headers in CONDITIONS.items()),
            *(head("/page.html", headers, name=f"HEAD {name}") for name, headers in list(CONDITIONS.items())[:3]),
            *(post("/page.html", b"x", headers, name=f"POST {name}") for name, headers in list(CONDITIONS.items())[:3]),
            get("/absent", {"If-None-Match": "*"}, name="none match, absent"),
            get("/absent", {"If-Match": "*"}, name="match, absent"),
        ],
    ),
    Case(
        "methods",
        Site("", FILES),
        [post("/page.html", b"a=1"), *(odd(method) for method in METHODS), request("PUT", "/absent", body=b"x")],
    ),
    Case(
        "path info",
        Site("", FILES),
        [
            get("/page.html/info"),
            get("/page.html/"),
            get("/page.html//"),
            get("/page.html/info?query"),
            get("/noext/info"),
            get("/folder/page.txt/x/y"),
            head("/page.html/info"),
        ],
    ),
    Case(
        "odd names",
        Site("", {f"htdocs/{name}": "odd\n" for name in ODD} | {f"htdocs/dir-{name}/x.txt": "x" for name in ODD}),
        [
            *(get(f"/{quote(name, errors='surrogateescape')}") for name in ODD),
            *(get(f"/dir-{quote(name, errors='surrogateescape')}") for name in ODD),
            *(get(f"/dir-{quote(name, errors='surrogateescape')}/") for name in ODD),
            *(get(f"/absent-{quote(name, errors='surrogateescape')}") for name in ODD),
        ],
    ),
    Case(
        "AcceptPathInfo",
        Site('AcceptPathInfo On\n<Files "noext">\nAcceptPathInfo Off\n</Files>', FILES),
        [get("/page.html/info"), get("/noext/info")],
    ),
    Case(
        "versions of the protocol",
        Site("", FILES),
        [
            get("/page.html", protocol="HTTP/1.0", host=None, name="HTTP/1.0"),
            get("/page.html", host=None, name="HTTP/1.1 without Host"),
            get("/page.html", (("Host", "a.test"), ("Host", "b.test")), name="two hosts"),
            get("/page.html", host="", name="empty Host"),
            get("/page.html", host="bad host", name="blank in Host"),
            get("/page.html", host="a.test:99999", name="wrong port in Host"),
            get("/page.html", host="a.test:abc", name="port is no number"),
            get("/page.html", host="a_b.test", name="underscore in Host"),
            get("/page.html", host="-bad-.test/x", name="slash in Host"),
            get("/page.html", host="[::1]:80", name="IPv6 in Host"),
        ],
    ),
    Case(
        "numbers in Host",
        Site("", FILES),
        [get("/page.html", host=host, name=f"Host: {host}") for host in words(NUMBERS)],
    ),
)
