"""Listings of directories: mod_autoindex's handler.

Law: a directory is listed only under Options Indexes, and what a visitor could not ask for is not in it (see
listing_sight). The number of entries is bounded.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_to_bytes

from ..config.directives.autoindex import LISTING, Listing
from ..config.directives.dir import DIRECTORY_INDEX
from ..config.globs import Glob
from ..config.request_config import RequestConfig
from ..constants import HTTP_FORBIDDEN, HTTP_INTERNAL_SERVER_ERROR, OK
from ..environ import decode, encode, escape, normalise
from ..errors import BadRequest
from ..request_output import as_bytes
from . import listing_frame
from .listing_folder import Folder
from .listing_order import Entry, in_order
from .listing_page import Look, entries_shown
from .listing_rules import BLANK, Icon, Rules, rules_of
from .listing_sight import Kind, Seen, Sight
from .listing_titles import title_of

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["MAX_ENTRIES", "answer"]

MAX_ENTRIES = 100_000  # of a directory that are listed: each takes some hundred bytes twice, held and in the page
MAX_PATTERN = 1024  # characters of P= in a query: names have 255 bytes at most
_KEYS, _ORDERS = "NMSD", "AD"
_TABLE = frozenset({"FancyIndexing", "HTMLTable"})


def answer(req: mp_request, config: RequestConfig) -> int:
    """List the directory that `req` is for. Returns OK or a status."""
    folder = req._filename or "/"
    if "Indexes" not in config.options:
        indexes: tuple[str, ...] = config.settings[DIRECTORY_INDEX]
        names = ",".join(indexes) or "none"
        req._application.log_request(
            req,
            f"AH01276: Cannot serve directory {folder}: No matching DirectoryIndex ({names}) found, and "
            "server-generated directory index forbidden by Options directive",
        )
        return HTTP_FORBIDDEN
    if folder[-1] != "/":
        folder = req._filename = f"{folder}/"
    listing = config.settings[LISTING]
    try:
        opened = Folder(folder)
    except (OSError, ValueError) as error:
        req._application.log_request(req, f"AH01275: Can't open directory for index: {folder}: {error}")
        return HTTP_FORBIDDEN
    with opened:
        charset = "ISO-8859-1" if listing.charset is None else listing.charset
        media_type = "text/html" if listing.media_type is None else listing.media_type
        req._content_type = f"{media_type};charset={charset}" if charset else media_type
        asked = _read_query(req, listing)
        if "TrackModified" in asked.options and req._stat is not None:
            req.update_mtime(req._stat.st_mtime)
            req.set_last_modified()
            req.set_etag()  # no condition is asked about: a file in it may have changed all the same
        if req.header_only:
            return OK
        rules = rules_of(config, listing, folder)
        entries = _entries(req, config, opened, rules, asked)
    if entries is None:
        req._application.log_request(req, f"{folder}: more than {MAX_ENTRIES} entries are not listed")
        return HTTP_INTERNAL_SERVER_ERROR
    entries = in_order(
        entries,
        asked.key,
        asked.order,
        versions="VersionSort" in asked.options,
        any_case="IgnoreCase" in asked.options,
        folders_first="FoldersFirst" in asked.options,
    )
    frame = listing_frame.Frame(req, config, listing, asked.options, charset)
    look = Look(listing, asked.options, asked.key, asked.order, asked.query, frame.classes, frame.own, frame.text)
    pieces = [*frame.head(), *entries_shown(entries, look, rules.icons.special.get(BLANK)), *frame.tail()]
    req._say(b"".join([as_bytes(piece) for piece in pieces]))
    return OK


# -- the query --------------------------------------------------------------------------------------------------------


class _Asked(NamedTuple):
    """What a client and the configuration want to see."""

    options: frozenset[str]
    key: str
    order: str
    query: str  # of links: what of the client's query goes on to hold
    pattern: Glob | None
    dotted: bool = False  # whether the pattern is about names that begin with a dot


def _read_query(req: mp_request, listing: Listing) -> _Asked:
    """The query read from the left; it ends at what is none of C=, O=, F=, V= and P=."""
    options = listing.options
    key, order = listing.order_key or "N", listing.order or "A"
    if "IgnoreClient" in options:
        return _Asked(options | {"SuppressColumnSorting"}, key, order, "", None)
    form = versions = pattern = ""
    wanted = None
    for part in (req.args or "").replace("&", ";").split(";"):
        name, value = part[:2], part[2:]
        if name == "P=":
            wanted = _pattern(value)
            pattern = f";P={_escaped_pattern(wanted)}" if wanted is not None else pattern
            continue
        if len(value) != 1:
            break
        if name == "C=" and value in _KEYS:
            key = value
        elif name == "O=" and value in _ORDERS:
            order = value
        elif name == "F=" and value in "012":
            form = f";F={value}"
            options = options - _TABLE | (frozenset(), {"FancyIndexing"}, _TABLE)[int(value)]
        elif name == "V=" and value in "01":
            versions = f";V={value}"
            options = options | {"VersionSort"} if value == "1" else options - {"VersionSort"}
        else:
            break
    if wanted is None:
        return _Asked(options, key, order, form + versions + pattern, None)
    glob = Glob(encode(wanted), brackets=True)
    return _Asked(options, key, order, form + versions + pattern, glob, wanted[0] == ".")


_BAD = re.compile("%(?![0-9A-Fa-f]{2})|%2[fF]|%00")


def _pattern(value: str) -> str | None:
    """The pattern of a P=; None if there is none, or none that can be meant."""
    if not value or len(value) > MAX_PATTERN or _BAD.search(value):
        return None
    return unquote_to_bytes(encode(value).encode("latin-1")).decode("utf-8", "surrogateescape")


def _escaped_pattern(pattern: str) -> str:
    return escape(pattern).replace("&", "%26").replace(";", "%3b")


# -- the entries ------------------------------------------------------------------------------------------------------


def _entries(req: mp_request, config: RequestConfig, folder: Folder, rules: Rules, asked: _Asked) -> list[Entry] | None:
    """The entries that a visitor may see, as the file system has them; None if there are too many."""
    fancy, table = "FancyIndexing" in asked.options, "HTMLTable" in asked.options
    sight = Sight(req, config, folder, show_forbidden="ShowForbidden" in asked.options, stats=fancy or table)
    entries = _parent(req, rules, fancy)
    for batch in folder.batches():
        seen = sight.of(_wanted(batch, rules, asked))
        entries += _made(seen, rules, asked.options) if fancy or table else _bare(seen)
        if len(entries) > MAX_ENTRIES:
            return None
    return entries


def _wanted(batch: list[os.DirEntry[str]], rules: Rules, asked: _Asked) -> Iterable[tuple[os.DirEntry[str], str]]:
    """Those that nothing leaves out by name, each with its name as `environ.encode` has it."""
    raws = encode("\0".join([entry.name for entry in batch])).split("\0")  # no name has a NUL
    wanted = compress(zip(batch, raws, strict=True), rules.ignored.spares(raws))
    pattern, dotted = asked.pattern, asked.dotted
    if pattern is None:
        return wanted
    return [each for each in wanted if pattern.matches(each[1]) and (dotted or each[1][0] != ".")]


def _bare(seen: list[Seen]) -> list[Entry]:
    """Entries of a plain list."""
    return [Entry(f"{name}/" if kind.is_folder else name) for name, _, kind, _ in seen]


def _parent(req: mp_request, rules: Rules, fancy: bool) -> list[Entry]:
    """The way up, unless it leads nowhere or is not to be seen."""
    uri = req.uri
    try:
        above = normalise(f"{uri}../" if uri.endswith("/") else f"{uri}/../")
    except BadRequest:  # of the root there is none
        return []
    if not rules.ignored.spares([".."])[0]:
        return []
    path = f"{rules.folder}.."
    if not fancy:
        return [Entry(above)]
    return [Entry(above, rules.look_of_folder(path, "PARENTDIR"), rules.description(path))]


def _made(seen: list[Seen], rules: Rules, options: frozenset[str]) -> list[Entry]:
    """Entries with what the rules say of them."""
    folder, describes, titles = rules.folder, rules.describes, "ScanHTMLTitles" in options
    made: list[Entry] = []
    for name, raw, kind, found in seen:
        assert found is not None
        look = kind.look or _look(folder + raw, kind, rules)
        text = rules.description(folder + raw) if describes else None
        size, modified = found
        if kind.is_folder:
            name, size = f"{name}/", -1
        elif text is None and titles and kind.status == OK:
            text = title_of(decode(folder + raw), kind.media_type, kind.encoding)
        made.append(Entry(name, look, text, size, modified, kind.is_folder))
    return made


def _look(path: str, kind: Kind, rules: Rules) -> Icon:
    """The icon of an entry and its text, which its kind remembers if all of the kind have them."""
    if kind.is_folder:
        return rules.look_of_folder(path, "DIR")
    look = rules.look(path, kind.media_type, kind.encoding)
    if kind.ending and rules.are_alike(encode(kind.ending)):
        kind.look = look
    return look
