"""The input filters of one body in their order, and what is behind the last of them: the client.

Law: what the client sent is held to LimitRequestBody as it comes, and what the filters make of it once more.
"""

from __future__ import annotations

from collections.abc import Container
from operator import index
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


_length = len  # which read() and readline() have a number for


class InputChain:
    """The filters of a body in their order, the first being nearest to who reads; and what they have made.

    It stands behind the last of them itself.
    """

    __slots__ = ("_at", "_filters", "_limit", "_piece", "_read", "_req", "_top", "given")

    def __init__(self, req: mp_request) -> None:
        self._req = req
        self._filters: list[input_filter] = []
        self._top: Source = self
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
        self._filters.insert(place, input_filter(self._req, spec, self))
        self._link()

    def remove(self, names: Container[str]) -> None:
        """Take those of these names out."""
        self._filters = [each for each in self._filters if each._spec.name not in names]
        self._link()

    def _link(self) -> None:
        source: Source = self
        for each in reversed(self._filters):
            each._next = source
            source = each
        self._top = source

    @property
    def specs(self) -> list[Spec]:
        """What the filters were made of, in order."""
        return [each._spec for each in self._filters]

    def read(self, len: int = -1) -> bytes:  # noqa: A002 - the manual's name
        """Read `len` bytes of what the filters make of the body, or all of it; b"" at its end. Raises OSError."""
        size = index(len)
        found: list[bytes] = []
        while size and (self._at < _length(self._piece) or self._more()):
            piece, at = self._piece, self._at
            end = _length(piece)
            if 0 < size < end - at:
                end = at + size
            found.append(piece[at:end])
            self._at = end
            if size > 0:
                size -= end - at
        return self._counted(found)

    def readline(self, len: int = -1) -> bytes:  # noqa: A002
        """Read a line of it with its end, or up to `len` bytes of it; b"" at its end. Raises OSError."""
        size = index(len)
        found: list[bytes] = []
        while size and (self._at < _length(self._piece) or self._more()):
            stop = self._piece.find(b"\n", self._at) + 1
            end = stop or _length(self._piece)
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

    # What the last filter reads from

    def pull(self, size: int) -> bytes | None:
        """The body as the client sends it."""
        return RequestBody.read(self._req, size) or None

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
