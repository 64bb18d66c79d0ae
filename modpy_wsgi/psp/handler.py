"""The handler mod_python.psp, and the functions of that module (manual of mod_python 3.1, section psp).

Law: the source of a page is shown only under PythonDebug, and to nobody who may not see the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..constants import DECLINED, HTTP_FORBIDDEN, HTTP_NOT_FOUND, OK
from ..dispatch import just_seen
from ..environ import escape
from ..errors import SERVER_RETURN
from .cache import page_of_file
from .compiling import program_of_file, program_of_string
from .page import PSP, run
from .shown import document

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["handler", "parse", "parsestring"]

_CLOSED = frozenset({HTTP_FORBIDDEN, HTTP_NOT_FOUND})  # else 403: there is no way to ask for a password of another page


def handler(req: mp_request) -> int:
    """The PythonHandler mod_python.psp: run the page that was asked for, or show `page.psp` as `page.psp_`.

    Returns apache.OK; raises SERVER_RETURN(404) and what the page raises.
    """
    req._content_type, req._typed_by_handler = "text/html", 1  # what assigning to content_type does
    config = req._config
    filename = (req._filename if req._translated is None else req.filename) or ""
    if config.debug and filename.endswith("_"):
        _show(req, filename[:-1])
        return OK
    run(req, page_of_file(req, filename, just_seen(req)), filename)
    return OK


def _show(req: mp_request, filename: str) -> None:
    """Show the page in a file beside the code that it is. Raises SERVER_RETURN, SyntaxError."""
    _ask_for_page(req)  # first: the error of a page that cannot be compiled shows its source
    page = PSP(req, filename)
    begin, end = document(filename.rpartition("/")[2])
    req.content_type = "text/html; charset=UTF-8"
    req.write(begin, 0)
    page.display_code()
    req.write(end, 0)


def _ask_for_page(req: mp_request) -> None:
    """See to it that the client may see the page itself, whose name is another. Raises SERVER_RETURN."""
    uri = req.uri
    if req.path_info or not uri.endswith("_"):
        raise SERVER_RETURN(HTTP_NOT_FOUND)
    page, status = req._application.look_up(req, escape(uri[:-1]))
    req._application.let_go(page)
    if status in (OK, DECLINED) and page.filename == (req.filename or "")[:-1]:
        return
    req.log_error(f"mod_python.psp: the source of {uri[:-1]} is not shown: the page itself is answered with {status}")
    raise SERVER_RETURN(status if status in _CLOSED else HTTP_FORBIDDEN)


def parse(filename: str, dir: str | None = None) -> str:  # noqa: A002 - the original's name
    """The Python code that the page in a file is. `dir` is put in front of the name, and of those that it includes.

    Raises OSError.
    """
    program, _ = program_of_file((dir or "") + filename, dir or "")
    return program.text.partition("\0")[0]


def parsestring(string: str | bytes) -> str:
    """The Python code that a page is which is a string. Raises TypeError for what is none."""
    program, _ = program_of_string(string)
    return program.text.partition("\0")[0]
