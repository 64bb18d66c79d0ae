"""What requests would import with their first use of it, imported before the workers become another account.

Law: a Python that `User` cannot read (root's own, in /root, say) is read while root reads it. Of what others have made
only what a directive speaks of is. The modules grp and pwd, for Require file-owner and file-group, come with `account`.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import pkgutil

from ..config.directives import authn_file, core, mime, mpm
from ..config.every_settings import every_settings
from ..config.lexer import words
from ..config.model import Override, Settings, Site
from ..errors import ConfigError
from ..httpd import passwords, types
from . import account as account  # which is what imports those two

__all__ = ["preload"]

# What is imported within functions that a request may call: of the standard library, and the packages of our own.
_LIBRARY = words(
    "hashlib hmac inspect mimetypes shlex shutil socket sqlite3 subprocess tempfile textwrap traceback wsgiref.util"
)
_OURS = words("cgi filters forms handlers httpd psp session ssi")


def preload(site: Site) -> None:
    """Read the list of media types, and import what judges passwords, if the configuration names a file of them.

    A .htaccess may name one, too, but none has been read yet. Where workers are to become another account it is
    imported for any that may, and not missed where it is not there, and so is all that requests may have a use for.
    Raises ConfigError if passwords cannot be judged.
    """
    everywhere = list(every_settings(site.main, *site.hosts))
    types.read_types(site.main.settings[mime.TYPES_CONFIG])
    others = os.geteuid() == 0 and site.main.settings[mpm.USER] is not None
    if others:
        _import_all()
    if any(authn_file.USER_FILE in settings for settings in everywhere):
        try:
            passwords.preload()
        except ImportError as error:
            raise ConfigError(f"AuthUserFile: passwords cannot be judged: {error}") from error
    elif others and any(map(_may_name, everywhere)):
        with contextlib.suppress(ImportError):
            passwords.preload()


def _import_all() -> None:
    names = list(_LIBRARY)
    for name in _OURS:
        package = importlib.import_module(f"modpy_wsgi.{name}")
        names += [each.name for each in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")]
    for name in names:
        with contextlib.suppress(ImportError):  # of what is not installed here
            importlib.import_module(name)


def _may_name(settings: Settings) -> bool:
    """Whether a .htaccess in a directory may name a file of passwords."""
    listed = authn_file.USER_FILE.name.lower() in settings[core.ALLOW_OVERRIDE_LIST]
    return listed or Override.AUTHCONFIG in settings[core.ALLOW_OVERRIDE]
