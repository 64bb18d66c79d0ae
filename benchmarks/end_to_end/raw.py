"""A raw WSGI application: what its server can do at best."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["application"]


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """Answer everything with a short greeting."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "12")])
    return [b"Hello World!"]
