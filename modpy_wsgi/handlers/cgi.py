"""The handler mod_python.cgihandler: Python scripts written for CGI run in this process (manual 6.2).

Law: a script sees what it would see as a program of its own, as far as one process can show it, and leaves nothing
behind: its modules, variables and streams are gone when it ends. What no process can keep apart is told in docs/cgi.md.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from typing import IO, TYPE_CHECKING, Any

from ..cgi import answer as programs
from ..cgi.body import Lost, spooled
from ..cgi.complaints import Complaints
from ..cgi.environment import encoded, put_variables
from ..cgi.gate import GATE
from ..cgi.scripts import Script, script_at
from ..cgi.stand_ins import RUNNING, as_server, install, put_back
from ..cgi.streams import Output, Printed, error_stream, input_stream
from ..config.directives import python
from ..constants import (
    APLOG_WARNING,
    HTTP_INTERNAL_SERVER_ERROR,
    HTTP_MOVED_TEMPORARILY,
    HTTP_NOT_FOUND,
    HTTP_NOT_MODIFIED,
    HTTP_SERVICE_UNAVAILABLE,
    OK,
)
from ..dispatch import just_seen
from ..errors import SERVER_RETURN
from ..log import log_exception
from ..request_output import ClientGone

if TYPE_CHECKING:
    from ..interpreter import Interpreter
    from ..request import mp_request
    from ..stamps import FileStatus

__all__ = ["MODE", "handler"]

MODE = "modpy_wsgi.cgi.mode"  # the PythonOption: "in-process", or "subprocess" for a process of its own
MODES = ("in-process", "subprocess")
_NAME = "mod_python.cgihandler"
_OWN_SUFFIXES = (".cgi", ".pyw")  # beside .py: of files that may be scripts themselves

install()  # with the first import, which is of the first site that has a cgihandler


def handler(req: mp_request) -> int:
    """The PythonHandler mod_python.cgihandler. Returns apache.OK, or the status that is to be answered."""
    file, found = _script_file(req)
    mode = (req._config.settings[python.PYTHON_OPTIONS].get(MODE) or MODES[0]).lower()
    if mode == "subprocess":
        return programs.run(req, [_python(), file], os.path.dirname(file), variables=_variables_of_original(req))
    if mode not in MODES:
        req.log_error(f"PythonOption {MODE} {mode}: none of {', '.join(MODES)}")
        return HTTP_INTERNAL_SERVER_ERROR
    interpreter: Interpreter = req._interpreter
    return _run(req, script_at(file, found, interpreter), interpreter)


def _script_file(req: mp_request) -> tuple[str, FileStatus]:
    """The script that a request means: the file; or, as in the original, that of the name with .py in its place.

    Raises SERVER_RETURN(404).
    """
    filename, found = req.filename or "", just_seen(req)
    named = _named(req)
    if named is not None and named != filename and (req._main is None or named != _named(req._main)):  # not the page's
        filename, found = named, None
    if found is None or not filename.endswith(".py"):
        directory, _, name = filename.rpartition("/")
        stem, suffix = os.path.splitext(name)
        for each in (f"{directory}/{stem}.py", filename if suffix in _OWN_SUFFIXES or not suffix else ""):
            try:
                looked = os.stat(each) if stem and each else None
            except (OSError, ValueError):
                looked = None
            if looked is not None and stat.S_ISREG(looked.st_mode):
                return each, looked
        raise SERVER_RETURN(HTTP_NOT_FOUND)
    if not stat.S_ISREG(found.st_mode):
        raise SERVER_RETURN(HTTP_NOT_FOUND)
    return filename, found


def _named(req: mp_request) -> str | None:
    """The script that a handler before has named in req.subprocess_env."""
    variables = req._known_variables
    return None if variables is None else variables.get("SCRIPT_FILENAME")


def _python() -> str:
    """The interpreter as a program: sys.executable is uWSGI's own under uWSGI."""
    name = os.path.basename(sys.executable or "")
    return sys.executable if name.startswith("python") else os.path.join(sys.exec_prefix, "bin", "python3")


def _variables_of_original(req: mp_request) -> dict[str, str]:
    """What the original's environment has beside the variables of CGI, or in their place (reference section 3)."""
    made = {"GATEWAY_INTERFACE": "Python-CGI/1.1", "REQUEST_URI": req.uri}
    authorization = req.headers_in.get("authorization")
    if authorization is not None:
        made["HTTP_AUTHORIZATION"] = authorization
    return made


def _owe_variables(req: mp_request, length: int | None) -> None:
    """See to it that req.subprocess_env has the variables of CGI, at the latest when somebody looks there."""

    def put(req: mp_request) -> None:
        as_server(put_variables, req, length, _variables_of_original(req))

    if req._known_variables is None:
        req._variables_due = put
    else:
        put(req)


def _is_last(req: mp_request) -> bool:
    """Whether no code of the site's comes after the script, which could change what its variables are made of."""
    calls, plan = req._calls, req._config.plan
    return (
        bool(calls)
        and calls[-1].module == _NAME  # and no handler that calls this one
        and req._call_index == len(calls) - 1
        and plan is not None
        and not plan.closing
        and req._cleanups is None
        and req._added is None
        and req._filters is None
        and req._prev is None
        and req._main is None
    )


