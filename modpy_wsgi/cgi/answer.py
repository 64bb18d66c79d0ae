"""The handler cgi-script: a program answers the request, as under mod_cgi.

Law: a program runs only where Options ExecCGI or a ScriptAlias says so, and what is not run is never sent. Whatever
becomes of the request, nothing of the program is left running. Sources: RFC 3875, and mod_cgi as observed
(tests/oracle/cases/cgi.py).
"""

from __future__ import annotations

import errno
import html
import os
import signal
import stat
from typing import IO, TYPE_CHECKING, Any

from ..config.directives import cgi, python
from ..config.request_config import RequestConfig
from ..constants import (
    AP_REQ_REJECT_PATH_INFO,
    APLOG_WARNING,
    HTTP_FORBIDDEN,
    HTTP_GATEWAY_TIME_OUT,
    HTTP_INTERNAL_SERVER_ERROR,
    HTTP_MOVED_TEMPORARILY,
    HTTP_NOT_FOUND,
    HTTP_NOT_MODIFIED,
    HTTP_OK,
    OK,
)
from ..errors import SERVER_RETURN, ShortBody
from ..request_output import BUFFER
from . import head, nph
from .arguments import ARGUMENTS, arguments
from .body import Body, Lost, spooled
from .complaints import Complaints
from .environment import environment
from .exchange import Exchange, TimedOut
from .program import Program
from .script_log import ScriptLog

if TYPE_CHECKING:
    from ..request import mp_request

__all__ = ["answer", "local_redirect", "run", "time_limit"]

WHOLE = 0.02  # seconds to wait for the end of a short answer, so that it can be sent as one piece with its length
DROPPED = 1 << 24  # bytes of an output that nobody wants, after which its program is stopped
LONGEST = 2_000_000.0  # seconds, some three weeks: poll() counts milliseconds, 31 bits of them
LINGERS = 0.1  # seconds that a program may go on once its output is closed, before the request is done without it


def answer(req: mp_request, config: RequestConfig) -> int:
    """Let the file of the request answer as a program. Returns OK or DONE when the answer stands, else a status."""
    status, why = _refusal(req, config)
    if status:
        number, _, text = why.partition(": ")
        req._application.log_request(req, f"{number}: stderr from {req.filename}: {text}")
        log = ScriptLog.of(req)
        if log is not None:
            log.error(status, text)
        return status
    filename = req._filename
    assert filename is not None
    directory = os.path.dirname(filename)
    command = [filename]
    if (config.settings[python.PYTHON_OPTIONS].get(ARGUMENTS) or "").lower() == "on":
        command += arguments(req.args)
    return run(req, command, directory, is_nph=os.path.basename(filename).startswith("nph-"))


def _refusal(req: mp_request, config: RequestConfig) -> tuple[int, str]:
    """Why no program is run, and the status to say it with; (0, "") if one is."""
    found = req._stat
    if "ExecCGI" not in config.options and not req._script_aliased:
        return HTTP_FORBIDDEN, "AH02809: Options ExecCGI is off in this directory"
    if found is None:
        return HTTP_NOT_FOUND, "AH02811: script not found or unable to stat"
    if stat.S_ISDIR(found.st_mode):
        return HTTP_FORBIDDEN, "AH02812: attempt to invoke directory as script"
    if req._path_info and req._used_path_info == AP_REQ_REJECT_PATH_INFO:
        return HTTP_NOT_FOUND, "AH02813: AcceptPathInfo off disallows user's path"
    return OK, ""


def run(
    req: mp_request,
    command: list[str],
    directory: str,
    *,
    is_nph: bool = False,
    variables: dict[str, str] | None = None,
) -> int:
    """Run a program for a request; `variables` are put over its environment. As `answer` returns."""
    file: IO[bytes] | None = None
    length = None
    try:
        if req._environ.get("HTTP_TRANSFER_ENCODING") and not req._environ.get("CONTENT_LENGTH"):
            file, length = spooled(req)
        elif req._left is None:
            req._open_body()
        body = Body(req) if req.remaining else None
        return _talk(req, command, directory, body, file, length, is_nph, variables)
    except Lost as error:
        req._application.log_request(req, str(error))
        return error.status
    except SERVER_RETURN as stop:  # of a body that must not be read, or of a program that has to be given up
        return int(stop.args[0])
    finally:
        if file is not None:
            file.close()


