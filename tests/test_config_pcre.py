"""Regular expressions against PCRE itself: the same matches and groups, or none of it; and nothing runs away.

The judge is the library that httpd is linked with, called by way of ctypes. What it refuses must be refused; what it
takes may be.
"""

from __future__ import annotations

import ast
import signal
import string
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import regex
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

import modpy_wsgi
from modpy_wsgi.config import patterns
from modpy_wsgi.config.pattern_cost import steady
from modpy_wsgi.config.pattern_text import written
from modpy_wsgi.config.patterns import RunawayPattern, compile_regex
from modpy_wsgi.config.pcre import parse
from tests import pcre_oracle
from tests.pcre_oracle import Undecided
from tests.wsgi_site import Folder, Server

judged = pytest.mark.skipif(pcre_oracle.LIBRARY is None, reason="the library pcre2-8 is not installed")
# PCRE 10.42 takes "." before \R for something that \R cannot begin with, though both match \x85.
WRONG_IN_PCRE = frozenset({r"\R"})

# ---- patterns ------------------------------------------------------------------------------------------------------

ATOMS = st.sampled_from(
    [
        *("a", "b", "ab", ".", "[ab]", "[^a]", r"\w", r"\d", r"\s", r"\W", "\n", "[[:alpha:]]", "[^[:digit:]b]", "A"),
        *("[A-C]", r"\h", r"\v", r"\R", r"\N", "\xa0", r"\x61", "[a-b-]", "/", r"\x85", "^", "$", r"\b", r"\B"),
        *(r"\A", r"\Z", r"\z", r"\G", r"\1", r"\2", r"\k<n>", "[[:upper:]]", r"\Qa.\E", "(?i)", "(?m)", "(?-s)", ""),
    ]
)
COUNTS = ["*", "+", "?", "{2}", "{1,2}", "{0,2}", "{2,}", "*?", "+?", "??", "{1,2}?", "*+", "++", "?+"]
OPENS = ["(", "(", "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?i:", "(?m:", "(?U:", "(?x: ", "(?<n>", "(?(1)"]


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    alternatives = st.lists(inner, min_size=1, max_size=3).map("|".join)
    return st.one_of(
        st.lists(inner, min_size=2, max_size=3).map("".join),
        st.builds(lambda opens, text: f"{opens}{text})", st.sampled_from(OPENS), alternatives),
        st.builds(lambda text, count: f"(?:{text}){count}", alternatives, st.sampled_from(COUNTS)),
        st.builds(lambda text, count: f"({text}){count}", alternatives, st.sampled_from(COUNTS)),
        st.builds(lambda text, count: f"{text}{count}", inner, st.sampled_from(COUNTS)),
    )


PATTERNS = st.recursive(ATOMS, larger, max_leaves=8)
# What reads like a pattern, and mostly is none.
TOKENS = st.lists(
    st.sampled_from(
        [
            *"ab1-]^[()?*+{},|.$:=<>!#iEQxw&~\"'/_P \n\\\xe9",
            *("[:alpha:]", "[[:^digit:]", "(?", "(?:", "(?i)", "(?x)", r"\Q", r"\E", r"\x", r"\x{", r"\o{", r"\c"),
            *(r"\1", r"\0", r"\12", r"\8", "[^", "{1,2}", "(?#", r"\b", "[a-c", r"\-", "(?P<a>", "(?<b>", r"\k<a>"),
            *(r"\g1", r"\g{-1}", "(?(1)", "(?<=", "(?!", "(?-i", "(?s:", r"\G", r"\N", r"\R", r"\h", r"\K", "*+"),
            *("+?", "(?>", "(?|", "(*", "[[", "[]", "[.a.]", "[[=a=]]"),
        ]
    ),
    max_size=9,
).map("".join)
SUBJECTS = st.text(alphabet="aabbcA1\n/ \xa0\x85\xe9\r.", max_size=8)
# Letters that mean themselves to PCRE 8, and nothing to PCRE2.
OLD_LETTERS = frozenset("FIJMOTYijmqy")


def spans(match: Any) -> list[tuple[int, int]] | None:
    return None if match is None else [match.span(number) for number in range(len(match.groups()) + 1)]


def uses_old_letter(pattern: str) -> bool:
    return any(before == "\\" and letter in OLD_LETTERS for before, letter in pairwise(pattern))


