"""Listings of directories (mod_autoindex)."""

import re
from typing import Any

from ..request import ANY, Request, basic, get, head, post, request
from ..site import Entry, File, Folder, Link, Pipe, Site
from . import Case, words

# Where a site has no style of its own our page has one built in, and elements that it is about: these apart, the page
# must be the same.
_OWN = (
    (
        re.compile(r"<!DOCTYPE html>\n<html lang=\"en\">\n"),
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">\n<html>\n',
    ),
    (re.compile(r"  <meta name=.*?</style>\n", re.DOTALL), ""),
    (re.compile(r"(<[a-z0-9]+)((?: (?:id|class|v?align)=\"[^\"]*\")+)"), r"\1"),
    (re.compile(r" +(<h1|<table|<tr)"), r"\1"),
)


def undressed(text: str) -> str:
    """A page without what our own style adds to it."""
    if '"color-scheme"' in text:  # a line has no place in preformatted text, where httpd writes it
        text = text.replace("</pre>\n<hr>\n<pre>\n", "<hr>", 1).replace("</pre>\n<hr>\n", "<hr></pre>\n", 1)
    for pattern, by in _OWN:
        text = pattern.sub(by, text)
    return text


def listed(target: str, *args: Any, **options: Any) -> Request:
    """GET of a listing."""
    return get(target, *args, tidy=undressed, **options)


def paths(text: str) -> list[Request]:
    """GET of several."""
    return [listed(path) for path in words(text)]


OLD, NEW = 1600000000, 1720000000
FILES: dict[str, Entry] = {
    "htdocs/page.html": "<html><head><TITLE>\nA page\nof two lines</title></head></html>\n",
    "htdocs/untitled.html": "<p>nothing\n",
    "htdocs/notes.txt": File("x" * 972, mtime=OLD),
    "htdocs/big.bin": File("x" * 5000, mtime=NEW),
    "htdocs/picture.png": File("x" * 973),
    "htdocs/packed.tar.gz": File("x" * 10188),
    "htdocs/Upper.TXT": "upper\n",
    "htdocs/empty": "",
    "htdocs/a-name-that-is-longer-than-the-column-of-names.txt": "long\n",
    "htdocs/file10.txt": "10\n",
    "htdocs/file9.txt": "9\n",
    "htdocs/file1.5": "1.5\n",
    "htdocs/file1.05": "1.05\n",
    "htdocs/.hidden": "hidden\n",
    "htdocs/.htaccess2": "closed\n",
    "htdocs/backup~": "backup\n",
    "htdocs/folder/inner.txt": "inner\n",
    "htdocs/Zoo/animal.txt": "animal\n",
    "htdocs/with-index/index.html": File("<title>index</title>\n", mtime=OLD),
    "htdocs/nothing": Folder(),
}
ON = "Options Indexes FollowSymLinks\n"
FANCY = ON + "IndexOptions FancyIndexing\n"
TABLE = ON + "IndexOptions FancyIndexing HTMLTable\n"
ICONS = """
    AddIconByEncoding (CMP,/icons/compressed.gif) x-compress x-gzip gzip
    AddIconByType (TXT,/icons/text.gif) text/*
    AddIconByType (IMG,/icons/image2.gif) image/*
    AddIcon /icons/binary.gif .bin .exe
    AddIcon (BAK,/icons/back<up>.gif) *~
    AddIcon /icons/back.gif ..
    AddIcon /icons/folder.gif ^^DIRECTORY^^
    AddIcon /icons/blank.gif ^^BLANKICON^^
    AddAlt "a file" file1.5 file1.05
    AddAltByType "html" text/html
    DefaultIcon /icons/unknown.gif
    AddEncoding gzip .gz
"""
ALL = "/ /folder/ /nothing/ /with-index/ /folder"
SORTED = (
    "/?C=N;O=D /?C=M;O=A /?C=M;O=D /?C=S;O=A /?C=S;O=D /?C=D;O=A /?C=D;O=D /?C=N&O=D /?O=D /?C=M /?C=X;O=D /?C=N;O=X"
)
FORMS = "/?F=0 /?F=1 /?F=2 /?F=3 /?F=1;C=S /?V=1 /?V=0;C=N /?F=2;V=1;O=D /?x /?C=N;x;O=D /?C=N;;O=D /?C=N; /?C=NN /?c=M"
PATTERNS = (
    "/?P=*.txt /?P=*.TXT /?P=?ile* /?P=[a-f]* /?P=[!a-f]* /?P=[^a-f]* /?P=* /?P= /?P=file1.5 /?P=*.txt;C=S;O=D "
    "/?C=S;P=f*;O=D /?P=%66*.txt /?P=%zz /?P=.hidden /?P=.* /?P=[.]* /?P=?hidden /?P=%2f /?P=a%00 /?P=\\*.txt "
    "/?P=[ /?P=[a /?P=[]a]* /?P=[z-a]* /?P=**e* /?P=<b> /?P=%22 /?P=*.txt;P= /?P=*.txt;P=*.bin /?P=*e*e*e*"
)
STYLE = 'IndexStyleSheet "/style.css"\n'
COLUMNS = words(
    "SuppressDescription SuppressIcon SuppressLastModified SuppressRules SuppressSize SuppressColumnSorting"
)
LONG = 'AddDescription "A text that is a little longer than there is room" *.txt\n'
NOTE = "htaccess-note: the page does not say why"
ENTITY = "listing-pattern: in httpd's links an & or ; of the pattern ends it"


