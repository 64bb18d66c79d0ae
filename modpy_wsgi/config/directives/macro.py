"""mod_macro."""

from __future__ import annotations

from modpy_wsgi.config.directives.table import known
from modpy_wsgi.config.model import Kind

ROWS = (
    *known(
        Kind.UNSUPPORTED,
        "macros are not expanded",
        """
        <Macro     raw any ALL
        UndefMacro 1   any ALL
        Use        1   any ALL
        """,
    ),
    *known(
        Kind.SERVER,
        "without meaning: macros are not expanded",
        """
        MacroIgnoreBadNesting 1 any ALL
        MacroIgnoreEmptyArgs  1 any ALL
        """,
    ),
)
