"""CGI programs that cannot start: no right to be executed, no interpreter, a line end of Windows, Python 2.

Law: only the beginning of a file is read, and nothing is run. What neither can be executed nor names an interpreter is
no program, but what lies beside them.
"""

from __future__ import annotations

import os
import re
import shutil

from .findings import Report, Severity
from .sources import Sources

__all__ = ["check_program"]

MAX_FIRST_LINE = 256  # bytes, as Linux reads it
_BINARY = (b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"  # where httpd looks, if nobody says
_PYTHON = re.compile(r"python(\d?)(?:\.\d+)?\Z")


def check_program(path: str, report: Report, sources: Sources) -> None:
    """Whether a file that would be run can be."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(descriptor, "rb") as file:
            first = file.read(MAX_FIRST_LINE)
            mode = os.fstat(descriptor).st_mode
    except OSError as error:
        report.add("not-looked-at", f"cannot be read: {error.strerror}", path)
        return
    line = first.partition(b"\n")[0]
    named = line.startswith(b"#!")
    if not mode & 0o111:
        if named:
            report.add("cgi-program", "a program that may not be executed: it is answered 500", path, None, "chmod +x")
        else:
            return
    if not named:
        if not first.startswith(_BINARY):
            report.add("cgi-program", "a program without a #! line: it is answered 500", path, 1,
                       "begin it with the line #! and its interpreter")  # fmt: skip
        return
    _interpreter(path, line, report, sources)


def _interpreter(path: str, line: bytes, report: Report, sources: Sources) -> None:
    if line.endswith(b"\r"):
        report.add("cgi-program", "its #! line ends in a carriage return, which is taken for a part of the name",
                   path, 1, "sed -i 's/\\r$//' FILE")  # fmt: skip
        line = line[:-1]
    words = line[2:].decode("utf-8", "surrogateescape").split()
    if not words:
        report.add("cgi-program", "its #! line names no interpreter", path, 1)
        return
    program = words[0]
    by_env = os.path.basename(program) == "env"
    if by_env:
        rest = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
        program = rest[0] if rest else ""
    found = shutil.which(program, path=os.environ.get("PATH", _PATH)) if by_env else program
    is_there = bool(found and os.access(found, os.X_OK) and not os.path.isdir(found))
    python = _PYTHON.match(os.path.basename(program))
    if not is_there:
        hint = "python3 is the name of what is there now" if python else "install it, or name the one that is there"
        report.add("cgi-program", f"its interpreter {program} is not there", path, 1, hint)
    if python is None:
        return
    if python[1] == "2":
        message = f"a program for Python 2 ({program})"
        report.add("python2", message, path, 1, severity=Severity.WARNING if is_there else None)
    elif not path.endswith(".py"):
        sources.add(path)
