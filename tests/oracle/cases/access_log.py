"""The access log: LogFormat, CustomLog, TransferLog, GlobalLog; what each directive of a format shows, line by line."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from ..request import Request, basic, get, head, post, request
from ..site import Entry, Site
from . import Case

MODULE = r"""
    from mod_python import apache

    TARGETS = {"moved": "/page.txt", "query": "/do.py/answer?of=this", "absent": "/absent", "hop": "/do.py/moved"}

    def handler(req):
        what = (req.path_info or "").strip("/")
        req.content_type = "text/plain; charset=utf-8"
        if what == "answer":
            req.headers_out["X-Out"] = "out"
            req.err_headers_out["X-Err"] = "err"
            req.headers_out["X-Quoted"] = 'say "hi"'
            req.headers_out.add("Set-Cookie", "a=1")
            req.headers_out.add("Set-Cookie", "b=2")
            req.notes["note"] = "a note"
            req.subprocess_env["VAR"] = "a variable"
            req.set_content_length(6)
            req.write("answer")
        elif what == "unflushed":
            req.write("one", 0)
            req.write("two", 0)
        elif what == "escapes":
            req.notes["note"] = 'tab\t nl\n cr\r bell\a bs\b vt\v ff\f quote" back\\slash caf\u00e9 del\x7f'
            req.notes["empty"] = ""
            req.user = 'us"er'
        elif what == "nouser":
            req.user = ""
        elif what == "large":
            req.write("x" * 100000)
        elif what == "pieces":
            for number in range(10):
                req.write("piece %d\n" % number)
        elif what == "raise":
            raise ValueError("raised")
        elif what == "late":
            req.write("before")
            raise ValueError("raised late")
        elif what == "logged":
            req.log_error("a line of the site")
        elif what == "method":
            req.write(req.method)
        elif what == "read":
            req.write(req.read())
        elif what == "nocache":
            req.no_cache = 1
            req.write("x")
        elif what == "handler":
            req.handler = "something"
        elif what.isdigit():
            if what[0] == "3":
                req.headers_out["Location"] = "http://elsewhere.test/"
            req.err_headers_out["X-Err"] = "err"
            return int(what)
        elif what.startswith("status"):
            req.status = int(what[6:])
            req.write("with a status")
        elif what in TARGETS:
            req.notes["note"] = "of the first"
            req.subprocess_env["VAR"] = "of the first"
            req.internal_redirect(TARGETS[what])
        return apache.OK

    def loghandler(req):
        req.notes["late"] = "set by a log handler"
        req.subprocess_env["LATE"] = "1"
        return apache.OK

    def fixuphandler(req):
        req.subprocess_env["FIXED"] = req.uri
        return apache.OK

    def authenhandler(req):
        req.get_basic_auth_pw()
        return apache.OK if req.user == "spam" else apache.HTTP_UNAUTHORIZED
"""
FILES: dict[str, Entry] = {
    "htdocs/do.py": MODULE,
    "htdocs/page.txt": "a page\n",
    "htdocs/large.txt": "0123456789" * 10000,
    "htdocs/empty.txt": "",
    "htdocs/sub/index.html": "<p>index</p>\n",
    "htdocs/private/secret.txt": "secret\n",
    "htdocs/open/page.txt": "open\n",
    "htdocs/page é.txt": "accent\n",
}
PYTHON = """
    <Directory "@ROOT@/htdocs">
        AddHandler mod_python .py
        PythonHandler do
        DirectoryIndex index.html
    </Directory>
    ErrorDocument 404 /do.py/answer
    ErrorDocument 410 "gone"
    <Directory "@ROOT@/htdocs/private">
        AuthType Basic
        AuthName private
        PythonAuthenHandler do
        PythonPath "['@ROOT@/htdocs'] + sys.path"
        Require valid-user
    </Directory>
    Redirect /old http://elsewhere.test/new
