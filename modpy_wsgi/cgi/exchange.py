"""The talk with a program: the body in, its output and its complaints out, without ever waiting for one of them alone.

Law: no deadlock, whatever the program reads or does not read, and whenever the client begins to listen. Nothing of the
output is handed on before the client has sent its body: many begin to read only then. What comes of it meanwhile is
kept, up to HELD; beyond that the rest of the body goes into a file, for the program to take when it likes.
"""

from __future__ import annotations

import contextlib
import os
import select
import time
from collections import deque
from typing import IO

from .body import BLOCK, Body
from .complaints import Complaints
from .program import Program

__all__ = ["Exchange", "TimedOut"]

HELD = 1 << 20  # bytes of output that are kept in memory while the client still sends
SHORT = 1 << 16  # bytes read from a pipe at once: Linux's pipes hold as much
MOST_READS = 16  # of complaints in one go: as much as a pipe can hold at all, and not for ever


class TimedOut(Exception):  # noqa: N818 - what happened
    """For too long nothing came from the program, and it took nothing."""


class Exchange:
    """One program's pipes and one request's body."""

    def __init__(self, program: Program, body: Body | None, complaints: Complaints, timeout: float) -> None:
        self._program = program
        self._body = body
        self._complaints = complaints
        self._timeout = timeout
        self._file: IO[bytes] | None = None  # the rest of the body
        self._pending = memoryview(b"")  # bytes of the body that the program has not taken
        self._kept: deque[bytes] = deque()
        self._kept_bytes = 0
        self.over = False  # the output is at its end
        self._poll = select.poll()
        assert program.stdout is not None and program.stderr is not None
        self._stdout = program.stdout
        self._stderr: int | None = program.stderr
        self._poll.register(self._stdout, select.POLLIN)
        self._poll.register(self._stderr, select.POLLIN)
        if body is None:
            self._close_input()

    def read(self, wait: float | None = None) -> bytes | None:
        """The next piece of output, b"" at its end; None if none comes within `wait` seconds.

        Raises TimedOut, and Lost and SERVER_RETURN of the body.
        """
        while self._body is not None:
            self._upload(self._body)
        if self._kept:
            return self._kept.popleft()
        limit = None if wait is None else time.monotonic() + wait
        while not self.over:
            try:
                data = os.read(self._stdout, SHORT)
            except BlockingIOError:
                pass
            else:
                self.over = not data
                return data
            if limit is None:
                self._await()
            elif not self._step(max(limit - time.monotonic(), 0.0)) and time.monotonic() >= limit:
                return None
        return b""

    def finish(self, seconds: float) -> bool:
        """Take the last complaints, up to their end or the program's, for so long. Whether the program has ended.

        Nothing can be read any more.
        """
        self._close_input()
        self._forget(self._stdout)
        watch = self._program.watch
        if watch is not None:
            self._poll.register(watch, select.POLLIN)
        limit = time.monotonic() + seconds
        ended = False
        while not ended and (self._stderr is not None or watch is not None):
            left = limit - time.monotonic()
            events = self._poll.poll(max(left, 0.0) * 1000)
            if not events or left < 0:  # one that complains on and on is not waited for
                break
            for descriptor, _ in events:
                if descriptor == watch:
                    ended = True
                elif descriptor == self._stderr:
                    self._complain(descriptor)
        if self._stderr is not None:
            self._complain(self._stderr)
        self._complaints.end()
        return ended

    def close(self) -> None:
        """Let go of what the exchange itself has opened."""
        self._body = None
        if self._file is not None:
            self._file.close()
            self._file = None

    # The body

    def _upload(self, body: Body) -> None:
        """One step while the client still sends."""
        if self._program.stdin is None:  # the program does not listen any more
            body.discard()
            self._body = None
        elif self._pending:
            self._await(output=True)
        else:
            while self._kept_bytes <= HELD and self._step(0, output=True):
                pass
            if self._program.stdin is None:
                return
            data = body.read()
            if data:
                self._pending = memoryview(data)
                self._push()
            if not body.left:
                self._body = None
                if not self._pending:
                    self._close_input()
        if self._kept_bytes > HELD and self._body is not None and self._program.stdin is not None:
            self._file = body.into_file()
            self._body = None
            self._push()

    def _push(self) -> None:
        """Give the program what it takes of the body, at once."""
        descriptor = self._program.stdin
        if descriptor is None:
            return
        while True:
            if not self._pending and self._file is not None:
                self._pending = memoryview(self._file.read(BLOCK))
            if not self._pending:  # the next piece, if there is one, is the client's to send
                if self._body is None:
                    self._close_input()
                else:
                    self._forget(descriptor)
                return
            try:
                self._pending = self._pending[os.write(descriptor, self._pending) :]
            except BlockingIOError:
                self._poll.register(descriptor, select.POLLOUT)
                return
            except OSError:  # it does not listen
                self._close_input()
                return

    def _close_input(self) -> None:
        descriptor = self._program.stdin
        self._pending = memoryview(b"")
        if descriptor is not None:
            self._forget(descriptor)
            self._program.close(descriptor)

    # What there is to do

    def _await(self, output: bool = False) -> None:
        """Wait until the program writes, or takes something of the body. Raises TimedOut.

        As under mod_cgid complaints are not what is waited for: mod_cgi lets a program go on for ever with them.
        """
        limit = time.monotonic() + self._timeout
        left = self._timeout
        while not self._step(left, output):
            left = limit - time.monotonic()
            if left <= 0:
                raise TimedOut

    def _step(self, seconds: float, output: bool = False) -> bool:
        """Wait for the program, and deal with what it does. False if it does nothing for so long, or only complains.

        With `output` what it writes is kept; otherwise the caller reads it.
        """
        acted = False
        for descriptor, _ in self._poll.poll(seconds * 1000):
            if descriptor == self._stderr:
                self._complain(descriptor)
                continue
            acted = True
            if descriptor == self._program.stdin:
                self._push()
            elif output:
                self._keep()
        return acted

    def _keep(self) -> None:
        try:
            data = os.read(self._stdout, SHORT)
        except BlockingIOError:
            return
        if data:
            self._kept.append(data)
            self._kept_bytes += len(data)
        else:
            self.over = True
            self._forget(self._stdout)
            self._close_input()

    def _complain(self, descriptor: int) -> None:
        try:
            for _ in range(MOST_READS):
                data = os.read(descriptor, SHORT)
                if not data:
                    break
                self._complaints.feed(data)
                if len(data) < SHORT:
                    return
            else:
                return
        except BlockingIOError:
            return
        self._forget(descriptor)
        self._stderr = None

    def _forget(self, descriptor: int) -> None:
        with contextlib.suppress(KeyError):
            self._poll.unregister(descriptor)
