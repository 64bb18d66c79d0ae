"""The markup of a listing: its entries as a list, as text in columns, or as a table.

Law: byte for byte what mod_autoindex writes, but that what comes from the file system or from the client cannot be
taken for markup, no character is cut in two, and columns are as wide as the characters in them.
"""

from __future__ import annotations

import re
import time
from typing import NamedTuple

from ..config.directives.autoindex import COLUMN_WIDTH, Listing
from ..environ import decode, encode, escape
from .listing_order import Entry

__all__ = ["Look", "entries_shown", "escaped", "shown_name", "size_shown"]

_WIDER = {"SuppressIcon": 6, "SuppressLastModified": 19, "SuppressSize": 7}  # what a description gains
_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NO_DATE = " " * 19
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff]")  # what no page may hold


class Look(NamedTuple):
    """How a listing is written."""

    listing: Listing
    options: frozenset[str]  # those of the listing, as the query has changed them
    key: str
    order: str
    query: str  # what links to other orders take along, escaped for an attribute
    classes: bool  # whether elements are named for a style sheet
    own: bool  # whether that is the sheet built in: then the page is valid as well
    text: bool  # whether names are UTF-8 in the page; else their bytes go out as they are

    def has(self, option: str) -> bool:
        """Whether an option holds."""
        return option in self.options

    @property
    def void(self) -> str:
        """The end of an element without content."""
        return " />" if "XHTML" in self.options else ">"

    def length(self, text: str) -> int:
        """How many characters a text has in the page: where that is not in UTF-8, each byte is one."""
        return len(text) if self.text or text.isascii() else len(encode(text))

    def cut(self, text: str, length: int) -> str:
        """The beginning of a text."""
        return text[:length] if self.text else decode(encode(text)[:length])


def escaped(text: str) -> str:
    """Text as markup, as httpd escapes it."""
    if _PLAIN.fullmatch(text):
        return text
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def shown_name(text: str, *, as_text: bool) -> str:
    """A name as people are to see it: what is no character is shown as one that says so."""
    if as_text and not text.isprintable():
        text = _UNREADABLE.sub("\ufffd", text)
    return text


_PLAIN = re.compile("[A-Za-z0-9._~-]+/?")  # names that need no escape anywhere


def _anchor(name: str) -> str:
    """A link to an entry. A colon before the first slash would make a scheme of what is before it."""
    if _PLAIN.fullmatch(name):
        return name
    colon, slash = name.find(":"), name.find("/")
    relative = "./" if colon >= 0 and (slash < 0 or colon < slash) else ""
    return escaped(relative + escape(name))


def size_shown(size: int) -> str:
    """A size in four characters (apr_strfsize)."""
    if size < 0:
        return "  - "
    if size < 973:
        return f"{size:3d} "
    for unit in "KMGTPE":
        rest, size = size & 1023, size >> 10
        if size >= 973:
            continue
        if size < 9 or (size == 9 and rest < 973):
            tenths = (rest * 5 + 256) // 512
            return f"{size + 1}.0{unit}" if tenths >= 10 else f"{size}.{tenths}{unit}"
        return f"{size + (rest >= 512):3d}{unit}"
    return "****"


def _times(listing: Listing) -> dict[int, str]:
    """Local times by the minute: files come in flocks."""
    return _OldTimes() if listing.date_format else _Times()


class _Times(dict[int, str]):
    def __missing__(self, minute: int) -> str:
        found = self[minute] = self._written(time.localtime(minute * 60))
        return found

    def _written(self, at: time.struct_time) -> str:
        return f"{at[0]:04d}-{at[1]:02d}-{at[2]:02d} {at[3]:02d}:{at[4]:02d}"


class _OldTimes(_Times):
    def _written(self, at: time.struct_time) -> str:
        return f"{at[2]:02d}-{_MONTHS[at[1]]}-{at[0]:04d} {at[3]:02d}:{at[4]:02d}"


def entries_shown(entries: list[Entry], look: Look, blank: str | None) -> list[str]:
    """The entries in order as pieces of markup; `blank` is the icon of the line with the titles."""
    if look.has("HTMLTable"):
        return _table(entries, look, blank)
    if look.has("FancyIndexing"):
        return _columns(entries, look, blank)
    lines = ["<ul>"]
    for entry, title in _titled(entries, look):
        lines.append(f'<li><a href="{_anchor(entry.name)}"> {escaped(title)}</a></li>\n')
    lines.append("</ul>\n")
    return lines


def _titled(entries: list[Entry], look: Look) -> list[tuple[Entry, str]]:
    text = look.text
    shown = [(entry, shown_name(entry.name, as_text=text)) for entry in entries]
    if entries and entries[0].is_parent:
        shown[0] = (entries[0], "Parent Directory")
    return shown


