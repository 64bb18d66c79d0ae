"""What holds for a request: which sections match, merged in httpd's order, each combination once.

Law: matching costs dictionary look-ups for literal sections and one match for each regular expression; merging happens
when a combination is first seen, and every cache here is bounded. The order (httpd, "How the sections are merged"):
Directory without a regular expression and .htaccess together, shortest path first and .htaccess over Directory; then
DirectoryMatch; then Files and FilesMatch; then Location and LocationMatch; within each, in order of appearance.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from ..constants import APLOG_WARNING
from ..environ import encode
from ..locks import reentrant_lock
from .directives import alias, core, env, python, setenvif
from .model import EMPTY, Host, Override, Section, SectionKind, Settings, Site

__all__ = ["Bounded", "Directory", "HostConfig", "RequestConfig"]

K = TypeVar("K")
V = TypeVar("V")

MAX_CACHED = 4096  # entries of each cache below, for all virtual hosts together; an entry is some hundred bytes
MIN_CACHED = 64  # entries of each cache of a virtual host, however many hosts there are
MAX_KEY = 512  # characters of a path or host name that is kept; made-up ones may be as long as a request line
_EARLY = ("PythonPostReadRequestHandler", "PythonInitHandler", "PythonTransHandler")  # before a file is known
_SLASHES = re.compile("/{2,}")
_DIRECTORY_KINDS = (SectionKind.DIRECTORY, SectionKind.DIRECTORY_MATCH)
_writing = reentrant_lock()  # of all caches: it is quick, and rare once a server is warm


class Bounded(dict[K, V]):
    """A dict for caching, which drops its oldest entries at the limit. Reading needs no lock, writing takes its own."""

    __slots__ = ("_limit",)

    def __init__(self, limit: int = MAX_CACHED) -> None:
        super().__init__()
        self._limit = limit

    def keep(self, key: K, value: V) -> V:
        """Store and return `value`; if another thread was first, return what it stored."""
        with _writing:
            self._make_room()
            return self.setdefault(key, value)

    def keep_named(self, key: K, value: V, name: str) -> V:
        """The same, unless `name`, which the key and value are made of, is too long to be asked for again."""
        return self.keep(key, value) if len(name) <= MAX_KEY else value

    def replace(self, key: K, value: V) -> V:
        """Store and return `value` in the place of one that is out of date."""
        with _writing:
            self.pop(key, None)  # so that it counts as young
            self._make_room()
            self[key] = value
            return value

    def _make_room(self) -> None:
        if len(self) >= self._limit:
            for old in list(self)[: self._limit // 4 or 1]:
                del self[old]


class _Index:
    """The sections of one host, sorted for look-up. Positions begin at `start`, so two indexes order as one."""

    def __init__(self, sections: tuple[Section, ...], start: int = 0) -> None:
        self.directories: dict[str, list[tuple[int, Settings]]] = {}
        self.wild_directories: dict[int, list[tuple[int, Section]]] = {}  # by number of path segments
        self.directory_matches: list[tuple[int, Section]] = []
        self.locations: dict[str, list[tuple[int, Settings]]] = {}
        self.location_matches: list[tuple[int, Section]] = []
        self.end = start + len(sections)
        for position, section in enumerate(sections, start):
            entry = (position, section)
            if section.kind in _DIRECTORY_KINDS:
                path = section.pattern.rstrip("/")
                if section.is_match:
                    self.directory_matches.append(entry)
                elif section.regex is not None:
                    self.wild_directories.setdefault(path.count("/"), []).append(entry)
                else:
                    self.directories.setdefault(path, []).append((position, section.settings))
            elif section.regex is not None:
                self.location_matches.append(entry)
            else:
                self.locations.setdefault(section.pattern, []).append((position, section.settings))
        self.longest = max(map(len, self.locations), default=0)  # characters of a literal <Location>


def _prefixes(path: str) -> Iterator[str]:
    """What a literal <Location> must be to match `path`: "/a/b" -> "/", "/a", "/a/", "/a/b"."""
    yield "/"
    start = 1
    while (cut := path.find("/", start)) >= 0:
        yield path[:cut]
        yield path[: cut + 1]
        start = cut + 1
    if start < len(path):
        yield path


class RequestConfig:
    """All that holds for a request: the merged settings, and what is asked of them on every request, ready.

    Frozen but for `plan` and `interpreter`, which the application fills in at first use and which depend on nothing
    else; `interpreter` stays None where it is another for each directory or directive.
    """

    __slots__ = (
        "access",
        "authorization",
        "auto_reload",
        "debug",
        "debugger",
        "default_charset",
        "fileless",
        "fixups",
        "forms",
        "handlers",
        "host",
        "interpreter",
        "located",
        "options",
        "per_directive",
        "per_directory",
        "plan",
        "python_interpreter",
        "python_path",
        "set_handler",
        "settings",
    )

    def __init__(self, host: HostConfig, settings: Settings, *, fileless: bool = False, located: bool = False) -> None:
        self.host = host
        self.located = located  # a <Location> is among what holds
        self.fileless = fileless  # a <Location> answers by a Python handler: no file is looked for
        self.settings = settings
        self.handlers = settings[python.HANDLERS]
        python_config = settings[python.PYTHON_CONFIG]
        self.debug = python_config.get("PythonDebug") == "1"
        self.auto_reload = python_config.get("PythonAutoReload") != "0"
        self.debugger = python_config.get("PythonEnablePdb") == "1"
        self.python_path = python_config.get("PythonPath")
        self.python_interpreter = python_config.get("PythonInterpreter")
        self.per_directory = python_config.get("PythonInterpPerDirectory") == "1"
        self.per_directive = python_config.get("PythonInterpPerDirective") == "1"
        self.set_handler = settings[core.SET_HANDLER]
        self.options = settings[core.OPTIONS]
        self.default_charset = settings[core.ADD_DEFAULT_CHARSET]
        self.fixups = any(setting in settings for setting in (core.FORCE_TYPE, env.ENV, alias.REDIRECTS))
        self.plan: Any = None
        self.interpreter: Any = None
        self.forms: Any = None  # what the site says of its forms, worked out at first use
        self.access: Any = None  # Order, Allow and Deny, the same
        self.authorization: Any = None  # Require, the same


class Directory:
    """A directory on the way to a file, with what holds in it: Directory sections and .htaccess merged so far.

    `plain` says that neither it nor any directory above reads a .htaccess or restricts symbolic links, so that a file
    in it needs no look at the directories on the way.
    """

    __slots__ = (
        "_overlaid",
        "access_files",
        "follow",
        "host",
        "if_owner",
        "path",
        "plain",
        "settings",
    )

    def __init__(self, host: HostConfig, path: str, settings: Settings, *, above_plain: bool) -> None:
        self.host = host
        self.path = path  # ends in "/"
        self.settings = settings
        overrides = settings[core.ALLOW_OVERRIDE] is not Override.NONE or settings[core.ALLOW_OVERRIDE_LIST]
        self.access_files = settings[core.ACCESS_FILE_NAMES] if overrides else ()
        options = settings[core.OPTIONS]
        self.follow = "FollowSymLinks" in options
        self.if_owner = "SymLinksIfOwnerMatch" in options
        self.plain = above_plain and not self.access_files and self.follow
        self._overlaid: Bounded[Settings, Directory] = Bounded(16)

    def child(self, name: str) -> Directory:
        """The directory `name` in this one, before its .htaccess."""
        host = self.host
        found = host.children.get((self, name))
        if found is None:
            path = f"{self.path}{name}/"
            settings = _on_top(self.settings, host.directory_settings(path)[1])
            found = host.children.keep((self, name), Directory(host, path, settings, above_plain=self.plain))
        return found

    def overlaid(self, htaccess: Settings) -> Directory:
        """This directory under the settings of its .htaccess (one object for each version of that file)."""
        found = self._overlaid.get(htaccess)
        if found is None:
            directory = Directory(self.host, self.path, self.settings.merged(htaccess), above_plain=False)
            found = self._overlaid.keep(htaccess, directory)
        return found

    def config(self, name: str, location: tuple[tuple[int, ...], Settings], exists: bool) -> RequestConfig:
        """What holds for the file `name` in this directory ("" is the directory itself) under Location sections.

        `exists`: the file is there, and nothing follows its name; the directory was asked for with a slash at the end.
        """
        by_name = (self, name, location[0], exists)
        known = self.host.configs_by_name.get(by_name)
        if known is None:
            known = self.host.configs_by_name.keep(by_name, self._config(name, location, exists))
        return known

    def _config(self, name: str, location: tuple[tuple[int, ...], Settings], exists: bool) -> RequestConfig:
        host = self.host
        path = self.path + name
        own, layers = _NO_LAYERS
        if name:
            # A <Directory> of a file's name holds for it where httpd need not look for links on the way (observed).
            if exists and self.follow and not self.if_owner:
                own, layers = host.directory_settings(f"{path}/")
        elif not exists:  # to DirectoryMatch and Files a directory without its slash is a name like others (observed)
            path = path[:-1]
            name = path[path.rfind("/") + 1 :]
        settings = _on_top(self.settings, layers)
        matches = tuple(host.directory_matches(path))
        for _, section in matches:
            settings = settings.merged(section.settings)
        files = settings[core.FILES_SECTIONS] if name else ()
        chosen = tuple([i for i, section in enumerate(files) if _file_matches(section, name)])
        key = (self, own, tuple([position for position, _ in matches]), chosen, location[0])
        found = host.configs.get(key)
        if found is None:
            # Files among themselves, then on top of the directory's: where merging asks, the order matters.
            of_name = _on_top(EMPTY, [files[index].settings for index in chosen])
            settings = settings.merged(of_name).merged(location[1])
            found = host.configs.keep(key, RequestConfig(host, settings, located=bool(location[0])))
        return found


def _file_matches(section: Section, name: str) -> bool:
    if section.regex is None:
        return section.pattern == name
    return section.regex.search(encode(name)) is not None


class HostConfig:
    """The configuration of the main server or of one virtual host, ready to be asked."""

    def __init__(self, site: Site, host: Host | None = None, *, main_index: _Index | None = None) -> None:
        self.site = site
        self.host = host or site.main
        self.base = site.main.settings.merged(host.settings) if host else site.main.settings
        self._main = main_index or _Index(site.main.sections)
        self._own = _Index(host.sections, self._main.end) if host else None
        self._indexes = (self._main, self._own) if self._own else (self._main,)
        self._has_matches = any(index.directory_matches for index in self._indexes)
        limit = max(MIN_CACHED, MAX_CACHED // (1 + len(site.hosts)))
        self.children: Bounded[tuple[Directory, str], Directory] = Bounded(limit)
        self.configs: Bounded[tuple[Any, ...], RequestConfig] = Bounded(limit)
        self.configs_by_name: Bounded[tuple[Directory, str, tuple[int, ...], bool], RequestConfig] = Bounded(limit)
        self.guesses: Bounded[tuple[RequestConfig, str], Any] = Bounded(limit)  # what the extensions of a name say
        self.root = Directory(self, "/", _on_top(self.base, self.directory_settings("/")[1]), above_plain=True)
        self._directories: Bounded[str, Directory] = Bounded(limit)
        self._locations: Bounded[str, tuple[tuple[int, ...], Settings]] = Bounded(limit)
        self._early: Bounded[tuple[tuple[int, ...], bool], RequestConfig] = Bounded(limit)
        self.has_early_handlers = any(key in self.base_handlers for key in _EARLY)
        self.has_early_work = self.has_early_handlers or setenvif.SETENVIF in self.base
        self.server: Any = None  # the mp_server that stands for the host, given by the application
        self.targets: Bounded[str, Any] = Bounded(limit)  # for the translation of paths, which keeps what it found here
        self.paths: Bounded[str, Any] = Bounded(limit)  # the same, by the path as the server hands it over
        self.htaccess: Bounded[Any, Any] = Bounded(limit)  # for the directory walk: what each .htaccess said

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
        return main, tuple(cls(site, host, main_index=main._main) for host in site.hosts)

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
            return _NO_LAYERS
        found.sort(key=_position)
        return tuple([position for position, _ in found]), tuple([settings for _, settings in found])

    def directory_matches(self, filename: str) -> Iterator[tuple[int, Section]]:
        """The <DirectoryMatch> sections that match this file name, as (position, section)."""
        if self._has_matches:
            for index in self._indexes:
                for position, section in index.directory_matches:
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
            merged = _SLASHES.sub("/", path)  # which only LocationMatch tells apart (httpd, MergeSlashes)
            for index in self._indexes:
                if index.locations:
                    for prefix in _prefixes(merged[: index.longest + 1]):
                        entries.extend(index.locations.get(prefix, ()))
                for position, section in index.location_matches:
                    asked = path if section.is_match else merged
                    if section.regex is not None and section.regex.search(encode(asked)):
                        entries.append((position, section.settings))
            found = self._locations.keep_named(path, _merged(entries), path)
        return found

    def section(self, position: int) -> Settings:
        """The settings of one Directory or Location section, by its position."""
        own = position - self._main.end
        return (self.site.main.sections[position] if own < 0 else self.host.sections[own]).settings

    def early(self, path: str, *, fileless: bool = False) -> RequestConfig:
        """What holds before a file is known: the host's own settings under the Location sections of `path`.

        `fileless`: no file will be looked for, this is all there is.
        """
        positions, settings = self.location(path)
        found = self._early.get((positions, fileless))
        if found is None:
            config = RequestConfig(self, self.base.merged(settings), fileless=fileless)
            found = self._early.keep((positions, fileless), config)
        return found


def _merged(entries: Iterable[tuple[int, Settings]]) -> tuple[tuple[int, ...], Settings]:
    """Entries in order of their positions: these, and their settings merged."""
    ordered = sorted(entries, key=_position)
    return tuple([position for position, _ in ordered]), _on_top(EMPTY, [inner for _, inner in ordered])


def _on_top(settings: Settings, layers: Iterable[Settings]) -> Settings:
    """Settings with others on top, one after the other."""
    for inner in layers:
        settings = settings.merged(inner)
    return settings


_NO_LAYERS: tuple[tuple[int, ...], tuple[Settings, ...]] = ((), ())
_position: Callable[[tuple[int, Settings]], int] = lambda entry: entry[0]  # noqa: E731
