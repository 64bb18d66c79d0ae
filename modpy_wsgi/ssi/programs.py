"""#exec cmd: a command of the shell, whose output becomes a part of the page.

Law: it is bounded in time (Timeout) and in output, runs in a process group of its own, which is killed where it exceeds
them, and gets no input. Its part of the page ends with its output, as in httpd; what it leaves in the background goes
on. It sees the page's variables, and stands in the page's directory. What it complains of goes to the error log.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from typing import Any

from ..cgi.environment import put_translated
from ..config.directives import core
from .page import Page
from .words import shell_escaped

__all__ = ["MAX_OUTPUT", "run"]

MAX_OUTPUT = 16 << 20  # bytes: a part of a page, and no download
MAX_COMPLAINTS = 65536  # bytes for the error log
LINGERS = 0.1  # seconds that it may go on, and complain, once its output has ended
GRACE = 3.0  # seconds between SIGTERM and SIGKILL, as httpd has it
SHELL = "/bin/sh"
BLOCK = 65536


def run(page: Page, command: str, filter: Any) -> bool:  # noqa: A002 - the manual's name
    """Run a command; its output is written to `filter` as it comes. Whether it could be run, and came to its end."""
    req = page.req
    if req.path_info:  # of an included page, too
        req.subprocess_env["PATH_INFO"] = shell_escaped(req.path_info)
        put_translated(req)
    folder = (req.filename or "/").rpartition("/")[0] + "/"
    limit = req._host.base[core.TIMEOUT] or 1
    try:
        process = subprocess.Popen(  # noqa: S603 - the page says it, under Options Includes
            [SHELL, "-c", command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=dict(page.variables()),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:  # ValueError: a NUL somewhere
        page.log(f"couldn't create child process: {SHELL}: {error}")
        return False
    why: str | None = "the client is gone"
    deadline = time.monotonic() + limit
    try:
        why = _pass_on(process, filter, page, deadline)
        if why is None:
            _end(process)
    finally:
        if why is not None:  # what it has left running on purpose may go on
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
        process.wait()
    if why is not None:
        page.log(f"#exec cmd was ended: {why}: {command}")
    return why is None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Wait for a command that has nothing more to say; not for long."""
    for begun, seconds in ((None, LINGERS), (process.terminate, GRACE), (process.kill, None)):
        if begun is not None:
            begun()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return


def _pass_on(process: subprocess.Popen[bytes], filter: Any, page: Page, deadline: float) -> str | None:  # noqa: A002
    """Hand on what it writes up to its output's end. None, or why it has to be ended before."""
    assert process.stdout is not None
    assert process.stderr is not None
    written, complaints, over = 0, b"", False
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stdout, selectors.EVENT_READ)
        waiting.register(process.stderr, selectors.EVENT_READ)
        while waiting.get_map():
            left = deadline - time.monotonic()
            ready = waiting.select(left) if left > 0 else []
            if not ready and over:  # what it has left in the background may complain when it likes
                break
            if not ready:
                return "it took longer than Timeout allows"
            for key, _ in ready:
                data = os.read(key.fd, BLOCK)
                if not data:
                    waiting.unregister(key.fileobj)
                    if key.fileobj is process.stdout:
                        over, deadline = True, min(deadline, time.monotonic() + LINGERS)
                elif key.fileobj is process.stderr:
                    complaints = (complaints + data)[:MAX_COMPLAINTS]
                else:
                    written += len(data)
                    if written > MAX_OUTPUT:
                        return f"it wrote more than {MAX_OUTPUT} bytes"
                    filter.write(data)
    for line in complaints.decode("utf-8", "replace").splitlines():
        page.req._application.log_request(page.req, line)
    return None
