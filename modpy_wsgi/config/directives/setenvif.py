"""mod_setenvif: SetEnvIf and its relatives."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from modpy_wsgi.config.directives.table import known
from modpy_wsgi.config.lexer import words
from modpy_wsgi.config.model import Args, Kind, Origin, Override, Row, Setting, Value, Where
from modpy_wsgi.config.patterns import Regex, compile_regex
from modpy_wsgi.config.values import joined

MODULES = ("setenvif_module", "mod_setenvif.c")

# What may stand in place of a header's name, besides the name of a variable that was set before.
ATTRIBUTES = frozenset(
    (
        *("remote_addr", "remote_host", "remote_user"),
        *("request_method", "request_protocol", "request_uri", "server_addr"),
    )
)
_PLAIN = re.compile(r"(?:[^\^.$|()\[\]*+?{}\\]|\\[\^.$|()\[\]*+?{}\\])*", re.DOTALL)


class SetEnvIf(NamedTuple):
    """If the attribute matches (is found in, not anchored), set or unset the variables."""

    attribute: str  # a member of ATTRIBUTES in lower case, else the name of a header or of a variable
    headers: Regex | None  # given instead of a plain header name: any header whose name matches
    regex: Regex
    assignments: tuple[tuple[str, str | None], ...]  # None removes; $0 to $9 in a value stand for what matched
    plain: bool  # the expression is plain text: then $0 to $9 are, too


SETENVIF: Setting[tuple[SetEnvIf, ...]] = Setting("SetEnvIf", (), joined)


def _rule(ignore_case: bool, attribute: str | None) -> Value:
    def value(so_far: Any, args: tuple[str, ...], origin: Origin) -> tuple[SetEnvIf, ...]:
        parts = words(args[0])
        name = attribute or (parts.pop(0) if parts else "")
        if not name:
            raise ValueError("the name of a header is missing")
        regex = parts.pop(0) if parts else ""
        if not regex:
            raise ValueError("the regular expression is missing")
        if not parts:
            raise ValueError("the name of a variable is missing")
        plain = name.lower() in ATTRIBUTES or re.match(r"[-A-Za-z0-9_]*\Z", name)
        rule = SetEnvIf(
            attribute=name.lower() if name.lower() in ATTRIBUTES else name,
            headers=None if plain else compile_regex(name, ignore_case=ignore_case, place=origin.place),
            regex=compile_regex(regex, ignore_case=ignore_case, place=origin.place),
            assignments=tuple(_assignment(word) for word in parts),
            plain=_is_plain(regex),
        )
        return (*(so_far or ()), rule)

    return value


def _assignment(word: str) -> tuple[str, str | None]:
    name, mark, value = word.partition("=")
    if name.startswith("!") and not mark:
        return name[1:], None
    if not name:
        raise ValueError(f"'{word}' names no variable")
    if value.startswith("!"):
        return name, None
    return name, value or "1"


def _is_plain(regex: str) -> bool:
    """Whether httpd takes an expression for plain text: nothing in it that is special, unless it is escaped."""
    return _PLAIN.fullmatch(regex) is not None


def _row(name: str, ignore_case: bool, attribute: str | None, usage: str) -> Row:
    return Row(
        name,
        Args.RAW,
        Where.ANY,
        Override.FILEINFO,
        setting=SETENVIF,
        value=_rule(ignore_case, attribute),
        usage=f"{name} {usage}",
    )


_USAGE = "attribute regex [!]name[=value] ..."

ROWS = (
    _row("SetEnvIf", False, None, _USAGE),
    _row("SetEnvIfNoCase", True, None, _USAGE),
    _row("BrowserMatch", False, "User-Agent", "regex [!]name[=value] ..."),
    _row("BrowserMatchNoCase", True, "User-Agent", "regex [!]name[=value] ..."),
    *known(
        Kind.UNSUPPORTED, "expressions that are judged per request are not evaluated", "SetEnvIfExpr raw any FileInfo"
    ),
)
