"""The fields of a form as a mapping (manual 4.6.1, reference section 7: util.FieldStorage).

Law: names and values are str whatever the transport; the order is that of the sender, query string first. Reading is
the business of `reading`; the classes here are ordinary ones that applications subclass and patch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from .field import Field, StringField, text_field
from .reading import Entry, read_form

if TYPE_CHECKING:
    from ..request_methods import RequestMethods

__all__ = ["FieldStorage"]

AnyField = Field | StringField


class FieldStorage:
    """The form that a client has sent: its query string, and the body of a POST, PUT or PATCH.

    `file_callback(filename)` gives the file object that an upload is written to, `field_callback()` one for each other
    part of a multipart form. Raises SERVER_RETURN: 400 for a body that is no form, 411 without a length, 413 over a
    limit, 501 for a type that is no form's; ValueError with strict_parsing; OSError if the client goes away.
    A second FieldStorage of one request has the same fields.
    """

    # What was read, until somebody asks for the fields or gives others: the publisher's pages want the values only.
    _entries: list[Entry] | None = None
    _list: Any = None

    def __init__(
        self,
        req: RequestMethods,
        keep_blank_values: Any = 0,
        strict_parsing: Any = 0,
        file_callback: Callable[[str], Any] | None = None,
        field_callback: Callable[[], Any] | None = None,
    ) -> None:
        entries = read_form(req, keep_blank_values, strict_parsing, file_callback, field_callback)
        if type(self) is FieldStorage or type(self).list is FieldStorage.list:
            self._entries = entries
        else:  # a subclass shows them its own way
            self._list = _fields(entries)

    def _get_list(self) -> Any:
        entries = self._entries
        if entries is not None:
            self._list, self._entries = _fields(entries), None
        return self._list

    def _set_list(self, fields: Any) -> None:
        self._list, self._entries = fields, None

    list = property(_get_list, _set_list, doc="The fields in order, a list.")

    @property
    def dictionary(self) -> dict[str, Any]:
        """The fields by name: a list for each."""
        found: dict[str, Any] = {}
        for field in self.list:
            found.setdefault(field.name, []).append(field)
        return found

    def _all(self, name: Any) -> Any:
        return [field for field in self.list if field.name == name]

    def __getitem__(self, name: str) -> Any:
        """The field of this name, or a list of them if there are several. Raises KeyError."""
        found = self._all(name)
        if not found:
            raise KeyError(name)
        return found[0] if len(found) == 1 else found

    def get(self, name: str, default: Any = None) -> Any:
        """As form[name], or `default` if there is none."""
        try:
            return self[name]
        except KeyError:
            return default

    def getfirst(self, name: str, default: Any = None) -> Any:
        """The first field of this name, or `default`."""
        for field in self.list:
            if field.name == name:
                return field
        return default

    def getlist(self, name: str) -> Any:
        """All fields of this name, a list."""
        return self._all(name)

    def keys(self) -> Any:
        """The names, each once, in order of their first fields."""
        return list(dict.fromkeys(field.name for field in self.list))

    def items(self) -> Any:
        """(name, field) for every field, in order."""
        return [(field.name, field) for field in self.list]

    def values(self) -> Any:
        """Every field, in order."""
        return list(self.list)

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __contains__(self, name: object) -> bool:
        return any(field.name == name for field in self.list)

    def has_key(self, name: str) -> bool:
        """Whether there is a field of this name."""
        return name in self

    def __len__(self) -> int:
        return len({field.name for field in self.list})

    def __bool__(self) -> bool:
        return bool(self.list)

    def add_field(self, name: str, value: Any) -> None:
        """Add a field at the end: text (str, or bytes as UTF-8), or a Field."""
        self.list.append(_field(name, value))

    def __setitem__(self, name: str, value: Any) -> None:
        """Replace all fields of this name by one at the end, or by one for each element of a list."""
        new = [_field(name, each) for each in value] if isinstance(value, (list, tuple)) else [_field(name, value)]
        self.list[:] = [field for field in self.list if field.name != name] + new

    def __delitem__(self, name: str) -> None:
        """Remove all fields of this name. Raises KeyError if there is none."""
        if name not in self:
            raise KeyError(name)
        self.list[:] = [field for field in self.list if field.name != name]

    def clear(self) -> None:
        """Remove all fields."""
        self.list.clear()

    def __repr__(self) -> str:
        return repr(self.dictionary)


def _fields(entries: list[Entry]) -> list[AnyField]:
    return [text_field(*entry) if isinstance(entry, tuple) else entry for entry in entries]


def _field(name: str | bytes, value: Any) -> AnyField:
    if isinstance(name, bytes):
        name = name.decode("utf-8", "surrogateescape")
    if isinstance(value, Field):
        value.name = name
        return value
    if isinstance(value, bytes):
        value = value.decode("utf-8", "surrogateescape")
    elif not isinstance(value, str):
        raise TypeError(f"a field is text or a Field, not {type(value).__name__}")
    return text_field(name, value)
