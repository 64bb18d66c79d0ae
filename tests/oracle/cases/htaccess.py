"""Files named .htaccess: what AllowOverride lets them say, how they merge, and what a broken one does."""

from typing import Any

from ..request import basic, get
from ..site import Entry, Site
from . import Case, words

SHOW = """
    def handler(req):
        req.content_type = "text/plain"
        req.add_common_vars()
        options = " ".join("%s=%s" % pair for pair in sorted(req.get_options().items()))
        req.write("%s | %s | %s" % (options, req.hlist.directory, req.subprocess_env.get("FROM")), 0)
        return 0

    def second(req):
        req.write("second ", 0)
        return 0

    def authenhandler(req):
        return 0 if req.get_basic_auth_pw() == "eggs" else 401
"""
PAGES = {
    "lib/showing.py": SHOW,
    "htdocs/index.html": "index\n",
    "htdocs/page.txt": "page\n",
    "htdocs/page.py": "",
    "htdocs/in/page.txt": "page in\n",
    "htdocs/in/page.py": "",
    "htdocs/in/index.html": "index in\n",
    "htdocs/in/other.html": "other in\n",
    "htdocs/in/deep/page.txt": "page deep\n",
    "htdocs/in/deep/page.py": "",
}
ASK = [
    get(path)
    for path in ("/page.txt", "/page.py", "/in/page.txt", "/in/page.py", "/in/", "/in/deep/page.py", "/in/absent")
]


def asked(
    name: str, htaccess: str, override: str = "All", conf: str = "", deep: str | None = None, **options: Any
) -> Case:
    """A site with `htaccess` in the folder in (and `deep` below it), allowed by AllowOverride `override`."""
    files: dict[str, Any] = {**PAGES, "htdocs/in/.htaccess": htaccess}
    if deep is not None:
        files["htdocs/in/deep/.htaccess"] = deep
    text = f"""
    PythonPath "['@ROOT@/lib'] + sys.path"
    AddHandler mod_python .py
    PythonHandler showing
    <Directory "@ROOT@/htdocs">
        AllowOverride {override}
    </Directory>
    {conf}
    """
    requests = options.pop("requests", ASK)
    return Case(name, Site(text, files, **options), requests)


LOG = (".htaccess", "not allowed here", "Nonsense")
LOGGED = [get("/in/page.txt", log=LOG), get("/in/deep/page.txt", log=LOG), get("/page.txt", log=LOG)]
CLASSES = {
    "FileInfo": (
        "AddType text/x-mine .txt",
        "SetHandler mod_python",
        "Redirect /in/page.txt http://elsewhere.test/",
        "ForceType text/x-forced",
        "SetEnv FROM htaccess",
        "AddHandler mod_python .txt",
        "AddDefaultCharset utf-8",
    ),
    "Indexes": ("DirectoryIndex other.html", "DirectorySlash Off"),
    "AuthConfig": ("Require all denied", "AuthName x", "AuthType Basic", "Require valid-user"),
    "Limit": ("Order deny,allow\nDeny from all", "Deny from all", "Allow from all"),
    "Options": ("Options None", "Options -FollowSymLinks"),
    "any": (
        "PythonOption a b",
        "PythonHandler showing::second",
        "PythonDebug On",
        "PythonAutoReload Off",
        "PythonPath sys.path",
    ),
    "none": (
        "ServerName x",
        "DocumentRoot /",
        "Alias /a /b",
        "AllowOverride All",
        "Listen 80",
        "LoadModule x y",
        "ErrorLog x",
        "PythonTransHandler showing",
        "PythonPostReadRequestHandler showing",
        "PythonImport showing x",
        "PythonConnectionHandler showing",
        "AccessFileName x",
        "Include httpd.conf",
        "TypesConfig x",
        "<Directory />\n</Directory>",
        "<Location />\n</Location>",
        "<VirtualHost *>\n</VirtualHost>",
    ),
}
ONE = [get("/in/page.txt", log=("not allowed here",))]


