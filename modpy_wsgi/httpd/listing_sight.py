"""Which entries of a directory a visitor may see: those that he could ask for.

Law: as in httpd each entry is looked up as a subrequest, through every phase up to fixup, and one that is refused is
not shown. Only where nothing but the configuration decides, and two files have the same one, is the answer for the
first that for the other as well: then ten thousand files cost one subrequest, and a look at each name.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Set
from itertools import repeat
from typing import TYPE_CHECKING

from ..config.directives import alias, core
from ..config.directives.authz_core import AUTHORIZATION
from ..config.directory import Directory
from ..config.model import Section
from ..config.request_config import RequestConfig
from ..config.requirements import every_requirement
from ..constants import HTTP_FORBIDDEN, HTTP_UNAUTHORIZED, OK
from ..environ import encode
from ..phases import ACCESS, AUTHEN, AUTHZ, FIXUP, TYPE
from . import types
from .listing_folder import Folder

if TYPE_CHECKING:
    from ..request import mp_request
    from ..stamps import FileStatus

__all__ = ["Kind", "Seen", "Sight"]

_OF_HANDLERS = tuple(phase.directive for phase in (ACCESS, AUTHEN, AUTHZ, TYPE, FIXUP))
MAX_ENDINGS = 512  # of names, whose types are remembered while a directory is listed
_OF_FILES = frozenset({"file-owner", "file-group"})


class Kind:
    """What a visitor may know of an entry beside its name, size and time; of all with one ending, it may be."""

    __slots__ = ("encoding", "ending", "is_folder", "look", "media_type", "status")

    def __init__(
        self,
        status: int,
        media_type: str | None = None,
        encoding: str | None = None,
        *,
        is_folder: bool = False,
        ending: str = "",
    ) -> None:
        self.status = status  # OK, or what ShowForbidden lets pass
        self.media_type = media_type
        self.encoding = encoding
        self.is_folder = is_folder
        self.ending = ending  # from the dot on; if there is one, all files of it under one configuration are this
        self.look: tuple[str | None, str | None] | None = None  # icon and text, for who finds out


# An entry that is to be seen: its name, the same as `environ.encode` has it, what it is, and its size and time, in
# seconds; None where nobody asked for these.
Seen = tuple[str, str, Kind, tuple[int, int] | None]


class _Ruling:
    """What is the same for all files under one configuration: the answer, once known, and the kinds by extensions."""

    __slots__ = ("config", "decides_alone", "kinds", "status")

    def __init__(self, config: RequestConfig) -> None:
        self.config = config
        self.decides_alone = _decides_alone(config)
        self.status: int | None = None
        self.kinds: dict[str, Kind] = {}  # only of files that may be seen


class Sight:
    """What the visitor who sent `req`, for a directory that is open as `folder`, may see in it."""

    def __init__(
        self, req: mp_request, config: RequestConfig, folder: Folder, *, show_forbidden: bool, stats: bool
    ) -> None:
        self._req = req
        self._folder = folder
        self._forbidden = (HTTP_UNAUTHORIZED, HTTP_FORBIDDEN) if show_forbidden else ()
        self._stats = stats  # whether size and time are wanted
        self._special: Set[str] = frozenset()
        self._directory = self._plain_directory(req, config)
        files = self._directory.settings[core.FILES_SECTIONS] if self._directory is not None else ()
        self._about = [(place, _test_of(section)) for place, section in enumerate(files)]
        self._rulings: dict[tuple[int, ...], _Ruling] = {}  # by the Files sections that are about a name

    def _plain_directory(self, req: mp_request, config: RequestConfig) -> Directory | None:
        """The directory, if its entries can be told apart by the sections about their names alone."""
        walk = config.walk
        uri, filename = req.uri, req.filename or ""
        if walk is None or not uri.endswith("/") or walk.directory.path != filename or walk.sections != ((), ()):
            return None
        special = walk.directory.host.special_names(filename, uri)
        if special is None:
            return None
        self._special = special
        self._location = walk.directory.host.location(uri)
        return walk.directory

    def of(self, entries: Iterable[tuple[os.DirEntry[str], str]]) -> list[Seen]:
        """What may be seen of entries, each of which comes with its name as `environ.encode` has it.

        Files that all have the same answer are looked at together, once it is known: they come last.
        """
        seen: list[Seen] = []
        names: list[str] = []
        raws: list[str] = []
        kinds: list[Kind] = []
        directory, special, about, rulings = self._directory, self._special, self._about, self._rulings
        for entry, raw in entries:
            name = entry.name
            try:
                if directory is not None and name not in special and entry.is_file(follow_symlinks=False):
                    chosen: tuple[int, ...] = ()
                    for place, is_about in about:
                        if is_about(raw):
                            chosen += (place,)
                    ruling = rulings.get(chosen) or self._ruling(directory, name, chosen)
                    if ruling.decides_alone:
                        kind = ruling.kinds.get(name.lstrip(".").partition(".")[2]) or self._kind(name, ruling)
                        if kind is not None:
                            names.append(name)
                            raws.append(raw)
                            kinds.append(kind)
                        continue
                each = self._looked_up(entry, raw)
            except OSError:  # a link that leads nowhere, say
                continue
            if each is not None:
                seen.append(each)
        if not self._stats:
            return [*seen, *zip(names, raws, kinds, repeat(None))]
        files = zip(names, raws, kinds, self._folder.files(names), strict=True)
        return seen + [each for each in files if each[3] is not None]

    def _ruling(self, directory: Directory, name: str, chosen: tuple[int, ...]) -> _Ruling:
        """What holds for a file that these Files sections are about, the first of them."""
        ruling = self._rulings[chosen] = _Ruling(directory.config_anew(name, self._location))
        return ruling

    def _looked_up(self, entry: os.DirEntry[str], raw: str) -> Seen | None:
        """What may be seen of any entry. Raises OSError if there is none."""
        name = entry.name
        found: FileStatus = entry.stat()
        is_folder = stat.S_ISDIR(found.st_mode)
        if not (is_folder or stat.S_ISREG(found.st_mode)):
            return None
        sub, status = self._look_up(name, folder=is_folder)
        if 200 <= status < 300:  # which a handler gives an answer, and refuses nothing by
            status = OK
        if not (status == OK or 300 <= status < 400 or status in self._forbidden):
            return None
        if is_folder:  # of which its index may have taken the place
            if status == OK and sub._stat is not None:
                found = sub._stat
            kind = Kind(status, is_folder=True)
        else:
            kind = Kind(status, sub._content_type, sub._content_encoding)
        return name, raw, kind, (found.st_size, found.st_mtime_ns // 1_000_000_000)

    def _look_up(self, name: str, *, folder: bool = False) -> tuple[mp_request, int]:
        """The subrequest for an entry, which is over, and OK or the status that ended it."""
        req = self._req
        found = req._application.look_up_entry(req, name, folder=folder)
        req._application.let_go(found[0])
        return found

    def _kind(self, name: str, ruling: _Ruling) -> Kind | None:
        """What a file is, the first of its ending; None if it is not to be seen."""
        status = ruling.status
        if status is None:
            sub, status = self._look_up(name)
            if sub._config is ruling.config:  # else it is gone, or not what it seemed: that says nothing of others
                ruling.status = status
        if status != OK:
            return Kind(status) if status in self._forbidden else None
        ending = name.lstrip(".").partition(".")[2]
        guess = types.guess_of(name, ruling.config)
        kind = Kind(
            OK,
            ruling.config.settings[core.FORCE_TYPE] or guess.content_type,
            guess.encoding,
            ending=f".{ending}" if ending else "",
        )
        if ruling.status == OK and len(ruling.kinds) < MAX_ENDINGS:
            ruling.kinds[ending] = kind
        return kind


def _test_of(section: Section) -> Callable[[str], object]:
    """What tells whether a Files section is about a name, as `environ.encode` has it."""
    return encode(section.pattern).__eq__ if section.regex is None else section.regex.search


def _decides_alone(config: RequestConfig) -> bool:
    """Whether all files under a configuration are to be seen, or none: no handler, no rule about the file itself."""
    if any(key.startswith(_OF_HANDLERS) for key in config.handlers):
        return False
    settings = config.settings
    if settings[alias.REDIRECT_HERE] is not None or "MultiViews" in config.options:
        return False
    if len(settings[alias.REDIRECTS]) > len(config.host.base[alias.REDIRECTS]):
        return False
    rules = settings[AUTHORIZATION].rules
    return rules is None or not any(rule.kind in _OF_FILES for rule in every_requirement(rules))
