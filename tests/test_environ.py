"""The door where bytes become text: paths never leave the root, no byte is lost, and bad requests are told apart."""

from __future__ import annotations

import posixpath
import re
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modpy_wsgi.environ import (
    check_head,
    decode,
    encode,
    escape,
    local_address,
    normalise,
    port_number,
    raw_target,
    read_path,
    request_host,
)
from modpy_wsgi.errors import BadRequest

# Segments that a path is likely to be attacked with, and any other text.
SEGMENTS = st.one_of(
    st.sampled_from(["", ".", "..", "...", "..a", ".ht", "a", "b", "\\", "..\\..", "%2e%2e", " ", "é", "\udcff", "~"]),
    st.text(st.characters(exclude_characters="/"), max_size=4),
)
PATHS = st.lists(SEGMENTS, max_size=8).map(lambda segments: "/" + "/".join(segments))


# ---- normalise ----------------------------------------------------------------------------------------------------

NORMAL = {
    "/": "/",
    "/a": "/a",
    "/a/": "/a/",
    "/a/b": "/a/b",
    "//": "/",
    "///": "/",
    "//a": "/a",
    "/a//b": "/a/b",
    "/a//": "/a/",
    "/.": "/",
    "/./": "/",
    "/./a": "/a",
    "/a/.": "/a/",
    "/a/./b": "/a/b",
    "/a/..": "/",
    "/a/../": "/",
    "/a/../b": "/b",
    "/a/b/..": "/a/",
    "/a/b/../..": "/",
    "/a/b/../../c": "/c",
    "/a//..": "/",
    "/a//../b": "/b",
    "/a/.//b": "/a/b",
    "/a/...": "/a/...",
    "/...": "/...",
    "/..a": "/..a",
    "/a..": "/a..",
    "/.a": "/.a",
    "/. ": "/. ",
    "/.. ": "/.. ",
    "/..\\a": "/..\\a",
    "/%2e%2e": "/%2e%2e",
    "/é/../\udcff": "/\udcff",
    "/a\n/b": "/a\n/b",
}
CLIMBS = ["/..", "/../", "/../a", "/a/../..", "/a/../../b", "//..", "/./..", "/a/b/../../../c", "/..//a", "/.//../a"]
NO_PATHS = ["", "a", "a/b", "..", "*", "http://h/", "\\a", " /", "?x"]


@pytest.mark.parametrize(("path", "wanted"), NORMAL.items(), ids=ascii)
def test_normalise(path: str, wanted: str) -> None:
    assert normalise(path) == wanted


@pytest.mark.parametrize("path", [*CLIMBS, *NO_PATHS])
def test_normalise_refuses(path: str) -> None:
    with pytest.raises(BadRequest) as caught:
        normalise(path)
    assert caught.value.status == 400


@pytest.mark.parametrize("path", ["/\0", "/a\0", "/a\0b/../c", "/..\0"])
def test_normalise_finds_no_nul(path: str) -> None:
    with pytest.raises(BadRequest) as caught:
        normalise(path)
    assert caught.value.status == 404


UNMERGED = {
    "//": "//",
    "//a": "//a",
    "/a//b": "/a//b",
    "/a//": "/a//",
    "/a//..": "/a/",
    "/a//../b": "/a/b",
    "/a/./": "/a/",
}


@pytest.mark.parametrize(("path", "wanted"), UNMERGED.items())
def test_normalise_without_merging(path: str, wanted: str) -> None:
    assert normalise(path, merge_slashes=False) == wanted


def climbs(path: str) -> bool:
    """Whether a path leaves the root at any of its segments: by counting."""
    depth = 0
    for segment in path.split("/"):
        depth += {"": 0, ".": 0, "..": -1}.get(segment, 1)
        if depth < 0:
            return True
    return False


@given(PATHS)
@example("/a//../..")
@example("//..//")
def test_normalise_against_posixpath(path: str) -> None:
    if "\0" in path or climbs(path):
        with pytest.raises(BadRequest):
            normalise(path)
        return
    wanted = re.sub("/+", "/", posixpath.normpath(path))
    if path.rpartition("/")[2] in ("", ".", "..") and wanted != "/":
        wanted += "/"
    assert normalise(path) == wanted


