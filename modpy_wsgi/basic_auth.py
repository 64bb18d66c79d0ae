"""Basic authentication (RFC 7617): what a client says, and how it is asked.

Law: what a client says is a claim; nothing here believes it.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .request_head import RequestHead
    from .request_methods import RequestMethods

__all__ = ["challenge", "credentials", "header", "quoted_realm"]

_BASE64 = re.compile(r"[A-Za-z0-9+/]*")


def credentials(req: RequestHead) -> tuple[str, str] | None:
    """The name and the password that the client sent; None if it sent none of this scheme.

    As in httpd they end at the first letter that is not of base64, or at a NUL; what is nothing is an empty name.
    """
    scheme, _, text = req.headers_in.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    found = _BASE64.match(text.lstrip(" \t"))
    letters = found[0] if found else ""
    if len(letters) % 4 == 1:  # six bits are no byte
        letters = letters[:-1]
    decoded = base64.b64decode(letters + "=" * (-len(letters) % 4)).partition(b"\0")[0]
    user, _, password = decoded.decode("utf-8", "surrogateescape").partition(":")
    return user, password


def header(user: str, password: str) -> str:
    """The Authorization header that says a name and a password."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode("utf-8", "surrogateescape")).decode("ascii")


def challenge(req: RequestMethods) -> None:
    """Prepare WWW-Authenticate for a 401 where AuthType is Basic; it replaces what a handler may have prepared."""
    if (req.auth_type() or "").lower() == "basic":
        req.err_headers_out["WWW-Authenticate"] = f'Basic realm="{quoted_realm(req)}"'


def quoted_realm(req: RequestMethods) -> str:
    """AuthName as it stands in a quoted string."""
    return (req.auth_name() or "").replace("\\", "\\\\").replace('"', '\\"')
