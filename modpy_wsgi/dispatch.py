"""Runs one phase's Python handlers: name -> module -> object -> result -> status.

Law: a handler's result is an int or the handler is wrong; a handler that raises is logged with its phase and its name,
and answered with 500 (with the traceback where PythonDebug says so). What a phase makes of the results stands in the
table of phases. Sources: manual 4.2, 5.1; what the original does with odd results was observed on it.
"""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING, Any

from .config.directives.core import SERVER_ROOT
from .config.directives.python import IMPORTER_PATH, PYTHON_OPTIONS, HandlerRef
from .config.patterns import Regex
from .config.request_config import RequestConfig
from .constants import DECLINED, DONE, HTTP_INTERNAL_SERVER_ERROR, OK
from .environ import decode, encode
from .errors import SERVER_RETURN, HandlerError, ends_greenlet
from .import_traceback import without_import_frames
from .interpreter import Interpreter
from .markup import escape
from .module_space import SPACES
from .phases import BY_DIRECTIVE, CLEANUP, HANDLER, LOG, Phase

if TYPE_CHECKING:
    from .request import mp_request
    from .stamps import FileStatus

__all__ = ["Call", "add_handler", "calls_for", "file_named", "just_seen", "run_handlers"]

# Handlers that are no code of the site themselves, and ask just_seen() before they run some.
_STANDARD = frozenset({"mod_python.cgihandler", "mod_python.psp", "mod_python.publisher"})
_AT_THE_END = (HANDLER.directive, LOG.directive, CLEANUP.directive)


class Call:
    """A handler ready to be called: its name taken apart once."""

    __slots__ = (
        *("_phase", "_prepared", "before_site", "directory", "file", "first_of_site"),
        *("handler", "is_location", "module", "name", "path", "silent"),
    )

    def __init__(self, handler: Any, phase: Phase, directory: str | None, *, silent: bool, is_location: bool) -> None:
        self.handler = handler  # "module", "module::object.path" (the module's file, too), or a callable
        self.directory = directory
        self.silent = silent
        self.is_location = is_location
        self.module, mark, path = (handler if isinstance(handler, str) else "").partition("::")
        self.name, *self.path = (path if mark else phase.function).split(".")
        self.file = file_named(self.module, None if is_location else directory)
        self._phase = phase
        self._prepared: Interpreter | None = None  # whose path has been seen to
        # Whether nothing of the site runs between the look at the request's file and this call; one of both is true
        # then, and none where nobody knows.
        self.first_of_site = False  # the handler is the site's
        self.before_site = False  # it is a standard one, which has not run anything of the site yet

    @classmethod
    def of(cls, ref: HandlerRef, phase: Phase, filename: str | None) -> Call:
        """The call for a configured handler; `filename` tells which directory a pattern stands for."""
        directory = ref.directory if ref.pattern is None else _folder_found(ref.pattern, filename or "")
        return cls(ref.name, phase, directory or ref.location, silent=ref.silent, is_location=ref.location is not None)

    def find(self, req: mp_request, interpreter: Interpreter, config: RequestConfig) -> Any:
        """The object to call; _ABSENT if it is missing and may be. Imports and reloads its module where due."""
        if self._prepared is not interpreter:
            if not self.module:
                return self._own()
            self._prepare(interpreter, config)
        module = None
        if self.file is None:
            known = interpreter.known  # bound once for all; so called it is no method to be looked for
            if self.first_of_site and req._fresh:  # the file is often the module's own: no need to look once more
                module = known(self.module, config.auto_reload, req._stat, req._filename)
            else:
                module = known(self.module, config.auto_reload)
        if module is None:
            module = interpreter.load(self.file or self.module, autoreload=config.auto_reload)
        try:
            found = getattr(module, self.name)
        except AttributeError:
            if self.silent:
                return _ABSENT
            raise AttributeError(f"module {self.module!r} contains no {self.name!r}") from None
        if self.path:  # few have one, and a loop over nothing is work for each request
            for name in self.path:
                if isinstance(found, type):
                    found = found(req)
                found = getattr(found, name)
        return found

    @property
    def shown(self) -> str:
        """The handler's name for the log; a callable's own, as its repr is the site's code and may fail."""
        if isinstance(self.handler, str):
            return self.handler
        own = getattr(self.handler, "__qualname__", None)
        return own if isinstance(own, str) else type(self.handler).__qualname__

    def _prepare(self, interpreter: Interpreter, config: RequestConfig) -> None:
        """See to it that the interpreter's path leads to the module."""
        if config.python_path is not None:
            interpreter.set_python_path(config.python_path)
        elif self.directory is not None and not self.is_location:
            interpreter.prepend(self.directory)
        importer_path = config.settings[PYTHON_OPTIONS].get(IMPORTER_PATH)
        if importer_path:
            interpreter.add_importer_path(importer_path, None if self.is_location else self.directory)
        if self.file is not None:
            interpreter.prepend(os.path.dirname(self.file))
        if self._phase is HANDLER and self._comes_first(config):
            self.before_site = self.module in _STANDARD and self.name == "handler" and not self.path
            self.first_of_site = not self.before_site
        self._prepared = interpreter

    def _comes_first(self, config: RequestConfig) -> bool:
        """Whether no handler of a phase before is configured, and none in front of this one.

        Nobody else could add one either.
        """
        if not all(key.startswith(_AT_THE_END) for key, refs in config.handlers.items() if refs):
            return False
        return any(calls and calls[0] is self for calls in config.plan.calls.values())

    def _own(self) -> Any:
        """The handler itself: a callable that was added to a request."""
        if not callable(self.handler):
            raise HandlerError("the handler has no name")
        return self.handler


