"""Server-side includes beside Apache's recorded answers (tests/golden/ssi.json): pieces, limits, faults."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modpy_wsgi.ssi import conditions, elements, expression, legacy, programs, scanner, words
from modpy_wsgi.ssi.scanner import Element, Scanner
from modpy_wsgi.testing import site

ON = "Options Includes\nAddType text/html .shtml\nAddOutputFilter INCLUDES .shtml\n"
WRONG = "[an error occurred while processing this directive]"


def scanned(pieces: list[bytes], start: bytes = b"<!--#", end: bytes = b"-->") -> list[bytes | Element]:
    """What a scanner makes of a page in pieces; text beside text joined."""
    reader = Scanner(start, end)
    found: list[bytes | Element] = []

    def take(events: Iterator[bytes | Element]) -> None:
        for event in events:
            if isinstance(event, bytes) and found and isinstance(found[-1], bytes):
                found[-1] += event
            else:
                found.append(event)

    for piece in pieces:
        take(reader.feed(piece))
    take(reader.finish())
    return found


PARTS = st.sampled_from(
    [
        *(b"<!--#", b"-->", b"<!--", b"--", b"-", b">", b"<", b"#", b" ", b"\n", b"=", b'"', b"'", b"`", b"\\", b'\\"'),
        *(b"echo", b"if", b"var", b"x", b"\xff", b"$a", b'<!--#echo var="a" -->', b"text", b"{{", b"}}", b"\0"),
    ]
)


@given(st.lists(PARTS, max_size=25).map(b"".join), st.data())
@example(b'a<!--#echo var="x\\"y" -->b<!--', None)
def test_pieces_do_not_matter(page: bytes, data: Any) -> None:
    whole = scanned([page])
    assert scanned([page[at : at + 1] for at in range(len(page))]) == whole
    if data is not None and page:
        cuts = sorted(data.draw(st.sets(st.integers(0, len(page)), max_size=6)) | {0, len(page)})
        assert scanned([page[a:b] for a, b in itertools.pairwise(cuts)]) == whole


@given(st.lists(PARTS, max_size=20).map(b"".join))
def test_other_tags_and_pieces(page: bytes) -> None:
    for start, end in ((b"{{", b"}}"), (b"<", b">"), (b"-", b"-")):
        assert scanned([page[at : at + 1] for at in range(len(page))], start, end) == scanned([page], start, end)


SPACE = st.sampled_from([b"", b" ", b"\n", b" \t\f\v\r "])
NAME = st.sampled_from([b"var", b"VALUE", b"x1", b"a_b", b"a-b", b"x>", b"", b"\xff"])
VALUE = st.sampled_from([b"", b"a", b"-->", b"a b='c'", b"\\", b'\\"', b"\xc3\xa4\0", b"=", b"%>", b'x"y', b"`", b"x>"])
QUOTE = st.sampled_from([b'"', b"'", b"`", b""])
ARGUMENT = st.builds(
    lambda name, before, mark, after, quote, value: name + before + mark + after + quote + value + quote,
    *(
        NAME,
        SPACE,
        st.sampled_from(
            [
                b"=",
                b"=",
                b"=",  # most have one
                b"",
            ]
        ),
        SPACE,
        QUOTE,
        VALUE,
    ),
)
ELEMENT = st.builds(
    lambda name, arguments, space: name + b"".join([each for pair in arguments for each in pair]) + space,
    *(
        st.sampled_from([b"echo", b"Else", b"if", b"", b"no-name", b"x2"]),
        st.lists(st.tuples(SPACE, ARGUMENT), max_size=3),
    ),
    SPACE,
)


@pytest.mark.parametrize("end", [b"-->", b"%>", b"x>", b">", b"=", b'"', b" "])
@given(st.lists(ELEMENT, max_size=3))
@example([b'echo var="REQUEST_URI" ', b"Set\nvar = 'x'value=`y`", b"else"])
@example([b'set var="x' + b" " * 1000])
def test_an_element_at_once_is_what_it_is_in_pieces(end: bytes, page_elements: list[bytes]) -> None:
    page = b"a".join([b"<!--#" + element + end for element in page_elements])
    assert scanned([page], end=end) == scanned([page[at : at + 1] for at in range(len(page))], end=end)


@given(st.binary(max_size=60))
def test_text_without_elements_goes_through(page: bytes) -> None:
    if b"<!--#" not in page:
        assert b"".join(event for event in scanned([page[:7], page[7:]]) if isinstance(event, bytes)) == page


def test_text_is_handed_on_at_once() -> None:
    reader = Scanner(b"<!--#", b"-->")
    assert list(reader.feed(b"some text <")) == [b"some text "]
    assert list(reader.feed(b"b> <!-- no element -->")) == [b"<b> <!-- no element -->"]
    assert list(reader.feed(b'<!--#echo var="x')) == []
    assert list(reader.feed(b'" -->')) == [Element("echo", (("var", "x"),))]


def test_an_element_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "MAX_ELEMENT", 100)
    found = scanned([b"a<!--#set var='", *[b"x" * 50] * 3, b"more"])
    assert found[0] == b"a"
    assert isinstance(found[1], Element)
    assert found[1].wrong


@pytest.mark.parametrize("filler", [b" ", b"a", b'"', b"a='b'", b"a='b' ", b"a = "])
def test_a_long_element_without_its_end_takes_linear_time(filler: bytes) -> None:
    page = b"<!--#set " + filler * 200_000
    start = time.process_time()
    scanned([page])
    assert time.process_time() - start < 20


def test_a_long_element_in_pieces_takes_linear_time() -> None:
    page = b"<!--#set var='" + b"x" * 200_000 + b"' value='y' -->"
    pieces = [page[at : at + 100] for at in range(0, len(page), 100)]
    start = time.process_time()
    (element,) = scanned(pieces)
    assert isinstance(element, Element)
    assert len(element.arguments) == 2
    assert time.process_time() - start < 20


# -- whole pages ------------------------------------------------------------------------------------------------------

PAGE = """<!--#set var="x" value="1" -->a<!--#if expr='v("x") == "1"' -->b<!--#include virtual="part.html" -->\
<!--#else -->c<!--#endif --><!--#echo var="x" --><!--#nothing --><!--#fsize file="part.html" -->\
<!--#python eval="1 + 1" -->end <!--#echo"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "part.html").write_text("<b>part</b>")
    (tmp_path / "page.shtml").write_text(PAGE)
    (tmp_path / "pieces.py").write_text(
        "from pathlib import Path\n"
        "def handler(req):\n"
        "    req.content_type = 'text/html'\n"
        "    text = Path(req.filename).with_name('page.shtml').read_bytes()\n"
        "    size = int(req.args)\n"
        "    for at in range(0, len(text), size):\n"
        "        req.write(text[at:at + size], int(size % 2))\n"
        "    return 0\n"
    )
    return tmp_path


