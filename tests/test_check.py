"""`modpy-wsgi check`: what it finds in broken sites, what it says of it, and that nothing of a site harms it."""

from __future__ import annotations

import io
import json
import os
import struct
import urllib.parse
from collections.abc import Mapping
from pathlib import Path

import pytest
from stock_configurations import DEBIAN, FEDORA, RED_HAT_22

from modpy_wsgi.check import tree as tree_module
from modpy_wsgi.check.as_json import as_json, as_sarif
from modpy_wsgi.check.as_text import text
from modpy_wsgi.check.compiling import MAX_SOURCE
from modpy_wsgi.check.findings import MAX_FINDINGS, RULES, Finding, Report, Severity
from modpy_wsgi.check.imports import NOBODY, importing_account
from modpy_wsgi.check.progress import Progress
from modpy_wsgi.check.site import Limits, check
from modpy_wsgi.check.sources import FEW, Sources, is_python2
from modpy_wsgi.cli import main
from modpy_wsgi.config.load import load_site, load_text
from modpy_wsgi.errors import ConfigError
from modpy_wsgi.serving.account import account
from modpy_wsgi.serving.source import Source
from tests.oracle import inprocess
from tests.oracle.cases import load, subjects

Captured = pytest.CaptureFixture[str]
Files = Mapping[str, "str | bytes"]

NOTHING: Files = {}

# Above each table's own lines; {root} is the folder of the test.
HEAD = "ServerName www.example.com\nListen 127.0.0.1:8000\nDocumentRoot {root}/htdocs\n"
SERVED = "<Directory {root}/htdocs>\nAllowOverride All\nAddHandler mod_python .py\n</Directory>\n"
FIRST = HEAD.count("\n") + 1  # the number of a table's first line

STATIC = Limits(imports=False)
TRIED = Limits(as_root=True, import_seconds=3.0)


def make(root: Path, conf: str, files: Files = NOTHING) -> Source:
    (root / "htdocs").mkdir(exist_ok=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.replace("{root}", str(root)).encode())
    (root / "httpd.conf").write_text((HEAD + conf).replace("{root}", str(root)))
    return Source(conf=root / "httpd.conf")


def found(root: Path, conf: str, files: Files = NOTHING, limits: Limits = STATIC) -> Report:
    return check(make(root, conf, files), limits)


def rows(report: Report, root: Path, *, notes: bool = False) -> list[tuple[str, str]]:
    """(rule, place below the root) of each finding."""
    kept = [each for each in report.sorted() if notes or each.severity is not Severity.NOTE]
    return [(each.rule.name, each.place.removeprefix(f"{root}/")) for each in kept]


def one(report: Report, rule: str) -> Finding:
    (finding,) = [each for each in report.findings if each.rule.name == rule]
    return finding


# -- the configuration ------------------------------------------------------------------------------------------------

# name: (configuration, {rule: lines})
CONFIGURATIONS = {
    "nothing": ("DirectoryIndex index.html\n", {}),
    "unknown": ("Requre all granted\nDirectoryIdnex x\n", {"unknown-directive": [1, 2]}),
    "not implemented": ("RewriteEngine On\n<If true>\n</If>\n", {"unsupported-directive": [1, 2]}),
    "in a section": (
        "<Directory />\nOptions Foo\n<Files x>\nNonsense\n</Files>\nOptions +Indexes None\n</Directory>\n",
        {"configuration": [2, 6], "unknown-directive": [4]},
    ),
    "a section that is none": (
        "<Directory relative>\nFoo\n</Directory>\nTimeout many\n",
        {"configuration": [1, 4], "unknown-directive": [2]},
    ),
    "a virtual host that is none": (
        "<VirtualHost *:port>\nFoo\nServerAlias b\n</VirtualHost>\n",
        {"configuration": [1], "unknown-directive": [2]},
    ),
    "not where it may stand": ("<Directory />\nListen 80\n</Directory>\n", {"configuration": [2]}),
    "not closed": ("<Location /a>\nTimeout x\n", {"configuration": [1, 2]}),
    "closed by another": (
        "<Location /a>\n<Limit GET>\n</Location>\nTimeout x\n",
        {"configuration": [3, 4]},
    ),
    "never opened": ("</Location>\nTimeout x\n", {"configuration": [1, 2]}),
    "a condition that is none": ("<IfVersion a b c>\nFoo\n</IfVersion>\nTimeout x\n", {"configuration": [1, 4]}),
    "an include": ("Include {root}/absent.conf\nTimeout x\n", {"configuration": [1, 2]}),
    "a warning": ("Alias /a {root}/absent/\n", {"configuration-warning": [1]}),
    "a path that is none": ('PythonPath "sys.path +"\n', {"configuration": [1]}),
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_every_error_of_a_configuration(name: str, tmp_path: Path) -> None:
    conf, wanted = CONFIGURATIONS[name]
    report = found(tmp_path, conf)
    shown = {(rule, f"httpd.conf:{FIRST - 1 + line}") for rule, lines in wanted.items() for line in lines}
    assert set(rows(report, tmp_path)) == shown
    assert all(each.suggestion for each in report.findings)
    assert report.status(strict=True) == bool(wanted)


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_serving_is_as_strict_as_before(name: str, tmp_path: Path) -> None:
    """The loader still stops at an error wherever there is one, and at one of those that check tells."""
    report = check(source := make(tmp_path, CONFIGURATIONS[name][0]), STATIC)
    assert source.conf is not None
    of_loader = {(each.file, each.line) for each in report.findings if each.severity is Severity.ERROR}
    if name in ("nothing", "a warning", "a path that is none"):  # the last is told by whoever starts the server
        load_site(source.conf)
        return
    with pytest.raises(ConfigError) as raised:
        load_site(source.conf)
    assert (raised.value.file, raised.value.line) in of_loader


@pytest.mark.parametrize("subject", subjects())
def test_collecting_is_as_strict_as_raising(subject: str, tmp_path: Path) -> None:
    """With every configuration that was shown to Apache: an error is told if, and only if, it would be raised."""
    for number, case in enumerate(load(subject)):
        root = tmp_path / str(number)
        root.mkdir()
        conf = case.site.build(root, inprocess.PORT)
        problems: list[ConfigError] = []
        load_site(conf, defines=case.site.defines, wrong=problems.append)
        try:
            load_site(conf, defines=case.site.defines)
            raised = None
        except ConfigError as error:
            raised = str(error)
        assert bool(problems) == (raised is not None), case.name
        assert raised is None or raised in map(str, problems), case.name


@pytest.mark.parametrize("files", [DEBIAN, FEDORA, RED_HAT_22], ids=["Debian", "Fedora", "Red Hat, 2.2"])
def test_what_distributions_install(files: dict[str, str], tmp_path: Path) -> None:
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content.replace("{root}", str(tmp_path)))
    conf = next(tmp_path / name for name in ("conf/httpd.conf", "apache2.conf") if name in files)
    report = check(Source(conf=conf), STATIC)
    problems: list[ConfigError] = []
    load_site(conf, wrong=problems.append)
    told = {(each.file, each.line) for each in report.findings}
    assert {(each.file, each.line) for each in problems} <= told
    assert report.directives


