"""The markup of a listing: its entries as a list, as text in columns, or as a table.

Law: byte for byte what mod_autoindex writes, but that what comes from the file system or from the client cannot be
taken for markup, no character is cut in two, and columns are as wide as the characters in them.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from .._fast.columns import links, minutes, rows, sizes
from ..config.directives.autoindex import COLUMN_WIDTH, Listing
from ..environ import decode, encode
from .listing_order import Entry

__all__ = ["Look", "entries_shown", "escaped", "shown_name", "size_shown"]

_WIDER = {"SuppressIcon": 6, "SuppressLastModified": 19, "SuppressSize": 7}  # what a description gains
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
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def shown_name(text: str, *, as_text: bool) -> str:
    """A name as people are to see it: what is no character is shown as one that says so."""
    if as_text and not text.isprintable():
        text = _UNREADABLE.sub("\ufffd", text)
    return text


def size_shown(size: int) -> str:
    """A size in four characters (apr_strfsize)."""
    return sizes([size])[0]


def entries_shown(entries: list[Entry], look: Look, blank: str | None) -> list[str | bytes]:
    """The entries in order as pieces of markup; `blank` is the icon of the line with the titles."""
    if look.has("HTMLTable"):
        return _table(entries, look, blank)
    if look.has("FancyIndexing"):
        return _columns(entries, look, blank)
    anchors, shown, _ = _names(entries, look, None)
    return ["<ul>", rows(['<li><a href="', anchors, '"> ', shown, "</a></li>\n"], len(entries)), "</ul>\n"]


# -- what all forms are made of ---------------------------------------------------------------------------------------

_Column = str | list[str]  # the same in all rows, or the text of each


def _names(entries: list[Entry], look: Look, width: int | None) -> tuple[list[str], list[str], _Column]:
    """The links to the entries, their names as markup, and the blanks behind these up to `width`, if there is one."""
    names = [entry.name for entry in entries]
    anchors = links(names)
    # A name that is a link to itself needs no escape at all.
    plain = [link is name and name[0] != "/" for name, link in zip(names, anchors, strict=True)]
    if width is None:
        each = zip(names, plain, strict=True)
        return anchors, [name if is_plain else escaped(_title(name, look)) for name, is_plain in each], ""
    cut = [
        (name, " " * (width - len(name))) if is_plain and len(name) <= width else _cut(_title(name, look), width, look)
        for name, is_plain in zip(names, plain, strict=True)
    ]
    return anchors, [title for title, _ in cut], [blanks for _, blanks in cut]


def _title(name: str, look: Look) -> str:
    """What people read of the entry of a name."""
    return "Parent Directory" if name[0] == "/" else shown_name(name, as_text=look.text)


def _cut(title: str, width: int, look: Look) -> tuple[str, str]:
    """A name in so many characters, as markup, and the blanks behind it."""
    length = look.length(title)
    if length > width:
        return f"{escaped(look.cut(title, width - 3))}..&gt;", ""
    return escaped(title), " " * (width - length)


def _starts(pairs: list[tuple[str, str]], anchors: list[str] | None) -> list[_Column]:
    """The columns before the names: what _Icons or _Rows have for each, and where they lead, if icons are links."""
    behind: list[_Column] = [[each for _, each in pairs]]
    return behind if anchors is None else [[each for each, _ in pairs], anchors, *behind]


def _dates(entries: list[Entry], look: Look, before: str, behind: str, nothing: str) -> list[_Column]:
    """The columns of times, with what stands around each; `nothing` is all of them where no time is known."""
    times = [entry.modified for entry in entries]
    dates = minutes([time or 0 for time in times], named=look.listing.date_format is not None)
    befores, behinds = [before] * len(times), [behind] * len(times)
    for place, time in enumerate(times):
        if time is None:
            befores[place], dates[place], behinds[place] = nothing, "", ""
    return [befores, dates, behinds]


def _descriptions(entries: list[Entry], look: Look, room: int | None, nothing: str) -> _Column:
    """The column of descriptions, in `room` characters if that is a number."""
    texts = [entry.description for entry in entries]
    if texts.count(None) == len(texts):
        return nothing
    return [nothing if text is None else text if room is None else _shortened(text, room, look) for text in texts]


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


# -- text in columns --------------------------------------------------------------------------------------------------


def _columns(entries: list[Entry], look: Look, blank: str | None) -> list[str | bytes]:
    listing = look.listing
    width = COLUMN_WIDTH if listing.name_width is None else listing.name_width
    if listing.name_fits:
        width = max(width, look.longest([entry.name for entry in entries]))
    room = _room(look)
    if listing.description_fits:
        room = max(room, look.longest([entry.description for entry in entries if entry.description]))
    icons, dates = not look.has("SuppressIcon"), not look.has("SuppressLastModified")
    sized, described = not look.has("SuppressSize"), not look.has("SuppressDescription")
    head = "<pre>"
    if icons:
        head += "      " if blank is None else f"{_image(look, blank, 'Icon ')} "
    head += f"{_link(look, 'Name', 'N')}{' ' * (width - 4)} "
    if dates:
        head += f"{_link(look, 'Last modified', 'M')}      "
    if sized:
        head += f"{_link(look, 'Size', 'S')}  "
    if described:
        head += _link(look, "Description", "D")
    rule = f"<hr{look.void}"
    if look.has("SuppressRules"):
        start, end = f"{head}\n", "</pre>\n"
    elif look.own:  # a line has no place in preformatted text
        start, end = f"{head}</pre>\n{rule}\n<pre>\n", f"</pre>\n{rule}\n"
    else:
        start, end = head + rule, f"{rule}</pre>\n"
    anchors, shown, blanks = _names(entries, look, width)
    columns: list[_Column] = []
    if icons:
        images = _Icons(look, "     ", " ")
        pairs = [images[entry.look] for entry in entries]
        columns += _starts(pairs, anchors if look.has("IconsAreLinks") else None)
    columns += ['<a href="', anchors, '">', shown, "</a>", blanks, " "]
    if dates:
        columns += _dates(entries, look, "", "  ", _NO_DATE)
    if sized:
        columns += [sizes([entry.size for entry in entries]), "  "]
    if described:
        columns.append(_descriptions(entries, look, room, ""))
    return [start, rows([*columns, "\n"], len(entries)), end]


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


def _table(entries: list[Entry], look: Look, blank: str | None) -> list[str | bytes]:
    listing, classes = look.listing, look.classes
    icons, dates = not look.has("SuppressIcon"), not look.has("SuppressLastModified")
    sized, described = not look.has("SuppressSize"), not look.has("SuppressDescription")

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
        (sized, "size", "Size", "S"),
        (described, "desc", "Description", "D"),
    ):
        if wanted:
            head += f"</th><th{cell(name)}{_link(look, title, key)}"
    rule = ""
    if not look.has("SuppressRules"):
        span = 1 + sum((icons, dates, sized, described))
        name = ' class="indexbreakrow"' if classes else ""
        rule = f'   <tr{name}><th colspan="{span}"><hr{look.void}</th></tr>\n'
    width = None if listing.name_fits else COLUMN_WIDTH if listing.name_width is None else listing.name_width
    anchors, shown, blanks = _names(entries, look, width)
    even, odd = [
        _Rows(look, f"<td{icon_cell}" if icons else None, f"<td{cell('name')}", is_odd) for is_odd in (False, True)
    ]
    pairs = [(odd if place & 1 else even)[entry.look] for place, entry in enumerate(entries)]
    columns = _starts(pairs, anchors if icons and look.has("IconsAreLinks") else None)
    columns += ['<a href="', anchors, '">', shown, "</a>", blanks]
    if dates:
        columns += _dates(entries, look, f"</td><td{cell('lastmod', _RIGHT)}", "  ", f"</td><td{cell('lastmod')}&nbsp;")
    if sized:
        columns += [f"</td><td{cell('size', _RIGHT)}", sizes([entry.size for entry in entries])]
    if described:
        room = None if listing.description_fits else _room(look)
        columns += [f"</td><td{cell('desc')}", _descriptions(entries, look, room, "&nbsp;")]
    return [f"{head}</th></tr>\n{rule}", rows([*columns, "</td></tr>\n"], len(entries)), f"{rule}</table>\n"]


class _Rows(dict["tuple[str | None, str | None]", "tuple[str, str]"]):
    """The beginnings of rows, even or odd ones, up to the name, by their icons and texts, of which there are few.

    Where icons are links, where they lead stands between the two parts; else the first is empty.
    """

    def __init__(self, look: Look, icon_cell: str | None, name_cell: str, is_odd: bool) -> None:
        super().__init__()
        self._look, self._icon_cell, self._name_cell, self._is_odd = look, icon_cell, name_cell, is_odd
        self._images = _Icons(look, "&nbsp;", "</td>")

    def __missing__(self, key: tuple[str | None, str | None]) -> tuple[str, str]:
        alt = key[1]
        row = "<tr>"
        if self._look.classes:
            name = "odd" if self._is_odd else "even"
            if alt is not None and self._look.has("AddAltClass"):
                name += f"-{_alt(_lower(alt))}"
            row = f'   <tr class="{name}">'
        before = ""
        if self._icon_cell is not None:
            row += self._icon_cell
            before, behind = self._images[key]
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
