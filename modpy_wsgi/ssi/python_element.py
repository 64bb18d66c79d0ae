"""mod_python's element: `<!--#python eval="..." -->` and `<!--#python exec="..." -->`.

Law: the code runs in the request's interpreter, among names that last as long as the request (`req.ssi_globals`), with
`filter`, the filter that the page flows through. What it raises is logged with its traceback, which PythonDebug shows.
Sources: mod_python 3.2 and later (IncludeDispatch), its manual's directive for SSI.
"""

from __future__ import annotations

import html
import traceback
from typing import Any

from ..constants import HTTP_INTERNAL_SERVER_ERROR
from ..dispatch import Call
from ..errors import HandlerError
from ..import_traceback import without_import_frames
from ..phases import OUTPUT_FILTER
from ..request_output import ClientGone
from .page import Page

__all__ = ["run"]

_CALL = Call("", OUTPUT_FILTER, None, silent=False, is_location=False)


def run(page: Page, kind: str, code: str, filter: Any) -> bool:  # noqa: A002 - the manual's name
    """Run the code of an element. Whether all went well; what did not was logged."""
    req: Any = page.req
    req._settle_variables()
    config = req._config
    names = getattr(req, "ssi_globals", None)
    if names is None:
        names = req.ssi_globals = {}
    names["filter"], names["__file__"] = filter, req.filename
    place = req.filename or "<ssi>"
    code = code.replace("\r\n", "\n").rstrip()
    outer = req._interpreter
    interpreter = req._interpreter = config.interpreter or req._application.interpreter(req, config, _CALL)
    if config.python_path is not None:
        interpreter.set_python_path(config.python_path)
    active = interpreter.activate()
    try:
        if kind == "eval":
            result = eval(compile(code.strip(), place, "eval"), names)  # noqa: S307 - the page's own code
            if result is not None:
                filter.write(str(result))
        else:
            exec(compile(code, place, "exec"), names)  # noqa: S102 - the same
    except (ClientGone, HandlerError):
        raise
    except (Exception, SystemExit) as error:
        _tell(req, error, filter)
        return False
    finally:
        names["filter"] = None
        interpreter.deactivate(active)
        req._interpreter = outer
    return True


def _tell(req: Any, error: BaseException, filter: Any) -> None:  # noqa: A002
    where = f"INCLUDES {req.filename}"
    req._application.log_exception(req, where, error)
    if not req._config.debug or filter.closed:
        return
    if req._server_write is None:
        req.status, req.content_type = HTTP_INTERNAL_SERVER_ERROR, "text/html"
    lines = traceback.format_exception(type(error), error, without_import_frames(error.__traceback__))
    page = "".join([f"{html.escape(line)}\n" for line in lines])
    filter.write(f'\n<pre>\nMod_python error: "{html.escape(where, quote=False)}"\n\n{page}</pre>\n')