def test_pages_in_pieces_are_the_same(root: Path) -> None:
    whole = site(ON, root=root).get("/page.shtml").body
    assert whole == f"ab<b>part</b>1{WRONG} 11 2end {WRONG}".encode()
    app = site(
        f"{ON}SetOutputFilter INCLUDES\nSetHandler mod_python\nPythonHandler pieces\n"
        '<Files "*.html">\nSetHandler default-handler\n</Files>',
        root=root,
    )
    for size in (1, 2, 3, 7, 10, 64, 1000):
        assert app.get(f"/x.shtml?{size}").body == whole, size


def test_without_options_a_page_is_sent_as_it_is(root: Path) -> None:
    assert site(ON.replace("Options Includes\n", ""), root=root).get("/page.shtml").text == PAGE


def test_what_is_closed_is_not_included(tmp_path: Path) -> None:
    (tmp_path / "a.shtml").write_text(
        '<!--#include virtual="shut.html" --><!--#include file="shut.html" --><!--#fsize file="shut.html" -->'
        '<!--#flastmod virtual="shut.html" --><!--#include virtual="user.html" -->'
        '<!--#include virtual="guarded.html" -->'
    )
    for name in ("shut", "user", "guarded"):
        (tmp_path / f"{name}.html").write_text("secret")
    (tmp_path / "guard.py").write_text("def accesshandler(req):\n    return 403\n")
    conf = f"""{ON}<Files "shut.html">\nRequire all denied\n</Files>
        <Files "user.html">\nAuthType Basic\nAuthName x\nRequire valid-user\n</Files>
        <Files "guarded.html">\nPythonAccessHandler guard\n</Files>"""
    assert site(conf, root=tmp_path).get("/a.shtml").text == WRONG * 6


