"""mod_remoteip: whose address a request counts as, what becomes of the headers, and who is let in by it."""

from typing import Any

from ..request import get
from ..site import Site
from . import Case

SHOW = """
    def handler(req):
        req.content_type = "text/plain"
        conn = req.connection
        req.write("useragent %r %r\\n" % (req.useragent_ip, req.useragent_addr[0]), 0)
        req.write("port %s\\n" % ("0" if req.useragent_addr[1] == 0 else "some"), 0)
        req.write("client %r %r remote %r\\n" % (conn.client_ip, conn.client_addr[0], conn.remote_ip), 0)
        req.write("host %r\\n" % (req.get_remote_host(),), 0)
        for name in ("X-Forwarded-For", "X-Real-IP", "X-Forwarded-By"):
            req.write("%s %r\\n" % (name, req.headers_in.get(name)), 0)
        req.write("note %r\\n" % req.notes.get("remoteip-proxy-ip-list"), 0)
        req.add_common_vars()
        env = req.subprocess_env
        names = ("REMOTE_ADDR", "REMOTE_HOST", "HTTP_X_FORWARDED_FOR", "INSIDE", "BEHIND", "HTTPS")
        req.write("env %r" % [env.get(name) for name in names], 0)
        return 0
"""
FILES = {
    "lib/showing.py": SHOW,
    "htdocs/page.txt": "page\n",
    "htdocs/show.py": "",
    "htdocs/sub/index.html": "index\n",
    "htdocs/old/page.txt": "old\n",
    "htdocs/new/page.txt": "new\n",
    "htdocs/local/page.txt": "local\n",
    "htdocs/denied/page.txt": "denied\n",
    "proxies.txt": "# the proxies\n127.0.0.1 # of this machine\n\n10.1.0.0/16   10.2.0.0/255.255.0.0\n",
    "broken.txt": "127.0.0.1\n10.1.0.0/99\n",
}
MAIN = """
    PythonPath "['@ROOT@/lib'] + sys.path"
    AddHandler mod_python .py
    PythonHandler showing
    SetEnvIf Remote_Addr "^192\\.0\\.2\\." INSIDE
    SetEnvIf X-Forwarded-For "(.+)" BEHIND=$1
    <Directory "@ROOT@/htdocs/old">
        Order deny,allow
        Deny from all
        Allow from 192.0.2.0/24
    </Directory>
    <Directory "@ROOT@/htdocs/new">
        Require ip 192.0.2.0/24
    </Directory>
    <Directory "@ROOT@/htdocs/local">
        Require local
    </Directory>
    <Directory "@ROOT@/htdocs/denied">
        Order allow,deny
        Allow from all
        Deny from env=INSIDE
    </Directory>
"""
VALUES = (
    "192.0.2.7",
    "198.51.100.1",
    "192.0.2.7, 198.51.100.1",
    "198.51.100.1,192.0.2.7",
    " 192.0.2.7 ",
    "192.0.2.7,",
    ", 192.0.2.7",
    ",",
    "",
    "nonsense",
    "192.0.2.7, nonsense",
    "nonsense, 192.0.2.7",
    "unknown, 192.0.2.7, 127.0.0.1",
    "10.0.0.1",
    "10.1.0.1",
    "192.0.2.7, 10.1.0.1",
    "192.0.2.7, 10.1.0.1, 10.2.0.1",
    "192.0.2.7, 10.3.0.1, 10.1.0.1",
    "127.0.0.1",
    "192.0.2.7, 127.0.0.1",
    "127.0.0.1, 192.0.2.7",
    "10.9.9.9, 198.51.100.1, 10.1.0.1",
    "172.16.0.1",
    "172.32.0.1",
    "192.168.1.1",
    "169.254.1.1",
    "0.0.0.0",
    "255.255.255.255",
    "2001:db8::1",
    "2001:DB8::1, 10.1.0.1",
    "::1",
    "fe80::1",
    "::ffff:192.0.2.7",
    "[2001:db8::1]",
    "192.0.2.7:8080",
    "192.0.2.7\\t",
    "192.0.2.300",
    "192.0.2",
    "0xc0000207",
    "192.0.2.007",
    '"192.0.2.7"',
    "192.0.2.7 198.51.100.1",
    "192.0.2.7;198.51.100.1",
)


