"""Who may see a published object: __auth__, __access__ and __auth_realm__ (manual 6.1.2).

Law: they are found by what they are, in a module, an object, or inside of a function; what is there but cannot be
evaluated closes the object. Names and passwords are compared in constant time.
"""

from __future__ import annotations

import ast
import binascii
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from ..basic_auth import credentials
from ..config.cache import Bounded
from ..constants import HTTP_BAD_REQUEST, HTTP_FORBIDDEN, HTTP_UNAUTHORIZED
from ..errors import SERVER_RETURN, HandlerError

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["NOBODY", "Visitor", "check", "has_rules"]

_NAMES = ("__auth__", "__access__", "__auth_realm__")
_ABSENT = object()
_ruled: Bounded[int, tuple[CodeType, bool]] = Bounded()  # functions, by their code: whether rules stand inside


class Visitor(NamedTuple):
    """What is known of who asks, from one object of the path to the next."""

    realm: str = "unknown"
    user: str | None = None
    password: str | None = None


NOBODY = Visitor()


def check(req: mp_request, thing: Any, visitor: Visitor) -> Visitor:
    """Let the visitor pass `thing`, or raise SERVER_RETURN(400, 401 or 403). Returns what is known of the visitor then.

    A callable is asked with (req, user, password), or (req, user) for __access__; a dict is looked up, a list or tuple
    searched, anything else is yes or no. Whatever __auth__ is, a visitor has to give a name first, as in the original.
    An Authorization header of another scheme, or one that cannot be read, is 400, as in the original.
    """
    function = thing.__func__ if isinstance(thing, MethodType) else thing
    if isinstance(function, FunctionType):
        if not has_rules(function.__code__):
            return visitor
        auth, access, realm = _inside(function)
    elif type(thing) is ModuleType and "__getattr__" not in thing.__dict__:
        find = thing.__dict__.get  # without the AttributeErrors that a module makes for each name it lacks
        auth, access, realm = find("__auth__", _ABSENT), find("__access__", _ABSENT), find("__auth_realm__", _ABSENT)
    else:
        auth = getattr(thing, "__auth__", _ABSENT)
        access = getattr(thing, "__access__", _ABSENT)
        realm = getattr(thing, "__auth_realm__", _ABSENT)
    if auth is _ABSENT and access is _ABSENT and realm is _ABSENT:
        return visitor
    if realm is not _ABSENT:
        visitor = visitor._replace(realm=str(realm))
    if visitor.user is None:
        asked = not (auth is _ABSENT and access is _ABSENT)
        sent = _sent(req) if asked else credentials(req)
        if sent is not None:
            visitor = visitor._replace(user=sent[0], password=sent[1])
            req.user = sent[0]
    if auth is not _ABSENT and not _authenticated(req, auth, visitor):
        quoted = visitor.realm.replace("\\", "\\\\").replace('"', '\\"')
        req.err_headers_out["WWW-Authenticate"] = f'Basic realm="{quoted}"'
        raise SERVER_RETURN(HTTP_UNAUTHORIZED)
    if access is not _ABSENT and not _allowed(req, access, visitor):
        raise SERVER_RETURN(HTTP_FORBIDDEN)
    return visitor


def _sent(req: mp_request) -> tuple[str, str] | None:
    """Name and password that the client has sent. Raises SERVER_RETURN(400) if its header holds no such thing."""
    header = req.headers_in.get("Authorization")
    if header is None:
        return None
    try:
        whole = b":" in binascii.a2b_base64(header[len("Basic ") :].encode("utf-8", "surrogateescape"))
    except binascii.Error:
        whole = False
    if not whole:
        raise SERVER_RETURN(HTTP_BAD_REQUEST)
    return credentials(req)


def has_rules(code: CodeType) -> bool:
    """Whether a function may have rules inside: by its code, and looked for once."""
    kept = _ruled.get(id(code))
    if kept is None or kept[0] is not code:
        named = {*code.co_varnames, *code.co_cellvars}
        kept = _ruled.replace(id(code), (code, not named.isdisjoint(_NAMES)))
    return kept[1]


def _authenticated(req: mp_request, auth: Any, visitor: Visitor) -> bool:
    if not visitor.user:
        return False
    if callable(auth):
        return bool(auth(req, visitor.user, visitor.password))
    if isinstance(auth, dict):
        import hmac  # and with it OpenSSL, which few pages need

        if visitor.user not in auth:
            return False
        known, sent = auth[visitor.user], visitor.password or ""
        return isinstance(known, (str, bytes)) and hmac.compare_digest(_bytes(known), _bytes(sent))
    return bool(auth)


def _allowed(req: mp_request, access: Any, visitor: Visitor) -> bool:
    if callable(access):
        return bool(access(req, visitor.user))
    if isinstance(access, (list, tuple, set, frozenset)):
        return visitor.user in access
    return bool(access)


def _bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text


def _inside(function: FunctionType) -> tuple[Any, Any, Any]:
    """The rules that stand inside of a function: functions by their code, constants by their text."""
    code = function.__code__
    found: dict[str, Any] = {}
    for constant in code.co_consts:
        if isinstance(constant, CodeType) and constant.co_name in _NAMES and not constant.co_freevars:
            found[constant.co_name] = FunctionType(constant, function.__globals__, constant.co_name)
    missing = [n for n in _NAMES if n not in found and (n in code.co_varnames or n in code.co_cellvars)]
    if missing:
        found.update(_literals(function, missing))
    return tuple(found.get(name, _ABSENT) for name in _NAMES)


def _literals(function: FunctionType, names: list[str]) -> dict[str, Any]:
    """The values that a function's own statements give to these names, if they are literals. Raises HandlerError."""
    import inspect  # these are large, and few functions have such rules
    import textwrap

    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError, TypeError) as error:
        raise HandlerError(f"{', '.join(names)} in {function.__name__}() cannot be read: {error}") from error
    definition = next(node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    found: dict[str, Any] = {}
    for statement in definition.body:
        if not isinstance(statement, ast.Assign):
            continue
        for target in statement.targets:
            if isinstance(target, ast.Name) and target.id in names:
                try:
                    found[target.id] = ast.literal_eval(statement.value)
                except ValueError as error:
                    raise HandlerError(f"{target.id} in {function.__name__}() is no constant") from error
    unknown = [name for name in names if name not in found]
    if unknown:
        raise HandlerError(f"{', '.join(unknown)} in {function.__name__}() is no function and no constant")
    return found
