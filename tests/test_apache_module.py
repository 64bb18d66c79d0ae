"""mod_python.apache and _apache: names, functions, and what they take from the application that the code belongs to."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import _apache
import mod_python
from mod_python import apache
from modpy_wsgi import constants, current
from modpy_wsgi.config.directives import core, mpm
from modpy_wsgi.config.load import load_text
from modpy_wsgi.config.model import Host, Settings, Site
from modpy_wsgi.processing import Processing, answer
from modpy_wsgi.server import make_servers
from modpy_wsgi.testing import site

CONFIG = """
Define HERE
ServerName oracle.example:18431
PythonOption   long   \\
    two
PythonOption gone ""
<IfModule mod_python.c>
PythonOption inif 1
</IfModule>
<IfModule nomod.c>
PythonOption never 1
</IfModule>
<Location /nothing>
</Location>
<VirtualHost 127.0.0.1:18431>
ServerName a.example
<Directory /tmp>
Require all granted
PythonHandler h
</Directory>
</VirtualHost>
"""

# What the original's config_tree() gave for the lines above.
TREE = [
    ("ServerName", "oracle.example:18431"),
    ("PythonOption", "long       two"),
    ("PythonOption", 'gone ""'),
    ("PythonOption", "inif 1"),
    ("<Location", "/nothing>"),
    ("<VirtualHost", "127.0.0.1:18431>"),
    [
        ("ServerName", "a.example"),
        ("<Directory", "/tmp>"),
        [("Require", "all granted"), ("PythonHandler", "h")],
    ],
]


class Application:
    """What mod_python.apache needs of an application."""

    def __init__(self, site: Site, *, multithread: bool = True, multiprocess: bool = True) -> None:
        self.site = site
        self.main_server = make_servers(site)[0]
        self.multithread = multithread
        self.sizes: tuple[int, int] | None = None
        self.multiprocess = multiprocess


@pytest.fixture(autouse=True)
def no_application() -> Iterator[None]:
    before = list(current._last_made)
    current.set_application(None)
    yield
    made: Any = current.application()
    if hasattr(made, "interpreters"):
        made.interpreters.close()  # what a site put into the process goes with it
    current._last_made[:] = before


def with_settings(values: dict[Any, Any], **options: bool) -> Application:
    app = Application(Site(Host(Settings(values)), (), (), frozenset({"HERE"}), (), ()), **options)
    current.set_application(app)
    return app


# Names


def test_every_constant_is_there() -> None:
    for name in constants.APACHE_NAMES:
        assert getattr(apache, name) == getattr(constants, name)


# dir(_apache) of the original, less what belongs to forms and sessions
LOW_LEVEL = [
    "APR_BLK",
    "APR_CHR",
    "APR_DIR",
    "APR_LNK",
    "APR_NOFILE",
    "APR_PIPE",
    "APR_REG",
    "APR_SOCK",
    "APR_UNKFILE",
    "AP_CONN_CLOSE",
    "AP_CONN_KEEPALIVE",
    "AP_CONN_UNKNOWN",
    "MODULE_MAGIC_NUMBER_MAJOR",
    "MODULE_MAGIC_NUMBER_MINOR",
    "SERVER_RETURN",
    "config_tree",
    "exists_config_define",
    "log_error",
    "mpm_query",
    "register_cleanup",
    "server_root",
    "stat",
    "table",
]


@pytest.mark.parametrize("name", LOW_LEVEL)
def test_low_level_names(name: str) -> None:
    if name != "register_cleanup":  # whose arguments differ
        assert getattr(_apache, name) is getattr(apache, name)
    assert callable(_apache.register_cleanup)


def test_names_for_one_thing() -> None:
    assert apache.make_table is apache.table
    assert str(apache.table) == "<class 'mp_table'>"
    assert apache.SERVER_ERROR is apache.SERVER_RETURN
    assert mod_python.mp_version == mod_python.version.version
    assert mod_python.mp_version.startswith("3.5.")


def test_star_imports() -> None:
    names: dict[str, Any] = {}
    exec("from mod_python.apache import *", names)
    assert {"OK", "log_error", "table", "SERVER_RETURN", "interpreter", "main_server", "stat"} <= names.keys()
    with pytest.raises(AttributeError):
        apache.no_such_name  # noqa: B018


@pytest.mark.parametrize("module", ["mod_python", "mod_python.apache", "_apache", "mod_python.version"])
def test_each_module_imports_alone(module: str) -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", f"import {module}"], check=True, timeout=60)


# The application


def test_without_an_application(capsys: pytest.CaptureFixture[str]) -> None:
    assert apache.main_server is None
    assert apache.config_tree() == []
    assert apache.server_root() == "/"
    assert apache.exists_config_define("HERE") is False
    assert apache.mpm_query(apache.AP_MPMQ_IS_THREADED) == 0
    apache.log_error("to stderr")
    apache.log_error("not an info", apache.APLOG_INFO)
    assert capsys.readouterr().err.endswith(" to stderr\n")


def test_init_stands_in_for_an_application() -> None:
    server = make_servers(Site(Host(Settings()), (), (), frozenset(), (), ()))[0]
    try:
        apache.init("name", server)
        assert apache.main_server is server
        app = with_settings({})
        assert apache.main_server is app.main_server
    finally:
        apache.init()


def test_the_application_of_the_context_comes_first() -> None:
    last = with_settings({core.SERVER_ROOT: "/last"})
    other = Application(Site(Host(Settings({core.SERVER_ROOT: "/other"})), (), (), frozenset(), (), ()))
    assert apache.server_root() == "/last"
    token = current.answering.set(other)
    assert apache.server_root() == "/other"
    assert apache.main_server is other.main_server
    current.answering.reset(token)
    assert apache.main_server is last.main_server


def test_exists_config_define() -> None:
    with_settings({})
    assert apache.exists_config_define("HERE") is True
    assert apache.exists_config_define("here") is False
    assert apache.exists_config_define("") is False
    with pytest.raises(TypeError):
        apache.exists_config_define(5)  # type: ignore[arg-type]


def test_config_tree() -> None:
    current.set_application(Application(load_text(CONFIG)))
    assert apache.config_tree() == TREE
    apache.config_tree().clear()
    assert apache.config_tree() == TREE


# (what to ask, threads and processes by the server, settings, wanted)
QUERIES = [
    (constants.AP_MPMQ_IS_THREADED, (True, True), {}, 1),
    (constants.AP_MPMQ_IS_THREADED, (False, True), {}, 0),
    (constants.AP_MPMQ_IS_FORKED, (True, True), {}, 1),
    (constants.AP_MPMQ_IS_FORKED, (True, False), {}, 0),
    (constants.AP_MPMQ_MAX_DAEMONS, (True, False), {mpm.MAX_REQUEST_WORKERS: 500}, 1),
    (constants.AP_MPMQ_MAX_DAEMONS, (False, True), {}, 256),
    (constants.AP_MPMQ_MAX_DAEMONS, (False, True), {mpm.MAX_REQUEST_WORKERS: 30}, 30),
    (constants.AP_MPMQ_MAX_DAEMONS, (True, True), {mpm.MAX_REQUEST_WORKERS: 100, mpm.THREADS_PER_CHILD: 10}, 10),
    (constants.AP_MPMQ_MAX_DAEMONS, (True, True), {mpm.MAX_REQUEST_WORKERS: 10, mpm.THREADS_PER_CHILD: 10}, 2),
    (constants.AP_MPMQ_MAX_DAEMONS, (True, True), {mpm.SERVER_LIMIT: 5}, 5),
    (constants.AP_MPMQ_HARD_LIMIT_DAEMONS, (False, True), {}, 256),
    (constants.AP_MPMQ_MAX_DAEMON_USED, (False, False), {}, 1),
    (constants.AP_MPMQ_MAX_THREADS, (True, True), {}, 25),
    (constants.AP_MPMQ_MAX_THREADS, (True, True), {mpm.THREADS_PER_CHILD: 4}, 4),
    (constants.AP_MPMQ_MAX_THREADS, (False, True), {mpm.THREADS_PER_CHILD: 4}, 1),
    (constants.AP_MPMQ_HARD_LIMIT_THREADS, (False, True), {}, 1),
    (constants.AP_MPMQ_MAX_REQUESTS_DAEMON, (True, True), {mpm.MAX_CONNECTIONS_PER_CHILD: 7}, 7),
    (constants.AP_MPMQ_MAX_REQUESTS_DAEMON, (True, True), {}, 0),
    (constants.AP_MPMQ_MIN_SPARE_DAEMONS, (True, True), {}, 0),
    (99, (True, True), {}, 0),
    (-1, (True, True), {}, 0),
]


@pytest.mark.parametrize(("code", "several", "values", "wanted"), QUERIES)
def test_mpm_query(code: int, several: tuple[bool, bool], values: dict[Any, Any], wanted: int) -> None:
    assert answer(code, Processing(*several, Settings(values))) == wanted
    with_settings(values, multithread=several[0], multiprocess=several[1])
    assert apache.mpm_query(code) == wanted


def test_mpm_query_wants_a_number() -> None:
    with pytest.raises(TypeError, match="The argument must be an integer"):
        apache.mpm_query("a")  # type: ignore[arg-type]


# The log


def test_log_error(tmp_path: Path) -> None:
    main, own = tmp_path / "main", tmp_path / "own"
    hosts = (Host(Settings({core.ERROR_LOG: str(own), core.LOG_LEVEL: apache.APLOG_INFO})),)
    settings = Settings({core.ERROR_LOG: str(main), core.LOG_LEVEL: apache.APLOG_DEBUG})
    parts = Site(Host(settings), hosts, (), frozenset(), (), ())
    app = Application(parts)
    app.main_server, server = make_servers(parts)
    current.set_application(app)
    apache.log_error("plain")
    apache.log_error("warning", apache.APLOG_WARNING)
    apache.log_error("the level of the main server does not count", apache.APLOG_INFO)
    apache.log_error("notice", apache.APLOG_NOTICE, None)
    apache.log_error("own info", apache.APLOG_INFO, server)
    apache.log_error("own debug", apache.APLOG_DEBUG, server)
    apache.log_error("old flag", apache.APLOG_NOERRNO | apache.APLOG_ERR, server)
    apache.log_error(None, apache.APLOG_ERR, server)
    _apache.log_error("low level", apache.APLOG_ERR, server)
    assert [line.rpartition("] ")[2] for line in main.read_text().splitlines()] == ["plain", "warning", "notice"]
    assert [line.rpartition("] ")[2] for line in own.read_text().splitlines()] == ["own info", "old flag", "low level"]
    app.main_server._log.close()
    server._log.close()


BAD_LOGS = [(), (5,), ("x", "y"), ("x", 3, "no server")]


@pytest.mark.parametrize("args", BAD_LOGS)
def test_log_error_refuses(args: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        apache.log_error(*args)


# Cleanups


def test_cleanups_belong_to_the_main_server() -> None:
    app = with_settings({})
    seen: list[Any] = []
    apache.register_cleanup(seen.append)
    apache.register_cleanup(seen.append, "data")
    _apache.register_cleanup("name", app.main_server, seen.append, "low level")
    app.main_server.run_cleanups()
    assert seen == ["low level", "data", None]


def test_cleanups_refuse_what_cannot_be_called() -> None:
    app = with_settings({})
    with pytest.raises(ValueError):
        apache.register_cleanup(1)  # type: ignore[arg-type]
    with pytest.raises(ValueError):
        _apache.register_cleanup("name", app.main_server, 1)  # type: ignore[arg-type]
    with pytest.raises(ValueError):
        _apache.register_cleanup("name", "no server", print)  # type: ignore[arg-type]


def test_a_cleanup_without_an_application_runs_at_exit() -> None:
    program = "from mod_python import apache; apache.register_cleanup(print, 'at exit')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "at exit\n"


# Objects in modules


class Handlers:
    """A class that a handler name may lead through."""

    class Inner:
        def __init__(self, arg: Any) -> None:
            self.arg = arg

        def handler(self) -> Any:
            return self.arg

    def __init__(self, arg: Any) -> None:
        self.arg = arg

    def handler(self) -> Any:
        return self.arg


def test_resolve_object() -> None:
    module = SimpleNamespace(handler=print, Handlers=Handlers, instance=Handlers("made"), __file__="/x.py")
    assert apache.resolve_object(module, "handler") is print
    assert apache.resolve_object(module, "Handlers.handler", "req")() == "req"
    assert apache.resolve_object(module, "Handlers.Inner.handler", "req")() == "req"
    assert apache.resolve_object(module, "instance.handler", "req")() == "made"
    assert apache.resolve_object(module, "Handlers") is Handlers
    for name in ("missing", "instance.missing"):
        assert apache.resolve_object(module, name, silent=1) is None
    with pytest.raises(AttributeError, match=r"module '/x.py' contains no 'missing'"):
        apache.resolve_object(module, "missing")
    with pytest.raises(AttributeError):
        apache.resolve_object(module, "instance.missing")


def test_hstack() -> None:
    req = SimpleNamespace(hstack="a::b  c")
    stack = apache.HStack(req)
    assert [stack.pop(), stack.pop(), stack.pop()] == ["a::b", "c", None]


# Small things


def test_allow_methods_gives_bits() -> None:
    assert apache.allow_methods() == 0
    assert apache.allow_methods(apache.M_GET) == 1
    assert apache.allow_methods(apache.M_GET, apache.M_POST, apache.M_POST) == 0b101


def test_nullio() -> None:
    nothing = apache.NullIO()
    assert (nothing.tell(), nothing.read(), nothing.read(5), nothing.readline(), nothing.readlines()) == (
        0,
        "",
        "",
        "",
        [],
    )
    written: list[str] = []

    class Sink(apache.NullIO):
        def write(self, s: str) -> None:
            written.append(s)

    Sink().writelines(["a", "b"])
    assert written == ["ab"]
    assert nothing.isatty() == 0
    assert [nothing.write("x"), nothing.flush(), nothing.close(), nothing.detach(), nothing.seek(5)] == [None] * 5


# In a site

SITE = "SetHandler mod_python\nPythonHandler site_module\nPythonDebug On"


def answer_of(root: Path, code: str, path: str = "/", **headers: str) -> str:
    (root / "site_module.py").write_text(
        "from mod_python import apache\n"
        "def handler(req):\n"
        "    req.content_type = 'text/plain'\n"
        f"    req.write(str({code}))\n"
        "    return apache.OK\n"
    )
    text: str = site(SITE, root=root).get(path, headers=headers).text
    return text


IN_A_SITE = {
    "main server": ("(apache.main_server.is_virtual, req.server is apache.main_server)", "(0, True)"),
    "interpreter": ("apache.interpreter == req.interpreter", "True"),
    "tree": ("'PythonHandler' in str(apache.config_tree())", "True"),
    "stat": ("apache.stat(req.filename, apache.APR_FINFO_NORM).filetype", "2"),
    "import": ("apache.import_module('sibling').VALUE", "5"),
    "import, logged": ("apache.import_module('sibling', 1, 1).VALUE", "5"),
    "import, path": ("apache.import_module('deeper', path=[req.filename + 'lib']).VALUE", "6"),
    "import, usual path": ("apache.import_module('sibling', path=[req.filename]) is __import__('sibling')", "True"),
    "import, package": ("apache.import_module('package.inner').VALUE", "7"),
    "import, file": ("apache.import_module(req.filename + 'lib/deeper.py').VALUE", "6"),
    "import, file without its suffix": ("apache.import_module(req.filename + 'lib/deeper').VALUE", "6"),
    "import, below the directive's directory": ("apache.import_module('~/lib/deeper.py').VALUE", "6"),
    "import, beside the caller": ("apache.import_module('./package/inner.py').BESIDE", "5"),
    "import, once": ("apache.import_module('~/sibling.py') is apache.import_module('./lib/../sibling')", "True"),
}


@pytest.mark.parametrize(("code", "wanted"), IN_A_SITE.values(), ids=IN_A_SITE.keys())
def test_in_a_site(code: str, wanted: str, tmp_path: Path) -> None:
    (tmp_path / "sibling.py").write_text("VALUE = 5\n")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "deeper.py").write_text("VALUE = 6\n")
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "__init__.py").write_text("")
    (tmp_path / "package" / "inner.py").write_text(
        "from mod_python import apache\nVALUE = 7\nBESIDE = apache.import_module('../sibling.py').VALUE\n"
    )
    assert answer_of(tmp_path, code) == wanted


@pytest.mark.parametrize("name", ["~/absent", "./absent.py", "/absent/absent.py", "../absent"])
def test_a_file_that_is_not_there(name: str, tmp_path: Path) -> None:
    (tmp_path / "site_module.py").write_text(
        f"""
