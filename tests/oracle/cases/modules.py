"""Finding, isolating and reloading the site's modules: PythonPath, interpreters, imports, PythonImport."""

from typing import Any

from ..request import ANY, get
from ..site import Site
from . import Case

SHOW = """
    import sys
    from mod_python import apache

    COUNT = []

    def handler(req):
        req.content_type = "text/plain"
        COUNT.append(1)
        req.write("interpreter %r %r calls %d " % (req.interpreter, apache.interpreter, len(COUNT)), 0)
        return apache.OK

    def arguments(req):
        req.write("%r" % sys.argv, 0)
        return apache.OK

    def path(req):
        req.content_type = "text/plain"
        root = req.document_root().rpartition("/")[0]
        own = [entry.replace(root, "~") for entry in sys.path if entry.startswith(root)]
        req.write("%r name %r file %r" % (own, __name__, __file__.replace(root, "~")), 0)
        return apache.OK

    def names(req):
        req.content_type = "text/plain"
        req.write("%r %r" % (sys.modules[__name__].__name__, handler.__module__), 0)
        return apache.OK
"""
FILES = {
    "lib/showing.py": SHOW,
    "other/showing.py": SHOW,
    **{f"htdocs/{name}": "" for name in ("page.txt", "a/page.txt", "a/b/page.txt", "b/page.txt")},
}
PATHS = ("/page.txt", "/a/page.txt", "/a/b/page.txt", "/b/page.txt")
ASK = [get(path) for path in (*PATHS, "/page.txt")]


def asked(name: str, directives: str, files: dict[str, Any] | None = None, requests: Any = ASK, **options: Any) -> Case:
    """These directives below a PythonPath that finds showing.py."""
    conf = f"""
    PythonPath "['@ROOT@/lib'] + sys.path"
    SetHandler mod_python
    PythonHandler showing
    {directives}
    """
    return Case(name, Site(conf, {**FILES, **(files or {})}, **options), requests)


PACKAGE = {
    "htdocs/a/start.py": """
        import sibling
        from pack import inner
        from pack.inner import value
        import pack.deeper.most as most

        def handler(req):
            import late
            req.write("%s %s %s %s %s" % (sibling.NAME, inner.value, value, most.NAME, late.NAME), 0)
            return 0
        """,
    "htdocs/a/sibling.py": "NAME = 'sibling'\n",
    "htdocs/a/late.py": "NAME = 'late'\n",
    "htdocs/a/pack/__init__.py": "",
    "htdocs/a/pack/inner.py": "from . import other\nfrom .other import value\n",
    "htdocs/a/pack/other.py": "value = 'relative'\n",
    "htdocs/a/pack/deeper/__init__.py": "",
    "htdocs/a/pack/deeper/most.py": "from .. import inner\nNAME = 'deep ' + inner.value\n",
}
CIRCLE = {
    "htdocs/a/start.py": "import one\ndef handler(req):\n    req.write(one.two.one.NAME, 0)\n    return 0\n",
    "htdocs/a/one.py": "import two\nNAME = 'round'\n",
    "htdocs/a/two.py": "import one\n",
}
IMPORTS = """
    from mod_python import apache

    def handler(req):
        module = apache.import_module("told")
        again = apache.import_module("told", autoreload=0, log=1)
        import told
        req.write("%r %r %r" % (module.NAME, module is again, module is told), 0)
        try:
            apache.import_module("absent_module")
        except ImportError as error:
            req.write(" " + type(error).__name__, 0)
        return 0
"""
PYTHON_IMPORT = """
    import os
    SEEN = []

    def remember():
        SEEN.append("called")
"""
PARTIAL = """
    def fixuphandler(req):
        req.mark = "fixup "
        return 0

    def handler(req):
        req.write(req.mark + "handler", 0)
        return 0

    def loghandler(req):
        req.log_error("partial log")
        return 0
"""
WHOLE = """
    def mark(req):
        if not hasattr(req, "marks"):
            req.marks = []
        req.marks.append(req.phase[6:-7])
        return -1

    def handler(req):
        req.content_type = "text/plain"
        req.write(repr(req.marks), 0)
        return 0

    def loghandler(req):
        req.log_error("whole log")
        return 0

    def cleanuphandler(req):
        req.log_error("whole cleanup")
        return 0

    postreadrequesthandler = transhandler = headerparserhandler = inithandler = accesshandler = mark
    authenhandler = authzhandler = typehandler = fixuphandler = mark
"""
SHARED = "process: it belongs to the WSGI server, or to a program that imports us as a library"
MAPPED = "location-file: the URL is mapped to a folder here, which has a type"
OWN = {"body": (ANY, SHARED), "header:Content-Length": (ANY, SHARED)}
BROKEN = "handler-module: a function that is missing is an error in the original; the manual says it is skipped"
SILENT = {"status": ("200 OK", BROKEN), "body": ("fixup handler", BROKEN), "log:partial log": (True, BROKEN)}

