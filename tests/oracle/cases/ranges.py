"""Byte ranges: one, several, none that there are, absurd ones; If-Range; the limits; what else they hold for."""

from collections.abc import Callable

from ..request import ANY, Request, get, head, post
from ..site import Entry, File, Site
from . import Case, words

TEXT = "".join(f"{number:03d} of a hundred\n" for number in range(100))  # 1800 bytes
FILES: dict[str, Entry] = {
    "htdocs/text.txt": TEXT,
    "htdocs/ten.txt": "0123456789",
    "htdocs/one.txt": "x",
    "htdocs/empty.txt": "",
    "htdocs/untyped": "0123456789",
    "htdocs/page.html": "<p>0123456789</p>\n",
    "htdocs/big.bin": File(b"0123456789" * 20000),
    "htdocs/gone.html": "gone, says a page\n",
}
TAG = '"a-6107255704080"'  # of ten.txt
DATE = "Sat, 03 Feb 2024 04:05:06 GMT"
BEFORE = "Fri, 02 Feb 2024 04:05:06 GMT"
AFTER = "Sun, 04 Feb 2024 04:05:06 GMT"

SINGLE = [
    *words(
        """
        bytes=0-0 bytes=0-4 bytes=2-5 bytes=5- bytes=0- bytes=9- bytes=9-9 bytes=10- bytes=10-12 bytes=5-100 bytes=-1
        bytes=-3 bytes=-10 bytes=-11 bytes=-100 bytes=-0 bytes=5-4 bytes=- bytes= bytes=a bytes=a-b bytes=1-b bytes=1
        bytes bytes=1-2-3 bytes=--1 bytes=1--2 bytes=+1-2 bytes=1-+2 bytes=0x1-0x2 BYTES=1-2 Bytes=1-2 octets=1-2 1-2
        bytes=1.5-2 bytes=99999999999999999999-  bytes=0-99999999999999999999 bytes=9223372036854775807-
        bytes=0-9223372036854775807 bytes=-9223372036854775807 bytes=-9223372036854775808 bytes=-99999999999999999999
        bytes=00000000001-000000000002 bytes=1-2; bytes=1-2;x=y bytes=,1-2 bytes=1-2, bytes=,
        """
    ),
    "bytes= 1-2",
    "bytes =1-2",
    "bytes=1 -2",
    "bytes=1- 2",
    "bytes=- 3",
    "bytes:1-2",
    "",
]
SEVERAL = [
    *words(
        """
        bytes=0-1,4-5 bytes=0-1,4-5,8-9 bytes=4-5,0-1 bytes=0-1,2-3 bytes=0-1,3-4 bytes=0-4,2-6 bytes=2-6,0-4
        bytes=2-3,0-9 bytes=0-9,2-3 bytes=0-1,-2 bytes=-2,0-1 bytes=0-1,8- bytes=8-,0-1 bytes=0-,2-3 bytes=2-3,0-
        bytes=2-3,5-6,0-
        bytes=0-1,20-30 bytes=20-30,0-1 bytes=20-30,40-50 bytes=10-,20- bytes=0-1,x bytes=x,0-1 bytes=0-1,,4-5
        bytes=0-1,5-4 bytes=0-5,4-9 bytes=0-3,4-9 bytes=5-9,0-4 bytes=9-9,0-0 bytes=0-0,9-9 bytes=0-0,0-0,0-0
        bytes=0-7,1-8,2-9 bytes=0-8,5-9,0-5,1-1 bytes=1-1,3-3,5-5,7-7,9-9 bytes=9-9,7-7,5-5,3-3,1-1
        bytes=0-5,7-9,0-5 bytes=0-3,6-9,0-3,6-9 bytes=-1,-2,-3 bytes=-3,-2,-1 bytes=-0,0-1
        """
    ),
    "bytes=0-1, 4-5",
    "bytes=0-1 ,4-5",
    "bytes= 0-1 , 4-5 ",
    "bytes=0-1;4-5",
]


def many(count: int, step: int = 2) -> str:
    """So many ranges of one byte, apart."""
    return "bytes=" + ",".join([f"{number * step}-{number * step}" for number in range(count)])


def overlapping(count: int) -> str:
    """So many ranges, each of which overlaps the one before."""
    return "bytes=" + ",".join([f"{number}-{number + 1}" for number in range(count)])


def reversed_(count: int) -> str:
    """So many ranges, each of which begins before the one before, and touches it."""
    return "bytes=" + ",".join([f"{900 - number * 2}-{902 - number * 2}" for number in range(count)])


