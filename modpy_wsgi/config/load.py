"""The tree of directives into a frozen site.

Law: this is the only place where directives take effect, and it knows none of them by name but the containers: each row
of the tables says where it may stand, how it counts its arguments, and what it makes of them.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from re import Pattern
from typing import Any

from modpy_wsgi.config.addresses import host_and_port
from modpy_wsgi.config.arguments import arguments
from modpy_wsgi.config.directives import ALL, core, mime, nearest
from modpy_wsgi.config.envvars import read_envvars
from modpy_wsgi.config.lexer import words
from modpy_wsgi.config.model import (
    Address,
    Host,
    Kind,
    Limit,
    Origin,
    Row,
    Section,
    SectionKind,
    Setting,
    Settings,
    Site,
    Where,
)
from modpy_wsgi.config.override import NO_RULES, Rules
from modpy_wsgi.config.parser import Node, Reader, Tree, tree_of
from modpy_wsgi.config.patterns import compile_regex, compile_wildcard, has_wildcard
from modpy_wsgi.config.values import Several
from modpy_wsgi.errors import ConfigError

__all__ = ["load_site", "load_text", "settings_of", "site_of"]

Warn = Callable[[str], None]


@dataclass(slots=True)
class _Place:
    """Where the walk is: what may stand here, and where values go."""

    where: Where
    section: str  # "<Directory>", for messages; "" at the top
    server_root: str
    warn: Warn
    values: dict[Setting[Any], Any] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)  # of the host
    hosts: list[Host] = field(default_factory=list)
    directory: str | None = None
    directory_pattern: Pattern[str] | None = None
    location: str | None = None
    methods: Limit | None = None
    rules: Rules = NO_RULES

    def origin(self, node: Node) -> Origin:
        return Origin(
            node.file,
            node.line,
            self.directory,
            self.directory_pattern,
            self.location,
            self.server_root,
            self.methods,
            self.rules is not NO_RULES,
            self.rules.allow_options,
            self.where,
        )

    def inner(self, section: str, **changes: Any) -> _Place:
        """The place inside of a container that has settings of its own."""
        where = self.where if self.where is Where.HTACCESS else Where.DIRECTORY
        return replace(self, where=where, section=section, values={}, **changes)


def _walk(nodes: Iterable[Node], place: _Place) -> None:
    for node in nodes:
        lower = node.name.lower()
        row = ALL.get(lower)
        if row is None:
            if place.rules.skips_unknown:
                place.warn(f"{node.file}:{node.line}: unknown directive '{node.name}' skipped")
                continue
            raise _unknown(node)
        if not place.rules.permit(row, place.where):
            if place.rules.skips_forbidden:
                place.warn(f"{node.file}:{node.line}: {_shown(row)} forbidden by AllowOverride")
                continue
            raise ConfigError(f"{_shown(row)} not allowed {_in(place)}", node.file, node.line)
        if row.kind is Kind.SERVER:
            if node.children is None:
                _calls(row, node)  # well formed it has to be
            continue
        if row.kind is Kind.UNSUPPORTED:
            raise ConfigError(f"{_shown(row)} is {row.kind.value}: {row.note}", node.file, node.line)
        if node.children is not None:
            _container(lower, row, node, place)
        else:
            _directive(row, node, place)


def _calls(row: Row, node: Node) -> list[tuple[str, ...]]:
    try:
        return arguments(row.args, node.args)
    except ValueError as error:
        usage = f" (usage: {row.usage})" if row.usage else ""
        raise ConfigError(f"{row.name} {error}{usage}", node.file, node.line) from None


def _directive(row: Row, node: Node, place: _Place) -> None:
    calls = _calls(row, node)
    setting, value, values = row.setting, row.value, place.values
    if value is None:
        return
    origin = place.origin(node)
    for args in calls:
        try:
            result = value(values.get(setting) if setting is not None else None, args, origin)
        except ValueError as error:
            usage = f" (usage: {row.usage})" if row.usage else ""
            raise ConfigError(f"{row.name}: {error}{usage}", node.file, node.line) from None
        if type(result) is Several:
            values.update(result)
        elif setting is not None:
            values[setting] = result
    if row.note:
        place.warn(f"{node.file}:{node.line}: {row.name} {row.note}")


def _container(lower: str, row: Row, node: Node, place: _Place) -> None:
    end = node.args.rfind(">")
    if end < 0:
        raise ConfigError(f"{row.name}> directive missing closing '>'", node.file, node.line)
    text = node.args[:end]
    if not text.strip():
        raise ConfigError(f"{row.name}> directive requires additional arguments", node.file, node.line)
    try:
        _CONTAINERS[lower](text, node, place)
    except ValueError as error:
        raise ConfigError(f"{row.name}> {error}", node.file, node.line) from None


def _unknown(node: Node) -> ConfigError:
    name = nearest(node.name)
    shown, hint = node.name, name or ""
    if shown.startswith("<"):
        shown = shown + ">"
    if hint.startswith("<"):
        hint += ">"
    return ConfigError(
        f"unknown directive '{shown}'" + (f" (did you mean {hint}?)" if name else ""), node.file, node.line
    )


def _shown(row: Row) -> str:
    return f"{row.name}>" if row.name.startswith("<") else row.name


def _in(place: _Place) -> str:
    if place.section:
        return f"in {place.section} context"
    return "here"


# -- the containers ---------------------------------------------------------------------------------------------------


def _virtual_host(text: str, node: Node, place: _Place) -> None:
    addresses = tuple(_address(word) for word in words(text))
    inner = replace(place, where=Where.VHOST, section="<VirtualHost>", values={}, sections=[])
    _walk(node.children or (), inner)
    names, wild = _names(inner.values)
    origin = place.origin(node)
    place.hosts.append(Host(Settings(inner.values), tuple(inner.sections), addresses, names, wild, origin))


def _address(word: str) -> Address:
    plain = word.removesuffix(":*") if word != "*" else word
    host, port = host_and_port(plain)
    if host is None:
        raise ValueError(f"'{word}': the address is missing")
    return Address(host, port)


def _names(values: dict[Setting[Any], Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The literal names and the patterns that requests may call a host by."""
    names: list[str] = []
    wild: list[str] = []
    own = values.get(core.SERVER_NAME)
    if own is not None:
        names.append(own.host.lower())
    for alias in values.get(core.SERVER_ALIASES, ()):
        (wild if "*" in alias or "?" in alias else names).append(alias.lower())
    return tuple(names), tuple(wild)


