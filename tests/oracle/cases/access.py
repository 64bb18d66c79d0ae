"""Require and the older Order, Allow and Deny for plain files."""

from typing import Any

from ..request import Request, get, post, request
from ..site import Site
from . import Case


def asked(name: str, directives: str, *requests: Request, **options: Any) -> Case:
    """A site whose files are under these directives."""
    conf = f"""
    <Directory "@ROOT@/htdocs">
        {directives}
    </Directory>
    """
    files = {"htdocs/page.txt": "page\n", "htdocs/sub/page.txt": "page in sub\n"}
    return Case(name, Site(conf, files, **options), requests or PLAIN)


PLAIN = (get("/page.txt"), get("/sub/page.txt"), get("/absent"))
METHODS = (get("/page.txt"), post("/page.txt", b""), request("PUT", "/page.txt"), request("BREW", "/page.txt"))

CASES = (
    asked("granted", "Require all granted"),
    asked("denied", "Require all denied"),
    asked("denied and granted", "Require all denied\nRequire all granted"),
    asked("not granted", "Require not all denied\nRequire all granted"),
    asked("only not", "Require not ip 192.0.2.1"),
    asked("local", "Require local"),
    asked("ip", "Require ip 127.0.0.1"),
    asked("ip of others", "Require ip 192.0.2.1"),
    asked("ip network", "Require ip 127.0.0.0/8"),
    asked("ip network with mask", "Require ip 127.0.0.0/255.0.0.0"),
    asked("ip beginning", "Require ip 127"),
    asked("ip beginning of others", "Require ip 12"),
    asked("several ips", "Require ip 192.0.2.1 127.0.0.1"),
    asked("ipv6", "Require ip ::1"),
    asked("broken ip", "Require ip 300.1.2.3"),
    asked("ip missing", "Require ip"),
    asked("all missing", "Require all"),
    asked("all wrong", "Require all maybe"),
    asked("unknown provider", "Require nonsense"),
    asked("nothing", "Require"),
    asked("upper case", "REQUIRE ALL GRANTED"),
    asked("user without AuthType", "Require valid-user"),
    asked("method", "Require method GET", *METHODS),
    asked("Order allow,deny", "Order allow,deny"),
    asked("Order deny,allow", "Order deny,allow"),
    asked("Order Deny,Allow", "Order Deny,Allow\nDeny from all"),
    asked("allow,deny Allow from all", "Order allow,deny\nAllow from all"),
    asked("deny,allow Deny from all", "Order deny,allow\nDeny from all"),
    asked("deny,allow both", "Order deny,allow\nDeny from all\nAllow from 127.0.0.1"),
    asked("allow,deny both", "Order allow,deny\nAllow from all\nDeny from 127.0.0.1"),
    asked("mutual-failure", "Order mutual-failure\nAllow from 127.0.0.1"),
    asked("only Deny", "Deny from all"),
    asked("only Allow", "Allow from 192.0.2.1"),
    asked("only Deny, another address", "Deny from 192.0.2.1"),
    asked("Deny from a network", "Order allow,deny\nAllow from all\nDeny from 127.0.0.0/8"),
    asked("Deny from the beginning of an address", "Order allow,deny\nAllow from all\nDeny from 127."),
    asked("Deny from env", "SetEnv BAD 1\nOrder allow,deny\nAllow from all\nDeny from env=BAD"),
    asked("Order with a blank", "Order allow, deny"),
    asked("Order with nonsense", "Order nonsense"),
    asked("Allow without from", "Allow all"),
    asked("Order and Require granted", "Order allow,deny\nRequire all granted"),
    asked("Order denies, Require granted", "Order deny,allow\nDeny from all\nRequire all granted"),
    asked("Allow from all, Require denied", "Order allow,deny\nAllow from all\nRequire all denied"),
    asked("Limit", "<Limit POST PUT>\nRequire all denied\n</Limit>", *METHODS),
    asked("LimitExcept", "<LimitExcept GET POST>\nRequire all denied\n</LimitExcept>", *METHODS),
    asked("Limit with Order", "<Limit POST>\nOrder deny,allow\nDeny from all\n</Limit>", *METHODS),
    asked("Limit GET and HEAD", "<Limit GET>\nRequire all denied\n</Limit>", *METHODS, request("HEAD", "/page.txt")),
    asked("Limit with an unknown method", "<Limit BREW>\nRequire all denied\n</Limit>", *METHODS),
    asked("Limit in Limit", "<Limit GET>\n<Limit POST>\nRequire all denied\n</Limit>\n</Limit>", *METHODS),
    asked("Limit lower case", "<limit get>\nRequire all denied\n</limit>", *METHODS),
    Case(
        "inner and outer",
        Site(
            """
            <Directory "@ROOT@/htdocs/closed">
                Require all denied
            </Directory>
            <Directory "@ROOT@/htdocs/closed/open">
                Require all granted
            </Directory>
            <Files "secret.*">
                Require all denied
            </Files>
            <Location "/closed/located">
                Require all granted
            </Location>
            """,
            {
                **{
                    f"htdocs/{name}": name
                    for name in ("page.txt", "secret.txt", "closed/page.txt", "closed/located.txt")
                },
                "htdocs/closed/open/page.txt": "open",
                "htdocs/closed/open/secret.txt": "secret",
                "htdocs/closed/located": "located",
            },
        ),
        [
            get("/page.txt"),
            get("/secret.txt"),
            get("/closed/page.txt"),
            get("/closed/"),
            get("/closed"),
            get("/closed/absent"),
            get("/closed/open/page.txt"),
            get("/closed/open/secret.txt"),
            get("/closed/located"),
            get("/closed/located.txt"),
            get("/closed//located"),
            get("/closed/open/../page.txt"),
            get("/%63losed/page.txt"),
            get("/open/../closed/./page.txt"),
            get("/.htaccess"),
            get("/.htanything"),
            get("/closed/open/.htpasswd"),
        ],
    ),
)
