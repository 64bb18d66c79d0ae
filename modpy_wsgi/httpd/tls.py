"""The variables of mod_ssl for handlers and scripts, where SSLOptions has StdEnvVars.

Law: what the server says of a connection is handed on and nothing is made up; without TLS there are none. Source:
mod_ssl's ssl_hook_Fixup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..config.directives.tls import SSL_OPTIONS
from ..config.request_config import RequestConfig
from ..constants import OK

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["has_work", "set_variables"]


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