def _one_pattern(text: str, kind: SectionKind, match: SectionKind) -> tuple[SectionKind, str]:
    parts = words(text)
    # (httpd takes the ~ before the regular expression of DirectoryMatch as well)
    if parts and parts[0] == "~" and (kind is not match or kind is SectionKind.DIRECTORY_MATCH):
        kind = match
        parts = parts[1:]
    if len(parts) != 1 or not parts[0]:
        raise ValueError("takes one pattern" if kind is match else "takes one path")
    return kind, parts[0]


def _directory(kind: SectionKind) -> Callable[[str, Node, _Place], None]:
    def section(text: str, node: Node, place: _Place) -> None:
        found, path = _one_pattern(text, kind, SectionKind.DIRECTORY_MATCH)
        regex: Pattern[str] | None = None
        if found is SectionKind.DIRECTORY_MATCH:
            regex = compile_regex(path)
        else:
            if not path.startswith("/"):
                raise ValueError(f"'{path}' is no absolute path")
            path = posixpath.normpath(path).replace("//", "/").rstrip("/") + "/"
            regex = compile_wildcard(path) if has_wildcard(path) else None
        inner = place.inner(f"{node.name}>", directory=path, directory_pattern=regex, location=None)
        _walk(node.children or (), inner)
        place.sections.append(Section(found, path, regex, Settings(inner.values), inner.origin(node)))

    return section


def _location(kind: SectionKind) -> Callable[[str, Node, _Place], None]:
    def section(text: str, node: Node, place: _Place) -> None:
        found, path = _one_pattern(text, kind, SectionKind.LOCATION_MATCH)
        regex: Pattern[str] | None = None
        if found is SectionKind.LOCATION_MATCH:
            regex = compile_regex(path)
        elif has_wildcard(path):
            regex = compile_wildcard(path)
        inner = place.inner(f"{node.name}>", location=path)
        _walk(node.children or (), inner)
        place.sections.append(Section(found, path, regex, Settings(inner.values), inner.origin(node)))

    return section


def _files(kind: SectionKind) -> Callable[[str, Node, _Place], None]:
    def section(text: str, node: Node, place: _Place) -> None:
        if place.location is not None:
            raise ValueError("cannot occur within <Location> section")
        if place.methods is not None:
            raise ValueError("cannot occur within <Limit> section")
        found, name = _one_pattern(text, kind, SectionKind.FILES_MATCH)
        regex: Pattern[str] | None = None
        if found is SectionKind.FILES_MATCH:
            regex = compile_regex(name)
        else:
            name = posixpath.normpath(name)
            regex = compile_wildcard(name) if has_wildcard(name) else None
        inner = place.inner(f"{node.name}>")
        _walk(node.children or (), inner)
        made = Section(found, name, regex, Settings(inner.values), inner.origin(node))
        place.values[core.FILES_SECTIONS] = (*place.values.get(core.FILES_SECTIONS, ()), made)

    return section


