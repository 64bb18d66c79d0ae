"""Writing the answer: flush and buffer, Content-Length, types, sendfile, ends that are too short or too long."""

from ..request import get, head
from ..site import File, Site
from . import Case, words

WRITER = """
    from mod_python import apache

    def attempt(function, *args):
        try:
            return repr(function(*args))
        except Exception as error:
            return "%s: %s" % (type(error).__name__, error)

    def nothing(req):
        return apache.OK

    def one_flush(req):
        req.write("one")
        return apache.OK

    def buffered(req):
        req.write("one ", 0)
        req.write("two", 0)
        return apache.OK

    def buffered_then_flush(req):
        req.write("one ", 0)
        req.write("two")
        return apache.OK

    def flush_then_buffered(req):
        req.write("one ")
        req.write("two", 0)
        return apache.OK

    def flush_method(req):
        req.write("one", 0)
        req.flush()
        return apache.OK

    def flush_of_nothing(req):
        req.flush()
        req.headers_out["X-Late"] = "1"
        req.write("one", 0)
        return apache.OK

    def empty_write(req):
        req.write("")
        req.headers_out["X-Late"] = "1"
        req.write("one", 0)
        req.write("", 1)
        req.headers_out["X-Later"] = "1"
        return apache.OK

    def big_buffered(req):
        req.write("x" * 70000, 0)
        return apache.OK

    def nearly_buffered(req):
        req.write("x" * 4000, 0)
        req.write("x" * 4000, 0)
        return apache.OK

    def many_buffered(req):
        for _ in range(3000):
            req.write("0123456789", 0)
        return apache.OK

    def big_flushed(req):
        req.write("x" * 70000)
        return apache.OK

    def header_after_write(req):
        req.write("one")
        req.headers_out["X-Late"] = "1"
        req.content_type = "text/late"
        req.status = 404
        return apache.OK

    def header_after_buffered(req):
        req.write("one", 0)
        req.headers_out["X-Late"] = "1"
        req.content_type = "text/late"
        req.status = 404
        return apache.OK

    def types(req):
        req.content_type = "text/plain; charset=utf-8"
        for value in ("text \\u00e9\\u20ac ", b"bytes \\xff "):
            req.write("%s\\n" % attempt(req.write, value, 0), 0)
        for value in (5, None, 1.5, ["list"], ("t",), Ellipsis):
            req.write("%s\\n" % attempt(req.write, value, 0).partition(":")[0], 0)
        return apache.OK

    def bytes_like(req):
        req.content_type = "text/plain"
        req.write(bytearray(b"bytearray "), 0)
        req.write(memoryview(b"view"), 0)
        return apache.OK

    def results(req):
        req.content_type = "text/plain"
        text = [attempt(req.write, "a", 0), attempt(req.flush), attempt(req.send_http_header)]
        req.write(repr(text), 0)
        return apache.OK

    def no_arguments(req):
        req.content_type = "text/plain"
        for args in ((), ("a", 0, 1), ("a", "x")):
            req.write("%s\\n" % attempt(req.write, *args).partition(":")[0], 0)
        return apache.OK

    def surrogates(req):
        req.write(b"caf\\xe9".decode("utf-8", "surrogateescape"), 0)
        return apache.OK

    def counters(req):
        req.content_type = "text/plain"
        seen = [(req.bytes_sent, req.sent_bodyct, req.clength, req.eos_sent)]
        req.write("12345", 0)
        seen.append((req.sent_bodyct, req.eos_sent, req._bytes_queued))
        req.write("67890")
        seen.append((req.bytes_sent, req.sent_bodyct, req.eos_sent, req._bytes_queued))
        req.write(repr(seen))
        return apache.OK

    def length(req):
        req.set_content_length(3)
        req.write("one")
        return apache.OK

    def length_in_headers(req):
        req.headers_out["Content-Length"] = "3"
        req.write("one")
        return apache.OK

    def length_members(req):
        req.content_type = "text/plain"
        before = (req.clength, req.headers_out.get("Content-Length"))
        req.set_content_length(5)
        after = (req.clength, req.headers_out.get("Content-Length"))
        text = repr((before, after))
        req.set_content_length(len(text))
        req.write(text)
        return apache.OK

    def length_too_big(req):
        req.set_content_length(10)
        req.write("one")
        return apache.OK

    def length_too_small(req):
        req.set_content_length(2)
        req.write("one")
        return apache.OK

    def length_too_small_buffered(req):
        req.set_content_length(2)
        req.write("one", 0)
        return apache.OK

    def length_too_big_buffered(req):
        req.set_content_length(10)
        req.write("one", 0)
        return apache.OK

    def length_after_write(req):
        req.write("one")
        req.set_content_length(3)
        return apache.OK

    def length_without_body(req):
        req.set_content_length(10)
        return apache.OK

    def length_on_error(req):
        req.set_content_length(10)
        return apache.HTTP_FORBIDDEN

    def sendfile(req):
        req.content_type = "text/plain"
        sent = req.sendfile(req.document_root() + "/file.txt")
        req.write(" %r" % sent, 0)
        return apache.OK

    def sendfile_part(req):
        req.content_type = "text/plain"
        path = req.document_root() + "/file.txt"
        sent = [req.sendfile(path, 2, 3), req.sendfile(path, 0, 3), req.sendfile(path, 0, 0), req.sendfile(path, 0, -1)]
        req.write(" %r" % sent, 0)
        return apache.OK

    def sendfile_rest(req):
        req.content_type = "text/plain"
        req.write(" %r" % req.sendfile(req.document_root() + "/file.txt", 4), 0)
        return apache.OK

    def sendfile_past_end(req):
        req.content_type = "text/plain"
        req.write(" %r" % req.sendfile(req.document_root() + "/file.txt", 5, 100), 0)
        return apache.OK

    def sendfile_missing(req):
        req.content_type = "text/plain"
        for path in ("/absent", ""):
            try:
                req.sendfile(path)
            except OSError:
                req.write("OSError\\n", 0)
        return apache.OK

    def sendfile_big(req):
        req.sendfile(req.document_root() + "/big.bin")
        return apache.OK

    def sendfile_after_write(req):
        req.content_type = "text/plain"
        req.write("before ", 0)
        req.sendfile(req.document_root() + "/file.txt")
        req.write(" after", 0)
        return apache.OK

    def etag(req):
        req.content_type = "text/plain"
        req.update_mtime(1000000000)
        req.set_last_modified()
        req.set_etag()
        req.write("%r %r" % (req.mtime, req.headers_out.get("Last-Modified")), 0)
        return apache.OK

    def conditions(req):
        req.content_type = "text/plain"
        req.update_mtime(1000000000)
        req.set_last_modified()
        result = req.meets_conditions()
        if result != apache.OK:
            return result
        req.write("fresh %r" % result, 0)
        return apache.OK

    def no_cache(req):
        req.no_cache = 1
        req.content_type = "text/plain"
        req.write("fresh", 0)
        return apache.OK

    def charset(req):
        req.content_type = "text/html"
        req.write("\\u00e9", 0)
        return apache.OK

    def never_modified(req):
        req.set_last_modified()
        req.write("%r %r" % (req.mtime, req.headers_out.get("Last-Modified")), 0)
        return apache.OK

    def line_before_and_after(req):
        lines = [req.status_line]
        req.flush()
        lines.append(req.status_line)
        req.write("%s" % lines)
        return apache.OK

    def empty_type(req):
        req.content_type = ""
        req.write("no type", 0)
        return apache.OK

    def header_text(req):
        req.headers_out["X-Text"] = "caf\u00e9"
        req.headers_out["X-Bytes"] = "caf\u00e9".encode("latin-1")
        req.write("x", 0)
        return apache.OK

    def proxy_login(req):
        req.err_headers_out["Proxy-Authenticate"] = 'Basic realm="x"'
        req.err_headers_out["X-Kept"] = "1"
        return apache.HTTP_PROXY_AUTHENTICATION_REQUIRED

    def handler(req):
        return globals()[req.args or req.uri.strip("/")](req)
"""

