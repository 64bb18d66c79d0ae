"""AuthType Digest (mod_auth_digest): challenges, answers to them, and what is wrong with some."""

import hashlib
from typing import Any

from ..request import Digest, basic, get, request
from ..site import Entry, Site
from . import Case
from .authentication import MODULE

REALM = "Restricted Area"
DIGEST = f'AuthType Digest\nAuthName "{REALM}"\n'
FILE = 'AuthUserFile "@ROOT@/digests"\n'
VALID = "Require valid-user\n"
URI = "/page.txt"
AUTHEN = "PythonAuthenHandler guard::"
OUTER = "AuthDigestNonceLifetime 20\nAuthDigestDomain /\n"  # both are seen in the answers
MEMORY = (False, "digest-memory: no memory is shared by the processes")
NO_OPAQUE = {
    "header:WWW-Authenticate": (
        f'Digest realm="{REALM}", nonce="@ONCE@", algorithm=MD5, stale=true, qop="auth"',
        "digest-memory: clients have no numbers",
    )
}
NO_HASH = {"status": ("401 Unauthorized", "no-hash: such a line is there to lock somebody out")}
RFC_2069 = (("qop", None), ("nc", None), ("cnonce", None))


def line(user: str, password: str, realm: str = REALM) -> str:
    """A line as htdigest writes it."""
    digest = hashlib.md5(f"{user}:{realm}:{password}".encode(), usedforsecurity=False).hexdigest()
    return f"{user}:{realm}:{digest}\n"


FILES: dict[str, Entry] = {
    "lib/guard.py": MODULE,
    "htdocs/page.txt": "page\n",
    "htdocs/other.txt": "page\n",
    "htdocs/a b.txt": "page\n",
    "htdocs/inner/page.txt": "page\n",
    "digests": (
        "# htdigest\n"
        "spam:Restricted Area:2bbd9e026cbc013408f21fd14a489df8\n"  # written by htdigest
        + line("spam", "bacon")
        + line("other", "eggs")
        + line("elsewhere", "eggs", "Elsewhere")
        + line("inner", "eggs", "Inner")
        + line("grün", "spärlich")
        + f"empty:{REALM}:\nlocked:{REALM}:*\nno-hash:{REALM}\n"
        + f"locked-first:{REALM}:*\n{line('locked-first', 'eggs')}"
        + f"emptied-first:{REALM}:\n{line('emptied-first', 'eggs')}"
        + f"upper:{REALM}:{line('upper', 'eggs').rpartition(':')[2].upper()}"
    ),
    "quoted": line("spam", "eggs", 'a "b" c'),
    "more": line("bread", "butter") + line("spam", "bacon"),
}


def site(directives: str, outside: str = "", handler: str = "guard", **files: Entry) -> Site:
    """A page with these directives, before a handler that tells who came."""
    conf = f"""
    PythonPath "['@ROOT@/lib'] + sys.path"
    {outside}
    <Directory "@ROOT@/htdocs">
        SetHandler mod_python
        PythonHandler {handler}
        {directives}
    </Directory>
    """
    return Site(conf, {**FILES, **files}, modules=("auth_digest", "authn_anon"))


def login(name: str, user: str = "spam", password: str = "eggs", target: str = URI, **options: Any) -> Any:
    """A request that answers the challenge; `options` are those of Digest, and some of Request."""
    method = options.pop("method", "GET")
    names = ("differs", "headers", "log", "body")
    more = {key: options.pop(key) for key in names if key in options}
    return request(method, target, name=name, digest=Digest(user, password, **options), **more)


def asked(name: str, directives: str, outside: str = "", **options: Any) -> Case:
    """A site, asked without a user, with a good one, a bad password, and a name that nobody knows."""
    requests = [
        get(URI, name="nobody"),
        login("spam:eggs"),
        login("spam:bacon", password="bacon"),
        login("stranger:eggs", user="stranger"),
        get(URI, basic("spam", "eggs"), name="Basic"),
    ]
    return Case(name, site(directives, outside), requests, **options)


def lone(name: str, directives: str, *requests: Any, **options: Any) -> Case:
    """A site with its own requests."""
    return Case(name, site(directives, **options), requests)


