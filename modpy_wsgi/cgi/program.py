"""A running program: how it is started, and how it ends.

Law: a program has the files that it is given and no others, a session of its own, and its end is always waited for. Who
stops one stops all that it has started, unless that has left its process group.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Sequence
from typing import IO

__all__ = ["GRACE", "Program"]

GRACE = 3.0  # seconds between SIGTERM and SIGKILL, as httpd has it
_LONGEST_NAP = 0.05  # seconds, where the system cannot tell of a process's end


class Program:
    """A program with its pipes. `stdin` is None where it reads a file or nothing."""

    def __init__(
        self, command: Sequence[str], env: dict[bytes, bytes], directory: str, stdin: IO[bytes] | bool
    ) -> None:
        """Start it. `stdin`: a file, False for an empty one, or True for a pipe. Raises OSError."""
        import subprocess  # for which a site without programs does not pay

        theirs: list[int] = []
        ours: list[int] = []
        try:
            for _ in ("stdout", "stderr"):
                reader, writer = os.pipe()
                theirs.append(writer)
                ours.append(reader)
            given: int = subprocess.DEVNULL
            if stdin is True:
                reader, writer = os.pipe()
                theirs.append(reader)
                ours.append(writer)
                given = reader
            elif stdin is not False:
                given = stdin.fileno()
            self._process = subprocess.Popen(  # noqa: S603 - a program that the configuration lets run
                command,
                stdin=given,
                stdout=theirs[0],
                stderr=theirs[1],
                env=env,
                cwd=directory,
                start_new_session=True,
            )
        except BaseException:
            for each in ours:
                os.close(each)
            raise
        finally:
            for each in theirs:
                os.close(each)
        self.pid = self._process.pid
        self.stdout: int | None = ours[0]
        self.stderr: int | None = ours[1]
        self.stdin: int | None = ours[2] if stdin is True else None
        for each in ours:
            os.set_blocking(each, False)
        self._watch = _watch(self.pid)

    @property
    def watch(self) -> int | None:
        """A descriptor that can be read once the program has ended, where the system has such."""
        return self._watch

    def close(self, descriptor: int) -> None:
        """Close one of its pipes; again is no error."""
        for name in ("stdin", "stdout", "stderr"):
            if getattr(self, name) == descriptor:
                os.close(descriptor)
                setattr(self, name, None)

    def wait(self, seconds: float) -> int | None:
        """The exit status, -N for signal N; None if it has not ended after so many seconds."""
        if self._ended(seconds):
            return self._reap()
        return None

    def stop(self, *, group: bool = True) -> int:
        """End it, with all that it has started and that is still in its group. Returns the exit status."""
        if self._process.returncode is None:
            self._signal(signal.SIGTERM, group)
            self._ended(GRACE)
            # While its end has not been waited for, its number is nobody else's.
            self._signal(signal.SIGKILL, group)
        return self._reap()

    def _reap(self) -> int:
        status = self._process.wait()
        for name in ("stdin", "stdout", "stderr"):
            descriptor = getattr(self, name)
            if descriptor is not None:
                self.close(descriptor)
        if self._watch is not None:
            os.close(self._watch)
            self._watch = None
        return status

    def _ended(self, seconds: float) -> bool:
        """Whether it ends within so many seconds; its number stays its own."""
        if self._process.returncode is not None:
            return True
        if self._watch is not None:
            poll = select.poll()
            poll.register(self._watch, select.POLLIN)
            return bool(poll.poll(seconds * 1000))
        limit = time.monotonic() + seconds
        nap = 0.001
        while os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            if time.monotonic() >= limit:
                return False
            time.sleep(nap)
            nap = min(nap * 2, _LONGEST_NAP)
        return True

    def _signal(self, number: int, group: bool) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if group:
                os.killpg(self.pid, number)
            else:
                os.kill(self.pid, number)


def _watch(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)  # type: ignore[attr-defined, unused-ignore]  # of Linux
    except (AttributeError, OSError):
        return None
