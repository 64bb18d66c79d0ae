"""What stands around the entries of a listing: the head of the page, the files of HeaderName and ReadmeName, the end.

Law: a page that the site has designed (IndexStyleSheet, IndexHeadInsert, markup in its header or readme, XHTML) is
httpd's byte for byte. Any other is httpd's with IndexStyleSheet, but for the sheet, which is built in, and a head that
makes it a valid page for light and dark.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ..config.directives.autoindex import Listing
from ..config.request_config import RequestConfig
from ..constants import OK
from ..environ import escape
from ..request_output import BUFFER
from ..signature import signature_of
from .listing_page import escaped, shown_name
from .open_file import beginning_of

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["Frame"]

MAX_TEXT = 1024 * 1024  # bytes of a header or readme in plain text that are shown; it is read into memory
_HTML = frozenset({"text/html", "application/xhtml+xml"})

_DOCTYPE = (
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">\n<html>\n <head>\n'
)
_XHTML_DOCTYPE = (
    '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"\n'
    '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n'
    '<html xmlns="http://www.w3.org/1999/xhtml">\n <head>\n'
)
_OWN_DOCTYPE = '<!DOCTYPE html>\n<html lang="en">\n <head>\n'
_OWN_HEAD = """\
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <style>
   :root { color-scheme: light dark; --ground: #fff; --text: #1b1b1b; --link: #0b57d0; --line: #ccc; --row: #f4f4f4; }
   @media (prefers-color-scheme: dark) {
    :root { --ground: #141414; --text: #e4e4e4; --link: #9ac0ff; --line: #444; --row: #1e1e1e; }
   }
   html { background: var(--ground); color: var(--text); }
   a { color: var(--link); }
   body { font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem; margin: 0 auto; padding: 1rem; }
   h1 { font-size: 1.4rem; overflow-wrap: anywhere; }
   hr { border: 0; border-top: 1px solid var(--line); margin: .5rem 0; }
   pre { font: .9rem/1.6 ui-monospace, monospace; margin: 0; overflow-x: auto; }
   img { vertical-align: middle; }
   address { font-size: .85rem; margin-top: 1rem; }
   #indexlist { border-collapse: collapse; width: 100%; }
   #indexlist th, #indexlist td { padding: .2rem .6rem; text-align: left; }
   #indexlist .indexcollastmod { white-space: nowrap; font-variant-numeric: tabular-nums; }
   #indexlist .indexcolsize { text-align: right; white-space: pre; }
   #indexlist .indexcolname { overflow-wrap: anywhere; }
   #indexlist .even { background: var(--row); }
   #indexlist .indexbreakrow th { padding: 0; }
   @media (max-width: 40rem) {
    body { padding: .5rem; }
    #indexlist { display: block; overflow-x: auto; }
    #indexlist .indexcolname { min-width: 8rem; }
   }
  </style>
"""


class _Part(NamedTuple):
    """What stands above or below the entries: markup, or what is made of a text. None where nothing does."""

    is_html: bool = False
    body: list[bytes] | None = None


class Frame:
    """The frame of one listing. The files are asked when it is made, one after the other."""

    def __init__(
        self, req: mp_request, config: RequestConfig, listing: Listing, options: frozenset[str], charset: str
    ) -> None:
        self._req = req
        self._listing = listing
        self._bare = "SuppressHTMLPreamble" in options
        self._xhtml = "XHTML" in options
        self.text = charset.lower() in ("utf-8", "utf8")
        arguments = "" if req.args is None else f"?{req.args}"
        self._header = self._part(listing.header and listing.header + arguments, accepting="text/html, text/plain")
        self._readme = self._part(listing.readme)
        designed = listing.style_sheet is not None or listing.head_insert is not None or self._xhtml
        designed = designed or self._header.is_html or self._readme.is_html
        self.own = not designed and listing.media_type is None
        self.classes = self.own or listing.style_sheet is not None

    def head(self) -> list[str | bytes]:
        """The beginning of the page, up to the entries."""
        title = escaped(shown_name(self._req.uri.rstrip("/") or "/", as_text=self.text))
        name = ' id="indextitle"' if self.classes else ""
        heading = f"{'  ' if self.classes else ''}<h1{name}>Index of {title}</h1>\n"
        is_html, body = self._header
        if body is None:
            return [self._preamble(title), heading]
        return [*([] if is_html and self._bare else [self._preamble(title)]), *body]

    def tail(self) -> list[str | bytes]:
        """The end of the page."""
        end = "</body></html>\n"
        is_html, body = self._readme
        if body is None:
            return [signature_of(self._req), end]
        return [*body, *([] if is_html and self._bare else [end])]

    def _preamble(self, title: str) -> str:
        listing, void = self._listing, " />" if self._xhtml else ">"
        start = _OWN_DOCTYPE if self.own else _XHTML_DOCTYPE if self._xhtml else _DOCTYPE
        sheet = listing.style_sheet
        link = "" if sheet is None else f'  <link rel="stylesheet" href="{_attribute(sheet)}" type="text/css"{void}\n'
        inserted = _OWN_HEAD if self.own else listing.head_insert or ""
        return f"{start}  <title>Index of {title}</title>\n{link}{inserted} </head>\n <body>\n"

    def _part(self, name: str | None, *, accepting: str | None = None) -> _Part:
        """What the file that a URL names, seen from the directory, says, if it is there and the visitor may see it."""
        if name is None:
            return _Part()
        req = self._req
        uri = name if name.startswith("/") else escape(req.uri[: req.uri.rfind("/") + 1]) + name
        environ = None
        if accepting is not None:  # what is wanted of files that are negotiated about
            environ = {**req._environ, "HTTP_ACCEPT": accepting}
            environ.pop("HTTP_ACCEPT_ENCODING", None)
        found, status = req._application.look_up(req, uri, environ)
        try:
            if status != OK or found._stat is None or not stat.S_ISREG(found._stat.st_mode):
                return _Part()
            if _is_html(found):
                return _Part(True, self._answer(found))
            return _Part(False, _plain(found))
        finally:
            req._application.let_go(found)

    def _answer(self, found: mp_request) -> list[bytes] | None:
        """What a subrequest answers; None if it fails."""
        answered = _Collected()
        return answered.pieces if self._req._application.run_subrequest(found, answered) == OK else None


class _Collected:
    """Where the answer of a subrequest flows to."""

    room = BUFFER

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def accept(self, data: bytes, flush: bool, end: bool) -> None:
        """Take a piece."""
        self.pieces.append(data)

    def accept_all(self, pieces: Iterator[bytes]) -> None:
        """Take them all."""
        self.pieces.extend(pieces)


def _is_html(found: mp_request) -> bool:
    return (found._content_type or "").partition(";")[0].strip().lower() in _HTML


def _plain(found: mp_request) -> list[bytes] | None:
    """A text file as markup; None if it is none, or cannot be read."""
    if not (found._content_type or "").lower().startswith("text/"):
        return None
    data = beginning_of(found._filename or "", MAX_TEXT)
    if data is None:
        return None
    data = data.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    return [b"<pre>\n%s</pre>\n" % data]


def _attribute(text: str) -> str:
    """A text of the configuration, which httpd writes as it is: as far as it ends nothing."""
    return text.replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