def behind(value: str, target: str = "/show.py", **options: Any) -> Any:
    """A request with this X-Forwarded-For."""
    return get(target, {"X-Forwarded-For": value}, name=options.pop("name", f"{target} for {value!r}"), **options)


CLOSED = ("/old/page.txt", "/new/page.txt", "/local/page.txt", "/denied/page.txt", "/page.txt")
ASK = [
    get("/show.py", name="no header"),
    *(behind(value) for value in VALUES),
    get("/show.py", (("X-Forwarded-For", "192.0.2.7"), ("X-Forwarded-For", "198.51.100.1")), name="two headers"),
    get("/show.py", (("X-Forwarded-For", "198.51.100.1"), ("X-Forwarded-For", "192.0.2.7")), name="two, other order"),
    *(get(target, name=f"{target} without") for target in CLOSED),
    *(behind(value, target) for target in CLOSED for value in ("192.0.2.7", "198.51.100.1", "192.0.2.7, nonsense")),
    behind("192.0.2.7, 198.51.100.1", "/new/page.txt"),
    behind("198.51.100.1, 192.0.2.7", "/new/page.txt"),
    behind("127.0.0.1", "/local/page.txt"),
]
ONE = [each for each in ASK if not each.label.startswith("two")]  # where the header stays, its lines do too
FEW = [
    get("/show.py", name="no header"),
    *(behind(value) for value in ("192.0.2.7", "192.0.2.7, 10.1.0.1", "10.9.9.9, 10.2.0.1", "nonsense")),
    behind("192.0.2.7", "/new/page.txt"),
]


def asked(name: str, directives: str, *requests: Any, **options: Any) -> Case:
    """These directives, and requests with many a header."""
    return Case(name, Site(MAIN + directives, FILES, modules=("remoteip",), **options), requests or FEW)


