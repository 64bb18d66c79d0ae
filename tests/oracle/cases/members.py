"""Every member of the request, connection and server objects: its value, its type, and what may be assigned to it."""

from ..answer import hide
from ..request import ANY, Request, basic, get, head, post, request
from ..site import Site
from . import Case, words

# Lists of names are in names.py of the site; a name in VOLATILE is shown by its type alone.
SHOW = """
    import traceback
    from mod_python import apache
    import names

    def show(req, owner, listed):
        req.content_type = "text/plain"
        for name in listed.split():
            try:
                value = getattr(owner, name)
                if type(value).__name__ == "mp_table" and name not in names.VOLATILE:
                    value = sorted(value.items())  # its own order is the server's business
                text = type(value).__name__ if name in names.VOLATILE else "%s %r" % (type(value).__name__, value)
            except Exception as error:
                text = type(error).__name__
            req.write("%s: %s\\n" % (name, text), 0)
        return apache.OK

    def assign(req, owner, listed, what=True):
        req.content_type = "text/plain"
        for name in listed.split():
            for new in (None, 7, "seven", b"bytes", 2.5, [], True) if what else (None, 7, "seven"):
                try:
                    old = getattr(owner, name)
                    setattr(owner, name, new)
                    text = repr(getattr(owner, name))
                    try:
                        setattr(owner, name, old)
                    except TypeError:
                        pass  # None is shown, but cannot be set
                except Exception as error:
                    text = type(error).__name__
                req.write("%s = %r: %s\\n" % (name, new, text), 0)
        return apache.OK

    def refuse(req, owner, listed):
        return assign(req, owner, listed, False)

    def handler(req):
        path = req.path_info or req.uri[len("/located"):]
        what, _, listed = path.lstrip("/").partition("/")
        owner = {"req": req, "conn": req.connection, "server": req.server}[listed.split("_")[0]]
        try:
            return globals()[what](req, owner, getattr(names, listed.upper()))
        except AttributeError:
            return apache.HTTP_NOT_FOUND
"""

NAMES = '''
    REQ = """
        next prev main the_request assbackwards proxyreq header_only protocol proto_num hostname request_time
        status_line status method method_number allowed allowed_xmethods allowed_methods sent_bodyct bytes_sent
        mtime chunked range clength remaining read_length read_body read_chunked expecting_100 headers_in
        headers_out err_headers_out subprocess_env phase interpreter content_type handler content_encoding
        content_languages vlist_validator user
        ap_auth_type no_cache no_local_copy unparsed_uri uri filename canonical_filename path_info args parsed_uri
        used_path_info eos_sent useragent_addr useragent_ip hlist extension _content_type_set connection server finfo
        notes _bytes_queued form session ssi_globals nothing_of_the_kind
        """
    REQ_READ_ONLY = """
        connection server next prev main the_request header_only protocol proto_num hostname request_time method
        method_number allowed allowed_xmethods allowed_methods sent_bodyct bytes_sent mtime range clength remaining
        read_length read_body read_chunked expecting_100 headers_in headers_out err_headers_out subprocess_env notes
        phase interpreter content_encoding content_languages vlist_validator unparsed_uri parsed_uri eos_sent
        useragent_addr useragent_ip hlist extension _content_type_set _bytes_queued
        """
    REQ_NUMBERS = "assbackwards proxyreq status chunked no_cache no_local_copy used_path_info"
    REQ_TEXTS = """
        content_type uri filename canonical_filename path_info user ap_auth_type status_line handler args finfo
        """
    CONN = """
        base_server local_addr client_addr client_ip remote_addr remote_ip remote_host remote_logname aborted keepalive
        double_reverse keepalives local_ip local_host id notes nothing_of_the_kind
        """
    CONN_READ_ONLY = """
        base_server local_addr client_addr client_ip remote_addr remote_ip remote_host remote_logname aborted
        double_reverse keepalives local_ip local_host id notes
        """
    CONN_NUMBERS = "keepalive"
    SERVER = """
        defn_name defn_line_number server_admin server_hostname port error_fname loglevel is_virtual timeout
        keep_alive_timeout keep_alive_max keep_alive path pathlen names wild_names limit_req_line limit_req_fieldsize
        limit_req_fields next my_generation restart_time nothing_of_the_kind
        """
    SERVER_READ_ONLY = SERVER.replace(" keep_alive ", " ").replace("nothing_of_the_kind", "")
    VOLATILE = """
        next request_time useragent_addr client_addr remote_addr restart_time id finfo notes _bytes_queued hlist
        connection server base_server
        """.split()
'''

