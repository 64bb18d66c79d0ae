"""CGI programs: which files run, what they are told, and what becomes of what they write (mod_cgi, RFC 3875)."""

from typing import Any

from ..request import ANY, Request, basic, get, head, post, request
from ..site import File, Link, Site
from . import Case, words

WHEN = "cgi-framing: Apache knows the length only if the program ends soon enough"
FRAMING: dict[str, Any] = {"framing": (ANY, WHEN), "header:Content-Length": (ANY, WHEN)}


ARGUMENTS = "cgi-arguments: to an interpreter they may be options"
NO_ARGUMENTS = {"body": ("@ROOT@/cgi-bin\n0\n", ARGUMENTS)}
CHUNKED = "cgi-chunked: the program is told the length"
ODD_STATUS = "cgi-odd-status: no client understands it"
HOP = "cgi-hop-by-hop: the connection is the WSGI server's"


def asked(request: Request, **differs: Any) -> Request:
    """The request, its framing left open."""
    from dataclasses import replace

    return replace(request, differs={**FRAMING, **request.differs, **differs})


def script(lines: str, mode: int = 0o755, first: str = "#!/bin/sh") -> File:
    """A program for the shell."""
    from textwrap import dedent

    return File(f"{first}\n{dedent(lines).strip()}\n", mode)


def says(text: str) -> File:
    """A program that writes `text` (with the escapes of printf) and reads nothing."""
    return script(f"printf '{text}'")


TEXT = "Content-Type: text/plain\\n"
HIDDEN = "PWD|_|SHLVL|OLDPWD|TZ|(REDIRECT_)*(PATH|SERVER_SOFTWARE|REMOTE_PORT)"
SHOWN = f"env | grep -Ev '^({HIDDEN})=' | LC_ALL=C sort"
FILES: dict[str, Any] = {
    "cgi-bin/hello": says(f"{TEXT}\\nhello\\n"),
    "cgi-bin/env": script(f"printf '{TEXT}\\n'; {SHOWN}"),
    "cgi-bin/path": script(f'printf \'{TEXT}\\n\'; pwd; echo $#; for a in "$@"; do echo "[$a]"; done'),
    "cgi-bin/info": script(f"printf '{TEXT}\\n'; printf '%s' \"$PATH_INFO\" | od -An -tx1"),
    "cgi-bin/cat": script(f"printf '{TEXT}\\n'; cat; echo \"[$CONTENT_LENGTH|$CONTENT_TYPE]\""),
    "cgi-bin/deaf": says(f"{TEXT}\\ndeaf\\n"),
    "cgi-bin/plain.txt": File("a text\n"),
    "cgi-bin/noexec": script("echo x", 0o644),
    "cgi-bin/bare": File(f"printf '{TEXT}\\nbare\\n'\n", 0o755),
    "cgi-bin/lost": script("echo x", first="#!/no/such/program"),
    "cgi-bin/crlf": File(b"#!/bin/sh\r\nprintf 'Content-Type: text/plain\\n\\ncrlf\\n'\r\n", 0o755),
    "cgi-bin/sub/inner": says(f"{TEXT}\\ninner\\n"),
    "cgi-bin/.htaccess": "",
    "htdocs/run.cgi": says(f"{TEXT}\\nran\\n"),
    "htdocs/run.txt": says("Status: 200\\n\\nran\\n"),
    "htdocs/page.html": "page\n",
    "htdocs/sub/index.html": "index\n",
    "htdocs/dir.cgi/index.html": "in a folder\n",
}
ALIAS = """
    ScriptAlias /cgi-bin/ "@ROOT@/cgi-bin/"
    <Directory "@ROOT@/cgi-bin">
        Require all granted
    </Directory>
"""


def case(name: str, conf: str, requests: list[Request], files: dict[str, Any] | None = None, **options: Any) -> Case:
    """A case with the programs above; @ROOT@/cgi-bin is open."""
    modules = options.pop("modules", ("cgi",))
    return Case(name, Site(conf, {**FILES, **(files or {})}, modules), [asked(each) for each in requests], **options)


def output(
    name: str,
    programs: dict[str, File],
    requests: list[Request] | None = None,
    others: dict[str, File] | None = None,
) -> Case:
    """Programs in /cgi-bin/, each asked for; and `others`, which `requests` ask for."""
    files = {f"cgi-bin/{key}": value for key, value in {**programs, **(others or {})}.items()}
    return case(name, ALIAS, [get(f"/cgi-bin/{key}") for key in programs] + (requests or []), files)


