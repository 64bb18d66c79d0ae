"""The language of the configuration: quoting, continuation, conditions, variables, includes, and what is refused."""

from typing import Any

from ..request import get
from ..site import Site
from . import Case, words

SHOW = """
    def handler(req):
        req.content_type = "text/plain"
        req.write("".join("%s=%s;" % pair for pair in sorted(req.get_options().items())), 0)
        return 0
"""
FILES = {
    "lib/showing.py": SHOW,
    "htdocs/page.txt": "",
    "conf/one.conf": "PythonOption one 1\n",
    "conf/two.conf": "PythonOption two 2\nInclude conf/deep/three.conf\n",
    "conf/deep/three.conf": "PythonOption three 3\n",
    "conf/order-b.inc": "PythonOption order b\n",
    "conf/order-a.inc": "PythonOption order a\n",
    "conf/half.open": "<IfDefine !ABSENT>\n",
    "conf/wrong.bad": "PythonOption ok 1\nNonsense here\n",
    "conf/self.loop": "Include conf/self.loop\n",
    "folder/a.txt": "PythonOption a 1\n",
    "folder/b/c.conf": "PythonOption c 1\n",
}
ASK = (get("/page.txt"),)


def asked(name: str, text: str, requests: Any = ASK, **options: Any) -> Case:
    """A configuration text; the handler shows all its PythonOptions."""
    conf = "PythonPath \"['@ROOT@/lib'] + sys.path\"\nSetHandler mod_python\nPythonHandler showing\n" + text
    starts = options.pop("starts", None)
    return Case(name, Site(conf, FILES, **options), requests, starts)


WARNED = (True, "missing-folders: a warning here, as stock configurations start where their folders were left behind")
STRICTER = (False, "overlooked-mistakes: httpd takes a ServerRoot in a section, and a Timeout that is no number")
OTHERWISE = {
    "ServerRoot / in Directory": STRICTER,
    "ServerRoot / in VirtualHost": STRICTER,
}
DROPPED = "options-without-value: the original drops them while it iterates, and so misses every second one"
EMPTY = {"body": ("", DROPPED), "header:Content-Length": ("0", DROPPED)}
SERVER_ONLY = words(
    """
    PythonPostReadRequestHandler PythonTransHandler PythonConnectionHandler
    """
)
ANYWHERE = words(
    """
    PythonInitHandler PythonHeaderParserHandler PythonAccessHandler PythonAuthenHandler PythonAuthzHandler
    PythonTypeHandler PythonFixupHandler PythonHandler PythonLogHandler PythonCleanupHandler PythonHandlerModule
    """
)
SECTIONS = {
    "Directory": '<Directory "@ROOT@/htdocs/absent">',
    "Location": '<Location "/absent">',
    "Files": '<Files "absent">',
    "VirtualHost": "<VirtualHost 127.0.0.9:81>",
}


def within(section: str, directive: str) -> Case:
    """A directive in a section that no request reaches: accepted or refused."""
    opening = SECTIONS[section]
    closing = f"</{opening[1:].split()[0]}>"
    name = f"{directive} in {section}"
    return asked(name, f"{opening}\n{directive}\n{closing}", starts=OTHERWISE.get(name))


