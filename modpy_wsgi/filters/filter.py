"""The filter object that a filter is given (manual 4.5.5): what has arrived, what was made of it, and the way there.

Law: it is one for all calls of an answer or of a body. How pieces come and go is said by the way that it stands on
(output_filter, input_filter); what a filter calls is the same. Sources: manual 4.3, 4.5.5; the original's source and
answers.
"""

from __future__ import annotations

import sys
from operator import index
from typing import TYPE_CHECKING, Any, TypeVar

from ..constants import HTTP_INTERNAL_SERVER_ERROR
from ..members import free, integer, readonly
from ..request_output import as_bytes

if TYPE_CHECKING:
    from ..request import mp_request
    from .registry import Spec

__all__ = ["AT_WORK", "CLOSED", "FAILED", "MAX_EMPTY_READS", "READY", "THROUGH", "mp_filter", "shown"]

MAX_EMPTY_READS = 1000  # in a row, within one call: a loop that would never end
_ENDLESS = "nothing more to read in this call: a filter has to return when read() gives b''"

# Whether a filter may be called: it is ready, or some of these hold.
READY = 0
AT_WORK = 1
CLOSED = 2
THROUGH = 4  # disabled: everything is handed on as it is
FAILED = 8  # of a filter on the way of a body

_length = len  # which read() and readline() have a number for

Kind = TypeVar("Kind", bound=type)


def shown(kind: Kind) -> Kind:
    """A kind of filter as sites see it: str(type(filter)) is the original's, "<class 'mp_filter'>"."""
    kind.__module__ = "builtins"
    kind.__name__ = kind.__qualname__ = "mp_filter"
    return kind