def backwards(count: int) -> str:
    """So many ranges, from the end to the beginning, apart."""
    return "bytes=" + ",".join([f"{1700 - number * 4}-{1701 - number * 4}" for number in range(count)])


MANY = {
    "199": many(199),
    "200": many(200),
    "201": many(201),
    "800": many(800),
    "20 overlapping": overlapping(20),
    "21 overlapping": overlapping(21),
    "22 overlapping": overlapping(22),
    "300 overlapping": overlapping(300),
    "20 reversed": reversed_(20),
    "21 reversed": reversed_(21),
    "22 reversed": reversed_(22),
    "150 backwards": backwards(150),
    "the whole file 100 times": "bytes=" + ",".join(["0-1799"] * 100),
    "the whole file from its beginning, 100 times": "bytes=" + ",".join(["0-"] * 100),
    "the end, 100 times": "bytes=" + ",".join(["-1"] * 100),
    "5-0 to 5-1300": "bytes=" + ",".join([f"5-{number}" for number in range(1300)]),
    "beyond the end, 300 times": "bytes=" + ",".join([f"{2000 + number}-" for number in range(300)]),
}
_LONG = ("199", "200", "150 backwards", "beyond the end, 300 times")
IF_RANGE = {
    "tag": TAG,
    "another tag": '"other"',
    "weak tag": f"W/{TAG}",
    "tag without quotes": TAG.strip('"'),
    "several tags": f'{TAG}, "other"',
    "star": "*",
    "date": DATE,
    "date before": BEFORE,
    "date after": AFTER,
    "date, RFC 850": "Saturday, 03-Feb-24 04:05:06 GMT",
    "date, asctime": "Sat Feb  3 04:05:06 2024",
    "nonsense": "yesterday",
    "empty": "",
}
CONDITIONS: dict[str, dict[str, str]] = {
    "none match": {"If-None-Match": TAG},
    "none match, another": {"If-None-Match": '"other"'},
    "none match, weak": {"If-None-Match": f"W/{TAG}"},
    "none match, star": {"If-None-Match": "*"},
    "match": {"If-Match": TAG},
    "match, another": {"If-Match": '"other"'},
    "modified since": {"If-Modified-Since": DATE},
    "modified since before": {"If-Modified-Since": BEFORE},
    "unmodified since": {"If-Unmodified-Since": DATE},
    "unmodified since before": {"If-Unmodified-Since": BEFORE},
}
_SENT = ("none match, another", "none match, weak", "match", "modified since before", "unmodified since")
PYTHON = "PythonPath \"['@ROOT@/lib'] + sys.path\"\nSetHandler mod_python\nPythonHandler writing\n"
WRITING = """
    import os
    from mod_python import apache
    TEXT = "0123456789" * 2

    def handler(req):
        what = req.args or ""
        req.content_type = "text/plain"
        if "length" in what:
            req.set_content_length(20)
        if "tag" in what:
            req.headers_out["ETag"] = '"own"'
        if "range" in what:
            req.headers_out["Content-Range"] = "bytes 0-19/100"
        if "status" in what:
            req.status = 203
        if "partial" in what:
            req.status = 206
        if "untyped" in what:
            req.content_type = "multipart/byteranges; boundary=own"
        if "accept" in what:
            req.headers_out["Accept-Ranges"] = "none"
        if "sendfile" in what:
            req.sendfile(os.path.dirname(__file__) + "/ten.txt")
        elif "declined" in what:
            return apache.DECLINED
        elif "error" in what:
            return 404
        elif "nothing" in what:
            pass
        elif "held" in what:
            for piece in TEXT:
                req.write(piece, 0)
        else:
            req.write(TEXT[:10])
            req.write(TEXT[10:])
        return apache.OK
    """
CUT = words("held held,length held,tag held,untyped held,accept")
WHAT = words(
    "now held held,length length held,tag held,range held,status held,partial held,untyped held,accept nothing error"
)


_LENGTH = "range-length: nothing is gained by leaving it out"
UNMEASURED = {"framing": ("length", _LENGTH), "header:Content-Length": (ANY, _LENGTH)}
BEYOND = set(
    words("bytes=10- bytes=10-12 bytes=9223372036854775807- bytes=20-30,40-50 bytes=10-,20- bytes=30- bytes=20-")
)


def asked(path: str, value: str, beyond: bool | None = None) -> Request:
    """A request for a range, named after it. `beyond`: there is nothing."""
    beyond = value in BEYOND if beyond is None else beyond
    return get(path, {"Range": value}, name=f"{path} {value}", differs=UNMEASURED if beyond else {})


