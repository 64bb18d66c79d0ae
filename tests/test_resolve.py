"""What holds for a request: merged in httpd's documented order, kept within bounds, at a price that does not grow.

The order is judged by a model of "How the sections are merged" that shares nothing with the code: each section sets a
variable of its own, and the order in which a handler finds them set is the order in which the sections were applied.
"""

from __future__ import annotations

import fnmatch
import gc
import posixpath
import re
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modpy_wsgi import Application
from modpy_wsgi.config.cache import Bounded
from modpy_wsgi.config.load import load_text
from tests.wsgi_site import Folder, Server

SHOW = """
def handler(req):
    req.write(" ".join([name for name in req.subprocess_env if name[0] == "S"]), 0)
    return 0
"""

# Patterns, with the DocumentRoot as "R". Kinds are the names of the sections.
PATTERNS = {
    "Directory": ["/", "R", "R/a", "R/a/", "R/a/b", "R/ab", "R/*", "R/a*", "R/?/b", "R/[a]", "R/a/page.txt"],
    "DirectoryMatch": ["/a", "R/a/$", "b", "page", "/a$", "^R/[ab]+/"],
    "Files": ["page.txt", "*.txt", "b*", "other", "?ther"],
    "FilesMatch": [r"\.txt$", "^b", "e"],
    "Location": ["/", "/a", "/a/", "/a/b", "/ab", "/a/*", "/*/*", "/?", "/a/page.txt"],
    "LocationMatch": ["^/a", "b", "/$", "txt$"],
}
FOLDERS = ["", "a", "a/b", "ab", "c"]
FILES = ["page.txt", "a/page.txt", "a/b/page.txt", "a/b/bee", "ab/other", "c/page.txt"]
URLS = [
    "/",
    "/page.txt",
    "/a/",
    "/a/page.txt",
    "/a/b/",
    "/a/b/page.txt",
    "/a/b/bee",
    "/ab/other",
    "/ab/",
    "/c/page.txt",
]
URLS += ["/absent", "/a/absent.txt", "/a/b/absent/x"]


@dataclass(frozen=True)
class Part:
    """A section as drawn, before it has a name."""

    kind: str
    pattern: str
    inner: tuple[tuple[str, str], ...]  # Files sections inside of a Directory
    in_host: bool  # in the virtual host instead of the main server


def sections(kinds: list[str]) -> st.SearchStrategy[tuple[str, str]]:
    return st.sampled_from([(kind, pattern) for kind in kinds for pattern in PATTERNS[kind]])


INNER = st.lists(sections(["Files", "FilesMatch"]), max_size=2).map(tuple)
PARTS = st.builds(
    lambda section, inner, in_host: Part(
        section[0], section[1], inner if section[0].startswith("Directory") else (), in_host
    ),
    sections(list(PATTERNS)),
    INNER,
    st.booleans(),
)
HTACCESS = st.dictionaries(st.sampled_from(FOLDERS), INNER, max_size=3)


@dataclass(frozen=True)
class Applied:
    """A section of the model with the name of the variable that it sets."""

    name: str
    kind: str
    pattern: str
    inner: tuple[Applied, ...] = ()


def segments_match(pattern: str, path: str) -> bool:
    """A shell pattern whose wildcards never match a slash: segment by segment with the standard library's fnmatch."""
    wanted, found = pattern.split("/"), path.split("/")
    return len(wanted) == len(found) and all(map(fnmatch.fnmatchcase, found, wanted))


def is_wild(pattern: str) -> bool:
    return any(char in pattern for char in "*?[")


def expected(parts: list[Applied], htaccess: dict[str, Applied], url: str, root: str) -> list[str]:
    """The names of the sections that hold for a URL, in httpd's documented order."""
    path = root + url
    while not (folder := posixpath.dirname(path)).startswith(root) or not _is_folder(folder, root):
        path = folder  # what does not exist ends the file name; the rest is path info
    name = posixpath.basename(path)
    levels = [folder]
    while levels[0] != "/":
        levels.insert(0, posixpath.dirname(levels[0]))
    if path[len(root) + 1 :] in FILES:
        levels.append(path)  # a <Directory> may name a file
    order: list[str] = []
    files: list[Applied] = [part for part in parts if part.kind in ("Files", "FilesMatch")]

    def take(part: Applied) -> None:
        order.append(part.name)
        files.extend(part.inner)

    for level in levels:
        for part in parts:
            pattern = part.pattern.rstrip("/") or "/"
            if part.kind == "Directory" and (segments_match(pattern, level) if is_wild(pattern) else pattern == level):
                take(part)
        if level in htaccess:
            take(htaccess[level])
    # Not quite as documented: recorded in tests/golden/merging.json.
    for part in sorted(parts, key=lambda part: part.pattern.count("/")):
        if part.kind == "DirectoryMatch" and re.search(part.pattern, path):
            take(part)
    for part in files:
        if re.search(part.pattern, name) if part.kind == "FilesMatch" else fnmatch.fnmatchcase(name, part.pattern):
            order.append(part.name)
    for part in parts:
        literal = part.pattern
        if part.kind == "LocationMatch":
            holds = re.search(literal, url) is not None
        elif part.kind != "Location":
            continue
        elif is_wild(literal):
            holds = segments_match(literal, url)
        else:
            holds = url == literal or url.startswith(literal if literal.endswith("/") else literal + "/")
        if holds:
            order.append(part.name)
    return order


