"""Alias, AliasMatch, Redirect, RedirectMatch: which paths they take, and what they answer."""

from typing import Any

from ..request import Request, get, head, post
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


def asked(name: str, directives: str, paths: str, **options: Any) -> Case:
    """These directives and the paths asked for; @ROOT@/other is open."""
    return Case(name, Site(OPEN + directives, FILES), [get(path) for path in words(paths)], **options)


def redirect(name: str, directives: str, *requests: Request) -> Case:
    """These directives and the requests sent."""
    return Case(
        name, Site(directives, FILES), requests or [get("/old"), get("/old/page?a=1"), get("/older"), get("/page.txt")]
    )


SHORT = (False, "alias-in-location: the form with one argument stops the start")

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
    asked("Alias in a Location", '<Location "/a">\nAlias "@ROOT@/other"\n</Location>', "/a/page.txt /a", starts=SHORT),
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
)
