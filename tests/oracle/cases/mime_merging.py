"""Removals of mod_mime (RemoveHandler and its relatives), where several sections hold for one request.

What a removal reaches depends on which sections are merged with which. The tables go through each two sections; the
sites are drawn by lot, always the same ones.
"""

import random
from collections.abc import Iterator
from itertools import product

from ..request import get, post
from ..site import Entry, Site
from . import Case, words

COUNT = 40  # sites
SHOWING = """
    from mod_python import apache

    def fixuphandler(req):
        said = req.handler, req.content_type, req.content_encoding, req.content_languages
        req.headers_out["Said"] = repr(said)
        return apache.OK

    def handler(req):
        req.write(repr(req.read()), 0)
        return 0

    def outputfilter(filter):
        read = filter.read()
        while read:
            filter.write(read.upper())
            read = filter.read()
        if read is None:
            filter.close()

    def inputfilter(filter):
        read = filter.read()
        while read:
            filter.write(read.replace(b"q", b"w"))
            read = filter.read()
        if read is None:
            filter.close()
    """
NAMES = words("x.html a/x.html a/x.txt a/x.foo a/x.html.foo a/b/x.html")
FILES: dict[str, Entry] = {"lib/showing.py": SHOWING, **{f"htdocs/{name}": "some text\n" for name in NAMES}}
BASE = """
    PythonPath "['@ROOT@/lib'] + sys.path"
    PythonHandler showing
    PythonFixupHandler showing
    PythonOutputFilter showing UP
    PythonInputFilter showing DOWN
    FileETag None
    <Directory "@ROOT@/htdocs">
    AllowOverride All
    </Directory>
    """
ROOT = "@ROOT@/htdocs"

# Two sections that hold for /@N@/a/@N@.html, in the order in which they count.
PAIRS = {
    "directories": (f'<Directory "{ROOT}/@N@">', f'<Directory "{ROOT}/@N@/a">'),
    "one directory": (f'<Directory "{ROOT}/@N@/a">', f'<Directory "{ROOT}/@N@/a">'),
    "directory and match": (f'<Directory "{ROOT}/@N@/a">', '<DirectoryMatch "/@N@/a/">'),
    "directory and htaccess": (f'<Directory "{ROOT}/@N@">', ".htaccess"),
    "locations": ('<Location "/@N@">', '<Location "/@N@/a">'),
    "location and match": ('<Location "/@N@/a">', '<LocationMatch "^/@N@/a">'),
    "files": ('<Files "@N@.*">', '<Files "@N@*">'),
    "files and match": ('<Files "@N@*">', '<FilesMatch "^@N@">'),
    "directory and files": (f'<Directory "{ROOT}/@N@">', '<Files "@N@.*">'),
    "directory and location": (f'<Directory "{ROOT}/@N@">', '<Location "/@N@/a">'),
    "files and location": ('<Files "@N@.*">', '<Location "/@N@">'),
    "host and directory": ("<VirtualHost *:@PORT@>", f'<Directory "{ROOT}/@N@">'),
    "host and location": ("<VirtualHost *:@PORT@>", '<Location "/@N@">'),
}
BODIES = {
    "remove": "RemoveHandler .html .foo",
    "remove-another": "RemoveHandler .txt",
    "add": "AddHandler mod_python .html .foo",
    "add-and-remove": "AddHandler mod_python .html .foo\nRemoveHandler .html .foo",
    "type": "AddType text/x-txt .txt",
    "language": "DefaultLanguage es",
    "nothing": "SetEnv A b",
}
CHOSEN = [chosen for chosen in product(BODIES, BODIES) if any("remove" in each for each in chosen)]


def around(opening: str, body: str, number: str) -> str:
    """A section; a virtual host has a name."""
    if "Host" in opening:
        body = f"ServerName @N@.test\n{body}"
    return f"{opening}\n{body}\n</{opening[1:].split()[0]}>\n".replace("@N@", number)


