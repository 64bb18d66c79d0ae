"""What calls of a handler make of what others answer for it: of files that it declines, error pages, and the log."""

from ..answer import own_frames
from ..request import Request, get, head, post
from ..site import File, Site
from . import Case, words

MODULE = """
    from mod_python import apache

    def conditions_taken_away(req):
        for name in ("If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "Range", "If-Range"):
            del req.headers_in[name]
        return apache.DECLINED

    def range_changed(req):
        req.headers_in["Range"] = "bytes=1-2"
        return apache.DECLINED

    def conditions_made(req):
        req.headers_in["If-None-Match"] = "*"
        req.write("%r" % req.meets_conditions(), 0)
        return apache.OK

    def whole_after_all(req):
        del req.headers_in["Range"]
        req.write("0123456789", 0)
        return apache.OK

    def changed_later(req):
        req.update_mtime(1706933107)
        return apache.DECLINED

    def changed_before(req):
        req.update_mtime(1000000000)
        return apache.DECLINED

    def changed_in_future(req):
        req.update_mtime(4102444800)
        return apache.DECLINED

    def sends_nothing(req):
        req.headers_out["X-Early"] = "1"
        req.sendfile(req.document_root() + "/empty.txt")
        req.headers_out["X-Late"] = "1"
        return apache.OK

    def sends_none_of_it(req):
        req.write("held back", 0)
        req.sendfile(req.document_root() + "/file.txt", 0, 0)
        req.status = 404
        return apache.OK

    def sends_nothing_and_fails(req):
        req.sendfile(req.document_root() + "/empty.txt")
        return 403

    def created(req):
        req.headers_out["Location"] = "/made"
        return 201

    def created_err_headers(req):
        req.err_headers_out["Location"] = "/made"
        return 201

    def length_kept(req):
        req.err_headers_out["Content-Length"] = "3"
        return 403

    def to_nowhere(req):
        req.internal_redirect("")
        return apache.OK

    def declines(req):
        return apache.DECLINED

    def writes(req):
        req.write("held", 0)
        return apache.OK

    def flushes(req):
        req.write("gone")
        return apache.OK

    def flushes_nothing(req):
        req.flush()
        return apache.OK

    def nothing(req):
        return apache.OK

    def no_content(req):
        req.status = 204
        return apache.OK

    def unnamed(req):
        return 499

    def fails(req):
        return 403

    def fails_late(req):
        req.content_type = "text/plain"
        req.write("gone")
        return 403

    def fails_in_other_words(req):
        req.status_line = "500 Mine"
        return 430

    def line_kept(req):
        req.status_line = "403 Mine"
        req.write("gone")
        req.write(" %s" % req.status_line, 0)
        return apache.OK

    def holds_and_declines(req):
        req.write("held ", 0)
        return apache.DECLINED

    def headers(req):
        req.headers_out["X-Out"] = "1"
        req.headers_out.add("Set-Cookie", "a=1")
        req.err_headers_out.add("Set-Cookie", "b=2")
        req.content_type = "text/plain"
        req.write("text", 0)
        return apache.OK

    def headers_late(req):
        req.headers_out.add("Set-Cookie", "a=1")
        req.write("gone")
        req.headers_out.add("Set-Cookie", "c=3")
        return apache.OK

    def handler(req):
        return globals()[req.args.partition("=")[0]](req)

    def hop(req):
        first, second, result = req.args.split(",")
        if first:
            req.status = int(first)
        req.internal_redirect("/then?%s,%s" % (second, result))
        return apache.OK

    def then(req):
        second, result = req.args.split(",")
        if second:
            req.status = int(second)
        req.headers_out["Location"] = "/there"
        return int(result)

    def seen(req):
        theirs = ("Connection", "Transfer-Encoding")
        headers = [pair for pair in sorted(req.headers_out.items()) if pair[0] not in theirs]
        req.log_error("sent %d %d %d" % (req.bytes_sent, req.sent_bodyct, req.clength))
        req.log_error("as %s %s %s" % (req.status, req.status_line, req.content_type))
        req.log_error("headers %r %r" % (headers, req.err_headers_out.items()))
        return apache.OK

    def names(req):
        req.log_error("%s names %s extension %r" % (req.phase, req.filename, req.extension))
        return apache.DECLINED

    headerparserhandler = accesshandler = typehandler = fixuphandler = loghandler = names

    def transhandler(req):
        if req.uri.startswith("/relative"):
            req.uri = "relative"
        return apache.OK if req.uri.startswith("/here") else apache.DECLINED

    def postreadrequesthandler(req):
        req.log_error("early %r" % req.finfo[apache.FINFO_SIZE])
        return apache.DECLINED

    def late(req):
        req.set_etag()
        req.write("%r" % req.finfo[apache.FINFO_SIZE], 0)
        return apache.OK

    def both_locations(req):
        req.headers_out["Location"] = "/there"
        req.err_headers_out["Location"] = "/elsewhere"
        return 302

    def as_told(req):
        if req.main and req.main.args:
            req.status = int(req.main.args)
        return apache.OK

    def kept_on_errors(req):
        req.err_headers_out["X-Kept"] = "1"
        req.err_headers_out["Location"] = "/there"
        req.write("0123456789", 0)
        return apache.OK

    def kept_for_the_file(req):
        req.err_headers_out["X-Kept"] = "1"
        return apache.DECLINED

    def uncached(req):
        req.no_cache = 1
        req.internal_redirect("/sub/file.txt?declines")
        return apache.OK

    def copied(req):
        req.no_local_copy = 1
        req.internal_redirect("/sub/file.txt?declines")
        return apache.OK

    def own_words(req):
        req.status = 404
        req.status_line = "404 Mine"
        req.internal_redirect("/sub/file.txt?fails")
        return apache.OK

    def reads_behind(req):
        req.internal_redirect("/sub/file.txt?" + req.args.partition("=")[2])
        req.log_error("behind it %r %r" % (req.read(), req.readline()))
        return apache.OK

    def reads(req):
        req.write("%r" % req.read(), 0)
        return apache.OK

    def reads_some(req):
        req.write("%r" % req.read(4), 0)
        return apache.OK

    def varies(req):
        req.headers_out["Vary"] = "Cookie"
        req.err_headers_out["Vary"] = "cookie, Accept"
        req.write("text", 0)
        return apache.OK

    def raises(req):
        raise ValueError("on purpose")

    def raises_late(req):
        req.write("gone")
        raise ValueError("on purpose")

    def writes_early(req):
        req.write("early ")
        return apache.OK

    def shows(req):
        req.write("%r %r %r" % (req.filename, req.path_info, req.uri), 0)
        return apache.DECLINED if req.args else apache.OK
"""

