"""The head of an answer: what must not be sent is not, and the log names the header; what may be is sent as it is."""

from __future__ import annotations

import pytest

from tests.wsgi_site import Folder, Reply, Server

# What a handler does before it answers; {!r} is the bad text.
PLACES = {
    "a header": ("req.headers_out['X-Place'] = {0!r}", "X-Place"),
    "a header in an error table": ("req.err_headers_out['X-Place'] = {0!r}", "X-Place"),
    "the second of two": ("req.headers_out['X-Place'] = 'a'; req.headers_out.add('X-Place', {0!r})", "X-Place"),
    "a cookie": ("req.err_headers_out.add('Set-Cookie', 'a=' + {0!r})", "Set-Cookie"),
    "a name": ("req.headers_out['X-' + {0!r}] = 'a'", "X-"),
    "a name in an error table": ("req.err_headers_out['X-' + {0!r}] = 'a'", "X-"),
    "Content-Type": ("req.content_type = 'text/' + {0!r}", "Content-Type"),
    "Content-Type as a header": ("req.headers_out['Content-Type'] = 'text/' + {0!r}", "Content-Type"),
    "Content-Type under a charset": ("req.content_type = 'text/html;' + {0!r}", "Content-Type"),
    "Content-Length": ("req.headers_out['Content-Length'] = '3' + {0!r}", "Content-Length"),
    "Location": ("req.headers_out['Location'] = 'http://a.test/' + {0!r}", "Location"),
    "status line": ("req.status_line = '200 ' + {0!r}", "status line"),
    "status line of another status": ("req.status = 404; req.status_line = '404 ' + {0!r}", "status line"),
}
BAD = {
    "CR LF": "a\r\nX-Forged: 1",
    "LF": "a\nX-Forged: 1",
    "CR": "a\rX-Forged: 1",
    "LF at the end": "a\n",
    "CR at the end": "a\r",
    "LF and a blank": "a\n b",
    "NUL": "a\0b",
    "vertical tab": "a\vb",
    "form feed": "a\fb",
    "bell": "a\x07b",
    "escape": "a\x1b[1mb",
    "delete": "a\x7fb",
    "file separator": "a\x1cb",
    "no byte": "a\ud800b",
    "LF among others": "é\nX-Forged: 1",
}
# How the handler answers then.
WAYS = {
    "at once": "req.write('body')",
    "held": "req.write('body', 0)",
    "nothing": "pass",
    "flush": "req.flush()",
    "much": "req.write('x' * 70000, 0)",
}


def answer(folder: Folder, lines: str, method: str = "GET", inside: str = "") -> Reply:
    """The answer of a handler with these lines."""
    folder.write(page=f"from mod_python import apache\ndef handler(req):\n    {lines}\n    return apache.OK\n")
    app = folder.serve(f"SetHandler mod_python\nPythonHandler page\n{inside}")
    try:
        return Server().ask(app, "/asked", method)
    finally:
        app.close()
        folder.made.remove(app)


def is_clean(reply: Reply) -> bool:
    """Whether nothing of what was bad is there."""
    text = repr((reply.status, reply.headers))
    return "Forged" not in text and not any(f"\\{char}" in text for char in ("r", "n", "x0", "x1", "x7", "ud8"))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("statement", "name"), PLACES.values(), ids=PLACES)
def test_what_must_not_be_sent(folder: Folder, statement: str, name: str, way: str) -> None:
    for kind, bad in BAD.items():
        reply = answer(folder, f"{statement.format(bad)}; {WAYS[way]}")
        assert (reply.status, reply.error) == ("500 Internal Server Error", None), kind
        assert is_clean(reply), kind
        assert b"body" not in reply.body.partition(b"<body>")[0] and b"xxx" not in reply.body, kind
        assert reply.body.startswith(b"<!DOCTYPE HTML"), kind
        assert reply.starts == 1
    lines = [line for line in folder.log() if "modpy_wsgi.errors.HandlerError: " in line]
    assert len(lines) >= len(BAD)
    assert all(name in line for line in lines), lines


