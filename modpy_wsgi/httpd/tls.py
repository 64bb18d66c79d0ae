"""What of mod_ssl is about a request: SSLRequireSSL, and the variables for handlers where SSLOptions has StdEnvVars.

Law: what the server says of a connection is handed on and nothing is made up; without TLS there are no variables, and
nobody comes in where it is required. Source: mod_ssl's ssl_hook_Access and ssl_hook_Fixup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..config.directives.tls import SSL_OPTIONS, SSL_REQUIRED
from ..config.request_config import RequestConfig
from ..constants import HTTP_FORBIDDEN, OK

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["has_work", "is_required", "require", "set_variables"]


def is_required(config: RequestConfig) -> bool:
    """Whether SSLRequireSSL holds."""
    return config.settings[SSL_REQUIRED]


def require(req: mp_request, config: RequestConfig) -> int:
    """OK for a request that came over TLS, or need not, else HTTP_FORBIDDEN; whatever else lets it in."""
    if not is_required(config) or req.is_https():
        return OK
    where = req.filename or f"uri {req.uri}"
    req._application.log_request(req, f"access to {where} failed, reason: SSL connection required")
    return HTTP_FORBIDDEN


def has_work(config: RequestConfig) -> bool:
    """Whether a section asks for them."""
    return config.settings[SSL_OPTIONS].has("stdenvvars")


def set_variables(req: mp_request, config: RequestConfig) -> int:
    """Set them; the server's environ has those of its listener, none of them comes from a header."""
    if req.is_https():
        for name, value in req._environ.items():
            if name.startswith("SSL_") and isinstance(value, str):
                req.subprocess_env[name] = value
    return OK
