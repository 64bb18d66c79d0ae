"""The input filters of one body in their order, and what is behind the last of them: the client.

Law: what the client sent is held to LimitRequestBody as it comes, and what the filters make of it once more.
"""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from ..config.directives import core
from ..errors import SERVER_RETURN
from ..request_body import RequestBody
from .flow import BLOCK, Source
from .input_filter import input_filter

if TYPE_CHECKING:
    from ..request import mp_request
    from .registry import Spec

__all__ = ["InputChain"]


class _Raw:
    """The body as the client sends it."""

    def __init__(self, req: mp_request) -> None:
        self._req = req

    def pull(self, size: int) -> bytes | None:
        return RequestBody.read(self._req, min(size, BLOCK)) or None


class InputChain:
    """The filters of a body in their order, the first being nearest to who reads; and what they have made."""

    def __init__(self, req: mp_request) -> None:
        self._req = req
        self._filters: list[input_filter] = []
        self._raw = _Raw(req)
        self._top: Source = self._raw
        self._piece = b""
        self._at = 0
        self._read = 0
        self.given = 0  # bytes that were read of it
        self._limit = req._config.settings[core.LIMIT_REQUEST_BODY]

    def add(self, spec: Spec, *, first: bool = False) -> None:
        """Put a filter in: behind those of its stage, or before them."""
        before = spec.stage - first
        place = len(self._filters)
        while place and self._filters[place - 1]._spec.stage > before:
            place -= 1
        self._filters.insert(place, input_filter(self._req, spec, self._raw))
        self._link()

    def remove(self, names: Container[str]) -> None:
        """Take those of these names out."""
        self._filters = [each for each in self._filters if each._spec.name not in names]
        self._link()

    def _link(self) -> None:
        source: Source = self._raw
        for each in reversed(self._filters):
            each.next = source
            source = each
        self._top = source

    @property
    def specs(self) -> list[Spec]:
        """What the filters were made of, in order."""
        return [each._spec for each in self._filters]

    def read(self, size: int) -> bytes:
        """Up to `size` bytes (all, if it is negative): fewer only at the end."""
        found: list[bytes] = []
        while size and (self._at < len(self._piece) or self._more()):
            end = len(self._piece) if size < 0 else min(len(self._piece), self._at + size)
            found.append(self._piece[self._at : end])
            self._at = end
            if size > 0:
                size -= len(found[-1])
        return self._counted(found)

    def readline(self, size: int) -> bytes:
        """A line, or up to `size` bytes of it."""
        found: list[bytes] = []
        while size and (self._at < len(self._piece) or self._more()):
            stop = self._piece.find(b"\n", self._at) + 1
            end = stop or len(self._piece)
            if size > 0:
                end = min(end, self._at + size)
                size -= end - self._at
            found.append(self._piece[self._at : end])
            self._at = end
            if end == stop:
                break
        return self._counted(found)

    def _counted(self, found: list[bytes]) -> bytes:
        data = found[0] if len(found) == 1 else b"".join(found)
        self.given += len(data)
        return data

    def _more(self) -> bool:
        piece = self._top.pull(BLOCK)
        if not piece:
            return False
        self._piece, self._at = piece, 0
        self._read += len(piece)
        if self._limit and self._read > self._limit:  # what the client sent was held to the limit as it came
            self._piece = b""
            raise SERVER_RETURN(413)
        return True