def test_what_becomes_of_each_directive(tmp_path: Path) -> None:
    conf = "ExtendedStatus On\nExtendedStatus Off\nRewriteEngine On\nDirectoryIndex a\n"
    report = found(tmp_path, conf + SERVED, {"htdocs/.htaccess": "ErrorDocument 404 x\n"})
    kinds = {name: (use.kind, use.count) for name, use in report.directives.items()}
    assert kinds["ExtendedStatus"] == ("server", 2)
    assert kinds["RewriteEngine"] == ("unsupported", 1)
    assert kinds["DirectoryIndex"] == ("implemented", 1)
    assert kinds["ErrorDocument"] == ("implemented", 1)
    note = one(report, "server-directive")
    assert (note.severity, note.line) == (Severity.NOTE, FIRST)
    assert note.message.startswith("ExtendedStatus is the server's business (2 times): ")


# -- the tree ---------------------------------------------------------------------------------------------------------

BREAKING = {
    "print": ('def f():\n    print "x"\n', 2, "the print statement"),
    "except": ("try:\n    pass\nexcept ValueError, e:\n    pass\n", 3, "`except X, e`"),
    "except of several": ("try:\n    pass\nexcept (KeyError, ValueError), e:\n    pass\n", 3, "`except (X, Y), e`"),
    "backticks": ("x = 1\ny = `x`\n", 2, "backticks for repr()"),
    "unequal": ("if 1 <> 2:\n    pass\n", 1, "`<>` for `!=`"),
    "raise": ('raise ValueError, "x"\n', 1, "`raise X, value`"),
    "octal": ("import os\nos.umask(0022)\n", 2, "an octal number like 0777"),
    "long": ("x = 10L\n", 1, "a long number like 10L"),
    "exec": ('exec "x = 1"\n', 1, "the exec statement"),
    "ur": ("x = ur'a'\n", 1, "a ur'' string"),
    "parameters": ("def f(a, (b, c)):\n    pass\n", 1, "a parameter that is taken apart"),
    "keyword": ("async = 1\n", 1, "a name that is a keyword now"),
    "tabs": ("if 1:\n        x = 1\n\ty = 2\n", 3, "tabs mixed with blanks"),
    "bytes": (b"x = '\xe9'\n", 1, "text without its encoding, which Python 2 took for bytes"),
}


@pytest.mark.parametrize("name", BREAKING)
def test_python_2(name: str, tmp_path: Path) -> None:
    source, line, what = BREAKING[name]
    report = found(tmp_path, SERVED, {"htdocs/old.py": source})
    finding = one(report, "python2")
    assert (finding.file, finding.line) == (f"{tmp_path}/htdocs/old.py", line)
    assert finding.message.startswith(f"Python 2: {what} (")
    assert "2to3" in finding.suggestion
    assert report.status(strict=False) == 1


def test_a_print_statement_that_compiles(tmp_path: Path) -> None:
    report = found(tmp_path, SERVED, {"htdocs/x.py": "import sys\nprint >>sys.stderr, 'x'\n"})
    assert (one(report, "python2").line, report.status(strict=False)) == (2, 0)


def test_many_modules_in_several_processes(tmp_path: Path) -> None:
    files = {f"htdocs/m{number}.py": "x = 1\n" for number in range(FEW)}
    files |= {
        "htdocs/old.py": "print 1\n",
        "htdocs/bad.py": "(\n",
        "htdocs/late.py": "import sys\nprint >>sys.stderr\n",
    }
    report = found(tmp_path, SERVED, files)
    assert set(rows(report, tmp_path)) == {
        ("python2", "htdocs/old.py:1"),
        ("syntax", "htdocs/bad.py:1"),
        ("python2", "htdocs/late.py:2"),
    }
    assert report.modules == len(files)


@pytest.mark.parametrize("number", [3, FEW + 1])
def test_no_time_for_modules(number: int, tmp_path: Path) -> None:
    report = Report()
    sources = Sources(report, Progress(io.StringIO()), seconds=0.0)
    for index in range(number):
        sources.add(f"{tmp_path}/{index}.py")
    sources.run()
    (finding,) = report.findings
    assert finding.rule.name == "not-looked-at"
    assert finding.message.startswith(f"{number} modules")


NO_PYTHON = {
    "a bracket": "x = (1\n",
    "words": "this is no Python\n",
    "a NUL": "x = 1\0\n",
    "too deep": "(" * 10_000 + ")" * 10_000,
    "deeper": "-" * 200_000 + "1",
}


