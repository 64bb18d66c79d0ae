"""Groups, owners and names of hosts in Require, Allow and Deny."""

from itertools import product

from ..request import Request, get
from ..site import File, Site
from . import Case, words

# The user is who the header says: groups are the subject, not passwords.
MODULE = """
    import os
    import pwd
    from mod_python import apache

    def authenhandler(req):
        req.user = req.headers_in.get("X-User", "nobody")
        if req.user == "owner":
            req.user = pwd.getpwuid(os.stat(req.filename).st_uid).pw_name
        return apache.OK
"""

GROUPS = """\
# a comment: commented
staff: ann bob
  board : "the boss" ann
STAFF: cat
empty:
nothing at all
no colon ann
: nameless
many: dan \\
 eve
quoted:"ann"'bob'
two words: fay
staff:gus gus
a:b:c: hal
escaped: "i\\"da" j\\\\o
#late: kim
tab:\tlea\tmax
same: nil
same: oli
"""

USERS = words("ann bob cat gus nameless nobody")
MORE = {  # for whom else the lines below are interesting
    **dict.fromkeys(("two", "many"), words("dan eve")),
    **dict.fromkeys(("spaces", "two-bare"), words("fay")),
    **dict.fromkeys(("a", "a-b"), words("hal b:c")),
    **dict.fromkeys(("no-colon", "none"), words("colon kim commented all at")),
    "staff": words("Ann late"),
    "board": ["the boss", "the", "boss"],
    "escaped": ['i"da', r"j\o", "ida", "jo"],
    "tab": words("lea max"),
    "same": words("nil oli"),
    "user-percent": words("a%b"),
    "user-blank": ["the boss", "the"],
    "user-letters": words("a anbob"),
    "user-apostrophe": ["o'neil", "oneil", "the boss"],
    **{key: ["jo", r"j\o", r"j\\o"] for key in ("user-backslash", "user-backslashes", "user-quoted")},
    "user-quote": ['i"da', r"i\"da", "ida"],
}
REQUIRES = {
    "staff": "Require group staff",
    "staff-case": "Require group StAfF",
    "board": "Require group board",
    "board-blank": 'Require group "board "',
    "two": "Require group board many",
    "spaces": 'Require group "two words"',
    "two-bare": "Require group two words",
    "empty": "Require group empty",
    "unknown": "Require group unknown",
    "none": "Require group",
    "a": "Require group a",
    "after-nothing": 'Require group empty "" staff',
    "a-b": "Require group a:b",
    "quoted": "Require group 'quoted'",
    "no-colon": 'Require group "no colon ann"',
    "nameless": 'Require group ""',
    "escaped": "Require group escaped",
    "many": "Require group many",
    "tab": "Require group tab",
    "same": "Require group same",
    "not": "<RequireAll>\nRequire valid-user\nRequire not group staff\n</RequireAll>",
    "and": "<RequireAll>\nRequire group staff\nRequire group board\n</RequireAll>",
    "user-percent": "Require user a%b",
    "user-backslash": "Require user j\\o",
    "user-backslashes": "Require user j\\\\o",
    "user-quoted": 'Require user "j\\\\o"',
    "user-quote": 'Require user "i\\"da"',
    "user-hex": "Require user \\x61nn \\142ob",
    "user-blank": "Require user the\\x20boss",
    "user-letters": "Require user a\\nbob \\cat",
    "user-nothing": 'Require user "" ann',
    "user-apostrophe": "Require user o'neil 'the boss'",
    "or-user": "Require group board\nRequire user bob",
}
SMALL = {
    "staff": "staff: ann\n",
    "crlf": "staff: ann\r\nboard: bob\r\n",
    "no-end": "staff: bob\nboard: ann",
    "latin": File(b"staff: \xe4nn ann\nboard: bob\n"),
    "empty": "",
    "unreadable": File("staff: ann\n", 0o000),
}