def _asked(make: Callable[[int], str], count: int) -> Request:
    chunked = make is many and count > 200
    differs = UNMEASURED if chunked else {}
    return get("/text.txt", {"Range": make(count)}, name=f"{count} {make.__name__.strip('_')}", differs=differs)


def limited(name: str, directives: str) -> Case:
    """Directives about ranges, and what they do to some."""
    requests = [
        get("/text.txt"),
        *(_asked(make, count) for make in (many, overlapping, reversed_) for count in (1, 2, 3, 5, 22, 201)),
    ]
    return Case(name, Site(directives, FILES), requests)


NOT_THERE = {
    *("/one.txt bytes=1-", "/one.txt bytes=100000-199999", "/one.txt bytes=10-70000,100000-170000"),
    *("/untyped bytes=100000-199999", "/untyped bytes=10-70000,100000-170000", "/page.html bytes=100000-199999"),
}
# What is said of the whole is said before it is cut: a part's type is the whole's, If-Range the tag that was sent.
HEADERS = """
    <Files ten.txt>
        Header set Content-Type text/own
        Header set ETag "\\"mine\\""
        Header set Last-Modified "Fri, 02 Feb 2024 04:05:06 GMT"
    </Files>
    <Files page.html>
        Header unset Content-Type
        Header always append X-Every e
        Header add X-Other o
    </Files>
    <Files untyped>
        Header set Accept-Ranges none
        Header set Content-Range none
    </Files>
    ExpiresActive On
    ExpiresByType text/plain A60
    Header always edit Content-Type html xml
"""

