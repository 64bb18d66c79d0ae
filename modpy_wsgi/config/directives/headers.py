"""mod_headers: Header and RequestHeader; and mod_cern_meta, which nobody has asked for."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from modpy_wsgi.config.directives.table import info, known
from modpy_wsgi.config.lexer import words
from modpy_wsgi.config.model import Args, Kind, Origin, Setting, Value
from modpy_wsgi.config.patterns import Regex, compile_regex
from modpy_wsgi.config.values import joined

MODULES = ("headers_module", "mod_headers.c")

EARLY = "early"  # the condition of a rule that holds before anything else is known
TAGS = frozenset("Dtlibes")  # what may follow a % in a value
_ACTIONS = frozenset({"set", "setifempty", "add", "append", "merge", "unset", "echo", "edit", "edit*", "note"})
_EDITS = frozenset({"edit", "edit*"})
_EXPRESSIONS = "expressions that are judged per request are not evaluated"
_ESCAPE = re.compile(r"\\([\\rnt])")
_LETTERS = {"\\": "\\", "r": "\r", "n": "\n", "t": "\t"}


class Tag(NamedTuple):
    """A piece of a value that is filled in for each request: %t, %{NAME}e."""

    letter: str  # of TAGS
    argument: str = ""


class HeaderRule(NamedTuple):
    """One step in the making of the header fields of an answer or of a request."""

    action: str
    name: str  # of the field; of "echo" an expression for names
    value: tuple[str | Tag, ...] = ()  # of the edits: what takes the place of what matched
    regex: Regex | None = None
    condition: str = ""  # "early", or "env=NAME" for a variable that must be set, "env=!NAME" for one that must not
    always: bool = False  # for errors, too: in err_headers_out


HEADERS: Setting[tuple[HeaderRule, ...]] = Setting("Header", (), joined)
REQUEST_HEADERS: Setting[tuple[HeaderRule, ...]] = Setting("RequestHeader", (), joined)


def _rule(of_request: bool) -> Value:
    def value(so_far: Any, args: tuple[str, ...], origin: Origin) -> tuple[HeaderRule, ...]:
        given = words(args[0])
        always = False
        if not of_request and given and given[0].lower() in ("always", "onsuccess"):
            always = given.pop(0).lower() == "always"
        if len(given) > 5:
            raise ValueError("has too many arguments")
        action, name, *rest = [*given, "", ""][: max(2, len(given))]
        made = _made(action.lower(), name, rest, origin, of_request)._replace(always=always)
        return (*(so_far or ()), made)

    return value


def _made(action: str, name: str, rest: list[str], origin: Origin, of_request: bool) -> HeaderRule:
    if action not in _ACTIONS:
        names = ", ".join(f"'{each}'" for each in sorted(_ACTIONS))
        raise ValueError(f"'{action}': the first argument must be one of {names}")
    if action in ("echo", "note") and of_request:
        raise ValueError(f"{action} is only valid on Header directives")
    wanted = {"unset": 0, "echo": 0, "edit": 2, "edit*": 2}.get(action, 1)
    if not name or len(rest) < wanted:
        what = "a match and a substitution" if action in _EDITS else "a value"
        raise ValueError(f"{action} requires the name of a header" + (f", {what}" if wanted else ""))
    if len(rest) > wanted + 1:
        raise ValueError("has too many arguments")
    regex = None
    if action in _EDITS or action == "echo":
        regex = compile_regex(name if action == "echo" else rest[0], place=origin.place)
    return HeaderRule(
        action,
        name.partition(":")[0],
        _tags(rest[wanted - 1]) if wanted else (),
        regex,
        _condition(rest[wanted]) if len(rest) > wanted else "",
    )


def _condition(word: str) -> str:
    if word.lower() == EARLY:
        return EARLY
    kind, mark, variable = word.partition("=")
    if mark and kind.lower() == "env":
        if variable in ("", "!"):
            raise ValueError("the name of an environment variable is missing: env=[!]name")
        return f"env={variable}"
    if mark and kind.lower() == "expr":
        raise ValueError(f"{Kind.UNSUPPORTED.value}: {_EXPRESSIONS}: '{word}'")
    raise ValueError(f"unknown parameter: '{word}'")


def _tags(text: str) -> tuple[str | Tag, ...]:
    """The pieces of a value (httpd's parse_format_string): text with its escapes resolved, and tags."""
    if text.startswith("expr="):
        raise ValueError(f"{Kind.UNSUPPORTED.value}: {_EXPRESSIONS}: '{text}'")
    pieces: list[str | Tag] = []
    at = 0
    while at < len(text):
        end = text.find("%", at)
        if end != at:
            end = len(text) if end < 0 else end
            piece = _ESCAPE.sub(lambda found: _LETTERS[found[1]], text[at:end])
            if "\r" in piece or "\n" in piece:
                raise ValueError(f"'{text}': a header must not have a line's end")
            pieces.append(piece)
            at = end
            continue
        at += 1
        if text[at : at + 1] in ("%", ""):
            pieces.append("%")
            at += 1
            continue
        argument = ""
        if text[at] == "{":
            argument, _, rest = text[at + 1 :].partition("}")
            at = len(text) - len(rest.lstrip("}"))
        letter = text[at : at + 1]
        if letter not in TAGS or not letter:
            raise ValueError(f"unrecognized header format %{letter}")
        pieces.append(Tag(letter, argument))
        at += 1
    return tuple(pieces)


ROWS = (
    info(
        "Header",
        Args.RAW,
        HEADERS,
        _rule(False),
        "[always|onsuccess] action name [value [replacement]] [early|env=[!]variable]",
    ),
    info(
        "RequestHeader",
        Args.RAW,
        REQUEST_HEADERS,
        _rule(True),
        "action name [value [replacement]] [early|env=[!]variable]",
    ),
    *known(
        Kind.UNSUPPORTED,
        "header fields are not read from files",
        """
        MetaDir        1    any       Indexes
        MetaFiles      flag any       Indexes
        MetaSuffix     1    any       Indexes
        """,
    ),
)
