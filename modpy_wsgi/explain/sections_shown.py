"""The sections and .htaccess files that hold for a request, in the order in which they are merged.

Law: which of them match is asked of the same code that merges them (config/directory, host_config).
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from ..config.directives import core
from ..config.directory import Directory
from ..config.host_config import HostConfig
from ..config.model import Section
from ..config.request_config import RequestConfig
from ..environ import encode
from ..httpd.translate import Target
from ..httpd.walk import with_htaccess
from ..serving.reach import shown_addresses
from .model import Place, SectionShown
from .settings_shown import place_of

__all__ = ["of_file", "of_host", "of_locations"]


def of_host(host: HostConfig) -> Iterator[SectionShown]:
    """The main server, and the virtual host."""
    main = host.site.main
    names = host.site.files
    yield SectionShown("main server", Place(names[0] if names else None))
    if host.host is not main:
        yield SectionShown(f"<VirtualHost {shown_addresses(host.host)}>", place_of(host.host.origin))


def _at(host: HostConfig, position: int) -> Section:
    main = host.site.main.sections
    return main[position] if position < len(main) else host.host.sections[position - len(main)]


def _shown(section: Section) -> SectionShown:
    return SectionShown(f"<{section.kind.value} {section.pattern}>", place_of(section.origin))


def of_file(directory: Directory, name: str, config: RequestConfig, exists: bool) -> Iterator[SectionShown]:
    """Those of Directory and .htaccess, DirectoryMatch, Files."""
    host = directory.host
    current = host.root
    for part in ("", *directory.path.split("/")[1:-1]):
        if part:
            current = current.child(part)
        for position in host.directory_settings(current.path)[0]:
            yield _shown(_at(host, position))
        below = with_htaccess(current)
        if below is not current:
            file = next((each for each in current.access_files if os.path.lexists(current.path + each)), ".htaccess")
            yield SectionShown(file, Place(current.path + file))
        current = below
    path = directory.path + name
    if not name and not exists:
        path = path[:-1]
    for _, section in host.directory_matches(path):
        yield _shown(section)
    if name:
        for section in config.settings[core.FILES_SECTIONS]:
            if section.pattern == name if section.regex is None else section.regex.search(encode(name)):
                yield _shown(section)


def of_locations(host: HostConfig, target: Target) -> Iterator[SectionShown]:
    """The Location sections, which come last."""
    for position in target.location[0]:
        yield _shown(_at(host, position))