def allowed() -> list[Case]:
    """Each directive under its own class alone, and under all the others."""
    cases = []
    for kind, directives in CLASSES.items():
        others = " ".join(other for other in ("FileInfo", "Indexes", "AuthConfig", "Limit", "Options") if other != kind)
        for directive in directives:
            name = directive.replace("\n", "; ")
            if kind in ("any", "none"):
                cases.append(asked(f"{name}, All", directive, "All", requests=ONE))
                cases.append(asked(f"{name}, Limit", directive, "Limit", requests=ONE))
            else:
                cases.append(asked(f"{name}, {kind}", directive, kind, requests=ONE))
                cases.append(asked(f"{name}, all but {kind}", directive, others, requests=ONE))
    return cases


ALLOWED = (  # in the same section, if they are several
    ("Options",),
    ("FileInfo Options",),
    ("Options=All",),
    ("Options=Indexes,MultiViews",),
    ("Options=Indexes Options",),
    ("Options Options=Indexes",),
    ("All Options=Indexes",),
    ("Options=Indexes", "All"),
    ("Options", "FileInfo Options=MultiViews"),
    ("All",),
)
NAMED = words("+MultiViews +SymLinksIfOwnerMatch RunScripts +Indexes All -MultiViews +Includes None")


def options_allowed() -> Case:
    """Which options a .htaccess may name under each of these AllowOverride, and in a folder below that has All."""
    sections, requests = [], []
    files: dict[str, Entry] = {}
    asked = [(rules, option, below) for rules in ALLOWED for option in NAMED for below in ("", "/below")]
    for number, (rules, option, below) in enumerate(asked):
        told = "".join(f"AllowOverride {rule}\n" for rule in rules)
        sections.append(f'<Directory "@ROOT@/htdocs/{number}">\n{told}</Directory>\n')
        sections.append(f'<Directory "@ROOT@/htdocs/{number}/below">\nAllowOverride All\n</Directory>\n')
        folder = f"{number}{below}"
        files |= {f"htdocs/{folder}/.htaccess": f"Options {option}\n", f"htdocs/{folder}/page.txt": "page\n"}
        requests.append(get(f"/{folder}/page.txt", name=f"{'; '.join(rules)}: {option}{' below' if below else ''}"))
    return Case("which options AllowOverride lets in", Site("".join(sections), files), requests)


