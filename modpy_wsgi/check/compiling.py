"""Whether files are Python 3, as far as the compiler tells. Also a program, which several processes run at once.

Law: nothing but the standard library is imported, as the program starts by its path; a file is compiled, never run, and
never read beyond its limit.
"""

from __future__ import annotations

import json
import os
import re
import stat
import sys
import warnings
from typing import Any

__all__ = ["MAX_SOURCE", "compiled", "read_bounded"]

MAX_SOURCE = 1024 * 1024  # bytes of one file; what people write by hand is smaller, and the parser takes 200 times that

_PRINT_TO_FILE = re.compile(rb"^[ \t]*print[ \t]*>>[ \t]*[A-Za-z_][\w.]*[ \t]*(?:,|$)", re.MULTILINE)


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


def compiled(path: str) -> dict[str, Any]:
    """{} for Python 3; else what is wrong, plain data.

    "unread": why; "syntax": the compiler's message, with "line" and the "text" of the line; "print": the line of a
    print statement that compiles.
    """
    try:
        source = read_bounded(path, MAX_SOURCE)
    except OSError as error:
        return {"unread": f"cannot be read: {error.strerror}"}
    if source is None:
        return {"unread": f"larger than {MAX_SOURCE} bytes: not compiled"}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        text = error.text or _line(source, error.lineno)
        return {"syntax": error.msg, "line": error.lineno, "text": text[:500]}
    except (ValueError, MemoryError, RecursionError, OverflowError) as error:  # ValueError: a NUL
        return {"syntax": str(error) or type(error).__name__, "line": None, "text": ""}
    # `print >>file, x` compiles, and raises TypeError when it is run; but it may stand in a text as well.
    found = _PRINT_TO_FILE.search(source) if b"print" in source else None
    return {"print": source.count(b"\n", 0, found.start()) + 1} if found else {}


def _line(source: bytes, number: int | None) -> str:
    lines = source.splitlines()
    return lines[number - 1].decode("utf-8", "replace") if number and 0 < number <= len(lines) else ""


def main() -> None:
    """The standard input is a list of paths as JSON; a line of JSON for each goes to the standard output."""
    for path in json.load(sys.stdin):
        print(json.dumps(compiled(path)), flush=True)


if __name__ == "__main__":
    main()
