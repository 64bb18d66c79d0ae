"""Connections of a PythonConnectionHandler: a socket and its two addresses in, the handler run, the socket closed.

Law: server-neutral; `modpy-wsgi serve`, gunicorn's threaded worker and uWSGI's raw sockets all come here. Nobody waits
for a silent client longer than Timeout, and a connection ends with its handler: nothing of it stays behind.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from ..app import Application
from ..config.directives import core, mpm
from ..config.directives.python import PYTHON_OPTIONS
from ..config.host_config import HostConfig
from ..connection_dispatch import ConnectionCall
from ..constants import APLOG_INFO, DECLINED
from ..environ import plain_address
from ..errors import ConfigError
from ..log import log_message
from ..processing import PREFORK_PROCESSES
from ..stream import Stream
from .listeners import Bases, carries_handlers

__all__ = ["CONNECTIONS_MOST", "Accepted", "Connections", "Threads", "limit_of"]

CONNECTIONS_MOST: Final = 1000  # threads of one process; MaxRequestWorkers of an event MPM may be far beyond
READ_ALL_MOST: Final = 64 * 1024 * 1024  # bytes of a conn.read(-1), which are all in memory
READ_ALL_OPTION: Final = "modpy_wsgi.connection.read_all"

# httpd's lingering close: what the client still sends is taken, or the reset it would get instead could overtake what
# it has been sent.
LINGER_SECONDS: Final = 2.0
LINGER_PIECE: Final = 65536

Address = tuple[str, int]
Contexts = Callable[[str, int], "ssl.SSLContext | None"]


class Accepted:
    """A connection just accepted: its socket, its client as accept() gives it, the host whose handler has it."""

    def __init__(self, sock: socket.socket, client: Any, host: HostConfig) -> None:
        self.socket = sock  # with TLS, once that is spoken
        self.client = client
        self.host = host
        self.rest = b""  # what the handler has left over of what it read, if HTTP is to go on


class Connections:
    """The connection handlers of an application.

    contexts: (address, port) of this machine -> how TLS is spoken there, None for in the clear; without it nowhere.
    """

    def __init__(self, application: Application, *, contexts: Contexts | None = None) -> None:
        self.application = application
        self._contexts = contexts
        self._bases = Bases(application.site)
        self._hosts: dict[int, HostConfig] = {}  # those with a handler, by the identity of what the site says of them
        self._calls: dict[int, tuple[ConnectionCall, int]] = {}  # with the most to read; by the identity of the host
        for host in (application.hosts.main, *application.hosts.virtual):
            if host.connection_handler is not None:
                self._hosts[id(host.host)] = host
                self._calls[id(host)] = ConnectionCall(application, host), _read_all_most(host)

    def __bool__(self) -> bool:
        """Whether the configuration has any connection handler."""
        return bool(self._calls)

    def host(self, name: Any) -> HostConfig | None:
        """The host whose handler has the connections to an address, as getsockname() gives it; None: they are HTTP."""
        return self._hosts.get(id(self._bases.hosts(*_address(name))[0])) if self._hosts else None

    def may_come_to(self, listener: socket.socket) -> bool:
        """Whether connections to a listening socket can be a handler's."""
        return carries_handlers(self.application.site, *_address(listener.getsockname()))

    def serve(self, accepted: Accepted) -> bool:
        """Run the handler of a connection. Raises nothing.

        Returns whether the handler declined, and HTTP is to go on with the socket; else the socket is closed.
        """
        host = accepted.host
        call, all_most = self._calls[id(host)]
        seconds = float(host.base[core.TIMEOUT]) or None
        try:
            environ = _environ(accepted)
            self._secure(accepted, seconds)
            stream = Stream(accepted.socket, seconds, all_most=all_most)
        except (OSError, ValueError, ConfigError) as error:  # gone before it began; no TLS, or no certificate
            message = f"PythonConnectionHandler {call.name}: {_reason(error)}"
            log_message(host.server._log, message, APLOG_INFO, _shown(accepted.client))
            _close(accepted.socket)
            return False
        conn = call.connection(environ, stream)
        if call.run(conn) == DECLINED:
            accepted.socket.setblocking(True)
            accepted.rest = stream.rest
            return True
        _end(accepted.socket, broken=stream.broken)
        return False

    def _secure(self, accepted: Accepted, seconds: float | None) -> None:
        """Speak TLS, if that is spoken at the address. Raises OSError and ssl.SSLError."""
        context = None if self._contexts is None else self._contexts(*_address(accepted.socket.getsockname()))
        if context is not None:
            accepted.socket.settimeout(seconds)
            accepted.socket = context.wrap_socket(accepted.socket, server_side=True, do_handshake_on_connect=False)
            accepted.socket.settimeout(seconds)
            accepted.socket.do_handshake()