@pytest.mark.parametrize("name", NO_PYTHON)
def test_no_python(name: str, tmp_path: Path) -> None:
    assert rows(found(tmp_path, SERVED, {"htdocs/x.py": NO_PYTHON[name]}), tmp_path)[0][0] == "syntax"


def test_python_3_is_not_blamed(tmp_path: Path) -> None:
    source = (
        "import re\nx = '''print \"x\"'''\n`".rstrip("`") + "print('<>', '`', 0o777)\nmatch = re.match('\\d', '1')\n"
    )
    assert rows(found(tmp_path, SERVED, {"htdocs/x.py": source}), tmp_path) == []
    assert is_python2("invalid syntax", "x = (1") is None


def magic(number: int) -> bytes:
    return struct.pack("<H", number) + b"\r\n" + bytes(12)


def pyc(tmp_path: Path) -> bytes:
    import importlib.util

    return importlib.util.MAGIC_NUMBER + bytes(12)


# name: (file, what is in it, other files beside it, the rule or None)
COMPILED = {
    "pyc of Python 2": ("a.pyc", magic(62211), [], "compiled"),
    "pyc with its source": ("a.pyc", magic(62211), ["a.py"], None),
    "pyo": ("a.pyo", magic(62211), [], "compiled"),
    "in __pycache__": ("__pycache__/a.cpython-27.pyc", magic(62211), [], None),
    "so of Python 2": ("a.so", b"\x7fELF\0\0inita\0\0", [], "compiled"),
    "so of Python 2, called a module": ("amodule.so", b"\x7fELF\0initamodule\0inita\0", [], "compiled"),
    "so of a CPython of its own": ("a.cpython-27m-x86_64-linux-gnu.so", b"\x7fELF", [], "compiled"),
    "so of Python 3": ("a.so", b"\x7fELF\0PyInit_a\0inita\0", [], None),
    "no module": ("liba.so", b"\x7fELF\0start\0", [], None),
    "an empty pyc": ("a.pyc", b"", [], "compiled"),
}


@pytest.mark.parametrize("name", COMPILED)
def test_compiled_modules(name: str, tmp_path: Path) -> None:
    file, content, beside, rule = COMPILED[name]
    files: dict[str, str | bytes] = {f"htdocs/{file}": content, **{f"htdocs/{each}": "" for each in beside}}
    wanted = [] if rule is None else [(rule, f"htdocs/{file}")]
    assert rows(found(tmp_path, SERVED, files), tmp_path) == wanted


def test_a_module_of_this_python_without_its_source(tmp_path: Path) -> None:
    report = found(tmp_path, SERVED, {"htdocs/a.pyc": pyc(tmp_path)})
    assert one(report, "no-source").severity is Severity.WARNING
    assert (report.status(strict=False), report.status(strict=True)) == (0, 1)


HTACCESS = {
    "unknown": ("Nonsense\nOptions Foo\n", [("unknown-directive", 1), ("htaccess", 2)]),
    "not implemented": ("RewriteEngine On\n", [("unsupported-directive", 1)]),
    "not allowed": ("Listen 80\n", [("htaccess", 1)]),
    "not closed": ("<Files x>\nNonsense\n", [("htaccess", 1), ("unknown-directive", 2)]),
    "NUL": ("Options All\0\n", [("htaccess", 1)]),
    "good": ("Options All\n<Files x>\nSetHandler mod_python\n</Files>\n", []),
}


@pytest.mark.parametrize("name", HTACCESS)
def test_htaccess(name: str, tmp_path: Path) -> None:
    content, wanted = HTACCESS[name]
    report = found(tmp_path, SERVED, {"htdocs/a/b/.htaccess": content})
    assert rows(report, tmp_path) == [(rule, f"htdocs/a/b/.htaccess:{line}") for rule, line in wanted]
    assert not [each.suggestion for each in report.findings if "does not start" in each.suggestion]  # it does


def test_a_htaccess_that_is_not_read(tmp_path: Path) -> None:
    conf = "<Directory {root}/htdocs>\nAllowOverride None\n</Directory>\n"
    report = found(tmp_path, conf, {"htdocs/a/.htaccess": "Nonsense\n"})
    assert one(report, "htaccess-ignored").file == f"{tmp_path}/htdocs/a/.htaccess"
    assert report.status(strict=True) == 0


ROOTS = {
    "DocumentRoot": "",
    "Alias": "Alias /a {root}/other\n",
    "Alias of a Location": "<Location /a>\nAlias {root}/other\n</Location>\n",
    "AliasMatch": 'AliasMatch "^/a/(.*)" {root}/other/$1\n',
    "Directory": "<Directory {root}/other>\nPythonHandler x\n</Directory>\n",
    "Directory that allows": "<Directory {root}/other>\nAllowOverride All\n</Directory>\n",
    "PythonPath": "PythonPath \"sys.path + ['{root}/other']\"\n",
    "of a virtual host": "<VirtualHost *:8000>\nDocumentRoot {root}/other\n</VirtualHost>\n",
}


@pytest.mark.parametrize("name", ROOTS)
def test_every_root_is_looked_at(name: str, tmp_path: Path) -> None:
    folder = "htdocs" if name == "DocumentRoot" else "other"
    report = found(tmp_path, ROOTS[name], {f"{folder}/sub/old.py": "print 1\n", "apart/old.py": "print 1\n"})
    assert ("python2", f"{folder}/sub/old.py:1") in rows(report, tmp_path)
    assert ("python2", "apart/old.py:1") not in rows(report, tmp_path)