@given(PATHS, st.booleans())
def test_normalised_never_leaves_the_root(path: str, merge: bool) -> None:
    try:
        found = normalise(path, merge)
    except BadRequest as error:
        assert error.status in (400, 404)
        return
    assert found[0] == "/"
    segments = found[1:].split("/")
    assert not {".", ".."} & set(segments)
    assert "\0" not in found
    if merge:
        assert "" not in segments[:-1]
    root = "/srv/site"
    assert posixpath.normpath(root + found).startswith(root)
    assert normalise(found, merge) == found


# ---- text ---------------------------------------------------------------------------------------------------------


@given(st.binary(max_size=40))
@example(b"\xff\xfe\xed\xa0\x80")
def test_no_byte_is_lost(data: bytes) -> None:
    given = data.decode("latin-1")
    assert encode(decode(given)) == given
    assert decode(given) == data.decode("utf-8", "surrogateescape")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_text_goes_out_as_utf8(text: str) -> None:
    assert encode(text).encode("latin-1") == text.encode("utf-8")
    assert decode(encode(text)) == text


def test_what_stands_for_no_byte_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        encode("a\ud800")


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF)))
def test_escape_can_be_undone(path: str) -> None:
    escaped = escape(path)
    assert escaped.isascii() and not re.search(r"[\x00-\x20\x7f\"<>\\^`{|}%](?![0-9a-f]{2})", escaped)
    bytes_of = unquote(escaped, errors="surrogateescape")
    assert bytes_of.encode("utf-8", "surrogateescape") == path.encode("utf-8", "surrogateescape")


# ---- the path of a request ----------------------------------------------------------------------------------------

# (environ) -> path, or the status of the refusal
READ: dict[str, tuple[dict[str, str], str | int]] = {
    "plain": ({"PATH_INFO": "/a/b"}, "/a/b"),
    "mounted": ({"SCRIPT_NAME": "/m", "PATH_INFO": "/a"}, "/m/a"),
    "mount point": ({"SCRIPT_NAME": "/m", "PATH_INFO": ""}, "/m"),
    "nothing": ({"PATH_INFO": ""}, "/"),
    "nothing at all": ({}, "/"),
    "utf-8": ({"PATH_INFO": "/Ã©"}, "/é"),
    "latin-1": ({"PATH_INFO": "/é"}, "/\udce9"),
    "dots": ({"PATH_INFO": "/a/../b"}, "/b"),
    "above": ({"PATH_INFO": "/../b"}, 400),
    "above through the mount": ({"SCRIPT_NAME": "/m", "PATH_INFO": "/../../b"}, 400),
    "NUL": ({"PATH_INFO": "/a\0"}, 404),
    "no slash": ({"PATH_INFO": "a"}, 400),
    "star": ({"PATH_INFO": "*", "REQUEST_METHOD": "OPTIONS", "RAW_URI": "*"}, "*"),
    "star for another method": ({"PATH_INFO": "*", "REQUEST_METHOD": "GET", "RAW_URI": "*"}, 400),
    "raw": ({"PATH_INFO": "/a b", "RAW_URI": "/a%20b?x=%zz"}, "/a b"),
    "raw, absolute": ({"PATH_INFO": "/a", "RAW_URI": "http://h/a"}, "/a"),
    "raw, absolute, upper case": ({"PATH_INFO": "/a", "RAW_URI": "HTTPS://h:1/a"}, "/a"),
    "raw, absolute, no path": ({"PATH_INFO": "", "RAW_URI": "http://h"}, "/"),
    "raw, ftp": ({"PATH_INFO": "/a", "RAW_URI": "ftp://h/a"}, 400),
    "raw, userinfo": ({"PATH_INFO": "/a", "RAW_URI": "http://u@h/a"}, 400),
    "raw, no slash": ({"PATH_INFO": "/a", "RAW_URI": "a"}, 400),
    "raw, fragment": ({"PATH_INFO": "/a", "RAW_URI": "/a#b"}, 400),
    "raw, bad escape": ({"PATH_INFO": "/a%zz", "RAW_URI": "/a%zz"}, 400),
    "raw, cut escape": ({"PATH_INFO": "/a%", "RAW_URI": "/a%"}, 400),
    "raw, cut escape, one digit": ({"PATH_INFO": "/a%2", "RAW_URI": "/a%2"}, 400),
    "raw, encoded slash": ({"PATH_INFO": "/a/b", "RAW_URI": "/a%2fb"}, 404),
    "raw, encoded slash in upper case": ({"PATH_INFO": "/a/b", "RAW_URI": "/a%2Fb"}, 404),
    "raw, encoded slash that climbs": ({"PATH_INFO": "/../b", "RAW_URI": "/..%2fb"}, 404),
    "raw, encoded slash in the query": ({"PATH_INFO": "/a", "RAW_URI": "/a?b=%2f"}, "/a"),
    "uwsgi": ({"PATH_INFO": "/a/b", "REQUEST_URI": "/a%2fb"}, 404),
    "encoded twice": ({"PATH_INFO": "/%2e%2e/a", "RAW_URI": "/%252e%252e/a"}, "/%2e%2e/a"),
    "encoded dots": ({"PATH_INFO": "/../a", "RAW_URI": "/%2e%2e/a"}, 400),
}


