"""Which pages of PSP cannot be compiled.

Law: a page is compiled, never run, and each is looked at once; all together only so long; what is left is said.
"""

from __future__ import annotations

import time

from ..psp.compiling import compile_file
from ..psp.grammar import IncludeError
from .findings import Report
from .progress import Progress
from .sources import is_python2

__all__ = ["PAGE_SECONDS", "Pages"]

PAGE_SECONDS = 60.0  # for all pages together


class Pages:
    """Gathers pages, then compiles them all."""

    def __init__(self, report: Report, progress: Progress, seconds: float = PAGE_SECONDS) -> None:
        self._report = report
        self._progress = progress
        self._seconds = seconds
        self._pages: dict[str, bool] = {}

    def add(self, path: str, *, literal_text: bool) -> None:
        """A page to be compiled."""
        self._pages[path] = literal_text

    def run(self) -> None:
        """Compile them; what is wrong is told."""
        end = time.monotonic() + self._seconds
        left = len(self._pages)
        for path, literal_text in self._pages.items():
            if time.monotonic() >= end:
                self._report.add("not-looked-at", f"{left} pages, of which this is one, not compiled", path)
                return
            self._progress.tell(f"compiling {left} pages  {path}")
            left -= 1
            self._compile(path, literal_text)

    def _compile(self, path: str, literal_text: bool) -> None:
        report = self._report
        try:
            compile_file(path, literal_text=literal_text)
        except SyntaxError as problem:
            what = is_python2(problem.msg, problem.text or "")
            message = f"Python 2: {what} ({problem.msg})" if what else problem.msg
            page = "" if problem.filename == path else f", included by {path}"
            report.add("psp-page", f"{message}{page}", problem.filename, problem.lineno)
        except OSError as problem:
            report.add("psp-page", f"cannot be read: {problem.filename or path}: {problem.strerror}", path)
        except (IncludeError, ValueError, RecursionError, MemoryError, OverflowError) as problem:
            report.add("psp-page", str(problem) or type(problem).__name__, path)
        report.modules += 1
