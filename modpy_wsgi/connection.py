"""The connection object of a request (manual 4.5.4, reference section 6).

Law: WSGI has no connections, so this is what a request's environ (and the server's socket, where it is shown) lets know
of one; it is made for each request, and what is not asked for is not computed. As in the original only `keepalive` (and
here `user`) can be set, and no attribute can be added.
"""

from __future__ import annotations

import itertools
import os
import weakref
from typing import Any, Final

from ._fast.table import table
from .constants import AP_CONN_UNKNOWN, APLOG_WARNING
from .environ import local_address, plain_address, port_number
from .errors import HandlerError
from .log import log_message
from .members import readonly
from .server import mp_server

__all__ = ["Client", "mp_conn"]

_numbers: Final = itertools.count()
_warned: Final[set[str]] = set()  # old names that the log has been told of in this process


class Client:
    """A client behind proxies: its address, and what DNS was asked about it."""

    __slots__ = ("client_ip", "double_reverse", "remote_host")

    def __init__(self, address: str) -> None:
        self.client_ip = address
        self.remote_host: str | None = None
        self.double_reverse = 0

    def remember_host(self, name: str) -> None:
        """Keep its name, "" if there is none."""
        self.remote_host = name

    def remember_double_reverse(self, leads_back: bool) -> None:
        """Keep whether the name leads back to the address."""
        self.double_reverse = 1 if leads_back else -1