SITE = Site(
    """
    PythonPath "['@ROOT@/lib'] + sys.path"
    SetHandler mod_python
    PythonHandler writer
    """,
    {
        "lib/writer.py": WRITER,
        "htdocs/file.txt": "0123456789",
        "htdocs/big.bin": File(bytes(range(256)) * 1000),
    },
)
PLAIN = words(
    """
    nothing one_flush buffered buffered_then_flush flush_then_buffered flush_method flush_of_nothing empty_write
    nearly_buffered many_buffered big_buffered big_flushed header_after_write header_after_buffered types bytes_like
    results no_arguments counters length length_in_headers length_members length_after_write length_on_error sendfile
    sendfile_part sendfile_rest sendfile_past_end sendfile_missing sendfile_big sendfile_after_write no_cache charset
    empty_type header_text proxy_login never_modified
    line_before_and_after
    """
)
ODD = words(
    """
    length_too_big length_too_small length_too_small_buffered length_too_big_buffered length_without_body surrogates
    """
)
LATER = "Sun, 09 Sep 2001 01:46:40 GMT"
EARLIER = "Sat, 08 Sep 2001 01:46:40 GMT"
NEVER_MORE = "content-length: never more bytes than the Content-Length says"
RESCUED = "lone-bytes: a byte that came in goes out again; the original raises UnicodeEncodeError"
BUFFER = "write-buffer: we hold back 64 KB, the original 8 KB"
BROKEN = "sendfile-length: the original sends more than the file has, and breaks the connection"
MORE = "more-accepted: more than the original takes is no error"
TEXT = {"header:X-Text": ("caf\u00c3\u00a9", "header-text: text is UTF-8 everywhere")}
OWN = {"header:Proxy-Authenticate": (None, "own-headers: headers about the connection are the WSGI server's")}
LENGTH = {"framing": ("length", BUFFER), "header:Content-Length": ("30000", BUFFER)}
DIFFERS = {
    "length_too_small": {"body": ("on", NEVER_MORE)},
    "surrogates": {"status": ("200 OK", RESCUED)},
    "many_buffered": LENGTH,
    "header_text": TEXT,
    "proxy_login": OWN,
    "sendfile_rest": {"status": ("200 OK", BROKEN), "body": ("456789 6", BROKEN)},
    "sendfile_past_end": {"status": ("200 OK", BROKEN), "body": ("56789 5", BROKEN)},
    "bytes_like": {"status": ("200 OK", MORE), "body": ("bytearray view", MORE)},
}
HEAD = {
    "header_text": TEXT,
    "proxy_login": OWN,
    "many_buffered": {"header:Content-Length": ("30000", BUFFER)},
    "bytes_like": {"status": ("200 OK", MORE)},
}

