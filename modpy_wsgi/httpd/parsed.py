"""Which documents are parsed for server-side includes beside those that a filter is named for: those of the handler
server-parsed, and of XBitHack (mod_include, in the fixup phase).

Law: what is parsed for the server is never answered by "not modified": what it includes may have changed. Only XBitHack
Full takes the file's own time for the page's, where its group may run it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..config.directives import include as directives
from ..config.directives import mime
from ..config.request_config import RequestConfig
from ..constants import OK

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["HANDLER", "INCLUDES", "fixup", "has_work", "settle"]

HANDLER = "server-parsed"
INCLUDES = "includes"
_OWNER_MAY_RUN, _GROUP_MAY_RUN = 0o100, 0o010


def has_work(config: RequestConfig) -> bool:
    """Whether a document may be parsed by its handler or its rights."""
    settings = config.settings
    if config.fileless:
        return False
    by_name = config.set_handler == HANDLER or HANDLER in settings[mime.HANDLERS_BY_EXT].values()
    return by_name or settings[directives.XBITHACK] != "off"


def fixup(req: mp_request, config: RequestConfig) -> int:
    """Put the filter in. Returns OK or a status."""
    if req._handler == HANDLER:
        if not req._content_type:
            req._content_type = "text/html"
        req._handler = "default-handler"
    else:
        found = req._stat
        if config.settings[directives.XBITHACK] == "off" or found is None or not found.st_mode & _OWNER_MAY_RUN:
            return OK
        if not (req._content_type or "").startswith("text/html"):
            return OK
    req._application.add_filter(req, INCLUDES, False)
    return OK


def settle(req: mp_request) -> None:
    """What is due just before the content, when all filters are there: who adds one to its own answer knows more."""
    chain = req._filters
    if chain is None or not chain.has(INCLUDES):
        return
    found = req._stat
    full = req._config.settings[directives.XBITHACK] == "full"
    if not (full and found is not None and found.st_mode & _GROUP_MAY_RUN):
        req._no_local_copy = 1
