"""A site that tells what it finds in forms, and the requests that send them; for the subjects forms and uploads."""

from collections.abc import Mapping
from typing import Any

from .request import Request, post
from .site import Site

# The last part of the path names a function. What may be bytes or text is shown as text, but where types are asked for.
READER = """
    from mod_python import apache, util

    def text(value):
        return value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)

    def line(field):
        shown = "%s=%s" % (text(field.name), text(field.value))
        return shown if field.filename is None else shown + " in %s" % text(field.filename)

    def handler(req):
        if req.uri != "/without_type":
            req.content_type = "text/plain; charset=utf-8"
        return globals()[req.uri.rpartition("/")[2]](req)

    def tell(req, lines):
        req.write("\\n".join(lines) + "\\n", 0)
        return apache.OK

    def fields(req):
        return tell(req, [line(field) for field in util.FieldStorage(req).list])

    def blanks(req):
        return tell(req, [line(field) for field in util.FieldStorage(req, 1).list])

    def strict(req):
        try:
            form = util.FieldStorage(req, strict_parsing=1)
        except ValueError as error:
            return tell(req, ["ValueError %s" % error])
        return tell(req, [line(field) for field in form.list])

    def types(req):
        form = util.FieldStorage(req)
        return tell(req, ["%s: %s is a %s, in a %s" % (
            text(field.name), type(field.name).__name__, type(field.value).__name__, type(field).__name__)
            for field in form.list])

    def string(req):
        field = util.FieldStorage(req).list[0]
        return tell(req, [
            repr(field), repr(field + "x"), repr(field.upper()), repr("%s" % field), repr(field == "value1"),
            repr(isinstance(field, str)), repr(len(field)), repr(hash(field) == hash("value1"))])

    def mapping(req):
        form = util.FieldStorage(req, 1)
        def shown(value):
            if isinstance(value, (list, tuple)):
                return "[%s]" % " ".join([shown(one) for one in value])
            return "None" if value is None else text(getattr(value, "value", value))
        steps = [
            ("[a]", lambda: form["a"]),
            ("[b]", lambda: form["b"]),
            ("[x]", lambda: form["x"]),
            ("get a", lambda: form.get("a", "no")),
            ("get x", lambda: form.get("x", "no")),
            ("getfirst a", lambda: form.getfirst("a")),
            ("getfirst x", lambda: form.getfirst("x")),
            ("getfirst x no", lambda: form.getfirst("x", "no")),
            ("getlist a", lambda: form.getlist("a")),
            ("getlist b", lambda: form.getlist("b")),
            ("getlist x", lambda: form.getlist("x")),
            ("keys", lambda: sorted(form.keys())),
            ("items", lambda: list(form.items())),
            ("iter", lambda: sorted(form)),
            ("len", lambda: len(form)),
            ("a in", lambda: "a" in form),
            ("x in", lambda: "x" in form),
            ("has_key a", lambda: form.has_key("a")),
            ("has_key x", lambda: form.has_key("x")),
        ]
        lines = []
        for name, step in steps:
            try:
                lines.append("%s: %s" % (name, shown(step())))
            except Exception as error:
                lines.append("%s: %s" % (name, type(error).__name__))
        return tell(req, lines)

    def changing(req):
        form = util.FieldStorage(req, 1)
        lines = []
        for name, step in [
            ("add", lambda: form.add_field("added", b"1")),
            ("add again", lambda: form.add_field("added", b"2")),
            ("set", lambda: form.__setitem__("b", b"new")),
            ("set what is not there", lambda: form.__setitem__("c", b"new")),
            ("del", lambda: form.__delitem__("a")),
            ("del what is not there", lambda: form.__delitem__("absent")),
            ("clear", lambda: form.clear()),
        ]:
            try:
                step()
                outcome = "&".join([line(field) for field in form.list]) or "nothing"
            except Exception as error:
                outcome = type(error).__name__
            lines.append("%s: %s" % (name, outcome))
        return tell(req, lines)

    def parts(req):
        lines = []
        for field in util.FieldStorage(req).list:
            lines.append(line(field))
            for name in ("type", "type_options", "disposition", "disposition_options", "headers"):
                try:
                    value = getattr(field, name)
                    if name != "type" and name != "disposition":
                        value = sorted([(text(key), text(value[key])) for key in value.keys()])
                except AttributeError:
                    value = "AttributeError"
                lines.append("    %s: %s" % (name, value if isinstance(value, list) else text(value)))
            lines.append("    file: %s" % text(field.file.read()))
            lines.append("    value: %s" % text(field.value))
        return tell(req, lines)

    def sizes(req):
        return tell(req, ["%s: %d" % (text(field.name), len(field.value)) for field in util.FieldStorage(req).list])

    def twice(req):
        first = [line(field) for field in util.FieldStorage(req).list]
        return tell(req, first + ["again"] + [line(field) for field in util.FieldStorage(req).list])

    def read_first(req):
        before = req.read(3)
        return tell(req, [text(before)] + [line(field) for field in util.FieldStorage(req).list])

    def read_afterwards(req):
        return tell(req, [line(field) for field in util.FieldStorage(req).list] + [repr(req.read())])

    def callbacks(req):
        import io
        told = []
        def file_callback(filename):
            told.append("file %s" % text(filename))
            return io.BytesIO()
        def field_callback():
            told.append("field")
            return io.BytesIO()
        form = util.FieldStorage(req, 0, 0, file_callback, field_callback)
        return tell(req, told + ["%s %s" % (line(field), type(field.file).__name__) for field in form.list])

    def asked(req):
        import io
        told = []
        def file_callback(filename):
            told.append("file %r" % text(filename))
            return io.BytesIO()
        form = util.FieldStorage(req, file_callback=file_callback)
        return tell(req, told + [line(field) for field in form.list])

    def file_callback(req):
        import io
        class Upload(io.BytesIO):
            def write(self, data):
                return io.BytesIO.write(self, data.upper())
        form = util.FieldStorage(req, file_callback=lambda name: Upload())
        return tell(req, [line(field) for field in form.list])

    def refusing(req):
        def refuse(filename):
            raise apache.SERVER_RETURN(apache.HTTP_FORBIDDEN)
        return tell(req, [line(field) for field in util.FieldStorage(req, file_callback=refuse).list])

    def parse_qs(req):
        found = util.parse_qs(req.args or "", 1)
        return tell(req, ["%r: %r" % (name, found[name]) for name in sorted(found)])

    def parse_qs_without_blanks(req):
        found = util.parse_qs(req.args or "")
        return tell(req, ["%r: %r" % (name, found[name]) for name in sorted(found)])

    def parse_qs_of_bytes(req):
        found = util.parse_qs(req.read(), 1)
        return tell(req, ["%r: %r" % (name, found[name]) for name in sorted(found)])

    def parse_qsl_of_bytes(req):
        return tell(req, ["%r" % (pair,) for pair in util.parse_qsl(req.read(), 1)])

    def parse_qsl_of_bytes_without_blanks(req):
        return tell(req, ["%r" % (pair,) for pair in util.parse_qsl(req.read())])

    def plain(req):
        util.redirect(req, "http://elsewhere.test/there?a=1&b=2")

    def permanent(req):
        util.redirect(req, "http://elsewhere.test/", 1)

    def permanent_by_name(req):
        util.redirect(req, location="http://elsewhere.test/", permanent=True)

    def with_text(req):
        util.redirect(req, "http://elsewhere.test/", text="<p>own text</p>")

    def relative(req):
        util.redirect(req, "there")

    def to_a_path(req):
        util.redirect(req, "/there")

    def without_type(req):
        util.redirect(req, "/there")

    def as_html(req):
        req.content_type = "text/html"
        util.redirect(req, "/there")

    def with_quotes(req):
        util.redirect(req, '/there?"><b>')

    def twice_redirected(req):
        try:
            util.redirect(req, "/first")
        except apache.SERVER_RETURN:
            util.redirect(req, "/second")

    def with_status(req):
        req.status = 303
        util.redirect(req, "/there")

    def not_text(req):
        util.redirect(req, "/there", 0, b"bytes")

    def with_header(req):
        req.headers_out["X-Out"] = "1"
        req.err_headers_out["X-Err"] = "2"
        util.redirect(req, "/there")

    def after_buffered(req):
        req.write("before ", 0)
        util.redirect(req, "/there")

    def after_written(req):
        req.write("before ")
        try:
            util.redirect(req, "/there")
        except OSError as error:
            req.write("OSError %s" % error)
        return apache.OK

    def raises(req):
        try:
            util.redirect(req, "/there")
        except apache.SERVER_RETURN as error:
            req.write("%s %r %s" % (type(error).__name__, error.args, req.status), 0)
        return apache.OK

    class Applied:
        def method(self, a, b="b"):
            return shown("method", a=a, b=b)
        def __call__(self, a, b="b"):
            return shown("instance", a=a, b=b)

    class Made:
        def __init__(self, a, b="b"):
            self.made = shown("made", a=a, b=b)
        def __str__(self):
            return self.made

    def argument(value):
        if isinstance(value, (list, tuple)):
            return "[%s]" % " ".join([argument(one) for one in value])
        if getattr(value, "filename", None) is not None:
            return "file %s" % text(value.filename)
        return text(value)

    def shown(name, **given):
        return "%s %s" % (name, " ".join(["%s=%s" % (key, argument(given[key])) for key in sorted(given)]))

    APPLIED = {
        "all": lambda a, b, c: shown("all", a=a, b=b, c=c),
        "some": lambda a: shown("some", a=a),
        "defaults": lambda a, x="default": shown("defaults", a=a, x=x),
        "none": lambda: "none",
        "keywords": lambda **kw: shown("keywords", **kw),
        "keywords and more": lambda a, **kw: shown("keywords and more", a=a, **kw),
        "missing": lambda absent: "never",
        "given": lambda a, given: shown("given", a=a, given=given),
        "positions": lambda *args: shown("positions", args=args),
        "local": lambda a: (lambda b: shown("local", a=a, b=b))("inner"),
        "instance": Applied(),
        "method": Applied().method,
        "unbound": Applied.method,
        "class": Made,
    }

    def apply(req):
        form = util.FieldStorage(req)
        lines = []
        for name in sorted(APPLIED):
            try:
                lines.append(str(util.apply_fs_data(APPLIED[name], form, given=7)))
            except Exception as error:
                lines.append("%s: %s" % (name, type(error).__name__))
        return tell(req, lines)

    def keyword_only(req):
        def called(a, *, b, x="default"):
            return shown("called", a=a, b=b, x=x)
        try:
            return tell(req, [util.apply_fs_data(called, util.FieldStorage(req))])
        except TypeError:
            return tell(req, ["TypeError"])

    def given_and_sent(req):
        try:
            return tell(req, [util.apply_fs_data(lambda a: shown("called", a=a), util.FieldStorage(req), a="given")])
        except AttributeError:
            return tell(req, ["AttributeError"])

    def module(req):
        return tell(req, ["%d" % util.readBlockSize, util.FieldStorage.__name__, util.Field.__name__])
"""
SITE = Site(
    """
    PythonPath "['@ROOT@/lib'] + sys.path"
    SetHandler mod_python
    PythonHandler reader
    """,
    {"lib/reader.py": READER},
)

