"""Conditional requests (RFC 9110, section 13): the headers of a request against the validators of its answer.

Law: If-Match before If-Unmodified-Since, If-None-Match before If-Modified-Since, and the entity tag wins over the date.
"""

from __future__ import annotations

import email.utils
from typing import TYPE_CHECKING

from .constants import HTTP_NOT_MODIFIED, HTTP_PRECONDITION_FAILED, OK

if TYPE_CHECKING:
    from .request import mp_request

__all__ = ["conditions_met", "etag_in", "http_date"]


def http_date(value: str | None) -> float | None:
    """An HTTP date as seconds since the epoch, or None if it is none."""
    if not value:
        return None
    try:
        return email.utils.parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def etag_in(etag: str | None, listed: str, *, strong: bool) -> bool:
    """Whether an entity tag is in the list of an If-Match or If-None-Match header; "*" matches any answer."""
    if listed.strip() == "*":
        return True
    if etag is None or (strong and etag.startswith("W/")):
        return False
    bare = etag.removeprefix("W/")
    for item in listed.split(","):
        other = item.strip()
        if other == bare or (not strong and other.removeprefix("W/") == bare):
            return True
    return False


def conditions_met(req: mp_request) -> int:
    """OK if the answer is to be sent in full, else HTTP_NOT_MODIFIED or HTTP_PRECONDITION_FAILED.

    The validators are those in req.headers_out and req.err_headers_out; without a Last-Modified header req.mtime counts.
    """
    environ = req._environ
    if not any(name in environ for name in _CONDITIONS):
        return OK
    etag = req.headers_out.get("ETag") or req.err_headers_out.get("ETag")
    modified = http_date(req.headers_out.get("Last-Modified"))
    if modified is None and req.mtime > 0:
        modified = float(int(req.mtime))
    safe = req.method in ("GET", "HEAD")

    match = environ.get("HTTP_IF_MATCH")
    if match is not None:
        if not etag_in(etag, match, strong=True):
            return HTTP_PRECONDITION_FAILED
    else:
        limit = http_date(environ.get("HTTP_IF_UNMODIFIED_SINCE"))
        if limit is not None and modified is not None and modified > limit:
            return HTTP_PRECONDITION_FAILED

    none_match = environ.get("HTTP_IF_NONE_MATCH")
    if none_match is not None:
        if etag_in(etag, none_match, strong="HTTP_RANGE" in environ):
            return HTTP_NOT_MODIFIED if safe else HTTP_PRECONDITION_FAILED
    elif safe:
        since = http_date(environ.get("HTTP_IF_MODIFIED_SINCE"))
        if since is not None and modified is not None and modified <= since <= req.request_time + 1:
            return HTTP_NOT_MODIFIED
    return OK


_CONDITIONS = ("HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")
