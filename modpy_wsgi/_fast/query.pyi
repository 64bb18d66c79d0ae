"""Query strings and urlencoded forms (manual 4.6.3; WHATWG URL, application/x-www-form-urlencoded).

Law: fields end at a separator, a name ends at its first '=', '+' is a blank, %XX a byte, and a percent sign that starts
no escape is itself. str in, str out: the bytes are UTF-8 with surrogateescape, so none is lost or refused, NUL neither.
bytes in, bytes out.
"""

from typing import Any, overload

from ..errors import BadRequest

_Bytes = bytes | bytearray | memoryview

class TooManyFields(BadRequest, ValueError):  # noqa: N818 - says what is wrong, as BadRequest does
    """A query string or form has more fields than max_num_fields. `status` is 413."""

    def __init__(self, message: str) -> None: ...

@overload
def parse_qsl(
    qs: str,
    keep_blank_values: object = 0,
    strict_parsing: object = 0,
    *,
    max_num_fields: int | None = None,
    separators: str | bytes = "&;",
) -> list[tuple[str, str]]:
    """Give the list of the (name, value) pairs of a query string or form, in order.

    keep_blank_values: whether fields without a value, with or without '=', count; they are left out otherwise.
    strict_parsing: whether a field without '=', also an empty one, is an error. '' has no field.
    max_num_fields: the greatest number of fields, with those that are left out; empty ones (`&&`) do not count.
    separators: one or two ASCII characters, each of which ends a field. Sites behind a cache that is shared and splits
    at '&' only are safer with "&" (CVE-2021-23336).

    Raises ValueError naming the field for strict_parsing, TooManyFields (a ValueError) for max_num_fields, ValueError
    for wrong separators or a negative max_num_fields, TypeError if *qs* is neither str nor bytes.
    """

@overload
def parse_qsl(
    qs: _Bytes,
    keep_blank_values: object = 0,
    strict_parsing: object = 0,
    *,
    max_num_fields: int | None = None,
    separators: str | bytes = "&;",
) -> list[tuple[bytes, bytes]]: ...
@overload
def parse_qs(
    qs: str,
    keep_blank_values: object = 0,
    strict_parsing: object = 0,
    *,
    max_num_fields: int | None = None,
    separators: str | bytes = "&;",
) -> dict[str, list[str]]:
    """Give a dict of each name's list of values, names and values in order. Arguments and errors as of parse_qsl()."""

@overload
def parse_qs(
    qs: _Bytes,
    keep_blank_values: object = 0,
    strict_parsing: object = 0,
    *,
    max_num_fields: int | None = None,
    separators: str | bytes = "&;",
) -> dict[bytes, list[bytes]]: ...
def by_name(pairs: list[tuple[Any, Any]], /) -> dict[Any, Any]:
    """Give a dict of each name's value; of a list of them, in order, for a name that comes several times.

    Raises TypeError for what is no pair.
    """

@overload
def unquote(text: str, /) -> str:
    """Give *text* with its escapes decoded; '+' stays. str gives str, bytes give bytes; raises TypeError otherwise."""

@overload
def unquote(text: _Bytes, /) -> bytes: ...
@overload
def unquote_plus(text: str, /) -> str:
    """Give *text* with its escapes decoded and each '+' a blank, as in a form. Raises TypeError as unquote() does."""

@overload
def unquote_plus(text: _Bytes, /) -> bytes: ...
