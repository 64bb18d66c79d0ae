"""Which sections hold for a request, and which of them wins: Directory, Files, Location and their patterns."""

from typing import Any

from ..request import get
from ..site import Entry, Link, Site
from . import Case, words

SHOW = """
    def handler(req):
        req.content_type = "text/plain"
        options = sorted(req.get_options().items())
        req.write("".join("%s=%s " % pair for pair in options) + "| %s" % req.hlist.directory, 0)
        return 0

    def first(req):
        req.content_type = "text/plain"
        req.write("first ", 0)
        return 0

    def second(req):
        req.content_type = "text/plain"
        req.write("second ", 0)
        return 0

    def declining(req):
        return -1
"""
FILES: dict[str, Entry] = {
    "lib/showing.py": SHOW,
    **{
        f"htdocs/{name}": "x"
        for name in words(
            "page.txt page.html a/page.txt a/b/page.txt a/b/c/page.txt a/other.txt ab/page.txt A/page.txt x1/page.txt "
            "x1/x2/page.txt a/b/.hidden a/b/special.txt"
        )
    },
    "htdocs/linked": Link("a"),
}
PATHS = words(
    "/page.txt /page.html /a/page.txt /a/b/page.txt /a/b/c/page.txt /a/other.txt /ab/page.txt /A/page.txt /x1/page.txt "
    "/x1/x2/page.txt /a/b/special.txt /a/b/absent.txt /a/ /a/b/ /a//b/page.txt /absent/x /linked/b/page.txt"
)
BASE = """
    PythonPath "['@ROOT@/lib'] + sys.path"
    SetHandler mod_python
    PythonHandler showing
    DirectoryIndex disabled
"""


def option(kind: str, argument: str, *values: str) -> str:
    """A section that sets the option `last` to its own name, and one of its own."""
    name = "".join(letter if letter.isalnum() else "_" for letter in f"{kind} {argument}".replace("@ROOT@/htdocs", ""))
    lines = "\n".join(values)
    text = f"'{kind} {argument}'"
    return f"<{kind} {argument}>\nPythonOption last {text}\nPythonOption {name} 1\n{lines}\n</{kind}>\n"


def asked(name: str, *sections: str, **options: Any) -> Case:
    """These sections, and every path asked for."""
    return Case(name, Site(BASE + "".join(sections), FILES), [get(path) for path in PATHS], **options)


ROOT = "@ROOT@/htdocs"
RELATIVE = (False, "relative-directory: httpd takes it from the directory that it was started in")
PATH = "PythonPath \"['@ROOT@/lib'] + sys.path\"\n"
LOST = "location-file: the original maps no URL to a file where a Location has a Python handler"

