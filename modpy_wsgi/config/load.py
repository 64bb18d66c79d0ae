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
from typing import Any

from modpy_wsgi.config.arguments import arguments
from modpy_wsgi.config.decisions import DECISIONS, Decision, with_decision
from modpy_wsgi.config.directives import ALL, authz_core, core, mime, nearest
from modpy_wsgi.config.envvars import read_envvars
from modpy_wsgi.config.filters_used import check_filters, every_settings, registered
from modpy_wsgi.config.model import (
    Host,
    Kind,
    Limit,
    Origin,
    Override,
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
from modpy_wsgi.config.patterns import Regex
from modpy_wsgi.config.refusal import Wrong, refuse
from modpy_wsgi.config.requirements import added, checked, opened
from modpy_wsgi.config.sections import addresses, limit, matcher
from modpy_wsgi.config.values import Several
from modpy_wsgi.errors import ConfigError

__all__ = ["load_site", "load_text", "settings_of", "site_of"]

MAX_SHOWN_NAME = 60  # a line without a space may be megabytes long

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
    directory_pattern: Regex | None = None
    location: str | None = None
    methods: Limit | None = None
    within_require: bool = False  # in <RequireAll> and the like
    rules: Rules = NO_RULES
    wrong: Wrong = refuse
    traced: bool = False  # whether it is kept which directive has decided what

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

    def inner(self, node: Node, **changes: Any) -> _Place:
        """The place inside of a container that has settings of its own."""
        where = self.where if self.where is Where.HTACCESS else Where.DIRECTORY
        return replace(self, where=where, section=f"{node.name}>", values={}, **changes)

    def permits(self, row: Row) -> bool:
        """Whether the directive may stand here."""
        if self.within_require and not (
            row.override & Override.AUTHCONFIG or row.name.lower() in self.rules.allow_list
        ):
            return False
        return self.rules.permit(row, self.where)

    def settings(self) -> Settings:
        """What the directives of a section have set, at its end. ValueError if they contradict one another."""
        found = self.values.get(authz_core.AUTHORIZATION)
        if found is not None and found.rules is not None and self.where is not Where.HTACCESS:
            # httpd checks no .htaccess: there, what may only refuse refuses.
            self.values[authz_core.AUTHORIZATION] = found._replace(rules=checked(found.rules))
        return Settings(self.values)


Container = Callable[[str, Node, _Place], None]  # acts on (text before the bracket, the node, where it stands)


def _walk(nodes: Iterable[Node], place: _Place) -> None:
    for node in nodes:
        try:
            _act(node, place)
        except ConfigError as error:
            place.wrong(error)
            if node.children:  # what stands in a container that means nothing is judged all the same, for nothing
                where = Where.VHOST if node.name.lower() == "<virtualhost" else place.inner(node).where
                _walk(node.children, replace(place, where=where, section=f"{node.name}>", values={}, sections=[]))


def _act(node: Node, place: _Place) -> None:
    lower = node.name.lower()
    row = ALL.get(lower)
    if row is None:
        if place.rules.skips_unknown:
            place.warn(f"{node.file}:{node.line}: unknown directive '{node.name}' skipped")
            return
        raise _unknown(node)
    if not place.permits(row):
        if place.rules.skips_forbidden:
            place.warn(f"{node.file}:{node.line}: {_shown(row)} forbidden by AllowOverride")
            return
        raise ConfigError(f"{_shown(row)} not allowed {_in(place)}", node.file, node.line)
    if row.kind is Kind.SERVER:
        if node.children is None:
            _calls(row, node)  # well formed it has to be
    elif row.kind is Kind.UNSUPPORTED:
        raise ConfigError(f"{_shown(row)} is {row.kind.value}: {row.note}", node.file, node.line)
    elif node.children is not None:
        _container(lower, row, node, place)
    else:
        _directive(row, node, place)


def _calls(row: Row, node: Node) -> list[tuple[str, ...]]:
    try:
        return arguments(row.args, node.args)
    except ValueError as error:
        raise ConfigError(f"{row.name} {error} (usage: {row.form})", node.file, node.line) from None


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
            # What is right but not implemented is no question of form.
            lacking = not row.usage and str(error).startswith(Kind.UNSUPPORTED.value)
            usage = "" if lacking else f" (usage: {row.form})"
            raise ConfigError(f"{row.name}: {error}{usage}", node.file, node.line) from None
        changed: Iterable[Setting[Any]] = ()
        if type(result) is Several:
            values.update(result)
            changed = result
        elif setting is not None:
            values[setting] = result
            changed = (setting,)
        if place.traced and changed:
            values[DECISIONS] = with_decision(values.get(DECISIONS), changed, Decision(row.name, args, origin))
    if row.note and calls != [("0",)]:  # what is switched off need not be told
        place.warn(f"{node.file}:{node.line}: {row.name} {row.note}")


def _container(lower: str, row: Row, node: Node, place: _Place) -> None:
    end = node.args.rfind(">")
    if end < 0:
        raise ConfigError(f"{row.name}> directive missing closing '>' (usage: {row.form})", node.file, node.line)
    text = node.args[:end]
    if (lower in _WITHOUT_ARGUMENTS) is bool(text.strip()):
        wrong = "doesn't take additional" if text.strip() else "requires additional"
        raise ConfigError(f"{row.name}> directive {wrong} arguments (usage: {row.form})", node.file, node.line)
    try:
        _CONTAINERS[lower](text, node, place)
    except ValueError as error:
        raise ConfigError(f"{row.name}> {error} (usage: {row.form})", node.file, node.line) from None


def _unknown(node: Node) -> ConfigError:
    shown = node.name if len(node.name) <= MAX_SHOWN_NAME else node.name[:MAX_SHOWN_NAME] + "..."
    name = nearest(shown)
    hint = name or ""
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
    found = addresses(text)
    inner = replace(place, where=Where.VHOST, section="<VirtualHost>", values={}, sections=[])
    _walk(node.children or (), inner)
    names, wild = _names(inner.values)
    origin = place.origin(node)
    place.hosts.append(Host(Settings(inner.values), tuple(inner.sections), found, names, wild, origin))


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


def _directory(kind: SectionKind) -> Container:
    def section(text: str, node: Node, place: _Place) -> None:
        found, path, regex = matcher(text, kind, f"{node.file}:{node.line}")
        inner = place.inner(node, directory=path, directory_pattern=regex, location=None)
        _walk(node.children or (), inner)
        place.sections.append(Section(found, path, regex, inner.settings(), inner.origin(node)))

    return section


def _location(kind: SectionKind) -> Container:
    def section(text: str, node: Node, place: _Place) -> None:
        found, path, regex = matcher(text, kind, f"{node.file}:{node.line}")
        inner = place.inner(node, location=path)
        _walk(node.children or (), inner)
        place.sections.append(Section(found, path, regex, inner.settings(), inner.origin(node)))

    return section


def _files(kind: SectionKind) -> Container:
    def section(text: str, node: Node, place: _Place) -> None:
        if place.location is not None:
            raise ValueError("cannot occur within <Location> section")
        if place.methods is not None or place.within_require:
            raise ValueError(f"cannot occur within {place.section} section")
        found, name, regex = matcher(text, kind, f"{node.file}:{node.line}")
        inner = place.inner(node)
        _walk(node.children or (), inner)
        made = Section(found, name, regex, inner.settings(), inner.origin(node))
        place.values[core.FILES_SECTIONS] = (*place.values.get(core.FILES_SECTIONS, ()), made)
        if place.traced:
            decision = Decision(f"<{found.value}", (name,), place.origin(node))
            place.values[DECISIONS] = with_decision(place.values.get(DECISIONS), (core.FILES_SECTIONS,), decision)

    return section


def _limit(exclude: bool) -> Container:
    def section(text: str, node: Node, place: _Place) -> None:
        methods = limit(text, place.methods, exclude=exclude, htaccess=place.where is Where.HTACCESS)
        _walk(node.children or (), replace(place, section=f"{node.name}>", methods=methods))

    return section


def _require(text: str, node: Node, place: _Place) -> None:
    """RequireAll, RequireAny, RequireNone: what stands in them writes to the section around, all but the rules."""
    setting, values = authz_core.AUTHORIZATION, place.values
    outer = values.get(setting, setting.default)
    values[setting] = outer._replace(rules=opened(node.name))
    _walk(node.children or (), replace(place, section=f"{node.name}>", within_require=True))
    inner = values[setting]
    values[setting] = inner._replace(rules=added(outer.rules, inner.rules))


_WITHOUT_ARGUMENTS = frozenset({"<requireall", "<requireany", "<requirenone"})
_CONTAINERS: dict[str, Container] = {
    **dict.fromkeys(_WITHOUT_ARGUMENTS, _require),
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


def settings_of(
    nodes: Iterable[Node],
    *,
    directory: str,
    server_root: str,
    rules: Rules,
    warn: Warn,
    wrong: Wrong = refuse,
    traced: bool = False,
) -> Settings:
    """The settings of a .htaccess in `directory`, given its directives. Raises ConfigError."""
    place = _Place(Where.HTACCESS, "", server_root, warn, directory=directory, rules=rules, wrong=wrong, traced=traced)
    _walk(nodes, place)
    return Settings(place.values)


# httpd acts on these while it reads, and keeps no trace of them in the tree that apache.config_tree() shows.
_READ_AND_GONE = frozenset({"DefaultRuntimeDir", "LoadFile", "LoadModule", "ServerRoot"})


def site_of(tree: Tree, *, wrong: Wrong = refuse, traced: bool = False) -> Site:
    """The site that a tree of directives describes. Raises ConfigError.

    `wrong` and `traced` as for `load_site`.
    """
    warnings = list(tree.warnings)
    place = _Place(Where.SERVER, "", tree.names.server_root, warnings.append, wrong=wrong, traced=traced)
    _walk(tree.nodes, place)
    place.values[core.SERVER_ROOT] = tree.names.server_root
    names, wild = _names(place.values)
    main = Host(Settings(place.values), tuple(place.sections), (), names, wild)
    filters = registered(main, *place.hosts)
    for settings in every_settings(main, *place.hosts):
        check_filters(settings, filters, wrong)
    for host in (main, *place.hosts):
        root = host.settings[core.DOCUMENT_ROOT]
        if root is not None and not os.path.isdir(root):
            warnings.append(f"DocumentRoot '{root}' is not a directory, or is not readable")
        types = host.settings[mime.TYPES_CONFIG]
        if mime.TYPES_CONFIG in host.settings and not os.path.isfile(types):
            warnings.append(f"TypesConfig '{types}' is not there: the types that Python knows are used")
    return Site(
        main=main,
        hosts=tuple(place.hosts),
        files=tree.files,
        defines=tree.names.defines,
        warnings=tuple(warnings),
        tree=tuple(node for node in tree.nodes if node.name not in _READ_AND_GONE),
        names=replace(tree.names, traced=traced, filters=filters),
    )


def load_site(
    path: str | os.PathLike[str],
    *,
    defines: Iterable[str] = (),
    server_root: str | None = None,
    before: Iterable[str] = (),
    after: Iterable[str] = (),
    wrong: Wrong = refuse,
    traced: bool = False,
) -> Site:
    """Reads a configuration from its main file (and Debian's `envvars` beside it).

    `defines` are httpd's -D, `before` and `after` the directives of -C and -c, `server_root` its -d.
    Raises ConfigError. To tell of a site, and not to serve it: `wrong` is given each error in the place of raising it,
    and with `traced` all settings hold DECISIONS (decisions.py).
    """
    path = str(Path(path).absolute())
    folder = posixpath.dirname(path)
    if server_root is None:
        # <root>/conf/httpd.conf is where httpd looks by itself; Debian's apache2.conf stands in the root.
        server_root = posixpath.dirname(folder) if posixpath.basename(folder) == "conf" else folder
    environ = dict(os.environ)
    warnings: list[str] = []
    environ.update(read_envvars(posixpath.join(folder, "envvars"), environ, warnings.append))
    reader = Reader(server_root=server_root, defines=set(defines), variables=environ, warnings=warnings, wrong=wrong)
    nodes = reader.text("\n".join(before), "-C directive")
    nodes += reader.file(path)
    nodes += reader.text("\n".join(after), "-c directive")
    return site_of(tree_of(reader, nodes), wrong=wrong, traced=traced)


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
