"""multipart/form-data, from the public edge (RFC 7578, RFC 2046 5.1, RFC 8187)."""

import io
import os
import pickle
import random
import re
import time
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from modpy_wsgi._fast import multipart as module
from modpy_wsgi._fast.multipart import FormTooLarge, MalformedForm, MultipartParser, Part, look_at, parse_header
from modpy_wsgi.errors import BadRequest
from tests.allocations import keeps_nothing
from tests.isolated_interpreters import needs_isolated_interpreters, run_isolated
from tests.multipart_oracle import oracle

Seen = tuple[str | None, str | None, str | bytes]  # name, filename, content


class Opened:
    """Gives files, and remembers them."""

    def __init__(self) -> None:
        self.files: list[File] = []

    def __call__(self, part: Part) -> "File":
        self.files.append(File())
        return self.files[-1]


class File(io.BytesIO):
    """A file that can be looked into after it was closed."""

    content = b""

    def close(self) -> None:
        if not self.closed:
            self.content = self.getvalue()
        super().close()


def pieces(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


def parts_of(chunks: Iterable[Any], boundary: str | bytes = b"b", **limits: Any) -> list[Part]:
    parser = MultipartParser(boundary, Opened(), **limits)
    for chunk in chunks:
        parser.feed(chunk)
    return parser.close()


def seen(parts: list[Part]) -> list[Seen]:
    found: list[Seen] = []
    for part in parts:
        content = part.value if part.file is None else part.file.getvalue()  # type: ignore[attr-defined]
        assert content is not None
        assert part.size == len(content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content)
        found.append((part.name, part.filename, content))
    return found


def form(*parts: str | bytes, boundary: str = "b", end: str = "--\r\n") -> bytes:
    """A body of these parts, each of them a head's lines, an empty line, and the content."""
    raw = [part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part for part in parts]
    delimiter = b"--" + boundary.encode()
    return b"".join(delimiter + b"\r\n" + part + b"\r\n" for part in raw) + delimiter + end.encode()


def field(name: str, content: str) -> str:
    return f'Content-Disposition: form-data; name="{name}"\r\n\r\n{content}'


def file(name: str, filename: str, content: str) -> str:
    return f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n{content}'


MIXED = "Content-Disposition: form-data; name=n\r\nContent-Type: multipart/mixed; boundary="

NESTED = form(
    field("submit-name", "Larry"),
    'Content-Disposition: form-data; name="files"\r\nContent-Type: multipart/mixed; boundary=BbC04y\r\n\r\n'
    '--BbC04y\r\nContent-Disposition: file; filename="file1.txt"\r\nContent-Type: text/plain\r\n\r\none\r\n'
    '--BbC04y\r\nContent-Disposition: file; filename="file2.gif"\r\nContent-Type: image/gif\r\n\r\n\r\ntwo\r\n\r\n'
    "--BbC04y--\r\n",
    field("last", "1"),
    boundary="AaB03x",
)

BODIES: dict[str, tuple[str, bytes, list[Seen]]] = {
    "a field": ("b", form(field("a", "1")), [("a", None, "1")]),
    "two fields": ("b", form(field("a", "1"), field("a", "2")), [("a", None, "1"), ("a", None, "2")]),
    "a file": ("b", form(file("f", "x.txt", "text")), [("f", "x.txt", b"text")]),
    "a file that was not chosen": ("b", form(file("f", "", "")), [("f", "", b"")]),
    "mixed": (
        "b",
        form(field("a", "1"), file("f", "x", "y"), field("c", "")),
        [("a", None, "1"), ("f", "x", b"y"), ("c", None, "")],
    ),
    "no parts": ("b", b"--b--\r\n", []),
    "no line end at the end": ("b", form(field("a", "1"), end="--"), [("a", None, "1")]),
    "half a line end at the end": ("b", form(field("a", "1"), end="--\r"), [("a", None, "1")]),
    "blanks at the end": ("b", form(field("a", "1"), end="-- \t"), [("a", None, "1")]),
    "preamble": ("b", b"This is\r\nmultipart.\r\n" + form(field("a", "1")), [("a", None, "1")]),
    "empty line first": ("b", b"\r\n" + form(field("a", "1")), [("a", None, "1")]),
    "preamble with what is no boundary": ("b", b"x--b\r\n--bb\r\n --b\r\n" + form(field("a", "1")), [("a", None, "1")]),
    "epilogue": ("b", form(field("a", "1")) + b"\r\n--b\r\n\r\nmore\r\n--b--\r\n", [("a", None, "1")]),
    "LF alone": (
        "b",
        form(field("a", "1\n"), file("f", "x", "\n\rx")).replace(b"\r\n", b"\n"),
        [("a", None, "1\n"), ("f", "x", b"\n\rx")],
    ),
    "both line ends": (
        "b",
        b'--b\nContent-Disposition: form-data; name="a"\r\n\n1\r\n--b\r\n' + field("c", "2").encode() + b"\n--b--",
        [("a", None, "1"), ("c", None, "2")],
    ),
    "blanks after the boundary": (
        "b",
        b"--b \t \r\n" + field("a", "1").encode() + b"\r\n--b--  \r\n",
        [("a", None, "1")],
    ),
    "as many blanks as there may be": (
        "b",
        b"--b" + b" " * 64 + b"\r\n" + field("a", "1").encode() + b"\r\n--b--" + b"\t" * 64 + b"\n",
        [("a", None, "1")],
    ),
    "more blanks": (
        "b",
        form(field("a", "1\r\n--b" + " " * 65)),
        [("a", None, "1\r\n--b" + " " * 65)],
    ),
    "the boundary within a line": ("b", form(field("a", "1--b\r\n")), [("a", None, "1--b\r\n")]),
    "the boundary's beginning": (
        "bcdef",
        form(field("a", "\r\n--bcde\r\n--"), boundary="bcdef"),
        [("a", None, "\r\n--bcde\r\n--")],
    ),
    "a longer boundary": (
        "b",
        form(field("a", "\r\n--bb\r\n--b-\r\n--b- -\r\n--b--x")),
        [("a", None, "\r\n--bb\r\n--b-\r\n--b- -\r\n--b--x")],
    ),
    "line ends at the end": ("b", form(field("a", "1\r\n\r\n\n\r")), [("a", None, "1\r\n\r\n\n\r")]),
    "CR CR LF": ("b", form(field("a", "\r\r\n\r")), [("a", None, "\r\r\n\r")]),
    "CR alone before the boundary": ("b", form(field("a", "1\r--b\r")), [("a", None, "1\r--b\r")]),
    "content of line ends": ("b", form(field("a", "\r\n")), [("a", None, "\r\n")]),
    "empty line and boundary in one": (
        "b",
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n--b--\r\n',
        [("a", None, "")],
    ),
    "UTF-8": ("b", form(field("näme", "wért €")), [("näme", None, "wért €")]),
    "not UTF-8": ("b", form(field("n\udce9", "v\udcff")), [("n\udce9", None, "v\udcff")]),
    "NUL": ("b", form(field("a", "1\0")), [("a", None, "1\0")]),
    "no name": ("b", form("Content-Disposition: form-data\r\n\r\n1"), [(None, None, "1")]),
    "no disposition": ("b", form("Content-Type: text/plain\r\n\r\n1"), [(None, None, "1")]),
    "no headers": ("b", form("\r\n1"), [(None, None, "1")]),
    "empty name": ("b", form(field("", "1")), [("", None, "1")]),
    "name with signs": ("b", form(field("a;b=c, d", "1")), [("a;b=c, d", None, "1")]),
    "name with escaped quotes": ("b", form(field('a\\"b\\\\c', "1")), [('a"b\\c', None, "1")]),
    "name with percent signs": ("b", form(field("a%22b%20", "1")), [("a%22b%20", None, "1")]),
    "name ends with a backslash": (
        "b",
        form('Content-Disposition: form-data; name="a\\"\r\n\r\n1'),
        [("a\\", None, "1")],
    ),
    "without quotes": (
        "b",
        form("Content-Disposition: form-data; name=a ; filename=b c.txt\r\n\r\n1"),
        [("a", "b c.txt", b"1")],
    ),
    "capitals, blanks": (
        "b",
        form('CONTENT-DISPOSITION  :Form-Data ;NAME =  "a"\t;FileName="b"  \r\n\r\n1'),
        [("a", "b", b"1")],
    ),
    "twice": (
        "b",
        form('Content-Disposition: form-data; name="x"\r\nContent-Disposition: form-data; name="y"; name="z"\r\n\r\n1'),
        [("z", None, "1")],
    ),
    "folded": (
        "b",
        form('Content-Disposition: form-data;\r\n  name="a";\r\n\tfilename="b\r\n c"\r\n\r\n1'),
        [("a", "b c", b"1")],
    ),
    "folded by an empty line of blanks": (
        "b",
        form('Content-Disposition: form-data;\r\n  \r\n name="a"\r\n\r\n1'),
        [("a", None, "1")],
    ),
    "path": ("b", form(file("f", "C:\\dir\\new file.txt", "")), [("f", "C:\\dir\\new file.txt", b"")]),
    "path to a share": ("b", form(file("f", "\\\\server\\share\\x.txt", "")), [("f", "\\\\server\\share\\x.txt", b"")]),
    "path, escaped": ("b", form(file("f", "C:\\\\dir\\\\x.txt", "")), [("f", "C:\\dir\\x.txt", b"")]),
    "path upwards": ("b", form(file("f", "../../etc/passwd", "")), [("f", "../../etc/passwd", b"")]),
    "escaped quotes": ("b", form(file("f", 'a\\"b\\".txt', "")), [("f", 'a"b".txt', b"")]),
    "quotes of browsers": ("b", form(file("f", "a %22b%22.txt", "")), [("f", 'a "b".txt', b"")]),
    "percent sign of browsers": ("b", form(file("f", "100%.txt", "")), [("f", "100%.txt", b"")]),
    "percent sign and blank": ("b", form(file("f", "100%25 b.txt", "")), [("f", "100%25 b.txt", b"")]),
    "escapes": ("b", form(file("f", "%E2%82%AC%20rates.txt", "")), [("f", "€ rates.txt", b"")]),
    "escapes of no UTF-8": ("b", form(file("f", "%E9.txt", "")), [("f", "%E9.txt", b"")]),
    "escapes of control characters": ("b", form(file("f", "a%0D%0Ab%00", "")), [("f", "a%0D%0Ab%00", b"")]),
    "name in UTF-8": ("b", form(file("f", "naïve €.txt", "")), [("f", "naïve €.txt", b"")]),
    "extended": (
        "b",
        form("Content-Disposition: form-data; name=f; filename*=UTF-8''%e2%82%ac%20rates.txt\r\n\r\n1"),
        [("f", "€ rates.txt", b"1")],
    ),
    "extended, with a language": (
        "b",
        form("Content-Disposition: form-data; name=f; filename*=\"iso-8859-1'en'%A3%20rates\"\r\n\r\n1"),
        [("f", "£ rates", b"1")],
    ),
    "extended comes first": (
        "b",
        form("Content-Disposition: form-data; name=f; filename*=utf-8''%C3%A9; filename=e\r\n\r\n1"),
        [("f", "é", b"1")],
    ),
    "extended of no known charset": (
        "b",
        form("Content-Disposition: form-data; name=f; filename=e; filename*=rot13''%C3%A9\r\n\r\n1"),
        [("f", "e", b"1")],
    ),
    "extended, broken, alone": (
        "b",
        form(
            "Content-Disposition: form-data; name=f; filename*=x'y'z\r\n\r\n1",
            "Content-Disposition: form-data; name=f; filename*=utf-8''a%0d%0ab\r\n\r\n1",
        ),
        [("f", "x'y'z", b"1"), ("f", "utf-8''a%0d%0ab", b"1")],
    ),
    "extended, broken": (
        "b",
        form(
            *(
                f"Content-Disposition: form-data; name=f; filename=e; filename*={x}\r\n\r\n1"
                for x in ("é", "utf-8'x", "utf-8''%FF")
            )
        ),
        [("f", "e", b"1")] * 3,
    ),
    "old browsers' several files": (
        "AaB03x",
        NESTED,
        [
            ("submit-name", None, "Larry"),
            ("files", "file1.txt", b"one"),
            ("files", "file2.gif", b"\r\ntwo\r\n"),
            ("last", None, "1"),
        ],
    ),
    "several files, all in one line end": (
        "AaB03x",
        NESTED.replace(b"\r\n", b"\n"),
        [
            ("submit-name", None, "Larry"),
            ("files", "file1.txt", b"one"),
            ("files", "file2.gif", b"\ntwo\n"),
            ("last", None, "1"),
        ],
    ),
    "several files, one has a name, one is text": (
        "o",
        form(
            MIXED + '"i i"\r\n\r\npreamble\r\n'
            "--i i\r\nContent-Disposition: file; name=own; filename=x\r\n\r\n1\r\n"
            "--i i\r\n\r\n2\r\n--i i--\r\nepilogue",
            boundary="o",
        ),
        [("own", "x", b"1"), ("n", None, "2")],
    ),
    "no files of several": (
        "o",
        form(
            MIXED + "i\r\n\r\n--i--",
            boundary="o",
        ),
        [],
    ),
    "boundary that goes on": (
        "o",
        form(
            MIXED + "oo\r\n\r\n--oo\r\n\r\n1\r\n--oo--",
            boundary="o",
        ),
        [("n", None, "1")],
    ),
    "multipart in a file": (
        "o",
        form(
            MIXED.replace("name=n", "name=n; filename=m") + "i\r\n\r\n--i",
            boundary="o",
        ),
        [("n", "m", b"--i")],
    ),
    "multipart in multipart in multipart": (
        "o",
        form(
            MIXED + "i\r\n\r\n--i\r\nContent-Type: multipart/mixed; boundary=j\r\n\r\n--j\r\n--i--",
            boundary="o",
        ),
        [("n", None, "--j")],
    ),
    "boundary of signs": ("'()+_,-./:=? x", form(field("a", "1"), boundary="'()+_,-./:=? x"), [("a", None, "1")]),
    "boundary of dashes": (
        "----",
        form(field("a", "--\r\n--\r\n---"), boundary="----"),
        [("a", None, "--\r\n--\r\n---")],
    ),
    "boundary of one dash": ("-", form(field("a", "--\r\n--\r\n--"), boundary="-"), [("a", None, "--\r\n--\r\n--")]),
    "boundary ends with a blank": ("b ", form(field("a", "1\r\n--b"), boundary="b "), [("a", None, "1\r\n--b")]),
    "boundary of 70 letters": (
        "x" * 70,
        form(field("a", "x" * 70 + "\r\n--" + "x" * 69), boundary="x" * 70),
        [("a", None, "x" * 70 + "\r\n--" + "x" * 69)],
    ),
    "boundary of 256 letters": ("y" * 256, form(field("a", "1"), boundary="y" * 256), [("a", None, "1")]),
    "boundary in UTF-8": ("é", form(field("a", "1"), boundary="é"), [("a", None, "1")]),
    "long content": ("b", form(file("f", "x", "0123456789\r\n-" * 100)), [("f", "x", b"0123456789\r\n-" * 100)]),
}


@pytest.mark.parametrize(("boundary", "body", "wanted"), BODIES.values(), ids=BODIES)
def test_body(boundary: str, body: bytes, wanted: list[Seen]) -> None:
    assert seen(parts_of([body], boundary)) == wanted
    assert seen(parts_of([bytearray(body)], boundary.encode())) == wanted
    assert seen(parts_of([memoryview(body)[:5], b"", memoryview(body)[5:], b""], boundary)) == wanted


@pytest.mark.parametrize(("boundary", "body", "wanted"), BODIES.values(), ids=BODIES)
def test_cut_anywhere(boundary: str, body: bytes, wanted: list[Seen]) -> None:
    for at in range(len(body) + 1):
        assert seen(parts_of([body[:at], body[at:]], boundary)) == wanted
    for size in (1, 2, 3, 5, 7):
        assert seen(parts_of(pieces(body, size), boundary)) == wanted
    for at in range(0, len(body), 3):
        assert seen(parts_of([body[:at], body[at : at + 1], body[at + 1 : at + 3], body[at + 3 :]], boundary)) == wanted


@pytest.mark.parametrize(("boundary", "body", "wanted"), BODIES.values(), ids=BODIES)
def test_every_place_in_a_block(boundary: str, body: bytes, wanted: list[Seen]) -> None:
    for size in (*range(66), 1000):
        assert seen(parts_of([b"x" * size + b"\n" + body + b"\n" + b"x" * (1000 - size)], boundary)) == wanted


@pytest.mark.parametrize(("boundary", "body", "wanted"), BODIES.values(), ids=BODIES)
def test_all_to_files(boundary: str, body: bytes, wanted: list[Seen]) -> None:
    for size in (1, 4, len(body)):
        parts = parts_of(pieces(body, size), boundary, open_text=Opened())
        assert [part.value for part in parts] == [None] * len(wanted)
        assert seen(parts) == [
            (name, filename, text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text)
            for name, filename, text in wanted
        ]


# What a part tells

HEAD = (
    'content-disposition:  Form-Data; name="a"; FileName="C:\\x%20y"; other=1; nothing\r\n'
    'Content-Type: Text/HTML;\r\n\tcharset="utf-8"; x = y \r\n'
    "X-Ünknown : some: value\r\n"
    "Empty:"
)


def test_headers() -> None:
    (part,) = parts_of([form(HEAD + "\r\n\r\n1")])
    assert part.headers == [
        ("content-disposition", 'Form-Data; name="a"; FileName="C:\\x%20y"; other=1; nothing'),
        ("Content-Type", 'Text/HTML; charset="utf-8"; x = y'),
        ("X-Ünknown", "some: value"),
        ("Empty", ""),
    ]
    assert (part.type, part.type_options) == ("text/html", {"charset": "utf-8", "x": "y"})
    assert part.disposition == "form-data"
    assert part.disposition_options == {"name": "a", "filename": "C:\\x%20y", "other": "1"}
    assert part.filename == "C:\\x%20y".replace("%20", " ")
    assert part.value is None and isinstance(part.file, File)
    assert repr(part) == "<Part name='a' filename='C:\\\\x y' size=1>"


def test_no_headers() -> None:
    (part,) = parts_of([form("\r\n1")])
    assert (part.headers, part.type, part.type_options) == ([], "text/plain", {})
    assert (part.disposition, part.disposition_options, part.name, part.filename) == (None, {}, None, None)
    assert (part.value, part.file, part.size) == ("1", None, 1)
    assert repr(part) == "<Part name=None value='1' size=1>"


def test_a_part_from_nowhere() -> None:
    part = Part()
    assert (part.headers, part.type, part.disposition, part.name, part.size) == ([], "text/plain", None, None, 0)
    assert repr(part) == "<Part name=None value=None size=0>"


def test_what_the_callbacks_see() -> None:
    told: list[Any] = []

    def open_file(part: Part) -> File:
        told.append((part.name, part.filename, part.type, part.value, part.file, part.size, len(parser.parts)))
        return File()

    def open_text(part: Part) -> File | None:
        told.append((part.name, part.filename, part.type, part.value, part.file, part.size, len(parser.parts)))
        return None if part.name == "kept" else File()

    parser = MultipartParser("b", open_file, open_text)
    parser.feed(form(field("kept", "1"), file("f", "x", "2"), field("written", "3")))
    assert told == [
        ("kept", None, "text/plain", None, None, 0, 0),
        ("f", "x", "text/plain", None, None, 0, 1),
        ("written", None, "text/plain", None, None, 0, 2),
    ]
    parts = parser.close()
    assert parts == parser.parts
    assert seen(parts) == [("kept", None, "1"), ("f", "x", b"2"), ("written", None, b"3")]


HEADERS: dict[str, tuple[str, tuple[str, dict[str, str]]]] = {
    "empty": ("", ("", {})),
    "value": ("text/plain", ("text/plain", {})),
    "capitals": ("Text/Plain; CHARSET=UTF-8", ("text/plain", {"charset": "UTF-8"})),
    "boundary in quotes": ('multipart/form-data; boundary="a b; c"', ("multipart/form-data", {"boundary": "a b; c"})),
    "boundary without quotes": ("multipart/form-data;boundary=---x=y", ("multipart/form-data", {"boundary": "---x=y"})),
    "blanks": (" a ;\tb = c ; d\t=\te ", ("a", {"b": "c", "d": "e"})),
    "no value": ('a; b; c=; d=""; =e; ; f=1', ("a", {"c": "", "d": "", "": "e", "f": "1"})),
    "options alone": ("; b=c", ("", {"b": "c"})),
    "twice": ("a; b=1; B=2", ("a", {"b": "2"})),
    "quote that does not end": ('a; b="c; d=e', ("a", {"b": "c; d=e"})),
    "quote that ends with a backslash": ('a; b="c\\"; d="e"', ("a", {"b": 'c"; d='})),
    "quote that would not end": ('a; b="c\\"', ("a", {"b": "c\\"})),
    "after the quote": ('a; b="c"d; e=f', ("a", {"b": "c", "e": "f"})),
    "quote in the middle": ('a; b=c"d;e"', ("a", {"b": 'c"d'})),
    "backslashes": (r'a; b="\\\"\\"; c="\x\\"; d=\\', ("a", {"b": '\\"\\', "c": r"\x\\", "d": r"\\"})),
    "letters": ("a; é=ü", ("a", {"é": "ü"})),
    "bytes that are no UTF-8": ('a; b="\udce9"', ("a", {"b": "\udce9"})),
    "semicolons": ("a" + ";" * 1000, ("a", {})),
}


@pytest.mark.parametrize(("line", "wanted"), HEADERS.values(), ids=HEADERS)
def test_parse_header(line: str, wanted: tuple[str, dict[str, str]]) -> None:
    assert parse_header(line) == wanted
    assert parse_header(line.encode("utf-8", "surrogateescape")) == wanted


def test_parse_header_refuses() -> None:
    with pytest.raises(TypeError, match="must be str or bytes"):
        parse_header(None)  # type: ignore[arg-type]


# What is wrong with a body

MALFORMED: dict[str, bytes] = {
    "nothing": b"",
    "no boundary": b"a=1&b=2",
    "another boundary": form(field("a", "1"), boundary="c"),
    "boundary not at the start of a line": b" --b--\r\n",
    "no last boundary": form(field("a", "1"), end="\r\n"),
    "last boundary with more": form(field("a", "1"), end="--x"),
    "one dash": form(field("a", "1"), end="-"),
    "no colon": form("Content-Disposition form-data\r\n\r\n1"),
    "no name": form(": form-data\r\n\r\n1"),
    "blanks for a name": form("Content-Type: a\r\n\t: b\r\n : c\r\nx\r\n\r\n1"),
    "blank first": form(" Content-Disposition: form-data\r\n\r\n1"),
    "NUL in a header": form("Content-Type: a\0\r\n\r\n1"),
    "CR in a header": form("Content-Type: a\rb\r\n\r\n1"),
    "CR twice": form("Content-Type: a\r\r\n\r\n1"),
    "boundary for a header": b"--b\r\n--b\r\n\r\n1\r\n--b--\r\n",
    "boundary after a header": b"--b\r\nContent-Type: a\r\n--b--\r\n",
    "several files without boundary": form("Content-Type: multipart/mixed\r\n\r\n--\r\n----"),
    "several files, empty boundary": form('Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n----'),
    "several files, none there": form("Content-Type: multipart/mixed; boundary=i\r\n\r\n1"),
    "several files, not complete": form("Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\n1"),
    "several files, header broken": form("Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\nx\r\n\r\n1\r\n--i--"),
}


def failure(chunks: Iterable[bytes], boundary: str = "b", **limits: Any) -> tuple[type[BadRequest], int, str]:
    """The error, after which all files are closed and the parser is of no more use."""
    opened = Opened()
    parser = MultipartParser(boundary, opened, **limits)
    with pytest.raises(BadRequest) as caught:
        for chunk in chunks:
            parser.feed(chunk)
        parser.close()
    assert all(file.closed for file in opened.files)
    assert parser.parts == []
    for call in (lambda: parser.feed(b"--b--"), parser.close):
        with pytest.raises(ValueError, match="given up"):
            call()
    return type(caught.value), caught.value.status, str(caught.value)


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_malformed(body: bytes) -> None:
    whole = failure([body])
    assert whole[:2] == (MalformedForm, 400)
    for size in (1, 2, 3, 7):
        assert failure(pieces(body, size)) == whole
    for at in range(len(body)):
        assert failure([body[:at], body[at:]]) == whole


def test_boundary_with_a_colon() -> None:
    assert failure([b"--a:b\r\nContent-Type: a\r\n--a:b--\r\n"], "a:b")[0] is MalformedForm
    assert failure([b"--a:b\r\n--a:b: c\r\n\r\n--a:b--\r\n"], "a:b")[0] is MalformedForm


BAD_BOUNDARIES = {
    "empty": ("", MalformedForm),
    "CR LF": ("a\r\nb", MalformedForm),
    "NUL": ("a\0", MalformedForm),
    "DEL": ("a\x7f", MalformedForm),
    "too long": ("a" * 257, FormTooLarge),
}


@pytest.mark.parametrize(("boundary", "error"), BAD_BOUNDARIES.values(), ids=BAD_BOUNDARIES)
def test_bad_boundary(boundary: str, error: type[BadRequest]) -> None:
    with pytest.raises(error, match="boundary"):
        MultipartParser(boundary, Opened())
    with pytest.raises(error, match="boundary"):
        MultipartParser(boundary.encode(), Opened())
    body = form(f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n1')
    assert failure([body])[0] is error


@pytest.mark.parametrize(("boundary", "body", "wanted"), BODIES.values(), ids=BODIES)
def test_cut_off_anywhere(boundary: str, body: bytes, wanted: list[Seen]) -> None:
    last_line = re.compile(b"(^|\n)--" + re.escape(boundary.encode()) + b"--[ \t]*(\r?$|\r?\n)")
    for at in range(len(body)):
        opened = Opened()
        parser = MultipartParser(boundary, opened)
        parser.feed(body[:at])
        try:
            parts = seen(parser.close())
        except MalformedForm:
            assert all(file.closed for file in opened.files)
            assert not last_line.search(body[:at])
        else:
            assert last_line.search(body[:at])
            assert parts[:-1] == wanted[: len(parts) - 1] if parts else True


# Limits

LONG_HEAD = "X: " + "x" * 100
AS_FIELDS = NESTED.replace(b"AaB03x", b"b").replace(b"filename", b"x")
# A body that is over a limit; the limit; one that it is not over
LIMITS: dict[str, tuple[bytes, str, int, int]] = {
    "fields": (form(*[field("a", "1")] * 3), "max_fields", 2, 3),
    "no fields": (form(field("a", "1")), "max_fields", 0, 1),
    "files": (form(*[file("a", "x", "1")] * 3), "max_files", 2, 3),
    "files of several": (NESTED.replace(b"AaB03x", b"b"), "max_files", 1, 2),
    "fields of several": (AS_FIELDS, "max_fields", 4, 5),
    "text of one": (form(field("a", "1" * 100)), "max_text", 140, 141),
    "text in total": (form(*[field("a", "1" * 100)] * 3), "max_text", 422, 423),
    "text of several": (AS_FIELDS, "max_text", 333, 334),
    "headers are text": (form(*[LONG_HEAD + "\r\n\r\n"] * 5), "max_text", 519, 520),
    "headers of files are text": (form(*[file("a", "x", "1" * 1000)] * 2), "max_text", 109, 110),
    "headers": (form("A: 1\r\nB: 2\r\nC: 3\r\n\r\n"), "max_headers", 2, 3),
    "header": (form(LONG_HEAD + "\r\n\r\n"), "max_header_size", 102, 103),
    "header, LF alone": (form(LONG_HEAD + "\n\n"), "max_header_size", 102, 103),
    "header in lines": (form("X: " + "x" * 40 + "\r\n " + "x" * 60 + "\r\n\r\n"), "max_header_size", 103, 104),
    "header of blanks": (form("X: 1\r\n" + " " * 100 + "\r\n" + " " * 100 + "\r\n\r\n"), "max_header_size", 203, 204),
    "last header": (form("A: 1\r\n" + LONG_HEAD + "\r\n\r\n"), "max_header_size", 102, 103),
    "boundary of several": (form("Content-Type: multipart/mixed; boundary=1234\r\n\r\n--1234--"), "max_boundary", 3, 4),
}


@pytest.mark.parametrize(("body", "name", "limit", "enough"), LIMITS.values(), ids=LIMITS)
def test_limit(body: bytes, name: str, limit: int, enough: int) -> None:
    whole = failure([body], **{name: limit})
    assert whole[:2] == (FormTooLarge, 413)
    assert str(limit) in whole[2]
    for size in (1, 2, 3, 7):
        assert failure(pieces(body, size), **{name: limit}) == whole
        parts_of(pieces(body, size), **{name: enough})
    for at in range(len(body)):
        assert failure([body[:at], body[at:]], **{name: limit}) == whole
        parts_of([body[:at], body[at:]], **{name: enough})


def test_too_large_before_malformed() -> None:
    """The same error whether or not the line has come to its end."""
    for line in ("x" * 103, "X: \0" + "x" * 100, " " * 103):
        whole = failure([form(line + "\r\n\r\n")], max_header_size=102)
        assert whole == failure([b"--b\r\n" + line.encode()], max_header_size=102)
        assert whole[0] is FormTooLarge


def test_defaults() -> None:
    assert (module.MAX_FIELDS, module.MAX_FILES, module.MAX_TEXT) == (10_000, 1_000, 16 * 1024 * 1024)
    assert (module.MAX_HEADERS, module.MAX_HEADER_SIZE, module.MAX_BOUNDARY) == (8, 4_224, 256)
    assert len(parts_of([form(*[field("a", "1")] * 10_000)])) == 10_000
    assert failure([form(*[field("a", "1")] * 10_001)])[0] is FormTooLarge
    assert failure([form(*[file("a", "x", "1")] * 1_001)])[0] is FormTooLarge
    assert failure([form(*[field("a", "1")] * 200_000)])[0] is FormTooLarge
    assert failure([b"--b\r\nX: " + b"x" * (20 << 20)])[0] is FormTooLarge
    assert failure(pieces(form(field("a", "1" * (17 << 20))), 65536))[0] is FormTooLarge


# Files


def test_content_comes_as_it_was_fed() -> None:
    written: list[bytes] = []

    class Writer:
        def write(self, data: bytes) -> None:
            written.append(data)

        def close(self) -> None: ...

    chunk = os.urandom(65536).replace(b"\n", b" ")
    parser = MultipartParser("b", lambda part: Writer())
    parser.feed(b"--b\r\n" + file("f", "x", "start").encode())
    parser.feed(chunk)
    assert written[0] == b"start" and written[1] is chunk
    large = bytes(1 << 20)
    parser.feed(bytearray(large))
    assert [type(data) for data in written] == [bytes] * len(written)
    assert b"".join(written[2:]) == large and max(map(len, written[2:])) == 256 * 1024
    parser.feed(b"\r\n--b--")
    (part,) = parser.close()
    assert part.size == 5 + 65536 + (1 << 20)


def test_flush() -> None:
    told: list[str] = []

    class Writer(File):
        def flush(self) -> None:
            told.append(f"flush after {len(self.getvalue())}")

    parser = MultipartParser("b", lambda part: Writer())
    parser.feed(form(file("a", "x", "12"), file("b", "y", "345")))
    assert told == ["flush after 2", "flush after 3"]


class Refused(Exception):
    """By an application."""


def refuse(*_: object) -> Any:
    raise Refused("not this one")


@pytest.mark.parametrize("size", [1, 10, 10_000])
def test_callback_raises(size: int) -> None:
    opened = Opened()

    def open_file(part: Part) -> File:
        return refuse() if part.filename == "bad" else opened(part)

    parser = MultipartParser("b", open_file)
    with pytest.raises(Refused):
        for chunk in pieces(form(file("a", "good", "1"), file("b", "bad", "2")), size):
            parser.feed(chunk)
    assert [file.closed for file in opened.files] == [True]
    with pytest.raises(ValueError, match="given up"):
        parser.feed(b"")


BROKEN_FILES: dict[str, Callable[[File], None]] = {
    "write": lambda file: setattr(file, "write", refuse),
    "flush": lambda file: setattr(file, "flush", refuse),
}


@pytest.mark.parametrize("broken", BROKEN_FILES.values(), ids=BROKEN_FILES)
@pytest.mark.parametrize("body", [form(file("a", "x", "1")), NESTED.replace(b"AaB03x", b"b")], ids=["one", "several"])
def test_file_raises(broken: Callable[[File], None], body: bytes) -> None:
    opened = Opened()

    def open_file(part: Part) -> File:
        broken(opened(part))
        return opened.files[-1]

    parser = MultipartParser("b", open_file)
    with pytest.raises(Refused):
        parser.feed(body)
    assert [file.closed for file in opened.files] == [True]


def test_close_raises() -> None:
    class Writer(File):
        def close(self) -> None:
            super().close()
            refuse()

    files: list[Writer] = []

    def open_file(part: Part) -> Writer:
        files.append(Writer())
        return files[-1]

    parser = MultipartParser("b", open_file)
    with pytest.raises(MalformedForm):
        parser.feed(form(file("a", "x", "1"), file("b", "y", "2"), "x"))
    assert [file.closed for file in files] == [True, True]


@pytest.mark.parametrize("given", [None, 5, "text"])
def test_no_file(given: Any) -> None:
    parser = MultipartParser("b", lambda part: given)
    if given is None:  # then there is nowhere else
        parser.feed(form(file("a", "x", "1")))
        assert [(part.value, part.file) for part in parser.close()] == [("1", None)]
    else:
        with pytest.raises(AttributeError):
            parser.feed(form(file("a", "x", "1")))


def test_discard() -> None:
    opened = Opened()
    parser = MultipartParser("b", opened)
    parser.feed(form(file("a", "x", "1"), file("b", "y", "2"))[:-7])
    parser.discard()
    assert [file.closed for file in opened.files] == [True, True]
    assert [file.content for file in opened.files] == [b"1", b"2"]
    parser.discard()
    with pytest.raises(ValueError, match="given up"):
        parser.close()


def test_discard_several() -> None:
    opened = Opened()
    parser = MultipartParser("AaB03x", opened)
    parser.feed(NESTED[: NESTED.index(b"two")])
    parser.discard()
    assert [file.closed for file in opened.files] == [True, True]


def test_used_from_what_it_calls() -> None:
    told: list[str] = []

    def open_file(part: Part) -> File:
        for call in (lambda: parser.feed(b"x"), parser.close, parser.discard):
            with pytest.raises(RuntimeError) as caught:
                call()
            told.append(str(caught.value))
        return File()

    parser = MultipartParser("b", open_file)
    parser.feed(form(file("a", "x", "1")))
    assert seen(parser.close()) == [("a", "x", b"1")]
    assert told == ["a parser cannot be used by what it calls"] * 3


def test_made_once() -> None:
    parser = MultipartParser("b", Opened())
    with pytest.raises(RuntimeError, match="again"):
        parser.__init__("c", Opened())  # type: ignore[misc]


def test_not_made() -> None:
    parser = MultipartParser.__new__(MultipartParser)
    for call in (lambda: parser.feed(b"x"), parser.close, parser.discard):
        with pytest.raises(RuntimeError, match="__init__"):
            call()


@pytest.mark.parametrize("wrong", [None, "text", 5])
def test_feeds_on_bytes(wrong: Any) -> None:
    with pytest.raises(TypeError):
        MultipartParser("b", Opened()).feed(wrong)


def test_errors_are_plain() -> None:
    for kind, status in ((MalformedForm, 400), (FormTooLarge, 413)):
        error = pickle.loads(pickle.dumps(kind("why")))
        assert (type(error), str(error), error.status) == (kind, "why", status)


# Time, memory, interpreters


def slow_bodies() -> dict[str, tuple[bytes, bytes]]:
    found = {}
    for name, boundary in {
        "usual": b"----WebKitFormBoundaryABCDEFGH",
        "a": b"a" * 70,
        "dashes": b"-" * 70,
        "one": b"a",
    }.items():
        for unit in (
            b"\r\n--",
            b"\r",
            b"\n",
            b"-",
            boundary,
            b"\r\n--" + boundary[:-1],
            b"\n--" + boundary[:-1][:35],
            b"\n--" + boundary + b"x",
            b"\n--" + boundary + b" x",
        ):
            found[f"{name}, {unit[:12]!r} of {len(unit)}"] = boundary, unit * ((2 << 20) // len(unit)) + b"\r\nend"
    return found


SLOW = slow_bodies()


@pytest.mark.parametrize(("boundary", "content"), SLOW.values(), ids=SLOW)
def test_no_body_is_slow(boundary: bytes, content: bytes) -> None:
    body = b"--" + boundary + b"\r\n" + file("f", "x", "").encode() + content + b"\r\n--" + boundary + b"--"
    for size in (len(body), 65536, 1000):
        opened = Opened()
        parser = MultipartParser(boundary, opened)
        start = time.process_time()
        for chunk in pieces(body, size):
            parser.feed(chunk)
        parser.close()
        assert time.process_time() - start < 0.5  # what is linear takes some milliseconds
        assert opened.files[0].getvalue() == content


def test_no_preamble_is_slow() -> None:
    start = time.process_time()
    for unit in (b"\r\n--b", b"\n", b"\r", b"--b", b"\n--bx"):
        assert failure(pieces(unit * 400_000, 1 << 16))[0] is MalformedForm or unit == b"\r\n--b"
    assert time.process_time() - start < 2


# What the search looks at together: where a body is made of lines that almost end a part, it works another way, which
# depends on the machine's registers and on how long the boundary is.


def almost(draw: random.Random, boundary: bytes) -> bytes:
    """A line that is nearly the one that ends a part."""
    line = b"\n--" + boundary
    at = draw.randrange(len(line))
    blanks = b"".join(draw.choices((b" ", b"\t"), k=draw.choice((0, 1, 2, 62, 63, 64, 65, 66))))
    dashes = draw.choice((b"", b"--", b"-", b"---"))
    return draw.choice(
        (
            line[:at] + b"#" + line[at + 1 :] + dashes + blanks + draw.choice((b"\r\n", b"\n")),
            line + dashes + blanks + draw.choice((b"x", b"\r", b"\rx", b"-")),
            line + b" " * 65 + b"\n",
            line[:at],
            b"\n\n-",
            b"y" * draw.randrange(80),
        )
    )


@pytest.mark.parametrize("size", [16, 32, 64])
@pytest.mark.parametrize("length", [1, 2, 5, 9, 10, 11, 12, 14, 15, 16, 17, 28, 29, 30, 60, 61, 62, 70, 130])
def test_every_way_of_looking(length: int, size: int) -> None:
    draw = random.Random(f"{length} {size}")
    look_at(size)
    try:
        several = 0
        for letters in (b"a", b"-", b"a-", b"abc "):
            boundary = bytes(draw.choices(letters, k=length))
            for most in (300, 3000, 20_000):
                for kinds in (2, 6, 60):
                    lines = [almost(draw, boundary) for _ in range(kinds)]
                    part = b"\n--" + boundary + b" " * draw.choice((0, 63, 64)) + b"\n\n"
                    body = part
                    while len(body) < most:
                        body += draw.choice(lines) if draw.random() < 0.99 else part
                    body += b"\r\n--" + boundary + b"--"
                    wanted = oracle(body, boundary)
                    several += wanted is not None and len(wanted) > 1
                    for chunks in ([body], pieces(body, 1000)):
                        try:
                            found = [
                                (part.name, part.filename, part.value.encode())  # type: ignore[union-attr]
                                for part in parts_of(chunks, boundary)
                            ]
                        except MalformedForm:
                            assert wanted is None
                        else:
                            assert found == wanted
        assert several > 5
    finally:
        look_at(64)


@pytest.mark.parametrize("name", BODIES)
def test_no_reference_is_lost(name: str) -> None:
    boundary, body, _ = BODIES[name]

    def once() -> None:
        for part in parts_of(pieces(body, 11), boundary):
            repr((part, part.headers, part.type_options, part.disposition_options))
        for at in range(0, len(body), 17):
            parser = MultipartParser(boundary, Opened())
            try:
                parser.feed(body[:at])
                parser.close()
            except MalformedForm:
                pass

    assert keeps_nothing(once, before=3, times=60)


@needs_isolated_interpreters
def test_isolated_interpreters() -> None:
    program = r"""
        from modpy_wsgi._fast.multipart import MultipartParser
        parser = MultipartParser("b", None)
        parser.feed(b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--')
        assert [(part.name, part.value) for part in parser.close()] == [("a", "1")]
    """
    run_isolated(program)
