"""Calls a filter's function and sees to what goes wrong in it.

Law: a filter that raises is logged and never called again, and nothing of what it was to filter passes it by: the
answer becomes a traceback where PythonDebug says so, else an error, else (if a part was sent) it ends cut short, so
that no client takes it for the whole. What went wrong beyond the filter (the client is gone, a header cannot be sent)
is not its fault, and goes to who wrote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import SERVER_RETURN, HandlerError, ends_greenlet
from ..import_traceback import without_import_frames
from ..markup import escape
from ..module_space import SPACES
from ..request_output import ClientGone

if TYPE_CHECKING:
    from .filter import mp_filter

__all__ = ["run_built_in", "run_python"]


def run_built_in(filter: mp_filter) -> None:  # noqa: A002 - the manual's name
    """Call a built-in filter."""
    try:
        filter._spec.what(filter)
    except (ClientGone, HandlerError):
        raise
    except SERVER_RETURN:  # a limit on the body, for who reads it
        filter._fail(None)
        raise
    except OSError as error:
        if not filter.is_input:
            _failed(filter, error)
            return
        filter._fail(None)  # what the client has sent is wrong, and not the filter
        filter.req._application.log_request(filter.req, f"input filter {filter.name!r}: {error}")
        raise
    except Exception as error:
        _failed(filter, error)


def run_python(filter: mp_filter) -> None:  # noqa: A002
    """Call a filter of the site, in its interpreter; its function is looked for once for each answer."""
    req: Any = filter._req
    outer = req._interpreter
    active: Any = None
    interpreter = filter._interpreter
    try:
        if interpreter is None:
            config = req._config
            interpreter = config.interpreter or req._application.interpreter(req, config, filter._spec.what)
            filter._interpreter = interpreter
        req._interpreter = interpreter
        if SPACES:  # else there is one interpreter, and nobody need say that it is this one
            active = interpreter.activate()
        function = filter._function
        if function is None:
            function = filter._function = filter._spec.what.find(filter, interpreter, req._config)
        function(filter)
    except ClientGone:
        raise
    except HandlerError as error:
        if filter.is_input or req._filters is not None:
            _failed(filter, error)
        else:
            raise  # of the head, which the answer as a whole is about
    except SERVER_RETURN as stop:  # it ends the call; the original takes the status, too
        _stopped(filter, stop)
    except BaseException as error:
        if ends_greenlet(error):
            raise
        _failed(filter, error)
    finally:
        if active is not None:
            interpreter.deactivate(active)
        req._interpreter = outer


def _stopped(filter: mp_filter, stop: SERVER_RETURN) -> None:  # noqa: A002
    args = stop.args
    if args and args[0].__class__ is int and args[0] >= 400:
        filter._fail(None, args[0])
        if filter.is_input:
            raise stop  # for who reads: a limit, say, on what a body may hold
    if len(args) == 2 and args[1]:
        try:
            filter.req.status = args[1]
        except TypeError as error:
            _failed(filter, error)


def _failed(filter: mp_filter, error: BaseException) -> None:  # noqa: A002
    req: Any = filter.req
    spec = filter._spec
    where = f"{spec.name} {spec.handler}"
    req._application.log_exception(req, where, error)
    complete = filter.closed
    filter._fail(_page(where, error) if req._config.debug and not req.connection.aborted else None)
    if filter.is_input and not complete:
        raise OSError(f"Input filter read error: the filter {spec.name!r} failed") from error


def _page(where: str, error: BaseException) -> bytes:
    import traceback  # which brings tokenize and textwrap, for who has errors

    lines = traceback.format_exception(type(error), error, without_import_frames(error.__traceback__))
    page = "".join([f"{escape(line)}\n" for line in lines])
    title = escape(where, quote=False)
    return f'\n<pre>\nMod_python error: "{title}"\n\n{page}</pre>\n'.encode("utf-8", "backslashreplace")
