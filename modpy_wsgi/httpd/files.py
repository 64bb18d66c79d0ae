"""The file itself: httpd's default handler.

Law: only what the walk has looked at is sent, a method that a file does not know is refused, and exactly the promised
bytes leave. A body is read first, and dropped: one that is too long, or broken, is an error here as it is elsewhere.
"""

from __future__ import annotations

import os
import stat
from stat import S_ISREG
from typing import TYPE_CHECKING, NamedTuple

from .._fast.look import read_file
from ..config.cache import Bounded
from ..config.directives import core
from ..config.request_config import RequestConfig
from ..constants import (
    AP_REQ_ACCEPT_PATH_INFO,
    APLOG_INFO,
    DIR_MAGIC_TYPE,
    HTTP_BAD_REQUEST,
    HTTP_FORBIDDEN,
    HTTP_INTERNAL_SERVER_ERROR,
    HTTP_LENGTH_REQUIRED,
    HTTP_METHOD_NOT_ALLOWED,
    HTTP_NOT_FOUND,
    HTTP_NOT_IMPLEMENTED,
    METHOD_NUMBERS,
    OK,
)
from ..errors import SERVER_RETURN, ConfigError, HandlerError
from ..filters import requests as filters
from ..preconditions import CONDITIONS, conditions_met
from ..response import response_head
from ..validators import SETTLED, date_text, digest_of, etag_of
from . import ranges
from .errors import allow_header
from .file_body import FileBody
from .open_file import FLAGS, open_file
from .sendfile import Handover, handover_of

if TYPE_CHECKING:
    from ..request import mp_request
    from ..stamps import FileStatus
    from .translate import Place

__all__ = ["send_again", "send_file"]

SMALL = 65536  # bytes up to which a file is read whole and sent as one piece
MAX_HEADS = 256  # files of one configuration whose headers are remembered
_READING = frozenset({"GET", "HEAD", "POST"})


_Head = tuple[tuple[str, str], ...]  # the headers of a file: Last-Modified, ETag, Accept-Ranges
_NO_LENGTH = frozenset({"0", ""})  # CONTENT_LENGTH of a request that has no body, as servers write it
# What makes an answer another than the whole file, or has a body before it.
_ASKING = CONDITIONS | {"HTTP_RANGE", "HTTP_TRANSFER_ENCODING"}


class Sent(NamedTuple):
    """How a small file was sent last. As long as a look at it gives the same, it is sent so again.

    size and modified are those of `found`, which would make these numbers anew each time.
    """

    found: FileStatus
    size: int
    modified: float
    head: _Head
    content_type: str | None
    headers: _Head = ()  # all of the answer, once they were put together


class Manner(NamedTuple):
    """How files of one configuration are sent."""

    tag: frozenset[str]
    accept_ranges: str
    handover: Handover | None
    heads: Bounded[tuple[int, int, int, int], _Head]  # by device, inode, size and time


def _manner(config: RequestConfig) -> Manner:
    manner: Manner | None = config.files
    if manner is None:
        settings = config.settings
        tag = settings[core.FILE_ETAG].parts
        manner = config.files = Manner(tag, ranges.accepted(config), handover_of(config), Bounded(MAX_HEADS))
    return manner


def send_file(req: mp_request, config: RequestConfig) -> int:
    """httpd's default handler: the file, if there is one."""
    environ = req._environ
    if environ.get("CONTENT_LENGTH", "0") not in _NO_LENGTH or "HTTP_TRANSFER_ENCODING" in environ:
        status = _drop_body(req)
        if status != OK:
            return status
    found = req._stat
    manner: Manner | None = config.files
    if (
        manner is not None
        and found is not None
        and req._method in _READING
        and S_ISREG(found.st_mode)
        and not req._path_info
    ):
        place = req._place
        if (
            place is not None
            and place.file is req._filename
            and found.st_size <= SMALL
            and req._held is None
            and req._server_write is None
            and req._filters is None
            and config.head is None
            and not req._more_to_say
            and environ.keys().isdisjoint(_ASKING)
        ):
            sent = _known(manner, found, req._content_type)
            if sent is not None and _send_known(req, sent):
                # No Python handler has declined, and none is named.
                if config.plan.straight and req._phase is None and req._handler is None and place.config is config:
                    place.sent = _with_headers(req, sent)
                return OK
        return _send(req, config, manner, found)
    return _check(req, config, found)