def _limit(exclude: bool) -> Callable[[str, Node, _Place], None]:
    def section(text: str, node: Node, place: _Place) -> None:
        methods = frozenset("GET" if word == "HEAD" else word for word in words(text))
        if "TRACE" in methods and not exclude:
            raise ValueError("TRACE cannot be controlled by <Limit>, see TraceEnable")
        limit = _narrowed(place.methods, Limit(methods, exclude))
        _walk(node.children or (), replace(place, section=f"{node.name}>", methods=limit))

    return section


def _narrowed(outer: Limit | None, inner: Limit) -> Limit:
    """A limit inside of a limit holds for the methods of both."""
    if outer is None:
        return inner
    if outer.exclude and inner.exclude:
        limit = Limit(outer.methods | inner.methods, True)
    elif outer.exclude:
        limit = Limit(inner.methods - outer.methods)
    elif inner.exclude:
        limit = Limit(outer.methods - inner.methods)
    else:
        limit = Limit(outer.methods & inner.methods)
    if not limit.exclude and not limit.methods:
        raise ValueError("directive excludes all methods")
    if limit == outer:
        raise ValueError("directive specifies methods already excluded")
    return limit


_CONTAINERS: dict[str, Callable[[str, Node, _Place], None]] = {
    "<directory": _directory(SectionKind.DIRECTORY),
    "<directorymatch": _directory(SectionKind.DIRECTORY_MATCH),
    "<files": _files(SectionKind.FILES),
    "<filesmatch": _files(SectionKind.FILES_MATCH),
    "<limit": _limit(False),
    "<limitexcept": _limit(True),
    "<location": _location(SectionKind.LOCATION),
    "<locationmatch": _location(SectionKind.LOCATION_MATCH),
    "<virtualhost": _virtual_host,
}


# -- whole configurations ---------------------------------------------------------------------------------------------


def settings_of(nodes: Iterable[Node], *, directory: str, server_root: str, rules: Rules, warn: Warn) -> Settings:
    """The settings of a .htaccess in `directory`, given its directives. Raises ConfigError."""
    place = _Place(Where.HTACCESS, "", server_root, warn, directory=directory, rules=rules)
    _walk(nodes, place)
    return Settings(place.values)


def site_of(tree: Tree) -> Site:
    warnings = list(tree.warnings)
    place = _Place(Where.SERVER, "", tree.names.server_root, warnings.append)
    _walk(tree.nodes, place)
    place.values[core.SERVER_ROOT] = tree.names.server_root
    names, wild = _names(place.values)
    main = Host(Settings(place.values), tuple(place.sections), (), names, wild)
    for host in (main, *place.hosts):
        root = host.settings[core.DOCUMENT_ROOT]
        if root is not None and not Path(root).is_dir():
            warnings.append(f"DocumentRoot '{root}' is not a directory, or is not readable")
        types = host.settings[mime.TYPES_CONFIG]
        if mime.TYPES_CONFIG in host.settings and not Path(types).is_file():
            warnings.append(f"TypesConfig '{types}' is not there: the types that Python knows are used")
    return Site(
        main=main,
        hosts=tuple(place.hosts),
        files=tree.files,
        defines=tree.names.defines,
        warnings=tuple(warnings),
        tree=tree.nodes,
        names=tree.names,
    )


def load_site(
    path: str | os.PathLike[str],
    *,
    defines: Iterable[str] = (),
    server_root: str | None = None,
    before: Iterable[str] = (),
    after: Iterable[str] = (),
) -> Site:
    """Reads a configuration from its main file (and Debian's `envvars` beside it).

    `defines` are httpd's -D, `before` and `after` the directives of -C and -c, `server_root` its -d.
    Raises ConfigError.
    """
    path = str(Path(path).absolute())
    folder = posixpath.dirname(path)
    if server_root is None:
        # <root>/conf/httpd.conf is where httpd looks by itself; Debian's apache2.conf stands in the root.
        server_root = posixpath.dirname(folder) if posixpath.basename(folder) == "conf" else folder
    environ = dict(os.environ)
    warnings: list[str] = []
    environ.update(read_envvars(posixpath.join(folder, "envvars"), environ, warnings.append))
    reader = Reader(server_root=server_root, defines=set(defines), variables=environ, warnings=warnings)
    nodes = reader.text("\n".join(before), "-C directive")
    nodes += reader.file(path)
    nodes += reader.text("\n".join(after), "-c directive")
    return site_of(tree_of(reader, nodes))


def load_text(
    text: str,
    *,
    file: str = "<text>",
    server_root: str = "/",
    defines: Iterable[str] = (),
) -> Site:
    """Reads a configuration given as text. Raises ConfigError."""
    reader = Reader(server_root=server_root, defines=set(defines), variables=dict(os.environ))
    return site_of(tree_of(reader, reader.text(text, file)))
