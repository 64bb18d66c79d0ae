"""Whether Require lets a request in, before and after it is known who asks (mod_authz_core).

Law: what is not granted is refused; a refusal that a user could change asks for one first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..config.directives.authn_core import AUTH_TYPE
from ..config.directives.authz_core import AUTHORIZATION
from ..config.request_config import RequestConfig
from ..constants import HTTP_FORBIDDEN, HTTP_INTERNAL_SERVER_ERROR, HTTP_UNAUTHORIZED, OK
from .requirement_checks import check_of
from .verdicts import GRANTED, NO_USER, Check, granted

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["NEEDS_USER", "has_work", "with_user", "without_user"]

NEEDS_USER = -3  # no result of a handler
_MISTAKE = -1  # no verdict


def has_work(config: RequestConfig) -> bool:
    """Whether Require says more than "granted" to everybody, or AuthType is there without a Require."""
    return _check_of(config) is not granted


def without_user(req: mp_request, config: RequestConfig) -> int:
    """OK, NEEDS_USER if a user may change the answer, else HTTP_FORBIDDEN.

    AuthType without a Require is HTTP_INTERNAL_SERVER_ERROR, as in httpd: somebody meant to close the place.
    """
    verdict = (config.authorization or _check_of(config))(req)
    if verdict == GRANTED:
        return OK
    if verdict == NO_USER:
        return NEEDS_USER
    return HTTP_INTERNAL_SERVER_ERROR if verdict == _MISTAKE else _denied(req)


def with_user(req: mp_request, config: RequestConfig) -> int:
    """OK, or HTTP_UNAUTHORIZED, so that the client may try another name.

    HTTP_FORBIDDEN instead where there is no AuthType to ask by, or AuthzSendForbiddenOnFailure is on.
    """
    verdict = _check_of(config)(req)
    if verdict == GRANTED:
        return OK
    if verdict == _MISTAKE:
        return HTTP_INTERNAL_SERVER_ERROR
    log = req._application.log_request
    if verdict == NO_USER:
        log(req, f"authorization failure (no authenticated user): {req.uri}")
        return HTTP_UNAUTHORIZED
    if config.settings[AUTH_TYPE] is None:
        return _denied(req)
    log(req, f'user {req._user}: authorization failure for "{req.uri}": ')
    return HTTP_FORBIDDEN if config.settings[AUTHORIZATION].forbidden else HTTP_UNAUTHORIZED


def _denied(req: mp_request) -> int:
    req._application.log_request(req, f"client denied by server configuration: {req.filename or 'uri ' + req.uri}")
    return HTTP_FORBIDDEN


def _check_of(config: RequestConfig) -> Check:
    """What the rules of a configuration come to, compiled at first use."""
    check: Check | None = config.authorization
    if check is None:
        rules = config.settings[AUTHORIZATION].rules
        if rules is not None:
            check = check_of(rules, config)
        else:
            check = granted if config.settings[AUTH_TYPE] is None else _without_require
        config.authorization = check
    return check


def _without_require(req: mp_request) -> int:
    log = req._application.log_request
    log(req, f"AuthType configured with no corresponding authorization directives: {req.uri}")
    return _MISTAKE
