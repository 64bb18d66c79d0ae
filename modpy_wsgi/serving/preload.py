"""What a site's first login would import, imported before the workers become another account.

Law: a Python that `User` cannot read (root's own, in /root, say) is read while root reads it; what no directive speaks
of is not. The modules grp and pwd, for Require file-owner and file-group, come with `account`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..config.directives import authn_file, core
from ..config.model import Settings, Site
from ..errors import ConfigError
from ..httpd import passwords
from . import account as account  # which is what imports those two

__all__ = ["preload"]


def preload(site: Site) -> None:
    """Import what judges passwords, if the configuration names a file of them. Raises ConfigError if it is not there.

    What only a .htaccess names is not known yet.
    """
    if any(authn_file.USER_FILE in settings for settings in _everywhere(site)):
        try:
            passwords.preload()
        except ImportError as error:
            raise ConfigError(f"AuthUserFile: passwords cannot be judged: {error}") from error


def _everywhere(site: Site) -> Iterator[Settings]:
    for host in (site.main, *site.hosts):
        yield from _with_files(host.settings)
        for section in host.sections:
            yield from _with_files(section.settings)


def _with_files(settings: Settings) -> Iterator[Settings]:
    yield settings
    for section in settings[core.FILES_SECTIONS]:
        yield from _with_files(section.settings)
