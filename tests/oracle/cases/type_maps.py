"""Type maps: files that name the variants of a document (AddHandler type-map .var)."""

from dataclasses import replace

from ..request import ANY, get, head, post
from ..site import Entry, Site
from . import Case, words

MAP = """\
URI: doc; vary="language"

URI: doc.en.html
Content-Type: text/html
Content-Language: en

URI: doc.fr.html
Content-Type: text/html; qs=0.8
Content-Language: fr
Description: "en francais"

URI: doc.txt
Content-type: text/plain;qs=0.3
"""
INSIDE = """\
Content-Type: text/html
Content-Language: en
Body:----en----
<p>inside, english
----en----

Content-Type: text/html
Content-Language: fr
Body:----fr----
<p>inside, french
----fr----
"""
FILES: dict[str, Entry] = {
    "htdocs/doc.var": MAP,
    "htdocs/doc.en.html": "<p>english\n",
    "htdocs/doc.fr.html": "<p>french\n",
    "htdocs/doc.txt": "text\n",
    "htdocs/closed.var": "URI: closed.html\nContent-Type: text/html\n",
    "htdocs/closed.html": "<p>closed\n",
    "htdocs/missing.var": "URI: not-there.html\nContent-Type: text/html\n",
    "htdocs/empty.var": "",
    "htdocs/broken.var": "nonsense\n",
    "htdocs/comment.var": "# a comment\nURI: doc.txt\nContent-Type: text/plain\n# another\n",
    "htdocs/long.var": "URI: doc.txt\n  \nContent-Type: text/plain\n\n\nURI: doc.en.html\nContent-Type:\n text/html\n",
    "htdocs/unknown.var": "URI: doc.txt\nContent-Type: text/plain\nX-Unknown: yes\n",
    "htdocs/outside.var": "URI: /folder/page.html\nContent-Type: text/html\n",
    "htdocs/below.var": "URI: folder/page.html\nContent-Type: text/html\n",
    "htdocs/folder/page.html": "in the folder\n",
    "htdocs/folder/up.var": "URI: ../doc.txt\nContent-Type: text/plain\n",
    "htdocs/encoded.var": "URI: doc.txt\nContent-Type: text/plain\nContent-Encoding: gzip\nContent-Length: 3\n",
    "htdocs/nameless.var": "Content-Type: text/plain\nContent-Language: en\n",
    "htdocs/query.var": "URI: doc.txt?x=1\nContent-Type: text/plain\n",
    "htdocs/blank.var": "URI: doc.txt\n\nContent-Type: text/plain\n",
    "htdocs/many.var": "URI: doc.var\nContent-Type: text/plain\n",
    "htdocs/body.var": INSIDE,
}
BASE = """
    AddHandler type-map .var
    AddLanguage en .en
    AddLanguage fr .fr
    <Files "closed.html">
    Require all denied
    </Files>
    """
PATHS = words(
    """
    /doc.var /closed.var /missing.var /empty.var /broken.var /comment.var /long.var /unknown.var /outside.var /below.var
    /folder/up.var /encoded.var /nameless.var /query.var /blank.var /many.var /doc.var/info /doc.var?x=1 /body.var
    """
)
TAG = {"header:ETag": (ANY, "vlist-tag: an entity tag stands in quotes, and clients compare it with others")}

_CASES = (
    Case("paths", Site(BASE, FILES, modules=("negotiation",)), [get(path) for path in PATHS]),
    Case(
        "headers",
        Site(BASE, FILES, modules=("negotiation",)),
        [
            get(path, headers, name=f"{path} {' '.join(headers.values())}")
            for path in ("/doc.var", "/body.var")
            for headers in (
                {"Accept-Language": "fr"},
                {"Accept-Language": "en"},
                {"Accept-Language": "es"},
                {"Accept": "text/plain"},
                {"Accept": "text/*"},
                {"Accept": "image/png"},
                {"Accept": "text/html;q=0.1, text/plain"},
                {"Negotiate": "trans"},
                {"Negotiate": "*", "Accept-Language": "fr"},
                {"If-None-Match": "*"},
                {"Range": "bytes=0-1"},
            )
        ],
    ),
    Case(
        "methods",
        Site(BASE, FILES, modules=("negotiation",)),
        [head("/doc.var"), post("/doc.var", b"x"), head("/body.var")],
    ),
    Case(
        "MultiViews",
        Site(
            f'{BASE}\n<Directory "@ROOT@/htdocs">\nOptions +MultiViews\n</Directory>', FILES, modules=("negotiation",)
        ),
        [get(path.replace(".var", "")) for path in PATHS] + [get("/doc", {"Accept-Language": "fr"}, name="/doc fr")],
    ),
    Case(
        "by type",
        Site("AddType application/x-type-map .var", FILES, modules=("negotiation",)),
        [get("/doc.var"), get("/below.var")],
    ),
    Case(
        "DirectoryIndex",
        Site(BASE + "\nDirectoryIndex doc.var", FILES, modules=("negotiation",)),
        [get("/"), get("/", {"Accept-Language": "fr"}, name="fr")],
    ),
)
CASES = tuple([replace(case, requests=[replace(each, differs=TAG) for each in case.requests]) for case in _CASES])
