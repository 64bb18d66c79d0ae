"""What is known of a request, and nothing else: the values that its members, its reading and its writing share.

Law: what every request is asked has a slot, which Python reads fastest; what few requests ever change stands in the
class, so that making a request costs little. All of it is the server's own; handlers see the members, and what they set
on a request themselves has its dictionary alone: Python keeps one cheaply for some thirty names only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, Protocol

from . import constants
from .config.host_config import HostConfig
from .config.request_config import RequestConfig
from .current import CurrentApplication

if TYPE_CHECKING:
    from ._fast.table import table
    from .dispatch import Call
    from .errors import BadRequest
    from .finfo import mp_finfo
    from .httpd.file_body import FileBody
    from .httpd.translate import Place, Target
    from .phases import Phase
    from .raw_connection import RawConnection
    from .request import mp_request
    from .server import mp_server
    from .stamps import FileStatus

__all__ = ["UNREAD", "RequestState", "Served"]

UNREAD: Final[Any] = object()  # in the place of what nobody has asked for yet


class Served(CurrentApplication, Protocol):
    """What a request asks of the application that serves it."""

    one_process: bool
    fallback: Callable[..., Iterable[bytes]] | None

    def serve(self, req: Any) -> None:
        """Run every phase of a request."""

    def walk_now(self, req: Any) -> None:
        """Look for the file of a request that was answered without."""

    def redirect(
        self,
        req: Any,
        uri: str,
        environ: dict[str, Any] | None = ...,
        location: str = ...,
        content_type: str | None = ...,
    ) -> None:
        """Answer with another URI."""

    def look_up(
        self, req: Any, uri: str, environ: dict[str, Any] | None = ..., *, instead: bool = ...
    ) -> tuple[mp_request, int]:
        """A subrequest, and the status that ended it."""

    def look_up_entry(self, req: Any, name: str, *, folder: bool = ...) -> tuple[mp_request, int]:
        """A subrequest for a name in the request's own directory, and the status that ended it."""

    def let_go(self, sub: Any) -> None:
        """End a subrequest that was looked up and is not to answer."""

    def run_subrequest(self, sub: Any, target: Any) -> int:
        """Let the answer of a subrequest that was looked up flow to `target`."""

    def include(self, req: Any, uri: str, target: Any) -> int:
        """Let the answer of a subrequest flow to `target`."""

    def add_handler(self, req: Any, directive: str, handler: Any, directory: str | None) -> None:
        """Register a handler for the rest of the request."""

    def add_filter(self, req: Any, name: str, is_input: bool) -> None:
        """Let a filter join a request."""

    def register_filter(self, req: Any, name: str, ref: Any, is_input: bool) -> None:
        """Give a filter a name for the rest of a request."""

    def base_server(self, req: Any) -> mp_server:
        """The first server of the address that the request came in through."""

    def unasked_handler(self, req: Any) -> str | None:
        """The connection handler that the request's connection is for, if the server does not ask such."""

    def past_http(self, req: Any) -> RawConnection:
        """The request's connection for its bytes."""

    def document_root(self, req: Any) -> str:
        """DocumentRoot."""

    def interpreter(self, req: Any, config: RequestConfig, call: Call) -> Any:
        """The interpreter under which a handler runs."""

    def log_request(self, req: Any, message: str, level: int = ...) -> None:
        """Write a line to the error log."""

    def log_exception(self, req: Any, where: str, error: BaseException) -> None:
        """Write a traceback to the error log."""


