"""Sections of all kinds thrown together: which of them hold for a request, and whose value it gets.

The sites are drawn by lot, always the same ones. Each section has an option of its own, so that it shows whether it
holds, and sets the option `last`, so that it shows who was last.
"""

import random
from collections.abc import Iterator
from itertools import permutations
from typing import Any

from ..request import get
from ..site import Entry, Link, Site
from . import Case, words

COUNT = 80  # sites
SHOW = """
    def handler(req):
        req.content_type = "text/plain"
        options = req.get_options()
        names = sorted(name for name in options.keys() if name != "last")
        req.write("%s of %s" % (options.get("last"), " ".join(names)), 0)
        return 0
"""
FILES: dict[str, Entry] = {
    "lib/showing.py": SHOW,
    **{
        f"htdocs/{name}": "x"
        for name in words("page.txt a/page.txt a/b/page.txt a/b/bee a/b/c/page.html ab/other x.y/page.txt")
    },
    "htdocs/linked": Link("a"),
}
FOLDERS = words("htdocs htdocs/a htdocs/a/b htdocs/a/b/c htdocs/ab htdocs/x.y")
PATHS = words(
    "/page.txt /a/page.txt /a/b/page.txt /a/b/bee /a/b/c/page.html /ab/other /x.y/page.txt /linked/b/bee /a/ /a/b/ "
    "/a//b/page.txt /a/absent.txt /a/b/absent/x /absent"
)
ROOT = "@ROOT@/htdocs"
PATTERNS = {
    "Directory": words(f"/ @ROOT@ {ROOT} {ROOT}/ {ROOT}/a {ROOT}/a/ {ROOT}/a/b {ROOT}/ab {ROOT}/* {ROOT}/a* {ROOT}/*/b "
                       f"{ROOT}/?/b/c {ROOT}/[ax]* {ROOT}/a/b/bee {ROOT}/linked {ROOT}/a/../ab {ROOT}/x.y {ROOT}//a"),
    # The folder of a run has a name that nobody knows, so that no pattern may be found in it.
    "Directory ~": words(rf"/a {ROOT}/a$ b$ ^{ROOT}/[ab]+ /page /$ /x\.y"),
    "DirectoryMatch": words(rf"/a {ROOT}/a/$ /b /page ^{ROOT}/[ab]+/ /(a|x\.y)/ /absent /htdocs$ e\.txt$"),
    "Files": words("page.txt *.txt b* other ?ee [a-p]* absent* c b"),
    "Files ~": words(r"\.txt$ ^b e"),
    "FilesMatch": words(r"\.txt$ ^b e ^page\.(txt|html)$"),
    "Location": words("/ /a /a/ /a/b /ab /a/* /*/* /? /a/page.txt /linked /absent //a /a//b"),
    "Location ~": words("^/a b /$ //"),
    "LocationMatch": words("^/a b /$ txt$ ^/+a/ (?i)^/A"),
}  # fmt: skip
BASE = "PythonPath \"['@ROOT@/lib'] + sys.path\"\nSetHandler mod_python\nPythonHandler showing\n"
INSIDE = ("Files", "Files ~", "FilesMatch")


class _Draw:
    """The sections of one site."""

    def __init__(self, number: int) -> None:
        self.lot = random.Random(number)  # the same sites every time
        self.number = 0

    def marks(self) -> str:
        """What every section says."""
        self.number += 1
        return f"PythonOption last S{self.number}\nPythonOption S{self.number} 1\n"

    def section(self, kinds: tuple[str, ...], depth: int = 0) -> str:
        """One, perhaps with Files sections inside."""
        kind = self.lot.choice(kinds)
        pattern = self.lot.choice(PATTERNS[kind])
        name, _, tilde = kind.partition(" ")
        inner = self.inner(depth) if kind.startswith("Directory") or (kind in INSIDE and depth == 0) else ""
        return f'<{name} {tilde} "{pattern}">\n{self.marks()}{inner}</{name}>\n'.replace("  ", " ")

    def inner(self, depth: int) -> str:
        """Files sections, with those in them."""
        if self.lot.random() < 0.6:
            return ""
        return "".join(self.section(INSIDE, depth + 1) for _ in range(self.lot.randint(1, 2)))

    def several(self, most: int) -> str:
        """Any of them."""
        return "".join(self.section(tuple(PATTERNS)) for _ in range(self.lot.randint(1, most)))

    def htaccess(self) -> Iterator[tuple[str, str]]:
        """Some folders have one."""
        for folder in FOLDERS:
            if self.lot.random() < 0.25:
                yield f"{folder}/.htaccess", self.marks() + self.inner(0)


def drawn(number: int) -> Case:
    """One of the sites; every second one has a virtual host with sections of its own."""
    draw = _Draw(number)
    conf = f'{BASE}DirectoryIndex disabled\n<Directory "{ROOT}">\nAllowOverride All\n</Directory>\n'
    conf += draw.several(9)
    headers: dict[str, Any] = {}
    if number % 2:
        conf += f"<VirtualHost *:@PORT@>\nServerName own.test\n{draw.several(5)}</VirtualHost>\n"
        headers = {"Host": "own.test"}
    conf += draw.several(2)
    files = {**FILES, **dict(draw.htaccess())}
    return Case(f"site {number}", Site(conf, files), [get(path, headers) for path in PATHS])


# By the number of slashes in their expressions, and only then by their place: httpd's documentation says otherwise.
MATCHES = words(f"^{ROOT}/a/ /a/ a/b /htdocs/a/b/ {ROOT}/a/b/ /page [/]htdocs[/]a[/] p.ge")


def pair(first: str, second: str, host: bool) -> Case:
    """Two DirectoryMatch sections, the second one perhaps in the virtual host."""
    draw = _Draw(0)
    sections = [
        f'<DirectoryMatch "{pattern}">\n{draw.marks()}</DirectoryMatch>\n'.replace("S2", "second")
        for pattern in (first, second)
    ]
    if host:
        sections[1] = f"<VirtualHost *:@PORT@>\nServerName own.test\n{sections[1]}</VirtualHost>\n"
    name = f"{first}, {second}{' of the host' if host else ''}".replace(ROOT, "R")
    return Case(name, Site(BASE + "".join(sections), FILES), [get("/a/b/page.txt", {"Host": "own.test"})])


CASES = (
    *map(drawn, range(COUNT)),
    *(pair(first, second, host) for first, second in permutations(MATCHES, 2) for host in (False, True)),
)
