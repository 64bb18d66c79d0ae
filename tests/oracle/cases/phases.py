"""The order of the phases, what each handler sees there, and which results let a list of handlers go on."""

from ..request import ANY, basic, get, head
from ..site import Site
from . import Case, words

# Every phase leaves a mark in req.marks; the content handler prints them, the log and cleanup phases log them.
TRACE = """
    from mod_python import apache

    def mark(req, text=""):
        if not hasattr(req, "marks"):
            req.marks = []
        req.marks.append(req.phase + text)

    def early(req):
        mark(req, " filename=%r handler=%r directory=%r user=%r type=%r extension=%r" % (
            req.filename, req.handler, req.hlist.directory, req.user, req.content_type, req.extension))
        return apache.OK

    def go_on(req):
        mark(req)
        return apache.DECLINED

    postreadrequesthandler = inithandler = headerparserhandler = accesshandler = fixuphandler = early

    def transhandler(req):
        early(req)
        return apache.DECLINED

    def authenhandler(req):
        early(req)
        req.get_basic_auth_pw()
        return apache.OK if req.user == "spam" else apache.HTTP_UNAUTHORIZED

    def authzhandler(req):
        early(req)
        return apache.OK

    def typehandler(req):
        early(req)
        return apache.DECLINED

    def handler(req):
        early(req)
        req.content_type = "text/plain"
        req.write("\\n".join(req.marks) + "\\n", 0)
        return apache.OK

    def loghandler(req):
        early(req)
        req.log_error("log of %s: status %d, bytes %s" % (req.uri, req.status, req.bytes_sent > 0))
        return apache.OK

    def cleanuphandler(req):
        mark(req)
        req.log_error("cleanup of %s: %s" % (req.uri, req.marks[-2:]))
        return apache.OK
"""

SERVER_LEVEL = """
    PythonPath "['@ROOT@/lib'] + sys.path"
    PythonPostReadRequestHandler trace
    PythonInitHandler trace
    PythonTransHandler trace
"""
DIRECTORY_LEVEL = """
    <Directory "@ROOT@/htdocs">
        SetHandler mod_python
        PythonHeaderParserHandler trace
        PythonAccessHandler trace
        PythonAuthenHandler trace
        PythonAuthzHandler trace
        PythonTypeHandler trace
        PythonFixupHandler trace
        PythonHandler trace
        PythonLogHandler trace
        PythonCleanupHandler trace
    </Directory>
    <Directory "@ROOT@/htdocs/closed">
        AuthType Basic
        AuthName "closed"
        Require valid-user
    </Directory>
"""
FILES = {"lib/trace.py": TRACE, "htdocs/page.txt": "page\n", "htdocs/closed/page.txt": "page\n"}
LOG = ("log of ", "cleanup of ", "status 200, bytes True")

# A handler for one phase is called as one::<result>, two::<result> ...: it marks itself and returns that result.
CHAIN = """
    from mod_python import apache

    RESULTS = {"ok": apache.OK, "declined": apache.DECLINED, "done": apache.DONE, "forbidden": 403, "http_ok": 200}

    def make(name, result):
        def handler(req):
            if not hasattr(req, "marks"):
                req.marks = []
            req.marks.append(name)
            if name.startswith("first") and result == apache.OK:
                req.user = "spam"
            return result
        return handler

    for name, result in RESULTS.items():
        globals()["first_" + name] = make("first_" + name, result)
        globals()["second_" + name] = make("second_" + name, result)

    def handler(req):
        req.content_type = "text/plain"
        req.write("marks: %s\\n" % getattr(req, "marks", []), 0)
        return apache.OK

    def loghandler(req):
        req.log_error("in the end: %s" % getattr(req, "marks", []))
        return apache.OK

    cleanuphandler = loghandler
"""


def chain(phase: str, first: str, second: str = "ok", in_section: bool = True, extra: str = "") -> Case:
    """Two handlers of one phase, and what their results do to the request."""
    directive = f"Python{phase}Handler chain::first_{first} chain::second_{second}"
    if phase in ("Log", "Cleanup"):
        directive += f" chain::{phase.lower()}handler"  # the only one that can still tell
    conf = f"""
    PythonPath "['@ROOT@/lib'] + sys.path"
    {directive if not in_section else ""}
    <Directory "@ROOT@/htdocs">
        SetHandler mod_python
        PythonHandler chain
        {"PythonLogHandler chain" if phase not in ("Log", "Cleanup") else ""}
        {directive if in_section else ""}
        {extra}
    </Directory>
    """
    ran = tuple(f"{word}_{result}" for word, result in (("first", first), ("second", second)))
    files = {"lib/chain.py": CHAIN, "htdocs/page.txt": "page\n"}
    name = f"{phase}: {first} {second}" + (" with AuthType Basic" if "Basic" in extra else "")
    return Case(name, Site(conf, files), [get("/page.txt", log=(*ran, "in the end"))])


# A handler of an early phase adds one to a later phase: the query says which, and what it returns.
ADD = """
    from mod_python import apache

    def add(req):
        req.add_handler("Python%sHandler" % req.args.partition(":")[0], "adding::returns")
        return apache.DECLINED

    def returns(req):
        req.added = req.phase
        req.user = req.user or "spam"
        return int(req.args.partition(":")[2])

    postreadrequesthandler = inithandler = transhandler = headerparserhandler = add

    def handler(req):
        req.content_type = "text/plain"
        req.write("added %s, user %s\\n" % (getattr(req, "added", None), req.user), 0)
        return apache.OK
"""


