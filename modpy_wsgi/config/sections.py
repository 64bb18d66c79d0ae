"""What the text between the name of a section and its bracket means: addresses, paths, patterns, methods.

Law: pure functions of the text; ValueError says what is wrong with it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from modpy_wsgi.config.addresses import host_and_port
from modpy_wsgi.config.lexer import words
from modpy_wsgi.config.model import Address, Limit, SectionKind
from modpy_wsgi.config.patterns import Regex, compile_regex, compile_wildcard, has_wildcard

__all__ = ["addresses", "limit", "literal", "matcher"]

# The methods that httpd knows without RegisterHttpMethod.
METHODS = frozenset(
    (
        *("BASELINE-CONTROL", "CHECKIN", "CHECKOUT", "CONNECT", "COPY", "DELETE", "GET", "HEAD", "LABEL", "LOCK"),
        *("MERGE", "MKACTIVITY", "MKCOL", "MKWORKSPACE", "MOVE", "OPTIONS", "PATCH", "POST", "PROPFIND", "PROPPATCH"),
        *("PUT", "REPORT", "TRACE", "UNCHECKOUT", "UNLOCK", "UPDATE", "VERSION-CONTROL"),
    )
)

_MATCH_FORM = {
    SectionKind.DIRECTORY: SectionKind.DIRECTORY_MATCH,
    SectionKind.FILES: SectionKind.FILES_MATCH,
    SectionKind.LOCATION: SectionKind.LOCATION_MATCH,
    # httpd takes a ~ before the regular expression of DirectoryMatch as well
    SectionKind.DIRECTORY_MATCH: SectionKind.DIRECTORY_MATCH,
}


def addresses(text: str) -> tuple[Address, ...]:
    """Of a VirtualHost: `*`, `_default_`, an address or a name, each with a port, `:*` or nothing behind."""
    return tuple(_address(word) for word in words(text))


def _address(word: str) -> Address:
    host, port = host_and_port(word.removesuffix(":*"))
    if host is None:
        raise ValueError(f"'{word}': the address is missing")
    return Address(host, port)


def matcher(text: str, kind: SectionKind, place: str) -> tuple[SectionKind, str, Regex | None]:
    """Of Directory, Files, Location and their Match forms: (kind, path or regular expression, compiled pattern).

    With `~` the kind is the Match form. The pattern is None for a path that is meant literally. `place` is the
    "file:line" of the section.
    """
    parts = words(text)
    if parts and parts[0] == "~" and kind in _MATCH_FORM:
        kind = _MATCH_FORM[kind]
        del parts[0]
    if len(parts) != 1 or not parts[0]:
        raise ValueError("takes one path or pattern")
    canonical = _CANONICAL.get(kind)
    if canonical is None:
        return kind, parts[0], compile_regex(parts[0], place=place)
    path = canonical(parts[0])
    return kind, path, compile_wildcard(path) if has_wildcard(path) else None


def _directory(path: str) -> str:
    if not path.startswith("/"):
        # httpd would look below the folder it was started in, and what was to be denied might be elsewhere.
        raise ValueError(f"'{path}' is no absolute path")
    return posixpath.normpath(path).replace("//", "/").rstrip("/") + "/"


def _as_written(path: str) -> str:
    return path


_CANONICAL: dict[SectionKind, Callable[[str], str]] = {
    SectionKind.DIRECTORY: _directory,
    SectionKind.FILES: posixpath.normpath,
    SectionKind.LOCATION: _as_written,
}


_GLOB = {"*": "[*]", "?": "[?]", "[": "[[]", "\\": "[\\\\]"}


def literal(path: str) -> str:
    """What a Directory must name to mean this path and no other: where it would be a pattern, one for it alone."""
    return "".join([_GLOB.get(char, char) for char in path]) if has_wildcard(path) else path


def limit(text: str, outer: Limit | None, *, exclude: bool, htaccess: bool) -> Limit:
    """Of Limit, or with `exclude` LimitExcept, inside of `outer` if there is one: then both have to hold."""
    named = frozenset(words(text))
    if "TRACE" in named and not exclude:
        raise ValueError("TRACE cannot be controlled by <Limit>, see TraceEnable")
    if htaccess and not named <= METHODS:
        raise ValueError(f"the method '{min(named - METHODS)}' is not known")
    inner = Limit(frozenset("GET" if method == "HEAD" else method for method in named), exclude)
    if outer is None:
        return inner
    both = _both(outer, inner)
    if not both.exclude and not both.methods:
        raise ValueError("directive excludes all methods")
    if both == outer:
        raise ValueError("directive specifies methods already excluded")
    return both


def _both(outer: Limit, inner: Limit) -> Limit:
    if outer.exclude and inner.exclude:
        return Limit(outer.methods | inner.methods, True)
    if outer.exclude:
        return Limit(inner.methods - outer.methods)
    if inner.exclude:
        return Limit(outer.methods - inner.methods)
    return Limit(outer.methods & inner.methods)
