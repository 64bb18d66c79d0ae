"""Regular expressions where httpd has them: what matches, what $0 to $3 become, and one that never ends."""

from ..request import get
from ..site import Site
from . import Case, words

PATHS = words(
    "/a /A /a%0A /a%0Ab /aab /a/b/ /a/b/c /a.php /a.php%0A /x/y.tar.gz /%E9 /%C3%A9 /%C2%A0 /a-b /2009/12/ /a]b /a[b "
    "/ab/ab /foobar.js /foobar.min.js /secret /secret/x /aaa"
)
PATTERNS = (
    "^/(a)$",
    "^/(?i)(a)$",
    "^/((?i)a)(b?)$",
    r"^/(a)\Z",
    r"^/(a)\z",
    "(?m)^/(a)$",
    "(?m)^b",
    "^/(.)(.)?$",
    r"^/(\w+)(\W?)",
    r"^/(\h*)(\v*)",
    r"\.(php)$",
    r"^/([^/]+)/([^/]+)(/.*)?$",
    r"^(.*)/(.*)\.(.*)$",
    r"^/(?!secret)(.*)$",
    r"(?<!\.min)\.(js)$",
    r"(?<=foo|ba)(r)",
    r"^/(?>(a+))(a?)",
    "^/(a++)(.?)",
    "^/(a*?)(a*)$",
    r"^/(\w+)/\1$",
    r"^/(?<year>\d{4})/(\d\d)",
    r"^/(a|(b)|c)+(/)?",
    "^/(?:(a)|b)*$",
    r"^/(a[]b]+)$",
    r"^/(a[[]b)$",
    r"^/([[:alpha:]]+)([[:punct:]]*)",
    "^/(?x) ( a ) # comment",
    r"^/\Qa.p\E(h)",
    r"^/(?#x)(a)(?(1)(.)|q)",
    "^/(a{2})(a{,2})",
    r"\x2Fsecre(\x74)",
    "^/((a|b)*?)(/|$)",
    "(^|/)(b|c)",
)
REFUSED = ("(", "a)", "[a", "*a", "a**", r"\1", "[z-a]", r"(?<=a+)b", "[[:nonsense:]]", "(?<n", r"[\d-z]", "a{3,2}")

# It matches, by its second alternative; but first all ways of the first one would have to be tried.
ENDLESS = r"((a|a)*!|a*\.txt)"
SLOW = "a" * 100 + ".txt"
RUNAWAY = {
    "status": ("500 Internal Server Error", "runaway-pattern: PCRE gives up, and httpd takes that for no match"),
}


def without_page(body: str) -> str:
    """Location says it all."""
    return ""


def redirected(pattern: str) -> Case:
    """Each path sent where the pattern says, with what it found."""
    text = f'RedirectMatch "{pattern}" "http://to.test/1-$1/2-$2/3-$3/0-$0"\n'
    return Case(pattern, Site(text), [get(path, tidy=without_page) for path in PATHS])


def refused(pattern: str) -> Case:
    """No path matters: the configuration does not start."""
    return Case(f"broken: {pattern}", Site(f'RedirectMatch "{pattern}" "http://to.test/"\n'))


def slow(name: str, text: str) -> Case:
    """A file that a section would close, if its pattern could say so."""
    return Case(
        f"without an end: {name}",
        Site(text, {f"htdocs/{SLOW}": "closed\n", "htdocs/page.txt": "page\n"}),
        [get("/page.txt"), get(f"/{SLOW}", {"X-Given": SLOW}, name="long", differs=RUNAWAY)],
    )


CASES = (
    *map(redirected, PATTERNS),
    *map(refused, REFUSED),
    slow("LocationMatch", f'<LocationMatch "^/{ENDLESS}$">\nRequire all denied\n</LocationMatch>'),
    slow("DirectoryMatch", f'<DirectoryMatch "/{ENDLESS}$">\nRequire all denied\n</DirectoryMatch>'),
    slow("FilesMatch", f'<FilesMatch "^{ENDLESS}$">\nRequire all denied\n</FilesMatch>'),
    slow("RedirectMatch", f'RedirectMatch 403 "^/{ENDLESS}$"'),
    slow(
        "SetEnvIf",
        f'SetEnvIf X-Given "^{ENDLESS}$" closed\n'
        '<Location "/">\nOrder allow,deny\nAllow from all\nDeny from env=closed\n</Location>',
    ),
)
