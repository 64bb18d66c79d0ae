"""From a URL to a file: nothing outside of the site, nothing closed, nothing special; .htaccess as it is now."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from modpy_wsgi import Application, locate
from modpy_wsgi._fast.look import as_they_were, is_missing, look, look_for
from modpy_wsgi.httpd import walk
from tests.wsgi_site import Folder, Reply, Server, environ, module

SECRET = b"SECRET"
SHOW = """
def handler(req):
    req.content_type = "text/plain"
    req.write("shown %r %r %r" % (req.uri, req.filename, req.path_info), 0)
    return 0
"""


def build(folder: Folder) -> None:
    """Files to be served, and files that never are: outside, closed by a section, by .htaccess, by their name."""
    for name in ("page.txt", "sub/page.txt", "back\\slash.txt", "..dots", "...", "dots..", "é.txt"):
        folder.file(name, f"page {name}")
    for name in (
        ".htaccess",
        ".htpasswd",
        "sub/.htsecret",
        "closed/page.txt",
        "closed/deep/page.txt",
        "denied/page.txt",
        "denied/deep/page.txt",
        "../outside.txt",
        "../outside/page.txt",
        "../htdocs-sibling/page.txt",
    ):
        folder.file(name, b"# " + SECRET)
    folder.file("denied/.htaccess", "Require all denied\n")
    os.symlink("../outside.txt", folder.root / "out.txt")
    os.symlink("../outside", folder.root / "out")
    os.symlink("/", folder.root / "rootlink")


CLOSED = """
AllowOverride All
Options -FollowSymLinks
"""


def around(folder: Folder) -> str:
    return f'<Directory "{folder.root}/closed">\nRequire all denied\n</Directory>\n'


# ---- never out of the site ----------------------------------------------------------------------------------------

# target -> status; whatever the status, the secret is not in the answer
TARGETS = {
    "/page.txt": 200,
    "/sub/page.txt": 200,
    "/sub/../page.txt": 200,
    "/%2e/page.txt": 200,
    "/sub/%2e%2e/page.txt": 200,
    "//page.txt": 200,
    "/back%5cslash.txt": 200,
    "/back\\slash.txt": 200,
    "/..dots": 200,
    "/...": 200,
    "/dots..": 200,
    "/%C3%A9.txt": 200,
    "/../outside.txt": 400,
    "/%2e%2e/outside.txt": 400,
    "/.%2e/outside.txt": 400,
    "/sub/../../outside.txt": 400,
    "/sub/%2E%2E/%2e%2E/outside.txt": 400,
    "/../htdocs-sibling/page.txt": 400,
    "/../htdocs/page.txt": 400,
    "//../outside.txt": 400,
    "/..%2foutside.txt": 404,
    "/sub%2fpage.txt": 404,
    "/sub%2Fpage.txt": 404,
    "/..%5coutside.txt": 404,
    "/..\\outside.txt": 404,
    "/%5c..%5coutside.txt": 404,
    "/%252e%252e/outside.txt": 404,
    "/%c0%ae%c0%ae/outside.txt": 404,
    "/%ef%bc%8e%ef%bc%8e/outside.txt": 404,
    "/....//outside.txt": 404,
    "/htdocs-sibling/page.txt": 404,
    "/page.txt%00": 404,
    "/page.txt%00.html": 404,
    "/%00": 404,
    "/page%00.txt": 404,
    "/%zz": 400,
    "/%": 400,
    "/page.txt#x": 400,
    "page.txt": 400,
    "/.htaccess": 403,
    "/.htpasswd": 403,
    "/.%68tpasswd": 403,
    "/%2ehtpasswd": 403,
    "/sub/.htsecret": 403,
    "/sub/../.htpasswd": 403,
    "/.htpasswd/": 403,
    "/.htpasswd/x": 403,
    "/.htnothing": 403,
    "/.htpasswd%00": 404,
    "/closed/page.txt": 403,
    "/closed/deep/page.txt": 403,
    "/closed//deep/page.txt": 403,
    "//closed/page.txt": 403,
    "/sub/../closed/page.txt": 403,
    "/closed/absent": 403,
    "/closed/": 403,
    "/closed": 403,
    "/denied/page.txt": 403,
    "/denied/deep/page.txt": 403,
    "/denied//page.txt": 403,
    "/denied/deep/../page.txt": 403,
    "/out.txt": 403,
    "/out/page.txt": 403,
    "/out/": 403,
    "/rootlink/etc/passwd": 403,
    "/" + "x" * 300: 403,
    "/" + "x/" * 3000: 404,
    "/page.txt/more": 404,
    "/page.txt/": 404,
}


@pytest.mark.parametrize("raw", [True, False], ids=["with target", "without target"])
@pytest.mark.parametrize("merging", ["On", "Off"])
def test_targets(folder: Folder, raw: bool, merging: str) -> None:
    build(folder)
    app = folder.serve(CLOSED, around(folder) + f"MergeSlashes {merging}\n")
    found = {}
    for target in TARGETS:
        reply = Server().ask(app, target, raw=raw)
        assert SECRET not in reply.body and b"root:" not in reply.body, target
        found[target] = reply.code
    if raw and merging == "On":
        assert found == TARGETS
    opened = {target for target, code in found.items() if code < 400 <= TARGETS[target]}
    # A server that hands over no target has decoded %2F, and says nothing of a fragment or a bad escape.
    assert opened <= ({"/sub%2fpage.txt", "/sub%2Fpage.txt"} if not raw else set())


PIECES = st.sampled_from(
    [
        *("", "", ".", "..", "..", "closed", "denied", "deep", "sub", "out", "out.txt", "page.txt", ".htpasswd"),
        *("%2e%2e", "%2f", "%5c", "%00", "\\", "outside", "outside.txt", "htdocs", "htdocs-sibling", "rootlink"),
        ".%68tpasswd",
    ]
)


@pytest.fixture(scope="module")
def closed_sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Application]]:
    """The same site as files and behind a handler, with and without MergeSlashes."""
    with Folder(tmp_path_factory.mktemp("closed")) as folder:
        build(folder)
        yield [folder.serve(CLOSED, around(folder) + f"MergeSlashes {merging}\n") for merging in ("On", "Off")]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(PIECES, max_size=7), raw=st.booleans())
@example(pieces=["", "closed", "page.txt"], raw=True)
@example(pieces=[".", "", "denied", "page.txt"], raw=False)
def test_no_path_leads_to_a_secret(closed_sites: list[Application], pieces: list[str], raw: bool) -> None:
    target = "/" + "/".join(pieces)
    for app in closed_sites:
        reply = Server().ask(app, target, raw=raw)
        assert SECRET not in reply.body and b"root:" not in reply.body
        assert reply.error is None


def test_aliases_do_not_lead_past_sections(folder: Folder) -> None:
    build(folder)
    lines = [f'Alias /{name} "{folder.root}{slash}"' for name, slash in (("one", ""), ("two", "/"))]
    lines += [f'Alias /three/ "{folder.root}/"', f'AliasMatch ^/four(.*) "{folder.root}/$1"']
    lines += [f'Alias /password "{folder.root}/.htpasswd"', f'AliasMatch ^/five/(.*) "{folder.root}/sub/../$1"']
    app = folder.serve(CLOSED, around(folder) + "\n".join(lines))
    for prefix in ("one", "two", "three", "four", "five"):
        assert Server().ask(app, f"/{prefix}/page.txt").code == 200
        for name in ("closed/page.txt", "denied/page.txt", ".htpasswd", "out.txt", "closed/", "denied/deep/page.txt"):
            assert Server().ask(app, f"/{prefix}/{name}").code == 403, (prefix, name)
    assert Server().ask(app, "/password").code == 403


TRANS = """
def transhandler(req):
    if req.args is None:
        return -1
    root = req.server.get_options()["root"]
    req.filename = req.args.replace("ROOT", root).replace("NUL", chr(0))
    return 0