def _is_folder(path: str, root: str) -> bool:
    return path[len(root) :].strip("/") in FOLDERS


def text_of(part: Applied) -> str:
    quoted = part.pattern.replace("\\", "\\\\")
    return f'<{part.kind} "{quoted}">\nSetEnv {part.name} 1\n{"".join(map(text_of, part.inner))}</{part.kind}>\n'


def named(prefix: str, section: tuple[str, str], inner: tuple[tuple[str, str], ...], root: str) -> Applied:
    kind, pattern = section
    filled = re.escape(root) if kind == "DirectoryMatch" else root
    below = tuple(Applied(f"{prefix}I{number}", *each) for number, each in enumerate(inner))
    return Applied(prefix, kind, pattern.replace("R", filled), below)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    with Folder(tmp_path_factory.mktemp("tree")) as folder:
        for name in FILES:
            folder.file(name, "")
        (folder.path / "lib").mkdir()
        (folder.path / "lib/show_order.py").write_text(SHOW)
        yield folder


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    drawn=st.lists(PARTS, max_size=9),
    htaccess=HTACCESS,
    urls=st.lists(st.sampled_from(URLS), min_size=1, max_size=4),
    virtual=st.booleans(),
)
def test_sections_are_merged_in_httpds_order(
    tree: Folder, drawn: list[Part], htaccess: dict[str, Any], urls: list[str], virtual: bool
) -> None:
    root = str(tree.root)
    parts = [
        (named(f"S{number}", (part.kind, part.pattern), part.inner, root), part) for number, part in enumerate(drawn)
    ]
    main = [applied for applied, part in parts if not (virtual and part.in_host)]
    own = [applied for applied, part in parts if virtual and part.in_host]
    local = {
        posixpath.join(root, name).rstrip("/"): Applied(
            f"SH{number}", "", "", tuple(Applied(f"SH{number}I{at}", *each) for at, each in enumerate(inner))
        )
        for number, (name, inner) in enumerate(htaccess.items())
    }
    for name in FOLDERS:
        path = tree.root / name / ".htaccess"
        path.unlink(missing_ok=True)
        found = local.get(posixpath.join(root, name).rstrip("/"))
        if found:
            path.write_text(f"SetEnv {found.name} 1\n" + "".join(map(text_of, found.inner)))
    text = (
        f'DocumentRoot "{root}"\nServerName main.test\nPythonPath "[\'{tree.path}/lib\']"\nSetHandler mod_python\n'
        f"PythonHandler show_order\n" + "".join(map(text_of, main))
    )
    if virtual:
        text += f"<VirtualHost *>\nServerName own.test\n{''.join(map(text_of, own))}</VirtualHost>\n"
    text += f'<Directory "{root}">\nAllowOverride All\n</Directory>\n'
    app = Application(load_text(text))
    try:
        for url in urls:
            reply = Server().ask(app, url, HTTP_HOST="own.test")
            assert (reply.code, reply.error) == (200, None)
            assert reply.body.decode().split() == expected(main + own, local, url, root), (text, url)
    finally:
        app.close()


# What a value becomes where several sections set it: (the lines of outer, inner) -> what the handler shows.
VALUES = """
from urllib.parse import unquote

def handler(req):
    req.write(repr(eval(unquote(req.args))), 0)
    return 0
"""
MERGED = {
    "an option, inner wins": ("PythonOption k a", "PythonOption k b", "req.get_options()['k']", "'b'"),
    "options, by key": (
        "PythonOption k a",
        "PythonOption l b",
        "sorted(req.get_options().items())",
        [("k", "a"), ("l", "b")],
    ),
    "an option, taken away": ("PythonOption k a", 'PythonOption k ""', "req.get_options().get('k')", None),
    "an option, taken away without a value": ("PythonOption k a", "PythonOption k", "'k' in req.get_options()", False),
    "a flag": ("PythonDebug On", "PythonDebug Off", "req.get_config()['PythonDebug']", "'0'"),
    "flags, by name": ("PythonDebug On", "PythonAutoReload Off", "len(req.get_config())", 2),
    "a list in one section": ("", "PythonLogHandler a b\nPythonLogHandler c", "req.get_config().get('x')", None),
    "text": ("AuthName a", "AuthName b", "req.auth_name()", "'b'"),
    "text, not set inside": ("AuthName a", "AuthType Basic\nRequire all granted", "req.auth_name()", "'a'"),
    "extensions": (
        "AddHandler mod_python .a",
        "AddHandler mod_python .b",
        "set(req.get_addhandler_exts().split())",
        {"a", "b"},
    ),
    "extensions, removed": ("AddHandler mod_python .a", "RemoveHandler .a", "req.get_addhandler_exts()", "''"),
    "variables": ("SetEnv A 1\nSetEnv B 1", "SetEnv A 2\nUnsetEnv B", "dict(req.subprocess_env)", {"A": "2"}),
}


