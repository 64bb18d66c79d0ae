r"""The grammar of a page: text, <%= expression %>, <% code %>, <%@ include file="..." %>, <%-- comment --%>.

Law: every page that the original's parser takes becomes the same program, character for character; odd ones, too. What
follows from that, and is relied on:

* Text is the content of a triple-quoted literal. `\n`, `\r`, `\t` and `"` in it are escaped; other backslashes are not.
* Code stands as it is. Behind it text goes on at the indentation of the last line of code that had any character, or
  none if that was the line of the `<%`; one TAB further where a colon is the last thing before the `%>`.
* Comments and directives leave nothing behind, not even their line ends.
* An include is textual: what is open at the end of the included file stays open, and code that is not closed there
  ends the page. A page that ends within code, a comment or a directive ends right there.
* A file is read as it is, and its program ends at a NUL; a string ends at a NUL.

Source: the original's answers to some hundred thousand random pages (tests/oracle/psp_pages.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .program import Program, Source

__all__ = ["MAX_INCLUDES", "MAX_NESTED", "Include", "IncludeError", "parse"]

MAX_NESTED = 32  # files that include one another; the original goes on until no more files can be opened
MAX_INCLUDES = 1000  # in one page: each level may name the next one several times
MAX_TEXT = 16 * 1024 * 1024  # characters of all sources of a page, counted once for each time that they are included

Include = Callable[[str], Source]
"""Reads the file that a directive names. Raises OSError."""

_IN_TEXT = re.compile(r'<%--|<%[=@]?|\\[nrt]|\r?\n|"')
_IN_LITERAL_TEXT = re.compile('<%--|<%[=@]?|\r?\n|[\r"\\\\\0]')
_IN_CODE = re.compile("%>|:|\r\n|\r|\n")
_INDENTATION = re.compile("[\t ]*")
_IN_DIRECTIVE = re.compile(r'include +file ?= ?"[^ ]+"|%>')

_AS_IT_STANDS = {'"': '\\"', "\\n": "\\\\n", "\\r": "\\\\r", "\\t": "\\\\t", "\r\n": "\n", "\n": "\n"}
_LITERALLY = {'"': '\\"', "\\": "\\\\", "\r": "\\r", "\0": "\\x00", "\r\n": "\\r\n", "\n": "\n"}


class IncludeError(ValueError):
    """A page that includes itself, or too much."""


class _Reader:
    """One source and how far it was read."""

    def __init__(self, index: int, source: Source) -> None:
        self.index = index
        self.name = source.name
        self.text = source.text
        self.position = 0


class _Parser:
    def __init__(self, page: Source, include: Include, literal_text: bool) -> None:
        self.program = Program()
        self.include = include
        self.tokens, self.escapes = (_IN_LITERAL_TEXT, _LITERALLY) if literal_text else (_IN_TEXT, _AS_IT_STANDS)
        self.readers: list[_Reader] = []
        self.left = MAX_TEXT
        self.indentation = ""
        self.expression = False  # the code is that of <%= %>
        self.after_colon = False  # also across line ends, and from one piece of code to the next
        self.line_seen = False  # the code has had a line end since the last <%
        self._open(page)

    def _open(self, source: Source) -> None:
        self.left -= len(source.text)
        if self.left < 0:
            raise IncludeError(
                f"{source.name}: the page is longer than {MAX_TEXT} characters with all that it includes"
            )
        if len(self.program.sources) > MAX_INCLUDES:
            raise IncludeError(f"{source.name}: the page includes more than {MAX_INCLUDES} files")
        self.readers.append(_Reader(len(self.program.sources), source))
        self.program.sources.append(source)

    def parse(self) -> Program:
        if self.readers[0].text:
            self._begin_text('req.write("""')
            state: Callable[[], object] = self._text
            while state is not None:
                state = state()  # type: ignore[assignment]
        return self.program

    def _begin_text(self, opening: str) -> None:
        self.program.add(opening)
        self.program.open_literal()

    def _end_text(self, closing: str) -> None:
        self.program.close_literal()
        self.program.add(closing)

    def _text(self) -> Callable[[], object] | None:
        reader, program = self.readers[-1], self.program
        text, index = reader.text, reader.index
        position = reader.position
        for found in self.tokens.finditer(text, position):
            program.take(text[position : found.start()], index, position)
            mark = found.group()
            reader.position = position = found.end()
            if mark in self.escapes:
                program.take(self.escapes[mark], index, found.start(), len(mark))
            elif mark == "<%@":
                return self._directive
            elif mark == "<%--":
                return self._comment
            elif mark == "<%=":
                self._end_text('""",0); req.write(str(')
                self.expression = True
                return self._code
            else:
                self._end_text('""",0);')
                self.indentation = ""
                self.line_seen = False
                return self._code
        program.take(text[position:], index, position)
        self.readers.pop()
        if self.readers:
            return self._directive
        self._end_text('""",0)\n')
        return None

    def _code(self) -> Callable[[], object] | None:
        reader, program = self.readers[-1], self.program
        text, index = reader.text, reader.index
        position = reader.position
        while True:
            found = _IN_CODE.search(text, position)
            end = len(text) if found is None else found.start()
            if end > position:
                program.take(text[position:end], index, position)
                self.after_colon = False
            if found is None:
                return None
            mark = found.group()
            position = reader.position = found.end()
            if mark == "%>":
                self._end_code()
                return self._text
            if mark == ":":
                program.take(":", index, end)
                self.after_colon = True
                continue
            program.take("\n", index, end, len(mark))
            self.line_seen = True
            # How the next line is indented. A lone \r begins a line, but not one whose indentation counts.
            width = 0 if mark == "\r" else len(_INDENTATION.match(text, position).group())  # type: ignore[union-attr]
            if width:
                self.indentation = text[position : position + width]
                program.take(self.indentation, index, position)
                position += width
            elif position < len(text) and not text.startswith("%>", position):
                self.indentation = ""

    def _end_code(self) -> None:
        if self.expression:
            self.expression = False
            self._begin_text('),0); req.write("""')
            return
        if not self.line_seen:
            self.program.add(";")
        if self.after_colon:
            self.indentation += "\t"
            self.after_colon = False
        self.program.add(self.indentation)
        self._begin_text('req.write("""')

    def _directive(self) -> Callable[[], object] | None:
        reader = self.readers[-1]
        found = _IN_DIRECTIVE.search(reader.text, reader.position)
        if found is None:
            return None
        reader.position = found.end()
        if found.group() != "%>":
            if len(self.readers) >= MAX_NESTED:
                names = " includes ".join(each.name for each in self.readers[-3:])
                raise IncludeError(f"files include one another more than {MAX_NESTED} deep: {names}")
            self._open(self.include(found.group().split('"')[1]))
        return self._text

    def _comment(self) -> Callable[[], object] | None:
        reader = self.readers[-1]
        end = reader.text.find("--%>", reader.position)
        if end < 0:
            return None
        reader.position = end + 4
        return self._text


def parse(page: Source, include: Include, *, literal_text: bool = False) -> Program:
    """Turn a page into its program.

    `include` reads the files that it names. With `literal_text` the page's text means what it says: every backslash is
    one, and line ends stay what they are. Raises IncludeError, and what `include` raises.
    """
    return _Parser(page, include, literal_text).parse()