def changed(field: str, value: str | None, **options: Any) -> Any:
    """Filled in otherwise by the client, who computes the response from it."""
    return login(f"{field}={value}", change=((field, value),), **options)


def forged(field: str, value: str | None, **options: Any) -> Any:
    """Changed on the way."""
    return login(f"{field}={value} forged", forge=((field, value),), **options)


CASES = (
    asked("digest", DIGEST + FILE + VALID),
    asked("one user", DIGEST + FILE + "Require user spam"),
    asked("another user", DIGEST + FILE + "Require user other"),
    asked("static file", DIGEST + FILE + VALID + "SetHandler default-handler"),
    asked("lower case type", f'AuthType digest\nAuthName "{REALM}"\n' + FILE + VALID),
    lone("without Require", DIGEST + FILE, get(URI)),
    lone("without AuthName", "AuthType Digest\n" + FILE + VALID, get(URI), get(URI, basic("spam", "eggs"), name="b")),
    asked("without a file", DIGEST + VALID),
    asked("no such file", DIGEST + 'AuthUserFile "@ROOT@/absent"\n' + VALID),
    asked("/dev/null", DIGEST + "AuthUserFile /dev/null\n" + VALID),
    asked("provider", DIGEST + FILE + "AuthDigestProvider file\n" + VALID),
    asked("domain", DIGEST + FILE + "AuthDigestDomain /a /b http://c.test/\n" + VALID),
    asked("qop auth", DIGEST + FILE + "AuthDigestQop auth\n" + VALID),
    asked("qop none", DIGEST + FILE + "AuthDigestQop none\n" + VALID),
    asked("qop auth and none", DIGEST + FILE + "AuthDigestQop auth none\n" + VALID),
    asked("qop none and auth", DIGEST + FILE + "AuthDigestQop none auth\n" + VALID),
    asked("algorithm", DIGEST + FILE + "AuthDigestAlgorithm MD5\n" + VALID),
    asked("algorithm in lower case", DIGEST + FILE + "AuthDigestAlgorithm md5\n" + VALID),
    asked("nc check off", DIGEST + FILE + "AuthDigestNcCheck Off\n" + VALID),
    asked("quotes in the realm", 'AuthType Digest\nAuthName "a \\"b\\" c"\nAuthUserFile "@ROOT@/quoted"\n' + VALID),
    lone(
        "users",
        DIGEST + FILE + VALID,
        login("of another realm", "elsewhere"),
        login("umlauts", "grün", "spärlich"),
        login("no hash", "no-hash"),
        login("locked", "locked", "*"),
        login("who knows what is in the file", "other", secret=line("other", "eggs").rpartition(":")[2].strip()),
        login("who knows that it is no hash", "locked", secret="*", differs=NO_HASH),
        login("who knows that it is empty", "empty", secret="", differs=NO_HASH),
        login("locked by a first line", "locked-first"),
        login("emptied by a first line", "emptied-first"),
        login("upper case hash", "upper"),
        login("upper case name", "Spam"),
        login("empty name", "", ""),
        login("other", "other"),
    ),
    lone(
        "what the client fills in",
        DIGEST + FILE + VALID,
        changed("algorithm", None),
        changed("algorithm", "md5"),
        changed("algorithm", "SHA-256"),
        changed("algorithm", "MD5-sess"),
        changed("qop", None),
        login("RFC 2069", change=RFC_2069),
        changed("qop", "AUTH"),
        changed("qop", "auth-int"),
        changed("qop", "none"),
        changed("nc", None),
        changed("nc", "00000002"),
        changed("nc", "x"),
        changed("nc", ""),
        changed("cnonce", None),
        changed("cnonce", ""),
        changed("cnonce", 'a"b\\c'),
        changed("realm", "Elsewhere"),
        changed("realm", ""),
        changed("nonce", ""),
        changed("nonce", "x"),
        changed("nonce", "@NONCE@x"),
        changed("nonce", "A@NONCE@"),
        changed("opaque", "x", differs=NO_OPAQUE),
        changed("opaque", "", differs=NO_OPAQUE),
        changed("opaque", "0", differs=NO_OPAQUE),
        changed("opaque", "1", differs=NO_OPAQUE),
        forged("response", "x"),
        forged("response", ""),
        forged("response", None),
        forged("username", "other"),
        forged("username", None),
        forged("realm", None),
        forged("nonce", None),
        forged("uri", None),
        forged("uri", "/other.txt"),
        forged("nc", "00000002"),
        forged("cnonce", "other"),
        forged("qop", None),
        forged("algorithm", "MD5-sess"),
        login("POST", method="POST", body=b"x"),
        login("HEAD", method="HEAD"),
    ),
    lone(
        "uri",
        DIGEST + FILE + VALID,
        login("query", target="/page.txt?a=1"),
        login("query left out", target="/page.txt?a=1", change=(("uri", "/page.txt"),)),
        login("another query", target="/page.txt?a=1", change=(("uri", "/page.txt?a=2"),)),
        login("query escaped", target="/page.txt?a=1", change=(("uri", "/page.txt?%61=1"),)),
        login("empty query", target="/page.txt?", change=(("uri", "/page.txt"),)),
        login("query added", change=(("uri", "/page.txt?"),)),
        changed("uri", "/page%2etxt"),
        changed("uri", "/page.txt/x"),
        changed("uri", "/other.txt"),
        changed("uri", "/PAGE.txt"),
        changed("uri", "page.txt"),
        changed("uri", ""),
        changed("uri", "*"),
        changed("uri", "//page.txt"),
        changed("uri", "/./page.txt"),
        changed("uri", "http://oracle.test/page.txt"),
        changed("uri", "http://evil.test/page.txt"),
        changed("uri", "/page.txt#x"),
        login("escaped", target="/a%20b.txt"),
        login("escaped otherwise", target="/a%20b.txt", change=(("uri", "/a b.txt"),)),
        login("double slash", target="//page.txt"),
        login("double slash left out", target="//page.txt", change=(("uri", "/page.txt"),)),
    ),
    lone(
        "query left out, by MSIE",
        DIGEST + FILE + VALID + 'BrowserMatch "MSIE" AuthDigestEnableQueryStringHack=On\n',
        *[
            login(uri, target="/page.txt?a=1", change=(("uri", uri),), headers={"User-Agent": "MSIE 6"})
            for uri in (URI, "/page.txt?a=2", "/other.txt")
        ],
    ),
    lone(
        "headers",
        DIGEST + FILE + VALID,
        *[
            get(URI, {"Authorization": text}, name=text)
            for text in (
                "Digest",
                "Digest ",
                'Digest username="spam"',
                'digest username="spam',
                "Digest username=spam, realm=x, nonce=y, uri=/page.txt, response=z",
                'Digest ,,,=,=,"',
                "Bearer x",
                "",
            )
        ],
    ),
    lone(
        "life of a nonce",
        DIGEST + FILE + VALID + "AuthDigestNonceLifetime 1\n",
        login("at once"),
        login("too late", wait=2.1),
        login("too late, wrong password", password="bacon", wait=2.1),
    ),
    lone("a nonce for ever", DIGEST + FILE + VALID + "AuthDigestNonceLifetime -1\n", login("spam:eggs")),
    lone("a short-lived nonce", DIGEST + FILE + VALID + "AuthDigestNonceLifetime 20\n", login("spam:eggs")),
    asked("a nonce for once", DIGEST + FILE + VALID + "AuthDigestNonceLifetime 0\n", starts=MEMORY),
    asked("nc check", DIGEST + FILE + VALID + "AuthDigestNcCheck On\n", starts=MEMORY),
    lone(
        "a nonce from elsewhere",
        DIGEST + FILE + VALID,
        login("another place, same realm", first="/inner2"),
        login("another realm", first="/inner", change=(("realm", REALM),)),
        login("that realm", target="/inner/page.txt", user="inner", first="/inner"),
        outside=(
            '<Location "/inner">\nAuthName "Inner"\n</Location>\n'
            '<Location "/inner2">\nAuthDigestProvider file\n' + DIGEST + "</Location>\n"
        ),
    ),
    # Python and the server
    asked("Python declines", DIGEST + FILE + AUTHEN + "decline\n" + VALID),
    asked("Python accepts", DIGEST + FILE + AUTHEN + "everybody\n" + VALID),
    lone(
        "Python 401", DIGEST + FILE + AUTHEN + "unauthorized\n" + VALID, get(URI), get(URI, basic("a", "b"), name="b")
    ),
    lone("Python 401 with its own header", DIGEST + FILE + AUTHEN + "own_header\n" + VALID, get(URI)),
    lone("Python reads the password", DIGEST + FILE + "PythonAuthenHandler guard\n" + VALID, get(URI)),
    asked("Python authorises", DIGEST + FILE + "PythonAuthzHandler guard\n" + VALID),
    # How sections meet
    *(
        lone(
            f"inner {name}",
            DIGEST + FILE + outer + VALID,
            get("/inner/page.txt", name="nobody"),
            login("spam:eggs", target="/inner/page.txt"),
            login("bread:butter", "bread", "butter", target="/inner/page.txt"),
            outside=f'<Location "/inner">\n{inner}\n</Location>',
        )
        for name, outer, inner in (
            ("file", "", 'AuthUserFile "@ROOT@/more"'),
            ("name", OUTER, 'AuthName "Inner"'),
            ("name again", OUTER, f'AuthName "{REALM}"'),
            ("type", OUTER, "AuthType Digest"),
            ("domain", OUTER, "AuthDigestDomain /inner"),
            ("domain and name", OUTER, f'AuthDigestDomain /inner\nAuthName "{REALM}"'),
            ("lifetime", OUTER, "AuthDigestNonceLifetime 300"),
            ("provider", OUTER, "AuthDigestProvider file"),
            ("qop", OUTER, "AuthDigestQop auth"),
            ("algorithm", OUTER, "AuthDigestAlgorithm MD5"),
        )
    ),
    lone(
        "an error page",
        DIGEST + FILE + VALID + "ErrorDocument 401 /other.txt",
        get(URI, name="nobody"),
        login("spam:eggs"),
        outside='<Location "/other.txt">\nRequire all granted\n</Location>',
    ),
    lone(
        "an error page behind the same lock",
        DIGEST + FILE + VALID + "ErrorDocument 401 /other.txt",
        get(URI, name="nobody"),
        login("spam:bacon", password="bacon"),
    ),
    lone(
        "an error page for who may not",
        DIGEST + FILE + "Require user other\nErrorDocument 401 /inner/page.txt",
        login("spam:eggs"),
        outside='<Location "/inner">\nRequire user spam\n</Location>',
    ),
    lone(
        "index of a folder",
        DIGEST + FILE + VALID + "SetHandler default-handler\nDirectoryIndex page.txt",
        get("/inner/", name="nobody"),
        login("spam:eggs", target="/inner/"),
    ),
    lone(
        ".htaccess",
        "AllowOverride AuthConfig\n",
        get(URI, name="nobody"),
        login("spam:eggs"),
        **{"htdocs/.htaccess": DIGEST + FILE + "AuthDigestProvider file\n" + VALID},
    ),
    # What stops the start
    *(
        lone(f"refused: {text}", DIGEST + FILE + text + "\n" + VALID, get(URI))
        for text in (
            "AuthDigestProvider anon",
            "AuthDigestProvider mine",
            "AuthDigestProvider",
            "AuthDigestQop auth-int",
            "AuthDigestQop auth auth-int",
            "AuthDigestQop both",
            "AuthDigestQop",
            "AuthDigestAlgorithm MD5-sess",
            "AuthDigestAlgorithm SHA-256",
            "AuthDigestNonceLifetime x",
            "AuthDigestNonceLifetime",
            "AuthDigestNonceFormat x",
            "AuthDigestNcCheck maybe",
            "AuthDigestDomain",
            "AuthDigestShmemSize 1024",
        )
    ),
    *(
        lone(f"at the top: {text}", DIGEST + FILE + VALID, login("spam:eggs"), outside=text)
        for text in (
            "AuthDigestShmemSize 2000",
            "AuthDigestShmemSize 64K",
            "AuthDigestShmemSize 1M",
            "AuthDigestShmemSize 10",
            "AuthDigestShmemSize 2T",
            "AuthDigestProvider file",
        )
    ),
)