OBJECTS = """
    from mod_python import apache

    def handler(req):
        req.content_type = "text/plain"
        lines = [
            type(req), type(req.connection), type(req.server), type(req.headers_in), type(req.finfo), type(req.hlist),
            type(apache.table()), apache.make_table is apache.table,
            repr(req)[:19], str(req)[:19], repr(req.connection)[:16], repr(req.server)[:18],
            req.connection is req.connection, req.server is req.server, req.headers_in is req.headers_in,
            req.connection.base_server.server_hostname, req.server.server_hostname,
            apache.main_server.server_hostname, apache.interpreter, apache.server_root(),
            req.hlist.handler, req.hlist.directory, req.hlist.silent, req.hlist.is_location,
        ]
        req.new_member = [1]
        lines.append(req.new_member)
        del req.new_member
        lines.append(hasattr(req, "new_member"))
        for owner in (req.connection, req.server):
            try:
                owner.new_member = 1
                lines.append("assigned")
            except AttributeError:
                lines.append("AttributeError")
        for owner in (req, req.connection, req.server, apache.table()):
            try:
                lines.append(isinstance(hash(owner), int))
            except TypeError as error:
                lines.append("TypeError")
        req.write("".join("%s\\n" % line for line in lines), 0)
        return apache.OK
"""

FINFO = """
    from mod_python import apache

    def handler(req):
        req.content_type = "text/plain"
        f = req.finfo
        req.write("filetype %r size %r mtime %r fname %r\\n" % (f.filetype, f.size, f.mtime, f.fname), 0)
        req.write("name %r protection %r nlink %r\\n" % (f.name, f.protection, f.nlink), 0)
        order = "MODE SIZE MTIME FNAME NAME".split() if not req.args else [req.args]
        req.write("%r\\n" % [f[getattr(apache, "FINFO_" + name)] for name in order], 0)
        for index in (13, -1, "fname", 1.0):
            try:
                req.write("%r: %r\\n" % (index, f[index]), 0)
            except Exception as error:
                req.write("%r: %s\\n" % (index, type(error).__name__), 0)
        other = apache.stat(req.document_root() + "/page.txt", apache.APR_FINFO_NORM)
        req.write("stat: %r %r %r\\n" % (other.filetype == apache.APR_REG, other.size, other.fname), 0)
        absent = apache.stat(req.document_root() + "/absent", apache.APR_FINFO_NORM)
        req.write("absent: %r %r\\n" % (absent.filetype == apache.APR_NOFILE, absent.size), 0)
        req.finfo = other
        req.write("set: %r %r\\n" % (req.finfo.fname, req.finfo.size), 0)
        return apache.OK
"""

FILES = {
    "lib/show.py": SHOW,
    "lib/names.py": NAMES,
    "lib/objects.py": OBJECTS,
    "lib/fileinfo.py": FINFO,
    "htdocs/fileinfo": "text",
    "htdocs/page.txt": "page\n",
}
CONF = """
    PythonPath "['@ROOT@/lib'] + sys.path"
    SetHandler mod_python
    <Directory "@ROOT@/htdocs">
        PythonHandler show
    </Directory>
    <Files "objects">
        PythonHandler objects
    </Files>
    <Files "fileinfo*">
        PythonHandler fileinfo
    </Files>
    <Location "/located">
        PythonHandler show
    </Location>
    <Location "/fileinfo-located">
        PythonHandler fileinfo
    </Location>
"""
FULL = "http://other.test:8081/page.txt/show/req?query"
JOINED = hide("'1,2'", "'1, 2'")  # Apache joins the values with a blank; here it is the WSGI server that joins them
LOST = "location-file: the original maps no URL to a file where a Location has a Python handler"
MAPPED = {"body": (ANY, LOST), "header:Content-Length": (ANY, LOST)}
WRITTEN = "error-fname: absolute here, as a path below ServerRoot as written helps nobody to find the file"
ABSOLUTE = {"body": (ANY, WRITTEN), "header:Content-Length": (ANY, WRITTEN)}
INDEX = {"status": ("200 OK", "finfo-filetype: its own constant FINFO_FILETYPE is out of range in the original")}

