"""The functions, objects and constants of mod_python.apache (manual 4.5.1, reference section 3).

Law: what a function does not take as an argument, it takes from the application that the running code belongs to
(current.py); in a process without one, a script or a unit test, it does what can be done without.
"""

from __future__ import annotations

import atexit
import importlib
import os
import sys
from collections.abc import Callable, Iterable
from types import FrameType, ModuleType
from typing import Any

from . import constants
from ._fast.table import table
from .cgi.setting_up import CGIStdin, CGIStdout, give_back, set_up
from .config.directives import core
from .constants import *  # noqa: F403 - they are the module's contents
from .current import application
from .dispatch import run_handlers
from .errors import SERVER_RETURN
from .finfo import stat_file as stat
from .interpreters import interpreter_of_caller
from .log import ErrorLog, log_message
from .processing import Processing, answer
from .server import mp_server

__all__ = [
    "SERVER_ERROR",
    "SERVER_RETURN",
    "CGIStdin",
    "CGIStdout",
    "HStack",
    "NullIO",
    "allow_methods",
    "build_cgi_env",
    "config_tree",
    "exists_config_define",
    "import_module",
    "init",
    "log_error",
    "make_table",
    "mpm_query",
    "register_cleanup",
    "resolve_object",
    "restore_nocgi",
    "server_root",
    "setup_cgi",
    "stat",
    "table",
]
__all__ += constants.APACHE_NAMES

SERVER_ERROR = SERVER_RETURN  # the manual's tutorial (3.2) has it by this name
make_table = table  # obsolete, says the manual

_given: dict[str, Any] = {"interpreter": None, "main_server": None}  # by init(), for processes without an application


def __getattr__(name: str) -> Any:
    """`interpreter`: the name of the caller's interpreter. `main_server`: its main server. None where there is none."""
    if name == "interpreter":
        found = interpreter_of_caller()
        return _given[name] if found is None else found.name
    if name == "main_server":
        app = application()
        return _given[name] if app is None else app.main_server
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def init(name: str | None = None, server: mp_server | None = None) -> None:
    """Say what `interpreter` and `main_server` are in a process without an application.

    In the original the server calls it when it makes an interpreter; here nobody has to.
    """
    _given.update(interpreter=name, main_server=server)


# The log


def _default_log() -> ErrorLog:
    """Where messages go that belong to no server: the main one's log, whose LogLevel does not count (manual 4.5.1)."""
    app = application()
    if app is None:
        return ErrorLog(None, constants.APLOG_WARNING)
    return app.main_server._log.sharing(constants.APLOG_WARNING)


def log_error(message: str | None, level: int = 0, server: mp_server | None = None) -> None:
    """Write a line to the error log of `server`, by its LogLevel; to the default one, up to warnings, if None.

    level: one of apache.APLOG_*; 0 is APLOG_ERR. Raises TypeError for a message that is no text and a server that is
    no server object.
    """
    if server is not None and not isinstance(server, mp_server):
        raise TypeError(f"server must be a server object, not {type(server).__name__}")
    log_message(_default_log() if server is None else server._log, message, level)


# Modules and objects


def import_module(
    module_name: str, autoreload: Any = True, log: Any = False, path: Iterable[str] | None = None
) -> ModuleType:
    """Import a module for the caller's site, or import it again if it has changed; a dotted name gives the leaf.

    autoreload: false to leave a module as it was first imported. log: true for a line in the log about each import.
    path: directories to look in for a module without dots, before those of the site. Raises what the import raises.
    A name with a slash is the path of a file, as in mod_python 3.3: "./" and "../" start at the caller's own file, "~/"
    at the directory of the directive that named the running handler.
    """
    if "/" in module_name:
        module_name = _path_meant(module_name, sys._getframe(1))
    interpreter = interpreter_of_caller()
    if interpreter is None:
        return importlib.import_module(module_name)
    tell = _tell_import if log else None
    file = _file_on_path(module_name, path, interpreter.path) if path else None
    if file is not None:
        return interpreter.load_file(file, autoreload=bool(autoreload), log=tell)
    return interpreter.load(module_name, autoreload=bool(autoreload), log=tell)


def _path_meant(name: str, caller: FrameType) -> str:
    """The path of a module's file that code has named. Raises ModuleNotFoundError outside of a handler for "~/"."""
    if name.startswith(("./", "../")):
        return os.path.join(os.path.dirname(caller.f_globals.get("__file__") or ""), name)
    if not name.startswith("~/"):
        return name
    frame: FrameType | None = caller
    while frame is not None:
        if frame.f_code is run_handlers.__code__:
            call = frame.f_locals["call"]
            if call.directory is not None and not call.is_location:
                return os.path.join(call.directory, name[2:])
        frame = frame.f_back
    raise ModuleNotFoundError(f"{name}: no directory belongs to the running handler", name=name)


def _tell_import(text: str) -> None:
    log_error(text, constants.APLOG_NOTICE)


def _file_on_path(name: str, path: Iterable[str], usual: Iterable[str]) -> str | None:
    """The file of a module in the first directory of `path` that has it; None if the usual import would look there."""
    known = {os.path.abspath(directory) for directory in usual}
    for directory in path:
        file = os.path.join(os.path.abspath(directory), f"{name}.py")
        if "." not in name and os.path.isfile(file):
            return None if os.path.dirname(file) in known else file
    return None


