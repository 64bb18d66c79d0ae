"""mod_cgi, mod_cgid, mod_suexec, mod_actions, mod_isapi: programs that answer requests.

Law: none of these modules counts as loaded without its LoadModule. What distributions write into <IfModule mod_cgi.c>
opens a folder of programs, and is not to do so where httpd would have run none.
"""

from __future__ import annotations

from typing import NamedTuple

from modpy_wsgi.config.directives.server import seconds
from modpy_wsgi.config.directives.table import info, known, row
from modpy_wsgi.config.model import Args, Kind, Origin, Override, Row, Setting, Where
from modpy_wsgi.config.values import choice, flag, number, path, union, updated

__all__ = [
    "ACTIONS",
    "CGI_PASS_AUTH",
    "CGI_REQUEST_URI",
    "SCRIPTS",
    "SCRIPT_LOG",
    "SCRIPT_LOG_BUFFER",
    "SCRIPT_LOG_LENGTH",
    "SCRIPT_TIMEOUT",
    "Action",
]


class Action(NamedTuple):
    """What answers in the place of a file whose handler or type has this action."""

    script: str  # a URL-path
    virtual: bool  # the file need not be there


SCRIPT_TIMEOUT: Setting[float | None] = Setting("CGIScriptTimeout", None)  # seconds; None: that of Timeout
SCRIPT_LOG: Setting[str | None] = Setting("ScriptLog", None)
SCRIPT_LOG_LENGTH: Setting[int] = Setting("ScriptLogLength", 10385760)  # httpd's own odd number
SCRIPT_LOG_BUFFER: Setting[int] = Setting("ScriptLogBuffer", 1024)
ACTIONS: Setting[dict[str, Action]] = Setting("Action", {}, union)  # by handler or media type, in lower case
SCRIPTS: Setting[dict[str, str]] = Setting("Script", {}, union)  # by method
CGI_PASS_AUTH: Setting[bool] = Setting("CGIPassAuth", False)
CGI_REQUEST_URI: Setting[str] = Setting("CGIVar REQUEST_URI", "original-uri")


def _action(args: tuple[str, ...], origin: Origin) -> dict[str, Action]:
    kind, script, *rest = args
    if rest and rest[0].lower() != "virtual":
        raise ValueError(f"unrecognized option '{rest[0]}'")
    return {kind.lower(): Action(script, bool(rest))}


def _script(args: tuple[str, ...], origin: Origin) -> dict[str, str]:
    method, script = args
    if method == "TRACE":
        raise ValueError("TRACE not allowed for Script")
    return {"GET" if method == "HEAD" else method: script}


_REQUEST_URIS = choice(**{"original-uri": "original-uri", "current-uri": "current-uri"})


def _variable(so_far: str | None, args: tuple[str, ...], origin: Origin) -> str:
    name, rule = args
    if name != "REQUEST_URI":
        raise ValueError(f"'{name}' is not recognized: only REQUEST_URI is")
    chosen: str = _REQUEST_URIS(so_far, (rule,), origin)
    return chosen


_TIMEOUT = "seconds|milliseconds ms"

ROWS = (
    row("CGIScriptTimeout", Args.TAKE1, Where.CONF, SCRIPT_TIMEOUT, seconds, _TIMEOUT),
    Row(
        "CGIDScriptTimeout",
        Args.TAKE1,
        Where.ANY,
        Override.ALL,
        setting=SCRIPT_TIMEOUT,
        value=seconds,
        usage=f"CGIDScriptTimeout {_TIMEOUT}",
    ),
    row("ScriptLog", Args.TAKE1, Where.RSRC, SCRIPT_LOG, path, "file"),
    row("ScriptLogLength", Args.TAKE1, Where.RSRC, SCRIPT_LOG_LENGTH, number(0), "bytes"),
    row("ScriptLogBuffer", Args.TAKE1, Where.RSRC, SCRIPT_LOG_BUFFER, number(0), "bytes"),
    info("Action", Args.TAKE23, ACTIONS, updated(_action), "handler-name|media/type URL-path [virtual]"),
    row("Script", Args.TAKE2, Where.CONF, SCRIPTS, updated(_script), "method URL-path"),
    Row(
        "CGIPassAuth",
        Args.FLAG,
        Where.ACCESS,
        Override.AUTHCONFIG,
        setting=CGI_PASS_AUTH,
        value=flag,
        usage="CGIPassAuth On|Off",
    ),
    info("CGIVar", Args.TAKE2, CGI_REQUEST_URI, _variable, "REQUEST_URI original-uri|current-uri"),
    *known(
        Kind.SERVER,
        "without meaning: a program runs under the account of the server, which starts it itself",
        """
        ISAPIAppendLogToErrors  flag any       FileInfo
        ISAPIAppendLogToQuery   flag any       FileInfo
        ISAPICacheFile          1+   server
        ISAPIFakeAsync          flag any       FileInfo
        ISAPILogNotSupported    flag any       FileInfo
        ISAPIReadAheadBuffer    1    any       FileInfo
        ScriptInterpreterSource 1    any       FileInfo
        ScriptSock              1    server
        Suexec                  flag server
        SuexecUserGroup         2    server
        """,
    ),
)
