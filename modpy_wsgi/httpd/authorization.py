"""Require (mod_authz_core and its providers), before and after it is known who asks.

Law: with any Require in effect, a request that meets none is refused. Require lines of a <Limit> ask only its methods.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..config.directives.authn import AUTH_TYPE
from ..config.directives.authz import REQUIRE, Requirement
from ..config.request_config import RequestConfig
from ..constants import HTTP_FORBIDDEN, HTTP_INTERNAL_SERVER_ERROR, HTTP_UNAUTHORIZED, OK
from ..environ import socket_address
from .access import client_address

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["NEEDS_USER", "has_work", "with_user", "without_user"]

NEEDS_USER = -3  # no result of a handler
_OF_USERS = frozenset({"user", "valid-user"})


def has_work(config: RequestConfig) -> bool:
    """Whether Require says more than "all granted" to everybody, or AuthType is there without a Require."""
    requirements = config.settings[REQUIRE]
    if not requirements:
        return config.settings[AUTH_TYPE] is not None
    return not any(
        r.kind == "all" and r.args == ("granted",) and r.methods is None and not r.negated for r in requirements
    )


def _asked(req: mp_request, config: RequestConfig) -> list[Requirement]:
    method = req.method
    return [r for r in config.settings[REQUIRE] if r.methods is None or r.methods.covers(method)]


def without_user(req: mp_request, config: RequestConfig) -> int:
    """OK if a Require is met by anybody, NEEDS_USER if one asks for a user, else HTTP_FORBIDDEN.

    AuthType without a Require is HTTP_INTERNAL_SERVER_ERROR, as in httpd: somebody meant to close the place.
    """
    requirements = _asked(req, config)
    if not requirements:
        if config.settings[REQUIRE] or config.settings[AUTH_TYPE] is None:
            return OK
        log = req._application.log_request
        log(req, f"AuthType configured with no corresponding authorization directives: {req.uri}")
        return HTTP_INTERNAL_SERVER_ERROR
    if any(_met(req, requirement) for requirement in requirements):
        return OK
    if any(requirement.kind in _OF_USERS for requirement in requirements):
        return NEEDS_USER
    req._application.log_request(req, f"client denied by server configuration: {req.filename or req.uri}")
    return HTTP_FORBIDDEN


def with_user(req: mp_request, config: RequestConfig) -> int:
    """OK if a Require is met by req.user, else HTTP_UNAUTHORIZED, so that the client may try another name."""
    user = req.user
    for requirement in _asked(req, config):
        if requirement.kind == "valid-user" or (requirement.kind == "user" and user in requirement.args):
            return OK
        if _met(req, requirement):
            return OK
    req._application.log_request(req, f"user {user}: authorization failure for {req.uri!r}")
    return HTTP_UNAUTHORIZED


def _met(req: mp_request, requirement: Requirement) -> bool:
    kind, args = requirement.kind, requirement.args
    if kind == "all":
        return args == ("granted",)
    if kind == "ip":
        client = client_address(req)
        return client is not None and any(client in network for network in args)
    if kind == "method":
        return req.method in args or (req.method == "HEAD" and "GET" in args)
    if kind == "local":
        client = client_address(req)
        here = socket_address(req._environ)
        return client is not None and (client.is_loopback or (here is not None and str(client) == here[0]))
    return False
