"""Which entries of a directory a visitor may see: those that he could ask for.

Law: as in httpd each entry is looked up as a subrequest, through every phase up to fixup, and one that is refused is
not shown. Only where nothing but the configuration decides, and two files have the same one, is the answer for the
first that for the other as well: then ten thousand files cost one subrequest, and a look at each name.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from ..config.directives import alias, core
from ..config.directives.authz_core import AUTHORIZATION
from ..config.directory import Directory, files_matching
from ..config.request_config import RequestConfig
from ..config.requirements import every_requirement
from ..constants import HTTP_FORBIDDEN, HTTP_UNAUTHORIZED, OK
from ..phases import ACCESS, AUTHEN, AUTHZ, FIXUP, TYPE
from . import types

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["Seen", "Sight"]

_OF_HANDLERS = tuple(phase.directive for phase in (ACCESS, AUTHEN, AUTHZ, TYPE, FIXUP))
MAX_ENDINGS = 512  # of names, whose types are remembered while a directory is listed
_OF_FILES = frozenset({"file-owner", "file-group"})


class Seen(NamedTuple):
    """What a visitor may know of an entry."""

    found: os.stat_result | None  # None where nobody asked
    is_folder: bool
    status: int  # OK, or what ShowForbidden lets pass
    media_type: str | None = None
    encoding: str | None = None


class _Ruling:
    """What is the same for all files under one configuration: the answer, once known, and the types by extensions."""

    __slots__ = ("config", "status", "types")

    def __init__(self, config: RequestConfig) -> None:
        self.config = config
        self.status: int | None = None
        self.types: dict[str, tuple[str | None, str | None]] = {}


class Sight:
    """What the visitor who sent `req`, for a directory, may see in it."""

    def __init__(self, req: mp_request, config: RequestConfig, *, show_forbidden: bool, stats: bool) -> None:
        self._req = req
        self._forbidden = (HTTP_UNAUTHORIZED, HTTP_FORBIDDEN) if show_forbidden else ()
        self._stats = stats  # whether size and time are wanted
        self._directory = self._plain_directory(req, config)
        self._files = self._directory.settings[core.FILES_SECTIONS] if self._directory is not None else ()
        self._rulings: dict[tuple[int, ...], _Ruling | None] = {}  # by the Files sections that are about a name

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

    def of(self, entry: os.DirEntry[str]) -> Seen | None:
        """What may be seen of an entry; None if nothing."""
        name = entry.name
        try:
            if self._directory is not None and name not in self._special and entry.is_file(follow_symlinks=False):
                ruling = self._ruling(self._directory, name)
                if ruling is not None:
                    return self._of_file(entry, name, ruling)
            found = entry.stat()
        except OSError:  # a link that leads nowhere, say
            return None
        if not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
            return None
        sub, status = self._req._application.look_up_entry(self._req, name, folder=stat.S_ISDIR(found.st_mode))
        if not (status == OK or 300 <= status < 400 or status in self._forbidden):
            return None
        if stat.S_ISDIR(found.st_mode):  # of which its index may have taken the place
            now = sub._stat if status == OK and sub._stat is not None else found
            return Seen(now, True, status)
        return Seen(found, False, status, sub._content_type, sub._content_encoding)

    def _of_file(self, entry: os.DirEntry[str], name: str, ruling: _Ruling) -> Seen | None:
        status = ruling.status
        if status is None:
            sub, status = self._req._application.look_up_entry(self._req, name)
            if sub._config is ruling.config:  # else it is gone, or not what it seemed: that says nothing of others
                ruling.status = status
        found = entry.stat() if self._stats else None
        if status == OK:
            ending = name.lstrip(".").partition(".")[2]
            try:
                return Seen(found, False, OK, *ruling.types[ending])
            except KeyError:
                guess = types.guess_of(name, ruling.config)
                kinds = (ruling.config.settings[core.FORCE_TYPE] or guess.content_type, guess.encoding)
                if len(ruling.types) < MAX_ENDINGS:
                    ruling.types[ending] = kinds
                return Seen(found, False, OK, *kinds)
        return Seen(found, False, status) if status in self._forbidden else None

    def _ruling(self, directory: Directory, name: str) -> _Ruling | None:
        """What holds for a file, if that alone decides what may be seen of it."""
        chosen = files_matching(self._files, name) if self._files else ()
        try:
            return self._rulings[chosen]
        except KeyError:
            config = directory.config_anew(name, self._location)
            found = self._rulings[chosen] = _Ruling(config) if _decides_alone(config) else None
            return found


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
