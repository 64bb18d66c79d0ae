"""Content negotiation: Options MultiViews, LanguagePriority, ForceLanguagePriority, MultiviewsMatch."""

from collections.abc import Mapping
from dataclasses import replace

from ..request import ANY, Request, get, head, post, request
from ..site import Entry, File, Site
from . import Case, words

FILES: dict[str, Entry] = {
    "htdocs/page.html.en": "<p>english\n",
    "htdocs/page.html.fr": "<p>francais, un peu plus\n",
    "htdocs/page.html.de": "<p>deutsch\n",
    "htdocs/only.html.fr": "only french\n",
    "htdocs/doc.txt": "text, longer than html\n",
    "htdocs/doc.html": "<p>html\n",
    "htdocs/doc.pdf": "%PDF\n",
    "htdocs/zip.txt": "plain, not that long\n",
    "htdocs/zip.txt.gz": b"\x1f\x8bgz",
    "htdocs/packed.txt.gz": b"\x1f\x8bgz",
    "htdocs/single.html": "<p>single\n",
    "htdocs/sets.html.utf8": "<p>utf-8\n",
    "htdocs/sets.html.latin2": "<p>latin2\n",
    "htdocs/sets.html.koi8": "<p>koi8\n",
    "htdocs/odd.unknown": "nobody knows\n",
    "htdocs/mixed.html": "<p>mixed\n",
    "htdocs/mixed.unknown": "mixed, unknown\n",
    "htdocs/mixed.html.bak": "mixed, old\n",
    "htdocs/some.html": "<p>no language\n",
    "htdocs/some.html.fr": "<p>french\n",
    "htdocs/region.html.en-us": "<p>american\n",
    "htdocs/region.html.en-gb": "<p>british\n",
    "htdocs/region.html.fr-ca": "<p>canadian\n",
    "htdocs/two.html.en.fr": "<p>both\n",
    "htdocs/two.html.de": "<p>german\n",
    "htdocs/closed.html": "<p>closed\n",
    "htdocs/half.html.en": "<p>half closed\n",
    "htdocs/half.html.fr": "<p>half open\n",
    "htdocs/script.py": "source\n",
    "htdocs/both.py": "source\n",
    "htdocs/both.html": "<p>both\n",
    "htdocs/folder/page.html": "in the folder\n",
    "htdocs/folder.html": "<p>beside the folder\n",
    "htdocs/index/index.html.en": "<p>index english\n",
    "htdocs/index/index.html.fr": "<p>index french\n",
    "htdocs/image.png": "png, larger than gif\n",
    "htdocs/image.gif": "gif\n",
    "htdocs/.hidden.html": "hidden\n",
    "htdocs/all.html.en.gz": b"\x1f\x8ben",
    "htdocs/all.html.en": "<p>all, english\n",
    "htdocs/all.html.fr.gz": b"\x1f\x8bfr",
    "htdocs/all.txt.en": "all, english text\n",
    "lib/showing.py": """
        def handler(req):
            req.write("handled: %s %r" % (req.filename.rpartition("/")[2], req.path_info), 0)
            return 0
        """,
}
BASE = """
    AddLanguage en .en
    AddLanguage fr .fr
    AddLanguage de .de
    AddLanguage en-US .en-us
    AddLanguage en-GB .en-gb
    AddLanguage fr-CA .fr-ca
    AddEncoding gzip .gz
    RemoveType .gz
    AddType image/gif .gif
    AddCharset utf-8 .utf8
    AddCharset iso-8859-2 .latin2
    AddCharset koi8-r .koi8
    PythonPath "['@ROOT@/lib'] + sys.path"
    PythonHandler showing
    AddHandler mod_python .py
    <Directory "@ROOT@/htdocs">
    Options +MultiViews
    RemoveType .gz
    </Directory>
    <Files "closed.*">
    Require all denied
    </Files>
    <Files "half.html.en">
    Require all denied
    </Files>
    """
