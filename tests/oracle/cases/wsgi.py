"""The handler mod_python.wsgi (reference section 11): its environ, and what it makes of an application's answer."""

from typing import Any

from ..request import get, head, post, request
from ..site import Site
from . import Case

APP = """
    import sys

    def told(environ):
        names = "REQUEST_METHOD SCRIPT_NAME PATH_INFO QUERY_STRING CONTENT_TYPE CONTENT_LENGTH SERVER_NAME SERVER_PORT"
        names += " SERVER_PROTOCOL HTTP_HOST HTTP_X_OWN HTTP_AUTHORIZATION HTTP_PROXY HTTP_COOKIE GATEWAY_INTERFACE"
        names += " REMOTE_ADDR REMOTE_USER AUTH_TYPE DOCUMENT_ROOT REQUEST_URI SERVER_ADMIN SITE HTTPS"
        names += " wsgi.version wsgi.url_scheme wsgi.multithread wsgi.multiprocess PATH_TRANSLATED"
        return "".join("%s=%r\\n" % (name, environ[name]) for name in names.split() if name in environ)

    def application(environ, start_response):
        name = environ["PATH_INFO"].rpartition("/")[2] or "tell"
        return globals().get(name, tell)(environ, start_response)

    def tell(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [told(environ).encode()]

    def length(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
        return [b"12345"]

    def missing(environ, start_response):
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"not here"]

    def own_line(environ, start_response):
        start_response("404 Gone fishing", [("Content-Type", "text/plain")])
        return [b"gone"]

    def found(environ, start_response):
        start_response("302 Found", [("Location", "http://other.test/"), ("Content-Type", "text/plain")])
        return [b"moved"]

    def no_content(environ, start_response):
        start_response("204 No Content", [])
        return []

    def unmodified(environ, start_response):
        start_response("304 Not Modified", [("ETag", '"x"')])
        return []

    def teapot(environ, start_response):
        start_response("418 I'm a teapot", [("Content-Type", "text/plain")])
        return [b"short and stout"]

    def error(environ, start_response):
        start_response("500 Internal Server Error", [("Content-Type", "text/plain")])
        return [b"own error"]

    def nothing(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return []

    def pieces(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"one ", b"", b"two ", b"three"]

    def generated(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        for number in range(3):
            yield b"%d " % number

    def late(environ, start_response):
        yield b""
        start_response("200 OK", [("Content-Type", "text/plain")])
        yield b"late"

    def writes(environ, start_response):
        write = start_response("200 OK", [("Content-Type", "text/plain")])
        write(b"written ")
        return [b"returned"]

    def headers(environ, start_response):
        start_response("200 OK", [
            ("Content-Type", "text/x-own"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-Own", "yes"),
            ("Cache-Control", "no-cache")])
        return [b"headers"]

    def no_type(environ, start_response):
        start_response("200 OK", [])
        return [b"no type"]

    def echo(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))]

    def lines(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        source = environ["wsgi.input"]
        return [source.readline(), b"|", source.readline(3), b"|", b"+".join(source.readlines())]

    def iterated(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [line + b"|" for line in environ["wsgi.input"]]

    def fails(environ, start_response):
        raise ValueError("in the application")

    def fails_after_start(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain"), ("X-Own", "lost")])
        raise ValueError("after start_response")

    def fails_within(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        yield b"begun"
        raise ValueError("within")

    def handles(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain"), ("X-First", "yes")])
        try:
            raise ValueError("handled")
        except ValueError:
            start_response("503 Busy", [("Content-Type", "text/plain"), ("X-Second", "yes")], sys.exc_info())
        return [b"an error page"]

    def handles_late(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        yield b"begun"
        try:
            raise ValueError("too late")
        except ValueError:
            start_response("503 Busy", [], sys.exc_info())
        yield b"never"

    def twice(environ, start_response):
        start_response("200 OK", [("X-First", "yes")])
        start_response("200 OK", [("X-Second", "yes")])
        return [b"twice"]

    def never(environ, start_response):
        return [b"without start_response"]

    def text(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return ["text"]

    def string(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return b"ab"

    def bad_status(environ, start_response):
        start_response("nonsense", [])
        return [b"x"]

    def bad_headers(environ, start_response):
        start_response("200 OK", (("X-Own", "yes"),))
        return [b"x"]

    def bad_header(environ, start_response):
        start_response("200 OK", [("X-Own", 1)])
        return [b"x"]

    def injected(environ, start_response):
        start_response("200 OK", [("X-Own", "a\\r\\nX-Other: b")])
        return [b"x"]

    def logs(environ, start_response):
        environ["wsgi.errors"].write("a line of the application\\n")
        environ["wsgi.errors"].flush()
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"logged"]

    class closed(object):
        def __init__(self, environ, start_response):
            self.environ = environ
            start_response("200 OK", [("Content-Type", "text/plain")])
        def __iter__(self):
            return iter([b"body"])
        def close(self):
            self.environ["wsgi.errors"].write("the body was closed\\n")
            self.environ["wsgi.errors"].flush()

    class closed_after_error(closed):
        def __iter__(self):
            yield b"begun"
            raise ValueError("while iterating")
"""

