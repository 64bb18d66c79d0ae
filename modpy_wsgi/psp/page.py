"""The classes PSP and PSPInterface: a page that is run for a request (manual of mod_python 3.1, section psp).

Law: a page finds what it found in the original: req, form, session, psp, and everything that stands in mod_python.psp.
A form is read, and a session made, only for a page whose code uses the name; a session that was made for it is unlocked
when it is over.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping, Sequence
from types import CodeType
from typing import TYPE_CHECKING, Any

from ..arguments import apply_fs_data
from ..errors import SERVER_RETURN, ends_greenlet
from ..forms import FieldStorage
from ..request_output import ClientGone
from ..util import redirect
from . import shown
from .cache import page_of_file, page_of_string
from .compiling import Page, program_of_file
from .rules import rules_of
from .scope import scope_of
from .tracebacks import by_source

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["PSP", "PSPInterface", "run"]


class PSPInterface:
    """What a page has as `psp`."""

    error_page: PSP | None = None

    def __init__(self, req: mp_request, filename: str | None, form: FieldStorage | None) -> None:
        self.req = req
        self.filename = filename
        self.form = form

    def set_error_page(self, page: str) -> None:
        """Run another page if this one fails. A path with a slash in front is below DocumentRoot, others are beside
        this page. The error page has `exception`, as sys.exc_info() gives it. Raises SERVER_RETURN(404)."""
        if page.startswith("/"):
            path = self.req.document_root() + page
        else:
            path = _directory(self.filename or self.req.filename) + page
        self.error_page = PSP(self.req, path)

    def apply_data(self, object: Any, **kw: Any) -> Any:  # noqa: A002 - the original's name
        """Call `object` with the fields of the form as arguments, and return what it returns; `kw` are further ones."""
        if not self.form:
            self.form = _form(self.req)
        return apply_fs_data(object, self.form, req=self.req, **kw)

    def redirect(self, location: str, permanent: Any = 0) -> None:
        """Send the client to another URL. Raises SERVER_RETURN(DONE), or OSError if something was sent already."""
        redirect(self.req, location, permanent)


class PSP:
    """A page for a request: that of a file, or of a string, or of the file that was asked for (`req.filename`).

    A `filename` that is not absolute is looked for beside `req.filename`. `vars` are names that the page has beside
    those that all pages have. Raises ValueError if both are given, SERVER_RETURN(404) if there is no such file,
    SyntaxError with the line of the page if it cannot be compiled, OSError for an included file that cannot be read.
    """

    def __init__(
        self,
        req: mp_request,
        filename: str | None = None,
        string: str | bytes | None = None,
        vars: Mapping[str, Any] = {},  # noqa: A002 - the original's name; nothing is put into it
    ) -> None:
        if string and filename:
            raise ValueError("a page is made from a filename or from a string, not from both")
        self.req = req
        self.vars = vars
        self.string = string
        self.filename: str | None = None
        self._page: Page
        if string is not None and not filename:
            self._page = page_of_string(req, string, _directory(req.filename))
            return
        self.filename = os.path.join(_directory(req.filename), filename) if filename else req.filename
        self.load_from_file()

    @property
    def code(self) -> CodeType:
        """The code of the page."""
        return self._page.code

    @code.setter
    def code(self, code: CodeType) -> None:
        """For a class of the site's own that compiles pages in its own way."""
        self._page = Page(code, (), (code.co_filename,), (0,))

    def load_from_file(self) -> None:
        """Read and compile the page, if it has changed. Raises what PSP() raises."""
        self._page = page_of_file(self.req, self.filename or "")

    def run(self, vars: Mapping[str, Any] = {}, flush: Any = 0) -> None:  # noqa: A002 - as above
        """Write the page. `vars` are further names for it; with `flush` what it has written is sent at its end.

        Raises what the page raises, unless it has set an error page.
        """
        run(self.req, self._page, self.filename, (self.vars, vars), flush)

    def __str__(self) -> str:
        """Run the page, as text/html; nothing is left to be shown. So that a published function may return it."""
        self.req.content_type = "text/html"
        self.run()
        return ""

    def display_code(self) -> None:
        """Write a table of the page and the Python code that it is, line by line, as HTML."""
        if self.filename is None:
            raise ValueError("only a page in a file can be displayed")
        literal_text = rules_of(self.req._config).literal_text
        program, _ = program_of_file(self.filename, _directory(self.filename), literal_text=literal_text)
        self.req.write(shown.table(self.filename, program))


def run(req: Any, page: Page, filename: str | None, given: Sequence[Mapping[str, Any]] = (), flush: Any = 0) -> None:
    """Write a page, whose own file is `filename`; what is `given` are names for it beside those that all pages have.

    With `flush` what it has written is sent at its end. Raises what the page raises, unless it has set an error page.
    """
    wants = page.wants
    session = None
    if "session" in wants and not hasattr(req, "session"):
        session = req.session = importlib.import_module("mod_python.Session").Session(req)
    try:
        form = _form(req) if "form" in wants else None
        psp = PSPInterface(req, filename, form)
        scope = scope_of(req, psp, form, "Session" in wants)
        for names in given:
            if names:  # None will do
                scope.update(names)
        try:
            exec(page.code, scope)  # noqa: S102 - the site's own code
        except (SERVER_RETURN, ClientGone):
            raise  # neither is an error of the page
        except BaseException as error:
            if ends_greenlet(error):
                raise
            trace = error.__traceback__
            assert trace is not None
            if len(page.names) > 1:
                trace = by_source(trace, page)
            if psp.error_page is None:
                raise error.with_traceback(trace.tb_next)  # noqa: B904 - it is the same one; this frame is added
            psp.error_page.run({"exception": (type(error), error.with_traceback(trace), trace)}, flush)
            return
        if flush:
            req.flush()
        if hasattr(req, "session"):
            req.session.save()  # its time of access has changed at least
    finally:
        if session is not None:
            session.unlock()
            latest = getattr(req, "session", None)  # which the page may have put in its place, with a login
            if latest is not None:
                if latest is not session:
                    latest.unlock()
                del req.session


def _directory(filename: str | None) -> str:
    """The directory of a file, with a slash at the end."""
    return (filename or "").rpartition("/")[0] + "/"


def _form(req: Any) -> FieldStorage:
    """The form of a request: what was made of it before, else a new one, kept where all look for it."""
    form = getattr(req, "form", None)
    if form is None:
        form = req.form = FieldStorage(req, keep_blank_values=1)
    return form
