"""Whole configurations: hosts, sections, what distributions install, and where the messages point."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from stock_configurations import DEBIAN, FEDORA, RED_HAT_22

from modpy_wsgi.config.directives import access_compat, alias, authz_core, core, mime, mpm, python
from modpy_wsgi.config.load import load_site, load_text
from modpy_wsgi.config.model import Address, SectionKind
from modpy_wsgi.config.patterns import Regex, compile_regex, compile_wildcard
from modpy_wsgi.errors import ConfigError

ADDRESSES = {
    "*": [Address("*", None)],
    "*:80": [Address("*", 80)],
    "*:*": [Address("*", None)],
    "_default_:443": [Address("_default_", 443)],
    "_default_:*": [Address("_default_", None)],
    "10.0.0.1": [Address("10.0.0.1", None)],
    "10.0.0.1:80 10.0.0.2:*": [Address("10.0.0.1", 80), Address("10.0.0.2", None)],
    "[::1]:80": [Address("::1", 80)],
    "[2001:DB8::1]": [Address("2001:db8::1", None)],
    "[2001:db8:0:0::1]": [Address("2001:db8::1", None)],
    '"*:80"': [Address("*", 80)],
    "Example.test:81": [Address("192.0.2.1", 81), Address("2001:db8::7", 81)],
    "example.test *:80": [Address("192.0.2.1", None), Address("2001:db8::7", None), Address("*", 80)],
}


@pytest.mark.parametrize(("text", "wanted"), ADDRESSES.items())
def test_addresses(monkeypatch: pytest.MonkeyPatch, text: str, wanted: list[Address]) -> None:
    known = {"example.test": [(0, 0, 0, "", ("192.0.2.1", 0)), (0, 0, 0, "", ("2001:db8::7", 0, 0, 0))]}
    monkeypatch.setattr("socket.getaddrinfo", lambda name, *rest, **more: known[name])
    (host,) = load_text(f"<VirtualHost {text}>\n</VirtualHost>").hosts
    assert list(host.addresses) == wanted


@pytest.mark.parametrize("error", [OSError(-2, "Name or service not known"), UnicodeError("label too long")])
def test_a_virtual_host_of_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def nobody(*args: object, **more: object) -> None:
        raise error

    monkeypatch.setattr("socket.getaddrinfo", nobody)
    (warning,) = load_text("\n<VirtualHost nobody.test:81>\n</VirtualHost>").warnings
    assert warning.endswith(":2: could not resolve host name nobody.test -- ignoring!")


def test_names() -> None:
    text = """
    ServerName Main.example.org
    <VirtualHost *>
        ServerAlias www.Example.org
        ServerAlias *.example.net www?.example.org other
        ServerName https://Example.org:443
    </VirtualHost>
    <VirtualHost *>
    </VirtualHost>
    """
    site = load_text(text)
    assert site.main.names == ("main.example.org",)
    first, second = site.hosts
    assert first.names == ("example.org", "www.example.org", "other")
    assert first.wild_names == ("*.example.net", "www?.example.org")
    assert (second.names, second.wild_names) == ((), ())
    assert (first.origin.file, first.origin.line) == ("<text>", 3)


SECTIONS = {
    "<Directory /srv>": (SectionKind.DIRECTORY, "/srv/", None),
    "<Directory />": (SectionKind.DIRECTORY, "/", None),
    "<Directory /srv//a/../b/>": (SectionKind.DIRECTORY, "/srv/b/", None),
    '<Directory "/srv/a b">': (SectionKind.DIRECTORY, "/srv/a b/", None),
    "<Directory /home/*/www>": (SectionKind.DIRECTORY, "/home/*/www/", compile_wildcard),
    '<Directory ~ "^/srv/(a|b)$">': (SectionKind.DIRECTORY_MATCH, "^/srv/(a|b)$", compile_regex),
    "<DirectoryMatch ^/srv/.+/x>": (SectionKind.DIRECTORY_MATCH, "^/srv/.+/x", compile_regex),
    "<DirectoryMatch ~ ^/srv>": (SectionKind.DIRECTORY_MATCH, "^/srv", compile_regex),
    "<Location /a/>": (SectionKind.LOCATION, "/a/", None),
    "<Location /a/*/b>": (SectionKind.LOCATION, "/a/*/b", compile_wildcard),
    "<Location ~ /a>": (SectionKind.LOCATION_MATCH, "/a", compile_regex),
    "<LocationMatch /(a|b)>": (SectionKind.LOCATION_MATCH, "/(a|b)", compile_regex),
}


@pytest.mark.parametrize(("text", "wanted"), SECTIONS.items())
def test_section(text: str, wanted: tuple[SectionKind, str, Callable[[str], Regex] | None]) -> None:
    (section,) = load_text(f"{text}\nSetEnv A 1\n</{text[1:].split()[0]}>").main.sections
    kind, pattern, compiled = wanted
    assert (section.kind, section.pattern) == (kind, pattern)
    assert (section.regex and section.regex.pattern) == (compiled and compiled(pattern).pattern)
    assert section.settings


FILES = {
    "<Files x.py>": (SectionKind.FILES, "x.py", None),
    "<Files ./x.py>": (SectionKind.FILES, "x.py", None),
    "<Files *.py>": (SectionKind.FILES, "*.py", compile_wildcard),
    r'<Files ~ "^\.ht">': (SectionKind.FILES_MATCH, r"^\.ht", compile_regex),
    r"<FilesMatch \.(gif|png)$>": (SectionKind.FILES_MATCH, r"\.(gif|png)$", compile_regex),
}


@pytest.mark.parametrize("around", ["", "<Directory /srv>", "<VirtualHost *>"])
@pytest.mark.parametrize(("text", "wanted"), FILES.items())
def test_files(text: str, wanted: tuple[SectionKind, str, Callable[[str], Regex] | None], around: str) -> None:
    close = f"</{around[1:].split()[0]}>" if around else ""
    site = load_text(f"{around}\n{text}\nSetEnv A 1\n</{text[1:].split()[0]}>\n{close}")
    settings = (site.hosts or site.main.sections or (site.main,))[0].settings
    (section,) = settings[core.FILES_SECTIONS]
    kind, pattern, compiled = wanted
    assert (section.kind, section.pattern) == (kind, pattern)
    assert (section.regex and section.regex.pattern) == (compiled and compiled(pattern).pattern)


def test_sections_stand_in_their_host_in_order() -> None:
    text = """
    <Location /1>
    </Location>
    <VirtualHost *>
        <Directory /2>
        </Directory>
        <Location /3>
        </Location>
    </VirtualHost>
    <Directory /4>
    </Directory>
    """
    site = load_text(text)
    assert [section.pattern for section in site.main.sections] == ["/1", "/4/"]
    assert [section.pattern for section in site.hosts[0].sections] == ["/2/", "/3"]
    assert [section.origin.line for section in site.hosts[0].sections] == [5, 7]


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.format(root=folder))
    return folder / next(name for name in files if name.endswith(("httpd.conf", "apache2.conf")))


def without_missing_roots(warnings: tuple[str, ...]) -> list[str]:
    """What is told where the distribution is not installed does not count."""
    absent = ("DocumentRoot '/var/www/html' is not a directory", "TypesConfig '/etc/mime.types' is not there")
    return [line for line in warnings if not line.startswith(absent)]


def test_fedora(tmp_path: Path) -> None:
    site = load_site(written(tmp_path, FEDORA))
    settings = site.main.settings
    assert without_missing_roots(site.warnings) == []
    assert [Path(file).name for file in site.files[1:4]] == ["00-base.conf", "00-dav.conf", "00-lua.conf"]
    assert settings[core.SERVER_ROOT] == str(tmp_path)
    assert settings[core.ERROR_LOG] == f"{tmp_path}/logs/error_log"
    assert [(found.prefix, found.handler) for found in settings[alias.ALIASES]] == [
        ("/cgi-bin/", "cgi-script"),
        ("/icons/", None),
        ("/.noindex.html", None),
        ("/poweredby.png", None),
    ]
    assert settings[mime.OUTPUT_FILTERS_BY_EXT] == {"shtml": ("includes",)}
    assert [section.pattern for section in site.main.sections] == [
        "/",
        "/var/www/",
        "/var/www/html/",
        "/var/www/cgi-bin/",
        "/usr/share/httpd/icons/",
        "/home/*/public_html/",
        "^/+$",
        "/usr/share/httpd/noindex/",
    ]
    home = site.main.sections[5].settings
    rules = home[authz_core.AUTHORIZATION].rules
    assert rules is not None
    assert [rule.words for rule in rules.members] == [("method", "GET", "POST", "OPTIONS")]
    welcome = site.main.sections[6].settings
    assert welcome[core.ERROR_DOCUMENTS] == {403: core.ErrorDocument("local", "/.noindex.html")}


def test_debian(tmp_path: Path) -> None:
    site = load_site(written(tmp_path, DEBIAN))
    settings = site.main.settings
    assert without_missing_roots(site.warnings) == []
    assert settings[core.SERVER_ROOT] == str(tmp_path)
    assert (settings[mpm.USER], settings[mpm.GROUP]) == ("www-data", "www-data")
    assert settings[mpm.PID_FILE] == "/var/run/apache2/apache2.pid"
    assert settings[core.ERROR_LOG] == "/var/log/apache2/error.log"
    assert [listen.port for listen in settings[core.LISTEN]] == [80]
    assert settings[mpm.THREADS_PER_CHILD] == 25
    assert [section.pattern for section in site.main.sections] == ["/server-status", "/", "/var/www/"]
    (host,) = site.hosts
    assert host.settings[core.DOCUMENT_ROOT] == "/var/www/html"


def test_red_hat_with_httpd_22(tmp_path: Path) -> None:
    site = load_site(written(tmp_path, RED_HAT_22))
    settings = site.main.settings
    assert without_missing_roots(site.warnings) == []
    assert settings[mpm.MAX_REQUEST_WORKERS] == 256
    assert mpm.THREADS_PER_CHILD not in settings
    access = next(s for s in site.main.sections if s.pattern == "/var/www/html/").settings[access_compat.ACCESS]
    assert access is not None and access.orders[0].word == "allow,deny"
    publisher = next(s for s in site.main.sections if s.pattern == "/var/www/python/").settings
    assert publisher[python.HANDLERS]["PythonHandler"][0].name == "mod_python.publisher"


def test_the_configuration_of_this_machine() -> None:
    conf = Path("/etc/apache2/apache2.conf")
    if not conf.exists():
        pytest.skip("no apache2 is installed")
    assert without_missing_roots(load_site(conf).warnings) == []


def test_variables_of_the_environment_and_of_envvars(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODPY_TEST_A", "a")
    monkeypatch.setenv("MODPY_TEST_B", "b")
    (tmp_path / "envvars").write_text("export MODPY_TEST_B=c\nexport MODPY_TEST_C=$MODPY_TEST_A/x\n")
    conf = tmp_path / "httpd.conf"
    conf.write_text("ServerAdmin ${MODPY_TEST_A}-${MODPY_TEST_B}-${MODPY_TEST_C}\n")
    assert load_site(conf).main.settings[core.SERVER_ADMIN] == "a-c-a/x"


def test_command_line(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    conf = tmp_path / "httpd.conf"
    conf.write_text("ServerAdmin two\n<IfDefine A>\nTimeout 7\n</IfDefine>\nErrorLog log\n")
    site = load_site(
        conf,
        defines=["A"],
        server_root=str(tmp_path / "root"),
        before=["ServerAdmin one", "ServerPath /p"],
        after=["Timeout 8"],
    )
    assert site.main.settings[core.SERVER_ADMIN] == "two"
    assert site.main.settings[core.SERVER_PATH] == "/p"
    assert site.main.settings[core.TIMEOUT] == 8
    assert site.main.settings[core.ERROR_LOG] == f"{tmp_path}/root/log"
    with pytest.raises(ConfigError, match=r"^-c directive:1: unknown directive 'Foo'"):
        load_site(conf, after=["Foo"])


def test_the_server_root_when_nothing_names_it(tmp_path: Path) -> None:
    for name, root in {"conf/httpd.conf": tmp_path, "etc/apache2.conf": tmp_path / "etc"}.items():
        file = tmp_path / name
        file.parent.mkdir()
        file.write_text("ErrorLog x\n")
        assert load_site(file).main.settings[core.ERROR_LOG] == f"{root}/x"


def test_what_acts_while_reading_leaves_no_trace_in_the_tree() -> None:
    site = load_text("ServerRoot /\nLoadModule a_module a.so\nDefine A\nTimeout 1\n<Location /x>\n</Location>")
    assert [node.name for node in site.tree] == ["Timeout", "<Location"]


def test_paths_follow_the_last_server_root(tmp_path: Path) -> None:
    text = f"ErrorLog x\nServerRoot {tmp_path}"
    assert load_text(text).main.settings[core.ERROR_LOG] == f"{tmp_path}/x"


def test_an_error_points_into_the_included_file(tmp_path: Path) -> None:
    (tmp_path / "part.conf").write_text("\n\nKeepAlive \\\n maybe\n")
    (tmp_path / "httpd.conf").write_text("Include part.conf\n")
    with pytest.raises(ConfigError) as caught:
        load_site(tmp_path / "httpd.conf")
    assert str(caught.value) == f"{tmp_path}/part.conf:3: KeepAlive must be On or Off (usage: KeepAlive On|Off)"


def test_no_such_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing\.conf: could not open configuration file: No such file"):
        load_site(tmp_path / "nothing.conf")


def test_what_stands_in_a_false_condition_is_not_judged() -> None:
    load_text(
        "<IfModule mod_php7.c>\nphp_value a b\n</IfModule>\n<IfModule mod_rewrite.c>\nRewriteEngine On\n</IfModule>"
    )


def test_a_module_that_is_loaded_and_not_implemented_stops_the_start() -> None:
    text = "LoadModule rewrite_module x.so\n<IfModule mod_rewrite.c>\nRewriteEngine On\n</IfModule>"
    with pytest.raises(ConfigError, match=r"^<text>:3: RewriteEngine: not implemented"):
        load_text(text)


def test_a_missing_document_root_is_told(tmp_path: Path) -> None:
    site = load_text(f"DocumentRoot {tmp_path}\n<VirtualHost *>\nDocumentRoot {tmp_path}/none\n</VirtualHost>")
    assert site.warnings == (f"DocumentRoot '{tmp_path}/none' is not a directory, or is not readable",)


@pytest.mark.parametrize("name", ["DocumentRoot", "ServerRoot", "TypesConfig"])
def test_names_that_are_too_long_are_warned_of(name: str) -> None:
    (warning,) = load_text(f"{name} /{'x' * 300}").warnings
    assert name in warning


def test_an_optional_include_may_have_too_long_a_name() -> None:
    assert load_text(f"IncludeOptional /{'x' * 300}").warnings == ()


def test_a_missing_list_of_types_is_told() -> None:
    assert load_text("TypesConfig /no/types").warnings[0].startswith("TypesConfig '/no/types' is not there")
    assert load_text("Timeout 1").warnings == ()


def test_the_environment_is_not_shown() -> None:
    site = load_text("Define SECRET hunter2")
    assert site.names.variables["SECRET"] == "hunter2"
    assert "hunter2" not in repr(site)
