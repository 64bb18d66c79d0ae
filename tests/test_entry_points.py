"""How frameworks and applications enter from mod_python: the shapes of their handlers, each from a configuration."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import webtest

from modpy_wsgi import Application
from modpy_wsgi.config.load import load_text

GATEWAY = """
    from mod_python import apache

    apps = {}

    class Errors:
        def __init__(self, req):
            self.req = req
        def write(self, text):
            self.req.log_error(text, apache.APLOG_ERR)
        def flush(self):
            pass

    class Body:
        def __init__(self, req):
            self.read, self.readline, self.readlines = req.read, req.readline, req.readlines
        def __iter__(self):
            return iter(self.readline, b"")

    def handler(req):
        options = req.get_options()
        name = options["wsgi.application"]
        if name not in apps:
            module, function = name.split("::", 1)
            apps[name] = apache.resolve_object(__import__(module, globals(), locals(), [""]), function)
            if options.has_key("wsgi.cleanup"):
                apache.register_cleanup(lambda data: None)
        environ = dict(apache.build_cgi_env(req))
        prefix = options.get("SCRIPT_NAME", "")
        environ["SCRIPT_NAME"], environ["PATH_INFO"] = prefix, req.uri[len(prefix):]
        environ["wsgi.input"], environ["wsgi.errors"] = Body(req), Errors(req)
        environ["wsgi.multithread"] = apache.mpm_query(apache.AP_MPMQ_IS_THREADED) > 0
        environ["wsgi.multiprocess"] = apache.mpm_query(apache.AP_MPMQ_IS_FORKED) > 0
        environ["wsgi.url_scheme"] = environ.get("HTTPS", "off") in ("on", "1") and "https" or "http"

        def start_response(status, headers, exc_info=None):
            req.status = int(status[:3])
            for name, value in headers:
                if name.lower() == "content-length":
                    req.set_content_length(int(value))
                elif name.lower() == "content-type":
                    req.content_type = value
                else:
                    req.headers_out.add(name, value)
            return req.write

        result = apps[name](environ, start_response)
        for piece in result:
            req.write(piece)
        return apache.OK