def resolve_object(module: Any, obj_str: str, arg: Any = None, silent: Any = 0) -> Any:
    """The object that a dotted name means in a module; each class on the way is instantiated with `arg`.

    Raises AttributeError if there is none; with `silent` the answer is None then.
    """
    found = module
    for name in obj_str.split("."):
        if silent and not hasattr(found, name):
            return None
        if found is module and not hasattr(module, name):
            raise AttributeError(f"module {getattr(module, '__file__', module)!r} contains no {name!r}")
        owner: Any = found
        found = getattr(found, name)
        if isinstance(owner, type):
            instance = owner(arg)  # the handler's own class
            found = getattr(instance, name)
    return found


class HStack:
    """The handlers that `req.hstack` names, separated by blanks: what req.hlist was before mod_python 3.0."""

    def __init__(self, req: Any) -> None:
        self.req = req

    def pop(self) -> str | None:
        """Take the first handler's name off; None if none is left."""
        handlers = self.req.hstack.split()
        if not handlers:
            return None
        self.req.hstack = " ".join(handlers[1:])
        return str(handlers[0])


# The configuration and the server


def config_tree() -> list[Any]:
    """The configuration as it was read, without .htaccess files: a new list of (name, arguments) for each directive.

    A container is ("<Name", "arguments>") and, unless it is empty, a list of what it contains right behind.
    """
    app = application()
    return [] if app is None else _tree(app.site.tree)


def _tree(nodes: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for node in nodes:
        found.append((node.name, node.args))
        if node.children:
            found.append(_tree(node.children))
    return found


def server_root() -> str:
    """The value of ServerRoot."""
    app = application()
    return core.SERVER_ROOT.default if app is None else app.site.main.settings[core.SERVER_ROOT]


def exists_config_define(name: str) -> bool:
    """Whether a name is defined by Define or on the command line (-D). Raises TypeError if it is no str."""
    if not isinstance(name, str):
        raise TypeError(f"the name must be str, not {type(name).__name__}")
    app = application()
    return app is not None and name in app.site.defines


def mpm_query(code: int) -> int:
    """What is known of processes and threads: `code` is one of apache.AP_MPMQ_*. Raises TypeError for other types."""
    app = application()
    if app is None:
        return answer(code, Processing(multithread=False, multiprocess=False))
    return answer(code, Processing(app.multithread, app.multiprocess, app.site.main.settings, app.sizes))


def register_cleanup(callback: Callable[[Any], Any], data: Any = None) -> None:
    """Call `callback(data)` when the process ends; exceptions are only logged.

    Raises ValueError if it is not callable.
    """
    if not callable(callback):
        raise ValueError("the cleanup must be a callable object")
    app = application()
    if app is None:
        atexit.register(callback, data)
    else:
        app.main_server._register(callback, data)


def register_server_cleanup(
    interpreter: str, server: mp_server, callback: Callable[[Any], Any], data: Any = None, /
) -> None:
    """_apache.register_cleanup: like server.register_cleanup, with the name of an interpreter in place of a request.

    Raises ValueError if `server` is no server object or the callback not callable.
    """
    if not isinstance(server, mp_server):
        raise ValueError("second argument must be a server object")
    if not callable(callback):
        raise ValueError("third argument must be a callable object")
    server._register(callback, data)


# Requests


def allow_methods(*args: int) -> int:
    """The bits of the given methods (apache.M_*) for req.allowed: `apache.allow_methods(apache.M_GET)` is 1."""
    bits = 0
    for number in args:
        bits |= 1 << number
    return bits


def build_cgi_env(req: Any) -> table:
    """The CGI variables of a request as a table, in mod_python's way: with HTTP_AUTHORIZATION, if there is one."""
    req.add_common_vars()
    req.add_cgi_vars()
    env: table = req.subprocess_env.copy()
    path_info = req.path_info
    env["SCRIPT_NAME"] = req.uri[: -len(path_info)] if path_info else req.uri
    env["GATEWAY_INTERFACE"] = "Python-CGI/1.1"
    authorization = req.headers_in.get("authorization")
    if authorization is not None:
        env["HTTP_AUTHORIZATION"] = authorization
    return env


def setup_cgi(req: Any) -> tuple[dict[str, str], Any, Any]:
    """Let code that was written for CGI find a request: sys.stdin, sys.stdout, sys.argv and os.environ are its.

    They are so in this thread only. Returns (environment, stdin, stdout) as they were, for restore_nocgi().
    """
    return set_up(req, build_cgi_env(req))


def restore_nocgi(sav_env: Any, si: Any, so: Any) -> None:
    """Undo setup_cgi(), whose result it is given. If nobody does, the end of the request does."""
    give_back()


class NullIO:
    """A file object that has nothing and keeps nothing: the base of those that legacy code makes."""

    def tell(self) -> int:
        """0."""
        return 0

    def read(self, n: int = -1) -> str:
        """Nothing."""
        return ""

    def readline(self, length: int | None = None) -> str:
        """Nothing."""
        return ""

    def readlines(self) -> list[str]:
        """Nothing."""
        return []

    def write(self, s: str) -> None:
        """Keep nothing."""

    def writelines(self, lines: Iterable[str]) -> None:
        """Write the lines joined, by `write`."""
        self.write("".join(lines))

    def isatty(self) -> int:
        """0."""
        return 0

    def flush(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""

    def detach(self) -> None:
        """Do nothing."""

    def seek(self, pos: int, mode: int = 0) -> None:
        """Do nothing."""
