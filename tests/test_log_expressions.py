"""The expressions that lines of access logs are made of, beside the functions that they stand for."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modpy_wsgi.httpd import access_log
from modpy_wsgi.testing import Request, request

LETTERS = ["h", "l", "u", "t", "r", "s", ">s", "<s", "<h", ">t", ">u", "{begin}t", "!200{Referer}i", "200s", "!200s"]
NAMES = ["Referer", "User-Agent", "Content-Type", "content-length", "Host", "X_A", "X-A", "\xdf", ""]
FORM = " ".join([f"%{letter}" for letter in LETTERS] + [f"%{{{name}}}i" for name in NAMES])
ENVIRONS: list[dict[str, Any]] = [
    {},
    {"REMOTE_ADDR": ""},
    {"REMOTE_ADDR": "::ffff:192.0.2.1", "REMOTE_IDENT": "me\n"},
    {"REMOTE_ADDR": "::1", "REMOTE_IDENT": ""},
    {"CONTENT_TYPE": "", "CONTENT_LENGTH": ""},
    {"CONTENT_TYPE": "a\xc3\xa9", "HTTP_REFERER": '\xc3\xa9\xff"\\\n'},
    {"HTTP_REFERER": "", "HTTP_SS": "of another name", "HTTP_X_A": "x"},
    {"RAW_URI": "", "REQUEST_URI": "/\xc3\xa9?x"},
    {"RAW_URI": "", "SERVER_PROTOCOL": "HTTP/1.0"},
    {"RAW_URI": "http://other/x", "SERVER_PROTOCOL": ""},
    {"REQUEST_METHOD": 'G"T'},
]


def _change(req: Any) -> None:
    req.headers_in["Referer"] = "changed \u0416"
    req.headers_in["Content-Type"] = "q"


def _redirect(req: Any) -> None:
    _change(req)
    req.internal_redirect("/other?a=b")


def _set(**values: Any) -> Callable[[Any], None]:
    return lambda req: [setattr(req, name, value) for name, value in values.items()] and None


DONE: dict[str, Callable[[Any], Any]] = {
    "nothing": lambda req: None,
    "asked for the headers": lambda req: req.headers_in,
    "changed the headers": _change,
    "redirected": _redirect,
    "a user": _set(user="b\xe9b"),
    "a user without a name": _set(user=""),
    "a status": _set(_status=404),
    "no status": _set(_status=-1),
    "behind a proxy": _set(_useragent="192.0.2.9"),
    "another second": _set(_request_time=12345.5),
}


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> tuple[access_log.Line, access_log.Line]:
    """The line of all, by expressions and by functions alone."""
    by_expressions = access_log.compiled(FORM)
    monkeypatch.setattr(access_log, "expression_of", lambda name, argument, req, function: f"{function}({req})")
    return by_expressions, access_log.compiled(FORM)


@pytest.mark.parametrize(("environ", "done"), list(itertools.product(ENVIRONS, DONE)))
def test_expressions_say_what_their_functions_say(
    environ: dict[str, Any], done: str, lines: tuple[access_log.Line, access_log.Line], tmp_path: Path
) -> None:
    by_expressions, by_functions = lines
    first: Request = request("/x?y=1", environ=environ, headers={"User-Agent": "browser"}, root=tmp_path)
    DONE[done](first)
    last: Any = first
    while last._next is not None:
        last = last._next
    line = by_expressions(first, last)  # before the functions, which keep some of what they find
    assert line == by_functions(first, last)


@pytest.mark.parametrize("argument", ["'", '"', "\\", "{req", "{0", "a'+b+'", "\n", "{", "%", ")", "\u2028", "\udcff"])
def test_what_stands_in_braces_is_no_code(argument: str, tmp_path: Path) -> None:
    line = access_log.compiled(f"%{{{argument}}}i %{{{argument}}}n")
    req = request(root=tmp_path)
    assert line(req, req) == b"- -\n"
