"""Directories: the slash at the end and the file that stands for them; what stands for files that are not there.

Law: an index file is looked up as a subrequest, through every phase up to fixup, so that nothing that closes it is
passed by. It is asked for as with GET, as mod_dir does; what closes it to the request's own method counts as well.
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from .. import header_rules
from ..config.directives import dir as directory
from ..config.request_config import RequestConfig
from ..constants import DIR_MAGIC_TYPE, HTTP_FORBIDDEN, HTTP_MOVED_PERMANENTLY, OK
from ..environ import escape
from ..filters import requests as filters
from . import access, allowed_methods, authorization

if TYPE_CHECKING:
    from .._fast.table import table
    from ..request import mp_request

__all__ = ["become", "fixup", "refused_to"]

_AS_GET = frozenset({"GET", "HEAD"})
_OF_LAST = frozenset({401, 406})  # which the last name may answer; the others are passed over


def fixup(req: mp_request, config: RequestConfig) -> int:
    """Redirect a directory without its slash, or take the place of its index file; or of what answers for no file.

    Returns OK or a status.
    """
    found = req._stat
    if found is None:
        if config.fallback is None or req._handler is not None:
            return OK
        return _take_first(req, (config.fallback,), 0)[0]
    filename = req._filename
    if not filename or filename[-1] != "/" or not stat.S_ISDIR(found.st_mode):
        return OK
    if req._handler is None:
        req._handler = DIR_MAGIC_TYPE
    if req._path_info:
        return OK
    settings = config.settings
    uri = req.uri
    if not uri.endswith("/"):
        if not settings[directory.DIRECTORY_SLASH] or _goes_carefully(req):
            return OK
        location = req.construct_url(escape(uri) + "/")
        if req.args is not None:
            location += f"?{req.args}"
        req.headers_out["Location"] = location
        return HTTP_MOVED_PERMANENTLY
    if req._handler != DIR_MAGIC_TYPE and settings[directory.CHECK_HANDLER]:
        return OK
    names, redirect = settings[directory.DIRECTORY_INDEX], settings[directory.INDEX_REDIRECT]
    status, done = _take_first(req, names, redirect)
    if done or status or not names or config.fallback is None or req._handler != DIR_MAGIC_TYPE:
        return status
    return _take_first(req, (config.fallback,), redirect)[0]


def _goes_carefully(req: mp_request) -> bool:
    """Whether the client is one that must not be redirected but for a GET, as BrowserMatch knows some."""
    return req.method not in _AS_GET and "redirect-carefully" in req.subprocess_env


def _take_first(req: mp_request, names: tuple[str, ...], redirect: int) -> tuple[int, bool]:
    """Become the first of the names that is a file, or redirect there with the status `redirect`.

    Returns OK or a status, and whether one was found. A name is a piece of a URL, escaped as it is written.
    """
    refused = OK
    last = len(names) - 1
    for index, name in enumerate(names):
        uri = name if name.startswith("/") else escape(req.uri[: req.uri.rfind("/") + 1]) + name
        if req.args is not None:
            uri += f"?{req.args}"
        found, status = req._application.look_up(req, uri, instead=True)
        if status == OK and found._stat is not None:
            if stat.S_ISREG(found._stat.st_mode):
                if req.method not in _AS_GET and found._config is not req._config:
                    status = refused_to(found, found._config, req.method)
                    if status:
                        return status, True
                if redirect:
                    req.headers_out["Location"] = req.construct_url(found.uri)
                    return redirect, True
                become(req, found)
                return OK, True
        elif 300 <= status < 400 or (status in _OF_LAST and index == last):
            _take_headers(req, found)
            return status, True
        elif status and status != 404:
            refused = status
        req._application.let_go(found)
    return refused, False


def _take_headers(req: mp_request, found: mp_request) -> None:
    """What a redirection or a challenge of another request says."""
    for name in ("headers_out", "err_headers_out", "notes"):
        if f"_{name}" in found.__dict__:
            getattr(req, name).update(getattr(found, name))


def refused_to(found: mp_request, config: RequestConfig, method: str) -> int:
    """OK, or HTTP_FORBIDDEN if the rules of an index would refuse it to the request's own method."""
    found._method = method
    try:
        if allowed_methods.check(found, config):
            return HTTP_FORBIDDEN
        status = access.check(found, config)
        if not status and access.one_is_enough(found, config):
            return OK
        if not status or access.one_is_enough(found, config):
            status = authorization.without_user(found, config)
            if status == authorization.NEEDS_USER:
                status = HTTP_FORBIDDEN if found._user is None else authorization.with_user(found, config)
        return HTTP_FORBIDDEN if status else OK
    finally:
        found._method = "GET"


def become(req: mp_request, other: mp_request) -> None:
    """Go on as the file of `other` (httpd's ap_internal_fast_redirect): what was found out about it now holds here.

    `other` ends with `req`, which has looked it up.
    """
    req._uri = other._uri
    req._filename, req._stat, req._finfo, req._renamed = other._filename, other._stat, None, other._renamed
    req._path_info = other._path_info
    req.__dict__.pop("_canonical_filename", None)
    req.args = other.args
    another = other._config is not req._config and other._config.request_headers
    req._config = other._config
    req._handler = other._handler
    if other._script_aliased:
        req._script_aliased = True
    req._content_type = other._content_type
    req._content_encoding = other._content_encoding
    req._content_languages = other._content_languages
    req._more_to_say = req._more_to_say or other._more_to_say
    if other._filters is not None or other._input_filters is not None:
        filters.take_over(req, other)
    if other._user is not None:
        req._user, req._auth_type = other._user, other._auth_type
    if other._added:
        req._added = other._added
    # What the file's request has set comes first: of two cookies of one name a client keeps the last one, which is that
    # of the request whose object goes on.
    for name in ("headers_out", "err_headers_out"):
        if f"_{name}" in other.__dict__:
            _put_first(getattr(other, name), getattr(req, name))
    for name in ("subprocess_env", "notes"):
        if f"_{name}" in other.__dict__:
            mine, theirs = getattr(req, name), getattr(other, name)
            for key in theirs:
                values = theirs[key]
                mine[key] = values if isinstance(values, str) else values[0]
    if another:
        header_rules.of_request(req, other._config)  # what they did to the headers of the other went with it


def _put_first(theirs: table, mine: table) -> None:
    """Put the pairs of another table in front of those of `mine`. What is in both httpd sends twice."""
    own = mine.items()
    known = {(name.lower(), value) for name, value in own}
    pairs = [(name, value) for name, value in theirs.items() if (name.lower(), value) not in known]
    pairs += own
    mine.clear()
    for name, value in pairs:
        mine.add(name, value)
