"""Basic authentication (RFC 7617): what a client says, and how it is asked.

Law: what a client says is a claim; nothing here believes it.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .request_members import RequestMembers
    from .request_methods import RequestMethods

__all__ = ["challenge", "credentials"]


def credentials(req: RequestMembers) -> tuple[str, str] | None:
    """The name and the password that the client sent; None if it sent none of this scheme.

    What cannot be decoded counts as an empty name and password, as in httpd.
    """
    scheme, _, text = req.headers_in.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(text.strip().encode("ascii", "replace"))
    except binascii.Error:
        decoded = b""
    user, _, password = decoded.decode("utf-8", "surrogateescape").partition(":")
    return user, password


def challenge(req: RequestMethods) -> None:
    """Prepare WWW-Authenticate for a 401 where AuthType is Basic; it replaces what a handler may have prepared."""
    if (req.auth_type() or "").lower() == "basic":
        realm = (req.auth_name() or "").replace("\\", "\\\\").replace('"', '\\"')
        req.err_headers_out["WWW-Authenticate"] = f'Basic realm="{realm}"'
