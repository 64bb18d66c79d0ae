"""Types and handlers of files: AddType, ForceType, AddHandler, SetHandler, RemoveHandler, charsets."""

from typing import Any

from ..request import get, head
from ..site import Site
from . import Case, words

FILES = {
    **{f"htdocs/{name}": "x" for name in words("a.txt a.html a.py a.xyz noext a.py.txt a.txt.py a.tar.gz a.PY a. .py")},
    "htdocs/sub/a.py": "x",
    "htdocs/sub/a.txt": "x",
    "lib/showing.py": """
        def handler(req):
            req.write("handled: type %r handler %r" % (req.content_type, req.handler), 0)
            return 0
        """,
}
PATHS = words("/a.txt /a.html /a.py /a.xyz /noext /a.py.txt /a.txt.py /a.tar.gz /a.PY /sub/a.py /sub/a.txt /absent.py")
MISSING = "unknown-handler: never sent as source, as httpd does where the module of a handler is missing"
CLOSED = {"status": ("403 Forbidden", MISSING)}
SOURCE = {"status": ("500 Internal Server Error", MISSING)}
PYTHON = "PythonPath \"['@ROOT@/lib'] + sys.path\"\nPythonHandler showing\n"


def asked(name: str, directives: str, orphans: str = "", **options: Any) -> Case:
    """These directives, and every file asked for. `orphans`: the paths whose handler nobody provides."""
    requests = [get(path, differs=SOURCE if path in words(orphans) else {}) for path in PATHS]
    return Case(name, Site(PYTHON + directives, FILES), requests, **options)


def inner(directives: str) -> str:
    """Directives for the folder sub."""
    return f'\n<Directory "@ROOT@/htdocs/sub">\n{directives}\n</Directory>\n'


PYTHONS = "/a.py /a.py.txt /a.txt.py /a.PY /sub/a.py /absent.py"

EXTENDED = words(
    """
    page.html page.html.fr page.fr.html page.html.gz page.gz.html page.html.fr.gz page.html.gz.fr page.fr page.gz
    page.html.unknown page.unknown.html page.unknown page.html.fr.de page.html.gz.Z page.Z.gz page.tgz page.tar.gz
    page..html page.html. .html ..html .page.html page.koi8.html page.html.koi8 page.html.koi8.utf8 page.koi8
    page.txt.html page.html.txt page.x.y.z page.html.en-us.koi8.gz page.FR.HTML page.par page.par.koi8 page.cs.koi8
    html page.quoted page.quoted.koi8 page.odd page.odd.koi8 page.html~ page.html.bak page.low.koi8
    """
)
TYPES = """
    AddEncoding gzip .gz .tgz
    AddEncoding x-compress .Z
    AddLanguage fr .fr
    AddLanguage de .de
    AddLanguage en-US .en-us
    AddCharset KOI8-R .koi8
    AddCharset UTF-8 .utf8
    AddType text/x-par;level=1;x=2 .par
    AddType "text/x-cs; charset=latin1; level=1" .cs
    AddType 'text/x-quoted; title="a;b"; level=1' .quoted
    AddType 'text/x-odd;; level' .odd
    AddType 'TEXT/X-Low; Level=A; CharSet=B' .low
    """
MORE = {
    **{f"htdocs/{name}": "x" for name in EXTENDED},
    **{f"htdocs/sub/{name}": "x" for name in words("page.html page.html.fr page.html.gz page.html.koi8 page.fr.gz")},
    "htdocs/.htaccess": "",
}


def typed(name: str, directives: str, paths: list[str] = EXTENDED) -> Case:
    """These directives on top of TYPES, and files of several extensions."""
    return Case(name, Site(TYPES + directives, MORE), [get(f"/{path}") for path in paths])


SUB = words(
    """
    page.html page.html.fr page.html.gz page.html.koi8 sub/page.html sub/page.html.fr sub/page.html.gz
    sub/page.html.koi8 sub/page.fr.gz page.unknown page.txt.html
    """
)
INFO = words("a.txt a.txt/x a.txt/x.html a.txt/x.fr b/x.html b/x.py b.py/x a.py/x a.py/x.html a.txt/x.py/y absent/a.py")

