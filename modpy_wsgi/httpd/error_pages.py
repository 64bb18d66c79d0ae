"""The pages httpd sends with a status, byte for byte as visitors know them.

Law: everything that comes from the client or from a handler is escaped. Source: the answers of httpd 2.4
(tests/golden).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..config.directives import core
from ..constants import STATUS_LINES
from ..markup import escape
from ..signature import signature_of

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["bare_page", "page"]

_DOCTYPE = '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">'
_MOVED = '<p>The document has moved <a href="{location}">here</a>.</p>'
_CREDENTIALS = """\
<p>This server could not verify that you
are authorized to access the document
requested.  Either you supplied the wrong
credentials (e.g., bad password), or your
browser doesn't understand how to supply
the credentials required.</p>"""
_ERROR = """\
<p>The server encountered an internal error or
misconfiguration and was unable to complete
your request.</p>
<p>Please contact the server administrator at 
 {admin} to inform them of the time this error occurred,
 and the actions you performed just before this error.</p>
<p>More information about this error may be available
in the server error log.</p>"""  # noqa: W291 - httpd's blank

_TEXTS = {
    300: "",
    301: _MOVED,
    302: _MOVED,
    303: '<p>The answer to your request is located <a href="{location}">here</a>.</p>',
    305: """\
<p>This resource is only accessible through the proxy
{location}<br />
You will need to configure your client to use that proxy.</p>""",
    307: _MOVED,
    308: _MOVED,
    400: "<p>Your browser sent a request that this server could not understand.<br />\n{notes}</p>",
    401: _CREDENTIALS,
    403: "<p>You don't have permission to access this resource.{notes}</p>",
    404: "<p>The requested URL was not found on this server.</p>",
    405: "<p>The requested method {method} is not allowed for this URL.</p>",
    406: "<p>An appropriate representation of the requested resource could not be found on this server.</p>",
    407: _CREDENTIALS,
    408: "<p>Server timeout waiting for the HTTP request from the client.</p>",
    410: """\
<p>The requested resource is no longer available on this server and there is no forwarding address.
Please remove all references to this resource.</p>""",
    411: "<p>A request of the requested method {method} requires a valid Content-length.<br />\n{notes}</p>",
    412: "<p>The precondition on the request for this URL evaluated to false.</p>",
    413: """\
The requested resource does not allow request data with {method} requests, or the amount of data provided in
the request exceeds the capacity limit.""",
    414: "<p>The requested URL's length exceeds the capacity\nlimit for this server.<br />\n{notes}</p>",
    415: "<p>The supplied request data is not in a format\nacceptable for processing by this resource.</p>",
    416: """\
<p>None of the range-specifier values in the Range
request-header field overlap the current extent
of the selected resource.</p>""",
    417: """\
<p>{expectation}
{notes}</p><p>Only the 100-continue expectation is supported.</p>""",
    421: """\
<p>The client needs a new connection for this
request as the requested host name does not match
the Server Name Indication (SNI) in use for this
connection.</p>""",
    422: """\
<p>The server understands the media type of the
request entity, but was unable to process the
contained instructions.</p>""",
    423: """\
<p>The requested resource is currently locked.
The lock must be released or proper identification
given before the method can be applied.</p>""",
    424: """\
<p>The method could not be performed on the resource
because the requested action depended on another
action and that other action failed.</p>""",
    426: """\
