"""The code of Python scripts, compiled once for each state of their files, and what can be said of it beforehand.

Law: a script is compiled again when mtime, size or inode of its file have changed. Whether it may run beside others is
decided from its text, and in doubt it may not.
"""

from __future__ import annotations

import os
import stat
import sys
from types import CodeType
from typing import TYPE_CHECKING

from ..config.cache import Bounded
from ..import_statements import imported_names

if TYPE_CHECKING:
    from ..interpreter import Interpreter
    from ..stamps import FileStatus

__all__ = ["Script", "script_at"]

MAX_SCRIPTS = 512  # compiled scripts that are kept, some 20 KB each
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK

# Of the standard library, but what they import is what they are told to.
_IMPORTING = frozenset({"code", "codeop", "doctest", "imp", "importlib", "multiprocessing", "pickle", "pkgutil"})
_IMPORTING |= {"pydoc", "runpy", "shelve", "unittest"}
_RUNNING = frozenset({"__import__", "compile", "eval", "exec", "execfile"})
_OF_PYTHON = (sys.stdlib_module_names | {"cgi", "cgitb"}) - _IMPORTING


class Script:
    """One script as it was compiled."""

    __slots__ = ("alone", "code", "file", "stamp")

    def __init__(self, file: str, code: CodeType, alone: bool, stamp: tuple[int, int, int]) -> None:
        self.file = file
        self.code = code
        self.alone = alone  # it imports what is not Python's own, and so runs alone
        self.stamp = stamp


_scripts: Bounded[tuple[str, str], Script] = Bounded(MAX_SCRIPTS)


def script_at(file: str, found: FileStatus, interpreter: Interpreter) -> Script:
    """The script in a file, which was just looked at. Raises OSError, and what compiling it raises."""
    key = (file, interpreter.name)
    stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
    script = _scripts.get(key)
    if script is None or script.stamp != stamp:
        script = _scripts.replace(key, _compiled(file, interpreter))
    return script


def _compiled(file: str, interpreter: Interpreter) -> Script:
    descriptor = os.open(file, _READ)
    with open(descriptor, "rb") as opened:
        now = os.fstat(descriptor)
        if not stat.S_ISREG(now.st_mode):
            raise OSError(f"no file any more: {file}")
        source = opened.read()
    code = compile(source, file, "exec", dont_inherit=True)
    alone = _alone(code, source, interpreter, os.path.dirname(file))
    return Script(file, code, alone, (now.st_mtime_ns, now.st_size, now.st_ino))


def _alone(code: CodeType, source: bytes, interpreter: Interpreter, directory: str) -> bool:
    if not _RUNNING.isdisjoint(_names(code)):
        return True
    tops = {name.partition(".")[0] for name in imported_names(source, "__main__", is_package=False)}
    return not tops <= _OF_PYTHON or any(interpreter.finds(top, directory) for top in tops)


def _names(code: CodeType) -> set[str]:
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _names(constant)
    return names