@pytest.mark.parametrize("path", ["", "PythonPath \"sys.path + ['/nowhere']\"\n"])
def test_a_module_beside_that_the_path_passes_by(path: str, tmp_path: Path) -> None:
    conf = f"{path}<Directory {{root}}/htdocs>\nPythonHandler page\nPythonLogHandler absent\n</Directory>\n"
    report = found(tmp_path, conf, {"htdocs/page.py": "def handler(req):\n    return 0\n"}, TRIED)
    told = {each.message.split()[1]: each.suggestion for each in report.findings if each.rule.name == "handler-import"}
    assert told.pop("absent:").startswith("install it for this Python")
    assert told == ({"page:": told["page:"]} if path else {})
    assert all(each.startswith(f"it lies in {tmp_path}/htdocs/, which is not on the path") for each in told.values())


# configuration, files -> (severity, place, a part of the message)
HANDLERS = {
    "php, and files": (
        "AddHandler php5-script .php\n",
        ["a.php", "b/c.php.html"],
        (Severity.ERROR, FIRST, "'php5-script': 2 files of the site are answered 500"),
    ),
    "php, and none": ("AddHandler php5-script .php\n", [], (Severity.WARNING, FIRST, "what it is for is answered 500")),
    "by type": (
        "AddType application/x-httpd-php .php\n",
        ["a.php"],
        (Severity.ERROR, FIRST, "'application/x-httpd-php': 1 file of the site is answered 500"),
    ),
    "everywhere": (
        "<Location /x>\nSetHandler fcgid-script\n</Location>\n",
        [],
        (Severity.ERROR, FIRST + 1, "'fcgid-script'"),
    ),
    "of httpd": (
        "<Location /s>\nSetHandler server-status\n</Location>\n",
        [],
        (Severity.WARNING, FIRST + 1, "'server-status'"),
    ),
}


@pytest.mark.parametrize("name", HANDLERS)
def test_handlers_nobody_provides(name: str, tmp_path: Path) -> None:
    conf, names, (severity, line, message) = HANDLERS[name]
    report = found(tmp_path, conf, {f"htdocs/{name}": "" for name in names})
    finding = one(report, "handler-not-provided")
    assert (finding.severity, finding.line) == (severity, line)
    assert message in finding.message
    assert finding.suggestion


def test_handlers_of_our_own_are_provided(tmp_path: Path) -> None:
    conf = "SetHandler mod_python\nAddHandler python-program .py\nAddHandler default-handler .txt\n"
    conf += "AddHandler type-map var\nAddHandler cgi-script .cgi\nAddHandler server-parsed .shtml\nSetHandler None\n"
    assert rows(found(tmp_path, conf, {"htdocs/a.txt": ""}), tmp_path) == []


LOGIN = "AuthUserFile {root}/users\nAuthGroupFile {root}/groups\n"

# configuration, files -> places of the warnings
PASSWORD_FILES: dict[str, tuple[str, Files, list[str]]] = {
    "of a section": (f"<Directory {{root}}/htdocs>\n{LOGIN}</Directory>\n", {}, ["httpd.conf:5", "httpd.conf:6"]),
    "of a Location": (f"<LocationMatch /x>\n{LOGIN}</LocationMatch>\n", {"users": ""}, ["httpd.conf:6"]),
    "of files": (
        f"<Directory {{root}}/htdocs>\n<Files x>\n{LOGIN}</Files>\n</Directory>\n",
        {"groups": ""},
        ["httpd.conf:6"],
    ),
    "of files within files, which hold for no request": (f"<Files x>\n<Files x>\n{LOGIN}</Files>\n</Files>\n", {}, []),
    "of a .htaccess": (SERVED, {"htdocs/.htaccess": "AuthUserFile {root}/absent\n"}, ["htdocs/.htaccess:1"]),
    "a folder": (f"<Location />\n{LOGIN}</Location>\n", {"users/x": "", "groups": ""}, ["httpd.conf:5"]),
    "all there": (f"<Location />\n{LOGIN}</Location>\n", {"users": "", "groups": ""}, []),
}


@pytest.mark.parametrize("name", PASSWORD_FILES)
def test_files_of_users_that_are_not_there(name: str, tmp_path: Path) -> None:
    conf, files, places = PASSWORD_FILES[name]
    assert rows(found(tmp_path, conf, files), tmp_path) == [("configuration-warning", place) for place in places]


RUN = "Alias /x {root}/cgi-bin\n<Directory {root}/cgi-bin>\nAddHandler cgi-script .cgi\n"
CGI = "ScriptAlias /cgi-bin/ {root}/cgi-bin/\n"

