"""Text of a configuration file into logical lines and words, by the rules of httpd's own reader.

Law: nothing here knows a directive. Observed on httpd 2.4 and its documentation ("Syntax of the Configuration Files"):
a backslash at the very end of a line continues it, comments included; a word may stand in single or double quotes, in
which the quote and the backslash are escaped by a backslash; outside of quotes only a doubled backslash is an escape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from modpy_wsgi.errors import ConfigError

__all__ = ["MAX_HTACCESS_LINE", "MAX_LINE", "decode", "expand", "logical_lines", "name_and_rest", "quote", "words"]

MAX_LINE = 16 * 1024 * 1024  # httpd's own limit for a line of the server configuration, in bytes with its end
MAX_HTACCESS_LINE = 8192  # and for .htaccess, which less trusted people write

# C's isspace in the C locale; Python's notion of space has more members.
SPACE = " \t\n\v\f\r"
_WORD = re.compile(r"""[ \t\n\v\f\r]*(?:"((?:\\["\\]|[^"])*)"?|'((?:\\['\\]|[^'])*)'?|([^ \t\n\v\f\r]+))""", re.DOTALL)
_SPECIAL = re.compile(r"""["'\\]""")
_PLAIN_WORD = re.compile(r"[^ \t\n\v\f\r]+")
_PLAIN_NAME = re.compile(r"""([^"' \t\n\v\f\r\\][^ \t\n\v\f\r\\]*)[ \t\n\v\f\r]*""")
_ESCAPE = {
    '"': re.compile(r'\\(["\\])'),
    "'": re.compile(r"\\(['\\])"),
    "": re.compile(r"\\(\\)"),
}


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, other bytes kept as surrogates."""
    return data.decode("utf-8", "surrogateescape")


def logical_lines(text: str, file: str, limit: int = MAX_LINE) -> Iterator[tuple[int, str]]:
    """Yields (number of the first physical line, stripped text) of each line that is neither empty nor a comment.

    Raises ConfigError for a line longer than `limit`, for a NUL, and for a byte order mark.
    """
    if text.startswith("\ufeff"):
        raise ConfigError(
            "the file begins with a byte order mark, which httpd takes for a part of the first name", file, 1
        )
    nul = text.find("\0")
    if nul >= 0:
        # httpd would silently end the line here, and what the administrator reads is not what would hold.
        raise ConfigError("a NUL byte in the file", file, text.count("\n", 0, nul) + 1)
    physical = text.split("\n")
    last = len(physical) - 1
    number = 0
    while number <= last:
        start = number
        line = physical[number]
        # Nothing follows a backslash at the end of the file: it stays.
        if number < last and line.removesuffix("\r").endswith("\\"):
            line, number = _continued(physical, number, limit)
        # httpd counts bytes, and what ended the line.
        if 4 * len(line) >= limit and _bytes(line) + (number < last) > limit:
            raise ConfigError(f"line longer than {limit - 1} bytes", file, start + 1)
        number += 1
        line = line.strip(SPACE)
        if line and line[0] != "#":
            yield start + 1, line


def _continued(physical: list[str], number: int, limit: int) -> tuple[str, int]:
    """The line that begins at `number` and goes on, up to about `limit`, and the number of its last part."""
    last = len(physical) - 1
    letters: list[str] = []
    while True:
        letters += physical[number]
        end = len(letters) - (letters[-1:] == ["\r"])
        # httpd looks at what it has so far: of two backslashes the second goes, and the first then counts as well.
        if number == last or letters[end - 1 : end] != ["\\"] or end > limit:
            return "".join(letters), number
        del letters[end - 1 :]
        number += 1


def _bytes(line: str) -> int:
    return len(line) if line.isascii() else len(line.encode("utf-8", "replace"))  # a byte for each surrogate


def name_and_rest(line: str) -> tuple[str, str]:
    """The first word of a logical line, and the text after it."""
    match = _PLAIN_NAME.match(line)
    if match is None or line[match.end(1) : match.end(1) + 1] == "\\":
        match = _WORD.match(line)
        if match is None:
            return "", ""
        return _word(match), line[match.end() :].lstrip(SPACE)
    return match[1], line[match.end() :]


def words(text: str) -> list[str]:
    """Splits the arguments of a directive into words (httpd's ap_getword_conf). A missing closing quote is forgiven."""
    if _SPECIAL.search(text) is None:
        return _PLAIN_WORD.findall(text)
    return [_word(match) for match in _WORD.finditer(text)]


def _word(match: re.Match[str]) -> str:
    index = match.lastindex
    # A quoted word may be empty; the group has matched all the same.
    word: str = match[index or 0]
    if "\\" in word:
        mark = "" if index == 3 else ('"' if index == 1 else "'")
        word = _ESCAPE[mark].sub(r"\1", word)
    return word


def quote(word: str) -> str:
    """The word as it has to be written in a line, so that `words` gives it back. No line break or NUL can be."""
    escaped = word.replace("\\", "\\\\")
    # A backslash at the end of a line would continue it, escaped or not.
    if word and not any(c in SPACE for c in word) and word[0] not in "\"'" and word[-1] != "\\":
        return escaped
    return '"' + escaped.replace('"', '\\"') + '"'


def expand(text: str, values: Mapping[str, str], undefined: Callable[[str], None]) -> str:
    """Replaces each ${NAME} by its value; a name without one stays as written, and `undefined` is told of it."""
    out: list[str] = []
    at = 0
    while (start := text.find("${", at)) >= 0 and (end := text.find("}", start)) >= 0:
        name = text[start + 2 : end]
        found = values.get(name)
        if found is None:
            undefined(name)
            found = text[start : end + 1]
        out += (text[at:start], found)
        at = end + 1
    return "".join(out) + text[at:]