URLENCODED = "application/x-www-form-urlencoded"
FORM = {"Content-Type": URLENCODED}
BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW"
CHUNKED = {"Transfer-Encoding": "chunked"}


def part(name: str, content: bytes | str, more: str = "", kind: str = "", *, end: str = "\r\n") -> bytes:
    """One part; `more` stands behind the name, `kind` is its Content-Type."""
    lines = [f'Content-Disposition: form-data; name="{name}"{more}']
    if kind:
        lines.append(f"Content-Type: {kind}")
    content = content.encode() if isinstance(content, str) else content
    return end.join([f"--{BOUNDARY}", *lines, "", ""]).encode() + content + end.encode()


def last(end: str = "\r\n") -> bytes:
    """The last boundary."""
    return f"--{BOUNDARY}--{end}".encode()


def multipart(boundary: str = BOUNDARY) -> dict[str, str]:
    """The header of a form in parts."""
    return {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def form(path: str, body: str | bytes, headers: Mapping[str, str] = FORM, **options: Any) -> Request:
    """A POST of a form; named after what is posted."""
    body = body if isinstance(body, bytes) else body.encode()
    options.setdefault("name", f"{path} < {body.decode('ascii', 'backslashreplace')}")
    return post(path, body, headers, **options)


def upload(name: str, *pieces: bytes, path: str = "/fields", header: str = BOUNDARY, **options: Any) -> Request:
    """A POST of a form in parts."""
    return post(path, b"".join(pieces), multipart(header), name=name, **options)


def chunked(body: bytes) -> bytes:
    """The body in one chunk."""
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


def instead(body: str, reason: str) -> dict[str, tuple[Any, str]]:
    """Another body of ours."""
    return {"body": (body, reason), "header:Content-Length": (str(len(body.encode())), reason)}


def read(body: str, reason: str) -> dict[str, tuple[Any, str]]:
    """A form that we read."""
    return {"status": ("200 OK", reason), "body": (body, reason)}


def broken(head: str) -> bytes:
    """The beginning of a part with just these lines above its content, which is an x."""
    return f"--{BOUNDARY}\r\n{head}\r\n\r\nx\r\n".encode()


ONE = part("one", "first")
FILE = part("file", "content\nof it\n", '; filename="name.txt"', "text/plain")
BINARY = bytes(range(256))
ABAC = [part(name, value) for name, value in (("a", "1"), ("b", "2"), ("a", "3"), ("c", ""))]
