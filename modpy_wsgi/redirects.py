"""Requests made out of others: internal redirects and subrequests.

Law: they go through the phases like any other and are counted; what their URI gets wrong is answered like a client's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import unquote_to_bytes

from . import completion
from .config.directives import core
from .constants import HTTP_OK
from .environ import encode, escape, read_path
from .errors import BadRequest
from .filters import requests as filters
from .httpd import errors, translate
from .locate import find_entry, locate
from .plan import run_steps
from .request import make_request, mp_request

__all__ = ["MAX_REDIRECTS", "look_up", "look_up_entry", "redirect"]

MAX_REDIRECTS = 10  # internal redirects and subrequests that lead to one request, as httpd's LimitInternalRecursion


def redirect(
    req: mp_request,
    uri: str,
    environ: dict[str, Any] | None = None,
    location: str = "",
    content_type: str | None = None,
) -> None:
    """Answer with another URI of this server, starting from the status that `req` has.

    `environ` replaces the request's, `location` is a Location header to keep, `content_type` that of an answer whose
    own is not known. Where another URI has answered already, its answer stands.
    """
    if req._next is not None:
        req._application.log_request(req, f"no redirect to {uri}: {req._next.uri} has answered {req.uri}")
        return
    new = _derive(req, uri, environ)
    new._prev = req
    new._status = req._status
    new._no_local_copy = req._no_local_copy
    if req._no_cache:
        new.no_cache = req._no_cache
    if content_type:
        # An object of its own: what is guessed of the target may be the very same.
        new._content_type = new._handed_type = content_type[:1] + content_type[1:]
        new._more_to_say = True  # what is kept of a file for the next request would have this type
    req._next = new
    req._hand_over(new)
    if req._main is not None:
        new._main = req._main
        filters.follow(req, new)
        new._within = req._within
    if location:
        new.headers_out["Location"] = location
    kept = getattr(req, "_err_headers_out", None)
    if kept is not None:
        new.err_headers_out.update(kept)
    for name, value in (req._known_variables or {}).items():
        new.subprocess_env[f"REDIRECT_{name}"] = value
    new.subprocess_env["REDIRECT_STATUS"] = str(req._status)
    if new._redirects > MAX_REDIRECTS:
        req._application.log_request(
            req,
            f"AH00124: Request exceeded the limit of {MAX_REDIRECTS} internal redirects due to probable "
            f"configuration error: {uri}",
        )
        errors.answer(new, 500)
    else:
        req._application.serve(new)
        if environ is None:  # one of its own says that there is no body: nobody has read this request's
            req._left = 0  # what nobody has read of the body by the end of an answer is dropped


def look_up(
    req: mp_request, uri: str, environ: dict[str, Any] | None = None, *, instead: bool = False
) -> tuple[mp_request, int]:
    """A subrequest for another URI, as with GET, up to fixup. Returns it, and OK or the status that ended it.

    The phases before Trans and HeaderParser are the main request's alone, and so is what they have set in variables.
    `environ` replaces the request's. It ends with `req`, or as soon as who has looked it up lets it go.
    `instead`: it may be what `req` goes on as, so that the head may be its own, if its handlers write.
    """
    return _look_up(req, uri, environ, locate, instead=instead)


def look_up_entry(req: mp_request, name: str, *, folder: bool = False) -> tuple[mp_request, int]:
    """The same for a name in the request's own directory, wherever a URI of that name would lead."""
    slash = "/" if folder else ""
    uri, filename = req.uri, req._filename or ""
    within = f"{filename[: filename.rfind('/') + 1]}{name}{slash}"
    return _look_up(req, escape(f"{uri[: uri.rfind('/') + 1]}{name}{slash}"), None, lambda new: find_entry(new, within))