class RequestState:
    """The values of one request."""

    __slots__ = (
        "_added",
        "_application",
        "_bodiless",
        "_body_sent",
        "_call_index",
        "_calls",
        "_cleanups",
        "_complete",
        "_config",
        "_content_type",
        "_delegated",
        "_died",
        "_environ",
        "_file_body",
        "_filters",
        "_fresh",
        "_handler",
        "_headers_in",
        "_held",
        "_host",
        "_lent",
        "_main",
        "_method",
        "_more_to_say",
        "_next",
        "_past_http",
        "_place",
        "_prepared",
        "_prev",
        "_promised",
        "_redirects",
        "_request_time",
        "_server_write",
        "_start_response",
        "_status",
        "_status_line",
        "_target",
        "_unwritable",
        "_uri",
        "_user",
        "_useragent",
    )

    _application: Served
    _host: HostConfig
    _environ: dict[str, Any]
    _start_response: Callable[..., Any]
    _target: Target
    _uri: str
    _method: str
    _request_time: float
    _config: RequestConfig
    _status: int
    _status_line: str | None
    _content_type: str | None
    _typed_by_handler = 0
    _handed_type: str | None = None  # the type of the request that led here, which names no handler
    _content_encoding: str | None = None
    _content_languages: tuple[str, ...] = ()
    _handler: str | None
    _script_aliased = False  # a ScriptAlias leads here
    _user: str | None
    _auth_type: str | None = None
    _claimed = False  # the user is but a name that get_basic_auth_pw() read
    _whole = False  # the file is there and nothing follows its name; a directory has its slash
    _let_in = False  # there is nothing to ask for any more: by Satisfy Any, or as a subrequest under the same rules
    _useragent: str | None  # the client's address as trusted proxies say; None: the connection's
    _more_to_say: bool  # whether the head may have more than status and content type
    _prepared: tuple[tuple[str, str], ...]  # headers of a file, which headers_out has once somebody asks
    _ready: tuple[tuple[str, str], ...] | None = None  # all headers of a file that is sent as it was before
    _variants = ""  # of a document that was negotiated about, as HTML, for the page that says so
    _list_tag = ""  # what the entity tag says of them
    _prev: mp_request | None
    _next: mp_request | None
    _main: mp_request | None
    _past_http: RawConnection | None  # its connection, once a handler has used the bytes of that
    _assbackwards = 0
    _proxyreq = constants.PROXYREQ_NONE
    _chunked = 0
    _no_cache = 0
    _no_local_copy = 0
    _used_path_info = constants.AP_REQ_DEFAULT_PATH_INFO
    _mtime = 0.0
    _allowed: frozenset[str] = frozenset()  # the methods that httpd knows by number
    _allowed_methods: tuple[str, ...] = ()  # the others
    _extension: str | None = None
    _phase: Phase | None = None
    _interpreter: Any = None
    _calls: tuple[Call, ...]  # the list of handlers that runs
    _call_index: int  # and which of them
    _added: dict[str, list[Any]] | None  # handlers that add_handler registered, by phase directive
    _cleanups: list[tuple[Callable[[Any], Any], Any]] | None
    _args: Any = UNREAD  # the query string, or None; once somebody asked
    _filename: str | None = None
    _renamed = False  # a handler has named another file since the walk
    _path_info: str | None = None
    _stat: FileStatus | None = None  # of the file, once it was looked for and is there
    _fresh: bool  # nobody has run what the file is, and nothing lay between the look at it and the content
    _finfo: mp_finfo | None = None
    _headers_in: table | None  # once somebody has asked for them, and may have changed them
    _variables_due: Callable[[Any], None] | None = None  # fills subprocess_env, once somebody looks into it
    _lent: Callable[[], None] | None  # takes back what handlers have lent to code for CGI in this context
    _place: Place | None  # what is kept of a path whose file was there at the last look and is still
    _redirects: int  # internal redirects and subrequests that led here
    _bad: BadRequest | None = None  # what was wrong with the request line or Host
    _document_status = 0  # the status that the ErrorDocument stands for
    _error_page = False  # answered by the server's own page
    _died: bool  # answered by a status in the place of a handler's answer, without going to another URI
    _document_of: RequestConfig | None = None  # of the request whose ErrorDocument failed here, with its status
    _in_content = False  # the content phase was reached; known where Header or Expires ask for it
    _head_ruled = False  # Header and Expires have had their say
    _file_body: FileBody | None  # the file to send as the body
    _delegated: Iterable[bytes] | None  # the body that the fallback application returned
    _complete: bool  # log and cleanup have run, or there is nothing for them to do
    _translated: str | None = None  # the file name before the walk, while the walk was put off
    _log_id: str | None = None  # which its lines in the error log have in common, once there is one
    _ended: float | None = None  # when it was over, once a log asked
    _headers_before: tuple[tuple[str, str], ...] | None = None  # headers_out when a WSGI application began its answer
    _clength = 0  # what set_content_length() was told

    # Of reading the body
    _left: int | None = None  # bytes the client still owes; -1 for a chunked body, None before the first read
    _read_length = 0
    _form_body: Any = None  # what the first FieldStorage has made of it

    # Of writing the answer
    _server_write: Callable[[bytes], Any] | None  # once the head was sent
    _head: tuple[str, list[tuple[str, str]]] | None = None  # which was this: status line and headers
    _held: list[bytes] | None  # unflushed writes
    _held_bytes = 0
    _body_sent: int
    _bodiless: bool
    _gone = False  # the client, as a write has shown
    _promised: int | None  # the Content-Length that was sent
    _unwritable: list[bytes] | None  # everything, where the server offers no write()

    _within: Callable[[bytes], Any] | None = None  # where what is written flows while the request is being looked up

    # Of filters
    _filters: Any  # those that the answer flows through, if there are any
    _input_filters: Any = None  # those that the body is read through
    _own_filters: dict[tuple[str, bool], Any] | None = None  # registered for this request alone, by name and direction
    _typed_by_phase = False  # a PythonTypeHandler has said what the file is

    def __init__(self) -> None:
        """What a request has that nobody has done anything with; each one is made like one of these (request.py)."""
        self._calls = self._prepared = ()
        self._status = 200
        self._body_sent = self._call_index = self._redirects = 0
        self._bodiless = self._complete = self._died = self._more_to_say = False
        self._fresh = True
        # What is None until something is known of it, or for good.
        self._content_type = self._handler = self._status_line = self._user = self._useragent = None
        self._added = self._cleanups = self._headers_in = self._lent = self._past_http = None
        self._delegated = self._file_body = self._filters = self._held = None
        self._main = self._next = self._place = self._prev = None
        self._promised = self._server_write = self._unwritable = None
