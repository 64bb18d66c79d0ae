"""Forms: FieldStorage and its fields, redirect, apply_fs_data, parse_qs (manual 4.6, reference sections 7 and 13)."""

from ..form_site import ABAC, CHUNKED, FORM, ONE, SITE, URLENCODED, chunked, form, instead, last, part, read, upload
from ..request import get, head, post, request
from . import Case

NAMES = "query-names: the original reads memory that it has given back: a name may be its value"
TEXT = "form-text: the original has bytes where there was text with Python 2, or text of another charset"
STRICT = "strict-parsing: the original ignores it"
NUL = "nul-in-forms: the value ends there in the original"
LONE = "form-bytes: the original cannot read it"
ATTRIBUTES = "field-attributes: the original has them for parts alone"
AGAIN = "second-form: the original has read the body"
CHANGED = "form-changes: the original takes names and values that are bytes, with Python 3"
CHUNKS = "chunked-bodies: the original cannot read them; here the WSGI server has decoded them"
BODIES = "put-forms: the original reads bodies of POST alone"
TYPES = "form-types: the original compares letter by letter"
ESCAPED = "redirect-text: the original writes it as it is"
NAMED = "keyword-only: the original knows no such parameters"
GIVEN = "req-field: the original fails"
MOVED = '<p>The document has moved <a href="%s">here</a></p>\n'
STRING = "Field('%s', 'value1')\n'value1x'\n'VALUE1'\n'value1'\nTrue\nTrue\n6\nTrue\n"
MAPPING = """\
[a]: [1 3]
[b]: 2
[x]: KeyError
get a: [1 3]
get x: no
getfirst a: 1
getfirst x: None
getfirst x no: no
getlist a: [1 3]
getlist b: [2]
getlist x: []
keys: [a b c]
items: [[a 1] [b 2] [a 3] [c ]]
iter: [a b c]
len: 3
a in: True
x in: False
has_key a: True
has_key x: False
"""
CHANGES = """\
add: a=1&b=2&a=3&added=1
add again: a=1&b=2&a=3&added=1&added=2
set: a=1&a=3&added=1&added=2&b=new
set what is not there: a=1&a=3&added=1&added=2&b=new&c=new
del: added=1&added=2&b=new&c=new
del what is not there: KeyError
clear: nothing
"""
FIELD = """\
a=1
    type: text/plain
    type_options: []
    disposition: None
    disposition_options: []
    headers: []
    file: 1
    value: 1
"""
APPLIED = """\
all a=1 b=2 c=3
made a=1 b=2
defaults a=1 x=default
given a=1 given=7
instance a=1 b=2
keywords a=1 b=2 c=3 given=7
keywords and more a=1 b=2 c=3 given=7
local a=1 b=inner
method a=1 b=2
missing: TypeError
none
positions args=[]
some a=1
unbound: TypeError
"""
ERROR = "ValueError bad query field: '%s'\n"

