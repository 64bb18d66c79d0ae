"""The phases before a file is known: post read request, translate, and the walk to the file.

Law: what holds for a request is decided here once: the Location that answers without a file, or the file's own place.
"""

from __future__ import annotations

import stat
from stat import S_ISREG

from . import constants, header_rules
from ._fast.look import look
from .config.host_config import HostConfig
from .constants import DECLINED, OK, PYTHON_HANDLERS
from .environ import normalise
from .errors import BadRequest
from .finfo import mp_finfo
from .httpd import files, remoteip, translate, userdir, variables
from .httpd.walk import walk
from .phases import CONNECTION, HANDLER, INIT, POST_READ_REQUEST, TRANS
from .plan import run_phase
from .request import mp_request
from .stamps import FileStatus

__all__ = ["find_entry", "locate", "walk_now"]


def locate(req: mp_request) -> int:
    """The phases before a file is known: post read request, translate, and the walk to the file."""
    target = req._target
    if target.eventful:
        return _step_by_step(req, target)
    if target.config is not None:
        req._config = target.config
        req._translated = target.filename
        return OK
    place = target.place
    if place is not None and not req._redirects and _is_still_there(req, place):
        if target.handler is not None:
            req._handler = target.handler
            req._script_aliased = True
        return OK
    return _find_file(req, target, target.filename)


def find_entry(req: mp_request, filename: str) -> int:
    """Locate a subrequest whose file name is known, from a listing: no translation has a say. Returns OK."""
    _take_walk(req, filename, req._target)
    return OK


def _step_by_step(req: mp_request, target: translate.Target) -> int:
    host = req._host
    if host.guarded and _is_for_handler(req):
        return constants.HTTP_SERVICE_UNAVAILABLE
    if req._bad is not None:
        if req._main is None:
            if host.has_early_headers:
                header_rules.apply_early(req)
            variables.of_server(req)
        raise req._bad
    if target.uri == "*":  # OPTIONS * asks for the server as a whole
        return constants.DONE
    if host.has_early_work and req._main is None:  # a subrequest has what was found out for its main request
        if host.has_early_headers:
            header_rules.apply_early(req)
        if req._prev is None:  # once: read again, from the client on, the header could say more than it may
            remoteip.find_client(req)
        variables.of_server(req)
    if host.has_early_handlers:
        result = _run_early(req, host)
        if result not in (OK, DECLINED):
            return result
        if req._uri != target.uri:
            target = translate.target_of(host, req._uri)
        if result == OK:
            return _go_where_told(req, target)
        if req._uri[:1] != "/":  # as a handler has set it
            return constants.HTTP_BAD_REQUEST
    if target.redirects:
        status = translate.redirection(req, target.redirects, target.early)
        if status:
            return status
    if target.of_user:
        return _find_users_file(req, target)
    return _find_file(req, target, target.filename)


def _is_for_handler(req: mp_request) -> bool:
    """Whether the connection of a request is a PythonConnectionHandler's, and the server did not ask it.

    Under Apache there would be no HTTP at this address, so none of what is behind it may be seen.
    """
    name = req._application.unasked_handler(req) if req._main is None and req._prev is None else None
    if name is None:
        return False
    req._application.log_request(req, f"{CONNECTION.directive} {name}: this server does not ask it, so no HTTP follows")
    return True


def _find_users_file(req: mp_request, target: translate.Target) -> int:
    filename, url = userdir.find(req._host, target.uri)
    if url is not None:
        req.headers_out["Location"] = url
        return constants.HTTP_MOVED_TEMPORARILY
    return _find_file(req, target, target.filename if filename is None else normalise(filename))


def _find_file(req: mp_request, target: translate.Target, filename: str) -> int:
    if target.config is not None:
        req._config = target.config
        req._translated = filename
        return OK
    if target.handler is not None:
        req._handler = target.handler
        req._script_aliased = True
    _take_walk(req, filename, target)
    return OK


def _run_early(req: mp_request, host: HostConfig) -> int:
    """PostReadRequest (with Init of the server's level) and Trans. Returns what Trans says, or what ends the way."""
    config = req._config
    for phase in (INIT, POST_READ_REQUEST) if req._main is None else ():
        result = run_phase(req, phase, config)
        if result not in (OK, DECLINED):
            return result
    result = run_phase(req, TRANS, config)
    if result == DECLINED:
        req._filename = None
    return result


