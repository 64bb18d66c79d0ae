"""The families of the matrix: which combinations of the words are asked.

Law: the products that have opened servers before are complete (sections and spellings, sections and ways in, rules and
methods, outer and inner sections); of the others every pair of words occurs.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from ..site import Entry
from .model import Ask, Family, Group
from .rules import (
    AUTHENTICATION,
    BY_METHOD,
    EXTRAS,
    FEW,
    HT_NAMES,
    INNER,
    LIMITS,
    MANY,
    METHODS,
    ORDER,
    OUTER,
    REQUIRE,
    SATISFY,
    SECTIONS,
    SPELLINGS,
    WAYS,
)

SECRET = "/shut/secret.txt"


def asks(methods: Iterable[str], targets: Iterable[str], people: Sequence[str] = ("",)) -> tuple[Ask, ...]:
    """Every method for every target by everybody."""
    methods = tuple(methods)
    return tuple(Ask(method, target, who) for target in targets for who in people for method in methods)


def words(text: str) -> tuple[str, ...]:
    """A list written as a text."""
    return tuple(text.split("; "))


def lines(*parts: str) -> str:
    """Directives, one below the other."""
    return "\n".join(part for part in parts if part)


def placed(section: str, inside: str, access_file: str) -> tuple[str, dict[str, Entry]]:
    """`inside` where `section` says: as a piece of httpd.conf, and as files named .htaccess (here `access_file`)."""
    if section.startswith("<"):
        return section.replace("{}", inside), {}
    folder, _, around = section.partition("\n")
    conf = f'AccessFileName {access_file}\n<Directory "@ROOT@/htdocs">\nAllowOverride AuthConfig Limit\n</Directory>'
    return conf, {f"{folder}/{access_file}": (around or "{}").replace("{}", inside) + "\n"}


@cache
def families() -> tuple[Family, ...]:
    """All families that are recorded."""
    return (
        _require(),
        _limit(),
        _satisfy(),
        _spellings(),
        _ways(),
        _nested(),
        _merging(),
        _methods(),
        _extras(),
        _located(),
        _shown(),
    )


def _by_everybody(methods: Sequence[str], authentication: str) -> tuple[Ask, ...]:
    """The closed file, by all methods; without an authentication it matters little who asks."""
    if authentication == "nobody":
        return asks(methods, [SECRET]) + asks(("GET",), [SECRET], ("ann",))
    return (
        asks(methods, [SECRET])
        + asks(("GET", "POST", "BREW"), [SECRET], ("ann",))
        + asks(FEW, [SECRET], ("bob",))
        + asks(("GET",), [SECRET], ("wrong",))
    )


def _require() -> Family:
    """Every rule under every authentication, for all methods and everybody."""
    groups = []
    for rules in (REQUIRE, ORDER):
        for name, rule in rules.items():
            for authentication, told in AUTHENTICATION.items():
                if rules is ORDER and authentication == "python":
                    continue
                conf = SECTIONS["Directory"].replace("{}", lines(told, rule))
                title = f"{'Require' if rules is REQUIRE else 'Order'}: {name}, {authentication}"
                questions = _by_everybody(METHODS, authentication)
                questions += asks(FEW, ["/shut/run.py", "/shut/absent"], ("",)) + asks(("GET",), ["/shut/"], ("ann",))
                groups.append(Group(title, conf, questions))
    return Family("require", tuple(groups))


def _limit() -> Family:
    """Every rule in every kind of Limit; the authentication of each follows in turn."""
    groups = []
    kinds = tuple(AUTHENTICATION)
    for number, (name, rule) in enumerate({**REQUIRE, **ORDER}.items()):
        if not rule or "Python" in rule:
            continue
        for turn, (limit, around) in enumerate(LIMITS.items()):
            if not limit:
                continue
            authentication = kinds[(number + turn) % 3]
            if "user" in rule or "group" in rule:
                authentication = kinds[1 + (number + turn) % 2]
            base = "" if (number + turn) % 4 else "Require all denied"
            conf = SECTIONS["Directory"].replace("{}", lines(AUTHENTICATION[authentication], base, around.format(rule)))
            title = f"Limit {limit}: {name}, {authentication}{', denied besides' if base else ''}"
            questions = asks(MANY, [SECRET])
            if authentication != "nobody":
                questions += asks(FEW, [SECRET], ("ann",))
            groups.append(Group(title, conf, questions))
    return Family("limit", tuple(groups))


def _satisfy() -> Family:
    """Order with Require under each Satisfy."""
    requires = words("nothing; granted; denied; valid-user; user; ip; other ip; all, closed; any")
    orders = words("allow,deny; allow,deny all; deny,allow; deny,allow all; deny,allow here; deny env; order last")
    groups = []
    for order in orders:
        for require in requires:
            for satisfy, said in SATISFY.items():
                kinds = ("file", "python") if "user" in REQUIRE[require] else ("nobody", "file")
                for authentication in (kinds[len(groups) % 2],) if satisfy != "any" else kinds:
                    inside = lines(AUTHENTICATION[authentication], ORDER[order], REQUIRE[require], said)
                    conf = SECTIONS["Directory"].replace("{}", inside)
                    title = f"Satisfy {satisfy or '-'}: {order}; {require}, {authentication}"
                    groups.append(Group(title, conf, _by_everybody(("GET", "POST", "BREW"), authentication)))
    for limit in ("GET", "POST PUT", "except GET"):
        for satisfy in ("all", "any"):
            for order in ("deny,allow all", "allow,deny all"):
                inside = lines(
                    AUTHENTICATION["file"],
                    ORDER[order],
                    "Require valid-user",
                    LIMITS[limit].format(SATISFY[satisfy]),
                )
                conf = SECTIONS["Directory"].replace("{}", inside)
                groups.append(
                    Group(f"Limit {limit}: Satisfy {satisfy}, {order}", conf, asks(METHODS, [SECRET], ("", "ann")))
                )
    return Family("satisfy", tuple(groups))


CLOSED = {
    "denied": "Require all denied",
    "Order": "Order deny,allow\nDeny from all",
    "password": lines(AUTHENTICATION["file"], "Require valid-user"),
    "Limit": "<Limit GET POST>\nRequire all denied\n</Limit>",
}
OPENED = {
    "denied": "Require all granted",
    "Order": "Order allow,deny\nAllow from all",
    "password": "Require all granted",
    "Limit": "<LimitExcept PUT>\nRequire all granted\n</LimitExcept>",
}


def _sections(name: str, targets: Sequence[str], short: str) -> Family:
    """All targets under every section that says "denied"; under other rules every third, in turn."""
    groups = []
    for index, (kind, section) in enumerate(SECTIONS.items()):
        for turn, (closed, rule) in enumerate(CLOSED.items()):
            if closed in ("Order", "Limit") and index % 2:
                continue
            conf, files = placed(section, rule, f".ht-{short}{len(groups)}")
            questions = asks(("GET",), targets if closed == "denied" else targets[(index + turn) % 3 :: 3])
            if closed == "password":
                questions += asks(("GET",), targets[index % 9 :: 9], ("ann",))
            groups.append(Group(f"{kind}: {closed}", conf, questions, files))
    return Family(name, tuple(groups))


def _spellings() -> Family:
    """Every section over every spelling of the path of one closed file."""
    return _sections("spellings", SPELLINGS + HT_NAMES, "s")


def _ways() -> Family:
    """Every section over every way to the files of a closed folder."""
    return _sections("ways", WAYS, "w")


NESTED = (
    "/shut/secret.txt",
    "/shut/page.txt",
    "/shut/deep/secret.txt",
    "/shut/deep/page.txt",
    "/shut/deep/",
    "/shut/deep/absent",
    "/shut/deep/run.py/more",
    "/alias/deep/secret.txt",
)


def _nested() -> Family:
    """A closed section around an open one, and an open one around a closed one, in old and new words."""
    groups = []
    styles = tuple(CLOSED)
    for row, (outer, around) in enumerate(OUTER.items()):
        for column, (inner, within) in enumerate(INNER.items()):
            for turn, closed_outside in enumerate((True, False)):
                for shift in (0, 1):
                    one, two = styles[(row + column) % 4], styles[(row + column + shift + turn * 2 * shift) % 4]
                    words = (CLOSED[one], OPENED[two]) if closed_outside else (OPENED[one], CLOSED[two])
                    name = f".ht-n{len(groups)}"
                    conf, files = placed(around, words[0], name)
                    more, others = placed(within, words[1], name)
                    if more == conf:
                        more = ""
                    title = f"{outer} {'closed' if closed_outside else 'open'} ({one}), {inner} otherwise ({two})"
                    groups.append(Group(title, lines(conf, more), asks(("GET",), NESTED), {**files, **others}))
    return Family("nested", tuple(groups))


def _merging() -> Family:
    """AuthMerging: the rules of an inner section beside, or together with, those of the outer one."""
    requires = words("denied; granted; valid-user; ip; other ip; all, closed; none; method; not user")
    groups = []
    for outer in requires:
        for inner in (*requires, "nothing"):
            for merging in ("", "Off", "And", "Or"):
                inside = lines(f"AuthMerging {merging}" if merging else "", REQUIRE[inner])
                conf = lines(
                    OUTER["Directory"].replace("{}", lines(AUTHENTICATION["file"], REQUIRE[outer])),
                    INNER["Directory"].replace("{}", inside),
                )
                title = f"{outer} around {inner}, AuthMerging {merging or '-'}"
                target = "/shut/deep/secret.txt"
                questions = asks(("GET",), [target], ("", "ann", "bob")) + asks(("POST",), [target], ("ann",))
                groups.append(Group(title, conf, questions))
    return Family("merging", tuple(groups))


def _methods() -> Family:
    """Other methods than GET, where the file is come by in another way than by its name."""
    groups = []
    rules = {
        "denied": "Require all denied",
        "GET denied": "<Limit GET>\nRequire all denied\n</Limit>",
        "only GET": "<LimitExcept GET>\nRequire all denied\n</LimitExcept>",
        "Deny for POST": "<Limit POST PUT>\nOrder deny,allow\nDeny from all\n</Limit>",
    }
    for kind in words("Directory; Files *; FilesMatch in Directory; Location; LocationMatch; htaccess"):
        for name, rule in rules.items():
            conf, files = placed(SECTIONS[kind], rule, f".ht-m{len(groups)}")
            groups.append(Group(f"{kind}: {name}", conf, asks(MANY, BY_METHOD), files))
    return Family("methods", tuple(groups))


def judged(conf: str) -> str | None:
    """The same rules for Apache, where passwords are checked by a handler: by a file.

    A Python handler in a <Location> keeps mod_python from finding any file there.
    """
    made = conf.replace(AUTHENTICATION["python"], AUTHENTICATION["file"])
    return made if made != conf else None


def _located() -> Family:
    """A PythonAuthenHandler in a Location, judged by a password file in its place."""
    groups = []
    rules = words("valid-user; group; not user; any; all; all, method; file-owner")
    for index, (kind, section) in enumerate(SECTIONS.items()):
        if "Location" not in kind:
            continue
        for turn, rule in enumerate(rules):
            conf = section.replace("{}", lines(AUTHENTICATION["python"], REQUIRE[rule]))
            targets = (SECRET, "/shut/", "/shut/run.py/more", *(SPELLINGS + WAYS)[1 + (index + turn) % 9 :: 9])
            targets = tuple(dict.fromkeys(targets))
            questions = asks(("GET",), targets) + asks(("GET",), targets[:9], ("ann", "bob", "wrong"))
            groups.append(Group(f"{kind}: {rule}", conf, questions, judged=judged(conf)))
    return Family("located", tuple(groups))


def _extras() -> Family:
    """Directives that lead to the closed files, or around them, beside each kind of section."""
    groups = []
    for name, (directive, targets) in EXTRAS.items():
        for kind in words("Directory; Files; FilesMatch; Location; LocationMatch; LocationMatch $; htaccess"):
            for closed in ("denied", "password"):
                if closed == "password" and (len(groups) % 3 or "Encoded" in name or "Slashes" in name):
                    continue
                conf, files = placed(SECTIONS[kind], CLOSED[closed], f".ht-e{len(groups)}")
                methods = ("GET", "POST", "PUT", "BREW") if "405" in name else ("GET",)
                groups.append(Group(f"{name}: {kind} {closed}", lines(directive, conf), asks(methods, targets), files))
    return Family("extras", tuple(groups))


_SHOWN = """\
<Directory "@ROOT@/htdocs/{0}">
    Options +Includes
    AddType text/html .shtml
    AddOutputFilter INCLUDES .shtml
