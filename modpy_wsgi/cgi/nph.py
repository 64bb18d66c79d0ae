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

__all__ = ["apply", "split"]

MAX_INTERIM = 16  # answers of the 100s before the true one; a program may write them without end

_STATUS = re.compile(rb"HTTP/[0-9]{1,3}(?:\.[0-9]{1,3})?[ \t]+([1-5][0-9][0-9])(?:[ \t]+(.*))?")


def split(data: bytes, searched: int = 0) -> Head | None:
    """The head at the beginning of the output, interim answers passed over. None, or BadHead, as head.split()."""
    for _ in range(MAX_INTERIM + 1):
        line, newline, rest = data.partition(b"\n")
        if not newline:
            if len(data) > head.MAX_LINE or not b"HTTP/".startswith(data[:5]):
                raise BadHead(f"no status line: {decode(data[:30].decode('latin-1'))}")
            return None
        status = _STATUS.fullmatch(line.rstrip(b"\r"))
        if status is None:
            raise BadHead(f"no status line: {decode(line[:30].decode('latin-1'))}")
        found = head.split(rest)
        if found is None:
            return None
        if status[1].startswith(b"1"):
            data = found.rest
            continue
        text = status[1] + b" " + (status[2] or b"")
        return Head((text, *found.lines), found.rest)
    raise BadHead(f"more than {MAX_INTERIM} interim answers")


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