@pytest.mark.parametrize(("outer", "inner", "expression", "wanted"), MERGED.values(), ids=MERGED)
@pytest.mark.parametrize("place", ["Directory", "Files", "Location", "VirtualHost", ".htaccess"])
def test_values_are_merged(tmp_path: Path, outer: str, inner: str, expression: str, wanted: Any, place: str) -> None:
    with Folder(tmp_path) as folder:
        folder.write(values=VALUES)
        if place == ".htaccess":
            folder.file("sub/.htaccess", inner)
            around = ""
        elif place == "VirtualHost":
            around = f'<VirtualHost *>\n<Directory "{folder.root}">\n{inner}\n</Directory>\n</VirtualHost>'
        else:
            name = {"Directory": f"{folder.root}/sub", "Files": "absent", "Location": "/sub"}[place]
            around = f'<{place} "{name}">\n{inner}\n</{place}>'
        (folder.root / "sub").mkdir(exist_ok=True)
        app = folder.serve(f"AllowOverride All\nSetHandler mod_python\nPythonHandler values\n{outer}", around)
        reply = Server().ask(app, f"/sub/absent?{quote(expression)}")
        assert reply.body.decode() == (wanted if isinstance(wanted, str) else repr(wanted)), reply


ORDER = """
def note(letter):
    def handler(req):
        req.write(letter, 0)
        return 0
    return handler

for letter in "abcd":
    globals()[letter] = note(letter)
"""
LISTS = {
    "two lines of one section append": ("PythonHandler order::a\nPythonHandler order::b order::c", "", "abc"),
    "an inner section replaces": ("PythonHandler order::a order::b", "PythonHandler order::c", "c"),
    "other phases stay": ("PythonHandler order::a", "PythonLogHandler order::b", "a"),
    "by extension, beside the plain list": ("PythonHandler order::a", "PythonHandler order::b | .txt", "b"),
    "by extension, replaced by extension": ("PythonHandler order::a | .txt", "PythonHandler order::b | .txt", "b"),
    "by extension, not by the plain list": ("PythonHandler order::a | .txt", "PythonHandler order::b", "a"),
    "another extension": ("PythonHandler order::a | .html", "PythonHandler order::b", "b"),
}


@pytest.mark.parametrize(("outer", "inner", "wanted"), LISTS.values(), ids=LISTS)
def test_lists_of_handlers(tmp_path: Path, outer: str, inner: str, wanted: str) -> None:
    with Folder(tmp_path) as folder:
        folder.write(order=ORDER)
        folder.file("sub/other", "")
        path = f"PythonPath \"['{folder.root}'] + sys.path\""
        around = f'{path}\n<Directory "{folder.root}/sub">\n{inner}\n</Directory>'
        app = folder.serve(f"SetHandler mod_python\n{outer}", around)
        assert Server().ask(app, "/sub/x.txt").body.decode() == wanted


# ---- frozen, shared, bounded --------------------------------------------------------------------------------------


