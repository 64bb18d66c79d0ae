"""What the directives that most formats of access logs have show of most requests, as expressions of Python.

Law: an expression gives what the directive's function in log_values would give; where it cannot be sure of that it
calls the function. It is there because a call takes longer than all that most of them do; so a format becomes one
function.
"""

from __future__ import annotations

from . import log_times
from .log_asked import environ_key

__all__ = ["NAMES", "expression_of"]

NAMES = {"times": log_times}  # beside the functions

# By their letters; {req} is the request, {function} the directive's function.
_EXPRESSIONS = {
    "h": (
        "address if {req}._useragent is None and not {req}._config.names_clients"
        " and (address := {req}._environ.get('REMOTE_ADDR') or '-')[0] != ':' else {function}({req})"
    ),
    "l": "{req}._environ.get('REMOTE_IDENT')",
    "u": "None if {req}._user is None else {function}({req})",
    "t": "now[2] if (now := times.second)[0] <= {req}._request_time < now[1] else {function}({req})",
    "r": (
        "({req}._method, target, {req}._environ.get('SERVER_PROTOCOL', 'HTTP/0.9')) if {req}._prev is None"
        " and (target := {req}._environ.get('RAW_URI') or {req}._environ.get('REQUEST_URI')) else {function}({req})"
    ),
    "s": "{req}._status if {req}._status > 0 else None",
}

_NOT_EMPTY = "({req}._environ.get({key!r}) or None)"  # of the two that are there, and empty, where they were not sent


def expression_of(name: str, argument: str, req: str, function: str) -> str:
    """What a directive shows of the request that is called `req`; `function` is the name of its function."""
    expression = "{function}({req})"
    key = environ_key(argument) if name == "i" else None
    if key is not None:  # which is asked as long as nobody can have changed the table
        asked = "{req}._environ.get({key!r})" if key.startswith("HTTP_") else _NOT_EMPTY
        expression = asked + " if {req}._headers_in is None else {function}({req})"
    elif not argument:
        expression = _EXPRESSIONS.get(name, expression)
    return expression.format(req=req, function=function, key=key)
