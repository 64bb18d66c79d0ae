"""Runs a connection handler: name -> module -> object -> result (manual 4.4, 5.3).

Law: transport-neutral; who has the socket calls it with a connection object. A handler that raises, or whose result is
no int, is logged and its connection closed: nobody is told why, as the protocol is the handler's own. Source: the
original's ConnectionDispatch, as observed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import current
from .config.host_config import HostConfig
from .config.request_config import RequestConfig
from .constants import HTTP_INTERNAL_SERVER_ERROR
from .dispatch import Call
from .errors import ends_greenlet
from .interpreter import Interpreter
from .interpreter_names import MAIN
from .log import log_exception
from .phases import CONNECTION
from .raw_connection import RawConnection
from .stream import Stream

if TYPE_CHECKING:
    from .app import Application

__all__ = ["ConnectionCall"]

WORD = "ConnectionHandler"  # what the original writes before each line of an error


class ConnectionCall:
    """The connection handler of one host, ready to be run. Raises KeyError if the host has none."""

    def __init__(self, application: Application, host: HostConfig) -> None:
        reference = host.base_handlers[CONNECTION.directive][0]  # the original asks the first one only
        self._application = application
        self._server = host.server
        self._config = RequestConfig(host, host.base, fileless=True)
        self._call = Call.of(reference, CONNECTION, None)

    @property
    def name(self) -> str:
        """The handler as configured."""
        return self._call.shown

    def connection(self, environ: dict[str, Any], stream: Stream) -> RawConnection:
        """The connection object for a stream; `environ` has what is known of its two ends."""
        return RawConnection(environ, self._server, stream, (self._call,))

    def run(self, conn: RawConnection) -> int:
        """What the handler returns: DECLINED if HTTP is to go on; HTTP_INTERNAL_SERVER_ERROR if it failed."""
        application = self._application
        token = current.answering.set(application)
        try:
            interpreter = self._interpreter()
            with interpreter.serving():
                return self._result(conn, interpreter)
        except BaseException as error:
            if ends_greenlet(error):
                raise
            self.failed(error, conn)
            return HTTP_INTERNAL_SERVER_ERROR
        finally:
            current.answering.reset(token)

    def failed(self, error: BaseException, conn: RawConnection) -> None:
        """Write a traceback to the error log of the host."""
        address, port = conn.client_addr
        client = f"{address}:{port}" if address else None
        log_exception(self._server._log, f"{WORD} {self.name}", error, client=client, about=conn)

    def _interpreter(self) -> Interpreter:
        config = self._config
        name = config.python_interpreter
        if name is None:
            # There is neither a file nor a directory that the directive stands in.
            per_place = config.per_directory or config.per_directive
            name = MAIN if per_place else self._server.server_hostname
        return self._application.interpreters.get(name)

    def _result(self, conn: RawConnection, interpreter: Interpreter) -> int:
        config = self._config
        handler = self._call.find(conn, interpreter, config)  # type: ignore[arg-type]  # a class gets it as its argument
        debugged = config.debugger and self._application.one_process
        if debugged:
            import pdb  # large, and wanted with a terminal only

            result = pdb.runcall(handler, conn)
        else:
            result = handler(conn)
        if result.__class__ is not int:
            raise AssertionError(f"{WORD} {self.name!r} returned invalid return code.")
        return result
