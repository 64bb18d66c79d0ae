"""The functions of mod_python.util (manual 4.6, reference section 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from ._fast.query import parse_qs, parse_qsl
from .arguments import apply_fs_data
from .constants import DONE, HTTP_MOVED_PERMANENTLY, HTTP_MOVED_TEMPORARILY
from .errors import SERVER_RETURN
from .forms import Field, FieldStorage, StringField
from .markup import escape

if TYPE_CHECKING:
    from .request_methods import RequestMethods

__all__ = [
    "Field",
    "FieldStorage",
    "StringField",
    "apply_fs_data",
    "parse_qs",
    "parse_qsl",
    "readBlockSize",
    "redirect",
]

readBlockSize = 65368  # noqa: N816 - mod_python's name; bytes of a body that were read at once


def redirect(req: RequestMethods, location: str, permanent: Any = 0, text: str | None = None) -> NoReturn:
    """Send the client to another URL: 302, or 301 if `permanent`, with `text` or a line of HTML of its own as the body.

    Raises SERVER_RETURN(DONE), always; OSError if something was sent already.
    """
    if req.sent_bodyct:
        raise OSError("Cannot redirect after headers have already been sent.")
    req.err_headers_out["Location"] = location
    req.status = HTTP_MOVED_PERMANENTLY if permanent else HTTP_MOVED_TEMPORARILY
    if text is None:
        text = f'<p>The document has moved <a href="{escape(location)}">here</a></p>\n'
    req.write(text)
    raise SERVER_RETURN(DONE)
