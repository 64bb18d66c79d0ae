"""Filters: what flows through them and when, what goes wrong in them, and the built-in ones.

What Apache does is in tests/oracle/cases/filters.py; here is what it cannot show: when something is called, bad filters
in every place, servers and clients that misbehave, and that the result does not depend on the pieces.
"""

from __future__ import annotations

import gc
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.util import FileWrapper

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modpy_wsgi.errors import ConfigError, ShortBody
from modpy_wsgi.filters import registry
from modpy_wsgi.filters.filter import MAX_EMPTY_READS
from modpy_wsgi.filters.flow import WHOLE
from tests.oracle.cases import words
from tests.wsgi_site import Folder, Reply, Server, environ, module

FILTERS = '''
from mod_python import apache

calls = []
cleaned = []

def outputfilter(filter):
    s = filter.read()
    while s:
        filter.write(s.upper())
        s = filter.read()
    if s is None:
        filter.close()

inputfilter = outputfilter

def seen(filter):
    """Notes what each call gets, and when."""
    got = [filter.read()]
    while got[-1]:
        filter.write(got[-1])
        got.append(filter.read())
    calls.append(got)
    if got[-1] is None:
        filter.close()

def one(filter):
    """Reads once for each call."""
    s = filter.read(4)
    calls.append(s)
    if s is None:
        filter.close()
    else:
        filter.write(s)

def names(filter):
    """Keeps what it has to remember on the filter, as the manual lets it, under names that come to mind."""
    for name in ("mine", "next", "alone", "at_end", "count", "buffer"):
        setattr(filter, name, getattr(filter, name, 0) + 1)
    doubles(filter)

def doubles(filter):
    s = filter.read()
    while s:
        filter.write(s + s)
        s = filter.read()
    if s is None:
        filter.close()

def swallows(filter):
    while filter.read():
        pass

def raises(filter):
    raise ValueError("the filter's own")

def raises_at_end(filter):
    s = filter.read()
    while s:
        filter.write(s)
        s = filter.read()
    if s is None:
        raise ValueError("the filter's own")

def exits(filter):
    raise SystemExit(1)

def spins(filter):
    while filter.read() is not None:
        pass
    filter.close()

def forgets(filter):
    pass

def writes_to_request(filter):
    filter.req.write("again")

def reads_from_request(filter):
    filter.req.read()

def bad_header(filter):
    filter.req.headers_out["X-Bad"] = "a\\r\\nb"
    outputfilter(filter)

def remembers(filter):
    filter.count = getattr(filter, "count", 0) + 1
    s = filter.read()
    while s:
        s = filter.read()
    if s is None:
        filter.write("%d calls" % filter.count)
        filter.close()

def state(filter):
    calls.append((filter.name, filter.handler, filter.dir, filter.is_input, filter.closed, filter.softspace,
                  filter.req.uri, filter.req.interpreter is not None))
    outputfilter(filter)
    calls.append(filter.closed)

def text(filter):
    s = filter.read()
    while s:
        filter.write(s.decode() + "\\u20ac")
        s = filter.read()
    if s is None:
        filter.close()

def lines(filter):
    s = filter.readline()
    while s:
        filter.write(b"<" + s + b">")
        s = filter.readline()
    if s is None:
        filter.close()

def gives_up(filter):
    """Passes on what it is given, and is not asked again."""
    calls.append(filter.read(3))
    filter.write(calls[-1] or b"")
    filter.disable()

def aborts(filter):
    raise apache.SERVER_RETURN(apache.HTTP_FORBIDDEN)
'''
HANDLER = """
from mod_python import apache
import filtering

def handler(req):
    req.content_type = "text/plain"
    what, _, rest = (req.args or "").partition("=")
    req.register_cleanup(filtering.cleaned.append, what)
    if what == "steps":
        for number in range(int(rest)):
            req.write("piece %d " % number)
            filtering.calls.append("written")
    elif what == "held":
        req.write("one ", 0)
        req.write("two", 0)
    elif what == "flush":
        req.flush()
        filtering.calls.append("flushed")
        req.write("late", 0)
    elif what == "big":
        req.write("x" * int(rest))
    elif what == "many":
        for number in range(int(rest)):
            req.write("0123456789")
    elif what == "read":
        req.write(req.read(int(rest)) if rest else req.read(), 0)
    elif what == "echo":
        while 1:
            data = req.read(1000)
            if not data:
                break
            req.write(data, 0)
    elif what == "sized":
        data = req.read(int(rest))
        while data:
            assert len(data) <= int(rest)
            req.write(data, 0)
            data = req.read(int(rest))
    elif what == "lines":
        for line in req.readlines():
            assert line.count(b"\\n") == line.endswith(b"\\n")
            req.write(line, 0)
    elif what == "length":
        req.set_content_length(12)
        req.write("hello ")
        req.write("world\\n")
    elif what == "form":
        from mod_python import util
        form = util.FieldStorage(req)
        req.write(repr([(name, form[name].value) for name in form.keys()]), 0)
    elif what == "declined":
        return apache.DECLINED
    elif what == "redirect":
        req.write("never seen")
        req.internal_redirect("/page.txt")
    elif what == "add":
        req.add_output_filter(rest)
        req.write("hello", 0)
    else:
        req.write("hello")
    return apache.OK

def fixuphandler(req):
    req.read = lambda *args: b"its own"
    return apache.OK

def loghandler(req):
    req.write("after the end")
    return apache.OK
"""
NAMES = words(
    """
    seen one doubles swallows raises raises_at_end exits spins forgets
    writes_to_request reads_from_request bad_header remembers names state text lines gives_up aborts
    """
)
REGISTERED = "PythonOutputFilter filtering UPPER\nPythonInputFilter filtering UPPER\n" + "".join(
    f"PythonOutputFilter filtering::{name} {name.upper()}\nPythonInputFilter filtering::{name} {name.upper()}\n"
    for name in NAMES
)
HANDLED = '<Files "h">\nSetHandler mod_python\nPythonHandler filtered\n</Files>\n'
PAGE = "A page of text.\n" * 10


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with Folder(tmp_path) as made:
        made.write(filtering=FILTERS, filtered=HANDLER)
        made.file("page.txt", PAGE)
        yield made


