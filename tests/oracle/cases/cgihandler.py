"""mod_python.cgihandler: Python scripts for CGI in the server's process (manual 6.2)."""

from typing import Any

from ..answer import own_frames
from ..request import ANY, Request, basic, get, head, post
from ..site import Site
from . import Case, words

CONF = """
    <Directory "@ROOT@/htdocs">
        SetHandler mod_python
        PythonHandler mod_python.cgihandler
        %s
    </Directory>
"""
TEXT = 'print("Content-Type: text/plain")\nprint()\n'


def script(text: str) -> str:
    """A script that writes plain text."""
    from textwrap import dedent

    return TEXT + dedent(text)


SHOWN = """
    import os
    for name in sorted(os.environ):
        if not name.endswith(("PATH", "SERVER_SOFTWARE", "REMOTE_PORT")) and name not in HIDDEN:
            print(name, "=", os.environ[name])
"""
HIDDEN = 'HIDDEN = ("LANG", "TZ", "PWD", "ORACLE_PASSED", "LC_CTYPE")\n'
FILES: dict[str, Any] = {
    "htdocs/hello.py": script("print('hello')"),
    "htdocs/where.py": script("import os, sys\nprint(os.getcwd())\nprint(len(sys.argv))"),
    "htdocs/name.py": script("print(__name__)"),
    "htdocs/sub/inner.py": script("import os\nprint(os.getcwd())"),
    "htdocs/env.py": HIDDEN + script(SHOWN),
    "htdocs/data.txt": "data\n",
    "htdocs/odd.cgi": script("print('odd')"),
    "htdocs/form.py": script(
        """
        import cgi
        form = cgi.FieldStorage()
        for name in sorted(form):
            print(name, form.getlist(name))
        """
    ),
    "htdocs/status.py": 'print("Status: 404 Not Found\\nContent-Type: text/plain\\n\\nown page")',
    "htdocs/reason.py": 'print("Status: 404 Gone fishing\\nContent-Type: text/plain\\n\\nown page")',
    "htdocs/location.py": 'print("Location: http://elsewhere.test/\\n")',
    "htdocs/local.py": 'print("Location: /hello.py\\n")',
    "htdocs/moved.py": 'print("Status: 302 Found\\nLocation: http://elsewhere.test/\\n")',
    "htdocs/twice.py": 'print("Content-Type: text/plain\\nX-A: 1\\nX-A: 2\\nSet-Cookie: a=1\\nSet-Cookie: b=2\\n\\nx")',
    "htdocs/lines.py": 'import sys\nsys.stdout.write("Content-Type: text/plain\\r\\nX-A: 1\\r\\n\\r\\nbody")',
    "htdocs/notype.py": 'print("X-A: 1\\n\\nbody")',
    "htdocs/nothing.py": "pass\n",
    "htdocs/noblank.py": 'print("Content-Type: text/plain")\n',
    "htdocs/nocolon.py": 'print("hello\\n\\nbody")\n',
    "htdocs/raises.py": script("print('before')\nraise ValueError('wrong')"),
    "htdocs/early.py": "raise ValueError('wrong')\n",
    "htdocs/syntax.py": "def (:\n",
    "htdocs/exits.py": script("import sys\nprint('out')\nsys.exit()"),
    "htdocs/exits0.py": script("import sys\nprint('out')\nsys.exit(0)"),
    "htdocs/exits3.py": script("import sys\nprint('out')\nsys.exit(3)"),
    "htdocs/stops.py": script("from mod_python import apache\nraise apache.SERVER_RETURN(apache.HTTP_FORBIDDEN)"),
    "htdocs/counts.py": script("import counter\ncounter.count += 1\nprint(counter.count)"),
    "htdocs/counter.py": "count = 0\n",
    "htdocs/setsenv.py": script("import os\nprint(os.environ.get('LEFT'))\nos.environ['LEFT'] = 'over'"),
    "htdocs/parts.py": script("import sys\nfor n in range(3):\n    sys.stdout.write('part %d\\n' % n)\n"),
    "htdocs/text.py": script("print('caf\\u00e9')"),
}
FRAMING_WHY = "cgi-framing: Apache knows the length only if the program ends soon enough"
EXIT = {"body": ("out\n", "cgi-exit: a program may end with it")}
LOCATION = "cgi-location: what CGI makes of it"
MAIN = "cgi-main: what a program sees"
HEAD = {"status": ("500 Internal Server Error", "cgi-head: what is lost is not to look like an answer")}
HELD = {"status": ("500 Internal Server Error", "cgi-held: an error is an answer of its own")}
ITSELF = "cgi-itself: what else is it there for"
PART = "cgi-part: a page may have programs as parts"
POST = "cgi-post: the original's standard input mixes bytes and text"
TRANSLATED = "cgi-path-translated: as RFC 3875 has it"
FRAMING = {"framing": (ANY, FRAMING_WHY), "header:Content-Length": (ANY, FRAMING_WHY)}


