"""Who asks, where no PythonAuthenHandler says so: AuthType, and the providers of passwords.

Law: a user is known only by a provider's word. What no provider knows is refused, unless the configuration hands it on.
Sources: httpd's mod_auth_basic, mod_authn_anon, mod_authn_file.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .. import basic_auth
from ..config.directives.auth_basic import AUTHORITATIVE, FAKE, PROVIDERS, USE_DIGEST
from ..config.directives.authn_anon import ANONYMOUS, folded
from ..config.directives.authn_file import USER_FILE
from ..config.request_config import RequestConfig
from ..constants import APLOG_INFO, DECLINED, HTTP_INTERNAL_SERVER_ERROR, HTTP_UNAUTHORIZED, OK
from . import digest, passwords
from .passwords import Verdict

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["authenticate", "challenge", "fake"]


def authenticate(req: mp_request, config: RequestConfig) -> int:
    """OK with req.user set, DECLINED where it is not the server's to say, or the status; 401 with its challenge."""
    scheme = _SCHEMES.get((req.auth_type() or "").lower())
    return DECLINED if scheme is None else scheme(req, config)


def _basic(req: mp_request, config: RequestConfig) -> int:
    status = _by_password(req, config)
    if status == HTTP_UNAUTHORIZED:
        basic_auth.challenge(req)
    return status


def _by_password(req: mp_request, config: RequestConfig) -> int:
    settings = config.settings
    log = req._application.log_request
    if req.auth_name() is None:
        log(req, f"need AuthName: {req.uri}")
        return HTTP_INTERNAL_SERVER_ERROR
    req._auth_type = req.auth_type()
    sent = basic_auth.credentials(req)
    if sent is None:
        if "Authorization" in req.headers_in:
            log(req, f"client used wrong authentication scheme: {req.uri}")
        return HTTP_UNAUTHORIZED
    req._user, password = user, _ = sent
    names = settings[PROVIDERS]
    verdict = Verdict.NOT_FOUND
    for name in names or ("file",):
        verdict = (_by_digest if settings[USE_DIGEST] else _PROVIDERS)[name](req, config, user, password)
        if verdict is not Verdict.NOT_FOUND:
            break
    if verdict is Verdict.GRANTED:
        return OK
    if verdict is not Verdict.DENIED and not settings[AUTHORITATIVE]:
        return DECLINED
    if verdict is Verdict.ERROR:
        return HTTP_INTERNAL_SERVER_ERROR
    if verdict is Verdict.DENIED:
        log(req, f'user {user}: authentication failure for "{req.uri}": Password Mismatch')
    else:
        if "file" in names or not names:
            passwords.spend(settings[USER_FILE], password)
        log(req, f"user {user} not found: {req.uri}")
    return HTTP_UNAUTHORIZED


_SCHEMES = {"basic": _basic, "digest": digest.authenticate}


def challenge(req: mp_request, config: RequestConfig) -> None:
    """Prepare the header that asks for a user, for a 401 that somebody else decided on."""
    kind = (req.auth_type() or "").lower()
    if kind == "basic":
        basic_auth.challenge(req)
    elif kind == "digest":
        digest.challenge(req, config)


# The providers of passwords

_Provider = Callable[["mp_request", RequestConfig, str, str], Verdict]


def _log(req: mp_request) -> Callable[[str], None]:
    return lambda line: req._application.log_request(req, line)


def _file(req: mp_request, config: RequestConfig, user: str, password: str) -> Verdict:
    return passwords.check(config.settings[USER_FILE], user, password, _log(req))


def _anonymous(req: mp_request, config: RequestConfig, user: str, password: str) -> Verdict:
    rules = config.settings[ANONYMOUS]
    if not (rules.users or rules.any_user):
        return Verdict.NOT_FOUND
    if not (rules.any_user or folded(user) in rules.users if user else rules.no_user):
        return Verdict.NOT_FOUND
    if rules.must_give_email and not password:
        return Verdict.DENIED
    if rules.verify_email and not ("@" in password and "." in password):
        return Verdict.DENIED
    if rules.log_email and req.prev is None and req.main is None:
        req._application.log_request(req, f"Anonymous: Passwd <{password}> Accepted", APLOG_INFO)
    return Verdict.GRANTED


_PROVIDERS: dict[str, _Provider] = {"file": _file, "anon": _anonymous}


# The same where AuthBasicUseDigestAlgorithm asks them for the hash of name, realm and password


def _file_by_digest(req: mp_request, config: RequestConfig, user: str, password: str) -> Verdict:
    realm = req.auth_name() or ""
    stored = passwords.realm_hash(config.settings[USER_FILE], user, realm, _log(req))
    if isinstance(stored, Verdict):
        return stored
    text = f"{user}:{realm}:{password}".encode("utf-8", "surrogateescape")
    return Verdict.GRANTED if passwords.equal(passwords.md5(text), stored) else Verdict.DENIED


def _no_digest(req: mp_request, config: RequestConfig, user: str, password: str) -> Verdict:
    req._application.log_request(req, f"AuthBasicUseDigestAlgorithm: the provider has no such hashes: {req.uri}")
    return Verdict.ERROR


_by_digest: dict[str, _Provider] = {"file": _file_by_digest, "anon": _no_digest}


def fake(req: mp_request, config: RequestConfig) -> int:
    """AuthBasicFake: what the content sees as the client's credentials. Subrequests are made with the real ones."""
    faked = config.settings[FAKE]
    if faked is not None and req._main is None:
        req.headers_in["Authorization"] = basic_auth.header(faked.user, faked.password)
    return OK
