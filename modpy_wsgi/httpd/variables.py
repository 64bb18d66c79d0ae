"""Environment variables that depend on the request: SetEnvIf, BrowserMatch (mod_setenvif).

Law: they are set before access is decided, since Allow from env= and Deny from env= ask for them. Those of the server's
level are set when the request arrives, those of a section when it is known to hold. A subrequest has the main
request's, and no rule is asked again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..config.directives.setenvif import SETENVIF, SetEnvIf
from ..config.patterns import substitute
from ..config.request_config import RequestConfig
from ..constants import OK
from ..environ import encode

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["of_section", "of_server", "section_has_work"]


def of_server(req: mp_request) -> None:
    """Set the variables of the server's level."""
    if req._main is not None:
        return
    _apply(req, req._host.base[SETENVIF])


def section_has_work(config: RequestConfig) -> bool:
    """Whether a section adds to what the server's level says."""
    return len(config.settings[SETENVIF]) > len(config.host.base[SETENVIF])


def of_section(req: mp_request, config: RequestConfig) -> int:
    """Set the variables of the sections that hold; a subrequest has those of its main request, and no others."""
    if req._main is not None:
        return OK
    _apply(req, config.settings[SETENVIF][len(config.host.base[SETENVIF]) :])
    return OK


def _apply(req: mp_request, rules: tuple[SetEnvIf, ...]) -> None:
    table = req.subprocess_env
    attribute, value = None, ""
    for rule in rules:
        if rule.attribute != attribute:  # else, as in httpd, what was found last, were it set anew meanwhile
            attribute, value = rule.attribute, encode(_value(req, rule))
        match = rule.regex.search(value)
        if match is None:
            continue
        for name, text in rule.assignments:
            if text is None:
                del table[name]
            else:
                table[name] = text if rule.plain else substitute(text, match)


def _value(req: mp_request, rule: SetEnvIf) -> str:
    """What the rule looks at; "" if it is not there, so that "^$" finds that."""
    attribute = rule.attribute
    read = _ATTRIBUTES.get(attribute)
    if read is not None:
        return read(req) or ""
    if rule.headers is not None:
        found = ""
        for name, value in req.headers_in.items():
            if rule.headers.search(name):
                found = str(value)  # the last of them
        return found
    value = req.headers_in.get(attribute)
    if value is None:
        value = req.subprocess_env.get(attribute)
    return value or ""


_ATTRIBUTES: dict[str, Callable[[Any], str | None]] = {
    "remote_addr": lambda req: req.useragent_ip,
    "remote_host": lambda req: req._useragent_host(),
    "remote_user": lambda req: req._user,
    "request_method": lambda req: req.method,
    "request_protocol": lambda req: req.protocol,
    "request_uri": lambda req: req.uri,
    "server_addr": lambda req: req.connection.local_ip,
}
