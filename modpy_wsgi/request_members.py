"""The members of the request object (manual 4.5.3, reference section 5): their names, values and read-only rules.

Law: what a handler does not ask for is not computed.
"""

from __future__ import annotations

from operator import index
from typing import Any

from . import constants
from ._fast.table import table
from .basic_auth import credentials
from .config.directives import authn_core, core, mime, python
from .connection import mp_conn
from .environ import decode, host_field, plain_address, raw_target, request_host
from .finfo import mp_finfo
from .hlist import mp_hlist
from .members import fixed, integer, lazy, readonly, text
from .request_state import UNREAD, RequestState
from .server import mp_server

__all__ = ["RequestMembers"]


class RequestMembers(RequestState):
    """The part of a request that shows what is known of it."""

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

    # Headers and tables

    @fixed
    def headers_in(self) -> table:
        """The headers that the client sent."""
        headers = table.from_environ(self._environ)
        raw = raw_target(self._environ)
        if not raw.startswith("/") and "://" in raw:  # the absolute form of a target says what Host is
            headers["Host"] = raw.partition("://")[2].partition("/")[0]
        return headers

    @fixed
    def headers_out(self) -> table:
        """The headers to send; dropped if the answer is an error."""
        self._more_to_say = True
        return table(self._prepared)

    @fixed
    def err_headers_out(self) -> table:
        """The headers to send with an error, too."""
        self._more_to_say = True
        return table()

    @fixed
    def subprocess_env(self) -> table:
        """Environment variables for CGI and the like; add_common_vars() fills in the rest."""
        made = table({"HTTPS": "on"}) if self._environ.get("wsgi.url_scheme") == "https" else table()
        due = self._variables_due
        if due is not None:
            self._variables_due = None
            self._subprocess_env = made
            due(self)
        return made

    @property
    def _known_variables(self) -> table | None:
        """subprocess_env, if anything was put there; else None. For those who only look."""
        return getattr(self, "_subprocess_env", None) if self._variables_due is None else self.subprocess_env

    def _settle_variables(self) -> None:
        """Fill subprocess_env now, if that is due: what its values are made of may change from here on."""
        if self._variables_due is not None:
            _ = self.subprocess_env

    @fixed
    def notes(self) -> table:
        """For passing text between handlers."""
        return table()

    # What is answered

    status = integer("_status", "The HTTP status of the answer; 200 unless changed.")

    @property
    def status_line(self) -> str | None:
        """The status line to send, '404 Gone fishing', or None for httpd's; once the head was sent, what it said."""
        if self._status_line is None and self._head is not None:
            return decode(self._head[0])
        return self._status_line

    @status_line.setter
    def status_line(self, value: str | None) -> None:
        self._status_line_text = value

    _status_line_text = text("_status_line", "")

    @property
    def no_cache(self) -> int:
        """1: tell clients not to cache."""
        return self._no_cache

    @no_cache.setter
    def no_cache(self, value: int) -> None:
        self._no_cache = index(value)
        self._more_to_say = True

    no_local_copy = integer("_no_local_copy", "1: there is no local copy.")
    chunked = integer("_chunked", "1 when a chunked answer is sent.")
    allowed = property(lambda self: 0, doc="Bits of allowed methods that the server itself set; 0.")
    allowed_methods = readonly("_allowed_methods", "What allow_methods() got of methods that httpd has no number for.")
    bytes_sent = readonly("_body_sent", "Bytes of the body sent so far.")
    mtime = readonly("_mtime", "When the resource was last modified: seconds since the epoch, a float.")
    content_encoding = readonly("_content_encoding", "The content coding, as AddEncoding gives it, or None.")
    content_languages = readonly("_content_languages", "The languages of the content, as AddLanguage gives them.")
    _content_type_set = readonly("_typed_by_handler", "1 once content_type was assigned.")
    vlist_validator = property(lambda self: None, doc="The variant list validator; None.")
    allowed_xmethods = property(lambda self: (), doc="Allowed extension methods; always empty, as httpd 2.x has it.")
    _content_type_text = text("_content_type", "")

    @property
    def content_type(self) -> str | None:
        """The media type of the answer. Assigning counts in _content_type_set."""
        return self._content_type

    @content_type.setter
    def content_type(self, value: str | None) -> None:
        if type(value) is str:
            self._content_type = value
        else:
            self._content_type_text = value
        self._typed_by_handler = 1

    @property
    def sent_bodyct(self) -> int:
        """1 once a part of the body was sent; of the answer to HEAD none is."""
        return int(self._body_sent > 0 and self._method != "HEAD")

    @property
    def clength(self) -> int:
        """The Content-Length set by set_content_length(), else 0."""
        return self._clength

    @property
    def range(self) -> str | None:
        """The Range header, as far as httpd keeps it here: None (observed on the original)."""
        return None

    @property
    def eos_sent(self) -> int:
        """1 once the answer is complete."""
        return int(self._complete)

    @property
    def _bytes_queued(self) -> int:
        return self._body_sent + self._held_bytes

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

    # Where it went

    handler = text("_handler", "The handler's name as SetHandler or AddHandler gave it, or None.", none=True)
    phase = property(lambda self: self._phase.directive if self._phase else None, doc="The phase: 'PythonHandler', ...")

    @property
    def extension(self) -> str | None:
        """The extension that chose the running handlers by '| .ext'; else None, or "" if the file has none."""
        if self._extension is None and self._filename and self._phase is not None:
            name = self._filename.rpartition("/")[2]
            return "" if name and "." not in name else None
        return self._extension

    used_path_info = integer("_used_path_info", "Whether path info is accepted: apache.AP_REQ_*_PATH_INFO.")

    @property
    def interpreter(self) -> str | None:
        """The name of the interpreter under which the handler runs."""
        return self._interpreter.name if self._interpreter is not None else None

    @lazy
    def _hlist(self) -> mp_hlist:
        return mp_hlist(self)

    @property
    def hlist(self) -> mp_hlist | None:
        """The running handler: handler, directory, silent, is_location, and next() to leave the one after it out."""
        return self._hlist if self._calls else None

    @property
    def filename(self) -> str | None:
        """The file that the URI maps to; of a directory, with a slash at the end. None before translation."""
        if self._translated is not None:
            self._application.walk_now(self)
        return self._filename

    @filename.setter
    def filename(self, value: str | None) -> None:
        if self._translated is not None:
            self._application.walk_now(self)
        self._filename_text = value
        self._renamed = True

    _filename_text = text("_filename", "")

    @lazy
    def _canonical_filename(self) -> str | None:
        return self.filename

    canonical_filename = text("_canonical_filename", "The true file name.")

    @property
    def path_info(self) -> str | None:
        """What follows the file's name in the URI, decoded; "" if nothing does."""
        if self._translated is not None:
            self._application.walk_now(self)
        return self._path_info

    @path_info.setter
    def path_info(self, value: str | None) -> None:
        if self._translated is not None:
            self._application.walk_now(self)
        self._path_info_text = value

    _path_info_text = text("_path_info", "")

    @property
    def finfo(self) -> mp_finfo:
        """What is known of the file: a sequence by apache.FINFO_*, and the same as attributes."""
        if self._translated is not None:
            self._application.walk_now(self)
        if self._finfo is None:
            self._finfo = mp_finfo(self._filename, self._stat)
        return self._finfo

    @finfo.setter
    def finfo(self, value: Any) -> None:
        if not isinstance(value, mp_finfo):
            raise TypeError("finfo must be a finfo object, as apache.stat() returns it")
        self._finfo = value
        self._stat = value._stat

    # The server's own

    def _body_limit(self) -> int:
        return self._config.settings[core.LIMIT_REQUEST_BODY]

    @lazy
    def _options(self) -> table:
        options = self._config.settings[python.PYTHON_OPTIONS]
        return table({key: value for key, value in options.items() if value})

    def _port(self) -> int:
        """The port of this server in URLs, as UseCanonicalName and UseCanonicalPhysicalPort say.

        That of Host, if the client's names count; of the connection, if real ports do; of ServerName; the scheme's own.
        """
        settings = self._config.settings
        canonical = settings[core.USE_CANONICAL_NAME] == "on"
        number = "" if canonical else (host_field(self._environ) or "").rpartition(":")[2]
        if number.isascii() and number.isdigit():
            return int(number)
        configured = self.server.port
        physical: int = self.connection.local_addr[1] if settings[core.USE_CANONICAL_PHYSICAL_PORT] else 0
        port: int = configured or physical if canonical else physical or configured
        return port or (443 if self._scheme() == "https" else 80)

    def _scheme(self) -> str:
        """http or https: as ServerName says (for a server behind one that does TLS), else as the server does."""
        name = self._host.base[core.SERVER_NAME]
        scheme: str = (name[0] if name else None) or self._environ.get("wsgi.url_scheme", "http")
        return scheme

    def _handler_extensions(self) -> list[str]:
        found = self._config.settings[mime.HANDLERS_BY_EXT].items()
        return [extension for extension, name in found if name in constants.PYTHON_HANDLERS]
