"""Satisfy: rules about addresses, PythonAccessHandler and Require, when all must agree and when one is enough."""

from itertools import product

from ..request import Request, basic, get, request
from ..site import PROLOGUE, Site
from . import Case
from .authentication import AUTHEN, BASIC, MODULE

USERS = {"": {}, "spam": basic("spam", "eggs"), "wrong": basic("spam", "ham")}

# Deny is asked before PythonAccessHandler, PythonAuthenHandler before mod_auth_basic: the order that holds here.
LOADED = {"without": ("python", "auth_basic", "mime"), "modules": ("python", "auth_basic", "mime")}

SATISFY = {"unset": "", "all": "Satisfy All", "any": "Satisfy Any"}
ORDERS = {"open": "Order deny,allow", "shut": "Order allow,deny"}
REQUIRES = {"granted": "Require all granted", "denied": "Require all denied", "user": "Require user spam", "": ""}
ACCESS = {
    "": "",
    "ok": "PythonAccessHandler guard::nobody",
    "declines": "PythonAccessHandler guard::decline",
    "forbids": "PythonAccessHandler guard::forbid",
    "401": "PythonAccessHandler guard::unauthorized",
    "raises": "PythonAccessHandler guard::raising",
    "redirects": "PythonAccessHandler guard::redirecting",
}
COMBINED = {
    "-".join(word for word in names if word): "\n".join(text for text in texts if text)
    for names, texts in (
        (
            (satisfy, order, require, access),
            (SATISFY[satisfy], ORDERS[order], REQUIRES[require], ACCESS[access]),
        )
        for satisfy, order, require, access in product(SATISFY, ORDERS, REQUIRES, ACCESS)
    )
}

MORE = """

    def set_user(req):
        req.user = "spam"
        return apache.OK

    def password(req):
        req.get_basic_auth_pw()
        return apache.OK

    def password_forbids(req):
        req.get_basic_auth_pw()
        return apache.HTTP_FORBIDDEN

    def count(req):
        req.err_headers_out.add("X-" + req.phase.replace("Python", ""), req.uri)
        return apache.OK

    def elsewhere(req):
        if req.uri.endswith("redirect.txt"):
            req.internal_redirect("/again/page.txt")
            return apache.OK
        return apache.DECLINED

    def counted_authen(req):
        count(req)
        return authenhandler(req)

    def count_authz(req):
        count(req)
        return apache.DECLINED
"""


def folders(sections: dict[str, str], more: str = BASIC + AUTHEN, prologue: str = PROLOGUE, outside: str = "") -> Site:
    """A site with a folder for each section."""
    conf = f'PythonPath "[\'@ROOT@/lib\'] + sys.path"\nSetEnvIf X-A "^1$" A\n{outside}\n'
    files = {"lib/guard.py": MODULE + MORE}
    for name, text in sections.items():
        conf += f'<Directory "@ROOT@/htdocs/{name}">\n{more}{text}\n</Directory>\n'
        files[f"htdocs/{name}/page.txt"] = f"{name}\n"
    return Site(conf, files, prologue=prologue, **LOADED)


def asked(name: str, user: str, method: str = "GET", file: str = "page.txt") -> Request:
    """A request for the page of a folder."""
    words = " ".join(word for word in (method, f"/{name}/{file}", user) if word)
    differs = {}
    if (name, user) in CLAIMED:
        differs = {"status": ("401 Unauthorized", "claimed-in-access: nobody has looked at the password")}
    elif method == "POST" and (name in NOT_BY_POST or (name, user) == ("file-limit-satisfy", "spam")):
        differs = {"status": ("403 Forbidden", "index-method: what closes the index to POST holds as well")}
    return request(method, f"/{name}/{file}", USERS[user], name=words, differs=differs)


CLAIMED = {("access-asks-password", "wrong"), ("access-asks-password-open", "wrong")}
NOT_BY_POST = {"file-get", "file-limit-post"}


