"""Sites whose pages the publisher serves; for the subject publisher."""

from typing import Any

from .site import File, Site

PAGE = '''
    """ A page """
    import io
    import os
    import sys
    import types
    from os import path as imported
    from os.path import join
    from mod_python import apache, util

    answer = 42
    text = "plain"
    data = b"\\x00bytes"
    page = "<html>" + "x" * 200 + "</HTML>\\n"
    blanks = "<html></html \\n>\\n"
    turned = "<html></ html>"
    not_quite = "<html></html>" + " " * 200
    listing = [1, "two"]
    pair = (1, 2)
    mapping = {"a": 1}
    group = frozenset()
    nothing = None
    yes = True
    number = 1.5
    empty = ""
    accents = "caf\\u00e9"
    _private = "secret"
    builtin = len
    kind = int
    exception = ValueError("text of an error")
    piece = (part for part in "abc")
    opened = io.BytesIO(b"not to be read")
    quick = lambda req: "quick"

    def shown(value):
        if isinstance(value, list):
            return "[%s]" % " ".join([shown(one) for one in value])
        if getattr(value, "filename", None) is not None:
            return "file %s: %s" % (value.filename, shown(value.value))
        return value.decode() if isinstance(value, bytes) else str(value)

    def index(req):
        return "index of %s" % req.uri

    def hello():
        return "hello"

    def say(req, what="NOTHING"):
        return "I am saying %s" % shown(what)

    def two(first, second="default"):
        return "%s and %s" % (shown(first), shown(second))

    def everything(req, **fields):
        return " ".join(["%s=%s" % (shown(name), shown(fields[name])) for name in sorted(fields)])

    def positions(*arguments):
        return repr(arguments)

    def request_alone(req):
        return type(req).__name__

    def request_last(what, req):
        return "%s %s" % (shown(what), req.uri)

    def default_request(req=None):
        return "a request" if req is not None else "none"

    def form(req):
        fields = ["%s=%s" % (shown(field.name), shown(field.value)) for field in req.form.list]
        return "%s %s" % (type(req.form).__name__, "&".join(fields))

    def fields_of_the_form(req):
        return "%s %s" % (shown(req.form.getfirst("name", "no")), len(req.form))

    def local(req):
        what = "a local variable"
        return what

    def what_is_known(req):
        return "%s %s %s %s" % (req.filename.rpartition("/")[2], req.path_info, req.user, req.content_type)

    def has_type(req):
        req.content_type = "text/x-own"
        return "own"

    def has_charset(req):
        req.content_type = "text/html; charset=iso-8859-1"
        return "<p>"

    def writes(req):
        req.write("written")

    def writes_and_returns(req):
        req.content_type = "text/plain"
        req.write("written, ")
        return "returned"

    def writes_late(req):
        req.content_type = "text/plain"
        req.write("written, ", 0)
        return "returned"

    def gives_none():
        return None

    def gives_empty():
        return ""

    def gives_number():
        return 7

    def gives_zero():
        return 0

    def gives_false():
        return False

    def gives_bytes():
        return b"bytes"

    def gives_text():
        return "caf\\u00e9"

    def gives_list():
        return [1, "two"]

    def gives_dict():
        return {"a": 1}

    def gives_ok():
        return apache.OK

    def gives_object():
        return Shop()

    def gives_function():
        def inner(req, what="inner"):
            return "inner %s" % shown(what)
        return inner

    def gives_function_twice():
        return gives_function

    def gives_lambda():
        return lambda: "of a lambda"

    def gives_itself():
        return gives_itself

    def gives_class_of_its_own_making():
        return OwnMaking

    def gives_class():
        return Shop

    def gives_module():
        return os

    def gives_builtin():
        return len

    def gives_callable_builtin():
        return "called".upper

    def gives_iterator_with_text():
        return Told()

    def gives_file():
        import io
        return io.BytesIO(b"of a file")

    def has_charset_and_accents(req):
        req.content_type = "text/html; charset=iso-8859-1"
        return "caf\u00e9"

    def has_type_and_accents(req):
        req.content_type = "text/html"
        return "caf\u00e9"

    def generates():
        yield "one "
        yield "two"

    def iterates():
        return iter(["one ", "two"])

    def sets_status(req):
        req.status = 404
        return "not here"

    def sets_headers(req):
        req.headers_out["X-Own"] = "1"
        return "with a header"

    def not_found(req):
        raise apache.SERVER_RETURN(apache.HTTP_NOT_FOUND)

    def done(req):
        req.write("so far", 0)
        raise apache.SERVER_RETURN(apache.DONE)

    def fails(req):
        raise ValueError("in the page")

    def redirects(req):
        util.redirect(req, "/page.py/hello")

    def adds_handler(req):
        return "%s %s" % (req.hlist.handler, req.handler)

    def form_again(req):
        return "%d" % len(util.FieldStorage(req).list)

    say.attribute = "of a function"

    class Shop:
        kind = "shop"
        _hidden = "no"

        def __init__(self):
            self.goods = {"a": 1}
            self.count = 3

        def buy(self, req, what="nothing"):
            return "bought %s" % shown(what)

        def index(self):
            return "index of a shop"

        @property
        def owner(self):
            return "owned"

        @staticmethod
        def still():
            return "static"

        @classmethod
        def made(cls):
            return "class %s" % cls.__name__

        def __call__(self, req, name="nobody"):
            return "called by %s" % shown(name)

        def __str__(self):
            return "a shop"

    class Quiet:
        def __init__(self):
            self.name = "quiet"
        def __str__(self):
            return "<p>quiet</p></html>"

    class Anything:
        def __getattr__(self, name):
            if name.startswith("_"):
                raise AttributeError(name)
            return "attribute %s" % name

    class Told:
        def __iter__(self):
            return self
        def __next__(self):
            raise StopIteration
        def __str__(self):
            return "text of an iterator"

    class Keen:
        def __call__(self):
            return "keen"

    class Slots:
        __slots__ = ("name",)

    class Text(str):
        extra = "extra"

    class Mapping(dict):
        extra = "extra of a mapping"
        def method(self):
            return "method of a mapping"

    class Meta(type):
        pass

    MetaShop = Meta("MetaShop", (Shop,), {})

    class Making(type):
        def __call__(cls, name="nobody"):
            return "made for %s" % shown(name)

    OwnMaking = Making("OwnMaking", (), {})

    class Named(Exception):
        extra = "extra of an exception"

    class OldStyle:
        pass

    class Still:
        @staticmethod
        def __call__(name="nobody", more="nothing"):
            return "called by %s with %s" % (shown(name), shown(more))

    class Made:
        @classmethod
        def __call__(cls, name="nobody"):
            return "%s called by %s" % (cls.__name__, shown(name))

    class Handed:
        __call__ = Shop()

    class Other:
        def __call__(self, other):
            return "never"

    still = Still()
    made = Made()
    handed = Handed()
    other = Other()
    other.__call__ = say
    place = OldStyle()
    place.__call__ = say
    place.below = OldStyle()
    place.below.__call__ = Shop().buy
    namespace = types.SimpleNamespace(kind="of a namespace")
    shop = Shop()
    shop.inner = Shop()
    quiet = Quiet()
    anything = Anything()
    keen = Keen()
    slots = Slots()
    slots.name = "slotted"
    sub = Text("subclass of text")
    own_mapping = Mapping(key="value")
    error = Named("message")
    tree = OldStyle()
    tree.branch = OldStyle()
    tree.branch.leaf = "leaf"
    tree.branch.function = hello
    tree.module = os
    tree.Shop = Shop
    tree.builtin = len
'''
INDEX = """
    class Thing:
        name = "name of a thing"
        def method(self):
            return "method of a thing"

    thing = Thing()
    about = "about"
    _hidden = "hidden"

    def index(req):
        return "index of the folder, %s" % req.uri

    def contact(req):
        return "contact, path_info %s" % req.path_info
"""
FILES: dict[str, Any] = {
    "htdocs/page.py": PAGE,
    "htdocs/index.py": INDEX,
    "htdocs/page.txt": "text beside the page\n",
    "htdocs/static.html": "<p>static</p>\n",
    "htdocs/_hidden.py": "hello = 'of a hidden page'\n",
    "htdocs/with-dash.py": "hello = 'of a page with a dash'\n",
    "htdocs/without.py": "hello = 'no index here'\n",
    "htdocs/wrong.py": "def hello(:\n",
    "htdocs/raising.py": "hello = 'never'\nraise ValueError('while loading')\n",
    "htdocs/importing.py": "import page_helper\nhello = page_helper.hello\n",
    "htdocs/page_helper.py": "hello = 'of a module beside'\n",
    "htdocs/sub/index.py": "def index():\n    return 'index of sub'\ndef more():\n    return 'more of sub'\n",
    "htdocs/sub/page.py": "def hello():\n    return 'hello of sub'\n",
    "htdocs/none/other.py": "hello = 'of other'\n",
    "htdocs/named.py/index.py": "hello = 'in a folder that is called like a page'\n",
    "htdocs/names.py": """
        def names(req):
            return "%s %s" % ("names" in __name__, __file__.rpartition("/")[2])
        def modules():
            import sys
            return str(__name__ in sys.modules)
        counter = []
        def counted():
            counter.append(1)
            return "called"
        """,
}
PUBLISHER = """
    SetHandler mod_python
    PythonHandler mod_python.publisher
"""
SITE = Site(PUBLISHER, FILES)
BY_EXTENSION = Site(
    """
    AddHandler mod_python .py .html
    PythonHandler mod_python.publisher
    """,
    FILES,
)
BY_OTHER_EXTENSION = Site(
    """
    AddHandler mod_python .do .py
    PythonHandler mod_python.publisher | .do
    PythonHandler mod_python.publisher
    """,
    FILES,
)
CHANGING = Site(
    PUBLISHER,
    {
        "htdocs/changing.py": File("text = 'first'\ndef change():\n    return 'never'\n", mode=0o666),
        "htdocs/writer.py": """
            import os

            def write(text):
                path = os.path.join(os.path.dirname(__file__), "changing.py")
                with open(path, "w") as file:
                    file.write("text = %r\\n" % (text if isinstance(text, str) else text.decode()))
                return "written"
            """,
    },
)
FORM_BEFORE = Site(
    PUBLISHER + "PythonFixupHandler before\nPythonPath \"['@ROOT@/lib'] + sys.path\"\n",
    {
        "lib/before.py": """
            from mod_python import apache, util

            def fixuphandler(req):
                req.form = util.FieldStorage(req) if req.args else "no form"
                return apache.OK
            """,
        "htdocs/page.py": """
            from mod_python import util

            def say(req, what="NOTHING"):
                return "[%s] %s" % (what, type(req.form).__name__)

            def late(req):
                req.write("written")
                util.redirect(req, "/elsewhere")
            """,
    },
)