CASES = (
    typed("several extensions", ""),
    typed("DefaultLanguage", "DefaultLanguage es"),
    typed("default charset and AddCharset", "AddDefaultCharset iso-8859-2"),
    typed("ForceType and several extensions", "ForceType text/plain"),
    typed("RemoveEncoding", inner("RemoveEncoding .gz"), SUB),
    typed("RemoveLanguage", inner("RemoveLanguage .fr"), SUB),
    typed("RemoveCharset", inner("RemoveCharset .koi8"), SUB),
    typed("RemoveType of the list", inner("RemoveType .html"), SUB),
    typed("RemoveEncoding of several", inner("RemoveEncoding .gz html\nRemoveLanguage fr .de"), SUB),
    typed("RemoveEncoding and AddEncoding", inner("RemoveEncoding .gz\nAddEncoding br .gz"), SUB),
    typed("RemoveType and AddType", inner("RemoveType .html\nAddType text/x-new .html"), SUB),
    typed("AddType and RemoveType", inner("AddType text/x-new .html\nRemoveType .html"), SUB),
    typed("AddEncoding in the folder", inner("AddEncoding br .gz"), SUB),
    typed("AddLanguage in the folder", inner("AddLanguage fr-CA .fr"), SUB),
    typed("DefaultLanguage in the folder", inner("DefaultLanguage es"), SUB),
    typed("AddEncoding identity", "AddEncoding identity .html"),
    typed("AddLanguage of two", "AddLanguage fr .fr .html", SUB),
    typed("AddCharset of the list's type", "AddCharset utf-8 .html .txt", SUB),
    typed("types of capital extensions", "AddType text/x-cap .FR\nAddHandler default-handler .HTML", SUB),
    typed("AddLanguage without an extension", "AddLanguage fr", SUB),
    typed("RemoveType without an extension", "RemoveType", SUB),
    typed("RemoveOutputFilter", "AddOutputFilter deflate .html" + inner("RemoveOutputFilter .html"), ["sub/page.html"]),
    Case(
        "handlers of several extensions",
        Site(
            PYTHON + "AddHandler mod_python .py\nAddLanguage fr .fr\nAddHandler default-handler .plain",
            {
                "lib/showing.py": FILES["lib/showing.py"],
                **{
                    f"htdocs/{name}": "x"
                    for name in words(
                        "a.py a.py.fr a.fr.py a.py.plain a.plain.py .py ..py .py.fr a.py. a..py py a.py.unknown"
                    )
                },
            },
        ),
        [
            get(f"/{name}")
            for name in words("a.py a.py.fr a.fr.py a.py.plain a.plain.py .py ..py .py.fr a.py. a..py py a.py.unknown")
        ],
    ),
    *(
        Case(
            f"ModMimeUsePathInfo {flag}",
            Site(
                PYTHON
                + "AddHandler mod_python .py\nAcceptPathInfo On\nAddLanguage fr .fr\n"
                + f'<Directory "@ROOT@/htdocs">\nModMimeUsePathInfo {flag}\n</Directory>',
                {"lib/showing.py": FILES["lib/showing.py"], "htdocs/a.txt": "x", "htdocs/a.py": "x", "htdocs/b": "x"},
            ),
            [get(f"/{path}") for path in INFO],
        )
        for flag in ("On", "Off", "maybe")
    ),
    asked("nothing", ""),
    asked("AddHandler", "AddHandler mod_python .py"),
    asked("AddHandler without a dot", "AddHandler mod_python py"),
    asked("AddHandler of several", "AddHandler mod_python .py .xyz txt"),
    asked("python-program", "AddHandler python-program .py"),
    asked("handler in another case", "AddHandler MOD_PYTHON .py"),
    asked("AddHandler for a double extension", "AddHandler mod_python .tar.gz .txt.py"),
    asked("two AddHandlers, the last wins", "AddHandler default-handler .py\nAddHandler mod_python .py"),
    asked("SetHandler", "SetHandler mod_python"),
    asked("SetHandler for a folder", inner("SetHandler mod_python")),
    asked("SetHandler none", "SetHandler mod_python" + inner("SetHandler none")),
    asked("SetHandler None", "SetHandler mod_python" + inner("SetHandler None")),
    asked("SetHandler None beside AddHandler", "SetHandler None\nAddHandler mod_python .py"),
    asked("SetHandler None below AddHandler", "AddHandler mod_python .py" + inner("SetHandler None")),
    asked("SetHandler None above AddHandler", "SetHandler None" + inner("AddHandler mod_python .py")),
    asked("SetHandler None for Files", 'AddHandler mod_python .py\n<Files "*.py">\nSetHandler none\n</Files>'),
    asked("SetHandler None in a Location", "AddHandler mod_python .py\n<Location />\nSetHandler None\n</Location>"),
    asked(
        "SetHandler None below both",
        "SetHandler default-handler\nAddHandler mod_python .py" + inner("SetHandler None"),
    ),
    asked("SetHandler default-handler", "SetHandler mod_python" + inner("SetHandler default-handler")),
    asked("SetHandler quoted", 'SetHandler "mod_python"'),
    asked("SetHandler and AddHandler", "SetHandler mod_python\nAddHandler default-handler .txt"),
    asked("SetHandler for Files", '<Files "a.*">\nSetHandler mod_python\n</Files>'),
    asked("SetHandler for FilesMatch", '<FilesMatch "\\.py$">\nSetHandler mod_python\n</FilesMatch>'),
    asked("SetHandler in a Location", '<Location "/sub">\nSetHandler mod_python\n</Location>'),
    asked("SetHandler without an argument", "SetHandler"),
    asked("RemoveHandler", "AddHandler mod_python .py .txt" + inner("RemoveHandler .py")),
    asked("RemoveHandler before AddHandler", inner("AddHandler mod_python .py\nRemoveHandler .py")),
    asked("RemoveHandler in the server", "AddHandler mod_python .py\nRemoveHandler .py"),
    asked("RemoveHandler does not undo SetHandler", "SetHandler mod_python" + inner("RemoveHandler .py")),
    asked("AddHandler in the folder", "AddHandler mod_python .txt" + inner("AddHandler default-handler .txt")),
    asked("AddType", "AddType text/x-added .xyz .txt"),
    asked("AddType with a charset", 'AddType "text/html; charset=utf-8" .html'),
    asked("AddType in the folder", "AddType text/x-outer .py" + inner("AddType text/x-inner .py")),
    asked("AddType without a slash", "AddType nonsense .xyz"),
    asked("AddType of one argument", "AddType text/plain"),
    asked("RemoveType", inner("RemoveType .txt")),
    asked("ForceType", "ForceType text/x-forced"),
    asked("ForceType for a folder", inner("ForceType text/x-forced")),
    asked("ForceType none", "ForceType text/x-forced" + inner("ForceType None")),
    asked("ForceType and handler", "SetHandler mod_python\nForceType text/x-forced"),
    asked("AddType of a magic type", "AddType application/x-httpd-php .xyz", "/a.xyz"),
    asked("AddDefaultCharset", "AddDefaultCharset utf-8"),
    asked("AddDefaultCharset On", "AddDefaultCharset On"),
    asked("AddDefaultCharset Off", "AddDefaultCharset utf-8" + inner("AddDefaultCharset Off")),
    asked("AddDefaultCharset and a charset", "AddDefaultCharset utf-8\nAddType 'text/html;charset=latin1' .html"),
    asked("AddDefaultCharset and handler", "AddDefaultCharset utf-8\nSetHandler mod_python\nForceType text/plain"),
    asked("DefaultType none", "DefaultType none"),
    asked("DefaultType", "DefaultType text/x-default"),
    asked("unknown handler", "AddHandler nobody-provides-this .py", PYTHONS),
    asked("unknown handler set", inner("SetHandler nobody-provides-this"), "/sub/a.py /sub/a.txt"),
    asked("php", "AddHandler php-script .py", PYTHONS),
    asked("server-status without its module", "SetHandler server-status", " ".join(PATHS)),
    Case(
        "cgi-script without its module",
        Site(PYTHON + "AddHandler cgi-script .py", FILES),
        [get(path, differs=CLOSED if path in words(PYTHONS) else {}) for path in PATHS],
    ),
    Case(
        "charset on pages and heads",
        Site(
            "AddDefaultCharset utf-8\n" + PYTHON + "SetHandler mod_python\n",
            {**FILES, "lib/showing.py": "def handler(req): return 404\n"},
        ),
        [get("/a.txt"), head("/a.html")],
    ),
    Case(
        "types of a handler",
        Site(
            "AddDefaultCharset iso-8859-15\n" + PYTHON + "SetHandler mod_python\n",
            {
                "lib/showing.py": """
                    def handler(req):
                        if req.args:
                            req.content_type = req.args
                        req.write("x", 0)
                        return 0
                    """
            },
        ),
        [
            get(f"/x?{kind}")
            for kind in ("", *words("text/html text/plain text/css application/json text/html;charset=a TEXT/HTML"))
        ],
    ),
)
