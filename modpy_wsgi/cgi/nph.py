"""Programs whose name begins with nph-: they write the whole answer, status line and all.

Law: what they say is sent as they say it, as far as a WSGI server lets it: the framing of the body is the server's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..constants import HTTP_BAD_GATEWAY, OK
from ..environ import decode
from . import head
from .head import BadHead, Head

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["Reader", "apply"]

MAX_INTERIM = 16  # answers of the 100s before the true one; a program may write them without end

_STATUS = re.compile(rb"HTTP/[0-9]{1,3}(?:\.[0-9]{1,3})?[ \t]+([1-5][0-9][0-9])(?:[ \t]+(.*))?")


class Reader:
    """Takes the output as it comes, until its head has ended; interim answers are passed over."""

    def __init__(self) -> None:
        self.said = bytearray()  # all that came
        self._begun = bytearray()  # of the status line
        self._status: bytes | None = None  # once it has ended
        self._head = head.Reader()
        self._interim = 0

    def feed(self, data: bytes) -> Head | None:
        """The head, once it has ended; the status is its first line. Raises BadHead, also for no status."""
        self.said += data
        while True:
            if self._status is None:
                self._begun += data
                line, newline, rest = self._begun.partition(b"\n")
                if not newline:
                    if len(line) > head.MAX_LINE or not b"HTTP/".startswith(line[:5]):
                        raise _no_status(line)
                    return None
                self._status, data = _status(line), bytes(rest)
            found = self._head.feed(data)
            if found is None:
                return None
            if not self._status.startswith(b"1"):
                return Head((self._status, *found.lines), found.rest)
            self._interim += 1
            if self._interim > MAX_INTERIM:
                raise BadHead(f"more than {MAX_INTERIM} interim answers")
            data, self._begun, self._status, self._head = found.rest, bytearray(), None, head.Reader()


def _status(line: bytearray) -> bytes:
    found = _STATUS.fullmatch(bytes(line.rstrip(b"\r")))
    if found is None:
        raise _no_status(line)
    return found[1] + b" " + (found[2] or b"")


def _no_status(line: bytearray) -> BadHead:
    return BadHead(f"no status line: {decode(line[:30].decode('latin-1'))}")


def apply(req: mp_request, lines: tuple[bytes, ...]) -> int:
    """Put status line and headers into the answer. Returns OK or a status to answer with."""
    text = decode(lines[0].decode("latin-1"))
    for line in lines[1:]:
        name, _, value = line.partition(b":")
        header, content = decode(name.decode("latin-1")), decode(value.strip().decode("latin-1"))
        lower = header.lower()
        if lower == "transfer-encoding":
            req._application.log_request(req, f"Response header 'Transfer-Encoding' from a CGI program: {content}")
            return HTTP_BAD_GATEWAY
        if lower == "content-type":
            req._content_type = content
        else:
            req.err_headers_out.add(header, content)
    req._status = int(text[:3])
    req._status_line = text if len(text) > 4 else None
    return OK