LENDING = """
from mod_python import apache
import os, sys

def run(name):
    {
        "head": lambda: sys.stdout.write("Content-Type: text/plain\\nX-A: 1\\nX-A: 2\\n\\nbody"),
        "printed": lambda: (print("Content-Type: text/plain"), print(), print("one"), print("two")),
        "lines": lambda: print("Content-Type: text/plain\\r\\nX-A: 1\\r\\n\\r\\nbody"),
        "status": lambda: print("Status: 404 Gone fishing\\nContent-Type: text/plain\\n\\nown page"),
        "location": lambda: print("Location: http://elsewhere.test/\\n"),
        "moved": lambda: print("Status: 302 Found\\nLocation: http://elsewhere.test/\\n"),
        "nocolon": lambda: print("hello\\n\\nbody"),
        "noblank": lambda: print("Content-Type: text/plain"),
        "environment": lambda: print("Content-Type: text/plain\\n\\n%s %s %s %s" % (
            os.environ["REQUEST_METHOD"], os.environ["QUERY_STRING"], os.environ["SCRIPT_NAME"],
            os.environ["GATEWAY_INTERFACE"])),
        "arguments": lambda: print("Content-Type: text/plain\\n\\n%s" % (sys.argv,)),
        "told": lambda: print("Content-Type: text/plain\\n\\nfour", end="%d" % sys.stdout.tell()),
        "form": lambda: form(),
        "body": lambda: print("Content-Type: text/plain\\n\\n" + sys.stdin.read()),
        "nothing": lambda: None,
    }[name]()

def form():
    import cgi
    found = cgi.FieldStorage()
    print("Content-Type: text/plain\\n")
    for name in sorted(found):
        print(name, found.getlist(name))

def handler(req):
    argv = sys.argv
    environ, stdin, stdout = apache.setup_cgi(req)
    try:
        run(req.filename.rpartition("/")[2])
    finally:
        apache.restore_nocgi(environ, stdin, stdout)
        sys.stdin, sys.stdout, sys.argv = stdin, stdout, argv  # for the original, which mistakes the one for the other
    if req.filename.endswith("nothing"):
        req.content_type = "text/plain"
        req.write("%s %s" % ("REQUEST_METHOD" in os.environ, type(environ).__name__))
    return apache.OK
"""
LENDING_CONF = """
    <Directory "@ROOT@/htdocs">
        SetHandler mod_python
        PythonHandler lending
    </Directory>
"""


def case(name: str, requests: list[Request], more: str = "") -> Case:
    """The scripts above."""
    from dataclasses import replace

    asked = [replace(each, differs={**FRAMING, **each.differs}) for each in requests]
    return Case(name, Site(CONF % more, FILES), asked)


