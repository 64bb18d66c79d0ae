"""Subrequests that answer: what another URI of this server would say, in the midst of an answer.

Law: as httpd's ap_run_sub_req. The subrequest goes through every phase up to the content like a GET of its own, and
through its own filters; its head is nobody's; no error page is made, its status is for who asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import completion, delivery
from .constants import DONE, HTTP_INTERNAL_SERVER_ERROR, OK
from .errors import BadRequest, HandlerError, ShortBody
from .filters import requests as filters
from .httpd import content
from .preconditions import CONDITIONS
from .redirects import look_up

if TYPE_CHECKING:
    from .filters.flow import Target
    from .request import mp_request

__all__ = ["include", "run"]

_OF_WHOLE = CONDITIONS | {"HTTP_RANGE", "HTTP_IF_RANGE"}


def include(req: mp_request, uri: str, target: Target) -> int:
    """Let what `uri` (a path with query, escaped) answers flow to `target`. OK, or the status that it ended with.

    Raises OSError if the client is gone.
    """
    new, status = look_up(req, uri)
    if not status:
        return run(new, target)
    completion.let_go(new)
    return status


def run(new: mp_request, target: Target) -> int:
    """Let what a subrequest answers that was looked up flow to `target`. As include()."""
    for name in _OF_WHOLE:  # which the whole answer was asked for, and none of its parts
        new._environ.pop(name, None)
    filters.lead_to(new, target)
    try:
        status = content.answer(new, new._config)
        last = new
        while last._next is not None:  # an internal redirect, whose answer is the answer, be it a page of an error
            last = last._next
        delivery.let_through(last)
        if status not in (OK, DONE):  # what was written before stays, as no page takes its place
            return status
        if last._filters is not None and last._filters.failed is not None:
            return int(last._filters.status)
        return OK  # whatever status a handler gives its answer: that has no say within another one's
    except BadRequest as error:
        return error.status
    except (HandlerError, ShortBody) as error:
        new._application.log_exception(new, "subrequest", error)
        return HTTP_INTERNAL_SERVER_ERROR
    finally:
        completion.end_subrequest(new)
