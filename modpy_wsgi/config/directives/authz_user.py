"""mod_authz_user: Require user and valid-user."""

from __future__ import annotations

from modpy_wsgi.config.model import Row
from modpy_wsgi.config.values import fixed_expression, names

MODULES = ("authz_user_module", "mod_authz_user.c")


def _names(text: str) -> tuple[str, ...]:
    return names(fixed_expression(text))  # without a name nobody is meant, as in httpd


def _nothing(text: str) -> tuple[str, ...]:
    return ()


PROVIDERS = {"user": _names, "valid-user": _nothing}

ROWS: tuple[Row, ...] = ()
