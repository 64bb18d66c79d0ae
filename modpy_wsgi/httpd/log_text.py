"""What a directive of an access log's format gives of a request, and in which form it does.

Law: the form says what becomes of it in a line (`_fast.line`). A str is escaped, each of its characters a byte, as a
WSGI environ has it; text is made such a str by `text`. An int is its digits, a tuple its words. Bytes are finished:
only the server makes them. What is not known is None, which a line shows as "-"; what is known and empty is empty.
Source: mod_log_config, observed on the original.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["Shown", "Value", "constant", "encoded", "joined", "of_table", "text"]

Shown = str | bytes | int | tuple[str, ...] | None
Value = Callable[["mp_request"], Shown]


def text(value: str | None) -> str | None:
    """Text as WSGI has it: the bytes of its UTF-8, each as a character."""
    return value if value is None or value.isascii() else encoded(value).decode("latin-1")


def encoded(value: str) -> bytes:
    """The bytes of text, whatever is in it."""
    try:
        return value.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a surrogate that stands for no byte
        return value.encode("utf-8", "surrogatepass")


def constant(argument: str) -> Value:
    """What the administrator wrote in the braces of a directive, as it is."""
    shown = encoded(argument)
    return lambda req: shown


def joined(table: Any, name: str) -> str | None:
    """The values of a name, as httpd merges headers that come twice."""
    if name not in table:
        return None
    found = table[name]
    return found if isinstance(found, str) else ", ".join(found)


def of_table(attribute: str) -> Callable[[str], Value]:
    def maker(name: str) -> Value:
        def value(req: mp_request) -> str | None:
            table = getattr(req, attribute, None)
            if table is None or name not in table:
                return None
            found = table[name]
            return text(found if isinstance(found, str) else found[0])

        return value

    return maker