_ABSENT = object()


def _folder_found(pattern: Regex, filename: str) -> str | None:
    """The folder that the pattern of a section means for a file: the outermost one on the way there that it finds.

    With a slash at the end; it may be found with it and without (observed on the original). None if there is none.
    """
    text = encode(filename)
    at = text.find("/")
    while at >= 0:
        if pattern.search(text[: at + 1]) or pattern.search(text[:at]):
            return decode(text[: at + 1])
        at = text.find("/", at + 1)
    return None


def file_named(module: str, directory: str | None = None) -> str | None:
    """The file that a module is given as: "/srv/lib/shop.py", or from the directive's directory "~/shop.py", "../shop".

    None for a name, and for what no directory belongs to. mod_python 3.3 took both.
    """
    if "/" not in module:
        return None
    file = module if module.endswith(".py") else f"{module}.py"
    if file[0] == "/":
        return os.path.normpath(file)
    if directory is None or not file.startswith(_BESIDE):
        return None
    return os.path.normpath(os.path.join(directory, file.removeprefix("~/")))


_BESIDE = ("~/", "./", "../")


def key_for(req: mp_request, phase: Phase, config: RequestConfig) -> str:
    """Which of a phase's configured handlers are the request's: the directive, with an extension if it has its own."""
    plan = config.plan
    key = phase.directive
    if plan.by_extension and phase.by_extension and req._filename:
        _, dot, extension = req._filename.rpartition("/")[2].partition(".")
        if dot and f"{key}.{extension}" in plan.calls:
            req._extension = f".{extension}"
            return f"{key}.{extension}"
    return key


def calls_for(req: mp_request, phase: Phase, config: RequestConfig) -> tuple[Call, ...]:
    """The handlers of a phase for this request: those for its extension, else the plain ones; then the added ones."""
    plan = config.plan
    key = key_for(req, phase, config)
    if plan.patterns:
        calls = tuple([Call.of(ref, phase, req._filename) for ref in config.handlers.get(key, ())])
    else:
        calls = plan.calls.get(key, ())
    added = req._added
    if added is not None and phase.directive in added:
        calls += tuple(added[phase.directive])
    return calls


def just_seen(req: mp_request) -> FileStatus | None:
    """What was seen of the request's file, if nothing of the site can have run since; else None.

    For standard handlers, which run something of the site as soon as they know it; so it is told once. The site's own
    handlers, and what they run, may call them as well. Of handlers that are the site's own, Call.find knows it.
    """
    calls = req._calls
    if not (req._fresh and calls and calls[0].before_site) or req._call_index:
        return None
    req._fresh = False
    return req._stat


