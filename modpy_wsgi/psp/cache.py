"""Pages that are compiled already: in memory, and where an option names a place, on disk.

Law: a page is used for as long as its file and those that it includes are as they were; memory is bounded.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from ..config.cache import Bounded
from ..constants import HTTP_NOT_FOUND
from ..errors import SERVER_RETURN
from . import disk_cache
from .compiling import Page, compile_file, compile_string
from .rules import rules_of

if TYPE_CHECKING:
    from ..request import mp_request
    from ..stamps import FileStatus

T = TypeVar("T")

__all__ = ["MAX_PAGES", "MAX_STRING", "page_of_file", "page_of_string"]

MAX_PAGES = 512  # as many as the original keeps
MAX_STRING = 65536  # characters of a page that is a string, to be kept: whoever makes up longer ones makes up many

_files: Bounded[str, Page] = Bounded(MAX_PAGES)
_literal_files: Bounded[str, Page] = Bounded(MAX_PAGES)
_strings: Bounded[tuple[str | bytes, str, bool], Page] = Bounded(MAX_PAGES)
_refused: Bounded[str, bool] = Bounded(MAX_PAGES)  # what the log was told about the cache on disk


def page_of_file(req: mp_request, path: str, seen: FileStatus | None = None) -> Page:
    """The page in a file, whose path is absolute, for a request, whose log is told if the cache on disk cannot be used.

    `seen` is what the caller has just seen of the file: if it is as it was then, it is not looked at once more.
    Raises SERVER_RETURN(404) if there is no such file, and what compile_file raises.
    """
    config = req._config
    rules = config.pages or rules_of(config)
    kept = _literal_files if rules.literal_text else _files
    page = kept.get(path)
    if page is None or not (page.is_current(seen) or page.is_current(None)):
        page = kept.replace(path, _made((path, rules.literal_text), _look(path), rules.on_disk, req.log_error))
    return page


def page_of_string(req: mp_request, text: str | bytes, directory: str) -> Page:
    """The page that is a string; what it includes is looked for in `directory`. Raises what compile_string raises."""
    literal_text = rules_of(req._config).literal_text
    key = (text, directory, literal_text)
    page = _strings.get(key)
    if page is not None and page.is_current(None):
        return page
    page = _compiled(compile_string, text, directory, literal_text=literal_text)
    return _strings.replace(key, page) if len(text) <= MAX_STRING else page


def _look(path: str) -> os.stat_result:
    """A page's file as it is now. Raises SERVER_RETURN(404) if there is none."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        raise SERVER_RETURN(HTTP_NOT_FOUND) from None
    if not stat.S_ISREG(found.st_mode):
        raise SERVER_RETURN(HTTP_NOT_FOUND)
    return found


def _made(key: tuple[str, bool], seen: FileStatus, on_disk: str | None, log: Callable[[str], None]) -> Page:
    """The page in a file, from the cache on disk if there is one and has it, else compiled and put there."""
    folder = None if on_disk is None else _told(disk_cache.Folder, log, on_disk)
    if folder is None:
        return _compiled(compile_file, key[0], literal_text=key[1])
    with contextlib.closing(folder):
        page = _told(folder.fetch, log, key, seen)
        if page is None:
            page = _compiled(compile_file, key[0], literal_text=key[1])
            _told(folder.keep, log, key, page)
    return page


def _compiled(compile_page: Callable[..., Page], *of: Any, literal_text: bool) -> Page:
    try:
        return compile_page(*of, literal_text=literal_text)
    except SyntaxError as error:
        raise error.with_traceback(None) from None  # which says where, better than lines of this package


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
