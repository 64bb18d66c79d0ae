"""What holds for a request: which sections match, merged in httpd's order, each combination once.

Law: matching costs dictionary look-ups for literal sections and one match for each regular expression; merging happens
when a combination is first seen, and every cache here is bounded. The order (httpd, "How the sections are merged"):
Directory without a regular expression and .htaccess together, shortest path first and .htaccess over Directory; then
DirectoryMatch, fewer slashes first; then Files and FilesMatch; then Location and LocationMatch; within each, in order
of appearance. Directories, Files and Location are three layers: each is merged by itself, then over what is beneath.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..constants import APLOG_WARNING
from ..environ import encode
from .cache import MAX_CACHED, MIN_CACHED, Bounded
from .directives import python, remoteip, setenvif
from .directory import Directory
from .head_rules import has_early
from .index import NO_LAYERS, Index, merged, on_top, position_of, prefixes
from .model import EMPTY, Host, Section, Settings, Site
from .request_config import RequestConfig

__all__ = ["HostConfig"]

_EARLY = ("PythonPostReadRequestHandler", "PythonInitHandler", "PythonTransHandler")  # before a file is known
_OF_POST_READ = (remoteip.HEADER, setenvif.SETENVIF)
_SLASHES = re.compile("/{2,}")


class HostConfig:
    """The configuration of the main server or of one virtual host, ready to be asked."""

    def __init__(self, site: Site, host: Host | None = None, *, main_index: Index | None = None) -> None:
        self.site = site
        self.host = host or site.main
        self.base = site.main.settings.merged(host.settings) if host else site.main.settings
        self._main = main_index or Index(site.main.sections)
        self._own = Index(host.sections, self._main.end) if host else None
        self._indexes = (self._main, self._own) if self._own else (self._main,)
        self._directory_matches = sorted(
            (entry for index in self._indexes for entry in index.directory_matches), key=_slashes_first
        )
        limit = max(MIN_CACHED, MAX_CACHED // (1 + len(site.hosts)))
        self.children: Bounded[tuple[Directory, str], Directory] = Bounded(limit)
        self.configs: Bounded[tuple[Any, ...], RequestConfig] = Bounded(limit)
        self.configs_by_name: Bounded[tuple[Directory, str, tuple[int, ...], bool], RequestConfig] = Bounded(limit)
        self.guesses: Bounded[tuple[RequestConfig, str], Any] = Bounded(limit)  # what the extensions of a name say
        layers = on_top(EMPTY, self.directory_settings("/")[1])
        self.root = Directory(self, "/", layers, self.base.merged(layers), above_plain=True)
        self._directories: Bounded[str, Directory] = Bounded(limit)
        self._locations: Bounded[str, tuple[tuple[int, ...], Settings]] = Bounded(limit)
        self._early: Bounded[tuple[tuple[int, ...], bool, bool], RequestConfig] = Bounded(limit)
        self.has_early_handlers = any(key in self.base_handlers for key in _EARLY)
        self.has_early_work = self.has_early_handlers or any(key in self.base for key in _OF_POST_READ)
        self.has_early_headers = has_early(self.base)
        self.has_early_work = self.has_early_work or self.has_early_headers
        self.connection_handler = next(iter(self.base_handlers.get(python.CONNECTION_HANDLER, ())), None)
        self.guarded = False  # whether connections to its address may be a handler's, and no HTTP
        self.server: Any = None  # the mp_server that stands for the host, given by the application
        self.logs: Any = None  # the logs of its requests, given by the application; None: there are none
        self.targets: Bounded[str, Any] = Bounded(limit)  # for the translation of paths, which keeps what it found here
        self.paths: Bounded[str, Any] = Bounded(limit)  # the same, by the path as the server hands it over
        self.htaccess: Bounded[Any, Any] = Bounded(limit)  # for the directory walk: what each .htaccess said
        self.trails: Bounded[str, Any] = Bounded(limit)  # and what those on the way to a directory come to

    def warn(self, line: str) -> None:
        """Write a line about the configuration to the error log."""
        if self.server is not None:
            self.server.log_error(line, APLOG_WARNING)

    @property
    def base_handlers(self) -> dict[str, tuple[python.HandlerRef, ...]]:
        """The Python handlers of the host's own level."""
        return self.base[python.HANDLERS]

    @classmethod
    def all_of(cls, site: Site) -> tuple[HostConfig, tuple[HostConfig, ...]]:
        """The main server's configuration and those of the virtual hosts, in order, on shared indexes."""
        main = cls(site)
        found = main, tuple(cls(site, host, main_index=main._main) for host in site.hosts)
        if any(each.connection_handler is not None for each in (main, *found[1])):
            for each in (main, *found[1]):
                each.guarded = True
        return found

    def directory_settings(self, path: str) -> tuple[tuple[int, ...], tuple[Settings, ...]]:
        """The <Directory> sections of exactly this path (it ends in "/"), in order: positions, and settings."""
        bare = path.rstrip("/")
        depth = bare.count("/")
        found: list[tuple[int, Settings]] = []
        for index in self._indexes:
            found.extend(index.directories.get(bare, ()))
            wild = index.wild_directories.get(depth)
            if wild and bare:
                found.extend(
                    (position, section.settings)
                    for position, section in wild
                    if section.regex is not None and section.regex.search(encode(path))
                )
        if not found:
            return NO_LAYERS
        found.sort(key=position_of)
        return tuple([position for position, _ in found]), tuple([settings for _, settings in found])

    def directory_matches(self, filename: str) -> Iterator[tuple[int, Section]]:
        """The <DirectoryMatch> sections that match this file name, as (position, section), in the order of merging."""
        for position, section in self._directory_matches:
            if section.regex is not None and section.regex.search(encode(filename)):
                yield position, section

    def directory(self, path: str) -> Directory:
        """The Directory of `path` (absolute, ends in "/"), by name alone: no .htaccess is looked for."""
        found = self._directories.get(path)
        if found is None:
            found = self.root
            for name in path.split("/")[1:-1]:
                found = found.child(name)
            found = self._directories.keep_named(path, found, path)
        return found

    def location(self, path: str) -> tuple[tuple[int, ...], Settings]:
        """The <Location> sections that match a URL path: their positions, and their settings merged in order."""
        found = self._locations.get(path)
        if found is None:
            entries: list[tuple[int, Settings]] = []
            single = _SLASHES.sub("/", path)  # which only LocationMatch tells apart (httpd, MergeSlashes)
            for index in self._indexes:
                if index.locations:
                    for prefix in prefixes(single[: index.longest + 1]):
                        entries.extend(index.locations.get(prefix, ()))
                for position, section in index.location_matches:
                    asked = path if section.is_match else single
                    if section.regex is not None and section.regex.search(encode(asked)):
                        entries.append((position, section.settings))
            found = self._locations.keep_named(path, merged(entries), path)
        return found

    def special_names(self, folder: str, path: str) -> frozenset[str] | None:
        """The names in `folder`, seen at the URL `path` (both end in "/"), that a Directory or Location is about.

        None if that cannot be listed, because a section with a pattern may be about any.
        """
        if self._directory_matches or "//" in path:
            return None
        names: set[str] = set()
        depth = folder.count("/")
        for index in self._indexes:
            if index.location_matches or index.wild_directories.get(depth):
                return None
            for before, sections in ((folder, index.directories), (path, index.locations)):
                found = [literal[len(before) :] for literal in sections if literal.startswith(before)]
                names.update(rest.partition("/")[0] for rest in found)
        return frozenset(names)

    def section(self, position: int) -> Settings:
        """The settings of one Directory or Location section, by its position."""
        own = position - self._main.end
        return (self.site.main.sections[position] if own < 0 else self.host.sections[own]).settings

    def early(self, path: str, *, fileless: bool = False, by_python: bool = False) -> RequestConfig:
        """What holds before a file is known: the host's own settings under the Location sections of `path`.

        `fileless`: no file will be looked for, this is all there is. `by_python`: and none but Python handlers answer.
        """
        positions, settings = self.location(path)
        found = self._early.get((positions, fileless, by_python))
        if found is None:
            merged = self.base.merged(settings)
            config = RequestConfig(self, merged, fileless=fileless, by_python=by_python)
            found = self._early.keep((positions, fileless, by_python), config)
        return found


def _slashes_first(entry: tuple[int, Section]) -> tuple[int, int]:
    """httpd sorts <DirectoryMatch> sections as the others: by the slashes of what is written there (observed)."""
    position, section = entry
    return section.pattern.count("/") if section.pattern != "/" else 0, position
