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

    def longest(self, texts: list[str]) -> int:
        """The length of the longest of some texts."""
        return max(map(len if self.text else self.length, texts), default=0)

    def cut(self, text: str, length: int) -> str:
        """The beginning of a text."""
        return text[:length] if self.text else decode(encode(text)[:length])


def escaped(text: str) -> str:
    """Text as markup, as httpd escapes it."""
    if _is_plain(text):
        return text
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def shown_name(text: str, *, as_text: bool) -> str:
    """A name as people are to see it: what is no character is shown as one that says so."""
    if as_text and not text.isprintable():
        text = _UNREADABLE.sub("\ufffd", text)
    return text


_is_plain = re.compile("[A-Za-z0-9._~-]+/?").fullmatch  # whether a name needs no escape anywhere


def _anchor(name: str) -> str:
    """A link to an entry. A colon before the first slash would make a scheme of what is before it."""
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
    for entry in entries:
        name = entry.name
        anchor, title = (name, name) if _is_plain(name) else (_anchor(name), escaped(_title(entry, look)))
        lines.append(f'<li><a href="{anchor}"> {title}</a></li>\n')
    lines.append("</ul>\n")
    return lines


def _title(entry: Entry, look: Look) -> str:
    """What people read of an entry, where it is not plainly its name."""
    return "Parent Directory" if entry.is_parent else shown_name(entry.name, as_text=look.text)


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
    width = COLUMN_WIDTH if listing.name_width is None else listing.name_width
    if listing.name_fits:
        width = max(width, look.longest([entry.name for entry in entries]))
    room = _room(look)
    if listing.description_fits:
        room = max(room, look.longest([entry.description for entry in entries if entry.description]))
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
    links = icons and look.has("IconsAreLinks")
    for entry in entries:
        name, icon, alt, text, size, modified, _ = entry
        if _is_plain(name) and len(name) <= width:
            anchor, shown, blanks = name, name, " " * (width - len(name))
        else:
            anchor = _anchor(name)
            shown, blanks = _cut(_title(entry, look), width, look)
        before, behind = images[icon, alt] if icons else ("", "")
        date = sized = described_as = ""
        if dates:
            date = _NO_DATE if modified is None else f"{times[modified // 60]}  "
        if sizes:
            sized = f"{size_shown(size)}  "
        if described and text:
            described_as = _shortened(text, room, look)
        link = anchor if links else ""
        lines.append(f'{before}{link}{behind}<a href="{anchor}">{shown}</a>{blanks} {date}{sized}{described_as}\n')
    lines.append(end)
    return lines


class _Icons(dict["tuple[str | None, str | None]", "tuple[str, str]"]):
    """The images of icons with their texts, of which there are few, and what stands behind them.

    Where icons are links, where they lead stands between the two parts; else the first is empty.
    """

    def __init__(self, look: Look, nothing: str, behind: str) -> None:
        super().__init__()
        self._look, self._nothing, self._behind = look, nothing, behind

    def __missing__(self, key: tuple[str | None, str | None]) -> tuple[str, str]:
        icon, alt = key[0] or self._look.listing.default_icon, key[1]
        image = self._nothing if not icon else _image(self._look, icon, f"[{_alt(alt)}]")
        links = self._look.has("IconsAreLinks")
        found = self[key] = ('<a href="', f'">{image}</a>{self._behind}') if links else ("", image + self._behind)
        return found


# -- a table ----------------------------------------------------------------------------------------------------------

_RIGHT = ' align="right"'


def _table(entries: list[Entry], look: Look, blank: str | None) -> list[str]:
    listing, classes = look.listing, look.classes
    icons, dates = not look.has("SuppressIcon"), not look.has("SuppressLastModified")
    sizes, described = not look.has("SuppressSize"), not look.has("SuppressDescription")

    def cell(name: str, otherwise: str = "") -> str:
        return f' class="indexcol{name}">' if classes else f"{otherwise}>"

    icon_cell = cell("icon", ' valign="top"')
    head = '  <table id="indexlist">\n   <tr class="indexhead">' if classes else "  <table>\n   <tr>"
    if icons:
        image = "&nbsp;" if blank is None else _image(look, blank, "[ICO]")
        head += f"<th{icon_cell}{image}</th>"
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
    room, times, links = _room(look), _times(listing), icons and look.has("IconsAreLinks")
    rows = _Rows(look, f"<td{icon_cell}" if icons else None, f"<td{cell('name')}")
    date_cell, no_date = f"</td><td{cell('lastmod', _RIGHT)}", f"</td><td{cell('lastmod')}&nbsp;"
    size_cell, text_cell = f"</td><td{cell('size', _RIGHT)}", f"</td><td{cell('desc')}"
    for place, entry in enumerate(entries):
        name, icon, alt, text, size, modified, _ = entry
        if _is_plain(name) and (listing.name_fits or len(name) <= width):
            anchor, shown, blanks = name, name, "" if listing.name_fits else " " * (width - len(name))
        else:
            anchor, title = _anchor(name), _title(entry, look)
            shown, blanks = (escaped(title), "") if listing.name_fits else _cut(title, width, look)
        before, behind = rows[place & 1, icon, alt]
        date = sized = described_as = ""
        if dates:
            date = no_date if modified is None else f"{date_cell}{times[modified // 60]}  "
        if sizes:
            sized = f"{size_cell}{size_shown(size)}"
        if described:
            if text and not listing.description_fits:
                text = _shortened(text, room, look)
            described_as = f"{text_cell}{'&nbsp;' if text is None else text}"
        link = anchor if links else ""
        lines.append(
            f'{before}{link}{behind}<a href="{anchor}">{shown}</a>{blanks}{date}{sized}{described_as}</td></tr>\n'
        )
    lines.append(f"{rule}</table>\n")
    return lines


class _Rows(dict["tuple[int, str | None, str | None]", "tuple[str, str]"]):
    """The beginnings of rows, up to the name, by whether they are odd and by their icons, of which there are few.

    Where icons are links, where they lead stands between the two parts; else the first is empty.
    """

    def __init__(self, look: Look, icon_cell: str | None, name_cell: str) -> None:
        super().__init__()
        self._look, self._icon_cell, self._name_cell = look, icon_cell, name_cell
        self._images = _Icons(look, "&nbsp;", "</td>")

    def __missing__(self, key: tuple[int, str | None, str | None]) -> tuple[str, str]:
        odd, icon, alt = key
        row = "<tr>"
        if self._look.classes:
            name = "odd" if odd else "even"
            if alt is not None and self._look.has("AddAltClass"):
                name += f"-{_alt(_lower(alt))}"
            row = f'   <tr class="{name}">'
        before = ""
        if self._icon_cell is not None:
            row += self._icon_cell
            before, behind = self._images[icon, alt]
            before, row = (row + before, behind) if before else ("", row + behind)
        found = self[key] = before, row + self._name_cell
        return found


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