class Site:
    """A site with the filters above, and one server that asks it."""

    def __init__(self, folder: Folder, conf: str, server: Server | None = None, **options: Any) -> None:
        self.folder = folder
        self.app = folder.serve(f"PythonPath \"['{folder.root}'] + sys.path\"\n{REGISTERED}{HANDLED}{conf}", **options)
        self.server = server or Server()

    def ask(self, target: str, method: str = "GET", **more: Any) -> Reply:
        return self.server.ask(self.app, target, method, **more)

    @property
    def calls(self) -> list[Any]:
        calls: list[Any] = module(self.app, "filtering").calls
        return calls


Made = Callable[..., Site]


@pytest.fixture
def made(folder: Folder) -> Made:
    def make(conf: str, server: Server | None = None, **options: Any) -> Site:
        return Site(folder, conf, server, **options)

    return make


# -- when filters are called ------------------------------------------------------------------------------------------


def test_each_flush_is_a_call_at_once(made: Made) -> None:
    site = made("SetOutputFilter SEEN")
    reply = site.ask("/h?steps=2")
    assert site.calls == [[b"piece 0 ", b""], "written", [b"piece 1 ", b""], "written", [None]]
    assert reply.written == [b"piece 0 ", b"piece 1 "]


def test_nothing_is_held_back_that_was_flushed(made: Made) -> None:
    site = made("SetOutputFilter UPPER;SEEN;DOUBLES")
    reply = site.ask("/h?steps=3")
    assert reply.written == [b"PIECE 0 PIECE 0 ", b"PIECE 1 PIECE 1 ", b"PIECE 2 PIECE 2 "]
    assert reply.header("Content-Length") is None


def test_what_was_held_is_one_call_with_the_end(made: Made) -> None:
    site = made("SetOutputFilter SEEN")
    reply = site.ask("/h?held")
    assert site.calls == [[b"one two", None]]
    assert reply.header("Content-Length") == "7"
    assert reply.written == []


def test_a_flush_of_nothing_reaches_the_filter_and_the_head_leaves(made: Made) -> None:
    site = made("SetOutputFilter SEEN")
    reply = site.ask("/h?flush")
    assert site.calls == [[b""], "flushed", [b"late", None]]
    assert (reply.body, reply.header("Content-Length")) == (b"late", None)


def test_a_file_is_one_call(made: Made, folder: Folder) -> None:
    folder.file("page.bin", b"0123456789" * 20000)
    site = made("SetOutputFilter SEEN")
    assert site.ask("/page.bin").header("Content-Length") == "200000"
    assert site.calls == [[b"0123456789" * 20000, None]]


def test_a_large_file_comes_in_pieces_within_the_call(made: Made, folder: Folder) -> None:
    size = 2 * WHOLE + 100
    folder.file("page.bin", bytes(size))
    site = made("SetOutputFilter SEEN")
    reply = site.ask("/page.bin")
    assert len(reply.body) == size
    assert [len(piece or b"") for piece in site.calls[0]] == [WHOLE, WHOLE, 100, 0]
    assert len(site.calls) == 1
    assert reply.header("Content-Length") is None
    assert reply.header("Accept-Ranges") is None


def test_a_filter_that_reads_once_is_called_again(made: Made, folder: Folder) -> None:
    folder.file("page.bin", b"0123456789")
    site = made("SetOutputFilter ONE")
    assert site.ask("/page.bin").body == b"0123456789"
    assert site.calls == [b"0123", b"4567", b"89", None]


def test_one_object_for_all_calls(made: Made) -> None:
    assert made("SetOutputFilter REMEMBERS").ask("/h?steps=3").body == b"4 calls"


