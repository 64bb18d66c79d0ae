"""How filters join a request and leave it: what it writes goes through its chain, what it reads comes from the other.

Law: a request without filters has no chain, and pays for nothing here but being asked for one. One whose body is
filtered is read by its chain's methods, which stand on it in the place of its own.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from .chain import chain_of
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
    "start",
    "still_wanted",
    "take_over",
]


NOBODY: tuple[bytes, ...] = ()  # stands for the body of another application, where the filters alone make one
MAX_MEMORY = 1 << 20  # bytes of a filtered body that stay in memory, for an application that wants to know its length


def add_ready(req: Any, into: Sequence[Spec], out_of: Sequence[Spec]) -> None:
    """Add the filters of a configuration, each list in the order of its stages."""
    for spec in into:
        add(req, spec, True)
    if req._filters is None and out_of:
        start(req, out_of)
    else:
        for spec in out_of:
            req._filters.add(spec)


def add(req: Any, spec: Spec, is_input: bool, *, first: bool = False) -> None:
    """Add a filter to a request: to its body's, or to those of its answer. `first`: before those of its stage."""
    if is_input:
        if req._input_filters is None:
            _read_through_filters(req)
        req._input_filters.add(spec, first=first)
        return
    if req._filters is None:
        start(req)
    req._filters.add(spec, first=first)


def _read_through_filters(req: Any) -> None:
    chain = req._input_filters = InputChain(req)
    for name in ("read", "readline"):
        if getattr(getattr(req, name), "__self__", None) is req:  # else a handler has put its own there
            setattr(req, name, getattr(chain, name))


def lead_to(req: Any, target: Target) -> None:
    """Let the answer of a subrequest flow to `target`, behind the filters of its own; its end is none there."""
    if req._filters is None:
        start(req)
    req._filters.lead_to(target)


def follow(req: Any, new: Any) -> None:
    """Let the answer of an internal redirect flow where that of a subrequest was to flow."""
    target = None if req._filters is None else req._filters.within
    if target is not None:
        lead_to(new, target)


def start(req: Any, specs: Sequence[Spec] = ()) -> None:
    """Let an answer flow through filters, which are in the order of their stages; it has none so far."""
    req._filters = chain_of(req, specs)
    req._delegated = NOBODY  # the body is not just what waits


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
    """Let the filters of `other`, a request that was looked up, join those of `req`, before them."""
    for chain, is_input in ((other._input_filters, True), (other._filters, False)):
        if chain is not None:
            for spec in reversed(chain.specs):
                add(req, spec, is_input, first=True)


def still_wanted(req: Any, size: int | None) -> bool:
    """Let the filters go that will not touch an answer whose head is known. Whether there are others."""
    if req._filters._target is not None or req._server_write is not None:
        return True
    if req._filters.prune(size):
        return True
    req._filters = req._delegated = None  # what is on its way through the chain goes on as it is
    return False


def drop_content(req: Any) -> None:
    """Let what is written from now on, as httpd's own page, pass by the filters that change what is said.

    Once a part was sent, how that was written down holds for the rest.
    """
    chain = req._filters
    if req._server_write is None:
        chain.leave()
    elif not chain.encodes():
        waiting = chain.taken()
        chain.leave()
        if waiting:
            req._send(waiting)
