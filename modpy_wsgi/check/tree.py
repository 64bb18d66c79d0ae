"""The folders of a site, and what stands in them: .htaccess files, modules, compiled modules, handlers by extension.

Law: a folder is entered once, whatever links lead to it; what is neither file nor folder is left alone; the number of
entries and the depth are bounded, and what is beyond is said.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ..config.directives import alias, cgi, core, python
from ..config.directory import Directory
from ..config.host_config import HostConfig
from ..config.hosts import Hosts
from ..config.htaccess import MAX_FILE, htaccess_nodes, rules_of, settings_of_htaccess
from ..config.model import EMPTY, Origin, Override, Section, SectionKind
from ..config.request_config import RequestConfig
from ..constants import CGI_HANDLERS, PYTHON_HANDLERS
from ..errors import BadRequest, ConfigError
from ..httpd.content import provided
from ..httpd.translate import document_root
from ..psp.rules import LITERAL_TEXT, literally
from .answering import file_handler, is_page, is_published
from .compiled import COMPILED_SUFFIXES, check_compiled
from .compiling import read_bounded
from .directives import NamedHandler, actions_of, count, error, named_handlers, warning
from .findings import Report
from .pages import Pages
from .password_files import tell_missing_files
from .programs import check_program
from .progress import Progress
from .sources import Sources

__all__ = ["MAX_DEPTH", "MAX_ENTRIES", "Root", "Tree", "roots"]

MAX_ENTRIES = 500_000  # files and folders; about a minute
MAX_DEPTH = 64  # folders below a root
MAX_STOPPED = 10  # searches of a regular expression that had to be stopped, each after a second

# Folders that no site is in, wherever a link or a root of / leads.
_SYSTEM = frozenset({"/", "/dev", "/proc", "/sys", "/run"})


class Root(NamedTuple):
    """A folder where a part of the site begins."""

    path: str  # absolute, without a slash at the end
    uri: str | None  # the URL-path that leads there; None if only a Directory section speaks of it
    host: HostConfig
    origin: Origin | None  # of the directive that names it
    programs: bool = False  # a ScriptAlias: what lies there is run


def roots(hosts: Hosts) -> Iterator[Root]:
    """DocumentRoot, the targets of Alias, and Directory sections that run Python or read .htaccess files."""
    for host in (hosts.main, *hosts.virtual):
        if not hosts.reachable(host):
            continue
        aliases = host.base[alias.ALIASES]
        # Folders of programs first: they may lie in another, and each is entered once.
        yield from _aliased(host, [rule for rule in aliases if rule.handler is not None])
        yield Root(document_root(host).rstrip("/") or "/", "", host, None)
        yield from _aliased(host, [rule for rule in aliases if rule.handler is None])
    for host in (hosts.main, *hosts.virtual):
        for section in host.host.sections:
            here = section.settings[alias.ALIAS_HERE]
            if here is not None:
                yield Root(here.target.rstrip("/") or "/", here.location.rstrip("/"), host, section.origin)
            if section.kind is SectionKind.DIRECTORY and section.regex is None and _matters(section):
                yield Root(section.pattern.rstrip("/") or "/", None, host, section.origin)


def _aliased(host: HostConfig, rules: Iterable[alias.Alias]) -> Iterator[Root]:
    for rule in rules:
        if rule.regex is None:
            prefix = (rule.prefix or "").rstrip("/")
            yield Root(rule.target.rstrip("/") or "/", prefix, host, rule.origin, rule.handler is not None)
        else:
            start = rule.target.partition("$")[0].rpartition("/")[0]
            if start:
                yield Root(start, None, host, rule.origin, rule.handler is not None)


def _matters(section: Section) -> bool:
    settings = section.settings
    if core.ALLOW_OVERRIDE in settings and settings[core.ALLOW_OVERRIDE] is not Override.NONE:
        return True
    if settings[core.ALLOW_OVERRIDE_LIST]:
        return True
    return python.HANDLERS in settings or python.PYTHON_CONFIG in settings


class _Folder(NamedTuple):
    path: str  # ends in "/"
    uri: str | None  # ends in "/"
    directory: Directory  # before its .htaccess
    depth: int
    programs: bool = False


@dataclass(slots=True)
class Tree:
    """Walks through the roots. What is found in the files goes to the report; `configs` and `pages` are for imports."""

    report: Report
    progress: Progress
    sources: Sources
    psp: Pages
    met: Counter[str] = field(default_factory=Counter)  # files by the handler that nobody provides
    named: list[NamedHandler] = field(default_factory=list)  # by directives of .htaccess files
    acted: frozenset[str] = frozenset()  # handlers that an Action of a .htaccess file leads on from
    pages: list[tuple[str, RequestConfig]] = field(default_factory=list)  # what a publisher would import
    _entered: set[tuple[int, int]] = field(default_factory=set)
    _entries: int = 0
    _stopped: int = 0

    def walk(self, root: Root, visit: Callable[[str, RequestConfig], None]) -> None:
        """Everything below a root. `visit` is called with each folder (its path ends in "/") and what holds in it."""
        path = root.path.rstrip("/") + "/"
        if path == "/" and root.uri is None:
            return  # <Directory /> says what holds elsewhere
        try:
            if not stat.S_ISDIR(os.stat(root.path).st_mode):
                return  # an Alias to a file
        except (FileNotFoundError, NotADirectoryError):
            if root.origin is not None:
                message = f"there is no {root.path}"
                self.report.add("configuration-warning", message, root.origin.file, root.origin.line)
            return
        except (OSError, ValueError) as error:
            self._left_out(root.path, str(getattr(error, "strerror", None) or error))
            return
        try:
            start = self._above(root, path)
        except BadRequest as error:  # a regular expression that had to be stopped
            self._stop(path, error)
            return
        if start is None:
            return
        pending = [_Folder(path, None if root.uri is None else f"{root.uri}/", start, 0, root.programs)]
        while pending:
            folder = pending.pop()
            try:
                pending += reversed(list(self._folder(folder, visit)))
            except BadRequest as error:
                self._stop(folder.path, error)
            if self._stopped >= MAX_STOPPED:
                return
            if self._entries >= MAX_ENTRIES:
                self._left_out(root.path, f"more than {MAX_ENTRIES} files and folders: the rest was not looked at")
                return

    def _above(self, root: Root, path: str) -> Directory | None:
        """The folder of a root under the .htaccess files above it, its own not yet read."""
        directory = root.host.root
        for name in path.split("/")[1:-1]:
            found = self._with_htaccess(directory, told=False)
            if found is None:
                return None
            directory = found.child(name)
        return directory

    def _folder(self, folder: _Folder, visit: Callable[[str, RequestConfig], None]) -> Iterator[_Folder]:
        """Looks at a folder; the folders in it."""
        path = folder.path
        try:
            found = os.stat(path)
            if (found.st_dev, found.st_ino) in self._entered:
                return
            self._entered.add((found.st_dev, found.st_ino))
            with os.scandir(path) as listing:
                entries = []
                for entry in listing:
                    entries.append(entry)
                    self._entries += 1
                    if self._entries >= MAX_ENTRIES:
                        break
        except OSError as error:
            self._left_out(path, f"cannot be read: {error.strerror}")
            return
        self.progress.tell(f"{self.report.files} files  {path}")
        directory = self._with_htaccess(folder.directory, told=True)
        if directory is None:
            return
        entries.sort(key=lambda entry: entry.name)
        names = {entry.name for entry in entries}
        location = folder.directory.host.location(folder.uri) if folder.uri is not None else ((), EMPTY)
        visit(path, directory.config("", location, True))
        for entry in entries:
            if self._stopped >= MAX_STOPPED:
                return
            kind = self._kind(entry)
            if kind == "file":
                self.report.files += 1
                self._file(entry, folder, directory, names)
            elif kind == "folder":
                if folder.depth >= MAX_DEPTH:
                    self._left_out(entry.path, f"more than {MAX_DEPTH} folders deep")
                    continue
                uri = None if folder.uri is None else f"{folder.uri}{entry.name}/"
                yield _Folder(
                    f"{path}{entry.name}/", uri, directory.child(entry.name), folder.depth + 1, folder.programs
                )

    def _kind(self, entry: os.DirEntry[str]) -> str:
        """ "file", "folder", or "" for what is neither or is left alone."""
        try:
            if entry.is_dir():
                if entry.path in _SYSTEM or (entry.is_symlink() and os.path.realpath(entry.path) in _SYSTEM):
                    self._left_out(entry.path, "a folder of the system, or a link to one: not entered")
                    return ""
                return "folder"
            return "file" if entry.is_file() else ""
        except OSError:  # a loop of links, say
            return ""

    def _stop(self, path: str, error: BadRequest) -> None:
        """A search that had to be stopped leaves out a file, or a folder."""
        self._stopped += 1
        more = ": the rest was not looked at" if self._stopped == MAX_STOPPED else ""
        self._left_out(path, f"{error}{more}")

    def _left_out(self, path: str, why: str) -> None:
        self.report.add("not-looked-at", why, path)

    # -- .htaccess ----------------------------------------------------------------------------------------------------

    def _with_htaccess(self, directory: Directory, *, told: bool) -> Directory | None:
        """The folder under its .htaccess; None if that cannot be read, so that nothing below is served."""
        names = directory.access_files
        if not names:
            if told:
                self._ignored(directory)
            return directory
        for name in names:
            path = directory.path + name
            if os.path.lexists(path):
                return self._read(directory, path, told)
        return directory

    def _ignored(self, directory: Directory) -> None:
        for name in directory.settings[core.ACCESS_FILE_NAMES]:
            if os.path.lexists(directory.path + name):
                message = "is not read: AllowOverride None holds here"
                self.report.add("htaccess-ignored", message, directory.path + name)

    def _read(self, directory: Directory, path: str, told: bool) -> Directory | None:
        report = self.report if told else Report()
        try:
            data = read_bounded(path, MAX_FILE)
        except OSError as problem:
            report.add("htaccess", f"cannot be read, which closes the folder: {problem.strerror}", path)
            return None
        if data is None:
            report.add("htaccess", f"no file, or larger than {MAX_FILE} bytes: not read", path)
            return None
        rules = rules_of(directory.settings)
        site_names = directory.host.site.names
        wrong: Callable[[ConfigError], None] = lambda problem: error(problem, report, "htaccess")  # noqa: E731
        warn: Callable[[str], None] = lambda line: warning(line, report)  # noqa: E731
        try:
            nodes = htaccess_nodes(data, path, names=site_names, warn=warn, wrong=wrong)
            inner = settings_of_htaccess(nodes, path, rules=rules, names=site_names, warn=warn, wrong=wrong)
        except ConfigError as problem:
            wrong(problem)
            return None
        if told:
            count(nodes, report)
            self.named += named_handlers(nodes)
            self.acted |= actions_of(nodes)
            tell_missing_files(inner, report)
        return directory.overlaid(inner)

    # -- files --------------------------------------------------------------------------------------------------------

    def _file(self, entry: os.DirEntry[str], folder: _Folder, directory: Directory, names: set[str]) -> None:
        name, path = entry.name, f"{folder.path}{entry.name}"
        host = folder.directory.host
        try:
            location = host.location(f"{folder.uri}{name}") if folder.uri is not None else ((), EMPTY)
            config = directory.config(name, location, True)
        except BadRequest as error:
            self._stop(path, error)
            return
        handler = file_handler(name, config.settings)
        if folder.programs and config.set_handler is None:
            handler = handler or "cgi-script"
        if handler in CGI_HANDLERS and (folder.programs or "ExecCGI" in config.options) and not name.startswith(".ht"):
            check_program(path, self.report, self.sources)
        if not provided(handler) and handler is not None and handler not in config.settings[cgi.ACTIONS]:
            self.met[handler] += 1
        if name.endswith(".py"):
            self.sources.add(path)
            if folder.uri is not None and is_published(path, config):
                self.pages.append((path, config))
        elif handler in PYTHON_HANDLERS and is_page(path, config):
            options = config.settings[python.PYTHON_OPTIONS]
            self.psp.add(path, literal_text=literally(options.get(LITERAL_TEXT)))
        elif name.endswith(COMPILED_SUFFIXES):
            check_compiled(path, names, self.report)
