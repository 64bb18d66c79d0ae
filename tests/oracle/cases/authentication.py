"""Who may see what: PythonAccessHandler, PythonAuthenHandler and PythonAuthzHandler beside Require."""

from ..request import ANY, basic, get
from ..site import Site
from . import Case

# authenhandler takes spam:eggs and other:eggs; the functions named after results are for lists of handlers.
MODULE = """
    from mod_python import apache

    USERS = {"spam": "eggs", "other": "eggs"}

    def authenhandler(req):
        password = req.get_basic_auth_pw()
        req.log_error("authen %r %r" % (req.user, password))
        return apache.OK if USERS.get(req.user) == password and password else apache.HTTP_UNAUTHORIZED

    def connection_user(req):
        password = req.get_basic_auth_pw()
        return apache.OK if (req.connection.user, password) == ("spam", "eggs") else apache.HTTP_UNAUTHORIZED

    def user_before_password(req):
        first = req.user
        req.get_basic_auth_pw()
        req.log_error("user before: %r, after: %r" % (first, req.user))
        return apache.OK

    def everybody(req):
        req.user = "anybody"
        return apache.OK

    def nobody(req):
        return apache.OK

    def decline(req):
        return apache.DECLINED

    def forbid(req):
        return apache.HTTP_FORBIDDEN

    def unauthorized(req):
        return apache.HTTP_UNAUTHORIZED

    def own_header(req):
        req.err_headers_out["WWW-Authenticate"] = 'Basic realm="my own"'
        return apache.HTTP_UNAUTHORIZED

    def raising(req):
        raise ValueError("in authen")

    def server_return(req):
        raise apache.SERVER_RETURN(apache.HTTP_UNAUTHORIZED)

    def redirecting(req):
        req.headers_out["Location"] = "/login"
        return apache.HTTP_MOVED_TEMPORARILY

    def writing(req):
        req.content_type = "text/plain"
        req.write("written while asking", 0)
        return apache.DONE

    def authzhandler(req):
        req.log_error("authz %r" % req.user)
        return apache.OK if req.user == "spam" else apache.HTTP_FORBIDDEN

    def handler(req):
        req.content_type = "text/plain"
        req.add_common_vars()
        env = req.subprocess_env
        req.write("user %r type %r\\n" % (req.user, req.ap_auth_type), 0)
        req.write("env %r %r\\n" % (env.get("REMOTE_USER"), env.get("AUTH_TYPE")), 0)
        return apache.OK
"""


def site(directives: str, outside: str = "") -> Site:
    """A site with these directives for its pages."""
    conf = f"""
    PythonPath "['@ROOT@/lib'] + sys.path"
    {outside}
    <Directory "@ROOT@/htdocs">
        SetHandler mod_python
        PythonHandler guard
        {directives}
    </Directory>
    """
    return Site(conf, {"lib/guard.py": MODULE, "htdocs/page.txt": "page\n", "htdocs/open/page.txt": "page\n"})


def asked(name: str, directives: str) -> Case:
    """A site, asked without a user, with a good one, a bad one and another good one."""
    differs = UNFINISHED if "without AuthName" in name else {}
    requests = [
        get("/page.txt", name="nobody", differs=differs),
        get("/page.txt", basic("spam", "eggs"), name="spam:eggs", differs=differs),
        get("/page.txt", basic("spam", "bacon"), name="spam:bacon", differs=differs),
        get("/page.txt", basic("other", "eggs"), name="other:eggs", differs=differs),
    ]
    return Case(name, site(directives), requests)


UNFINISHED = {"header:WWW-Authenticate": (ANY, "cut-realm: the header of the original ends in the middle")}
BASIC = 'AuthType Basic\nAuthName "Restricted Area"\n'
OWN = 'AuthType Mine\nAuthName "Restricted Area"\n'
AUTHEN = "PythonAuthenHandler guard\n"
AUTHZ = "PythonAuthzHandler guard\n"

