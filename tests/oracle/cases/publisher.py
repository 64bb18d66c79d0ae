"""The publisher (manual 6.1, reference sections 8 and 13): what a URL means, how it is called, and what is sent."""

from typing import Any

from ..answer import both, hide
from ..form_site import FORM, last, part, upload
from ..publisher_site import BY_EXTENSION, BY_OTHER_EXTENSION, CHANGING, FORM_BEFORE, SITE
from ..request import Request, get, head, post, request
from . import Case

Differs = dict[str, tuple[Any, str]]

JSON = {"Content-Type": "application/json"}
ADDRESS = both(
    hide(r"<\w+\.(\w+) object at 0x\w+>", r"<\1 object>"),
    hide(r" at 0x\w+", ""),
    hide(r"<module 'os' .*>", "<module 'os'>"),  # where it is from depends on Python
)

FOLDER = "folder-named-page: the original tries to load it"
REGISTERED = "page-in-sys-modules: the original's is in no list of modules"
ODD = "odd-names: the original fails at them"
INTO = "builtin-types: the original goes into them, with Python 3, and finds what is there or not"
CLASSES = "metaclasses: the original looks for classes of the type type alone"
BYTES = "published-text: the original shows bytes as Python writes them"
CHARSET = "published-text: the original names no charset"
STREAMED = "published-iterators: the original writes their name and address"
TEXT = "form-text: names in a urlencoded body are bytes in the original"
AGAIN = "second-form: the original reads a form for each call, and the second is empty"
GIVEN = "req-field: the original fails"
NON_UTF8 = "bytes-in-paths: the original cannot read the path"


def instead(body: str, reason: str) -> Differs:
    """Another body of ours."""
    return {"body": (body, reason), "header:Content-Length": (str(len(body.encode())), reason)}


def status(line: str, reason: str) -> Differs:
    """Another page of ours."""
    return {"status": (line, reason)}


def answer(body: str, reason: str) -> Differs:
    """A page instead of an error."""
    return {"status": ("200 OK", reason), "body": (body, reason)}


def pieces(body: str) -> Differs:
    """A body in pieces."""
    return {"body": (body, STREAMED), "framing": ("chunked", STREAMED), "header:Content-Length": (None, STREAMED)}


FORBIDDEN = status("403 Forbidden", INTO)
UTF8 = {"header:Content-Type": ("text/plain; charset=UTF-8", CHARSET)}
DIFFERS = {
    "/named/hello": status("404 Not Found", FOLDER),
    "/names/modules": instead("True", REGISTERED),
    **dict.fromkeys(
        ("/page.py/.hello", "/page.py/shop..kind", "/page.py/hello.", "/.hello"), status("403 Forbidden", ODD)
    ),
    **dict.fromkeys((f"/page.py/{name}/real" for name in ("answer", "yes", "number")), FORBIDDEN),
    **dict.fromkeys(("/page.py/shop/goods/a", "/page.py/anything/some/more"), FORBIDDEN),
    **dict.fromkeys((f"/page.py/MetaShop{rest}" for rest in ("", "/kind", "/still")), status("403 Forbidden", CLASSES)),
    "/page.py/%ff": status("404 Not Found", NON_UTF8),
    "/page.py/data": instead("\0bytes", BYTES),
    "/page.py/gives_bytes": instead("bytes", BYTES),
    "/page.py/accents": UTF8,
    "/page.py/gives_text": UTF8,
    "/page.py/generates": pieces("one two"),
    "/page.py/iterates": pieces("one two"),
    "/page.py/gives_file": pieces("of a file"),
    "/page.py/shop/buy?self=something": answer("bought nothing", GIVEN),
}


def gets(paths: str) -> list[Request]:
    """A GET for each of the paths."""
    return [get(path, differs=DIFFERS.get(path, {}), tidy=ADDRESS) for path in paths.split()]


def called(name: str, *parts: bytes, path: str, differs: Differs | None = None) -> Request:
    """A POST of a form in parts."""
    return upload(name, *parts, last(), path=f"/page.py{path}", differs=differs or {})


