"""mod_alias: where a URL leads, in the file system or elsewhere."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from modpy_wsgi.config.directives.table import info
from modpy_wsgi.config.model import Args, Origin, Override, Row, Setting, Value, Where
from modpy_wsgi.config.patterns import Regex, compile_regex
from modpy_wsgi.config.values import Several, absolute, flag, literal

MODULES = ("alias_module", "mod_alias.c")


class Alias(NamedTuple):
    """A part of the URL space that lies elsewhere in the file system."""

    prefix: str | None  # matches as httpd compares prefixes: any number of slashes, whole path segments
    regex: Regex | None  # searched in the URL path; None if prefix is set
    target: str  # absolute; with regex, $0 to $9 stand for what matched
    handler: str | None  # "cgi-script" for ScriptAlias
    origin: Origin


class Here(NamedTuple):
    """The place in the file system of all that a <Location> is about."""

    target: str  # absolute
    handler: str | None
    location: str  # as the section is written: what AliasPreservePath takes off


class Redirect(NamedTuple):
    """An answer that sends the client elsewhere, or says that something is gone."""

    prefix: str | None
    regex: Regex | None
    status: int
    target: str | None  # None for a status that is no redirection
    # With neither prefix nor regex: everything in the section, sent to the target as it stands.
    origin: Origin


def _inner_first(outer: tuple[Any, ...], inner: tuple[Any, ...]) -> tuple[Any, ...]:
    return inner + outer


ALIASES: Setting[tuple[Alias, ...]] = Setting("Alias", (), _inner_first)
ALIAS_HERE: Setting[Here | None] = Setting("Alias of a Location", None)
PRESERVE_PATH: Setting[bool] = Setting("AliasPreservePath", False)
REDIRECTS: Setting[tuple[Redirect, ...]] = Setting("Redirect", (), _inner_first)
REDIRECT_HERE: Setting[Redirect | None] = Setting("Redirect of a section", None)
REDIRECT_RELATIVE: Setting[bool] = Setting("RedirectRelative", False)

_REDIRECTIONS = frozenset(range(300, 400))
_STATUS_WORDS = {"permanent": 301, "temp": 302, "seeother": 303, "gone": 410}


def _text(word: str) -> str:
    """What an expression without variables stands for: a backslash is dropped, a $1 without a match is nothing.

    ValueError for one with variables, or with a character by its code.
    """
    literal(word)
    if re.search(r"(?<!\\)(?:\\\\)*\\[0-7bfnrt]", word):
        raise ValueError(f"'{word}': characters by their codes are not understood; write them as they are")
    return re.sub(r"\\(.)|\$[0-9]", lambda found: found[1] or "", word)


def _alias(handler: str | None) -> Value:
    def value(so_far: Any, args: tuple[str, ...], origin: Origin) -> tuple[Alias, ...] | Several:
        if len(args) == 1:
            if origin.where is not Where.DIRECTORY:
                raise ValueError("must have two arguments when used globally")
            if origin.location is None:
                raise ValueError("with one argument it stands in <Location> only")
            return Several({ALIAS_HERE: Here(absolute(_text(args[0]), origin), handler, origin.location)})
        if origin.where is Where.DIRECTORY:
            raise ValueError("cannot occur within <Directory>, <Location> or <Files> section")
        prefix, target = args
        return (*(so_far or ()), Alias(prefix, None, absolute(target, origin), handler, origin))

    return value


def _alias_match(handler: str | None) -> Value:
    def value(so_far: Any, args: tuple[str, ...], origin: Origin) -> tuple[Alias, ...]:
        regex, target = args
        # What the match fills in decides whether the path is absolute: /x$1 and $1 both may be.
        absolute_target = target if target.startswith(("/", "$")) else absolute(target, origin)
        pattern = compile_regex(regex, place=origin.place)
        return (*(so_far or ()), Alias(None, pattern, absolute_target, handler, origin))

    return value


def _status(word: str) -> int | None:
    if word.isascii() and word.isdigit():
        status = int(word)
        if not 100 <= status <= 599:
            raise ValueError(f"'{word}' is no HTTP status")
        return status
    return _STATUS_WORDS.get(word.lower())


def _redirect(default: int, use_regex: bool) -> Value:
    def value(so_far: Any, args: tuple[str, ...], origin: Origin) -> tuple[Redirect, ...] | Several:
        rest = list(args)
        status = _status(rest[0])
        if status is None and len(rest) == 3:
            raise ValueError(f"'{rest[0]}' is no status")
        if status is not None:
            rest.pop(0)
        code = default if status is None else status
        goes_on = code in _REDIRECTIONS
        if len(rest) == (1 if goes_on else 0) and origin.where in Where.ACCESS and not use_regex:
            return Several({REDIRECT_HERE: Redirect(None, None, code, _text(rest[0]) if goes_on else None, origin)})
        return (*(so_far or ()), _from_to(rest, code, use_regex, origin))

    return value


def _from_to(rest: list[str], code: int, use_regex: bool, origin: Origin) -> Redirect:
    """The form that names a part of the URL space (or a regular expression), and the URL where there is one."""
    if not rest:
        raise ValueError("the URL-path is missing")
    source, *targets = rest
    if code in _REDIRECTIONS and not targets:
        raise ValueError("the URL to redirect to is missing")
    if code not in _REDIRECTIONS and targets:
        raise ValueError(f"a URL makes no sense with the status {code}")
    target = targets[0] if targets else None
    if target is not None and not use_regex and not target.startswith("/") and not _is_url(target):
        raise ValueError(f"'{target}' is no URL")
    if use_regex:
        return Redirect(None, compile_regex(source, place=origin.place), code, target, origin)
    return Redirect(source, None, code, target, origin)


def _is_url(text: str) -> bool:
    scheme, mark, _ = text.partition(":")
    return bool(mark) and scheme.isascii() and scheme.replace("+", "a").replace("-", "a").replace(".", "a").isalnum()


def _redirect_row(name: str, args: Args, default: int, use_regex: bool, usage: str) -> Row:
    return Row(
        name,
        args,
        Where.ANY,
        Override.FILEINFO,
        setting=REDIRECTS,
        value=_redirect(default, use_regex),
        usage=f"{name} {usage}",
    )


def _alias_row(name: str, value: Value, args: Args, where: Where, usage: str) -> Row:
    return Row(name, args, where, setting=ALIASES, value=value, usage=f"{name} {usage}")


ROWS = (
    _alias_row("Alias", _alias(None), Args.TAKE12, Where.CONF, "[URL-path] file-path"),
    _alias_row("ScriptAlias", _alias("cgi-script"), Args.TAKE12, Where.CONF, "[URL-path] file-path"),
    _alias_row("AliasMatch", _alias_match(None), Args.TAKE2, Where.RSRC, "regex file-path"),
    _alias_row("ScriptAliasMatch", _alias_match("cgi-script"), Args.TAKE2, Where.RSRC, "regex file-path"),
    _redirect_row("Redirect", Args.TAKE123, 302, False, "[status] URL-path [URL]"),
    _redirect_row("RedirectMatch", Args.TAKE23, 302, True, "[status] regex [URL]"),
    _redirect_row("RedirectTemp", Args.TAKE2, 302, False, "URL-path URL"),
    _redirect_row("RedirectPermanent", Args.TAKE2, 301, False, "URL-path URL"),
    info("RedirectRelative", Args.FLAG, REDIRECT_RELATIVE, flag, "On|Off"),
    info("AliasPreservePath", Args.FLAG, PRESERVE_PATH, flag, "On|Off"),
)
