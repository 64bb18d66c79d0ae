"""What AddIcon, AddAlt, AddDescription and IndexIgnore say of the entries of one directory, ready to be asked.

Law: of all that match the first counts, in httpd's order. What is but an ending of names, as nearly all of them are,
costs a look-up, however many there are. Names are compared as bytes (`environ.encode`).
"""

from __future__ import annotations

import re

from ..config.directives.autoindex import Items, Listing, ListingItem
from ..config.globs import Glob
from ..config.request_config import RequestConfig
from ..environ import encode

__all__ = ["BLANK", "FOLDER", "Icon", "Rules", "rules_of"]

Icon = tuple[str | None, str | None]  # its URL and its text

FOLDER, BLANK = "^^DIRECTORY^^", "^^BLANKICON^^"  # what AddIcon names where there is no file
_WILD = frozenset("*?")
_WILDCARD = re.compile("[*?]")
MAX_SEEN = 512  # extensions and types for which it is remembered what was found; files may have any


def _reach(within: str, folder: str) -> Glob | bool | None:
    """Whether a rule of some section holds in a folder: True, False, or a pattern that paths in it are held against."""
    literal = within[:-1]
    if _WILD.isdisjoint(literal):
        if folder.startswith(literal):
            return True
        if not literal.startswith(folder):
            return False
    return Glob(within)


class _Ordered:
    """A list of AddIcon or AddAlt for one folder."""

    def __init__(self, items: Items, folder: str) -> None:
        self.values = [item.value for item in items]
        self.endings: dict[str, int] = {}
        self.patterns: list[tuple[int, Glob | None, Glob]] = []
        self.of_type: list[tuple[int, str, Glob | None, Glob]] = []
        self.special: dict[str, str | None] = dict.fromkeys((FOLDER, BLANK))
        for place, item in enumerate(items):
            pattern = encode(item.pattern)
            for name in (FOLDER, BLANK):
                if self.special[name] is None and (not pattern or Glob(pattern).matches(name)):
                    self.special[name] = item.value
            reach = _reach(encode(item.within), folder)
            if reach is False:
                continue
            within = None if reach is True else reach
            if item.kind != "path" and pattern:
                self.of_type.append((place, item.kind, within, Glob(pattern, fold=True)))
            elif within is None and pattern[:1] == "*" and _WILD.isdisjoint(pattern[1:]):
                self.endings.setdefault(pattern[1:], place)
            else:
                self.patterns.append((place, within, Glob(pattern or "*")))
        self.always = self.endings.pop("", len(items))
        # Nearly all are an extension, which is found by the last one of a name.
        self.extensions = {each: place for each, place in self.endings.items() if each.rfind(".") == 0}
        self.others = tuple(self.endings.keys() - self.extensions.keys())
        self.by_type = bool(self.of_type)
        self.alike = not self.patterns and all(within is None for _, _, within, _ in self.of_type)

    def find(self, path: str, media_type: str | None, encoding: str | None, *, folder: bool = False) -> str | None:
        """What is said of a file, None if nothing is; of a folder types say nothing."""
        best = min(self.always, self.extensions.get(path[path.rfind(".") :], self.always))
        for other in self.others:
            if path.endswith(other):
                best = min(best, self.endings[other])
        for place, within, pattern in self.patterns:
            if place >= best:
                break
            if pattern.matches(path) and (within is None or within.matches(path)):
                best = place
        if self.by_type and not folder:
            best = min(best, self._by_type(path, media_type, encoding))
        return self.values[best] if best < len(self.values) else None

    def _by_type(self, path: str, media_type: str | None, encoding: str | None) -> int:
        kind, text = ("type", media_type) if encoding is None else ("encoding", encoding)
        if text is not None:
            text = encode(text.partition(";")[0].rstrip()) if kind == "type" else encode(text)
            for place, each, within, pattern in self.of_type:
                if each == kind and pattern.matches(text) and (within is None or within.matches(path)):
                    return place
        return len(self.values)