def folders(requires: dict[str, str], file: str, more: str = "") -> tuple[str, dict[str, str]]:
    """Sections and files for each Require."""
    conf, files = "", {}
    for name, text in requires.items():
        conf += f'<Directory "@ROOT@/htdocs/{name}">\nAuthType Mine\nAuthName x\nPythonAuthenHandler guard\n'
        conf += f"{file}{text}\n{more}</Directory>\n"
        files[f"htdocs/{name}/page.txt"] = f"{name}\n"
    return conf, files


def site(requires: dict[str, str], file: str, more: str = "", files: dict[str, str | File] | None = None) -> Site:
    """A site whose groups stand in a file."""
    conf, pages = folders(requires, file, more)
    conf = f"PythonPath \"['@ROOT@/lib'] + sys.path\"\n{conf}"
    pages = {"lib/guard.py": MODULE, **pages, **(files or {})}
    return Site(conf, pages, modules=("authz_groupfile", "authz_owner"))


def asked(name: str, user: str, log: tuple[str, ...] = ()) -> Request:
    """A request as this user."""
    return get(f"/{name}/page.txt", {"X-User": user}, name=f"{name} {user}", log=log)


FILE = 'AuthGroupFile "@ROOT@/conf/groups"\n'
OWNERS = {
    "owner": "Require file-owner",
    "owner-more": "Require file-owner and more",
    "not-owner": "<RequireAll>\nRequire valid-user\nRequire not file-owner\n</RequireAll>",
    "owner-or-user": "Require file-owner\nRequire user ann",
    "group": "Require file-group",
    "group-or-owner": "Require file-group\nRequire file-owner",
}
HOSTS = {
    "localhost": "Require host localhost",
    "upper": "Require host LocalHost",
    "part": "Require host ocalhost",
    "below": "Require host .localhost",
    "several": "Require host other.example localhost",
    "other": "Require host other.example",
    "comment": "Require host other.example#localhost localhost",
    "comment-first": "Require host # localhost",
    "comment-behind": "Require host localhost#other",
    "quoted": 'Require host "localhost"',
    "not": "<RequireAll>\nRequire all granted\nRequire not host localhost\n</RequireAll>",
    "not-other": "<RequireAll>\nRequire all granted\nRequire not host other.example\n</RequireAll>",
    "forward": "Require forward-dns localhost",
    "forward-upper": "Require forward-dns LOCALHOST",
    "forward-address": "Require forward-dns 127.0.0.1",
    "forward-other-address": "Require forward-dns 192.0.2.1",
    "forward-several": "Require forward-dns 192.0.2.1 localhost",
    "forward-comment": "Require forward-dns 192.0.2.1#localhost localhost",
    "forward-comment-behind": "Require forward-dns localhost#other",
    "allow": "Order allow,deny\nAllow from localhost",
    "allow-upper": "Order allow,deny\nAllow from LOCALHOST",
    "allow-part": "Order allow,deny\nAllow from host",
    "allow-below": "Order allow,deny\nAllow from .localhost",
    "allow-other": "Order allow,deny\nAllow from other.example",
    "allow-several": "Order allow,deny\nAllow from other.example localhost",
    "deny": "Order deny,allow\nDeny from localhost",
    "deny-other": "Order deny,allow\nDeny from other.example",
    "deny-both": "Order deny,allow\nDeny from localhost\nAllow from 127.0.0.1",
}
REFUSED = {
    "allow comment": "Allow from localhost#",
    "allow no address": "Allow from 300.1.2.3",
    "allow dots": "Allow from 1.2.3.4.5",
    "allow name with mask": "Allow from localhost/8",
    "allow v6": "Allow from fe80:::1",
    "allow number": "Allow from 127",
    "allow every": "Allow from 0.0.0.0/0",
    "group without a file": "Require group staff",
    "group file missing": "AuthGroupFile",
    "group file two": "AuthGroupFile a b",
    "satisfy": "Satisfy Both",
    "satisfy two": "Satisfy Any All",
    "satisfy nothing": "Satisfy",
    "order nothing": "Order",
    "deny nothing": "Deny from",
    "env": "Allow from env=A",
    "env nothing": "Deny from env=",
    "env not nothing": "Deny from env=!",
    "user tab": "Require user a\tb",
    "user bell": "Require user a\ab",
    "user octal": "Require user a\\400",
    "user eight": "Require user a\\8",
    "user variable cut": "Require user a%{",
    "host tab": "Require host a\tb",
    "group tab": "Require group a\tb",
    "env tab": "Require env a\tb",
    "ip tab": "Require ip 192.0.2.1\t127.0.0.1",
    "user number": "Require user a\\1428",
    "env upper": "Deny from ENV=A",
    "from upper": "Deny FROM all",
    "all upper": "Deny from ALL",
}

