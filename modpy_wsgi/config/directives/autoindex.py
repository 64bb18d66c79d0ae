"""mod_autoindex: listings of directories.

Law: all its directives fill one record, as in httpd: a section that has any of them is merged as a whole, and signs of
IndexOptions come into force only where two records meet.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from modpy_wsgi.config.directives.table import known
from modpy_wsgi.config.model import Args, Kind, Origin, Override, Row, Setting, Where
from modpy_wsgi.config.patterns import has_wildcard

__all__ = ["LISTING", "MODULES", "Listing", "ListingItem"]

MODULES = ("autoindex_module", "mod_autoindex.c")

ICON_WIDTH, ICON_HEIGHT = 20, 22  # of the icons that come with httpd
COLUMN_WIDTH = 23  # characters of the columns for names and descriptions
UNSET = "(inherited)"  # a mark among the options: no option without a sign was named yet
NONE = "None"
OLD_DATES = "%d-%b-%Y %H:%M"

_OPTIONS = (
    *("FancyIndexing", "FoldersFirst", "HTMLTable", "IconsAreLinks", "IgnoreCase", "IgnoreClient", "ScanHTMLTitles"),
    *("SuppressColumnSorting", "SuppressDescription", "SuppressHTMLPreamble", "SuppressIcon", "SuppressLastModified"),
    *("SuppressRules", "SuppressSize", "TrackModified", "VersionSort", "XHTML", "ShowForbidden", "AddAltClass"),
)
_BY_NAME = {name.lower(): name for name in _OPTIONS}


class ListingItem(NamedTuple):
    """What one word of AddIcon and its relatives, AddDescription or IndexIgnore says."""

    kind: str  # what `pattern` is compared with: "path", "type", "encoding"; "name" of IndexIgnore
    pattern: str  # with * and ?; of a description as fnmatch has them, or a part of the name
    within: str  # a pattern for the file's whole path: that of the section
    value: str = ""


Items = tuple[ListingItem, ...]


class Listing(NamedTuple):
    """How directories are listed. Widths: None is not said, "*" as much as is needed."""

    options: frozenset[str] = frozenset({UNSET})
    added: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()
    icon_width: int = 0
    icon_height: int = 0
    name_width: int | None = None
    name_fits: bool = False  # NameWidth=*
    description_width: int | None = None
    description_fits: bool = False
    media_type: str | None = None
    charset: str | None = None
    date_format: str | None = None
    order_key: str | None = None  # "N", "M", "S", "D" as in the query
    order: str | None = None  # "A" or "D"
    icons: Items = ()
    alts: Items = ()
    descriptions: Items = ()
    ignored: Items = ()
    ignores_anew: bool = False  # IndexIgnoreReset
    default_icon: str | None = None
    header: str | None = None
    readme: str | None = None
    style_sheet: str | None = None
    head_insert: str | None = None


def _either(outer: Any, inner: Any) -> Any:
    return inner if inner is not None else outer


def _merged_options(outer: Listing, inner: Listing) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Those that hold, those that signs have added, and those that they have taken away."""
    if inner.options != {UNSET}:  # options without a sign, None too: nothing is inherited
        return inner.options, frozenset(), frozenset()
    added = (outer.added | inner.added) - inner.removed
    removed = outer.removed | inner.removed
    return (outer.options - {NONE} | added) - removed, added, removed


def _merge(outer: Listing, inner: Listing) -> Listing:
    named = inner if inner.name_width is not None or inner.name_fits else outer
    described = inner if inner.description_width is not None or inner.description_fits else outer
    options, added, removed = _merged_options(outer, inner)
    alone = (
        *("media_type", "charset", "date_format", "order_key", "order", "default_icon", "header", "readme"),
        *("style_sheet", "head_insert"),
    )
    return Listing(
        options=options,
        added=added,
        removed=removed,
        **{name: _either(getattr(outer, name), getattr(inner, name)) for name in alone},
        icon_width=inner.icon_width or outer.icon_width,
        icon_height=inner.icon_height or outer.icon_height,
        name_width=named.name_width,
        name_fits=named.name_fits,
        description_width=described.description_width,
        description_fits=described.description_fits,
        icons=inner.icons + outer.icons,  # of all that match the first counts
        alts=inner.alts + outer.alts,
        descriptions=inner.descriptions + outer.descriptions,
        ignored=inner.ignored if inner.ignores_anew else inner.ignored + outer.ignored,
    )


LISTING: Setting[Listing] = Setting("IndexOptions", Listing(), _merge)