class mp_conn:  # noqa: N801 - the original's type name
    """The connection that a request came over."""

    # What is not set in __init__ is set when it is first known; the members below have the defaults.
    __slots__ = (
        "__weakref__",
        "_aborted",
        "_double_reverse",
        "_environ",
        "_id",
        "_keepalive",
        "_local_addr",
        "_log_id",
        "_notes",
        "_remote_host",
        "_request",
        "_server",
        "_user",
    )

    _id: int
    _aborted: int
    _remote_host: str
    _double_reverse: int
    _local_addr: tuple[str, int]
    _notes: table
    _user: str | None

    def __init__(self, environ: dict[str, Any], server: mp_server, request: Any = None) -> None:
        """environ: of WSGI. server: the virtual host. request: whose `user` is the connection's too, or None."""
        self._environ = environ
        self._server = server
        self._log_id: str | None = None  # which its lines in the error log have in common
        self._request = None if request is None else weakref.ref(request)

    base_server = readonly("_server", "The server object of the virtual host that the connection came in through.")

    # The client

    @property
    def client_ip(self) -> str:
        """The client's address; "" if the server does not tell it, as over a Unix socket.

        An IPv4 address in IPv6 clothes, as a socket for both shows it, is plain IPv4 here, as in httpd.
        """
        return plain_address(self._environ.get("REMOTE_ADDR") or "")

    @property
    def client_addr(self) -> tuple[str, int]:
        """(address, port) of the client; the port is 0 if the server does not tell it."""
        return self.client_ip, port_number(self._environ.get("REMOTE_PORT"))

    @property
    def remote_ip(self) -> str:
        """The manual's name of client_ip. The log says once that it is old, as in the original."""
        self._warn("remote_ip", "req.useragent_ip or conn.client_ip")
        return self.client_ip

    @property
    def remote_addr(self) -> tuple[str, int]:
        """The manual's name of client_addr. The log says once that it is old, as in the original."""
        self._warn("remote_addr", "req.useragent_addr or conn.client_addr")
        return self.client_addr

    @property
    def remote_host(self) -> str | None:
        """The client's name: None if DNS was not asked (req.get_remote_host() does it), "" if there is none."""
        return getattr(self, "_remote_host", None)

    def remember_host(self, name: str) -> None:
        """Keep the client's name, once DNS was asked for it; "" if there is none."""
        self._remote_host = name

    def remember_double_reverse(self, leads_back: bool) -> None:
        """Keep whether the client's name leads back to its address, once DNS was asked for that."""
        self._double_reverse = 1 if leads_back else -1

    @property
    def double_reverse(self) -> int:
        """1 if the client's name was looked up and leads back to its address, -1 if it does not, 0 if not asked."""
        return getattr(self, "_double_reverse", 0)

    @property
    def remote_logname(self) -> str | None:
        """The user's name by RFC 1413 where the server asked for it (REMOTE_IDENT), else None."""
        return self._environ.get("REMOTE_IDENT")

    @property
    def user(self) -> str | None:
        """The authenticated user: req.user, under the name it had before mod_python 3. Can be set."""
        request = None if self._request is None else self._request()
        user: str | None = getattr(self, "_user", None) if request is None else request.user
        return user

    @user.setter
    def user(self, value: str | None) -> None:
        request = None if self._request is None else self._request()
        if request is None:
            self._user = value
        else:
            request.user = value

    # The server's end

    @property
    def local_addr(self) -> tuple[str, int]:
        """(address, port) of the server's end, from its socket or SERVER_ADDR; else what the server calls itself."""
        try:
            return self._local_addr
        except AttributeError:
            self._local_addr = local_address(self._environ)
            return self._local_addr

    @property
    def local_ip(self) -> str:
        """The address of the server's end."""
        return self.local_addr[0]

    @property
    def local_host(self) -> str | None:
        """The name of the server's end; None, as it is not looked up."""
        return None

    # The connection itself

    @property
    def aborted(self) -> int:
        """1 when the client was found to have closed the connection."""
        return getattr(self, "_aborted", 0)

    def abort(self) -> None:
        """Note that the client went away."""
        self._aborted = 1

    @property
    def keepalive(self) -> int:
        """One of apache.AP_CONN_*. Can be set; raises TypeError for anything but an int."""
        return getattr(self, "_keepalive", AP_CONN_UNKNOWN)

    @keepalive.setter
    def keepalive(self, value: int) -> None:
        if not isinstance(value, int):
            raise TypeError("keepalive must be a integer")
        self._keepalive = int(value)  # True becomes 1

    @property
    def keepalives(self) -> int:
        """How many requests the connection has carried before: 0, as WSGI does not tell."""
        return 0

    @property
    def id(self) -> int:
        """A number that no other connection of this server has."""
        try:
            return self._id
        except AttributeError:
            self._id = os.getpid() << 32 | next(_numbers) & 0xFFFFFFFF
            return self._id

    @property
    def child_num(self) -> int:
        """The number of the process that handles the request: its process id."""
        return os.getpid()

    @property
    def notes(self) -> table:
        """A table for notes of any kind, which lasts as long as the connection object."""
        try:
            return self._notes
        except AttributeError:
            self._notes = table()
            return self._notes

    @property
    def hlist(self) -> None:
        """Of a connection handler's connection the handler that runs; None for one that carries an HTTP request."""

    @property
    def _conn_rec(self) -> None:
        """httpd's own structure, for C code: there is none here."""

    def log_error(self, message: str | None, level: int = 0, /) -> None:
        """Write a line that names the client to the server's error log; level 0 is apache.APLOG_ERR.

        Raises TypeError if the message is no text.
        """
        client = f"{self.client_ip}:{self.client_addr[1]}"
        log_message(self._server._log, message, level, client, self)

    def _warn(self, name: str, better: str) -> None:
        if name not in _warned:
            _warned.add(name)
            self.log_error(f"mod_python: conn.{name} deprecated in 2.4, use {better}", APLOG_WARNING)

    # Reading and writing past HTTP (past_http.py); as the manual says, it is meant for connection handlers (4.4).

    def read(self, length: int = 0, /) -> bytes | None:
        """Up to `length` bytes as they come behind the request. Raises HandlerError if the server shows no socket."""
        data: bytes | None = self._past_http().read(length)
        return data

    def readline(self, length: int = 0, /) -> bytes:
        """A line, or up to `length` bytes of it. Raises HandlerError if the server shows no socket."""
        line: bytes = self._past_http().readline(length)
        return line

    def write(self, data: str | bytes | bytearray | memoryview, /) -> None:
        """Send text (as UTF-8) or bytes, in place of an answer. Raises HandlerError if the server shows no socket."""
        raw = self._past_http()
        raw.write(data)
        if raw.aborted:
            self.abort()

    def _past_http(self) -> Any:
        """The same connection for its bytes. The request is taken from the server then, which sends no answer."""
        request = None if self._request is None else self._request()
        if request is None or request._complete:
            raise HandlerError("conn.read(), readline() and write() are for as long as the request lasts")
        if request._past_http is None:
            request._past_http = request._application.past_http(request)
            each = request
            while each is not None:  # nothing that they write is for the connection any more
                each._close_output()
                each = each._next
        return request._past_http

    def __repr__(self) -> str:
        return f"<mp_conn object at {id(self):#x}>"


mp_conn.__module__ = "builtins"  # str(type) is "<class 'mp_conn'>", as in the original
