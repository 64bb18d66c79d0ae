"""The handler send-as-is: a file that holds the whole answer, head and body, as under mod_asis.

Law: a head that cannot be read is an error, and nothing of the file is sent. A file is no program: it is not asked
whether the client has it already. Source: the documentation of mod_asis, and what was observed
(tests/oracle/cases/as_is.py).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..constants import HTTP_FORBIDDEN, HTTP_INTERNAL_SERVER_ERROR, HTTP_OK, OK
from ..httpd.open_file import open_file
from . import head
from .answer import local_redirect

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["answer"]

PIECE = 65536  # bytes read at once


def answer(req: mp_request) -> int:
    """Send the file of the request as it is. Returns OK, or the status to answer with."""
    filename, found = req._filename, req._stat
    assert filename is not None and found is not None
    opened = open_file(req, filename, found)
    if opened is None:
        return HTTP_FORBIDDEN
    descriptor, now = opened
    try:
        return _send(req, descriptor, now.st_size)
    finally:
        os.close(descriptor)


def _send(req: mp_request, descriptor: int, size: int) -> int:
    try:
        begin, rest = _head(descriptor, size)
    except head.BadHead as error:
        req._application.log_request(req, f"malformed header in {req.filename}: {error}")
        return HTTP_INTERNAL_SERVER_ERROR
    head.put(req, begin)
    location = req.headers_out.get("Location") or ""
    if location.startswith("/") and (req._status == HTTP_OK or 300 <= req._status < 400):
        req._status, req._status_line = HTTP_OK, None
        local_redirect(req, location)
        return OK
    req.headers_out["Content-Length"] = str(size - rest)
    while rest < size and (data := os.pread(descriptor, min(PIECE, size - rest), rest)):
        rest += len(data)
        req._say(data)
    return OK


def _head(descriptor: int, size: int) -> tuple[tuple[bytes, ...], int]:
    """The lines of the head, and where the body begins. A file that ends before is a head only. Raises BadHead."""
    reader, at = head.Reader(), 0
    while at < size and (data := os.pread(descriptor, min(PIECE, size - at), at)):
        at += len(data)
        found = reader.feed(data)
        if found is not None:
            return found.lines, at - len(found.rest)
    found = reader.feed(b"\n\n")
    return (found.lines if found is not None else ()), size
