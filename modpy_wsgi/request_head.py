"""The members of the request object that tell what was asked, by whom (manual 4.5.3, reference section 5).

Law: what a handler does not ask for is not computed.
"""

from __future__ import annotations

from typing import Any

from . import constants
from ._fast.table import table
from .basic_auth import credentials
from .config.directives import authn_core
from .connection import mp_conn
from .environ import decode, plain_address, raw_target, request_host
from .members import fixed, integer, lazy, readonly, text
from .request_state import UNREAD, RequestState
from .server import mp_server

__all__ = ["RequestHead"]


class RequestHead(RequestState):
    """The part of a request that shows what the client has sent."""

    # The objects around it

    @lazy
    def _connection(self) -> mp_conn:
        return mp_conn(self._environ, self._application.base_server(self), self)

    @property
    def connection(self) -> mp_conn:
        """The connection object."""
        origin = self._main or self._prev
        return self._connection if origin is None else origin.connection

    @property
    def server(self) -> mp_server:
        """The server object of the virtual host."""
        server: mp_server = self._host.server
        return server

    next = readonly("_next", "The request that this one was redirected to internally, or None.")
    prev = readonly("_prev", "The request that was redirected to this one internally, or None.")
    main = readonly("_main", "Of a subrequest: the main request; else None.")

    # The request line

    method = readonly("_method", "The method as sent: 'GET', 'POST', ...")
    request_time = readonly("_request_time", "When the request arrived: seconds since the epoch, a float.")
    uri = text("_uri", "The path of the URI, decoded; with the path info.")
    assbackwards = integer("_assbackwards", "1 for an HTTP/0.9 request.")
    proxyreq = integer("_proxyreq", "One of apache.PROXYREQ_*.")

    @lazy
    def _the_request(self) -> str:
        return f"{self._method} {raw_target(self._environ)} {self._environ.get('SERVER_PROTOCOL', 'HTTP/0.9')}"

    the_request = readonly("_the_request", "The request line.")

    @property
    def header_only(self) -> int:
        """1 for a HEAD request."""
        return int(self._method == "HEAD")

    @property
    def method_number(self) -> int:
        """The number of the method: apache.M_GET (HEAD too), apache.M_POST, ...; apache.M_INVALID if httpd has none."""
        return constants.METHOD_NUMBERS.get(self._method, constants.M_INVALID)

    @property
    def protocol(self) -> str:
        """The protocol as the client gave it: 'HTTP/1.1'; in a subrequest, as of a part of a page, 'INCLUDED'."""
        protocol: str = "INCLUDED" if self.main is not None else self._environ.get("SERVER_PROTOCOL", "HTTP/0.9")
        return protocol

    @property
    def proto_num(self) -> int:
        """The protocol as a number: 1001 for HTTP/1.1, 0 in a subrequest."""
        if self.main is not None:
            return 0
        major, _, minor = self._environ.get("SERVER_PROTOCOL", "HTTP/0.9").partition("/")[2].partition(".")
        try:
            return int(major) * 1000 + int(minor or 0)
        except ValueError:
            return 9

    @lazy
    def _hostname(self) -> str | None:
        return request_host(self._environ)

    hostname = readonly("_hostname", "The host that the client asked for, without port, or None.")

    @lazy
    def _unparsed_uri(self) -> str:
        return raw_target(self._environ)

    unparsed_uri = readonly("_unparsed_uri", "The URI as sent.")

    @property
    def args(self) -> str | None:
        """The query string, or None."""
        args: str | None = self._args
        if args is UNREAD:
            query = self._environ.get("QUERY_STRING")
            if query:
                args = query if query.isascii() else decode(query)
            else:
                args = "" if self._unparsed_uri.endswith("?") else None
            self._args = args
        return args

    @args.setter
    def args(self, value: str | None) -> None:
        self._args_text = value

    _args_text = text("_args", "", none=True)

    @property
    def parsed_uri(self) -> tuple[Any, ...]:
        """The URI in 9 pieces: scheme, hostinfo, user, password, hostname, port, path, query, fragment."""
        scheme = hostinfo = None
        raw = self.unparsed_uri
        if not raw.startswith("/") and "://" in raw:
            scheme, _, rest = raw.partition("://")
            hostinfo = rest.partition("/")[0].partition("?")[0]
        place = hostinfo if hostinfo is not None else self._environ.get("HTTP_HOST", "")
        number = place.rpartition(":")[2]
        port = int(number) if ":" in place and number.isascii() and number.isdigit() else None
        hostname = self.hostname if hostinfo is not None else None
        return (scheme, hostinfo, None, None, hostname, port, self.uri, self.args, None)

    # The header fields

    @fixed
    def headers_in(self) -> table:
        """The headers that the client sent."""
        headers = table.from_environ(self._environ)
        raw = raw_target(self._environ)
        if not raw.startswith("/") and "://" in raw:  # the absolute form of a target says what Host is
            headers["Host"] = raw.partition("://")[2].partition("/")[0]
        return headers

    # How the body of the request is read

    @property
    def read_body(self) -> int:
        """The policy for reading the body: apache.REQUEST_*, from the first read on."""
        return constants.REQUEST_NO_BODY if self._left is None else constants.REQUEST_CHUNKED_ERROR

    @property
    def read_chunked(self) -> int:
        """1 when the client sends the body in chunks."""
        return int("HTTP_TRANSFER_ENCODING" in self._environ)

    @property
    def expecting_100(self) -> int:
        """1 when the client waits for "100 Continue" before it sends the body."""
        return int(self._left is None and self._environ.get("HTTP_EXPECT", "").lower() == "100-continue")

    # Who asks

    _user_text = text("_user", "")

    @property
    def user(self) -> str | None:
        """The authenticated user, or None; while a PythonAuthenHandler runs, the name that the client claims.

        The manual's own example (3.4) reads it before it asks for the password, and that works where mod_auth_basic had
        its turn first. The claim counts for nothing else: a handler that says OK must have set the user.
        """
        if self._user is None and self._phase is not None and self._phase.directive == "PythonAuthenHandler":
            if not self._calls or self._next is not None:  # it has run, or lets another page answer
                return None
            kind = self._config.settings[authn_core.AUTH_TYPE] or ""
            claimed = credentials(self) if kind.lower() == "basic" else None
            return claimed[0] if claimed else None
        return self._user

    @user.setter
    def user(self, value: str) -> None:
        self._user_text = value
        self._claimed = False

    ap_auth_type = text("_auth_type", "How the user was authenticated: 'Basic', ...; or None.")

    @property
    def useragent_addr(self) -> tuple[str, int]:
        """(address, port) of the client, as proxies that RemoteIPHeader trusts name it; then the port is 0."""
        if self._useragent is not None:
            return self._useragent, 0
        address: tuple[str, int] = self.connection.client_addr
        return address

    @property
    def useragent_ip(self) -> str:
        """The client's address, as proxies that RemoteIPHeader trusts name it; conn.client_ip is the last proxy's."""
        if self._useragent is not None:
            return self._useragent
        return plain_address(self._environ.get("REMOTE_ADDR") or "")
