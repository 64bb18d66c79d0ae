"""The line under the server's own pages (ServerSignature), which says who answered. Source: httpd's ap_psignature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .config.directives import core
from .errors import BadRequest
from .httpd_names import server_banner
from .markup import escape

if TYPE_CHECKING:
    from .request_methods import RequestMethods

__all__ = ["signature_of"]


def signature_of(req: RequestMethods) -> str:
    """The line as HTML, with its end; "" where ServerSignature is off, as it is by default."""
    wanted = req._config.settings[core.SERVER_SIGNATURE]
    if wanted == "off":
        return ""
    try:
        name = escape(req._server_name())
    except BadRequest:  # this is the page that says that Host is none
        name = escape(req.server.server_hostname)
    if wanted == "email":
        admin = req._host.base[core.SERVER_ADMIN]
        scheme = "" if ":" in admin.partition("@")[0] else "mailto:"
        name = f'<a href="{scheme}{escape(admin)}">{name}</a>'
    banner = server_banner(req._host.base[core.SERVER_TOKENS])
    return f"<address>{banner} Server at {name} Port {req._port()}</address>\n"
