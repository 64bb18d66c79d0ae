"""Sessions (reference section 10): their cookie, their life, their kinds, the options of them."""

from dataclasses import replace
from typing import Any

from ..request import Request, get
from ..session_site import with_options
from . import Case

HERE = "mod_python.session.database_directory @ROOT@/sessions"
SIGNED = "signed-cookies: with Python 3 the original can neither sign nor verify"
NEWLINE = "session-ids: the original takes a name with a line end behind it"
NO_NEWLINE = "ValueError\n" * 8 + "TypeError\n" * 2

OPTIONS = {
    "memory": ("mod_python.session.session_type MemorySession",),
    "dbm": ("mod_python.session.session_type DbmSession", HERE),
    "file": ("mod_python.session.session_type FileSession", HERE),
}


def asked(path: str, jar: str = "a", **options: Any) -> Request:
    """A request of a client."""
    return replace(get(path, **options), jar=jar, name=options.get("name", f"{path} [{jar}]"))


def cookie(path: str, value: str, jar: str = "a", **options: Any) -> Request:
    """A request with a cookie of another value."""
    return replace(get(path, {"Cookie": value}, name=f"{path} {value!r}"[:100], **options), jar=jar)


LIFE = [
    asked("/count"),
    asked("/count"),
    asked("/count", "b"),
    asked("/count"),
    asked("/show", "b"),
    asked("/show", "c"),
    asked("/show", "c"),
    asked("/forget", "d"),
    asked("/show", "d"),
    asked("/type"),
    asked("/kinds", "e"),
    asked("/kinds_again", "e"),
    asked("/times", "f"),
    asked("/times", "f"),
    asked("/timeout", "g"),
    asked("/timeout_again", "g"),
    asked("/short", "h"),
    asked("/wait", "i"),
    asked("/show", "h"),
    asked("/invalidate", "j"),
    asked("/show", "j"),
    cookie("/show", "pysid=@SID@", "j"),
    asked("/delete"),
    asked("/show"),
    asked("/count", "k"),
    asked("/delete_and_save", "k"),
    asked("/show", "k"),
    asked("/count", "l"),
    asked("/reload", "l"),
    asked("/count", "m"),
    asked("/by_sid?@SID@", "m"),
    asked("/by_sid?00000000000000000000000000000000", "m"),
    asked("/unlock", "n"),
    asked("/show", "n"),
    asked("/count", "o"),
    asked("/no_lock", "o"),
    asked("/show", "o"),
    asked("/dict", "p"),
    asked("/show", "p"),
    asked("/fails", "q"),
    asked("/show", "q"),
    asked("/raises", "r"),
    asked("/show", "r"),
    asked("/redirect", "s"),
    asked("/redirect", "s"),
    asked("/show", "s"),
    asked("/make_cookie", "t"),
    asked("/attributes", "t"),
]
FOREIGN = [
    asked(
        "/bad_sid",
        "z",
        differs={
            "body": (NO_NEWLINE, NEWLINE),
            "header:Content-Length": (str(len(NO_NEWLINE)), NEWLINE),
            "header:Cache-Control": (None, NEWLINE),
            "header:Set-Cookie": (None, NEWLINE),
        },
    ),
    *[
        cookie("/count", value, f"odd{number}")
        for number, value in enumerate(
            (
                "pysid=x",
                "pysid=",
                "pysid=../../../../etc/passwd",
                "pysid=0000000000000000000000000000000",
                "pysid=000000000000000000000000000000000",
                "pysid=0123456789ABCDEF0123456789ABCDEF",
                "pysid=0123456789abcdef0123456789abcdef",
                'pysid="0123456789abcdef0123456789abcdef"',
                "pysid=0123456789abcdef/../0123456789ab",
                "PYSID=0123456789abcdef0123456789abcdef",
                "pysid",
                "other=1; pysid=%2e%2e%2f",
            )
        )
    ],
]