def _talk(
    req: mp_request,
    command: list[str],
    directory: str,
    body: Body | None,
    file: IO[bytes] | None,
    length: int | None,
    is_nph: bool,
    variables: dict[str, str] | None,
) -> int:
    log = ScriptLog.of(req)
    env = environment(req, length, variables)
    try:
        program = Program(command, env, directory, file if file is not None else body is not None)
    except (OSError, ValueError) as error:
        return _not_started(req, command, error, log)
    told: list[str] = []
    tell = told.append if log is not None else _teller(req)
    exchange = Exchange(program, body, Complaints(tell), time_limit(req))
    done = False
    try:
        status = _answer_with(req, exchange, is_nph, log, told)
        done = True
        return status
    finally:
        exchange.close()
        _end(req, program, exchange, done)
        if done and log is not None:  # which tells of failures only
            for line in told:
                _teller(req)(line)


def time_limit(req: mp_request) -> float:
    """For how many seconds nothing may come from a program: CGIScriptTimeout, without it or with 0 the Timeout."""
    return min(req._config.settings[cgi.SCRIPT_TIMEOUT] or req.server.timeout, LONGEST)


def _teller(req: mp_request) -> Any:
    """What puts a line of a program's into the error log."""
    where = req.filename

    def tell(line: str) -> None:
        req._application.log_request(req, f"AH01215: stderr from {where}: {line}")

    return tell


def _not_started(req: mp_request, command: list[str], error: Exception, log: ScriptLog | None) -> int:
    code = getattr(error, "errno", None)
    reason = os.strerror(code) if code else str(error)
    what = f"AH01215: stderr from {req.filename}: ({code or 0}){reason}: exec of '{command[0]}' failed"
    hint = ""
    if code == errno.ENOENT and os.path.exists(command[0]):
        hint = " (its #! line names a program that is not there, or ends in a carriage return)"
    elif code == errno.ENOEXEC:
        hint = " (it has no #! line)"
    req._application.log_request(req, f"{what}{hint}")
    return _failed(req, f"End of script output before headers: {_name(req)}", log, b"", [])


def _failed(req: mp_request, why: str, log: ScriptLog | None, output: bytes | bytearray, told: list[str]) -> int:
    """The answer to a program that has not given one. A page for the error finds the reason in REDIRECT_ERROR_NOTES."""
    status = HTTP_INTERNAL_SERVER_ERROR
    req._application.log_request(req, why)
    if "error-notes" not in req.notes:
        req.notes["error-notes"] = html.escape(why, quote=False).replace('"', "&quot;")
    if log is not None:
        log.script(status, output, told)
    return status


def _name(req: mp_request) -> str:
    return (req._filename or "").rpartition("/")[2]


def _answer_with(req: mp_request, exchange: Exchange, is_nph: bool, log: ScriptLog | None, told: list[str]) -> int:
    """Read the head, and send what follows it."""
    found: head.Head | None = None
    reader = nph.Reader() if is_nph else head.Reader()
    try:
        while found is None:
            more = exchange.read()
            if not more:
                exchange.finish(LINGERS)
                what = (
                    "Premature end of script headers" if b"\n" in reader.said else "End of script output before headers"
                )
                raise _Abandoned(_failed(req, f"{what}: {_name(req)}", log, reader.said, told))
            found = reader.feed(more)
        status = nph.apply(req, found.lines) if is_nph else head.apply(req, found.lines)
    except head.BadHead as error:
        exchange.finish(0.0)
        why = f"malformed header from script '{_name(req)}': {error}"
        raise _Abandoned(_failed(req, why, log, reader.said, told)) from None
    except TimedOut:
        exchange.finish(0.0)
        req._application.log_request(req, f"AH01220: Timeout waiting for output from CGI script {req.filename}")
        if log is not None:
            log.script(HTTP_GATEWAY_TIME_OUT, reader.said, told)
        raise _Abandoned(HTTP_GATEWAY_TIME_OUT) from None
    if status:
        _drain(exchange)
        if status == HTTP_NOT_MODIFIED:
            req._status = status
            return OK
        if log is not None:
            log.script(status, reader.said, told)
        return status
    location = req.headers_out.get("Location") if req._status == HTTP_OK and not is_nph else None
    if location is not None:
        _drain(exchange)
        if location.startswith("/"):
            local_redirect(req, location)
            return OK
        return HTTP_MOVED_TEMPORARILY
    _send(req, exchange, found.rest)
    return OK


