"""AuthType Basic where the server itself looks for the password: files, hashes, providers, and what is passed on."""

from base64 import b64encode
from typing import Any

from ..request import basic, get, request
from ..site import Entry, File, Folder, Link, Site
from . import Case
from .authentication import MODULE

SHOW = """

    def show(req):
        req.content_type = "text/plain"
        req.write("user %r type %r\\n" % (req.user, req.ap_auth_type), 0)
        req.write("header %r\\n" % req.headers_in.get("Authorization"), 0)
        req.write("password %r\\n" % req.get_basic_auth_pw(), 0)
        req.write("then user %r type %r\\n" % (req.user, req.ap_auth_type), 0)
        return apache.OK

    def within(req):
        if req.prev is None:
            req.internal_redirect("/inner/page.txt")
            return apache.OK
        return show(req)

    def see(req):
        req.user = "%s seeing %s" % (req.user, req.headers_in.get("Authorization"))
        return apache.OK
"""

# Written by htpasswd and by crypt(3); the password is "eggs" where the name does not say otherwise.
HASHES = """\
bcrypt:$2y$05$l6DlYE6KFGqcb2Nmj57Zsupj0Kk3Eeh2/upBZ3hCxfdkhP.dkXJCO
bcrypt-2a:$2a$05$abcdefghijklmnopqrstuu6sdAEclDz8MvsnxhoqZAuVuzQQ69Bsu
bcrypt-2b:$2b$05$abcdefghijklmnopqrstuu6sdAEclDz8MvsnxhoqZAuVuzQQ69Bsu
apr1:$apr1$/3umINu7$njo/eF18a.AJXe.1kqxaQ/
sha:{SHA}vREdy0s0PeTsCnnS1exVo5GcecQ=
des:xvxqsHMlgYamQ
bsdi:_J9..abcd8aaNu9614Sg
md5:$1$saltsalt$i/J2uRQKfhN4zdgKzOqX51
sha256:$5$hPjWBEdO4mQTo3FJ$SNeIqkwpJstjtLfn/B0w/LddsHzc8tU8XLMUxlF2OD9
sha256-rounds:$5$rounds=1000$abcdefgh$VSArfn1RrgTDvti0GsUsuulwMKoYkIaCmvqmX9z3T52
sha512:$6$kcM5nuR2iL2XDnfx$5iaOvPqyxxiEPF37Uxg/Nh0bzrnxbYoM8Ipbt63GTvW4KgKFjL4zWTL7RvfSI9AC9k2KQFYE3t27QNhyShaD40
"""
OTHERS = """\
72-letters:$2y$05$LJdRZquhcEE/ifuBjmZoUObsR8kWHppkiL.ExJvPyVDOeRqUN3E9e
umlaut:$2y$05$ozokG6k9g8fQI7pLadAFeeIunE8l5.Qz9HSN.xSe6ntIwa3rEEyx.
umlaut-apr1:$apr1$9hT5A7O4$orObXnu.XRp66yCZtnk5A/
empty:{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=
8-letters:3ymDxxePg7Xg2
yescrypt:$y$j9T$abcdefghijklmnop$rMwLvyAxp9d.UmwWd6HuYTq4Pa7E4VY9FYRfVpwniCD
sha1-crypt:$sha1$1000$abcdefgh$QugRlMESI4PFFeFcY1O6asJDqBdi
"""
SHA = "{SHA}vREdy0s0PeTsCnnS1exVo5GcecQ="  # of "eggs"
LINES = f"""\
# commented:{SHA}
#commented-close:{SHA}

  indented:{SHA}
trailing:{SHA}  \t
carriage:{SHA}\r
no-colon
no-password:
two-colons::{SHA}
more:{SHA}:and more:
 : {SHA}
twice:{SHA}
twice:xvxqsHMlgYamQ
twice-otherwise:xxxxxxxxxxxxx
twice-otherwise:{SHA}
space in name:{SHA}
blank-before: {SHA}
plain:eggs
lower:{{sha}}vREdy0s0PeTsCnnS1exVo5GcecQ=
star:*
locked:!{SHA}
cut:$2y$05$l6DlYE6KFGqcb2Nmj57Zsupj0Kk3Eeh2
cost:$2y$99$l6DlYE6KFGqcb2Nmj57Zsupj0Kk3Eeh2/upBZ3hCxfdkhP.dkXJCO
cut-apr1:$apr1$/3umINu7$
salt-only:$5$hPjWBEdO4mQTo3FJ
continued:{SHA[:9]}\\
{SHA[9:]}
spam:{SHA}
"""
DIGESTS = "spam:Restricted Area:2bbd9e026cbc013408f21fd14a489df8\nother:Elsewhere:2bbd9e026cbc013408f21fd14a489df8\n"