def life(kind: str) -> Case:
    """The same for each kind. While a request waits, Apache may start another process, with a memory of its own."""
    requests = [*LIFE, *FOREIGN]
    if kind == "memory":
        requests = [each for each in requests if each.jar not in ("h", "i")]
    return Case(kind, with_options(*OPTIONS[kind]), requests)


OWN = Case(
    "a class of the site",
    with_options("mod_python.session.session_type MemorySession"),
    [
        asked("/own"),
        asked("/own"),
        asked("/own"),
        asked("/own"),
        asked("/order"),
    ],
)
CLEANUP = Case(
    "cleanup",
    with_options(*OPTIONS["file"]),
    [asked("/cleanup"), asked("/show"), asked("/file_options"), asked("/show")],
)
NAMED = Case(
    "names of the cookie",
    with_options(*OPTIONS["memory"], "mod_python.session.cookie_name other"),
    [asked("/count"), asked("/count"), cookie("/count", "pysid=@SID@"), asked("/make_cookie")],
)
OLD_NAMES = Case(
    "names from before 3.3",
    with_options(
        "session FileSession",
        "session_directory @ROOT@/others",
        "session_cookie_name sid",
        "ApplicationPath /x",
        "session_fast_cleanup 0",
        "session_verify_cleanup no",
        "session_grace_period 10",
        "session_cleanup_time_limit 1",
    ),
    [asked("/count"), cookie("/count", "sid=@SID@"), asked("/type"), cookie("/cleanup", "sid=@SID@")],
)
BOTH_NAMES = Case(
    "both names",
    with_options(
        "session FileSession",
        *OPTIONS["memory"],
        "session_cookie_name old",
        "mod_python.session.cookie_name new",
        "ApplicationPath /old",
        "mod_python.session.application_path /",
    ),
    [asked("/count"), asked("/type")],
)
PLACED = Case(
    "where the cookie is sent",
    with_options(
        *OPTIONS["memory"],
        "mod_python.session.application_path /app",
        "mod_python.session.application_domain .oracle.test",
    ),
    [asked("/count"), asked("/count"), cookie("/count", "pysid=@SID@"), cookie("/invalidate", "pysid=@SID@")],
)
PATHS = Case(
    "paths of the cookie",
    with_options(
        *OPTIONS["memory"],
        more="""
    <Directory "@ROOT@/htdocs/sub">
        PythonHandler deep.page
        PythonPath "['@ROOT@/htdocs'] + sys.path"
        PythonHandler page
    </Directory>
    <Location "/place">
        SetHandler mod_python
        PythonHandler page
        PythonPath "['@ROOT@/htdocs'] + sys.path"
    </Location>
    Alias "/alias" "@ROOT@/elsewhere"
    <Directory "@ROOT@/elsewhere">
        Require all granted
        SetHandler mod_python
        PythonHandler page
        PythonOption mod_python.session.session_type MemorySession
    </Directory>
    <Location "/place">
        PythonOption mod_python.session.session_type MemorySession
    </Location>
    """,
    ),
    [
        asked("/sub/count", "a"),
        asked("/sub/count", "a"),
        asked("/sub/deep/count", "b"),
        asked("/place/count", "c"),
        asked("/alias/count", "d"),
    ],
)
SIGNING = Case(
    "signed",
    with_options(*OPTIONS["memory"]),
    [
        asked("/signed", differs={"status": ("200 OK", SIGNED)}),
        asked("/signed", differs={"status": ("200 OK", SIGNED), "header:Set-Cookie": (None, SIGNED)}),
        cookie("/signed", "pysid=@SID@", differs={"status": ("200 OK", SIGNED)}),
    ],
)
WRONG = Case(
    "unknown",
    with_options("mod_python.session.session_type NoSession"),
    [asked("/count")],
)
CASES = (
    *[life(kind) for kind in OPTIONS],
    *(OWN, CLEANUP, NAMED, OLD_NAMES, BOTH_NAMES, PLACED, PATHS, SIGNING, WRONG),
)
