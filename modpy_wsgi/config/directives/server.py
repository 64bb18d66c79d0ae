"""The core of httpd, part one: names and addresses of the server, its limits and its log."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from modpy_wsgi.config.addresses import host_and_port
from modpy_wsgi.config.directives.table import row
from modpy_wsgi.config.lexer import words
from modpy_wsgi.config.log_formats import Field, parse_error
from modpy_wsgi.config.model import Args, Origin, Override, Row, Setting, Where
from modpy_wsgi.config.patterns import has_wildcard
from modpy_wsgi.config.values import Several, absolute, choice, fixed_number, flag, joined, number, path, text
from modpy_wsgi.constants import APLOG_WARNING, LOG_LEVEL_NAMES


class Listen(NamedTuple):
    """A socket to accept connections on."""

    host: str | None  # None: all addresses
    port: int
    protocol: str | None  # as written: "https"


class ServerName(NamedTuple):
    """The name and port that the server gives to itself in URLs."""

    scheme: str | None
    host: str
    port: int | None


class ErrorFormats(NamedTuple):
    """What ErrorLogFormat says of messages (None: httpd's usual form), and of the lines before the first of them."""

    message: tuple[Field, ...] | None = None
    connection: tuple[tuple[Field, ...], ...] = ()
    request: tuple[tuple[Field, ...], ...] = ()


def _of_host(outer: ErrorFormats, inner: ErrorFormats) -> ErrorFormats:
    message = outer.message if inner.message is None else inner.message
    return ErrorFormats(message, inner.connection or outer.connection, inner.request or outer.request)


class Levels(dict[str, int]):
    """What LogLevel says of modules, by their short names: "python" for mod_python.c and python_module."""

    alone = False  # whether a level for all stands with it, which forgets what is said around

    def over(self, outer: dict[str, int]) -> dict[str, int]:
        """The same, with the section around taken into account."""
        return self if self.alone or not outer else Levels({**outer, **self})


def _levels_over(outer: dict[str, int], inner: dict[str, int]) -> dict[str, int]:
    return inner.over(outer) if isinstance(inner, Levels) else {**outer, **inner}


SERVER_ROOT: Setting[str] = Setting("ServerRoot", "/")
DOCUMENT_ROOT: Setting[str | None] = Setting("DocumentRoot", None)
SERVER_NAME: Setting[ServerName | None] = Setting("ServerName", None)
SERVER_ALIASES: Setting[tuple[str, ...]] = Setting("ServerAlias", ())
SERVER_ADMIN: Setting[str] = Setting("ServerAdmin", "[no address given]")
SERVER_PATH: Setting[str | None] = Setting("ServerPath", None)
LISTEN: Setting[tuple[Listen, ...]] = Setting("Listen", (), joined)
TIMEOUT: Setting[int] = Setting("Timeout", 60)
KEEP_ALIVE: Setting[bool] = Setting("KeepAlive", True)
KEEP_ALIVE_TIMEOUT: Setting[float] = Setting("KeepAliveTimeout", 5.0)
MAX_KEEP_ALIVE_REQUESTS: Setting[int] = Setting("MaxKeepAliveRequests", 100)
ERROR_LOG: Setting[str | None] = Setting("ErrorLog", None)
ERROR_FORMATS: Setting[ErrorFormats] = Setting("ErrorLogFormat", ErrorFormats(), _of_host)
LOG_LEVEL: Setting[int] = Setting("LogLevel", APLOG_WARNING)  # an APLOG_ number; trace1 to trace8 are 8 to 15
LOG_LEVELS: Setting[dict[str, int]] = Setting("LogLevel module:level", Levels(), _levels_over)
LIMIT_REQUEST_LINE: Setting[int] = Setting("LimitRequestLine", 8190)
LIMIT_REQUEST_FIELDS: Setting[int] = Setting("LimitRequestFields", 100)
LIMIT_REQUEST_FIELD_SIZE: Setting[int] = Setting("LimitRequestFieldSize", 8190)
LIMIT_REQUEST_BODY: Setting[int] = Setting("LimitRequestBody", 1024 * 1024 * 1024)  # 0: no limit
HOSTNAME_LOOKUPS: Setting[str] = Setting("HostnameLookups", "off")  # "on", "off", "double"
USE_CANONICAL_NAME: Setting[str] = Setting("UseCanonicalName", "off")  # "on", "off", "dns"
USE_CANONICAL_PHYSICAL_PORT: Setting[bool] = Setting("UseCanonicalPhysicalPort", False)
ALLOW_ENCODED_SLASHES: Setting[str] = Setting("AllowEncodedSlashes", "off")  # "on", "off", "nodecode"
SERVER_TOKENS: Setting[str] = Setting("ServerTokens", "full")  # full, prod, major, minor, min, os
TRACE_ENABLE: Setting[str] = Setting("TraceEnable", "on")  # "on", "off", "extended"
MERGE_SLASHES: Setting[bool] = Setting("MergeSlashes", True)

_LEVELS = {name: number for number, name in enumerate(LOG_LEVEL_NAMES)}
_UNITS = {"": 1.0, "s": 1.0, "ms": 0.001, "mi": 60.0, "h": 3600.0}


def _server_name(so_far: Any, args: tuple[str, ...], origin: Origin) -> ServerName:
    if has_wildcard(args[0]):
        raise ValueError(f"'{args[0]}': use ServerAlias for patterns")
    scheme, mark, rest = args[0].partition("://")
    if not mark:
        scheme, rest = "", args[0]
    name, colon, digits = rest.partition(":")
    port = fixed_number(digits, 1, 65535, "a port") if colon else None
    return ServerName(scheme.lower() or None, name, port)


def _aliases(so_far: Any, args: tuple[str, ...], origin: Origin) -> tuple[str, ...]:
    return (*(so_far or ()), *words(args[0]))


def _listen(so_far: Any, args: tuple[str, ...], origin: Origin) -> tuple[Listen, ...]:
    if not args:
        raise ValueError("takes an address")
    address, *protocol = args
    host, port = host_and_port(address)
    if port is None:
        raise ValueError(f"'{address}': the port is missing")
    listen = Listen(None if host == "*" else host, port, protocol[0] if protocol else None)
    return (*(so_far or ()), listen)


def seconds(so_far: Any, args: tuple[str, ...], origin: Origin) -> float:
    """A time in seconds, or with a unit of httpd's (ms, s, min, h)."""
    match = re.match(r"(\d{1,9})(ms|s|min|mi|h|)\Z", args[0].lower(), re.ASCII)
    if match is None:
        raise ValueError(f"'{args[0]}' is no time")
    return int(match[1]) * _UNITS[match[2][:2]]


def _error_log(so_far: Any, args: tuple[str, ...], origin: Origin) -> str:
    target = args[0]
    if target.lower().startswith("syslog"):
        from logging.handlers import SysLogHandler  # here, because few sites log there

        facility = [*target.split(":", 2), ""][1].lower()
        if facility and facility not in SysLogHandler.facility_names:
            raise ValueError(f"'{facility}' is no facility of syslog")
        return target
    return target if target.startswith("|") else absolute(target, origin)


def _error_log_format(so_far: ErrorFormats | None, args: tuple[str, ...], origin: Origin) -> ErrorFormats:
    formats = so_far or ErrorFormats()
    if len(args) == 1:
        return formats._replace(message=parse_error(args[0], main=True))
    form = parse_error(args[1], main=False)
    kind = args[0].lower()
    if kind == "connection":
        return formats._replace(connection=(*formats.connection, form))
    if kind == "request":
        return formats._replace(request=(*formats.request, form))
    raise ValueError("ErrorLogFormat type must be one of request, connection")


def _log_level(so_far: dict[str, int] | None, args: tuple[str, ...], origin: Origin) -> Several:
    if not args:
        raise ValueError("takes a level")
    overall: dict[Setting[Any], Any] = {}
    by_module = Levels(so_far or {})
    by_module.alone = getattr(so_far, "alone", False)
    for word in args:
        module, colon, level = word.rpartition(":")
        if level.lower() not in _LEVELS:
            raise ValueError(f"'{level}' is no level; use {', '.join(list(_LEVELS)[:8])} or trace1 to trace8")
        if colon:
            by_module[module.removeprefix("mod_").removesuffix(".c").removesuffix("_module")] = _LEVELS[level.lower()]
        else:
            overall[LOG_LEVEL] = _LEVELS[level.lower()]
            by_module = Levels()  # a level for all forgets those named before
            by_module.alone = True
    return Several(overall | {LOG_LEVELS: by_module})


def _document_root(so_far: Any, args: tuple[str, ...], origin: Origin) -> str:
    root = absolute(args[0], origin).rstrip("/")
    return f"{root}/" if args[0].endswith("/") or not root else root  # as written: sites put names right behind it


ROWS: tuple[Row, ...] = (
    row("ServerRoot", Args.TAKE1, Where.GLOBAL, SERVER_ROOT, path, "directory"),
    row("DocumentRoot", Args.TAKE1, Where.RSRC, DOCUMENT_ROOT, _document_root, "directory"),
    row("ServerName", Args.TAKE1, Where.RSRC, SERVER_NAME, _server_name, "[scheme://]name[:port]"),
    row("ServerAlias", Args.RAW, Where.VHOST, SERVER_ALIASES, _aliases, "name ..."),
    row("ServerAdmin", Args.TAKE1, Where.RSRC, SERVER_ADMIN, text, "address|URL"),
    row("ServerPath", Args.TAKE1, Where.RSRC, SERVER_PATH, text, "URL-path"),
    row("Listen", Args.ARGV, Where.GLOBAL, LISTEN, _listen, "[address:]port [protocol [options=...]]"),
    row("Timeout", Args.TAKE1, Where.RSRC, TIMEOUT, number(0, what="a time in seconds"), "seconds"),
    row("KeepAlive", Args.FLAG, Where.RSRC, KEEP_ALIVE, flag, "On|Off"),
    row("KeepAliveTimeout", Args.TAKE1, Where.RSRC, KEEP_ALIVE_TIMEOUT, seconds, "seconds|milliseconds ms"),
    row("MaxKeepAliveRequests", Args.TAKE1, Where.RSRC, MAX_KEEP_ALIVE_REQUESTS, number(0), "number"),
    row("ErrorLog", Args.TAKE1, Where.RSRC, ERROR_LOG, _error_log, "file|syslog[:facility]|'|command'"),
    row("ErrorLogFormat", Args.TAKE12, Where.RSRC, ERROR_FORMATS, _error_log_format, "[connection|request] format"),
    row("LogLevel", Args.ARGV, Where.CONF, LOG_LEVELS, _log_level, "[module:]level ..."),
    row("LimitRequestLine", Args.TAKE1, Where.RSRC, LIMIT_REQUEST_LINE, number(0), "bytes"),
    row("LimitRequestFields", Args.TAKE1, Where.RSRC, LIMIT_REQUEST_FIELDS, number(0), "number"),
    row("LimitRequestFieldSize", Args.TAKE1, Where.RSRC, LIMIT_REQUEST_FIELD_SIZE, number(0), "bytes"),
    Row(
        "LimitRequestBody",
        Args.TAKE1,
        Where.ANY,
        Override.ALL,
        setting=LIMIT_REQUEST_BODY,
        value=number(0),
        usage="LimitRequestBody bytes",
    ),
    row(
        "HostnameLookups",
        Args.TAKE1,
        Where.CONF,
        HOSTNAME_LOOKUPS,
        choice(on="on", off="off", double="double"),
        "On|Off|Double",
    ),
    row(
        "UseCanonicalName",
        Args.TAKE1,
        Where.CONF,
        USE_CANONICAL_NAME,
        choice(on="on", off="off", dns="dns"),
        "On|Off|DNS",
    ),
    row(
        "UseCanonicalPhysicalPort",
        Args.TAKE1,
        Where.CONF,
        USE_CANONICAL_PHYSICAL_PORT,
        choice(on=True, off=False),
        "On|Off",
    ),
    row(
        "AllowEncodedSlashes",
        Args.TAKE1,
        Where.RSRC,
        ALLOW_ENCODED_SLASHES,
        choice(on="on", off="off", nodecode="nodecode"),
        "On|Off|NoDecode",
    ),
    row(
        "ServerTokens",
        Args.TAKE1,
        Where.GLOBAL,
        SERVER_TOKENS,
        choice(
            full="full",
            os="os",
            min="min",
            minimal="min",
            minor="minor",
            major="major",
            prod="prod",
            productonly="prod",
        ),
        "Full|OS|Minimal|Minor|Major|Prod",
    ),
    row(
        "TraceEnable",
        Args.TAKE1,
        Where.RSRC,
        TRACE_ENABLE,
        choice(on="on", off="off", extended="extended"),
        "On|Off|Extended",
    ),
    row("MergeSlashes", Args.FLAG, Where.RSRC, MERGE_SLASHES, flag, "On|Off"),
)
