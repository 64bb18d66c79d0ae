"""Require and its containers: trees, what they say of users, how sections are merged, what stops the start."""

from itertools import product
from typing import Any

from ..request import Request, basic, request
from ..site import Site
from . import Case
from .authentication import AUTHEN, BASIC, MODULE

# What a request is: A and B are variables that it sets by headers, and a user that the guard takes.
VARIABLES = 'SetEnvIf X-A "^1$" A\nSetEnvIf X-B "^1$" B\n'
SETS = ("", "A", "B", "AB")
USERS = {"": {}, "spam": basic("spam", "eggs"), "other": basic("other", "eggs"), "wrong": basic("spam", "ham")}


def asked(path: str, sets: str = "", user: str = "", method: str = "GET", **options: Any) -> Request:
    """A request with these variables, as this user."""
    headers = {**{f"X-{name}": "1" for name in sets}, **USERS[user]}
    name = " ".join(word for word in (method, path, sets, user) if word)
    return request(method, path, headers, name=name, **options)


def all_of(*lines: str) -> str:
    """RequireAll."""
    return "<RequireAll>\n" + "\n".join(lines) + "\n</RequireAll>"


def any_of(*lines: str) -> str:
    """RequireAny."""
    return "<RequireAny>\n" + "\n".join(lines) + "\n</RequireAny>"


def none_of(*lines: str) -> str:
    """RequireNone."""
    return "<RequireNone>\n" + "\n".join(lines) + "\n</RequireNone>"


def limit(methods: str, *lines: str) -> str:
    """Limit."""
    return f"<Limit {methods}>\n" + "\n".join(lines) + "\n</Limit>"


def but(methods: str, *lines: str) -> str:
    """LimitExcept."""
    return f"<LimitExcept {methods}>\n" + "\n".join(lines) + "\n</LimitExcept>"


A, B, NOT_A, NOT_B = "Require env A", "Require env B", "Require not env A", "Require not env B"
ALL, NOBODY = "Require all granted", "Require all denied"
SPAM, OTHER, ANYBODY = "Require user spam", "Require user other", "Require valid-user"

TREES = {
    "a-or-b": f"{A}\n{B}",
    "a-b-one-line": "Require env A B",
    "all": all_of(A, B),
    "any": any_of(A, B),
    "a-not-b": all_of(A, NOT_B),
    "not-b-a": all_of(NOT_B, A),
    "a-none-b": all_of(A, none_of(B)),
    "granted-none": all_of(ALL, none_of(A, B)),
    "granted-not-both": all_of(ALL, none_of(all_of(A, B))),
    "granted-not-not": all_of(ALL, none_of(all_of(A, NOT_B))),
    "granted-none-any": all_of(ALL, none_of(any_of(A), B)),
    "all-any": all_of(any_of(A, B), NOT_A),
    "any-all": any_of(all_of(A, B), all_of(A, NOT_B)),
    "all-in-all": all_of(all_of(A), all_of(B)),
    "not-in-inner-all": all_of(A, all_of(ALL, NOT_B)),
    "two-containers": all_of(A, NOT_B) + "\n" + all_of(B, NOT_A),
    "all-and-line": all_of(A, B) + "\n" + B,
    "denied-or-a": f"{NOBODY}\n{A}",
    "denied-and-a": all_of(NOBODY, A),
    "not-denied": all_of(A, "Require not all denied"),
    "not-granted": all_of(A, "Require not all granted"),
    "not-ip": all_of(A, "Require not ip 127.0.0.1"),
    "not-others": all_of(A, "Require not ip 192.0.2.0/24"),
    "not-local": all_of(A, "Require not local"),
    "not-method": all_of(A, "Require not method POST"),
    "not-host": all_of(A, "Require not host other.example"),
    "env-nothing": "Require env",
    "env-not": "Require env !A",
    "env-case": "Require env a",
    "nocase-not": all_of(A, "Require NOT env B"),
    "quoted": 'Require "env" "A"',
}