def _image(look: Look, icon: str, alt: str) -> str:
    listing = look.listing
    width = f' width="{listing.icon_width}"' if listing.icon_width else ""
    height = f' height="{listing.icon_height}"' if listing.icon_height else ""
    return f'<img src="{escaped(icon)}" alt="{alt}"{width}{height}{look.void}'


def _alt(text: str | None) -> str:
    """The text of an icon, in which markup is meant as such (httpd does not escape it), as far as it ends nothing."""
    return "   " if text is None else text.replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def _link(look: Look, title: str, key: str) -> str:
    if look.has("SuppressColumnSorting"):
        return title
    order = "D" if look.key == key and look.order == "A" else "A"
    return f'<a href="?C={key};O={order}{look.query}">{title}</a>'


def _cut(title: str, width: int, look: Look) -> tuple[str, str]:
    """A name in so many characters, as markup, and the blanks behind it."""
    length = look.length(title)
    if length > width:
        return f"{escaped(look.cut(title, width - 3))}..&gt;", ""
    return escaped(title), " " * (width - length)


# -- text in columns --------------------------------------------------------------------------------------------------


def _columns(entries: list[Entry], look: Look, blank: str | None) -> list[str]:
    listing = look.listing
    titled = _titled(entries, look)
    width = COLUMN_WIDTH if listing.name_width is None else listing.name_width
    if listing.name_fits:
        width = max([width, *(look.length(entry.name) for entry in entries)])
    room = _room(look)
    if listing.description_fits:
        room = max([room, *(look.length(entry.description or "") for entry in entries)])
    icons, dates = not look.has("SuppressIcon"), not look.has("SuppressLastModified")
    sizes, described = not look.has("SuppressSize"), not look.has("SuppressDescription")
    head = "<pre>"
    if icons:
        head += "      " if blank is None else f"{_image(look, blank, 'Icon ')} "
    head += f"{_link(look, 'Name', 'N')}{' ' * (width - 4)} "
    if dates:
        head += f"{_link(look, 'Last modified', 'M')}      "
    if sizes:
        head += f"{_link(look, 'Size', 'S')}  "
    if described:
        head += _link(look, "Description", "D")
    rule = f"<hr{look.void}"
    if look.has("SuppressRules"):
        lines, end = [f"{head}\n"], "</pre>\n"
    elif look.own:  # a line has no place in preformatted text
        lines, end = [f"{head}</pre>\n{rule}\n<pre>\n"], f"</pre>\n{rule}\n"
    else:
        lines, end = [head + rule], f"{rule}</pre>\n"
    times, images = _times(listing), _Icons(look, "     ", " ")
    for entry, title in titled:
        anchor = _anchor(entry.name)
        line = images.of(entry, anchor) if icons else ""
        name, blanks = _cut(title, width, look)
        line += f'<a href="{anchor}">{name}</a>{blanks} '
        if dates:
            line += _NO_DATE if entry.modified is None else f"{times[entry.modified // 60]}  "
        if sizes:
            line += f"{size_shown(entry.size)}  "
        if described and entry.description:
            line += _shortened(entry.description, room, look)
        lines.append(f"{line}\n")
    lines.append(end)
    return lines


class _Icons(dict["tuple[str | None, str | None]", str]):
    """The images of icons with their texts, of which there are few."""

    def __init__(self, look: Look, nothing: str, behind: str) -> None:
        super().__init__()
        self._look, self._nothing, self._behind = look, nothing, behind
        self._links = look.has("IconsAreLinks")

    def __missing__(self, key: tuple[str | None, str | None]) -> str:
        icon, alt = key[0] or self._look.listing.default_icon, key[1]
        found = self._nothing if not icon else _image(self._look, icon, f"[{_alt(alt)}]")
        found = self[key] = found if self._links else found + self._behind
        return found

    def of(self, entry: Entry, anchor: str) -> str:
        """The icon of an entry, and what stands behind it."""
        image = self[entry.icon, entry.alt]
        return f'<a href="{anchor}">{image}</a>{self._behind}' if self._links else image


# -- a table ----------------------------------------------------------------------------------------------------------


