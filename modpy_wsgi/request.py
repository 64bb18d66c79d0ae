"""The object that handlers see: mod_python's request.

Law: names, values and read-only rules are the original's. What it is made of stands in request_state (the values),
request_head (what was asked), request_members (what is made of it), request_body (reading), request_output (writing)
and request_methods.
"""

from __future__ import annotations

from .request_methods import RequestMethods

__all__ = ["mp_request"]


class mp_request(RequestMethods):  # noqa: N801 - the original's type name
    """One request. Handlers may set any further attribute on it to talk to one another.

    Names with an underscore are the server's own.
    """


mp_request.__module__ = "builtins"  # so that str(type(req)) is the original's: "<class 'mp_request'>"