CASES = (
    Case(
        "file",
        site(REQUIRES, FILE, files={"conf/groups": GROUPS}),
        [asked(name, user) for name in REQUIRES for user in USERS + MORE.get(name, [])],
    ),
    *(
        Case(
            f"file: {name}",
            site({"staff": "Require group staff", "board": "Require group board"}, FILE, files={"conf/groups": text}),
            [asked(folder, user) for folder, user in product(("staff", "board"), ("ann", "bob"))],
        )
        for name, text in SMALL.items()
        if name != "unreadable"  # root reads everything
    ),
    Case(
        "no file",
        site(
            {
                "staff": "Require group staff",
                "own": "Require file-group",
                "or": "Require group staff\nRequire user ann",
            },
            "",
        ),
        [
            asked(name, user, ("No group file was specified",))
            for name, user in product(("staff", "own", "or"), ("ann", "bob"))
        ],
    ),
    Case(
        "absent file",
        site(
            {
                "staff": "Require group staff",
                "own": "Require file-group",
                "or": "Require group staff\nRequire user ann",
            },
            FILE,
        ),
        [
            asked(name, user, ("Could not open group file",))
            for name, user in product(("staff", "own", "or"), ("ann", "bob"))
        ],
    ),
    Case(
        "a directory for a file",
        site({"staff": "Require group staff"}, 'AuthGroupFile "@ROOT@/htdocs"\n'),
        [asked("staff", "ann", ("Could not open group file",))],
    ),
    Case(
        "relative file",
        site({"staff": "Require group staff"}, "AuthGroupFile conf/groups\n", files={"conf/groups": GROUPS}),
        [asked("staff", user) for user in ("ann", "dan")],
    ),
    Case(
        "owners",
        site(OWNERS, FILE, files={"conf/groups": "some-group: ann owner\n"}),
        [
            asked(name, user, ("does not match", "authorization failure"))
            for name, user in product(OWNERS, ("owner", "ann", "nobody"))
        ],
    ),
    Case(
        "owner of what is not there",
        site(OWNERS, FILE, files={"conf/groups": "some-group: ann owner\n"}),
        [get(f"/{name}/absent", {"X-User": "ann"}, log=("could not stat file",)) for name in OWNERS],
    ),
    Case(
        "hosts",
        Site(
            "".join(f'<Directory "@ROOT@/htdocs/{name}">\n{text}\n</Directory>\n' for name, text in HOSTS.items()),
            {f"htdocs/{name}/page.txt": f"{name}\n" for name in HOSTS},
        ),
        [get(f"/{name}/page.txt") for name in HOSTS],
    ),
    Case(
        "start: a match",
        Site('<Directory "@ROOT@/htdocs">\nRequire user a$1\n</Directory>\n'),
        starts=(False, "require-expression: it is an expression"),
    ),
    Case(
        "start: a variable",
        Site('<Directory "@ROOT@/htdocs">\nRequire user %{REQUEST_URI}\n</Directory>\n'),
        starts=(False, "require-expression: it is an expression"),
    ),
    Case(
        "start: expr",
        Site('<Directory "@ROOT@/htdocs">\nRequire expr true\n</Directory>\n'),
        starts=(False, "require-expression: it is an expression"),
    ),
    *(
        Case(
            f"start: {name}",
            Site(
                f'<Directory "@ROOT@/htdocs">\n{text}\n</Directory>\n',
                {"htdocs/page.txt": "page\n"},
                modules=("authz_groupfile",),
            ),
            [get("/page.txt")],
        )
        for name, text in REFUSED.items()
    ),
)
