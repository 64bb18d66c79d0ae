"""From a request whose phases are over to what the WSGI server gets: head and body. The work after it is completion's.

Law: a body shorter than promised raises, because only the server can close the connection; no body at all goes out
where none may.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from . import header_rules
from .completion import Delivered, Logged, completed, finish, handlers_wait
from .constants import HTTP_INTERNAL_SERVER_ERROR, OK
from .errors import HandlerError, ShortBody
from .filters import requests as filter_requests
from .httpd import errors, ranges
from .request_output import ClientGone
from .response import OK_LINE, content_length, response_head

if TYPE_CHECKING:
    from .request import mp_request

__all__ = ["deliver", "let_through"]


class FilterFailed(ShortBody):
    """The answer cannot be what it was to be: it becomes an error, or ends so that nobody takes it for the whole."""

    def __init__(self, name: str, status: int = HTTP_INTERNAL_SERVER_ERROR) -> None:
        super().__init__(f"the response ended early: the output filter {name!r} failed")
        self.status = status


class _Counted:
    """The body of another application, whose bytes a log wants to know."""

    __slots__ = ("_body", "_req")

    def __init__(self, body: Iterable[bytes], req: mp_request) -> None:
        self._body = body
        self._req = req

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._body:
            self._req._body_sent += len(piece)
            yield piece

    def close(self) -> None:
        """Close the body."""
        close = getattr(self._body, "close", None)
        if close is not None:
            close()


def deliver(req: mp_request) -> Iterable[bytes]:
    """What to return to the server for `req`, whose answer stands."""
    held = req._held
    if req._prepared and req._ready is not None:
        return _in_one_piece(req, OK_LINE, [*req._ready])
    if (
        held is not None
        and req._server_write is None
        and req._delegated is None
        and not (req._more_to_say or req._died)
        and req._next is None
        and req._status == 200
        and req._method == "GET"
        and req._config.head is None
    ):
        # A small file, or what a handler has written: what _whole() makes of it, where there is nothing else to say.
        try:
            line, headers = response_head(req)
        except HandlerError:
            pass  # which _whole() will meet again
        else:
            headers.append(("Content-Length", str(req._held_bytes)))
            return _in_one_piece(req, line, headers)
    last = req
    while last._next is not None:
        last = last._next
    if (
        last._server_write is not None
        and last._held is None
        and last._promised is None
        and last._unwritable is None
        and last._delegated is None
    ):
        # Everything was written, and no length was promised.
        if handlers_wait(req):
            return Delivered((), req)
        req._complete = True
        if req._host.logs is not None:
            req._host.logs.write(req)
        return ()
    try:
        body = _body(last) if last._filters is None else _filtered(last)
    except HandlerError as error:
        last._application.log_exception(last, "response", error)
        last.err_headers_out.clear()  # which an error page would keep
        errors.plain(last, 500)
        body = _body(last)
    except FilterFailed as error:  # which was logged
        if last._server_write is not None:
            raise
        errors.plain(last, error.status)
        body = _body(last)
    except ClientGone:  # nobody is left to answer
        body = []
    if last._file_body is not None:
        last._file_body.when_closed = lambda: finish(req)
        return body
    return body if completed(req) else Delivered(body, req)


def _in_one_piece(req: mp_request, line: str, headers: list[tuple[str, str]]) -> Iterable[bytes]:
    """Answer with what is held, under a head that says all of it."""
    held = req._held
    assert held is not None
    req._head = line, headers
    req._held = None
    req._promised = req._body_sent = req._held_bytes
    req._held_bytes = 0
    req._server_write = req._start_response(line, headers)
    if len(held) > 1:
        held = [b"".join(held)]
    if handlers_wait(req):
        return Delivered(held, req)
    if req._host.logs is not None:
        return Logged(held, req)
    req._complete = True
    return held


def _body(req: mp_request) -> Iterable[bytes]:
    """The body of an answer that no filter has a hand in any more."""
    if req._delegated is not None:
        return req._delegated if req._host.logs is None else _Counted(req._delegated, req)
    if req._file_body is not None:
        try:
            req._begin()
            if not req._bodiless:
                return req._file_body.wrapped(req._environ)
        except BaseException:
            req._file_body.close()
            raise
        req._file_body.close()
        req._file_body = None
        return []
    if req._server_write is None:
        return _whole(req)
    if req._gone:
        req._reset_output()
    req._release()
    if req._promised is not None and req._body_sent < req._promised and not req._bodiless:
        raise ShortBody(f"the response ended {req._promised - req._body_sent} bytes before its Content-Length")
    return req._unwritable or []


def let_through(req: mp_request) -> None:
    """Let what waits of an answer flow through the filters, up to its end."""
    file, others = req._file_body, req._delegated
    req._file_body, req._delegated = None, None
    chain = req._filters
    try:
        if file is not None:
            chain.top.accept_all(_while_wanted(req, iter(file)))
        elif others is not None:
            _send_all(req, others)
        held = b"".join(req._held or ())
        req._reset_output()
        chain.top.accept(held, False, True)
    finally:
        for body in (file, others):
            close = getattr(body, "close", None)
            if close is not None:
                close()


def _filtered(req: mp_request) -> Iterable[bytes]:
    """What the filters make of an answer, up to its end. Raises FilterFailed if one of them has failed."""
    chain = req._filters
    try:
        if req._delegated is filter_requests.NOBODY and req._file_body is None:
            held = req._held
            if held is not None:
                req._reset_output()
            chain.top.accept(b"" if held is None else b"".join(held), False, True)
            req._delegated = None
        else:
            let_through(req)
        if chain.failed is not None:
            raise FilterFailed(chain.failed, chain.status)
        data = chain.taken() if chain.waiting is not None else b""
        if data:
            req._held, req._held_bytes = [data], len(data)
        elif req._server_write is not None and req._promised is None and not req._bodiless:
            return req._unwritable or ()
        if req._server_write is not None:
            chain.leave()
            return _body(req)
        status = ranges.of_answer(req, req._config, OK) if "HTTP_RANGE" in req._environ else OK
        if status:
            raise FilterFailed("", status)
        return _whole(req)
    finally:
        chain.leave()


def _while_wanted(req: mp_request, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces of a file, as long as somebody will see them: of a HEAD request no more than the head needs."""
    for piece in pieces:
        yield piece
        if req._bodiless:
            return


def _send_all(req: mp_request, pieces: Iterable[bytes]) -> None:
    """Send the body of another application through the filters, piece by piece as it comes."""
    if isinstance(pieces, (list, tuple)) and len(pieces) == 1:
        req._held = [pieces[0]]
        return
    for piece in pieces:
        if req._filters is not None and req._filters.failed is not None:
            return
        if piece:
            req._say(piece, 1)


def _whole(req: mp_request) -> list[bytes]:
    """An answer of which nothing was sent yet: one piece, with its true length, whatever the handler promised."""
    held = req._held
    data = b"" if held is None else held[0] if len(held) == 1 else b"".join(held)
    size = len(data)
    head = req._method == "HEAD"
    if req._config.head is not None or req._died:
        header_rules.of_answer(req)
    unknown = head and (not size or req._error_page)  # how long it would be for GET: nothing of it was written
    if req._more_to_say and not unknown:
        promised = content_length(req)
        if promised is not None and size != promised:
            del req.err_headers_out["Content-Length"]
            req.headers_out["Content-Length"] = str(size)
    req._begin(None if unknown else size)
    req._reset_output()
    req._body_sent += size
    if req._bodiless:
        return []
    if req._promised is not None and size > req._promised:  # whoever had the last word about the head
        data = data[: req._promised]
    return [data] if data else []
