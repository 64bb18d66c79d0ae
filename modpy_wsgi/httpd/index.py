"""Directories: the slash at the end (DirectorySlash) and the file that stands for them (DirectoryIndex), in fixup.

Law: an index file is looked up as a subrequest, through every phase up to fixup, so that nothing that closes it is
passed by. Source: mod_dir's fixup.
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from ..config.directives import dir as directory
from ..config.request_config import RequestConfig
from ..constants import DIR_MAGIC_TYPE, HTTP_FORBIDDEN, HTTP_MOVED_PERMANENTLY, OK
from ..environ import escape
from . import access, authorization

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["fixup"]

_AS_GET = frozenset({"GET", "HEAD"})


def fixup(req: mp_request, config: RequestConfig) -> int:
    """Redirect a directory without its slash, or take the place of its index file. Returns OK or a status."""
    filename = req._filename
    if not filename or filename[-1] != "/":
        return OK
    if req._stat is None or not stat.S_ISDIR(req._stat.st_mode):
        return OK
    if req._handler is None:
        req._handler = DIR_MAGIC_TYPE
    if req._path_info:
        return OK
    settings = config.settings
    uri = req.uri
    if not uri.endswith("/"):
        if not settings[directory.DIRECTORY_SLASH]:
            return OK
        location = req.construct_url(escape(uri) + "/")
        if req.args is not None:
            location += f"?{req.args}"
        req.headers_out["Location"] = location
        return HTTP_MOVED_PERMANENTLY
    return _take_index(req, settings[directory.DIRECTORY_INDEX])


def _take_index(req: mp_request, names: tuple[str, ...]) -> int:
    refused = OK
    for name in names:
        path, question, query = name.partition("?")
        uri = escape(path if path.startswith("/") else req.uri + path) + question + query
        found, status = req._application.look_up(req, uri)
        if status == OK and req.method not in _AS_GET:
            status = _refused_to_get(found, found._config)
        if status == OK and found._stat is not None:
            if stat.S_ISREG(found._stat.st_mode):
                _become(req, found)
                return OK
        elif 300 <= status < 400 or status == 401:
            if status != 401:
                req.headers_out["Location"] = found.headers_out.get("Location", "")
                return status
            req.err_headers_out.update(found.err_headers_out)
            return status
        elif status and status != 404 and not refused:
            refused = status
    return refused


def _refused_to_get(found: mp_request, config: RequestConfig) -> int:
    """httpd asks for an index as for GET, whatever the request's method: OK, or the status that its rules say to that.

    Those for the request's own method were asked before, so a <Limit> of either closes.
    """
    method, found._method = found._method, "GET"
    try:
        status = access.check(found, config) or authorization.without_user(found, config)
        if status != authorization.NEEDS_USER:
            return status
        return HTTP_FORBIDDEN if found._user is None else authorization.with_user(found, config)
    finally:
        found._method = method


def _become(req: mp_request, other: mp_request) -> None:
    """Go on as the file of `other` (httpd's ap_internal_fast_redirect): what was found out about it now holds here."""
    req._uri = other._uri
    req._filename, req._stat, req._finfo = other._filename, other._stat, None
    req._path_info = other._path_info or None
    req.__dict__.pop("_canonical_filename", None)
    req._args = other._args
    req._config = other._config
    req._handler = other._handler
    req._content_type = other._content_type
    req._content_encoding = other._content_encoding
    req._content_languages = other._content_languages
    req._more_to_say = req._more_to_say or other._more_to_say
    req._extension = other._extension
    if other._user is not None:
        req._user, req._auth_type = other._user, other._auth_type
    if other._added:
        req._added = other._added
    if other._cleanups:
        req._cleanups = (req._cleanups or []) + other._cleanups
    for name in ("headers_out", "err_headers_out"):
        if f"_{name}" in other.__dict__:
            mine = getattr(req, name)
            known = {(key.lower(), value) for key, value in mine.items()}
            for key, value in getattr(other, name).items():
                if (key.lower(), value) not in known:  # httpd sends twice what the fixups of both have set
                    mine.add(key, value)
    for name in ("subprocess_env", "notes"):
        if f"_{name}" in other.__dict__:
            mine, theirs = getattr(req, name), getattr(other, name)
            for key in theirs:
                values = theirs[key]
                mine[key] = values if isinstance(values, str) else values[0]