FILES = {
    "lib/calls.py": MODULE,
    "htdocs/file.txt": "0123456789",
    "htdocs/empty.txt": "",
    "htdocs/large.bin": File(b"0123456789" * 20000),
    "htdocs/sub/file.txt": "in a folder\n",
}
SITE = Site(
    """
    PythonPath "['@ROOT@/lib'] + sys.path"
    LogFormat "%>s %B" short
    CustomLog "@ROOT@/logs/access.log" short
    <Directory "@ROOT@/htdocs">
        SetHandler mod_python
        PythonHandler calls
        PythonLogHandler calls::seen
        ErrorDocument 403 "refused"
    </Directory>
    <Files "hop">
        PythonHandler calls::hop
    </Files>
    <Files "then">
        PythonHandler calls::then
    </Files>
    """,
    FILES,
)
LOGS = ("access.log",)
TAG = '"a-6107255704080"'
KNOWN = "range-length: the length of the page is known"
LENGTH = {"framing": ("length", KNOWN), "header:Content-Length": ("354", KNOWN)}
CONDITIONS = {
    "If-None-Match": "*",
    "If-Modified-Since": "Sun, 04 Feb 2024 04:05:06 GMT",
    "If-Match": '"other"',
    "If-Unmodified-Since": "Sat, 08 Sep 2001 01:46:40 GMT",
    "Range": "bytes=2-3",
}
ALONE = words(
    """
    conditions_made changed_later changed_before changed_in_future sends_nothing sends_none_of_it
    sends_nothing_and_fails created created_err_headers length_kept to_nowhere both_locations
    fails_in_other_words line_kept
    """
)
SENT = {
    "declines": "sent 10 1 10",
    "writes": "sent 4 1 4",
    "flushes": "sent 4 1 0",
    "flushes_nothing": "sent 0 1 0",
    "nothing": "sent 0 1 0",
    "no_content": "sent 0 0 0",
    "unnamed": "as 499 500 Internal Server Error text/html; charset=iso-8859-1",
    "fails": "sent 7 1 7",
    "fails_late": "as 403 200 OK text/html; charset=iso-8859-1",
    "headers": "headers [('Content-Length', '4'), ('Content-Type', 'text/plain'), ('Set-Cookie', 'a=1'), "
    "('Set-Cookie', 'b=2'), ('X-Out', '1')] []",
    "varies": "headers [('Content-Length', '4'), ('Content-Type', 'text/plain'), ('Vary', 'Cookie,Accept')] []",
    "headers_late": "headers [('Content-Type', 'text/plain'), ('Set-Cookie', 'a=1'), ('Set-Cookie', 'c=3')] []",
}
HEAD = {"declines": "sent 10 0 10", "writes": "sent 4 0 4", "flushes": "sent 4 0 0", "fails": "sent 0 0 0"}
HOPS = words(
    ",,403 ,404,403 404,,403 404,200,403 404,500,403 404,,200 201,,303 500,,404 404,410,-2 404,200,410 499,,403"
)


