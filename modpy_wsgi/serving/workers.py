"""gunicorn's two simple workers, with what httpd's processes do and they do not.

Law: a client may stay silent for the configuration's Timeout and no longer, and a process takes a connection only when
it has a thread free for it. (gunicorn's own threaded worker takes all it can get, so that a request can wait behind a
slow one while other processes are idle; its own workers wait for a silent client for ever.)
"""

from __future__ import annotations

import contextlib
import logging
import socket
import struct
import sys
from concurrent.futures import Future
from typing import Any

from gunicorn import glogging
from gunicorn.workers import gthread, sync

from ..constants import APLOG_ERR
from ..log_targets import Target, make_target

__all__ = ["Logger", "OneByOneWorker", "ThreadWorker"]


class OneByOneWorker(sync.SyncWorker):  # type: ignore[misc]
    """Handlers run in the main thread, one request at a time, each connection closed after its response."""

    def handle(self, listener: Any, client: socket.socket, addr: Any) -> None:
        """gunicorn's hook for a connection just accepted."""
        client.settimeout(self.app.plan.timeout or None)
        super().handle(listener, client, addr)


class ThreadWorker(gthread.ThreadWorker):  # type: ignore[misc]
    """Handlers run in `threads` threads; connections are kept alive."""

    busy = 0  # connections handed to the thread pool and not come back; only the main thread touches it

    def enqueue_req(self, conn: gthread.TConn) -> None:
        """gunicorn's hook for a connection that has something to read."""
        # Read by the kernel, because gunicorn makes the socket blocking again before it reads a request's head.
        seconds = self.app.plan.timeout
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", seconds, 0))
        self.busy += 1
        super().enqueue_req(conn)
        if self.busy >= self.cfg.threads:
            self.set_accept_enabled(False)

    def finish_request(self, conn: gthread.TConn, fs: Future[Any]) -> None:
        """gunicorn's hook, in the main thread, for a connection that comes back from the thread pool."""
        self.busy -= 1
        super().finish_request(conn, fs)

    def set_accept_enabled(self, enabled: bool) -> None:
        """gunicorn's hook: whether new connections are wanted."""
        super().set_accept_enabled(enabled and self.busy < self.cfg.threads)

    def handle_request(self, req: Any, conn: gthread.TConn) -> bool:
        """gunicorn's hook for a request whose head was read, in a thread of the pool."""
        # For the body and the response; a timeout of Python's, because socket.sendfile() heeds no other.
        conn.sock.settimeout(self.app.plan.timeout or None)
        return bool(super().handle_request(req, conn))


class Logger(glogging.Logger):  # type: ignore[misc]
    """gunicorn's log, without a traceback for each client that fell silent, and in a file that stays root's."""

    def _set_handler(self, log: logging.Logger, output: str | None, fmt: logging.Formatter, stream: Any = None) -> None:
        # gunicorn's own gives the file to the workers' user, and whatever a symbolic link of its name leads to.
        if output is None or output == "-":
            super()._set_handler(log, output, fmt, stream)
            return
        handler = _LogHandler(make_target(output))
        handler.setFormatter(fmt)
        log.addHandler(handler)

    def reopen_files(self) -> None:
        """gunicorn's hook for a log rotation."""
        super().reopen_files()
        for handler in self.error_log.handlers:
            if isinstance(handler, _LogHandler):
                handler.reopen()

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """gunicorn's hook for an exception that ended a connection."""
        if isinstance(sys.exc_info()[1], (TimeoutError, BlockingIOError)):
            self.info("A client was silent for longer than Timeout; its connection is closed")
        else:
            super().exception(msg, *args, **kwargs)


class _LogHandler(logging.Handler):
    """Messages of gunicorn to a target of the error log, opened by the first process and passed on to the workers."""

    _gunicorn = True  # by which gunicorn finds what it is to remove when the log is set up anew

    def __init__(self, target: Target) -> None:
        """Raises RuntimeError if it cannot be opened, as gunicorn does."""
        super().__init__()
        try:
            target.open()
        except OSError as error:
            raise RuntimeError(f"ErrorLog: {error}") from error
        self._target = target

    def reopen(self) -> None:
        """Opens again; what was open stays so where that is not allowed, as in a worker."""
        with contextlib.suppress(OSError):
            self._target.reopen()

    def emit(self, record: logging.LogRecord) -> None:
        """logging's hook for a message."""
        try:
            self._target.write(self.format(record), APLOG_ERR)
        except OSError:
            self.handleError(record)
