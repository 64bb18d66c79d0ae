"""Alias, AliasMatch, Redirect, RedirectMatch: which paths they take, and what they answer."""

from typing import Any

from ..request import ANY, Request, get, head, post
from ..site import Site
from . import Case, words

FILES = {
    "htdocs/page.txt": "page\n",
    "htdocs/real/page.txt": "real\n",
    "other/page.txt": "other page\n",
    "other/index.html": "other index\n",
    "other/sub/page.txt": "other sub\n",
    "other/with blank.txt": "blank\n",
    "other/show.py": "",
    "third/page.txt": "third\n",
    "lib/showing.py": """
        def handler(req):
            req.content_type = "text/plain"
            req.write("uri %r filename %r path_info %r" % (req.uri, req.filename, req.path_info), 0)
            req.add_common_vars()
            env = req.subprocess_env
            names = "DOCUMENT_ROOT CONTEXT_PREFIX CONTEXT_DOCUMENT_ROOT SCRIPT_FILENAME".split()
            req.write(" %r" % [env.get(name) for name in names], 0)
            return 0
        """,
}
OPEN = '<Directory "@ROOT@/other">\nRequire all granted\n</Directory>\n'


WHY = "index-port: the original forgets the port when the index is a folder"
PORT = {"header:Location": (ANY, WHY), "body": (ANY, WHY), "header:Content-Length": (ANY, WHY)}


def asked(name: str, directives: str, paths: str, indexes: str = "", **options: Any) -> Case:
    """These directives and the paths asked for, `indexes` those whose index is a folder; @ROOT@/other is open."""
    requests = [get(path) for path in words(paths)] + [get(path, differs=PORT) for path in words(indexes)]
    return Case(name, Site(OPEN + directives, FILES), requests, **options)


def redirect(name: str, directives: str, *requests: Request) -> Case:
    """These directives and the requests sent."""
    return Case(
        name, Site(directives, FILES), requests or [get("/old"), get("/old/page?a=1"), get("/older"), get("/page.txt")]
    )


def location(path: str, directives: str, kind: str = "Location") -> str:
    """Directives for a URL."""
    return f'<{kind} "{path}">\n{directives}\n</{kind}>\n'


SPELLINGS = words(
    """
    {0} {0}/ {0}/page.txt {0}//page.txt /{0}/page.txt {0}/./page.txt {0}/../page.txt {0}/sub/../page.txt
    /x/..{0}/page.txt {0}/%2e/page.txt {0}/%2e%2e/page.txt {0}/sub/%2e%2e/page.txt {0}%2fpage.txt {0}/sub%2fpage.txt
    {0}%00 {0}/page.txt%00 {0};x {0};x/page.txt {0}/page.txt;x {0}. {0}./page.txt {0}/page.txt. {0}%0a {0}/page.txt%0a
    {0}%0d%0aX:1 {0}\\page.txt {0}%5cpage.txt {0}%20 {0}/page.txt%20 {0}/absent {0}/sub {0}/sub/ {0}?a=1 {0}/sub?a=1
    {0}/page.txt?a=1&b=%20 {0}/PAGE.TXT {0}/.htaccess {0}/.htpasswd {0}/page.txt/more {0}/page.txt/
    """
)


def spelled(path: str) -> list[Request]:
    """A path and what looks like it, in capitals too."""
    return [get(text.format(path)) for text in [*SPELLINGS, path.upper() + "/page.txt"]]


HERE = [
    get(each.target, differs=PORT if each.target in ("/a/", "/a/sub/", "/a/page.txt/") else {})
    for each in spelled("/a")
]
BAD = {"status": ("500 Internal Server Error", "bad-header: the page is whole")}
CGI = {"status": ("500 Internal Server Error", "unknown-handler: nobody runs it, so its source is not sent")}
SCRIPTS = [get("/cgi"), get("/cgi/.htaccess"), get("/cgi/absent")]
SCRIPTS += [get(path, differs=CGI) for path in words("/cgi/ /cgi/page.txt /cgi/sub/page.txt /cgi/page.txt/x")]