WITH_USERS = {
    "a-or-user": f"{A}\n{SPAM}",
    "a-and-user": all_of(A, SPAM),
    "user-and-a": all_of(SPAM, A),
    "user-and-denied": all_of(SPAM, NOBODY),
    "user-or-denied": f"{NOBODY}\n{SPAM}",
    "not-user": all_of(ALL, "Require not user spam"),
    "not-user-valid": all_of(ANYBODY, "Require not user spam"),
    "none-user": all_of(ALL, none_of(SPAM)),
    "none-user-a": all_of(ANYBODY, none_of(SPAM, A)),
    "a-not-user": all_of(A, "Require not valid-user"),
    "two-users": all_of(SPAM, OTHER),
    "either-user": any_of(SPAM, OTHER),
    "user-all-in-any": any_of(all_of(A, SPAM), all_of(B, OTHER)),
    "user-any-in-all": all_of(any_of(A, SPAM), any_of(B, ANYBODY)),
    "valid-and-user": all_of(ANYBODY, OTHER),
    "granted-and-user": all_of(ALL, SPAM),
    "limited-user": limit("POST", SPAM),
    "forbidden": f"{SPAM}\nAuthzSendForbiddenOnFailure On",
    "forbidden-a": all_of(SPAM, A) + "\nAuthzSendForbiddenOnFailure On",
    "not-forbidden": f"{SPAM}\nAuthzSendForbiddenOnFailure Off",
    "words-behind": "Require valid-user and more",
    "quoted-user": "Require user 'spam'",
    "no-user-named": "Require user",
}

METHODS = ("GET", "HEAD", "POST", "PUT", "BREW", "get")
LIMITED = {
    "limit-post": limit("POST", A),
    "limit-post-in-all": all_of(limit("POST", A), B),
    "limit-in-all-only": all_of(limit("POST", A)),
    "limit-not-in-all": all_of(limit("POST", NOT_A), B),
    "limit-not-alone": all_of(limit("POST", "Require not env A"), limit("PUT", ALL)),
    "limit-in-any": any_of(limit("POST", A), limit("GET", B)),
    "limit-none": all_of(ALL, limit("POST", none_of(A))),
    "none-limit": all_of(A, none_of(limit("POST", A), limit("GET", B))),
    "none-limit-any": all_of(any_of(limit("PUT", A)), none_of(limit("POST", A), limit("PUT", B))),
    "all-around-limit": limit("GET", all_of(A, B)),
    "but-get": but("GET", A),
    "but-get-post": but("GET POST", NOBODY) + "\n" + limit("GET", A),
    "limit-brew": limit("BREW", A),
    "limit-lower": limit("get", A),
    "limit-head": limit("HEAD", A),
    "limit-two": limit("GET", A) + "\n" + limit("POST", B),
    "limit-and-plain": limit("GET", NOBODY) + "\n" + A,
    "method-get": "Require method GET",
    "method-head": "Require method HEAD",
    "method-two": "Require method PUT POST",
    "method-nothing": "Require method",
    "method-not": all_of(ALL, "Require not method GET"),
}

PYTHON = "SetHandler mod_python\nPythonHandler guard\n"  # answers any method


def folders(trees: dict[str, str], more: str = "") -> Site:
    """A site with a folder for each tree."""
    conf = f"PythonPath \"['@ROOT@/lib'] + sys.path\"\n{VARIABLES}"
    files = {"lib/guard.py": MODULE}
    for name, text in trees.items():
        conf += f'<Directory "@ROOT@/htdocs/{name}">\n{more}{text}\n</Directory>\n'
        files[f"htdocs/{name}/page.txt"] = f"{name}\n"
    return Site(conf, files)


# -- merging ----------------------------------------------------------------------------------------------------------

