"""FallbackResource, and AcceptPathInfo: what answers where no file is, and what may follow a file's name."""

from typing import Any

from ..request import ANY, get, head, post
from ..site import Entry, Folder, Link, Site
from . import Case, words

SHOW = """
    def handler(req):
        req.content_type = "text/plain"
        name = req.filename.rpartition("htdocs")[2]
        req.write("uri %r file %r info %r args %r method %r\\n" % (
            req.uri, name, req.path_info, req.args, req.method), 0)
        req.write("main %r prev %r status %r used %r handler %r\\n" % (
            req.main and req.main.uri, req.prev and req.prev.uri, req.status, req.used_path_info, req.handler), 0)
        req.write("unparsed %r request %r\\n" % (req.unparsed_uri, req.the_request), 0)
        req.add_cgi_vars()
        env = req.subprocess_env
        names = ("SCRIPT_NAME", "PATH_INFO", "REQUEST_URI", "QUERY_STRING", "REDIRECT_URL", "REDIRECT_STATUS", "SET")
        req.write("env %r" % [env.get(name) for name in names], 0)
        return 0
"""
FILES: dict[str, Entry] = {
    "lib/showing.py": SHOW,
    "htdocs/index.html": "index\n",
    "htdocs/page.txt": "page\n",
    "htdocs/front.py": "",
    "htdocs/sub/page.txt": "sub page\n",
    "htdocs/sub/front.py": "",
    "htdocs/empty": Folder(),
    "htdocs/closed/page.txt": "closed\n",
    "htdocs/closed/front.py": "",
    "htdocs/link.txt": Link("page.txt"),
}
MAIN = """
    PythonPath "['@ROOT@/lib'] + sys.path"
    AddHandler mod_python .py
    PythonHandler showing
    <Directory "@ROOT@/htdocs/closed">
        Require all denied
    </Directory>
"""
PATHS = words(
    """
    / /page.txt /absent /absent/deeper/still /absent?a=1&b=2 /absent? /page.txt/more /page.txt/ /sub/ /sub /sub/absent
    /sub/page.txt /empty/ /empty /empty/absent /closed/absent /closed/page.txt /closed/ /absent.py /front.py
    /front.py/more /.htabsent /.htpasswd/x /absent/../page.txt /absent%2fmore /absent%00 /absent%0a /absent;x /absent.
    /a%20b /%3Cx%3E /absent\\x //absent /absent//x
    """
)
ASK = [get(path) for path in PATHS] + [head("/absent"), post("/absent", b"a=1")]
FEW = [get(path) for path in words("/absent /absent/more?a=1 /page.txt /page.txt/more /empty/ /sub/absent /closed/x /")]


def asked(name: str, directives: str, *requests: Any, **options: Any) -> Case:
    """These directives and requests."""
    return Case(name, Site(MAIN + directives, {**FILES, **options.pop("files", {})}, **options), requests or FEW)


def folder(directives: str, name: str = "") -> str:
    """Directives for a folder of the site."""
    return f'<Directory "@ROOT@/htdocs{name}">\n{directives}\n</Directory>\n'


WHY = "index-port: the original forgets the port"
PORT = {"header:Location": (ANY, WHY), "body": (ANY, WHY), "header:Content-Length": (ANY, WHY)}
INFO = [
    get(path)
    for path in words(
        """
        /page.txt /page.txt/more /page.txt/ /page.txt/more/ /front.py /front.py/more /front.py/ /front.py/a/../b
        /front.py//x /front.py/%2e%2e/x /front.py/a%20b /sub/page.txt/x /sub/front.py/x /absent/more /link.txt/x
        /index.html/x /page.txt/more?a=1 /front.py/%00 /front.py/a%0ab /empty/x/y /page.txt/.htaccess
        /page.txt;x=1 /front.py;x=1/y /front.py/..%2fx
        """
    )
]

