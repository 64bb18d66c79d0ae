"""From a page to code: the same program as the original's, the same values, the page's own lines."""

from __future__ import annotations

import ast
import os
import random
import sys
import traceback
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mod_python import _psp, psp
from modpy_wsgi.psp import grammar
from modpy_wsgi.psp.backslashes import mended
from modpy_wsgi.psp.compiling import Page, compile_file, compile_string, program_of_string
from modpy_wsgi.psp.tracebacks import by_source
from tests.oracle import psp_pages


class Written:
    """Stands for a request: what a page writes to it."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str, flush: int = 1) -> None:
        assert type(text) is str and flush == 0
        self.text += text


def run(code: types.CodeType | str, **names: Any) -> str:
    """What a page writes, and the error that it ends with."""
    req = Written()
    try:
        exec(code, {"req": req, **names})
    except Exception as error:
        return f"{req.text}[{type(error).__name__}]"
    return req.text


def test_what_the_manual_shows() -> None:
    page = '<html>\n<%\nimport time\n%>\nHello world, the time is: <%=time.strftime("%Y-%m-%d, %H:%M:%S")%>\n</html>\n'
    assert psp.parsestring(page) == (
        'req.write("""<html>\n""",0);\nimport time\nreq.write("""\nHello world, the time is: """,0); '
        'req.write(str(time.strftime("%Y-%m-%d, %H:%M:%S")),0); req.write("""\n</html>\n""",0)\n'
    )
    assert psp.parsestring is not _psp.parse and _psp.parsestring(page) == psp.parsestring(page.encode())


# ---- the values


def random_pages(count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return [psp_pages.without_includes(psp_pages.page(chance, 16)) for _ in range(count)]


RUNNABLE = (
    "text",
    "\\d",
    "\\x41",
    "\\",
    "\\\\",
    "\\n",
    "\\u00e9",
    "\\400",
    "\n",
    "\r\n",
    '"',
    "'",
    "é",
    "<%= 1 %>",
    "\\'",
)


def texts(count: int, seed: int) -> list[str]:
    """Pages that mostly can be run: text with backslashes, and expressions."""
    chance = random.Random(seed)
    return ["".join(chance.choices(RUNNABLE, k=chance.randint(0, 9))) for _ in range(count)]


def tree(code: str) -> str | None:
    try:
        return ast.dump(ast.parse(code))
    except SyntaxError:
        return None


@pytest.mark.parametrize("pages", [random_pages(400, 5), texts(1500, 6)], ids=["random", "texts"])
def test_mended_backslashes_mean_the_same(pages: list[str]) -> None:
    compared = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Python, about the backslashes as they were
        for page in pages:
            program, _ = program_of_string(page)
            wanted = tree(program.text)
            if wanted is not None:
                compared += 1
                assert tree(mended(program, len(program.text)).text) == wanted, page
                assert run(compile_string(page, "/").code) == run(program.text), page
    assert compared > 50


@pytest.mark.parametrize("page", texts(300, 7))
def test_python_has_nothing_to_warn_of(page: str) -> None:
    try:
        compile_string(page, "/")  # warnings are errors
    except SyntaxError:
        assert tree(psp.parsestring(page)) is None


TEXTS = {
    "escape": (r"\x41\101\t", r"A" + "A" + r"\t"),
    "no escape": (r"\d \. \w", r"\d \. \w"),
    "unicode": (r"\u00e9 \U0001F600 \N{BULLET}", "é \U0001f600 •"),
    "broken unicode": (r"C:\users\Uwe\Nothing \N{no such name} \u12", r"C:\users\Uwe\Nothing \N{no such name} \u12"),
    "beyond unicode": (r"\U00110000 \UFFFFFFFF", r"\U00110000 \UFFFFFFFF"),
    "large octal": (r"\400\777", "\u0100\u01ff"),
    "two": (r"\\d \\\d", r"\d \\d"),
    "line end": ("a\\\nb", "ab"),
    "mac line end": ("a\\\rb", "ab"),
    "quote": ('\\""', '\\""'),
    "quote at the end": ('\\"', None),
    "at the end": ("a\\", None),
    "broken": (r"\x4", None),
}


@pytest.mark.parametrize("name", TEXTS)
def test_backslashes_in_text(name: str) -> None:
    page, wanted = TEXTS[name]
    if wanted is None:
        with pytest.raises(SyntaxError):
            compile_string(page, "/")
    else:
        assert run(compile_string(page, "/").code) == wanted


LITERAL = ("\\", "\\x41", "\\x", '"', '"""', "\r", "\r\n", "\n", "\0", "é", "text", "\\N{x", "\udcff", "\u2028", "%")


def test_literal_text_is_sent_as_it_stands() -> None:
    chance = random.Random(8)
    for _ in range(500):
        before, after = ("".join(chance.choices(LITERAL, k=chance.randint(0, 6))) for _ in range(2))
        page = f"{before}<%= 1 %>{after}"
        assert run(compile_string(page, "/", literal_text=True).code) == f"{before}1{after}", page


