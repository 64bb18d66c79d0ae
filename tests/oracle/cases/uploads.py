"""Forms in parts, with files (manual 4.6, reference section 7)."""

from ..form_site import (
    ABAC,
    BINARY,
    BOUNDARY,
    CHUNKED,
    FILE,
    ONE,
    SITE,
    broken,
    chunked,
    instead,
    last,
    multipart,
    part,
    read,
    upload,
)
from ..request import post, request
from . import Case

TEXT = "form-text: the original has bytes where there was text with Python 2, or text of another charset"
STRIPPED = "part-header-values: the original keeps the blank and the line end"
AGAIN = "second-form: the original has read the body"
CHANGED = "form-changes: the original takes names and values that are bytes, with Python 3"
CHUNKS = "chunked-bodies: the original cannot read them; here the WSGI server has decoded them"
BODIES = "put-forms: the original reads bodies of POST alone"
TYPES = "form-types: the original compares letter by letter"
PART = "odd-parts: the original fails at line ends of LF alone, and at text before the first part"
NOT_NAMED = "nameless-parts: the name is None in the original, and without a disposition it fails"
FILENAME = "filenames: the original passes on what stands there, up to a semicolon"
COLON = "part-headers: the original fails"
OPTION = "boundary-options: the original takes them for a part of the boundary"
CUT = "last-boundary: the original takes what came as if it were all"
MALFORMED = {"status": ("400 Bad Request", CUT)}
STRING = "Field('%s', 'value1')\n'value1x'\n'VALUE1'\n'value1'\nTrue\nTrue\n6\nTrue\n"
CHANGES = """\
add: a=1&b=2&a=3&added=1
add again: a=1&b=2&a=3&added=1&added=2
set: a=1&a=3&added=1&added=2&b=new
set what is not there: a=1&a=3&added=1&added=2&b=new&c=new
del: added=1&added=2&b=new&c=new
del what is not there: KeyError
clear: nothing
"""
FIELD_OF_PART = """\
one=first
    type: text/plain
    type_options: []
    disposition: form-data
    disposition_options: [('name', 'one')]
    headers: [('Content-Disposition', 'form-data; name="one"')]
    file: first
    value: first
"""
FILE_OF_PART = """\
file=content
of it
 in name.txt
    type: text/plain
    type_options: []
    disposition: form-data
    disposition_options: [('filename', 'name.txt'), ('name', 'file')]
    headers: [('Content-Disposition', 'form-data; name="file"; filename="name.txt"'), ('Content-Type', 'text/plain')]
    file: content
of it

    value: content
of it

"""
TYPE_OF_PART = """\
file=x in f
    type: a/b
    type_options: [('c', 'd'), ('e', 'f g')]
    disposition: form-data
    disposition_options: [('filename', 'f'), ('name', 'file')]
    headers: [('Content-Disposition', 'form-data; name="file"; filename="f"'), ('Content-Type', 'a/b; c=d; e="f g"')]
    file: x
    value: x
"""
HEADERS_OF_PART = """\
n=x
    type: text/plain
    type_options: []
    disposition: form-data
    disposition_options: [('name', 'n')]
    headers: [('Content-Disposition', 'form-data; name=n'), ('X-One', '1'), ('X-Two', '2')]
    file: x
    value: x
"""
TWICE = "one=first\nfile=content\nof it\n in name.txt\n"