ACCEPT = {
    "": {},
    "html": {"Accept": "text/html"},
    "plain, html less": {"Accept": "text/plain, text/html;q=0.5"},
    "html less": {"Accept": "text/html;q=0.5, text/*;q=0.7"},
    "star": {"Accept": "*/*"},
    "text star": {"Accept": "text/*"},
    "browser": {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
    "image": {"Accept": "image/png, image/*;q=0.8"},
    "pdf": {"Accept": "application/pdf"},
    "nothing that is there": {"Accept": "video/mp4"},
    "no html": {"Accept": "text/html;q=0, */*"},
    "level": {"Accept": "text/html;level=1, text/plain;q=0.3"},
    "nonsense": {"Accept": ";q=x, ,/"},
    "quality above 1": {"Accept": "text/html;q=7, text/plain;q=1"},
    "three digits": {"Accept": "text/html;q=0.1234, text/plain;q=0.123"},
    "capitals": {"Accept": "TEXT/PLAIN"},
}
LANGUAGES = {
    "en": "en",
    "fr": "fr",
    "de, en less": "de;q=0.9, en;q=0.3",
    "fr first": "fr, en",
    "en-US": "en-US",
    "en-us, fr": "en-us, fr;q=0.5",
    "es": "es",
    "es, star": "es, *;q=0.1",
    "star": "*",
    "no en": "en;q=0, *",
    "none of them": "en;q=0, fr;q=0, de;q=0",
    "browser": "fr-FR,fr;q=0.8,en-US;q=0.5,en;q=0.3",
    "empty": "",
    "capitals": "FR",
}
ENCODINGS = {
    "none": {},
    "gzip": {"Accept-Encoding": "gzip"},
    "browser": {"Accept-Encoding": "gzip, deflate, br"},
    "identity": {"Accept-Encoding": "identity"},
    "no gzip": {"Accept-Encoding": "gzip;q=0"},
    "x-gzip": {"Accept-Encoding": "x-gzip"},
    "star": {"Accept-Encoding": "*"},
    "gzip only": {"Accept-Encoding": "gzip, identity;q=0"},
    "empty": {"Accept-Encoding": ""},
}
CHARSETS = {
    "none": {},
    "utf-8": {"Accept-Charset": "utf-8"},
    "koi8, utf-8 less": {"Accept-Charset": "koi8-r, utf-8;q=0.5"},
    "latin1": {"Accept-Charset": "iso-8859-1"},
    "star": {"Accept-Charset": "*;q=0.5, iso-8859-2"},
}


def asked(path: str, headers: Mapping[str, str], name: str, **more: str) -> Request:
    """A request named after path and headers."""
    return get(path, dict(headers), name=f"{path} {name}".strip(), **more)


def languages(name: str, directives: str, paths: str = "/page /some /region /two /only") -> Case:
    """Directives, and the languages of visitors."""
    return Case(
        name,
        Site(BASE + directives, FILES, modules=("negotiation",)),
        [
            *(get(path) for path in words(paths)),
            *(
                asked(path, {"Accept-Language": value}, label)
                for path in words(paths)
                for label, value in LANGUAGES.items()
            ),
        ],
    )


PATHS = words(
    """
    /page /page.html /page.html.fr /page.fr /page.fr.html /page.en /only /doc /zip /zip.txt /packed /packed.txt /single
    /single/ /single/info /doc/info /sets /odd /mixed /some /two /closed /half /script /script/info /both /both.html
    /folder /folder/ /folder/page /index/ /index /index/index /image /absent /pag /.hidden /page. /page.html. /page?x=1
    /all /all.html /all.en /page%2e /PAGE /closed.html /half.html /page.html.en.
    """
)
SITE = Site(BASE, FILES, modules=("negotiation",))

_TAG = "vlist-tag: an entity tag stands in quotes, and clients compare it with others"
TAG = {"header:ETag": (ANY, _TAG)}


def told(case: Case) -> Case:
    """The case, its entity tags not compared: httpd leaves the quote at their end out."""
    requests = [replace(each, differs={**TAG, **each.differs}) for each in case.requests]
    return replace(case, requests=requests)


_CASES = (
    Case("paths", SITE, [get(path) for path in PATHS]),
    Case("heads", SITE, [head(path) for path in words("/page /doc /zip /closed /absent /only")]),
    Case(
        "methods",
        SITE,
        [
            post("/page", b"x"),
            post("/both", b"x"),
            post("/script", b"x"),
            request("PUT", "/page"),
            request("OPTIONS", "/page"),
            get("/page", protocol="HTTP/1.0", name="HTTP/1.0"),
            get("/single", protocol="HTTP/1.0", name="HTTP/1.0, one"),
        ],
    ),
    Case(
        "types",
        SITE,
        [
            asked(path, headers, name)
            for path in words("/doc /image /both /single /all")
            for name, headers in ACCEPT.items()
        ],
    ),
    languages("languages", ""),
    Case(
        "encodings",
        SITE,
        [
            asked(path, headers, name)
            for path in words("/zip /zip.txt /packed /all /zip.txt.gz")
            for name, headers in ENCODINGS.items()
        ],
    ),
    Case(
        "charsets",
        SITE,
        [asked(path, headers, name) for path in words("/sets /doc") for name, headers in CHARSETS.items()],
    ),
    Case(
        "conditions",
        SITE,
        [
            get("/page", {"If-None-Match": "*"}, name="none match"),
            get("/page", {"Range": "bytes=0-3"}, name="range"),
            get("/page", {"If-Modified-Since": "Sat, 03 Feb 2024 04:05:06 GMT"}, name="modified since"),
            get("/page", {"Negotiate": "trans"}, name="Negotiate: trans"),
            get("/page", {"Negotiate": "vlist"}, name="Negotiate: vlist"),
            get("/page", {"Negotiate": "1.0", "Accept-Language": "fr"}, name="Negotiate: 1.0"),
            get("/page", {"Negotiate": "*", "Accept-Language": "fr"}, name="Negotiate: star"),
        ],
    ),
    languages("LanguagePriority", "LanguagePriority fr de en", "/page /some"),
    languages("ForceLanguagePriority Prefer", "LanguagePriority fr de en\nForceLanguagePriority Prefer", "/page"),
    languages("ForceLanguagePriority Fallback", "LanguagePriority fr de en\nForceLanguagePriority Fallback", "/page"),
    languages(
        "ForceLanguagePriority Prefer Fallback",
        "LanguagePriority fr de en\nForceLanguagePriority Prefer Fallback",
        "/page /some /region",
    ),
    languages("ForceLanguagePriority None", "LanguagePriority fr de en\nForceLanguagePriority None", "/page"),
    languages("ForceLanguagePriority without LanguagePriority", "ForceLanguagePriority Prefer Fallback", "/page"),
    *(
        Case(
            f"MultiviewsMatch {word}",
            Site(
                BASE + f'<Directory "@ROOT@/htdocs">\nMultiviewsMatch {word}\n</Directory>',
                FILES,
                modules=("negotiation",),
            ),
            [get(path) for path in words("/odd /mixed /script /both /doc /page")],
        )
        for word in ("Any", "NegotiatedOnly", "Handlers", "Filters", "Handlers Filters", "Nonsense", "Any Handlers")
    ),
    *(
        Case(f"only {line}", Site(line, FILES, modules=("negotiation",)), [get("/page")])
        for line in (
            "CacheNegotiatedDocs Off",
            "CacheNegotiatedDocs maybe",
            "ForceLanguagePriority Perhaps",
            "ForceLanguagePriority None Prefer",
            "LanguagePriority",
        )
    ),
    Case(
        "CacheNegotiatedDocs, HTTP/1.0",
        Site(BASE + "CacheNegotiatedDocs On", FILES, modules=("negotiation",)),
        [get("/page", protocol="HTTP/1.0"), get("/page")],
    ),
    Case(
        "without MultiViews",
        Site("AddEncoding x-gzip .gz\nAddLanguage fr .fr", FILES, modules=("negotiation",)),
        [
            get("/page"),
        ],
    ),
    Case(
        "an old file",
        Site(BASE, {**FILES, "htdocs/page.html.en": File("old\n", mtime=5)}, modules=("negotiation",)),
        [
            get("/page", {"Accept-Language": "en"}),
        ],
    ),
)

# A PythonAccessHandler is not asked again for what is chosen in its own directory, as nothing is that holds for both.
_ASKED_ONCE = Case(
    "an access handler that looks at the name",
    Site(
        """
        AddHandler type-map .var
        <Directory "@ROOT@/htdocs">
            Options MultiViews
            AddLanguage en .en
            PythonPath "sys.path + ['@ROOT@/lib']"
            PythonAccessHandler guard
        </Directory>
        """,
        {
            "htdocs/page.html.en": "english",
            "htdocs/doc.var": "URI: page.html.en\nContent-Type: text/html\nContent-Language: en\n",
            "lib/guard.py": """
            from mod_python import apache

            def accesshandler(req):
                return apache.HTTP_FORBIDDEN if "page.html" in req.filename else apache.OK
            """,
        },
        modules=("negotiation",),
    ),
    [
        get("/page", differs={"header:ETag": (ANY, _TAG)}),
        get("/page.html.en"),
        get("/doc.var", differs={"header:ETag": (ANY, _TAG)}),
    ],
)

_NAMES = "encoding-names: without MultiViews an encoding is called as AddEncoding calls it"
_PHASE = "multiviews-phase: the file is chosen behind the fixup phase"
_MODULES = Case(
    "what only mod_negotiation does",
    Site(
        """
        AddEncoding x-gzip .gz
        <Directory "@ROOT@/htdocs/views">
            Options MultiViews
            PythonPath "sys.path + ['@ROOT@/lib']"
            PythonTypeHandler seeing
            PythonFixupHandler seeing
        </Directory>
        """,
        {
            "htdocs/page.txt.gz": "packed",
            "htdocs/views/page.txt": "text",
            "lib/seeing.py": """
            from mod_python import apache

            def typehandler(req):
                req.log_error("type of %s, main %s" % (req.uri, req.main and req.main.uri))
                return apache.DECLINED

            def fixuphandler(req):
                req.log_error("fixup of %s, main %s" % (req.filename.rpartition("/")[2], req.main and req.main.uri))
                return apache.OK
            """,
        },
        modules=("negotiation",),
    ),
    [
        get("/page.txt.gz"),
        get("/page.txt.gz", {"Accept-Encoding": "x-gzip"}, name="x-gzip"),
        get(
            "/page.txt.gz",
            {"Accept-Encoding": "gzip"},
            name="gzip",
            differs={"header:Content-Encoding": ("x-gzip", _NAMES)},
        ),
        get(
            "/views/page",
            log=(
                "type of /views/page, main None",
                "type of /views/page.txt, main /views/page",
                "fixup of page.txt, main /views/page",
                "fixup of page.txt, main None",
                "fixup of page, main None",
            ),
            differs={
                "log:type of /views/page, main None": (True, _PHASE),
                "log:fixup of page.txt, main None": (False, _PHASE),
                "log:fixup of page, main None": (True, _PHASE),
                "header:ETag": (ANY, _TAG),
            },
        ),
    ],
)

# The path is that of the chosen file from then on, for handlers as for the log.
_PATH = Case(
    "the path of what was chosen",
    Site(
        """
        LogFormat "%U %<U %f" u
        CustomLog logs/u.log u
        AddLanguage fr .fr
        ErrorDocument 404 /page
        <Directory "@ROOT@/htdocs">
            Options MultiViews
            PythonPath "sys.path + ['@ROOT@/lib']"
            <FilesMatch "^page">
                SetHandler mod_python
                PythonHandler showing
            </FilesMatch>
        </Directory>
        """,
        {
            "htdocs/page.py": "",
            "htdocs/a b.html": "a b\n",
            "htdocs/index.html.fr": "index\n",
            "lib/showing.py": """
            def handler(req):
                req.content_type = "text/plain"
                req.write("%s %s %s %s" % (req.uri, req.unparsed_uri, req.filename, req.path_info), 0)
                return 0
            """,
        },
        modules=("negotiation",),
    ),
    [
        get(path, logs=("u.log",), differs={"header:ETag": (ANY, _TAG)} if "%" in path else {})
        for path in ("/page", "/page/more", "/page.py/more", "/a%20b", "/", "/absent")
    ],
)

CASES = (*[told(case) for case in _CASES], _ASKED_ONCE, _MODULES, _PATH)
