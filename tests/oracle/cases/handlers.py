"""How a handler is named and found, and what happens when it is not."""

from collections.abc import Mapping
from typing import Any

from ..answer import own_frames
from ..request import ANY, get
from ..site import Site
from . import Case, words

MODULE = '''
    from mod_python import apache

    def say(req, text):
        req.content_type = "text/plain"
        req.write(text + "\\n", 0)
        return apache.OK

    def handler(req):
        return say(req, "default")

    def spam(req):
        return say(req, "spam")

    def add(req):
        return say(req, "added")

    class Plain:
        def __init__(self, req):
            self.uri = req.uri

        def method(self, req):
            return say(req, "method of an instance made for " + self.uri)

        @staticmethod
        def still(req):
            return say(req, "static method")

        @classmethod
        def of_class(cls, req):
            return say(req, "class method of " + cls.__name__)

        class Inner:
            def __init__(self, req):
                pass

            def method(self, req):
                return say(req, "method of an inner class")

    class Callable:
        def __call__(self, req):
            return say(req, "called instance")

    class NoArgument:
        def method(self, req):
            return say(req, "never")

    class Old:
        class Deep:
            pass

    instance = Callable()
    holder = Old()
    holder.attribute = spam
    constant = 5
    empty = None

    class Returning(int):
        """Called as a handler, the instance is the result."""

        def __new__(cls, req):
            return int.__new__(cls, 0)

    by_lambda = lambda req: say(req, "lambda")
'''


def one(name: str, directive: str, starts: Any = None, differs: Mapping[str, Any] | None = None) -> Case:
    """A site whose only handler directive is `directive`."""
    conf = f"""
    <Directory "@ROOT@/htdocs">
        SetHandler mod_python
        PythonHandler {directive}
    </Directory>
    """
    return Case(name, Site(conf, FILES), [get("/page.txt", log=LOG, differs=differs or {})], starts)


FILES = {
    "htdocs/page.txt": "the page\n",
    "htdocs/named.py": MODULE,
    "htdocs/pack/__init__.py": MODULE.replace('"default"', '"package"'),
    "htdocs/pack/inner.py": MODULE.replace('"default"', '"module in a package"'),
    "htdocs/pack/broken.py": "from . import absent\n",
    "htdocs/wrong.py": "def handler(req)\n    return 0\n",
    "htdocs/failing.py": "1 / 0\n",
    "htdocs/leaving.py": "import sys\nsys.exit(3)\n",
    "htdocs/needy.py": "import a_module_that_is_not_there\n",
}
KEY = "debug-frames: shows the KeyError of the original's own code"
CHAINED = {"body": (ANY, KEY), "header:Content-Length": (ANY, KEY)}
MODULE_FILE = "module-file: mod_python 3.3 took the path of a module's file, 3.5 takes it for a name"
FILE = {"status": ("200 OK", MODULE_FILE), "body": ("default\n", MODULE_FILE)}
EMPTY = (False, "nameless-handler: the original serves the file itself, perhaps as source; a mistake, surely")
ERRORS = ("AttributeError", "ModuleNotFoundError", "SyntaxError", "TypeError", "AssertionError")
LOG = ("PythonHandler", "Traceback", "contains no", *ERRORS)

CASES = (
    one("module", "named"),
    one("module and function", "named::spam"),
    one("method", "named::Plain.method"),
    one("static method", "named::Plain.still"),
    one("class method", "named::Plain.of_class"),
    one("class in a class", "named::Plain.Inner.method"),
    one("class itself", "named::Plain"),
    one("int subclass", "named::Returning"),
    one("instance that can be called", "named::instance"),
    one("attribute of an instance", "named::holder.attribute"),
    one("class without a request argument", "named::NoArgument.method"),
    one("lambda", "named::by_lambda"),
    one("constant", "named::constant"),
    one("None", "named::empty"),
    one("missing function", "named::absent"),
    one("missing method", "named::Plain.absent"),
    one("missing function in a package", "pack.inner::absent.method"),
    one("package", "pack"),
    one("module in a package", "pack.inner"),
    one("missing module", "absent"),
    one("missing module in a package", "pack.absent"),
    one("broken import in a package", "pack.broken"),
    one("syntax error", "wrong"),
    one("error at import", "failing"),
    one("exit at import", "leaving"),
    one("missing import", "needy"),
    one("empty object", "named::"),
    one("standard library module", "os"),
    one("standard library function", "os::getcwd"),
    one("builtin module", "sys::exit"),
    one("quoted", '"named::spam"'),
    one("quoted pair", '"named::spam named"'),
    one("two on a line", "named::spam named"),
    one("the same twice", "named named"),
    one("path", "@ROOT@/htdocs/named.py", differs=FILE),
    one("file name", "named.py"),
    one("extension matches", "named::spam | .txt"),
    one("extension does not match", "named::spam | .py"),
    one("several extensions", "named::spam | .py .txt"),
    one("extension without a dot", "named::spam | txt"),
    one("extension without blanks", "named::spam|.txt"),
    one("extension in another case", "named::spam | .TXT"),
    one("bar without extensions", "named::spam |", starts=EMPTY),
    one("two bars", "named::spam | .txt | .py"),
    one("only a bar", "| .txt", starts=EMPTY),
    one("nothing", "", starts=EMPTY),
    Case(
        "missing function with PythonDebug",
        Site(
            """
            <Directory "@ROOT@/htdocs">
                SetHandler mod_python
                PythonHandler named::absent
                PythonDebug On
            </Directory>
            """,
            FILES,
        ),
        [get("/page.txt", tidy=own_frames, differs=CHAINED)],
    ),
    Case(
        "syntax error with PythonDebug",
        Site(
            """
            <Directory "@ROOT@/htdocs">
                SetHandler mod_python
                PythonHandler wrong
                PythonDebug On
            </Directory>
            """,
            FILES,
        ),
        [get("/page.txt", tidy=own_frames)],
    ),
    Case(
        "handlers by extension",
        Site(
            """
            <Directory "@ROOT@/htdocs">
                SetHandler mod_python
                PythonHandler named
                PythonHandler named::spam | .txt .tar.gz
                PythonHandler named::add | .txt
            </Directory>
            """,
            {**FILES, **{f"htdocs/{name}": "" for name in words("a.tar.gz a.gz a.b.txt none .txt")}},
        ),
        [get(f"/{name}") for name in words("page.txt a.tar.gz a.gz a.b.txt none .txt absent.txt absent page.txt/x.gz")],
    ),
    Case(
        "req.extension",
        Site(
            """
            <Directory "@ROOT@/htdocs">
                SetHandler mod_python
                PythonHandler extension | .txt .tar.gz
                PythonHandler extension
            </Directory>
            """,
            {
                **FILES,
                "htdocs/extension.py": "def handler(req):\n    req.write(repr(req.extension), 0)\n    return 0\n",
                "htdocs/a.tar.gz": b"gz",
                "htdocs/a.gz": b"gz",
            },
        ),
        [get("/page.txt"), get("/a.tar.gz"), get("/a.gz")],
    ),
)
