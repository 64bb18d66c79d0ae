"""Fuzzes the multipart parser: whatever the body and wherever it is cut, it says what reading it by lines says.

Run all targets with `python -m fuzz`. This one alone: python -m fuzz.engine multipart fuzz/corpus/multipart
"""

from __future__ import annotations

import io
import itertools
import random

from modpy_wsgi._fast.multipart import FormTooLarge, MalformedForm, MultipartParser, Part, parse_header
from tests.multipart_oracle import Found, oracle

BOUNDARIES = (b"b", b"-", b"--", b"bb", b"a:b", b"b b", b"x" * 30, b"x" * 70)
NO_LIMITS = {"max_headers": 10**6, "max_header_size": 10**6, "max_fields": 10**6, "max_files": 10**6}
SMALL_LIMITS = {"max_headers": 2, "max_header_size": 60, "max_fields": 2, "max_files": 2, "max_text": 150}


def meaning_of(headers: list[str]) -> dict[str, str]:
    """What a head means, for the oracle: which values matter it finds out itself, what they are the parser tells."""
    found: dict[str, str] = {}
    for header in headers:
        name, _, value = header.partition(":")
        kind, options = parse_header(value.strip(" \t"))
        if name.rstrip(" \t").lower() == "content-disposition":
            found = {key: found[key] for key in found if key == "boundary"}
            if "filename" in options or "filename*" in options:
                found["filename"] = ""
            if "name" in options:
                found["name"] = options["name"]
        if name.rstrip(" \t").lower() == "content-type":
            found.pop("boundary", None)
            if kind == "multipart/mixed":
                found["boundary"] = options.get("boundary", "")
    return found


def read(chunks: list[bytes], boundary: bytes, limits: dict[str, int]) -> list[tuple[str | None, bool, bytes]] | str:
    """The (name, whether it is a file, content) of the parts; or the error's message, then all files are closed."""
    files: list[io.BytesIO] = []

    def open_file(part: Part) -> io.BytesIO:
        files.append(io.BytesIO())
        return files[-1]

    parser = MultipartParser(boundary, open_file, **limits)
    try:
        for chunk in chunks:
            parser.feed(chunk)
        parts = parser.close()
    except (MalformedForm, FormTooLarge) as error:
        assert all(file.closed for file in files)
        return str(error)
    found = []
    for part in parts:
        content = (part.value or "").encode("utf-8", "surrogateescape")
        if part.file is not None:
            assert isinstance(part.file, io.BytesIO)
            content = part.file.getvalue()
        assert part.size == len(content)
        assert isinstance(part.headers, list) and isinstance(part.type + str(part.disposition), str)
        assert isinstance(part.type_options, dict) and isinstance(part.disposition_options, dict)
        found.append((part.name, part.filename is not None, content))
    return found


def plain(found: Found) -> list[tuple[str | None, bool, bytes]] | None:
    """What the oracle gives, as read() does."""
    return None if found is None else [(name, filename is not None, content) for name, filename, content in found]


def inner_boundaries_fit(found: object) -> bool:
    """Whether the error is not about a boundary inside, of which the oracle knows no rules."""
    return not (isinstance(found, str) and "boundary" in found and ("control" in found or "more than" in found))


def check(data: bytes) -> None:
    """Take boundary and cuts out of the first two bytes, read the rest. Raises AssertionError for a difference."""
    if len(data) < 2:
        return
    boundary = BOUNDARIES[data[0] & 7]
    limits = SMALL_LIMITS if data[0] & 8 else NO_LIMITS
    body = data[2:]
    draw = random.Random(data[1])  # noqa: S311 - to cut, not to hide
    edges = [0, *sorted(draw.randrange(len(body) + 1) for _ in range(draw.randrange(6))), len(body)]
    whole = read([body], boundary, limits)
    assert read([body[at : at + 1] for at in range(len(body))], boundary, limits) == whole
    assert read([body[start:end] for start, end in itertools.pairwise(edges)], boundary, limits) == whole
    if limits is NO_LIMITS and inner_boundaries_fit(whole):
        wanted = plain(oracle(body, boundary, meaning_of=meaning_of))
        assert (None if isinstance(whole, str) else whole) == wanted, (whole, wanted)
    parse_header(body)
