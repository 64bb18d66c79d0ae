"""From a page to code: read, parsed, and compiled with the lines of the page.

Law: bytes that are no UTF-8 are not lost: what a page's text and its literals say is sent as it stands there.
"""

from __future__ import annotations

import ast
import os
import re
import stat
from collections.abc import Callable
from types import CodeType

from ..known_files import KnownFiles, StampedFiles
from ..stamps import Stamp, stamp_of
from .backslashes import mended
from .grammar import MAX_TEXT, IncludeError, parse
from .places import Lines, error_in_page, relocate
from .program import Program, Source

__all__ = [
    "STRING",
    "Page",
    "compile_file",
    "compile_program",
    "compile_string",
    "program_of_file",
    "program_of_string",
]

COSTLY = frozenset({"form", "session", "Session"})
STRING = "__psp__"  # what a page that is no file is called in tracebacks, as in the original

_NO_WAITING = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_LONE = re.compile("[\udc80-\udcff]")


class Page(KnownFiles):
    """A page that is compiled; its own file is the first, if it has one, and those that it includes follow."""

    __slots__ = ("before", "code", "names", "wants")

    def __init__(self, code: CodeType, files: StampedFiles, names: tuple[str, ...], before: tuple[int, ...]) -> None:
        super().__init__(files)
        self.code = code
        self.names = names  # of the sources, in the order of their lines
        self.before = before  # and how many lines come before each
        # Of the names that cost something to provide those that the code has: on its own level, but Session on any.
        self.wants = COSTLY.intersection(code.co_names)
        if _names(code, "Session"):
            self.wants |= {"Session"}


def _names(code: CodeType, name: str) -> bool:
    """Whether the code has a name, in whatever function of it."""
    return name in code.co_names or any(_names(each, name) for each in code.co_consts if isinstance(each, CodeType))


class _Files:
    """Reads files, and remembers how they were."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        self.stamps: dict[str, Stamp] = {}

    def read(self, name: str) -> Source:
        """A file, which a page includes by this name. Raises OSError."""
        return self.read_path(name if name.startswith("/") else self.directory + name)

    def read_path(self, path: str) -> Source:
        """A file by its own path. Raises OSError; IncludeError for what is no file (a FIFO would be waited for)."""
        with open(os.open(path, os.O_RDONLY | _NO_WAITING), "rb") as file:
            seen = os.fstat(file.fileno())
            if not stat.S_ISREG(seen.st_mode):
                raise IncludeError(f"{path}: no regular file")
            content = file.read(MAX_TEXT + 1)
        if len(content) > MAX_TEXT:
            raise IncludeError(f"{path}: longer than {MAX_TEXT} bytes")
        self.stamps[path] = stamp_of(seen)
        return Source(path, content.decode("utf-8", "surrogateescape"))


def program_of_file(path: str, directory: str, *, literal_text: bool = False) -> tuple[Program, StampedFiles]:
    """The program of a page in a file, and the files that it was made of.

    What it includes is looked for in `directory`, which ends in a slash, or is "" for the current one. Raises OSError,
    IncludeError.
    """
    files = _Files(directory)
    program = parse(files.read_path(path), files.read, literal_text=literal_text)
    return program, tuple(files.stamps.items())


def program_of_string(
    text: str | bytes, directory: str = "", *, literal_text: bool = False
) -> tuple[Program, StampedFiles]:
    """The program of a page that is a string, and the files that it includes, which are looked for in `directory`.

    Raises OSError, IncludeError; TypeError for what is no string.
    """
    if isinstance(text, (bytes, bytearray)):
        text = bytes(text).decode("utf-8", "surrogateescape")
    elif not isinstance(text, str):
        raise TypeError(f"a page is str or bytes, not {type(text).__name__}")
    source = Source(STRING, text if literal_text else text.partition("\0")[0])
    files = _Files(directory)
    return parse(source, files.read, literal_text=literal_text), tuple(files.stamps.items())


def compile_file(path: str, *, literal_text: bool = False) -> Page:
    """The page in a file, whose path is absolute. Raises OSError, IncludeError, SyntaxError (with the page's lines)."""
    program, files = program_of_file(path, path.rpartition("/")[0] + "/", literal_text=literal_text)
    return compile_program(program, path, files)


def compile_string(text: str | bytes, directory: str, *, literal_text: bool = False) -> Page:
    """The page that is a string. Raises as compile_file, and TypeError."""
    program, files = program_of_string(text, directory, literal_text=literal_text)
    return compile_program(program, STRING, files)


def compile_program(program: Program, name: str, files: StampedFiles = ()) -> Page:
    """The page of a program. Raises SyntaxError."""
    ready = mended(program, len(program.text.partition("\0")[0]))
    text, back = _without_lone_bytes(ready.text)
    lines = Lines(program.sources)
    try:
        # Not by its name: for the column of an error Python would look into that file, and there is another text.
        tree = ast.parse(text, "<page>")
    except SyntaxError as error:
        raise error_in_page(error, text, program, ready, lines) from None
    if back is not None:
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                node.value = back(node.value)
    relocate(tree, text, program, ready, lines)
    try:
        code = compile(tree, name, "exec", dont_inherit=True)
    except SyntaxError as error:
        raise _in_its_source(error, program, lines) from None
    return Page(code, files, lines.names, tuple(lines.before))


def _in_its_source(error: SyntaxError, program: Program, lines: Lines) -> SyntaxError:
    """An error that the compiler found in the tree, which has the page's lines already."""
    if error.lineno is None:
        return error
    file, number = lines.find(error.lineno)
    source = next(each for each in program.sources if each.name == file)
    offset = error.offset or 1
    end = error.end_offset if error.end_lineno == error.lineno and error.end_offset else offset + 1
    return type(error)(error.msg, (file, number, offset, source.line(number) + "\n", number, end))


def _without_lone_bytes(text: str) -> tuple[str, Callable[[str], str] | None]:
    """The text with a private character for each byte that is no UTF-8, as Python wants it; and the way back."""
    if not _LONE.search(text):
        return text, None
    base = next(base for base in range(0x10FF00, 0xF0000, -0x100) if not _holds(text, base))
    there = {0xDC00 + byte: base + byte for byte in range(0x80, 0x100)}
    back = {private: lone for lone, private in there.items()}
    return text.translate(there), lambda value: value.translate(back)


def _holds(text: str, base: int) -> bool:
    return any(base <= ord(character) < base + 0x100 for character in text)
