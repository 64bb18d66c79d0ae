"""Whether a module is Python 3: it is compiled, never run.

Law: what is read is bounded, for each file and in all; what is beyond is said not to have been looked at.
"""

from __future__ import annotations

import os
import re
import stat
import time
import warnings

from .findings import Report, Severity

__all__ = ["COMPILE_SECONDS", "MAX_SOURCE", "Sources", "is_python2", "read_bounded", "tell_syntax_error"]

MAX_SOURCE = 1024 * 1024  # bytes of one file; what people write by hand is smaller, and the parser takes 200 times that
COMPILE_SECONDS = 60.0  # for all files together

# (in the message of the SyntaxError, in its line, what it is): the first of which both parts are found
_PYTHON2 = (
    (r"Missing parentheses in call to 'print'", r"", "the print statement"),
    (r"Missing parentheses in call to 'exec'", r"", "the exec statement"),
    (r"", r"^\s*print\s+[^(=\s]|^\s*print\s*>>", "the print statement"),
    (r"", r"^\s*exec\s+[^(=\s]", "the exec statement"),
    (r"multiple exception types|invalid syntax|expected ':'", r"\bexcept\s+[\w.]+\s*,\s*\w+\s*:", "`except X, e`"),
    (r"multiple exception types|invalid syntax", r"\bexcept\s*\(.*\)\s*,\s*\w+\s*:", "`except (X, Y), e`"),
    (r"", r"`[^`]*`", "backticks for repr()"),
    (r"", r"<>", "`<>` for `!=`"),
    (r"", r"^\s*raise\s+[\w.]+\s*,", "`raise X, value`"),
    (r"leading zeros|invalid token|octal", r"\b0[0-7]+\b", "an octal number like 0777"),
    (r"invalid decimal literal|invalid hexadecimal|invalid token|invalid syntax", r"\b\d[0-9a-fA-Fx]*[lL]\b",
     "a long number like 10L"),
    (r"", r"\b[uU][rR][\"']", "a ur'' string"),
    (r"", r"\bdef\s+\w+\s*\(.*\(|\blambda\s*\(", "a parameter that is taken apart"),
    (r"inconsistent use of tabs", r"", "tabs mixed with blanks"),
    (r"", r"\b(async|await|nonlocal|True|False|None)\s*=[^=]|\bdef\s+(async|await)\b|\.(async|await)\b",
     "a name that is a keyword now"),
    (r"Non-UTF-8 code|encoding problem|'utf-8' codec", r"", "text without its encoding, which Python 2 took for bytes"),
)  # fmt: skip

_PRINT_TO_FILE = re.compile(rb"^[ \t]*print[ \t]*>>[ \t]*[A-Za-z_][\w.]*[ \t]*(?:,|$)", re.MULTILINE)


def is_python2(message: str, line: str) -> str | None:
    """What makes a module Python 2, by its SyntaxError and the line it is in; None if it is no Python either."""
    for said, text, what in _PYTHON2:
        if re.search(said, message) and re.search(text, line[:500]):
            return what
    return None


def read_bounded(path: str, limit: int) -> bytes | None:
    """The bytes of a regular file; None if it is none, or holds more than `limit`. Raises OSError.

    Neither a FIFO nor a file that grows meanwhile holds anybody up.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        data = file.read(limit + 1)
    return None if len(data) > limit else data


class Sources:
    """Compiles modules, each once, as long as there is time."""

    def __init__(self, report: Report, seconds: float = COMPILE_SECONDS) -> None:
        self._report = report
        self._left = seconds
        self._known: dict[str, bool] = {}

    def check(self, path: str) -> bool:
        """Whether the file is Python 3, as far as it is known; what is wrong is told."""
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = self._check(path)
        return known

    def _check(self, path: str) -> bool:
        report = self._report
        if self._left <= 0:
            report.add("not-looked-at", "no time was left to compile all modules: the rest was not looked at")
            return True
        try:
            source = read_bounded(path, MAX_SOURCE)
        except OSError as error:
            report.add("not-looked-at", f"cannot be read: {error.strerror}", path)
            return True
        if source is None:
            report.add("not-looked-at", f"larger than {MAX_SOURCE} bytes: not compiled", path)
            return True
        report.modules += 1
        started = time.monotonic()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile(source, path, "exec", dont_inherit=True)
        except SyntaxError as error:
            line = error.text or _line(source, error.lineno)
            tell_syntax_error(report, path, error.msg, error.lineno, line)
            return False
        except (ValueError, MemoryError, RecursionError, OverflowError) as error:  # ValueError: a NUL
            report.add("syntax", f"cannot be compiled: {str(error) or type(error).__name__}", path)
            return False
        finally:
            self._left -= time.monotonic() - started
        self._print_to_file(path, source)
        return True

    def _print_to_file(self, path: str, source: bytes) -> None:
        """`print >>file, x` compiles, and raises TypeError when it is run; it may stand in a text, too."""
        found = _PRINT_TO_FILE.search(source) if b"print" in source else None
        if found is not None:
            number = source.count(b"\n", 0, found.start()) + 1
            message = "Python 2: the print statement, which writes to a file (`print >>file`)"
            self._report.add("python2", message, path, number, severity=Severity.WARNING)


def tell_syntax_error(report: Report, path: str, message: str, number: int | None, line: str) -> None:
    """A finding on a module that does not compile."""
    what = is_python2(message, line)
    if what is None:
        report.add("syntax", f"no Python: {message}", path, number)
    else:
        report.add("python2", f"Python 2: {what} ({message})", path, number)


def _line(source: bytes, number: int | None) -> str:
    lines = source.splitlines()
    return lines[number - 1].decode("utf-8", "replace") if number and 0 < number <= len(lines) else ""
