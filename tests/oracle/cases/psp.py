"""Pages of PSP as they are answered, and the class PSP (manual of mod_python 3.1, section psp; reference section 9)."""

from html import escape
from typing import Any

from ..answer import own_frames
from ..psp_site import PAGES, path_of, site
from ..request import ANY, get, head, post, request
from . import Case

Differs = dict[str, tuple[Any, str]]

RETURN = "psp-server-return: the original raises another one, which has no number, with Python 3"
ESCAPES = "psp-escapes: the original cannot compile it, with Python 3"
FLOW = "psp-error-page: the original runs it for a redirect, too"
SOURCE = "psp-source: another table"
STRINGS = "psp-strings: the original takes bytes alone, with Python 3"
TEXT = "psp-literal-text: the original has no such option"
NAMES = "query-names: the original reads memory that it has given back: a name may be its value"
FORMS = "form-text: the original has bytes where there was text with Python 2"
FRAMES = "debug-frames: the original shows chained errors of its own code"
MOVED = '<p>The document has moved <a href="http://other.test/">here</a></p>\n'


def status(line: str, reason: str) -> Differs:
    """Another page of ours."""
    return {"status": (line, reason)}


def answer(body: str, reason: str) -> Differs:
    """A page instead of an error."""
    return {"status": ("200 OK", reason), "body": (body, reason)}


def instead(body: str, reason: str) -> Differs:
    """Another body of ours."""
    return {"body": (body, reason), "header:Content-Length": (str(len(body)), reason)}


def trace(before: str, *errors: tuple[str, int, str, str]) -> str:
    """What PythonDebug shows of errors, (page, line, its text, error), each raised while another was handled."""
    shown = "\nDuring handling of the above exception, another exception occurred:\n".join(
        "Traceback (most recent call last):\n"
        f'  File "@ROOT@/htdocs/{page}.psp", line {line}, in <module>\n    {text}\n{error}'
        for page, line, text, error in errors
    )
    newline = "\n" if before else ""
    return f'{before}{newline}<pre>\nMod_python error: "PythonHandler mod_python.psp"\n{escape(shown)}\n</pre>'


DIVISION = "ZeroDivisionError: division by zero"
DIFFERS: dict[str, Differs] = {
    "redirect": {"body": (MOVED, RETURN)},
    "redirect for good": {"body": (MOVED, RETURN)},
    "raises 404": status("404 Not Found", RETURN),
    "raises ok": answer("text", RETURN),
    "error page that is not there": status("404 Not Found", RETURN),
    "users": answer(PAGES["users"], ESCAPES),
    "error page and redirect": {"body": (MOVED, FLOW)},
}
LOGGED = {
    "fails": ("ZeroDivisionError", "fails.psp"),
    "wrong": ("SyntaxError", "wrong.psp"),
    "unknown name": ("NameError",),
}
# What fails shows the same lines of the page, whatever else is shown.
SHOWN = {
    "fails": trace("text", ("fails", 1, "text<% x = 1 / 0 %>", DIVISION)),
    "fails late": "",
    "unknown name": trace("", ("unknown-name", 1, "<%= unknown %>", "NameError: name 'unknown' is not defined")),
    "error page that fails": trace(
        "texttext",
        ("error-page-that-fails", 4, "raise ValueError('oops')", "ValueError: oops"),
        ("fails", 1, "text<% x = 1 / 0 %>", DIVISION),
    ),
    "exits": trace("text", ("exits", 2, "sys.exit(1)", "SystemExit: 1")),
    "text": "",
}
URLENCODED = {"Content-Type": "application/x-www-form-urlencoded"}
PARTS = {"Content-Type": "multipart/form-data; boundary=x"}
PART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nin a part\r\n--x--\r\n'

USES = """
    template template_below absolute given_before given_twice given_and_changed not_given string string_again
    string_and_file flushed flushed_by_name shown vars_of_page missing folder replaced parsed parsed_string
    parsed_missing form_before session_before session_not_used
"""
USES_DIFFER: dict[str, Differs] = {}

