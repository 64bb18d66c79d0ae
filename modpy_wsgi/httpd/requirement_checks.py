"""Require compiled: its tree becomes one function that gives the verdict on a request.

Law: a provider that cannot judge denies, and says in the log why. One that asks for a user says so as long as there is
none.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..config.directives.authz_groupfile import GROUP_FILE
from ..config.request_config import RequestConfig
from ..config.requirements import Group, Requirement, Rule
from ..constants import APLOG_WARNING
from . import clients
from .groups import groups_of
from .verdicts import DENIED, GRANTED, NO_USER, Check, any_of, denied, every_of, granted, limited, negated, neutral

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["check_of"]


def check_of(rules: Group, config: RequestConfig) -> Check:
    """The verdict of the rules that hold under a configuration, as a function of the request."""
    try:
        return _rule(rules, config, within_every=True, negative=False)
    except RecursionError:  # AuthMerging And and Or in turn, hundreds of folders deep
        return denied


def _rule(rule: Rule, config: RequestConfig, *, within_every: bool, negative: bool) -> Check:
    """`negative`: what the rule grants is refused in the end, by an odd number of negations around it."""
    negative ^= rule.negated
    if isinstance(rule, Group):
        members = [_rule(each, config, within_every=rule.every, negative=negative) for each in rule.members]
        check = every_of(members) if rule.every else any_of(members)
    else:
        check = _PROVIDERS[rule.kind](rule, config)
        if negative and rule.kind in _OF_ADDRESSES:
            check = _or_unknown(check)
    if rule.negated:
        check = negated(check)
    return check if rule.methods is None else limited(check, rule.methods, granted if within_every else neutral)


_OF_ADDRESSES = frozenset({"forward-dns", "host", "ip", "local"})


def _or_unknown(check: Check) -> Check:
    """The check for a "Require not": a client whose address is not known counts as one of those meant."""
    return lambda req: check(req) if clients.is_known(req) else GRANTED


# -- the providers: each makes a check of a Require line --------------------------------------------------------------


def _all(rule: Requirement, config: RequestConfig) -> Check:
    return granted if rule.args == ("granted",) else denied


def _ip(rule: Requirement, config: RequestConfig) -> Check:
    found = clients.among(rule.args)

    def ip(req: mp_request) -> int:
        return GRANTED if found(req.useragent_ip) else DENIED

    return ip


def _ssl(rule: Requirement, config: RequestConfig) -> Check:
    return lambda req: GRANTED if req.is_https() else DENIED


def _local(rule: Requirement, config: RequestConfig) -> Check:
    def local(req: mp_request) -> int:
        return GRANTED if clients.is_local(req) else DENIED

    return local


def _host(rule: Requirement, config: RequestConfig) -> Check:
    def host(req: mp_request) -> int:
        name = clients.name_of(req)
        if name is None:
            why = "failed, reason: unable to get the remote host name"
            req._application.log_request(req, f"access check of '{' '.join(rule.args)}' to {req.uri} {why}")
            return DENIED
        return GRANTED if any(clients.in_domain(name, domain) for domain in rule.args) else DENIED

    return host


def _forward_dns(rule: Requirement, config: RequestConfig) -> Check:
    def forward_dns(req: mp_request) -> int:
        for name in rule.args:
            addresses = clients.forward_addresses(name)
            if clients.is_one_of(req, addresses):
                return GRANTED
            if not addresses:
                req._application.log_request(req, f'No sockaddr info for "{name}"', APLOG_WARNING)
        return DENIED

    return forward_dns


def _env(rule: Requirement, config: RequestConfig) -> Check:
    names = rule.args

    def env(req: mp_request) -> int:
        variables = req.subprocess_env
        for name in names:
            if name in variables:
                return GRANTED
        return DENIED

    return env


def _method(rule: Requirement, config: RequestConfig) -> Check:
    methods = {*rule.args, *(("HEAD",) if "GET" in rule.args else ())}

    def method(req: mp_request) -> int:
        return GRANTED if req._method in methods else DENIED

    return method


def _valid_user(rule: Requirement, config: RequestConfig) -> Check:
    def valid_user(req: mp_request) -> int:
        return NO_USER if req._user is None else GRANTED

    return valid_user


def _user(rule: Requirement, config: RequestConfig) -> Check:
    names = frozenset(rule.args)

    def user(req: mp_request) -> int:
        if req._user is None:
            return NO_USER
        return GRANTED if req._user in names else DENIED

    return user


def _group(rule: Requirement, config: RequestConfig) -> Check:
    names = frozenset(rule.args)
    path = config.settings[GROUP_FILE]

    def group(req: mp_request) -> int:
        if req._user is None:
            return NO_USER
        return DENIED if names.isdisjoint(_groups(req, req._user, path)) else GRANTED

    return group


def _file_group(rule: Requirement, config: RequestConfig) -> Check:
    path = config.settings[GROUP_FILE]

    def file_group(req: mp_request) -> int:
        if req._user is None:
            return NO_USER
        groups = _groups(req, req._user, path)
        name = _owner(req, "group") if groups else None
        return GRANTED if name is not None and name.lower() in groups else DENIED

    return file_group


def _file_owner(rule: Requirement, config: RequestConfig) -> Check:
    def file_owner(req: mp_request) -> int:
        if req._user is None:
            return NO_USER
        name = _owner(req, "owner")
        if name == req._user:
            return GRANTED
        if name is not None:
            _failed(req, f"file owner {name} does not match.")
        return DENIED

    return file_owner


_PROVIDERS: dict[str, Callable[[Requirement, RequestConfig], Check]] = {
    "all": _all,
    "env": _env,
    "file-group": _file_group,
    "file-owner": _file_owner,
    "forward-dns": _forward_dns,
    "group": _group,
    "host": _host,
    "ip": _ip,
    "local": _local,
    "method": _method,
    "ssl": _ssl,
    "user": _user,
    "valid-user": _valid_user,
}


def _groups(req: mp_request, user: str, path: str | None) -> frozenset[str]:
    """The groups of a user by AuthGroupFile; none, and a line in the log, if they cannot be known."""
    log = req._application.log_request
    if path is None:
        log(req, "No group file was specified in the configuration")
        return frozenset()
    try:
        groups, wrong = groups_of(path, user)
    except OSError as error:
        log(req, f"Could not open group file: {path}: {error.strerror or error}")
        return frozenset()
    for line in wrong:
        log(req, line, APLOG_WARNING)
    return groups


def _owner(req: mp_request, kind: str) -> str | None:
    """The name of the owner or the group of the file that is asked for; None, and a line in the log, if it has none."""
    filename = req.filename
    if not filename:
        _failed(req, "no filename available")
        return None
    try:
        found = os.stat(filename)
    except (OSError, ValueError):
        _failed(req, f"could not stat file {filename}")
        return None
    import grp
    import pwd

    try:
        return grp.getgrgid(found.st_gid).gr_name if kind == "group" else pwd.getpwuid(found.st_uid).pw_name
    except KeyError:
        _failed(req, f"could not get name of file {kind}")
        return None


def _failed(req: mp_request, reason: str) -> None:
    log = req._application.log_request
    log(req, f"Authorization of user {req._user} to access {req.uri} failed, reason: {reason}")