def pairs(kind: str) -> Case:
    """Two sections of a kind for each two of the bodies. The server has a handler for .html, and none for .foo."""
    conf, files, requests = f"{BASE}AddHandler mod_python .html\n", {"lib/showing.py": SHOWING}, []
    for names in CHOSEN:
        number = f"{names[0]}.{names[1]}.x"  # so that none is the beginning of another
        for opening, name in zip(PAIRS[kind], names, strict=True):
            if opening == ".htaccess":
                files[f"htdocs/{number}/a/.htaccess"] = BODIES[name]
            else:
                conf += around(opening, BODIES[name], number)
        for ending in ("html", "foo"):
            path = f"{number}/a/{number}.{ending}"
            files[f"htdocs/{path}"] = "some text\n"
            requests.append(get(f"/{path}", {"Host": f"{number}.test"}))
    return Case(kind, Site(conf, files), requests)


EXTENSIONS = words(".html .txt .foo")
DIRECTIVES = (
    *("AddHandler mod_python", "AddHandler mod_python", "AddHandler default-handler"),
    *("RemoveHandler", "RemoveHandler", "RemoveHandler"),
    *("AddType text/x-a", "AddType text/x-b", "RemoveType"),
    *("AddEncoding gzip", "AddEncoding br", "RemoveEncoding", "RemoveEncoding"),
    *("AddCharset utf-8", "AddCharset koi8-r", "RemoveCharset", "RemoveCharset"),
    *("AddLanguage fr", "AddLanguage de", "RemoveLanguage", "RemoveLanguage"),
    *("RemoveOutputFilter", "RemoveInputFilter", "DefaultLanguage", "SetEnv A"),
)


class _Draw:
    """The directives and sections of one site."""

    def __init__(self, number: int) -> None:
        self.lot = random.Random(number)  # the same sites every time

    def body(self) -> str:
        """Some directives. An extension is a language or a value to those that take no extension."""
        return "".join(
            f"{self.lot.choice(DIRECTIVES)} {self.lot.choice(EXTENSIONS)}\n" for _ in range(self.lot.randint(1, 3))
        )

    def files(self) -> str:
        """A section for names."""
        return self.within(self.lot.choice(('<Files "*.html">', '<Files "x.*">', '<FilesMatch "^x">')))

    def within(self, opening: str, more: str = "") -> str:
        """A section."""
        return f"{opening}\n{self.body()}{more}</{opening[1:].split()[0]}>\n"

    def section(self) -> str:
        """Of any kind; one in two is for a directory."""
        kind = self.lot.randrange(8)
        if kind < 4:
            folder = self.lot.choice((ROOT, ROOT, f"{ROOT}/a", f"{ROOT}/a", f"{ROOT}/a/b", f"{ROOT}/*"))
            return self.within(f'<Directory "{folder}">', self.files() if self.lot.random() < 0.25 else "")
        if kind < 6:
            return self.files()
        if kind == 6:
            return self.within('<DirectoryMatch "/htdocs/a/">')
        return self.within(self.lot.choice(('<Location "/">', '<Location "/a">', '<LocationMatch "^/a">')))

    def sections(self, most: int) -> str:
        """Some of them."""
        return "".join(self.section() for _ in range(self.lot.randint(1, most)))

    def htaccess(self) -> Iterator[tuple[str, str]]:
        """Some folders have one."""
        for folder in ("htdocs", "htdocs/a", "htdocs/a/b"):
            if self.lot.random() < 0.3:
                yield f"{folder}/.htaccess", self.body() + (self.files() if self.lot.random() < 0.3 else "")


def drawn(number: int) -> Case:
    """One of the sites; every second one has a virtual host with directives of its own."""
    draw = _Draw(number)
    filters = "AddOutputFilter UP .html\nAddInputFilter DOWN .html\n" if number % 3 == 0 else ""
    conf = BASE + filters + draw.body() + draw.sections(5)
    if number % 2:
        conf += draw.within("<VirtualHost *:@PORT@>", draw.sections(4))
    files = {**FILES, **dict(draw.htaccess())}
    requests = [*(get(f"/{name}") for name in NAMES), post("/a/x.html", b"q")]
    return Case(f"site {number}", Site(conf, files), requests)


CASES = (*map(pairs, PAIRS), *map(drawn, range(COUNT)))
