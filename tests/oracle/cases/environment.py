"""SetEnv, PassEnv and UnsetEnv, SetEnvIf and its relatives: what a handler sees, and what access is decided by."""

from typing import Any

from ..request import get, head, post
from ..site import Site
from . import Case

SHOW = """
    import os

    def show(req):
        env = req.subprocess_env
        names = "ONE TWO THREE EMPTY SPACE ORACLE_PASSED ABSENT_EVERYWHERE BRACE".split()
        return " ".join("%s=%r" % (name, env.get(name)) for name in names if name in env)

    def handler(req):
        req.content_type = "text/plain"
        before = show(req)
        req.add_common_vars()
        req.write("before: %s\\\\n" % before, 0)
        req.write("after: %s\\\\n" % show(req), 0)
        req.write("process: %r %r\\\\n" % (os.environ.get("ONE"), os.environ.get("ORACLE_PASSED")), 0)
        return 0
"""
FILES = {
    "lib/showing.py": SHOW,
    "htdocs/page.txt": "",
    "htdocs/sub/page.txt": "",
    "htdocs/sub/.htaccess": "SetEnv TWO htaccess\nUnsetEnv THREE\n",
}


def asked(name: str, directives: str, **options: Any) -> Case:
    """These directives; a page of the root and of the folder sub."""
    conf = f"""
    PythonPath "['@ROOT@/lib'] + sys.path"
    SetHandler mod_python
    PythonHandler showing
    {directives}
    """
    return Case(name, Site(conf, FILES, **options), [get("/page.txt"), get("/sub/page.txt")])


NAMELESS = (False, "overlooked-mistakes: a variable has a name")
SPELLED = "header-names: WSGI spells the names of headers its own way, and the server joins lines of one name"
TWICE = "env-twice: here a variable has one value"
EXPRESSION = (False, "expressions: they stop the start")


def inner(directives: str) -> str:
    """Directives for the folder sub."""
    return f'<Directory "@ROOT@/htdocs/sub">\n{directives}\n</Directory>\n'


ROOTS = """
    def handler(req):
        req.content_type = "text/plain"
        env = req.build_wsgi_env()
        names = "DOCUMENT_ROOT CONTEXT_DOCUMENT_ROOT SCRIPT_FILENAME REQUEST_SCHEME SERVER_PORT HTTPS wsgi.url_scheme"
        found = [req.document_root(), req.filename, req.is_https(), *[env.get(name) for name in names.split()]]
        req.write("".join("%s\\n" % each for each in found), 0)
        return 0
"""


def rooted(root: str, directives: str = "") -> Case:
    """A DocumentRoot as it is written, and what a handler makes of it."""
    conf = f"""
    PythonPath "['@ROOT@/lib'] + sys.path"
    SetHandler mod_python
    PythonHandler roots
    DocumentRoot "{root}"
    {directives}
    """
    files = {"lib/roots.py": ROOTS, "htdocs/page.txt": "", "htdocs/sub/index.html": ""}
    name = f"DocumentRoot {root}{', ' if directives else ''}{directives}"
    return Case(name, Site(conf, files), [get("/page.txt"), get("/sub/"), get("/sub"), get("/absent")])


SET = """
    def show(req):
        return " ".join("%s=%r" % pair for pair in sorted(req.subprocess_env.items()) if pair[0].startswith("V"))

    def accesshandler(req):
        req.log_error("at access: %s" % show(req))
        return 0

    def handler(req):
        req.content_type = "text/plain"
        req.write(show(req), 0)
        return 0
"""
SET_FILES = {
    "lib/showing.py": SET,
    "htdocs/page.txt": "",
    "htdocs/sub/page.txt": "",
    "htdocs/open/page.html": "open\n",
    "htdocs/closed/page.html": "closed\n",
    "htdocs/required/page.html": "required\n",
}
HEADERS = {
    "nothing": (),
    "value": (("X-Name", "abc"),),
    "capitals": (("x-name", "ABC"),),
    "two": (("X-Name", "abc"), ("X-Nome", "xyz"), ("User-Agent", "Mozilla/5.0")),
    "twice": (("X-Name", "abc"), ("X-Name", "xyz")),
    "odd": (("X-Name", "a$1&b"), ("X-Empty", "")),
}


def conditional(name: str, directives: str, **options: Any) -> Case:
    """These directives; what holds when access is decided and in the end, and who is let in."""
    conf = f"""
    PythonPath "['@ROOT@/lib'] + sys.path"
    SetHandler mod_python
    PythonHandler showing
    PythonAccessHandler showing
    {directives}
    <Files "*.html">
        SetHandler none
    </Files>
    <Directory "@ROOT@/htdocs/open">
        Order deny,allow
        Deny from all
        Allow from env=V
    </Directory>
    <Directory "@ROOT@/htdocs/closed">
        Order allow,deny
        Allow from all
        Deny from env=V
    </Directory>
    """
    log = ("at access: V=", "at access: V2=")
    marks = dict.fromkeys(options.pop("odd", ()), SPELLED) | dict.fromkeys(options.pop("twice", ()), TWICE)
    differs = {label: {"status": ("200 OK", mark)} for label, mark in marks.items()}
    requests = [
        get("/page.txt", headers, name=label, log=log, differs=differs.get(label, {}))
        for label, headers in HEADERS.items()
    ]
    requests += [
        get("/sub/page.txt", HEADERS["value"], name="sub", differs=differs.get("value", {})),
        head("/page.txt"),
        post("/page.txt?V=1", b"a=1"),
    ]
    requests += [
        get(f"/{folder}/page.html", HEADERS[label], name=f"{folder} {label}")
        for folder in ("open", "closed")
        for label in ("nothing", "value")
    ]
    starts = options.pop("starts", None)
    return Case(name, Site(conf, SET_FILES, **options), requests, starts=starts)