CASES = (
    case(
        "scripts",
        [
            get(path)
            for path in words(
                """
                /hello.py /hello /hello.cgi /hello.txt /hello/ /hello.py/extra /hello/extra /absent.py /absent /data.txt
                /sub/inner.py /sub/inner /twice.py /lines.py /notype.py /parts.py
                /text.py /status.py /reason.py /counts.py /setsenv.py /sub/ /
                """
            )
        ]
        + [
            get("/counts.py"),
            get("/setsenv.py"),
            head("/hello.py"),
            get("/where.py", differs={"body": ("@ROOT@/htdocs\n1\n", MAIN)}),
            get("/name.py", differs={"body": ("__main__\n", MAIN)}),
            get("/odd.cgi", differs={"status": ("200 OK", ITSELF), "body": ("odd\n", ITSELF)}),
        ],
    ),
    case(
        "Location",
        [
            get("/moved.py"),
            get("/location.py", differs={"status": ("302 Found", LOCATION)}),
            get("/local.py", differs={"status": ("200 OK", LOCATION), "body": ("hello\n", LOCATION)}),
            head("/local.py", differs={"status": ("200 OK", LOCATION), "header:Location": (None, LOCATION)}),
        ],
    ),
    case(
        "heads that are none, and errors",
        [get(f"/{name}.py") for name in words("nocolon early syntax stops")]
        + [get(f"/{name}.py", differs=HEAD) for name in words("nothing noblank")]
        + [get(f"/{name}.py", differs=EXIT) for name in words("exits exits0 exits3")]
        + [get("/raises.py", differs=HELD)],
    ),
    case(
        "errors that are shown",
        [get(f"/{name}.py", tidy=own_frames) for name in words("early syntax")] + [get("/raises.py", differs=HELD)],
        "PythonDebug On",
    ),
    case(
        "the environment",
        [
            get("/env.py"),
            get("/env.py?a=1&b=%41"),
            get("/env.py/extra/path?x", differs={"body": (ANY, TRANSLATED)}),
            get("/env.py", basic("ann", "secret")),
            get("/env.py", {"Proxy": "http://evil/", "X-Dash-Name": "1", "Cookie": "a=1"}),
            head("/env.py"),
        ],
    ),
    Case(
        "apache.setup_cgi",
        Site(LENDING_CONF, {"htdocs/lending.py": LENDING}),
        [
            get(f"/{path}")
            for path in words("head printed lines status moved noblank arguments told nothing form?a=1&a=2&b=%C3%A9")
        ]
        + [
            get("/environment?x=1"),
            get("/nocolon"),
            get("/location", differs={"status": ("302 Found", LOCATION)}),
            head("/head"),
            post("/environment", b"a=1", {"Content-Type": "application/x-www-form-urlencoded"}),
            post("/body", b"the body", differs={"status": ("200 OK", POST), "body": ("the body\n", POST)}),
            post(
                "/form",
                b"a=1&b=2",
                {"Content-Type": "application/x-www-form-urlencoded"},
                differs={"status": ("200 OK", POST), "body": ("a ['1']\nb ['2']\n", POST)},
            ),
        ],
    ),
    case(
        "forms",
        [
            get("/form.py?a=1&a=2&b=%C3%A9"),
            post(
                "/form.py",
                b"a=1&b=2",
                {"Content-Type": "application/x-www-form-urlencoded"},
                differs={"status": ("200 OK", POST), "body": ("a ['1']\nb ['2']\n", POST)},
            ),
        ],
    ),
    Case(
        "a part of a parsed page",
        Site(
            CONF.replace("SetHandler mod_python", "AddHandler mod_python .py")
            % "Options Includes\n        AddType text/html .shtml\n        AddOutputFilter INCLUDES .shtml",
            {
                "htdocs/part.py": script("import os\nprint(os.environ['SCRIPT_NAME'], os.environ['QUERY_STRING'])"),
                "htdocs/page.shtml": '<!--#include virtual="/part.py?in" -->',
            },
            modules=("include",),
        ),
        [get("/page.shtml?out", differs={**FRAMING, "body": ("/part.py in\n", PART)})],
    ),
)
