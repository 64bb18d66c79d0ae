"""util.FieldStorage (manual 4.6.1, 4.6.2): what a form's fields are, however it was sent, and what bad forms get."""

import gc
import inspect
import io
import os
import pickle
import urllib.parse
from collections.abc import Callable
from typing import Any

import pytest

from modpy_wsgi.arguments import apply_fs_data
from modpy_wsgi.errors import SERVER_RETURN
from modpy_wsgi.forms import Field, FieldStorage, StringField
from modpy_wsgi.testing import request

URLENCODED = "application/x-www-form-urlencoded"
BOUNDARY = "----boundary"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


def part(name: str, content: bytes, *, filename: str | None = None, content_type: str | None = None) -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"'
    if filename is not None:
        head += f'; filename="{filename}"'
    if content_type:
        head += f"\r\nContent-Type: {content_type}"
    return f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"


def multipart(*parts: bytes) -> bytes:
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def form(
    body: bytes = b"",
    content_type: str = URLENCODED,
    url: str = "/",
    method: str = "POST",
    config: str = "",
    **options: Any,
) -> FieldStorage:
    return FieldStorage(asked(body, content_type, url, method, config), **options)


def asked(
    body: bytes = b"", content_type: str = URLENCODED, url: str = "/", method: str = "POST", config: str = ""
) -> Any:
    environ = {"CONTENT_LENGTH": str(len(body))} if method != "GET" else {}
    return request(
        url, method=method, body=body, headers={"Content-Type": content_type}, config=config, environ=environ
    )