BYTES = {
    "text": (b"caf\xe9", b"caf\xe9"),
    "literal": (b"<%= 'caf\xe9' %>", b"caf\xe9"),
    "f-string": (b"<%= f'{1}\xe9' %>", b"1\xe9"),
    "both": ("é".encode() + b"\xe9<%= '\xff\xc3\xa9' %>", "é".encode() + b"\xe9\xff\xc3\xa9"),
    "in a comment": (b"<%\n# \xe9\n%>a", b"a"),
    "private characters": ("\U0010ffe9".encode() + b"\xe9", "\U0010ffe9".encode() + b"\xe9"),
    "coding cookie": (b"<%\n# -*- coding: latin-1 -*-\n%>\xe9\xc3\xa9", b"\xe9\xc3\xa9"),
}


@pytest.mark.parametrize("name", BYTES)
def test_bytes_that_are_no_utf8(name: str) -> None:
    page, wanted = BYTES[name]
    for literal in (False, True):
        assert run(compile_string(page, "/", literal_text=literal).code).encode("utf-8", "surrogateescape") == wanted


def test_nul() -> None:
    assert run(compile_string("a\0b", "/").code) == "a"  # a string ends there
    assert run(compile_string(b"<% x = 1\n\0nonsense", "/").code) == ""


# ---- the lines

# A page, and the line and column of its error. Columns are those that all versions of Python agree on, else None.
ERRORS: dict[str, tuple[str, int, int | None]] = {
    "expression": ("<html>\n<%= 1 + %>\n", 2, 9),
    "block in one line": ("<% if x: %>T<% else: %>", 1, None),
    "unclosed": ("a\n\n<% x = (1 %>", 3, None),
    "return": ("a\n  <% return 1 %>", 2, 6),
    "behind a comment": ("<%-- a\nb\nc --%>\n<% x = %>", 4, 8),
    "behind directives": ("<%@\n\n%><%@\n%>x <%= 1 + %>", 4, 13),
    "behind wide characters": ("éé€ <%= 'é' + %>", 1, 15),
    "indentation": ("<%\nif 1:\n    a = 1\n  b = 2\n%>", 4, None),
    "text": ("one\ntwo \\xg\n", 2, 5),
    "text before a tag": ("one\ntwo\\<%= 1 %>", 2, 4),
    "mac lines": ("a\r<%= 1 + %>", 2, 9),
    "windows lines": ("a\r\n<%= 1 + %>", 2, 9),
}


@pytest.mark.parametrize("name", ERRORS)
def test_syntax_errors_have_the_pages_line_with_a_caret(name: str) -> None:
    page, number, column = ERRORS[name]
    with pytest.raises(SyntaxError) as caught:
        compile_string(page, "/")
    place, text, caret, *_ = traceback.format_exception_only(caught.value)
    assert place == f'  File "__psp__", line {number}\n'
    assert text.strip() == page.splitlines()[number - 1].strip()
    assert caret.strip().strip("^") == ""
    assert column is None or caught.value.offset == column


def test_lines_that_a_message_names_are_the_pages() -> None:
    with pytest.raises(IndentationError) as caught:
        compile_string("<%-- a\nb\n--%>\n<%\nif 1:\nx = 1\n%>", "/")
    assert "on line 5" in caught.value.msg
    assert (caught.value.lineno, caught.value.text) == (6, "x = 1\n")


def lines_of(code: types.CodeType, page: Page, names: dict[str, Any]) -> list[str]:
    """The frames of a page's error: file, line, function."""
    try:
        exec(code, {"req": Written(), **names})
    except Exception as error:
        assert error.__traceback__ is not None
        found = traceback.extract_tb(by_source(error.__traceback__, page))[1:]
        return [f"{os.path.basename(each.filename)}:{each.lineno} {each.name}: {each.line}" for each in found]
    return []