EXEC = '<Directory "@ROOT@/htdocs">\n%s\n</Directory>\n'

CASES = (
    case(
        "ScriptAlias",
        ALIAS,
        [
            get(path)
            for path in words(
                """
                /cgi-bin/hello /cgi-bin/hello?a=1 /cgi-bin/hello/ /cgi-bin/hello/more/path /cgi-bin/absent /cgi-bin/
                /cgi-bin/sub /cgi-bin/sub/ /cgi-bin/sub/inner /cgi-bin/sub/inner/x /cgi-bin/plain.txt /cgi-bin/noexec
                /cgi-bin/bare /cgi-bin/lost /cgi-bin/crlf /cgi-bin/.htaccess /cgi-bin //cgi-bin/hello /cgi-bin//hello
                /cgi-bin/../cgi-bin/hello /cgi-bin/hello%00 /cgi-bin/hello%2fx /cgi-bin/%68ello /cgi-bin/hello/..%2f
                /cgi-bin/hello/../absent /cgi-bin/hello/%2e%2e/sub/inner
                """
            )
        ],
    ),
    case(
        "what a program is told",
        ALIAS + "SetEnv FROM_CONF yes\nSetEnv odd-name.x 1\nSetEnv 1digit 2\nUnsetEnv NOTHING\nPassEnv ORACLE_PASSED",
        [
            get("/cgi-bin/env"),
            get("/cgi-bin/env?a=1&b=%41+c"),
            get("/cgi-bin/env?"),
            get("/cgi-bin/env/extra/path"),
            get("/cgi-bin/env/extra%20path//x?q"),
            get("/cgi-bin/env/a/../b"),
            get("/cgi-bin/env/%C3%A9"),
            get("/cgi-bin/info/%E9%0a"),
            get("/cgi-bin/env", {"Proxy": "http://evil/", "X-Dash-Name": "1", "User-Agent": "ua"}),
            get("/cgi-bin/env", basic("ann", "secret")),
            get("/cgi-bin/env", {"Cookie": "a=1; b=2", "Accept": "text/html, */*;q=0.1"}),
            get("/cgi-bin/env", {"Host": "oracle.test:81"}),
            get("/cgi-bin/env", host=None, protocol="HTTP/1.0"),
            head("/cgi-bin/env"),
            post("/cgi-bin/env", b"a=1", {"Content-Type": "application/x-www-form-urlencoded"}),
            request("PUT", "/cgi-bin/env", body=b"x"),
            request("DELETE", "/cgi-bin/env"),
            request("OPTIONS", "/cgi-bin/env"),
            request("ODD", "/cgi-bin/env"),
            get("/cgi-bin/path"),
            get("/cgi-bin/path?foo+bar", differs=NO_ARGUMENTS),
            get("/cgi-bin/path?a=b+c"),
            get("/cgi-bin/path?-x+$HOME", differs=NO_ARGUMENTS),
            get("/cgi-bin/path?a&b", differs={"body": (ANY, ARGUMENTS)}),
            get("http://oracle.test:@PORT@/cgi-bin/env?x"),
        ],
    ),
    case(
        "CGIPassAuth",
        ALIAS + '<Directory "@ROOT@/cgi-bin">\nCGIPassAuth On\n</Directory>',
        [get("/cgi-bin/env", basic("ann", "secret"))],
    ),
    case(
        "CGIVar",
        ALIAS + '<Directory "@ROOT@/cgi-bin">\nCGIVar REQUEST_URI current-uri\n</Directory>',
        [get("/cgi-bin/env/x%20y?q=1")],
    ),
    case(
        "who it is",
        ALIAS
        + """
        <Location "/cgi-bin">
            AuthType Basic
            AuthName realm
            AuthUserFile "@ROOT@/users"
            Require valid-user
        </Location>
        """,
        [get("/cgi-bin/env"), get("/cgi-bin/env", basic("ann", "secret")), get("/cgi-bin/env", basic("ann", "wrong"))],
        {"users": "ann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n"},
    ),
    case(
        "bodies",
        ALIAS,
        [
            post("/cgi-bin/cat", b"a=1&b=2", {"Content-Type": "application/x-www-form-urlencoded"}),
            post("/cgi-bin/cat", b"", {"Content-Length": "0"}),
            post("/cgi-bin/cat", bytes(range(256)) * 20, name="bytes"),
            post("/cgi-bin/cat", b"x" * 60000, name="60 KB"),
            post("/cgi-bin/deaf", b"x" * 300000, name="a program that does not read"),
            post(
                "/cgi-bin/cat",
                b"5\r\nhello\r\n0\r\n\r\n",
                {"Transfer-Encoding": "chunked"},
                name="chunks",
                differs={"body": ("hello[5|]\n", CHUNKED)},
            ),
            request("PUT", "/cgi-bin/cat", body=b"put"),
            get("/cgi-bin/cat"),
        ],
    ),
    case(
        "LimitRequestBody",
        ALIAS + "LimitRequestBody 10",
        [post("/cgi-bin/cat", b"x" * 10), post("/cgi-bin/cat", b"x" * 11, name="too long")],
    ),
    output(
        "heads",
        {
            "no-type": says("X-A: 1\\n\\nbody\\n"),
            "crlf-lines": says("Content-Type: text/plain\\r\\nX-A: 1\\r\\n\\r\\nbody\\r\\n"),
            "mixed-lines": says("Content-Type: text/plain\\r\\nX-A: 1\\n\\r\\nbody\\n"),
            "blank-first": says("\\nbody\\n"),
            "upper-type": says("CONTENT-TYPE: Text/HTML; Charset=UTF-8\\n\\n<p>\\n"),
            "blanks": says("Content-Type:   text/plain  \\nX-A:\\t x \\n\\nbody\\n"),
            "no-blank-after-colon": says("Content-Type:text/plain\\nX-A:1\\n\\nbody\\n"),
            "empty-value": says(f"{TEXT}X-A:\\n\\nbody\\n"),
            "twice": says(f"{TEXT}X-A: 1\\nX-A: 2\\nx-a: 3\\n\\nbody\\n"),
            "cookies": says(f"{TEXT}Set-Cookie: a=1\\nSet-Cookie: b=2\\n\\nbody\\n"),
            "types": says("Content-Type: text/plain\\nContent-Type: text/html\\n\\nbody\\n"),
            "bytes": says(f"{TEXT}X-A: caf\\303\\251 \\351\\n\\nbody\\n"),
            "colon-in-value": says(f"{TEXT}X-A: a:b:c\\n\\nbody\\n"),
            "no-body": says(f"{TEXT}\\n"),
            "date-server": says(f"{TEXT}Date: yesterday\\nServer: mine\\nConnection: close\\n\\nbody\\n"),
            "no-cache": says(f"{TEXT}Cache-Control: no-cache\\nPragma: no-cache\\n\\nbody\\n"),
        },
        [
            head("/cgi-bin/no-type"),
            head("/cgi-bin/twice"),
            get("/cgi-bin/hop", differs={"header:Upgrade": (None, HOP), "header:Trailer": (None, HOP)}),
        ],
        {"hop": says(f"{TEXT}Keep-Alive: 1\\nUpgrade: x\\nTrailer: y\\n\\nbody\\n")},
    ),
    output(
        "heads that are none",
        {
            "nothing": script(":"),
            "no-blank-line": says(TEXT),
            "no-newline": says("Content-Type: text/plain"),
            "no-colon": says("hello world\\n\\nbody\\n"),
            "no-colon-later": says(f"{TEXT}oops\\n\\nbody\\n"),
            "exit-3": script("exit 3"),
            "killed": script("kill -9 $$"),
            "killed-later": script(f"printf '{TEXT}\\nhalf'; kill -9 $$"),
            "exit-later": script(f"printf '{TEXT}\\nall\\n'; exit 5"),
            "bad-name": says(f"{TEXT}X A: 1\\n\\nbody\\n"),
            "blank-name": says(f"{TEXT}X-A : 1\\n\\nbody\\n"),
            "folded": says(f"{TEXT}X-A: 1\\n  2\\n\\nbody\\n"),
            "control": says(f"{TEXT}X-A: a\\001b\\n\\nbody\\n"),
            "returns": says("Content-Type: text/plain\\r\\r\\nX-A: 1\\r\\r\\n\\r\\r\\nbody\\r\\r\\n"),
            "returns-within": says(f"{TEXT}X-A: a\\rX-B: b\\n\\nbody\\n"),
            "return-alone": says(f"{TEXT}\\r\\r\\r\\nbody\\n"),
            "no-name": says(f"{TEXT}: x\\n\\nbody\\n"),
        },
        [head("/cgi-bin/nothing")],
    ),
    output(
        "Status",
        {
            "404": says(f"Status: 404 Not Found\\n{TEXT}\\nown page\\n"),
            "404-bare": says(f"Status: 404\\n{TEXT}\\nown page\\n"),
            "404-control": says(f"Status: 404 Gone\\001fishing\\n{TEXT}\\nown page\\n"),
            "418": says(f"Status: 418 Short and stout\\n{TEXT}\\nown page\\n"),
            "418-bare": says(f"Status: 418\\n{TEXT}\\nown page\\n"),
            "404-own": says(f"Status: 404 Gone fishing\\n{TEXT}\\nown page\\n"),
            "200": says(f"Status: 200 OK\\n{TEXT}\\nfine\\n"),
            "200-own": says(f"Status: 200 Alright\\n{TEXT}\\nfine\\n"),
            "299": says(f"Status: 299 Odd\\n{TEXT}\\nodd\\n"),
            "299-bare": says(f"Status: 299\\n{TEXT}\\nodd\\n"),
            "500": says(f"Status: 500 Broken\\n{TEXT}\\nbroken\\n"),
            "204": says("Status: 204 No Content\\n\\n"),
            "204-body": says(f"Status: 204 No Content\\n{TEXT}\\nbody\\n"),
            "304": says("Status: 304 Not Modified\\n\\n"),
            "401": says(f'Status: 401 Unauthorized\\nWWW-Authenticate: Basic realm="x"\\n{TEXT}\\nwho\\n'),
            "302-no-location": says(f"Status: 302 Found\\n{TEXT}\\nbody\\n"),
            "word": says(f"Status: fine\\n{TEXT}\\nbody\\n"),
            "empty": says(f"Status:\\n{TEXT}\\nbody\\n"),
            "99": says(f"Status: 99 Low\\n{TEXT}\\nbody\\n"),
            "twice": says(f"Status: 404 Not Found\\nStatus: 200 OK\\n{TEXT}\\nbody\\n"),
            "http": says(f"HTTP/1.0 200 OK\\n{TEXT}\\nbody\\n"),
        },
        [
            get(f"/cgi-bin/{status}", differs={"status": ("500 Internal Server Error", ODD_STATUS)})
            for status in (100, 600)
        ],
        {
            "600": says(f"Status: 600 High\\n{TEXT}\\nbody\\n"),
            "100": says(f"Status: 100 Continue\\n{TEXT}\\nbody\\n"),
        },
    ),
    output(
        "Location",
        {
            "local": says("Location: /page.html\\n\\n"),
            "local-body": says(f"Location: /page.html\\n{TEXT}\\nignored\\n"),
            "local-query": says("Location: /cgi-bin/env?x=1\\n\\n"),
            "local-absent": says("Location: /absent\\n\\n"),
            "local-cookie": says("Set-Cookie: a=1\\nX-A: 1\\nLocation: /page.html\\n\\n"),
            "local-slashes": says("Location: //other.test/x\\n\\n"),
            "local-dots": says("Location: /sub/../page.html\\n\\n"),
            "local-fragment": says("Location: /page.html#x\\n\\n"),
            "absolute": says("Location: http://elsewhere.test/x\\n\\n"),
            "absolute-body": says(f"Location: http://elsewhere.test/x\\n{TEXT}\\nignored\\n"),
            "absolute-302": says(f"Status: 302 Found\\nLocation: http://elsewhere.test/x\\n{TEXT}\\nown body\\n"),
            "absolute-303": says(f"Status: 303 See Other\\nLocation: http://elsewhere.test/x\\n{TEXT}\\nown body\\n"),
            "absolute-301": says("Status: 301 Moved\\nLocation: http://elsewhere.test/x\\n\\n"),
            "local-302": says("Status: 302 Found\\nLocation: /page.html\\n\\n"),
            "relative": says("Location: page.html\\n\\n"),
            "created": says(f"Status: 201 Created\\nLocation: http://elsewhere.test/new\\n{TEXT}\\nmade\\n"),
            "local-unknown": says("Content-Type: text/x-own\\nLocation: /file.unknown\\n\\n"),
            "local-typed": says("Content-Type: text/x-own\\nLocation: /page.html\\n\\n"),
            "local-program": says("Content-Type: text/x-own\\nLocation: /cgi-bin/untyped\\n\\n"),
            "circle": says("Location: /cgi-bin/circle\\n\\n"),
            "empty": says(f"Location:\\n{TEXT}\\nbody\\n"),
        },
        [
            head("/cgi-bin/local"),
            post("/cgi-bin/local-query", b"a=1", {"Content-Type": "application/x-www-form-urlencoded"}),
            head("/cgi-bin/local-query"),
            get("/file.unknown"),
            get("/file.unknown", name="once more"),
        ],
        {"untyped": says("X-A: 1\\n\\nbody\\n"), "../htdocs/file.unknown": File("of no type\n")},
    ),
    output(
        "lengths and validators",
        {
            "right": says(f"{TEXT}Content-Length: 5\\n\\nhello"),
            "short": says(f"{TEXT}Content-Length: 3\\n\\nhello"),
            "long": says(f"{TEXT}Content-Length: 9\\n\\nhello"),
            "word": says(f"{TEXT}Content-Length: many\\n\\nhello"),
            "chunked": says(f"{TEXT}Transfer-Encoding: chunked\\n\\n5\\r\\nhello\\r\\n0\\r\\n\\r\\n"),
            "etag": says(f'{TEXT}ETag: "x"\\nLast-Modified: Sat, 03 Feb 2024 04:05:06 GMT\\n\\nhello\\n'),
            "status-etag": says(f'Status: 200 OK\\n{TEXT}ETag: "x"\\n\\nhello\\n'),
            "bad-date": says(f"{TEXT}Last-Modified: yesterday\\n\\nhello\\n"),
            "future": says(f"{TEXT}Last-Modified: Sat, 03 Feb 2124 04:05:06 GMT\\n\\nhello\\n"),
            "expires": says(f"{TEXT}Expires: 0\\n\\nhello\\n"),
            "encoding": says(f"{TEXT}Content-Encoding: x-own\\nContent-Language: de\\n\\nhello\\n"),
            "range": says(f"Status: 206 Partial Content\\n{TEXT}Content-Range: bytes 0-4/10\\n\\nhello"),
        },
        [
            get("/cgi-bin/etag", {"If-None-Match": '"x"'}),
            get("/cgi-bin/etag", {"If-None-Match": '"y"'}),
            get("/cgi-bin/etag", {"If-Match": '"y"'}),
            get("/cgi-bin/etag", {"If-Modified-Since": "Sat, 03 Feb 2024 04:05:06 GMT"}),
            get("/cgi-bin/status-etag", {"If-None-Match": '"x"'}),
            head("/cgi-bin/right"),
            head("/cgi-bin/etag"),
        ],
    ),
    output(
        "nph",
        {
            "nph-plain": says("HTTP/1.0 200 OK\\r\\nContent-Type: text/plain\\r\\nX-A: 1\\r\\n\\r\\nnph\\n"),
            "nph-404": says("HTTP/1.1 404 Gone fishing\\r\\nContent-Type: text/plain\\r\\n\\r\\nnph\\n"),
            "nph-length": says("HTTP/1.1 200 OK\\r\\nContent-Length: 4\\r\\n\\r\\nnph\\n"),
            "nph-interim": says("HTTP/1.1 102 Wait\\r\\n\\r\\nHTTP/1.1 200 OK\\r\\nX-A: 1\\r\\n\\r\\nnph\\n"),
            "nph-location": says("HTTP/1.0 302 Found\\r\\nLocation: /page.html\\r\\n\\r\\n"),
        },
    ),
    output(
        "standard error",
        {
            "complains": script(f"echo 'a complaint' >&2; printf '{TEXT}\\nfine\\n'; echo 'later' >&2"),
            "only-complains": script("echo 'only this' >&2"),
        },
        [
            get("/cgi-bin/complains", log=("complains: a complaint", "complains: later"), name="complains, logged"),
            get("/cgi-bin/only-complains", log=("only this", "End of script output before headers: only-complains")),
            get("/cgi-bin/noexec", log=("exec of", "End of script output before headers: noexec")),
            get("/cgi-bin/absent", log=("script not found or unable to stat",)),
            get("/cgi-bin/sub/", log=("attempt to invoke directory as script",)),
        ],
    ),
    *[
        case(
            f"ExecCGI: {name}",
            EXEC % directives,
            [get(path) for path in words("/run.cgi /run.txt /page.html /dir.cgi /dir.cgi/ /absent.cgi /run.cgi/info")],
        )
        for name, directives in (
            ("without a handler", "Options ExecCGI"),
            ("AddHandler without it", "AddHandler cgi-script .cgi"),
            ("AddHandler", "AddHandler cgi-script .cgi\nOptions +ExecCGI"),
            ("SetHandler", "SetHandler cgi-script\nOptions +ExecCGI"),
            ("AddType", "AddType application/x-httpd-cgi .cgi\nOptions +ExecCGI"),
            ("AddType without it", "AddType application/x-httpd-cgi .cgi"),
            ("taken away", "AddHandler cgi-script .cgi\nOptions ExecCGI\nOptions -ExecCGI"),
            ("all options", "AddHandler cgi-script .cgi\nOptions All"),
            ("no path info", "AddHandler cgi-script .cgi\nOptions +ExecCGI\nAcceptPathInfo Off"),
            ("a group of files", '<Files "*.txt">\nSetHandler cgi-script\nOptions +ExecCGI\n</Files>'),
        )
    ],
    case(
        "a ScriptAlias and options",
        ALIAS + '<Directory "@ROOT@/cgi-bin">\nOptions None\nSetHandler default-handler\n</Directory>',
        [get("/cgi-bin/hello"), get("/cgi-bin/plain.txt")],
    ),
    case(
        "ScriptAliasMatch",
        ALIAS + 'ScriptAliasMatch "^/x/(.*)$" "@ROOT@/cgi-bin/$1"',
        [get("/x/hello"), get("/x/env/info"), get("/x/plain.txt"), get("/x/")],
    ),
    case(
        "a link to a program",
        ALIAS,
        [get("/cgi-bin/link"), get("/cgi-bin/dangling")],
        {"cgi-bin/link": Link("@ROOT@/cgi-bin/hello"), "cgi-bin/dangling": Link("@ROOT@/nowhere")},
    ),
    case(
        "an .htaccess that opens",
        '<Directory "@ROOT@/htdocs">\nAllowOverride Options FileInfo\n</Directory>',
        [get("/own/run.cgi"), get("/own/page.html")],
        {
            "htdocs/own/.htaccess": "Options +ExecCGI\nAddHandler cgi-script .cgi\n",
            "htdocs/own/run.cgi": says(f"{TEXT}\\nown\\n"),
            "htdocs/own/page.html": "own page\n",
        },
    ),
    case(
        "an index that runs",
        EXEC % "AddHandler cgi-script .cgi\nOptions +ExecCGI\nDirectoryIndex index.cgi",
        [get("/own/"), get("/own/?a=1"), post("/own/", b"x=1")],
        {"htdocs/own/index.cgi": script(f"printf '{TEXT}\\n'; cat; {SHOWN}")},
    ),
    case(
        "an ErrorDocument that runs",
        ALIAS + "ErrorDocument 404 /cgi-bin/env\nErrorDocument 500 /cgi-bin/hello",
        [get("/absent?x=1"), get("/cgi-bin/noexec"), post("/absent", b"abc")],
    ),
    *[
        case(
            f"an ErrorDocument that fails{name}",
            f"""{ALIAS}
            ErrorDocument 404 /cgi-bin/silent
            ErrorDocument 403 /cgi-bin/malformed
            ErrorDocument 410 /cgi-bin/noexec
            ErrorDocument 402 /cgi-bin/absent
            Redirect gone /gone
            Redirect 402 /paid
            <Directory "@ROOT@/htdocs/sub">
                Require all denied
            </Directory>
            {more}
            """,
            [get(path) for path in words("/absent /sub/ /gone /paid /cgi-bin/silent /cgi-bin/absent")]
            + [head("/absent"), post("/absent", b"abc")],
            {
                "cgi-bin/silent": script("exit 3"),
                "cgi-bin/malformed": says("oops\\n\\nbody\\n"),
            },
        )
        for name, more in (
            ("", ""),
            (", and one for that", "ErrorDocument 500 /page.html"),
            (", and a program for that", "ErrorDocument 500 /cgi-bin/env"),
            (", and a text for that", 'ErrorDocument 500 "a text"'),
        )
    ],
    case(
        "where the path info begins",
        ALIAS
        + """
        MergeSlashes Off
        PythonPath "sys.path + ['@ROOT@/htdocs']"
        <Directory "@ROOT@/cgi-bin">
            PythonFixupHandler splitting
        </Directory>
        AddType text/html .shtml
        AddOutputFilter INCLUDES .shtml
        <Directory "@ROOT@/htdocs">
            Options +Includes
        </Directory>
        """,
        [
            get(f"/cgi-bin/split{path}")
            for path in words(
                "/a /a/b //a//b /a// ?/pi| ?/pi|/x/pi ?/pi|/xpi ?/pi|/x/ ?/b|/a/c/b ?pi|/x/pi ?/pi|/pi "
                "?/a/b|//x///a//b /a?|/x/a /a?/b|"
            )
        ]
        + [get("/page.shtml")],
        {
            "cgi-bin/split": script(f"printf '{TEXT}\\n'; echo \"$SCRIPT_NAME|$PATH_INFO\""),
            "htdocs/splitting.py": "from mod_python import apache\ndef fixuphandler(req):\n"
            "    path_info, _, uri = (req.args or '').partition('|')\n    req.path_info = path_info or req.path_info\n"
            "    req.uri = uri or req.uri\n    return apache.OK\n",
            "htdocs/page.shtml": '<!--#include virtual="/cgi-bin/split/a/b" -->',
        },
        modules=("cgi", "include"),
    ),
    case(
        "SetEnv PATH",
        ALIAS
        + """
        SetEnv PATH /usr/bin:/bin:/from/the/configuration
        ErrorDocument 404 /cgi-bin/way
        <Directory "@ROOT@/htdocs">
            <Files handler>
                SetHandler mod_python
                PythonHandler way
            </Files>
        </Directory>
        """,
        [get("/cgi-bin/way"), get("/absent"), get("/handler")],
        {
            "cgi-bin/way": script(f"printf '{TEXT}\\n'; echo \"$PATH|$REDIRECT_PATH\""),
            "htdocs/way.py": "from mod_python import apache\ndef handler(req):\n    req.add_common_vars()\n"
            "    req.write(req.subprocess_env['PATH'])\n    return apache.OK\n",
            "htdocs/handler": "",
        },
    ),
    case(
        "Action",
        ALIAS
        + """
        Action own-handler /cgi-bin/env
        Action text/x-own /cgi-bin/hello
        Action virtual-handler /cgi-bin/env virtual
        Action away /absent
        AddHandler own-handler .own
        AddHandler virtual-handler .virtual
        AddType text/x-own .typed
        AddHandler away .away
        AddHandler no-action .none
        Action untyped-handler /cgi-bin/untyped
        Action text/x-untyped /cgi-bin/untyped
        AddHandler untyped-handler .untyped
        AddType text/x-untyped .typed2
        """,
        [
            get(path)
            for path in words(
                "/b.untyped /b.html.untyped /b.txt.untyped /b.typed2 "
                "/a.own /a.own?x=1 /a.own/info /absent.own /a.typed /absent.typed /absent.virtual /absent.virtual/x?q "
                "/a.away"
            )
        ]
        + [post("/a.own", b"x=1"), head("/a.own"), request("PUT", "/a.own", body=b"put")],
        {f"htdocs/a.{kind}": "source\n" for kind in ("own", "typed", "away", "virtual", "none")}
        | {f"htdocs/b.{kind}": "source\n" for kind in ("untyped", "html.untyped", "txt.untyped", "typed2")}
        | {"cgi-bin/untyped": says("X-A: 1\\n\\nbody\\n")},
        modules=("cgi", "actions"),
    ),
    case(
        "Script",
        ALIAS + "Script PUT /cgi-bin/env\nScript GET /cgi-bin/env\nScript DELETE /cgi-bin/hello",
        [
            get("/page.html"),
            get("/page.html?search"),
            request("PUT", "/page.html", body=b"put"),
            request("PUT", "/new.html", body=b"put"),
            request("DELETE", "/page.html"),
            post("/page.html", b"x"),
            request("OPTIONS", "/page.html"),
            get("/absent.html?x"),
            head("/page.html?search"),
        ],
        modules=("cgi", "actions"),
    ),
    case(
        "a type that leads nowhere else",
        ALIAS
        + """
        Action text/x-typed /plain
        Action text/html /plain
        AddType text/x-typed .typed
        <Directory "@ROOT@/htdocs">
            Options +ExecCGI
            AcceptPathInfo On
        </Directory>
        """,
        [
            get(path)
            for path in words("/a.typed /page.html /plain /cgi-bin/typed /cgi-bin/running /cgi-bin/mapped /plain")
        ],
        {
            "htdocs/plain": says("X-A: 1\\n\\nran\\n"),
            "htdocs/a.typed": "source\n",
            "cgi-bin/typed": says("Content-Type: text/x-typed\\nLocation: /plain\\n\\n"),
            "cgi-bin/running": says("Content-Type: application/x-httpd-cgi\\nLocation: /plain\\n\\n"),
            "cgi-bin/mapped": says("Content-Type: application/x-type-map\\nLocation: /plain\\n\\n"),
        },
        modules=("cgi", "actions", "negotiation"),
    ),
    *[
        case(
            f"a program of a ScriptAlias as {name}",
            ALIAS + f"{directives}\n",
            [get(path) for path in words("/absent /absent/x?q=1 /sub/ /own/ /own/?a=1 /own/absent /cgi-bin/absent")]
            + [post("/absent", b"a=1"), post("/own/", b"a=1"), head("/absent")],
            {"htdocs/own/page.txt": "a text\n", "cgi-bin/telling": script(f"printf '{TEXT}\\n'; cat; {SHOWN}")},
        )
        for name, directives in (
            ("FallbackResource", "FallbackResource /cgi-bin/telling"),
            ("DirectoryIndex", "DirectoryIndex /cgi-bin/telling"),
            ("both", "DirectoryIndex absent.html /cgi-bin/telling/info\nFallbackResource /cgi-bin/telling/info"),
            ("the first of both", 'ScriptAlias /one "@ROOT@/cgi-bin/telling"\nFallbackResource /one'),
            (
                "none, without it",
                'Alias /two/ "@ROOT@/cgi-bin/"\nFallbackResource /two/telling\nDirectoryIndex /two/telling',
            ),
        )
    ],
    case("Script of no method", "Script NONE /cgi-bin/env", [], modules=("cgi", "actions")),
    case("Script of TRACE", "Script TRACE /cgi-bin/env", [], modules=("cgi", "actions")),
    case("Action with another word", "Action x /y real", [], modules=("cgi", "actions")),
    case("CGIVar of another name", "CGIVar QUERY_STRING x", []),
    Case(
        "what is wrong with a program, in a page for errors",
        Site(
            """
            <Directory "@ROOT@/htdocs">
                Options +Includes +ExecCGI
            </Directory>
            AddHandler cgi-script .cgi
            AddType text/html .shtml
            AddOutputFilter INCLUDES .shtml
            ErrorDocument 500 /told.shtml
            ErrorDocument 404 /told.shtml
            """,
            {
                "htdocs/told.shtml": '<!--#echo encoding="none" var="REDIRECT_ERROR_NOTES"-->\n',
                "htdocs/silent.cgi": File("#!/bin/sh\n", mode=0o755),
                "htdocs/malformed.cgi": File("#!/bin/sh\necho 'no <b> & \"header\"'\necho\n", mode=0o755),
                "htdocs/half.cgi": File("#!/bin/sh\necho 'X-A: b'\n", mode=0o755),
                "htdocs/<x>&.cgi": File("#!/bin/sh\n", mode=0o755),
                "htdocs/status.cgi": File("#!/bin/sh\necho 'Status: 500 Own'\necho\necho own\n", mode=0o755),
            },
            modules=("include", "cgi"),
        ),
        [get(f"/{name}.cgi", differs=FRAMING) for name in words("silent malformed half %3cx%3e& status absent")],
    ),
    case(
        "mod_cgid",
        ALIAS,
        [get(f"/cgi-bin/{name}") for name in words("hello noexec absent plain.txt sub env/x?q bare lost")]
        + [post("/cgi-bin/cat", b"abc"), get("/cgi-bin/path?foo+bar", differs=NO_ARGUMENTS)],
        modules=("cgid",),
    ),
)
