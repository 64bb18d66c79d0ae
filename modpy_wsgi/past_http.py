"""The connection of a request as bytes: conn.read(), readline() and write() from within a request, past HTTP.

Law: only where the server shows its socket, as gunicorn does. A handler that has used one of them speaks for itself: no
answer is sent, and the connection ends with the request, because what follows on it is no longer known to be HTTP.
Handlers of WebSockets were written so, against the manual's advice (4.5.4).
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any, Final

from .config.directives import core
from .errors import HandlerError

if TYPE_CHECKING:
    from .raw_connection import RawConnection
    from .request import mp_request

__all__ = ["ConnectionTaken", "take"]

SOCKET: Final = "gunicorn.socket"  # in the environ; uWSGI and waitress show none
ALL_MOST: Final = 64 * 1024 * 1024  # bytes of a conn.read(-1), which are all in memory


class ConnectionTaken(BrokenPipeError):  # noqa: N818 - what happened
    """Ends a request whose handler has used the connection: gunicorn closes it then, and says nothing of its own."""

    def __init__(self) -> None:
        super().__init__(errno.EPIPE, "a handler has used the connection itself")


def take(req: mp_request) -> RawConnection:
    """The connection of a request, for its bytes.

    Raises HandlerError if the server does not show its socket, or speaks HTTP/2 on it.
    """
    environ = req._environ
    sock = environ.get(SOCKET)
    if sock is None or not environ.get("SERVER_PROTOCOL", "").startswith("HTTP/1"):
        raise HandlerError(
            "conn.read(), readline() and write() in a request need the socket, which this server does not show; "
            "use req.read() and req.write()"
        )
    from .raw_connection import RawConnection  # and with it the standard library's ssl, for what few handlers do
    from .stream import Stream

    seconds = float(req._host.base[core.TIMEOUT]) or None
    stream = Stream(sock, seconds, all_most=ALL_MOST, before=_read_ahead(environ))
    return RawConnection(environ, req.connection.base_server, stream, ())


def _read_ahead(environ: dict[str, Any]) -> bytes:
    """What gunicorn has read of the socket behind the head, or behind the body if that was read."""
    unreader = getattr(getattr(environ["wsgi.input"], "reader", None), "unreader", None)
    buffer = getattr(unreader, "buf", None)
    return b"" if buffer is None else bytes(buffer.getvalue())
