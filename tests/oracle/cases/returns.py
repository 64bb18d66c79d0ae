"""What becomes of a content handler's result, of its output before it, and of its exceptions."""

from ..answer import own_frames
from ..request import ANY, Request, get, head
from ..site import Site
from . import Case, words

HANDLER = """
    import sys
    from mod_python import apache

    def ok(req):
        req.write("body")
        return apache.OK

    def ok_unwritten(req):
        return apache.OK

    def ok_buffered(req):
        req.write("body", 0)
        return apache.OK

    def done(req):
        req.write("body")
        return apache.DONE

    def done_unwritten(req):
        req.headers_out["X-Kept"] = "yes"
        return apache.DONE

    def declined(req):
        return apache.DECLINED

    def declined_after_flush(req):
        req.write("body ")
        return apache.DECLINED

    def declined_after_buffer(req):
        req.write("body ", 0)
        return apache.DECLINED

    def forbidden_buffered(req):
        req.write("body", 0)
        return apache.HTTP_FORBIDDEN

    def forbidden_flushed(req):
        req.content_type = "text/plain"
        req.write("body ")
        return apache.HTTP_FORBIDDEN

    def http_ok(req):
        req.write("body", 0)
        return apache.HTTP_OK

    def http_ok_flushed(req):
        req.content_type = "text/plain"
        req.write("body ")
        return apache.HTTP_OK

    def redirected(req):
        req.headers_out["Location"] = "/elsewhere"
        return apache.HTTP_MOVED_TEMPORARILY

    def redirected_err_headers(req):
        req.err_headers_out["Location"] = "/elsewhere"
        return apache.HTTP_MOVED_TEMPORARILY

    def redirected_by_status(req):
        req.headers_out["Location"] = "/elsewhere"
        req.status = apache.HTTP_MOVED_TEMPORARILY
        req.write("moved", 0)
        return apache.OK

    def status_404(req):
        req.content_type = "text/plain"
        req.status = 404
        req.headers_out["X-Out"] = "kept"
        req.write("my own page", 0)
        return apache.OK

    def status_201(req):
        req.status = 201
        req.write("made", 0)
        return apache.OK

    def status_204(req):
        req.status = 204
        req.write("nobody sees this", 0)
        return apache.OK

    def status_304(req):
        req.status = 304
        req.write("nobody sees this", 0)
        return apache.OK

    def status_418(req):
        req.status = 418
        req.write("teapot", 0)
        return apache.OK

    def status_299(req):
        req.status = 299
        req.write("odd", 0)
        return apache.OK

    def status_999(req):
        req.status = 999
        req.write("odd", 0)
        return apache.OK

    def status_0(req):
        req.status = 0
        req.write("odd", 0)
        return apache.OK

    def status_line(req):
        req.status_line = "222 Mine"
        req.write("line", 0)
        return apache.OK

    def status_line_and_status(req):
        req.status = 222
        req.status_line = "222 Mine"
        req.write("line", 0)
        return apache.OK

    def status_line_418(req):
        req.status = 418
        req.status_line = "418 I'm a teapot"
        req.write("line", 0)
        return apache.OK

    def status_line_other_number(req):
        req.status = 404
        req.status_line = "403 Really"
        req.write("line", 0)
        return apache.OK

    def status_line_bare(req):
        req.status_line = "Nonsense"
        req.write("line", 0)
        return apache.OK

    def status_after_write(req):
        req.write("body")
        req.status = 404
        return apache.OK

    def status_404_returned_403(req):
        req.status = 404
        return 403

    def none(req):
        req.write("body", 0)

    def true(req):
        return True

    def text(req):
        return "200"

    def fraction(req):
        return 0.0

    def raises(req):
        raise ValueError("bad <value> & more")

    def raises_buffered(req):
        req.write("body", 0)
        raise ValueError("bad <value>")

    def raises_flushed(req):
        req.content_type = "text/plain"
        req.write("body ")
        raise ValueError("bad <value>")

    def exits(req):
        sys.exit(0)

    def interrupts(req):
        raise KeyboardInterrupt()

    def server_return_ok(req):
        req.write("body", 0)
        raise apache.SERVER_RETURN(apache.OK)

    def server_return_404(req):
        raise apache.SERVER_RETURN(404)

    def server_return_class(req):
        raise apache.SERVER_RETURN

    def server_return_pair(req):
        req.write("mine", 0)
        raise apache.SERVER_RETURN(apache.DONE, 404)

    def server_return_pair_without(req):
        req.write("mine", 0)
        raise apache.SERVER_RETURN(apache.DONE, None)

    def server_return_pair_404_403(req):
        raise apache.SERVER_RETURN(404, 403)

    def server_return_text(req):
        raise apache.SERVER_RETURN("404")

    def server_return_three(req):
        raise apache.SERVER_RETURN(404, 404, 404)

    def server_return_subclass(req):
        class Stop(apache.SERVER_RETURN):
            pass
        raise Stop(403)

    def handler(req):
        return globals()[req.args](req)
"""

SITE = Site(
    """
    <Directory "@ROOT@/htdocs">
        AddHandler mod_python .py
        PythonHandler back
    </Directory>
    """,
    {"htdocs/back.py": HANDLER, "htdocs/file.py": "the file\n"},
)
DEBUG = Site(SITE.conf + "PythonDebug On\n", SITE.files)

RETURNS = words(
    """
    ok ok_unwritten ok_buffered done done_unwritten declined declined_after_flush declined_after_buffer
    forbidden_buffered forbidden_flushed http_ok http_ok_flushed redirected redirected_err_headers redirected_by_status
    status_404 status_201 status_204 status_304 status_418 status_299 status_999 status_0 status_line
    status_line_and_status status_line_418 status_line_other_number status_line_bare status_after_write
    status_404_returned_403 server_return_ok server_return_404 server_return_pair server_return_pair_without
    server_return_pair_404_403 server_return_subclass
    """
)
FAILS = words(
    """
    none true text fraction raises raises_buffered raises_flushed exits interrupts server_return_class
    server_return_text server_return_three
    """
)

LOG = (
    "PythonHandler back: Traceback (most recent call last):",
    "PythonHandler back: ValueError: bad <value>",
    "AssertionError",
)
CHAINED = {"body": (ANY, "debug-frames: shows the frames of the original's own code, or fewer of the site's")}


def fails(debug: bool) -> list[Request]:
    """Each failure; the log names the phase, the handler and the exception."""
    tidy = own_frames if debug else None
    differs = {"server_return_class": CHAINED, "server_return_text": CHAINED} if debug else {}
    return [get(f"/file.py?{name}", name=name, log=LOG, tidy=tidy, differs=differs.get(name, {})) for name in FAILS]


CASES = (
    Case(
        "results",
        SITE,
        [
            *(get(f"/file.py?{name}", name=name) for name in RETURNS),
            *(head(f"/file.py?{name}") for name in RETURNS[:12]),
        ],
    ),
    Case("failures", SITE, fails(debug=False)),
    Case("failures with PythonDebug", DEBUG, [*fails(debug=True), head("/file.py?raises")]),
)
