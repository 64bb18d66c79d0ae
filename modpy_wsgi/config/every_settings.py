"""The settings that stand in a configuration, each as it is written and not merged.

Law: a Files section within another one holds for no request, as in httpd, and is left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from modpy_wsgi.config.directives import core
from modpy_wsgi.config.model import Host, Settings

__all__ = ["every_settings", "with_files"]


def every_settings(*hosts: Host) -> Iterator[Settings]:
    """Those of the hosts and of all their sections."""
    for host in hosts:
        for settings in (host.settings, *[section.settings for section in host.sections]):
            yield from with_files(settings)


def with_files(settings: Settings) -> Iterator[Settings]:
    """Those of one section, or of one .htaccess, and of its Files sections."""
    yield settings
    for section in settings[core.FILES_SECTIONS]:
        yield section.settings