CASES = (
    asked("interpreter of the server", ""),
    asked(
        "PythonInterpreter",
        'PythonInterpreter named\n<Directory "@ROOT@/htdocs/a">\nPythonInterpreter other\n</Directory>',
    ),
    asked("PythonInterpreter in a Location", '<Location "/a">\nPythonInterpreter located\n</Location>'),
    asked("PythonInterpPerDirectory", "PythonInterpPerDirectory On"),
    asked(
        "PythonInterpPerDirective",
        'PythonInterpPerDirective On\n<Directory "@ROOT@/htdocs/a">\nPythonHandler showing\n</Directory>',
    ),
    asked(
        "PythonInterpPerDirective in a Location",
        'PythonInterpPerDirective On\n<Location "/a">\nPythonHandler showing\n</Location>',
    ),
    asked(
        "PythonInterpreter over the others",
        "PythonInterpPerDirectory On\nPythonInterpPerDirective On\nPythonInterpreter named",
    ),
    asked(
        "directory over directive",
        "PythonInterpPerDirectory On\nPythonInterpPerDirective On\n"
        '<Directory "@ROOT@/htdocs/a">\nPythonHandler showing\n</Directory>',
    ),
    asked("main_interpreter", "PythonInterpreter main_interpreter"),
    asked("path of PythonPath", "PythonHandler showing::path", requests=ASK[:2]),
    Case(
        "path of a Directory",
        Site(
            """
            SetHandler mod_python
            <Directory "@ROOT@/htdocs/a">
                PythonHandler showing::path
            </Directory>
            <Directory "@ROOT@/htdocs/a/b">
                PythonHandler showing::path
            </Directory>
            """,
            {**FILES, "htdocs/a/showing.py": SHOW},
        ),
        [get("/a/page.txt"), get("/a/b/page.txt"), get("/a/page.txt")],
    ),
    Case(
        "path of Files",
        Site(
            """
            <Directory "@ROOT@/htdocs/a">
                <Files "page.txt">
                    SetHandler mod_python
                    PythonHandler showing::path
                </Files>
            </Directory>
            """,
            {**FILES, "htdocs/a/showing.py": SHOW},
        ),
        [get("/a/page.txt"), get("/a/b/page.txt")],
    ),
    Case(
        "path of a Location",
        Site(
            '<Location "/a">\nSetHandler mod_python\nPythonHandler showing::path\n</Location>',
            {**FILES, "htdocs/a/showing.py": SHOW},
        ),
        [get("/a/page.txt")],
    ),
    Case(
        "path of the server",
        Site("SetHandler mod_python\nPythonHandler showing::path", {**FILES, "htdocs/showing.py": SHOW}),
        [get("/page.txt")],
    ),
    Case(
        "PythonPath replaces",
        Site(
            """
            SetHandler mod_python
            PythonHandler showing::path
            PythonPath "sys.path + ['@ROOT@/other', '@ROOT@/lib']"
            <Directory "@ROOT@/htdocs/a">
                PythonHandler showing::path
            </Directory>
            """,
            FILES,
        ),
        ASK[:2],
    ),
    Case(
        "PythonPath without quotes",
        Site("SetHandler mod_python\nPythonHandler showing::path\nPythonPath sys.path+['@ROOT@/lib']", FILES),
        ASK[:1],
    ),
    Case(
        "PythonPath with an error",
        Site('SetHandler mod_python\nPythonHandler showing::path\nPythonPath "[nonsense"', FILES),
        [get("/page.txt", log=("PythonHandler", "SyntaxError"))],
    ),
    Case(
        "PythonPath of names",
        Site('SetHandler mod_python\nPythonHandler showing::path\nPythonPath "[absent_name]"', FILES),
        [get("/page.txt", log=("PythonHandler", "NameError"))],
    ),
    Case(
        "imports of a handler module",
        Site(
            '<Directory "@ROOT@/htdocs/a">\nSetHandler mod_python\nPythonHandler start\n</Directory>',
            {**FILES, **PACKAGE},
        ),
        [get("/a/page.txt"), get("/a/b/page.txt")],
    ),
    Case(
        "circular imports",
        Site(
            '<Directory "@ROOT@/htdocs/a">\nSetHandler mod_python\nPythonHandler start\n</Directory>',
            {**FILES, **CIRCLE},
        ),
        [get("/a/page.txt")],
    ),
    Case(
        "apache.import_module",
        Site(
            '<Directory "@ROOT@/htdocs/a">\nSetHandler mod_python\nPythonHandler importing\n</Directory>',
            {**FILES, "htdocs/a/importing.py": IMPORTS, "htdocs/a/told.py": "NAME = 'told'\n"},
        ),
        [get("/a/page.txt"), get("/a/page.txt")],
    ),
    asked(
        "sys.argv",
        "<Location />\nPythonHandler showing::arguments\n</Location>",
        requests=[get("/", differs={**OWN, "header:Content-Type": ("httpd/unix-directory", MAPPED)})],
    ),
    asked("name of a module", "PythonHandler showing::names", requests=ASK[:1]),
    asked("PythonAutoReload Off", "PythonAutoReload Off", requests=ASK[:2]),
    asked(
        "PythonImport",
        "PythonImport remembered::remember oracle.test\nPythonHandler remembering",
        {
            "lib/remembered.py": PYTHON_IMPORT,
            "lib/remembering.py": """
                import sys

                def handler(req):
                    req.write("%r" % sys.modules["remembered"].SEEN, 0)
                    return 0
                """,
        },
        requests=ASK[1:2],
    ),
    asked("PythonImport of one argument", "PythonImport remembered"),
    asked("PythonImport of three arguments", "PythonImport remembered one two"),
    asked("PythonImport of what is missing", "PythonImport absent_module oracle.test", requests=ASK[1:2]),
    asked("PythonOptimize", "PythonOptimize On", requests=ASK[1:2]),
    asked("PythonEnablePdb without a terminal", "PythonEnablePdb On", requests=ASK[1:2]),
    Case(
        "PythonHandlerModule",
        Site(
            """
            PythonPath "['@ROOT@/lib'] + sys.path"
            SetHandler mod_python
            PythonHandlerModule partial
            """,
            {**FILES, "lib/partial.py": PARTIAL},
        ),
        [get("/page.txt", log=("partial log",), differs=SILENT)],
    ),
    Case(
        "PythonHandlerModule with all functions",
        Site(
            """
            PythonPath "['@ROOT@/lib'] + sys.path"
            SetHandler mod_python
            PythonHandlerModule whole
            """,
            {**FILES, "lib/whole.py": WHOLE},
        ),
        [get("/page.txt", log=("whole log", "whole cleanup"))],
    ),
)
