"""The filters that come with httpd, and the modules that put them together."""

from __future__ import annotations

from typing import Any

from modpy_wsgi.config.directives.table import accepted, info, known
from modpy_wsgi.config.filter_names import FilterName, filter_names
from modpy_wsgi.config.model import Args, Kind, Origin, Setting
from modpy_wsgi.config.values import union

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
        DeflateAlterETag               1   server
        DeflateBufferSize              1   server
        DeflateCompressionLevel        1   server
        DeflateFilterNote              1,2 server
        DeflateInflateLimitRequestBody 1   any       ALL
        DeflateInflateRatioBurst       1   any       ALL
        DeflateInflateRatioLimit       1   any       ALL
        DeflateMemLevel                1   server
        DeflateWindowSize              1   server
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
