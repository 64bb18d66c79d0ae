"""Reading the body of a request: read, readline, readlines, chunked and short bodies."""

from typing import Any

from ..request import ANY, Request, get, post, request
from ..site import Site
from . import Case

# The query string is a list of calls; each result is shown, long ones by length and digest.
READER = """
    import hashlib
    from mod_python import apache

    def short(value):
        if isinstance(value, list):
            return "[%s]" % ", ".join(short(one) for one in value) if len(value) < 9 else "%d lines" % len(value)
        if isinstance(value, bytes) and len(value) > 60:
            return "%d bytes %s" % (len(value), hashlib.sha1(value).hexdigest()[:8])
        return repr(value)

    def handler(req):
        req.content_type = "text/plain"
        for step in req.args.split(";"):
            name, _, arguments = step.partition(":")
            try:
                value = getattr(req, name)
                if callable(value):
                    value = value(*[int(one) for one in arguments.split(",") if one])
                shown = short(value)
            except Exception as error:
                shown = type(error).__name__
            req.write("%s(%s) = %s\\n" % (name, arguments, shown), 0)
        return apache.OK

    def ignoring(req):
        req.write("not read", 0)
        return apache.OK

    def raising(req):
        return apache.OK if req.read() else apache.HTTP_BAD_REQUEST
"""

SITE = Site(
    """
    PythonPath "['@ROOT@/lib'] + sys.path"
    SetHandler mod_python
    PythonHandler reader
    <Files "ignoring">
        PythonHandler reader::ignoring
    </Files>
    <Files "raising">
        PythonHandler reader::raising
    </Files>
    """,
    {"lib/reader.py": READER},
)

LINES = b"one\ntwo\r\nthree\n\nfive without an end"
BIG = b"".join(b"line %05d of the big body, padded to some length\n" % number for number in range(2000))
LONG = b"x" * 20000 + b"\nsecond\n"


def read(steps: str, body: bytes = LINES, **options: Any) -> Request:
    """A POST whose handler does these steps."""
    kind = {LINES: "lines", BIG: "big", LONG: "long"}.get(body, f"{len(body)} bytes")
    return post(f"/x?{steps}", body, name=f"{kind}: {steps}", **options)


GARBAGE = "read-after-readline: the original hands out its buffer's old content"
COUNTED = "remaining: what the original has buffered is not subtracted: bytes left to read are promised"
LEFT = {"body": (ANY, COUNTED), "header:Content-Length": (ANY, COUNTED)}
CRASH = "short-body: the child of the original crashes"
CAN = "chunked-bodies: the original cannot read them; here the WSGI server has decoded them"
DECODED = {"body": ("read() = b'abc\\ndef'\n", CAN), "header:Content-Length": (ANY, CAN)}
BY_LINE = {"body": ("readline() = b'abc\\n'\nread() = b'def'\n", CAN), "header:Content-Length": (ANY, CAN)}
MIXED = {"body": (ANY, GARBAGE), "header:Content-Length": (ANY, GARBAGE)}
CHUNKED = {"Transfer-Encoding": "chunked"}
CHUNKS = b"3\r\nabc\r\n4\r\n\ndef\r\n0\r\n\r\n"

CASES = (
    Case(
        "reading",
        SITE,
        [
            read("read"),
            read("read;read;readline"),
            read("read:0;read:5;read:5;read"),
            read("read:-1;read:-1"),
            read("read:1000"),
            read("readline;readline;readline;readline;readline;readline"),
            read("readline:2;readline:2;readline:100;readline:0;readline:-1;read"),
            read("readline;read:3;readline;read"),
            read("readlines"),
            read("readlines:5;readlines:5;readlines"),
            read("readlines:0"),
            read("readlines:-1"),
            read("readline:3;readlines"),
            read("remaining;read:5;remaining;read;remaining;read_length;clength", differs=LEFT),
            read("remaining;readline;remaining;read_length", differs=LEFT),
            read("read;read_length;read_body;read_chunked;eos_sent"),
            read("discard_request_body;read"),
            read("read:5;discard_request_body;read"),
            read("read", BIG),
            read("read:10;read:10000;read:20000;read", BIG),
            read("readline;readline;readlines", BIG),
            read("readlines:1000", BIG),
            read("readline;readline", LONG),
            read("readline:100;readline;readline", LONG),
            read("readline:100;read", LONG, differs=MIXED),
            read("readline:100;read:500;read", LONG, differs=MIXED),
            read("read;readline;readlines", b""),
            get("/x?read;readline;readlines;remaining", name="GET without a body"),
            request("PUT", "/x?read", body=LINES, name="PUT"),
            request("DELETE", "/x?read", body=LINES, name="DELETE with a body"),
            get("/x?read", body=LINES, name="GET with a body"),
            post("/ignoring", LINES, name="body not read"),
            post("/ignoring", BIG, name="big body not read"),
        ],
    ),
    Case(
        "bodies with a flaw",
        SITE,
        [
            post("/x?read", b"abc", {"Content-Length": "10"}, hang_up=True, name="shorter than promised"),
            post("/x?read:3;read", b"abc", {"Content-Length": "10"}, hang_up=True, name="shorter, in pieces"),
            post(
                "/x?readline;readline",
                b"a\nbc",
                {"Content-Length": "10"},
                hang_up=True,
                name="shorter, by line",
                differs={"status": ("200 OK", CRASH)},
            ),
            post("/x?readlines", b"a\nbc", {"Content-Length": "10"}, hang_up=True, name="shorter, readlines"),
            post("/raising", b"abc", {"Content-Length": "10"}, hang_up=True, name="shorter, error not caught"),
            post("/x?read", CHUNKS, CHUNKED, name="chunked", differs=DECODED),
            post("/x?readline;read", CHUNKS, CHUNKED, name="chunked, by line", differs=BY_LINE),
            post(
                "/raising",
                CHUNKS,
                CHUNKED,
                name="chunked, error not caught",
                differs={"status": ("200 OK", CAN)},
            ),
            post("/ignoring", CHUNKS, CHUNKED, name="chunked, not read"),
            post("/x?read", b"abc", {"Content-Length": "abc"}, name="length is no number"),
            post("/x?read", b"abc", {"Content-Length": "-3"}, name="negative length"),
            post("/x?read", b"abc", {"Content-Length": "+3"}, name="length with a sign"),
            post("/x?read", b"abc", (("Content-Length", "3"), ("Content-Length", "3")), name="two lengths"),
            post("/x?read", b"abc", {"Content-Length": "99999999999999999999"}, name="huge length"),
            post("/x?read", b"", {"Content-Length": "0"}, name="length 0"),
            post("/x?read", b"abc", {"Expect": "100-continue"}, name="Expect: 100-continue"),
            post("/x?expecting_100;read;expecting_100", b"abc", {"Expect": "100-continue"}, name="expecting_100"),
            post("/x?read", b"abc", {"Expect": "something"}, name="another expectation"),
        ],
    ),
)
