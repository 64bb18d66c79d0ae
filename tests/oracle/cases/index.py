"""Folders: DirectoryIndex, with handlers too, and DirectorySlash."""

from ..request import ANY, get, head, post
from ..site import Entry, Folder, Site
from . import Case, words

SHOW = """
    def handler(req):
        req.content_type = "text/plain"
        name = req.filename.rpartition("htdocs")[2]
        req.write("uri %r file %r info %r args %r " % (req.uri, name, req.path_info, req.args), 0)
        req.write("main %r prev %r " % (req.main and req.main.uri, req.prev and req.prev.uri), 0)
        req.write("unparsed %r type %r handler %r" % (req.unparsed_uri, req.filename[-1:] == "/", req.handler), 0)
        return 0

    def fixuphandler(req):
        req.log_error("fixup of %s, main %s, prev %s" % (req.uri, req.main and req.main.uri, req.prev and req.prev.uri))
        return 0
"""
FILES: dict[str, Entry] = {
    "lib/showing.py": SHOW,
    "htdocs/index.html": "index of the root\n",
    "htdocs/sub/index.html": "index of sub\n",
    "htdocs/sub/other.txt": "other\n",
    "htdocs/python/index.py": "index.py\n",
    "htdocs/both/index.html": "html\n",
    "htdocs/both/index.py": "python\n",
    "htdocs/empty": Folder(),
    "htdocs/folder-as-index/index.html": Folder(),
    "htdocs/default.txt": "default\n",
    "htdocs/closed/index.html": "closed\n",
    "htdocs/with blank/index.html": "blank\n",
    "htdocs/other/page.txt": "page\n",
}
HANDLER = """
    PythonPath "['@ROOT@/lib'] + sys.path"
    AddHandler mod_python .py
    PythonHandler showing
    PythonFixupHandler showing
"""
PORT = "index-port: the original forgets the port when the index is a folder"
FOLDER = {"header:Location": (ANY, PORT), "body": (ANY, PORT), "header:Content-Length": (ANY, PORT)}
ASK = [
    *(get(path) for path in words("/ /sub/ /python/ /both/ /empty/ /other/ /sub/?a=1 /python/?a=1&b=%20%26")),
    get("/folder-as-index/", differs=FOLDER),
]
LOG = ("fixup of /python/,", "fixup of /python/index.py, main None, prev None", "main /python/", "prev /python/")

CASES = (
    Case(
        "default",
        Site("", FILES),
        [
            *ASK,
            head("/"),
            post("/sub/", b"a=1"),
            get("/sub/index.html"),
            get("/index.html/"),
            get("/sub/absent/"),
        ],
    ),
    Case(
        "with handlers", Site(HANDLER + "DirectoryIndex index.py index.html", FILES), [*ASK, post("/python/", b"a=1")]
    ),
    Case("handlers and their order", Site(HANDLER + "DirectoryIndex index.html index.py", FILES), ASK),
    Case("phases", Site(HANDLER + "DirectoryIndex index.py", FILES), [get("/python/", log=LOG), get("/sub/", log=LOG)]),
    Case("disabled", Site("DirectoryIndex disabled", FILES), ASK),
    Case("a path from the root", Site("DirectoryIndex absent /default.txt", FILES), ASK),
    Case("another folder", Site("DirectoryIndex other.txt ../default.txt", FILES), ASK),
    Case("appended", Site("DirectoryIndex absent\nDirectoryIndex index.py\nDirectoryIndex index.html", FILES), ASK),
    Case(
        "inner replaces",
        Site(
            'DirectoryIndex index.html\n<Directory "@ROOT@/htdocs/sub">\nDirectoryIndex other.txt\n</Directory>', FILES
        ),
        ASK,
    ),
    Case("with a query", Site("DirectoryIndex index.html?fixed", FILES), ASK),
    Case(
        "with a query, handlers",
        Site(HANDLER + "DirectoryIndex index.py?fixed", FILES),
        [get("/python/"), get("/python/?a=1"), get("/python/?"), get("/python/?a=1?b=2"), post("/python/?a=1", b"b=2")],
    ),
    Case(
        "closed index",
        Site(
            '<Files "index.html">\nRequire all denied\n</Files>\nDirectoryIndex index.html default.txt index.py', FILES
        ),
        [get("/"), get("/sub/"), get("/python/")],
    ),
    Case(
        "handler for the folder itself",
        Site(
            HANDLER + '<Directory "@ROOT@/htdocs/sub">\nSetHandler mod_python\n</Directory>\n'
            '<Directory "@ROOT@/htdocs/empty">\nSetHandler mod_python\n</Directory>',
            FILES,
        ),
        [get("/sub/"), get("/sub"), get("/empty/"), get("/empty"), get("/empty/x"), get("/")],
    ),
    Case(
        "slash",
        Site("", FILES),
        [
            get("/sub"),
            get("/sub?a=1&b=%20<x>"),
            get("/with%20blank"),
            get("/sub", host="other.test:81", name="another host"),
            get("/sub", host="other.test", name="no port"),
            get("/sub", host=None, protocol="HTTP/1.0", name="no host"),
            get("//sub"),
            get("/sub/.", name="dot"),
            get("/sub/../sub", name="dots"),
            head("/sub"),
            post("/sub", b"a=1"),
        ],
    ),
    Case("DirectorySlash Off", Site("DirectorySlash Off", FILES), [get("/sub"), get("/empty"), get("/sub/")]),
    Case(
        "UseCanonicalName",
        Site("UseCanonicalName On\nServerName canonical.test:8000", FILES),
        [get("/sub"), get("/sub", host="other.test", name="another host")],
    ),
    Case(
        "ServerName with a scheme",
        Site("UseCanonicalName On\nServerName https://front.test:443", FILES),
        [get("/sub")],
    ),
)
