"""apache.setup_cgi: a handler lends its request to code that was written for CGI (mod_python.apache).

Law: to the code that runs in this context (thread, greenlet) sys.stdin, sys.stdout, sys.argv and os.environ are the
request's until they are given back; to all other code they stay what they were. What a handler forgets to give back is
taken back in the context that it ran in, whichever thread the server ends the request in.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, Any

from ..constants import HTTP_MOVED_TEMPORARILY, HTTP_OK, OK
from . import head
from .environment import as_bytes, first
from .stand_ins import RUNNING, Running, install, of_server, put_back
from .streams import Input, NoDescriptor

if TYPE_CHECKING:
    from .._fast.table import table
    from ..request import mp_request

__all__ = ["CGIStdin", "CGIStdout", "give_back", "set_up"]


class CGIStdin(io.TextIOWrapper):
    """The body of a request as a text file; its bytes are `buffer`'s, as for sys.stdin.

    Raises OSError, and SERVER_RETURN as req.read().
    """

    def __init__(self, req: mp_request) -> None:
        super().__init__(io.BufferedReader(Input(req)), "utf-8", "surrogateescape", newline="\n")
        self.req = req
        self.pos = 0  # letters that were read

    def read(self, n: int | None = -1) -> str:
        """All that is left, or at most `n` letters."""
        text = super().read(n)
        self.pos += len(text)
        return text

    def readline(self, n: int = -1) -> str:  # type: ignore[override]  # as the original has it
        """A line with its end, or at most `n` letters of it."""
        text = super().readline(n)
        self.pos += len(text)
        return text

    def tell(self) -> int:
        """How many letters were read."""
        return self.pos

    def seek(self, pos: int, mode: int = 0) -> int:
        """Do nothing: what was read is gone."""
        return self.pos

    def close(self) -> None:
        """Do nothing: its `buffer` may be in use when it is dropped, and it is the request that ends."""


class _Answer(NoDescriptor):
    """The end of the output: its head becomes the request's, the rest is sent at once."""

    def __init__(self, req: mp_request) -> None:
        self._req = req
        self._reader: head.Reader | None = head.Reader()
        self._dropped = False

    @property
    def unfinished(self) -> bool:
        """Whether a head has begun and not ended."""
        return self._reader is not None and bool(self._reader.said)

    def writable(self) -> bool:
        """True."""
        return True

    def write(self, data: Any) -> int:
        """Take bytes. Raises ValueError for a head that is none, OSError if the client has gone."""
        data = bytes(data)
        rest = data if self._reader is None else self._after_head(self._reader, data)
        if rest and not self._dropped:
            self._req.write(rest)
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def _after_head(self, reader: head.Reader, data: bytes) -> bytes:
        req = self._req
        try:
            found = reader.feed(data)
        except head.BadHead as error:
            raise ValueError(str(error)) from None
        if found is None:
            return b""
        self._reader = None
        status = head.apply(req, found.lines, as_original=True)
        if status != OK:  # the client's conditions: it has what would follow
            req._status, self._dropped = status, True
        elif req._status == HTTP_OK and "Location" in req.headers_out:
            req._status = HTTP_MOVED_TEMPORARILY
        return found.rest


class CGIStdout(io.TextIOWrapper):
    """The answer of a request as a text file, which begins with a head; its bytes are `buffer`'s, as for sys.stdout.

    What follows the head is sent as it is written. Raises ValueError for a head that is none, OSError if the client has
    gone.
    """

    def __init__(self, req: mp_request) -> None:
        self._answer = _Answer(req)
        super().__init__(self._answer, "utf-8", "surrogateescape", newline="\n", write_through=True)  # type: ignore[arg-type]
        self.req = req
        self.pos = 0  # letters and bytes that were written

    def write(self, s: str | bytes) -> int:
        """Write text, or bytes, as what knew no difference in Python 2 does when it has been ported."""
        written: int = self._answer.write(s) if isinstance(s, bytes) else super().write(s)
        self.pos += written
        return written

    def tell(self) -> int:
        """How many letters were written."""
        return self.pos

    def close(self) -> None:
        """Do nothing: it is the request that ends."""


class _Lent:
    """What code finds while a handler has set things up for it."""

    names = None  # it is part of the site, and no __main__

    def __init__(self, req: mp_request, variables: table) -> None:
        self.environ = {**os.environb, **as_bytes(variables)}
        self.argv: list[str] = []  # as in the original
        self.replaced: dict[str, Any] = {}
        self.stdin = CGIStdin(req)
        self.stdout = CGIStdout(req)
        self.before: Running | None = RUNNING.get()
        self.request = first(req)

    @property
    def stderr(self) -> Any:
        """What it was."""
        return of_server("stderr") if self.before is None else self.before.stderr

    def take_back(self) -> None:
        """Undo all that this context has lent of the request."""
        while isinstance(running := RUNNING.get(), _Lent) and running.request is self.request:
            give_back()
        self.request._lent = None


def set_up(req: mp_request, variables: table) -> tuple[dict[str, str], Any, Any]:
    """Let the code of this context find the request; `variables` are added to its environment.

    Returns what was before: (environment, stdin, stdout).
    """
    install()
    before = dict(os.environ), sys.stdin, sys.stdout
    lent = _Lent(req, variables)
    RUNNING.set(lent)
    lent.request._lent = lent.take_back
    req.register_cleanup(_Lent.take_back, lent)  # for a handler that runs after the answer
    return before


def give_back() -> None:
    """Undo the last set_up() of this context; without one, do nothing."""
    lent = RUNNING.get()
    if not isinstance(lent, _Lent):
        return
    RUNNING.set(lent.before)
    put_back()
    if lent.stdout._answer.unfinished:
        lent.stdout.req.log_error("apache.restore_nocgi: no blank line ended the head on sys.stdout: nothing is sent")