CASES = (
    options_allowed(),
    asked("options", "PythonOption from in\nPythonOption in 1", deep="PythonOption from deep\nPythonOption deep 1"),
    asked("not read", "PythonOption from in", "None"),
    asked("nonsense not read", "Nonsense", "None"),
    asked("handlers replace", "PythonHandler showing::second\nPythonHandler showing", deep="PythonHandler showing"),
    asked("handlers for all files", "SetHandler mod_python"),
    asked(
        "Files",
        '<Files "page.txt">\nSetHandler mod_python\nPythonOption files 1\n</Files>\n'
        '<FilesMatch "y$">\nPythonOption y 1\n</FilesMatch>',
    ),
    asked(
        "order of sections",
        "PythonOption last htaccess\nPythonOption htaccess 1",
        conf="""
        <DirectoryMatch "/in">
            PythonOption last DirectoryMatch
            PythonOption match 1
        </DirectoryMatch>
        <Directory "@ROOT@/htdocs/in">
            PythonOption last Directory
            PythonOption directory 1
        </Directory>
        <Files "page.py">
            PythonOption files 1
        </Files>
        """,
    ),
    asked(
        "Files of both",
        '<Files "page.py">\nPythonOption last htaccess\n</Files>',
        conf='<Files "page.py">\nPythonOption last conf\n</Files>\n'
        '<Directory "@ROOT@/htdocs/in">\n<Files "*.py">\nPythonOption last inner\n</Files>\n</Directory>',
    ),
    asked(
        "Location wins", "PythonOption last htaccess", conf='<Location "/in">\nPythonOption last location\n</Location>'
    ),
    asked(
        "AllowOverride of the folder",
        "PythonOption from in",
        "None",
        conf='<Directory "@ROOT@/htdocs/in/deep">\nAllowOverride All\n</Directory>',
        deep="PythonOption from deep",
    ),
    asked(
        "AllowOverride taken back",
        "PythonOption from in",
        conf='<Directory "@ROOT@/htdocs/in/deep">\nAllowOverride None\n</Directory>',
        deep="PythonOption from deep",
    ),
    asked(
        "AllowOverride in Location", "PythonOption from in", conf='<Location "/in">\nAllowOverride None\n</Location>'
    ),
    asked("AllowOverride nonsense", "PythonOption from in", "Nonsense"),
    asked("AllowOverride lower case", "PythonOption from in", "all"),
    asked("AllowOverride twice", "AddType text/x-mine .txt", "FileInfo\nAllowOverride Limit", requests=ONE),
    asked("AllowOverride Options=", "Options None", "Options=FollowSymLinks", requests=ONE),
    asked("AllowOverride Options= others", "Options Indexes", "Options=FollowSymLinks", requests=ONE),
    *(
        asked(f"AllowOverride Options, {option}", f"Options {option}", "Options", requests=ONE)
        for option in ("Indexes", "All", "MultiViews", "-MultiViews", "+SymLinksIfOwnerMatch", "Indexes MultiViews")
    ),
    asked("AllowOverride Options= and Options", "Options MultiViews", "Options=MultiViews Options", requests=ONE),
    asked("AllowOverride Options and Options=", "Options MultiViews", "Options Options=MultiViews", requests=ONE),
    asked("AllowOverride Nonfatal=All", "ServerName x\nPythonOption a 1", "All Nonfatal=All", requests=ASK),
    asked(
        "AllowOverrideList",
        "PythonOption from in\nRedirect /in/other.html /in/",
        "None\nAllowOverrideList PythonOption Redirect",
    ),
    asked("AllowOverrideList, another", "AddType text/plain .x", "None\nAllowOverrideList PythonOption", requests=ONE),
    asked("AccessFileName", "Nonsense", conf="AccessFileName .other"),
    asked("AccessFileName of two", "PythonOption from in", conf="AccessFileName .other .htaccess"),
    asked("nonsense", "Nonsense directive", requests=LOGGED),
    asked("missing argument", "PythonDebug", requests=LOGGED),
    asked("wrong argument", "PythonDebug Maybe", requests=LOGGED),
    asked("not closed", '<Files "x">\nPythonOption a 1', requests=LOGGED),
    asked("closed without an opening", "</Files>", requests=LOGGED),
    asked("broken below", "PythonOption a 1", deep="Nonsense", requests=LOGGED),
    asked("nonsense in IfModule", "<IfModule mod_nonsense.c>\nNonsense\n</IfModule>\nPythonOption a 1"),
    asked(
        "IfModule that is there",
        "<IfModule mod_python.c>\nPythonOption a 1\n</IfModule>\n<IfModule !python_module>\nNonsense\n</IfModule>",
    ),
    asked(
        "IfDefine and variables",
        "<IfDefine HERE>\nPythonOption a ${VALUE}\n</IfDefine>",
        conf="Define HERE\nDefine VALUE 7",
    ),
    asked("empty", ""),
    asked("comments", "# PythonOption a 1\n\n   # b\nPythonOption c \\\n   d\n"),
    asked("comment behind a directive", "PythonOption c d # not a comment", requests=ONE),
    asked("carriage returns", "PythonOption a 1\r\nPythonOption b 2\r\n"),
    asked("no line end", "PythonOption a 1"),
    asked(
        "authentication",
        'AuthType Basic\nAuthName "in"\nPythonAuthenHandler showing\nRequire valid-user',
        requests=[
            *ASK,
            get("/in/page.py", basic("x", "eggs"), name="with a password"),
            get("/in/deep/page.py", basic("x", "eggs"), name="deep"),
        ],
    ),
    asked("denied in, granted below", "Require all denied", deep="Require all granted"),
    asked("handler module beside it", "PythonHandler mine", requests=[get("/in/page.py"), get("/in/deep/page.py")]),
    Case(
        "modules beside .htaccess",
        Site(
            'AddHandler mod_python .py\n<Directory "@ROOT@/htdocs">\nAllowOverride All\n</Directory>',
            {
                "htdocs/in/.htaccess": "PythonHandler beside\n",
                "htdocs/in/beside.py": """
                    def handler(req):
                        req.write("beside %s" % req.hlist.directory, 0)
                        return 0
                    """,
                "htdocs/in/deep/page.py": "",
                "htdocs/in/deep/beside.py": "def handler(req):\n    req.write('deep', 0)\n    return 0\n",
                "htdocs/other/page.py": "",
            },
        ),
        [get("/in/page.py"), get("/in/deep/page.py"), get("/other/page.py")],
    ),
    *allowed(),
)
