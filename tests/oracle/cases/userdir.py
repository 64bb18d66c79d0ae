"""UserDir: the folders of users, by pattern and by home, whose are open and whose are not."""

from typing import Any

from ..request import get, head
from ..site import Entry, Folder, Link, Site
from . import Case, words

FILES: dict[str, Entry] = {
    "htdocs/page.txt": "page\n",
    "htdocs/~file/page.txt": "a folder of that name\n",
    "home/anna/www/page.txt": "anna page\n",
    "home/anna/www/index.html": "anna index\n",
    "home/anna/www/sub/page.txt": "anna sub\n",
    "home/anna/www/.htpasswd": "secret\n",
    "home/anna/secret.txt": "secret\n",
    "home/bert/www/page.txt": "bert page\n",
    "home/with blank/www/page.txt": "blank page\n",
    "home/cora": Folder(),
    "web/anna/page.txt": "anna web\n",
    "web/cora/page.txt": "cora web\n",
    "web/link": Link("../home/anna/www"),
    "web/page.txt": "of no user\n",
    "www/page.txt": "of no user either\n",
}
OPEN = '<Directory "@ROOT@/home/*/www">\nRequire all granted\n</Directory>\n'
OPEN += '<Directory "@ROOT@/web">\nRequire all granted\n</Directory>\n'
PATHS = words(
    """
    /~anna/page.txt /~anna/ /~anna /~anna/sub/page.txt /~anna/sub /~anna/absent /~anna/.htpasswd /~anna/page.txt/more
    /~bert/page.txt /~bert /~cora/page.txt /~nobody-here/page.txt /~ /~/ /~/page.txt /page.txt /~file/page.txt
    /~anna/../page.txt /~anna/../../secret.txt /~anna/%2e%2e/secret.txt /~anna%2fwww/page.txt /~anna/..%2fsecret.txt
    /%7eanna/page.txt /%7Eanna/page.txt //~anna/page.txt /~anna//page.txt /~anna/./page.txt /~ANNA/page.txt
    /~anna./page.txt /~anna;x/page.txt /~anna%00/page.txt /~anna%0a/page.txt /~anna\\page.txt /~*/page.txt
    /~with%20blank/page.txt /~anna?a=1 /~anna/sub?a=1&b=2
    """
)
ASK = [get(path) for path in PATHS] + [head("/~anna/page.txt")]
BAD = {"status": ("500 Internal Server Error", "bad-header: the page is whole")}
URLS = [get(ask.target, differs=BAD if "%0a" in ask.target else {}) for ask in ASK if ask.method == "GET"]
DOTS = [get(path) for path in words("/~./page.txt /~../page.txt /~.../page.txt /~.anna/page.txt /~a./page.txt")]


def asked(name: str, directives: str, *requests: Any, **options: Any) -> Case:
    """These directives, with the folders of users open."""
    return Case(name, Site(OPEN + directives, FILES, modules=("userdir",), **options), requests or ASK)


def vhost(name: str, directives: str = "") -> str:
    """A virtual host of its own."""
    inside = f"{directives}\n" if directives else ""
    return f'<VirtualHost *:@PORT@>\nServerName {name}.test\nDocumentRoot "@ROOT@/htdocs"\n{inside}</VirtualHost>\n'


