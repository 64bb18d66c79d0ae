"""ErrorLogFormat: what each directive of it shows, which fields are left out, and LogLevel for single modules."""

from ..request import get
from ..site import Site
from . import Case
from .access_log import asks

MODULE = r"""
    from mod_python import apache

    LEVELS = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug")

    def handler(req):
        what = (req.path_info or "").strip("/")
        if what == "all":
            for name in LEVELS:
                req.log_error("level " + name, getattr(apache, "APLOG_" + name.upper()))
        elif what == "server":
            req.server.log_error("of the server")
        elif what == "connection":
            req.connection.log_error("of the connection")
        elif what == "note":
            req.notes["note"] = 'a "note"'
            req.subprocess_env["VAR"] = "a variable"
            req.log_error("with a note")
        elif what == "escapes":
            req.log_error('tab\t nl\n quote" back\\slash caf\u00e9 \x7f %M %% ')
        elif what == "empty":
            req.log_error("")
        elif what == "twice":
            req.log_error("first")
            req.log_error("second")
        elif what == "late":
            req.log_error("late")
            req.internal_redirect("/do.py/one")
        elif what == "global":
            apache.log_error("of apache", apache.APLOG_ERR)
        elif what == "levels":
            req.write("%r %r" % (req.server.loglevel, 0))
        else:
            req.log_error("message " + what)
        return apache.OK
"""
FILES = {"htdocs/do.py": MODULE, "htdocs/sub/do.py": MODULE}
PYTHON = """
    <Directory "@ROOT@/htdocs">
        AddHandler mod_python .py
        PythonHandler do
    </Directory>
"""
LOG = ("error.log",)
BY_MODULE = "python-level: messages of handlers follow the level of their module"


def site(*lines: str) -> Site:
    """The site with further lines."""
    return Site(PYTHON + "\n".join(lines), FILES)


def formatted(*forms: str) -> Site:
    """The site with these ErrorLogFormats."""
    return site(*(f"ErrorLogFormat {form}" for form in forms))


FIELD = {"X-Field": "value"}
LEVELLED = "%l|%4{X-Field}i|%3{X-Field}i %M"
SKIPPED = (
    '"[%m] [x %{X-Field}i] [y %-{X-Field}i] %M"',
    '"%M% , referer %{Referer}i"',
    '"a %{X-Field}i b % c%{X-Field}id % %M e"',
    '"%{X-Field}i %M"',
    '"x %-{X-Field}i%{Other}i y %M"',
    r'"a\\ %{X-Field}i\\ b %M"',
    r'"a\ %{X-Field}i\ b %M"',
    '"%M [x %{X-Field}i]"',
    '"x%{X-Field}i%M y"',
    '"%{X-Field}iy z%M"',
    '"%m%M"',
    '"[%{X-Field}i]  [%m] %M"',
)
SIMPLE = (
    '"`[%{u}t]` %M"',
    '"`[%t]` %M"',
    '"`[%{cu}t]` `%{c}t` `%{uc}t` `%{x}t` %M"',
    '"[%m:%l] [%-m:%l] %M"',
    '"~[client %a]~ [%{c}A] %A %M"',
    '"~%{c}a~ %M"',
    '"%v %V %M"',
    '"k%k %M"',
    '"%{VAR}e %{ORACLE_PASSED}e %{note}n %{X-Field}i %M"',
    '"%{X-Field}i %{x-field}i %M"',
    '"%% %M"',
    r'"tab\\tnl\\nback\\\\x\\y %M"',
    '"caf\u00e9 %M"',
    '"%M %m"',
)
PLACES = "error-log-places: there is no C source"
THREADS = "error-log-threads: Apache leaves it out where it has no threads"
DIFFERENT = {
    '"~%P~ ~%T~ ~%{g}T~ %M"': ("~N~ ~N~ ~N~ message one", THREADS),
    '"E%-E F%{x}F %M"': ("E- message one", PLACES),
    '"%-F% %M"': ("-message one", PLACES),
}

