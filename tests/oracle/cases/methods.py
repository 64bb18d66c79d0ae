"""The methods of the request object: what they return for a plain request and for wrong arguments."""

from ..request import ANY, Request, basic, get
from ..site import Site
from . import Case, words

CALLS = """
    from mod_python import apache

    def attempt(function, *args):
        try:
            return repr(function(*args))
        except Exception as error:
            return type(error).__name__

    def show(req, *lines):
        req.content_type = "text/plain"
        for line in lines:
            req.write("%s\\n" % (line,), 0)
        return apache.OK

    def construct_url(req):
        uris = ("/path", "relative", "", "/a b?c", "http://other.test/x", b"/bytes", None, 5)
        return show(req, *[attempt(req.construct_url, uri) for uri in uris])

    def document_root(req):
        return show(req, attempt(req.document_root), attempt(apache.server_root))

    def names(req):
        return show(req, attempt(req.auth_name), attempt(req.auth_type))

    def https(req):
        return show(req, attempt(req.is_https), attempt(req.ssl_var_lookup, "HTTPS"))

    def password(req):
        before = (req.user, req.ap_auth_type)
        return show(req, before, attempt(req.get_basic_auth_pw), (req.user, req.ap_auth_type))

    def remote_host(req):
        calls = [(), (apache.REMOTE_HOST,), (apache.REMOTE_NAME,), (apache.REMOTE_NOLOOKUP,), (apache.REMOTE_NAME, 1),
                 (apache.REMOTE_NOLOOKUP, 1), (apache.REMOTE_HOST, 1), (apache.REMOTE_NAME, None)]
        return show(req, *[attempt(req.get_remote_host, *call) for call in calls])

    def allowed(req):
        before = (req.allowed, req.allowed_methods, req.allowed_xmethods)
        lists = (["GET"], ("POST", "PUT"), [], "GET", 5, [5])
        calls = [attempt(req.allow_methods, one) for one in lists]
        return show(req, before, calls, (req.allowed, sorted(req.allowed_methods), req.allowed_xmethods))

    def allowed_reset(req):
        req.allow_methods(["GET", "BREW"])
        first = (req.allowed, req.allowed_methods, req.allowed_xmethods)
        req.allow_methods(["DELETE"], 1)
        return show(req, first, (req.allowed, req.allowed_methods, req.allowed_xmethods))

    def method_not_allowed(req):
        req.allow_methods(["GET", "POST", "BREW"])
        return apache.HTTP_METHOD_NOT_ALLOWED

    def not_implemented(req):
        req.allow_methods(["PUT", "DELETE", "OPTIONS", "PROPFIND"])
        return apache.HTTP_NOT_IMPLEMENTED

    def options(req):
        table = req.get_options()
        return show(req, type(table).__name__, sorted(table.items()), req.get_options() is table,
                    sorted(req.server.get_options().items()))

    def config(req):
        table = req.get_config()
        return show(req, type(table).__name__, sorted(table.items()), sorted(req.server.get_config().items()))

    def changed_options(req):
        req.get_options()["added"] = "1"
        return show(req, sorted(req.get_options().items()))

    def addhandler_exts(req):
        return show(req, sorted(req.get_addhandler_exts().split()))

    def cgi_variables(req, fill):
        fill()
        skipped = "REMOTE_PORT PATH LD_LIBRARY_PATH SERVER_SOFTWARE SERVER_SIGNATURE".split()
        return show(req, *["%s=%s" % pair for pair in sorted(req.subprocess_env.items()) if pair[0] not in skipped])

    def common_vars(req):
        return cgi_variables(req, req.add_common_vars)

    def cgi_vars(req):
        return cgi_variables(req, req.add_cgi_vars)

    def built_cgi_env(req):
        env = apache.build_cgi_env(req)
        names = "GATEWAY_INTERFACE SCRIPT_NAME PATH_INFO QUERY_STRING REQUEST_URI HTTP_AUTHORIZATION".split()
        return show(req, *["%s=%r" % (name, env.get(name)) for name in names])

    def log(req):
        calls = [attempt(req.log_error, *args) for args in (
            ("one",), ("two", apache.APLOG_ERR), ("three", apache.APLOG_DEBUG), ("caf\\u00e9",), (b"bytes",), (5,), (),
            ("four", "x"))]
        return show(req, *calls)

    def server_log(req):
        calls = [attempt(apache.log_error, "of apache"),
                 attempt(apache.log_error, "with server", apache.APLOG_ERR, req.server),
                 attempt(apache.log_error, "too quiet", apache.APLOG_INFO, req.server),
                 attempt(req.server.log_error, "of server"), attempt(req.connection.log_error, "of connection")]
        return show(req, *calls)

    def cleanup(req):
        def later(data):
            req.log_error("cleanup with %r" % (data,))
        def bad(data):
            raise ValueError("in the cleanup")
        calls = [attempt(req.register_cleanup, *args) for args in ((later,), (bad,), (later, "data"), (5,), ())]
        return show(req, *calls)

    def server_cleanup(req):
        return show(req, attempt(req.server.register_cleanup, req, lambda data: None),
                    attempt(req.server.register_cleanup, req),
                    attempt(apache.register_cleanup, lambda data: None))

    def functions(req):
        return show(req, attempt(apache.exists_config_define, "ORACLE"), attempt(apache.exists_config_define, "OTHER"),
                    hasattr(apache, "exists_config"), hasattr(apache, "AP_CONN_CLOSE"))

    def tree(req):
        found = [line for line in apache.config_tree() if line[0] in ("ServerName", "DocumentRoot", "PythonOption")]
        return show(req, *found)

    def handler(req):
        return globals()[req.uri.split("/")[1]](req)
"""