"""
CHOSEN = {
    "ROOT/page.txt": 200,
    "ROOT//page.txt": 200,
    "ROOT/sub/../page.txt": 200,
    "ROOT/sub/../closed/page.txt": 403,
    "ROOT//closed/page.txt": 403,
    "ROOT/./denied/page.txt": 403,
    "ROOT/sub/./../.htpasswd": 403,
    "ROOT/out.txt": 403,
    "ROOT/page.txtNUL": 404,
    "page.txt": 400,
}


def test_handlers_choice_of_a_file_passes_the_same_sections(folder: Folder) -> None:
    """A PythonTransHandler may name any file, but not around <Directory>."""
    build(folder)
    folder.write(trans=TRANS)
    app = folder.serve(
        CLOSED,
        around(folder)
        + f"PythonPath \"['{folder.root}'] + sys.path\"\nPythonOption root {folder.root}\nPythonTransHandler trans",
    )
    assert {name: Server().ask(app, f"/?{name}").code for name in CHOSEN} == CHOSEN


def test_index_and_redirect_do_not_lead_to_ht_files(folder: Folder) -> None:
    build(folder)
    folder.write(jump="def handler(req):\n    req.internal_redirect(req.args)\n    return 0\n")
    files = '<Files "jump.py">\nSetHandler mod_python\nPythonHandler jump\n</Files>'
    app = folder.serve(f"{CLOSED}\nDirectoryIndex .htpasswd closed/page.txt ../outside.txt\n{files}", around(folder))
    assert Server().ask(app, "/sub/").code == 403
    for target in ("/.htpasswd", "/closed/page.txt", "/out.txt", "/sub/../.htpasswd"):
        reply = Server().ask(app, f"/jump.py?{target}")
        assert (reply.code, SECRET in reply.body) == (403, False), target
    assert Server().ask(app, "/jump.py?/../outside.txt").code == 400
    assert Server().ask(app, "/jump.py?/page.txt").body == b"page page.txt"


# ---- symbolic links -----------------------------------------------------------------------------------------------

LINKS = ["inside.txt", "outside.txt", "folder/page.txt", "folder/deep/page.txt", "chain/page.txt", "absolute.txt"]
# options -> whether links are followed
FOLLOWING = {
    "": True,
    "Options FollowSymLinks": True,
    "Options All": True,
    "Options None": False,
    "Options Indexes": False,
    "Options -FollowSymLinks": False,
    "Options SymLinksIfOwnerMatch": True,  # one user owns all of them here
}


def link(folder: Folder) -> None:
    folder.file("page.txt", "page")
    folder.file("../elsewhere/page.txt", "page")
    folder.file("../elsewhere/deep/page.txt", "page")
    for name, target in {
        "inside.txt": "page.txt",
        "outside.txt": "../elsewhere/page.txt",
        "folder": "../elsewhere",
        "chain": "folder",
        "absolute.txt": f"{folder.path}/elsewhere/page.txt",
        "broken": "nowhere",
        "loop": "loop",
        ".htlink": "page.txt",
    }.items():
        os.symlink(target, folder.root / name)


@pytest.mark.parametrize("where", ["section", ".htaccess"])
@pytest.mark.parametrize(("options", "followed"), FOLLOWING.items(), ids=lambda value: str(value) or "default")
def test_links(folder: Folder, options: str, followed: bool, where: str) -> None:
    link(folder)
    if where == "section":
        app = folder.serve(options)
    else:
        folder.file(".htaccess", options)
        app = folder.serve("AllowOverride All")
    for name in LINKS:
        assert Server().ask(app, f"/{name}").code == (200 if followed else 403), name
    for name in ("broken", "broken/x", "loop", "loop/x", ".htlink"):
        assert Server().ask(app, f"/{name}").code == 403, name
    assert Server().ask(app, "/page.txt").code == 200


def test_links_above_the_folder_that_forbids_them(folder: Folder) -> None:
    """Options are those of the directory that the link lies in: above it they do not matter."""
    folder.file("real/page.txt", "page")
    os.symlink("real", folder.root / "alias")
    app = folder.serve("", f'<Directory "{folder.root}/alias">\nOptions None\n</Directory>')
    assert Server().ask(app, "/alias/page.txt").code == 200
    os.symlink("page.txt", folder.root / "real/link.txt")
    assert Server().ask(app, "/alias/link.txt").code == 403
    assert Server().ask(app, "/real/link.txt").code == 200


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a link away")
def test_links_of_another_owner(folder: Folder) -> None:
    link(folder)
    os.chown(folder.root / "inside.txt", 12345, 12345, follow_symlinks=False)
    os.chown(folder.root / "folder", 12345, 12345, follow_symlinks=False)
    app = folder.serve("Options SymLinksIfOwnerMatch")
    codes = {name: Server().ask(app, f"/{name}").code for name in LINKS}
    assert codes == {**dict.fromkeys(LINKS, 200), **dict.fromkeys(["inside.txt", *LINKS[2:4]], 403)} | {
        "chain/page.txt": codes["chain/page.txt"]  # a link to a link: stat() sees its end only, as httpd does
    }


# ---- what is neither file nor folder ------------------------------------------------------------------------------


def in_time(call: Callable[[], Reply]) -> Reply:
    """The reply, if it comes within seconds: reading a pipe that nobody writes to would never end."""
    replies: list[Reply] = []
    thread = threading.Thread(target=lambda: replies.append(call()), daemon=True)
    thread.start()
    thread.join(10)
    assert replies, "still waiting"
    return replies[0]


@pytest.mark.parametrize("inside", ["", "SetHandler mod_python\nPythonHandler show", "AllowOverride All"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_special_files(folder: Folder, inside: str, method: str) -> None:
    folder.write(show=SHOW)
    os.mkfifo(folder.root / "pipe")
    os.symlink("/dev/null", folder.root / "device")
    os.symlink("pipe", folder.root / "link")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(os.fspath(folder.root / "socket"))
    app = folder.serve(inside)
    try:
        for name in ("pipe", "pipe/", "pipe/x", "device", "device/x", "link", "socket"):
            reply = in_time(lambda name=name: Server().ask(app, f"/{name}", method))  # type: ignore[misc]
            assert reply.code == 403, name
    finally:
        listener.close()


REPLACED = """
import os

