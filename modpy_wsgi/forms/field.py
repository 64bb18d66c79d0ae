"""One field of a form (manual 4.6.2).

Law: an ordinary value is a str and behaves like one; a file is an object with an open file. Both have every attribute,
however the form was sent.
"""

from __future__ import annotations

import io
from typing import Any, BinaryIO

from .._fast.table import table
from ..members import lazy

__all__ = ["Field", "StringField", "text_field"]


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
    """A field whose value is a file: an upload, or what a field_callback has given a file of its own.

    `name` as sent; `file` the open file, at its beginning; `filename` as the client called it (only ever a label, never
    a path), None for a field that is no upload.
    """

    def __init__(self, name: str, file: Any = None) -> None:
        self.name = name
        self.file = file

    @property
    def value(self) -> bytes:
        """The whole content, as bytes; the file is at its beginning again afterwards."""
        if self.file is None:
            return b""
        self.file.seek(0)
        content: bytes = self.file.read()
        self.file.seek(0)
        return content

    def __repr__(self) -> str:
        return f"Field({self.name!r}, {self.filename!r})"


class StringField(str, _OfPart):
    """A field whose value is text: a str, with the attributes of a Field."""

    @property
    def value(self) -> str:
        """The text itself, as a plain str."""
        return str.__str__(self)

    @property
    def file(self) -> BinaryIO:
        """The text as a file of its bytes (UTF-8)."""
        return io.BytesIO(self.encode("utf-8", "surrogateescape"))

    def __repr__(self) -> str:
        return f"Field({self.name!r}, {str.__str__(self)!r})"


def text_field(name: str, value: str) -> StringField:
    """A field of this name and value, as one of a query string."""
    field = StringField(value)
    field.name = name
    return field