def test_members(made: Made, folder: Folder) -> None:
    site = made("SetOutputFilter STATE\nSetInputFilter STATE")
    assert site.ask("/h?read", "POST", body=b"abc").body == b"ABC"
    directory = f"{folder.root}/"
    assert site.calls == [
        ("state", "filtering::state", directory, 1, 0, 0, "/h", True),
        1,
        ("state", "filtering::state", directory, 0, 0, 0, "/h", True),
        1,
    ]


def test_text_is_written_as_utf_8(made: Made) -> None:
    assert made("SetOutputFilter TEXT").ask("/h?held").body == b"one two\xe2\x82\xac"


@pytest.mark.parametrize("target", ["/h?steps=2", "/h?held", "/h?flush", "/page.txt", "/absent.txt"])
def test_nothing_of_an_answer_waits_for_the_garbage_collector(made: Made, target: str) -> None:
    site = made("SetOutputFilter UPPER;ONE")
    site.ask(target)
    gc.collect()
    gc.disable()
    try:
        site.ask(target)
        assert gc.collect() == 0
    finally:
        gc.enable()


# -- what filters are over --------------------------------------------------------------------------------------------


def test_a_filter_that_is_disabled_leaves_the_rest_as_it_is(made: Made) -> None:
    plain = made("").ask("/page.txt")
    site = made("SetOutputFilter GIVES_UP")
    reply = site.ask("/page.txt")
    assert (reply.body, site.calls) == (PAGE.encode(), [PAGE[:3].encode()])
    assert reply.header("ETag") == plain.header("ETag")  # nobody makes anything else of the file
    site = made("SetOutputFilter GIVES_UP;SEEN")
    assert site.ask("/h?steps=2").body == b"piece 0 piece 1 "
    assert [each for each in site.calls if each != "written"] == [
        *(b"pie", [b"piece 0 ", b""], [b"piece 1 ", b""], [None])
    ]


def test_a_filter_may_remember_under_any_name(made: Made) -> None:
    reply = made("SetOutputFilter NAMES").ask("/page.txt")
    assert (reply.code, reply.body) == (200, PAGE.encode() * 2)


def test_head_and_conditions(made: Made) -> None:
    site = made("SetOutputFilter DOUBLES")
    reply = site.ask("/page.txt", "HEAD")
    assert (reply.body, reply.header("Content-Length")) == (b"", str(2 * len(PAGE)))
    tag = reply.header("ETag")
    assert tag is not None
    assert tag.startswith('W/"')
    again = site.ask("/page.txt", headers={"If-None-Match": tag})
    assert (again.code, again.body, again.header("ETag")) == (304, b"", tag)


def test_head_of_a_large_file_reads_no_more_than_the_head_needs(made: Made, folder: Folder) -> None:
    folder.file("page.bin", bytes(40 * WHOLE))
    site = made("SetOutputFilter SEEN")
    reply = site.ask("/page.bin", "HEAD")
    assert (reply.code, reply.body) == (200, b"")
    assert sum(len(piece or b"") for piece in site.calls[0]) < 4 * WHOLE


def test_ranges_are_cut_out_of_what_filters_make(made: Made) -> None:
    reply = made("SetOutputFilter DOUBLES").ask("/h?held", headers={"Range": "bytes=5-8"})
    assert (reply.code, reply.body, reply.header("Content-Range")) == (206, b"woon", "bytes 5-8/14")


def test_the_log_phase_writes_nothing(made: Made) -> None:
    site = made("SetOutputFilter UPPER\nPythonLogHandler filtered")
    assert site.ask("/h").body == b"HELLO"


def test_redirect_begins_with_no_filters_but_those_of_its_own(made: Made) -> None:
    site = made('<Files "h">\nSetOutputFilter UPPER\n</Files>\nAddOutputFilter DOUBLES .txt')
    assert site.ask("/h?redirect").body == b"NEVER SEEN" + PAGE.encode() * 2


@pytest.mark.parametrize("offers_write", [True, False])
def test_servers_without_write(made: Made, folder: Folder, offers_write: bool) -> None:
    folder.file("page.bin", bytes(3 * WHOLE))
    site = made("SetOutputFilter SEEN", Server(offers_write=offers_write))
    assert site.ask("/page.bin").body == bytes(3 * WHOLE)
    assert site.ask("/h?steps=2").body == b"piece 0 piece 1 "


