"""Regular expressions as httpd understands them, and shell patterns against a matcher written from the definition."""

from __future__ import annotations

import contextlib
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modpy_wsgi.config.patterns import compile_regex, compile_wildcard, has_wildcard

REGEX = {
    "searched, not anchored": (r"b", "abc", True),
    "the end is the end (CVE-2017-15715)": (r"\.php$", "x.php\n", False),
    "the end": (r"\.php$", "x.php", True),
    "an escaped dollar": (r"\$$", "a$", True),
    "a dollar in a class": (r"[$]x", "$x", True),
    "dot matches a line break": (r"a.b", "a\nb", True),
    "\\z": (r"a\z", "a\n", False),
    "\\Z": (r"a\Z", "a\n", True),
    "line mode keeps its dollar": (r"(?m)a$", "a\nb", True),
    "digits are ASCII": (r"^\d$", "\u0663", False),
    "words are ASCII": (r"^\w$", "ä", False),
    "POSIX class": (r"^[[:alpha:]_]+$", "ab_", True),
    "POSIX class, negated": (r"^[^[:space:]]+$", "a b", False),
    "a bracket in a class": (r"^[[]$", "[", True),
    "a closing bracket first": (r"^[]a]$", "]", True),
    "doubled signs in a class": (r"^[a&&b]$", "&", True),
    "a brace that repeats nothing": (r"^a{,2}$", "a{,2}", True),
    "a brace that repeats": (r"^a{2}$", "aa", True),
    "named group": (r"^/(?<name>\w+)$", "/ab", True),
    "named group, P": (r"^/(?P<name>\w+)$", "/ab", True),
    "named group, quotes": (r"^/(?'name'\w+)$", "/ab", True),
    "case, from the start": (r"(?i)ab|cd", "CD", True),
    "case, from the middle": (r"a(?i)b", "aB", True),
    "case, not before": (r"a(?i)b", "AB", False),
    "case, in a group": (r"^(a(?i)b)c$", "aBc", True),
    "case, ends with the group": (r"^(a(?i)b)c$", "aBC", False),
    "case, scoped": (r"^(?i:a)b$", "Ab", True),
    "quoted": (r"^\Qa.b\E.$", "a.bx", True),
    "quoted, not closed": (r"^\Qa.b", "axb", False),
    "an unknown escape is its letter": (r"^\y$", "y", True),
    "escaped slash and dash": (r"^\/a\-b$", "/a-b", True),
    "hexadecimal": (r"^\x{41}\x42$", "AB", True),
    "vertical space": (r"^a\v$", "a\n", True),
    "vertical space in a class": (r"^[\v]$", "\r", True),
    "horizontal space": (r"^a\hb$", "a\tb", True),
    "look ahead": (r"^/(?!private)", "/private", False),
    "comment": (r"a(?# $ )b", "ab", True),
    "alternatives": (r"\.(gif|jpe?g)$", "x.jpeg", True),
    "back reference": (r"^(a)\1$", "aa", True),
    "condition": (r"^(a)?(?(1)b|c)$", "c", True),
}


@pytest.mark.parametrize(("regex", "text", "wanted"), REGEX.values(), ids=REGEX)
def test_regex(regex: str, text: str, wanted: bool) -> None:
    assert bool(compile_regex(regex).search(text)) is wanted


def test_regex_without_case() -> None:
    assert compile_regex("^ab$", ignore_case=True).search("AB")


REFUSED = [
    "(a",
    "a)",
    "[a",
    "*a",
    "a\\",
    r"\K",
    r"\p{L}",
    r"a(?i)b|c",
    "(?R)",
    "(?|a|b)",
    "(*UTF8)a",
    "[[:foo:]]",
    "(?<!a+)b",
    "(?#",
    r"(?U)a",
]


@pytest.mark.parametrize("regex", REFUSED)
def test_what_cannot_be_followed_is_refused(regex: str) -> None:
    with pytest.raises(ValueError, match="regular expression '"):
        compile_regex(regex)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="possessive and atomic groups came with Python 3.11")
def test_atomic_groups() -> None:
    assert not compile_regex("^(?>a+)a$").search("aaa")
    assert not compile_regex("^a++a$").search("aaa")


WILDCARD = {
    "star": ("/home/*/www/", "/home/a/www/", True),
    "star does not cross a slash": ("/home/*/www/", "/home/a/b/www/", False),
    "star may be nothing": ("/a*", "/a", True),
    "question mark": ("/?", "/a", True),
    "question mark is no slash": ("a?b", "a/b", False),
    "class": ("[a-c]x", "bx", True),
    "class, not in it": ("[a-c]x", "dx", False),
    "negated": ("[!a]x", "bx", True),
    "negated with a caret": ("[^a]x", "ax", False),
    "a negated class is no slash": ("a[!b]c", "a/c", False),
    "bracket first": ("[]]", "]", True),
    "bracket not closed": ("[ab", "[ab", True),
    "escaped star": (r"a\*", "a*", True),
    "escaped star is no pattern": (r"a\*", "ab", False),
    "anchored": ("*.py", "x.pyc", False),
    "anchored at the end": ("*.py", "x.py\n", False),
    "case": ("*.PY", "x.py", False),
    "a leading dot is nothing special": ("*", ".htaccess", True),
}


@pytest.mark.parametrize(("pattern", "text", "wanted"), WILDCARD.values(), ids=WILDCARD)
def test_wildcard(pattern: str, text: str, wanted: bool) -> None:
    assert bool(compile_wildcard(pattern).match(text)) is wanted


def matches(pattern: str, text: str) -> bool:
    """The definition, word by word."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return matches(pattern[1:], text) or (text[:1] not in ("", "/") and matches(pattern, text[1:]))
    if pattern[0] == "?":
        return text[:1] not in ("", "/") and matches(pattern[1:], text[1:])
    return text[:1] == pattern[0] and matches(pattern[1:], text[1:])


@given(st.text(alphabet="ab/*?.", max_size=8), st.text(alphabet="ab/.", max_size=8))
def test_wildcard_as_defined(pattern: str, text: str) -> None:
    assert bool(compile_wildcard(pattern).match(text)) is matches(pattern, text)


HAS = {"a": False, "a*": True, "a?": True, r"a\*": False, "[a]": True, "[a": False, "a]": False}


@pytest.mark.parametrize(("text", "wanted"), HAS.items())
def test_has_wildcard(text: str, wanted: bool) -> None:
    assert has_wildcard(text) is wanted


@given(st.text(alphabet="a[]!^-\\*?(){}$|.:", max_size=12))
def test_no_pattern_breaks_anything(text: str) -> None:
    compile_wildcard(text)
    with contextlib.suppress(ValueError):
        compile_regex(text)
