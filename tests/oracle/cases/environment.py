"""SetEnv, PassEnv and UnsetEnv, as a handler sees them."""

from typing import Any

from ..request import get
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


def inner(directives: str) -> str:
    """Directives for the folder sub."""
    return f'<Directory "@ROOT@/htdocs/sub">\n{directives}\n</Directory>\n'


CASES = (
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
)