def options(name: str, text: str, files: dict[str, Entry] | None = None, ask: str = "/ /folder/") -> Case:
    return Case(name, Site(f"{ON}{text}", files or FILES), paths(ask))


def styled(name: str, text: str, files: dict[str, Entry] | None = None, ask: str = "/ /folder/") -> Case:
    """A case in which the pages must be the same byte for byte."""
    return Case(name, Site(f"{ON}{STYLE}{text}", files or FILES), [get(path) for path in words(ask)])


CASES = (
    Case(
        "not allowed",
        Site("", FILES),
        [get("/"), head("/"), post("/", b"a=1"), get("/?C=N;O=D"), request("OPTIONS", "/"), get("/folder")],
    ),
    Case("plain", Site(ON, FILES), [*paths(f"{ALL} {FORMS}"), head("/"), post("/", b"a=1"), request("OPTIONS", "/")]),
    Case("fancy", Site(FANCY + ICONS, FILES), paths(f"{ALL} {SORTED} {FORMS}")),
    Case("table", Site(TABLE + ICONS, FILES), paths(f"{ALL} {SORTED} {FORMS}")),
    Case(
        "patterns",
        Site(FANCY + ICONS, FILES),
        [
            *paths(PATTERNS),
            listed("/?P=a%26b", differs={"body": (ANY, ENTITY), "header:Content-Length": (ANY, ENTITY)}),
        ],
    ),
    styled("styled, plain", ICONS),
    styled("styled, fancy", "IndexOptions FancyIndexing\n" + ICONS, ask=f"/ /folder/ {SORTED}"),
    styled("styled, table", "IndexOptions FancyIndexing HTMLTable\n" + ICONS, ask=f"/ /folder/ {SORTED}"),
    styled("styled, XHTML", "IndexOptions FancyIndexing HTMLTable XHTML\n" + ICONS, ask="/ /?F=0 /?F=1 /folder/"),
    styled("styled, AddAltClass", "IndexOptions FancyIndexing HTMLTable AddAltClass\n" + ICONS),
    styled("inserted", "IndexHeadInsert \"<link rel='x'>\"\nIndexOptions FancyIndexing HTMLTable"),
    Case("inserted alone", Site(TABLE + "IndexHeadInsert \"<meta name='robots'>\"\n", FILES), [get("/")]),
    Case(
        "XHTML alone",
        Site(ON + "IndexOptions FancyIndexing XHTML\n", FILES),
        [get("/"), get("/?F=2"), get("/?F=0"), get("/folder/")],
    ),
    options("a sign without effect", "IndexOptions FancyIndexing\nIndexOptions +XHTML"),
    *(
        styled(
            f"{kind}, {option}",
            f"IndexOptions FancyIndexing {extra} {option}\n{ICONS}{LONG}",
            ask="/",
        )
        for option in COLUMNS
        for kind, extra in (("fancy", ""), ("table", "HTMLTable"))
    ),
    styled("all suppressed", f"IndexOptions FancyIndexing {' '.join(COLUMNS)}\n", ask="/ /?F=2"),
    styled("icons are links", f"IndexOptions FancyIndexing IconsAreLinks\n{ICONS}", ask="/ /?F=2"),
    styled("size of icons", f"IndexOptions FancyIndexing IconWidth IconHeight=7\n{ICONS}", ask="/ /?F=2"),
    styled("size of icons, taken away", f"IndexOptions FancyIndexing IconWidth=3 -IconWidth\n{ICONS}", ask="/"),
    styled("IgnoreClient", "IndexOptions FancyIndexing IgnoreClient", ask="/ /?C=M;O=D /?F=2"),
    styled("IgnoreCase", "IndexOptions FancyIndexing IgnoreCase", ask="/ /?C=N;O=D /?V=1"),
    styled("FoldersFirst", "IndexOptions FancyIndexing FoldersFirst", ask="/ /?C=N;O=D /?C=M;O=A"),
    styled("FoldersFirst, plain", "IndexOptions FoldersFirst", ask="/ /?F=1"),
    styled("VersionSort", "IndexOptions FancyIndexing VersionSort", ask="/ /?C=N;O=D /?V=0 /?C=D;O=A"),
    styled("VersionSort and IgnoreCase", "IndexOptions FancyIndexing VersionSort IgnoreCase", ask="/ /?C=N;O=D"),
    styled("old dates", "IndexOptions FancyIndexing UseOldDateFormat", ask="/ /?F=2"),
    styled("titles", "IndexOptions FancyIndexing ScanHTMLTitles DescriptionWidth=*", ask="/ /?C=D;O=A /?F=2"),
    styled("NameWidth", "IndexOptions FancyIndexing NameWidth=12", ask="/ /?F=2"),
    styled("NameWidth, all", "IndexOptions FancyIndexing NameWidth=*", ask="/ /?F=2 /folder/"),
    styled("NameWidth, taken back", "IndexOptions FancyIndexing NameWidth=* -NameWidth", ask="/"),
    styled("types", "IndexOptions FancyIndexing Type=text/plain Charset=ISO-8859-1", ask="/"),
    styled("no charset", 'IndexOptions FancyIndexing "Charset="', ask="/"),
    Case("type alone", Site(FANCY + "IndexOptions Type=application/xhtml+xml\n", FILES), [get("/")]),
    *(
        styled(
            f"descriptions, {name}",
            f"IndexOptions FancyIndexing {width}\n"
            'AddDescription "<b>bold</b> &amp; a text that is very long indeed, longer than anything" *.html\n'
            'AddDescription "short" notes.txt\n'
            'AddDescription "part of a name" ile1\n'
            'AddDescription "by path" folder/inner\n'
            'AddDescription "a folder" Zoo\n'
            'AddDescription "the way up" ..\n'
            'AddDescription "second" notes.txt\n',
            ask="/ /?F=2 /folder/ /?C=D;O=D",
        )
        for name, width in (
            ("", ""),
            ("12", "DescriptionWidth=12"),
            ("30", "DescriptionWidth=30"),
            ("all", "DescriptionWidth=*"),
        )
    ),
    styled("IndexIgnore", "IndexOptions FancyIndexing\nIndexIgnore .??* *~ file* notes.txt ..\n", ask="/ /folder/"),
    styled(
        "IndexIgnore, sections",
        'IndexIgnore *.txt\n<Directory "@ROOT@/htdocs/folder">\nIndexIgnore ..\n</Directory>\n'
        '<Directory "@ROOT@/htdocs/Zoo">\nIndexIgnoreReset On\nIndexIgnore nothing\n</Directory>\n',
        ask="/ /folder/ /Zoo/",
    ),
    styled(
        "rules of a section",
        'IndexOptions FancyIndexing\n<Directory "@ROOT@/htdocs/folder">\nAddIcon /icons/inner.gif .txt\n</Directory>\n'
        'AddIcon /icons/outer.gif .txt\n<Location "/Zoo">\nAddIcon /icons/location.gif .txt\n'
        "IndexIgnore animal*\n</Location>\n",
        ask="/ /folder/ /Zoo/",
    ),
    styled(
        "wild sections",
        'IndexOptions FancyIndexing\n<Directory "@ROOT@/htdocs/fo*">\nAddIcon /icons/inner.gif .txt\n</Directory>\n'
        '<DirectoryMatch "/Z[a-z]+">\nIndexIgnore a*\nAddIcon /icons/z.gif .txt\n</DirectoryMatch>\n',
        ask="/ /folder/ /Zoo/",
    ),
    styled("order", "IndexOptions FancyIndexing\nIndexOrderDefault Descending Size\n", ask="/ /?C=N /?O=A"),
    styled("order by date", "IndexOptions FancyIndexing\nIndexOrderDefault Ascending Date\n", ask="/"),
    styled("order by description", "IndexOptions FancyIndexing\nIndexOrderDefault descending description\n", ask="/"),
    styled("signs alone", "IndexOptions +FancyIndexing\n", ask="/ /folder/"),
    styled(
        "merging",
        "IndexOptions FancyIndexing SuppressSize IconWidth=4 NameWidth=30\n"
        '<Directory "@ROOT@/htdocs/folder">\nIndexOptions +HTMLTable -SuppressSize\n</Directory>\n'
        '<Directory "@ROOT@/htdocs/Zoo">\nIndexOptions HTMLTable\n</Directory>\n'
        '<Directory "@ROOT@/htdocs/nothing">\nIndexOptions None\n</Directory>\n',
        ask="/ /folder/ /Zoo/ /nothing/",
    ),
    styled(
        "merging of signs",
        "IndexOptions +FancyIndexing\nIndexOptions +SuppressSize\n"
        '<Directory "@ROOT@/htdocs">\nIndexOptions -SuppressSize\n</Directory>\n'
        '<Directory "@ROOT@/htdocs/folder">\nIndexIgnore x\n</Directory>\n'
        '<Directory "@ROOT@/htdocs/Zoo">\nIndexOptions FancyIndexing +HTMLTable\n</Directory>\n'
        '<Directory "@ROOT@/htdocs/nothing">\nIndexOptions +HTMLTable +SuppressSize -FancyIndexing\n</Directory>\n',
        ask="/ /folder/ /Zoo/ /nothing/",
    ),
    styled(
        "merging of a name",
        'IndexOptions FancyIndexing NameWidth=30\n<Directory "@ROOT@/htdocs">\nIndexOptions NameWidth=*\n</Directory>\n'
        '<Directory "@ROOT@/htdocs/Zoo">\nIndexOptions IconWidth +FancyIndexing\n</Directory>\n',
        ask="/ /Zoo/",
    ),
    Case(
        ".htaccess",
        Site(
            f"{ON}{STYLE}" + '<Directory "@ROOT@/htdocs">\nAllowOverride Indexes\n</Directory>\n',
            {
                **FILES,
                "htdocs/folder/.htaccess": "IndexOptions FancyIndexing\nAddDescription 'text' inner\nIndexIgnore ..\n",
                "htdocs/Zoo/.htaccess": "Options -Indexes\n",
                "htdocs/nothing/.htaccess": "IndexOptions Wrong\n",
            },
        ),
        [get(path) for path in words("/ /folder/ /Zoo/ /nothing/")],
    ),
    *(
        Case(f"refused: {text}", Site(f"{ON}{text}", FILES), [get("/")])
        for text in (
            "IndexOptions Wrong",
            "IndexOptions -None",
            "IndexOptions None FancyIndexing",
            "IndexOptions NameWidth",
            "IndexOptions NameWidth=4",
            "IndexOptions DescriptionWidth=11",
            "IndexOptions -NameWidth=9",
            "IndexOptions -IconWidth=9",
            "IndexOrderDefault Up Name",
            "IndexOrderDefault Ascending Colour",
            "AddIcon (TXT,/icons/text.gif .txt",
            "AddIcon /icons/text.gif",
            "IndexIgnoreReset maybe",
            "HeaderName",
            "HeaderName a b",
        )
    ),
    Case(
        "accepted",
        Site(
            f"{ON}{STYLE}IndexOptions fancyindexing NAMEWIDTH=9x IconWidth=x Type= +Charset=utf-8\nIndexOptions\n",
            FILES,
        ),
        [get("/")],
    ),
)
CASES += (
    Case(
        "closed entries",
        Site(
            f"{FANCY}{STYLE}"
            '<Files "notes.txt">\nRequire all denied\n</Files>\n'
            '<FilesMatch "\\.bin$">\nOrder allow,deny\n</FilesMatch>\n'
            '<Directory "@ROOT@/htdocs/folder">\nRequire all denied\n</Directory>\n'
            '<Location "/picture.png">\nRequire all denied\n</Location>\n'
            '<Location "/with-index/index.html">\nRequire all denied\n</Location>\n'
            '<Files "packed*">\nAuthType Basic\nAuthName x\nRequire valid-user\n</Files>\n'
            "Redirect /empty http://elsewhere.test/\n"
            '<Directory "@ROOT@/htdocs/nothing">\nAuthType Basic\nAuthName x\nRequire valid-user\n</Directory>\n',
            FILES,
        ),
        [get("/"), get("/?F=2"), get("/?F=0"), get("/folder/"), get("/nothing/")],
    ),
    Case(
        "ShowForbidden",
        Site(
            f"{FANCY}{STYLE}IndexOptions FancyIndexing ShowForbidden ScanHTMLTitles\n{ICONS}"
            '<Files "notes.txt">\nRequire all denied\n</Files>\n<Files "page.html">\nRequire all denied\n</Files>\n'
            '<Directory "@ROOT@/htdocs/folder">\nRequire all denied\n</Directory>\n'
            '<Files "packed*">\nAuthType Basic\nAuthName x\nRequire valid-user\n</Files>\n',
            FILES,
        ),
        [get("/"), get("/?F=2"), get("/?F=0"), get("/folder/")],
    ),
    Case(
        "for users",
        Site(
            f'{FANCY}{STYLE}<Directory "@ROOT@/htdocs">\nAuthType Basic\nAuthName x\nAuthUserFile "@ROOT@/users"\n'
            'Require valid-user\n</Directory>\n<Directory "@ROOT@/htdocs/folder">\nRequire user eve\n</Directory>\n'
            '<Files "notes.txt">\nRequire user eve\n</Files>\n',
            {**FILES, "users": "ann:{SHA}0DPiKuNIrrVmD8IUCuw1hQxNqZc=\n"},  # admin
        ),
        [
            get("/"),
            get("/", basic("ann", "admin")),
            get("/", basic("ann", "wrong")),
            get("/folder/", basic("ann", "admin")),
        ],
    ),
    Case(
        "rules by the address and the variable",
        Site(
            f"{FANCY}{STYLE}SetEnvIf Request_URI txt$ text\nSetEnvIf User-Agent one one\n"
            '<Files "notes.txt">\nRequire env text\n</Files>\n<Files "big.bin">\nRequire env one\n</Files>\n'
            '<Files "picture.png">\nRequire ip 127.0.0.1\n</Files>\n'
            '<Files "empty">\n<RequireAll>\nRequire all granted\nRequire not ip 127.0.0.1\n</RequireAll>\n</Files>\n',
            FILES,
        ),
        [get("/"), get("/", {"User-Agent": "one"}), get("/notes.txt")],
    ),
    Case(
        "aliases",
        Site(
            f'{FANCY}{STYLE}Alias /folder/inner.txt "@ROOT@/htdocs/notes.txt"\nAlias /other "@ROOT@/outside"\n'
            '<Directory "@ROOT@/outside">\nRequire all granted\n</Directory>\n'
            'RedirectMatch 404 "^/Zoo/.*"\nRedirect gone /with-index\n',
            {**FILES, "outside/file.txt": "outside\n"},
        ),
        [get(path) for path in words("/ /folder/ /Zoo/ /other/")],
    ),
    *(
        Case(
            f"links, {name}",
            Site(
                f'<Directory "@ROOT@/htdocs">\nOptions Indexes {options}\n</Directory>\n'
                f"{STYLE}IndexOptions FancyIndexing\n",
                {
                    "htdocs/real.txt": "real\n",
                    "htdocs/sub/x": "x\n",
                    "htdocs/to-file": Link("real.txt"),
                    "htdocs/to-folder": Link("sub"),
                    "htdocs/to-nothing": Link("absent"),
                    "htdocs/to-itself": Link("to-itself"),
                    "htdocs/pipe": Pipe(),
                    "htdocs/to-pipe": Link("pipe"),
                },
            ),
            [get("/"), get("/?F=0")],
        )
        for name, options in (
            ("followed", "FollowSymLinks"),
            ("not followed", ""),
            ("of the owner", "SymLinksIfOwnerMatch"),
        )
    ),
    Case(
        "links and ShowForbidden",
        Site(
            f'<Directory "@ROOT@/htdocs">\nOptions Indexes\n</Directory>\n'
            f"{STYLE}IndexOptions FancyIndexing ShowForbidden\n",
            {
                "htdocs/real.txt": "real\n",
                "htdocs/sub/x": "x\n",
                "htdocs/to-file": Link("real.txt"),
                "htdocs/to-folder": Link("sub"),
                "htdocs/to-nothing": Link("absent"),
                "htdocs/pipe": Pipe(),
            },
        ),
        [get("/"), get("/?F=0")],
    ),
    Case(
        "no permission",
        Site(
            f'{FANCY}{STYLE}<Directory "@ROOT@/htdocs/a">\nIndexOptions +ShowForbidden\n</Directory>\n'
            '<Directory "@ROOT@/htdocs/b">\nAllowOverride All\n</Directory>\n',
            {
                "htdocs/a/open/x": "x\n",
                "htdocs/a/closed": Folder(0o000),
                "htdocs/a/secret.txt": File("secret\n", 0o000),
                "htdocs/b/closed": Folder(0o000),
                "htdocs/b/unlisted": Folder(0o711),
                "htdocs/unlisted": Folder(0o311),
            },
        ),
        [
            *(get(path) for path in words("/ /a/ /b/ /a/closed/ /b/unlisted/ /unlisted/")),
            get("/b/closed/", differs={"body": (ANY, NOTE), "header:Content-Length": (ANY, NOTE)}),
        ],
        as_nobody=True,
    ),
)