QUERIES = Case(
    "query strings",
    SITE,
    [
        get("/fields"),
        get("/fields?"),
        get("/fields?name=longer-value-1"),
        get("/fields?name=longer-value-1&more=another-value-2"),
        get("/fields?a=1&b=2", differs=instead("a=1\nb=2\n", NAMES)),
        get("/fields?a=1;b=2", differs=instead("a=1\nb=2\n", NAMES)),
        get("/fields?a=1&a=2", differs=instead("a=1\na=2\n", NAMES)),
        get("/fields?a=&b"),
        get("/blanks?a=&b"),
        get("/strict?name=longer-value-1"),
        get("/strict?name=longer-value-1&b", differs=instead(ERROR % "b", STRICT)),
        get("/fields?caf%C3%A9=cr%C3%A8me+br%C3%BBl%C3%A9e"),
        get("/types?name=longer-value-1"),
        head("/fields?name=longer-value-1"),
        request("DELETE", "/fields?name=longer-value-1"),
        request("PUT", "/fields?name=longer-value-1"),
        request("PUT", "/fields?name=longer-value-1", {"Content-Type": "a/json"}, body=b"{}", name="PUT, no form"),
    ],
)
URLENCODED_FORMS = Case(
    "urlencoded",
    SITE,
    [
        form("/fields", "a=1"),
        form("/fields", "a=1&b=2&c=3"),
        form("/fields", "a=1;b=2"),
        form("/fields", "a=1&a=2&b=3&a=4"),
        form("/fields", "a=&b&c=1&=d&="),
        form("/blanks", "a=&b&c=1&=d&="),
        form("/blanks", "&&a=1&;&"),
        form("/blanks", "a=1=2==3"),
        form("/blanks", "a+b=c+d&%2B=%2b"),
        form("/blanks", "%41%42=%43%44&%3d=%26"),
        form("/blanks", "a=%zz&b=%4&c=%&d=%%41"),
        form("/blanks", "a=%00b", differs=instead("a=\0b\n", NUL)),
        form("/blanks", "a=x%00y&b=1", differs=instead("a=x\0y\nb=1\n", NUL)),
        form("/blanks", "caf%C3%A9=%E2%82%AC"),
        form("/blanks", "café=€"),
        form("/blanks", "a=%E9", differs={"status": ("200 OK", LONE), "body": ({"base64": "YT3pCg=="}, LONE)}),
        form("/blanks", b"a=\xe9", differs={"status": ("200 OK", LONE), "body": ({"base64": "YT3pCg=="}, LONE)}),
        form("/blanks", "a=1\r\n"),
        form("/blanks", " a = 1 "),
        form("/fields", ""),
        form("/sizes", "a=" + "x" * 20000, name="long"),
        form("/sizes", "&".join(f"n{number}={number}" for number in range(500)), name="500 fields"),
        form("/strict", "a=1&b=2"),
        form("/strict", "a=1&b", differs=instead(ERROR % "b", STRICT)),
        form("/strict", "a=1&&b=2", differs=instead(ERROR % "", STRICT)),
        form("/fields?name=longer-value-1", "a=1"),
        form("/fields?name=longer-value-1", "name=2"),
        form("/types", "a=1", differs=instead("a: str is a str, in a StringField\n", TEXT)),
        form("/string", "a=value1", differs=read(STRING % "a", TEXT)),
        form("/mapping", "a=1&b=2&a=3&c=", differs=instead(MAPPING, TEXT)),
        form("/changing", "a=1&b=2&a=3", differs=instead(CHANGES, CHANGED)),
        form("/parts", "a=1", differs=instead(FIELD, ATTRIBUTES)),
        form("/twice", "a=1&b=2", differs=instead("a=1\nb=2\nagain\na=1\nb=2\n", AGAIN)),
        form("/read_first", "a=1&b=2"),
        form("/read_afterwards", "a=1&b=2"),
        form("/callbacks", "a=1"),
        form("/fields", "a=1", {}, name="no type"),
        form("/fields", "a=1", {"Content-Type": URLENCODED + "; charset=UTF-8"}, name="type with a charset"),
        form("/fields", "a=1", {"Content-Type": URLENCODED.upper()}, name="capitals", differs=read("a=1\n", TYPES)),
        form("/fields", "a=1", {"Content-Type": f" {URLENCODED} "}, name="type with blanks"),
        form("/fields", "a=1", {"Content-Type": ""}, name="empty type", differs=read("a=1\n", TYPES)),
        form("/fields", "a=1", {"Content-Type": f"{URLENCODED} charset=UTF-8"}, name="type without a semicolon"),
        form("/fields", "a=1", {"Content-Type": f"{URLENCODED}, {URLENCODED}"}, name="type twice"),
        form("/fields", "{}", {"Content-Type": "application/json"}, name="another type"),
        form("/fields", "a=1", {"Content-Type": "text/plain"}, name="text/plain"),
        form("/fields", "a=1", {"Content-Type": "nonsense"}, name="nonsense for a type"),
        post("/fields", b"", FORM, name="no length"),
        post("/fields", b"", {**FORM, "Content-Length": "0"}, name="length 0"),
        post("/fields", b"a=1", {**FORM, "Content-Length": "abc"}, name="length that is no number"),
        post("/fields", b"a=1&b=2", {**FORM, "Content-Length": "3"}, name="length shorter than the body"),
        post("/fields", b"a=1", {**FORM, "Content-Length": "10"}, name="length longer than the body", hang_up=True),
        post("/fields", chunked(b"a=1"), {**FORM, **CHUNKED}, name="chunked", differs=read("a=1\n", CHUNKS)),
        request("PUT", "/fields", FORM, body=b"a=1", name="PUT", differs=instead("a=1\n", BODIES)),
        request("PATCH", "/fields", FORM, body=b"a=1", name="PATCH", differs=instead("a=1\n", BODIES)),
        request("PUT", "/read_afterwards", {"Content-Type": "a/b"}, body=b"a=1", name="PUT of something else"),
        request("PUT", "/read_afterwards", body=b"a=1", name="PUT without a type"),
        request("DELETE", "/fields", FORM, body=b"a=1", name="DELETE"),
        get("/fields", FORM, body=b"a=1", name="GET with a body"),
        post("/fields", b"a=1", {**FORM, "Expect": "100-continue"}, name="Expect: 100-continue"),
    ],
)
REDIRECTS = Case(
    "redirect",
    SITE,
    [
        get("/plain", differs={"body": (MOVED % "http://elsewhere.test/there?a=1&amp;b=2", ESCAPED)}),
        head("/plain"),
        get("/permanent"),
        get("/permanent", protocol="HTTP/1.0", name="HTTP/1.0"),
        form("/permanent", "a=1"),
        get("/permanent_by_name"),
        get("/with_text"),
        get("/relative"),
        get("/to_a_path"),
        get("/without_type"),
        get("/as_html"),
        get("/with_quotes", differs={"body": (MOVED % "/there?&quot;&gt;&lt;b&gt;", ESCAPED)}),
        get("/twice_redirected"),
        get("/with_status"),
        get("/not_text"),
        get("/with_header"),
        get("/after_buffered"),
        get("/after_written"),
        get("/raises"),
    ],
)
CALLS = Case(
    "apply_fs_data",
    SITE,
    [
        upload("parts", *[part(name, name.upper()) for name in "abc"], last(), path="/apply"),
        upload("repeated", *ABAC[:3], last(), path="/apply"),
        upload("file", part("a", "x", '; filename="f"'), part("b", "2"), last(), path="/apply"),
        upload("no file chosen", part("a", "", '; filename=""'), part("b", "2"), last(), path="/apply"),
        upload("two files", *[part("a", "x", f'; filename="{name}"') for name in "fg"], last(), path="/apply"),
        upload("nothing", last(), path="/apply"),
        upload("more than wanted", *[part(name, name.upper()) for name in "abcde"], last(), path="/apply"),
        upload("blank", part("a", ""), part("b", ""), last(), path="/apply"),
        form("/apply", "a=1&b=2&c=3", differs=instead(APPLIED, TEXT)),
        upload(
            "keyword-only",
            *[part("a", "1"), part("b", "2"), last()],
            path="/keyword_only",
            differs=instead("called a=1 b=2 x=default\n", NAMED),
        ),
        upload(
            "a field called like what is given",
            *[part("a", "sent"), last()],
            path="/given_and_sent",
            differs=instead("called a=given\n", GIVEN),
        ),
        upload("what is given, and not sent", ONE, last(), path="/given_and_sent"),
    ],
)
PARSERS = Case(
    "parse_qs and parse_qsl",
    SITE,
    [
        get("/parse_qs"),
        get("/parse_qs?a=1&b=2&a=3"),
        get("/parse_qs?a=1;b=2"),
        get("/parse_qs?a&b=&=c"),
        get("/parse_qs_without_blanks?a&b=&=c&d=e"),
        get("/parse_qs?a+b=c+d&%41=%zz&x=%4"),
        get("/parse_qs?caf%C3%A9=%E2%82%AC"),
        get("/parse_qs?a=b=c"),
        get("/parse_qs?a=x%00y", differs=instead("'a': ['x\\x00y']\n", NUL)),
        get("/parse_qs?&&;a=1&"),
        form("/parse_qs_of_bytes", "a=1&b=2&a=3"),
        form("/parse_qs_of_bytes", "a&b=&=c"),
        form("/parse_qs_of_bytes", "a=%E9%zz"),
        form("/parse_qs_of_bytes", ""),
        form("/parse_qsl_of_bytes", "a=1&b=2&a=3"),
        form("/parse_qsl_of_bytes", "a=1;b=2"),
        form("/parse_qsl_of_bytes", "a&b=&=c&=&"),
        form("/parse_qsl_of_bytes_without_blanks", "a&b=&=c&=&d=e"),
        form("/parse_qsl_of_bytes", "a+b=c+d&%41=%E9%zz&%=%4"),
        form("/parse_qsl_of_bytes", "a=x%00y", differs=instead("(b'a', b'x\\x00y')\n", NUL)),
        form("/parse_qsl_of_bytes", b"\xe9=\xff"),
        get("/module"),
    ],
)

CASES = (QUERIES, URLENCODED_FORMS, REDIRECTS, CALLS, PARSERS)