class Other:
    """An application of another kind."""

    def __init__(self, pieces: list[bytes], *, early: bool = False, length: int | None = 3) -> None:
        self.pieces, self.closed, self.asked = pieces, 0, b""
        self.early = early
        self.length = [] if length is None else [("Content-Length", str(length))]

    def __call__(self, made: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        self.environ = made
        self.asked = made["wsgi.input"].read(int(made.get("CONTENT_LENGTH") or 0))
        write = start_response("200 Fine", [("Content-Type", "text/x-other"), ("X-A", "1"), *self.length])
        if self.early:
            write(b"early ")
        return self

    def __iter__(self) -> Iterator[bytes]:
        yield from self.pieces

    def close(self) -> None:
        self.closed += 1


@pytest.mark.parametrize("early", [False, True])
def test_another_application(made: Made, early: bool) -> None:
    other = Other([b"abc", b"", b"def"], early=early)
    site = made("SetOutputFilter UPPER;SEEN\nSetInputFilter UPPER", fallback=other)
    reply = site.ask("/other", "POST", body=b"body")
    assert (reply.status, reply.body) == ("200 Fine", (b"EARLY " if early else b"") + b"ABCDEF")
    assert (reply.header("X-A"), reply.header("Content-Length")) == ("1", None)
    assert (other.closed, other.asked) == (1, b"BODY")
    assert [b"ABC", b""] in site.calls


@pytest.mark.parametrize("conf", ["SetOutputFilter DEFLATE", "SetOutputFilter UPPER", "SetOutputFilter RAISES"])
@pytest.mark.parametrize("length", [None, 6])
def test_another_application_that_starts_late(made: Made, conf: str, length: int | None) -> None:
    """As a generator does, which runs when it is iterated."""

    def other(asked: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        start_response("200 OK", [] if length is None else [("Content-Length", str(length))])
        yield b"abc"
        yield b"def"

    reply = made(conf, fallback=other).ask("/other")
    if "RAISES" in conf:
        assert reply.code == 500
        return
    assert reply.body == (b"ABCDEF" if "UPPER" in conf else b"abcdef")
    assert reply.header("Content-Length") == ("6" if length and "DEFLATE" in conf else None)


def test_another_application_may_not_read_too_much(made: Made) -> None:
    other = Other([])
    site = made("SetInputFilter DOUBLES\nLimitRequestBody 10", fallback=other)
    assert site.ask("/other", "POST", body=b"123456").code == 413
    assert site.ask("/other", "POST", body=b"12345678901").code == 413
    assert site.ask("/other", "POST", body=b"12345").code == 200
    assert other.asked == b"1234512345"


# -- bodies -----------------------------------------------------------------------------------------------------------


def test_a_body_is_read_through_filters(made: Made) -> None:
    site = made("SetInputFilter UPPER;DOUBLES")
    body = b"some text\n" * 20000
    assert site.ask("/h?read", "POST", body=body).body == b"".join([(body * 2).upper()])
    assert len(site.ask("/h?read=5", "POST", body=body).body) == 5


def test_chunked_bodies(made: Made) -> None:
    site = made("SetInputFilter UPPER")
    more = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi__input_terminated": True}
    asked = environ("/h?read", "POST", wsgi__input=io.BytesIO(b"abc" * 50000), **more)
    assert site.server.call(site.app, asked).body == b"ABC" * 50000


def test_forms(made: Made) -> None:
    site = made("SetInputFilter UPPER")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert site.ask("/h?form", "POST", body=b"a=x&b=y", headers=headers).body == b"[('A', 'X'), ('B', 'Y')]"
    boundary = b"--b\r\nContent-Disposition: form-data; name=f; filename=g\r\n\r\n" + b"z" * 100000 + b"\r\n--b--\r\n"
    plain = made("SetInputFilter SEEN")
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    assert plain.ask("/h?form", "POST", body=boundary, headers=headers).body.count(b"z") == 100000


def test_limits_hold_for_what_is_sent_and_for_what_is_made(made: Made) -> None:
    site = made("LimitRequestBody 100\nSetInputFilter DOUBLES")
    assert site.ask("/h?read", "POST", body=b"x" * 101).code == 413
    assert site.ask("/h?read", "POST", body=b"x" * 51).code == 413
    assert site.ask("/h?read", "POST", body=b"x" * 50).body == b"x" * 100


def test_a_body_that_breaks_off(made: Made) -> None:
    site = made("SetInputFilter UPPER")
    asked = environ("/h?read", "POST", body=b"abc", headers={"Content-Length": "9"})
    assert site.server.call(site.app, asked).code == 500
    assert "before its Content-Length" in site.folder.log_text()


@pytest.mark.parametrize("name", ["raises", "raises_at_end", "exits", "forgets", "reads_from_request"])
def test_a_body_of_which_a_filter_made_nothing_is_no_short_body(made: Made, name: str) -> None:
    site = made(f"SetInputFilter {name.upper()}")
    reply = site.ask("/h?read", "POST", body=b"abc")
    assert reply.code == 500
    assert name in site.folder.log_text()


def test_a_status_for_who_reads(made: Made) -> None:
    assert made("SetInputFilter ABORTS").ask("/h?read", "POST", body=b"abc").code == 403


def test_a_filter_that_swallows_everything(made: Made) -> None:
    assert made("SetInputFilter SWALLOWS").ask("/h?read", "POST", body=b"abc").body == b""


# -- what goes wrong --------------------------------------------------------------------------------------------------

BAD = {
    "raises": "the filter's own",
    "raises_at_end": "the filter's own",
    "exits": "SystemExit: 1",
    "writes_to_request": "a filter cannot write to the request that it filters",
}


@pytest.mark.parametrize("target", ["/page.txt", "/h?held", "/h"])
@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("chain", ["{}", "UPPER;{}", "{};UPPER", "{};DEFLATE"])
def test_a_filter_that_fails(made: Made, name: str, target: str, chain: str) -> None:
    site = made(f"SetOutputFilter {chain.format(name.upper())}")
    reply = site.ask(target, headers={"Accept-Encoding": "gzip"})
    assert BAD[name] in site.folder.log_text()
    if name == "raises_at_end" and target == "/h":  # a part was sent: nobody takes it for the whole
        assert isinstance(reply.error, ShortBody)
        return
    assert (reply.code, reply.error) == (500, None)
    assert b"Internal Server Error" in reply.body
    assert b"page of text" not in reply.body.lower()
    assert reply.header("Content-Encoding") is None


@pytest.mark.parametrize("target", ["/page.txt", "/h?held", "/h"])
def test_a_filter_that_fails_shows_it_under_debug(made: Made, target: str) -> None:
    site = made("PythonDebug On\nSetOutputFilter RAISES;UPPER")
    reply = site.ask(target)
    assert reply.code == 500
    assert b"MOD_PYTHON ERROR" in reply.body
    assert b"THE FILTER&#X27;S OWN" in reply.body
    assert reply.header("Content-Type") == "text/html"


def test_an_error_page_is_not_filtered(made: Made) -> None:
    assert b"<title>404 Not Found" in made("SetOutputFilter UPPER").ask("/absent").body


def test_nothing_more_can_be_written_to_a_filter_that_failed(made: Made) -> None:
    site = made("SetOutputFilter RAISES")
    assert site.ask("/h?steps=100000").code == 500
    assert "the output filter 'raises' has failed" in site.folder.log_text()


def test_a_loop_that_finds_nothing_ends(made: Made) -> None:
    site = made("SetOutputFilter SPINS")
    assert site.ask("/h").code == 500
    assert f"{MAX_EMPTY_READS}" not in site.folder.log_text()
    assert "a filter has to return when read() gives b''" in site.folder.log_text()
    assert site.ask("/page.txt").code == 200  # there, it comes to the end


def test_a_filter_that_does_nothing_takes_everything_away(made: Made) -> None:
    for target in ("/page.txt", "/h", "/h?held"):
        reply = made("SetOutputFilter FORGETS").ask(target)
        assert (reply.code, reply.body, reply.error) == (200, b"", None)


@pytest.mark.parametrize("target", ["/page.txt", "/h?held", "/h"])
def test_a_header_that_cannot_be_sent(made: Made, target: str) -> None:
    site = made("SetOutputFilter BAD_HEADER;DEFLATE")
    reply = site.ask(target, headers={"Accept-Encoding": "gzip"})
    assert (reply.code, reply.header("X-Bad"), reply.header("Content-Encoding")) == (500, None, None)
    assert "X-Bad" in site.folder.log_text()


def test_a_client_that_goes_away(made: Made, folder: Folder) -> None:
    folder.file("page.bin", bytes(4 * WHOLE))
    gone = Server(write_error=BrokenPipeError(), writes_before_error=1)
    site = made("SetOutputFilter SEEN", gone)
    reply = site.ask("/h?many=1000")
    assert reply.written == [b"0123456789"]
    assert module(site.app, "filtering").cleaned == ["many"]
    assert len(site.calls) < 4  # no stack of retries
    assert site.folder.log_text().count("client closed connection") < 3
    reply = site.ask("/page.bin")
    assert len(reply.written) == 1
    assert len(site.calls[-1]) < 5


# -- names ------------------------------------------------------------------------------------------------------------


def test_a_name_of_another_place_is_no_filter(made: Made, folder: Folder) -> None:
    folder.file("sub/page.txt", "x")
    site = made('<Files "page.txt">\nPythonOutputFilter filtering HERE\n</Files>\nAddOutputFilter HERE .txt .text')
    assert site.ask("/page.txt").body == PAGE.upper().encode()
    folder.file("page.text", "x")
    assert site.ask("/page.text").code == 500
    assert "nobody registers the output filter 'here'" in folder.log_text()


def test_an_unknown_name_stops_the_start(made: Made) -> None:
    with pytest.raises(ConfigError, match=r":\d+: SetOutputFilter: nobody provides the output filter 'NOBODY'"):
        made("SetOutputFilter UPPER;nobody")
    with pytest.raises(ConfigError, match=r":\d+: AddInputFilter: nobody provides the input filter 'INCLUDES'"):
        made("<Files a>\nAddInputFilter INCLUDES .x\n</Files>")


def test_an_unknown_name_in_htaccess_closes_the_directory(made: Made, folder: Folder) -> None:
    folder.file("sub/.htaccess", "<Files a.txt>\nSetOutputFilter nobody\n</Files>\n")
    folder.file("sub/page.txt", "x")
    site = made("AllowOverride FileInfo")
    assert site.ask("/sub/page.txt").code == 500
    assert "sub/.htaccess:2: SetOutputFilter: nobody provides the output filter 'NOBODY'" in folder.log_text()


def test_names_at_run_time(made: Made, folder: Folder) -> None:
    site = made("")
    assert site.ask("/h?add=upper").body == b"HELLO"
    assert site.ask("/h?add=nobody").body == b"hello"
    assert "an unknown filter was not added: nobody" in folder.log_text()
    assert site.ask("/h?add=SUBSTITUTE").code == 500
    assert "the filter 'substitute' of httpd is not implemented" in folder.log_text()


def test_filters_that_are_reloaded(made: Made, folder: Folder) -> None:
    site = made("SetOutputFilter UPPER")
    assert site.ask("/h?held").body == b"ONE TWO"
    folder.write(filtering=FILTERS.replace("s.upper()", "s[::-1]"))
    assert site.ask("/h?held").body == b"owt eno"


# -- subrequests that answer into a filter --------------------------------------------------------------------------


def includes(filter: Any) -> None:  # noqa: A002
    """A filter as server-side includes will be: what stands between two @ is a URI."""
    data = filter.read()
    while data:
        for number, part in enumerate(data.split(b"@")):
            if number % 2:
                status = filter.include(part.decode())
                filter.write(f"({status})" if status else b"")
            else:
                filter.write(part)
        data = filter.read()


@pytest.fixture
def including(monkeypatch: pytest.MonkeyPatch, made: Made, folder: Folder) -> Site:
    monkeypatch.setitem(
        registry.BUILT_IN, "includes", registry.BuiltIn(registry.RESOURCE, "tests.test_filters:includes")
    )
    folder.file("page.shtml", "start @/small.txt@, @/h?held@, @/absent@, @/closed.txt@, @/nested.shtml@ end")
    folder.file("nested.shtml", "nested @/small.txt@")
    folder.file("loop.shtml", "loop @/loop.shtml@")
    folder.file("small.txt", "small")
    folder.file("closed.txt", "closed")
    folder.file("broken.raises", "hidden")
    folder.file("fails.shtml", "a @/broken.raises@ b")
    return made(
        "AddOutputFilter INCLUDES .shtml\nAddOutputFilter UPPER .txt\nAddOutputFilter RAISES .raises\n"
        '<Files "closed.txt">\nRequire all denied\n</Files>'
    )


def test_subrequests_flow_through_their_own_filters(including: Site) -> None:
    reply = including.ask("/page.shtml")
    assert reply.body == b"start SMALL, one two, (404), (403), nested SMALL end"
    assert reply.header("Content-Length") == str(len(reply.body))
    assert module(including.app, "filtering").cleaned == ["held"]


def test_subrequests_in_each_other_end(including: Site) -> None:
    body = including.ask("/loop.shtml").body
    assert body.startswith(b"loop loop loop ")
    assert body.endswith(b"(500)")
    assert len(body) < 100


def test_a_subrequest_whose_filter_fails(including: Site) -> None:
    reply = including.ask("/fails.shtml")
    assert (reply.code, reply.body) == (200, b"a (500) b")
    assert "the filter's own" in including.folder.log_text()


def test_a_built_in_filter_whose_module_is_missing(monkeypatch: pytest.MonkeyPatch, made: Made, folder: Folder) -> None:
    monkeypatch.setitem(registry.BUILT_IN, "includes", registry.BuiltIn(registry.RESOURCE, "no_such_module:includes"))
    folder.file("page.shtml", "<!--#echo -->")
    site = made("AddOutputFilter INCLUDES .shtml")
    assert site.ask("/page.shtml").code == 500
    assert "the filter 'includes' cannot be used: No module named 'no_such_module'" in folder.log_text()


# -- DEFLATE and INFLATE ----------------------------------------------------------------------------------------------

GZIP = {"Accept-Encoding": "gzip"}


def test_what_is_flushed_can_be_read_at_once(made: Made) -> None:
    site = made("SetOutputFilter DEFLATE")
    reply = site.ask("/h?steps=3", headers=GZIP)
    reader = zlib.decompressobj(31)
    found = [reader.decompress(piece) for piece in reply.written]
    assert found == [b"piece 0 ", b"piece 1 ", b"piece 2 ", b""]  # the end is a piece of its own
    assert reader.eof


def test_deflate_of_a_file_and_its_ranges(made: Made, folder: Folder) -> None:
    site = made("SetOutputFilter DEFLATE")
    whole = site.ask("/page.txt", headers=GZIP)
    assert gzip.decompress(whole.body) == PAGE.encode()
    assert whole.header("Content-Length") == str(len(whole.body))
    part = site.ask("/page.txt", headers={**GZIP, "Range": "bytes=3-9"})
    assert (part.code, part.body) == (206, whole.body[3:10])
    folder.file("page.bin", bytes(3 * WHOLE))
    large = site.ask("/page.bin", headers=GZIP)
    assert gzip.decompress(large.body) == bytes(3 * WHOLE)


@pytest.mark.parametrize("size", [69, 15_999, 16_000, 16_001, 16_385, 100_000, 3 * WHOLE])
def test_deflate_of_answers_of_any_length(made: Made, folder: Folder, size: int) -> None:
    """Whether their end is known at once or not: of a file it is, of what a handler writes it is not."""
    page = "".join(f"{number * number} " for number in range(size // 5 + 20))[:size]
    folder.file("page.txt", page)
    site = made("SetOutputFilter DEFLATE")
    assert gzip.decompress(site.ask("/page.txt", headers=GZIP).body) == page.encode()
    assert gzip.decompress(site.ask(f"/h?big={size}", headers=GZIP).body) == b"x" * size


def test_deflate_of_another_application(made: Made) -> None:
    for length in (None, 600):
        site = made("SetOutputFilter DEFLATE", fallback=Other([b"abc" * 100, b"def" * 100], length=length))
        reply = site.ask("/other", headers=GZIP)
        assert gzip.decompress(reply.body) == b"abc" * 100 + b"def" * 100
        assert (reply.header("Vary"), reply.header("Content-Length")) == ("Accept-Encoding", None)
        plain = site.ask("/other")
        assert plain.body == b"abc" * 100 + b"def" * 100
        assert plain.header("Content-Length") == (None if length is None else str(length))


def test_what_deflate_leaves_alone_is_as_without_it(made: Made, folder: Folder) -> None:
    """A large file keeps its length, its ranges and the server's own way of sending it."""
    folder.file("film.bin", bytes(3 * WHOLE))
    wrapped: list[Any] = []

    def wrapper(file: Any, size: int) -> FileWrapper:
        wrapped.append(file)
        return FileWrapper(file, size)

    for conf in ("SetOutputFilter DEFLATE", "AddOutputFilterByType DEFLATE text/html\nAddOutputFilterByType UPPER a/b"):
        site = made(conf)
        headers = {} if conf.startswith("Set") else GZIP
        whole = site.ask("/film.bin", headers=headers, wsgi__file_wrapper=wrapper)
        assert (whole.header("Content-Length"), whole.header("Accept-Ranges")) == (str(3 * WHOLE), "bytes")
        assert (len(whole.body), len(wrapped)) == (3 * WHOLE, 1)
        part = site.ask("/film.bin", headers={**headers, "Range": f"bytes={2 * WHOLE}-{2 * WHOLE + 9}"})
        assert (part.code, part.body) == (206, bytes(10))
        assert (whole.header("ETag") or "").startswith(('"', 'W/"'))
        wrapped.clear()


def test_levels(made: Made) -> None:
    page = "".join(f"line {number * number}\n" for number in range(4000))
    sizes = []
    for level in (1, 9):
        site = made("SetOutputFilter DEFLATE", around=f"DeflateCompressionLevel {level}")
        site.folder.file("page.txt", page)
        sizes.append(len(site.ask("/page.txt", headers=GZIP).body))
    assert sizes[1] < sizes[0] < len(page)


PACKED = {"Content-Encoding": "gzip"}


def test_what_a_handler_puts_in_the_place_of_read_stays_there(made: Made) -> None:
    site = made("SetInputFilter UPPER\nPythonFixupHandler filtered")
    assert site.ask("/h?read", "POST", body=b"body").body == b"its own"
    assert site.ask("/h?lines", "POST", body=b"a\nbody").body == b"A\nBODY"


BODY = "".join(f"line {number * number}\n" for number in range(8000)).encode()


def test_a_packed_body(made: Made) -> None:
    site = made("SetInputFilter DEFLATE")
    for size in (0, 1, 100, len(BODY)):
        packed = gzip.compress(BODY[:size])
        assert site.ask("/h?read", "POST", body=packed, headers=PACKED).body == BODY[:size]
    assert site.ask("/h?echo", "POST", body=gzip.compress(BODY), headers=PACKED).body == BODY


WRONG = {
    "cut": (gzip.compress(BODY)[:-9], "cut short"),
    "no gzip": (b"not packed at all", "no gzip stream"),
    "a wrong sum": (gzip.compress(BODY)[:-8] + b"12345678", "no gzip stream"),
    "more behind it": (gzip.compress(BODY) + b"x", "behind the end"),
    "a bomb": (gzip.compress(bytes(50_000_000)), "DeflateInflateRatioLimit 200"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_packed_body_that_is_wrong(made: Made, name: str) -> None:
    body, why = WRONG[name]
    site = made("SetInputFilter DEFLATE")
    assert site.ask("/h?read", "POST", body=body, headers=PACKED).code == 500
    assert any("input filter 'deflate': " in line and why in line for line in site.folder.log())


def test_limits_of_a_packed_body(made: Made) -> None:
    packed = gzip.compress(BODY)
    for conf, code in (
        (f"DeflateInflateLimitRequestBody {len(BODY)}", 200),
        (f"DeflateInflateLimitRequestBody {len(BODY) - 1}", 500),
        (f"LimitRequestBody {len(BODY) - 1}", 413),
        ("DeflateInflateRatioLimit 2", 500),
        ("DeflateInflateRatioLimit 2\nDeflateInflateRatioBurst 1000", 200),
    ):
        site = made(f"SetInputFilter DEFLATE\n{conf}")
        assert site.ask("/h?read", "POST", body=packed, headers=PACKED).code == code, conf


def test_inflate(made: Made, folder: Folder) -> None:
    folder.file("page.gz", gzip.compress(PAGE.encode()))
    folder.file("cut.gz", gzip.compress(PAGE.encode())[:-9])
    site = made("AddEncoding gzip .gz\nSetOutputFilter UPPER;INFLATE")
    reply = site.ask("/page.gz")
    assert (reply.body, reply.header("Content-Encoding")) == (PAGE.upper().encode(), None)
    assert site.ask("/cut.gz").code == 500


# -- the result does not depend on the pieces -------------------------------------------------------------------------


class Pieces:
    """Runs a chain in process over pieces of any size."""

    def __init__(self, folder: Folder) -> None:
        self.app = folder.serve(
            f"PythonPath \"['{folder.root}'] + sys.path\"\n{REGISTERED}"
            + "".join(
                f'<Files "{name}">\nSetOutputFilter {chain}\n</Files>\n' for name, chain in CHAINS.items() if chain
            ),
            fallback=self.other,
        )

    def other(self, made: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return iter(self.pieces)

    def run(self, name: str, pieces: list[bytes]) -> bytes:
        self.pieces = pieces
        reply = Server().ask(self.app, f"/{name}", headers=GZIP)
        assert reply.error is None
        coded = reply.header("Content-Encoding") is not None
        return gzip.decompress(reply.body) if coded else reply.body


CHAINS = {
    "a": "UPPER",
    "b": "ONE",
    "c": "UPPER;DEFLATE",
    "d": "DEFLATE",
    "e": "ONE;UPPER;ONE",
    "f": "SEEN;DEFLATE",
}


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pieces]:
    with Folder(tmp_path_factory.mktemp("pieces")) as folder:
        folder.write(filtering=FILTERS)
        yield Pieces(folder)


@settings(max_examples=60, deadline=None)
@given(data=st.lists(st.binary(max_size=40), max_size=8), name=st.sampled_from(sorted(CHAINS)))
def test_the_result_does_not_depend_on_the_pieces(pieces: Pieces, data: list[bytes], name: str) -> None:
    whole = b"".join(data)
    wanted = whole.upper() if "UPPER" in CHAINS[name] else whole
    if name in ("b", "e"):  # one read for each call: the rest of a longer piece is not taken
        data = [bytes([byte]) for byte in whole]
    assert pieces.run(name, data) == pieces.run(name, [whole] if name not in ("b", "e") else data) == wanted


class Bodies:
    """A site for each chain of input filters, and an application that reads the body in parts of given sizes."""

    def __init__(self, folder: Folder) -> None:
        path = f"PythonPath \"['{folder.root}'] + sys.path\"\n"
        self.apps = {
            name: folder.serve(f"{path}{REGISTERED}{HANDLED}SetInputFilter {name}")
            for name in ("UPPER", "DOUBLES;UPPER", "DEFLATE", "ONE;UPPER")
        }

    def read(self, name: str, body: bytes, how: str) -> bytes:
        headers = PACKED if name == "DEFLATE" else {}
        return Server().ask(self.apps[name], f"/h?{how}", "POST", body=body, headers=headers).body


@pytest.fixture(scope="module")
def bodies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bodies]:
    with Folder(tmp_path_factory.mktemp("bodies")) as folder:
        folder.write(filtering=FILTERS, filtered=HANDLER)
        yield Bodies(folder)


@settings(max_examples=40, deadline=None)
@given(body=st.binary(max_size=3000), size=st.integers(1, 1500), name=st.sampled_from(["UPPER", "DOUBLES;UPPER"]))
def test_a_body_does_not_depend_on_how_it_is_read(bodies: Bodies, body: bytes, size: int, name: str) -> None:
    wanted = body.upper() * (2 if "DOUBLES" in name else 1)
    assert bodies.read(name, body, f"sized={size}") == bodies.read(name, body, "read") == wanted
    assert bodies.read("ONE;UPPER", body, f"sized={size}") == body.upper()
    assert bodies.read("DEFLATE", gzip.compress(body), f"sized={size}") == body
    assert bodies.read(name, body, "lines") == wanted
