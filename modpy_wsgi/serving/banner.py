"""What the start-up message says: what is served where, and what of the configuration deserves a word.

Law: names files and lines, so that who reads it can go there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .._version import __version__
from ..config.directives import core
from ..config.directives import python as python_directives
from ..config.model import Host, Section, Settings, Site
from .places import last_of, own_directives, short
from .reach import shown_addresses
from .settings import ServingPlan

__all__ = ["banner"]

MOST_HOSTS = 20  # a start-up message is read by people; a provider's thousand virtual hosts are not


def banner(site: Site, plan: ServingPlan, *, server: str, addresses: Iterable[str] = ()) -> str:
    """The message, several lines, each ended.

    `server` names the WSGI server and its version; `addresses` are the URLs really listened on (default: the plan's).
    """
    return "".join(f"{line}\n" for line in _lines(site, plan, server, tuple(addresses) or plan.binds))


def _lines(site: Site, plan: ServingPlan, server: str, addresses: tuple[str, ...]) -> Iterator[str]:
    size = "one request at a time (ONE_PROCESS)"
    if not plan.single:
        size = f"{_count(plan.workers, 'process', 'processes')} of {_count(plan.threads, 'thread')}"
        if plan.for_handlers:
            size = f"{size} and one for connections" if plan.workers else "one process for connections"
    yield f"modpy-wsgi {__version__} on {server}, {size}"
    for address in addresses:
        yield f"  listening on {address}"
    for host in (site.main, *site.hosts[:MOST_HOSTS]):
        yield from _host_lines(site, host)
    if len(site.hosts) > MOST_HOSTS:
        yield f"  and {len(site.hosts) - MOST_HOSTS} more virtual hosts"
    for note in plan.notes:
        yield f"  note: {note}"


def _host_lines(site: Site, host: Host) -> Iterator[str]:
    settings = site.main.settings.merged(host.settings)
    own = own_directives(site, host)
    if host is site.main:
        name = "main server"
        if host.names:
            name += f" {host.names[0]}"
    else:
        addresses = shown_addresses(host)
        name = " ".join(("virtual host", f"{addresses}:", *(host.names or ("(no name)",)), *host.wild_names))
        name += short(host.origin)
    yield f"  {name}"
    if settings[core.DOCUMENT_ROOT] is not None:
        yield f"    DocumentRoot {settings[core.DOCUMENT_ROOT]}"
    for directive, line in _handler_lines(host.settings):
        yield f"    {line}{short(last_of(own, directive, 'PythonHandlerModule'))}"
    for section in (*host.settings[core.FILES_SECTIONS], *host.sections):
        yield from _section_lines(section, "    ")


def _section_lines(section: Section, indent: str) -> Iterator[str]:
    title = f"<{section.kind.value} {section.pattern}>"
    for _, line in _handler_lines(section.settings):
        yield f"{indent}{title} {line}{short(section.origin)}"
    for inner in section.settings[core.FILES_SECTIONS]:
        yield from _section_lines(inner, f"{indent}{title} ")


def _handler_lines(settings: Settings) -> Iterator[tuple[str, str]]:
    """(the directive, its line) of each handler."""
    for key, references in settings[python_directives.HANDLERS].items():
        directive, dot, extension = key.partition(".")
        names = " ".join(reference.name for reference in references)
        yield directive, f"{directive} {names}{f' | .{extension}' if dot else ''}"


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