@pytest.mark.parametrize("result", ["OK", "DONE", "HTTP_NOT_FOUND", "HTTP_MOVED_TEMPORARILY", "HTTP_NO_CONTENT"])
@pytest.mark.parametrize("table", ["headers_out", "err_headers_out"])
def test_whatever_the_result(folder: Folder, result: str, table: str) -> None:
    """With an error headers_out are dropped, but for Location; no other header of either table gets past."""
    for name in ("X-Place", "Location"):
        reply = answer(folder, f"req.{table}[{name!r}] = 'http://a/\\r\\nX-Forged: 1'; return apache.{result}")
        dropped = table == "headers_out" and result == "HTTP_NOT_FOUND"
        dropped = dropped or (table == "headers_out" and result == "HTTP_MOVED_TEMPORARILY" and name == "X-Place")
        assert (is_clean(reply), reply.error) == (True, None)
        assert reply.code == (500 if not dropped else {"HTTP_NOT_FOUND": 404, "HTTP_MOVED_TEMPORARILY": 302}[result])


@pytest.mark.parametrize("inside", ["PythonDebug On", "AddDefaultCharset utf-8"])
def test_under(folder: Folder, inside: str) -> None:
    for statement, _ in PLACES.values():
        for bad in BAD.values():
            for way in ("at once", "held"):
                reply = answer(folder, f"{statement.format(bad)}; {WAYS[way]}", inside=inside)
                assert (reply.code, reply.error, is_clean(reply)) == (500, None, True)


def test_head_of_it(folder: Folder) -> None:
    for statement, _ in PLACES.values():
        reply = answer(folder, f"{statement.format(BAD['CR LF'])}; req.write('body')", "HEAD")
        # A HEAD with a Content-Length that is none is an error as well.
        assert (reply.code, reply.body, reply.error, is_clean(reply)) == (500, b"", None, True)


@pytest.mark.parametrize("size", [10, 65536, 200_000])
@pytest.mark.parametrize("table", ["headers_out", "err_headers_out"])
def test_fixup_handlers_header_on_a_file(folder: Folder, table: str, size: int) -> None:
    folder.write(fix=f"def fixuphandler(req):\n    req.{table}['X-Place'] = 'a\\r\\nX-Forged: 1'\n    return 0\n")
    folder.file("data.bin", b"x" * size)
    reply = Server().ask(folder.serve("PythonFixupHandler fix"), "/data.bin")
    assert (reply.code, reply.error, is_clean(reply)) == (500, None, True)
    assert "X-Place" in folder.log_text()


def test_names_of_folders_and_queries_in_redirections(folder: Folder) -> None:
    folder.file("line\r\nX-Forged: 1/x", "")
    folder.file("plain/x", "")
    app = folder.serve("", "RedirectMatch ^/go/(.*)$ http://a.test/$1\nRedirect /to http://a.test/")
    for target in ("/line%0d%0aX-Forged:%201", "/go/%0d%0aX-Forged:%201", "/to/%0d%0aX-Forged:%201"):
        reply = Server().ask(app, target)
        assert reply.code in (301, 302)
        assert "%0d%0ax-forged" in (reply.header("Location") or "").lower()
    for target in ("/plain", "/go/x", "/to/x"):
        reply = Server().ask(app, target, QUERY_STRING="a\r\nX-Forged: 1")  # a server that lets anything through
        assert (reply.error, is_clean(reply)) == (None, True)


def test_host_in_redirections(folder: Folder) -> None:
    folder.file("plain/x", "")
    app = folder.serve()
    for host in ("a\r\nX-Forged: 1", "a/b", 'a"><script>', "a b"):
        reply = Server().ask(app, "/plain", HTTP_HOST=host)
        assert (reply.code, is_clean(reply)) == (400, True)
        assert b"script" not in reply.body


# ---- what is sent -------------------------------------------------------------------------------------------------