@pytest.mark.parametrize(("environ", "wanted"), READ.values(), ids=READ)
def test_read_path(environ: dict[str, str], wanted: str | int) -> None:
    if isinstance(wanted, str):
        assert read_path(environ) == wanted
        return
    with pytest.raises(BadRequest) as caught:
        read_path(environ)
    assert caught.value.status == wanted


@pytest.mark.parametrize(
    ("encoded", "path", "raw", "wanted"),
    [
        ("on", "/a/b", "/a%2fb", "/a/b"),
        ("on", "/../b", "/..%2fb", 404),
        ("on", "/a/../../b", "/a%2f..%2f../b", 404),
        ("nodecode", "/a/b", "/a%2fb", "/a%2fb"),
    ],
)
def test_encoded_slashes_allowed(encoded: str, path: str, raw: str, wanted: str | int) -> None:
    try:
        found: str | int = read_path({"PATH_INFO": path, "RAW_URI": raw}, encoded)
    except BadRequest as error:
        found = error.status
    # NoDecode leaves it encoded in httpd; a WSGI server has decoded it, which must not open more.
    assert found == wanted


@given(st.binary(max_size=20), st.booleans())
def test_any_path_is_read_or_refused(data: bytes, raw: bool) -> None:
    environ = {"PATH_INFO": "/" + data.decode("latin-1")}
    if raw:
        environ["RAW_URI"] = environ["PATH_INFO"]
    try:
        path = read_path(environ)
    except BadRequest as error:
        assert error.status in (400, 404)
        return
    assert path[0] == "/" and not {".", ".."} & set(path.split("/"))
    assert read_path({"PATH_INFO": encode(path)}) == path


TARGETS: dict[str, tuple[dict[str, str], str]] = {
    "gunicorn": ({"RAW_URI": "/a%20b?x", "PATH_INFO": "/a b"}, "/a%20b?x"),
    "uwsgi": ({"REQUEST_URI": "/a%20b?x", "PATH_INFO": "/a b"}, "/a%20b?x"),
    "put together": ({"PATH_INFO": "/a b", "QUERY_STRING": "x=1&y"}, "/a%20b?x=1&y"),
    "no query": ({"PATH_INFO": "/a", "QUERY_STRING": ""}, "/a"),
    "mounted": ({"SCRIPT_NAME": "/m", "PATH_INFO": "/a"}, "/m/a"),
    "utf-8": ({"PATH_INFO": "/Ã©"}, "/%C3%A9"),
    "bytes": ({"PATH_INFO": "/ÿ"}, "/%FF"),
    "percent": ({"PATH_INFO": "/%41"}, "/%2541"),
    "nothing": ({}, "/"),
}


@pytest.mark.parametrize(("environ", "wanted"), TARGETS.values(), ids=TARGETS)
def test_raw_target(environ: dict[str, str], wanted: str) -> None:
    assert raw_target(environ) == wanted


# ---- the host of a request ----------------------------------------------------------------------------------------

