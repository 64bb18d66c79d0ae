"""The core of httpd, part two: how a resource is answered."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from modpy_wsgi.config.directives.table import info, row
from modpy_wsgi.config.filter_names import FilterName, filter_names
from modpy_wsgi.config.lexer import words
from modpy_wsgi.config.model import Args, Origin, Override, Row, Setting, Where
from modpy_wsgi.config.values import choice, fixed_expression, literal, union
from modpy_wsgi.constants import STATUS_LINES


class ErrorDocument(NamedTuple):
    """What answers an error: "text", "local" (a URL-path), "remote" (a URL), or the "default" page."""

    kind: str
    value: str


class FileTag(NamedTuple):
    """What entity tags of files are made of: "mtime", "size", "inode", "digest", or "none"; and what is taken away."""

    names: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()

    @property
    def parts(self) -> frozenset[str]:
        """What is in the tag. Where nothing is left, it is httpd's default; where `none` was said, nothing."""
        return (self.names or frozenset({"mtime", "size"})) - {"none"}


def _merge_tags(outer: FileTag, inner: FileTag) -> FileTag:
    return inner if inner.names else FileTag(outer.names - inner.removed, outer.removed | inner.removed)


FILE_ETAG: Setting[FileTag] = Setting("FileETag", FileTag(), _merge_tags)
HTTP_IM_A_TEAPOT = 418
SET_HANDLER: Setting[str | None] = Setting("SetHandler", None)  # "" after "None"
FORCE_TYPE: Setting[str | None] = Setting("ForceType", None)  # "" after "None"
DEFAULT_TYPE: Setting[str | None] = Setting("DefaultType", None)
ADD_DEFAULT_CHARSET: Setting[str | None] = Setting("AddDefaultCharset", None)
ERROR_DOCUMENTS: Setting[dict[int, ErrorDocument]] = Setting("ErrorDocument", {}, union)
ACCEPT_PATH_INFO: Setting[str] = Setting("AcceptPathInfo", "default")  # "on", "off", "default"
SERVER_SIGNATURE: Setting[str] = Setting("ServerSignature", "off")  # "on", "off", "email"
# How much of a Range header is followed, 0 after "none", None after "unlimited"; beyond it the whole file is sent.
MAX_RANGES: Setting[int | None] = Setting("MaxRanges", 200)  # httpd's defaults: more is an attack (CVE-2011-3192)
MAX_RANGE_OVERLAPS: Setting[int | None] = Setting("MaxRangeOverlaps", 20)
MAX_RANGE_REVERSALS: Setting[int | None] = Setting("MaxRangeReversals", 20)
ENABLE_SENDFILE: Setting[bool] = Setting("EnableSendfile", False)
SET_INPUT_FILTER: Setting[tuple[FilterName, ...]] = Setting("SetInputFilter", ())
SET_OUTPUT_FILTER: Setting[tuple[FilterName, ...]] = Setting("SetOutputFilter", ())


def _set_handler(so_far: Any, args: tuple[str, ...], origin: Origin) -> str:
    return "" if args[0].lower() == "none" else literal(args[0])


def _force_type(so_far: Any, args: tuple[str, ...], origin: Origin) -> str:
    return "" if args[0].lower() == "none" else args[0].lower()


def _charset(so_far: Any, args: tuple[str, ...], origin: Origin) -> str | None:
    lower = args[0].lower()
    return None if lower == "off" else "iso-8859-1" if lower == "on" else args[0]


def _error_document(so_far: Any, args: tuple[str, ...], origin: Origin) -> dict[int, ErrorDocument]:
    status, target = args
    so_far = so_far or {}
    digits = re.match(r"0*[0-9]{1,3}(?![0-9])", status, re.ASCII)  # what follows them httpd does not look at
    code = int(digits[0]) if digits else 0
    if code not in STATUS_LINES or code == HTTP_IM_A_TEAPOT:  # which httpd has no page for
        raise ValueError(f"'{status}' is no HTTP status that has a page")
    # What an expression matched, $0 to $9, is nothing here.
    target = re.sub(r"(\\.)|\$[0-9]", lambda found: found[1] or "", target, flags=re.DOTALL)
    document = _document(fixed_expression(target))
    if code == 401 and document.kind == "remote":
        return dict(so_far)  # a client sent elsewhere is never asked for a password; httpd ignores it as well
    return {**so_far, code: document}