def adding(phase: str) -> Case:
    """A handler of the phase that adds others, in a directory where no directive gives those phases work."""
    conf = f"""
    PythonPath "['@ROOT@/lib'] + sys.path"
    Python{phase}Handler adding
    <Directory "@ROOT@/htdocs">
        SetHandler mod_python
        PythonHandler adding
    </Directory>
    """
    requests = []
    for later in words("HeaderParser Access Type Fixup"):
        for result in (0, 403):
            said = {"status": ("403 Forbidden", LATER)} if result else {}
            differs = {} if later == phase else said | dict.fromkeys(PAGE, (ANY, LATER))
            requests.append(get(f"/page.txt?{later}:{result}", differs=differs))
    return Case(f"{phase} adds handlers", Site(conf, {"lib/adding.py": ADD, "htdocs/page.txt": "page\n"}), requests)


LATER = "added-handlers: the original passes over a phase for which no directive names a handler"
PAGE = ("body", "header:Content-Length", "header:Content-Type")

REQUIRE = 'AuthType Mine\nAuthName "mine"\nRequire valid-user'
RESULTS = words("ok declined done forbidden http_ok")

TYPE = "load-order: mod_mime comes first and ends the phase, so that no PythonTypeHandler is called for a file"
LOST = "location-file: the original maps no URL to a file where a Location has a Python handler"
MAPPED = {"body": (ANY, LOST), "header:Content-Length": (ANY, LOST)}
NEVER = "init-in-directory: the original never runs it, although the manual says it does"
INIT = {"body": ("marks: ['first_ok', 'second_ok']\n", NEVER), "header:Content-Length": ("33", NEVER)}
CLAIM = "claimed-user: shown while PythonAuthenHandler runs, for the sake of the manual's own example"
AUTHEN = "load-order: mod_auth_basic comes first and has no password file; the manual's examples need it otherwise"

CASES = (
    Case(
        "all phases",
        Site(SERVER_LEVEL + DIRECTORY_LEVEL, FILES),
        [
            get("/page.txt", log=LOG),
            head("/page.txt", log=LOG),
            get(
                "/closed/page.txt",
                basic("spam", "eggs"),
                name="with a user",
                log=LOG,
                differs={"body": (ANY, CLAIM), "header:Content-Length": (ANY, CLAIM)},
            ),
            get("/closed/page.txt", name="without a user", log=(*LOG, "status 401")),
            get("/closed/page.txt", basic("other", "eggs"), name="another user", log=(*LOG, "status 401")),
            get("/absent.txt", log=LOG),
            get("/page.txt/info?query", log=LOG),
        ],
    ),
    Case(
        "mod_python loaded last, as Debian does",
        Site(SERVER_LEVEL + DIRECTORY_LEVEL, FILES, without=("python",), modules=("python",)),
        [
            get("/page.txt", differs={"body": (ANY, TYPE), "header:Content-Length": (ANY, TYPE)}),
            get("/closed/page.txt", basic("spam", "eggs"), name="with a user", differs={"status": ("200 OK", AUTHEN)}),
        ],
    ),
    Case(
        "all phases in the server",
        Site(
            SERVER_LEVEL
            + """
            SetHandler mod_python
            PythonHeaderParserHandler trace
            PythonAccessHandler trace
            PythonTypeHandler trace
            PythonFixupHandler trace
            PythonHandler trace
            PythonLogHandler trace
            PythonCleanupHandler trace
            """,
            FILES,
        ),
        [get("/page.txt", log=LOG)],
    ),
    Case(
        "all phases in a Location",
        Site(
            SERVER_LEVEL
            + """
            <Location "/app">
                SetHandler mod_python
                PythonHeaderParserHandler trace
                PythonAccessHandler trace
                PythonTypeHandler trace
                PythonFixupHandler trace
                PythonHandler trace
                PythonLogHandler trace
                PythonCleanupHandler trace
            </Location>
            """,
            FILES,
        ),
        [get("/app/one/two", log=LOG, differs=MAPPED)],
    ),
    *(chain("PostReadRequest", result, in_section=False) for result in RESULTS),
    *(chain("Init", result, in_section=False) for result in RESULTS[:2]),
    Case(
        "Init in a Directory",
        Site(
            """
            PythonPath "['@ROOT@/lib'] + sys.path"
            <Directory "@ROOT@/htdocs">
                SetHandler mod_python
                PythonHandler chain
                PythonInitHandler chain::first_ok chain::second_ok
            </Directory>
            """,
            {"lib/chain.py": CHAIN, "htdocs/page.txt": "page\n"},
        ),
        [get("/page.txt", differs=INIT)],
    ),
    *(chain("Trans", result, in_section=False) for result in RESULTS),
    *(chain("HeaderParser", result) for result in RESULTS),
    *(chain("Access", result) for result in RESULTS),
    *(chain("Authen", result, extra=REQUIRE) for result in RESULTS),
    chain("Authen", "declined", "declined", extra=REQUIRE),
    chain("Authen", "declined", "declined", extra=REQUIRE.replace("Mine", "Basic")),
    *(chain("Authz", result, extra=REQUIRE + "\nPythonAuthenHandler chain::first_ok") for result in RESULTS),
    chain("Authz", "declined", "declined", extra=REQUIRE + "\nPythonAuthenHandler chain::first_ok"),
    *(chain("Type", result) for result in RESULTS),
    *(chain("Fixup", result) for result in RESULTS),
    *(chain("Log", result) for result in RESULTS),
    *(chain("Cleanup", result) for result in RESULTS),
    *(adding(phase) for phase in ("PostReadRequest", "Init", "Trans", "HeaderParser")),
)
