"""How a client is asked for name and password (RFC 7617)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .request_methods import RequestMethods

__all__ = ["challenge"]


def challenge(req: RequestMethods) -> None:
    """Prepare WWW-Authenticate for a 401 where AuthType is Basic; it replaces what a handler may have prepared."""
    if (req.auth_type() or "").lower() == "basic":
        realm = (req.auth_name() or "").replace("\\", "\\\\").replace('"', '\\"')
        req.err_headers_out["WWW-Authenticate"] = f'Basic realm="{realm}"'