HANDLER = """
    SetHandler mod_python
    PythonHandler mod_python.wsgi
    PythonOption mod_python.wsgi.application {}
    PythonPath "['@ROOT@/htdocs'] + sys.path"
    SetEnv SITE set
"""


def site(container: str, *more: str, application: str = "app", outside: str = "") -> Site:
    """An application in a section."""
    kind = container.partition(" ")[0]
    inner = "\n".join([HANDLER.format(application), *more])
    conf = f"{outside}\n<{container}>\n{inner}\n</{kind}>\n"
    files = {
        "htdocs/app.py": APP,
        "htdocs/other.py": "from app import tell as other, missing as application\nnumber = 1\n",
        "htdocs/page.txt": "a file\n",
        "htdocs/sub/page.txt": "a file below\n",
    }
    return Site(conf, files)


LOCATION = site("Location /app")
STATUS = "wsgi-status: the original sends 200 with the application's status line, and does not even that"
HANDLED = "wsgi-exc-info: the original raises what the application has handled"
PROTOCOL = "wsgi-protocol: the original does not look"
PATH = "wsgi-path-info: the original has no PATH_INFO then, and text that is not latin-1"
ITERATED = "wsgi-input: the original's cannot be iterated over"
TYPE = "wsgi-content-type: the original sends that of the file, or of the folder"
BASE = "wsgi-base-uri: the original compares letters, not parts of the path"
ABSENT = "wsgi-absent: the original declines, so that files are sent"
INJECTED = "wsgi-header-check: the original fails twice"

Differs = dict[str, tuple[Any, str]]


def status(line: str, reason: str, **fields: Any) -> Differs:
    """Another page of ours."""
    return {"status": (line, reason), **{name: (value, reason) for name, value in fields.items()}}


def told(script: str, path: str) -> Differs:
    """The environ instead of an error."""
    body = TOLD.format(script=script, path=path)
    return status("200 OK", PATH, body=body)


