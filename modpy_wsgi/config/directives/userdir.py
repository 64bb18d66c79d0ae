"""mod_userdir: UserDir, the folders that /~name leads to."""

from __future__ import annotations

from typing import NamedTuple

from modpy_wsgi.config.directives.table import row
from modpy_wsgi.config.lexer import words
from modpy_wsgi.config.model import Args, Origin, Setting, Where

MODULES = ("userdir_module", "mod_userdir.c")


class UserDirs(NamedTuple):
    """Where the folders of users are, and whose are served."""

    places: tuple[str, ...] = ()  # as written: below a home, absolute, or with a * for the name
    all_disabled: bool | None = None  # None: not said
    enabled: frozenset[str] = frozenset()  # of those that "disabled" alone closes
    disabled: frozenset[str] = frozenset()  # counts in any case; names in lower case


def _merge(outer: UserDirs, inner: UserDirs) -> UserDirs:
    """A virtual host with a UserDir of its own has the main server's places, and none of its lists (as in httpd)."""
    return inner._replace(
        places=inner.places or outer.places,
        all_disabled=outer.all_disabled if inner.all_disabled is None else inner.all_disabled,
    )


USER_DIRS: Setting[UserDirs] = Setting("UserDir", UserDirs(), _merge)


def _user_dir(so_far: UserDirs | None, args: tuple[str, ...], origin: Origin) -> UserDirs:
    rules = so_far or UserDirs()
    first, *names = words(args[0]) or [""]
    users = frozenset(name.lower() for name in names if name)
    if not first:
        raise ValueError("requires an argument")
    if first.lower() in ("disable", "disabled"):
        return rules._replace(disabled=rules.disabled | users) if users else rules._replace(all_disabled=True)
    if first.lower() in ("enable", "enabled"):
        return rules._replace(enabled=rules.enabled | users) if users else rules._replace(all_disabled=False)
    return rules._replace(places=tuple(word for word in (first, *names) if word))


ROWS = (
    row(
        "UserDir",
        Args.RAW,
        Where.RSRC,
        USER_DIRS,
        _user_dir,
        "folder ... | disabled [name ...] | enabled [name ...]",
    ),
)