def _drop_body(req: mp_request) -> int:
    """Read a body that nobody has a use for, as httpd does before it looks for the file. OK, or 400 or 413."""
    if req.main is not None:
        return OK
    try:
        return req.discard_request_body()
    except SERVER_RETURN as stop:
        status = int(stop.args[0])
        return OK if status == HTTP_LENGTH_REQUIRED else status  # of one without an end nothing can be read
    except OSError as error:
        req._application.log_request(req, f"the body cannot be read: {error}")
        return HTTP_BAD_REQUEST


def _check(req: mp_request, config: RequestConfig, found: FileStatus | None) -> int:
    """The file, if all is as it must be."""
    log = req._application.log_request
    method = req._method
    if method not in _READING:
        req.allow_methods(("GET", "OPTIONS", "POST"))
        if method == "OPTIONS":
            if found is not None and stat.S_ISDIR(found.st_mode):
                req._content_type = DIR_MAGIC_TYPE
            req.headers_out["Allow"] = allow_header(req)
            return OK
        if method in METHOD_NUMBERS:
            return HTTP_METHOD_NOT_ALLOWED
        log(req, f"AH00135: Invalid method in request {req.the_request}")
        return HTTP_NOT_IMPLEMENTED
    if config.fileless and (found is None or config.by_python):
        return HTTP_NOT_FOUND  # a Python handler declined: no file was looked for, or no <Directory> asked about it
    if found is None:
        log(req, f"File does not exist: {req.filename or req.uri}", APLOG_INFO)
        return HTTP_NOT_FOUND
    if stat.S_ISDIR(found.st_mode):
        log(req, f"AH00129: Attempt to serve directory: {req.filename}", APLOG_INFO)  # which a listing is not for
        return HTTP_NOT_FOUND
    if req._path_info and req.used_path_info != AP_REQ_ACCEPT_PATH_INFO:  # as AcceptPathInfo or a handler has it
        log(req, f"File does not exist: {req.filename}{req._path_info}", APLOG_INFO)
        return HTTP_NOT_FOUND
    try:
        manner = _manner(config)
    except ConfigError as error:
        log(req, str(error))
        return HTTP_INTERNAL_SERVER_ERROR
    return _send(req, config, manner, found)


def send_again(req: mp_request, config: RequestConfig, place: Place) -> bool:
    """Answer with the file as it was sent to the last request for its path, if nothing has changed. Whether so."""
    sent: Sent = place.sent
    return (
        req._stat is sent.found
        and place.config is config
        and not req._redirects  # of a subrequest, only what it would be is asked
        and req._method == "GET"
        and req._handler is None
        and req._held is None
        and req._server_write is None
        and req._filters is None
        and not req._more_to_say
        and req._environ.keys().isdisjoint(_ASKING)
        and req._environ.get("CONTENT_LENGTH", "0") in _NO_LENGTH
        and _send_known(req, sent, sent.headers)
    )


def _known(manner: Manner, found: FileStatus, content_type: str | None) -> Sent | None:
    """How to send a file whose headers are known; else None."""
    size = found.st_size
    head = manner.heads.get((found.st_dev, found.st_ino, size, found.st_mtime_ns))
    return None if head is None else Sent(found, size, found.st_mtime, head, content_type)


def _with_headers(req: mp_request, sent: Sent) -> Sent | None:
    """The same with all headers of the answer, which is as good as done; None if they must not be sent."""
    try:
        _, headers = response_head(req)
    except HandlerError:
        return None
    return sent._replace(headers=(*headers, ("Content-Length", str(sent.size))))


def _send_known(req: mp_request, sent: Sent, headers: _Head | None = None) -> bool:
    """A small file whose headers are known, where links may be followed on all of the way; whether it was as it was.

    There another file in its place is as good: with as many bytes, it is sent without a second look, as by httpd.
    """
    assert req._filename is not None
    size = sent.size
    data = read_file(req._filename, FLAGS, size)
    if data is None:
        return False
    if sent.modified >= req._mtime:
        req._mtime = sent.modified
    else:  # a handler has said that what it declined has changed since
        return False
    req._prepared = sent.head
    if headers is not None:
        req._content_type = sent.content_type
        req._ready = headers
    req._held = [data]
    req._held_bytes = size
    return True


