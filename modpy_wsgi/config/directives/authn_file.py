"""mod_authn_file: names and passwords in a text file, as htpasswd and htdigest write it."""

from __future__ import annotations

from modpy_wsgi.config.model import Args, Override, Row, Setting, Where
from modpy_wsgi.config.values import path

MODULES = ("authn_file_module", "mod_authn_file.c")

USER_FILE: Setting[str | None] = Setting("AuthUserFile", None)

ROWS = (
    Row(
        "AuthUserFile",
        Args.TAKE1,
        Where.ACCESS,
        Override.AUTHCONFIG,
        setting=USER_FILE,
        value=path,
        usage="AuthUserFile file",
    ),
)
