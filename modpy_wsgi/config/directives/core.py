"""The core of httpd. Its settings are written down in parts (server, content, options) and all found here by name."""

from __future__ import annotations

from typing import Any

from modpy_wsgi.config.directives import content, server
from modpy_wsgi.config.directives.content import (
    ACCEPT_PATH_INFO,
    ADD_DEFAULT_CHARSET,
    DEFAULT_TYPE,
    ENABLE_SENDFILE,
    ERROR_DOCUMENTS,
    FILE_ETAG,
    FORCE_TYPE,
    MAX_RANGE_OVERLAPS,
    MAX_RANGE_REVERSALS,
    MAX_RANGES,
    SERVER_SIGNATURE,
    SET_HANDLER,
    SET_INPUT_FILTER,
    SET_OUTPUT_FILTER,
    ErrorDocument,
    FileTag,
)
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
from modpy_wsgi.config.directives.server import (
    ALLOW_ENCODED_SLASHES,
    DOCUMENT_ROOT,
    ERROR_FORMATS,
    ERROR_LOG,
    HOSTNAME_LOOKUPS,
    KEEP_ALIVE,
    KEEP_ALIVE_TIMEOUT,
    LIMIT_REQUEST_BODY,
    LIMIT_REQUEST_FIELD_SIZE,
    LIMIT_REQUEST_FIELDS,
    LIMIT_REQUEST_LINE,
    LISTEN,
    LOG_LEVEL,
    LOG_LEVELS,
    MAX_KEEP_ALIVE_REQUESTS,
    MERGE_SLASHES,
    SERVER_ADMIN,
    SERVER_ALIASES,
    SERVER_NAME,
    SERVER_PATH,
    SERVER_ROOT,
    SERVER_TOKENS,
    TIMEOUT,
    TRACE_ENABLE,
    USE_CANONICAL_NAME,
    USE_CANONICAL_PHYSICAL_PORT,
    ErrorFormats,
    Listen,
    ServerName,
)
from modpy_wsgi.config.directives.table import accepted, known, row
from modpy_wsgi.config.lexer import words
from modpy_wsgi.config.model import Args, Kind, Origin, Override, Row, Section, Setting, Where
from modpy_wsgi.config.values import Several, joined, nothing

__all__ = [
    "ACCEPT_PATH_INFO",
    "ACCESS_FILE_NAMES",
    "ADD_DEFAULT_CHARSET",
    "ALLOW_ENCODED_SLASHES",
    "ALLOW_OPTIONS",
    "ALLOW_OVERRIDE",
    "ALLOW_OVERRIDE_LIST",
    "DEFAULT_TYPE",
    "DOCUMENT_ROOT",
    "ENABLE_SENDFILE",
    "ERROR_DOCUMENTS",
    "ERROR_FORMATS",
    "ERROR_LOG",
    "FILES_SECTIONS",
    "FILE_ETAG",
    "FORCE_TYPE",
    "HOSTNAME_LOOKUPS",
    "KEEP_ALIVE",
    "KEEP_ALIVE_TIMEOUT",
    "LIMIT_REQUEST_BODY",
    "LIMIT_REQUEST_FIELDS",
    "LIMIT_REQUEST_FIELD_SIZE",
    "LIMIT_REQUEST_LINE",
    "LISTEN",
    "LOG_LEVEL",
    "LOG_LEVELS",
    "MAX_KEEP_ALIVE_REQUESTS",
    "MAX_RANGES",
    "MAX_RANGE_OVERLAPS",
    "MAX_RANGE_REVERSALS",
    "MERGE_SLASHES",
    "MODULES",
    "NONFATAL",
    "OPTIONS",
    "ROWS",
    "SERVER_ADMIN",
    "SERVER_ALIASES",
    "SERVER_NAME",
    "SERVER_PATH",
    "SERVER_ROOT",
    "SERVER_SIGNATURE",
    "SERVER_TOKENS",
    "SET_HANDLER",
    "SET_INPUT_FILTER",
    "SET_OUTPUT_FILTER",
    "TIMEOUT",
    "TRACE_ENABLE",
    "USE_CANONICAL_NAME",
    "USE_CANONICAL_PHYSICAL_PORT",
    "ErrorDocument",
    "ErrorFormats",
    "FileTag",
    "Listen",
    "Nonfatal",
    "Options",
    "ServerName",
]

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


ACCESS_FILE_NAMES: Setting[tuple[str, ...]] = Setting("AccessFileName", (".htaccess",))
FILES_SECTIONS: Setting[tuple[Section, ...]] = Setting("<Files>", (), joined)


def _access_names(so_far: Any, args: tuple[str, ...], origin: Origin) -> tuple[str, ...]:
    names = tuple(words(args[0]))
    if any("/" in name or name in (".", "..", "") for name in names):
        raise ValueError("takes names of files")
    return names


def _error(so_far: Any, args: tuple[str, ...], origin: Origin) -> Several:
    raise ValueError(args[0])


ROWS: tuple[Row, ...] = (
    *server.ROWS,
    *content.ROWS,
    row("AccessFileName", Args.RAW, Where.RSRC, ACCESS_FILE_NAMES, _access_names, "name ..."),
    row("AllowOverride", Args.RAW, Where.DIRECTORY, ALLOW_OVERRIDE, allow_override, "None|All|class ..."),
    row(
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
    Row("LoadModule", Args.TAKE2, Where.RSRC, value=nothing, usage="LoadModule name_module file"),
    # Named here so that they are known; the parser acts on them.
    Row("Define", Args.TAKE12, Where.CONF, value=nothing, usage="Define name [value]"),
    Row("UnDefine", Args.TAKE1, Where.CONF, value=nothing, usage="UnDefine name"),
    Row("Include", Args.TAKE1, Where.CONF, value=nothing, usage="Include file|directory|pattern"),
    Row("IncludeOptional", Args.TAKE1, Where.CONF, value=nothing, usage="IncludeOptional file|directory|pattern"),
    Row("Error", Args.RAW, Where.ANY, Override.ALL, value=_error, usage="Error message"),
    *accepted(
        "0",
        "nothing here follows it",
        """
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
    *known(
        Kind.SERVER,
        "the WSGI server or the front server decides this, or it has no meaning here",
        """
        AcceptFilter             2    server
        AcceptMutex              1    server
        CGIMapExtension          2,3  any     FileInfo
        DefaultRuntimeDir        1    server
        EnableMMAP               1    any     FileInfo
        ExtendedStatus           flag server
        FlushMaxPipelined        1    server
        FlushMaxThreshold        1    server
        GprofDir                 1    server
        HttpProtocolOptions      1+   server
        LimitInternalRecursion   1,2  server  # internal redirects and subrequests are limited to 10
        LimitXMLRequestBody      1    any     ALL  # no request body is read as XML
        LoadFile                 1+   server
        LockFile                 1    server
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
        """,
    ),
    *known(
        Kind.UNSUPPORTED,
        "nothing here follows it, and it decides what is answered",
        """
        Port           1   server  # Listen took its place
        """,
    ),
)