def run_handlers(req: mp_request, phase: Phase, calls: tuple[Call, ...], config: RequestConfig) -> int:
    """Run a list of handlers. Returns the last result: OK, DECLINED, DONE or a status to answer with."""
    outer = (req._phase, req._calls, req._call_index, req._interpreter) if req._calls else None
    req._phase = phase
    req._calls = calls
    goes_on = phase.goes_on
    result: Any = DECLINED
    index = req._call_index = 0
    # A handler may add another to the list that runs, and leave out the next (req.hlist).
    while index < len(req._calls):
        call = req._calls[index]
        active = None
        try:
            interpreter = req._interpreter = config.interpreter or req._application.interpreter(req, config, call)
            if SPACES:  # else there is one interpreter, and nobody need say that it is this one
                active = interpreter.activate()
            handler = call.find(req, interpreter, config)
            if handler is _ABSENT:
                result = DECLINED
            elif config.debugger and req._application.one_process:
                import pdb  # large, and wanted with a terminal only

                result = pdb.runcall(handler, req)
            else:
                result = handler(req)
            if type(result) is not int:
                raise AssertionError(_no_int(result))
        except SERVER_RETURN as stop:
            result = _stopped(req, stop, call, config, phase)
        except BaseException as error:
            if ends_greenlet(error):
                raise
            result = _failed(req, error, call, config, phase)
        finally:
            if active is not None:
                interpreter.deactivate(active)
        if result not in goes_on:
            break
        index = req._call_index = req._call_index + 1
    if outer is not None:
        req._phase, req._calls, req._call_index, req._interpreter = outer
    else:
        req._calls = ()
    return result  # type: ignore[no-any-return]


def _no_int(result: Any) -> str:
    return (
        "Handler has returned result or raised SERVER_RETURN\nexception with argument having non integer type. "
        f"Type of value returned\nwas {type(result)}, whereas expected {int}."
    )


def _stopped(req: mp_request, stop: SERVER_RETURN, call: Call, config: RequestConfig, phase: Phase) -> int:
    """SERVER_RETURN(result) or SERVER_RETURN(result, status)."""
    args = stop.args
    if args and args[0].__class__ is int:
        if len(args) == 2 and args[1]:
            try:
                req.status = args[1]
            except TypeError as error:
                return _failed(req, error, call, config, phase)
        return int(args[0])
    wrong: Exception = AssertionError(_no_int(args[0])) if args else HandlerError("SERVER_RETURN without a result")
    wrong.__traceback__ = stop.__traceback__
    wrong.__suppress_context__ = True
    return _failed(req, wrong, call, config, phase)


def _failed(req: mp_request, error: BaseException, call: Call, config: RequestConfig, phase: Phase) -> int:
    """Log a handler's exception; where PythonDebug says so, show it to the client."""
    where = f"{phase.directive} {call.shown}"
    req._application.log_exception(req, where, error)
    if not config.debug or phase is CLEANUP or req.connection.aborted:
        return HTTP_INTERNAL_SERVER_ERROR
    title = escape(where, quote=False)
    import traceback  # which brings tokenize and textwrap, for who has errors

    lines = traceback.format_exception(type(error), error, without_import_frames(error.__traceback__))
    page = "".join([f"{escape(line)}\n" for line in lines])
    req._status = HTTP_INTERNAL_SERVER_ERROR  # for a log, if the head was sent before
    req._content_type = "text/html"
    try:
        shown = f'\n<pre>\nMod_python error: "{title}"\n\n{page}</pre>\n'
        req._say(shown.encode("utf-8", "backslashreplace"), 1)
    except (OSError, HandlerError):
        return HTTP_INTERNAL_SERVER_ERROR
    return DONE


def add_handler(req: mp_request, directive: str, handler: Any, directory: str | None) -> None:
    """What req.add_handler does: at the end of the running list if it is that phase's, else for when it comes."""
    phase = BY_DIRECTIVE.get(directive)
    if phase is None or not phase.dynamic:
        raise ValueError(f"{directive!r} is not a phase that takes handlers")
    if not isinstance(handler, str) and not callable(handler):
        raise TypeError(f"the handler must be str or callable, not {type(handler).__name__}")
    if directory is not None and not isinstance(directory, str):
        raise TypeError(f"the directory must be str, not {type(directory).__name__}")
    is_location = False
    if directory is None and req._call_index < len(req._calls):
        current = req._calls[req._call_index]
        directory, is_location = current.directory, current.is_location
    elif directory is not None:  # as that of a section (observed on the original)
        root = req._application.site.main.settings[SERVER_ROOT]
        directory = posixpath.normpath(posixpath.join(root, directory)).rstrip("/") + "/"
    call = Call(handler, phase, directory, silent=False, is_location=is_location)
    if req._calls and req._phase is phase:
        req._calls = (*req._calls, call)
        return
    if req._added is None:
        req._added = {}
    req._added.setdefault(directive, []).append(call)


assert OK == 0  # the phases' steps go on at a false result
