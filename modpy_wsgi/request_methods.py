"""What a request answers when asked: options, addresses, validators, URLs (manual 4.5.3, reference section 5).

Law: methods here compute from the request's members and change nothing but what their name says.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from . import constants, wsgi_gateway
from ._fast.table import table
from .basic_auth import challenge, credentials
from .cgi_variables import add_cgi_vars, add_common_vars
from .config.directives import authn_core, authz_core, core, python
from .config.requirements import every_requirement
from .connection import Client, mp_conn
from .members import lazy
from .preconditions import conditions_met
from .request_body import RequestBody
from .request_output import RequestOutput
from .validators import date_text, digest_of, etag_of

__all__ = ["RequestMethods"]


class RequestMethods(RequestBody, RequestOutput):
    """The part of a request that is asked."""

    # Configuration

    def get_config(self) -> table:
        """The Python directives in effect, but for handlers and options: names to values, flags as "1" and "0"."""
        return table(self._config.settings[python.PYTHON_CONFIG])

    def get_options(self) -> table:
        """The PythonOptions in effect."""
        return self._options()

    def document_root(self) -> str:
        """DocumentRoot."""
        return self._application.document_root(self)

    def get_addhandler_exts(self) -> str:
        """The extensions that AddHandler gave to Python, without dots, separated by blanks."""
        return "".join([f"{extension} " for extension in self._handler_extensions()])

    def auth_type(self) -> str | None:
        """AuthType."""
        return self._config.settings[authn_core.AUTH_TYPE]

    def auth_name(self) -> str | None:
        """AuthName."""
        return self._config.settings[authn_core.AUTH_NAME]

    def requires(self) -> tuple[str, ...]:
        """The Require lines that hold for this method, as text: ('user spam', 'valid-user')."""
        rules = self._config.settings[authz_core.AUTHORIZATION].rules
        return tuple(
            " ".join(requirement.words)
            for requirement in (every_requirement(rules) if rules else ())
            if requirement.methods is None or requirement.methods.covers(self._method)
        )

    # Who asks

    def get_basic_auth_pw(self) -> str | None:
        """The password of Basic authentication; sets req.user and req.ap_auth_type (manual 4.5.3).

        None, as httpd answers, where AuthType is not Basic or AuthName is missing, and where the client sent no
        credentials: then the header that asks for them is prepared, should the answer be 401.
        """
        if (self.auth_type() or "").lower() != "basic" or self.auth_name() is None:
            return None
        sent = credentials(self)
        if sent is None:
            challenge(self)
            return None
        user, password = sent
        self._claimed = self._claimed or self._user != user  # who is known already may be asked for the password
        self._user = user
        self._auth_type = "Basic"
        return password

    def get_remote_host(self, type: int = constants.REMOTE_NAME, str_is_ip: Any = None) -> Any:  # noqa: A002
        """The client's name or address: `type` is one of apache.REMOTE_*.

        With `str_is_ip` a pair (text, whether it is an address). None if there is no name and only a name was asked.
        """
        return self._host_of(self.connection, type, str_is_ip)

    def _useragent_host(self, type: int = constants.REMOTE_NAME) -> Any:  # noqa: A002
        """The same of the client that trusted proxies name, who need not be the connection's."""
        if self._useragent is None:
            return self.get_remote_host(type)
        return self._host_of(self._client, type, None)

    @lazy
    def _client(self) -> Client:
        return Client(self.useragent_ip)

    def _host_of(self, connection: mp_conn | Client, type: int, str_is_ip: Any) -> Any:  # noqa: A002
        lookups = self._config.settings[core.HOSTNAME_LOOKUPS]
        double = type == constants.REMOTE_DOUBLE_REV
        if connection.remote_host is None and (double or (type != constants.REMOTE_NOLOOKUP and lookups != "off")):
            connection.remember_host(_name_of(connection.client_ip))
        name = connection.remote_host
        if name and (double or lookups == "double"):
            if not connection.double_reverse:
                connection.remember_double_reverse(_leads_to(name, connection.client_ip))
            if connection.double_reverse < 0:
                name = ""  # anybody may give any name to an address of theirs
        if name:
            return name if str_is_ip is None else (name, 0)
        if type in (constants.REMOTE_HOST, constants.REMOTE_DOUBLE_REV):
            return None
        return connection.client_ip if str_is_ip is None else (connection.client_ip, 1)

    def is_https(self) -> int:
        """1 if the request came over TLS, as the server says."""
        return int(self._environ.get("wsgi.url_scheme") == "https")

    def ssl_var_lookup(self, name: str) -> str | None:
        """A variable of mod_ssl ("SSL_CLIENT_S_DN"), where the server hands it on in the environ; else None."""
        value = "on" if name == "HTTPS" and self.is_https() else self._environ.get(name)
        return value if isinstance(value, str) else None

    # URLs

    def construct_url(self, uri: str) -> str:
        """An absolute URL for a path on this server. Raises TypeError if `uri` is no str."""
        if not isinstance(uri, str):
            raise TypeError(f"construct_url() wants a str, not {type(uri).__name__}")
        scheme = self._scheme()
        name = self._server_name()
        port = self._port()
        place = name if port == (443 if scheme == "https" else 80) else f"{name}:{port}"
        return f"{scheme}://{place}{uri}"

    def _server_name(self) -> str:
        """The name by which this server calls itself in URLs, as UseCanonicalName says."""
        canonical = self._config.settings[core.USE_CANONICAL_NAME]
        if canonical == "dns":
            name = _name_of_server(self.connection.local_ip)
        else:
            name = self.hostname or "" if canonical == "off" else ""
        return name or self.server.server_hostname

    # CGI and WSGI

    def add_common_vars(self) -> None:
        """Put the variables of the server and of the headers into req.subprocess_env."""
        add_common_vars(self)

    def add_cgi_vars(self) -> None:
        """Put the variables of CGI/1.1 into req.subprocess_env, add_common_vars() included."""
        add_common_vars(self)
        add_cgi_vars(self)

    def build_wsgi_env(self) -> dict[str, Any] | None:
        """A WSGI environ for an application below this request; None if the path is not below its base URI.

        That is PythonOption mod_python.wsgi.base_uri, or the path of the <Location> that names the running handler.
        Raises ValueError for one that ends in a slash.
        """
        return wsgi_gateway.build_environ(self)

    def wsgi_start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        """A start_response that fills in this request. Returns req.write.

        Raises TypeError, ValueError or HandlerError for what cannot be a status or a header.
        """
        return wsgi_gateway.start_response(self, status, headers, exc_info)

    # Validators and methods of the answer

    def set_content_length(self, length: int) -> None:
        """Set req.clength and the Content-Length header."""
        self._clength = int(length)
        self.headers_out["Content-Length"] = str(self._clength)

    def update_mtime(self, mtime: float) -> None:
        """Set req.mtime, unless it is later already."""
        self._mtime = max(self._mtime, float(mtime))

    def set_last_modified(self) -> None:
        """Set the Last-Modified header from req.mtime, 1970 where nobody has set it; never a time to come."""
        self.headers_out["Last-Modified"] = date_text(min(self._mtime, time.time()))

    def set_etag(self) -> None:
        """Set the ETag header from what FileETag names of the file; nothing if there is no file."""
        if self._stat is None:
            return
        parts = self._config.settings[core.FILE_ETAG].parts
        etag = self._digest() if "digest" in parts else etag_of(self._stat, parts, self._request_time)
        if etag is not None:
            self.headers_out["ETag"] = etag

    def _digest(self) -> str | None:
        assert self._filename is not None
        try:
            with open(self._filename, "rb", buffering=0) as file:
                return digest_of(file.fileno())
        except OSError:
            return None

    def meets_conditions(self) -> int:
        """Check the conditional headers: apache.OK, or the status to answer: 304, 412."""
        return conditions_met(self)

    def allow_methods(self, methods: Sequence[str], reset: Any = 0) -> None:
        """Add methods to the Allow header of 405 and 501 answers; with `reset` they replace those there.

        Raises TypeError for what is no sequence of str.
        """
        names = list(methods)
        if not all(isinstance(name, str) for name in names):
            raise TypeError("allow_methods() wants a sequence of str")
        numbered = {name for name in names if name in constants.METHOD_NUMBERS}
        others = tuple([name for name in names if name not in numbered])
        self._allowed = frozenset(numbered) if reset else self._allowed | numbered
        self._allowed_methods = others if reset else self._allowed_methods + others

    # Handing on

    def internal_redirect(self, new_uri: str) -> None:
        """Let the server answer with another URI of its own; what this request writes afterwards is lost.

        Raises TypeError if `new_uri` is no str. More than 10 in a row end with 500.
        """
        if not isinstance(new_uri, str):
            raise TypeError(f"internal_redirect() wants a str, not {type(new_uri).__name__}")
        self._application.redirect(self, new_uri)

    def add_handler(self, htype: str, handler: Any, dir: str | None = None) -> None:  # noqa: A002
        """Add a handler for the rest of this request: `htype` is a phase's directive, `handler` "module::object".

        Also takes a callable. `dir` is put in front of the module path; without it the directory of the running handler
        is. Raises ValueError for a phase that takes none, as PythonCleanupHandler.
        """
        self._application.add_handler(self, htype, handler, dir)

    def add_input_filter(self, name: str) -> None:
        """Let the body be read through the filter registered as `name` from now on.

        Raises ValueError for a filter of httpd that is not implemented; an unknown name is logged, as in httpd.
        """
        self._application.add_filter(self, _text(name, "add_input_filter"), True)

    def add_output_filter(self, name: str) -> None:
        """Let what is written from now on flow through the filter registered as `name`. Raises ValueError, as above."""
        self._application.add_filter(self, _text(name, "add_output_filter"), False)

    def register_input_filter(self, name: str, handler: str, dir: str | None = None) -> None:  # noqa: A002
        """Register `handler`, "module" or "module::object", as an input filter of this request under `name`.

        `dir` is put in front of the module path; without it the directory of the running handler is.
        """
        self._register_filter(name, handler, dir, True)

    def register_output_filter(self, name: str, handler: str, dir: str | None = None) -> None:  # noqa: A002
        """The same for an output filter."""
        self._register_filter(name, handler, dir, False)

    def _register_filter(self, name: str, handler: str, directory: str | None, is_input: bool) -> None:
        running = self._calls[self._call_index] if self._call_index < len(self._calls) else None
        location = None
        if directory is None and running is not None:
            directory, location = running.directory, running.directory if running.is_location else None
        ref = python.HandlerRef(_text(handler, "register_filter"), directory, False, location, None)
        self._application.register_filter(self, _text(name, "register_filter"), ref, is_input)

    def register_cleanup(self, callable: Callable[[Any], Any], data: Any = None) -> None:  # noqa: A002
        """Call `callable(data)` when the request is over. Errors are only logged."""
        if not hasattr(callable, "__call__"):  # noqa: B004 - as the original asks
            raise ValueError("first argument must be a callable object")
        if self._cleanups is None:
            self._cleanups = []
        self._cleanups.append((callable, data))

    def log_error(self, message: str, level: int = constants.APLOG_ERR) -> None:
        """Write to the error log, with the client's address. `level` is one of apache.APLOG_*. Raises TypeError."""
        for value, kind in ((message, str), (level, int)):
            if not isinstance(value, kind):
                raise TypeError(f"log_error() wants a str and one of apache.APLOG_*, not {type(value).__name__}")
        self._application.log_request(self, message, level)


def _text(value: Any, method: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{method}() wants a str, not {type(value).__name__}")
    return value


@lru_cache(maxsize=64)
def _name_of_server(address: str) -> str:
    """The name of an address of this machine; it has few, and they do not change while a server runs."""
    return _name_of(address)


def _name_of(address: str) -> str:
    """The name of an address, "" if it has none."""
    import socket  # large, and few sites ask for names

    try:
        return socket.gethostbyaddr(address)[0].lower() if address else ""
    except OSError:
        return ""


def _leads_to(name: str, address: str) -> bool:
    """Whether an address is one of those of a name."""
    import socket

    try:
        return address in {entry[4][0] for entry in socket.getaddrinfo(name, None)}
    except (OSError, UnicodeError):  # of a name that DNS has but nobody may ask for
        return False