class _Abandoned(SERVER_RETURN):  # type: ignore[misc, unused-ignore]  # run() answers with its status
    """The program is to be stopped, and the request answered with this status."""


def _send(req: mp_request, exchange: Exchange, data: bytes) -> None:
    """Hand the body on as it comes; a short one whole.

    The length that the program gives counts only where the true one is not known, and not less: a program may have
    counted letters.
    """
    given = req.headers_out.get("Content-Length")
    del req.headers_out["Content-Length"]
    if given is not None and not (given.isascii() and given.isdigit() and len(given) < 19):
        given = None
    left = DROPPED
    try:
        while True:
            if req._bodiless:  # the answer to HEAD
                left -= len(data)
                if left < 0:
                    return
            if req._server_write is None:
                if given is not None and int(given) < req._held_bytes + len(data):
                    given = None
                if given is not None and req._held_bytes + len(data) >= BUFFER:
                    req.headers_out["Content-Length"] = given
                req._say(data)
                more = exchange.read(WHOLE)
            else:
                req._say(data)
                more = exchange.read(0.0)
            if more is None:
                if given is not None and req._server_write is None:
                    req.headers_out["Content-Length"] = given
                req.flush()
                more = exchange.read()
            if not more:
                break
            data = more
    except TimedOut:
        message = f"AH01220: Timeout waiting for output from CGI script {req.filename}"
        req._application.log_request(req, message)
        raise ShortBody(message) from None
    if given is not None and req._method == "HEAD" and req._server_write is None and not req._held_bytes:
        req.headers_out["Content-Length"] = given  # it left the body out


def _drain(exchange: Exchange) -> None:
    """Let a program that nobody listens to any more come to its end, if that comes soon."""
    left = DROPPED
    try:
        while left > 0 and (data := exchange.read()):
            left -= len(data)
    except TimedOut:
        raise _Abandoned(HTTP_GATEWAY_TIME_OUT) from None


def local_redirect(req: mp_request, location: str) -> None:
    """Answer with another page of this server, which is asked for with GET and without the body (RFC 3875, 6.2.2)."""
    req._settle_variables()
    environ = dict(req._environ)
    environ["REQUEST_METHOD"] = "HEAD" if req.method == "HEAD" else "GET"
    environ["CONTENT_LENGTH"] = ""
    del req.headers_in["Content-Length"]
    req._application.redirect(req, location, environ, content_type=req._content_type)


def _end(req: mp_request, program: Program, exchange: Exchange, done: bool) -> None:
    """Nothing more is wanted of the program. Its end is to come by itself at once, or it is made an end of."""
    wait = LINGERS if exchange.over else 0.0
    ended = exchange.finish(wait)
    status = program.wait(0.0 if ended or program.watch is not None else wait) if done else None
    if done and status is None:
        if req._cleanups is None:
            req._cleanups = []
        req._cleanups.append((_stop_lingering, (req, program)))
        return
    if status is None:
        status = program.stop()
        if -status in (signal.SIGTERM, signal.SIGKILL):  # as it was told
            return
    if status:
        _tell_status(req, status)


def _stop_lingering(given: tuple[mp_request, Program]) -> None:
    """End a program that went on without an output; the client has its answer by now."""
    req, program = given
    status = program.stop(group=False)
    if status and -status not in (signal.SIGTERM, signal.SIGKILL):
        _tell_status(req, status)


def _tell_status(req: mp_request, status: int) -> None:
    what = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
    req._application.log_request(req, f"the program {what}: {req.filename}", APLOG_WARNING)
