"""What gunicorn cannot read as a request, refused as httpd does it.

Law: the page says nothing that the client has sent. Source: the answers of httpd 2.4.
"""

from __future__ import annotations

from gunicorn.http import errors

from ..constants import STATUS_LINES
from ..httpd import error_pages

__all__ = ["refusal"]

_TOO_MANY = "The number of request header fields exceeds this server's limit."
_TOO_LONG = "Size of a request header field exceeds server limit."


def refusal(error: BaseException) -> bytes | None:
    """The whole answer to a request that is none, after which the connection ends. None: it is no client's fault."""
    if not isinstance(error, errors.ParseException) or isinstance(error, _OWN_FAULTS):
        return None
    status, notes = 400, ""
    if isinstance(error, errors.LimitRequestLine):
        status = 414
    elif isinstance(error, errors.ExpectationFailed):
        status = 417
    elif isinstance(error, errors.LimitRequestHeaders):
        notes = _TOO_MANY if str(error).endswith("headers fields") else _TOO_LONG
    page = error_pages.bare_page(status, notes)
    head = (
        f"HTTP/1.1 {STATUS_LINES[status]}\r\nContent-Length: {len(page)}\r\nConnection: close\r\n"
        "Content-Type: text/html; charset=iso-8859-1\r\n\r\n"
    )
    return head.encode("ascii") + page


# A header that the application has made, settings that contradict each other, and a front server that is not allowed;
# as far as this gunicorn knows them.
_NAMES = ("InvalidResponseHeader", "InvalidResponseHeaderName", "ConfigurationProblem", "ForbiddenProxyRequest")
_OWN_FAULTS = tuple([getattr(errors, name) for name in _NAMES if hasattr(errors, name)])
