"""What a visitor gets when a phase ends with a status: ErrorDocument, or httpd's own page.

Law: an error drops what the handler prepared (its body if nothing was sent, its headers_out), keeps err_headers_out and
the Location of a redirection, and never leads to another error page than the plain one. Whatever the status is, a body
longer than LimitRequestBody makes it 413. Source: httpd's ap_die, observed on the original.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..config.directives import core
from ..constants import (
    APLOG_ERR,
    HTTP_INTERNAL_SERVER_ERROR,
    HTTP_OK,
    HTTP_REQUEST_ENTITY_TOO_LARGE,
    METHOD_NUMBERS,
    STATUS_LINES,
)
from ..filters import requests as filters
from ..response import BODILESS, NAMELESS
from . import error_pages

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["allow_header", "answer", "plain"]

_MOVED = frozenset({301, 302, 303, 307, 308})  # whose pages show where to
_LOCATED = frozenset({201, *range(300, 400)})  # which keep their Location
_BODY_LEFT = frozenset({400, 408, 411, 413, 414, 500, 501, 503})  # behind which httpd reads no body


def answer(req: mp_request, status: int) -> None:
    """Make `req` answer with `status`."""
    if req._filters is not None and req._filters.failed is not None:
        status = req._filters.status  # what the handler makes of it is not the cause
    if not 200 <= status <= 599:
        req._application.log_request(req, f"Handler returned invalid result code {status}: {req.uri}", APLOG_ERR)
        status = HTTP_INTERNAL_SERVER_ERROR
    said = status
    if (status not in STATUS_LINES or status in NAMELESS) and not _in_own_words(req, status):
        if 300 <= status < 400 and "Location" in req.headers_out:  # a redirection that has no name goes nowhere
            req.err_headers_out["Location"] = req.headers_out["Location"]
        status, req._status_line = HTTP_INTERNAL_SERVER_ERROR, None
    if status not in _BODY_LEFT and _is_body_too_long(req):
        said = status = HTTP_REQUEST_ENTITY_TOO_LARGE
        for name in ("Location", "WWW-Authenticate"):
            del req.headers_out[name], req.err_headers_out[name]
    if _failed_before(req) is not None:
        plain(req, status)
        return
    if status in BODILESS:
        if req._filters is not None:
            filters.drop_content(req)
        req._reset_output()
        req._status = status
        _died(req)
        return
    document = req._config.settings[core.ERROR_DOCUMENTS].get(status)
    if document is None or document.kind == "default":
        plain(req, status)
        if said != status:
            req._status = said  # a log has what the handler said, though the answer says 500
        return
    if document.kind == "local":
        _redirect(req, said, document.value)
    elif document.kind == "remote":
        req.headers_out["Location"] = document.value
        plain(req, 302)
    else:
        location = _forget(req, status)
        req._status = status
        _died(req)
        if location:
            req.headers_out["Location"] = location
        _prepare(req, status)
        req._error_page = True
        req._say(document.value.encode("utf-8", "surrogateescape"))


def _is_body_too_long(req: mp_request) -> bool:
    length, limit = req._environ.get("CONTENT_LENGTH") or "", req._body_limit()
    return bool(limit) and length.isdigit() and int(length) > limit


def _failed_before(req: mp_request) -> mp_request | None:
    """The request whose status this one was to stand for: the first of those in a row that led here with another than
    200, by an ErrorDocument or by a handler; None where this one has 200 itself.
    """
    first, before = None, req._prev if req._status != HTTP_OK else None
    while before is not None and before._status != HTTP_OK:
        first, before = before, before._prev
    return first


def _redirect(req: mp_request, status: int, uri: str) -> None:
    environ = dict(req._environ)
    environ["REQUEST_METHOD"] = "HEAD" if req.method == "HEAD" else "GET"
    environ["CONTENT_LENGTH"] = ""
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    req.subprocess_env["REQUEST_METHOD"] = req.method
    notes = req.notes.get("error-notes")
    if notes is not None:
        req.subprocess_env["ERROR_NOTES"] = notes
    location = (req.headers_out.get("Location") or "") if 300 <= status < 400 else ""
    req._status = status
    req._document_status = status
    req._application.redirect(req, uri, environ, location)


def _in_own_words(req: mp_request, status: int) -> bool:
    """Whether the handler has put a status line of its own, which can be sent, for this very status."""
    line = req._status_line or ""
    return len(line) > 4 and line.startswith(f"{status} ") and line.isprintable()


def _forget(req: mp_request, status: int) -> str | None:
    """Drop what the handler prepared. Returns the Location of a redirection."""
    if req._filters is not None:
        filters.drop_content(req)
    location: str | None = None
    if status in _LOCATED and "_headers_out" in req.__dict__:
        location = req.headers_out.get("Location")
    req._reset_output()
    req._prepared = ()
    if "_headers_out" in req.__dict__:
        req.headers_out.clear()
    req._content_encoding = None
    req._content_languages = ()
    if not _in_own_words(req, status):
        req._status_line = None
    if req._file_body is not None:
        req._file_body.close()
        req._file_body = None
    return location


def plain(req: mp_request, status: int) -> None:
    """httpd's own page for `status`; behind what was sent, if something was.

    Where an ErrorDocument failed, the answer stays the error that it was to stand for: 403 does not become 401 or 404.
    """
    # The second error that the page names is the status that the request came with, or that a handler has set; as in
    # httpd it is not the one that ended it.
    first, second = _failed_before(req), req._status
    if first is not None:
        status, req._allowed = first._status, first._allowed
        req._document_of = first._config
        req._status_line = first._status_line
    location = _forget(req, status)
    if first is not None and status in _LOCATED:
        location = first.headers_out.get("Location")
    if (status not in STATUS_LINES or status in NAMELESS) and req._status_line is None:
        status = HTTP_INTERNAL_SERVER_ERROR
    req._status = status  # which a log shows, even where the head was sent before
    if location:
        req.headers_out["Location"] = location
        del req.err_headers_out["Location"]
    _prepare(req, status)  # for a log, where the head was sent before
    shown = (location or req.err_headers_out.get("Location")) if status in _MOVED else None
    req._error_page = True
    _died(req)
    req._say(error_pages.page(req, status, shown or "", first, second))


def _prepare(req: mp_request, status: int) -> None:
    """What the head of each page of the server's own says."""
    bare = "suppress-error-charset" in req.subprocess_env
    if "_err_headers_out" in req.__dict__:
        del req.err_headers_out["Content-Length"]  # which was the handler's body's
    req._content_type = "text/html" if bare else "text/html; charset=iso-8859-1"
    if status in (405, 501):
        req.headers_out["Allow"] = allow_header(req)


def _died(req: mp_request) -> None:
    """The answer is another one now: what the configuration says of its head is to be asked again."""
    req._died, req._head_ruled = True, False


def allow_header(req: mp_request) -> str:
    """The Allow header: what allow_methods() said, and TRACE unless TraceEnable is off."""
    methods = set(req._allowed)
    if "GET" in methods:
        methods.add("HEAD")
    if req._host.base[core.TRACE_ENABLE] != "off":
        methods.add("TRACE")
    return ",".join(sorted(methods, key=lambda name: (METHOD_NUMBERS[name], name)))
