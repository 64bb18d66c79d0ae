"""mod_headers, mod_expires, mod_cern_meta: header fields by configuration."""

from __future__ import annotations

from modpy_wsgi.config.directives.table import known
from modpy_wsgi.config.model import Kind

ROWS = (
    *known(
        Kind.UNSUPPORTED,
        "header fields are set by the application only",
        """
        ExpiresActive  flag any       Indexes
        ExpiresByType  2    any       Indexes
        ExpiresDefault 1    any       Indexes
        Header         raw  any       FileInfo
        MetaDir        1    any       Indexes
        MetaFiles      flag any       Indexes
        MetaSuffix     1    any       Indexes
        RequestHeader  raw  any       FileInfo
        """,
    ),
)
