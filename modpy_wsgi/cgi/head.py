"""The head of a program's output: its header lines, read as httpd reads them, into the answer of a request.

Law: what cannot be read is the program's error, and nothing of it is sent. Source: httpd's util_script.c, as observed
on Apache 2.4 (tests/oracle/cases/cgi.py).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ..constants import HTTP_INTERNAL_SERVER_ERROR, OK, STATUS_LINES
from ..environ import decode
from ..response import NAMELESS
from ..validators import http_date

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["MAX_HEAD", "MAX_LINE", "BadHead", "Head", "Reader", "apply", "put"]

MAX_LINE = 8190  # bytes of a header line; httpd breaks a longer one in two, and chokes on the second half
MAX_HEAD = 1 << 20  # bytes; httpd has no limit, and keeps an endless head until the memory ends

_DIGITS = re.compile("([+-]?[0-9]{1,9})")
_OF_CGITB = "<!--"  # its pages begin with "<!--: spam", in case a head was sent before; else that is a header line
_TOO_LONG = f"a header line is longer than {MAX_LINE} bytes"
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_BLANKS = b" \t\n\v\f\r"
# Of which only the last one counts; all others are joined to one line, but cookies.
_SET = frozenset({"location", "content-length", "content-range", "transfer-encoding", "etag"})


class BadHead(Exception):  # noqa: N818 - what it is
    """A head that is none. The text is httpd's own for its log, but for the name of the program."""


class Head(NamedTuple):
    """A head taken from the beginning of the output: its lines, and what of the body came with it."""

    lines: tuple[bytes, ...]
    rest: bytes


class Reader:
    """Takes the output as it comes, until its head has ended. Each byte is looked at once, however they come."""

    def __init__(self) -> None:
        self.said = bytearray()  # all that came
        self._lines: list[bytes] = []
        self._line = 0  # where the line begins that has not ended

    def feed(self, data: bytes) -> Head | None:
        """The head, once it has ended. Raises BadHead for a line without a colon, and for what is too long."""
        said, searched = self.said, len(self.said)
        said += data
        while (end := said.find(b"\n", searched)) >= 0:
            line = bytes(said[self._line : end])
            self._line = searched = end + 1
            if len(line) > MAX_LINE:
                raise BadHead(_TOO_LONG)
            if b"\r" in line:
                line = line.replace(b"\r", b"")  # wherever they are, as httpd does it: some programs write two
            if not line:
                return Head(tuple(self._lines), bytes(said[searched:]))
            if b":" not in line:
                raise BadHead(f"Bad header: {decode(line[:30].rstrip(_BLANKS).decode('latin-1'))}")
            self._lines.append(line)
        if len(said) > MAX_HEAD:
            raise BadHead(f"the head is longer than {MAX_HEAD} bytes")
        if len(said) - self._line > MAX_LINE:
            raise BadHead(_TOO_LONG)
        return None


def apply(req: mp_request, lines: tuple[bytes, ...], *, as_original: bool = False) -> int:
    """Put the header lines into the answer. Returns OK, or 304 or 412 if the client's conditions say so.

    `as_original`: as mod_python's cgihandler does it, which leaves lines of one name apart, and a status without words.
    """
    said = put(req, lines, as_original=as_original)
    return OK if said or req._method not in ("GET", "HEAD") else req.meets_conditions()


def put(req: mp_request, lines: tuple[bytes, ...], *, as_original: bool = False) -> bool:
    """The same without a question for the client's conditions. Returns whether a status was among the lines."""
    merged: dict[str, tuple[str, list[str]]] = {}
    cookies: list[str] = []
    said = False  # whether the program gave a status
    for line in lines:
        name, value = _pair(line)
        lower = name.lower()
        if name == _OF_CGITB:
            continue
        if lower == "content-type":
            req._content_type = _lowered(value)
        elif lower == "status":
            _set_status(req, value)
            if as_original:
                req._status_line = None
            said = True
        elif lower in _SET:
            req.headers_out[name] = value
        elif lower == "last-modified":
            _set_modified(req, value)
        elif lower == "set-cookie":
            cookies.append(value)
        else:
            merged.setdefault(lower, (name, []))[1].append(value)
    for name, values in merged.values():
        if as_original:
            for value in values:
                req.headers_out.add(name, value)
            continue
        before = req.err_headers_out.get(name)
        req.err_headers_out[name] = ", ".join(values if before is None else [before, *values])
    for value in cookies:
        req.err_headers_out.add("Set-Cookie", value)
    return said


def _pair(line: bytes) -> tuple[str, str]:
    name, _, value = line.partition(b":")
    return name.decode("utf-8", "surrogateescape"), value.strip(_BLANKS).decode("utf-8", "surrogateescape")


def _lowered(content_type: str) -> str:
    """The type in lower case, its parameters as they are."""
    media_type, semicolon, rest = content_type.partition(";")
    return f"{media_type.lower()}{semicolon}{rest}"


def _set_status(req: mp_request, value: str) -> None:
    digits = _DIGITS.match(value)
    status = int(digits[1]) if digits else 0
    if not 200 <= status <= 599:  # of those below 200 httpd makes what no client understands
        name = (req._filename or "").rpartition("/")[2]
        req._application.log_request(req, f"Invalid status line from script '{name}': {value[:30]}")
        req._status, req._status_line = HTTP_INTERNAL_SERVER_ERROR, None
        return
    req._status = status
    if len(value) == 3 and (status not in STATUS_LINES or status in NAMELESS):
        value = f"{status} "
    req._status_line = None if _CONTROL.search(value) else value  # then httpd's own words are sent


def _set_modified(req: mp_request, value: str) -> None:
    date = http_date(value)
    if date is not None:
        req.update_mtime(date)
        req.set_last_modified()
