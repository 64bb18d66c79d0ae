"""Paths that try to leave the document root, or that look like others."""

from ..request import ANY, Request, get, request
from ..site import Entry, Link, Site
from . import Case, words

FILES: dict[str, Entry] = {
    "secret.txt": "outside\n",
    "htdocs/page.txt": "page\n",
    "htdocs/sub/page.txt": "page in sub\n",
    "htdocs/sub/deep/page.txt": "page in deep\n",
    "htdocs/back\\slash.txt": "backslash\n",
    "htdocs/colon:name.txt": "colon\n",
    "htdocs/..dots": "two dots\n",
    "htdocs/...": "three dots\n",
    "htdocs/dots..": "dots at the end\n",
    "htdocs/trail.": "trailing dot\n",
    "htdocs/.htaccess": "",
    "htdocs/.htpasswd": "secret\n",
    "htdocs/sub/.htsecret": "secret\n",
    "htdocs/.hT": "not quite\n",
    "htdocs/shown.txt": "shown\n",
    "htdocs-sibling/page.txt": "sibling\n",
}
PATHS = words(
    r"""
    /../secret.txt /sub/../../secret.txt /sub/../page.txt /./page.txt /sub/./page.txt /sub/.. /sub/. /. /..
    /%2e%2e/secret.txt /%2E%2E/secret.txt /.%2e/secret.txt /sub/%2e%2e/page.txt /sub/%2e%2e/%2e%2e/secret.txt
    /%2e/page.txt /..%2fsecret.txt /sub%2fpage.txt /sub%2Fpage.txt /page.txt%2f /%2fpage.txt /sub%5cpage.txt
    /..%5csecret.txt /back%5cslash.txt /back\slash.txt /..\secret.txt /%5c..%5csecret.txt
    /page.txt%00 /page%00.txt /%00 /sub/%00/page.txt /page.txt%00.html /%0a /page.txt%0a /page.txt%0d%0aX:1 /%01
    //page.txt ///page.txt //sub//page.txt /sub//page.txt /sub///deep//page.txt //../secret.txt /sub//../page.txt
    /%252e%252e/secret.txt /%c0%ae%c0%ae/secret.txt /%uff0e/secret.txt /% /%2 /%zz /page%2 /page.txt%
    /page.txt. /page.txt.. /page.txt%20 /%20page.txt /page.txt/. /page.txt/.. /page.txt/../page.txt /trail. /trail
    /..dots /... /.../ /dots.. /sub/... /....//secret.txt /.../secret.txt
    /.htaccess /.htpasswd /.HTACCESS /.hT /sub/.htsecret /sub/.ht /.ht /.htaccess/x /.htaccess/ /.htaccess%20
    /.%68taccess /%2ehtaccess /sub/../.htaccess /.htaccess. /.htaccess%00 /x/.htaccess
    /colon:name.txt /page.txt:x /page.txt::$DATA /C:/x
    /~root /~ /page.txt~ /PAGE.TXT /Sub/page.txt
    /%e4%b8%ad /%ff%fe /page.txt%ff /sub;x=1/page.txt /page.txt;x=1 /page.txt#x
    /htdocs-sibling/page.txt /../htdocs-sibling/page.txt /../htdocs/page.txt
    """
)
LIMIT = {"status": (ANY, "server-limits: the WSGI server's own; it refuses before the application is asked")}
QUERY = {"status": ("400 Bad Request", "query-only: a target that is no path is refused")}
BYTES = {"status": ("200 OK", "bytes-in-paths: kept here; the original's handler cannot read a path that is no UTF-8")}
OTHER = [
    get("page.txt", name="no slash"),
    get("*", name="star"),
    get("?query", name="only a query", differs=QUERY),
    get("http://oracle.test:@PORT@/page.txt", name="full URI"),
    get("http://oracle.test:@PORT@", name="full URI without a path"),
    get("http://oracle.test:@PORT@/../secret.txt", name="full URI with dots"),
    get("https://oracle.test/page.txt", name="another scheme"),
    get("ftp://oracle.test/page.txt", name="ftp"),
    get("/" + "x" * 300, name="a name of 300 characters"),
    get("/" + "x/" * 2000, name="2000 folders"),
    get("/" + "x" * 8200, name="longer than a request line may be", differs=LIMIT),
    get("/page.txt?" + "x" * 8200, name="query longer than a request line may be", differs=LIMIT),
    get("/page.txt", {"X-Long": "x" * 8200}, name="header longer than a field may be", differs=LIMIT),
    get("/page.txt", tuple((f"X-{number}", "x") for number in range(120)), name="120 headers", differs=LIMIT),
    request("OPTIONS", "*"),
    get("/page.txt", tuple((f"X-{number}", "x") for number in range(90)), name="90 headers"),
]

LINKS: dict[str, Entry] = {
    **FILES,
    "outside/page.txt": "outside page\n",
    "outside/deep/page.txt": "deep outside\n",
    "htdocs/in.txt": Link("page.txt"),
    "htdocs/out.txt": Link("../secret.txt"),
    "htdocs/absolute.txt": Link("@ROOT@/secret.txt"),
    "htdocs/folder": Link("../outside"),
    "htdocs/inner": Link("sub"),
    "htdocs/broken": Link("nowhere"),
    "htdocs/loop": Link("loop"),
    "htdocs/chain": Link("folder"),
    "htdocs/.htlink": Link("page.txt"),
    "htdocs/to-ht.txt": Link(".htpasswd"),
}
THROUGH = words(
    """
    /in.txt /out.txt /absolute.txt /folder/page.txt /folder/deep/page.txt /folder/ /folder /inner/page.txt
    /inner/deep/page.txt /broken /loop /loop/x /chain/page.txt /.htlink /to-ht.txt /folder/../page.txt /page.txt
    """
)


def links(name: str, options: str) -> Case:
    """Symbolic links under these Options."""
    conf = f'<Directory "@ROOT@/htdocs">\n{options}\n</Directory>\n'
    return Case(name, Site(conf, LINKS), [get(path) for path in THROUGH])


def with_handler(path: str) -> Request:
    """What a handler would be given for a path."""
    return get(path, name=f"handler {path}", differs=BYTES if "%ff" in path or "%c0" in path else {})


SHOW = """
    def handler(req):
        req.content_type = "text/plain"
        req.write("uri %r filename %r path_info %r" % (req.uri, req.filename, req.path_info), 0)
        return 0
"""

CASES = (
    Case("paths", Site("", FILES), [*(get(path) for path in PATHS), *OTHER]),
    Case(
        "paths with a handler",
        Site(
            """
            PythonPath "['@ROOT@/lib'] + sys.path"
            <Directory "@ROOT@/htdocs">
                SetHandler mod_python
                PythonHandler show_path
            </Directory>
            """,
            {**FILES, "lib/show_path.py": SHOW},
        ),
        [with_handler(path) for path in PATHS],
    ),
    Case(
        "MergeSlashes Off",
        Site("MergeSlashes Off", FILES),
        [get(path) for path in PATHS if "//" in path],
    ),
    Case(
        "AllowEncodedSlashes On",
        Site("AllowEncodedSlashes On", FILES),
        [get(path) for path in PATHS if "%2f" in path.lower()],
    ),
    links("links, default", ""),
    links("links, FollowSymLinks", "Options FollowSymLinks"),
    links("links, None", "Options None"),
    links("links, minus", "Options -FollowSymLinks"),
    links("links, if owner matches", "Options SymLinksIfOwnerMatch"),
)
