"""gunicorn's two simple workers, with what httpd's processes do and they do not.

Law: a client may stay silent for the configuration's Timeout and no longer, and a process takes a connection only when
it has a thread free for it. (gunicorn's own threaded worker takes all it can get, so that a request can wait behind a
slow one while other processes are idle; its own workers wait for a silent client for ever.) What is no request is
refused in httpd's words (refusals.py), and a body is asked for when somebody wants it (awaited_body.py).
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
from concurrent.futures import Future
from typing import Any

from gunicorn import util
from gunicorn.workers import base, gthread, sync

from .awaited_body import await_body
from .connection_workers import Resumed, TakesConnections, connections_of
from .connections import Accepted
from .refusals import refusal

__all__ = ["OneByOneWorker", "ThreadWorker"]


PLAIN_HTTP = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
    b"You're speaking plain HTTP to an SSL-enabled server port.\n"
    b"Instead use the HTTPS scheme to access this URL, please.\n"
)


class _Secure(base.Worker):  # type: ignore[misc]
    """What both have of TLS: which settings a connection is served by, and what is said where no handshake is made."""

    cfg: Any

    def settings_of(self, client: socket.socket) -> Any:
        """gunicorn's settings for a connection: those of TLS, or the worker's own."""
        return self.app.settings_of(client)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """gunicorn's hook for a request that could not be read."""
        if not isinstance(exc, ssl.SSLError):
            answer = refusal(exc)
            if answer is None:
                super().handle_error(req, client, addr, exc)
                return
            self.log.warning("Invalid request (client %s): %s", addr[0] if addr else "", exc)
            with contextlib.suppress(OSError):
                util.write_nonblock(client, answer)
            return
        self.log.info("TLS handshake failed (client %s): %s", addr[0] if addr else "", exc.reason or exc)
        if exc.reason == "HTTP_REQUEST":
            with contextlib.suppress(OSError):
                socket.socket.sendall(client, PLAIN_HTTP)  # past TLS, which has not begun


class OneByOneWorker(_Secure, sync.SyncWorker):  # type: ignore[misc]
    """Handlers run in the main thread, one request at a time, each connection closed after its response."""

    def run(self) -> None:
        """gunicorn's hook: serve until the end."""
        self.connections = connections_of(self)
        super().run()

    def handle(self, listener: Any, client: socket.socket, addr: Any) -> None:
        """gunicorn's hook for a connection just accepted."""
        host = self.connections.host(client.getsockname())
        resumed: Any = client
        if host is not None:
            accepted = Accepted(client, addr, host)
            if not self.connections.serve(accepted):
                return
            client = accepted.socket
            resumed = Resumed(client, accepted.rest)
        client.settimeout(self.app.plan.timeout or None)
        own = self.cfg
        try:
            self.cfg = self.settings_of(client)  # one connection at a time
            super().handle(listener, resumed, addr)
        finally:
            self.cfg = own

    def handle_request(self, listener: Any, req: Any, client: Any, addr: Any) -> None:
        """gunicorn's hook for a request whose head was read."""
        await_body(req, client)
        super().handle_request(listener, req, client, addr)


class ThreadWorker(_Secure, TakesConnections):
    """Handlers run in `threads` threads; connections are kept alive."""

    busy = 0  # connections handed to the thread pool and not come back; only the main thread touches it

    def enqueue_req(self, conn: gthread.TConn) -> None:
        """gunicorn's hook for a connection that has something to read."""
        # Read by the kernel, because gunicorn makes the socket blocking again before it reads a request's head.
        seconds = self.app.plan.timeout
        if not conn.initialized:
            conn.cfg = self.settings_of(conn.sock)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", seconds, 0))
        self.busy += 1
        super().enqueue_req(conn)
        if self.busy >= self.cfg.threads:
            self.set_accept_enabled(False)

    def finish_request(self, conn: gthread.TConn, fs: Future[Any]) -> None:
        """gunicorn's hook, in the main thread, for a connection that comes back from the thread pool."""
        self.busy -= 1
        kept = not fs.cancelled() and fs.exception() is None and fs.result() is True
        if kept and conn.cfg.is_ssl and conn.sock.pending():
            self.enqueue_req(conn)  # the next request came in one piece with the last, and the kernel has it no more
            return
        super().finish_request(conn, fs)

    def set_accept_enabled(self, enabled: bool) -> None:
        """gunicorn's hook: whether new connections are wanted."""
        super().set_accept_enabled(enabled and self.busy < self.cfg.threads)

    def handle_request(self, req: Any, conn: gthread.TConn) -> bool:
        """gunicorn's hook for a request whose head was read, in a thread of the pool."""
        # For the body and the response; a timeout of Python's, because socket.sendfile() heeds no other.
        conn.sock.settimeout(self.app.plan.timeout or None)
        for name, value in req.headers:
            if name == "CONNECTION" and "close" in [word.strip() for word in value.lower().split(",")]:
                req.must_close = True  # gunicorn knows the word when it stands alone, in the first of these fields
        await_body(req, conn.sock)
        return bool(super().handle_request(req, conn))