# Each is what (Directory, a folder in it, Files, Location, its .htaccess) say; "" is no such section.
MERGED = {
    "and": (A, f"AuthMerging And\n{B}", "", "", ""),
    "or": (A, f"AuthMerging Or\n{B}", "", "", ""),
    "off": (A, f"AuthMerging Off\n{B}", "", "", ""),
    "unset": (A, B, "", "", ""),
    "lower": (A, f"AuthMerging and\n{B}", "", "", ""),
    "outer-and": (f"AuthMerging And\n{A}", B, "", "", ""),
    "and-nothing": (A, "AuthMerging And", "", "", ""),
    "off-nothing": (A, "AuthMerging Off", "", "", ""),
    "or-nothing": (NOBODY, "AuthMerging Or", "", "", ""),
    "forbidden-only": (A, "AuthzSendForbiddenOnFailure On", "", "", ""),
    "forbidden-and-off": (A, "AuthMerging Off\nAuthzSendForbiddenOnFailure On", "", "", ""),
    "htaccess-and": (A, "", "", "", f"AuthMerging And\n{B}"),
    "htaccess-or": (A, "", "", "", f"AuthMerging Or\n{B}"),
    "htaccess-plain": (A, "", "", "", B),
    "three": (A, f"AuthMerging And\n{B}", "", "", f"AuthMerging Or\n{A}"),
    "three-and": (A, f"AuthMerging Or\n{B}", "", "", f"AuthMerging And\n{B}"),
    "files-and": (A, "", f"AuthMerging And\n{B}", "", ""),
    "files-or": (NOBODY, A, f"AuthMerging Or\n{B}", "", ""),
    "location-and": (A, "", "", f"AuthMerging And\n{B}", ""),
    "location-or": (A, "", "", f"AuthMerging Or\n{B}", ""),
    "location-plain": (A, "", "", B, ""),
    "all-levels": (A, "", f"AuthMerging Or\n{B}", f"AuthMerging And\n{A}", ""),
    "htaccess-files": (A, "", "", "", f'<Files "page.txt">\nAuthMerging And\n{B}\n</Files>'),
    "htaccess-negative": (A, "", "", "", all_of(NOT_B)),
    "htaccess-negative-and": (A, "", "", "", "AuthMerging And\n" + all_of(NOT_B)),
    "htaccess-none": (A, "", "", "", "AuthMerging And\n" + all_of(none_of(B))),
    "htaccess-negative-or": (A, "", "", "", "AuthMerging Or\n" + all_of(NOT_B)),
    "htaccess-not": (A, "", "", "", NOT_B),
    "htaccess-empty": (A, "", "", "", "<RequireAll>\n</RequireAll>"),
    "htaccess-limit": (A, "", "", "", limit("POST", B)),
    "htaccess-limit-and": (A, "", "", "", "AuthMerging And\n" + limit("POST", B)),
    "limit-and": (A, "AuthMerging And\n" + limit("POST", B), "", "", ""),
    "limit-or": (A, "AuthMerging Or\n" + limit("POST", B), "", "", ""),
    "limit-both": (limit("GET", A), "AuthMerging And\n" + limit("POST", B), "", "", ""),
    "limit-outer-or": (limit("GET", A), f"AuthMerging Or\n{B}", "", "", ""),
    "merging-in-container": (A, all_of("AuthMerging And", B), "", "", ""),
    "htaccess-brew": (A, "", "", "", limit("BREW", B)),
}


def merged_site() -> Site:
    """A site with a folder for each of MERGED."""
    conf, files = VARIABLES, {}
    for name, (outer, inner, of_file, located, htaccess) in MERGED.items():
        folder = f"@ROOT@/htdocs/{name}"
        conf += f'<Directory "{folder}">\nAllowOverride All\n{outer}\n</Directory>\n'
        if inner:
            conf += f'<Directory "{folder}/in">\n{inner}\n</Directory>\n'
        if of_file:
            conf += f'<Directory "{folder}">\n<Files "page.txt">\n{of_file}\n</Files>\n</Directory>\n'
        if located:
            conf += f'<Location "/{name}">\n{located}\n</Location>\n'
        files[f"htdocs/{name}/in/page.txt"] = f"{name}\n"
        if htaccess:
            files[f"htdocs/{name}/in/.htaccess"] = htaccess + "\n"
    return Site(conf, files)


