"""mod_negotiation and mod_mime_magic: choices by what a document is."""

from __future__ import annotations

from modpy_wsgi.config.directives.table import known
from modpy_wsgi.config.model import Kind

ROWS = (
    *known(
        Kind.SERVER,
        "only a file asked for by its own name is served, and only its name tells its type",
        """
        CacheNegotiatedDocs   flag server
        ForceLanguagePriority 1+   any       FileInfo
        LanguagePriority      1+   any       FileInfo
        MimeMagicFile         1    server
        """,
    ),
)
