"""mod_proxy and its relatives."""

from __future__ import annotations

from modpy_wsgi.config.directives.table import accepted, known
from modpy_wsgi.config.model import Kind

ROWS = (
    *known(
        Kind.UNSUPPORTED,
        "requests are not passed on to another server",
        """
        ProxyPass      raw conf
        ProxyPassMatch raw conf
        """,
    ),
    *accepted(
        "0",
        "requests are not passed on to another server",
        """
        ProxyExpressEnable flag any       FileInfo
        ProxyRequests      flag server
        """,
    ),
    *known(
        Kind.SERVER,
        "without meaning: requests are not passed on to another server",
        """
        <Proxy                            raw   server
        <ProxyMatch                       raw   server
        AllowCONNECT                      1+    server
        BalancerGrowth                    1     server
        BalancerInherit                   flag  server
        BalancerMember                    raw   conf
        BalancerPersist                   flag  server
        NoProxy                           1+    server
        Proxy100Continue                  flag  conf
        ProxyAddHeaders                   flag  conf
        ProxyBadHeader                    1     server
        ProxyBlock                        1+    server
        ProxyDomain                       1     server
        ProxyErrorOverride                1+    conf
        ProxyExpressDBMFile               1     any       FileInfo
        ProxyExpressDBMType               1     any       FileInfo
        ProxyFCGIBackendType              1     any       FileInfo
        ProxyFCGISetEnvIf                 2,3   any       FileInfo
        ProxyFtpDirCharset                1     conf
        ProxyFtpEscapeWildcards           flag  conf
        ProxyFtpListOnWildcard            flag  conf
        ProxyHCExpr                       raw   any       FileInfo
        ProxyHCTemplate                   raw   any       FileInfo
        ProxyHCTPsize                     1     server
        ProxyHTMLBufSize                  1     conf
        ProxyHTMLCharsetOut               1     conf
        ProxyHTMLDocType                  1,2   conf
        ProxyHTMLEnable                   flag  conf
        ProxyHTMLEvents                   1+    conf
        ProxyHTMLExtended                 flag  conf
        ProxyHTMLFixups                   1+    conf
        ProxyHTMLInterp                   flag  conf
        ProxyHTMLLinks                    1;1+  conf
        ProxyHTMLMeta                     flag  conf
        ProxyHTMLStripComments            flag  conf
        ProxyHTMLURLMap                   raw   conf
        ProxyIOBufferSize                 1     server
        ProxyMaxForwards                  1     server
        ProxyPassInherit                  flag  server
        ProxyPassInterpolateEnv           flag  conf
        ProxyPassReverse                  1,2,3 conf
        ProxyPassReverseCookieDomain      2,3   conf
        ProxyPassReverseCookiePath        2,3   conf
        ProxyPreserveHost                 flag  conf
        ProxyReceiveBufferSize            1     server
        ProxyRemote                       2,3   server
        ProxyRemoteMatch                  2,3   server
        ProxySCGIInternalRedirect         1     conf
        ProxySCGISendfile                 1     conf
        ProxySet                          raw   conf
        ProxySourceAddress                1     server
        ProxyStatus                       1     server
        ProxyTimeout                      1     server
        ProxyVia                          1     server
        ProxyWebsocketFallbackToProxyHttp flag  conf
        """,
    ),
)
