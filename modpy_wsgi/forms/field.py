"""One field of a form (manual 4.6.2).

Law: an ordinary value is a str and behaves like one; a file is an object with an open file. Both have every attribute,
however the form was sent, and each of them may be set.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from .._fast.table import table
from ..members import lazy

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Field", "StringField", "text_field"]

_UNSET: Final[Any] = object()


class _OfPart:
    """What the headers of a part say of a field that came in one; for others, what browsers mean by saying nothing."""

    name: str
    filename: str | None = None
    _part: Any = None

    @lazy
    def type(self) -> str:
        """The media type of the value."""
        return (self._part.type if self._part is not None else None) or "text/plain"

    @lazy
    def type_options(self) -> dict[str, str]:
        """The parameters of Content-Type."""
        return dict(self._part.type_options) if self._part is not None else {}

    @lazy
    def disposition(self) -> str | None:
        """The first word of Content-Disposition, 'form-data'; None for a field that did not come in a part."""
        return self._part.disposition if self._part is not None else None

    @lazy
    def disposition_options(self) -> dict[str, str]:
        """The parameters of Content-Disposition."""
        return dict(self._part.disposition_options) if self._part is not None else {}

    @lazy
    def headers(self) -> table:
        """All headers of the part."""
        return table.from_pairs(self._part.headers) if self._part is not None else table()


class Field(_OfPart):
    """A field whose value is a file: an upload.

    `name` as sent; `file` the open file, at its beginning; `filename` as the client called it (only ever a label, never
    a path), None for a field that is no upload.
    """

    _value: Any = _UNSET  # another one that was set

    def __init__(
        self,
        name: str,
        file: Any = None,
        ctype: str | None = None,
        type_options: dict[str, str] | None = None,
        disp: str | None = None,
        disp_options: Mapping[str, str] | None = None,
        headers: Any = None,
    ) -> None:
        """All but `name` and `file` are as Trac and others give them, after the __init__ of older versions."""
        self.name = name
        self.file = file
        if ctype is not None:
            self.type = ctype
        if type_options is not None:
            self.type_options = type_options
        if disp is not None:
            self.disposition = disp
        if disp_options is not None:
            self.disposition_options = dict(disp_options)
            self.filename = self.disposition_options.get("filename")
        if headers is not None:
            self.headers = headers

    @property
    def value(self) -> Any:
        """The whole content, as bytes; the file is at its beginning again afterwards."""
        if self._value is not _UNSET:
            return self._value
        if self.file is None:
            return b""
        self.file.seek(0)
        content = self.file.read()
        self.file.seek(0)
        return content

    @value.setter
    def value(self, value: Any) -> None:
        self._value = value

    def __repr__(self) -> str:
        return f"Field({self.name!r}, {self.filename!r})"


class StringField(str, _OfPart):
    """A field whose value is text: a str, with the attributes of a Field. Made of str, or of bytes (UTF-8)."""

    ctype = "text/plain"  # these two the original's has as well
    disp_options = None
    _value: Any = _UNSET  # others that were set
    _file: Any = None

    def __new__(cls, value: str | bytes = "") -> Self:
        if isinstance(value, bytes):
            value = value.decode("utf-8", "surrogateescape")
        return str.__new__(cls, value)

    @property
    def value(self) -> Any:
        """The text itself, as a plain str."""
        own = self._value
        return str.__str__(self) if own is _UNSET else own

    @value.setter
    def value(self, value: Any) -> None:
        self._value = value

    @property
    def file(self) -> Any:
        """The text as a file of its bytes (UTF-8); what a field_callback gave is that file."""
        if self._file is None:
            self._file = io.BytesIO(self.encode("utf-8", "surrogateescape"))
        return self._file

    @file.setter
    def file(self, file: Any) -> None:
        self._file = file

    def __repr__(self) -> str:
        return f"Field({self.name!r}, {self.value!r})"


def text_field(name: str, value: str) -> StringField:
    """A field of this name and value, as one of a query string."""
    field = str.__new__(StringField, value)  # past its own
    field.name = name
    return field
