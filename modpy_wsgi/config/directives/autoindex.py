"""mod_autoindex: listings of directories."""

from __future__ import annotations

from modpy_wsgi.config.directives.table import known
from modpy_wsgi.config.model import Kind

ROWS = (
    *known(
        Kind.SERVER,
        "a directory without an index file is never listed",
        """
        AddAlt            1;1+ any       Indexes
        AddAltByEncoding  1;1+ any       Indexes
        AddAltByType      1;1+ any       Indexes
        AddDescription    1;1+ any       Indexes
        AddIcon           1;1+ any       Indexes
        AddIconByEncoding 1;1+ any       Indexes
        AddIconByType     1;1+ any       Indexes
        DefaultIcon       1    any       Indexes
        FancyIndexing     raw  any       ALL
        HeaderName        1    any       Indexes
        IndexHeadInsert   1    any       Indexes
        IndexIgnore       1+   any       Indexes
        IndexIgnoreReset  flag any       Indexes
        IndexOptions      0+   any       Indexes
        IndexOrderDefault 2    any       Indexes
        IndexStyleSheet   1    any       Indexes
        ReadmeName        1    any       Indexes
        """,
    ),
)
