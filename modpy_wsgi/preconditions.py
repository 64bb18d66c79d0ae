"""Conditional requests (RFC 9110, section 13): the validators of an answer, and the headers of a request against them.

Law: httpd's rules, which are stricter than the standard's: where a client sends both an entity tag and a date, both
must allow the short answer.
"""

from __future__ import annotations

import email.utils
import os
from typing import TYPE_CHECKING

from .constants import HTTP_NOT_MODIFIED, HTTP_PRECONDITION_FAILED, OK

if TYPE_CHECKING:
    from .request_members import RequestMembers

__all__ = ["conditions_met", "etag_in", "etag_of", "http_date"]


def http_date(value: str | None) -> float | None:
    """An HTTP date as seconds since the epoch, or None if it is none."""
    if not value:
        return None
    try:
        return email.utils.parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def etag_of(found: os.stat_result, parts: frozenset[str]) -> str | None:
    """The entity tag of a file, of what FileETag names (inode, size, mtime) as httpd writes it; None if of nothing."""
    values = (("inode", found.st_ino), ("size", found.st_size), ("mtime", found.st_mtime_ns // 1000))
    shown = [f"{value:x}" for name, value in values if name in parts]
    return f'"{"-".join(shown)}"' if shown else None


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


def conditions_met(req: RequestMembers) -> int:
    """OK if the answer is to be sent in full, else HTTP_NOT_MODIFIED or HTTP_PRECONDITION_FAILED.

    The validators are those in req.headers_out and req.err_headers_out; without Last-Modified, req.mtime counts.
    """
    environ = req._environ
    if not any(name in environ for name in _CONDITIONS):
        return OK
    etag = req.headers_out.get("ETag") or req.err_headers_out.get("ETag")
    modified = http_date(req.headers_out.get("Last-Modified"))
    if modified is None and req.mtime > 0:
        modified = float(int(req.mtime))
    match = environ.get("HTTP_IF_MATCH")
    if match is not None and not etag_in(etag, match, strong=True):
        return HTTP_PRECONDITION_FAILED
    limit = http_date(environ.get("HTTP_IF_UNMODIFIED_SINCE"))
    if limit is not None and modified is not None and modified > limit:
        return HTTP_PRECONDITION_FAILED

    safe = req.method in ("GET", "HEAD")
    unchanged: list[bool] = []
    none_match = environ.get("HTTP_IF_NONE_MATCH")
    if none_match is not None:
        unchanged.append(etag_in(etag, none_match, strong="HTTP_RANGE" in environ))
        if unchanged[0] and not safe:
            return HTTP_PRECONDITION_FAILED
    since = http_date(environ.get("HTTP_IF_MODIFIED_SINCE"))
    if since is not None and modified is not None and safe and since <= req.request_time + 1:
        unchanged.append(modified <= since)
    return HTTP_NOT_MODIFIED if unchanged and all(unchanged) else OK


_CONDITIONS = ("HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")
