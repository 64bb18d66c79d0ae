r"""The formats of logs, taken apart: LogFormat and CustomLog (mod_log_config), ErrorLogFormat (core).

Law: nothing here knows a request: a format becomes a tuple of texts and directives, or a ValueError that says what is
wrong with it, as httpd does. In texts `\n`, `\t` and `\\` are what they are in C; another backslash stays in the first,
and goes in the second.
Observed on httpd 2.4 (tests/oracle, access_log and error_log).
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["CLF", "Field", "Item", "parse_access", "parse_error"]

CLF = '%h %l %u %t "%r" %>s %b'  # what TransferLog writes without a LogFormat of its own, and the nickname "clf"

# Of mod_log_config, mod_logio and (where it is loaded) mod_ssl.
_ACCESS = frozenset("aABbCcDefhHiIklLmnoOpPqrRsStTuUvVxX")
_ACCESS_LONG = frozenset({"^ti", "^to", "^FB"})
_OF_FIRST = frozenset("LrDTUsR")  # of the request that came in, whatever it was redirected to
_ERROR = frozenset("aAeEFiklLmnPtTvV")
_SHORT = {"n": "\n", "t": "\t", "\\": "\\"}


class Item(NamedTuple):
    """A piece of an access log's format: a text where `name` is empty, else the directive of that letter."""

    name: str
    argument: str = ""  # of a text: the text
    first: bool = False  # of the request that came in, else of the one that it was redirected to last
    statuses: frozenset[int] = frozenset()  # the only ones with which it is shown
    negated: bool = False  # or the only ones with which it is not


class Field(NamedTuple):
    """A piece of an error log's format: a text where `name` is empty, "M" the message, else a directive."""

    name: str
    argument: str = ""  # of a text: the text
    separates: bool = False  # a text with which a field begins
    required: bool = False  # where it is empty, the line is not written
    hyphen: bool = False  # where it is empty, it is "-"
    level: int = 0  # it is empty in messages that are more severe


def _unescaped(text: str) -> str:
    return re.sub(r"\\([nt\\])", lambda found: _SHORT[found[1]], text)


_TEXT = re.compile(r"[^%]+")
_MODIFIER = re.compile(r"\{([^}]*)\}?|([!<>,])|([0-9]+)")


def parse_access(form: str) -> tuple[Item, ...]:
    """The pieces of a format of mod_log_config. ValueError: what is wrong with it."""
    items: list[Item] = []
    at, end = 0, len(form)
    while at < end:
        text = _TEXT.match(form, at)
        if text is not None:
            items.append(Item("", _unescaped(text[0])))
            at = text.end()
        elif form.startswith("%%", at):
            items.append(Item("", "%"))
            at += 2
        else:
            item, at = _access_item(form, at + 1)
            items.append(item)
    return tuple(items)


def _access_item(form: str, at: int) -> tuple[Item, int]:
    argument, negated = "", False
    first: bool | None = None
    statuses: set[int] = set()
    while (found := _MODIFIER.match(form, at)) is not None:
        at = found.end()
        if found[1] is not None:
            argument = found[1]
        elif found[3] is not None:
            statuses.add(int(found[3][:9]))
        elif found[2] == "!":
            negated = not negated
        elif found[2] != ",":
            first = found[2] == "<"
    if at >= len(form):
        raise ValueError("Ran off end of LogFormat parsing args to some directive")
    name = form[at : at + 3]
    if name not in _ACCESS_LONG:
        name = form[at]
        if name not in _ACCESS:
            raise ValueError(f"Unrecognized LogFormat directive %{name}")
    if first is None:
        first = name in _OF_FIRST
    return Item(name, argument, first, frozenset(statuses), negated), at + len(name)


# In texts of ErrorLogFormat a blank begins a field, but one behind a backslash does not.
_FIELD_TEXT = re.compile(r"\x20*(?:\\.|[^% \\]|\\)*", re.DOTALL)
_FIELD_MODIFIER = re.compile(r"\{([^}]*)\}?|([+-])|([0-9]+)")


def parse_error(form: str, *, main: bool) -> tuple[Field, ...]:
    """The pieces of an ErrorLogFormat; `main`: for messages, else for a connection or request. ValueError: what is
    wrong with it."""
    fields: list[Field] = []
    at, end = 0, len(form)
    while at < end:
        if form[at] != "%":
            field, at = _field_text(form, at)
        elif form.startswith("% ", at):  # a field begins, and nothing is shown of that
            field, at = _field_text(form, at + 2, separates=True)
        elif form.startswith("%%", at):
            field, at = Field("", "%"), at + 2
        else:
            field, at = _field(form, at + 1, main=main)
        fields.append(field)
    if main and not any(field.name == "M" for field in fields):
        raise ValueError("main ErrorLogFormat must contain message format string '%M'")
    return tuple(fields)


def _field_text(form: str, at: int, *, separates: bool = False) -> tuple[Field, int]:
    found = _FIELD_TEXT.match(form, at)
    assert found is not None  # it may be empty
    text = re.sub(r"\\(.)", lambda escape: _SHORT.get(escape[1], escape[1]), found[0], flags=re.DOTALL)
    return Field("", text, separates or found[0].startswith(" ")), found.end()


def _field(form: str, at: int, *, main: bool) -> tuple[Field, int]:
    argument, required, hyphen, level = "", False, False, 0
    while (found := _FIELD_MODIFIER.match(form, at)) is not None:
        at = found.end()
        if found[1] is not None:
            argument = found[1]
        elif found[3] is not None:
            level = int(found[3][:9])
        elif found[2] == "+":
            required = True
        else:
            hyphen = True
    if at >= len(form):
        raise ValueError("Ran off end of error log format parsing args to some directive")
    name = form[at]
    if name != "M" and name not in _ERROR:
        raise ValueError(f"Unrecognized error log format directive %{name}")
    if name == "M" and not main:
        raise ValueError("%M cannot be used in once-per-request or once-per-connection formats")
    if required and main:
        raise ValueError("The '+' flag cannot be used in the main error log format")
    return Field(name, argument, False, required, hyphen, level), at + 1