# statements -> headers as the server gets them (without Content-Length)
SENT: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "nothing": ("pass", []),
    "a header": ("req.headers_out['X-A'] = '1'", [("X-A", "1")]),
    "case is kept": ("req.headers_out['x-a'] = '1'", [("x-a", "1")]),
    "empty": ("req.headers_out['X-A'] = ''", [("X-A", "")]),
    "tab": ("req.headers_out['X-A'] = 'a\\tb'", [("X-A", "a\tb")]),
    "UTF-8": ("req.headers_out['X-A'] = '\\u00e9\\u4e2d'", [("X-A", "\xc3\xa9\xe4\xb8\xad")]),
    "bytes that are no UTF-8": ("req.headers_out['X-A'] = b'\\xff'", [("X-A", "\xff")]),
    "two of a name": (
        "req.headers_out.add('X-A', '1'); req.headers_out.add('X-A', '2')",
        [("X-A", "1"), ("X-A", "2")],
    ),
    "both tables": (
        "req.headers_out['X-A'] = 'late'; req.err_headers_out['X-A'] = 'early'",
        [("X-A", "early"), ("X-A", "late")],
    ),
    "two of one table, as httpd sends them": (
        "req.headers_out.add('Location', 'http://a/'); req.headers_out.add('Location', 'http://b/')",
        [("Location", "http://a/"), ("Location", "http://b/")],
    ),
    "Location in both tables": (
        "req.headers_out['Location'] = 'http://late/'; req.err_headers_out['Location'] = 'http://early/'",
        [("Location", "http://early/")],
    ),
    "type": ("req.content_type = 'text/x'", [("Content-Type", "text/x")]),
    "an empty type": ("req.content_type = ''", []),
    "a type as a header, and an empty one": (
        "req.headers_out['Content-Type'] = 'text/x'; req.content_type = ''",
        [("Content-Type", "text/x")],
    ),
    "type as a header": ("req.headers_out['Content-Type'] = 'text/x'", [("Content-Type", "text/x")]),
    "type in both ways": (
        "req.headers_out['content-type'] = 'text/x'; req.content_type = 'text/y'",
        [("Content-Type", "text/y")],
    ),
    "what only the server says": (
        "for name in ('Connection', 'Date', 'Server', 'Transfer-Encoding', 'Keep-Alive', 'Upgrade', 'TE', 'Trailer', "
        "'Proxy-Authenticate', 'Proxy-Authorization'): "
        "req.headers_out[name] = req.err_headers_out[name.lower()] = 'x'",
        [],
    ),
    "an unusual name": ("req.headers_out['x!#$%&*+.^_`|~9'] = '1'", [("x!#$%&*+.^_`|~9", "1")]),
}


@pytest.mark.parametrize(("statements", "wanted"), SENT.values(), ids=SENT)
@pytest.mark.parametrize("flush", [0, 1])
def test_headers(folder: Folder, statements: str, wanted: list[tuple[str, str]], flush: int) -> None:
    reply = answer(folder, f"{statements}\n    req.write('abc', {flush})")
    assert (reply.status, reply.body, reply.error) == ("200 OK", b"abc", None)
    assert [header for header in reply.headers if header[0] != "Content-Length"] == wanted
    assert reply.header("Content-Length") == (None if flush else "3")


STATUSES = {
    "req.status = 404": "404 Not Found",
    "req.status = 302": "302 Found",
    "req.status = 418": "500 Internal Server Error",
    "req.status = 999": "500 Internal Server Error",
    "req.status = 0": "500 Internal Server Error",
    "req.status = -1": "500 Internal Server Error",
    "req.status = 10 ** 20": "500 Internal Server Error",
    "req.status_line = '200 Fine'": "200 Fine",
    "req.status_line = '404 Mine'": "200 OK",
    "req.status_line = 'Fine'": "200 OK",
    "req.status_line = ''": "200 OK",
    "req.status_line = '200'": "200 OK",
    "req.status_line = '2000 x'": "200 OK",
    "req.status_line = ' 200 x'": "200 OK",
    "req.status = 404; req.status_line = '404 Gone fishing'": "404 Gone fishing",
    "req.status = 418; req.status_line = '418 Teapot'": "418 Teapot",
    "req.status = 222; req.status_line = '222 \\u00e9'": "222 Ã©",
}


@pytest.mark.parametrize(("statements", "wanted"), STATUSES.items())
@pytest.mark.parametrize("flush", [0, 1])
def test_status(folder: Folder, statements: str, wanted: str, flush: int) -> None:
    reply = answer(folder, f"{statements}; req.write('abc', {flush})")
    assert (reply.status, reply.body, reply.error) == (wanted, b"abc", None)


# statements -> (Content-Length as sent, body) of a body "abc"
LENGTHS: dict[str, tuple[str | None, bytes]] = {
    "pass": ("3", b"abc"),
    "req.set_content_length(3)": ("3", b"abc"),
    "req.set_content_length(5)": ("3", b"abc"),
    "req.set_content_length(2)": ("3", b"abc"),
    "req.set_content_length(0)": ("3", b"abc"),
    "req.err_headers_out['Content-Length'] = '3'": ("3", b"abc"),
    "req.err_headers_out['Content-Length'] = '5'": ("3", b"abc"),
    "req.err_headers_out['Content-Length'] = '2'; req.headers_out['Content-Length'] = '3'": ("3", b"abc"),
    "req.err_headers_out['Content-Length'] = '9'; req.headers_out['Content-Length'] = '3'": ("3", b"abc"),
    "req.headers_out.add('Content-Length', '2'); req.headers_out.add('Content-Length', '3')": ("3", b"abc"),
    "req.headers_out['content-length'] = '2'": ("3", b"abc"),
}


