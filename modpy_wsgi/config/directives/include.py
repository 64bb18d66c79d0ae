"""mod_include and mod_imagemap: documents with instructions for the server."""

from __future__ import annotations

from modpy_wsgi.config.directives.table import accepted, known
from modpy_wsgi.config.model import Kind

ROWS = (
    *accepted(
        "off",
        "documents are not parsed by the bits of their mode",
        """
        XBitHack 1 any       Options
        """,
    ),
    *known(
        Kind.SERVER,
        "without meaning: a document with server-side includes is not served",
        """
        ImapBase            1    any       Indexes
        ImapDefault         1    any       Indexes
        ImapMenu            1    any       Indexes
        SSIAccessEnable     flag access    Limit
        SSIEnableAccess     1    server
        SSIEndTag           1    server
        SSIErrorMsg         1    any       ALL
        SSIETag             flag access    Limit
        SSILastModified     flag access    Limit
        SSILegacyExprParser flag access    Limit
        SSIStartTag         1    server
        SSITimeFormat       1    any       ALL
        SSIUndefinedEcho    1    any       ALL
        """,
    ),
)
