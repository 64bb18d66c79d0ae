"""What a site does not use is not imported: it would cost every worker its memory, and every start its time.

Each case is a process of its own, without what the environment brings along (a path file of site-packages, coverage).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import modpy_wsgi

HOME = Path(modpy_wsgi.__file__).parents[1]

SERVE = """
from modpy_wsgi import from_httpd_conf
application = from_httpd_conf(sys.argv[1])
environ = {"REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": "/hello", "SERVER_NAME": "a.test",
           "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.0", "wsgi.url_scheme": "http", "wsgi.input": None,
           "wsgi.errors": sys.stderr}
said = []
answer = application(environ, lambda status, headers, exc_info=None: said.append(status))
assert b"".join(answer) == b"hello" and said == ["200 OK"], said
"""
CONF = """
ServerName a.test
DocumentRoot "{root}"
<Location /hello>
    SetHandler mod_python
    PythonHandler {handler}
    PythonPath "sys.path + ['{root}']"
</Location>
"""
HELLO = "def handler(req):\n    req.write('hello', 0)\n    return 0\n"
LEGACY = f"from mod_python import apache, util, Cookie\n\n{HELLO}"

# All of the standard library that any site has. Another one has to be worth its time and memory to a site that only
# says hello; what few sites need is imported where they need it.
LIBRARY = {
    *("ast", "base64", "binascii", "collections", "contextlib", "contextvars", "copyreg", "enum", "fnmatch"),
    *("functools", "genericpath", "importlib", "ipaddress", "keyword", "ntpath", "operator", "os", "pathlib"),
    *("posixpath", "re", "reprlib", "select", "site", "stat", "struct", "threading", "token", "tokenize", "types"),
    *("typing", "urllib", "warnings", "weakref"),
}
# What some versions of Python bring along with these.
OF_VERSIONS = {"annotationlib", "glob", "grp", "math", "sre_compile", "sre_constants", "sre_parse"}
NEEDLESS = {"bcrypt", "brotli", "libpass", "mod_python.psp", "modpy_wsgi.stream", "passlib", "redis", "regex"}


def imported(program: str, *args: str) -> set[str]:
    """The modules that a program brings into a process."""
    text = f"import sys\nbefore = set(sys.modules)\nsys.path.insert(0, {str(HOME)!r})\n{program}\n"
    text += "print(*sorted(set(sys.modules) - before))"
    command = [sys.executable, "-I", "-S", "-c", text, *args]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def of_library(names: set[str]) -> set[str]:
    """The modules and packages of the standard library among them, without what is compiled in or private to it."""
    tops = {name.partition(".")[0] for name in names if not name.startswith("_")}
    return tops & set(sys.stdlib_module_names) - set(sys.builtin_module_names)


SITES: dict[str, tuple[str, str, set[str]]] = {
    "a handler": ("hello", HELLO, set()),
    "a handler of old": ("hello", LEGACY, set()),
    "the publisher": ("mod_python.publisher", "def index():\n    return 'hello'\n", {"hashlib"}),  # for a module's name
}


@pytest.mark.parametrize(("handler", "source", "more"), SITES.values(), ids=SITES)
def test_what_a_site_does_not_use_is_not_imported(handler: str, source: str, more: set[str], tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text(source)
    (tmp_path / "httpd.conf").write_text(CONF.format(root=tmp_path, handler=handler))
    found = imported(SERVE, str(tmp_path / "httpd.conf"))
    assert "modpy_wsgi.app" in found
    assert of_library(found) - LIBRARY - OF_VERSIONS - more == set()
    assert not NEEDLESS & found


def test_what_a_server_imports_that_loads_the_application_itself(tmp_path: Path) -> None:
    (tmp_path / "httpd.conf").write_text(CONF.format(root=tmp_path, handler="hello"))
    program = "import os\nos.environ['MODPY_WSGI_CONF'] = sys.argv[1]\nimport modpy_wsgi.wsgi"
    assert of_library(imported(program, str(tmp_path / "httpd.conf"))) - LIBRARY - OF_VERSIONS == {"signal"}


RUN = """
from modpy_wsgi.{module} import main
sys.argv[1:] = {argv!r}
try:
    main()
except SystemExit:
    pass
"""
OTHER_COMMANDS = {"modpy_wsgi.check", "modpy_wsgi.explain", "modpy_wsgi.session", "dataclasses", "inspect"}
COMMANDS: dict[str, tuple[str, list[str], set[str]]] = {
    "the list of commands": ("cli", ["--help"], OTHER_COMMANDS | {"modpy_wsgi.serving", "ssl", "socket"}),
    "serve": ("cli", ["serve", "--help"], OTHER_COMMANDS),
    "the version of httpd": ("cli.httpd", ["-v"], OTHER_COMMANDS | {"ssl", "socket", "subprocess"}),
}


@pytest.mark.parametrize(("module", "argv", "needless"), COMMANDS.values(), ids=COMMANDS)
def test_a_command_imports_no_other(module: str, argv: list[str], needless: set[str]) -> None:
    found = imported(RUN.format(module=module, argv=argv))
    assert "modpy_wsgi.cli" in found
    assert not needless & found
