"""mod_python.publisher (manual 6.1): what is published, how, to whom; and what never is."""

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import webtest

from modpy_wsgi.testing import site

PAGE = '''
    """ Publisher example """
    import os
    from os import path as imported_module
    from os.path import join
    import sqlite3

    answer = 42
    text = "plain"
    data = b"\\x00\\xff"
    page = "<html>" + "x" * 200 + "</HTML>\\n"
    listing = [1, "two"]
    mapping = {"a": 1}
    nothing = None
    _private = "secret"

    def say(req, what="NOTHING"):
        return "I am saying %s" % what

    def index(req):
        return "index of %s" % req.uri

    def without_request(a, b="b"):
        return "%s %s" % (a, b)

    def everything(req, **fields):
        return repr(sorted(fields.items()))

    def only_named(req, *, a, b=2):
        return "%s %s" % (a, b)

    def positional(req, /, a):
        return a

    def several(a):
        return repr(a)

    def upload(req, file):
        return "%s %s %r" % (file.filename, type(file).__name__, file.value)

    def own_type(req):
        req.content_type = "text/x-own"
        return "own"

    def writes(req):
        req.write("written")

    def returns_function(req):
        def inner(req, a="inner"):
            return "inner %s" % a
        return inner

    def generator(req):
        req.content_type = "text/plain"
        for piece in ("one ", b"two ", 3):
            yield piece

    def unicode_text(req):
        return "caf\\u00e9"

    def form(req):
        return "%s %s" % (type(req.form).__name__, req.form["a"].value)

    class Shop:
        kind = "shop"
        _hidden = "no"

        def __init__(self):
            self.goods = {"a": 1}

        def buy(self, req, what):
            return "bought %s" % what

        def __call__(self, req, name="nobody"):
            return "called by %s" % name

        def __str__(self):
            return "a shop"

    class Quiet:
        def __str__(self):
            return "quiet"

    shop = Shop()
    shop.inner = Shop()
    quiet = Quiet()
    builtin = len
    database = sqlite3.connect(":memory:")
'''

PUBLISHED = {
    "constant": ("/page.py/answer", "42"),
    "text": ("/page.py/text", "plain"),
    "list": ("/page.py/listing", "[1, 'two']"),
    "dict": ("/page.py/mapping", "{'a': 1}"),
    "None": ("/page.py/nothing", ""),
    "default argument": ("/page.py/say", "I am saying NOTHING"),
    "argument": ("/page.py/say?what=hello", "I am saying hello"),
    "blank argument": ("/page.py/say?what=", "I am saying "),
    "argument nobody wants": ("/page.py/say?what=hello&more=1", "I am saying hello"),
    "without req": ("/page.py/without_request?a=1", "1 b"),
    "semicolon": ("/page.py/without_request?a=1;b=2", "1 2"),
    "keywords": ("/page.py/everything?b=2&a=1&b=3", "[('a', '1'), ('b', ['2', '3'])]"),
    "keyword-only": ("/page.py/only_named?a=1&b=3", "1 3"),
    "positional-only": ("/page.py/positional?a=1", "1"),
    "req is the server's": ("/page.py/say?req=mine&what=x", "I am saying x"),
    "several": ("/page.py/several?a=1&a=2", "['1', '2']"),
    "index": ("/page.py", "index of /page.py"),
    "index with a slash": ("/page.py/", "index of /page.py/"),
    "without suffix": ("/page/say?what=x", "I am saying x"),
    "slash at the end": ("/page.py/say/?what=x", "I am saying x"),
    "writes itself": ("/page.py/writes", "written"),
    "returned function": ("/page.py/returns_function?a=x", "inner x"),
    "generator": ("/page.py/generator", "one two 3"),
    "object": ("/page.py/quiet", "quiet"),
    "object's attribute": ("/page.py/shop/kind", "shop"),
    "object's method": ("/page.py/shop/buy?what=milk", "bought milk"),
    "object that is called": ("/page.py/shop?name=me", "called by me"),
    "object in an object": ("/page.py/shop/inner/buy?what=x", "bought x"),
    "form": ("/page.py/form?a=1", "FieldStorage 1"),
    "page of the folder": ("/", "folder's index"),
    "name in the folder's page": ("/about", "about"),
    "folder's page, deeper": ("/thing/name", "name of thing"),
    "imported function": ("/page.py/join?a=x", "x"),
}