@judged
@given(st.one_of(PATTERNS, TOKENS), st.lists(SUBJECTS, min_size=1, max_size=4), st.booleans())
@example("(?:[^a]|[^b])", ["a", "b"], False)
@example("((a)|b)*", ["ab", "ba"], False)
@example("(a*)*", ["b", "aa"], False)
@example("(a|b(?=(c)))*?$", ["abc", "bcb"], False)
@example(r"(?m)^$", ["\n", "a\n"], False)
@example(r"(?i)[[:^upper:]]", ["a", "1"], False)
@example(r"[\x00-\x20]\010", ["\n\x08"], False)
@settings(max_examples=700, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_as_pcre(pattern: str, subjects: list[str], ignore_case: bool) -> None:
    assume(not any(part in pattern for part in WRONG_IN_PCRE) or ("-s" not in pattern and r"\N" not in pattern))
    raw = pattern.encode("latin-1")
    try:
        found = compile_regex(raw.decode("utf-8", "surrogateescape"), ignore_case=ignore_case)
    except ValueError:
        return
    for subject in subjects:
        try:
            wanted = pcre_oracle.match(raw, subject.encode("latin-1"), ignore_case=ignore_case)
        except ValueError:
            assert uses_old_letter(pattern)
            return
        except Undecided:
            continue
        assert spans(found.search(subject)) == wanted, (found, subject)


@judged
@given(PATTERNS, st.lists(SUBJECTS, min_size=1, max_size=4))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_guarded_matcher_as_pcre(pattern: str, subjects: list[str]) -> None:
    """Whatever the judgement says: what `regex` makes of it."""
    assume(r"\R" not in pattern)
    raw = pattern.encode("latin-1")
    try:
        found = patterns._Guarded(written(parse(pattern)), pattern, "")
    except (ValueError, regex.error):
        return
    assume("(?<" not in pattern.replace("(?<n>", ""))  # see keeps_behind
    for subject in subjects:
        try:
            wanted = pcre_oracle.match(raw, subject.encode("latin-1"))
        except Undecided:
            continue
        assert spans(found.search(subject)) == wanted, subject


# What sites have, as PCRE takes it: none of it may be refused.
COMMON = [
    r"^/~([^/]+)/?(.*)$",
    r"\.(gif|jpe?g|png)$",
    r"^/(?!private/|secret$)",
    r"(?<!\.min)\.js$",
    r"(?i)^/Admin(/|$)",
    r"^([^/]+/)*index\.(?:html?|php[345]?)$",
    r"\bMSIE [2-6]\.",
    r"^Mozilla/[234]",
    r"^(?:GET|POST)$",
    r"^10\.(\d{1,3}\.){2}\d{1,3}$",
    r"(^|/)\.(?!well-known)",
    r"^[[:alnum:]_.-]+\Z",
    r"^(?>[a-z]+)\d*+$",
    r"/(?<year>\d{4})/(?P<month>\d\d)(?:/|$)",
]


@judged
@pytest.mark.parametrize("pattern", COMMON)
def test_what_sites_have_is_taken(pattern: str) -> None:
    found = compile_regex(pattern)
    for subject in (
        "/~me/x/y",
        "/a.jpeg",
        "/private/x",
        "lib.min.js",
        "/ADMIN",
        "a/b/index.php4",
        "10.1.2.33",
        "/2009/12/",
    ):
        assert spans(found.search(subject)) == pcre_oracle.match(pattern.encode(), subject.encode())


# ---- what can run away ---------------------------------------------------------------------------------------------

STEADY = {
    r"\.(gif|jpe?g)$": True,
    "^/~([^/]+)/(.*)$": True,
    "^/([a-z]+)/([0-9]+)/?$": True,
    r"(.*)\.php$": True,
    r".*\.(php|cgi)$|^/cgi-bin/": True,
    "^(?:/[^/]+)*/$": True,
    "^/(a|b)*c": True,
    "^(?:a++b)*$": True,
    r"^10\.(\d{1,3}\.){2}\d{1,3}$": True,
    r"\bfoo|bar\b": True,
    "(?<!foo)bar": True,
    "^a{0,60000}b": True,
    # the square of the length
    r"\w+\.php$": False,
    "foo.*bar": False,
    "^(.*)/(.*)x$": False,
    "^(?:(?=.*x)a)*$": False,
    r"(.*)x\1": False,
    r"^(.*)/\1$": False,
    # more
    "^(.*)/(.*)/(.*)x$": False,
    "^(a+)+$": False,
    "^(a|a)*$": False,
    "^(a|ab)*$": False,
    "^(a*)*$": False,
    "^(?:a?b?)*$": False,
    "^(?>(a+)+b)": False,
    "^(?=(a+)+$)": False,
    "^" + "a?" * 30 + "a" * 30: False,
    "^(?:(?:a|b)+c?)+$": False,
    "^(?:a{1,9}){1,9}$": False,
}


@pytest.mark.parametrize(("pattern", "wanted"), STEADY.items())
def test_steady(pattern: str, wanted: bool) -> None:
    found = compile_regex(pattern)
    assert (type(found) is not patterns._Guarded) is wanted


class _TooLong(Exception):
    pass


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Stops what runs longer: `re` looks for signals now and then."""

    def stop(*_: object) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


LONG = st.builds(
    lambda start, part, end: start + part * (12_000 // len(part)) + end,
    st.text(alphabet="ab", max_size=2),
    st.text(alphabet="abcA1/\n", min_size=1, max_size=3),
    st.sampled_from(["", "!", "\xff"]),
)


@given(PATTERNS, st.lists(LONG, min_size=1, max_size=3))
@example("^(?:[^/]*/)*x", ["a/" * 6000])
@example("^(?:ab?c?)*$", ["ab" * 6000])
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_what_is_called_steady_is(pattern: str, subjects: list[str]) -> None:
    """Twelve thousand characters, which take a search that is not linear minutes; the square of them 1 s and more."""
    try:
        found = compile_regex(pattern)
    except ValueError:
        return
    assume(steady(parse(pattern)))
    for subject in subjects:
        with at_most(5):
            found.search(subject)


RUNAWAY = {
    "nested": "^/(a+)+$",
    "alternatives": "^/(a|a)*$",
    "a square and more": "^/(.*a){20}!$",
    "in a look ahead": "^/(?=(?:a|aa)+$)",
    "a reference back": r"(a+)\1\1!",
}


@pytest.mark.parametrize("pattern", RUNAWAY.values(), ids=RUNAWAY)
def test_a_search_ends(pattern: str) -> None:
    """Within the limit, however long the text."""
    found = compile_regex(pattern, place="httpd.conf:7")
    begun = time.process_time()
    try:
        answer = found.search("/" + "a" * 8190 + ".")
    except RunawayPattern as error:
        assert error.status == 500
        assert str(error).startswith(f"httpd.conf:7: the regular expression '{pattern}' was stopped after 1 s")
        assert len(str(error)) < 250
    else:
        assert answer is None
    assert time.process_time() - begun < 2 * patterns.MAX_SECONDS


def test_other_threads_go_on() -> None:
    found = compile_regex("^(a|a)*$")
    counted = 0
    done = threading.Event()

    def count() -> None:
        nonlocal counted
        while not done.wait(0.01):
            counted += 1

    thread = threading.Thread(target=count)
    thread.start()
    begun = time.perf_counter()
    with pytest.raises(RunawayPattern):
        found.search("a" * 8190 + "!")
    taken = time.perf_counter() - begun
    done.set()
    thread.join()
    assert counted > taken / 0.01 / 10


# Where a pattern of the site meets what a client sends: around, inside, .htaccess, the request.
LONG_PATH = "/" + "a" * 8000 + "."
LONG_NAME = "/" + "a" * 200 + "."  # which a file may have
PLACES: dict[str, tuple[str, str, str, str, dict[str, str]]] = {
    "LocationMatch": ("<LocationMatch ^/(a|a)*$>\nRequire all denied\n</LocationMatch>", "", "", LONG_PATH, {}),
    "Location ~": ('<Location ~ "^/(a|a)*$">\nRequire all denied\n</Location>', "", "", LONG_PATH, {}),
    "DirectoryMatch": ("<DirectoryMatch /(a|a)*$>\nRequire all denied\n</DirectoryMatch>", "", "", LONG_NAME, {}),
    "FilesMatch": ("", "<FilesMatch ^(a|a)*$>\nRequire all denied\n</FilesMatch>", "", LONG_NAME, {}),
    "FilesMatch in .htaccess": ("", "", "<FilesMatch ^(a|a)*$>\nRequire all denied\n</FilesMatch>", LONG_NAME, {}),
    "AliasMatch": ("AliasMatch ^/(a|a)*$ /srv/$1", "", "", LONG_PATH, {}),
    "RedirectMatch": ("RedirectMatch ^/(a|a)*$ /x", "", "", LONG_PATH, {}),
    "RedirectMatch in a section": ("", "RedirectMatch ^/(a|a)*$ /x", "", LONG_NAME, {}),
    "RedirectMatch in .htaccess": ("", "", "RedirectMatch ^/(a|a)*$ /x", LONG_NAME, {}),
    "SetEnvIf": ("SetEnvIf X-Given ^(a|a)*$ v", "", "", "/page.txt", {"X-Given": "a" * 8000 + "!"}),
    "SetEnvIf in a section": ("", "SetEnvIf X-Given ^(a|a)*$ v", "", "/page.txt", {"X-Given": "a" * 8000 + "!"}),
    "SetEnvIf by name": ("SetEnvIfNoCase ^(a|a)*$ x v", "", "", "/page.txt", {"a" * 8000 + "-x": "y"}),
    "BrowserMatch": ("BrowserMatch ^(a|a)*$ v", "", "", "/page.txt", {"User-Agent": "a" * 8000 + "!"}),
}


@pytest.mark.parametrize(("around", "inside", "htaccess", "target", "headers"), PLACES.values(), ids=PLACES)
def test_what_cannot_be_judged_is_refused(
    folder: Folder,
    monkeypatch: pytest.MonkeyPatch,
    *,
    around: str,
    inside: str,
    htaccess: str,
    target: str,
    headers: dict[str, str],
) -> None:
    monkeypatch.setattr(patterns, "MAX_SECONDS", 0.05)
    folder.file("page.txt", "page")
    folder.file(LONG_NAME[1:], "long")
    folder.write(show="def handler(req):\n    req.write('shown', 0)\n    return 0\n")
    if htaccess:
        folder.file(".htaccess", htaccess)
    app = folder.serve(f"AllowOverride All\nSetHandler mod_python\nPythonHandler show\n{inside}", around)
    assert Server().ask(app, "/page.txt").body == b"shown"
    reply = Server().ask(app, target, headers=headers)
    assert (reply.code, reply.error, b"shown" in reply.body) == (500, None, False)
    lines = [line for line in folder.log() if "was stopped after 0.05 s" in line]
    assert len(lines) == 1
    place = f"{folder.root}/.htaccess:1: " if htaccess else "<text>:"
    assert place in lines[0]
    assert Server().ask(app, "/page.txt").body == b"shown"


def test_what_cannot_be_judged_is_refused_to_a_handler(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """An internal redirection that a visitor may choose."""
    monkeypatch.setattr(patterns, "MAX_SECONDS", 0.05)
    folder.write(
        show="""
def handler(req):
    if req.args:
        req.internal_redirect(req.args)
    else:
        req.write("shown", 0)
    return 0
"""
    )
    closed = "<LocationMatch ^/(a|a)*$>\nRequire all denied\n</LocationMatch>"
    app = folder.serve("SetHandler mod_python\nPythonHandler show", closed)
    assert Server().ask(app, "/x?/y").body == b"shown"
    reply = Server().ask(app, f"/x?{LONG_PATH}")
    assert (reply.code, b"shown" in reply.body) == (500, False)
    assert "was stopped" in folder.log_text()


def test_every_pattern_knows_its_place() -> None:
    """`place` is optional for those who only try a pattern; whoever keeps one for requests must give it."""
    package = Path(modpy_wsgi.__file__).parent
    nameless = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id
            if called == "compile_regex" and "place" not in {keyword.arg for keyword in node.keywords}:
                nameless.add(path.relative_to(package).as_posix())
    assert nameless == {"config/conditions.py"}  # <IfVersion>, which is decided at the start


def test_the_letters() -> None:
    """Each letter behind a backslash: as PCRE takes it, or refused, or one of those that only PCRE2 refuses."""
    if pcre_oracle.LIBRARY is None:
        pytest.skip("the library pcre2-8 is not installed")
    for letter in string.ascii_letters + string.digits:
        for pattern in (f"\\{letter}", f"[\\{letter}]", f"\\{letter}1"):
            try:
                found = compile_regex(pattern)
            except ValueError:
                continue
            for code in range(256):
                subject = chr(code)
                try:
                    wanted = pcre_oracle.match(pattern.encode(), subject.encode("latin-1"))
                except ValueError:
                    assert letter in OLD_LETTERS, pattern
                    break
                assert spans(found.search(subject)) == wanted, (pattern, subject)
