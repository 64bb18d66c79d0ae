"""Who must come over TLS (mod_ssl): SSLRequireSSL and Require ssl, asked without it."""

from ..request import Request, basic, get
from ..site import Entry, Site
from . import Case, words

FILES: dict[str, Entry] = {
    "users": "ann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n",  # secret
    **{
        f"htdocs/{name}/{file}": f"{name}\n"
        for name in words("closed users inner open any both none page")
        for file in ("index.html", "page.txt")
    },
    "htdocs/closed/sub/page.txt": "below\n",
    "htdocs/open/.htaccess": "SSLRequireSSL\n",
    "htdocs/page/.htaccess": "Require ssl\n",
    "htdocs/off/.htaccess": "SSLRequireSSL Off\n",
    "htdocs/off/page.txt": "off\n",
}
PASSWORD = 'AuthType Basic\nAuthName users\nAuthUserFile "@ROOT@/users"\n'
CONF = f"""
<Directory "@ROOT@/htdocs">
    AllowOverride AuthConfig
</Directory>
<Directory "@ROOT@/htdocs/closed">
    SSLRequireSSL
</Directory>
<Directory "@ROOT@/htdocs/closed/sub">
    Require all granted
</Directory>
<Directory "@ROOT@/htdocs/users">
    SSLRequireSSL
    {PASSWORD}
    Require valid-user
</Directory>
<Files page.txt>
    SetEnv X 1
</Files>
<Location /inner/page.txt>
    SSLRequireSSL
</Location>
<Location /any>
    <RequireAny>
        Require ssl
        Require env NEVER
    </RequireAny>
</Location>
<Location /both>
    {PASSWORD}
    <RequireAny>
        Require ssl
        Require valid-user
    </RequireAny>
</Location>
<Location /none>
    <RequireAll>
        Require all granted
        Require not ssl
    </RequireAll>
</Location>
"""


def asked(path: str) -> list[Request]:
    """A folder and a file, without a name and with one."""
    targets = [f"/{path}/", f"/{path}/page.txt"]
    return [get(target) for target in targets] + [
        get(each, basic("ann", "secret"), name=f"{each} as ann") for each in targets
    ]


CASES = (
    Case(
        "SSLRequireSSL without TLS",
        Site(CONF, FILES, modules=("socache_shmcb", "ssl")),
        [
            *(one for path in words("closed users inner open any both none page") for one in asked(path)),
            get("/closed"),
            get("/off/page.txt"),
            get("/closed/sub/page.txt"),
            get("/closed/absent"),
        ],
    ),
    *(
        Case(f"refused: {line}", Site(f"<Location />\n{line}\n</Location>\n", modules=("socache_shmcb", "ssl")))
        for line in ("Require ssl on", "Require not ssl")
    ),
)
