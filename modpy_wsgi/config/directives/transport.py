"""Connections and their protocols (mod_http2, mod_reqtimeout, mod_echo, ...), and what only other systems know."""

from __future__ import annotations

from modpy_wsgi.config.directives.table import accepted, known
from modpy_wsgi.config.model import Kind

ROWS = (
    *known(
        Kind.SERVER,
        "the WSGI server or the front server has the connection",
        """
        Example                none  any       Options
        H2CopyFiles            1     any       FileInfo
        H2Direct               1     server
        H2EarlyHint            2     any       AuthConfig|FileInfo
        H2EarlyHints           1     server
        H2MaxDataFrameLen      1     server
        H2MaxHeaderBlockLen    1     server
        H2MaxSessionStreams    1     server
        H2MaxStreamErrors      1     server
        H2MaxWorkerIdleSeconds 1     server
        H2MaxWorkers           1     server
        H2MinWorkers           1     server
        H2ModernTLSOnly        1     server
        H2OutputBuffering      1     server
        H2Padding              1     server
        H2ProxyRequests        1     any       FileInfo
        H2Push                 1     any       AuthConfig
        H2PushDiarySize        1     server
        H2PushPriority         2,3   server
        H2PushResource         1,2,3 any       AuthConfig|FileInfo
        H2SerializeHeaders     1     server
        H2SessionExtraFiles    1     server
        H2StreamMaxMemSize     1     server
        H2StreamTimeout        1     server
        H2TLSCoolDownSecs      1     server
        H2TLSWarmUpSize        1     server
        H2Upgrade              1     any       AuthConfig
        H2WebSockets           1     server
        H2WindowSize           1     server
        HeartbeatAddress       1     server
        HeartbeatListen        1     server
        HeartbeatMaxServers    1     server
        HeartbeatStorage       1     server
        KeptBodySize           1     directory
        ModemStandard          1     directory
        RequestReadTimeout     raw   server
        """,
    ),
    *accepted(
        "0",
        "the server speaks HTTP only",
        """
        ProtocolEcho flag server
        """,
    ),
    *known(
        Kind.SERVER,
        "without meaning on this system",
        """
        DTracePrivileges     flag server
        MaxRequestsPerThread 1    server
        MaxThreads           1    server
        PrivilegesMode       1    conf
        StartThreads         1    server
        VHostCGIMode         1    server
        VHostCGIPrivs        1+   server
        VHostGroup           1    server
        VHostPrivs           1+   server
        VHostSecure          flag server
        VHostUser            1    server
        Win32DisableAcceptEx none server
        """,
    ),
)