class Threads:
    """A thread for each connection, up to a limit.

    done: called at the end of each, in its thread, with whether HTTP is to go on.
    """

    def __init__(self, connections: Connections, *, limit: int, done: Callable[[Accepted, bool], None]) -> None:
        self._connections = connections
        self._limit = limit
        self._done = done
        self._open: dict[threading.Thread, Accepted] = {}
        self._lock = threading.Lock()

    @property
    def full(self) -> bool:
        """Whether no further connection is to be accepted."""
        return len(self._open) >= self._limit

    def start(self, accepted: Accepted) -> None:
        """Serve a connection. Raises RuntimeError, with the socket closed, if there can be no further thread."""
        thread = threading.Thread(target=self._run, args=(accepted,), name="connection", daemon=True)
        with self._lock:
            self._open[thread] = accepted
        try:
            thread.start()
        except RuntimeError:
            with self._lock:
                del self._open[thread]
            _close(accepted.socket)
            raise

    def _run(self, accepted: Accepted) -> None:
        goes_on = False
        try:
            goes_on = self._connections.serve(accepted)
        except BaseException:
            _close(accepted.socket)
            raise
        finally:
            with self._lock:
                del self._open[threading.current_thread()]
            self._done(accepted, goes_on)

    def end(self, seconds: float) -> None:
        """Tell all handlers that their clients are gone, which they hear as OSError; wait so long for them to end."""
        with self._lock:
            threads = list(self._open)
            for accepted in self._open.values():
                with contextlib.suppress(OSError):
                    # As a plain socket, also where TLS is on top: its own shutdown() would wait for the client.
                    socket.socket.shutdown(accepted.socket, socket.SHUT_RDWR)
        deadline = time.monotonic() + seconds
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))


def limit_of(application: Application) -> int:
    """How many connections one process carries at a time: MaxRequestWorkers, as for those of httpd's processes."""
    wanted = application.site.main.settings[mpm.MAX_REQUEST_WORKERS] or PREFORK_PROCESSES
    return min(wanted, CONNECTIONS_MOST)


def _address(name: Any) -> Address:
    """(address, port) of what a socket calls an end; ("", 0) for a Unix socket, which is for what all addresses are."""
    return name[:2] if isinstance(name, tuple) else ("", 0)


def _environ(accepted: Accepted) -> dict[str, Any]:
    """The two ends, in the words of WSGI. Raises OSError if they are not known any more."""
    address, port = _address(accepted.client)
    local, local_port = _address(accepted.socket.getsockname())
    return {
        "REMOTE_ADDR": address,
        "REMOTE_PORT": str(port),
        "SERVER_ADDR": local,
        "SERVER_PORT": str(local_port),
    }


def _read_all_most(host: HostConfig) -> int:
    text = host.base[PYTHON_OPTIONS].get(READ_ALL_OPTION)
    if not text:
        return READ_ALL_MOST
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    host.warn(f"PythonOption {READ_ALL_OPTION} {text}: no number of bytes, {READ_ALL_MOST} is used")
    return READ_ALL_MOST


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no TLS handshake within Timeout"
    if isinstance(error, ssl.SSLError):
        return f"no TLS handshake: {error.reason or error}"
    return str(error)


def _shown(client: Any) -> str | None:
    address, port = _address(client)
    return f"{plain_address(address)}:{port}" if address else None


def _end(sock: socket.socket, *, broken: bool) -> None:
    """Close a connection so that all that was sent arrives."""
    with contextlib.suppress(OSError, ValueError):
        if not broken:
            if isinstance(sock, ssl.SSLSocket):
                sock.settimeout(0.0)
                with contextlib.suppress(OSError):
                    sock.unwrap()  # sends TLS's goodbye, and does not wait for the client's
            socket.socket.shutdown(sock, socket.SHUT_WR)
            deadline = time.monotonic() + LINGER_SECONDS
            while (left := deadline - time.monotonic()) > 0:
                socket.socket.settimeout(sock, left)
                if not socket.socket.recv(sock, LINGER_PIECE):
                    break
    _close(sock)


def _close(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.close()