def test_what_a_handler_changes_is_its_requests_own(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        folder.write(
            change="""
def handler(req):
    for found in (req.get_options(), req.get_config(), req.server.get_options(), req.subprocess_env):
        req.write("%d " % len(found), 0)
        found["added"] = "x"
    return 0
"""
        )
        app = folder.serve("SetHandler mod_python\nPythonHandler change\nPythonOption a b\nSetEnv C d")
        assert {Server().ask(app, f"/{number}").body for number in range(3)} == {b"1 0 0 1 "}


def test_one_combination_is_one_object(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        app = folder.serve("<Files *.txt>\nSetEnv A 1\n</Files>", "<Location /x>\nSetEnv B 1\n</Location>")
        host = app.hosts.main
        directory = host.directory(f"{folder.root}/")
        assert directory is host.directory(f"{folder.root}/")

        def config(name: str, url: str) -> Any:
            return directory.config(name, host.location(url), exists=True)

        plain = config("one", "/one")
        assert plain is config("two", "/two")
        assert config("a.txt", "/a.txt") is config("b.txt", "/b.txt")
        others = [config("a.txt", "/a"), config("one", "/x")]
        assert plain not in others and others[0] is not others[1]


def test_bounded() -> None:
    cache: Bounded[int, int] = Bounded(8)
    for number in range(100):
        assert cache.keep(number, number) == number
        assert len(cache) <= 8 and cache[number] == number
    assert cache.keep(99, -1) == 99  # whoever was first is right
    assert cache.replace(99, -1) == -1 == cache[99]  # unless it is out of date
    for number in range(100):
        assert cache.replace(number, number) == number
        assert len(cache) <= 8 and cache[number] == number


def test_bounded_in_threads() -> None:
    cache: Bounded[int, tuple[int, object]] = Bounded(16)
    failures: list[Any] = []

    def use(seed: int) -> None:
        try:
            for number in range(3000):
                key = (number * seed) % 50
                cache.keep(key, (key, object()))
                replaced = (key, object())
                if cache.replace(key, replaced) is not replaced or len(cache) > 16:
                    failures.append((key, len(cache)))
                if cache.get(key, replaced)[0] != key:
                    failures.append(key)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=use, args=(seed,)) for seed in (1, 3, 7, 11)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_requests_do_not_fill_the_memory(tmp_path: Path) -> None:
    """Whatever clients make up (paths, hosts, methods, queries), every cache keeps its bound."""
    gc.collect()
    before = {id(each) for each in gc.get_objects() if type(each) is Bounded}
    with Folder(tmp_path) as folder:
        folder.file("sub/.htaccess", "SetEnv A 1")
        around = (
            f'<VirtualHost *>\nServerName own.test\nServerAlias *.own.test\nDocumentRoot "{folder.root}"\n'
            "</VirtualHost>\n<LocationMatch x>\nSetEnv B 1\n</LocationMatch>"
        )
        app = folder.serve("AllowOverride All", around)
        for number in range(5000):
            Server().ask(
                app,
                f"/sub/x{number}.e{number}?{number}",
                HTTP_HOST=f"h{number}.own.test" if number % 2 else f"h{number}",
                method="GET" if number % 3 else f"M{number}",
            )
        caches = [each for each in gc.get_objects() if type(each) is Bounded and id(each) not in before]
        assert any(len(cache) > 1000 for cache in caches)
        assert all(len(cache) <= cache._limit for cache in caches)
        assert len(caches) < 200


# ---- the price ----------------------------------------------------------------------------------------------------


def calls(app: Application, url: str, host: str) -> Counter[str]:
    """How many calls of each function (C or Python) one request costs."""
    found: Counter[str] = Counter()

    def count(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            found[frame.f_code.co_qualname if hasattr(frame.f_code, "co_qualname") else frame.f_code.co_name] += 1
        elif event == "c_call":
            found[argument.__qualname__] += 1

    gc.disable()  # whose callbacks would count as well, whenever it comes
    sys.setprofile(count)
    try:
        reply = Server().ask(app, url, HTTP_HOST=host)
    finally:
        sys.setprofile(None)
        gc.enable()
    assert reply.code == 200
    return found


def many(folder: Folder, count: int) -> str:
    """A configuration with so many literal hosts and sections of each kind, those for the request in their middle."""
    numbers = range(count)
    main = "".join(
        f'<Directory "{folder.root}/d{number}">\nSetEnv D{number} 1\n</Directory>\n'
        f'<Location "/l{number:03}">\nSetEnv L{number} 1\n</Location>\n'
        for number in numbers
    )
    hosts = "".join(
        f'<VirtualHost *:80>\nServerName h{number}.test\nDocumentRoot "{folder.root}"\n'
        f'<Directory "{folder.root}/d{number}">\nSetEnv H{number} 1\n</Directory>\n'
        f'<Location "/l{number:03}">\nSetEnv M{number} 1\n</Location>\n</VirtualHost>\n'
        for number in numbers
    )
    return f'DocumentRoot "{folder.root}"\nErrorLog "{folder.log_file}"\n{main}{hosts}'


def test_literal_sections_and_hosts_cost_nothing(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        folder.file("d0/page.txt", "page")
        found: dict[int, list[Counter[str]]] = {}
        for count in (0, 1, 200):  # first for what a process does once
            app = Application(load_text(many(folder, max(count, 1))))
            # Cold, where the combination is seen for the first time, and warm.
            found[count] = [calls(app, "/d0/page.txt", "h0.test") for _ in range(3)]
            app.close()
        for one, many_of_them in zip(found[1], found[200], strict=True):
            assert one == many_of_them
        assert sum(found[1][2].values()) < sum(found[1][0].values())
