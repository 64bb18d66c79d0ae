"""The table object as the original's tables behave, both free ones and those of a request."""

from ..request import ANY, get, post
from ..site import Site
from . import Case, words

# Each function of the site's module is one request; it prints one line per step.
TABLES = """
    from mod_python import apache

    def attempt(function, *args, **named):
        try:
            return repr(function(*args, **named))
        except Exception as error:
            return type(error).__name__

    def pairs():
        t = apache.table()
        for key, value in (("A", "1"), ("b", "2"), ("a", "3"), ("C", "4"), ("A", "5")):
            t.add(key, value)
        return t

    def basics(say):
        t = pairs()
        say("items", t.items(), t.keys(), t.values(), len(t))
        say("iteration", list(t), list(t.iterkeys()), list(t.itervalues()), list(t.iteritems()))
        say("lookup", t["a"], t["B"], t.get("A"), t.get("nothing"), t.get("nothing", "else"))
        say("membership", "a" in t, "c" in t, "d" in t, t.has_key("a"), t.has_key("d"))
        say("missing", attempt(t.__getitem__, "d"))
        say("types", type(t["b"]).__name__, type(t["a"]).__name__, type(t.keys()).__name__, type(t.items()).__name__)

    def changes(say):
        t = pairs()
        t["a"] = "new"
        say("assigned", t.items())
        t["D"] = "4"
        say("added", t.items())
        del t["A"]
        say("deleted", t.items())
        say("deleting what is missing", attempt(t.__delitem__, "zzz"))
        say("setdefault", t.setdefault("b", "x"), t.setdefault("E"), t.get("E"))
        t.add("b", "3")
        say("added twice", t.items(), t["b"])
        t.clear()
        say("cleared", t.items(), len(t), bool(t))
        say("popitem of nothing", attempt(t.popitem))

    def popping(say):
        t = apache.table([("A", "1"), ("b", "2"), ("C", "3")])
        say("popitem", t.popitem(), t.items())

    def popping_twice(say):
        t = pairs()
        say("popitem", t.popitem(), t.items())

    def copies(say):
        t = pairs()
        c = t.copy()
        c["a"] = "changed"
        say("copy", type(c).__name__, t.items(), c.items())
        say("comparison", t == pairs(), t != pairs(), t == c, t == {"A": "1"}, apache.table() == {})
        say("dict", dict(t))

    def construction(say):
        say("mapping", sorted(apache.table({"a": "1", "b": "2"}).items()))
        say("pairs", apache.table([("a", "1"), ("b", "2")]).items())
        say("pairs with a duplicate", apache.table([("a", "1"), ("A", "2")]).items())
        say("number", apache.table([("a", 1)]).items(), apache.table({"a": None}).items())
        say("wrong", attempt(apache.table, 5), attempt(apache.table, [("a",)]), attempt(apache.table, "ab"))
        t = pairs()
        t.update({"a": "9", "z": "8"})
        say("update", t.items())

    def from_table(say):
        say("table", apache.table(pairs()).items())

    def update_more(say):
        t = pairs()
        say("update with pairs", attempt(t.update, [("a", "7")]), t.items())
        say("update with keywords", attempt(t.update, q="1"), t.items())

    def kinds(say):
        t = apache.table()
        for key, value in (("a", 1), ("a", None), ("a", 1.5), (1, "a"), (None, "a"), ("a", ["x"])):
            say("set %r to %r" % (key, value), attempt(t.__setitem__, key, value), t.items())
            say("add %r, %r" % (key, value), attempt(t.add, key, value), t.items())
        t[b"bytes"] = b"value"
        say("bytes", t.items(), t.get("bytes"), t.get(b"bytes"), t[b"bytes"], b"bytes" in t)
        say("lookup with a number", attempt(t.get, 1), attempt(t.__getitem__, 1), attempt(lambda: 1 in t))

    def edges(say):
        t = apache.table()
        t[""] = "empty key"
        t["empty value"] = ""
        t["Foo Bar"] = "blank"
        t["x-y"] = "dash"
        say("edges", t.items(), t[""], t["empty value"])
        say("blank in a key", "foobar" in t, t.get("foobar"), t.get("foo bar"))
        say("dash and underscore", t.get("X-Y"), t.get("x_y"))
        t["line"] = "a\\nb"
        say("line break", t["line"])

    def compared(say):
        say("lookup ignores blanks", attempt(lambda: apache.table({"Foo Bar": "1"})["foobar"]))

    def iterating(say):
        t = pairs()
        say("iterator", type(iter(t)).__name__ != "", [key for key in t])
        seen = []
        for key in t.keys():
            seen.append(key)
            del t[key]
        say("deleting while iterating over keys()", seen, t.items())

    def subclasses(say):
        class Mine(apache.table):
            def hello(self):
                return "hello"
        mine = Mine()
        mine["a"] = "1"
        say("subclass", mine.hello(), mine["A"], isinstance(mine, apache.table))

    def handler(req):
        req.content_type = "text/plain"

        def say(*what):
            req.write("%s: %s\\n" % (what[0], ", ".join(repr(one) for one in what[1:])), 0)

        globals()[req.args](say)
        return apache.OK
"""

