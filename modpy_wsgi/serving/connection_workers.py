"""gunicorn's threaded worker, with connection handlers beside HTTP.

Law: what a listener's connections carry is decided for each when it is accepted, by the address that it came in
through. A handler's connection has a thread of its own, and takes none of those for requests; what the handler declines
goes on as HTTP. At the end of the server connections may go on as long as requests may, then their handlers are told;
at a reload they may for as long as they last, as in httpd, in a process that takes no new ones.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import ssl
import threading
import time
from typing import Any, Final

from gunicorn import http
from gunicorn.workers import gthread

from .. import current
from ..app import Application
from .connections import Accepted, Connections, Threads, limit_of
from .settings import GRACEFUL_SECONDS, NO_LIMIT

__all__ = ["ConnectionWorker", "Resumed", "TakesConnections", "connections_of", "gather", "retire", "share_out"]

FAREWELL_SECONDS: Final = 2.0  # before a worker is killed at the latest, for handlers to end
_NOBODY_CAME: Final = (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK)
RETIRE: Final = signal.SIGUSR2  # to a worker; gunicorn's own workers know none of this
_NEVER_FIRST: Final = 2**62  # as a worker's age: gunicorn gives up the oldest, those with low numbers


def connections_of(worker: Any) -> Connections:
    """The connection handlers of the application that a worker of gunicorn has loaded; it asks them from now on."""
    application = getattr(worker.app, "application", worker.wsgi)
    if not isinstance(application, Application):
        application = current.application()
        if not isinstance(application, Application):
            raise RuntimeError("the application is none of modpy_wsgi")
    application.asks_connection_handlers = True
    certificates = getattr(worker.app, "certificates_of_handlers", None)
    return Connections(application, contexts=None if certificates is None else certificates.context)


class _Queue(gthread.PollableMethodQueue):  # type: ignore[misc]
    """What threads want done in the main thread; once it is closed, nothing any more."""

    def __init__(self) -> None:
        super().__init__()
        self._closing = threading.Lock()
        self._closed = False

    def defer(self, callback: Any, *args: Any) -> None:
        with self._closing:  # else a byte might go to a file that has the number of the closed pipe
            if not self._closed:
                super().defer(callback, *args)

    def close(self) -> None:
        with self._closing:
            self._closed = True
            super().close()


class TakesConnections(gthread.ThreadWorker):  # type: ignore[misc]
    """What makes gunicorn's threaded worker ask connection handlers."""

    alive: bool
    _told_at: float | None = None  # when handlers are told that their clients are gone, once the worker is to end
    _seconds = 0  # of GracefulShutdownTimeout, where gunicorn has been told another time
    _retired = False  # another has taken its place, and the server goes on

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method_queue = _Queue()
        self._carrying: frozenset[Any] = frozenset()  # listeners whose connections may be a handler's
        self._watched: set[Any] = set()

    def init_signals(self) -> None:
        """gunicorn's hook: what signals mean to a worker."""
        super().init_signals()
        signal.signal(RETIRE, self.handle_retire)

    def handle_retire(self, number: int, frame: Any) -> None:
        """Take no new connections, and end when the last one has."""
        self._retired = True
        self._seconds = self.cfg.graceful_timeout
        self.cfg.set("graceful_timeout", NO_LIMIT)  # in this process alone
        super().handle_exit(number, frame)

    def handle_exit(self, number: int, frame: Any) -> None:
        """gunicorn's hook for the end of the server."""
        self._retired = False
        super().handle_exit(number, frame)

    def run(self) -> None:
        """gunicorn's hook: serve until the end."""
        self.connections = connections_of(self)
        limit = limit_of(self.connections.application)
        self.connection_threads = Threads(self.connections, limit=limit, done=self._done)
        self._carrying = frozenset(filter(self.connections.may_come_to, self.sockets))
        super().run()
        self.connection_threads.end(FAREWELL_SECONDS)

    def set_accept_enabled(self, enabled: bool) -> None:
        """gunicorn's hook: whether new connections are wanted for requests; those of handlers have their own limit."""
        if not self._carrying:
            super().set_accept_enabled(enabled)
            return
        free = self.alive and not self.connection_threads.full
        for listener in self.sockets:
            wanted = free if listener in self._carrying else enabled
            if wanted and listener not in self._watched:
                listener.setblocking(False)
                self.poller.register(listener, gthread.selectors.EVENT_READ, self.accept)
                self._watched.add(listener)
            elif not wanted and listener in self._watched:
                self.poller.unregister(listener)
                self._watched.discard(listener)
        self._accepting = enabled

    def settings_of(self, client: socket.socket) -> Any:
        """gunicorn's settings for a connection."""
        return self.cfg

    def accept(self, listener: Any) -> None:
        """gunicorn's hook for a listener with a connection waiting."""
        if listener not in self._carrying:
            super().accept(listener)
            return
        try:
            sock, client = listener.accept()
            host = self.connections.host(sock.getsockname())
        except OSError as error:
            if error.errno not in _NOBODY_CAME:
                self.log.error("accept: %s", error)
                time.sleep(0.1)  # out of file descriptors, mostly: let some be closed
            return
        self.nr_conns += 1
        accepted = Accepted(sock, client, host) if host is not None else None
        if accepted is None:
            self._go_on(sock, client, b"")
            return
        try:
            self.connection_threads.start(accepted)
        except RuntimeError as error:
            self.nr_conns -= 1
            self.log.error("no thread for a connection: %s", error)
        self.set_accept_enabled(self._accepting)

    def _go_on(self, sock: socket.socket, client: Any, read: bytes) -> None:
        """A connection as HTTP; `read` has been read of it, and TLS is spoken already where it is to be."""
        sock.setblocking(True)
        conn = gthread.TConn(self.settings_of(sock), sock, client, sock.getsockname())
        secured = sock if isinstance(sock, ssl.SSLSocket) else None
        if read or secured is not None:  # without a parser gunicorn would begin with a handshake
            conn.parser = http.get_parser(conn.cfg, sock, client)
            if read:
                conn.parser.unreader.unread(read)
            conn.data_ready = bool(read or (secured is not None and secured.pending()))  # of which no poll tells
        self.enqueue_req(conn)

    def _done(self, accepted: Accepted, goes_on: bool) -> None:
        """In a connection's thread, at its end."""
        self.method_queue.defer(self._over, accepted, goes_on)

    def _over(self, accepted: Accepted, goes_on: bool) -> None:
        """The same in the main thread."""
        if goes_on:
            try:
                self._go_on(accepted.socket, accepted.client, accepted.rest)
            except OSError:  # gone meanwhile
                self.nr_conns -= 1
                accepted.socket.close()
        else:
            self.nr_conns -= 1
        if self.alive:
            self.set_accept_enabled(self._accepting)

    def is_parent_alive(self) -> bool:
        """gunicorn's hook: whether the first process is still there; if not, this one ends."""
        if super().is_parent_alive():
            return True
        self.alive = False
        return False

    def notify(self) -> None:
        """gunicorn's hook, once a second and with each event, also while the worker waits for its end."""
        super().notify()
        if self.alive or (self._retired and self.ppid == os.getppid()):
            return
        now = time.monotonic()
        if self._told_at is None:
            seconds = self._seconds or self.cfg.graceful_timeout
            if seconds >= NO_LIMIT:  # connections may have no end
                seconds = GRACEFUL_SECONDS
            self._told_at = now + max(0.0, seconds - FAREWELL_SECONDS)
        if now >= self._told_at:
            self.connection_threads.end(0.0)


