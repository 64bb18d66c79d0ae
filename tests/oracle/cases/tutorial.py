"""The sites of the manual's chapters 2.4, 3.3 and 3.4, as they are printed there."""

from ..request import basic, get, head, post
from ..site import Site
from . import Case

TESTING = Site(
    """
    <Directory "@ROOT@/htdocs/test">
    AddHandler python-program .py
    PythonHandler mptest
    PythonDebug On
    </Directory>
    """,
    {
        "htdocs/test/mptest.py": """
            from mod_python import apache

            def handler(req):
                req.write("Hello World!")
                return apache.OK
            """,
        "htdocs/test/page.html": "<p>page</p>\n",
    },
)
SCRIPT = """
    from mod_python import apache

    def handler(req):
        req.content_type = "text/plain"
        req.write("Hello World!")

        return apache.OK

    def authenhandler(req):
        user = req.user
        pw = req.get_basic_auth_pw()

        if user == "spam" and pw == "eggs":
            return apache.OK
        else:
            return apache.HTTP_UNAUTHORIZED
"""
DOES = Site(
    """
    <Directory "@ROOT@/htdocs/mywebdir">
       AddHandler python-program .py
       PythonHandler myscript
       PythonDebug On
    </Directory>
    """,
    {"htdocs/mywebdir/myscript.py": SCRIPT, "htdocs/mywebdir/sub/page.py": ""},
)
AUTHENTICATION = Site(
    """
    <Directory "@ROOT@/htdocs/mywebdir">
       AddHandler python-program .py
       PythonHandler myscript
       PythonAuthenHandler myscript
       PythonDebug On
       AuthType Basic
       AuthName "Restricted Area"
       require valid-user
    </Directory>
    """,
    DOES.files,
)
CAPITALS = Site(
    """
    <Directory "@ROOT@/htdocs/mywebdir">
       AddHandler python-program .py
       PythonHandler myscript::requesthandler
    </Directory>
    """,
    {
        "htdocs/mywebdir/myscript.py": """
            from mod_python import apache

            def requesthandler(req):
                req.content_type = "text/plain"
                req.write("Hello World!")
                return apache.OK
            """
    },
)

FIRST = "claimed-user: the manual reads it before the password, which works where mod_auth_basic had its turn first"

CASES = (
    Case(
        "2.4 testing",
        TESTING,
        [get("/test/mptest.py"), head("/test/mptest.py"), get("/test/other.py"), get("/test/"), get("/test/page.html")],
    ),
    Case(
        "3.3 what mod_python does",
        DOES,
        [
            get("/mywebdir/myscript.py"),
            get("/mywebdir/montypython.py"),
            get("/mywebdir/sub/page.py"),
            get("/mywebdir/absent/x.py"),
            get("/mywebdir/page.html"),
            post("/mywebdir/myscript.py", b"a=1"),
        ],
    ),
    Case(
        "3.4 authentication",
        AUTHENTICATION,
        [
            get("/mywebdir/myscript.py", name="nobody"),
            get(
                "/mywebdir/myscript.py", basic("spam", "eggs"), name="spam:eggs", differs={"status": ("200 OK", FIRST)}
            ),
            get("/mywebdir/myscript.py", basic("spam", "bacon"), name="spam:bacon"),
            get(
                "/mywebdir/absent.html",
                basic("spam", "eggs"),
                name="absent",
                differs={"status": ("404 Not Found", FIRST)},
            ),
        ],
    ),
    Case(
        "4.2 a handler", CAPITALS, [get("/mywebdir/x.py"), get("/mywebdir/x.py", protocol="HTTP/1.0", name="HTTP/1.0")]
    ),
)
