"""mod_dir: DirectoryIndex, DirectorySlash and their relatives; what answers where no file is."""

from __future__ import annotations

from typing import Any

from modpy_wsgi.config.model import Args, Origin, Override, Row, Setting, Value, Where
from modpy_wsgi.config.values import fixed_number, flag

MODULES = ("dir_module", "mod_dir.c")

DIRECTORY_INDEX: Setting[tuple[str, ...]] = Setting("DirectoryIndex", ("index.html",))
DIRECTORY_SLASH: Setting[bool] = Setting("DirectorySlash", True)
INDEX_REDIRECT: Setting[int] = Setting("DirectoryIndexRedirect", 0)  # the status; 0: the index answers itself
CHECK_HANDLER: Setting[bool] = Setting("DirectoryCheckHandler", False)
FALLBACK: Setting[str | None] = Setting("FallbackResource", None)

_STATUS_WORDS = {"on": 302, "off": 0, "permanent": 301, "temp": 302, "seeother": 303}


def _index(so_far: Any, args: tuple[str, ...], origin: Origin) -> tuple[str, ...]:
    names: tuple[str, ...] = so_far or ()
    if len(args) == 1 and args[0].lower() == "disabled":
        return ()
    # Two directives in one section add up; "disabled" among other names is a file of that name.
    return names + args


def _redirect(so_far: Any, args: tuple[str, ...], origin: Origin) -> int:
    word = args[0].lower()
    if not word[:1].isdigit():
        if word not in _STATUS_WORDS:
            raise ValueError(f"'{args[0]}' is neither On nor Off, and no redirection")
        return _STATUS_WORDS[word]
    return fixed_number(word, 300, 399, "a status of a redirection")


def _fallback(so_far: Any, args: tuple[str, ...], origin: Origin) -> str | None:
    return None if args[0].lower() == "disabled" else args[0]


def _row(name: str, args: Args, setting: Setting[Any], value: Value, usage: str) -> Row:
    return Row(name, args, Where.ANY, Override.INDEXES, setting=setting, value=value, usage=f"{name} {usage}")


ROWS = (
    _row("DirectoryIndex", Args.ARGV, DIRECTORY_INDEX, _index, "disabled | name ..."),
    _row("DirectorySlash", Args.FLAG, DIRECTORY_SLASH, flag, "On|Off"),
    _row("DirectoryIndexRedirect", Args.TAKE1, INDEX_REDIRECT, _redirect, "On|Off|permanent|temp|seeother|3xx"),
    _row("DirectoryCheckHandler", Args.FLAG, CHECK_HANDLER, flag, "On|Off"),
    _row("FallbackResource", Args.TAKE1, FALLBACK, _fallback, "disabled | URL-path"),
)
