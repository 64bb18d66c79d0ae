"""Compiled modules: of another Python, or without their source.

Law: they are read as bytes, and only as far as needed; none is loaded.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import re
import sys

from .compiling import read_bounded
from .findings import Report, Severity

__all__ = ["COMPILED_SUFFIXES", "check_compiled"]

COMPILED_SUFFIXES = (".pyc", ".pyo", ".so", ".pyd")
MAX_LIBRARY = 64 * 1024 * 1024  # bytes of an extension module that is searched for its entry point

_OTHER = re.compile(r"\.(cpython-[\w-]+|pypy[\w-]*|cp\d+[\w-]*|\d+-[\w-]+)\.(?:so|pyd)\Z")
_PYTHON = f"Python {sys.version_info[0]}.{sys.version_info[1]}"
_BUILD = f"build it anew for {_PYTHON}, from its source"


def check_compiled(path: str, names: frozenset[str] | set[str], report: Report) -> None:
    """What is wrong with a compiled module; `names` are those of all files beside it."""
    name = path.rpartition("/")[2]
    stem, suffix = os.path.splitext(name)
    if suffix in (".pyc", ".pyo"):
        if f"{stem}.py" not in names:
            _without_source(path, suffix, report)
    else:
        _extension(path, name, report)


def _without_source(path: str, suffix: str, report: Report) -> None:
    if path.rpartition("/")[0].endswith("/__pycache__"):
        return  # a left-over, which Python never imports without the source
    if suffix == ".pyo":
        report.add("compiled", f"{_PYTHON} imports no .pyo files", path, None, "find its source")
        return
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            magic = file.read(4)
    except OSError as error:
        report.add("not-looked-at", f"cannot be read: {error.strerror}", path)
        return
    if magic == importlib.util.MAGIC_NUMBER:
        message = f"a compiled module without its source: works with {_PYTHON} only, and is never loaded again"
        report.add("no-source", message, path, None, "keep its source beside it")
    else:
        report.add("compiled", f"a module compiled by another Python, without its source: {_PYTHON} cannot import it",
                   path, None, "find its source")  # fmt: skip


def _extension(path: str, name: str, report: Report) -> None:
    other = _OTHER.search(name)
    if other is not None:
        if not name.endswith(tuple(importlib.machinery.EXTENSION_SUFFIXES[:-1])):
            report.add("compiled", f"an extension module for {other[1]}: {_PYTHON} does not import it", path, None,
                       _BUILD)  # fmt: skip
        return
    stem = name.partition(".")[0]
    try:
        data = read_bounded(path, MAX_LIBRARY)
    except OSError as error:
        report.add("not-looked-at", f"cannot be read: {error.strerror}", path)
        return
    if data is None:
        report.add("not-looked-at", f"larger than {MAX_LIBRARY} bytes: not looked into", path, severity=Severity.NOTE)
        return
    word = re.escape(stem.removesuffix("module").encode("utf-8", "surrogateescape"))
    if re.search(rb"\0init" + word + rb"(?:module)?\0", data) and b"\0PyInit_" + stem.encode() + b"\0" not in data:
        report.add("compiled", f"an extension module of Python 2: {_PYTHON} does not import it", path, None, _BUILD)