def _go_where_told(req: mp_request, target: translate.Target) -> int:
    """Take the file that a PythonTransHandler has named. Where it names none, only Python handlers may answer: those of
    a <Location> that answers by them, or those that it has added itself. For all else nothing is there.
    """
    if req._filename is not None:
        told = req._path_info
        _take_walk(req, normalise(req._filename), target)  # it may be anything
        req._renamed = False
        if told and not req._path_info and not (req._stat is not None and stat.S_ISDIR(req._stat.st_mode)):
            req._path_info = told
        return OK
    req._config = config = req._host.early(target.uri, fileless=True, by_python=True)
    if target.config is not None or (req._handler in PYTHON_HANDLERS and HANDLER.directive in (req._added or ())):
        return OK
    req._application.log_request(req, f"PythonTransHandler returned OK without setting req.filename: {req.uri}")
    return files.send_file(req, config) or constants.DONE  # without a file: 404, or what a method is answered


def _take_walk(req: mp_request, filename: str, target: translate.Target) -> None:
    """Look for the file, and for what holds there."""
    translated = filename is target.filename
    if not (translated and target.place is not None and _is_still_there(req, target.place)):
        known = target.known if translated else 0
        file, rest, found, directory = walk(req._host, filename, known)
        name = file[len(directory.path) :]
        req._whole = _is_whole(filename, file, rest, found)
        config = directory.config(name, target.location, req._whole)
        req._filename, req._path_info, req._stat, req._config = file, rest, found, config
        if translated and found is not None and stat.S_ISREG(found.st_mode):
            if directory.plain:
                target.place = translate.Place(file, rest, config)
            elif rest:
                target.known = len(file)
    origin = req._main or req._prev
    if origin is None or req._path_info or req._stat is None or _is_without_slash(origin):
        return
    if _folder(origin._filename) == _folder(req._filename):
        req._path_info = None  # where httpd has nothing to walk, and sets nothing (observed)
        _take_over(req, origin, target)


def _is_whole(filename: str, file: str, rest: str, found: FileStatus | None) -> bool:
    """Whether a walk for `filename` has found just that: all of a file's name, a directory with its slash."""
    return filename[-1] == "/" if file[-1] == "/" else found is not None and not rest


def _take_over(req: mp_request, origin: mp_request, target: translate.Target) -> None:
    """Let hold what held for the request before: in the same directory httpd does not walk once more (observed).

    So what <DirectoryMatch> says of a directory is said of its index, and not what it says of the index by its name.
    """
    before, here = origin._config.walk, req._config.walk
    if before is None or here is None or not req._whole or before.directory is not here.directory:
        return
    if before.sections != here.sections:
        name = (req._filename or "")[len(here.directory.path) :]
        req._config = here.directory.config_after(before, name, target.location)


def _is_without_slash(req: mp_request) -> bool:
    """Whether a request is for a directory without its slash: a name in the directory above, to httpd."""
    return not req._whole and req._stat is not None and stat.S_ISDIR(req._stat.st_mode)


def _is_still_there(req: mp_request, place: translate.Place) -> bool:
    """Whether the file of the last look is one still; then the request has it."""
    seen, file = place.seen, place.file
    try:
        found = look(file, seen)
    except (OSError, ValueError):
        return False
    if found is not seen:
        if not S_ISREG(found.st_mode):
            return False
        place.seen = found
    req._place = place
    req._filename = file
    req._path_info = path_info = place.path_info
    req._config = place.config
    req._stat = found
    req._whole = not path_info
    return True


def _folder(filename: str | None) -> str:
    return (filename or "").rpartition("/")[0]


def walk_now(req: mp_request) -> None:
    """Look for the file of a request whose <Location> answers without one, because its handler wants to know.

    What is found is only shown: no Directory or Files section was asked whether this file may be served.
    """
    filename, req._translated = req._translated, None
    assert filename is not None
    try:
        file, rest, found, _ = walk(req._host, filename)
        req._filename, req._path_info, req._whole = file, rest, _is_whole(filename, file, rest, found)
        req._finfo = mp_finfo(file, found)
    except BadRequest as error:
        req._application.log_request(req, str(error))
