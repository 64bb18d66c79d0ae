"""The phases before a file is known: post read request, translate, and the walk to the file.

Law: what holds for a request is decided here once: the Location that answers without a file, or the file's own place.
"""

from __future__ import annotations

from . import constants
from .config.resolve import HostConfig
from .constants import DECLINED, OK
from .environ import normalise
from .errors import BadRequest
from .finfo import mp_finfo
from .httpd import translate, variables
from .httpd.walk import walk
from .phases import INIT, POST_READ_REQUEST, TRANS
from .plan import run_phase
from .request import mp_request

__all__ = ["locate", "walk_now"]


def locate(req: mp_request) -> int:
    """The phases before a file is known: post read request, translate, and the walk to the file."""
    target = req._target
    if target.eventful:
        return _step_by_step(req, target)
    return _find_file(req, target)


def _step_by_step(req: mp_request, target: translate.Target) -> int:
    host = req._host
    if target.uri == "*":  # OPTIONS * asks for the server as a whole
        return constants.DONE
    if host.has_early_work:
        variables.of_server(req)
    if host.has_early_handlers:
        status = _run_early(req, host)
        if status:
            return status
        if req._uri != target.uri:
            target = translate.target_of(host, req._uri)
        if req._filename is not None:
            _take_walk(req, normalise(req._filename), target)  # a handler's: it may be anything
            return OK
    if target.redirects:
        status = translate.redirection(req, target.redirects)
        if status:
            return status
    return _find_file(req, target)


def _find_file(req: mp_request, target: translate.Target) -> int:
    if target.config is not None:
        req._config = target.config
        req._translated = target.filename
        return OK
    if target.handler is not None:
        req._handler = target.handler
    _take_walk(req, target.filename, target)
    return OK


def _run_early(req: mp_request, host: HostConfig) -> int:
    """PostReadRequest (with Init of the server's level) and Trans. Returns OK, or what ends the request."""
    config = req._config
    for phase in (INIT, POST_READ_REQUEST) if req._main is None else ():
        result = run_phase(req, phase, config)
        if result not in (OK, DECLINED):
            return result
    result = run_phase(req, TRANS, config)
    if result == DECLINED:
        req._filename = None
        return OK
    if result == OK and req._filename is None:
        req._application.log_request(req, f"PythonTransHandler returned OK without setting req.filename: {req.uri}")
        return constants.HTTP_NOT_FOUND
    return result


def _take_walk(req: mp_request, filename: str, target: translate.Target) -> None:
    """Look for the file, and for what holds there."""
    known = target.known if filename is target.filename else 0
    req._filename, req._path_info, req._stat, directory = walk(req._host, filename, known)
    if req._path_info and not known and req._stat is not None and filename is target.filename:
        target.known = len(req._filename)
    name = req._filename[len(directory.path) :]
    exists = req._stat is not None and not req._path_info if name else filename[-1] == "/"
    req._config = directory.config(name, target.location, exists)


def walk_now(req: mp_request) -> None:
    """Look for the file of a request whose <Location> answers without one, because its handler wants to know.

    What is found is only shown: no Directory or Files section was asked whether this file may be served.
    """
    filename, req._translated = req._translated, None
    assert filename is not None
    try:
        req._filename, req._path_info, found, _ = walk(req._host, filename)
        req._finfo = mp_finfo(req._filename, found)
    except BadRequest as error:
        req._application.log_request(req, str(error))
