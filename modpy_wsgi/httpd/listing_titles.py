"""ScanHTMLTitles: the title of an HTML file as its description.

Law: only a regular file is opened, only its beginning is read, and what is shown holds no tag.
"""

from __future__ import annotations

import re

from ..environ import decode
from .open_file import beginning_of

__all__ = ["title_of"]

LOOKED_AT = 8191  # bytes of a file
_HTML = frozenset({"text/html", "application/xhtml+xml", "text/x-server-parsed-html"})
_TITLE = re.compile(rb"<title>([^<\0]*)", re.IGNORECASE)


def title_of(path: str, media_type: str | None, encoding: str | None) -> str | None:
    """The title of a file as markup, None if it has none or is no HTML."""
    if encoding or media_type is None or media_type.partition(";")[0].strip().lower() not in _HTML:
        return None
    data = beginning_of(path, LOOKED_AT)
    if data is None:
        return None
    found = _TITLE.search(data.partition(b"\0")[0])
    if found is None:
        return None
    title = found[1].lstrip(b"\r\n").replace(b"\r", b" ").replace(b"\n", b" ")
    return decode(title.decode("latin-1"))