HOSTS: dict[str, tuple[dict[str, str], str | int | None]] = {
    "none": ({}, None),
    "name": ({"HTTP_HOST": "example.org"}, "example.org"),
    "upper case": ({"HTTP_HOST": "Example.ORG"}, "example.org"),
    "port": ({"HTTP_HOST": "example.org:8080"}, "example.org"),
    "empty port": ({"HTTP_HOST": "example.org:"}, 400),
    "underscore": ({"HTTP_HOST": "a_b.test"}, "a_b.test"),
    "trailing dot": ({"HTTP_HOST": "a.test."}, "a.test"),
    "leading dot": ({"HTTP_HOST": ".a"}, ".a"),
    "ipv4": ({"HTTP_HOST": "192.0.2.1:80"}, "192.0.2.1"),
    "ipv6": ({"HTTP_HOST": "[::1]"}, "[::1]"),
    "ipv6 with port": ({"HTTP_HOST": "[2001:DB8::1]:80"}, "[2001:db8::1]"),
    "absolute target": ({"HTTP_HOST": "a.test", "RAW_URI": "http://B.test:81/x"}, "b.test"),
    "absolute target, no path": ({"RAW_URI": "http://b.test"}, "b.test"),
    "absolute target, query": ({"RAW_URI": "http://b.test?x"}, "b.test"),
    "absolute target of uwsgi": ({"HTTP_HOST": "a.test", "REQUEST_URI": "http://b.test/"}, "b.test"),
    "path that has a URL": ({"HTTP_HOST": "a.test", "RAW_URI": "/http://b.test/"}, "a.test"),
    "empty": ({"HTTP_HOST": ""}, 400),
    "only a port": ({"HTTP_HOST": ":80"}, 400),
    "blank": ({"HTTP_HOST": "a b"}, 400),
    "leading blank": ({"HTTP_HOST": " a.test"}, 400),
    "line feed at the end": ({"HTTP_HOST": "a.test\n"}, 400),
    "slash": ({"HTTP_HOST": "a.test/x"}, 400),
    "backslash": ({"HTTP_HOST": "a.test\\x"}, 400),
    "user": ({"HTTP_HOST": "u@a.test"}, 400),
    "port zero": ({"HTTP_HOST": "a.test:0"}, 400),
    "port too high": ({"HTTP_HOST": "a.test:65536"}, 400),
    "port of many digits": ({"HTTP_HOST": "a.test:000080000"}, 400),
    "no number as port": ({"HTTP_HOST": "a.test:http"}, 400),
    "two ports": ({"HTTP_HOST": "a.test:80:80"}, 400),
    "port of six digits": ({"HTTP_HOST": "a.test:123456"}, 400),
    "two dots": ({"HTTP_HOST": "a..test"}, 400),
    "dots at the end": ({"HTTP_HOST": "a.test.."}, 400),
    "only a dot": ({"HTTP_HOST": "."}, 400),
    "escape": ({"HTTP_HOST": "a%41"}, 400),
    "tilde": ({"HTTP_HOST": "a~b"}, 400),
    "star": ({"HTTP_HOST": "*.test"}, 400),
    "dollar": ({"HTTP_HOST": "${x}"}, 400),
    "no ipv6": ({"HTTP_HOST": "[:::]"}, 400),
    "scope": ({"HTTP_HOST": "[fe80::1%25eth0]"}, 400),
    "absolute target, user": ({"RAW_URI": "http://u@b.test/"}, "b.test"),  # read_path refuses it
    "two hosts": ({"HTTP_HOST": "a.test,b.test"}, 400),
    "two hosts with a blank": ({"HTTP_HOST": "a.test, b.test"}, 400),
    "quotes": ({"HTTP_HOST": 'a"b'}, 400),
    "angle brackets": ({"HTTP_HOST": "<script>"}, 400),
    "not ASCII": ({"HTTP_HOST": "Ã©.test"}, 400),
    "NUL": ({"HTTP_HOST": "a\0.test"}, 400),
    "unclosed bracket": ({"HTTP_HOST": "[::1"}, 400),
    "empty brackets": ({"HTTP_HOST": "[]"}, 400),
    "other digits": ({"HTTP_HOST": "a.test:\u0661"}, 400),
}


@pytest.mark.parametrize(("environ", "wanted"), HOSTS.values(), ids=HOSTS)
def test_request_host(environ: dict[str, str], wanted: str | int | None) -> None:
    if not isinstance(wanted, int):
        assert request_host(environ) == wanted
        return
    with pytest.raises(BadRequest) as caught:
        request_host(environ)
    assert caught.value.status == wanted


@given(st.text(max_size=12))
def test_any_host_is_read_or_refused(text: str) -> None:
    try:
        host = request_host({"HTTP_HOST": text})
    except BadRequest as error:
        assert error.status == 400
        return
    assert host and re.fullmatch(r"[!-~]+", host) and not set(host) & set("/\\@ <>\"'?#") - {"'"}
    assert host == host.lower()