LOG = (
    "Could not open password file: ",
    'user spam: authentication failure for "/page.txt": Password Mismatch',
    "user stranger not found: /page.txt",
    "need AuthName: /page.txt",
)
FOREIGN = {"status": ("401 Unauthorized", "hashes: the form is one that only some systems' crypt() knows")}
OTHER_LOCK = '<Directory "@ROOT@/htdocs/inner">\nAuthBasicAuthoritative On\n</Directory>'
BASIC = 'AuthType Basic\nAuthName "Restricted Area"\n'
FILE = 'AuthUserFile "@ROOT@/passwords"\n'
VALID = "Require valid-user\n"


def site(directives: str, outside: str = "", handler: str = "guard", **options: Any) -> Site:
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
    files: dict[str, Entry] = {
        "lib/guard.py": MODULE + SHOW,
        "htdocs/page.txt": "page\n",
        "htdocs/inner/page.txt": "page\n",
        "passwords": HASHES + OTHERS + f"spam:{SHA}\nother:{SHA}\nboth:{SHA}\n",
        "more": "bread:{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=\nboth:{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=\n",
        "lines": File(LINES.encode()),
        "digests": DIGESTS,
        "folder": Folder(),
        "loop": Link("@ROOT@/loop"),
        "linked": Link("@ROOT@/passwords"),
    }
    return Site(conf, {**files, **options.pop("files", {})}, **options)


def asked(name: str, directives: str, outside: str = "", handler: str = "guard", **options: Any) -> Case:
    """A site, asked without a user, with a good one, a bad password, and a name that nobody knows."""
    requests = [
        get("/page.txt", name="nobody", log=LOG),
        get("/page.txt", basic("spam", "eggs"), name="spam:eggs", log=LOG),
        get("/page.txt", basic("spam", "bacon"), name="spam:bacon", log=LOG),
        get("/page.txt", basic("stranger", "eggs"), name="stranger:eggs", log=LOG),
        get("/page.txt", basic("", ""), name="nothing said", log=LOG),
    ]
    starts = options.pop("starts", None)
    return Case(name, site(directives, outside, handler, **options), requests, starts)


def each(*credentials: tuple[str, str], **options: Any) -> list[Any]:
    """One request for each name and password."""
    return [get("/page.txt", basic(*pair), name=":".join(pair), **options) for pair in credentials]


def sent(name: str, header: str, **options: Any) -> Any:
    """A request with an Authorization header as it stands."""
    return get("/page.txt", {"Authorization": header}, name=name, **options)


def base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


names = [line.partition(":")[0] for line in HASHES.splitlines()]
ANON = ("authn_anon",)
AUTHEN = "PythonAuthenHandler guard::decline\n"


def anonymous(name: str, directives: str) -> Case:
    """Visitors of different openness."""
    visitors = [
        ("anonymous", "me@example.org"),
        ("Anonymous", "me"),
        ("anonymous", ""),
        ("guest", "a.b@c"),
        ("", "me@example.org"),
        ("", ""),
        ("spam", "eggs"),
        ("spam", "me@example.org"),
    ]
    return Case(name, site(BASIC + FILE + directives + VALID, modules=ANON), each(*visitors))


