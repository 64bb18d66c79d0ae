"""Options, and the classes of AllowOverride with the options that they may be limited to."""

from __future__ import annotations

import enum
from typing import Any, Final

from modpy_wsgi.config.lexer import words
from modpy_wsgi.config.model import Origin, Override, Setting
from modpy_wsgi.config.values import Several

__all__ = [
    "ALLOW_OPTIONS",
    "ALLOW_OVERRIDE",
    "ALLOW_OVERRIDE_LIST",
    "NONFATAL",
    "OPTIONS",
    "Nonfatal",
    "Options",
    "allow_override",
    "allow_override_list",
    "options",
]

# IncludesNOEXEC is server-side includes without programs; Includes is both. So "Options -IncludesNOEXEC" after
# "Includes" leaves neither working, as in httpd.
_INCLUDES = frozenset({"Includes", "IncludesNOEXEC"})
_ALL = frozenset({"Indexes", "FollowSymLinks", "ExecCGI"}) | _INCLUDES
_WORDS: dict[str, frozenset[str]] = {
    "indexes": frozenset({"Indexes"}),
    "includes": _INCLUDES,
    "includesnoexec": frozenset({"IncludesNOEXEC"}),
    "followsymlinks": frozenset({"FollowSymLinks"}),
    "symlinksifownermatch": frozenset({"SymLinksIfOwnerMatch"}),
    "execcgi": frozenset({"ExecCGI"}),
    "multiviews": frozenset({"MultiViews"}),
    "runscripts": frozenset({"MultiViews", "ExecCGI"}),
    "none": frozenset(),
    "all": _ALL,
}


class Options:
    """What one section says with Options: a new set, or a change of what is inherited.

    names: what holds, as far as this section knows. relative: only + and - were used, and `names` is of no meaning to
    what is inherited. It is not to be changed, and equal to itself only.
    """

    __slots__ = ("added", "names", "relative", "removed")

    def __init__(
        self,
        names: frozenset[str],
        added: frozenset[str] = frozenset(),
        removed: frozenset[str] = frozenset(),
        relative: bool = False,
    ) -> None:
        self.names: Final = names
        self.added: Final = added
        self.removed: Final = removed
        self.relative: Final = relative

    def __contains__(self, name: object) -> bool:
        return name in self.names


def _merge(outer: Options, inner: Options) -> Options:
    if not inner.relative:
        return inner
    names = (outer.names - inner.removed) | inner.added
    added = (outer.added - inner.removed) | inner.added
    if outer.names >= _INCLUDES and inner.names & _INCLUDES == {"IncludesNOEXEC"}:
        # "+IncludesNOEXEC" takes the programs away, as in httpd; which gives them back over a server's own Options.
        names, added = names - {"Includes"}, added - {"Includes"}
    return Options(
        names=names,
        added=added,
        removed=(outer.removed - inner.added) | inner.removed,
        relative=outer.relative,
    )


OPTIONS: Setting[Options] = Setting("Options", Options(frozenset({"FollowSymLinks"})), _merge)


def options(so_far: Options | None, args: tuple[str, ...], origin: Origin) -> Options:
    """The value of an Options directive, given what the section said so far.

    What "-" has taken away a list behind it does not give back: httpd takes it away once more as soon as it merges the
    section with another one.
    """
    current = so_far or Options(frozenset(), relative=True)
    default = OPTIONS.default
    names, added, removed = current.names, current.added, current.removed
    relative = current.relative
    given = words(args[0])
    with_sign = not given or given[0][:1] in ("+", "-")
    if so_far is None and with_sign:
        names = default.names
    if not with_sign:
        names, added, relative = frozenset(), frozenset(), False
    merging = False
    for index, word in enumerate(given):
        sign = word[0] if word[:1] in ("+", "-") else ""
        plain = word[len(sign) :].lower()
        if (sign and index and not merging and given[0].lower() not in ("all", "none")) or (merging and not sign):
            raise ValueError("either all Options must start with + or -, or no Option may")
        merging = bool(sign)
        members = _WORDS.get(plain)
        if members is None:
            raise ValueError(f"illegal option '{word}'")
        if plain in ("none", "all") and (sign or index):
            raise ValueError(f"'{plain}' must be the first Option given, without + or -")
        if origin.options_allowed is not None and not members <= origin.options_allowed:
            raise ValueError(f"option {word} not allowed here")
        if sign == "-":
            names, added, removed = names - members, added - members, removed | members
        else:
            names = names | members
            if sign:
                added, removed = added | members, removed - members
    return Options(names - removed, added, removed, relative)