# -- IndexOptions -----------------------------------------------------------------------------------------------------


def _number(text: str) -> int:
    found = re.match(r"\s*([+-]?[0-9]{1,9})", text)  # what follows the digits is not looked at, as in httpd
    return int(found[1]) if found else 0


def _width(text: str, lowest: int, what: str) -> int:
    width = _number(text)
    if width < lowest and (width or lowest == _NAME):
        raise ValueError(f"{what} value must be greater than {lowest}")
    return width


_NAME, _DESCRIPTION = 5, 12  # the lowest widths; a name without any room ends httpd's process


def _sized(record: Listing, word: str, sign: str) -> Listing | None:
    """The record with one of the options that take a value; None if the word is none of them."""
    name, equals, text = word.partition("=")
    lower = name.lower()
    if lower not in _SIZES or (lower in ("type", "charset") and not equals):
        return None
    if equals and sign == "-" and lower not in ("type", "charset"):
        raise ValueError(f"Cannot combine '-' with {name}=n")
    return _SIZES[lower](record, text if equals else None, sign)


def _icon(field: str, usual: int) -> Callable[[Listing, str | None, str], Listing]:
    def sized(record: Listing, text: str | None, sign: str) -> Listing:
        value = _number(text) if text is not None else 0 if sign == "-" else usual
        return record._replace(**{field: value})  # type: ignore[arg-type]

    return sized


def _column(field: str, lowest: int, what: str) -> Callable[[Listing, str | None, str], Listing]:
    def sized(record: Listing, text: str | None, sign: str) -> Listing:
        if text is None:
            if sign != "-":
                raise ValueError(f"{what} with no value may only appear as '-{what}'")
            return record._replace(**{f"{field}_width": COLUMN_WIDTH, f"{field}_fits": False})  # type: ignore[arg-type]
        if text.startswith("*"):
            return record._replace(**{f"{field}_fits": True})  # type: ignore[arg-type]
        return record._replace(
            **{f"{field}_width": _width(text, lowest, what), f"{field}_fits": False},  # type: ignore[arg-type]
        )

    return sized


_SIZES: dict[str, Callable[[Listing, str | None, str], Listing]] = {
    "iconwidth": _icon("icon_width", ICON_WIDTH),
    "iconheight": _icon("icon_height", ICON_HEIGHT),
    "namewidth": _column("name", _NAME, "NameWidth"),
    "descriptionwidth": _column("description", _DESCRIPTION, "DescriptionWidth"),
    "type": lambda record, text, sign: record._replace(media_type=text),
    "charset": lambda record, text, sign: record._replace(charset=text),
}


def _options(so_far: Listing | None, args: tuple[str, ...], origin: Origin) -> Listing:
    record = so_far or Listing()
    options, added, removed = record.options, record.added, record.removed
    for word in args:
        sign = word[0] if word[:1] in ("+", "-") else ""
        plain = word[len(sign) :]
        option: frozenset[str] = frozenset()
        sized = _sized(record, plain, sign)
        if sized is not None:
            record = sized
        elif plain.lower() == "useolddateformat":
            record = record._replace(date_format=OLD_DATES)
        elif plain.lower() == "none":
            if sign:
                raise ValueError("Cannot combine '+' or '-' with 'None' keyword")
            options = added = removed = frozenset()
            option = frozenset({NONE})
        elif plain.lower() in _BY_NAME:
            option = frozenset({_BY_NAME[plain.lower()]})
        else:
            raise ValueError(f"Invalid directory indexing option '{word}'")
        if sign == "+":
            added, removed = added | option, removed - option
        elif sign == "-":
            added, removed = added - option, removed | option
        else:
            options, added, removed = options | option, frozenset(), frozenset()
    if NONE in options and options != {NONE}:
        raise ValueError("Cannot combine other IndexOptions keywords with 'None'")
    return record._replace(options=options, added=added, removed=removed)


_DIRECTIONS = {"ascending": "A", "descending": "D"}
_KEYS = {"name": "N", "date": "M", "size": "S", "description": "D"}


def _order(so_far: Listing | None, args: tuple[str, ...], origin: Origin) -> Listing:
    order, key = _DIRECTIONS.get(args[0].lower()), _KEYS.get(args[1].lower())
    if order is None:
        raise ValueError("First keyword must be 'Ascending' or 'Descending'")
    if key is None:
        raise ValueError("Second keyword must be 'Name', 'Date', 'Size', or 'Description'")
    return (so_far or Listing())._replace(order=order, order_key=key)


# -- what is said of files --------------------------------------------------------------------------------------------