TEXTS: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "query": ({"url": "/?a=1&b=2", "method": "GET"}, [("a", "1"), ("b", "2")]),
    "body": ({"body": b"a=1&b=2"}, [("a", "1"), ("b", "2")]),
    "query and body": ({"url": "/?a=1", "body": b"a=2"}, [("a", "1"), ("a", "2")]),
    "PUT": ({"body": b"a=1", "method": "PUT"}, [("a", "1")]),
    "PATCH": ({"body": b"a=1", "method": "PATCH"}, [("a", "1")]),
    "PUT of something else": ({"url": "/?a=1", "body": b"{}", "method": "PUT", "content_type": "a/json"}, [("a", "1")]),
    "PUT without a type": ({"url": "/?a=1", "body": b"b=2", "method": "PUT", "content_type": ""}, [("a", "1")]),
    "PATCH of parts that are no form": (
        {"url": "/?a=1", "body": b"x", "method": "PATCH", "content_type": "multipart/byteranges; boundary=b"},
        [("a", "1")],
    ),
    "GET has no body": ({"url": "/?a=1", "body": b"b=2", "method": "GET"}, [("a", "1")]),
    "type with a charset": ({"body": b"a=1", "content_type": URLENCODED + "; charset=UTF-8"}, [("a", "1")]),
    "escapes": ({"body": b"a+b=%C3%A9+%26&c=%zz"}, [("a b", "\u00e9 &"), ("c", "%zz")]),
    "no UTF-8": ({"body": b"a=%E9"}, [("a", "\udce9")]),
    "blank": ({"body": b"a=&b=2"}, [("b", "2")]),
    "blank kept": ({"body": b"a=&b=2", "keep_blank_values": 1}, [("a", ""), ("b", "2")]),
    "semicolons": ({"body": b"a=1;b=2"}, [("a", "1"), ("b", "2")]),
    "no semicolons": ({"body": b"a=1;b=2", "config": "PythonOption modpy_wsgi.query_separators &"}, [("a", "1;b=2")]),
    "another charset": ({"body": b"a=%E9", "config": "PythonOption modpy_wsgi.charset latin-1"}, [("a", "\u00e9")]),
    "declared charset": ({"body": b"_charset_=iso-8859-1&a=%E9"}, [("_charset_", "iso-8859-1"), ("a", "\u00e9")]),
    "declared nonsense": ({"body": b"_charset_=made-up&a=%C3%A9"}, [("_charset_", "made-up"), ("a", "\u00e9")]),
    "multipart": (
        {"body": multipart(part("a", b"1"), part("b", "\u00e9".encode())), "content_type": MULTIPART},
        [("a", "1"), ("b", "\u00e9")],
    ),
    "multipart, blank": ({"body": multipart(part("a", b"")), "content_type": MULTIPART}, [("a", "")]),
    "multipart, declared charset": (
        {"body": multipart(part("_charset_", b"latin-1"), part("a", b"\xe9")), "content_type": MULTIPART},
        [("_charset_", "latin-1"), ("a", "\u00e9")],
    ),
    "nothing": ({"body": b""}, []),
    "multipart, nothing": ({"body": b"", "content_type": MULTIPART}, []),
    "multipart, no file chosen": (
        {"body": multipart(part("f", b"", filename=""), part("a", b"1")), "content_type": MULTIPART},
        [("f", ""), ("a", "1")],
    ),
    "multipart, a file without a name": (
        {"body": multipart(part("f", "\u00e9".encode(), filename="")), "content_type": MULTIPART},
        [("f", "\u00e9")],
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts(name: str) -> None:
    options, wanted = TEXTS[name]
    found = form(**options)
    assert [(field.name, field.value) for field in found.list] == wanted
    assert found.items() == [(key, value) for key, value in wanted]
    for field in found.list:
        assert type(field) is StringField and isinstance(field, str) and field == field.value
        assert type(field.name) is str and type(field.value) is str and field.filename is None
        assert field.file.read() == field.encode("utf-8", "surrogateescape")
        assert (field.type, field.type_options) == ("text/plain", {})


def test_strict_parsing_names_the_field() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        form(b"a=1&nonsense&b=2", strict_parsing=1)


def test_mapping() -> None:
    found = form(b"a=1&b=2&a=3&c=4")
    assert found["b"] == "2" and found["a"] == ["1", "3"]
    assert found["b"].value == "2"  # as the standard library's cgi wants it
    with pytest.raises(KeyError):
        found["x"]
    assert (found.get("b"), found.get("x"), found.get("x", 5)) == ("2", None, 5)
    assert (found.getfirst("a"), found.getfirst("x"), found.getfirst("x", "y")) == ("1", None, "y")
    assert (found.getlist("a"), found.getlist("b"), found.getlist("x")) == (["1", "3"], ["2"], [])
    assert found.keys() == list(found) == ["a", "b", "c"]
    assert len(found) == 3 and "a" in found and "x" not in found and found.has_key("a") and not found.has_key("x")
    found.add_field("b", b"caf\xc3\xa9")
    assert found["b"] == ["2", "caf\u00e9"]
    found["a"] = "new"
    assert found.items() == [("b", "2"), ("c", "4"), ("b", "caf\u00e9"), ("a", "new")]
    found["b"] = ["x", "y"]
    assert found.items() == [("c", "4"), ("a", "new"), ("b", "x"), ("b", "y")]
    assert repr(found) == "{'c': [Field('c', '4')], 'a': [Field('a', 'new')], 'b': [Field('b', 'x'), Field('b', 'y')]}"
    del found["b"]
    assert found.keys() == ["c", "a"]
    with pytest.raises(KeyError):
        del found["b"]
    with pytest.raises(TypeError):
        found["n"] = 5
    found.clear()
    assert not found and len(found) == 0
    assert not form(b"")


def test_files() -> None:
    body = multipart(
        part("text", b"t"),
        part("up", b"\x00\xffcontent", filename="C:\\dir\\name.bin", content_type="application/x-own; a=b"),
        part("up", b"second", filename="../../etc/passwd"),
    )
    found = form(body, MULTIPART)
    first, second = found["up"]
    assert type(first) is Field and first.filename == "C:\\dir\\name.bin" and second.filename == "../../etc/passwd"
    assert first.value == first.file.read() == b"\x00\xffcontent" and second.value == b"second"
    assert (first.type, first.type_options) == ("application/x-own", {"a": "b"})
    assert (first.disposition, first.disposition_options["name"]) == ("form-data", "up")
    assert first.headers["content-type"] == "application/x-own; a=b"
    assert found["text"].disposition == "form-data" and found["text"].headers["Content-Disposition"]


def test_same_fields_for_whoever_asks_again() -> None:
    req = asked(multipart(part("a", b"1"), part("f", b"file", filename="f")), MULTIPART)
    first, second = FieldStorage(req), FieldStorage(req)
    assert [field.value for field in first.list] == [field.value for field in second.list] == ["1", b"file"]
    req = asked(b"a=&b=1")
    assert (FieldStorage(req).keys(), FieldStorage(req, keep_blank_values=1).keys()) == (["b"], ["a", "b"])


def test_same_fields_where_the_files_of_the_first_form_are_closed() -> None:
    req = asked(multipart(part("a", b"1"), part("f", b"file", filename="f")), MULTIPART)
    first = FieldStorage(req, field_callback=io.BytesIO)
    for name in "af":
        first[name].file.close()
    second = FieldStorage(req)
    assert (second["a"], second["a"].value, second["f"].filename) == ("1", "1", "f")
    assert second["a"].file.closed and second["f"].file.closed


def test_callbacks() -> None:
    made: list[Any] = []

    class Storage(io.BytesIO):
        def __init__(self, advisory_filename: str) -> None:
            super().__init__()
            self.advisory_filename = advisory_filename
            made.append(self)

    texts: list[io.BytesIO] = []

    def text() -> io.BytesIO:
        texts.append(io.BytesIO())
        return texts[-1]

    body = multipart(part("a", b"1"), part("f", b"file", filename="name"))
    found = form(body, MULTIPART, file_callback=Storage, field_callback=text)
    assert made[0].advisory_filename == "name" and found["f"].file is made[0] and found["f"].file.read() == b"file"
    assert found["a"].file is texts[0] and found["a"].file.read() == b"1" and found["a"].filename is None
    assert found["a"] == found["a"].value == "1" and type(found["a"]) is StringField
    with pytest.raises(SERVER_RETURN) as raised:
        limit = "PythonOption modpy_wsgi.form.text 1999"
        form(multipart(part("a", b"1" * 2000)), MULTIPART, config=limit, field_callback=text)
    assert raised.value.args == (413,)


def test_fields_that_the_application_makes() -> None:
    found = form(b"a=1")
    text = StringField(b"caf\xc3\xa9")
    text.name = "b"
    found.list.append(text)
    found.list += [Field("c", io.BytesIO(b"of Trac"), "text/plain", {}, None, {})]
    found.list.append(
        Field("d", io.BytesIO(b"up"), "image/png", {"x": "y"}, "form-data", {"filename": "d.png"}, {"h": "v"})
    )
    assert found["b"] == "caf\u00e9" and (found["c"].value, found["c"].filename) == (b"of Trac", None)
    upload = found["d"]
    assert (upload.value, upload.filename, upload.type, upload.type_options) == (
        b"up",
        "d.png",
        "image/png",
        {"x": "y"},
    )
    assert (upload.disposition, upload.headers, found["c"].headers.items()) == ("form-data", {"h": "v"}, [])
    named = Field("e", io.BytesIO(b""), None, {}, "form-data", {"filename": "e.png"})
    assert (named.filename, named.disposition, named.type) == ("e.png", "form-data", "text/plain")
    for name in "abcd":
        found[name].value = None
        assert found[name].value is None
        found[name].value = "another"
        assert found[name].value == "another"
    assert repr(found["a"]) == "Field('a', 'another')" and repr(upload) == "Field('d', 'd.png')"
    assert apply_fs_data(lambda **fields: fields, found) == dict.fromkeys("abc", "another") | {"d": upload}
    file = found["a"].file
    assert file.read(0) == b"" and found["a"].file is file  # so that it can be read line by line
    found["a"].file = None
    assert (found["a"].ctype, found["a"].disp_options) == ("text/plain", None)


def test_put_leaves_what_is_no_form_to_the_handler() -> None:
    req = asked(b'{"a": 1}', "application/json", method="PUT")
    assert FieldStorage(req).list == [] and req.read() == b'{"a": 1}'
    assert FieldStorage(request("/?a=1", method="PUT")).keys() == ["a"]  # without a body, too


def test_callback_is_asked_where_no_file_was_chosen() -> None:
    made: list[str] = []

    def file(name: str) -> io.BytesIO:
        made.append(name)
        return io.BytesIO()

    (field,) = form(multipart(part("f", b"", filename="")), MULTIPART, file_callback=file).list
    assert made == [""] and type(field) is StringField and field == "" and field.filename is None


def test_callback_that_refuses_a_file() -> None:
    def refuse(filename: str) -> Any:
        raise SERVER_RETURN(403)

    with pytest.raises(SERVER_RETURN) as raised:
        form(multipart(part("f", b"file", filename="name")), MULTIPART, file_callback=refuse)
    assert raised.value.args == (403,)


def test_functions_get_the_fields_that_the_application_left() -> None:
    def called(**fields: Any) -> dict[str, Any]:
        return fields

    class Chosen(FieldStorage):
        @property  # type: ignore[override]
        def list(self) -> Any:
            return [self.chosen]

    class Alike:
        def __init__(self, *fields: Any) -> None:
            self.list = fields

    kept = StringField("kept")
    kept.name = "name"
    replaced, chosen = (kind(request("/x?name=sent&more=1")) for kind in (FieldStorage, Chosen))
    replaced.list = [kept]
    chosen.chosen = kept
    for form in (replaced, chosen, Alike(kept)):
        assert apply_fs_data(called, form) == {"name": "kept"}  # type: ignore[arg-type]
    form = FieldStorage(request("/x?name=sent"))
    assert apply_fs_data(called, form) == {"name": "sent"}
    del form["name"]
    assert apply_fs_data(called, form) == {}


class Calls:
    """What can be called: an object, its method, a class."""

    def __init__(self, a: Any = "no a", *, more: Any = "no more") -> None:
        self.got: Any = (a, more)

    def __call__(self, a: Any, b: Any = "no b") -> Any:
        return a, b

    def method(self, b: Any, a: Any = "no a") -> Any:
        return a, b

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calls) and other.got == self.got