class Nonfatal(enum.Flag):
    """What AllowOverride Nonfatal= lets pass in a .htaccess: logged and skipped."""

    NONE = 0
    OVERRIDE = enum.auto()  # directives of a class that is not allowed
    UNKNOWN = enum.auto()  # directives that nobody knows
    ALL = OVERRIDE | UNKNOWN


ALLOW_OVERRIDE: Setting[Override] = Setting("AllowOverride", Override.NONE)
ALLOW_OPTIONS: Setting[frozenset[str] | None] = Setting("AllowOverride Options=", None)  # None: all of them
NONFATAL: Setting[Nonfatal] = Setting("AllowOverride Nonfatal=", Nonfatal.NONE)
ALLOW_OVERRIDE_LIST: Setting[frozenset[str]] = Setting("AllowOverrideList", frozenset())  # names in lower case

_NONFATAL = {"override": Nonfatal.OVERRIDE, "unknown": Nonfatal.UNKNOWN, "all": Nonfatal.ALL}
_CLASSES = {
    "limit": Override.LIMIT,
    "fileinfo": Override.FILEINFO,
    "authconfig": Override.AUTHCONFIG,
    "indexes": Override.INDEXES,
    "options": Override.OPTIONS,
}


def allow_override(so_far: Any, args: tuple[str, ...], origin: Origin) -> Several:
    """The values of an AllowOverride directive; the last one in a section counts.

    Which options may be named the word Options says, with or without a list. Without it another directive of the same
    section may have said so (observed).
    """
    override, nonfatal = Override.NONE, Nonfatal.NONE
    only: frozenset[str] | None = None
    for word in words(args[0]):
        name, mark, value = word.lower().partition("=")
        if name == "none" and not mark:
            override, nonfatal = Override.NONE, Nonfatal.NONE
        elif name == "all" and not mark:
            override, nonfatal = Override.ALL, Nonfatal.NONE
        elif name == "nonfatal":
            if value not in _NONFATAL:
                raise ValueError("Nonfatal must be followed by =Override, =Unknown or =All")
            nonfatal |= _NONFATAL[value]
        elif name == "options" and mark:
            override |= Override.OPTIONS
            only = _option_set(value)
        elif name in _CLASSES and not mark:
            override |= _CLASSES[name]
            only = _ALL if name == "options" else only  # not MultiViews and SymLinksIfOwnerMatch: they are not in All
        else:
            raise ValueError(f"illegal override option '{word}'")
    values: dict[Setting[Any], Any] = {ALLOW_OVERRIDE: override, NONFATAL: nonfatal}
    if only is not None or so_far is None:
        values[ALLOW_OPTIONS] = only
    return Several(values)


def _option_set(text: str) -> frozenset[str]:
    result: frozenset[str] = frozenset()
    for word in text.split(","):
        if word and word not in _WORDS:
            raise ValueError(f"illegal option '{word}'")
        result |= _WORDS.get(word, frozenset())
    return result


def allow_override_list(so_far: Any, args: tuple[str, ...], origin: Origin) -> frozenset[str]:
    """The value of an AllowOverrideList directive: names of directives, in lower case."""
    names = [word.lower() for word in args]
    if "none" in names:
        if len(names) > 1:
            raise ValueError("'None' stands alone")
        return frozenset()
    return frozenset(names)
