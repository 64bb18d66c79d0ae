"""What a request becomes while it has filters: its writing and reading go through them.

Law: a request without filters is another class, and pays for nothing here. The head of a filtered answer says nothing
that was true only of what came before the filters: no old Content-Length, no strong entity tag of the file alone.
"""

from __future__ import annotations

from operator import index
from typing import IO, TYPE_CHECKING, Any

from ..errors import HandlerError
from ..request import mp_request
from ..request_output import BUFFER, RequestOutput, Write, as_bytes
from .chain import OutputChain
from .flow import BLOCK, Target
from .input_chain import InputChain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .registry import Spec

__all__ = [
    "NOBODY",
    "add",
    "add_ready",
    "body_file",
    "drop_content",
    "follow",
    "lead_to",
    "remove_output",
    "still_wanted",
    "take_over",
]


NOBODY: tuple[bytes, ...] = ()  # stands for the body of another application, where the filters alone make one
MAX_MEMORY = 1 << 20  # bytes of a filtered body that stay in memory, for an application that wants to know its length


class _FilteredOutput(mp_request):
    """A request whose answer flows through filters."""

    _filters: OutputChain

    def write(self, data: Any, flush: Any = 1) -> None:
        """Send `data` through the filters, at once unless `flush` is 0. Raises as without filters."""
        if data.__class__ is str:
            data = data.encode("utf-8", "surrogateescape")
        elif data.__class__ is not bytes:
            data = as_bytes(data)
        if flush.__class__ is not int:
            flush = index(flush)
        if not data:
            return
        held = self._held
        if held is None and flush:
            chain = self._filters
            if chain.failed is not None:
                chain.refuse()
            chain.top.accept(data, True, False)
            return
        if held is not None:
            held.append(data)
        elif not flush and len(data) < BUFFER:
            self._held = [data]
        self._held_bytes += len(data)
        if flush or self._held_bytes >= BUFFER:
            self._reset_output()
            self._filters.send(data if held is None else b"".join(held), bool(flush))

    def flush(self) -> None:
        """Send what unflushed writes hold back, through the filters, and the head. Raises OSError as write()."""
        if self._held is not None:
            self._release()
        else:
            self._filters.send(b"", True)

    def _send(self, data: bytes) -> None:
        self._filters.send(data, True)

    def _begin(self, length: int | None = None) -> Write:
        if self._more_to_say:
            _correct_head(self, length)
        try:
            return RequestOutput._begin(self, length)
        except HandlerError:
            remove_output(self)
            raise


class _FilteredInput(mp_request):
    """A request whose body is read through filters."""

    _input_filters: InputChain

    def read(self, len: int = -1) -> bytes:  # noqa: A002 - the manual's name
        """Read `len` bytes of what the filters make of the body, or all of it; b"" at its end. Raises OSError."""
        return self._input_filters.read(index(len))

    def readline(self, len: int = -1) -> bytes:  # noqa: A002
        """Read a line of it with its end, or up to `len` bytes of it; b"" at its end. Raises OSError."""
        return self._input_filters.readline(index(len))


class _FilteredBoth(_FilteredOutput, _FilteredInput):
    """Both."""


for _kind in (_FilteredOutput, _FilteredInput, _FilteredBoth):
    _kind.__module__ = "builtins"
    _kind.__name__ = _kind.__qualname__ = "mp_request"


def add_ready(req: Any, into: Sequence[Spec], out_of: Sequence[Spec]) -> None:
    """Add the filters of a configuration, each list in the order of its stages."""
    for spec in into:
        add(req, spec, True)
    if req._filters is not None:
        for spec in out_of:
            req._filters.add(spec)
    elif out_of:
        _install(req, out_of)


def add(req: Any, spec: Spec, is_input: bool) -> None:
    """Add a filter to a request: to its body's, or to those of its answer."""
    if is_input:
        if req._input_filters is None:
            req._input_filters = InputChain(req)
            req.__class__ = _FilteredBoth if req._filters is not None else _FilteredInput
        req._input_filters.add(spec)
        return
    if req._filters is None:
        _install(req)
    req._filters.add(spec)


def lead_to(req: Any, target: Target) -> None:
    """Let the answer of a subrequest flow to `target`, behind the filters of its own; its end is none there."""
    if req._filters is None:
        _install(req)
    req._filters.lead_to(target)


def follow(req: Any, new: Any) -> None:
    """Let the answer of an internal redirect flow where that of a subrequest was to flow."""
    target = None if req._filters is None else req._filters.within
    if target is not None:
        lead_to(new, target)


def _install(req: Any, specs: Sequence[Spec] = ()) -> None:
    req._filters = OutputChain(req, specs)
    req._delegated = NOBODY  # the body is not just what waits
    req.__class__ = _FilteredOutput if req._input_filters is None else _FilteredBoth


def body_file(req: Any) -> tuple[IO[bytes], int]:
    """What the filters make of a body, as a file (on disk, if it is large) and its length.

    Raises OSError if it cannot be read, SERVER_RETURN if it is too long.
    """
    import tempfile  # which nobody pays for who filters nothing

    file = tempfile.SpooledTemporaryFile(MAX_MEMORY)  # noqa: SIM115 - of who asks
    length = 0
    try:
        while data := req.read(BLOCK):
            file.write(data)
            length += len(data)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file, length


def take_over(req: Any, other: Any) -> None:
    """Give `req` the output filters of `other`, in the place of its own, before anything was written."""
    specs = [] if other._filters is None else other._filters.specs
    if req._filters is not None:
        remove_output(req)
    for spec in specs:
        add(req, spec, False)


def still_wanted(req: Any, size: int | None) -> bool:
    """Let the filters go that will not touch an answer whose head is known. Whether there are others."""
    if req._filters._target is not None or req._server_write is not None:
        return True
    if req._filters.prune(size):
        return True
    remove_output(req)
    return False


def remove_output(req: Any) -> None:
    """Let what is written from now on reach the client as it is."""
    if req._filters is None:
        return
    if req._filters.within is not None:  # a subrequest's answer never is one of its own
        req._filters.clear()
        return
    req._filters = req._delegated = None
    req.__class__ = mp_request if req._input_filters is None else _FilteredInput


def drop_content(req: Any) -> None:
    """Let what is written from now on, as httpd's own page, pass by the filters that change what is said.

    Once a part was sent, how that was written down holds for the rest.
    """
    if req._server_write is None:
        remove_output(req)
    elif not req._filters.encodes():
        waiting = req._filters.taken()
        remove_output(req)
        if waiting:
            req._send(waiting)


def _correct_head(req: _FilteredOutput, length: int | None) -> None:
    headers = (req.headers_out, req.err_headers_out)
    if length or req._method != "HEAD":  # which may say what a GET would have
        for table in headers:
            del table["Content-Length"]
    if length is None:
        del req.headers_out["Accept-Ranges"]  # pieces are cut out of what is there as a whole
    if req._filters.of_python:
        for table in headers:
            tag = table.get("ETag")
            if tag is not None and tag.startswith('"'):  # the tag of the file, and not of what was made of it
                table["ETag"] = f"W/{tag}"
