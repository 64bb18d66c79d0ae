"""Conditional requests (RFC 9110, section 13): the headers of a request against the validators of an answer.

Law: httpd's rules, which are stricter than the standard's: where a client sends both an entity tag and a date, both
must allow the short answer, and with If-Unmodified-Since, or a Range and an If-Range, there is none. Only of what goes
well a condition is asked, not of the page for an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .constants import HTTP_NOT_MODIFIED, HTTP_PRECONDITION_FAILED, OK
from .validators import etag_in, http_date

if TYPE_CHECKING:
    from .request_members import RequestMembers

__all__ = ["CONDITIONS", "conditions_met", "field", "range_holds"]

# The headers of which one makes a request conditional, as WSGI names them.
CONDITIONS = frozenset({"HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE"})

FRESH = 60.0  # seconds; what changed as lately may have changed twice within one (RFC 9110, section 8.8.2.2)


def conditions_met(req: RequestMembers) -> int:
    """OK if the answer is to be sent in full, else HTTP_NOT_MODIFIED or HTTP_PRECONDITION_FAILED.

    The validators are those that are sent, of req.err_headers_out before req.headers_out; without Last-Modified,
    req.mtime counts.
    """
    asked = req._headers_in is not None  # and perhaps changed
    if (req._environ.keys().isdisjoint(CONDITIONS) and not asked) or req._no_local_copy or not 200 <= req._status < 300:
        return OK
    etag = req.err_headers_out.get("ETag") or req.headers_out.get("ETag")
    modified = _modified(req)
    match = field(req, "If-Match")
    if match is not None and not etag_in(etag, match, strong=True):
        return HTTP_PRECONDITION_FAILED
    unchanged: list[bool] = []
    ranged = field(req, "Range") is not None
    # A date is a weak validator of what has changed within a minute: not for a part of it.
    weak = ranged and req.request_time < modified + FRESH
    limit = field(req, "If-Unmodified-Since")
    if limit is not None:
        date = http_date(limit)
        if date is not None and modified > date and not weak:
            return HTTP_PRECONDITION_FAILED
        unchanged.append(False)

    safe = req.method in ("GET", "HEAD")
    none_match = field(req, "If-None-Match")
    if none_match is not None:
        unchanged.append(etag_in(etag, none_match, strong=ranged or not safe))  # weak ones are for reading the whole
        if unchanged[-1] and not safe:
            return HTTP_PRECONDITION_FAILED
    since = field(req, "If-Modified-Since")
    if since is not None:
        date = http_date(since)
        unchanged.append(date is not None and safe and not weak and modified <= date <= req.request_time + 1)
    if ranged and field(req, "If-Range") is not None:  # the client has a part, and wants the rest of it, or the whole
        return OK
    return HTTP_NOT_MODIFIED if unchanged and all(unchanged) else OK


def field(req: RequestMembers, name: str) -> str | None:
    """A header of the request as a handler may have left it in req.headers_in; None if there is none."""
    headers = req._headers_in
    if headers is not None:
        value: str | None = headers.get(name)
        return value
    return req._environ.get(f"HTTP_{name.upper().replace('-', '_')}")


def range_holds(req: RequestMembers) -> bool:
    """Whether a Range header counts: without If-Range it does, with one only if the answer is the one that it names."""
    wanted = field(req, "If-Range")
    if wanted is None:
        return True
    if wanted.startswith('"'):
        return bool(wanted == (req.err_headers_out.get("ETag") or req.headers_out.get("ETag")))
    date, modified = http_date(wanted), http_date(req.headers_out.get("Last-Modified"))
    return date is not None and date == modified and req.request_time >= date + FRESH


def _modified(req: RequestMembers) -> float:
    """When the answer was modified: just now, if nobody says."""
    return http_date(req.headers_out.get("Last-Modified")) or float(int(req.mtime or req.request_time))
