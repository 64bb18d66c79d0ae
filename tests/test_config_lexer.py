"""Lines and words of a configuration: tables observed on httpd 2.4, and a second reader, character by character."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from modpy_wsgi.config.lexer import decode, expand, logical_lines, name_and_rest, quote, words
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


@pytest.mark.parametrize("text", ["A\n" + "x" * 101, "A\n" + "x" * 60 + "\\\n" + "y" * 60 + "\n"])
def test_a_line_may_be_too_long(text: str) -> None:
    with pytest.raises(ConfigError, match=r"^f:2: line longer than 100 characters$"):
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
    "a byte order mark is dropped": (b"\xef\xbb\xbfA b", "A b"),
}


@pytest.mark.parametrize(("data", "wanted"), DECODED.values(), ids=DECODED)
def test_decode(data: bytes, wanted: str) -> None:
    assert decode(data) == wanted


def test_a_nul_byte_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"^f:2: a NUL byte"):
        list(logical_lines("A b\nC\0 d\n", "f"))


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