CASES = (
    conditional("SetEnvIf", "SetEnvIf X-Name abc V"),
    conditional("SetEnvIf, value", "SetEnvIf X-Name b V=one V2=two V3 V4="),
    conditional("SetEnvIf, case", "SetEnvIf X-Name ABC V"),
    conditional("SetEnvIfNoCase", "SetEnvIfNoCase X-Name ABC V"),
    conditional("SetEnvIf, groups", 'SetEnvIf X-Name "^(.)(.)" V=$2$1-$0-$9-&'),
    conditional("SetEnvIf, plain text and groups", "SetEnvIf X-Name abc V=$0-&-$1"),
    conditional("SetEnvIf, nothing there", "SetEnvIf X-Name ^$ V"),
    conditional("SetEnvIf, anything", "SetEnvIf X-Name .* V"),
    conditional("SetEnvIf, unset", "SetEnvIf X-Name . V=1 V2=2\nSetEnvIf X-Name abc !V"),
    conditional("SetEnvIf, unset first", "SetEnvIf X-Name abc !V\nSetEnvIf X-Name . V"),
    conditional("SetEnvIf, a mark as value", "SetEnvIf X-Name . V=1 V2=2\nSetEnvIf X-Name b V=!x"),
    conditional("SetEnvIf, unset with a value", "SetEnvIf X-Name . V=1\nSetEnvIf X-Name b !V=2"),
    conditional("SetEnvIf, headers by pattern", 'SetEnvIf "^X-N.me$" "(.+)" V=$1', odd=("capitals", "twice")),
    conditional("SetEnvIfNoCase, headers by pattern", 'SetEnvIfNoCase "^x-n.me$" "(.+)" V=$1', odd=("twice",)),
    conditional("SetEnvIf, of a variable", "SetEnvIf X-Name . V2=yes\nSetEnvIf V2 yes V=too"),
    conditional("SetEnvIf, of itself", "SetEnvIf V ^$ V=1\nSetEnvIf V 1 V=2\nSetEnvIf V 2 V=3\nSetEnvIf X a\\|b Vx"),
    conditional("SetEnvIf, of itself apart", "SetEnvIf V ^$ V=1\nSetEnvIf X-No x Vx\nSetEnvIf V 1 V=2"),
    conditional("SetEnvIf, same rule twice", "SetEnvIf X-Name abc V=1\nSetEnvIf X-Name abc V=2 V2"),
    conditional("SetEnvIf, a name of a header with an underscore", "SetEnvIf X_Name abc V"),
    conditional("SetEnvIf, address", 'SetEnvIf Remote_Addr "^127\\." V\nSetEnvIf Server_Addr "^127\\." V2'),
    conditional("SetEnvIf, method", 'SetEnvIf Request_Method "^(HEAD|POST)$" V=$1'),
    conditional("SetEnvIf, path", 'SetEnvIf Request_URI "^/sub/(.*)$" V=$1\nSetEnvIf Request_URI "[?]" V2'),
    conditional("SetEnvIf, protocol", 'SetEnvIf Request_Protocol "^HTTP/1" V'),
    conditional("SetEnvIf, user", "SetEnvIf Remote_User ^$ V"),
    conditional("SetEnvIf, host", 'SetEnvIf Remote_Host "." V'),
    conditional("SetEnvIf, names in other cases", "SetEnvIf REMOTE_ADDR 127 V\nSetEnvIf request_method GET V2"),
    conditional("BrowserMatch", 'BrowserMatch "^Mozilla/(.)" V=$1\nBrowserMatch "mozilla" V2'),
    conditional("BrowserMatchNoCase", "BrowserMatchNoCase mozilla V"),
    conditional("SetEnvIf in a Directory", inner("SetEnvIf X-Name . V=inner") + "SetEnvIf X-Name . V=outer V2=outer"),
    conditional("SetEnvIf in a Directory alone", inner("SetEnvIf X-Name . V=inner")),
    conditional("SetEnvIf in a Location", '<Location "/">\nSetEnvIf X-Name . V=located\n</Location>'),
    conditional("SetEnvIf in Files", '<FilesMatch ".">\nSetEnvIf X-Name . V=file\n</FilesMatch>'),
    conditional("SetEnvIf in sections, of outer variables", "SetEnvIf X-Name . V2\n" + inner("SetEnvIf V2 1 V=inner")),
    conditional("SetEnv is too late", "SetEnv V 1"),
    conditional("SetEnvIf and SetEnv", "SetEnvIf X-Name . V2=if\nSetEnv V env"),
    conditional(
        "SetEnvIf and SetEnv of the same", "SetEnvIf X-Name . V=if\nSetEnv V env", twice=tuple({*HEADERS} - {"nothing"})
    ),
    *(
        Case(
            f"SetEnvIf and SetEnv of the same, looked up, {name}",
            Site(
                f"SetEnvIf X-Name (.*) V=if-$1\n{directives}\nHeader set X-V %{{V}}e\n"
                "LogFormat %{V}e v\nCustomLog logs/v.log v",
                {"htdocs/sub/page.html": "", "htdocs/sub/index.html": ""},
                modules=("headers",),
            ),
            [
                get(path, headers, logs=("v.log",))
                for path in ("/sub/page.html", "/sub/")
                for headers in ({}, {"X-Name": "n"})
            ],
        )
        for name, directives in (
            ("server", "SetEnv V env"),
            ("inner", inner("SetEnv V env")),
            ("file", "SetEnv V env\n<Files index.html>\nSetEnv V file\n</Files>"),
            ("without a value", "SetEnv V"),
        )
    ),
    conditional("SetEnvIf and UnsetEnv", "SetEnvIf X-Name . V=if\nUnsetEnv V"),
    conditional("SetEnvIf and UnsetEnv inside", "SetEnvIf X-Name . V=if\nSetEnv V2 env\n" + inner("UnsetEnv V V2")),
    conditional("SetEnvIf of SetEnv", "SetEnv V2 1\nSetEnvIf V2 1 V"),
    conditional("SetEnvIf without a variable", "SetEnvIf X-Name abc"),
    conditional("SetEnvIf without a pattern", "SetEnvIf X-Name"),
    conditional("SetEnvIf without arguments", "SetEnvIf"),
    conditional("SetEnvIf, broken pattern", "SetEnvIf X-Name a( V"),
    conditional("SetEnvIf, broken header pattern", "SetEnvIf X-N(ame a V"),
    conditional("SetEnvIf, no name", "SetEnvIf X-Name a =1", starts=NAMELESS),
    conditional("BrowserMatch without a variable", "BrowserMatch abc"),
    conditional("SetEnvIfExpr", """SetEnvIfExpr "%{REQUEST_URI} =~ /x/" V""", starts=EXPRESSION),
    conditional("PassEnv without a name", "PassEnv"),
    conditional("UnsetEnv without a name", "UnsetEnv"),
    asked("SetEnv", "SetEnv ONE 1\nSetEnv TWO 2"),
    asked("SetEnv without a value", "SetEnv EMPTY\nSetEnv ONE ''"),
    asked("SetEnv with quotes", 'SetEnv SPACE "a b"\nSetEnv ONE \'single "double"\''),
    asked("SetEnv twice", "SetEnv ONE 1\nSetEnv ONE 2"),
    asked("SetEnv of three arguments", "SetEnv ONE 1 2"),
    asked("SetEnv without arguments", "SetEnv"),
    asked("SetEnv in sections", "SetEnv ONE 1\nSetEnv TWO 2\n" + inner("SetEnv TWO inner\nSetEnv THREE 3")),
    asked("SetEnv in Location", 'SetEnv ONE 1\n<Location "/sub">\nSetEnv ONE located\n</Location>'),
    asked("PassEnv", "PassEnv ORACLE_PASSED"),
    asked("PassEnv of several", "PassEnv ORACLE_PASSED ABSENT_EVERYWHERE"),
    asked("UnsetEnv", "SetEnv ONE 1\nSetEnv TWO 2\nUnsetEnv ONE"),
    asked("UnsetEnv before SetEnv", "UnsetEnv ONE\nSetEnv ONE 1"),
    asked(
        "UnsetEnv inside", "SetEnv ONE 1\nSetEnv TWO 2\nPassEnv ORACLE_PASSED\n" + inner("UnsetEnv ONE ORACLE_PASSED")
    ),
    asked("UnsetEnv inside, set again", "SetEnv ONE 1\n" + inner("UnsetEnv ONE\nSetEnv ONE again")),
    asked(".htaccess", "SetEnv TWO 2\nSetEnv THREE 3\n" + inner("AllowOverride FileInfo")),
    asked("variables of the configuration", 'Define ONE defined\nSetEnv ONE ${ONE}\nSetEnv TWO "${ORACLE_PASSED}"'),
    asked("variable of two words", "SetEnv TWO ${ORACLE_PASSED}"),
    asked("unknown variable", "SetEnv ONE ${NOTHING_OF_THE_KIND}"),
    asked("braces", "SetEnv BRACE ${\nSetEnv ONE $ONE"),
    *(
        rooted(root)
        for root in (
            "@ROOT@/htdocs/",
            "@ROOT@/htdocs//",
            "@ROOT@//htdocs",
            "@ROOT@/lib/../htdocs/",
            "htdocs/",
            "htdocs",
        )
    ),
    rooted("@ROOT@/htdocs", "ServerName https://oracle.test"),
    rooted("@ROOT@/htdocs/", "ServerName https://oracle.test:8443"),
)
