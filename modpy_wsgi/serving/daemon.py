"""A process that goes on by itself: two forks, a session of its own, and word to who started it.

Law: who starts a server is told the truth. The first process waits until the server is ready or has failed, and ends
with that status; httpd's own parent is gone before either is known. The working folder is / and the umask stays, as in
httpd.
"""

from __future__ import annotations

import contextlib
import os
import sys

from ..log import ErrorLog
from ..log_targets import DescriptorTarget, FileTarget, PipeTarget

__all__ = ["Detached", "detach", "lead_stderr_to"]

_READY = b"ready"


class Detached:
    """The way back to the process that waits for this one."""

    def __init__(self, writing: int) -> None:
        self._writing: int | None = writing

    def ready(self) -> None:
        """Let the process that waits end, with status 0. What ends without it lets it end with 1."""
        if self._writing is not None:
            with contextlib.suppress(OSError):
                os.write(self._writing, _READY)
            os.close(self._writing)
            self._writing = None


def detach() -> Detached:
    """Go on in a process of its own; only that one returns. Its standard error is still that of the one before."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        os.close(writing)
        os._exit(_wait(reading, child))
    os.close(reading)
    os.setsid()
    if os.fork():
        os._exit(0)  # a leader of a session could get a terminal again
    os.chdir("/")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nothing, number)
    if nothing > 2:
        os.close(nothing)
    return Detached(writing)


def _wait(reading: int, child: int) -> int:
    said = b""
    with open(reading, "rb") as end:
        said = end.read()
    os.waitpid(child, 0)
    return 0 if said == _READY else 1


def lead_stderr_to(log: ErrorLog) -> None:
    """What is written to descriptor 2 goes where the error log does; nowhere if that is syslog (as in httpd)."""
    target = log.opened
    number: int | None = None
    if isinstance(target, (FileTarget, PipeTarget, DescriptorTarget)):
        number = target.descriptor()
    if number is None:
        number = os.open(os.devnull, os.O_WRONLY)
    sys.stderr.flush()
    os.dup2(number, 2)
