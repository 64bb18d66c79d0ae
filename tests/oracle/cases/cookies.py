"""Cookies (reference section 10): how they are read, written and signed."""

from typing import Any

from ..cookie_site import SITE, SITE_MD5, SITE_SHA256
from ..request import Request, get, head, post
from . import Case

BROKEN = "signed-cookies: with Python 3 the original can neither sign nor verify"
CHECKED = "cookie-text: the original writes whatever it is given"
GIVEN = "comment-url: the original takes no commentURL as a keyword"

Differs = dict[str, tuple[Any, str]]

OLD = "0fe26d789d153d69755c401a91a97235b"  # SignedCookie("a", "b", "secret") of Python 2.7
NEW = "b133de2499c166678735f2b114764998bca0eb5999ef355f7859e38ded286a6db"
OLD_MARSHAL = "0e4e68a7c4c186b4a7cc201b08f9b72fe2kBAAAAaQIAAAAw"  # MarshalCookie("a", {1: 2}, "secret") of Python 2.7
NEW_MARSHAL = "9be1f36ce1a21af3efa8d109360d6e8d4633ee1e7c18c36a0ca63bcfda481f87e2kBAAAAaQIAAAAw"


def cookie(path: str, header: str, **options: Any) -> Request:
    """A request with a Cookie header."""
    return get(path, {"Cookie": header}, name=f"{path} {header!r}"[:110], **options)


def answer(body: str, reason: str, **headers: str) -> Differs:
    """A page instead of an error."""
    return {
        "status": ("200 OK", reason),
        "body": (body, reason),
        **{f"header:{name.replace('_', '-')}": (value, reason) for name, value in headers.items()},
    }


def sets(value: str, reason: str = BROKEN) -> Differs:
    """A cookie instead of an error."""
    return answer("", reason, Set_Cookie=value)


HEADERS = (
    "a=1",
    "a=1; b=2",
    "a=1;b=2",
    "a=1;;b=2",
    "a=1 ; b=2",
    "a = 1 ; b = 2",
    " a=1",
    ",a=1",
    ", , a=1",
    "a=1,b=2",
    "a=1, b=2",
    "a=",
    "a=;b=2",
    "a",
    "a;b",
    "a b",
    "a b c;d",
    "a=b=c",
    "=a",
    "==a",
    ";a=1",
    "; ; a=1;",
    "=;=;a=1",
    ",",
    ",,",
    ", ,",
    "a=1;,",
    "a=1; ,=5",
    ",;",
    'a="x"',
    'a="x;y"; b=2',
    'a="x;y',
    'a="x\\"y"; b=2',
    'a="x\\\\"; b=2',
    'a="x"y; b=2',
    'a="x" ; b=2',
    'a="x" y=3',
    'a="; b="',
    'a=""; b',
    'a="x',
    "a='x;y'; b=2",
    "$Version=1; a=1; $Path=/; $=2",
    "$a=1",
    "a=1; a=2; A=3",
    "a=cafÃ©",
    "a=%41+b",
    "a\t=1",
    "a=\t1",
    "a=1\t; b=2",
    "a:b=1",
    "a=1&b=2",
    '"a"=1',
    '"a b"=1',
    "a,b=1",
    "a=1 b=2; c=3",
    "a{b}=[1]",
    "pysid=0123456789abcdef0123456789abcdef",
)