@shown
class mp_filter:  # noqa: N801 - the original's type name
    """A filter at work on one answer or one body. Further attributes may be set on it, and last as long."""

    __slots__ = (
        "_at",
        "_closed",
        "_empty",
        "_ending",
        "_flushing",
        "_function",
        "_has_read",
        "_interpreter",
        "_mode",
        "_next",
        "_out",
        "_out_bytes",
        "_piece",
        "_pulls",
        "_req",
        "_room",
        "_spec",
        "_told",
    )

    is_input = readonly("_is_input", "1 if the filter is on the way of a body.")
    closed = readonly("_closed", "1 once the filter was closed.")
    name = readonly("_spec.name", "The name that the filter is registered under, in lower case.")
    handler = readonly("_spec.handler", "The filter's Python handler as configured: 'module' or 'module::object'.")
    dir = readonly("_spec.directory", "The directory of the section that registers the filter, or None.")
    req = readonly("_req", "The request object.")
    softspace = integer("_softspace", "For print >>filter of Python 2; without meaning.")

    flushing = readonly("_flushing", "Whether who wrote wants it to be sent now.")

    @property
    def _at_end(self) -> bool:
        """Whether everything was read: what comes next is the end."""
        return self._ending and not self._piece

    state = free("_state", "For what a built-in filter has to remember; None at first.")
    _next: Any  # what follows, or what it reads from
    _req: mp_request
    _spec: Spec
    _interpreter: Any  # of a Python filter, with its function, once they were looked for
    _function: Any
    _closed: int
    _mode: int  # READY, or the sum of the others
    _pulls: bool  # whether it asks for what it reads, so that there may be more within this call
    _room: int  # bytes that may be written before they are handed on
    _out: list[bytes] | None  # what was written and not handed on
    _out_bytes: int
    _piece: bytes  # what has arrived and was not read
    _at: int  # how far it was
    _ending: bool  # nothing comes behind the piece
    _flushing: bool
    _empty: int  # reads in a row that found nothing
    _told: bool  # the filter has been told of the end
    _has_read: bool  # whether this call of the filter took anything
    _is_input = 0
    _softspace = 0
    _state: Any = None
    _most = sys.maxsize  # bytes that a read() of all gives at once, where it pulls

    def _pull(self) -> None:
        """Let it ask for what it reads from now on; else each piece that is brought sets what is known of it."""
        self._pulls = True
        self._piece = b""
        self._at = self._empty = 0
        self._ending = self._flushing = self._told = self._has_read = False

    def __repr__(self) -> str:
        return f"<mp_filter {self._spec.name}>"

    # -- what filters call ---------------------------------------------------------------------------------------------

    def read(self, len: int = -1) -> bytes | None:  # noqa: A002 - the manual's name
        """Read up to `len` bytes of what has arrived, or all of it; b"" if that is used up, None at the end.

        Raises ValueError once the filter is closed, OSError if the body cannot be read.
        """
        if len.__class__ is not int:
            len = index(len)  # noqa: A001
        if self._closed:
            raise ValueError("I/O operation on closed filter")
        if self._pulls:
            return self._asked(len)
        piece = self._piece
        if not piece:
            if self._ending:
                return None
            self._empty += 1
            if self._empty > MAX_EMPTY_READS:
                raise OSError(_ENDLESS)
            return b""
        at = self._at
        if len < 0 or at + len >= _length(piece):
            self._piece = b""
            return piece[at:] if at else piece
        self._at = at + len
        return piece[at : at + len]

    def readline(self, len: int = -1) -> bytes | None:  # noqa: A002
        """Read a line with its end, or up to `len` bytes of it, or what has arrived of it; else as read()."""
        len = index(len)  # noqa: A001
        if self._closed:
            raise ValueError("I/O operation on closed filter")
        room = sys.maxsize if len < 0 else len
        found: list[bytes] = []
        while self._piece or self._more():
            at = self._at
            end = stop = self._piece.find(b"\n", at) + 1
            end = min(stop or _length(self._piece), at + room)
            found.append(self._cut(end))
            room -= end - at
            if end == stop or not room:
                break
        else:
            if not found:
                return self._nothing()
        self._has_read = True
        return b"".join(found)

    def write(self, data: Any) -> None:
        """Hand `data` (bytes, or str as UTF-8) on to the next filter, with the next flush() or at the end of the call.

        Raises ValueError once the filter is closed, TypeError for other data, OSError if the client is gone.
        """
        if data.__class__ is not bytes:
            data = as_bytes(data)
        if self._closed:
            raise ValueError("I/O operation on closed filter")
        if data:
            out = self._out
            if out is None:
                self._out = [data]
            else:
                out.append(data)
            self._out_bytes += len(data)
            if self._out_bytes >= self._room:
                self._hand_on(False)

    def flush(self) -> None:
        """Send what was written now, through what follows. Without effect once the filter is closed."""
        if not self._closed:
            self._hand_on(True)

    def close(self) -> None:
        """End the stream behind what was written; once. Reading and writing then raise ValueError."""
        raise NotImplementedError

    def pass_on(self) -> None:
        """Hand everything on that has arrived, as it is; be it the end."""
        while not self._closed and (self._piece or self._more()):
            self._has_read = True
            self.write(self._cut(len(self._piece)))
        if self._ending and not self._closed:
            self._told = True
            self._hand_on(False, True)

    def disable(self) -> None:
        """Hand everything on from the next call on, without asking the filter."""
        self._mode |= THROUGH

    def remove(self) -> None:
        """Hand everything on as it is, now and from now on."""
        self.disable()
        self.pass_on()

    # -- what has arrived ----------------------------------------------------------------------------------------------

    def _pulled(self) -> bytes | None:
        """The next piece, where there may be more within this call."""
        raise NotImplementedError

    def _more(self) -> bool:
        """Make `_piece` hold something, if there is something."""
        if not self._pulls or self._ending:
            return False
        piece = self._pulled()
        if not piece:
            self._ending = True
            return False
        self._piece, self._at = piece, 0
        return True

    def _cut(self, end: int) -> bytes:
        """What has arrived, up to `end`."""
        piece, at = self._piece, self._at
        if end >= len(piece):
            self._piece, self._at = b"", 0
            return piece[at:] if at else piece
        self._at = end
        return piece[at:end]

    def _asked(self, size: int) -> bytes | None:
        """What a read gives where there may be more within this call: as many bytes, fewer only at the end."""
        if not self._piece and not self._more():
            return self._nothing()
        self._has_read = True
        if size < 0:
            size = self._most
        found: list[bytes] = []
        while size > 0 and (self._piece or self._more()):
            piece, at = self._piece, self._at
            end = len(piece)
            if end - at > size:
                self._at = end = at + size
            else:
                self._piece, self._at = b"", 0
            found.append(piece[at:end])
            size -= end - at
        return found[0] if len(found) == 1 else b"".join(found)

    def _nothing(self) -> bytes | None:
        """What a read gives that finds nothing."""
        if self._ending:
            self._has_read = self._told = True
            return None
        self._empty += 1
        if self._empty > MAX_EMPTY_READS:
            raise OSError(_ENDLESS)
        return b""

    # -- what was made of it -------------------------------------------------------------------------------------------

    def _taken(self) -> bytes:
        out = self._out
        if not out:
            return b""
        self._out, self._out_bytes = None, 0
        return out[0] if len(out) == 1 else b"".join(out)

    def _hand_on(self, flush: bool, end: bool = False) -> None:
        raise NotImplementedError

    def _fail(self, page: bytes | None, status: int = HTTP_INTERNAL_SERVER_ERROR) -> None:
        """Be done for ever. `page`: a traceback that may take the place of the answer; else `status` may."""
        raise NotImplementedError
