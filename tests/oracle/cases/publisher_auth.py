"""Who may see what the publisher serves: __auth__, __access__, __auth_realm__ (manual 6.1.2, reference section 8)."""

from textwrap import dedent
from typing import Any

from ..publisher_site import PUBLISHER
from ..request import Request, basic, get
from ..site import Site
from . import Case

HEAD = """
    __auth_realm__ = "Members only"

    def __auth__(req, user, passwd):
        return user == "eggs" and passwd == "spam" or user == "joe" and passwd == "eoj"

    def __access__(req, user):
        return user == "eggs"
"""
VISITORS = {
    "nobody": {},
    "eggs": basic("eggs", "spam"),
    "eggs, wrong": basic("eggs", "no"),
    "joe": basic("joe", "eoj"),
}
PAGES = {
    "functions": HEAD + "\n    def hello(req):\n        return 'hello'\n",
    "tables": """
    __auth_realm__ = "Members only"
    __auth__ = {"eggs": "spam", "joe": "eoj"}
    __access__ = ["eggs"]
    hello = "hello"
    """,
    "auth_alone": """
    def __auth__(req, user, passwd):
        return passwd == "spam"
    hello = "hello"
    """,
    "access_alone": """
    def __access__(req, user):
        return user == "eggs"
    hello = "hello"
    """,
    "access_list": "    __access__ = ['eggs']\n    hello = 'hello'\n",
    "access_tuple": "    __access__ = ('eggs', 'joe')\n    hello = 'hello'\n",
    "access_empty": "    __access__ = []\n    hello = 'hello'\n",
    "access_none": "    __access__ = None\n    hello = 'hello'\n",
    "access_zero": "    __access__ = 0\n    hello = 'hello'\n",
    "access_one": "    __access__ = 1\n    hello = 'hello'\n",
    "access_text": "    __access__ = 'eggs'\n    hello = 'hello'\n",
    "access_dict": "    __access__ = {'eggs': 1}\n    hello = 'hello'\n",
    "access_set": "    __access__ = {'eggs'}\n    hello = 'hello'\n",
    "access_everybody": "    def __access__(req, user):\n        return 1\n    hello = 'hello'\n",
    "auth_zero": "    __auth__ = 0\n    hello = 'hello'\n",
    "auth_none": "    __auth__ = None\n    hello = 'hello'\n",
    "auth_one": "    __auth__ = 1\n    hello = 'hello'\n",
    "auth_text": "    __auth__ = 'text'\n    hello = 'hello'\n",
    "auth_empty": "    __auth__ = ''\n    hello = 'hello'\n",
    "auth_list": "    __auth__ = ['eggs']\n    hello = 'hello'\n",
    "auth_empty_dict": "    __auth__ = {}\n    hello = 'hello'\n",
    "auth_everybody": "    def __auth__(req, user, passwd):\n        return 1\n    hello = 'hello'\n",
    "auth_class": """
    class __auth__:
        def __init__(self, req, user, passwd):
            pass
    hello = "hello"
    """,
    "auth_lambda": "    __auth__ = lambda req, user, passwd: user == 'eggs'\n    hello = 'hello'\n",
    "auth_fails": "    def __auth__(req, user, passwd):\n        raise ValueError('in auth')\n    hello = 'hello'\n",
    "access_fails": "    def __access__(req, user):\n        raise ValueError('in access')\n    hello = 'hello'\n",
    "auth_redirects": """
    from mod_python import util
    def __access__(req, user):
        util.redirect(req, "/login")
    hello = "hello"
    """,
    "realm_alone": "    __auth_realm__ = 'Members only'\n    hello = 'hello'\n",
    "realm_with_quotes": "    __auth_realm__ = 'a \"b\" c'\n    __auth__ = 0\n    hello = 'hello'\n",
    "absent_name": HEAD + "\n    other = 'other'\n",
    "object": """
    class Thing:
        __auth_realm__ = "Of the thing"
        __auth__ = {"eggs": "spam"}
        kind = "kind"
        def __str__(self):
            return "hello"
    hello = Thing()
    open = "open"
    """,
    "object_in_page": HEAD
    + """
    class Thing:
        __auth_realm__ = "Of the thing"
        def __auth__(self, req, user, passwd):
            return passwd == "spam"
        __access__ = ["joe"]
        def __str__(self):
            return "hello"
    hello = Thing()
    """,
    "method_of_object": """
    class Thing:
        def __auth__(self, req, user, passwd):
            return passwd == "spam"
        def method(self, req):
            return "hello"
    thing = Thing()
    hello = thing.method
    """,
    "attribute": """
    def hello(req):
        return "hello"
    hello.__auth__ = {"eggs": "spam"}
    """,
    "nested": """
    def hello(req):
        def __auth__(req, user, passwd):
            return user == "eggs" and passwd == "spam"
        return "hello"
    """,
    "nested_both": """
    def hello(req):
        __auth_realm__ = "Members only"
        def __auth__(req, user, passwd):
            return user == "eggs" and passwd == "spam"
        def __access__(req, user):
            return user == "eggs"
        return "hello"
    """,
    "nested_access": """
    def hello(req):
        def __access__(req, user):
            return user == "eggs"
        return "hello"
    """,
    "nested_behind_others": """
    def hello(req):
        x = 1
        y = "secret"
        def __auth__(req, user, passwd):
            return user == "eggs" and passwd == "spam"
        return "hello"
    """,
    "nested_zero": "    def hello(req):\n        __access__ = 0\n        return 'hello'\n",
    "nested_one": "    def hello(req):\n        __access__ = 1\n        return 'hello'\n",
    "nested_none": "    def hello(req):\n        __auth__ = None\n        return 'hello'\n",
    "nested_dict": """
    def hello(req):
        __auth__ = {"eggs": "spam"}
        return "hello"
    """,
    "nested_list": """
    def hello(req):
        __access__ = ["eggs"]
        return "hello"
    """,
    "nested_lambda": """
    def hello(req):
        __auth__ = lambda req, user, passwd: 1
        return "hello"
    """,
    "nested_computed": """
    def hello(req):
        __access__ = len("")
        return "hello"
    """,
    "nested_in_method": """
    class Thing:
        def hello(self, req):
            def __auth__(req, user, passwd):
                return passwd == "spam"
            return "hello"
    hello = Thing().hello
    """,
}
# What ours answers to the visitors in their order. Their names and passwords the original cannot read with Python 3, so
# that it answers 400 where it asks for them: what Python 2 made of them is meant.
ANSWERS = {
    "functions tables absent_name": "401 200 401 403",
    "auth_alone": "401 200 401 401",
    "access_alone access_list access_set nested_access nested_list": "403 200 200 403",
    "access_tuple": "403 200 200 200",
    "access_empty access_none access_zero nested_zero": "403 403 403 403",
    "access_one access_text access_dict access_everybody nested_one": "200 200 200 200",
    "auth_zero auth_none auth_empty auth_empty_dict realm_with_quotes nested_none": "401 401 401 401",
    "auth_one auth_text auth_list auth_everybody auth_class": "401 200 200 200",
    "auth_lambda": "401 200 200 401",
    "auth_fails": "401 500 500 500",
    "access_fails nested_lambda nested_computed": "500 500 500 500",
    "auth_redirects": "302 302 302 302",
    "realm_alone method_of_object attribute": "200 200 200 200",
    "object nested nested_both nested_behind_others nested_dict nested_in_method": "401 200 401 401",
    "object_in_page": "401 403 401 403",
}
# Where it differs without names and passwords, too.
ALONE = {
    "access_set": "access-sets: anything but a list and a tuple is yes or no in the original",
    "realm_with_quotes": "realm-quotes: the original writes it as it is",
    **dict.fromkeys(
        ("nested_both", "nested_behind_others", "nested_list", "nested_lambda", "nested_computed"),
        "nested-auth: the original finds another constant, or none",
    ),
}
READ = "publisher-credentials: the original cannot decode them"
ASKS = {"401": "401 Unauthorized", "403": "403 Forbidden", "500": "500 Internal Server Error", "302": "302 Found"}
UNREADABLE = ("Basic", "Basic ZWdncw==", "Basic ZWdnczpzcGF", "Basic !!!", "Bearer token", 'Digest username="eggs"')
UNREADABLE_FOR = ("functions", "access_one", "realm_alone", "nested", "object_in_page")


