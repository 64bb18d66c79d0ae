"""The request as handlers use it: its members and their rules, its body, who asks, and from where."""

from __future__ import annotations

import base64
import io
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modpy_wsgi import constants
from modpy_wsgi.errors import SERVER_RETURN
from modpy_wsgi.testing import Request, request, site
from tests.oracle.cases import words
from tests.wsgi_site import Folder, Server, module

# ---- members ------------------------------------------------------------------------------------------------------

READ_ONLY = words("""
    connection server next prev main the_request header_only protocol proto_num hostname request_time method
    method_number allowed allowed_xmethods allowed_methods sent_bodyct bytes_sent mtime range clength remaining
    read_length read_body read_chunked expecting_100 headers_in headers_out err_headers_out subprocess_env notes phase
    interpreter content_encoding content_languages vlist_validator unparsed_uri parsed_uri eos_sent useragent_addr
    useragent_ip hlist extension _bytes_queued _content_type_set
""")
INTEGERS = ["status", "assbackwards", "proxyreq", "no_cache", "no_local_copy", "used_path_info", "chunked"]
TEXTS = [
    *("content_type", "uri", "filename", "canonical_filename", "path_info", "user", "ap_auth_type", "status_line"),
    *("handler", "args"),
]


@pytest.fixture(scope="module")
def req() -> Request:
    return request("/a/b?x=1", headers={"X-A": "1"})


@pytest.mark.parametrize("name", READ_ONLY)
def test_read_only(req: Request, name: str) -> None:
    before = repr(getattr(req, name))
    for value in (None, 5, "text", getattr(req, name)):
        with pytest.raises(AttributeError):
            setattr(req, name, value)
    with pytest.raises(AttributeError):
        delattr(req, name)
    assert repr(getattr(req, name)) == before


@pytest.mark.parametrize("name", INTEGERS)
def test_integers(name: str) -> None:
    req = request()
    for value, wanted in ((5, 5), (0, 0), (-1, -1), (True, 1)):
        setattr(req, name, value)
        assert getattr(req, name) == wanted and type(getattr(req, name)) is int
    for wrong in (None, "5", 5.0, b"5", [5]):
        with pytest.raises(TypeError):
            setattr(req, name, wrong)
    assert getattr(req, name) == 1
    with pytest.raises(AttributeError):
        delattr(req, name)


@pytest.mark.parametrize("name", TEXTS)
def test_texts(name: str) -> None:
    req = request()
    for value, wanted in (("a", "a"), ("", ""), (b"b", "b"), ("\u00e9", "\u00e9"), (b"\xc3\xa9\xff", "\u00e9\udcff")):
        setattr(req, name, value)
        assert getattr(req, name) == wanted
    for wrong in (5, 2.5, [], object(), bytearray(b"a")):
        with pytest.raises(TypeError):
            setattr(req, name, wrong)
    if name in ("handler", "args"):
        setattr(req, name, None)
        assert getattr(req, name) is None
    else:
        with pytest.raises(TypeError):
            setattr(req, name, None)
        assert getattr(req, name) == "\u00e9\udcff"
    with pytest.raises(AttributeError):
        delattr(req, name)


def test_any_other_attribute() -> None:
    req = request()
    for name in ("form", "session", "mine", "ssi_globals", "__mine__", "a b"):
        with pytest.raises(AttributeError):
            getattr(req, name)
        setattr(req, name, [name])
        assert getattr(req, name) == [name]
        delattr(req, name)
        with pytest.raises(AttributeError):
            getattr(req, name)


def test_types(req: Request) -> None:
    assert str(type(req)) == "<class 'mp_request'>"
    assert repr(req).startswith("<mp_request object at 0x")
    assert {req: 1}[req] == 1
    for name in ("connection", "server", "headers_in", "headers_out", "err_headers_out", "subprocess_env", "notes"):
        assert getattr(req, name) is getattr(req, name), name


