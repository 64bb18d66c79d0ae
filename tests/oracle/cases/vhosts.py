"""Virtual hosts: which one a request belongs to, and what it takes over from the main server."""

from typing import Any

from ..request import HOST, Request, get
from ..site import Site
from . import Case

SHOW = """
    def handler(req):
        req.content_type = "text/plain"
        server = req.server
        req.write("server %r virtual %r " % (server.server_hostname, bool(server.is_virtual)), 0)
        req.write("interpreter %r " % req.interpreter, 0)
        req.write("root %r options %r " % (req.document_root(), sorted(req.get_options().items())), 0)
        req.write("host %r base %r" % (req.hostname, req.connection.base_server.server_hostname), 0)
        return 0
"""
SAME = """
    import helper

    def handler(req):
        req.write("@NAME@ " + helper.NAME, 0)
        return 0
"""
FILES = {
    "lib/showing.py": SHOW,
    "htdocs/page.txt": "main\n",
    **{f"htdocs/{name}/page.txt": f"{name}\n" for name in ("one", "two", "three")},
    **{f"htdocs/{name}/show.py": "" for name in ("one", "two", "three")},
    "htdocs/show.py": "",
}
MAIN = """
    PythonPath "['@ROOT@/lib'] + sys.path"
    AddHandler mod_python .py
    PythonHandler showing
    PythonOption where main
    PythonOption main 1
"""


def host(name: str, address: str = "*:@PORT@", *lines: str) -> str:
    """A virtual host with its own document root and option."""
    more = "\n".join(lines)
    return f"""
    <VirtualHost {address}>
        ServerName {name}.test
        DocumentRoot "@ROOT@/htdocs/{name}"
        PythonOption where {name}
        {more}
    </VirtualHost>
    """


def ask(*hosts: str) -> list[Request]:
    """The page and the handler of each host."""
    return [get("/page.txt", host=name, name=f"{name} page") for name in hosts] + [
        get("/show.py", host=name, name=f"{name} handler") for name in hosts
    ]


def asked(name: str, conf: str, *hosts: str, **options: Any) -> Case:
    """This configuration, and these Host headers."""
    return Case(name, Site(MAIN + conf, FILES, **options), ask(*(hosts or USUAL)))


USUAL = (
    "one.test",
    "two.test",
    "oracle.test",
    "unknown.test",
    "ONE.test",
    "two.test.",
    "two.test:81",
    "127.0.0.1",
    HOST,
)