CASES = (
    *(
        Case(
            f"format {form}",
            formatted(form),
            [get("/do.py/one", logs=LOG, differs={"log/error.log": ([line], reason)})],
        )
        for form, (line, reason) in DIFFERENT.items()
    ),
    *(
        Case(
            f"format {form}",
            formatted(form),
            asks(
                get("/do.py/one"),
                get("/do.py/two", FIELD),
                get("/do.py/note", {"X-Field": 'q" b\\ \u00e9', "Referer": "http://a.test/"}),
                get("/do.py/server"),
                logs=LOG,
            ),
        )
        for form in (*SIMPLE, *SKIPPED)
    ),
    Case(
        "the default format",
        site("LogLevel info"),
        asks(get("/do.py/one", {"Referer": "http://a.test/\u00e9\\"}), logs=()),
    ),
    Case(
        "levels",
        site("LogLevel debug", 'ErrorLogFormat "%m:%l %M"'),
        [get("/do.py/all", log=tuple(f"level {name}" for name in ("emerg", "info", "debug")))],
    ),
    Case("levels of fields", formatted(f'"{LEVELLED}"'), asks(get("/do.py/all", FIELD), get("/do.py/all"), logs=LOG)),
    Case(
        "escapes",
        formatted('"[%l] %M"'),
        asks(*(get(f"/do.py/{what}") for what in ("escapes", "empty", "connection", "global", "twice")), logs=LOG),
    ),
    Case(
        "further lines for a connection and a request",
        formatted(
            '"%m %M"',
            'connection "connection %{c}A %{X-Field}i%-a %v"',
            'request "request %-{X-Field}i %{c}A %V"',
            'request "field %+{X-Field}i"',
            'connection "%l %m level"',
        ),
        asks(
            *(get(f"/do.py/{what}") for what in ("one", "twice", "server", "connection", "late")),
            get("/do.py/one", FIELD, name="with a field"),
            logs=LOG,
        ),
    ),
    Case(
        "a format of a virtual host",
        site(
            'ErrorLogFormat "main %v %M"',
            "<VirtualHost *:@PORT@>",
            "ServerName one.test",
            "DocumentRoot @ROOT@/htdocs",
            "</VirtualHost>",
            "<VirtualHost *:@PORT@>",
            "ServerName two.test",
            "DocumentRoot @ROOT@/htdocs",
            'ErrorLogFormat "two %v %M"',
            "</VirtualHost>",
        ),
        asks(
            *(get("/do.py/one", host=host, name=host) for host in ("one.test", "two.test")),
            get("/do.py/server", host="two.test", name="of the server"),
            logs=LOG,
        ),
    ),
    *(
        Case(
            f"LogLevel {level}",
            site(f"LogLevel {level}", 'ErrorLogFormat "%l %M"'),
            [
                get(
                    "/do.py/all",
                    log=("level err", "level warning", "level info", "level debug"),
                    differs={f"log:{line}": (ours, BY_MODULE) for line, ours in otherwise.items()},
                ),
                get("/do.py/levels"),
                get(
                    "/do.py/server",
                    log=("of the server",),
                    differs={} if otherwise.get("level err", True) else {"log:of the server": (False, BY_MODULE)},
                ),
            ],
        )
        for level, otherwise in {
            "error python:debug": {"level warning": True, "level info": True, "level debug": True},
            "error mod_python.c:debug": {"level warning": True, "level info": True, "level debug": True},
            "error python_module:info": {"level warning": True, "level info": True},
            "debug python:crit": dict.fromkeys(("level err", "level warning", "level info", "level debug"), False),
            "python:debug error": {},
            "error core:debug": {},
            "crit": {},
        }.items()
    ),
    Case(
        "LogLevel of a directory",
        site(
            "LogLevel error",
            'ErrorLogFormat "%l %M"',
            '<Directory "@ROOT@/htdocs/sub">',
            "LogLevel python:info",
            "</Directory>",
        ),
        [
            get("/do.py/all", log=("level err", "level info")),
            get("/sub/do.py/all", log=("level err", "level info"), differs={"log:level info": (True, BY_MODULE)}),
        ],
    ),
    *(
        Case(f"refused: {line}", site(line))
        for line in (
            'ErrorLogFormat "no message"',
            'ErrorLogFormat "%y %M"',
            'ErrorLogFormat "%M %"',
            'ErrorLogFormat "%M %{open"',
            'ErrorLogFormat "%M %-"',
            'ErrorLogFormat process "%M"',
            "ErrorLogFormat",
            'ErrorLogFormat request "%y"',
            'ErrorLogFormat request "%M"',
            'ErrorLogFormat connection "x %M y"',
            'ErrorLogFormat request ""',
            'ErrorLogFormat ""',
            'ErrorLogFormat "%M" "%M"',
            'ErrorLogFormat "%+{X-Field}i %M"',
            '<Directory "/x">\nErrorLogFormat "%M"\n</Directory>',
            "LogLevel python:loud",
        )
    ),
)