HEADERS: dict[str, Entry] = {
    "htdocs/file.txt": "file\n",
    "htdocs/HEADER": "no type\n",
    "htdocs/HEADER.html": "<p>A header &amp; more\n",
    "htdocs/README.html": "<p>A readme\n",
    "htdocs/HEADER.txt": 'Plain <header> & "more"\n',
    "htdocs/README.txt": "Plain <readme> & more",
    "htdocs/HEADER.png": "png\n",
    "htdocs/.htheader.html": "closed\n",
    "htdocs/sub/file.txt": "file\n",
    "htdocs/sub/HEADER.html": "<p>Of sub\n",
    "htdocs/texts/HEADER.en.txt": "English\n",
    "htdocs/texts/README.de.txt": "Deutsch\n",
    "htdocs/page.py": """
        def handler(req):
            req.content_type = "text/html"
            req.write("<p>args %s, main %s, method %s\n" % (req.args, req.main.uri, req.method))
            return 0
    """,
    "htdocs/failing.py": """
        def handler(req):
            return 500
    """,
    "htdocs/folder.html": Folder(),
}
PYTHON = "AddHandler mod_python .py\nPythonHandler page\nAddType text/html .py\n"
FRAMES = (
    ("markup", "HeaderName HEADER.html\nReadmeName README.html\n"),
    ("text", "HeaderName HEADER.txt\nReadmeName README.txt\n"),
    ("absent", "HeaderName absent.html\nReadmeName absent.html\n"),
    ("no text", "HeaderName HEADER.png\nReadmeName HEADER\n"),
    ("closed", "HeaderName .htheader.html\nReadmeName .htheader.html\n"),
    ("by path", "HeaderName /sub/HEADER.html\nReadmeName ../README.txt\n"),
    ("a folder", "HeaderName folder.html\nReadmeName sub/\n"),
    ("by a handler", f"{PYTHON}HeaderName page.py\nReadmeName page.py?b=2\n"),
    ("a redirection", "Redirect /HEADER.html /sub/HEADER.html\nHeaderName HEADER.html\nReadmeName HEADER.html\n"),
)
DATE = "Sat, 03 Feb 2024 04:05:06 GMT"
TRACKED = FANCY + "IndexOptions FancyIndexing TrackModified\n" + STYLE
ODD: dict[str, Entry] = {
    "htdocs/a b": "blank\n",
    "htdocs/line\nbreak": "break\n",
    'htdocs/quote"quote': "quote\n",
    "htdocs/quote'quote": "quote\n",
    "htdocs/<script>alert(1)<": "script\n",
    "htdocs/&amp;": "entity\n",
    "htdocs/a:b": "colon\n",
    "htdocs/c:d/e:f": "colon\n",
    "htdocs/50%25?#;=&": "query\n",
    "htdocs/back\\slash": "backslash\n",
    "htdocs/{[(~$-_.+!*'),@": "others\n",
    "htdocs/tab\tand\x7f": "control\n",
    "htdocs/<b>&\"'/inner": "inner\n",
}
ACCENTS: dict[str, Entry] = {
    "htdocs/\u00e9t\u00e9.txt": "summer\n",
    "htdocs/\u00e9t\u00e9-\u00e9t\u00e9-\u00e9t\u00e9-\u00e9t\u00e9.txt": "summers\n",
    "htdocs/\u65e5\u672c\u8a9e": "Japanese\n",
    "htdocs/\u0434/\u0436.txt": "Russian\n",
}
UMLAUTS = "\u00c4\u00d6\u00dc\u00e4\u00f6\u00fc "
TITLED = f'AddDescription "{UMLAUTS * 3}" *.txt\n'
BROKEN: dict[str, Entry] = {"htdocs/caf\udce9": "latin-1\n", "htdocs/\udcff\udcfe/x": "bytes\n", "htdocs/plain": "x\n"}
WHOLE = "write-buffer: where a part comes from a subrequest httpd sends chunks"
PIECES = {"framing": (ANY, WHOLE), "header:Content-Length": (ANY, WHOLE)}
CHARACTERS = "listing-characters: columns are counted in characters, and none is cut in two"
LOOSE = {"body": (ANY, CHARACTERS), "header:Content-Length": (ANY, CHARACTERS)}

