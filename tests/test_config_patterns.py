"""Regular expressions as httpd understands them, and shell patterns against a matcher written from the definition."""

from __future__ import annotations

import contextlib
import time

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
    "line mode begins lines": (r"(?m)^b", "a\nb", True),
    "no line begins behind the last break": (r"(?m)\n^", "a\n", False),
    "no word border in nothing": (r"\B", "", True),
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
    "case, in the alternatives that follow": (r"^a(?i)b|c$", "C", True),
    "case, in a class": (r"(?i)^[^a]$", "A", False),
    "case, of a class that names one": (r"(?i)^[[:upper:]]$", "a", True),
    "case, of a reference back": (r"^(a)(?i)\1$", "aA", True),
    "case, of ASCII letters only": ("(?i)^\xe9$", "\xc9", False),
    "spaces that mean nothing": (r"(?x)^ a\ + # more\n$", "a  ", True),
    "lazy by default": (r"^(?U)(a+)(a*)$", "aa", True),
    "case, scoped": (r"^(?i:a)b$", "Ab", True),
    "quoted": (r"^\Qa.b\E.$", "a.bx", True),
    "quoted, the last one repeated": (r"^\Qab\E+$", "abb", True),
    "quoted, not closed": (r"^\Qa.b", "axb", False),
    "an unknown escape is its letter": (r"^\y$", "y", True),
    "escaped slash and dash": (r"^\/a\-b$", "/a-b", True),
    "hexadecimal": (r"^\x{41}\x42$", "AB", True),
    "vertical space": (r"^a\v$", "a\n", True),
    "vertical space in a class": (r"^[\v]$", "\r", True),
    "horizontal space": (r"^a\hb$", "a\tb", True),
    "horizontal space, not of ASCII": (r"^\h$", "\xa0", True),
    "vertical space, not of ASCII": (r"^\v$", "\x85", True),
    "any break": (r"^a\Rb$", "a\r\nb", True),
    "any break is not parted": (r"^a\R\nb$", "a\r\nb", False),
    "octal": (r"^\101\x2F\o{60}\cA$", "A/0\x01", True),
    "POSIX class, denied in itself": (r"^[[:^digit:]]$", "1", False),
    "a reference by name": (r"^(?<n>a)\k<n>\g{-1}(?P=n)$", "aaaa", True),
    "the start of the search": (r"\Ga", "ba", False),
    "behind, of several widths": (r"(?<!foo|ba)r$", "bar", False),
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
    "a**",
    "a{2}{3}",
    "a{3,2}",
    "a{65536}",
    "(?:ab){40000}",
    "a\\",
    r"\K",
    r"\X",
    r"\C",
    r"\p{L}",
    r"\400",
    r"\1(a)",
    r"(a\1)",
    r"(?1)(a)",
    "(?R)",
    "(?|a|b)",
    "(?<n>a)(?<n>b)",
    "(?(1)a|b)(c)",
    "(*UTF8)a",
    "[[:foo:]]",
    "[[.a.]]",
    "[:alpha:]",
    r"[\d-z]",
    r"[+-[:digit:]]",
    "[z-a]",
    r"[\N]",
    "(?<!a+)b",
    "(?#",
    "(?xx)a",
    "(" * 101 + ")" * 101,
]


@pytest.mark.parametrize("regex", REFUSED)
def test_what_cannot_be_followed_is_refused(regex: str) -> None:
    with pytest.raises(ValueError, match="regular expression '"):
        compile_regex(regex)


def test_atomic_groups() -> None:
    assert not compile_regex("^(?>a+)a$").search("aaa")
    assert not compile_regex("^a++a$").search("aaa")
    assert compile_regex("^a?+b{1,2}+c$").search("abbc")


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
    assert bool(compile_wildcard(pattern).search(text)) is wanted


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
    assert bool(compile_wildcard(pattern).search(text)) is matches(pattern, text)


@pytest.mark.parametrize("pattern", ["*a*a*a*a*a*a*a*b", "*" + "?*" * 30 + "b", "/*[ab]*[ab]*[ab]*/*a*a*a*b"])
def test_many_stars_are_no_danger(pattern: str) -> None:
    begun = time.perf_counter()
    assert compile_wildcard(pattern).search("/" + "a" * 8190) is None
    assert time.perf_counter() - begun < 1


HAS = {"a": False, "a*": True, "a?": True, r"a\*": False, "[a]": True, "[a": False, "a]": False}


@pytest.mark.parametrize(("text", "wanted"), HAS.items())
def test_has_wildcard(text: str, wanted: bool) -> None:
    assert has_wildcard(text) is wanted


@given(st.text(alphabet="a[]!^-\\*?(){}$|.:", max_size=12))
def test_no_pattern_breaks_anything(text: str) -> None:
    compile_wildcard(text)
    with contextlib.suppress(ValueError):
        compile_regex(text)
