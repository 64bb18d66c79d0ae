"""What a .htaccess may say under AllowOverride, and that nothing of it holds unless all of it can be followed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from modpy_wsgi.config.directives import access_compat, authz_core, core, env, python
from modpy_wsgi.config.directives import dir as mod_dir
from modpy_wsgi.config.directives.options import Nonfatal
from modpy_wsgi.config.htaccess import MAX_FILE, read_htaccess
from modpy_wsgi.config.load import load_text
from modpy_wsgi.config.model import Names, Override, Settings
from modpy_wsgi.errors import ConfigError

NONE, ALL = Override.NONE, Override.ALL
INFO, AUTH, INDEXES, LIMIT, OPTIONS = (
    Override.FILEINFO,
    Override.AUTHCONFIG,
    Override.INDEXES,
    Override.LIMIT,
    Override.OPTIONS,
)

# text -> the classes of AllowOverride that allow it (any one is enough)
ALLOWED = {
    "PythonHandler a": ALL,
    "PythonOption a b": ALL,
    "PythonDebug On": ALL,
    "PythonInterpreter a": ALL,
    "PythonAuthenHandler a": ALL,
    "SetHandler mod_python": INFO,
    "AddHandler mod_python .py": INFO,
    "AddType text/html .x": INFO,
    "ErrorDocument 404 /x": INFO,
    "SetEnv A 1": INFO,
    "SetEnvIf Host a b": INFO,
    "Redirect /a /b": INFO,
    "ForceType text/plain": INFO,
    "AuthType Basic": AUTH,
    "AuthName x": AUTH,
    "Require valid-user": AUTH,
    "<Limit GET>\n</Limit>": AUTH | LIMIT,
    "Order allow,deny": LIMIT,
    "Deny from all": LIMIT,
    "Options None": OPTIONS,
    "DirectoryIndex a": INDEXES,
    "DirectorySlash Off": INDEXES,
    "IndexOptions FancyIndexing": INDEXES,
    "LimitRequestBody 5": ALL,
    "ServerSignature Off": ALL,
    "<Files x>\n</Files>": ALL,
    "<IfModule !core.c>\n</IfModule>": ALL | NONE,
    "LanguagePriority en": INFO,
    # never
    "DocumentRoot /": NONE,
    "Alias /a /b": NONE,
    "AllowOverride All": NONE,
    "PythonTransHandler a": NONE,
    "PythonImport a b": NONE,
    "HostnameLookups On": NONE,
    "Include /dev/null": NONE,
    "IncludeOptional /dev/null": NONE,
    "Define A": NONE,
    "LoadModule a_module b.so": NONE,
    "ServerRoot /": NONE,
    "<Directory /x>\n</Directory>": NONE,
    "<Location /x>\n</Location>": NONE,
    "<VirtualHost *>\n</VirtualHost>": NONE,
    "AccessFileName x": NONE,
    "PythonOutputFilter a B": NONE,
    "TypesConfig x": NONE,
}


@pytest.fixture
def htaccess(tmp_path: Path) -> Path:
    return tmp_path / ".htaccess"


@pytest.mark.parametrize("given", [INFO, AUTH, INDEXES, LIMIT, OPTIONS, ALL, INFO | AUTH])
@pytest.mark.parametrize("text", ALLOWED)
def test_allow_override(text: str, given: Override, htaccess: Path) -> None:
    htaccess.write_text("\n" + text + "\n")
    if ALLOWED[text] & given or text.startswith("<IfModule"):
        read_htaccess(str(htaccess), allow=given)
    else:
        name = text.split()[0] + (">" if text.startswith("<") else "")
        with pytest.raises(ConfigError) as caught:
            read_htaccess(str(htaccess), allow=given)
        assert str(caught.value) == f"{htaccess}:2: {name} not allowed here"


def test_where_a_handler_stands(htaccess: Path) -> None:
    htaccess.write_text("PythonHandler a | .py\n<Files x.py>\nPythonHandler b\n</Files>\n")
    settings = read_htaccess(str(htaccess), allow=INFO)
    folder = f"{htaccess.parent}/"
    assert settings[python.HANDLERS] == {"PythonHandler.py": (python.HandlerRef("a", folder, False, None, None),)}
    (section,) = settings[core.FILES_SECTIONS]
    assert section.settings[python.HANDLERS]["PythonHandler"][0].directory == folder
    assert section.origin.htaccess


def test_limit(htaccess: Path) -> None:
    htaccess.write_text("<Limit POST>\nRequire user a\nDeny from all\n</Limit>\n")
    settings = read_htaccess(str(htaccess), allow=AUTH | LIMIT)
    limit = settings[authz_core.AUTHORIZATION].rules.members[0].methods
    assert limit is not None and limit.covers("POST") and not limit.covers("GET")
    access = settings[access_compat.ACCESS]
    assert access is not None and access.deny[0].methods == limit


@pytest.mark.parametrize(
    ("text", "allow_list", "fine"),
    [
        ("SetEnv A 1", {"setenv"}, True),
        ("SetEnv A 1", {"passenv"}, False),
        ("Require all granted", {"require"}, True),
        ("HostnameLookups On", {"hostnamelookups"}, True),  # of <Directory>, not of .htaccess: a list may name it
        ("DocumentRoot /", {"documentroot"}, False),
        ("<Files x>\nSetEnv A 1\n</Files>", {"setenv"}, False),
        ("<IfModule core.c>\nSetEnv A 1\n</IfModule>", {"setenv"}, True),
    ],
)
def test_allow_override_list(text: str, allow_list: set[str], fine: bool, htaccess: Path) -> None:
    htaccess.write_text(text)
    if fine:
        assert read_htaccess(str(htaccess), allow=NONE, allow_list=frozenset(allow_list))
    else:
        with pytest.raises(ConfigError, match="not allowed here"):
            read_htaccess(str(htaccess), allow=NONE, allow_list=frozenset(allow_list))


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("Options Indexes", True),
        ("Options +Indexes -MultiViews", True),
        ("Options None", True),
        ("Options ExecCGI", False),
        ("Options +ExecCGI", False),
        ("Options -ExecCGI", False),
        ("Options All", False),
    ],
)
def test_options_may_be_limited(text: str, fine: bool, htaccess: Path) -> None:
    htaccess.write_text(text)
    only = frozenset({"Indexes", "MultiViews"})
    if fine:
        assert core.OPTIONS in read_htaccess(str(htaccess), allow=OPTIONS, allow_options=only)
    else:
        with pytest.raises(ConfigError, match="not allowed here"):
            read_htaccess(str(htaccess), allow=OPTIONS, allow_options=only)


NONFATAL = {
    "a forbidden directive": ("SetEnv A 1\nOptions None", Nonfatal.OVERRIDE, ":2: Options forbidden by AllowOverride"),
    "a forbidden section": (
        "SetEnv A 1\n<Limit GET>\nRequire valid-user\nFoo\n</Limit>",
        Nonfatal.OVERRIDE,
        ":2: <Limit> forbidden by AllowOverride",
    ),
    "an unknown directive": (
        "SetEnv A 1\nphp_value a b",
        Nonfatal.UNKNOWN,
        ":2: unknown directive 'php_value' skipped",
    ),
}


@pytest.mark.parametrize(("text", "nonfatal", "wanted"), NONFATAL.values(), ids=NONFATAL)
def test_nonfatal(text: str, nonfatal: Nonfatal, wanted: str, htaccess: Path) -> None:
    htaccess.write_text(text)
    other = Nonfatal.ALL & ~nonfatal
    for given in (nonfatal, Nonfatal.ALL):
        told: list[str] = []
        settings = read_htaccess(str(htaccess), allow=INFO, nonfatal=given, warn=told.append)
        assert settings[env.ENV] == (("set", "A", "1"),)
        assert told == [str(htaccess) + wanted]
    with pytest.raises(ConfigError):
        read_htaccess(str(htaccess), allow=INFO, nonfatal=other)


BROKEN = {
    "unknown": ("\nRequre all granted", ":2: unknown directive 'Requre' (did you mean Require?)"),
    "not implemented": ("RewriteEngine On", ":1: RewriteEngine: not implemented: URLs are not rewritten"),
    "arguments": ("SetEnv A b c", ":1: SetEnv takes 1-2 arguments (usage: SetEnv name [value])"),
    "value": ("Options Foo", ":1: Options: illegal option 'Foo'"),
    "not closed": ("SetEnv A 1\n<Files x>", ":2: <Files> was not closed"),
    "a long line": ("SetEnv A " + "x" * 8200, ":1: line longer than 8191 bytes"),
    "a NUL byte": ("SetEnv A 1\nSetEnv B \0", ":2: a NUL byte in the file"),
    "deep": ("<Files x>\n" * 200, "nested more than 100 deep"),
    "regular expression": ("<FilesMatch (>\n</FilesMatch>", "regular expression '('"),
    "a method of its own": ("<Limit GET FOO>\n</Limit>", ":1: <Limit> the method 'FOO' is not known"),
    "<If>": ("<If true>\n</If>", ":1: <If> is not implemented"),
}


@pytest.mark.parametrize(("text", "wanted"), BROKEN.values(), ids=BROKEN)
def test_broken(text: str, wanted: str, htaccess: Path) -> None:
    htaccess.write_text(text)
    with pytest.raises(ConfigError) as caught:
        read_htaccess(str(htaccess), allow=ALL)
    assert wanted in str(caught.value)
    assert str(caught.value).startswith(f"{htaccess}:")


def test_conditions_and_variables_are_those_of_the_site(htaccess: Path) -> None:
    site = load_text("Define A 1\nDefine B\nLoadModule foo_module foo.so")
    htaccess.write_text(
        "<IfModule foo_module>\nSetEnv FOO ${A}\n</IfModule>\n<IfDefine B>\nSetEnv BAR x\n</IfDefine>\n"
        "<IfModule mod_bar.c>\nUnknown\n</IfModule>\nSetEnv NONE ${NONE_SUCH}\n"
    )
    told: list[str] = []
    settings = read_htaccess(str(htaccess), allow=INFO, names=site.names, warn=told.append)
    assert [(rule.name, rule.value) for rule in settings[env.ENV]] == [
        ("FOO", "1"),
        ("BAR", "x"),
        ("NONE", "${NONE_SUCH}"),
    ]
    assert told == [f"{htaccess}:10: config variable ${{NONE_SUCH}} is not defined"]
    assert "NONE_SUCH" not in site.names.variables


def test_merging(htaccess: Path) -> None:
    htaccess.write_text("DirectoryIndex b\nOptions +Indexes\n")
    (section,) = load_text("<Directory /srv>\nDirectoryIndex a\nOptions None\n</Directory>").main.sections
    settings = section.settings.merged(read_htaccess(str(htaccess), allow=ALL))
    assert settings[mod_dir.DIRECTORY_INDEX] == ("b",)
    assert settings[core.OPTIONS].names == {"Indexes"}


def test_an_empty_file(htaccess: Path) -> None:
    htaccess.write_text("# nothing\n")
    settings = read_htaccess(str(htaccess), allow=ALL, names=Names())
    assert isinstance(settings, Settings) and not settings


def test_no_file_is_told_from_an_unreadable_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_htaccess(str(tmp_path / ".htaccess"), allow=ALL)
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError):
        read_htaccess(str(tmp_path / "file" / ".htaccess"), allow=ALL)
    (tmp_path / ".htaccess").mkdir()
    with pytest.raises(OSError, match="not a regular file"):
        read_htaccess(str(tmp_path / ".htaccess"), allow=ALL)
    if os.geteuid() != 0:
        (tmp_path / "closed").write_text("")
        (tmp_path / "closed").chmod(0)
        with pytest.raises(PermissionError):
            read_htaccess(str(tmp_path / "closed"), allow=ALL)


def test_a_pipe_is_not_waited_for(htaccess: Path) -> None:
    os.mkfifo(htaccess)
    for _ in range(2):
        with pytest.raises(OSError, match="not a regular file"):
            read_htaccess(str(htaccess), allow=ALL)


NO_FILES = {
    "a directory": (lambda path: path.mkdir(), OSError),
    "a link to a device": (lambda path: path.symlink_to("/dev/zero"), OSError),
    "a link to itself": (lambda path: path.symlink_to(path.name), OSError),
    "a link with too long a name": (lambda path: path.symlink_to("x" * 300), OSError),
    "a link that leads nowhere": (lambda path: path.symlink_to("absent"), FileNotFoundError),
    "a link through a file": (lambda path: path.symlink_to("file/absent"), NotADirectoryError),
}


@pytest.mark.parametrize(("make", "error"), NO_FILES.values(), ids=NO_FILES)
def test_what_is_no_file(htaccess: Path, make: Callable[[Path], None], error: type[OSError]) -> None:
    (htaccess.parent / "file").write_text("")
    make(htaccess)
    descriptors = len(os.listdir("/proc/self/fd"))
    with pytest.raises(error) as caught:
        read_htaccess(str(htaccess), allow=ALL)
    assert (error is OSError) is not isinstance(caught.value, (FileNotFoundError, NotADirectoryError))
    assert len(os.listdir("/proc/self/fd")) == descriptors


def test_a_huge_file_is_not_read_to_its_end(htaccess: Path) -> None:
    with htaccess.open("wb") as file:
        file.truncate(10 * 1024**3)  # it takes no room on the disk
    with pytest.raises(ConfigError, match=f"larger than {MAX_FILE} bytes"):
        read_htaccess(str(htaccess), allow=ALL)


def test_a_large_file_is_read(htaccess: Path) -> None:
    htaccess.write_text("# nothing\n" * 50_000 + "SetEnv A 1\n")
    assert env.ENV in read_htaccess(str(htaccess), allow=ALL)
