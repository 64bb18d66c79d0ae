"""What each container does with what stands in it: sections, virtual hosts, limits and requirements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from modpy_wsgi.config.addresses import addresses_of
from modpy_wsgi.config.decisions import DECISIONS, Decision, with_decision
from modpy_wsgi.config.directives import authz_core, core
from modpy_wsgi.config.lexer import words
from modpy_wsgi.config.model import ANY_ADDRESS, Address, Host, Section, SectionKind, Setting, Settings, Where
from modpy_wsgi.config.parser import Node
from modpy_wsgi.config.patterns import Regex, compile_wildcard
from modpy_wsgi.config.place import Container, Place
from modpy_wsgi.config.requirements import added, opened
from modpy_wsgi.config.sections import addresses, limit, matcher
from modpy_wsgi.config.taking import WITHOUT_ARGUMENTS, walk

__all__ = ["CONTAINERS", "names_of"]


def _virtual_host(text: str, node: Node, place: Place) -> None:
    found = tuple(_reached(addresses(text), node, place))
    inner = place._replace(where=Where.VHOST, section="<VirtualHost>", values={}, sections=[])
    walk(node.children or (), inner)
    names, wild = names_of(inner.values)
    origin = place.origin(node)
    place.hosts.append(Host(Settings(inner.values), tuple(inner.sections), found, names, wild, origin))


def _reached(addresses: Iterable[Address], node: Node, place: Place) -> Iterator[Address]:
    """What connections come in through: of a name its addresses, when the configuration is read, as in httpd."""
    for address in addresses:
        if address.host in ANY_ADDRESS:
            yield address
            continue
        found = addresses_of(address.host)
        if not found:
            place.warn(f"{node.file}:{node.line}: could not resolve host name {address.host} -- ignoring!")
            found = (address.host,)  # which no connection has
        for each in found:
            yield address._replace(host=each)


def names_of(values: dict[Setting[Any], Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
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
    def section(text: str, node: Node, place: Place) -> None:
        found, path, regex = matcher(text, kind, f"{node.file}:{node.line}")
        inner = place.inner(node, directory=path, directory_pattern=_folder(text, found, path, regex), location=None)
        walk(node.children or (), inner)
        place.sections.append(Section(found, path, regex, inner.settings(), inner.origin(node)))

    return section


def _folder(text: str, kind: SectionKind, path: str, regex: Regex | None) -> Regex | None:
    """What finds the folder that a section's handlers belong to: as the section itself, but that a wildcard at the end
    may stand for nothing, as in the original. Of "/srv/*" it is "/srv/", and "/srv/*/" means those in it.
    """
    if regex is None or kind is not SectionKind.DIRECTORY or words(text)[-1].endswith("/"):
        return regex
    return compile_wildcard(path[:-1])


def _location(kind: SectionKind) -> Container:
    def section(text: str, node: Node, place: Place) -> None:
        found, path, regex = matcher(text, kind, f"{node.file}:{node.line}")
        inner = place.inner(node, location=path)
        walk(node.children or (), inner)
        place.sections.append(Section(found, path, regex, inner.settings(), inner.origin(node)))

    return section


def _files(kind: SectionKind) -> Container:
    def section(text: str, node: Node, place: Place) -> None:
        if place.location is not None:
            raise ValueError("cannot occur within <Location> section")
        if place.methods is not None or place.within_require:
            raise ValueError(f"cannot occur within {place.section} section")
        found, name, regex = matcher(text, kind, f"{node.file}:{node.line}")
        inner = place.inner(node)
        walk(node.children or (), inner)
        made = Section(found, name, regex, inner.settings(), inner.origin(node))
        place.values[core.FILES_SECTIONS] = (*place.values.get(core.FILES_SECTIONS, ()), made)
        if place.traced:
            decision = Decision(f"<{found.value}", (name,), place.origin(node))
            place.values[DECISIONS] = with_decision(place.values.get(DECISIONS), (core.FILES_SECTIONS,), decision)

    return section


def _limit(exclude: bool) -> Container:
    def section(text: str, node: Node, place: Place) -> None:
        methods = limit(text, place.methods, exclude=exclude, htaccess=place.where is Where.HTACCESS)
        walk(node.children or (), place._replace(section=f"{node.name}>", methods=methods))

    return section


def _require(text: str, node: Node, place: Place) -> None:
    """RequireAll, RequireAny, RequireNone: what stands in them writes to the section around, all but the rules."""
    setting, values = authz_core.AUTHORIZATION, place.values
    outer = values.get(setting, setting.default)
    values[setting] = outer._replace(rules=opened(node.name))
    walk(node.children or (), place._replace(section=f"{node.name}>", within_require=True))
    inner = values[setting]
    values[setting] = inner._replace(rules=added(outer.rules, inner.rules))


CONTAINERS: dict[str, Container] = {
    **dict.fromkeys(WITHOUT_ARGUMENTS, _require),
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
