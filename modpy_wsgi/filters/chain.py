"""The output filters of one answer in their order, and what is behind the last of them.

Law: nothing is held back that the last filter flushed. What it has not flushed waits for a while, or to the end: then
the answer has a Content-Length, if it is no longer than 1 MB. Nothing leaves behind the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..constants import HTTP_INTERNAL_SERVER_ERROR
from ..request_output import BUFFER, RequestOutput
from .flow import RESOURCE, WHOLE, Target
from .output_filter import output_filter

if TYPE_CHECKING:
    from ..request import mp_request
    from .registry import Spec

__all__ = ["OutputChain"]


class OutputChain:
    """The filters of an answer, from who makes the content to the server; it stands behind the last of them itself.

    So long as nothing was sent, more may wait, for its length to be known.
    """

    room = BUFFER
    ended = False
    failed: str | None = None  # the name of a filter that failed without a page of its own
    status = HTTP_INTERNAL_SERVER_ERROR  # what is to be answered then
    _waiting: list[bytes] | None = None
    _size = 0
    _target: Target | None = None  # of a subrequest: a filter of the main request, whose answer goes on

    def __init__(self, req: mp_request, specs: Sequence[Spec] = ()) -> None:
        """`specs` are in the order of their stages."""
        self._req = req
        self.top: Target = self
        self._filters: list[output_filter] = []
        for spec in reversed(specs):
            made = output_filter(req, spec)
            made.next = self.top
            made._room = self.top.room
            self.top = made
            self._filters.insert(0, made)

    def add(self, spec: Spec) -> None:
        """Put a filter in, behind those of its stage. It gets what flows from now on."""
        place = len(self._filters)
        while place and self._filters[place - 1]._spec.stage > spec.stage:
            place -= 1
        self._filters.insert(place, output_filter(self._req, spec))
        self._link()

    def lead_to(self, target: Target) -> None:
        """Let all flow there, and not to the server."""
        self._target = target

    @property
    def within(self) -> Target | None:
        """Where all flows, if that is not the server: a part of the main request's answer."""
        return self._target

    def clear(self) -> None:
        """Take all filters out."""
        self._filters = []
        self._link()

    def encodes(self) -> bool:
        """Leave only those that write down what others say. Whether there are any."""
        self._filters = [each for each in self._filters if each._spec.stage > RESOURCE]
        self._link()
        return bool(self._filters)

    def prune(self, size: int | None) -> bool:
        """Leave out those that will not touch the answer, whose head is known, and of which nothing has flowed yet.

        `size` is its length, if that is known. Whether any are left.
        """
        req = self._req
        kept = []
        for each in self._filters:
            declines = each._spec.declines
            if declines is None or not declines(req, size):
                kept.append(each)
        self._filters = kept
        self._link()
        return bool(kept)

    def _link(self) -> None:
        target: Target = self
        for each in reversed(self._filters):
            each.next = target
            each._room = target.room
            target = each
        self.top = target

    @property
    def specs(self) -> list[Spec]:
        """What the filters were made of, in order."""
        return [each._spec for each in self._filters]

    @property
    def of_python(self) -> bool:
        """Whether a function of the site has a say in what the answer holds."""
        return any(each._spec.is_python and not each._transparent for each in self._filters)

    def send(self, data: bytes, flush: bool) -> None:
        """Let a piece flow through all of them. Raises OSError if one has failed before, or the client is gone."""
        if self.failed is not None:
            self.refuse()
        self.top.accept(data, flush, False)

    def refuse(self) -> None:
        """Tell who writes that a filter has failed. Raises OSError."""
        raise OSError(f"Write failed, the output filter {self.failed!r} has failed.")

    # What the last filter hands on

    def accept(self, data: bytes, flush: bool, end: bool) -> None:
        """Take a piece behind the last filter."""
        if self.ended:
            return
        self.ended = end
        if self._target is not None:
            if data or flush:
                self._target.accept(data, flush and not end, False)
            return
        if data:
            if self._waiting is None:
                if flush and not end:
                    RequestOutput._send(self._req, data)
                    return
                self._waiting = []
            self._waiting.append(data)
            self._size += data.__len__()
        if (flush and not end) or (self._size >= BUFFER and (self._size >= WHOLE or self._req._server_write)):
            self._release()

    def accept_all(self, pieces: Iterator[bytes]) -> None:
        """Take all there is."""
        for piece in pieces:
            self.accept(piece, False, False)
        self.ended = True

    def _release(self) -> None:
        """Send what waits; the head, if there is nothing."""
        data = self.taken()
        req = self._req
        if data:
            RequestOutput._send(req, data)
        elif req._server_write is None:
            req._begin()

    def taken(self) -> bytes:
        """What waits, to be sent by who asks."""
        waiting = self._waiting
        if waiting is None:
            return b""
        self._waiting, self._size = None, 0
        return waiting[0] if len(waiting) == 1 else b"".join(waiting)
