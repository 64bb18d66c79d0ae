"""Where Python* directives stand and how they add up: folders that a pattern means, extensions, options."""

from dataclasses import replace

from ..request import Request, get
from ..site import Site
from . import Case, words

SHOW = """
    def note(req):
        req.noted = getattr(req, "noted", "") + " %s of %s %s" % (req.phase, req.hlist.directory, req.extension)
        return 0 if req.phase != "PythonTypeHandler" else -1

    def handler(req):
        req.content_type = "text/plain"
        req.write("%s %s%s" % (req.hlist.directory, req.extension, getattr(req, "noted", "")), 0)
        return 0

    def loghandler(req):
        req.log_error("logged of %s %s" % (req.hlist.directory, req.extension))
        return 0

    def options(req):
        req.content_type = "text/plain"
        found = req.get_options()
        server = req.server.get_options()
        for name in ("Spam", "spam", "eggs"):
            req.write("%s %r %r\\n" % (name, found.get(name), server.get(name)), 0)
        req.write("%r" % sorted(name.lower() for name in found.keys() if found[name]), 0)
        return 0

    def early(req):
        req.get_options().get("spam")
        return -1

    def cookies(req):
        if not hasattr(req, "visitor"):
            req.visitor = "main" if req.main is None else "part"
            for headers in (req.headers_out, req.err_headers_out):
                headers.add("Set-Cookie", "visitor=" + req.visitor)
        return -1

    def listed(req):
        if req.phase == "PythonFixupHandler" and req.args:
            req.add_handler("PythonFixupHandler", "shown::added", req.document_root() + req.args)
            return 0
        req.content_type = "text/plain"
        req.write("%s\\n%s" % (req.hlist, getattr(req, "added", "")), 0)
        return 0

    def added(req):
        req.added = repr(req.hlist)
        return 0

    def extension(req):
        req.content_type = "text/plain"
        req.write("%s %s" % (req.extension or None, getattr(req, "noted", None)), 0)
        return 0

    def session(req):
        from mod_python import Session
        req.content_type = "text/plain"
        cookie = Session.FileSession(req).make_cookie()
        req.write(str(cookie).partition("; ")[2], 0)
        return 0

    def visitor(req):
        req.content_type = "text/plain"
        req.write("%s %r %r" % (req.visitor, req.headers_out["Set-Cookie"], req.headers_out.get("Set-Cookie")), 0)
        return 0
"""
PAGES = words("page.txt a/page.txt a/b/page.txt a/b/c/z.tar.gz a/b/c/deep/none d/none")
FILES = {
    "lib/shown.py": SHOW,
    **{f"htdocs/{page}": "the file\n" for page in PAGES},
    "htdocs/a/index.html": "index\n",
}
PYTHON_PATH = "PythonPath \"['@ROOT@/lib'] + sys.path\"\nSetHandler mod_python\n"
ASK = [get(f"/{page}") for page in PAGES]
ROOT = "@ROOT@/htdocs"


def within(section: str, requests: list[Request] = ASK) -> Case:
    """A handler in a section: which folder is its own?"""
    name = section.partition(" ")[0]
    conf = f"{PYTHON_PATH}<{section}>\nPythonHandler shown\n</{name}>\n"
    return Case(section.replace(ROOT, "R"), Site(conf, FILES), requests)


def asked(name: str, conf: str, requests: list[Request], **files: str) -> Case:
    """A whole configuration."""
    return Case(name, Site(PYTHON_PATH + conf, {**FILES, **files}), requests)


INNER = ASK[1:]  # of a file that stands where a folder should, the original makes a folder
DEEPER = ASK[2:]
FIXUP = "PythonHandler shown\nPythonFixupHandler shown::note | .txt"