def fixuphandler(req):
    os.unlink(req.filename)
    if req.args == "link":
        os.symlink(os.path.join(os.path.dirname(req.filename), "../outside.txt"), req.filename)
    elif req.args == "file":
        with open(req.filename, "w") as file:
            file.write("SECRET")
    elif req.args == "folder":
        os.mkdir(req.filename)
    elif req.args == "pipe":
        os.mkfifo(req.filename)
    return 0
"""


@pytest.mark.parametrize("what", ["link", "file", "folder", "pipe", "nothing"])
def test_file_that_is_replaced_after_the_walk(folder: Folder, what: str) -> None:
    """What was not looked at is not sent."""
    folder.write(replace=REPLACED)
    folder.file("../outside.txt", SECRET)
    kept = folder.file("page.txt", "page").open("rb")  # else the new file might get the old one's inode
    try:
        app = folder.serve("PythonFixupHandler replace")
        reply = in_time(lambda: Server().ask(app, f"/page.txt?{what}"))
    finally:
        kept.close()
    assert (reply.code, SECRET in reply.body, reply.error) == (403, False, None)


# ---- what cannot be read ------------------------------------------------------------------------------------------


class Refusing:
    """Looks at files that fail for some paths, as for a user without rights (root has all of them)."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.errors: dict[str, tuple[int, int]] = {}  # end of the path -> (errno, calls that still work)
        for name in ("stat", "lstat"):
            monkeypatch.setattr(os, name, self._guarded(getattr(os, name)))
        for each in (locate, walk):
            monkeypatch.setattr(each, "look", self._guarded(look))
        monkeypatch.setattr(walk, "look_for", self._guarded(look_for))
        monkeypatch.setattr(walk, "is_missing", self._is_missing)
        monkeypatch.setattr(walk, "as_they_were", self._as_they_were)

    def _guarded(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(path: Any, *before: Any, **options: Any) -> Any:
            for end, (number, calls) in self.errors.items():
                if isinstance(path, str) and (path.endswith(end) or f"{end}/" in path):
                    if calls <= 0:
                        raise OSError(number, os.strerror(number), path)
                    self.errors[end] = (number, calls - 1)
            return real(path, *before, **options)

        return guarded

    def _is_missing(self, path: str) -> bool:
        try:
            return bool(self._guarded(is_missing)(path))
        except OSError:
            return False

    def _as_they_were(self, looks: Any) -> bool:
        refused = [path for path, _ in looks if path.endswith(tuple(self.errors))]
        return not refused and as_they_were(looks)


@pytest.mark.parametrize("inside", ["", "AllowOverride All", "Options -FollowSymLinks"])
@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EIO, errno.ELOOP])
def test_folder_that_may_not_be_searched(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, inside: str, number: int
) -> None:
    folder.file("locked/page.txt", SECRET)
    folder.file("page.txt", "page")
    app = folder.serve(inside)
    refusing = Refusing(monkeypatch)
    refusing.errors["/htdocs/locked"] = (number, 0)
    for target in ("/locked/page.txt", "/locked/absent", "/locked/", "/locked"):
        reply = Server().ask(app, target)
        assert (reply.code, SECRET in reply.body, reply.error) == (403, False, None), target
    assert "denied" in folder.log_text()
    assert Server().ask(app, "/page.txt").code == 200