CASES = (
    asked("Directory", option("Directory", f'"{ROOT}/a"'), option("Directory", f'"{ROOT}/a/b"')),
    asked("Directory, shorter one later", option("Directory", f'"{ROOT}/a/b"'), option("Directory", f'"{ROOT}/a"')),
    asked("Directory with a slash", option("Directory", f'"{ROOT}/a/"'), option("Directory", f'"{ROOT}/a/b/"')),
    asked("Directory without quotes", option("Directory", f"{ROOT}/a")),
    asked(
        "Directory twice",
        option("Directory", f'"{ROOT}/a"', "PythonOption x 1"),
        option("Directory", f'"{ROOT}/a"', "PythonOption y 2"),
    ),
    asked("Directory of a file", option("Directory", f'"{ROOT}/page.txt"')),
    asked("Directory of the link", option("Directory", f'"{ROOT}/linked"'), option("Directory", f'"{ROOT}/a"')),
    asked("Directory in another case", option("Directory", f'"{ROOT}/A"')),
    asked("Directory with *", option("Directory", f'"{ROOT}/*"')),
    asked("Directory with * in the middle", option("Directory", f'"{ROOT}/*/b"')),
    asked("Directory with ?", option("Directory", f'"{ROOT}/x?"')),
    asked("Directory with [ ]", option("Directory", f'"{ROOT}/[ab]"')),
    asked(
        "Directory with * and a shorter one", option("Directory", f'"{ROOT}/a/*"'), option("Directory", f'"{ROOT}/a"')
    ),
    asked("Directory, relative", option("Directory", '"htdocs/a"'), starts=RELATIVE),
    asked("Directory with two arguments", option("Directory", f'"{ROOT}/a" "{ROOT}/b"')),
    asked("Directory without an argument", "<Directory>\n</Directory>\n"),
    asked("Directory ~", option("Directory", f'~ "{ROOT}/(a|x1)$"')),
    asked("Directory ~ anywhere", option("Directory", '~ "/b"')),
    asked("DirectoryMatch", option("DirectoryMatch", f'"^{ROOT}/a"')),
    asked("DirectoryMatch with an end", option("DirectoryMatch", f'"^{ROOT}/a$"')),
    asked("DirectoryMatch with a slash and an end", option("DirectoryMatch", f'"^{ROOT}/a/$"')),
    asked("DirectoryMatch after Directory", option("DirectoryMatch", '"/a"'), option("Directory", f'"{ROOT}/a/b"')),
    asked("DirectoryMatch, two", option("DirectoryMatch", '"/b"'), option("DirectoryMatch", '"/a"')),
    asked("DirectoryMatch with a file's name", option("DirectoryMatch", '"page"')),
    asked("DirectoryMatch, broken", option("DirectoryMatch", '"/a("')),
    asked("Files", option("Files", '"page.txt"')),
    asked("Files with *", option("Files", '"*.txt"')),
    asked("Files with ?", option("Files", '"page.tx?"')),
    asked("Files ~", option("Files", '~ "^page"')),
    asked("Files with a folder", option("Files", '"b/page.txt"')),
    asked("Files of a folder's name", option("Files", '"a"'), option("Files", '"b"')),
    asked("FilesMatch", option("FilesMatch", '"\\.txt$"'), option("FilesMatch", '"^p"')),
    asked("FilesMatch in another case", option("FilesMatch", '"\\.TXT$"')),
    asked("FilesMatch (?i)", option("FilesMatch", '"(?i)\\.TXT$"')),
    asked(
        "Files in Directory",
        option("Directory", f'"{ROOT}/a"', option("Files", '"page.txt"')),
        option("Files", '"*.txt"'),
    ),
    asked(
        "Files in Directory and inner Directory",
        option("Directory", f'"{ROOT}/a"', option("Files", '"*.txt"')),
        option("Directory", f'"{ROOT}/a/b"', option("Files", '"page.*"')),
    ),
    asked("FilesMatch in DirectoryMatch", option("DirectoryMatch", '"/b$"', option("FilesMatch", '"page"'))),
    asked("Location", option("Location", '"/a"'), option("Location", '"/a/b"')),
    asked("Location, longer one first", option("Location", '"/a/b"'), option("Location", '"/a"')),
    asked("Location with a slash", option("Location", '"/a/"')),
    asked("Location of the root", option("Location", '"/"')),
    asked("Location of a file", option("Location", '"/a/page.txt"')),
    asked("Location with *", option("Location", '"/*/page.txt"'), option("Location", '"/a/*"')),
    asked("Location with ?", option("Location", '"/x?/"')),
    asked("Location ~", option("Location", '~ "/(b|x2)/"')),
    asked("LocationMatch", option("LocationMatch", '"^/a/[^/]+$"'), option("LocationMatch", '"page"')),
    asked("LocationMatch and Location", option("LocationMatch", '"page"'), option("Location", '"/a"')),
    asked("Location without a slash", option("Location", '"a"')),
    asked(
        "all of them",
        option("Location", '"/a"'),
        option("LocationMatch", '"page"'),
        option("Files", '"page.txt"'),
        option("FilesMatch", '"page"'),
        option("DirectoryMatch", '"/a/"'),
        option("Directory", f'"{ROOT}/a/b"'),
        option("Directory", f'"{ROOT}"'),
    ),
    asked("Location in Directory", option("Directory", f'"{ROOT}/a"', option("Location", '"/a"'))),
    asked("Directory in Directory", option("Directory", f'"{ROOT}/a"', option("Directory", f'"{ROOT}/a/b"'))),
    asked("Directory in Location", option("Location", '"/a"', option("Directory", f'"{ROOT}/a"'))),
    asked("Files in Location", option("Location", '"/a"', option("Files", '"page.txt"'))),
    asked("Files in Files", option("Files", '"*.txt"', option("Files", '"page.*"'))),
    asked("not closed", '<Location "/a">\nPythonOption x 1\n'),
    asked("closed by another", '<Location "/a">\nPythonOption x 1\n</Directory>\n'),
    asked("closed without an opening", "</Location>\n"),
    asked("closing tag in another case", '<location "/a">\nPythonOption x 1\n</LOCATION>\n'),
    asked("no bracket at the end", '<Location "/a"\nPythonOption x 1\n</Location>\n'),
    asked(
        "lists of handlers",
        f'<Directory "{ROOT}/a">\nPythonHandler showing::first\nPythonHandler showing::second\n</Directory>\n'
        f'<Directory "{ROOT}/a/b">\nPythonHandler showing\n</Directory>\n'
        '<Location "/x1">\nPythonHandler showing::first showing::second\nPythonHandler showing\n</Location>\n'
        '<Location "/x1/x2">\nPythonOption only 1\n</Location>\n'
        f'<Directory "{ROOT}/ab">\nPythonHandler showing::second\n</Directory>\n'
        f'<Directory "{ROOT}/ab">\nPythonHandler showing::first\n</Directory>\n',
    ),
    asked(
        "options removed",
        "PythonOption one 1\nPythonOption two 2\n",
        f'<Directory "{ROOT}/a">\nPythonOption one ""\nPythonOption three 3\n</Directory>\n',
        f'<Directory "{ROOT}/a/b">\nPythonOption two\nPythonOption one again\nPythonOption three "3 3"\n</Directory>\n',
    ),
    *(
        Case(
            f"files below a Location with {directive.split()[0]}",
            Site(f'{PATH}<Location "/a">\n{directive}\n</Location>', FILES),
            [
                get("/a/page.txt", differs={"status": ("200 OK", LOST), "body": ("x", LOST)}),
                get("/a/absent"),
                get("/a", differs={"status": ("301 Moved Permanently", LOST)}),
                get("/page.txt"),
            ],
        )
        for directive in (
            "PythonAccessHandler showing::declining",
            "PythonFixupHandler showing::declining",
            "PythonLogHandler showing::declining",
        )
    ),
    Case(
        "files below a Location with a content handler",
        Site(f'{PATH}<Location "/a">\nSetHandler mod_python\nPythonHandler showing::declining\n</Location>', FILES),
        [get("/a/page.txt"), get("/a/absent"), get("/a"), get("/page.txt")],
    ),
)