FEW = [
    get(path) for path in words("/~anna/page.txt /~bert/page.txt /~cora/page.txt /~anna /~nobody-here/ /~link/page.txt")
]
HOSTS = [
    get(path, host=host, name=f"{path} of {host}")
    for host in ("one.test", "two.test", "three.test", "four.test")
    for path in ("/~anna/page.txt", "/~bert/page.txt", "/~cora/page.txt")
]
CASES = (
    asked("none", "", *FEW),
    asked("pattern", 'UserDir "@ROOT@/home/*/www"', *ASK),
    asked("pattern at the end", 'UserDir "@ROOT@/web/*"', *FEW),
    asked("absolute", 'UserDir "@ROOT@/web"', *ASK),
    asked("absolute with a slash", 'UserDir "@ROOT@/web/"', *FEW),
    asked("dots, pattern", 'UserDir "@ROOT@/home/*/www"', *DOTS),
    asked("dots, absolute", 'UserDir "@ROOT@/web"', *DOTS),
    asked("two stars", 'UserDir "@ROOT@/home/*/*"', *FEW),
    asked("a star within a name", 'UserDir "@ROOT@/home/a*a/www"', get("/~nn/page.txt"), get("/~anna/page.txt")),
    asked("several", 'UserDir "@ROOT@/home/*/www" "@ROOT@/web"', *FEW),
    asked("several, other order", 'UserDir "@ROOT@/web" "@ROOT@/home/*/www"', *FEW),
    asked("several and a URL", 'UserDir "@ROOT@/web" http://elsewhere.test/users', *FEW),
    asked("twice", 'UserDir "@ROOT@/web"\nUserDir "@ROOT@/home/*/www"', *FEW),
    asked("homes", "UserDir public_html", *FEW, get("/~nobody/page.txt"), get("/~root/page.txt"), get("/~root/")),
    asked("homes, deeper", "UserDir public/html", get("/~nobody/page.txt")),
    asked("homes, then a folder", 'UserDir public_html "@ROOT@/web"', *FEW),
    asked("URL", "UserDir http://elsewhere.test/users", *ASK),
    asked("URL with a slash", "UserDir http://elsewhere.test/users/", *FEW),
    asked("URL pattern", "UserDir http://elsewhere.test/*/www", *URLS),
    asked("URL pattern at the end", "UserDir http://elsewhere.test/*", *FEW),
    asked("URL pattern in the host", "UserDir http://*.elsewhere.test", *FEW),
    asked("disabled", 'UserDir "@ROOT@/home/*/www"\nUserDir disabled', *FEW),
    asked("disabled, capitals", 'UserDir "@ROOT@/home/*/www"\nUserDir DISABLED', *FEW),
    asked("disable", 'UserDir "@ROOT@/home/*/www"\nUserDir disable', *FEW),
    asked("some disabled", 'UserDir "@ROOT@/home/*/www"\nUserDir disabled bert cora', *FEW),
    asked("some disabled twice", 'UserDir "@ROOT@/home/*/www"\nUserDir disabled bert\nUserDir disabled anna', *FEW),
    asked("some enabled", 'UserDir "@ROOT@/home/*/www"\nUserDir enabled anna', *FEW),
    asked("disabled but for some", 'UserDir disabled\nUserDir enabled anna\nUserDir "@ROOT@/home/*/www"', *FEW),
    asked("disabled and enabled", 'UserDir disabled anna\nUserDir enabled anna\nUserDir "@ROOT@/home/*/www"', *FEW),
    asked(
        "disabled, all and one",
        'UserDir disabled\nUserDir disabled anna\nUserDir enabled anna\nUserDir "@ROOT@/home/*/www"',
        *FEW,
    ),
    asked("enabled alone", 'UserDir "@ROOT@/home/*/www"\nUserDir disabled\nUserDir enabled', *FEW),
    asked("disabled, and case of names", 'UserDir "@ROOT@/home/*/www"\nUserDir disabled ANNA', *FEW),
    asked("no arguments", "UserDir", *FEW),
    asked("empty", 'UserDir ""', *FEW),
    asked("a relative pattern", "UserDir home/*/www", *FEW),
    asked("a slash alone", "UserDir /", get("/~anna/page.txt")),
    asked("in a Directory", '<Directory "@ROOT@">\nUserDir www\n</Directory>', *FEW),
    asked("after an Alias", 'UserDir "@ROOT@/web"\nAlias /~anna "@ROOT@/home/bert/www"', *FEW),
    asked("after a Redirect", 'UserDir "@ROOT@/web"\nRedirect /~anna http://elsewhere.test/', *FEW),
    asked("closed", 'UserDir "@ROOT@/home/*"', get("/~anna/secret.txt"), get("/~anna/www/page.txt"), get("/~anna/")),
    asked(
        "virtual hosts",
        'UserDir "@ROOT@/home/*/www"\nUserDir disabled bert\n'
        + vhost("one")
        + vhost("two", 'UserDir "@ROOT@/web"')
        + vhost("three", "UserDir disabled")
        + vhost("four", "UserDir enabled bert"),
        *HOSTS,
    ),
    asked(
        "virtual hosts, disabled above",
        'UserDir "@ROOT@/home/*/www"\nUserDir disabled\nUserDir enabled anna\n'
        + vhost("one")
        + vhost("two", "UserDir enabled bert")
        + vhost("three", 'UserDir "@ROOT@/web"'),
        *HOSTS[:9],
    ),
)
