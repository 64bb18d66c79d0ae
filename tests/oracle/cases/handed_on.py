"""What a handler leaves to those behind it: another file, another handler, methods of its own on the request."""

from ..request import ANY, Request, get
from ..site import Site
from . import Case

MODULE = """
    import os
    from mod_python import apache

    def change(req):
        folder, what = os.path.dirname(req.filename), req.args
        name = {"page": "page.html", "absent": "absent.txt"}.get(what.partition("-")[0], "longer.txt")
        if what == "handler":
            req.handler = "default-handler"
        req.filename = folder + "/" + name
        if what != "name":
            req.finfo = apache.stat(req.filename, apache.APR_FINFO_MIN)

    def fixuphandler(req):
        change(req)
        return apache.OK

    def typehandler(req):
        change(req)
        return apache.DECLINED

    def handler(req):
        change(req)
        return apache.DECLINED

    def show(req):
        name = req.filename and req.filename.rpartition("/")[2]
        req.write("%s %s %s" % (name, req.path_info, req.handler), 0)
        return apache.OK

    def transhandler(req):
        if not req.uri.startswith("/told"):
            return apache.DECLINED
        for word in req.args.split("&"):
            name, _, value = word.partition("=")
            if name == "file":
                req.filename = req.document_root() + value
            elif name == "add":
                req.add_handler("PythonHandler", "handing::" + value)
            else:
                setattr(req, name, value)
        return apache.OK

    def typed(req):
        if req.uri.endswith("/plain/"):
            req.content_type = "text/plain"
        req.write("%s %s" % (req.content_type, req.handler), 0)
        return apache.OK

    def passing(req):
        req.log_error("type %s" % req.content_type)
        return apache.OK

    def replacing(req):
        kept = []
        req.write = lambda data, flush=1: kept.append(data)
        req.write("kept back")
        if req.args == "sendfile":
            req.sendfile(req.document_root() + "/fixup/file.txt")
        elif req.args == "error":
            return apache.HTTP_NOT_FOUND
        elif req.args == "text":
            return apache.HTTP_GONE
        elif req.args == "declined":
            return apache.DECLINED
        elif req.args == "raised":
            req.write = None
            raise ValueError("for nobody")
        return apache.OK
"""

SITE = Site(
    """
    PythonPath "['@ROOT@/lib'] + sys.path"
    PythonTransHandler handing
    ErrorDocument 410 "gone for good"
    <Directory "@ROOT@/htdocs/fixup">
        PythonFixupHandler handing
    </Directory>
    <Directory "@ROOT@/htdocs/type">
        PythonTypeHandler handing
    </Directory>
    <Directory "@ROOT@/htdocs/content">
        SetHandler mod_python
        PythonHandler handing
    </Directory>
    <Directory "@ROOT@/htdocs/published">
        SetHandler mod_python
        PythonHandler handing::show
    </Directory>
    <Directory "@ROOT@/htdocs/replacing">
        SetHandler mod_python
        PythonHandler handing::replacing
    </Directory>
    <Directory "@ROOT@/htdocs/folders">
        SetHandler mod_python
        PythonFixupHandler handing::passing
        PythonHandler handing::typed
        DirectoryIndex disabled
        AddType text/x-named .typed
        <Files "inner.typed">
            SetHandler none
        </Files>
    </Directory>
    <Directory "@ROOT@/htdocs/folders/listed">
        SetHandler none
        Options +Indexes
        IndexOptions Charset=utf-8
        IndexStyleSheet "/sheet.css"
    </Directory>
    <Location "/told/closed">
        Require all denied
    </Location>
    """,
    {
        "lib/handing.py": MODULE,
        **{
            f"htdocs/{folder}/{name}": text
            for folder in ("fixup", "type", "content")
            for name, text in (("file.txt", "file\n"), ("longer.txt", "a longer file\n"), ("page.html", "<p>page\n"))
        },
        **{f"htdocs/folders/{name}/file": "" for name in ("plain", "x.typed", "listed")},
        "htdocs/published/page": "",
        "htdocs/replacing/page": "the file\n",
    },
)

CUT = "renamed-file: the original sends as many bytes of it as the other file has"


def changed(folder: str, what: str) -> Request:
    """Another file in the place of file.txt."""
    if what != "name":
        return get(f"/{folder}/file.txt?{what}")
    differs = {"body": ("a longer file\n", CUT), "header:Content-Length": ("14", CUT), "header:ETag": (ANY, CUT)}
    return get(f"/{folder}/file.txt?{what}", differs=differs)


TOLD = (
    "file=/fixup/longer.txt",
    "file=/published/page",
    "file=/published/page/more",
    "file=/published/page&path_info=/more",
    "file=/published/page&path_info=/more//than/this",
    "file=/published/page&path_info=",
    "file=/published/page&path_info=more",
    "file=/published/absent&path_info=/more",
    "file=/fixup/longer.txt&path_info=/more",
    "handler=mod_python&add=show",
    "handler=python-program&add=show",
    "handler=mod_python",
    "add=show",
    "handler=mod_python&add=show&file=/fixup/longer.txt",
)

CASES = (
    Case(
        "files",
        SITE,
        [
            changed(folder, what)
            for folder in ("fixup", "type", "content")
            for what in ("name", "both", "page", "absent", "absent-too", "handler")
        ],
    ),
    Case(
        "translation",
        SITE,
        [get(f"/told/page?{words}") for words in TOLD]
        + [get(f"/told/closed?{words}") for words in ("handler=mod_python&add=show", "file=/fixup/longer.txt")],
    ),
    Case(
        "folders",
        SITE,
        [
            get(path, log=("type httpd/unix-directory", "type None", "type text/x-named"))
            for path in (
                *("/folders/", "/folders/plain/", "/folders/x.typed/", "/folders/x.typed", "/folders/listed/"),
                *("/folders/absent/", "/folders/plain/file", "/folders/x.typed/absent/more"),
            )
        ],
    ),
    Case(
        "methods",
        SITE,
        [
            get(f"/replacing/page?{what}", log=("for nobody",))
            for what in ("none", "sendfile", "error", "text", "declined", "raised")
        ],
    ),
)