class _Ignored:
    """IndexIgnore for one folder."""

    def __init__(self, items: Items, folder: str) -> None:
        self.names: set[str] = set()
        endings: list[str] = []
        beginnings: list[str] = []
        self.patterns: list[tuple[Glob | None, Glob]] = []
        for item in items:
            pattern, reach = encode(item.pattern), _reach(encode(item.within), folder)
            if reach is False:
                continue
            if reach is not True:
                self.patterns.append((reach, Glob(pattern)))
            elif _WILD.isdisjoint(pattern):
                self.names.add(pattern)
            elif pattern[0] == "*" and _WILD.isdisjoint(pattern[1:]):
                endings.append(pattern[1:])
            elif pattern[-1] == "*" and _WILD.isdisjoint(pattern[:-1]):
                beginnings.append(pattern[:-1])
            else:
                self.patterns.append((None, Glob(pattern)))
        self.endings, self.beginnings = tuple(endings), tuple(beginnings)
        self.heads = tuple(_WILDCARD.split(pattern.text, 1)[0] for _, pattern in self.patterns)
        self.folder = folder

    def spares(self, names: list[str]) -> list[bool]:
        """Of each name, whether it is listed."""
        exact, endings, starts = self.names, self.endings, self.beginnings + self.heads
        return [
            not (name in exact or name.endswith(endings) or (name.startswith(starts) and self._means(name)))
            for name in names
        ]

    def _means(self, name: str) -> bool:
        """Whether a beginning or a pattern is that of a name."""
        if name.startswith(self.beginnings):
            return True
        for within, pattern in self.patterns:
            if pattern.matches(name) and (within is None or within.matches(self.folder + name)):
                return True
        return False


class Rules:
    """What a configuration says of the entries of its directory. Paths and names are as `environ.encode` makes them."""

    def __init__(self, listing: Listing, folder: str) -> None:
        self.folder = encode(folder)  # ends in "/"
        self.icons = _Ordered(listing.icons, self.folder)
        self.alts = _Ordered(listing.alts, self.folder)
        self.ignored = _Ignored(listing.ignored, self.folder)
        self.alike = self.icons.alike and self.alts.alike  # whether files of one extension and type look the same,
        self.others = self.icons.others + self.alts.others  # but those whose names end in one of these
        self._seen: dict[tuple[str, str | None, str | None], Icon] = {}
        self._descriptions = [_Described(item) for item in listing.descriptions]
        self.describes = bool(self._descriptions)

    def look(self, path: str, media_type: str | None, encoding: str | None) -> Icon:
        """The icon of a file and its text. Files of the same last extension and type have the same."""
        if not self.alike or path.endswith(self.others):
            return self.icons.find(path, media_type, encoding), self.alts.find(path, media_type, encoding)
        key = (path[path.rfind(".") :], media_type, encoding)
        try:
            return self._seen[key]
        except KeyError:
            found = self.icons.find(path, media_type, encoding), self.alts.find(path, media_type, encoding)
            if len(self._seen) < MAX_SEEN:
                self._seen[key] = found
            return found

    def are_alike(self, ending: str) -> bool:
        """Whether all files of one type look the same whose names have this ending, from the first dot on."""
        return self.alike and not any(other != ending and other.endswith(ending) for other in self.others)

    def look_of_folder(self, path: str, text: str) -> Icon:
        """The icon of a folder and its text, `text` if nobody gives one."""
        icon = self.icons.find(path, None, None, folder=True) or self.icons.special[FOLDER]
        return icon, self.alts.find(path, None, None, folder=True) or self.alts.special[FOLDER] or text

    def description(self, path: str) -> str | None:
        """What AddDescription says of a path, as markup."""
        name = path[path.rfind("/") + 1 :]
        return next((each.text for each in self._descriptions if each.means(path, name)), None)


class _Described:
    """One AddDescription."""

    def __init__(self, item: ListingItem) -> None:
        self.text = item.value
        self._part = encode(item.pattern) if item.kind == "part" else None
        self._whole = item.kind == "path"
        self._pattern = Glob(encode(item.pattern), brackets=True, escapes=True)

    def means(self, path: str, name: str) -> bool:
        """Whether it is about the file of this path."""
        if self._part is not None:
            return self._part in name
        return self._pattern.matches(path if self._whole else name)


def rules_of(config: RequestConfig, listing: Listing, folder: str) -> Rules:
    """The rules of a configuration, made at first use: it belongs to one folder."""
    rules: Rules | None = config.listing
    if rules is None or rules.folder != encode(folder):
        rules = config.listing = Rules(listing, folder)
    return rules
