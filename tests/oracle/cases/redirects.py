"""internal_redirect and its members prev, next and main; redirects that go round."""

from ..request import ANY, Request, basic, get, head, post
from ..site import Entry, Site
from . import Case

MODULE = """
    from mod_python import apache

    def show(req):
        req.content_type = "text/plain"
        lines = ["uri %r args %r filename %r path_info %r" % (
            req.uri, req.args, req.filename.rpartition("/")[2], req.path_info)]
        lines.append("the_request %r method %r" % (req.the_request, req.method))
        lines.append("unparsed %r parsed %r" % (req.unparsed_uri, req.parsed_uri[6:8]))
        lines.append("main %r next %r status %r" % (req.main, req.next, req.status))
        if req.prev:
            lines.append("prev: uri %r args %r next is me %r prev %r" % (
                req.prev.uri, req.prev.args, req.prev.next.uri == req.uri, req.prev.prev and req.prev.prev.uri))
            lines.append("same object %r shared %r" % (req.prev is req.prev, hasattr(req, "mark")))
            lines.append("mark of prev %r" % getattr(req.prev, "mark", None))
        lines.append("notes %r env %r" % (req.notes.get("note"), sorted(req.subprocess_env.items())))
        lines.append("headers_in %r" % sorted(req.headers_in.items()))
        lines.append("headers_out %r" % sorted(req.headers_out.items()))
        lines.append("err_headers_out %r" % sorted(req.err_headers_out.items()))
        lines.append("options %r" % sorted(req.get_options().items()))
        req.write("\\n".join(lines) + "\\n", 0)
        return apache.OK

    def go(req, uri):
        req.mark = "set before"
        req.notes["note"] = "of the first"
        req.subprocess_env["ENV"] = "of the first"
        req.headers_out["X-Out"] = "of the first"
        req.err_headers_out["X-Err"] = "of the first"
        result = req.internal_redirect(uri)
        req.log_error("result %r, next %r" % (result, req.next and req.next.uri))
        return apache.OK

    def handler(req):
        targets = {
            "simple": "/target/show", "query": "/target/show?x=1", "info": "/target/show/more", "plain": "/plain.txt",
            "absent": "/absent.txt", "chain": "/hop", "loop": "/loop", "relative": "plain.txt",
            "full": "http://other.test/target/show", "escape": "/target/sh%6fw", "outside": "/../plain.txt",
            "late": "/target/show", "early": "/target/show",
        }
        name = req.uri.strip("/").split("/")[0]
        if name == "hop":
            return go(req, "/target/show")
        if name == "early":
            req.write("written before\\n", 0)
        result = go(req, targets[name])
        if name == "late":
            req.write("written after", 0)
        return result

    def declining(req):
        req.internal_redirect("/target/show")
        return apache.DECLINED

    def failing(req):
        req.internal_redirect("/target/show")
        return apache.HTTP_FORBIDDEN

    def fixuphandler(req):
        req.internal_redirect("/target/show")
        return apache.DONE

    def again(req):
        req.internal_redirect("/target/show")
        req.internal_redirect("/plain.txt")
        return apache.OK

    def failing_twice(req):
        req.internal_redirect("/target/show")
        return apache.HTTP_GONE

    def from_status(req):
        req.status = 404
        req.internal_redirect("/target/show")
        return apache.OK

    def log(req):
        req.log_error("logged %s %s, prev %s next %s" % (
            req.uri, req.status, req.prev and req.prev.uri, req.next and req.next.uri))
        return apache.OK

    def cleanup(req):
        req.log_error("cleaned %s" % req.uri)
        return apache.OK
"""

SITE = Site(
    """
    PythonPath "['@ROOT@/lib'] + sys.path"
    PythonOption where outside
    PythonLogHandler moving::log
    PythonCleanupHandler moving::cleanup
    <Directory "@ROOT@/htdocs">
        SetHandler mod_python
        PythonHandler moving
    </Directory>
    <Directory "@ROOT@/htdocs/target">
        PythonHandler moving::show
        PythonOption where inside
    </Directory>
    <Files "*.txt">
        SetHandler none
    </Files>
    <Files "declining">
        PythonHandler moving::declining
    </Files>
    <Files "failing">
        PythonHandler moving::failing
    </Files>
    <Files "from_status">
        PythonHandler moving::from_status
    </Files>
    <Files "again">
        PythonHandler moving::again
    </Files>
    <Files "failing_twice">
        PythonHandler moving::failing_twice
        ErrorDocument 410 /plain.txt
    </Files>
    <Files "fixing">
        PythonFixupHandler moving
    </Files>
    """,
    {
        "lib/moving.py": MODULE,
        "htdocs/plain.txt": "plain file\n",
        "htdocs/target/show": "",
        "htdocs/declining": "file\n",
    },
)
LOG = (
    "logged /simple 200, prev None next /target/show",
    "logged /target/show 200",
    "cleaned /simple",
    "cleaned /target",
)
MORE = "after-redirect: the original goes on writing behind the Content-Length that was sent"
BEYOND = {"body": (ANY, MORE), "header:Content-Length": (ANY, MORE)}
RESULT = ("result None, next '/target/show'",)


def simple(name: str) -> Request:
    """A request to the function `name`."""
    return get(f"/{name}?first=1")