def _look_up(
    req: mp_request,
    uri: str,
    environ: dict[str, Any] | None,
    find: Callable[[mp_request], int],
    *,
    instead: bool = False,
) -> tuple[mp_request, int]:
    new = _derive(req, uri, environ)
    new._main = req
    new._method = "GET"
    new._no_local_copy = 1  # of a part of an answer nobody asks whether it has changed
    variables = req._known_variables
    if variables is not None:
        new.subprocess_env.update(variables)
    if new._redirects > MAX_REDIRECTS:
        req._application.log_request(
            req,
            f"AH00125: Request exceeded the limit of {MAX_REDIRECTS} subrequest nesting levels due to probable "
            f"configuration error: {uri}",
        )
        return new, 500
    try:
        status = _prepare(req, new, find) if instead and not _is_part(req) else _prepare_part(req, new, find)
        if not status and new._status != HTTP_OK:  # as a handler of its phases has said
            status = new._status
        return new, status
    except BadRequest as error:
        if error.status >= 500:  # the server's
            req._application.log_request(req, str(error))
        return new, error.status
    finally:
        completion.end_with(req, new)


def _is_part(req: mp_request) -> bool:
    """Whether what `req` writes has no head of its own: it is being looked up, or included."""
    return req._within is not None or (req._filters is not None and req._filters.within is not None)


def _prepare(req: mp_request, new: mp_request, find: Callable[[mp_request], int]) -> int:
    """Let a subrequest that `req` may go on as go through its phases. What their handlers write begins the answer."""
    if req._server_write is not None:
        req._let_write_on(new)
    elif req._method == "HEAD":
        new._bodiless = True
    try:
        return _run_phases(new, find)
    finally:
        last = _last(new)
        if last._server_write is not None:
            last._let_write_on(req)
            _take_output(last)
        last._bodiless = False


def _prepare_part(req: mp_request, new: mp_request, find: Callable[[mp_request], int]) -> int:
    """Let any other subrequest do so. What their handlers write stands where `req` is in its answer, under its head."""
    filter = None if req._filters is None else req._filters.at_work  # noqa: A001 - the manual's name
    new._within = partial(req._say, flush=1) if filter is None else filter.write
    try:
        return _run_phases(new, find)
    finally:
        each: mp_request | None = new
        while each is not None:
            each._within = None
            each = each._next
        last = _last(new)
        _take_output(last)
        last._bodiless = False


def _run_phases(new: mp_request, find: Callable[[mp_request], int]) -> int:
    if new._bad is not None:
        raise new._bad
    return find(new) or run_steps(new, new._config)


def _last(new: mp_request) -> mp_request:
    """The request that a handler has redirected another to: this one has what can be written to."""
    while new._next is not None:
        new = new._next
    return new


def _take_output(new: mp_request) -> None:
    """Let a subrequest be as one that has written nothing: what it answers itself flows elsewhere."""
    new._server_write = new._head = new._promised = new._unwritable = None
    new._body_sent = 0


def _derive(req: mp_request, uri: str, environ: dict[str, Any] | None) -> mp_request:
    """A request for `uri` (a path with query, escaped) out of another. What is wrong with `uri` waits in `_bad`."""
    environ = dict(req._environ if environ is None else environ)
    escaped, question, query = uri.partition("#")[0].partition("?")
    environ["QUERY_STRING"] = query if question else ""
    bad = None
    try:
        target = translate.target_of(req._host, _read_path(req, escaped))
    except BadRequest as error:
        target, bad = translate.bad_target(req._host), error
    new = make_request(req._application, req._host, environ, req._start_response, target)
    new._bad = bad
    new._args = query if question else None
    new._request_time = req._request_time
    new._the_request = req.the_request
    new._unparsed_uri = uri
    new._redirects = req._redirects + 1
    new._useragent = req._useragent
    new._headers_in = req.headers_in  # one table for all of them, as in the original
    new._left, new._read_length = req._left, req._read_length
    return new


def _read_path(req: mp_request, escaped: str) -> str:
    """The path of a URI without its query, by the rules for a client's. Raises BadRequest."""
    raw = encode(escaped) or "/"
    scheme, mark, rest = raw.partition("://")
    if mark and scheme.lower() in ("http", "https"):
        raw = f"/{rest.partition('/')[2]}"
    if not raw.startswith("/"):
        raise BadRequest(400, f"invalid URI {escaped!r}")
    path = unquote_to_bytes(raw.encode("latin-1")).decode("latin-1")
    base = req._host.base
    return read_path({"PATH_INFO": path, "RAW_URI": raw}, base[core.ALLOW_ENCODED_SLASHES], base[core.MERGE_SLASHES])