CASES += (
    *(
        Case(
            f"header, {name}",
            Site(f"{FANCY}{text}", HEADERS),
            [*(listed(path, differs=PIECES) for path in words("/ /?F=2 /sub/")), head("/")],
        )
        for name, text in FRAMES
    ),
    *(
        Case(
            f"header, {name}, without a frame",
            Site(
                f"{ON}IndexOptions FancyIndexing SuppressHTMLPreamble\nServerSignature On\nServerTokens Prod\n{text}",
                HEADERS,
            ),
            [listed(path, differs=PIECES) for path in words("/ /sub/ /?F=0")],
        )
        for name, text in FRAMES
    ),
    Case(
        "header that fails",
        Site(f"{FANCY}{PYTHON.replace('page', 'failing')}HeaderName failing.py\nReadmeName failing.py\n", HEADERS),
        [listed("/")],
    ),
    Case(
        "header that fails, without a frame",
        Site(
            f"{ON}IndexOptions FancyIndexing SuppressHTMLPreamble\n"
            f"{PYTHON.replace('page', 'failing')}HeaderName failing.py\nReadmeName failing.py\n",
            HEADERS,
        ),
        [listed("/")],
    ),
    Case(
        "header, negotiated",
        Site(
            "Options Indexes FollowSymLinks MultiViews\nAddLanguage en .en\nAddLanguage de .de\n"
            "IndexOptions FancyIndexing\nHeaderName HEADER\nReadmeName README\n",
            {name: entry for name, entry in HEADERS.items() if name != "htdocs/HEADER"},
            modules=("negotiation",),
        ),
        [
            listed("/texts/"),
            *(
                listed("/", {"Accept": each} if each else {}, name=f"Accept {each}", differs=PIECES)
                for each in ("", "text/plain", "image/png")
            ),
        ],
    ),
    Case(
        "signature",
        Site(f"{FANCY}ServerSignature EMail\nServerTokens Prod\n", HEADERS),
        [listed("/"), listed("/?F=0")],
    ),
    Case(
        "TrackModified",
        Site(TRACKED, FILES),
        [
            get("/"),
            head("/"),
            get("/", {"If-Modified-Since": DATE}),
            get("/", {"If-Modified-Since": "Sat, 03 Feb 2024 04:05:05 GMT"}),
            get("/", {"If-None-Match": "*"}),
            get("/", {"If-None-Match": '"x"'}),
            get("/", {"If-Match": '"x"'}),
            get("/", {"If-Unmodified-Since": "Sat, 03 Feb 2024 04:05:05 GMT"}),
            head("/", {"If-Modified-Since": DATE}),
            get("/?C=N;O=D"),
        ],
    ),
    Case("FileETag None", Site(TRACKED + "FileETag None\n", FILES), [get("/"), head("/")]),
    Case(
        "conditions, and what is around it",
        Site(f"{FANCY}HeaderName HEADER.html\nReadmeName README.html\n", HEADERS),
        [
            listed("/", {"If-None-Match": "*"}, name="any", differs=PIECES),
            listed("/", {"If-Modified-Since": DATE}, name="since", differs=PIECES),
            listed("/", {"If-Match": '"x"'}, name="match", differs=PIECES),
        ],
    ),
    Case(
        "conditions without it",
        Site(f"{FANCY}{STYLE}", FILES),
        [
            get("/", {"If-None-Match": "*"}),
            get("/", {"If-Modified-Since": DATE}),
            get("/", {"If-Match": '"x"'}),
            get("/", {"Range": "bytes=0-9"}),
            get("/", {"Range": "bytes=-10"}),
        ],
    ),
    Case(
        "DirectorySlash Off",
        Site(f"{FANCY}{STYLE}DirectorySlash Off\n", FILES),
        [get(path) for path in words("/folder /folder/ /folder?C=N;O=D /with-index")],
    ),
    Case(
        "handlers of folders",
        Site(
            f'{FANCY}{STYLE}<Directory "@ROOT@/htdocs/folder">\nSetHandler default-handler\n</Directory>\n'
            '<Directory "@ROOT@/htdocs/Zoo">\nSetHandler None\n</Directory>\nDirectoryCheckHandler Off\n',
            FILES,
        ),
        [get("/folder/"), get("/Zoo/"), get("/folder/?F=2"), get("/folder/x"), get("/folder/inner.txt/x")],
    ),
    Case(
        "method Limit",
        Site(f"{FANCY}{STYLE}<Location />\n<Limit POST>\nRequire all denied\n</Limit>\n</Location>\n", FILES),
        [get("/"), post("/", b"a"), request("PUT", "/"), request("PROPFIND", "/")],
    ),
    *(
        styled(f"odd names, {name}", text, ODD, "/ /?F=2 /?F=0 /c:d/ /%3cb%3e&%22'/ /?P=*%22* /?P=*%0a*")
        for name, text in (
            ("short", "IndexOptions FancyIndexing\n"),
            ("whole", "IndexOptions FancyIndexing NameWidth=*\n"),
        )
    ),
    styled("names beyond ASCII", f"IndexOptions FancyIndexing\n{TITLED}", ACCENTS, "/ /?F=2 /?F=0 /%D0%B4/ /?C=D;O=D"),
    styled(
        "names beyond ASCII, whole",
        "IndexOptions FancyIndexing NameWidth=* DescriptionWidth=*\n" + TITLED,
        ACCENTS,
        "/ /?F=2 /?P=*%C3%A9*",
    ),
    Case(
        "names in UTF-8",
        Site(
            f"{ON}{STYLE}IndexOptions FancyIndexing HTMLTable NameWidth=* DescriptionWidth=* Charset=UTF-8\n{TITLED}",
            ACCENTS,
        ),
        [get("/"), get("/?F=0"), get("/?F=1", differs=LOOSE), get("/%D0%B4/")],
    ),
    Case(
        "names in UTF-8, cut",
        Site(f"{ON}{STYLE}IndexOptions FancyIndexing HTMLTable Charset=UTF-8\n{TITLED}", ACCENTS),
        [get("/", differs=LOOSE), get("/?F=0"), get("/?F=1", differs=LOOSE)],
    ),
    styled("names of bytes", "IndexOptions FancyIndexing\n", BROKEN, "/ /?F=2 /?F=0 /%ff%fe/ /?P=*%e9"),
    Case(
        "names of bytes in UTF-8",
        Site(f"{ON}{STYLE}IndexOptions FancyIndexing Charset=UTF-8\n", BROKEN),
        [get(path, differs=LOOSE) for path in words("/ /?F=2 /?F=0")],
    ),
    Case(
        "Python handlers see each entry",
        Site(
            f"{FANCY}{STYLE}PythonPath \"['@ROOT@/lib'] + sys.path\"\nPythonFixupHandler looking\n"
            "PythonAccessHandler looking\nPythonTypeHandler looking\n" + ICONS,
            {
                **FILES,
                "lib/looking.py": """
                    from mod_python import apache

                    def accesshandler(req):
                        return 403 if req.uri.endswith("notes.txt") else 0

                    def fixuphandler(req):
                        if req.main:
                            req.log_error("fixup of %s for %s" % (req.uri, req.main.uri))
                        return 404 if req.uri.endswith("file9.txt") else 0

                    def typehandler(req):
                        if req.uri.endswith("empty"):
                            req.content_type = "image/png"
                            return 0
                        return apache.DECLINED
                """,
            },
        ),
        [get("/", log=("fixup of /file10.txt for /", "fixup of /folder/ for /", "fixup of /notes.txt")), get("/?F=2")],
    ),
)