MULTIPART_FORMS = Case(
    "multipart",
    SITE,
    [
        upload("one field", ONE, last()),
        upload("two fields", ONE, part("two", "second"), last()),
        upload("repeated", ONE, part("one", "again"), last()),
        upload("query as well", ONE, last(), path="/fields?name=longer-value-1"),
        upload("blank", part("blank", ""), ONE, last()),
        upload("no field", last()),
        upload("no ASCII", part("café", "crème"), last(), differs=instead("café=crème\n", TEXT)),
        upload("value of two lines", part("lines", "one\r\ntwo\n\r\n"), last()),
        upload("value that looks like a boundary", part("dashes", f"--\r\n-{BOUNDARY}\r\n--x"), last()),
        upload("a file", FILE, last()),
        upload("file and field", FILE, ONE, last()),
        upload("two files of one name", FILE, FILE, last()),
        upload("empty file", part("file", "", '; filename="empty"'), last()),
        upload("no file chosen", part("file", "", '; filename=""', "application/octet-stream"), last()),
        upload("no file chosen, callbacks", part("file", "", '; filename=""'), ONE, last(), path="/asked"),
        upload("a file without a name", part("file", "content", '; filename=""'), last()),
        upload("bytes", part("file", BINARY, '; filename="b"'), last(), path="/sizes"),
        upload("100,000 bytes", part("file", b"0123456789" * 10000, '; filename="b"'), last(), path="/sizes"),
        upload("10,000 lines", part("file", b"0123456\r\n\n" * 10000, '; filename="b"'), last(), path="/sizes"),
        upload("text of 70,000 letters", part("text", b"x" * 70000), last(), path="/sizes"),
        upload(
            "line ends of LF alone",
            *[part("one", "1", end="\n"), part("two", "2", end="\n"), last("\n")],
            differs=read("one=1\ntwo=2\n", PART),
        ),
        upload(
            "types",
            *[ONE, part("two", "2", kind="text/plain"), FILE, last()],
            path="/types",
            differs=instead(
                "one: str is a str, in a StringField\ntwo: str is a str, in a StringField\n"
                "file: str is a bytes, in a Field\n",
                TEXT,
            ),
        ),
        upload("string", part("one", "value1"), last(), path="/string", differs=read(STRING % "one", TEXT)),
        upload("attributes of a field", ONE, last(), path="/parts", differs=instead(FIELD_OF_PART, STRIPPED)),
        upload("attributes of a file", FILE, last(), path="/parts", differs=instead(FILE_OF_PART, STRIPPED)),
        upload(
            "its type with options",
            *[part("file", "x", '; filename="f"', 'a/b; c=d; e="f g"'), last()],
            path="/parts",
            differs=instead(TYPE_OF_PART, STRIPPED),
        ),
        upload("mapping", *ABAC, last(), path="/mapping"),
        upload("changing", *ABAC[:3], last(), path="/changing", differs=instead(CHANGES, CHANGED)),
        upload("twice", ONE, FILE, last(), path="/twice", differs=instead(f"{TWICE}again\n{TWICE}", AGAIN)),
        upload("callbacks", ONE, FILE, last(), path="/callbacks"),
        upload("file_callback", ONE, FILE, last(), path="/file_callback"),
        upload("callback that refuses", ONE, FILE, last(), path="/refusing"),
        upload("callback that would refuse", ONE, last(), path="/refusing"),
        upload("filename with a path", part("file", "x", '; filename="C:\\dir\\name.txt"'), last()),
        upload("filename upwards", part("file", "x", '; filename="../../etc/passwd"'), last()),
        upload(
            "filename that is no ASCII",
            *[part("file", "x", '; filename="é.txt"'), last()],
            differs=instead("file=x in é.txt\n", TEXT),
        ),
        upload("filename without quotes", part("file", "x", "; filename=name.txt"), last()),
        upload(
            "filename with a semicolon",
            *[part("file", "x", '; filename="a;b.txt"'), last()],
            differs=instead("file=x in a;b.txt\n", FILENAME),
        ),
        upload(
            "filename with an escaped quote",
            *[part("file", "x", '; filename="a\\"b.txt"'), last()],
            differs=instead('file=x in a"b.txt\n', FILENAME),
        ),
        upload(
            "filename with percent signs",
            *[part("file", "x", '; filename="a%22b%41.txt"'), last()],
            differs=instead('file=x in a"bA.txt\n', FILENAME),
        ),
        upload(
            "extended filename",
            *[part("file", "x", "; filename*=UTF-8''%e2%82%ac.txt"), last()],
            differs=instead("file=x in €.txt\n", FILENAME),
        ),
        upload("order of the options", broken("Content-Disposition: form-data; filename=f; name=n"), last()),
        upload("headers in capitals", broken('CONTENT-DISPOSITION: FORM-DATA; NAME="n"'), last()),
        upload(
            "more headers",
            *[broken("X-One: 1\r\nContent-Disposition: form-data; name=n\r\nX-Two: 2"), last()],
            path="/parts",
            differs=instead(HEADERS_OF_PART, STRIPPED),
        ),
        upload("folded header", broken("Content-Disposition: form-data;\r\n name=n"), last()),
        upload("no name", broken("Content-Disposition: form-data"), last(), differs=instead("=x\n", NOT_NAMED)),
        upload("no disposition", broken("Content-Type: text/plain"), last(), differs=read("=x\n", NOT_NAMED)),
        upload(
            "header without a colon",
            *[broken("nonsense\r\nContent-Disposition: form-data; name=n"), last()],
            differs={"status": ("400 Bad Request", COLON)},
        ),
        upload(
            "preamble and epilogue",
            *[b"preamble\r\n", ONE, last(), b"epilogue"],
            differs=read("one=first\n", PART),
        ),
        upload("boundary in quotes", ONE, last(), header=f'"{BOUNDARY}"'),
        upload(
            "boundary with options behind",
            *[ONE, last()],
            header=f"{BOUNDARY}; charset=utf-8",
            differs=instead("one=first\n", OPTION),
        ),
        upload("no last boundary", ONE, part("two", "second"), differs=MALFORMED),
        upload("cut within a part", ONE, part("two", "second")[:-8], differs=MALFORMED),
        upload("boundary never comes", b"x" * 1000, differs=MALFORMED),
        upload("another boundary", ONE, last(), header="other", differs=MALFORMED),
        post("/fields", ONE + last(), {"Content-Type": "multipart/form-data"}, name="no boundary"),
        *[
            post(
                "/fields", ONE + last(), {"Content-Type": f"multipart/form-data{between}boundary={BOUNDARY}"}, name=name
            )
            for name, between in {
                "boundary behind a comma": ", ",
                "boundary behind a blank": " ",
                "boundary behind words": "; with the ",
                "boundary twice": "; boundary=x; ",
            }.items()
        ],
        upload("empty boundary", ONE, last(), header="", differs=MALFORMED),
        post(
            "/fields", ONE + last(), {"Content-Type": f"multipart/mixed; boundary={BOUNDARY}"}, name="multipart/mixed"
        ),
        post(
            "/fields",
            ONE + last(),
            {"Content-Type": f"MULTIPART/FORM-DATA; BOUNDARY={BOUNDARY}"},
            name="capitals",
            differs=read("one=first\n", TYPES),
        ),
        post("/fields", b"", {**multipart(), "Content-Length": "0"}, name="length 0"),
        post("/fields", b"", multipart(), name="no length"),
        post(
            "/fields",
            chunked(ONE + last()),
            {**multipart(), **CHUNKED},
            name="chunked",
            differs=read("one=first\n", CHUNKS),
        ),
        request("PUT", "/fields", multipart(), body=ONE + last(), name="PUT", differs=instead("one=first\n", BODIES)),
    ],
)
CASES = (MULTIPART_FORMS,)
