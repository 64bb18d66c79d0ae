"""Whether what Python handlers name can be imported: tried in processes of their own.

Law: a module that hangs, ends its process or kills it costs its time limit and no more; the next goes on in a new
process. As root nothing is imported: the processes run as the account of `User`, or as nobody.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..config.directives import core, mpm
from ..config.model import Site
from ..serving.account import Account, account
from ..serving.source import Source
from .findings import Report
from .jobs import Job
from .progress import Progress
from .sources import tell_syntax_error

__all__ = ["IMPORT_SECONDS", "NOBODY", "TOTAL_SECONDS", "Importer", "importing_account"]

IMPORT_SECONDS = 20.0  # for one module with all that it imports; httpd would have no limit
TOTAL_SECONDS = 300.0  # for all of them
START_SECONDS = 60.0  # for the process itself, on a machine under load
MAX_LINE = 64 * 1024  # bytes of one answer
NOBODY = "nobody"

# What modules and names of Python 2 became.
_MODULES = {
    "urllib2": "urllib.request",
    "urlparse": "urllib.parse",
    "ConfigParser": "configparser",
    "StringIO": "io",
    "cStringIO": "io",
    "cPickle": "pickle",
    "Queue": "queue",
    "httplib": "http.client",
    "Cookie": "http.cookies",
    "cookielib": "http.cookiejar",
    "commands": "subprocess",
    "md5": "hashlib",
    "sha": "hashlib",
    "HTMLParser": "html.parser",
    "htmlentitydefs": "html.entities",
    "xmlrpclib": "xmlrpc.client",
    "SocketServer": "socketserver",
    "BaseHTTPServer": "http.server",
    "thread": "_thread",
    "anydbm": "dbm",
    "exceptions": "builtins",
    "robotparser": "urllib.robotparser",
    "sets": "set",
    "MySQLdb": "MySQLdb of the package mysqlclient",
}
_NAMES = frozenset(
    ("basestring", "unicode", "unichr", "xrange", "raw_input", "long", "file", "reduce", "execfile", "cmp", "apply")
)
# The folder it is started in is none of the site's; the one that this package is in stands last, as if installed.
_PROGRAM = """import sys
sys.path[:1] = []
sys.path.append(sys.argv[1])
from modpy_wsgi.check.importing import main
main()"""
_FOLDER = str(Path(__file__).parents[2])
_INSTALL = "install it for this Python (pip install), or lead PythonPath to it"
_PUT_THERE = "put the file there, or correct its path"


def importing_account(site: Site, *, as_root: bool) -> Account | None:
    """Who is to import. None: this process's own user, which is root only with `as_root`.

    For root it is the account of User, else the owner of the DocumentRoot, else nobody. Raises LookupError.
    """
    if os.geteuid() or as_root:
        return None
    settings = site.main.settings
    user, group = settings[mpm.USER], settings[mpm.GROUP]
    if user is not None:
        found = account(user.removeprefix("#"), None if group is None else group.removeprefix("#"))
        if found.uid:
            return found
    with contextlib.suppress(OSError, ValueError, LookupError):
        owner = os.stat(settings[core.DOCUMENT_ROOT] or "/").st_uid
        if owner:
            return account(str(owner), None)
    return account(NOBODY, None)


class _Ended(NamedTuple):
    """What a process has done: answers, and why there are no more (`""`: it is done)."""

    answers: list[dict[str, Any]]
    why: str
    started: bool


class Importer:
    """Imports what jobs name, and tells of what fails."""

    def __init__(
        self,
        source: Source,
        report: Report,
        progress: Progress,
        who: Account | None,
        *,
        seconds: float = IMPORT_SECONDS,
        total: float = TOTAL_SECONDS,
    ) -> None:
        self._source = {
            "conf": None if source.conf is None else str(source.conf.absolute()),
            "directory": None if source.directory is None else str(source.directory.absolute()),
            "defines": sorted(source.defines),
            "before": source.before,
            "after": source.after,
            "cgi": source.cgi,
        }
        self._report = report
        self._progress = progress
        self._who = who
        self._seconds = seconds
        self._end = time.monotonic() + total

    def run(self, jobs: Iterable[Job]) -> None:
        """Do them, those of one interpreter in one process."""
        by_interpreter: dict[str, list[Job]] = {}
        for job in jobs:
            by_interpreter.setdefault(job.interpreter, []).append(job)
        for own in by_interpreter.values():
            self._run(own)

    def _run(self, jobs: list[Job]) -> None:
        done = 0
        while done < len(jobs):
            if time.monotonic() >= self._end:
                self._not_tried(jobs[done:], "no time was left")
                return
            ended = self._process(jobs[done:])
            for job, answer in zip(jobs[done:], ended.answers, strict=False):
                self._report.imported += 1
                self._tell(job, answer)
            done += len(ended.answers)
            if not ended.started:
                self._not_tried(jobs[done:], ended.why)
                return
            if ended.why and done < len(jobs):
                suggestion = "what a module does when it is imported, it does in each process of the server"
                self._failed(jobs[done], ended.why, suggestion)
                done += 1

    # -- one process --------------------------------------------------------------------------------------------------

    def _process(self, jobs: Sequence[Job]) -> _Ended:
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        with tempfile.TemporaryFile("w+") as task, tempfile.TemporaryFile() as said:
            json.dump({"source": self._source, "jobs": [job._asdict() for job in jobs]}, task)
            task.seek(0)
            try:
                process = subprocess.Popen(  # noqa: S603 - this very Python
                    [sys.executable, "-c", _PROGRAM, _FOLDER, str(writing)],
                    stdin=task,
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    pass_fds=(writing,),
                    cwd="/",
                    env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
                    start_new_session=True,
                    **self._as_whom(),
                )
            except (OSError, subprocess.SubprocessError) as error:
                os.close(reading)
                return _Ended([], f"no process could be started: {error}", False)
            finally:
                os.close(writing)
            try:
                return self._listen(process, reading, jobs, said)
            finally:
                os.close(reading)
                _kill(process)

    def _as_whom(self) -> dict[str, Any]:
        who = self._who
        if who is None:
            return {}
        groups = os.getgrouplist(who.name, who.gid) if who.name is not None else []
        return {"user": who.uid, "group": who.gid, "extra_groups": groups}

    def _listen(self, process: subprocess.Popen[bytes], reading: int, jobs: Sequence[Job], said: Any) -> _Ended:
        answers: list[dict[str, Any]] = []
        started, rest = False, b""
        with selectors.DefaultSelector() as selector:
            selector.register(reading, selectors.EVENT_READ)
            limit = time.monotonic() + START_SECONDS
            while len(answers) < len(jobs):
                self._progress.tell(f"importing {jobs[len(answers)].module or jobs[len(answers)].page}")
                if not selector.select(min(0.2, max(0.0, limit - time.monotonic()))):
                    if time.monotonic() >= limit:
                        seconds = self._seconds if started else START_SECONDS
                        what = "not imported" if started else "the process for it did not start"
                        return _Ended(answers, f"{what} within {seconds:g} seconds", started)
                    continue
                data = os.read(reading, 65536)
                if not data:
                    return _Ended(answers, _why_ended(process, started, said), started)
                *lines, rest = (rest + data).split(b"\n")
                if len(rest) > MAX_LINE:
                    return _Ended(answers, "the process wrote what is no answer", started)
                for line in lines:
                    limit = min(time.monotonic() + self._seconds, self._end)
                    try:
                        answer = json.loads(line)
                    except ValueError:
                        return _Ended(answers, "the process wrote what is no answer", started)
                    if not started:
                        started = True
                    elif isinstance(answer, dict):
                        answers.append(answer)
        return _Ended(answers, "", True)

    # -- findings -----------------------------------------------------------------------------------------------------

    def _not_tried(self, jobs: Sequence[Job], why: str) -> None:
        more = f" and {len(jobs) - 1} more" if len(jobs) > 1 else ""
        job, suggestion = jobs[0], ""
        if os.geteuid() == 0 and self._who is not None:
            why = f"tried as {self._who.name or self._who.uid}, not as root: {why}"
            suggestion = "run check as the user that the site runs as; or trust the site, and give --import-as-root"
        self._report.add("handler-not-tried", f"{job.shown}{more} not imported: {why}", job.file, job.line, suggestion)

    def _failed(self, job: Job, why: str, suggestion: str = "") -> None:
        self._report.add("handler-import", f"{job.shown}: {why}", job.file, job.line, suggestion)

    def _tell(self, job: Job, answer: dict[str, Any]) -> None:
        missing, error = answer.get("missing"), answer.get("error")
        file, line = answer.get("file"), answer.get("line")
        file = file if isinstance(file, str) else None
        line = line if isinstance(line, int) else None
        if missing:
            message = f"{job.shown}: {file or job.module} has no {missing!r}"
            self._report.add("handler-missing", message, job.file, job.line, "name the function: module::function")
        elif error:
            where = f" ({file}:{line})" if file and line else ""
            if answer.get("syntax") and file:
                tell_syntax_error(self._report, file, str(answer["syntax"]), line, str(answer.get("text") or ""))
            self._failed(job, f"{error}{where}", _suggestion(str(error), str(answer.get("name") or ""), job.aside))


def _suggestion(error: str, name: str, aside: str | None) -> str:
    top = name.partition(".")[0]
    if top in _MODULES:
        return f"{top} is of Python 2, now {_MODULES[top]}; 2to3 or fissix changes it"
    if name.startswith("mod_python."):
        return "this part of mod_python is not there, see docs/differences.md"
    if error.startswith("ModuleNotFoundError"):
        if "/" in name:  # given as a file
            return _PUT_THERE
        if aside and top and any(os.path.exists(os.path.join(aside, each)) for each in (f"{top}.py", top)):
            return f"it lies in {aside}, which is not on the path where PythonPath is set: name that folder there, too"
        return _INSTALL
    word = re.search(r"^NameError: name '(\w+)'", error)
    if word and word[1] in _NAMES:
        return f"{word[1]} is of Python 2; 2to3 or fissix changes it"
    return ""


def _why_ended(process: subprocess.Popen[bytes], started: bool, said: Any) -> str:
    try:
        status = process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        return "its process went on without an answer"
    if not started:
        said.seek(max(0, said.seek(0, os.SEEK_END) - 2000))
        lines = said.read().decode("utf-8", "replace").strip().splitlines()
        return f"the process for it did not start: {lines[-1] if lines else f'exit status {status}'}"
    if status < 0:
        return f"importing it kills the process (signal {-status}: {signal.strsignal(-status)})"
    return f"importing it ends the process (exit status {status})"


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The process and what it has started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()
    process.wait()
