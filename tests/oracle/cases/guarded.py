"""Handlers of the phases before the content where a name's extension, an error's page or a redirection has a say."""

import re

from ..request import basic, get, head
from ..site import Site
from . import Case, words
from .ssi import PIECES

PHASES = words("HeaderParser Access Authen Authz Type Fixup Log Cleanup")

MODULE = """
    from mod_python import apache

    def forbid(req):
        req.log_error("%s of %s" % (req.phase, req.uri))
        return apache.HTTP_FORBIDDEN

    def known(req):
        req.user = "spam"
        return apache.OK

    def known_and_declined(req):
        req.user = "spam"
        return apache.DECLINED

    def elsewhere(req):
        req.internal_redirect("/shown/page")
        return apache.DONE

    def accept(req):
        return apache.OK

    def fail(req):
        return apache.HTTP_NOT_FOUND

    def unchanged(req):
        return apache.HTTP_NOT_MODIFIED

    def empty(req):
        return apache.HTTP_NO_CONTENT

    def redirected(req):
        req.status = apache.HTTP_NOT_FOUND
        req.internal_redirect("/pages/" + req.args)
        return apache.OK

    def says(req):
        name = req.filename.rpartition("/")[2].partition(".")[0]
        if req.main and name.isdigit():
            req.status = int(name)
        return apache.OK

    def answers(req):
        name = req.filename.rpartition("/")[2].partition(".")[0]
        return int(name) if req.main and name.isdigit() else apache.OK

    def handler(req):
        req.content_type = "text/plain"
        req.add_common_vars()
        env = req.subprocess_env
        req.write("%s %r, user %r %r" % (req.uri, req.path_info, req.user, env.get("REMOTE_USER")), 0)
        if req.prev:
            req.write(", before %r %r" % (req.prev.user, env.get("REDIRECT_REMOTE_USER")), 0)
        return apache.OK
"""


def by_extension(phase: str) -> Case:
    """A phase whose only handler is for .txt."""
    user = 'AuthType Mine\nAuthName "mine"\nRequire valid-user\n' if phase in ("Authen", "Authz") else ""
    user += "PythonAuthenHandler guarding::known\n" if phase == "Authz" else ""
    user += "PythonAccessHandler guarding::accept\n" if phase == "Cleanup" else ""  # which makes it a request of Python
    conf = f"""
    PythonPath "['@ROOT@/lib'] + sys.path"
    <Directory "@ROOT@/htdocs">
        {user}
        Python{phase}Handler guarding::forbid | .txt
    </Directory>
    """
    files = {"lib/guarding.py": MODULE, "htdocs/page.txt": "page\n", "htdocs/page.html": "page\n"}
    log = (f"Python{phase}Handler of /page.txt",)
    return Case(f"{phase} for an extension alone", Site(conf, files), [get("/page.txt", log=log), get("/page.html")])


PAGES = """
    PythonPath "['@ROOT@/lib'] + sys.path"
    <Directory "@ROOT@/htdocs">
        SetHandler mod_python
        PythonHandler guarding
    </Directory>
    <Files "fail">
        PythonHandler guarding::fail
    </Files>
    <Files "unchanged">
        PythonHandler guarding::unchanged
    </Files>
    <Files "empty">
        PythonHandler guarding::empty
    </Files>
    <Files "unchanged-in-access">
        PythonAccessHandler guarding::unchanged
    </Files>
    <Files "redirected">
        PythonHandler guarding::redirected
    </Files>
"""
NAMES = words("unchanged empty unchanged-in-access page absent")
PAGE_FILES = {
    "lib/guarding.py": MODULE,
    **{f"htdocs/{folder}/fail": "" for folder in (*NAMES, "pages")},
    **{f"htdocs/pages/{name}": "" for name in (*NAMES, "redirected") if name != "absent"},
}

ASKING = """
    PythonPath "['@ROOT@/lib'] + sys.path"
    <Directory "@ROOT@/htdocs">
        SetHandler mod_python
        PythonHandler guarding
    </Directory>
    <Directory "@ROOT@/htdocs/closed">
        AuthType Basic
        AuthName "closed"
        Require valid-user
        ErrorDocument 403 /shown/page
        ErrorDocument 500 /shown/page
    </Directory>
    <Files "elsewhere">
        PythonAuthenHandler guarding::elsewhere
    </Files>
    <Files "forbid">
        PythonAuthenHandler guarding::forbid
    </Files>
    <Files "accept">
        PythonAuthenHandler guarding::accept
    </Files>
"""
ASKED = words("elsewhere forbid accept")

