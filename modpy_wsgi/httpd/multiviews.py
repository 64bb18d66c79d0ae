"""Options MultiViews: a file that is not there, answered by one of those whose names only add extensions to its own.

Law: each of them is looked up as a subrequest, through every phase up to fixup, so that nothing that closes it is
passed by; a file of which an extension means nothing to mod_mime is none of them. Source: mod_negotiation, as observed.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from ..accept import read_wishes
from ..config.request_config import RequestConfig
from ..constants import HTTP_FORBIDDEN, HTTP_NOT_FOUND, OK
from ..environ import escape
from .choice import AS_GET, choose, quoted
from .filtering import has_extension_work, leave_extension
from .index import become, refused_to
from .negotiation import SCRIPT, Variant
from .types import exceptions

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["fixup"]

MAX_VARIANTS = 200  # files that are looked up for one request; more is a directory that is no document


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
    variants = [variant for each in matching if (variant := _looked_up(req, name, each)) is not None]
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


def _looked_up(req: mp_request, asked: str, name: str) -> Variant | None:
    """The variant that a file is, whose request goes on waiting; None if it is none."""
    base = req.uri
    if req._path_info and base.endswith(req._path_info):
        base = base[: -len(req._path_info)]
    uri = escape(base[: base.rfind("/") + 1] + name)
    if req.args is not None:
        uri += f"?{req.args}"
    found, status = req._application.look_up(req, uri, instead=True)
    variant = _variant(req, asked, name, found, status)
    if variant is None:
        req._application.let_go(found)
    return variant


def _variant(req: mp_request, asked: str, name: str, found: mp_request, status: int) -> Variant | None:
    if status == OK and req.method not in AS_GET and found._config is not req._config:
        status = refused_to(found, found._config, req.method)
    if status != OK or found._stat is None or not stat.S_ISREG(found._stat.st_mode) or found._path_info:
        return None
    if (found._filename or "").rpartition("/")[2] != name:  # translated to something else, or negotiated itself
        return None
    if found._handler and not found._content_type:
        found._content_type = SCRIPT
    unknown = exceptions(name, found._config)
    if unknown is None or not _within(unknown, asked.split(".")) or not found._content_type:
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
    transparent = req.method in AS_GET and not req._path_info
    status, best = choose(req, config, variants, transparent=transparent)
    for variant in variants:
        if variant is not best:
            req._application.let_go(variant.request)
    if best is None:
        return status
    chosen: mp_request = best.request
    if chosen.args is None:
        chosen.args = req.args
    if chosen._content_type == SCRIPT:
        chosen._content_type = None
    path_info = req._path_info
    if has_extension_work(config):
        leave_extension(req, config)
    become(req, chosen)
    req._uri, req._path_info = chosen._uri + (path_info or ""), path_info or None
    if transparent:
        req.err_headers_out["Content-Location"] = quoted(best.name)
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
