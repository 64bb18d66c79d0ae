"""Which modules of a site are Python 2.

Law: each file is looked at once, and all together only so long; what is left is said.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from . import compiling
from .findings import Report, Severity
from .progress import Progress

__all__ = ["COMPILE_SECONDS", "Sources", "is_python2", "tell_syntax_error"]

COMPILE_SECONDS = 60.0  # for all files together
FEW = 200  # files that this process compiles itself: others would take longer to start
MAX_PROCESSES = 8  # more would wait for the disk
MAX_ANSWER = 64 * 1024  # bytes for one file

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
    (
        r"invalid decimal literal|invalid hexadecimal|invalid token|invalid syntax",
        r"\b\d[0-9a-fA-Fx]*[lL]\b",
        "a long number like 10L",
    ),
    (r"", r"\b[uU][rR][\"']", "a ur'' string"),
    (r"", r"\bdef\s+\w+\s*\(.*\(|\blambda\s*\(", "a parameter that is taken apart"),
    (r"inconsistent use of tabs", r"", "tabs mixed with blanks"),
    (
        r"",
        r"\b(async|await|nonlocal|True|False|None)\s*=[^=]|\bdef\s+(async|await)\b|\.(async|await)\b",
        "a name that is a keyword now",
    ),
    (r"Non-UTF-8 code|encoding problem|'utf-8' codec", r"", "text without its encoding, which Python 2 took for bytes"),
)


def is_python2(message: str, line: str) -> str | None:
    """What makes a module Python 2, by its SyntaxError and the line it is in; None if it is no Python either."""
    for said, text, what in _PYTHON2:
        if re.search(said, message) and re.search(text, line[:500]):
            return what
    return None


def tell_syntax_error(report: Report, path: str, message: str, number: int | None, line: str) -> None:
    """A finding on a module that does not compile."""
    what = is_python2(message, line)
    if what is None:
        report.add("syntax", f"no Python: {message}", path, number)
    else:
        report.add("python2", f"Python 2: {what} ({message})", path, number)


class Sources:
    """Gathers modules, then compiles them all: many of them in several processes."""

    def __init__(self, report: Report, progress: Progress, seconds: float = COMPILE_SECONDS) -> None:
        self._report = report
        self._progress = progress
        self._seconds = seconds
        self._paths: dict[str, None] = {}
        self.broken: set[str] = set()  # those that do not compile, once `run` has been called

    def add(self, path: str) -> None:
        """A module to be compiled."""
        self._paths[path] = None

    def run(self) -> None:
        """Compile them; what is wrong is told."""
        end = time.monotonic() + self._seconds
        done = _few(list(self._paths), end) if len(self._paths) <= FEW else self._many(list(self._paths), end)
        for path, answer in done:
            self._paths.pop(path)
            self._tell(path, answer)
        if self._paths:
            first = next(iter(self._paths))
            self._report.add("not-looked-at", f"{len(self._paths)} modules, of which this is one, not compiled", first)

    def _tell(self, path: str, answer: dict[str, Any]) -> None:
        report = self._report
        if "unread" in answer:
            report.add("not-looked-at", answer["unread"], path)
            return
        report.modules += 1
        if "syntax" in answer:
            self.broken.add(path)
            tell_syntax_error(report, path, answer["syntax"], answer["line"], answer["text"])
        elif "print" in answer:
            message = "Python 2: the print statement, which writes to a file (`print >>file`)"
            report.add("python2", message, path, answer["print"], severity=Severity.WARNING)

    def _many(self, paths: list[str], end: float) -> Iterator[tuple[str, dict[str, Any]]]:
        """In several processes, each with a share; those that are late are stopped."""
        number = min(os.cpu_count() or 1, MAX_PROCESSES)
        shares = [paths[start::number] for start in range(number)]
        answers: list[list[dict[str, Any]]] = []
        with tempfile.TemporaryDirectory() as folder:
            files = [(Path(folder) / f"{index}.in", Path(folder) / f"{index}.out") for index in range(number)]
            processes = []
            try:
                for share, (given, told) in zip(shares, files, strict=True):
                    given.write_text(json.dumps(share))
                    with given.open() as stdin, told.open("wb") as stdout:
                        processes.append(_start(stdin, stdout))
                while any(process.poll() is None for process in processes) and time.monotonic() < end:
                    self._progress.tell(f"compiling {len(paths)} modules")
                    time.sleep(0.02)
            finally:
                for process in processes:
                    process.kill()
                    process.wait()
            answers = [_answers(told) for _, told in files]
        for share, own in zip(shares, answers, strict=True):
            yield from zip(share, own, strict=False)


def _few(paths: list[str], end: float) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in paths:
        if time.monotonic() >= end:
            return
        yield path, compiling.compiled(path)


def _start(stdin: IO[str], stdout: IO[bytes]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-I", "-S", compiling.__file__]
    return subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL)  # noqa: S603 - this Python


def _answers(told: Path) -> list[dict[str, Any]]:
    """What a process has written: whole lines, as many as it came to."""
    lines = told.read_bytes().split(b"\n")
    return [json.loads(line) for line in lines[:-1] if len(line) <= MAX_ANSWER]
