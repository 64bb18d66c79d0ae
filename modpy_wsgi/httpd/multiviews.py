"""Options MultiViews: a file that is not there, answered by one of those whose names only add extensions to its own.

Law: each of them is looked up as a subrequest, through every phase up to fixup, so that nothing that closes it is
passed by; a file of which an extension means nothing to mod_mime is none of them. Source: mod_negotiation, as observed.
"""

from __future__ import annotations

import html
import os
import stat
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes

from ..config.directives import negotiation as directives
from ..config.request_config import RequestConfig
from ..constants import APLOG_ERR, HTTP_FORBIDDEN, HTTP_MULTIPLE_CHOICES, HTTP_NOT_ACCEPTABLE, HTTP_NOT_FOUND, OK
from ..environ import escape
from .accept import read_wishes
from .index import _become, _refused_to_get
from .negotiation import SCRIPT, Variant, best_of, terms_of, varying
from .types import exceptions

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["fixup", "has_work"]

_AS_GET = frozenset({"GET", "HEAD"})
MAX_VARIANTS = 200  # files that are looked up for one request; more is a directory that is no document


def has_work(config: RequestConfig) -> bool:
    """Whether files are looked for under longer names."""
    return "MultiViews" in config.options and not config.fileless


def fixup(req: mp_request, config: RequestConfig) -> int:
    """Take the place of the best variant of a file that is not there. Returns OK or a status."""
    if req._content_encoding:
        _name_encoding(req)
    filename = req._filename
    if req._stat is not None or not filename or filename[-1] == "/":
        return OK
    folder, _, name = filename.rpartition("/")
    try:
        names = sorted(os.listdir(f"{folder}/"))
    except (FileNotFoundError, NotADirectoryError):
        return OK
    except (OSError, ValueError) as error:
        req._application.log_request(req, f"cannot read directory for multi: {folder}/: {error}")
        return HTTP_FORBIDDEN
    matching = [each for each in names if each.startswith(f"{name}.") and not _is_folder(f"{folder}/{each}")]
    if not matching:
        return OK
    if len(matching) > MAX_VARIANTS:
        req._application.log_request(req, f"{filename}: more than {MAX_VARIANTS} files to negotiate about")
        return HTTP_NOT_FOUND
    variants = [variant for each in matching if (variant := _variant(req, name, each)) is not None]
    if not variants:
        req._application.log_request(
            req,
            f"AH00687: Negotiation: discovered file(s) matching request: {filename} (None could be negotiated).",
        )
        return HTTP_NOT_FOUND
    return _negotiate(req, config, variants)


def _is_folder(path: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return True


def _variant(req: mp_request, asked: str, name: str) -> Variant | None:
    base = req.uri
    if req._path_info and base.endswith(req._path_info):
        base = base[: -len(req._path_info)]
    found, status = req._application.look_up(req, escape(base[: base.rfind("/") + 1] + name))
    if status == OK and req.method not in _AS_GET:
        status = _refused_to_get(found, found._config)
    if status != OK or found._stat is None or not stat.S_ISREG(found._stat.st_mode) or found._path_info:
        return None
    if (found._filename or "").rpartition("/")[2] != name:  # translated to something else, or negotiated itself
        return None
    if found._handler and not found._content_type:
        found._content_type = SCRIPT
    unknown = exceptions(name, found._config)
    if unknown is None or not _within(unknown, asked.split(".")) or found._status != 200 or not found._content_type:
        return None
    return Variant(
        name,
        read_wishes(found._content_type)[0],
        found._content_languages,
        found._content_encoding or "",
        found._stat.st_size,
        found,
    )


def _within(parts: list[str], asked: list[str]) -> bool:
    """Whether the parts stand in the name that was asked for, in this order."""
    rest = iter(asked)
    return all(any(part == other for other in rest) for part in parts)


def _negotiate(req: mp_request, config: RequestConfig, variants: list[Variant]) -> int:
    transparent = req.method in _AS_GET and not req._path_info
    preferred = req.subprocess_env.get("prefer-language") if "_subprocess_env" in req.__dict__ else None
    terms = terms_of(req._environ, transparent=transparent, scripts=req.method not in _AS_GET, preferred=preferred)
    best, sure = best_of(variants, terms, config.settings[directives.PRIORITY])
    headers = req.err_headers_out
    vary = varying(variants, terms)
    if vary:
        headers.add("Vary", vary)
    if transparent:
        headers["TCN"] = "choice" if sure else "list"
    if terms.understands or not sure:
        headers["Alternates"] = ", ".join([_alternate(variant) for variant in variants])
    if not sure:
        req._variants = "".join(["Available variants:\n<ul>\n", *map(_line, variants), "</ul>"])
        if terms.transparent and terms.understands:
            return HTTP_MULTIPLE_CHOICES
        if best is None:
            req._application.log_request(req, f"AH00690: no acceptable variant: {req.filename}", APLOG_ERR)
            return HTTP_NOT_ACCEPTABLE
    assert best is not None
    chosen: mp_request = best.request
    if chosen._args is None:
        chosen._args = req._args
    if chosen._content_type == SCRIPT:
        chosen._content_type = None
    path_info = req._path_info
    uri = req._uri
    _become(req, chosen)
    req._uri, req._path_info = uri, path_info or None
    if transparent:
        headers["Content-Location"] = _quoted(best.name)
    latest = max([int(variant.request._stat.st_mtime_ns // 1000) for variant in variants])
    req._list_tag = f"{latest:x}"
    return OK


def _name_encoding(req: mp_request) -> None:
    """Call an encoding as the client does: gzip or x-gzip."""
    encoding, accepted = req._content_encoding, req._environ.get("HTTP_ACCEPT_ENCODING")
    if encoding and accepted:
        bare = encoding[2:] if encoding.startswith("x-") else encoding
        names = [wish.name for wish in read_wishes(accepted)]
        if bare in names:
            req._content_encoding = bare
        elif f"x-{bare}" in names:
            req._content_encoding = f"x-{bare}"


def _quoted(name: str) -> str:
    return quote_from_bytes(name.encode("utf-8", "surrogateescape"), safe="$-_.+!*'(),:@&=~")


def _alternate(variant: Variant) -> str:
    quality = f"{variant.source:.3f}".rstrip("0").rstrip(".")
    text = f'{{"{_quoted(variant.name)}" {quality} {{type {variant.type.name}}}'
    for word, value in (
        ("charset", variant.type.charset),
        ("language", ",".join(variant.languages)),
        ("encoding", variant.encoding),
    ):
        if value:
            text += f" {{{word} {value}}}"
    if not variant.request._handler:
        text += f" {{length {variant.size}}}"
    return text + "}"


def _line(variant: Variant) -> str:
    shown = html.escape(variant.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    text = f'<li><a href="{html.escape(_quoted(variant.name))}">{shown}</a> , type {html.escape(variant.type.name)}'
    for word, value in (
        ("language", ",".join(variant.languages)),
        ("charset", variant.type.charset),
        ("encoding", variant.encoding),
    ):
        if value:
            text += f", {word} {html.escape(value)}"
    return f"{text}</li>\n"
