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

CASES = (
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
    asked("cgi-script without its module", "AddHandler cgi-script .py", PYTHONS),
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
