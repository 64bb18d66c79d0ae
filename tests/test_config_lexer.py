"""Lines and words of a configuration: tables observed on httpd 2.4, and a second reader, character by character."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modpy_wsgi.config.lexer import decode, expand, logical_lines, name_and_rest, quote, words
from modpy_wsgi.config.load import load_text
from modpy_wsgi.config.parser import Reader
from modpy_wsgi.errors import ConfigError

LINES = {
    "empty": ("", []),
    "blank lines and comments": ("\n  \n# a\n  # b\n", []),
    "stripped": ("  A b \t\n", [(1, "A b")]),
    "no line break at the end": ("A b", [(1, "A b")]),
    "carriage returns": ("A b\r\nC d\r\n", [(1, "A b"), (2, "C d")]),
    "continued": ("A b \\\n  c\nD\n", [(1, "A b   c"), (3, "D")]),
    "continued, carriage returns": ("A b \\\r\n  c\r\nD\r\n", [(1, "A b   c"), (3, "D")]),
    "continued twice": ("A\\\nB\\\nC\nD", [(1, "ABC"), (4, "D")]),
    "a space after the backslash": ("A b\\ \nC\n", [(1, "A b\\"), (2, "C")]),
    "a comment goes on as well": ("# x\\\nA b\nC d\n", [(3, "C d")]),
    "a doubled backslash continues (observed)": ("A x\\\\\n\nB\n", [(1, "A xB")]),
    "an empty continued line": ("\\\nA\n", [(1, "A")]),
    "a backslash as the last character of the file stays": ("A x\\", [(1, "A x\\")]),
    "a backslash before the last line break goes": ("A x\\\n", [(1, "A x")]),
    "no comment in the middle": ("A # b\n", [(1, "A # b")]),
    "only what C calls a space is stripped": ("\xa0A\x1c\n", [(1, "\xa0A\x1c")]),
    "vertical tab and form feed": ("\v\fA b\v\n", [(1, "A b")]),
}


@pytest.mark.parametrize(("text", "wanted"), LINES.values(), ids=LINES)
def test_logical_lines(text: str, wanted: list[tuple[int, str]]) -> None:
    assert list(logical_lines(text, "f")) == wanted


# As recorded for .htaccess, where the limit is 8192.
FITS = {
    "with its end": "x" * 99 + "\n",
    "the last one has none": "x" * 100,
    "a carriage return counts": "x" * 98 + "\r\n",
    "what continues it does not": "x" * 99 + "\\\n\n",
    "put together": "x" * 60 + "\\\n" + "x" * 39 + "\n",
    "in bytes": "\xe9" * 49 + "x\n",
    "other bytes": "x" + "\udce9" * 98 + "\n",
    "spaces count": " " * 98 + "x\n",
}


@pytest.mark.parametrize("text", FITS.values(), ids=FITS)
def test_a_line_as_long_as_may_be(text: str) -> None:
    assert len(list(logical_lines("A\n" + text, "f", limit=100))) == 2
    with pytest.raises(ConfigError, match=r"^f:2: line longer than 99 bytes$"):
        list(logical_lines("A\n" + text.replace("x", "xx", 1), "f", limit=100))


@pytest.mark.parametrize("text", ["A\n" + "x" * 101, "A\n" + "x" * 60 + "\\\n" + "y" * 60 + "\n"])
def test_a_line_may_be_too_long(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^f:2: line longer than 99 bytes$"):
        list(logical_lines(text, "f", limit=100))


WORDS = {
    "none": ("", []),
    "plain": ("a b\tc", ["a", "b", "c"]),
    "double quotes": ('"a b" c', ["a b", "c"]),
    "single quotes": ("'a b' c", ["a b", "c"]),
    "the other quote inside": ('"it\'s" \'say "x"\'', ["it's", 'say "x"']),
    "an escaped quote": (r'"a\"b"', ['a"b']),
    "an escaped backslash": (r'"a\\b"', [r"a\b"]),
    "other escapes stay": (r'"a\n\.b"', [r"a\n\.b"]),
    "a single quote is not escaped in double quotes": (r'"a\'"', [r"a\'"]),
    "outside of quotes only the backslash": (r"a\\b\"c", [r"a\b\"c"]),
    "a quote in the middle is a character": ('a"b c"', ['a"b', 'c"']),
    "words need no space after a quote": ('"a""b"c', ["a", "b", "c"]),
    "an empty word": ('"" a', ["", "a"]),
    "a missing quote": ('"a b', ["a b"]),
    "a missing quote after an escaped one": (r'"a b\"', ['a b"']),
    "a backslash at the end": ('"a\\', ["a\\"]),
    "a regular expression": (r'"^/x/(\d+)\.html$"', [r"^/x/(\d+)\.html$"]),
    "no other space": ("a\xa0b\x85c", ["a\xa0b\x85c"]),
}


@pytest.mark.parametrize(("text", "wanted"), WORDS.values(), ids=WORDS)
def test_words(text: str, wanted: list[str]) -> None:
    assert words(text) == wanted


def one_by_one(text: str) -> list[str]:
    """The same rule, read character by character, without a regular expression."""
    found: list[str] = []
    at = 0
    while True:
        while at < len(text) and text[at] in " \t\n\v\f\r":
            at += 1
        if at >= len(text):
            return found
        mark = text[at] if text[at] in "\"'" else None
        at += mark is not None
        word = ""
        while at < len(text) and (text[at] != mark if mark else text[at] not in " \t\n\v\f\r"):
            if text[at] == "\\" and text[at + 1 : at + 2] and text[at + 1] in ("\\", mark):
                at += 1
            word += text[at]
            at += 1
        at += mark is not None
        found.append(word)


@given(st.text(alphabet="ab \t\"'\\", max_size=30))
def test_words_as_a_second_reader_sees_them(text: str) -> None:
    assert words(text) == one_by_one(text)


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\n\0"), max_size=12), max_size=5))
@example(["back\\"])
def test_what_was_quoted_is_read_back(given_words: list[str]) -> None:
    written = " ".join(map(quote, given_words))
    assert words(written) == given_words
    first, second = logical_lines(f"Name {written}\nNext\n", "f")
    assert (words(name_and_rest(first[1])[1]), second[1]) == (given_words, "Next")


@given(st.text(alphabet="Ab <>\t\"'\\/", min_size=1, max_size=20))
def test_the_name_is_the_first_word(line: str) -> None:
    line = line.strip(" \t")
    name, rest = name_and_rest(line)
    assert [name, *words(rest)] == (words(line) or [""])


DECODED = {
    "utf-8": (b"ServerName \xc3\xa4", "ServerName ä"),
    "other bytes survive": (b"A \xe4", "A \udce4"),
}


@pytest.mark.parametrize(("data", "wanted"), DECODED.values(), ids=DECODED)
def test_decode(data: bytes, wanted: str) -> None:
    assert decode(data) == wanted


def line_by_line(text: str) -> list[tuple[int, str]]:
    """The same rules for lines, read character by character into a buffer, as httpd does."""
    found: list[tuple[int, str]] = []
    start = number = 1
    buffer = ""
    for at, char in enumerate(text):
        if char != "\n":
            buffer += char
            continue
        number += 1
        bare = buffer[:-1] if buffer.endswith("\r") else buffer
        if bare.endswith("\\"):
            buffer = bare[:-1]
            if at + 1 < len(text):
                continue
        found.append((start, buffer))
        start, buffer = number, ""
    found.append((start, buffer))
    stripped = [(number, line.strip(" \t\n\v\f\r")) for number, line in found]
    return [(number, line) for number, line in stripped if line and not line.startswith("#")]


@given(st.text(alphabet="ab# \t\r\n\\\\\n\"'", max_size=30))
@example("\\\\\\\n\r\\\n\n\\\\\\")
@example("aa\\\r\\\n\\\n\n")
def test_lines_as_a_second_reader_sees_them(text: str) -> None:
    assert list(logical_lines(text, "f")) == line_by_line(text)


@given(
    st.one_of(st.text(max_size=200), st.binary(max_size=200).map(decode), st.text("<>/AB ${}\\\"'\n#", max_size=200))
)
@example("\ud800")
@example("<" * 300)
@example("<A>\n" * 300)
def test_whatever_is_read_there_is_no_other_error(text: str) -> None:
    for read in (load_text, lambda text: Reader().text(text, "f"), lambda text: list(logical_lines(text, "f", 50))):
        with contextlib.suppress(ConfigError):
            read(text)


MEGABYTE = 1_000_000
ANYTHING = {
    "one word": "a" * MEGABYTE,
    "continued lines": "a\\\n" * (MEGABYTE // 3),
    "nothing but continuations": "\\\n" * (MEGABYTE // 2),
    "backslashes, then lines": "\\" * (MEGABYTE // 2) + "\n" * (MEGABYTE // 2),
    "backslashes": "\\" * MEGABYTE,
    "quotes": '"' * MEGABYTE,
    "both quotes": "'\"" * (MEGABYTE // 2),
    "escaped quotes": '"' + '\\"' * (MEGABYTE // 2),
    "opened variables": "${" * (MEGABYTE // 2),
    "variables": "${a}" * (MEGABYTE // 4),
    "spaces": " " * MEGABYTE,
    "empty lines": "\r\n" * (MEGABYTE // 2),
    "comments": "#\n" * (MEGABYTE // 2),
    "brackets": "<" * MEGABYTE,
    "two bytes each": "\xe9" * MEGABYTE,
    "surrogates": "\udce9" * MEGABYTE,
}


@pytest.mark.parametrize("text", ANYTHING.values(), ids=ANYTHING)
def test_a_megabyte_of_anything_is_read_in_a_time_that_grows_with_it(text: str) -> None:
    """It takes seconds at most; what grows with the square of the length would take hours."""
    begun = time.process_time()
    for _, line in logical_lines(text, "f"):
        name_and_rest(line)
        words(line)
        expand(line, {}, lambda name: None)
    assert time.process_time() - begun < 20


def test_a_nul_byte_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"^f:2: a NUL byte"):
        list(logical_lines("A b\nC\0 d\n", "f"))


def test_a_byte_order_mark_is_refused() -> None:
    """As httpd does, which calls it an invalid command."""
    with pytest.raises(ConfigError, match=r"^f:1: the file begins with a byte order mark"):
        list(logical_lines(decode(b"\xef\xbb\xbfA b\n"), "f"))


EXPANDED = {
    "nothing": ("a $b {c}", "a $b {c}", []),
    "known": ("${A}/${B}", "1/two words", []),
    "unknown stays": ("${X} ${A}", "${X} 1", ["X"]),
    "up to the first brace": ("${X${A}", "${X${A}", ["X${A"]),
    "not closed": ("${A", "${A", []),
    "not again": ("${C}", "${A}", []),
    "empty": ("[${D}]", "[]", []),
}


@pytest.mark.parametrize(("text", "wanted", "missing"), EXPANDED.values(), ids=EXPANDED)
def test_expand(text: str, wanted: str, missing: list[str]) -> None:
    told: list[str] = []
    assert expand(text, {"A": "1", "B": "two words", "C": "${A}", "D": ""}, told.append) == wanted
    assert told == missing
