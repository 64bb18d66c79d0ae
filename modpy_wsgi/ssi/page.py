"""What is known of a page while it is parsed: its variables, what #config has said, and which branch of an #if counts.

Law: a page that another one includes has the variables of that one, as in httpd: what it sets is set there.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..cgi.environment import put_translated
from ..cgi_variables import script_name
from ..config.directives import include as directives
from ..constants import APLOG_ERR, HTTP_BAD_REQUEST
from ..environ import decode, escape
from .words import shell_escaped, unescape_url

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["Page", "Test", "date_text"]

_GMT = {"%Z": "GMT", "%z": "+0000"}
_ZONE = re.compile("%%|%[Zz]")


def date_text(moment: float, form: str, *, gmt: bool = False) -> str:
    """A time by a format of strftime, in local time or GMT."""
    if gmt and ("%Z" in form or "%z" in form):
        form = _ZONE.sub(lambda found: _GMT.get(found[0], found[0]), form)
    try:
        return time.strftime(form, time.gmtime(moment) if gmt else time.localtime(moment))
    except (ValueError, OverflowError, UnicodeError):
        return ""


def _ends_with_handlers(req: Any) -> bool:
    """Whether code of the site's comes when the page is over, which could change what its variables are made of."""
    plan = req._config.plan
    return plan is None or plan.closing or bool(req._cleanups or req._added or req._prev)


class Page:
    """One page. `req` is the request for it, `outer` the request of the page that includes it, if one does.

    `alone`: no code of the site's runs while the page does, but what the page itself names.
    """

    def __init__(self, req: mp_request, *, alone: bool = False) -> None:
        self.req = req
        self.place = req.filename or req.uri  # for the log
        settings = req._config.settings
        base = req._host.base
        self.start: bytes = base[directives.START_TAG].encode("utf-8", "surrogateescape")
        self.end: bytes = base[directives.END_TAG].encode("utf-8", "surrogateescape")
        self.error = settings[directives.ERROR_MESSAGE]
        self.time_format = settings[directives.TIME_FORMAT]
        self.undefined = settings[directives.UNDEFINED_ECHO]
        self.legacy = settings[directives.LEGACY_EXPRESSIONS]
        self.may_run = "Includes" in req._config.options  # programs, and Python
        self.in_bytes = False  # sizes, after #config sizefmt
        self.showing = True  # what is read now
        self.had_true = True  # a branch of this #if
        self.misjudged = False  # a condition of this #if was wrong
        self.hidden = 0  # #if elements within what is not shown
        self.match: re.Match[str] | None = None  # of the last regular expression
        outer: Any = getattr(req, "_included_by", None)
        if outer is None:
            self.modified = req._stat.st_mtime if req._stat is not None else req._request_time
            self._owe_variables(alone)
        else:
            req.__dict__["_subprocess_env"] = outer.subprocess_env
            self.modified = getattr(outer, "_page_modified", 0.0)
            if req.args:
                self._set_query(req.args)
        req._page_modified = self.modified  # type: ignore[attr-defined]

    def log(self, message: str, level: int = APLOG_ERR) -> None:
        """Write a line to the error log, which ends with the name of the file."""
        self.req._application.log_request(self.req, f"{message} in {self.req.filename}", level)

    def look_up(self, uri: str) -> tuple[Any, int]:
        """The subrequest for a URI, relative to the page's, and OK or the status that keeps it from being run."""
        req = self.req
        base = script_name(req.uri, req._path_info) if req._path_info else req.uri
        whole = uri if uri.startswith("/") else escape(base[: base.rfind("/") + 1]) + uri
        found: tuple[Any, int] = req._application.look_up(req, whole)
        return found

    def may_see(self, uri: str) -> bool:
        """Whether nothing closes a URI to who asked for the page: not whether there is anything."""
        found, status = self.look_up(uri)
        self.req._application.let_go(found)
        return status < HTTP_BAD_REQUEST

    # -- variables -----------------------------------------------------------------------------------------------------

    def _owe_variables(self, alone: bool) -> None:
        """See to it that the page's variables are there, at the latest when somebody looks for one."""
        req: Any = self.req
        if alone and not req._path_info and req._known_variables is None and not _ends_with_handlers(req):
            req._variables_due = lambda req: self._set_variables()
        else:
            self._set_variables()

    def _set_variables(self) -> None:
        req = self.req
        req.add_cgi_vars()
        put_translated(req)
        env = req.subprocess_env
        self.set_times()
        env["REQUEST_URI"] = [*req.the_request.split(" "), req.uri][1]  # as the client has sent it
        env["DOCUMENT_URI"] = req.uri
        env["DOCUMENT_ARGS"] = req.args or ""
        if req.path_info:
            env["DOCUMENT_PATH_INFO"] = req.path_info
        env["USER_NAME"] = ""  # looked up when somebody asks
        env["DOCUMENT_NAME"] = (req.filename or req.uri).rpartition("/")[2]
        if req.args:
            self._set_query(req.args)

    def _set_query(self, args: str) -> None:
        env = self.req.subprocess_env
        env["QUERY_STRING"] = args
        env["QUERY_STRING_UNESCAPED"] = shell_escaped(unescape_url(args))

    def set_times(self) -> None:
        """DATE_LOCAL, DATE_GMT and LAST_MODIFIED by the format that holds now."""
        env, now = self.req.subprocess_env, self.req._request_time
        env["DATE_LOCAL"] = date_text(now, self.time_format)
        env["DATE_GMT"] = date_text(now, self.time_format, gmt=True)
        env["LAST_MODIFIED"] = date_text(self.modified, self.time_format)

    def variable(self, name: str) -> str | None:
        """The value of a variable; a digit is what the last regular expression matched. None if there is none."""
        if len(name) == 1 and name.isascii() and name.isdigit():
            match = self.match
            if match is None or int(name) > (match.re.groups or 0):
                return None
            found: str | None = match.group(int(name))
            return None if found is None else decode(found)
        value: str | None = self.req.subprocess_env.get(name)
        if value == "" and name.upper() == "USER_NAME":
            value = self.req.subprocess_env[name] = self._owner()
        return value

    def variables(self) -> list[tuple[str, str]]:
        """All of them, in the order in which they were set."""
        return [(name, self.variable(name) if name == "USER_NAME" else value) for name, value in self._items()]  # type: ignore[misc]

    def _items(self) -> list[tuple[str, str]]:
        return [(str(name), str(value)) for name, value in self.req.subprocess_env.items()]

    def _owner(self) -> str:
        import pwd

        found = self.req._stat
        try:
            return pwd.getpwuid(found.st_uid).pw_name if found is not None else "<unknown>"
        except KeyError:
            return "<unknown>"


Test = Callable[[Page], bool]
"""What a condition asks of a page."""