# Several sections of one kind that hold for one file: httpd merges those of a kind among themselves first.
SAME = {
    "two-directories": f"""
        <Directory "@ROOT@/htdocs/two-directories">
            {A}
        </Directory>
        <Directory "@ROOT@/htdocs/two-directories">
            AuthMerging And
            {B}
        </Directory>
        """,
    "three-directories": f"""
        <Directory "@ROOT@/htdocs">
            {NOBODY}
        </Directory>
        <Directory "@ROOT@/htdocs/three-directories">
            {A}
        </Directory>
        <Directory "@ROOT@/htdocs/three-directories">
            AuthMerging Or
            {B}
        </Directory>
        """,
    "two-files": f"""
        <Directory "@ROOT@/htdocs/two-files">
            {NOBODY}
            <Files "page.*">
                {A}
            </Files>
            <FilesMatch "^page">
                AuthMerging Or
                {B}
            </FilesMatch>
        </Directory>
        """,
    "files-off-or": f"""
        <Directory "@ROOT@/htdocs/files-off-or">
            {A}
            <Files "page.*">
                AuthMerging Or
                {NOBODY}
            </Files>
            <FilesMatch "^page">
                AuthMerging Or
                {B}
            </FilesMatch>
        </Directory>
        """,
    "files-or-plain": f"""
        <Directory "@ROOT@/htdocs/files-or-plain">
            {A}
            <Files "page.*">
                AuthMerging Or
                {NOBODY}
            </Files>
            <FilesMatch "^page">
                {B}
            </FilesMatch>
        </Directory>
        """,
    "files-plain-or": f"""
        <Directory "@ROOT@/htdocs/files-plain-or">
            {A}
            <Files "page.*">
                {NOBODY}
            </Files>
            <FilesMatch "^page">
                AuthMerging Or
                {B}
            </FilesMatch>
        </Directory>
        """,
    "two-locations": f"""
        <Location "/two-locations">
            {A}
        </Location>
        <Location "/two-locations/page.txt">
            AuthMerging And
            {B}
        </Location>
        """,
    "locations-or-or": f"""
        <Directory "@ROOT@/htdocs/locations-or-or">
            {A}
        </Directory>
        <Location "/locations-or-or">
            AuthMerging Or
            {NOBODY}
        </Location>
        <LocationMatch "page">
            AuthMerging Or
            {B}
        </LocationMatch>
        """,
    "locations-plain-or": f"""
        <Directory "@ROOT@/htdocs/locations-plain-or">
            {A}
        </Directory>
        <Location "/locations-plain-or">
            {NOBODY}
        </Location>
        <LocationMatch "page">
            AuthMerging Or
            {B}
        </LocationMatch>
        """,
    "locations-forbidden": f"""
        <Directory "@ROOT@/htdocs/locations-forbidden">
            {A}
        </Directory>
        <Location "/locations-forbidden">
            AuthMerging Or
            {B}
        </Location>
        <LocationMatch "page">
            AuthzSendForbiddenOnFailure On
        </LocationMatch>
        """,
    "directory-match": f"""
        <Directory "@ROOT@/htdocs/directory-match">
            {A}
        </Directory>
        <DirectoryMatch "/directory-match">
            AuthMerging And
            {B}
        </DirectoryMatch>
        <DirectoryMatch "/directory-[a-z]+/">
            AuthMerging Or
            {A}
        </DirectoryMatch>
        """,
}


def same(name: str, conf: str) -> Case:
    """A site with a few sections for one file."""
    requests = [asked(f"/{name}/page.txt", sets) for sets in SETS]
    return Case(f"same file: {name}", Site(VARIABLES + conf, {f"htdocs/{name}/page.txt": f"{name}\n"}), requests)


# -- what stops the start ---------------------------------------------------------------------------------------------

