"""What a site's first login would import, imported before the workers become another account.

Law: a Python that `User` cannot read (root's own, in /root, say) is read while root reads it; what no directive speaks
of is not. The modules grp and pwd, for Require file-owner and file-group, come with `account`.
"""

from __future__ import annotations

import contextlib
import os

from ..config.directives import authn_file, core, mpm
from ..config.every_settings import every_settings
from ..config.model import Override, Settings, Site
from ..errors import ConfigError
from ..httpd import passwords
from . import account as account  # which is what imports those two

__all__ = ["preload"]


def preload(site: Site) -> None:
    """Import what judges passwords, if the configuration names a file of them. Raises ConfigError if it is not there.

    A .htaccess may name one, too, but none has been read yet. Where workers are to become another account it is
    imported for any that may, and not missed where it is not there.
    """
    everywhere = list(every_settings(site.main, *site.hosts))
    if any(authn_file.USER_FILE in settings for settings in everywhere):
        try:
            passwords.preload()
        except ImportError as error:
            raise ConfigError(f"AuthUserFile: passwords cannot be judged: {error}") from error
    elif os.geteuid() == 0 and site.main.settings[mpm.USER] is not None and any(map(_may_name, everywhere)):
        with contextlib.suppress(ImportError):
            passwords.preload()


def _may_name(settings: Settings) -> bool:
    """Whether a .htaccess in a directory may name a file of passwords."""
    listed = authn_file.USER_FILE.name.lower() in settings[core.ALLOW_OVERRIDE_LIST]
    return listed or Override.AUTHCONFIG in settings[core.ALLOW_OVERRIDE]