CASES = (
    asked("none", ""),
    asked("handler", "FallbackResource /front.py", *ASK),
    asked("handler in a Directory", folder("FallbackResource /front.py"), *ASK),
    asked("file", "FallbackResource /page.txt", *ASK),
    asked("folder's own", folder("FallbackResource /front.py") + folder("FallbackResource /sub/front.py", "/sub")),
    asked("disabled", "FallbackResource disabled"),
    asked("disabled inside", folder("FallbackResource /front.py") + folder("FallbackResource disabled", "/sub")),
    asked("Disabled in capitals", "FallbackResource DISABLED"),
    asked("relative", "FallbackResource front.py"),
    asked("absent", "FallbackResource /nowhere.html"),
    asked("absent below a file", "FallbackResource /page.txt/x"),
    asked("handler with path info", "FallbackResource /front.py/info"),
    asked("a folder", "FallbackResource /empty/"),
    asked("a folder with an index", "FallbackResource /sub/\nDirectoryIndex page.txt"),
    asked(
        "a folder without its slash",
        "FallbackResource /sub",
        *(get(each.target, differs=PORT) for each in FEW if "absent" in each.target or "empty" in each.target),
    ),
    asked("closed", "FallbackResource /closed/front.py"),
    asked("closed file", "FallbackResource /closed/page.txt"),
    asked("a redirect", "FallbackResource /away\nRedirect /away http://elsewhere.test/"),
    asked("with a query", "FallbackResource /front.py?fixed=1"),
    asked("URL", "FallbackResource http://elsewhere.test/"),
    asked("two arguments", "FallbackResource /front.py /page.txt"),
    asked("no argument", "FallbackResource"),
    asked("itself below", "FallbackResource /absent"),
    asked("without an index", "FallbackResource /front.py\nDirectoryIndex disabled", *ASK),
    asked("in a Location", '<Location "/absent">\nFallbackResource /front.py\n</Location>'),
    asked("in Files", '<Files "absent">\nFallbackResource /front.py\n</Files>'),
    asked(
        ".htaccess",
        folder("AllowOverride Indexes"),
        *FEW,
        files={
            "htdocs/.htaccess": "FallbackResource /front.py\n",
            "htdocs/sub/.htaccess": "FallbackResource disabled\n",
        },
    ),
    asked(
        ".htaccess that may not",
        folder("AllowOverride FileInfo"),
        files={"htdocs/.htaccess": "FallbackResource /front.py\n"},
    ),
    asked("a handler is set", "SetHandler mod_python\nFallbackResource /page.txt"),
    asked("a handler for its extension", "FallbackResource /page.txt", get("/absent.py"), get("/absent.txt")),
    asked("and an error page", "FallbackResource /nowhere\nErrorDocument 404 /front.py"),
    asked("of an error page", "FallbackResource /front.py\nErrorDocument 403 /nowhere", get("/closed/page.txt")),
    asked("variables", "FallbackResource /front.py\nSetEnvIf Request_URI absent SET=yes\nSetEnv OTHER x"),
    asked(
        "a closed index",
        'FallbackResource /front.py\n<Files "index.html">\nRequire all denied\n</Files>',
        *(get(path) for path in words("/ /sub/ /empty/ /index.html")),
    ),
    asked("and DirectoryIndexRedirect", "FallbackResource /front.py\nDirectoryIndexRedirect On", *ASK[:12]),
    asked("and DirectoryCheckHandler", "FallbackResource /front.py\nDirectoryCheckHandler On", *ASK[:12]),
    asked("DirectorySlash Off", "FallbackResource /front.py\nDirectorySlash Off", *ASK[:18]),
    asked("AcceptPathInfo, default", "", *INFO),
    asked("AcceptPathInfo On", "AcceptPathInfo On", *INFO),
    asked("AcceptPathInfo Off", "AcceptPathInfo Off", *INFO),
    asked("AcceptPathInfo Default", "AcceptPathInfo Default", *INFO),
    asked("AcceptPathInfo nonsense", "AcceptPathInfo Maybe", *INFO),
    asked("AcceptPathInfo in sections", "AcceptPathInfo On\n" + folder("AcceptPathInfo Off", "/sub"), *INFO),
    asked("AcceptPathInfo in Files", '<Files "page.txt">\nAcceptPathInfo On\n</Files>', *INFO),
    asked("AcceptPathInfo and an index", "AcceptPathInfo On\nDirectoryIndex page.txt", get("/sub/"), get("/sub/x")),
)
