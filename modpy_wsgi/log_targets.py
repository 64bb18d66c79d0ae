"""Where the lines of a log go: a file, a stream, or as modules of their own, syslog and the input of a program.

Law: a target takes one finished line and either passes it on whole or raises OSError. It never holds a request up for
longer than PIPE_PATIENCE (log_pipe.py).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final, Protocol, TextIO

from .locks import lock
from .log_pipe import PipeTarget

__all__ = [
    "DescriptorTarget",
    "FileTarget",
    "LineTarget",
    "PipeTarget",
    "StreamTarget",
    "Target",
    "line_target",
    "make_target",
]

FILE_MODE: Final = 0o644  # less the umask, as httpd creates its logs

# Names of what the process has open already. Opening them would fail where it is a socket (a service manager's
# journal), and where it is root's and the process is not any more.
DESCRIPTORS: Final = {
    form.format(name, number): number
    for number, name in ((1, "stdout"), (2, "stderr"))
    for form in ("/dev/{0}", "/dev/fd/{1}", "/proc/self/fd/{1}")
}


class Target(Protocol):
    """What ErrorLog needs of a target."""

    timestamp: bool  # whether lines begin with the time (syslog has its own)
    always_notice: bool  # whether notices are written whatever the level, as httpd does except with syslog

    def write(self, line: str, level: int) -> None:
        """Passes on a line (ASCII, no line end). Raises OSError."""

    def open(self) -> None:
        """Opens now what is otherwise opened by the first line. Raises OSError."""

    def reopen(self) -> None:
        """Opens again, e.g. after a log rotation. Raises OSError, and stays with what was open."""

    def close(self) -> None:
        """Lets go; a later write opens again."""


class LineTarget(Protocol):
    """What a log of requests needs of a target: it takes any bytes."""

    def pass_on(self, data: bytes) -> None:
        """Passes on a line with its end. Raises OSError."""

    def moved(self) -> bool:
        """Whether its name leads to another file by now, or to none: the log was rotated."""

    def open(self) -> None:
        """Opens now what is otherwise opened by the first line. Raises OSError."""

    def reopen(self) -> None:
        """Opens again. Raises OSError, and stays with what was open."""

    def close(self) -> None:
        """Lets go; a later line opens again."""


class StreamTarget:
    """A text stream; without one, what is the standard error now (later it may be a stand-in that leads back here)."""

    timestamp = True
    always_notice = True

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr  # may be None: a daemon without one

    def write(self, line: str, level: int) -> None:
        if self.stream is None:
            return
        try:
            self.stream.write(line + "\n")
            self.stream.flush()
        except ValueError as error:  # a closed stream is no OSError
            raise OSError(str(error)) from error

    def open(self) -> None:
        pass

    def reopen(self) -> None:
        pass

    def close(self) -> None:
        pass


class DescriptorTarget:
    """A descriptor that the process was started with, whatever it leads to; it is never opened or closed."""

    timestamp = True
    always_notice = True

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def write(self, line: str, level: int) -> None:
        self.pass_on((line + "\n").encode("ascii", "backslashreplace"))

    def pass_on(self, data: bytes) -> None:
        while data:
            data = data[os.write(self.fd, data) :]

    def descriptor(self) -> int:
        """Where lines go now. Raises OSError."""
        os.fstat(self.fd)
        return self.fd

    def moved(self) -> bool:
        return False

    def open(self) -> None:
        os.fstat(self.fd)

    def reopen(self) -> None:
        pass

    def close(self) -> None:
        pass


class FileTarget:
    """A file, appended to by one write() a line, so that lines of several processes and threads stay whole."""

    timestamp = True
    always_notice = True

    def __init__(self, path: str) -> None:
        self.path = path
        self._fd: int | None = None
        self._lock = lock()

    def _new_fd(self) -> int:
        return os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)

    def open(self) -> None:
        # two threads may come here at once; the loser's descriptor must not leak
        with self._lock:
            if self._fd is None:
                self._fd = self._new_fd()

    def write(self, line: str, level: int) -> None:
        self.pass_on((line + "\n").encode("ascii", "backslashreplace"))

    def descriptor(self) -> int:
        """Where lines go now. Raises OSError."""
        self.open()
        if self._fd is None:
            raise OSError(f"{self.path} was closed")
        return self._fd

    def moved(self) -> bool:
        fd = self._fd
        if fd is None:
            return False
        try:
            named = os.stat(self.path)
        except FileNotFoundError:
            return True
        except OSError:  # this process may not look any more
            return False
        return not os.path.samestat(named, os.fstat(fd))

    def pass_on(self, data: bytes) -> None:
        fd = self._fd
        if fd is None:
            fd = self.descriptor()
        written = os.write(fd, data)
        while written < len(data):  # a regular file takes all at once, unless the disk is full
            data = data[written:]
            written = os.write(fd, data)

    def reopen(self) -> None:
        with self._lock:
            new = self._new_fd()
            if self._fd is None:
                self._fd = new
            else:  # in one step, so that other threads always find the number open
                os.dup2(new, self._fd, inheritable=False)
                os.close(new)

    def close(self) -> None:
        with self._lock:
            fd, self._fd = self._fd, None
            if fd is not None:
                os.close(fd)

    # A configuration that is read again leaves the logs of the one before to the garbage collector.
    __del__ = close


def make_target(target: str | None, stream: TextIO | None = None) -> Target:
    """The target that an ErrorLog directive names; nothing is opened yet.

    Raises ValueError for a target that can never work.
    """
    if target is None:
        return StreamTarget(stream)
    if target.startswith("|"):
        return PipeTarget(target)
    if target.lower() == "syslog" or target.lower().startswith("syslog:"):
        from . import log_syslog  # and with it the standard library's logging, which few logs need

        return log_syslog.SyslogTarget(target)
    return _of_path(target)


def line_target(target: str) -> LineTarget:
    """The target that a CustomLog directive names, which knows no syslog; nothing is opened yet.

    Raises ValueError for a target that can never work.
    """
    return PipeTarget(target) if target.startswith("|") else _of_path(target)


def _of_path(target: str) -> DescriptorTarget | FileTarget:
    path = str(Path(target))
    if path in DESCRIPTORS:
        return DescriptorTarget(DESCRIPTORS[path])
    return FileTarget(path)