@pytest.mark.parametrize(("statements", "wanted"), LENGTHS.items())
def test_length(folder: Folder, statements: str, wanted: tuple[str | None, bytes]) -> None:
    reply = answer(folder, f"{statements}; req.write('abc', 0)")
    assert (reply.header("Content-Length"), reply.body, reply.error) == (*wanted, None)


BAD_LENGTHS = ["-1", "+1", "1.0", "1_0", "abc", "", " 3", "3 ", "0x3", "\u00b2", "\u0663", "3,3", "3\u00a0", "9" * 5000]


@pytest.mark.parametrize("value", BAD_LENGTHS)
@pytest.mark.parametrize("table", ["headers_out", "err_headers_out"])
def test_length_that_is_none(folder: Folder, table: str, value: str) -> None:
    reply = answer(folder, f"req.{table}['Content-Length'] = {value!r}; req.write('abc', 0)")
    assert (reply.code, reply.error) == (500, None)
    assert "Content-Length" in folder.log_text()
    assert reply.header("Content-Length") == str(len(reply.body))


@pytest.mark.parametrize("code", [204, 304])
@pytest.mark.parametrize("way", ["req.status = {0}; req.write('abc')", "req.write('abc', 0); return {0}"])
def test_no_body_and_no_length(folder: Folder, way: str, code: int) -> None:
    reply = answer(folder, f"req.headers_out['X-A'] = '1'; req.content_type = 'text/x'; {way.format(code)}")
    assert (reply.code, reply.body, reply.error, reply.headers) == (code, b"", None, [("X-A", "1")])


def test_redirect_keeps_every_header_that_errors_keep(folder: Folder) -> None:
    folder.file("target.txt", "target")
    lines = (
        "req.err_headers_out.add('Set-Cookie', 'a=1'); req.err_headers_out.add('Set-Cookie', 'b=2'); "
        "req.headers_out['X-Lost'] = '1'; req.internal_redirect('/files/target.txt')"
    )
    folder.file("files/target.txt", "target")
    reply = answer(folder, lines, inside="<Files target.txt>\nSetHandler none\n</Files>")
    assert (reply.all("Set-Cookie"), reply.all("X-Lost"), reply.body) == (["a=1", "b=2"], [], b"target")


def test_the_last_cookie_of_an_index_is_the_one_that_req_knows(folder: Folder) -> None:
    folder.write(
        cookies="""
def fixuphandler(req):
    for value in "10" if req.uri.endswith("html") else "01":
        req.err_headers_out.add("Set-Cookie", "s=" + value)
    return 0
"""
    )
    folder.file("index.html", "index")
    app = folder.serve("DirectoryIndex index.html\nPythonFixupHandler cookies")
    assert Server().ask(app, "/").all("Set-Cookie")[-1] == "s=1"


def test_index_keeps_every_header_of_its_fixups(folder: Folder) -> None:
    folder.write(
        cookies="""
def fixuphandler(req):
    req.err_headers_out.add("Set-Cookie", "a=1")
    req.err_headers_out.add("Set-Cookie", "b=2")
    req.err_headers_out.add("Set-Cookie", "for=" + req.uri)
    req.headers_out.add("X-Two", "1")
    req.headers_out.add("X-Two", "2")
    req.headers_out.add("X-Twice", "1")
    req.headers_out.add("X-Twice", "1")
    req.notes.add("note", req.uri)
    return 0
"""
    )
    folder.file("index.html", "index")
    reply = Server().ask(folder.serve("DirectoryIndex index.html\nPythonFixupHandler cookies"), "/")
    assert reply.all("Set-Cookie") == ["for=/index.html", "a=1", "b=2", "for=/"]
    assert (reply.all("X-Two"), reply.all("X-Twice"), reply.body) == (["1", "2"], ["1", "1"], b"index")


def test_types_that_were_checked_once_are_not_taken_for_others(folder: Folder) -> None:
    """The cache of content types is asked by the whole value."""
    folder.write(page="def handler(req):\n    req.content_type = req.args\n    return 0\n")
    app = folder.serve("SetHandler mod_python\nPythonHandler page")
    values = ["text/a", "text/a;charset=x", "text/A", "text/a ", *(f"text/x{number}" for number in range(600))]
    for value in values * 2:
        assert Server().ask(app, f"/?{value}").header("Content-Type") == value
