"""mod_python's table: headers, notes, options, the CGI environment (manual 4.5.2, "Table Object (mp_table)").

Law: a table is a list of (key, value) pairs of str, in the order they came. A key is found without regard to ASCII
case, keeps the spelling it was first written with, and may occur more than once. Bytes are decoded as UTF-8 with
surrogateescape. A value may hold any character, NUL, CR and LF included: what may leave as a header is checked where
it leaves.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar, TypeVar, overload

from _typeshed import SupportsKeysAndGetItem
from typing_extensions import Self

_Text = str | bytes
_Items = SupportsKeysAndGetItem[Any, Any] | Iterable[Iterable[Any]]
_Default = TypeVar("_Default")

class mp_table:  # noqa: N801  (mod_python's own name)
    """A mapping of case-insensitive keys, which may occur more than once, to values; both are str (manual 4.5.2).

    mp_table() is empty. mp_table(mapping) and mp_table(pairs) set each key in turn, by its str() and that of its value,
    so that a later pair replaces an earlier one; bytes are decoded. Of another table all pairs are taken, also
    duplicates (mod_python made the repr of a list of them).

    Two tables are equal, and a table and a mapping, if dict() makes equal dicts of them. A table cannot be hashed.
    A table may be changed while it is iterated: iterators walk over a snapshot.

    Raises TypeError if *items* is neither a mapping nor a sequence of pairs, ValueError if an element has not length 2.
    """

    __hash__: ClassVar[None]  # type: ignore[assignment]

    def __init__(self, items: _Items = ()) -> None: ...
    @classmethod
    def from_pairs(cls, pairs: Iterable[Iterable[_Text]], /) -> Self:
        """Give a table of these (key, value) pairs, duplicates kept. A subclass's __init__ is not called.

        Raises TypeError if a key or value is neither str nor bytes, or an element no sequence; ValueError if an element
        has not length 2.
        """

    @classmethod
    def from_environ(cls, environ: Mapping[str, Any], /) -> Self:
        """Give the request headers of a WSGI environ (PEP 3333), in its order. A subclass's __init__ is not called.

        'HTTP_USER_AGENT' becomes 'User-Agent'; CONTENT_TYPE and CONTENT_LENGTH count where they are not empty. Values
        become UTF-8 text with surrogateescape. All that the client sent is there, also 'Proxy', which a CGI environment
        must not pass on.

        Raises TypeError if a header's value is not str.
        """

    def __len__(self) -> int:
        """Give the number of pairs."""

    def __contains__(self, key: _Text, /) -> bool: ...
    def __getitem__(self, key: _Text, /) -> str | list[str]:
        """Give the value of *key*; the list of its values, in order, if it occurs more than once.

        Raises KeyError if it does not occur, TypeError if it is neither str nor bytes.
        """

    def __setitem__(self, key: _Text, value: _Text, /) -> None:
        """Give the first pair of that key the value and take the others out; append if there is none.

        The first spelling stays, as apr_table_set() has it.

        Raises TypeError if the key or value is neither str nor bytes.
        """

    def __delitem__(self, key: _Text, /) -> None:
        """Take all pairs of that key out; nothing happens if there is none."""

    def __iter__(self) -> Iterator[str]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    @overload
    def get(self, key: _Text, default: None = None, /) -> str | None:
        """Give the first value of *key*; *default* if there is none."""

    @overload
    def get(self, key: _Text, default: _Default, /) -> str | _Default: ...
    def has_key(self, key: _Text, /) -> int:
        """Give 1 if there is a pair of that key, else 0."""

    def keys(self) -> list[str]:
        """Give the list of the keys as written, one for each pair."""

    def values(self) -> list[str]:
        """Give the list of the values, one for each pair."""

    def items(self) -> list[tuple[str, str]]:
        """Give the list of the (key, value) pairs."""

    def iterkeys(self) -> Iterator[str]:
        """Give an iterator over keys()."""

    def itervalues(self) -> Iterator[str]:
        """Give an iterator over values()."""

    def iteritems(self) -> Iterator[tuple[str, str]]:
        """Give an iterator over items()."""

    def add(self, key: _Text, val: _Text, /) -> None:
        """Append a pair, whether or not the key is there already (a second Set-Cookie).

        Raises TypeError if the key or value is neither str nor bytes.
        """

    def setdefault(self, key: _Text, default: _Text = "", /) -> str:
        """Give the first value of *key*; if there is none, store *default* and give that.

        Raises TypeError if the key or *default* is neither str nor bytes.
        """

    def popitem(self) -> tuple[str, str]:
        """Take the first pair out and give it. Raises KeyError if the table is empty."""

    def update(self, items: _Items, /) -> None:
        """Set each key of a mapping, a table or a sequence of pairs, as the constructor does, and with its errors."""

    def clear(self) -> None:
        """Take all pairs out."""

    def copy(self) -> mp_table:
        """Give a mp_table of the same pairs, duplicates included. (copy.copy() keeps a subclass and its attributes.)"""

table = mp_table

def restore(pairs: Iterable[Iterable[_Text]], kind: type[mp_table] | None = None) -> mp_table:
    """Give the table back that was pickled: a mp_table, or an instance of the subclass *kind*, of these pairs."""