SHOWN: list[Request] = [
    get("/page.txt/show/req?a=1&b=%20"),
    get("/page.txt/show/req"),
    head("/page.txt/show/req"),
    post("/page.txt/show/req", b"abc", {"Content-Type": "text/plain"}),
    request("PUT", "/page.txt/show/req", body=b"abc"),
    request("DELETE", "/page.txt/show/req"),
    request("OPTIONS", "/page.txt/show/req"),
    request("BREW", "/page.txt/show/req"),
    request("get", "/page.txt/show/req"),
    get("/absent/show/req"),
    get("/page.txt/show/req", protocol="HTTP/1.0", host=None, name="HTTP/1.0 without Host"),
    get("/page.txt/show/req", host="OTHER.test", name="another host"),
    get("/page.txt/show/req", host="127.0.0.1:@PORT@", name="address as host"),
    get(FULL, name="full URI"),
    get("http://user:secret@oracle.test:@PORT@/page.txt/show/req", name="full URI with a user"),
    get("/page%2etxt//show//re%71/../req?%41=%zz", name="escapes in path and query"),
    get("/page.txt/show/req#fragment", name="fragment"),
    get("/page.txt/show/req?", name="empty query"),
    get("/page.txt/show/req", basic("spam", "eggs"), name="Authorization is not looked at"),
    get("/page.txt/show/req", {"X-Two": "2", "X-One": "1", "Cookie": "a=b"}, name="headers"),
    get("/page.txt/show/req", (("X-Same", "1"), ("X-Same", "2")), name="a header twice", tidy=JOINED),
    get("/located/show/req?a=1", differs=MAPPED),
]

CASES = (
    Case("request", Site(CONF, FILES), SHOWN),
    Case(
        "assigning to the request",
        Site(CONF, FILES),
        [get(f"/page.txt/{what}") for what in words("refuse/req_read_only assign/req_numbers assign/req_texts")],
    ),
    Case(
        "connection and server",
        Site(CONF, FILES),
        [get(f"/page.txt/{what}") for what in words("show/conn refuse/conn_read_only assign/conn_numbers show/server")]
        + [get("/page.txt/refuse/server_read_only")],
    ),
    Case(
        "virtual server",
        Site(
            CONF
            + """
            <VirtualHost *:@PORT@>
                ServerName first.test:8080
            </VirtualHost>
            <VirtualHost 127.0.0.1:@PORT@>
                ServerName second.test
                ServerAlias alias.test *.wild.test other.test
                ServerAdmin second@oracle.test
                ServerPath /legacy
                Timeout 7
                KeepAlive Off
                KeepAliveTimeout 250ms
                MaxKeepAliveRequests 3
                LimitRequestLine 1000
                LimitRequestFields 50
                LimitRequestFieldSize 2000
                LogLevel debug
                ErrorLog logs/second.log
            </VirtualHost>
            """,
            FILES,
        ),
        [
            get("/page.txt/show/server", host="second.test", differs=ABSOLUTE),
            get("/page.txt/show/conn", host="second.test"),
        ],
    ),
    Case("objects", Site(CONF, FILES), [get("/objects")]),
    Case(
        "finfo",
        Site(CONF, FILES),
        [get("/fileinfo"), get("/fileinfo?FILETYPE", differs=INDEX), get("/fileinfo-located", differs=MAPPED)],
    ),
)