FILES = {
    "page.psp": "<%-- a\ncomment --%>\n<%\ndef f():\n    return 1 / 0\n# end\n%>text\n<%= f() %>",
    "including.psp": '<%@ include file="functions.html" %>\n<%-- \n --%><%@ include file="empty.html" %>\nx <%= g() %>',
    "functions.html": "one\n<%\ndef g():\n    return {}['key']\n# end\n%>\n",
    "empty.html": "",
    "inner.psp": 'a\nb\n<%@ include file="outer.html" %>\nc',
    "outer.html": '1\n2\n3 <%@ include file="failing.html" %>\n4',
    "failing.html": "<% x = 1\n%>\n\n<%= nothing %>",
    "after.psp": '<%@ include file="many.html" %>\n\n<%= nothing %>',
    "many.html": "1\n2\n3\n4\n5\n6\n",
    "twice.psp": '<%@ include file="failing.html" %>',
}
FRAMES = {
    "page.psp": ["page.psp:8 <module>: <%= f() %>", "page.psp:5 f: return 1 / 0"],
    "including.psp": ["including.psp:4 <module>: x <%= g() %>", "functions.html:4 g: return {}['key']"],
    "inner.psp": ["failing.html:4 <module>: <%= nothing %>"],
    "after.psp": ["after.psp:3 <module>: <%= nothing %>"],
    "twice.psp": ["failing.html:4 <module>: <%= nothing %>"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize("name", FRAMES)
def test_tracebacks_name_the_file_and_line_of_the_page(folder: Path, name: str) -> None:
    page = compile_file(str(folder / name))
    assert lines_of(page.code, page, {}) == FRAMES[name]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="tracebacks of Python 3.10 have no marks")
def test_marks_in_tracebacks_stand_below_the_pages_text(folder: Path) -> None:
    page = compile_file(str(folder / "page.psp"))
    positions = [position for position in page.code.co_positions() if position[0] == 8 and position[2] == 4]
    assert (8, 8, 4, 7) in positions  # f() in <%= f() %>


def test_syntax_errors_in_included_files(folder: Path) -> None:
    (folder / "failing.html").write_text("fine\n<%= 1 + %>")
    with pytest.raises(SyntaxError) as caught:
        compile_file(str(folder / "inner.psp"))
    assert (caught.value.filename, caught.value.lineno) == (str(folder / "failing.html"), 2)
    (folder / "failing.html").write_text("fine\n<% return 5 %>")
    with pytest.raises(SyntaxError) as caught:
        compile_file(str(folder / "inner.psp"))
    assert (caught.value.filename, caught.value.lineno) == (str(folder / "failing.html"), 2)


@pytest.mark.parametrize("seed", range(4))
def test_random_pages_have_lines_of_their_own(seed: int) -> None:
    """Whatever the page: what is compiled, and what cannot be, is in a line of the page."""
    for page in random_pages(150, 100 + seed):
        lines = len(page.splitlines()) + 2
        try:
            code = compile_string(page, "/").code
        except SyntaxError as error:
            assert error.lineno is not None and 0 < error.lineno <= lines, page
        else:
            assert all(1 <= line <= lines for _, _, line in code.co_lines() if line), page


# ---- what pages include


def test_includes_are_beside_the_outermost_page(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "page.psp").write_text('<%@ include file="../outer.html" %>')
    (folder / "sub" / "failing.html").write_text("[beside the page]")
    assert run(compile_file(str(folder / "sub" / "page.psp")).code) == "1\n2\n3 [beside the page]\n4"
    (folder / "absolute.psp").write_text(f'a<%@ include file="{folder}/many.html" %>b')
    assert run(compile_file(str(folder / "absolute.psp")).code) == "a1\n2\n3\n4\n5\n6\nb"


REFUSED: dict[str, tuple[Callable[[Path], dict[str, str]], type[Exception], str]] = {
    "itself": (
        lambda folder: {"page.psp": '<%@ include file="page.psp" %>'},
        grammar.IncludeError,
        "more than 32 deep",
    ),
    "one another": (
        lambda folder: {"page.psp": '<%@ include file="b" %>', "b": '<%@ include file="page.psp" %>'},
        grammar.IncludeError,
        "page.psp includes ",
    ),
    "twice in each": (
        lambda folder: {
            "page.psp": '<%@ include file="f0" %>',
            **{f"f{n}": f'<%@ include file="f{n + 1}" %><%@ include file="f{n + 1}" %>' for n in range(20)},
            "f20": "x",
        },
        grammar.IncludeError,
        "more than 1000 files",
    ),
    "nothing": (lambda folder: {"page.psp": '<%@ include file="nothing" %>'}, FileNotFoundError, "nothing"),
    "a folder": (lambda folder: {"page.psp": f'<%@ include file="{folder}" %>'}, IsADirectoryError, "directory"),
    "what has no end": (
        lambda folder: {"page.psp": '<%@ include file="/dev/zero" %>'},
        grammar.IncludeError,
        "no regular",
    ),
    "what is too long": (
        lambda folder: {"page.psp": '<%@ include file="long" %>', "long": "x" * 100_001},
        grammar.IncludeError,
        "longer than 100000",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_includes_that_are_refused(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modpy_wsgi.psp.compiling.MAX_TEXT", 100_000)
    files, kind, message = REFUSED[name]
    for path, text in files(tmp_path).items():
        (tmp_path / path).write_text(text)
    with pytest.raises(kind, match=message):
        compile_file(str(tmp_path / "page.psp"))


def test_all_text_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grammar, "MAX_TEXT", 5000)
    (tmp_path / "big").write_text("x" * 1000)
    (tmp_path / "page.psp").write_text('<%@ include file="big" %>' * 6)
    with pytest.raises(grammar.IncludeError, match="5000 characters"):
        compile_file(str(tmp_path / "page.psp"))


def test_parse_of_the_original(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = 'req.write("""1\n2\n3\n4\n5\n6\n""",0)\n'
    assert psp.parse("many.html", f"{folder}/") == psp.parse(f"{folder}/many.html") == wanted
    monkeypatch.chdir(folder)
    assert psp.parse("many.html") == wanted
    for wrong in (("nothing", f"{folder}/"), ("many.html", str(folder))):
        with pytest.raises(OSError):
            psp.parse(*wrong)
    for no_text in (None, 1, ["a"]):
        with pytest.raises(TypeError):
            psp.parsestring(no_text)  # type: ignore[arg-type]