def asked(page: str, visitor: str, answer: str) -> Request:
    """A GET of the page's hello."""
    reason = ALONE.get(page) or (READ if visitor != "nobody" else None)
    differs: dict[str, tuple[Any, str]] = {}
    if reason is not None and page not in ("realm_alone", "method_of_object", "attribute"):
        if answer == "200":
            hello = "404 Not Found" if page == "absent_name" else "200 OK"
            differs = {"status": (hello, reason)}
            if hello == "200 OK":
                differs["body"] = ("hello", reason)
        else:
            differs = {"status": (ASKS[answer], reason)}
        if answer == "401":
            differs["header:WWW-Authenticate"] = (f'Basic realm="{realm(page)}"', reason)
    return get(f"/{page}.py/hello", VISITORS[visitor], name=f"{page}, {visitor}", differs=differs)


def realm(page: str) -> str:
    """What the page asks for."""
    named = {"object": "Of the thing", "realm_with_quotes": 'a \\"b\\" c'}
    return named.get(page) or ("Members only" if "Members only" in PAGES[page] else "unknown")


CASES = (
    Case(
        "pages",
        Site(PUBLISHER, {f"htdocs/{name}.py": dedent(text) for name, text in PAGES.items()}),
        [
            asked(page, visitor, answer)
            for pages, answers in ANSWERS.items()
            for page in pages.split()
            for visitor, answer in zip(VISITORS, answers.split(), strict=True)
        ],
    ),
    Case(
        "headers that hold no name and password",
        Site(PUBLISHER, {f"htdocs/{name}.py": dedent(PAGES[name]) for name in UNREADABLE_FOR}),
        [
            get(f"/{name}.py/hello", {"Authorization": sent}, name=f"{name}, {sent}")
            for name in UNREADABLE_FOR
            for sent in UNREADABLE
        ],
    ),
)