OF_THE_REQUEST = """
    from mod_python import apache

    def handler(req):
        req.content_type = "text/plain"
        req.headers_out["X-One"] = "1"
        req.headers_out.add("X-Two", "a")
        req.headers_out.add("X-Two", "b")
        req.headers_out["x-CASE"] = "as written"
        req.headers_out["X-Gone"] = "never"
        del req.headers_out["x-gone"]
        req.err_headers_out["X-Err"] = "also sent with OK"
        req.headers_out["X-Both"] = "out"
        req.err_headers_out["X-Both"] = "err"
        req.headers_out["Content-Language"] = "en"
        req.headers_out["X-Empty"] = ""
        req.headers_out.add("Set-Cookie", "a=1")
        req.headers_out.add("Set-Cookie", "b=2")
        req.headers_out["X-Latin"] = b"caf\\xe9"
        req.headers_out["X-Utf"] = b"caf\\xc3\\xa9"
        req.write("%r\\n" % req.headers_in.get("content-type"), 0)
        req.write("%r\\n" % req.headers_in["CONTENT-LENGTH"], 0)
        req.write("%r\\n" % ("cookie" in req.headers_in), 0)
        req.headers_in["X-Added"] = "by the handler"
        req.write("%r\\n" % req.headers_in["x-added"], 0)
        req.notes["a"] = "1"
        req.connection.notes["b"] = "2"
        req.subprocess_env["C"] = "3"
        req.write("%r %r %r\\n" % (req.notes["A"], req.connection.notes["B"], req.subprocess_env["c"]), 0)
        return apache.OK

    def content_headers(req):
        req.headers_out["Content-Type"] = "text/x-table"
        req.headers_out["Content-Length"] = "4"
        req.write("body", 0)
        return apache.OK

    def both_types(req):
        req.content_type = "text/x-member"
        req.headers_out["Content-Type"] = "text/x-table"
        req.write("body", 0)
        return apache.OK

    def own_names(req):
        req.content_type = "text/plain"
        req.headers_out["Server"] = "mine"
        req.headers_out["Date"] = "never"
        req.headers_out["Connection"] = "X-Odd"
        req.headers_out["ETag"] = '"mine"'
        req.headers_out["Last-Modified"] = "Mon, 01 Jan 2001 00:00:00 GMT"
        req.headers_out["Accept-Ranges"] = "none"
        req.headers_out["Vary"] = "Cookie"
        req.write("body", 0)
        return apache.OK

    def failing(req):
        req.headers_out.add("Set-Cookie", "out=1")
        req.err_headers_out.add("Set-Cookie", "err=1")
        req.err_headers_out.add("Set-Cookie", "err=2")
        req.err_headers_out["Content-Type"] = "text/x-error"
        return apache.HTTP_NOT_FOUND
"""

