"""The file itself: httpd's default handler.

Law: only what the walk has looked at is sent, a method that a file does not know is refused, and exactly the promised
bytes leave.
"""

from __future__ import annotations

import email.utils
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from ..config.directives import core, mime
from ..config.request_config import RequestConfig
from ..constants import (
    AP_REQ_ACCEPT_PATH_INFO,
    APLOG_INFO,
    DIR_MAGIC_TYPE,
    HTTP_FORBIDDEN,
    HTTP_INTERNAL_SERVER_ERROR,
    HTTP_METHOD_NOT_ALLOWED,
    HTTP_NOT_FOUND,
    HTTP_NOT_IMPLEMENTED,
    METHOD_NUMBERS,
    OK,
)
from ..errors import ShortBody
from ..preconditions import conditions_met, etag_of
from .errors import allow_header

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["FileBody", "send_file"]

BLOCK = 65536  # bytes read at once where the server has no file wrapper
SMALL = 65536  # bytes up to which a file is read whole and sent as one piece


def send_file(req: mp_request, config: RequestConfig) -> int:
    """httpd's default handler: the file, if there is one."""
    found = req._stat
    if found is None and config.fileless:  # a <Location> whose Python handler declined: no file was looked for
        return HTTP_NOT_FOUND
    log = req._application.log_request
    method = req.method
    if method not in ("GET", "HEAD", "POST"):
        req.allow_methods(("GET", "OPTIONS", "POST"))
        if method == "OPTIONS":
            if found is not None and stat.S_ISDIR(found.st_mode):
                req._content_type = DIR_MAGIC_TYPE
            req.headers_out["Allow"] = allow_header(req)
            return OK
        return HTTP_METHOD_NOT_ALLOWED if method in METHOD_NUMBERS else HTTP_NOT_IMPLEMENTED
    if found is None:
        log(req, f"File does not exist: {req.filename or req.uri}", APLOG_INFO)
        return HTTP_NOT_FOUND
    if stat.S_ISDIR(found.st_mode):
        log(req, f"Cannot serve directory {req.filename}: no index file, and listings are not provided")
        return HTTP_NOT_FOUND if method == "POST" else HTTP_FORBIDDEN  # as if nobody had a listing for that
    if req._path_info and req.used_path_info != AP_REQ_ACCEPT_PATH_INFO:  # as AcceptPathInfo or a handler has it
        log(req, f"File does not exist: {req.filename}{req._path_info}", APLOG_INFO)
        return HTTP_NOT_FOUND
    missing = _missing_filters(req, config)
    if missing:
        log(req, f"nobody provides the output filter {missing!r}: {req.filename}")
        return HTTP_INTERNAL_SERVER_ERROR
    return _send_open(req, config, found)


def _missing_filters(req: mp_request, config: RequestConfig) -> str | None:
    filters = config.settings[mime.OUTPUT_FILTERS_BY_EXT]
    if filters:
        for extension in (req._filename or "").rpartition("/")[2].split(".")[1:]:
            for name in filters.get(extension.lower()) or ():
                return name
    return None


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)  # a pipe put in the file's place would be waited for


def _send_open(req: mp_request, config: RequestConfig, found: os.stat_result) -> int:
    assert req._filename is not None
    try:
        file = open(req._filename, "rb", buffering=0, opener=_open)  # noqa: SIM115 - closed by the body that carries it
    except OSError as error:
        req._application.log_request(req, f"file permissions deny server access: {req.filename}: {error.strerror}")
        return HTTP_FORBIDDEN
    try:
        now = os.fstat(file.fileno())
        if not stat.S_ISREG(now.st_mode) or (now.st_dev, now.st_ino) != (found.st_dev, found.st_ino):
            file.close()  # replaced since the walk looked at it: whatever it is now was not checked
            return HTTP_FORBIDDEN
        req.update_mtime(now.st_mtime)
        headers = req.headers_out
        headers["Last-Modified"] = email.utils.formatdate(min(now.st_mtime, req.request_time), usegmt=True)
        etag = etag_of(now, config.settings[core.FILE_ETAG])
        if etag:
            headers["ETag"] = etag
        status = conditions_met(req)
        if status != OK:
            file.close()
            req._status = status  # no page: the answer has no body
            return OK
        held = req._held_bytes  # what a handler wrote before it declined goes first
        size = now.st_size
        req.headers_out["Content-Length"] = str(size + held)
        if held or size <= SMALL or req._server_write is not None:
            data = file.read(size)
            file.close()
            req.write(data, 0)
        else:
            req._file_body = FileBody(file, size)
    except BaseException:
        file.close()
        raise
    return OK


class FileBody:
    """A file on its way out: exactly `size` bytes of it, handed to the server's file wrapper where it has one."""

    def __init__(self, file: BinaryIO | Any, size: int) -> None:
        self.file = file
        self.size = size
        self.left = size
        self.when_closed: Callable[[], None] | None = None

    @property
    def sent(self) -> int:
        """The bytes that were sent; all of them where the server sends the file itself."""
        return self.size - self.left if self.left < self.size else self.size

    def wrapped(self, environ: dict[str, Any]) -> Iterable[bytes]:
        """The iterable to return to the server."""
        wrapper: Callable[..., Iterable[bytes]] | None = environ.get("wsgi.file_wrapper")
        if wrapper is not None and os.fstat(self.file.fileno()).st_size == self.size:
            return wrapper(self, BLOCK)
        return self

    def __iter__(self) -> Iterator[bytes]:
        while data := self.read(BLOCK):
            yield data
        if self.left:
            raise ShortBody(f"the file became {self.left} bytes shorter while it was sent")

    def read(self, size: int = -1) -> bytes:
        """Read from the file, as file wrappers do; never beyond the size it had."""
        data: bytes = self.file.read(self.left if size < 0 else min(size, self.left))
        self.left -= len(data)
        return data

    def fileno(self) -> int:
        """The file's descriptor, for servers that send it themselves."""
        number: int = self.file.fileno()
        return number

    def close(self) -> None:
        """Close the file, then do what is due when the body is through."""
        self.file.close()
        after, self.when_closed = self.when_closed, None
        if after is not None:
            after()