STARTS = {
    "not outside": NOT_A,
    "not in any": any_of(NOT_A),
    "not in any beside others": any_of(A, NOT_A),
    "not in none": none_of(NOT_A),
    "none outside": none_of(A),
    "none in any": any_of(A, none_of(B)),
    "none in none": all_of(ALL, none_of(none_of(A))),
    "only not in all": all_of(NOT_A),
    "only none in all": all_of(none_of(A)),
    "only not in inner all": all_of(A, all_of(NOT_B)),
    "only not in all in none": all_of(A, none_of(all_of(NOT_B))),
    "not in all beside none": all_of(NOT_A, none_of(B)),
    "empty all": "<RequireAll>\n</RequireAll>",
    "empty any": "<RequireAny>\n</RequireAny>",
    "empty none": all_of(A, "<RequireNone>\n</RequireNone>"),
    "empty in any": any_of(A, "<RequireAll>\n</RequireAll>"),
    "all with a word": "<RequireAll x>\nRequire env A\n</RequireAll>",
    "all with a blank": "<RequireAll >\nRequire env A\n</RequireAll >",
    "lower case": "<requireall>\nrequire env A\nrequire NOT env B\n</REQUIREALL>",
    "not all": "<RequireNotAll>\nRequire env A\n</RequireNotAll>",
    "not closed": "<RequireAll>\nRequire env A",
    "files in all": all_of('<Files "x">\nRequire env A\n</Files>', A),
    "limit in all": all_of(limit("GET", A)),
    "Order in all": all_of("Order allow,deny", A),
    "Satisfy in all": all_of("Satisfy Any", A),
    "AuthName in all": all_of("AuthName x", A),
    "Options in all": all_of("Options None", A),
    "SetEnv in all": all_of("SetEnv X 1", A),
    "AllowOverride in all": all_of("AllowOverride None", A),
    "PythonOption in all": all_of("PythonOption a b", A),
    "IfModule in all": all_of("<IfModule mod_env.c>", A, "</IfModule>"),
    "merging wrong": "AuthMerging Maybe",
    "merging two": "AuthMerging And Or",
    "forbidden wrong": "AuthzSendForbiddenOnFailure maybe",
    "not alone": "Require not",
    "not not": all_of(A, "Require not not env B"),
    "all quoted": 'Require all "granted"',
    "all and more": "Require all granted to me",
    "upper case kind": "Require ENV A",
    "method unknown": "Require method BREW",
    "method lower": "Require method get",
    "method trace": "Require method TRACE",
    "host nothing": "Require host",
    "group nothing": "Require group a",
    "forward-dns nothing": "Require forward-dns",
    "Limit all": limit("GET HEAD", A),
    "LimitExcept nothing": "<LimitExcept>\nRequire env A\n</LimitExcept>",
}


def starting(name: str, directives: str) -> Case:
    """A site of which it is asked whether it starts, and what it does then."""
    conf = f'{VARIABLES}<Directory "@ROOT@/htdocs">\n{directives}\n</Directory>\n'
    requests = [asked("/page.txt", sets) for sets in ("", "A", "B")]
    return Case(name, Site(conf, {"htdocs/page.txt": "page\n"}, modules=("authz_groupfile",)), requests)


OF_BOTH = ("user-all-in-any", "user-any-in-all")

CASES = (
    Case("trees", folders(TREES), [asked(f"/{name}/page.txt", sets) for name, sets in product(TREES, SETS)]),
    Case(
        "methods",
        folders(LIMITED, PYTHON),
        [asked(f"/{name}/page.txt", *rest) for name, *rest in product(LIMITED, ("", "A", "B"), [""], METHODS)],
    ),
    Case(
        "users",
        folders(WITH_USERS, BASIC + AUTHEN),
        [asked(f"/{name}/page.txt", sets, user) for name, sets, user in product(WITH_USERS, ("", "A"), USERS)]
        + [asked(f"/{name}/page.txt", sets, user) for name, sets, user in product(OF_BOTH, ("B", "AB"), USERS)]
        + [asked("/limited-user/page.txt", sets, user, "POST") for sets, user in product(SETS, USERS)],
    ),
    Case(
        "merging",
        merged_site(),
        [asked(f"/{name}/in/page.txt", sets) for name, sets in product(MERGED, SETS)]
        + [asked(f"/{name}/in/page.txt", s, "", "POST") for name, s in product(MERGED, SETS) if "limit" in name],
    ),
    *(same(name, conf) for name, conf in SAME.items()),
    *(starting(f"start: {name}", text) for name, text in STARTS.items()),
)
