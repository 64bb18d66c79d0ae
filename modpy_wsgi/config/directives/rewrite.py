"""mod_rewrite."""

from __future__ import annotations

from modpy_wsgi.config.directives.table import accepted, known
from modpy_wsgi.config.model import Kind

ROWS = (
    *accepted(
        "0",
        "URLs are not rewritten",
        """
        RewriteEngine flag any       FileInfo
        """,
    ),
    *known(
        Kind.UNSUPPORTED,
        "URLs are not rewritten",
        """
        RewriteBase    1   any       FileInfo
        RewriteCond    raw any       FileInfo
        RewriteMap     2,3 server
        RewriteOptions 1+  any       FileInfo
        RewriteRule    raw any       FileInfo
        """,
    ),
    *known(
        Kind.SERVER,
        "without meaning: URLs are not rewritten",
        """
        RewriteLock     1 server
        RewriteLog      1 server
        RewriteLogLevel 1 server
        """,
    ),
)
