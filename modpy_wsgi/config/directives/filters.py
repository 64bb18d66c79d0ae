"""The filters that come with httpd, and the modules that put them together."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from modpy_wsgi.config.directives.table import accepted, info, known, row
from modpy_wsgi.config.filter_names import FilterName, filter_names
from modpy_wsgi.config.model import Args, Kind, Origin, Override, Row, Setting, Where
from modpy_wsgi.config.values import Several, fixed_number, union

MODULES = ("filter_module", "mod_filter.c", "deflate_module", "mod_deflate.c")


# By filter, in the order in which they are first named: the media types whose answers it is for.
BY_TYPE: Setting[dict[FilterName, frozenset[str]]] = Setting("AddOutputFilterByType", {}, union)


def _by_type(so_far: Any, args: tuple[str, ...], origin: Origin) -> dict[FilterName, frozenset[str]]:
    if len(args) < 2:
        raise ValueError("requires at least two arguments")
    before = dict(so_far or {})
    for name in filter_names(args[0], "AddOutputFilterByType", origin):
        before[name] = before.get(name, frozenset()) | frozenset(args[1:])
    return before


class Deflate(NamedTuple):
    """How answers are compressed, for a whole host."""

    level: int = -1  # zlib's own choice
    window: int = 15  # bits
    memory: int = 9
    alter_tag: str = "addsuffix"
    notes: Mapping[str, str] = MappingProxyType({})  # by the note's name: "input", "output" or "ratio"


class Inflate(NamedTuple):
    """How much a compressed body may become."""

    body: int = 0  # bytes; 0: as many as LimitRequestBody allows
    ratio: int = 200  # how many times as large
    burst: int = 3  # how often in a row that may be exceeded


# What the directives of a section say, by the fields of the classes above: Deflate(**settings[DEFLATE]).
DEFLATE: Setting[dict[str, Any]] = Setting("Deflate", {}, union)
INFLATE: Setting[dict[str, int]] = Setting("DeflateInflate", {}, union)


def _number(name: str, field: str, low: int, high: int) -> Row:
    def value(so_far: Any, args: tuple[str, ...], origin: Origin) -> dict[str, Any]:
        return {**(so_far or {}), field: fixed_number(args[0], low, high)}

    return row(name, Args.TAKE1, Where.RSRC, DEFLATE, value, f"number from {low} to {high}")


def _limit(name: str, field: str, low: int) -> Row:
    def value(so_far: Any, args: tuple[str, ...], origin: Origin) -> dict[str, int]:
        return {**(so_far or {}), field: fixed_number(args[0], low, None)}

    return Row(name, Args.TAKE1, Where.ANY, Override.ALL, setting=INFLATE, value=value, usage=f"{name} number")


def _alter_tag(so_far: Any, args: tuple[str, ...], origin: Origin) -> dict[str, Any]:
    word = args[0].lower()
    if word not in ("addsuffix", "nochange", "remove"):
        raise ValueError(f"'{args[0]}' is none of AddSuffix, NoChange, Remove")
    return {**(so_far or {}), "alter_tag": word}


def _note(so_far: Any, args: tuple[str, ...], origin: Origin) -> dict[str, Any]:
    kind = args[0].lower() if len(args) == 2 else "ratio"
    if kind not in ("input", "output", "ratio"):
        raise ValueError(f"'{args[0]}' is none of Input, Output, Ratio")
    before = so_far or {}
    return {**before, "notes": {**before.get("notes", {}), args[-1]: kind}}


def _buffer(so_far: Any, args: tuple[str, ...], origin: Origin) -> Several:
    fixed_number(args[0], 1, None)  # and nothing else: pieces are handed on as they come
    return Several()


ROWS = (
    *known(
        Kind.UNSUPPORTED,
        "the filters of httpd are not run",
        """
        CharsetDefault          1    any       FileInfo
        CharsetOptions          1+   any       FileInfo
        CharsetSourceEnc        1    any       FileInfo
        ExtFilterDefine         raw  server
        ExtFilterOptions        1+   directory
        FilterChain             1+   any       Options
        FilterDeclare           1,2  any       Options
        FilterProtocol          2,3  any       Options
        FilterProvider          raw  any       Options
        InputSed                1    directory
        OutputSed               1    directory
        Substitute              1    any       FileInfo
        SubstituteInheritBefore flag any       FileInfo
        SubstituteMaxLineLength 1    any       FileInfo
        """,
    ),
    _number("DeflateCompressionLevel", "level", 1, 9),
    _number("DeflateMemLevel", "memory", 1, 9),
    _number("DeflateWindowSize", "window", 1, 15),
    row("DeflateAlterETag", Args.TAKE1, Where.RSRC, DEFLATE, _alter_tag, "AddSuffix|NoChange|Remove"),
    row("DeflateFilterNote", Args.TAKE12, Where.RSRC, DEFLATE, _note, "[Input|Output|Ratio] note"),
    Row(
        "DeflateBufferSize",
        Args.TAKE1,
        Where.RSRC,
        value=_buffer,
        usage="DeflateBufferSize bytes",
    ),
    _limit("DeflateInflateLimitRequestBody", "body", 0),
    _limit("DeflateInflateRatioLimit", "ratio", 1),
    _limit("DeflateInflateRatioBurst", "burst", 0),
    info("AddOutputFilterByType", Args.ARGV, BY_TYPE, _by_type, "filter[;filter...] media/type ..."),
    *accepted(
        "0",
        "the filters of httpd are not run",
        """
        CaseFilter   flag server
        CaseFilterIn flag server
        """,
    ),
    *known(
        Kind.SERVER,
        "compression and buffers are left to the front server",
        """
        BrotliAlterETag                1   server
        BrotliCompressionMaxInputBlock 1   server
        BrotliCompressionQuality       1   server
        BrotliCompressionWindow        1   server
        BrotliFilterNote               1,2 server
        BufferSize                     1   directory
        FilterTrace                    2   conf
        """,
    ),
    *known(
        Kind.SERVER,
        "without meaning as long as the filter is not run",
        """
        ReflectorHeader 1,2  any       Options
        xml2EncAlias    1;1+ server
        xml2EncDefault  1    any       ALL
        xml2StartParse  1+   any       ALL
        """,
    ),
)
