"""Where the lines of a log go: a file, a stream, syslog or the input of a program (ErrorLog's four forms).

Law: a target takes one finished line and either passes it on whole or raises OSError. It never holds a request up for
longer than PIPE_PATIENCE.
"""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
import os
import select
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Final, Protocol, TextIO

from .constants import APLOG_DEBUG, LOG_LEVEL_NAMES
from .locks import lock

__all__ = [
    "DescriptorTarget",
    "FileTarget",
    "LineTarget",
    "PipeTarget",
    "StreamTarget",
    "SyslogTarget",
    "Target",
    "line_target",
    "make_target",
]

PIPE_PATIENCE: Final = 1.0  # seconds; a program that reads no more must not hold up the requests for longer
PIPE_RESTARTS: Final = 5  # times a program is started again within PIPE_WINDOW; one that dies at once is left alone
PIPE_WINDOW: Final = 60.0  # seconds
CLOSE_PATIENCE: Final = 2.0  # seconds that a program is given to end after its input was closed
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
        if self._fd is None:
            self.open()
        fd = self._fd
        if fd is None:  # closed by another thread just now
            raise OSError(f"{self.path} was closed")
        while data:  # a regular file takes all at once, unless the disk is full
            data = data[os.write(fd, data) :]

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


class _Syslog(logging.handlers.SysLogHandler):
    """The standard library's client, told the priority by name and not hiding its errors."""

    def mapPriority(self, levelName: str) -> str:  # noqa: N802, N803 - the base class's names
        return levelName

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        error = sys.exc_info()[1]
        raise error if isinstance(error, OSError) else OSError(str(error))


class SyslogTarget:
    """`syslog[:facility[:tag]]`; httpd's default facility is local7."""

    timestamp = False
    always_notice = False

    def __init__(self, target: str, address: str = "/dev/log") -> None:
        """Raises ValueError for a facility that syslog does not have."""
        _, facility, tag = [*target.split(":", 2), "", ""][:3]
        names = logging.handlers.SysLogHandler.facility_names
        if facility and facility.lower() not in names:
            raise ValueError(f"unknown syslog facility {facility!r}")
        self.facility = names[facility.lower() or "local7"]
        self.tag = tag or "httpd"
        self._address = address
        self._handler: _Syslog | None = None
        self._lock = lock()

    def open(self) -> None:
        with self._lock:
            if self._handler is None:
                self._handler = _Syslog(self._address, self.facility)

    def write(self, line: str, level: int) -> None:
        self.open()
        handler = self._handler
        if handler is None:  # closed by another thread just now
            raise OSError("syslog was closed")
        handler.emit(
            logging.makeLogRecord(
                {
                    "levelname": LOG_LEVEL_NAMES[min(level, APLOG_DEBUG)],
                    "msg": f"{self.tag}[{os.getpid()}]: {line}",
                }
            )
        )

    def reopen(self) -> None:
        self.close()
        self.open()

    def close(self) -> None:
        with self._lock:
            handler, self._handler = self._handler, None
            if handler is not None:
                handler.close()


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
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def open(self) -> None:
        with self._lock:
            self._start()

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


def make_target(target: str | None, stream: TextIO | None = None) -> Target:
    """The target that an ErrorLog directive names; nothing is opened yet.

    Raises ValueError for a target that can never work.
    """
    if target is None:
        return StreamTarget(stream)
    if target.startswith("|"):
        return PipeTarget(target)
    if target == "syslog" or target.startswith("syslog:"):
        return SyslogTarget(target)
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
