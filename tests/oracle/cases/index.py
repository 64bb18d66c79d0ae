"""Folders: DirectoryIndex, with handlers too, and DirectorySlash."""

from ..request import ANY, get, head, post, request
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
REDIRECTED = [
    *(get(path) for path in words("/ /sub/ /sub /empty/ /other/ /sub/?a=1&b=%20 /with%20blank/ /sub/index.html")),
    get("/sub/", host="other.test:81", name="another host"),
    head("/sub/"),
    post("/sub/", b"a=1"),
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
    *(
        Case(f"DirectoryIndexRedirect {word}", Site(f"DirectoryIndexRedirect {word}", FILES), REDIRECTED)
        for word in words("On Off permanent temp seeother 303 307 308 300 399 299 400 nonsense PERMANENT")
    ),
    Case(
        "DirectoryIndexRedirect in sections",
        Site(
            'DirectoryIndexRedirect On\n<Directory "@ROOT@/htdocs/sub">\nDirectoryIndexRedirect Off\n</Directory>',
            FILES,
        ),
        REDIRECTED,
    ),
    Case(
        "DirectoryIndexRedirect, elsewhere",
        Site("DirectoryIndexRedirect 301\nDirectoryIndex absent /default.txt?q=1", FILES),
        REDIRECTED,
    ),
    Case(
        "DirectoryIndexRedirect, closed",
        Site('DirectoryIndexRedirect On\n<Files "index.html">\nRequire all denied\n</Files>', FILES),
        REDIRECTED,
    ),
    Case("DirectoryIndexRedirect without an argument", Site("DirectoryIndexRedirect", FILES)),
    *(
        Case(
            f"DirectoryCheckHandler {flag}",
            Site(
                HANDLER + f'DirectoryCheckHandler {flag}\n<Directory "@ROOT@/htdocs/sub">\nSetHandler mod_python\n'
                '</Directory>\n<Directory "@ROOT@/htdocs/empty">\nSetHandler mod_python\n</Directory>',
                FILES,
            ),
            [get(path) for path in words("/sub/ /sub /empty/ /empty / /python/ /python /other/ /folder-as-index")],
        )
        for flag in ("On", "Off")
    ),
    Case("DirectoryCheckHandler without a flag", Site("DirectoryCheckHandler", FILES)),
    Case("DirectoryIndex without names", Site("DirectoryIndex", FILES), ASK[:4]),
    Case("DirectoryIndex disabled and more", Site("DirectoryIndex disabled index.html", FILES), ASK[:4]),
    Case("DirectoryIndex, disabled last", Site("DirectoryIndex index.html disabled", FILES), ASK[:4]),
    Case(
        "DirectoryIndex disabled, then names",
        Site("DirectoryIndex disabled\nDirectoryIndex index.html", FILES),
        ASK[:4],
    ),
    Case(
        "DirectoryIndex names, then disabled",
        Site("DirectoryIndex index.html\nDirectoryIndex disabled", FILES),
        ASK[:4],
    ),
    Case(
        "DirectoryIndex disabled in a folder",
        Site('<Directory "@ROOT@/htdocs/sub">\nDirectoryIndex disabled\n</Directory>', FILES),
        ASK[:4],
    ),
    Case("DirectoryIndex, a URL", Site("DirectoryIndex http://elsewhere.test/ index.html", FILES), ASK[:4]),
    Case("DirectoryIndex, a folder below", Site("DirectoryIndex ../sub/other.txt sub/other.txt", FILES), ASK[:4]),
    Case("DirectoryIndex, above the root", Site("DirectoryIndex ../../default.txt index.html", FILES), ASK[:4]),
    Case("DirectoryIndex, an escape", Site('DirectoryIndex "%69ndex.html"', FILES), ASK[:4]),
    Case("DirectoryIndex, a blank", Site('DirectoryIndex "no such" index.html', FILES), ASK[:4]),
    Case("DirectoryIndex, path info", Site(HANDLER + "DirectoryIndex index.py/more index.html/more", FILES), ASK[:4]),
    Case("DirectoryIndex, itself", Site("DirectoryIndex /sub/\nDirectorySlash Off", FILES), [get("/"), get("/empty/")]),
    Case(
        "DirectoryIndex, two that lead to one another",
        Site('DirectoryIndex /empty/\n<Directory "@ROOT@/htdocs/empty">\nDirectoryIndex /other/\n</Directory>', FILES),
        [get("/"), get("/empty/"), get("/other/")],
    ),
    Case(
        "DirectoryIndex, a redirection",
        Site("DirectoryIndex away index.html\nRedirectMatch (.*)away$ http://elsewhere.test$1there", FILES),
        [*ASK[:4], get("/empty/?a=1")],
    ),
    Case(
        "several that refuse",
        Site(
            "DirectoryIndex denied.html asked.html absent.html gone.html\nRedirectMatch gone gone\n"
            '<Files "denied.html">\nRequire all denied\n</Files>\n'
            '<Files "asked.html">\nAuthType Basic\nAuthName x\nRequire valid-user\n</Files>\n'
            '<Directory "@ROOT@/htdocs/sub">\nDirectoryIndex denied.html asked.html\n</Directory>\n'
            '<Directory "@ROOT@/htdocs/both">\nDirectoryIndex asked.html denied.html\n</Directory>\n'
            '<Directory "@ROOT@/htdocs/empty">\nDirectoryIndex asked.html absent.html\n</Directory>\n'
            '<Directory "@ROOT@/htdocs/other">\nDirectoryIndex asked.html page.txt\n</Directory>\n',
            {
                **FILES,
                **{
                    f"htdocs/{folder}{name}.html": f"{name}\n"
                    for folder in ("", "sub/", "both/", "empty/", "other/")
                    for name in ("denied", "asked")
                },
            },
        ),
        [get(path) for path in words("/ /sub/ /both/ /empty/ /other/")],
    ),
    Case(
        "queries",
        Site(HANDLER + "DirectoryIndex absent index.py?fixed", FILES),
        [get(path) for path in words("/python/ /python/?a=1 /python/? /python/?a=%20&b=2 /python?a=1")],
    ),
    Case(
        "variables and the index",
        Site(
            'SetEnvIf Request_URI "html$" html\nSetEnvIf Request_URI "/$" slash\n'
            '<Directory "@ROOT@/htdocs/sub">\nOrder deny,allow\nDeny from all\nAllow from env=html\n</Directory>\n'
            '<Directory "@ROOT@/htdocs/both">\nOrder deny,allow\nDeny from all\nAllow from env=slash\n</Directory>\n'
            '<Files "index.html">\nSetEnvIf Request_URI . file\n</Files>\n'
            '<Directory "@ROOT@/htdocs/closed">\n<Files "index.html">\nDeny from env=file\n</Files>\n</Directory>\n'
            '<Directory "@ROOT@/htdocs/with blank">\nSetEnvIf Request_URI . folder\n<Files "index.html">\n'
            "Deny from env=folder\n</Files>\n</Directory>\n",
            FILES,
        ),
        [
            get(path)
            for path in words(
                "/sub/ /sub/index.html /both/ /both/index.html /closed/ /closed/index.html /with%20blank/"
            )
        ],
    ),
    Case(
        "header parser and the index",
        Site(
            HANDLER + "PythonHeaderParserHandler showing\nDirectoryIndex index.py",
            {
                **FILES,
                "lib/showing.py": SHOW
                + """
    def headerparserhandler(req):
        req.log_error("headers of %s, main %s" % (req.uri, req.main and req.main.uri))
        return 0
""",
            },
        ),
        [get("/python/", log=("headers of /python/, main None", "headers of /python/index.py"))],
    ),
    Case(
        "methods of an empty folder",
        Site("", FILES),
        [request(method, path) for method in ("POST", "OPTIONS", "PUT", "HEAD") for path in ("/empty/", "/empty")],
    ),
    Case(
        "spellings",
        Site("", FILES),
        [
            get(path)
            for path in words(
                r"""
                /sub// //sub/ /sub/. /sub/./ /sub/.. /sub/../ /sub/../sub /sub/../sub/ /sub%2f /sub%2F /%73ub /%73ub/
                /sub%00 /sub/%00 /sub%0a /sub/%0a /sub;x /sub;x/ /sub. /sub./ /sub/;x /SUB /Sub/ /sub\\ /sub%5c /sub%20
                /sub/%20 /sub? /sub/? /sub?/ /sub/?a=1 /sub/index.html/ /sub/index.html/x /sub/absent/x /with%20blank/
                /with%20blank?a=%20 /with%20blank/index.html /sub/%2e%2e /sub/%2e%2e/ /sub/%2e /./sub /./sub/ ///sub///
                """
            )
        ],
    ),
    Case(
        "DirectorySlash Off, spellings",
        Site(HANDLER + "DirectorySlash Off\nDirectoryIndex index.py index.html", FILES),
        [get(path) for path in words("/sub /python /empty /sub/ /python/ /python?a=1 /sub// /closed /with%20blank")],
    ),
    Case(
        "redirect-carefully",
        Site('SetEnvIf User-Agent "." redirect-carefully', FILES),
        [
            request(method, "/sub", {"User-Agent": agent} if agent else {}, name=f"{method} {agent}")
            for method in ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PROPFIND")
            for agent in ("", "old")
        ],
    ),
)