SPLIT = """
    from mod_python import apache

    def value(req):
        req.content_type = "text/plain"
        req.headers_out["X-Split"] = "a\\r\\nX-Injected: b"
        req.write("body", 0)
        return apache.OK

    def name(req):
        req.content_type = "text/plain"
        req.headers_out["X-Split: a\\r\\nX-Injected"] = "b"
        req.write("body", 0)
        return apache.OK

    def line_feed(req):
        req.content_type = "text/plain"
        req.headers_out["X-Split"] = "a\\nX-Injected: b"
        req.write("body", 0)
        return apache.OK

    def type(req):
        req.content_type = "text/plain\\r\\nX-Injected: b"
        req.write("body", 0)
        return apache.OK

    def location(req):
        req.headers_out["Location"] = "http://elsewhere.test/\\r\\nX-Injected: b"
        return apache.HTTP_MOVED_TEMPORARILY

    def status_line(req):
        req.status = 222
        req.status_line = "222 a\\r\\nX-Injected: b"
        req.write("body", 0)
        return apache.OK

    def bad_name(req):
        req.headers_out["X Blank"] = "b"
        req.write("body", 0)
        return apache.OK

    def empty_name(req):
        req.headers_out[""] = "b"
        req.write("body", 0)
        return apache.OK

    def control(req):
        req.headers_out["X-Control"] = "a\\x01b"
        req.write("body", 0)
        return apache.OK
"""


FUNCTIONS = words(
    """
    content_headers both_types own_names failing value name line_feed type location status_line bad_name empty_name
    control
    """
)


def chosen(module: str) -> str:
    """A configuration in which /<function> is answered by that function of a module."""
    files = "".join(f'<Files "{name}">\nPythonHandler {module}::{name}\n</Files>\n' for name in FUNCTIONS)
    return f"""PythonPath "['@ROOT@/lib'] + sys.path"\nSetHandler mod_python\nPythonHandler {module}\n{files}"""


POPPED = "popitem: the original returns the first pair and removes another"
LOST = "table-of-table: the original turns a list of values into one text: the copy of a table has its values"
BLANKS = "blanks-in-keys: the original's lookup ignores blanks, although `in` and get() do not"
MORE = "more-accepted: more than the original takes is no error"
SUBCLASS = "table-subclass: an instance is a plain table in the original"
FRAMED = "bad-header: the original's second error page has no length"
TYPED = {"header:Content-Type": (ANY, "bad-header: the original puts its own body under the status of an error")}
REFUSED = {"framing": (ANY, FRAMED), "header:Content-Length": (ANY, FRAMED), "body": (ANY, FRAMED)}

CASES = (
    Case(
        "tables",
        Site(chosen("tables"), {"lib/tables.py": TABLES}),
        [
            *(
                get(f"/x?{name}", name=name)
                for name in words("basics changes copies construction kinds edges iterating")
            ),
            get("/x?popping", differs={"body": ("popitem: ('A', '1'), [('b', '2'), ('C', '3')]\n", POPPED)}),
            get("/x?popping_twice", differs={"body": (ANY, POPPED), "header:Content-Length": (ANY, POPPED)}),
            get("/x?from_table", differs={"body": (ANY, LOST), "header:Content-Length": (ANY, LOST)}),
            get("/x?update_more", differs={"body": (ANY, MORE), "header:Content-Length": (ANY, MORE)}),
            get(
                "/x?compared",
                differs={
                    "body": ("lookup ignores blanks: 'KeyError'\n", BLANKS),
                    "header:Content-Length": ("34", BLANKS),
                },
            ),
            get(
                "/x?subclasses",
                differs={"status": ("200 OK", SUBCLASS), "body": ("subclass: 'hello', '1', True\n", SUBCLASS)},
            ),
        ],
    ),
    Case(
        "headers of a request",
        Site(chosen("ofrequest"), {"lib/ofrequest.py": OF_THE_REQUEST}),
        [post("/x", b"abc", {"Content-Type": "text/x-sent"}), *(get(f"/{name}") for name in FUNCTIONS[:4])],
    ),
    Case(
        "headers with line breaks",
        Site(chosen("split"), {"lib/split.py": SPLIT}),
        [get(f"/{name}", differs={**REFUSED, **TYPED} if name == "status_line" else REFUSED) for name in FUNCTIONS[4:]],
    ),
)