class Passes(Calls):
    """A class that has another signature than its __init__."""

    def __new__(cls, **named: Any) -> Any:
        return super().__new__(cls)


CALLED: list[Callable[..., Any]] = [
    lambda: "none",
    lambda a: a,
    lambda a, b: (a, b),
    lambda a, b="no b": (a, b),
    lambda b="no b", a="no a": (a, b),
    lambda c="no c", a="no a", b="no b": (a, b, c),
    lambda a, /, b="no b": (a, b),
    lambda a="no a", b="no b", /, c="no c": (a, b, c),
    lambda a, *, b="no b": (a, b),
    lambda *, a, b: (a, b),
    lambda *args: args,
    lambda a, *args: (a, args),
    lambda **named: named,
    lambda a, **named: (a, named),
    lambda a="no a", /, **named: (a, named),
    lambda b="no b", *args, a="no a", **named: (a, b, args, named),
    lambda given, a="no a": (given, a),
    lambda a, given="not given", b="no b": (a, given, b),
    Calls(),
    Calls().method,
    Calls,
    Passes,
]


def by_the_rule(function: Callable[..., Any], fields: dict[str, Any]) -> Any:
    """Call a function as its signature says: what has a parameter is named, where that is possible."""
    seen = function.__init__ if isinstance(function, type) else function  # type: ignore[misc]
    parameters = list(inspect.signature(seen).parameters.values())[1 if isinstance(function, type) else 0 :]
    left = dict(fields)
    args = []
    for parameter in parameters:
        if parameter.kind is not parameter.POSITIONAL_ONLY or parameter.name not in left:
            break
        args.append(left.pop(parameter.name))
    if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        nameable = {each.name for each in parameters if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)}
        left = {name: value for name, value in left.items() if name in nameable}
    return function(*args, **left)


