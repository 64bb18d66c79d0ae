"""The core of httpd: names, addresses, limits, and what holds for any request."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any, NamedTuple

from modpy_wsgi.config.addresses import host_and_port
from modpy_wsgi.config.directives.options import (
    ALLOW_OPTIONS,
    ALLOW_OVERRIDE,
    ALLOW_OVERRIDE_LIST,
    NONFATAL,
    OPTIONS,
    Nonfatal,
    Options,
    allow_override,
    allow_override_list,
    options,
)
from modpy_wsgi.config.directives.table import accepted, known
from modpy_wsgi.config.lexer import words
from modpy_wsgi.config.model import Args, Kind, Origin, Override, Row, Section, Setting, Value, Where
from modpy_wsgi.config.patterns import has_wildcard
from modpy_wsgi.config.values import Several, absolute, canonical, choice, fixed_number, flag, number, path, text, union

__all__ = ["ALLOW_OPTIONS", "ALLOW_OVERRIDE", "ALLOW_OVERRIDE_LIST", "NONFATAL", "OPTIONS", "Nonfatal", "Options"]

MODULES = (
    "core_module",
    "core.c",
    "http_module",
    "http_core.c",
    "so_module",
    "mod_so.c",
    "version_module",
    "mod_version.c",
)


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


class ErrorDocument(NamedTuple):
    """What answers an error: "text", "local" (a URL-path), "remote" (a URL), or the "default" page."""

    kind: str
    value: str


def _concat(outer: tuple[Any, ...], inner: tuple[Any, ...]) -> tuple[Any, ...]:
    return outer + inner


SERVER_ROOT: Setting[str] = Setting("ServerRoot", "/")
DOCUMENT_ROOT: Setting[str | None] = Setting("DocumentRoot", None)
SERVER_NAME: Setting[ServerName | None] = Setting("ServerName", None)
SERVER_ALIASES: Setting[tuple[str, ...]] = Setting("ServerAlias", ())
SERVER_ADMIN: Setting[str] = Setting("ServerAdmin", "[no address given]")
SERVER_PATH: Setting[str | None] = Setting("ServerPath", None)
LISTEN: Setting[tuple[Listen, ...]] = Setting("Listen", (), _concat)
TIMEOUT: Setting[int] = Setting("Timeout", 60)
KEEP_ALIVE: Setting[bool] = Setting("KeepAlive", True)
KEEP_ALIVE_TIMEOUT: Setting[float] = Setting("KeepAliveTimeout", 5.0)
MAX_KEEP_ALIVE_REQUESTS: Setting[int] = Setting("MaxKeepAliveRequests", 100)
ERROR_LOG: Setting[str | None] = Setting("ErrorLog", None)
LOG_LEVEL: Setting[int] = Setting("LogLevel", 4)  # APLOG_EMERG 0 to APLOG_DEBUG 7; trace1 to trace8 are 8 to 15
LOG_LEVELS: Setting[dict[str, int]] = Setting("LogLevel module:level", {}, union)
LIMIT_REQUEST_LINE: Setting[int] = Setting("LimitRequestLine", 8190)
LIMIT_REQUEST_FIELDS: Setting[int] = Setting("LimitRequestFields", 100)
LIMIT_REQUEST_FIELD_SIZE: Setting[int] = Setting("LimitRequestFieldSize", 8190)
LIMIT_REQUEST_BODY: Setting[int] = Setting("LimitRequestBody", 1024 * 1024 * 1024)  # 0: no limit
ACCESS_FILE_NAMES: Setting[tuple[str, ...]] = Setting("AccessFileName", (".htaccess",))
FILES_SECTIONS: Setting[tuple[Section, ...]] = Setting("<Files>", (), _concat)
SET_HANDLER: Setting[str | None] = Setting("SetHandler", None)  # "" after "None"
FORCE_TYPE: Setting[str | None] = Setting("ForceType", None)  # "" after "None"
DEFAULT_TYPE: Setting[str | None] = Setting("DefaultType", None)
ADD_DEFAULT_CHARSET: Setting[str | None] = Setting("AddDefaultCharset", None)
HOSTNAME_LOOKUPS: Setting[str] = Setting("HostnameLookups", "off")  # "on", "off", "double"
USE_CANONICAL_NAME: Setting[str] = Setting("UseCanonicalName", "off")  # "on", "off", "dns"
ERROR_DOCUMENTS: Setting[dict[int, ErrorDocument]] = Setting("ErrorDocument", {}, union)
ACCEPT_PATH_INFO: Setting[str] = Setting("AcceptPathInfo", "default")  # "on", "off", "default"
ALLOW_ENCODED_SLASHES: Setting[str] = Setting("AllowEncodedSlashes", "off")  # "on", "off", "nodecode"
SERVER_SIGNATURE: Setting[str] = Setting("ServerSignature", "off")  # "on", "off", "email"
SERVER_TOKENS: Setting[str] = Setting("ServerTokens", "full")  # full, prod, major, minor, min, os
TRACE_ENABLE: Setting[str] = Setting("TraceEnable", "on")  # "on", "off", "extended"
MERGE_SLASHES: Setting[bool] = Setting("MergeSlashes", True)
FILE_ETAG: Setting[frozenset[str]] = Setting("FileETag", frozenset({"mtime", "size"}))  # and "inode", "digest"
ENABLE_SENDFILE: Setting[bool] = Setting("EnableSendfile", False)

_LEVELS = {"emerg": 0, "alert": 1, "crit": 2, "error": 3, "warn": 4, "notice": 5, "info": 6, "debug": 7} | {
    f"trace{number}": 7 + number for number in range(1, 9)
}


_TIME = re.compile(r"(\d{1,9})(ms|s|min|mi|h|)\Z", re.ASCII)
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


def _seconds(so_far: Any, args: tuple[str, ...], origin: Origin) -> float:
    match = _TIME.match(args[0].lower())
    if match is None:
        raise ValueError(f"'{args[0]}' is no time")
    return int(match[1]) * _UNITS[match[2][:2]]


def _error_log(so_far: Any, args: tuple[str, ...], origin: Origin) -> str:
    target = args[0]
    return target if target.startswith("|") or target.lower().startswith("syslog") else absolute(target, origin)


def _log_level(so_far: Any, args: tuple[str, ...], origin: Origin) -> Several:
    if not args:
        raise ValueError("takes a level")
    overall: dict[Setting[Any], Any] = {}
    by_module: dict[str, int] = {}
    for word in args:
        module, colon, level = word.rpartition(":")
        if level.lower() not in _LEVELS:
            raise ValueError(f"'{level}' is no level; use {', '.join(list(_LEVELS)[:8])} or trace1 to trace8")
        if colon:
            by_module[module] = _LEVELS[level.lower()]
        else:
            overall[LOG_LEVEL] = _LEVELS[level.lower()]
            by_module = {}  # a level for all forgets those named before
    return Several(overall | {LOG_LEVELS: by_module} if by_module else overall)


def _access_names(so_far: Any, args: tuple[str, ...], origin: Origin) -> tuple[str, ...]:
    names = tuple(words(args[0]))
    if any("/" in name or name in (".", "..", "") for name in names):
        raise ValueError("takes names of files")
    return names


def _set_handler(so_far: Any, args: tuple[str, ...], origin: Origin) -> str:
    return "" if args[0].lower() == "none" else _literal(args[0])


def _force_type(so_far: Any, args: tuple[str, ...], origin: Origin) -> str:
    return "" if args[0].lower() == "none" else args[0].lower()


def _literal(word: str) -> str:
    if "%{" in word:
        raise ValueError(f"'{word}': expressions that are judged per request are not evaluated")
    return word


def _charset(so_far: Any, args: tuple[str, ...], origin: Origin) -> str | None:
    lower = args[0].lower()
    return None if lower == "off" else "iso-8859-1" if lower == "on" else args[0]


def _error_document(so_far: Any, args: tuple[str, ...], origin: Origin) -> dict[int, ErrorDocument]:
    status, target = args
    so_far = so_far or {}
    try:
        code = HTTPStatus(int(status)) if status.isdigit() else None
    except ValueError:
        code = None
    if code is None:
        raise ValueError(f"'{status}' is no HTTP status")
    document = _document(_literal(target))
    if code == 401 and document.kind == "remote":
        return dict(so_far)  # a client sent elsewhere is never asked for a password; httpd ignores it as well
    return {**so_far, int(code): document}


def _document(target: str) -> ErrorDocument:
    if target.lower() == "default":
        return ErrorDocument("default", "")
    if " " not in target:
        if target.startswith("/"):
            return ErrorDocument("local", target)
        scheme, mark, _ = target.partition(":")
        if mark and scheme.isascii() and scheme.replace("+", "").replace("-", "").replace(".", "").isalnum():
            return ErrorDocument("remote", target)
    # A quote that opens and never closes was the way to write a text in httpd 1.3.
    return ErrorDocument("text", target.removeprefix('"'))


def _etag(so_far: frozenset[str] | None, args: tuple[str, ...], origin: Origin) -> frozenset[str]:
    members = {"mtime": "mtime", "lmtime": "mtime", "lastmodified": "mtime", "size": "size", "inode": "inode"}
    members["digest"] = "digest"
    given = words(args[0])
    result = so_far if so_far is not None else FILE_ETAG.default
    for index, word in enumerate(given):
        sign = word[0] if word[:1] in ("+", "-") else ""
        name = word[len(sign) :].lower()
        if name in ("none", "all") and not sign:
            result = frozenset({"mtime", "size", "inode"} if name == "all" else ())
        elif name in members:
            change = {members[name]}
            keep = result if sign or index else frozenset()
            result = keep - change if sign == "-" else keep | change
        else:
            raise ValueError(f"unknown keyword '{word}'")
    return result


def _document_root(so_far: Any, args: tuple[str, ...], origin: Origin) -> str:
    root = canonical(absolute(args[0], origin))
    return root.rstrip("/") or "/"


def _error(so_far: Any, args: tuple[str, ...], origin: Origin) -> Several:
    raise ValueError(args[0])


def _ignored(so_far: Any, args: tuple[str, ...], origin: Origin) -> Several:
    return Several()


def _row(name: str, args: Args, where: Where, setting: Setting[Any], value: Value, usage: str) -> Row:
    return Row(name, args, where, setting=setting, value=value, usage=f"{name} {usage}")


def _info(name: str, args: Args, setting: Setting[Any], value: Value, usage: str) -> Row:
    """A row for anywhere, and in .htaccess for AllowOverride FileInfo."""
    usage = f"{name} {usage}"
    return Row(name, args, Where.ANY, Override.FILEINFO, setting=setting, value=value, usage=usage)


ROWS = (
    _row("ServerRoot", Args.TAKE1, Where.GLOBAL, SERVER_ROOT, path, "directory"),
    _row("DocumentRoot", Args.TAKE1, Where.RSRC, DOCUMENT_ROOT, _document_root, "directory"),
    _row("ServerName", Args.TAKE1, Where.RSRC, SERVER_NAME, _server_name, "[scheme://]name[:port]"),
    _row("ServerAlias", Args.RAW, Where.VHOST, SERVER_ALIASES, _aliases, "name ..."),
    _row("ServerAdmin", Args.TAKE1, Where.RSRC, SERVER_ADMIN, text, "address|URL"),
    _row("ServerPath", Args.TAKE1, Where.RSRC, SERVER_PATH, text, "URL-path"),
    _row("Listen", Args.ARGV, Where.GLOBAL, LISTEN, _listen, "[address:]port [protocol [options=...]]"),
    _row("Timeout", Args.TAKE1, Where.RSRC, TIMEOUT, number(0, what="a time in seconds"), "seconds"),
    _row("KeepAlive", Args.FLAG, Where.RSRC, KEEP_ALIVE, flag, "On|Off"),
    _row("KeepAliveTimeout", Args.TAKE1, Where.RSRC, KEEP_ALIVE_TIMEOUT, _seconds, "seconds|milliseconds ms"),
    _row("MaxKeepAliveRequests", Args.TAKE1, Where.RSRC, MAX_KEEP_ALIVE_REQUESTS, number(0), "number"),
    _row("ErrorLog", Args.TAKE1, Where.RSRC, ERROR_LOG, _error_log, "file|syslog[:facility]|'|command'"),
    _row("LogLevel", Args.ARGV, Where.CONF, LOG_LEVEL, _log_level, "[module:]level ..."),
    _row("LimitRequestLine", Args.TAKE1, Where.RSRC, LIMIT_REQUEST_LINE, number(0), "bytes"),
    _row("LimitRequestFields", Args.TAKE1, Where.RSRC, LIMIT_REQUEST_FIELDS, number(0), "number"),
    _row("LimitRequestFieldSize", Args.TAKE1, Where.RSRC, LIMIT_REQUEST_FIELD_SIZE, number(0), "bytes"),
    Row(
        "LimitRequestBody",
        Args.TAKE1,
        Where.ANY,
        Override.ALL,
        setting=LIMIT_REQUEST_BODY,
        value=number(0),
        usage="LimitRequestBody bytes",
    ),
    _row("AccessFileName", Args.RAW, Where.RSRC, ACCESS_FILE_NAMES, _access_names, "name ..."),
    _row("AllowOverride", Args.RAW, Where.DIRECTORY, ALLOW_OVERRIDE, allow_override, "None|All|class ..."),
    _row(
        "AllowOverrideList",
        Args.ARGV,
        Where.DIRECTORY,
        ALLOW_OVERRIDE_LIST,
        allow_override_list,
        "None|directive ...",
    ),
    Row(
        "Options",
        Args.RAW,
        Where.ANY,
        Override.OPTIONS,
        setting=OPTIONS,
        value=options,
        usage="Options [+|-]option ...",
    ),
    _info("SetHandler", Args.TAKE1, SET_HANDLER, _set_handler, "handler-name|None"),
    _info("ForceType", Args.TAKE1, FORCE_TYPE, _force_type, "media/type|None"),
    _info("DefaultType", Args.TAKE1, DEFAULT_TYPE, _force_type, "media/type|None"),
    _info("AddDefaultCharset", Args.TAKE1, ADD_DEFAULT_CHARSET, _charset, "On|Off|charset"),
    _info("ErrorDocument", Args.TAKE2, ERROR_DOCUMENTS, _error_document, "status text|URL|default"),
    _info(
        "AcceptPathInfo",
        Args.TAKE1,
        ACCEPT_PATH_INFO,
        choice(on="on", off="off", default="default"),
        "On|Off|Default",
    ),
    _info("FileETag", Args.RAW, FILE_ETAG, _etag, "[+|-]component ..."),
    _info("EnableSendfile", Args.TAKE1, ENABLE_SENDFILE, choice(on=True, off=False), "On|Off"),
    _row(
        "HostnameLookups",
        Args.TAKE1,
        Where.CONF,
        HOSTNAME_LOOKUPS,
        choice(on="on", off="off", double="double"),
        "On|Off|Double",
    ),
    _row(
        "UseCanonicalName",
        Args.TAKE1,
        Where.CONF,
        USE_CANONICAL_NAME,
        choice(on="on", off="off", dns="dns"),
        "On|Off|DNS",
    ),
    _row(
        "AllowEncodedSlashes",
        Args.TAKE1,
        Where.RSRC,
        ALLOW_ENCODED_SLASHES,
        choice(on="on", off="off", nodecode="nodecode"),
        "On|Off|NoDecode",
    ),
    Row(
        "ServerSignature",
        Args.TAKE1,
        Where.ANY,
        Override.ALL,
        setting=SERVER_SIGNATURE,
        value=choice(on="on", off="off", email="email"),
        usage="ServerSignature On|Off|EMail",
    ),
    _row(
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
    _row(
        "TraceEnable",
        Args.TAKE1,
        Where.RSRC,
        TRACE_ENABLE,
        choice(on="on", off="off", extended="extended"),
        "On|Off|Extended",
    ),
    _row("MergeSlashes", Args.FLAG, Where.RSRC, MERGE_SLASHES, flag, "On|Off"),
    Row("LoadModule", Args.TAKE2, Where.RSRC, value=_ignored, usage="LoadModule name_module file"),
    # Named here so that they are known; the parser acts on them.
    Row("Define", Args.TAKE12, Where.CONF, value=_ignored, usage="Define name [value]"),
    Row("UnDefine", Args.TAKE1, Where.CONF, value=_ignored, usage="UnDefine name"),
    Row("Include", Args.TAKE1, Where.CONF, value=_ignored, usage="Include file|directory|pattern"),
    Row("IncludeOptional", Args.TAKE1, Where.CONF, value=_ignored, usage="IncludeOptional file|directory|pattern"),
    Row("Error", Args.RAW, Where.ANY, Override.ALL, value=_error, usage="Error message"),
    *accepted(
        "0",
        "nothing here follows it",
        """
        CGIPassAuth        flag access AuthConfig
        ContentDigest      flag any    Options
        QualifyRedirectURL flag any    FileInfo
        StrictHostCheck    flag server
        """,
    ),
    *accepted(
        "+dotall +dollar_endonly",
        "regular expressions follow httpd's defaults",
        "RegexDefaultOptions raw server",
    ),
    *accepted("deflate brotli_compress", "the filters of httpd are not run", "SetOutputFilter 1 any FileInfo"),
    *known(
        Kind.SERVER,
        "the WSGI server or the front server decides this, or it has no meaning here",
        """
        AcceptFilter             2    server
        AcceptMutex              1    server
        CGIMapExtension          2,3  any     FileInfo
        DefaultRuntimeDir        1    server
        EnableMMAP               1    any     FileInfo
        ErrorLogFormat           1,2  server
        ExtendedStatus           flag server
        FlushMaxPipelined        1    server
        FlushMaxThreshold        1    server
        GprofDir                 1    server
        HttpProtocolOptions      1+   server
        LimitInternalRecursion   1,2  server  # internal redirects and subrequests are limited to 10
        LimitXMLRequestBody      1    any     ALL  # no request body is read as XML
        LoadFile                 1+   server
        LockFile                 1    server
        MaxRangeOverlaps         1    conf
        MaxRangeReversals        1    conf
        MaxRanges                1    conf
        MergeTrailers            flag server
        Mutex                    raw  server
        NameVirtualHost          1    server  # any address may have several names
        Protocol                 1    server
        Protocols                1+   server
        ProtocolsHonorOrder      1    server
        RLimitCPU                1,2  any     ALL
        RLimitMEM                1,2  any     ALL
        RLimitNPROC              1,2  any     ALL
        ReadBufferSize           1    conf
        RegisterHttpMethod       1+   server
        SeeRequestTail           flag server
        UNCList                  0+   server
        UseCanonicalPhysicalPort 1    conf
        """,
    ),
    *known(
        Kind.UNSUPPORTED,
        "nothing here follows it, and it decides what is answered",
        """
        CGIVar         2   any    FileInfo
        Port           1   server  # Listen took its place
        SetInputFilter 1   any    FileInfo  # the filters of httpd are not run
        """,
    ),
)
