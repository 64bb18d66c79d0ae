"""The object that handlers see: mod_python's request.

Law: names, values and read-only rules are the original's. What it is made of stands in request_state (the values),
request_head (what was asked), request_members (what is made of it), request_body (reading), request_output (writing)
and request_methods.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from ._fast.replica import Maker
from .request_methods import RequestMethods

if TYPE_CHECKING:
    from .config.host_config import HostConfig
    from .httpd.translate import Target
    from .request_state import Served

__all__ = ["make_request", "maker_of", "mp_request"]


class mp_request(RequestMethods):  # noqa: N801 - the original's type name
    """One request. Handlers may set any further attribute on it to talk to one another.

    Names with an underscore are the server's own.
    """


mp_request.__module__ = "builtins"  # so that str(type(req)) is the original's: "<class 'mp_request'>"


Request = TypeVar("Request", bound=mp_request)


def maker_of(kind: type[Request]) -> Callable[..., Request]:
    """What makes requests of a class, of what the server knows of one: see make_request."""
    new = Maker(kind())

    def make(
        application: Served,
        host: HostConfig,
        environ: dict[str, Any],
        start_response: Callable[..., Any],
        target: Target,
    ) -> Request:
        """A request that nobody has done anything with yet."""
        req = new()
        req._application = application
        req._host = host
        req._environ = environ
        req._start_response = start_response
        req._target = target
        req._uri = target.uri
        req._config = target.early
        req._method = environ["REQUEST_METHOD"]
        req._request_time = time.time()
        return req

    return make


make_request = maker_of(mp_request)