READING = Case(
    "reading",
    SITE,
    [
        get("/parsed"),
        *[cookie("/parsed", header) for header in HEADERS],
        get(
            "/parsed",
            (("Cookie", "a=1"), ("Cookie", "b=2")),
            name="two headers",
            differs={
                "body": (
                    "'a'='1,b=2' Cookie\n",
                    "joined-cookies: Apache puts a blank behind the comma, a WSGI server none",
                ),
                "header:Content-Length": (
                    "19",
                    "joined-cookies: Apache puts a blank behind the comma, a WSGI server none",
                ),
            },
        ),
        cookie("/one", "a=1; b=2"),
        cookie("/one?b", "a=1; b=2"),
        cookie("/one?c", "a=1; b=2"),
        cookie("/one?A", "a=1; b=2"),
        get("/one"),
        cookie("/named", "a=1; b=2; c=3; d=4"),
        cookie("/class", "a=one; b=two"),
        post("/parse", b"a=1|a=1; b=2|a=1; Path=/; HttpOnly|x y|", name="parse()"),
        post(
            "/parse",
            'ä=ö; a=\n1; b\n=2;\n c=3|a="x\ny"; b="x\\\ny"; c=1|\x00=1; a=\x00'.encode(),
            name="parse() of odd text",
        ),
        cookie("/parsed", "; ".join([f"c{number}={number}" for number in range(100)])),
    ],
)
EVIL = """\
CookieError the value of a cookie may not contain '\\r'
CookieError the value of a cookie may not contain '\\n'
CookieError the value of a cookie may not contain '\\x00'
CookieError the value of a cookie may not contain ';'
CookieError the name of a cookie may not contain '\\r'
CookieError the name of a cookie may not contain ';'
CookieError the name of a cookie may not be empty or contain '='
CookieError the name of a cookie may not be empty or contain '='
CookieError the path of a cookie may not contain ';'
CookieError the comment of a cookie may not contain '\\r'
CookieError a cookie named __Host- must be secure, with the path / and no domain
CookieError a cookie named __Host- must be secure, with the path / and no domain
CookieError a cookie named __Host- must be secure, with the path / and no domain
CookieError a cookie named __Secure- must be secure
CookieError a cookie named __Host- must be secure, with the path / and no domain
"""
WRITING = Case(
    "writing",
    SITE,
    [
        get("/set"),
        head("/set"),
        get("/attributes"),
        get("/upper"),
        get("/comment_url"),
        get("/comment_url_given", differs=sets("a=1; commentURL=http://x/", GIVEN)),
        get("/expires"),
        get("/unknown"),
        get("/twice"),
        get("/cached"),
        get("/odd"),
        get("/fails"),
        get("/evil", differs={"body": (EVIL, CHECKED), "header:Content-Length": (str(len(EVIL)), CHECKED)}),
        get("/prefixes"),
    ],
)


def signing(text: str, marshal: str, old: str, new: str, old_marshal: str, new_marshal: str) -> list[Request]:
    """Cookies signed in both ways, and what is made of them.

    text, marshal: what is written. Of the others the value that we show, or "" for a mismatch.
    """
    requests = [get("/sign", differs=sets(f"a={text}")), get("/marshal", differs=sets(f"a={marshal}"))]
    for path, values in (
        ("/signed", ((OLD, old), (NEW, new), (f"{OLD}x", ""), (f"0{NEW}", ""), ("b", ""), ("", ""))),
        (
            "/marshalled",
            ((OLD_MARSHAL, old_marshal), (NEW_MARSHAL, new_marshal), (f"{OLD_MARSHAL}A", ""), ("e2kBAAAA", "")),
        ),
    ):
        kind = "SignedCookie" if path == "/signed" else "MarshalCookie"
        for value, shown in values:
            for mode in (0, 1, 3):
                instead = f"'a'={value!r} Cookie\n" if mode == 0 else "" if mode == 1 else "CookieError"
                body = f"'a'={shown} {kind}\n" if shown else instead
                requests.append(cookie(f"{path}?{mode}", f"a={value}", differs=answer(body, BROKEN)))
    return requests


SIGNING = Case(
    "signing",
    SITE,
    [
        *signing(NEW, NEW_MARSHAL, "'b'", "'b'", "{1: 2}", "{1: 2}"),
        get("/no_secret"),
        cookie("/signed?1", "ab=0fe26d789d153d69755c401a91a97235", differs=answer("'ab'='' SignedCookie\n", BROKEN)),
    ],
)
SIGNING_MD5 = Case("signing as the original", SITE_MD5, signing(OLD, OLD_MARSHAL, "'b'", "'b'", "{1: 2}", "{1: 2}"))
SIGNING_SHA256 = Case("signing in the new way alone", SITE_SHA256, signing(NEW, NEW_MARSHAL, "", "'b'", "", "{1: 2}"))

CASES = (READING, WRITING, SIGNING, SIGNING_MD5, SIGNING_SHA256)