def _table(entries: list[Entry], look: Look, blank: str | None) -> list[str]:
    listing, classes = look.listing, look.classes
    icons, dates = not look.has("SuppressIcon"), not look.has("SuppressLastModified")
    sizes, described = not look.has("SuppressSize"), not look.has("SuppressDescription")

    def cell(name: str, otherwise: str = "") -> str:
        return f' class="indexcol{name}">' if classes else f"{otherwise}>"

    head = '  <table id="indexlist">\n   <tr class="indexhead">' if classes else "  <table>\n   <tr>"
    if icons:
        image = "&nbsp;" if blank is None else _image(look, blank, "[ICO]")
        head += f"<th{cell('icon', ' valign=' + chr(34) + 'top' + chr(34))}{image}</th>"
    head += f"<th{cell('name')}{_link(look, 'Name', 'N')}"
    for wanted, name, title, key in (
        (dates, "lastmod", "Last modified", "M"),
        (sizes, "size", "Size", "S"),
        (described, "desc", "Description", "D"),
    ):
        if wanted:
            head += f"</th><th{cell(name)}{_link(look, title, key)}"
    rule = ""
    if not look.has("SuppressRules"):
        span = 1 + sum((icons, dates, sizes, described))
        name = ' class="indexbreakrow"' if classes else ""
        rule = f'   <tr{name}><th colspan="{span}"><hr{look.void}</th></tr>\n'
    lines = [f"{head}</th></tr>\n{rule}"]
    width = COLUMN_WIDTH if listing.name_width is None else listing.name_width
    room, times, images = _room(look), _times(listing), _Icons(look, "&nbsp;", "</td>")
    icon_cell, name_cell = cell("icon", ' valign="top"'), cell("name")
    date_cell, no_date_cell = cell("lastmod", ' align="right"'), cell("lastmod")
    size_cell, text_cell = cell("size", ' align="right"'), cell("desc")
    for place, (entry, title) in enumerate(_titled(entries, look)):
        anchor = _anchor(entry.name)
        line = _row(look, place, entry)
        if icons:
            line += f"<td{icon_cell}{images.of(entry, anchor)}"
        name, blanks = (escaped(title), "") if listing.name_fits else _cut(title, width, look)
        line += f'<td{name_cell}<a href="{anchor}">{name}</a>{blanks}'
        if dates and entry.modified is not None:
            line += f"</td><td{date_cell}{times[entry.modified // 60]}  "
        elif dates:
            line += f"</td><td{no_date_cell}&nbsp;"
        if sizes:
            line += f"</td><td{size_cell}{size_shown(entry.size)}"
        if described:
            text = entry.description
            if text and not listing.description_fits:
                text = _shortened(text, room, look)
            line += f"</td><td{text_cell}{'&nbsp;' if text is None else text}"
        lines.append(f"{line}</td></tr>\n")
    lines.append(f"{rule}</table>\n")
    return lines


def _row(look: Look, place: int, entry: Entry) -> str:
    if not look.classes:
        return "<tr>"
    name = "odd" if place & 1 else "even"
    if entry.alt is not None and look.has("AddAltClass"):
        name += f"-{_alt(_lower(entry.alt))}"
    return f'   <tr class="{name}">'


_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def _lower(text: str) -> str:
    """Lower case of ASCII alone, as in C."""
    return text.translate(_LOWER)


# -- descriptions -----------------------------------------------------------------------------------------------------


def _room(look: Look) -> int:
    listing = look.listing
    room = COLUMN_WIDTH if listing.description_width is None else listing.description_width
    if listing.description_width is None and not listing.description_fits:
        room += sum(wider for option, wider in _WIDER.items() if look.has(option))
    return room


_TOKEN = re.compile(r"<[^>]*>|<.*|&[^;]*;|&.*|.", re.DOTALL)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)[^>]*?(/?)>", re.DOTALL)
_VOID = frozenset({"area", "br", "hr", "img", "input", "wbr"})


def _shortened(text: str, room: int, look: Look) -> str:
    """A description in so many characters; tags take none. What is left out shows as ">"."""
    if look.length(text) <= room:
        return text
    return _shorter(text, room) if look.text else decode(_shorter(encode(text), room))


def _shorter(text: str, room: int) -> str:
    left, parts = room, list[str]()
    for token in _TOKEN.findall(text):
        if token[0] == "<":
            if token[-1] != ">":  # a tag without an end: that is all
                return "".join(parts) + _closing("".join(parts))
        elif left <= 0:
            break
        else:
            left -= 1
        parts.append(token)
    else:
        return text
    if not parts:
        return ""
    if parts[-1][0] != "<":
        parts[-1] = ">"
    return "".join(parts) + _closing("".join(parts))


def _closing(markup: str) -> str:
    """The ends of the elements that markup has left open."""
    opened: list[str] = []
    for slash, name, empty in _TAG.findall(markup):
        lower = name.lower()
        if slash:
            if lower in opened:
                del opened[len(opened) - 1 - opened[::-1].index(lower) :]
        elif not empty and lower not in _VOID:
            opened.append(lower)
    return "".join([f"</{name}>" for name in reversed(opened)])
