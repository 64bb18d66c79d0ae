"""Which methods there are for a part of the site: AllowMethods (mod_allowmethods).

Law: it is asked before anybody's name or address is. Source: the module's documentation, and what was observed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..config.directives.allowmethods import ALLOW_METHODS
from ..config.request_config import RequestConfig
from ..constants import HTTP_METHOD_NOT_ALLOWED, OK

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["check", "has_work"]


def has_work(config: RequestConfig) -> bool:
    """Whether methods are named."""
    return bool(config.settings[ALLOW_METHODS])


def check(req: mp_request, config: RequestConfig) -> int:
    """OK, or HTTP_METHOD_NOT_ALLOWED."""
    methods = config.settings[ALLOW_METHODS]
    if not methods or ("GET" if req._method == "HEAD" else req._method) in methods:
        return OK
    where = req.filename or f"uri {req.uri}"
    req._application.log_request(req, f"client method denied by server configuration: '{req._method}' to {where}")
    return HTTP_METHOD_NOT_ALLOWED