def _document(target: str) -> ErrorDocument:
    if target.lower() == "default":
        return ErrorDocument("default", "")
    if " " not in target:
        if target.startswith("/"):
            return ErrorDocument("local", target)
        scheme, mark, _ = target.partition(":")
        if mark and scheme.isascii() and scheme.replace("+", "").replace("-", "").replace(".", "").isalnum():
            return ErrorDocument("remote", target)
    # A quote that opens and never closes was the way to write a text in httpd 1.3.
    return ErrorDocument("text", target.removeprefix('"'))


_PARTS = {"mtime": "mtime", "lmtime": "mtime", "lastmodified": "mtime", "size": "size", "inode": "inode"}
_PARTS["digest"] = "digest"


def _etag(so_far: FileTag | None, args: tuple[str, ...], origin: Origin) -> FileTag:
    # What "+" adds counts as if it were named: it replaces what an outer section says (observed on httpd).
    names, removed = so_far or FileTag()
    absolute = False
    for word in words(args[0]):
        sign = word[0] if word[:1] in ("+", "-") else ""
        name = word[len(sign) :].lower()
        if not sign and not absolute:
            names, removed, absolute = frozenset(), frozenset(), True
        if name in ("none", "all"):
            if sign:
                raise ValueError(f"'{name}' cannot be used with + or -")
            names, removed = frozenset({"none"} if name == "none" else {"mtime", "size", "inode"}), frozenset()
        elif name not in _PARTS:
            raise ValueError(f"unknown keyword '{word}'")
        elif sign == "-":
            names, removed = names - {_PARTS[name]}, removed | {_PARTS[name]}
        else:
            names, removed = names - {"none"} | {_PARTS[name]}, removed - {_PARTS[name]}
    return FileTag(names, removed)


def _limit(setting: Setting[int | None]) -> Row:
    words = {"none": 0, "default": setting.default, "unlimited": None}

    def value(so_far: Any, args: tuple[str, ...], origin: Origin) -> int | None:
        word = args[0].lower()
        if word in words:
            return words[word]
        digits = re.match("[0-9]{1,18}", word)  # what follows them is not looked at, as in httpd
        if digits is None or int(digits[0]) == 0:
            raise ValueError(f"'{args[0]}' is none of none, default, unlimited and a number above 0")
        return int(digits[0])

    return row(setting.name, Args.TAKE1, Where.CONF, setting, value, "default|unlimited|none|number")


def _filters(name: str, setting: Setting[tuple[FilterName, ...]]) -> Row:
    def value(so_far: Any, args: tuple[str, ...], origin: Origin) -> tuple[FilterName, ...]:
        return filter_names(args[0], name, origin)

    return info(name, Args.TAKE1, setting, value, "filter[;filter...]")


ROWS: tuple[Row, ...] = (
    info("SetHandler", Args.TAKE1, SET_HANDLER, _set_handler, "handler-name|None"),
    _filters("SetInputFilter", SET_INPUT_FILTER),
    _filters("SetOutputFilter", SET_OUTPUT_FILTER),
    info("ForceType", Args.TAKE1, FORCE_TYPE, _force_type, "media/type|None"),
    info("DefaultType", Args.TAKE1, DEFAULT_TYPE, _force_type, "media/type|None"),
    info("AddDefaultCharset", Args.TAKE1, ADD_DEFAULT_CHARSET, _charset, "On|Off|charset"),
    info("ErrorDocument", Args.TAKE2, ERROR_DOCUMENTS, _error_document, "status text|URL|default"),
    info(
        "AcceptPathInfo",
        Args.TAKE1,
        ACCEPT_PATH_INFO,
        choice(on="on", off="off", default="default"),
        "On|Off|Default",
    ),
    info("FileETag", Args.RAW, FILE_ETAG, _etag, "[+|-]component ..."),
    *map(_limit, (MAX_RANGES, MAX_RANGE_OVERLAPS, MAX_RANGE_REVERSALS)),
    info("EnableSendfile", Args.TAKE1, ENABLE_SENDFILE, choice(on=True, off=False), "On|Off"),
    Row(
        "ServerSignature",
        Args.TAKE1,
        Where.ANY,
        Override.ALL,
        setting=SERVER_SIGNATURE,
        value=choice(on="on", off="off", email="email"),
        usage="ServerSignature On|Off|EMail",
    ),
)