@pytest.mark.parametrize("number", range(len(CALLED)))
@pytest.mark.parametrize("query", ["", "a=1", "b=2", "a=1&b=2", "b=2&c=3", "a=1&c=3&a=4", "d=5", "a=1&b=2&c=3&given=6"])
def test_functions_are_called_by_their_signature(number: int, query: str) -> None:
    function = CALLED[number]
    names = dict.fromkeys(name for name, _ in urllib.parse.parse_qsl(query))
    values = {name: [each for other, each in urllib.parse.parse_qsl(query) if other == name] for name in names}
    fields = {name: found if len(found) > 1 else found[0] for name, found in values.items()} | {"given": 7}

    def outcome(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except TypeError as error:
            return str(error)

    wanted = outcome(lambda: by_the_rule(function, fields))
    for _ in range(2):  # what is learned of a function is kept
        form = FieldStorage(request(f"/x?{query}"))
        assert outcome(lambda: apply_fs_data(function, form, given=7)) == wanted  # noqa: B023 - called at once


def test_function_whose_code_is_replaced() -> None:
    def called(a: Any) -> Any:
        return "first", a

    def other(b: Any, a: Any) -> Any:
        return "second", a, b

    form = FieldStorage(request("/x?a=1&b=2"))
    assert apply_fs_data(called, form) == ("first", "1")
    called.__code__ = other.__code__
    assert apply_fs_data(called, form) == ("second", "1", "2")


def test_applications_subclass_and_pickle() -> None:
    class Mine(FieldStorage):
        def getfirst(self, name: str, default: Any = None) -> Any:
            return f"mine {super().getfirst(name, default)}"

    assert Mine(asked(b"a=1")).getfirst("a") == "mine 1"
    assert pickle.loads(pickle.dumps(form(b"a=1")["a"])) == "1"


OPTION = "PythonOption modpy_wsgi.form."
BAD: dict[str, tuple[Callable[[], Any], int]] = {
    "no length": (lambda: FieldStorage(request("/", method="POST")), 411),
    "not a form": (lambda: form(b"{}", "application/json"), 501),
    "no boundary": (lambda: form(b"x", "multipart/form-data"), 400),
    "boundary too long": (lambda: form(b"x", f"multipart/form-data; boundary={'b' * 257}"), 413),
    "boundary never comes": (lambda: form(b"x" * 1000, MULTIPART), 400),
    "no end": (lambda: form(part("a", b"1"), MULTIPART), 400),
    "too many fields": (lambda: form(b"a=1&" * 5, config=OPTION + "fields 4"), 413),
    "too many fields in the query": (lambda: form(url="/?" + "a=1&" * 5, config=OPTION + "fields 4"), 413),
    "too many parts": (lambda: form(multipart(*[part("a", b"1")] * 5), MULTIPART, config=OPTION + "fields 4"), 413),
    "too many files": (
        lambda: form(multipart(*[part("a", b"1", filename="f")] * 3), MULTIPART, config=OPTION + "files 2"),
        413,
    ),
    "too much text": (lambda: form(b"a=" + b"x" * 100, config=OPTION + "text 50"), 413),
    "too much text in parts": (
        lambda: form(multipart(part("a", b"x" * 600)), MULTIPART, config=OPTION + "text 500"),
        413,
    ),
    "too much text in files without a name": (
        lambda: form(multipart(part("a", b"x" * 600, filename="")), MULTIPART, config=OPTION + "text 500"),
        413,
    ),
    "too many headers": (
        lambda: form(
            multipart(part("a", b"x", content_type="a/b\r\nX-A: 1\r\nX-B: 2")), MULTIPART, config=OPTION + "headers 3"
        ),
        413,
    ),
    "header too long": (lambda: form(multipart(part("a" * 5000, b"x")), MULTIPART), 413),
    "body too long": (lambda: form(b"a=" + b"x" * 100, config="LimitRequestBody 50"), 413),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_forms(name: str) -> None:
    read, status = BAD[name]
    with pytest.raises(SERVER_RETURN) as raised:
        read()
    assert raised.value.args == (status,)


def open_files() -> int:
    gc.collect()
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.parametrize("ending", ["cut", "gone"])
def test_body_cut_at_every_byte_leaves_nothing(ending: str) -> None:
    """A body that ends too early: 400, or OSError if it was announced longer; no file is left open."""
    body = multipart(part("a", b"1"), part("f", b"x" * 50, filename="f"))
    before = open_files()
    for size in range(1, len(body) - len(f"{BOUNDARY}--\r\n") - 2):
        length = size if ending == "cut" else len(body)
        req = request(
            "/",
            method="POST",
            body=body[:size],
            headers={"Content-Type": MULTIPART},
            config=OPTION + "spool 10",
            environ={"CONTENT_LENGTH": str(length)},
        )
        with pytest.raises(SERVER_RETURN if ending == "cut" else OSError):
            FieldStorage(req)
    assert open_files() == before


def test_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: Any, **options: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "open", full)
    before = open_files()
    with pytest.raises(OSError, match="No space left"):
        form(multipart(part("f", b"x" * 2_000_000, filename="f")), MULTIPART)
    assert open_files() == before