"""

SHOP = """
    def application(environ, start_response):
        lines = [line.decode().rstrip() for line in environ["wsgi.input"]]
        said = "%(REQUEST_METHOD)s %(SCRIPT_NAME)s %(PATH_INFO)s %(QUERY_STRING)s" % environ
        kinds = (environ["wsgi.multithread"] in (True, False), environ["wsgi.multiprocess"] in (True, False))
        text = "%s %s %s" % (said, lines, kinds)
        write = start_response("202 Accepted", [("Content-Type", "text/x-shop"), ("Content-Length", str(len(text))),
                                                ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        write(text[:4].encode())
        return [text[4:].encode()]
"""


def write(root: Path, **texts: str) -> None:
    root.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (root / f"{name}.py").write_text(dedent(text))


@pytest.fixture
def lib(tmp_path: Path) -> Path:
    write(tmp_path / "lib", gateway=GATEWAY, shop=SHOP)
    (tmp_path / "htdocs" / "static").mkdir(parents=True)
    (tmp_path / "htdocs" / "static" / "style.css").write_text("body {}")
    return tmp_path / "lib"


def served(lib: Path, conf: str) -> webtest.TestApp:
    """A site with its modules in `lib`; `conf` stands in the main server."""
    text = f"""DocumentRoot {lib.parent}/htdocs\nErrorLog {lib}/error.log\nPythonPath "['{lib}'] + sys.path"\n{conf}"""
    return webtest.TestApp(Application(load_text(text), private=True), extra_environ={"REMOTE_ADDR": "127.0.0.1"})


def test_gateway_to_wsgi(lib: Path) -> None:
    app = served(
        lib,
        "<Location /mcontrol>\nSetHandler python-program\nPythonHandler gateway\nPythonOption SCRIPT_NAME /mcontrol\n"
        "PythonOption wsgi.application shop::application\nPythonOption wsgi.cleanup shop::end\n</Location>",
    )
    answer = app.post("/mcontrol/a%20b?x=1", "one\ntwo\n", status=202)
    assert answer.text == "POST /mcontrol /a b x=1 ['one', 'two'] (True, True)"
    assert answer.content_type == "text/x-shop"
    assert answer.headers.getall("Set-Cookie") == ["a=1", "b=2"]


OBJECTS = """
    from mod_python import apache, util

    class Wiki:
        def __init__(self, req):
            self.req = req
            req.add_common_vars()
            self.env = req.subprocess_env
            self.env["X-Wiki-Location"] = req.get_options().get("X-Wiki-Location")

        def run(self, req):
            assert req is self.req
            form = util.FieldStorage(req, keep_blank_values=1)
            found = {}
            for key in form.keys():
                values = form[key]
                for item in values if isinstance(values, list) else [values]:
                    if isinstance(item, util.StringField):
                        item = item.value
                    elif isinstance(item, util.Field) and item.filename:
                        item = (item.filename, item.file.read())
                    found.setdefault(key, []).append(item)
            req.send_http_header()
            req.write("%s %s %s" % (self.env["X-Wiki-Location"], self.env["REMOTE_ADDR"], sorted(found.items())))
            return apache.OK
"""


def test_method_of_an_object(lib: Path) -> None:
    write(lib, wiki=OBJECTS)
    app = served(lib, "SetHandler mod_python\nPythonHandler wiki::Wiki.run\nPythonOption X-Wiki-Location /wiki/")
    answer = app.post("/p?a=1&a=2&b=", {"c": "x"}, upload_files=[("f", "n.txt", b"text")])
    assert answer.text == (
        "/wiki/ 127.0.0.1 [('a', ['1', '2']), ('b', ['']), ('c', ['x']), ('f', [('n.txt', b'text')])]"
    )


PHASES = """
    from mod_python import apache

    class Server:
        def __init__(self):
            self.component = None

        def phase(self, req, name):
            req.notes["phases"] = (req.notes.get("phases") or "") + name
            return apache.OK

    server = Server()

    def HeaderParserHandler(req):
        if req.main:
            return apache.DECLINED
        server.component = req.get_options()["Component"]
        if not req.headers_in.has_key("X-Client-Version"):
            req.err_headers_out["X-Client-Version"] = "missing"
            return apache.HTTP_NOT_ACCEPTABLE
        return server.phase(req, "h")

    def Handler(req):
        server.phase(req, "c")
        data = req.read(int(req.headers_in["Content-Length"]))
        req.headers_out.add("X-Phases", req.notes["phases"])
        for name in ("X-One", "X-Two"):
            req.headers_out[name] = server.component
        req.status = apache.HTTP_PARTIAL_CONTENT
        req.content_type = "text/xml"
        req.headers_out["Content-Length"] = str(len(data))
        req.send_http_header()
        req.write(data)
        return apache.OK

    def LogHandler(req):
        return server.phase(req, "l")

    def CleanupHandler(req):
        apache.log_error("phases %s, %d sent" % (req.notes["phases"], req.bytes_sent))
        return apache.OK
"""
XMLRPC = (
    "<Location /XMLRPC>\nSetHandler python-program\nPythonHeaderParserHandler server.entry::HeaderParserHandler\n"
    "PythonHandler server.entry::Handler\nPythonLogHandler server.entry::LogHandler\n"
    "PythonCleanupHandler server.entry::CleanupHandler\nPythonOption Component server.xmlrpc\n"
    'DefaultType text/xml\nErrorDocument 406 "Error 406"\n</Location>'
)


def test_one_object_over_several_phases(lib: Path) -> None:
    write(lib / "server", __init__="", entry=PHASES)
    app = served(lib, XMLRPC)
    refused = app.post("/XMLRPC", "<x/>", status=406)
    assert (refused.text, refused.headers["X-Client-Version"]) == ("Error 406", "missing")
    answer = app.post("/XMLRPC", "<x/>", headers={"X-Client-Version": "5"}, status=206)
    assert (answer.text, answer.content_type, answer.headers["X-Phases"]) == ("<x/>", "text/xml", "hc")
    assert (answer.headers["X-One"], answer.headers["X-Two"]) == ("server.xmlrpc",) * 2
    assert "phases hcl, 4 sent" in (lib / "error.log").read_text()


TYPES = """
    from mod_python import apache

    def typehandler(req):
        if req.filename is None or not req.filename.endswith(".page"):
            return apache.DECLINED
        req.handler = "python-program"
        req.add_handler("PythonHandler", "types_of_pages::page")
        return apache.OK

    def page(req):
        req.content_type = "text/plain"
        with open(req.filename) as file:
            req.write("made of " + file.read())
        return apache.OK
"""


def test_type_handler_that_takes_files(lib: Path) -> None:
    write(lib, types_of_pages=TYPES)
    (lib.parent / "htdocs" / "a.page").write_text("a page")
    app = served(lib, "PythonTypeHandler types_of_pages")
    assert app.get("/a.page").text == "made of a page"
    assert app.get("/static/style.css").text == "body {}"


LOADER = """
    import os
    from mod_python import apache

    def handler(req):
        path, name = os.path.split(req.filename)
        name, suffix = os.path.splitext(name)
        try:
            module = apache.import_module(name, path=[path])
        except ImportError:
            raise apache.SERVER_RETURN(apache.HTTP_NOT_FOUND)
        req.add_common_vars()
        module.index(req)
        return apache.OK
"""
PAGE = """
    import browse_lib

    class Server:
        def __init__(self, req):
            self.req = req
            req.add_cgi_vars()

        def getenv(self, name, value=None):
            try:
                return self.req.subprocess_env[name]
            except KeyError:
                return value

    def index(req):
        server = Server(req)
        req.content_type = "text/plain"
        req.write("%s %s %s" % (browse_lib.NAME, server.getenv("PATH_INFO"), server.getenv("X_ABSENT", "none")))
"""


def test_loader_of_pages(lib: Path) -> None:
    write(lib, loader=LOADER, browse_lib="NAME = 'the library'")
    write(lib.parent / "htdocs", browse=PAGE)
    app = served(lib, "AddHandler python-program .py\nPythonHandler loader")
    assert app.get("/browse.py/a/b").text == "the library /a/b none"
    assert app.get("/absent.py", status=404)


LOGIN = """
    from mod_python import apache, Session, util

    def _session(req):
        if not hasattr(req, "session"):
            req.session = Session.MemorySession(req)
        return req.session

    def authenhandler(req):
        password = req.get_basic_auth_pw()
        if (req.user, password) != ("eva", "secret"):
            return apache.HTTP_UNAUTHORIZED
        session = _session(req)
        session["token"] = "token of %s" % req.user
        session.save()
        return apache.OK

    def handler(req):
        session = _session(req)
        if "token" not in session:
            return apache.HTTP_UNAUTHORIZED
        form = {}
        fields = util.FieldStorage(req)
        for name in fields.keys():
            form[name] = str(fields.get(name, "default"))
        req.add_common_vars()
        form.update(req.subprocess_env)
        req.content_type = "text/plain;charset=utf-8"
        req.write(("%s %s %s" % (session["token"], form["mode"], form["REMOTE_ADDR"])).encode("utf-8"))
        return apache.OK
"""
REALM = 'AuthType Basic\nAuthName "Cobblers"\nRequire valid-user\nAuthBasicAuthoritative Off\n'


@pytest.mark.parametrize(
    ("login", "status", "body"),
    [
        (None, 401, None),
        (("eva", "wrong"), 401, None),
        (("eva", "secret"), 200, "token of eva list 127.0.0.1"),
    ],
)
def test_authentication_hands_a_session_over(lib: Path, login: Any, status: int, body: str | None) -> None:
    write(lib, cobblers=LOGIN)
    handlers = "SetHandler mod_python\nPythonHandler cobblers\nPythonAuthenHandler cobblers"
    app = served(lib, f"<Location /web>\n{REALM}{handlers}\n</Location>")
    if login:
        app.set_authorization(("Basic", login))
    answer = app.get("/web?mode=list", status=status)
    assert body is None or answer.text == body


def test_files_beside_a_handler_of_everything(lib: Path) -> None:
    app = served(
        lib,
        "<Location />\nSetHandler mod_python\nPythonHandler gateway\nPythonOption wsgi.application shop::application\n"
        "</Location>\n<Location /static>\nSetHandler None\n</Location>",
    )
    assert app.get("/static/style.css").text == "body {}"
    assert app.get("/static/absent.css", status=404)
    assert app.get("/anything", status=202).text.startswith("GET  /anything")


NAMED_AS_FILE = """
    from mod_python import apache
    import beside

    def handler(req):
        other = apache.import_module("./other-page.py")
        again = apache.import_module("../other/far.py", autoreload=0)
        same = apache.import_module(other.__file__)
        req.write("%s %s %s %s" % (beside.NAME, other.NAME, again.NAME, same is other))
        return apache.OK

    def authzhandler(req):
        return apache.HTTP_FORBIDDEN if req.uri == "/closed" else apache.OK

    class Shop:
        def __init__(self, req):
            self.req = req

        def show(self, req):
            req.write("shop " + beside.NAME)
            return apache.OK
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    write(tmp_path / "elsewhere", beside="NAME = 'beside'")
    write(tmp_path / "other", far="NAME = 'far'")
    (tmp_path / "elsewhere" / "a-handler.py").write_text(dedent(NAMED_AS_FILE))
    (tmp_path / "elsewhere" / "other-page.py").write_text("NAME = 'other'\n")
    return tmp_path / "elsewhere"


@pytest.mark.parametrize("python_path", [True, False])
@pytest.mark.parametrize(
    ("handler", "body"),
    [("@/a-handler.py", "beside other far True"), ("@/a-handler.py::Shop.show", "shop beside"), ("~/own.py", "own")],
)
def test_handler_given_as_a_file(elsewhere: Path, handler: str, body: str, python_path: bool) -> None:
    """As mod_python 3.3 took it: a path, or one in the directory that the directive stands in."""
    root = elsewhere.parent / "htdocs"
    write(root, own="def handler(req):\n    req.write('own')\n    return 0\n")
    conf = f"DocumentRoot {root}\nErrorLog {elsewhere}/error.log\n" + (
        f"<Directory {root}>\nSetHandler mod_python\nPythonHandler {handler.replace('@', str(elsewhere))}\n"
        + ('PythonPath "sys.path"\n' if python_path else "")
        + "</Directory>\n"
    )
    app = webtest.TestApp(Application(load_text(conf), private=True), extra_environ={"REMOTE_ADDR": "127.0.0.1"})
    assert app.get("/x").text == body


def test_file_of_another_phase_and_its_reload(elsewhere: Path, lib: Path) -> None:
    file = elsewhere / "a-handler.py"
    write(lib, users="def authenhandler(req):\n    req.user = 'eva'\n    return 0\n")
    app = served(
        lib,
        f"<Location />\nSetHandler mod_python\nPythonHandler {file}\nPythonAuthzHandler {file}\n"
        "AuthType Basic\nAuthName x\nPythonAuthenHandler users\nRequire valid-user\n</Location>",
    )
    assert app.get("/closed", status=403)
    assert app.get("/open").text == "beside other far True"
    (elsewhere / "beside.py").write_text("NAME = 'changed'\n")
    assert app.get("/open").text == "changed other far True"


def test_import_of_a_file_at_the_start(elsewhere: Path, lib: Path) -> None:
    (elsewhere / "at-start.py").write_text(
        "import beside\nfrom mod_python import apache\n\n\ndef begin():\n    apache.log_error('begun ' + beside.NAME)\n"
    )
    app = served(lib, f"PythonImport {elsewhere}/at-start.py::begin main_interpreter")
    app.get("/absent", status=404)
    assert "begun beside" in (lib / "error.log").read_text()


def test_file_that_is_not_there(lib: Path) -> None:
    app = served(lib, f"<Location />\nSetHandler mod_python\nPythonHandler {lib}/absent.py\n</Location>")
    assert app.get("/x", status=500)
    assert f"there is no module {lib}/absent.py" in (lib / "error.log").read_text()


@pytest.mark.parametrize("python_path", [True, False])
def test_importer_path_of_mod_python_3_3(elsewhere: Path, python_path: bool) -> None:
    root = elsewhere.parent / "htdocs"
    write(root, front="import beside, own, apart\n\ndef handler(req):\n    req.write(beside.NAME)\n    return 0\n")
    write(root / "lib", own="", apart="")
    conf = (
        f"DocumentRoot {root}\nErrorLog {elsewhere}/error.log\n<Directory {root}>\nSetHandler mod_python\n"
        f"PythonHandler ~/front.py\nPythonOption mod_python.importer.path \"['{elsewhere}', '~/lib']\"\n"
        + ('PythonPath "sys.path"\n' if python_path else "")
        + "</Directory>\n"
    )
    app = webtest.TestApp(Application(load_text(conf), private=True), extra_environ={"REMOTE_ADDR": "127.0.0.1"})
    assert app.get("/x").text == "beside"


def test_importer_path_is_no_matter_of_a_htaccess(lib: Path) -> None:
    root = lib.parent / "htdocs"
    root.mkdir(exist_ok=True)
    app = served(lib, f"<Directory {root}>\nAllowOverride None\nAllowOverrideList PythonOption\n</Directory>")
    (root / "page.txt").write_text("page")
    (root / ".htaccess").write_text("PythonOption mod_python.importer.path \"['~/lib']\"\n")
    assert app.get("/page.txt", status=500)
    assert "mod_python.importer.path is not heeded in a .htaccess: use PythonPath" in (lib / "error.log").read_text()
    (root / ".htaccess").write_text("PythonOption mod_python.importer.path\n")
    assert app.get("/page.txt").text == "page"


def test_importer_path_that_is_taken_back(lib: Path) -> None:
    option = "PythonOption mod_python.importer.path"
    write(lib, plain="def handler(req):\n    req.write('plain')\n    return 0\n")
    app = served(lib, f'SetHandler mod_python\nPythonHandler plain\n{option} "[1]"\n<Files x>\n{option}\n</Files>')
    assert app.get("/x").text == "plain"


@pytest.mark.parametrize("name", ["sub/mod", "./mod", "~/mod"])
def test_file_of_no_directory(lib: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The directory that the process is in has nothing to do with the site."""
    write(lib / "sub", mod="def handler(req): return 0\n")
    write(lib, mod="def handler(req): return 0\n")
    monkeypatch.chdir(lib)
    app = served(lib, f"<Location />\nSetHandler mod_python\nPythonHandler {name}\n</Location>")
    assert app.get("/x", status=500)
    assert f"{name}: no directory is known from which to look for this file" in (lib / "error.log").read_text()


def test_importer_path_that_is_none(lib: Path) -> None:
    app = served(lib, 'SetHandler mod_python\nPythonHandler gateway\nPythonOption mod_python.importer.path "1 +"')
    assert app.get("/x", status=500)
    assert "PythonOption mod_python.importer.path 1 +: SyntaxError" in (lib / "error.log").read_text()
