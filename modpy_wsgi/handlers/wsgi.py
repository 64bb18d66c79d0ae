"""The handler mod_python.wsgi: runs a WSGI application of the site (reference section 11; PEP 3333).

    PythonHandler mod_python.wsgi
    PythonOption mod_python.wsgi.application package.module::callable

Law: the answer is the application's own, its status included, and reaches the client piece by piece as it comes. What
it returned is closed, whatever happens. An application that cannot be found is an error: no file is sent in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ..constants import APLOG_WARNING, DECLINED, OK
from ..errors import HandlerError
from ..wsgi_gateway import BASE_URI, build_environ

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["handler"]

APPLICATION = "mod_python.wsgi.application"


def handler(req: mp_request) -> int:
    """The PythonHandler mod_python.wsgi. Returns apache.OK; DECLINED for a path that is not below the base URI.

    Raises HandlerError if there is no application, and what the application raises.
    """
    application = _application(req)
    environ = build_environ(req)
    if environ is None:
        base = req.get_options().get(BASE_URI)
        req.log_error(f"mod_python.wsgi: {req.uri!r} is not below {base!r}: declined", APLOG_WARNING)
        return DECLINED
    try:
        _run(req, application, environ)
    finally:
        environ["wsgi.errors"].flush()
    return OK


def _application(req: mp_request) -> Callable[..., Iterable[bytes]]:
    """The application that the option names, loaded again if its module has changed."""
    name = req.get_options().get(APPLICATION)
    if not name:
        raise HandlerError(f"mod_python.wsgi: PythonOption {APPLICATION} names no application")
    module_name, _, callable_name = name.partition("::")
    module = req._interpreter.load(module_name, autoreload=req._config.auto_reload)
    application = getattr(module, callable_name or "application", None)
    if not callable(application):
        raise HandlerError(
            f"mod_python.wsgi: {module_name!r} ({getattr(module, '__file__', None)}) has no application"
            f" {callable_name or 'application'!r}, which PythonOption {APPLICATION} names"
        )
    return application  # type: ignore[no-any-return]


def _run(req: mp_request, application: Callable[..., Iterable[bytes]], environ: dict[str, Any]) -> None:
    body = application(environ, req.wsgi_start_response)
    try:
        for piece in body:
            if req._headers_before is None and piece:
                break
            req.write(piece)
        if req._headers_before is None:
            raise AssertionError("the application has not called start_response()")
    finally:
        close = getattr(body, "close", None)
        if close is not None:
            close()