CASES = (
    asked("authen, valid-user", BASIC + AUTHEN + "Require valid-user"),
    asked("authen, lower case require", BASIC + AUTHEN + "require valid-user"),
    asked("authen, one user", BASIC + AUTHEN + "Require user spam"),
    asked("authen, two users", BASIC + AUTHEN + "Require user nobody other"),
    asked("authen, quoted user", BASIC + AUTHEN + 'Require user "spam"'),
    asked("authen without Require", BASIC + AUTHEN),
    asked("authen, Require all granted", BASIC + AUTHEN + "Require all granted"),
    asked("authen, Require all denied", BASIC + AUTHEN + "Require all denied"),
    asked("authen, granted or user", BASIC + AUTHEN + "Require all granted\nRequire valid-user"),
    asked("authen, denied or user", BASIC + AUTHEN + "Require all denied\nRequire valid-user"),
    asked("authen, local or user", BASIC + AUTHEN + "Require local\nRequire valid-user"),
    asked("authen, other address or user", BASIC + AUTHEN + "Require ip 192.0.2.1\nRequire valid-user"),
    asked("authen without AuthName", "AuthType Basic\n" + AUTHEN + "Require valid-user"),
    asked("authen without AuthType", 'AuthName "x"\n' + AUTHEN + "Require valid-user"),
    asked("authen, another AuthType", OWN + AUTHEN + "Require valid-user"),
    asked("authen, AuthType None", BASIC + "AuthType None\n" + AUTHEN + "Require valid-user"),
    asked("authen and authz", BASIC + AUTHEN + AUTHZ + "Require valid-user"),
    asked("authz decides over Require user", BASIC + AUTHEN + AUTHZ + "Require user other"),
    asked("authz 401", BASIC + AUTHEN + "PythonAuthzHandler guard::unauthorized\nRequire valid-user"),
    asked("authz 401 with its own header", BASIC + AUTHEN + "PythonAuthzHandler guard::own_header\nRequire valid-user"),
    asked("authz declines", BASIC + AUTHEN + "PythonAuthzHandler guard::decline\nRequire user other"),
    asked("authz only", BASIC + AUTHZ + "Require valid-user"),
    asked("quotes in the name", 'AuthType Basic\nAuthName "a \\"b\\" c"\n' + AUTHEN + "Require valid-user"),
    asked("no provider at all", BASIC + "Require valid-user"),
    asked("no provider, another AuthType", OWN + "Require valid-user"),
    asked(
        "req.user only after the password",
        BASIC + "PythonAuthenHandler guard::user_before_password\nRequire valid-user",
    ),
    asked("authen accepts everybody", BASIC + "PythonAuthenHandler guard::everybody\nRequire valid-user"),
    asked("authen without a user", BASIC + "PythonAuthenHandler guard::nobody\nRequire valid-user"),
    asked("authen declines", BASIC + "PythonAuthenHandler guard::decline\nRequire valid-user"),
    asked("authen declines, another AuthType", OWN + "PythonAuthenHandler guard::decline\nRequire valid-user"),
    asked("authen forbids", BASIC + "PythonAuthenHandler guard::forbid\nRequire valid-user"),
    asked("authen 401", BASIC + "PythonAuthenHandler guard::unauthorized\nRequire valid-user"),
    asked("authen 401, another AuthType", OWN + "PythonAuthenHandler guard::unauthorized\nRequire valid-user"),
    asked("authen with its own header", BASIC + "PythonAuthenHandler guard::own_header\nRequire valid-user"),
    asked("own header, another AuthType", OWN + "PythonAuthenHandler guard::own_header\nRequire valid-user"),
    asked("authen raises", BASIC + "PythonAuthenHandler guard::raising\nRequire valid-user"),
    asked(
        "authen raises with PythonDebug",
        BASIC + "PythonAuthenHandler guard::absent\nPythonDebug Off\nRequire valid-user",
    ),
    asked("authen SERVER_RETURN", BASIC + "PythonAuthenHandler guard::server_return\nRequire valid-user"),
    asked("authen redirects", BASIC + "PythonAuthenHandler guard::redirecting\nRequire valid-user"),
    asked("authen writes", BASIC + "PythonAuthenHandler guard::writing\nRequire valid-user"),
    asked("access forbids", "PythonAccessHandler guard::forbid"),
    asked("access forbids, Require granted", "PythonAccessHandler guard::forbid\nRequire all granted"),
    asked("access OK, Require denied", "PythonAccessHandler guard::nobody\nRequire all denied"),
    asked("access declines, Require denied", "PythonAccessHandler guard::decline\nRequire all denied"),
    asked("access forbids, user would do", BASIC + AUTHEN + "PythonAccessHandler guard::forbid\nRequire valid-user"),
    asked("access OK, user needed", BASIC + AUTHEN + "PythonAccessHandler guard::nobody\nRequire valid-user"),
    asked("access 401", BASIC + "PythonAccessHandler guard::unauthorized"),
    asked("access asks for a password", "PythonAccessHandler guard::authenhandler"),
    asked("access asks for a password, with AuthName", BASIC + "PythonAccessHandler guard::authenhandler"),
    asked("Satisfy Any", BASIC + AUTHEN + "Require valid-user\nOrder deny,allow\nDeny from all\nSatisfy Any"),
    asked("Satisfy All", BASIC + AUTHEN + "Require valid-user\nOrder deny,allow\nDeny from all\nSatisfy All"),
    Case(
        "open folder in a closed one",
        site(
            BASIC + AUTHEN + "Require valid-user",
            '<Directory "@ROOT@/htdocs/open">\nRequire all granted\n</Directory>\n'
            '<Location "/absent">\nRequire all granted\n</Location>',
        ),
        [get("/page.txt"), get("/open/page.txt"), get("/absent"), get("/open/absent"), get("/open/../page.txt")],
    ),
)
