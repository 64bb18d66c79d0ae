"""Which page a URL means to the publisher, and the names of the way from there (manual 6.1, reference section 8).

Law: it follows from the path alone, except for what stands in the folders; so what is kept of it is kept with the path.
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from .._fast.look import look
from ..constants import HTTP_NOT_FOUND
from ..errors import SERVER_RETURN

if TYPE_CHECKING:
    from ..arguments import Parameters
    from ..request import mp_request
    from ..stamps import FileStatus

__all__ = ["Way", "find_page"]


class Way:
    """The names of a path inside of a page, from one object to the next."""

    __slots__ = ("names", "only", "parameters")

    def __init__(self, path: str) -> None:
        names = path.replace("/", ".").split(".") if path else ["index"]  # a dot separates them as well as a slash
        self.names = names
        # The name, where it is but one, and not private.
        self.only = names[0] if len(names) == 1 and names[0] and names[0][0] != "_" else None
        self.parameters: Parameters | None = None  # of the function that was there last, if nobody is asked for it


def find_page(req: mp_request, seen: FileStatus | None) -> tuple[str, FileStatus, Way]:
    """The file of the page, a look at it, and the way inside of it. Raises SERVER_RETURN(404).

    `seen` is what was just seen of the request's file. The way is kept with the place of the request, if that has led
    to the file and no handler has said something else.
    """
    place = req._place
    if place is not None and not (place.file is req._filename and place.path_info is req._path_info):
        place = None
    filename, path = req.filename or "", req._path_info or ""
    if path:
        path = path[path[0] == "/" :]
        path = path[:-1] if path.endswith("/") else path
    if filename.endswith(".py"):
        seen = _look(filename) if seen is None else seen
        if seen is not None and stat.S_ISREG(seen.st_mode):
            way = Way(path) if place is None or place.parts is None else place.parts
            if place is not None:
                place.parts = way
            return filename, seen, way
    directory, _, name = filename.rpartition("/")
    stem = _without_suffix(req, name) if name else "index"
    file = f"{directory}/{stem}.py"
    seen = _look(file)
    if seen is None:
        # Nothing of that name: it may be a name inside of the folder's index page.
        path = f"{stem}/{path}" if path else stem
        file = f"{directory}/index.py"
        seen = _look(file)
        if seen is None:
            raise SERVER_RETURN(HTTP_NOT_FOUND)
    return file, seen, Way(path)


def _look(file: str) -> FileStatus | None:
    """What there is of a file; None if it is none."""
    try:
        found = look(file)
    except (OSError, ValueError):
        return None
    return found if stat.S_ISREG(found.st_mode) else None


def _without_suffix(req: mp_request, name: str) -> str:
    """The name without one suffix that stands for Python: .py, those of AddHandler, and that of "| .ext"."""
    if "." not in name:
        return name
    if name.endswith(".py"):
        return name[:-3]
    for suffix in (*req.get_addhandler_exts().split(), (req.extension or "").lstrip(".")):
        if suffix and name.endswith(f".{suffix}"):
            return name[: -len(suffix) - 1]
    return name
