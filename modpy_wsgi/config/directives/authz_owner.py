"""mod_authz_owner: Require file-owner."""

from __future__ import annotations

from modpy_wsgi.config.model import Row

MODULES = ("authz_owner_module", "mod_authz_owner.c")


def _nothing(text: str) -> tuple[str, ...]:
    return ()


PROVIDERS = {"file-owner": _nothing}

ROWS: tuple[Row, ...] = ()
