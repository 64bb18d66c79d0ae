"""Just before the content: SetHandler and ForceType, environment variables, redirections of the section.

Sources: httpd's core_override_type, mod_env and mod_alias in the fixup phase.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..config.directives import alias, core, env
from ..config.request_config import RequestConfig
from ..constants import OK
from .translate import redirection

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["override"]


def override(req: mp_request, config: RequestConfig) -> int:
    """Apply them. Returns OK, or the status of a redirection."""
    if config.set_handler is not None:
        req._handler = config.set_handler or None
    if not config.fixups:
        return OK
    settings = config.settings
    if core.FORCE_TYPE in settings:
        forced = settings[core.FORCE_TYPE]
        if forced:
            req._content_type = forced
    if env.ENV in settings:
        set_variables(req, config)
    if alias.REDIRECTS in settings:
        rules = settings[alias.REDIRECTS]
        return redirection(req, rules)
    return OK


def set_variables(req: mp_request, config: RequestConfig) -> None:
    """SetEnv, PassEnv and UnsetEnv, in order, into req.subprocess_env."""
    table = req.subprocess_env
    for rule in config.settings[env.ENV]:
        if rule.op == "set":
            table[rule.name] = rule.value
        elif rule.op == "unset":
            del table[rule.name]
        elif rule.name in os.environ:
            table[rule.name] = os.environ[rule.name]