SITE = Site(
    """
    PythonPath "['@ROOT@/lib'] + sys.path"
    SetHandler mod_python
    PythonHandler calls
    PythonOption outer 1
    PythonOption Mixed-Case "two words"
    PythonOption both outer
    PythonOption gone outer
    <Location "/">
        PythonOption inner 2
        PythonOption both inner
        PythonOption gone ""
            PythonAutoReload Off
    </Location>
    <Location "/names">
        AuthName "a name"
        AuthType Basic
    </Location>
    <Location "/password">
        AuthName "a name"
        AuthType Basic
    </Location>
    AddHandler mod_python .py .psp html
    """,
    {"lib/calls.py": CALLS},
    defines=("ORACLE",),
)

PASSWORDS = {
    "user and password": basic("spam", "eggs"),
    "colon in the password": basic("spam", "eggs:bacon"),
    "nothing": {},
    "no colon": {"Authorization": "Basic c3BhbQ=="},
    "empty password": basic("spam", ""),
    "not base64": {"Authorization": "Basic %%%"},
    "another scheme": {"Authorization": "Digest abc"},
    "lower case": {"Authorization": "basic c3BhbTplZ2dz"},
    "no credentials": {"Authorization": "Basic"},
    "not ASCII": basic("caf\u00e9", "\u20ac"),
}
DECODED = "utf-8-credentials: text is UTF-8 everywhere; the original takes the bytes of user and password for latin-1"
UTF8 = {
    "body": ("(None, None)\n'\u20ac'\n('caf\u00e9', 'Basic')\n", DECODED),
    "header:Content-Length": (ANY, DECODED),
}
HALF = "options-without-value: the original drops them while it iterates, and so misses every second one"
OPTIONS = """mp_table
[('Mixed-Case', 'two words'), ('both', 'inner'), ('inner', '2')]
True
[('Mixed-Case', 'two words'), ('bare', ''), ('both', 'outer'), ('empty', ''), ('gone', 'outer'), ('outer', '1')]
"""
LINES = {
    "log": words("one two three five"),
    "server_log": ["of apache", "with server", "too quiet", "of server", "of connection"],
    "cleanup": ["cleanup with None", "cleanup with 'data'", "ValueError", "in the cleanup"],
}
SIMPLE = words(
    """
    construct_url document_root names https remote_host allowed allowed_reset method_not_allowed not_implemented options
    config changed_options options addhandler_exts log server_log cleanup server_cleanup functions tree
    """
)
VARIABLES = words("common_vars cgi_vars built_cgi_env")


def one(name: str) -> Request:
    """The request that calls the function `name` of the site's module."""
    return get(f"/{name}", log=tuple(LINES.get(name, ())))


CASES = (
    Case("methods", SITE, [one(name) for name in SIMPLE]),
    Case(
        "options without a value",
        Site(
            SITE.conf + "PythonOption bare\nPythonOption empty ''\n<Location />\nPythonOption outer\n</Location>\n",
            SITE.files,
        ),
        [get("/options", differs={"body": (OPTIONS, HALF), "header:Content-Length": (ANY, HALF)})],
    ),
    Case(
        "passwords",
        SITE,
        [
            get("/password", headers, name=name, differs=UTF8 if name == "not ASCII" else {})
            for name, headers in PASSWORDS.items()
        ],
    ),
    Case(
        "construct_url",
        SITE,
        [
            get("/construct_url", host="oracle.test"),
            get("/construct_url", host="other.test:81", name="another host"),
            get("/construct_url", host=None, protocol="HTTP/1.0", name="without Host"),
            get("/construct_url", host="oracle.test:80", name="port 80"),
        ],
    ),
    Case(
        "CGI variables",
        Site(
            SITE.conf
            + """
            SetEnv FROM_CONFIG "one two"
            PassEnv ORACLE_PASSED
            <Directory "@ROOT@/htdocs">
                PythonHandler calls
            </Directory>
            """,
            {**SITE.files, **{f"htdocs/{name}": "" for name in VARIABLES}},
        ),
        [get(f"/{name}/path%20info/x?a=1&b=%20", {"X-Two-Words": "2", "Cookie": "a"}) for name in VARIABLES]
        + [get(f"/{name}", basic("spam", "eggs"), name=f"{name} with Authorization") for name in VARIABLES]
        + [get("/common_vars", {"Proxy": "evil"}, protocol="HTTP/1.0", host=None, name="HTTP/1.0, Proxy")],
    ),
    Case(
        "UseCanonicalName",
        Site("UseCanonicalName On\nServerName canonical.test:8000\n" + SITE.conf, SITE.files),
        [get("/construct_url", host="oracle.test:81")],
    ),
)
