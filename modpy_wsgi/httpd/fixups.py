"""Just before the content: SetHandler and ForceType, environment variables, redirections of the section.

Sources: httpd's core_override_type, mod_env and mod_alias in the fixup phase.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..config.directives import alias, core, env
from ..config.request_config import RequestConfig
from ..constants import AP_REQ_ACCEPT_PATH_INFO, AP_REQ_DEFAULT_PATH_INFO, AP_REQ_REJECT_PATH_INFO, OK
from .translate import redirection

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["override"]

_PATH_INFO = {
    "on": AP_REQ_ACCEPT_PATH_INFO,
    "off": AP_REQ_REJECT_PATH_INFO,
    "default": AP_REQ_DEFAULT_PATH_INFO,
}


def override(req: mp_request, config: RequestConfig) -> int:
    """Apply them. Returns OK, or the status of a redirection."""
    if config.set_handler is not None:
        req._handler = config.set_handler
    if not config.fixups:
        return OK
    settings = config.settings
    if core.FORCE_TYPE in settings:
        forced = settings[core.FORCE_TYPE]
        if forced:
            req._content_type = forced
    if env.ENV in settings:
        set_variables(req, config)
    if core.ACCEPT_PATH_INFO in settings:
        req._used_path_info = _PATH_INFO[settings[core.ACCEPT_PATH_INFO]]
    here = settings[alias.REDIRECT_HERE]
    rules = settings[alias.REDIRECTS]
    rules = rules[: len(rules) - len(config.host.base[alias.REDIRECTS])]  # those of the server had their turn
    return redirection(req, rules if here is None else (here, *rules), config)


def set_variables(req: mp_request, config: RequestConfig) -> None:
    """SetEnv, PassEnv and UnsetEnv, in order, into req.subprocess_env; what SetEnvIf has set stays as it is.

    httpd puts a second value behind the first, and who looks a variable up finds the first.
    """
    made: dict[str, str] = {}
    for rule in config.settings[env.ENV]:
        if rule.op == "set":
            made[rule.name] = rule.value
        elif rule.op == "unset":
            made.pop(rule.name, None)
        elif rule.name in os.environ:
            made[rule.name] = os.environ[rule.name]
    table = req.subprocess_env
    for name, value in made.items():
        if name not in table:
            table[name] = value