@pytest.mark.parametrize("name", ["../outside.txt", "/etc/passwd", "sub/../../outside.txt", "..", ".", "", "a\\0b"])
def test_files_are_those_of_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "outside.txt").write_text("outside")
    root = tmp_path / "root"
    (root / "sub").mkdir(parents=True)
    (root / "a.shtml").write_text(f'<!--#include file="{name}" -->')
    assert site(ON, root=root).get("/a.shtml").text == WRONG


def test_recursion_is_bounded(tmp_path: Path) -> None:
    (tmp_path / "a.shtml").write_text('a<!--#include virtual="b.shtml" -->')
    (tmp_path / "b.shtml").write_text('b<!--#include virtual="a.shtml" -->')
    text = site(ON, root=tmp_path).get("/a.shtml").text
    assert text.startswith("abab")
    assert text.endswith(WRONG)
    assert len(text) < 200


@pytest.mark.parametrize("path", ["/sub/a.shtml", "/sub/a.shtml/b/c", "/sub/a.shtml//b//c", "//sub//a.shtml//b"])
@pytest.mark.parametrize("merge", ["On", "Off"])
def test_uris_are_relative_to_the_page(tmp_path: Path, path: str, merge: str) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.shtml").write_text('[<!--#include virtual="part.html" -->]')
    (tmp_path / "sub" / "part.html").write_text("part")
    app = site(f"MergeSlashes {merge}\n{ON}AcceptPathInfo On\n", root=tmp_path)
    assert app.get("/", extra_environ={"PATH_INFO": path, "RAW_URI": path}).text == "[part]"


def test_a_page_of_many_includes(tmp_path: Path) -> None:
    (tmp_path / "part.html").write_text("x" * 1000)
    (tmp_path / "a.shtml").write_text('<!--#include virtual="part.html" -->' * 300)
    assert site(ON, root=tmp_path).get("/a.shtml").text == "x" * 300_000


def test_head_of_a_page(root: Path) -> None:
    answer = site(ON, root=root).get("/page.shtml")
    assert "ETag" not in answer.headers
    assert "Last-Modified" not in answer.headers
    assert int(answer.headers["Content-Length"]) == len(answer.body)


@pytest.mark.parametrize("named", ["AddOutputFilter INCLUDES .shtml", "SetOutputFilter INCLUDES", "XBitHack On"])
def test_a_page_is_never_not_modified(tmp_path: Path, named: str) -> None:
    (tmp_path / "a.shtml").write_text('a<!--#echo var="DOCUMENT_NAME" -->')
    (tmp_path / "a.shtml").chmod(0o755)
    app = site(f"Options Includes\nAddType text/html .shtml\n{named}\n", root=tmp_path)
    since = {"If-Modified-Since": "Sat, 03 Feb 2035 04:05:06 GMT", "If-None-Match": "*"}
    for _ in range(3):
        assert app.get("/a.shtml", headers=since).text == "aa.shtml"


# who adds INCLUDES, in which phase -> whether the page is one that changes with what it includes
ADDED = {
    "a fixup handler": ("PythonFixupHandler adding", "/a.html", True),
    "a fixup handler, for a variant": ("PythonFixupHandler adding", "/a", True),
    "a fixup handler, where the group may run it": ("PythonFixupHandler adding\nXBitHack Full", "/run.html", False),
    "a fixup handler, for such a variant": ("PythonFixupHandler adding\nXBitHack Full", "/run", False),
    "an access handler, for such a variant": ("PythonAccessHandler adding\nXBitHack Full", "/run", False),
    "an extension, for such a variant": ("AddOutputFilter INCLUDES .html\nXBitHack Full", "/run", False),
    "nobody": ("XBitHack Off", "/a", False),
    "the handler itself": ("SetHandler mod_python\nPythonHandler adding", "/a.html", False),
}


@pytest.mark.parametrize("by", ADDED)
def test_conditions_of_a_page_are_asked_as_all_of_its_filters_say(tmp_path: Path, by: str) -> None:
    conf, target, changes = ADDED[by]
    for name, mode in (("a", 0o644), ("run", 0o654)):
        (tmp_path / f"{name}.html").write_text('a<!--#echo var="DOCUMENT_NAME" -->')
        (tmp_path / f"{name}.html").chmod(mode)
    (tmp_path / "adding.py").write_text(
        "def fixuphandler(req):\n    req.add_output_filter('INCLUDES')\n    return 0\n"
        "accesshandler = fixuphandler\n"
        "def handler(req):\n    return fixuphandler(req) or req.meets_conditions() or req.write('a')\n"
    )
    app = site(f"Options Includes MultiViews\n{conf}\n", root=tmp_path)
    for _ in range(2):
        assert app.get(target, headers={"If-None-Match": "*"}).status_int == (200 if changes else 304)
        assert app.get(target, headers={"If-Match": '"x"'}, status="*").status_int == (200 if changes else 412)


