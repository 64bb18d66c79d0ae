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

MAX_LINE = 16 * 1024 * 1024  # httpd's own limit for a line of the server configuration, in characters
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
_VARIABLE = re.compile(r"\$\{([^}]*)\}")


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, other bytes kept as surrogates; a byte order mark is dropped."""
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")


def logical_lines(text: str, file: str, limit: int = MAX_LINE) -> Iterator[tuple[int, str]]:
    """Yields (number of the first physical line, stripped text) of each line that is neither empty nor a comment.

    Raises ConfigError for a line longer than `limit`, and for a NUL.
    """
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
        while number < last:
            bare = line[:-1] if line.endswith("\r") else line
            if not bare.endswith("\\"):
                break
            number += 1
            if number == last and not physical[last]:
                line = bare[:-1]
                break
            line = bare[:-1] + physical[number]
            if len(line) > limit:
                break
        if len(line) > limit:
            raise ConfigError(f"line longer than {limit} characters", file, start + 1)
        number += 1
        line = line.strip(SPACE)
        if line and line[0] != "#":
            yield start + 1, line


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

    def value(match: re.Match[str]) -> str:
        found = values.get(match[1])
        if found is None:
            undefined(match[1])
            return match[0]
        return found

    return _VARIABLE.sub(value, text)