CASES = (
    Case(
        "hashes",
        site(BASIC + FILE + VALID),
        each(*[(name, word) for name in names for word in ("eggs", "egg", "eggss", "Eggs", "")]),
    ),
    Case(
        "other passwords",
        site(BASIC + FILE + VALID),
        [
            *each(
                ("72-letters", "x" * 72),
                ("72-letters", "x" * 73),
                ("72-letters", "x" * 71),
                ("umlaut", "grün"),
                ("umlaut", "grun"),
                ("umlaut-apr1", "grün"),
                ("empty", ""),
                ("empty", "x"),
                ("8-letters", "abcdefgh"),
                ("8-letters", "abcdefghijk"),
                ("8-letters", "abcdefgx"),
                ("yescrypt", "egg"),
                ("sha1-crypt", "egg"),
                ("Spam", "eggs"),
                ("spam ", "eggs"),
                ("spam", "eggs "),
                ("spam", "eggs:"),
                ("spam", "eggs\n"),
            ),
            *each(("yescrypt", "eggs"), ("sha1-crypt", "eggs"), differs=FOREIGN),
        ],
    ),
    Case(
        "lines of the file",
        site(BASIC + 'AuthUserFile "@ROOT@/lines"\n' + VALID),
        each(
            *[
                (name, "eggs")
                for name in (
                    *("# commented", "#commented-close", "commented", "indented", "  indented", "trailing", "carriage"),
                    *("no-colon", "no-password", "two-colons", "more", "", " ", "twice", "twice-otherwise"),
                    *("space in name", "blank-before", "plain", "lower", "star", "locked", "cut", "cost", "cut-apr1"),
                    *("salt-only", "continued", "spam"),
                )
            ],
            ("no-colon", ""),
            ("no-password", ""),
            ("plain", ""),
            ("star", "*"),
            ("locked", ""),
        ),
    ),
    Case(
        "a line that is too long",
        site(
            BASIC + FILE + VALID,
            files={"passwords": f"before:{SHA}\nlong:{SHA}:{'x' * 9000}\nbehind:{SHA}\n"},
        ),
        each(("before", "eggs"), ("long", "eggs"), ("behind", "eggs")),
    ),
    Case(
        "a line without a name",
        site(BASIC + FILE + VALID, files={"passwords": f":{SHA}\n"}),
        each(("", "eggs"), ("", "egg"), ("", ""), ("spam", "eggs")),
    ),
    Case(
        "what the client sends",
        site(BASIC + FILE + VALID),
        [
            sent("lower case", "basic " + base64(b"spam:eggs")),
            sent("upper case", "BASIC " + base64(b"spam:eggs")),
            sent("two blanks", "Basic  " + base64(b"spam:eggs")),
            sent("a tab", "Basic\t" + base64(b"spam:eggs")),
            sent("blank and tab", "Basic \t" + base64(b"spam:eggs")),
            sent("blank behind", "Basic " + base64(b"spam:eggs") + " x"),
            sent("no padding", "Basic " + base64(b"spam:eggs!").rstrip("=")),
            sent("no padding, right", "Basic " + base64(b"sha:eggs").rstrip("=")),
            sent("padding, right", "Basic " + base64(b"sha:eggs")),
            sent("no base64 behind", "Basic " + base64(b"spam:eggs") + "!!!"),
            sent("base64 behind padding", "Basic " + base64(b"sha:eggs") + base64(b"x")),
            sent("one letter more", "Basic " + base64(b"spam:eggs") + "A"),
            sent("NUL and more", "Basic " + base64(b"spam:eggs\0more")),
            sent("NUL in the name", "Basic " + base64(b"spam\0:eggs")),
            sent("line break", "Basic " + base64(b"spam:eggs\n")),
            sent("no colon", "Basic " + base64(b"spam")),
            sent("nothing", "Basic "),
            sent("the word alone", "Basic"),
            sent("empty", ""),
            sent("another scheme", "Bearer " + base64(b"spam:eggs")),
            sent("Digest", 'Digest username="spam"'),
            sent("bytes", "Basic " + base64(b"\xff\xfe:eggs")),
            request("POST", "/page.txt", basic("spam", "eggs"), body=b"x", name="POST"),
            request("HEAD", "/page.txt", basic("spam", "eggs"), name="HEAD"),
            request("HEAD", "/page.txt", name="HEAD, nobody"),
        ],
    ),
    Case(
        "what Python sees of it",
        site(BASIC + "PythonAuthenHandler guard::everybody\nRequire valid-user", handler="guard::show"),
        [
            sent("no padding", "Basic " + base64(b"spam:eggs!").rstrip("=")),
            sent("one letter more", "Basic " + base64(b"spam:eggs") + "A"),
            sent("no base64 behind", "Basic " + base64(b"spam:eggs") + "!!!"),
            sent("letters lost on the way", "Basic c3Bh=bTplZ2dz"),
            sent("NUL and more", "Basic " + base64(b"spam:eggs\0more")),
            sent("a few letters", "Basic c3B"),
            sent("one letter", "Basic c"),
        ],
    ),
    asked("valid-user", BASIC + FILE + VALID),
    asked("one user", BASIC + FILE + "Require user spam"),
    asked("another user", BASIC + FILE + "Require user other"),
    asked("a static file", BASIC + FILE + VALID + "SetHandler default-handler\n"),
    asked("lower case type", 'AuthType basic\nAuthName "x"\n' + FILE + VALID),
    asked("without AuthName", "AuthType Basic\n" + FILE + VALID),
    asked("empty AuthName", 'AuthType Basic\nAuthName ""\n' + FILE + VALID),
    asked("AuthName with quotes", 'AuthType Basic\nAuthName "a \\"b\\" c"\n' + FILE + VALID),
    asked("without AuthType", 'AuthName "x"\n' + FILE + VALID),
    asked("another AuthType", 'AuthType Mine\nAuthName "x"\n' + FILE + VALID),
    asked("AuthType None", BASIC + FILE + "AuthType None\n" + VALID),
    asked("without Require", BASIC + FILE),
    asked("all granted", BASIC + FILE + "Require all granted"),
    asked("without a file", BASIC + VALID),
    asked("without a file, not authoritative", BASIC + "AuthBasicAuthoritative Off\n" + VALID),
    asked("no such file", BASIC + 'AuthUserFile "@ROOT@/absent"\n' + VALID),
    asked(
        "no such file, not authoritative",
        BASIC + 'AuthUserFile "@ROOT@/absent"\nAuthBasicAuthoritative Off\n' + VALID,
    ),
    asked("below a file", BASIC + 'AuthUserFile "@ROOT@/passwords/x"\n' + VALID),
    asked("a folder", BASIC + 'AuthUserFile "@ROOT@/folder"\n' + VALID),
    asked("a link to itself", BASIC + 'AuthUserFile "@ROOT@/loop"\n' + VALID),
    asked("a link", BASIC + 'AuthUserFile "@ROOT@/linked"\n' + VALID),
    asked("relative", BASIC + "AuthUserFile passwords\n" + VALID),
    asked("empty", BASIC + FILE + VALID, files={"passwords": ""}),
    asked("/dev/null", BASIC + "AuthUserFile /dev/null\n" + VALID),
    asked("/dev/zero", BASIC + "AuthUserFile /dev/zero\n" + VALID),
    asked("/dev/null, not authoritative", BASIC + "AuthUserFile /dev/null\nAuthBasicAuthoritative Off\n" + VALID),
    asked("not authoritative", BASIC + FILE + "AuthBasicAuthoritative Off\n" + VALID),
    asked("two files", BASIC + FILE + 'AuthUserFile "@ROOT@/more"\n' + VALID),
    asked("provider file", BASIC + "AuthBasicProvider file\n" + FILE + VALID),
    asked("provider file twice", BASIC + "AuthBasicProvider file file\n" + FILE + VALID),
    # Python and the server
    asked("Python declines", BASIC + FILE + AUTHEN + VALID),
    asked("Python declines, no file", BASIC + AUTHEN + VALID),
    asked(
        "Python knows, /dev/null",
        BASIC + "AuthUserFile /dev/null\nAuthBasicAuthoritative Off\nPythonAuthenHandler guard\n" + VALID,
    ),
    asked(
        "Python declines, /dev/null",
        BASIC + "AuthUserFile /dev/null\nAuthBasicAuthoritative Off\n" + AUTHEN + VALID,
    ),
    asked("Python forbids", BASIC + FILE + "PythonAuthenHandler guard::forbid\n" + VALID),
    asked("Python 401", BASIC + FILE + "PythonAuthenHandler guard::unauthorized\n" + VALID),
    asked("Python authorises", BASIC + FILE + "PythonAuthzHandler guard\n" + VALID),
    asked("handler asks for the password", BASIC + FILE + VALID, handler="guard::show"),
    # AuthBasicFake
    asked("fake", BASIC + FILE + "AuthBasicFake demo secret\n" + VALID, handler="guard::show"),
    asked("fake without a password", BASIC + FILE + "AuthBasicFake demo\n" + VALID, handler="guard::show"),
    asked("fake Off", BASIC + FILE + "AuthBasicFake Off\n" + VALID, handler="guard::show"),
    asked("fake Off with a password", BASIC + FILE + "AuthBasicFake off x\n" + VALID, handler="guard::show"),
    asked("fake without authentication", "AuthBasicFake demo secret\n", handler="guard::show"),
    *(
        Case(
            f"fake and {name}",
            site(BASIC + FILE + "AuthBasicFake demo secret\n" + VALID + more, outside, handler),
            [
                get(target, basic("spam", "eggs"), name="spam:eggs"),
                get(target, basic("demo", "secret"), name="demo:secret"),
            ],
        )
        for name, more, outside, handler, target in (
            ("an index", "SetHandler default-handler\nDirectoryIndex a.txt page.txt", "", "guard::show", "/inner/"),
            ("a redirect within", "", "", "guard::within", "/page.txt"),
            ("a redirect to another lock", "", OTHER_LOCK, "guard::within", "/page.txt"),
            ("a fixup handler", "PythonFixupHandler guard::see", "", "guard::show", "/page.txt"),
        )
    ),
    # AuthBasicUseDigestAlgorithm
    asked("digests", BASIC + 'AuthUserFile "@ROOT@/digests"\nAuthBasicUseDigestAlgorithm MD5\n' + VALID),
    asked("digests Off", BASIC + FILE + "AuthBasicUseDigestAlgorithm Off\n" + VALID),
    asked("digests of another file", BASIC + FILE + "AuthBasicUseDigestAlgorithm MD5\n" + VALID),
    asked("digests unknown", BASIC + FILE + "AuthBasicUseDigestAlgorithm SHA\n" + VALID),
    asked(
        "digests and anon",
        BASIC + "AuthBasicProvider anon\nAnonymous spam\nAuthBasicUseDigestAlgorithm MD5\n" + VALID,
        modules=ANON,
    ),
    # mod_authn_anon
    anonymous("anon", "AuthBasicProvider anon\nAnonymous anonymous guest\n"),
    anonymous("anon and file", "AuthBasicProvider anon file\nAnonymous anonymous\n"),
    anonymous("file and anon", "AuthBasicProvider file anon\nAnonymous anonymous spam\n"),
    anonymous("two lines of providers", "AuthBasicProvider file\nAuthBasicProvider anon\nAnonymous anonymous\n"),
    anonymous("anon of nobody", "AuthBasicProvider anon\n"),
    anonymous("anon everybody", "AuthBasicProvider anon\nAnonymous *\n"),
    anonymous("anon not configured", "Anonymous *\n"),
    anonymous("anon without a mail", "AuthBasicProvider anon\nAnonymous anonymous\nAnonymous_MustGiveEmail Off\n"),
    anonymous("anon with a mail", "AuthBasicProvider anon\nAnonymous anonymous\nAnonymous_VerifyEmail On\n"),
    anonymous(
        "anon with a mail or none",
        "AuthBasicProvider anon\nAnonymous anonymous\nAnonymous_VerifyEmail On\nAnonymous_MustGiveEmail Off\n",
    ),
    anonymous("anon without a name", "AuthBasicProvider anon\nAnonymous anonymous\nAnonymous_NoUserID On\n"),
    anonymous("anon without a name only", "AuthBasicProvider anon\nAnonymous_NoUserID On\n"),
    anonymous("anon unlogged", "AuthBasicProvider anon\nAnonymous anonymous\nAnonymous_LogEmail Off\n"),
    anonymous("anon, not authoritative", "AuthBasicProvider anon\nAnonymous x\nAuthBasicAuthoritative Off\n"),
    # How sections meet
    *(
        Case(
            f"inner {name}",
            site(
                BASIC + FILE + outer + VALID,
                modules=ANON,
                outside=f'<Location "/inner">\n{inner}\n</Location>',
            ),
            [
                get("/inner/page.txt", basic(*pair), name=":".join(pair))
                for pair in (("spam", "eggs"), ("bread", ""), ("anonymous", "x"), ("guest", "x"), ("", "x"))
            ],
        )
        for name, outer, inner in (
            ("file", "", 'AuthUserFile "@ROOT@/more"'),
            ("provider", "", "AuthBasicProvider anon\nAnonymous anonymous"),
            ("provider over provider", "AuthBasicProvider file\nAnonymous guest\n", "AuthBasicProvider anon"),
            ("authoritative", "AuthBasicAuthoritative Off\n", "AuthBasicProvider file"),
            ("authoritative again", "AuthBasicAuthoritative Off\n", "AuthBasicAuthoritative On"),
            ("anonymous", "AuthBasicProvider anon\nAnonymous guest\n", "Anonymous anonymous"),
            ("flag of anonymous", "AuthBasicProvider anon\nAnonymous guest\n", "Anonymous_NoUserID On"),
            ("users under a flag", "AuthBasicProvider anon\nAnonymous_NoUserID On\n", "Anonymous guest"),
            ("nothing", "AuthBasicProvider anon\nAnonymous guest\n", "AuthBasicFake Off"),
            ("name", "", 'AuthName "Inner"'),
            ("type", "", "AuthType None"),
        )
    ),
    Case(
        ".htaccess",
        site(
            "AllowOverride AuthConfig\n",
            files={"htdocs/.htaccess": BASIC + FILE + "AuthBasicProvider file\n" + VALID},
        ),
        each(("spam", "eggs"), ("spam", "bacon"), ("", "")),
    ),
    Case(
        ".htaccess, not allowed",
        site("AllowOverride Limit\n", files={"htdocs/.htaccess": BASIC + FILE + VALID}),
        each(("spam", "eggs")),
    ),
    Case(
        ".htaccess, provider unknown",
        site("AllowOverride All\n", files={"htdocs/.htaccess": BASIC + "AuthBasicProvider mine\n" + VALID}),
        each(("spam", "eggs")),
    ),
    # What stops the start
    *(
        asked(f"refused: {text}", BASIC + FILE + text + "\n" + VALID, modules=ANON)
        for text in (
            "AuthBasicProvider mine",
            "AuthBasicProvider File",
            "AuthBasicProvider",
            "AuthBasicProvider file mine",
            "AuthBasicAuthoritative maybe",
            "AuthBasicFake",
            "AuthBasicFake a b c",
            "AuthUserFile a b",
            "AuthUserFile",
            "Anonymous",
            'Anonymous ""',
            "Anonymous_NoUserID",
            "Anonymous_LogEmail yes",
        )
    ),
    asked("refused: outside of a directory", BASIC + VALID, outside=FILE),
)