def test_an_internal_redirect_within_a_page(tmp_path: Path) -> None:
    """Its answer is the part of the page, errors as well, and the head of the page is sent once."""
    (tmp_path / "a.shtml").write_text(
        '[<!--#include virtual="go.py?part.html" -->|<!--#include virtual="go.py?absent" -->]'
    )
    (tmp_path / "part.html").write_text("part")
    (tmp_path / "go.py").write_text(
        "def handler(req):\n    req.write('lost', 0)\n    req.internal_redirect('/' + req.args)\n    return 0\n"
    )
    conf = f'{ON}<Files "*.py">\nSetHandler mod_python\nPythonHandler go\n</Files>'
    answer = site(conf, root=tmp_path).get("/a.shtml")
    assert answer.status_int == 200
    assert answer.text.startswith("[part|<!DOCTYPE HTML")
    assert "<h1>Not Found</h1>" in answer.text
    assert answer.text.endswith("]")


# -- programs ---------------------------------------------------------------------------------------------------------


def page_of(tmp_path: Path, text: str, conf: str = "") -> Any:
    (tmp_path / "a.shtml").write_text(text)
    return site(ON + conf, root=tmp_path).get("/a.shtml")


def test_command(tmp_path: Path) -> None:
    text = page_of(tmp_path, '<!--#exec cmd="echo $DOCUMENT_NAME; pwd; cat" -->|').text
    assert text == f"a.shtml\n{tmp_path.resolve()}\n|"


def test_command_that_fails_or_is_not_there(tmp_path: Path) -> None:
    assert page_of(tmp_path, '<!--#exec cmd="exit 3" -->|<!--#exec cmd="nothing-there" -->|').text == "||"


def test_command_is_not_run_without_the_option(tmp_path: Path) -> None:
    (tmp_path / "a.shtml").write_text(f'<!--#exec cmd="touch {tmp_path}/made" --><!--#python exec="1 / 0" -->')
    answer = site(ON.replace("Includes", "IncludesNOEXEC"), root=tmp_path).get("/a.shtml")
    assert answer.text == WRONG * 2
    assert not (tmp_path / "made").exists()


def test_command_is_not_run_where_nothing_is_shown(tmp_path: Path) -> None:
    page_of(tmp_path, f'<!--#if expr="false" --><!--#exec cmd="touch {tmp_path}/made" --><!--#endif -->')
    assert not (tmp_path / "made").exists()


def test_command_is_bounded_in_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "MAX_OUTPUT", 1000)
    text = page_of(tmp_path, '<!--#exec cmd="while :; do echo 0123456789; done" -->|').text
    assert text.endswith(f"{WRONG}|")
    assert len(text) <= 1000 + len(WRONG) + 1


