"""mod_mime: what a file's extensions say about it."""

from __future__ import annotations

from typing import Any

from modpy_wsgi.config.directives.table import row
from modpy_wsgi.config.filter_names import FilterName, filter_names
from modpy_wsgi.config.model import Args, Origin, Override, Row, Setting, Value, Where
from modpy_wsgi.config.values import extension, flag, path, text, union

MODULES = ("mime_module", "mod_mime.c")

# By extension, lower case, without the dot; None where a Remove... took the inherited value away.
ByExtension = dict[str, str | None]
FiltersByExtension = dict[str, tuple[FilterName, ...] | None]

HANDLERS_BY_EXT: Setting[ByExtension] = Setting("AddHandler", {}, union)
TYPES_BY_EXT: Setting[ByExtension] = Setting("AddType", {}, union)
ENCODINGS_BY_EXT: Setting[ByExtension] = Setting("AddEncoding", {}, union)
CHARSETS_BY_EXT: Setting[ByExtension] = Setting("AddCharset", {}, union)
LANGUAGES_BY_EXT: Setting[ByExtension] = Setting("AddLanguage", {}, union)
INPUT_FILTERS_BY_EXT: Setting[FiltersByExtension] = Setting("AddInputFilter", {}, union)
OUTPUT_FILTERS_BY_EXT: Setting[FiltersByExtension] = Setting("AddOutputFilter", {}, union)
TYPES_CONFIG: Setting[str] = Setting("TypesConfig", "conf/mime.types")  # as default relative to ServerRoot
MULTIVIEWS_MATCH: Setting[frozenset[str]] = Setting("MultiviewsMatch", frozenset({"negotiatedonly"}))
USE_PATH_INFO: Setting[bool] = Setting("ModMimeUsePathInfo", False)
DEFAULT_LANGUAGE: Setting[str | None] = Setting("DefaultLanguage", None)


def _add(so_far: dict[str, Any] | None, args: tuple[str, ...], origin: Origin) -> dict[str, Any]:
    value, name = args
    return _with(so_far, name, value.lower())


def _with(so_far: dict[str, Any] | None, name: str, value: Any) -> dict[str, Any]:
    key, before = extension(name), so_far or {}
    return before if key in before and before[key] is None else {**before, key: value}


def _remove(so_far: dict[str, Any] | None, args: tuple[str, ...], origin: Origin) -> dict[str, Any]:
    # Removal wins over what is inherited and over what the same section adds, before or after; the server inherits
    # nothing, and what is added there stays (observed on httpd).
    return so_far or {} if origin.where is Where.SERVER else {**(so_far or {}), extension(args[0]): None}


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
