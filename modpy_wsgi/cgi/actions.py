"""Action and Script: a program, or any page of this server, in the place of a file (mod_actions).

Law: they lead to a URL of this server, which goes through every phase like any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..config.directives import cgi
from ..config.request_config import RequestConfig
from ..constants import DECLINED, HTTP_NOT_FOUND, OK
from ..environ import escape

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["answer"]


def answer(req: mp_request, config: RequestConfig) -> int:
    """Go on to the script of the request's handler, type or method. DECLINED if there is none."""
    settings = config.settings
    scripts = settings[cgi.SCRIPTS]
    method = req.method
    script = (scripts.get("GET") if req.args else None) if method in ("GET", "HEAD") else scripts.get(method)
    if script is not None and req._prev is not None and req._prev._prev is not None:
        return DECLINED  # a circle
    content_type = req._content_type
    if content_type is req._handed_type:
        content_type = None
    kind = req._handler or (content_type or "").partition(";")[0].strip()
    action = settings[cgi.ACTIONS].get(kind.lower()) if kind else None
    if action is not None:
        if not action.virtual and req._stat is None:
            req._application.log_request(req, f"File does not exist: {req.filename}")
            return HTTP_NOT_FOUND
        script = action.script
        req.subprocess_env["HANDLER"] = kind
    if script is None:
        return DECLINED
    query = "" if req.args is None else f"?{req.args}"
    req._application.redirect(req, f"{script}{escape(req.uri)}{query}", content_type=req._content_type)
    return OK
