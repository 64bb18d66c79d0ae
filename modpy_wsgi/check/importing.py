"""The process that imports a site's modules for `check`, which starts it (imports.py).

Law: this is the only place of `check` where something of the site runs. In: on the standard input, a configuration and
jobs as JSON. Out: a line of JSON for each job, on the descriptor, as soon as it is done; whatever the site writes goes
nowhere.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..app import Application
from ..config.load import load_text
from ..errors import ConfigError
from ..import_traceback import without_import_frames
from ..interpreter import Interpreter
from ..log import ErrorLog
from ..serving.source import Source

__all__ = ["main"]

MAX_MEMORY = 4 * 1024**3  # bytes of address space: a module that eats all of it gets a MemoryError, not the machine
MAX_TEXT = 500  # characters of the last line of a traceback


def main() -> None:
    """Does the jobs, then leaves without asking anybody. The last argument is the number of the descriptor."""
    descriptor = int(sys.argv[-1])
    task = json.load(sys.stdin)
    for limit, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, MAX_MEMORY)):
        hard = resource.getrlimit(limit)[1]
        resource.setrlimit(limit, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    application = _application(task["source"])
    out = os.fdopen(os.dup(descriptor), "w", buffering=1)
    os.close(descriptor)
    out.write('{"ready": true}\n')
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    os.chdir("/")
    sys.argv = ["mod_python"]
    for job in task["jobs"]:
        out.write(json.dumps(_result(application, job)) + "\n")
    out.flush()
    os._exit(0)


def _application(source: Mapping[str, Any]) -> Application:
    """The application of the site, as far as it can be read; what it logs goes nowhere."""
    try:
        site = _source(source).site(wrong=lambda error: None)
        application = Application(site)
    except (ConfigError, OSError, ValueError):  # for this account, perhaps, the configuration is not to be read
        application = Application(load_text(""))
    for server in application.servers:
        server._log = ErrorLog(os.devnull)
    return application


def _source(fields: Mapping[str, Any]) -> Source:
    conf, directory = fields["conf"], fields["directory"]
    return Source(
        conf=None if conf is None else Path(conf),
        directory=None if directory is None else Path(directory),
        defines=frozenset(fields["defines"]),
        before=tuple(fields["before"]),
        after=tuple(fields["after"]),
        cgi=tuple(fields["cgi"]),
    )


def _result(application: Application, job: Mapping[str, Any]) -> dict[str, Any]:
    """{} if all is well; else "error", and where it was raised; or "missing" and the name that is not there."""
    try:
        interpreter = application.interpreters.get(job["interpreter"])
        with interpreter.serving():
            return _import(interpreter, job)
    except BaseException as error:
        return _told(error)


def _import(interpreter: Interpreter, job: Mapping[str, Any]) -> dict[str, Any]:
    if job["python_path"] is not None:
        interpreter.set_python_path(job["python_path"])
    elif job["directory"] is not None:
        interpreter.prepend(job["directory"])
    if job["importer_path"]:
        interpreter.add_importer_path(job["importer_path"], job["directory"] or job["aside"])
    if job["beside"]:
        interpreter.prepend(os.path.dirname(job["page"]))
        module = interpreter.load(job["page"], autoreload=False)
    elif job["page"] is not None:
        module = interpreter.load_file(job["page"], autoreload=False)
    else:
        module = interpreter.load(job["module"], autoreload=False)
    for name in job["names"]:
        if not hasattr(module, name):
            return {"missing": name, "file": str(getattr(module, "__file__", "") or "")}
    return {}


def _told(error: BaseException) -> dict[str, Any]:
    try:
        last = "".join(traceback.format_exception_only(type(error), error)).strip().splitlines()[-1]
    except Exception:  # the text of an exception is the site's code as well
        last = type(error).__name__
    result: dict[str, Any] = {"error": last[:MAX_TEXT], "kind": type(error).__name__}
    if isinstance(error, SyntaxError):
        result |= {"file": error.filename, "line": error.lineno, "text": (error.text or "")[:MAX_TEXT]}
        result |= {"syntax": error.msg}
    elif isinstance(error, ImportError) and error.name:
        result["name"] = error.name
    if "file" not in result:
        frames = traceback.extract_tb(without_import_frames(error.__traceback__))
        own = str(Path(__file__).parents[1])
        frames_of_site = [f for f in frames if not f.filename.startswith((own, "<"))]
        if frames_of_site:
            result |= {"file": frames_of_site[-1].filename, "line": frames_of_site[-1].lineno}
    return result