<p>The requested resource can only be retrieved
using SSL.  The server is willing to upgrade the current
connection to SSL, but your client doesn't support it.
Either upgrade your client, or try requesting the page
using https://""",
    428: "<p>The request is required to be conditional.</p>",
    429: "<p>The user has sent too many requests\nin a given amount of time.</p>",
    431: "<p>The server refused this request because\nthe request header fields are too large.</p>",
    451: "<p>Access to this URL has been denied for legal reasons.<br />\n{notes}</p>",
    501: "<p>{method} not supported for current URL.<br />\n{notes}</p>",
    502: "<p>The proxy server received an invalid\r\nresponse from an upstream server.<br />\r\n{notes}</p>",
    503: """\
<p>The server is temporarily unable to service your
request due to maintenance downtime or capacity
problems. Please try again later.</p>""",
    504: "<p>The gateway did not receive a timely response\nfrom the upstream server or application.</p>",
    506: """\
<p>A variant for the requested resource
<pre>

</pre>
is itself a negotiable resource. This indicates a configuration error.</p>""",
    507: """\
<p>The method could not be performed on the resource
because the server is unable to store the
representation needed to successfully complete the
request.  There is insufficient free space left in
your storage allocation.</p>""",
    508: "<p>The server terminated an operation because\nit encountered an infinite loop.</p>",
    510: "<p>A mandatory extension policy in the request is not\naccepted by the server for this resource.</p>",
    511: "<p>The client needs to authenticate to gain\nnetwork access.</p>",
}


def page(
    req: mp_request, status: int, location: str = "", failed: mp_request | None = None, second: int = 500
) -> bytes:
    """The page for a status, as ISO-8859-1 where it can be and with character references where not.

    `failed` is the request that has this status, if what was to stand for it failed; then the page names `second`, too.
    What a handler has left in req.notes["error-notes"] is markup of the site's own, and stands as it is.
    """
    own = req._status_line or ""  # the handler's; httpd shows those that begin with a letter
    line = (
        _escaped(own)
        if own.startswith(f"{status} ") and own[4].isalnum()
        else STATUS_LINES.get(status, STATUS_LINES[500])
    )
    said = (req if failed is None else failed).notes
    notes = said.get("error-notes")
    text = _TEXTS.get(status, _ERROR).format(
        notes=notes or "",
        method=_escaped(req.method),
        location=_escaped(location),
        admin=_escaped(req._host.base[core.SERVER_ADMIN]),
        expectation=_expectation(req),
    )
    if req._variants and status in (300, 406):
        text = f"{text}\n{req._variants}" if text else req._variants
    if notes is not None and status not in _TEXTS and said.get("verbose-error-to") == "*":
        text = f"{notes}<p />"
    if text:
        text += "\n"
    if failed:
        text += (
            f"<p>Additionally, a {STATUS_LINES.get(second, STATUS_LINES[500])}\nerror was encountered while trying to "
        )
        text += "use an ErrorDocument to handle the request.</p>\n"
    signature = signature_of(req)
    if signature:
        signature = f"<hr>\n{signature}"
    return _framed(line, f"{text}{signature}")


def bare_page(status: int, notes: str = "") -> bytes:
    """The page for a status of 400 to 417 where there is no request that could be read."""
    text = _TEXTS[status].format(notes=notes, method="", location="", admin="", expectation=_UNSEEN)
    return _framed(STATUS_LINES[status], f"{text}\n")


def _framed(line: str, text: str) -> bytes:
    head = f"{_DOCTYPE}\n<html><head>\n<title>{line}</title>\n</head><body>\n<h1>{line.partition(' ')[2]}</h1>\n"
    return f"{head}{text}</body></html>\n".encode("iso-8859-1", "xmlcharrefreplace")


_UNSEEN = "No expectation was seen, the Expect request-header \nfield was not presented by the client."


def _expectation(req: mp_request) -> str:
    seen = req.headers_in.get("Expect")
    if seen is None:
        return _UNSEEN
    return (
        "The expectation given in the Expect request-header\nfield could not be met by this server.\n"
        f"The client sent<pre>\n    Expect: {_escaped(seen)}\n</pre>"
    )


def _escaped(text: str) -> str:
    """As httpd's ap_escape_html: & < > and the double quote. A byte that is no UTF-8 stands as U+FFFD."""
    text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return escape(text, quote=False).replace('"', "&quot;")
