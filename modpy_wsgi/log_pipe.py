"""A log that is the input of a program (`ErrorLog "|program"`, `CustomLog "|program"`).

Law: the program is started again when it has died, and never holds a request up for longer than PIPE_PATIENCE.
"""

from __future__ import annotations

import contextlib
import os
import select
import time
from typing import TYPE_CHECKING, Final

from .locks import lock

if TYPE_CHECKING:
    import subprocess

__all__ = ["PipeTarget"]

PIPE_PATIENCE: Final = 1.0  # seconds; a program that reads no more must not hold up the requests for longer
PIPE_RESTARTS: Final = 5  # times a program is started again within PIPE_WINDOW; one that dies at once is left alone
PIPE_WINDOW: Final = 60.0  # seconds
CLOSE_PATIENCE: Final = 2.0  # seconds that a program is given to end after its input was closed


class PipeTarget:
    """`|program args` (`||` the same, `|$` through a shell): the program reads the lines from its standard input.

    It is started by the first line (or by `open`), and again when it has died, PIPE_RESTARTS times in PIPE_WINDOW.
    Started before a fork it is shared by the children.
    """

    timestamp = True
    always_notice = True

    def __init__(self, target: str) -> None:
        """Raises ValueError for a command that cannot be split into words, or that is empty."""
        command = target[1:]
        if command.startswith("$"):
            self.argv = ["/bin/sh", "-c", command[1:]]
        else:
            import shlex

            self.argv = shlex.split(command.removeprefix("|"))
        if not self.argv or not command.strip("|$ \t"):
            raise ValueError("a piped log needs a program")
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0  # process id of whoever started it: only the parent may wait for it
        self._starts: list[float] = []
        self._stuck = False
        self._lock = lock()

    def _start(self) -> int:
        process = self._process
        if process is not None and process.stdin is not None:
            return process.stdin.fileno()
        now = time.monotonic()
        self._starts = [start for start in self._starts if now - start < PIPE_WINDOW]
        if len(self._starts) > PIPE_RESTARTS:
            raise OSError(f"piped log program {self.argv[0]!r} was started {len(self._starts)} times in a minute")
        self._starts.append(now)
        # its own session: Ctrl-C in a terminal ends the server, and the program after the last line
        import subprocess  # which few logs need

        process = subprocess.Popen(self.argv, stdin=subprocess.PIPE, bufsize=0, start_new_session=True)  # noqa: S603
        assert process.stdin is not None
        os.set_blocking(process.stdin.fileno(), False)
        self._process, self._owner, self._stuck = process, os.getpid(), False
        return process.stdin.fileno()

    def _end(self, patience: float) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        if self._owner != os.getpid():
            process.returncode = 0  # not our child: nothing to wait for
            return
        import subprocess

        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def open(self) -> None:
        with self._lock:
            self._start()

    def descriptor(self) -> int:
        """Where lines go now: the program's input, which does not block. Raises OSError."""
        with self._lock:
            return self._start()

    def write(self, line: str, level: int) -> None:
        self.pass_on((line + "\n").encode("ascii", "backslashreplace"))

    def moved(self) -> bool:
        return False

    def pass_on(self, data: bytes) -> None:
        with self._lock:
            try:
                self._send(self._start(), data)
            except BrokenPipeError:
                self._end(0.0)
                self._send(self._start(), data)

    def _send(self, fd: int, data: bytes) -> None:
        patience = 0.0 if self._stuck else PIPE_PATIENCE
        until = time.monotonic() + patience
        while data:
            try:
                data = data[os.write(fd, data) :]
            except BlockingIOError:
                left = until - time.monotonic()
                if left <= 0:
                    self._stuck = True
                    raise OSError(f"piped log program {self.argv[0]!r} does not read") from None
                poll = select.poll()
                poll.register(fd, select.POLLOUT)
                poll.poll(left * 1000)
        self._stuck = False

    def reopen(self) -> None:
        """Piped logs rotate by themselves: httpd leaves them alone until a restart, and so is it here."""

    def close(self) -> None:
        with self._lock:
            self._end(CLOSE_PATIENCE)