</Directory>
<Directory "@ROOT@/htdocs">
    Options +Indexes
    IndexOptions FancyIndexing
    AddDescription "<<listed page.txt>>" page.txt
    AddDescription "<<listed secret.txt>>" secret.txt
    AddDescription "<<listed deep>>" deep
</Directory>
"""
_INCLUDED = (
    *(SECRET, "/alias/secret.txt", "/bare/secret.txt", "/one", "/link/secret.txt", "/strict/secret.link", "/shut/"),
    *(
        "/shut/run.py",
        "/open/secret.link",
        "/shut/.htpasswd",
        "/match/secret.txt",
        "/index-of-shut/",
        "/go?/shut/secret.txt",
    ),
)


def _shown() -> Family:
    """Pages that include what is closed, and listings of the folders that it is in."""
    groups = []
    for kind, section in SECTIONS.items():
        for closed, rule in CLOSED.items():
            number = len(groups)
            conf, files = placed(section, rule, f".ht-s{number}")
            folder = f"parsed{number}"
            pages: dict[str, Entry] = {
                f"htdocs/{folder}/page.shtml": '[<!--#include virtual="$QUERY_STRING" -->]\n',
                f"htdocs/{folder}/size.shtml": '[<!--#fsize virtual="$QUERY_STRING" -->]\n',
            }
            targets = [f"/{folder}/page.shtml?{each}" for each in _INCLUDED]
            targets += ["/shut/?P=*", "/shut/deep/?P=*", "/strict/?P=*", "/shutter/"]
            people = ("", "ann") if closed == "password" else ("",)
            groups.append(
                Group(
                    f"{kind}: {closed}",
                    lines(_SHOWN.format(folder), conf),
                    asks(("GET",), targets, people),
                    {**files, **pages},
                )
            )
    return Family("shown", tuple(groups))