CASES = (
    Case(
        "declined",
        SITE,
        [
            *(get(f"/file.txt?{name}", logs=LOGS) for name in ALONE),
            *(
                get(f"/{file}?conditions_taken_away", {name: value}, name=f"{file} without {name}")
                for file in ("file.txt", "large.bin")
                for name, value in CONDITIONS.items()
            ),
            get("/large.bin?changed_later"),
            get("/file.txt?range_changed", {"Range": "bytes=5-6"}),
            get("/large.bin?range_changed", {"Range": "bytes=5-6"}),
            get("/file.txt?whole_after_all", {"Range": "bytes=5-6"}),
            get("/file.txt?holds_and_declines", {"Range": "bytes=3-6"}),
            get("/file.txt?holds_and_declines"),
            *(
                get(f"/{target}", {"Range": "bytes=300000-"}, name=f"416 of {target}", differs=LENGTH)
                for target in ("file.txt?kept_on_errors", "file.txt?kept_for_the_file", "large.bin?kept_for_the_file")
            ),
            *(
                post(f"/file.txt?reads_behind={how}", b"one\ntwo\n", log=("behind it b'' b''",))
                for how in words("declines reads reads_some nothing")
            ),
            get("/file.txt?uncached"),
            get("/file.txt?copied", {"If-None-Match": "*"}),
            get("/file.txt?own_words"),
            head("/file.txt?declines", {"If-Match": '"other"'}, name="HEAD, 412"),
            head("/large.bin?declines", {"If-Match": '"other"'}, name="HEAD of a large file, 412"),
        ],
    ),
    Case(
        "what the log phase sees",
        SITE,
        [
            *(get(f"/file.txt?{name}", log=(piece,), logs=LOGS) for name, piece in SENT.items()),
            get("/large.bin?declines", log=("sent 200000 1 200000",), logs=LOGS),
            get("/large.bin?declines", {"Range": "bytes=0-4"}, name="a piece", log=("sent 5 1 5",), logs=LOGS),
            *(head(f"/file.txt?{name}", log=(piece,), logs=LOGS) for name, piece in HEAD.items()),
            head("/large.bin?declines", log=("sent 200000 0 200000",), logs=LOGS),
        ],
    ),
    Case("a status, and a redirection that fails", SITE, [get(f"/hop?{hop}") for hop in HOPS]),
    Case(
        "names of folders",
        Site(
            """
            PythonPath "['@ROOT@/lib'] + sys.path"
            <Directory "@ROOT@/htdocs">
                PythonHeaderParserHandler calls
                PythonAccessHandler calls
                PythonTypeHandler calls
                PythonFixupHandler calls
                PythonLogHandler calls
            </Directory>
            """,
            FILES,
        ),
        [
            get(target, log=tuple(f"Python{phase}Handler names @ROOT@/htdocs{shown}" for phase in ("Type", "Log")))
            for target, shown in (
                ("/sub", "/sub extension ''"),
                ("/sub?x", "/sub extension ''"),
                ("/sub/", "/sub/ extension ''"),
                ("/sub/file.txt", "/sub/file.txt extension None"),
                ("/absent", "/absent extension ''"),
            )
        ],
    ),
    Case(
        "a Trans handler that names no file",
        Site(
            """
            PythonPath "['@ROOT@/lib'] + sys.path"
            PythonTransHandler calls
            <Directory "@ROOT@/htdocs">
                SetHandler mod_python
                PythonHandler calls::shows
            </Directory>
            <Location "/here/it/is">
                SetHandler mod_python
                PythonHandler calls::shows
                PythonAccessHandler calls
            </Location>
            <Location "/here/closed">
                Require all denied
                SetHandler mod_python
                PythonHandler calls::shows
            </Location>
            """,
            FILES,
        ),
        [
            *(Request(method, "/here/it/is?declined") for method in words("GET HEAD POST PUT OPTIONS BREW")),
            *(Request(method, "/here/nobody") for method in words("GET POST DELETE OPTIONS")),
            *(get(target) for target in words("/here/it/is /here/closed /here /elsewhere /here/it/isnt /relative")),
            get("/here/it/is/more", log=("PythonAccessHandler names None",)),
        ],
    ),
    Case(
        "a file that was asked about too early",
        Site(
            """
            PythonPath "['@ROOT@/lib'] + sys.path"
            PythonPostReadRequestHandler calls
            <Directory "@ROOT@/htdocs">
                SetHandler mod_python
                PythonHandler calls::late
            </Directory>
            """,
            FILES,
        ),
        [get("/file.txt"), get("/large.bin")],
    ),
    Case(
        "a status that a subrequest has",
        Site(
            """
            PythonPath "['@ROOT@/lib'] + sys.path"
            <Directory "@ROOT@/htdocs">
                PythonTypeHandler calls::as_told
            </Directory>
            """,
            {**FILES, "htdocs/index.html": "index\n"},
        ),
        [get(f"/{query}") for query in ("", "?404", "?403", "?401", "?302", "?500", "?201")],
    ),
    Case(
        "an error that is shown behind what was sent",
        Site(
            """
            PythonPath "['@ROOT@/lib'] + sys.path"
            LogFormat "%>s %{Content-Type}o" short
            CustomLog "@ROOT@/logs/access.log" short
            <Directory "@ROOT@/htdocs">
                SetHandler mod_python
                PythonHandler calls
                PythonDebug On
            </Directory>
            """,
            FILES,
        ),
        [get("/file.txt?raises", logs=LOGS, tidy=own_frames), get("/file.txt?raises_late", logs=LOGS, tidy=own_frames)],
    ),
    Case(
        "what the phases of a subrequest write",
        Site(
            """
            PythonPath "['@ROOT@/lib'] + sys.path"
            <Directory "@ROOT@/htdocs">
                SetHandler mod_python
                PythonHandler calls::shows
                PythonAccessHandler calls::writes_early
                DirectoryIndex absent file.txt absent-too
            </Directory>
            """,
            {**FILES, "htdocs/folder/other.txt": "other\n"},
        ),
        [
            *(get(target) for target in words("/file.txt /sub/ /folder/ /")),
            head("/sub/"),
            get("/folder/", protocol="HTTP/1.0", name="HTTP/1.0"),
        ],
    ),
    Case(
        "methods in a Location",
        Site(
            """
            PythonPath "['@ROOT@/lib'] + sys.path"
            <Location "/here">
                SetHandler mod_python
                PythonHandler calls::declines
            </Location>
            """,
            FILES,
        ),
        [
            Request(method, "/here/page", log=("Invalid method in request",))
            for method in words("GET HEAD POST PUT DELETE OPTIONS PATCH BREW")
        ],
    ),
)
