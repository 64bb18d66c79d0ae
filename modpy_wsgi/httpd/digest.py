"""AuthType Digest (RFC 7616 with MD5 and qop=auth): who proves to know a password without sending it.

Law: the proof is checked before the nonce, so that only who knows the password is told that a nonce is stale. Source:
httpd's mod_auth_digest, observed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from ..basic_auth import quoted_realm
from ..config.directives.auth_digest import DIGEST
from ..config.directives.authn_file import USER_FILE
from ..config.request_config import RequestConfig
from ..constants import HTTP_BAD_REQUEST, HTTP_INTERNAL_SERVER_ERROR, HTTP_UNAUTHORIZED, OK
from . import passwords
from .nonces import SOON, make_nonce, read_nonce
from .passwords import Verdict, md5

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["authenticate", "challenge", "parse"]

_FIELD = re.compile(r'\s*([^=,\s]*)\s*(=\s*(?:"((?:[^"\\]|\\.)*)"?|([^,\s]*)))?[^,]*(?:,|$)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_TO_ESCAPE = re.compile(r'(\\.)|(")', re.DOTALL)
_NEEDED = ("username", "realm", "nonce", "uri", "response", "qop", "nc", "cnonce")
_ANY_QUERY = "AuthDigestEnableQueryStringHack"  # a variable for clients that leave the query out

_Log = Callable[[str], None]


def authenticate(req: mp_request, config: RequestConfig) -> int:
    """OK with req.user set, or the status to answer; for 401 the challenge is prepared."""
    log: _Log = lambda line: req._application.log_request(req, f"Digest: {line}")  # noqa: E731
    name = req.auth_name()
    if name is None:
        log(f"need AuthName: {req.uri}")
        return HTTP_INTERNAL_SERVER_ERROR
    stale = False
    status = HTTP_UNAUTHORIZED
    fields = _sent(req, log)
    if fields is not None:
        req._user = fields["username"]
        req._auth_type = "Digest"
        status, stale = _check(req, config, fields, log)
    if status == HTTP_UNAUTHORIZED:
        challenge(req, config, stale=stale)
    return status


def challenge(req: mp_request, config: RequestConfig, *, stale: bool = False) -> None:
    """Prepare WWW-Authenticate; it is added to what a handler may have prepared."""
    prepared = req.err_headers_out.get("WWW-Authenticate")
    if prepared and req._prev is not None and req._prev._document_status == HTTP_UNAUTHORIZED:
        return  # an ErrorDocument that asks again: the client is asked already
    parts = [
        f'Digest realm="{quoted_realm(req)}"',
        f'nonce="{make_nonce(req._request_time, req.auth_name() or "")}"',
        "algorithm=MD5",
    ]
    domain = config.settings[DIGEST].domain
    if domain:
        parts.append(f'domain="{" ".join(domain)}"')
    if stale:
        parts.append("stale=true")
    parts.append('qop="auth"')
    text = ", ".join(parts)
    req.err_headers_out["WWW-Authenticate"] = f"{prepared}, {text}" if prepared else text


def parse(text: str) -> dict[str, str]:
    """The fields of a header after its scheme, by lower-case name; of several with one name the last counts.

    Broken pieces are passed over, as in httpd; a field without a value is not there.
    """
    fields = {}
    for name, value, quoted, bare in _FIELD.findall(text):
        if value:
            fields[name.lower()] = (_ESCAPED.sub(r"\1", quoted) if "\\" in quoted else quoted) or bare
    return fields


def _sent(req: mp_request, log: _Log) -> dict[str, str] | None:
    """The fields of the client's header, if all are there that are needed."""
    header = req.headers_in.get("Authorization")
    if header is None:
        return None
    scheme, *rest = header.split(None, 1)[:2] or [""]
    if scheme.lower() != "digest":
        log(f"client used wrong authentication scheme `{scheme}': {req.uri}")
        return None
    fields = parse(rest[0] if rest else "")
    if not all(name in fields for name in _NEEDED):
        log(f"missing user, realm, nonce, uri, digest, qop, cnonce, or nonce_count in authorization header: {req.uri}")
        return None
    return fields