CASES = (
    asked(
        "quotes", 'PythonOption a "two words"\nPythonOption b \'single quotes\'\nPythonOption c "a \\"quoted\\" word"\n'
    ),
    asked("quotes in the middle", "PythonOption a x\"y z\"\nPythonOption b x'y'\n"),
    asked("quote not closed", 'PythonOption a "not closed'),
    asked(
        "backslashes",
        'PythonOption a back\\slash\nPythonOption b "back\\slash"\nPythonOption c "a\\\\b"\nPythonOption d \\"x\\"\n',
    ),
    asked("empty text", "PythonOption a \"\"\nPythonOption b ''", [get("/page.txt", differs=EMPTY)]),
    asked("continuation", "PythonOption a \\\n1\nPythonOption \\\n  b \\\n  2\nPythonOption c 3\\\n4"),
    asked("continued comment", "# a comment \\\nPythonOption hidden 1\nPythonOption shown 1"),
    asked("comments", "#PythonOption a 1\n   # PythonOption b 1\nPythonOption c 1#2\nPythonOption d '#'"),
    asked("comment behind a directive", "PythonOption a 1 # comment"),
    asked("blanks and tabs", "\tPythonOption\ta\t1  \n   PythonOption   b   2\n\n\n"),
    asked("case of names", "pythonoption a 1\nPYTHONOPTION b 2\n<LOCATION />\npYthonOption c 3\n</location>"),
    asked("carriage returns", "PythonOption a 1\r\nPythonOption b 2\r\n"),
    asked("characters", "PythonOption a caf\u00e9\nPythonOption b \u20ac"),
    asked("long line", f"PythonOption a {'x' * 5000}"),
    asked("unknown directive", "Requre all granted"),
    asked("unknown section", "<Requre>\n</Requre>"),
    asked(
        "IfModule by file",
        "<IfModule mod_python.c>\nPythonOption a 1\n</IfModule>\n<IfModule mod_none.c>\nPythonOption b 1\n</IfModule>",
    ),
    asked(
        "IfModule by name",
        "<IfModule python_module>\n"
        "PythonOption a 1\n"
        "</IfModule>\n"
        "<IfModule none_module>\n"
        "PythonOption b 1\n"
        "</IfModule>",
    ),
    asked(
        "IfModule negated",
        "<IfModule !mod_python.c>\n"
        "PythonOption a 1\n"
        "</IfModule>\n"
        "<IfModule !mod_none.c>\n"
        "PythonOption b 1\n"
        "</IfModule>",
    ),
    asked(
        "IfModule nested",
        "<IfModule mod_mime.c>\n"
        "<IfModule !none_module>\n"
        "PythonOption a 1\n"
        "</IfModule>\n"
        "<IfModule x>\n"
        "Nonsense\n"
        "</IfModule>\n"
        "</IfModule>",
    ),
    asked(
        "IfModule of the core",
        "<IfModule core.c>\n"
        "PythonOption a 1\n"
        "</IfModule>\n"
        "<IfModule http_core.c>\n"
        "PythonOption b 1\n"
        "</IfModule>\n"
        "<IfModule mod_so.c>\n"
        "PythonOption c 1\n"
        "</IfModule>",
    ),
    asked("IfModule skips nonsense", "<IfModule none>\nNonsense <>\n<Nonsense>\n</Nonsense>\n</IfModule>"),
    asked("IfModule not closed", "<IfModule none>\nPythonOption a 1"),
    asked(
        "IfDefine",
        "<IfDefine HERE>\n"
        "PythonOption a 1\n"
        "</IfDefine>\n"
        "<IfDefine ABSENT>\n"
        "PythonOption b 1\n"
        "</IfDefine>\n"
        "<IfDefine !ABSENT>\n"
        "PythonOption c 1\n"
        "</IfDefine>",
        defines=("HERE",),
    ),
    asked("IfDefine in another case", "<IfDefine here>\nPythonOption a 1\n</IfDefine>", defines=("HERE",)),
    asked(
        "Define and UnDefine",
        "Define X\n"
        "<IfDefine X>\n"
        "PythonOption a 1\n"
        "</IfDefine>\n"
        "UnDefine X\n"
        "<IfDefine X>\n"
        "PythonOption b 1\n"
        "</IfDefine>",
    ),
    asked(
        "Define with a value",
        'Define X value\nPythonOption a ${X}\nPythonOption b pre${X}post\nPythonOption c "${X} ${X}"',
    ),
    asked("Define of a path", "Define ROOT @ROOT@\nPythonOption a ${ROOT}/x\n<Location ${LOC}>\n</Location>"),
    asked("Define in a section", '<Location "/">\nDefine X inside\n</Location>\nPythonOption a ${X}'),
    asked("Define twice", "Define X 1\nDefine X 2\nPythonOption a ${X}"),
    asked("Define of a Define", "Define X 1\nDefine Y ${X}2\nPythonOption a ${Y}"),
    asked("Define with a brace", "Define ${X} 1"),
    asked("variable of the environment", 'PythonOption a "${ORACLE_PASSED}"'),
    asked("unknown variable", "PythonOption a ${UNKNOWN_VARIABLE}"),
    asked("variable in a comment", "# ${UNKNOWN_VARIABLE}\nPythonOption a 1"),
    asked("variable in a section", "Define WHERE /\n<Location ${WHERE}>\nPythonOption a 1\n</Location>"),
    asked(
        "IfVersion",
        "<IfVersion >= 2.4>\n"
        "PythonOption a 1\n"
        "</IfVersion>\n"
        "<IfVersion < 2.4>\n"
        "PythonOption b 1\n"
        "</IfVersion>\n"
        "<IfVersion = 2.2>\n"
        "PythonOption c 1\n"
        "</IfVersion>\n"
        "<IfVersion !< 2.4.1>\n"
        "PythonOption d 1\n"
        "</IfVersion>",
    ),
    asked(
        "IfVersion with a pattern",
        "<IfVersion = /^2\\.4/>\nPythonOption a 1\n</IfVersion>\n<IfVersion ~ ^2\\.2>\nPythonOption b 1\n</IfVersion>",
    ),
    asked("IfVersion without a comparison", "<IfVersion 2.4.1>\nPythonOption a 1\n</IfVersion>"),
    asked(
        "IfFile",
        '<IfFile "@ROOT@/conf/one.conf">\n'
        "PythonOption a 1\n"
        "</IfFile>\n"
        '<IfFile "@ROOT@/absent">\n'
        "PythonOption b 1\n"
        "</IfFile>\n"
        '<IfFile !"@ROOT@/absent">\n'
        "PythonOption c 1\n"
        "</IfFile>",
    ),
    asked("IfFile, relative", "<IfFile conf/one.conf>\nPythonOption a 1\n</IfFile>"),
    asked(
        "IfDirective",
        "<IfDirective PythonOption>\n"
        "PythonOption a 1\n"
        "</IfDirective>\n"
        "<IfDirective None>\n"
        "PythonOption b 1\n"
        "</IfDirective>",
    ),
    asked("Include", "Include conf/one.conf\nInclude @ROOT@/conf/two.conf"),
    asked("Include with a pattern", "Include conf/*.conf"),
    asked("Include in order", "Include conf/order-*.inc"),
    asked("Include of a folder", "Include folder"),
    asked("Include of a folder with a slash", "Include folder/"),
    asked("Include with patterns of folders", "Include f*r/b/*.conf"),
    asked("Include of what is missing", "Include conf/absent.conf"),
    asked("Include of a missing pattern", "Include conf/*.absent"),
    asked("Include of a missing folder with a pattern", "Include absent/*.conf"),
    asked(
        "IncludeOptional",
        "IncludeOptional conf/one.conf\n"
        "IncludeOptional conf/absent.conf\n"
        "IncludeOptional absent/*.conf\n"
        "IncludeOptional conf/*.absent",
    ),
    asked("Include of two", "Include conf/one.conf conf/two.conf"),
    asked("Include in a section", '<Location "/">\nInclude conf/one.conf\n</Location>'),
    asked("Include of half a section", "Include conf/half.open\n</IfDefine>"),
    asked("Include of a mistake", "Include conf/wrong.bad"),
    asked("Include of itself", "Include conf/self.loop"),
    asked("flags", "PythonDebug on\nPythonAutoReload OFF\nPythonDebug On"),
    asked("flag of another word", "PythonDebug yes"),
    asked("flag of two words", "PythonDebug On On"),
    asked("PythonOption without arguments", "PythonOption"),
    asked("PythonOption of three", "PythonOption a b c"),
    asked("PythonInterpreter without arguments", "PythonInterpreter"),
    asked("PythonPath of two", "PythonPath a b"),
    asked("extension in the translation phase", "PythonTransHandler showing | .py"),
    asked("extension after reading", "PythonPostReadRequestHandler showing | .py"),
    *(within(section, f"{directive} showing") for directive in SERVER_ONLY for section in SECTIONS),
    *(within("Directory", f"{directive} showing") for directive in ANYWHERE),
    *(within("VirtualHost", f"{directive} showing") for directive in ANYWHERE[:2]),
    *(within(section, "PythonImport showing x") for section in SECTIONS),
    *(
        within("Location", directive)
        for directive in ("PythonOptimize On", "PythonPath sys.path", "PythonDebug On", "PythonEnablePdb On")
    ),
    *(within(section, "DocumentRoot /tmp") for section in SECTIONS),
    *(
        within("Directory", directive)
        for directive in (
            "ServerName x",
            "Listen 80",
            "User x",
            "Alias /a /b",
            "NameVirtualHost *",
            "AccessFileName x",
            "ServerRoot /",
            "PidFile x",
            "Timeout 3",
            "KeepAlive On",
            "TypesConfig x",
            "LogLevel debug",
            "ErrorLog x",
        )
    ),
    *(
        within("VirtualHost", directive)
        for directive in (
            "Listen 80",
            "User x",
            "PidFile x",
            "ServerRoot /",
            "Timeout 3",
            "KeepAlive On",
            "MaxRequestWorkers 3",
            "AccessFileName x",
            "ErrorLog logs/x",
            "LimitRequestLine 100",
            "TypesConfig x",
        )
    ),
    *(
        within("Location", directive)
        for directive in (
            "AllowOverride None",
            "Options None",
            "DirectoryIndex x",
            "Require all granted",
            "Order deny,allow",
            "SetEnv a b",
        )
    ),
    *(
        within("Files", directive)
        for directive in (
            "AllowOverride None",
            "Options None",
            "DirectoryIndex x",
            "Require all granted",
            "Redirect /a http://x/",
            "Alias /a /b",
        )
    ),
    asked("Timeout of a word", "Timeout soon", starts=STRICTER),
    asked("Timeout of 0", "Timeout 0"),
    asked("DocumentRoot that is missing", 'DocumentRoot "@ROOT@/absent"', starts=WARNED),
    asked("DocumentRoot, relative", "DocumentRoot htdocs"),
    asked("TypesConfig that is missing", "TypesConfig absent.types", starts=WARNED),
    asked("LogLevel nonsense", "LogLevel nonsense"),
    asked("LogLevel of a module", "LogLevel info python:debug"),
    asked("Options mixed", '<Directory "@ROOT@/htdocs">\nOptions Indexes -FollowSymLinks\n</Directory>'),
    asked("Options nonsense", '<Directory "@ROOT@/htdocs">\nOptions Nonsense\n</Directory>'),
    asked("Options of signs", '<Directory "@ROOT@/htdocs">\nOptions +Indexes -FollowSymLinks\n</Directory>'),
    asked("DirectorySlash maybe", "DirectorySlash Maybe"),
    asked("HostnameLookups", "HostnameLookups Off"),
    asked("HostnameLookups maybe", "HostnameLookups Maybe"),
    asked("MPM sizes", "MaxClients 3\nMaxRequestsPerChild 10\nMaxSpareServers 3\nMinSpareServers 1\nServerLimit 4"),
    asked("LimitRequestBody", "LimitRequestBody abc"),
    asked("LoadModule twice", "LoadModule python_module /usr/lib/apache2/modules/mod_python.so"),
)