LOOPS = ("exceeded the limit of 10 internal redirects", "exceeded the limit of 10 subrequest nesting levels")
ROUND = """
    from mod_python import apache

    def handler(req):
        req.internal_redirect(req.get_options()["to"])
        return apache.OK
"""

# A user whom a handler of the site has found out, behind a redirection within one directory.
MEMBERS = """
    from mod_python import apache

    def authenhandler(req):
        password = req.get_basic_auth_pw()
        return apache.OK if (req.user, password) == ("spam", "eggs") else apache.HTTP_UNAUTHORIZED

    def fixuphandler(req):
        req.log_error("at %s: %s by %s" % (req.uri, req.user, req.ap_auth_type))
        return apache.OK

    def handler(req):
        if req.uri.endswith("first.txt"):
            if req.args == "asking":
                req.get_basic_auth_pw()
            req.internal_redirect("/second.txt")
        else:
            req.write("%s by %s\\n" % (req.user, req.ap_auth_type), 0)
        return apache.OK
"""


def looping(name: str, directives: str, *targets: str) -> Case:
    """Directives that lead in a circle, and what is asked."""
    files: dict[str, Entry] = {
        "lib/going_round.py": ROUND,
        "htdocs/one/page.txt": "one\n",
        "htdocs/two/page.txt": "two\n",
        "htdocs/closed/page.txt": "closed\n",
    }
    conf = "PythonPath \"['@ROOT@/lib'] + sys.path\"\nPythonHandler going_round\n"
    conf += '<Directory "@ROOT@/htdocs/closed">\nRequire all denied\n</Directory>\n'
    return Case(name, Site(conf + directives, files), [get(target, log=LOOPS) for target in targets])


def place(path: str, directives: str) -> str:
    """Directives for a URL."""
    return f'<Location "{path}">\n{directives}\n</Location>\n'


CASES = (
    looping("loop of indexes", "DirectoryIndex /one/", "/one/", "/two/", "/"),
    looping(
        "loop of two indexes",
        "DirectoryIndex disabled\n" + place("/one", "DirectoryIndex /two/") + place("/two", "DirectoryIndex /one/"),
        "/one/",
        "/two/",
        "/",
    ),
    looping("loop of fallbacks", "FallbackResource /absent", "/absent", "/other", "/one/"),
    looping("loop of a fallback and an index", "FallbackResource /one/\nDirectoryIndex nothing", "/absent", "/one/"),
    looping(
        "loop of handlers",
        place("/a", "SetHandler mod_python\nPythonOption to /b")
        + place("/b", "SetHandler mod_python\nPythonOption to /a"),
        "/a",
        "/b",
    ),
    looping(
        "loop and the text for an error",
        'FallbackResource /absent\nErrorDocument 500 "in a circle"',
        "/absent",
        "/one/",
    ),
    looping(
        "loop and the page for an error",
        "FallbackResource /absent\nErrorDocument 500 /one/page.txt",
        "/absent",
        "/one/",
    ),
    looping(
        "loop of handlers and the page for an error",
        place("/a", "SetHandler mod_python\nPythonOption to /a\nErrorDocument 500 /one/page.txt")
        + place("/b", "SetHandler mod_python\nPythonOption to /b\nErrorDocument 500 /b"),
        "/a",
        "/b",
    ),
    looping("error page that is not there", "ErrorDocument 404 /absent-too", "/absent", "/absent-too"),
    looping("error page that is closed", "ErrorDocument 403 /closed/page.txt", "/closed/x", "/closed/page.txt"),
    looping(
        "error page with a fallback", "ErrorDocument 404 /absent-too\nFallbackResource /absent", "/absent", "/one/x"
    ),
    looping(
        "error page of an index",
        "ErrorDocument 403 /one/\nErrorDocument 500 /one/\nDirectoryIndex /closed/page.txt",
        "/one/",
        "/closed/page.txt",
    ),
    Case(
        "the user of a redirection",
        Site(
            """
            PythonPath "['@ROOT@/lib'] + sys.path"
            DirectoryIndex second.txt
            <Directory "@ROOT@/htdocs">
                SetHandler mod_python
                DirectoryCheckHandler Off
                PythonAuthenHandler members
                PythonFixupHandler members
                PythonHandler members
                AuthType Basic
                AuthName "members"
                Require valid-user
            </Directory>
            """,
            {"lib/members.py": MEMBERS, "htdocs/first.txt": "first\n", "htdocs/second.txt": "second\n"},
        ),
        [
            get(target, basic("spam", "eggs"), log=("at /second.txt: spam by Basic", "at /second.txt: None by None"))
            for target in ("/first.txt", "/first.txt?asking", "/second.txt", "/")
        ],
    ),
    Case(
        "internal_redirect",
        SITE,
        [
            get("/simple", log=LOG + RESULT),
            *(
                simple(name)
                for name in ("simple", "query", "info", "plain", "absent", "chain", "escape", "early", "late")
            ),
            *(simple(name) for name in ("relative", "full", "outside", "from_status")),
            get("/declining?first=1", differs=BEYOND),
            get("/failing?first=1", differs=BEYOND),
            get("/again?first=1", differs=BEYOND),
            get("/failing_twice?first=1", differs=BEYOND),
            get("/fixing"),
            get("/loop", log=("exceeded the limit of 10 internal redirects", "AH00124")),
            head("/simple"),
            post("/simple", b"abc"),
        ],
    ),
)
