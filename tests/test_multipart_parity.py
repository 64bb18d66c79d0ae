"""The multipart parser against the plainest thing that does the same, line by line, and against the email package."""

import email.parser
import email.policy
import io
import itertools
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from modpy_wsgi._fast.multipart import MalformedForm, MultipartParser, Part
from tests.multipart_oracle import Found, oracle


def ours(chunks: list[bytes], boundary: bytes) -> Found:
    parser = MultipartParser(
        boundary, lambda part: io.BytesIO(), max_headers=10**6, max_header_size=10**6, max_fields=10**6, max_files=10**6
    )
    try:
        for chunk in chunks:
            parser.feed(chunk)
        return [(part.name, part.filename, content_of(part)) for part in parser.close()]
    except MalformedForm:
        return None


def content_of(part: Part) -> bytes:
    if part.value is not None:
        return part.value.encode("utf-8", "surrogateescape")
    assert isinstance(part.file, io.BytesIO)
    return part.file.getvalue()


def cut(body: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(body) + 1) for place in places), len(body)]
    return [body[start:end] for start, end in itertools.pairwise(edges)]


FIELD = b'Content-Disposition: form-data; name="a"'
FILE = b'content-disposition : file; name="b"; filename="c"'
MIXED = b"Content-Type: multipart/mixed; boundary=i"
NOISE = [
    b"\r\n",
    b"\n",
    b"\r",
    b"-",
    b"--",
    b" ",
    b"\t",
    b"x",
    b":",
    b"\0",
    b"\xe9",
    b"x" * 70,
    b" " * 64,
    b"\r\n" * 20,
]
BOUNDARIES = st.sampled_from([b"b", b"-", b"--", b"bb", b"i", b"b-", b"a:b", b"x" * 30, b"x" * 70, b"b\xe9", b"b b"])


@st.composite
def soups(draw: st.DrawFn) -> tuple[bytes, bytes]:
    boundary = draw(BOUNDARIES)
    line = b"--" + boundary
    start = line + b"\r\n" + FIELD + b"\r\n\r\n"
    pieces = [
        line,
        line + b"--",
        b"\n" + line,
        b"\r\n" + line + b"\r\n",
        b"\r\n" + line + b"--\r\n",
        boundary,
        line[:-1],
    ]
    pieces += [
        start,
        b"\r\n" + start,
        line + b"\r\n" + FILE + b"\n\n",
        FIELD + b"\r\n\r\n",
        MIXED + b"\r\n",
        FILE + b"\r\n",
    ]
    pieces += [line + b"\n" + MIXED + b"\n" + FIELD + b"\n\n--i\n\n", b"\n--i--", b"\r\n--i\r\n" + FILE + b"\r\n\r\n"]
    body = b"".join(draw(st.lists(st.sampled_from(pieces) | st.sampled_from(NOISE), max_size=25)))
    if draw(st.booleans()):
        body = start + body + b"\r\n" + line + b"--\r\n"
    return boundary, body


@settings(max_examples=4000, deadline=None)
@given(soup=soups(), places=st.lists(st.integers(0, 5000), max_size=6))
def test_any_soup(soup: tuple[bytes, bytes], places: list[int]) -> None:
    boundary, body = soup
    wanted = oracle(body, boundary)
    assert ours([body], boundary) == wanted
    assert ours(cut(body, places), boundary) == wanted
    assert ours([body[at : at + 1] for at in range(len(body))], boundary) == wanted


# Well-formed bodies, with any names and contents: there and back, and against email

Fields = list[tuple[str, str | None, bytes]]
BOUNDARY = b"=_boundary_of_many_letters"
CONTENTS = st.binary(max_size=300) | st.sampled_from([b"", b"\r\n", b"\n\n", b"\r", b"x" * 5000])
NAMES = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=20)
FILENAMES = NAMES.map(lambda name: name.replace("%", ""))  # see test_multipart.py for those
# The email package takes letters and line ends for more than they are here.
PLAIN = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='%\\"'), max_size=20)


def quoted(text: str) -> bytes:
    return b'"' + text.replace("\\", "\\\\").replace('"', '\\"').encode() + b'"'


def written(fields: Fields, line_end: bytes, preamble: bytes) -> bytes:
    body = preamble
    for name, filename, content in fields:
        head = b"Content-Disposition: form-data; name=" + quoted(name)
        if filename is not None:
            head += b"; filename=" + quoted(filename)
        body += b"--" + BOUNDARY + line_end + head + line_end * 2 + content + line_end
    return body + b"--" + BOUNDARY + b"--" + line_end


def fields_of(names: st.SearchStrategy[str], filenames: st.SearchStrategy[str]) -> st.SearchStrategy[Fields]:
    return st.lists(st.tuples(names, st.none() | filenames, CONTENTS), max_size=6)


@settings(max_examples=500, deadline=None)
@given(
    fields=fields_of(NAMES, FILENAMES),
    line_end=st.sampled_from([b"\r\n", b"\n"]),
    preamble=st.sampled_from([b"", b"\r\n", b"text\n--\n"]),
    places=st.lists(st.integers(0, 5000), max_size=4),
)
def test_there_and_back(fields: Fields, line_end: bytes, preamble: bytes, places: list[int]) -> None:
    wanted = [
        (name, filename, content.removesuffix(b"\r") if line_end == b"\n" else content)
        for name, filename, content in fields
    ]
    assert ours(cut(written(fields, line_end, preamble), places), BOUNDARY) == wanted


@settings(max_examples=300, deadline=None)
@given(fields=fields_of(PLAIN, PLAIN), line_end=st.sampled_from([b"\r\n", b"\n"]))
def test_as_email(fields: Fields, line_end: bytes) -> None:
    body = written([(*names, content.replace(b"\r", b"")) for *names, content in fields], line_end, b"")
    head = b'Content-Type: multipart/form-data; boundary="' + BOUNDARY + b'"\r\n\r\n'
    message = email.parser.BytesParser(policy=email.policy.compat32).parsebytes(head + body)
    parts: Any = message.get_payload() if fields else []
    assert [
        (
            part.get_param("name", header="content-disposition"),
            part.get_param("filename", None, header="content-disposition"),
            part.get_payload(decode=True),
        )
        for part in parts
    ] == ours([body], BOUNDARY)