CASES = (
    asked("none", ""),
    asked("two by name", host("one") + host("two")),
    asked("two by name, other order", host("two") + host("one")),
    asked("NameVirtualHost", "NameVirtualHost *:@PORT@\n" + host("one") + host("two")),
    asked("star without a port", host("one", "*") + host("two", "*")),
    asked("_default_", host("one", "_default_:@PORT@") + host("two", "_default_")),
    asked("_default_ and star", host("one", "_default_:@PORT@") + host("two")),
    asked("address and port", host("one", "127.0.0.1:@PORT@") + host("two", "127.0.0.1:@PORT@")),
    asked("address and star", host("one", "127.0.0.1:@PORT@") + host("two", "*:@PORT@")),
    asked("star and address", host("two", "*:@PORT@") + host("one", "127.0.0.1:@PORT@")),
    asked("another address", host("one", "127.0.0.2:@PORT@") + host("two", "127.0.0.2:@PORT@")),
    asked("the name of an address", host("two", "*:@PORT@") + host("one", "localhost:@PORT@")),
    asked("a name without an address", host("one", "nobody.invalid:@PORT@") + host("two", "localhost")),
    asked("another port", host("one", "*:81") + host("two", "*:@PORT@")),
    asked("only another port", host("one", "*:81")),
    asked("several addresses", host("one", "127.0.0.2:@PORT@ 127.0.0.1:@PORT@") + host("two")),
    asked(
        "aliases",
        host("one", "*:@PORT@", "ServerAlias a.test b.test", "ServerAlias c.test")
        + host("two", "*:@PORT@", "ServerAlias *.wild.test a?.test *two*"),
        "a.test",
        "b.test",
        "c.test",
        "x.wild.test",
        "x.y.wild.test",
        "wild.test",
        "ab.test",
        "abc.test",
        "somewhat-two.org",
        "A.TEST",
    ),
    asked(
        "wildcard first",
        host("one", "*:@PORT@", "ServerAlias *.test") + host("two"),
    ),
    asked("name of the main server too", host("one") + host("oracle", "*:@PORT@", 'DocumentRoot "@ROOT@/htdocs/two"')),
    asked("ServerName with a port", host("one", "*:@PORT@", "ServerName one.test:8080") + host("two")),
    asked("no ServerName", '<VirtualHost *:@PORT@>\nDocumentRoot "@ROOT@/htdocs/one"\n</VirtualHost>' + host("two")),
    asked("the same twice", host("one") + host("one", "*:@PORT@", 'DocumentRoot "@ROOT@/htdocs/two"')),
    asked("no address", "<VirtualHost>\nServerName one.test\n</VirtualHost>"),
    asked("in another", "<VirtualHost *>\n<VirtualHost *>\n</VirtualHost>\n</VirtualHost>"),
    asked("with a Listen inside", "<VirtualHost *>\nListen 81\n</VirtualHost>"),
    asked(
        "sections in a host",
        host(
            "one",
            "*:@PORT@",
            '<Directory "@ROOT@/htdocs/one">\nPythonOption where inside\n</Directory>',
            '<Location "/show.py">\nPythonOption located 1\n</Location>',
        )
        + host("two", "*:@PORT@", '<Files "page.txt">\nRequire all denied\n</Files>')
        + '<Directory "@ROOT@/htdocs/one">\nPythonOption where outside\nPythonOption outside 1\n</Directory>\n'
        '<Location "/">\nPythonOption root 1\n</Location>',
    ),
    asked(
        "options of a host",
        host("one", "*:@PORT@", 'PythonOption main ""', "PythonHandler showing", "PythonInterpreter own")
        + host("two", "*:@PORT@", "RemoveHandler .py", "AddHandler default-handler .py"),
    ),
    asked(
        "aliases and redirects of the main server",
        'Alias /three "@ROOT@/htdocs/three"\nRedirect /gone http://main.test/\n'
        + host("one", "*:@PORT@", 'Alias /three "@ROOT@/htdocs/two"')
        + host("two", "*:@PORT@", "Redirect /gone http://two.test/"),
    ),
    Case(
        "paths through hosts",
        Site(
            MAIN
            + 'Alias /three "@ROOT@/htdocs/three"\nRedirect /gone http://main.test/\nDirectoryIndex page.txt\n'
            + host("one", "*:@PORT@", 'Alias /three "@ROOT@/htdocs/two"', "ServerPath /one")
            + host("two", "*:@PORT@", "Redirect /gone http://two.test/", "DirectoryIndex disabled"),
            FILES,
        ),
        [
            get(path, host=name, name=f"{name} {path}")
            for name in ("one.test", "two.test")
            for path in ("/three/page.txt", "/gone", "/", "/one/page.txt", "/three")
        ]
        + [get("/one/page.txt", host=None, protocol="HTTP/1.0", name="ServerPath without a Host")],
    ),
    Case(
        "full URI against Host",
        Site(MAIN + host("one") + host("two"), FILES),
        [
            get("http://two.test/page.txt", host="one.test", name="URI two, Host one"),
            get("http://two.test:81/show.py", host="one.test", name="URI with a port"),
            get("/page.txt", host=None, protocol="HTTP/1.0", name="no Host"),
            get("/show.py", host=None, protocol="HTTP/1.0", name="no Host, handler"),
        ],
    ),
    Case(
        "two modules of one name",
        Site(
            "AddHandler mod_python .py\nPythonHandler same\n"
            + host("one", "*:@PORT@", '<Directory "@ROOT@/htdocs/one">\nPythonHandler same\n</Directory>')
            + host("two", "*:@PORT@", '<Directory "@ROOT@/htdocs/two">\nPythonHandler same\n</Directory>'),
            {
                **FILES,
                **{f"htdocs/{name}/same.py": SAME.replace("@NAME@", name) for name in ("one", "two")},
                **{f"htdocs/{name}/helper.py": f"NAME = 'helper of {name}'\n" for name in ("one", "two")},
            },
        ),
        [
            get("/show.py", host=name, name=f"{name} {turn}")
            for turn in ("first", "again")
            for name in ("one.test", "two.test")
        ],
    ),
)
