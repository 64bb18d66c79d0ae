"""Connection handlers under uWSGI: what it calls for each connection to a --raw-socket.

Law: uWSGI hands a connection to nobody else: one that no handler is for, or that its handler declines, is closed, with
a line in the log.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

from ..app import Application
from .certificates import Certificates
from .connections import Accepted, Connections
from .listeners import carries_handlers

__all__ = ["raw_application"]


def raw_application(application: Application) -> Callable[[int], tuple[()]]:
    """What serves the descriptor of a connection. Raises ConfigError for certificates that cannot be used."""
    site = application.site
    certificates = Certificates(site, application.hosts)
    for host in (site.main, *site.hosts):
        for address in host.addresses:
            if address.port is not None and carries_handlers(site, address.host, address.port):
                certificates.check(address.host, address.port)
    connections = Connections(application, contexts=certificates.context)

    def serve(number: int) -> tuple[()]:
        application.start_worker()
        _serve(connections, socket.socket(fileno=os.dup(number)))  # uWSGI closes its own
        return ()  # which uWSGI takes for what is to be sent

    return serve


def _serve(connections: Connections, sock: socket.socket) -> None:
    try:
        name, client = sock.getsockname(), sock.getpeername()
    except OSError:  # gone already
        sock.close()
        return
    host = connections.host(name)
    if host is None:
        sock.close()
        connections.application.main_server.log_error(f"{name[0]}:{name[1]}: no PythonConnectionHandler is for it")
        return
    accepted = Accepted(sock, client, host)
    if connections.serve(accepted):
        accepted.socket.close()
        host.server.log_error("a PythonConnectionHandler declined: uWSGI speaks no HTTP on a raw socket")
