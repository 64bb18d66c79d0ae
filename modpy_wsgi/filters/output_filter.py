"""A filter on the way of an answer, and how pieces go from one to the next.

Law: it is pushed: each piece that arrives is one call, at once. The first one over a file pulls: reading goes on to the
end within one call, as in the original. What a filter has not closed at the end of the stream is closed for it, and
what comes behind its end is dropped. Sources: manual 4.3; the original's source and answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..constants import HTTP_INTERNAL_SERVER_ERROR
from .filter import AT_WORK, CLOSED, READY, THROUGH, mp_filter, shown
from .flow import WHOLE, Target

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["output_filter"]


@shown
class output_filter(mp_filter):  # noqa: N801 - shown as mp_filter
    """A filter on the way of an answer."""

    room = WHOLE
    _most = WHOLE
    _source: Iterator[bytes] = iter(())

    def lead_to(self, target: Target) -> None:
        """Let something else follow."""
        self._next = target
        self._room = target.room

    def accept(self, data: bytes, flush: bool, end: bool) -> None:
        """Take a piece: call the filter with it, and hand on what it made."""
        if self._mode != READY:
            self._pass_by(data, flush, end)
            return
        self._mode = AT_WORK
        self._piece = data
        self._at = self._empty = 0
        self._flushing = flush
        self._ending = end
        run = self._spec.run  # which is no method, and cheaper to call by a name
        try:
            run(self)
        except BaseException:
            self._mode &= ~AT_WORK
            raise
        if self._mode == AT_WORK:
            self._mode = READY
        else:
            self._mode ^= AT_WORK
            if self._closed:
                return
            self.pass_on()  # as it was disabled
        out = self._out
        if out is not None:
            data = out[0] if len(out) == 1 else b"".join(out)
            self._out = None
            self._out_bytes = 0
        elif flush or end:
            data = b""
        else:
            return
        if end:
            self._closed = 1
            self._mode |= CLOSED
            self._next.accept(data, False, True)
        else:
            self._next.accept(data, flush or self._spec.is_python, False)

    def _pass_by(self, data: bytes, flush: bool, end: bool) -> None:
        """Take a piece that the filter is not called with."""
        if self._mode & THROUGH:
            self._next.accept(data, flush, end)
        elif self._mode & AT_WORK:
            raise OSError("a filter cannot write to the request that it filters: use filter.write()")

    def accept_all(self, pieces: Iterator[bytes]) -> None:
        """Let the filter read from `pieces`: in one call, or in as many as it wants."""
        if self._mode & THROUGH:
            self._next.accept_all(pieces)
            return
        self._source = pieces
        self._pull()
        while not (self._closed or self._told):
            if not self._call():
                break
        self.close()

    def close(self) -> None:
        """End the stream behind what was written; once. Reading and writing then raise ValueError."""
        if not self._closed:
            self._closed = 1
            self._mode |= CLOSED
            self._next.accept(self._taken() if self._out else b"", False, True)

    @property
    def _alone(self) -> bool:
        """Whether no code of the site's runs until the filter is through: it reads a file, and is the only one."""
        chain = self._req._filters
        return self._pulls and chain.top is self and self._next is chain

    def include(self, uri: str) -> int:
        """Hand on what was written, then what another URI of this server answers. OK, or the status it ended with.

        For built-in filters; `uri` is a path with query, escaped. Raises OSError if the client is gone.
        """
        self._before_another()
        status: int = self._req._application.include(self._req, uri, self._next)
        return status

    def run(self, sub: mp_request) -> int:
        """The same for a subrequest that was looked up."""
        self._before_another()
        status: int = self._req._application.run_subrequest(sub, self._next)
        return status

    def _before_another(self) -> None:
        data = self._taken()
        if data:
            self._next.accept(data, False, False)

    def _call(self) -> bool:
        """Call the filter. Whether it may want to be called again for the same."""
        self._empty, self._has_read = 0, False
        self._mode |= AT_WORK
        try:
            self._spec.run(self)
            if self._mode & THROUGH:
                self.pass_on()
            return self._has_read and not self._mode & THROUGH
        finally:
            self._mode &= ~AT_WORK

    def _pulled(self) -> bytes | None:
        return next(self._source, None)

    def _hand_on(self, flush: bool, end: bool = False) -> None:
        self._next.accept(self._taken() if self._out else b"", flush, end)

    def _fail(self, page: bytes | None, status: int = HTTP_INTERNAL_SERVER_ERROR) -> None:
        self._out, self._out_bytes, self._piece, self._at, self._pulls = None, 0, b"", 0, False
        closed, self._closed = self._closed, 1
        self._mode |= CLOSED
        req = self._req
        if page is not None and not closed:
            if req._server_write is None:
                req._status = HTTP_INTERNAL_SERVER_ERROR
                req._content_type = "text/html"
            self._next.accept(page, True, True)
        elif not closed:
            req._filters.failed, req._filters.status = self._spec.name, status
