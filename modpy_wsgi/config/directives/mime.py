"""mod_mime: what a file's extensions say about it.

Law, httpd's own: a section's removals take away what the section itself adds and what it is laid over first, and are
forgotten then. Two <Directory>, two <Location> or two <Files> are merged with one another before they are laid over the
server's; so if both have directives of the module, whichever, no removal of theirs reaches the server's extensions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from modpy_wsgi.config.directives.table import row
from modpy_wsgi.config.filter_names import FilterName, filter_names
from modpy_wsgi.config.model import Args, Origin, Override, Row, Setting, Value, Where
from modpy_wsgi.config.values import extension, flag, path, text

MODULES = ("mime_module", "mod_mime.c")

T = TypeVar("T")


class Table(dict[str, T]):
    """What a section adds, by extension (lower case, without the dot), and the extensions that it `removed`."""

    __slots__ = ("removed",)

    def __init__(self, added: Mapping[str, T], removed: frozenset[str] = frozenset()) -> None:
        super().__init__(added)
        self.removed = removed


ByExtension = dict[str, str | None]  # None hides the type of TypesConfig
FiltersByExtension = dict[str, tuple[FilterName, ...]]


def _merged(outer: dict[str, Any], inner: dict[str, Any]) -> dict[str, Any]:
    result = {**outer, **inner}
    for name in _removed(inner):
        result.pop(name, None)
    return result


def _removed(table: dict[str, Any] | None) -> frozenset[str]:
    return table.removed if isinstance(table, Table) else frozenset()


HANDLERS_BY_EXT: Setting[ByExtension] = Setting("AddHandler", {}, _merged)
TYPES_BY_EXT: Setting[ByExtension] = Setting("AddType", {}, _merged)
ENCODINGS_BY_EXT: Setting[ByExtension] = Setting("AddEncoding", {}, _merged)
CHARSETS_BY_EXT: Setting[ByExtension] = Setting("AddCharset", {}, _merged)
LANGUAGES_BY_EXT: Setting[ByExtension] = Setting("AddLanguage", {}, _merged)
INPUT_FILTERS_BY_EXT: Setting[FiltersByExtension] = Setting("AddInputFilter", {}, _merged)
OUTPUT_FILTERS_BY_EXT: Setting[FiltersByExtension] = Setting("AddOutputFilter", {}, _merged)
TYPES_CONFIG: Setting[str] = Setting("TypesConfig", "conf/mime.types")  # as default relative to ServerRoot
MULTIVIEWS_MATCH: Setting[frozenset[str]] = Setting("MultiviewsMatch", frozenset({"negotiatedonly"}))
USE_PATH_INFO: Setting[bool] = Setting("ModMimeUsePathInfo", False)
DEFAULT_LANGUAGE: Setting[str | None] = Setting("DefaultLanguage", None)

# A server has all of these, and so has every section with a directive of the module: merging forgets the removals of
# all of them together (`complete`).
TABLES: tuple[Setting[Any], ...] = (
    *(HANDLERS_BY_EXT, TYPES_BY_EXT, ENCODINGS_BY_EXT, CHARSETS_BY_EXT, LANGUAGES_BY_EXT),
    *(INPUT_FILTERS_BY_EXT, OUTPUT_FILTERS_BY_EXT),
)
_OF_MODULE = frozenset((*TABLES, MULTIVIEWS_MATCH, USE_PATH_INFO, DEFAULT_LANGUAGE))


def complete(values: dict[Setting[Any], Any], *, server: bool = False) -> None:
    """Add the empty tables to what a section has set, if it has set anything of this module, or is the `server`."""
    if server or not _OF_MODULE.isdisjoint(values):
        for table in TABLES:
            values.setdefault(table, {})


def _add(so_far: dict[str, Any] | None, args: tuple[str, ...], origin: Origin) -> dict[str, Any]:
    value, name = args
    return _with(so_far, name, value.lower())


def _with(so_far: dict[str, Any] | None, name: str, value: Any) -> dict[str, Any]:
    return Table({**(so_far or {}), extension(name): value}, _removed(so_far))


def _remove(so_far: dict[str, Any] | None, args: tuple[str, ...], origin: Origin) -> dict[str, Any]:
    # The server inherits nothing, and what is added there stays (observed on httpd).
    if origin.where is Where.SERVER:
        return so_far or {}
    return Table(so_far or {}, _removed(so_far) | {extension(args[0])})


def _add_type(so_far: ByExtension | None, args: tuple[str, ...], origin: Origin) -> ByExtension:
    value, name = args
    return {**(so_far or {}), extension(name): value.lower()}


def _remove_type(so_far: ByExtension | None, args: tuple[str, ...], origin: Origin) -> ByExtension:
    # Of types the last directive counts: removal is a type that hides the one of TypesConfig.
    return {**(so_far or {}), extension(args[0]): None}


def _add_filters(directive: str) -> Value:
    def value(so_far: dict[str, Any] | None, args: tuple[str, ...], origin: Origin) -> dict[str, Any]:
        text, name = args
        return _with(so_far, name, filter_names(text, directive, origin))  # () replaces what is inherited, too

    return value


def _multiviews(so_far: frozenset[str] | None, args: tuple[str, ...], origin: Origin) -> frozenset[str]:
    word, before = args[0].lower(), so_far or frozenset()
    if word not in ("any", "negotiatedonly", "filters", "handlers"):
        raise ValueError(f"'{args[0]}' is none of Any, NegotiatedOnly, Filters, Handlers")
    if before and (word in ("any", "negotiatedonly") or before & {"any", "negotiatedonly"}) and before != {word}:
        raise ValueError("Any and NegotiatedOnly cannot be combined with others")
    return before | {word}


def _row(name: str, args: Args, setting: Setting[Any], value: Value, usage: str) -> Row:
    return Row(name, args, Where.ANY, Override.FILEINFO, setting=setting, value=value, usage=f"{name} {usage}")


def _pair(noun: str, what: str, setting: Setting[Any], add: Value = _add, remove: Value = _remove) -> tuple[Row, Row]:
    return (
        _row(f"Add{noun}", Args.ITERATE2, setting, add, f"{what} .extension ..."),
        _row(f"Remove{noun}", Args.ITERATE, setting, remove, ".extension ..."),
    )


ROWS = (
    *_pair("Handler", "handler-name", HANDLERS_BY_EXT),
    *_pair("Type", "media/type", TYPES_BY_EXT, _add_type, _remove_type),
    *_pair("Encoding", "encoding", ENCODINGS_BY_EXT),
    *_pair("Charset", "charset", CHARSETS_BY_EXT),
    *_pair("Language", "language", LANGUAGES_BY_EXT),
    *_pair("InputFilter", "filter[;filter...]", INPUT_FILTERS_BY_EXT, _add_filters("AddInputFilter")),
    *_pair("OutputFilter", "filter[;filter...]", OUTPUT_FILTERS_BY_EXT, _add_filters("AddOutputFilter")),
    Row("TypesConfig", Args.TAKE1, Where.RSRC, setting=TYPES_CONFIG, value=path, usage="TypesConfig file"),
    row("ModMimeUsePathInfo", Args.FLAG, Where.DIRECTORY, USE_PATH_INFO, flag, "On|Off"),
    _row("DefaultLanguage", Args.TAKE1, DEFAULT_LANGUAGE, text, "language"),
    _row("MultiviewsMatch", Args.ITERATE, MULTIVIEWS_MATCH, _multiviews, "Any|NegotiatedOnly|Filters|Handlers ..."),
)
