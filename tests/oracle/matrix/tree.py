"""The files that every group of the matrix protects, and the ways that lead to them.

Law: each file says its own name, so that an answer tells which file was shown; `shut` is what the rules are about, and
everything else is open and leads there.
"""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha1

from ..site import Entry, Link

MODULES = ("authz_groupfile", "authz_owner", "include", "userdir")


def said(name: str) -> str:
    """What a file says."""
    return f"<<{name}>>\n"


HANDLERS = """
    from mod_python import apache

    PASSWORDS = {"ann": "eggs", "bob": "spam"}


    def handler(req):
        # A page: it says which file it is and that it ran.
        req.content_type = "text/plain"
        try:
            name = "%s%s" % (req.filename.partition("/htdocs/")[2], req.path_info)
            name.encode("ascii")
        except UnicodeError:  # the original cannot read it
            name = "an odd name"
        req.write("<<ran %s>>" % name)
        return apache.OK


    def go(req):
        # The way in by an internal redirect: to where the query string says.
        req.internal_redirect(req.args)
        return apache.OK


    def authenhandler(req):
        password = req.get_basic_auth_pw()
        if req.user in PASSWORDS and PASSWORDS[req.user] == password:
            return apache.OK
        return apache.HTTP_UNAUTHORIZED


    def accept(req):
        return apache.OK


    def decline(req):
        return apache.DECLINED


    def refuse(req):
        return apache.HTTP_FORBIDDEN


    def only_ann(req):
        return apache.OK if req.user == "ann" else apache.HTTP_FORBIDDEN
"""

_BOB = b64encode(sha1(b"spam").digest()).decode("ascii")
PASSWORDS = f"ann:$apr1$matrix01$Z0wpwsVn6g8VX1gIytuZ01\nbob:{{SHA}}{_BOB}\nempty:\n"  # ann's is eggs
GROUPS = "staff: ann\nguests: bob carl\n"

PAGES = (
    "htdocs/index.html",
    "htdocs/page.txt",
    "htdocs/open/index.html",
    "htdocs/open/page.txt",
    "htdocs/shut/index.html",
    "htdocs/shut/page.txt",
    "htdocs/shut/secret.txt",
    "htdocs/shut/secret.txt.bak",
    "htdocs/shut/.htpasswd",
    "htdocs/shut/deep/index.html",
    "htdocs/shut/deep/page.txt",
    "htdocs/shut/deep/secret.txt",
    "htdocs/shutter/secret.txt",
    "outside/index.html",
    "outside/secret.txt",
)

FILES: Mapping[str, Entry] = {
    **{name: said(name.removeprefix("htdocs/")) for name in PAGES},
    "htdocs/shut/.htaccess": "# <<shut/.htaccess>>\nRequire all granted\n",  # AllowOverride None: nobody reads it
    "htdocs/shut/run.py": "# <<source of shut/run.py>>\n",
    "htdocs/shut/deep/run.py": "# <<source of shut/deep/run.py>>\n",
    "htdocs/open/run.py": "# <<source of open/run.py>>\n",
    "htdocs/open/secret.link": Link("../shut/secret.txt"),
    "htdocs/open/secret.txt": Link("../shut/page.txt"),
    "htdocs/open/run.link.py": Link("../shut/run.py"),
    "htdocs/link": Link("shut"),
    "htdocs/strict/link": Link("../shut"),
    "htdocs/strict/secret.link": Link("../shut/secret.txt"),
    "htdocs/owner/link": Link("../shut"),
    "htdocs/owner/secret.link": Link("../shut/secret.txt"),
    "htdocs/shut/other.link": Link("secret.txt"),
    "htdocs/shut/out": Link("../../outside"),
    "htdocs/index-of-shut/page.txt": said("index-of-shut/page.txt"),
    "htdocs/index-runs/page.txt": said("index-runs/page.txt"),
    "htdocs/index-folder/page.txt": said("index-folder/page.txt"),
    "htdocs/error/page.txt": said("error/page.txt"),
    "htdocs/error-runs/page.txt": said("error-runs/page.txt"),
    "htdocs/error/closed/page.txt": said("error/closed/page.txt"),
    "lib/matrix_site.py": HANDLERS,
    "passwords": PASSWORDS,
    "groups": GROUPS,
}

MAIN = """\
UserDir disabled
PythonPath "['@ROOT@/lib'] + sys.path"
PythonInterpreter main_interpreter
AddHandler mod_python .py
PythonHandler matrix_site
DirectoryIndex index.html
SetEnvIf Request_URI "." EVERYBODY
SetEnvIf Request_Method "POST" POSTING
Alias "/alias/" "@ROOT@/htdocs/shut/"
Alias "/bare" "@ROOT@/htdocs/shut"
Alias "/one" "@ROOT@/htdocs/shut/secret.txt"
Alias "/up/" "@ROOT@/htdocs/"
Alias "/shut/hole/" "@ROOT@/htdocs/open/"
AliasMatch "^/match/(.*)" "@ROOT@/htdocs/shut/$1"
<Location "/go">
    SetHandler mod_python
    PythonHandler matrix_site::go
</Location>
<Directory "@ROOT@/htdocs/strict">
    Options -FollowSymLinks
</Directory>
<Directory "@ROOT@/htdocs/owner">
    Options -FollowSymLinks +SymLinksIfOwnerMatch
</Directory>
<Directory "@ROOT@/htdocs/index-of-shut">
    DirectoryIndex /shut/secret.txt
</Directory>
<Directory "@ROOT@/htdocs/index-runs">
    DirectoryIndex /shut/run.py
</Directory>
<Directory "@ROOT@/htdocs/index-folder">
    DirectoryIndex /shut/
</Directory>
<Directory "@ROOT@/htdocs/error">
    ErrorDocument 404 /shut/secret.txt
</Directory>
<Directory "@ROOT@/htdocs/error-runs">
    ErrorDocument 404 /shut/run.py
</Directory>
<Directory "@ROOT@/htdocs/error/closed">
    Require all denied
    ErrorDocument 403 /shut/secret.txt
</Directory>
"""
