"""The bytes of a connection that carries no HTTP: read in pieces and lines, written whole.

Law: a socket with a time-out of the server's, not of Python's: what is read into the buffer is never lost, a line has a
bound, and a client that went away or fell silent is an OSError. Several threads may read and write at once, also over
TLS, whose state only one of them may touch at a time.
"""

from __future__ import annotations

import select
import socket
import ssl
import threading
import time
from typing import Final

__all__ = ["LINE_MOST", "PIECE", "Stream"]

PIECE: Final = 8000  # bytes at most that a read() returns; httpd's bucket (seen on the original)
LINE_MOST: Final = 8192  # bytes of a line that are returned without its end; httpd's HUGE_STRING_LEN
READ_ERROR: Final = "Connection read error"  # the original's words
WRITE_PIECE: Final = 65536


class Stream:
    """One socket, with what was read of it and not been asked for.

    seconds: how long the other side may be silent, or not take what it is sent; None: for ever. all_most: bytes that
    `read_all` may return. before: what somebody else has read of the socket already.
    """

    def __init__(self, sock: socket.socket, seconds: float | None, *, all_most: int, before: bytes = b"") -> None:
        self.socket = sock
        self._seconds = seconds
        self._all_most = all_most
        self._buffer = bytearray(before)
        self._ended = False  # the other side sends no more
        self.broken = False  # nor takes any more, as far as is known
        self._touching = threading.Lock()
        self._writing = threading.Lock()
        sock.setblocking(False)

    # Reading

    def read(self, most: int) -> bytes:
        """What has come, up to `most` bytes (0: PIECE); waits for the first of them. b"" at the end. Raises OSError."""
        if not self._buffer:
            return self._receive(min(most or PIECE, PIECE))
        most = min(most or PIECE, len(self._buffer))
        return self._take(most)

    def read_all(self) -> bytes:
        """All up to the end. Raises OSError, also if it is more than may be."""
        while piece := self._receive(PIECE):
            self._buffer += piece
            if len(self._buffer) > self._all_most:
                raise OSError(f"{READ_ERROR}: more than {self._all_most} bytes")
        return self._take(len(self._buffer))

    def read_line(self, most: int) -> bytes:
        """A line with its end, or its first `most` bytes (0: LINE_MOST); what is left of it at the end, b"" then.

        Raises OSError.
        """
        most = min(most or LINE_MOST, LINE_MOST)
        looked = 0
        while True:
            end = self._buffer.find(b"\n", looked, most)
            if end >= 0:
                return self._take(end + 1)
            looked = len(self._buffer)
            if looked >= most:
                return self._take(most)
            piece = self._receive(PIECE)
            if not piece:
                return self._take(looked)
            self._buffer += piece

    @property
    def rest(self) -> bytes:
        """What was read of the socket and not been asked for."""
        return bytes(self._buffer)

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _receive(self, most: int) -> bytes:
        """The next bytes of the socket; b"" at the end, each time. Raises OSError."""
        if self._ended:
            return b""
        deadline = self._deadline()
        while True:
            wanted = select.POLLIN
            try:
                with self._touching:
                    piece = self.socket.recv(most)
            except (BlockingIOError, ssl.SSLWantReadError):
                pass
            except ssl.SSLWantWriteError:
                wanted = select.POLLOUT
            except ssl.SSLEOFError:  # without TLS's own goodbye, as many clients leave
                piece = b""
                break
            except (OSError, ValueError) as error:
                self.broken = self._ended = True
                raise OSError(READ_ERROR) from error
            else:
                break
            self._wait(wanted, deadline)
        self._ended = not piece
        return piece

    # Writing

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send all of it. Raises OSError if the other side is gone, or takes nothing for so long."""
        if isinstance(data, memoryview) and not data.c_contiguous:
            data = bytes(data)
        with self._writing, memoryview(data).cast("B") as view:
            position = 0
            while position < len(view):
                position += self._send(view[position : position + WRITE_PIECE])

    def _send(self, piece: memoryview) -> int:
        deadline = self._deadline()
        while True:
            wanted = select.POLLOUT
            try:
                with self._touching:
                    return self.socket.send(piece)
            except (BlockingIOError, ssl.SSLWantWriteError):
                pass
            except ssl.SSLWantReadError:
                wanted = select.POLLIN
            except (OSError, ValueError):
                self.broken = True
                raise
            try:
                self._wait(wanted, deadline)
            except OSError:
                self.broken = True
                raise

    # Waiting

    def _deadline(self) -> float | None:
        return None if self._seconds is None else time.monotonic() + self._seconds

    def _wait(self, wanted: int, deadline: float | None) -> None:
        """Until the socket is ready. Raises OSError when it is too late, or the socket was closed by this side."""
        file = self.socket.fileno()
        if file < 0:
            raise OSError(READ_ERROR)
        poll = select.poll()
        poll.register(file, wanted)
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        if not poll.poll(None if left is None else left * 1000 + 1):
            self._ended = self.broken = True
            raise OSError(READ_ERROR if wanted == select.POLLIN else "Connection write error")
