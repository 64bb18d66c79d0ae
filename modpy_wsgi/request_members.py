"""The members of the request object that tell what becomes of it (manual 4.5.3, reference section 5): the tables, the
answer, where it went. What was asked stands in request_head.

Law: what a handler does not ask for is not computed.
"""

from __future__ import annotations

from operator import index
from typing import Any

from . import constants
from ._fast.table import table
from .config.directives import core, mime, python
from .config.request_config import RequestConfig
from .environ import decode, host_field
from .finfo import mp_finfo
from .hlist import mp_hlist
from .members import fixed, integer, lazy, readonly, text
from .request_head import RequestHead

__all__ = ["RequestMembers"]


class RequestMembers(RequestHead):
    """The part of a request that shows what is made of it."""

    # Tables

    _headers_out: table  # where `fixed` keeps what is below, once it was asked for
    _err_headers_out: table

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
        return self._status_line if self._head is None else decode(self._head[0])

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
    def bytes_sent(self) -> int:
        """Bytes of the body sent so far; of a HEAD request, those that GET would have sent but for an error's page."""
        file = self._file_body
        if file is not None:
            return file.sent
        if self._method == "HEAD" and self._head is not None:
            return 0 if self._error_page else self._promised or self._body_sent
        return self._body_sent

    @property
    def sent_bodyct(self) -> int:
        """1 once the head of an answer that has a body was sent, be that an empty one."""
        return int((self._head is not None and not self._bodiless) or self._gone)

    @property
    def clength(self) -> int:
        """The Content-Length: as it was sent, or as set_content_length() has set it, else 0."""
        return self._clength if self._promised is None else self._promised

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

    # Where it went

    handler = text("_handler", "The handler's name as SetHandler or AddHandler gave it, or None.", none=True)
    phase = property(lambda self: self._phase.directive if self._phase else None, doc="The phase: 'PythonHandler', ...")

    @property
    def extension(self) -> str | None:
        """The extension that chose the running handlers by '| .ext'; else None, or "" if the file has none."""
        if self._extension is None and self._filename and self._phase is not None:
            name = self._filename.rpartition("/")[2]
            return "" if "." not in name else None
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
        """The file that the URI maps to; of a directory, with a slash at the end if the URI has one.

        None before translation.
        """
        if self._translated is not None:
            self._application.walk_now(self)
        filename = self._filename
        if filename is not None and filename[-1:] == "/" and not (self._whole or self._renamed):
            return filename[:-1]
        return filename

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
        if self._finfo is not None:
            return self._finfo
        found = mp_finfo(self._filename, self._stat)
        if self._config.walk is not None or self._config.fileless:  # else nobody has looked for the file yet
            self._finfo = found
        return found

    @finfo.setter
    def finfo(self, value: Any) -> None:
        if not isinstance(value, mp_finfo):
            raise TypeError("finfo must be a finfo object, as apache.stat() returns it")
        self._finfo = value
        self._stat = value._stat

    # The server's own

    def _body_limit(self) -> int:
        return self._config.settings[core.LIMIT_REQUEST_BODY]

    _options_kept: tuple[RequestConfig, table] | None = None  # and the configuration that they are of

    def _options(self) -> table:
        """The options in effect: one table as long as one configuration is, with what was set in it by handlers that
        ran under another one, before the file was known.
        """
        config, kept = self._config, self._options_kept
        if kept is not None and kept[0] is config:
            return kept[1]
        options = config.settings[python.PYTHON_OPTIONS]
        made = table({key: value for key, value in options.items() if value})
        if kept is not None:
            before = kept[0].settings[python.PYTHON_OPTIONS]
            for name, value in kept[1].items():
                if before.get(name) != value:
                    made[name] = value
        self._options_kept = (config, made)
        return made

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