CASES = (
    Case("one", Site("", FILES), [asked("/ten.txt", value) for value in SINGLE]),
    Case("several", Site("", FILES), [asked("/ten.txt", value) for value in SEVERAL]),
    Case(
        "many",
        Site("", FILES),
        [
            get("/text.txt", {"Range": value}, name=name, differs=UNMEASURED if name in _LONG else {})
            for name, value in MANY.items()
        ],
    ),
    Case(
        "files",
        Site("", FILES),
        [
            asked(path, value, f"{path} {value}" in NOT_THERE)
            for path in words("/one.txt /empty.txt /untyped /page.html /big.bin /absent")
            for value in words(
                "bytes=0-0 bytes=1- bytes=-1 bytes=0-0,3-4 bytes=100000-199999 bytes=10-70000,100000-170000"
            )
        ],
    ),
    Case(
        "methods and headers",
        Site("", FILES),
        [
            head("/ten.txt", {"Range": "bytes=2-5"}, name="HEAD"),
            head("/ten.txt", {"Range": "bytes=0-1,4-5"}, name="HEAD, two"),
            head("/ten.txt", {"Range": "bytes=20-"}, name="HEAD, beyond the end"),
            post("/ten.txt", b"x", {"Range": "bytes=2-5"}, name="POST"),
            get("/ten.txt", {"Range": "bytes=2-5"}, protocol="HTTP/1.0", name="HTTP/1.0"),
            get("/ten.txt", {"Request-Range": "bytes=2-5"}, name="Request-Range"),
            get("/ten.txt", {"Request-Range": "bytes=2-5,8-9"}, name="Request-Range, two"),
            get("/ten.txt", (("Range", "bytes=2-5"), ("Request-Range", "bytes=1-1")), name="Range and Request-Range"),
            get("/ten.txt", (("Range", "bytes=2-3"), ("Range", "bytes=5-6")), name="two lines"),
            get("/ten.txt", {"Range": "bytes=1-1,8-8", "User-Agent": "Mozilla/3.0 MSIE 3.02"}, name="MSIE 3"),
            get("/ten.txt/info", {"Range": "bytes=2-5"}, name="path info"),
        ],
    ),
    Case(
        "If-Range",
        Site("", FILES),
        [
            *(
                get("/ten.txt", {"Range": "bytes=2-5", "If-Range": value}, name=name)
                for name, value in IF_RANGE.items()
            ),
            *(get("/ten.txt", {"If-Range": value}, name=f"{name}, no Range") for name, value in IF_RANGE.items()),
            get("/ten.txt", {"Range": "bytes=20-", "If-Range": TAG}, name="tag, beyond the end", differs=UNMEASURED),
            get("/ten.txt", {"Range": "bytes=20-", "If-Range": '"other"'}, name="another tag, beyond the end"),
        ],
    ),
    Case(
        "conditions",
        Site("", FILES),
        [
            *(get("/ten.txt", {"Range": "bytes=2-5", **headers}, name=name) for name, headers in CONDITIONS.items()),
            *(
                get(
                    "/ten.txt",
                    {"Range": "bytes=20-", **headers},
                    name=f"{name}, beyond the end",
                    differs=UNMEASURED if name in _SENT else {},
                )
                for name, headers in CONDITIONS.items()
            ),
        ],
    ),
    limited("MaxRanges", "MaxRanges 3"),
    limited("MaxRanges none", "MaxRanges none"),
    Case(
        "MaxRanges none, beyond the end",
        Site("MaxRanges none", FILES),
        [
            *(asked("/ten.txt", value, beyond=True) for value in ("bytes=20-", "bytes=20-,30-")),
            *(head("/ten.txt", {"Range": value}, name=f"HEAD {value}") for value in ("bytes=20-", "bytes=0-1,20-")),
        ],
    ),
    limited("MaxRanges unlimited", "MaxRanges unlimited"),
    limited("MaxRanges default", "MaxRanges default"),
    limited("MaxRanges 0", "MaxRanges 0"),
    limited("MaxRanges of a folder", '<Directory "@ROOT@/htdocs">\nMaxRanges 2\n</Directory>'),
    limited("MaxRangeOverlaps", "MaxRangeOverlaps 1"),
    limited("MaxRangeOverlaps none", "MaxRangeOverlaps none"),
    limited("MaxRangeOverlaps unlimited", "MaxRangeOverlaps unlimited"),
    limited("MaxRangeReversals", "MaxRangeReversals 1"),
    limited("MaxRangeReversals none", "MaxRangeReversals none"),
    limited("MaxRangeReversals unlimited", "MaxRangeReversals unlimited"),
    *(
        Case(f"{name} {word}", Site(f"{name} {word}", FILES))
        for name in words("MaxRanges MaxRangeOverlaps MaxRangeReversals")
        for word in ("-1", "many", "1x", "x1", "1 2", "''", "NONE")
    ),
    Case(
        "MaxRanges in .htaccess",
        Site(
            '<Directory "@ROOT@/htdocs">\nAllowOverride All\n</Directory>',
            {**FILES, "htdocs/.htaccess": "MaxRanges 1\n"},
        ),
        [get("/ten.txt")],
    ),
    Case(
        "answers of handlers",
        Site(PYTHON, {"lib/writing.py": WRITING, "lib/ten.txt": "0123456789", **FILES}),
        [
            *(asked(f"/x?{what}", value) for what in WHAT for value in ("bytes=2-5", "bytes=0-1,4-5")),
            *(asked(f"/x?{what}", "bytes=30-", beyond=what in CUT) for what in WHAT),
            get("/x?held"),
            head("/x?held", {"Range": "bytes=2-5"}, name="HEAD"),
            post("/x?held", b"x", {"Range": "bytes=2-5"}, name="POST"),
            get("/x?held,tag", {"Range": "bytes=2-5", "If-Range": '"own"'}, name="If-Range"),
            get("/x?held,tag", {"Range": "bytes=2-5", "If-Range": '"other"'}, name="If-Range, another"),
            asked("/ten.txt?declined", "bytes=2-5"),
            asked("/x?sendfile", "bytes=2-5"),
        ],
    ),
    Case(
        "error documents",
        Site("ErrorDocument 404 /gone.html\nErrorDocument 416 /ten.txt", FILES),
        [
            get("/absent"),
            asked("/absent", "bytes=2-5"),
            asked("/absent", "bytes=100-"),
            asked("/ten.txt", "bytes=20-", beyond=False),
        ],
    ),
    Case("error document as text", Site("ErrorDocument 416 'not there'", FILES), [asked("/ten.txt", "bytes=20-")]),
    Case(
        "index",
        Site("DirectoryIndex ten.txt", FILES),
        [get("/"), asked("/", "bytes=2-5"), asked("/", "bytes=20-"), head("/", {"Range": "bytes=2-5"}, name="HEAD")],
    ),
    Case(
        "Header and Expires",
        Site(HEADERS, FILES, modules=("headers", "expires")),
        [
            *(
                asked(path, value, beyond=value == "bytes=3000-")
                for path in ("/ten.txt", "/text.txt", "/page.html", "/untyped")
                for value in ("bytes=2-5", "bytes=0-1,4-5", "bytes=3000-")
            ),
            *(
                get("/ten.txt", {"Range": "bytes=2-5", "If-Range": value}, name=f"If-Range: {value}")
                for value in ('"mine"', TAG, BEFORE, DATE)
            ),
            head("/ten.txt", {"Range": "bytes=0-1,4-5"}, name="HEAD"),
        ],
    ),
)