CASES = (
    Case(
        "pages",
        site(),
        [
            get(f"/{path_of(name)}", name=name, differs=DIFFERS.get(name, {}), log=LOGGED.get(name, ()))
            for name in PAGES
        ],
    ),
    Case(
        "requests",
        site(),
        [
            get("/form.psp?a=1&b=2", name="form, with a query", differs=instead("1 2 True", NAMES)),
            get("/apply.psp?a=1&b=2", name="apply, with a query"),
            get("/request.psp?a=1&b=2", name="request, with a query"),
            get("/choice.psp?yes"),
            get("/form.psp?a=&a=2", name="form, repeated", differs=instead(" 1 True", NAMES)),
            get("/form-is-there.psp?a=1"),
            get("/apply.psp", name="apply without the argument", log=("TypeError",)),
            post("/form.psp", PART, PARTS, name="form in parts", differs=instead("in a part 1 True", FORMS)),
            post("/apply.psp", PART, PARTS, name="apply in parts"),
            post(
                "/error-page-and-form.psp",
                PART,
                PARTS,
                name="error page and form",
                differs=instead("in a part 1 True", FORMS),
            ),
            post("/text.psp", b"a=1", URLENCODED, name="POST of what nobody reads"),
            *[head(f"/{name}.psp") for name in ("text", "hello", "flushes", "fails", "redirect", "absent")],
            *[request(method, "/request.psp") for method in ("PUT", "DELETE", "OPTIONS", "PATCH", "NONSENSE")],
            get("/text.psp", protocol="HTTP/1.0", name="HTTP/1.0"),
            get("/text.psp/more", name="path info"),
            get("/request.psp/more?x=1", name="path info and query"),
            get("/absent.psp"),
            get("/sub/"),
            get("/sub/index.psp"),
            get("/sub/part.html", name="no page"),
            get("/text.psp_", name="source without PythonDebug"),
            get("/absent.psp_"),
            get("/TEXT.psp"),
            get("/text.psp", {"If-Modified-Since": "Sat, 03 Feb 2024 04:05:06 GMT"}, name="not modified"),
            get("/long.psp", {"Range": "bytes=0-9"}, name="range"),
        ],
    ),
    Case("used by handlers", site("PythonHandler use"), [get(f"/use/{name}?a=1", name=name) for name in USES.split()]),
    Case(
        "published",
        site(),
        [
            *[get(f"/published{path}", name=f"published{path}") for path in ("", "/form", "/shown", "/text")],
            get("/published/form?a=1", name="published form, with a query", differs=instead("1 1 True", NAMES)),
        ],
    ),
    Case(
        "PythonDebug",
        site("PythonDebug On"),
        [
            *[
                get(f"/{path_of(name)}", name=name, tidy=own_frames, differs={"body": (text, FRAMES)} if text else {})
                for name, text in SHOWN.items()
            ],
            get("/text.psp_", differs={**answer(ANY, SOURCE), "header:Content-Type": (ANY, SOURCE)}),
            get("/absent.psp_", name="source of what is not there"),
        ],
    ),
    Case(
        "set handler",
        site("SetHandler mod_python"),
        [get("/text.psp"), get("/part.html"), get("/sub/template.psp"), get("/sub/"), get("/"), get("/absent")],
    ),
    Case(
        "literal text",
        site("PythonOption modpy_wsgi.psp.literal_text On"),
        [
            get("/escapes.psp", differs={"body": (PAGES["escapes"], TEXT), "header:Content-Length": (ANY, TEXT)}),
            get("/windows.psp", differs={"body": (ANY, TEXT), "header:Content-Length": (ANY, TEXT)}),
            get("/wrong-escape.psp", differs=answer(PAGES["wrong escape"], TEXT)),
            get("/backslash-before-a-tag.psp", differs=answer("C:\\1", TEXT)),
            get("/quotes.psp"),
            get("/script.psp", differs={"body": (PAGES["script"], TEXT), "header:Content-Length": (ANY, TEXT)}),
        ],
    ),
)