ANY = "Satisfy Any\nOrder allow,deny\n"  # nobody comes by address
USER = "Require user spam\n"
SINGLE = {
    "limit-any": "Order allow,deny\n<Limit GET>\nSatisfy Any\n</Limit>\n" + USER,
    "limit-any-post": "Order allow,deny\n<Limit POST>\nSatisfy Any\n</Limit>\n" + USER,
    "any-but-get": "Satisfy Any\n<Limit GET>\nSatisfy All\n</Limit>\nOrder deny,allow\n" + USER,
    "any-then-all": "Satisfy Any\nSatisfy All\nOrder allow,deny\n" + USER,
    "lower": "satisfy any\nOrder deny,allow\n" + USER,
    "limited-require": ANY + "<Limit POST>\n" + USER + "</Limit>",
    "limited-order": "Satisfy Any\n<Limit GET>\nOrder allow,deny\n</Limit>\n" + USER,
    "env": "Satisfy Any\nRequire env A\nOrder allow,deny",
    "both-open": "Satisfy Any\nRequire all granted\nOrder deny,allow",
    "denied-or-user": ANY + "Require all denied\n" + USER,
    "authz-ok": ANY + USER + "PythonAuthzHandler guard::nobody",
    "authz-forbids": ANY + USER + "PythonAuthzHandler guard::forbid",
    "authz-forbids-open": "Satisfy Any\n" + USER + "PythonAuthzHandler guard::forbid",
    "authen-ok": ANY + USER + "PythonAuthenHandler guard::everybody",
    "authen-declines": ANY + USER + "PythonAuthenHandler guard::decline",
    "authen-forbids": ANY + USER + "PythonAuthenHandler guard::forbid",
    "access-sets-user": USER + "PythonAccessHandler guard::set_user",
    "access-sets-user-any": ANY + USER + "PythonAccessHandler guard::set_user",
    "access-asks-password": USER + "PythonAccessHandler guard::password",
    "access-asks-password-any": ANY + USER + "PythonAccessHandler guard::password",
    "access-asks-and-forbids-any": ANY + USER + "PythonAccessHandler guard::password_forbids",
    "access-asks-password-open": "Satisfy Any\nOrder deny,allow\n"
    + USER
    + "PythonAccessHandler guard::password_forbids",
    "header-sets-user": USER + "PythonHeaderParserHandler guard::set_user",
    "header-asks-password": USER + "PythonHeaderParserHandler guard::password",
    "access-writes-any": ANY + USER + "PythonAccessHandler guard::writing",
    "access-writes-any-open": "Satisfy Any\nOrder deny,allow\n" + USER + "PythonAccessHandler guard::writing",
}

PAGES = """
    DirectoryIndex page.txt
    PythonHeaderParserHandler guard::count
    PythonAccessHandler guard::count
    PythonAuthzHandler guard::count_authz
    PythonAuthenHandler guard::counted_authen
    ErrorDocument 404 /again/absent.txt
    <Files "redirect.*">
        SetHandler mod_python
        PythonHandler guard::elsewhere
    </Files>
    """

INDEX = {
    "post": "Require method POST",
    "get": "Require method GET",
    "limit-get": "<Limit GET>\nRequire all denied\n</Limit>",
    "limit-get-user": "<Limit GET>\nRequire user spam\n</Limit>",
    "limit-post": "<Limit POST>\nRequire all denied\n</Limit>",
    "limit-deny": "Require all granted\n<Limit GET>\nDeny from all\n</Limit>",
    "limit-satisfy": "Require user spam\nOrder allow,deny\n<Limit GET>\nSatisfy Any\n</Limit>",
    **{
        f"file-{name}": f'Require all granted\n<Files "page.txt">\n{text}\n</Files>'
        for name, text in (
            ("post", "Require method POST"),
            ("get", "Require method GET"),
            ("limit-get", "<Limit GET>\nRequire all denied\n</Limit>"),
            ("limit-get-user", "<Limit GET>\nRequire user spam\n</Limit>"),
            ("limit-post", "<Limit POST>\nRequire all denied\n</Limit>"),
            ("limit-deny", "<Limit GET>\nDeny from all\n</Limit>"),
            ("any", "Require user spam\nOrder allow,deny\nSatisfy Any"),
            ("any-open", "Require user spam\nOrder deny,allow\nSatisfy Any"),
            ("limit-satisfy", "Require user spam\nOrder allow,deny\n<Limit GET>\nSatisfy Any\n</Limit>"),
            ("limit-post-satisfy", "Require user spam\nOrder allow,deny\n<Limit POST>\nSatisfy Any\n</Limit>"),
        )
    },
}

VARIABLES = {
    "file": '<Files "page.txt">\nSetEnvIf X-B . B\nRequire env B\n</Files>',
    "folder": 'SetEnvIf X-B . B\nRequire all granted\n<Files "page.txt">\nRequire env B\n</Files>',
    "server": '<Files "page.txt">\nRequire env SB\n</Files>',
    "server-uri": '<Files "page.txt">\nRequire env S\n</Files>',
    "folder-uri": 'SetEnvIf Request_URI page P\nRequire all granted\n<Files "page.txt">\nRequire env P\n</Files>',
    "deny": '<Files "page.txt">\nSetEnvIf X-B . B\nOrder deny,allow\nDeny from env=B\n</Files>',
    "deny-folder": 'SetEnvIf X-B . B\n<Files "page.txt">\nOrder deny,allow\nDeny from env=B\n</Files>',
    "set": 'SetEnv E 1\n<Files "page.txt">\nRequire env E\n</Files>',
    "unset": 'SetEnvIf X-A . !A\n<Files "page.txt">\nRequire env A\n</Files>',
}