REFUSED = {
    "private": ("/page.py/_private", 403),
    "private attribute": ("/page.py/shop/_hidden", 403),
    "dunder": ("/page.py/__doc__", 403),
    "dunder of an object": ("/page.py/shop/__class__", 403),
    "module": ("/page.py/os", 403),
    "through a module": ("/page.py/os/getcwd", 403),
    "module imported from": ("/page.py/imported_module/sep", 403),
    "class": ("/page.py/Shop", 403),
    "through a class": ("/page.py/Shop/kind", 403),
    "builtin": ("/page.py/builtin", 403),
    "function's attribute": ("/page.py/say/func_code", 403),
    "function's own": ("/page.py/say/what", 403),
    "method's attribute": ("/page.py/shop/buy/im_func", 403),
    "text's method": ("/page.py/text/upper", 403),
    "dict's method": ("/page.py/mapping/keys", 403),
    "database's method": ("/page.py/database/execute?sql=x", 403),
    "missing": ("/page.py/absent", 404),
    "missing attribute": ("/page.py/shop/absent", 404),
    "missing page": ("/folder/absent.py", 404),
    "empty part": ("/page.py/shop//kind", 200),  # httpd merges the slashes
    "missing argument": ("/page.py/without_request", 500),  # the page's error, as in the original
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "page.py").write_text(dedent(PAGE))
    (tmp_path / "index.py").write_text(
        dedent(
            """
            class Thing:
                name = "name of thing"
            thing = Thing()
            about = "about"
            def index(req):
                return "folder's index"
            """
        )
    )
    (tmp_path / "folder").mkdir()
    return tmp_path


def publisher(root: Path, extra: str = "") -> webtest.TestApp:
    return site(f"SetHandler mod_python\nPythonHandler mod_python.publisher\n{extra}", root=root)


@pytest.mark.parametrize("name", PUBLISHED)
def test_published(root: Path, name: str) -> None:
    url, wanted = PUBLISHED[name]
    assert publisher(root).get(url).text == wanted


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("/", "folder's index"),
        ("/about", "about"),
        ("/sub/", "index of sub"),
        ("/sub/inner", "inner"),
        ("/sub", None),  # a name in the folder above, which its page does not have
    ],
)
@pytest.mark.parametrize("more", ["", "PythonInterpPerDirectory On\n"])
def test_folders_under_a_location_that_names_the_handler(root: Path, more: str, url: str, wanted: str | None) -> None:
    (root / "sub").mkdir()
    (root / "sub" / "index.py").write_text("def index(req): return 'index of sub'\ninner = 'inner'\n")
    for page in ("index.py", f"{root.name}.py"):  # what lies outside is nobody's page
        (root.parent / page).write_text("def index(req): return 'outside'\nabout = inner = 'outside'\n")
    app = publisher(root, f"<Location />\nSetHandler mod_python\nPythonHandler mod_python.publisher\n{more}</Location>")
    assert app.get(url, status=404 if wanted is None else 200).text == wanted or wanted is None


def test_interpreter_of_a_folder_under_a_location(root: Path) -> None:
    (root / "sub").mkdir()
    (root / "sub" / "index.py").write_text("def index(req): return req.interpreter\n")
    section = "SetHandler mod_python\nPythonHandler mod_python.publisher\nPythonInterpPerDirectory On"
    assert publisher(root, f"<Location />\n{section}\n</Location>").get("/sub/").text == f"{root}/sub/"


@pytest.mark.parametrize("name", REFUSED)
def test_refused(root: Path, name: str) -> None:
    url, status = REFUSED[name]
    publisher(root).get(url, status=status)


