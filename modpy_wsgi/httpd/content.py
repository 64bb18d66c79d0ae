"""Who answers: a Python handler, the file itself, or another WSGI application.

Law: a file whose handler nobody provides is never sent as source.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .. import basic_auth, header_rules
from ..cgi import actions
from ..config.directives import auth_basic, remoteip
from ..config.request_config import RequestConfig
from ..constants import (
    AS_IS_HANDLERS,
    CGI_HANDLERS,
    DECLINED,
    DIR_MAGIC_TYPE,
    DONE,
    HTTP_BAD_REQUEST,
    HTTP_INTERNAL_SERVER_ERROR,
    OK,
    PYTHON_HANDLERS,
    TYPE_MAP_HANDLERS,
)
from ..dispatch import calls_for, run_handlers
from ..environ import decode, encode
from ..errors import SERVER_RETURN
from ..filters import requests as filter_requests
from ..phases import HANDLER
from ..response import checked, content_length
from . import filtering, parsed, ranges
from .files import send_file

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["answer", "handler_of_type", "provided"]

_OWN_HANDLERS = frozenset({None, "default-handler", DIR_MAGIC_TYPE})
# For which the file may be sent, be it that no Python handler took it.
_ANSWERED = _OWN_HANDLERS | PYTHON_HANDLERS | AS_IS_HANDLERS
# Media types that name a program to run (AddType application/x-httpd-php .php), not what is sent.
_TYPES_OF_HANDLERS = ("application/x-httpd-", "application/x-type-map", "httpd/send-as-is", "text/x-server-parsed-html")


def answer(req: mp_request, config: RequestConfig) -> int:
    """The content phase. Returns OK or DONE when the answer stands, else the status to answer with."""
    if config.prepares:
        req._in_content = True
        status = filtering.at_content(req, config)
        if status:
            return status
        if config.by_python and req._handler not in PYTHON_HANDLERS:  # as a phase in between has it
            return send_file(req, config)
    if req._filters is not None:
        parsed.settle(req)
    handler = handler_before = req._handler
    if handler is None and req._content_type is not None:
        handler = handler_of_type(req._content_type)
        if handler is not None and req._content_type is req._handed_type:
            handler = None
    if handler in PYTHON_HANDLERS:
        calls = config.plan.content if req._added is None else None
        if calls is None:
            calls = calls_for(req, HANDLER, config)
        if calls:
            result = run_handlers(req, HANDLER, calls, config)
            if result != DECLINED:
                req._handler = handler_before  # as in httpd what the handler makes of it is forgotten
                return ranges.of_answer(req, config, result) if "HTTP_RANGE" in req._environ else result
    elif handler in TYPE_MAP_HANDLERS:
        result = _by_type_map(req, config)
        return ranges.of_answer(req, config, result) if "HTTP_RANGE" in req._environ else result
    elif handler in CGI_HANDLERS:
        result = _by_program(req, config)
        return ranges.of_answer(req, config, result) if "HTTP_RANGE" in req._environ else result
    elif handler in AS_IS_HANDLERS and req._method in ("GET", "HEAD") and _is_file(req):
        result = _as_it_is(req)
        return ranges.of_answer(req, config, result) if "HTTP_RANGE" in req._environ else result
    if config.actions:
        result = actions.answer(req, config)
        if result != DECLINED:
            return result
    if handler not in _ANSWERED:
        req._application.log_request(req, f"nobody provides the handler {handler!r}: {req.filename or req.uri}")
        return HTTP_INTERNAL_SERVER_ERROR
    fallback = req._application.fallback
    if fallback is not None and not _is_file(req) and req._server_write is None and not config.by_python:
        return _ask_fallback(req, config, fallback)
    if handler == DIR_MAGIC_TYPE and _is_listed(req):
        result = _as_listing(req, config)
        return ranges.of_answer(req, config, result) if "HTTP_RANGE" in req._environ else result
    return send_file(req, config)


# What most sites do without is imported with the first request for it.


def _by_type_map(req: mp_request, config: RequestConfig) -> int:
    from . import type_maps

    return type_maps.answer(req, config)


def _by_program(req: mp_request, config: RequestConfig) -> int:
    from ..cgi.answer import answer

    return answer(req, config)


def _as_it_is(req: mp_request) -> int:
    from ..cgi import as_is

    return as_is.answer(req)


def _as_listing(req: mp_request, config: RequestConfig) -> int:
    from . import listing

    return listing.answer(req, config)


@lru_cache(maxsize=256)
def handler_of_type(content_type: str) -> str | None:
    """The handler that a media type names: httpd takes the type for the name where no handler is set."""
    name = content_type.partition(";")[0].strip().lower()
    return name if name in PYTHON_HANDLERS or name.startswith(_TYPES_OF_HANDLERS) else None


def provided(handler: str | None) -> bool:
    """Whether somebody here answers for a handler of this name."""
    return handler in _ANSWERED | CGI_HANDLERS | TYPE_MAP_HANDLERS or handler == parsed.HANDLER


def _is_file(req: mp_request) -> bool:
    """Whether there is a file, be it one that will be refused."""
    return req._stat is not None and stat.S_ISREG(req._stat.st_mode)


def _is_listed(req: mp_request) -> bool:
    """Whether it is a directory that is asked for in a way that a listing answers."""
    return req._method in ("GET", "HEAD") and req._stat is not None and stat.S_ISDIR(req._stat.st_mode)


def _split(path: str, mount: str) -> tuple[str, str]:
    """SCRIPT_NAME and PATH_INFO for a path as the phases have it: without ".." and "//", redirects followed."""
    if mount and (path == mount or path.startswith(f"{mount}/")):
        return mount, path[len(mount) :]
    return "", path


def _show_client(req: mp_request, environ: dict[str, Any]) -> None:
    """The client that trusted proxies name, and what is left of their headers."""
    environ["REMOTE_ADDR"] = req._useragent
    environ.pop("REMOTE_PORT", None)
    base = req._host.base
    for name in (base[remoteip.HEADER], base[remoteip.PROXIES_HEADER]):
        if name is not None:
            key = f"HTTP_{name.upper().replace('-', '_')}"
            value = req.headers_in.get(name)
            if value is None:
                environ.pop(key, None)
            else:
                environ[key] = encode(value)


def _unfold_body(req: mp_request, environ: dict[str, Any]) -> int:
    """Let an application find what the filters make of the body, with its length. OK, or a status."""
    try:
        body, length = filter_requests.body_file(req)
    except SERVER_RETURN as stop:
        return int(stop.args[0])
    except OSError as error:
        req._application.log_request(req, f"the body cannot be read: {error}")
        return HTTP_BAD_REQUEST
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = body, str(length)
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    if "Content-Encoding" not in req.headers_in:  # a filter has undone it
        environ.pop("HTTP_CONTENT_ENCODING", None)
    req.register_cleanup(lambda file: file.close(), body)
    return OK


def _through_filters(req: mp_request) -> Callable[..., Any]:
    """The start_response of an application whose answer flows through filters: its head leaves when theirs does."""

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        if exc_info and req._server_write is not None:
            raise exc_info[1].with_traceback(exc_info[2])
        req._status, req._status_line = int(status[:3]), decode(status)
        header_rules.take_headers(req, headers)
        if req._filters is not None and not filter_requests.still_wanted(req, content_length(req)):
            req._begin()
            return req._server_write
        return req.write

    return start_response


def _ask_fallback(req: mp_request, config: RequestConfig, application: Callable[..., Iterable[bytes]]) -> int:
    """Let another WSGI application answer, as the user that the phases before found out, for the path they judged.

    Raises HandlerError for a header of theirs that must not be sent.
    """
    environ = dict(req._environ)
    environ["SCRIPT_NAME"], environ["PATH_INFO"] = _split(encode(req.uri), environ.get("SCRIPT_NAME", ""))
    if req._useragent is not None:
        _show_client(req, environ)
    faked = req._config.settings[auth_basic.FAKE]
    if faked is not None:  # the client's own password is none of the content's business
        environ["HTTP_AUTHORIZATION"] = encode(basic_auth.header(faked.user, faked.password))
    if req.user is not None:
        environ["REMOTE_USER"] = encode(req.user)
        environ["AUTH_TYPE"] = encode(req.ap_auth_type or "")
    for name, value in (req._known_variables or {}).items():
        environ.setdefault(name, encode(value))
    if req._input_filters is not None:
        status = _unfold_body(req, environ)
        if status:
            return status
    req._reset_output()
    if req._filters is not None:
        req._delegated = application(environ, _through_filters(req))
        return DONE
    ruled = config.head is not None
    extra = [] if ruled else [checked(name, value) for name, value in req.err_headers_out.items()]

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        req._status = int(status[:3])
        if ruled:
            headers = header_rules.of_application(req, headers)
        req._server_write = req._start_response(status, headers + extra, *([exc_info] if exc_info else []))
        return req._server_write

    req._delegated = application(environ, start_response)
    return DONE