CASES = (
    asked(
        "Alias",
        'Alias /a "@ROOT@/other"',
        "/a/page.txt /a /a/ /ab /A/page.txt /a//page.txt //a/page.txt /a/sub/page.txt /a/sub /a/absent /a/../page.txt "
        "/a/with%20blank.txt /%61/page.txt /a/../../page.txt /a/..%2fhtdocs/page.txt /a/.htaccess",
    ),
    asked("Alias with slashes", 'Alias /a/ "@ROOT@/other/"', "/a/page.txt /a /a/ /a/sub/page.txt /ab"),
    asked("Alias with one slash", 'Alias /a/ "@ROOT@/other"', "/a/page.txt /a /a/"),
    asked("Alias with a slash behind the folder", 'Alias /a "@ROOT@/other/"', "/a/page.txt /a /a/"),
    asked("Alias of a file", 'Alias /one "@ROOT@/other/page.txt"', "/one /one/ /one/x /onex"),
    asked("Alias of the root", 'Alias / "@ROOT@/other/"', "/ /page.txt /sub/page.txt"),
    asked("two, the first wins", 'Alias /a "@ROOT@/other"\nAlias /a/sub "@ROOT@/third"', "/a/page.txt /a/sub/page.txt"),
    asked(
        "two, the longer first",
        'Alias /a/sub "@ROOT@/other"\nAlias /a "@ROOT@/htdocs/real"',
        "/a/page.txt /a/sub/page.txt",
    ),
    asked("closed folder", 'Alias /a "@ROOT@/third"', "/a/page.txt /a/absent /a"),
    asked(
        "AliasMatch",
        'AliasMatch "^/m/(.*)\\.text$" "@ROOT@/other/$1.txt"',
        "/m/page.text /m/page.txt /m/sub/page.text /x/m/page.text",
    ),
    asked("AliasMatch without a group", 'AliasMatch "^/m" "@ROOT@/other"', "/m/page.txt /m"),
    asked("AliasMatch with & and $0", 'AliasMatch "^/other/.*$" "@ROOT@$0"', "/other/page.txt /other/sub/page.txt"),
    asked("AliasMatch, unmatched group", 'AliasMatch "^/m(x)?/(p.*)$" "@ROOT@/other/$1$2"', "/m/page.txt /mx/page.txt"),
    asked("AliasMatch, broken pattern", 'AliasMatch "^/m(" "@ROOT@/other"', "/m/page.txt"),
    asked(
        "Alias and AliasMatch",
        'Alias /a "@ROOT@/other"\nAliasMatch "^/a/sub" "@ROOT@/htdocs/real"\n',
        "/a/page.txt /a/sub/page.txt",
    ),
    asked("Alias in a Location", '<Location "/a">\nAlias "@ROOT@/other"\n</Location>', "/a/page.txt /a"),
    asked("Alias in a Directory", '<Directory "@ROOT@/htdocs">\nAlias /a "@ROOT@/other"\n</Directory>', "/a/page.txt"),
    asked("one argument", "Alias /a", "/a"),
    asked(
        "handler behind an Alias",
        """
        PythonPath "['@ROOT@/lib'] + sys.path"
        Alias /a "@ROOT@/other"
        <Directory "@ROOT@/other">
            AddHandler mod_python .py
            PythonHandler showing
        </Directory>
        """,
        "/a/show.py /a/show.py/info /a/absent.py/info /a/sub/x.py",
    ),
    redirect("Redirect", "Redirect /old http://elsewhere.test/new"),
    redirect("Redirect permanent", "Redirect permanent /old http://elsewhere.test/new"),
    redirect("Redirect temp", "Redirect temp /old http://elsewhere.test/new"),
    redirect("Redirect seeother", "Redirect seeother /old http://elsewhere.test/new"),
    redirect("Redirect gone", "Redirect gone /old"),
    redirect("Redirect gone with a target", "Redirect gone /old http://elsewhere.test/"),
    redirect("Redirect 303", "Redirect 303 /old http://elsewhere.test/new"),
    redirect("Redirect 307", "Redirect 307 /old http://elsewhere.test/new"),
    redirect("Redirect 308", "Redirect 308 /old http://elsewhere.test/new"),
    redirect("Redirect 404", "Redirect 404 /old"),
    redirect("Redirect 403", "Redirect 403 /old"),
    redirect("Redirect 200", "Redirect 200 /old"),
    redirect("Redirect 302 without a target", "Redirect 302 /old"),
    redirect("Redirect with an unknown status", "Redirect nonsense /old http://elsewhere.test/"),
    redirect("Redirect to a path", "Redirect /old /new"),
    redirect("Redirect to a relative path", "Redirect /old new"),
    redirect("Redirect with a query", "Redirect /old http://elsewhere.test/new?b=2"),
    redirect("Redirect with a fragment", "Redirect /old http://elsewhere.test/new#part"),
    redirect("Redirect with slashes", "Redirect /old/ http://elsewhere.test/new/"),
    redirect("Redirect wins over a file", "Redirect /page.txt http://elsewhere.test/"),
    redirect("Redirect of the root", "Redirect / http://elsewhere.test/", get("/"), get("/x?y"), get("/page.txt")),
    redirect(
        "RedirectPermanent and RedirectTemp",
        "RedirectPermanent /old http://a.test/\nRedirectTemp /older http://b.test/",
    ),
    redirect("RedirectMatch", 'RedirectMatch "^/old(.*)$" "http://elsewhere.test/new$1"'),
    redirect("RedirectMatch permanent", 'RedirectMatch permanent "/old" "http://elsewhere.test/"'),
    redirect("RedirectMatch 410", 'RedirectMatch 410 "^/old"'),
    redirect("RedirectMatch with a query", 'RedirectMatch "^/old" "http://elsewhere.test/?q=x"'),
    redirect(
        "escapes",
        'Redirect /old http://elsewhere.test/new\nRedirectMatch "^/m/(.*)" "http://elsewhere.test/$1"',
        *(
            get(path)
            for path in words(
                "/old/a%20b /old/%3Cx%3E /old/a%2fb /old/%c3%a9?%41=<x> /m/a%20b /m/%3Cx%3E? /old/a%0d%0ab"
            )
        ),
    ),
    redirect("methods", "Redirect /old http://elsewhere.test/new", head("/old"), post("/old", b"a=1")),
    redirect(
        "Redirect in sections",
        '<Directory "@ROOT@/htdocs/real">\nRedirect /real/page.txt http://a.test/\n</Directory>\n'
        '<Location "/old">\nRedirect http://b.test/\n</Location>',
        get("/real/page.txt"),
        get("/old"),
        get("/old/x"),
    ),
    redirect("Redirect and Alias", 'Alias /old "@ROOT@/other"\nRedirect /old http://elsewhere.test/'),
    redirect("two Redirects, the first wins", "Redirect /old http://a.test/\nRedirect /old/page http://b.test/"),
    redirect("two Redirects, the longer first", "Redirect /old/page http://b.test/\nRedirect /old http://a.test/"),
    Case("spellings, Alias", Site(OPEN + 'Alias /a "@ROOT@/other"', FILES), spelled("/a")),
    Case("spellings, Alias with slashes", Site(OPEN + 'Alias /a/ "@ROOT@/other/"', FILES), spelled("/a")),
    Case("spellings, AliasMatch", Site(OPEN + 'AliasMatch "^/a(.*)" "@ROOT@/other$1"', FILES), spelled("/a")),
    Case(
        "spellings, AliasMatch to the end",
        Site(OPEN + 'AliasMatch "^/a/(.*)$" "@ROOT@/other/$1"', FILES),
        spelled("/a"),
    ),
    Case("spellings, Redirect", Site("Redirect /a http://elsewhere.test/new", FILES), spelled("/a")),
    Case("spellings, Redirect here", Site("Redirect /a /real", FILES), spelled("/a")),
    Case(
        "spellings, RedirectMatch", Site('RedirectMatch "^/a(.*)$" "http://elsewhere.test/new$1"', FILES), spelled("/a")
    ),
    Case("spellings, Redirect gone", Site("Redirect gone /a", FILES), spelled("/a")),
    Case("spellings, Alias in a Location", Site(OPEN + location("/a", 'Alias "@ROOT@/other"'), FILES), HERE),
    Case(
        "spellings, MergeSlashes Off",
        Site(OPEN + 'MergeSlashes Off\nAlias /a "@ROOT@/other"\nRedirect /r http://elsewhere.test', FILES),
        [*spelled("/a"), *spelled("/r")],
    ),
    Case(
        "spellings, AllowEncodedSlashes On",
        Site(OPEN + 'AllowEncodedSlashes On\nAlias /a "@ROOT@/other"\nRedirect /r http://elsewhere.test', FILES),
        [*spelled("/a"), *spelled("/r"), get("/a/..%2fhtdocs/page.txt"), get("/a%2f..%2fpage.txt")],
    ),
    Case(
        "spellings, AllowEncodedSlashes NoDecode",
        Site(OPEN + 'AllowEncodedSlashes NoDecode\nAlias /a "@ROOT@/other"\nRedirect /r http://elsewhere.test', FILES),
        [*spelled("/a"), *spelled("/r"), get("/a/..%2fhtdocs/page.txt"), get("/a%2f..%2fpage.txt")],
    ),
    asked(
        "Alias in a Location, deeper",
        location("/a", 'Alias "@ROOT@/other"') + location("/a/sub", 'Alias "@ROOT@/htdocs/real"'),
        "/a/page.txt /a /a/sub /a/sub/page.txt /ab /a/absent",
        "/a/ /a/sub/",
    ),
    asked(
        "Alias in a Location of a file",
        location("/one", 'Alias "@ROOT@/other/page.txt"'),
        "/one /one/ /one/more /onex /one?a=1",
    ),
    asked(
        "Alias in a Location, and the path",
        location("/a", 'AliasPreservePath On\nAlias "@ROOT@/other"'),
        "/a/page.txt /a /a/ /a/sub /a/sub/page.txt /ab /a/absent /a//page.txt /a/../page.txt",
    ),
    asked(
        "Alias in a Location, and the path, slash",
        location("/a/", 'AliasPreservePath On\nAlias "@ROOT@/other/"'),
        "/a/page.txt /a /a/ /a/sub /a/sub/page.txt /ab",
    ),
    asked(
        "AliasPreservePath everywhere",
        "AliasPreservePath On\n"
        + location("/a", 'Alias "@ROOT@/other"')
        + location("/b", "AliasPreservePath Off")
        + location("/b", 'Alias "@ROOT@/other"')
        + 'Alias /c "@ROOT@/other"\n',
        "/a/page.txt /a /b/page.txt /c/page.txt",
        "/b/",
    ),
    asked(
        "Alias in a LocationMatch",
        location("^/m/(?<name>.*)$", 'Alias "@ROOT@/other"', "LocationMatch"),
        "/m/page.txt /m /x/m/page.txt",
        "/m/",
    ),
    asked(
        "Alias in a LocationMatch, and the path",
        location("^/m", 'AliasPreservePath On\nAlias "@ROOT@/other"', "LocationMatch"),
        "/m/page.txt /m /m/page.txt/x",
        "/m/",
    ),
    asked("Alias in a Location, relative", location("/a", "Alias other"), "/a/page.txt /a"),
    asked(
        "Alias in a Location and one outside",
        location("/a", 'Alias "@ROOT@/other/page.txt"')
        + 'Alias /a "@ROOT@/htdocs/real"\nAlias /b "@ROOT@/other"\n'
        + location("/b", "Options None"),
        "/a/page.txt /a /b/page.txt",
    ),
    asked(
        "Alias in a Location, closed",
        location("/a", 'Alias "@ROOT@/third/page.txt"')
        + location("/b", 'Alias "@ROOT@/other/page.txt"\nRequire all denied'),
        "/a /b",
    ),
    asked(
        "Alias in a Location, a dollar",
        location("/a", 'Alias "@ROOT@/other/$1page.txt"')
        + location("/b", 'Alias "@ROOT@/other/$$page.txt"')
        + location("/c", 'Alias "@ROOT@/other/page$.txt"')
        + location("/d", r'Alias "@ROOT@/other/\\page.txt"'),
        "/a /b /c /d",
    ),
    asked("Alias in a Location, two arguments", location("/a", 'Alias /b "@ROOT@/other"'), "/a/page.txt"),
    asked(
        "Alias in a Directory, one argument", '<Directory "@ROOT@/htdocs">\nAlias "@ROOT@/other"\n</Directory>', "/x"
    ),
    asked("Alias in Files", '<Files "x">\nAlias "@ROOT@/other/page.txt"\n</Files>', "/x"),
    asked("AliasMatch in a Location", location("/a", 'AliasMatch "^/a" "@ROOT@/other"'), "/a"),
    asked("Alias of three arguments", 'Alias /a "@ROOT@/other" x', "/a"),
    asked("AliasMatch of one argument", 'AliasMatch "^/a"', "/a"),
    asked("AliasMatch with an ampersand", 'AliasMatch "^/m/(.*)$" "@ROOT@/other/&/$1"', "/m/page.txt"),
    asked("AliasMatch with escapes", r'AliasMatch "^/m/(.*)$" "@ROOT@/other/\$1"' + "\n", "/m/page.txt"),
    asked("AliasMatch relative", 'AliasMatch "^/m/(.*)$" "other/$1"', "/m/page.txt /m/sub/page.txt"),
    asked(
        "AliasMatch out of the folder",
        'AliasMatch "^/m/(.*)$" "@ROOT@/other/sub/$1"',
        "/m/../page.txt /m/..%2fpage.txt /m/page.txt",
    ),
    Case("ScriptAlias", Site(OPEN + 'ScriptAlias /cgi "@ROOT@/other"', FILES), SCRIPTS),
    Case("ScriptAliasMatch", Site(OPEN + 'ScriptAliasMatch "^/cgi(.*)" "@ROOT@/other$1"', FILES), SCRIPTS),
    Case(
        "ScriptAlias in a Location",
        Site(OPEN + location("/cgi", 'AliasPreservePath On\nScriptAlias "@ROOT@/other"'), FILES),
        SCRIPTS,
    ),
    Case(
        "ScriptAlias, the handler taken back",
        Site(
            OPEN
            + 'ScriptAlias /cgi "@ROOT@/other"\n<Directory "@ROOT@/other">\nSetHandler default-handler\n</Directory>',
            FILES,
        ),
        [get("/cgi/page.txt"), get("/cgi/")],
    ),
    redirect("RedirectRelative", "RedirectRelative On\nRedirect /old /new\nRedirectMatch ^/older(.*) /newer$1"),
    redirect("RedirectRelative Off", "RedirectRelative Off\nRedirect /old /new"),
    redirect("RedirectRelative, whole URL", "RedirectRelative On\nRedirect /old http://elsewhere.test/new"),
    redirect(
        "RedirectRelative in a Location",
        "Redirect /old /new\nRedirect /older /new\n" + location("/old", "RedirectRelative On"),
    ),
    redirect("RedirectRelative and a folder", "RedirectRelative On", get("/real"), get("/real?a=1")),
    redirect("RedirectRelative without a flag", "RedirectRelative Maybe\nRedirect /old /new"),
    redirect("Redirect of one argument", "Redirect http://elsewhere.test/"),
    redirect("Redirect of four arguments", "Redirect 302 /old http://elsewhere.test/ x"),
    redirect("Redirect without arguments", "Redirect"),
    redirect("RedirectPermanent with a status", "RedirectPermanent 301 /old http://elsewhere.test/"),
    redirect("RedirectTemp of one argument", "RedirectTemp /old"),
    redirect("RedirectMatch of one argument", "RedirectMatch ^/old"),
    redirect("RedirectMatch, broken pattern", "RedirectMatch ^/old( http://elsewhere.test/"),
    redirect("RedirectMatch 404", "RedirectMatch 404 ^/old"),
    redirect("RedirectMatch to a path", "RedirectMatch ^/old(.*) /new$1"),
    redirect("RedirectMatch to a name", "RedirectMatch ^/old(.*) new$1"),
    redirect("RedirectMatch to what matched", "RedirectMatch ^/(.*)$ $1", get("/http://elsewhere.test/"), get("/x")),
    redirect("RedirectMatch with an ampersand", "RedirectMatch ^/old http://elsewhere.test/?a=1&b=2"),
    redirect("RedirectMatch with a fragment", "RedirectMatch ^/old(.*) http://elsewhere.test/$1#part"),
    redirect("RedirectMatch with a port", "RedirectMatch ^/old(.*) http://elsewhere.test:8080/$1"),
    redirect("RedirectMatch without a path", "RedirectMatch ^/old(.*) http://elsewhere.test"),
    redirect("RedirectMatch without a pattern's part", "RedirectMatch ^/old(x)? http://elsewhere.test/$1/$2/$9"),
    redirect("RedirectMatch with marks", r'RedirectMatch "^/old(.*)" "http://elsewhere.test/\$1\&\x\\\\$1&"' + "\n"),
    redirect(
        "RedirectMatch with a line end in the query",
        'RedirectMatch "^/old(.*)" "http://elsewhere.test/?x=$1"',
        get("/old/a%0d%0aX:1", differs=BAD),
        get("/old/a%20b"),
        get("/old/%3Cx%3E"),
    ),
    redirect("RedirectMatch with blanks", 'RedirectMatch "^/old(.*)" "http://elsewhere.test/a b$1"'),
    redirect("RedirectMatch with escapes", 'RedirectMatch "^/old(.*)" "http://elsewhere.test/a%20b$1"'),
    redirect("Redirect with blanks", 'Redirect "/old" "http://elsewhere.test/a b"'),
    redirect("Redirect with escapes", 'Redirect "/old" "http://elsewhere.test/a%20b"'),
    redirect(
        "Redirect of a path with a blank", 'Redirect "/o d" "http://elsewhere.test/"', get("/o%20d"), get("/o%20d/x")
    ),
    redirect("Redirect to another scheme", "Redirect /old ftp://elsewhere.test/"),
    redirect("Redirect to a mail address", "Redirect /old mailto:x@elsewhere.test"),
    redirect("Redirect 300", "Redirect 300 /old http://elsewhere.test/new"),
    redirect("Redirect 304", "Redirect 304 /old http://elsewhere.test/new"),
    redirect("Redirect 305", "Redirect 305 /old http://elsewhere.test/new"),
    redirect("Redirect 399", "Redirect 399 /old http://elsewhere.test/new"),
    redirect("Redirect 400", "Redirect 400 /old"),
    redirect("Redirect 401", "Redirect 401 /old"),
    redirect("Redirect 405", "Redirect 405 /old"),
    redirect("Redirect 503", "Redirect 503 /old"),
    redirect("Redirect 599", "Redirect 599 /old"),
    redirect("Redirect 204", "Redirect 204 /old"),
    redirect("Redirect 301 and capitals", "Redirect PERMANENT /old http://elsewhere.test/"),
    redirect(
        "Redirect in a Location, one argument",
        location("/old", "Redirect http://a.test/x") + location("/r", "Redirect 301 http://b.test/"),
        get("/old"),
        get("/old/page"),
        get("/old?a=1"),
        get("/older"),
        get("/r"),
        get("/r/x?y=1"),
    ),
    redirect(
        "Redirect in a Location, gone",
        location("/old", "Redirect gone") + location("/x", "Redirect 410"),
        get("/old"),
        get("/old/x"),
        get("/x"),
    ),
    redirect("Redirect in a Location, 404", location("/old", "Redirect 404")),
    redirect(
        "Redirect in a Location, closed",
        location("/old", "Redirect http://a.test/x\nRequire all denied")
        + location("/new", "Redirect /new http://a.test/x\nRequire all denied"),
        get("/old"),
        get("/new"),
    ),
    redirect(
        "Redirect in a Location and outside",
        "Redirect /old http://a.test/\nRedirect /new http://a.test/\n"
        + location("/old", "Redirect http://b.test/")
        + location("/new", "Redirect /new http://b.test/"),
        get("/old"),
        get("/old/x"),
        get("/new"),
    ),
    redirect(
        "Redirect in Locations, one in another",
        location("/old", "Redirect http://a.test/\nRedirect /old http://c.test/")
        + location("/old/sub", "Redirect http://b.test/\nRedirect /old/sub http://d.test/"),
        get("/old"),
        get("/old/x"),
        get("/old/sub"),
        get("/old/sub/x"),
    ),
    redirect(
        "Redirect in Locations, paths",
        location("/old", "Redirect /old http://a.test/")
        + location("/old/sub", "Redirect /old/sub http://b.test/")
        + location("/old/sub/x", "RedirectMatch gone ."),
        get("/old"),
        get("/old/x"),
        get("/old/sub"),
        get("/old/sub/y"),
        get("/old/sub/x"),
    ),
    redirect(
        "Redirect in a Location to its path",
        location("/old", "Redirect /new"),
        get("/old"),
        get("/old/x?a=1"),
    ),
    redirect(
        "Redirect in a Location, a dollar",
        location("/a", "Redirect http://a.test/$1x")
        + location("/b", "Redirect http://a.test/$x")
        + location("/c", r"Redirect http://a.test/\x")
        + location("/d", "Redirect http://a.test/%x%20"),
        get("/a"),
        get("/b"),
        get("/c"),
        get("/d"),
    ),
    redirect(
        "Redirect in a LocationMatch",
        location("^/old", "Redirect http://a.test/", "LocationMatch"),
        get("/old"),
        get("/older"),
    ),
    redirect(
        "Redirect in a Directory, one argument",
        '<Directory "@ROOT@/htdocs/real">\nRedirect http://a.test/\n</Directory>',
        get("/real/page.txt"),
        get("/real/"),
        get("/real"),
        get("/real/absent?a=1"),
    ),
    redirect(
        "Redirect in a Directory, closed",
        '<Directory "@ROOT@/htdocs/real">\nRedirect /real http://a.test/\nRequire all denied\n</Directory>',
        get("/real/page.txt"),
    ),
    redirect(
        "Redirect in Files",
        '<Files "page.txt">\nRedirect http://a.test/\n</Files>\n<Files "x">\nRedirect gone\n</Files>',
        get("/page.txt"),
        get("/x"),
        get("/real/page.txt"),
    ),
    Case(
        "Redirect in .htaccess",
        Site(
            '<Directory "@ROOT@/htdocs">\nAllowOverride FileInfo\n</Directory>',
            {
                **FILES,
                "htdocs/.htaccess": "Redirect /page.txt http://a.test/\nRedirectMatch ^/o(.*) http://b.test/$1\n",
                "htdocs/real/.htaccess": "Redirect 301 /real/page.txt /new\nRedirect gone /real/gone\n",
            },
        ),
        [get(path) for path in words("/page.txt /old /old?x /real/page.txt /real/gone /real/gone/x /real/ /o%3cx%3e")],
    ),
    redirect(
        "UseCanonicalName On",
        "UseCanonicalName On\nServerName canonical.test:8000\nRedirect /old /new",
        get("/old"),
        get("/old", host="other.test:81", name="another host"),
        get("/old", host=None, protocol="HTTP/1.0", name="no host"),
    ),
    redirect(
        "the port that is asked for",
        "Redirect /old /new",
        get("http://other.test:81/old"),
        get("http://other.test/old"),
        get("http://other.test:81/old", host="third.test:82", name="another than that of Host"),
        get("/old", host="other.test:", name="none behind the colon"),
        get("/old", host="other.test:0", name="0"),
    ),
    redirect(
        "UseCanonicalName DNS",
        "UseCanonicalName DNS\nServerName canonical.test:8000\nRedirect /old /new",
        get("/old"),
        get("/old", host="other.test:81", name="another host"),
    ),
    *(
        redirect(
            f"UseCanonicalPhysicalPort {flag}, {name}, {server}",
            f"UseCanonicalPhysicalPort {flag}\nUseCanonicalName {name}\nServerName {server}\nRedirect /old /new",
            get("/old"),
            get("/old", host="other.test:81", name="another port"),
            get("/old", host="other.test", name="no port"),
            get("/old", host=None, protocol="HTTP/1.0", name="no host"),
        )
        for flag in ("On", "Off")
        for name in ("On", "Off")
        for server in ("canonical.test", "canonical.test:8000", "https://canonical.test:443")
    ),
)
