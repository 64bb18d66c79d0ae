"""Multipart forms, read line by line: the plainest thing that does what the parser does."""

import re
from collections.abc import Callable

Meaning = Callable[[list[str]], dict[str, str]]
Found = list[tuple[str | None, str | None, bytes]] | None


class Malformed(Exception):
    """What the oracle says."""


def oracle(
    body: bytes, boundary: bytes, outer: str | None = None, inside: bool = False, meaning_of: Meaning | None = None
) -> Found:
    """The (name, filename, content) of the parts; None if the body is malformed.

    meaning_of: tells what the lines of a head mean, see plain_meaning() for how.
    """
    try:
        return read_lines(re.findall(rb"[^\n]*\n|[^\n]+", body), boundary, outer, inside, meaning_of or plain_meaning)
    except Malformed:
        return None


def read_lines(lines: list[bytes], boundary: bytes, outer: str | None, inside: bool, meaning_of: Meaning) -> Found:
    line_of = re.compile(rb"--" + re.escape(boundary) + rb"(--)?[ \t]{0,64}\r?\n")
    end_of = re.compile(rb"--" + re.escape(boundary) + rb"(--)[ \t]{0,64}\r?")
    found: Found = []
    content: list[bytes] | None = None
    head: list[bytes] | None = None
    for at, line in enumerate(lines):
        match = line_of.fullmatch(line) or (end_of.fullmatch(line) if at == len(lines) - 1 else None)
        if head is not None:
            if line in (b"\n", b"\r\n"):
                part, head, content = meaning_of(unfolded(head)), None, []
                continue
            if not line.endswith(b"\n"):
                raise Malformed
            head.append(re.sub(rb"\r?\n\Z", b"", line))
            check_head(head[-1], boundary, first=len(head) == 1)
        elif match:
            if content is not None:
                add(found, part, re.sub(rb"\r?\n\Z", b"", b"".join(content)), outer, inside, meaning_of)
            if match[1]:
                return found
            head, content = [], None
        elif content is not None:
            content.append(line)
    raise Malformed


def check_head(line: bytes, boundary: bytes, *, first: bool) -> None:
    if line[:1] in (b" ", b"\t"):
        if first:
            raise Malformed
    elif not re.match(rb"[ \t]*[^ \t:][^:]*:", line) or line.startswith(b"--" + boundary):
        raise Malformed
    if re.search(rb"[\r\0]", line):
        raise Malformed


def unfolded(lines: list[bytes]) -> list[str]:
    """The headers, of which each has one line."""
    joined: list[bytes] = []
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            joined[-1] += b" " + line.lstrip(b" \t")
        else:
            joined.append(line)
    return [line.decode("utf-8", "surrogateescape") for line in joined]


def plain_meaning(headers: list[str]) -> dict[str, str]:
    """The last value of name, filename and the boundary of a multipart/mixed, as long as they are simple words."""
    found: dict[str, str] = {}
    for header in headers:
        name, _, value = header.partition(":")
        if name.strip(" \t").lower() == "content-disposition":
            found = {key: found[key] for key in found if key == "boundary"}
            found |= dict(re.findall(r'; *(name|filename)="(\w*)"', value))
        if name.strip(" \t").lower() == "content-type":
            found.pop("boundary", None)
            if value.strip(" \t").startswith("multipart/mixed"):
                found["boundary"] = (re.findall(r"boundary=(\w+)", value) or [""])[-1]
    return found


def add(
    found: Found, part: dict[str, str], content: bytes, outer: str | None, inside: bool, meaning_of: Meaning
) -> None:
    assert found is not None
    if "boundary" in part and "filename" not in part and not inside:
        if not part["boundary"]:
            raise Malformed
        more = oracle(content, part["boundary"].encode("utf-8", "surrogateescape"), part.get("name"), True, meaning_of)
        if more is None:
            raise Malformed
        found.extend(more)
    else:
        found.append((part.get("name", outer), part.get("filename"), content))
