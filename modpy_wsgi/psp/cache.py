"""Pages that are compiled already: in memory, and where an option names a place, on disk.

Law: a page is used for as long as its file and those that it includes are as they were; memory is bounded.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ..config.cache import Bounded
from ..config.directives import python
from ..constants import HTTP_NOT_FOUND
from ..errors import SERVER_RETURN
from . import disk_cache
from .compiling import Page, as_they_were, compile_file, compile_string

if TYPE_CHECKING:
    from ..request import mp_request
    from ..stamps import FileStatus

T = TypeVar("T")

__all__ = [
    "LITERAL_TEXT",
    "MAX_PAGES",
    "MAX_STRING",
    "is_literal",
    "literally",
    "options_of",
    "page_of_file",
    "page_of_string",
]

MAX_PAGES = 512  # as many as the original keeps
MAX_STRING = 65536  # characters of a page that is a string, to be kept: whoever makes up longer ones makes up many
LITERAL_TEXT = "modpy_wsgi.psp.literal_text"
ON_DISK = ("mod_python.psp.cache_database_filename", "pspdbmcache")  # the second until mod_python 3.2
OPTIONS = frozenset({LITERAL_TEXT, *ON_DISK})

_files: Bounded[tuple[str, bool], Page] = Bounded(MAX_PAGES)
_strings: Bounded[tuple[str | bytes, str, bool], Page] = Bounded(MAX_PAGES)
_refused: Bounded[str, bool] = Bounded(MAX_PAGES)  # what the log was told about the cache on disk


def options_of(req: mp_request) -> dict[str, str]:
    """The PythonOptions that pages follow, by their names in lower case; most sites have none, so no table is made."""
    given = req._config.settings[python.PYTHON_OPTIONS]
    return {name.lower(): value for name, value in given.items() if value and name.lower() in OPTIONS} if given else {}


def is_literal(options: Mapping[str, str]) -> bool:
    """Whether the text of pages means what it says, backslashes and line ends included."""
    return literally(options.get(LITERAL_TEXT))


def literally(value: str | None) -> bool:
    """The same of the option's value."""
    return value is not None and value.lower() in ("on", "1", "yes", "true")


def page_of_file(
    path: str, options: Mapping[str, str], log: Callable[[str], None], seen: FileStatus | None = None
) -> Page:
    """The page in a file, whose path is absolute; `log` is told if the cache on disk cannot be used.

    `seen` is what the caller has just seen of the file, which is not looked at once more then.
    Raises SERVER_RETURN(404) if there is no such file, and what compile_file raises.
    """
    try:
        seen = seen or os.stat(path)
    except (OSError, ValueError):
        raise SERVER_RETURN(HTTP_NOT_FOUND) from None
    if not stat.S_ISREG(seen.st_mode):
        raise SERVER_RETURN(HTTP_NOT_FOUND)
    key = (path, is_literal(options))
    page = _files.get(key)
    if page is not None and page.is_current(seen):
        return page
    folder = _folder(options, log)
    if folder is None:
        return _files.replace(key, compile_file(path, literal_text=key[1]))
    with contextlib.closing(folder):
        page = _told(folder.fetch, log, key, seen)
        if page is None:
            page = compile_file(path, literal_text=key[1])
            _told(folder.keep, log, key, page)
    return _files.replace(key, page)


def page_of_string(text: str | bytes, directory: str, options: Mapping[str, str]) -> Page:
    """The page that is a string; what it includes is looked for in `directory`. Raises what compile_string raises."""
    key = (text, directory, is_literal(options))
    page = _strings.get(key)
    if page is not None and as_they_were(page.stamps):
        return page
    page = compile_string(text, directory, literal_text=key[2])
    return _strings.replace(key, page) if len(text) <= MAX_STRING else page


def _folder(options: Mapping[str, str], log: Callable[[str], None]) -> disk_cache.Folder | None:
    name = next((options[each] for each in ON_DISK if each in options), None)
    return None if name is None else _told(disk_cache.Folder, log, name)


def _told(do: Callable[..., T], log: Callable[[str], None], *args: Any) -> T | None:
    """What a step of the cache on disk gives; None if it fails, of which the log hears once for each reason."""
    try:
        return do(*args)
    except OSError as error:
        reason = f"pages are not cached on disk: {error}"
        if not _refused.get(reason):
            _refused.keep(reason, True)
            log(f"mod_python.psp: {reason}")
        return None
