"""Arguments of a program out of a query without "=": the search words of ISINDEX (RFC 3875, 4.4).

Law: only where a PythonOption asks for them. To an interpreter an argument may be an option (CVE-2012-1823), and hardly
any program expects them.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from ..environ import decode

__all__ = ["ARGUMENTS", "arguments"]

ARGUMENTS = "modpy_wsgi.cgi.arguments"  # the PythonOption; "On"
_FOR_SHELLS = re.compile(r"[&;`'\"|*?~<>^()\[\]{}$\\\n\r%]")


def arguments(query: str | None) -> list[str]:
    """The words of a query; none if there is a "=" in it. A backslash stands before what a shell could take amiss."""
    if not query or "=" in query:
        return []
    words = [decode(unquote_to_bytes(word).decode("latin-1")) for word in query.split("+")]
    return [_FOR_SHELLS.sub(r"\\\g<0>", word) for word in words if "\0" not in word]
