"""mod_authz_groupfile: AuthGroupFile, Require group and file-group."""

from __future__ import annotations

from modpy_wsgi.config.model import Args, Override, Row, Setting, Where
from modpy_wsgi.config.values import fixed_expression, names, path

MODULES = ("authz_groupfile_module", "mod_authz_groupfile.c")

GROUP_FILE: Setting[str | None] = Setting("AuthGroupFile", None)


def _names(text: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in names(fixed_expression(text)))  # httpd knows no case here


def _nothing(text: str) -> tuple[str, ...]:
    return ()


PROVIDERS = {"group": _names, "file-group": _nothing}

ROWS = (
    Row(
        "AuthGroupFile",
        Args.TAKE1,
        Where.ACCESS,
        Override.AUTHCONFIG,
        setting=GROUP_FILE,
        value=path,
        usage="AuthGroupFile file",
    ),
)