@pytest.mark.parametrize(
    ("url", "body", "content_type"),
    [
        ("/page.py/text", b"plain", "text/plain"),
        ("/page.py/data", b"\x00\xff", "text/plain"),
        ("/page.py/page", None, "text/html"),
        ("/page.py/own_type", b"own", "text/x-own"),
        ("/page.py/unicode_text", "caf\u00e9".encode(), "text/plain; charset=UTF-8"),
    ],
)
def test_type_and_body(root: Path, url: str, body: bytes | None, content_type: str) -> None:
    answer = publisher(root).get(url)
    assert answer.headers["Content-Type"] == content_type
    assert body is None or answer.body == body
    assert publisher(root).head(url).headers["Content-Type"] == content_type


@pytest.mark.parametrize(
    ("method", "status"), [("GET", 200), ("HEAD", 200), ("POST", 200), ("PUT", 405), ("DELETE", 405)]
)
def test_methods(root: Path, method: str, status: int) -> None:
    answer = publisher(root).request("/page.py/answer", method=method, status=status)
    if status == 405:
        assert set(answer.headers["Allow"].split(",")) >= {"GET", "HEAD", "POST"}


def test_posted_fields_and_files(root: Path) -> None:
    app = publisher(root)
    assert app.post("/page.py/say", {"what": "posted"}).text == "I am saying posted"
    assert app.post("/page.py/several?a=0", {"a": "1"}).text == "['0', '1']"
    answer = app.post("/page.py/upload", upload_files=[("file", "name.bin", b"\x00bytes")])
    assert answer.text == "name.bin Field b'\\x00bytes'"


def test_page_is_loaded_again_when_it_changes(root: Path) -> None:
    app = publisher(root)
    assert app.get("/page.py/answer").text == "42"
    (root / "page.py").write_text("answer = 43\n")
    assert app.get("/page.py/answer").text == "43"


OWN_CALL = "class Say: pass\nsay = Say()\n"