_Adding = Callable[["Listing | None", "tuple[str, ...]", Origin], Listing]


def _within(origin: Origin) -> str:
    return f"{origin.location or origin.directory or ''}*"


def _item(kind: str, to: str, origin: Origin, value: str) -> ListingItem:
    if kind == "path":
        to = "^^DIRECTORY^^" if to == "**DIRECTORY**" else to
        to = to if "*" in to or "?" in to else f"*{to}"
    elif kind == "encoding":
        to = to.lower()
    return ListingItem(kind, to, _within(origin), value)


def _alt(kind: str) -> _Adding:
    def add(so_far: Listing | None, args: tuple[str, ...], origin: Origin) -> Listing:
        record = so_far or Listing()
        return record._replace(alts=(*record.alts, _item(kind, args[1], origin, args[0])))

    return add


def _icons(kind: str) -> _Adding:
    def add(so_far: Listing | None, args: tuple[str, ...], origin: Origin) -> Listing:
        record, (icon, to) = so_far or Listing(), args
        if icon.startswith("("):
            if ")" not in icon:
                raise ValueError("missing closing paren")
            alt, _, icon = icon.partition(",")
            icon = icon.partition(")")[0]
            record = record._replace(alts=(*record.alts, _item(kind, to, origin, alt[1:])))
        return record._replace(icons=(*record.icons, _item(kind, to, origin, icon)))

    return add


def _describe(so_far: Listing | None, args: tuple[str, ...], origin: Origin) -> Listing:
    record, (text, to) = so_far or Listing(), args
    if "/" in to:
        item = ListingItem("path", f"*/{to}*", "*", text)
    elif has_wildcard(to):
        item = ListingItem("name", f"*{to}*", "*", text)
    else:
        item = ListingItem("part", to, "*", text)
    return record._replace(descriptions=(*record.descriptions, item))


def _ignore(so_far: Listing | None, args: tuple[str, ...], origin: Origin) -> Listing:
    record = so_far or Listing()
    item = ListingItem("name", args[0].rpartition("/")[2], _within(origin))
    return record._replace(ignored=(*record.ignored, item))


def _ignore_anew(so_far: Listing | None, args: tuple[str, ...], origin: Origin) -> Listing:
    return (so_far or Listing())._replace(ignores_anew=args[0] == "1")


def _text(field: str) -> _Adding:
    def said(so_far: Listing | None, args: tuple[str, ...], origin: Origin) -> Listing:
        return (so_far or Listing())._replace(**{field: args[0]})  # type: ignore[arg-type]

    return said


def _row(name: str, args: Args, value: _Adding, usage: str) -> Row:
    return Row(name, args, Where.ANY, Override.INDEXES, setting=LISTING, value=value, usage=f"{name} {usage}")


ROWS = (
    _row("AddAlt", Args.ITERATE2, _alt("path"), "text file ..."),
    _row("AddAltByEncoding", Args.ITERATE2, _alt("encoding"), "text encoding ..."),
    _row("AddAltByType", Args.ITERATE2, _alt("type"), "text media/type ..."),
    _row("AddDescription", Args.ITERATE2, _describe, "text file ..."),
    _row("AddIcon", Args.ITERATE2, _icons("path"), "icon|(alt,icon) name ..."),
    _row("AddIconByEncoding", Args.ITERATE2, _icons("encoding"), "icon|(alt,icon) encoding ..."),
    _row("AddIconByType", Args.ITERATE2, _icons("type"), "icon|(alt,icon) media/type ..."),
    _row("DefaultIcon", Args.TAKE1, _text("default_icon"), "URL-path"),
    _row("HeaderName", Args.TAKE1, _text("header"), "URL"),
    _row("IndexHeadInsert", Args.TAKE1, _text("head_insert"), '"markup"'),
    _row("IndexIgnore", Args.ITERATE, _ignore, "pattern ..."),
    _row("IndexIgnoreReset", Args.FLAG, _ignore_anew, "On|Off"),
    _row("IndexOptions", Args.ARGV, _options, "[+|-]option ..."),
    _row("IndexOrderDefault", Args.TAKE2, _order, "Ascending|Descending Name|Date|Size|Description"),
    _row("IndexStyleSheet", Args.TAKE1, _text("style_sheet"), "URL-path"),
    _row("ReadmeName", Args.TAKE1, _text("readme"), "URL"),
    *known(
        Kind.SERVER, "httpd knows it no more: IndexOptions FancyIndexing says the same", "FancyIndexing raw any ALL"
    ),
)