def _check(req: mp_request, config: RequestConfig, fields: dict[str, str], log: _Log) -> tuple[int, bool]:
    """The status, and whether a 401 is for nothing but a nonce that is out of date."""
    user, realm = fields["username"], req.auth_name() or ""
    asked = _first(req)
    if not _same_uri(asked, fields["uri"]):
        log(f"uri mismatch - <{fields['uri']}> does not match request-uri <{asked.unparsed_uri}>")
        return HTTP_BAD_REQUEST, False
    if fields["realm"] != quoted_realm(req):  # with the backslashes: httpd never takes a realm with quotes in it
        log(f"realm mismatch - got `{fields['realm']}' but expected `{realm}'")
        return HTTP_UNAUTHORIZED, False
    if fields.get("algorithm", "MD5").lower() != "md5":
        log(f"unknown algorithm `{fields['algorithm']}' received: {req.uri}")
        return HTTP_UNAUTHORIZED, False
    stored = passwords.realm_hash(
        config.settings[USER_FILE], user, realm, lambda line: req._application.log_request(req, line)
    )
    if stored is Verdict.ERROR:
        return HTTP_INTERNAL_SERVER_ERROR, False
    if isinstance(stored, Verdict):
        log(f"user `{user}' in realm `{realm}' not found: {req.uri}")
        return HTTP_UNAUTHORIZED, False
    if fields["qop"].lower() != "auth":
        log(f"invalid qop `{fields['qop']}' received: {req.uri}")
        return HTTP_UNAUTHORIZED, False
    if not passwords.equal(_bytes(fields["response"]), _response(stored, asked._method, fields)):
        log(f"user {user}: password mismatch: {req.uri}")
        return HTTP_UNAUTHORIZED, False
    return _check_nonce(req, config, fields, stored, log)


def _check_nonce(
    req: mp_request, config: RequestConfig, fields: dict[str, str], stored: bytes, log: _Log
) -> tuple[int, bool]:
    lifetime = config.settings[DIGEST].lifetime
    realm = req.auth_name() or ""
    nonce = read_nonce(fields["nonce"], realm)
    if nonce is None:
        log(f"invalid nonce {fields['nonce']} received")
        return HTTP_UNAUTHORIZED, False
    if not nonce.genuine or "opaque" in fields:  # which nobody was given here
        log(f"invalid nonce {fields['nonce']} received - it was not made here")
        return HTTP_UNAUTHORIZED, True
    age = req._request_time - nonce.made
    if lifetime >= 0 and not 0 <= age + 0.001 <= lifetime + 0.001:
        log(f"user {fields['username']}: nonce expired ({age:.2f} seconds old) - sending new nonce")
        return HTTP_UNAUTHORIZED, True
    if req._prev is None and req._main is None:
        _tell(
            req, fields, stored, "" if lifetime < 0 or age <= lifetime - SOON else make_nonce(req._request_time, realm)
        )
    return OK, False


def _tell(req: mp_request, fields: dict[str, str], stored: bytes, following: str) -> None:
    """Authentication-Info: the server knows the password as well."""
    cnonce = fields["cnonce"]
    if '"' in cnonce:
        cnonce = _TO_ESCAPE.sub(lambda found: found[1] or '\\"', cnonce)
    proof = _response(stored, "", fields).decode("ascii")
    next_nonce = f', nextnonce="{following}"' if following else ""
    req.headers_out["Authentication-Info"] = (
        f'rspauth="{proof}"{next_nonce}, cnonce="{cnonce}", nc={fields["nc"]}, qop={fields["qop"]}'
    )


def _response(stored: bytes, method: str, fields: dict[str, str]) -> bytes:
    """What a client that knows the password sends; with no method what the server sends back."""
    what = md5(_bytes(f"{method}:{fields['uri']}"))
    middle = _bytes(":".join([fields[name] for name in ("nonce", "nc", "cnonce", "qop")]))
    return md5(b":".join([stored, middle, what]))


def _first(req: mp_request) -> mp_request:
    """The request that the client made: subrequests and internal redirects are not what it knows of."""
    while req._main is not None or req._prev is not None:
        other = req._main if req._main is not None else req._prev
        assert other is not None
        req = other
    return req


def _same_uri(asked: mp_request, uri: str) -> bool:
    """Whether the URI that the client signed is the one that it asked for, perhaps escaped otherwise."""
    if uri == asked.unparsed_uri:
        return True
    try:
        signed = urlsplit(uri)
    except ValueError:
        return False
    if signed.scheme or signed.netloc or _decoded(signed.path) != asked._target.uri:
        return False
    mine, theirs = asked.args, _query(uri)
    if theirs is None and mine is not None and _ANY_QUERY in asked.subprocess_env:
        return True
    return (None if mine is None else _decoded(mine)) == (None if theirs is None else _decoded(theirs))


def _query(uri: str) -> str | None:
    _, mark, query = uri.partition("#")[0].partition("?")
    return query if mark else None


def _decoded(text: str) -> str:
    return unquote(text, errors="surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