from mod_python import apache
def handler(req):
    try:
        apache.import_module({name!r})
    except ImportError as error:
        req.write("no " + str(error).rpartition("/")[2])
    return apache.OK
"""
    )
    assert site(SITE, root=tmp_path).get("/").text == "no absent.py"


@pytest.mark.parametrize(
    ("handler", "where"),
    [
        ("{root}/lib/deeper.py::answer", "Directory"),
        ("{root}/lib/deeper", "Directory"),
        ("~/lib/deeper.py::answer", "Directory"),
        ("./lib/deeper::Answer.answer", "Directory"),
        ("{root}/lib/deeper.py::answer", "Location"),
    ],
)
def test_a_handler_in_a_file(handler: str, where: str, tmp_path: Path) -> None:
    """As in mod_python 3.3, and loaded again when the file has changed."""
    (tmp_path / "lib").mkdir()
    file = tmp_path / "lib" / "deeper.py"
    text = "def answer(req):\n    req.write('{0} %s' % req.hlist.handler)\n    return 0\nhandler = answer\n"
    text += "class Answer:\n    def __init__(self, req): pass\n    def answer(self, req): return answer(req)\n"
    file.write_text(text.format("one"))
    name = handler.format(root=tmp_path)
    conf = f"SetHandler mod_python\nPythonHandler {name}"
    if where == "Location":
        conf = f"<Location />\n{conf}\n</Location>"
    app = site(conf, root=tmp_path)
    assert app.get("/x").text == f"one {name}"
    file.write_text(text.format("another"))
    assert app.get("/x").text == f"another {name}"


def test_a_file_below_no_directory(tmp_path: Path) -> None:
    (tmp_path / "far.py").write_text(
        "from mod_python import apache\ndef handler(req):\n    apache.import_module('~/far.py')\n"
    )
    conf = f"<Location />\nSetHandler mod_python\nPythonDebug On\nPythonHandler {tmp_path}/far.py\n</Location>"
    answer = site(conf, root=tmp_path).get("/", status=500)
    assert "ModuleNotFoundError: ~/far.py: no directory belongs to the running handler" in answer.text


def test_a_logged_import_names_the_module(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sibling.py").write_text("")
    answer_of(tmp_path, "apache.import_module('sibling', log=True)")
    assert "mod_python: (Re)importing module 'sibling'" in capsys.readouterr().err


def test_cgi_environment(tmp_path: Path) -> None:
    wanted = {
        "GATEWAY_INTERFACE": "Python-CGI/1.1",
        "SCRIPT_NAME": "/page",
        "PATH_INFO": "/more",
        "QUERY_STRING": "a=b",
        "REQUEST_METHOD": "GET",
        "HTTP_AUTHORIZATION": "Basic eDp5",
        "HTTP_X_OTHER": "1",
    }
    code = f"[(name, apache.build_cgi_env(req).get(name)) for name in {list(wanted)!r}]"
    (tmp_path / "page").write_text("")
    text = answer_of(tmp_path, code, "/page/more?a=b", Authorization="Basic eDp5", **{"X-Other": "1"})
    assert dict(eval(text)) == wanted


def test_cgi_environment_without_credentials(tmp_path: Path) -> None:
    assert answer_of(tmp_path, "apache.build_cgi_env(req).get('HTTP_AUTHORIZATION')") == "None"
