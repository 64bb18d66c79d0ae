"""mod_allowmethods: AllowMethods."""

from __future__ import annotations

from modpy_wsgi.config.model import Args, Origin, Row, Setting, Where
from modpy_wsgi.config.sections import METHODS

MODULES = ("allowmethods_module", "mod_allowmethods.c")

ALLOW_METHODS: Setting[frozenset[str]] = Setting("AllowMethods", frozenset())  # none named: all of them


def _methods(so_far: frozenset[str] | None, args: tuple[str, ...], origin: Origin) -> frozenset[str]:
    if not args:
        raise ValueError("AllowMethods: No method or 'reset' keyword given")
    if args[0].lower() == "reset":
        if len(args) > 1:
            raise ValueError("Invalid Method: 'reset' stands alone")
        return frozenset()
    for word in args:
        if word not in METHODS:
            raise ValueError(f"Invalid Method '{word}' (methods are written in capitals)")
    return (so_far or frozenset()) | {"GET" if word == "HEAD" else word for word in args}


ROWS = (
    Row(
        "AllowMethods",
        Args.ARGV,
        Where.DIRECTORY,
        setting=ALLOW_METHODS,
        value=_methods,
        usage="AllowMethods reset|method ...",
    ),
)
