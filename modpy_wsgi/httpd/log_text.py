"""How a value of a request stands in a line of an access log.

Law: it is text without anything that could end a field or a line. What is not known is "-"; what is known and empty is
empty. Source: mod_log_config, observed on the original.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["Value", "escaped", "joined", "of_table", "raw"]

Value = Callable[["mp_request"], str]

_SHORT: Final = {8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 13: "\\r", 34: '\\"', 92: "\\\\"}
_ESCAPES: Final = {code: _SHORT.get(code, f"\\x{code:02x}") for code in (*range(32), 34, 92, *range(127, 256))}


def escaped(text: str | None) -> str:
    """A value as it stands in a line; "-" for none."""
    if text is None:
        return "-"
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return text
    try:
        raw = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a surrogate that stands for no byte
        raw = text.encode("utf-8", "surrogatepass")
    return raw.decode("latin-1").translate(_ESCAPES)


def raw(text: str | None) -> str:
    """The same for a value of a WSGI environ, where each character is a byte."""
    if text is None:
        return "-"
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return text
    return text.translate(_ESCAPES)


def joined(table: Any, name: str) -> str | None:
    """The values of a name, as httpd merges headers that come twice."""
    if name not in table:
        return None
    found = table[name]
    return found if isinstance(found, str) else ", ".join(found)


def of_table(attribute: str) -> Callable[[str], Value]:
    def maker(name: str) -> Value:
        def value(req: mp_request) -> str:
            table = getattr(req, attribute, None)
            if table is None or name not in table:
                return "-"
            found = table[name]
            return escaped(found if isinstance(found, str) else found[0])

        return value

    return maker
