"""Where /~name leads: a folder in the home of a user, or one that is made of the name (mod_userdir).

Law: whose folder is not to be shown is asked before anything is looked up; the name is one segment of a path that was
normalised, and no "." or "..". What is found is an absolute file name, to be walked like any other.
"""

from __future__ import annotations

import os

from ..config.directives.userdir import USER_DIRS
from ..config.host_config import HostConfig

__all__ = ["find", "is_of_user"]


def is_of_user(host: HostConfig, uri: str) -> bool:
    """Whether a UserDir may be about a path."""
    return uri.startswith("/~") and bool(host.base[USER_DIRS].places)


def find(host: HostConfig, uri: str) -> tuple[str | None, str | None]:
    """The file name that a path of a user leads to, or the URL to go to; (None, None) if it is not of a user.

    The first place that is there counts, else the last one. Homes are looked up, so each request asks anew.
    """
    rules = host.base[USER_DIRS]
    user, slash, rest = uri[2:].partition("/")
    if user in ("", ".", "..") or user.lower() in rules.disabled:
        return None, None
    if rules.all_disabled and user.lower() not in rules.enabled:
        return None, None
    rest = slash + rest
    for number, place in enumerate(rules.places, 1):
        before, star, after = place.partition("*")
        if star and ":" in before:
            return None, before + user + rest  # what follows the star is dropped (observed)
        if star and (place.startswith("/") or not after):
            filename: str | None = before + user + after
        elif place.startswith("/"):
            filename = f"{place}/{user}"
        else:
            filename = _in_home(user, after if star else place)
        if filename is not None and filename.startswith("/") and (number == len(rules.places) or _exists(filename)):
            return filename + rest, None
    return None, None


def _in_home(user: str, folder: str) -> str | None:
    """A folder in the home of a user; None if there is no such user, or no users at all, as on Windows."""
    try:
        import pwd

        return f"{pwd.getpwnam(user).pw_dir}/{folder}"
    except (ImportError, KeyError, ValueError, OSError):  # ValueError: a name that no user can have
        return None


def _exists(path: str) -> bool:
    try:
        os.stat(path)
    except (OSError, ValueError):
        return False
    return True