# (arguments of request()) -> members
SEEN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "line": (
        {"url": "/p%20q?x=1"},
        {"the_request": "GET /p%20q?x=1 HTTP/1.1", "unparsed_uri": "/p%20q?x=1", "uri": "/p q", "args": "x=1"},
    ),
    "no query": ({"url": "/p"}, {"args": None, "unparsed_uri": "/p"}),
    "empty query": ({"url": "/p?"}, {"args": "", "unparsed_uri": "/p?"}),
    "query of bytes": ({"url": "/p", "environ": {"QUERY_STRING": "Ã©ÿ"}}, {"args": "\u00e9\udcff"}),
    "path of bytes": ({"url": "/%ff%c3%a9"}, {"uri": "/\udcff\u00e9"}),
    "dots": ({"url": "/a/./b/../c"}, {"uri": "/a/c", "unparsed_uri": "/a/./b/../c"}),
    "get": ({}, {"method": "GET", "method_number": constants.M_GET, "header_only": 0}),
    "head": ({"method": "HEAD"}, {"method_number": constants.M_GET, "header_only": 1}),
    "post": ({"method": "POST"}, {"method_number": constants.M_POST}),
    "unknown method": ({"method": "BREW"}, {"method": "BREW", "method_number": constants.M_INVALID}),
    "lower case method": ({"method": "get"}, {"method_number": constants.M_INVALID}),
    "HTTP/1.0": ({"environ": {"SERVER_PROTOCOL": "HTTP/1.0"}}, {"protocol": "HTTP/1.0", "proto_num": 1000}),
    "HTTP/2": ({"environ": {"SERVER_PROTOCOL": "HTTP/2"}}, {"protocol": "HTTP/2", "proto_num": 2000}),
    "odd protocol": ({"environ": {"SERVER_PROTOCOL": "x"}}, {"protocol": "x", "proto_num": 9}),
    "host": ({"headers": {"Host": "A.test:81"}}, {"hostname": "a.test"}),
    "no host": ({"environ": {"HTTP_HOST": None, "SERVER_PROTOCOL": "HTTP/1.0"}}, {"hostname": None}),
    "client": (
        {"environ": {"REMOTE_ADDR": "192.0.2.5", "REMOTE_PORT": "99"}},
        {"useragent_addr": ("192.0.2.5", 99), "useragent_ip": "192.0.2.5"},
    ),
    "expectation": ({"headers": {"Expect": "100-Continue"}}, {"expecting_100": 1}),
    "chunked": ({"headers": {"Transfer-Encoding": "chunked"}}, {"read_chunked": 1}),
    "before anything": (
        {},
        {
            "status": 200,
            "bytes_sent": 0,
            "sent_bodyct": 0,
            "remaining": 0,
            "read_length": 0,
            "eos_sent": 0,
            "user": None,
        },
    ),
}


@pytest.mark.parametrize(("arguments", "wanted"), SEEN.values(), ids=SEEN)
def test_members(arguments: dict[str, Any], wanted: dict[str, Any]) -> None:
    environ = arguments.get("environ", {})
    seen = request(**{**arguments, "environ": {key: value for key, value in environ.items() if value is not None}})
    for name in [key for key, value in environ.items() if value is None]:
        del seen._environ[name]
    assert {name: getattr(seen, name) for name in wanted} == wanted


def test_headers_in() -> None:
    req = request(headers={"X-One": "1", "Content-Type": "text/x", "Cookie": "a=1; b=2", "X-Bytes": "Ã©ÿ"}, body=b"abc")
    found = req.headers_in
    assert (found["x-one"], found["CONTENT-TYPE"], found["content-length"]) == ("1", "text/x", "3")
    assert found["X-Bytes"] == "\u00e9\udcff"
    assert "x-two" not in found
    found["X-Two"] = "added"
    assert req.headers_in["x-two"] == "added"


def test_what_was_sent_is_counted() -> None:
    req = request()
    req.write("held", 0)
    assert (req.bytes_sent, req._bytes_queued, req.sent_bodyct) == (0, 4, 0)
    req.write(b"!")
    assert (req.bytes_sent, req._bytes_queued, req.sent_bodyct, req.answer.body) == (5, 5, 1, b"held!")
    assert req.eos_sent == 0
    req.finish()
    assert req.eos_sent == 1