def _send(req: mp_request, config: RequestConfig, manner: Manner, found: FileStatus) -> int:
    filename = req._filename
    assert filename is not None
    opened = open_file(req, filename, found)
    if opened is None:
        return HTTP_FORBIDDEN
    descriptor, now = opened
    try:
        size = now.st_size
        modified = now.st_mtime
        later = req._mtime > modified  # as a handler has said, who declined
        if not later:
            req._mtime = modified
        if size > SMALL and manner.handover is not None and _hand_over(req, manner.handover, filename):
            return OK
        if req._list_tag:
            manner = manner._replace(heads=Bounded(1))
        head = manner.heads.get((now.st_dev, now.st_ino, size, now.st_mtime_ns)) or _head(req, manner, now, descriptor)
        if later:
            head = (("Last-Modified", date_text(min(req._mtime, req._request_time))), *head[1:])
        filtered = req._filters is not None  # then pieces are cut out of what the filters make of the file
        alone = req._held is None and req._server_write is None
        plain = alone and config.head is None and not (req._more_to_say or filtered)
        if plain and size <= SMALL and req._environ.keys().isdisjoint(_ASKING):
            req._prepared = head
            data = os.read(descriptor, size)
            if len(data) < size:
                data += _read(descriptor, size - len(data))
            req._held, req._held_bytes = [data], len(data)
            return OK
        headers = req.headers_out
        for name, value in head:
            headers[name] = value
        status = conditions_met(req)
        if status != OK:
            req._status = status  # no page: the answer has no body
            if req._method == "HEAD":
                headers["Content-Length"] = str(size)
            return OK
        if filtered and alone:
            filtered = filters.still_wanted(req, size)
        pieces = None
        if alone and "HTTP_RANGE" in req._environ and not filtered:
            pieces = ranges.of_length(req, config, size)
        if pieces is not None and not pieces.pieces:
            return ranges.nothing_there(req)
        if alone and (size > SMALL or filtered):
            body = req._file_body = FileBody(descriptor, size, pieces)
            descriptor = -1  # the body closes it
            headers["Content-Length"] = str(body.size)
            return OK
        req._clength = size
        headers["Content-Length"] = str((size if pieces is None else pieces.length) + req._held_bytes)
        if pieces is not None:
            req._say(pieces.of(_read(descriptor, size)))
            return OK
        while size and (data := os.read(descriptor, min(SMALL, size))):  # behind what a handler wrote, who declined
            size -= len(data)
            req._say(data)
        return ranges.of_answer(req, config, OK) if "HTTP_RANGE" in req._environ else OK
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _head(req: mp_request, manner: Manner, now: os.stat_result, descriptor: int) -> _Head:
    """The headers of a file. They are kept, if they will be the same for the next request."""
    tag = manner.tag
    digested = "digest" in tag
    etag = digest_of(descriptor) if digested else etag_of(now, tag, req._request_time)
    date = date_text(min(now.st_mtime, req._request_time))
    if etag and req._list_tag:
        etag = f'{etag[:-1]};{req._list_tag}"'
    head = [("Last-Modified", date), ("ETag", etag or ""), ("Accept-Ranges", manner.accept_ranges)]
    if not etag:
        del head[1]
    if not digested and req._request_time - now.st_mtime > SETTLED:
        manner.heads.keep((now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns), tuple(head))
    return tuple(head)


def _read(descriptor: int, size: int) -> bytes:
    """The next `size` bytes of a file, or fewer if it has become shorter."""
    data = os.read(descriptor, size)
    while len(data) < size and (more := os.read(descriptor, size - len(data))):
        data += more
    return data


def _hand_over(req: mp_request, handover: Handover, filename: str) -> bool:
    """Name the file to the front server, which then knows its validators and ranges. False if it does not know it."""
    name = handover.name(filename)
    if name is None or req._held is not None or req._server_write is not None or req._filters is not None:
        return False
    req.headers_out[handover.header] = name
    return True
