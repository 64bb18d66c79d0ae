"""What else goes to logs, and who is watched: mod_log_debug, mod_log_forensic, mod_dumpio, mod_usertrack, mod_info."""

from __future__ import annotations

from modpy_wsgi.config.directives.table import accepted, known
from modpy_wsgi.config.model import Kind

ROWS = (
    *known(
        Kind.SERVER,
        "nothing of this is written",
        """
        AddModuleInfo    2     server
        CookieLog        1     server
        DumpIOInput      flag  server
        DumpIOLogLevel   1     server
        DumpIOOutput     flag  server
        ForensicLog      1     server
        LogIOTrackTTFB   flag  any       ALL
        LogMessage       1,2,3 conf
        WatchdogInterval 1     server
        """,
    ),
    *accepted(
        "0",
        "clients are not tracked by a cookie",
        """
        CookieTracking flag any       FileInfo
        """,
    ),
    *known(
        Kind.SERVER,
        "without meaning where CookieTracking is off",
        """
        CookieDomain   1    any       FileInfo
        CookieExpires  1    any       FileInfo
        CookieHTTPOnly flag any       FileInfo
        CookieName     1    any       FileInfo
        CookieSameSite 1    any       FileInfo
        CookieSecure   flag any       FileInfo
        CookieStyle    1    any       FileInfo
        """,
    ),
)