TOLD = """\
REQUEST_METHOD='GET'
SCRIPT_NAME='{script}'
PATH_INFO='{path}'
QUERY_STRING=''
SERVER_NAME='oracle.test'
SERVER_PORT='@PORT@'
SERVER_PROTOCOL='HTTP/1.1'
HTTP_HOST='oracle.test:@PORT@'
GATEWAY_INTERFACE='CGI/1.1'
REMOTE_ADDR='127.0.0.1'
DOCUMENT_ROOT='@ROOT@/htdocs'
REQUEST_URI='{script}{path}'
SERVER_ADMIN='admin@oracle.test'
SITE='set'
wsgi.version=(1, 0)
wsgi.url_scheme='http'
wsgi.multithread=False
wsgi.multiprocess=True
"""
CLOSED = status("500 Internal Server Error", ABSENT)
MISSING = status("404 Not Found", STATUS, body="not here", framing="chunked")
DIFFERS = {
    "missing": MISSING,
    "own_line": status("404 Gone fishing", STATUS, body="gone", framing="chunked"),
    "found": {**status("302 Found", STATUS, body="moved"), "header:Location": ("http://other.test/", STATUS)},
    "no_content": status("204 No Content", STATUS, body="", framing="none"),
    "unmodified": {**status("304 Not Modified", STATUS, body="", framing="none"), "header:ETag": ('"x"', STATUS)},
    "teapot": status("418 I'm a teapot", STATUS, body="short and stout"),
    "error": status("500 Internal Server Error", STATUS, body="own error"),
    "handles": {
        **status("503 Busy", HANDLED, body="an error page"),
        "header:X-First": (None, HANDLED),
        "header:X-Second": ("yes", HANDLED),
    },
    "twice": status("500 Internal Server Error", PROTOCOL),
    "never": status("500 Internal Server Error", PROTOCOL),
    "injected": {**status("500 Internal Server Error", INJECTED), "header:X-Other": (None, INJECTED)},
}
NAMES = """
    tell length missing own_line found no_content unmodified teapot error nothing pieces generated late writes headers
    no_type fails fails_after_start fails_within handles handles_late twice never text string bad_status bad_headers
    bad_header injected logs closed closed_after_error
"""
LOGS = {
    "logs": ("a line of the application",),
    "closed": ("the body was closed",),
    "closed_after_error": ("the body was closed", "while iterating"),
    "fails": ("ValueError: in the application",),
}
CASES = (
    Case(
        "answers",
        LOCATION,
        [
            get(f"/app/{name}", name=name, log=LOGS.get(name, ()), differs=DIFFERS.get(name, {}))
            for name in NAMES.split()
        ],
    ),
    Case(
        "requests",
        LOCATION,
        [
            get("/app", differs=told("/app", "")),
            get("/app/"),
            get("/app/more/than/one?x=1&y=%20"),
            get("/app/caf%C3%A9/%25", differs=told("/app", "/caf\u00c3\u00a9/%")),
            get("/app//double"),
            get("/app/x/../y"),
            get("/application"),
            get("/page.txt"),
            get("/app/tell", {"X-Own": "yes", "Cookie": "a=1", "Proxy": "evil", "Authorization": "Basic eDp5"}),
            head("/app/pieces"),
            head("/app/length"),
            post("/app/echo", b"what was sent", {"Content-Type": "text/plain"}),
            post("/app/tell", b"what was sent", {"Content-Type": "text/plain"}, name="POST to be told"),
            post("/app/lines", b"one\ntwo and more\nthree\nfour"),
            post("/app/iterated", b"one\ntwo\n", differs=status("200 OK", ITERATED, body="one\n|two\n|")),
            request("OPTIONS", "/app/tell"),
            request("DELETE", "/app/tell"),
            request("NONSENSE", "/app/tell"),
            get("/app/pieces", protocol="HTTP/1.0", name="HTTP/1.0"),
        ],
    ),
    Case("location with a slash", site("Location /app/"), [get("/app/x"), get("/app/"), get("/app"), get("/apple")]),
    Case("location of everything", site("Location /"), [get("/x/y"), get("/"), get("/page.txt")]),
    Case(
        "directory",
        site('Directory "@ROOT@/htdocs"'),
        [
            get("/x/y"),
            get("/", differs={"header:Content-Type": ("text/plain", TYPE)}),
            get("/page.txt"),
            get("/page.txt/x"),
            get("/sub"),
        ],
    ),
    Case(
        "directory with a base",
        site('Directory "@ROOT@/htdocs"', "PythonOption mod_python.wsgi.base_uri /base"),
        [
            get("/base/x"),
            get("/base", differs=told("/base", "")),
            get("/base/"),
            get("/basement/x", differs=status("404 Not Found", BASE)),
            get("/other"),
            get("/page.txt"),
        ],
    ),
    Case(
        "base in a location",
        site("Location /app", "PythonOption mod_python.wsgi.base_uri /app/deep"),
        [
            get("/app/deep/x"),
            get("/app/deep", differs=told("/app/deep", "")),
            get("/app/x"),
            get("/app/deeper", differs=status("404 Not Found", BASE)),
        ],
    ),
    Case(
        "empty base in a location",
        site("Location /app", 'PythonOption mod_python.wsgi.base_uri ""'),
        [get("/app/x"), get("/app", differs=told("/app", ""))],
    ),
    Case(
        "base with a slash",
        site("Location /app", "PythonOption mod_python.wsgi.base_uri /app/"),
        [get("/app/x", log=("must not end with '/'",))],
    ),
    Case("location match", site('LocationMatch "^/a.p"'), [get("/app/x"), get("/axp")]),
    Case(
        "location that adds an option",
        site('Directory "@ROOT@/htdocs"', outside="<Location /sub>\nSetEnv OTHER x\nPythonOption other x\n</Location>"),
        [get("/sub/x"), get("/x/y")],
    ),
    Case(
        "location in a location",
        site("Location /app/in", outside="<Location /app>\nPythonOption x y\n</Location>"),
        [get("/app/in/x"), get("/app/x")],
    ),
    Case("other name", site("Location /app", application="other::other"), [get("/app/x")]),
    Case("application of another module", site("Location /app", application="other"), [get("/app/x", differs=MISSING)]),
    Case(
        "name that is not there",
        site("Location /app", application="app::nothing_such"),
        [get("/app/x", differs=CLOSED), get("/app", differs=CLOSED)],
    ),
    Case("name of no function", site("Location /app", application="other::number"), [get("/app/x")]),
    Case("module that is not there", site("Location /app", application="nothing"), [get("/app/x")]),
    Case("no application", site("Location /app", application='""'), [get("/app/x")]),
    Case(
        "name that is not there, over files",
        site('Directory "@ROOT@/htdocs"', application="app::nothing_such"),
        [get(path, differs=CLOSED) for path in ("/page.txt", "/app.py", "/x")],
    ),
)