STATUSES = words("201 204 301 304 400 401 403 404 500 503")
LISTED = "".join(
    f"""
    <Directory "@ROOT@/htdocs/{kind}-{phase}">
        Options +Indexes +Includes
        IndexOptions {options}
        AddOutputFilter INCLUDES .shtml
        Python{phase}Handler guarding::{kind}
    </Directory>
    """
    for kind in ("says", "answers")
    for phase, options in (("Access", "FancyIndexing"), ("Fixup", "FancyIndexing ShowForbidden"), ("Type", ""))
)
LISTINGS = [f"{kind}-{phase}" for kind in ("says", "answers") for phase in ("Access", "Fixup", "Type")]


def listed(text: str) -> str:
    """The names in a listing."""
    return " ".join(sorted(set(re.findall(r'<a href="([^?/"][^"]*)"', text)))) or text


DECLINED = {
    f"{kind}-{rule.rpartition(' ')[2]}": f"{told}\n{rule}"
    for kind, told in (("unset", ""), ("none", "AuthType None"), ("mine", "AuthType Mine"), ("basic", "AuthType Basic"))
    for rule in ("Require valid-user", "Require user spam", "Require user other")
}

CASES = (
    *map(by_extension, PHASES),
    Case(
        "an error's page that has no content",
        Site(
            PAGES
            + "".join(
                f'<Directory "@ROOT@/htdocs/{name}">\nErrorDocument 404 /pages/{name}\n</Directory>\n' for name in NAMES
            ),
            PAGE_FILES,
        ),
        [ask(f"/{name}/fail") for ask in (get, head) for name in NAMES]
        + [get(f"/pages/redirected?{name}") for name in NAMES],
    ),
    Case(
        "an error's page in the same folder",
        Site(
            PAGES + '<Directory "@ROOT@/htdocs/pages">\nErrorDocument 404 /pages/absent/\n</Directory>\n'
            '<Directory "@ROOT@/htdocs/page">\nErrorDocument 404 /page/absent\n</Directory>\n',
            PAGE_FILES,
        ),
        [get(f"/{folder}/{name}") for folder in ("page", "pages") for name in ("fail", "fail/more")],
    ),
    Case(
        "a folder's error page within it",
        Site(
            """
            PythonPath "['@ROOT@/lib'] + sys.path"
            <Directory "@ROOT@/htdocs/shown">
                SetHandler mod_python
                PythonHandler guarding
                Require all denied
                ErrorDocument 403 /shown/page
            </Directory>
            <Files "page">
                Require all granted
            </Files>
            """,
            {"lib/guarding.py": MODULE, "htdocs/shown/page": "", "htdocs/shown/other": ""},
        ),
        [get(path) for path in words("/shown /shown/ /shown/other /shown/absent /shown/other/more /shown/page")],
    ),
    Case(
        "who is claimed where another page answers",
        Site(
            ASKING,
            {"lib/guarding.py": MODULE, "htdocs/shown/page": "", **{f"htdocs/closed/{name}": "" for name in ASKED}},
        ),
        [get(f"/closed/{name}", basic("spam", "eggs")) for name in ASKED],
    ),
    Case(
        "a status that a handler gives a part of an answer",
        Site(
            "PythonPath \"['@ROOT@/lib'] + sys.path\"\n" + LISTED,
            {
                "lib/guarding.py": MODULE,
                **{f"htdocs/{folder}/{status}.txt": f"{status}\n" for folder in LISTINGS for status in STATUSES},
                **{f"htdocs/{folder}/{status}/page.txt": "page\n" for folder in LISTINGS for status in STATUSES},
                **{
                    f"htdocs/{folder}/page-{status}.shtml": f'[<!--#include virtual="{status}.txt" -->]'
                    f'[<!--#include file="{status}.txt" -->][<!--#fsize virtual="{status}.txt" -->]\n'
                    for folder in LISTINGS
                    for status in STATUSES
                },
            },
            modules=("include",),
        ),
        [get(f"/{folder}/", tidy=listed) for folder in LISTINGS]
        + [get(f"/{folder}/page-{status}.shtml", differs=PIECES) for folder in LISTINGS for status in STATUSES],
    ),
    Case(
        "a user whom a handler names and declines",
        Site(
            "PythonPath \"['@ROOT@/lib'] + sys.path\"\n"
            + "".join(
                f'<Directory "@ROOT@/htdocs/{name}">\nAuthName "closed"\n{text}\n'
                "PythonAuthenHandler guarding::known_and_declined\n</Directory>\n"
                for name, text in DECLINED.items()
            ),
            {"lib/guarding.py": MODULE, **{f"htdocs/{name}/page.txt": "page\n" for name in DECLINED}},
        ),
        [get(f"/{name}/page.txt") for name in DECLINED],
    ),
)