# ---- the body -----------------------------------------------------------------------------------------------------


class Dripping:
    """A wsgi.input that gives what it likes: pieces of the sizes given, then the end or an exception."""

    def __init__(self, data: bytes, sizes: list[int], error: Exception | None = None) -> None:
        self.data = data
        self.sizes = sizes or [len(data)]
        self.error = error
        self.asked: list[int | None] = []
        self.turn = 0

    def _next(self, most: int | None, line: bool) -> bytes:
        self.asked.append(most)
        size = self.sizes[self.turn % len(self.sizes)]
        self.turn += 1
        if not self.data and self.error is not None:
            raise self.error
        found = self.data[: size if most is None else min(size, most)]
        if line and b"\n" in found:
            found = found[: found.index(b"\n") + 1]
        self.data = self.data[len(found) :]
        return found

    def read(self, size: int | None = None) -> bytes:
        return self._next(size, line=False)

    def readline(self, size: int | None = None) -> bytes:
        return self._next(size, line=True)


def posted(source: Any, length: int | None, *, chunked: bool = False, config: str = "") -> Request:
    """A request with this wsgi.input."""
    environ: dict[str, Any] = {"wsgi.input": source}
    if length is not None:
        environ["CONTENT_LENGTH"] = str(length)
    if chunked:
        environ.update({"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True})
    return request("/", method="POST", environ=environ, config=config)


BODIES = st.lists(st.sampled_from([b"a", b"bc", b"\n", b"\r\n", b"\0", b"\xff" * 9]), max_size=30).map(b"".join)
STEPS = st.lists(
    st.tuples(st.sampled_from(["read", "readline"]), st.none() | st.integers(min_value=-1, max_value=12)), max_size=12
)


@given(BODIES, st.lists(st.integers(min_value=1, max_value=7), max_size=5), STEPS, st.booleans())
def test_reading_is_reading_of_a_file(
    body: bytes, sizes: list[int], steps: list[tuple[str, int | None]], chunked: bool
) -> None:
    """Whatever pieces the server hands over, reads give what a file would; what follows the body is never touched."""
    oracle = io.BytesIO(body)
    source = Dripping(body if chunked else body + b"NEXT REQUEST\n", sizes)
    req = posted(source, None if chunked else len(body), chunked=chunked)
    for method, size in steps:
        wanted = getattr(oracle, method)(*[] if size is None else [size])
        found = getattr(req, method)(*[] if size is None else [size])
        if chunked and method == "readline" and found != wanted:
            # Where the length is not known, a line is what the server says it is.
            assert wanted.startswith(found) and found
            oracle.seek(len(found) - len(wanted), 1)
        else:
            assert found == wanted
        assert req.read_length == oracle.tell()
        if not chunked and steps:
            assert req.remaining == len(body) - oracle.tell()
    assert req.read() == oracle.read()
    assert (req.read(), req.readline(), req.readlines()) == (b"", b"", [])
    if not chunked:
        assert source.data == b"NEXT REQUEST\n"


@given(BODIES, st.lists(st.integers(min_value=1, max_value=7), max_size=5), st.none() | st.integers(-1, 20))
def test_lines_are_lines_of_a_file(body: bytes, sizes: list[int], hint: int | None) -> None:
    req = posted(Dripping(body + b"NEXT", sizes), len(body))
    wanted: list[bytes] = []
    for line in io.BytesIO(body):
        wanted.append(line)
        if hint is not None and 0 <= hint <= sum(map(len, wanted)):
            break
    assert req.readlines(*[] if hint is None else [hint]) == wanted


ENDS: dict[str, Exception | None] = {
    "ends": None,
    "resets": ConnectionResetError("reset"),
    "times out": TimeoutError("timed out"),
    "fails in the server's own way": RuntimeError("ClientDisconnected"),
    "bad chunk": ValueError("bad chunk"),
}
READS = {
    "read": lambda req: req.read(),
    "read(n)": lambda req: req.read(10),
    "read in pieces": lambda req: [req.read(3) for _ in range(4)],
    "readline": lambda req: req.readline(),
    "readlines": lambda req: req.readlines(),
    "discard": lambda req: req.discard_request_body(),
}


@pytest.mark.parametrize("error", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize("have", [b"", b"12345"])
def test_body_that_ends_too_early(read: Any, error: Exception | None, have: bytes) -> None:
    req = posted(Dripping(have, [2], error), 10)
    with pytest.raises(OSError, match=r"^(Client read error|reset|timed out)"):
        read(req)
    with pytest.raises(OSError, match=r"^(Client read error|reset|timed out)"):
        read(req)  # it is no shorter the second time


def test_short_body_that_is_not_asked_for_matters_to_nobody(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        folder.write(page="def handler(req):\n    req.write(req.read(3), 0)\n    return 0\n")
        app = folder.serve("SetHandler mod_python\nPythonHandler page")
        reply = Server().ask(app, "/", "POST", CONTENT_LENGTH="10", wsgi__input=io.BytesIO(b"12345"))
        assert (reply.code, reply.body) == (200, b"123")


def test_short_body_is_500_and_logged(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        folder.write(page="def handler(req):\n    req.write(req.read(), 0)\n    return 0\n")
        app = folder.serve("SetHandler mod_python\nPythonHandler page")
        reply = Server().ask(app, "/", "POST", CONTENT_LENGTH="10", wsgi__input=io.BytesIO(b"12345"))
        assert (reply.code, b"12345" in reply.body) == (500, False)
        assert "OSError: Client read error: the body ended 5 bytes before its Content-Length" in folder.log_text()


# (CONTENT_LENGTH, chunked, whether the server says where the body ends, LimitRequestBody) -> what read() does
OPENED: dict[str, tuple[tuple[str | None, bool, bool, int], bytes | int]] = {
    "length": (("5", False, False, 0), b"12345"),
    "no length": ((None, False, False, 0), b""),
    "empty length": (("", False, False, 0), b""),
    "zero": (("0", False, False, 0), b""),
    "chunked": ((None, True, True, 0), b"1234567890"),
    "chunked, but for how long": ((None, True, False, 0), 411),
    "no number": (("abc", False, False, 0), 400),
    "minus": (("-5", False, False, 0), 400),
    "other digits": (("\u0665", False, False, 0), 400),
    "at the limit": (("5", False, False, 5), b"12345"),
    "over the limit": (("6", False, False, 5), 413),
    "chunked, at the limit": ((None, True, True, 10), b"1234567890"),
    "chunked, over the limit": ((None, True, True, 9), 413),
}


@pytest.mark.parametrize(("given", "wanted"), OPENED.values(), ids=OPENED)
@pytest.mark.parametrize("method", ["read", "readline", "readlines", "discard_request_body"])
def test_length_and_limit(given: tuple[str | None, bool, bool, int], wanted: bytes | int, method: str) -> None:
    length, chunked, terminated, limit = given
    environ: dict[str, Any] = {"wsgi.input": io.BytesIO(b"1234567890")}
    if length is not None:
        environ["CONTENT_LENGTH"] = length
    if chunked:
        environ["HTTP_TRANSFER_ENCODING"] = "chunked"
    if terminated:
        environ["wsgi.input_terminated"] = True
    req = request("/", method="POST", config=f"LimitRequestBody {limit}" if limit else "")
    req._environ.update(environ)
    if isinstance(wanted, int):
        with pytest.raises(SERVER_RETURN) as caught:
            getattr(req, method)()
        assert caught.value.args == (wanted,)
        return
    found = getattr(req, method)()
    assert found == {"readlines": [wanted] if wanted else [], "discard_request_body": 0}.get(method, wanted)
    assert (req.read_length, req.remaining) == (len(wanted), 0)


def test_limit_is_the_clients_fault(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        folder.write(page="def handler(req):\n    req.read()\n    return 0\n")
        app = folder.serve("SetHandler mod_python\nPythonHandler page\nLimitRequestBody 3")
        assert Server().ask(app, "/", "POST", body=b"abc").code == 200
        assert Server().ask(app, "/", "POST", body=b"abcd").code == 413
        chunked = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi__input": io.BytesIO(b"abcd")}
        assert Server().ask(app, "/", "POST", **chunked).code == 411
        assert Server().ask(app, "/", "POST", wsgi__input_terminated=True, **chunked).code == 413


def test_no_more_is_asked_of_the_server_than_there_is() -> None:
    """A server whose input blocks at its end (wsgiref's, over a socket) must not be asked for one byte more."""
    source = Dripping(b"12345\n", [])
    req = posted(source, 6)
    assert (req.read(2), req.readline(), req.read()) == (b"12", b"345\n", b"")
    assert source.asked == [2, 4]


@pytest.mark.parametrize("size", [None, "5", 2.5])
def test_sizes_are_integers(size: Any) -> None:
    for method in ("read", "readline", "readlines"):
        with pytest.raises(TypeError):
            getattr(posted(io.BytesIO(b"12345"), 5), method)(size)


def test_body_goes_on_behind_an_internal_redirect(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        folder.write(
            page="""
def handler(req):
    if req.uri == "/first":
        req.read(4)
        req.internal_redirect("/second")
    else:
        req.write(req.read() + b" %d" % req.read_length, 0)
    return 0
"""
        )
        app = folder.serve("SetHandler mod_python\nPythonHandler page")
        assert Server().ask(app, "/first", "POST", body=b"1234567").body == b"567 7"


@pytest.mark.parametrize("more", ["req.internal_redirect('/third')", "return 403", "return -1", "1 / 0"])
def test_the_first_internal_redirect_answers(tmp_path: Path, more: str) -> None:
    with Folder(tmp_path) as folder:
        folder.write(
            page=f"""
def handler(req):
    if req.uri == "/first":
        req.internal_redirect("/second")
        {more}
    else:
        req.write("at " + req.uri, 0)
    return 0
"""
        )
        errors = "".join(f"\nErrorDocument {status} /error" for status in (403, 404, 500))
        app = folder.serve(f"SetHandler mod_python\nPythonHandler page{errors}")
        reply = Server().ask(app, "/first")
        assert (reply.code, reply.body) == (200, b"at /second")


# ---- who asks -----------------------------------------------------------------------------------------------------


def basic(text: str | bytes) -> str:
    return "Basic " + base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


# Authorization -> (password, user, AuthType)
CREDENTIALS: dict[str, tuple[str | None, tuple[str | None, str | None, str | None]]] = {
    "none": (None, (None, None, None)),
    "user and password": (basic("spam:eggs"), ("eggs", "spam", "Basic")),
    "colons": (basic("spam:e:g:gs"), ("e:g:gs", "spam", "Basic")),
    "no colon": (basic("spam"), ("", "spam", "Basic")),
    "no user": (basic(":eggs"), ("eggs", "", "Basic")),
    "nothing": (basic(""), ("", "", "Basic")),
    "UTF-8": (basic("sp\u00e4m:\u4e2d"), ("\u4e2d", "sp\u00e4m", "Basic")),
    "bytes": (basic(b"\xff:\xfe"), ("\udcfe", "\udcff", "Basic")),
    "scheme in lower case": (basic("spam:eggs").replace("Basic", "bAsIc"), ("eggs", "spam", "Basic")),
    "blanks": (basic("spam:eggs").replace(" ", "   ") + " ", ("eggs", "spam", "Basic")),
    "another scheme": ("Digest username=x", (None, None, None)),
    "scheme only": ("Basic", ("", "", "Basic")),
    "no base64": ("Basic !!!", ("", "", "Basic")),
    "cut base64": ("Basic c3BhbTpl", ("e", "spam", "Basic")),
    "broken base64": ("Basic c3B", ("", "sp", "Basic")),
}


@pytest.mark.parametrize(("header", "wanted"), CREDENTIALS.values(), ids=CREDENTIALS)
def test_basic_credentials(header: str | None, wanted: tuple[str | None, str | None, str | None]) -> None:
    headers = {} if header is None else {"Authorization": header}
    for config in ("AuthType Basic\nAuthName x", "AuthType bASIC\nAuthName x"):
        req = request(headers=headers, config=config)
        assert (req.get_basic_auth_pw(), req.user, req.ap_auth_type) == wanted
        asked = req.err_headers_out.get("WWW-Authenticate")
        assert asked == (None if wanted[2] else 'Basic realm="x"')
    for config in ("", "AuthType Basic", "AuthName x", "AuthType Digest\nAuthName x", "AuthType None\nAuthName x"):
        req = request(headers=headers, config=config)
        assert (req.get_basic_auth_pw(), req.ap_auth_type) == (None, None), config
        assert "WWW-Authenticate" not in req.err_headers_out


def test_auth_members() -> None:
    req = request(config='AuthType Mine\nAuthName "a b"\nRequire user spam "e g"\nRequire valid-user')
    assert (req.auth_type(), req.auth_name()) == ("Mine", "a b")
    assert req.requires() == ("user spam e g", "valid-user")
    assert (request().auth_type(), request().auth_name(), request().requires()) == (None, None, ())


class Names:
    """A name service of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.back = "192.0.2.7"
        monkeypatch.setattr(socket, "gethostbyaddr", self._name)
        monkeypatch.setattr(socket, "getaddrinfo", self._addresses)

    def _name(self, address: str) -> tuple[str, list[str], list[str]]:
        self.asked.append(address)
        if address != "192.0.2.7":
            raise socket.herror(1, "Unknown host")
        return "client.test", [], [address]

    def _addresses(self, name: str, *args: Any) -> list[Any]:
        self.asked.append(name)
        return [(2, 1, 6, "", (self.back, 0))]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    return Names(monkeypatch)


NAME, HOST, NOLOOKUP, DOUBLE = (
    constants.REMOTE_NAME,
    constants.REMOTE_HOST,
    constants.REMOTE_NOLOOKUP,
    constants.REMOTE_DOUBLE_REV,
)
# (HostnameLookups, address, type) -> (answer, how often the name service was asked)
REMOTE: dict[tuple[str, str, int], tuple[str | None, int]] = {
    ("Off", "192.0.2.7", NAME): ("192.0.2.7", 0),
    ("Off", "192.0.2.7", HOST): (None, 0),
    ("Off", "192.0.2.7", NOLOOKUP): ("192.0.2.7", 0),
    ("Off", "192.0.2.7", DOUBLE): ("client.test", 2),
    ("On", "192.0.2.7", NAME): ("client.test", 1),
    ("On", "192.0.2.7", HOST): ("client.test", 1),
    ("On", "192.0.2.7", NOLOOKUP): ("192.0.2.7", 0),
    ("On", "192.0.2.8", NAME): ("192.0.2.8", 1),
    ("On", "192.0.2.8", HOST): (None, 1),
    ("On", "192.0.2.8", DOUBLE): (None, 1),
    ("Double", "192.0.2.7", NAME): ("client.test", 2),
}


@pytest.mark.parametrize(("given", "wanted"), REMOTE.items())
def test_remote_host(names: Names, given: tuple[str, str, int], wanted: tuple[str | None, int]) -> None:
    lookups, address, kind = given
    req = request(config=f"HostnameLookups {lookups}", environ={"REMOTE_ADDR": address})
    assert (req.get_remote_host(kind), len(names.asked)) == wanted
    names.asked.clear()
    pair = req.get_remote_host(kind, 1)
    assert pair == (None if wanted[0] is None else (wanted[0], int(wanted[0] == address)))
    assert len(names.asked) < 2 or wanted[0] is None


def test_name_that_does_not_lead_back(names: Names) -> None:
    names.back = "192.0.2.9"
    req = request(config="HostnameLookups Double", environ={"REMOTE_ADDR": "192.0.2.7"})
    assert (req.get_remote_host(NAME), req.get_remote_host(DOUBLE)) == ("192.0.2.7", None)


def test_name_that_was_found_is_kept(names: Names) -> None:
    req = request(config="HostnameLookups On", environ={"REMOTE_ADDR": "192.0.2.7"})
    assert req.connection.remote_host is None
    assert req.get_remote_host() == req.get_remote_host(NOLOOKUP) == req.connection.remote_host == "client.test"
    assert names.asked == ["192.0.2.7"]


# ---- URLs, conditions, the rest -----------------------------------------------------------------------------------

# (Host, SERVER_PORT, scheme, configuration) -> construct_url("/x")
URLS: dict[str, tuple[tuple[str | None, str, str, str], str]] = {
    "host": (("a.test", "80", "http", ""), "http://a.test/x"),
    "host and port": (("a.test:81", "81", "http", ""), "http://a.test:81/x"),
    "port of the scheme": (("a.test:80", "80", "http", ""), "http://a.test/x"),
    "https": (("a.test", "443", "https", ""), "https://a.test/x"),
    "https with port": (("a.test:444", "444", "https", ""), "https://a.test:444/x"),
    "ipv6": (("[::1]:81", "81", "http", ""), "http://[::1]:81/x"),
    "canonical": (("a.test:81", "81", "http", "ServerName b.test:82\nUseCanonicalName On"), "http://b.test:82/x"),
    "behind TLS": (("a.test", "80", "http", "ServerName https://b.test:443"), "https://a.test/x"),
}


@pytest.mark.parametrize(("given", "wanted"), URLS.values(), ids=URLS)
def test_construct_url(given: tuple[str | None, str, str, str], wanted: str) -> None:
    host, port, scheme, config = given
    req = request(config=config, environ={"HTTP_HOST": host, "SERVER_PORT": port, "wsgi.url_scheme": scheme})
    assert req.construct_url("/x") == wanted
    wrong: Any
    for wrong in (None, 5, b"/x"):
        with pytest.raises(TypeError):
            req.construct_url(wrong)


def test_methods_that_take_what_they_are_given() -> None:
    req = request()
    wrong: Any
    for wrong in (5, [5], None, ["GET", None]):
        with pytest.raises(TypeError):
            req.allow_methods(wrong)
    for wrong in (None, 5, b"/x"):
        with pytest.raises(TypeError):
            req.internal_redirect(wrong)
    for wrong in (None, 5, "name"):
        with pytest.raises(ValueError, match="callable"):
            req.register_cleanup(wrong)
    for arguments in ((5,), (b"x",), ("x", "y"), (None,)):
        with pytest.raises(TypeError):
            req.log_error(*arguments)
    for wrong in (5, None, [], object(), 2.5):
        with pytest.raises(TypeError):
            req.write(wrong)
    with pytest.raises(TypeError):
        req.write("x", "y")
    with pytest.raises(OSError):
        req.sendfile("/no/such/file")
    for wrong in (1, None, 2.5):  # 1 would be a descriptor of the process
        with pytest.raises(TypeError):
            req.sendfile(wrong)
    for wrong in (5, b"/x", ["/x"]):
        with pytest.raises(TypeError):
            req.add_handler("PythonHandler", "module::handler", wrong)
    with pytest.raises(OSError):
        req.sendfile("")
    assert req.answer.status == ""  # nothing of it was an answer


@pytest.mark.parametrize("data", ["text \u00e9\udcff", b"bytes \xff", bytearray(b"array"), memoryview(b"view")])
def test_what_can_be_written(data: Any) -> None:
    req = request()
    req.write(data)
    wanted = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else bytes(data)
    assert req.finish().body == wanted


def test_sendfile(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(bytes(range(256)) * 4000)
    whole = (tmp_path / "data").read_bytes()
    for offset, length in ((0, -1), (0, 0), (5, 10), (100, -1), (0, 10**9), (10**9, -1), (1_023_999, 5)):
        req = request()
        wanted = whole[offset:] if length < 0 else whole[offset : offset + length]
        assert req.sendfile(str(tmp_path / "data"), offset, length) == len(wanted)
        assert req.finish().body == wanted


def test_wsgi_environ_of_a_request() -> None:
    req = request("/p%C3%A9?x=1", headers={"X-A": "Ã©", "Proxy": "evil"}, config="SetEnv SITE \u00e9")
    environ = req.build_wsgi_env()
    assert environ is not None
    assert (environ["REQUEST_METHOD"], environ["QUERY_STRING"], environ["HTTP_X_A"]) == ("GET", "x=1", "Ã©")
    assert "HTTP_PROXY" not in environ
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("", "/p\u00c3\u00a9")
    assert environ["wsgi.input"].read() == b""
    assert all(
        isinstance(value, str) and value.encode("latin-1") is not None
        for key, value in environ.items()
        if key.isupper()
    )


def test_requests_of_handlers_are_theirs_alone(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        folder.write(
            page="""
kept = []

def handler(req):
    assert not hasattr(req, "mark") and not req.notes and not req.connection.notes
    req.mark = req.notes["mark"] = req.connection.notes["mark"] = "x"
    req.allow_methods(["PUT"])
    kept.append(req)
    return 0
"""
        )
        app = folder.serve("SetHandler mod_python\nPythonHandler page")
        assert [Server().ask(app, "/").code for _ in range(3)] == [200] * 3
        first, second, _ = module(app, "page").kept
        assert first is not second and first.connection is not second.connection
        assert first.connection.id != second.connection.id


@pytest.mark.parametrize("around", ["{}", "<Location />\n{}\n</Location>"], ids=["folder", "location"])
@pytest.mark.parametrize(("target", "there"), [("/page.py", True), ("/absent", False), ("/absent/more", False)])
def test_what_is_known_of_the_file_is_one_object(tmp_path: Path, target: str, there: bool, around: str) -> None:
    (tmp_path / "page.py").write_text(
        "def postreadrequesthandler(req):\n"
        "    assert req.finfo.filetype == 0\n"
        "    return 0\n"
        "def handler(req):\n"
        "    assert req.finfo is req.finfo\n"
        "    req.write(str(req.finfo.filetype != 0))\n"
        "    return 0\n"
    )
    handler = around.format(f"SetHandler mod_python\nPythonHandler {tmp_path}/page.py")
    app = site(f"PythonPostReadRequestHandler {tmp_path}/page.py\n{handler}", root=tmp_path)
    assert app.get(target).text == str(there)


LOGGING = """
from mod_python import apache

def handler(req):
    for level in (apache.APLOG_ERR, apache.APLOG_INFO, apache.APLOG_DEBUG):
        req.log_error("level %d" % level, level)
    return 0
"""
# path -> the levels that the log keeps there (LogLevel of the server is info)
LEVELS = {"/x": [3, 6], "/debug/x": [3, 6, 7], "/error/x": [3], "/silent/x": [], "/local/x": [3]}


def test_log_level_of_a_section(tmp_path: Path) -> None:
    with Folder(tmp_path) as folder:
        folder.write(page=LOGGING)
        around = "".join(
            f'<{kind} "{place}">\nLogLevel {level}\n</{kind}>\n'
            for kind, place, level in (
                ("Directory", f"{folder.root}/debug", "debug"),
                ("Location", "/error", "error"),
                ("LocationMatch", "^/silent", "emerg"),
                ("DirectoryMatch", "/local", "error"),
            )
        )
        folder.file("debug/y", "")
        app = folder.serve("SetHandler mod_python\nPythonHandler page", around)
        for path, levels in LEVELS.items():
            folder.log_file.write_text("")
            Server().ask(app, path)
            assert [int(line[-1]) for line in folder.log()] == levels, path
