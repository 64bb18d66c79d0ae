"""The output filters of one answer in their order, and what is behind the last of them.

Law: nothing is held back that the last filter flushed. What it has not flushed waits for a while, or to the end: then
the answer has a Content-Length, if it is no longer than 1 MB. Nothing leaves behind the end. The head of a filtered
answer says nothing that was true only of what came before the filters: no old Content-Length, no strong entity tag of
the file alone.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..constants import HTTP_INTERNAL_SERVER_ERROR
from ..request_output import BUFFER
from .filter import AT_WORK, READY, THROUGH
from .flow import OVER, RESOURCE, WHOLE, Target
from .output_filter import output_filter

if TYPE_CHECKING:
    from ..request import mp_request
    from .registry import Spec

__all__ = ["OutputChain", "chain_of"]


class OutputChain:
    """The filters of an answer, from who makes the content to the server; it stands behind the last of them itself.

    So long as nothing was sent, more may wait, for its length to be known.
    """

    __slots__ = ("_req", "_size", "_target", "ended", "failed", "status", "top", "waiting")

    room = BUFFER
    top: Target
    ended: bool
    failed: str | None  # the name of a filter that failed without a page of its own
    status: int  # what is to be answered then
    waiting: list[bytes] | None  # what was handed on and not sent
    _size: int  # bytes of that
    _req: mp_request
    _target: Target | None  # of a subrequest: a filter of the main request, whose answer goes on

    def add(self, spec: Spec, *, first: bool = False) -> None:
        """Put a filter in: behind those of its stage, or before them. It gets what flows from now on."""
        before = spec.stage - first
        filters = list(self)
        place = len(filters)
        while place and filters[place - 1]._spec.stage > before:
            place -= 1
        filters[place:place] = chain_of(self._req, (spec,))
        self._link(filters)

    def lead_to(self, target: Target) -> None:
        """Let all flow there, and not to the server."""
        self._target = target

    @property
    def within(self) -> Target | None:
        """Where all flows, if that is not the server: a part of the main request's answer."""
        return self._target

    def clear(self) -> None:
        """Take all filters out."""
        self.top = self

    def leave(self) -> None:
        """Let what is written from now on reach the client as it is."""
        if self._target is None:
            req = self._req
            req._filters = req._delegated = None
            self.close()
        else:  # a subrequest's answer never is one of its own
            self.clear()

    def close(self) -> None:
        """Let go of the filters, behind the end: they and the chain hold one another in memory."""
        self.top = OVER

    def remove(self, names: Container[str]) -> None:
        """Take those of these names out."""
        self._link([each for each in self if each._spec.name not in names])

    def encodes(self) -> bool:
        """Leave only those that write down what others say. Whether there are any."""
        return self._link([each for each in self if each._spec.stage > RESOURCE])

    @property
    def at_work(self) -> output_filter | None:
        """The filter that is called now, if any: the last of those that call one another."""
        found = None
        for each in self:
            if each._mode & AT_WORK:
                found = each
        return found

    def prune(self, size: int | None) -> bool:
        """Leave out those that will not touch the answer, whose head is known, and of which nothing has flowed yet.

        `size` is its length, if that is known. Whether any are left. What one that is left may make of the answer
        nobody knows: those behind it decide when it comes to them.
        """
        filters = list(self)
        kept: list[output_filter] = []
        for each in filters:
            declines = each._spec.declines
            if kept or declines is None or not declines(self._req, size):
                kept.append(each)
        return bool(kept) if len(kept) == len(filters) else self._link(kept)

    def __iter__(self) -> Iterator[output_filter]:
        """Its filters, in order."""
        found = []
        each = self.top
        while isinstance(each, output_filter):
            found.append(each)
            each = each._next
        return iter(found)

    def has(self, name: str) -> bool:
        """Whether one of its filters is known by that name."""
        each = self.top
        while isinstance(each, output_filter):
            if each._spec.name == name:
                return True
            each = each._next
        return False

    def _link(self, filters: Sequence[output_filter]) -> bool:
        """Let it have these filters. Whether there are any."""
        self.top = self
        for each in reversed(filters):
            each.lead_to(self.top)
            self.top = each
        return bool(filters)

    @property
    def specs(self) -> list[Spec]:
        """What the filters were made of, in order."""
        return [each._spec for each in self]

    def send(self, data: bytes, flush: bool) -> None:
        """Let a piece flow through all of them. Raises OSError if one has failed before, or the client is gone."""
        if self.failed is not None:
            self.refuse()
        self.top.accept(data, flush, False)

    def refuse(self) -> None:
        """Tell who writes that a filter has failed. Raises OSError."""
        raise OSError(f"Write failed, the output filter {self.failed!r} has failed.")

    def correct_head(self, length: int | None) -> None:
        """Take out of the head that is about to leave what is no longer true. `length`: the answer's, if known."""
        req = self._req
        headers, errors = req.headers_out, req.err_headers_out
        if length or req._method != "HEAD":  # which may say what a GET would have
            del headers["Content-Length"], errors["Content-Length"]
        if length is None:
            del headers["Accept-Ranges"]  # pieces are cut out of what is there as a whole
        for table in (headers, errors):
            tag = table.get("ETag")
            if tag is not None and tag.startswith('"') and self._is_made_anew():
                table["ETag"] = f"W/{tag}"  # it is the tag of the file, and not of what was made of it

    def _is_made_anew(self) -> bool:
        """Whether a Python filter makes something else of what comes."""
        return any(each._spec.is_python and not each._mode & THROUGH for each in self)

    # What the last filter hands on

    def accept(self, data: bytes, flush: bool, end: bool) -> None:
        """Take a piece behind the last filter."""
        if self.ended:
            return
        if end:
            self.ended = True
            flush = False  # all that waits is taken now
        if self._target is not None:
            if data or flush:
                self._target.accept(data, flush, False)
        elif data:
            waiting = self.waiting
            if waiting is not None:
                waiting.append(data)
            elif flush:
                self._req._send(data)
                return
            else:
                self.waiting = [data]
            self._size += len(data)
            if flush or (self._size >= BUFFER and (self._size >= WHOLE or self._req._server_write)):
                self._release()
        elif flush:
            self._release()

    def accept_all(self, pieces: Iterable[bytes]) -> None:
        """Take all there is."""
        for piece in pieces:
            self.accept(piece, False, False)
        self.ended = True

    def _release(self) -> None:
        """Send what waits; the head, if there is nothing."""
        data = self.taken()
        req = self._req
        if data:
            req._send(data)
        elif req._server_write is None:
            req._begin()

    def taken(self) -> bytes:
        """What waits, to be sent by who asks."""
        waiting = self.waiting
        if waiting is None:
            return b""
        self.waiting, self._size = None, 0
        return waiting[0] if len(waiting) == 1 else b"".join(waiting)


def chain_of(req: mp_request, specs: Sequence[Spec] = ()) -> OutputChain:
    """A chain of filters for `specs`, which are in the order of their stages.

    They are filled in here: to have an __init__ called, for the chain and for each filter, costs more than what it
    would do. What a filter knows of a piece is set with the first piece, or once it pulls.
    """
    chain = OutputChain()
    chain._req = req
    chain.ended = False
    chain.failed = chain.waiting = chain._target = None
    chain.status = HTTP_INTERNAL_SERVER_ERROR
    chain._size = 0
    top: Target = chain
    room = BUFFER  # of what follows
    for spec in specs[::-1]:
        made = output_filter()
        made._req = req
        made._spec = spec
        made._interpreter = made._function = made._out = None
        made._closed = made._out_bytes = 0
        made._mode = READY
        made._pulls = False
        made._room = room
        made._next = top
        top, room = made, WHOLE
    chain.top = top
    return chain
