"""Byte ranges (RFC 9110, section 14): the pieces of an answer that a client asks for, instead of the whole.

Law: httpd's byterange filter, as observed. Ranges that touch become one; the whole is sent where a range is malformed,
where they are too many (MaxRanges, MaxRangeOverlaps, MaxRangeReversals), or longer together than the whole: so an
answer is never much more work than the file.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from .. import header_rules
from ..config.directives import core
from ..config.request_config import RequestConfig
from ..constants import APLOG_INFO, DONE, HTTP_OK, HTTP_PARTIAL_CONTENT, HTTP_RANGE_NOT_SATISFIABLE, OK
from ..preconditions import field, range_holds
from ..response import with_charset

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["Pieces", "accepted", "nothing_there", "of_answer", "of_length"]

UNIT = "bytes="
MAX_NUMBER = 2**63 - 1  # httpd's apr_off_t; a longer number is malformed
BOUNDARY = 8  # random bytes in a boundary, as many as httpd's: nobody can have written it into a file


class Pieces(NamedTuple):
    """What to send of a whole: before each piece its head, then the bytes from `start` to `end` (both are sent)."""

    pieces: tuple[tuple[bytes, int, int], ...]
    tail: bytes

    @property
    def length(self) -> int:
        """The bytes of the whole body."""
        return sum([len(head) + end - start + 1 for head, start, end in self.pieces]) + len(self.tail)

    def of(self, data: bytes) -> bytes:
        """The body, cut out of the whole."""
        if len(self.pieces) == 1 and not self.tail:
            _, start, end = self.pieces[0]
            return data[start : end + 1]
        return b"".join(self._cut(data))

    def _cut(self, data: bytes) -> Iterator[bytes]:
        for head, start, end in self.pieces:
            yield head
            yield data[start : end + 1]
        yield self.tail


def accepted(config: RequestConfig) -> str:
    """The Accept-Ranges header of a file."""
    return "bytes" if config.settings[core.MAX_RANGES] != 0 else "none"


def of_answer(req: mp_request, config: RequestConfig, result: int) -> int:
    """Cut an answer that waits whole to what was asked for. Returns `result`, or 416."""
    held = req._held
    if not held or result not in (OK, DONE) or req._server_write is not None or req._delegated is not None:
        return result
    data = held[0] if len(held) == 1 else b"".join(held)
    pieces = of_length(req, config, len(data))
    if pieces is None:
        return result
    if not pieces.pieces:
        return nothing_there(req)
    cut = pieces.of(data)
    req._held, req._held_bytes = [cut], len(cut)
    del req.err_headers_out["Content-Length"]
    req.headers_out["Content-Length"] = str(len(cut))
    return result


def nothing_there(req: mp_request) -> int:
    """416, for which httpd drops the headers that errors keep, too: it sees so late that there is nothing to send."""
    if "_err_headers_out" in req.__dict__:
        req.err_headers_out.clear()
    return HTTP_RANGE_NOT_SATISFIABLE


def of_length(req: mp_request, config: RequestConfig, length: int) -> Pieces | None:
    """What a request wants of an answer of `length` bytes: None for all of it, no pieces if there is nothing there.

    Makes the answer one of 206, with its Content-Range or its type. What the configuration says of the head has been
    said by then, as in httpd: of the whole.
    """
    wanted = field(req, "Range") or ""
    if not length or wanted[:6].lower() != UNIT or req._status != HTTP_OK:
        return None
    if (req._document_of or req._config).head is not None:  # what Header makes of type and validators counts
        header_rules.of_answer(req)
    out = req.headers_out
    if "Content-Range" in out or out.get("Content-Type", "").lower().startswith("multipart/byteranges"):
        return None
    if not range_holds(req):
        return None
    read = _read(wanted[6:], length)
    if read is None:
        return None
    ranges, overlaps, reversals = read
    for count, setting in (
        (len(ranges), core.MAX_RANGES),
        (overlaps, core.MAX_RANGE_OVERLAPS),
        (reversals, core.MAX_RANGE_REVERSALS),
    ):
        limit = config.settings[setting]
        if limit is not None and count > limit:
            return None
    if sum([end - start + 1 for start, end in ranges]) > length:
        req._application.log_request(req, "Sum of ranges larger than file, ignoring.", APLOG_INFO)
        return None
    if not ranges:
        return Pieces((), b"")
    req._status = HTTP_PARTIAL_CONTENT
    if len(ranges) == 1:
        start, end = ranges[0]
        out["Content-Range"] = f"bytes {start}-{end}/{length}"
        return Pieces(((b"", start, end),), b"")
    return _parts(req, config, ranges, length)


def _parts(req: mp_request, config: RequestConfig, ranges: list[tuple[int, int]], length: int) -> Pieces:
    boundary = os.urandom(BOUNDARY).hex()
    head = f"\r\n--{boundary}\r\n"
    content_type = req._content_type
    if content_type:
        if config.default_charset is not None:
            content_type = with_charset(content_type, config.default_charset)
        head += f"Content-type: {content_type}\r\n"
    start_of_part = head.encode("utf-8", "surrogateescape")
    req._content_type = f"multipart/byteranges; boundary={boundary}"
    pieces = tuple(
        [
            (b"%sContent-range: bytes %d-%d/%d\r\n\r\n" % (start_of_part, start, end, length), start, end)
            for start, end in ranges
        ]
    )
    return Pieces(pieces, f"\r\n--{boundary}--\r\n".encode())


def _number(digits: str) -> int | None:
    """A number of a range, or None: digits and nothing else."""
    if not (digits.isascii() and digits.isdigit()):
        return None
    digits = digits.lstrip("0") or "0"
    value = int(digits) if len(digits) < 20 else MAX_NUMBER + 1
    return value if value <= MAX_NUMBER else None


def _one(word: str, length: int) -> tuple[int, int] | None:
    """First and last byte of one range as written, or None if it is malformed."""
    first, dash, last = word.partition("-")
    if not dash:
        return None
    if not first:
        count = _number(last)
        return (max(length - count, 0), length - 1) if count else None
    start, end = _number(first), _number(last) if last else length - 1
    if start is None or end is None or (last and start > end):
        return None
    return start, end


def _read(text: str, length: int) -> tuple[list[tuple[int, int]], int, int] | None:
    """The ranges, those that touch merged; how many were merged, and how many of these began before the one before.

    None if the header is to be ignored. No ranges: none of them is there.
    """
    ranges: list[tuple[int, int]] = []
    overlaps = reversals = 0
    current: tuple[int, int] | None = None
    beyond = False
    if text.startswith(","):
        return None
    for word in text.split(","):
        if not word:
            continue
        found = _one(word, length)
        if found is None:
            return None
        start, end = found
        if start == 0 and word.endswith("-"):  # "0-": all of it, whatever else was asked for
            return [(0, length - 1)], overlaps, reversals
        if start >= length:
            beyond = True
            continue
        end = min(end, length - 1)
        if current is None:
            current = (start, end)
            continue
        low, high = current
        within = start >= low and end <= high
        before = start < low and end >= low - 1
        after = end >= high and start <= high + 1
        if within or before or after:
            reversals += before
            overlaps += 1
            current = (min(low, start), max(high, end))
            continue
        ranges.append(current)
        current = (start, end)
    if current is not None:
        ranges.append(current)
    return (ranges, overlaps, reversals) if ranges or beyond else None