class Clock:
    """A clock that a deadline has passed on, as soon as a program runs."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        self.now += 100.0
        return self.now


def test_command_is_bounded_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "time", Clock())
    started: list[subprocess.Popen[bytes]] = []
    plain = subprocess.Popen

    def popen(*args: Any, **kept: Any) -> Any:
        started.append(plain(*args, **kept))
        return started[-1]

    monkeypatch.setattr(programs.subprocess, "Popen", popen)
    text = page_of(tmp_path, '<!--#exec cmd="sleep 600 & sleep 600" -->|').text
    assert text == f"{WRONG}|"
    assert started[0].returncode is not None  # it was ended, and nothing is left of it


LEFT = {
    "in the background": "echo a; sleep 600 >/dev/null & echo $! >pid",
    "and complaining": "echo a; sh -c 'while echo x; do :; done' >&2 2>&2 >/dev/null & echo $! >pid",
}


@pytest.mark.parametrize("how", LEFT)
def test_what_a_command_leaves_in_the_background_is_not_waited_for(tmp_path: Path, how: str) -> None:
    begun = time.monotonic()
    try:
        assert page_of(tmp_path, f'<!--#exec cmd="{LEFT[how]}" -->|').text == "a\n|"
        assert time.monotonic() - begun < 20
        os.kill(int((tmp_path / "pid").read_text()), 0)  # it goes on
    finally:
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)


def test_a_command_without_an_output_is_ended(tmp_path: Path) -> None:
    begun = time.monotonic()
    text = page_of(tmp_path, '<!--#exec cmd="echo a; echo $$ >pid; exec sleep 600 >/dev/null 2>/dev/null" -->|').text
    assert text == "a\n|"
    assert time.monotonic() - begun < 20
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


# -- Python -----------------------------------------------------------------------------------------------------------


def test_names_last_as_long_as_the_request(tmp_path: Path) -> None:
    (tmp_path / "a.shtml").write_text(
        '<!--#python exec="n = n + 1 if \'n\' in globals() else 1" --><!--#python eval="n" -->'
    )
    app = site(ON, root=tmp_path)
    assert [app.get("/a.shtml").text for _ in range(3)] == ["1", "1", "1"]


def test_modules_of_the_site(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "ours.py").write_text("def hello(name):\n    return f'hello {name}'\n")
    conf = f"PythonPath \"['{tmp_path}/lib'] + sys.path\"\n"
    text = '<!--#python exec="import ours" --><!--#python eval="ours.hello(\'you\')" -->'
    assert page_of(tmp_path, text, conf).text == "hello you"


def test_errors_of_python(tmp_path: Path) -> None:
    text = 'a<!--#python eval="1 / 0" -->b<!--#python eval="2" -->'
    assert page_of(tmp_path, text).text == f"a{WRONG}b2"
    (tmp_path / "a.shtml").write_text(text)
    shown = site(f"{ON}PythonDebug On\n", root=tmp_path).get("/a.shtml", status="*").text
    assert "ZeroDivisionError: division by zero" in shown
    assert "Mod_python error" in shown
    assert shown.endswith("b2")


def test_python_may_end_the_process_no_more(tmp_path: Path) -> None:
    assert page_of(tmp_path, 'a<!--#python exec="raise SystemExit" -->b').text == f"a{WRONG}b"


# -- words ------------------------------------------------------------------------------------------------------------

SUBSTITUTED = {
    "plain": "plain",
    "$a": "A",
    "${a}b": "Ab",
    "$ab": "",
    "$": "$",
    "$$a": "$A",
    "${}": "${}",
    "x${a": "x",
    "\\$a": "$a",
    "\\\\$a": "\\$a",
    "\\a": "\\a",
    "$a-$a": "A-A",
}


@pytest.mark.parametrize(("text", "wanted"), SUBSTITUTED.items())
def test_variables_in_text(text: str, wanted: str) -> None:
    assert words.substituted(text, {"a": "A"}.get) == wanted


def test_what_is_not_there_may_keep_its_name() -> None:
    assert words.substituted("$a ${b} $c", {"a": "A"}.get, keep=True) == "A ${b} $c"


@given(st.text(max_size=30))
def test_codings_and_back(text: str) -> None:
    text = text.replace("\0", "").encode("utf-8", "ignore").decode()
    for coding in ("url", "urlencoded", "base64"):
        assert words.recoded(words.recoded(text, "none", coding), coding, "none") == text


@given(st.text(max_size=30))
def test_no_text_breaks_a_coding(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    for coding in ("url", "urlencoded", "base64", "entity"):
        words.recoded(text, coding, "none")
        words.recoded(text, "none", coding)


@given(st.text(alphabet="tvrueals(){}!&|=<>'\"/$%1 .,~-nmi", max_size=25), st.booleans())
def test_no_expression_breaks_a_page(text: str, old: bool) -> None:
    """What cannot be read is an error of the page, and nothing else."""

    class Page:
        match = None
        req = SimpleNamespace(headers_in={}, headers_out={}, err_headers_out={}, notes={}, useragent_ip="127.0.0.1")

        def variable(self, name: str) -> str | None:
            return None

    with contextlib.suppress(ValueError):
        (legacy if old else expression).read(text, "a page")(Page())  # type: ignore[arg-type]


@pytest.mark.parametrize("legacy_on", [False, True], ids=["httpd 2.4", "legacy"])
def test_a_condition_is_read_once_unless_it_is_long(legacy_on: bool) -> None:
    page: Any = SimpleNamespace(legacy=legacy_on, place="a page", match=None, variable=lambda name: None)
    plain, long = "'a' = 'a'", f"'a' = '{'a' * conditions.MAX_KEPT}'"
    before = conditions._kept.cache_info()
    judged = [conditions.holds(text, page) for text in (plain, plain, long, long)]
    after = conditions._kept.cache_info()
    assert judged == [True, True, False, False]
    assert (after.misses - before.misses, after.hits - before.hits) == (1, 1)


def test_every_element_is_one_of_httpds() -> None:
    known = "comment config echo elif else endif exec flastmod fsize if include printenv python set"
    assert " ".join(sorted(elements._ELEMENTS)) == known


@pytest.mark.parametrize("condition", ["v('a') =~ /(é.+)/", "$a = /(é.+)/"])
def test_what_a_pattern_has_matched_is_text(tmp_path: Path, condition: str) -> None:
    legacy_on = "SSILegacyExprParser On\n" if "$a" in condition else ""
    page = f'<!--#set var="a" value="céà" --><!--#if expr="{condition}" --><!--#echo var="1" --><!--#endif -->'
    (tmp_path / "page.shtml").write_text(page, "utf-8")
    assert site(ON + legacy_on, root=tmp_path).get("/page.shtml").body == "éà".encode()


@pytest.mark.parametrize(
    ("legacy_on", "condition"),
    [
        ("", "(" * 5000 + "1"),
        ("", "-z " + "tolower(" * 2000 + "'a'" + ")" * 2000),
        ("SSILegacyExprParser On\n", "a && " * 20_000 + "a"),
    ],
    ids=["brackets", "functions", "and"],
)
def test_a_condition_that_is_too_deep_is_an_error_of_the_element(
    tmp_path: Path, legacy_on: str, condition: str
) -> None:
    (tmp_path / "page.shtml").write_text(f'A<!--#if expr="{condition}" -->B<!--#endif -->C')
    assert site(ON + legacy_on, root=tmp_path).get("/page.shtml").text == f"A{WRONG}C"


# -- variables of a page, which are there once somebody looks ----------------------------------------------------------

LATE = {
    "changed by the page": (
        "",
        "<!--#python exec=\"filter.req.uri = '/other'\" --><!--#echo var='DOCUMENT_URI' -->",
        "/page.shtml",
    ),
    "set by the page": ("", '<!--#set var="DOCUMENT_NAME" value="mine" --><!--#echo var="DOCUMENT_NAME" -->', "mine"),
    "of another": ("", '<!--#include virtual="inner.shtml?b" -->', "/page.shtml?a page.shtml b"),
    "in a filter behind": ("PythonOutputFilter late::behind B\nSetOutputFilter B", "page", "page/page.shtml"),
    "in a filter before": (
        "RemoveOutputFilter .shtml\nPythonOutputFilter late::before B\nSetOutputFilter B;INCLUDES",
        "x",
        "x/page.shtml",
    ),
}


@pytest.mark.parametrize(("conf", "page", "wanted"), LATE.values(), ids=LATE)
def test_variables_are_those_of_the_page_as_it_began(tmp_path: Path, conf: str, page: str, wanted: str) -> None:
    (tmp_path / "page.shtml").write_text(page)
    inner = '<!--#echo var="REQUEST_URI" --> <!--#echo var="DOCUMENT_NAME" --> <!--#echo var="QUERY_STRING" -->'
    (tmp_path / "inner.shtml").write_text(inner)
    (tmp_path / "late.py").write_text(
        "def behind(filter):\n"
        "    data = filter.read()\n"
        "    while data:\n"
        "        filter.req.uri = '/other'\n"
        "        filter.write(data + filter.req.subprocess_env['DOCUMENT_URI'].encode())\n"
        "        data = filter.read()\n"
        "    if data is None:\n"
        "        filter.close()\n"
        "def before(filter):\n"
        "    filter.write(filter.read())\n"
        "    filter.flush()\n"
        "    filter.req.uri = '/other'\n"
        "    filter.write(b'<!--#echo var=\"DOCUMENT_URI\" -->')\n"
        "    filter.close()\n"
    )
    assert site(f"{ON}{conf}", root=tmp_path).get("/page.shtml?a").text == wanted


def test_handlers_behind_a_page_find_its_variables(tmp_path: Path) -> None:
    (tmp_path / "page.shtml").write_text("no element")
    (tmp_path / "behind.py").write_text(
        "from pathlib import Path\n"
        "def loghandler(req):\n"
        "    req.uri = '/other'\n"
        "    Path(req.filename).with_name('told').write_text(req.subprocess_env['DOCUMENT_URI'])\n"
        "    return 0\n"
    )
    assert site(f"{ON}PythonLogHandler behind", root=tmp_path).get("/page.shtml").text == "no element"
    assert (tmp_path / "told").read_text() == "/page.shtml"