CASES = (
    asked("no header named", "RemoteIPInternalProxy 127.0.0.1"),
    asked("everybody is trusted", "RemoteIPHeader X-Forwarded-For", *ASK),
    asked("internal", "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1 10.1.0.0/16", *ASK),
    asked("trusted", "RemoteIPHeader X-Forwarded-For\nRemoteIPTrustedProxy 127.0.0.1 10.1.0.0/16", *ASK),
    asked("another is trusted", "RemoteIPHeader X-Forwarded-For\nRemoteIPTrustedProxy 192.0.2.9", *ONE),
    asked(
        "internal, then trusted",
        "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\nRemoteIPTrustedProxy 10.1.0.0/16 192.0.2.7",
        *ASK,
    ),
    asked(
        "trusted, then internal",
        "RemoteIPHeader X-Forwarded-For\nRemoteIPTrustedProxy 127.0.0.1 192.0.2.7\nRemoteIPInternalProxy 10.1.0.0/16",
        *ASK,
    ),
    asked(
        "the proxies' header",
        "RemoteIPHeader X-Forwarded-For\nRemoteIPProxiesHeader X-Forwarded-By\n"
        "RemoteIPTrustedProxy 127.0.0.1 192.0.2.7",
        *FEW,
        behind("198.51.100.1, 192.0.2.7"),
        get("/show.py", {"X-Forwarded-For": "198.51.100.1", "X-Forwarded-By": "me"}, name="a header of the client's"),
        get("/show.py", {"X-Forwarded-By": "me"}, name="only that"),
    ),
    asked(
        "another header",
        "RemoteIPHeader X-Real-IP\nRemoteIPInternalProxy 127.0.0.1",
        get("/show.py", {"X-Real-IP": "192.0.2.7"}, name="that one"),
        get("/show.py", {"X-Forwarded-For": "192.0.2.7"}, name="the usual one"),
        get("/show.py", {"x-real-ip": "192.0.2.7"}, name="lower case"),
        get("/new/page.txt", {"X-Real-IP": "192.0.2.7"}, name="page"),
    ),
    asked("a list", 'RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxyList "@ROOT@/proxies.txt"', *ASK),
    asked("a relative list", "RemoteIPHeader X-Forwarded-For\nRemoteIPTrustedProxyList proxies.txt"),
    asked("a list that is not there", "RemoteIPHeader X-Forwarded-For\nRemoteIPTrustedProxyList absent.txt"),
    asked("a broken list", "RemoteIPHeader X-Forwarded-For\nRemoteIPTrustedProxyList broken.txt"),
    asked("partial network", "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0 10.1"),
    asked("mask", "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.0/255.0.0.0 10.1.0.0/255.255.0.0"),
    asked("IPv6", "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy ::1 127.0.0.1 2001:db8::/32"),
    asked("nonsense as an address", "RemoteIPHeader X-Forwarded-For\nRemoteIPTrustedProxy 10.0.0.0/99"),
    asked("a mask for a name", "RemoteIPHeader X-Forwarded-For\nRemoteIPTrustedProxy name.invalid/8"),
    asked("no address", "RemoteIPTrustedProxy"),
    asked("no header", "RemoteIPHeader"),
    asked("two headers", "RemoteIPHeader X-A X-B"),
    asked("in a Directory", '<Directory "@ROOT@">\nRemoteIPHeader X-Forwarded-For\n</Directory>'),
    asked(
        "virtual hosts",
        "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n"
        '<VirtualHost *:@PORT@>\nServerName one.test\nDocumentRoot "@ROOT@/htdocs"\n</VirtualHost>\n'
        '<VirtualHost *:@PORT@>\nServerName two.test\nDocumentRoot "@ROOT@/htdocs"\n'
        "RemoteIPInternalProxy 192.0.2.9\n</VirtualHost>\n"
        '<VirtualHost *:@PORT@>\nServerName three.test\nDocumentRoot "@ROOT@/htdocs"\n'
        "RemoteIPHeader X-Real-IP\n</VirtualHost>\n",
        *(
            get("/show.py", {"X-Forwarded-For": "192.0.2.7", "X-Real-IP": "198.51.100.1"}, host=host, name=host)
            for host in ("one.test", "two.test", "three.test")
        ),
    ),
    asked(
        "virtual hosts, of both kinds",
        "RemoteIPHeader X-Forwarded-For\nRemoteIPTrustedProxy 127.0.0.1 10.1.0.1\nRemoteIPInternalProxy 10.2.0.1\n"
        '<VirtualHost *:@PORT@>\nServerName one.test\nDocumentRoot "@ROOT@/htdocs"\n'
        "RemoteIPInternalProxy 127.0.0.1 10.1.0.1 10.3.0.1\nRemoteIPTrustedProxy 10.2.0.1\n</VirtualHost>\n"
        '<VirtualHost *:@PORT@>\nServerName two.test\nDocumentRoot "@ROOT@/htdocs"\n'
        "RemoteIPTrustedProxy 192.0.2.9\n</VirtualHost>\n"
        '<VirtualHost *:@PORT@>\nServerName three.test\nDocumentRoot "@ROOT@/htdocs"\n</VirtualHost>\n',
        *(
            get("/show.py", {"X-Forwarded-For": value}, host=host, name=f"{host} for {value}")
            for host in ("one.test", "two.test", "three.test")
            for value in ("192.0.2.7, 10.1.0.1", "192.0.2.7, 10.2.0.1", "192.0.2.7, 10.3.0.1", "192.0.2.7, 192.0.2.8")
        ),
    ),
    asked(
        "inner requests",
        "RemoteIPHeader X-Forwarded-For\nRemoteIPTrustedProxy 127.0.0.1\n"
        "DirectoryIndex /show.py\nErrorDocument 404 /show.py",
        behind("192.0.2.7, 198.51.100.1", "/sub/"),
        behind("192.0.2.7, 198.51.100.1", "/absent"),
    ),
    asked(
        "HTTPS by a variable",
        "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\nSetEnvIf X-Forwarded-Proto https HTTPS=on",
        get("/show.py", {"X-Forwarded-Proto": "https"}, name="https"),
        get("/sub", {"X-Forwarded-Proto": "https"}, name="redirect"),
    ),
)