class Resumed:
    """A socket that a connection handler has read of: what it left over comes first."""

    def __init__(self, sock: socket.socket, rest: bytes) -> None:
        self.socket = sock
        self._rest = rest

    def recv(self, size: int) -> bytes:
        """As of a socket."""
        if not self._rest:
            return self.socket.recv(size)
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken

    def __getattr__(self, name: str) -> Any:
        return getattr(self.socket, name)


class ConnectionWorker(TakesConnections):
    """For gunicorn alone: `gunicorn --worker-class modpy_wsgi.serving.connection_workers.ConnectionWorker`."""


# `modpy-wsgi serve` has one worker for connection handlers and the others for requests, so that neither waits for the
# other, and handlers of requests are as alone in their process as the configuration says.


def share_out(arbiter: Any, worker: Any) -> None:
    """gunicorn's hook in the first process, before a worker is forked: which of the listeners are its."""
    if not arbiter.app.plan.for_handlers:
        return
    connections = Connections(arbiter.app.application)
    for_handlers = not any(getattr(each, "for_handlers", False) for each in arbiter.WORKERS.values())
    worker.for_handlers = for_handlers
    worker.sockets = [each for each in arbiter.LISTENERS if connections.may_come_to(each) is for_handlers]
    if for_handlers:
        worker.age = _NEVER_FIRST


def retire(arbiter: Any) -> None:
    """gunicorn's hook in the first process at a reload: what was the worker for connections goes its own way.

    gunicorn no longer knows it: it would wait for the end of a worker whose connections last for days.
    """
    for pid, worker in list(arbiter.WORKERS.items()):
        if getattr(worker, "for_handlers", False):
            del arbiter.WORKERS[pid]
            _retired(arbiter)[pid] = worker
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, RETIRE)


def gather(arbiter: Any) -> None:
    """For the end of the server, in the first process: gunicorn is to end those that `retire` let go, too."""
    for pid, worker in _retired(arbiter).items():
        try:
            lives = os.waitpid(pid, os.WNOHANG) == (0, 0)
        except ChildProcessError:  # reaped before; the number may be another process's
            lives = False
        if lives:
            arbiter.WORKERS[pid] = worker
    _retired(arbiter).clear()


def _retired(arbiter: Any) -> dict[int, Any]:
    found: dict[int, Any] = arbiter.__dict__.setdefault("retired", {})
    return found
