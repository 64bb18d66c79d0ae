"""The processing models (mpm_common, prefork, worker, event) and unixd: what a WSGI server is sized by."""

from __future__ import annotations

from typing import Any

from modpy_wsgi.config.directives.table import known
from modpy_wsgi.config.model import Args, Kind, Origin, Row, Setting, Where
from modpy_wsgi.config.values import number, path, text

MODULES = ("unixd_module", "mod_unixd.c")

START_SERVERS: Setting[int | None] = Setting("StartServers", None)
SERVER_LIMIT: Setting[int | None] = Setting("ServerLimit", None)
THREADS_PER_CHILD: Setting[int | None] = Setting("ThreadsPerChild", None)
MAX_REQUEST_WORKERS: Setting[int | None] = Setting("MaxRequestWorkers", None)
MAX_CONNECTIONS_PER_CHILD: Setting[int | None] = Setting("MaxConnectionsPerChild", None)
GRACEFUL_SHUTDOWN_TIMEOUT: Setting[int | None] = Setting("GracefulShutdownTimeout", None)
PID_FILE: Setting[str | None] = Setting("PidFile", None)
USER: Setting[str | None] = Setting("User", None)
GROUP: Setting[str | None] = Setting("Group", None)


def _size(name: str, setting: Setting[int | None], low: int = 1) -> Row:
    count = number(0)

    def value(so_far: Any, args: tuple[str, ...], origin: Origin) -> Any:
        return max(low, count(so_far, args, origin))  # httpd raises a 0 to 1 by itself

    return Row(name, Args.TAKE1, Where.GLOBAL, setting=setting, value=value, usage=f"{name} number")


ROWS = (
    _size("StartServers", START_SERVERS),
    _size("ServerLimit", SERVER_LIMIT),
    _size("ThreadsPerChild", THREADS_PER_CHILD),
    _size("MaxRequestWorkers", MAX_REQUEST_WORKERS),
    _size("MaxClients", MAX_REQUEST_WORKERS),
    _size("MaxConnectionsPerChild", MAX_CONNECTIONS_PER_CHILD, 0),
    _size("MaxRequestsPerChild", MAX_CONNECTIONS_PER_CHILD, 0),
    _size("GracefulShutdownTimeout", GRACEFUL_SHUTDOWN_TIMEOUT, 0),
    Row("PidFile", Args.TAKE1, Where.GLOBAL, setting=PID_FILE, value=path, usage="PidFile file"),
    Row("User", Args.TAKE1, Where.GLOBAL, setting=USER, value=text, usage="User name|#number"),
    Row("Group", Args.TAKE1, Where.GLOBAL, setting=GROUP, value=text, usage="Group name|#number"),
    *known(
        Kind.SERVER,
        "the WSGI server manages its own processes, threads and memory",
        """
        AsyncRequestWorkerFactor 1   server
        ChrootDir               1    server
        CoreDumpDirectory       1    server
        EnableExceptionHook     1    server
        ListenBacklog           1    server
        ListenTCPDeferAccept    1    server
        ListenCoresBucketsRatio 1    server
        MaxMemFree              1    server
        MaxSpareServers         1    server
        MaxSpareThreads         1    server
        MinSpareServers         1    server
        MinSpareThreads         1    server
        ReceiveBufferSize       1    server
        ScoreBoardFile          1    server
        SendBufferSize          1    server
        ThreadLimit             1    server
        ThreadStackSize         1    server
        """,
    ),
)