PATHS = """
    /page.py /page.py/ /page /page/ /page.py/index /page.py/hello /page/hello /page.py/hello/
    /page.py//hello /page.py/hello// /page.py/./hello /page.py/sub/../hello /page.py/hello/index
    /page.txt /page.html /page.pyc /page.py.py /page.py%2fhello /page.py/%68ello /PAGE.py /page.py/HELLO
    / /index /index/ /index.py /index.py/ /index.py/about /about /about/ /contact /contact/more
    /thing/name /thing/method /thing /absent /absent/more /_hidden /_hidden/hello /_hidden.py/hello
    /with-dash/hello /without /without.py /without/hello /static.html
    /sub /sub/ /sub/index /sub/index.py /sub/more /sub/page/hello /sub/page.py/hello /sub/absent
    /none /none/ /none/other/hello /none/other.py/hello /none/absent /none/absent/hello
    /absent.py /absent.py/hello /sub/absent.py /named.py/ /named.py/hello /named/hello
    /page.py/shop.kind /page.py/shop.buy /page.py/tree.branch/leaf /page.py/tree/branch.leaf
    /page.py/shop._hidden /page.py/.hello /page.py/shop..kind /page.py/hello. /page.py/hello.html
    /page.shop /page.shop.kind /thing.name /thing.method /.hello /page.py/os.getcwd /page.py/hello.__globals__
    /names/names /names/modules /names/counted
    /page.py/hello;x /page.py/he%6clo/ /page.py/hello%20 /page.py/hello?query
    /page.py/what_is_known /page.py/what_is_known/ /page.py/adds_handler
"""
NAMES = """
    /page.py/absent /page.py/_private /page.py/__doc__ /page.py/__name__ /page.py/__builtins__
    /page.py/os /page.py/os/getcwd /page.py/os/path/join /page.py/imported /page.py/imported/sep
    /page.py/apache /page.py/util /page.py/join /page.py/Shop /page.py/Shop/kind /page.py/Shop/buy
    /page.py/builtin /page.py/kind /page.py/kind/real /page.py/exception /page.py/exception/args
    /page.py/say/attribute /page.py/say/func_code /page.py/say/__code__ /page.py/say/what
    /page.py/text/upper /page.py/answer/real /page.py/listing/append /page.py/mapping/keys
    /page.py/pair/count /page.py/nothing/x /page.py/yes/real /page.py/number/real /page.py/group/copy
    /page.py/data/decode /page.py/quick/x /page.py/piece /page.py/piece/send
    /page.py/opened /page.py/opened/closed /page.py/opened/read
    /page.py/shop /page.py/shop/kind /page.py/shop/count /page.py/shop/goods /page.py/shop/goods/a
    /page.py/shop/buy /page.py/shop/buy/__func__ /page.py/shop/buy/x /page.py/shop/absent
    /page.py/shop/_hidden /page.py/shop/__class__ /page.py/shop/__dict__ /page.py/shop/index
    /page.py/shop/inner/buy /page.py/shop/inner/inner /page.py/shop/owner /page.py/shop/still
    /page.py/shop/made /page.py/quiet /page.py/quiet/name /page.py/anything /page.py/anything/some
    /page.py/anything/some/more /page.py/keen /page.py/slots/name /page.py/sub /page.py/sub/extra /page.py/sub/upper
    /page.py/tree/branch/leaf /page.py/tree/branch/function /page.py/tree/module
    /page.py/tree/module/getcwd /page.py/tree/Shop /page.py/tree/Shop/kind /page.py/tree/builtin
    /page.py/tree/branch/leaf/upper /page.py/hello/__globals__ /page.py/shop/__init__/__globals__
    /page.py/shop/buy/im_func /page.py/hello/func_globals /page.py/_private/x /page.py/shop/_hidden/x
    /page.py/own_mapping /page.py/own_mapping/extra /page.py/own_mapping/method /page.py/own_mapping/keys
    /page.py/own_mapping/key /page.py/own_mapping/update /page.py/error /page.py/error/extra /page.py/error/args
    /page.py/Meta /page.py/MetaShop /page.py/MetaShop/kind /page.py/MetaShop/still /page.py/Named
    /page.py/namespace/kind /page.py/place/below /page.py/still/x /page.py/place/absent
    /page.py/12 /page.py/a-b /page.py/caf%C3%A9 /page.py/%ff
"""
RESULTS = """
    /page.py/answer /page.py/text /page.py/data /page.py/page /page.py/blanks /page.py/turned /page.py/not_quite
    /page.py/listing
    /page.py/pair /page.py/mapping /page.py/nothing /page.py/yes /page.py/number /page.py/empty
    /page.py/accents /page.py/quick /page.py/hello /page.py/has_type /page.py/has_charset
    /page.py/has_type_and_accents /page.py/has_charset_and_accents
    /page.py/writes /page.py/writes_and_returns /page.py/writes_late /page.py/gives_none
    /page.py/gives_empty /page.py/gives_number /page.py/gives_zero /page.py/gives_false
    /page.py/gives_bytes /page.py/gives_text /page.py/gives_list /page.py/gives_dict /page.py/gives_ok
    /page.py/gives_object /page.py/gives_function /page.py/gives_function_twice /page.py/gives_lambda
    /page.py/gives_class /page.py/gives_itself /page.py/gives_module /page.py/gives_builtin
    /page.py/gives_callable_builtin
    /page.py/generates /page.py/iterates /page.py/gives_file /page.py/gives_iterator_with_text
    /page.py/sets_status /page.py/sets_headers /page.py/not_found /page.py/done /page.py/redirects
    /importing.py/hello
"""
ARGUMENTS = """
    /page.py/say /page.py/say?what=something /page.py/say?what= /page.py/say?other=something
    /page.py/say?what=something&other=something /page.py/two?first=something /page.py/two?second=something
    /page.py/two /page.py/two?second=something&first=otherthing /page.py/everything?first=something
    /page.py/positions?first=something /page.py/request_alone /page.py/request_last?what=something
    /page.py/default_request /page.py/local?what=something /page.py/hello?what=something
    /page.py/shop?name=something /page.py/shop/buy?what=something /page.py/shop/buy?self=something
    /page.py/still?name=something /page.py/still?more=something /page.py/made?name=something
    /page.py/handed?name=something /page.py/other?what=something /page.py/place?what=something
    /page.py/place/below?what=something
    /page.py/gives_class_of_its_own_making?name=something
    /page.py/gives_function?what=something /page.py/form?name=something /page.py/form
    /page.py/fields_of_the_form?name=something /page.py/form_again?name=something
"""
WHAT = part("what", "1")
PARTS = [
    called("parts", part("what", "in a part"), path="/say"),
    called("repeated", WHAT, part("what", "2"), path="/say"),
    called("file", part("what", "content", '; filename="name.txt"'), path="/say"),
    called("two files", *[part("what", "x", f'; filename="{name}"') for name in "ab"], path="/say"),
    called("no file chosen", part("what", "", '; filename=""'), path="/say"),
    called("blank", part("what", ""), path="/say"),
    called("all", part("a", "1"), part("b", "2"), part("a", "3"), path="/everything"),
    called("two", part("first", "1"), part("second", "2"), path="/two"),
    called("missing", part("second", "2"), path="/two"),
    called("method", WHAT, path="/shop/buy"),
    called("instance", part("name", "1"), path="/shop"),
    called("returned function", WHAT, path="/gives_function", differs=instead("inner 1", AGAIN)),
    called("local variable", WHAT, path="/local"),
    called("self", part("self", "1"), path="/shop/buy", differs=answer("bought nothing", GIVEN)),
    called("request", part("req", "1"), path="/request_alone", differs=answer("mp_request", GIVEN)),
    called("request, not wanted", part("req", "1"), path="/hello", differs=answer("hello", GIVEN)),
    called("query and parts", part("what", "2"), path="/say?what=something"),
    called("form", part("a", ""), part("b", "2"), path="/form"),
]
POSTS = [
    post("/page.py/say", b"what=posted", FORM, name="POST", differs=instead("I am saying posted", TEXT)),
    post("/page.py/everything", b"a=1&b=2", FORM, name="POST for all", differs=answer("a=1 b=2", TEXT)),
    post("/page.py/form", b"a=&b=2", FORM, name="POST for req.form"),
    post("/page.py/hello", b"a=1", FORM, name="POST of what nobody wants"),
    post("/page.py/hello", b"{}", JSON, name="POST of no form"),
    post("/page.py/text", b"{}", JSON, name="POST of no form to a text"),
    post("/page.py/hello", b"", name="POST without a length"),
]
METHODS = [
    *[head(f"/page.py/{name}") for name in ["hello", "text", "page", "writes", "gives_none", "absent", "_private"]],
    head("/"),
    post("/page.py/text", b"", {"Content-Length": "0"}, name="POST to a text"),
    post("/page.py/hello", b"", {"Content-Length": "0"}, name="POST to a function"),
    *[
        request(method, path)
        for method in ("PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "NONSENSE", "get")
        for path in ("/page.py/hello", "/absent.py")
    ],
    request("PUT", "/page.py/hello", body=b"a=1", name="PUT with a body"),
    request("DELETE", "/page.py/_private"),
    get("/page.py/hello", protocol="HTTP/1.0", name="HTTP/1.0"),
    get(
        "/page.py/generates",
        protocol="HTTP/1.0",
        name="generator, HTTP/1.0",
        tidy=ADDRESS,
        differs={**pieces("one two"), "framing": ("close", STREAMED)},
    ),
]

CASES = (
    Case("paths", SITE, gets(PATHS)),
    Case(
        "paths by extension",
        BY_EXTENSION,
        gets("/page.py/hello /page.html/hello /page/hello /page.txt /static.html /sub/page.html/hello / /absent.html"),
    ),
    Case(
        "paths by another extension",
        BY_OTHER_EXTENSION,
        gets("/page.do/hello /page.py/hello /page.do /page.html/hello /sub/page.do/hello /absent.do /page.do.do/hello"),
    ),
    Case("names", SITE, gets(NAMES)),
    Case(
        "results",
        SITE,
        [
            *gets(RESULTS),
            get("/page.py/fails", log=("ValueError: in the page",)),
            get("/wrong.py/hello", log=("SyntaxError",)),
            get("/raising.py/hello", log=("ValueError: while loading",)),
        ],
    ),
    Case("arguments", SITE, [*gets(ARGUMENTS), *POSTS, *PARTS]),
    Case("methods", SITE, METHODS),
    Case(
        "a form made before",
        FORM_BEFORE,
        [
            *gets("/page.py/say?what= /page.py/say /page.py/say?what=1"),
            get("/page.py/late", log=("Cannot redirect after headers have already been sent.",)),
            head("/page.py/late", log=("Cannot redirect after headers have already been sent.",)),
        ],
    ),
    Case(
        "a page that changes",
        CHANGING,
        [
            get("/changing.py/text"),
            upload("change", part("text", "second"), last(), path="/writer.py/write"),
            get("/changing.py/text"),
            get("/changing.py/change"),
            get("/changing/text"),
        ],
    ),
)
