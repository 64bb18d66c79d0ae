"""mod_include and mod_imagemap: documents with instructions for the server."""

from __future__ import annotations

from typing import Any

from modpy_wsgi.config.directives.table import known, row
from modpy_wsgi.config.model import Args, Kind, Origin, Override, Row, Setting, Where
from modpy_wsgi.config.values import choice, flag, text

MODULES = ("include_module", "mod_include.c")

START_TAG: Setting[str] = Setting("SSIStartTag", "<!--#")
END_TAG: Setting[str] = Setting("SSIEndTag", "-->")
ERROR_MESSAGE: Setting[str] = Setting("SSIErrorMsg", "[an error occurred while processing this directive]")
TIME_FORMAT: Setting[str] = Setting("SSITimeFormat", "%A, %d-%b-%Y %H:%M:%S %Z")
UNDEFINED_ECHO: Setting[str] = Setting("SSIUndefinedEcho", "(none)")
LEGACY_EXPRESSIONS: Setting[bool] = Setting("SSILegacyExprParser", False)
LAST_MODIFIED: Setting[bool] = Setting("SSILastModified", False)
ETAG: Setting[bool] = Setting("SSIETag", False)
XBITHACK: Setting[str] = Setting("XBitHack", "off")  # "off", "on", "full"


def _tag(so_far: Any, args: tuple[str, ...], origin: Origin) -> str:
    if not args[0] or set(args[0]) & set(" \t\n\v\f\r"):
        raise ValueError("may not be empty or contain any whitespaces")
    return args[0]


def _text(setting: Setting[str], usage: str) -> Row:
    name = setting.name
    return Row(name, Args.TAKE1, Where.ANY, Override.ALL, setting=setting, value=text, usage=f"{name} {usage}")


def _flag(setting: Setting[bool]) -> Row:
    name = setting.name
    return Row(name, Args.FLAG, Where.ACCESS, Override.LIMIT, setting=setting, value=flag, usage=f"{name} On|Off")


ROWS = (
    row("SSIStartTag", Args.TAKE1, Where.RSRC, START_TAG, _tag, "tag"),
    row("SSIEndTag", Args.TAKE1, Where.RSRC, END_TAG, _tag, "tag"),
    _text(ERROR_MESSAGE, "message"),
    _text(TIME_FORMAT, "format"),
    _text(UNDEFINED_ECHO, "text"),
    *map(_flag, (LEGACY_EXPRESSIONS, LAST_MODIFIED, ETAG)),
    Row(
        "XBitHack",
        Args.TAKE1,
        Where.ANY,
        Override.OPTIONS,
        setting=XBITHACK,
        value=choice(off="off", on="on", full="full"),
        usage="XBitHack Off|On|Full",
    ),
    *known(
        Kind.SERVER,
        "mod_imagemap is not there: maps are the browsers' business",
        """
        ImapBase    1 any Indexes
        ImapDefault 1 any Indexes
        ImapMenu    1 any Indexes
        """,
    ),
    *known(
        Kind.SERVER,
        "without meaning: access to what a page includes is checked always",
        """
        SSIAccessEnable flag access Limit
        SSIEnableAccess 1    server
        """,
    ),
)