@pytest.mark.parametrize("calls", range(6))
def test_folder_that_vanishes_during_the_walk(folder: Folder, monkeypatch: pytest.MonkeyPatch, calls: int) -> None:
    folder.file("fleeting/page.txt", "page")
    app = folder.serve("AllowOverride All")
    refusing = Refusing(monkeypatch)
    for target in ("/fleeting/", "/fleeting/page.txt", "/fleeting"):
        refusing.errors["/htdocs/fleeting"] = refusing.errors["/htdocs/fleeting/"] = (errno.ENOENT, calls)
        reply = Server().ask(app, target)
        assert reply.error is None
        assert reply.code in (200, 301, 403, 404)


def test_file_that_may_not_be_opened(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.file("page.txt", SECRET)
    app = folder.serve()
    real = os.open

    def refuse(path: Any, *args: Any, **options: Any) -> Any:
        if str(path).endswith("page.txt"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return real(path, *args, **options)

    monkeypatch.setattr(os, "open", refuse)
    assert Server().ask(app, "/page.txt").code == 403
    assert "file permissions deny server access" in folder.log_text()


def test_htaccess_that_may_not_be_checked_closes_its_folder(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.file("sub/page.txt", SECRET)
    folder.file("sub/.htaccess", "")
    folder.file("page.txt", "page")
    app = folder.serve("AllowOverride All")
    refusing = Refusing(monkeypatch)
    refusing.errors["/sub/.htaccess"] = (errno.EACCES, 0)
    assert Server().ask(app, "/sub/page.txt").code == 403
    assert Server().ask(app, "/page.txt").code == 200
    assert "unable to check htaccess file" in folder.log_text()


# ---- .htaccess as it is now ---------------------------------------------------------------------------------------

BROKEN = {
    "unknown": "Nonsense on",
    "forbidden": "DocumentRoot /",
    "wrong argument": "PythonDebug maybe",
    "unclosed": "<Files x>",
    "closed only": "</Files>",
    "mismatched": "<Files x>\n</IfModule>",
    "not implemented": "RewriteEngine On\nRewriteRule x y",
    "section of the server": '<Directory "/">\n</Directory>',
    "bad pattern": '<FilesMatch "(">\n</FilesMatch>',
    "bad Require": "Require nonsense",
    "NUL": "Options None\0",
    "long line": "PythonOption a " + "x" * 9000,
    "good, then broken": "Options FollowSymLinks\nNonsense",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_broken_htaccess_closes_its_subtree_only(folder: Folder, text: str) -> None:
    folder.write(show=SHOW)
    for name in ("page.txt", "a/page.txt", "a/b/page.txt", "ab/page.txt", "z/page.txt"):
        folder.file(name, "page")
    app = folder.serve("AllowOverride All")
    broken = folder.file("a/.htaccess", text)
    for _ in range(2):
        for target in ("/a/page.txt", "/a/b/page.txt", "/a/absent", "/a/", "/a/b/absent/x"):
            reply = Server().ask(app, target)
            assert (reply.code, reply.error) == (500, None), target
            assert b"Nonsense" not in reply.body and os.fsencode(folder.root) not in reply.body
        for target in ("/page.txt", "/ab/page.txt", "/z/page.txt"):
            assert Server().ask(app, target).code == 200, target
    assert f"{broken}:" in folder.log_text()
    broken.write_text("AddType text/x-repaired .txt")
    reply = Server().ask(app, "/a/b/page.txt")
    assert (reply.code, reply.header("Content-Type")) == (200, "text/x-repaired")


def stamp(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_atime_ns, found.st_mtime_ns


@pytest.mark.parametrize("target", ["/a/b/x", "/a/b/page.txt", "/a/b/page.txt/info", "/a/b/"])
def test_htaccess_is_read_again_when_it_changed(folder: Folder, target: str) -> None:
    folder.write(show="def handler(req):\n    req.write(req.get_options().get('k', '-'), 0)\n    return 0\n")
    app = folder.serve("AllowOverride All\nSetHandler mod_python\nPythonHandler show")

    def now() -> str:
        return Server().ask(app, target).body.decode()

    folder.file("a/b/page.txt")
    assert now() == "-"
    path = folder.file("a/b/.htaccess", "PythonOption k one")  # it appears
    assert now() == "one"
    path.write_text("PythonOption k three")  # another length
    assert now() == "three"
    before = stamp(path)
    path.write_text("PythonOption k seven")  # the same length ...
    os.utime(path, ns=(before[0], before[1] + 1))  # ... a nanosecond later
    assert now() == "seven"
    other = folder.file("a/b/other", "PythonOption k eight")  # the same length and time, another file
    os.utime(other, ns=(before[0], before[1] + 1))
    os.replace(other, path)
    assert now() == "eight"
    upper = folder.file("a/.htaccess", "PythonOption k upper")  # one above, which the inner one overrides
    assert now() == "eight"
    path.unlink()
    assert now() == "upper"
    upper.unlink()
    assert now() == "-"
    folder.file("a/b/.htaccess", "PythonOption k again")
    assert now() == "again"


@pytest.mark.parametrize("target", ["/a/b/c/page.txt", "/a/b/c/"])
def test_htaccess_that_did_not_change_is_looked_at_only(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    for path in ("a/.htaccess", "a/b/c/.htaccess"):
        folder.file(path, "AddType text/x-inner .txt")
    folder.file("a/b/c/page.txt", "page")
    monkeypatch.setattr("modpy_wsgi.httpd.walk.are_rights_settled", lambda found: True)  # it changed long ago
    app = folder.serve("AllowOverride All\nDirectoryIndex disabled")
    before = Server().ask(app, target).header("Content-Type")
    looked: list[str] = []

    def looking(path: str) -> Any:
        looked.append(path.removeprefix(f"{folder.root}/"))
        return look_for(path)

    def comparing(looks: Any) -> bool:
        looked.extend([path.removeprefix(f"{folder.root}/") for path, _ in looks])
        return as_they_were(looks)

    def never(*args: Any, **options: Any) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(walk, "look_for", looking)
    monkeypatch.setattr(walk, "as_they_were", comparing)
    monkeypatch.setattr("modpy_wsgi.httpd.walk.read_file", never)
    assert Server().ask(app, target).header("Content-Type") == before
    names = [".htaccess", "a/.htaccess", "a/b/.htaccess", "a/b/c/.htaccess"]
    assert looked == [target[1:], *names]


def test_links_are_looked_at_once_a_htaccess_says_so(folder: Folder) -> None:
    folder.file("a/page.txt", "page")
    folder.file("a/b/page.txt", "page")
    os.symlink("page.txt", folder.root / "a/b/link.txt")
    os.symlink("b", folder.root / "a/to-b")
    app = folder.serve("AllowOverride All")
    targets = ("/a/b/link.txt", "/a/to-b/page.txt", "/a/to-b/")

    def codes() -> list[int]:
        return [Server().ask(app, target).code for target in targets]

    assert codes() == [200, 200, 403]
    rules = folder.file("a/.htaccess", "Options -FollowSymLinks")
    assert codes() == [403, 403, 403]
    rules.unlink()
    assert codes() == [200, 200, 403]
    inner = folder.file("a/b/.htaccess", "Options -FollowSymLinks")
    assert codes() == [403, 200, 403]  # what is forbidden in a folder are the links in it
    inner.unlink()
    assert codes() == [200, 200, 403]


def test_htaccess_that_is_no_file(folder: Folder) -> None:
    folder.file("folder/.htaccess/x", "")
    folder.file("pipe/page.txt", SECRET)
    os.mkfifo(folder.root / "pipe/.htaccess")
    folder.file("dangling/page.txt", "page")
    os.symlink("nowhere", folder.root / "dangling/.htaccess")
    folder.file("linked/page.txt", "page")
    folder.file("rules", "AddType text/x-linked .txt")
    os.symlink("../rules", folder.root / "linked/.htaccess")
    app = folder.serve("AllowOverride All")
    assert in_time(lambda: Server().ask(app, "/folder/x")).code == 403
    assert in_time(lambda: Server().ask(app, "/pipe/page.txt")).code == 403
    assert Server().ask(app, "/dangling/page.txt").code == 200
    assert Server().ask(app, "/linked/page.txt").header("Content-Type") == "text/x-linked"


def test_other_names_of_htaccess(folder: Folder) -> None:
    folder.file("a/.acl", "AddType text/x-first .txt")
    folder.file("b/local.conf", "AddType text/x-second .txt")
    folder.file("c/.htaccess", "Nonsense")
    for name in "abc":
        folder.file(f"{name}/page.txt", "page")
    app = folder.serve("AllowOverride All", "AccessFileName .acl local.conf")
    types = [Server().ask(app, f"/{name}/page.txt").header("Content-Type") for name in "abc"]
    assert types == ["text/x-first", "text/x-second", "text/plain"]


def test_htaccess_of_every_folder_on_the_way_counts(folder: Folder) -> None:
    """Above the DocumentRoot too, where AllowOverride says so."""
    folder.file("a/b/page.txt", "page")
    folder.file("../.htaccess", "SetEnv OUTER 1\nAddType text/x-outer .txt")
    folder.file("a/.htaccess", "AddType text/x-inner .txt")
    outer = f'<Directory "{folder.path}">\nAllowOverride All\n</Directory>'
    app = folder.serve("", outer)
    assert Server().ask(app, "/a/b/page.txt").header("Content-Type") == "text/x-inner"
    (folder.root / "a/.htaccess").unlink()
    assert Server().ask(app, "/a/b/page.txt").header("Content-Type") == "text/x-outer"


def test_threads_see_one_htaccess_or_the_next(folder: Folder) -> None:
    folder.write(
        show="def handler(req):\n    o = req.get_options()\n    req.write(o['a'] + ' ' + o['b'], 0)\n    return 0\n"
    )
    path = folder.file(".htaccess", "PythonOption a 0\nPythonOption b 0")
    app = folder.serve("AllowOverride All\nSetHandler mod_python\nPythonHandler show")
    bodies: list[bytes] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            bodies.append(Server().ask(app, "/x").body)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for number in range(1, 60):
        other = folder.file("other", f"PythonOption a {number}\nPythonOption b {number}")
        os.replace(other, path)
    done.set()
    for thread in threads:
        thread.join()
    assert Server().ask(app, "/x").body == b"59 59"
    assert {body for body in bodies if len(set(body.split())) != 1} == set()


def test_versions_of_htaccess_do_not_pile_up(folder: Folder) -> None:
    path = folder.file(".htaccess", "")
    folder.file("page.txt", "page")
    app = folder.serve("AllowOverride All")
    for number in range(100):
        path.write_text(f"SetEnv A {'x' * number}")
        assert Server().ask(app, "/page.txt").code == 200
    host = app.hosts.main
    assert len(host.htaccess) <= 2
    assert len(host.directory(f"{folder.root}/")._overlaid) <= 16


# ---- AllowOverride ------------------------------------------------------------------------------------------------

# a line -> the classes of AllowOverride under which it may stand in a .htaccess
LINES = {
    "AddType text/x .x": {"FileInfo"},
    "SetHandler none": {"FileInfo"},
    "SetEnv A 1": {"FileInfo"},
    "Redirect /x http://y/": {"FileInfo"},
    "DirectoryIndex x": {"Indexes"},
    "AuthName x": {"AuthConfig"},
    "Require all granted": {"AuthConfig"},
    "Order allow,deny\nAllow from all": {"Limit"},
    "Options FollowSymLinks": {"Options"},
    "PythonOption a b": {"AuthConfig", "FileInfo", "Indexes", "Limit", "Options"},
    "PythonHandler x": {"AuthConfig", "FileInfo", "Indexes", "Limit", "Options"},
    "<Files x>\nForceType none\n</Files>": {"FileInfo"},
    "AllowOverride All": set(),
    "Alias /x /y": set(),
    "PythonImport a b": set(),
    '<Location "/">\n</Location>': set(),
}
CLASSES = ["None", "All", "AuthConfig", "FileInfo", "Indexes", "Limit", "Options"]


@pytest.mark.parametrize("allowed", CLASSES)
def test_allow_override(folder: Folder, allowed: str) -> None:
    folder.file("page.txt", "page")
    app = folder.serve(f"AllowOverride {allowed}")
    for line, classes in LINES.items():
        folder.file(".htaccess", line)
        good = allowed == "None" or allowed in classes or (allowed == "All" and classes)
        assert Server().ask(app, "/page.txt").code == (200 if good else 500), line


OVERRIDES = {
    "AllowOverride None": 200,  # the file is not even read
    "AllowOverride FileInfo Indexes": 500,
    "AllowOverride AuthConfig\nAllowOverride None": 200,
    "AllowOverride Options=Indexes": 500,
    "AllowOverride Options=FollowSymLinks,Indexes": 200,
    "AllowOverride options": 200,
    "AllowOverride None\nAllowOverrideList Options": 200,
    "AllowOverride None\nAllowOverrideList options": 200,
    "AllowOverride None\nAllowOverrideList AddType": 500,
    "AllowOverride FileInfo Nonfatal=Override": 200,
    "AllowOverride FileInfo Nonfatal=Unknown": 500,
}


@pytest.mark.parametrize(("inside", "code"), OVERRIDES.items())
def test_forms_of_allow_override(folder: Folder, inside: str, code: int) -> None:
    folder.file("page.txt", "page")
    folder.file(".htaccess", "Options FollowSymLinks")
    assert Server().ask(folder.serve(inside), "/page.txt").code == code


def test_allow_override_of_each_folder(folder: Folder) -> None:
    for name in ("page.txt", "a/page.txt", "a/b/page.txt"):
        folder.file(name, "page")
    folder.file(".htaccess", "Nonsense")
    folder.file("a/.htaccess", "AddType text/x-a .txt")
    folder.file("a/b/.htaccess", "AddType text/x-b .txt")
    around = (
        f'<Directory "{folder.root}/a">\nAllowOverride FileInfo\n</Directory>\n'
        f'<Directory "{folder.root}/a/b">\nAllowOverride None\n</Directory>'
    )
    app = folder.serve("AllowOverride None", around)
    types = [
        Server().ask(app, f"/{name}").header("Content-Type") for name in ("page.txt", "a/page.txt", "a/b/page.txt")
    ]
    assert types == ["text/plain", "text/x-a", "text/x-a"]


def test_htaccess_handlers_run_with_their_folder_first_on_the_path(folder: Folder) -> None:
    folder.file("a/.htaccess", "SetHandler mod_python\nPythonHandler here")
    folder.file("a/here.py", "def handler(req):\n    req.write(req.hlist.directory, 0)\n    return 0\n")
    app = folder.serve("AllowOverride All")
    assert Server().ask(app, "/a/deeper/x").body.decode() == f"{folder.root}/a/"
    assert module(app, "here").__file__ == f"{folder.root}/a/here.py"


def test_walk_for_a_server_that_hands_over_bytes_that_are_no_text(folder: Folder) -> None:
    folder.file("\udcff.txt", "page")
    assert Server().call(folder.serve(), environ("/%ff.txt")).body == b"page"


def test_what_stands_at_a_path_may_be_another_thing_each_time(folder: Folder) -> None:
    folder.write(show="def handler(req):\n    req.write('%s %s' % (req.filename, req.path_info), 0)\n    return 0\n")
    app = folder.serve("SetHandler mod_python\nPythonHandler show")
    root = folder.root
    place = root / "p"

    def answer() -> tuple[int, str]:
        found = Server().ask(app, "/p/x/y")
        return found.code, found.body.decode().replace(str(root), "") if found.code == 200 else ""

    def file() -> None:
        place.write_text("file")

    def folder_with_file() -> None:
        place.mkdir()
        (place / "x").write_text("file")

    def link_to_file() -> None:
        place.symlink_to(root / "show.py")

    def fifo() -> None:
        os.mkfifo(place)

    steps = {
        file: (200, "/p /x/y"),
        folder_with_file: (200, "/p/x /y"),
        link_to_file: (200, "/p /x/y"),
        fifo: (403, ""),
        lambda: None: (200, "/p /x/y"),  # nothing there
    }
    for make, wanted in [*steps.items(), *reversed(steps.items())]:
        make()
        assert [answer(), answer()] == [wanted, wanted]
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)


def test_htaccess_that_may_no_longer_be_read(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its content is as it was, its rights are not: 403, as for one that nobody has read before."""
    folder.file("page.txt", "page")
    path = folder.file(".htaccess", "SetEnv A 1")
    monkeypatch.setattr("modpy_wsgi.httpd.walk.are_rights_settled", lambda found: True)  # it changed long ago
    app = folder.serve("AllowOverride All")
    assert Server().ask(app, "/page.txt").code == 200

    def refused(*arguments: object, **options: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")  # which the superuser, who may run this, does not get

    monkeypatch.setattr("modpy_wsgi.httpd.walk.read_file", refused)
    assert Server().ask(app, "/page.txt").code == 200
    path.chmod(0)
    assert Server().ask(app, "/page.txt").code == 403


def test_a_htaccess_that_changes_twice_within_a_tick(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file system's clock is coarse, neither time nor size nor inode tell the second change."""
    monkeypatch.setattr("modpy_wsgi.httpd.walk.rights_stamp", lambda found: (1, 1, found.st_size, 1))
    folder.file("sub/page.txt", SECRET)
    app = folder.serve("AllowOverride All\n")
    for said, status in (("granted", 200), ("denied ", 403), ("granted", 200), ("denied ", 403)):
        folder.file("sub/.htaccess", f"Require all {said}\n")
        assert [Server().ask(app, "/sub/page.txt").code for _ in range(3)] == [status] * 3