CHANGES = {
    # what a page does to itself between two requests; then: the answer to /page.py/say?a=1&b=2, and its status
    "nothing": ("", "say 1", 200),
    "another function": ("def say(b, a): return 'other %s %s' % (a, b)", "other 1 2", 200),
    "other code": ("say.__code__ = (lambda b, a: 'code %s %s' % (a, b)).__code__", "code 1 2", 200),
    "a lambda": ("say = lambda **fields: 'lambda %s' % sorted(fields)", "lambda ['a', 'b', 'req']", 200),
    "text": ("say = 'text'", "text", 200),
    "a class": ("class say: pass", None, 403),
    "a module": ("import os as say", None, 403),
    "a builtin": ("say = len", None, 403),
    "an object": ("class Say:\n    def __call__(self, b): return 'object %s' % b\nsay = Say()", "object 2", 200),
    "a method": ("class Say:\n    def say(self, b): return 'method %s' % b\nsay = Say().say", "method 2", 200),
    "gone": ("del say", None, 404),
    "rules of the page": ("__auth__ = {'eva': 'secret'}", None, 401),
    "access to the page": ("def __access__(req, user): return False", None, 403),
    "realm of the page": ("__auth_realm__ = 'mine'", "say 1", 200),
    "rules from nowhere": (
        "def __getattr__(name):\n    if name == '__access__': return False\n    raise AttributeError(name)",
        None,
        403,
    ),
    "rules inside": ("def say(a):\n    def __access__(req, user): return False\n    return 'say'", None, 403),
    "code with rules": (
        "def closed(a):\n    def __access__(req, user): return False\nsay.__code__ = closed.__code__",
        None,
        403,
    ),
    "rules of the object": (
        "class Say:\n    __access__ = 0\n    def __call__(self): return 'x'\nsay = Say()",
        None,
        403,
    ),
    "a call of its own": (f"{OWN_CALL}say.__call__ = lambda b: 'own %s' % b", "own 2", 200),
    "rules inside of a call of its own": (
        f"{OWN_CALL}def closed(a):\n    def __access__(req, user): return False\n    return 'x'\nsay.__call__ = closed",
        None,
        403,
    ),
    "rules inside of a static call": (
        "class Say:\n    @staticmethod\n    def __call__():\n        def __auth__(req, user, password): return False\n"
        "        return 'x'\nsay = Say()",
        None,
        401,
    ),
    "rules of a call of its own": (
        f"{OWN_CALL}class Closed:\n    __access__ = 0\n    def __call__(self): return 'x'\nsay.__call__ = Closed()",
        None,
        403,
    ),
    "rules of a call that has one of its own": (
        "class Say:\n    def __call__(self): pass\nsay = Say()\nsay.__call__ = Say()\nsay.__call__.__access__ = 0\n"
        "say.__call__.__call__ = lambda: 'x'",
        None,
        403,
    ),
    "rules inside of a call of what is returned": (
        f"{OWN_CALL}def closed(a):\n    def __access__(req, user): return False\n    return 'x'\n"
        "say.__call__ = closed\nown = say\ndef say(): return own",
        None,
        403,
    ),
    "what has every name, or raises": (
        "class Row(dict): __getattr__ = dict.__getitem__\ndef say(): return Row(a=1)",
        "{'a': 1}",
        200,
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_page_that_changes_itself(root: Path, name: str) -> None:
    change, text, status = CHANGES[name]
    source = (
        "def say(a): return 'say %s' % a\n" + f"def change():\n    exec({change!r}, globals())\n    return 'changed'\n"
    )
    (root / "changing.py").write_text(source)
    app = publisher(root)
    url = "/changing.py/say?a=1&b=2"
    assert [app.get(url).text for _ in range(2)] == ["say 1"] * 2
    assert app.get("/changing.py/change").text == "changed"
    for _ in range(2):
        answer = app.get(url, status=status)
        assert text is None or answer.text == text


def test_pages_of_one_name_in_two_folders(root: Path) -> None:
    (root / "folder" / "page.py").write_text("answer = 'of the folder'\n")
    app = publisher(root)
    assert [app.get(url).text for url in ("/page.py/answer", "/folder/page.py/answer")] == ["42", "of the folder"]


PROTECTED = {
    # the page, the object asked for; then: (user, password) -> status
    "function": (
        """
        __auth_realm__ = "Members only"
        def __auth__(req, user, passwd):
            return user == "eggs" and passwd == "spam" or user == "joe" and passwd == "eoj"
        def __access__(req, user):
            return user == "eggs"
        def hello(req):
            return "hello"
        """,
        {None: 401, ("eggs", "spam"): 200, ("eggs", "no"): 401, ("joe", "eoj"): 403, ("", ""): 401},
    ),
    "dict and list": (
        """
        __auth_realm__ = "Members only"
        __auth__ = {"eggs": "spam", "joe": "eoj"}
        __access__ = ["eggs"]
        def hello(req):
            return "hello"
        """,
        {None: 401, ("eggs", "spam"): 200, ("eggs", "no"): 401, ("joe", "eoj"): 403, ("nobody", "spam"): 401},
    ),
    "constant": (
        "__auth_realm__ = 'Members only'\n__auth__ = 0\nhello = 'hello'\n",
        {None: 401, ("eggs", "spam"): 401},
    ),
    "access constant": ("__access__ = 0\nhello = 'hello'\n", {None: 403, ("eggs", "spam"): 403}),
    "open constant": (
        "__auth_realm__ = 'Members only'\n__auth__ = 1\n__access__ = 1\nhello = 'hello'\n",
        {None: 401, ("eggs", "any"): 200, ("", "any"): 401},
    ),
    "everybody with a name": (
        "__auth_realm__ = 'Members only'\ndef __auth__(req, user, passwd):\n    return 1\nhello = 'hello'\n",
        {None: 401, ("eggs", "any"): 200, ("", "any"): 401},
    ),
    "open access": ("__access__ = 1\nhello = 'hello'\n", {None: 200}),
    "nested functions": (
        """
        def hello(req):
            x = 1
            y = "secret"
            __auth_realm__ = "Members only"
            def __auth__(req, user, passwd):
                return user == "eggs" and passwd == "spam"
            def __access__(req, user):
                return user == "eggs"
            return "hello"
        """,
        {None: 401, ("eggs", "spam"): 200, ("eggs", "no"): 401},
    ),
    "nested lambda": (
        """
        def hello(req):
            __auth_realm__ = "Members only"
            __auth__ = lambda req, user, passwd: user == "eggs" and passwd == "spam"
            return "hello"
        """,
        {None: 500, ("eggs", "spam"): 500},  # no function of that name, no constant: closed
    ),
    "nested dict": (
        """
        def hello(req):
            x = 1; y = 1
            __auth_realm__ = "Members only"
            __auth__ = {"eggs": "spam"}
            return "hello"
        """,
        {None: 401, ("eggs", "spam"): 200, ("eggs", "no"): 401},
    ),
    "nested false": ("def hello(req):\n    x = 'true'\n    __access__ = 0\n    return 'hello'\n", {None: 403}),
    "method": (
        """
        class Thing:
            def hello(self, req):
                __auth_realm__ = "Members only"
                def __auth__(req, user, passwd):
                    return passwd == "spam"
                return "hello"
        hello = Thing().hello
        """,
        {None: 401, ("eggs", "spam"): 200, ("eggs", "no"): 401},
    ),
    "object": (
        """
        class Thing:
            __auth_realm__ = "Members only"
            __auth__ = {"eggs": "spam"}
            def __str__(self):
                return "hello"
        hello = Thing()
        """,
        {None: 401, ("eggs", "spam"): 200, ("eggs", "no"): 401},
    ),
}


@pytest.mark.parametrize("name", PROTECTED)
def test_protected(root: Path, name: str) -> None:
    page, answers = PROTECTED[name]
    (root / "closed.py").write_text(dedent(page))
    app = publisher(root)
    for visitor, status in answers.items():
        app.authorization = ("Basic", visitor) if visitor else None
        answer = app.get("/closed.py/hello", status=status)
        if status == 401:
            assert answer.headers["WWW-Authenticate"] == 'Basic realm="Members only"'
        if status == 200:
            assert answer.text == "hello"


def test_user_is_known_to_the_page(root: Path) -> None:
    (root / "closed.py").write_text("__auth__ = {'eggs': 'spam'}\ndef who(req):\n    return req.user\n")
    app: Any = publisher(root)
    app.authorization = ("Basic", ("eggs", "spam"))
    assert app.get("/closed.py/who").text == "eggs"


@pytest.mark.parametrize("page", ["__auth_realm__ = 'mine'\n", "def __getattr__(name):\n    return 1\n", ""])
def test_user_is_taken_note_of_where_any_rule_stands(root: Path, page: str) -> None:
    (root / "open.py").write_text(page + "def who(req):\n    return str(req.user)\n")
    app: Any = publisher(root)
    app.authorization = ("Basic", ("eggs", "spam"))
    for _ in range(2):
        assert app.get("/open.py/who").text == ("eggs" if page else "None")


WRAPPER = """
    from mod_python import apache, publisher

    published = publisher.publish_object

    def publish_object(req, object):
        try:
            if isinstance(object, dict):
                object = ",".join("%s=%s" % item for item in sorted(object.items()))
            return published(req, object)
        except ZeroDivisionError as error:
            return published(req, "sorry: %s" % error)

    publisher.publish_object = publish_object

    def handler(req):
        return publisher.handler(req)
"""
WRAPPED = """
    def divide(a, b):
        return str(int(a) / int(b))

    def pairs(req, **fields):
        return fields

    def pieces(req):
        yield "one"
        yield "two"

    nothing = None

    def _hidden(req):
        return "hidden"

    def closed(req):
        __auth__ = {"eva": "secret"}
        return "open"
"""


@pytest.mark.parametrize(
    ("url", "status", "body"),
    [
        ("/page.py/divide?a=6&b=3", 200, "2.0"),
        ("/page.py/divide?a=6&b=0", 200, "sorry: division by zero"),
        ("/page.py/pairs?b=2&a=1", 200, "a=1,b=2"),
        ("/page.py/pieces", 200, "onetwo"),
        ("/page.py/nothing", 200, ""),
        ("/page.py/_hidden", 403, None),
        ("/page.py/divide/__globals__", 403, None),
        ("/page.py/absent", 404, None),
        ("/page.py/closed", 401, None),
    ],
)
def test_publish_object_replaced_by_the_site(tmp_path: Path, url: str, status: int, body: str | None) -> None:
    (tmp_path / "wrapper.py").write_text(dedent(WRAPPER))
    (tmp_path / "page.py").write_text(dedent(WRAPPED))
    answer = site("AddHandler mod_python .py\nPythonHandler wrapper", root=tmp_path).get(url, status=status)
    assert body is None or answer.text == body


PATCHING = """
    from unittest import mock
    from mod_python import apache, publisher

    def handler(req):
        before = publisher.publish_object
        with mock.patch.object(publisher, "publish_object", "outer"):
            with mock.patch.object(publisher, "publish_object", "inner"):
                req.write(publisher.publish_object + " ")
            req.write(publisher.publish_object + " ")
        req.write("%s " % (publisher.publish_object is before))
        del publisher.publish_object
        req.write("%s " % hasattr(publisher, "publish_object"))
        try:
            del publisher.publish_object
        except AttributeError as error:
            req.write("%s " % error)
        return publisher.handler(req)
"""


def test_publish_object_patched_and_deleted_by_the_site(tmp_path: Path) -> None:
    (tmp_path / "patching.py").write_text(dedent(PATCHING))
    (tmp_path / "page.py").write_text(dedent(WRAPPED))
    answer = site("AddHandler mod_python .py\nPythonHandler patching", root=tmp_path).get("/page.py/divide?a=6&b=3")
    assert answer.text == "inner outer True False module 'mod_python.publisher' has no attribute 'publish_object' 2.0"


def test_what_one_site_replaces_no_other_sees(tmp_path: Path) -> None:
    for name, handler in (("wrapping", "wrapper"), ("plain", "mod_python.publisher")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "wrapper.py").write_text(dedent(WRAPPER))
        (tmp_path / name / "page.py").write_text(dedent(WRAPPED))
        (tmp_path / name / "conf").write_text(f"AddHandler mod_python .py\nPythonHandler {handler}")
    wrapping, plain = (
        site((tmp_path / name / "conf").read_text(), root=tmp_path / name) for name in ("wrapping", "plain")
    )
    assert wrapping.get("/page.py/pairs?a=1").text == "a=1"
    assert plain.get("/page.py/pairs?a=1").text == "{'a': '1'}"
    assert wrapping.get("/page.py/pairs?a=1").text == "a=1"


def test_own_way_through_a_page(tmp_path: Path) -> None:
    """What handlers make of the publisher's parts: their own page, its names, and the publisher's way of writing."""
    (tmp_path / "parts.py").write_text(
        dedent("""
            from mod_python import apache, publisher

            class Page:
                def hello(self, req, name):
                    return "hello %s" % name

                def closed(self, req):
                    __auth__ = {"eva": "secret"}
                    return "in"

            def handler(req):
                page = Page()
                realm, user, password = publisher.process_auth(req, page)
                found = publisher.resolve_object(req, page, req.path_info[1:], realm, user, password)
                published = publisher.publish_object(req, found)
                return apache.OK if published else apache.HTTP_NOT_FOUND
        """)
    )
    app = site("SetHandler mod_python\nPythonHandler parts\nAcceptPathInfo On", root=tmp_path)
    assert app.get("/x/hello?name=eva").text == "hello eva"
    assert app.get("/x/absent", status=404)
    assert app.get("/x/closed", status=401).headers["WWW-Authenticate"] == 'Basic realm="unknown"'
    app.set_authorization(("Basic", ("eva", "secret")))
    assert app.get("/x/closed").text == "in"
