"""ScriptLog: a file that tells of programs that failed, with what they were sent and what they wrote.

Law: as mod_cgi writes it; but credentials are not written. Nothing is added to one that is longer than
ScriptLogLength, and failing to write it never breaks a request.
"""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING

from ..config.directives import cgi
from ..constants import STATUS_LINES
from ..log import timestamp

if TYPE_CHECKING:
    from .._fast.table import table
    from ..request import mp_request

__all__ = ["ScriptLog"]

MAX_OUTPUT = 1 << 16  # bytes of a program's output that are written
_SECRET = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_COOKIES = re.compile(rb"^(set-cookie:)[^\r\n]*", re.IGNORECASE | re.MULTILINE)


class ScriptLog:
    """The ScriptLog of a request's server."""

    def __init__(self, req: mp_request, path: str) -> None:
        self._req = req
        self._path = path

    @classmethod
    def of(cls, req: mp_request) -> ScriptLog | None:
        """The log, where there is one."""
        path = req._host.base[cgi.SCRIPT_LOG]
        return None if path is None else cls(req, path)

    def error(self, status: int, why: str) -> None:
        """A program that was not run."""
        self._write([*self._begin(status), "%error", why])

    def script(self, status: int, output: bytes | bytearray, told: list[str]) -> None:
        """A program that was run, and what came of it."""
        req = self._req
        lines = [*self._begin(status), "%request"]
        lines += _shown(req.headers_in)
        lines.append("%response")
        lines += _shown(req.err_headers_out)
        if output:
            shown = _COOKIES.sub(rb"\1 (not shown)", bytes(output[:MAX_OUTPUT]))
            lines += ["%stdout", shown.decode("utf-8", "surrogateescape")]
        if told:
            lines += ["%stderr", *told]
        self._write(lines)

    def _begin(self, status: int) -> list[str]:
        req = self._req
        query = "" if req.args is None else f"?{req.args}"
        return [
            f"%% [{timestamp(microseconds=False)}] {req.method} {req.uri}{query} {req.protocol}",
            f"%% {STATUS_LINES[status][:3]} {req.filename}",
        ]

    def _write(self, lines: list[str]) -> None:
        limit = self._req._host.base[cgi.SCRIPT_LOG_LENGTH]
        text = "".join([line.replace("\n", "\n ") + "\n" for line in lines])
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK
            descriptor = os.open(self._path, flags, 0o640)
        except OSError as error:
            self._req._application.log_request(self._req, f"ScriptLog {self._path}: {error.strerror}")
            return
        try:
            found = os.fstat(descriptor)
            if stat.S_ISREG(found.st_mode) and found.st_size <= limit:
                os.write(descriptor, text.encode("utf-8", "surrogateescape"))
        except OSError as error:
            self._req._application.log_request(self._req, f"ScriptLog {self._path}: {error.strerror}")
        finally:
            os.close(descriptor)


def _shown(headers: table) -> list[str]:
    return [f"{name}: {'(not shown)' if name.lower() in _SECRET else value}" for name, value in headers.items()]