CASES = (
    Case("writing", SITE, [get(f"/{name}", differs=DIFFERS.get(name, {})) for name in PLAIN]),
    Case("entity tag", SITE, [get("/file.txt?etag"), head("/file.txt?etag")]),
    Case("lengths that are wrong", SITE, [get(f"/{name}", differs=DIFFERS.get(name, {})) for name in ODD]),
    Case("HEAD of lengths that are wrong", SITE, [head(f"/{name}") for name in ODD if "buffered" in name]),
    Case("HEAD", SITE, [head(f"/{name}", differs=HEAD.get(name, {})) for name in PLAIN]),
    Case("HTTP/1.0", SITE, [get(f"/{name}", protocol="HTTP/1.0") for name in PLAIN[:9]]),
    Case(
        "conditions",
        SITE,
        [
            get("/conditions"),
            get("/conditions", {"If-Modified-Since": LATER}, name="same time"),
            get("/conditions", {"If-Modified-Since": EARLIER}, name="earlier"),
            get("/conditions", {"If-Modified-Since": "rubbish"}, name="no date"),
            get("/conditions", {"If-Unmodified-Since": EARLIER}, name="If-Unmodified-Since earlier"),
            get("/conditions", {"If-None-Match": "*"}, name="If-None-Match: *"),
            get("/conditions", {"If-None-Match": '"a"'}, name="If-None-Match without an ETag"),
            get("/conditions", {"If-Match": '"a"'}, name="If-Match without an ETag"),
        ],
    ),
)
