"""A filter on the way of a body.

Law: it pulls: it is called when somebody reads, and reading goes on to the end within one call, as in the original.
What it has written waits for who reads. Sources: manual 4.3; the original's source and answers.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ..constants import HTTP_INTERNAL_SERVER_ERROR
from .filter import AT_WORK, FAILED, READY, THROUGH, mp_filter, shown
from .flow import BLOCK, Source

if TYPE_CHECKING:
    from ..request import mp_request
    from .registry import Spec

__all__ = ["input_filter"]


@shown
class input_filter(mp_filter):  # noqa: N801
    """A filter on the way of a body."""

    _is_input = 1

    def __init__(self, req: mp_request, spec: Spec, source: Source) -> None:
        """source: what it reads from."""
        self._req = req
        self._spec = spec
        self._next = source
        self._interpreter = self._function = self._out = None
        self._closed = self._out_bytes = 0
        self._mode = READY
        self._room = sys.maxsize  # what it has written waits for who pulls
        self._pull()

    def pull(self, size: int) -> bytes | None:
        """What the filter makes of what is behind it, `size` being a hint; None at the end."""
        if self._mode & AT_WORK:
            raise OSError("a filter cannot read from the request that it filters: use filter.read()")
        while True:
            if self._out:
                return self._taken()
            if self._mode & FAILED:
                raise OSError(f"Input filter read error: the filter {self._spec.name!r} failed")
            if self._closed:
                return None
            if self._mode & THROUGH:
                return self._cut(len(self._piece)) if self._piece else self._next.pull(size)
            self._call()

    def _call(self) -> None:
        self._has_read = False
        self._mode |= AT_WORK
        try:
            self._spec.run(self)
        finally:
            self._mode &= ~AT_WORK
        if self._told and not self._mode & THROUGH:
            self._closed = 1
        if not (self._has_read or self._closed or self._out or self._mode & (THROUGH | FAILED)):
            self._mode |= FAILED
            raise OSError(
                f"Input filter read error: the filter {self._spec.name!r} neither reads nor writes nor closes"
            )

    def _pulled(self) -> bytes | None:
        piece: bytes | None = self._next.pull(BLOCK)
        return piece

    def pass_on(self) -> None:
        """Hand on what the next filter has to give, as it is; be it the end."""
        if not self._closed and (self._piece or self._more()):
            self._has_read = True
            self.write(self._cut(len(self._piece)))
        self._told |= self._ending

    def close(self) -> None:
        """End the stream behind what was written. Reading and writing then raise ValueError."""
        self._closed = 1

    def _hand_on(self, flush: bool, end: bool = False) -> None:
        """What was written waits for who pulls."""

    def _fail(self, page: bytes | None, status: int = HTTP_INTERNAL_SERVER_ERROR) -> None:
        if not self._closed:
            self._out, self._out_bytes = None, 0
            self._mode |= FAILED
