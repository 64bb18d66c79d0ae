"""mod_dir: DirectoryIndex, DirectorySlash."""

from __future__ import annotations

from typing import Any

from modpy_wsgi.config.directives.table import known
from modpy_wsgi.config.model import Args, Kind, Origin, Override, Row, Setting, Where
from modpy_wsgi.config.values import flag

MODULES = ("dir_module", "mod_dir.c")

DIRECTORY_INDEX: Setting[tuple[str, ...]] = Setting("DirectoryIndex", ("index.html",))
DIRECTORY_SLASH: Setting[bool] = Setting("DirectorySlash", True)


def _index(so_far: Any, args: tuple[str, ...], origin: Origin) -> tuple[str, ...]:
    names: tuple[str, ...] = so_far or ()
    if len(args) == 1 and args[0].lower() == "disabled":
        return ()
    # Two directives in one section add up; "disabled" among other names is a file of that name.
    return names + args


ROWS = (
    Row(
        "DirectoryIndex",
        Args.ARGV,
        Where.ANY,
        Override.INDEXES,
        setting=DIRECTORY_INDEX,
        value=_index,
        usage="DirectoryIndex disabled | name ...",
    ),
    Row("DirectorySlash", Args.FLAG, Where.ANY, Override.INDEXES, setting=DIRECTORY_SLASH, value=flag),
    *known(
        Kind.UNSUPPORTED,
        "which file answers is decided otherwise",
        """
        DirectoryCheckHandler  flag any Indexes
        DirectoryIndexRedirect 1    any Indexes
        FallbackResource       1,2  any Indexes
        """,
    ),
)