# file, its mode, configuration -> (severity, line, a part of the message), or None
PROGRAMS = {
    "fine": (b"#!/bin/sh\n", 0o755, CGI, None),
    "by env": (b"#!/usr/bin/env sh\n", 0o755, CGI, None),
    "by env with a variable": (b"#!/usr/bin/env -S A=1 sh -e\n", 0o755, CGI, None),
    "binary": (b"\x7fELF and so on", 0o755, CGI, None),
    "data": (b"a text\n", 0o644, CGI, None),
    "not executable": (b"#!/bin/sh\n", 0o644, CGI, (Severity.ERROR, None, "may not be executed")),
    "no interpreter named": (b"echo\n", 0o755, CGI, (Severity.ERROR, 1, "without a #! line")),
    "nothing named": (b"#!\n", 0o755, CGI, (Severity.ERROR, 1, "names no interpreter")),
    "missing": (b"#!/no/such/perl -w\n", 0o755, CGI, (Severity.ERROR, 1, "/no/such/perl is not there")),
    "missing by env": (b"#!/usr/bin/env no-such-perl\n", 0o755, CGI, (Severity.ERROR, 1, "no-such-perl is not")),
    "a folder": (b"#!/usr\n", 0o755, CGI, (Severity.ERROR, 1, "/usr is not there")),
    "from Windows": (b"#!/bin/sh\r\n", 0o755, CGI, (Severity.ERROR, 1, "carriage return")),
    "nobody runs it": (b"#!/no/such\n", 0o755, "Alias /cgi-bin/ {root}/cgi-bin/\n", None),
    "an own handler": (
        b"#!/no/such\n",
        0o755,
        CGI + "<Directory {root}/cgi-bin>\nSetHandler default-handler\n</Directory>\n",
        None,
    ),
    "by AddHandler": (
        b"#!/no/such\n",
        0o755,
        RUN + "Options +ExecCGI\n</Directory>\n",
        (Severity.ERROR, 1, "is not there"),
    ),
    "without ExecCGI": (
        b"#!/no/such\n",
        0o755,
        RUN + "</Directory>\n",
        None,
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs(name: str, tmp_path: Path) -> None:
    content, mode, conf, wanted = PROGRAMS[name]
    source = make(tmp_path, conf, {"cgi-bin/p.cgi": content})
    (tmp_path / "cgi-bin" / "p.cgi").chmod(mode)
    findings = [each for each in check(source, STATIC).findings if each.rule.name == "cgi-program"]
    told = [(each.severity, each.line) for each in findings]
    assert told == ([wanted[:2]] if wanted else [])
    assert not wanted or wanted[2] in findings[0].message


def test_programs_of_python_2(tmp_path: Path) -> None:
    files = {"cgi-bin/old.cgi": "#!/usr/bin/python2.7\nprint 1\n", "cgi-bin/new": "#!/usr/bin/env python3\nprint 1\n"}
    source = make(tmp_path, CGI, files)
    for file in files:
        (tmp_path / file).chmod(0o755)
    found = rows(check(source, STATIC), tmp_path)
    assert {("python2", "cgi-bin/old.cgi:1"), ("python2", "cgi-bin/new:2")} <= set(found)


def test_handlers_with_an_action_are_provided(tmp_path: Path) -> None:
    conf = "AddHandler php-script .php\nAction php-script /cgi-bin/php\n"
    assert rows(found(tmp_path, conf, {"htdocs/a.php": ""}), tmp_path) == []


# -- what is hostile --------------------------------------------------------------------------------------------------


def test_a_tree_that_is_hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = make(tmp_path, SERVED)
    htdocs = tmp_path / "htdocs"
    (htdocs / "loop").symlink_to(htdocs)
    (htdocs / "loop.py").symlink_to(htdocs / "loop.py")
    (htdocs / "nowhere.py").symlink_to(htdocs / "absent")
    (htdocs / "system").symlink_to("/")
    os.mkfifo(htdocs / "fifo.py")
    os.mkfifo(htdocs / "fifo.so")
    (htdocs / "a").mkdir()
    os.mkfifo(htdocs / "a" / ".htaccess")
    (htdocs / "b").mkdir()
    for name in ("b/.htaccess", "huge.py", "huge.so"):
        (htdocs / name).touch()
        os.truncate(htdocs / name, 1024**3)
    deep = htdocs.joinpath(*["d"] * (tree_module.MAX_DEPTH + 3))
    deep.mkdir(parents=True)
    (deep / "x.py").write_text("print 1\n")
    report = check(source, STATIC)
    places = {place for _, place in rows(report, tmp_path, notes=True) if place}  # huge.so is a note
    assert places == {
        "htdocs/a/.htaccess",
        "htdocs/b/.htaccess",
        f"htdocs/{'/'.join(['d'] * (tree_module.MAX_DEPTH + 1))}",
        "htdocs/huge.py",
        "htdocs/system",
        "htdocs/huge.so",
    }
    assert f"larger than {MAX_SOURCE} bytes" in text(report)
    monkeypatch.setattr(tree_module, "MAX_ENTRIES", 5)
    assert "more than 5 files and folders" in text(check(source, STATIC))


def test_patterns_without_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_module, "MAX_STOPPED", 2)  # each takes a second
    conf = SERVED + '<FilesMatch "^((a|a)*!|b)$">\nRequire all denied\n</FilesMatch>\n'
    files = {f"htdocs/{'a' * 60}{number}": "" for number in range(5)}
    report = found(tmp_path, conf, files)
    stopped = [each for each in report.findings if "was stopped" in each.message]
    assert len(stopped) == 2
    assert stopped[-1].message.endswith("the rest was not looked at")


def test_a_folder_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = make(tmp_path, SERVED, {"htdocs/closed/x.py": "print 1\n", "htdocs/y.py": "print 1\n"})
    scandir = os.scandir

    def closed(path: str) -> os.ScandirIterator[str]:  # as root there is no other way
        if path.endswith("/closed/"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    assert set(rows(check(source, STATIC), tmp_path)) == {
        ("not-looked-at", "htdocs/closed/"),
        ("python2", "htdocs/y.py:1"),
    }


def test_names_that_are_no_text(tmp_path: Path) -> None:
    source = make(tmp_path, SERVED)
    name = os.fsdecode(b"\xff\x1b[2J\n<script>.py")
    (tmp_path / "htdocs" / name).write_text("print 1\n")
    report = check(source, STATIC)
    shown = text(report)
    assert "\\x1b[2J\\n<script>.py:1: error: Python 2" in shown
    assert "\x1b" not in shown
    shown.encode("utf-8")
    assert json.loads(as_json(report))["findings"][0]["file"].endswith(name)
    uri = json.loads(as_sarif(report))["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert urllib.parse.unquote_to_bytes(uri["uri"]).endswith(b"\xff\x1b[2J\n<script>.py")


def test_a_report_is_bounded() -> None:
    report = Report()
    for number in range(MAX_FINDINGS + 10):
        report.add("syntax", "x", "f", number + 1)
    assert (len(report.findings), report.counts[Severity.ERROR]) == (MAX_FINDINGS, MAX_FINDINGS + 10)
    assert report.left_out == 10
    assert text(report).splitlines()[-2] == "and 10 more"


# -- imports ----------------------------------------------------------------------------------------------------------

CONF = """
PythonImport no_such_module main_interpreter
PythonImport ends main_interpreter
PythonPath "sys.path + ['{root}/lib', '{root}/htdocs']"
<Directory {root}/htdocs>
    AllowOverride All
    AddHandler mod_python .py
    PythonHandler good
    PythonAuthenHandler good::nobody
    PythonFixupHandler hangs kills
    PythonHandlerModule silent
</Directory>
<Location /status>
    SetHandler mod_python
    PythonHandler broken
</Location>
<Directory {root}/htdocs/pages>
    PythonHandler mod_python.publisher
</Directory>
<Directory {root}/htdocs/absent>
    PythonHandler mod_python.absent | .psp
</Directory>
"""
FILES = {
    "lib/good.py": "from mod_python import apache\nimport os\nopen('{root}/pid', 'w').write(str(os.getpid()))\n"
    "print('noise')\nassert apache.main_server.server_hostname == 'www.example.com'\ndef handler(req): return 0\n",
    "lib/silent.py": "",
    "lib/hangs.py": "import time\ntime.sleep(1000)\n",
    "lib/kills.py": "import os\nos.kill(os.getpid(), 9)\n",
    "lib/ends.py": "import os\nos._exit(7)\n",
    "lib/broken.py": "import good\n\ndef f():\n    raise ValueError('no\\x1b')\nf()\n",
    "htdocs/.htaccess": "PythonLogHandler urllogger late\nPythonCleanupHandler py2\n",
    "htdocs/urllogger.py": "import urllib2\n",
    "lib/late.py": "x = unicode('a')\ndef loghandler(req): pass\n",
    "lib/py2.py": "print 1\n",
    "htdocs/pages/good.py": "x = 1\n",
    "htdocs/pages/leaves.py": "import sys\nsys.exit(2)\n",
    "htdocs/pages/old.py": "print 1\n",
    "htdocs/other.py": "open('{root}/other', 'w')\n",
}


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path]:
    root = tmp_path_factory.mktemp("tried")
    return found(root, CONF, FILES, TRIED), root


# (a part of the message, place below the root, a part of the suggestion)
IMPORTS = {
    "good::nobody": ("lib/good.py has no 'nobody'", "httpd.conf:12", "module::function"),
    "hangs": ("PythonFixupHandler hangs: not imported within 3 seconds", "httpd.conf:13", "each process"),
    "kills": ("PythonFixupHandler kills: importing it kills the process (signal 9: Killed)", "httpd.conf:13", ""),
    "ends": ("PythonImport ends: importing it ends the process (exit status 7)", "httpd.conf:6", ""),
    "broken": ("PythonHandler broken: ValueError: no\\x1b ({root}/lib/broken.py:4)", "httpd.conf:18", "mend"),
    "not there": ("PythonImport no_such_module: ModuleNotFoundError: No module named", "httpd.conf:5", "pip install"),
    "of Python 2": (
        "PythonLogHandler urllogger: ModuleNotFoundError: No module named 'urllib2' ({root}/htdocs/urllogger.py:1)",
        "htdocs/.htaccess:1",
        "now urllib.request",
    ),
    "a name of Python 2": (
        "PythonLogHandler late: NameError: name 'unicode' is not defined ({root}/lib/late.py:1)",
        "htdocs/.htaccess:1",
        "unicode is of Python 2",
    ),
    "in Python 2": ("PythonCleanupHandler py2: SyntaxError: Missing parentheses", "htdocs/.htaccess:2", ""),
    "which is said of the module, too": ("Python 2: the print statement", "lib/py2.py:1", "2to3"),
    "a page": ("SystemExit: 2 ({root}/htdocs/pages/leaves.py:2)", "htdocs/pages/leaves.py", ""),
    "a page in Python 2": ("Python 2: the print statement", "htdocs/pages/old.py:1", ""),
}


def test_handlers_given_as_files(tmp_path: Path) -> None:
    """With what lies beside them, and in the directories that mod_python 3.3 took from an option."""
    conf = """
PythonImport {root}/far/front-page.py main_interpreter
PythonImport {root}/far/absent.py main_interpreter
<Directory {root}/htdocs>
    SetHandler mod_python
    PythonHandler {root}/far/front-page.py
    PythonFixupHandler {root}/far/front-page.py ~/own.py
    PythonOption mod_python.importer.path "['{root}/other']"
    PythonPath "sys.path"
</Directory>
"""
    files = {
        "far/front-page.py": "import beside\n\ndef handler(req): return 0\n",
        "far/beside.py": "",
        "other/elsewhere.py": "",
        "htdocs/own.py": "import elsewhere\n\ndef fixuphandler(req): return 0\n",
    }
    report = found(tmp_path, conf, files, TRIED)
    told = [(each.message, each.suggestion) for each in report.findings if each.severity is Severity.ERROR]
    (absent, suggestion), (missing, _) = sorted(told, key=lambda message: "absent.py" not in message[0])
    assert absent.startswith(f"PythonImport {tmp_path}/far/absent.py: ModuleNotFoundError")
    assert suggestion == "put the file there, or correct its path"
    assert missing.endswith(f"{tmp_path}/far/front-page.py has no 'fixuphandler'")


@pytest.mark.parametrize("name", IMPORTS)
def test_imports(name: str, tried: tuple[Report, Path]) -> None:
    report, root = tried
    message, place, suggestion = IMPORTS[name]
    told = [(each.message, each.suggestion) for each in report.findings if each.place == f"{root}/{place}"]
    lines = text(report)
    fitting = [each for each in told if message.replace("{root}", str(root)).replace("\\x1b", "\x1b") in each[0]]
    assert len(fitting) == 1, lines
    assert suggestion in fitting[0][1]
    assert "\x1b" not in lines


def test_nothing_else_fails(tried: tuple[Report, Path]) -> None:
    report, _ = tried
    errors = [each for each in report.findings if each.severity is Severity.ERROR]
    assert len(errors) == len(IMPORTS), text(report)


def test_the_site_runs_elsewhere_and_leaves_nothing(tried: tuple[Report, Path]) -> None:
    report, root = tried
    assert report.imported
    assert int((root / "pid").read_text()) != os.getpid()
    assert not list(root.rglob("__pycache__"))
    assert not (root / "other").exists(), "imported, though no handler names it"


def test_nothing_is_imported_if_that_is_asked(tmp_path: Path) -> None:
    report = found(tmp_path, CONF, FILES, STATIC)
    assert report.imported == 0
    assert not (tmp_path / "pid").exists()
    assert not [each for each in report.findings if each.rule.name.startswith("handler-")]


def test_as_root_nothing_is_imported_as_root(tmp_path: Path) -> None:
    conf = "<Directory {root}/htdocs>\nPythonHandler who\n</Directory>\n"
    report = found(
        tmp_path, conf, {"htdocs/who.py": "import os\nassert os.geteuid()\ndef handler(req): pass\n"}, Limits()
    )
    assert "AssertionError" not in text(report)
    if os.geteuid() == 0 and report.imported == 0:  # root's Python, or a folder that nobody may read
        told = one(report, "handler-not-tried")
        assert (told.severity, told.line) == (Severity.WARNING, FIRST + 1)
        assert told.message.startswith("PythonHandler who not imported: tried as nobody, not as root: ")
        assert "--import-as-root" in told.suggestion


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_whom_root_becomes(tmp_path: Path) -> None:
    some = account("daemon", None)
    assert importing_account(load_text("User daemon"), as_root=False) == some
    assert importing_account(load_text("User daemon"), as_root=True) is None
    assert importing_account(load_text("User #0"), as_root=False) == account(NOBODY, None)
    os.chown(tmp_path, some.uid, -1)
    assert importing_account(load_text(f"DocumentRoot {tmp_path}"), as_root=False).uid == some.uid  # type: ignore[union-attr]
    with pytest.raises(LookupError):
        importing_account(load_text("User nobody-of-this-name"), as_root=False)


# -- the command ------------------------------------------------------------------------------------------------------


def command(source: Source, *words: str) -> list[str]:
    return ["check", "-f", str(source.conf), *words]


def test_exit_status(tmp_path: Path, capsys: Captured) -> None:
    source = make(tmp_path, "")
    assert main(command(source)) == 0
    assert "0 errors, 0 warnings" in capsys.readouterr().out
    source = make(tmp_path, "Alias /a {root}/absent\n")
    assert main(command(source)) == 0
    assert main(command(source, "--strict")) == 1
    assert main(command(source, "-c", "Nonsense")) == 1
    assert "-c directive:1: error: unknown directive 'Nonsense'" in capsys.readouterr().out
    assert main(command(source, "-C", "<IfDefine A>", "-C", "Nonsense", "-C", "</IfDefine>")) == 0
    assert main(command(source, "-DA", "-C", "<IfDefine A>", "-C", "Nonsense", "-C", "</IfDefine>")) == 1


def test_a_directory(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / ".htaccess").write_text("Nonsense\n")
    assert main(["check", str(tmp_path)]) == 1
    assert f"{tmp_path}/.htaccess:1: error: unknown directive 'Nonsense'" in capsys.readouterr().out


WRONG = [
    (["check"], 2, "one of -f CONF and DIR is needed"),
    (["check", ".", "-f", "x"], 2, "either -f CONF or DIR, not both"),
    (["check", ".", "--format", "xml"], 2, "invalid choice: 'xml'"),
    (["check", ".", "--import-seconds", "0"], 2, "'0' is no number of seconds"),
    (["check", "/missing/directory"], 1, "no such directory"),
    (["check", "-f", "/missing/httpd.conf"], 1, "no such file"),
]


@pytest.mark.parametrize(("words", "status", "wanted"), WRONG)
def test_wrong_usage(words: list[str], status: int, wanted: str, capsys: Captured) -> None:
    try:
        assert main(words) == status
    except SystemExit as left:
        assert left.code == status
    assert wanted in capsys.readouterr().err


def test_json(tmp_path: Path, capsys: Captured) -> None:
    assert main(command(make(tmp_path, "Requre x\nExtendedStatus On\n"), "--format", "json")) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["summary"]["errors"] == 1
    assert told["findings"][0] == {
        "rule": "unknown-directive",
        "severity": "error",
        "message": "unknown directive 'Requre' (did you mean Require?)",
        "file": f"{tmp_path}/httpd.conf",
        "line": FIRST,
        "suggestion": RULES["unknown-directive"].suggestion,
    }
    kinds = {each["name"]: each["kind"] for each in told["directives"]}
    assert (kinds["ExtendedStatus"], kinds["Listen"]) == ("server", "implemented")


def test_sarif(tried: tuple[Report, Path]) -> None:
    """What the schema of SARIF 2.1.0 requires, and the values that it allows."""
    report, _ = tried
    log = json.loads(as_sarif(report))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"]
    rules = driver["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules) == len(RULES)
    assert all(rule["shortDescription"]["text"] for rule in rules)
    assert all(rule["defaultConfiguration"]["level"] in ("error", "warning", "note") for rule in rules)
    assert [each["executionSuccessful"] for each in run["invocations"]] == [True]
    assert len(run["results"]) == len(report.findings)
    for result, finding in zip(run["results"], report.sorted(), strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == finding.rule.name
        assert result["message"]["text"].startswith(finding.message[:20].split("\x1b")[0])
        assert result["level"] == finding.severity.value
        for place in result.get("locations", ()):
            parts = urllib.parse.urlsplit(place["physicalLocation"]["artifactLocation"]["uri"])
            assert (parts.scheme, parts.netloc, parts.query) == ("file", "", "")
            assert place["physicalLocation"].get("region", {"startLine": 1})["startLine"] >= 1


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress(tmp_path: Path) -> None:
    terminal, pipe = Terminal(), io.StringIO()
    source = make(tmp_path, "")
    check(source, STATIC, Progress(pipe))
    assert pipe.getvalue() == ""
    check(source, STATIC, Progress(terminal))
    shown = terminal.getvalue()
    assert "reading the configuration" in shown
    assert shown.endswith("\r")
    assert "\n" not in shown


def test_modules_of_filters_are_imported(tmp_path: Path) -> None:
    conf = (
        f"{SERVED}<Directory {{root}}/htdocs>\nPythonOutputFilter cuts CUTS\nPythonInputFilter absent ABSENT\n"
        "PythonOutputFilter cuts::other OTHER\nSetOutputFilter CUTS\n</Directory>\n"
    )
    report = found(tmp_path, conf, {"htdocs/cuts.py": "def outputfilter(filter):\n    pass\n"}, TRIED)
    assert [row for row in rows(report, tmp_path) if row[0].startswith("handler")] == [
        ("handler-import", f"httpd.conf:{FIRST + SERVED.count(chr(10)) + 2}"),
        ("handler-missing", f"httpd.conf:{FIRST + SERVED.count(chr(10)) + 3}"),
    ]


def test_a_filter_that_nobody_provides_is_an_error(tmp_path: Path) -> None:
    report = found(
        tmp_path, f"{SERVED}SetOutputFilter NOBODY;SUBSTITUTE\n", {"htdocs/.htaccess": "SetInputFilter NO\n"}
    )
    errors = [each for each in report.findings if "nobody provides the" in each.message]
    assert len(errors) == 3
    assert all(each.severity is Severity.ERROR for each in errors)


# -- pages of PSP -----------------------------------------------------------------------------------------------------

PSP = "<Directory {root}/htdocs>\nAddHandler mod_python .psp\nPythonHandler mod_python.psp\n%s\n</Directory>\n"
PAGES: dict[str, tuple[Files, str, list[tuple[str, str]]]] = {
    "fine": ({"htdocs/a.psp": "<%= 1 %>\\d", "htdocs/b.txt": "<%= 1 + %>"}, "", []),
    "broken": ({"htdocs/sub/a.psp": "\n\n<%= 1 + %>"}, "", [("psp-page", "htdocs/sub/a.psp:3")]),
    "Python 2": ({"htdocs/a.psp": "<%\nprint 'x'\n%>"}, "", [("psp-page", "htdocs/a.psp:2")]),
    "text": ({"htdocs/a.psp": "C:\\xyz"}, "", [("psp-page", "htdocs/a.psp:1")]),
    "literal text": ({"htdocs/a.psp": "C:\\xyz"}, "PythonOption modpy_wsgi.psp.literal_text On", []),
    "in an include": (
        {"htdocs/a.psp": 'a<%@ include file="b.inc" %>', "htdocs/b.inc": "\n<% x = %>"},
        "",
        [("psp-page", "htdocs/b.inc:2")],
    ),
    "without its include": ({"htdocs/a.psp": 'a<%@ include file="b.inc" %>'}, "", [("psp-page", "htdocs/a.psp")]),
    "itself": ({"htdocs/a.psp": 'a<%@ include file="a.psp" %>'}, "", [("psp-page", "htdocs/a.psp")]),
    "too deep": ({"htdocs/a.psp": f"<%= {'(' * 400}1{')' * 400} %>"}, "", [("psp-page", "htdocs/a.psp:1")]),
    "of another handler": ({"htdocs/a.psp": "<%= 1 + %>"}, "SetHandler default-handler\n", []),
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_compiled(tmp_path: Path, name: str) -> None:
    files, more, wanted = PAGES[name]
    assert rows(found(tmp_path, PSP % more, files), tmp_path) == wanted


def test_what_is_said_of_a_page(tmp_path: Path) -> None:
    files = {"htdocs/a.psp": 'a<%@ include file="b.inc" %>', "htdocs/b.inc": "<%\nprint 'x'\n%>"}
    finding = one(found(tmp_path, PSP % "", files), "psp-page")
    assert finding.message.startswith("Python 2: the print statement (Missing parentheses")
    assert finding.message.endswith(f"included by {tmp_path}/htdocs/a.psp")


def test_pages_that_would_wait_for_ever(tmp_path: Path) -> None:
    source = make(tmp_path, PSP % "", {"htdocs/a.psp": '<%@ include file="fifo" %>'})
    os.mkfifo(tmp_path / "htdocs" / "fifo")
    assert "no regular file" in one(check(source, STATIC), "psp-page").message


def test_pages_have_their_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modpy_wsgi.check.pages.Pages.__init__.__defaults__", (0.0,))
    report = found(tmp_path, PSP % "", {f"htdocs/{n}.psp": "x" for n in range(3)})
    assert one(report, "not-looked-at").message.startswith("3 pages, of which this is one")


def test_connection_handlers_are_imported_and_told_of(tmp_path: Path) -> None:
    conf = (
        "PythonPath \"['{root}/lib'] + sys.path\"\n<VirtualHost *:8001>\nPythonConnectionHandler talk::absent\n"
        "</VirtualHost>\nPythonConnectionHandler missing\n"
    )
    report = found(tmp_path, conf, {"lib/talk.py": "def connectionhandler(conn): pass\n"}, TRIED)
    places = {each.place.removeprefix(f"{tmp_path}/") for each in report.findings if each.severity is Severity.ERROR}
    assert places == {f"httpd.conf:{FIRST + 2}", f"httpd.conf:{FIRST + 4}"}
    told = [each.message for each in report.findings if "connection handlers run under" in each.message]
    assert told