WITHOUT_REQUIRE = PROLOGUE.replace("    Require all denied\n</Directory>", "</Directory>", 1).replace(
    "    Require all granted\n", ""
)
NO_REQUIRE = {
    "nothing": "",
    "any": "Satisfy Any",
    "any-shut": "Satisfy Any\nOrder allow,deny",
    "all-shut": "Order allow,deny",
    "any-forbids": "Satisfy Any\nPythonAccessHandler guard::forbid",
    "any-shut-forbids": "Satisfy Any\nOrder allow,deny\nPythonAccessHandler guard::forbid",
    "any-shut-limit": "Satisfy Any\nOrder allow,deny\n<Limit POST>\nRequire all denied\n</Limit>",
    "any-shut-authtype": "AuthType Basic\nAuthName x\nSatisfy Any\nOrder allow,deny",
    "any-open-authtype": "AuthType Basic\nAuthName x\nSatisfy Any\nOrder deny,allow",
}

INHERITED = f"""
    <Directory "@ROOT@/htdocs/outer">
        AllowOverride All
        {BASIC}
        {AUTHEN}
        {USER}
        Satisfy Any
        Order allow,deny
        Allow from env=A
    </Directory>
    <Directory "@ROOT@/htdocs/outer/order">
        Order allow,deny
    </Directory>
    <Directory "@ROOT@/htdocs/outer/satisfy">
        Satisfy All
    </Directory>
    <Directory "@ROOT@/htdocs/outer/require">
        Require all denied
    </Directory>
    <Directory "@ROOT@/htdocs/outer/granted">
        Require all granted
    </Directory>
    """

CASES = (
    Case("combined", folders(COMBINED), [asked(name, user) for name, user in product(COMBINED, USERS)]),
    Case(
        "single",
        folders(SINGLE),
        [asked(name, user, method) for name, user, method in product(SINGLE, USERS, ("GET", "POST"))]
        + [get("/env/page.txt", {"X-A": "1"}, name="env A")],
    ),
    Case(
        "how often",
        folders(
            {"again": PAGES + USER, "else": PAGES + USER + "\nErrorDocument 403 /again/page.txt\nOrder allow,deny"},
            outside="PythonPostReadRequestHandler guard::count",
        ),
        [
            asked(name, user, "GET", file)
            for name, user, file in product(
                ("again", "else"), USERS, ("page.txt", "", "absent", "page.txt/more", "redirect.txt")
            )
        ],
    ),
    Case(
        "index",
        folders({name: f"DirectoryIndex page.txt\n{text}" for name, text in INDEX.items()}),
        [asked(name, user, method, "") for name, user, method in product(INDEX, USERS, ("GET", "POST"))],
    ),
    Case(
        "variables of an index",
        folders(VARIABLES, "DirectoryIndex page.txt\n", outside="SetEnvIf Request_URI page S\nSetEnvIf X-B . SB\n"),
        [
            get(f"/{name}/{file}", headers, name=f"{name} {file} {''.join(headers)}")
            for name, file, headers in product(VARIABLES, ("page.txt", ""), ({}, {"X-A": "1"}, {"X-B": "1"}))
        ],
    ),
    Case("no Require", folders(NO_REQUIRE, "", WITHOUT_REQUIRE), [asked(name, "") for name in NO_REQUIRE]),
    Case(
        "inherited",
        Site(
            f'PythonPath "[\'@ROOT@/lib\'] + sys.path"\nSetEnvIf X-A "^1$" A\n{INHERITED}',
            {
                "lib/guard.py": MODULE,
                **{
                    f"htdocs/outer/{name}page.txt": "page\n"
                    for name in ("", "order/", "satisfy/", "require/", "granted/", "ht/", "hs/")
                },
                "htdocs/outer/ht/.htaccess": "Satisfy All\nAllow from all\n",
                "htdocs/outer/hs/.htaccess": "Deny from all\n",
            },
        ),
        [
            get(f"/outer/{name}page.txt", {**USERS[user], **a}, name=f"{name} {user} {'A' if a else ''}")
            for name, user, a in product(
                ("", "order/", "satisfy/", "require/", "granted/", "ht/", "hs/"), USERS, ({}, {"X-A": "1"})
            )
        ],
    ),
)
