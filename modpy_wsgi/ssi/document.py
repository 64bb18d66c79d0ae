"""The filter INCLUDES: a page flows in, and out flows what its elements make of it.

Law: without Options Includes or IncludesNOEXEC the page goes through as it is, with a line in the log. What stands
before an element is handed on before what the element makes.
"""

from __future__ import annotations

from typing import Any

from ..config.directives import include as directives
from ..constants import APLOG_WARNING, PYTHON_HANDLERS
from .elements import run_element
from .page import Page
from .scanner import Element, Scanner

__all__ = ["includes"]

_GROUP_MAY_RUN = 0o010


class _State:
    """One page on its way."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.scanner = Scanner(page.start, page.end)


def includes(filter: Any) -> None:  # noqa: A002 - the manual's name
    """An output filter, called with each piece of a page."""
    req = filter.req
    if filter.state is None:
        _drop_tag(req)
        if "IncludesNOEXEC" not in req._config.options:  # which Includes is as well, and programs
            req._application.log_request(
                req,
                "AH01374: mod_include: Options +Includes (or IncludesNoExec) wasn't set, "
                f"INCLUDES filter removed: {req.uri}",
                APLOG_WARNING,
            )
            filter.remove()
            return
        filter.state = _State(Page(req, alone=filter._alone))
        _set_head(req)
    state: _State = filter.state
    while True:
        data = filter.read()
        if data is None:
            _flow(filter, state, state.scanner.finish())
            if not state.page.showing:
                state.page.log("AH01373: missing closing endif directive in parsed document", APLOG_WARNING)
            filter.close()
            return
        if not data:
            return
        _flow(filter, state, state.scanner.feed(data))


def _flow(filter: Any, state: _State, found: Any) -> None:  # noqa: A002
    page = state.page
    for each in found:
        if isinstance(each, Element):
            run_element(page, each, filter)
        elif page.showing:
            filter.write(each)


def _drop_tag(req: Any) -> None:
    """Take away the entity tag of the file; that of a handler is about what it writes."""
    if not req._config.settings[directives.ETAG] and req._handler not in PYTHON_HANDLERS:
        del req.headers_out["ETag"]


def _set_head(req: Any) -> None:
    """Take away what was said of the page as it lies in the file, unless the site wants it said."""
    settings = req._config.settings
    headers = req.headers_out
    del headers["Content-Length"]
    found = req._stat
    if settings[directives.LAST_MODIFIED]:
        if found is not None and "Last-Modified" not in headers:
            _set_time(req, found.st_mtime)
    elif settings[directives.XBITHACK] == "full" and found is not None and found.st_mode & _GROUP_MAY_RUN:
        _set_time(req, found.st_mtime)
    else:
        del headers["Last-Modified"]


def _set_time(req: Any, moment: float) -> None:
    req.update_mtime(moment)
    req.set_last_modified()
