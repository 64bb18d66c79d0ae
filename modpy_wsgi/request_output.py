"""Writing a response: write, flush, sendfile (manual 4.5.3), with mod_python's promise.

Law: `write(s)` reaches the client now, `write(s, 0)` waits for 64 KB or the end. Never more bytes than the
Content-Length says. No body leaves on HEAD, 204 and 304. The head is sent once, before the first byte.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from operator import index
from typing import Any

from . import header_rules
from .errors import HandlerError
from .request_members import RequestMembers
from .response import BODILESS, content_length, response_head

__all__ = ["ClientGone", "RequestOutput"]

BUFFER = 65536  # bytes that unflushed writes may hold back
FILE_BLOCK = 262144  # bytes of a file read at once

Write = Callable[[bytes], Any]


class ClientGone(OSError):  # noqa: N818 - what happened
    """The client closed the connection while the handler wrote."""

    def __init__(self) -> None:
        super().__init__("Write failed, client closed connection.")


def _discard(data: bytes) -> None:
    """Where the writes of a request go that was redirected internally (observed on the original), or is over."""


def as_bytes(data: Any) -> bytes:
    """What may be written, as bytes: str becomes UTF-8. Raises TypeError for anything else."""
    if isinstance(data, str):
        return data.encode("utf-8", "surrogateescape")
    if isinstance(data, (bytes, bytearray, memoryview)):
        return bytes(data)
    raise TypeError(f"write() wants str or bytes, not {type(data).__name__}")


class RequestOutput(RequestMembers):
    """The part of a request that writes."""

    def write(self, data: Any, flush: Any = 1) -> None:
        """Send `data` (str, sent as UTF-8, or bytes) to the client, at once unless `flush` is 0.

        Raises OSError if the client closed the connection, TypeError for other data, HandlerError for a header that
        must not be sent.
        """
        if type(data) is str:
            data = data.encode() if data.isascii() else data.encode("utf-8", "surrogateescape")
        elif type(data) is not bytes:
            data = as_bytes(data)
        if type(flush) is not int:
            flush = index(flush)
        if not data:
            return
        held = self._held
        if held is None:
            if flush:
                filters = self._filters
                if filters is None:
                    self._send(data)
                elif filters.failed is None:
                    filters.top.accept(data, True, False)
                else:
                    filters.refuse()
                return
            self._held = [data]
            self._held_bytes = len(data)
        else:
            held.append(data)
            self._held_bytes += len(data)
        if flush or self._held_bytes >= BUFFER:
            self._release(flush)

    def _say(self, data: bytes, flush: int = 0) -> None:
        """What the server itself writes. A site may have put something else in the place of this request's write()."""
        type(self).write(self, data, flush)

    def flush(self) -> None:
        """Send what unflushed writes hold back, and the head if it was not sent. Raises OSError as write()."""
        if self._held is not None:
            self._release()
        elif self._filters is not None:
            self._filters.send(b"", True)
        elif self._server_write is None:
            write = self._begin()
            try:
                write(b"")  # with which servers send the head, though PEP 3333 lets them wait for more
            except Exception as error:
                self._client_gone()
                raise ClientGone from error

    def send_http_header(self) -> None:
        """Does nothing: headers are sent with the first byte. Left from mod_python 2."""

    def sendfile(self, path: str, offset: int = 0, len: int = -1) -> int:  # noqa: A002 - the manual's name
        """Send a file, or `len` bytes of it from `offset`. Returns the bytes sent; if there are none, the head is sent.

        Raises OSError if it cannot be read, TypeError if `path` is no path: a number would be a descriptor of the
        process, which is closed behind it.
        """
        sent = 0
        with open(os.fspath(path), "rb", buffering=0) as file:
            if offset:
                file.seek(offset)
            left = len if len >= 0 else os.fstat(file.fileno()).st_size - offset
            while left > 0 and (data := file.read(min(FILE_BLOCK, left))):
                self._say(data, 1)
                sent += data.__len__()
                left -= data.__len__()
        if not sent:
            self.flush()
        return sent

    def _release(self, flush: int = 1) -> None:
        """Let what is held back go; through the filters with `flush`, if there are any."""
        held = self._held
        if held:
            self._held = None
            self._held_bytes = 0
            data = held[0] if len(held) == 1 else b"".join(held)
            if self._filters is None:
                self._send(data)
            else:
                self._filters.send(data, bool(flush))

    def _send(self, data: bytes) -> None:
        """Send to the client: what was written, or what the filters have made of it."""
        write = self._server_write
        if write is None:
            write = self._begin()
        if self._bodiless:
            if self._gone:
                raise ClientGone
            self._body_sent += len(data)
            return
        if self._promised is not None:
            room = self._promised - self._body_sent
            if len(data) > room:
                data = data[:room]
                if not data:
                    return
        try:
            write(data)
        except Exception as error:  # servers have exceptions of their own for a client that went away
            self._client_gone()
            raise ClientGone from error
        self._body_sent += len(data)

    def _begin(self, length: int | None = None) -> Write:
        """Send the head. `length` is the whole body's, if it is known; it becomes the Content-Length if none is set.

        A request that is only being looked up has none: what it writes is a part of who asks.
        """
        if self._main is not None and self._within is not None:
            self._bodiless = False
            self._server_write = self._within
            return self._within
        try:
            if self._filters is not None and self._more_to_say:
                self._filters.correct_head(length)
            if self._config.head is not None or self._died:
                header_rules.of_answer(self)
            line, headers = response_head(self)
            promised = content_length(self) if self._more_to_say else None
        except HandlerError:
            self._reset_output()
            if self._filters is not None:
                self._filters.leave()
            raise
        if self._method == "HEAD" or self._status in BODILESS:
            self._bodiless = True
        if promised is not None:
            if promised == 0 and self._method == "HEAD":
                headers = [header for header in headers if header[0] != "Content-Length"]  # as httpd does
            self._promised = promised
        elif length is not None and self._status not in BODILESS:
            headers.append(("Content-Length", str(length)))
            self._promised = length
        self._head = line, headers
        write: Write | None = self._start_response(line, headers)
        if write is None:
            self._unwritable = []
            write = self._unwritable.append
        self._server_write = write
        return write

    def _reset_output(self) -> None:
        """Drop what is held back, so that an error page can take its place. What was sent stays sent."""
        self._held = None
        self._held_bytes = 0

    def _client_gone(self) -> None:
        self.connection.abort()
        self._reset_output()
        self._bodiless = self._gone = True

    def _close_output(self) -> None:
        """Let nothing more reach the server, whose answer is over: what the log and cleanup phases write is lost."""
        self._reset_output()
        self._server_write = _discard

    def _hand_over(self, successor: RequestOutput) -> None:
        """Let `successor` (an internal redirect) go on with the output; what this request holds back is lost."""
        self._reset_output()
        self._copy_output(successor)
        self._server_write = _discard
        self._promised = None
        self._bodiless = self._gone = False

    def _let_write_on(self, other: RequestOutput) -> None:
        """Let `other` (a subrequest, or whose subrequest this is) write behind what this one wrote, under its head."""
        self._copy_output(other)
        other._head = self._head

    def _copy_output(self, other: RequestOutput) -> None:
        other._server_write = self._server_write
        other._bodiless = self._bodiless
        other._gone = self._gone
        other._promised = self._promised
        other._body_sent = self._body_sent
        other._unwritable = self._unwritable
