"""The core of httpd, part two: how a resource is answered."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from modpy_wsgi.config.directives.table import info
from modpy_wsgi.config.lexer import words
from modpy_wsgi.config.model import Args, Origin, Override, Row, Setting, Where
from modpy_wsgi.config.values import choice, fixed_expression, literal, union
from modpy_wsgi.constants import STATUS_LINES


class ErrorDocument(NamedTuple):
    """What answers an error: "text", "local" (a URL-path), "remote" (a URL), or the "default" page."""

    kind: str
    value: str


HTTP_IM_A_TEAPOT = 418
_MATCH = re.compile(r"(\\.)|\$[0-9]", re.DOTALL)  # what an expression matched: here there is none
_STATUS = re.compile(r"0*[0-9]{1,3}(?![0-9])", re.ASCII)
SET_HANDLER: Setting[str | None] = Setting("SetHandler", None)  # "" after "None"
FORCE_TYPE: Setting[str | None] = Setting("ForceType", None)  # "" after "None"
DEFAULT_TYPE: Setting[str | None] = Setting("DefaultType", None)
ADD_DEFAULT_CHARSET: Setting[str | None] = Setting("AddDefaultCharset", None)
ERROR_DOCUMENTS: Setting[dict[int, ErrorDocument]] = Setting("ErrorDocument", {}, union)
ACCEPT_PATH_INFO: Setting[str] = Setting("AcceptPathInfo", "default")  # "on", "off", "default"
SERVER_SIGNATURE: Setting[str] = Setting("ServerSignature", "off")  # "on", "off", "email"
FILE_ETAG: Setting[frozenset[str]] = Setting("FileETag", frozenset({"mtime", "size"}))  # and "inode", "digest"
ENABLE_SENDFILE: Setting[bool] = Setting("EnableSendfile", False)


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
    digits = _STATUS.match(status)  # what follows them httpd does not look at
    code = int(digits[0]) if digits else 0
    if code not in STATUS_LINES or code == HTTP_IM_A_TEAPOT:  # which httpd has no page for
        raise ValueError(f"'{status}' is no HTTP status that has a page")
    document = _document(fixed_expression(_MATCH.sub(lambda found: found[1] or "", target)))
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


def _etag(so_far: frozenset[str] | None, args: tuple[str, ...], origin: Origin) -> frozenset[str]:
    members = {"mtime": "mtime", "lmtime": "mtime", "lastmodified": "mtime", "size": "size", "inode": "inode"}
    members["digest"] = "digest"
    given = words(args[0])
    result = so_far if so_far is not None else FILE_ETAG.default
    for index, word in enumerate(given):
        sign = word[0] if word[:1] in ("+", "-") else ""
        name = word[len(sign) :].lower()
        if name in ("none", "all") and not sign:
            result = frozenset({"mtime", "size", "inode"} if name == "all" else ())
        elif name in members:
            change = {members[name]}
            keep = result if sign or index else frozenset()
            result = keep - change if sign == "-" else keep | change
        else:
            raise ValueError(f"unknown keyword '{word}'")
    return result


ROWS: tuple[Row, ...] = (
    info("SetHandler", Args.TAKE1, SET_HANDLER, _set_handler, "handler-name|None"),
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