CASES = (
    *(within(f'Directory "{ROOT}{pattern}"') for pattern in words("/* * /a* /? /[ad] /[ad]/ /*/b /*/b/ /*/*/c /a/*")),
    within(f'Directory "{ROOT}/*/"', INNER),
    within(f'Directory "{ROOT}/a/*/"', DEEPER),
    within('Directory "/*"'),
    *(within(f'DirectoryMatch "{pattern}"') for pattern in words(f"{ROOT} {ROOT}/a ^{ROOT}/.*$ /a/b ^/ {ROOT}/(a|d)")),
    *(within(f'Directory ~ "{pattern}"') for pattern in words(f"/a/ {ROOT}/[^/]+/b /b(/|$) ^{ROOT}/a")),
    asked("phases limited to an extension", FIXUP, ASK),
    asked("phases limited to an extension of files", f'PythonHandler shown\n<Files "*.txt">\n{FIXUP}\n</Files>', ASK),
    *(
        asked(
            f"{phase} limited to an extension",
            f"PythonHandler shown\n{phase} shown::note | .txt .tar.gz\nPythonLogHandler shown | .txt",
            [get(f"/{page}", log=("logged of",)) for page in PAGES],
        )
        for phase in (f"Python{name}Handler" for name in words("HeaderParser Access Type Fixup"))
    ),
    *(
        asked(f"options: {name}", f"PythonHandler shown::options\n{conf}", ASK[:2])
        for name, conf in {
            "two spellings": "PythonOption Spam 1\nPythonOption spam 2",
            "taken away in another spelling": "PythonOption eggs 1\nPythonOption Spam 1\nPythonOption spam",
            "taken away below": f"PythonOption Spam 1\nPythonOption eggs 1\n<Directory {ROOT}/a>\n"
            "PythonOption SPAM\n</Directory>",
            "taken away, and set below": f'PythonOption spam 1\nPythonOption SPAM ""\n<Directory {ROOT}/a>\n'
            "PythonOption Spam 3\n</Directory>",
        }.items()
    ),
    asked(
        "options: taken away in a .htaccess",
        f"PythonHandler shown::options\nPythonOption Spam 1\n<Directory {ROOT}>\nAllowOverride Options\n</Directory>",
        ASK[:2],
        **{"htdocs/a/.htaccess": "PythonOption spam\nPythonOption eggs 1\n"},
    ),
    asked(
        "req.hlist",
        f"PythonFixupHandler shown::listed\n<Directory {ROOT}>\nPythonHandler shown::listed\n</Directory>",
        [get(f"/page.txt{query}") for query in ("", "?/a", "?/a/", "?/")],
    ),
    asked("req.hlist of the server", "PythonHandler shown::listed", ASK[:1]),
    *(
        asked(
            f"req.extension behind an index, {phase}",
            f"PythonHandler shown::extension\n{phase} shown::note | .html",
            [get("/a/"), get("/a/index.html"), get("/a/page.txt")],
        )
        for phase in words("PythonTypeHandler PythonFixupHandler")
    ),
    *(
        asked(
            f"options: asked for in {phase}",
            f"PythonHandler shown::options\n{phase} shown::early\nPythonOption spam server\n<Directory {ROOT}/a>\n"
            "PythonOption spam folder\nPythonOption eggs folder\n</Directory>\n"
            "<Files index.html>\nPythonOption eggs file\n</Files>",
            [get("/page.txt"), get("/a/page.txt"), get("/a/"), get("/a/index.html")],
        )
        for phase in (f"Python{name}Handler" for name in words("PostReadRequest Init Trans HeaderParser Fixup"))
    ),
    *(
        asked(
            f"path of a session, DocumentRoot {root}, {folder}".replace(ROOT, "R"),
            f"DocumentRoot {root}\nPythonOption mod_python.session.database_directory @ROOT@/logs\n"
            f"<Directory {folder}>\nPythonHandler shown::session\n</Directory>",
            [replace(get("/a/b/page.txt"), jar="a")],
        )
        for root in (ROOT, f"{ROOT}/")
        for folder in (ROOT, f"{ROOT}/a", f"{ROOT}/*/")
    ),
    asked(
        "cookies of a folder and of its index",
        "PythonHandler shown::visitor\nPythonFixupHandler shown::cookies",
        [get("/a/"), get("/a/index.html")],
    ),
)