# ---- what no request may say --------------------------------------------------------------------------------------

HEADS: dict[str, tuple[dict[str, str], int]] = {
    "nothing": ({}, 0),
    "length": ({"CONTENT_LENGTH": "12"}, 0),
    "empty length": ({"CONTENT_LENGTH": ""}, 0),
    "zero": ({"CONTENT_LENGTH": "0"}, 0),
    "zeros": ({"CONTENT_LENGTH": "0012"}, 0),
    "18 digits": ({"CONTENT_LENGTH": "9" * 18}, 0),
    "19 digits": ({"CONTENT_LENGTH": "9" * 19}, 400),
    "minus": ({"CONTENT_LENGTH": "-3"}, 400),
    "plus": ({"CONTENT_LENGTH": "+3"}, 400),
    "blank": ({"CONTENT_LENGTH": " 3"}, 400),
    "underscore": ({"CONTENT_LENGTH": "1_0"}, 400),
    "hexadecimal": ({"CONTENT_LENGTH": "0x10"}, 400),
    "two": ({"CONTENT_LENGTH": "3,3"}, 400),
    "two with a blank": ({"CONTENT_LENGTH": "3, 3"}, 400),
    "word": ({"CONTENT_LENGTH": "abc"}, 400),
    "other digits": ({"CONTENT_LENGTH": "\u0663"}, 400),
    "superscript": ({"CONTENT_LENGTH": "\u00b2"}, 400),
    "line feed": ({"CONTENT_LENGTH": "3\n"}, 400),
    "continue": ({"HTTP_EXPECT": "100-continue"}, 0),
    "continue in upper case": ({"HTTP_EXPECT": "100-Continue"}, 0),
    "another expectation": ({"HTTP_EXPECT": "something"}, 417),
    "two expectations": ({"HTTP_EXPECT": "100-continue, x"}, 417),
    "proxy": ({"REQUEST_METHOD": "CONNECT"}, 400),
}


@pytest.mark.parametrize(("changes", "wanted"), HEADS.values(), ids=HEADS)
def test_check_head(changes: dict[str, str], wanted: int) -> None:
    environ = {"REQUEST_METHOD": "POST", **changes}
    if not wanted:
        check_head(environ)
        return
    with pytest.raises(BadRequest) as caught:
        check_head(environ)
    assert caught.value.status == wanted


# ---- addresses ----------------------------------------------------------------------------------------------------


class Socket:
    """What gunicorn hands over."""

    def __init__(self, name: Any) -> None:
        self.name = name

    def getsockname(self) -> Any:
        if isinstance(self.name, OSError):
            raise self.name
        return self.name


NAMED = {"SERVER_NAME": "site.test", "SERVER_PORT": "8000"}
ADDRESSES: dict[str, tuple[dict[str, Any], tuple[str, int]]] = {
    "socket": ({**NAMED, "gunicorn.socket": Socket(("192.0.2.1", 81))}, ("192.0.2.1", 81)),
    "ipv6 socket": ({**NAMED, "gunicorn.socket": Socket(("::1", 81, 0, 0))}, ("::1", 81)),
    "unix socket": ({**NAMED, "gunicorn.socket": Socket("/run/x")}, ("", 0)),  # NAMED is then what Host said
    "closed socket": ({**NAMED, "gunicorn.socket": Socket(OSError())}, ("site.test", 8000)),
    "SERVER_ADDR": ({**NAMED, "SERVER_ADDR": "192.0.2.2"}, ("192.0.2.2", 8000)),
    "address as a name": ({"SERVER_NAME": "192.0.2.3", "SERVER_PORT": 80}, ("192.0.2.3", 80)),
    "name": (NAMED, ("site.test", 8000)),
    "nothing": ({}, ("", 0)),
}


@pytest.mark.parametrize(("environ", "wanted"), ADDRESSES.values(), ids=ADDRESSES)
def test_local_address(environ: dict[str, Any], wanted: tuple[str, int]) -> None:
    assert local_address(environ) == wanted


@pytest.mark.parametrize(("value", "wanted"), [("80", 80), (80, 80), ("", 0), (None, 0), ("http", 0), ("80x", 0)])
def test_port_number(value: Any, wanted: int) -> None:
    assert port_number(value) == wanted
