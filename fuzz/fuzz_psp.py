"""Fuzzes the parser of PSP: a page is one program, whatever it is; and what Python says of it is in a line of the page.

Run all targets with `python -m fuzz`. This one alone: python -m fuzz.engine psp fuzz/corpus/psp
"""

from __future__ import annotations

import ast
import time
import warnings

from modpy_wsgi.psp import shown
from modpy_wsgi.psp.backslashes import mended
from modpy_wsgi.psp.compiling import compile_program
from modpy_wsgi.psp.grammar import IncludeError, parse
from modpy_wsgi.psp.program import Program, Source

LONGEST = 1.0  # seconds of this process that one page may take
SPLIT = b"\xff\xfe"  # between the page and what it includes, as "a", "b" ...
OPENING = 'req.write("""'


def program_of(page: str, included: list[str], literal_text: bool) -> Program | None:
    """The program; None if it includes too much, or what is not there."""
    names = {chr(ord("a") + number): text for number, text in enumerate(included)}

    def include(name: str) -> Source:
        if name not in names:
            raise FileNotFoundError(name)
        return Source(name, names[name])

    try:
        return parse(Source("page", page), include, literal_text=literal_text)
    except (IncludeError, FileNotFoundError):
        return None


def value_of(text: str) -> str | None:
    """What Python makes of a program, without places; None if it can make nothing of it."""
    try:
        return ast.dump(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def check_pieces(program: Program, literal_text: bool) -> None:
    """Hold that what of the page stands in the program stands in the page at the place that is given for it."""
    text = program.text
    for offset in range(0, len(text), max(1, len(text) // 50)):
        if not program.is_own(offset):
            continue
        place = program.place(offset)
        assert place is not None
        source = program.sources[place.source]
        at = source.line_starts[place.line - 1] + place.column
        assert at <= len(source.text), (offset, place)
        character = text[offset]
        if not literal_text and character not in '\\"\nnrt':  # which may be part of what is written otherwise
            assert source.text[at] == character, (offset, place)


def check(data: bytes) -> None:
    """Take a page apart from what it includes, and make a program of it. Raises AssertionError for what must not be."""
    if not data:
        return
    literal_text = bool(data[0] & 1)
    page, *included = (part.decode("utf-8", "surrogateescape") for part in data[1:].split(SPLIT)[:8])
    start = time.process_time()
    program = program_of(page, included, literal_text)
    if program is None:
        return
    text = program.text
    again = program_of(page, included, literal_text)
    assert again is not None and again.text == text
    assert text.startswith(OPENING) if page else text == ""
    check_pieces(program, literal_text)
    shown.table("page", program)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Python, about backslashes; "error" would be remembered for the next
        whole = text.partition("\0")[0]
        wanted = value_of(whole)
        if wanted is not None:  # then backslashes mean the same, mended
            assert value_of(mended(program, len(whole)).text) == wanted
        try:
            compiled = compile_program(program, "page")
        except SyntaxError as error:
            lines = {source.name: len(source.line_starts) for source in program.sources}
            assert error.filename in lines and error.lineno is not None, error
            assert 0 < error.lineno <= lines[error.filename], (error.lineno, error.filename)
        except (RecursionError, MemoryError, OverflowError, ValueError):
            pass  # too deep for Python
        else:
            last = sum(len(source.line_starts) + 1 for source in program.sources)
            assert all(0 <= line <= last for _, _, line in compiled.code.co_lines() if line is not None)

    if not included and "<%" not in page and "\\" not in page and not literal_text and "\0" not in page:
        written: list[str] = []
        exec(compiled.code, {"req": type("R", (), {"write": lambda self, each, flush: written.append(each)})()})  # noqa: S102
        lines = page.replace("\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")  # by the parser, then by Python
        assert "".join(written) == lines
    taken = time.process_time() - start
    assert taken < LONGEST, f"{taken:.1f} s"
