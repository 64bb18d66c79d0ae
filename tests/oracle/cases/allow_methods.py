"""Which methods there are for a part of the site (mod_allowmethods)."""

from ..request import Request, request
from ..site import Site
from . import Case, words

MODULES = ("allowmethods",)
PARTS = {
    "get": "AllowMethods GET",
    "post": "AllowMethods POST OPTIONS",
    "reset": "AllowMethods reset",
    "lines": "AllowMethods GET\nAllowMethods PUT",
    "undone": "AllowMethods GET\nAllowMethods reset",
    "head": "AllowMethods HEAD",
    "closed": "AllowMethods GET\nRequire all denied",
    "users": 'AllowMethods GET\nAuthType Basic\nAuthName x\nAuthUserFile "@ROOT@/users"\nRequire valid-user',
    "python": "AllowMethods POST\nSetHandler mod_python\nPythonHandler own\nPythonPath \"['@ROOT@/lib'] + sys.path\"",
    "get/inner": "AllowMethods POST",
    "get/again": "AllowMethods reset",
}
CONF = "".join([f"<Location /{name}>\n{lines}\n</Location>\n" for name, lines in PARTS.items()])
FILES = {
    **{f"htdocs/{name}/page.txt": f"{name}\n" for name in PARTS},
    "users": "",
    "lib/own.py": 'def handler(req):\n    req.write("own", 0)\n    return 0\n',
}


def asked(path: str) -> list[Request]:
    """A path, by each method."""
    return [request(method, path) for method in words("GET HEAD POST PUT OPTIONS DELETE BREW")]


def refused(*lines: str) -> tuple[Case, ...]:
    """Lines that stop the start."""
    return tuple(
        [Case(f"the line {line}", Site(f"<Location />\n{line}\n</Location>\n", modules=MODULES)) for line in lines]
    )


CASES = (
    Case(
        "AllowMethods",
        Site(CONF, FILES, modules=MODULES),
        [*(one for name in PARTS for one in asked(f"/{name}/page.txt")), *asked("/get"), *asked("/get/absent")],
    ),
    *refused(
        "AllowMethods", "AllowMethods get", "AllowMethods BREW", "AllowMethods GET reset", "AllowMethods reset GET"
    ),
    *refused("AllowMethods Reset"),
)
