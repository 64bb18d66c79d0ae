"""mod_cgi, mod_cgid, mod_suexec, mod_actions, mod_isapi: programs that answer requests."""

from __future__ import annotations

from modpy_wsgi.config.directives.table import known
from modpy_wsgi.config.model import Kind

ROWS = (
    *known(
        Kind.SERVER,
        "without meaning: a program runs in the process of the server",
        """
        CGIScriptTimeout        1    conf
        ISAPIAppendLogToErrors  flag any       FileInfo
        ISAPIAppendLogToQuery   flag any       FileInfo
        ISAPICacheFile          1+   server
        ISAPIFakeAsync          flag any       FileInfo
        ISAPILogNotSupported    flag any       FileInfo
        ISAPIReadAheadBuffer    1    any       FileInfo
        ScriptInterpreterSource 1    any       FileInfo
        ScriptLog               1    server
        ScriptLogBuffer         1    server
        ScriptLogLength         1    server
        ScriptSock              1    server
        Suexec                  flag server
        SuexecUserGroup         2    server
        """,
    ),
    *known(
        Kind.UNSUPPORTED,
        "no program is run in place of a file",
        """
        Action 2,3 any       FileInfo
        Script 2   conf
        """,
    ),
)