class _Running:
    """One script at work: what it finds in sys and os."""

    environ: dict[bytes, bytes]

    def __init__(self, req: mp_request, file: str, names: dict[str, Any], body: IO[bytes] | None) -> None:
        self._req = req
        self._body = body
        self.file = file
        self.names = names
        self.argv = [file]
        self.replaced: dict[str, Any] = {}
        self.output = Output(req)
        self.stdout = Printed(self.output)

    def __getattr__(self, name: str) -> Any:
        if name == "environ":  # these are made when first asked for
            self.environ = as_server(encoded, self._req)
        elif name == "stdin":
            self.stdin = input_stream(self._req, self._body)
        elif name == "stderr":
            self._complaints = Complaints(_teller(self._req, self.file))
            self.stderr = error_stream(self._complaints)
        else:
            raise AttributeError(name)
        return self.__dict__[name]

    def end(self) -> None:
        """Let all that was written arrive, by whatever the script has put in the place of its streams."""
        if "stdout" in self.replaced:
            self.output.ending = True
            _flush(self.replaced["stdout"])
        self.stdout.end()
        self.tell()

    def tell(self) -> None:
        """Let the log have what the script has complained of."""
        if "stderr" in self.replaced:
            _flush(self.replaced["stderr"])
        if "stderr" in self.__dict__:
            _flush(self.stderr)
            self._complaints.end()


def _teller(req: mp_request, file: str) -> Callable[[str], None]:
    """What puts a line of a script's into the error log."""
    return lambda line: req._application.log_request(req, f"AH01215: stderr from {file}: {line}")


def _flush(stream: Any) -> None:
    """Flush a stream that a script may have closed, detached or made itself."""
    try:
        flush = stream.flush
    except (AttributeError, ValueError):
        return
    try:
        flush()
    except ValueError:  # it is closed, or detached
        return


def _run(req: mp_request, script: Script, interpreter: Interpreter) -> int:
    body: IO[bytes] | None = None
    length = None
    try:
        if req._environ.get("HTTP_TRANSFER_ENCODING") and not req._environ.get("CONTENT_LENGTH"):
            body, length = spooled(req)
        _owe_variables(req, length)
        running = _Running(req, script.file, _namespace(script.file, interpreter), body)
        directory = os.path.dirname(script.file)
        if not GATE.enter(directory, script.alone, programs.time_limit(req)):
            req.log_error(f"other scripts were not done in time for {script.file}")
            return HTTP_SERVICE_UNAVAILABLE
        try:
            _execute(req, script, interpreter, directory, running)
        finally:
            GATE.leave()
    except Lost as error:
        req.log_error(str(error))
        return error.status
    finally:
        if body is not None:
            body.close()
        if not _is_last(req):
            req._settle_variables()
    return _result(req, running.output)


def _execute(req: mp_request, script: Script, interpreter: Interpreter, directory: str, running: _Running) -> None:
    """Run the script's code. Raises what it raises, but for SystemExit."""
    pid = os.getpid()
    token = RUNNING.set(running)
    status: object = 0
    try:
        with interpreter.for_script(directory) as loaded:
            try:
                exec(script.code, running.names)  # noqa: S102 - that is what the handler is for
            except SystemExit as stop:
                status = stop.code
            except (SERVER_RETURN, ClientGone):
                raise
            except Exception as error:
                if not callable(running.replaced.get("excepthook")):
                    raise
                _show(req, script, running, error)
            if loaded:
                script.alone = True
        _report(req, running, status)
        running.end()
    except BaseException:
        running.tell()
        raise
    finally:
        if os.getpid() != pid:  # the script has forked, and this is the child, which has nobody to answer
            os._exit(status if isinstance(status, int) else 1)
        RUNNING.reset(token)
        put_back()


def _namespace(file: str, interpreter: Interpreter) -> dict[str, Any]:
    return {"__name__": "__main__", "__file__": file, "__doc__": None, "__package__": None, "__spec__": None,
            "__loader__": None, "__builtins__": interpreter.builtins}  # fmt: skip


def _show(req: mp_request, script: Script, running: _Running, error: Exception) -> None:
    """Let the script's own excepthook (cgitb's) show an error, which is logged as well."""
    log_exception(req.server._log, f"PythonHandler mod_python.cgihandler: {script.file}", error)
    traceback = error.__traceback__
    own = traceback.tb_next if traceback is not None else None  # without the frame of this module
    running.replaced["excepthook"](type(error), error, own)


def _report(req: mp_request, running: _Running, status: object) -> None:
    """What sys.exit() was given: a text is a complaint, a number the status of a program."""
    if status is None or status == 0:
        return
    if not isinstance(status, int):
        running.stderr.write(f"{status}\n")
        status = 1
    req._application.log_request(req, f"the program ended with status {status}: {running.file}", APLOG_WARNING)


def _result(req: mp_request, output: Output) -> int:
    """What the script's head makes of the request."""
    unfinished = output.unfinished
    if unfinished is not None:
        req.log_error(unfinished)
        return HTTP_INTERNAL_SERVER_ERROR
    if output.status == HTTP_NOT_MODIFIED:
        req._status = output.status
        return OK
    if output.status != OK:
        return output.status
    if output.location is None:
        if req._more_to_say and req._server_write is None and req._held:
            del req.headers_out["Content-Length"]  # the true length is known, and a script may have counted letters
        return OK
    if output.location.startswith("/"):
        programs.local_redirect(req, output.location)
        return OK
    return HTTP_MOVED_TEMPORARILY
