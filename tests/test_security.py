"""What must stay closed, tried the way an attacker would. Each row was open once, or is what httpd closes."""

import socket
from pathlib import Path
from textwrap import dedent
from typing import Any
from unittest.mock import Mock
from urllib.parse import quote

import pytest

from modpy_wsgi.config.directives import core
from modpy_wsgi.errors import ConfigError
from modpy_wsgi.testing import site

CLOSED = "Require all denied"

HANDLERS = """
    from mod_python import apache

    def decline(req):
        return apache.DECLINED

    def look(req):
        assert req.filename is not None and req.finfo is not None and req.path_info is not None
        return apache.DECLINED

    def own(req):
        req.content_type = "text/plain"
        req.write("handler")
        return apache.OK

    def default(req):
        look(req)
        req.handler = "default-handler"
        return apache.OK
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A document root with files in open and closed places."""
    for name in ("open/page.txt", "open/.htpasswd", "closed/page.txt", "page.txt", ".htpasswd", "open/data.py"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("secret")
    (tmp_path / "tried.py").write_text(dedent(HANDLERS))
    return tmp_path


def status(app: Any, path: str, **options: Any) -> int:
    """The status of the answer to a GET."""
    code: int = app.get(path, status="*", **options).status_int
    return code


# A <Location> that answers by a Python handler: no file is looked for, so none may be sent.


@pytest.mark.parametrize(
    "directives",
    [
        "PythonHandler tried::decline",
        "PythonHandler tried::look",
        "PythonHandler tried::decline\nPythonFixupHandler tried::look",
        "PythonHandler tried::own\nPythonFixupHandler tried::default",
    ],
)
@pytest.mark.parametrize(
    "path", ["/open/page.txt", "/closed/page.txt", "/.htpasswd", "/open/.htpasswd", "/open/data.py"]
)
def test_location_whose_handler_declines_sends_no_file(root: Path, directives: str, path: str) -> None:
    config = f"""
        <Directory "{root}/closed">
            {CLOSED}
        </Directory>
        <Location "/">
            SetHandler mod_python
            PythonPath "['{root}']"
            {directives}
        </Location>
    """
    assert status(site(config, root=root), path) == 404


@pytest.mark.parametrize(
    ("inner", "wanted"),
    [
        ("DirectoryIndex disabled", 200),
        ("PythonHandler tried::own", 200),
        # To mod_python the last Location with any of its directives says whether there is a file.
        ("PythonOption name value", 403),
        ("PythonDebug Off", 403),
    ],
)
def test_directory_is_asked_unless_the_last_location_has_handlers(root: Path, inner: str, wanted: int) -> None:
    config = f"""
        <Directory "{root}/closed">
            {CLOSED}
        </Directory>
        <Location "/">
            SetHandler mod_python
            PythonPath "['{root}']"
            PythonHandler tried::own
        </Location>
        <Location "/closed">
            {inner}
        </Location>
    """
    assert status(site(config, root=root), "/closed/page.txt") == wanted


# An application behind the site is asked for the path that the phases have judged.


def told_path(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """A fallback application that answers with its path."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{environ['SCRIPT_NAME']}|{environ['PATH_INFO']}|{environ['QUERY_STRING']}".encode("latin-1")]


BEHIND = f"""
    <Location /secret>
        {CLOSED}
    </Location>
    ErrorDocument 403 /denied?why
"""


@pytest.mark.parametrize(
    ("path", "mount", "wanted"),
    [
        ("/x", "", "|/x|"),
        ("/x/y?q", "", "|/x/y|q"),
        ("/x//y/./z", "", "|/x/y/z|"),
        ("/secret/../x", "", "|/x|"),
        ("/a%c3%a9", "", "|/a\u00e9|"),
        ("/x/", "/mount", "/mount|/x/|"),
        ("/x/../../y", "/mount", "|/y|"),
        # ErrorDocument leads elsewhere: not to what is closed.
        ("/secret", "", "|/denied|why"),
        ("/secret/x?q", "", "|/denied|why"),
        ("/x/../secret", "", "|/denied|why"),
        ("//secret", "", "|/denied|why"),
        ("/%73ecret", "", "|/denied|why"),
    ],
)
def test_application_behind_is_asked_for_the_path_that_was_judged(
    root: Path, path: str, mount: str, wanted: str
) -> None:
    app = site(BEHIND, root=root, fallback=told_path)
    answer = app.get(path, extra_environ={"SCRIPT_NAME": mount})
    assert answer.text == wanted


# Addresses: whose word they are, and what cannot be judged.


class UnixSocket:
    """What gunicorn hands over for a connection through a Unix socket."""

    def getsockname(self) -> str:
        return "/run/site.sock"


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "127.9.9.9"}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "::ffff:127.0.0.1"}, 200),
        ({"REMOTE_ADDR": "192.0.2.1", "SERVER_ADDR": "192.0.2.1"}, 200),
        ({"REMOTE_ADDR": "192.0.2.1", "SERVER_ADDR": "192.0.2.2"}, 403),
        # SERVER_NAME may be what the client wrote into Host.
        ({"REMOTE_ADDR": "192.0.2.1", "SERVER_NAME": "192.0.2.1"}, 403),
        ({"REMOTE_ADDR": "192.0.2.1", "SERVER_NAME": "192.0.2.1", "gunicorn.socket": UnixSocket()}, 403),
        ({"REMOTE_ADDR": "", "SERVER_NAME": ""}, 403),
        ({"REMOTE_ADDR": "", "SERVER_ADDR": ""}, 403),
        ({"REMOTE_ADDR": "127.evil"}, 403),
    ],
)
def test_require_local(root: Path, changes: dict[str, Any], wanted: int) -> None:
    assert status(site("Require local", root=root, extra_environ=changes), "/page.txt") == wanted


RULES = {
    "deny,allow": "Order deny,allow\nDeny from 10.0.0.0/8",
    "allow,deny": "Order allow,deny\nAllow from all\nDeny from 10.0.0.0/8",
    "allow": "Order allow,deny\nAllow from 10.0.0.0/8",
    "require": "Require ip 10.0.0.0/8",
}


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
@pytest.mark.parametrize("address", ["", "unix:", "10.1.2.3:555", "[10.1.2.3]", "10.1.2.3%eth0"])
def test_client_whose_address_is_unknown_is_not_let_in(root: Path, rules: str, address: str) -> None:
    assert status(site(rules, root=root, extra_environ={"REMOTE_ADDR": address}), "/page.txt") == 403


NOT = ("ip 10.0.0.0/8", "host evil.example", "forward-dns evil.example", "local")


@pytest.mark.parametrize("who", NOT)
@pytest.mark.parametrize("address", ["", "unix:"])
def test_client_whose_address_is_unknown_is_whom_not_means(
    root: Path, who: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("gethostbyaddr", "getaddrinfo"):
        monkeypatch.setattr(socket, name, Mock(side_effect=OSError))
    none = f"<RequireNone>\n<RequireAny>\nRequire {who}\nRequire method PUT\n</RequireAny>\n</RequireNone>"
    for rules in (f"Require not {who}", none):
        config = f"<RequireAll>\nRequire all granted\n{rules}\n</RequireAll>"
        assert status(site(config, root=root, extra_environ={"REMOTE_ADDR": address}), "/page.txt") == 403
    twice = f"<RequireAll>\nRequire method GET\n<RequireNone>\n<RequireAll>\nRequire all granted\nRequire not {who}\n"
    app = site(f"{twice}</RequireAll>\n</RequireNone>\n</RequireAll>", root=root)
    assert status(app, "/page.txt", extra_environ={"REMOTE_ADDR": address}) == 403


@pytest.mark.parametrize("rules", list(RULES.values())[:2], ids=list(RULES)[:2])
@pytest.mark.parametrize(("address", "wanted"), [("10.1.2.3", 403), ("::ffff:10.1.2.3", 403), ("192.0.2.1", 200)])
def test_deny_from_a_network(root: Path, rules: str, address: str, wanted: int) -> None:
    assert status(site(rules, root=root, extra_environ={"REMOTE_ADDR": address}), "/page.txt") == wanted


def test_variables_see_the_address_in_ipv4(root: Path) -> None:
    config = "SetEnvIf Remote_Addr ^10\\. BAD\nOrder allow,deny\nAllow from all\nDeny from env=BAD"
    assert status(site(config, root=root, extra_environ={"REMOTE_ADDR": "::ffff:10.1.2.3"}), "/page.txt") == 403


@pytest.mark.parametrize(
    "network",
    [
        "::ffff:10.1.2.3",
        "::ffff:10.0.0.0/104",
        "::ffff:0:0/96",
        "::/0",
        "0.0.0.0/0",
        "10.1.2.3/0",
        "10.1.2.3/0.0.0.255",
    ],
)
@pytest.mark.parametrize("directive", ["Deny from", "Allow from", "Require ip"])
def test_network_that_would_mean_something_else_stops_the_start(root: Path, network: str, directive: str) -> None:
    with pytest.raises(ConfigError):
        site(f"{directive} {network}", root=root)


HOSTS = """
    Listen 80
    Listen 443
    Listen 8081
    <VirtualHost *:80>
        ServerName one.test
        DocumentRoot {root}/open
    </VirtualHost>
    <VirtualHost *:443>
        ServerName one.test
        DocumentRoot {root}/closed
    </VirtualHost>
    <VirtualHost *:8081>
        ServerName one.test
        DocumentRoot {root}/inside
    </VirtualHost>
    <VirtualHost 192.0.2.9>
        ServerName one.test
        DocumentRoot {root}/inside
    </VirtualHost>
"""
PLAIN = {"SERVER_PORT": "8000", "HTTP_HOST": "one.test", "wsgi.url_scheme": "http"}
TLS = {**PLAIN, "wsgi.url_scheme": "https"}
OVER_UNIX = {**PLAIN, "HTTP_HOST": "one.test:8081", "SERVER_PORT": "8081", "gunicorn.socket": UnixSocket()}
TO_ADDRESS = {**PLAIN, "HTTP_HOST": "192.0.2.9", "SERVER_NAME": "192.0.2.9", "gunicorn.socket": UnixSocket()}
INSIDE = {**PLAIN, "SERVER_PORT": "8081", "HTTP_HOST": "one.test:8081"}


@pytest.mark.parametrize(
    "order",
    [
        [(PLAIN, "open"), (TLS, "closed"), (PLAIN, "open")],
        [(TLS, "closed"), (PLAIN, "open")],
        # The port in Host is the client's word, though gunicorn makes SERVER_PORT of it over a Unix socket.
        [(OVER_UNIX, "open"), (INSIDE, "inside"), (OVER_UNIX, "open")],
        [(INSIDE, "inside"), (OVER_UNIX, "open")],
        [(TO_ADDRESS, "open"), ({**PLAIN, "SERVER_ADDR": "192.0.2.9"}, "inside"), (TO_ADDRESS, "open")],
    ],
)
def test_virtual_host_is_not_the_one_of_another_request(root: Path, order: list[tuple[dict[str, Any], str]]) -> None:
    for name in ("open", "closed", "inside"):
        (root / name).mkdir(exist_ok=True)
        (root / name / "name.txt").write_text(name)
    app = site(HOSTS.format(root=root), root=root)
    for environ, wanted in order:
        assert app.get("/name.txt", extra_environ=environ).text == wanted


# Source of programs that nobody runs here.


@pytest.mark.parametrize(
    ("directives", "wanted"),
    [
        ("AddHandler application/x-httpd-php .php", 500),
        ("AddHandler php5-script .php", 500),
        ("SetHandler application/x-httpd-php", 500),
        ('<FilesMatch "\\.ph(p|tml)$">\nSetHandler application/x-httpd-php\n</FilesMatch>', 500),
        ('<FilesMatch "\\.php$">\nSetHandler application/x-httpd-php-source\n</FilesMatch>', 500),
        ("AddType application/x-httpd-php .php", 500),
        ("AddType application/X-Httpd-PHP;v=5 .php", 500),
        ("AddType application/x-httpd-cgi .php", 403),  # without ExecCGI nothing runs
        ("AddType application/x-httpd-cgi .php\nOptions ExecCGI", 500),
        ("AddType text/x-server-parsed-html .php", 500),
        ("ForceType application/x-httpd-php", 500),
        ("AddType text/plain .php", 200),
        # The type stands in for a handler only where there is none.
        ("AddType application/x-httpd-php .php\nSetHandler default-handler", 200),
    ],
)
def test_source_is_not_sent(root: Path, directives: str, wanted: int) -> None:
    (root / "page.php").write_text("<?php $password = 'secret'; ?>")
    app = site(directives, root=root)
    for path in ("/page.php", "/page.php?x", "//page.php"):
        answer = app.get(path, status=wanted)
        assert (b"secret" in answer.body) == (wanted == 200)


@pytest.mark.parametrize("name", ["mod_python", "python-program", "Python-Program"])
def test_python_handler_named_by_a_media_type_runs(root: Path, name: str) -> None:
    app = site(f"AddType {name} .py\nPythonHandler tried::own", root=root)
    assert app.get("/open/data.py").text == "handler"


# Sections and directories, as httpd applies them.

SLASHLESS = f"""
    SetHandler mod_python
    PythonHandler tried::own
    DirectorySlash Off
    <Files "closed">
        {CLOSED}
    </Files>
    <DirectoryMatch "/shut$">
        {CLOSED}
    </DirectoryMatch>
    <DirectoryMatch "/inner/$">
        {CLOSED}
    </DirectoryMatch>
"""


@pytest.mark.parametrize(
    ("path", "wanted"),
    [("/closed", 403), ("/closed/", 200), ("/shut", 403), ("/shut/", 200), ("/inner", 200), ("/inner/", 403)],
)
def test_directory_without_its_slash_is_a_name(root: Path, path: str, wanted: int) -> None:
    for name in ("shut", "inner"):
        (root / name).mkdir()
    assert status(site(SLASHLESS, root=root), path) == wanted


@pytest.mark.parametrize("options", ["", "Options None", "Options SymLinksIfOwnerMatch"])
@pytest.mark.parametrize("path", ["/closed/page.txt", "/closed/page.txt/", "/closed/page.txt/x"])
def test_directory_section_of_a_files_name_opens_only_where_httpd_lets_it(root: Path, options: str, path: str) -> None:
    config = f"""
        {options}
        SetHandler mod_python
        PythonHandler tried::own
        <Directory "{root}/closed">
            {CLOSED}
        </Directory>
        <Directory "{root}/*/page.txt">
            Require all granted
        </Directory>
    """
    app = site(config, root=root)
    assert status(app, path) == (200 if path.endswith(".txt") and not options else 403)


@pytest.mark.parametrize(
    ("directives", "wanted"),
    [
        ("", 200),
        ("AuthType None", 200),
        ("AuthType Basic\nAuthName x", 500),
        ("AuthType Basic\nAuthName x\nPythonAuthenHandler tried::own", 500),
        ("AuthType Own", 500),
        ("AuthType Basic\nAuthName x\nOrder allow,deny\nAllow from all", 500),
        ("AuthType Basic\nAuthName x\nOrder allow,deny", 403),
        ("AuthType Basic\nAuthName x\nRequire all granted", 200),
        ("AuthType Basic\nAuthName x\n<Limit POST>\nRequire valid-user\n</Limit>", 200),
    ],
)
def test_auth_type_without_require_closes(root: Path, directives: str, wanted: int) -> None:
    assert status(site(directives, root=root), "/page.txt") == wanted


def test_handler_may_be_added_where_nothing_is_required(root: Path) -> None:
    (root / "adding.py").write_text(
        "def handler(req):\n    req.add_handler('PythonHandler', 'tried::own')\n    return 0\n"
    )
    app = site("SetHandler mod_python\nPythonInitHandler adding::handler", root=root)
    assert app.get("/page.txt").text == "handler"


@pytest.mark.parametrize(
    ("path", "wanted"),
    [("/closed/page.txt", 403), ("/members/page.txt", 401), ("/absent", 404), ("/other", 404)],
)
def test_failing_error_document_leaves_the_error_as_it_was(root: Path, path: str, wanted: int) -> None:
    (root / "members").mkdir()
    config = f"""
        <Directory "{root}/closed">
            {CLOSED}
            ErrorDocument 403 /members/page.txt
        </Directory>
        <Directory "{root}/members">
            AuthType Basic
            AuthName members
            Require valid-user
            ErrorDocument 401 /closed/page.txt
        </Directory>
        ErrorDocument 404 /closed
    """
    answer = site(config, root=root).get(path, status=wanted)
    assert "Additionally" in answer.text
    assert "Location" not in answer.headers


SLASHES = f"""
    <VirtualHost *>
    MergeSlashes Off
    Redirect gone /gone/page.txt
    Alias /other/place {{root}}/open
    <Directory "{{root}}/closed">
        {CLOSED}
    </Directory>
    <Location "/open">
        {CLOSED}
    </Location>
    <Location "/other/place">
        {CLOSED}
    </Location>
    </VirtualHost>
"""


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        *[(path, 410) for path in ("/gone/page.txt", "//gone/page.txt", "/gone//page.txt", "///gone///page.txt/x")],
        *[
            (path, 403)
            for path in ("//closed/page.txt", "/closed//page.txt", "/x/..//closed/page.txt", "/.//closed/page.txt")
        ],
        *[(path, 403) for path in ("//open/page.txt", "/open//page.txt", "/closed/..//open/page.txt")],
        *[(path, 403) for path in ("/other//place/page.txt", "//other///place//page.txt")],
        *[(path, 403) for path in ("//.htpasswd", "/closed//.htpasswd")],
        *[(path, 200) for path in ("/page.txt", "//page.txt", "/x/..//page.txt")],
    ],
)
def test_slashes_in_a_row_pass_nothing_by(root: Path, path: str, wanted: int) -> None:
    assert status(site(SLASHES.format(root=root), root=root), path) == wanted


# What clients make up fills no memory.


def test_long_names_are_not_remembered(root: Path) -> None:
    app = site("<VirtualHost *>\nServerName one.test\n</VirtualHost>", root=root)
    hosts = app.app.hosts
    host = hosts.virtual[0]
    for length in (100, 600, 8000):
        for path in ("/" + "x" * length, "/open/" + "x/" * length, "/page." + "x" * length, "/%ff" + "%c3%a9" * length):
            assert status(app, path) in (403, 404)
            assert status(app, "/page.txt", headers={"Host": "x" * length}) == 200
    kept = [*host.targets, *host.paths, *host._locations, *host._directories]
    kept += (
        [name for _, name in host.guesses] + [key[1] for key in host.configs_by_name] + [key[0] for key in hosts._found]
    )
    assert 8 <= len(kept) <= 100
    assert max(map(len, kept)) <= 512


def test_directories_share_what_is_remembered(root: Path) -> None:
    around = "".join([f"<VirtualHost *>\nServerName h{number}.test\n</VirtualHost>\n" for number in range(9)])
    app = site(around, root=root)
    for number in range(30):
        (root / f"{number}").mkdir()
        for name in range(20):
            status(app, f"/{number}/{name}.txt", headers={"Host": "h5.test"})
    host = app.app.hosts.virtual[5]
    caches = [
        host.targets,
        host.paths,
        host.children,
        host.configs,
        host.configs_by_name,
        host.guesses,
        host._locations,
    ]
    assert [len(cache) <= 4096 // 10 for cache in caches] == [True] * len(caches)


@pytest.mark.parametrize("code", [100, 101, 102, 103, 199])
@pytest.mark.parametrize("line", ["", "req.status_line = '%d Mine'"])
@pytest.mark.parametrize("flush", [0, 1])
def test_interim_status_is_not_sent_as_an_answer(root: Path, code: int, line: str, flush: int) -> None:
    (root / "early.py").write_text(
        f"def handler(req):\n    req.content_type = 'text/plain'\n    req.status = {code}\n"
        f"    {line % code if line else 'pass'}\n    req.write('own', {flush})\n    return 0\n"
    )
    answer = site("SetHandler mod_python\nPythonHandler early", root=root).get("/page.txt", status="*")
    assert answer.status == "500 Internal Server Error"


NAMELESS = """
    ServerName main.test
    <VirtualHost {first}>
        ServerName first.test
    </VirtualHost>
    <VirtualHost {second}>
        DocumentRoot {root}/open
    </VirtualHost>
    <VirtualHost *>
        ServerName any.test
        ServerAlias * ::1
        DocumentRoot {root}/closed
    </VirtualHost>
"""


@pytest.mark.parametrize(
    ("addresses", "host", "wanted"),
    [
        (("*", "*"), "main.test", "open"),  # a host without a name has the main server's
        (("*", "*"), "MAIN.test.:80", "open"),
        (("*", "192.0.2.1 _default_"), "main.test", "open"),
        (("*", "192.0.2.1"), "main.test", "closed"),
        (("*", "*"), "first.test", ""),
        (("*", "*"), "other.test", "closed"),
        (("*", "*"), None, ""),  # no name: not even "*" bears it
        (("*", "192.0.2.1"), "[::1]", "closed"),
    ],
)
def test_virtual_host_is_httpds(root: Path, addresses: tuple[str, str], host: str | None, wanted: str) -> None:
    first, second = addresses
    app = site(NAMELESS.format(root=root, first=first, second=second), root=root)
    environ = {"SERVER_PROTOCOL": "HTTP/1.0", **({} if host is None else {"HTTP_HOST": host})}
    found = app.app.hosts.find(environ, "/page.txt").base[core.DOCUMENT_ROOT]
    assert found == str(root / wanted)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/ab", 403),
        ("/ab/", 403),
        ("/ab/c", 403),
        ("/abc", 404),
        ("/abc/d", 404),
        ("/a", 404),
        ("/ab/" + "x/" * 4000, 403),
    ],
)
def test_literal_location_holds_for_whole_segments(root: Path, path: str, wanted: int) -> None:
    assert status(site(f"<Location /ab>\n{CLOSED}\n</Location>", root=root), path) == wanted


# What a handler redirects to internally is read as a client's path is.


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ("/open/page.txt", 200),
        ("/open/page.txt?x#y", 200),
        ("/open/page.txt#x/../../closed", 200),
        ("http://elsewhere.test/open/page.txt", 200),
        *[
            (path, 403)
            for path in ("/closed/page.txt", "//closed/page.txt", "/open/%2e%2e/closed/page.txt", "/.htpasswd")
        ],
        ("/%2ehtpasswd", 403),
        ("", 403),  # the root, as httpd has it: a folder that is not listed
        *[(path, 404) for path in ("/open%2fpage.txt", "/closed%2Fpage.txt", "/open/page.txt%00", "/open/page.txt%20")],
        *[(path, 400) for path in ("/open/page.txt%", "/open/page.txt%zz", "/../open/page.txt", "open/page.txt")],
        *[(path, 400) for path in ("ftp://elsewhere.test/open/page.txt", "x://y")],
    ],
)
def test_internal_redirect(root: Path, target: str, wanted: int) -> None:
    (root / "go.py").write_text(f"def handler(req):\n    req.internal_redirect({target!r})\n    return 0\n")
    config = f"""
        AddHandler mod_python .go
        PythonHandler go
        <Directory "{root}/closed">
            {CLOSED}
        </Directory>
    """
    assert status(site(config, root=root), "/x.go") == wanted


@pytest.mark.parametrize(
    ("directive", "path", "wanted"),
    [
        ("", "/open%2fpage.txt", 404),
        ("AllowEncodedSlashes On", "/open%2fpage.txt", 200),
        ("AllowEncodedSlashes On", "/closed%2fpage.txt", 403),
        ("AllowEncodedSlashes On", "/open%2f..%2fclosed%2Fpage.txt", 403),
        ("AllowEncodedSlashes NoDecode", "/open%2fpage.txt", 404),
        ("AllowEncodedSlashes NoDecode", "/open/..%2fclosed/page.txt", 404),
        ("AllowEncodedSlashes NoDecode", "/%6fpen/page.txt", 200),
    ],
)
def test_encoded_slashes(root: Path, directive: str, path: str, wanted: int) -> None:
    config = f'{directive}\n<Directory "{root}/closed">\n{CLOSED}\n</Directory>'
    assert status(site(config, root=root), path, extra_environ={"RAW_URI": path}) == wanted


# To httpd's patterns a name is bytes: an e-acute is two of them.


@pytest.mark.parametrize(
    ("section", "closed"),
    [
        ('<FilesMatch "^.{4}\\.txt$">', {"éé.txt", "abcd.txt"}),
        ('<FilesMatch "^\\W\\W\\.txt$">', {"é.txt"}),
        ('<FilesMatch "^(é|x)+\\.txt$">', {"é.txt", "éé.txt"}),
        ('<Files "????.txt">', {"éé.txt", "abcd.txt"}),
        ('<Files "é*">', {"é.txt", "éé.txt"}),
        ('<Files "é.txt">', {"é.txt"}),
        ('<LocationMatch "^/.{4}\\.txt$">', {"éé.txt", "abcd.txt"}),
        ('<Location "/??.txt">', {"é.txt"}),
        ('<DirectoryMatch "/.{4}\\.txt$">', {"éé.txt", "abcd.txt"}),
    ],
)
def test_patterns_see_bytes(root: Path, section: str, closed: set[str]) -> None:
    names = {"é.txt", "éé.txt", "abcd.txt"}
    for name in names:
        (root / name).write_text("secret")
    app = site(f"{section}\n{CLOSED}\n</{section[1:].split()[0]}>", root=root)
    assert {name for name in names if status(app, f"/{quote(name)}") == 403} == closed


def test_what_a_pattern_found_is_text_again(root: Path) -> None:
    (root / "é").mkdir()
    (root / "é" / "page.txt").write_text("secret")
    config = f"""
        <VirtualHost *>
            AliasMatch "^/to(.)(.)/(.*)" "{root}/$1$2/$3"
            <Directory "{root}/é">
                {CLOSED}
            </Directory>
        </VirtualHost>
    """
    app = site(config, root=root)
    assert status(app, "/to%c3%a9/page.txt") == 403
    assert status(app, "/toop/en/page.txt") == 404


@pytest.mark.parametrize(
    ("rules", "get", "post"),
    [
        ("", 200, 200),
        ("Require method POST", 403, 403),  # httpd looks the index up as for GET
        ("Require method GET", 200, 403),
        ("<Limit GET>\nRequire all denied\n</Limit>", 403, 403),
        ("<Limit POST>\nRequire all denied\n</Limit>", 200, 403),
        ("<Limit GET>\nDeny from all\n</Limit>", 403, 403),
        ("AuthType Basic\nAuthName x\n<Limit GET>\nRequire valid-user\n</Limit>", 401, 401),
    ],
)
def test_index_is_open_to_get_and_to_the_requests_method(root: Path, rules: str, get: int, post: int) -> None:
    app = site(f'DirectoryIndex page.txt\n<Files "page.txt">\n{rules}\n</Files>', root=root)
    assert status(app, "/") == get
    assert app.post("/", status="*").status_int == post


@pytest.mark.parametrize(
    ("listens", "scheme", "wanted"),
    [
        (["127.0.0.1:8081", "8080"], "http", "8080"),
        (["[::1]:8081", "localhost:8082", "8080", "8090"], "http", "8080"),
        (["127.0.0.1:8081", "443", "80"], "http", "80"),
        (["127.0.0.1:8081", "443", "80"], "https", "443"),
        (["443", "8080"], "http", "443"),
        (["127.0.0.1:8081"], "http", "8081"),
    ],
)
def test_unknown_port_leads_to_no_host_of_this_machine_alone(
    root: Path, listens: list[str], scheme: str, wanted: str
) -> None:
    ports = [listen.rpartition(":")[2] for listen in listens]
    config = "".join(
        [f"Listen {listen}\n" for listen in listens]
        + [f"<VirtualHost *:{port}>\nDocumentRoot {root}/{port}\n</VirtualHost>\n" for port in ports]
    )
    environ = {"HTTP_HOST": "x", "SERVER_PORT": "8000", "wsgi.url_scheme": scheme}
    found = site(config, root=root).app.hosts.find(environ, "/")
    assert found.base[core.DOCUMENT_ROOT] == str(root / wanted)