"""
CLF = '%h %l %u %t \\"%r\\" %>s %b'
LOG = ("access.log",)


# alice and bob, whose password is "eggs"
USERS = "alice:{SHA}vREdy0s0PeTsCnnS1exVo5GcecQ=\nbob:{SHA}vREdy0s0PeTsCnnS1exVo5GcecQ=\n"


def site(*lines: str, extra: Mapping[str, Entry] = MappingProxyType({})) -> Site:
    """The site with further lines, and perhaps files."""
    return Site(PYTHON + "\n".join(lines), {**FILES, **extra})


def asks(*requests: Request, logs: tuple[str, ...] = LOG) -> list[Request]:
    """The requests, each with what it logs."""
    return [replace(each, logs=logs) for each in requests]


def logged(form: str) -> Site:
    """The site with one access log of this format."""
    return site(f'CustomLog "@ROOT@/logs/access.log" "{form}"')


QUOTED = {"Referer": 'http://a.test/"x"', "User-Agent": "Mozilla/5.0 (X11; \\ back)"}
STATUSES = ("201", "204", "206", "301", "302", "304", "400", "401", "403", "404", "405", "410", "500", "503")

EVERYTHING = (
    "a=%a ca=%{c}a A=%A B=%B b=%b f=%f h=%h ch=%{c}h H=%H k=%k l=%l m=%m p=%p cp=%{canonical}p lp=%{local}p "
    "xp=%{other}p q=%q R=%R s=%s >s=%>s u=%u U=%U v=%v V=%V X=%X"
)
SIDES = "<s=%<s >s=%>s U=%U <U=%<U >U=%>U r=%r >r=%>r f=%f <f=%<f q=%q <q=%<q R=%R >R=%>R m=%m <u=%<u u=%u <b=%<b"
FIELDS = (
    "x=%{X-Field}i miss=%{Missing}i case=%{x-fIELD}i note=%{note}n late=%{late}n var=%{VAR}e late=%{LATE}e "
    "fixed=%{FIXED}e passed=%{ORACLE_PASSED}e uri=%{REQUEST_URI}e method=%{REQUEST_METHOD}e"
)
OUT = (
    "ct=%{Content-Type}o cl=%{Content-Length}o out=%{X-Out}o err=%{X-Err}o q=%{X-Quoted}o sc=%{Set-Cookie}o "
    "lm=%{Last-Modified}o loc=%{Location}o et=%{ETag}o w=%{WWW-Authenticate}o exp=`~%{Expires}o~`"
)
TIMES = (
    "%t %{begin}t %{end}t `%{sec}t` `%{msec}t` `%{usec}t` `%{msec_frac}t` `%{usec_frac}t` `%{begin:sec}t` "
    "`%{end:msec}t` `%{end:usec_frac}t` `%{%Y-%m-%d %H:%M:%S}t` `%{begin:%H}t` `%{end:%d/%m}t` %{%%}t %{literal}t "
    "~%{%a %b}t~ %{begin:}t %{beginning}t %{ending}t %{msecs}t %{secs}t"
)
COOKIES = {"Cookie": 'one=1; two = spaced ; Three="quoted"; empty=; =nameless; bare; four=a=b;five="x'}
TEXT = r"a\tb\nc\\\\d\e %% \\\"q\\\"" + " caf\u00e9"
CONDITIONS = "%200{X-Field}i %!200{X-Field}i %200,404s %!200,404s %404{X-Field}i %!404,500>s %!200U %,200,U"

EXPRESSION = "expressions: they are not evaluated"
JOINED = "header-names: the server joins them"
TWICE = '127.0.0.1 - - [@CLF@] "GET /page.txt HTTP/1.1" 200 7 "-" "one,two"'
UTF8 = "utf-8-logs: text is UTF-8"
ESCAPED = r"tab\t nl\n cr\r bell\x07 bs\b vt\v ff\x0c quote\" back\\slash caf\xc3\xa9 del\x7f||us\"er|caf\xe9"

CASES = (
    Case(
        "common log format",
        logged(CLF),
        asks(
            get("/page.txt"),
            get("/page.txt?a=b&c=%20"),
            head("/page.txt"),
            get("/empty.txt"),
            get("/large.txt"),
            head("/large.txt"),
            get("/sub/"),
            get("/sub"),
            get("/absent.txt"),
            get("/old/x"),
            post("/page.txt", b"abc"),
            get("/page.txt", protocol="HTTP/1.0", name="HTTP/1.0"),
            get("/page%20%C3%A9.txt"),
            get("/%ff%00"),
            get("/%2e%2e/x"),
            get("/do.py/answer"),
            head("/do.py/answer"),
            get("/do.py/unflushed"),
            get("/do.py/large"),
            get("/do.py/pieces"),
            get("/do.py/pieces", protocol="HTTP/1.0", name="pieces for HTTP/1.0"),
            get("/do.py/raise"),
            get("/do.py/late"),
            get("/do.py/status404"),
            get("/do.py/status404", protocol="HTTP/1.0", name="a status for HTTP/1.0"),
            get("/do.py/escapes", name="a user with a quote"),
            get("/do.py/nouser", name="an empty user"),
            get("/private/secret.txt"),
            get("/private/secret.txt", basic("spam", "eggs"), name="a user"),
            get("/private/secret.txt", basic("spam eggs", "eggs"), name="a wrong user"),
            get("/page.txt", basic("claimed", "x"), name="a user nobody asked for"),
            post("/do.py/read", b"12345"),
            request("DELETE", "/page.txt"),
            request("WEIRD", "/page.txt"),
            request("WEIRD", "/do.py/method"),
            request("OPTIONS", "/do.py/method"),
            get("http://other.test/page.txt"),
            get("/page.txt", {"If-Modified-Since": "Mon, 01 Jan 2035 00:00:00 GMT"}, name="not modified"),
            get('/page.txt?"quote\\back', name="a quote in the query"),
            get("/page.txt?caf\u00e9", name="bytes beyond ASCII"),
            *(get(f"/do.py/{status}") for status in STATUSES),
        ),
    ),
    Case(
        "combined with nicknames",
        site(
            f'LogFormat "{CLF} \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\"" combined',
            'CustomLog "@ROOT@/logs/access.log" Combined',
        ),
        asks(
            get("/page.txt"),
            get("/page.txt", QUOTED, name="quotes and backslashes"),
            get(
                "/page.txt",
                (("User-Agent", "one"), ("User-Agent", "two")),
                name="a header twice",
                differs={
                    "log/access.log": (['127.0.0.1 - - [@CLF@] "GET /page.txt HTTP/1.1" 200 7 "-" "one,two"'], JOINED)
                },
            ),
            get("/page.txt", {"User-Agent": ""}, name="an empty header"),
            get("/page.txt", {"User-Agent": "tab\there caf\u00e9"}, name="bytes beyond ASCII in a header"),
            get("/do.py/moved", QUOTED),
        ),
    ),
    Case(
        "an unknown nickname is a text",
        site('CustomLog "@ROOT@/logs/access.log" common'),
        asks(get("/page.txt")),
    ),
    Case(
        "every simple directive",
        logged(EVERYTHING),
        asks(
            get("/page.txt"),
            get("/page.txt?q=1"),
            get("/page.txt?", name="an empty query"),
            get("/do.py/answer?x"),
            get("/do.py/handler"),
            get("/sub/"),
            get("/absent.txt"),
            get("/do.py/absent"),
            get("/do.py/hop"),
            get("/do.py/410"),
            get("/page.txt", {"Host": "other.test:1234"}, name="another host"),
            get("/page.txt", host=None, protocol="HTTP/1.0", name="no host"),
            get("/private/secret.txt", basic("spam", "eggs"), name="a user"),
        ),
    ),
    Case(
        "users",
        site(
            'CustomLog "@ROOT@/logs/access.log" "%u <%<u >%>u %s %>s %U"',
            '<Directory "@ROOT@/htdocs/open">',
            "AuthType Basic",
            "AuthName open",
            'AuthUserFile "@ROOT@/users"',
            "Require user alice",
            "</Directory>",
            "ErrorDocument 403 /page.txt",
            "ErrorDocument 401 /do.py/answer",
            extra={"users": USERS},
        ),
        asks(
            get("/open/page.txt"),
            get("/open/page.txt", basic("alice", "eggs"), name="the right one"),
            get("/open/page.txt", basic("alice", "wrong"), name="a wrong password"),
            get("/open/page.txt", basic("bob", "eggs"), name="another one"),
            get("/open/page.txt", basic("nobody", "eggs"), name="one who is unknown"),
            get("/open/", basic("alice", "eggs"), name="a listing"),
            get("/open/page.txt", {"Authorization": "Basic ???"}, name="no credentials"),
        ),
    ),
    Case(
        "the first request and the last",
        logged(SIDES),
        asks(
            get("/page.txt"),
            get("/do.py/moved"),
            get("/do.py/query?mine=1"),
            get("/do.py/hop"),
            get("/do.py/absent"),
            get("/absent.txt"),
            get("/do.py/410"),
            get("/sub/"),
            get("/private/secret.txt", basic("spam", "eggs"), name="a user"),
        ),
    ),
    Case(
        "headers, notes and variables",
        logged(FIELDS),
        asks(
            get("/do.py/answer", {"X-Field": "value"}),
            get("/do.py/answer", {"X-Field": ' q" b\\ '}, name="quotes"),
            get("/do.py/moved", {"X-Field": "value"}),
            get("/page.txt", {"X-Field": ""}, name="an empty field"),
        ),
    ),
    Case(
        "log handlers come behind",
        site(
            "PythonLogHandler do",
            "PythonFixupHandler do",
            "PythonPath \"['@ROOT@/htdocs'] + sys.path\"",
            f'CustomLog "@ROOT@/logs/access.log" "{FIELDS}"',
        ),
        asks(get("/do.py/answer"), get("/page.txt"), get("/do.py/moved")),
    ),
    Case(
        "headers of the answer",
        logged(OUT),
        asks(
            get("/page.txt"),
            get("/do.py/answer"),
            head("/do.py/answer"),
            get("/do.py/unflushed"),
            get("/do.py/pieces"),
            get("/do.py/404"),
            get("/do.py/302"),
            get("/do.py/304"),
            get("/do.py/204"),
            get("/do.py/nocache"),
            get("/old/x"),
            get("/sub"),
            get("/private/secret.txt"),
            request("DELETE", "/page.txt"),
        ),
    ),
    Case("times", logged(TIMES), asks(get("/page.txt"))),
    Case(
        "durations, processes and bytes",
        logged("~%D~ ~%T~ ~%{ms}T~ ~%{us}T~ ~%{s}T~ %{x}T ~%P~ ~%{pid}P~ ~%{tid}P~ ~%{hextid}P~ %{x}P ~%{remote}p~"),
        asks(get("/page.txt")),
    ),
    Case(
        "escapes of values",
        logged("%{note}n|%{empty}n|%u|%{X-Field}i"),
        asks(get("/do.py/escapes", {"X-Field": "caf\u00e9"}, differs={"log/access.log": ([ESCAPED], UTF8)})),
    ),
    Case(
        "cookies",
        logged("%{one}C|%{TWO}C|%{three}C|%{empty}C|%{bare}C|%{four}C|%{five}C|%{absent}C|%{}C"),
        asks(
            get("/page.txt", COOKIES),
            get("/page.txt", {"Cookie": "one"}, name="no value"),
            get("/page.txt", {"Cookie": 'one="a;b"; two=\t x y \t;four=caf\u00e9'}, name="odd values"),
            get("/page.txt", name="none"),
        ),
    ),
    Case("text in a format", logged(TEXT), asks(get("/page.txt"))),
    Case(
        "conditions in a format",
        logged(CONDITIONS),
        asks(
            get("/page.txt", {"X-Field": "v"}),
            get("/do.py/404", {"X-Field": "v"}),
            get("/do.py/500", {"X-Field": "v"}),
            get("/do.py/moved", {"X-Field": "v"}),
        ),
    ),
    Case(
        "the number of a log entry",
        logged("%L|%{c}L|%>L"),
        asks(get("/page.txt")),
    ),
    Case("trailers", logged("%{X}^ti|%{X}^to|%U"), asks(get("/page.txt"))),
    Case(
        "keepalive as asked",
        logged("%X %k %H"),
        asks(get("/page.txt"), get("/page.txt", protocol="HTTP/1.0", name="HTTP/1.0")),
    ),
    Case(
        "conditional logs",
        site(
            'SetEnvIf Request_URI "\\.txt$" text',
            'SetEnvIf X-Field "." empty=',
            'CustomLog "@ROOT@/logs/access.log" "text %U" env=text',
            'CustomLog "@ROOT@/logs/access.log" "other %U" ENV=!text',
            'CustomLog "@ROOT@/logs/var.log" "var %U" env=VAR',
            'CustomLog "@ROOT@/logs/var.log" "empty %U" env=empty',
        ),
        asks(
            get("/page.txt"),
            get("/sub/"),
            get("/do.py/answer"),
            get("/do.py/moved"),
            get("/absent.txt"),
            get("/page.txt", {"X-Field": "x"}, name="an empty variable"),
            logs=("access.log", "var.log"),
        ),
    ),
    Case(
        "transfer log and default format",
        site('TransferLog "@ROOT@/logs/access.log"'),
        asks(get("/page.txt")),
    ),
    Case(
        "transfer log with a format of its own",
        site(
            'TransferLog "@ROOT@/logs/access.log"',
            'LogFormat "first %U"',
            'LogFormat "second %U"',
            'LogFormat "named %U" name',
            'CustomLog "@ROOT@/logs/two.log" name',
            'LogFormat "named again %U" name',
        ),
        asks(get("/page.txt"), logs=("access.log", "two.log")),
    ),
    Case(
        "a default format that is a nickname",
        site('TransferLog "@ROOT@/logs/access.log"', "LogFormat short", 'LogFormat "short %U" short'),
        asks(get("/page.txt")),
    ),
    Case(
        "relative, doubled and buffered",
        site(
            "BufferedLogs Off",
            'CustomLog logs/access.log "one %U"',
            'CustomLog logs/access.log "two %U"',
            'CustomLog "|/bin/cat >> @ROOT@/logs/pipe.log" "piped %U"',
        ),
        asks(get("/page.txt")),
    ),
    Case(
        "virtual hosts",
        site(
            'LogFormat "shared %v %U" shared',
            "CustomLog logs/access.log shared",
            'GlobalLog logs/global.log "global %v %U"',
            "<VirtualHost *:@PORT@>",
            "ServerName inherits.test",
            "DocumentRoot @ROOT@/htdocs",
            "</VirtualHost>",
            "<VirtualHost *:@PORT@>",
            "ServerName own.test",
            "DocumentRoot @ROOT@/htdocs",
            'CustomLog logs/own.log "own %v %V %p %U"',
            "</VirtualHost>",
            "<VirtualHost *:@PORT@>",
            "ServerName format.test",
            "DocumentRoot @ROOT@/htdocs",
            'LogFormat "of its own %v %U" mine',
            "CustomLog logs/own.log mine",
            "CustomLog logs/own.log shared",
            "TransferLog logs/transfer.log",
            'LogFormat "default %v"',
            "</VirtualHost>",
            "<VirtualHost *:@PORT@>",
            "ServerName canonical.test:8080",
            "UseCanonicalName On",
            "DocumentRoot @ROOT@/htdocs",
            'CustomLog logs/own.log "%v %V %p %{canonical}p %{local}p"',
            "</VirtualHost>",
        ),
        asks(
            *(
                get("/page.txt", host=host, name=host)
                for host in ("inherits.test", "own.test", "format.test", "canonical.test", "unknown.test:77")
            ),
            get("/do.py/moved", host="own.test", name="redirected"),
            get("/page.txt", host="bad host", name="a bad host"),
            get("/a/%2e%2e/../../x", host="own.test", name="a path above the root"),
            get("/a%2fb", host="own.test", name="an encoded slash"),
            get("/page.txt", host=None, name="no host"),
            logs=("access.log", "own.log", "global.log", "transfer.log"),
        ),
    ),
    Case(
        "a global log alone",
        site(
            'GlobalLog logs/global.log "global %v %U"',
            "<VirtualHost *:@PORT@>",
            "ServerName inherits.test",
            "DocumentRoot @ROOT@/htdocs",
            "</VirtualHost>",
            "<VirtualHost *:@PORT@>",
            "ServerName own.test",
            "DocumentRoot @ROOT@/htdocs",
            'CustomLog logs/access.log "own %v %U"',
            "</VirtualHost>",
        ),
        asks(
            *(get("/page.txt", host=host, name=host) for host in ("inherits.test", "own.test")),
            logs=("access.log", "global.log"),
        ),
    ),
    Case(
        "logs of a virtual host alone",
        site(
            "<VirtualHost *:@PORT@>",
            "ServerName silent.test",
            "DocumentRoot @ROOT@/htdocs",
            "</VirtualHost>",
            "<VirtualHost *:@PORT@>",
            "ServerName own.test",
            "DocumentRoot @ROOT@/htdocs",
            'CustomLog logs/access.log "own %v %U"',
            "</VirtualHost>",
        ),
        asks(*(get("/page.txt", host=host, name=host) for host in ("silent.test", "own.test"))),
    ),
    Case(
        "conditions with expressions",
        site('CustomLog logs/access.log "%U" "expr=true"'),
        asks(get("/page.txt")),
        starts=(False, EXPRESSION),
    ),
    *(
        Case(f"refused: {line}", site(line))
        for line in (
            'CustomLog logs/access.log "%y"',
            'CustomLog logs/access.log "%"',
            'CustomLog logs/access.log "%{open"',
            'CustomLog logs/access.log "%200"',
            'CustomLog logs/access.log "%>"',
            'CustomLog logs/access.log "%^t"',
            'CustomLog logs/access.log "%^xx"',
            'CustomLog logs/access.log "%U" env=',
            'CustomLog logs/access.log "%U" env=!',
            'CustomLog logs/access.log "%U" text',
            "CustomLog logs/access.log",
            "CustomLog",
            'LogFormat "%y"',
            'LogFormat "%y" name',
            "LogFormat",
            "LogFormat %U a b",
            "TransferLog logs/access.log %U",
            'CustomLog logs/absent/access.log "%U"',
            "TransferLog logs/absent/access.log",
            'CustomLog "" "%U"',
            'CustomLog logs/access.log ""',
            'GlobalLog logs/access.log "%y"',
            "BufferedLogs perhaps",
            '<Directory "/x">\nCustomLog logs/access.log "%U"\n</Directory>',
            '<VirtualHost *>\nGlobalLog logs/access.log "%U"\n</VirtualHost>',
            "<VirtualHost *>\nBufferedLogs On\n</VirtualHost>",
        )
    ),
)
