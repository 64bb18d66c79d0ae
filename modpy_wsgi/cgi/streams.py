"""What a Python script reads and writes: its standard input, output and error as files of the standard library.

Law: what a script writes is treated like a program's output, by the same rules for its head; a script is never told
that its head was none. Text is UTF-8 with surrogateescape, as for Python under the C locale.
"""

from __future__ import annotations

import contextlib
import io
import os
from typing import IO, TYPE_CHECKING, Any

from ..constants import HTTP_OK, OK
from . import head
from .complaints import Complaints

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["Input", "NoDescriptor", "Output", "Printed", "error_stream", "input_stream"]

SIZE = 8192  # bytes that a script's output waits for, as for any program


class NoDescriptor(io.RawIOBase):
    """No file of the system. Programs ask for `fileno` to find that out, and look for an AttributeError: the original's
    standard input and output have no such method, nor had Python 2's StringIO."""

    def fileno(self) -> int:
        """Nothing: AttributeError."""
        raise AttributeError("fileno")


class Output(NoDescriptor):
    """The end of a script's standard output: the answer of the request."""

    name = "<stdout>"

    def __init__(self, req: mp_request) -> None:
        self._req = req
        self._reader: head.Reader | None = head.Reader()  # of the head; None once it is read
        self._dropped = False
        self.status = OK  # what the head asks for: 304, 412
        self.wrong: str | None = None  # why the head is none
        self.location: str | None = None  # where the head sends to
        self.ending = False  # what is flushed now is so because the script has ended
        self._process = os.getpid()  # a child that the script forks has nobody to answer

    def writable(self) -> bool:
        """True."""
        return True

    def write(self, data: Any) -> int:
        """Take bytes. Raises OSError if the client has gone."""
        data = bytes(data)
        if os.getpid() != self._process:
            return len(data)
        if self._reader is not None:
            self._read_head(self._reader, data)
        elif not self._dropped:
            self._req.write(data, 0)
        return len(data)

    def send(self) -> None:
        """What a script's flush() is for: the client gets what there is."""
        if self._reader is None and not self._dropped and not self.ending and os.getpid() == self._process:
            self._req.flush()

    @property
    def unfinished(self) -> str | None:
        """Why there is no answer: the head was none, or has not ended."""
        if self.wrong is None and self._reader is not None:
            name = (self._req._filename or "").rpartition("/")[2]
            ended = b"\n" in self._reader.said
            what = "Premature end of script headers" if ended else "End of script output before headers"
            return f"{what}: {name}"
        return self.wrong

    def _read_head(self, reader: head.Reader, data: bytes) -> None:
        req = self._req
        try:
            found = reader.feed(data)
        except head.BadHead as error:
            name = (req._filename or "").rpartition("/")[2]
            self.wrong = f"malformed header from script '{name}': {error}"
            self._reader, self._dropped = None, True
            return
        if found is None:
            return
        self._reader = None
        self.status = head.apply(req, found.lines, as_original=True)
        if self.status == OK and req._status == HTTP_OK and getattr(req, "_headers_out", None) is not None:
            self.location = req.headers_out.get("Location")
        self._dropped = self.status != OK or self.location is not None
        if found.rest and not self._dropped:
            req.write(found.rest, 0)


class _Buffered(io.BufferedWriter):
    """The buffer before an Output, which knows a flush() from a buffer that is full."""

    def __init__(self, output: Output, size: int) -> None:
        super().__init__(output, size)
        self._output = output

    def flush(self) -> None:
        """Send what there is, now."""
        super().flush()
        self._output.send()


class Printed:
    """sys.stdout over an Output. A script that only prints needs no more than `write`; the file is made for others.

    Text and bytes (sys.stdout.buffer) keep their order.
    """

    _file: io.TextIOWrapper
    _buffer: _Buffered

    def __init__(self, output: Output) -> None:
        self._output = output
        self._held: list[bytes] = []
        self._size = 0

    def write(self, text: str) -> Any:
        """Write text. Raises what a file raises."""
        if "_file" in self.__dict__ or type(text) is not str:
            return self._file.write(text)
        data = text.encode("utf-8", "surrogateescape")
        self._held.append(data)
        self._size += len(data)
        if self._size >= SIZE:
            self._pour()
        return len(text)

    def __getattr__(self, name: str) -> Any:
        if name != "_file":
            return getattr(self._file, name)
        buffer = self._buffer = _Buffered(self._output, SIZE)
        self._file = _text(buffer, "w", "surrogateescape", newline="\n", write_through=True)
        held, self._held = self._held, []
        buffer.write(b"".join(held))
        return self._file

    def end(self) -> None:
        """Let all that was written arrive, whatever the script has done with the file. Raises OSError."""
        self._output.ending = True
        if "_file" not in self.__dict__:
            self._pour()
            return
        for file in (self._file, self._buffer):
            with contextlib.suppress(ValueError):  # it is closed, or detached
                file.flush()

    def _pour(self) -> None:
        held, self._held, self._size = self._held, [], 0
        if held:
            self._output.write(b"".join(held))


class Input(NoDescriptor):
    """The body of a request."""

    name = "<stdin>"

    def __init__(self, req: mp_request) -> None:
        self._req = req

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read as much as there is room for, or is left. Raises OSError, and SERVER_RETURN as req.read()."""
        data = self._req.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Laid(NoDescriptor):
    """The body of a request that was laid into a file, which is not the program's business."""

    name = "<stdin>"

    def __init__(self, file: Any) -> None:
        self._file = file

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read as much as there is room for, or is left."""
        read: int = self._file.readinto(buffer)
        return read


def input_stream(req: mp_request, file: IO[bytes] | None) -> io.TextIOWrapper:
    """sys.stdin: the body of the request, or the file that it was laid into; its line ends are left as they are."""
    raw = Input(req) if file is None else _Laid(file)
    return _text(io.BufferedReader(raw), "r", "surrogateescape", newline="\n")


class _Errors(NoDescriptor):
    name = "<stderr>"

    def __init__(self, complaints: Complaints) -> None:
        self._complaints = complaints

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        data = bytes(data)
        self._complaints.feed(data)
        return len(data)


def error_stream(complaints: Complaints) -> io.TextIOWrapper:
    """sys.stderr: lines for the error log."""
    return _text(io.BufferedWriter(_Errors(complaints)), "w", "backslashreplace", line_buffering=True)


def _text(buffer: Any, mode: str, errors: str, **options: Any) -> io.TextIOWrapper:
    """A text file that has all that the streams of a process have, with its mode."""
    file: Any = io.TextIOWrapper(buffer, "utf-8", errors, **options)
    file.mode = mode
    made: io.TextIOWrapper = file
    return made
